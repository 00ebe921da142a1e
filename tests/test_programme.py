"""The trainers' programme: planned, held, passed on; first and second line apart; nobody from outside has a name, and small groups are not shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from team import ADMIN, make_team, opened
from test_learning import finish

from safe_lib import programme, teamwork
from safe_lib.casework import Desk
from safe_lib.engine.programme import Cell, Counted, Period, different, multiplier, reached, told, withheld
from safe_lib.model.errors import NotPermitted, StoreError, WrongUse
from safe_lib.model.programme import LEAST, Evaluation, Group, MarkCount, Reach, Workshop
from safe_lib.programme import Came, Planned
from safe_lib.store import Store

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
DAY = date(2026, 11, 10)
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_team(tmp_path_factory.mktemp("store"), users=("cora", "sven", "vera", "anna", "sofie"))


def at(store: Store, user: str) -> Desk:
    return Desk(store, user, "en", NOW.date(), now=lambda: NOW)


@pytest.fixture(scope="module")
def cora(team: Path) -> Iterator[Desk]:
    with opened(team, "cora") as store:
        yield at(store, "cora")


def group(number: int, first: int | None = None, sector: str = "ngo", country: str = "XAA") -> Group:
    return Group(country, sector, number, first)  # type: ignore[arg-type]


def new_workshop(desk: Desk, name: str) -> Workshop:
    platform = programme.add_platform(desk, f"Platform {name}", "XAA")
    return programme.plan(desk, Planned(platform.number, DAY, "Exampletown", trainers=("sofie",), outside_trainers=1, invited=20))


# What is kept


def test_a_workshop_is_planned_held_and_told(cora: Desk) -> None:
    """What was planned stays with what came of it: colleagues by name for a coordinator, people from outside as numbers, four numbers of the forms."""
    planned = new_workshop(cora, "one")
    came = Came(("sven", "vera"), "red_cross", (group(7, 6),), ("role_cards", "route_card"), Evaluation(8, 7, 8, 6))
    held = programme.held(cora, planned.number, came)

    found = next(one for one in programme.overview(cora).workshops if one.number == planned.number)
    assert found == held and (held.state, held.attended, held.trainers, held.invited) == ("held", 9, ("sofie",), 20)
    assert [one.user for one in held.groups] == ["sven", "vera", ""] and held.evaluation == Evaluation(8, 7, 8, 6)
    assert held.plan == "workshop_180 1.0.0"
    lines = [one.detail for one in cora.open_store().audit() if one.what.startswith("programme.")]
    assert f"workshop {planned.number} version 2" in lines and not any("sven" in one for one in lines)


def test_numbers_written_again_take_the_place_of_the_earlier(cora: Desk) -> None:
    """A correction is a new version; the earlier one stays in the store and counts no more."""
    planned = new_workshop(cora, "two")
    programme.held(cora, planned.number, Came(("sven",), groups=(group(30),)))
    held = programme.held(cora, planned.number, Came(groups=(group(12, 12),)))

    with cora.open_store()._reading() as connection:
        kept = connection.exec_driver_sql("SELECT revision FROM programme WHERE kind = 'workshop' AND entry = ?", (planned.number,)).scalars().all()
    assert held.attended == 12 and held.trainers == ("sofie",) and list(kept) == [1, 2, 3]


def test_two_windows_do_not_overwrite_each_other(cora: Desk, team: Path) -> None:
    """Who looked at an older version is told, and nothing of it is written."""
    planned = new_workshop(cora, "three")
    entry = next(one for one in cora.open_store().programme("workshop") if one.number == planned.number)
    programme.held(cora, planned.number, Came(groups=(group(9),)))

    with pytest.raises(WrongUse, match="somebody changed it meanwhile"):
        cora.open_store().keep_programme("workshop", entry.body, number=entry.number, seen=entry.revision, what="held", by="cora", at=NOW)
    assert next(one for one in programme.overview(cora).workshops if one.number == planned.number).attended == 9


def test_others_see_and_only_a_coordinator_writes_and_reads_names(cora: Desk, team: Path) -> None:
    """A volunteer sees that there was a workshop, and not who came; an administrator sees nothing of it; nobody but a coordinator writes."""
    planned = new_workshop(cora, "four")
    programme.note_trained(cora, "sofie", planned.platform, DAY)
    programme.held(cora, planned.number, Came(("vera",), groups=(group(3),)))

    assert [one.user for one in programme.overview(cora).trained] == ["sofie"]
    with opened(team, "vera") as store:
        seen = programme.overview(at(store, "vera"))
        assert not seen.trained and not seen.users and not seen.may_plan and len(seen.workshops) == len(programme.overview(cora).workshops)
        assert not any(one.trainers or one.groups or one.evaluation for one in seen.workshops)
        assert programme.told(at(store, "vera"), *NOVEMBER).held > 0
        with pytest.raises(NotPermitted):
            programme.cancel(at(store, "vera"), planned.number)
    with opened(team, ADMIN) as store, pytest.raises(NotPermitted):
        programme.overview(at(store, ADMIN))


def test_who_leaves_stays_as_a_number_only(tmp_path: Path) -> None:
    """That they were trained to train goes; what they took part in counts on, once, without them."""
    path = make_team(tmp_path, users=("cora", "sven"))
    with opened(path, "cora") as store:
        desk = at(store, "cora")
        one = programme.add_platform(desk, "Platform", "XAA")
        for _ in range(2):
            planned = programme.plan(desk, Planned(one.number, DAY, "Exampletown", trainers=("sven",)))
            programme.held(desk, planned.number, Came(("sven",), groups=(group(8, 8),)))
        programme.note_trained(desk, "sven", one.number, DAY)
        before = programme.told(desk, *NOVEMBER)
    with opened(path, ADMIN) as store:
        person = store.person("sven").id
        teamwork.remove_person(at(store, ADMIN), "sven")
    with opened(path, "cora") as store:
        desk = at(store, "cora")
        seen, after = programme.overview(desk), programme.told(desk, *NOVEMBER)
        with store._reading() as connection:
            left = connection.exec_driver_sql("SELECT count(*) FROM attendance WHERE person = ?", (person,)).scalar()

    assert left == 0 and not seen.trained and not any(one.trainers for one in seen.workshops)
    assert before.persons == after.persons == Counted(17, 17) and before.participations == after.participations


def test_occasions_can_be_taken_back(cora: Desk) -> None:
    """An occasion that was not so stays written and is left out of the figures."""
    platform = new_workshop(cora, "five").platform
    there = programme.told(cora, *NOVEMBER).reached
    made = programme.note_reach(cora, Reach(0, DAY, platform, "XAA", "police", 40, "list"))
    assert programme.told(cora, *NOVEMBER).reached.least == there.least + 40
    programme.take_back_reach(cora, made.number)

    assert programme.told(cora, *NOVEMBER).reached == there
    with pytest.raises(WrongUse, match="take back"):
        programme.take_back_reach(cora, made.number)


WRONG: dict[str, tuple[Callable[[Desk, int, int], object], str]] = {
    "no name": (lambda desk, p, w: programme.add_platform(desk, " ", "XAA"), "2 to 80 letters"),
    "a telephone number": (lambda desk, p, w: programme.add_platform(desk, "Anna 0612345678", "XAA"), "No person, no number"),
    "an address": (lambda desk, p, w: programme.add_platform(desk, "anna@example.org", "XAA"), "No person, no number"),
    "no such country": (lambda desk, p, w: programme.add_platform(desk, "Platform", "XYZ"), "three letters"),
    "twice": (lambda desk, p, w: programme.add_platform(desk, "platform WRONG", "XAA"), "there already"),
    "no such platform": (lambda desk, p, w: programme.plan(desk, Planned(999, DAY, "Exampletown", ("sven",))), "none with this number"),
    "no trainer": (lambda desk, p, w: programme.plan(desk, Planned(p, DAY, "Exampletown")), "name colleagues"),
    "far ahead": (lambda desk, p, w: programme.plan(desk, Planned(p, date(2099, 1, 1), "Exampletown", ("sven",))), "three years"),
    "less than none": (lambda desk, p, w: programme.plan(desk, Planned(p, DAY, "Exampletown", ("sven",), invited=-1)), "whole number"),
    "nobody came": (lambda desk, p, w: programme.held(desk, w, Came()), "cancel the workshop"),
    "no such workshop": (lambda desk, p, w: programme.held(desk, 999, Came(groups=(group(5),))), "none with this number"),
    "no such sector": (lambda desk, p, w: programme.held(desk, w, Came(groups=(group(5, sector="army"),))), "sector: one of"),
    "no such material": (lambda desk, p, w: programme.held(desk, w, Came(groups=(group(5),), material=("sweets",))), "material: one of"),
    "more new ones than there were": (lambda desk, p, w: programme.held(desk, w, Came(groups=(group(5, 6),))), "part of the group"),
    "more forms than people": (lambda desk, p, w: programme.held(desk, w, Came(groups=(group(5),), evaluation=Evaluation(6, 1, 1, 1))), "no more forms"),
    "more answers than forms": (lambda desk, p, w: programme.held(desk, w, Came(groups=(group(5),), evaluation=Evaluation(4, 5, 1, 1))), "no more forms"),
    "reached tomorrow": (lambda desk, p, w: programme.note_reach(desk, Reach(0, date(2026, 11, 28), p, "XAA", "ngo", 9, "list")), "past"),
    "reached nobody": (lambda desk, p, w: programme.note_reach(desk, Reach(0, DAY, p, "XAA", "ngo", 0, "list")), "from 1"),
    "half a month": (lambda desk, p, w: programme.told(desk, date(2026, 11, 1), date(2026, 11, 15)), "whole months"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_is_told_in_a_sentence(cora: Desk, case: str) -> None:
    """Nothing is written, and the sentence says what would do."""
    here = next((one.number for one in programme.overview(cora).platforms if one.name == "Platform wrong"), None)
    if here is None:
        here = programme.add_platform(cora, "Platform wrong", "XAA").number
        programme.plan(cora, Planned(here, DAY, "Exampletown", trainers=("sofie",)))
    before = programme.overview(cora)
    workshop = next(one.number for one in before.workshops if one.platform == here)
    do, words = WRONG[case]

    with pytest.raises(WrongUse, match=words):
        do(cora, here, workshop)
    assert programme.overview(cora) == before


def test_a_name_that_is_no_colleagues_is_refused_whole(cora: Desk) -> None:
    """A name of somebody who does not work here cannot get in, and nothing of that workshop is written."""
    planned = new_workshop(cora, "six")
    with pytest.raises(StoreError):
        programme.held(cora, planned.number, Came(("sven", "Mila Exampleperson"), groups=(group(5),)))

    found = next(one for one in programme.overview(cora).workshops if one.number == planned.number)
    assert found.state == "planned" and found.trainers == ("sofie",) and not found.groups
    with pytest.raises(WrongUse, match="this one is held"):
        programme.cancel(cora, programme.held(cora, planned.number, Came(groups=(group(5),))).number)


# Figures


def workshop(*groups: Group, day: date = DAY, number: int = 1) -> Workshop:
    return Workshop(number, "held", day, 1, "XAA", "Exampletown", "workshop_180 1.0.0", groups=groups)


def reach(persons: int | None, evidence: str = "list", day: date = DAY) -> Reach:
    return Reach(1, day, 1, "XAA", "ngo", persons, evidence)  # type: ignore[arg-type]


def test_a_colleague_counts_once_and_what_nobody_noted_is_a_range() -> None:
    """Different persons: a colleague once however often; of a group who came for the first time; where that is unknown, both ends."""
    mila = Group("XAA", "ngo", 1, None, person="p1", user="mila")

    assert different([mila, mila, group(10, 7)]) == Counted(8, 8)
    assert different([mila, group(10)]) == Counted(1, 11, 1)


def test_the_historic_example() -> None:
    """160 who took part and 900 reached by them: 5.6 for each, and the two are never one number."""
    found = told([workshop(group(160, 160))], [reach(600), reach(300, "estimate")], [], Period(*NOVEMBER))

    assert (found.persons, found.reached) == (Counted(160, 160), Counted(900, 900))
    assert found.multiplier == (5.625, 5.625)
    assert {one.id: one.number for one in found.by_evidence.cells} == {"list": 600, "estimate": 300}
    assert 1060 not in json.loads(json.dumps([found.persons.least, found.reached.least, found.participations.total]))


def test_unknown_stays_unknown() -> None:
    """An occasion that nobody counted gives no upper end; without a first line there is no ratio."""
    assert reached([reach(30), reach(None, "estimate")]) == Counted(30, None, 1)
    assert multiplier(Counted(10, 20, 1), Counted(30, None, 1)) == (1.5, None)
    assert multiplier(Counted(10, 20, 1), Counted(60, 60)) == (3.0, 6.0)
    assert multiplier(Counted(0, 0), Counted(60, 60)) is None and multiplier(Counted(5, 5), Counted(0, None, 1)) is None


def test_only_the_period_counts() -> None:
    """Planned and cancelled ones are told apart; what lies outside, or was taken back, is left out."""
    before, cancelled = workshop(group(9), day=date(2026, 10, 31)), replace(workshop(), state="cancelled")
    marks = [MarkCount("2026-10", 8, 8, 9), MarkCount("2026-11", 7, 8, 6)]
    found = told([before, cancelled, workshop(), replace(workshop(), state="planned")], [replace(reach(9), taken_back=True)], marks, Period(*NOVEMBER))

    assert (found.planned, found.held, found.cancelled, found.without_numbers) == (1, 1, 1, 1)
    assert found.reached == Counted(0, 0) and found.occasions == 0 and found.finished == 6
    assert found.marks.cells == (Cell("7/8", 6),)


# What is not shown


def possible(shown: dict[str, int | None], few: set[str], total: int | None, id: str) -> set[int]:
    """What a reader who knows the rule can still think of one hidden number, by trying everything."""
    hidden = [one for one, number in shown.items() if number is None]
    known = sum(number for number in shown.values() if number is not None)
    found = set()
    for said in product(*(range(1, LEAST) if one in few else range(LEAST, 30) for one in hidden)):
        if total is None or known + sum(said) == total:
            found.add(dict(zip(hidden, said, strict=True))[id])
    return found


@given(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 14), max_size=5))
def test_no_small_number_follows_from_what_is_shown(numbers: dict[str, int]) -> None:
    """Whoever knows the rule and the total still cannot tell a small number: at least three stay possible."""
    found = withheld(numbers)
    shown, few = {one.id: one.number for one in found.cells}, {one.id for one in found.cells if one.few}

    assert all(numbers[id] == number for id, number in shown.items() if number is not None) and set(shown) == {id for id in numbers if numbers[id]}
    assert few == {id for id, number in numbers.items() if 0 < number < LEAST}
    assert found.total in (None, sum(numbers.values()))
    if len([one for one in shown.values() if one is None]) <= 3:  # more are too many to try
        for id in few:
            assert shown[id] is None and len(possible(shown, few, found.total, id)) >= 3


def test_a_small_table_says_only_that_it_is_small() -> None:
    """Three people in two sectors: neither line nor total has a number."""
    found = withheld({"police": 2, "ngo": 1})

    assert [one.number for one in found.cells] == [None, None] and found.total is None and found.few
    assert withheld({}).total == 0 and withheld({"police": 9}).cells == (Cell("police", 9),)


def test_two_tables_of_the_same_people_do_not_give_each_other_away() -> None:
    """Where the table of sectors hides its total, the table of countries tells it neither."""
    groups = [group(4, sector="police", country="XAA"), group(4, sector="ngo", country="XAA")]
    found = told([workshop(*groups)], [], [], Period(*NOVEMBER))

    assert found.participations.total is None and found.by_country.total is None
    assert [one.number for one in found.by_country.cells] == [None]
    assert found.persons == Counted(0, 8, 2)


def test_a_mark_is_counted_apart_from_who_it_was(tmp_path: Path) -> None:
    """Passing adds one to a number of the month; passing again within a year, or failing, adds nothing; no column says who."""
    path = make_team(tmp_path, users=("sven",))
    with opened(path, "sven") as store:
        desk = at(store, "sven")
        finish(desk, wrong=1)
        assert store.marks_of_course("RHT-35") == (MarkCount("2026-11", 7, 8, 1),)
        finish(replace(desk, today=date(2026, 11, 29)))
        finish(replace(desk, today=date(2026, 11, 30)), wrong=4)
        assert store.marks_of_course("RHT-35") == (MarkCount("2026-11", 7, 8, 1),)
        finish(replace(desk, today=date(2027, 12, 1)))
        assert store.marks_of_course("RHT-35") == (MarkCount("2026-11", 7, 8, 1), MarkCount("2027-12", 8, 8, 1))
        with store._reading() as connection:
            columns = set(connection.exec_driver_sql("SELECT * FROM marks").keys())

    assert columns == {"id", "course", "month", "correct", "asked", "number"}
