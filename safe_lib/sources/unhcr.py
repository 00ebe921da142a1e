"""UNHCR, Refugee Statistics API: people displaced, by country of origin.

`coo_all` gives a row for each country of origin instead of a sum, `cf_type=ISO` the codes of ISO 3166-1. New applications
(type N) add up persons and cases as the country of asylum reports them; the description of the indicator says so.

Source: https://api.unhcr.org/docs/refugee-statistics.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from safe_lib.sources.answers import Number, Shape, Whole, Word, Year, rows, shaped
from safe_lib.sources.service import Cell, Codes, Feed, Page, Place, Request, Series, Service, quoted
from safe_lib.sources.values import with_rates

LIMIT: Final = 1_000  # rows of a page
APPLICATIONS: Final = "asylum-applications"


class Answer(Shape):
    """One page."""

    page: Whole
    maxPages: Whole  # the publisher's own name
    items: Any


class Origin(Shape):
    """A row by country of origin."""

    year: Year
    coo_iso: Word


class Population(Origin):
    """People of concern at the end of a year, and those who went back during it."""

    refugees: Number
    asylum_seekers: Number
    idps: Number
    returned_refugees: Number
    returned_idps: Number


class Applied(Origin):
    """Applications for asylum in a year."""

    app_type: Word
    applied: Number
    procedure_type: Word = ""
    dec_level: Word = ""
    app_pc: Word = ""


def series(feed: Feed, on: date, codes: Codes) -> tuple[Series, ...]:
    """The lists that the indicators are read from, all countries of origin at once."""
    lists = dict.fromkeys(code.partition(".")[0] for code in feed.codes.values())
    return tuple(Series(name, _request(name, feed.first, on.year)) for name in lists)


def _request(name: str, first: int, last: int) -> Request:
    return Request(f"/population/v1/{name}/", (
        ("yearFrom", str(first)), ("yearTo", str(last)), ("coo_all", "true"), ("cf_type", "ISO"), ("limit", str(LIMIT)), ("page", "1")))


def read(feed: Feed, one: Series, request: Request, answer: Any, codes: Codes) -> Page:
    """The values of one page, by country of origin and year."""
    asked = dict(request.query)
    place = Place("UNHCR", one.name, int(asked["page"]))
    said = shaped(Answer, answer, place)
    if said.page != place.page:
        raise place.refuse(f"page {said.page} came instead.")
    wanted = {indicator: code.partition(".")[2] for indicator, code in feed.codes.items() if code.partition(".")[0] == one.name}
    read_rows = _applications if one.name == APPLICATIONS else _populations
    found, origins = read_rows(said.items, wanted, place)
    if "-" in origins:
        raise place.refuse("the rows are sums over all countries of origin, not one for each.")
    following = Request(request.path, (*request.query[:-1], ("page", str(place.page + 1))))
    return Page(tuple(cell for cell in found if cell.iso3 in codes.iso3), following if said.page < said.maxPages else None,
                left_out=frozenset(origins - codes.iso3))


def _populations(listed: Any, wanted: Mapping[str, str], place: Place) -> tuple[list[Cell], set[str]]:
    read_rows = rows(Population, listed, place, LIMIT)
    for field in wanted.values():
        if field not in Population.model_fields:
            raise place.refuse(f"{quoted(field)} is not a field of this list.", "Correct the `refresh` part of the dataset.")
    values = [(row, indicator, getattr(row, field)) for row in read_rows for indicator, field in wanted.items()]
    return [Cell(row.coo_iso, indicator, row.year, value, "") for row, indicator, value in values if value is not None], {row.coo_iso for row in read_rows}


def _applications(listed: Any, wanted: Mapping[str, str], place: Place) -> tuple[list[Cell], set[str]]:
    read_rows = rows(Applied, listed, place, LIMIT)
    found = [Cell(row.coo_iso, indicator, row.year, row.applied, f"{row.procedure_type} {row.dec_level} {row.app_pc}")
             for row in read_rows for indicator, kind in wanted.items() if row.app_type == kind and row.applied is not None]
    return found, {row.coo_iso for row in read_rows}


SERVICE: Final = Service("unhcr", "UNHCR", "https://api.unhcr.org", series, read, finish=with_rates)
