"""Reports made in a batch: each under a key that says from what, so that none is made twice, whenever a batch is stopped.

A report and its key are written in one transaction: after a kill there are both, or neither.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select

from safe_lib.model.case import Report
from safe_lib.store import boxes, reports
from safe_lib.store.boxes import Holder
from safe_lib.store.tables import BATCH, in_utc

SOME: Final = 500  # keys looked up at once

_MADE = select(BATCH.c.key, BATCH.c.report).where(BATCH.c.key.in_(bindparam("wanted", expanding=True)))
_ADD = insert(BATCH)


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished document of a case, with the key of what it was made from."""

    key: str  # hexadecimal digest
    format: str
    content: bytes


class KeepsBatch:
    """The part of the store that knows what batches made."""

    _holder: Holder
    _reading: Callable[[], AbstractContextManager[Connection]]
    _writing: Callable[[], AbstractContextManager[Connection]]

    def own_key(self) -> bytes:
        """The key ring of the person at work, for a process that opens the store again on their behalf."""
        return self._holder.ring.to_bytes()

    def made(self, keys: Collection[str]) -> dict[str, str]:
        """Key → number of the report that was made under it; only those there are."""
        wanted = sorted(keys)
        with self._reading() as connection:
            rows = [row for place in range(0, len(wanted), SOME) for row in connection.execute(_MADE, {"wanted": wanted[place:place + SOME]})]
        return {str(row.key): str(row.report) for row in rows}

    def seal_once(self, ref: str, documents: Sequence[Finished], *, workbook: str, profile: str, language: str, by: str, at: datetime) -> tuple[Report, ...]:
        """Keep finished documents, all or none; for a key that was used already, the report made then, and the new document is dropped.

        Raises:
            CaseNotFound: there is no such case.
        """
        with self._writing() as connection:
            boxes.box_of(connection, ref)
            return tuple(_once(connection, ref, one, workbook, profile, language, by, at) for one in documents)


def _once(connection: Connection, ref: str, one: Finished, workbook: str, profile: str, language: str, by: str, at: datetime) -> Report:
    there = connection.execute(_MADE, {"wanted": [one.key]}).first()
    if there is not None:
        return reports.get(connection, str(there.report))
    report = reports.seal(connection, ref, one.content, workbook=workbook, profile=profile, format=one.format, language=language, by=by, at=at)
    connection.execute(_ADD, {"key": one.key, "ref": ref, "report": report.id, "at": in_utc(at)})
    return report
