"""The engine beside two naive oracles: on thousands of random forms both must say the same.

The oracles were written from the domain dossier alone. Forms are drawn with a fixed seed and stay near the thresholds,
where a fault would show. Times were chosen for a slow core: see `FORMS` and `SMALL_FORMS`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import combinations
from random import Random
from typing import Any, Final

import oracle_ilo
import oracle_return
import pytest

from safe_lib.catalogue import load_instrument
from safe_lib.engine import assess
from safe_lib.model.answers import AgeGroup, Answer, Answers, Departure, Person
from safe_lib.model.assessment import Assessment
from safe_lib.model.country import Claim, Country, CountrySource
from safe_lib.model.instrument import Instrument

ON: Final = date(2026, 11, 21)
TIMES: Final = int(os.environ.get("SAFE_DIFFERENTIAL_TIMES", "1"))  # raise it to try more forms than every run does
FORMS: Final = 5_200 * TIMES  # for each of the two rules
SMALL_FORMS: Final = 320 * TIMES  # forms with few open items, for each of the two rules
AGES: Final[tuple[AgeGroup | None, ...]] = (None, "adult", "child", "disputed")
ILO_FORMS: Final = [(form, age) for form in oracle_ilo.SETS for age in AGES]
EXACT: Final = "exactly the questions that can change a result"


@cache
def instrument(name: str) -> Instrument:
    """An instrument of the catalogue, read once."""
    return load_instrument(name)


def recorded(codes: Mapping[str, str]) -> dict[str, Answer]:
    """Codes as answers; what does not apply carries a reason."""
    return {item: Answer(code, reason="Does not arise for this person." if code == "not_applicable" else "") for item, code in codes.items()}


# --- the indicator rule ---


def ilo_form(random: Random, form: str) -> tuple[dict[str, str], dict[str, str]]:
    """What was given on one random form, and what stands for the rest (`unlisted`)."""
    rest = random.choice(("absent", "absent", "absent", "not_asked"))
    most = random.choice((1, 3, 4, 5))  # indicators present in one dimension
    given: dict[str, str] = {}
    for name in oracle_ilo.DIMENSIONS:
        items = [item for item in oracle_ilo.STRENGTHS[form] if item.startswith(name)]
        random.shuffle(items)
        present, unanswered = random.randrange(most), random.choice((0, 0, 0, 1, 2, 3)[: most + 3])
        for item in items[:present]:
            given[item] = random.choice(("present", "present", "verified"))
        for item in items[present : present + unanswered]:
            given[item] = random.choice(oracle_ilo.OPEN)
        for item in items[present + unanswered :]:
            if random.random() < (0.9 if rest == "not_asked" else 0.1):
                given[item] = random.choice(("absent", "absent", "absent", "not_applicable"))
    return given, ({"indicator": rest} if rest == "absent" else {})


def ilo_engine(form: str, given: Mapping[str, str], unlisted: Mapping[str, str], age: AgeGroup | None) -> Assessment:
    """What the engine says of one form."""
    answers = Answers(given=recorded(given), person=Person(age_group=age), unlisted=unlisted)
    return assess(instrument(form), answers, None, on=ON)


def ilo_codes(form: str, given: Mapping[str, str], unlisted: Mapping[str, str]) -> dict[str, str]:
    """The same form written out for the oracle: a code for every item."""
    rest = unlisted.get("indicator", "not_asked")
    return {item: given.get(item, rest) for item in oracle_ilo.STRENGTHS[form]}


def ilo_shown(read: Any) -> dict[str, Any]:
    """Outcome and dimensions of an assessment or of a reading, in the oracle's words."""
    outcome = read.outcome
    return {
        "outcome": {
            "id": outcome.id,
            "if_unknown_absent": outcome.if_unknown_absent,
            "if_unknown_present": outcome.if_unknown_present,
        },
        "dimensions": {
            name: {"strong": found.strong, "medium": found.medium, "weak": found.weak, "result": found.result} for name, found in read.dimensions.items()
        },
    }


@pytest.mark.parametrize(("form", "age"), ILO_FORMS)
def test_indicator_rule_agrees_with_the_oracle(form: str, age: AgeGroup | None) -> None:
    """Outcome, range, dimensions and readings are those of the published rule, and no flag of the floor (A.5) is missing."""
    random = Random(f"{form} {age}")
    for _ in range(FORMS // len(ILO_FORMS)):
        given, unlisted = ilo_form(random, form)
        said = oracle_ilo.expected(form, ilo_codes(form, given, unlisted), age)

        found = ilo_engine(form, given, unlisted, age)

        assert ilo_shown(found) == {key: said[key] for key in ("outcome", "dimensions")}, given
        assert set(found.flags) >= oracle_ilo.referral_floor(form, ilo_codes(form, given, unlisted), age), given
        if age == "disputed":
            assert {name: ilo_shown(reading) for name, reading in found.readings.items()} == said["readings"], given


@pytest.mark.parametrize(("form", "age"), ILO_FORMS)
def test_open_indicators_are_exactly_those_that_matter(form: str, age: AgeGroup | None) -> None:
    """An open indicator is listed if and only if its answer can still change a dimension or an outcome."""
    random = Random(f"open {form} {age}")
    for _ in range(SMALL_FORMS // len(ILO_FORMS)):
        given, _unlisted = ilo_form(random, form)
        codes = {item: given.get(item, "absent") for item in oracle_ilo.STRENGTHS[form]}
        few_open(random, codes, most=random.choice((1, 2, 3, 4, 4, 5, 6)))
        said = oracle_ilo.open_items_by_enumeration(form, codes, age)

        found = ilo_engine(form, codes, {}, age)

        assert {question.item for question in found.open_questions} == said, (EXACT, codes)


@pytest.mark.parametrize(("form", "age"), ILO_FORMS)
def test_results_that_hang_on_an_unverified_strength_say_so(form: str, age: AgeGroup | None) -> None:
    """A caveat names an uncertain strength if and only if the outcome of a reading depends on it (A.3, notes)."""
    random = Random(f"unverified {form} {age}")
    for _ in range(SMALL_FORMS // len(ILO_FORMS)):
        given, _unlisted = ilo_form(random, form)
        codes = {item: given.get(item, "absent") for item in oracle_ilo.STRENGTHS[form]}
        few_open(random, codes, most=0)
        for reading in oracle_ilo.readings_of(form, age):
            for item in oracle_ilo.unverified_present(form, codes, reading)[6:]:
                codes[item] = "absent"
        said = oracle_ilo.unverified_by_enumeration(form, codes, age)

        found = ilo_engine(form, codes, {}, age)

        assert {facts["item"] for key, facts in found.caveats if key == "caveat.unverified_strength"} == said, codes


def few_open(random: Random, codes: dict[str, str], most: int) -> None:
    """Answer open items at random until at most `most` are left."""
    unanswered = [item for item, code in codes.items() if code in oracle_ilo.OPEN]
    random.shuffle(unanswered)
    for item in unanswered[most:]:
        codes[item] = random.choice(("absent", "present"))


def test_strengths_in_the_files_are_those_of_the_dossier() -> None:
    """No strength and no mark of certainty changed on its way from the dossier to the instrument files."""
    filed = oracle_ilo.filed_table()

    assert filed == oracle_ilo.typed_table()


def test_sets_have_the_published_numbers_of_indicators() -> None:
    """Indicators per dimension are those of A.3."""
    counts = {
        name: tuple(sum(item.startswith(dimension) for item in items) for dimension in oracle_ilo.DIMENSIONS)
        for name, items in oracle_ilo.typed_table().items()
    }

    assert counts == {
        "ilo_adult_labour": (10, 10, 16, 9, 15, 7),
        "ilo_child_labour": (10, 10, 15, 8, 15, 7),
        "ilo_adult_sexual": (10, 10, 16, 8, 15, 7),
        "ilo_child_sexual": (10, 10, 15, 8, 15, 7),
    }


def test_oracle_classes_over_all_combinations() -> None:
    """Over the 64 combinations of dimensions the classes come as often as the dossier counted (A.4)."""
    every = [set(chosen) for size in range(7) for chosen in combinations(oracle_ilo.DIMENSIONS, size)]

    adult = Counter(oracle_ilo.classify("adult", positives) for positives in every)
    child = Counter(oracle_ilo.classify("child", positives) for positives in every)

    assert adult == {
        "trafficking_case": 12,
        "deception_and_exploitation": 8,
        "means_and_exploitation": 11,
        "exploitation_only": 1,
        "means_without_exploitation": 31,
        "no_positive_dimension": 1,
    }
    assert child == {"child_trafficking": 32, "child_means_without_exploitation": 31, "no_positive_dimension": 1}


# --- the return rule ---

RISK: Final = ("absent", "absent", "absent", "partly", "present", "not_applicable", *oracle_return.OPEN)
QUIET: Final = ("absent", "absent", "absent", "absent", "absent", "absent", "partly", "not_applicable")
PROTECTIVE: Final = ("absent", "partly", "present", "verified", "verified", "unknown", "not_applicable")
STOPS: Final = {
    "all cleared": ("cleared",),
    "some open": ("cleared",) * 12 + ("unknown",),
    "some active": ("cleared",) * 12 + ("active", "not_applicable"),
    "any": ("cleared", "active", "not_applicable", *oracle_return.OPEN),
}


def risk_codes(random: Random, items: tuple[str, ...], *, may_be_open: bool = True) -> dict[str, str]:
    """Codes of the risk items of one domain: often quiet with one or two others, sometimes anything."""
    if random.random() < 0.3 and may_be_open:
        return {item: random.choice(RISK) for item in items}
    codes = {item: random.choice(QUIET) for item in items}
    loud = ("partly", "present", "present", "unknown") if may_be_open else ("partly", "present", "present")
    for item in random.sample(items, random.choice((0, 0, 1, 1, 2, 3)) % (len(items) + 1)):
        codes[item] = random.choice(loud)
    return codes


def return_form(random: Random, scenario: str) -> oracle_return.Form:
    """One random form for a scenario; domains that are not used are filled as well."""
    stops = random.choice(tuple(STOPS.values()))
    answers = {item: random.choice(stops) for item in oracle_return.HARD_STOPS}
    calm = random.random() < 0.5
    for domain in oracle_return.DOMAINS.values():
        answers |= risk_codes(random, domain.stars + domain.others, may_be_open=not (calm and random.random() < 0.9))
        answers |= {item: random.choice(PROTECTIVE) for item in domain.protective}
    if calm:
        for item in random.sample(list(answers), 80):
            answers[item] = "cleared" if item.startswith("HS") else "absent"
    severity = {name: random.randint(1, 4) for name in oracle_return.DOMAINS if random.random() < 0.1}
    return oracle_return.Form(answers, scenario, random.choice(AGES), random.random() < 0.3, severity)


def return_engine(form: oracle_return.Form, unlisted: Mapping[str, str] | None = None) -> Assessment:
    """What the engine says of one form; `unlisted` names codes that were left out of it."""
    unlisted = unlisted or {}
    given = {item: code for item, code in form.answers.items() if unlisted.get(oracle_return.KIND[item]) != code}
    age: Any = form.age_group
    answers = Answers(
        given=recorded(given),
        person=Person(age_group=age, children_travel=form.children_travel),
        scenario=form.scenario,
        severity={name: Departure(level, "Agreed in supervision.") for name, level in (form.severity or {}).items()},
        unlisted=unlisted,
    )
    return assess(instrument("safe_return"), answers, None, on=ON)


def return_shown(found: Assessment) -> dict[str, Any]:
    """The engine's results in the oracle's words."""
    return {
        "outcome": found.outcome.id,
        "domains": {
            name: {
                "level": domain.level,
                "lowest": domain.lowest,
                "highest": domain.highest,
                "likelihood": domain.likelihood,
                "severity": domain.severity,
            }
            for name, domain in found.domains.items()
        },
        "hard_stops": {item: stop.state for item, stop in found.hard_stops.items()},
        "protection_referral": "protection_referral" in found.flags,
    }


@pytest.mark.parametrize("scenario", oracle_return.SCENARIOS)
def test_return_rule_agrees_with_the_oracle(scenario: str) -> None:
    """Outcome, domains, ranges, hard stops and referral are those of the dossier, whatever is answered."""
    random = Random(scenario)
    outcomes: Counter[str] = Counter()
    for _ in range(FORMS // len(oracle_return.SCENARIOS)):
        form = return_form(random, scenario)
        unlisted = random.choice(({}, {"risk": "absent", "protective": "absent", "hard_stop": "cleared"}))
        said = oracle_return.expected(form)

        found = return_engine(form, unlisted)

        assert return_shown(found) == said, form
        assert found.outcome.if_unknown_absent == oracle_return.outcome_with_open_as(form, "absent"), form
        assert found.outcome.if_unknown_present == oracle_return.outcome_with_open_as(form, "present"), form
        outcomes[said["outcome"]] += 1
    assert set(outcomes) == set(oracle_return.BEST_FIRST), "The forms drawn no longer reach every outcome."


@pytest.mark.parametrize("scenario", oracle_return.SCENARIOS)
def test_open_return_items_are_exactly_those_that_matter(scenario: str) -> None:
    """An open item is listed if and only if its answer can still change a domain, a hard stop or the outcome."""
    random = Random(f"open {scenario}")
    for _ in range(SMALL_FORMS // len(oracle_return.SCENARIOS)):
        form = nearly_answered(random, scenario)
        said = oracle_return.open_items_by_enumeration(form)

        found = return_engine(form)

        assert {question.item for question in found.open_questions} == said, (EXACT, form)


def nearly_answered(random: Random, scenario: str) -> oracle_return.Form:
    """A form on which one domain, and perhaps a hard stop and a domain not in use, hold a few open items."""
    form = return_form(random, scenario)
    answers: dict[str, str] = {}
    for item, code in form.answers.items():
        answers[item] = random.choice(settled(item)) if code in oracle_return.OPEN else code
    focus = oracle_return.DOMAINS[random.choice(oracle_return.used_domains(form))]
    items = focus.stars + focus.others + focus.protective
    for item in random.sample(items, min(len(items), random.choice((1, 2, 3, 3, 4, 5)))):
        answers[item] = random.choice(oracle_return.OPEN)
    answers[random.choice(oracle_return.HARD_STOPS)] = random.choice(("cleared", "active", "unknown"))
    answers["STA-03" if scenario != "stay" else "SAF-03"] = "unknown"
    return oracle_return.Form(answers, scenario, form.age_group, form.children_travel, form.severity)


def settled(item: str) -> tuple[str, ...]:
    """Codes an item may take once it is answered."""
    return oracle_return.OBSERVED[oracle_return.KIND[item]]


# How well a domain is known: two voices that agree today, one voice, a ring of quotations, two that differ, one that is past, none.

LATER: Final = date(2027, 6, 1)
PAST: Final = date(2026, 6, 1)
SOURCES: Final = {
    id: CountrySource(id, "A title", publisher, "ngo", "2026", quotes=quotes)
    for id, publisher, quotes in (("one", "A", ()), ("two", "B", ()), ("ring", "C", ("back",)), ("back", "D", ("ring",)))
}


def claims_on(topic: str, state: str) -> list[Claim]:
    """Claims that put a topic into one of the oracle's states."""
    def claim(number: int, level: str, review_by: date, *sources: str) -> Claim:
        return Claim(f"{topic.lower()}_{number}", topic, level, "Something is so.", "adults", "whole country", date(2026, 1, 1), review_by, sources)

    past = claim(9, "strong", PAST, "one", "two")
    return {
        "fine": [claim(1, "weak", LATER, "one"), claim(2, "weak", LATER, "two"), past],
        "single": [claim(1, "weak", LATER, "one"), past],
        "circular": [claim(1, "weak", LATER, "ring", "back")],
        "conflicting": [claim(1, "weak", LATER, "one"), claim(2, "partial", LATER, "two")],
        "outdated": [claim(1, "weak", PAST, "one"), claim(2, "weak", ON, "two")],
        "missing": [],
    }[state]


def country_of(information: Mapping[str, str]) -> Country:
    """Exampleland as far as these topics go."""
    claims = tuple(claim for topic, state in information.items() for claim in claims_on(topic, state))
    return Country("XAA", "Exampleland", "sha256:xaa", claims, SOURCES)


@pytest.mark.parametrize("scenario", oracle_return.SCENARIOS)
def test_confidence_agrees_with_the_oracle(scenario: str) -> None:
    """How well each domain is known is what the dossier says, whatever is answered and whatever sources say; the levels stay as they were."""
    random = Random(f"confidence {scenario}")
    topics = sorted(set(oracle_return.TOPIC.values()))
    seen: Counter[str] = Counter()
    for _ in range(FORMS // len(oracle_return.SCENARIOS) // 8):
        calm = random.random() < 0.7
        states = random.choice((oracle_return.COI_STATES, ("fine",), ("fine",) * 12 + ("single", "outdated")))
        form = replace(
            nearly_answered(random, scenario) if calm else return_form(random, scenario),
            information={topic: random.choice(states) for topic in topics},
            proven=frozenset(item for item in oracle_return.KIND if random.random() < random.choice((0.5, 1, 1))),
        )
        given = {item: replace(answer, evidence=("document",) if item in form.proven else ("account",)) for item, answer in recorded(form.answers).items()}
        age: Any = form.age_group
        severity = {name: Departure(level, "Agreed in supervision.") for name, level in (form.severity or {}).items()}
        answers = Answers(given, Person(age, form.children_travel), scenario, severity=severity)

        with_country = assess(instrument("safe_return"), answers, country_of(form.information or {}), on=ON)
        without = assess(instrument("safe_return"), answers, None, on=ON)

        for found, asked in ((with_country, form), (without, replace(form, information=None))):
            said = {name: oracle_return.confidence(name, asked) for name in found.domains}
            assert {name: domain.confidence for name, domain in found.domains.items()} == said
        assert return_shown(with_country)["domains"] == return_shown(without)["domains"]
        seen.update(domain.confidence for domain in with_country.domains.values())
    assert set(seen) == {"low", "medium", "high"}, "The forms drawn no longer reach every step."


def test_items_name_the_topics_of_the_dossier() -> None:
    """Beside each item stand the topics of its column COI, and no others."""
    named = {item.id: item.themes for item in instrument("safe_return").items if item.kind != "hard_stop"}

    assert named == {item: (oracle_return.TOPIC[item],) if item in oracle_return.TOPIC else () for item in named}


def test_domains_in_the_file_are_those_of_the_dossier() -> None:
    """Items, kinds, stars, severities, critical domains, hard stops and the matrix arrived as they were written."""
    filed = instrument("safe_return")
    groups = {group.id: group for group in filed.groups if group.severity}
    critical = {item.id for item in filed.items if item.critical and item.kind == "risk"}

    assert {item.id: item.kind for item in filed.items} == oracle_return.KIND
    assert list(groups) == list(oracle_return.DOMAINS)
    assert {name: group.severity for name, group in groups.items()} == {name: domain.severity for name, domain in oracle_return.DOMAINS.items()}
    assert {name for name, group in groups.items() if group.critical} == oracle_return.CRITICAL
    assert critical == {item for domain in oracle_return.DOMAINS.values() for item in domain.stars}
    assert tuple(item.id for item in filed.items if item.stop == "absolute") == oracle_return.ABSOLUTE
    assert tuple(item.id for item in filed.items if item.stop == "conditional") == oracle_return.CONDITIONAL
    assert filed.matrix == oracle_return.MATRIX
