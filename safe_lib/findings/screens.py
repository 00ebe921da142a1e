"""Published figures of screening tools, and what a team types: shares as a number, a range, or a count of so many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from safe_lib.engine.base_rates import Predicted, Rate, of_count, predicted
from safe_lib.model.errors import WrongUse

_NUMBER: Final = r"\s*(\d{1,3}(?:[.,]\d{1,3})?)\s*%?\s*"
_RANGE: Final = re.compile(rf"{_NUMBER}(?:(?:-|–|to|tot){_NUMBER})?")
_COUNT: Final = re.compile(r"\s*(\d{1,7})\s*(?:/|of|van)\s*(\d{1,7})\s*")


@dataclass(frozen=True, slots=True)
class Screen:
    """One screening tool as it was published."""

    id: str
    title: str
    sensitivity: Rate
    specificity: Rate
    base: Rate | None
    source: str
    status: str


@lru_cache(maxsize=1)
def screens() -> Mapping[str, Screen]:
    """Those whose figures are known, by id."""
    import yaml

    read: Mapping[str, Any] = yaml.load((files("safe_lib.findings") / "screening.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {id: Screen(id, said["title"], _rate(said["sensitivity"], said["source"]), _rate(said["specificity"], said["source"]),
                       _rate(said["base"], said["source"]) if "base" in said else None, said["source"], said["status"])
            for id, said in read["tools"].items()}


def _rate(said: Mapping[str, float], source: str) -> Rate:
    if "of" in said:
        return of_count(int(said["part"]), int(said["of"]), source)
    share = float(said["percent"]) / 100
    return Rate(share, share, share, source)


def rate(words: str, source: str = "") -> Rate:
    """A share from `86.7`, `80-95` or `13 of 15`; the middle of a range is taken as the best guess.

    Raises:
        WrongUse: it is not written so.

    >>> rate("80-90").point, rate("13/15").point > 0.86
    (0.85, True)
    """
    if found := _COUNT.fullmatch(words):
        return of_count(int(found[1]), int(found[2]), source)
    if (found := _RANGE.fullmatch(words)) is None:
        raise WrongUse("rate: write percent as 86.7 or 80-95, or a count as 13 of 15.")
    low = float(found[1].replace(",", ".")) / 100
    high = float(found[2].replace(",", ".")) / 100 if found[2] else low
    return Rate(low, round((low + high) / 2, 6), high, source)


def screened(sensitivity: str, specificity: str, base: str, source: str = "") -> Predicted:
    """What follows from what a team types."""
    return predicted(rate(sensitivity, source), rate(specificity, source), rate(base, source))
