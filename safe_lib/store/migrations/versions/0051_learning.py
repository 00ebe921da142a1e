"""How far a colleague is with a course, sealed to them; that they passed, and when, stands beside it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    """Make the table; nothing of a person who is helped is in it."""
    op.create_table(
        "learning",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("learner", sa.Text, nullable=False),
        sa.Column("course", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("passed", sa.String),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_learning"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_learning_person_people"),
        sa.UniqueConstraint("person", "learner", "course", name="uq_learning_person"))
