"""The first tables: cases, identities apart from them, answers and documents by revision, reports, audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NEVER_CHANGED = ("identities", "answers", "papers", "assessments", "reports", "disclosures", "audit")
NEVER_DELETED = ("audit",)  # the rest may be erased at the person's request


def upgrade() -> None:
    """Make the tables, and the triggers that refuse to change what was written."""
    _facts_and_cases()
    _answers_and_papers()
    _assessments()
    _reports()
    _audit()
    for table in NEVER_CHANGED:
        _refuse(table, "update")
    for table in NEVER_DELETED:
        _refuse(table, "delete")


def _refuse(table: str, change: str) -> None:
    op.execute(f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table} "
               f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END")


def _case() -> sa.Column[str]:
    return sa.Column("ref", sa.Text, nullable=False)


def _who_and_when() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("by", sa.Text, nullable=False), sa.Column("at", sa.String, nullable=False)


def _of_a_case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name=f"fk_{table}_ref_cases")


def _facts_and_cases() -> None:
    op.create_table(
        "facts",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_facts"))
    op.create_table(
        "cases",
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("opened", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("training", sa.Boolean, nullable=False),
        sa.Column("changed", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("ref", name="pk_cases"))
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer, nullable=False),
        _case(),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("alias", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        *_who_and_when(),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        _of_a_case("identities"),
        sa.UniqueConstraint("ref", "revision", name="uq_identities_ref"))


def _answers_and_papers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer, nullable=False),
        _case(),
        sa.Column("instrument", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("scenario", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("evidence", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        *_who_and_when(),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        _of_a_case("answers"),
        sa.UniqueConstraint("ref", "instrument", "item", "revision", name="uq_answers_ref"))
    op.create_table(
        "papers",
        sa.Column("id", sa.Integer, nullable=False),
        _case(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        *_who_and_when(),
        sa.PrimaryKeyConstraint("id", name="pk_papers"),
        _of_a_case("papers"),
        sa.UniqueConstraint("ref", "kind", "revision", name="uq_papers_ref"))


def _assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.Integer, nullable=False),
        _case(),
        sa.Column("instrument", sa.Text, nullable=False),
        sa.Column("scenario", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        *_who_and_when(),
        sa.PrimaryKeyConstraint("id", name="pk_assessments"),
        _of_a_case("assessments"))
    op.create_index("ix_assessments_ref", "assessments", ["ref", "instrument"])


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        _case(),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("workbook", "profile", "format", "language")),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        *_who_and_when(),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_reports"),
        _of_a_case("reports"),
        sa.UniqueConstraint("id", name="uq_reports_id"))
    op.create_index("ix_reports_ref", "reports", ["ref"])
    op.create_table(
        "disclosures",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        *_who_and_when(),
        sa.PrimaryKeyConstraint("id", name="pk_disclosures"),
        sa.ForeignKeyConstraint(["report"], ["reports.id"], name="fk_disclosures_report_reports"))
    op.create_index("ix_disclosures_report", "disclosures", ["report"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("chain", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit"))
    op.create_index("ix_audit_ref", "audit", ["ref"])
