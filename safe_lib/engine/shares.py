"""Shares with intervals, and which counts of a table are withheld: small numbers, without a library.

What is withheld is settled in one function, `withheld`, which knows a table and its totals and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

Z95: Final = 1.959963984540054  # of the standard normal distribution, for 95 percent
Cell = tuple[int, int]  # row, column


@dataclass(frozen=True, slots=True)
class Interval:
    """A share and its 95 percent interval, each from 0 to 1."""

    share: float
    low: float
    high: float


def wilson(count: int, base: int, z: float = Z95) -> Interval | None:
    """The score interval of a share; None of nobody.

    Source:
        E. B. Wilson (1927), Probable inference, Journal of the American Statistical Association 22, 209-212.

    >>> one = wilson(5, 10)
    >>> round(one.low, 4), round(one.high, 4)
    (0.2366, 0.7634)
    """
    if base <= 0:
        return None
    share, square = count / base, z * z
    middle = (share + square / (2 * base)) / (1 + square / base)
    half = z / (1 + square / base) * sqrt(share * (1 - share) / base + square / (4 * base * base))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def cramers_v(table: Sequence[Sequence[int]]) -> float | None:
    """How strongly two divisions of the same people go together: 0 not at all, 1 wholly; None where one of them divides nobody.

    Source:
        H. Cramér (1946), Mathematical Methods of Statistics, section 21.9.
    """
    rows = [row for row in table if sum(row)]
    columns = [at for at in range(len(rows[0])) if sum(row[at] for row in rows)] if rows else []
    total = sum(map(sum, rows))
    smaller = min(len(rows), len(columns)) - 1
    if smaller < 1:
        return None
    return sqrt(chi_square([[row[at] for at in columns] for row in rows]) / (total * smaller))


def chi_square(table: Sequence[Sequence[int]]) -> float:
    """Pearson's statistic of a table without empty rows and columns."""
    total = sum(map(sum, table))
    of_rows, of_columns = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    found = 0.0
    for i, row in enumerate(table):
        for j, count in enumerate(row):
            expected = of_rows[i] * of_columns[j] / total
            found += (count - expected) * (count - expected) / expected
    return found


def withheld(table: Sequence[Sequence[int]], smallest: int) -> frozenset[Cell]:
    """The cells that are not shown, in a table whose totals of rows and columns are.

    A count from 1 to one below `smallest` is withheld, and so is a row with everybody in one cell (what one says, all say).
    Then the smallest further cell of each row and column that has exactly one withheld, until each has none or at least two:
    otherwise the total would give it away (complementary suppression).

    Args:
        table: rows of counts of people, each person once.
        smallest: people in the smallest group that is shown.
    """
    hidden = {(i, j) for i, row in enumerate(table) for j, count in enumerate(row) if 0 < count < smallest}
    if len(table) > 1:
        hidden |= {(i, j) for i, row in enumerate(table) if sum(1 for count in row if count) == 1 and len(row) > 1 for j in range(len(row))}
    lines = [[(i, j) for j in range(len(row))] for i, row in enumerate(table)]
    lines += [[(i, j) for i in range(len(table))] for j in range(len(table[0]) if table else 0)] if len(table) > 1 else []
    while True:
        lonely = [line for line in lines if len(hidden.intersection(line)) == 1 and len(line) > 1]
        if not lonely:
            return frozenset(hidden)
        for line in lonely:
            if len(hidden.intersection(line)) == 1:
                left = [cell for cell in line if cell not in hidden]
                with_people = [cell for cell in left if table[cell[0]][cell[1]]] or left  # a zero gives nobody cover
                hidden.add(min(with_people, key=lambda cell: (table[cell[0]][cell[1]], cell)))
