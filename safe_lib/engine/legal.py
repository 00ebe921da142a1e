"""The paper of a case's procedures as records and back, the facts each procedure sees, and the days in one line. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, asdict, fields
from datetime import date
from typing import Any, Final

from safe_lib.engine.conditions import sentences
from safe_lib.engine.facts import Facts, Value, unknown_in
from safe_lib.engine.procedures import STATE, banners, standpoint
from safe_lib.model.assessment import Truth
from safe_lib.model.legal import (
    HOME,
    PARTS,
    CaseDeadline,
    CaseFact,
    Considered,
    Contact,
    Entry,
    FileDocument,
    Following,
    LegalFile,
    Moment,
    Part,
    PersonStatement,
    StepDone,
    Task,
    Written,
)
from safe_lib.model.procedure import LawChange, Procedure

RECORDS: Final[Mapping[Part, type[Entry]]] = {
    "facts": CaseFact, "followed": Following, "steps": StepDone, "documents": FileDocument, "tasks": Task, "contacts": Contact, "statement": PersonStatement}
DAYS: Final = frozenset({"learned", "ended", "done", "due", "received", "returned"})  # fields that hold a day
NUMBERED: Final[Mapping[Part, str]] = {"documents": "d", "tasks": "t", "contacts": "c"}  # entries with a number of their own
_GONE: Final = "gone"  # mark of an entry that was taken out; it stays, so that whoever changes it is told


def file_in(body: Mapping[str, Any], revision: int = 0) -> LegalFile:
    """The records of a paper; entries that were taken out are left out."""
    parts: dict[str, dict[str, Any]] = {part: {id: _entry(part, id, said) for id, said in body.get(part, {}).items() if not said.get(_GONE)} for part in PARTS}
    statement = next(iter(parts.pop("statement").values()), None)
    revisions: dict[tuple[str, str], int] = {(part, id): int(said.get("revision", 0)) for part in PARTS for id, said in body.get(part, {}).items()}
    jurisdictions = tuple(str(body.get("jurisdictions") or "").split()) or HOME
    return LegalFile(**parts, statement=statement, jurisdictions=jurisdictions, revision=revision, revisions=revisions)


def _entry(part: Part, id: str, said: Mapping[str, Any]) -> Entry:
    kind: Any = RECORDS[part]
    known = {one.name for one in fields(kind)} - {"written", "id"}
    given: dict[str, Any] = {name: _day(value) if name in DAYS else value for name, value in said.items() if name in known}
    if part in NUMBERED:
        given["id"] = id
    entry: Entry = kind(**given, written=Written(said.get("by", ""), _day(said.get("on")), said.get("revision", 0)))
    return entry


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


def fields_of(entry: Entry) -> dict[str, Any]:
    """What an entry says, as plain values; empty ones are left out."""
    said = {name: value for name, value in asdict(entry).items() if name not in ("written", "id")}
    needed = {one.name for one in fields(entry) if one.default is MISSING and one.default_factory is MISSING}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items() if value or name in needed}


def with_entry(body: Mapping[str, Any], part: Part, id: str, entry: Entry | None, written: Written) -> dict[str, Any]:
    """The paper with one entry written anew, or taken out where there is none."""
    marks = {"by": written.by, "on": written.on.isoformat() if written.on else "", "revision": written.revision}
    said = {_GONE: True} if entry is None else fields_of(entry)
    return {**body, part: {**body.get(part, {}), id: {**said, **marks}}}


def next_id(body: Mapping[str, Any], part: Part) -> str:
    """A number that no entry of this part has had."""
    sign = NUMBERED[part]
    return f"{sign}{max((int(id.removeprefix(sign)) for id in body.get(part, {})), default=0) + 1}"


def says_same(body: Mapping[str, Any], part: Part, id: str, entry: Entry | None) -> bool:
    """Whether the paper says this already."""
    known = entry_in(body, part, id)
    return entry is known is None or (entry is not None and known is not None and fields_of(entry) == fields_of(known))


def entry_in(body: Mapping[str, Any], part: Part, id: str) -> Entry | None:
    """One entry of the paper; None where there is none or it was taken out."""
    known = body.get(part, {}).get(id)
    return None if known is None or known.get(_GONE) else _entry(part, id, known)


def changed_since(body: Mapping[str, Any], part: Part, id: str, seen: int) -> bool:
    """Whether somebody wrote or took out this entry after the revision that was on screen."""
    return bool(body.get(part, {}).get(id, {}).get("revision", 0) > seen)


# What follows from it


def facts_for(file: LegalFile, procedure: str, whole: Mapping[str, Value], read: Callable[[Mapping[str, str]], Mapping[str, Value]]) -> Facts:
    """The facts as one procedure sees them: those of the whole case, over them its own, and the state that somebody named.

    Args:
        whole: the facts of the whole case, read already.
        read: turns what was written into values, as for a file of facts.
    """
    own = {one.name: one.value for one in file.facts.values() if one.procedure == procedure}
    given = {**whole, **(read(own) if own else {})}
    following = file.followed.get(procedure)
    return Facts({**given, STATE: following.stage} if following and following.stage else given)


def of_whole_case(file: LegalFile) -> dict[str, str]:
    """The facts that count for every procedure, as they were written."""
    return {one.name: one.value for one in file.facts.values() if not one.procedure}


def considered(procedure: Procedure, file: LegalFile, facts: Facts, changes: Iterable[LawChange], *, on: date,
               minimum_days: Mapping[str, int]) -> Considered:
    """One procedure for one case: as a whole, and each of its grounds by itself."""
    whole = standpoint(procedure, facts, on=on, minimum_days=minimum_days)
    grounds = tuple(standpoint(procedure, facts, on=on, variant=variant, minimum_days=minimum_days) for variant in procedure.variants)
    conditions = filter(None, (procedure.opens_when or procedure.breached_when, procedure.closed_when))
    asked = tuple(dict.fromkeys(sentence.name for condition in conditions for sentence in sentences(condition)))
    return Considered(whole, file.followed.get(procedure.id), banners(procedure, changes), grounds, asked, unknown_in(procedure.closed_when, facts))


def deadlines_in(seen: Iterable[Considered], file: LegalFile) -> tuple[CaseDeadline, ...]:
    """The deadlines of what is followed, then of what may apply on the facts and nobody follows; in each the unknown first, then by last day.

    What has come to its end has no deadlines any more. One that is unknown is never left out (DR6).
    """
    found = [CaseDeadline(deadline, one.is_followed, _done(one, deadline.id, file)) for one in seen if _counts(one) for deadline in one.seen.deadlines]
    return tuple(sorted(found, key=lambda one: (one.done is not None, not one.followed, one.deadline.last or date.min, one.id)))


def _counts(one: Considered) -> bool:
    stopped = one.following is not None and one.following.ended is not None
    return not one.is_final and (one.is_followed or (one.may_apply is Truth.HOLDS and one.seen.breached is None and not stopped))


def _done(one: Considered, deadline: str, file: LegalFile) -> date | None:
    """The day on which the last of its steps was done; None while one of them is open."""
    wanted = [f"{one.id}/{step.id}" for step in one.seen.procedure.steps if step.deadline == deadline]
    days = [file.steps[step].done if step in file.steps else None for step in wanted]
    return max(day for day in days if day) if days and all(days) else None


def timeline(file: LegalFile, deadlines: Iterable[CaseDeadline], *, on: date) -> tuple[Moment, ...]:
    """Every day of the case in order: what happened, what is due; what has no day comes first, so that it is not overlooked."""
    moments = (*_facts(file, on), *_due(deadlines), *_papers(file, on), *_done_steps(file), *_tasks(file))
    return tuple(sorted(moments, key=lambda one: (one.day or date.min, one.happening, one.procedure, one.name)))


def _facts(file: LegalFile, on: date) -> Iterator[Moment]:
    for one in file.facts.values():
        try:
            day = date.fromisoformat(one.value)
        except ValueError:  # a word, a period, an open answer: no day
            continue
        yield Moment(day, "fact", one.name, one.procedure, settled=day <= on)


def _due(deadlines: Iterable[CaseDeadline]) -> Iterator[Moment]:
    for one in deadlines:
        deadline, done = one.deadline, one.done is not None
        if deadline.plan and deadline.plan != deadline.last:
            yield Moment(deadline.plan, "plan", deadline.id, deadline.procedure, settled=done)
        yield Moment(deadline.last, "last", deadline.id, deadline.procedure, settled=done)


def _papers(file: LegalFile, on: date) -> Iterator[Moment]:
    for one in file.documents.values():
        if day := one.received or one.due:
            yield Moment(day, "received" if one.received else "task", one.document, one.procedure, one.title, settled=bool(one.received))


def _done_steps(file: LegalFile) -> Iterator[Moment]:
    return (Moment(one.done, "done", one.step, one.procedure, settled=True) for one in file.steps.values() if one.done)


def _tasks(file: LegalFile) -> Iterator[Moment]:
    for one in file.tasks.values():
        if day := one.done or one.due:
            yield Moment(day, "task", one.id, one.procedure, one.task, settled=bool(one.done))
