"""Disclosure control: from persons counted to a table that exposes nobody.

Order (rules D1 to D4 and D9): small groups, and groups that all share one property, are withheld; then as many other cells
as it takes so that none of them can be worked out from any margin or from an earlier release; then everything is rounded.
Rounding is of each number for itself, totals too, so tables may not add up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, product
from typing import Final

from safe_lib.engine.protecting import Between, Need, Sum, bounds, protect
from safe_lib.model.errors import WrongUse
from safe_lib.model.findings import TOTAL, Key, Released, ReleasedTable, Remembered, Rules, Shown, Suppressed, Tally

MOST_DIMENSIONS: Final = 3
PERCENT_FROM: Final = 20  # persons; percentages of fewer say nothing (rule D6)
_MARGIN: Final = 3.0  # a margin counts as so many cells for each dimension it adds up: totals are what readers come for
_PARTNER: Final = 0.1  # among equally many cells, those in line with a small one are chosen small (rule D3) ...
_PERSONS: Final = 0.01  # ... and then as few persons as possible are withheld


def release(tally: Tally, rules: Rules, earlier: Sequence[Remembered] = (), places: Mapping[str, Key] | None = None) -> ReleasedTable:
    """A table as it may leave.

    Args:
        earlier: releases over some of the same persons; what is shown must not let anything be worked out together with them.
        places: where each person is counted; needed with `earlier`.

    Raises:
        WrongUse: too many dimensions or cells, or no choice of cells protects everybody.
    """
    hidden = withhold(tally, rules, earlier, places)
    cells = {key: _shown(value, key in hidden, rules) for key, value in every_cell(tally).items()}
    return ReleasedTable(tally.dimensions, cells, rules)


def _shown(value: int, hidden: bool, rules: Rules) -> Shown:
    return Suppressed() if hidden else Released(rounded(value, rules.base))


def rounded(value: int, base: int) -> int:
    """The nearest multiple; a half goes up.

    >>> rounded(12, 5), rounded(63, 5)
    (10, 65)
    """
    return base * ((2 * value + base) // (2 * base))


def percent(part: Shown, of: Shown) -> int | None:
    """A percentage of rounded numbers; None where one of them is withheld or there are too few persons (rule D6)."""
    if isinstance(part, Suppressed) or isinstance(of, Suppressed) or of.number < PERCENT_FROM:
        return None
    return round(100 * part.number / of.number)


def withhold(tally: Tally, rules: Rules, earlier: Sequence[Remembered] = (), places: Mapping[str, Key] | None = None) -> frozenset[Key]:
    """The cells of a table that are withheld."""
    from safe_lib.engine.linking import linked

    _require_shape(tally)
    if earlier:
        system = linked(tally, places or {}, earlier, rules)
        return frozenset(system.own[at] for at in protect(system.sums, system.needs, system.atoms) if at in system.own)
    keys, sums, needs, atoms = alone(tally, rules)
    return frozenset(keys[at] for at in protect(sums, needs, atoms))


def alone(tally: Tally, rules: Rules) -> tuple[list[Key], list[Sum], list[Need], int]:
    """One table as a problem of its own: keys and sums in the same order, needs, and how many atoms there are."""
    base = possible(tally)
    number = {key: at for at, key in enumerate(base)}
    cells = every_cell(tally)
    hidden = sensitive(tally, rules)
    costs = costs_of(tally, hidden)
    members = members_of(tally)
    sums = [Sum(tuple(number[one] for one in members[key]), value, "hidden" if key in hidden else "open", costs[key]) for key, value in cells.items()]
    needs = [Need(tuple(number[one] for one in keys), value, upper, width) for keys, value, upper, width in needs_of(tally, rules)]
    return list(cells), sums, needs, len(base)


def attack(tally: Tally, hidden: frozenset[Key], wanted: Key, rules: Rules) -> Between:
    """What somebody who knows every cell that is shown can work out of another, in whole persons."""
    keys, sums, _, atoms = alone(tally, rules)
    return bounds(sums, {at for at, key in enumerate(keys) if key in hidden}, sums[keys.index(wanted)].atoms, atoms)


# What has to be protected


def sensitive(tally: Tally, rules: Rules) -> frozenset[Key]:
    """Cells that are withheld for themselves: 1 to k - 1 persons, and lines in which everybody shares one property (rules D1, D2)."""
    small = {key for key, value in every_cell(tally).items() if 0 < value < rules.smallest}
    return frozenset(small.union(*(line for _, line, _ in uniform_lines(tally))))


def needs_of(tally: Tally, rules: Rules) -> Iterator[tuple[tuple[Key, ...], int, int, int]]:
    """Every group that has to stay in doubt: combinations, true value, how far up, how wide."""
    k, members = rules.smallest, members_of(tally)
    for key, value in every_cell(tally).items():
        if 0 < value < k:
            yield members[key], value, k, k
    for _, line, only in uniform_lines(tally):  # that somebody in it has another property must stay possible
        others = tuple(one for key in line if key != only for one in members[key])
        if others:
            yield others, 0, k, k


def uniform_lines(tally: Tally) -> Iterator[tuple[Key, tuple[Key, ...], Key]]:
    """Lines in which all persons are in one cell though others were possible: margin, cells, and the one that has them all."""
    cells = every_cell(tally)
    for margin in cells:
        for at, dimension in enumerate(tally.dimensions):
            if margin[at] != TOTAL:
                continue
            line = tuple(key for key in (_with(margin, at, value) for value in dimension.values) if key in cells)
            filled = [key for key in line if cells[key]]
            if len(filled) == 1 and len(line) > 1:
                yield margin, line, filled[0]


def costs_of(tally: Tally, hidden: frozenset[Key]) -> Mapping[Key, float]:
    """What it costs to withhold a cell: fewest cells first, then the smallest in line with a small one, then fewest persons."""
    cells = every_cell(tally)
    everything = max(sum(cells.values()), 1)
    found = {}
    for key, value in cells.items():
        beside = any(sum(a != b for a, b in zip(key, one, strict=True)) == 1 for one in hidden) if len(hidden) <= len(cells) // 2 else False
        share = value / everything
        found[key] = 1.0 + _MARGIN * key.count(TOTAL) + share * ((_PARTNER if beside else 0.0) + _PERSONS)
    return found


# The shape of a table


@lru_cache(maxsize=64)
def _combinations(dimensions: tuple[tuple[str, ...], ...]) -> tuple[Key, ...]:
    return tuple(product(*dimensions))


def possible(tally: Tally) -> list[Key]:
    """Every combination that can occur, whether it does or not."""
    return [key for key in _combinations(tuple(one.values for one in tally.dimensions)) if key not in tally.impossible]


def margins_of(key: Key) -> Iterator[Key]:
    """A combination and every margin it is added to, the whole table among them."""
    for many in range(len(key) + 1):
        for chosen in combinations(range(len(key)), many):
            yield tuple(TOTAL if at in chosen else value for at, value in enumerate(key))


def every_cell(tally: Tally) -> dict[Key, int]:
    """Every cell with its margins, and how many persons are in it."""
    found: dict[Key, int] = {}
    for key in possible(tally):
        for margin in margins_of(key):
            found[margin] = found.get(margin, 0) + tally.counts.get(key, 0)
    return found


def members_of(tally: Tally) -> dict[Key, tuple[Key, ...]]:
    """The combinations that each cell adds up."""
    found: dict[Key, list[Key]] = {}
    for key in possible(tally):
        for margin in margins_of(key):
            found.setdefault(margin, []).append(key)
    return {key: tuple(ones) for key, ones in found.items()}


def _with(key: Key, at: int, value: str) -> Key:
    return (*key[:at], value, *key[at + 1:])


def _require_shape(tally: Tally) -> None:
    known = [set(one.values) for one in tally.dimensions]
    if not 1 <= len(tally.dimensions) <= MOST_DIMENSIONS:
        raise WrongUse(f"table: it is split by 1 to {MOST_DIMENSIONS} things.\n  Choose fewer.")
    for key, count in tally.counts.items():
        if len(key) != len(known) or any(value not in values for value, values in zip(key, known, strict=True)) or key in tally.impossible or count < 0:
            raise WrongUse("table: a count stands where none can be.\n  Count by the values of the dimensions.")


def of_places(tally: Tally, places: Mapping[str, Key]) -> Tally:
    """A table of the same shape, of these persons."""
    counts: dict[Key, int] = {}
    for key in places.values():
        counts[key] = counts.get(key, 0) + 1
    return replace(tally, counts=counts)
