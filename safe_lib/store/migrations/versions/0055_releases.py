"""Figures that were published, in which groups a case was counted, sealed with its key, and observations that name nobody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    """Make the tables; what was published is never changed, nor in which groups a case was counted but for its new key."""
    op.create_table(
        "releases",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("publication", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("counted", sa.Text, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
        sa.UniqueConstraint("publication", "name", name="uq_releases_publication"))
    op.create_table(
        "counted",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("publication", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_counted"),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_counted_ref_cases"),
        sa.UniqueConstraint("ref", "publication", name="uq_counted_ref"))
    op.create_table(
        "observations",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_observations"))
    for change in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER releases_no_{change.lower()} BEFORE {change} ON releases "
                   "BEGIN SELECT RAISE(ABORT, 'releases is only ever added to'); END")
    op.execute("CREATE TRIGGER counted_no_update BEFORE UPDATE ON counted "
               "WHEN NOT EXISTS (SELECT 1 FROM facts WHERE name = 'renewing' AND value = OLD.ref) "
               "BEGIN SELECT RAISE(ABORT, 'counted is only ever added to'); END")
