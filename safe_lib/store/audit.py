"""The audit trail: one line for each write and for each reading that is to be known, chained by hashes.

Each line carries the hash of the line before it and of itself; a line that is changed, taken out, put in or moved
breaks the chain. Lines cut off at the end show only against a number and hash noted elsewhere (`end`).
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, bindparam, insert, select

from safe_lib.model.case import AuditLine
from safe_lib.store.tables import AUDIT, in_utc, whole

BEGINNING: Final = "0" * 64  # what the first line follows

_END = select(AUDIT.c.sequence, AUDIT.c.chain).order_by(AUDIT.c.sequence.desc()).limit(1)
_ADD = insert(AUDIT)
_ALL = select(AUDIT).order_by(AUDIT.c.sequence)
_OF_CASE = _ALL.where(AUDIT.c.ref == bindparam("case"))


def add(connection: Connection, *, by: str, at: datetime, what: str, ref: str = "", detail: str = "") -> AuditLine:
    """Write the next line, inside the transaction of what it tells."""
    sequence, before = end(connection)
    line = AuditLine(sequence + 1, in_utc(at), whole(by), what, whole(ref), whole(detail))
    connection.execute(_ADD, {"sequence": line.sequence, "at": line.at, "by": line.by, "what": line.what,
                              "ref": line.ref, "detail": line.detail, "chain": _link(before, line)})
    return line


def end(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last line."""
    last = connection.execute(_END).first()
    return (last.sequence, last.chain) if last is not None else (0, BEGINNING)


def lines(connection: Connection, ref: str | None) -> tuple[AuditLine, ...]:
    """The lines of one case, or all of them, oldest first."""
    found = connection.execute(_ALL) if ref is None else connection.execute(_OF_CASE, {"case": ref})
    return tuple(_line(row) for row in found)


def first_break(connection: Connection) -> int | None:
    """The number of the first line that does not follow the one before it; None where all do."""
    expected, before = 1, BEGINNING
    for row in connection.execute(_ALL):
        if row.sequence != expected or row.chain != _link(before, _line(row)):
            return expected
        expected, before = expected + 1, row.chain
    return None


def _line(row: Row[tuple[object, ...]]) -> AuditLine:
    return AuditLine(row.sequence, row.at, row.by, row.what, row.ref, row.detail)


def _link(before: str, line: AuditLine) -> str:
    at = line.at.isoformat(timespec="microseconds")
    told = json.dumps([before, line.sequence, at, line.by, line.what, line.ref, line.detail])
    return hashlib.sha256(told.encode()).hexdigest()
