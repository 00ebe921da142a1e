"""The shape of the files of the messages: the plan, its words for staff in another language, and the words for people in each language."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from safe_lib.catalogue.course_shapes import HistoryShape
from safe_lib.catalogue.shapes import Id, ReviewShape, Sentence, Shape

MessageId = Annotated[str, Field(pattern=r"^K\d{1,2}$")]
QuestionId = Annotated[str, Field(pattern=r"^q\d{1,2}$")]
Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
Notes = Annotated[list[Sentence], Field(min_length=1)]
ThemeId = Literal["safety", "relations", "work"]
Refusal = Literal["form", "controller", "trained", "alone", "asked", "theme"]


class ThemeShape(Shape):
    """A theme with its messages in order."""

    title: Sentence
    messages: list[MessageId] = Field(min_length=2)


class AudienceShape(Shape):
    """A group that hears messages."""

    title: Sentence
    ages: tuple[int, int]
    leaves_out: list[MessageId] = Field(default_factory=list)
    needs: list[MessageId] = Field(default_factory=list, description="Messages that must have words of their own for this group, in every language.")
    questions: list[QuestionId] = Field(default_factory=list, description="Without them, all questions.")
    paper: Literal["everybody", "trained"] = "everybody"
    unnamed: bool = Field(default=False, description="No print names this group.")
    notes: Notes


class MessagePlanShape(Shape):
    """What staff know of a message."""

    do_not_say: Sentence
    check: str = ""
    sources: list[Id] = Field(min_length=1)


class PrintShape(Shape):
    """A thing that can be made."""

    title: Sentence
    millimetres: tuple[float, float]
    in_hand: bool
    carried: bool
    most: int = Field(ge=1)
    formats: list[Literal["pdf", "html"]] = Field(min_length=1)


class BlockShape(Shape):
    """A part of a session."""

    id: Id
    minutes: int = Field(ge=1)
    title: Sentence
    does: Sentence
    messages: list[MessageId]


class SessionShape(Shape):
    """A plan for a group."""

    theme: ThemeId
    title: Sentence
    audiences: list[Id] = Field(min_length=1)
    minutes: int = Field(ge=5, le=180)
    blocks: list[BlockShape] = Field(min_length=2)


class MessageSourceShape(Shape):
    """Where something comes from."""

    title: Sentence
    published: str | int
    url: str = ""
    status: Literal["seen", "recalled, verify"]


class PlanShape(Shape):
    """Everything but the words for people."""

    id: Id
    version: Version
    title: Sentence
    status: Literal["validated", "expert consensus", "local"]
    reviewed: ReviewShape
    themes: dict[ThemeId, ThemeShape]
    audiences: dict[Id, AudienceShape]
    messages: dict[MessageId, MessagePlanShape]
    questions: list[QuestionId]
    prints: dict[Id, PrintShape]
    words_a_minute: int = Field(ge=60, le=200)
    sessions: dict[Id, SessionShape]
    rules: dict[Id, Sentence]
    refusals: dict[Refusal, Sentence]
    sources: dict[Id, MessageSourceShape]
    history: list[HistoryShape] = Field(min_length=1)


# The words for staff in another language


class TranslatesPlan(Shape):
    """Which version of the plan is translated."""

    id: Id
    version: Version


class AudienceWords(Shape):
    """Words of a group."""

    title: Sentence
    notes: Notes


class MessagePlanWords(Shape):
    """Words of a message for staff."""

    do_not_say: Sentence
    check: str = ""


class BlockWords(Shape):
    """Words of a part."""

    title: Sentence
    does: Sentence


class SessionWords(Shape):
    """Words of a session."""

    title: Sentence
    blocks: dict[Id, BlockWords]


class PlanWords(Shape):
    """The words for staff of another language."""

    translates: TranslatesPlan
    status: Literal["draft", "reviewed"]
    title: Sentence
    themes: dict[ThemeId, Sentence]
    audiences: dict[Id, AudienceWords]
    messages: dict[MessageId, MessagePlanWords]
    prints: dict[Id, Sentence]
    sessions: dict[Id, SessionWords]
    rules: dict[Id, Sentence]
    refusals: dict[Refusal, Sentence]


# The words for people


class MessageWords(Shape):
    """A message in one language."""

    headline: Sentence
    body: Sentence
    do: Sentence
    example: str = ""
    variants: dict[Id, VariantWords] = Field(default_factory=dict, alias="for")


class VariantWords(Shape):
    """What of a message is said otherwise for a group; the rest is as for all."""

    headline: str = ""
    body: str = ""
    do: str = ""
    example: str = ""


class FixedWords(Shape):
    """What stands around the messages."""

    title: Sentence
    themes: dict[ThemeId, Sentence]
    do: Sentence
    example: Sentence
    ask_here: Sentence
    not_reviewed: str
    opening: Sentence
    closing: Sentence
    questions: Sentence
    private: Sentence
    answers: dict[Literal["yes", "no", "unsure"], Sentence]
    after: Sentence


class LanguageShape(Shape):
    """Everything people read and hear, in one language."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    name: Sentence
    direction: Literal["ltr", "rtl"]
    status: Literal["draft", "reviewed"]
    translates: Version
    never: list[Sentence] = Field(min_length=3)
    not_in_hand: list[Sentence] = Field(min_length=3)
    fixed: FixedWords
    messages: dict[MessageId, MessageWords]
    questions: dict[QuestionId, Sentence]


MessageWords.model_rebuild()
