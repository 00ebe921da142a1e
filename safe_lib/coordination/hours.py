"""Who worked how long: one's own hours, meetings for several, and the load of a week against what was agreed (rules W1, W2, W7).

Meetings, training and supervision count within the agreed hours. People are listed by name; nobody is ranked by their hours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from safe_lib import casework
from safe_lib.casework import Desk, _may
from safe_lib.coordination.notes import said
from safe_lib.model.coordination import CATEGORIES, LONGEST_DAY, OF_A_CASE, SUPERVISED_EVERY, TOGETHER, WEEKS_LOOKED_AT, Category, HourEntry
from safe_lib.model.errors import WrongUse
from safe_lib.model.person import ASSIGNED, Member
from safe_lib.rights.permission import refused

COORDINATE: Final = "team.coordinate"  # to write for others
SEE_WORK: Final = "team.see_work"  # to read what all do
LOOK_BACK: Final = timedelta(weeks=WEEKS_LOOKED_AT)
NEARLY: Final = 0.9  # of the agreed hours (rule W1)
A_YEAR: Final = timedelta(days=366)

Band = Literal["within", "nearly", "over"]


@dataclass(frozen=True, slots=True)
class Worked:
    """What somebody did on one day."""

    day: date
    minutes: int
    category: Category
    ref: str = ""  # empty: in general
    topic: str = ""  # of a meeting; never of a case


@dataclass(frozen=True, slots=True)
class Load:
    """What one colleague carries."""

    user: str
    name: str
    cases: int  # open ones assigned to them
    minutes_a_week: float  # mean of the last four weeks
    agreed: int  # minutes a week
    supervised: date | None  # last time within a year

    @property
    def band(self) -> Band:
        """Within what was agreed, nearly at it, or over it."""
        if self.minutes_a_week > self.agreed:
            return "over"
        return "nearly" if self.minutes_a_week >= NEARLY * self.agreed else "within"

    def needs_supervision(self, on: date) -> bool:
        """Nobody has spoken with them about the work for eight weeks."""
        return self.supervised is None or (on - self.supervised).days > SUPERVISED_EVERY


def log(desk: Desk, worked: Worked, *, user: str = "") -> HourEntry:
    """Write hours: one's own, or as a coordinator those of somebody else.

    Raises:
        WrongUse: no such category, no minutes, more than a day holds, a day to come, or a topic beside a case.
        NotPermitted, CaseNotFound: as everywhere.
    """
    _check(worked, desk.today)
    store = _may(desk, "write", worked.ref) if worked.ref else _may(desk, "list")
    mine = store.own_user()
    if user and user != mine:
        _may(desk, COORDINATE)
    return store.log_hours(user or mine, worked.day, worked.minutes, worked.category, ref=worked.ref, topic=said(worked.topic, "topic", required=False),
                           by=desk.person, at=desk.now())


def meet(desk: Desk, worked: Worked, users: Collection[str]) -> tuple[HourEntry, ...]:
    """Write down who came to a meeting, a training or supervision; the minutes count as hours of each.

    Raises:
        WrongUse: it is nothing of that kind, has no topic, or nobody came.
        NotPermitted: only a coordinator writes for others.
    """
    store = _may(desk, COORDINATE)
    if worked.category not in TOGETHER or worked.ref:
        raise WrongUse(f"meeting: it is one of {', '.join(TOGETHER)}, and of no case.")
    _check(worked, desk.today)
    topic = said(worked.topic, "topic")
    if not users:
        raise WrongUse("meeting: say who was there.\n  Their hours follow from it.")
    known = [store.person(user).user for user in sorted(set(users))]  # all, or none
    return tuple(store.log_hours(user, worked.day, worked.minutes, worked.category, topic=topic, by=desk.person, at=desk.now()) for user in known)


def take_back(desk: Desk, number: int) -> HourEntry:
    """Take an entry back: one's own, or as a coordinator anybody's. Both stay written.

    Raises:
        WrongUse: there is none to take back.
    """
    store = _may(desk, "list")
    found = store.hour_entry(number)
    if found is not None and found.user != store.own_user():
        _may(desk, COORDINATE)
    taken = store.take_hours_back(number, by=desk.person, at=desk.now()) if found else None
    if taken is None:
        raise WrongUse("hours: there is no entry with this number to take back.\n  See: safe coordination hours.")
    return taken


def entries(desk: Desk, since: date, *, of: str = "") -> tuple[HourEntry, ...]:
    """Entries from a day on: the team's for a coordinator, else one's own; without those that were taken back, the newest day first.

    Args:
        of: only of this colleague.
    """
    store = _may(desk, "list")
    everybody, mine = casework.has_right(desk, SEE_WORK), store.own_user()
    if of and of != mine and not everybody:
        raise refused(SEE_WORK)
    wanted = of or ("" if everybody else mine)
    held = {line.ref for line in store.cases()}
    found = [one for one in standing(store.hours(since)) if not wanted or one.user == wanted]
    return tuple(sorted((_without_case(one, held) for one in found), key=lambda one: (one.day, one.id), reverse=True))


def standing(found: Iterable[HourEntry]) -> tuple[HourEntry, ...]:
    """What counts: neither what was taken back, nor what took it back."""
    listed = tuple(found)
    undone = {one.undoes for one in listed if one.undoes}
    return tuple(one for one in listed if not one.undoes and one.id not in undone)


def loads(found: Iterable[HourEntry], people: Iterable[Member], cases: dict[str, int], agreed: int, on: date) -> tuple[Load, ...]:
    """What each colleague who helps with cases carries, by name.

    Args:
        found: what counts, of a year.
        cases: user name → open cases assigned to them.
        agreed: minutes a week.
    """
    listed = tuple(found)
    helping = sorted((one for one in people if one.active and one.has(*ASSIGNED)), key=lambda one: ((one.name or one.user).casefold(), one.user))
    return tuple(_load(one, [entry for entry in listed if entry.user == one.user], cases.get(one.user, 0), agreed, on) for one in helping)


def _load(who: Member, mine: list[HourEntry], cases: int, agreed: int, on: date) -> Load:
    lately = sum(one.minutes for one in mine if on - LOOK_BACK < one.day <= on)
    supervised = max((one.day for one in mine if one.category == "supervision"), default=None)
    return Load(who.user, who.name or who.user, cases, lately / WEEKS_LOOKED_AT, agreed, supervised)


def _check(worked: Worked, today: date) -> None:
    if worked.category not in CATEGORIES:
        raise WrongUse(f"hours: they are one of {', '.join(CATEGORIES)}.")
    if not 0 < worked.minutes <= LONGEST_DAY:
        raise WrongUse(f"minutes: a whole number from 1 to {LONGEST_DAY}.")
    if not today - A_YEAR < worked.day <= today:
        raise WrongUse("day: a day of the past year, or today.")
    if worked.ref and (worked.category not in OF_A_CASE or worked.topic.strip()):
        raise WrongUse("hours: those of a case have no topic, and are spent with the person, on the way or on papers.\n  What a case says stands in the case.")


def _without_case(one: HourEntry, held: Collection[str]) -> HourEntry:
    """A case that this person cannot open is not named to them."""
    return one if not one.ref or one.ref in held else replace(one, ref="")
