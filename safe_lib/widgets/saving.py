"""Answers and papers as a page sends them, saved; and what the page is told. The kernel's form does it, and the server while there is no kernel.

Nothing of Jupyter is needed for that, so nothing of it is imported here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from safe_lib import casework
from safe_lib.casework import Said
from safe_lib.engine import departures
from safe_lib.engine.departures import Lack, severity_body, severity_rows
from safe_lib.model.answers import NOT_ASKED
from safe_lib.model.case import Paper, SavedAnswer
from safe_lib.model.errors import SafeError
from safe_lib.store import AnswerChanged, PaperChanged
from safe_lib.widgets.views import answer_words

if TYPE_CHECKING:
    from safe_lib.workbook import Workbook

MEASURE: Final = ("future", "about", "measure", "owner", "deadline", "proof", "status", "residual")
FUTURE: Final = ("kind", "country", "subdivision", "words")
FIELDS_OF: Final[Mapping[str, Sequence[str]]] = {casework.FUTURES: FUTURE, casework.PLAN: MEASURE, casework.SEVERITY: departures.FIELDS}  # of a row

Message = Mapping[str, Any]


def save_answer(book: Workbook, content: Message) -> dict[str, Any]:
    """Save one answer as a page sent it; the reply is what the page is told."""
    seq, item = content.get("seq"), str(content.get("item"))
    said = Said(
        item,
        str(content.get("code") or NOT_ASKED),
        tuple(content.get("evidence") or ()),
        str(content.get("note") or ""),
        str(content.get("reason") or ""),
        content.get("seen"),
    )
    try:
        instrument = casework.instrument_for(book.desk, str(content.get("instrument")))
        saved = casework.record(book.desk, str(book.case), instrument, said, str(content.get("scenario") or ""))
    except AnswerChanged as changed:
        return {"type": "conflict", "seq": seq, "item": item, "theirs": _theirs(book, instrument, changed.theirs)}
    except SafeError as problem:
        return {"type": "refused", "seq": seq, "item": item, "sentence": str(problem)}
    return {"type": "saved", "seq": seq, "item": item, "revision": saved.revision}


def _theirs(book: Workbook, instrument: Any, saved: SavedAnswer) -> dict[str, Any]:
    item = instrument.item(saved.item)
    return {
        "code": saved.answer.code,
        "word": answer_words(instrument, item, saved.answer.code, book.texts),
        "note": saved.note,
        "reason": saved.answer.reason,
        "evidence": list(saved.answer.evidence),
        "by": saved.by,
        "at": saved.at.isoformat(timespec="minutes"),
        "revision": saved.revision,
    }


def save_paper(book: Workbook, content: Message) -> dict[str, Any]:
    """Save one version of a paper (futures, plan, severity) as a page sent it; in a conflict, theirs comes back as rows."""
    seq, kind = content.get("seq"), str(content.get("kind"))
    said: dict[str, Any] = {}
    try:
        if kind == casework.SEVERITY:
            saved, lacks = casework.save_severities(book.desk, str(book.case), book.instrument, _rows(content.get("body")), content.get("seen"))
            said["rows"] = _in_words(book, lacks)
        else:
            saved = casework.save_paper(book.desk, str(book.case), kind, papers_body(kind, content.get("body")), content.get("seen"))
    except PaperChanged as changed:
        return {"type": "conflict", "seq": seq, "kind": kind, "theirs": _their_rows(book, kind, changed.theirs)}
    return {"type": "saved", "seq": seq, "kind": kind, "revision": saved.revision, **said}


def _their_rows(book: Workbook, kind: str, theirs: Paper) -> dict[str, Any]:
    """What somebody else saved meanwhile, as the rows of a page, with what each of them lacks."""
    rows = papers_rows(kind, theirs.body)
    lacks = severity_body(rows, book.instrument, by="", before=theirs.body)[1] if kind == casework.SEVERITY else ()
    return {"revision": theirs.revision, "by": theirs.by, "at": theirs.at.isoformat(timespec="minutes"), "rows": rows, "lacks": _in_words(book, lacks)}


def _in_words(book: Workbook, lacks: Iterable[Lack | None]) -> list[dict[str, str] | None]:
    return [{"field": lack.field, "sentence": book.texts(f"departure.lacks.{lack.key}")} if lack else None for lack in lacks]


def _rows(sent: Any) -> list[dict[str, str]]:
    """The rows of a page; what is not a row is left out."""
    return [{str(key): str(value or "") for key, value in row.items()} for row in sent or [] if isinstance(row, dict)]


def papers_body(kind: str, rows: Any) -> dict[str, Any]:
    """The body of a paper from the rows of a page; unknown fields are left out."""
    listed = [{key: row.get(key, "") for key in FIELDS_OF.get(kind, MEASURE)} for row in _rows(rows)]
    if kind == casework.FUTURES:
        return {"futures": [{**row, "order": place} for place, row in enumerate(listed, start=1) if row["kind"]]}
    return {"rows": [row for row in listed if any(row.values())]}


def papers_rows(kind: str, body: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows of a page from the body of a paper: the way back from `papers_body`."""
    listed = severity_rows(body) if kind == casework.SEVERITY else body.get("futures" if kind == casework.FUTURES else "rows", [])
    return [{key: str(row.get(key) or "") for key in FIELDS_OF.get(kind, MEASURE)} for row in listed]
