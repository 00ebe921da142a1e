"""Documents of a case by revision, and assessments as they were made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from safe_lib.model.case import KeptAssessment, Paper
from safe_lib.store import audit, boxes, cases
from safe_lib.store.sealing import Box
from safe_lib.store.tables import ASSESSMENTS, PAPERS, in_utc, json_text, stamp, whole
from safe_lib.store.trouble import PaperChanged

_REVISIONS = (select(PAPERS).where(PAPERS.c.ref == bindparam("case"), PAPERS.c.kind == bindparam("sort"))
              .order_by(PAPERS.c.revision.desc()))
_NEWEST = _REVISIONS.limit(1)
_ALL_PAPERS = select(PAPERS).where(PAPERS.c.ref == bindparam("case"))
_ADD = insert(PAPERS)
_RENEW_PAPER = update(PAPERS).where(PAPERS.c.id == bindparam("row"))

_ALL_KEPT = select(ASSESSMENTS).where(ASSESSMENTS.c.ref == bindparam("case"))
_KEPT = _ALL_KEPT.where(ASSESSMENTS.c.form == bindparam("in_form")).order_by(ASSESSMENTS.c.id.desc())
_KEPT_OF_SCENARIO = _KEPT.where(ASSESSMENTS.c.future == bindparam("in_future"))
_ONE_KEPT = select(ASSESSMENTS).where(ASSESSMENTS.c.id == bindparam("row"))
_LAST_KEPT = select(func.max(ASSESSMENTS.c.id))
_KEEP = insert(ASSESSMENTS)
_RENEW_KEPT = update(ASSESSMENTS).where(ASSESSMENTS.c.id == bindparam("row"))


def newest(connection: Connection, ref: str, kind: str) -> Paper | None:
    """The document as last saved; None where there is none yet."""
    box = boxes.find_box(connection, ref)
    row = box and connection.execute(_NEWEST, {"case": ref, "sort": box.mark("paper", kind)}).first()
    return _paper(box, row) if box and row else None


def history(connection: Connection, ref: str, kind: str) -> tuple[Paper, ...]:
    """Every revision of a document, oldest first."""
    box = boxes.find_box(connection, ref)
    if box is None:
        return ()
    rows = connection.execute(_REVISIONS, {"case": ref, "sort": box.mark("paper", kind)}).all()
    return tuple(_paper(box, row) for row in reversed(rows))


def of_case(connection: Connection, box: Box) -> tuple[Paper, ...]:
    """Every revision of every document of a case, by kind, oldest first."""
    return tuple(sorted((_paper(box, row) for row in connection.execute(_ALL_PAPERS, {"case": box.ref})), key=lambda one: (one.kind, one.revision)))


def all_kept(connection: Connection, box: Box) -> tuple[KeptAssessment, ...]:
    """Every assessment kept of a case, oldest first."""
    return tuple(sorted((_kept(box, row) for row in connection.execute(_ALL_KEPT, {"case": box.ref})), key=lambda one: one.id))


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
    box = boxes.box_to_write(connection, ref)
    theirs = newest(connection, ref, kind)
    if theirs is not None:
        same = json_text(theirs.body) == text
        if same:
            return theirs
        if seen is not None and theirs.revision > seen:
            raise PaperChanged(ref, theirs)
    revision = theirs.revision + 1 if theirs is not None else 1
    cases.touch(connection, ref, at)
    saved = Paper(whole(kind), json.loads(text), revision, whole(by), in_utc(at))
    connection.execute(_ADD, paper_row(box, saved))
    audit.add(connection, by=by, at=at, what="paper.saved", ref=ref, detail=f"{kind} revision {revision}")
    return saved


def paper_row(box: Box, paper: Paper) -> dict[str, Any]:
    """A document as it stands in the database."""
    mark = box.mark("paper", paper.kind)
    said = {"kind": paper.kind, "body": paper.body}
    return {"ref": box.ref, "kind": mark, "revision": paper.revision, "by": paper.by, "at": paper.at,
            "sealed": box.seal_words("papers", (mark, paper.revision, paper.by, stamp(paper.at)), said)}


def keep(connection: Connection, ref: str, instrument: str, scenario: str, text: str, *, hash: str, by: str,
         at: datetime) -> KeptAssessment:
    """Keep an assessment as it is; CaseNotFound if there is no such case."""
    box = boxes.box_to_write(connection, ref)
    cases.touch(connection, ref, at)
    number = (connection.execute(_LAST_KEPT).scalar() or 0) + 1
    made = KeptAssessment(number, ref, whole(instrument), whole(scenario), whole(text), whole(hash), whole(by), in_utc(at))
    connection.execute(_KEEP, kept_row(box, made))
    audit.add(connection, by=by, at=at, what="assessment.kept", ref=ref, detail=f"{instrument} number {number}")
    return made


def kept_row(box: Box, kept: KeptAssessment) -> dict[str, Any]:
    """An assessment as it stands in the database."""
    said = {"instrument": kept.instrument, "scenario": kept.scenario, "text": kept.text, "hash": kept.hash}
    return {"id": kept.id, "ref": box.ref, "form": box.mark("instrument", kept.instrument), "future": box.mark("scenario", kept.scenario), "by": kept.by,
            "at": kept.at, "sealed": box.seal_words("assessments", (kept.id, kept.by, stamp(kept.at)), said)}


def kept(connection: Connection, ref: str, instrument: str, scenario: str | None) -> tuple[KeptAssessment, ...]:
    """The assessments kept with one instrument, newest first; of one scenario, or of all with None."""
    box = boxes.find_box(connection, ref)
    if box is None:
        return ()
    which = _KEPT if scenario is None else _KEPT_OF_SCENARIO
    rows = connection.execute(which, {"case": ref, "in_form": box.mark("instrument", instrument), "in_future": box.mark("scenario", scenario or "")})
    return tuple(_kept(box, row) for row in rows)


def kept_one(connection: Connection, number: int) -> KeptAssessment | None:
    """One kept assessment by its number; None where there is none for this person."""
    row = connection.execute(_ONE_KEPT, {"row": number}).first()
    box = boxes.find_box(connection, row.ref) if row is not None else None
    return _kept(box, row) if row is not None and box is not None else None


def renew(connection: Connection, old: Box, new: Box) -> None:
    """Seal every document and every kept assessment of a case anew."""
    for row in connection.execute(_ALL_PAPERS, {"case": old.ref}).all():
        again = paper_row(new, _paper(old, row))
        connection.execute(_RENEW_PAPER, {"row": row.id, "kind": again["kind"], "sealed": again["sealed"]})
    for row in connection.execute(_ALL_KEPT, {"case": old.ref}).all():
        again = kept_row(new, _kept(old, row))
        connection.execute(_RENEW_KEPT, {"row": row.id, **{name: again[name] for name in ("form", "future", "sealed")}})


def _paper(box: Box, row: Row[Any]) -> Paper:
    said = box.open_words("papers", (row.kind, row.revision, row.by, stamp(row.at)), row.sealed)
    return Paper(said["kind"], said["body"], row.revision, row.by, row.at)


def _kept(box: Box, row: Row[Any]) -> KeptAssessment:
    said = box.open_words("assessments", (row.id, row.by, stamp(row.at)), row.sealed)
    return KeptAssessment(row.id, row.ref, said["instrument"], said["scenario"], said["text"], said["hash"], row.by, row.at)
