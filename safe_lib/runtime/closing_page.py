"""The route on which a file is closed and opened again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import tornado.web

from safe_lib import casework, release
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.coordination import closing
from safe_lib.coordination.closing import Looked
from safe_lib.model.errors import WrongUse
from safe_lib.rights.permission import may
from safe_lib.runtime.handlers import _reference
from safe_lib.runtime.people_pages import PersonPage
from safe_lib.widgets.closing_page import ClosingView, closing_page
from safe_lib.widgets.coordination_page import CLOSING
from safe_lib.widgets.pages_data import case_tabs
from safe_lib.widgets.people_pages import Said
from safe_lib.widgets.shell import CaseHead

LONGEST: Final = 500  # letters of what was decided


class ClosingPage(PersonPage):
    """The list before a file is closed, closing it, and opening it again."""

    @property
    def ref(self) -> str:
        """The case that the page is about."""
        return _reference(self.given("case"))

    @tornado.web.authenticated
    def get(self) -> None:
        """Show it."""
        self.keep_language()
        casework.find_case(self.desk(), self.ref, what="page.closing")
        self.show(Said())

    def show(self, said: Said) -> None:
        """The page."""
        desk, ref = self.desk(), self.ref
        case, found = casework.find_case(desk, ref), closing.closing(desk, ref)
        standing = desk.open_store().standing(ref)
        rights = {verb: may(standing.me.roles, verb, assigned=standing.assigned) for verb in ("write", "close")}
        typed = self.sent() if said.wrong else {}
        view = ClosingView(found, case.status == "closed", rights["write"], rights["close"], closing.kept_until(desk, found.closed_on or desk.today), typed)
        frame = self.frame(here=f"/{CLOSING}", case=CaseHead(ref, casework.alias_of(desk, ref)), tabs=case_tabs(load_texts(desk.language)),
                           marks=release.marks(desk, load_texts(self.language)))
        self.finish(closing_page(frame, view, said=said))

    @tornado.web.authenticated
    def post(self) -> None:
        """Say how a line stands, close the file, or open it again."""
        casework.find_case(self.desk(), self.ref)
        actions: dict[str, Callable[[Desk], Said]] = {"tick": self.say, "close": self.close_it, "open": self.open_it}
        do = actions.get(self.given("action"))
        if do is None:
            raise tornado.web.HTTPError(400)
        self.show(self.tried(lambda: do(self.desk())))

    def say(self, desk: Desk) -> Said:
        """The lines whose state or words are others than before; all or none."""
        changed = self.changed(closing.closing(desk, self.ref).looked)
        if not changed:
            raise WrongUse(self.words("coord.wrong.line"))
        lacking = [id for id, (state, words) in changed.items() if state != "done" and not words]
        if lacking:
            named = "; ".join(self.words(f"coord.closing.item.{id}") for id in lacking)
            raise WrongUse(self.words("coord.wrong.lacks", lines=named))
        closing.go_through(desk, self.ref, changed)
        return Said(self.words("coord.closing.saved"))

    def sent(self) -> dict[str, tuple[Any, str]]:
        """Line → state and words, as the form has them; a line of which nothing was said is not there."""
        said = {id: (self.given(f"state-{id}"), self.given(f"words-{id}")) for id in closing.rules().items}
        return {id: one for id, one in said.items() if any(one)}

    def changed(self, looked: Mapping[str, Looked]) -> dict[str, tuple[Any, str]]:
        """What the form says otherwise than the file. Words that were left empty under the same state stay: masked, they were not shown."""
        found = {}
        for id, (state, words) in self.sent().items():
            before = looked.get(id)
            if state and not (before and before.state == state and words in ("", before.words)):
                found[id] = state, words
        return found

    def close_it(self, desk: Desk) -> Said:
        """The file is closed."""
        if not self.given("reason"):
            raise WrongUse(self.words("coord.wrong.reason"))
        words = str(self.get_argument("words", "").strip()[:LONGEST])
        closing.close_file(desk, self.ref, self.given("reason"), words, self.get_arguments("handed"))
        return Said(self.words("coord.closing.done"))

    def open_it(self, desk: Desk) -> Said:
        """It is open again."""
        closing.open_again(desk, self.ref)
        return Said(self.words("coord.closing.opened"))
