"""The one live component: every question of a workbook in one accessible form.

Each answer comes as a message, is saved (durable before it is acknowledged), assessed, and answered with what follows
from it. The page keeps what was not acknowledged and sends it again.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import anywidget
from traitlets import Unicode

from safe_lib import casework
from safe_lib.casework import Said
from safe_lib.engine import departures
from safe_lib.engine.departures import Lack, severity_body, severity_rows
from safe_lib.model.answers import NOT_ASKED
from safe_lib.model.case import Paper, SavedAnswer
from safe_lib.model.errors import BasisRefused, ReasonNeeded, SafeError
from safe_lib.store import AnswerChanged, PaperChanged
from safe_lib.store.moment import one_moment
from safe_lib.widgets.page import form_of, inside_of, live_views
from safe_lib.widgets.prefix import below, path_here
from safe_lib.widgets.questions import counts, mark_of
from safe_lib.widgets.script import form_script
from safe_lib.widgets.style import notebook_style, symbols
from safe_lib.widgets.views import answer_words

if TYPE_CHECKING:
    from safe_lib.workbook import Workbook
else:
    Workbook = Any

MEASURE: Final = ("future", "about", "measure", "owner", "deadline", "proof", "status", "residual")
FUTURE: Final = ("kind", "country", "subdivision", "words")
FIELDS_OF: Final[Mapping[str, Sequence[str]]] = {casework.FUTURES: FUTURE, casework.PLAN: MEASURE, casework.SEVERITY: departures.FIELDS}  # of a row

HAS_SCRIPT: Final = "SAFE_PAGE"  # set in the environment of a kernel whose page has the script

Message = Mapping[str, Any]


class Form(anywidget.AnyWidget):
    """One workbook of one case, live."""

    _esm = form_script()
    case = Unicode().tag(sync=True)

    def __init__(self, book: Workbook) -> None:
        """Serve the questions of this workbook; messages may come in another thread than the cell's."""
        super().__init__(case=str(book.case))
        self.book = book
        self._busy = threading.Lock()
        self._sent: dict[str, str] = {}  # region → HTML, by this kernel
        self._marks: dict[str, str] = {}  # region → what the page has of it from the server
        self.on_msg(self._receive)

    def _receive(self, _widget: object, content: Message, _buffers: object) -> None:
        handle: Callable[[Message], None] | None = {
            "answer": self._answer,
            "paper": self._paper,
            "what_if": self._what_if,
            "report": self._report,
            "markup": self._markup,
            "refresh": self._refresh,
            "have": self._have,
        }.get(str(content.get("type")))
        if handle is None:
            return
        with self._busy:
            try:
                handle(content)
            except SafeError as problem:
                self.send({"type": "failed", "seq": content.get("seq"), "sentence": str(problem)})

    def send(self, content: Any, buffers: Any = None) -> None:
        """Words for the page, with addresses that lead to where it stands."""
        html = content.get("html")
        if isinstance(html, dict):
            content = {**content, "html": {region: below(text, path_here()) for region, text in html.items()}}
        elif isinstance(html, str):
            content = {**content, "html": below(html, path_here())}
        super().send(content, buffers)

    def _answer(self, content: Message) -> None:
        reply = save_answer(self.book, content)
        self.send(reply)
        if reply["type"] == "saved":
            self.book.forget()
            self._views(content, first="outcome")  # whoever has just answered looks at it; the others take some ten times as long

    def _paper(self, content: Message) -> None:
        self.send(save_paper(self.book, content))
        self.book.forget()
        self._views(content)

    def _views(self, content: Message, *, first: str = "") -> None:
        """Send what changed, and nothing else; `first` is the view that goes ahead of the others, as soon as it is made."""
        seq = content.get("seq")
        with one_moment():
            outcome = self.book.shown.assessment.outcome.id
            if first:
                self.send({"type": "views", "seq": seq, "html": self._news({first: inside_of(self.book, first)}), "outcome": outcome})
            html = self._news({region: text for region, text in live_views(self.book).items() if region != first})
            self.send({"type": "views", "seq": seq, "html": html, "counts": counts(self.book.stages), "outcome": outcome})

    def _news(self, html: Mapping[str, str]) -> dict[str, str]:
        """What the page does not have yet."""
        new = {region: text for region, text in html.items() if not self._is_there(region, text)}
        self._sent.update(new)
        return new

    def _is_there(self, region: str, text: str) -> bool:
        return self._sent[region] == text if region in self._sent else self._marks.get(region) == mark_of(text)

    def _have(self, content: Message) -> None:
        """The page says what it shows since it was loaded; then nobody has answered yet, and the first answer is made as quick as the others.

        What is read and put together for an answer takes three times as long when it is done for the first time in a process.
        """
        self._marks.update({str(region): str(mark) for region, mark in dict(content.get("marks") or {}).items()})
        with suppress(SafeError), one_moment():
            live_views(self.book)
        self.book.forget()

    def _refresh(self, content: Message) -> None:
        """Something may have been saved behind this kernel's back: read everything again."""
        self.book.forget()
        self._views(content)

    def _what_if(self, content: Message) -> None:
        from safe_lib.widgets.page import what_if_html

        self.send({"type": "what_if", "html": what_if_html(self.book, str(content.get("instrument", "")), dict(content.get("changed", {})))})

    def _report(self, content: Message) -> None:
        although, printed = str(content.get("although") or ""), content.get("print") is True
        try:
            name, mime, document = self.book.make_report(str(content.get("profile")), str(content.get("format")), although, printed=printed)
        except ReasonNeeded:
            self.send({"type": "reason_needed", "seq": content.get("seq"), "sentence": self.book.texts("leaflet.needed")})
            return
        except BasisRefused as refused:  # the page of what leaves, linked below the buttons, asks for it
            words = self.book.texts
            sentence = f"{words(f'disclose.lack.{refused.key}')} {words('disclose.page.elsewhere')}"
            self.send({"type": "failed", "seq": content.get("seq"), "sentence": sentence})
            return
        sentence = self.book.texts("form.printed" if printed else "form.ready")
        self.send({"type": "report", "seq": content.get("seq"), "name": name, "mime": mime, "sentence": sentence}, [document])
        self.book.forget()
        self._views(content)

    def _markup(self, content: Message) -> None:
        """JupyterLab has no first bytes of a server: it asks for the questions, and has neither our style nor our signs."""
        self.send({"type": "markup", "html": f"<style>{notebook_style()}</style>{symbols()}{form_of(self.book)}"})

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle:
            bundle[0]["text/plain"] = f"Form({self.book.name}, {self.case})"
        return bundle


class PageForm(Form):
    """The form on a page of the server, which has the script by an address of its own: so it is not sent again with every state."""

    _esm = "export default {}"


def form_for(book: Workbook) -> Form:
    """The form of this workbook, as it has to be where it is shown."""
    return PageForm(book) if os.environ.get(HAS_SCRIPT) else Form(book)


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
