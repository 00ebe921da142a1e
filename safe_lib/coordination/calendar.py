"""The calendar to take along: what is due, as an iCalendar file (RFC 5545) that gives nobody away.

A telephone shows it to whoever looks over one's shoulder, and a calendar is copied to machines of others. So an entry
says that something is due and no more: no name, no procedure, no place, nothing that tells what the work is about. The
reference of a case stands there only where the person wishes it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from safe_lib import casework
from safe_lib.casework import Desk, _may
from safe_lib.coordination.board import CaseWork, board
from safe_lib.model.coordination import CALENDAR
from safe_lib.model.texts import Texts

MAKER: Final = "-//office//calendar//EN"  # names no organisation and no program
REMIND: Final = timedelta(days=3)  # before the legal last day
NAME: Final = "calendar.ics"
TYPE: Final = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Neutral:
    """One entry as it leaves."""

    uid: str
    day: date
    title: str
    remind: bool


def may_name(desk: Desk, ref: str) -> bool:
    """Whether the person wishes that the reference of their case stands in a calendar."""
    paper = casework.paper(desk, ref, CALENDAR)
    return bool(paper and paper.body.get("may_name"))


def let_name(desk: Desk, ref: str, wish: bool) -> None:
    """Write down the person's wish; without it no calendar names the case."""
    casework.save_paper(desk, ref, CALENDAR, {"may_name": wish, "by": desk.person, "on": desk.today.isoformat()})


def entries(cases: Iterable[CaseWork], secret: bytes, texts: Texts) -> tuple[Neutral, ...]:
    """What is due with a day, in the order of the days: the day to work towards, and the last day.

    Args:
        secret: so that an entry keeps its number when the calendar is made again, and nobody can find the case from the number.
    """
    found = []
    for case in cases:
        about = f" {case.ref}" if case.may_name else ""
        for one in case.due:
            for name, day in (("plan", one.plan if one.plan != one.last else None), ("last", one.last)):
                if day is not None:
                    uid = hmac.new(secret, f"{one.ref} {one.what} {one.id} {name}".encode(), hashlib.sha256).hexdigest()[:32]
                    found.append(Neutral(uid, day, texts(f"coord.calendar.{name}") + about, remind=name == "last"))
    return tuple(sorted(found, key=lambda one: (one.day, one.uid)))


def ics(found: Iterable[Neutral], at: datetime) -> bytes:
    """The file itself: whole days, private, and marked as taking no time."""
    from icalendar import Alarm, Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    for one in found:
        event = Event()
        event.add("uid", one.uid)
        event.add("dtstamp", at)
        event.add("dtstart", one.day)
        event.add("dtend", one.day + timedelta(days=1))
        event.add("summary", one.title)
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        if one.remind:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", one.title)
            alarm.add("trigger", -REMIND)
            event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def take_along(desk: Desk, of: str = "") -> bytes:
    """The calendar of one's own cases, or as a coordinator of a colleague's or the team's; each case it is about notes in its trail that its days left.

    Raises:
        NotPermitted: somebody else's.
    """
    from safe_lib.catalogue import load_texts

    store = _may(desk, "list")
    cases = [one for one in board(desk, of).cases if any(due.plan for due in one.due)]
    made = entries(cases, store.own_key(), load_texts(desk.language))
    for one in cases:
        store.note(by=desk.person, at=desk.now(), what="calendar.left", ref=one.ref, detail="with the reference" if one.may_name else "days only")
    return ics(made, desk.now())
