"""What is due in a case by law or by plan, and what is stuck; from the paper of its procedures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

KINDS: Final[tuple[str, ...]] = ()  # of papers that hold it

Band = Literal["unknown", "overdue", "week", "month", "later"]
BANDS: Final[tuple[Band, ...]] = ("unknown", "overdue", "week", "month", "later")
WEEK, MONTH = 7, 30  # days


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to be done by a day."""

    ref: str
    id: str  # of the deadline, or of the task
    title: str
    plan: date | None  # the day to work towards; None: the day it counts from is not known
    last: date | None  # the legal last day

    def band(self, today: date) -> Band:
        """In which band of the board it stands (rule W3); what is not known has a band of its own and is never left out (DR6)."""
        if self.plan is None:
            return "unknown"
        left = (self.plan - today).days
        if left < 0:
            return "overdue"
        return "week" if left <= WEEK else "month" if left <= MONTH else "later"


@dataclass(frozen=True, slots=True)
class OfCase:
    """What is due in one case, and what is stuck."""

    deadlines: tuple[Due, ...]
    stuck: tuple[Due, ...]


def of_case(ref: str, papers: Mapping[str, Mapping[str, Any]], today: date) -> OfCase:
    """What is due, from the papers of the case."""
    return OfCase((), ())
