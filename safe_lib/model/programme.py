"""The trainers' programme: the plan of a workshop, modules, what was planned and held, and how far it reached. Of a participant no more than a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from safe_lib.model.course import CourseSource

Sector = Literal["police", "border", "asylum", "reception", "labour", "municipality", "red_cross", "ngo", "shelter", "legal", "health", "education",
                 "migrant_group", "other", "unknown"]
SECTORS: Final[tuple[Sector, ...]] = ("police", "border", "asylum", "reception", "labour", "municipality", "red_cross", "ngo", "shelter", "legal", "health",
                                      "education", "migrant_group", "other", "unknown")
Evidence = Literal["list", "count", "estimate"]  # how those who were reached were counted
EVIDENCE: Final[tuple[Evidence, ...]] = ("list", "count", "estimate")
State = Literal["planned", "held", "cancelled"]
STATES: Final[tuple[State, ...]] = ("planned", "held", "cancelled")
Line = Literal["first", "second", "ratio", "none"]


@dataclass(frozen=True, slots=True)
class Material:
    """Something a workshop needs; a hand-out is taken home."""

    id: str
    title: str
    handout: bool
    about: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a workshop."""

    id: str
    title: str
    minutes: int
    method: str
    goal: str
    objectives: tuple[str, ...]
    trainer: tuple[str, ...]  # what the trainer does
    material: tuple[str, ...]
    handouts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A workshop as it is planned."""

    id: str
    version: str
    title: str
    about: str
    minutes: int
    least: int  # participants
    most: int
    after: str  # the course it follows
    parts: tuple[Part, ...]
    materials: Mapping[str, Material]
    sources: tuple[str, ...]

    def begins(self, id: str) -> int:
        """The minute at which a part begins."""
        return sum(one.minutes for one in self.parts[:[one.id for one in self.parts].index(id)])


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the Safe! training platform; `status` says what of it was seen and what is our design."""

    id: str
    title: str
    audience: str
    time: str
    goal: str
    blocks: tuple[str, ...]
    sources: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A number somebody published: a target that was set, or a result that was told."""

    number: float
    kind: str  # target | result
    year: int
    source: str
    says: str


@dataclass(frozen=True, slots=True)
class FigureMeaning:
    """What a figure of the programme counts."""

    id: str
    line: Line
    title: str
    definition: str
    published: PublishedFigure | None


@dataclass(frozen=True, slots=True)
class Programme:
    """Everything that is known in general of the programme, in one language."""

    version: str
    title: str
    about: str
    language: str
    draft: bool
    reviewed: date
    plan: Plan
    modules: tuple[Module, ...]
    figures: tuple[FigureMeaning, ...]
    evaluation: Mapping[str, str]  # id → what it asks
    sources: Mapping[str, CourseSource]
    hash: str

    def figure(self, id: str) -> FigureMeaning:
        """What one figure counts; StopIteration where there is none (a test reads the file)."""
        return next(one for one in self.figures if one.id == id)


# What was planned, held and reached

LEAST: Final = 5  # persons; fewer are shown as "fewer than 5" (brief of the programme's report)
COURSE_REPEATS: Final = 365  # days in which a course passed again counts once (survey of training, D.6, T3)


@dataclass(frozen=True, slots=True)
class Platform:
    """A country or an organisation that trains."""

    number: int
    name: str  # of the organisation or the platform, never of a person
    country: str  # ISO 3166-1 alpha-3
    international: bool = False


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Four numbers of forms without a name."""

    answered: int
    useful: int
    safe: int
    ready: int


@dataclass(frozen=True, slots=True)
class Group:
    """People who took part: a colleague of this store, or a counted group from outside."""

    country: str
    sector: Sector
    number: int  # persons; 1 where it is a colleague
    first: int | None  # of them, who came for the first time; None: nobody noted it
    person: str = ""  # id of a colleague who works here; empty for a group, and for who has left
    user: str = ""  # their user name


@dataclass(frozen=True, slots=True)
class Workshop:
    """One workshop: planned, held or cancelled."""

    number: int
    state: State
    day: date
    platform: int
    country: str
    town: str
    plan: str  # id and version
    invited: int | None = None  # persons; None: not known
    outside_trainers: int = 0
    trainers: tuple[str, ...] = ()  # user names of colleagues
    material: tuple[str, ...] = ()  # ids of what was used
    groups: tuple[Group, ...] = ()
    evaluation: Evaluation | None = None

    @property
    def attended(self) -> int:
        """How many took part."""
        return sum(one.number for one in self.groups)


@dataclass(frozen=True, slots=True)
class Trained:
    """A colleague who was trained to train, for a platform."""

    user: str
    platform: int
    day: date


@dataclass(frozen=True, slots=True)
class Reach:
    """An occasion on which somebody who took part passed it on."""

    number: int
    day: date
    platform: int
    country: str
    sector: Sector
    persons: int | None  # None: it happened, and nobody knows how many were there
    evidence: Evidence
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class MarkCount:
    """How many passed the course in a month with so many right answers; nobody stands behind it."""

    month: str  # YYYY-MM
    right: int
    of: int
    number: int
