"""The route about the rights of one person: how long, access, correction, erasure, and the extra care for children."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import tornado.web

from safe_lib import casework, release, teamwork
from safe_lib.casework import Desk, Said
from safe_lib.catalogue import instrument_files, load_texts
from safe_lib.coordination import closing
from safe_lib.model.errors import NotPermitted, ReasonNeeded, SafeError, WrongUse
from safe_lib.model.processing import CORRECTIONS
from safe_lib.person import children, correcting, erasing, retention
from safe_lib.person.access_pack import Looked, Pack, free_texts, gather, looked_at
from safe_lib.policy.checks import PAPERS
from safe_lib.report.for_person import give_access
from safe_lib.report.make import TYPES
from safe_lib.rights.permission import may
from safe_lib.runtime.handlers import _reference
from safe_lib.runtime.people_pages import PersonPage
from safe_lib.widgets.pages_data import case_tabs
from safe_lib.widgets.people_pages import Said as Told
from safe_lib.widgets.person_page import PersonView, Recorded, answers_of, person_page
from safe_lib.widgets.shell import CaseHead

LONGEST: Final = 2000  # letters of what somebody writes here


class PersonsRights(PersonPage):
    """What can be done for the rights of the person of one case."""

    @property
    def ref(self) -> str:
        """The case that the page is about."""
        return _reference(self.given("case"))

    def typed(self, name: str) -> str:
        """A longer text of the form."""
        return str(self.get_argument(name, "").strip()[:LONGEST])

    @tornado.web.authenticated
    def get(self) -> None:
        """Show it."""
        self.keep_language()
        desk = self.desk()
        casework.find_case(desk, self.ref, what="page.person")
        self.show(desk, Told())

    def show(self, desk: Desk, said: Told, looked: Looked | None = None) -> None:
        """The page; with `looked`, as the form was sent."""
        view = self.view(desk, looked or Looked())
        alias = casework.alias_of(desk, view.ref)
        frame = self.frame(here="/person", case=CaseHead(view.ref, alias), tabs=case_tabs(load_texts(desk.language)),
                           marks=release.marks(desk, load_texts(self.language)))
        self.finish(person_page(frame, view, said=said))

    def view(self, desk: Desk, looked: Looked) -> PersonView:
        """What this colleague may see and do here."""
        ref, store = self.ref, desk.open_store()
        recorded, chosen = self.recorded(desk), self.given("item")
        may_give = self.may(desk, "report") and self.may(desk, "disclose")
        everything = store.everything(ref) if may_give else None
        texts = tuple(free_texts(everything, {one.instrument.id: one.instrument for one in recorded})) if everything else ()
        papers = tuple(kind for kind in PAPERS if kind != CORRECTIONS and store.paper(ref, kind) is not None)
        keeping = retention.keeping_of(desk, ref)
        answer = next((one for one in recorded if f"{one.instrument.id}/{one.saved.item}" == chosen), None)
        paper = next((kind for kind in papers if chosen == f"paper/{kind}"), "")
        return PersonView(
            ref, keeping is not None, keeping, recorded, answer, papers, paper, correcting.corrections(desk, ref), texts, looked, children.gate(desk, ref),
            children.best_interest(desk, ref), erasing.open_request(desk, ref), self.may(desk, "close"), may_give, self.may(desk, "ask_erase"))

    def may(self, desk: Desk, verb: str) -> bool:
        """Whether the table allows it for this case; the key is known to be there, for the page was shown."""
        standing = desk.open_store().standing(self.ref)
        return may(standing.me.roles, verb, assigned=standing.assigned)

    def recorded(self, desk: Desk) -> tuple[Recorded, ...]:
        """The answers that count now."""
        asked = [casework.instrument_for(desk, id) for id in instrument_files()]
        return answers_of([(one, tuple(casework.saved_answers(desk, self.ref, one.id).values())) for one in asked])

    @tornado.web.authenticated
    def post(self) -> None:
        """Do one of these things."""
        desk, action = self.desk(), self.given("action")
        casework.find_case(desk, self.ref)
        if action == "access":
            self.give(desk)
            return
        actions: dict[str, Callable[[Desk], Told]] = {"close": self.close_it, "open": self.open_it, "extend": self.extend, "correct": self.correct,
                                                      "erase": self.erase, "child": self.child}
        do = actions.get(action)
        if do is None:
            raise tornado.web.HTTPError(400)
        self.show(desk, self.tried(lambda: do(desk)))

    def close_it(self, desk: Desk) -> Told:
        """The clock begins, though nobody went through the list; told in the language of the page where no reason is given."""
        try:
            closing.close_without_list(desk, self.ref, self.typed("words"), self.typed("although"))
        except ReasonNeeded:
            raise WrongUse(self.words("coord.closing.list_first")) from None
        return Told(self.words("rights.page.keeping.done_close"))

    def open_it(self, desk: Desk) -> Told:
        """The clock stops."""
        closing.open_again(desk, self.ref)
        return Told(self.words("rights.page.keeping.done_open"))

    def extend(self, desk: Desk) -> Told:
        """Keep it longer."""
        try:
            until = date.fromisoformat(self.given("until"))
        except ValueError:
            raise WrongUse(self.words("rights.page.keeping.until")) from None
        retention.extend(desk, self.ref, self.given("purpose"), until, self.typed("reason"))
        return Told(self.words("rights.page.keeping.done_extend"))

    def correct(self, desk: Desk) -> Told:
        """Change an answer, or keep the disagreement."""
        id, _, item = self.given("item").partition("/")
        if id == "paper":
            correcting.disagree_with_paper(desk, self.ref, item, self.typed("reason"), self.typed("why_not"), self.typed("words"))
            return Told(self.words("rights.page.correct.done_kept"))
        if id not in instrument_files():
            raise WrongUse(self.words("rights.page.correct.choose"))
        form = casework.instrument_for(desk, id)
        if to := self.given("to"):
            correcting.correct_answer(desk, self.ref, form, Said(item, to, seen=None), self.typed("reason"))
            return Told(self.words("rights.page.correct.done_changed"))
        correcting.disagree_with_answer(desk, self.ref, form, item, self.typed("reason"), self.typed("why_not"), self.typed("words"))
        return Told(self.words("rights.page.correct.done_kept"))

    def erase(self, desk: Desk) -> Told:
        """Ask a second person."""
        teamwork.ask_erasure(desk, self.ref)
        return Told(self.words("rights.page.erase.done"))

    def child(self, desk: Desk) -> Told:
        """What is best for the child."""
        children.write_best_interest(desk, self.ref, self.typed("guardian"), self.typed("note"), self.typed("view"))
        return Told(self.words("rights.child.done"))

    def give(self, desk: Desk) -> None:
        """What is kept, as a file for the person; on a shared computer nothing is saved to the disk."""
        if self.shared:
            raise NotPermitted(self.words("rights.page.access.shared"))
        sent = Looked()
        try:
            pack = gather(desk, self.ref, self.given("language") or desk.language)
            sent = looked_at(pack, *self.sent(pack))
            report, content = give_access(desk, pack, sent, self.given("format"), discreet=self.given("discreet") == "true", although=self.typed("although"))
        except SafeError as problem:
            self.set_status(400 if isinstance(problem, WrongUse) else 403)
            self.show(desk, Told(wrong=" ".join(str(problem).split())), sent)
            return
        self.send(report.id, report.format, content)

    def sent(self, pack: Pack) -> tuple[list[str], dict[str, str]]:
        """Which texts may go and which are held back, by the form; a text that is not there any more is passed over."""
        known = {text.id for text in pack.texts}
        held = {id: why for id in known if (why := self.typed(f"hold:{id}"))}
        return [id for id in self.get_arguments("pass") if id in known], held

    def send(self, id: str, form: str, content: bytes) -> Any:
        """The file, under a name that says nothing."""
        self.set_header("Content-Type", TYPES[form])
        self.set_header("Content-Disposition", f'attachment; filename="{id}.{form}"')
        self.finish(content)
