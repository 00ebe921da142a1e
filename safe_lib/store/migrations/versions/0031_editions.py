"""Instruments as they were when an assessment was kept with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Make the table, and the triggers that refuse to change an edition or to take one out."""
    op.create_table(
        "editions",
        sa.Column("instrument", sa.Text, nullable=False),
        sa.Column("made_with", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("instrument", "made_with", name="pk_editions"))
    for change in ("update", "delete"):
        op.execute(f"CREATE TRIGGER editions_no_{change} BEFORE {change.upper()} ON editions "
                   "BEGIN SELECT RAISE(ABORT, 'editions is only ever added to'); END")
