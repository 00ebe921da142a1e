"""The tables of the store as they are today; `migrations/` holds how they came to be.

Answers, papers, assessments, reports, disclosures, proposals, decisions and audit lines are only ever added; triggers in
the database refuse to change them. Times are ISO 8601 in UTC, days ISO 8601, documents JSON.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from safe_lib.model.errors import WrongUse

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PACK: Final = "zlib:"  # how a packed text begins
_WORTH_PACKING: Final = 1024  # letters


class Words(TypeDecorator[str]):
    """Any text. Half of a surrogate pair, which no file can hold, becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Text for the database."""
        return None if value is None else whole(value)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, to the microsecond."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """ISO 8601 with `+00:00`; ValueError for a moment without a zone."""
        return None if value is None else in_utc(value).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """A moment with its zone."""
        return None if value is None else datetime.fromisoformat(value)


class Day(TypeDecorator[date]):
    """A calendar day."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """ISO 8601."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """A date."""
        return None if value is None else date.fromisoformat(value)


class Json(TypeDecorator[Mapping[str, Any]]):
    """A document; equal documents give equal text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:
        """JSON with sorted keys."""
        return None if value is None else json_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Mapping[str, Any] | None:
        """The document."""
        return None if value is None else json.loads(value)


class Packed(TypeDecorator[str]):
    """A long text, packed to an eighth; it comes back byte for byte. Short ones stand as they are."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Text for the database."""
        if value is None or (len(value) < _WORTH_PACKING and not value.startswith(_PACK)):
            return None if value is None else whole(value)
        return _PACK + b64encode(zlib.compress(whole(value).encode(), 6)).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it was."""
        return zlib.decompress(b64decode(value[len(_PACK):])).decode() if value and value.startswith(_PACK) else value


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        WrongUse: the moment has no zone, so nobody can say when it was.
    """
    if moment.tzinfo is None:
        raise WrongUse("a time without a zone cannot be kept. Give it one, such as `datetime.now(UTC)`.")
    return moment.astimezone(UTC)


def whole(text: str) -> str:
    """Text that every file can hold: half of a surrogate pair becomes U+FFFD."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def json_text(body: Mapping[str, Any]) -> str:
    """JSON with sorted keys and every script as it is.

    Raises:
        WrongUse: something in it is not plain JSON (text keys, lists, texts, finite numbers, true, false, null).
    """
    _require_json(body)
    return whole(json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def _require_json(value: Any) -> None:
    """Refuse what would come back otherwise than it went in."""
    match value:
        case str() | bool() | int() | None:
            return
        case float() if math.isfinite(value):
            return
        case list() | tuple():
            for part in value:
                _require_json(part)
        case Mapping() if all(isinstance(key, str) for key in value):
            for part in value.values():
                _require_json(part)
        case _:
            raise WrongUse(f"a {type(value).__name__} cannot be kept in a document. Use plain JSON values.")


METADATA: Final = MetaData(naming_convention={
    "pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s"})


def _case() -> Column[str]:
    return Column("ref", Words, ForeignKey("cases.ref"), nullable=False)


def _who_and_when() -> tuple[Column[str], Column[datetime]]:
    return Column("by", Words, nullable=False), Column("at", Moment, nullable=False)


FACTS: Final = Table(
    "facts", METADATA,
    Column("name", String, primary_key=True),
    Column("value", Words, nullable=False))

CASES: Final = Table(
    "cases", METADATA,
    Column("ref", Words, primary_key=True),
    Column("opened", Day, nullable=False),
    Column("status", String, nullable=False),
    Column("training", Boolean, nullable=False),
    Column("changed", Moment, nullable=False))

IDENTITIES: Final = Table(
    "identities", METADATA,
    Column("id", Integer, primary_key=True),
    _case(),
    Column("revision", Integer, nullable=False),
    Column("alias", Words, nullable=False),
    Column("details", Json, nullable=False),
    *_who_and_when(),
    UniqueConstraint("ref", "revision"))

ANSWERS: Final = Table(
    "answers", METADATA,
    Column("id", Integer, primary_key=True),
    _case(),
    Column("instrument", Words, nullable=False),
    Column("item", Words, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("scenario", Words, nullable=False),
    Column("code", Words, nullable=False),
    Column("evidence", String, nullable=False),  # joined by spaces
    Column("reason", Words, nullable=False),
    Column("note", Words, nullable=False),
    *_who_and_when(),
    UniqueConstraint("ref", "instrument", "item", "revision"))

PAPERS: Final = Table(
    "papers", METADATA,
    Column("id", Integer, primary_key=True),
    _case(),
    Column("kind", Words, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("body", Json, nullable=False),
    *_who_and_when(),
    UniqueConstraint("ref", "kind", "revision"))

ASSESSMENTS: Final = Table(
    "assessments", METADATA,
    Column("id", Integer, primary_key=True),
    _case(),
    Column("instrument", Words, nullable=False),
    Column("scenario", Words, nullable=False),
    Column("text", Packed, nullable=False),
    Column("hash", Words, nullable=False),
    *_who_and_when(),
    Index("ix_assessments_ref", "ref", "instrument"))

REPORTS: Final = Table(
    "reports", METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", Words, nullable=False),
    _case(),
    Column("workbook", Words, nullable=False),
    Column("profile", Words, nullable=False),
    Column("format", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("sha256", String, nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    *_who_and_when(),
    Column("content", LargeBinary, nullable=False),  # last: a list of reports need not read past it
    UniqueConstraint("id"),
    Index("ix_reports_ref", "ref"))

DISCLOSURES: Final = Table(
    "disclosures", METADATA,
    Column("id", Integer, primary_key=True),
    Column("report", Words, ForeignKey("reports.id"), nullable=False),
    Column("recipient", Words, nullable=False),
    Column("purpose", Words, nullable=False),
    *_who_and_when(),
    Index("ix_disclosures_report", "report"))

AUDIT: Final = Table(
    "audit", METADATA,
    Column("sequence", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("ref", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("chain", String, nullable=False),  # hash of the line before and of this one
    Index("ix_audit_ref", "ref"))

PROPOSALS: Final = Table(  # changes to what is known in general; nothing of a case
    "proposals", METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", Words, nullable=False),
    Column("file", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("entry", Words, nullable=False),
    Column("change", Words, nullable=False),  # JSON; its keys keep the order in which they will be written
    Column("based_on", String, nullable=False),  # hash of the file
    *_who_and_when(),
    UniqueConstraint("id"))

DECISIONS: Final = Table(  # one for each proposal at most
    "decisions", METADATA,
    Column("number", Integer, primary_key=True),
    Column("proposal", Words, ForeignKey("proposals.id"), nullable=False),
    Column("state", String, nullable=False),
    Column("reason", Words, nullable=False),
    *_who_and_when(),
    UniqueConstraint("proposal"))

SNAPSHOTS: Final = Table(  # country information as it counted on some day; nothing of a case
    "snapshots", METADATA,
    Column("hash", String, primary_key=True),
    Column("body", Packed, nullable=False))

GROUNDS: Final = Table(  # what a kept assessment rests on, and what it concluded; read for all cases at once
    "grounds", METADATA,
    Column("assessment", Integer, ForeignKey("assessments.id"), primary_key=True),
    _case(),
    Column("instrument", Words, nullable=False),
    Column("scenario", Words, nullable=False),
    Column("made_with", String, nullable=False),  # version and hash of the instrument
    Column("engine", String, nullable=False),
    Column("said", String, nullable=False),  # fingerprint of the answers
    Column("answer", Integer, nullable=False),  # number of the newest answer of the case, 0 for none
    Column("paper", Integer, nullable=False),
    Column("snapshot", String, ForeignKey("snapshots.hash"), nullable=True),
    Column("result", Json, nullable=False),
    Index("ix_grounds_ref", "ref", "instrument", "scenario"))
