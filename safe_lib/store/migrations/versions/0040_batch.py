"""Under which key a batch made which report, so that none is made twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0031"


def upgrade() -> None:
    """Make the table; nothing that a case says is in it."""
    op.create_table(
        "batch",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_batch"),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_batch_ref_cases"))
    op.create_index("ix_batch_ref", "batch", ["ref"])
