"""Before an instrument is first used in a case: how sensitive it is, what asking is good for and what it may cost (PRI-02); and children (PRI-13).

It lies open until the first answer of the case to these instruments, and folded from then on: seen once, there to be read again.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from safe_lib import casework
from safe_lib.catalogue import load_instrument, translated
from safe_lib.catalogue.processing import load_processing
from safe_lib.model.processing import InstrumentNote
from safe_lib.model.texts import Texts
from safe_lib.person.children import gate
from safe_lib.widgets.shell import icon
from safe_lib.widgets.stages import instruments_of

if TYPE_CHECKING:
    from safe_lib.workbook import Workbook
else:
    Workbook = Any


def before_use_html(book: Workbook) -> str:
    """What a colleague reads before they ask; nothing where no case is open."""
    if book.case is None or book.is_about_countries or book.is_social_map:
        return ""
    return _children(book) + _notes(book)


def _notes(book: Workbook) -> str:
    notes = load_processing(book.desk.language).notes
    used = [id for id in instruments_of(book.name, book.instrument.id) if id in notes]
    if not used:
        return ""
    texts, first = book.texts, not any(casework.saved_answers(book.desk, str(book.case), id) for id in used)
    told = "".join(_note(translated(load_instrument(id), book.desk.language).title, notes[id], texts) for id in used)
    lead = f'<p class="quiet">{escape(texts("note.lead"))}</p>' if first else ""
    return (f'<details class="more before-use" data-part="before-use"{" open" if first else ""}><summary>{icon("i-info")} '
            f'{escape(texts("note.title" if first else "note.again"))}</summary><div class="in-more stack">{lead}{told}</div></details>')


def _note(title: str, note: InstrumentNote, texts: Texts) -> str:
    level = texts("note.sensitivity", level=texts(f"policy.sensitivity.{note.sensitivity}"))
    lines = (level, texts("note.benefit", text=note.benefit), texts("note.risk", text=note.risk))
    return f'<div class="stack-s"><p><strong>{escape(title)}</strong></p>' + "".join(f"<p>{escape(line)}</p>" for line in lines) + "</div>"


def _children(book: Workbook) -> str:
    """What is missing for a child, with the way to it; nothing is kept from being saved."""
    found, texts = gate(book.desk, str(book.case)), book.texts
    if not found.missing:
        return ""
    missing = "".join(f"<li>{escape(texts(f'rights.child.missing_{name}'))}</li>" for name in found.missing)
    way = f"/person?{urlencode({'case': str(book.case), 'lang': book.desk.language})}"
    lead = f'<p><strong>{escape(texts("rights.child.notice"))}.</strong> {escape(texts("rights.child.first"))}</p><ul>{missing}</ul>'
    link = f'<p><a href="{escape(way)}">{escape(texts("rights.tab"))}</a></p>'
    return f'<div class="notice notice-stop" data-part="child-first" role="note">{icon("i-warn")}<div>{lead}{link}</div></div>'
