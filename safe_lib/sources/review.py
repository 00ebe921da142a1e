"""Looks at a new edition beside the old one before it may take its place.

What cannot be meant stops it for good: a value outside its scale, a year that is still to come. What may be meant but is
unlikely stops it until a person has looked: many countries lost, an indicator gone, values of another size or order,
figures older than before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from safe_lib.engine.rank_correlation import rank_correlation
from safe_lib.sources.service import Figures, listed

LOST_SHARE: Final = 0.10  # of the countries; more than this is looked at by a person
LOST_FEW: Final = 3  # countries; so many may be lost in any dataset
CHANGED_BY: Final = 0.25  # of a value
CHANGED_SHARE: Final = 0.5  # of the values of both editions
FEWEST_COMPARED: Final = 20  # values or countries; below, shares say nothing
LEAST_AGREEMENT: Final = 0.8  # rank correlation of the newest values, new with old


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between two editions of one indicator."""

    indicator: str
    countries_before: int
    countries: int
    newest_before: int | None
    newest: int | None
    added: int  # values of countries and years that were not there
    removed: int
    changed: int
    lost: tuple[str, ...]  # countries without any value now

    @property
    def is_none(self) -> bool:
        """The two editions say the same."""
        return not (self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class Review:
    """What was seen: the changes, what stops the new edition for good, and what a person may accept."""

    changes: tuple[Change, ...]
    impossible: tuple[str, ...] = ()
    unlikely: tuple[str, ...] = ()


def review(old: Figures, new: Figures, scales: Mapping[str, Mapping[str, Any]], this_year: int) -> Review:
    """Compare a new edition with the old one.

    Args:
        old: what is here; empty where nothing is.
        new: what was read.
        scales: indicator → `min` and `max` that a value can have; one may be missing.
        this_year: no value can be of a later year.
    """
    indicators = sorted({indicator for _, indicator, _ in (*old, *new)})
    parts = {indicator: (_of(old, indicator), _of(new, indicator)) for indicator in indicators}
    impossible = [problem for indicator, (_, now) in parts.items() for problem in _impossible(indicator, now, scales.get(indicator, {}), this_year)]
    unlikely = [problem for indicator, (before, now) in parts.items() if before for problem in _unlikely(indicator, before, now)]
    return Review(tuple(_change(indicator, *both) for indicator, both in parts.items()), tuple(impossible), tuple(unlikely))


Values = Mapping[tuple[str, int], float]  # country and year → value of one indicator


def _of(figures: Figures, indicator: str) -> Values:
    return {(iso3, year): value for (iso3, id, year), value in figures.items() if id == indicator}


def _change(indicator: str, before: Values, now: Values) -> Change:
    had, has = {iso3 for iso3, _ in before}, {iso3 for iso3, _ in now}
    return Change(
        indicator, len(had), len(has), _newest_year(before), _newest_year(now), len(now.keys() - before.keys()), len(before.keys() - now.keys()),
        sum(before[key] != now[key] for key in before.keys() & now.keys()), tuple(sorted(had - has)))


def _newest_year(values: Values) -> int | None:
    return max((year for _, year in values), default=None)


def _impossible(indicator: str, now: Values, scale: Mapping[str, Any], this_year: int) -> list[str]:
    found = []
    low, high = (float(scale[end]) if scale.get(end) not in (None, "") else None for end in ("min", "max"))
    outside = sorted(key for key, value in now.items() if (low is not None and value < low) or (high is not None and value > high))
    if outside:
        iso3, year = outside[0]
        found.append(f"{indicator} of {iso3} in {year} is {now[iso3, year]:g}, outside its scale of {_ends(low, high)} ({len(outside)} such values)")
    if later := sorted({year for _, year in now if year > this_year}):
        found.append(f"{indicator} has values of {later[0]}, a year that is still to come")
    return found


def _ends(low: float | None, high: float | None) -> str:
    return " to ".join("any" if end is None else f"{end:g}" for end in (low, high))


def _unlikely(indicator: str, before: Values, now: Values) -> list[str]:
    if not now:
        return [f"{indicator} has no values any more"]
    found = []
    change = _change(indicator, before, now)
    if len(change.lost) > max(LOST_FEW, LOST_SHARE * change.countries_before):
        found.append(f"{indicator} has lost {len(change.lost)} of {change.countries_before} countries ({listed(change.lost)})")
    if (_newest_year(now) or 0) < (_newest_year(before) or 0):
        found.append(f"{indicator} ends in {_newest_year(now)}; the edition that is here goes to {_newest_year(before)}")
    if (share := _changed_share(before, now)) > CHANGED_SHARE:
        found.append(f"{indicator}: {share:.0%} of the values have changed by more than a quarter; unit or method may be another")
    if (rho := _agreement(before, now)) is not None and rho < LEAST_AGREEMENT:
        found.append(f"{indicator}: countries stand in another order than before (rank correlation {rho:.2f})")
    return found


def _changed_share(before: Values, now: Values) -> float:
    both = before.keys() & now.keys()
    if len(both) < FEWEST_COMPARED:
        return 0.0
    return sum(abs(now[key] - before[key]) > CHANGED_BY * max(abs(before[key]), abs(now[key])) for key in both) / len(both)


def _agreement(before: Values, now: Values) -> float | None:
    """How far the newest values of the two editions put the countries in the same order."""
    had, has = _newest_values(before), _newest_values(now)
    both = sorted(had.keys() & has.keys())
    return rank_correlation([(had[iso3], has[iso3]) for iso3 in both]).rho if len(both) >= FEWEST_COMPARED else None


def _newest_values(values: Values) -> dict[str, float]:
    return {iso3: values[iso3, year] for iso3, year in sorted(values)}  # later years stand over earlier ones
