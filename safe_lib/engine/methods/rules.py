"""The first outcome whose condition holds; while an earlier one is open, the outcome is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from safe_lib.engine.conditions import FAILS, HOLDS, OPEN, Known, evaluate
from safe_lib.engine.decision import Diagram, Rest, TooEntangled
from safe_lib.model.answers import CLEARED, Answer
from safe_lib.model.assessment import Finding, OutcomeRange, Step, Truth
from safe_lib.model.instrument import Item, Rule


@dataclass(frozen=True, slots=True)
class Ruled:
    """What the rules found."""

    outcome: OutcomeRange
    findings: tuple[Finding, ...]
    pivots: Mapping[str, tuple[str, ...]]
    settles: Mapping[str, int]
    exact: bool


def findings_of(known: Known) -> tuple[Finding, ...]:
    """One finding for each rule of the instrument, in its order; later rules may look at earlier ones."""
    found = []
    for rule in known.instrument.rules:
        finding = _finding(rule, known)
        known.findings[rule.id] = finding
        found.append(finding)
    return tuple(found)


def truths_of(known: Known) -> tuple[Finding, ...]:
    """The same rules with their truth alone, for who reads no reasons: a finding without the answers it rests on."""
    for rule in known.instrument.rules:
        step = evaluate(rule.when, known)
        known.findings[rule.id] = Finding(rule.id, "rule", step.truth, rule.because, rule.basis, step)
    return tuple(known.findings.values())


def _finding(rule: Rule, known: Known) -> Finding:
    step = evaluate(rule.when, known)
    answers, still_open = _rests_on(step)
    return Finding(rule.id, "rule", step.truth, rule.because, rule.basis, step, tuple(answers), (), tuple(still_open) if step.truth is OPEN else ())


def _rests_on(step: Step) -> tuple[dict[str, None], dict[str, None]]:
    """The items a trace rests on, and what is open in it and could still matter."""
    answers: dict[str, None] = {}
    still_open: dict[str, None] = {}
    name = step.facts.get("item") or (f"country.{step.facts['theme']}" if "theme" in step.facts else "")
    if name and not step.parts:
        (still_open if step.truth is OPEN else answers)[str(name)] = None
    for part in step.parts:
        more, more_open = _rests_on(part)
        answers.update(more)
        if step.truth is OPEN:
            still_open.update(more_open if part.truth is OPEN else {})
    return answers, still_open


def find(known: Known, findings: tuple[Finding, ...]) -> Ruled:
    """Conclude from the outcomes' conditions, with both ends and the exact open questions."""
    outcome, step, basis = conclude(known)
    low, high = (_end(known, present) for present in (False, True))
    pivots, exact = _pivots(known)
    truth = OPEN if outcome == "open" else HOLDS
    last = Finding("outcome", "outcome", truth, "because.outcome", basis, step)
    settles = {id: len(results) for id, results in pivots.items()}
    return Ruled(OutcomeRange(outcome, low, high), (*findings, last), pivots, settles, exact)


def conclude(known: Known) -> tuple[str, Step, tuple[str, ...]]:
    """The first outcome whose condition does not fail, with its trace and basis; the rules must have been looked at before."""
    steps = []
    for row in known.instrument.outcomes:
        if row.id == "open":
            continue
        step = Step("trace.otherwise", HOLDS, {}) if row.when is None else evaluate(row.when, known)
        steps.append(Step("trace.row", step.truth, {"outcome": row.id}, (step,)))
        if step.truth is not FAILS:
            id = row.id if step.truth is HOLDS else "open"
            return id, Step("trace.outcome", step.truth, {"outcome": id}, tuple(steps)), row.basis
    return "open", Step("trace.outcome", OPEN, {"outcome": "open"}, tuple(steps)), ()


def _end(known: Known, present: bool) -> str:
    """The outcome if every open item were absent, or as much present as its scale allows."""
    given = dict(known.answers.given)
    for item in known.items.values():
        if known.answer(item.id).is_open and _codes(known, item):
            given[item.id] = Answer(_codes(known, item)[-1 if present else 0])
    then = Known(known.instrument, replace(known.answers, given=given), known.items, known.themes)
    findings_of(then)
    return conclude(then)[0]


def _codes(known: Known, item: Item) -> tuple[str, ...]:
    scale = known.instrument.scales.get(item.scale)
    codes = scale.codes if scale else ()
    return (CLEARED, *(code for code in codes if code != CLEARED)) if CLEARED in codes else codes


def _pivots(known: Known) -> tuple[dict[str, tuple[str, ...]], bool]:
    rules = {rule.id: rule.when for rule in known.instrument.rules}
    rows = [row for row in known.instrument.outcomes if row.id != "open"]
    open_items = {id: _codes(known, item) for id, item in known.items.items() if _is_asked(known, item)}
    diagram = Diagram(known, open_items, rules)
    moves: dict[str, list[str]] = {}
    exact = True
    targets = [(id, (when,)) for id, when in rules.items()] + [("outcome", tuple(row.when for row in rows if row.when))]
    for name, conditions in targets:
        try:
            deciding = diagram.decides(conditions, _first_that_holds if name == "outcome" else _itself)
        except TooEntangled:
            exact, deciding = False, frozenset(open_items)
        for id in deciding:
            moves.setdefault(id, []).append(name)
    return {id: tuple(moves[id]) for id in open_items if id in moves}, exact


def _is_asked(known: Known, item: Item) -> bool:
    answer = known.answers.of(item.id, item.kind)
    return answer.is_open and bool(_codes(known, item)) and (item.only_if is None or evaluate(item.only_if, known).truth is not FAILS)


def _itself(rests: Sequence[Rest]) -> object:
    return rests[0] if isinstance(rests[0], Truth) else None


def _first_that_holds(rests: Sequence[Rest]) -> object:
    for place, rest in enumerate(rests):
        if rest is HOLDS or rest is OPEN:
            return place if rest is HOLDS else "open"
        if rest is not FAILS:
            return None
    return len(rests)
