"""How long it takes to gather the figures of a store and to make all usual tables fit to be published together; nothing is published."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Final

from safe_lib.casework import Desk
from safe_lib.engine.disclosure import release
from safe_lib.findings.gathering import Period, chosen, gather, quarter_of
from safe_lib.findings.releasing import count, rules_of
from safe_lib.model.findings import Remembered, Suppressed
from safe_lib.runtime.bench_reassess import desk_of

WANTED: Final = 60.0  # seconds for ten thousand cases
WANTED_FOR: Final = 10_000  # cases
YEARS: Final = 2  # that are gathered


@dataclass(frozen=True, slots=True)
class Worked:
    """One step; `ratio` is what ten thousand cases would take through what is wanted (1 or less is good)."""

    what: str
    cases: int
    tables: int
    withheld: int
    seconds: float
    ratio: float


def main(as_json: bool, *, cases: int, store: Path | None, passphrase_file: Path | None) -> int:
    """Measure on the store that was named, or on one made for it, and show; the exit code."""
    with desk_of(cases, store, passphrase_file) as desk:
        found = _all(desk)
    if as_json:
        rows = [{name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(one).items()} for one in found]
        print(json.dumps({"kind": "findings", "wanted": WANTED, "for": WANTED_FOR, "unit": "s", "measured": rows}))
        return 0
    print("  ratio  seconds   cases  tables  withheld  what")
    for one in found:
        print(f"{one.ratio:>7.2f}  {one.seconds:>7.2f}  {one.cases:>6}  {one.tables:>6}  {one.withheld:>8}  {one.what}")
    return 0


def _all(desk: Desk) -> tuple[Worked, ...]:
    day = date.today()
    within = Period(f"{day.year - YEARS + 1}Q1", quarter_of(day))
    began = perf_counter()
    found = gather(desk, within)
    gathered = perf_counter()
    rules, earlier = rules_of(desk.open_store()), list[Remembered]()
    for one in chosen(()):
        tally, where = count(one, within, found, rules)
        table = release(tally, rules, earlier, where)
        earlier.append(Remembered(tally, frozenset(key for key, cell in table.cells.items() if isinstance(cell, Suppressed)), where))
    ended, withheld = perf_counter(), sum(len(one.hidden) for one in earlier)
    return (_worked("gathered from the store", len(found), 0, 0, gathered - began),
            _worked("made fit to be published", len(found), len(earlier), withheld, ended - gathered),
            _worked("both", len(found), len(earlier), withheld, ended - began))


def _worked(what: str, cases: int, tables: int, withheld: int, seconds: float) -> Worked:
    return Worked(what, cases, tables, withheld, seconds, seconds * WANTED_FOR / max(1, cases) / WANTED)
