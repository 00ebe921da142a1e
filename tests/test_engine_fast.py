"""The whole engine in small exact examples, in less than three seconds: what each part promises, at its thresholds.

The instruments are those of `small_instruments.py`. The longer tests beside it try the real instruments on thousands of
forms. `tests/mutation` uses this file to see whether a small fault in the engine would be noticed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from random import Random
from typing import Any, Final

import pytest
from small_instruments import MATRIX, MATRIX_OF_LEVELS, ON, PATTERN, QUESTIONS, RULES, STRENGTHS, aged, answers, claim, country, instrument, item, outcome, rule

from safe_lib.engine import ENGINE, as_data, as_json, assess, compare, decision, explain, plan
from safe_lib.engine.compare import Change
from safe_lib.engine.conditions import FAILS, HOLDS, OPEN, Known, NotASentence, Seen, evaluate, item_truth, parse, sentences, threshold
from safe_lib.engine.country import country_view, is_circular, origins, positions, theme_view, topics
from safe_lib.engine.explain import in_words_of
from safe_lib.engine.methods.indicator_pattern import is_positive, which_case
from safe_lib.engine.methods.levels import Risks, protected_likelihood, protection, protective_moves, reachable, risk_moves
from safe_lib.engine.methods.risk_matrix import suggested_level
from safe_lib.engine.methods.rules import findings_of
from safe_lib.model.answers import OPEN_CODES, Answer, Answers, Departure, Person
from safe_lib.model.assessment import Assessment, Dimension, Finding, Step, Truth
from safe_lib.model.country import Claim, Country, CountrySource, Figure, NotFound, Theme
from safe_lib.model.errors import AnswersError
from safe_lib.model.instrument import Condition, Instrument
from safe_lib.model.texts import Texts

Codes = Mapping[str, str]


def told(step: Step, depth: int = 0) -> list[str]:
    """A trace as lines: what was looked at, its truth, its facts."""
    facts = "".join(f" {name}={value}" for name, value in step.facts.items())
    return [f"{'  ' * depth}{step.key} {step.truth.name}{facts}", *(line for part in step.parts for line in told(part, depth + 1))]


def lines(text: str) -> list[str]:
    """The lines of an indented text, without the indentation it has as a whole."""
    found = [line for line in text.splitlines() if line.strip()]
    margin = len(found[0]) - len(found[0].lstrip())
    return [line[margin:] for line in found]


# --- sentences ---


@pytest.mark.parametrize(("written", "op", "subject", "name", "values"), [
    ("DR1 is present", "is", "item", "DR1", ("present",)),
    ("DR1  is   present or  verified", "is", "item", "DR1", ("present", "verified")),
    ("SAF-01 at least partly", "at_least", "item", "SAF-01", ("partly",)),
    ("AGE below 18", "below", "item", "AGE", ("18",)),
    ("country.T05 is weak or absent", "is", "country", "T05", ("weak", "absent")),
    ("finding.debt holds", "is", "finding", "debt", ("holds",)),
    ("finding.debt is open", "is", "finding", "debt", ("open",)),
    ("group.SAF at least high", "at_least", "group", "SAF", ("high",)),
    ("person.age_group is child", "is", "person", "age_group", ("child",)),
    ("other.thing is present", "is", "item", "other.thing", ("present",)),
    ("country. is weak", "is", "item", "country.", ("weak",)),
    ("scenario is stay", "is", "scenario", "", ("stay",)),
    ("some absolute hard stop is active", "is", "some", "absolute hard stop", ("active",)),
    ("some conditional hard stop is active", "is", "some", "conditional hard stop", ("active",)),
    ("some critical domain at least high", "at_least", "some", "critical domain", ("high",)),
    ("some item is present or open", "is", "some", "item", ("present", "open")),
    ("some group is positive", "is", "some", "group", ("positive",)),
])
def test_a_sentence_is_read_as_it_is_written(written: str, op: str, subject: str, name: str, values: tuple[str, ...]) -> None:
    """Every form of sentence names its subject, what it compares and with which values."""
    assert parse(written) == Condition(op, " ".join(written.split()), subject, name, values)


def test_sentences_are_combined_by_maps() -> None:
    """`all`, `any`, `not` and `at_least … of` hold their parts in order; `sentences` finds every leaf in reading order."""
    written = {"all": ["A is x", {"any": ["B is x", {"not": "C is x"}]}, {"at_least": 2, "of": ["D is x", "E is x", "F is x"]}]}
    read = parse(written)

    assert [part.op for part in read.parts] == ["is", "any", "at_least_of"]
    assert read.op == "all"
    assert read.parts[1].parts[1].op == "not"
    assert read.parts[2].count == 2
    assert [leaf.name for leaf in sentences(read)] == list("ABCDEF")


@pytest.mark.parametrize(("written", "repair"), [
    (["A is x"], 'put the list under "all:" or "any:"'),
    (3, 'write a sentence such as "DR01 is present", or a map with all, any, not or at_least'),
    ({"all": []}, "a group holds a list of at least one condition"),
    ({"any": "A is x"}, "a group holds a list of at least one condition"),
    ({"all": ["A is x"], "any": ["B is x"]}, "a map holds exactly one of: all, any, not; or at_least together with of"),
    ({"at_least": 2}, "a map holds exactly one of: all, any, not; or at_least together with of"),
    ({"at_least": "two", "of": ["A is x"]}, "a map holds exactly one of: all, any, not; or at_least together with of"),
    ({"none": ["A is x"]}, "a map holds exactly one of: all, any, not; or at_least together with of"),
    ("A equals x", 'write "<item> is <answer>", "<item> at least <answer>", "finding.<rule> holds" or "some domain is high"'),
    ("A is", 'write "<item> is <answer>", "<item> at least <answer>", "finding.<rule> holds" or "some domain is high"'),
    ("A holds", 'only a finding can hold: "finding.<rule> holds"'),
])
def test_what_is_no_sentence_is_refused_with_its_repair(written: Any, repair: str) -> None:
    """Whoever writes a rule is told how to write it."""
    with pytest.raises(NotASentence) as refused:
        parse(written)
    assert str(refused.value) == repair


# --- three answers ---

TRUTHS: Final = (HOLDS, OPEN, FAILS)


@pytest.mark.parametrize(("sentence", "scale", "holds"), [
    ("A is present", "protective", {"present", "verified"}),
    ("A is verified", "protective", {"verified"}),
    ("A is absent or partly", "protective", {"absent", "partly"}),
    ("A at least partly", "protective", {"partly", "present", "verified"}),
    ("A at least verified", "protective", {"verified"}),
    ("A at least 17", "years", {"17", "18"}),
    ("A at least 18", "years", {"18"}),
    ("A below 18", "years", {"0", "17"}),
    ("A below 17", "years", {"0"}),
    ("A is active", "hard_stop", {"active"}),
])
def test_what_each_answer_makes_of_a_sentence(sentence: str, scale: str, holds: set[str]) -> None:
    """An observed code holds or does not; every open code leaves it open; what does not apply does not hold."""
    small = instrument("rules", [item("A", "G", "question", scale=scale)], [])
    condition, one = parse(sentence), small.items[0]

    for code in small.scales[scale].codes:
        assert item_truth(condition, one, code, small) is (HOLDS if code in holds else FAILS), code
    assert {item_truth(condition, one, code, small) for code in OPEN_CODES} == {OPEN}
    assert item_truth(condition, one, "not_applicable", small) is FAILS


def test_numbers_are_compared_as_numbers_and_words_never_are() -> None:
    """9 is below 18 although it sorts after it; a negative number is a number; a word is neither below nor at least."""
    small = instrument("rules", [item("A", "G", "question", scale="years")], [])
    one = small.items[0]

    assert item_truth(parse("A below 18"), one, "9", small) is HOLDS
    assert item_truth(parse("A below 18"), one, "-1", small) is HOLDS
    assert item_truth(parse("A below 18"), one, "18", small) is FAILS
    assert item_truth(parse("A below 18"), one, "young", small) is FAILS
    assert item_truth(parse("A at least 18"), one, "100", small) is HOLDS
    assert item_truth(parse("A at least 18"), one, "old", small) is FAILS
    assert item_truth(parse("A at least 17"), one, "9", small) is FAILS
    assert item_truth(parse("A at least partly"), item("A", "G", "risk"), "elsewhere", small) is FAILS


def test_enough_hold_enough_could_hold_or_it_does_not_hold() -> None:
    """The truth table of `at least n of`: counted once for what holds and once with what is open."""
    for need, truths in product(range(5), product(TRUTHS, repeat=3)):
        truth, holding = threshold(need, truths)

        assert holding == truths.count(HOLDS)
        assert truth is (HOLDS if truths.count(HOLDS) >= need else OPEN if 3 - truths.count(FAILS) >= need else FAILS)


CODE_FOR: Final = {HOLDS: "present", FAILS: "absent", OPEN: "unknown"}


@pytest.mark.parametrize("truths", list(product(TRUTHS, repeat=2)))
def test_all_any_and_not_over_three_answers(truths: tuple[Truth, Truth]) -> None:
    """All is the least, any the most, and not turns; open stays open under not."""
    least_first = (FAILS, OPEN, HOLDS)
    small = instrument("rules", [item("A", "G", "indicator"), item("B", "G", "indicator")], [])
    known = Known(small, answers(dict(zip("AB", (CODE_FOR[truth] for truth in truths), strict=True))), small.by_id())
    both = ["A is present", "B is present"]

    assert evaluate(parse({"all": both}), known).truth is min(truths, key=least_first.index)
    assert evaluate(parse({"any": both}), known).truth is max(truths, key=least_first.index)
    assert evaluate(parse({"not": both[0]}), known).truth is {HOLDS: FAILS, FAILS: HOLDS, OPEN: OPEN}[truths[0]]
    assert evaluate(parse({"at_least": 2, "of": both}), known) == replace(evaluate(parse({"all": both}), known), key="trace.at_least_of")


def test_a_trace_shows_everything_that_was_looked_at() -> None:
    """Each step has its sentence, what it found and its truth; groups say how many hold and how many are needed."""
    small = instrument("rules", [item("A", "G", "indicator"), item("B", "G", "indicator")], [])
    known = Known(small, answers({"A": "verified", "B": "declined"}), small.by_id())

    assert told(evaluate(parse({"all": [{"any": ["A is present", "B is present"]}, {"not": "B is present"}]}), known)) == lines("""
        trace.all OPEN holding=1 need=2 of=2
          trace.any HOLDS holding=1 need=1 of=2
            trace.item HOLDS sentence=A is present item=A code=verified
            trace.item OPEN sentence=B is present item=B code=declined
          trace.not OPEN
            trace.item OPEN sentence=B is present item=B code=declined
    """)


def looking(**more: Any) -> Known:
    """Everything a sentence may look at, with nothing in it but what is given."""
    by = more.pop("by", MATRIX)
    return Known(by, more.pop("answers", Answers()), by.by_id(), **more)


@pytest.mark.parametrize(("seen", "truth"), [
    (Seen("weak", "current", "2026-03-31"), HOLDS),
    (Seen("absent", "current", "2026-03-31"), HOLDS),
    (Seen("strong", "current", "2026-03-31"), FAILS),
    (Seen("weak", "outdated", "2026-03-31"), OPEN),
    (Seen(None, "current"), OPEN),
    (Seen(None, "conflicting"), OPEN),
])
def test_only_current_country_information_supports_a_rule(seen: Seen, truth: Truth) -> None:
    """Outdated, conflicting or missing claims leave a sentence about a country open; the trace says why."""
    step = evaluate(parse("country.T05 is weak or absent"), looking(themes=lambda theme: seen))

    said = f"theme=T05 status={seen.status} as_of={seen.as_of} level={seen.level or ''}"
    assert told(step) == [f"trace.country {truth.name} sentence=country.T05 is weak or absent {said}"]


def test_without_a_country_every_sentence_about_one_is_open() -> None:
    """No country is no information, not good news."""
    assert told(evaluate(parse("country.T05 is weak"), looking())) == ["trace.country OPEN sentence=country.T05 is weak theme=T05 status=missing as_of= level="]


def test_a_sentence_about_a_finding() -> None:
    """A finding that is not there yet is open; `is open` looks at the truth itself."""
    known = looking()
    for id, truth in (("yes", HOLDS), ("no", FAILS), ("maybe", OPEN)):
        known.findings[id] = Finding(id, "rule", truth, "", (), Step("", truth))

    assert told(evaluate(parse("finding.yes holds"), known)) == ["trace.finding HOLDS sentence=finding.yes holds finding=yes"]
    assert evaluate(parse("finding.no holds"), known).truth is FAILS
    assert evaluate(parse("finding.maybe holds"), known).truth is OPEN
    assert evaluate(parse("finding.elsewhere holds"), known).truth is OPEN
    assert told(evaluate(parse("finding.maybe is open"), known)) == ["trace.finding HOLDS sentence=finding.maybe is open finding=maybe"]
    assert evaluate(parse("finding.yes is open"), known).truth is FAILS


@pytest.mark.parametrize(("sentence", "result", "truth"), [
    ("group.SAF is positive", "positive", HOLDS),
    ("group.SAF is positive", "negative", FAILS),
    ("group.SAF is positive", "open", OPEN),
    ("group.SAF is open", "open", HOLDS),
    ("group.SAF is high", "undetermined", FAILS),
    ("group.SAF is undetermined", "undetermined", HOLDS),
    ("group.SAF at least high", "undetermined", OPEN),
    ("group.SAF at least high", "very_high", HOLDS),
    ("group.SAF at least high", "high", HOLDS),
    ("group.SAF at least high", "moderate", FAILS),
    ("group.SAF at least moderate", "low", FAILS),
    ("group.SAF at least high", "", FAILS),
    ("group.SAF at least high", "positive", FAILS),
])
def test_a_sentence_about_a_group(sentence: str, result: str, truth: Truth) -> None:
    """Dimensions are positive, negative or open; levels have an order; an undetermined one may be at least anything."""
    step = evaluate(parse(sentence), looking(groups={"SAF": result} if result else {}))

    assert told(step) == [f"trace.group {truth.name} sentence={sentence} group=SAF result={result}"]


def test_a_sentence_about_the_person_and_the_scenario() -> None:
    """Without an age group the reading of the instrument counts, or adult; a scenario is one or another."""
    child = looking(answers=Answers(person=Person("child", True), scenario="stay"))

    assert told(evaluate(parse("person.age_group is child"), child)) == ["trace.person HOLDS sentence=person.age_group is child value=child"]
    assert evaluate(parse("person.age_group is disputed or child"), child).truth is HOLDS
    assert evaluate(parse("person.children_travel is true"), child).truth is HOLDS
    assert evaluate(parse("person.children_travel is true"), looking()).truth is FAILS
    assert evaluate(parse("person.age_group is adult"), looking()).truth is HOLDS
    assert evaluate(parse("person.age_group is child"), looking(by=replace(MATRIX, reading="child"))).truth is HOLDS
    assert told(evaluate(parse("scenario is stay"), child)) == ["trace.scenario HOLDS sentence=scenario is stay value=stay"]
    assert told(evaluate(parse("scenario is home"), child)) == ["trace.scenario FAILS sentence=scenario is home value=stay"]
    assert told(evaluate(parse("scenario is home"), looking())) == ["trace.scenario FAILS sentence=scenario is home value="]


@pytest.mark.parametrize(("sentence", "found"), [
    ("some domain is high", "SAF, LIV"),
    ("some group is low", "CHI"),
    ("some critical domain is high", "SAF"),
    ("some domain at least moderate", "SAF, LIV"),
    ("some domain is very_high", ""),
    ("some hard stop is active", "HS1, HS2"),
    ("some absolute hard stop is active", "HS1"),
    ("some conditional hard stop is active", "HS2"),
    ("some hard stop is open or cleared", ""),
    ("some item is present", "SAF1, LIV2"),
    ("some critical item is present", "SAF1"),
    ("some critical item is open", "LIV1"),
    ("some item is partly or open", "SAF2, LIV1"),
])
def test_some_looks_at_what_is_shown_now(sentence: str, found: str) -> None:
    """`some …` holds or does not, and names what it found; items count only where their group is in use."""
    given = answers({"SAF1": "present", "SAF2": "partly", "LIV1": "unknown", "LIV2": "present", "CHI1": "present"}, rest="absent")
    known = looking(answers=given, groups={"SAF": "high", "LIV": "high"}, stops={"HS1": "active", "HS2": "active"})
    if "low" in sentence:
        known.groups["CHI"] = "low"

    assert told(evaluate(parse(sentence), known)) == [f"trace.some {'HOLDS' if found else 'FAILS'} sentence={sentence} found={found}"]


def test_an_item_hangs_on_another() -> None:
    """Where `only_if` fails the item does not apply; while that is open, so is the item, whatever was answered."""
    def code(first: str, second: str) -> str:
        return Known(RULES, answers({"A1": first, "B1": second}), RULES.by_id()).answer("B1").code

    assert code("present", "absent") == "absent"
    assert code("absent", "present") == "not_applicable"
    assert code("absent", "declined") == "not_applicable"
    assert code("unknown", "present") == "unknown"
    assert code("unknown", "declined") == "declined"


def test_items_that_hang_on_each_other_stay_open() -> None:
    """A ring of conditions ends, and ends open."""
    ring = instrument("rules", [item("A", "G", "question", only_if=parse("B is present")), item("B", "G", "question", only_if=parse("A is present"))], [])

    assert Known(ring, answers({"A": "present", "B": "present"}), ring.by_id()).answer("A").code == "unknown"


def test_what_is_not_listed_takes_the_code_of_its_kind() -> None:
    """`unlisted` speaks for a kind of item and for no other; without it an item was not asked."""
    known = Known(RULES, answers({}, unlisted={"indicator": "absent"}), RULES.by_id())

    assert (known.answer("A1").code, known.answer("B2").code) == ("absent", "not_asked")


# --- what is refused ---


@pytest.mark.parametrize(("given", "problem"), [
    (answers({"ZZ9": "present"}), '"ZZ9" is not an item of small.'),
    (answers({"SAF1": "huge"}), 'the answer to "SAF1" is not one of absent, partly, present or an open answer (unknown, not_asked, declined, unsafe_to_ask).'),
    (Answers({"SAF1": Answer("not_applicable", reason=" ")}), '"SAF1" is marked not applicable without a reason.'),
    (Answers(severity={"HS": Departure(2, "A reason.")}), 'severity is set for "HS", which is not a domain of small.'),
    (Answers(severity={"SAF": Departure(5, "A reason.")}), 'the severity of "SAF" needs a level from 1 to 4 and a reason.'),
    (Answers(severity={"SAF": Departure(0, "A reason.")}), 'the severity of "SAF" needs a level from 1 to 4 and a reason.'),
    (Answers(severity={"SAF": Departure(2, " ")}), 'the severity of "SAF" needs a level from 1 to 4 and a reason.'),
    (Answers(unlisted={"protective": "cleared"}), 'the answer for unlisted items of the kind "protective" is not one that they all offer.'),
    (Answers(unlisted={"risk": "verified", "protective": "verified"}), 'the answer for unlisted items of the kind "risk" is not one that they all offer.'),
    (Answers(person=aged("old")), "the age group is not one of adult, child, disputed."),
    (Answers(scenario="away"), "the scenario is not one of home, stay."),
    (Answers({"ZZ9": Answer("present")}, scenario="away"), '"ZZ9" is not an item of small. the scenario is not one of home, stay.'),
])
def test_answers_that_cannot_be_meant_are_refused(given: Answers, problem: str) -> None:
    """Every problem is told at once; the message names the item, never what was answered."""
    with pytest.raises(AnswersError) as refused:
        assess(MATRIX, given, on=ON)
    assert str(refused.value) == f"answers: {problem}\n  See the items and their scales in small.yaml."


@pytest.mark.parametrize("given", [
    answers({"SAF1": "not_applicable"}),
    *(answers({"SAF1": code}) for code in OPEN_CODES),
    *(Answers(severity={"SAF": Departure(level, "A reason.")}) for level in (1, 2, 3, 4)),
    *(Answers(person=aged(age)) for age in (None, "adult", "child", "disputed")),
    Answers(unlisted={"risk": "absent", "protective": "declined", "hard_stop": "cleared", "elsewhere": "present"}),
])
def test_answers_that_can_be_meant_are_taken(given: Answers) -> None:
    """Open answers, reasons, departures with a reason, every age group, and what every item of a kind offers are taken."""
    assert assess(MATRIX, given, on=ON).instrument == "small"


def test_free_words_are_taken_as_they_are() -> None:
    """Words and dates are kept; nothing is reasoned about them, and they are never asked for again."""
    assert assess(RULES, {"N1": "anything at all", "N2": "2026-12-15"}, on=ON) == assess(RULES, {}, on=ON)


def test_where_no_scenario_is_named_the_first_is_weighed() -> None:
    """An instrument with scenarios always weighs one; one without them has none, and takes any name as it is."""
    assert assess(MATRIX, Answers(), on=ON).scenario == "home"
    assert assess(MATRIX, Answers(scenario="stay"), on=ON).scenario == "stay"
    assert assess(RULES, Answers(), on=ON).scenario is None
    assert assess(RULES, Answers(scenario="anywhere"), on=ON).scenario == "anywhere"


def test_naming_the_scenario_changes_nothing_else() -> None:
    """Answers without a scenario are weighed as the same answers with the first one."""
    given = Answers({"SAF2": Answer("present")}, Person("child", True), None, None, {"SAF": Departure(1, "A reason.")}, {"risk": "absent"})

    assert assess(MATRIX, given, on=ON) == assess(MATRIX, replace(given, scenario="home"), on=ON)


# --- the indicator rule ---

ALL_ABSENT: Final = dict.fromkeys(STRENGTHS, "absent")


def test_a_dimension_is_positive_in_the_four_published_cases() -> None:
    """Two strong; one strong and one other; three medium; two medium and one weak. Nothing else."""
    for strong, medium, weak in product(range(4), range(5), range(3)):
        cases = {"a": strong >= 2, "b": strong == 1 and medium + weak > 0, "c": strong == 0 and medium >= 3, "d": strong == 0 and medium == 2 and weak >= 1}
        expected = "".join(case for case, holds in cases.items() if holds)

        assert which_case(strong, medium, weak) == expected
        assert is_positive(strong, medium, weak) is bool(expected)


def read(given: Codes, age: str = "adult") -> tuple[dict[str, bool], str]:
    """A second reading of the small set on a form without open items: its dimensions and its outcome."""
    place = 1 if age == "child" else 0
    shown: dict[str, bool] = {}
    for group in ("DR", "EX", "CD"):
        found = [STRENGTHS[id][place] for id in STRENGTHS if id.startswith(group) and given[id] in ("present", "verified", "partly")]
        shown[group] = bool(which_case(*(found.count(strength) for strength in ("strong", "medium", "weak"))))
    means = "means" if shown["DR"] or shown["CD"] else "nothing"
    if age == "child":
        return shown, "child_exploitation" if shown["EX"] else means
    return shown, ("both" if shown["DR"] else "exploitation") if shown["EX"] else means


def small_forms(ids: Iterable[str], codes: Sequence[str], number: int, most_open: int) -> Iterable[dict[str, str]]:
    """Drawn forms on which a few items are open."""
    random, ids = Random(number), list(ids)
    for _ in range(number):
        form = {id: random.choice(codes) for id in ids}
        for id in random.sample(ids, random.randint(0, most_open)):
            form[id] = random.choice(OPEN_CODES)
        yield form


def ends(given: Codes, code: str) -> dict[str, str]:
    """The form with every open item answered alike."""
    return {id: code if answer in OPEN_CODES else answer for id, answer in given.items()}


@pytest.mark.parametrize("age", ["adult", "child"])
def test_an_outcome_is_shown_with_both_its_ends(age: str) -> None:
    """With everything open absent, with everything open present, and open where the two differ."""
    for given in small_forms(STRENGTHS, ("absent", "absent", "present", "verified", "not_applicable"), 60, 6):
        found = assess(PATTERN, answers(given, person=aged(age)), on=ON)
        (low, low_outcome), (high, high_outcome) = read(ends(given, "absent"), age), read(ends(given, "present"), age)

        assert (found.outcome.if_unknown_absent, found.outcome.if_unknown_present) == (low_outcome, high_outcome)
        assert found.outcome.id == (low_outcome if low_outcome == high_outcome else "open")
        assert {id: dimension.result for id, dimension in found.dimensions.items()} == {
            id: "positive" if low[id] else "open" if high[id] else "negative" for id in low}


def changes(given: Codes, offered: Callable[[str], Sequence[str]], results: Callable[[Codes], Mapping[str, object]]) -> dict[str, set[str]]:
    """Open item → the results that its answer can change, found by trying all answers together."""
    unanswered = [id for id, code in given.items() if code in OPEN_CODES]
    seen = {codes: results({**given, **dict(zip(unanswered, codes, strict=True))}) for codes in product(*(offered(id) for id in unanswered))}
    found: dict[str, set[str]] = {}
    for codes, result in seen.items():
        for place, id in enumerate(unanswered):
            for other in (seen[(*codes[:place], code, *codes[place + 1:])] for code in offered(id)):
                found.setdefault(id, set()).update(name for name in result if result[name] != other[name])
    return {id: names for id, names in found.items() if names}


@pytest.mark.parametrize("age", ["adult", "child", "disputed"])
def test_an_open_indicator_is_listed_with_exactly_what_it_can_change(age: str) -> None:
    """Tried with all answers together: a dimension or the outcome, in any of the readings shown."""
    ages = ("child", "adult") if age == "disputed" else (age,)

    def results(given: Codes) -> dict[str, object]:
        shown = {one: read(given, one) for one in ages}
        return {**{group: tuple(shown[one][0][group] for one in ages) for group in ("DR", "EX", "CD")}, "outcome": tuple(shown[one][1] for one in ages)}

    for given in small_forms(STRENGTHS, ("absent", "absent", "present"), 40, 6):
        found = assess(PATTERN, answers(given, person=aged(age)), on=ON)

        assert all(len(set(question.would_change)) == len(question.would_change) for question in found.open_questions)
        assert {question.item: set(question.would_change) for question in found.open_questions} == changes(given, lambda id: ("absent", "present"), results)


@pytest.mark.parametrize(("present", "unanswered", "listed"), [
    ("DR2", ("DR1", "DR3"), {"DR1"}),
    ("DR4", ("DR1", "DR2"), {"DR1"}),
    ("DR4", ("DR2", "DR3"), {"DR2", "DR3"}),
    ("DR1", ("DR2", "DR4"), {"DR2", "DR4"}),
    ("DR2", ("DR3", "DR4"), {"DR3", "DR4"}),
    ("CD1", ("CD2", "CD3"), {"CD2", "CD3"}),
])
def test_what_could_never_tip_a_dimension_is_not_asked(present: str, unanswered: tuple[str, ...], listed: set[str]) -> None:
    """Beside one medium or weak indicator a strong one alone decides, and another medium one alone never does."""
    given = {**ALL_ABSENT, present: "present", **dict.fromkeys(unanswered, "unknown")}

    assert {question.item for question in assess(PATTERN, answers(given), on=ON).open_questions} == listed


NEIGHBOURS: Final = {"strong": ("strong", "medium"), "medium": ("strong", "medium", "weak"), "weak": ("medium", "weak")}


def hanging(given: Codes) -> dict[str, set[str]]:
    """Item → what its unverified strength decides for an adult, found by trying all neighbouring strengths."""
    found: dict[str, set[str]] = {}
    for form in (ends(given, "absent"), ends(given, "present")):
        present = [id for id, code in form.items() if code in ("present", "verified", "partly")]
        doubtful = [id for id in present if STRENGTHS[id][2] == "recalled_low"]
        seen: dict[tuple[str, ...], dict[str, object]] = {}
        for chosen in product(*(NEIGHBOURS[STRENGTHS[id][0]] for id in doubtful)):
            strengths = {**{id: STRENGTHS[id][0] for id in present}, **dict(zip(doubtful, chosen, strict=True))}
            positive = {group: is_positive(*([s for id, s in strengths.items() if id.startswith(group)].count(kind) for kind in ("strong", "medium", "weak")))
                        for group in ("DR", "EX", "CD")}
            means = "means" if positive["DR"] or positive["CD"] else "nothing"
            seen[chosen] = {**positive, "outcome": ("both" if positive["DR"] else "exploitation") if positive["EX"] else means}
        for chosen, result in seen.items():
            for place, id in enumerate(doubtful):
                for other in NEIGHBOURS[STRENGTHS[id][0]]:
                    than = seen[(*chosen[:place], other, *chosen[place + 1:])]
                    found.setdefault(id, set()).update(name for name in result if result[name] != than[name])
    return found


def test_a_result_that_hangs_on_an_unverified_strength_says_so() -> None:
    """A caveat where the outcome hangs on it, a mark at the dimension where that does; nothing where neither does."""
    for given in small_forms(STRENGTHS, ("absent", "present", "present"), 80, 2):
        found = assess(PATTERN, answers(given), on=ON)
        hang = hanging(given)
        named = {facts["item"] for key, facts in found.caveats if key == "caveat.unverified_strength"}

        assert named == {id for id, names in hang.items() if "outcome" in names}, given
        assert {id for group in ("DR", "EX", "CD") for id in found[group].unverified} == {
            id for id, names in hang.items() if id[:2] in names and given[id] not in OPEN_CODES}, given


def test_a_dimension_tells_what_it_counted() -> None:
    """Strong, medium and weak, the published case, every indicator behind it, and what is open only where that decides."""
    found = assess(PATTERN, answers({**ALL_ABSENT, "DR1": "present", "DR4": "partly", "DR2": "unknown", "EX2": "verified", "EX1": "declined",
                                     "CD1": "present", "CD3": "present", "CD4": "unknown"}), on=ON)

    assert told(found["DR"].trace) == lines("""
        trace.dimension HOLDS group=DR strong=1 medium=0 weak=1 case=b open=1 result=positive
          trace.present HOLDS item=DR1 strength=strong certainty=seen
          trace.present HOLDS item=DR4 strength=weak certainty=seen
          trace.open OPEN item=DR2 strength=medium certainty=recalled_medium
    """)
    assert found["DR"] == Finding("DR", "dimension", HOLDS, "because.dimension.positive", ("rule",), found["DR"].trace, ("DR1", "DR4"), (), ())
    assert (found["EX"].truth, found["EX"].because, found["EX"].answers, found["EX"].still_open) == (OPEN, "because.dimension.open", ("EX2",), ("EX1",))
    assert (found["CD"].truth, found["CD"].still_open) == (OPEN, ("CD4",))
    assert list(found.dimensions.values()) == [Dimension(1, 0, 1, "positive", 1), Dimension(0, 1, 0, "open", 1), Dimension(0, 2, 0, "open", 1)]


def test_the_outcome_shows_every_row_that_was_tried() -> None:
    """Rows in their order up to the first that holds, each with the dimensions it looked at."""
    found = assess(PATTERN, answers({**ALL_ABSENT, "DR1": "present", "DR4": "verified", "EX1": "present"}), on=ON)

    assert told(found["outcome_adult"].trace) == lines("""
        trace.outcome HOLDS outcome=means age=adult low=means high=means
          trace.row FAILS outcome=both
            trace.all FAILS holding=1 need=2 of=2
              trace.group HOLDS sentence=group.DR is positive group=DR result=positive
              trace.group FAILS sentence=group.EX is positive group=EX result=negative
          trace.row FAILS outcome=exploitation
            trace.all FAILS holding=0 need=2 of=2
              trace.group FAILS sentence=group.EX is positive group=EX result=negative
              trace.group FAILS sentence=group.DR is negative group=DR result=positive
          trace.row HOLDS outcome=means
            trace.any HOLDS holding=1 need=1 of=2
              trace.group HOLDS sentence=group.DR is positive group=DR result=positive
              trace.group FAILS sentence=group.CD is positive group=CD result=negative
    """)
    assert (found["outcome_adult"].kind, found["outcome_adult"].because, found["outcome_adult"].basis) == ("outcome", "because.outcome", ("basis_means",))
    assert (found.wording, found.next_steps) == ("Wording means.", ("Step means.", "Shared step."))
    assert [finding.id for finding in found.findings] == ["DR", "EX", "CD", "outcome_adult", "pay", "some", "late"]
    assert found.flags == ("advice", "referral")
    assert told(assess(PATTERN, answers(ALL_ABSENT), on=ON)["outcome_adult"].trace)[-2:] == ["  trace.row HOLDS outcome=nothing", "    trace.otherwise HOLDS"]
    unclear = assess(PATTERN, answers({**ALL_ABSENT, "DR1": "present", "DR4": "unknown"}), on=ON)["outcome_adult"]
    assert (unclear.truth, unclear.trace.truth, unclear.trace.facts) == (OPEN, OPEN, {"outcome": "open", "age": "adult", "low": "nothing", "high": "means"})


def test_in_doubt_about_age_the_reading_as_of_a_child_leads() -> None:
    """Both readings are shown with a trace each; the child's gives dimensions, findings and outcome."""
    found = assess(PATTERN, answers({**ALL_ABSENT, "EX1": "present", "EX2": "present", "EX3": "unknown"}, person=aged("disputed")), on=ON)

    assert list(found.readings) == ["child", "adult"]
    assert found.outcome.id == "child_exploitation"
    assert (found.dimensions["EX"].strong, found.dimensions["EX"].medium, found.dimensions["EX"].open_items) == (1, 1, 0)
    assert (found.readings["adult"].age, found.readings["adult"].outcome.id) == ("adult", "exploitation")
    assert found.readings["adult"].dimensions["EX"].open_items == 1
    assert [finding.id for finding in found.findings][3:5] == ["outcome_child", "outcome_adult"]
    assert ("caveat.age_in_doubt", {}) in found.caveats
    assert found["EX"].trace.parts[0].facts == {"item": "EX1", "strength": "medium", "certainty": "seen"}


def test_an_indicator_without_a_strength_in_a_reading_is_not_in_it() -> None:
    """EX3 counts for adults only."""
    given = answers({**ALL_ABSENT, "EX1": "present", "EX3": "present"}, person=aged("child"))

    assert assess(PATTERN, given, on=ON).dimensions["EX"].weak == 0
    assert assess(PATTERN, replace(given, person=aged("adult")), on=ON).dimensions["EX"].weak == 1


@pytest.mark.parametrize(("age", "keys"), [
    (None, ["caveat.set_recalled"]),
    ("adult", ["caveat.set_recalled"]),
    ("child", ["caveat.other_age", "caveat.set_recalled"]),
    ("disputed", ["caveat.age_in_doubt", "caveat.set_recalled"]),
])
def test_caveats_that_hold_whatever_was_answered(age: Any, keys: list[str]) -> None:
    """Another age than the set is made for, an age in doubt, and a set that is recalled are said each time."""
    found = assess(PATTERN, answers(ALL_ABSENT, person=aged(age)), on=ON)

    assert [key for key, _ in found.caveats] == keys
    assert bool(found.readings) is (age == "disputed")
    assert dict(found.caveats).get("caveat.other_age", {"age": age}) == {"age": age}
    assert dict(found.caveats)["caveat.set_recalled"] == {"instrument": "small"}


@pytest.mark.parametrize(("on", "overdue"), [(date(2026, 12, 31), False), (date(2027, 1, 1), True), (date(2027, 1, 2), True)])
def test_an_instrument_past_its_review_says_so(on: date, overdue: bool) -> None:
    """From its review date on, that day included."""
    found = assess(replace(PATTERN, status="seen"), answers(ALL_ABSENT), on=on)

    assert found.caveats == ((("caveat.instrument_overdue", {"date": "2027-01-01"}),) if overdue else ())
    assert assess(replace(PATTERN, status="seen", review_by=None), answers(ALL_ABSENT), on=on).caveats == ()


def test_a_set_for_one_age_is_read_as_it_is() -> None:
    """Without a counterpart set the age group changes nothing, and nothing is said about it."""
    alone = replace(PATTERN, readings={}, status="seen")
    given = answers({**ALL_ABSENT, "EX1": "present", "EX2": "present"}, person=aged("child"))

    assert assess(alone, given, on=ON).outcome.id == "exploitation"
    assert assess(alone, given, on=ON).caveats == ()
    assert assess(replace(alone, readings={"adult": "small"}), given, on=ON).outcome.id == "exploitation"


def test_a_set_without_readings_uses_the_strength_of_any() -> None:
    """An indicator set that names no age has one column of strengths."""
    items = [replace(one, weights={"any": one.weights["adult"]}) for one in PATTERN.items]
    any_age = replace(PATTERN, items=tuple(items), reading="", readings={}, outcomes=(outcome("yes", "group.DR is positive"), outcome("no")))

    assert assess(any_age, answers({**ALL_ABSENT, "DR1": "present", "DR2": "present"}), on=ON).outcome.id == "yes"


def test_where_no_row_holds_the_outcome_is_open() -> None:
    """A set without a last row never invents one."""
    rowless = replace(PATTERN, outcomes=(outcome("both", "group.EX is positive"),))

    assert assess(rowless, answers(ALL_ABSENT), on=ON).outcome.id == "open"
    assert assess(rowless, answers({**ALL_ABSENT, "EX1": "present", "EX2": "present"}), on=ON).outcome.id == "both"


# --- levels ---

COUNTS: Final = [Risks(*counts) for counts in product(range(4), range(3), range(6), range(5))]


def test_likelihood_follows_the_counts() -> None:
    """Two critical, or one and two others: very likely; one critical or four others: likely; then possible; else unlikely."""
    for risks in COUNTS:
        very_likely = risks.s2 >= 2 or (risks.s2 == 1 and risks.o2 >= 2)
        likely = risks.s2 >= 1 or risks.o2 >= 4
        possible = risks.s1 >= 1 or risks.o2 >= 2 or risks.o2 + risks.o1 >= 3

        assert risks.likelihood == (4 if very_likely else 3 if likely else 2 if possible else 1), risks
        assert risks.signature == (risks.s2 > 0, risks.likelihood)
        assert risks.capped().signature == risks.signature


def test_counts_are_capped_where_more_changes_nothing() -> None:
    """Two critical, one critical partly, four others, three others partly: more of the same never matters."""
    assert Risks(9, 9, 9, 9).capped() == Risks(2, 1, 4, 3)
    assert Risks(1, 1, 3, 2).capped() == Risks(1, 1, 3, 2)
    assert Risks(0, 0, 0, 0).capped() == Risks()


def test_one_more_risk_is_counted_where_it_belongs() -> None:
    """Critical or not, partly or present; an absent one changes nothing."""
    one = Risks(1, 1, 1, 1)

    assert [one.plus(True, value) for value in (0, 1, 2)] == [one, Risks(1, 2, 1, 1), Risks(2, 1, 1, 1)]
    assert [one.plus(False, value) for value in (0, 1, 2)] == [one, Risks(1, 1, 1, 2), Risks(1, 1, 2, 1)]


def test_protection_counts_from_two() -> None:
    """Fewer than two do nothing; two present protect; two verified are proven."""
    assert [protection(present, verified) for present, verified in ((0, 0), (1, 1), (2, 0), (2, 1), (2, 2), (3, 2))] == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(("critical", "likelihood", "by_protection"), [
    (False, 1, (1, 1, 1)), (False, 2, (2, 1, 1)), (False, 3, (3, 2, 2)), (True, 3, (3, 3, 2)), (True, 4, (4, 4, 3)), (True, 2, (2, 2, 2)),
])
def test_protection_lowers_likelihood_by_one(critical: bool, likelihood: int, by_protection: tuple[int, int, int]) -> None:
    """Not below one; with a critical risk only proven protection counts, and not below two."""
    assert tuple(protected_likelihood((critical, likelihood), protected) for protected in (0, 1, 2)) == by_protection


def ways_on(known: Risks, criticals: int, others: int) -> set[Risks]:
    """Every count that open risk items can lead to, each of them tried."""
    found = {known}
    for critical in (True,) * criticals + (False,) * others:
        found = {risks.plus(critical, value) for risks in found for value in (0, 1, 2)}
    return found


def protections_on(present: int, verified: int, open_items: int) -> set[tuple[int, int]]:
    """Every count of protection that open protective items can lead to."""
    found = {(present, verified)}
    for _ in range(open_items):
        found = {(p + more, v + proven) for p, v in found for more, proven in ((0, 0), (1, 0), (1, 1))}
    return found


def test_what_can_still_come_is_exactly_what_trying_all_gives() -> None:
    """Reachable likelihoods, and what one open item could do, agree with trying every answer."""
    random = Random(7)
    for _ in range(120):
        known = Risks(random.randint(0, 2), random.randint(0, 1), random.randint(0, 4), random.randint(0, 3))
        criticals, others, open_protection = random.randint(0, 3), random.randint(0, 5), random.randint(0, 3)
        present = random.randint(0, 2)
        verified = random.randint(0, present)
        risks, protections = ways_on(known, criticals, others), protections_on(present, verified, open_protection)
        state = (known, criticals, others, present, verified, open_protection)

        assert reachable(*state) == {protected_likelihood(r.signature, protection(*p)) for r in risks for p in protections}, state
        for critical in (True, False):
            assert risk_moves(critical, *state) == {
                tuple(protected_likelihood(r.plus(critical, value).signature, protection(*p)) for value in (0, 1, 2))
                for r in risks for p in protections}, state
        assert protective_moves(*state) == {
            tuple(protected_likelihood(r.signature, protection(p + more, v + proven)) for more, proven in ((0, 0), (1, 0), (1, 1)))
            for r in risks for p, v in protections}, state


@pytest.mark.parametrize(("low", "middle", "high", "hard_to_tell", "level"), [
    ("low", "low", "low", True, ("low", False)),
    ("high", "high", "high", False, ("high", False)),
    ("low", "low", "moderate", True, ("moderate", True)),
    ("low", "very_high", "very_high", True, ("very_high", True)),
    ("low", "moderate", "high", True, ("undetermined", True)),
    ("low", "moderate", "high", False, ("moderate", True)),
    ("moderate", "high", "very_high", False, ("high", True)),
])
def test_which_level_may_be_shown_for_a_range(low: str, middle: str, high: str, hard_to_tell: bool, level: tuple[str, bool]) -> None:
    """One level where all agree; marked where they do not; none where too much that matters is open."""
    assert suggested_level(low, middle, high, hard_to_tell) == level


# --- the return rule ---

CALM: Final = {"HS1": "cleared", "HS2": "cleared"} | {one.id: "absent" for one in MATRIX.items if one.kind != "hard_stop"}
OFFERED: Final = {one.id: MATRIX.scales[one.scale].codes for one in MATRIX.items}
LEVELS: Final = ("low", "moderate", "high", "very_high")


def weigh(given: Codes, **more: Any) -> Assessment:
    """What the engine says of a form of the small return rule on which everything else is calm."""
    return assess(MATRIX, answers({**CALM, **given}, **more), on=ON)


def chance(group: str, given: Codes, unknown_as: str) -> int:
    """Likelihood of one domain, counted again."""
    risks = [one for one in MATRIX.items if one.group == group and one.kind == "risk"]
    code = {one.id: unknown_as if given[one.id] in OPEN_CODES else given[one.id] for one in risks}
    counted = {(critical, value): sum(one.critical is critical and code[one.id] == value for one in risks)
               for critical, value in product((True, False), ("partly", "present"))}
    shelter = [given[one.id] for one in MATRIX.items if one.group == group and one.kind == "protective"]
    verified, present = shelter.count("verified"), shelter.count("present") + shelter.count("verified")
    risk = Risks(counted[True, "present"], counted[True, "partly"], counted[False, "present"], counted[False, "partly"])
    if risk.s2:
        return max(2, risk.likelihood - 1) if verified >= 2 else risk.likelihood
    return max(1, risk.likelihood - 1) if present >= 2 else risk.likelihood


def weighed(given: Codes, used: Sequence[str]) -> dict[str, object]:
    """A second reading of the small return rule: each domain's level and range, each stop, and the outcome."""
    severity = {group.id: group.severity for group in MATRIX.groups}
    shown: dict[str, object] = {}
    levels = {}
    for group in used:
        low, middle, high = (MATRIX_OF_LEVELS[chance(group, given, code) - 1][severity[group] - 1] for code in ("absent", "partly", "present"))
        risks = [one for one in MATRIX.items if one.group == group and one.kind == "risk"]
        unknown = [one for one in risks if given[one.id] in OPEN_CODES]
        hard = any(one.critical for one in unknown) or (bool(unknown) and 3 * len(unknown) >= len(risks))
        settled = low if low == high else "moderate" if high == "moderate" else "very_high" if middle == "very_high" else ""
        shown[group] = levels[group] = settled or ("undetermined" if hard else middle)
    shown |= {id: "open" if given[id] in OPEN_CODES else given[id] for id in ("HS1", "HS2")}
    if shown["HS1"] == "active" or "very_high" in levels.values():
        return {**shown, "outcome": "do_not"}
    if "open" in (shown["HS1"], shown["HS2"]) or any(levels.get(group) == "undetermined" for group in ("SAF", "CHI")):
        return {**shown, "outcome": "more_information"}
    return {**shown, "outcome": "conditions" if shown["HS2"] == "active" or {"high", "undetermined"} & set(levels.values()) else "plan"}


def return_forms(number: int, most_open: int, calm: float) -> Iterable[dict[str, str]]:
    """Drawn return forms near the thresholds."""
    random = Random(number)
    for _ in range(number):
        form = {id: CALM[id] if random.random() < calm else random.choice((*OFFERED[id], "not_applicable")) for id in CALM}
        for id in random.sample(list(CALM), random.randint(0, most_open)):
            form[id] = random.choice(OPEN_CODES)
        yield form


@pytest.mark.parametrize(("scenario", "age", "used"), [
    ("home", "adult", ("SAF", "LIV")), ("home", "child", ("SAF", "LIV", "CHI")), ("stay", "disputed", ("LIV", "CHI")), ("stay", None, ("LIV",)),
])
def test_domains_and_outcome_are_those_of_the_rule(scenario: str, age: Any, used: tuple[str, ...]) -> None:
    """Level, range and likelihood of every domain in use, every stop, and the outcome with both its ends."""
    for given in return_forms(60, 5, 0.6):
        found = weigh(given, scenario=scenario, person=aged(age))
        said = weighed(given, used)

        shown = {id: domain.level for id, domain in found.domains.items()} | {id: stop.state for id, stop in found.hard_stops.items()}
        assert tuple(found.domains) == used
        assert {**shown, "outcome": found.outcome.id} == said, given
        for id, domain in found.domains.items():
            row = [MATRIX_OF_LEVELS[chance(id, given, code) - 1][domain.severity - 1] for code in ("absent", "present")]
            assert ([domain.lowest, domain.highest], domain.likelihood) == (row, chance(id, given, "partly"))
        assert found.outcome.if_unknown_absent == weighed(answered(given, 0), used)["outcome"], given
        assert found.outcome.if_unknown_present == weighed(answered(given, -1), used)["outcome"], given


def answered(given: Codes, place: int) -> dict[str, str]:
    """The form with what is open absent (0) or present (−1); open protection counts as none both times."""
    of = {"risk": OFFERED["SAF1"][place], "hard_stop": OFFERED["HS1"][place], "protective": "absent"}
    return {id: of[MATRIX.item(id).kind] if code in OPEN_CODES else code for id, code in given.items()}


@pytest.mark.parametrize(("scenario", "age", "used"), [("home", "adult", ("SAF", "LIV")), ("home", "child", ("SAF", "LIV", "CHI")), ("stay", None, ("LIV",))])
def test_an_open_return_item_is_listed_with_exactly_what_it_can_change(scenario: str, age: Any, used: tuple[str, ...]) -> None:
    """Tried with all answers together: a domain, a stop, or the outcome."""
    for given in return_forms(40, 4, 0.75):
        found = weigh(given, scenario=scenario, person=aged(age))
        said = changes(given, OFFERED.__getitem__, lambda form: weighed(form, used))

        assert {question.item: set(question.would_change) for question in found.open_questions} == said, given


def test_a_future_that_asks_for_nothing_can_be_planned() -> None:
    """Without a domain in use and without a hard stop the best outcome follows, whatever is open."""
    only_safety = replace(MATRIX, items=tuple(one for one in MATRIX.items if one.group == "SAF"), groups=MATRIX.groups[1:2], rules=())
    found = assess(only_safety, Answers(scenario="stay"), on=ON)

    assert (found.outcome.id, found.outcome.if_unknown_absent, found.outcome.if_unknown_present) == ("plan", "plan", "plan")
    assert (found.domains, found.open_questions) == ({}, ())


@pytest.mark.parametrize(("given", "changed"), [
    ({"SAF1": "present", "SAF3": "present", "SAF8": "verified", "SAF9": "verified", "SAF2": "unknown"}, {"SAF2": ("SAF", "outcome")}),
    ({"SAF2": "present", "SAF3": "present", "SAF8": "present", "SAF9": "present", "SAF1": "unknown"}, {"SAF1": ("SAF", "outcome")}),
    ({"SAF2": "present", "SAF3": "partly", "SAF8": "present", "SAF9": "unknown"}, {}),
    ({"SAF2": "present", "SAF3": "unknown", "SAF8": "present", "SAF9": "present"}, {}),
    ({"SAF2": "present", "SAF3": "unknown", "SAF8": "present"}, {"SAF3": ("SAF", "outcome")}),
    ({"SAF2": "present", "SAF3": "present", "SAF8": "present", "SAF9": "unknown"}, {"SAF9": ("SAF", "outcome")}),
    ({"SAF1": "present", "SAF8": "verified", "SAF9": "unknown"}, {"SAF9": ("SAF", "outcome")}),
])
def test_protection_decides_what_is_still_worth_asking(given: Codes, changed: dict[str, tuple[str, ...]]) -> None:
    """Two protective items take a step off a level; with them, or short of one, other questions matter."""
    assert {question.item: question.would_change for question in weigh(given).open_questions} == changed


def test_children_who_travel_along_bring_their_domain() -> None:
    """The condition of a domain leaves it out only where it fails."""
    assert "CHI" in weigh({}, person=Person("adult", True)).domains
    assert "CHI" not in weigh({}, person=Person("adult", False)).domains


def test_a_departure_sets_the_severity_with_its_reason() -> None:
    """A professional may weigh a domain otherwise; the reason stands beside it."""
    found = weigh({"SAF1": "present"}, severity={"SAF": Departure(1, "Agreed in supervision.")})

    assert (found.domains["SAF"].severity, found.domains["SAF"].level, found.domains["SAF"].departure) == (1, "moderate", "Agreed in supervision.")
    assert (weigh({}).domains["SAF"].severity, weigh({}).domains["SAF"].departure) == (4, "")
    assert found["SAF"].trace.facts["departure"] == "Agreed in supervision."


def proven(*codes: str) -> dict[str, Answer]:
    """SAF1, SAF2, … present, resting on these."""
    return {f"SAF{n}": Answer("present", evidence=(kind,) if kind else ()) for n, kind in enumerate(codes, start=1)}  # type: ignore[arg-type]


TWO_VOICES: Final = {id: CountrySource(id, "A report", publisher, "ngo", "2026") for id, publisher in (("one", "A ministry"), ("two", "A union"))}
IN_STATES: Final[dict[str, Country | None]] = {
    "current": country(claim("a", sources=("one", "two")), sources=TWO_VOICES),
    "single": country(claim("a"), sources=TWO_VOICES),
    "conflicting": country(claim("a"), claim("b", "strong", sources=("two",)), sources=TWO_VOICES),
    "outdated": country(claim("a", review_by=ON, sources=("one", "two")), sources=TWO_VOICES),
    "none": None,
}

@pytest.mark.parametrize(("given", "status", "confidence"), [
    ({}, "current", "high"),
    ({}, "single", "medium"),
    ({}, "conflicting", "medium"),
    ({}, "outdated", "low"),
    ({}, "none", "low"),
    (proven("document", "third_party"), "current", "high"),
    (proven("document", "account"), "current", "medium"),
    (proven("document", "account"), "single", "low"),
    (proven(""), "current", "medium"),
    ({"SAF8": Answer("verified")}, "current", "high"),
    ({"SAF8": Answer("partly")}, "current", "medium"),
    ({"SAF8": Answer("unknown")}, "current", "medium"),
    ({"SAF1": Answer("unknown")}, "current", "low"),
    ({"SAF2": Answer("unknown")}, "current", "low"),
    ({"LIV2": Answer("unknown")}, "current", "high"),
    ({f"SAF{n}": Answer("not_applicable", reason="Does not arise.") for n in (1, 2, 3)}, "none", "high"),
    ({"SAF1": Answer("not_applicable", reason="Does not arise.")}, "outdated", "medium"),
])
def test_how_well_a_domain_is_known_stands_apart_from_its_level(given: dict[str, Answer], status: str, confidence: str) -> None:
    """Low where it is hard to tell, or where nothing is known today on a topic of a critical question; high where nothing is open, all is
    proven and at least two voices agree today; a question that does not apply needs no country information.
    """
    found = assess(MATRIX, Answers({**answers(CALM).given, **given}), IN_STATES[status], on=ON)

    assert found.domains["SAF"].confidence == confidence


@pytest.mark.parametrize(("status", "line", "still_open"), [
    ("current", [], ()),
    ("single", ["country.T05: single 2026-03-31 (critical)"], ()),
    ("conflicting", ["country.T05: conflicting 2026-03-31 (critical)"], ("country.T05",)),
    ("outdated", ["country.T05: outdated 2026-03-31 (critical)"], ("country.T05",)),
    ("none", ["country.T05: missing (critical)"], ("country.T05",)),
])
def test_a_doubt_about_country_information_is_a_reason_and_opens_the_question(status: str, line: list[str], still_open: tuple[str, ...]) -> None:
    """Each doubt stands among the reasons of the domain; what is outdated, missing or disputed is open there, and the level stays."""
    found = assess(MATRIX, answers(CALM), IN_STATES[status], on=ON)

    assert as_data(found)["domains"]["SAF"]["why"] == line
    assert found["SAF"].still_open == still_open
    assert found.domains["SAF"].level == weigh({}).domains["SAF"].level


def test_the_traces_tell_doubts_in_words() -> None:
    """Which topic, what is wrong with it, since when."""
    words = Texts("en", "ltr", {
        "trace.topic": "{theme}: {doubt}{since}.", "trace.topic_critical": "{theme}: {doubt}{since}; critical.", "theme.T05": "Protection",
        "claim.outdated": "outdated", "claim.missing": "no information", "claim.single": "one voice"})
    said = {name: str(explain(assess(MATRIX, answers(CALM), place, on=ON), MATRIX, words)) for name, place in IN_STATES.items()}

    assert "Protection (T05): outdated, 2026-03-31; critical." in said["outdated"]
    assert "Protection (T05): no information; critical." in said["none"]
    assert "Protection (T05): one voice, 2026-03-31." in said["single"]


def test_a_third_of_the_risk_items_open_is_hard_to_tell() -> None:
    """One of three does; one of five does not, two of five do. Without themes no country information is needed."""
    assert weigh({"LIV2": "unknown"}).domains["LIV"].confidence == "medium"
    assert weigh({"LIV2": "unknown", "LIV3": "declined"}).domains["LIV"].confidence == "low"
    assert weigh({}).domains["LIV"].confidence == "high"


def test_a_stop_that_cannot_change_the_outcome_is_still_asked_for_itself() -> None:
    """Where a domain already decides, an open stop can change only its own state; it stays a question about danger."""
    listed = [(q.item, q.would_change, q.danger) for q in weigh({"SAF1": "present", "HS1": "unknown", "HS2": "unknown"}).open_questions]

    assert listed == [("HS1", ("HS1",), True), ("HS2", ("HS2",), True)]


def test_a_domain_tells_why() -> None:
    """Every answer that counts and every open one, critical ones marked; the finding repeats the counts."""
    found = weigh({"SAF1": "unknown", "SAF2": "partly", "SAF3": "present", "SAF8": "verified", "SAF9": "declined"})

    assert told(found["SAF"].trace) == lines("""
        trace.domain OPEN group=SAF level=undetermined lowest=low highest=very_high likelihood=2 severity=4{counts}
          trace.risk_open OPEN item=SAF1 code=unknown critical=True
          trace.risk HOLDS item=SAF2 code=partly critical=False
          trace.risk HOLDS item=SAF3 code=present critical=False
          trace.protective HOLDS item=SAF8 code=verified critical=False
          trace.protective_open OPEN item=SAF9 code=declined critical=False
          trace.topic_critical OPEN theme=T05 doubt=missing as_of= critical=True
    """.replace("{counts}", " s2=0 s1=0 o2=1 o1=1 open=1 protective=1 verified=1 departure="))
    assert found["SAF"] == Finding("SAF", "domain", OPEN, "because.domain.undetermined", ("rule",), found["SAF"].trace, ("SAF2", "SAF3", "SAF8"), (),
                                   ("SAF1", "country.T05"))
    assert found.domains["SAF"].why == found["SAF"].trace.parts
    assert found.domains["SAF"].marked


@pytest.mark.parametrize(("given", "truth", "level"), [
    ({"SAF2": "present", "SAF3": "present"}, HOLDS, "high"),
    ({"SAF1": "present"}, HOLDS, "very_high"),
    ({}, FAILS, "low"),
    ({"LIV1": "partly"}, FAILS, "low"),
])
def test_a_domain_holds_from_high(given: Codes, truth: Truth, level: str) -> None:
    """High and very high hold, low and moderate do not; the reason names the level."""
    found = weigh(given)

    assert (found["SAF"].truth, found["SAF"].because, found.domains["SAF"].marked) == (truth, f"because.domain.{level}", False)


def test_a_hard_stop_is_active_open_cleared_or_does_not_apply() -> None:
    """Whatever is open leaves it open; each has its finding, its kind, its response and its sources."""
    found = weigh({"HS1": "active", "HS2": "declined"})

    assert {id: (stop.state, stop.kind, stop.response) for id, stop in found.hard_stops.items()} == {
        "HS1": ("active", "absolute", "Stop and get help."), "HS2": ("open", "conditional", "Arrange this first.")}
    step = Step("trace.hard_stop", HOLDS, {"item": "HS1", "state": "active", "kind": "absolute"})
    assert found["HS1"] == Finding("HS1", "hard_stop", HOLDS, "because.hard_stop.active", ("guide",), step, ("HS1",), (), ())
    assert (found["HS2"].truth, found["HS2"].because, found["HS2"].still_open) == (OPEN, "because.hard_stop.open", ("HS2",))
    assert [weigh({"HS1": code})["HS1"].truth for code in ("cleared", "not_applicable")] == [FAILS, FAILS]
    assert weigh({"HS1": "not_applicable"}).hard_stops["HS1"].state == "not_applicable"
    assert [finding.id for finding in found.findings] == ["HS1", "HS2", "SAF", "LIV", "outcome", "referral", "hard"]
    assert found.flags == ("protection_referral",)
    assert weigh({"SAF1": "present"}).flags == ("careful",)


def test_the_outcome_of_a_return_shows_the_rows_it_tried() -> None:
    """In the order of the instrument, up to the first that holds; its basis is that of the row."""
    found = weigh({"HS2": "active"})

    assert told(found["outcome"].trace) == lines("""
        trace.outcome HOLDS outcome=conditions
          trace.row FAILS outcome=do_not
            trace.any FAILS holding=0 need=1 of=2
              trace.some FAILS sentence=some absolute hard stop is active found=
              trace.some FAILS sentence=some domain is very_high found=
          trace.row FAILS outcome=more_information
            trace.any FAILS holding=0 need=1 of=2
              trace.some FAILS sentence=some hard stop is open found=
              trace.some FAILS sentence=some critical domain is undetermined found=
          trace.row HOLDS outcome=conditions
            trace.any HOLDS holding=1 need=1 of=3
              trace.some HOLDS sentence=some conditional hard stop is active found=HS2
              trace.some FAILS sentence=some domain is high found=
              trace.some FAILS sentence=some domain is undetermined found=
    """)
    assert found["outcome"] == Finding("outcome", "outcome", HOLDS, "because.outcome", ("basis_conditions",), found["outcome"].trace)
    assert told(weigh({})["outcome"].trace)[-2:] == ["  trace.row HOLDS outcome=plan", "    trace.otherwise HOLDS"]


# --- rules ---


def ruled(given: Codes, rest: str = "absent", **more: Any) -> Assessment:
    """What the small rules say."""
    return assess(RULES, answers(given, rest, **more), on=ON)


@pytest.mark.parametrize(("given", "outcome_id", "low", "high"), [
    ({}, "inform", "inform", "inform"),
    ({"A1": "present", "A2": "present"}, "talk", "talk", "talk"),
    ({"A1": "present", "A2": "present", "B2": "present"}, "refer", "refer", "refer"),
    ({"A1": "present", "A2": "present", "B2": "unknown"}, "open", "talk", "refer"),
    ({"A1": "present", "B1": "present"}, "talk", "talk", "talk"),
    ({"A1": "absent", "B1": "unknown"}, "inform", "inform", "inform"),
    ({"A1": "unknown", "B1": "present"}, "open", "inform", "talk"),
    ({"A1": "unknown", "A2": "present"}, "open", "inform", "talk"),
])
def test_the_first_outcome_that_holds_while_no_earlier_one_is_open(given: Codes, outcome_id: str, low: str, high: str) -> None:
    """An open row above leaves the outcome open; its ends are what everything open absent, or present, would give."""
    found = ruled(given).outcome

    assert (found.id, found.if_unknown_absent, found.if_unknown_present) == (outcome_id, low, high)


def test_the_words_of_an_open_outcome_name_both_ends() -> None:
    """The wording of the open row with the titles of both ends; the steps of the graver one first, none twice."""
    found = ruled({"A1": "present", "A2": "present", "B2": "unknown"})

    assert found.wording == "Not yet known: Title talk or Title refer."
    assert found.next_steps == ("Step refer.", "Shared step.", "Step talk.")
    assert ruled({}).wording == "Wording inform."
    assert ruled({}).next_steps == ("Step inform.", "Shared step.")


def test_an_open_outcome_without_a_row_of_its_own_shows_its_ends() -> None:
    """An instrument that has no row for `open` still says between what it lies."""
    small = replace(RULES, outcomes=tuple(row for row in RULES.outcomes if row.id != "open"))

    assert assess(small, answers({"A1": "present", "A2": "present", "B2": "unknown"}, "absent"), on=ON).wording == "Title talk / Title refer"


def test_a_rule_tells_what_it_rests_on_and_what_is_open() -> None:
    """Answers it looked at, countries as themes, and open items only where the rule itself is open."""
    found = assess(RULES, answers({"A1": "present", "A2": "unknown", "B2": "present"}, "absent"), country(), on=ON)

    assert (found["two_signs"].truth, found["two_signs"].answers, found["two_signs"].still_open) == (OPEN, ("A1", "A3"), ("A2",))
    assert (found["place"].truth, found["place"].answers, found["place"].still_open) == (OPEN, ("B2",), ("country.T05",))
    assert (found["in_danger"].truth, found["in_danger"].answers, found["in_danger"].still_open) == (FAILS, ("X1", "A3"), ())
    assert (found["two_signs"].kind, found["two_signs"].because, found["two_signs"].basis) == ("rule", "Because of two_signs.", ("guide",))
    settled = ruled({"A1": "present", "A2": "present", "A3": "unknown"})["two_signs"]
    assert (settled.truth, settled.answers, settled.still_open) == (HOLDS, ("A1", "A2"), ())


def test_a_rule_about_the_person_rests_on_no_item() -> None:
    """Age group and scenario are no answers to an item."""
    small = instrument("rules", [item("A", "G", "indicator")], [outcome("none")],
                       [rule("r", {"all": ["person.age_group is child", "scenario is stay", "A is present"]})])
    found = assess(small, answers({"A": "present"}, person=aged("child"), scenario="stay"), on=ON)["r"]

    assert (found.truth, found.answers, found.still_open) == (HOLDS, ("A",), ())


def test_a_closed_part_of_an_open_rule_asks_nothing() -> None:
    """Open items below a part that is decided do not count as open."""
    small = instrument("rules", [item(id, "G", "indicator") for id in "ABC"], [outcome("none")],
                       [rule("r", {"all": [{"any": ["A is present", "B is present"]}, "C is present"]})])
    found = assess(small, {"A": "present", "B": "unknown", "C": "unknown"}, on=ON)["r"]

    assert (found.answers, found.still_open) == (("A",), ("C",))


def test_the_outcome_of_rules_shows_the_rows_it_tried() -> None:
    """Up to the first that does not fail; `open` is no row."""
    found = ruled({"A1": "present", "A2": "present", "B2": "unknown"})

    assert told(found["outcome"].trace) == lines("""
        trace.outcome OPEN outcome=open
          trace.row OPEN outcome=refer
            trace.all OPEN holding=1 need=2 of=2
              trace.finding HOLDS sentence=finding.two_signs holds finding=two_signs
              trace.item OPEN sentence=B2 is present item=B2 code=unknown
    """)
    assert (found["outcome"].truth, found["outcome"].basis) == (OPEN, ("basis_refer",))
    assert told(ruled({})["outcome"].trace)[-2:] == ["  trace.row HOLDS outcome=inform", "    trace.otherwise HOLDS"]
    assert ruled({})["outcome"] == Finding("outcome", "outcome", HOLDS, "because.outcome", ("basis_inform",), ruled({})["outcome"].trace)
    assert [finding.id for finding in found.findings] == ["two_signs", "in_danger", "place", "outcome"]


def test_where_no_row_of_rules_holds_the_outcome_is_open() -> None:
    """A set of rules without a last row never invents one."""
    rowless = replace(RULES, outcomes=RULES.outcomes[:1])
    found = assess(rowless, answers({}, "absent"), on=ON)

    assert (found.outcome.id, found.outcome.if_unknown_absent, found.outcome.if_unknown_present) == ("open", "open", "open")
    assert (found.wording, found.next_steps) == (" / ", ())
    assert told(found["outcome"].trace)[0] == "trace.outcome OPEN outcome=open"
    assert found["outcome"].basis == ()


def test_a_sentence_that_every_answer_leaves_alike_asks_nothing() -> None:
    """No answer of the scale is `partly`, so the sentence is decided although the item is open."""
    small = instrument("rules", [item("A", "G", "indicator"), item("B", "G", "indicator")],
                       [outcome("yes", {"any": ["A is partly", "B is present"]}), outcome("no", {"not": "A is absent or present"}), outcome("else")])

    assert [question.item for question in assess(small, {}, on=ON).open_questions] == ["B"]
    assert assess(small, {"B": "absent"}, on=ON).open_questions == ()


def test_an_item_without_a_scale_is_never_asked_for() -> None:
    """What has no answers cannot change anything."""
    small = replace(RULES, scales={}, outcomes=(outcome("signs", "A1 is present"), outcome("else")), rules=())

    assert assess(small, {}, on=ON).open_questions == ()
    assert assess(replace(QUESTIONS, scales={}), {}, on=ON).scores == {}


def test_flags_are_raised_by_rules_that_hold_and_once() -> None:
    """Two rules with one flag raise it once; a rule that is open raises none."""
    place = country(claim("a"))
    found = assess(RULES, answers({"A1": "present", "A2": "present", "B2": "present", "X1": "present"}, "absent"), place, on=ON)

    assert (found["place"].truth, found.flags) == (HOLDS, ("signs", "danger"))
    assert assess(RULES, answers({"B2": "present", "X1": "unknown"}, "absent"), place, on=ON).flags == ("signs",)


def test_hard_stops_in_rules_are_cleared_when_read_as_absent() -> None:
    """For a hard stop the answer without harm is `cleared`, wherever it stands in its scale."""
    small = instrument("rules", [item("HS", "G", "hard_stop", scale="turned")], [outcome("stop", "HS is active"), outcome("go")])
    small = replace(small, scales={**small.scales, "turned": replace(small.scales["hard_stop"], codes=("active", "cleared"))})
    found = assess(small, {}, on=ON).outcome

    assert (found.id, found.if_unknown_absent, found.if_unknown_present) == ("open", "go", "stop")


def test_only_asked_items_are_open_questions() -> None:
    """Not those whose condition fails, not free words, not those that could change nothing; the danger comes first."""
    listed = {question.item: question.would_change for question in assess(RULES, {}, on=ON).open_questions}

    assert listed == {
        "X1": ("in_danger",), "A1": ("two_signs", "outcome"), "A2": ("two_signs", "outcome"), "A3": ("two_signs", "in_danger", "outcome"),
        "B1": ("outcome",), "B2": ("place", "outcome")}
    assert "B1" not in {question.item for question in ruled({"A1": "absent", "B1": "unknown"}).open_questions}


SIGNS: Final = ("present", "verified", "partly")


def drawn_condition(random: Random, ids: Sequence[str], rules: Sequence[str], depth: int) -> Any:
    """A condition as a file might say it."""
    if depth == 0 or random.random() < 0.3:
        if rules and random.random() < 0.3:
            return f"finding.{random.choice(rules)} holds"
        return random.choice([f"{random.choice(ids)} is {random.choice(SIGNS)}", f"{random.choice(ids)} at least {random.choice(SIGNS)}",
                              "person.age_group is child", "country.T05 is weak"] if random.random() < 0.3 else [f"{random.choice(ids)} is present"])
    parts = [drawn_condition(random, ids, rules, depth - 1) for _ in range(random.randint(1, 4))]
    return random.choice([{"all": parts}, {"any": parts}, {"not": parts[0]}, {"at_least": random.randint(0, len(parts) + 1), "of": parts}])


def drawn_rules(seed: int) -> tuple[Instrument, dict[str, str]]:
    """A small set of rules that hang together at random, and a form with at most three open items."""
    random = Random(seed)
    ids = [f"I{n}" for n in range(random.randint(2, 6))]
    items = [item(id, "G", "indicator", scale="protective", only_if=parse(f"{ids[n - 1]} is present") if n and random.random() < 0.2 else None)
             for n, id in enumerate(ids)]
    rules = [rule(f"r{n}", drawn_condition(random, ids, [f"r{m}" for m in range(n)], 3)) for n in range(3)]
    outcomes = [outcome(f"o{n}", drawn_condition(random, ids, ["r0", "r1", "r2"], 2)) for n in range(2)]
    form = {id: random.choice(("absent", *SIGNS)) for id in ids} | dict.fromkeys(random.sample(ids, min(3, len(ids) - 1)), "unknown")
    return instrument("rules", items, [*outcomes, outcome("else")], rules), form


@pytest.mark.parametrize("seed", range(10))
def test_open_items_of_rules_are_exactly_those_that_matter(seed: int) -> None:
    """The decision diagrams list what trying all answers together lists, for rules that hang together in any way."""
    def results(form: Codes) -> dict[str, object]:
        known = Known(small, answers(form), small.by_id())
        truths = {finding.id: finding.truth for finding in findings_of(known)}
        rows = (evaluate(row.when, known).truth if row.when else HOLDS for row in small.outcomes)
        return {**truths, "outcome": next((place, truth) for place, truth in enumerate(rows) if truth is not FAILS)}

    for small, given in (drawn_rules(one) for one in range(seed, 60, 10)):
        found = assess(small, answers(given), on=ON)

        assert {question.item: set(question.would_change) for question in found.open_questions} == changes(given, lambda id: ("absent", *SIGNS), results)


def test_what_is_too_entangled_is_listed_whole_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit every open item is listed for that result, and a caveat says that the list may be longer than needed."""
    monkeypatch.setattr(decision, "LARGEST", 2)
    found = assess(RULES, {}, on=ON)

    assert found.caveats == (("caveat.open_questions_not_exact", {}),)
    assert {question.item for question in found.open_questions if "outcome" in question.would_change} == set(RULES.by_id())
    monkeypatch.undo()
    assert assess(RULES, {}, on=ON).caveats == ()


# --- the order of open questions ---


def order(by: Instrument, given: Codes, **more: Any) -> list[tuple[str, str, int, bool]]:
    """Open questions as they are shown: item, why, rank, danger."""
    return [(q.item, q.why, q.rank, q.danger) for q in assess(by, answers(given, **more), on=ON).open_questions]


def test_danger_comes_first_then_what_moves_the_outcome() -> None:
    """Danger, then the outcome before parts of the result, critical items first; what was declined or is unsafe last."""
    assert order(RULES, {"A2": "declined", "B2": "unsafe_to_ask", "A1": "present"}) == [
        ("X1", "open.danger", 1, True),
        ("A3", "open.outcome", 2, False),
        ("B1", "open.outcome", 3, False),
        ("B2", "open.unsafe_to_ask", 4, False),
        ("A2", "open.declined", 5, False),
    ]
    assert order(RULES, {"A1": "absent", "A2": "absent", "X1": "present"}) == [("B2", "open.result", 1, False), ("A3", "open.result", 2, False)]


def test_hard_stops_come_before_domains_and_stronger_indicators_before_weaker() -> None:
    """A stop is a danger; among indicators that move the same, critical, then what settles more, then the stronger first."""
    assert [row[0] for row in order(MATRIX, {**CALM, "HS2": "unknown", "HS1": "declined", "SAF1": "unknown", "SAF2": "unknown", "SAF3": "present"})] == [
        "HS2", "HS1", "SAF1", "SAF2"]
    assert [row[0] for row in order(PATTERN, {**ALL_ABSENT, "DR1": "unknown", "DR2": "unknown", "DR4": "unknown", "DR3": "present"})] == ["DR1", "DR2", "DR4"]
    assert order(PATTERN, {**ALL_ABSENT, "EX3": "unknown", "EX2": "unknown", "EX1": "unknown"})[0][0] == "EX1"
    assert [row[0] for row in order(PATTERN, {**ALL_ABSENT, "CD1": "present", "CD2": "present", "CD3": "unknown", "CD4": "unknown"})] == ["CD3", "CD4"]
    assert [row[0] for row in order(PATTERN, {**ALL_ABSENT, "CD1": "present", "CD2": "unknown", "CD4": "unknown", "CD3": "present"})] == ["CD2", "CD4"]
    one_answer_settles = {"DR1": "present", "DR4": "unknown", "CD1": "present", "CD4": "present", "CD2": "unknown", "CD3": "unknown"}
    assert [row[0] for row in order(PATTERN, {**ALL_ABSENT, **one_answer_settles})] == ["DR4", "CD2", "CD3"]


# --- questionnaires ---


@pytest.mark.parametrize(("given", "score"), [
    ({"Q1": "never", "Q2": "sometimes", "Q3": "often"}, (0.5, 3, 3)),
    ({"Q1": "often", "Q2": "often"}, (1.0, 2, 3)),
    ({"Q1": "often"}, (None, 1, 3)),
    ({}, (None, 0, 3)),
    ({"Q1": "often", "Q2": "sometimes", "Q3": "not_applicable"}, (0.75, 2, 2)),
    ({"Q1": "often", "Q2": "not_applicable", "Q3": "declined"}, (None, 1, 2)),
    ({"Q1": "not_applicable", "Q2": "not_applicable", "Q3": "not_applicable"}, (None, 0, 0)),
    ({"Q1": "often", "Q2": "sometimes", "Q3": "sometimes"}, (0.667, 3, 3)),
])
def test_a_mean_needs_two_thirds_of_the_answers(given: Codes, score: tuple[float | None, int, int]) -> None:
    """Refusals and unknowns are left out; what does not apply is not asked; with too little there is no mean."""
    found = assess(QUESTIONS, answers(given), on=ON).scores

    assert list(found) == ["W", "V"]
    assert (found["W"].mean, found["W"].answered, found["W"].asked) == score


def test_a_questionnaire_has_an_outcome_and_open_questions() -> None:
    """The words beside the scores follow the rows of the instrument."""
    found = assess(QUESTIONS, {"Q2": "never"}, on=ON)

    assert (found.outcome.id, found.method) == ("open", "questionnaire")
    assert [question.item for question in found.open_questions] == ["Q1"]
    assert assess(QUESTIONS, {"Q1": "never"}, on=ON).outcome.id == "worried"


# --- a country on a day ---


def test_a_theme_shows_what_counts_on_a_day() -> None:
    """Agreeing current claims give the level; what is outdated or in the future does not count, and stands last."""
    old = claim("c", "strong", as_of=date(2026, 5, 1), review_by=ON)
    place = country(claim("a"), claim("b", as_of=date(2026, 4, 30)), old, claim("d", as_of=date(2026, 11, 22)), claim("e", theme="T06"))
    view = theme_view(place, "T05", ON)

    assert (view.id, view.level, view.status, view.as_of) == ("T05", "weak", "current", date(2026, 4, 30))
    assert [one.id for one in view.claims] == ["b", "a", "c"]
    assert view.single_source
    assert theme_view(place, "T05", date(2026, 11, 22)).claims[0].id == "d"


def against(other: str, **about: Any) -> Claim:
    """A claim that says otherwise than another one, and grades nothing."""
    return replace(claim(level="", **about), disagrees_with=(other,))


@pytest.mark.parametrize(("claims", "level", "status"), [
    ((), None, "missing"),
    ((claim("a", review_by=ON),), None, "outdated"),
    ((claim("a"), claim("b", "partial")), None, "conflicting"),
    ((claim("a"), claim("b", "")), "weak", "current"),
    ((claim("a", ""),), None, "current"),
    ((claim("a"), claim("b", "partial", review_by=ON)), "weak", "current"),
    ((claim("a"), against("a", id="b")), None, "conflicting"),
    ((claim("b"), against("b", id="a")), None, "conflicting"),
    ((claim("a"), against("a", id="b", theme="T06", as_of=ON)), None, "conflicting"),
    ((claim("a"), against("a", id="b", review_by=ON)), "weak", "current"),
    ((claim("a"), against("a", id="b", as_of=date(2026, 11, 22))), "weak", "current"),
    ((claim("a"), claim("c", theme="T06"), against("c", id="b", theme="T06")), "weak", "current"),
    ((claim("a", review_by=ON), against("a", id="b", theme="T06")), None, "outdated"),
])
def test_why_a_theme_has_no_level(claims: tuple[Any, ...], level: str | None, status: str) -> None:
    """Missing, outdated, conflicting, or described without a level."""
    view = theme_view(country(*claims), "T05", ON)

    assert (view.level, view.status) == (level, status)
    assert view.as_of == (date(2026, 3, 31) if claims else None)


def test_a_country_answers_the_sentences_about_it() -> None:
    """What was current on the day of the assessment, with its day; asked twice, it says the same."""
    given = answers({"B2": "present"}, "absent")
    found = assess(RULES, given, country(claim("a")), on=ON)

    assert told(found["place"].trace)[1] == "  trace.country HOLDS sentence=country.T05 is weak or absent theme=T05 status=current as_of=2026-03-31 level=weak"
    assert found.country == ("XAA", "sha256:xaa")
    assert assess(RULES, given, country(claim("a", review_by=ON)), on=ON)["place"].truth is OPEN
    assert told(assess(RULES, given, country(), on=ON)["place"].trace)[1].endswith("status=missing as_of= level=")


def voice(id: str, publisher: str = "", quotes: str | tuple[str, ...] = (), speaks: str = "") -> tuple[str, CountrySource]:
    """A source by its id."""
    return id, CountrySource(id, "A title", publisher, "ngo", "2026", quotes=(quotes,) if isinstance(quotes, str) else quotes, voice=speaks)


@pytest.mark.parametrize(("sources", "voices"), [
    ([voice("one", "A"), voice("two", "B")], {"a", "b"}),
    ([voice("one", " The Paper "), voice("two", "the paper")], {"the paper"}),
    ([voice("one"), voice("two")], {"one", "two"}),
    ([voice("one", "A"), voice("two", "B", quotes="one")], {"a"}),
    ([voice("one", "A", quotes=" The Report"), voice("two", "B", quotes="the report")], {"the report"}),
    ([voice("one", "B", quotes="two"), voice("two", "A", quotes="one")], {"a"}),
    ([voice("one", "A", quotes="two"), voice("two", "C", quotes="three"), voice("three", "B", quotes="two")], {"b"}),
    ([voice("one", "A", quotes="The Report, 2025"), voice("two", "B", quotes="The report, 2026")], {"the report"}),
    ([voice("one", "A, B"), voice("two", "A, C")], {"a, b", "a, c"}),
    ([voice("one", "A", speaks="The Ministry"), voice("two", "the ministry")], {"the ministry"}),
    ([voice("one", "A", quotes=("C", "B")), voice("two", "D")], {"b", "d"}),
    ([voice("one", "A", quotes=("B", "C")), voice("two", "C")], {"c"}),
    ([voice("one", "A", quotes=("B", "C")), voice("two", "D", quotes=("C", "E"))], {"b"}),
    ([voice("one", "B", quotes=("two", "Z")), voice("two", "A", quotes="one")], {"a"}),
    ([voice("one", "X", quotes="three"), voice("two", "E"), voice("three", "M", quotes=("three", "N"))], {"e", "m"}),
])
def test_who_quotes_is_no_second_voice(sources: list[tuple[str, CountrySource]], voices: set[str]) -> None:
    """A source stands for the originals it repeats, or for its publisher; a ring of quotations is one voice."""
    assert origins([claim("a", sources=("one", "two"))], dict(sources)) == voices


def test_the_most_independent_voices_are_counted() -> None:
    """Who repeats two of three originals takes none of them away."""
    sources = dict([voice("one", "Z", quotes=("A", "B")), voice("two", "B"), voice("three", "A")])

    assert origins([claim("a", sources=("one", "two")), claim("b", sources=("three",))], sources) == {"a", "b"}


@pytest.mark.parametrize(("sources", "circular"), [
    ([voice("one", "A"), voice("two", "B")], False),
    ([voice("one", "A", quotes="two"), voice("two", "B", quotes="one")], True),
    ([voice("one", "A", quotes="three"), voice("two", "B", quotes="one"), voice("three", "C", quotes="one")], True),
    ([voice("one", "A", quotes="two"), voice("two", "B", quotes=("one", "The report"))], False),
    ([voice("one", "A", quotes="three"), voice("two", "B"), voice("three", "C", quotes="one")], False),
    ([voice("one", "A", quotes="one")], False),
])
def test_a_ring_of_quotations_is_found(sources: list[tuple[str, CountrySource]], circular: bool) -> None:
    """Where all sources of the current claims only repeat each other, no original is known."""
    place = country(claim("a", sources=("one", "two")), claim("b", review_by=ON), sources=dict(sources))

    assert is_circular(place.claims[:1], place.sources) is circular
    assert theme_view(place, "T05", ON).circular is circular
    assert not is_circular([], place.sources)


def test_positions_are_mean_ranks() -> None:
    """0 is least safe, 1 safest; equal values share one; alone or neutral there is none."""
    values = {"AAA": 1.0, "BBB": 2.0, "CCC": 2.0, "DDD": 5.0}

    assert positions(values, "higher_is_safer") == {"AAA": 0.0, "BBB": 0.5, "CCC": 0.5, "DDD": 1.0}
    assert positions(values, "higher_is_riskier") == {"DDD": 0.0, "BBB": 0.5, "CCC": 0.5, "AAA": 1.0}
    assert positions({"AAA": 1.0, "BBB": 2.0}, "higher_is_safer") == {"AAA": 0.0, "BBB": 1.0}
    assert positions(values, "neutral") == positions({"AAA": 1.0}, "higher_is_safer") == {}
    assert positions({code: number for number, code in enumerate("ABCDEFG")}, "higher_is_safer")["B"] == 0.1667


def figure(id: str, topic: str = "displacement", position: float | None = 0.2, year: int | None = 2024, **more: Any) -> Figure:
    """One figure."""
    return replace(Figure(id, f"Label {id}", 1.5, year, "per 100 000", "a_set", topic, position), **more)


def test_a_topic_is_the_median_of_what_can_be_compared() -> None:
    """Rates before counts, nothing without a position, and never one government alone."""
    given = [figure("idps", position=0.9), figure("idps_rate", position=0.2, year=2021), figure("camps", position=0.25001, year=None),
             figure("none", position=None), figure("tip_tier", "trafficking"), figure("tip_watch_level", "trafficking", 0.4), figure("gone", "empty", None)]
    found = topics(country(figures={one.id: one for one in given}))

    assert found == {
        "displacement": {"position": 0.225, "indicators": 2, "newest": 2021, "oldest": 2021},
        "trafficking": {"position": None, "indicators": 2, "newest": 2024, "oldest": 2024},
        "empty": {"position": None, "indicators": 0, "newest": None, "oldest": None},
    }
    assert topics(country(figures={"tip_tier": given[4], "other": figure("other", "trafficking", 0.4)}))["trafficking"]["position"] == 0.3


def test_the_view_of_a_country_is_the_contract() -> None:
    """Every theme with its claims, sources and figures, every topic, and no overall number."""
    theme = Theme("T05", "Protection", (), 12, ("one", "gone"))
    doubted = replace(claim("b", "", review_by=ON, sources=("one", "gone")), disagrees_with=("a",), note="One report.")
    source = CountrySource("one", "A report", "A ministry", "government", "2026-02", quotes=("The minister, speech",), where="page 3")
    place = country(claim("a"), doubted, sources={"one": source},
                    not_found=(NotFound("places for men", "T05"), NotFound("anything", "T06"), NotFound("elsewhere")),
                    themes={"T05": theme, "T06": replace(theme, id="T06", indicators=())}, figures={"one": figure("one", position=None, note="A note.")})
    cited = {"id": "one", "title": "A report", "publisher": "A ministry", "kind": "government", "published": "2026-02", "retrieved": None, "url": None,
             "quotes": ["The minister, speech"], "where": "page 3"}
    doubt = {"circular": False, "disagrees_with": ["b"], "note": None}
    said = {"who": "adults", "where": "whole country", "as_of": "2026-03-31", "checked": None, "sources": [cited]}

    assert country_view(place, ON) == {
        "iso3": "XAA", "name": "Exampleland", "invented": True, "date": "2026-11-21", "hash": "sha256:xaa",
        "themes": {
            "T05": {
                "title": "Protection", "level": "weak", "status": "current", "as_of": "2026-03-31", "single_source": True, "circular": False,
                "not_found": ["places for men"],
                "claims": [
                    {"id": "a", "level": "weak", "status": "current", "says": "Says a.", "review_by": "2027-03-31", "single_source": True, **doubt, **said},
                    {"id": "b", "level": None, "status": "outdated", "says": "Says b.", "review_by": "2026-11-21", "single_source": False,
                     **doubt, "disagrees_with": ["a"], "note": "One report.", **said},
                ],
                "indicators": [{"id": "one", "label": "Label one", "value": 1.5, "year": 2024, "unit": "per 100 000", "source": "a_set", "position": None,
                                "note": "A note."}],
            },
            "T06": {"title": "Protection", "level": None, "status": "missing", "as_of": None, "single_source": False, "circular": False,
                    "not_found": ["anything"], "claims": [], "indicators": []},
        },
        "topics": {"displacement": {"position": None, "indicators": 0, "newest": None, "oldest": None}},
    }


# --- what comes out ---

WORDS: Final = Texts("en", "ltr", {
    "trace.all": "All of these ({holding} of {of}).", "trace.at_least_of": "At least {need} of {of} ({holding}).", "trace.not": "Not this.",
    "trace.item": "{label} ({item}): {code}.", "trace.finding": "{sentence}.", "trace.country": "{theme}: {status}, {level}.",
    "trace.row": "{outcome}.", "trace.outcome": "Outcome {outcome}.", "trace.otherwise": "Nothing above.", "trace.any": "Any ({holding}).",
    "trace.group": "{group}: {result}.", "trace.dimension": "{group}: {strong}, {medium}, {weak}; {case}; {result}.",
    "trace.present": "{label}: {strength}, {certainty}.",
    "trace.domain": "{group}: {level}, {lowest} to {highest}.", "trace.risk": "{label}: {code}.", "trace.hard_stop": "{label}: {state}, {kind}.",
    "truth.holds": "holds", "truth.fails": "does not hold", "truth.open": "open",
    "code.present": "Present", "code.absent": "Absent", "code.unknown": "Unknown", "code.not_asked": "Not asked", "code.active": "Active",
    "claim.current": "up to date", "level.weak": "Weak", "level.low": "Low", "level.high": "High", "level.very_high": "Very high",
    "strength.strong": "a strong sign", "strength.medium": "a medium sign",
    "certainty.seen": "as the source says", "certainty.recalled_medium": "recalled", "result.positive": "Positive",
    "case.b": "one strong and one other", "stop.absolute": "whatever else is found", "age.child": "children",
    "because.outcome": "The first row that applies.", "because.dimension.positive": "The threshold is reached.",
    "outcome.open": "Not yet clear", "open.outcome": "Could change the outcome.", "open.the_outcome": "the outcome", "open.danger": "Ask first.",
    "finding.outcome": "Outcome", "basis.rules": "The rules of this set", "basis.indicator_pattern": "The published thresholds",
    "flag.signs": "Signs were recorded.", "flag.danger": "Somebody is in danger.",
    "caveat.other_age": "Read as of {age}.", "caveat.unverified_strength": "Hangs on {label} ({item}).",
})


def test_an_explanation_is_plain_language() -> None:
    """Title, wording, each finding with why, what it rests on, and its trace, indented."""
    found = assess(RULES, answers({"A1": "present", "A2": "present", "A3": "not_asked", "B2": "unknown"}, "absent"), country(claim("a")), on=ON)
    explained = explain(found, RULES, WORDS)

    assert str(explained).splitlines()[:3] == ["A small set", "Not yet known: Title talk or Title refer.", ""]
    assert str(explained).splitlines()[3:] == lines("""
        Two signs.: holds. Because of two_signs. (A guide, A publisher)
          holds: At least 2 of 3 (2).
            holds: Label A1 (A1): Present.
            holds: Label A2 (A2): Present.
            open: Label A3 (A3): Not asked.
        in danger: does not hold. Because of in_danger. (A guide, A publisher)
          does not hold: All of these (0 of 2).
            does not hold: Label X1 (X1): Absent.
            open: Not this.
              open: Label A3 (A3): Not asked.
        place: open. Because of place. (A law, The rules of this set)
          open: All of these (1 of 2).
            holds: T05: up to date, Weak.
            open: Label B2 (B2): Unknown.
        Outcome: open. The first row that applies. (The rules of this set)
          open: Outcome Title open.
            open: Title refer.
              open: All of these (1 of 2).
                holds: finding.two_signs holds.
                open: Label B2 (B2): Unknown.
    """)
    assert explained.ends == ("Title talk", "Title refer")
    assert (explained.title, explained.outcome) == ("A small set", "Title open")
    assert explained.flags == ("Two signs.",)
    assert [(q.item, q.label, q.ask, q.why, q.changes, q.rank, q.danger) for q in explained.open_questions] == [
        ("B2", "Label B2", "What about B2?", "Could change the outcome.", ("place", "the outcome"), 1, False)]
    assert explained.findings[0].answers == ("A1", "A2")
    assert [finding.truth for finding in explained.findings] == ["holds", "fails", "open", "open"]


def test_an_explanation_finds_a_word_for_every_code() -> None:
    """Codes, strengths, levels, cases and ages are put into words; a caveat names the indicator by its label."""
    given = {**ALL_ABSENT, "DR1": "present", "DR2": "present", "EX1": "present", "EX2": "present"}
    explained = explain(assess(PATTERN, answers(given, person=aged("child")), on=ON), PATTERN, WORDS)

    assert explained.caveats == ("Read as of children.", "caveat.set_recalled")
    assert explained.outcome == "Title child_exploitation"
    assert explained.ends is None
    assert [line.strip() for line in str(explained).splitlines()[3:7]] == [
        "Group DR: holds. The threshold is reached. (The published thresholds)",
        "holds: Group DR: 1, 1, 0; one strong and one other; Positive.",
        "holds: Label DR1: a strong sign, as the source says.", "holds: Label DR2: a medium sign, as the source says."]
    doubtful = assess(PATTERN, answers({**given, "EX1": "absent", "EX3": "present"}), on=ON)
    assert explain(doubtful, PATTERN, WORDS).caveats[0] == "Hangs on Label EX2 (EX2)."


def test_an_open_outcome_without_a_row_has_the_words_of_the_language() -> None:
    """Where the set has no words for an open outcome, the interface has."""
    rowless = replace(RULES, outcomes=tuple(row for row in RULES.outcomes if row.id != "open"))
    explained = explain(assess(rowless, answers({"A1": "unknown", "A2": "present"}, "absent"), on=ON), rowless, WORDS)

    assert (explained.outcome, explained.ends) == ("Not yet clear", ("Title inform", "Title talk"))
    assert explained.findings[-1].tree.line == "Outcome Not yet clear."


def test_an_outcome_between_two_names_both_in_words() -> None:
    """In a trace too the ends of an open outcome stand by their titles; the reason of a rule is quoted as it is written."""
    words = replace(WORDS, entries={**WORDS.entries, "trace.outcome": "{outcome} for {age}: {low} or {high}."})
    braces = replace(PATTERN, rules=(replace(PATTERN.rules[0], because="Because {item} was seen."),))
    found = {one.id: one for one in explain(assess(braces, answers({**ALL_ABSENT, "DR1": "present", "DR4": "unknown"}), on=ON), braces, words).findings}

    assert found["outcome_adult"].tree.line == "Title open for age.adult: Title nothing or Title means."
    assert found["pay"].because == "Because {item} was seen."


def test_an_explanation_of_a_return_names_domains_and_stops() -> None:
    """A hard stop and a domain by their titles; levels and states in words; no case without a text."""
    explained = {finding.id: finding for finding in explain(weigh({"HS1": "active", "SAF2": "present", "SAF3": "present"}), MATRIX, WORDS).findings}

    assert (explained["HS1"].title, explained["HS1"].tree.line) == ("Label HS1", "Label HS1: Active, whatever else is found.")
    assert (explained["SAF"].title, explained["SAF"].tree.line) == ("Safety", "Safety: High, High to High.")
    assert explained["SAF"].tree.parts[0].line == "Label SAF2: Present."
    assert explained["HS1"].basis == ("A guide, A publisher",)
    assert explained["SAF"].basis == ("basis.risk_matrix",)
    assert (explained["hard"].tree.line, explained["hard"].title, explained["hard"].word) == ("Safety: result.high.", "hard", "holds")


def test_an_open_question_names_what_it_would_change() -> None:
    """The titles of the results, and never the item itself."""
    explained = explain(weigh({"HS2": "unknown", "SAF1": "unknown"}), MATRIX, WORDS)

    assert [(question.item, question.changes, question.why) for question in explained.open_questions] == [
        ("HS2", ("the outcome",), "Ask first."), ("SAF1", ("Safety", "the outcome"), "Could change the outcome.")]


def test_a_flag_is_told_in_the_words_of_the_rule_that_raised_it() -> None:
    """The first such rule that holds and says what to do; where none does, the text of the flag."""
    place = country(claim("a"))

    def flags(given: Codes) -> tuple[str, ...]:
        return explain(assess(RULES, answers(given, "absent"), place, on=ON), RULES, WORDS).flags

    assert flags({"A1": "present", "A2": "present", "B2": "present"}) == ("Two signs.",)
    assert flags({"B2": "present", "X1": "present"}) == ("Somebody is in danger.", "Signs were recorded.")


def test_what_has_no_words_is_shown_as_it_is() -> None:
    """An outcome or a row the set does not have, a group or a finding that is not its own."""
    found = assess(RULES, answers({"X1": "present"}, "absent"), on=ON)
    foreign = replace(found, outcome=replace(found.outcome, id="gone"), findings=(
        Finding("outcome_adult", "outcome", HOLDS, "because.outcome", (), Step("trace.group", HOLDS, {"group": "ZZ", "result": "high", "code": ""})),))
    explained = explain(foreign, RULES, WORDS)

    assert explained.outcome == "Not yet clear"
    assert (explained.findings[0].title, explained.findings[0].tree.line) == ("finding.outcome_adult", "ZZ: result.high.")
    gone = replace(foreign, findings=(replace(foreign.findings[0], trace=Step("trace.row", HOLDS, {"outcome": "gone"})),))
    assert explain(gone, RULES, WORDS).findings[0].tree.line == "gone."
    assert str(explained).splitlines()[3] == "finding.outcome_adult: holds. The first row that applies."


def test_the_words_follow_the_language_of_the_instrument() -> None:
    """Wording, steps and reasons are those of the translated instrument; ids and results stay."""
    translated = replace(RULES, outcomes=tuple(replace(row, wording=f"In het Nederlands: {row.id}.", next_steps=("Stap.",)) for row in RULES.outcomes),
                         rules=tuple(replace(one, because=f"Omdat {one.id}.") for one in RULES.rules))
    found = ruled({"A1": "present", "A2": "present"})
    said = in_words_of(found, translated)

    assert (said.wording, said.next_steps) == ("In het Nederlands: talk.", ("Stap.",))
    assert [finding.because for finding in said.findings] == ["Omdat two_signs.", "Omdat in_danger.", "Omdat place.", "because.outcome"]
    assert replace(said, wording=found.wording, next_steps=found.next_steps, findings=found.findings) == found
    assert in_words_of(found, replace(translated, rules=())).findings[0].because == "Because of two_signs."


def test_a_plan_starts_with_what_is_urgent() -> None:
    """Active stops, then open ones, then domains with their measures, then the steps of the outcome."""
    made = plan(weigh({"HS1": "active", "SAF1": "present", "LIV1": "unknown", "LIV2": "present", "LIV3": "present"}), MATRIX)

    assert [(action.about, action.says, action.kind, action.choices) for action in made.actions] == [
        ("HS1", "Stop and get help.", "act_now", ()),
        ("SAF", "Safety", "measure", ("A measure.", "Another measure.")),
        ("LIV", "A living", "find_out", ("Help with work.",)),
        ("outcome", "Step do_not.", "next_step", ()),
        ("outcome", "Shared step.", "next_step", ()),
    ]
    kinds = [(action.about, action.kind) for action in plan(weigh({"HS1": "declined", "HS2": "active", "SAF1": "unknown"}), MATRIX).actions]
    assert kinds[:3] == [("HS2", "condition"), ("HS1", "find_out"), ("SAF", "find_out")]
    assert plan(weigh({"HS1": "declined"}), MATRIX).actions[0].says == "What about HS1?"
    high = plan(weigh({"SAF2": "present", "SAF3": "present"}), MATRIX).actions[0]
    assert (high.about, high.kind) == ("SAF", "measure")


def test_a_plan_counts_its_moments_from_arrival() -> None:
    """Day 0 is the day of arrival; without one the moments have no dates."""
    dated = plan(weigh({}), MATRIX, arrival=date(2026, 12, 15)).follow_up

    assert [(moment.day, moment.date, moment.title, moment.content) for moment in dated] == [
        (0, date(2026, 12, 15), "Arrival", "Arrived?"), (30, date(2027, 1, 14), "A month", "How is it?")]
    assert [moment.date for moment in plan(weigh({}), MATRIX).follow_up] == [None, None]


def test_two_assessments_are_compared_result_by_result() -> None:
    """What differs, in the order results first and answers last; nothing where nothing does."""
    first = answers({**CALM, "SAF1": "unknown"})
    second = answers({**CALM, "SAF1": "present", "HS1": "active"})
    before, after = assess(MATRIX, first, on=ON), assess(MATRIX, second, country(), on=ON)
    found = compare(before, replace(after, hash="sha256:other"), (first, second))

    assert found.changes == (
        Change("instrument", "small", "sha256:small", "sha256:other"),
        Change("country", "XAA", None, "sha256:xaa"),
        Change("outcome", "outcome", "more_information", "do_not"),
        Change("domain", "SAF", "undetermined", "very_high"),
        Change("hard_stop", "HS1", "cleared", "active"),
        Change("finding", "referral", "does not hold", "holds"),
        Change("finding", "hard", "open", "holds"),
        Change("flag", "protection_referral", None, "raised"),
        Change("flag", "careful", None, "raised"),
        Change("open_question", "SAF1", "open", None),
        Change("answer", "HS1", "cleared", "active"),
        Change("answer", "SAF1", "unknown", "present"),
    )
    assert found.of("flag") == found.changes[7:9]
    assert not found.is_empty
    assert compare(before, before).is_empty
    assert not compare(before, after).of("answer")


def test_dimensions_are_compared_too() -> None:
    """A dimension that became positive is a change of its own."""
    before, after = (assess(PATTERN, answers({**ALL_ABSENT, **given}), on=ON) for given in ({}, {"CD1": "present", "CD2": "present", "CD3": "present"}))

    assert compare(before, after).of("dimension") == (Change("dimension", "CD", "negative", "positive"),)


# --- the JSON of the contract ---


def test_the_json_of_a_return_is_the_contract() -> None:
    """Every key in its order; the same input gives the same bytes."""
    found = weigh({"HS2": "declined", "SAF1": "unknown", "SAF2": "present"})
    data = as_data(found)

    assert list(data) == ["instrument", "engine", "date", "country", "scenario", "outcome", "dimensions", "readings", "domains", "hard_stops", "scores",
                          "flags", "findings", "open_questions", "caveats"]
    assert data["instrument"] == {"id": "small", "version": "1.2.3", "hash": "sha256:small"}
    assert (data["engine"], data["date"], data["country"], data["scenario"]) == (ENGINE, "2026-11-21", None, "home")
    assert ENGINE.count(".") == 2
    assert data["outcome"] == {"id": "more_information", "if_unknown_absent": "plan", "if_unknown_present": "do_not", "wording": "Wording more_information.",
                               "next_steps": ["Step more_information.", "Shared step."]}
    assert data["domains"]["SAF"] == {"level": "undetermined", "lowest": "low", "highest": "very_high", "likelihood": 2, "severity": 4, "confidence": "low",
                                      "marked": True, "why": ["SAF1: unknown (critical)", "SAF2: present", "country.T05: missing (critical)"]}
    assert data["hard_stops"] == {"HS1": {"state": "cleared", "kind": "absolute", "response": "Stop and get help."},
                                  "HS2": {"state": "open", "kind": "conditional", "response": "Arrange this first."}}
    assert data["findings"][1] == {
        "id": "HS2", "kind": "hard_stop", "truth": "open", "because": "because.hard_stop.open", "basis": [], "answers": ["HS2"], "rests_on_unverified": [],
        "still_open": ["HS2"], "trace": {"says": "trace.hard_stop", "truth": "open", "facts": {"item": "HS2", "state": "open", "kind": "conditional"}}}
    assert [question["item"] for question in data["open_questions"]] == ["HS2", "SAF1"]
    assert data["open_questions"][0] == {"item": "HS2", "would_change": ["HS2", "outcome"], "why": "open.danger", "rank": 1}
    assert (data["flags"], data["caveats"]) == ([], [])
    assert json.loads(as_json(found)) == data
    assert as_json(found).startswith('{"instrument":{"id":"small","version":"1.2.3","hash":"sha256:small"},"engine":')
    assert as_data(assess(MATRIX, answers(CALM), country(), on=ON))["country"] == {"iso3": "XAA", "hash": "sha256:xaa"}


def test_the_json_of_indicators_is_the_contract() -> None:
    """Dimensions and readings, traces with their parts, and caveats as sentences."""
    given = answers({**ALL_ABSENT, "EX2": "present", "EX3": "present", "DR3": "present"}, person=aged("disputed"))
    data = as_data(assess(PATTERN, given, on=ON))

    assert data["dimensions"]["EX"] == {"strong": 1, "medium": 0, "weak": 0, "result": "negative"}
    assert data["readings"]["adult"]["outcome"] == {"id": "nothing", "if_unknown_absent": "nothing", "if_unknown_present": "nothing"}
    assert data["readings"]["adult"]["dimensions"]["EX"] == {"strong": 0, "medium": 1, "weak": 1, "result": "negative"}
    assert list(data["readings"]) == ["child", "adult"]
    assert data["findings"][0]["trace"]["parts"] == [
        {"says": "trace.present", "truth": "holds", "facts": {"item": "DR3", "strength": "strong", "certainty": "seen"}}]
    assert "facts" not in as_data(ruled({}))["findings"][-1]["trace"]["parts"][-1]["parts"][0]


@pytest.mark.parametrize(("key", "facts", "sentence"), [
    ("caveat.unverified_strength", {"item": "EX2"}, "depends on an unverified strength: EX2"),
    ("caveat.set_recalled", {"instrument": "small"}, "the strengths or wording of this set are recalled and not verified: small"),
    ("caveat.instrument_overdue", {"date": "2027-01-01"}, "the instrument was to be reviewed by 2027-01-01"),
    ("caveat.age_in_doubt", {}, "the age is in doubt: the child reading leads, the adult reading is shown beside it"),
    ("caveat.other_age", {"age": "child"}, "read as of a person who is: child"),
    ("caveat.open_questions_not_exact", {}, "the open questions may list more than could change a result"),
])
def test_caveats_are_sentences_without_any_texts(key: str, facts: dict[str, str], sentence: str) -> None:
    """The JSON can be read without a locale."""
    assert as_data(replace(weigh({}), caveats=((key, facts),)))["caveats"] == [sentence]


def test_caveats_in_another_language_name_the_id() -> None:
    """Without the instrument there is no label, so its place is taken by the id; English keeps the words of the contract."""
    doubtful = replace(weigh({}), caveats=(("caveat.unverified_strength", {"item": "EX2"}), ("caveat.age_in_doubt", {})))
    entries = {"caveat.unverified_strength": "Rust op {label} ({item}).", "caveat.age_in_doubt": "Leeftijd {label}."}

    assert as_data(doubtful, Texts("nl", "ltr", entries))["caveats"] == ["Rust op EX2 (EX2).", "Leeftijd ."]
    assert as_data(doubtful, Texts("en", "ltr", entries))["caveats"][0] == "depends on an unverified strength: EX2"


def test_scores_and_texts_go_into_the_json() -> None:
    """Means with their counts; texts of a language where they are given; letters as they are."""
    found = assess(QUESTIONS, {"Q1": "often", "Q2": "often"}, on=ON)

    assert as_data(found)["scores"]["W"] == {"mean": 1.0, "answered": 2, "asked": 3}
    assert as_data(found, WORDS)["findings"][-1]["because"] == "The first row that applies."
    assert "é" in as_json(replace(found, wording="é"))
