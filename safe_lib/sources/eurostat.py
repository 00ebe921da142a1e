"""Eurostat, statistics API (JSON-stat 2.0): first-instance decisions on asylum, by citizenship.

An answer is one cube: `value` by position, row-major over the dimensions in the order of `id`, which may change; a
position that is missing is no data. The share of positive decisions is an outcome outside the country, never a figure
about it.

Source: https://ec.europa.eu/eurostat/web/user-guides/data-browser/api-data-access/api-getting-started/api
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import prod
from typing import Any, Final

from safe_lib.sources.answers import Shape, Word, number, refuse_markup, shaped
from safe_lib.sources.answers import year as year_of
from safe_lib.sources.service import Cell, Codes, Feed, Figures, Page, Place, Request, Series, Service, quoted

MOST: Final = 500_000  # cells that the service answers at once
TOTALS: Final = frozenset({"T", "TOTAL"})
ALL_DECISIONS: Final = "TOTAL"
POSITIVE: Final = "TOTAL_POS"
NEEDED: Final = ("citizen", "decision", "time")
SUMS: Final = frozenset({"TOTAL", "EXT_EU27_2020", "EU27_2020", "UNK", "STLS"})  # among citizenships


class Answer(Shape):
    """One cube."""

    id: list[str]
    size: list[int]
    dimension: dict[str, Any]
    value: Any
    updated: Word = ""


def series(feed: Feed, on: date, codes: Codes) -> tuple[Series, ...]:
    """One cube: all citizenships, the decisions of the European Union together."""
    name = str(feed.settings["dataset"])
    query = (("format", "JSON"), ("lang", "EN"), ("geo", "EU27_2020"), ("sex", "T"), ("age", "TOTAL"),
             ("decision", ALL_DECISIONS), ("decision", POSITIVE), ("sinceTimePeriod", str(feed.first)))
    return (Series(name, Request(f"/eurostat/api/dissemination/statistics/1.0/data/{name}", query)),)


def read(feed: Feed, one: Series, request: Request, answer: Any, codes: Codes) -> Page:
    """All decisions and the positive ones, by citizenship and year; `finish` makes the share of them."""
    place = Place("Eurostat", one.name)
    if isinstance(answer, dict) and ("error" in answer or "warning" in answer):
        raise place.refuse("the service answers with an error, or promises to deliver later.", "Ask for fewer years in the `refresh` part of the dataset.")
    said = shaped(Answer, answer, place)
    found, left_out = [], set()
    for where, value in _cells(said, place):
        if where["decision"] not in (ALL_DECISIONS, POSITIVE):
            continue
        iso3 = codes.by_iso2.get(where["citizen"], "")
        if not iso3:
            left_out.add(where["citizen"])
            continue
        found.append(Cell(iso3, where["decision"], _year(where["time"], place), value, ""))
    return Page(tuple(found), None, said.updated[:10], frozenset(left_out) - SUMS)


def _cells(said: Answer, place: Place) -> Iterator[tuple[Mapping[str, str], float]]:
    """Each value with its category in every dimension; of a dimension that is not needed, the total."""
    if len(said.id) != len(said.size) or not set(NEEDED) <= set(said.id) or not 0 < prod(said.size) <= MOST:
        raise place.refuse(f"the cube has not the dimensions {', '.join(NEEDED)}, or more than {MOST:,} cells.")
    names = [_categories(said, id, size, place) for id, size in zip(said.id, said.size, strict=True)]
    wanted = [_total(categories, id, place) for id, categories in zip(said.id, names, strict=True)]
    for position, raw in _values(said.value, place):
        if not 0 <= position < prod(said.size):
            raise place.refuse("there is a value outside the cube.")
        at = _unravelled(position, said.size)
        value = _number(raw, place)
        if value is not None and all(only is None or only == index for only, index in zip(wanted, at, strict=True)):
            yield {id: categories[index] for id, categories, index in zip(said.id, names, at, strict=True)}, value


def _categories(said: Answer, id: str, size: int, place: Place) -> Sequence[str]:
    about = said.dimension.get(id)
    category = about.get("category") if isinstance(about, dict) else None
    index: Any = category.get("index") if isinstance(category, dict) else None
    if isinstance(index, dict) and sorted(map(repr, index.values())) == sorted(map(repr, range(size))):
        places = index
        index = sorted(places, key=lambda name: int(places[name]))
    if not isinstance(index, list) or len(index) != size or not all(isinstance(name, str) for name in index):
        raise place.refuse(f"the categories of the dimension {quoted(id)} do not fit its size.")
    refuse_markup({id: index}, place, 1)
    return index


def _total(categories: Sequence[str], id: str, place: Place) -> int | None:
    """Which category of a dimension is read; None: all of them."""
    if id in NEEDED or len(categories) == 1:
        return None
    totals = [index for index, name in enumerate(categories) if name in TOTALS]
    if len(totals) != 1:
        raise place.refuse(f"the dimension {quoted(id)} divides the values in a way that is not known here.")
    return totals[0]


def _values(value: Any, place: Place) -> Iterator[tuple[int, Any]]:
    if isinstance(value, dict) and all(key.isascii() and key.isdigit() and len(key) < 9 for key in value):
        return ((int(key), raw) for key, raw in value.items())
    if isinstance(value, list):
        return enumerate(value)
    raise place.refuse("the values are not a list by position.")


def _unravelled(position: int, size: Sequence[int]) -> tuple[int, ...]:
    """The index in each dimension, the last one running fastest."""
    found = []
    for length in reversed(size):
        position, index = divmod(position, length)
        found.append(index)
    return tuple(reversed(found))


def _number(raw: Any, place: Place) -> float | None:
    try:
        return number(raw)
    except ValueError:
        raise place.refuse("a value is not a number.") from None


def _year(text: str, place: Place) -> int:
    try:
        return year_of(text)
    except ValueError:
        raise place.refuse(f"{quoted(text)} is not a year.") from None


def finish(figures: Figures, feed: Feed, population: Figures) -> Figures:
    """The share of positive decisions, in %, where there were enough decisions to speak of."""
    fewest = float(feed.settings.get("fewest_decisions", 100))
    (outcome,) = feed.codes
    return {(iso3, outcome, year): 100 * figures.get((iso3, POSITIVE, year), 0.0) / total
            for (iso3, decision, year), total in figures.items()
            if decision == ALL_DECISIONS and total >= fewest and (iso3, POSITIVE, year) in figures}


SERVICE: Final = Service(
    "eurostat", "Eurostat", "https://ec.europa.eu", series, read, finish=finish, kind="outcomes",
    refusals={413: "Eurostat finds the extraction too big. Ask for fewer years in the `refresh` part of the dataset."})
