"""Figures without persons: what was counted, and what may be shown of it.

`Released` and `Suppressed` are the only things that a page, a file or a report ever gets of a number; the numbers that were
counted stay in `Tally`, which nothing that shows anything takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

TOTAL: Final = ""  # in a key, where a dimension is added up

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a table is split by: its id and its values, in order."""

    id: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """Persons counted by one, two or three dimensions. It is never shown.

    `counts` has one entry per combination that occurs; `impossible` are those that cannot occur, which everybody knows.
    """

    dimensions: tuple[Dimension, ...]
    counts: Mapping[Key, int]
    impossible: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """How small is small, and how figures are rounded (disclosure rules D1 to D4)."""

    smallest: int = 10  # persons
    base: int = 5


@dataclass(frozen=True, slots=True)
class Released:
    """A number as it may be shown: rounded, of a group that is large enough, or zero."""

    number: int


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A number that is withheld. Nothing says whether it is small itself or protects another."""


Shown = Released | Suppressed


@dataclass(frozen=True, slots=True)
class ReleasedTable:
    """A table as it may leave: by key, every margin among them."""

    dimensions: tuple[Dimension, ...]
    cells: Mapping[Key, Shown]
    rules: Rules

    @property
    def withheld(self) -> int:
        """How many cells are withheld."""
        return sum(isinstance(one, Suppressed) for one in self.cells.values())


@dataclass(frozen=True, slots=True)
class Remembered:
    """An earlier release as the check of the next one needs it: where each person was counted, what was shown.

    `places` goes from a mark of the case, which says nothing outside the store, to the combination it was counted in.
    """

    tally: Tally
    hidden: frozenset[Key]
    places: Mapping[str, Key] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeptRelease:
    """A table in the ledger: `body` is what was published, `counted` what nobody is shown."""

    id: int
    publication: int
    name: str
    body: Mapping[str, Any]
    counted: Mapping[str, int]
    hash: str
    by: str
    at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Placed:
    """In which groups one case was counted in one publication: table → combination."""

    id: int
    ref: str
    publication: int
    where: Mapping[str, Key]


@dataclass(frozen=True, slots=True)
class Observation:
    """What somebody noticed in their work, as a finding for policy (part F.3): claim, affected group, what is asked of whom."""

    id: int
    body: Mapping[str, Any]
    by: str  # for a coordinator only
    day: date
