"""Hours of those who help, and weekly digests that only their reader opens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0040"


def upgrade() -> None:
    """Make the tables; of hours, only the reference of a case may be taken out, when the case is erased."""
    op.create_table(
        "hours",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("day", sa.String, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("ref", sa.Text),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("undoes", sa.Integer, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hours"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_hours_person_people"),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_hours_ref_cases"))
    op.create_index("ix_hours_person", "hours", ["person", "day"])
    op.create_index("ix_hours_ref", "hours", ["ref"])
    op.execute("CREATE TRIGGER hours_no_update BEFORE UPDATE ON hours "
               "WHEN NEW.ref IS NOT NULL OR NEW.minutes <> OLD.minutes OR NEW.day <> OLD.day OR NEW.person <> OLD.person OR NEW.category <> OLD.category "
               "BEGIN SELECT RAISE(ABORT, 'hours is only ever added to'); END")
    op.create_table(
        "digests",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("week", sa.String, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_digests"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_digests_person_people"),
        sa.UniqueConstraint("person", "week", name="uq_digests_person"))
