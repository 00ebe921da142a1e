"""What is known in general of a country: dated, sourced claims and figures by theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

# What may be said of a source besides.
REMARKS: Final = ("voice", "published_note", "where", "quotation", "read_in", "interest", "independence", "status", "note")


@dataclass(frozen=True, slots=True)
class CountrySource:
    """Where a claim comes from, how much of it was read, and whom it repeats."""

    id: str
    title: str
    publisher: str
    kind: str  # government | intergovernmental | ngo | media | academic | court | other
    published: str  # YYYY, YYYY-MM, YYYY-MM-DD, `about YYYY` or `undated`
    retrieved: str = ""
    url: str = ""
    quotes: tuple[str, ...] = ()  # ids of sources it repeats; other words name an original that was not read: `publisher, title`
    voice: str = ""  # who speaks, where the publisher only passes it on or changed its name
    published_note: str = ""  # how the date is known where it is not exact
    where: str = ""  # the part that was read
    quotation: str = ""  # one sentence as it stands there, no more
    read_in: str = ""  # where it was read, if not at its publisher
    interest: str = ""  # what the publisher stands for in the matter
    independence: str = ""
    status: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One dated, sourced statement about a country or place."""

    id: str
    theme: str
    level: str
    says: str
    who: str
    where: str
    as_of: date
    review_by: date
    sources: tuple[str, ...]
    checked: str = ""  # who and when; empty: nobody has reviewed it
    disagrees_with: tuple[str, ...] = ()  # ids of claims, of any theme, that say otherwise
    note: str = ""

    def is_outdated(self, on: date) -> bool:
        """From its review date on, a claim counts as unknown."""
        return self.review_by <= on


@dataclass(frozen=True, slots=True)
class NotFound:
    """What was looked for and not found. It does not say that nothing is there."""

    says: str  # what, and the day of the search
    theme: str = ""  # empty: no single theme


@dataclass(frozen=True, slots=True)
class Figure:
    """The newest value of one indicator for one country.

    `position` runs from 0 (least safe) to 1 (safest) among countries with data; None for neutral
    indicators or where the country has no value. It is never added up.
    """

    id: str
    label: str
    value: float | None
    year: int | None
    unit: str
    source: str
    topic: str
    position: float | None = None
    note: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """A part of the vocabulary: what claims are about, and how long they stay good."""

    id: str
    title: str
    questions: tuple[str, ...]
    months: int  # months until review
    indicators: tuple[str, ...] = ()
    levels: tuple[str, ...] = ("strong", "partial", "weak", "absent")


@dataclass(frozen=True, slots=True)
class ThemeView:
    """One theme of one country on one day."""

    id: str
    level: str | None
    status: str  # current | outdated | missing | conflicting
    as_of: date | None
    claims: tuple[Claim, ...] = ()
    figures: tuple[Figure, ...] = ()
    single_source: bool = False
    circular: bool = False  # the sources of the current claims only repeat each other
    not_found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Country:
    """Claims and figures of one country; `hash` changes when any file behind it does."""

    iso3: str
    name: str
    hash: str
    claims: tuple[Claim, ...] = ()
    sources: Mapping[str, CountrySource] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)  # indicator id → newest value
    themes: Mapping[str, Theme] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)  # language → name
    invented: bool = False
    not_found: tuple[NotFound, ...] = ()
