"""World Bank, Indicators API version 2: development, health and governance indicators of all countries.

The list of `country/all` holds regions and income groups too; what is no country here is left out. Errors come with
status 200. The governance indicators stand in source 3 under codes such as `GOV_WGI_RL.EST`.

Source: https://datahelpdesk.worldbank.org/knowledgebase/articles/889392
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from safe_lib.sources.answers import Number, Shape, Whole, Word, Year, rows, shaped
from safe_lib.sources.service import Cell, Codes, Feed, Page, Place, Request, Series, Service, quoted

PER_PAGE: Final = 20_000


class Head(Shape):
    """The first half of an answer."""

    page: Whole
    pages: Whole
    lastupdated: Word = ""


class Named(Shape):
    """An indicator or a country, by its code at the World Bank."""

    id: Word


class Row(Shape):
    """One country and year."""

    indicator: Named
    country: Named
    countryiso3code: Word
    date: Year
    value: Number


def series(feed: Feed, on: date, codes: Codes) -> tuple[Series, ...]:
    """One list for each indicator, all countries at once."""
    source = str(feed.settings.get("source", "2"))
    return tuple(Series(code, _request(code, _first_year(feed, indicator), on, source)) for indicator, code in feed.codes.items())


def _first_year(feed: Feed, indicator: str) -> int:
    """Surveys are years apart, so they are kept from further back."""
    return int(feed.settings["surveys_from"]) if indicator in feed.settings.get("surveys", ()) else feed.first


def _request(code: str, first: int, on: date, source: str, page: int = 1) -> Request:
    return Request(f"/v2/country/all/indicator/{code}", (
        ("format", "json"), ("source", source), ("date", f"{first}:{on.year}"), ("per_page", str(PER_PAGE)), ("page", str(page))))


def read(feed: Feed, one: Series, request: Request, answer: Any, codes: Codes) -> Page:
    """The values of one page, by country and year."""
    asked = dict(request.query)
    place = Place("World Bank", one.name, int(asked["page"]))
    head, listed = _halves(answer, place)
    if listed and not head.page == place.page <= head.pages:
        raise place.refuse(f"page {head.page} of {head.pages} came instead.")
    found, left_out = _cells(rows(Row, listed, place, PER_PAGE), feed, one, codes, place)
    following = Request(request.path, tuple((name, str(place.page + 1) if name == "page" else value) for name, value in request.query))
    return Page(found, following if head.page < head.pages else None, head.lastupdated, left_out)


def _halves(answer: Any, place: Place) -> tuple[Head, list[Any]]:
    """Head and rows; where there are no rows, the second half is null or not there."""
    if not isinstance(answer, list) or not answer:
        raise place.refuse("the answer is not the list of two parts that was agreed.")
    if isinstance(answer[0], dict) and "message" in answer[0]:
        raise place.refuse(f"the service says: {_message(answer[0]['message'])}.", "Check the codes in the `refresh` part of the dataset.")
    listed = answer[1] if len(answer) > 1 and answer[1] is not None else []
    return shaped(Head, answer[0], place), listed


def _message(said: Any) -> str:
    first = said[0] if isinstance(said, list) and said else said
    return quoted(first.get("key", "") if isinstance(first, dict) else first)


def _cells(listed: Sequence[Row], feed: Feed, one: Series, codes: Codes, place: Place) -> tuple[tuple[Cell, ...], frozenset[str]]:
    indicator = next(id for id, code in feed.codes.items() if code == one.name)
    found, left_out = [], set()
    for row in listed:
        if row.indicator.id.upper() != one.name.upper():
            raise place.refuse(f"there are values of another indicator, {quoted(row.indicator.id)}.")
        iso3 = row.countryiso3code or codes.by_iso2.get(row.country.id, "")
        if iso3 not in codes.iso3:
            left_out.add(iso3 or row.country.id)
        elif row.value is not None:
            found.append(Cell(iso3, indicator, row.date, row.value, ""))
    return tuple(found), frozenset(left_out)


SERVICE: Final = Service("world_bank", "World Bank", "https://api.worldbank.org", series, read, one_edition=True)
