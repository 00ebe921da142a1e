"""Where a case stands in a procedure, what follows next, and which cases a change of the law touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from safe_lib.engine.conditions import sentences
from safe_lib.engine.deadlines import deadlines_of
from safe_lib.engine.facts import Facts, looked_at, truth_of, unknown_in
from safe_lib.model.assessment import Truth
from safe_lib.model.instrument import Condition
from safe_lib.model.procedure import Deadline, LawChange, Procedure, Standpoint, Touched, Transition, Variant

STATE: Final = "state"  # the fact by which somebody says where a case stands


def standpoint(procedure: Procedure, facts: Facts, *, on: date, variant: Variant | None = None,
               minimum_days: Mapping[str, int] | None = None) -> Standpoint:
    """Where a case stands in a procedure on a day.

    Args:
        procedure: read and checked by the catalogue.
        facts: what is known of the case.
        on: the day of the look.
        variant: one ground of the procedure; None looks at the procedure as a whole.
        minimum_days: minimum rule → days, for the remark on a period below it.
    """
    opens_when = variant.opens_when if variant else procedure.opens_when
    may_apply = applies(procedure, facts, variant)
    deadlines = deadlines_of(procedure, facts, on=on, minimum_days=minimum_days)
    return Standpoint(
        procedure=procedure, variant=variant, on=on, may_apply=may_apply,
        unknown=unknown_in(opens_when, facts) if may_apply is Truth.OPEN else (),
        because=(*looked_at(opens_when, facts), *looked_at(procedure.closed_when, facts)),
        state=_state(procedure, facts, deadlines, on), deadlines=deadlines,
        breached=truth_of(procedure.breached_when, facts) if procedure.breached_when else None,
        verify_first=on > procedure.verify_by, unused=_unused(procedure, facts))


def applies(procedure: Procedure, facts: Facts, variant: Variant | None = None) -> Truth:
    """Whether a procedure, or one of its grounds, may apply: closed only by what is known, never because something is not."""
    if procedure.closed_when is not None and truth_of(procedure.closed_when, facts) is Truth.HOLDS:
        return Truth.FAILS
    return truth_of(variant.opens_when if variant else procedure.opens_when, facts)


def _unused(procedure: Procedure, facts: Facts) -> tuple[str, ...]:
    """Facts that were given and that no rule asks for: often a slip of the pen. A state that is none of the procedure is one too."""
    used = facts_asked(procedure) | ({STATE} if facts.value(STATE) in procedure.states else set())
    return tuple(sorted(set(facts.given) - used))


def facts_asked(procedure: Procedure) -> frozenset[str]:
    """Every fact that a rule of this procedure looks at."""
    terms = [term for rule in procedure.deadlines for version in rule.versions for term in version.terms]
    conditions = (procedure.opens_when, procedure.closed_when, procedure.breached_when,
                  *(variant.opens_when for variant in procedure.variants), *(term.when for term in terms))
    names = {name for condition in conditions for name in _names(condition)}
    names |= {rule.anchor for rule in procedure.deadlines} | {term.anchor for term in terms} | {term.stated_in for term in terms}
    names |= {transition.event for transition in procedure.transitions}
    return frozenset(names - {""}) | ({"date_of_birth"} if "eighteenth_birthday" in names else frozenset())


def _names(condition: Condition | None) -> Iterable[str]:
    return (sentence.name for sentence in sentences(condition)) if condition else ()


def _state(procedure: Procedure, facts: Facts, deadlines: Iterable[Deadline], on: date) -> str:
    """The state somebody named, moved on by what has happened since; else from the first state onwards."""
    if not procedure.states:
        return ""
    named = facts.value(STATE)
    state = named if isinstance(named, str) and named in procedure.states else procedure.states[0]
    last = {deadline.id: deadline.last for deadline in deadlines}
    gone, since = {state}, date.min
    while follows := _next(procedure, state, facts, last, on, since):
        state, since = follows
        if state in gone:
            break
        gone.add(state)
    return state


def _next(procedure: Procedure, state: str, facts: Facts, last: Mapping[str, date | None], on: date, since: date) -> tuple[str, date] | None:
    """The state that follows, and the day from which later events count.

    Of several happenings the first counts, and one without a day before all others. Events are taken in the order of the
    procedure even where their days are not, because a day may be written down wrongly; only what lies before a day that was
    reached or passed cannot follow from it: an old extension does not answer a new one that is due.
    """
    due = [(day, place) for place, way in enumerate(procedure.transitions) if way.source == state
           and (day := _came_about(way, facts, last, on, procedure.calendar.zone)) is not None and day >= since]
    if not due:
        return None
    day, place = min(due)
    way = procedure.transitions[place]
    return way.target, (date.min if way.event else day)


def _came_about(way: Transition, facts: Facts, last: Mapping[str, date | None], on: date, zone: str) -> date | None:
    """The day on which a transition came about, or None."""
    if way.event:
        happened = facts.happened(way.event, on, zone) is Truth.HOLDS
        return (facts.day(way.event, zone) or date.min) if happened else None
    day = last.get(way.reached or way.passed)
    if day is None:
        return None
    return day if (day <= on if way.reached else day < on) else None


def banners(procedure: Procedure, changes: Iterable[LawChange]) -> tuple[LawChange, ...]:
    """The changes of law that a reader of this procedure must see."""
    ids = {procedure.id, procedure.country, *(variant.id for variant in procedure.variants)}
    return tuple(change for change in changes if ids & set(change.touches))


def cases_touched(before: Procedure, after: Procedure, cases: Iterable[tuple[str, Facts]], *, on: date) -> tuple[Touched, ...]:
    """The cases for which a change of the law gives other days, other law or another state; no other case is listed.

    Args:
        before: the procedure as it was.
        after: the same procedure with the change.
        cases: reference and facts of each case, in any number.
        on: the day of the look.
    """
    return tuple(touched for reference, facts in cases if (touched := _touched(reference, before, after, facts, on)))


def _touched(reference: str, before: Procedure, after: Procedure, facts: Facts, on: date) -> Touched | None:
    old, new = standpoint(before, facts, on=on), standpoint(after, facts, on=on)
    days_before, days_after = ({one.id: (one.earliest, one.plan, one.last) for one in seen.deadlines} for seen in (old, new))
    ids = tuple(sorted(id for id in {*days_before, *days_after} if days_before.get(id) != days_after.get(id)))
    if not ids and old.state == new.state and old.may_apply is new.may_apply:
        return None
    return Touched(reference, ids, old.state != new.state)
