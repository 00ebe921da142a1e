"""One indicator of one country over the years as a small drawing: a line where there are figures, a gap where there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Final

from safe_lib.widgets.drawing import number

WIDTH: Final = 240  # units
TOP, BOTTOM, BASE = 8, 56, 64
SIDE: Final = 4


def spark_svg(values: Mapping[int, float], title: str) -> str:
    """The drawing; nothing for fewer than two years, which a sentence says better.

    Args:
        values: year → value.
        title: what is drawn, in words.
    """
    if len(values) < 2:
        return ""
    first, last = min(values), max(values)
    places = {year: (_across(year, first, last), _up(value, values)) for year, value in sorted(values.items())}
    runs = runs_of(sorted(values))
    lines = "".join(f'<polyline class="ln" points="{_points([places[year] for year in run])}"/>' for run in runs if len(run) > 1)
    gaps = "".join(f'<polyline class="ln gap" points="{_points([places[one[-1]], places[other[0]]])}"/>' for one, other in pairwise(runs))
    alone = "".join(f'<circle class="dot" cx="{number(places[run[0]][0])}" cy="{number(places[run[0]][1])}" r="2.5"/>' for run in runs if len(run) == 1)
    x, y = places[last]
    return (
        f'<svg viewBox="0 0 {WIDTH} 78" role="img" aria-label="{escape(title)}" direction="ltr"><line class="ax" x1="0" y1="{BASE}" x2="{WIDTH}" y2="{BASE}"/>'
        f'{gaps}{lines}{alone}<circle class="dot" cx="{number(x)}" cy="{number(y)}" r="4"/>'
        f'<text x="2" y="76">{first}</text><text x="{WIDTH - 2}" y="76" text-anchor="end">{last}</text></svg>'
    )


def runs_of(years: Sequence[int]) -> list[list[int]]:
    """The years in runs without a gap.

    >>> runs_of([2016, 2017, 2020])
    [[2016, 2017], [2020]]
    """
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return runs


def _across(year: int, first: int, last: int) -> float:
    return SIDE + (WIDTH - 2 * SIDE) * (year - first) / (last - first)


def _up(value: float, values: Mapping[int, float]) -> float:
    low, high = min(values.values()), max(values.values())
    return (TOP + BOTTOM) / 2 if low == high else BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low)


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in places)
