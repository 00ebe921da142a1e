"""The one live component: every question of a workbook in one accessible form.

Each answer comes as a message, is saved (durable before it is acknowledged), assessed, and answered with what follows
from it. The page keeps what was not acknowledged and sends it again.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import anywidget
from traitlets import Unicode

from safe_lib.model.errors import BasisRefused, ReasonNeeded, SafeError
from safe_lib.store.moment import one_moment
from safe_lib.widgets.page import form_of, inside_of, live_views
from safe_lib.widgets.prefix import below, path_here
from safe_lib.widgets.questions import counts, mark_of
from safe_lib.widgets.saving import Message, save_answer, save_paper
from safe_lib.widgets.script import HAS_SCRIPT, form_script
from safe_lib.widgets.style import notebook_style, symbols

if TYPE_CHECKING:
    from safe_lib.workbook import Workbook
else:
    Workbook = Any

A_BREATH: Final = 0.06  # seconds from the outcome to the other views: whoever answers on within them does not wait for views that would be old


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
        if handle is not None:
            self._do(handle, content)

    def _do(self, handle: Callable[[Message], None], content: Message) -> None:
        """One thing after the other; what cannot be done is said."""
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
        """Save it, and say so together with what it leads to; the other views take some ten times as long."""
        reply = save_answer(self.book, content)
        if reply["type"] != "saved":
            self.send(reply)
            return
        self.book.forget()
        try:
            reply |= self._outcome()
        finally:
            self.send(reply)  # it is on the disk, whatever becomes of the rest
        self._others(content)

    def _paper(self, content: Message) -> None:
        self.send(save_paper(self.book, content))
        self.book.forget()
        self._views(content)

    def _outcome(self) -> dict[str, Any]:
        """The outcome, and its view where the page does not have it."""
        with one_moment():
            return {"html": self._news({"outcome": inside_of(self.book, "outcome")}), "outcome": self.book.shown.assessment.outcome.id}

    def _others(self, content: Message) -> None:
        """Send the other views; at once where nothing can be put off."""
        self._views(content)

    def _views(self, content: Message) -> None:
        """Send what changed, and nothing else."""
        with one_moment():
            outcome, html = self.book.shown.assessment.outcome.id, self._news(live_views(self.book))
            self.send({"type": "views", "seq": content.get("seq"), "html": html, "counts": counts(self.book.stages), "outcome": outcome})

    def _news(self, html: Mapping[str, str]) -> dict[str, str]:
        """What the page does not have yet."""
        new = {region: text for region, text in html.items() if not self._is_there(region, text)}
        self._sent.update(new)
        return new

    def _is_there(self, region: str, text: str) -> bool:
        return self._sent[region] == text if region in self._sent else self._marks.get(region) == mark_of(text)

    def _have(self, content: Message) -> None:
        """The page says what it shows since it was loaded."""
        self._marks.update({str(region): str(mark) for region, mark in dict(content.get("marks") or {}).items()})

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

    def __init__(self, book: Workbook) -> None:
        """Serve the questions."""
        super().__init__(book)
        self._put_off: asyncio.TimerHandle | None = None  # the other views, until they are made

    def _others(self, content: Message) -> None:
        """Let an answer that comes right after this one go first: it has to be saved, and these would be old at once."""
        self._no_others()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no loop runs where no kernel does
            super()._others(content)
            return
        self._put_off = loop.call_later(A_BREATH, self._do, self._views, content)

    def _views(self, content: Message) -> None:
        """These are newer than those that were put off, which the page would not take any more."""
        self._no_others()
        super()._views(content)

    def _no_others(self) -> None:
        if self._put_off:
            self._put_off.cancel()


def form_for(book: Workbook) -> Form:
    """The form of this workbook, as it has to be where it is shown."""
    return PageForm(book) if os.environ.get(HAS_SCRIPT) else Form(book)
