"""The audit trail: one line for each write and for each reading that is to be known, chained by hashes.

Each line carries the hash of the line before it and of itself; a line that is changed, taken out, put in or moved
breaks the chain. Lines cut off at the end show only against a number and hash noted elsewhere (`end`).

What a line says besides who, what, when and which case is sealed with the key of the case: which page was read, which
question was answered. The chain goes over the sealed form, so anybody can check it who can open the file, and an erased
case leaves lines that say no more than that something was done.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, select

from safe_lib.model.anchor import Anchor
from safe_lib.model.case import AuditLine
from safe_lib.store import boxes
from safe_lib.store.sealing import Box, NotSealedSo
from safe_lib.store.tables import ANSWERS, ASSESSMENTS, AUDIT, CASES, DISCLOSURES, IDENTITIES, PAPERS, REPORTS, in_utc, stamp, whole

BEGINNING: Final = "0" * 64  # what the first line follows
WRITTEN: Final = {"answer.saved": ANSWERS, "paper.saved": PAPERS, "identity.saved": IDENTITIES, "assessment.kept": ASSESSMENTS,
                  "report.sealed": REPORTS, "report.disclosed": DISCLOSURES}  # what a line says was written, and where it has to be
AT_ONCE: Final = 10_000  # lines written together
SEALED: Final = "~"  # how a sealed detail begins: ~version.base64

_END = select(AUDIT.c.sequence, AUDIT.c.chain).order_by(AUDIT.c.sequence.desc()).limit(1)
_ADD = insert(AUDIT)
_ALL = select(AUDIT).order_by(AUDIT.c.sequence)
_BY = select(AUDIT.c.ref, AUDIT.c.at).where(AUDIT.c.by == bindparam("who"), AUDIT.c.at > bindparam("since"), AUDIT.c.what == bindparam("kind"))
_OF_CASE = _ALL.where(AUDIT.c.ref == bindparam("case"))


def add(connection: Connection, *, by: str, at: datetime, what: str, ref: str = "", detail: str = "") -> AuditLine:
    """Write the next line, inside the transaction of what it tells.

    The detail is sealed with the key of the case; somebody without that key must not say anything of the case in it.
    """
    sequence, before = end(connection)
    line = AuditLine(sequence + 1, in_utc(at), whole(by), what, whole(ref), whole(detail))
    box = boxes.find_box(connection, ref) if ref and detail else None
    row, _ = as_row(line, box, before)
    connection.execute(_ADD, row)
    return line


def append(connection: Connection, said: Iterable[Mapping[str, Any]], *, by: str) -> None:
    """Write many lines that say nothing sealed, in the order given: each with `at`, `what`, `ref` and `detail`."""
    last, chain = end(connection)
    rows: list[dict[str, Any]] = []
    for number, one in enumerate(said, last + 1):
        row, chain = as_row(AuditLine(number, in_utc(one["at"]), by, one["what"], one["ref"], one["detail"]), None, chain)
        rows.append(row)
        if len(rows) >= AT_ONCE:
            connection.execute(_ADD, rows)
            rows.clear()
    if rows:
        connection.execute(_ADD, rows)


def as_row(line: AuditLine, box: Box | None, before: str) -> tuple[dict[str, Any], str]:
    """A line as it stands in the database, and its hash, after the line with the hash `before`."""
    detail = line.detail if box is None or not line.detail else _sealed(line, box)
    chain = link(before, line.sequence, stamp(line.at), line.by, line.what, line.ref, detail)
    return {"sequence": line.sequence, "at": line.at, "by": line.by, "what": line.what, "ref": line.ref, "detail": detail, "chain": chain}, chain


def end(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last line."""
    last = connection.execute(_END).first()
    return (last.sequence, last.chain) if last is not None else (0, BEGINNING)


def has(connection: Connection, anchor: Anchor) -> bool:
    """Whether the trail has this line with this hash; while the chain holds, then nothing before it was changed either."""
    found = connection.execute(select(AUDIT.c.chain).where(AUDIT.c.sequence == anchor.line)).scalar()
    return (found or (BEGINNING if anchor.line == 0 else "")) == anchor.hash


def lines(connection: Connection, ref: str | None) -> tuple[AuditLine, ...]:
    """The lines of one case, or all of them, oldest first; details of cases only where this person holds the key."""
    found = connection.execute(_ALL) if ref is None else connection.execute(_OF_CASE, {"case": ref})
    known: dict[str, Box | None] = {}
    return tuple(_line(connection, row, known) for row in found.all())


def readings(connection: Connection, by: str, ref: str, since: datetime) -> tuple[datetime | None, int, datetime | None]:
    """When somebody last read a case, how many other cases they read since, and when the first reading of the newest of those was."""
    found: dict[str, list[datetime]] = {}
    for row in connection.execute(_BY, {"who": by, "since": since, "kind": "case.read"}):
        found.setdefault(row.ref, []).append(row.at)
    mine = found.pop(ref, None)
    return (max(mine) if mine else None), len(found), max((min(moments) for moments in found.values()), default=None)


def cases_of(connection: Connection, what: str, by: str, since: datetime) -> set[str]:
    """The cases that lines of this kind by this person are about."""
    return {row.ref for row in connection.execute(_BY, {"who": by, "since": since, "kind": what})}


def between(connection: Connection, since: datetime, until: datetime, by: str | None = None) -> tuple[AuditLine, ...]:
    """The lines of a window of time, its ends included, of everybody or of one person; details only where this person holds the key."""
    wanted = _ALL.where(AUDIT.c.at >= since, AUDIT.c.at <= until)
    found = connection.execute(wanted if by is None else wanted.where(AUDIT.c.by == by))
    known: dict[str, Box | None] = {}
    return tuple(_line(connection, row, known) for row in found.all())


def was_noted(connection: Connection, what: str, by: str, since: datetime) -> bool:
    """Whether there is a line of this kind by this person."""
    return connection.execute(_BY, {"who": by, "since": since, "kind": what}).first() is not None


def first_break(connection: Connection) -> int | None:
    """The number of the first line that does not follow the one before it; None where all do."""
    expected, before = 1, BEGINNING
    # The text as it stands, without making moments of it: a million lines take seconds, not minutes.
    found = connection.exec_driver_sql('SELECT sequence, at, "by", what, ref, detail, chain FROM audit ORDER BY sequence')
    for sequence, at, by, what, ref, detail, chain in found:
        if sequence != expected or chain != link(before, sequence, at, by, what, ref, detail):
            return expected
        expected, before = expected + 1, chain
    return None


def missing(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Cases of which less is there than the trail says was written, each with what is missing: a row was taken out.

    A row that is changed or moved does not open; one that is gone shows only here.
    """
    found = []
    for what, table in WRITTEN.items():
        told = select(AUDIT.c.ref, func.count().label("lines")).where(AUDIT.c.what == what).group_by(AUDIT.c.ref).subquery()
        there = select(table.c.ref, func.count().label("rows")).group_by(table.c.ref).subquery()
        less = (select(told.c.ref).join(CASES, CASES.c.ref == told.c.ref).outerjoin(there, there.c.ref == told.c.ref)
                .where(told.c.lines > func.coalesce(there.c.rows, 0)))
        found += [(str(ref), what) for ref in connection.execute(less).scalars()]
    return tuple(sorted(found))


def link(before: str, sequence: int, at: str, by: str, what: str, ref: str, detail: str) -> str:
    """The hash of a line that follows another."""
    return hashlib.sha256(json.dumps([before, sequence, at, by, what, ref, detail]).encode()).hexdigest()


def _sealed(line: AuditLine, box: Box) -> str:
    sealed = box.seal_words("audit", _row(line.sequence, line.at, line.by, line.what), line.detail)
    return f"{SEALED}{box.version}.{b64encode(sealed).decode()}"


def _row(sequence: int, at: datetime, by: str, what: str) -> tuple[int, str, str, str]:
    return sequence, stamp(at), by, what


def _line(connection: Connection, row: Row[Any], known: dict[str, Box | None]) -> AuditLine:
    return AuditLine(row.sequence, row.at, row.by, row.what, row.ref, _detail(connection, row, known))


def _detail(connection: Connection, row: Row[Any], known: dict[str, Box | None]) -> str:
    """The detail in words; empty where this person may not know it, or it was changed (the chain says so)."""
    if not row.detail.startswith(SEALED):
        return str(row.detail)
    if row.ref not in known:
        known[row.ref] = boxes.find_box(connection, row.ref)
    version, _, sealed = row.detail[1:].partition(".")
    box = known[row.ref] and boxes.past_box(connection, known[row.ref], int(version))  # type: ignore[arg-type]
    if not box:
        return ""
    try:
        return str(box.open_words("audit", _row(row.sequence, row.at, row.by, row.what), b64decode(sealed)))
    except NotSealedSo:
        return ""
