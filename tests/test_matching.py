"""From an assessment to those who could help: three answers for every reason, no number, and safety before convenience."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safe_lib.catalogue import load_instrument
from safe_lib.catalogue.organisations import load_organisations, load_vocabulary
from safe_lib.catalogue.reading import read_yaml
from safe_lib.engine import assess
from safe_lib.engine.matching import Asking, Fit, cautions_in, match, needs_in
from safe_lib.model.answers import Answer, Answers, Person
from safe_lib.model.assessment import Assessment, Truth
from safe_lib.model.organisation import Organisation

DAY = date(2026, 11, 20)
WORDS = load_vocabulary()
INVENTED = load_organisations("XAA")
SCENARIOS: list[dict[str, Any]] = read_yaml(Path(__file__).parent / "matching" / "scenarios.yaml").value
WHOLE: list[dict[str, Any]] = read_yaml(Path(__file__).parent / "matching" / "from_assessments.yaml").value
TRUTHS = {"holds": Truth.HOLDS, "open": Truth.OPEN, "fails": Truth.FAILS}
SETS = ("groups", "not_groups", "avoid")


def asking(said: dict[str, Any]) -> Asking:
    """A question as a scenario writes it."""
    return Asking(**{"country": "XAA", "on": DAY, **{key: _read(key, value) for key, value in said.items()}})


def _read(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return frozenset(value) if key in SETS else tuple(value)
    return TRUTHS.get(value, value)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[one["name"] for one in SCENARIOS])
def test_scenario(scenario: dict[str, Any]) -> None:
    """Its name is the promise."""
    found = match(INVENTED, asking(scenario["asks"]), WORDS)
    by_truth = {key: {fit.organisation.id for fit in found if fit.truth is truth} for key, truth in TRUTHS.items()}

    for key in TRUTHS:
        if key in scenario:
            assert set(scenario[key]) <= by_truth[key] if scenario[key] else not by_truth[key], scenario["name"]
    for id, keys in scenario.get("because", {}).items():
        assert [one.key for one in _fit(found, id).reasons if one.truth is not Truth.HOLDS] == keys, scenario["name"]
    if "first" in scenario:
        assert found[0].organisation.id == scenario["first"]


def _fit(found: tuple[Fit, ...], id: str) -> Fit:
    return next(fit for fit in found if fit.organisation.id == id)


def test_there_are_enough_scenarios_and_each_is_a_sentence() -> None:
    """At least 25, each signed by its name."""
    assert len(SCENARIOS) >= 25
    assert all(one["name"].endswith(".") and one["name"][0].isupper() for one in SCENARIOS)


CODES = sorted(WORDS.target_groups)
ASKINGS = st.builds(
    Asking, services=st.lists(st.sampled_from(sorted(WORDS.services)), min_size=1, max_size=5, unique=True).map(tuple), country=st.just("XAA"), on=st.just(DAY),
    region=st.sampled_from(["", "XA-NO", "XA-LI"]), groups=st.frozensets(st.sampled_from(CODES), max_size=3),
    not_groups=st.frozensets(st.sampled_from(CODES), max_size=3),
    languages=st.sampled_from([(), ("en",), ("vi",)]), residence=st.sampled_from(["", *WORDS.residence]), return_country=st.sampled_from(["", "XAA", "NGA"]),
    authorities=st.sampled_from(Truth), contact_there=st.sampled_from(Truth), no_state_actor=st.sampled_from(Truth), near_network=st.sampled_from(Truth),
    avoid=st.frozensets(st.sampled_from(["XA-NO", "XA-LI", "Lake Vara"]), max_size=2))  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(ASKINGS)
def test_no_authority_of_the_country_of_return_ever_fits_while_it_must_hear_nothing(asks: Asking) -> None:
    """Whatever else is asked: while a hard stop says so, an authority there does not fit, and one that may be one stays open."""
    asks = replace(asks, return_country="XAA", no_state_actor=Truth.HOLDS)
    for fit in match(INVENTED, asks, WORDS):
        assert fit.organisation.state_actor is not True or fit.truth is Truth.FAILS
        assert fit.organisation.state_actor is False or fit.truth is not Truth.HOLDS


@settings(max_examples=150, deadline=None)
@given(ASKINGS)
def test_every_fit_follows_from_its_reasons(asks: Asking) -> None:
    """One reason that fails is enough not to fit; one that is open leaves it open; what fits stands first; nothing unverified fits."""
    found = match(INVENTED, asks, WORDS)
    order = [[Truth.HOLDS, Truth.OPEN, Truth.FAILS].index(fit.truth) for fit in found]

    assert order == sorted(order)
    for fit in found:
        truths = {one.truth for one in fit.reasons}
        wanted = Truth.FAILS if Truth.FAILS in truths else Truth.OPEN if Truth.OPEN in truths else Truth.HOLDS
        assert fit.truth is wanted and set(fit.services) <= set(asks.services) and fit.services
        assert fit.truth is not Truth.HOLDS or (fit.organisation.verified is not None and (DAY - fit.organisation.verified.on).days < 185)


@settings(max_examples=100, deadline=None)
@given(ASKINGS, st.sampled_from(["residence", "languages", "groups", "authorities", "contact_there"]))
def test_what_is_not_known_never_turns_into_a_no(asks: Asking, forgotten: str) -> None:
    """Taking knowledge away makes an answer open at most; what fits not without it, fits not for another reason."""
    empty: dict[str, Any] = {"residence": "", "languages": (), "groups": frozenset(), "authorities": Truth.OPEN, "contact_there": Truth.OPEN}
    before = {fit.organisation.id: fit.truth for fit in match(INVENTED, asks, WORDS)}
    after = {fit.organisation.id: fit.truth for fit in match(INVENTED, replace(asks, **{forgotten: empty[forgotten]}), WORDS)}

    assert all(before[id] is Truth.FAILS for id, truth in after.items() if truth is Truth.FAILS)


def assessed(answers: dict[str, str], scenario: str = "home_region") -> Assessment:
    """An assessment of the return with some hard stops and items, all else not asked."""
    said = Answers({id: Answer(code) for id, code in answers.items()}, Person("adult", False), scenario)
    return assess(load_instrument("safe_return"), said, on=DAY)


def test_an_active_hard_stop_shows_its_needs_and_cautions() -> None:
    """HS03 calls for a lawyer and keeps the authorities there away; HS10 calls for a bed."""
    found = assessed({"HS03": "active", "HS10": "active"})
    needs = {one.id: one for one in needs_in(found, WORDS.needs, "home_region")}
    cautions = cautions_in(found, WORDS.cautions, "home_region")

    assert needs["lawyer"].truth is Truth.HOLDS and "HS03" in needs["lawyer"].signs
    assert needs["place_to_sleep"].truth is Truth.HOLDS and needs["place_to_sleep"].signs == ("HS10",)
    assert needs["return_support"].truth is Truth.HOLDS and needs["status"].truth is Truth.FAILS
    assert cautions["no_state_actor"].truth is Truth.HOLDS


def test_what_was_not_asked_leaves_needs_and_cautions_open() -> None:
    """Nobody concludes from silence that somebody needs nothing, or that nothing has to be kept away."""
    found = assessed({})
    needs = {one.id: one.truth for one in needs_in(found, WORDS.needs)}

    assert needs["place_to_sleep"] is Truth.OPEN and needs["lawyer"] is Truth.OPEN
    assert {one.truth for one in cautions_in(found, WORDS.cautions).values()} == {Truth.OPEN}


def test_cleared_hard_stops_end_what_rests_on_them_alone() -> None:
    """With HS05 and HS10 cleared there is a place to sleep."""
    needs = {one.id: one.truth for one in needs_in(assessed({"HS05": "cleared", "HS10": "cleared"}), WORDS.needs)}

    assert needs["place_to_sleep"] is Truth.FAILS


def test_every_sign_of_the_vocabulary_is_one_of_the_instrument() -> None:
    """A need whose sign nobody knows would never be seen."""
    found = assessed({})
    instrument = load_instrument("safe_return")
    for one in (*WORDS.needs, *WORDS.cautions):
        assert set(one.when.hard_stops) <= set(found.hard_stops), one.id
        assert set(one.when.findings) <= {rule.id for rule in instrument.rules}, one.id
        assert set(one.when.domains) <= {group.id for group in instrument.groups}, one.id
        assert set(one.when.scenarios) <= {kind.id for kind in instrument.scenarios}, one.id


def test_our_own_reading_settles_nothing_in_the_country_of_return() -> None:
    """That an office there is not part of a state was concluded by us and asked of nobody: while none may hear, it has to be found out first."""
    lawyers = next(one for one in INVENTED if one.id == "xa-lawyers")
    read = replace(lawyers, own_reading=("state_actor",))
    asks = Asking(("legal_aid",), "XAA", DAY, return_country="XAA", no_state_actor=Truth.HOLDS, contact_there=Truth.HOLDS)

    def key_of(one: Organisation, asking: Asking) -> list[tuple[str, Truth]]:
        return [(reason.key, reason.truth) for reason in match((one,), asking, WORDS)[0].reasons if "authority" in reason.key]

    assert key_of(read, asks) == [("authority_read", Truth.OPEN)] and key_of(lawyers, asks) == [("no_authority", Truth.HOLDS)]
    assert key_of(read, replace(asks, no_state_actor=Truth.FAILS)) == [("authority_read", Truth.HOLDS)]
    assert key_of(read, replace(asks, return_country="NGA")) == [("authority_read", Truth.HOLDS)]


@pytest.mark.parametrize("scenario", WHOLE, ids=[one["name"] for one in WHOLE])
def test_from_the_answers_to_those_who_could_help(scenario: dict[str, Any]) -> None:
    """The whole way, as the page goes it; its name is the promise."""
    kind = scenario["scenario"]
    found = assessed(scenario["answers"], kind or "stay")
    needs = {one.id: one.truth for one in needs_in(found, WORDS.needs, kind)}
    cautions = {id: one.truth for id, one in cautions_in(found, WORDS.cautions, kind).items()}

    assert {id: needs[id] for id in scenario.get("needs", {})} == {id: TRUTHS[said] for id, said in scenario.get("needs", {}).items()}
    assert {id: cautions[id] for id in scenario.get("cautions", {})} == {id: TRUTHS[said] for id, said in scenario.get("cautions", {}).items()}
    if "for" not in scenario:
        return
    services = next(one.services for one in WORDS.needs if one.id == scenario["for"])
    there = "XAA" if kind in ("home_region", "relocation") else ""
    asks = Asking(services, "XAA", DAY, return_country=there, authorities=TRUTHS[scenario.get("authorities", "open")],
                  no_state_actor=cautions["no_state_actor"], near_network=cautions["near_network"], avoid=frozenset(scenario.get("avoid", ())),
                  not_groups=frozenset({"minors", "unaccompanied_minors"}))  # fmt: skip
    fits = match(INVENTED, asks, WORDS)
    by_id = {fit.organisation.id: fit.truth for fit in fits}

    assert not [id for id in scenario.get("helps", []) if by_id[id] is Truth.FAILS]
    assert not [id for id in scenario.get("not", []) if by_id[id] is not Truth.FAILS]
    for id, keys in scenario.get("because", {}).items():
        assert [one.key for one in _fit(fits, id).reasons if one.truth is Truth.OPEN] == keys
    assert not (there and cautions["no_state_actor"] is Truth.HOLDS and [fit for fit in fits if fit.organisation.state_actor and fit.truth is not Truth.FAILS])
