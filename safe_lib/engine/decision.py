"""Which unknowns a result really hangs on: exact, without trying all answers together.

Conditions are reduced to decision diagrams: a node asks one open item and leads on for each of its answers; equal
nodes are one node, and a node whose answers all lead to the same place is left out. An item can change a result if,
and only if, the diagram of that result still asks it. Groups shrink to "how many more are needed", so even fifty open
items stay small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from operator import attrgetter

from safe_lib.engine.conditions import Known, evaluate, item_truth
from safe_lib.model.assessment import Truth
from safe_lib.model.instrument import Condition

HOLDS, FAILS, OPEN = Truth.HOLDS, Truth.FAILS, Truth.OPEN
TURNED = {HOLDS: FAILS, FAILS: HOLDS, OPEN: OPEN}
LARGEST = 60_000  # nodes; above it the answer would no longer come at once
MOST_WORK = 200_000  # parts looked at, for all results of one set of answers; the largest instrument of the project needs 14,000
_EARLIEST = attrgetter("first")


class TooEntangled(Exception):
    """The conditions hang together in more ways than can be followed exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """A sentence about one open item: what each of its codes would make of it."""

    first: int  # place of the item
    truths: tuple[Truth, ...]  # one for each code


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """At least `need` of some parts must hold; `open` more stay open whatever is answered."""

    first: int  # the earliest item that a part asks
    need: int
    open: int
    parts: tuple[Ask | Group, ...]  # in the order of their first items


# What is left of a condition: a truth, or what still asks something. A diagram makes equal ones only once, so they are
# compared by identity.
Rest = Truth | Ask | Group


@dataclass
class Diagram:
    """Reduced decision diagrams over the open items of one set of answers."""

    known: Known
    open_items: Mapping[str, tuple[str, ...]]  # item → the codes it could still take
    findings: Mapping[str, Condition]
    _rests: dict[int, Rest] = field(default_factory=dict)  # by identity of the condition
    _sentences: dict[int, dict[tuple[Truth, ...], None]] = field(default_factory=dict)  # place → truths of each sentence by code
    _made: dict[tuple[object, ...], Ask | Group] = field(default_factory=dict)
    _after: dict[tuple[Group, int], Rest] = field(default_factory=dict)  # a group and the answer to its first item → what is left
    _nodes: dict[tuple[object, ...], int] = field(default_factory=dict)
    _asked: dict[int, frozenset[str]] = field(default_factory=dict)
    _work: int = 0

    def __post_init__(self) -> None:
        self._order = tuple(self.open_items)
        self._places = {id: place for place, id in enumerate(self._order)}

    def decides(self, conditions: Sequence[Condition], result: Callable[[Sequence[Rest]], object]) -> frozenset[str]:
        """The open items on which `result` of these conditions depends.

        Args:
            conditions: looked at together.
            result: what they come to, or None while more must be asked.

        Raises:
            TooEntangled: more than LARGEST nodes would be needed, or more work or depth than a page can wait for.
        """
        try:
            return self._decides(conditions, result)
        except RecursionError:  # conditions that hang on one another, or on hundreds of open items
            raise TooEntangled from None

    def _decides(self, conditions: Sequence[Condition], result: Callable[[Sequence[Rest]], object]) -> frozenset[str]:
        memo: dict[tuple[Rest, ...], int] = {}

        def follow(state: tuple[Rest, ...]) -> int:
            if (node := memo.get(state)) is not None:
                return node
            if len(memo) > LARGEST:
                raise TooEntangled
            if (value := result(state)) is not None:
                node = self._leaf(value)
            else:
                place = min(rest.first for rest in state if not isinstance(rest, Truth))
                node = self._node(place, tuple(follow(tuple(self._given(rest, place, answer) for rest in state)) for answer in self._answers(place)))
            memo[state] = node
            return node

        return self._asked[follow(tuple(self.rest(condition) for condition in conditions))]

    def rest(self, condition: Condition) -> Rest:
        """What is left of a condition when everything answered is put in."""
        if id(condition) not in self._rests:
            self._rests[id(condition)] = self._reduce(condition)
        return self._rests[id(condition)]

    def _reduce(self, condition: Condition) -> Rest:
        if condition.op == "not":
            return self._turned(self.rest(condition.parts[0]))
        if condition.parts:
            need = {"all": len(condition.parts), "any": 1}.get(condition.op, condition.count)
            return self._group(need, 0, [self.rest(part) for part in condition.parts])
        if condition.subject == "finding" and condition.name in self.findings and condition.values == (HOLDS.value,):
            return self.rest(self.findings[condition.name])
        if condition.subject != "item" or condition.name not in self.known.items:
            return evaluate(condition, self.known).truth
        return self._item(condition)

    def _item(self, condition: Condition) -> Rest:
        item = self.known.items[condition.name]
        instrument = self.known.instrument
        own: Rest
        if condition.name not in self.open_items:
            own = item_truth(condition, item, self.known.answers.of(item.id, item.kind).code, instrument)
        else:
            own = self._ask(self._places[condition.name], tuple(item_truth(condition, item, code, instrument) for code in self.open_items[condition.name]))
        return own if item.only_if is None else self._group(2, 0, [self.rest(item.only_if), own])

    def _ask(self, place: int, truths: tuple[Truth, ...]) -> Rest:
        if len(set(truths)) == 1:
            return truths[0]
        self._sentences.setdefault(place, {})[truths] = None
        return self._made.setdefault((place, truths), Ask(place, truths))

    def _answers(self, place: int) -> Iterable[int]:
        """One answer for each way in which the sentences about an item can turn out together."""
        return {column: answer for answer, column in enumerate(zip(*self._sentences[place], strict=True))}.values()

    def _group(self, need: int, open_parts: int, parts: Sequence[Rest], kept: tuple[Ask | Group, ...] = ()) -> Rest:
        """At least `need` of some parts; those in `kept` are known to ask something, and to be in order."""
        self._work += 1 + len(parts) + len(kept)
        if self._work > MOST_WORK:
            raise TooEntangled
        need -= sum(part is HOLDS for part in parts)
        open_parts += sum(part is OPEN for part in parts)
        if asking := [part for part in parts if not isinstance(part, Truth)]:
            kept = tuple(sorted([*asking, *kept], key=_EARLIEST))
        if need <= 0:
            return HOLDS
        if need > open_parts + len(kept):
            return FAILS
        if not kept:
            return OPEN
        if len(kept) == 1 and not open_parts:
            return kept[0]
        key = (need, open_parts, kept)
        if key not in self._made:
            self._made[key] = Group(kept[0].first, *key)
        return self._made[key]

    def _turned(self, rest: Rest) -> Rest:
        """Not this. Of n parts fewer than k hold where at least n − k + 1 do not."""
        if isinstance(rest, Truth):
            return TURNED[rest]
        if isinstance(rest, Ask):
            return self._ask(rest.first, tuple(TURNED[truth] for truth in rest.truths))
        return self._group(rest.open + len(rest.parts) - rest.need + 1, rest.open, [self._turned(part) for part in rest.parts])

    def _given(self, rest: Rest, place: int, answer: int) -> Rest:
        """What is left when an item is answered that comes no later than all others still asked."""
        if isinstance(rest, Truth) or rest.first != place:
            return rest
        if isinstance(rest, Ask):
            return rest.truths[answer]
        if (rest, answer) not in self._after:
            parts = [self._given(part, place, answer) for part in takewhile(lambda part: part.first == place, rest.parts)]
            self._after[rest, answer] = self._group(rest.need, rest.open, parts, rest.parts[len(parts):])
        return self._after[rest, answer]

    def _leaf(self, value: object) -> int:
        key = ("leaf", value)
        if key not in self._nodes:
            self._nodes[key] = len(self._nodes)
            self._asked[self._nodes[key]] = frozenset()
        return self._nodes[key]

    def _node(self, place: int, ways: tuple[int, ...]) -> int:
        if len(set(ways)) == 1:
            return ways[0]
        key = (place, *ways)
        if key not in self._nodes:
            self._nodes[key] = len(self._nodes)
            self._asked[self._nodes[key]] = frozenset({self._order[place]}).union(*(self._asked[way] for way in ways))
        return self._nodes[key]
