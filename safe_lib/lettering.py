"""Letters and forms of one case, for every door: what is known is filled in, what is not stays a gap, and nothing leaves by itself.

The manner is that of `casework`: a `Desk` first, then may I?, then the store, with its line in the audit trail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from safe_lib import casework, procedures
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.facts import parse_facts
from safe_lib.catalogue.letters import load_letter, load_letters
from safe_lib.catalogue.procedures import load_law
from safe_lib.catalogue.processing import load_processing
from safe_lib.engine import letters
from safe_lib.engine.facts import Facts, Value, truth_of
from safe_lib.model.assessment import Truth
from safe_lib.model.case import Report
from safe_lib.model.errors import AnswersError, ReasonNeeded, ReportError
from safe_lib.model.legal import LegalFile
from safe_lib.model.letter import Filled, Letter, LetterField
from safe_lib.model.texts import Texts
from safe_lib.rights.permission import may

FORMAT: Final = "docx"
LONGEST: Final = 20_000  # letters of the person's statement
NOTHING: Final = Facts()
_OF_A_CONTACT: Final = {
    "lawyer": {"lawyer_name": "contact", "lawyer_office": "office"}, "authority": {"authority_office": "office"}, "embassy": {"embassy": "office"}}


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter filled in for a case, and what stands in its way."""

    filled: Filled
    gate_open: bool  # False: made only with a reason
    verify_first: bool


def draft_of(desk: Desk, ref: str, id: str, besides: Facts = NOTHING) -> Draft:
    """A letter with what is known of a case.

    Args:
        desk: its language is that of the letter.
        ref: reference of the case.
        id: the letter.
        besides: what is known besides, for this letter only; it goes before what the case holds and is not kept.

    Raises:
        WrongUse: there is no such letter.
        ReportError: a fact says what this letter must not.
        NotPermitted, CaseNotFound: as everywhere.
    """
    letter = load_letter(id)
    known = Facts({**known_of(desk, ref, letter), **besides.given})
    filled = letters.fill(letter, known, stock_of(load_texts(desk.language), papers_there(desk, ref)))
    if given_away := letters.given_away(letter, filled, known, load_letters().never_quiet):
        place = ", ".join(given_away) if given_away != ("*",) else "the letter as a whole"
        raise ReportError(f"letter {id}: {place} says what this letter must not say.\n  Write it so that it names no help, no authority and no procedure.")
    gate_open = letter.gate is None or truth_of(letter.gate.opens_when, known) is Truth.HOLDS
    return Draft(filled, gate_open, desk.today > letter.verify_by)


def require_open(desk: Desk, ref: str, draft: Draft, although: str) -> None:
    """Refuse a letter before its time where no reason is given; a reason is noted.

    Raises:
        ReasonNeeded: with what has to come first.
    """
    letter = draft.filled.letter
    if letter.reader == "person":
        casework.require_leaflet(desk, ref, f"letter {letter.id}", although, verb="draft")
    if draft.gate_open or letter.gate is None:
        return
    if not although.strip():
        raise ReasonNeeded(f"{ref}, letter {letter.id}: {letter.gate.says['en']}\n  Write the day of the check into the case, or give a reason (--although).")
    casework.note_reason(desk, ref, f"letter {letter.id}", although, verb="draft")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that lies in the file and has not left."""

    report: Report
    letter: Letter


def waiting(desk: Desk, ref: str) -> tuple[Waiting, ...]:
    """The drafts of a case that were made since a copy of the same letter last left, the newest first; one of each letter and reader of it.

    Raises:
        NotPermitted, CaseNotFound: as everywhere.
    """
    left: dict[str, datetime] = {}
    for line in casework._may(desk, "read", ref).disclosures(ref):
        left[line.kind] = max(line.at, left.get(line.kind, line.at))
    known, found = load_letters().letters, {}
    for one in sorted(casework.reports_of(desk, ref), key=lambda one: one.made):
        letter = known.get(one.workbook.removeprefix(casework.LETTER)) if one.workbook.startswith(casework.LETTER) else None
        kind = f"{one.workbook} {one.profile}"
        if letter is not None and (kind not in left or one.made > left[kind]):
            found[kind] = Waiting(one, letter)
    return tuple(reversed(found.values()))


def tell_of(desk: Desk, ref: str, report: Report) -> None:
    """Those who may let a draft leave learn that one lies there, where whoever made it may not; nobody who is kept away from the case does."""
    store = desk.open_store()
    hands, kept_away = store.assigned(ref), store.excluded(ref)
    readers = [one.user for one in store.people() if one.active and one.user != report.by and one.user not in kept_away
               and (one.has("coordinator") or (one.user in hands and may(one.roles, "disclose", assigned=True)))]
    store.tell(readers, "letter.drafted", ref, by=desk.person, at=desk.now())


def stock_of(texts: Texts, there: frozenset[str] = frozenset()) -> letters.Stock:
    """What letters in a language are filled in from; `there`: the papers that have come."""
    from babel.dates import format_date

    law = load_law()
    papers = {id: {paper: law.documents[paper] for paper in one.needed if paper in law.documents} for id, one in law.procedures.items()}
    locale = {"en": "en_GB"}.get(texts.language, texts.language)

    def in_words(day: date) -> str:
        return str(format_date(day, "long", locale=locale))

    return letters.Stock(load_letters().fields, law.facts, papers, there, texts, in_words)


# What is known of a case


def papers_there(desk: Desk, ref: str) -> frozenset[str]:
    """The documents of the checklist that have come and did not go back."""
    return frozenset(one.document for one in procedures.legal_file(desk, ref).documents.values() if one.received and not one.returned)


def known_of(desk: Desk, ref: str, letter: Letter) -> dict[str, Value]:
    """What a case holds that this letter asks for, and what its conditions look at; nothing else is read out of it."""
    casework.find_case(desk, ref, what=f"letter.{letter.id}")
    file = procedures.legal_file(desk, ref)
    chosen = next((id for id in letter.procedures if file.follows(id)), next(iter(letter.procedures), ""))
    facts = procedures.facts_seen(file, chosen).given
    return {**_of_the_organisation(), **_of_the_contacts(file), **_of_the_person(desk, ref), **_of_the_statement(file), **facts}


def _of_the_contacts(file: LegalFile) -> dict[str, Value]:
    """Lawyer, authority and embassy, each where there is exactly one: of several nobody here chooses."""
    found: dict[str, Value] = {}
    for role, names in _OF_A_CONTACT.items():
        there = [one for one in file.contacts.values() if one.role == role]
        if len(there) == 1:
            found |= {field: said for field, key in names.items() if (said := getattr(there[0], key).strip())}
    return found


def _of_the_statement(file: LegalFile) -> dict[str, Value]:
    """The person's own words, as they stand; and whether they were read back."""
    said = file.statement
    if said is None or not said.words.strip():
        return {}
    return {"statement": said.words, "statement_read_back": said.read_back, **({"interpreter_language": said.language} if said.language.strip() else {})}


def _of_the_organisation() -> dict[str, Value]:
    said = load_processing().organisation
    return {field: said[key] for field, key in (("organisation", "name"), ("contact", "contact")) if said.get(key)}


def _of_the_person(desk: Desk, ref: str) -> dict[str, Value]:
    """What staff wrote down of who the person is, under the names that letters know."""
    details = casework.details_of(desk, ref)
    return {field.id: value for field in load_letters().fields.values() if (value := _detail(details, field)) is not None}


def _detail(details: Mapping[str, str], field: LetterField) -> Value | None:
    said = next((details[key] for key in (field.id, *field.keys) if details.get(key, "").strip()), None)
    if said is None or field.kind != "day":
        return said
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def facts_for_letters(raw: bytes, name: str) -> Facts:
    """Facts from a file, for one letter only.

    Raises:
        AnswersError: place, problem and repair; never a fact.
    """
    law, fields = load_law(), load_letters().fields
    kinds = {**{id: field.kind for id, field in fields.items()}, **law.kinds}
    facts = parse_facts(raw, name, kinds, law.other_names, longest=LONGEST).facts
    for given in facts.given:
        if given not in kinds:
            raise AnswersError(name, 0, f'"{given}" is no fact and no field of a letter.', repair="See the fields in templates/letters/shared.yaml.")
    return facts


def names_of(gaps: Iterable[str], language: str) -> tuple[str, ...]:
    """What is not known, in words."""
    fields, law = load_letters().fields, load_law()
    words = [fields[id].name if id in fields else law.facts.get(id, {}) for id in gaps]
    return tuple(name.get(language) or name.get("en", "") for name in words)
