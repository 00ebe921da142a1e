"""What kept assessments rest on: written beside each, and read for all open cases at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import groupby, islice
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select, text

from safe_lib.model.case import SHARED, KeptAssessment
from safe_lib.model.grounds import CaseFile, Grounds, KeptLine, Marks, Result, Snapshot
from safe_lib.store import papers
from safe_lib.store.tables import ANSWERS, ASSESSMENTS, CASES, GROUNDS, PAPERS, SNAPSHOTS, json_text

AT_ONCE: Final = 400  # cases read with one question to the database

_OPEN = select(CASES.c.ref).where(CASES.c.status == "open")
_LAST_ANSWER = select(func.max(ANSWERS.c.id)).where(ANSWERS.c.ref == bindparam("case"))
_LAST_PAPER = select(func.max(PAPERS.c.id)).where(PAPERS.c.ref == bindparam("case"))
_LAST_ANSWERS = select(ANSWERS.c.ref, func.max(ANSWERS.c.id)).group_by(ANSWERS.c.ref)
_LAST_PAPERS = select(PAPERS.c.ref, func.max(PAPERS.c.id)).group_by(PAPERS.c.ref)

_NEWEST = select(func.max(ASSESSMENTS.c.id)).where(ASSESSMENTS.c.ref.in_(_OPEN)).group_by(ASSESSMENTS.c.ref, ASSESSMENTS.c.instrument, ASSESSMENTS.c.scenario)
_LINES = (select(ASSESSMENTS.c.id, ASSESSMENTS.c.ref, ASSESSMENTS.c.instrument, ASSESSMENTS.c.scenario, GROUNDS.c.made_with, GROUNDS.c.engine, GROUNDS.c.said,
                 GROUNDS.c.answer, GROUNDS.c.paper, GROUNDS.c.snapshot, GROUNDS.c.result)
          .join(GROUNDS, GROUNDS.c.assessment == ASSESSMENTS.c.id, isouter=True)
          .where(ASSESSMENTS.c.id.in_(_NEWEST)).order_by(ASSESSMENTS.c.ref, ASSESSMENTS.c.instrument, ASSESSMENTS.c.scenario))

# The columns as they stand in the file: two million answers need no types made of them.
_SAID = text("SELECT ref, instrument, item, scenario, code, evidence FROM answers WHERE ref IN :refs AND (instrument IN :forms OR item IN :items) "
             "ORDER BY ref, instrument, item, revision").bindparams(*(bindparam(name, expanding=True) for name in ("refs", "forms", "items")))
_PAPERS = (select(PAPERS.c.ref, PAPERS.c.kind, PAPERS.c.body).where(PAPERS.c.ref.in_(bindparam("refs", expanding=True)),
                                                                  PAPERS.c.kind.in_(bindparam("kinds", expanding=True)))
           .order_by(PAPERS.c.ref, PAPERS.c.revision))


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
            row = connection.execute(select(GROUNDS).where(GROUNDS.c.assessment == number)).first()
        return None if row is None else _grounds(row)

    def snapshot(self, hash: str) -> Snapshot:
        """The country information of that day; empty where there is none with this hash."""
        with self._reading() as connection:
            body = connection.execute(select(SNAPSHOTS.c.body).where(SNAPSHOTS.c.hash == hash)).scalar()
        return _parsed(body) if body else {}

    def kept_newest(self) -> tuple[KeptLine, ...]:
        """The newest assessment kept of each open case with each instrument for each future."""
        with self._reading() as connection:
            return tuple(_line(row) for row in connection.execute(_LINES))

    def all_marks(self) -> dict[str, Marks]:
        """The marks of every case that has an answer or a paper."""
        with self._reading() as connection:
            last_answers = {str(row[0]): int(row[1]) for row in connection.execute(_LAST_ANSWERS)}
            last_papers = {str(row[0]): int(row[1]) for row in connection.execute(_LAST_PAPERS)}
        return {ref: Marks(last_answers.get(ref, 0), last_papers.get(ref, 0)) for ref in {*last_answers, *last_papers}}

    def kept_text(self, number: int) -> str:
        """The JSON of one kept assessment, byte for byte; empty where there is none."""
        with self._reading() as connection:
            return connection.execute(select(ASSESSMENTS.c.text).where(ASSESSMENTS.c.id == number)).scalar() or ""

    def case_files(self, refs: Iterable[str], instruments: Sequence[str], items: Sequence[str], kinds: Sequence[str]) -> Iterator[CaseFile]:
        """What counts now of these cases, some hundred at a time.

        Args:
            instruments: whose answers are wanted.
            items: wanted besides, of whichever instrument.
            kinds: of papers; the newest of each.
        """
        left = iter(refs)
        while some := list(islice(left, AT_ONCE)):
            with self._reading() as connection:
                said = _answers_of(connection, some, instruments, items)
                held = _papers_of(connection, some, kinds)
            yield from (CaseFile(ref, said.get(ref, {}), held.get(ref, {})) for ref in some)


def keep(connection: Connection, ref: str, instrument: str, scenario: str, text: str, *, hash: str, grounds: Grounds, snapshot: Snapshot, marks: Marks, by: str,
         at: datetime) -> KeptAssessment:
    """Keep an assessment with its grounds, inside a transaction; CaseNotFound if there is no such case."""
    kept = papers.keep(connection, ref, instrument, scenario, text, hash=hash, by=by, at=at)
    result = {"outcome": grounds.result.outcome, "levels": dict(grounds.result.levels), "confidence": dict(grounds.result.confidence),
              "flags": list(grounds.result.flags)}
    connection.execute(insert(GROUNDS), {
        "assessment": kept.id, "ref": kept.ref, "instrument": kept.instrument, "scenario": kept.scenario, "made_with": grounds.instrument,
        "engine": grounds.engine, "said": grounds.said, "answer": marks.answer, "paper": marks.paper,
        "snapshot": _keep_snapshot(connection, snapshot), "result": result})
    return kept


def _keep_snapshot(connection: Connection, snapshot: Snapshot) -> str | None:
    if not snapshot:
        return None
    body = json_text(snapshot)
    hash = hashlib.sha256(body.encode()).hexdigest()
    connection.execute(insert(SNAPSHOTS).prefix_with("OR IGNORE"), {"hash": hash, "body": body})
    return hash


def _marks(connection: Connection, ref: str) -> Marks:
    return Marks(connection.execute(_LAST_ANSWER, {"case": ref}).scalar() or 0, connection.execute(_LAST_PAPER, {"case": ref}).scalar() or 0)


def _line(row: Any) -> KeptLine:
    known = row.made_with is not None
    return KeptLine(row.id, row.ref, row.instrument, row.scenario, Marks(row.answer, row.paper) if known else Marks(), _grounds(row) if known else None)


def _grounds(row: Any) -> Grounds:
    said = row.result
    return Grounds(row.made_with, row.engine, row.said, row.snapshot or "", Result(said["outcome"], said["levels"], said["confidence"], tuple(said["flags"])))


def _parsed(body: str) -> Snapshot:
    found: Snapshot = json.loads(body)
    return found


Said = tuple[str, str, str, str]  # item, scenario, code, evidence


def _answers_of(connection: Connection, refs: Sequence[str], instruments: Sequence[str], items: Sequence[str]) -> dict[str, dict[str, tuple[Said, ...]]]:
    found: dict[str, dict[str, tuple[Said, ...]]] = {}
    rows = connection.execute(_SAID, {"refs": refs, "forms": list(instruments), "items": list(items)}).all()
    for (ref, instrument), several in groupby(rows, key=lambda row: (row[0], row[1])):
        newest = {(item, scenario): (item, scenario, code, evidence) for _, _, item, scenario, code, evidence in several}  # the last of each counts
        found.setdefault(ref, {})[instrument] = tuple(sorted(newest.values(), key=_shared_first))
    return found


def _shared_first(said: Said) -> bool:
    """A future's own answer is read after the shared one, and counts over it."""
    return said[1] != SHARED


def _papers_of(connection: Connection, refs: Sequence[str], kinds: Sequence[str]) -> dict[str, dict[str, Mapping[str, Any]]]:
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in connection.execute(_PAPERS, {"refs": refs, "kinds": list(kinds)}):
        found.setdefault(row.ref, {})[row.kind] = row.body  # the last revision counts
    return found
