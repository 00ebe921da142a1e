"""People with keys of their own, a key for each case, and everything that a case says sealed with it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context, op

revision = "0004"
down_revision = "0003"

CONTENT = ("identities", "answers", "papers", "assessments", "grounds", "reports", "disclosures")
OLD = "_unsealed"
TRIGGER = ("CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
           "WHEN NOT EXISTS (SELECT 1 FROM facts WHERE name = 'renewing' AND value = OLD.ref) "
           "BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END")


def upgrade() -> None:
    """Make the tables of people and keys, make those of content anew, and let the caller seal what the old ones held."""
    _people()
    _keys()
    _rights()
    op.drop_index("ix_assessments_ref", "assessments")
    op.drop_index("ix_reports_ref", "reports")
    op.drop_index("ix_disclosures_report", "disclosures")
    op.drop_index("ix_grounds_ref", "grounds")
    old = _set_aside()
    _content()
    op.create_index("ix_audit_by", "audit", ["by", "at"])
    context.config.attributes["seal"](op.get_bind())  # `safe_lib.store.sealing_old`
    for table in reversed(old):
        op.drop_table(table)
    for table in CONTENT:
        op.execute(TRIGGER.format(table=table))


def _set_aside() -> list[str]:
    """Give the old tables of content other names; these. No store in PostgreSQL is older than this step, so there they are empty and go at once."""
    if op.get_bind().dialect.name == "postgresql":
        for table in reversed(CONTENT):
            op.drop_table(table)
        return []
    for table in CONTENT:
        op.execute(f"DROP TRIGGER {table}_no_update")
        op.rename_table(table, table + OLD)
    return [table + OLD for table in CONTENT]


def _column(name: str, kind: Any, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=more.pop("nullable", False), **more)


def _ref(table: str) -> tuple[sa.Column[Any], sa.ForeignKeyConstraint]:
    return _column("ref", sa.Text), sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name=f"fk_{table}_ref_cases")


def _person(table: str) -> tuple[sa.Column[Any], sa.ForeignKeyConstraint]:
    return _column("person", sa.String), sa.ForeignKeyConstraint(["person"], ["people.id"], name=f"fk_{table}_person_people")


def _who_and_when() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return _column("by", sa.Text), _column("at", sa.String)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _people() -> None:
    op.create_table(
        "people",
        _column("id", sa.String), _column("user", sa.Text), _column("name", sa.Text), _column("roles", sa.String), _column("public", sa.LargeBinary),
        _column("status", sa.String), _column("code", sa.LargeBinary, nullable=True), _column("code_used", sa.Integer), _column("recovery", sa.Text),
        _column("renew", sa.Boolean), _column("caught_up", sa.Integer), _column("made", sa.String), _column("removed", sa.String, nullable=True),
        _key("people", "id"), sa.UniqueConstraint("user", name="uq_people_user"))
    op.create_table("emergency", *_person("emergency"), _column("sealed", sa.LargeBinary), _key("emergency", "person"))


def _keys() -> None:
    op.add_column("cases", _column("key_version", sa.Integer, server_default="0"))
    op.add_column("cases", _column("key_due", sa.Boolean, server_default="0"))
    op.add_column("cases", _column("vault", sa.LargeBinary, nullable=True))
    op.create_table("case_keys", *_ref("case_keys"), *_person("case_keys"), _column("sealed", sa.LargeBinary), _key("case_keys", "ref", "person"))
    op.create_table("past_keys", *_ref("past_keys"), _column("version", sa.Integer), _column("vault", sa.LargeBinary), _column("sealed", sa.LargeBinary),
                    _key("past_keys", "ref", "version"))


def _rights() -> None:
    for table in ("assignments", "exclusions"):
        op.create_table(table, *_ref(table), *_person(table), *_who_and_when(), _key(table, "ref", "person"))
    op.create_table("glass", _column("id", sa.Integer), *_ref("glass"), *_person("glass"), _column("until", sa.String), *_who_and_when(), _key("glass", "id"))
    op.create_table("notices", _column("id", sa.Integer), *_person("notices"), _column("what", sa.String), _column("ref", sa.Text), *_who_and_when(),
                    _column("seen", sa.String, nullable=True), _key("notices", "id"))
    op.create_table("requests", _column("id", sa.Integer), _column("what", sa.String), _column("subject", sa.Text), _column("asked_by", sa.Text),
                    _column("asked", sa.String), _column("status", sa.String), _column("agreed_by", sa.Text, nullable=True),
                    _column("agreed", sa.String, nullable=True), _key("requests", "id"))
    op.create_table("tombstones", _column("ref", sa.Text), *_who_and_when(), _key("tombstones", "ref"))


def _content() -> None:
    def marks(*names: str) -> list[sa.Column[Any]]:
        return [_column(name, sa.LargeBinary) for name in names]

    number, revision_, sealed = ("id", sa.Integer), ("revision", sa.Integer), ("sealed", sa.LargeBinary)
    op.create_table("identities", _column(*number), *_ref("identities"), _column(*revision_), _column(*sealed), *_who_and_when(), _key("identities", "id"),
                    sa.UniqueConstraint("ref", "revision", name="uq_identities_ref"))
    op.create_table("answers", _column(*number), *_ref("answers"), *marks("form", "question", "future"), _column(*revision_), _column(*sealed),
                    *_who_and_when(), _key("answers", "id"), sa.UniqueConstraint("ref", "question", "revision", name="uq_answers_ref"))
    op.create_index("ix_answers_ref", "answers", ["ref", "form"])
    op.create_table("papers", _column(*number), *_ref("papers"), *marks("kind"), _column(*revision_), _column(*sealed), *_who_and_when(),
                    _key("papers", "id"), sa.UniqueConstraint("ref", "kind", "revision", name="uq_papers_ref"))
    op.create_table("assessments", _column(*number), *_ref("assessments"), *marks("form", "future"), _column(*sealed), *_who_and_when(),
                    _key("assessments", "id"))
    op.create_index("ix_assessments_ref", "assessments", ["ref", "form"])
    op.create_table("grounds", _column("assessment", sa.Integer), *_ref("grounds"), _column(*sealed), _key("grounds", "assessment"),
                    sa.ForeignKeyConstraint(["assessment"], ["assessments.id"], name="fk_grounds_assessment_assessments"))
    op.create_index("ix_grounds_ref", "grounds", ["ref"])
    op.create_table("reports", _column("number", sa.Integer), _column("id", sa.Text), *_ref("reports"), _column(*sealed), *_who_and_when(),
                    _column("content", sa.LargeBinary), _key("reports", "number"), sa.UniqueConstraint("id", name="uq_reports_id"))
    op.create_index("ix_reports_ref", "reports", ["ref"])
    op.create_table("disclosures", _column(*number), *_ref("disclosures"), _column("report", sa.Text), _column(*sealed), *_who_and_when(),
                    _key("disclosures", "id"), sa.ForeignKeyConstraint(["report"], ["reports.id"], name="fk_disclosures_report_reports"))
    op.create_index("ix_disclosures_ref", "disclosures", ["ref"])
