"""ReliefWeb, API version 2: titles and links of reports on trafficking in persons, as hints for reading.

Only titles, dates, publishers and links are asked for and kept; rights in the texts stay with each publisher. The search
words are those of the theme, the same for everybody. The name of the application must be approved beforehand.

Source: https://apidoc.reliefweb.int
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from safe_lib.sources.answers import Shape, Whole, Word, rows, shaped
from safe_lib.sources.service import Codes, Dressing, Feed, Hint, Keys, Page, Place, Request, Series, Service, quoted

LIMIT: Final = 1_000  # the most there may be
LARGEST_COUNTRIES: Final = 5  # a report on more countries tells little about each
WEBSITE: Final = "reliefweb.int"
FIELDS: Final = ("title", "date.original", "source.shortname", "country.iso3", "url")

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class Answer(Shape):
    """One page."""

    totalCount: Whole
    data: Any


class Named(Shape):
    """A publisher or a country."""

    shortname: Word = ""
    name: Word = ""
    iso3: Word = ""


class Dated(Shape):
    """When the report was published."""

    original: Word = ""


class Fields(Shape):
    """What is asked of one report; what it has not is simply not there."""

    title: Word = ""
    url: Word = ""
    date: Dated = Dated()
    source: list[Named] = []
    country: list[Named] = []


class Row(Shape):
    """One report."""

    fields_: Fields

    model_config = {"alias_generator": lambda name: name.rstrip("_")}


def series(feed: Feed, on: date, codes: Codes) -> tuple[Series, ...]:
    """One list, all countries at once, newest first."""
    return (Series("reports", _request(feed, on - timedelta(days=365 * int(feed.settings.get("years", 2))), 0)),)


def _request(feed: Feed, since: date, offset: int) -> Request:
    body = {
        "query": {"value": str(feed.settings["words"]), "operator": "OR", "fields": ["title^3", "body"]},
        "filter": {"operator": "AND", "conditions": [
            {"field": "date.original", "value": {"from": f"{since.isoformat()}T00:00:00+00:00"}},
            {"field": "language.code", "value": list(feed.settings.get("languages", ["en"])), "operator": "OR"}]},
        "fields": {"include": list(FIELDS)}, "sort": ["date.original:desc"], "limit": LIMIT, "offset": offset,
    }
    return Request("/v2/reports", body=json.dumps(body, separators=(",", ":")))


def read(feed: Feed, one: Series, request: Request, answer: Any, codes: Codes) -> Page:
    """The reports on one page, once for each country they are about."""
    asked = json.loads(request.body)
    place = Place("ReliefWeb", one.name, asked["offset"] // LIMIT + 1)
    said = shaped(Answer, answer, place)
    listed = rows(Row, said.data, place, LIMIT)
    found, left_out = [], set()
    for row in listed:
        about = {country.iso3.upper() for country in row.fields_.country}
        left_out |= about - codes.iso3
        if len(about) <= LARGEST_COUNTRIES:
            found += [_hint(iso3, row.fields_, place) for iso3 in sorted(about & codes.iso3) if row.fields_.title and row.fields_.url]
    offset = asked["offset"] + LIMIT
    more = offset < said.totalCount and bool(listed)
    following = Request(request.path, body=json.dumps({**asked, "offset": offset}, separators=(",", ":"))) if more else None
    return Page(tuple(found), following, left_out=frozenset(left_out))


def _hint(iso3: str, fields: Fields, place: Place) -> Hint:
    link = urlsplit(fields.url)
    if link.scheme != "https" or link.hostname != WEBSITE or '"' in fields.url or link.username:
        raise place.refuse(f"a link leads to {quoted(link.hostname or fields.url)} instead of {WEBSITE}.")
    day = fields.date.original[:10]
    publisher = next((source.shortname or source.name for source in fields.source), "")
    return Hint(iso3, day if _DAY.fullmatch(day) else "", " ".join(fields.title.split())[:300], publisher[:100], fields.url)


def dress(request: Request, keys: Keys) -> Dressing:
    """The approved name of the application."""
    name = keys.of("reliefweb", "appname")
    return Dressing(query=(("appname", name),) if name else ())


_APPROVAL: Final = ("ReliefWeb wants the name of an application it has approved (form on apidoc.reliefweb.int). "
                    "Write it into the key file: `reliefweb: {appname: …}`.")

SERVICE: Final = Service(
    "reliefweb", "ReliefWeb", "https://api.reliefweb.int", series, read, dress, kind="reading", gap=2.0,
    refusals={400: _APPROVAL, 403: _APPROVAL, 410: "This version of the service has ended. Tell who looks after the program."})
