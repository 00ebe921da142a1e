"""The route of second opinions: asking, answering blind, both sides, and how far the team agrees. A page without a kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import tornado.web

from safe_lib import casework, release
from safe_lib.casework import Desk
from safe_lib.catalogue import instrument_files, load_texts
from safe_lib.coordination import agreeing, opinion
from safe_lib.coordination.hours import COORDINATE
from safe_lib.coordination.opinion import Opinion, comparable
from safe_lib.model.answers import AGE_GROUPS, EVIDENCE, Answer, Person
from safe_lib.model.errors import WrongUse
from safe_lib.model.instrument import Instrument
from safe_lib.rights.permission import may
from safe_lib.runtime.handlers import _reference
from safe_lib.runtime.people_pages import PersonPage
from safe_lib.widgets.opinion_page import PATH, OpinionView, Sides, opinion_page
from safe_lib.widgets.pages_data import case_tabs
from safe_lib.widgets.people_pages import Said
from safe_lib.widgets.shell import CaseHead

LARGEST: Final = 200_000  # bytes of a form: every question of the longest list, with what each answer rests on


class OpinionPage(PersonPage):
    """Second opinions: one's own, those of a case, and over the team."""

    @property
    def ref(self) -> str:
        """The case that the page is about; none on the list of one's own."""
        return _reference(self.given("case")) if self.given("case") else ""

    @property
    def number(self) -> int:
        """The second opinion that is given; 0 without one."""
        words = self.given("id")
        return int(words) if words.isascii() and words.isdecimal() and len(words) < 12 else 0

    @tornado.web.authenticated
    def get(self) -> None:
        """Show it."""
        self.keep_language()
        if self.ref:
            casework.find_case(self.desk(), self.ref, what="page.second_opinion")
        self.show(Said())

    def show(self, said: Said, ref: str | None = None, number: int | None = None) -> None:
        """The page: one that is given, a case, or the list."""
        desk, chosen, id = self.desk(), self.ref if ref is None else ref, self.number if number is None else number
        if id and not chosen:
            view = OpinionView(giving=self.giving(desk, id))
        elif chosen:
            view = self.of_case(desk, chosen)
        else:
            team = agreeing.team(desk) if casework.has_right(desk, COORDINATE) else None
            shown = None if team is None else tuple((one, casework.instrument_for(desk, one.instrument)) for one in team)
            view = OpinionView(mine=opinion.mine(desk), team=shown)
        head = CaseHead(chosen, casework.alias_of(desk, chosen)) if view.ref else None
        texts = load_texts(self.language)
        keep = (("id", str(id)),) if view.giving else ()
        frame = self.frame(here=f"/{PATH}", keep=keep, case=head, tabs=case_tabs(texts) if head else (), marks=release.marks(desk, texts))
        self.finish(opinion_page(frame, view, said=said))

    def giving(self, desk: Desk, id: int) -> tuple[Opinion, Instrument]:
        """One of one's own with its questions; of an earlier key there is nothing to show."""
        one = next((found for found in opinion.mine(desk) if found.id == id and found.opens), None)
        if one is None:
            raise tornado.web.HTTPError(404)
        return one, casework.instrument_for(desk, one.instrument)

    def of_case(self, desk: Desk, ref: str) -> OpinionView:
        """What there is of a case."""
        standing = desk.open_store().standing(ref)
        rights = {verb: may(standing.me.roles, verb, assigned=standing.assigned) for verb in ("assign", "write")}
        sides = tuple(Sides(one, casework.instrument_for(desk, one.instrument), opinion.results(desk, one)) for one in opinion.compared(desk, ref))
        listed = tuple(one for id in instrument_files() if comparable(one := casework.instrument_for(desk, id)))
        return OpinionView(ref, (), None, opinion.asked(desk, ref), sides, rights["assign"], rights["write"], listed)

    @tornado.web.authenticated
    def post(self) -> None:
        """Ask, save, be done, leave, or agree on a reading."""
        if len(self.request.body) > LARGEST:
            raise tornado.web.HTTPError(413)
        desk = self.desk()
        if self.ref:
            casework.find_case(desk, self.ref)
        actions: dict[str, Callable[[Desk], Said]] = {"ask": self.ask, "save": self.save, "agree": self.agree}
        action = self.given("action")
        if action in ("done", "leave"):
            self.end(desk, action)
            return
        if action not in actions or (action == "save") == bool(self.ref):
            raise tornado.web.HTTPError(400)
        said = self.tried(lambda: actions[action](desk))
        self.show(said, number=0 if self.ref else None)

    def ask(self, desk: Desk) -> Said:
        """Ask a colleague."""
        colleague = self.given("of")
        opinion.ask(desk, self.ref, self.given("instrument"), colleague, scenario=self.given("scenario"), words=self.given("words"))
        return Said(self.words("second.asked", colleague=colleague))

    def save(self, desk: Desk) -> Said:
        """The answers of the form; a question without a choice stays as it is."""
        one, instrument = self.giving(desk, self.number)
        given = {}
        for item in comparable(instrument):
            if code := self.given(item.id):
                evidence = tuple(kind for kind in EVIDENCE if kind in self.get_arguments(f"e-{item.id}"))
                given[item.id] = Answer(code, evidence)
        age = next((group for group in AGE_GROUPS if group == self.given("age")), None)
        found = opinion.answer(desk, one.id, given, Person(age, bool(self.given("children"))))
        return Said(self.words("second.saved", count=len(found.answers.given)))

    def end(self, desk: Desk, action: str) -> None:
        """Be done, and see both sides; or leave, and see the list."""
        try:
            if action == "leave":
                opinion.leave(desk, self.number)
                self.show(Said(self.words("second.left")), "", 0)
            else:
                self.show(Said(), opinion.done(desk, self.number).ref, 0)
        except WrongUse as problem:
            self.set_status(400)
            self.show(Said(wrong=" ".join(str(problem).split())))

    def agree(self, desk: Desk) -> Said:
        """Say which reading one holds now."""
        opinion.agree(desk, self.ref, self.number, self.given("item"), self.given("code"), self.given("words"))
        return Said(self.words("second.agree.done"))
