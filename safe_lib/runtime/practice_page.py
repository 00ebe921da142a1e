"""The route of practice cases, in a training store only; the cases themselves are worked on the pages of every case."""

from __future__ import annotations

import tornado.web

from safe_lib import casework, practice, release
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.practice import Seat
from safe_lib.runtime.people_pages import PersonPage
from safe_lib.widgets.people_pages import Said
from safe_lib.widgets.practice_page import PATH, PracticeView, practice_page


class PracticePage(PersonPage):
    """The list of practice cases, or one of them. A store with real persons has no such page."""

    def seat(self, desk: Desk) -> Seat:
        """The trainee's seat; nothing is here where real persons are."""
        if not desk.open_store().training:
            raise tornado.web.HTTPError(404)
        return Seat(desk)

    @tornado.web.authenticated
    def get(self) -> None:
        """Show it."""
        self.keep_language()
        self.show(Said())

    def show(self, said: Said) -> None:
        """The page."""
        desk, chosen = self.desk(), self.given("id")
        seat = self.seat(desk)
        cases = practice.cases(seat)
        if chosen and chosen not in cases:
            raise tornado.web.HTTPError(404)
        instruments = {one.instrument: casework.instrument_for(desk, one.instrument) for one in cases.values()}
        group = None if chosen else practice.group(seat)
        view = PracticeView(cases, practice.mine(seat), practice.worked(seat), instruments, chosen, group)
        keep = (("id", chosen),) if chosen else ()
        self.finish(practice_page(self.frame(here=f"/{PATH}", keep=keep, marks=release.marks(desk, load_texts(self.language))), view, said=said))

    @tornado.web.authenticated
    def post(self) -> None:
        """Begin a practice case, or hand it in."""
        seat, action, id = self.seat(self.desk()), self.given("action"), self.given("id")
        if action == "begin":
            said = self.tried(lambda: Said(self.words("practice.begun", ref=practice.begin(seat, id))))
        elif action == "hand_in":
            said = self.tried(lambda: Said(self.words("practice.handed_in", title=practice.hand_in(seat, id).case.title)))
        else:
            raise tornado.web.HTTPError(400)
        self.show(said)
