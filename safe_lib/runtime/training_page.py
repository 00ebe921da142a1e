"""The course as a page without a kernel: each step is a plain form, saved before the answer leaves."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any, Final

import tornado.web

from safe_lib import release, training
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.prose import read_notebook
from safe_lib.engine import course as rules
from safe_lib.model.course import Progress
from safe_lib.model.errors import WrongUse
from safe_lib.report.certificate import certificate_of
from safe_lib.report.make import TYPES
from safe_lib.runtime import firstbytes
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.handlers import WorkbookPage
from safe_lib.runtime.people_pages import PersonPage
from safe_lib.training_views import COURSE
from safe_lib.widgets.training.seat import QUIZ, RESULT, Seat
from safe_lib.workbook import Workbook

LARGEST: Final = 20_000  # bytes of a form
MOST_ANSWERS: Final = 12  # of one form


class TrainingPage(PersonPage, WorkbookPage):
    """The list of parts, a screen, the quiz or its result."""

    @tornado.web.authenticated
    async def get(self, name: str = COURSE) -> None:
        """Show what the address asks for."""
        self.keep_language()
        done = self.words("course.forgotten") if self.given("done") == "forgotten" else self.words("course.saved") if self.given("done") == "saved" else ""
        self.show(self.desk(), self.given("at"), done=done)

    def show(self, desk: Desk, at: str, *, wrong: str = "", done: str = "") -> None:
        """The whole page in its first bytes."""
        book = Workbook(desk, COURSE, None)
        book.shared = self.shared
        whole, number = book.course, self.given("q")
        if at and at not in (*whole.places, QUIZ, RESULT):
            raise tornado.web.HTTPError(404)
        release.require_signed(f"workbooks/{COURSE}.ipynb")
        question = int(number) if number.isascii() and number.isdecimal() and len(number) < 3 else 0
        book.course_seat = Seat(whole, book.course_progress, book.texts, desk.today, at, question, self.xsrf_token.decode(), wrong, done, self.shared)
        start, end = firstbytes.page_start(
            book, read_notebook(COURSE, desk.language), here=self.request.path, base_url="/", assets=addresses("/"), xsrf=self.xsrf_token.decode(),
            theme=self.theme, masked=self.masked, more=self.rest)
        self.finish(f"{start}{end}</body></html>\n")

    @tornado.web.authenticated
    async def post(self, name: str = COURSE) -> None:
        """Save one step, then show where it leads; what was wrong is told on the same screen."""
        if len(self.request.body) > LARGEST:
            raise tornado.web.HTTPError(413)
        actions: dict[str, Callable[[Desk], str]] = {
            "country": self.country, "next": self.next, "answer": self.answer, "begin": self.begin, "quiz": self.quiz, "hand_in": self.hand_in,
            "forget": self.forget}
        desk, action = self.desk(), self.given("action")
        try:
            if action == "certificate":
                self.certificate(desk)
                return
            if action not in actions:
                raise tornado.web.HTTPError(400)
            self.redirect(unescape(actions[action](desk)), status=303)
        except WrongUse as problem:
            self.set_status(400)
            self.show(desk, self.given("at"), wrong=" ".join(str(problem).split()))

    def link(self, desk: Desk, at: str = "", **more: Any) -> str:
        """The address of a place."""
        return Seat(training.course(desk), Progress(desk.today), load_texts(desk.language), desk.today).link(at, **more)

    def said(self) -> list[str]:
        """The answers of a form, as many as there may be."""
        return [one[:40] for one in self.get_body_arguments("said")[:MOST_ANSWERS]]

    # What a form does, and where it leads

    def country(self, desk: Desk) -> str:
        """Whose rights are told."""
        training.choose_country(desk, self.given("country"))
        return f"{self.link(desk)}&done=saved"

    def next(self, desk: Desk) -> str:
        """A screen was read."""
        at = self.given("at")
        training.go_on(desk, at)
        return self.link(desk, rules.next_place(training.course(desk), at) or QUIZ)

    def answer(self, desk: Desk) -> str:
        """An exercise or a question of a lesson."""
        id, said = self.given("id"), [one for one in self.said() if one]
        if not said:
            raise WrongUse(self.words("course.nothing"))
        training.answer(desk, id, said)
        return self.link(desk, rules.place_of(training.course(desk), id), part=f"told-{id if '/' not in id else 'e'}")

    def begin(self, desk: Desk) -> str:
        """The quiz begins."""
        training.begin_quiz(desk)
        return self.link(desk, QUIZ)

    def quiz(self, desk: Desk) -> str:
        """A question of the quiz; the next open one follows."""
        said = [one for one in self.said() if one]
        if not said:
            raise WrongUse(self.words("course.nothing"))
        training.answer_quiz(desk, self.given("id"), said)
        return self.link(desk, QUIZ)

    def hand_in(self, desk: Desk) -> str:
        """The quiz is handed in."""
        training.hand_in(desk)
        return self.link(desk, RESULT)

    def forget(self, desk: Desk) -> str:
        """What is kept goes."""
        training.forget(desk)
        return f"{self.link(desk)}&done=forgotten"

    def certificate(self, desk: Desk) -> None:
        """The certificate as a file; not on a computer that others use too. The name is printed and kept nowhere."""
        if self.shared:
            raise WrongUse(self.words("course.certificate.shared"))
        content = certificate_of(desk, self.get_argument("name", ""))
        self.set_header("Content-Type", TYPES["pdf"])
        self.set_header("Content-Disposition", 'attachment; filename="certificate.pdf"')
        self.finish(content)
