"""Proposed changes to country information, and what a second person decided on each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = ("proposals", "decisions")


def upgrade() -> None:
    """Make both tables, and the triggers that refuse to change them or to let somebody confirm what they proposed."""
    op.create_table(
        "proposals",
        sa.Column("number", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("id", "file", "what", "entry", "change")),
        sa.Column("based_on", sa.String, nullable=False),
        *_who_and_when(),
        sa.PrimaryKeyConstraint("number", name="pk_proposals"),
        sa.UniqueConstraint("id", name="uq_proposals_id"))
    op.create_table(
        "decisions",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("proposal", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        *_who_and_when(),
        sa.PrimaryKeyConstraint("number", name="pk_decisions"),
        sa.ForeignKeyConstraint(["proposal"], ["proposals.id"], name="fk_decisions_proposal_proposals"),
        sa.UniqueConstraint("proposal", name="uq_decisions_proposal"))
    for table in TABLES:
        for change in ("update", "delete"):
            op.execute(f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table} "
                       f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END")
    op.execute("CREATE TRIGGER decisions_second_person BEFORE INSERT ON decisions "
               "WHEN NEW.state = 'confirmed' AND lower(trim(NEW.by)) = (SELECT lower(trim(by)) FROM proposals WHERE id = NEW.proposal) "
               "BEGIN SELECT RAISE(ABORT, 'a second person confirms'); END")


def _who_and_when() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("by", sa.Text, nullable=False), sa.Column("at", sa.String, nullable=False)
