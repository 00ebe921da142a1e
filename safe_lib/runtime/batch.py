"""Many reports: everything is imported and read once, then forked processes make one case after another, and no socket.

Each process opens the store by itself, makes the report of a case in every form, and seals it under its key in one
transaction; `crew` says why no case reaches another. Killed at any moment, the batch goes on where it was when it is
begun again (`safe_lib.batching` says how a key knows what is there already).
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any, Final, Literal, Protocol

from safe_lib import batching, casework
from safe_lib.batching import Edition, Order
from safe_lib.casework import Desk
from safe_lib.catalogue import instrument_files, load_instrument, load_texts, translated
from safe_lib.keeping import keep_for_report
from safe_lib.report.make import check_order, documents, warm
from safe_lib.rights.permission import Role
from safe_lib.runtime.crew import MOST_EACH, Craft, Crew, Failed, Made, own_memory
from safe_lib.store import Store
from safe_lib.store.batch import Finished
from safe_lib.store.moment import one_moment

EngineName = Literal["safe", "papermill"]
LONGEST: Final = 180.0  # seconds for one case; then its process is ended and the case set apart
WRITERS: Final = 60.0  # seconds to wait for other writers; nobody sits and waits for a batch


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
class Batch:
    """What came of a batch."""

    reports: tuple[MadeReport, ...]
    failed: tuple[Failed, ...]
    left: tuple[str, ...]  # cases not begun, because somebody stopped it
    seconds: float
    cpu: float  # seconds that processors worked for it, all processes together
    memory: tuple[int, ...]  # KiB of the process of each case when it was done, in that order
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
    """What opens the store in a process that makes cases."""

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
    todo = [ref for ref in dict.fromkeys((*keys, *refs)) if any((ref, format) not in there for format in order.formats)]
    batching.begin(desk, order, len(refs))
    place = Place(desk.open_store().path, desk.open_store().own_key(), desk.person, desk.language, desk.today, desk.role)
    if todo:
        prepare(order, desk)
    desk.open_store().close()  # SQLite must not be carried through a fork
    crew = crew_of(place, order, made_with, engine)
    before = own_memory()
    crew.work(todo, workers, begin(len(todo)))
    found = Batch((*reports, *made_by(crew)), tuple(crew.failed), tuple(crew.left), monotonic() - started, _cpu() - worked + crew.cpu, tuple(crew.memory),
                  (before, own_memory()))
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


def crew_of(place: Opens, order: Order, made_with: Edition, engine: EngineName = "safe") -> Crew:
    """Processes that make these reports; papermill's usual engine gets one for each case."""
    return Crew(lambda: _craft(place, order, made_with, engine), longest=LONGEST, most_each=MOST_EACH if engine == "safe" else 1)


def made_by(crew: Crew) -> tuple[MadeReport, ...]:
    """What processes made so far."""
    return tuple(MadeReport(ref, **one) for ref, one in crew.made)


@contextmanager
def _craft(place: Opens, order: Order, made_with: Edition, engine: EngineName) -> Iterator[Craft]:
    """In a process of its own: makes case after case at one desk."""
    with place.desk() as desk:
        def make(ref: str) -> Made:
            with desk.open_store().alone_with(ref):
                return [_line(one) for one in make_one(desk, order, made_with, ref, engine)]

        yield make


def _line(one: MadeReport) -> dict[str, Any]:
    return {"format": one.format, "key": one.key, "report": one.report, "sha256": one.sha256, "size": one.size, "made": one.made}


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
        with one_moment():
            casework.marks_of(desk, ref, verb="report")  # before anything is read: what is kept later names no answer that was not read
            made = documents(desk, ref, order.workbook, order.profile, order.formats, engine=_engine(engine, desk))
            before, keys = keys, batching.keys_now(desk, order, made_with, ref)
            if before == keys:
                there = desk.open_store().made(keys.values())
                keep_for_report(desk, ref, order.workbook)  # in the same moment: the assessments that the report tells
                break
    else:
        raise batching.still_changing(ref)
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
