"""The route of letters and forms: what each would say of a case, and the link by which a draft leaves, under the rules of every report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import tornado.web

from safe_lib import casework, disclosing, release
from safe_lib.casework import Desk
from safe_lib.catalogue import languages, load_texts
from safe_lib.catalogue.letters import load_letters
from safe_lib.engine.procedure_json import said
from safe_lib.lettering import Draft, draft_of, waiting
from safe_lib.model.errors import ReasonNeeded, ReportError, WrongUse
from safe_lib.model.letter import Letter
from safe_lib.report.letters import make_letter, may_leave
from safe_lib.rights.permission import may
from safe_lib.runtime.disclosure_pages import Disclosures
from safe_lib.runtime.handlers import _reference
from safe_lib.widgets.disclosure_page import Link
from safe_lib.widgets.letters_page import PATH, Shown, letters_page
from safe_lib.widgets.pages_data import case_tabs
from safe_lib.widgets.people_pages import Said
from safe_lib.widgets.shell import CaseHead


class LettersPage(Disclosures):
    """The letters of one case; a draft leaves by the same link as every copy."""

    @tornado.web.authenticated
    def post(self) -> None:
        """Make a draft, and with a reader named the link by which it leaves."""
        actions: dict[str, Callable[[Desk], Said]] = {"make": self.make, "draft": self.draft}
        do = actions.get(self.given("action"))
        if do is None:
            raise tornado.web.HTTPError(400)
        self.show(self.tried(lambda: self.allowed(do)))

    def show(self, told: Said) -> None:
        """The page."""
        desk, ref = self.desk(), _reference(self.ref)
        casework.find_case(desk, ref, what="page.letters")
        letter = load_letters().letters.get(self.given("letter"))
        draft, wrong = self.drafted(desk, ref, letter)
        training = desk.open_store().training
        named = tuple((code, load_texts(code).name) for code in languages() if code in ("en", "nl"))
        roles, assigned = (standing := desk.open_store().standing(ref)).me.roles, standing.assigned
        shown = Shown(tuple(load_letters().letters.values()), named, letter, self.written(letter), draft, training, may_leave(desk, ref),
                      may(roles, "draft", assigned=assigned), waiting(desk, ref))
        keep = (("letter", letter.id),) if letter else ()
        frame = self.frame(here=f"/{PATH}", keep=keep, case=CaseHead(ref, casework.alias_of(desk, ref)), tabs=case_tabs(load_texts(desk.language)),
                           marks=release.marks(desk, load_texts(self.language)))
        self.finish(letters_page(frame, disclosing.sharing(desk, ref), shown, said=Said(wrong=wrong) if wrong and not told.wrong else told, link=self.link))

    def drafted(self, desk: Desk, ref: str, letter: Letter | None) -> tuple[Draft | None, str]:
        """The letter as it would read, or why it cannot be shown."""
        if letter is None:
            return None, ""
        try:
            return draft_of(replace(desk, language=self.written(letter)), ref, letter.id), ""
        except ReportError as problem:
            return None, " ".join(str(problem).split())

    def written(self, letter: Letter | None) -> str:
        """The language in which it is drafted: as asked, else the one in which it is sent, else that of the page."""
        asked = self.given("written")
        return asked if asked in ("en", "nl") else (letter.sent_in if letter and letter.sent_in else self.language)

    def asked_for(self) -> Letter:
        """The letter that a form is about."""
        letter = load_letters().letters.get(self.given("letter"))
        if letter is None:
            raise tornado.web.HTTPError(400)
        return letter

    def draft(self, desk: Desk) -> Said:
        """Put a draft into the file; it does not leave."""
        letter, although = self.asked_for(), self.given("although")
        try:
            made = make_letter(replace(desk, language=self.written(letter)), _reference(self.ref), letter.id, although=although)
        except ReasonNeeded:
            return self.not_yet(letter)
        return Said(self.words("letter.page.drafted", id=made.report.id))

    def not_yet(self, letter: Letter) -> Said:
        """Something has to come first; told in the language of the page."""
        self.set_status(403)
        return Said(wrong=said(letter.gate.says, self.language) if letter.gate else self.words("leaflet.needed"))

    def make(self, desk: Desk) -> Said:
        """Make a draft and give the link by which it leaves."""
        if self.shared:
            raise WrongUse(self.words("disclose.page.shared"))
        letter = self.asked_for()
        session, ref, although = self.signed_in(), _reference(self.ref), self.given("although")
        terms = self.terms(desk, ref, although)
        if not (terms.recipient and terms.purpose):
            raise WrongUse(self.words("letter.page.named"))
        try:
            made = make_letter(replace(desk, language=self.written(letter)), ref, letter.id, terms, although=although)
        except ReasonNeeded:
            return self.not_yet(letter)
        self.link = Link(made.report.id, self.suite.links.new(session.id, made.report, terms))
        return Said(self.words("disclose.page.ready", id=made.report.id))
