"""What is kept of whom, what for, on which legal basis and for how long: the policy of processing as values.

Field groups hold columns of the store, instruments and papers; each has purposes, and each purpose its legal basis and
its time (GDPR Art. 5, 6, 9, 30 and 35). The file is `safe_lib/rights/processing.yaml`; catalogue.processing reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Sensitivity = Literal["low", "moderate", "high", "very_high"]
From = Literal["closure", "leaving", "store"]
CORRECTIONS: Final = "corrections"  # kind of the paper that holds what the person asked to have corrected
BEST_INTEREST: Final = "best_interest"  # kind of the paper about a child: guardian, and what is best for the child
DECISION: Final = "decision"  # kind of the paper that says, in the words of whoever closes a case, what was decided
SENSITIVITIES: Final[tuple[Sensitivity, ...]] = ("low", "moderate", "high", "very_high")


@dataclass(frozen=True, slots=True)
class LegalSource:
    """A law or a guide that something rests on."""

    title: str
    publisher: str
    published: str
    url: str
    status: str  # seen | recalled, verify


@dataclass(frozen=True, slots=True)
class Basis:
    """One legal basis: the article, the law it stands in, and why it holds here."""

    article: str
    source: str  # id of a LegalSource
    why: str


@dataclass(frozen=True, slots=True)
class Retention:
    """How long something is kept."""

    since: From  # closure of the case, leaving of a colleague, or as long as the store is kept
    months: int  # 0 where no clock runs
    setting: str  # the name under which a team settles another number; empty where there is none
    about: str


@dataclass(frozen=True, slots=True)
class Purpose:
    """What something is kept for."""

    id: str
    title: str
    about: str
    basis: tuple[Basis, ...]
    retention: Retention


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that are kept for the same purposes and seen by the same people."""

    id: str
    title: str
    about: str
    persons: str  # whom they are about
    special: bool  # special categories (Art. 9) or crimes (Art. 10)
    purposes: tuple[str, ...]
    recipients: tuple[str, ...]
    measures: tuple[str, ...]
    tables: Mapping[str, tuple[str, ...]]  # table → columns
    instruments: tuple[str, ...]
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weighing:
    """A written justification for an item that touches nationality, ethnicity or religion (PRI-11)."""

    item: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class InstrumentNote:
    """How sensitive the answers of an instrument are, what asking is good for and what it may cost (PRI-02)."""

    instrument: str
    sensitivity: Sensitivity
    benefit: str
    risk: str
    weighs: tuple[Weighing, ...]


@dataclass(frozen=True, slots=True)
class RiskToPersons:
    """One way in which processing may harm people, what is done about it, and what is left."""

    id: str
    title: str
    why: str
    measures: tuple[str, ...]
    left: str


@dataclass(frozen=True, slots=True)
class Processing:
    """The whole policy, in one language."""

    version: str
    status: str  # draft | settled
    language: str
    reviewed: str  # ISO day
    reviewed_by: str
    review_by: str  # ISO day
    organisation: Mapping[str, str]  # name, contact, officer; empty where nobody filled it in
    sources: Mapping[str, LegalSource]
    purposes: Mapping[str, Purpose]
    recipients: Mapping[str, str]
    measures: Mapping[str, str]
    groups: tuple[FieldGroup, ...]
    notes: Mapping[str, InstrumentNote]  # by instrument
    risks: tuple[RiskToPersons, ...]

    def paper_kinds(self) -> frozenset[str]:
        """Every kind of paper that has a purpose."""
        return frozenset(kind for group in self.groups for kind in group.papers)

    def group_of_instrument(self, id: str) -> FieldGroup | None:
        """The group an instrument belongs to."""
        return next((group for group in self.groups if id in group.instruments), None)

    def clocks(self) -> tuple[Purpose, ...]:
        """The purposes whose time runs from the closure of a case."""
        return tuple(one for one in self.purposes.values() if one.retention.since == "closure")
