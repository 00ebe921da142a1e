"""Documents of a case by revision, and assessments as they were made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from safe_lib.model.case import KeptAssessment, Paper
from safe_lib.store import audit, cases
from safe_lib.store.tables import ASSESSMENTS, PAPERS, in_utc, json_text, whole
from safe_lib.store.trouble import PaperChanged

_REVISIONS = (select(PAPERS).where(PAPERS.c.ref == bindparam("case"), PAPERS.c.kind == bindparam("sort"))
              .order_by(PAPERS.c.revision.desc()))
_NEWEST = _REVISIONS.limit(1)
_ADD = insert(PAPERS)

_KEPT = (select(ASSESSMENTS)
         .where(ASSESSMENTS.c.ref == bindparam("case"), ASSESSMENTS.c.instrument == bindparam("form"))
         .order_by(ASSESSMENTS.c.id.desc()))
_KEPT_OF_SCENARIO = _KEPT.where(ASSESSMENTS.c.scenario == bindparam("future"))
_KEEP = insert(ASSESSMENTS)


def newest(connection: Connection, ref: str, kind: str) -> Paper | None:
    """The document as last saved; None where there is none yet."""
    row = connection.execute(_NEWEST, {"case": ref, "sort": kind}).first()
    return None if row is None else _paper(row)


def history(connection: Connection, ref: str, kind: str) -> tuple[Paper, ...]:
    """Every revision of a document, oldest first."""
    rows = connection.execute(_REVISIONS, {"case": ref, "sort": kind}).all()
    return tuple(_paper(row) for row in reversed(rows))


def save(connection: Connection, ref: str, kind: str, body: Mapping[str, Any], *, by: str, at: datetime,
         seen: int | None) -> Paper:
    """Add a revision; what equals the newest one is not written again.

    Args:
        seen: the revision the editor had on screen, 0 for none; None: nobody looked, write over what is there.

    Raises:
        PaperChanged: a newer revision than `seen` says something else.
        CaseNotFound: there is no such case.
        WrongUse: `body` is not plain JSON.
    """
    text = json_text(body)
    theirs = newest(connection, ref, kind)
    if theirs is not None:
        same = json_text(theirs.body) == text
        if same:
            return theirs
        if seen is not None and theirs.revision > seen:
            raise PaperChanged(ref, theirs)
    revision = theirs.revision + 1 if theirs is not None else 1
    cases.touch(connection, ref, at)
    connection.execute(_ADD, {"ref": ref, "kind": kind, "revision": revision, "body": body, "by": by, "at": at})
    audit.add(connection, by=by, at=at, what="paper.saved", ref=ref, detail=f"{kind} revision {revision}")
    return Paper(whole(kind), json.loads(text), revision, whole(by), in_utc(at))


def keep(connection: Connection, ref: str, instrument: str, scenario: str, text: str, *, hash: str, by: str,
         at: datetime) -> KeptAssessment:
    """Keep an assessment as it is; CaseNotFound if there is no such case."""
    cases.touch(connection, ref, at)
    done = connection.execute(_KEEP, {"ref": ref, "instrument": instrument, "scenario": scenario, "text": text,
                                      "hash": hash, "by": by, "at": at})
    number = done.lastrowid
    audit.add(connection, by=by, at=at, what="assessment.kept", ref=ref, detail=f"{instrument} number {number}")
    return KeptAssessment(number, ref, whole(instrument), whole(scenario), whole(text), whole(hash), whole(by),
                          in_utc(at))


def kept(connection: Connection, ref: str, instrument: str, scenario: str | None) -> tuple[KeptAssessment, ...]:
    """The assessments kept with one instrument, newest first; of one scenario, or of all with None."""
    which = _KEPT if scenario is None else _KEPT_OF_SCENARIO
    rows = connection.execute(which, {"case": ref, "form": instrument, "future": scenario})
    return tuple(KeptAssessment(row.id, row.ref, row.instrument, row.scenario, row.text, row.hash, row.by, row.at)
                 for row in rows)


def _paper(row: Row[Any]) -> Paper:
    return Paper(row.kind, row.body, row.revision, row.by, row.at)
