"""How long cases are kept: when each was closed, what was extended, and what is left of one that was erased.

The clock itself, with the purposes and their months, is `safe_lib.person.retention`; here is what it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from safe_lib.model.case import Extension
from safe_lib.store import audit, boxes, cases
from safe_lib.store.boxes import Holder
from safe_lib.store.sealing import Box
from safe_lib.store.tables import AUDIT, CASES, EXTENSIONS, METADATA, PAST_KEYS, TOMBSTONES, in_utc, stamp, whole

MAY_REMAIN: Final = frozenset({"audit", "requests", "notices", "tombstones"})  # name a reference, and say nothing of what stood in the case

_CLOSED = (select(AUDIT.c.ref, func.max(AUDIT.c.at).label("at")).join(CASES, CASES.c.ref == AUDIT.c.ref)
           .where(CASES.c.status == "closed", AUDIT.c.what == "case.status").group_by(AUDIT.c.ref))
_OF_CASE = select(EXTENSIONS).where(EXTENSIONS.c.ref == bindparam("case")).order_by(EXTENSIONS.c.id)
_LAST_ID = select(func.max(EXTENSIONS.c.id))
_RENEW = update(EXTENSIONS).where(EXTENSIONS.c.id == bindparam("row"))


class KeepsTime:
    """The part of the store that knows since when cases are closed, and how long they may stay."""

    _holder: Holder
    _reading: Callable[[], AbstractContextManager[Connection]]
    _writing: Callable[[], AbstractContextManager[Connection]]

    def closed_since(self) -> dict[str, date]:
        """Case → the day it was closed, of those that are closed and that the person at work can open."""
        with self._reading() as connection:
            return {row.ref: row.at.date() for row in connection.execute(_CLOSED) if boxes.find_box(connection, row.ref) is not None}

    def extend(self, ref: str, purpose: str, until: date, *, reason: str, by: str, at: datetime) -> Extension:
        """Keep a case longer for a purpose, with the reason; what was extended before stays written."""
        with self._writing() as connection:
            return add(connection, ref, purpose, until, reason=reason, by=by, at=at)

    def extensions(self, ref: str) -> tuple[Extension, ...]:
        """What was extended for a case, oldest first."""
        with self._reading() as connection:
            return of_case(connection, boxes.box_of(connection, ref))

    def holdings(self, ref: str) -> Mapping[str, int]:
        """Table → how many rows of it are about a case; whoever may agree to an erasure may count, and reads none."""
        with self._reading() as connection:
            return _rows(connection, ref)

    def halves(self, ref: str) -> tuple[bytes, ...]:
        """The numbers of a case's halves in the vault; a number opens nothing."""
        with self._reading() as connection:
            now = connection.execute(select(CASES.c.vault).where(CASES.c.ref == ref)).scalars().all()
            return tuple(number for number in (*now, *connection.execute(select(PAST_KEYS.c.vault).where(PAST_KEYS.c.ref == ref)).scalars()) if number)

    def leftovers(self, ref: str, halves: tuple[bytes, ...] = ()) -> tuple[str, ...]:
        """What is still there of an erased case: names of tables with rows of it, and `vault` where a half was not overwritten."""
        with self._reading() as connection:
            found = [name for name, rows in _rows(connection, ref).items() if rows and name not in MAY_REMAIN]
        return (*found, *(("vault",) if any(self._holder.vault.has(number) for number in halves) else ()))

    def tombstone(self, ref: str) -> tuple[str, datetime] | None:
        """Who erased a case and when; None where nobody did."""
        with self._reading() as connection:
            row = connection.execute(select(TOMBSTONES).where(TOMBSTONES.c.ref == ref)).first()
            return None if row is None else (row.by, row.at)


def add(connection: Connection, ref: str, purpose: str, until: date, *, reason: str, by: str, at: datetime) -> Extension:
    """Write one extension with its line in the trail; CaseNotFound if there is no such case for this person."""
    box = boxes.box_to_write(connection, ref)
    cases.touch(connection, ref, at)
    number = (connection.execute(_LAST_ID).scalar() or 0) + 1
    made = Extension(number, whole(purpose), until, whole(reason), whole(by), in_utc(at))
    connection.execute(insert(EXTENSIONS), _as_row(box, made))
    audit.add(connection, by=by, at=at, what="keeping.extended", ref=ref, detail=f"{purpose} until {until.isoformat()}")
    return made


def of_case(connection: Connection, box: Box) -> tuple[Extension, ...]:
    """What was extended for a case, oldest first."""
    return tuple(_extension(box, row) for row in connection.execute(_OF_CASE, {"case": box.ref}))


def renew(connection: Connection, old: Box, new: Box) -> None:
    """Seal every reason of a case anew."""
    for row in connection.execute(_OF_CASE, {"case": old.ref}).all():
        connection.execute(_RENEW, {"row": row.id, "sealed": _as_row(new, _extension(old, row))["sealed"]})


def _as_row(box: Box, one: Extension) -> dict[str, Any]:
    place = (one.id, one.purpose, one.until.isoformat(), one.by, stamp(one.at))
    return {"id": one.id, "ref": box.ref, "purpose": one.purpose, "until": one.until, "by": one.by, "at": one.at,
            "sealed": box.seal_words("extensions", place, one.reason)}


def _extension(box: Box, row: Row[Any]) -> Extension:
    reason = box.open_words("extensions", (row.id, row.purpose, row.until.isoformat(), row.by, stamp(row.at)), row.sealed)
    return Extension(row.id, row.purpose, row.until, str(reason), row.by, row.at)


def _rows(connection: Connection, ref: str) -> dict[str, int]:
    """Counted in every table that has a reference: one that is added later is counted without a change here."""
    return {name: int(connection.execute(select(func.count()).select_from(table).where(table.c.ref == ref)).scalar_one())
            for name, table in METADATA.tables.items() if "ref" in table.c}
