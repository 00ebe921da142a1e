"""What a positive or negative screen means where few or many are concerned: predictive values from sensitivity, specificity and base rate.

Each of the three is a range, with where it comes from; the results are ranges too. Both predictive values rise or fall with
each of the three, so their ends lie where all three are at theirs. It says nothing about any person.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

from safe_lib.model.errors import WrongUse

Z: Final = 1.959964  # of a 95 percent interval


@dataclass(frozen=True, slots=True)
class Rate:
    """A share from 0 to 1: lowest, best guess, highest, and where it comes from."""

    low: float
    point: float
    high: float
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        if not 0 <= self.low <= self.point <= self.high <= 1:
            raise WrongUse("rate: it lies between 0 and 100 percent, the lowest first.")


@dataclass(frozen=True, slots=True)
class Predicted:
    """What follows: of those who screen positive or negative, which share is concerned or not; and counts among so many people."""

    ppv: Rate
    npv: Rate
    among: int
    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int


def of_count(part: int, whole: int, source: str = "") -> Rate:
    """A share with its 95 percent interval (Wilson 1927), which holds for small numbers and near 0 and 1 too.

    >>> rate = of_count(13, 15)
    >>> round(rate.low, 2), round(rate.point, 2), round(rate.high, 2)
    (0.62, 0.87, 0.96)
    """
    if not 0 <= part <= whole or not whole:
        raise WrongUse("rate: a count of so many, such as 13 of 15.")
    share = part / whole
    middle = (share + Z * Z / (2 * whole)) / (1 + Z * Z / whole)
    half = Z * sqrt(share * (1 - share) / whole + Z * Z / (4 * whole * whole)) / (1 + Z * Z / whole)
    return Rate(max(0.0, min(middle - half, share)), share, min(1.0, max(middle + half, share)), source)


def predicted(sensitivity: Rate, specificity: Rate, base: Rate, among: int = 1000) -> Predicted:
    """Predictive values, and natural frequencies at the best guesses.

    >>> found = predicted(Rate(1, 1, 1), Rate(0.61, 0.61, 0.61), Rate(0.014, 0.014, 0.014))
    >>> round(100 * found.ppv.point, 1), found.true_positive, found.false_positive
    (3.5, 14, 385)
    """
    concerned = round(among * base.point)
    found, cleared = round(concerned * sensitivity.point), round((among - concerned) * specificity.point)
    return Predicted(
        Rate(_ppv(sensitivity.low, specificity.low, base.low), _ppv(sensitivity.point, specificity.point, base.point),
             _ppv(sensitivity.high, specificity.high, base.high)),
        Rate(_npv(sensitivity.low, specificity.low, base.high), _npv(sensitivity.point, specificity.point, base.point),
             _npv(sensitivity.high, specificity.high, base.low)),
        among, found, among - concerned - cleared, concerned - found, cleared)


def _ppv(sensitivity: float, specificity: float, base: float) -> float:
    positive = sensitivity * base + (1 - specificity) * (1 - base)
    return sensitivity * base / positive if positive else 0.0


def _npv(sensitivity: float, specificity: float, base: float) -> float:
    negative = specificity * (1 - base) + (1 - sensitivity) * base
    return specificity * (1 - base) / negative if negative else 0.0
