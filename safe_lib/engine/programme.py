"""Figures of the trainers' programme over a period: first and second line apart, unknown shown as unknown, small groups withheld. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from safe_lib.model.programme import EVIDENCE, LEAST, Evaluation, Group, MarkCount, Reach, Workshop

WIDE: Final = 2  # a small number that is not shown could be at least this many more than its smallest possible value


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months, both ends included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day <= self.last

    @property
    def is_whole(self) -> bool:
        """From the first day of a month to the last day of one."""
        return self.first <= self.last and self.first.day == 1 and (self.last + timedelta(days=1)).day == 1

    def holds_month(self, month: str) -> bool:
        """Whether a month lies in it."""
        return f"{self.first:%Y-%m}" <= month <= f"{self.last:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of persons, as far as it is known."""

    least: int
    most: int | None  # None: nobody knows an upper end
    unknown: int = 0  # groups or occasions of which something is not known

    @property
    def is_exact(self) -> bool:
        """Nothing about it is unknown."""
        return self.least == self.most and not self.unknown


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of a table: a number, or why it is not shown."""

    id: str
    number: int | None  # None: it is not shown
    few: bool = False  # fewer than LEAST; else it would give another line away


@dataclass(frozen=True, slots=True)
class Split:
    """A table with its total; the total is None where it would give a line away, or is small itself."""

    cells: tuple[Cell, ...]
    total: int | None
    few: bool = False  # the total is above none and below LEAST


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a period."""

    period: Period
    planned: int
    held: int
    cancelled: int
    without_numbers: int  # held, and nobody wrote down who came
    invited: Counted
    participations: Split  # by sector; who came twice counts twice
    by_country: Split
    persons: Counted  # first line: different persons
    reached: Counted  # second line
    by_evidence: Split
    occasions: int
    multiplier: tuple[float, float | None] | None  # lowest and highest; None: no first line to divide by
    evaluation: Evaluation | None
    evaluated: int  # workshops with an evaluation
    marks: Split  # right answers of the quiz → how many passed so
    finished: int  # passed the course


def told(workshops: Iterable[Workshop], reaches: Iterable[Reach], marks: Iterable[MarkCount], period: Period) -> Told:
    """The figures of a period."""
    within = [one for one in workshops if period.holds(one.day)]
    held = [one for one in sorted(within, key=lambda one: (one.day, one.number)) if one.state == "held"]
    groups = [group for one in held for group in one.groups]
    passed_on = [one for one in reaches if period.holds(one.day) and not one.taken_back]
    first, second = different(groups), reached(passed_on)
    tables = together(split(groups, "sector"), split(groups, "country"))
    counts = [one for one in marks if period.holds_month(one.month)]
    said = [one.evaluation for one in held if one.evaluation is not None]
    return Told(
        period, sum(one.state == "planned" for one in within), len(held), sum(one.state == "cancelled" for one in within),
        sum(not one.groups for one in held), invited(held), *tables, first, second, withheld(evidence_of(passed_on)), len(passed_on),
        multiplier(first, second), summed(said), len(said), withheld(added((f"{one.right}/{one.of}", one.number) for one in counts)),
        sum(one.number for one in counts))


def different(groups: Iterable[Group]) -> Counted:
    """First line: different persons. A colleague counts once; of a group, who came for the first time, as far as somebody noted it."""
    seen: set[str] = set()
    least = most = unknown = 0
    for one in groups:
        if one.person:
            new = int(one.person not in seen)
            seen.add(one.person)
            least, most = least + new, most + new
        elif one.first is None:
            most, unknown = most + one.number, unknown + 1
        else:
            least, most = least + one.first, most + one.first
    return Counted(least, most, unknown)


def reached(found: Iterable[Reach]) -> Counted:
    """Second line: persons on every occasion; an occasion without a number has no upper end."""
    listed = tuple(found)
    known, unknown = sum(one.persons or 0 for one in listed), sum(one.persons is None for one in listed)
    return Counted(known, None if unknown else known, unknown)


def multiplier(first: Counted, second: Counted) -> tuple[float, float | None] | None:
    """Second line divided by first line, as lowest and highest; None where nobody took part, or nobody is known to have been reached."""
    if not first.most or not second.least:
        return None
    highest = second.most / first.least if second.most is not None and first.least else None
    return second.least / first.most, highest


def invited(held: Iterable[Workshop]) -> Counted:
    """Persons who were invited."""
    numbers = [one.invited for one in held]
    known, unknown = sum(one or 0 for one in numbers), sum(one is None for one in numbers)
    return Counted(known, None if unknown else known, unknown)


def evidence_of(found: Iterable[Reach]) -> dict[str, int]:
    """How those of the second line were counted → persons."""
    listed = [one for one in found if one.persons is not None]
    return {id: sum(one.persons or 0 for one in listed if one.evidence == id) for id in EVIDENCE}


def split(groups: Iterable[Group], by: str) -> Split:
    """Participations by country or by sector, small groups withheld."""
    return withheld(added((one.country if by == "country" else one.sector, one.number) for one in groups))


def added(found: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Sums by name, in the order of the names."""
    sums: dict[str, int] = {}
    for id, number in found:
        sums[id] = sums.get(id, 0) + number
    return dict(sorted(sums.items()))


def summed(found: Iterable[Evaluation]) -> Evaluation | None:
    """The four numbers of several workshops together."""
    listed = tuple(found)
    if not listed:
        return None
    return Evaluation(sum(one.answered for one in listed), sum(one.useful for one in listed), sum(one.safe for one in listed),
                      sum(one.ready for one in listed))


# What is not shown


def withheld(numbers: Mapping[str, int]) -> Split:
    """A table in which nobody can be found again: small numbers are not shown, and others so that no small one follows from the total.

    What is hidden beside a small number is the next smallest, until each small one could still be several numbers. Where even that
    is not enough, the total is not shown either. Lines with nobody are left out: they say nothing of anybody.
    """
    counts = {id: number for id, number in numbers.items() if number}
    total = sum(counts.values())
    small = {id for id, number in counts.items() if number < LEAST}
    if total < LEAST:
        return Split(tuple(Cell(id, None, True) for id in counts), total if not total else None, bool(total))
    hidden = set(small)
    while hidden and not _is_hidden(counts, small, hidden):
        left = sorted((number, id) for id, number in counts.items() if id not in hidden)
        if not left:
            return Split(tuple(Cell(id, None, id in small) for id in counts), None)
        hidden.add(left[0][1])
    return Split(tuple(Cell(id, None if id in hidden else number, id in small) for id, number in counts.items()), total)


def _is_hidden(counts: Mapping[str, int], small: set[str], hidden: set[str]) -> bool:
    """Whether each small number could be several ones for a reader who knows the sum of the hidden ones, and how each is marked."""
    rest, beside = sum(counts[id] for id in hidden), hidden - small
    for _ in small:
        others = len(small) - 1
        lowest = 1 if beside else max(1, rest - others * (LEAST - 1))
        highest = min(LEAST - 1, rest - others - len(beside) * LEAST)
        if highest - lowest < WIDE:
            return False
    return True


def together(one: Split, other: Split) -> tuple[Split, Split]:
    """Two tables of the same persons: where one does not show the total, the other does not either, nor what would add up to it."""
    if one.total is None or other.total is None:
        return _without_total(one), _without_total(other)
    return one, other


def _without_total(one: Split) -> Split:
    """The same without its total; a table that shows every line would still tell it."""
    if one.total is None or any(cell.number is None for cell in one.cells):
        return replace(one, total=None)
    smallest = min(one.cells, key=lambda cell: cell.number or 0, default=None)
    return Split(tuple(replace(cell, number=None) if cell is smallest else cell for cell in one.cells), None)
