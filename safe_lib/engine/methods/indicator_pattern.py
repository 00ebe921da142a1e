"""The ILO rule: indicators counted by strength in each dimension, and the pattern the dimensions make.

Source: ILO and European Commission, Operational indicators of trafficking in human beings, 2009 (Delphi survey):
a dimension is positive with two strong; one strong and one other; three medium; or two medium and one weak.
The rows that turn dimensions into an outcome are data of the instrument, in the order in which they are tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

from safe_lib.engine.conditions import FAILS, HOLDS, OPEN, Known, evaluate
from safe_lib.model.answers import PARTLY, PRESENT, VERIFIED, Answers
from safe_lib.model.assessment import Dimension, Finding, OutcomeRange, Reading, Step, Truth
from safe_lib.model.instrument import STRENGTHS, Instrument, Item, Outcome

COUNTS_AS_PRESENT: Final = frozenset({PARTLY, PRESENT, VERIFIED})
RESULTS: Final = {HOLDS: "positive", FAILS: "negative", OPEN: "open"}
NEIGHBOURS: Final[Mapping[str, tuple[str, ...]]] = {
    "strong": ("strong", "medium"),
    "medium": ("strong", "medium", "weak"),
    "weak": ("medium", "weak"),
}

Counts = tuple[int, int, int]  # strong, medium, weak
_NOBODY: Final = Answers()


def is_positive(strong: int, medium: int, weak: int) -> bool:
    """Whether indicators of these strengths reach the published threshold of a dimension.

    Source: Operational indicators (ILO and European Commission, revised September 2009), page 3, cases a to d.
    """
    return bool(which_case(strong, medium, weak))


def which_case(strong: int, medium: int, weak: int) -> str:
    """The published case (a to d) that makes a dimension positive, or nothing."""
    if strong >= 2:
        return "a"
    if strong >= 1 and medium + weak >= 1:
        return "b"
    if medium >= 3:
        return "c"
    return "d" if medium >= 2 and weak >= 1 else ""


@dataclass(frozen=True, slots=True)
class Tally:
    """One dimension in one reading: what is present, what is open, and what hangs on an unverified strength."""

    group: str
    present: tuple[Item, ...]
    open: tuple[Item, ...]
    counts: Counts
    highest: Counts

    @property
    def lowest_positive(self) -> bool:
        """It is positive even if everything open is absent."""
        return is_positive(*self.counts)

    @property
    def highest_positive(self) -> bool:
        """It is positive if everything open is present."""
        return is_positive(*self.highest)

    @property
    def truth(self) -> Truth:
        """Holds where it is positive whatever comes, open where what is open decides."""
        return HOLDS if self.lowest_positive else OPEN if self.highest_positive else FAILS


@dataclass(frozen=True, slots=True)
class Pattern:
    """What the method found: readings (the first leads), findings, and the questions that could move a result."""

    readings: Mapping[str, Reading]
    leading: str
    findings: tuple[Finding, ...]
    pivots: Mapping[str, tuple[str, ...]]  # open item → the results it could change
    settles: Mapping[str, int]  # open item → how many results one answer could settle
    unverified: tuple[str, ...]  # items whose unverified strength could change the outcome of a reading


def find(known: Known) -> Pattern:
    """Read the answers as of an adult, as of a child, or both where the age is in doubt (the child's reading leads)."""
    ages = ages_to_read(known)
    tallies = {age: [_tally(known, group.id, age) for group in known.instrument.groups] for age in ages}
    readings = {age: Reading(age, _outcome(known.instrument, age, tallies[age]), _dimensions(tallies[age])) for age in ages}
    leading = ages[0]
    known.groups.update({id: dimension.result for id, dimension in readings[leading].dimensions.items()})
    unverified = {age: _unverified(known.instrument, age, tallies[age]) for age in ages}
    findings = (*(_finding(tally, leading, unverified[leading]) for tally in tallies[leading]),
                *(_outcome_finding(known, age, readings[age]) for age in ages))
    pivots, settles = _pivots(known.instrument, tallies)
    named = tuple(dict.fromkeys(id for age in ages for id, moves in unverified[age].items() if "outcome" in moves))
    return Pattern(readings, leading, findings, pivots, settles, named)


def ages_to_read(known: Known) -> tuple[str, ...]:
    """The readings this person's age asks for, the leading one first."""
    instrument = known.instrument
    own = instrument.reading or "any"
    if len(instrument.readings) < 2:
        return (own,)
    age = known.answers.person.age_group
    return ("child", "adult") if age == "disputed" else (age or own,)


def _tally(known: Known, group: str, age: str) -> Tally:
    present, open_items = [], []
    for item in known.items.values():
        if item.group != group or age not in item.weights:
            continue
        answer = known.answer(item.id)
        if answer.code in COUNTS_AS_PRESENT:
            present.append(item)
        elif answer.is_open:
            open_items.append(item)
    counts = _count(present, age)
    more = _count(open_items, age)
    return Tally(group, tuple(present), tuple(open_items), counts, (counts[0] + more[0], counts[1] + more[1], counts[2] + more[2]))


def _count(items: Iterable[Item], age: str) -> Counts:
    found = Counter(item.weights[age].strength for item in items)
    return found["strong"], found["medium"], found["weak"]


def _dimensions(tallies: Iterable[Tally]) -> dict[str, Dimension]:
    return {tally.group: Dimension(*tally.counts, RESULTS[tally.truth], len(tally.open)) for tally in tallies}


# Outcomes. The rows of a reading are tried for each combination of positive dimensions once, and kept.

_TABLES: dict[tuple[int, str], tuple[tuple[Outcome, ...], dict[frozenset[str], str]]] = {}


def _table(instrument: Instrument, age: str) -> dict[frozenset[str], str]:
    key = (id(instrument.outcomes), age)
    kept = _TABLES.get(key)
    if kept is None or kept[0] is not instrument.outcomes:
        kept = _TABLES[key] = (instrument.outcomes, _all_outcomes(instrument, age))
    return kept[1]


def _all_outcomes(instrument: Instrument, age: str) -> dict[frozenset[str], str]:
    groups = [group.id for group in instrument.groups]
    table = {}
    for marks in product((True, False), repeat=len(groups)):
        known = Known(instrument, _NOBODY, {}, groups={g: "positive" if mark else "negative" for g, mark in zip(groups, marks, strict=True)})
        table[frozenset(g for g, mark in zip(groups, marks, strict=True) if mark)] = first_row(instrument, age, known)
    return table


def rows(instrument: Instrument, age: str) -> tuple[Outcome, ...]:
    """The outcomes a reading can have, in the order in which they are tried."""
    return tuple(row for row in instrument.outcomes if row.reading in ("", age) and row.id != "open")


def first_row(instrument: Instrument, age: str, known: Known) -> str:
    """The first row whose condition holds."""
    for row in rows(instrument, age):
        if row.when is None or evaluate(row.when, known).truth is HOLDS:
            return row.id
    return "open"


def _outcome(instrument: Instrument, age: str, tallies: Iterable[Tally]) -> OutcomeRange:
    table = _table(instrument, age)
    low = table[frozenset(tally.group for tally in tallies if tally.lowest_positive)]
    high = table[frozenset(tally.group for tally in tallies if tally.highest_positive)]
    return OutcomeRange(low if low == high else "open", low, high)


# Open questions. An item can move its dimension if some number of the other open ones leaves it just below the threshold.

@lru_cache(maxsize=8192)
def _can_tip(counts: Counts, others: Counts, strength: str) -> bool:
    step = tuple(int(strength == kind) for kind in STRENGTHS)
    for more in product(range(min(others[0], 2) + 1), range(min(others[1], 3) + 1), range(min(others[2], 2) + 1)):
        below = tuple(a + b for a, b in zip(counts, more, strict=True))
        if not is_positive(*below) and is_positive(*(a + b for a, b in zip(below, step, strict=True))):
            return True
    return False


@lru_cache(maxsize=8192)
def _settles(counts: Counts, highest: Counts, strength: str) -> int:
    """How many of the two answers (present, absent) would leave the dimension decided."""
    step = tuple(int(strength == kind) for kind in STRENGTHS)
    if_present = is_positive(*(a + b for a, b in zip(counts, step, strict=True)))
    if_absent = not is_positive(*(a - b for a, b in zip(highest, step, strict=True)))
    return int(if_present) + int(if_absent)


def _pivots(instrument: Instrument, tallies: Mapping[str, list[Tally]]) -> tuple[dict[str, tuple[str, ...]], dict[str, int]]:
    moves: dict[str, list[str]] = {}
    settles: dict[str, int] = {}
    for age, of_age in tallies.items():
        for tally in of_age:
            if tally.truth is not OPEN:
                continue
            outcome_moves = _moves_outcome(_table(instrument, age), tally.group, of_age)
            for item in tally.open:
                strength = item.weights[age].strength
                step = tuple(int(strength == kind) for kind in STRENGTHS)
                others = tuple(h - c - s for h, c, s in zip(tally.highest, tally.counts, step, strict=True))
                if not _can_tip(tally.counts, (others[0], others[1], others[2]), strength):
                    continue
                results = moves.setdefault(item.id, [])
                results.extend(result for result in ([tally.group, "outcome"] if outcome_moves else [tally.group]) if result not in results)
                settles[item.id] = settles.get(item.id, 0) + _settles(tally.counts, tally.highest, strength)
    return {id: tuple(results) for id, results in moves.items()}, settles


def _moves_outcome(table: Mapping[frozenset[str], str], group: str, tallies: Iterable[Tally]) -> bool:
    """Whether this dimension can still decide the outcome, whatever the other open dimensions turn out to be."""
    fixed = {tally.group for tally in tallies if tally.truth is HOLDS and tally.group != group}
    free = [tally.group for tally in tallies if tally.truth is OPEN and tally.group != group]
    for marks in product((True, False), repeat=len(free)):
        positive = frozenset(fixed | {g for g, mark in zip(free, marks, strict=True) if mark})
        if table[positive] != table[positive | {group}]:
            return True
    return False


# Unverified strengths: the rule is read again over the neighbouring strengths.

def _unverified(instrument: Instrument, age: str, tallies: list[Tally]) -> dict[str, tuple[str, ...]]:
    """Item → what its unverified strength could change: its dimension, and `outcome` where that follows."""
    found: dict[str, set[str]] = {}
    for with_open in (False, True):
        doubtful = [_Doubt.of(tally, age, with_open) for tally in tallies]
        for doubt in doubtful:
            if len(doubt.results) < 2:
                continue
            moves = {doubt.group, "outcome"} if _doubt_moves_outcome(_table(instrument, age), doubt, doubtful) else {doubt.group}
            for id in doubt.deciding():
                found.setdefault(id, set()).update(moves)
    return {id: tuple(sorted(moves)) for id, moves in found.items()}


@dataclass(frozen=True, slots=True)
class _Doubt:
    group: str
    sure: Counts
    unsure: tuple[tuple[str, str], ...]  # item, nominal strength

    @classmethod
    def of(cls, tally: Tally, age: str, with_open: bool) -> _Doubt:
        items = (*tally.present, *tally.open) if with_open else tally.present
        unsure = tuple((item.id, item.weights[age].strength) for item in items if item.weights[age].certainty == "recalled_low")
        return cls(tally.group, _count((item for item in items if item.weights[age].certainty != "recalled_low"), age), unsure)

    @property
    def results(self) -> frozenset[bool]:
        return _doubt_results(self.sure, tuple(sorted(strength for _, strength in self.unsure)))

    def deciding(self) -> list[str]:
        strengths = [strength for _, strength in self.unsure]
        decisive = {kind for kind in set(strengths) if _is_decisive(self.sure, tuple(sorted(_without(strengths, kind))), kind)}
        return [id for id, strength in self.unsure if strength in decisive]


def _without(strengths: list[str], kind: str) -> list[str]:
    left = list(strengths)
    left.remove(kind)
    return left


def _capped(counts: Counts) -> Counts:
    """Counts above these change nothing, so fewer cases need to be looked at."""
    return min(counts[0], 2), min(counts[1], 3), min(counts[2], 1)


def _plus(counts: Counts, strength: str) -> Counts:
    return _capped(tuple(c + int(strength == kind) for c, kind in zip(counts, STRENGTHS, strict=True)))  # type: ignore[arg-type]


@lru_cache(maxsize=8192)
def _reachable(sure: Counts, unsure: tuple[str, ...]) -> frozenset[Counts]:
    found = {_capped(sure)}
    for nominal in unsure:
        found = {_plus(counts, strength) for counts in found for strength in NEIGHBOURS[nominal]}
    return frozenset(found)


@lru_cache(maxsize=8192)
def _doubt_results(sure: Counts, unsure: tuple[str, ...]) -> frozenset[bool]:
    return frozenset(is_positive(*counts) for counts in _reachable(sure, unsure))


@lru_cache(maxsize=8192)
def _is_decisive(sure: Counts, others: tuple[str, ...], kind: str) -> bool:
    return any(len({is_positive(*_plus(counts, strength)) for strength in NEIGHBOURS[kind]}) > 1 for counts in _reachable(sure, others))


def _doubt_moves_outcome(table: Mapping[frozenset[str], str], doubt: _Doubt, all_doubts: Iterable[_Doubt]) -> bool:
    others = [other for other in all_doubts if other.group != doubt.group]
    for marks in product(*(sorted(other.results) for other in others)):
        positive = frozenset(other.group for other, mark in zip(others, marks, strict=True) if mark)
        if table[positive] != table[positive | {doubt.group}]:
            return True
    return False


# Findings, each with its trace.

def _finding(tally: Tally, age: str, unverified: Mapping[str, tuple[str, ...]]) -> Finding:
    truth = tally.truth
    strong, medium, weak = tally.counts
    facts = {"group": tally.group, "strong": strong, "medium": medium, "weak": weak,
             "case": which_case(strong, medium, weak), "open": len(tally.open), "result": RESULTS[truth]}
    parts = (*(_indicator(item, age, "trace.present", HOLDS) for item in tally.present),
             *(_indicator(item, age, "trace.open", OPEN) for item in tally.open))
    key = RESULTS[truth]
    return Finding(tally.group, "dimension", truth, f"because.dimension.{key}", ("rule",), Step("trace.dimension", truth, facts, parts),
                   tuple(item.id for item in tally.present), tuple(item.id for item in tally.present if tally.group in unverified.get(item.id, ())),
                   tuple(item.id for item in tally.open) if truth is OPEN else ())


def _indicator(item: Item, age: str, key: str, truth: Truth) -> Step:
    weight = item.weights[age]
    return Step(key, truth, {"item": item.id, "strength": weight.strength, "certainty": weight.certainty})


def _outcome_finding(known: Known, age: str, reading: Reading) -> Finding:
    instrument = known.instrument
    groups = {id: dimension.result for id, dimension in reading.dimensions.items()}
    steps: list[Step] = []
    basis: tuple[str, ...] = ()
    looking = Known(instrument, known.answers, known.items, groups=groups)
    for row in rows(instrument, age):
        step = Step("trace.otherwise", HOLDS, {}) if row.when is None else evaluate(row.when, looking)
        steps.append(Step("trace.row", step.truth, {"outcome": row.id}, (step,)))
        if step.truth is HOLDS:
            basis = row.basis
            break
    truth = OPEN if reading.outcome.id == "open" else HOLDS
    facts = {"outcome": reading.outcome.id, "age": age, "low": reading.outcome.if_unknown_absent, "high": reading.outcome.if_unknown_present}
    return Finding(f"outcome_{age}", "outcome", truth, "because.outcome", basis, Step("trace.outcome", truth, facts, tuple(steps)))

