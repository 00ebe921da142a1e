"""Conditions of instruments are data: whatever is written, the engine ends, soon, with a truth or a sentence (SEC-41)."""

from __future__ import annotations

import ast
import contextlib
import shutil
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hostile.conditions import condition, form, tried
from hostile.instruments import spoiled
from small_instruments import ON, instrument, item, outcome, rule

import safe_lib.engine
from safe_lib.catalogue import load_instrument, paths
from safe_lib.catalogue.checks import check_instrument
from safe_lib.engine import assess
from safe_lib.engine.conditions import DEEPEST, LONGEST, MOST_SENTENCES, MOST_STEPS, Known, NotASentence, evaluate, parse
from safe_lib.model.answers import Answer, Answers
from safe_lib.model.assessment import Truth
from safe_lib.model.errors import AnswersError, CatalogueError, InstrumentError
from safe_lib.model.instrument import Instrument

HANG = 1.0  # seconds (SEC-41)
SMALL = instrument("rules", [item("SAF1", "SAF", "risk"), item("HS1", "STOPS", "hard_stop"), item("YEARS", "SAF", "question", scale="years"),
                             item("TEXT", "SAF", "question", scale="text")], [outcome("a", "SAF1 is present"), outcome("b")], [rule("r1", "SAF1 is present")])


@pytest.mark.parametrize("seed", range(4))
def test_sec_41_no_condition_breaks_the_engine(seed: int) -> None:
    """25,000 conditions by chance for each seed: each has a truth or is refused, in far less than a second. No crash, no escape."""
    became: Counter[str] = Counter()
    slowest = 0.0
    for _, what, seconds in tried(SMALL, 25_000, seed):
        became[what] += 1
        slowest = max(slowest, seconds)

    assert set(became) == {"no sentence", "a truth: holds", "a truth: open", "a truth: does not hold"}
    assert min(became.values()) > 500  # the chance reaches every end
    assert slowest < HANG


@pytest.mark.parametrize("seed", range(200))
def test_sec_41_no_instrument_breaks_an_assessment(seed: int) -> None:
    """Rules, outcomes and hidden items by chance, through the whole path with its exact open questions."""
    random = Random(seed)
    small = by_chance(random)
    began = time.process_time()
    try:
        found = assess(small, form(random, small), on=ON)
    except (AnswersError, InstrumentError) as refused:
        assert "\n" in str(refused)
    else:
        assert all(isinstance(finding.truth, Truth) for finding in found.findings)
    assert time.process_time() - began < HANG


def by_chance(random: Random) -> Instrument:
    """An instrument whose conditions name anything, one another included."""
    items = [item(f"I{n}", random.choice("AB"), "question", only_if=well_formed(random) if random.random() < 0.3 else None) for n in range(8)]
    rules = [rule(f"r{n}", "I0 is present") for n in range(4)]
    rules = [type(one)(one.id, well_formed(random), one.because, basis=one.basis) for one in rules]
    outcomes = [outcome(f"o{n}", "I0 is present") for n in range(2)]
    outcomes = [type(one)(one.id, one.title, one.wording, when=well_formed(random)) for one in outcomes]
    return instrument("rules", [*SMALL.items, *items], [*outcomes, outcome("else")], rules)


def well_formed(random: Random) -> Any:
    while True:
        try:
            return parse(condition(random, 3))
        except NotASentence:
            continue


def nested(depth: int) -> Any:
    written: Any = "SAF1 is present"
    for _ in range(depth):
        written = {"not": written}
    return written


@pytest.mark.parametrize(("written", "words"), [
    (nested(DEEPEST), "deep within one another"),
    (nested(100_000), "deep within one another"),
    ({"all": ["SAF1 is present"] * (MOST_SENTENCES + 1)}, "at most 500 sentences"),
    ({"all": [{"any": ["SAF1 is present"] * 30}] * 30}, "at most 500 sentences"),
    ("SAF1 is " + "present or " * 200 + "absent", "at most 1000 characters"),
    ("SAF1 is " + "x" * LONGEST, "at most 1000 characters"),
], ids=["too deep", "far too deep", "too many", "too many in all", "too many values", "too long"])  # fmt: skip
def test_sec_41_conditions_have_limits(written: Any, words: str) -> None:
    """Depth, number and length are limited where a condition is read; the limit is exact."""
    with pytest.raises(NotASentence, match=words):
        parse(written)

    assert parse(nested(DEEPEST - 1))
    assert len(parse({"all": ["SAF1 is present"] * MOST_SENTENCES}).parts) == MOST_SENTENCES


MANY = [item(f"I{n}", "G", "question") for n in range(1_000)]
HALF = [f"I{n} is present" for n in range(500)]
_random = Random(1)
ENTANGLED: Mapping[str, Instrument] = {
    "250 of 500": instrument("rules", MANY, [outcome("a", {"at_least": 250, "of": HALF}), outcome("b")]),
    "60 rules of 500": instrument("rules", MANY, [outcome("b")], [rule(f"r{n}", {"at_least": 100 + n, "of": HALF}) for n in range(60)]),
    "rules over one another": instrument("rules", MANY, [outcome("b")], [
        rule(f"r{n}", {"at_least": _random.randint(2, 10), "of": [{"at_least": 2, "of": _random.sample(HALF, 5)} for _ in range(20)]}) for n in range(200)]),
    "items in a ring": instrument("rules", [item(f"I{n}", "G", "question", only_if=parse(f"I{(n + 1) % 50} is present")) for n in range(50)],
                                  [outcome("a", "I1 is present"), outcome("b")]),
    "findings in a ring": instrument("rules", MANY[:3], [outcome("a", "finding.r0 holds"), outcome("b")],
                                     [rule("r0", "finding.r1 holds"), rule("r1", "finding.r0 holds")]),
    "a chain of findings": instrument("rules", MANY[:3], [outcome("a", "finding.r1999 holds"), outcome("b")],
                                      [rule("r0", "I0 is present"), *(rule(f"r{n}", f"finding.r{n - 1} holds") for n in range(1, 2_000))]),
}  # fmt: skip


@pytest.mark.parametrize("name", ENTANGLED)
def test_sec_41_conditions_that_hang_together_in_every_way_end(name: str) -> None:
    """What cannot be followed exactly is said to be so, in a moment and not for ever. Nothing known leaves the outcome open or the last one."""
    began = time.process_time()
    found = assess(ENTANGLED[name], {}, on=ON)

    assert time.process_time() - began < 2 * HANG
    assert found.outcome.id in ("open", "b")


def test_sec_41_a_chain_too_long_and_too_many_steps_are_refused() -> None:
    """With the name of the instrument; nothing of what was answered."""
    chain = [item("I0", "G", "question"), *(item(f"I{n}", "G", "question", only_if=parse(f"I{n - 1} is present")) for n in range(1, 2_000))]
    endless = instrument("rules", chain, [outcome("a", "I1999 is present"), outcome("b")])
    greedy = instrument("rules", MANY, [outcome("b")], [rule(f"r{n}", "some item is present") for n in range(MOST_STEPS // 1_000 + 1)])

    with pytest.raises(InstrumentError, match=r"^small: its conditions hang on one another too deeply"):
        assess(endless, {f"I{n}": "present" for n in range(1_999)}, on=ON)
    with pytest.raises(InstrumentError, match=r"^small: its conditions take more than 100,000 steps"):
        assess(greedy, {}, on=ON)


@pytest.mark.parametrize("written", [
    "NOT_THERE is present", "SAF1 at least nothing", "SAF1 below partly", "YEARS at least nothing", "group.SAF at least positive",
    "person.__class__ is Person", "person.__dict__ is x", "finding.none holds", "country.T99 is weak",
])  # fmt: skip
def test_sec_41_what_cannot_be_known_is_open(written: str) -> None:
    """A sentence about something that is not there, or that compares what cannot be compared, never reads as no."""
    answers = Answers({"SAF1": Answer("present"), "YEARS": Answer("17")})
    known = Known(SMALL, answers, SMALL.by_id(), groups={"SAF": "high"})

    assert evaluate(parse(written), known).truth is Truth.OPEN


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instruments of the project, to spoil."""
    root = tmp_path_factory.mktemp("copied") / "instruments"
    shutil.copytree(paths.INSTRUMENTS, root)
    return root


@pytest.mark.parametrize("seed", range(24))
def test_sec_41_no_instrument_file_breaks_its_reader(seed: int, copied: Path) -> None:
    """A file with faults by chance is checked to the end: each problem has its place and its repair, and what can still be read can be assessed."""
    random = Random(seed)
    file = random.choice(sorted((copied / "indicators").glob("*.yaml")) + sorted((copied / "assessments").glob("*.yaml")))
    text = file.read_text(encoding="utf-8")
    file.write_text(spoiled(text, random), encoding="utf-8")
    try:
        problems = check_instrument(file.stem, copied)
        assert all(problem.repair and problem.problem and problem.line >= 0 for problem in problems)
        with contextlib.suppress(CatalogueError):
            read = load_instrument(file.stem, copied)
            assess(read, {one.id: read.scales[one.scale].codes[-1] for one in read.items if one.scale in read.scales}, on=ON)
    finally:
        file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("written", "said"), [
    ("NOT_THERE is present", "is not an item"), ("CONSENT at least nothing", "is not an answer"), ("CONSENT below given", "nothing is below"),
    ("CONSENT at least not_applicable", "is not an answer"), ("group.NONE is high", "is not a group"), ("person.__class__ is x", "are known of a person"),
    ("finding.none holds", "is not a rule"), ("{at_least: 3, of: [CONSENT is agreed, CONSENT is refused]}", "asks for 3 of 2"),
    ("{at_least: 0, of: [CONSENT is agreed]}", "asks for 0 of 1"),
])  # fmt: skip
def test_sec_41_what_says_nothing_is_named_by_the_check(written: str, said: str, copied: Path) -> None:
    """A condition that could never be known is a fault of its author, told with its line."""
    file = copied / "assessments" / "safe_return_record.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("when: CONSENT is refused or withdrawn", f"when: {written}"), encoding="utf-8")
    problems = [str(problem) for problem in check_instrument("safe_return_record", copied)]
    file.write_text(text, encoding="utf-8")

    assert any(said in problem for problem in problems), problems


def test_sec_41_the_engine_has_no_way_out() -> None:
    """No call that runs text, reaches for an attribute by a name that came from data, or imports by name."""
    forbidden = {"eval", "exec", "compile", "getattr", "setattr", "__import__", "import_module", "globals", "vars", "open"}
    files = Path(safe_lib.engine.__file__).parent.rglob("*.py")
    called = {f"{path.name}: {node.func.id}" for path in files for node in ast.walk(ast.parse(path.read_text("utf-8")))
              if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in forbidden}

    assert called == {"country.py: getattr"}  # of a source, by names that stand in the code
