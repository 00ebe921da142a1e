"""Publishing figures: gather, count, withhold together with everything that was published before, write down, and only then show.

Nothing here shows a number that was counted. What is published is a `ReleasedTable`, and every page, file and report is made
from that or from its JSON in the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from safe_lib.casework import Desk, _may
from safe_lib.engine.disclosure import release
from safe_lib.findings.gathering import RELEASE, Counted, Definition, Period, chosen, dimension, gather, version
from safe_lib.model.errors import WrongUse
from safe_lib.model.findings import Dimension, KeptRelease, Key, Placed, Released, ReleasedTable, Remembered, Rules, Suppressed, Tally
from safe_lib.rights.permission import Verb
from safe_lib.store import Store

READ: Final[Verb] = "team.read_figures"
SMALLEST: Final = "smallest_group"  # the setting; it takes two persons to change it
_SEP: Final = "|"  # between the values of a combination in the ledger


@dataclass(frozen=True, slots=True)
class Published:
    """A table as everybody may see it who may read figures."""

    publication: int
    name: str
    period: str
    definitions: str  # their version
    table: ReleasedTable
    hash: str
    by: str
    day: str


def rules_of(store: Store) -> Rules:
    """How small is small, as the team settled it."""
    return Rules(int(store.setting(SMALLEST)))


def publish(desk: Desk, within: Period, names: Collection[str] = ()) -> tuple[Published, ...]:
    """Publish tables over the cases of a period; they are checked together with each other and with all that was published.

    Raises:
        NotPermitted: only a coordinator publishes.
        CannotBeProtected: together with what was published, somebody could be worked out. Nothing is published then.
        WrongUse: no case, or no such table.
    """
    store = _may(desk, RELEASE)
    ledger, placed = store.releases(), store.counted()
    tables, found = chosen(names), gather(desk, within)
    if not found:
        raise WrongUse(f"findings: no case was opened in {within}.\n  Choose another period.")
    rules, earlier = rules_of(store), list(remembered(ledger, placed))
    bodies, places = dict[str, tuple[Mapping[str, Any], Mapping[str, int]]](), dict[str, dict[str, Key]]()
    for one in tables:
        tally, where = count(one, within, found, rules)
        table = release(tally, rules, earlier, where)
        earlier.append(Remembered(tally, frozenset(key for key, cell in table.cells.items() if isinstance(cell, Suppressed)), where))
        bodies[one.name] = (to_body(table, within), {_SEP.join(key): number for key, number in tally.counts.items()})
        for ref, key in where.items():
            places.setdefault(ref, {})[one.name] = key
    number = store.publish(bodies, places, seen=max((one.publication for one in ledger), default=0), by=desk.person, at=desk.now())
    return tuple(one for one in published(desk) if one.publication == number)


def count(one: Definition, within: Period, found: Sequence[Counted], rules: Rules) -> tuple[Tally, dict[str, Key]]:
    """A table before anything is withheld, and where each case is in it."""
    dimensions = tuple(dimension(id, within, found, rules.smallest) for id in one.by)
    where = {case.ref: tuple(_value(case, by, one.about) for by in dimensions) for case in found}
    counts: dict[Key, int] = {}
    for key in where.values():
        counts[key] = counts.get(key, 0) + 1
    return Tally(dimensions, counts), where


def _value(case: Counted, by: Dimension, about: str) -> str:
    value = case.counts_as[f"{by.id}_{about}" if about else by.id]
    return value if value in by.values else "other" if "other" in by.values else by.values[-1]


# The ledger


def published(desk: Desk) -> tuple[Published, ...]:
    """Every table that was published, oldest first; for whoever reads figures."""
    return tuple(_published(one) for one in _may(desk, READ).releases())


def _published(one: KeptRelease) -> Published:
    table = from_body(one.body)
    return Published(one.publication, one.name, one.body["period"], one.body["definitions"], table, one.hash, one.by, one.at.date().isoformat())


def remembered(ledger: Sequence[KeptRelease], placed: Sequence[Placed]) -> tuple[Remembered, ...]:
    """What was published as the check of the next table needs it.

    Who was counted and cannot be seen any more, because the case was erased or is closed to whoever works here, stays in
    the count: a publication without them would give them away.
    """
    found = []
    for one in ledger:
        table = from_body(one.body)
        where = {case.ref: case.where[one.name] for case in placed if case.publication == one.publication and one.name in case.where}
        there: dict[Key, int] = {}
        for key in where.values():
            there[key] = there.get(key, 0) + 1
        counts = {tuple(words.split(_SEP)): number for words, number in one.counted.items()}
        gone = {f"gone {one.publication} {key} {number}": key for key, count in counts.items() for number in range(count - there.get(key, 0))}
        hidden = frozenset(key for key, cell in table.cells.items() if isinstance(cell, Suppressed))
        found.append(Remembered(Tally(table.dimensions, counts), hidden, {**where, **gone}))
    return tuple(found)


def to_body(table: ReleasedTable, within: Period | str) -> dict[str, Any]:
    """What is published, as JSON: a number, or null where it is withheld."""
    cells = [[*key, cell.number if isinstance(cell, Released) else None] for key, cell in table.cells.items()]
    return {"period": str(within), "definitions": version(), "smallest_group": table.rules.smallest, "rounded_to": table.rules.base,
            "by": [{"id": one.id, "values": list(one.values)} for one in table.dimensions], "cells": cells}


def from_body(body: Mapping[str, Any]) -> ReleasedTable:
    """The way back."""
    dimensions = tuple(Dimension(one["id"], tuple(one["values"])) for one in body["by"])
    cells = {tuple(row[:-1]): Suppressed() if row[-1] is None else Released(int(row[-1])) for row in body["cells"]}
    return ReleasedTable(dimensions, cells, Rules(int(body["smallest_group"]), int(body["rounded_to"])))
