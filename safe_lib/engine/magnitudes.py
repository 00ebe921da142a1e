"""Sums of amounts, such as hours or awards: withheld where one or two of those who contributed could be worked out.

A sum is withheld where too few contributed, where the largest of them make nearly all of it (dominance), or where the second
largest could estimate the largest too closely (p percent). What else is withheld is solved over all margins together.
Source: Hundepool et al., Statistical Disclosure Control (2012), sections 4.2.1 and 4.3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from safe_lib.engine.disclosure import every_cell, margins_of, possible, rounded
from safe_lib.engine.protecting import Need, Sum, protect
from safe_lib.model.findings import TOTAL, Dimension, Key, Released, ReleasedTable, Rules, Suppressed, Tally

_MARGIN: Final = 3.0  # as for counts: a margin costs as much as so many cells


@dataclass(frozen=True, slots=True)
class Dominance:
    """How much of a sum may come from few."""

    largest: int = 2  # contributors ...
    share: int = 80  # percent of the sum that they may make at most
    closest: int = 10  # percent within which nobody may estimate another's part


def dominated(parts: Sequence[float], rule: Dominance) -> bool:
    """Whether the largest make more than their share.

    >>> dominated([80, 5, 5, 5, 5], Dominance()), dominated([30, 30, 20, 20], Dominance())
    (True, False)
    """
    return 100 * sum(sorted(parts, reverse=True)[:rule.largest]) > rule.share * sum(parts)


def estimated(parts: Sequence[float], rule: Dominance) -> bool:
    """Whether the second largest could estimate the largest within so many percent.

    >>> estimated([100, 50, 4], Dominance()), estimated([100, 50, 30], Dominance())
    (True, False)
    """
    ordered = sorted(parts, reverse=True)
    return bool(ordered) and 100 * sum(ordered[2:]) < rule.closest * ordered[0]


def doubt(parts: Sequence[float], rule: Dominance) -> float:
    """How far above the true sum whoever attacks must think it possible: what is missing for either rule, at least 1."""
    ordered, whole = sorted(parts, reverse=True), sum(parts)
    by_share = 100 * sum(ordered[:rule.largest]) / rule.share - whole
    by_estimate = rule.closest * ordered[0] / 100 - sum(ordered[2:])
    return max(by_share, by_estimate, 1.0)


def release_sums(dimensions: tuple[Dimension, ...], parts: Mapping[Key, Sequence[float]], rules: Rules, rule: Dominance | None = None) -> ReleasedTable:
    """A table of sums as it may leave.

    Args:
        parts: by combination, what each person contributed; whole numbers above zero.
    """
    rule = rule or Dominance()
    shape = Tally(dimensions, {})
    base, gathered = possible(shape), _gathered(shape, parts)
    number = {key: at for at, key in enumerate(base)}
    keys, sums, needs = list(gathered), list[Sum](), list[Need]()
    for key in keys:
        atoms = tuple(number[one] for one in base if key in margins_of(one))
        value, given = sum(gathered[key]), gathered[key]
        unsafe = bool(given) and (len(given) < rules.smallest or dominated(given, rule) or estimated(given, rule))
        sums.append(Sum(atoms, value, "hidden" if unsafe else "open", 1.0 + _MARGIN * key.count(TOTAL)))
        if unsafe:
            needs.append(Need(atoms, value, value + doubt(given, rule), doubt(given, rule)))
    hidden = {keys[at] for at in protect(sums, needs, len(base))}
    cells = {key: Suppressed() if key in hidden else Released(rounded(round(sum(gathered[key])), rules.base)) for key in keys}
    return ReleasedTable(dimensions, cells, rules)


def _gathered(shape: Tally, parts: Mapping[Key, Sequence[float]]) -> dict[Key, list[float]]:
    found: dict[Key, list[float]] = {key: [] for key in every_cell(shape)}
    for key, given in parts.items():
        for margin in margins_of(key):
            found[margin] += given
    return found
