"""Figures expose nobody: the rules of withholding against a worked example, every whole-number attack on small tables, and bounds on larger ones."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safe_lib.engine.disclosure import attack, every_cell, margins_of, of_places, percent, release, rounded, sensitive, uniform_lines, withhold
from safe_lib.engine.magnitudes import Dominance, dominated, estimated, release_sums
from safe_lib.engine.protecting import CannotBeProtected, Sum, bounds
from safe_lib.model.errors import WrongUse
from safe_lib.model.findings import Dimension, Released, Remembered, Rules, Suppressed, Tally

FIVE, TEN = Rules(smallest=5), Rules()


def table(rows, *, impossible=()):
    """A table of two dimensions from its rows."""
    down, across = tuple("ABCDEFGH"[:len(rows)]), tuple("wmxyz"[:len(rows[0])])
    counts = {(a, b): rows[i][j] for i, a in enumerate(down) for j, b in enumerate(across) if rows[i][j]}
    return Tally((Dimension("group", down), Dimension("gender", across)), counts, frozenset(impossible))


EXAMPLE = table([[18, 9], [12, 3], [9, 12]])


def test_the_worked_example_comes_out_as_it_stands_in_section_f():
    """Four cells are withheld, the smaller partner is chosen, and the rest is rounded to five."""
    cells = release(EXAMPLE, FIVE).cells

    assert {key for key, one in cells.items() if isinstance(one, Suppressed)} == {("A", "w"), ("A", "m"), ("B", "w"), ("B", "m")}
    assert {key: one.number for key, one in cells.items() if isinstance(one, Released)} == {
        ("A", ""): 25, ("B", ""): 15, ("C", "w"): 10, ("C", "m"): 10, ("C", ""): 20, ("", "w"): 40, ("", "m"): 25, ("", ""): 65}


def test_a_line_in_which_everybody_is_the_same_is_withheld_as_a_whole():
    """A zero is shown, unless it says that a whole group has one property (rule D2)."""
    hidden = withhold(table([[30, 0], [40, 50], [60, 70]]), FIVE)

    assert {("A", "w"), ("A", "m")} <= hidden
    shown = release(table([[30, 0, 20], [40, 50, 20], [60, 70, 20]]), FIVE)
    assert shown.cells["A", "m"] == Released(0) and not shown.withheld


def test_what_cannot_occur_is_no_secret():
    """A structural zero makes no line uniform, and gives no doubt either."""
    found = table([[30, 0], [40, 50], [60, 70]], impossible={("A", "m")})

    assert not list(uniform_lines(found)) and not withhold(found, FIVE)
    assert ("A", "m") not in every_cell(found)


def test_nobody_else_in_the_margin():
    """If the others in a row are few, hiding them is not enough: their sum is the row less what is shown."""
    hidden = withhold(table([[50, 3, 4], [60, 70, 80], [40, 50, 60]]), TEN)

    assert ("A", "w") in hidden or ("A", "") in hidden


def test_everything_is_withheld_of_a_population_that_is_too_small():
    assert withhold(table([[2, 3], [1, 0]]), TEN) == set(every_cell(table([[2, 3], [1, 0]])))


def test_the_solver_writes_nothing(capfd):
    """Its banner would stand in the JSON of a command."""
    withhold(EXAMPLE, FIVE)

    assert capfd.readouterr().out == ""


def test_rounding_and_percentages():
    """Halves go up; a percentage needs twenty persons and two numbers that are shown."""
    assert [rounded(value, 5) for value in (0, 12, 13, 17, 18, 63)] == [0, 10, 15, 15, 20, 65] and rounded(5, 10) == 10
    assert percent(Released(10), Released(40)) == 25
    assert percent(Released(10), Released(15)) is None and percent(Suppressed(), Released(40)) is None


def test_a_table_that_does_not_fit_is_refused():
    with pytest.raises(WrongUse, match="where none can be"):
        release(Tally((Dimension("a", ("x",)),), {("y",): 3}), TEN)
    with pytest.raises(WrongUse, match="1 to 3"):
        release(Tally(tuple(Dimension(str(i), ("x",)) for i in range(4)), {}), TEN)


# Attacks


def exhaustive(tally, hidden, most):
    """Every table of whole numbers that has the cells that are shown; what each cell can be among them."""
    base = [key for key in product(*(one.values for one in tally.dimensions)) if key not in tally.impossible]
    cells = every_cell(tally)
    tried = np.indices([1 if key not in hidden else most + 1 for key in base]).reshape(len(base), -1)
    tried += np.array([[0 if key in hidden else cells[key]] for key in base])
    sums = {cell: sum(numbers for key, numbers in zip(base, tried, strict=True) if cell in margins_of(key)) for cell in cells}
    fits = np.logical_and.reduce([numbers == cells[cell] for cell, numbers in sums.items() if cell not in hidden] or [np.full(tried.shape[1], True)])
    return {cell: set(numbers[fits].tolist()) for cell, numbers in sums.items()}


def stays_in_doubt(values, k):
    return max(values) >= k and max(values) - min(values) >= k


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=2, max_size=2), min_size=2, max_size=3))
def test_no_exhaustive_attack_finds_a_small_cell(rows):
    """Whatever the table, somebody who tries every table that fits what is shown cannot tell that a group is small."""
    tally, rules = table(rows), Rules(smallest=3)
    hidden = withhold(tally, rules)

    found = exhaustive(tally, hidden, 7 if len(rows) == 3 else 14)
    for key, value in every_cell(tally).items():
        if 0 < value < rules.smallest:
            assert stays_in_doubt(found[key], rules.smallest), (key, sorted(found[key]))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=8, max_size=8))
def test_no_exhaustive_attack_on_three_dimensions(numbers):
    """The same with three dimensions and all their margins, where a linear bound alone would not be enough."""
    dimensions = tuple(Dimension(id, ("0", "1")) for id in "abc")
    tally, rules = Tally(dimensions, dict(zip(product("01", repeat=3), numbers, strict=True))), Rules(smallest=3)
    hidden = withhold(tally, rules)

    for key in hidden & {one for one, value in every_cell(tally).items() if 0 < value < rules.smallest}:
        between = attack(tally, hidden, key, rules)
        assert between.highest >= 3 and between.highest - between.lowest >= 3


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31))
def test_the_bounds_are_those_of_trying_every_table(seed):
    """The bound that guards larger tables agrees with exhaustion on small ones."""
    numbers = [(seed >> (3 * at)) & 3 for at in range(4)]
    tally, rules = table([numbers[:2], numbers[2:]]), Rules(smallest=3)
    hidden = frozenset({("A", "w"), ("A", "m"), ("B", "w"), ("B", "m")})
    found = exhaustive(tally, hidden, 12)

    for key in hidden:
        between = attack(tally, hidden, key, rules)
        assert (between.lowest, between.highest) == (min(found[key]), max(found[key]))


def larger(side, seed):
    """A table with many small cells, the same for the same seed."""
    state, rows = seed, []
    for _ in range(side):
        row = []
        for _ in range(4):
            state = (state * 1103515245 + 12345) % 2**31
            row.append((state >> 16) % 40 if (state >> 8) % 3 else (state >> 16) % 400)
        rows.append(row)
    return table(rows)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_larger_table_is_within_its_bounds(seed):
    """Each cell that is withheld for itself can reach ten and is ten wide, as far as anybody can work out."""
    tally = larger(8, seed)
    hidden = withhold(tally, TEN)

    assert sensitive(tally, TEN) <= hidden
    for key in hidden & {one for one, value in every_cell(tally).items() if 0 < value < 10}:
        between = attack(tally, hidden, key, TEN)
        assert between.highest >= 10 and between.highest - between.lowest >= 10
    assert hidden == withhold(tally, TEN)


def test_one_pass_over_the_lines_is_not_enough():
    """A pattern with two hidden cells in every line, as one pass leaves it, still gives a cell away; the joint problem does not leave it so."""
    tally = table([[1, 11, 20], [11, 1, 20], [20, 20, 20]])
    sums = [Sum(tuple(at for at, one in enumerate(product("ABC", "wmx")) if all(k in ("", o) for k, o in zip(key, one, strict=True))), value)
            for key, value in every_cell(tally).items()]
    pair = {at for at, key in enumerate(every_cell(tally)) if key in {("A", "w"), ("A", "m"), ("B", "w"), ("B", "m")}}

    assert bounds(sums, pair, [0], 9).highest == 12  # enough for ten ...
    narrow = table([[1, 5, 20], [5, 1, 20], [20, 20, 20]])
    hidden = withhold(narrow, TEN)
    assert attack(narrow, hidden, ("A", "w"), TEN).highest >= 10  # ... and here two in every line would reach six
    assert len(hidden) > 4


# Sums of amounts


def test_a_sum_that_few_make_is_withheld_with_what_would_give_it_away():
    """Dominance and p percent: nobody who contributed can estimate another, from no margin either."""
    dimensions = (Dimension("place", ("A", "B", "C")), Dimension("kind", ("x", "y")))
    even = [4.0] * 20
    parts = dict.fromkeys(product("ABC", "xy"), even) | {("A", "x"): [300.0, *[1.0] * 20]}
    found = release_sums(dimensions, parts, TEN)

    assert dominated(parts["A", "x"], Dominance()) and estimated(parts["A", "x"], Dominance()) and not dominated(even, Dominance())
    hidden = {key for key, one in found.cells.items() if isinstance(one, Suppressed)}
    assert ("A", "x") in hidden and len(hidden) == 4 and all(sum(key[0] == row for key in hidden) in (0, 2) for row in "ABC")
    assert found.cells["C", "y"] == Released(80)


# Earlier releases


def remembered(tally, places, rules):
    return Remembered(of_places(tally, places), withhold(of_places(tally, places), rules), places)


def people(rows, start=0):
    """A place for each person of a table."""
    found = {}
    for i, row in enumerate(rows):
        for j, count in enumerate(row):
            for _ in range(count):
                found[f"p{start + len(found)}"] = ("ABCDEFGH"[i], "wmxyz"[j])
    return found


def test_a_second_release_that_differs_by_one_person_is_refused():
    """B grows from 15 to 16 while its split stays withheld: the newcomer could be worked out by subtracting."""
    first = people([[18, 9], [12, 3], [9, 12]])
    second = {**first, "newcomer": ("B", "w")}
    shape = table([[0, 0], [0, 0], [0, 0]])
    with pytest.raises(CannotBeProtected, match="changed by fewer than 5 persons"):
        release(of_places(shape, second), FIVE, (remembered(shape, first, FIVE),), second)

    same = release(of_places(shape, first), FIVE, (remembered(shape, first, FIVE),), first)
    assert same == release(of_places(shape, first), FIVE)


def test_other_persons_are_no_difference():
    """A period of its own shares nobody, so it is as if nothing had been published."""
    first, second = people([[18, 9], [12, 3], [9, 12]]), people([[18, 9], [12, 3], [9, 12]], start=1000)
    shape = table([[0, 0], [0, 0], [0, 0]])

    assert release(of_places(shape, second), FIVE, (remembered(shape, first, FIVE),), second) == release(EXAMPLE, FIVE)


def test_another_split_of_the_same_persons_gives_nothing_away_with_the_first():
    """A hidden cell of the first table stays hidden when a second table shows its margins another way."""
    first = people([[40, 3, 30], [30, 40, 20], [25, 30, 35]])
    shape = table([[0] * 3] * 3)
    by_gender = {mark: (gender,) for mark, (_, gender) in first.items()}
    merged = {mark: ("AB" if group in "AB" else "C", gender) for mark, (group, gender) in first.items()}
    coarse = Tally((Dimension("half", ("AB", "C")), shape.dimensions[1]), {})
    before = remembered(shape, first, TEN)

    one = release(of_places(Tally((shape.dimensions[1],), {}), by_gender), TEN, (before,), by_gender)
    two = release(of_places(coarse, merged), TEN, (before,), merged)
    assert not one.withheld and one.cells["w",] == Released(95)
    assert not isinstance(two.cells["AB", "m"], Suppressed) or two.withheld
