"""The social map: who can help, where, for whom, and when somebody last asked them.

An entry holds what may stand on a wall. There is no field for a street, a house or a person: where a place is kept
secret, the entry says that it exists and who can be called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

Words = Mapping[str, str]  # language → text
Freshness = Literal["verified", "due", "stale", "unverified"]

SEEN, RECALLED = "seen", "recalled"
STATUSES: Final = (SEEN, RECALLED)  # seen in the named source, or written down from memory
READ: Final = ("state_actor", "confidential", "area")  # what may be our own reading of an entry
NOBODY: Final = "nobody yet"  # what `verified` and `reviewed` say until somebody was there
_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach an organisation; a short number names the country in which it works: `627 (NG)`."""

    kind: str  # channel of the vocabulary
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """The middle of a town, in degrees; never of a house."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Verification:
    """Somebody asked the organisation itself whether the entry is right."""

    on: date
    by: str  # a user name or an office, never a client
    how: str  # way of the vocabulary


@dataclass(frozen=True, slots=True)
class Organisation:
    """One entry of the social map. An empty text or list means that nobody has written it down, not that there is none."""

    id: str
    country: str  # ISO 3166-1 alpha-3
    name: str
    type: str
    services: tuple[str, ...]
    target_groups: tuple[str, ...]
    status: str  # seen | recalled
    source: str
    local_name: str = ""
    source_date: str = ""  # as the source has it: a day, a year, `n.d.`
    state_actor: bool | None = None  # None: not known
    confidential: bool = False  # its place is kept secret
    city: str = ""
    region: str = ""  # id in the list of regions of its country
    position: Position | None = None
    area: str = ""
    languages: tuple[str, ...] = ()  # ISO 639-1
    contact: tuple[Contact, ...] = ()
    opening: str = ""
    cost: str = ""
    residence: tuple[str, ...] = ()  # statuses with which somebody is helped
    safe_contact: str = ""  # what to heed when calling or writing
    verified: Verification | None = None
    next_check: date | None = None  # earlier than the months of the vocabulary, where somebody knows it will change
    reviewed: str = ""  # who looked at the entry as a second person, and when
    note: str = ""
    own_reading: tuple[str, ...] = ()  # of `READ`: concluded by us from what the entry says of itself; no source says so, and nobody there was asked

    def of_kind(self, kind: str) -> tuple[Contact, ...]:
        """Its contacts of one channel."""
        return tuple(contact for contact in self.contact if contact.kind == kind)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the vocabulary; `open_eligibility` names the term of that list which means the same."""

    id: str
    name: Words
    group: str = ""
    open_eligibility: str = ""
    remote: bool = False  # a service that nobody has to go to

    def said(self, language: str) -> str:
        """Its name in a language, in English where there is none."""
        return self.name.get(language) or self.name["en"]


@dataclass(frozen=True, slots=True)
class Signs:
    """What an assessment may show: ids of hard stops, findings and scenarios, and domains from a level on."""

    hard_stops: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    domains: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody may need, which services answer it, and the signs by which it is seen."""

    id: str
    name: Words
    services: tuple[str, ...]
    when: Signs


@dataclass(frozen=True, slots=True)
class Caution:
    """What must be kept away from a person while its signs hold."""

    id: str
    where: str  # return: in the country of return; anywhere
    when: Signs
    because: Words


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every word that entries may use, by kind, in the order of the file."""

    version: str
    card_months: int
    stale_months: int
    service_groups: Mapping[str, Term]
    services: Mapping[str, Term]
    target_groups: Mapping[str, Term]
    types: Mapping[str, Term]
    residence: Mapping[str, Term]
    areas: Mapping[str, Term]
    costs: Mapping[str, Term]
    channels: Mapping[str, Term]
    ways: Mapping[str, Term]
    needs: tuple[Need, ...]
    cautions: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """The social map of one country."""

    country: str
    version: str
    hash: str
    organisations: tuple[Organisation, ...]
    regions: Mapping[str, str] = field(default_factory=dict)  # id → name; empty where nobody has listed them
    invented: bool = False
    history: tuple[Mapping[str, Any], ...] = ()


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or the last day of that month where it is shorter.

    >>> months_later(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    number = day.month - 1 + months
    year, month = day.year + number // 12, number % 12 + 1
    leap = month == 2 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return date(year, month, min(day.day, _DAYS[month - 1] + leap))


def check_due(organisation: Organisation, vocabulary: Vocabulary) -> date | None:
    """The day from which somebody has to ask again; None where nobody has asked yet."""
    if organisation.verified is None:
        return None
    usual = months_later(organisation.verified.on, vocabulary.card_months)
    return min(usual, organisation.next_check) if organisation.next_check else usual


def freshness(organisation: Organisation, vocabulary: Vocabulary, on: date) -> Freshness:
    """How far an entry can be relied on: verified, due for a check, stale, or verified by nobody.

    A verification dated after `on` does not count: it is a mistake, or that day has not come.
    """
    due = check_due(organisation, vocabulary)
    if organisation.verified is None or due is None or organisation.verified.on > on:
        return "unverified"
    if on < due:
        return "verified"
    return "due" if on < months_later(organisation.verified.on, vocabulary.stale_months) else "stale"


def may_be_printed(organisation: Organisation, vocabulary: Vocabulary, on: date) -> bool:
    """Whether an entry may stand on a client's card: verified within the months of the vocabulary, and not recalled only.

    Somebody who verified a recalled entry changes its status with it; until then it stays off the card.
    """
    return organisation.status == SEEN and freshness(organisation, vocabulary, on) == "verified"
