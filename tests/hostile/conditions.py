"""Conditions by chance: well formed, nearly so, and not at all (SEC-41). The same seed gives the same ones.

As a program, from the folder `tests`: `python -m hostile.conditions 1000000` tries so many and says what happened.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from safe_lib.engine.conditions import Known, NotASentence, evaluate, parse
from safe_lib.model.answers import Answer, Answers, Person
from safe_lib.model.assessment import Truth
from safe_lib.model.errors import SafeError
from safe_lib.model.instrument import Instrument

SUBJECTS = (
    "SAF1", "HS1", "YEARS", "TEXT", "NOT_THERE", "group.SAF", "group.NONE", "finding.r1", "finding.none", "person.age_group", "person.children_travel", "person.__class__",
    "person.__init__.__globals__", "person.", "country.T05", "country.T99", "scenario", "scenario.x", "item.SAF1", "__import__", "os.system", "..", "-", "finding.", "9",
)  # fmt: skip
OPERATIONS = ("is", "at least", "below", "holds", "equals", "==", "is not", "at  least", "IS", "", "in", "is is")
VALUES = (
    "present", "verified", "absent", "partly", "active", "cleared", "high", "low", "very_high", "positive", "negative", "undetermined", "open", "unknown", "not_asked",
    "not_applicable", "child", "true", "stay", "18", "-1", "0", "\u00b2", "\u0663", "9" * 30, "9" * 6_000, "1e9", "0x1", "{low}", "{{7*7}}", "${7*7}", "%s", "{0.__class__}",
    "__import__('os').system('id')", "'; DROP TABLE cases; --", "\u202e", "\x00", "a" * 900, "", " ", "or", "present or", "or present", "present or verified or high",
)  # fmt: skip
SOMES = ("domain", "hard stop", "item", "group", "critical domain", "absolute hard stop", "conditional hard stop", "critical item", "thing", "absolute", "")
GOOD = (
    "SAF1 is present", "SAF1 is present or partly", "SAF1 at least partly", "HS1 is active", "YEARS below 18", "YEARS at least 17", "group.SAF is high", "group.SAF at least high",
    "finding.r1 holds", "person.age_group is child", "person.children_travel is true", "country.T05 is weak", "scenario is stay", "some hard stop is active", "some critical domain is high",
    "some item is present", "some group is positive",
)  # fmt: skip
WORDS = ("some", "all", "any", "not", "lambda:", "eval(", "import", "is", "at", "least", ".", "(", ")", "[", "]", "*", "**", "\n", "\t", "\u00a0", "{", "}")


def sentence(random: Random) -> Any:
    """One sentence, or what somebody might write for one."""
    kind = random.random()
    if kind < 0.4:
        return random.choice(GOOD)
    if kind < 0.65:
        return f"{random.choice(SUBJECTS)} {random.choice(OPERATIONS)} {' or '.join(random.choices(VALUES, k=random.randint(1, 3)))}"
    if kind < 0.8:
        return f"some {random.choice(SOMES)} {random.choice(OPERATIONS)} {random.choice(VALUES)}"
    if kind < 0.87:
        return f"finding.r{random.randint(0, 3)} holds"
    if kind < 0.97:
        return " ".join(random.choices((*SUBJECTS, *OPERATIONS, *VALUES[:20], *WORDS), k=random.randint(0, 8)))
    return random.choice((None, 0, 1.5, True, [], {}, ["SAF1 is present"], {"all": None}, {1: 2}, {"of": []}, b"x", {"at_least": True, "of": ["SAF1 is present"]}))


def condition(random: Random, depth: int = 5) -> Any:
    """A condition of several sentences, or what somebody might write for one."""
    if depth == 0 or random.random() < 0.6:
        return sentence(random)
    parts = [condition(random, depth - 1) for _ in range(random.randint(0, 4))]
    return random.choice(({"all": parts}, {"any": parts}, {"not": parts[0] if parts else None}, {"at_least": random.choice((-1, 0, 1, 2, 9, 10**30)), "of": parts},
                          {"all": parts, "any": parts}, {"none": parts}, {"not": parts}, parts, {"at_least": "2", "of": parts}))  # fmt: skip


def form(random: Random, instrument: Instrument) -> Answers:
    """Answers by chance, open ones among them."""
    given = {item.id: Answer(random.choice((*instrument.scales[item.scale].codes, "unknown", "declined", "not_applicable")), reason="by chance")
             for item in instrument.items if random.random() < 0.8}
    return Answers(given, Person(random.choice((None, "adult", "child", "disputed")), random.random() < 0.5), random.choice((None, "stay")))


def tried(instrument: Instrument, number: int, seed: int) -> Iterator[tuple[Any, str, float]]:
    """So many conditions, each parsed and evaluated: what was written, what became of it, and seconds."""
    random = Random(seed)
    for _ in range(number):
        written = condition(random)
        known = Known(instrument, form(random, instrument), instrument.by_id(), groups={"SAF": random.choice(("high", "open", "positive", "undetermined"))},
                      stops={"HS1": random.choice(("active", "open", "cleared"))})
        began = time.process_time()
        try:
            truth = evaluate(parse(written), known).truth
            became = f"a truth: {truth.value}" if isinstance(truth, Truth) else f"something else: {type(truth).__name__}"
        except NotASentence:
            became = "no sentence"
        except SafeError:
            became = "refused"
        yield written, became, time.process_time() - began


def main(number: int, seed: int = 1) -> None:
    """Say what became of so many conditions, and how long the slowest took."""
    from test_conditions_fuzz import SMALL

    became: Counter[str] = Counter()
    slowest = 0.0
    for _, what, seconds in tried(SMALL, number, seed):
        became[what] += 1
        slowest = max(slowest, seconds)
    print(f"{number:,} conditions, seed {seed}: {dict(became)}; the slowest took {slowest * 1000:.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(int, sys.argv[2:]))
