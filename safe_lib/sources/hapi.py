"""HDX Humanitarian API: dimensions of the INFORM risk index, by country.

Every call names the application and a contact address; without one the service answers 403. There is no total, so pages
are read as long as they are full.

Source: https://hdx-hapi.readthedocs.io
"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import date
from typing import Any, Final

from safe_lib.sources.answers import Number, Shape, Word, rows, shaped
from safe_lib.sources.answers import year as year_of
from safe_lib.sources.service import Cell, Codes, Dressing, Feed, Keys, Page, Place, Request, Series, Service, quoted

LIMIT: Final = 10_000  # the most there may be
APPLICATION: Final = "SAFE-Workbooks"

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class Answer(Shape):
    """One page."""

    data: Any


class Row(Shape):
    """The risk of one country in one period. The overall index is not read."""

    location_code: Word
    vulnerability_risk: Number
    coping_capacity_risk: Number
    hazard_exposure_risk: Number = None
    reference_period_start: Word


def series(feed: Feed, on: date, codes: Codes) -> tuple[Series, ...]:
    """One list, all countries at once."""
    name = str(feed.settings["list"])
    return (Series(name, Request(f"/api/v2/{name}", (("output_format", "json"), ("limit", str(LIMIT)), ("offset", "0")))),)


def read(feed: Feed, one: Series, request: Request, answer: Any, codes: Codes) -> Page:
    """The dimensions on one page, by country and year."""
    offset = int(dict(request.query)["offset"])
    place = Place("HDX HAPI", one.name, offset // LIMIT + 1)
    for field in feed.codes.values():
        if field not in Row.model_fields:
            raise place.refuse(f"{quoted(field)} is not a field of this list.", "Correct the `refresh` part of the dataset.")
    listed = rows(Row, shaped(Answer, answer, place).data, place, LIMIT)
    found, left_out = [], set()
    for row in listed:
        if row.location_code not in codes.iso3:
            left_out.add(row.location_code)
            continue
        year = _year(row.reference_period_start, place)
        values = ((indicator, getattr(row, field)) for indicator, field in feed.codes.items())
        found += [Cell(row.location_code, indicator, year, value, "") for indicator, value in values if value is not None]
    following = Request(request.path, (*request.query[:-1], ("offset", str(offset + LIMIT))))
    return Page(tuple(found), following if len(listed) == LIMIT else None, left_out=frozenset(left_out))


def _year(day: str, place: Place) -> int:
    try:
        if not _DAY.match(day):
            raise ValueError
        return year_of(day[:4])
    except ValueError:
        raise place.refuse(f"{quoted(day)} is not the first day of a period.") from None


def dress(request: Request, keys: Keys) -> Dressing:
    """Who asks, in the form of the service; no secret, but kept nowhere either."""
    if not keys.contact:
        return Dressing()
    return Dressing(query=(("app_identifier", b64encode(f"{APPLICATION}:{keys.contact}".encode()).decode()),))


SERVICE: Final = Service(
    "hapi", "HDX HAPI", "https://hapi.humdata.org", series, read, dress,
    refusals={403: "HDX HAPI wants to know who asks. Write a mail address into the key file: `contact: desk@shelter.example`."})
