"""The shape of a letter, and of the list that letters share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from safe_lib.catalogue.procedure_shapes import ChangeOfFileShape, Sourced, StatusField, WordsOfShape
from safe_lib.catalogue.shapes import ConditionText, Day, Id, Sentence, Shape

LanguageCode = Annotated[str, Field(pattern=r"^(|[a-z]{2})$")]
KINDS = ("text", "heading", "bullets", "ticks", "write", "sign", "fill", "quote", "documents")


class EmptyWordsShape(Shape):
    """A text in both languages that may be empty."""

    en: str
    nl: str


class PartShape(Shape):
    """One part of a letter: exactly one of its kinds, and when it stands there."""

    text: WordsOfShape | None = None
    heading: WordsOfShape | None = None
    bullets: list[WordsOfShape] = Field(default_factory=list)
    ticks: list[WordsOfShape] = Field(default_factory=list, description="Boxes to be ticked by hand.")
    write: list[WordsOfShape] = Field(default_factory=list, description="Lines to be written on by hand.")
    sign: list[WordsOfShape] = Field(default_factory=list)
    fill: list[Id] = Field(default_factory=list, description="Fields, each with its name before it.")
    quote: Id | None = Field(default=None, description="The field that holds the person's own words; they are not changed.")
    documents: Id | None = Field(default=None, description="The procedure whose papers are listed.")
    needs: list[Id] = Field(default_factory=list, description="Left out where one of these is not known.")
    when: ConditionText | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it is; one word, unless somebody made a mistake."""
        return tuple(kind for kind in KINDS if getattr(self, kind))


class LetterFactsShape(Shape):
    """The fields a letter uses."""

    must: list[Id] = Field(default_factory=list, description="A visible gap where it is not known.")
    helps: list[Id] = Field(default_factory=list, description="Its part is left out where it is not known.")


class GateShape(Shape):
    """What must hold before it is made."""

    opens_when: ConditionText
    says: WordsOfShape


class NeverHereShape(Shape):
    """What this letter must never hold: in words, and as fields and words that are checked."""

    en: Sentence
    nl: Sentence
    fields: list[Id] = Field(default_factory=list)
    words: dict[str, list[Sentence]] = Field(default_factory=dict)


class LetterShape(Shape):
    """A letter or form, with everything that is told beside it."""

    id: Id
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    status: StatusField
    verified: Day
    verify_by: Day
    title: WordsOfShape
    purpose: WordsOfShape
    reader: Literal["authority", "embassy", "lawyer", "partner", "person"]
    addressee: EmptyWordsShape
    sent_in: LanguageCode = ""
    quiet: bool = Field(default=False, description="Gives nothing away: only quiet fields, and none of the quiet list of forbidden words.")
    procedures: list[Id] = Field(default_factory=list)
    sources: Sourced
    facts: LetterFactsShape
    sender: list[Id] = Field(default_factory=list)
    gate: GateShape | None = None
    never: NeverHereShape
    before: list[WordsOfShape] = Field(min_length=1)
    parts: list[PartShape] = Field(min_length=1)
    history: list[ChangeOfFileShape] = Field(min_length=1)


class FieldShape(Shape):
    """A field that only letters have."""

    en: Sentence
    nl: Sentence
    kind: Literal["day", "word", "yes_no"] = "word"
    quiet: bool = False
    keys: list[Id] = Field(default_factory=list)


class NeverShape(Shape):
    """Words that must not stand in any letter, and in none that gives nothing away, by language."""

    anywhere: dict[str, list[Sentence]] = Field(min_length=1)
    quiet: dict[str, list[Sentence]] = Field(min_length=1)


class SharedLettersShape(Shape):
    """What all letters share."""

    fields: dict[Id, FieldShape] = Field(min_length=1)
    never: NeverShape
