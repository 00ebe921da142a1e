"""What the steps say to SQLite, said to PostgreSQL: triggers that refuse, and text that sorts by its signs.

Steps are written once, for SQLite. Here each statement of a kind that PostgreSQL says otherwise is turned into its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, event

_TRIGGER: Final = re.compile(
    r"CREATE TRIGGER (?P<name>\w+) BEFORE (?P<change>UPDATE|DELETE|INSERT) ON (?P<table>\w+)(?: WHEN (?P<when>.+?))? "
    r"BEGIN SELECT RAISE\(ABORT, '(?P<says>[^']*)'\); END", re.DOTALL)
_DROP: Final = re.compile(r"DROP TRIGGER (?P<name>(?P<table>\w+)_no_(?:update|delete))")
_TEXT: Final = re.compile(r"\b(TEXT|VARCHAR(?:\(\d+\))?)(?=[ ,\n)]|$)")
_BY: Final = re.compile(r"\bby\b")  # a column of ours, a word of its language
_ON_TEXT: Final = ("CREATE TABLE", "ALTER TABLE")


@contextmanager
def spoken(connection: Connection) -> Iterator[None]:
    """While the steps run on this connection, each statement is said as PostgreSQL wants it; SQLite hears it as it is."""
    if connection.dialect.name != "postgresql":
        yield
        return
    event.listen(connection, "before_cursor_execute", _said, retval=True)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", _said)


def _said(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> tuple[str, Any]:
    return translated(statement), parameters


def translated(statement: str) -> str:
    """One statement of a step, for PostgreSQL.

    Raises:
        ValueError: a trigger in a form that is not known here.
    """
    text = statement.strip()
    if text.startswith("CREATE TRIGGER"):
        return _trigger(text)
    if found := _DROP.fullmatch(text):
        return f"DROP TRIGGER {found['name']} ON {found['table']}"
    return _TEXT.sub(r'\1 COLLATE "C"', statement) if text.startswith(_ON_TEXT) else statement


def _trigger(text: str) -> str:
    found = _TRIGGER.fullmatch(text)
    if found is None:
        raise ValueError(f"a step makes a trigger that cannot be said to PostgreSQL: {text[:60]} …")
    row = "OLD" if found["change"] == "DELETE" else "NEW"
    refuse = f"RAISE EXCEPTION '{found['says']}' USING ERRCODE = 'restrict_violation';"
    when = _BY.sub('"by"', found["when"] or "")
    body = f"IF {when} THEN {refuse} END IF;" if when else refuse
    return (f"CREATE OR REPLACE FUNCTION {found['name']}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN {row}; END $$; "
            f"CREATE TRIGGER {found['name']} BEFORE {found['change']} ON {found['table']} FOR EACH ROW EXECUTE FUNCTION {found['name']}()")
