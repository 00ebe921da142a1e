"""From the social map to a referral, as a page: the words, what the person says to them, and what was kept. Nothing is sent."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import tornado.web

from safe_lib import casework, release
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.organisations import directory_countries, load_directory
from safe_lib.coordination import map_referral
from safe_lib.coordination.map_referral import Agreement, Offer, Passing, as_passed
from safe_lib.model.disclosure import CONSENT, Basis
from safe_lib.model.errors import BasisRefused, WrongUse
from safe_lib.model.organisation import Organisation
from safe_lib.runtime.handlers import _reference
from safe_lib.runtime.people_pages import PersonPage
from safe_lib.social_views import known_from
from safe_lib.widgets.pages_data import case_tabs
from safe_lib.widgets.people_pages import Said
from safe_lib.widgets.shell import CaseHead
from safe_lib.widgets.social.asked import REFERRAL, Asked, asked_of, parts_of
from safe_lib.widgets.social.reading import Reading
from safe_lib.widgets.social.refer import NOW, Step, first_words, refer_page

TYPED: Final = ("rests", "explained", "how", "interpreter", "reason")


class ReferralPage(PersonPage):
    """One organisation, one case, and the words that are passed on."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show the first step, or a referral that was kept."""
        self.keep_language()
        desk = self.desk()
        case = casework.find_case(desk, self.asked.case, what=f"page.{REFERRAL}")
        offer = self.offer(desk)
        kept = map_referral.kept(desk, case.ref, self.given("kept")) if self.given("kept") else None
        self.show(desk, offer, Step(self.first(offer), kept=kept if kept and kept.entry == offer.entry else None), Said())

    @tornado.web.authenticated
    def post(self) -> None:
        """Show the words as they would be passed on; keep what the person said; or change the words once more."""
        desk, action = self.desk(), self.given("action")
        if action not in ("show", "keep", "change"):
            raise tornado.web.HTTPError(400)
        casework.find_case(desk, self.asked.case)
        offer = self.offer(desk)
        passing = Passing(self.given("purpose"), as_passed(self.get_argument("words", "")), self.given("although"))
        if action == "change":
            self.show(desk, offer, Step(passing), Said())
            return
        wrong = self.tried(lambda: self.passable(desk, offer, passing))
        if wrong.wrong or action == "show":
            self.show(desk, offer, Step(passing, shown=not wrong.wrong), wrong)
            return
        self.keep(desk, offer, passing)

    def keep(self, desk: Desk, offer: Offer, passing: Passing) -> None:
        """Keep it and go to it, or show the second step again with what is missing."""
        try:
            made = map_referral.pass_on(desk, offer, passing, self.agreement())
        except BasisRefused as refused:
            self.set_status(403)
            said = Said(wrong=self.words(f"disclose.lack.{refused.key}"))
        except WrongUse as problem:
            self.set_status(400)
            said = Said(wrong=" ".join(str(problem).split()))
        else:
            if made is None:
                self.show(desk, self.offer(desk), Step(self.first(offer)), Said(self.words("referral.refused")))
                return
            parts = [*parts_of(self.asked), ("kept", made.id), ("lang", self.language)]
            self.redirect(f"/{REFERRAL}?{urlencode(parts)}")
            return
        self.show(desk, offer, Step(passing, shown=True, typed={name: self.given(name) for name in TYPED}), said)

    def passable(self, desk: Desk, offer: Offer, passing: Passing) -> Said:
        """Whether the words may be put before the person."""
        map_referral.require_passable(desk, offer, passing)
        return Said()

    def agreement(self) -> Agreement:
        """What the form says it rests on."""
        rests, explained = self.given("rests"), self.given("explained")
        if rests in NOW:
            if not explained:
                raise WrongUse(self.words("referral.wrong.explained"))
            return Agreement(rests, explained, bool(self.given("interpreter")), self.given("how"))
        kind, _, id = rests.partition(" ")
        return Agreement(basis=Basis(CONSENT, id) if kind == CONSENT else Basis(kind, reason=self.given("reason")))

    def show(self, desk: Desk, offer: Offer, step: Step, said: Said) -> None:
        """The page."""
        tabs = case_tabs(load_texts(desk.language))
        frame = self.frame(here=f"/{REFERRAL}", case=CaseHead(offer.ref, casework.alias_of(desk, offer.ref)), tabs=tabs, keep=tuple(parts_of(self.asked)),
                           marks=release.marks(desk, load_texts(self.language)))
        self.finish(refer_page(frame, self.reading(desk), offer, step, said=said))

    # What the address says

    @property
    def asked(self) -> Asked:
        """The case, the entry, and what was added for this look."""
        said = {name: self.get_arguments(name) for name in ("case", "country", "entry", "need", "group", "spoken", "residence", "agrees", "avoid")}
        found = asked_of(said)
        _reference(found.case)
        return found

    def reading(self, desk: Desk) -> Reading:
        """The same in the words of the map."""
        return Reading(self.asked, desk.today, load_texts(self.language))

    def offer(self, desk: Desk) -> Offer:
        """The organisation beside the case; 404 where there is no such entry."""
        return map_referral.offer_of(desk, self.asked.case, self.organisation(), known_from(self.asked), self.asked.need)

    def organisation(self) -> Organisation:
        """The entry."""
        listed = load_directory(self.asked.country).organisations if self.asked.country in directory_countries() else ()
        found = next((one for one in listed if one.id == self.asked.entry), None)
        if found is None:
            raise tornado.web.HTTPError(404)
        return found

    def first(self, offer: Offer) -> Passing:
        """Words to begin with, and the need as the purpose."""
        reading = self.reading(self.desk())
        need = next((one.name for one in reading.vocabulary.needs if one.id == self.asked.need), None)
        purpose = (need.get(self.language) or need["en"]) if need else self.words("referral.purpose")
        return Passing(purpose, first_words(reading, offer))
