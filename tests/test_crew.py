"""Promises about the processes of a batch: one case after another, none lost, and what fails takes nobody with it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from safe_lib.model.errors import ReportError
from safe_lib.runtime.crew import Craft, Crew

REFS = tuple(f"DEMO-{number:03}" for number in range(1, 9))


@contextmanager
def telling() -> Iterator[Craft]:
    """Says which process made a case, and how many it had made before."""
    made: list[str] = []

    def make(ref: str) -> list[dict[str, Any]]:
        if ref == "DEMO-002":
            raise ReportError("DEMO-002: refused.")
        if ref == "DEMO-004":
            raise ValueError("Mira said: absent")
        if ref == "DEMO-006":
            os.kill(os.getpid(), signal.SIGKILL)
        made.append(ref)
        return [{"pid": os.getpid(), "before": len(made) - 1}]

    yield make


def worked(crew: Crew, most: int) -> dict[str, dict[str, Any]]:
    steps: list[int] = []
    crew.work(REFS, most, lambda: steps.append(1))
    assert len(steps) == len(REFS)
    return dict(crew.made)


def test_a_process_goes_on_after_a_refusal_and_not_after_a_fault() -> None:
    """A case that is refused changes nothing; where the program failed or was killed, a fresh process makes the next."""
    crew = Crew(telling, longest=30)
    made = worked(crew, 1)
    reasons = {one.ref: one.reason for one in crew.failed}

    assert list(made) == [ref for ref in REFS if ref not in ("DEMO-002", "DEMO-004", "DEMO-006")]
    assert made["DEMO-001"]["pid"] == made["DEMO-003"]["pid"] and made["DEMO-003"]["before"] == 1
    assert [made[ref]["before"] for ref in ("DEMO-005", "DEMO-007", "DEMO-008")] == [0, 0, 1]
    assert reasons["DEMO-002"] == "DEMO-002: refused." and "signal 9" in reasons["DEMO-006"]
    assert "ValueError" in reasons["DEMO-004"] and "Mira" not in reasons["DEMO-004"]
    assert len(crew.memory) == len(REFS) - 1 and min(crew.memory) > 0 and crew.cpu > 0


def test_no_process_makes_more_than_its_share() -> None:
    """After so many cases a fresh one takes over, so that nothing grows without an end."""
    made = worked(Crew(telling, longest=30, most_each=2), 2)

    assert max(one["before"] for one in made.values()) == 1
    assert len({one["pid"] for one in made.values()}) >= 3


def test_a_process_that_is_killed_while_it_waits_costs_no_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """The case that it would have got is made by another."""
    crew, order = Crew(telling, longest=30), Crew._order
    killed: list[int] = []

    def kill_first(self: Crew, worker: Any, waiting: list[str]) -> None:
        if len(waiting) == 2 and not killed:
            killed.append(worker.pid)
            os.kill(worker.pid, signal.SIGKILL)
            while Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                time.sleep(0.001)
        order(self, worker, waiting)

    monkeypatch.setattr(Crew, "_order", kill_first)
    made = worked(crew, 1)

    assert killed and {"DEMO-007", "DEMO-008"} <= set(made)
    assert [one.ref for one in crew.failed] == ["DEMO-002", "DEMO-004", "DEMO-006"]


def test_what_cannot_be_opened_is_told_case_by_case() -> None:
    """A store that does not open gives a reason for each, and no process that begins for ever."""
    @contextmanager
    def shut() -> Iterator[Craft]:
        raise ReportError("the store: it is locked.")
        yield

    crew = Crew(shut, longest=30)

    assert worked(crew, 2) == {}
    assert {one.ref for one in crew.failed} == set(REFS) and {one.reason for one in crew.failed} == {"the store: it is locked."}
