"""How far two orders of the same countries agree: Spearman's rank correlation, and how sure one may be of it.

It says nothing about causes, and nothing about one country.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import atanh, sqrt, tanh
from statistics import NormalDist
from typing import Final

FEWEST: Final = 10  # pairs; below, an interval is wider than what it could tell
CONFIDENCE: Final = 0.95
EXACT: Final = 1 - 1e-12  # from here on the two orders are the same, but for the rounding of the machine


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """`rho` from -1 (opposite orders) to 1 (the same order), with its interval; None where it cannot be told."""

    n: int  # pairs
    rho: float | None
    low: float | None = None
    high: float | None = None


def rank_correlation(pairs: Sequence[tuple[float, float]], confidence: float = CONFIDENCE) -> RankCorrelation:
    """Spearman's rank correlation of pairs, with an interval that needs no resampling.

    Equal values share the mean of their ranks. The interval is that of Fisher's z with the variance
    (1 + rho² / 2) / (n - 3), which keeps its promise for rho up to about 0.95 and n of 10 and more.

    Args:
        pairs: two values of each country.
        confidence: share of such intervals that hold the true correlation.

    Returns:
        Without rho for fewer than ten pairs, or where one of the two is the same for all; without an interval where
        the two orders are exactly the same or exactly opposite.

    Source:
        C. Spearman (1904), American Journal of Psychology 15, 72-101. D. G. Bonett and T. A. Wright (2000), Sample size
        requirements for estimating Pearson, Kendall and Spearman correlations, Psychometrika 65, 23-28.
    """
    n = len(pairs)
    if n < FEWEST:
        return RankCorrelation(n, None)
    first, second = ranks([pair[0] for pair in pairs]), ranks([pair[1] for pair in pairs])
    rho = _correlation(first, second)
    if rho is None or abs(rho) > EXACT:
        return RankCorrelation(n, rho)
    half = NormalDist().inv_cdf((1 + confidence) / 2) * sqrt((1 + rho * rho / 2) / (n - 3))
    return RankCorrelation(n, rho, tanh(atanh(rho) - half), tanh(atanh(rho) + half))


def ranks(values: Sequence[float]) -> list[float]:
    """The rank of each value from 1, the lowest; equal values share the mean of their ranks."""
    found = [0.0] * len(values)
    before = 0
    for _, equal in groupby(sorted(range(len(values)), key=lambda place: values[place]), key=lambda place: values[place]):
        places = list(equal)
        for place in places:
            found[place] = before + (len(places) + 1) / 2
        before += len(places)
    return found


def _correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    middle = (len(first) + 1) / 2  # of ranks, shared or not
    together = sum((one - middle) * (other - middle) for one, other in zip(first, second, strict=True))
    own, others = sum((one - middle) ** 2 for one in first), sum((other - middle) ** 2 for other in second)
    if not own or not others:
        return None
    return max(-1.0, min(1.0, together / sqrt(own * others)))
