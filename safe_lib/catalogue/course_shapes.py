"""The shape of the files of a course: the course itself, a lesson, the bank of questions, and their words in another language."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from safe_lib.catalogue.shapes import Day, Id, ReviewShape, Sentence, Shape

Unit = Annotated[str, Field(pattern=r"^U\d$")]
Module = Annotated[str, Field(pattern=r"^M\d$")]
Objective = Annotated[str, Field(pattern=r"^LO\d$")]
QuestionId = Annotated[str, Field(pattern=r"^Q\d{3}$")]
MonthDay = Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Sentences = list[Sentence]
Status = Literal["seen", "recalled, verify"]


class CourseSourceShape(Shape):
    """Where something comes from."""

    title: Sentence
    published: str | int
    url: str = ""
    status: Status


class HistoryShape(Shape):
    """What a version changed."""

    version: str
    date: Day
    what: Sentence
    by: Sentence


class CourseShape(Shape):
    """What holds for all lessons of a course."""

    id: Id
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    title: Sentence
    about: Sentence
    status: Literal["validated", "expert consensus", "local"]
    reviewed: ReviewShape
    seconds: int = Field(ge=60, description="Of all lessons together.")
    valid_months: int = Field(ge=1, le=60)
    countries: list[Country]
    review_days: list[MonthDay] = Field(min_length=1)
    lessons: list[Id] = Field(min_length=1)
    bank: Id
    sources: dict[str, CourseSourceShape]
    history: list[HistoryShape] = Field(min_length=1)


class DrawingShape(Shape):
    """A picture of the folder `pictures`, and its words."""

    draw: Id
    title: Sentence
    says: Sentence
    labels: list[str] = Field(default_factory=list)


class ChoiceShape(Shape):
    """One option of an exercise."""

    id: Id
    right: bool
    text: Sentence
    because: Sentence


class ExerciseShape(Shape):
    """A story of an invented person with a question."""

    story: Sentences = Field(min_length=1)
    ask: Sentence
    several: bool
    options: list[ChoiceShape] = Field(min_length=2)


class ScreenShape(Shape):
    """What is shown at once."""

    id: Id
    title: Sentence
    text: Sentences = Field(default_factory=list)
    points: Sentences = Field(default_factory=list)
    picture: DrawingShape | None = None
    exercise: ExerciseShape | None = None
    by_country: dict[Country, Sentences] = Field(default_factory=dict)
    sources: list[str] = Field(min_length=1)


class LessonShape(Shape):
    """One part of the course."""

    id: Id
    unit: Unit
    modules: list[Module] = Field(description="Of the bank: what it teaches.")
    objective: Objective | None = None
    title: Sentence
    seconds: int = Field(ge=30, description="Planned for this part.")
    goal: Sentence
    screens: list[ScreenShape] = Field(min_length=1)
    checks: list[QuestionId] = Field(default_factory=list)
    final: bool = False


class DrawShape(Shape):
    """How many questions are drawn, and how."""

    knowledge_checks_per_module: int = Field(ge=0)
    final_quiz_items: int = Field(ge=1)
    attempts: Literal["unlimited"]
    shuffle_options: bool


class QuestionShape(Shape):
    """One question with its answer and the reason for it."""

    id: QuestionId
    module: Module
    objective: Objective
    type: Literal["single", "multiple", "true_false", "order", "scenario_single"]
    difficulty: int = Field(ge=1, le=3)
    scope: Country
    stem: Sentence
    options: dict[Id, Sentence] = Field(min_length=2)
    correct: list[Id] = Field(min_length=1)
    rationale: Sentence
    sources: list[str] = Field(min_length=1)
    confidence: Literal["seen in source", "recalled, verify"]
    volatile: bool


class BankShape(Shape):
    """All questions of a course."""

    schema_version: int
    language: str
    updated: Day
    pass_mark_percent: int = Field(ge=1, le=100)
    draw: DrawShape
    modules: dict[Module, Sentence]
    items: list[QuestionShape] = Field(min_length=1)


# The same in another language, by the same ids


class Translates(Shape):
    """What it translates, and which version."""

    id: Id
    version: str


class CourseWords(Shape):
    """Words of the course."""

    translates: Translates
    status: Literal["draft", "reviewed"]
    title: Sentence
    about: Sentence


class DrawingWords(Shape):
    """Words of a picture."""

    title: Sentence
    says: Sentence
    labels: list[str] = Field(default_factory=list)


class ChoiceWords(Shape):
    """Words of an option."""

    text: Sentence
    because: Sentence


class ExerciseWords(Shape):
    """Words of an exercise."""

    story: Sentences
    ask: Sentence
    options: dict[Id, ChoiceWords]


class ScreenWords(Shape):
    """Words of a screen."""

    title: Sentence
    text: Sentences = Field(default_factory=list)
    points: Sentences = Field(default_factory=list)
    picture: DrawingWords | None = None
    exercise: ExerciseWords | None = None
    by_country: dict[Country, Sentences] = Field(default_factory=dict)


class LessonWords(Shape):
    """Words of a lesson."""

    translates: Translates
    status: Literal["draft", "reviewed"]
    title: Sentence
    goal: Sentence
    screens: dict[Id, ScreenWords]


class QuestionWords(Shape):
    """Words of a question."""

    stem: Sentence
    options: dict[Id, Sentence]
    rationale: Sentence


class BankWords(Shape):
    """Words of the bank."""

    translates: Translates
    status: Literal["draft", "reviewed"]
    modules: dict[Module, Sentence]
    items: dict[QuestionId, QuestionWords]
