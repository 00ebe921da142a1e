"""A new table together with earlier releases over some of the same persons, as one problem.

An atom is here a group of persons whom every release counted alike. Whoever attacks is taken to know which of these groups
have anybody in them, which is more than anybody does; where a line is uniform, its empty cells get atoms of their own, so
that there can be a doubt at all. What was shown earlier cannot be taken back: if it leaves no choice, the table is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from safe_lib.engine.disclosure import costs_of, every_cell, margins_of, needs_of, sensitive, uniform_lines
from safe_lib.engine.protecting import CannotBeProtected, Need, Sum
from safe_lib.model.findings import TOTAL, Key, Remembered, Rules, Tally

_OUTSIDE: Final = None  # in a signature, where a release did not count a person

Signature = tuple[Key | None, ...]  # where each release counted a person, the new one first


@dataclass(frozen=True, slots=True)
class Linked:
    """The problem; `own` says which sums are cells of the new table."""

    sums: Sequence[Sum]
    needs: Sequence[Need]
    atoms: int
    own: Mapping[int, Key]


def linked(tally: Tally, places: Mapping[str, Key], earlier: Sequence[Remembered], rules: Rules) -> Linked:
    """The new table and the earlier ones that share a person with it.

    Raises:
        CannotBeProtected: what changed since an earlier release of the same table is fewer persons than may be shown.
    """
    near = _connected(places, earlier)
    for one in near:
        require_no_difference(tally, places, one, rules)
    atoms = _atoms((tally, *(one.tally for one in near)), (places, *(one.places for one in near)))
    own, sums, needs = dict[int, Key](), list[Sum](), list[Need]()
    for at, table in enumerate((tally, *(one.tally for one in near))):
        members = _members(table, at, atoms)
        hidden = sensitive(table, rules) if at == 0 else near[at - 1].hidden
        costs = costs_of(table, hidden) if at == 0 else {}
        for key, value in every_cell(table).items():
            if at == 0:
                own[len(sums)] = key
            state = "hidden" if key in hidden else "open" if at == 0 else "shown"
            sums.append(Sum(members[key], _true(value, members[key], atoms), state, costs.get(key, 1.0)))  # type: ignore[arg-type]
        needs += _needs(table, at, atoms, rules)
    needs += _differences(sums, atoms, len(own), rules)
    return Linked(sums, needs, len(atoms), own)


def _connected(places: Mapping[str, Key], earlier: Sequence[Remembered]) -> tuple[Remembered, ...]:
    """Releases that share a person with the new one, or with one that does, and so on: numbers can be carried along such a chain."""
    persons, found = set(places), set[int]()
    while True:
        more = {at for at, one in enumerate(earlier) if at not in found and not persons.isdisjoint(one.places)}
        if not more:
            return tuple(earlier[at] for at in sorted(found))
        found |= more
        persons.update(*(earlier[at].places for at in more))


def require_no_difference(tally: Tally, places: Mapping[str, Key], earlier: Remembered, rules: Rules) -> None:
    """Refuse a table that was published before and of which a cell changed by fewer persons than may be shown (rule D9)."""
    mine, theirs = _persons(places), _persons(earlier.places)
    same = tally.dimensions == earlier.tally.dimensions
    whole = (TOTAL,) * len(tally.dimensions)
    for key, now in mine.items():
        then = theirs.get(key if same else (TOTAL,) * len(earlier.tally.dimensions), frozenset()) if same or key == whole else None
        if then and _too_near(now, then, rules.smallest):
            raise CannotBeProtected(
                f"table: since an earlier release a group changed by fewer than {rules.smallest} persons, who could be worked out by subtracting.\n"
                "  Release only cases of a period that has not been published, or wait until more has changed.")


def _too_near(now: frozenset[str], then: frozenset[str], smallest: int) -> bool:
    came, went = len(now - then), len(then - now)
    return bool(came or went) and came < smallest and went < smallest


def _persons(places: Mapping[str, Key]) -> dict[Key, frozenset[str]]:
    found: dict[Key, set[str]] = {}
    for mark, key in places.items():
        for margin in margins_of(key):
            found.setdefault(margin, set()).add(mark)
    return {key: frozenset(ones) for key, ones in found.items()}


def _atoms(tables: Sequence[Tally], places: Sequence[Mapping[str, Key]]) -> dict[Signature, int]:
    """Signature → persons; those with none are doubts that a uniform line needs."""
    found: dict[Signature, int] = {}
    for mark in dict.fromkeys(mark for one in places for mark in one):
        signature = tuple(one.get(mark, _OUTSIDE) for one in places)
        found[signature] = found.get(signature, 0) + 1
    for ghost in [ghost for at, table in enumerate(tables) for ghost in _ghosts(tables, at, table, tuple(found))]:
        found.setdefault(ghost, 0)
    return found


def _ghosts(tables: Sequence[Tally], at: int, table: Tally, signatures: Sequence[Signature]) -> Iterator[Signature]:
    """For the empty cells of uniform lines: the persons of that line, had they the other property in every table that knows it."""
    for margin, _, only in uniform_lines(table):
        place = next(number for number, (one, other) in enumerate(zip(margin, only, strict=True)) if one != other)
        dimension = table.dimensions[place]
        for signature in signatures:
            mine = signature[at]
            if mine is None or any(one not in (TOTAL, value) for one, value in zip(only, mine, strict=True)):
                continue
            for value in dimension.values:
                if value != only[place]:
                    yield tuple(_turned(where, tables[number], dimension.id, value) for number, where in enumerate(signature))


def _turned(where: Key | None, table: Tally, dimension: str, value: str) -> Key | None:
    if where is None:
        return None
    turned = tuple(value if one.id == dimension and value in one.values else old for one, old in zip(table.dimensions, where, strict=True))
    return where if turned in table.impossible else turned


def _members(table: Tally, at: int, atoms: Mapping[Signature, int]) -> dict[Key, tuple[int, ...]]:
    found: dict[Key, list[int]] = {key: [] for key in every_cell(table)}
    for number, signature in enumerate(atoms):
        where = signature[at]
        if where is not None:
            for margin in margins_of(where):
                found[margin].append(number)
    return {key: tuple(ones) for key, ones in found.items()}


def _true(value: int, members: Sequence[int], atoms: Mapping[Signature, int]) -> int:
    """How many persons are in a cell: those the atoms have, so that the problem has a solution when a case was erased since."""
    counts = tuple(atoms.values())
    there = sum(counts[at] for at in members)
    return there if members else value


def _needs(table: Tally, at: int, atoms: Mapping[Signature, int], rules: Rules) -> Iterator[Need]:
    numbers: dict[Key, list[int]] = {}
    for number, signature in enumerate(atoms):
        where = signature[at]
        if where is not None:
            numbers.setdefault(where, []).append(number)
    for keys, value, upper, width in needs_of(table, rules):
        yield Need(tuple(number for key in keys for number in numbers.get(key, ())), value, upper, width)


def _differences(sums: Sequence[Sum], atoms: Mapping[Signature, int], own: int, rules: Rules) -> Iterator[Need]:
    """Groups of 1 to k - 1 persons that a cell of the new table has, has not, or shares with a cell of an earlier one.

    Sizes are counted for all pairs at once; of groups within each other the smallest is enough, because a doubt about it
    is one about the others.
    """
    import numpy as np

    counts = np.array(list(atoms.values()))
    inside = np.zeros((len(sums), len(atoms)), dtype=bool)
    for row, one in enumerate(sums):
        inside[row, list(one.atoms)] = True
    inside &= counts > 0
    mine, theirs = inside[:own], inside[own:]
    shared = (mine * counts) @ theirs.T.astype(counts.dtype)
    sizes = {"shared": shared, "more": (mine @ counts)[:, None] - shared, "fewer": (theirs @ counts)[None, :] - shared}
    found = set()
    for kind, size in sizes.items():
        for new, old in np.argwhere((size > 0) & (size < rules.smallest)):
            here, there = mine[new], theirs[old]
            group = here & there if kind == "shared" else here & ~there if kind == "more" else there & ~here
            found.add(frozenset(np.flatnonzero(group).tolist()))
    kept: list[frozenset[int]] = []
    for group in sorted(found, key=lambda one: (len(one), sorted(one))):
        if not any(one <= group for one in kept):
            kept.append(group)
            yield Need(tuple(sorted(group)), int(counts[list(group)].sum()), rules.smallest, 0)
