"""What an instrument says of some answers on some day, with all its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, Literal

Confidence = Literal["low", "medium", "high"]


class Truth(Enum):
    """Three answers to every condition."""

    HOLDS = "holds"
    FAILS = "does not hold"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a trace: what was looked at, what came of it, and the nodes it rests on.

    `key` names the sentence in the interface texts (`trace.*`) and `facts` fills it; so the same
    trace is read in every language.
    """

    key: str
    truth: Truth
    facts: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule, dimension, domain or hard stop says of these answers."""

    id: str
    kind: str  # rule | dimension | domain | hard_stop | outcome
    truth: Truth
    because: str
    basis: tuple[str, ...]
    trace: Step
    answers: tuple[str, ...] = ()  # ids of the items it rests on
    unverified: tuple[str, ...] = ()  # items whose unverified strength it rests on
    still_open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    """Indicators counted in one dimension, and whether they reach the published threshold."""

    strong: int
    medium: int
    weak: int
    result: str  # positive | negative | open
    open_items: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the answers: as of an adult, or as of a child."""

    age: str
    outcome: OutcomeRange
    dimensions: Mapping[str, Dimension]


@dataclass(frozen=True, slots=True)
class OutcomeRange:
    """The outcome, and what it would be if everything open were absent or present.

    `id` is `open` where the two differ.
    """

    id: str
    if_unknown_absent: str
    if_unknown_present: str


@dataclass(frozen=True, slots=True)
class Domain:
    """The suggested level of one domain, with its range and how well it is known."""

    level: str  # low | moderate | high | very_high | undetermined
    lowest: str
    highest: str
    likelihood: int  # 1 to 4, unknowns read as partly
    severity: int  # 1 to 4
    confidence: Confidence
    why: tuple[Step, ...] = ()
    marked: bool = False  # a level is given although its range is wider
    departure: str = ""  # reason, where a professional set the severity


@dataclass(frozen=True, slots=True)
class HardStop:
    """One hard stop: cleared, active, open or not applicable."""

    state: str
    kind: str  # absolute | conditional
    response: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An unknown that could still change a result, in the order in which it is worth asking."""

    item: str
    would_change: tuple[str, ...]
    why: str  # key of a sentence in the interface texts (`open.*`)
    rank: int
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """A questionnaire's mean in one group; None where too little was answered."""

    mean: float | None
    answered: int
    asked: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """All findings of one instrument for one case on one date. It never decides."""

    instrument: str
    version: str
    hash: str
    engine: str
    date: date
    country: tuple[str, str] | None  # ISO3 and content hash
    scenario: str | None
    method: str
    outcome: OutcomeRange
    wording: str
    next_steps: tuple[str, ...]
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    domains: Mapping[str, Domain] = field(default_factory=dict)
    hard_stops: Mapping[str, HardStop] = field(default_factory=dict)
    scores: Mapping[str, Score] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    open_questions: tuple[OpenQuestion, ...] = ()
    caveats: tuple[tuple[str, Mapping[str, Any]], ...] = ()  # key of a text (`caveat.*`) and its facts
    said: str = field(default="", compare=False)  # fingerprint of the answers it was made from

    def __getitem__(self, id: str) -> Finding:
        """The finding with this id; KeyError if there is none."""
        for finding in self.findings:
            if finding.id == id:
                return finding
        raise KeyError(id)
