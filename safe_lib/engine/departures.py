"""When a professional may set a severity otherwise than the instrument.

Raising a level takes a reason. Lowering it takes a reason, what that rests on, and a second professional. The usual
value and the other one both stay visible.

Source: F2 (severity) and F3 (professional judgement) of the return safety assessment (project proposal, 2026).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from safe_lib.model.answers import Departure
from safe_lib.model.instrument import Group, Instrument

FIELDS: Final = ("future", "domain", "level", "reason", "second", "evidence")  # of a row as somebody writes it
UNFINISHED: Final = "unfinished"  # rows that count for nothing yet; no scenario has this name

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lack:
    """What keeps a row from counting: the field it is about, and the key of the sentence that says so (`departure.lacks.*`)."""

    field: str
    key: str


def severity_body(
    rows: Sequence[Row], instrument: Instrument, *, by: str, before: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], tuple[Lack | None, ...]]:
    """The paper of a case's severities from rows as they were written, and what each row lacks.

    A row that lacks something is kept as it stands, apart from those that count, so that nothing typed is lost.

    Args:
        rows: `FIELDS` → text; other keys are left out.
        instrument: says which domains and futures there are, and the usual severity of each domain.
        by: who writes what is new here; a lower severity needs another person besides.
        before: the paper until now; a row that stands in it unchanged stays with who wrote it.

    Returns:
        scenario → domain → `{level, reason, second, evidence, by}`, and the rows that do not count under `unfinished`; for
        each row what it lacks, or None.
    """
    authors = {_key(row): row["by"] for row in severity_rows(before or {})}
    body: dict[str, Any] = {}
    unfinished: list[dict[str, str]] = []
    lacks: list[Lack | None] = []
    for row in ({key: str(row.get(key) or "").strip() for key in FIELDS} for row in rows):
        author = authors.get(_key(row), by)
        lack = _lack(row, instrument, body, author) if any(row.values()) else None
        if lack:
            unfinished.append({**row, "by": author})
        elif row["level"]:
            grounds = {key: row[key] for key in FIELDS[3:]}
            body.setdefault(row["future"], {})[row["domain"]] = {"level": int(row["level"]), **grounds, "by": author}
        lacks.append(lack)
    return {**body, **({UNFINISHED: unfinished} if unfinished else {})}, tuple(lacks)


def severity_rows(body: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows of a paper as they are written on a page, each with `by`: those that count, then the unfinished ones."""
    counted = [
        {"future": future, "domain": domain, **said} for future, domains in body.items() if future != UNFINISHED for domain, said in domains.items()
    ]
    return [{key: str(row.get(key) or "") for key in (*FIELDS, "by")} for row in (*counted, *body.get(UNFINISHED, ()))]


def _key(row: Row) -> tuple[str, ...]:
    return tuple(row[key] for key in FIELDS)


def departures_of(body: Mapping[str, Any], scenario: str) -> dict[str, Departure]:
    """Domain → departure for one future."""
    said = body.get(scenario, {}) if scenario != UNFINISHED else {}
    return {id: Departure(int(one["level"]), *(str(one.get(key) or "") for key in ("reason", "second", "evidence", "by"))) for id, one in said.items()}


def _lack(row: Row, instrument: Instrument, counted: Mapping[str, Any], by: str) -> Lack | None:
    """The first thing a row lacks, in the order of its fields."""
    domain = next((group for group in instrument.groups if group.severity and group.id == row["domain"]), None)
    if row["future"] not in {kind.id for kind in instrument.scenarios}:
        return Lack("future", "future")
    if domain is None:
        return Lack("domain", "domain")
    if domain.scenarios and row["future"] not in domain.scenarios:
        return Lack("domain", "not_weighed")
    if row["domain"] in counted.get(row["future"], {}):
        return Lack("domain", "twice")
    return _lack_of_grounds(row, domain, by)


def _lack_of_grounds(row: Row, domain: Group, by: str) -> Lack | None:
    if row["level"] not in ("1", "2", "3", "4"):
        return Lack("level", "level")
    level = int(row["level"])
    if level == domain.severity:
        return Lack("level", "usual")
    if not row["reason"]:
        return Lack("reason", "reason")
    if level > domain.severity:
        return None
    if not row["second"]:
        return Lack("second", "second")
    if row["second"].casefold() == by.strip().casefold():
        return Lack("second", "second_is_you")
    return None if row["evidence"] else Lack("evidence", "evidence")


def departures_for(instrument: Instrument, departures: Mapping[str, Departure]) -> dict[str, Departure]:
    """Those that concern a domain of this instrument: a quick view may weigh fewer."""
    weighed = {group.id for group in instrument.groups if group.severity}
    return {id: departure for id, departure in departures.items() if id in weighed}
