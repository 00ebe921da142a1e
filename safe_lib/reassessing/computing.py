"""Many assessments in short, in this process or shared out among several. Workers hold no store and no key: they get
instruments, what is known of countries, and answers by reference, and give back results.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from safe_lib.casework import AGE_ITEM, CHILDREN_ITEM, FUTURES, SEVERITY, futures_in, person_of, place_of
from safe_lib.engine.assess import FREE_SCALES
from safe_lib.engine.conditions import Seen
from safe_lib.engine.departures import departures_for, departures_of
from safe_lib.engine.results import print_of, result, with_scenario
from safe_lib.model.answers import Answer, Answers
from safe_lib.model.case import SHARED
from safe_lib.model.grounds import CaseFile, KeptLine, Result
from safe_lib.model.instrument import Instrument

PAPERS: Final = (FUTURES, SEVERITY)
PERSONAL: Final = (AGE_ITEM, CHILDREN_ITEM)  # questions that tell the little that rules may know of a person
A_CHUNK: Final = 50  # cases; a second or two of work
AHEAD: Final = 3  # chunks that wait for each worker
WORTH_SHARING: Final = 400  # cases; a worker takes about a second to start


Instruments = Mapping[str, Instrument]


@dataclass(frozen=True, slots=True)
class Task:
    """One case with the kept assessments to look at again."""

    file: CaseFile
    lines: tuple[KeptLine, ...]
    countries: Mapping[int, str]  # number of a kept assessment → the country it was kept with
    seen: Mapping[str, Mapping[str, Seen]]  # country → topic → what rules may know of it today


@dataclass(frozen=True, slots=True)
class Done:
    """One result of today: of which kept assessment, from which answers, for which country."""

    id: int
    said: str
    country: str
    result: Result


def compute(instruments: Instruments, tasks: Iterable[Task], workers: int, total: int) -> Iterator[tuple[Done, ...]]:
    """The results of each case, in the order of the tasks.

    Args:
        instruments: by id, as they are now.
        workers: processes; 1 computes here, and so does any number where there is little to do.
        total: how many tasks there are.
    """
    if workers < 2 or total < WORTH_SHARING:
        yield from (results_of(instruments, task) for task in tasks)
        return
    # Not by fork: a connection to the store must not be carried into another process.
    method = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=method, initializer=_begin, initargs=(instruments,)) as pool:
        for several in _in_order(pool, tasks, workers * AHEAD):
            yield from several


def _in_order(pool: ProcessPoolExecutor, tasks: Iterable[Task], ahead: int) -> Iterator[list[tuple[Done, ...]]]:
    """Chunk by chunk, never with more read from the store than the workers will soon need."""
    waiting: deque[Future[list[tuple[Done, ...]]]] = deque()
    left = iter(tasks)
    while chunk := list(islice(left, A_CHUNK)):
        waiting.append(pool.submit(_results, chunk))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


_HERE: list[Instruments] = []  # of a worker process


def _begin(instruments: Instruments) -> None:
    _HERE[:] = [instruments]


def _results(chunk: Sequence[Task]) -> list[tuple[Done, ...]]:
    return [results_of(_HERE[0], task) for task in chunk]


def results_of(instruments: Instruments, task: Task) -> tuple[Done, ...]:
    """What the kept assessments of one case would conclude today."""
    return tuple(_done(instruments, task, line) for line in task.lines)


def _done(instruments: Instruments, task: Task, line: KeptLine) -> Done:
    instrument = instruments[line.instrument]
    said = answers_in(task.file, instrument, line.scenario)
    country = said.place.country if said.place else task.countries[line.id]
    return Done(line.id, print_of(with_scenario(instrument, said)), country, result(instrument, said, looker(task.seen.get(country, {}))))


def looker(seen: Mapping[str, Seen]) -> Callable[[str], Seen]:
    """Topic → what rules may know of it; what nobody wrote about is missing."""
    return lambda theme: seen.get(theme, Seen(None, "missing"))


def answers_in(file: CaseFile, instrument: Instrument, scenario: str) -> Answers:
    """What `casework.recorded` gives, from what was read of a case at once."""
    items = instrument.by_id()
    said = {item: (code, evidence) for item, of, code, evidence in file.answers.get(instrument.id, ()) if of in (SHARED, scenario)}
    given = {id: _answer(*answer) for id, answer in said.items() if id in items and items[id].scale not in FREE_SCALES}
    person = person_of(_code(file, *AGE_ITEM), _code(file, *CHILDREN_ITEM))
    place = place_of(futures_in(file.papers.get(FUTURES, {})), scenario)
    severity = departures_for(instrument, departures_of(file.papers.get(SEVERITY, {}), scenario))
    return Answers(given, person, scenario or None, place, severity)


def _code(file: CaseFile, instrument: str, item: str) -> str | None:
    return next((code for id, scenario, code, _ in file.answers.get(instrument, ()) if id == item and scenario == SHARED), None)


_ANSWERS: dict[tuple[str, str], Answer] = {}  # a few dozen kinds of answer make up two million


def _answer(code: str, evidence: str) -> Answer:
    key = (code, evidence)
    if key not in _ANSWERS:
        _ANSWERS[key] = replace(Answer(code), evidence=tuple(evidence.split()))  # type: ignore[arg-type]
    return _ANSWERS[key]
