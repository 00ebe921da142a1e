"""How far the figures agree with what was counted outside: topic positions beside outcomes, as rank correlations.

It is about the figures, not about a country and never about a person. Nothing is added up to one number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from safe_lib.engine.country import topics
from safe_lib.engine.rank_correlation import CONFIDENCE, RankCorrelation, rank_correlation
from safe_lib.model.country import Country, Figure

PART: Final = "part"  # the outcome is itself an indicator of the topic
SOURCE: Final = "source"  # figures of the same source are in the topic
CLEAR: Final = 0.4  # rank correlation; below, an agreement is called weak (a convention of this project)
SIGNS: Final = {"higher_is_riskier": -1, "higher_is_safer": 1}  # position 1 is safest


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something that was counted, by country; the newest value of each."""

    id: str
    source: str  # of a dataset, or as who brought it names it
    values: Mapping[str, tuple[int, float]]  # country → year and value
    direction: str = ""  # higher_is_safer | higher_is_riskier; empty: nobody said
    indicators: frozenset[str] = frozenset()  # the figures that say the same; they are left out of the topic first


@dataclass(frozen=True, slots=True)
class Comparison:
    """One topic beside one outcome."""

    topic: str
    outcome: str
    source: str
    agreement: RankCorrelation
    expected: int  # -1 | 1: the sign if both measure the same; 0: nobody said
    circular: str  # part | source | empty
    position_years: tuple[int, int] | None
    outcome_years: tuple[int, int] | None

    @property
    def reading(self) -> str:
        """`agrees`, `weakly`, `contradicts`, or `open` where the interval holds zero or no sign is expected."""
        rho, low, high = self.agreement.rho, self.agreement.low, self.agreement.high
        if rho is None or low is None or high is None or not self.expected or low <= 0 <= high:
            return "open"
        if (rho > 0) != (self.expected > 0):
            return "contradicts"
        return "agrees" if abs(rho) >= CLEAR else "weakly"


def compare(countries: Sequence[Country], outcomes: Iterable[Outcome]) -> tuple[Comparison, ...]:
    """Every topic that gives positions beside every outcome.

    Args:
        countries: with their figures.
        outcomes: see `Outcome`; countries that are not among `countries` are passed over.

    Returns:
        Topics in the order of the figures, outcomes in theirs. The position of a topic is worked out anew without the
        indicators that say the same as the outcome.
    """
    found: list[Comparison] = []
    for outcome in outcomes:
        places = {country.iso3: topics(_without(country, outcome.indicators)) for country in countries}
        for topic in _topics(countries):
            found.append(_compared(topic, outcome, countries, places))
    order = {topic: number for number, topic in enumerate(_topics(countries))}
    return tuple(sorted(found, key=lambda one: order[one.topic]))


def _without(country: Country, indicators: frozenset[str]) -> Country:
    return replace(country, figures={id: figure for id, figure in country.figures.items() if id not in indicators}) if indicators else country


def _topics(countries: Sequence[Country]) -> list[str]:
    """The topics in which countries have positions; one of neutral figures has none."""
    return list(dict.fromkeys(figure.topic for country in countries for figure in country.figures.values() if figure.position is not None))


def _compared(topic: str, outcome: Outcome, countries: Sequence[Country], places: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Comparison:
    both = [(country, places[country.iso3].get(topic, {})) for country in countries if country.iso3 in outcome.values]
    used = [(country, place) for country, place in both if place.get("position") is not None]
    pairs = [(float(place["position"]), outcome.values[country.iso3][1]) for country, place in used]
    years = [outcome.values[country.iso3][0] for country, _ in used]
    oldest, newest = [place["oldest"] for _, place in used], [place["newest"] for _, place in used]
    return Comparison(
        topic, outcome.id, outcome.source, rank_correlation(pairs), SIGNS.get(outcome.direction, 0), _circular(topic, outcome, countries),
        (min(oldest), max(newest)) if used else None, (min(years), max(years)) if used else None)


def _circular(topic: str, outcome: Outcome, countries: Sequence[Country]) -> str:
    figures = countries[0].figures.values() if countries else ()
    of_topic = [figure for figure in figures if figure.topic == topic]
    if any(figure.id in outcome.indicators for figure in of_topic):
        return PART
    return SOURCE if any(figure.source == outcome.source for figure in of_topic) else ""


def outcomes_inside(countries: Sequence[Country], described: Mapping[str, tuple[str, ...]]) -> tuple[Outcome, ...]:
    """Outcomes that are among the figures already: no outside proof, but a first look.

    Args:
        countries: with their figures.
        described: indicator → the others that say the same, such as the count behind a rate.
    """
    found = []
    for id, others in described.items():
        figures = {country.iso3: figure for country in countries if (figure := country.figures.get(id)) is not None and figure.value is not None}
        if figures:
            found.append(_outcome_of(id, figures, frozenset({id, *others})))
    return tuple(found)


def _outcome_of(id: str, figures: Mapping[str, Figure], same: frozenset[str]) -> Outcome:
    one = next(iter(figures.values()))
    values = {iso3: (figure.year or 0, figure.value or 0.0) for iso3, figure in figures.items()}
    return Outcome(id, one.source, values, _direction(figures), same)


def _direction(figures: Mapping[str, Figure]) -> str:
    """Which end of an indicator is safer, as its positions show it: they fall where more of it is riskier."""
    placed = sorted((figure.value or 0.0, figure.position) for figure in figures.values() if figure.position is not None)
    if not placed or placed[0][1] == placed[-1][1]:
        return ""
    return "higher_is_safer" if placed[0][1] < placed[-1][1] else "higher_is_riskier"


def as_data(found: Sequence[Comparison]) -> dict[str, Any]:
    """The JSON of a comparison."""
    return {"confidence": CONFIDENCE, "method": "Spearman's rank correlation; interval by Fisher's z with the variance of Bonett and Wright (2000)",
            "comparisons": [_line(one) for one in found]}


def _line(one: Comparison) -> dict[str, Any]:
    rho, low, high = (None if number is None else round(number, 4) for number in (one.agreement.rho, one.agreement.low, one.agreement.high))
    return {"topic": one.topic, "outcome": one.outcome, "source": one.source, "n": one.agreement.n, "rho": rho, "low": low, "high": high,
            "expected": one.expected, "reading": one.reading, "circular": one.circular or None,
            "position_years": list(one.position_years) if one.position_years else None,
            "outcome_years": list(one.outcome_years) if one.outcome_years else None}
