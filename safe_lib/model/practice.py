"""A practice case: an invented person, and a reading of the questions their story bears on that trainers agreed on.

Nothing here is ever a record of a real person: these types come from data files only, and the functions that work with them
(`safe_lib.practice`) take a seat that a store with real persons cannot give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from safe_lib.model.answers import Person

Way = Literal["same", "more", "less", "closed", "left_open", "otherwise"]
WAYS: tuple[Way, ...] = ("same", "more", "less", "closed", "left_open", "otherwise")


@dataclass(frozen=True, slots=True)
class PracticeCase:
    """One invented person. `reading` is the agreed answer to each question that counts; other questions are not compared."""

    id: str
    title: str
    instrument: str
    scenario: str  # empty where the instrument does not tell futures apart
    person: Person
    story: str
    reading: Mapping[str, str]  # item → code
    why: str
    version: str
    draft: bool = False  # in words that nobody has reviewed


@dataclass(frozen=True, slots=True)
class PracticeLine:
    """One question: the agreed reading, one's own, and how many others answered what; nobody is named."""

    item: str
    agreed: str
    mine: str
    way: Way
    peers: Mapping[str, int]  # code → how many others


@dataclass(frozen=True, slots=True)
class Worked:
    """One practice case that a trainee has handed in, side by side with the agreed reading."""

    case: PracticeCase
    lines: tuple[PracticeLine, ...]

    def counts(self) -> Mapping[Way, int]:
        """How many questions were read which way."""
        return {way: sum(line.way == way for line in self.lines) for way in WAYS}
