"""Who does what by when, and when somebody asks again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `about` is a domain, a hard stop or the outcome it answers."""

    about: str
    says: str
    kind: str  # act_now | condition | find_out | measure | next_step
    choices: tuple[str, ...] = ()  # measures to choose from


@dataclass(frozen=True, slots=True)
class Moment:
    """A day on which somebody asks how it goes, counted from arrival."""

    day: int
    date: date | None
    title: str
    content: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from an assessment, to be agreed with the person; the most urgent first."""

    actions: tuple[Action, ...]
    follow_up: tuple[Moment, ...]
