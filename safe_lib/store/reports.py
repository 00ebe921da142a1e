"""Sealed reports, and the register of those that left the store."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select

from safe_lib.model.case import Disclosure, Report
from safe_lib.model.errors import StoreError, WrongUse
from safe_lib.store import audit, cases
from safe_lib.store.tables import DISCLOSURES, REPORTS, in_utc, whole

_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"  # without those read wrong: 0, 1, I, O, U

_LIST = select(*(column for column in REPORTS.c if column.name != "content"))
_OF_CASE = _LIST.where(REPORTS.c.ref == bindparam("case")).order_by(REPORTS.c.number)
_ONE = _LIST.where(REPORTS.c.id == bindparam("report"))
_CONTENT = select(REPORTS.c.content).where(REPORTS.c.id == bindparam("report"))
_SEAL = insert(REPORTS)

_REGISTER = (select(DISCLOSURES).join(REPORTS, DISCLOSURES.c.report == REPORTS.c.id)
             .where(REPORTS.c.ref == bindparam("case")).order_by(DISCLOSURES.c.id))
_DISCLOSE = insert(DISCLOSURES)


def seal(connection: Connection, ref: str, content: bytes, *, workbook: str, profile: str, format: str, language: str,
         by: str, at: datetime) -> Report:
    """Keep a finished document; CaseNotFound if there is no such case."""
    cases.touch(connection, ref, at)
    report = Report(_free_id(connection), ref, whole(workbook), whole(profile), whole(format), whole(language),
                    hashlib.sha256(content).hexdigest(), len(content), whole(by), in_utc(at))
    connection.execute(_SEAL, {
        "id": report.id, "ref": ref, "workbook": report.workbook, "profile": report.profile, "format": report.format,
        "language": report.language, "sha256": report.sha256, "size": report.size, "by": report.by, "at": report.made,
        "content": content})
    audit.add(connection, by=by, at=at, what="report.sealed", ref=ref, detail=_named(report))
    return report


def get(connection: Connection, id: str) -> Report:
    """The report with this id; StoreError if there is none."""
    row = connection.execute(_ONE, {"report": id}).first()
    if row is None:
        raise StoreError("This report is not in the store. Check its number in the list of reports.")
    return _report(row)


def content(connection: Connection, id: str, *, by: str, at: datetime, purpose: str) -> bytes:
    """The document itself; the reading is audited.

    Raises:
        StoreError: there is no such report, or it is no longer what was sealed.
    """
    report = get(connection, id)
    sealed: bytes = connection.execute(_CONTENT, {"report": id}).scalar_one()
    if hashlib.sha256(sealed).hexdigest() != report.sha256:
        raise StoreError(f"Report {report.id}: this is no longer what was sealed. Make it again, and tell who looks "
                         "after the store.")
    detail = f"{_named(report)}: {purpose}" if purpose else _named(report)
    audit.add(connection, by=by, at=at, what="report.read", ref=report.ref, detail=detail)
    return sealed


def of_case(connection: Connection, ref: str) -> tuple[Report, ...]:
    """The reports of a case, oldest first."""
    return tuple(_report(row) for row in connection.execute(_OF_CASE, {"case": ref}))


def disclose(connection: Connection, id: str, *, recipient: str, purpose: str, by: str, at: datetime) -> Disclosure:
    """Write a line into the register before the document leaves.

    Raises:
        WrongUse: nobody is named as recipient, or no purpose is given.
        StoreError: there is no such report.
    """
    if not recipient.strip() or not purpose.strip():
        raise WrongUse("a disclosure names its recipient and its purpose. Give both.")
    report = get(connection, id)
    cases.touch(connection, report.ref, at)
    line = Disclosure(report.id, whole(recipient), whole(purpose), whole(by), in_utc(at))
    connection.execute(_DISCLOSE, {"report": line.report, "recipient": line.recipient, "purpose": line.purpose,
                                   "by": line.by, "at": line.at})
    audit.add(connection, by=by, at=at, what="report.disclosed", ref=report.ref, detail=_named(report))
    return line


def disclosures(connection: Connection, ref: str) -> tuple[Disclosure, ...]:
    """The register of one case, oldest first."""
    return tuple(Disclosure(row.report, row.recipient, row.purpose, row.by, row.at)
                 for row in connection.execute(_REGISTER, {"case": ref}))


def new_id() -> str:
    """A report number by chance, such as R7KQ-M4X2; there are 2.7 × 10^10."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(7))
    return f"R{signs[:3]}-{signs[3:]}"


def _free_id(connection: Connection) -> str:
    while True:
        id = new_id()
        if connection.execute(_ONE, {"report": id}).first() is None:
            return id


def _named(report: Report) -> str:
    return f"{report.id} {report.workbook} {report.profile} {report.format}"


def _report(row: Row[Any]) -> Report:
    return Report(row.id, row.ref, row.workbook, row.profile, row.format, row.language, row.sha256, row.size, row.by,
                  row.at)
