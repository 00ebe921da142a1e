"""A survey among professionals: its questions, its codebook, and one response. A response is about experience, never about one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from safe_lib.model.instrument import Condition, Source

Kind = Literal["consent", "single", "multiple", "number", "matrix", "rank", "open"]
KINDS: Final[tuple[Kind, ...]] = ("consent", "single", "multiple", "number", "matrix", "rank", "open")
CHAPTERS: Final = ("about", "trends", "bottlenecks", "needs", "best_practices")
UNKNOWN: Final = "unknown"  # of a number: nobody counted
DONT_KNOW: Final = "dont_know"  # of a scale: an answer of its own, and missing for shares
AGREED: Final = "yes"  # the answer of a consent

LONGEST: Final = 2_000  # characters of an open answer
LARGEST: Final = 1_000_000  # of a number

Said = Mapping[str, tuple[str, ...]]  # place of an answer → codes; a number or a text is one; of a rank, in its order


@dataclass(frozen=True, slots=True)
class Scale:
    """The answers that every row of a matrix offers, and those whose share is shown."""

    id: str
    options: Mapping[str, str]  # code → words
    counted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question. A matrix has one place for an answer in each row, such as `B1.sexual`."""

    id: str
    kind: Kind
    ask: str
    required: bool = False
    options: Mapping[str, str] = field(default_factory=dict)  # code → words; of a matrix those of its scale
    rows: Mapping[str, str] = field(default_factory=dict)  # of a matrix
    scale: str = ""
    most: int = 0  # answers of a multiple, places of a rank; 0: as many as there are
    unit: str = ""  # of a number
    unknown: bool = False  # a number that nobody may have counted
    countries: str = ""  # europe | world: the options are countries (ISO 3166-1 alpha-3)
    rows_of: str = ""  # the matrix whose rows a rank puts in order
    only_if: Condition | None = None
    sentence: object = None  # the condition as it is written

    @property
    def places(self) -> tuple[str, ...]:
        """Where answers of this question stand."""
        return tuple(f"{self.id}.{row}" for row in self.rows) if self.kind == "matrix" else (self.id,)


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that belong together, and the chapter of the report they go to."""

    id: str
    title: str
    chapter: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A code for open answers: what it means, an example that has it and one that has not."""

    id: str
    title: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Region:
    """Countries that are shown together where one alone has too few respondents."""

    id: str
    title: str
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """A whole survey in one language."""

    id: str
    version: str
    title: str
    about: str
    language: str
    draft: bool  # its words in this language were not reviewed
    reviewed: date
    minutes: int
    smallest_group: int  # respondents; a team may ask for more
    country: str  # the question that says the country, or empty
    sector: str
    consent: str
    limits: str  # what its figures cannot say; stands beside every one
    scales: Mapping[str, Scale]
    sections: tuple[Section, ...]
    codes: tuple[Code, ...]
    regions: tuple[Region, ...]
    sources: tuple[Source, ...]
    hash: str

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question in order."""
        return tuple(one for section in self.sections for one in section.questions)

    @property
    def places(self) -> Mapping[str, Question]:
        """Place of an answer → its question."""
        return {place: one for one in self.questions for place in one.places}

    def question(self, id: str) -> Question | None:
        """The question with this id."""
        return next((one for one in self.questions if one.id == id), None)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with an answer: where, and the text that says it."""

    place: str
    key: str  # of a text
    facts: Mapping[str, str] = field(default_factory=dict)
