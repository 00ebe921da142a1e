"""A letter of a case as a document: sealed into the store, and let out under the same rules as every report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.engine.consents import replaced
from safe_lib.engine.facts import Facts
from safe_lib.lettering import FORMAT, NOTHING, Draft, draft_of, require_open
from safe_lib.model.case import Report
from safe_lib.model.disclosure import Copy
from safe_lib.model.letter import Letter
from safe_lib.report import long_date
from safe_lib.report.make import Terms, require_agreed

if TYPE_CHECKING:
    from safe_lib.report.letter_docx import Frame

KIND: Final = "letter"  # before the name of the letter, where a report has the name of its workbook


@dataclass(frozen=True, slots=True)
class Made:
    """A letter that was sealed into the store, with what is not known in it."""

    report: Report
    draft: Draft


def make_letter(desk: Desk, ref: str, id: str, terms: Terms | None = None, *, although: str = "", besides: Facts = NOTHING) -> Made:
    """Make a letter and seal it into the store; it has not left.

    Args:
        desk: its language is that of the letter.
        ref: reference of the case.
        id: the letter.
        terms: for whom; nothing is made that could not leave now. None: it stays in the store.
        although: why it is made although something has to come first.
        besides: what is known besides, for this letter only.

    Raises:
        BasisRefused, NotPermitted: it could not leave, or may not be made.
        ReasonNeeded: something has to come first.
        ReportError: a fact says what this letter must not.
    """
    from safe_lib.report.letter_docx import letter_docx  # it brings the library for documents, which the start of a server does not need

    draft = draft_of(desk, ref, id, besides)
    letter = draft.filled.letter
    copy = _copy(desk, ref, letter, terms) if terms else None
    require_open(desk, ref, draft, although)
    content = letter_docx(draft.filled, frame_of(desk, letter, copy))
    sealed = casework.seal(desk, ref, content, workbook=workbook_of(letter), profile=letter.reader, format=FORMAT, id=copy.id if copy else "")
    return Made(sealed, draft)


def workbook_of(letter: Letter) -> str:
    """What the register calls it."""
    return f"{KIND}_{letter.id}"


def _copy(desk: Desk, ref: str, letter: Letter, terms: Terms) -> Copy:
    """The copy of one recipient, if it may leave now."""
    workbook, profile = workbook_of(letter), letter.reader
    basis, last, _ = casework.require_basis(
        desk, ref, workbook, profile, recipient=terms.recipient, purpose=terms.purpose, basis=terms.basis, expires=terms.expires)
    require_agreed(desk, ref, workbook, profile, terms, basis)
    store = desk.open_store()
    old = replaced(store.disclosures(ref), terms.recipient, f"{workbook} {profile}")
    return Copy(store.free_report_id(), terms.recipient, last.isoformat(), *((old.report, old.at.date().isoformat()) if old else ()))


def frame_of(desk: Desk, letter: Letter, copy: Copy | None) -> Frame:
    """What surrounds the letter; round one that gives nothing away stands nothing but that it is a draft."""
    texts = load_texts(desk.language)
    training = desk.store is not None and desk.store.training
    if letter.quiet:
        marks = (texts("letter.mark.quiet"), *((texts("letter.mark.sample"),) if training else ()))
        footer, copy = "", None
    else:
        reading = bool(letter.sent_in) and letter.sent_in != desk.language
        said = (("letter.mark.draft", True), ("letter.mark.reading_copy", reading), ("report.mark.draft_translation", texts.status == "draft"),
                ("report.mark.training", training))
        marks = tuple(texts(key) for key, holds in said if holds)
        footer = texts("letter.footer", day=_day(letter.verified, texts.language), by=_day(letter.verify_by, texts.language))
    from safe_lib.report.letter_docx import Frame

    return Frame(desk.today.isoformat(), texts.direction, marks, footer, texts("letter.document"), texts("letter.gap", name="{name}"),
                 texts("letter.gap_named"), replace(copy, recipient="") if copy else None)


def _day(day: date, language: str) -> str:
    return long_date(day.isoformat(), language)
