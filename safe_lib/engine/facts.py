"""Facts of one case as a procedure sees them, and the three-valued truth of a condition about them.

A fact is a day, a moment with its zone, or a word. What is not there, or is one of the open answers, is open, never *no*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from safe_lib.engine.conditions import FAILS, HOLDS, OPEN, sentences, threshold
from safe_lib.engine.periods import moved
from safe_lib.model.answers import OPEN_CODES
from safe_lib.model.assessment import Truth
from safe_lib.model.instrument import Condition
from safe_lib.model.procedure import LegalCalendar, Period

Value = date | datetime | str
YES: Final = "yes"
NO: Final = "no"
_DERIVED: Final = {"eighteenth_birthday": ("date_of_birth", Period(18, "years"))}  # fact → the fact and period it follows from
_NO_CALENDAR: Final = LegalCalendar("", "UTC")


@dataclass(frozen=True, slots=True)
class Facts:
    """Name → what is known. A name that is not there is unknown."""

    given: Mapping[str, Value] = field(default_factory=dict)

    def value(self, name: str) -> Value | None:
        """What is known of a fact; None where nothing is."""
        said = self.given.get(name)
        return None if isinstance(said, str) and said in OPEN_CODES else said

    def day(self, name: str, zone: str) -> date | None:
        """The day of a fact as the authority's own calendar has it (DR8); None where no day is known."""
        said = self.value(name)
        if isinstance(said, datetime):
            return said.astimezone(ZoneInfo(zone)).date() if said.tzinfo else said.date()
        if isinstance(said, date):
            return said
        if said is None and name in _DERIVED:
            other, period = _DERIVED[name]
            start = self.day(other, zone)
            return moved(start, period, _NO_CALENDAR) if start else None
        return None

    def happened(self, name: str, on: date, zone: str) -> Truth:
        """Whether an event has happened by a day: its day has come, or somebody said yes."""
        day = self.day(name, zone)
        if day is not None:
            return HOLDS if day <= on else FAILS
        said = self.value(name)
        return OPEN if said is None else HOLDS if said == YES else FAILS


def truth_of(condition: Condition | None, facts: Facts) -> Truth:
    """The truth of a condition on these facts; no condition holds always."""
    if condition is None:
        return HOLDS
    if not condition.parts:
        return _single(condition, facts)
    parts = [truth_of(part, facts) for part in condition.parts]
    if condition.op == "not":
        return {HOLDS: FAILS, FAILS: HOLDS, OPEN: OPEN}[parts[0]]
    need = {"all": len(parts), "any": 1}.get(condition.op, condition.count)
    return threshold(need, parts)[0]


def _single(sentence: Condition, facts: Facts) -> Truth:
    said = facts.value(sentence.name)
    if said is None or sentence.subject != "item":
        return OPEN
    if sentence.op == "is":
        word = said if isinstance(said, str) else YES  # a day on which something happened is a yes
        return HOLDS if word in sentence.values else FAILS
    wanted = sentence.values[0]
    if not (isinstance(said, str) and said.isdecimal() and wanted.isdecimal()):
        return OPEN  # nothing says what is less, or at least as much
    return HOLDS if (int(said) < int(wanted)) == (sentence.op == "below") else FAILS


def unknown_in(condition: Condition | None, facts: Facts) -> tuple[str, ...]:
    """The facts a condition asks for that are not known, in reading order."""
    asked = sentences(condition) if condition else ()
    return tuple(dict.fromkeys(sentence.name for sentence in asked if facts.value(sentence.name) is None))


def looked_at(condition: Condition | None, facts: Facts) -> tuple[str, ...]:
    """Each sentence of a condition with its truth, for a reader who asks why."""
    asked = sentences(condition) if condition else ()
    return tuple(f"{sentence.text}: {truth_of(sentence, facts).value}" for sentence in asked)
