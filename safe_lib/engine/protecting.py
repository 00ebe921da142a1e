"""Which cells of linked tables are withheld so that no small group can be worked out: one problem over all margins together.

Every cell is a sum of *atoms*, the finest groups there are. Whoever attacks knows each cell that is shown, to the unit,
knows that numbers of persons are whole and never below zero, and nothing else. A *need* is a group that has to stay in
doubt: what can be worked out of it has to reach up to `upper` and be at least `width` wide.

Method: cutting planes (Fischetti and Salazar-González, 2001). A master problem chooses the cheapest cells to withhold; for
every need a linear program then attacks; an attack that comes too close gives a cut, which holds for every choice. Bounds
of the attack are those of the linear program, and in small problems of whole numbers where its corner has fractions. The same input gives
the same cells: one thread, a fixed seed, limits counted in nodes and never in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Final, Literal

from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

State = Literal["open", "shown", "hidden"]  # open: the solver chooses

EPSILON: Final = 1e-6
ROUNDS: Final = 400  # of attack and cut; more has never been needed for a table that may be asked for
NODES: Final = 20_000  # of the search for the cheapest choice; then the best one found so far is taken, which is as safe
WHOLE_UP_TO: Final = 200  # atoms; of larger problems the linear bound counts, because whole numbers would take minutes
PRIMAL: Final = 4  # the solver's number for the simplex method that goes on from a point when only the aim changes
LARGEST: Final = 6_000  # cells in one problem, earlier releases among them


@dataclass(frozen=True, slots=True)
class Sum:
    """One cell as what it adds up."""

    atoms: tuple[int, ...]
    value: float
    state: State = "open"
    cost: float = 1.0


@dataclass(frozen=True, slots=True)
class Need:
    """A group that has to stay in doubt: atoms, its true value, how far up and how wide the doubt must reach."""

    atoms: tuple[int, ...]
    value: float
    upper: float
    width: float


@dataclass(frozen=True, slots=True)
class Between:
    """What can be worked out of a group; `highest` is infinite where nothing bounds it."""

    lowest: float
    highest: float


class CannotBeProtected(WrongUse):
    """Whatever else is withheld, a small group could be worked out from what was published before."""


def protect(sums: Sequence[Sum], needs: Sequence[Need], atoms: int) -> frozenset[int]:
    """The cells to withhold, those that are hidden from the start among them.

    Raises:
        CannotBeProtected: no choice protects every need.
        WrongUse: more cells than can be solved together.
    """
    if len(sums) > LARGEST:
        raise WrongUse(f"table: {len(sums)} cells are more than are checked together.\n  Choose fewer or coarser groups.")
    hidden = frozenset(number for number, one in enumerate(sums) if one.state == "hidden")
    attack, cuts = _Attack(sums, atoms), list[_Cut]()
    for _ in range(ROUNDS):
        found = _violated(attack, sums, needs, hidden)
        if not found:
            return hidden
        cuts += found
        hidden = _cheapest(sums, cuts)
    raise CannotBeProtected("table: no choice of cells protects every small group.\n  Choose fewer or coarser groups.")


def bounds(sums: Sequence[Sum], hidden: AbstractSet[int], group: Iterable[int], atoms: int, *, whole: bool = True) -> Between:
    """What can be worked out of a group from the cells that are shown."""
    attack, wanted = _Attack(sums, atoms), tuple(group)
    attack.show(hidden)
    return Between(-attack.farthest(wanted, -1, whole=whole).reached, attack.farthest(wanted, 1, whole=whole).reached)


@dataclass(frozen=True, slots=True)
class _Reach:
    """One attack: how far the group reaches, the point where it does, and how much each cell that is shown held it."""

    reached: float
    point: Any  # one number per atom
    prices: Any  # one number per cell
    exact: bool  # the point is whole


@dataclass(frozen=True, slots=True)
class _Cut:
    """Of these cells so many have to be withheld, each counted by its weight."""

    weights: Mapping[int, float]
    least: float


def _violated(attack: _Attack, sums: Sequence[Sum], needs: Sequence[Need], hidden: AbstractSet[int]) -> list[_Cut]:
    """A cut for every need that an attack comes too close to.

    A point that one attack found is a witness for every other need it satisfies, so most needs cost no program of their own.
    """
    attack.show(hidden)
    high, low = [one.value for one in needs], [one.value for one in needs]
    _many_at_once(attack, needs, low, high)
    cuts = []
    for number, need in enumerate(needs):
        if _enough(need, low[number], high[number]):
            continue
        up, down = attack.farthest(need.atoms, 1), attack.farthest(need.atoms, -1)
        for reach in (up, down):
            if reach.exact or attack.atoms > WHOLE_UP_TO:
                _witness(reach, needs, low, high)
        if not _enough(need, -down.reached, up.reached):
            cuts.append(_cut(sums, need, up, down))
        elif attack.atoms <= WHOLE_UP_TO and not (up.exact and down.exact) and not _enough(need, *_whole_bounds(attack, need)):
            cuts.append(_Cut({at: 1.0 for at, one in enumerate(sums) if one.state == "open" and at not in hidden}, 1.0))
    return cuts


def _many_at_once(attack: _Attack, needs: Sequence[Need], low: list[float], high: list[float]) -> None:
    """Witnesses for many needs from few attacks: all groups that are not yet in doubt are pushed up together, then down, while that helps."""
    for direction in (1, -1):
        left = len(needs) + 1
        while True:
            waiting = [one for at, one in enumerate(needs) if not _enough(one, low[at], high[at])]
            if not waiting or len(waiting) >= left:
                break
            left = len(waiting)
            reach = attack.farthest(sorted({atom for one in waiting for atom in one.atoms}), direction)
            if reach.exact or attack.atoms > WHOLE_UP_TO:
                _witness(reach, needs, low, high)


def _whole_bounds(attack: _Attack, need: Need) -> tuple[float, float]:
    return -attack.farthest(need.atoms, -1, whole=True).reached, attack.farthest(need.atoms, 1, whole=True).reached


def _enough(need: Need, low: float, high: float) -> bool:
    return high >= need.upper - EPSILON and high - low >= need.width - EPSILON


def _witness(reach: _Reach, needs: Sequence[Need], low: list[float], high: list[float]) -> None:
    if reach.point is None:
        return
    for number, need in enumerate(needs):
        there = float(reach.point[list(need.atoms)].sum())
        low[number], high[number] = min(low[number], there), max(high[number], there)


def _cut(sums: Sequence[Sum], need: Need, up: _Reach, down: _Reach) -> _Cut:
    """What the attack says must be withheld: to reach up, or to be wide, whichever is missing more."""
    if up.reached < need.upper - EPSILON:
        return _cut_of(sums, ((up, need.value),), need.upper - need.value)
    return _cut_of(sums, ((up, need.value), (down, -need.value)), need.width)


def _cut_of(sums: Sequence[Sum], reaches: Sequence[tuple[_Reach, float]], least: float) -> _Cut:
    """The dual of each attack as weights; what is gained whatever is withheld is taken off first."""
    for reach, value in reaches:
        least -= sum(price * one.value for price, one in zip(reach.prices, sums, strict=True)) - value
    weights: dict[int, float] = {}
    for reach, _ in reaches:
        for at, price in enumerate(reach.prices):
            if abs(price) > EPSILON and sums[at].state == "open":
                weights[at] = weights.get(at, 0.0) + (least if price > 0 else -price * sums[at].value)
    return _Cut({at: min(one, least) for at, one in weights.items() if one > EPSILON}, least)


class _Attack:
    """Everything that whoever attacks knows, kept ready between attacks."""

    def __init__(self, sums: Sequence[Sum], atoms: int) -> None:
        self.sums, self.atoms = sums, atoms
        self._solver, self._whole = _solver(), False
        for name, value in (("presolve", "off"), ("simplex_strategy", PRIMAL)):  # one attack starts in the corner of the last: eight times as fast
            self._solver.setOptionValue(name, value)
        self._pass()

    def _pass(self) -> None:
        import highspy
        import numpy as np

        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.atoms, len(self.sums)
        model.col_cost_, model.col_lower_, model.col_upper_ = np.zeros(self.atoms), np.zeros(self.atoms), np.full(self.atoms, inf)
        values = np.array([one.value for one in self.sums], dtype=float)
        model.row_lower_, model.row_upper_ = values, values
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.cumsum([0, *(len(one.atoms) for one in self.sums)])
        model.a_matrix_.index_ = np.array([atom for one in self.sums for atom in one.atoms], dtype=np.int32)
        model.a_matrix_.value_ = np.ones(len(model.a_matrix_.index_))
        self._solver.passModel(model)

    def show(self, hidden: AbstractSet[int]) -> None:
        """Every cell but these is known."""
        for at, one in enumerate(self.sums):
            self._solver.changeRowBounds(at, *((-inf, inf) if at in hidden else (one.value, one.value)))

    def farthest(self, group: Sequence[int], direction: int, *, whole: bool = False) -> _Reach:
        """How far a group reaches: up with 1, down with -1 (then the number is negative)."""
        import highspy
        import numpy as np

        costs = np.zeros(self.atoms)
        costs[list(group)] = -direction
        everything = np.arange(self.atoms, dtype=np.int32)
        self._solver.changeColsCost(self.atoms, everything, costs)
        if whole != self._whole:  # only then: it makes the solver forget the corner it stands in, from which the next attack is short
            kind = highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous
            self._solver.changeColsIntegrality(self.atoms, everything, np.array([kind] * self.atoms))
            self._whole = whole
        self._solver.run()
        status = self._solver.getModelStatus()
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return _Reach(inf, None, np.zeros(len(self.sums)), True)
        solution = self._solver.getSolution()
        point = np.array(solution.col_value)
        exact = bool(np.all(np.abs(point - np.round(point)) < EPSILON))
        prices = np.zeros(len(self.sums)) if whole else -np.array(solution.row_dual)
        return _Reach(-float(self._solver.getInfo().objective_function_value), point, prices, exact)


def _cheapest(sums: Sequence[Sum], cuts: Sequence[_Cut]) -> frozenset[int]:
    """The cheapest choice that keeps every cut."""
    import highspy
    import numpy as np

    solver = _solver()
    for one in sums:
        solver.addVar(1.0 if one.state == "hidden" else 0.0, 0.0 if one.state == "shown" else 1.0)
    count = len(sums)
    everything = np.arange(count, dtype=np.int32)
    solver.changeColsCost(count, everything, np.array([one.cost for one in sums], dtype=float))
    solver.changeColsIntegrality(count, everything, np.array([highspy.HighsVarType.kInteger] * count))
    for cut in cuts:
        if not cut.weights:
            raise CannotBeProtected("table: a small group could be worked out from what was published before.\n  Choose other groups or another period.")
        solver.addRow(cut.least, inf, len(cut.weights), np.array(list(cut.weights), dtype=np.int32), np.array(list(cut.weights.values())))
    solver.run()
    if solver.getInfo().primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
        raise CannotBeProtected("table: a small group could be worked out from what was published before.\n  Choose other groups or another period.")
    return frozenset(at for at, chosen in enumerate(solver.getSolution().col_value) if chosen > 0.5)


def _solver() -> Any:
    import highspy

    solver = highspy.Highs.__new__(highspy.Highs)
    super(highspy.Highs, solver).__init__()  # its own would start callbacks, which write a banner to standard output before it can be told not to
    for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("mip_max_nodes", NODES), ("mip_rel_gap", 0.0), ("presolve", "choose")):
        solver.setOptionValue(name, value)
    return solver
