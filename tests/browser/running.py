"""A server of its own on a free port, with a training store of invented persons; and what tests do to it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, ClassVar

import httpx
import psutil

from safe_lib import casework
from safe_lib.casework import Desk, Said
from safe_lib.model.case import SHARED, SavedAnswer
from safe_lib.store import CHEAP, Store

PHRASE = "invented words for browser tests"
DAY = date(2026, 11, 21)
Given = Mapping[str, Mapping[str, str]]  # instrument → item → code
STARTS_WITHIN = 60  # seconds, on a busy machine
ROOT = Path(__file__).parents[2]
DANGERS = tuple(f"DG{number:02}" for number in range(1, 11))
STOPS = tuple(f"HS{number:02}" for number in range(1, 15))
PATTERN = ("DR02", "DR05", "DR08", "EX01", "EX02", "CD01", "CD14")  # as present, they match the published pattern; one fewer does not


@dataclass
class Running:
    """One server: started, stopped and started again on the same port; its store is readable from here as well."""

    store: Path
    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None
    more: ClassVar[tuple[str, ...]] = ()  # further words of the command
    first: ClassVar[str] = "/left"  # a page that only the whole server answers, not its door
    _written: list[IO[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it as its users do, and wait until it answers."""
        self._written.append(self.log.open("ab"))
        command = [sys.executable, "-c", "from safe_lib.cli import main; main()", "serve", "--store", str(self.store), "--port", str(self.port), *self.more]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=self._written[-1], stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError(f"The server did not start:\n{self.log.read_text(errors='replace')}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}{self.first}", timeout=2).status_code in (200, 302)
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        """Take it down at once, as a cut of power does; its own children go with it."""
        if self.process is None:
            return
        children = self._family()
        for one in (psutil.Process(self.process.pid), *children) if self.process.poll() is None else children:
            _end(one)
        self.process.wait(10)
        self.process = None

    def kernels(self) -> list[psutil.Process]:
        """The kernels that live now."""
        return [one for one in self._family() if is_kernel(one)]

    def await_no_kernel(self, within: float) -> bool:
        """No kernel lives any more, in so many seconds."""
        end = time.monotonic() + within
        while self.kernels() and time.monotonic() < end:
            time.sleep(0.05)
        return not self.kernels()

    def kill_kernels(self) -> int:
        """End every kernel without a word; how many there were."""
        alive = self.kernels()
        for one in alive:
            os.kill(one.pid, signal.SIGKILL)
        return len(alive)

    def _family(self) -> list[psutil.Process]:
        assert self.process is not None
        try:
            family: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return family

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The store beside the server: what another program would find in it."""
        with Store.open(self.store, PHRASE) as store:
            yield Desk(store, "noor", "en", DAY)

    def saved(self, ref: str, instrument: str, scenario: str = "") -> dict[str, SavedAnswer]:
        """What is durable."""
        with self.desk() as desk:
            return casework.saved_answers(desk, ref, instrument, scenario or SHARED)

    def new_case(self, alias: str = "", answers: Given | None = None, *, gate: bool = True) -> str:
        """A new case; `gate` answers the questions about danger."""
        with self.desk() as desk:
            return seed(desk, alias, answers, gate=gate)


def seed(desk: Desk, alias: str = "", answers: Given | None = None, *, gate: bool = True) -> str:
    """A new case with these answers; its reference."""
    ref = casework.open_case(desk, alias).ref
    first: Given = {"first_level": dict.fromkeys(DANGERS, "absent")} if gate else {}
    for id, given in {**first, **(answers or {})}.items():
        instrument = casework.instrument_for(desk, id)
        for item, code in given.items():
            casework.record(desk, ref, instrument, Said(item, code, seen=None))
    return ref


def is_kernel(one: psutil.Process) -> bool:
    """A kernel leads a session of its own; the process that prepares kernels does not."""
    try:
        return bool(one.status() != psutil.STATUS_ZOMBIE) and os.getsid(one.pid) == one.pid
    except (psutil.Error, ProcessLookupError):
        return False


def _end(one: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        one.kill()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def make_store(folder: Path) -> Path:
    """An empty training store, quick to open."""
    path = folder / "cases.safe"
    Store.create(path, PHRASE, training=True, cost=CHEAP).close()
    return path
