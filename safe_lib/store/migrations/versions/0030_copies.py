"""Where safety copies were made, so that old copies of the vault are not forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0020"


def upgrade() -> None:
    """Make the table; a line for each place, written anew with each copy there."""
    op.create_table(
        "copies",
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_copies"))
