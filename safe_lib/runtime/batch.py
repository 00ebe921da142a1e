"""Many reports: everything is imported and read once, then each case gets a forked process of its own, and no socket.

Each process opens the store by itself, makes the report of its one case in every form, seals it under its key in one
transaction, and ends; so memory does not grow, and what happens to one case happens to no other. Killed at any moment,
the batch goes on where it was when it is begun again (`safe_lib.batching` says how a key knows what is there already).
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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any, Final, Literal, NoReturn, Protocol

from safe_lib import batching
from safe_lib.batching import Edition, Order
from safe_lib.casework import Desk
from safe_lib.catalogue import instrument_files, load_instrument, load_texts, translated
from safe_lib.keeping import keep_for_report
from safe_lib.model.errors import SafeError
from safe_lib.report.make import check_order, documents, warm
from safe_lib.rights.permission import Role
from safe_lib.runtime.prepared import end_with_parent
from safe_lib.store import Store
from safe_lib.store.batch import Finished

EngineName = Literal["safe", "papermill"]
LONGEST: Final = 180.0  # seconds for one case; then its process is ended and the case set apart
WRITERS: Final = 60.0  # seconds to wait for other writers; nobody sits and waits for a batch
LOOK: Final = 0.5  # seconds between two looks at the time


def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class MadeReport:
    """One line of the manifest."""

    ref: str
    format: str
    key: str  # what it was made from, as a digest
    report: str  # its number in the store
    sha256: str
    size: int  # bytes
    made: bool  # False: it was there already


@dataclass(frozen=True, slots=True)
class Failed:
    """A case without its report, and why; never an answer or a name."""

    ref: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of a batch."""

    reports: tuple[MadeReport, ...]
    failed: tuple[Failed, ...]
    left: tuple[str, ...]  # cases not begun, because somebody stopped it
    seconds: float
    cpu: float  # seconds that processors worked for it, all processes together
    memory: tuple[int, ...]  # KiB at most of each case's process, in the order they ended
    own_memory: tuple[int, int]  # KiB of this process before the first and after the last case

    @property
    def done(self) -> tuple[str, ...]:
        """Cases of which something was made."""
        return tuple(dict.fromkeys(one.ref for one in self.reports if one.made))

    @property
    def kept(self) -> tuple[str, ...]:
        """Cases of which everything was there already."""
        done = set(self.done)
        return tuple(dict.fromkeys(one.ref for one in self.reports if one.ref not in done))


class Opens(Protocol):
    """What opens the store in the process of one case."""

    def desk(self) -> AbstractContextManager[Desk]:
        """The desk in this process."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a process finds the store, and for whom it works. The key is in memory only, and handed on by the fork."""

    path: Path
    key: bytes = field(repr=False)
    person: str
    language: str
    today: date
    role: Role

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The desk in this process."""
        with Store.open_with_key(self.path, self.key, patience=WRITERS) as store:
            yield Desk(store, self.person, self.language, self.today, self.role, for_list=True)


def run_batch(desk: Desk, order: Order, refs: Sequence[str], *, workers: int, engine: EngineName = "safe",
              begin: Callable[[int], Callable[[], None]] = lambda total: _nothing) -> Batch:
    """Make the reports of many cases; the store of the desk is closed afterwards.

    Args:
        desk: who makes them; the reports stay in the store.
        order: what is made of each case.
        refs: the cases, each once.
        workers: how many processes at the same time.
        engine: what runs the notebook; `papermill` is its usual engine with a kernel for each case, to compare.
        begin: told how many cases there are to do; what it gives is called after each.

    Raises:
        WrongUse, ReportError: the order cannot be meant; nothing is made.
        NotPermitted: the person may not list cases.
    """
    started, worked = monotonic(), _cpu()
    check_order(order.workbook, order.profile, order.formats)
    made_with = batching.edition(desk, order)
    keys = batching.keys_of_all(desk, order, made_with, refs)
    reports = there_already(desk, keys)
    there = {(one.ref, one.format) for one in reports}
    todo = [ref for ref in refs if any((ref, format) not in there for format in order.formats)]
    batching.begin(desk, order, len(refs))
    place = Place(desk.open_store().path, desk.open_store().own_key(), desk.person, desk.language, desk.today, desk.role)
    if todo:
        prepare(order, desk)
    desk.open_store().close()  # SQLite must not be carried through a fork
    crew = Crew(order, made_with, place, engine)
    before = _own_memory()
    crew.work(todo, workers, begin(len(todo)))
    found = Batch((*reports, *crew.made), tuple(crew.failed), tuple(crew.left), monotonic() - started, _cpu() - worked + crew.cpu, tuple(crew.memory),
                  (before, _own_memory()))
    with place.desk() as again:
        batching.end(replace(again, now=desk.now), len(found.done), len(found.kept), len(found.failed))
    return found


def there_already(desk: Desk, keys: Mapping[str, Mapping[str, str]]) -> list[MadeReport]:
    """The reports of these keys that the store has."""
    numbers = batching.kept_reports(desk, [key for of_case in keys.values() for key in of_case.values()])
    found = []
    for ref, of_case in keys.items():
        for format, key in of_case.items():
            if key in numbers:
                report = desk.open_store().report(numbers[key])
                found.append(MadeReport(ref, format, key, report.id, report.sha256, report.size, made=False))
    return found


def prepare(order: Order, desk: Desk) -> None:
    """Import and read what every report needs, once for all, without anybody's answers."""
    load_texts(desk.language)
    for id in instrument_files():
        translated(load_instrument(id), desk.language)
    warm(order.workbook, order.profile, desk.language, desk.today, order.formats)
    gc.collect()
    gc.freeze()


def _cpu() -> float:
    return sum(os.times()[:2])


def _own_memory() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


@dataclass(slots=True)
class Worker:
    """One process at work on one case."""

    ref: str
    pid: int
    line: int  # what it says, a descriptor
    since: float
    late: bool = False


class Crew:
    """The processes of a batch, and what they made."""

    def __init__(self, order: Order, made_with: Edition, place: Opens, engine: EngineName) -> None:
        """Nobody works yet."""
        self.order, self.made_with, self.place, self.engine = order, made_with, place, engine
        self.made, self.failed, self.left, self.memory = list[MadeReport](), list[Failed](), list[str](), list[int]()
        self.cpu = 0.0  # seconds of ended processes
        self._stopping = False
        self._at_work: dict[int, Worker] = {}
        self._lines = selectors.DefaultSelector()

    def work(self, refs: Sequence[str], most: int, step: Callable[[], None]) -> None:
        """Make the reports of these cases, `most` at a time; stopped by Ctrl-C, it lets those that have begun end."""
        waiting = list(reversed(refs))
        with self._stoppable():
            try:
                while self._at_work or (waiting and not self._stopping):
                    while waiting and not self._stopping and len(self._at_work) < most:
                        self._begin(waiting.pop())
                    for _ in range(self._look()):
                        step()
            finally:
                for worker in self._at_work.values():
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

    def _begin(self, ref: str) -> None:
        reading, writing = os.pipe()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._in_child(ref, writing, parent)
        os.close(writing)
        self._at_work[reading] = Worker(ref, pid, reading, monotonic())
        self._lines.register(reading, selectors.EVENT_READ)

    def _look(self) -> int:
        """Take in who has ended, and end who is late; how many have ended."""
        ended = [self._at_work[key.fd] for key, _ in self._lines.select(LOOK)]
        for worker in ended:
            self._take_in(worker)
        for worker in self._at_work.values():
            if monotonic() - worker.since > LONGEST and not worker.late:
                worker.late = True
                os.kill(worker.pid, signal.SIGKILL)
        return len(ended)

    def _take_in(self, worker: Worker) -> None:
        self._lines.unregister(worker.line)
        del self._at_work[worker.line]
        with os.fdopen(worker.line, encoding="utf-8") as line:
            said = line.read()
        _, status, used = os.wait4(worker.pid, 0)
        self.cpu += used.ru_utime + used.ru_stime
        self.memory.append(used.ru_maxrss)
        told: dict[str, Any] = json.loads(said) if said and status == 0 else {"failed": _end_of(worker, status)}
        self.made += [MadeReport(worker.ref, **one) for one in told.get("made", ())]
        if "failed" in told:
            self.failed.append(Failed(worker.ref, told["failed"]))

    # In the child

    def _in_child(self, ref: str, writing: int, parent: int) -> NoReturn:
        try:
            _begin_anew(parent)
            told = self._told(ref)
            with os.fdopen(writing, "w", encoding="utf-8") as line:
                json.dump(told, line)
            os._exit(0)
        finally:
            os._exit(1)

    def _told(self, ref: str) -> dict[str, Any]:
        try:
            with self.place.desk() as desk, desk.open_store().alone_with(ref):
                return {"made": [self._line(one) for one in make_one(desk, self.order, self.made_with, ref, self.engine)]}
        except SafeError as problem:
            return {"failed": str(problem)}
        except Exception as problem:  # whatever it is, it concerns this case alone
            last = traceback.extract_tb(problem.__traceback__)[-1]
            return {"failed": f"{ref}: something went wrong inside the program ({type(problem).__name__} in {Path(last.filename).name}:{last.lineno})."}

    @staticmethod
    def _line(one: MadeReport) -> dict[str, Any]:
        return {"format": one.format, "key": one.key, "report": one.report, "sha256": one.sha256, "size": one.size, "made": one.made}


def _end_of(worker: Worker, status: int) -> str:
    if worker.late:
        return f"{worker.ref}: it took longer than {LONGEST:.0f} seconds and was ended."
    signaled = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"code {os.waitstatus_to_exitcode(status)}"
    return f"{worker.ref}: the process that made it ended by itself ({signaled})."


def _begin_anew(parent: int) -> None:
    """What a fork does not do by itself."""
    end_with_parent(parent)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # they may reach every process of a terminal or a service; the first process decides
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    gc.disable()  # it ends within a second or two
    random.seed()
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed()
    os.environ["RAYON_NUM_THREADS"] = "1"  # the typesetter's; the cores are taken by the other processes


def make_one(desk: Desk, order: Order, made_with: Edition, ref: str, engine: EngineName = "safe") -> tuple[MadeReport, ...]:
    """Make and seal the report of one case in every form that is not there yet.

    Raises:
        ReportError: it could not be made, or somebody kept writing in the case.
        CaseNotFound, NotPermitted: as everywhere.
    """
    keys = batching.keys_now(desk, order, made_with, ref)
    if kept := _made_meanwhile(desk, ref, keys):
        return kept
    for _ in range(batching.TRIES):
        made = documents(desk, ref, order.workbook, order.profile, order.formats, engine=_engine(engine, desk))
        before, keys = keys, batching.keys_now(desk, order, made_with, ref)
        if before == keys:
            break
    else:
        raise batching.still_changing(ref)
    there = desk.open_store().made(keys.values())
    keep_for_report(desk, ref, order.workbook)
    reports = batching.seal_once(desk, ref, order, [Finished(keys[format], format, content) for format, content in made.items()])
    return tuple(MadeReport(ref, one.format, keys[one.format], one.id, one.sha256, one.size, keys[one.format] not in there) for one in reports)


def _made_meanwhile(desk: Desk, ref: str, keys: Mapping[str, str]) -> tuple[MadeReport, ...]:
    """All reports of a case, where another process has just made them; nothing where one is missing."""
    store = desk.open_store()
    there = store.made(keys.values())
    if len(there) < len(set(keys.values())):
        return ()
    return tuple(MadeReport(ref, format, key, one.id, one.sha256, one.size, made=False) for format, key in keys.items() for one in (store.report(there[key]),))


def _engine(name: EngineName, desk: Desk) -> Mapping[str, Any] | None:
    if name == "safe":
        return None
    from safe_lib.runtime.stock_engine import stock

    return stock(desk)
