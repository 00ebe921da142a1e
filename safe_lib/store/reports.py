"""Sealed reports, and the register of those that left the store."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from safe_lib.engine.consents import replaced, same
from safe_lib.model.case import Disclosure, Report
from safe_lib.model.disclosure import Basis
from safe_lib.model.errors import StoreError, WrongUse
from safe_lib.store import audit, boxes, cases, papers
from safe_lib.store.sealing import Box
from safe_lib.store.tables import DISCLOSURES, REPORTS, in_utc, stamp, whole

CONSENTS: Final = "consents"  # kind of the paper that holds what the person said about sharing

_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"  # without those read wrong: 0, 1, I, O, U

_LIST = select(*(column for column in REPORTS.c if column.name != "content"))
_OF_CASE = _LIST.where(REPORTS.c.ref == bindparam("case")).order_by(REPORTS.c.number)
_ONE = _LIST.where(REPORTS.c.id == bindparam("report"))
_CONTENT = select(REPORTS.c.content).where(REPORTS.c.id == bindparam("report"))
_SEAL = insert(REPORTS)

_REGISTER = select(DISCLOSURES).where(DISCLOSURES.c.ref == bindparam("case")).order_by(DISCLOSURES.c.id)
_LAST_DISCLOSED = select(func.max(DISCLOSURES.c.id))
_DISCLOSE = insert(DISCLOSURES)
_ALL = select(REPORTS).where(REPORTS.c.ref == bindparam("case"))
_RENEW = update(REPORTS).where(REPORTS.c.number == bindparam("row"))
_RENEW_LINE = update(DISCLOSURES).where(DISCLOSURES.c.id == bindparam("row"))


def seal(connection: Connection, ref: str, content: bytes, *, workbook: str, profile: str, format: str, language: str,
         by: str, at: datetime, id: str = "") -> Report:
    """Keep a finished document; CaseNotFound if there is no such case.

    Args:
        id: the number that stands on the document, from `free_id`; empty takes a new one.

    Raises:
        StoreError: another document has this number.
    """
    box = boxes.box_to_write(connection, ref)
    if id and connection.execute(_ONE, {"report": id}).first() is not None:
        raise StoreError(f"Report {id}: another document has this number. Make it again.")
    cases.touch(connection, ref, at)
    report = Report(id or free_id(connection), ref, whole(workbook), whole(profile), whole(format), whole(language),
                    hashlib.sha256(content).hexdigest(), len(content), whole(by), in_utc(at))
    connection.execute(_SEAL, report_row(box, report, content))
    audit.add(connection, by=by, at=at, what="report.sealed", ref=ref, detail=_named(report))
    return report


def report_row(box: Box, report: Report, content: bytes) -> dict[str, Any]:
    """A report as it stands in the database."""
    said = {name: getattr(report, name) for name in ("workbook", "profile", "format", "language", "sha256", "size")}
    place = (report.id, report.by, stamp(report.made))
    return {"id": report.id, "ref": box.ref, "by": report.by, "at": report.made, "sealed": box.seal_words("reports", place, said),
            "content": box.seal("reports content", place, content)}


def get(connection: Connection, id: str) -> Report:
    """The report with this id; StoreError if there is none for this person."""
    row = connection.execute(_ONE, {"report": id}).first()
    box = boxes.find_box(connection, row.ref) if row is not None else None
    if row is None or box is None:
        raise StoreError("This report is not in the store, or you may not see it. Check its number in the list of reports.")
    return _report(box, row)


def content(connection: Connection, id: str, *, by: str, at: datetime, purpose: str) -> bytes:
    """The document itself; the reading is audited.

    Raises:
        StoreError: there is no such report, or it is no longer what was sealed.
    """
    report = get(connection, id)
    box = boxes.box_of(connection, report.ref)
    sealed = box.open("reports content", (report.id, report.by, stamp(report.made)), connection.execute(_CONTENT, {"report": id}).scalar_one())
    if hashlib.sha256(sealed).hexdigest() != report.sha256:
        raise StoreError(f"Report {report.id}: this is no longer what was sealed. Make it again, and tell who looks "
                         "after the store.")
    detail = f"{_named(report)}: {purpose}" if purpose else _named(report)
    audit.add(connection, by=by, at=at, what="report.read", ref=report.ref, detail=detail)
    return sealed


def of_case(connection: Connection, ref: str) -> tuple[Report, ...]:
    """The reports of a case, oldest first."""
    box = boxes.find_box(connection, ref)
    return () if box is None else tuple(_report(box, row) for row in connection.execute(_OF_CASE, {"case": ref}))


def disclose(connection: Connection, id: str, *, recipient: str, purpose: str, by: str, at: datetime, basis: Basis | None = None,
             expires: date | None = None, consents_seen: int | None = None) -> Disclosure:
    """Write a line into the register before the document leaves.

    Args:
        consents_seen: the revision of the paper of consents by which this was allowed, 0 for none; None: nobody looked.

    Raises:
        WrongUse: nobody is named as recipient, no purpose is given, or this copy went to somebody else.
        StoreError: there is no such report, or what the person says about sharing changed this very moment.
    """
    if not recipient.strip() or not purpose.strip():
        raise WrongUse("a disclosure names its recipient and its purpose. Give both.")
    report = get(connection, id)
    _require_same_consents(connection, report.ref, consents_seen)
    before = disclosures(connection, report.ref)
    if any(line.report == id and not same(line.recipient, recipient) for line in before):
        raise WrongUse(f"Report {id}: this copy went to somebody else. Make a new one; each recipient has a copy of their own.")
    box = boxes.box_to_write(connection, report.ref)
    cases.touch(connection, report.ref, at)
    kind = f"{report.workbook} {report.profile}"
    old = replaced([line for line in before if line.report != id], recipient, kind)
    line = Disclosure(report.id, whole(recipient), whole(purpose), whole(by), in_utc(at), basis or Basis(), expires, kind, report.sha256,
                      old.report if old else "")
    connection.execute(_DISCLOSE, disclosure_row(box, (connection.execute(_LAST_DISCLOSED).scalar() or 0) + 1, line))
    audit.add(connection, by=by, at=at, what="report.disclosed", ref=report.ref, detail=_named(report))
    return line


def disclosure_row(box: Box, number: int, line: Disclosure) -> dict[str, Any]:
    """A line of the register as it stands in the database."""
    said = {"recipient": line.recipient, "purpose": line.purpose, "basis": [line.basis.kind, line.basis.consent, line.basis.reason],
            "expires": line.expires.isoformat() if line.expires else "", "kind": line.kind, "sha256": line.sha256, "replaces": line.replaces}
    return {"id": number, "ref": box.ref, "report": line.report, "by": line.by, "at": line.at,
            "sealed": box.seal_words("disclosures", (number, line.report, line.by, stamp(line.at)), said)}


def disclosures(connection: Connection, ref: str) -> tuple[Disclosure, ...]:
    """The register of one case, oldest first."""
    box = boxes.find_box(connection, ref)
    return () if box is None else tuple(_disclosure(box, row) for row in connection.execute(_REGISTER, {"case": ref}))


def disclosed_between(connection: Connection, since: datetime, until: datetime) -> dict[str, tuple[Disclosure, ...]]:
    """Case → the lines of its register in a window of time, its ends included; only cases whose key this person holds."""
    rows = connection.execute(select(DISCLOSURES).where(DISCLOSURES.c.at >= since, DISCLOSURES.c.at <= until).order_by(DISCLOSURES.c.id)).all()
    known = {ref: boxes.find_box(connection, ref) for ref in {row.ref for row in rows}}
    found: dict[str, tuple[Disclosure, ...]] = {}
    for row in rows:
        if box := known[row.ref]:
            found[row.ref] = (*found.get(row.ref, ()), _disclosure(box, row))
    return found


def _require_same_consents(connection: Connection, ref: str, seen: int | None) -> None:
    """What was looked at still counts, inside the transaction that lets the document leave (PRI-03)."""
    paper = papers.newest(connection, ref, CONSENTS) if seen is not None else None
    if seen is not None and (paper.revision if paper else 0) != seen:
        raise StoreError(f"{ref}: what the person says about sharing changed this moment. Nothing left; look at it and try again.")


def renew(connection: Connection, old: Box, new: Box) -> None:
    """Seal the reports and the register of a case anew."""
    for row in connection.execute(_ALL, {"case": old.ref}).all():
        document = old.open("reports content", (row.id, row.by, stamp(row.at)), row.content)
        again = report_row(new, _report(old, row), document)
        connection.execute(_RENEW, {"row": row.number, "sealed": again["sealed"], "content": again["content"]})
    for row in connection.execute(_REGISTER, {"case": old.ref}).all():
        connection.execute(_RENEW_LINE, {"row": row.id, "sealed": disclosure_row(new, row.id, _disclosure(old, row))["sealed"]})


def new_id() -> str:
    """A report number by chance, such as R7KQ-M4X2; there are 2.7 × 10^10."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(7))
    return f"R{signs[:3]}-{signs[3:]}"


def free_id(connection: Connection) -> str:
    """A report number that no document has; it can be printed on one before that is sealed."""
    while True:
        id = new_id()
        if connection.execute(_ONE, {"report": id}).first() is None:
            return id


def _named(report: Report) -> str:
    return f"{report.id} {report.workbook} {report.profile} {report.format}"


def _report(box: Box, row: Row[Any]) -> Report:
    said = box.open_words("reports", (row.id, row.by, stamp(row.at)), row.sealed)
    return Report(row.id, row.ref, said["workbook"], said["profile"], said["format"], said["language"], said["sha256"], said["size"], row.by, row.at)


def _disclosure(box: Box, row: Row[Any]) -> Disclosure:
    said = box.open_words("disclosures", (row.id, row.report, row.by, stamp(row.at)), row.sealed)
    expires = date.fromisoformat(said["expires"]) if said.get("expires") else None
    return Disclosure(row.report, said["recipient"], said["purpose"], row.by, row.at, Basis(*said.get("basis", ())), expires, said.get("kind", ""),
                      said.get("sha256", ""), said.get("replaces", ""))
