"""Fifty publications over persons who come and change, and somebody who reads them all: no small group can be worked out (SEC-53)."""

from __future__ import annotations

import random
from functools import lru_cache
from itertools import product

import highspy
import numpy as np
import pytest

from safe_lib.engine.disclosure import every_cell, of_places, release
from safe_lib.engine.protecting import CannotBeProtected
from safe_lib.model.findings import Dimension, Remembered, Rules, Suppressed, Tally

FIELDS = {"form": "abcd", "age": "xyz", "wait": "pq"}
QUARTERS = range(4)
RULES = Rules(smallest=10)


def population(seed):
    """Invented persons: quarter and one value for each field, uneven so that small groups occur."""
    chance = random.Random(seed)
    weights = [1, 0.5, 0.25, 0.125]
    return {f"p{at}": {"quarter": chance.randrange(4), **{field: chance.choices(values, weights[:len(values)])[0] for field, values in FIELDS.items()}}
            for at in range(400)}


@lru_cache
def published(seed, late, asked=50):
    """What of so many requests is published: fields, quarters, the cells shown to the unit; each is checked against all before."""
    chance, people, earlier, out, refused = random.Random(seed), population(seed), [], [], 0
    for _ in range(asked):
        by = tuple(sorted(chance.sample(sorted(FIELDS), chance.choice((1, 2, 2)))))
        first = chance.randrange(4)
        window = range(first, chance.randrange(first, 4) + 1)
        if late and chance.random() < 0.15:  # a late entry: one person more, or recorded otherwise
            people[f"late{len(people)}"] = dict(people[chance.choice(sorted(people))])
        places = {mark: tuple(one[field] for field in by) for mark, one in people.items() if one["quarter"] in window}
        tally = of_places(Tally(tuple(Dimension(field, tuple(FIELDS[field])) for field in by), {}), places)
        try:
            table = release(tally, RULES, earlier, places)
        except CannotBeProtected:
            refused += 1
            continue
        hidden = frozenset(key for key, cell in table.cells.items() if isinstance(cell, Suppressed))
        earlier.append(Remembered(tally, hidden, places))
        out.append((by, window, {key: value for key, value in every_cell(tally).items() if key not in hidden}))
    return people, out, refused


class Attacker:
    """Knows every number shown, not even rounded, and which definitions contain which; of nobody where they are."""

    def __init__(self, out):
        self.atoms = list(product(QUARTERS, *FIELDS.values()))
        self.solver = highspy.Highs()
        self.solver.silent()
        for _ in self.atoms:
            self.solver.addVar(0, highspy.kHighsInf)
        for by, window, cells in out:
            for key, value in cells.items():
                inside = self.inside(dict(zip(by, key, strict=True)), window)
                self.solver.addRow(value, value, len(inside), np.array(inside, dtype=np.int32), np.ones(len(inside)))

    def inside(self, where, window):
        names = ["quarter", *FIELDS]
        return [at for at, atom in enumerate(self.atoms)
                if atom[0] in window and all(where.get(name, "") in ("", value) for name, value in zip(names, atom, strict=True) if name != "quarter")]

    def most(self, group):
        costs = np.zeros(len(self.atoms))
        costs[group] = -1.0
        self.solver.changeColsCost(len(self.atoms), np.arange(len(self.atoms), dtype=np.int32), costs)
        self.solver.run()
        if self.solver.getModelStatus() in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return float("inf")
        assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return -self.solver.getInfo().objective_function_value


@pytest.mark.parametrize("seed", [2])
def test_sec_53_fifty_publications_give_no_small_group_away(seed):
    """Every small group of up to two fields in any run of quarters stays in doubt after all that was published, put together."""
    people, out, _ = published(seed, late=False)
    assert len(out) >= 12  # there is something to attack
    attacker = Attacker(out)

    tried = recovered = 0
    for by in (("age", "form"), ("form", "wait"), ("age", "wait")):
        for first, last in ((a, b) for a in QUARTERS for b in QUARTERS if a <= b):
            window = range(first, last + 1)
            for key in product(*(["", *FIELDS[field]] for field in by)):
                where = dict(zip(by, key, strict=True))
                size = sum(one["quarter"] in window and all(value in ("", one[field]) for field, value in where.items()) for one in people.values())
                if 0 < size < RULES.smallest:
                    tried += 1
                    recovered += attacker.most(attacker.inside(where, window)) < RULES.smallest - 1e-6
    assert tried > 15 and recovered == 0


@pytest.mark.parametrize("seed", [2])
def test_sec_53_no_two_cells_differ_by_a_small_group(seed):
    """No cell that is shown contains another that is shown with 1 to 9 persons fewer, in one publication or in two."""
    _, out, refused = published(seed, late=True)
    assert refused >= 5
    cells = [(dict(zip(by, key, strict=True)), window, value) for by, window, shown in out for key, value in shown.items()]

    def contains(outer, inner):
        return all(value in ("", inner[0].get(field, "")) for field, value in outer[0].items()) and set(inner[1]) <= set(outer[1])

    small = [(outer, inner) for outer in cells for inner in cells if contains(outer, inner) and 0 < outer[2] - inner[2] < RULES.smallest]
    assert len(cells) > 50 and small == []
