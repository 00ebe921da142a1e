"""The processes of a batch: each is forked once, everything read, and makes one case after another.

What one case leaves behind reaches no other: a notebook runs in names of its own, what the program remembers between
cases is read from its public files or is numbers without texts, and the desk asks the store anew each time. The
typesetter remembers the sentences it laid out, in a process that may read them all anyway. A process in which the
program failed makes no further case; nor does one that has made many, so that nothing can grow without an end.
"""

from __future__ import annotations

import gc
import json
import os
import random
import selectors
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final, NoReturn

from safe_lib.model.errors import SafeError
from safe_lib.runtime.prepared import end_with_parent

LOOK: Final = 0.5  # seconds between two looks at the time
MOST_EACH: Final = 250  # cases; then a fresh process takes over
PIECE: Final = 65_536  # bytes that are read at once

Made = list[dict[str, Any]]  # what was made of a case, as JSON can hold it
Craft = Callable[[str], Made]  # makes one case, by its reference


@dataclass(frozen=True, slots=True)
class Failed:
    """A case without its report, and why; never an answer or a name."""

    ref: str
    reason: str


@dataclass(slots=True)
class Worker:
    """One process, and the case it is at work on."""

    pid: int
    orders: int  # where it hears which case is next, a descriptor
    line: int  # what it says, a descriptor
    ref: str = ""  # empty: it waits
    since: float = 0.0  # when it began this case
    late: bool = False
    leaving: bool = False  # it makes no further case
    held: bytes = b""  # of a line that has not ended yet


class Crew:
    """Processes at work, and what they made."""

    def __init__(self, craft: Callable[[], AbstractContextManager[Craft]], *, longest: float, most_each: int = MOST_EACH) -> None:
        """Nobody works yet.

        Args:
            craft: what each process opens for as long as it works, such as the store.
            longest: seconds for one case; then its process is ended and the case set apart.
            most_each: cases that one process makes.
        """
        self._craft, self._longest, self._most_each = craft, longest, most_each
        self.made, self.failed, self.left = list[tuple[str, dict[str, Any]]](), list[Failed](), list[str]()
        self.memory = list[int]()  # KiB of the process of each case when it was done
        self.cpu = 0.0  # seconds of ended processes
        self._stopping = False
        self._workers: dict[int, Worker] = {}
        self._lines = selectors.DefaultSelector()

    def work(self, refs: Sequence[str], most: int, step: Callable[[], None]) -> None:
        """Make these cases, `most` at a time; stopped by Ctrl-C, it lets those that have begun end."""
        waiting = list(reversed(refs))
        with self._stoppable():
            try:
                while self._hand_out(waiting, most):
                    for _ in range(self._look()):
                        step()
            finally:
                for worker in self._workers.values():
                    os.kill(worker.pid, signal.SIGKILL)
                    os.waitpid(worker.pid, 0)
                self._lines.close()
        self.left = list(reversed(waiting))

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """The first Ctrl-C (or SIGTERM) lets what has begun end; the second ends it at once."""
        def stop(*_: object) -> None:
            if self._stopping:
                raise KeyboardInterrupt
            self._stopping = True

        before = {name: signal.signal(name, stop) for name in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def _hand_out(self, waiting: list[str], most: int) -> bool:
        """Give everybody who waits the next case, or leave to go; begin more processes where there is more. Whether anybody works."""
        for worker in self._workers.values():
            if not worker.ref and not worker.leaving:
                self._order(worker, waiting)
        while waiting and not self._stopping and len(self._workers) < most:
            self._order(self._begin(), waiting)
        return bool(self._workers)

    def _order(self, worker: Worker, waiting: list[str]) -> None:
        if not waiting or self._stopping:
            os.close(worker.orders)
            worker.leaving = True
            return
        try:
            os.write(worker.orders, f"{waiting[-1]}\n".encode())
        except BrokenPipeError:  # it was killed while it waited; the case is for another
            os.close(worker.orders)
            worker.leaving = True
            return
        worker.ref, worker.since = waiting.pop(), monotonic()

    def _begin(self) -> Worker:
        (orders, ordering), (line, saying), parent = os.pipe(), os.pipe(), os.getpid()
        pid = os.fork()
        if pid == 0:
            self._in_child(orders, saying, parent, (ordering, line))
        os.close(orders)
        os.close(saying)
        self._workers[line] = worker = Worker(pid, ordering, line)
        self._lines.register(line, selectors.EVENT_READ)
        return worker

    def _look(self) -> int:
        """Take in what was said and who has ended, and end who is late; how many cases are settled."""
        settled = 0
        for key, _ in self._lines.select(LOOK):
            worker = self._workers[key.fd]
            said = os.read(worker.line, PIECE)
            *lines, worker.held = (worker.held + said).split(b"\n")
            settled += sum(self._take_in(worker, json.loads(line)) for line in lines)
            if not said:
                settled += self._say_goodbye(worker)
        for worker in self._workers.values():
            if worker.ref and monotonic() - worker.since > self._longest and not worker.late:
                worker.late = True
                os.kill(worker.pid, signal.SIGKILL)
        return settled

    def _take_in(self, worker: Worker, told: dict[str, Any]) -> int:
        self.memory.append(told["memory"])
        self.made += [(worker.ref, one) for one in told["made"]]
        if told["failed"]:
            self.failed.append(Failed(worker.ref, told["failed"]))
        worker.ref = ""
        if told["last"]:
            os.close(worker.orders)
            worker.leaving = True
        return 1

    def _say_goodbye(self, worker: Worker) -> int:
        self._lines.unregister(worker.line)
        del self._workers[worker.line]
        os.close(worker.line)
        if not worker.leaving:
            os.close(worker.orders)
        _, status, used = os.wait4(worker.pid, 0)
        self.cpu += used.ru_utime + used.ru_stime
        if not worker.ref:
            return 0
        self.failed.append(Failed(worker.ref, self._end_of(worker, status)))
        return 1

    def _end_of(self, worker: Worker, status: int) -> str:
        if worker.late:
            return f"{worker.ref}: it took longer than {self._longest:.0f} seconds and was ended."
        signaled = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"code {os.waitstatus_to_exitcode(status)}"
        return f"{worker.ref}: the process that made it ended by itself ({signaled})."

    # In the child

    def _in_child(self, orders: int, saying: int, parent: int, not_mine: Sequence[int]) -> NoReturn:
        try:
            _begin_anew(parent)
            self._lines.close()
            for descriptor in (*not_mine, *(end for other in self._workers.values() for end in _held_by_leader(other))):
                os.close(descriptor)  # else no other process would hear that its orders have ended
            with os.fdopen(orders, encoding="utf-8") as heard, os.fdopen(saying, "w", encoding="utf-8") as line, ExitStack() as held:
                for told in self._told(heard, held):
                    json.dump(told, line)
                    line.write("\n")
                    line.flush()
            os._exit(0)
        finally:
            os._exit(1)

    def _told(self, heard: Iterator[str], held: ExitStack) -> Iterator[dict[str, Any]]:
        """One line for each case that is ordered."""
        craft: Craft | None = None
        for number, ordered in enumerate(heard, 1):
            ref, last = ordered.strip(), number == self._most_each
            made, failed = Made(), ""
            try:
                craft = craft or held.enter_context(self._craft())
                made = craft(ref)
            except SafeError as problem:
                failed = str(problem)
            except Exception as problem:  # whatever it is, it concerns this case alone; the next one is for a fresh process
                place, last = traceback.extract_tb(problem.__traceback__)[-1], True
                failed = f"{ref}: something went wrong inside the program ({type(problem).__name__} in {Path(place.filename).name}:{place.lineno})."
            yield {"made": made, "failed": failed, "memory": own_memory(), "last": last}
            if last:
                return


def _held_by_leader(worker: Worker) -> tuple[int, ...]:
    return (worker.line,) if worker.leaving else (worker.line, worker.orders)


def own_memory() -> int:
    """What this process holds in memory now, in KiB; 0 where the system does not say."""
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def _begin_anew(parent: int) -> None:
    """What a fork does not do by itself."""
    end_with_parent(parent)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # they may reach every process of a terminal or a service; the first process decides
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    gc.freeze()  # what was read before the fork stays as it is
    random.seed()
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed()
    os.environ["RAYON_NUM_THREADS"] = "1"  # the typesetter's; the cores are taken by the other processes
