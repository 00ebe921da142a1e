"""The legal procedures of one case, for every door: what is known and who said it, what may apply and why, and by when.

The manner is that of `casework`: a `Desk` first, then may I?, then the store, with its line in the audit trail. All is
one paper of the case (`procedures`), so it is sealed, erased and exported with it. Nothing here is legal advice, and a
fact that is not known is never taken for a no.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.catalogue import instrument_files
from safe_lib.catalogue.facts import YEARS, parse_facts
from safe_lib.catalogue.procedures import Law, load_law
from safe_lib.engine import legal
from safe_lib.engine.facts import Facts, Value
from safe_lib.engine.procedures import applies
from safe_lib.model.answers import OPEN_CODES
from safe_lib.model.assessment import Truth
from safe_lib.model.errors import AnswersError, CaseChanged
from safe_lib.model.legal import (
    COPIES,
    PROCEDURES,
    ROLES,
    SAFE,
    CaseDeadline,
    CaseFact,
    Considered,
    Contact,
    Entry,
    EntryRefused,
    FileDocument,
    Following,
    LegalFile,
    Moment,
    Offer,
    Part,
    PersonStatement,
    StepDone,
    Task,
    Written,
)
from safe_lib.store import PaperChanged

MINIMUM: Final = ("EUE", "COE")  # bodies that set minimum rules, shown as checks
LONGEST: Final = 200  # letters of a field
LONGEST_WORDS: Final = 20_000  # letters of the person's statement
TRIES: Final = 5  # to write an entry while others write other ones
_MORE: Final = {"words": LONGEST_WORDS, "task": 500, "note": 500}  # fields that hold more


class EntryChanged(CaseChanged):
    """Somebody else wrote the same entry meanwhile; `theirs` is theirs, None where they took it out. Nothing was overwritten."""

    def __init__(self, ref: str, part: Part, theirs: Entry | None, revision: int) -> None:
        """Say where; what it says stays out of the message."""
        super().__init__(f"{ref}, {part}: somebody else wrote this meanwhile. Compare the two and save the right one.")
        self.part, self.theirs, self.revision = part, theirs, revision


# What is kept


def legal_file(desk: Desk, ref: str) -> LegalFile:
    """All that is kept of the procedures of a case, as last saved.

    Raises:
        NotPermitted, CaseNotFound: as everywhere.
    """
    body, revision = _body(desk, ref)
    return legal.file_in(body, revision)


def facts_of(desk: Desk, ref: str) -> tuple[CaseFact, ...]:
    """The facts of a case, each with who said it; what is not among them is not known."""
    return tuple(legal_file(desk, ref).facts.values())


def _body(desk: Desk, ref: str) -> tuple[Mapping[str, Any], int]:
    paper = casework.paper(desk, ref, PROCEDURES)
    return (paper.body, paper.revision) if paper else ({}, 0)


def save_fact(desk: Desk, ref: str, fact: CaseFact, seen: int | None = None) -> LegalFile:
    """Write down one fact; with the value `unknown` it is open again.

    Args:
        seen: the revision of the file that was on screen; None writes over whatever is there.

    Raises:
        EntryRefused: no such fact, a value it cannot have, or nobody named who said it.
        EntryChanged: somebody else wrote this fact after `seen`.
    """
    law = load_law()
    value = fact.value.strip()
    if fact.name not in law.facts:
        raise EntryRefused("facts", "name", "no_fact", "there is no such fact.\n  See safe_lib/instruments/procedures/facts.yaml.")
    if not value or not _is_readable(law, fact.name, value):
        raise EntryRefused("facts", "value", f"value_{law.kinds[fact.name]}", "this value is not understood.\n  Write a day (YYYY-MM-DD), yes, no or unknown.")
    if value not in OPEN_CODES and not fact.source.strip():
        raise EntryRefused("facts", "source", "source", "nobody is named who said it.\n  Write who said it, or which paper.")
    _require_known(law, "facts", fact.procedure)
    return _save(desk, ref, "facts", replace(fact, value=value, learned=fact.learned or desk.today), seen)


def _is_readable(law: Law, name: str, value: str) -> bool:
    try:
        _read(law)({name: value})
    except AnswersError:
        return False
    words = law.values.get(name, ())
    return not words or value in words or value in OPEN_CODES


def _read(law: Law) -> Callable[[Mapping[str, str]], Mapping[str, Value]]:
    """Values from what was written, by the rules of a file of facts."""
    return lambda given: parse_facts(json.dumps({"facts": dict(given)}).encode(), PROCEDURES, law.kinds, law.other_names).facts.given


def follow(desk: Desk, ref: str, procedure: str, stage: str = "", seen: int | None = None, *, ended: date | None = None) -> LegalFile:
    """Follow a procedure for this case, say in which state it stands, or (with `ended`) follow it no more.

    Raises:
        EntryRefused: there is no such procedure, or it has no such state.
        EntryChanged: somebody else wrote about it after `seen`.
    """
    law = load_law()
    _require_known(law, "followed", procedure, needed=True)
    found = law.procedures[procedure]
    if stage and stage not in found.states:
        raise EntryRefused("followed", "stage", "stage", f"{procedure} has no such state.\n  It has: {', '.join(found.states)}.")
    return _save(desk, ref, "followed", Following(procedure, stage, found.version, ended), seen)


def save_step(desk: Desk, ref: str, step: StepDone, seen: int | None = None) -> LegalFile:
    """Write down that a step was done, on which day and by whom; without a day it is open again."""
    law = load_law()
    _require_known(law, "steps", step.procedure, needed=True)
    if step.step not in {one.id for one in law.procedures[step.procedure].steps}:
        raise EntryRefused("steps", "step", "no_step", f"{step.procedure} has no such step.\n  See: safe procedure {step.procedure}.")
    return _save(desk, ref, "steps", step, seen)


def save_document(desk: Desk, ref: str, document: FileDocument, seen: int | None = None) -> LegalFile:
    """Add a document to the checklist, or write it anew under its id."""
    law = load_law()
    if document.document not in law.documents and not document.title.strip():
        raise EntryRefused("documents", "title", "title", "it is not said which document.\n  Choose one, or write its name.")
    _require_one_of("documents", "copy", document.copy, ("", *COPIES))
    _require_known(law, "documents", document.procedure)
    if document.returned and not document.received:
        raise EntryRefused("documents", "returned", "returned", "it went back before it came.\n  Write the day on which it was received.")
    return _save(desk, ref, "documents", document, seen)


def add_needed(desk: Desk, ref: str, procedure: str) -> LegalFile:
    """Put every document that a procedure needs and that is not there yet on the checklist."""
    law = load_law()
    _require_known(law, "documents", procedure, needed=True)
    file = legal_file(desk, ref)
    listed = {one.document for one in file.documents.values() if one.procedure == procedure}
    for document in law.procedures[procedure].needed:
        if document not in listed:
            file = save_document(desk, ref, FileDocument(document=document, procedure=procedure))
    return file


def save_task(desk: Desk, ref: str, task: Task, seen: int | None = None) -> LegalFile:
    """Add a task, or write it anew under its id."""
    if not task.task.strip():
        raise EntryRefused("tasks", "task", "task", "it is not said what is to be done.\n  Write the task.")
    _require_known(load_law(), "tasks", task.procedure)
    return _save(desk, ref, "tasks", task, seen)


def save_contact(desk: Desk, ref: str, contact: Contact, seen: int | None = None) -> LegalFile:
    """Add a contact, or write it anew under its id."""
    _require_one_of("contacts", "role", contact.role, ROLES)
    _require_one_of("contacts", "safe", contact.safe, SAFE)
    if not (contact.office.strip() or contact.contact.strip()):
        raise EntryRefused("contacts", "office", "office", "neither an office nor a name.\n  Write one of them.")
    return _save(desk, ref, "contacts", contact, seen)


def save_statement(desk: Desk, ref: str, statement: PersonStatement, seen: int | None = None) -> LegalFile:
    """Write the statement in the person's words; every earlier version is kept."""
    _require_one_of("statement", "read_back", statement.read_back, SAFE)
    return _save(desk, ref, "statement", statement, seen)


def take_out(desk: Desk, ref: str, part: Part, id: str, seen: int | None = None) -> LegalFile:
    """Take an entry out of the file; the earlier versions of the paper keep it."""
    return _write(desk, ref, part, id, None, seen)


def look_in(desk: Desk, ref: str, jurisdictions: Iterable[str]) -> LegalFile:
    """Say whose procedures are looked at for this case.

    Raises:
        EntryRefused: none of them has procedures here.
    """
    wanted = tuple(dict.fromkeys(jurisdictions))
    if not wanted or set(wanted) - set(known_jurisdictions()):
        there = ", ".join(known_jurisdictions())
        raise EntryRefused("jurisdictions", "jurisdictions", "jurisdiction", f"no procedures are known there.\n  There are: {there}.")
    for _ in range(TRIES):
        body, revision = _body(desk, ref)
        try:
            saved = casework.save_paper(desk, ref, PROCEDURES, {**body, "jurisdictions": " ".join(wanted)}, seen=revision)
        except PaperChanged:
            continue
        return legal.file_in(saved.body, saved.revision)
    raise CaseChanged(f"{ref}: others write at the same time. Try again.")


def known_jurisdictions() -> tuple[str, ...]:
    """The countries whose procedures the suite knows."""
    return tuple(dict.fromkeys(one.country for one in load_law().procedures.values() if one.country not in MINIMUM))


def _require_known(law: Law, part: Part, procedure: str, *, needed: bool = False) -> None:
    if procedure not in law.procedures and (procedure or needed):
        raise EntryRefused(part, "procedure", "no_procedure", "there is no procedure with this id.\n  See: safe procedure.")


def _require_one_of(part: Part, field: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        raise EntryRefused(part, field, "choice", f'"{field}" is none of its choices.\n  Choose one of them.')


def _save(desk: Desk, ref: str, part: Part, entry: Entry, seen: int | None) -> LegalFile:
    said = legal.fields_of(entry)
    for name, value in said.items():
        if isinstance(value, str) and len(value) > _MORE.get(name, LONGEST):
            raise EntryRefused(part, name, "too_long", f'"{name}" is too long.\n  Write {_MORE.get(name, LONGEST)} letters or fewer.')
        if name in legal.DAYS and not YEARS[0] <= date.fromisoformat(value).year <= YEARS[1]:
            raise EntryRefused(part, name, "year", f"the year cannot be meant.\n  Write a year from {YEARS[0]} to {YEARS[1]}.")
    return _write(desk, ref, part, entry.id, entry, seen)


def _write(desk: Desk, ref: str, part: Part, id: str, entry: Entry | None, seen: int | None) -> LegalFile:
    """Write one entry and nothing else: who writes other entries at the same time is not in the way, who writes this one is told."""
    for _ in range(TRIES):
        body, revision = _body(desk, ref)
        place = id or legal.next_id(body, part)
        if legal.says_same(body, part, place, entry):
            return legal.file_in(body, revision)
        if id and seen is not None and legal.changed_since(body, part, place, seen):
            raise EntryChanged(ref, part, legal.entry_in(body, part, place), revision)
        written = Written(desk.person, desk.today, revision + 1)
        try:
            saved = casework.save_paper(desk, ref, PROCEDURES, legal.with_entry(body, part, place, entry, written), seen=revision)
        except PaperChanged:
            continue
        return legal.file_in(saved.body, saved.revision)
    raise CaseChanged(f"{ref}: others write at the same time. Try again.")


# What follows from it


def procedures_for(desk: Desk, ref: str, on: date | None = None) -> tuple[Considered, ...]:
    """Every procedure of the jurisdictions of the case: whether it may apply (three-valued), why, what is missing, and where it stands."""
    return considered_in(legal_file(desk, ref), on or desk.today)


def considered_in(file: LegalFile, on: date) -> tuple[Considered, ...]:
    """The same of a file that was read already."""
    return _considered(file, on, file.jurisdictions)


def counting_in(file: LegalFile, on: date, law: Law | None = None) -> tuple[Considered, ...]:
    """Of them, those that have deadlines: what is followed, and what may apply on the facts. Of the others nothing is worked out.

    Args:
        law: read already, where many files are looked at.
    """
    law = law or load_law()
    read, minimum = _read(law), law.minimum_days()
    whole = read(legal.of_whole_case(file))
    seen = ((one, legal.facts_for(file, one.id, whole, read)) for one in law.procedures.values() if one.country in file.jurisdictions or file.follows(one.id))
    return tuple(legal.considered(one, file, facts, law.changes, on=on, minimum_days=minimum) for one, facts in seen
                 if file.follows(one.id) or applies(one, facts) is Truth.HOLDS)


def minimum_rules_for(desk: Desk, ref: str, on: date | None = None) -> tuple[Considered, ...]:
    """The minimum rules of the European Union and the Council of Europe, each with whether it is breached, as far as the facts say."""
    return minimum_rules_in(legal_file(desk, ref), on or desk.today)


def minimum_rules_in(file: LegalFile, on: date) -> tuple[Considered, ...]:
    """The same of a file that was read already."""
    return _considered(file, on, MINIMUM)


def _considered(file: LegalFile, on: date, countries: Iterable[str]) -> tuple[Considered, ...]:
    law, wanted = load_law(), set(countries)
    read, minimum = _read(law), law.minimum_days()
    whole = read(legal.of_whole_case(file))
    chosen = [one for one in law.procedures.values() if one.country in wanted or (file.follows(one.id) and MINIMUM[0] not in wanted)]
    return tuple(legal.considered(one, file, legal.facts_for(file, one.id, whole, read), law.changes, on=on, minimum_days=minimum) for one in chosen)


def deadlines_of(desk: Desk, ref: str, on: date | None = None) -> tuple[CaseDeadline, ...]:
    """The deadlines of a case on a day: of what is followed, then of what may apply and nobody follows; in each the unknown first (DR6)."""
    file = legal_file(desk, ref)
    return legal.deadlines_in(considered_in(file, on or desk.today), file)


def timeline_of(desk: Desk, ref: str, on: date | None = None) -> tuple[Moment, ...]:
    """Every day of the case in order: what happened, what is due; what has no day comes first."""
    file, day = legal_file(desk, ref), on or desk.today
    return legal.timeline(file, legal.deadlines_in(considered_in(file, day), file), on=day)


# What other parts of the case know


def offers_of(desk: Desk, ref: str) -> tuple[Offer, ...]:
    """Facts that other instruments of the case know and that nobody has written down here: offered, never taken over by themselves."""
    said = {one.name for one in facts_of(desk, ref) if not one.procedure and one.value not in OPEN_CODES}
    return tuple(one for one in (*_of_age(desk, ref), *_of_talks(desk, ref)) if one.name not in said)


def _of_age(desk: Desk, ref: str) -> Iterable[Offer]:
    """A child or an adult; where the age is in doubt nothing is offered."""
    group = casework.person_facts(desk, ref).age_group
    instrument, item = casework.AGE_ITEM
    saved = casework.saved_answers(desk, ref, instrument).get(item)
    if group in ("child", "adult") and saved:
        yield Offer("minor", "yes" if group == "child" else "no", "age", saved.at.date())


def _of_talks(desk: Desk, ref: str) -> Iterable[Offer]:
    """The days of the first answers of a first talk and of an indicator set."""
    for name, prefix, origin in (("interview_safe", "first_level", "first_talk"), ("identified_presumed", "ilo_", "signs")):
        days = [saved.at.date() for id in instrument_files() if id.startswith(prefix) for saved in casework.saved_answers(desk, ref, id).values()]
        if days:
            yield Offer(name, min(days).isoformat(), origin, min(days))


def facts_seen(file: LegalFile, procedure: str, law: Law | None = None) -> Facts:
    """The facts of a file that was read already, as one procedure sees them; who looks at many files brings the law along."""
    read = _read(law or load_law())
    return legal.facts_for(file, procedure, read(legal.of_whole_case(file)), read)
