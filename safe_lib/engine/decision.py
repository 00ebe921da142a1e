"""Which unknowns a result really hangs on: exact, without trying all answers together.

Conditions are reduced to decision diagrams: a node asks one open item and leads on for each of its answers; equal
nodes are one node, and a node whose answers all lead to the same place is left out. An item can change a result if,
and only if, the diagram of that result still asks it. Groups shrink to "how many more are needed", so even fifty open
items stay small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from safe_lib.engine.conditions import Known, evaluate, item_truth
from safe_lib.model.assessment import Truth
from safe_lib.model.instrument import Condition

HOLDS, FAILS, OPEN = Truth.HOLDS, Truth.FAILS, Truth.OPEN
LARGEST = 60_000  # nodes; above it the answer would no longer come at once


class TooEntangled(Exception):
    """The conditions hang together in more ways than can be followed exactly."""


# What is left of a condition: a truth, ("ask", item, truths by code), ("of", need, open, parts) or ("not", part).
Rest = Truth | tuple[str, str, tuple[tuple[str, Truth], ...]] | tuple[str, int, int, tuple["Rest", ...]] | tuple[str, "Rest"]


@dataclass
class Diagram:
    """Reduced decision diagrams over the open items of one set of answers."""

    known: Known
    open_items: Mapping[str, tuple[str, ...]]  # item → the codes it could still take
    findings: Mapping[str, Condition]
    _rests: dict[Condition, Rest] = field(default_factory=dict)
    _nodes: dict[tuple[object, ...], int] = field(default_factory=dict)
    _asked: dict[int, frozenset[str]] = field(default_factory=dict)
    _leaves: list[object] = field(default_factory=list)

    def decides(self, conditions: Sequence[Condition], result: Callable[[tuple[Truth, ...]], object]) -> frozenset[str]:
        """The open items on which `result` of these conditions' truths depends.

        Raises:
            TooEntangled: more than LARGEST nodes would be needed.
        """
        order = {id: place for place, id in enumerate(self.open_items)}
        memo: dict[tuple[Rest, ...], int] = {}

        def follow(state: tuple[Rest, ...]) -> int:
            if (node := memo.get(state)) is not None:
                return node
            if len(memo) > LARGEST:
                raise TooEntangled
            asks = [first for rest in state if (first := _first(rest, order)) is not None]
            if not asks:
                node = self._leaf(result(tuple(rest for rest in state if isinstance(rest, Truth))))
            else:
                id = min(asks, key=order.__getitem__)
                node = self._node(id, tuple(follow(tuple(_given(rest, id, code) for rest in state)) for code in self.open_items[id]))
            memo[state] = node
            return node

        return self._asked[follow(tuple(self.rest(condition) for condition in conditions))]

    def rest(self, condition: Condition) -> Rest:
        """What is left of a condition when everything answered is put in."""
        if condition not in self._rests:
            self._rests[condition] = self._reduce(condition)
        return self._rests[condition]

    def _reduce(self, condition: Condition) -> Rest:
        if condition.op == "not":
            return _turned(self.rest(condition.parts[0]))
        if condition.parts:
            need = {"all": len(condition.parts), "any": 1}.get(condition.op, condition.count)
            return _group(need, [self.rest(part) for part in condition.parts])
        if condition.subject == "finding" and condition.name in self.findings and condition.values == (HOLDS.value,):
            return self.rest(self.findings[condition.name])
        if condition.subject != "item":
            return evaluate(condition, self.known).truth
        return self._item(condition)

    def _item(self, condition: Condition) -> Rest:
        item = self.known.items[condition.name]
        if condition.name not in self.open_items:
            own: Rest = item_truth(condition, item, self.known.answers.of(item.id, item.kind).code, self.known.instrument)
        else:
            codes = self.open_items[condition.name]
            own = ("ask", condition.name, tuple((code, item_truth(condition, item, code, self.known.instrument)) for code in codes))
            if len({truth for _, truth in own[2]}) == 1:
                own = own[2][0][1]
        if item.only_if is None:
            return own
        return _group(2, [self.rest(item.only_if), own])

    def _leaf(self, value: object) -> int:
        key = ("leaf", value)
        if key not in self._nodes:
            self._nodes[key] = len(self._nodes)
            self._asked[self._nodes[key]] = frozenset()
        return self._nodes[key]

    def _node(self, id: str, ways: tuple[int, ...]) -> int:
        if len(set(ways)) == 1:
            return ways[0]
        key = (id, *ways)
        if key not in self._nodes:
            self._nodes[key] = len(self._nodes)
            self._asked[self._nodes[key]] = frozenset({id}).union(*(self._asked[way] for way in ways))
        return self._nodes[key]


def _first(rest: Rest, order: Mapping[str, int]) -> str | None:
    if isinstance(rest, Truth):
        return None
    if rest[0] == "ask":
        return str(rest[1])
    parts = rest[3] if rest[0] == "of" else (rest[1],)  # type: ignore[misc]
    found = [first for part in parts if (first := _first(part, order)) is not None]  # type: ignore[arg-type]
    return min(found, key=order.__getitem__) if found else None


def _given(rest: Rest, id: str, code: str) -> Rest:
    if isinstance(rest, Truth):
        return rest
    if rest[0] == "ask":
        return dict(rest[2])[code] if rest[1] == id else rest
    if rest[0] == "not":
        return _turned(_given(rest[1], id, code))  # type: ignore[arg-type]
    need, open_parts, parts = rest[1], rest[2], rest[3]  # type: ignore[misc]
    return _group(need, [*(OPEN for _ in range(open_parts)), *(_given(part, id, code) for part in parts)])  # type: ignore[arg-type]


def _turned(rest: Rest) -> Rest:
    if isinstance(rest, Truth):
        return {HOLDS: FAILS, FAILS: HOLDS, OPEN: OPEN}[rest]
    return ("not", rest)


def _group(need: int, parts: Sequence[Rest]) -> Rest:
    need -= sum(part is HOLDS for part in parts)
    open_parts = sum(part is OPEN for part in parts)
    left = tuple(part for part in parts if not isinstance(part, Truth))
    if need <= 0:
        return HOLDS
    if need > open_parts + len(left):
        return FAILS
    if not left:
        return OPEN
    if len(left) == 1 and not open_parts:
        return left[0]
    return ("of", need, open_parts, left)
