"""Yearly figures: a number and, always beside it, what it counts (rule W6). Definitions and published figures are data.

They are for the team itself. Nothing that somebody typed goes into them (rule W8), and small groups are withheld from
whatever is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

from safe_lib import casework
from safe_lib.casework import Desk, _may
from safe_lib.coordination.notes import entries_in
from safe_lib.model.coordination import CONTACTS, WITH_THE_PERSON
from safe_lib.model.errors import WrongUse

Counts = Literal["contact", "open", "opened", "continued", "closed"]
COUNTS: Final[tuple[Counts, ...]] = ("contact", "open", "opened", "continued", "closed")


@dataclass(frozen=True, slots=True)
class Definition:
    """What one figure counts; its words are in the texts, under `coord.figure.ID`."""

    id: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Published:
    """A figure that somebody published, and the definition it is compared with."""

    year: int
    number: int
    compared_with: str
    source: str  # title
    reading: str  # `ours`: the publication does not say how it counted


@dataclass(frozen=True, slots=True)
class FileYears:
    """What figures may know of one file: days, and nothing it says."""

    opened: date
    closed: date | None
    contacts: tuple[date, ...]  # days with a contact with the person


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its definition."""

    definition: Definition
    number: int


@lru_cache(maxsize=1)
def definitions() -> tuple[Definition, ...]:
    """What each figure counts.

    Raises:
        ValueError: the file counts what cannot be counted.
    """
    found = tuple(Definition(one["id"], one["counts"]) for one in _read()["definitions"])
    if any(one.counts not in COUNTS for one in found):
        raise ValueError("coordination/figures.yaml: counts is one of " + ", ".join(COUNTS))
    return found


def definition(id: str) -> Definition:
    """One of them; StopIteration where there is none (a test reads the file)."""
    return next(one for one in definitions() if one.id == id)


@lru_cache(maxsize=1)
def published() -> tuple[Published, ...]:
    """The figures that were published."""
    read = _read()
    titles = {id: str(source["title"]) for id, source in read["sources"].items()}
    return tuple(Published(one["year"], one["number"], one["compared_with"], titles[one["source"]], one["reading"]) for one in read["published"])


def counted(found: Iterable[FileYears], year: int) -> tuple[Figure, ...]:
    """The figures of a year, in the order of their definitions; each file counts once in each."""
    listed = tuple(found)
    return tuple(Figure(one, sum(counts_in(file, one.counts, year) for file in listed)) for one in definitions())


def counts_in(file: FileYears, what: Counts, year: int) -> bool:
    """Whether a file counts in a year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    open_then = file.opened <= last and (file.closed is None or file.closed >= first)
    match what:
        case "contact":
            return any(first <= day <= last for day in file.contacts)
        case "open":
            return open_then
        case "opened":
            return first <= file.opened <= last
        case "continued":
            return open_then and file.opened < first
        case "closed":
            return file.closed is not None and first <= file.closed <= last


def figures(desk: Desk, year: int) -> tuple[Figure, ...]:
    """The figures of a year, of every case there is.

    Raises:
        WrongUse: no year that can be meant.
        NotPermitted: only a coordinator sees them.
    """
    store = _may(desk, "team.see_work")
    if not 2000 <= year <= desk.today.year:
        raise WrongUse("year: from 2000 to this one.")
    lines, closed = casework.list_cases(desk), store.closed_since()
    opened = {line.ref: line.opened for line in lines if line.readable}
    found = (FileYears(opened[file.ref], closed.get(file.ref), _days(file.papers.get(CONTACTS))) for file in store.case_files(opened, (), (), (CONTACTS,)))
    return counted(found, year)


def _days(body: Mapping[str, Any] | None) -> tuple[date, ...]:
    return tuple(date.fromisoformat(one["day"]) for one in entries_in(body) if one["kind"] == WITH_THE_PERSON)


def _read() -> Mapping[str, Any]:
    import yaml

    text = (files("safe_lib.coordination") / "figures.yaml").read_text(encoding="utf-8")
    read: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return read
