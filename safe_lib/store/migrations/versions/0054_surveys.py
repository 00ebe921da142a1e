"""Surveys among professionals: links by which they are answered, what was answered, and how open answers were coded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    """Make the tables; no address, no device and no time of a respondent is in them."""
    op.create_table(
        "survey_links",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("survey", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("until", sa.String, nullable=False),
        sa.Column("closed", sa.String),
        sa.Column("vault", sa.LargeBinary, nullable=False),
        sa.Column("half", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_survey_links"))
    op.create_table(
        "survey_answers",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("link", sa.Integer, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("mark", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("received", sa.String, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_survey_answers"),
        sa.ForeignKeyConstraint(["link"], ["survey_links.id"], name="fk_survey_answers_link_survey_links"),
        sa.UniqueConstraint("link", "mark", name="uq_survey_answers_link"))
    op.create_table(
        "survey_codings",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("answer", sa.Integer, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_survey_codings"),
        sa.ForeignKeyConstraint(["answer"], ["survey_answers.id"], name="fk_survey_codings_answer_survey_answers"),
        sa.UniqueConstraint("answer", "place", "by", name="uq_survey_codings_answer"))
