"""The coordination workbook as a page, the calendar that is taken along, one's weekly digests, and the closing of a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import tornado.web

from safe_lib import casework, release, teamwork
from safe_lib.casework import Desk
from safe_lib.catalogue.prose import read_notebook
from safe_lib.coordination import calendar, contacts, handing_over, hours, referring, second_look
from safe_lib.coordination.hours import COORDINATE, Worked
from safe_lib.model.disclosure import CONSENT, Basis
from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.model.person import ASSIGNED
from safe_lib.report.blocks_json import from_json
from safe_lib.rights.handover import Visit
from safe_lib.rights.permission import cell
from safe_lib.runtime import firstbytes
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.handlers import Page, WorkbookPage, _reference, visit_begins
from safe_lib.runtime.people_pages import PersonPage
from safe_lib.widgets.coordination_page import Team, digest_page
from safe_lib.widgets.coordination_views import NAME
from safe_lib.widgets.people_pages import Said
from safe_lib.workbook import Workbook

WEEK: Final = r"\d{4}-W\d{2}"
LONGEST: Final = 500  # letters of what is open


class CoordinationPage(PersonPage, WorkbookPage):
    """The board of a team, or of one's own cases; the whole page is in its first bytes."""

    @tornado.web.authenticated
    async def get(self, name: str = NAME) -> None:
        """Show it."""
        self.keep_language()
        await self.show(Said())

    async def show(self, said: Said) -> None:
        """The page; through a kernel only where an analyst added a cell of their own."""
        desk, ref = self.desk(), ""
        if self.request.method == "GET" and (asked := self.given("case")):
            ref = casework.find_case(desk, _reference(asked), what=f"page.{NAME}").ref
        self.book = Workbook(desk, NAME, ref or None, choice=self.given("of"))
        self.book.shared = self.shared
        release.require_signed(f"workbooks/{NAME}.ipynb")
        self.book.team_now = team_of(desk), said
        _ = self.book.board  # refused here, before anything is written
        notebook = read_notebook(NAME, desk.language)
        firstbytes.mark_shown(notebook)
        if any(firstbytes.is_own(cell) for cell in notebook["cells"]):
            session = self.signed_in()
            visit_begins(Visit(str(self.suite.path), session.key.hex(), session.person, session.role, desk.language, NAME, ref, self.book.choice,
                               session=session.id))
            await self.show_and_go_on(NAME)
            return
        start, end = firstbytes.page_start(
            self.book, notebook, here=self.request.path, base_url="/", assets=addresses("/"), xsrf=self.xsrf_token.decode(), theme=self.theme,
            masked=self.masked, more=self.rest)
        self.finish(f"{start}{end}</body></html>\n")

    @tornado.web.authenticated
    async def post(self, name: str = NAME) -> None:
        """Do one of the things of the page."""
        actions: dict[str, Callable[[Desk], Said]] = {
            "hours": self.log_hours, "back": self.take_back, "meeting": self.meet, "contact": self.contact, "refer": self.refer, "answer": self.answer,
            "draw": self.draw, "look": self.look, "assign": self.assign, "over": self.over, "wish": self.wish}
        do = actions.get(self.given("action"))
        if do is None:
            raise tornado.web.HTTPError(400)
        await self.show(self.tried(lambda: do(self.desk())))

    # What a form does

    def log_hours(self, desk: Desk) -> Said:
        """Hours of one's own, or for a coordinator of a colleague."""
        hours.log(desk, self.worked(), user=self.given("user"))
        return Said(self.words("coord.done.hours"))

    def take_back(self, desk: Desk) -> Said:
        """An entry is taken back."""
        hours.take_back(desk, self.number("number"))
        return Said(self.words("coord.done.back"))

    def meet(self, desk: Desk) -> Said:
        """A meeting with those who came."""
        found = hours.meet(desk, self.worked(), self.get_arguments("who"))
        return Said(self.words("coord.done.meeting", count=len(found)))

    def contact(self, desk: Desk) -> Said:
        """A contact, or the attempt at one."""
        contacts.note(desk, self.given("case"), day=self.day(), channel=self.given("channel"), kind=self.given("kind"),  # type: ignore[arg-type]
                      minutes=self.number("minutes"), interpreter=bool(self.given("interpreter")))
        return Said(self.words("coord.done.contact"))

    def refer(self, desk: Desk) -> Said:
        """An organisation was asked."""
        kind, reason = self.given("basis"), self.given("reason")
        basis = Basis(CONSENT, reason.upper()) if kind == CONSENT else Basis(kind, reason=reason)
        referring.refer(desk, self.given("case"), organisation=self.given("organisation"), purpose=self.given("purpose"), basis=basis)
        return Said(self.words("coord.done.refer"))

    def answer(self, desk: Desk) -> Said:
        """It answered."""
        ref, _, id = self.given("referral").partition(" ")
        again = self.day("remind_on") if self.given("remind_on") else None
        referring.answer(desk, ref, id, self.given("state"), self.given("words"), outcome=self.given("outcome"), remind_on=again)  # type: ignore[arg-type]
        return Said(self.words("coord.done.answer"))

    def draw(self, desk: Desk) -> Said:
        """Cases for a second look."""
        found = second_look.draw(desk, self.number("percent"))
        return Said(self.words("coord.done.draw", count=len(found.refs), of=found.of, seed=found.seed))

    def look(self, desk: Desk) -> Said:
        """A second look was done."""
        second_look.look(desk, self.given("case"), self.given("result"), self.long("words"))  # type: ignore[arg-type]
        return Said(self.words("coord.done.look"))

    def assign(self, desk: Desk) -> Said:
        """Somebody works on a case, and is told."""
        teamwork.assign(desk, self.given("case"), self.colleague("taker"))
        return Said(self.words("coord.done.assign"))

    def over(self, desk: Desk) -> Said:
        """A case goes from one colleague to another, with what is open."""
        handing_over.hand_over(desk, self.given("case"), giver=self.colleague("giver"), taker=self.colleague("taker"), words=self.long("words"))
        return Said(self.words("coord.done.over"))

    def wish(self, desk: Desk) -> Said:
        """Whether the person wishes their reference in a calendar."""
        calendar.let_name(desk, self.given("case"), self.given("wish") == "yes")
        return Said(self.words("coord.done.wish"))

    # What a form says

    def worked(self) -> Worked:
        """Hours as the form says them."""
        return Worked(self.day(), self.number("minutes"), self.given("category"), self.given("case"), self.given("topic"))  # type: ignore[arg-type]

    def day(self, name: str = "day") -> date:
        """A day of the form; WrongUse where it is none."""
        try:
            return date.fromisoformat(self.given(name))
        except ValueError:
            raise WrongUse(self.words("coord.wrong.day")) from None

    def number(self, name: str) -> int:
        """A whole number of the form; WrongUse where it is none."""
        said = self.given(name)
        if not (said.isascii() and said.isdecimal() and len(said) < 10):
            raise WrongUse(self.words("coord.wrong.number"))
        return int(said)

    def colleague(self, name: str) -> str:
        """A colleague of the form; WrongUse where none was chosen."""
        chosen = self.given(name)
        if not chosen:
            raise WrongUse(self.words("coord.wrong.colleague"))
        return chosen

    def long(self, name: str) -> str:
        """A longer text of the form."""
        return str(self.get_argument(name, "").strip()[:LONGEST])


def team_of(desk: Desk) -> Team:
    """What the forms of the page need to know about the team."""
    store = desk.open_store()
    coordinate, roles = casework.has_right(desk, COORDINATE), store.me.roles
    people = [one for one in store.people() if one.active and one.has(*ASSIGNED)] if coordinate or cell(roles, "assign") else []
    by_name = tuple(sorted(people, key=lambda one: ((one.name or one.user).casefold(), one.user)))
    return Team(store.own_user(), by_name, coordinate, bool(cell(roles, "assign")), bool(cell(roles, "disclose")), bool(cell(roles, "close")))


class CalendarFile(PersonPage):
    """What is due, as a file for a calendar."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Not on a computer that others use too: what is saved there stays there."""
        desk = self.desk()
        if self.shared:
            raise NotPermitted(self.words("coord.calendar_shared"))
        content = calendar.take_along(desk, self.given("of"))
        self.set_header("Content-Type", calendar.TYPE)
        self.set_header("Content-Disposition", f'attachment; filename="{calendar.NAME}"')
        self.finish(content)


class Digest(Page):
    """One's own digest of a week; it opens with one's own key."""

    @tornado.web.authenticated
    def get(self, week: str) -> Any:
        """Show it as it was made."""
        self.keep_language()
        desk = self.desk()
        casework.require_right(desk, "list")  # it may name cases
        content = desk.open_store().digest(week)
        if content is None:
            raise tornado.web.HTTPError(404)
        said = json.loads(content)
        self.finish(digest_page(self.frame(here=self.request.path), said["title"], said["marks"], from_json(said["blocks"])))
