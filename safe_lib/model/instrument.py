"""An instrument: a published or agreed set of items and rules, with version, sources and validity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

Strength = Literal["strong", "medium", "weak"]
STRENGTHS: Final[tuple[Strength, ...]] = ("strong", "medium", "weak")
Certainty = Literal["seen", "recalled_medium", "recalled_low"]
Method = Literal["indicator_pattern", "risk_matrix", "rules", "questionnaire"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where something comes from. `status` is `seen` or `recalled, verify`."""

    id: str
    title: str
    publisher: str = ""
    published: str = ""  # year, month or day, as precise as it is known
    url: str = ""
    status: str = "seen"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """The answers an item offers, from least to most, without the open ones (every item has those)."""

    id: str
    codes: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)  # only where they differ from the usual words
    scores: Mapping[str, float] = field(default_factory=dict)  # questionnaires: 0 to 1


@dataclass(frozen=True, slots=True)
class Weight:
    """How strongly an indicator points, and how sure we are that the source says so."""

    strength: Strength
    certainty: Certainty = "seen"


@dataclass(frozen=True, slots=True)
class Condition:
    """One parsed sentence, or a group of them. Never evaluated as a program.

    `op` is `is`, `at_least`, `below`, `all`, `any`, `not`, `at_least_of`; `subject` names what is
    looked at (`item`, `country`, `finding`, `group`, `person`, `scenario`, `some`).
    """

    op: str
    text: str = ""
    subject: str = ""
    name: str = ""
    values: tuple[str, ...] = ()
    count: int = 0
    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One question, with what to listen for."""

    id: str
    group: str
    kind: str  # indicator | risk | protective | hard_stop | danger | question
    label: str
    scale: str
    ask: str = ""
    listen_for: str = ""
    note: str = ""
    critical: bool = False
    weights: Mapping[str, Weight] = field(default_factory=dict)  # reading → weight (indicator_pattern)
    themes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    only_if: Condition | None = None
    stop: str = ""  # hard stops: absolute | conditional
    response: str = ""  # hard stops and dangers: what to do
    clears_when: str = ""
    links: tuple[str, ...] = ()  # ids in other instruments that may be about the same fact: a suggestion only
    status: str = "seen"  # seen | recalled, verify | proposal


@dataclass(frozen=True, slots=True)
class Group:
    """Items that belong together: a dimension, a domain, a step or a topic."""

    id: str
    title: str
    about: str = ""
    heading: str = ""  # groups with the same heading stand under it
    severity: int = 0  # risk_matrix: 1 to 4
    critical: bool = False
    scenarios: tuple[str, ...] = ()  # risk_matrix: kinds of scenario it is used in; empty: all
    when: Condition | None = None  # used only if this holds of the person
    step: int = 0
    gate: bool = False  # everything after it waits until it is answered
    measures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it looks for, what follows, why, and what it rests on."""

    id: str
    when: Condition
    because: str
    then: str = ""
    flag: str = ""
    basis: tuple[str, ...] = ()
    examples: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the method may conclude, in the words that a person reads."""

    id: str
    title: str
    wording: str
    next_steps: tuple[str, ...] = ()
    reading: str = ""  # indicator_pattern: the reading this row belongs to; empty: every one
    when: Condition | None = None
    basis: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()  # the same for the person it is about, in plain words


@dataclass(frozen=True, slots=True)
class ScenarioKind:
    """A kind of future that the instrument can weigh."""

    id: str
    title: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One moment after a return at which somebody asks how it goes."""

    day: int  # calendar days after arrival
    title: str
    content: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """Everything one instrument file says, read and checked.

    `matrix` is 4 × 4 levels, likelihood by severity (risk_matrix only). `readings` maps the age
    reading (`adult`, `child`) to the id of the set whose strengths it uses.
    """

    id: str
    title: str
    about: str
    method: Method
    version: str
    validity: str
    language: str
    hash: str
    reviewed: Mapping[str, str]
    review_by: date | None
    sources: Mapping[str, Source]
    scales: Mapping[str, Scale]
    groups: tuple[Group, ...]
    items: tuple[Item, ...]
    rules: tuple[Rule, ...]
    outcomes: tuple[Outcome, ...]
    limits: tuple[str, ...] = ()
    statement: str = ""
    reading: str = ""
    readings: Mapping[str, str] = field(default_factory=dict)
    matrix: tuple[tuple[str, ...], ...] = ()
    scenarios: tuple[ScenarioKind, ...] = ()
    follow_up: tuple[FollowUp, ...] = ()
    examples: tuple[Mapping[str, Any], ...] = ()
    history: tuple[Mapping[str, str], ...] = ()
    status: str = "seen"
    workbook: str = ""  # the workbook that shows it; empty: the general one
    for_person: bool = False  # its outcomes are told to the person in a report of their own

    def item(self, id: str) -> Item:
        """The item with this id; KeyError if the instrument has none."""
        return self.by_id()[id]

    def by_id(self) -> Mapping[str, Item]:
        """Items by id."""
        return {item.id: item for item in self.items}

    def members(self, group: str) -> tuple[Item, ...]:
        """The items of one group, in their order."""
        return tuple(item for item in self.items if item.group == group)
