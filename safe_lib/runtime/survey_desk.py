"""The desk of surveys as a page without a kernel: links, paper and its entry, the form for telephones, figures and their report."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any, Final

import tornado.web

from safe_lib import casework, release, surveying
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.prose import read_notebook
from safe_lib.catalogue.surveys import load_survey, survey_ids
from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.report.make import TYPES
from safe_lib.runtime import firstbytes
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.handlers import WorkbookPage
from safe_lib.runtime.people_pages import PersonPage
from safe_lib.survey_views import SURVEY, report_bytes
from safe_lib.widgets.people_pages import Said
from safe_lib.widgets.survey.desk_page import ENTRY, SurveySeat
from safe_lib.widgets.survey.fields import given
from safe_lib.widgets.survey.form_page import Sheet, entry_page, paper_html
from safe_lib.workbook import Workbook
from safe_lib.xlsforms import survey_form

LARGEST: Final = 100_000  # bytes of a form
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OfSurveys(PersonPage):
    """What the pages of the desk share."""

    @property
    def number(self) -> int:
        """The link that was asked for; 0 for none."""
        said = self.given("link")
        return int(said) if said.isascii() and said.isdecimal() and len(said) < 8 else 0

    def chosen(self, desk: Desk) -> int:
        """The link that was asked for; 404 where there is none."""
        if self.number not in {one.id for one in surveying.links(desk)}:
            raise tornado.web.HTTPError(404)
        return self.number


class SurveyDesk(OfSurveys, WorkbookPage):
    """The list of links, and the figures of one."""

    @tornado.web.authenticated
    async def get(self, name: str = SURVEY) -> None:
        """Show it."""
        self.keep_language()
        await self.show(self.desk(), Said())

    @tornado.web.authenticated
    async def post(self, name: str = SURVEY) -> None:
        """Make or close a link."""
        if len(self.request.body) > LARGEST:
            raise tornado.web.HTTPError(413)
        desk, action = self.desk(), self.given("action")
        if action not in ("open", "close"):
            raise tornado.web.HTTPError(400)
        try:
            if action == "open":
                days = self.given("days")
                opened = surveying.open_link(desk, self.given("survey"), int(days) if days.isascii() and days.isdecimal() else 0)
                await self.show(desk, Said(), address=f"{self.request.protocol}://{self.request.host}{opened.path}")
                return
            surveying.close_link(desk, self.chosen(desk))
            await self.show(desk, Said(self.words("survey.desk.is_closed")))
        except WrongUse as problem:
            self.set_status(400)
            await self.show(desk, Said(wrong=" ".join(str(problem).split())))

    async def show(self, desk: Desk, said: Said, address: str = "") -> None:
        """The whole page in its first bytes; figures of many responses are worked out beside the other work of the server."""
        release.require_signed(f"workbooks/{SURVEY}.ipynb")
        reads = casework.has_right(desk, "survey.read")
        asked = str(self.chosen(desk)) if self.number and self.request.method == "GET" else ""
        if asked and not reads:
            raise NotPermitted("survey: figures are read by analysts and coordinators.\n  Ask one of them.")
        book = Workbook(desk, SURVEY, None, choice=asked)
        book.shared = self.shared
        titles = {id: load_survey(id, desk.language).title for id in survey_ids()}
        book.survey_seat = SurveySeat(surveying.links(desk), titles, book.texts, self.xsrf_token.decode(), casework.has_right(desk, "survey.manage"), reads,
                                      address, said.done, said.wrong)
        start, end = await asyncio.to_thread(
            firstbytes.page_start, book, read_notebook(SURVEY, desk.language), here=self.request.path, base_url="/", assets=addresses("/"),
            xsrf=self.xsrf_token.decode(), theme=self.theme, masked=self.masked, more=self.rest)
        self.finish(f"{start}{end}</body></html>\n")


class SurveyEntry(OfSurveys):
    """What was answered on paper, entered under its number."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show the form."""
        self.keep_language()
        desk = self.desk()
        self.finish(entry_page(self.sheet(desk, self.chosen(desk)), self.frame(here=ENTRY, keep=(("link", str(self.number)),))))

    @tornado.web.authenticated
    def post(self) -> None:
        """Keep it, or show it again with what is wrong."""
        if len(self.request.body) > LARGEST:
            raise tornado.web.HTTPError(413)
        desk = self.desk()
        id, paper = self.chosen(desk), self.given("paper")
        said = given(load_survey(surveying.link(desk, id).survey), lambda place: self.get_body_arguments(place, strip=False))
        frame = self.frame(here=ENTRY, keep=(("link", str(id)),))
        try:
            wrong = surveying.enter(desk, id, said, paper)
        except WrongUse as problem:
            self.set_status(400)
            self.finish(entry_page(self.sheet(desk, id, said=said), frame, paper=paper, problem=" ".join(str(problem).split())))
            return
        if wrong:
            self.set_status(400)
            self.finish(entry_page(self.sheet(desk, id, said=said, wrong=wrong), frame, paper=paper))
            return
        self.finish(entry_page(self.sheet(desk, id), frame, done=self.words("survey.entry.done", number=paper)))

    def sheet(self, desk: Desk, id: int, **more: Any) -> Sheet:
        """The questionnaire of this link."""
        survey = load_survey(surveying.link(desk, id).survey, desk.language)
        return Sheet(survey, load_texts(desk.language), f"{ENTRY}?link={id}", **more)


class SurveyFile(OfSurveys):
    """The questionnaire to print, the form for telephones, or the report of a link."""

    @tornado.web.authenticated
    async def get(self, kind: str) -> None:
        """Send it."""
        desk = self.desk()
        id = self.chosen(desk)
        survey = surveying.link(desk, id).survey
        if kind == "paper":
            self.finish(paper_html(load_survey(survey, desk.language), load_texts(desk.language), addresses("/")["safe.css"]))
            return
        if kind == "form":
            self.send(survey_form(survey), XLSX, f"{survey}.xlsx")
            return
        format = self.given("format")
        if format not in TYPES:
            raise tornado.web.HTTPError(404)
        content = await asyncio.to_thread(report_bytes, desk, id, format)
        self.send(content, TYPES[format], f"{survey}_{date.today().isoformat()}.{format}")

    def send(self, content: bytes, type: str, name: str) -> None:
        """As a file to keep."""
        self.set_header("Content-Type", type)
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.finish(content)
