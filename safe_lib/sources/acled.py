"""ACLED: counts of violent events, made from the event list on the organisation's own account.

Event rows may not be passed on, so only counts are kept and nothing is shipped. The whole year is counted again each
time, because events are changed and deleted afterwards. A token lasts a day and is changed for another one when it ends.

Source: https://acleddata.com/api-documentation
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from safe_lib.sources.answers import Number, Shape, Word, Year, rows, shaped
from safe_lib.sources.service import Cell, Codes, Feed, Page, Place, Request, Series, Service, quoted
from safe_lib.sources.values import with_rates

LIMIT: Final = 5_000  # rows of a page
VIOLENCE: Final = "political violence"
CIVILIANS: Final = "civilian targeting"
MOST: Final = 1_000_000  # events of one year; there were some 250,000 in 2024


class Answer(Shape):
    """One page. `count` is the number of its own rows, not of all."""

    success: bool = True
    status: Number = 200
    data: Any


class Row(Shape):
    """One event, without its words."""

    event_id_cnty: Word
    year: Year
    iso: Number
    disorder_type: Word
    civilian_targeting: Word = ""


def series(feed: Feed, on: date, codes: Codes) -> tuple[Series, ...]:
    """The events of the last whole year, all countries at once."""
    year = on.year - 1
    query = (("_format", "json"), ("event_date", f"{year}-01-01|{year}-12-31"), ("event_date_where", "BETWEEN"),
             ("fields", "|".join(feed.settings["fields"])), ("limit", str(LIMIT)), ("page", "1"))
    return (Series("events", Request("/api/acled/read", query)),)


def read(feed: Feed, one: Series, request: Request, answer: Any, codes: Codes) -> Page:
    """The events on one page, each counted once for its country and year."""
    page = int(dict(request.query)["page"])
    place = Place("ACLED", one.name, page)
    said = shaped(Answer, answer, place)
    if not said.success or said.status != 200:
        raise place.refuse(f"the service says that it did not work (status {said.status or 0:.0f}).")
    listed = rows(Row, said.data, place, LIMIT)
    found, left_out = [], set()
    for row in listed:
        iso3 = codes.by_number.get(int(row.iso or 0), "")
        if not row.event_id_cnty:
            raise place.refuse(f"an event of {quoted(iso3 or row.iso)} has no number.")
        if not iso3:
            left_out.add(f"{row.iso or 0:.0f}")
        else:
            found += [Cell(iso3, indicator, row.year, 1.0, row.event_id_cnty) for indicator, kind in feed.codes.items() if _is(row, kind)]
    following = Request(request.path, (*request.query[:-1], ("page", str(page + 1))))
    return Page(tuple(found), following if len(listed) == LIMIT else None, left_out=frozenset(left_out))


def _is(row: Row, kind: str) -> bool:
    if kind == CIVILIANS:
        return row.civilian_targeting.casefold() == CIVILIANS
    return VIOLENCE in row.disorder_type.casefold()


SERVICE: Final = Service(
    "acled", "ACLED", "https://acleddata.com", series, read, finish=with_rates, gap=1.0, largest_series=MOST, sign_in=Request("/oauth/token"),
    refusals={401: "ACLED asks for a name and a password. Write them into the key file: `acled: {username: …, password: …}`.",
              403: "This account may not read events; ACLED gives them to accounts of institutions. Counts by hand can be read in with --file."})
