"""How long it takes to look through a long audit trail: a million lines, as some ten years of a large team leave (SEC-55)."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final

from safe_lib.store import CHEAP, Store

LINES: Final = 1_000_000
WANTED: Final = 30.0  # seconds for a million lines
BEGUN: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def main(as_json: bool, *, lines: int = LINES) -> int:
    """Measure on a store made for it, and show; the exit code says whether the trail was found whole."""
    with tempfile.TemporaryDirectory(prefix="safe-bench-") as folder, Store.create(Path(folder) / "bench.safe", "bench", cost=CHEAP, at=BEGUN) as store:
        store.append_audit(some_lines(lines), by="bench")
        began, worked = perf_counter(), process_time()
        found = store.audit_break()
        seconds, cpu = perf_counter() - began, process_time() - worked
        there = store.audit_end()[0]
    ratio = seconds / (WANTED * there / LINES)
    measured = {"what": "verify the trail", "lines": there, "whole": found is None,
                "seconds": round(seconds, 3), "cpu": round(cpu, 3), "ratio": round(ratio, 3)}
    if as_json:
        print(json.dumps({"kind": "audit", "wanted": WANTED, "for": LINES, "unit": "s", "measured": [measured]}))
    else:
        print(f"  ratio  seconds      cpu    lines  what\n{ratio:>7.2f}  {seconds:>7.2f}  {cpu:>7.2f}  {there:>7}  verify the trail")
    return 0 if found is None else 1


def some_lines(count: int) -> Iterator[dict[str, Any]]:
    """Readings of invented cases, one each second."""
    for number in range(count):
        yield {"at": BEGUN + timedelta(seconds=number), "what": "case.read", "ref": f"K7M-{number % 10_000:04}", "detail": "page.identification"}
