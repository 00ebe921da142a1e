"""What the modules of the publishers share: a request, a page of an answer, and the service that knows both.

A service is made of pure functions: which requests there are, and what one answer says. Asking, waiting, keeping and
checking is done once for all of them (`reader`, `journal`, `review`, `refresh`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from html import unescape
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlencode

from safe_lib.model.errors import SourceError

Kind = Literal["figures", "outcomes", "reading"]
Figures = Mapping[tuple[str, str, int], float]  # country, indicator, year → value
Query = tuple[tuple[str, str], ...]

STAYS: Final = "The figures that are here stay. Try again later; if it stays so, tell who looks after the program."
NO_COUNTRY_SHOWN: Final = 12  # codes that are named in a message; the others are counted


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a publisher: codes of countries and indicators, years and pages, and nothing else."""

    path: str  # such as "/v2/country/all/indicator/SP.POP.TOTL"
    query: Query = ()
    body: str = ""  # JSON that is posted; empty: nothing is posted

    def address(self, origin: str) -> str:
        """The whole address, without secrets: they are never part of a request."""
        query = f"?{urlencode(self.query)}" if self.query else ""
        return f"{origin}{self.path}{query}"

    def told(self, origin: str) -> str:
        """The request as a description keeps it."""
        return f"POST {self.address(origin)} {self.body}" if self.body else self.address(origin)


@dataclass(frozen=True, slots=True)
class Series:
    """One list that is read page by page. `otherwise` are asked in turn where the one before is not there (404)."""

    name: str  # as messages call it
    first: Request
    otherwise: tuple[Request, ...] = ()


class Cell(NamedTuple):
    """One value of one row; rows of the same country, indicator and year are added up, the same row twice counts once."""

    iso3: str
    indicator: str
    year: int
    value: float
    row: str  # what tells this row from others of the same country and year; empty: there can be no other


class Hint(NamedTuple):
    """One report worth reading, by title and link; nobody has looked at what it says."""

    iso3: str
    day: str  # ISO
    title: str
    publisher: str
    link: str


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer holds of use."""

    found: tuple[Cell, ...] | tuple[Hint, ...]
    following: Request | str | None = None  # a text is the address of the next page as the publisher names it
    edition: str = ""  # what the publisher itself calls this edition, or the day it last updated it
    left_out: frozenset[str] = frozenset()  # codes that are no country here: regions, income groups, stateless persons


@dataclass(frozen=True)
class Codes:
    """The codes by which publishers name countries; inside, only ISO 3166-1 alpha-3 (and XKX for Kosovo) is used."""

    rows: tuple[Mapping[str, str], ...]  # of countries.csv

    @cached_property
    def iso3(self) -> frozenset[str]:
        """The countries there are."""
        return frozenset(row["iso3"] for row in self.rows)

    @cached_property
    def by_iso2(self) -> Mapping[str, str]:
        """Two letters, also in the way of Eurostat."""
        known = {row["iso2"]: row["iso3"] for row in self.rows if row["iso2"]}
        return {**known, "EL": known.get("GR", ""), "UK": known.get("GB", ""), "XK": "XKX"}

    @cached_property
    def by_number(self) -> Mapping[int, str]:
        """The number of ISO 3166-1; Kosovo has none."""
        return {int(row["m49"]): row["iso3"] for row in self.rows if row["m49"].isdigit()}

    @cached_property
    def by_name(self) -> Mapping[str, str]:
        """English and official names, in small letters."""
        return {name.casefold(): row["iso3"] for row in self.rows for name in (row["name_en"], row["official_name"]) if name}


@dataclass(frozen=True, slots=True)
class Feed:
    """How one dataset is fetched: the `refresh` part of its description."""

    dataset: str
    service: str
    codes: Mapping[str, str]  # indicator → what the publisher calls it
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """The first year that is asked for."""
        return int(self.settings.get("first", 2012))


@dataclass(frozen=True, slots=True)
class Keys:
    """What a service has to be given: from a private file, never from the command line."""

    contact: str = ""  # an address at which the publisher can reach who asks
    entries: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)  # service → name → secret

    def of(self, service: str, name: str) -> str:
        """One entry, or nothing."""
        return self.entries.get(service, {}).get(name, "")


@dataclass(frozen=True, slots=True)
class Dressing:
    """What goes along with a request and is kept nowhere."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Query = field(default=(), repr=False)


def undressed(request: Request, keys: Keys) -> Dressing:
    """A service that asks for no key."""
    return Dressing()


def as_it_is(figures: Figures, feed: Feed, population: Figures) -> Figures:
    """A service whose values need no more work."""
    return figures


@dataclass(frozen=True, slots=True)
class Service:
    """One publisher."""

    id: str
    name: str
    address: str  # the publisher's own server, https
    series: Callable[[Feed, date, Codes], tuple[Series, ...]]
    read: Callable[[Feed, Series, Request, Any, Codes], Page]
    dress: Callable[[Request, Keys], Dressing] = undressed
    finish: Callable[[Figures, Feed, Figures], Figures] = as_it_is  # from what was read to what is kept
    refusals: Mapping[int, str] = field(default_factory=dict)  # status → what to do about it
    kind: Kind = "figures"
    gap: float = 0.5  # seconds between two requests to the publisher's own server
    passing: frozenset[int] = frozenset({429, 500, 502, 503, 504})  # status with which it is worth asking again
    largest_series: int = 200_000  # rows; ten times what there is today
    one_edition: bool = False  # every page names the same edition, or the list was renewed while it was read
    sign_in: Request | None = None  # where a name and a password are changed for a passing token


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an answer something stands, for messages."""

    service: str
    series: str
    page: int = 1

    def __str__(self) -> str:
        return f"{self.service}, {self.series}, page {self.page}"

    def refuse(self, problem: str, repair: str = STAYS) -> SourceError:
        """A problem with this answer, in words."""
        return SourceError(str(self), 0, problem, repair=repair)


_PLAIN: Final = re.compile(r"[^\w .,:;/()'+-]", re.ASCII)


def quoted(word: object, longest: int = 40) -> str:
    """A word of a publisher as a message may show it: plain letters, short, in quotation marks."""
    plain = _PLAIN.sub("?", unescape(str(word)))
    return f'"{plain[:longest]}…"' if len(plain) > longest else f'"{plain}"'


def listed(codes: Sequence[str]) -> str:
    """Codes for a message: the first of them, and how many more there are."""
    shown = ", ".join(codes[:NO_COUNTRY_SHOWN])
    return shown if len(codes) <= NO_COUNTRY_SHOWN else f"{shown} and {len(codes) - NO_COUNTRY_SHOWN} more"
