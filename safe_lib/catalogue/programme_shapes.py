"""The shape of the files of the trainers' programme, and of their words in another language."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from safe_lib.catalogue.course_shapes import HistoryShape, Objective
from safe_lib.catalogue.shapes import Id, ReviewShape, Sentence, Shape

VERSION = r"^\d+\.\d+\.\d+$"


class ProgrammeSourceShape(Shape):
    """Where something comes from; `design`: it is our own."""

    title: Sentence
    published: str | int
    url: str = ""
    status: Literal["seen", "recalled, verify", "design"]


class EvaluationShape(Shape):
    """One of the four numbers after a workshop."""

    id: Literal["answered", "useful", "safe", "ready"]
    asks: Sentence


class ModuleShape(Shape):
    """A module of the training platform."""

    id: Id
    title: Sentence
    for_: Sentence = Field(alias="for")
    time: Sentence
    goal: Sentence
    blocks: list[Sentence] = Field(min_length=2)
    sources: list[str] = Field(min_length=1)
    status: Literal["themes seen, blocks and time design", "existence seen, blocks design", "recalled, verify"]


class PublishedFigureShape(Shape):
    """What was published, and whether it is a target or a result."""

    number: int | float
    kind: Literal["target", "result"]
    year: int
    source: str
    says: Sentence


class FigureShape(Shape):
    """What a figure counts."""

    id: Id
    line: Literal["first", "second", "ratio", "none"]
    title: Sentence
    definition: Sentence
    published: PublishedFigureShape | None = None


class ProgrammeShape(Shape):
    """What holds for the whole programme."""

    id: Id
    version: str = Field(pattern=VERSION)
    title: Sentence
    about: Sentence
    status: Literal["validated", "expert consensus", "local"]
    reviewed: ReviewShape
    workshop: Id
    evaluation: list[EvaluationShape] = Field(min_length=4, max_length=4)
    modules: list[ModuleShape] = Field(min_length=1)
    figures: list[FigureShape] = Field(min_length=1)
    sources: dict[str, ProgrammeSourceShape]
    history: list[HistoryShape] = Field(min_length=1)


class MaterialShape(Shape):
    """Something a workshop needs."""

    title: Sentence
    kind: Literal["material", "handout"]
    about: Sentence


class PartShape(Shape):
    """One part of a workshop."""

    id: Id
    title: Sentence
    minutes: int = Field(ge=1)
    method: Sentence
    goal: Sentence
    objectives: list[Objective] = Field(default_factory=list)
    trainer: list[Sentence] = Field(min_length=1, description="What the trainer does.")
    material: list[Id] = Field(default_factory=list)
    handouts: list[Id] = Field(default_factory=list)


class WorkshopShape(Shape):
    """The plan of a workshop."""

    id: Id
    version: str = Field(pattern=VERSION)
    title: Sentence
    about: Sentence
    minutes: int = Field(ge=30, description="Of all parts together.")
    least: int = Field(ge=1)
    most: int = Field(ge=1)
    after: Id = Field(description="The course it follows.")
    sources: list[str] = Field(min_length=1)
    materials: dict[Id, MaterialShape]
    parts: list[PartShape] = Field(min_length=1)
    history: list[HistoryShape] = Field(min_length=1)


# Words in another language


class TranslatesShape(Shape):
    """Which version of which file."""

    id: Id
    version: str


class ModuleWords(Shape):
    """A module."""

    title: Sentence
    for_: Sentence = Field(alias="for")
    time: Sentence
    goal: Sentence
    blocks: list[Sentence]


class FigureWords(Shape):
    """A figure; `says` where something was published."""

    title: Sentence
    definition: Sentence
    says: str = ""


class ProgrammeWords(Shape):
    """The words of the programme."""

    translates: TranslatesShape
    status: Literal["draft", "reviewed"]
    title: Sentence
    about: Sentence
    evaluation: dict[str, Sentence]
    modules: dict[Id, ModuleWords]
    figures: dict[Id, FigureWords]


class MaterialWords(Shape):
    """Something a workshop needs."""

    title: Sentence
    about: Sentence


class PartWords(Shape):
    """One part of a workshop."""

    title: Sentence
    method: Sentence
    goal: Sentence
    trainer: list[Sentence]


class WorkshopWords(Shape):
    """The words of a workshop."""

    translates: TranslatesShape
    status: Literal["draft", "reviewed"]
    title: Sentence
    about: Sentence
    materials: dict[Id, MaterialWords]
    parts: dict[Id, PartWords]
