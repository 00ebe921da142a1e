"""The shape of each kind of data file. From these come the checks and the JSON Schemas for editors."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Id = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_\-]*$", max_length=60)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Sentence = Annotated[str, Field(min_length=2)]
Sentences = Annotated[list[Sentence], Field(default_factory=list)]
ConditionText = Annotated[str | dict[str, Any], Field(description="A sentence such as `DR01 is present`, or a map with all, any, not, or at_least and of.")]
ValidityWord = Literal["validated", "expert consensus", "local"]
MethodName = Literal["indicator_pattern", "risk_matrix", "rules", "questionnaire"]
EXPECTED_WORDS = ("outcome", "if_unknown_absent", "if_unknown_present")  # of a result; all else that is expected is a map, and flags a list
PLAIN = "The same for the person, in plain words: what was talked about, what it may mean, what is not known, what they can choose and ask for."
KindName = Literal["indicator", "risk", "protective", "hard_stop", "danger", "question"]


class Shape(BaseModel):
    """A map of a data file: unknown keys are refused, and no value is ever printed in an error."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=False)


class SourceShape(Shape):
    """Where something comes from; `status` says whether it was seen or is recalled."""

    title: Sentence
    publisher: str = ""
    published: str | int = Field(description="Year, month or day; `undated` where the source gives none.")
    url: str = ""
    status: str = "seen"
    note: str = ""


class ReviewShape(Shape):
    """When an instrument was last reviewed, and by whom."""

    date: Day
    by: Sentence


class ScaleShape(Shape):
    """The answers an item offers."""

    codes: list[Id] = Field(min_length=2, description="From least to most; the open answers are always offered besides.")
    labels: dict[str, str] = Field(default_factory=dict)
    scores: dict[str, float] = Field(default_factory=dict)


class GroupShape(Shape):
    """A dimension, a domain, a step or a topic."""

    id: Id
    title: Sentence
    about: str = ""
    heading: str = ""
    severity: int = Field(default=0, ge=0, le=4)
    critical: bool = False
    scenarios: list[Id] = Field(default_factory=list)
    when: ConditionText | None = None
    step: int = Field(default=0, ge=0, le=20)
    gate: bool = False
    measures: Sentences


class WordsShape(Shape):
    """The words of an item that a variant or a translation may replace."""

    label: str = ""
    ask: str = ""
    listen_for: str = ""
    note: str = ""
    response: str = ""
    clears_when: str = ""


class ItemShape(Shape):
    """One question, with what to listen for."""

    id: Id
    group: Id
    kind: KindName
    scale: Id | None = None
    label: Sentence
    ask: str = ""
    listen_for: str = ""
    note: str = ""
    critical: bool = False
    strength: str | None = None
    themes: list[Id] = Field(default_factory=list)
    sources: list[Id] = Field(default_factory=list)
    only_if: ConditionText | None = None
    links: list[Id] = Field(default_factory=list)
    status: str = ""
    stop: Literal["absolute", "conditional", ""] = ""
    response: str = ""
    clears_when: str = ""
    variants: dict[str, WordsShape] = Field(default_factory=dict)


class PersonShape(Shape):
    """The little that an example knows of its invented person."""

    age_group: str | None = None
    children_travel: bool = False


class DepartureShape(Shape):
    """A severity that the example sets otherwise."""

    level: int = Field(ge=1, le=4)
    reason: str = ""


class RuleExampleShape(Shape):
    """Answers, and what the rule says of them."""

    given: dict[str, str]
    expect: Literal["holds", "open", "does not hold"]
    person: PersonShape = Field(default_factory=PersonShape)
    scenario: str | None = None
    unlisted: dict[str, str] = Field(default_factory=dict)
    severity: dict[str, DepartureShape] = Field(default_factory=dict)
    name: str = ""


class RuleShape(Shape):
    """What is looked for, what follows, why, and on which basis."""

    id: Id
    when: ConditionText
    because: Sentence
    then: str = ""
    flag: str = ""
    basis: list[Id] = Field(min_length=1)
    examples: list[RuleExampleShape] = Field(default_factory=list)


class OutcomeShape(Shape):
    """What the method may conclude, in the words a person reads."""

    id: Id
    title: Sentence
    wording: Sentence
    plain: Annotated[list[Sentence], Field(default_factory=list, description=PLAIN)]
    next_steps: Sentences
    reading: str = ""
    when: ConditionText | None = None
    basis: list[Id] = Field(default_factory=list)


class ScenarioShape(Shape):
    """A kind of future."""

    id: Id
    title: Sentence
    about: str = ""


class FollowUpShape(Shape):
    """A moment after a return at which somebody asks."""

    day: int = Field(ge=0, le=3650)
    title: Sentence
    content: Sentence


class ExampleShape(Shape):
    """Answers to the whole instrument, and what it says of them; its first tests."""

    name: Sentence
    given: dict[str, str]
    expect: dict[str, str | list[str] | dict[str, str | float | None]]
    unlisted: dict[str, str] = Field(default_factory=dict)
    person: PersonShape = Field(default_factory=PersonShape)
    scenario: str | None = None
    severity: dict[str, DepartureShape] = Field(default_factory=dict)
    note: str = ""

    @field_validator("expect")
    @classmethod
    def _expects_what_there_is(cls, expect: dict[str, Any]) -> dict[str, Any]:
        for key, wanted in expect.items():
            kind = str if key in EXPECTED_WORDS else list if key == "flags" else dict
            if not isinstance(wanted, kind):
                raise ValueError(f'"{key}" is written as a {"word" if kind is str else "list" if kind is list else "map"}')
        return expect


class HistoryShape(Shape):
    """What a version changed, and what may differ for people."""

    version: str
    date: Day
    change: Sentence
    by: str = ""


class BankShape(Shape):
    """Items, groups, outcomes and sources that several instruments share."""

    id: Id
    kind: Literal["bank"]
    title: str = ""
    about: str = ""
    version: str
    language: str = "en"
    limits: Sentences
    sources: dict[Id, SourceShape] = Field(default_factory=dict)
    scales: dict[Id, ScaleShape] = Field(default_factory=dict)
    groups: list[GroupShape] = Field(default_factory=list)
    items: list[ItemShape] = Field(default_factory=list)
    rules: list[RuleShape] = Field(default_factory=list)
    outcomes: list[OutcomeShape] = Field(default_factory=list)
    history: list[HistoryShape] = Field(default_factory=list)


class SelectShape(Shape):
    """Which items of a bank are taken over."""

    items: list[Id] = Field(default_factory=list)
    critical: bool = False


class WeighingShape(Shape):
    """Why an item may touch nationality, ethnicity or religion."""

    item: Id
    what: Sentence
    why: Annotated[str, Field(min_length=30)]


class NoteShape(Shape):
    """How sensitive the answers of an instrument are, what asking is good for and what it may cost."""

    sensitivity: Literal["low", "moderate", "high", "very_high"]
    benefit: Sentence
    risk: Sentence
    weighs: list[WeighingShape] = Field(default_factory=list)


class OwnProcessingShape(NoteShape):
    """The same in the instrument's own file, with the group of `rights/processing.yaml` whose purpose and legal basis are its own."""

    group: Id


class InstrumentShape(Shape):
    """A published or agreed set of items and rules, with version, sources and validity."""

    id: Id
    title: Sentence
    about: Sentence
    method: MethodName
    workbook: str = ""
    for_person: bool = Field(default=False, description="Its outcomes are told to the person in a report of their own; each then needs `plain`.")
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    language: str
    validity: ValidityWord
    status: str = "seen"
    reviewed: ReviewShape
    review_by: Day
    statement: str = ""
    limits: Sentences
    uses: Id | None = None
    variant: str | list[str] = Field(default_factory=list)
    select: SelectShape | None = None
    reading: Literal["adult", "child", ""] = ""
    readings: dict[Literal["adult", "child"], Id] = Field(default_factory=dict)
    strengths: dict[Id, str] = Field(default_factory=dict)
    sources: dict[Id, SourceShape] = Field(default_factory=dict)
    scales: dict[Id, ScaleShape] = Field(default_factory=dict)
    groups: list[GroupShape] = Field(default_factory=list)
    items: list[ItemShape] = Field(default_factory=list)
    matrix: list[list[Literal["low", "moderate", "high", "very_high"]]] = Field(default_factory=list)
    rules: list[RuleShape] = Field(default_factory=list)
    outcomes: list[OutcomeShape] = Field(default_factory=list)
    scenarios: list[ScenarioShape] = Field(default_factory=list)
    follow_up: list[FollowUpShape] = Field(default_factory=list)
    examples: list[ExampleShape] = Field(default_factory=list)
    processing: OwnProcessingShape | None = Field(default=None, description="What it is kept for; else it stands in `rights/processing.yaml`.")
    history: list[HistoryShape] = Field(min_length=1)


class TranslatedGroup(Shape):
    """A group in another language."""

    title: str = ""
    heading: str = ""
    about: str = ""
    measures: Sentences


class TranslatedItem(WordsShape):
    """An item in another language."""

    variants: dict[str, WordsShape] = Field(default_factory=dict)


class TranslatedRule(Shape):
    """A rule in another language."""

    because: str = ""
    then: str = ""


class TranslatedOutcome(Shape):
    """An outcome in another language."""

    title: str = ""
    wording: str = ""
    plain: Sentences
    next_steps: Sentences
    readings: dict[str, TranslatedOutcome] = Field(default_factory=dict)


class TranslatedTitle(Shape):
    """A title and its text in another language."""

    title: str = ""
    about: str = ""
    content: str = ""


class OfShape(Shape):
    """Which instrument or bank, in which version, is translated."""

    id: Id
    version: str


class TranslationShape(Shape):
    """The words of one instrument or bank in another language, keyed by the same ids."""

    translates: OfShape
    status: Literal["draft", "reviewed"]
    title: str = ""
    about: str = ""
    statement: str = ""
    limits: Sentences
    groups: dict[str, TranslatedGroup] = Field(default_factory=dict)
    items: dict[str, TranslatedItem] = Field(default_factory=dict)
    rules: dict[str, TranslatedRule] = Field(default_factory=dict)
    outcomes: dict[str, TranslatedOutcome] = Field(default_factory=dict)
    scenarios: dict[str, TranslatedTitle] = Field(default_factory=dict)
    follow_up: dict[str, TranslatedTitle] = Field(default_factory=dict)
    scales: dict[str, dict[str, str]] = Field(default_factory=dict)
