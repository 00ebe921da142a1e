"""What an assessment concluded, in short, and what it rests on: so that a later day can say what changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Snapshot = Mapping[str, Any]  # plain JSON: the country information of some topics as it counted on one day


@dataclass(frozen=True, slots=True)
class Result:
    """The results a person acts on: the outcome, the level of each domain or dimension, how well each is known, the flags."""

    outcome: str
    levels: Mapping[str, str] = field(default_factory=dict)
    confidence: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a kept assessment rests on, by fingerprints."""

    instrument: str  # version and content hash of its file, such as `1.0.0 0123456789abcdef`
    engine: str  # version of the rules of the program
    said: str  # the answers it was made from
    snapshot: str  # the country information of its topics; empty where it draws on none
    result: Result


@dataclass(frozen=True, slots=True)
class Marks:
    """The newest answer and the newest paper of a case, by their numbers in the store; 0 for none.

    What was kept under the same marks rests on the same answers; under other marks it may.
    """

    answer: int = 0
    paper: int = 0


@dataclass(frozen=True, slots=True)
class KeptLine:
    """The newest assessment kept of one case with one instrument for one future; `grounds` is None for those kept before these were."""

    id: int
    ref: str
    instrument: str
    scenario: str
    marks: Marks
    grounds: Grounds | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What counts of one case, read at once: per instrument and item the shared answer and those of single futures, and the newest papers.

    Answers are as short as they can be, because ten thousand cases hold two million of them: item, scenario, code, and
    what it rests on, joined by spaces.
    """

    ref: str
    answers: Mapping[str, tuple[tuple[str, str, str, str], ...]]
    papers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
