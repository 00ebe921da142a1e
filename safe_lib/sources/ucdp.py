"""Uppsala Conflict Data Program, API: deaths in organised violence, by country and year.

Since February 2026 a token is needed. An edition has the year and `.1`; one that is not out yet is answered with 404, so
the one before is asked. Bursts of requests have been answered with 400, which is worth asking again.

Source: https://ucdp.uu.se/apidocs/
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from safe_lib.sources.answers import Number, Shape, Whole, Word, Year, rows, shaped
from safe_lib.sources.gleditsch_ward import BY_NUMBER
from safe_lib.sources.service import Cell, Codes, Dressing, Feed, Keys, Page, Place, Request, Series, Service, quoted
from safe_lib.sources.values import with_rates

PAGE_SIZE: Final = 1_000  # the most there may be
EDITIONS: Final = 3  # years back that are tried
HEADER: Final = "x-ucdp-access-token"


class Answer(Shape):
    """One page; the names are the publisher's."""

    NextPageUrl: Word = ""
    Result: Any


class Row(Shape):
    """One country and year. `cy` is the publisher's short form of country-year."""

    country_id_cy: Whole
    year_cy: Year
    cumulative_total_deaths_in_orgvio_best_cy: Number
    sb_total_deaths_best_cy: Number = None
    os_total_deaths_best_cy: Number
    ns_total_deaths_best_cy: Number


def series(feed: Feed, on: date, codes: Codes) -> tuple[Series, ...]:
    """One list, in the newest edition there is."""
    name = str(feed.settings.get("list", "organizedviolencecy"))
    first, *others = (Request(f"/api/{name}/{year % 100}.1", (("pagesize", str(PAGE_SIZE)), ("page", "0"))) for year in range(on.year, on.year - EDITIONS, -1))
    return (Series(name, first, tuple(others)),)


def read(feed: Feed, one: Series, request: Request, answer: Any, codes: Codes) -> Page:
    """The deaths on one page, by country and year."""
    page = dict(request.query).get("page", "0")
    place = Place("UCDP", one.name, int(page) + 1 if page.isdigit() else 1)
    said = shaped(Answer, answer, place)
    for field in feed.codes.values():
        if field not in Row.model_fields:
            raise place.refuse(f"{quoted(field)} is not a field of this list.", "Correct the `refresh` part of the dataset.")
    found, left_out = [], set()
    for row in rows(Row, said.Result, place, PAGE_SIZE):
        iso3 = BY_NUMBER.get(row.country_id_cy, "")
        if iso3 not in codes.iso3:
            left_out.add(str(row.country_id_cy))
        elif row.year_cy >= feed.first:
            values = ((indicator, getattr(row, field)) for indicator, field in feed.codes.items())
            found += [Cell(iso3, indicator, row.year_cy, value, str(row.country_id_cy)) for indicator, value in values if value is not None]
    return Page(tuple(found), said.NextPageUrl or None, request.path.rpartition("/")[2], frozenset(left_out))


def dress(request: Request, keys: Keys) -> Dressing:
    """The token, in a header."""
    token = keys.of("ucdp", "token")
    return Dressing({HEADER: token} if token else {})


SERVICE: Final = Service(
    "ucdp", "UCDP", "https://ucdpapi.pcr.uu.se", series, read, dress, with_rates, gap=1.0, one_edition=True, passing=frozenset({400, 429, 500, 502, 503, 504}),
    refusals={401: "UCDP asks for a token (free, by e-mail to its maintainer). Write it into the key file: `ucdp: {token: …}`.",
              403: "The token is not accepted. Ask UCDP for another one and write it into the key file: `ucdp: {token: …}`."})
