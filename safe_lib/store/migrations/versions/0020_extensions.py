"""Extensions of the time a case is kept: each with its purpose, its day and, sealed, its reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0004"


def upgrade() -> None:
    """Make the table, and the trigger that refuses to change what was written but for a new key of the case."""
    op.create_table(
        "extensions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("until", sa.String, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_extensions"),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_extensions_ref_cases"))
    op.create_index("ix_extensions_ref", "extensions", ["ref"])
    op.execute("CREATE TRIGGER extensions_no_update BEFORE UPDATE ON extensions "
               "WHEN NOT EXISTS (SELECT 1 FROM facts WHERE name = 'renewing' AND value = OLD.ref) "
               "BEGIN SELECT RAISE(ABORT, 'extensions is only ever added to'); END")
