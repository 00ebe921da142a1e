"""What holds for every form, whatever is answered: the promises of the dossiers, tried on drawn forms.

Identification: identification.md A.2 and A.4. Return: safe_return.md F3 and F10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import product
from random import Random
from typing import Any, Final

import oracle_ilo
import oracle_return
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from safe_lib.catalogue import load_instrument
from safe_lib.engine import as_json, assess
from safe_lib.model.answers import OPEN_CODES, AgeGroup, Answer, Answers, Departure, Person, Place
from safe_lib.model.assessment import Assessment
from safe_lib.model.instrument import Instrument, Weight

ON: Final = date(2026, 11, 21)
CALM: Final = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

Codes = dict[str, str]


@cache
def instrument(name: str) -> Instrument:
    """An instrument of the catalogue, read once."""
    return load_instrument(name)


def recorded(codes: Mapping[str, str]) -> dict[str, Answer]:
    """Codes as answers."""
    return {item: Answer(code) for item, code in codes.items()}


# --- identification ---

FORMS: Final = st.sampled_from(oracle_ilo.SETS)
INDICATOR_CODES: Final = st.sampled_from(("absent", "present", "present", "verified", *OPEN_CODES))
RANK: Final = {"negative": 0, "open": 1, "positive": 2}


@st.composite
def indicator_forms(draw: st.DrawFn) -> tuple[str, Codes]:
    """A set, and a form on which some indicators are answered and the rest are all absent or all unasked."""
    form = draw(FORMS)
    items = sorted(oracle_ilo.STRENGTHS[form])
    rest = draw(st.sampled_from(("absent", "not_asked")))
    answered = draw(st.dictionaries(st.sampled_from(items), INDICATOR_CODES, max_size=14))
    return form, {item: answered.get(item, rest) for item in items}


def identify(form: str, codes: Mapping[str, str], age: AgeGroup | None = None, by: Instrument | None = None) -> Assessment:
    """What the engine says of one identification form."""
    return assess(by or instrument(form), Answers(given=recorded(codes), person=Person(age_group=age)), None, on=ON)


def dimension_results(found: Assessment) -> dict[str, str]:
    """Result of each dimension."""
    return {name: dimension.result for name, dimension in found.dimensions.items()}


def present_only(form: str, items: set[str]) -> Codes:
    """These indicators are present and all others absent."""
    return {item: "present" if item in items else "absent" for item in oracle_ilo.STRENGTHS[form]}


@CALM
@given(drawn=indicator_forms(), data=st.data())
def test_one_more_indicator_never_turns_a_dimension_away_from_positive(drawn: tuple[str, Codes], data: st.DataObject) -> None:
    """Adding an indicator is monotone in every dimension (A.2)."""
    form, codes = drawn
    item = data.draw(st.sampled_from(sorted(codes)))
    before = dimension_results(identify(form, codes))

    after = dimension_results(identify(form, {**codes, item: "present"}))

    assert all(RANK[after[name]] >= RANK[before[name]] for name in before if codes[item] == "absent")
    assert all(after[name] == "positive" for name in before if before[name] == "positive")


@CALM
@given(drawn=indicator_forms(), data=st.data())
def test_a_stronger_indicator_never_turns_a_dimension_away_from_positive(drawn: tuple[str, Codes], data: st.DataObject) -> None:
    """Raising a strength is monotone in every dimension (A.2)."""
    form, codes = drawn
    raised = data.draw(st.sampled_from([item.id for item in instrument(form).items if item.id in codes]))
    before = dimension_results(identify(form, codes))

    after = dimension_results(identify(form, codes, by=with_strong(instrument(form), raised)))

    assert all(RANK[after[name]] >= RANK[before[name]] for name in before)


def with_strong(original: Instrument, raised: str) -> Instrument:
    """The same instrument with one indicator strong in every reading."""
    items = tuple(replace(item, weights={reading: Weight("strong") for reading in item.weights}) if item.id == raised else item for item in original.items)
    return replace(original, items=items, hash=f"{original.hash}-{raised}")


@CALM
@given(drawn=indicator_forms(), seed=st.integers(0, 999))
def test_order_of_answers_never_matters_for_indicators(drawn: tuple[str, Codes], seed: int) -> None:
    """The same answers in another order give the same bytes (A.2)."""
    form, codes = drawn
    shuffled = list(codes.items())
    Random(seed).shuffle(shuffled)

    assert as_json(identify(form, dict(shuffled))) == as_json(identify(form, codes))


@pytest.mark.parametrize("form", oracle_ilo.SETS)
def test_one_indicator_alone_is_never_positive(form: str) -> None:
    """Whichever single indicator is present, no dimension is positive (A.2)."""
    for item in oracle_ilo.STRENGTHS[form]:
        found = dimension_results(identify(form, present_only(form, {item})))

        assert set(found.values()) == {"negative"}, item


@pytest.mark.parametrize("form", oracle_ilo.SETS)
def test_weak_indicators_alone_are_never_positive(form: str) -> None:
    """All weak indicators of a set together make no dimension positive (A.2)."""
    weak = {item for item, (strength, _certainty) in oracle_ilo.STRENGTHS[form].items() if strength == "weak"}

    found = identify(form, present_only(form, weak))

    assert set(dimension_results(found).values()) == {"negative"}
    assert found.outcome.id == "no_positive_dimension"


@CALM
@given(drawn=indicator_forms(), data=st.data())
def test_each_dimension_is_judged_by_itself(drawn: tuple[str, Codes], data: st.DataObject) -> None:
    """An answer in one dimension leaves every other dimension as it was (A.2)."""
    form, codes = drawn
    item = data.draw(st.sampled_from(sorted(codes)))
    code = data.draw(INDICATOR_CODES)
    before = identify(form, codes).dimensions

    after = identify(form, {**codes, item: code}).dimensions

    assert {name: after[name] for name in after if not item.startswith(name)} == {name: before[name] for name in before if not item.startswith(name)}


@CALM
@given(
    drawn=indicator_forms(),
    age=st.sampled_from(("child", "disputed")),
    exploited=st.booleans(),
    seed=st.integers(0, 99),
)
def test_for_a_child_the_means_do_not_matter(drawn: tuple[str, Codes], age: AgeGroup, exploited: bool, seed: int) -> None:
    """Exploitation alone decides the child's class; deception, force and abuse add nothing to it (A.4)."""
    form, codes = drawn
    exploitation = [item for item in codes if item.startswith("EX")]
    other_means = {item: Random(seed).choice(("absent", "present", "unknown")) for item in codes if item[:2] != "EX"}
    settled = {**codes, **dict.fromkeys(exploitation, "present" if exploited else "absent")}

    with_these = identify(form, settled, age).outcome
    with_others = identify(form, {**settled, **other_means}, age).outcome

    assert (with_these.id == "child_trafficking") is exploited
    assert (with_others.id == "child_trafficking") is exploited


@CALM
@given(drawn=indicator_forms())
def test_in_doubt_about_age_the_child_reading_leads(drawn: tuple[str, Codes]) -> None:
    """Where the age is disputed, the child's result stands first and the adult's beside it (A.4)."""
    form, codes = drawn

    found = identify(form, codes, "disputed")

    assert set(found.readings) == {"child", "adult"}
    assert found.outcome == found.readings["child"].outcome
    assert dict(found.dimensions) == dict(found.readings["child"].dimensions)


@pytest.mark.parametrize(("form", "age"), list(product(oracle_ilo.SETS, (None, "adult", "child", "disputed"))))
def test_an_empty_identification_form_is_open_everywhere(form: str, age: AgeGroup | None) -> None:
    """Nothing asked is nothing known: never negative, never a class."""
    found = identify(form, {}, age)

    assert set(dimension_results(found).values()) == {"open"}
    assert found.outcome.id == "open"
    assert found.outcome.if_unknown_absent == "no_positive_dimension"


@CALM
@given(drawn=indicator_forms(), data=st.data())
def test_every_way_of_not_knowing_counts_the_same(drawn: tuple[str, Codes], data: st.DataObject) -> None:
    """Unknown, not asked, declined and unsafe to ask leave the same results open."""
    form, codes = drawn
    other = data.draw(st.sampled_from(OPEN_CODES))
    changed = {item: other if code in OPEN_CODES else code for item, code in codes.items()}

    before, after = identify(form, codes), identify(form, changed)

    assert (after.outcome, dict(after.dimensions)) == (before.outcome, dict(before.dimensions))


@CALM
@given(drawn=indicator_forms(), data=st.data())
def test_an_unknown_indicator_is_never_an_absent_one(drawn: tuple[str, Codes], data: st.DataObject) -> None:
    """Turning an absent indicator unknown takes nothing away and can only widen the range (A.4)."""
    form, codes = drawn
    absent = sorted(item for item, code in codes.items() if code == "absent")
    assume(absent)
    item, code = data.draw(st.sampled_from(absent)), data.draw(st.sampled_from(OPEN_CODES))
    before = identify(form, codes)

    after = identify(form, {**codes, item: code})

    assert after.outcome.if_unknown_absent == before.outcome.if_unknown_absent
    assert {before.outcome.id, "open"} >= {after.outcome.id}
    assert all(RANK[dimension_results(after)[name]] >= RANK[result] for name, result in dimension_results(before).items())


# --- return ---

SCENARIOS: Final = st.sampled_from(oracle_return.SCENARIOS)
ITEMS: Final = sorted(oracle_return.KIND)
GOOD: Final = {"risk": "absent", "protective": "absent", "hard_stop": "cleared"}
LADDERS: Final = oracle_return.OBSERVED
WORSE: Final = {name: place for place, name in enumerate(oracle_return.BEST_FIRST)}  # outcome → how bad
LEVEL: Final = {name: place for place, name in enumerate(oracle_return.LEVELS)}


@st.composite
def return_forms(draw: st.DrawFn, *, may_be_open: bool = True) -> oracle_return.Form:
    """A scenario, and a form on which some items are answered and the rest are good, or unasked in one domain."""
    codes = {item: GOOD[kind] for item, kind in oracle_return.KIND.items()}
    scenario = draw(SCENARIOS)
    focus = draw(st.sampled_from(sorted(oracle_return.DOMAINS)))
    if may_be_open and draw(st.booleans()):
        codes |= {item: "not_asked" for item in ITEMS if item.startswith(focus)}
    for item in draw(st.lists(st.sampled_from([item for item in ITEMS if item.startswith(focus)]), max_size=8)):
        codes[item] = draw(st.sampled_from(LADDERS[oracle_return.KIND[item]] + (("unknown",) if may_be_open else ())))
    for item in draw(st.lists(st.sampled_from(ITEMS), max_size=6)):
        codes[item] = draw(st.sampled_from(LADDERS[oracle_return.KIND[item]] + (("declined",) if may_be_open else ())))
    severity = draw(st.dictionaries(st.just(focus), st.integers(1, 4), max_size=1))
    age = draw(st.sampled_from((None, "adult", "child", "disputed")))
    return oracle_return.Form(codes, scenario, age, draw(st.booleans()), severity)


def weigh(form: oracle_return.Form, *, place: Place | None = None) -> Assessment:
    """What the engine says of one return form."""
    age: Any = form.age_group
    answers = Answers(
        given=recorded(form.answers),
        person=Person(age_group=age, children_travel=form.children_travel),
        scenario=form.scenario,
        place=place,
        severity={name: Departure(level, "Agreed in supervision.") for name, level in (form.severity or {}).items()},
    )
    return assess(instrument("safe_return"), answers, None, on=ON)


def changed(form: oracle_return.Form, item: str, code: str) -> Assessment:
    """What the engine says when one answer is another."""
    return weigh(replace(form, answers={**form.answers, item: code}))


def steps_up(form: oracle_return.Form, kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    """Every answered item of these kinds with the next code of its scale."""
    found = []
    for item, kind in oracle_return.KIND.items():
        ladder, code = LADDERS[kind], form.answers[item]
        if kind in kinds and code in ladder[:-1]:
            found.append((item, ladder[ladder.index(code) + 1]))
    return found


@CALM
@given(form=return_forms(may_be_open=False), data=st.data())
def test_a_worse_answer_never_gives_a_better_outcome(form: oracle_return.Form, data: st.DataObject) -> None:
    """On an answered form no domain and no outcome gets better when a risk or a hard stop gets worse (F3)."""
    item, code = data.draw(st.sampled_from(steps_up(form, ("risk", "hard_stop"))))
    before = weigh(form)

    after = changed(form, item, code)

    assert WORSE[after.outcome.id] >= WORSE[before.outcome.id]
    assert all(LEVEL[after.domains[name].level] >= LEVEL[domain.level] for name, domain in before.domains.items())


@CALM
@given(form=return_forms(), data=st.data())
def test_a_worse_answer_may_settle_a_domain_but_never_lowers_its_range(form: oracle_return.Form, data: st.DataObject) -> None:
    """With unknowns left, a worse answer never lowers either end of a range.

    The published rule (F3, F4) has one exception to “a worse answer never gave a better outcome”: where it settles
    an undetermined domain at high, “more information needed” becomes “conditions first”. Nothing better than that.
    """
    item, code = data.draw(st.sampled_from(steps_up(form, ("risk", "hard_stop"))))
    before = weigh(form)

    after = changed(form, item, code)

    for name, domain in before.domains.items():
        assert LEVEL[after.domains[name].lowest] >= LEVEL[domain.lowest]
        assert LEVEL[after.domains[name].highest] >= LEVEL[domain.highest]
        assert after.domains[name].likelihood >= domain.likelihood
    if WORSE[after.outcome.id] < WORSE[before.outcome.id]:
        settled = [name for name in before.domains if before.domains[name].level == "undetermined"]
        assert (before.outcome.id, after.outcome.id) == ("more_information_needed", "conditions_first")
        assert [after.domains[name].level for name in settled if item.startswith(name)] == ["high"]


def test_the_exception_where_a_worse_answer_settles_a_domain() -> None:
    """A critical item at partly, after two unknowns: the level no longer depends on them (F3, taken literally)."""
    codes = {item: GOOD[kind] for item, kind in oracle_return.KIND.items()}
    form = oracle_return.Form({**codes, "GEN-04": "unknown", "GEN-05": "unknown"}, "home_region")
    before = weigh(form)

    after = changed(form, "GEN-01", "partly")

    assert (before.domains["GEN"].level, before.outcome.id) == ("undetermined", "more_information_needed")
    assert (after.domains["GEN"].level, after.outcome.id) == ("high", "conditions_first")


@CALM
@given(form=return_forms(), data=st.data(), code=st.sampled_from(OPEN_CODES))
def test_an_extra_unknown_never_gives_a_better_outcome(form: oracle_return.Form, data: st.DataObject, code: str) -> None:
    """Not knowing is never better than no risk or a partial one, a cleared stop, or any protection (F3)."""
    kinds = oracle_return.KIND
    good = [item for item in kinds if kinds[item] == "protective" or form.answers[item] in ("absent", "partly", "cleared")]
    item = data.draw(st.sampled_from(good))

    after = changed(form, item, code)

    assert WORSE[after.outcome.id] >= WORSE[weigh(form).outcome.id]


@CALM
@given(form=return_forms(), data=st.data())
def test_more_protection_never_gives_a_worse_outcome(form: oracle_return.Form, data: st.DataObject) -> None:
    """A protective factor one step further never makes a range or the outcome worse (F3)."""
    steps = steps_up(form, ("protective",))
    assume(steps)
    item, code = data.draw(st.sampled_from(steps))
    before = weigh(form)

    after = changed(form, item, code)

    assert WORSE[after.outcome.id] <= WORSE[before.outcome.id]
    assert all(LEVEL[after.domains[name].highest] <= LEVEL[domain.highest] for name, domain in before.domains.items())


@CALM
@given(form=return_forms(), seed=st.integers(0, 999))
def test_order_of_answers_never_matters_for_a_return(form: oracle_return.Form, seed: int) -> None:
    """The same answers in another order give the same bytes."""
    shuffled = list(form.answers.items())
    Random(seed).shuffle(shuffled)

    assert as_json(weigh(replace(form, answers=dict(shuffled)))) == as_json(weigh(form))


@CALM
@given(form=return_forms())
def test_the_same_input_gives_the_same_bytes(form: oracle_return.Form) -> None:
    """An assessment repeated is the same to the byte (contract, section 3)."""
    first, second = as_json(weigh(form)), as_json(weigh(form))

    assert first == second


@pytest.mark.parametrize(
    ("scenario", "age", "children"),
    list(product(oracle_return.SCENARIOS, (None, "adult", "child", "disputed"), (True, False))),
)
def test_an_empty_return_form_is_undetermined_everywhere(scenario: str, age: AgeGroup | None, children: bool) -> None:
    """Every domain undetermined, never low; more information needed; every hard stop open (F3, F4)."""
    found = weigh(oracle_return.Form({}, scenario, age, children))

    assert {domain.level for domain in found.domains.values()} == {"undetermined"}
    assert {domain.lowest for domain in found.domains.values()} == {"low"}
    assert {stop.state for stop in found.hard_stops.values()} == {"open"}
    assert found.outcome.id == "more_information_needed"


@CALM
@given(form=return_forms(), stop=st.sampled_from(oracle_return.HARD_STOPS), code=st.sampled_from(OPEN_CODES))
def test_an_open_hard_stop_needs_more_information(form: oracle_return.Form, stop: str, code: str) -> None:
    """While a hard stop is open, no outcome is better than “more information needed” (F4)."""
    found = changed(form, stop, code)

    assert WORSE[found.outcome.id] >= WORSE["more_information_needed"]


@CALM
@given(form=return_forms(), stop=st.sampled_from(oracle_return.ABSOLUTE))
def test_an_active_absolute_stop_is_never_outweighed(form: oracle_return.Form, stop: str) -> None:
    """Nothing in the form turns an absolute hard stop off (F5)."""
    found = changed(form, stop, "active")

    assert found.outcome.id == "do_not_prepare_this_return_now"


@CALM
@given(form=return_forms())
def test_the_country_named_never_changes_the_level(form: oracle_return.Form) -> None:
    """The same answers give the same levels and outcome, whichever country is considered (F10)."""
    somewhere, elsewhere = weigh(form, place=Place("XAA")), weigh(form, place=Place("NLD"))

    assert somewhere.outcome == elsewhere.outcome
    assert dict(somewhere.domains) == dict(elsewhere.domains)
