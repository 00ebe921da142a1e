"""Where safety copies were made, so that old copies of the vault are not forgotten; and instruments as they were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0004"


def upgrade() -> None:
    """Make both tables. Of copies there is a line for each place, written anew with each copy; an edition never changes."""
    op.create_table(
        "copies",
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_copies"))
    op.create_table(
        "editions",
        sa.Column("instrument", sa.Text, nullable=False),
        sa.Column("made_with", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("instrument", "made_with", name="pk_editions"))
    for change in ("update", "delete"):
        op.execute(f"CREATE TRIGGER editions_no_{change} BEFORE {change.upper()} ON editions "
                   "BEGIN SELECT RAISE(ABORT, 'editions is only ever added to'); END")
