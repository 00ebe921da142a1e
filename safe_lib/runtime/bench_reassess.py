"""How long it takes to look through every kept assessment again: today, and a year later when every claim has run out."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Final

from safe_lib.casework import Desk
from safe_lib.reassessing import reassess
from safe_lib.runtime.demo import make_demo
from safe_lib.store import CHEAP, Store
from safe_lib.store.passphrase import read_passphrase

ON: Final = date(2026, 11, 21)
LATER: Final = date(2027, 11, 21)  # every claim about Exampleland has run out
WANTED: Final = 60.0  # seconds for ten thousand cases on two cores
WANTED_FOR: Final = 10_000  # cases


@dataclass(frozen=True, slots=True)
class Looked:
    """One look through a store; `ratio` is what ten thousand cases would take through what is wanted (1 or less is good).

    `cpu` are the seconds that processors worked for it, all processes together: on a busy machine they say more than the clock.
    """

    what: str
    cases: int
    kept: int
    computed: int
    differing: int
    workers: int
    seconds: float
    cpu: float  # seconds
    ratio: float


def main(as_json: bool, *, cases: int, store: Path | None, passphrase_file: Path | None) -> int:
    """Measure and show; the exit code."""
    with desk_of(cases, store, passphrase_file) as desk:
        found = tuple(_all(desk))
    if as_json:
        rows = [{name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(one).items()} for one in found]
        print(json.dumps({"kind": "reassess", "wanted": WANTED, "for": WANTED_FOR, "unit": "s", "measured": rows}))
        return 0
    print("  ratio  seconds      cpu   cases    kept  computed  differing  workers  what")
    for one in found:
        times = f"{one.ratio:>7.2f}  {one.seconds:>7.2f}  {one.cpu:>7.2f}"
        print(f"{times}  {one.cases:>6}  {one.kept:>6}  {one.computed:>8}  {one.differing:>9}  {one.workers:>7}  {one.what}")
    return 0


@contextmanager
def desk_of(cases: int, store: Path | None, passphrase_file: Path | None) -> Iterator[Desk]:
    """The store that was named, or one made for this with invented persons."""
    if store is not None:
        with Store.open(store, read_passphrase(passphrase_file)) as opened:
            yield Desk(opened, "bench", "en", ON)
        return
    with tempfile.TemporaryDirectory(prefix="safe-bench-") as folder:
        made = make_demo(Path(folder) / "bench.safe", cases=cases, today=ON, cost=CHEAP)
        with Store.open(made.store, read_passphrase(made.passphrase_file)) as opened:
            yield Desk(opened, "bench", "en", ON)


def _all(desk: Desk) -> Iterator[Looked]:
    cores = os.cpu_count() or 1
    yield _look(desk, "what depends, today", ON, workers=cores)
    yield _look(desk, "what depends, a year later", LATER, workers=cores)
    yield _look(desk, "what depends, a year later, one worker", LATER, workers=1)
    yield _look(desk, "everything, a year later", LATER, workers=cores, every=True)


def _look(desk: Desk, what: str, on: date, *, workers: int, every: bool = False) -> Looked:
    open_cases = {line.ref for line in desk.open_store().kept_newest()}
    start, worked = perf_counter(), sum(os.times()[:4])
    found = reassess(Desk(desk.store, desk.person, desk.language, on, desk.role), workers=workers, every=every)
    seconds, cpu = perf_counter() - start, sum(os.times()[:4]) - worked
    ratio = seconds * WANTED_FOR / max(1, len(open_cases)) / WANTED
    return Looked(what, len(open_cases), found.kept, found.computed, len(found.differing), workers, seconds, cpu, ratio)
