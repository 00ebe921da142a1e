"""From the rows that were read to the values that are kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from safe_lib.model.errors import SourceError
from safe_lib.sources.service import Cell, Feed, Figures

DIGITS: Final = 6  # that count; more say nothing about a country and fill the file
POPULATION: Final = "population"


def added_up(dataset: str, cells: Iterable[Cell]) -> dict[tuple[str, str, int], float]:
    """The values by country, indicator and year; several rows of one are added up, the same row twice counts once.

    Raises:
        SourceError: the same row came twice with two values, so the list moved while it was read or a part of it
            (by sex, age, residence) is not known here.
    """
    seen: dict[tuple[str, str, int, str], float] = {}
    found: dict[tuple[str, str, int], float] = {}
    for iso3, indicator, year, value, row in cells:
        before = seen.setdefault((iso3, indicator, year, row), value)
        if before != value:
            raise SourceError(dataset, 0, f"{indicator} of {iso3} in {year} came twice, as {before:g} and as {value:g}.",
                              repair="Run the command again. If it stays so, the publisher divides its rows in a new way; tell who looks after the program.")
    for (iso3, indicator, year, _), value in seen.items():
        found[iso3, indicator, year] = found.get((iso3, indicator, year), 0.0) + value
    return found


def with_rates(figures: Figures, feed: Feed, population: Figures) -> Figures:
    """The values and, beside each count that has a rate, the count per so many inhabitants of the same year.

    Where the population of that year is not known there is no rate.
    """
    rates = {rate: (about["of"], float(about["per"])) for rate, about in feed.settings.get("rates", {}).items()}
    made = {(iso3, rate, year): value / population[iso3, POPULATION, year] * per
            for (iso3, indicator, year), value in figures.items()
            for rate, (of, per) in rates.items() if indicator == of and population.get((iso3, POPULATION, year))}
    return {**figures, **made}


def shortened(figures: Figures) -> Figures:
    """The values with as many digits as are kept."""
    return {key: float(f"{value:.{DIGITS}g}") for key, value in figures.items()}
