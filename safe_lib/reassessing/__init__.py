"""Which open cases would come out otherwise today, and why. Nothing is changed: a professional looks again.

Only those are computed whose answers, instrument, rules or country information are otherwise than when the assessment
was kept. The others cannot differ, because the same input gives the same result; a test computes them all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from safe_lib.casework import FUTURES, Desk, futures_in, require_right
from safe_lib.engine.conditions import sentences
from safe_lib.engine.grounds import Changed
from safe_lib.model.grounds import KeptLine, Marks, Result
from safe_lib.model.instrument import Instrument
from safe_lib.reassessing.computing import PAPERS, PERSONAL, Done, Task, compute
from safe_lib.reassessing.today import Today

BACKDROP = ("figure_changed", "search_changed", "source_changed")  # what no rule looks at; it alone changes no result


def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class Again:
    """One kept assessment that somebody should look at again: what it concluded, what it would conclude today, and why."""

    kept: int  # its number in the store
    ref: str
    instrument: str
    scenario: str
    country: str
    then: Result
    now: Result
    why: tuple[Changed, ...]  # all that is otherwise of what it rests on
    telling: frozenset[Changed] = frozenset()  # those among them that can have moved the result

    @property
    def differs(self) -> bool:
        """The outcome, a level, how well something is known, or a flag is otherwise; else only what it rests on is."""
        return self.then != self.now

    @property
    def moved(self) -> dict[str, tuple[tuple[str, str], tuple[str, str]]]:
        """Domain or dimension → its level and how well it was known, then and now; only those that differ."""
        ids = dict.fromkeys([*self.then.levels, *self.now.levels])
        both = {id: tuple((one.levels.get(id, ""), one.confidence.get(id, "")) for one in (self.then, self.now)) for id in ids}
        return {id: (before, after) for id, (before, after) in both.items() if before != after}


@dataclass(frozen=True, slots=True)
class Reassessed:
    """What came of looking through the kept assessments of all open cases."""

    on: date
    kept: int  # newest assessments of open cases
    computed: int
    found: tuple[Again, ...]

    @property
    def differing(self) -> tuple[Again, ...]:
        """Those with another result."""
        return tuple(one for one in self.found if one.differs)

    @property
    def resting(self) -> tuple[Again, ...]:
        """Those with the same result on country information, an instrument or rules that are otherwise now."""
        return tuple(one for one in self.found if not one.differs)


def reassess(desk: Desk, *, every: bool = False, workers: int = 1, begin: Callable[[int], Callable[[], None]] = lambda total: _nothing) -> Reassessed:
    """Look which kept assessments of open cases would come out otherwise on the day of the desk.

    Args:
        desk: who looks, in which store, on which day.
        every: compute all of them; the same comes of it, later.
        workers: processes to share the work out to.
        begin: told how many cases are computed; what it gives is called after each.

    Raises:
        NotPermitted: the person may not list or assess cases.
    """
    require_right(desk, "list")
    require_right(desk, "assess")
    store, today = desk.open_store(), Today(desk.open_store(), desk.today)
    marks, lines = store.all_marks(), store.kept_newest()
    wanted = [line for line in lines if today.instrument(line.instrument) and (every or today.may_differ(line, marks.get(line.ref, Marks())))]
    done: dict[int, Done] = {}
    refs = tuple(dict.fromkeys(line.ref for line in wanted))
    step = begin(len(refs))
    instruments = {line.instrument: instrument for line in wanted if (instrument := today.instrument(line.instrument))}
    for several in compute(instruments, _tasks(today, wanted, refs), workers, len(refs)):
        done.update({one.id: one for one in several})
        step()
    found = tuple(again for line in lines if (again := _again(today, line, done.get(line.id))))
    store.note(by=desk.person, at=desk.now(), what="cases.reassessed", detail=f"{len(lines)} kept, {len(wanted)} computed, as of {desk.today.isoformat()}")
    return Reassessed(desk.today, len(lines), len(wanted), found)


def _tasks(today: Today, wanted: Iterable[KeptLine], refs: tuple[str, ...]) -> Iterator[Task]:
    """Each case once, with its answers, in the order of the lines."""
    by_case = {ref: tuple(lines) for ref, lines in groupby(wanted, key=lambda line: line.ref)}
    instruments = tuple(dict.fromkeys(line.instrument for lines in by_case.values() for line in lines))
    for file in today.store.case_files(refs, instruments, PERSONAL, PAPERS):
        lines = by_case[file.ref]
        kept = {line.id: today.country_kept(line) for line in lines}
        leading_to = {future.country for future in futures_in(file.papers.get(FUTURES, {}))}
        yield Task(file, lines, kept, {iso3: today.seen(iso3) for iso3 in leading_to.union(kept.values())})


def _again(today: Today, line: KeptLine, done: Done | None) -> Again | None:
    then = today.result_kept(line)
    now = done.result if done else then
    made = today.made_otherwise(line)
    of_country = today.changes(line.grounds.snapshot) if line.grounds else ()
    said = (Changed("answers_changed", "", ""),) if done and line.grounds and done.said != line.grounds.said else ()
    why = (*said, *made, *of_country)
    telling = frozenset() if then == now else frozenset((*said, *made, *_of_moved(today.instrument(line.instrument), then, now, of_country)))
    if then == now and why == said:  # answers that change nothing are daily work
        return None
    country = done.country if done else today.country_kept(line)
    return Again(line.id, line.ref, line.instrument, line.scenario, country, then, now, why, telling) if why or then != now else None


def _of_moved(instrument: Instrument | None, then: Result, now: Result, changed: tuple[Changed, ...]) -> tuple[Changed, ...]:
    """The changes on topics of what moved."""
    if instrument is None:
        return ()
    moved = {id for id in {*then.levels, *now.levels} if (then.levels.get(id), then.confidence.get(id)) != (now.levels.get(id), now.confidence.get(id))}
    topics = {theme for item in instrument.items if item.group in moved for theme in item.themes}
    if then.flags != now.flags or not moved:
        topics |= {one.name for rule in instrument.rules for one in sentences(rule.when) if one.subject == "country"}
    return tuple(one for one in changed if one.what not in BACKDROP and (one.theme in topics or one.what == "country"))
