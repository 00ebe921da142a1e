"""What a report costs in a batch, beside papermill's usual engine for the notebook alone: both in turn, in one run, ratios first.

Ours is the whole: the notebook, HTML and PDF, sealed into the store, and the batch's own preparation shared out among its
cases. Theirs is the notebook of the same cases by a kernel each, in a process that has everything imported already.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any, Final

from safe_lib.casework import Desk
from safe_lib.store import CHEAP, Store
from safe_lib.store.passphrase import read_passphrase

ON: Final = date(2026, 11, 21)
PROFILE: Final = "lawyer"
WORKBOOKS: Final = ("identification", "safe_return")
ROUNDS: Final = 2
STOCK_CASES: Final = 2  # a round
WANTED: Final = 0.1  # of the processor time of the usual engine
WANTED_FOR_THOUSAND: Final = 240.0  # seconds, two cores
WANTED_MEMORY: Final = 1.05  # the last tenth of the cases through the first


@dataclass(frozen=True, slots=True)
class Compared:
    """One workbook; seconds are medians over the rounds, for one case. Ratios of 1 or less through what is wanted are good."""

    workbook: str
    cases: int  # of ours in a round
    ratio: float  # processor seconds of ours through theirs
    cpu: float
    cpu_of_stock: float
    seconds: float  # by the clock, all workers together
    seconds_of_stock: float
    thousand: float  # seconds for a thousand reports, as measured
    memory: float  # the largest process of the last tenth of the cases through that of the first
    memory_kib: int
    own_growth_kib: int  # of the process that leads, from its first case to its last
    failed: int


def main(as_json: bool, *, cases: int, workbooks: tuple[str, ...] = WORKBOOKS) -> int:
    """Measure and show; the exit code."""
    from safe_lib.runtime.demo import make_demo

    found = []
    with tempfile.TemporaryDirectory(prefix="safe-bench-") as folder:
        for workbook in workbooks:
            rounds = []
            for number in range(ROUNDS):
                made = make_demo(Path(folder) / f"{workbook}-{number}.safe", cases=max(cases, STOCK_CASES), today=ON, cost=CHEAP)
                theirs = _side("stock", made.store, made.passphrase_file, workbook)
                rounds.append((_side("safe", made.store, made.passphrase_file, workbook), theirs))
            found.append(_compared(workbook, rounds))
    if as_json:
        rows = [{name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(one).items()} for one in found]
        print(json.dumps({"kind": "batch", "wanted": WANTED, "wanted_for_thousand": WANTED_FOR_THOUSAND, "wanted_memory": WANTED_MEMORY, "unit": "s",
                          "workers": _cores(), "measured": rows}))
    else:
        _show(found)
    return 0


def _show(found: list[Compared]) -> None:
    print("  ratio  wanted  cpu s  of stock  clock s  of stock  1,000 in s  memory  failed  what")
    for one in found:
        figures = f"{one.ratio:>7.3f}  {WANTED:>6.2f}  {one.cpu:>5.2f}  {one.cpu_of_stock:>8.2f}  {one.seconds:>7.2f}  {one.seconds_of_stock:>8.2f}"
        print(f"{figures}  {one.thousand:>10.0f}  {one.memory:>6.2f}  {one.failed:>6}  {one.workbook}, HTML + PDF, sealed; stock: the notebook alone")


def _compared(workbook: str, rounds: list[tuple[dict[str, Any], dict[str, Any]]]) -> Compared:
    def middle(side: int, name: str) -> float:
        return float(median(both[side][name] / both[side]["cases"] for both in rounds))

    last = rounds[-1][0]
    tenth = max(1, len(last["memory"]) // 10)
    cpu, stock, seconds = middle(0, "cpu"), middle(1, "cpu"), middle(0, "seconds")
    return Compared(workbook, last["cases"], cpu / stock, cpu, stock, seconds, middle(1, "seconds"), seconds * 1000,
                    median(last["memory"][-tenth:]) / median(last["memory"][:tenth]), max(last["memory"]), last["own"][1] - last["own"][0],
                    sum(both[0]["failed"] for both in rounds))


def _side(side: str, store: Path, passphrase_file: Path, workbook: str) -> dict[str, Any]:
    """One side in a process of its own, so that neither finds what the other read."""
    above = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (above, os.environ.get("PYTHONPATH"))))}
    done = subprocess.run([sys.executable, "-m", "safe_lib.runtime.bench_batch", side, str(store), str(passphrase_file), workbook],
                          capture_output=True, text=True, check=True, env=environment)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def one_side(side: str, store: Path, passphrase_file: Path, workbook: str) -> dict[str, Any]:
    """What one side took, measured in this process."""
    from safe_lib.batching import Order, references
    from safe_lib.runtime.batch import run_batch

    with Store.open(store, read_passphrase(passphrase_file)) as opened:
        desk = Desk(opened, "bench", "en", ON)
        refs = references(desk, "all")
        if side == "stock":
            return _stock(desk, refs[:STOCK_CASES], workbook)
        found = run_batch(desk, Order(workbook, PROFILE, ("html", "pdf")), refs, workers=_cores())
    return {"cases": len(refs), "seconds": found.seconds, "cpu": found.cpu, "memory": found.memory, "own": found.own_memory, "failed": len(found.failed),
            "reasons": sorted({one.reason.removeprefix(f"{one.ref}: ") for one in found.failed})}


def _stock(desk: Desk, refs: tuple[str, ...], workbook: str) -> dict[str, Any]:
    """The notebook alone, by papermill's usual engine: what kernels took, and this process while it led them."""
    import papermill.execute  # noqa: F401  imported before the clock runs

    from safe_lib.report.make import run
    from safe_lib.runtime.stock_engine import stock

    engine = stock(desk)
    started, before = monotonic(), sum(os.times()[:4])
    for ref in refs:
        run(desk, ref, workbook, PROFILE, engine)
    return {"cases": len(refs), "seconds": monotonic() - started, "cpu": sum(os.times()[:4]) - before}


if __name__ == "__main__":
    print(json.dumps(one_side(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])))
