"""Hours of those who help, which are only ever added to, and weekly digests that only their reader opens.

Of a case, hours hold its reference and nothing it says; when the case is erased the minutes stay and the reference goes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from safe_lib.model.coordination import HourEntry
from safe_lib.model.person import Member
from safe_lib.store import audit, boxes, people
from safe_lib.store.boxes import Holder
from safe_lib.store.sealing import opened_by, sealed_to
from safe_lib.store.tables import ASSIGNMENTS, DIGESTS, HOURS, PEOPLE, in_utc, whole

ABOUT_DIGEST: Final = "digest"
KEPT_WEEKS: Final = 8  # digests of one reader; the oldest goes when a newer comes

_SINCE = (select(HOURS, PEOPLE.c.user).join(PEOPLE, PEOPLE.c.id == HOURS.c.person).where(HOURS.c.day >= bindparam("first")).order_by(HOURS.c.id))
_ONE = select(HOURS, PEOPLE.c.user).join(PEOPLE, PEOPLE.c.id == HOURS.c.person).where(HOURS.c.id == bindparam("number"))
_UNDONE = select(HOURS.c.id).where(HOURS.c.undoes == bindparam("number"))
_LAST = select(func.max(HOURS.c.id))
_ADD = insert(HOURS)
_HANDS = (select(ASSIGNMENTS.c.ref, PEOPLE.c.user).join(PEOPLE, PEOPLE.c.id == ASSIGNMENTS.c.person)
          .where(PEOPLE.c.status == "active").order_by(ASSIGNMENTS.c.ref, PEOPLE.c.user))
_DIGESTS = select(DIGESTS).where(DIGESTS.c.person == bindparam("reader")).order_by(DIGESTS.c.week.desc())


class KeepsHours:
    """The part of the store that knows who worked when, and what each is told of a week."""

    _holder: Holder
    _reading: Callable[[], AbstractContextManager[Connection]]
    _writing: Callable[[], AbstractContextManager[Connection]]

    def log_hours(self, user: str, day: date, minutes: int, category: str, *, ref: str = "", topic: str = "", by: str, at: datetime) -> HourEntry:
        """Write one entry of somebody who works here; StoreError if there is nobody with this user name."""
        with self._writing() as connection:
            return add(connection, user, day, minutes, category, ref=ref, topic=topic, by=by, at=at)

    def own_user(self) -> str:
        """The user name that one's hours stand under; of a guest, that of whoever's passphrase it is."""
        with self._reading() as connection:
            return people.name_of(connection, self._holder.ring.person)

    def hands_of_all(self) -> dict[str, tuple[str, ...]]:
        """Case → user names of those who work on it, of the cases whose key the person at work holds."""
        found: dict[str, tuple[str, ...]] = {}
        with self._reading() as connection:
            held = {ref for ref, box in boxes.every_box(connection).items() if box is not None}
            for row in connection.execute(_HANDS):
                if row.ref in held:
                    found[row.ref] = (*found.get(row.ref, ()), row.user)
        return found

    def hour_entry(self, number: int) -> HourEntry | None:
        """One entry; None where there is none with this number."""
        with self._reading() as connection:
            row = connection.execute(_ONE, {"number": number}).first()
            return None if row is None else _entry(row)

    def take_hours_back(self, number: int, *, by: str, at: datetime) -> HourEntry | None:
        """Write the entry that takes another one back; None where it was taken back already, or there is none."""
        with self._writing() as connection:
            row = connection.execute(_ONE, {"number": number}).first()
            if row is None or row.minutes <= 0 or connection.execute(_UNDONE, {"number": number}).first() is not None:
                return None
            return add(connection, row.user, row.day, -row.minutes, row.category, ref=row.ref or "", topic=row.topic, undoes=number, by=by, at=at)

    def hours(self, since: date) -> tuple[HourEntry, ...]:
        """Every entry of a day from this one on, in the order in which they were written."""
        with self._reading() as connection:
            return tuple(_entry(row) for row in connection.execute(_SINCE, {"first": since}))

    def keep_digest(self, user: str, week: str, content: bytes, *, by: str, at: datetime) -> None:
        """Keep what somebody is told of a week, sealed to them: whoever made it cannot open it again. A later one of the same week takes its place."""
        with self._writing() as connection:
            reader = people.named(connection, user)
            public = connection.execute(select(PEOPLE.c.public).where(PEOPLE.c.id == reader.id)).scalar_one()
            connection.execute(delete(DIGESTS).where(DIGESTS.c.person == reader.id, DIGESTS.c.week == week))
            connection.execute(insert(DIGESTS), {"person": reader.id, "week": week, "sealed": sealed_to(public, content, _about(week)), "by": whole(by),
                                                 "at": in_utc(at)})
            old = [row.id for row in connection.execute(_DIGESTS, {"reader": reader.id})][KEPT_WEEKS:]
            connection.execute(delete(DIGESTS).where(DIGESTS.c.id.in_(old)))
            audit.add(connection, by=by, at=at, what="digest.made", detail=f"{user} {week}")

    def digest_weeks(self) -> tuple[str, ...]:
        """The weeks of which the person at work has a digest, the newest first."""
        with self._reading() as connection:
            return tuple(row.week for row in connection.execute(_DIGESTS, {"reader": self._holder.ring.person}))

    def digest(self, week: str) -> bytes | None:
        """One's own digest of a week; None where there is none."""
        with self._reading() as connection:
            row = next((one for one in connection.execute(_DIGESTS, {"reader": self._holder.ring.person}) if one.week == week), None)
            return None if row is None else opened_by(self._holder.ring.private, row.sealed, _about(week))


def add(connection: Connection, user: str, day: date, minutes: int, category: str, *, ref: str, topic: str, undoes: int = 0, by: str,
        at: datetime) -> HourEntry:
    """Write one entry with its line in the trail; CaseNotFound if there is no such case for whoever writes."""
    if ref:
        boxes.box_of(connection, ref)
    who = _who(connection, user)
    number = (connection.execute(_LAST).scalar() or 0) + 1
    row: dict[str, Any] = {"id": number, "person": who.id, "day": day, "minutes": minutes, "category": category, "ref": ref or None, "topic": whole(topic),
                           "undoes": undoes, "by": whole(by), "at": in_utc(at)}
    connection.execute(_ADD, row)
    what = "hours.taken_back" if undoes else "hours.logged"
    audit.add(connection, by=by, at=at, what=what, ref=ref, detail=f"{who.user} {day.isoformat()} {category} {abs(minutes)} minutes")
    return HourEntry(number, who.user, day, minutes, category, ref, row["topic"], undoes, row["by"], row["at"])  # type: ignore[arg-type]


def _who(connection: Connection, user: str) -> Member:
    """The colleague of this user name; a guest of a training store works under the name of whoever's passphrase it is."""
    ring = boxes.holder_of(connection).ring
    return people.get(connection, ring.person) if ring.guest and user == ring.user else people.named(connection, user)


def forget_case(connection: Connection, ref: str) -> None:
    """A case is erased: the minutes stay with whoever worked them, and every digest, which may name it, goes."""
    connection.execute(update(HOURS).where(HOURS.c.ref == ref).values(ref=None))
    connection.execute(delete(DIGESTS))


def _entry(row: Any) -> HourEntry:
    return HourEntry(row.id, row.user, row.day, row.minutes, row.category, row.ref or "", row.topic, row.undoes, row.by, row.at)


def _about(week: str) -> str:
    return f"{ABOUT_DIGEST} {week}"
