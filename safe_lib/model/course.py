"""A course: lessons with their screens, a bank of questions, and how far a learner is. A learner is a colleague, never a person who is helped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

Kind = Literal["single", "multiple", "true_false", "order", "scenario_single"]
ONE: Final = ("single", "true_false", "scenario_single")  # kinds with one answer
EVERYWHERE: Final = "EU"  # the scope of a question that is asked of everybody
CHECKS: Final = "checks"  # the last screen of a lesson: its questions

Said = tuple[str, ...]  # ids of the options that were chosen; of an order, in that order


@dataclass(frozen=True, slots=True)
class CourseSource:
    """Where something of the course comes from; `status` says whether it was seen or is recalled."""

    id: str
    title: str
    published: str  # year, or `undated`
    url: str
    status: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of our own: which one, and its words."""

    draw: str  # file in the folder of pictures
    title: str
    says: str  # what it shows, for who does not see it
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of an exercise, and what is said of it once it was answered."""

    id: str
    text: str
    right: bool
    because: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """A story of an invented person with a question; not scored."""

    story: tuple[str, ...]
    ask: str
    several: bool  # whether several options may be chosen
    options: tuple[Choice, ...]

    @property
    def right(self) -> Said:
        """The ids of the options that are right."""
        return tuple(one.id for one in self.options if one.right)


@dataclass(frozen=True, slots=True)
class Screen:
    """What is shown at once."""

    id: str
    title: str
    text: tuple[str, ...]
    points: tuple[str, ...]
    picture: Drawing | None
    exercise: Exercise | None
    by_country: Mapping[str, tuple[str, ...]]  # ISO2 → what holds there
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One part of the course."""

    id: str
    unit: str  # U0 to U7, as in the plan of the course
    title: str
    seconds: int  # planned for it
    goal: str
    objective: str  # LO1 to LO8; empty in the first
    modules: tuple[str, ...]  # of the bank: what it teaches
    screens: tuple[Screen, ...]
    checks: tuple[str, ...]  # questions at its end, not scored
    final: bool  # the quiz follows it

    @property
    def places(self) -> tuple[str, ...]:
        """Its screens as places of the course, such as `signals/the_van`; its questions are the last."""
        own = tuple(f"{self.id}/{one.id}" for one in self.screens)
        return (*own, f"{self.id}/{CHECKS}") if self.checks else own


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the bank, with the reason for its answer."""

    id: str
    module: str
    objective: str
    kind: Kind
    difficulty: int  # 1 to 3
    scope: str  # EU: for everybody; otherwise a country (ISO2)
    stem: str
    options: Mapping[str, str]
    correct: Said
    rationale: str
    sources: tuple[str, ...]
    confidence: str  # seen in source | recalled, verify
    volatile: bool  # its answer depends on law or on a figure that can change


@dataclass(frozen=True, slots=True)
class Bank:
    """All questions, and how the final quiz is drawn from them."""

    updated: date  # when its answers were last looked at
    pass_percent: int
    quiz_items: int
    modules: Mapping[str, str]  # id → title
    questions: Mapping[str, Question]


@dataclass(frozen=True, slots=True)
class Course:
    """The whole course in one language."""

    id: str
    version: str
    title: str
    about: str
    language: str
    draft: bool  # its words in this language were not reviewed
    reviewed: date
    seconds: int
    valid_months: int  # from passing until a refresher is due
    countries: tuple[str, ...]  # ISO2
    review_days: tuple[tuple[int, int], ...]  # month and day on which volatile questions have to be read again
    lessons: tuple[Lesson, ...]
    bank: Bank
    sources: Mapping[str, CourseSource]
    hash: str

    @property
    def places(self) -> tuple[str, ...]:
        """Every screen in the order of the course."""
        return tuple(place for lesson in self.lessons for place in lesson.places)

    def lesson(self, id: str) -> Lesson | None:
        """The lesson with this id."""
        return next((one for one in self.lessons if one.id == id), None)

    def teaches(self, module: str) -> Lesson | None:
        """The lesson that teaches a module."""
        return next((one for one in self.lessons if module in one.modules), None)


@dataclass(frozen=True, slots=True)
class Draw:
    """Questions of one quiz in their order; `missing` are modules of which no question may be asked now."""

    questions: Said
    missing: Said = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at the final quiz."""

    seed: int  # draws the same questions again
    version: str  # of the course
    questions: Said
    missing: Said = ()
    answers: Mapping[str, Said] = field(default_factory=dict)
    handed_in: date | None = None  # None: still open


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a learner is: enough to go on at the same place, and to print the certificate again."""

    began: date
    at: str = ""  # the place where to go on
    country: str = ""  # ISO2, for the rights that are told and asked; empty: what holds in the EU
    seen: Said = ()  # places that are done
    said: Mapping[str, Said] = field(default_factory=dict)  # question or place of an exercise → answer
    attempts: tuple[Attempt, ...] = ()

    @property
    def open_attempt(self) -> Attempt | None:
        """The quiz that was begun and not handed in."""
        return self.attempts[-1] if self.attempts and self.attempts[-1].handed_in is None else None


@dataclass(frozen=True, slots=True)
class Marked:
    """What came of a quiz that was handed in."""

    right: Said
    wrong: Said
    percent: int  # rounded down
    passed: bool
    again: Said  # lessons to look at again, in the order of the course
    on: date
    refresher: date | None  # when a refresher is due; None where it was not passed
    missing: Said = ()
