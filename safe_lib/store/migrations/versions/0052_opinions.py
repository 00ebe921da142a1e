"""What a colleague answers blind about a case, sealed to them until they are done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "opinions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("colleague", sa.Text, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_opinions"),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_opinions_ref_cases"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_opinions_person_people"),
        sa.UniqueConstraint("ref", "person", "colleague", name="uq_opinions_ref"))
