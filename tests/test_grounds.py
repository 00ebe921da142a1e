"""Promises about what an assessment rests on: the same information gives the same snapshot, and every change of it is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

import pytest
from small_instruments import MATRIX, ON, RULES, claim, country

from safe_lib.catalogue import instrument_files, load_instrument
from safe_lib.catalogue.countries import load_country
from safe_lib.engine import assess
from safe_lib.engine.assess import seen_in
from safe_lib.engine.conditions import Seen
from safe_lib.engine.country import theme_view
from safe_lib.engine.grounds import Changed, can_matter, changes, seen_in_snapshot, snapshot, topics_used
from safe_lib.engine.results import print_of, result, result_of, with_scenario
from safe_lib.model.answers import Answer, Answers, Departure, Person, Place
from safe_lib.model.country import Country, CountrySource, Figure, NotFound, Theme
from safe_lib.runtime.bench import forms

RETURN = load_instrument("safe_return")
TWO = {"one": CountrySource("one", "A report", "A ministry", "government", "2026-02", where="pages 3 to 5"),
       "two": CountrySource("two", "Another", "A union", "ngo", "2026-03")}
FIGURE = Figure("homicide_rate", "Homicides", 6.1, 2024, "per 100,000", "who", "safety", 0.35)
PLACE = country(claim("a", sources=("one", "two")), claim("b", theme="T02"), sources=TWO, figures={"homicide_rate": FIGURE},
                themes={"T05": Theme("T05", "Protection", (), 6, ("homicide_rate",)), "T02": Theme("T02", "Reprisals", (), 12)},
                not_found=(NotFound("places for men; searched 14 May 2026.", "T05"),))


def held(place: Country | None = PLACE, on: date = ON, themes: tuple[str, ...] = ("T02", "T05")) -> Any:
    return json.loads(json.dumps(snapshot(place, themes, on)))


# Which topics


def test_topics_are_those_of_the_domains_in_use_of_hard_stops_and_of_rules() -> None:
    """A future draws on the topics of its domains, of every hard stop that applies, and of the conditions on a country."""
    home = topics_used(RETURN, Answers(scenario="home_region"))
    stay = topics_used(RETURN, Answers(scenario="stay", given={f"HS{n:02}": Answer("not_applicable", reason="Stays.") for n in range(1, 15)}))

    assert home == tuple(f"T{n:02}" for n in range(1, 21))  # T16 by HS02, although no child is there
    assert stay == ("T01", "T05", "T12", "T20")  # VOL, HEA and STA; T05 by a rule
    assert topics_used(RULES, Answers()) == ("T05",)
    assert topics_used(load_instrument("ilo_adult_labour"), Answers()) == ()


def test_a_question_that_does_not_apply_draws_on_no_topic() -> None:
    """Without the only question on a topic, the topic is not drawn on."""
    all_of_saf = {f"SAF{n}": Answer("not_applicable", reason="Does not arise.") for n in (1, 2, 3)}

    assert topics_used(MATRIX, Answers()) == ("T05",)
    assert topics_used(MATRIX, Answers(all_of_saf)) == ()
    assert topics_used(MATRIX, Answers(scenario="stay")) == ()


# The snapshot


def test_the_same_information_gives_the_same_snapshot_on_any_day() -> None:
    """No day, no case, no person is in it; it changes on the day a claim runs out and not before."""
    assert held(on=date(2026, 4, 1)) == held(on=date(2027, 3, 30))
    assert held(on=date(2027, 3, 31)) != held(on=date(2027, 3, 30))


def test_a_snapshot_holds_what_a_later_reader_needs() -> None:
    """Each claim with level, status, days and sources, each source with the part that was read, each figure with its year."""
    taken = held()
    about = taken["themes"]["T05"]

    assert taken["country"] == "XAA"
    assert (about["level"], about["status"], about["voices"], about["single_source"]) == ("weak", "current", 2, False)
    assert about["claims"]["a"] | {"status": "current"} == about["claims"]["a"]
    assert {"says", "level", "as_of", "review_by", "who", "where", "checked", "sources"} <= about["claims"]["a"].keys()
    assert taken["sources"]["one"]["where"] == "pages 3 to 5"
    assert about["figures"]["homicide_rate"] | {"value": 6.1, "year": 2024, "source": "who"} == about["figures"]["homicide_rate"]
    assert about["not_found"] == ["places for men; searched 14 May 2026."]


def test_without_a_country_a_snapshot_says_so_and_without_topics_there_is_none() -> None:
    """No country is a gap, not an empty country; an instrument that draws on none has no snapshot."""
    assert held(None) == {"country": None, "themes": {"T02": None, "T05": None}, "sources": {}}
    assert snapshot(PLACE, (), ON) == {}


@pytest.mark.parametrize("iso3", ["XAA", "NGA", "ALB"])
@pytest.mark.parametrize("on", [date(2025, 1, 1), ON, date(2028, 1, 1)])
def test_rules_see_in_a_snapshot_what_they_saw_in_the_files(iso3: str, on: date) -> None:
    """Nothing that a rule looks at is lost on the way into a snapshot and back."""
    place = load_country(iso3)
    taken = held(place, on, tuple(place.themes))

    for theme in place.themes:
        assert seen_in_snapshot(taken, theme) == seen_in(theme_view(place, theme, on))


# What changed

OTHER = (
    ("claim_expired", PLACE, date(2027, 3, 31), Changed("claim_expired", "T05", "a", "2026-03-31", "2027-03-31")),
    ("claim_new", replace(PLACE, claims=(*PLACE.claims, claim("c", "strong"))), ON, Changed("claim_new", "T05", "c", "", "strong")),
    ("claim_gone", replace(PLACE, claims=PLACE.claims[1:]), ON, Changed("claim_gone", "T05", "a", "weak", "")),
    ("claim_changed", replace(PLACE, claims=(replace(PLACE.claims[0], level="strong"), PLACE.claims[1])), ON,
     Changed("claim_changed", "T05", "a", "weak", "strong")),
    ("claim_changed", replace(PLACE, claims=(replace(PLACE.claims[0], says="Says more."), PLACE.claims[1])), ON,
     Changed("claim_changed", "T05", "a", "weak", "weak")),
    ("figure_changed", replace(PLACE, figures={"homicide_rate": replace(FIGURE, value=7.5, year=2025)}), ON,
     Changed("figure_changed", "T05", "homicide_rate", "6.1 (2024)", "7.5 (2025)")),
    ("source_changed", replace(PLACE, sources={**TWO, "one": replace(TWO["one"], where="page 9")}), ON, Changed("source_changed", "", "one")),
    ("search_changed", replace(PLACE, not_found=()), ON, Changed("search_changed", "T05", "T05")),
    ("country", replace(PLACE, iso3="NGA"), ON, Changed("country", "", "NGA", "XAA", "NGA")),
)


@pytest.mark.parametrize(("what", "place", "on", "told"), OTHER)
def test_every_planted_change_is_told(what: str, place: Country, on: date, told: Changed) -> None:
    """Which claim, figure, source or search, on which topic, with what to show of it."""
    found = changes(held(), held(place, on))

    assert told in found
    assert {one.what for one in found} == {what}


def test_a_claim_that_was_renewed_is_told_as_renewed() -> None:
    """Outdated then, current now."""
    later = date(2027, 4, 1)
    renewed = replace(PLACE, claims=(replace(PLACE.claims[0], as_of=date(2027, 3, 1), review_by=date(2027, 9, 1)), PLACE.claims[1]))

    found = changes(held(on=later), held(renewed, later))

    assert [(one.what, one.id) for one in found] == [("claim_renewed", "a")]


def test_nothing_changed_is_nothing_told() -> None:
    """Equal snapshots have no changes, and topics of one side only are another instrument's, not the country's."""
    assert changes(held(), held()) == ()
    assert changes(held(themes=("T05",)), held()) == ()
    assert changes({}, held()) == changes(held(), {}) == ()


def test_only_what_rules_look_at_can_matter() -> None:
    """Other words, figures and sources change no result; another level, status or number of voices may."""
    def look(place: Country, on: date = ON) -> Any:
        return lambda theme: seen_in(theme_view(place, theme, on))

    assert not can_matter(held(), look(PLACE))
    for what, place, on, _ in OTHER:
        may = what in ("claim_expired", "claim_new", "claim_gone") or (what == "claim_changed" and place.claims[0].level == "strong")
        assert can_matter(held(), look(place, on)) is may, what
    assert can_matter(held(), lambda theme: Seen(None, "missing"))


# Results and fingerprints


@pytest.mark.parametrize("id", list(instrument_files()))
def test_the_short_result_is_that_of_the_assessment(id: str) -> None:
    """What is computed for many cases at once is exactly what `assess` finds, for every instrument and on forms of every kind."""
    instrument, place = load_instrument(id), load_country("XAA")

    for form in islice(forms(instrument, 7), 60):
        for on in (ON, date(2027, 11, 21)):
            whole = assess(instrument, form, place, on=on)
            assert result(instrument, form, lambda theme, on=on: seen_in(theme_view(place, theme, on))) == result_of(whole)
            assert whole.said == print_of(with_scenario(instrument, form))


BASE = Answers({"SAF-01": Answer("present", ("account",)), "SAF-02": Answer("unknown")}, Person("adult"), "home_region", Place("XAA"))


@pytest.mark.parametrize("other", [
    replace(BASE, given={**BASE.given, "SAF-02": Answer("absent")}),
    replace(BASE, given={**BASE.given, "SAF-01": Answer("present", ("document",))}),
    replace(BASE, given={**BASE.given, "SAF-03": Answer("absent")}),
    replace(BASE, given={"SAF-01": BASE.given["SAF-01"]}),
    replace(BASE, person=Person("child")),
    replace(BASE, person=Person("adult", True)),
    replace(BASE, scenario="relocation"),
    replace(BASE, place=Place("NGA")),
    replace(BASE, place=None),
    replace(BASE, severity={"SAF": Departure(2, "Agreed in supervision.")}),
    replace(BASE, unlisted={"risk": "absent"}),
])
def test_every_answer_counts_in_its_fingerprint(other: Answers) -> None:
    """Whatever an assessment looks at, the fingerprint looks at; the order in which answers came does not matter."""
    turned = replace(BASE, given=dict(reversed(list(BASE.given.items()))))

    assert print_of(other) != print_of(BASE)
    assert print_of(turned) == print_of(BASE)
