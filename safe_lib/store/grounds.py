"""What kept assessments rest on: written beside each, and read for all open cases at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select, update

from safe_lib.model.case import KeptAssessment
from safe_lib.model.grounds import CaseFile, Grounds, KeptLine, Marks, Result, Snapshot
from safe_lib.store import answers, boxes, papers
from safe_lib.store.sealing import Box
from safe_lib.store.tables import ANSWERS, ASSESSMENTS, CASES, GROUNDS, PAPERS, SNAPSHOTS, json_text

AT_ONCE: Final = 100  # cases read in one moment

_OPEN = select(CASES.c.ref).where(CASES.c.status == "open")
_LAST_ANSWER = select(func.max(ANSWERS.c.id)).where(ANSWERS.c.ref == bindparam("case"))
_LAST_PAPER = select(func.max(PAPERS.c.id)).where(PAPERS.c.ref == bindparam("case"))
_LAST_ANSWERS = select(ANSWERS.c.ref, func.max(ANSWERS.c.id)).group_by(ANSWERS.c.ref)
_LAST_PAPERS = select(PAPERS.c.ref, func.max(PAPERS.c.id)).group_by(PAPERS.c.ref)
_ALL = select(GROUNDS).where(GROUNDS.c.ref == bindparam("case"))
_ONE = select(GROUNDS).where(GROUNDS.c.assessment == bindparam("number"))
_RENEW = update(GROUNDS).where(GROUNDS.c.assessment == bindparam("row"))

_NEWEST = select(func.max(ASSESSMENTS.c.id)).where(ASSESSMENTS.c.ref.in_(_OPEN)).group_by(ASSESSMENTS.c.ref, ASSESSMENTS.c.form, ASSESSMENTS.c.future)
_NEWEST_OF_ALL = select(func.max(ASSESSMENTS.c.id)).group_by(ASSESSMENTS.c.ref, ASSESSMENTS.c.form, ASSESSMENTS.c.future)
_LINES = (select(ASSESSMENTS.c.id, ASSESSMENTS.c.ref, GROUNDS.c.sealed)
          .join(GROUNDS, GROUNDS.c.assessment == ASSESSMENTS.c.id, isouter=True).where(ASSESSMENTS.c.id.in_(_NEWEST)))
_ALL_LINES = (select(ASSESSMENTS.c.id, ASSESSMENTS.c.ref, GROUNDS.c.sealed)
              .join(GROUNDS, GROUNDS.c.assessment == ASSESSMENTS.c.id, isouter=True).where(ASSESSMENTS.c.id.in_(_NEWEST_OF_ALL)))


class KeepsGrounds:
    """The part of the store that knows what kept assessments rest on."""

    _reading: Callable[[], AbstractContextManager[Connection]]
    _writing: Callable[[], AbstractContextManager[Connection]]

    def marks(self, ref: str) -> Marks:
        """The numbers of the newest answer and paper of a case; read them before the answers themselves."""
        with self._reading() as connection:
            return _marks(connection, ref)

    def keep_on_grounds(self, ref: str, instrument: str, scenario: str, text: str, *, hash: str, grounds: Grounds, snapshot: Snapshot, marks: Marks, by: str,
                        at: datetime) -> KeptAssessment:
        """Keep an assessment as it was made, with what it rests on.

        Args:
            grounds: its `snapshot` is not looked at; the hash of `snapshot` is kept.
            snapshot: kept once for all assessments that share it; empty for none.
            marks: as they were before the answers were read; `Marks()` where nobody looked.
        """
        with self._writing() as connection:
            return keep(connection, ref, instrument, scenario, text, hash=hash, grounds=grounds, snapshot=snapshot, marks=marks, by=by, at=at)

    def grounds(self, number: int) -> Grounds | None:
        """What one kept assessment rests on; None where that was not kept, or there is no such assessment."""
        with self._reading() as connection:
            row = connection.execute(_ONE, {"number": number}).first()
            box = boxes.find_box(connection, row.ref) if row is not None else None
            return _line(box, row.ref, number, row.sealed).grounds if row is not None and box is not None else None

    def snapshot(self, hash: str) -> Snapshot:
        """The country information of that day; empty where there is none with this hash."""
        with self._reading() as connection:
            body = connection.execute(select(SNAPSHOTS.c.body).where(SNAPSHOTS.c.hash == hash)).scalar()
        return _parsed(body) if body else {}

    def kept_newest(self, *, closed: bool = False) -> tuple[KeptLine, ...]:
        """The newest assessment kept of each open case of this person with each instrument for each future; with `closed`, of every case."""
        with self._reading() as connection:
            mine = {ref: box for ref, box in boxes.every_box(connection).items() if box is not None}
            rows = [row for row in connection.execute(_ALL_LINES if closed else _LINES).all() if row.ref in mine]
            found = [_line(mine[row.ref], row.ref, row.id, row.sealed) if row.sealed else _without(connection, mine[row.ref], row.id) for row in rows]
        return tuple(sorted(found, key=lambda line: (line.ref, line.instrument, line.scenario)))

    def all_marks(self) -> dict[str, Marks]:
        """The marks of every case of this person that has an answer or a paper."""
        with self._reading() as connection:
            mine = boxes.every_box(connection)
            last_answers = {str(row[0]): int(row[1]) for row in connection.execute(_LAST_ANSWERS)}
            last_papers = {str(row[0]): int(row[1]) for row in connection.execute(_LAST_PAPERS)}
        return {ref: Marks(last_answers.get(ref, 0), last_papers.get(ref, 0)) for ref in {*last_answers, *last_papers} if ref in mine}

    def kept_text(self, number: int) -> str:
        """The JSON of one kept assessment, byte for byte; empty where there is none."""
        with self._reading() as connection:
            kept = papers.kept_one(connection, number)
            return kept.text if kept else ""

    def case_files(self, refs: Iterable[str], instruments: Sequence[str], asked: Sequence[tuple[str, str]], kinds: Sequence[str]) -> Iterator[CaseFile]:
        """What counts now of these cases, some at a time.

        Args:
            instruments: whose answers are wanted.
            asked: single questions wanted besides, as instrument and item.
            kinds: of papers; the newest of each.
        """
        left = iter(refs)
        while some := list(islice(left, AT_ONCE)):
            with self._reading() as connection:
                found = [_case_file(connection, ref, instruments, asked, kinds) for ref in some]
            yield from found


def keep(connection: Connection, ref: str, instrument: str, scenario: str, text: str, *, hash: str, grounds: Grounds, snapshot: Snapshot, marks: Marks, by: str,
         at: datetime) -> KeptAssessment:
    """Keep an assessment with its grounds, inside a transaction; CaseNotFound if there is no such case."""
    kept = papers.keep(connection, ref, instrument, scenario, text, hash=hash, by=by, at=at)
    line = KeptLine(kept.id, kept.ref, kept.instrument, kept.scenario, marks, replace(grounds, snapshot=_keep_snapshot(connection, snapshot)))
    connection.execute(insert(GROUNDS), grounds_row(boxes.box_of(connection, ref), line))
    return kept


def grounds_row(box: Box, line: KeptLine) -> dict[str, Any]:
    """What an assessment rests on, as it stands in the database."""
    held = line.grounds
    assert held is not None  # noqa: S101  a line without grounds has no row
    result = {"outcome": held.result.outcome, "levels": dict(held.result.levels), "confidence": dict(held.result.confidence), "flags": list(held.result.flags)}
    said = {"instrument": line.instrument, "scenario": line.scenario, "made_with": held.instrument, "engine": held.engine, "said": held.said,
            "answer": line.marks.answer, "paper": line.marks.paper, "snapshot": held.snapshot, "result": result}
    return {"assessment": line.id, "ref": line.ref, "sealed": box.seal_words("grounds", (line.id,), said)}


def renew(connection: Connection, old: Box, new: Box) -> None:
    """Seal what the assessments of a case rest on anew."""
    for row in connection.execute(_ALL, {"case": old.ref}).all():
        again = grounds_row(new, _line(old, row.ref, row.assessment, row.sealed))
        connection.execute(_RENEW, {"row": row.assessment, "sealed": again["sealed"]})


def result_of(said: Mapping[str, Any]) -> Result:
    """A result from its JSON."""
    return Result(said["outcome"], said["levels"], said["confidence"], tuple(said["flags"]))


def _keep_snapshot(connection: Connection, snapshot: Snapshot) -> str:
    if not snapshot:
        return ""
    body = json_text(snapshot)
    hash = hashlib.sha256(body.encode()).hexdigest()
    if connection.execute(select(SNAPSHOTS.c.hash).where(SNAPSHOTS.c.hash == hash)).first() is None:  # nobody else writes meanwhile
        connection.execute(insert(SNAPSHOTS), {"hash": hash, "body": body})
    return hash


def _marks(connection: Connection, ref: str) -> Marks:
    return Marks(connection.execute(_LAST_ANSWER, {"case": ref}).scalar() or 0, connection.execute(_LAST_PAPER, {"case": ref}).scalar() or 0)


def _line(box: Box, ref: str, number: int, sealed: bytes) -> KeptLine:
    said = box.open_words("grounds", (number,), sealed)
    held = Grounds(said["made_with"], said["engine"], said["said"], said["snapshot"], result_of(said["result"]))
    return KeptLine(number, ref, said["instrument"], said["scenario"], Marks(said["answer"], said["paper"]), held)


def _without(connection: Connection, box: Box, number: int) -> KeptLine:
    """One that was kept before its grounds were."""
    kept = papers.kept_one(connection, number)
    return KeptLine(number, box.ref, kept.instrument if kept else "", kept.scenario if kept else "", Marks(), None)


def _parsed(body: str) -> Snapshot:
    found: Snapshot = json.loads(body)
    return found


def _case_file(connection: Connection, ref: str, instruments: Sequence[str], asked: Sequence[tuple[str, str]], kinds: Sequence[str]) -> CaseFile:
    box = boxes.find_box(connection, ref)
    if box is None:
        return CaseFile(ref, {})
    held = {kind: found.body for kind in kinds if (found := papers.newest(connection, ref, kind)) is not None}
    return CaseFile(ref, answers.short(connection, box, instruments, asked), held)
