"""Legal procedures: the days that follow from facts, by the law of their date, and what is said when they are not known."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safe_lib.catalogue import load_texts, paths
from safe_lib.catalogue.facts import parse_facts
from safe_lib.catalogue.procedure_checks import check_procedures
from safe_lib.catalogue.procedures import load_law, load_procedure
from safe_lib.cli.app import run
from safe_lib.engine.facts import Facts
from safe_lib.engine.periods import easter_sunday, holidays, is_working_day, moved, parse_period
from safe_lib.engine.procedure_json import standpoint_as_data
from safe_lib.engine.procedures import banners, cases_touched, facts_asked, standpoint
from safe_lib.model.errors import AnswersError, WrongUse
from safe_lib.model.procedure import LawVersion, Period, Term

STORIES = Path(__file__).parent / "scenarios" / "procedures"
LAW = load_law()
DUTCH = LAW.procedures["NL-OBJ"].calendar


def stories() -> Iterator[Any]:
    """Every dated case of every file, under the sentence a lawyer would sign."""
    from safe_lib.catalogue.reading import read_yaml

    for path in sorted(STORIES.glob("*.yaml")):
        for story in read_yaml(path).value:
            yield pytest.param(story, id=f"{path.stem}: {story['name']}")


def view_of(id: str, facts: Mapping[str, Any], on: str, language: str = "en") -> dict[str, Any]:
    """What `safe procedure --json` says."""
    procedure, variant = load_procedure(id)
    given = parse_facts(json.dumps(facts).encode(), "facts.yaml", LAW.kinds, LAW.other_names).facts
    seen = standpoint(procedure, given, on=date.fromisoformat(on), variant=variant, minimum_days=LAW.minimum_days())
    return standpoint_as_data(seen, banners(procedure, LAW.changes), LAW.documents, load_texts(language))


@pytest.mark.parametrize("story", stories())
def test_dated_case(story: Mapping[str, Any]) -> None:
    """The case comes out as it was worked out by hand."""
    view = view_of(story["procedure"], story["facts"], story["date"])

    expect = dict(story["expect"])
    for id, wanted in expect.pop("deadlines", {}).items():
        found = view["deadlines"][id]
        assert {key: found[key] for key in ("earliest", "plan", "last")} == {key: wanted[key] for key in ("earliest", "plan", "last")}, id
        for flag in ("conflict", "undecided"):
            assert bool(found[flag]) is wanted.get(flag, False), (id, flag)
        assert ("Shorter than the minimum of COE-13" in found["remark"]) is wanted.get("below_minimum", False)
    assert {key: view[key] for key in expect} == expect


def test_there_are_sixty_dated_cases_and_more() -> None:
    """The cases cover every procedure, every minimum rule and every deadline."""
    cases = [param.values[0] for param in stories()]
    covered = {id for case in cases for id in case["expect"].get("deadlines", {})}  # type: ignore[attr-defined]

    assert len(cases) >= 60
    assert {rule.id for one in LAW.procedures.values() for rule in one.deadlines} == covered
    named = {case["procedure"] for case in cases}  # type: ignore[attr-defined]
    assert set(LAW.procedures) == {LAW.variants.get(id, id) for id in named}


def test_every_procedure_of_the_dossier_is_there_with_its_sources() -> None:
    """Four countries and two bodies of minimum rules; each rule says what it rests on, and until when to trust it."""
    wanted = {"NL-REFLECT", "NL-B83", "NL-B83-d", "NL-348g", "NL-EXT", "NL-CONT", "NL-OBJ", "NL-APPEAL", "NL-VOVO", "NL-HIGHER", "NL-ART12", "NL-SGM-OBJ",
              "NL-DEFAULT", "NL-RESP", "NL-ASYLUM", "NL-ART64", "NL-MINOR", "NL-FAMILY", "NL-DETENTION", "EU-NATIONAL", "NL-MED", "NL-STATEMENT", "NL-SGM",
              "NL-VOEG", "NL-MEASURE", "NL-ADV", "NL-WAGE", "NL-CIVIL", "NL-LEGALAID", "NL-DEBT", "NL-ID", "NL-BRP", "NL-ACC", "HU-ROUTE", "HU-REFLECT",
              "HU-PERMIT", "HU-COMP", "BG-NRM", "BG-REFLECT", "BG-SPEC", "BG-COMP", "MK-NRM", "MK-REFLECT", "MK-PERMIT", "MK-COMP"}

    assert wanted <= set(LAW.procedures)
    assert sum(one.kind == "minimum_rule" for one in LAW.procedures.values()) == 22
    assert [change.id for change in LAW.changes] == [f"C{number}" for number in range(1, 14)]
    assert all(one.sources and one.verified < one.verify_by for one in LAW.procedures.values())
    assert set(LAW.variants) == {"NL-B83-a", "NL-B83-b", "NL-B83-c", "NL-CONT-A", "NL-CONT-B", "NL-CONT-C"}


# The Dutch act on terms

HOLIDAYS = {  # worked out from published calendars, not from our rules: Easter Monday, Ascension, Whit Monday
    2020: "04-13 05-21 06-01", 2021: "04-05 05-13 05-24", 2022: "04-18 05-26 06-06", 2023: "04-10 05-18 05-29", 2024: "04-01 05-09 05-20",
    2025: "04-21 05-29 06-09", 2026: "04-06 05-14 05-25", 2027: "03-29 05-06 05-17", 2028: "04-17 05-25 06-05", 2029: "04-02 05-10 05-21",
    2030: "04-22 05-30 06-10", 2031: "04-14 05-22 06-02", 2032: "03-29 05-06 05-17", 2033: "04-18 05-26 06-06", 2034: "04-10 05-18 05-29",
    2035: "03-26 05-03 05-14",
}  # fmt: skip


@pytest.mark.parametrize("year", HOLIDAYS)
def test_dutch_holidays_from_2020_to_2035(year: int) -> None:
    """The table of the Dutch act is that of the printed calendars."""
    monday, ascension, whit = (date.fromisoformat(f"{year}-{day}") for day in HOLIDAYS[year].split())
    king = date(year, 4, 27) if date(year, 4, 27).weekday() != 6 else date(year, 4, 26)

    assert holidays(DUTCH.holidays, year) == {
        date(year, 1, 1), monday - timedelta(days=3), monday, king, date(year, 5, 5), ascension, whit, date(year, 12, 25), date(year, 12, 26)}


def test_easter_agrees_with_another_library() -> None:
    """Three hundred years of Easter Sundays as dateutil has them."""
    easter = import_module("dateutil.easter").easter
    assert [easter_sunday(year) for year in range(1900, 2200)] == [easter(year) for year in range(1900, 2200)]


def counted(anchor: date, number: int, unit: str, rolls: bool) -> date:
    """The same last day by another way: days one by one, months by dateutil, holidays from the printed table above."""
    relativedelta = import_module("dateutil.relativedelta").relativedelta
    end = anchor
    if unit in ("days", "weeks"):
        for _ in range(number * (7 if unit == "weeks" else 1)):
            end = date.fromordinal(end.toordinal() + 1)
    else:
        end = anchor + relativedelta(**{unit: number})
    while rolls and printed_closed(end):
        end = date.fromordinal(end.toordinal() + 1)
    return end


def printed_closed(day: date) -> bool:
    """A weekend or a holiday by the printed table."""
    easter_monday, ascension, whit = (date.fromisoformat(f"{day.year}-{text}") for text in HOLIDAYS[day.year].split())
    king = "04-26" if date(day.year, 4, 27).isoweekday() == 7 else "04-27"
    closed = {easter_monday, easter_monday - timedelta(days=3), ascension, whit, *(date.fromisoformat(f"{day.year}-{text}")
              for text in ("01-01", king, "05-05", "12-25", "12-26"))}
    return day.isoweekday() > 5 or day in closed


TERMS = (("NL-OBJ", "decision_made_known", "NL-OBJ-TERM", 4, "weeks", True), ("NL-SGM-OBJ", "decision_made_known", "NL-SGM-OBJ-TERM", 6, "weeks", True),
         ("NL-ART12", "decision_made_known", "NL-ART12-TERM", 3, "months", True), ("BG-REFLECT", "formal_identification", "BG-REFLECT-END", 30, "days", False),
         ("BG-SPEC", "formal_identification", "BG-COOP", 1, "months", False), ("HU-COMP", "crime_date", "HU-COMP-FILE", 3, "months", False),
         ("NL-WAGE", "wage_due_date", "NL-WAGE-5Y", 5, "years", False), ("NL-ADV", "judgment_final", "NL-ADV-8M", 8, "months", False))


def test_two_hundred_dates_agree_with_another_way_of_counting() -> None:
    """Twenty-five days in each of eight terms, spread over ten years with their month ends and leap days."""
    days = [date(2020, 1, 31) + timedelta(days=step * 151) for step in range(20)]
    days += [date(2024, 2, 29), date(2023, 12, 31), date(2026, 3, 6), date(2026, 11, 30), date(2025, 3, 29)]
    compared = {(rule, day): (view_of(id, {anchor: day.isoformat()}, "2026-11-26")["deadlines"][rule]["last"], counted(day, number, unit, rolls).isoformat())
                for id, anchor, rule, number, unit, rolls in TERMS for day in days}

    assert len(compared) == 200
    assert {key: pair for key, pair in compared.items() if pair[0] != pair[1]} == {}


def printed_holidays() -> list[date]:
    """Every Dutch holiday from 2020 to 2035 that lies on a weekday, by the printed table."""
    days = (date(2020, 1, 1) + timedelta(days=step) for step in range(16 * 366 - 12))
    return [day for day in days if day.year <= 2035 and day.isoweekday() <= 5 and printed_closed(day)]


def test_plans_and_last_days_agree_with_the_business_days_of_numpy() -> None:
    """Two hundred decisions over fifteen years: the plan rolls back, the last day forward, by another library and the printed table."""
    numpy = import_module("numpy")
    closed = numpy.array(printed_holidays(), dtype="datetime64[D]")
    days = [date(2020, 1, 3) + timedelta(days=27 * step) for step in range(200)]
    found = [standpoint(LAW.procedures["NL-OBJ"], Facts({"decision_made_known": day}), on=day).deadlines[0] for day in days]
    ends = numpy.array([day + timedelta(weeks=4) for day in days], dtype="datetime64[D]")

    assert [one.plan for one in found] == numpy.busday_offset(ends, 0, roll="backward", holidays=closed).tolist()
    assert [one.last for one in found] == numpy.busday_offset(ends, 0, roll="forward", holidays=closed).tolist()
    assert sum(one.plan != one.last for one in found) > 50


def test_months_counted_back_agree_with_dateutil() -> None:
    """The window to extend opens three months before the end of the permit, also from days that the earlier month does not have."""
    relativedelta = import_module("dateutil.relativedelta").relativedelta
    days = [date(2021, 5, 31) + timedelta(days=53 * step) for step in range(100)]
    found = [standpoint(LAW.procedures["NL-EXT"], Facts({"permit_end_date": day}), on=day).deadlines[0].last for day in days]

    assert found == [day - relativedelta(months=3) for day in days]


# Properties

DAYS = st.dates(date(2000, 1, 1), date(2150, 12, 31))
PERIODS = st.builds(Period, st.integers(1, 400), st.sampled_from(["days", "weeks", "months", "working_days"]))


@given(DAYS, DAYS, PERIODS)
def test_a_later_event_never_gives_an_earlier_last_day(one: date, other: date, period: Period) -> None:
    """Counting keeps the order of events."""
    first, second = sorted((one, other))

    assert moved(first, period, DUTCH) <= moved(second, period, DUTCH)


@given(DAYS, st.integers(1, 400))
def test_a_month_ends_on_the_same_number_or_on_the_last_day(start: date, months: int) -> None:
    """DR2, looked at from the other side: the day after has another number, or lies in another month."""
    end = moved(start, Period(months, "months"), DUTCH)

    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@given(DAYS)
def test_the_plan_is_a_working_day_and_never_after_the_law(day: date) -> None:
    """DR4 and DR5: the plan comes first, both are working days, and nothing lies between them that could have been the last day."""
    found = standpoint(LAW.procedures["NL-OBJ"], Facts({"decision_made_known": day}), on=day).deadlines[0]

    assert found.earliest and found.plan and found.last
    assert found.earliest <= found.plan <= found.last
    assert is_working_day(found.plan, DUTCH) and is_working_day(found.last, DUTCH)
    end = day + timedelta(weeks=4)
    assert found.plan <= end <= found.last
    assert not any(is_working_day(end + timedelta(days=step), DUTCH) for step in range((found.last - end).days))


@given(DAYS, st.sampled_from(["yes", "no", "unknown", "declined", None]))
def test_not_knowing_never_gives_a_later_day(day: date, said: str | None) -> None:
    """What is not known is never taken for the answer that gives more time."""
    known = Facts({"reflection_granted": day} | ({"responsibility_case": said} if said else {}))
    last = standpoint(LAW.procedures["NL-REFLECT"], known, on=day).deadlines[0].last
    both = [standpoint(LAW.procedures["NL-REFLECT"], Facts({"reflection_granted": day, "responsibility_case": word}), on=day).deadlines[0].last
            for word in ("yes", "no")]

    assert last == (both[0] if said == "yes" else both[1] if said == "no" else min(filter(None, both)))


@pytest.mark.parametrize("id", LAW.procedures)
def test_nothing_known_leaves_nothing_out(id: str) -> None:
    """DR6: every deadline is there, unknown, and says whom to ask today; no procedure is taken to be closed to the person."""
    view = view_of(id, {}, "2026-11-26")

    assert set(view["deadlines"]) == {rule.id for rule in LAW.procedures[id].deadlines}
    assert all(one["last"] == one["plan"] == one["earliest"] == "unknown" for one in view["deadlines"].values())
    assert all("ask lawyer today" in one["remark"] for one in view["deadlines"].values())
    assert view["may_apply"] in ("open", "holds") if LAW.procedures[id].kind == "minimum_rule" else view["may_apply"] == "open"
    assert view["not_legal_advice"].startswith("This is not legal advice") and view["verified"] == "2026-11-21"


# A change of the law

def with_longer_reflection() -> Any:
    """NL-REFLECT as if 60 days held for responsibility cases granted from 2025 on."""
    procedure = LAW.procedures["NL-REFLECT"]
    rule, *others = procedure.deadlines
    newest = rule.versions[-1]
    terms = tuple(replace(term, period=Period(60, "days")) if term.when else term for term in newest.terms)
    return replace(procedure, deadlines=(replace(rule, versions=(*rule.versions, LawVersion(date(2025, 1, 1), terms))), *others))


def test_a_change_of_the_law_lists_exactly_the_cases_it_touches() -> None:
    """Of a thousand invented cases only those granted since, where another state is or may be responsible."""
    answers = ("yes", "no", "unknown")
    cases = [(f"DEMO-{number:04}", date(2022, 1, 1) + timedelta(days=2 * number), answers[number % 3]) for number in range(1000)]
    given_cases = [(reference, Facts({"reflection_granted": day, "responsibility_case": said})) for reference, day, said in cases]
    touched = cases_touched(LAW.procedures["NL-REFLECT"], with_longer_reflection(), given_cases, on=date(2026, 11, 26))

    assert [one.reference for one in touched] == [reference for reference, day, said in cases if day >= date(2025, 1, 1) and said != "no"]
    assert {one.deadlines for one in touched} == {("NL-REFLECT-END",)}


def test_the_same_law_touches_nobody() -> None:
    """Reading a file again changes no case."""
    one = LAW.procedures["NL-REFLECT"]

    assert cases_touched(one, one, [("DEMO-0001", Facts({"reflection_granted": date(2026, 1, 1)}))], on=date(2026, 11, 26)) == ()


def test_a_term_in_years_does_not_run_on() -> None:
    """Algemene termijnenwet, art. 4: only terms up to 90 days, 12 weeks or 3 months run on."""
    procedure = LAW.procedures["NL-OBJ"]
    rule = procedure.deadlines[0]
    saturday = date(2026, 2, 28)
    for text, runs_on in (("3 months", True), ("4 months", False), ("1 year", False), ("90 days", True), ("91 days", False)):
        term = Term(parse_period(text), ("ATW",), "seen")
        changed = replace(procedure, deadlines=(replace(rule, versions=(LawVersion(None, (term,)),)),))
        start = next(day for day in (saturday - timedelta(days=step) for step in range(400)) if moved(day, parse_period(text), DUTCH) == saturday)
        found = standpoint(changed, Facts({"decision_made_known": start}), on=start).deadlines[0]

        assert found.last == (date(2026, 3, 2) if runs_on else saturday), text


# What the reader is told

def test_past_its_day_a_rule_says_verify_first() -> None:
    """A rule is trusted until its day of verification, and not a day longer."""
    assert view_of("NL-REFLECT", {}, "2027-01-31")["verify_first"] is False
    late = view_of("NL-REFLECT", {}, "2027-02-01")
    assert late["verify_first"] is True
    assert "verify first" in late["deadlines"]["NL-REFLECT-END"]["remark"]


def test_recalled_rules_stay_visibly_unverified() -> None:
    """Nothing recalled is shown as seen, in either language."""
    objection = view_of("NL-OBJ", {"decision_made_known": "2026-03-02"}, "2026-03-10")["deadlines"]["NL-OBJ-TERM"]
    dutch = view_of("NL-OBJ", {"decision_made_known": "2026-03-02"}, "2026-03-10", "nl")

    assert (objection["status"], objection["confidence"]) == ("recalled, verify", "high")
    assert "Recalled and not verified" in objection["remark"]
    assert "Uit herinnering" in dutch["deadlines"]["NL-OBJ-TERM"]["remark"] and dutch["translation"] == "draft"


def test_banners_stand_where_they_belong() -> None:
    """A reader of a procedure sees the changes of law that touch it, and no others."""
    shown = {id: {one.id for one in banners(LAW.procedures[id], LAW.changes)} for id in ("NL-REFLECT", "NL-EXT", "HU-COMP", "MK-COMP", "NL-WAGE")}

    assert shown == {"NL-REFLECT": {"C1", "C2", "C7"}, "NL-EXT": {"C3"}, "HU-COMP": {"C10"}, "MK-COMP": {"C11"}, "NL-WAGE": set()}
    assert {change.id for change in LAW.changes} == {change.id for one in LAW.procedures.values() for change in banners(one, LAW.changes)}


def test_a_fact_that_no_rule_asks_for_is_told() -> None:
    """A slip of the pen does not pass for a fact that was given."""
    view = view_of("NL-REFLECT", {"reflection_grantd": "2026-01-15"}, "2026-02-01")

    assert view["unused_facts"] == ["reflection_grantd"]
    assert view["deadlines"]["NL-REFLECT-END"]["last"] == "unknown"


@pytest.mark.parametrize("facts", [{"reflection_granted": "2026-02-30"}, {"reflection_granted": "soon"}, {"responsibility_case": "maybe"},
                                   {"reflection_granted": "0001-01-01"}, {"reflection_granted": "9999-12-31"}, {"ind_letter_term": "a while"},
                                   {"reflection_granted": ["2026-01-01"]}, {"role": "x" * 101}])
def test_a_fact_that_cannot_be_meant_is_refused_without_repeating_it(facts: Mapping[str, Any]) -> None:
    """The message names the fact and the repair, never the value."""
    with pytest.raises(AnswersError) as refused:
        view_of("NL-REFLECT", facts, "2026-02-01")

    (name, value), = facts.items()
    assert name in str(refused.value) and str(value) not in str(refused.value)


def test_a_fact_may_have_the_name_of_the_older_law() -> None:
    """What was called Dublin is the responsible state now; said under both names, it is refused."""
    view = view_of("NL-REFLECT", {"reflection_granted": "2026-10-31", "dublin_case": True}, "2026-11-26")

    assert (view["deadlines"]["NL-REFLECT-END"]["last"], view["unused_facts"]) == ("2026-11-30", [])
    with pytest.raises(AnswersError):
        view_of("NL-REFLECT", {"dublin_case": True, "responsibility_case": False}, "2026-11-26")


def test_every_state_and_fact_has_its_words() -> None:
    """No reader meets a code: each state is said in both languages, each fact of a rule in words."""
    states = {state for one in LAW.procedures.values() for state in one.states}

    for language in ("en", "nl"):
        assert {state for state in states if f"procedure.states.{state}" not in load_texts(language).entries} == set()
    assert {name for one in LAW.procedures.values() for name in facts_asked(one)} <= set(LAW.facts)


VALUES = st.one_of(st.none(), st.booleans(), st.sampled_from(["unknown", "declined", "unsafe_to_ask", "yes", "no"]),
                   st.dates(date(1900, 1, 1), date(2199, 12, 31)))


@given(st.sampled_from(sorted(LAW.procedures)), st.dictionaries(st.sampled_from(sorted(set(LAW.facts) - {"ind_letter_term", "fund_letter_term",
       "decision_term", "commission_term"})), VALUES), DAYS)
def test_whatever_is_known_every_deadline_has_its_days(id: str, facts: Mapping[str, Any], on: date) -> None:
    """No mixture of facts leaves a deadline out, turns the days round, or ends in a state that is not one."""
    said = {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}
    view = view_of(id, said, on.isoformat())

    assert view["state"] in (*LAW.procedures[id].states, "")
    assert list(view["deadlines"]) == [rule.id for rule in LAW.procedures[id].deadlines]
    for one in view["deadlines"].values():
        days = [one[key] for key in ("earliest", "plan", "last") if one[key] != "unknown"]
        assert len(days) in (0, 3) or one["plan"] != "unknown"
        assert not days or one["earliest"] <= one["plan"]


def test_a_route_shows_the_deadlines_on_its_way_with_their_own_law() -> None:
    """What is taken over keeps its basis, and the earlier day of verification counts for the whole."""
    route = view_of("HU-ROUTE", {"crime_date": "2026-11-30"}, "2026-12-10")

    assert list(route["deadlines"]) == ["HU-REFLECT-END", "HU-COMP-FILE", "HU-COMP-DECIDE"]
    assert route["deadlines"]["HU-COMP-FILE"] == view_of("HU-COMP", {"crime_date": "2026-11-30"}, "2026-12-10")["deadlines"]["HU-COMP-FILE"]
    assert {"BG-REFLECT-END", "BG-COOP"} == set(view_of("BG-REFLECT", {}, "2026-12-10")["deadlines"])


# The check and the command

@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the procedures that a test may spoil."""
    shutil.copytree(paths.INSTRUMENTS / "procedures", tmp_path / "procedures")
    return tmp_path


def test_the_procedures_of_the_project_are_sound() -> None:
    """`safe check` finds nothing in them."""
    assert check_procedures() == []


@pytest.mark.parametrize(("old", "new", "told"), [
    ("sources: [L7, L8, L9, L2]\n", "", '"sources" is missing'),
    ("sources: [L7, L8, L9, L2]\n", "sources: []\n", '"sources"'),
    ("verify_by: 2027-01-31\n", "", '"verify_by" is missing'),
    ("verified: 2026-11-21\n", "", '"verified" is missing'),
    ("status: seen\n", "", '"status" is missing'),
    ("verify_by: 2027-01-31", "verify_by: 2026-01-31", "before it was verified"),
    ("status: seen\n", "status: sure\n", '"status"'),
    ("sources: [L7, L9], status: seen", "sources: [L7, L9]", "status"),
    ("source: L8", "source: L888", 'no source "L888"'),
    ("responsibility_case is yes", "responsibility_cas is yes", 'Did you mean "responsibility_case"'),
    ("role is witness_only", "role = witness_only", "not understood"),
    ("role is witness_only", "role is witness_onely", 'Did you mean "witness_only"'),
    ("to: ended_lapsed", "to: ended_laps", 'Did you mean "ended_lapsed"'),
    ("passed: NL-REFLECT-END", "passed: NL-REFLECT-ENDE", 'Did you mean "NL-REFLECT-END"'),
    ("anchor: reflection_granted", "anchor: reflection_grantd", 'Did you mean "reflection_granted"'),
    ("[consent_form, police_statement]", "[consent_from, police_statement]", 'Did you mean "consent_form"'),
    ("term: 30 days", "term: thirty days", "term"),
    ("calendar: NLD", "calendar: NLX", 'no calendar "NLX"'),
    ("in_force_from: 2023-05-19 ", "in_force_from: 2023-05-32 ", "not one"),
    ("id: NL-REFLECT\n", "id: NL-REFLECTION\n", "its file"),
])
def test_a_spoiled_procedure_is_refused(own: Path, old: str, new: str, told: str) -> None:
    """Without sources, validity or standing, or naming what is not there, a file is refused, with line and repair."""
    file = own / "procedures" / "nld" / "nl_reflect.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    problems = [str(problem) for problem in check_procedures(own)]

    assert any(told in problem and problem.startswith("nl_reflect.yaml:") for problem in problems), problems


def test_every_problem_is_told_at_once(own: Path) -> None:
    """Three files with a fault each, and one with two, give five problems in one run."""
    for name, old in (("nl_obj", "verify_by: 2027-01-31\n"), ("nl_ext", "kind: residence\n"), ("nl_sgm", "calendar: NLD\n")):
        file = own / "procedures" / "nld" / f"{name}.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace(old, ""), encoding="utf-8")
    file = own / "procedures" / "hun" / "hu_comp.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("source: L36}", "source: L99}").replace("to: decided,", "to: decidde,"), encoding="utf-8")
    told = {problem.file for problem in check_procedures(own)}

    assert told >= {"nl_obj.yaml", "nl_ext.yaml", "nl_sgm.yaml", "hu_comp.yaml"}


def test_the_command_gives_the_contract(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """State, steps, documents, and per deadline earliest, plan, last, conflict, basis, remark; the same bytes twice."""
    facts = tmp_path / "facts.yaml"
    facts.write_text("crime_date: 2026-11-30\n", encoding="utf-8")
    line = ["procedure", "HU-COMP", "--facts", str(facts), "--date", "2026-12-10", "--json"]

    assert run(line) == 0
    first = capfd.readouterr().out
    assert run(line) == 0
    assert capfd.readouterr().out == first
    said = json.loads(first)
    assert said["state"] == "eligible" and said["steps"] and said["documents"]
    deadline = said["deadlines"]["HU-COMP-FILE"]
    assert (deadline["earliest"], deadline["plan"], deadline["last"]) == ("2026-12-01", "2027-02-26", "2027-02-28")
    assert [one["term"] for one in deadline["conflict"]] == ["3 months", "1 year"]
    assert any("CXXXV" in basis for basis in deadline["basis"]) and "shortest term" in deadline["remark"]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_command_in_words_says_that_it_is_not_advice(language: str, capfd: pytest.CaptureFixture[str]) -> None:
    """In each language: not legal advice, when it was last verified, and the unknown day."""
    assert run(["procedure", "nl-b83-A", "--date", "2026-11-26", "--lang", language]) == 0
    said = capfd.readouterr().out

    assert load_texts(language)("procedure.not_legal_advice") in said and "2026-11-21" in said
    assert load_texts(language)("procedure.unknown_day") in said and "procedure." not in said
    assert (load_texts(language)("page.draft_translation") in said) is (language == "nl")


def test_the_list_and_a_wrong_name(capfd: pytest.CaptureFixture[str]) -> None:
    """Without an id every procedure is listed; an unknown one is wrong use, and is not repeated."""
    assert run(["procedure", "--json"]) == 0
    assert {one["id"] for one in json.loads(capfd.readouterr().out)} == set(LAW.procedures)
    assert run(["procedure", "NL-NOTHING"]) == WrongUse.exit_code
    assert "NOTHING" not in capfd.readouterr().err


def test_a_state_that_is_none_of_the_procedure_is_told() -> None:
    """A state somebody named counts; one that does not exist is told, and not taken for the first."""
    named = view_of("NL-EXT", {"state": "filed", "ind_extends": "2026-12-01"}, "2026-12-02")
    wrong = view_of("NL-EXT", {"state": "field"}, "2026-12-02")

    assert (named["state"], named["unused_facts"]) == ("extended", [])
    assert (wrong["state"], wrong["unused_facts"]) == ("waiting", ["state"])


@given(DAYS)
def test_an_opening_is_planned_from_its_day_on_and_a_limit_before_it(day: date) -> None:
    """Nothing is planned before a window opens, and nothing after the last safe day; the grace day is never a plan."""
    opens, safe, grace = standpoint(LAW.procedures["NL-EXT"], Facts({"permit_end_date": day}), on=day).deadlines

    assert opens.last and opens.plan and safe.earliest and safe.plan and safe.last and opens.last <= opens.plan
    assert opens.last == safe.earliest <= safe.plan <= safe.last == day - timedelta(days=1)
    assert (grace.earliest, grace.plan, grace.reminders) == (safe.earliest, safe.plan, safe.reminders)
