"""The return rule: a level for each domain, hard stops first, and one outcome for each considered future.

Source: F3 to F5 of the return safety assessment (project proposal, 2026; tested by simulation, not against real
outcomes). Unknowns are read three times, as absent, partly and present; a range that matters is shown as a range.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from safe_lib.engine.conditions import FAILS, HOLDS, OPEN, Known, evaluate
from safe_lib.engine.methods.confidence import IN_DOUBT, TOPICS, from_answers, topics_of, with_topics
from safe_lib.engine.methods.levels import (
    Moves,
    Risks,
    protected_likelihood,
    protection,
    protective_moves,
    reachable,
    risk_moves,
)
from safe_lib.model.answers import ACTIVE, CLEARED, NOT_APPLICABLE, PARTLY, PRESENT, UNDETERMINED, VERIFIED, Answers
from safe_lib.model.assessment import Domain, Finding, HardStop, OutcomeRange, Step
from safe_lib.model.instrument import Group, Instrument, Item

VALUE: Final[Mapping[str, int]] = {PARTLY: 1, PRESENT: 2, VERIFIED: 2}
UNDETERMINED_FROM: Final = 3  # one third of the risk items open leaves a domain undetermined (F3)


@dataclass(frozen=True, slots=True)
class Tally:
    """One domain: its items by kind, what is known, and what is open."""

    group: Group
    severity: int
    departure: str
    risk: tuple[Item, ...]
    known: Risks
    critical_open: tuple[Item, ...]
    other_open: tuple[Item, ...]
    protective: int  # present or verified
    verified: int
    protective_open: tuple[Item, ...]

    def likelihood(self, unknown_as: int) -> int:
        """Likelihood with every open risk item read as absent (0), partly (1) or present (2)."""
        risks = self.known
        for item in (*self.critical_open, *self.other_open):
            risks = risks.plus(item.critical, unknown_as)
        return protected_likelihood(risks.signature, protection(self.protective, self.verified))

    @property
    def is_hard_to_tell(self) -> bool:
        """A critical item is open, or at least a third of the risk items are."""
        unknown = len(self.critical_open) + len(self.other_open)
        return bool(self.critical_open) or (unknown > 0 and unknown * UNDETERMINED_FROM >= len(self.risk))


@dataclass(frozen=True, slots=True)
class Matrix:
    """What the method found for one considered future."""

    outcome: OutcomeRange
    domains: Mapping[str, Domain]
    hard_stops: Mapping[str, HardStop]
    findings: tuple[Finding, ...]
    pivots: Mapping[str, tuple[str, ...]]
    settles: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What came of one considered future, before anything is said about what is open."""

    tallies: tuple[Tally, ...]
    stops: Mapping[str, HardStop]
    domains: Mapping[str, Domain]
    outcome: str
    step: Step
    basis: tuple[str, ...]


def weigh(known: Known, *, reasons: bool = True) -> Weighed:
    """Weigh every domain that this future and this person call for, then conclude; without reasons where nobody reads them."""
    tallies = tuple(_tally(known, group) for group in domains_in_use(known))
    stops = {item.id: _stop(known, item) for item in known.instrument.items if item.kind == "hard_stop"}
    known.stops.update({id: stop.state for id, stop in stops.items()})
    domains = {tally.group.id: _domain(known, tally, reasons) for tally in tallies}
    known.groups.update({id: domain.level for id, domain in domains.items()})
    return Weighed(tallies, stops, domains, *_conclude(known))


def find(known: Known) -> Matrix:
    """Weigh, conclude, and look which open answers could still change what came of it."""
    instrument, found = known.instrument, weigh(known)
    findings = (*(_stop_finding(known, id, stop) for id, stop in found.stops.items()),
                *(_domain_finding(tally, found.domains[tally.group.id]) for tally in found.tallies),
                Finding("outcome", "outcome", HOLDS, "because.outcome", found.basis, found.step))
    tiers = Tiers.of(instrument)
    low, high = _ends(tiers, found.tallies, instrument, found.stops)
    pivots, settles = _pivots(tiers, found.tallies, instrument, found.stops)
    return Matrix(OutcomeRange(found.outcome, low, high), found.domains, found.stops, findings, pivots, settles)


def domains_in_use(known: Known) -> list[Group]:
    """The domains this scenario uses; those with a condition only where it does not fail."""
    scenario = known.answers.scenario
    return [group for group in known.instrument.groups
            if group.severity and (not group.scenarios or scenario in group.scenarios)
            and (group.when is None or evaluate(group.when, known).truth is not FAILS)]


def _tally(known: Known, group: Group) -> Tally:
    risk: list[Item] = []
    critical_open: list[Item] = []
    other_open: list[Item] = []
    protective_open: list[Item] = []
    risks, protective, verified = Risks(), 0, 0
    for item in known.items.values():
        if item.group != group.id:
            continue
        answer = known.answer(item.id)
        value = VALUE.get(answer.code, 0)
        if item.kind == "risk":
            risk.append(item)
            risks = risks.plus(item.critical, value)
            if answer.is_open:
                (critical_open if item.critical else other_open).append(item)
        elif item.kind == "protective":
            protective += value == 2
            verified += answer.code == VERIFIED
            if answer.is_open:
                protective_open.append(item)
    departure = known.answers.severity.get(group.id)
    return Tally(group, departure.level if departure else group.severity, departure.reason if departure else "", tuple(risk), risks,
                 tuple(critical_open), tuple(other_open), protective, verified, tuple(protective_open))


def _domain(known: Known, tally: Tally, reasons: bool) -> Domain:
    row = known.instrument.matrix
    low, middle, high = (row[tally.likelihood(value) - 1][tally.severity - 1] for value in (0, 1, 2))
    level, marked = suggested_level(low, middle, high, tally.is_hard_to_tell)
    items = known.instrument.members(tally.group.id)
    topics = topics_of(known, items)
    confidence = with_topics(from_answers((known.answer(item.id) for item in items), tally.is_hard_to_tell), topics)
    why = (*_why(known, tally), *(topic.step for topic in topics if topic.doubt)) if reasons else ()
    return Domain(level, low, high, tally.likelihood(1), tally.severity, confidence, why, marked, tally.departure)


def suggested_level(low: str, middle: str, high: str, hard_to_tell: bool) -> tuple[str, bool]:
    """The level that may be shown for a range, and whether it must be marked with that range (F3, Unknowns)."""
    if low == high:
        return low, False
    if high == "moderate":
        return "moderate", True
    if middle == "very_high":
        return "very_high", True
    if hard_to_tell:
        return UNDETERMINED, True
    return middle, True


def _why(known: Known, tally: Tally) -> tuple[Step, ...]:
    steps = []
    for item in known.items.values():
        if item.group != tally.group.id:
            continue
        answer = known.answer(item.id)
        if answer.is_open or VALUE.get(answer.code):
            key = f"trace.{item.kind}" if not answer.is_open else f"trace.{item.kind}_open"
            steps.append(Step(key, OPEN if answer.is_open else HOLDS, {"item": item.id, "code": answer.code, "critical": item.critical}))
    return tuple(steps)


def _domain_finding(tally: Tally, domain: Domain) -> Finding:
    truth = OPEN if domain.level == UNDETERMINED else HOLDS if domain.level in ("high", "very_high") else FAILS
    risks = tally.known
    open_items = tuple(item.id for item in (*tally.critical_open, *tally.other_open))
    unknown = tuple(f"country.{step.facts['theme']}" for step in domain.why if step.key in TOPICS and step.facts["doubt"] in IN_DOUBT)
    facts = {"group": tally.group.id, "level": domain.level, "lowest": domain.lowest, "highest": domain.highest, "likelihood": domain.likelihood,
             "severity": domain.severity, "s2": risks.s2, "s1": risks.s1, "o2": risks.o2, "o1": risks.o1, "open": len(open_items),
             "protective": tally.protective, "verified": tally.verified, "departure": tally.departure}
    return Finding(tally.group.id, "domain", truth, f"because.domain.{domain.level}", ("rule",), Step("trace.domain", truth, facts, domain.why),
                   tuple(str(step.facts["item"]) for step in domain.why if step.truth is HOLDS), (), (*open_items, *unknown))


def _stop(known: Known, item: Item) -> HardStop:
    answer = known.answer(item.id)
    state = answer.code if answer.code in (ACTIVE, CLEARED, NOT_APPLICABLE) else "open"
    return HardStop(state, item.stop, item.response)


def _stop_finding(known: Known, id: str, stop: HardStop) -> Finding:
    truth = {ACTIVE: HOLDS, "open": OPEN}.get(stop.state, FAILS)
    item = known.items[id]
    step = Step("trace.hard_stop", truth, {"item": id, "state": stop.state, "kind": stop.kind})
    return Finding(id, "hard_stop", truth, f"because.hard_stop.{stop.state}", item.sources, step, (id,), (), (id,) if truth is OPEN else ())


def _conclude(known: Known) -> tuple[str, Step, tuple[str, ...]]:
    """The first outcome whose condition holds on what is shown now, tried in the order D, C, B, A."""
    steps = []
    for row in known.instrument.outcomes:
        step = Step("trace.otherwise", HOLDS, {}) if row.when is None else evaluate(row.when, known)
        steps.append(Step("trace.row", step.truth, {"outcome": row.id}, (step,)))
        if step.truth is HOLDS:
            return row.id, Step("trace.outcome", HOLDS, {"outcome": row.id}, tuple(steps)), row.basis
    return "open", Step("trace.outcome", OPEN, {"outcome": "open"}, tuple(steps)), ()


@dataclass(frozen=True, slots=True)
class Tiers:
    """How far each level and each kind of hard stop pushes the outcome when nothing is unknown; the worst decides."""

    outcomes: tuple[str, ...]  # from best to worst
    levels: Mapping[str, int]
    stops: Mapping[str, int]

    @classmethod
    def of(cls, instrument: Instrument) -> Tiers:
        """Read the tiers off the instrument's own outcome sentences, once for each instrument."""
        kept = _TIERS.get(id(instrument.outcomes))
        if kept is None or kept[0] is not instrument.outcomes:
            kept = _TIERS[id(instrument.outcomes)] = (instrument.outcomes, cls._read(instrument))
        return kept[1]

    @classmethod
    def _read(cls, instrument: Instrument) -> Tiers:
        domain = next((group.id for group in instrument.groups if group.severity), "")
        order = tuple(outcome.id for outcome in reversed(instrument.outcomes))

        def tier(groups: dict[str, str], stops: dict[str, str]) -> int:
            items = {item.id: item for item in instrument.items if item.id in stops}
            return order.index(_conclude(Known(instrument, Answers(), items, groups=groups, stops=stops))[0])

        levels = {level: tier({domain: level}, {}) for level in ("low", "moderate", "high", "very_high")}
        kinds = {item.stop: item.id for item in instrument.items if item.kind == "hard_stop"}
        return cls(order, levels, {kind: tier({}, {id: ACTIVE}) for kind, id in kinds.items()})


_TIERS: dict[int, tuple[object, Tiers]] = {}


def _ends(tiers: Tiers, tallies: Sequence[Tally], instrument: Instrument, stops: Mapping[str, HardStop]) -> tuple[str, str]:
    """The outcome with everything open absent, and with everything open present (open protection never counts)."""
    ends = []
    for value, states in ((0, (ACTIVE,)), (2, (ACTIVE, "open"))):
        found = [tiers.levels[instrument.matrix[tally.likelihood(value) - 1][tally.severity - 1]] for tally in tallies]
        found += [tiers.stops[stop.kind] for stop in stops.values() if stop.state in states]
        ends.append(tiers.outcomes[max(found, default=0)])
    return ends[0], ends[1]


def _pivots(tiers: Tiers, tallies: Sequence[Tally], instrument: Instrument,
            stops: Mapping[str, HardStop]) -> tuple[dict[str, tuple[str, ...]], dict[str, int]]:
    """Which open items could change a domain, a hard stop or the outcome; exact, because domains share no items."""
    least = {tally.group.id: _least_tier(tiers, tally, instrument) for tally in tallies}
    by_stops = max((tiers.stops[stop.kind] for stop in stops.values() if stop.state == ACTIVE), default=0)
    pivots: dict[str, tuple[str, ...]] = {}
    settles: dict[str, int] = {}
    for id, stop in stops.items():
        if stop.state == "open":
            moves = tiers.stops[stop.kind] > max([by_stops, *least.values()])
            pivots[id], settles[id] = ((id, "outcome"), 3) if moves else ((id,), 1)
    for tally in tallies:
        rest = max([by_stops, *(tier for id, tier in least.items() if id != tally.group.id)])
        for item, ways in _moves(tally):
            levels = [{instrument.matrix[likelihood - 1][tally.severity - 1] for likelihood in way} for way in ways]
            if not any(len(way) > 1 for way in levels):
                continue
            outcome = any(len({max(tiers.levels[level], rest) for level in way}) > 1 for way in levels)
            pivots[item.id] = (tally.group.id, "outcome") if outcome else (tally.group.id,)
            settles[item.id] = max(len(way) for way in levels)
    return pivots, settles


def _least_tier(tiers: Tiers, tally: Tally, instrument: Instrument) -> int:
    found = reachable(tally.known, len(tally.critical_open), len(tally.other_open), tally.protective, tally.verified, len(tally.protective_open))
    return min(tiers.levels[instrument.matrix[likelihood - 1][tally.severity - 1]] for likelihood in found)


def _moves(tally: Tally) -> list[tuple[Item, Moves]]:
    c, o, p = len(tally.critical_open), len(tally.other_open), len(tally.protective_open)
    known, present, verified = tally.known.capped(), min(tally.protective, 2), min(tally.verified, 2)
    found = [(item, risk_moves(True, known, c - 1, o, present, verified, p)) for item in tally.critical_open]
    found += [(item, risk_moves(False, known, c, o - 1, present, verified, p)) for item in tally.other_open]
    found += [(item, protective_moves(known, c, o, present, verified, p - 1)) for item in tally.protective_open]
    return found
