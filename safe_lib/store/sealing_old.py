"""What a store of the first version held in the clear inside its file, sealed with a key for each case.

It runs once, inside the migration to people and keys, for the person who opens the store: they held everything before,
so they hold every case afterwards and have the roles to give keys on. Old audit lines are left as they are: they name
questions, no answers, and rewriting them would break the chain.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert

from safe_lib.model.answers import Answer
from safe_lib.model.case import Disclosure, Identity, KeptAssessment, Paper, Report, SavedAnswer
from safe_lib.model.grounds import Grounds, KeptLine, Marks
from safe_lib.store import answers, boxes, casekeys, cases, grounds, papers, people, reports
from safe_lib.store.sealing import Box
from safe_lib.store.tables import ANSWERS, ASSESSMENTS, DISCLOSURES, GROUNDS, IDENTITIES, PAPERS, REPORTS, unpacked

FOUNDER_ROLES = frozenset({"administrator", "coordinator", "specialist"})


def seal_old(connection: Connection) -> None:
    """Enter the person at work as the first one, and move every row of the old tables into the new ones, sealed."""
    found = connection.exec_driver_sql('SELECT ref FROM cases ORDER BY ref').scalars().all()
    if not found and not _has_facts(connection):
        return  # a new store: its first person comes with it
    at = datetime.now(UTC)
    ring = boxes.holder_of(connection).ring
    people.found_emergency(connection, at=at)
    people.add(connection, ring, ring.user, FOUNDER_ROLES, by=ring.user, at=at)
    for ref in found:
        casekeys.make(connection, str(ref), by=ring.user, at=at)
        _seal_case(connection, boxes.box_of(connection, str(ref)))


def _has_facts(connection: Connection) -> bool:
    return bool(connection.exec_driver_sql("SELECT count(*) FROM facts").scalar())


def _rows(connection: Connection, table: str, ref: str, order: str = "id") -> list[Any]:
    return list(connection.exec_driver_sql(f"SELECT * FROM {table}_unsealed WHERE ref = ? ORDER BY {order}", (ref,)).all())  # noqa: S608


def _seal_case(connection: Connection, box: Box) -> None:
    ref = box.ref
    for row in _rows(connection, "identities", ref):
        who = Identity(ref, row.alias, json.loads(row.details), row.revision, row.by, _at(row))
        connection.execute(insert(IDENTITIES), cases.identity_row(box, who))
    for row in _rows(connection, "answers", ref):
        answer = Answer(row.code, tuple(row.evidence.split()), row.reason)
        saved = SavedAnswer(row.item, row.scenario, answer, row.note, row.revision, row.by, _at(row))
        connection.execute(insert(ANSWERS), answers.as_row(box, row.instrument, saved))
    for row in _rows(connection, "papers", ref):
        connection.execute(insert(PAPERS), papers.paper_row(box, Paper(row.kind, json.loads(row.body), row.revision, row.by, _at(row))))
    for row in _rows(connection, "assessments", ref):
        kept = KeptAssessment(row.id, ref, row.instrument, row.scenario, unpacked(row.text), row.hash, row.by, _at(row))
        connection.execute(insert(ASSESSMENTS), papers.kept_row(box, kept))
    for row in _rows(connection, "grounds", ref, "assessment"):
        result = json.loads(row.result)
        held = Grounds(row.made_with, row.engine, row.said, row.snapshot or "", grounds.result_of(result))
        kept_line = KeptLine(row.assessment, ref, row.instrument, row.scenario, Marks(row.answer, row.paper), held)
        connection.execute(insert(GROUNDS), grounds.grounds_row(box, kept_line))
    for row in _rows(connection, "reports", ref, "number"):
        about = Report(row.id, ref, row.workbook, row.profile, row.format, row.language, row.sha256, row.size, row.by, _at(row))
        connection.execute(insert(REPORTS), {"number": row.number, **reports.report_row(box, about, row.content)})
        left = "SELECT * FROM disclosures_unsealed WHERE report = ? ORDER BY id"
        for line in connection.exec_driver_sql(left, (row.id,)).all():
            said = Disclosure(line.report, line.recipient, line.purpose, line.by, _at(line))
            connection.execute(insert(DISCLOSURES), reports.disclosure_row(box, line.id, said))


def _at(row: Any) -> datetime:
    return datetime.fromisoformat(row.at)
