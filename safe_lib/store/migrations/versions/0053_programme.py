"""The trainers' programme: what was planned and held, who took part as colleague or as counted group, and marks without a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    """Make the tables; nothing of a person who is helped is in them."""
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("entry", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_programme"),
        sa.UniqueConstraint("kind", "entry", "revision", name="uq_programme_kind"))
    op.execute("CREATE TRIGGER programme_no_update BEFORE UPDATE ON programme BEGIN SELECT RAISE(ABORT, 'programme is only ever added to'); END")
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("entry", sa.Integer, nullable=False),
        sa.Column("person", sa.String),
        sa.Column("country", sa.String, nullable=False),
        sa.Column("sector", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("first_time", sa.Integer),
        sa.Column("day", sa.String, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attendance"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_attendance_person_people"))
    op.create_index("ix_attendance_entry", "attendance", ["kind", "entry"])
    op.create_index("ix_attendance_person", "attendance", ["person"])
    op.create_table(
        "marks",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("course", sa.String, nullable=False),
        sa.Column("month", sa.String, nullable=False),
        sa.Column("correct", sa.Integer, nullable=False),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_marks"),
        sa.UniqueConstraint("course", "month", "correct", "asked", name="uq_marks_course"))
