"""A batch that is killed again and again, beside one that nobody disturbs: the same reports, each once, and the same cases set apart.

The process that leads is killed at whatever it is doing, as a power cut or the system would, and the same order is begun
again. Some cases that do not exist are ordered too, so that there is something to set apart.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any, Final

from safe_lib.casework import Desk
from safe_lib.store import CHEAP, Store
from safe_lib.store.passphrase import read_passphrase

ON: Final = date(2026, 11, 21)
WORKBOOK: Final = "identification"
PROFILE: Final = "lawyer"
FORMATS: Final = ("html", "pdf")
UNKNOWN: Final = ("DEMO-90001", "DEMO-90002", "DEMO-90003")  # no such cases
LINES_OF_A_CASE: Final = 3  # in the audit trail: what is kept, and each report
LONGEST_PAUSE: Final = 0.5  # seconds, by chance, between the moment that was waited for and the kill
SEED: Final = 20261121

Sealed = Mapping[str, list[str]]  # case and format → digests of its reports


@dataclass(frozen=True, slots=True)
class Resumed:
    """What came of it."""

    cases: int
    kills: int
    reports: int
    same: bool  # case for case and byte for byte those of the undisturbed batch
    twice: int  # reports made more than once
    set_apart: int
    same_reasons: bool
    whole: bool  # the audit trail, and every row of the store
    files_left: int  # beside the store, more than the undisturbed batch left
    seconds: float  # all of it, with what was begun again
    seconds_undisturbed: float

    @property
    def is_good(self) -> bool:
        """Nothing lost, nothing twice, nothing told otherwise."""
        return self.same and self.same_reasons and self.whole and not self.twice and not self.files_left


def main(as_json: bool, *, cases: int = 500, kills: int = 20) -> int:
    """Do both and show; the exit code says whether they came to the same."""
    with tempfile.TemporaryDirectory(prefix="safe-bench-") as folder:
        found = compared(Path(folder), cases, kills)
    if as_json:
        print(json.dumps({"kind": "resume", "unit": "s", "measured": [asdict(found)]}))
    else:
        print("  cases  kills  reports   same  twice  set apart  trail whole  files left  clock s  undisturbed")
        print(f"{found.cases:>7}  {found.kills:>5}  {found.reports:>7}  {found.same!s:>5}  {found.twice:>5}  {found.set_apart:>9}  {found.whole!s:>11}  "
              f"{found.files_left:>10}  {found.seconds:>7.0f}  {found.seconds_undisturbed:>11.0f}")
    return 0 if found.is_good else 1


def compared(folder: Path, cases: int, kills: int) -> Resumed:
    """Make two copies of one store, disturb the batch on the one and not on the other, and compare."""
    from safe_lib.runtime.demo import make_demo

    made = make_demo(folder / "made" / "bench.safe", cases=cases, today=ON, cost=CHEAP).store
    disturbed, still = (_copied(made, folder / name) for name in ("disturbed", "still"))
    began = monotonic()
    undisturbed = _end(_begun(still))
    middle = monotonic()
    chance = Random(SEED)  # noqa: S311  only when to kill
    step = LINES_OF_A_CASE * cases // (kills + 1)
    for _ in range(kills):
        _kill_after(disturbed, step, chance.uniform(0, LONGEST_PAUSE))
    last = _end(_begun(disturbed))
    seconds = monotonic() - middle
    here, there = sealed(disturbed), sealed(still)
    return Resumed(cases, kills, sum(map(len, here.values())), here == there, sum(len(digests) - 1 for digests in here.values()), len(last["failures"]),
                   last["failures"] == undisturbed["failures"], _is_whole(disturbed), len(_beside(disturbed) - _beside(still)), seconds, middle - began)


def _copied(made: Path, folder: Path) -> Path:
    shutil.copytree(made.parent, folder)
    return folder / made.name


def _beside(store: Path) -> set[str]:
    return {file.name for file in store.parent.iterdir()} - {f"{store.name}-wal", f"{store.name}-shm"}


def _begun(store: Path) -> subprocess.Popen[str]:
    above = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (above, os.environ.get("PYTHONPATH"))))}
    return subprocess.Popen([sys.executable, "-m", "safe_lib.runtime.bench_resume", str(store)], stdout=subprocess.PIPE, text=True, env=environment)


def _end(begun: subprocess.Popen[str]) -> dict[str, Any]:
    said, _ = begun.communicate()
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def _kill_after(store: Path, lines: int, pause: float) -> None:
    """Begin, wait until the trail is so many lines longer, and kill it a moment later; where it has ended before, nothing is killed."""
    with _opened(store) as watched:
        before, _ = watched.audit_end()
        begun = _begun(store)
        while begun.poll() is None and watched.audit_end()[0] < before + lines:
            sleep(0.05)
    sleep(pause)
    begun.send_signal(signal.SIGKILL)
    begun.communicate()


def _opened(store: Path) -> Store:
    return Store.open(store, read_passphrase(store.with_name(f"{store.name}.passphrase")))


def sealed(path: Path) -> Sealed:
    """What a store holds, by case and format."""
    found: dict[str, list[str]] = {}
    with _opened(path) as store:
        for line in store.cases():
            for report in store.reports(line.ref):
                found.setdefault(f"{line.ref} {report.format}", []).append(report.sha256)
    return found


def _is_whole(path: Path) -> bool:
    with _opened(path) as store:
        return store.audit_break() is None and not store.damages()


def one_batch(path: Path) -> dict[str, Any]:
    """The batch itself, in this process: what it set apart."""
    from safe_lib.batching import Order, references
    from safe_lib.runtime.batch import run_batch

    with _opened(path) as store:
        desk = Desk(store, "bench", "en", ON)
        refs = (*references(desk, "all"), *UNKNOWN)
        found = run_batch(desk, Order(WORKBOOK, PROFILE, FORMATS, ON.isoformat()), refs, workers=len(os.sched_getaffinity(0)))
    return {"failures": sorted((one.ref, one.reason) for one in found.failed)}


if __name__ == "__main__":
    print(json.dumps(one_batch(Path(sys.argv[1]))))
