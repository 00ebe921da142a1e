"""Contacts with the person: who spoke when, and since when nobody did (rule W4). What was said stands elsewhere in the case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from safe_lib.casework import Desk, _may
from safe_lib.coordination import notes
from safe_lib.coordination.hours import Worked, log
from safe_lib.model.coordination import CHANNELS, CONTACT_KINDS, CONTACTS, LONGEST_DAY, WITH_THE_PERSON, Channel, Contact, ContactKind
from safe_lib.model.errors import WrongUse

LOOK_BACK: Final = timedelta(days=366)


def note(desk: Desk, ref: str, *, day: date, channel: Channel, kind: ContactKind, minutes: int = 0, interpreter: bool = False) -> Contact:
    """Write a contact down; its minutes are logged as one's own hours with this case.

    Raises:
        WrongUse: no such way or kind, minutes that no day holds, or a day that is not of the past year.
    """
    if channel not in CHANNELS or kind not in CONTACT_KINDS:
        raise WrongUse(f"contact: by {', '.join(CHANNELS)}; with {', '.join(CONTACT_KINDS)}.")
    if not desk.today - LOOK_BACK < day <= desk.today:
        raise WrongUse("day: a day of the past year, or today.")
    if not 0 <= minutes <= LONGEST_DAY:
        raise WrongUse(f"minutes: a whole number from 0 to {LONGEST_DAY}.")
    made = Contact(day, channel, kind, minutes, interpreter, desk.person)
    notes.add(desk, ref, CONTACTS, made.to_body())
    if minutes:
        log(desk, Worked(day, minutes, "client", ref))
    return made


def contacts(desk: Desk, ref: str) -> tuple[Contact, ...]:
    """Every contact of a case, in the order in which they were written down."""
    _may(desk, "read", ref)
    return tuple(Contact.from_body(one) for one in notes.entries(desk, ref, CONTACTS))


def last_with_the_person(found: Iterable[Contact]) -> date | None:
    """The last day somebody spoke with the person; an attempt, or a word with somebody else, is no contact."""
    return max((one.day for one in found if one.kind == WITH_THE_PERSON), default=None)
