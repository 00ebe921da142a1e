"""The trainers' programme for every door: who trains, what was planned and held, what was passed on, and the figures with what they count.

A coordinator plans and writes down; others see. Nobody is named but colleagues of this store, and these only to a coordinator:
people from outside are counted. Nothing here touches a case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from safe_lib.casework import Desk, _may, has_right
from safe_lib.catalogue.countries import list_countries
from safe_lib.catalogue.course import load_course
from safe_lib.catalogue.programme import load_programme
from safe_lib.engine.programme import Period, Told
from safe_lib.engine.programme import told as figures_of
from safe_lib.model.errors import WrongUse
from safe_lib.model.programme import EVIDENCE, SECTORS, STATES, Evaluation, Group, Platform, Programme, Reach, State, Trained, Workshop
from safe_lib.store import Store
from safe_lib.store.programme import Entry, Row

SEE: Final = "team.see_programme"
PLAN: Final = "team.plan_programme"
LONGEST: Final = 80  # letters of a name of an organisation or a town
MOST: Final = 100_000  # persons on one occasion
_AHEAD: Final = timedelta(days=3 * 366)  # nobody plans further
_BACK: Final = timedelta(days=20 * 366)  # nobody writes down what is older
_LIKE_A_CONTACT: Final = re.compile(r"@|\d{5}|https?:", re.IGNORECASE)  # a name of a place has none of these


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a workshop."""

    members: tuple[str, ...] = ()  # user names of colleagues who took part
    sector: str = "unknown"  # of these colleagues
    groups: tuple[Group, ...] = ()  # from outside
    material: tuple[str, ...] = ()  # ids of the plan
    evaluation: Evaluation | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A workshop as it is put down beforehand."""

    platform: int
    day: date
    town: str
    trainers: tuple[str, ...] = ()  # user names
    outside_trainers: int = 0
    invited: int | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """What a door shows."""

    programme: Programme
    platforms: tuple[Platform, ...]
    trained: tuple[Trained, ...]
    workshops: tuple[Workshop, ...]
    reaches: tuple[Reach, ...]
    may_plan: bool
    users: tuple[str, ...] = field(default=())  # colleagues who can be named; for a coordinator


# Seeing


def overview(desk: Desk) -> Overview:
    """Everything that is kept; names of colleagues only for a coordinator.

    Raises:
        NotPermitted: for whoever may not see the programme.
    """
    store = _may(desk, SEE)
    plans = has_right(desk, PLAN)
    rows = store.attendance()
    workshops = tuple(_workshop(one, rows) for one in store.programme("workshop"))
    trained = tuple(Trained(row.user, row.entry, row.day) for row in rows if row.kind == "trained") if plans else ()
    users = tuple(one.user for one in store.people() if one.active and one.roles != {"batch"}) if plans else ()
    return Overview(load_programme(desk.language), platforms(store), trained, workshops if plans else tuple(_without_names(one) for one in workshops),
                    tuple(map(_reach, store.programme("reach"))), plans, users)


def platforms(store: Store) -> tuple[Platform, ...]:
    """Countries and organisations that train."""
    return tuple(Platform(one.number, one.body["name"], one.body["country"], one.body["international"]) for one in store.programme("platform"))


def country_names(language: str) -> dict[str, str]:
    """Three letters → what a country is called."""
    return {one.iso3: one.names.get(language) or one.name for one in list_countries()}


def told(desk: Desk, first: date, last: date) -> Told:
    """The figures of a period of whole months.

    Raises:
        WrongUse: it is none.
        NotPermitted: for whoever may not see the programme.
    """
    period = Period(first, last)
    if not period.is_whole:
        raise WrongUse("period: whole months, from the first day of one to the last day of one.\n  So two reports cannot be laid over each other day by day.")
    store = _may(desk, SEE)
    rows = store.attendance()
    workshops = [_workshop(one, rows) for one in store.programme("workshop")]
    return figures_of(workshops, map(_reach, store.programme("reach")), store.marks_of_course(load_course().id), period)


# Writing


def add_platform(desk: Desk, name: str, country: str, *, international: bool = False) -> Platform:
    """A country or an organisation that trains.

    Raises:
        WrongUse: it has no name, looks like a contact, is there already, or there is no such country.
    """
    store = _may(desk, PLAN)
    said = place_name(name, "platform")
    _country(country)
    if any((one.name.casefold(), one.country) == (said.casefold(), country) for one in platforms(store)):
        raise WrongUse("platform: it is there already.\n  See: safe programme list.")
    body = {"name": said, "country": country, "international": international}
    made = store.keep_programme("platform", body, what="platform", by=desk.person, at=desk.now())
    return Platform(made.number, said, country, international)


def note_trained(desk: Desk, user: str, platform: int, day: date) -> None:
    """A colleague was trained to train.

    Raises:
        WrongUse: a day to come, or no such platform.
        StoreError: no such colleague.
    """
    store = _may(desk, PLAN)
    found = _platform(store, platform)
    _past(day, desk.today)
    store.keep_trained(user, found.number, found.country, day, by=desk.person, at=desk.now())


def plan(desk: Desk, planned: Planned, *, number: int = 0) -> Workshop:
    """Put a workshop down, or plan one anew that is not held yet.

    Raises:
        WrongUse: what was typed cannot be meant, or the workshop was held or cancelled already.
    """
    store = _may(desk, PLAN)
    found, town = _platform(store, planned.platform), place_name(planned.town, "town")
    if not desk.today - _BACK <= planned.day <= desk.today + _AHEAD:
        raise WrongUse("day: a day of the last twenty or the next three years.")
    _amount(planned.outside_trainers, "trainers")
    if planned.invited is not None:
        _amount(planned.invited, "invited")
    if not planned.trainers and not planned.outside_trainers:
        raise WrongUse("trainers: name colleagues, or say how many come from outside.")
    before = _entry(store, number, ("planned",)) if number else None
    general = load_programme().plan
    body = {"state": "planned", "day": planned.day.isoformat(), "platform": found.number, "country": found.country, "town": town,
            "plan": f"{general.id} {general.version}", "invited": planned.invited, "outside_trainers": planned.outside_trainers, "material": [],
            "evaluation": None}
    who = _trainers(planned.trainers, found.country, planned.day)
    return _kept(store, desk, body, who, before, "planned")


def held(desk: Desk, number: int, came: Came) -> Workshop:
    """What came of a workshop; once more, and it takes the place of what was written before.

    Raises:
        WrongUse: it lies ahead, was cancelled, or the numbers cannot be.
    """
    store = _may(desk, PLAN)
    before = _entry(store, number, ("planned", "held"))
    day, country = date.fromisoformat(before.body["day"]), before.body["country"]
    _past(day, desk.today)
    _check_came(came, sum(one.number for one in came.groups) + len(set(came.members)))
    rows = store.attendance()
    kept = [row for row in rows if row.kind == "trainer" and row.entry == number]
    members = [Row("participant", number, country, came.sector, 1, None, day, user) for user in sorted(set(came.members))]
    groups = [Row("participant", number, one.country, one.sector, one.number, one.first, day) for one in came.groups]
    body = {**before.body, "state": "held", "material": sorted(set(came.material)), "evaluation": asdict(came.evaluation) if came.evaluation else None}
    return _kept(store, desk, body, [*kept, *members, *groups], before, "held")


def cancel(desk: Desk, number: int) -> Workshop:
    """A workshop does not take place."""
    store = _may(desk, PLAN)
    before = _entry(store, number, ("planned",))
    who = [row for row in store.attendance() if row.kind == "trainer" and row.entry == number]
    return _kept(store, desk, {**before.body, "state": "cancelled"}, who, before, "cancelled")


def note_reach(desk: Desk, reach: Reach) -> Reach:
    """An occasion on which somebody who took part passed it on; its number is given here.

    Raises:
        WrongUse: a day to come, no such platform or country, or a number that cannot be.
    """
    store = _may(desk, PLAN)
    _platform(store, reach.platform)
    _past(reach.day, desk.today)
    _country(reach.country)
    _one_of(reach.sector, SECTORS, "sector")
    _one_of(reach.evidence, EVIDENCE, "evidence")
    if reach.persons is not None:
        _amount(reach.persons, "persons", least=1)
    body = {"day": reach.day.isoformat(), "platform": reach.platform, "country": reach.country, "sector": reach.sector, "persons": reach.persons,
            "evidence": reach.evidence, "taken_back": False}
    return _reach(store.keep_programme("reach", body, what="reach", by=desk.person, at=desk.now()))


def take_back_reach(desk: Desk, number: int) -> Reach:
    """It was not so; both stay written, and the figures leave it out."""
    store = _may(desk, PLAN)
    before = next((one for one in store.programme("reach") if one.number == number and not one.body["taken_back"]), None)
    if before is None:
        raise WrongUse("reach: there is none with this number to take back.\n  See: safe programme list.")
    body = {**before.body, "taken_back": True}
    return _reach(store.keep_programme("reach", body, number=number, seen=before.revision, what="taken_back", by=desk.person, at=desk.now()))


# What may be written


def place_name(text: str, what: str) -> str:
    """A name of an organisation or a town as it is kept.

    Raises:
        WrongUse: there is none, it is too long, or it looks like a way to reach somebody.
    """
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if not 1 < len(name) <= LONGEST or _LIKE_A_CONTACT.search(name):
        raise WrongUse(f"{what}: the name of an organisation or a town, 2 to {LONGEST} letters.\n  No person, no number and no address.")
    return name


def _check_came(came: Came, attended: int) -> None:
    if not attended:
        raise WrongUse("participants: name colleagues who took part, or count a group.\n  If nobody came, cancel the workshop.")
    _one_of(came.sector, SECTORS, "sector")
    for one in came.groups:
        _country(one.country)
        _one_of(one.sector, SECTORS, "sector")
        _amount(one.number, "group", least=1)
        if one.person or (one.first is not None and not 0 <= one.first <= one.number):
            raise WrongUse("group: who came for the first time is part of the group.\n  Leave it out where nobody noted it.")
    known = load_programme().plan.materials
    for id in came.material:
        _one_of(id, tuple(known), "material")
    said = came.evaluation
    if said is None:
        return
    if not 0 < said.answered <= attended or not all(0 <= one <= said.answered for one in (said.useful, said.safe, said.ready)):
        raise WrongUse("evaluation: no more forms than people, and no answer more often than there are forms.\n  Leave it out where none were handed in.")


def _amount(number: int, what: str, *, least: int = 0) -> None:
    if not least <= number <= MOST:
        raise WrongUse(f"{what}: a whole number from {least} to {MOST}.")


def _one_of(word: str, known: Sequence[str], what: str) -> None:
    if word not in known:
        raise WrongUse(f"{what}: one of {', '.join(known)}.")


def _country(code: str) -> None:
    if code not in {one.iso3 for one in list_countries()}:
        raise WrongUse("country: three letters, such as NLD.\n  See: safe country --all.")


def _past(day: date, today: date) -> None:
    if not today - _BACK <= day <= today:
        raise WrongUse("day: today, or a day that is past.")


# What is kept


def _platform(store: Store, number: int) -> Platform:
    found = next((one for one in platforms(store) if one.number == number), None)
    if found is None:
        raise WrongUse("platform: there is none with this number.\n  See: safe programme list.")
    return found


def _entry(store: Store, number: int, states: Iterable[State]) -> Entry:
    found = next((one for one in store.programme("workshop") if one.number == number), None)
    if found is None:
        raise WrongUse("workshop: there is none with this number.\n  See: safe programme list.")
    if found.body["state"] not in states:
        raise WrongUse(f"workshop: this one is {found.body['state']}.\n  Put down another one.")
    return found


def _trainers(users: Iterable[str], country: str, day: date) -> list[Row]:
    return [Row("trainer", 0, country, "unknown", 1, None, day, user) for user in sorted(set(users))]


def _kept(store: Store, desk: Desk, body: dict[str, Any], who: Iterable[Row], before: Entry | None, what: State) -> Workshop:
    made = store.keep_programme("workshop", body, number=before.number if before else 0, seen=before.revision if before else 0, who=who, what=what,
                                by=desk.person, at=desk.now())
    return _workshop(made, store.attendance())


def _workshop(entry: Entry, rows: Iterable[Row]) -> Workshop:
    body, mine = entry.body, [row for row in rows if row.entry == entry.number]
    groups = tuple(Group(row.country, row.sector, row.number, row.first, row.person, row.user)  # type: ignore[arg-type]  # checked when it was written
                   for row in mine if row.kind == "participant")
    said = Evaluation(**body["evaluation"]) if body["evaluation"] else None
    state: State = next(one for one in STATES if one == body["state"])
    return Workshop(entry.number, state, date.fromisoformat(body["day"]), body["platform"], body["country"], body["town"], body["plan"], body["invited"],
                    body["outside_trainers"], tuple(row.user for row in mine if row.kind == "trainer" and row.user), tuple(body["material"]), groups, said)


def _reach(entry: Entry) -> Reach:
    body = entry.body
    return Reach(entry.number, date.fromisoformat(body["day"]), body["platform"], body["country"], body["sector"], body["persons"], body["evidence"],
                 body["taken_back"])


def _without_names(one: Workshop) -> Workshop:
    """Who took part and who trained is for a coordinator; others see how many, unless they are few."""
    return replace(one, trainers=(), groups=(), evaluation=None)
