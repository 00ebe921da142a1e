"""The tables of the store as they are today; `migrations/` holds how they came to be.

Answers, papers, assessments, reports, disclosures, proposals, decisions and audit lines are only ever added; triggers in
the database refuse to change them, except to seal them anew with a new key of their case. Times are ISO 8601 in UTC,
days ISO 8601.

What a case says is in columns named `sealed`, under the key of the case (`safe_lib.store.sealing`); columns of marks are
what sealed rows are looked up by. References, days, states and who did something when are not sealed apart: they are
protected by the encryption of the whole file.
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
        return None if value is None else stamp(value)

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


def stamp(moment: datetime) -> str:
    """A moment as it stands in the database and beside what is sealed."""
    return in_utc(moment).isoformat(timespec="microseconds")


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
        return unpacked(value) if value else value


def unpacked(text: str) -> str:
    """A text that was packed, as it was; any other text as it is."""
    return zlib.decompress(b64decode(text[len(_PACK):])).decode() if text.startswith(_PACK) else text


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


def _case(**more: Any) -> Column[str]:
    return Column("ref", Words, ForeignKey("cases.ref"), nullable=False, **more)


def _person(**more: Any) -> Column[str]:
    return Column("person", String, ForeignKey("people.id"), nullable=False, **more)


def _mark(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def _sealed() -> Column[bytes]:
    return Column("sealed", LargeBinary, nullable=False)


def _who_and_when() -> tuple[Column[str], Column[datetime]]:
    return Column("by", Words, nullable=False), Column("at", Moment, nullable=False)


FACTS: Final = Table(
    "facts", METADATA,
    Column("name", String, primary_key=True),
    Column("value", Words, nullable=False))

# People, and the keys they hold

PEOPLE: Final = Table(
    "people", METADATA,
    Column("id", String, primary_key=True),
    Column("user", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("roles", String, nullable=False),  # joined by spaces
    Column("public", LargeBinary, nullable=False),  # X25519
    Column("status", String, nullable=False),  # active | removed | machine
    Column("code", LargeBinary),  # secret of the one-time codes, sealed to the person
    Column("code_used", Integer, nullable=False),  # the last time step whose code was used
    Column("recovery", Words, nullable=False),  # hashes of unused recovery codes, joined by spaces
    Column("renew", Boolean, nullable=False),  # the passphrase was given by somebody else
    Column("caught_up", Integer, nullable=False),  # up to which change of rights this person gave keys on
    Column("made", Moment, nullable=False),
    Column("removed", Moment),
    UniqueConstraint("user"))

EMERGENCY: Final = Table(  # the private key of the emergency person, sealed to those who may break the glass
    "emergency", METADATA, _person(primary_key=True), _sealed())

CASES: Final = Table(
    "cases", METADATA,
    Column("ref", Words, primary_key=True),
    Column("opened", Day, nullable=False),
    Column("status", String, nullable=False),
    Column("training", Boolean, nullable=False),
    Column("changed", Moment, nullable=False),
    Column("key_version", Integer, nullable=False, server_default="0"),
    Column("key_due", Boolean, nullable=False, server_default="0"),  # somebody lost the right to it: a new key before the next word
    Column("vault", LargeBinary))  # number of the half in the vault

CASE_KEYS: Final = Table(
    "case_keys", METADATA, _case(primary_key=True), _person(primary_key=True), _sealed())

PAST_KEYS: Final = Table(  # earlier keys of a case, under the present one
    "past_keys", METADATA, _case(primary_key=True), Column("version", Integer, primary_key=True),
    Column("vault", LargeBinary, nullable=False), _sealed())

ASSIGNMENTS: Final = Table(
    "assignments", METADATA, _case(primary_key=True), _person(primary_key=True), *_who_and_when())

EXCLUSIONS: Final = Table(
    "exclusions", METADATA, _case(primary_key=True), _person(primary_key=True), *_who_and_when())

GLASS: Final = Table(  # rights taken in an emergency
    "glass", METADATA, Column("id", Integer, primary_key=True), _case(), _person(),
    Column("until", Moment, nullable=False), *_who_and_when())

NOTICES: Final = Table(
    "notices", METADATA, Column("id", Integer, primary_key=True), _person(), Column("what", String, nullable=False),
    Column("ref", Words, nullable=False), *_who_and_when(), Column("seen", Moment))

REQUESTS: Final = Table(  # what needs two persons
    "requests", METADATA, Column("id", Integer, primary_key=True), Column("what", String, nullable=False),
    Column("subject", Words, nullable=False), Column("asked_by", Words, nullable=False),
    Column("asked", Moment, nullable=False), Column("status", String, nullable=False),  # asked | agreed | withdrawn | done
    Column("agreed_by", Words), Column("agreed", Moment))

TOMBSTONES: Final = Table(  # that a case was erased; nothing of what it said
    "tombstones", METADATA, Column("ref", Words, primary_key=True), *_who_and_when())

# What a case says

IDENTITIES: Final = Table(
    "identities", METADATA,
    Column("id", Integer, primary_key=True),
    _case(),
    Column("revision", Integer, nullable=False),
    _sealed(),
    *_who_and_when(),
    UniqueConstraint("ref", "revision"))

ANSWERS: Final = Table(
    "answers", METADATA,
    Column("id", Integer, primary_key=True),
    _case(),
    _mark("form"),
    _mark("question"),
    _mark("future"),
    Column("revision", Integer, nullable=False),
    _sealed(),
    *_who_and_when(),
    UniqueConstraint("ref", "question", "revision"),
    Index("ix_answers_ref", "ref", "form"))

PAPERS: Final = Table(
    "papers", METADATA,
    Column("id", Integer, primary_key=True),
    _case(),
    _mark("kind"),
    Column("revision", Integer, nullable=False),
    _sealed(),
    *_who_and_when(),
    UniqueConstraint("ref", "kind", "revision"))

ASSESSMENTS: Final = Table(
    "assessments", METADATA,
    Column("id", Integer, primary_key=True),
    _case(),
    _mark("form"),
    _mark("future"),
    _sealed(),
    *_who_and_when(),
    Index("ix_assessments_ref", "ref", "form"))

REPORTS: Final = Table(
    "reports", METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", Words, nullable=False),
    _case(),
    _sealed(),
    *_who_and_when(),
    Column("content", LargeBinary, nullable=False),  # sealed too; last: a list of reports need not read past it
    UniqueConstraint("id"),
    Index("ix_reports_ref", "ref"))

DISCLOSURES: Final = Table(
    "disclosures", METADATA,
    Column("id", Integer, primary_key=True),
    _case(),
    Column("report", Words, ForeignKey("reports.id"), nullable=False),
    _sealed(),
    *_who_and_when(),
    Index("ix_disclosures_ref", "ref"))

AUDIT: Final = Table(
    "audit", METADATA,
    Column("sequence", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("ref", Words, nullable=False),
    Column("detail", Words, nullable=False),  # of a case: sealed
    Column("chain", String, nullable=False),  # hash of the line before and of this one
    Index("ix_audit_ref", "ref"),
    Index("ix_audit_by", "by", "at"))

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

GROUNDS: Final = Table(  # what a kept assessment rests on, and what it concluded
    "grounds", METADATA,
    Column("assessment", Integer, ForeignKey("assessments.id"), primary_key=True),
    _case(),
    _sealed(),
    Index("ix_grounds_ref", "ref"))

EXTENSIONS: Final = Table(  # a case is kept longer for a purpose; the reason is sealed
    "extensions", METADATA,
    Column("id", Integer, primary_key=True),
    _case(),
    Column("purpose", String, nullable=False),
    Column("until", Day, nullable=False),
    _sealed(),
    *_who_and_when(),
    Index("ix_extensions_ref", "ref"))

COPIES: Final = Table(  # where safety copies were made last; each place holds one copy of the vault
    "copies", METADATA,
    Column("place", Words, primary_key=True),
    Column("number", Integer, nullable=False),
    *_who_and_when())

EDITIONS: Final = Table(  # instruments as they were when something was kept with them; nothing of a case
    "editions", METADATA,
    Column("instrument", Words, primary_key=True),
    Column("made_with", String, primary_key=True),  # version and content hash
    Column("body", Packed, nullable=False))

BATCH: Final = Table(  # under which key a batch made which report; a key says from what, and nothing of a person
    "batch", METADATA,
    Column("key", String, primary_key=True),
    _case(),
    Column("report", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_batch_ref", "ref"))

HOURS: Final = Table(  # who worked how long on which day; of a case its reference only
    "hours", METADATA,
    Column("id", Integer, primary_key=True),
    _person(),
    Column("day", Day, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("category", String, nullable=False),
    Column("ref", Words, ForeignKey("cases.ref")),  # none: in general, or of a case that was erased
    Column("topic", Words, nullable=False),  # of training, meetings and supervision; never of a case
    Column("undoes", Integer, nullable=False),
    *_who_and_when(),
    Index("ix_hours_person", "person", "day"),
    Index("ix_hours_ref", "ref"))

DIGESTS: Final = Table(  # what somebody is told of a week, sealed to them
    "digests", METADATA,
    Column("id", Integer, primary_key=True),
    _person(),
    Column("week", String, nullable=False),
    _sealed(),
    *_who_and_when(),
    UniqueConstraint("person", "week"))

OPINIONS: Final = Table(  # what a colleague answers blind about a case, sealed to them until they are done; then it is a paper of the case
    "opinions", METADATA,
    Column("id", Integer, primary_key=True),
    _case(),
    _person(),
    Column("colleague", Words, nullable=False),  # user name; of a guest of a training store, the name they came under
    Column("status", String, nullable=False),  # open: the case is shut to them | done
    _sealed(),
    *_who_and_when(),  # who asked for it
    UniqueConstraint("ref", "person", "colleague"))

LEARNING: Final = Table(  # how far a colleague is with a course, sealed to them; never of somebody who is helped
    "learning", METADATA,
    Column("id", Integer, primary_key=True),
    _person(),
    Column("learner", Words, nullable=False),  # user name; of a guest of a training store, the name they came under
    Column("course", String, nullable=False),
    Column("version", String, nullable=False),  # of the course that was passed; empty before
    Column("passed", Day),
    _sealed(),
    *_who_and_when(),
    UniqueConstraint("person", "learner", "course"))

PROGRAMME: Final = Table(  # platforms, workshops and occasions of the trainers' programme, by revision; of no person
    "programme", METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("entry", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("body", Words, nullable=False),
    *_who_and_when(),
    UniqueConstraint("kind", "entry", "revision"))

ATTENDANCE: Final = Table(  # who was trained to train, trained others or took part: a colleague, or a counted group without names
    "attendance", METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("entry", Integer, nullable=False),
    Column("person", String, ForeignKey("people.id")),  # none: a group from outside, or somebody who left
    Column("country", String, nullable=False),
    Column("sector", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("first_time", Integer),  # came for the first time; none: nobody noted it
    Column("day", Day, nullable=False),
    *_who_and_when(),
    Index("ix_attendance_entry", "kind", "entry"),
    Index("ix_attendance_person", "person"))

MARKS: Final = Table(  # how many passed a course in a month with how many right answers; nobody stands behind it
    "marks", METADATA,
    Column("id", Integer, primary_key=True),
    Column("course", String, nullable=False),
    Column("month", String, nullable=False),
    Column("correct", Integer, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    UniqueConstraint("course", "month", "correct", "asked"))

SURVEY_LINKS: Final = Table(  # by which a survey among professionals is answered; never about somebody who is helped
    "survey_links", METADATA,
    Column("id", Integer, primary_key=True),
    Column("survey", String, nullable=False),
    Column("version", String, nullable=False),
    Column("until", Day, nullable=False),
    Column("closed", Day),
    Column("vault", LargeBinary, nullable=False),  # number of the half in the vault
    Column("half", LargeBinary, nullable=False),  # the other half of the key of its answers
    _sealed(),  # the private key of its letter box
    *_who_and_when())

SURVEY_ANSWERS: Final = Table(
    "survey_answers", METADATA,
    Column("id", Integer, primary_key=True),
    Column("link", Integer, ForeignKey("survey_links.id"), nullable=False),
    Column("source", String, nullable=False),  # link | paper | file
    _mark("mark"),  # by which the same response is known again
    _sealed(),
    Column("received", Day, nullable=False),  # of an answer by link: the day on which the letter box was emptied
    Column("by", Words, nullable=False),  # who entered or fetched it; who answered is not known
    UniqueConstraint("link", "mark"))

SURVEY_CODINGS: Final = Table(  # how one colleague coded one open answer
    "survey_codings", METADATA,
    Column("id", Integer, primary_key=True),
    Column("answer", Integer, ForeignKey("survey_answers.id"), nullable=False),
    Column("place", String, nullable=False),
    _sealed(),
    *_who_and_when(),
    UniqueConstraint("answer", "place", "by"))

RELEASES: Final = Table(  # figures that were published, with what the check of the next ones needs; nothing of a single person
    "releases", METADATA,
    Column("id", Integer, primary_key=True),
    Column("publication", Integer, nullable=False),  # what was published in one go
    Column("name", String, nullable=False),  # of the table
    Column("body", Packed, nullable=False),  # as it was published, byte for byte
    Column("counted", Packed, nullable=False),  # before anything was withheld; shown to nobody
    Column("hash", String, nullable=False),  # of the body
    *_who_and_when(),
    UniqueConstraint("publication", "name"))

COUNTED: Final = Table(  # in which groups a case was counted; sealed with its key, so it goes when the case goes
    "counted", METADATA,
    Column("id", Integer, primary_key=True),
    _case(),
    Column("publication", Integer, nullable=False),
    _sealed(),
    *_who_and_when(),
    UniqueConstraint("ref", "publication"))

OBSERVATIONS: Final = Table(  # what somebody noticed in their work, checked to name nobody; no case is linked to it
    "observations", METADATA,
    Column("id", Integer, primary_key=True),
    Column("body", Words, nullable=False),  # JSON
    *_who_and_when())
