"""The routes of what leaves: the register of a case, what the person said about sharing, and the link by which a copy leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import tornado.web

from safe_lib import casework, disclosing, release
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.chapters import readers_of
from safe_lib.disclosing import Asked
from safe_lib.model.disclosure import CONSENT, STATES, Basis
from safe_lib.model.errors import BasisRefused, WrongUse
from safe_lib.report.make import TYPES, Terms, make_copy, with_reason
from safe_lib.report.preview import preview
from safe_lib.rights.consent_forms import FIRST
from safe_lib.runtime.handlers import Page, _reference
from safe_lib.runtime.people_pages import PersonPage
from safe_lib.widgets.disclosure_page import PATH, READERS, Chosen, Groups, Link, disclosure_page
from safe_lib.widgets.pages_data import OF_NO_CASE, case_tabs, workbook_lines
from safe_lib.widgets.people_pages import Said
from safe_lib.widgets.shell import CaseHead

NO_REPORT: Final = OF_NO_CASE | {"start", "country_information", "social_map"}  # workbooks without a report of one person
COPIES: Final = rf"/{PATH}/copy/([A-Za-z0-9_-]{{43}})"


class Disclosures(PersonPage):
    """Who has what, what the person said, and what a copy would hold."""

    link: Link | None

    def prepare(self) -> Any:
        """A case there is, for this person."""
        self.ref, self.link = self.get_argument("case", ""), None
        return super().prepare()

    @tornado.web.authenticated
    def get(self) -> None:
        """Show it; with a workbook and a reader, also what their copy would hold."""
        self.keep_language()
        self.show(Said())

    @tornado.web.authenticated
    def post(self) -> None:
        """Write down what the person said, or make a copy."""
        actions: dict[str, Callable[[Desk], Said]] = {"consent": self.consent, "withdraw": self.withdraw, "make": self.make}
        do = actions.get(self.given("action"))
        if do is None:
            raise tornado.web.HTTPError(400)
        self.show(self.tried(lambda: self.allowed(do)))

    def allowed(self, do: Callable[[Desk], Said]) -> Said:
        """What came of a form; that nothing allows a copy to leave is told in the language of the page."""
        try:
            return do(self.desk())
        except BasisRefused as refused:
            self.set_status(403)
            return Said(wrong=self.words(f"disclose.lack.{refused.key}"))

    def show(self, said: Said) -> None:
        """The page."""
        desk, ref = self.desk(), _reference(self.ref)
        casework.find_case(desk, ref, what="page.disclosures")
        chosen = self.chosen(desk, ref)
        keep = (("workbook", chosen.workbook), ("profile", chosen.profile)) if chosen.preview else ()
        frame = self.frame(here=f"/{PATH}", keep=keep, case=CaseHead(ref, casework.alias_of(desk, ref)), tabs=case_tabs(load_texts(desk.language)),
                           marks=release.marks(desk, load_texts(self.language)))
        self.finish(disclosure_page(frame, disclosing.sharing(desk, ref), chosen, said=said, link=self.link))

    def chosen(self, desk: Desk, ref: str) -> Chosen:
        """The workbook and the reader that were asked for, and what their copy would hold."""
        lines = {line.name: line.title for line in workbook_lines(desk.language) if line.name not in NO_REPORT}
        workbook, profile = self.given("workbook"), self.given("profile")
        known = workbook in lines and profile in READERS and profile in (readers_of(workbook) or READERS)
        found = preview(desk, ref, workbook, profile) if known else None
        groups = Groups(found.goes, found.left_out, found.empty) if found else None
        return Chosen(tuple(lines.items()), workbook if known else next(iter(lines)), profile if known else READERS[0], groups, desk.open_store().training)

    # What a form does

    def consent(self, desk: Desk) -> Said:
        """Write down what the person said."""
        state = next((one for one in STATES if one == self.given("state")), None)
        if state is None:
            raise WrongUse(self.words("disclose.page.answer"))
        asked = Asked(state, self.given("recipient"), self.given("purpose"), self.given("scope"), self.given("explained"), bool(self.given("interpreter")),
                      self.day("until"), self.given("form") or FIRST, self.given("how") or "spoken")
        disclosing.record_consent(desk, _reference(self.ref), asked)
        return Said(self.words("disclose.page.recorded"))

    def withdraw(self, desk: Desk) -> Said:
        """The person takes a consent back."""
        disclosing.withdraw_consent(desk, _reference(self.ref), self.given("consent"))
        return Said(self.words("disclose.page.taken_back"))

    def make(self, desk: Desk) -> Said:
        """Make a copy and give the link by which it leaves."""
        if self.shared:
            raise WrongUse(self.words("disclose.page.shared"))
        session, ref, format = self.signed_in(), _reference(self.ref), self.given("format")
        although = self.given("although")
        terms = self.terms(desk, ref, although)
        report = make_copy(desk, ref, self.given("workbook"), self.given("profile"), format, terms, although=although)
        self.link = Link(report.id, self.suite.links.new(session.id, report, terms))
        return Said(self.words("disclose.page.ready", id=report.id))

    def terms(self, desk: Desk, ref: str, although: str) -> Terms:
        """To whom and why, as the form says; a consent names its recipient and purpose itself."""
        kind, until = self.given("basis"), self.day("until")
        if kind.startswith(CONSENT):
            id = kind.partition(" ")[2]
            found = next((one for one in disclosing.sharing(desk, ref).standing if one.id == id), None)
            return Terms(found.recipient if found else "", found.purpose if found else "", Basis(CONSENT, id), until)
        return Terms(self.given("recipient"), with_reason(self.given("purpose"), although), Basis(kind, reason=self.given("reason")), until)

    def day(self, name: str) -> date | None:
        """A day of the form; None where it is empty or no day."""
        try:
            return date.fromisoformat(self.given(name)) if self.given(name) else None
        except ValueError:
            return None


class TakeOut(Page):
    """One copy leaves, once, for whoever made the link."""

    @tornado.web.authenticated
    def get(self, token: str) -> None:
        """Right and consent of this moment, then the line, then the document."""
        waiting = self.suite.links.take(token, self.signed_in().id)
        if waiting is None:
            raise tornado.web.HTTPError(404)
        report, terms = waiting.report, waiting.terms
        document, _ = casework.disclose(self.desk(), report, recipient=terms.recipient, purpose=terms.purpose, basis=terms.basis, expires=terms.expires)
        self.set_header("Content-Type", TYPES[report.format])
        self.set_header("Content-Disposition", f'attachment; filename="{report.id}.{report.format}"')
        self.finish(document)
