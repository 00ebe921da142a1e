"""The shape of the file of a survey, and of its words in another language."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from safe_lib.catalogue.course_shapes import HistoryShape
from safe_lib.catalogue.shapes import ConditionText, Id, ReviewShape, Sentence, Shape, SourceShape
from safe_lib.model.survey import Kind

Words = dict[str, Sentence]
Version = r"^\d+\.\d+\.\d+$"


class SurveyQuestionShape(Shape):
    """One question."""

    id: Id
    kind: Kind
    ask: Sentence
    required: bool = False
    options: dict[str, str] = Field(default_factory=dict)
    countries: Literal["europe", "world", ""] = Field(default="", description="The options are countries.")
    rows: dict[Id, str] = Field(default_factory=dict, description="Of a matrix.")
    scale: str = ""
    rows_of: str = Field(default="", description="Of a rank: the matrix whose rows are put in order.")
    most: int = Field(default=0, ge=0, le=20)
    unit: str = ""
    unknown: bool = Field(default=False, description="Of a number: it may be said that it is not known.")
    only_if: ConditionText | None = Field(default=None, description="Left out only where this does not hold; about earlier questions.")


class SectionShape(Shape):
    """Questions that belong together."""

    id: Id
    title: Sentence
    chapter: Literal["about", "trends", "bottlenecks", "needs", "best_practices"]
    questions: list[SurveyQuestionShape] = Field(min_length=1)


class RegionShape(Shape):
    """Countries that are shown together."""

    title: Sentence
    countries: list[str] = Field(min_length=2)


class CodeShape(Shape):
    """A code for open answers, with an example that has it and one that has not."""

    title: Sentence
    yes: Sentence
    no: Sentence


class SurveyShape(Shape):
    """A survey."""

    id: Id
    version: str = Field(pattern=Version)
    title: Sentence
    about: Sentence
    status: Literal["validated", "expert consensus", "local"]
    reviewed: ReviewShape
    minutes: int = Field(ge=1, le=120)
    smallest_group: int = Field(ge=5, le=100)
    country: str = ""
    sector: str = ""
    consent: str = ""
    limits: Sentence
    sources: dict[str, SourceShape]
    scales: dict[Id, Words] = Field(default_factory=dict)
    counted: dict[Id, list[Id]] = Field(default_factory=dict)
    regions: dict[Id, RegionShape] = Field(default_factory=dict)
    sections: list[SectionShape] = Field(min_length=1)
    codes: dict[str, CodeShape] = Field(default_factory=dict)
    history: list[HistoryShape] = Field(min_length=1)


class TranslatedShape(Shape):
    """Which version the words are of."""

    id: Id
    version: str = Field(pattern=Version)


class QuestionWords(Shape):
    """The words of a question."""

    ask: Sentence
    options: dict[str, str] = Field(default_factory=dict)
    rows: dict[str, str] = Field(default_factory=dict)


class SurveyWords(Shape):
    """The words of a survey in another language."""

    translates: TranslatedShape
    status: Literal["draft", "reviewed"]
    title: Sentence
    about: Sentence
    limits: Sentence
    scales: dict[str, Words] = Field(default_factory=dict)
    regions: Words = Field(default_factory=dict)
    sections: Words
    questions: dict[str, QuestionWords]
    codes: dict[str, CodeShape] = Field(default_factory=dict)

