"""Promises about the soak: the visitors speak as a page does, and what does not hold is said."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from browser.wire import message

from safe_lib.runtime import bench_soak, serve
from safe_lib.runtime.bench_soak import Look, Minute, Watching, judged, soak
from safe_lib.runtime.proc import family, held
from safe_lib.runtime.scripted import Given, Seen, packed, unpacked

REST = Look(-1.0, 100_000, 0, 0.0, 2, 15)


def watched(servers: list[int], kernels: list[float]) -> Watching:
    """A server that was looked at every five seconds for four minutes."""
    found = Watching(1)
    found.began, found.end, found.rest = 0.0, 240.0, REST
    found.looks = [Look(5.0 * number, server, 0, kernel, 4, 90) for number, (server, kernel) in enumerate(zip(servers, kernels, strict=True))]
    return found


def minute(number: int, p95: float) -> Minute:
    return Minute(number, 600, 20.0, p95, 90.0, 100_000, 30_000.0, 4, 90)


def seen(later: float = 22.0) -> Seen:
    """Twenty answers a minute: the first minute at 20 ms, the others as told."""
    return Seen(saved=[(second, 20.0 if second < 60 else later) for second in map(float, range(0, 240, 3))])


FLAT = [100_000] * 48
GROWS = [100_000 + 600 * number for number in range(48)]


def test_what_is_flat_whole_and_steady_holds() -> None:
    """Every promise, with its figures beside it."""
    found = judged([minute(1, 20.0), minute(2, 22.0)], seen(), watched(FLAT, [30_000.0] * 48), REST, 0, 0)

    assert [one.holds for one in found] == [True] * 6
    assert all(one.figure for one in found)


@pytest.mark.parametrize(("fault", "place"), [("server", 0), ("kernel", 1), ("process", 2), ("file", 3), ("missing", 4), ("unheard", 4), ("slow", 5)])
def test_each_fault_breaks_its_promise_and_no_other(fault: str, place: int) -> None:
    """A leak, a rest, an answer that is not in the store, one that nobody acknowledged, slower answers."""
    watching = watched(GROWS if fault == "server" else FLAT, [float(size) for size in (GROWS if fault == "kernel" else FLAT)])
    after = {"process": Look(250.0, 100_000, 0, 0.0, 3, 15), "file": Look(250.0, 100_000, 0, 0.0, 2, 16)}.get(fault, REST)
    saw = seen(later=25.0 if fault == "slow" else 22.0)
    saw.lost += ["an answer was not acknowledged"] * (fault == "unheard")
    found = judged([minute(1, 20.0), minute(2, 22.0)], saw, watching, after, int(fault == "missing"), 0)

    assert [number for number, one in enumerate(found) if not one.holds] == [place]


def test_what_a_system_does_not_tell_is_not_called_good() -> None:
    """Neither held nor broken."""
    found = judged([minute(1, 20.0)], Seen(), watched([], []), Look(1.0, None, 0, 0.0, 2, None), 0, 0)

    assert [one.holds for one in found] == [None, None, True, None, True, None]


def test_a_message_is_what_a_page_sends() -> None:
    """The frame of the page's own protocol, and back."""
    frame = message("shell", "comm_msg", {"comm_id": "a", "data": {"method": "custom"}})

    assert unpacked(frame) == ("comm_msg", {"comm_id": "a", "data": {"method": "custom"}})
    assert unpacked(packed("shell", {"msg_type": "comm_msg"}, {"comm_id": "a"})) == ("comm_msg", {"comm_id": "a"})


def test_an_answer_that_is_not_in_the_store_is_found(tmp_path: Path) -> None:
    """The store is opened afterwards and asked for every answer that was acknowledged."""
    from safe_lib.runtime.demo import make_demo
    from safe_lib.store import CHEAP
    from safe_lib.store.passphrase import read_passphrase

    made = make_demo(tmp_path / "one.safe", cases=1, today=bench_soak.ON, cost=CHEAP)
    phrase = read_passphrase(made.passphrase_file)
    before = bench_soak._counts(made.store, phrase)

    assert bench_soak._lost_in_store(made.store, phrase, Seen(given=[Given("DEMO-001", "ilo_adult_labour", "DR02", "present", 999)]), before) == (1, -1)


def test_two_visitors_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real server: answers are acknowledged and found in the store, and nothing is left when both have gone."""
    monkeypatch.setattr(bench_soak, "EVERY", 0.5)
    monkeypatch.setattr(bench_soak, "ANSWERS", 4)
    found = json.loads(json.dumps(soak(tmp_path, 2, 0.1, 0.4), allow_nan=False))
    held_or_not = {promise["what"]: promise["holds"] for promise in found["promises"]}

    assert found["visits"] >= 2 and found["answers"]["new"] == found["answers"]["found"] > 0 and not found["answers"]["lost"]
    assert held_or_not["no answer is lost"] and held_or_not["no process is left behind"]


def test_what_a_process_holds_is_told() -> None:
    """Its family, its memory, its open files."""
    mine = held(os.getpid())

    assert mine and (mine.memory or 0) > 10_000 and (mine.files or 0) > 3
    assert os.getpid() in family(os.getppid()) and held(2**22 + 1) is None


def test_fifty_visitors_may_have_their_files() -> None:
    """Where a system begins with few open files for a program, the server takes what it may have."""
    look = "import resource; from safe_lib.runtime.place import allow_many_files; allow_many_files(); print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = 4096 if hard == resource.RLIM_INFINITY else min(hard, 4096)
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, most)))

    assert int(said.stdout) == most


def test_a_page_that_closes_while_its_kernel_ends_leaves_no_line_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing a page and signing out at once: what is kept for the page's return is let go of with the kernel."""
    closed: list[str] = []

    class Line:
        socket = SimpleNamespace(closed=False)

        def on_recv(self, ear: object) -> None:
            assert ear is None

        def close(self) -> None:
            closed.append("closed")

    async def meanwhile(kernels: Any, kernel: str, *_: object, **__: object) -> None:
        del kernels._kernels[kernel]
        kernels._kernel_buffers[kernel] = {"buffer": [], "session_key": "s", "channels": {"shell": Line(), "iopub": Line()}}

    monkeypatch.setattr(serve.AsyncMappingKernelManager, "shutdown_kernel", meanwhile)
    monkeypatch.setattr(serve, "SUITE", [SimpleNamespace(owners={"k": "session"})])
    kernels = serve.CaseKernels()
    kernels._kernels["k"] = SimpleNamespace()
    asyncio.run(kernels.shutdown_kernel("k"))

    assert closed == ["closed", "closed"] and "k" not in kernels._kernel_buffers
