"""What a change of the law changes for a case: other days, another state, another answer to whether it may apply; and how. Pure.

A case keeps the law of its date, so a change touches only cases whose anchor lies on or after its first day, or whose
facts do not say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from safe_lib.engine.facts import Facts
from safe_lib.engine.procedure_json import day_or_unknown
from safe_lib.engine.procedures import applies, standpoint
from safe_lib.model.assessment import Truth
from safe_lib.model.procedure import DeadlineRule, Procedure, Standpoint

Days = tuple[date | None, date | None, date | None]  # earliest, plan, last; None is *unknown*
_Said = TypeVar("_Said")


@dataclass(frozen=True, slots=True)
class Differs:
    """What differs for one case in one procedure; every pair is before and after."""

    procedure: str
    deadlines: Mapping[str, tuple[Days | None, Days | None]]  # None: the law has no such deadline
    state: tuple[str, str] | None
    may_apply: Mapping[str, tuple[Truth | None, Truth | None]]  # the procedure or a ground of it → whether it may apply; None: there is none


def as_before(procedure: Procedure, day: date) -> Procedure:
    """A procedure without the versions of the law that hold from this day on; a deadline that begins with them is not in it."""
    rules = (_as_before(rule, day) for rule in procedure.deadlines)
    return replace(procedure, deadlines=tuple(rule for rule in rules if rule.versions))


def _as_before(rule: DeadlineRule, day: date) -> DeadlineRule:
    return replace(rule, versions=tuple(one for one in rule.versions if one.in_force_from is None or one.in_force_from < day))


def changed_since(procedure: Procedure, day: date) -> bool:
    """Whether a version of the law in a deadline of its own holds from this day or a later one."""
    own = (rule for rule in procedure.deadlines if rule.id not in procedure.taken_over)
    return any(version.in_force_from is not None and version.in_force_from >= day for rule in own for version in rule.versions)


def differs(before: Procedure, after: Procedure, facts: Facts, *, on: date, followed: bool = True) -> Differs | None:
    """What differs for the facts of one case between two versions of a procedure; None where nothing does.

    A deadline that a procedure takes over is told with its own. One that begins or ends with the change and has no day in this
    case is told where the procedure is followed or its conditions are met: elsewhere every case would be named.

    Args:
        before: the procedure as it was.
        after: the same procedure with the change.
        facts: what is known of the case.
        on: the day of the look.
        followed: the case follows the procedure.
    """
    old, new = standpoint(before, facts, on=on), standpoint(after, facts, on=on)
    is_of_use = followed or (after.opens_when is not None and Truth.HOLDS in (old.may_apply, new.may_apply))  # a minimum rule has no condition
    deadlines = {id: pair for id, pair in _unlike(_days(old), _days(new)).items() if is_of_use or any(any(days) for days in pair if days)}
    may_apply = _unlike(_truths(before, facts), _truths(after, facts))
    state = (old.state, new.state) if old.state != new.state else None
    return Differs(after.id, deadlines, state, may_apply) if deadlines or state or may_apply else None


def _unlike(before: Mapping[str, _Said], after: Mapping[str, _Said]) -> dict[str, tuple[_Said | None, _Said | None]]:
    """What is not the same before and after, in the order of the law."""
    return {id: (before.get(id), after.get(id)) for id in dict.fromkeys((*before, *after)) if before.get(id) != after.get(id)}


def _days(seen: Standpoint) -> dict[str, Days]:
    return {one.id: (one.earliest, one.plan, one.last) for one in seen.deadlines if one.id not in seen.procedure.taken_over}


def _truths(procedure: Procedure, facts: Facts) -> dict[str, Truth]:
    """Whether the procedure and each of its grounds may apply."""
    return {procedure.id: applies(procedure, facts), **{ground.id: applies(procedure, facts, ground) for ground in procedure.variants}}


def differs_as_data(one: Differs) -> dict[str, Any]:
    """As plain values: every day ISO or `unknown`; null where the law has none."""
    return {
        "procedure": one.procedure,
        "deadlines": {id: {"before": _days_as_data(old), "after": _days_as_data(new)} for id, (old, new) in one.deadlines.items()},
        "state": {"before": one.state[0], "after": one.state[1]} if one.state else None,
        "may_apply": {id: {"before": old.value if old else None, "after": new.value if new else None} for id, (old, new) in one.may_apply.items()},
    }


def _days_as_data(days: Days | None) -> dict[str, str] | None:
    return dict(zip(("earliest", "plan", "last"), map(day_or_unknown, days), strict=True)) if days else None
