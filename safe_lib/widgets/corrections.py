"""What the person asked to have corrected, beside the answers it is about: both versions, or why it stays and what they say to that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from safe_lib.casework import Desk
from safe_lib.model.case import SavedAnswer
from safe_lib.model.correction import Correction
from safe_lib.model.document import Block, Bullets, Heading
from safe_lib.model.instrument import Instrument
from safe_lib.model.texts import Texts
from safe_lib.person.correcting import corrections
from safe_lib.widgets.views import answer_words

if TYPE_CHECKING:
    from safe_lib.workbook import Workbook
else:
    Workbook = Any


def correction_blocks(book: Workbook, instruments: Sequence[Instrument], *, words: bool) -> tuple[Block, ...]:
    """The corrections of these instruments: that the person disagrees goes wherever the answer goes.

    Args:
        words: also what was wrong, both versions, and the person's own words; else only what came of it.
    """
    if book.case is None:
        return ()
    known = {one.id: one for one in instruments}
    asked = [one for one in corrections(book.desk, book.case) if one.where == "answer" and one.name in known]
    lines = [_line(book.desk, book.case, known[one.name], one, book.texts) if words else _short(known[one.name], one, book.texts) for one in asked]
    return (Heading(book.texts("rights.correction.title"), 3), Bullets(tuple(lines))) if lines else ()


def _line(desk: Desk, ref: str, instrument: Instrument, one: Correction, texts: Texts) -> str:
    history = {saved.revision: saved for saved in desk.open_store().history(ref, instrument.id, one.item)}
    asked = texts("rights.correction.line", item=_label(instrument, one.item), asked=one.reason)
    before, after = (_said(instrument, history.get(revision), texts) for revision in (one.before, one.after))
    if one.result == "changed":
        return f"{asked} {texts('rights.correction.was', before=before, on=one.on, after=after)}"
    return f"{asked} {texts('rights.correction.stays', after=after, why=one.why_not)} {texts('rights.correction.disagrees', words=one.disagreement)}"


def _short(instrument: Instrument, one: Correction, texts: Texts) -> str:
    return texts("rights.correction.line", item=_label(instrument, one.item), asked=texts(f"rights.correction.{one.result}"))


def _label(instrument: Instrument, id: str) -> str:
    item = instrument.by_id().get(id)
    return f"{item.label} ({id})" if item else id


def _said(instrument: Instrument, saved: SavedAnswer | None, texts: Texts) -> str:
    item = instrument.by_id().get(saved.item) if saved else None
    if saved is None or item is None:
        return "–"
    return saved.note if saved.answer.code == "written" else answer_words(instrument, item, saved.answer.code, texts)
