"""The trainers' programme in the store: what was planned and held, every version of it; who took part, as colleague or as counted group.

Colleagues stand here by their number. When one leaves, what they took part in stays as a count without them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from safe_lib.model.errors import WrongUse
from safe_lib.model.programme import MarkCount
from safe_lib.store import audit, people
from safe_lib.store.tables import ATTENDANCE, MARKS, PEOPLE, PROGRAMME, in_utc, whole

Kind = Literal["platform", "workshop", "reach"]
Part = Literal["trained", "trainer", "participant"]  # trained to train (for a platform) · trained others · took part (in a workshop)
KINDS: Final[tuple[Kind, ...]] = ("platform", "workshop", "reach")

_ALL = select(PROGRAMME).where(PROGRAMME.c.kind == bindparam("sort")).order_by(PROGRAMME.c.entry, PROGRAMME.c.revision)
_LAST = select(func.max(PROGRAMME.c.id))
_LAST_ENTRY = select(func.max(PROGRAMME.c.entry)).where(PROGRAMME.c.kind == bindparam("sort"))
_NEWEST = (select(PROGRAMME).where(PROGRAMME.c.kind == bindparam("sort"), PROGRAMME.c.entry == bindparam("number"))
           .order_by(PROGRAMME.c.revision.desc()).limit(1))
_WHO = (select(ATTENDANCE, PEOPLE.c.user).join(PEOPLE, PEOPLE.c.id == ATTENDANCE.c.person, isouter=True).order_by(ATTENDANCE.c.id))
_LAST_WHO = select(func.max(ATTENDANCE.c.id))
_MARK = select(MARKS).where(MARKS.c.course == bindparam("about"), MARKS.c.month == bindparam("in_month"), MARKS.c.correct == bindparam("right"),
                            MARKS.c.asked == bindparam("of"))
_MARKS = select(MARKS).where(MARKS.c.course == bindparam("about")).order_by(MARKS.c.month, MARKS.c.correct)
_LAST_MARK = select(func.max(MARKS.c.id))


@dataclass(frozen=True, slots=True)
class Entry:
    """One platform, workshop or occasion as it stands now."""

    number: int
    revision: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """Who took part: a colleague by user name, or a group."""

    kind: Part
    entry: int
    country: str
    sector: str
    number: int
    first: int | None
    day: date
    user: str = ""
    person: str = ""


class KeepsProgramme:
    """The part of the store that knows of the trainers' programme."""

    _reading: Callable[[], AbstractContextManager[Connection]]
    _writing: Callable[[], AbstractContextManager[Connection]]

    def programme(self, kind: Kind) -> tuple[Entry, ...]:
        """What there is of a kind, each as it stands now, in the order in which it was first written."""
        with self._reading() as connection:
            found = {row.entry: _entry(row) for row in connection.execute(_ALL, {"sort": kind})}
        return tuple(found[number] for number in sorted(found))

    def attendance(self) -> tuple[Row, ...]:
        """Everybody who took part, trained, or was trained to."""
        with self._reading() as connection:
            return tuple(Row(row.kind, row.entry, row.country, row.sector, row.number, row.first_time, row.day, row.user or "", row.person or "")
                         for row in connection.execute(_WHO))

    def keep_programme(self, kind: Kind, body: Mapping[str, Any], *, number: int = 0, seen: int = 0, who: Iterable[Row] = (), what: str, by: str,
                       at: datetime) -> Entry:
        """Write an entry, or a new version of one, with who took part; all of it or nothing.

        Args:
            number: 0 makes a new entry.
            seen: the version that was looked at.
            who: those who take the place of all who were written for it before; `entry` is set here.

        Raises:
            WrongUse: somebody wrote another version meanwhile, or there is no such entry.
            StoreError: there is no colleague of this user name.
        """
        with self._writing() as connection:
            before = connection.execute(_NEWEST, {"sort": kind, "number": number}).first() if number else None
            if number and before is None:
                raise WrongUse(f"{kind}: there is none with this number.\n  See: safe programme list.")
            if before is not None and before.revision != seen:
                raise WrongUse(f"{kind}: somebody changed it meanwhile.\n  Look at it again.")
            entry = number or (connection.execute(_LAST_ENTRY, {"sort": kind}).scalar() or 0) + 1
            revision = before.revision + 1 if before is not None else 1
            connection.execute(insert(PROGRAMME), {
                "id": (connection.execute(_LAST).scalar() or 0) + 1, "kind": kind, "entry": entry, "revision": revision,
                "body": json.dumps(body, ensure_ascii=False, sort_keys=True), "by": whole(by), "at": in_utc(at)})
            if kind == "workshop":
                _replace(connection, entry, who, by=by, at=at)
            audit.add(connection, by=by, at=at, what=f"programme.{what}", detail=f"{kind} {entry} version {revision}")
            return Entry(entry, revision, body)

    def keep_trained(self, user: str, platform: int, country: str, day: date, *, by: str, at: datetime) -> None:
        """Write that a colleague was trained to train; once for each platform, the newest day counts."""
        with self._writing() as connection:
            who = people.named(connection, user)
            connection.execute(delete(ATTENDANCE).where(ATTENDANCE.c.kind == "trained", ATTENDANCE.c.entry == platform, ATTENDANCE.c.person == who.id))
            _add(connection, Row("trained", platform, country, "unknown", 1, None, day, user), platform, by=by, at=at)
            audit.add(connection, by=by, at=at, what="programme.trained", detail=f"{who.user} platform {platform}")

    def marks_of_course(self, course: str) -> tuple[MarkCount, ...]:
        """How many passed a course, by month and right answers."""
        with self._reading() as connection:
            return tuple(MarkCount(row.month, row.correct, row.asked, row.number) for row in connection.execute(_MARKS, {"about": course}))


def count_mark(connection: Connection, course: str, day: date, right: int, of: int) -> None:
    """One more passed with so many right answers; who it was stands nowhere here."""
    known = connection.execute(_MARK, {"about": course, "in_month": f"{day:%Y-%m}", "right": right, "of": of}).first()
    if known is not None:
        connection.execute(update(MARKS).where(MARKS.c.id == known.id).values(number=known.number + 1))
        return
    number = (connection.execute(_LAST_MARK).scalar() or 0) + 1
    connection.execute(insert(MARKS), {"id": number, "course": course, "month": f"{day:%Y-%m}", "correct": right, "asked": of, "number": 1})


def forget_person(connection: Connection, person: str) -> None:
    """A colleague leaves: that they were trained to train goes; that somebody took part or trained stays, as a count.

    The first time they came keeps counting as one person, later times as nobody new.
    """
    connection.execute(delete(ATTENDANCE).where(ATTENDANCE.c.kind == "trained", ATTENDANCE.c.person == person))
    taken = select(func.min(ATTENDANCE.c.id)).where(ATTENDANCE.c.kind == "participant", ATTENDANCE.c.person == person)
    first = connection.execute(taken).scalar()
    connection.execute(update(ATTENDANCE).where(ATTENDANCE.c.person == person, ATTENDANCE.c.id != (first or 0)).values(person=None, first_time=0))
    connection.execute(update(ATTENDANCE).where(ATTENDANCE.c.person == person).values(person=None, first_time=1))


def _replace(connection: Connection, entry: int, who: Iterable[Row], *, by: str, at: datetime) -> None:
    """Those of a workshop; who has left and stands only as a count is not known by name any more, and comes again as a group."""
    connection.execute(delete(ATTENDANCE).where(ATTENDANCE.c.kind.in_(("trainer", "participant")), ATTENDANCE.c.entry == entry))
    for one in who:
        _add(connection, one, entry, by=by, at=at)


def _add(connection: Connection, one: Row, entry: int, *, by: str, at: datetime) -> None:
    person = people.named(connection, one.user).id if one.user else None
    number = (connection.execute(_LAST_WHO).scalar() or 0) + 1
    connection.execute(insert(ATTENDANCE), {"id": number, "kind": one.kind, "entry": entry, "person": person, "country": one.country, "sector": one.sector,
                                            "number": one.number, "first_time": one.first, "day": one.day, "by": whole(by), "at": in_utc(at)})


def _entry(row: Any) -> Entry:
    return Entry(row.entry, row.revision, json.loads(row.body))
