"""The shape of a legal procedure, and of the lists that procedures share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from safe_lib.catalogue.shapes import ConditionText, Day, Id, Sentence, Shape, SourceShape
from safe_lib.model.procedure import Unit

StandingWord = Literal["seen", "recalled_high", "recalled_medium", "recalled_low", "design"]
ActorWord = Literal["volunteer", "coordinator", "lawyer", "police", "shelter", "client", "authority"]
KindWord = Literal["residence", "compensation", "remedy", "evidence", "document", "registration", "accompaniment", "overlay", "referral", "minimum_rule"]
RemarkWord = Literal["note", "risk", "fee", "requirement", "information"]
PeriodText = Annotated[str, Field(pattern=r"^(as stated|\d{1,3} (working day|day|week|month|year)s?)$")]
Sourced = Annotated[list[Id], Field(min_length=1, description="Ids of procedures/sources.yaml.")]
StatusField = Annotated[StandingWord, Field(description="seen in a source; recalled (verify) with our confidence; or design: our own advice, not law.")]


class WordsOfShape(Shape):
    """A text in English and in Dutch; the Dutch is a draft until somebody has reviewed it."""

    en: Sentence
    nl: Sentence


class BasisShape(Shape):
    """A rule of law, and the source in which it was found."""

    law: Sentence
    source: Id


class TermShape(Shape):
    """One length of a term; two without a condition are two sources that differ."""

    term: PeriodText
    sources: Sourced
    status: StatusField
    when: ConditionText | None = None
    anchor: Id | None = None
    stated_in: Id | None = None


class VersionShape(Shape):
    """The terms for cases whose anchor lies on or after a day; without a day, as far back as is known."""

    in_force_from: Day | None = None
    terms: list[TermShape] = Field(min_length=1)


class DeadlineShape(Shape):
    """How one deadline follows from a fact."""

    id: Id
    anchor: Id
    direction: Literal["after", "before"] = "after"
    legal: bool = Field(default=True, description="False: no limit of the law, but an opening or our own advice.")
    opening: bool = Field(default=False, description="From this day on; it is planned on the first working day from it.")
    rolls: bool = Field(default=False, description="Runs on to the next working day where the calendar's act lets it.")
    opens: Id | None = None
    plan_from: Id | None = None
    minimum: Id | None = None
    reminders: list[PeriodText] = Field(default_factory=list)
    versions: list[VersionShape] = Field(min_length=1)
    note: WordsOfShape | None = None


class TransitionShape(Shape):
    """From one state to the next: exactly one of event, reached, passed."""

    source: Id = Field(alias="from")
    target: Id = Field(alias="to")
    event: Id | None = None
    reached: Id | None = None
    passed: Id | None = None


class StepShape(Shape):
    """Something that somebody does."""

    id: Id
    actor: ActorWord
    action: WordsOfShape
    deadline: Id | None = None
    documents: list[Id] = Field(default_factory=list)
    form: Id | None = None
    states: list[Id] = Field(default_factory=list)


class PapersShape(Shape):
    """Documents that are needed, and those that help."""

    needed: list[Id] = Field(default_factory=list)
    useful: list[Id] = Field(default_factory=list)


class VariantShape(Shape):
    """One ground within a procedure."""

    id: Id
    name: WordsOfShape
    opens_when: ConditionText | None = None
    documents: PapersShape = Field(default_factory=PapersShape)


class RemarkShape(Shape):
    """A sentence about the procedure, with its standing."""

    id: Id | None = None
    kind: RemarkWord
    en: Sentence
    nl: Sentence
    status: StatusField
    sources: list[Id] = Field(default_factory=list)


class FormShape(Shape):
    """A form or letter of the procedure."""

    id: Id
    name: WordsOfShape
    status: StatusField


class ChangeOfFileShape(Shape):
    """What changed in the file, from when, and for whom it may differ."""

    date: Day
    differs: Sentence


class ProcedureShape(Shape):
    """A legal procedure of one jurisdiction."""

    id: Id
    country: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    kind: KindWord
    name: WordsOfShape
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    status: StatusField
    verified: Day
    verify_by: Day
    sources: Sourced
    basis: list[BasisShape] = Field(min_length=1)
    authority: dict[Id, Sentence] = Field(default_factory=dict)
    calendar: Id
    opens_when: ConditionText | None = None
    closed_when: ConditionText | None = Field(default=None, description="Closes it only where it is known to hold; what is unknown leaves it as it is.")
    breached_when: ConditionText | None = None
    minimum: PeriodText | None = None
    includes: list[Id] = Field(default_factory=list, description="Procedures whose deadlines are shown here too.")
    variants: list[VariantShape] = Field(default_factory=list)
    states: list[Id] = Field(default_factory=list)
    final: list[Id] = Field(default_factory=list)
    transitions: list[TransitionShape] = Field(default_factory=list)
    steps: list[StepShape] = Field(default_factory=list)
    deadlines: list[DeadlineShape] = Field(default_factory=list)
    documents: PapersShape = Field(default_factory=PapersShape)
    forms: list[FormShape] = Field(default_factory=list)
    remarks: list[RemarkShape] = Field(default_factory=list)
    leads_to: list[Id] = Field(default_factory=list)
    remedies: list[Id] = Field(default_factory=list)
    history: list[ChangeOfFileShape] = Field(min_length=1)


class HolidayShape(Shape):
    """One public holiday: `fixed: MM-DD`, or `easter:` days after Easter Sunday."""

    name: Sentence
    fixed: Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")] | None = None
    easter: int | None = Field(default=None, ge=-60, le=60)
    moved_from_sunday: int = Field(default=0, ge=-6, le=6)
    first: int = 0
    last: int = 9999


class CalendarShape(Shape):
    """The working days of an authority."""

    zone: Sentence
    about: Sentence
    complete: bool = False
    holidays: list[HolidayShape] = Field(default_factory=list)
    rolls_up_to: dict[Unit, int] = Field(default_factory=dict)
    sources: Sourced
    status: StatusField
    verify_by: Day


class FactShape(Shape):
    """A fact that a rule may ask for."""

    en: Sentence
    nl: Sentence
    kind: Literal["day", "yes_no", "word", "day_or_period"]
    values: list[Id] = Field(default_factory=list)
    also: list[Id] = Field(default_factory=list, description="Other names it is known by, such as one of an older law.")
    first: bool = Field(default=False, description="Asked before every other fact: a yes cannot wait.")


class LawChangeShape(Shape):
    """A change of the law, shown wherever it touches a procedure."""

    id: Id
    since: Day | None = None
    topic: WordsOfShape
    says: WordsOfShape
    status: StatusField
    touches: list[Id] = Field(min_length=1)
    sources: list[Id] = Field(default_factory=list)


class SharedShape(Shape):
    """What all procedures share."""

    sources: dict[Id, SourceShape] = Field(min_length=1)
    calendars: dict[Id, CalendarShape] = Field(min_length=1)
    facts: dict[Id, FactShape] = Field(min_length=1)
    documents: dict[Id, WordsOfShape] = Field(min_length=1)
    changes: list[LawChangeShape] = Field(min_length=1)
