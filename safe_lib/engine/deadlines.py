"""The deadlines of a procedure for the facts of one case: earliest day, plan day, legal last day.

DR4 The plan is a working day on or before the day the term ends. DR5 Three dates; only the last is law.
DR6 Where the anchor is unknown so are the dates, and the deadline is shown. DR7 Where sources differ, or a fact that
decides is not known, the shortest term is computed and the others are shown. DR8 Days are those of the authority's zone.
An old case keeps the law of its date: the version in force on the day of the anchor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from safe_lib.engine.facts import Facts, truth_of, unknown_in
from safe_lib.engine.periods import NotAPeriod, moved, parse_period, rolled_on, working_day_from, working_day_until
from safe_lib.model.assessment import Truth
from safe_lib.model.procedure import STANDINGS, Alternative, Deadline, DeadlineRule, LawVersion, Period, Procedure, Standing, Term

BANDS: Final = ((7, "week"), (28, "month"), (90, "quarter"))  # days left; legal_support.md, W3
_NEXT_DAY: Final = timedelta(days=1)


def deadlines_of(procedure: Procedure, facts: Facts, *, on: date, minimum_days: Mapping[str, int] | None = None) -> tuple[Deadline, ...]:
    """Every deadline of a procedure, in its order; none is left out because something is unknown.

    Args:
        procedure: read and checked by the catalogue.
        facts: what is known of the case.
        on: the day of the look, from which days left are counted.
        minimum_days: minimum rule → days; a shorter period is computed as it is, with a remark.
    """
    found: dict[str, Deadline] = {}
    for rule in procedure.deadlines:
        found[rule.id] = _deadline(procedure, rule, facts, on, minimum_days or {})
    rules = {rule.id: rule for rule in procedure.deadlines}
    return tuple(_leaning(rule, rules, found) for rule in procedure.deadlines)


@dataclass(frozen=True, slots=True)
class _Ending:
    """Where one term would end: the day counted, and the day the law lets it run on to."""

    term: Term
    version: LawVersion | None
    truth: Truth
    anchor: date | None
    end: date | None
    last: date | None


def _deadline(procedure: Procedure, rule: DeadlineRule, facts: Facts, on: date, minimum_days: Mapping[str, int]) -> Deadline:
    endings = _endings(procedure, rule, facts)
    used = _shortest(endings)
    earliest, plan = _earliest_and_plan(rule, used, procedure) if used.end else (None, None)
    alternatives = tuple(_alternative(ending, ending is used, facts) for ending in endings)
    decided = tuple(alternative for alternative, ending in zip(alternatives, endings, strict=True) if ending.truth is Truth.HOLDS)
    is_conflict = len({ending.term.period for ending in endings if ending.truth is Truth.HOLDS and ending.term.when == used.term.when}) > 1
    is_undecided = any(ending.truth is Truth.OPEN for ending in endings)
    return Deadline(
        id=rule.id, procedure=procedure.id, anchor=used.term.anchor or rule.anchor, earliest=earliest, plan=plan, last=used.last, legal=rule.legal,
        standing=_weakest(alternatives), conflict=decided if is_conflict else (), undecided=alternatives if is_undecided else (),
        basis=_basis(rule, alternatives, procedure), law_of=used.version.in_force_from if used.version else None,
        remarks=_remarks(procedure, rule, used, on, minimum_days, is_conflict, is_undecided, facts), band=_band(rule, used.last, on),
        days_left=(used.last - on).days if used.last else None, reminders=_reminders(rule, plan, procedure), note=rule.note)


def _earliest_and_plan(rule: DeadlineRule, used: _Ending, procedure: Procedure) -> tuple[date, date]:
    """The first day that counts is the day after the event (DR1). The plan is a working day on or before the end (DR4), and on or after an opening."""
    end = used.end or date.max
    if rule.opening:
        return end, working_day_from(end, procedure.calendar)
    plan = working_day_until(end, procedure.calendar)
    if rule.direction == "before" or used.anchor is None:  # nothing says from when on: no earlier than the plan can be promised
        return plan, plan
    return min(used.anchor + _NEXT_DAY, end), plan


def _endings(procedure: Procedure, rule: DeadlineRule, facts: Facts) -> tuple[_Ending, ...]:
    """The terms that hold or may hold. A term with a condition that holds takes the place of those without one."""
    terms = [(version, term) for version in rule.versions for term in version.terms if version is _version_for(procedure, rule, term, facts)]
    judged = [(version, term, truth_of(term.when, facts)) for version, term in terms]
    if any(truth is Truth.HOLDS and term.when is not None for _, term, truth in judged):
        judged = [one for one in judged if one[1].when is not None]
    only = any(truth is Truth.OPEN for _, _, truth in judged)
    possible = [one for one in judged if one[2] is not Truth.FAILS]
    ended = [_ending(procedure, rule, facts, version, term, Truth.OPEN if only and term.when is None else truth) for version, term, truth in possible]
    return tuple(ended) or (_unknown(rule),)


def _version_for(procedure: Procedure, rule: DeadlineRule, term: Term, facts: Facts) -> LawVersion | None:
    """The law of the case's own date; the newest where the anchor is unknown."""
    anchor = facts.day(term.anchor or rule.anchor, procedure.calendar.zone)
    in_force = [version for version in rule.versions if anchor is None or version.in_force_from is None or version.in_force_from <= anchor]
    return in_force[-1] if in_force else None


def _ending(procedure: Procedure, rule: DeadlineRule, facts: Facts, version: LawVersion, term: Term, truth: Truth) -> _Ending:
    calendar = procedure.calendar
    anchor = facts.day(term.anchor or rule.anchor, calendar.zone)
    stated = facts.day(term.stated_in, calendar.zone) if term.stated_in else None
    period = term.period or _stated_period(term, facts)
    if stated is not None:  # a letter that names the day itself
        return _Ending(term, version, truth, anchor, stated, stated)
    if anchor is None or period is None:
        return _Ending(term, version, truth, anchor, None, None)
    end = moved(anchor, period, calendar, back=rule.direction == "before")
    last = rolled_on(end, period, calendar) if rule.rolls else end
    return _Ending(term, version, truth, anchor, end, last)


def _stated_period(term: Term, facts: Facts) -> Period | None:
    said = facts.value(term.stated_in) if term.stated_in else None
    try:
        return parse_period(said) if isinstance(said, str) else None
    except NotAPeriod:
        return None


def _unknown(rule: DeadlineRule) -> _Ending:
    """No version of the law is known for the date of the case."""
    return _Ending(rule.versions[0].terms[0], None, Truth.HOLDS, None, None, None)


def _shortest(endings: tuple[_Ending, ...]) -> _Ending:
    """The first to end. A term that holds and whose day is unknown leaves the whole deadline unknown."""
    holding = [ending for ending in endings if ending.truth is Truth.HOLDS and ending.end is None]
    known = [ending for ending in endings if ending.end is not None]
    if holding or not known:
        return holding[0] if holding else endings[0]
    return min(known, key=lambda ending: (ending.end or date.max, ending.last or date.max))


def _alternative(ending: _Ending, used: bool, facts: Facts) -> Alternative:
    return Alternative(ending.term.period, ending.last, ending.term.sources, ending.term.standing, used, unknown_in(ending.term.when, facts))


def _weakest(alternatives: tuple[Alternative, ...]) -> Standing:
    """A day is no surer than the least sure of the terms it was chosen from."""
    return max((one.standing for one in alternatives), key=STANDINGS.index)


def _basis(rule: DeadlineRule, alternatives: tuple[Alternative, ...], procedure: Procedure) -> tuple[str, ...]:
    sources = dict.fromkeys(source for one in alternatives for source in one.sources)
    return (*rule.law, *(f"{id}: {procedure.sources[id].title}" for id in sources if id in procedure.sources))


def _remarks(procedure: Procedure, rule: DeadlineRule, used: _Ending, on: date, minimum_days: Mapping[str, int],
             is_conflict: bool, is_undecided: bool, facts: Facts) -> tuple[tuple[str, Mapping[str, str]], ...]:
    anchor = used.term.anchor or rule.anchor
    undated = used.version is None and facts.day(anchor, procedure.calendar.zone) is not None
    shorter = used.anchor and used.end and rule.direction == "after" and (used.end - used.anchor).days < minimum_days.get(rule.minimum, 0)
    told: tuple[tuple[str, bool, Mapping[str, str]], ...] = (
        ("no_law", undated, {}), ("unknown", used.end is None and not undated, {"anchor": anchor}), ("conflict", is_conflict, {}),
        ("undecided", is_undecided, {}), ("rolled", used.last != used.end, {"day": used.end.isoformat() if used.end else ""}),
        ("planned_before", bool(rule.plan_from), {"deadline": rule.plan_from}), ("below_minimum", bool(shorter), {"rule": rule.minimum}),
        ("opening", rule.opening, {}), ("advice", not (rule.legal or rule.opening), {}), ("unverified", used.term.standing not in ("seen", "design"), {}),
        ("weekends_only", used.end is not None and not procedure.calendar.complete, {}), ("verify_first", on > procedure.verify_by, {}),
    )
    return tuple((key, facts_of) for key, so, facts_of in told if so)


def _band(rule: DeadlineRule, last: date | None, on: date) -> str:
    if last is None:
        return "unknown"
    if rule.opening and last <= on:
        return "open"
    left = (last - on).days
    if left < 0:
        return "overdue"
    return next((name for days, name in BANDS if left <= days), "later")


def _reminders(rule: DeadlineRule, plan: date | None, procedure: Procedure) -> tuple[date, ...]:
    return tuple(moved(plan, period, procedure.calendar, back=True) for period in rule.reminders) if plan else ()


def _leaning(rule: DeadlineRule, rules: Mapping[str, DeadlineRule], found: Mapping[str, Deadline]) -> Deadline:
    """A deadline with the days it takes from another: its opening, or the plan where its own day is never one."""
    deadline = found[rule.id]
    if rule.opens in found and found[rule.opens].last is not None and deadline.last is not None:
        deadline = replace(deadline, earliest=found[rule.opens].last)
    if rule.plan_from in found:
        other = _leaning(replace(rules[rule.plan_from], plan_from=""), rules, found)  # one step: two that lean on each other must not turn for ever
        deadline = replace(deadline, plan=other.plan, earliest=other.earliest, reminders=other.reminders)
    return deadline
