"""Reports made in a batch: each under a key that says from what, so that none is made twice, whenever a batch is stopped.

A report and its key are written in one transaction: after a kill there are both, or neither.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import SQLAlchemyError

from safe_lib.model.case import Report
from safe_lib.model.errors import WrongUse
from safe_lib.store import audit, boxes, reports, server
from safe_lib.store.boxes import Holder
from safe_lib.store.loans import Loan
from safe_lib.store.tables import BATCH, in_utc
from safe_lib.store.trouble import told

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

    path: Path
    _holder: Holder
    _usable: Callable[[], Connection]
    _reading: Callable[[], AbstractContextManager[Connection]]
    _writing: Callable[[], AbstractContextManager[Connection]]

    def own_key(self) -> bytes:
        """The key ring of the person at work, for a process that opens the store again on their behalf."""
        return self._holder.ring.to_bytes()

    def lend(self, refs: Collection[str], *, until: datetime, to: str, by: str, at: datetime) -> Loan:
        """The keys of these cases and nothing else, for a process on another machine; each leaves a line in the trail.

        A case whose key waits to be renewed gets its new one first. A case that the person at work holds no key of is left out.

        Args:
            until: after this moment the other process uses them no more.
            to: the fingerprint of whom they are lent to.

        Raises:
            WrongUse: this store is in a file, which another machine cannot reach.
        """
        address = server.address_of(self.path)
        if address is None:
            raise WrongUse(f"{self.path}: this store is a file, and workers on other machines cannot reach it.\n"
                           "  Put it into PostgreSQL (README, a database server), or run the batch here, without --scheduler.")
        ring, lent = self._holder.ring, {}
        with self._writing() as connection:
            for ref in refs:
                if boxes.find_box(connection, ref) is None or boxes.broke_glass(connection, ref):
                    continue
                lent[ref] = boxes.box_to_write(connection, ref)
                audit.add(connection, by=by, at=at, what="key.lent", ref=ref, detail=f"worker {to}, until {in_utc(until):%Y-%m-%d %H:%M} UTC")
        return Loan(address, ring.person, ring.user, ring.guest, until, lent)

    @contextmanager
    def alone_with(self, ref: str) -> Iterator[None]:
        """Nobody else makes reports of this case meanwhile: two workers, where one was thought lost, come after each other.

        On a database server only; whoever makes reports from a file is one program on one machine.
        """
        connection = self._usable()
        if not server.is_server(connection):
            yield
            return
        with told(self.path):
            server.begin_case(connection, ref)
        try:
            yield
        finally:
            with suppress(SQLAlchemyError):  # the connection was lost; so is the lock
                server.end_case(connection, ref)

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
