"""Cases and, apart from them, who the persons are."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from safe_lib.model.case import STATUSES, Case, CaseLine, Identity, Status, is_reference
from safe_lib.model.errors import StoreError, WrongUse
from safe_lib.store import audit
from safe_lib.store.tables import ANSWERS, CASES, IDENTITIES, in_utc
from safe_lib.store.trouble import no_such_case

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTVWXYZ"  # without I, O and U: read wrong, or make a word
_DIGITS: Final = "23456789"

_ONE = select(CASES).where(CASES.c.ref == bindparam("case"))
_ADD = insert(CASES)
_TOUCH = update(CASES).where(CASES.c.ref == bindparam("case")).values(changed=bindparam("now"))
_SET_STATUS = update(CASES).where(CASES.c.ref == bindparam("case")).values(
    status=bindparam("new"), changed=bindparam("now"))
_IDENTITY = (select(IDENTITIES).where(IDENTITIES.c.ref == bindparam("case"))
             .order_by(IDENTITIES.c.revision.desc()).limit(1))
_ADD_IDENTITY = insert(IDENTITIES)

_LAST = (select(IDENTITIES.c.ref, func.max(IDENTITIES.c.revision).label("revision"))
         .group_by(IDENTITIES.c.ref).subquery())
_ALIASES = select(IDENTITIES.c.ref, IDENTITIES.c.alias).join(
    _LAST, (IDENTITIES.c.ref == _LAST.c.ref) & (IDENTITIES.c.revision == _LAST.c.revision))
_INSTRUMENTS = select(ANSWERS.c.ref, ANSWERS.c.instrument).distinct().order_by(ANSWERS.c.ref, ANSWERS.c.instrument)
_ALL = select(CASES).order_by(CASES.c.ref)


def new_reference() -> str:
    """A reference by chance, such as K7M-2042: it says nothing of the person, the day or the order."""
    head = secrets.choice(_LETTERS) + secrets.choice(_DIGITS) + secrets.choice(_LETTERS)
    return f"{head}-{secrets.randbelow(10_000):04d}"


def add(connection: Connection, ref: str | None, *, training: bool, by: str, at: datetime, alias: str) -> Case:
    """Open a case; its day is the day of `at` in the zone of `at`.

    Raises:
        WrongUse: the reference could be a name.
        StoreError: there is a case with this reference.
    """
    ref = _free_reference(connection) if ref is None else _checked(connection, ref)
    case = Case(ref, at.date(), "open", training)
    connection.execute(_ADD, {"ref": ref, "opened": case.opened, "status": case.status, "training": training,
                              "changed": at})
    audit.add(connection, by=by, at=at, what="case.opened", ref=ref)
    if alias:
        set_identity(connection, ref, Identity(ref, alias), by=by, at=at)
    return case


def get(connection: Connection, ref: str) -> Case:
    """The case with this reference; CaseNotFound if there is none."""
    row = connection.execute(_ONE, {"case": ref}).first()
    if row is None:
        raise no_such_case(ref)
    return Case(row.ref, row.opened, row.status, row.training)


def touch(connection: Connection, ref: str, at: datetime) -> None:
    """Note that something of this case is saved now; CaseNotFound if there is no such case."""
    if connection.execute(_TOUCH, {"case": ref, "now": at}).rowcount == 0:
        raise no_such_case(ref)


def set_status(connection: Connection, ref: str, status: Status, *, by: str, at: datetime) -> Case:
    """Close a case or open it again."""
    if status not in STATUSES:
        raise WrongUse(f"the status of a case is one of {', '.join(STATUSES)}.")
    get(connection, ref)
    connection.execute(_SET_STATUS, {"case": ref, "new": status, "now": at})
    audit.add(connection, by=by, at=at, what="case.status", ref=ref, detail=status)
    return get(connection, ref)


def every(connection: Connection) -> tuple[CaseLine, ...]:
    """One line per case, in the order of their references."""
    aliases = {row.ref: row.alias for row in connection.execute(_ALIASES)}
    instruments: dict[str, list[str]] = {}
    for row in connection.execute(_INSTRUMENTS):
        instruments.setdefault(row.ref, []).append(row.instrument)
    return tuple(
        CaseLine(row.ref, aliases.get(row.ref, ""), row.opened, row.status, row.training, row.changed,
                 tuple(instruments.get(row.ref, ())))
        for row in connection.execute(_ALL))


def identity(connection: Connection, ref: str) -> Identity:
    """Who the person is, as last written; the empty identity where nobody wrote anything."""
    row = connection.execute(_IDENTITY, {"case": ref}).first()
    if row is not None:
        return _identity(row)
    get(connection, ref)
    return Identity(ref)


def set_identity(connection: Connection, ref: str, who: Identity, *, by: str, at: datetime) -> Identity:
    """Add a revision of alias and details; the earlier ones are kept."""
    touch(connection, ref, at)
    revision = identity(connection, ref).revision + 1
    details: Mapping[str, str] = dict(who.details)
    connection.execute(_ADD_IDENTITY, {"ref": ref, "revision": revision, "alias": who.alias, "details": details,
                                       "by": by, "at": at})
    audit.add(connection, by=by, at=at, what="identity.saved", ref=ref, detail=f"revision {revision}")
    return Identity(ref, who.alias, details, revision, by, in_utc(at))


def _identity(row: Row[Any]) -> Identity:
    return Identity(row.ref, row.alias, row.details, row.revision, row.by, row.at)


def _free_reference(connection: Connection) -> str:
    while True:
        ref = new_reference()
        if connection.execute(_ONE, {"case": ref}).first() is None:
            return ref


def _checked(connection: Connection, ref: str) -> str:
    if not is_reference(ref):
        raise WrongUse("a case reference has 2 to 20 capitals, digits and dashes, and at least one digit; "
                       "never a name. Choose one such as K7M-2042, or let the store choose.")
    if connection.execute(_ONE, {"case": ref}).first() is not None:
        raise StoreError(f"Case {ref}: there is a case with this reference already. Choose another reference.")
    return ref
