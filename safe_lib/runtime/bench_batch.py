"""What a report costs in a batch, beside papermill's usual engine for the notebook alone: both in turn, in one run, ratios first.

Ours is the whole: the notebook, HTML and PDF, sealed into the store, and the batch's own preparation shared out among its
cases. Theirs is the notebook of the same cases by a kernel each, in a process that has everything imported already.
Beside that: what each part of a report takes, and how much memory the processes hold from the first tenth of the cases
to the last. A thousand cases are measured once, fewer twice.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
ONCE: Final = 500  # cases; as many or more are measured once
PHASES_OF: Final = 24  # cases that the parts are measured on, after the first
TENTHS: Final = 10
STOCK_CASES: Final = 2  # a round
WANTED: Final = 0.1  # of the processor time of the usual engine
WANTED_FOR_THOUSAND: Final = 240.0  # seconds, two cores
WANTED_MEMORY: Final = 1.05  # the last tenth of the cases through the second; in the first, the typesetter fills its memory


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
    memory: float  # of one process, the last tenth of the cases through the second
    memory_kib: tuple[int, ...]  # of one process, by tenths of the cases: the median
    own_growth_kib: int  # of the process that leads, from its first case to its last
    failed: int
    phases: dict[str, float]  # milliseconds of processor for one case, by part


def main(as_json: bool, *, cases: int, workbooks: tuple[str, ...] = WORKBOOKS) -> int:
    """Measure and show; the exit code."""
    from safe_lib.runtime.demo import make_demo

    found = []
    with tempfile.TemporaryDirectory(prefix="safe-bench-") as folder:
        made = make_demo(Path(folder) / "made" / "bench.safe", cases=max(cases, STOCK_CASES), today=ON, cost=CHEAP).store
        for workbook in workbooks:
            rounds = []
            for number in range(1 if cases >= ONCE else ROUNDS):
                copied = Path(shutil.copytree(made.parent, Path(folder) / f"{workbook}-{number}")) / made.name
                theirs = _side("stock", copied, workbook)
                rounds.append((_side("safe", copied, workbook), theirs))
            copied = Path(shutil.copytree(made.parent, Path(folder) / f"{workbook}-parts")) / made.name
            found.append(_compared(workbook, rounds, _side("phases", copied, workbook)))
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
    for one in found:
        parts = ", ".join(f"{name} {value:.0f}" for name, value in one.phases.items())
        print(f"{one.workbook}: ms of processor for one case: {parts}; MiB of a process by tenths: {' '.join(str(kib // 1024) for kib in one.memory_kib)}")


def _compared(workbook: str, rounds: list[tuple[dict[str, Any], dict[str, Any]]], phases: dict[str, float]) -> Compared:
    def middle(side: int, name: str) -> float:
        return float(median(both[side][name] / both[side]["cases"] for both in rounds))

    last = rounds[-1][0]
    memory = _by_tenths(last["memory"])
    cpu, stock, seconds = middle(0, "cpu"), middle(1, "cpu"), middle(0, "seconds")
    return Compared(workbook, last["cases"], cpu / stock, cpu, stock, seconds, middle(1, "seconds"), seconds * 1000,
                    memory[-1] / memory[min(1, len(memory) - 1)], memory, last["own"][1] - last["own"][0], sum(both[0]["failed"] for both in rounds), phases)


def _by_tenths(values: list[int]) -> tuple[int, ...]:
    """The median of each tenth of a row, in its order; of a short row, each value."""
    size = max(1, len(values) // TENTHS)
    return tuple(int(median(values[start : start + size])) for start in range(0, len(values) - size + 1, size))[:TENTHS]


def _side(side: str, store: Path, workbook: str) -> dict[str, Any]:
    """One side in a process of its own, so that neither finds what the other read."""
    above = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (above, os.environ.get("PYTHONPATH"))))}
    done = subprocess.run([sys.executable, "-m", "safe_lib.runtime.bench_batch", side, str(store), workbook],
                          capture_output=True, text=True, check=True, env=environment)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def one_side(side: str, store: Path, workbook: str) -> dict[str, Any]:
    """What one side took, measured in this process."""
    from safe_lib.batching import Order, references
    from safe_lib.runtime.batch import run_batch

    with Store.open(store, read_passphrase(store.with_name(f"{store.name}.passphrase"))) as opened:
        desk = Desk(opened, "bench", "en", ON)
        refs = references(desk, "all")
        if side == "stock":
            return _stock(desk, refs[:STOCK_CASES], workbook)
        if side == "phases":
            return _phases(desk, refs[: PHASES_OF + 1], workbook)
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


def _phases(desk: Desk, refs: tuple[str, ...], workbook: str) -> dict[str, float]:
    """What each part of a report takes when the first is made: milliseconds of processor for one case, all of it in one process."""
    from safe_lib import batching
    from safe_lib.report import html, make, pdf
    from safe_lib.runtime import batch

    order = batching.Order(workbook, PROFILE, ("html", "pdf"))
    made_with, spent = batching.edition(desk, order), dict[str, float]()
    batch.prepare(order, desk)
    parts = (("notebook", make, "run"), ("HTML", html, "html_of"), ("data for PDF", pdf, "_data"), ("typesetting", pdf, "_report"),
             ("keeping what it rests on", batch, "keep_for_report"), ("sealing", batching, "seal_once"), ("keys", batching, "keys_now"))
    batch.make_one(desk, order, made_with, refs[0])
    began = _worked()
    with _watched(parts, spent):
        for ref in refs[1:]:
            batch.make_one(desk, order, made_with, ref)
    whole = _worked() - began
    spent["the rest"] = whole - sum(spent.values())
    return {name: round(seconds / (len(refs) - 1) * 1000, 1) for name, seconds in {"all": whole, **spent}.items()}


@contextmanager
def _watched(parts: tuple[tuple[str, Any, str], ...], spent: dict[str, float]) -> Iterator[None]:
    """Inside, what these functions take is added up under their names."""
    def watch(name: str, called: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **more: Any) -> Any:
            began = _worked()
            try:
                return called(*given, **more)
            finally:
                spent[name] = spent.get(name, 0.0) + _worked() - began

        return timed

    before = [(module, name, getattr(module, name)) for _, module, name in parts]
    for said, module, name in parts:
        setattr(module, name, watch(said, getattr(module, name)))
    try:
        yield
    finally:
        for module, name, called in before:
            setattr(module, name, called)


def _worked() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    print(json.dumps(one_side(sys.argv[1], Path(sys.argv[2]), sys.argv[3])))
