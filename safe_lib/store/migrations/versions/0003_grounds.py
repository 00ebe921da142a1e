"""What a kept assessment rests on, and the country information of that day, each kept once for all cases that share it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make both tables, and the triggers that refuse to change what was written."""
    op.create_table(
        "snapshots",
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_snapshots"))
    op.create_table(
        "grounds",
        sa.Column("assessment", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("ref", "instrument", "scenario")),
        *(sa.Column(name, sa.String, nullable=False) for name in ("made_with", "engine", "said")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("answer", "paper")),
        sa.Column("snapshot", sa.String, nullable=True),
        sa.Column("result", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("assessment", name="pk_grounds"),
        sa.ForeignKeyConstraint(["assessment"], ["assessments.id"], name="fk_grounds_assessment_assessments"),
        sa.ForeignKeyConstraint(["ref"], ["cases.ref"], name="fk_grounds_ref_cases"),
        sa.ForeignKeyConstraint(["snapshot"], ["snapshots.hash"], name="fk_grounds_snapshot_snapshots"))
    op.create_index("ix_grounds_ref", "grounds", ["ref", "instrument", "scenario"])
    for table in ("snapshots", "grounds"):
        _refuse(table, "update")
    _refuse("snapshots", "delete")  # nothing of a person is in it; the grounds of a case may be erased with the case


def _refuse(table: str, change: str) -> None:
    op.execute(f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table} "
               f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END")
