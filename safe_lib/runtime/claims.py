"""The pages of reviewed changes to claims: the list, the form, the preview, and what waits for a second person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

import tornado.web

from safe_lib import changes, release
from safe_lib.casework import Desk, country_named
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.countries import country_as, list_countries, load_themes
from safe_lib.catalogue.listings import CLAIMS, entry_now
from safe_lib.catalogue.reading import content_hash
from safe_lib.model.change import WHATS, Change, ChangeRefused, EntryChanged, Proposal, same_person
from safe_lib.model.country import Country, Theme
from safe_lib.model.errors import CatalogueError, NotPermitted, StoreError, WrongUse
from safe_lib.runtime.handlers import Page
from safe_lib.widgets.claim_fields import Meant, Typed, filled_from, in_order_of_form, meaning_of, names_of_form
from safe_lib.widgets.claim_form import FormView, form_page
from safe_lib.widgets.claims_page import ClaimsView, PreviewView, choose_page, claims_page, preview_page
from safe_lib.widgets.inputs import Wrongs
from safe_lib.widgets.shell import Frame
from safe_lib.widgets.waiting_page import Waiting, WaitingView, waiting_page

LARGEST_FORM: Final = 4_000_000  # bytes; the longest form that can be proposed has a few thousand
REFUSED, CONFLICT = 422, 409  # status of a page that says what is wrong, and of one that shows what changed meanwhile
ASKED: Final = ("country", "theme", "claim", "do")  # what an address of the list may say


class ForChanges(Page):
    """What the pages of changes share."""

    def changing_desk(self) -> Desk:
        """The desk of somebody who may propose changes; 403 for others."""
        desk = self.desk()
        if not changes.may_change(desk):
            raise tornado.web.HTTPError(403)
        return desk

    def frame_of(self, desk: Desk, here: str, **more: Any) -> Frame:
        """The frame of these pages."""
        return self.frame(here=here, marks=release.marks(desk, load_texts(desk.language)), **more)

    def unlinked(self, desk: Desk) -> Frame:
        """The frame of a page made from what was sent: no links to other languages, which would lose what was typed."""
        return replace(self.frame_of(desk, "/claims"), languages=())


class Claims(ForChanges):
    """The claims of a country, the form for one of them, and its preview."""

    @tornado.web.authenticated
    def get(self) -> None:
        """The choice of a country; its claims; or the form, where `do` or `claim` ask for it."""
        self.keep_language()
        desk = self.changing_desk()
        asked = {name: self.get_argument(name, "") for name in ASKED}
        keep = tuple((name, value) for name, value in asked.items() if value)
        frame = self.frame_of(desk, "/claims", keep=keep)
        if not asked["country"]:
            self.finish(choose_page(frame, countries_with_claims(desk.language), len(changes.proposals(desk, waiting=True))))
            return
        place = country_of(asked["country"])
        if asked["do"] or asked["claim"]:
            self.finish(form_page(frame, self.opened(desk, place, asked)))
            return
        self.finish(claims_page(frame, list_view(desk, place, asked["theme"])))

    @tornado.web.authenticated
    def post(self) -> None:
        """The form came back: its preview, the form again with what is wrong, or the change as it was proposed."""
        if len(self.request.body) > LARGEST_FORM:
            raise tornado.web.HTTPError(413)
        desk = self.changing_desk()
        typed = self.typed()
        place = country_of(typed.country)
        step = self.get_argument("step", "preview")
        if step == "edit":
            self.finish(form_page(self.unlinked(desk), form_view(desk, place, typed)))
            return
        wrong = self.meanwhile(desk, place, typed)
        if not wrong.found:
            wrong = self.went_on(desk, place, typed, propose=step == "propose")
        if wrong.found:
            self.set_status(REFUSED)
            self.finish(form_page(self.unlinked(desk), form_view(desk, place, typed, wrong)))

    def went_on(self, desk: Desk, place: str, typed: Typed, *, propose: bool) -> Wrongs:
        """Show the preview, or propose the change; what is wrong instead, by input."""
        meant = meaning(place, typed)
        try:
            change = change_meant(desk, place, typed, meant)
            if propose:
                made = changes.propose_change(desk, change)
                self.redirect(f"/claims/waiting?{urlencode({'lang': desk.language, 'done': made.id})}")
            else:
                self.finish(preview_page(self.unlinked(desk), preview_view(desk, place, typed, changes.preview_change(desk, change))))
        except ChangeRefused as refused:
            return Wrongs(in_order_of_form((meant.input_of(problem.field), problem.says) for problem in refused.problems))
        except WrongUse:
            return Wrongs((("id", load_texts(desk.language)("change.wrong.id_taken", id=meant.id)),))
        except EntryChanged:
            return Wrongs((("", load_texts(desk.language)("change.wrong.meanwhile")),))
        return Wrongs()

    def opened(self, desk: Desk, place: str, asked: Mapping[str, str]) -> FormView:
        """The form as it opens; 404 for what is not there."""
        what = asked["do"] or "renew"
        entry = entry_now(CLAIMS.path(place).read_bytes(), CLAIMS, asked["claim"]) if asked["claim"] else None
        if what not in WHATS or (what == "add") is not (entry is None) or (asked["claim"] and entry is None):
            raise tornado.web.HTTPError(404)
        theme = str(entry["theme"]) if entry else asked["theme"]
        return form_view(desk, place, filled_from(entry or {"theme": theme}, what, place, desk.person))  # type: ignore[arg-type]

    def typed(self) -> Typed:
        """The form as it was sent."""
        what = self.get_argument("do", "")
        if what not in WHATS:
            raise tornado.web.HTTPError(404)
        words = {name: self.get_argument(name, "", strip=False) for name in names_of_form()}
        return Typed(what, self.get_argument("country", ""), self.get_argument("theme", ""), self.get_argument("claim", ""),  # type: ignore[arg-type]
                     {name: value for name, value in words.items() if value}, tuple(self.get_arguments("keep")), tuple(self.get_arguments("disagrees")))

    def meanwhile(self, desk: Desk, place: str, typed: Typed) -> Wrongs:
        """Whether somebody changed the claim since the form was shown."""
        if typed.claim and self.get_argument("seen", "") != seen(place, typed.claim):
            return Wrongs((("", load_texts(desk.language)("change.wrong.meanwhile")),))
        return Wrongs()


class ClaimsWaiting(ForChanges):
    """What waits for a second person, and what was decided lately."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show it; `done` names the change that was just proposed or decided."""
        self.keep_language()
        desk = self.changing_desk()
        self.show(desk, done=self.get_argument("done", ""))

    @tornado.web.authenticated
    def post(self) -> None:
        """Confirm, reject or take back one."""
        desk = self.changing_desk()
        id, act = self.get_argument("id", ""), self.get_argument("act", "")
        sent = {name: self.get_argument(name, "") for name in ("signed", "reason")}
        texts = load_texts(desk.language)
        if act == "confirm" and self.get_argument("looked", "") != "yes":
            self.show(desk, id, sent, Wrongs((("looked", texts("change.waiting.looked_missing")),)))
        elif act == "reject" and not sent["reason"].strip():
            self.show(desk, id, sent, Wrongs((("reason", texts("change.waiting.reason_missing")),)))
        else:
            self.decide(desk, id, act, sent)

    def decide(self, desk: Desk, id: str, act: str, sent: Mapping[str, str]) -> None:
        """Do it, and go back to the list."""
        try:
            match act:
                case "confirm":
                    changes.confirm_change(desk, id, signed=sent["signed"])
                case "reject":
                    changes.reject_change(desk, id, sent["reason"])
                case "withdraw":
                    changes.withdraw_change(desk, id)
                case _:
                    raise tornado.web.HTTPError(404)
        except NotPermitted:
            raise tornado.web.HTTPError(403) from None
        except StoreError:  # somebody else decided it first: the list says what
            self.redirect(f"/claims/waiting?{urlencode({'lang': desk.language})}")
            return
        except ChangeRefused as refused:  # what is wrong with the change itself, the page shows by itself
            self.show(desk, id, sent, Wrongs(tuple((one.field, one.says) for one in refused.problems if one.field == "signed")), CONFLICT)
            return
        except EntryChanged:
            self.show(desk, id, sent, Wrongs(), CONFLICT)
            return
        except CatalogueError as problem:
            self.show(desk, id, sent, Wrongs((("looked", str(problem)),)), CONFLICT)
            return
        self.redirect(f"/claims/waiting?{urlencode({'lang': desk.language, 'done': id})}")

    def show(self, desk: Desk, id: str = "", sent: Mapping[str, str] | None = None, wrong: Wrongs | None = None, status: int = REFUSED, *,
             done: str = "") -> None:
        """The page; with `id` what was sent about one proposal stands in it again, with what was wrong."""
        every = changes.proposals(desk)
        if wrong is not None:
            self.set_status(status)
        waiting = tuple(
            waiting_one(desk, one, sent if one.id == id else None, wrong if one.id == id else None) for one in every if one.state == "proposed")
        decided = tuple(sorted((one for one in every if one.decided_at), key=lambda one: str(one.decided_at), reverse=True))
        told = next(((one.id, one.state) for one in every if one.id == done), ("", ""))
        self.finish(waiting_page(self.frame_of(desk, "/claims/waiting"), WaitingView(waiting, decided, desk.person, told)))


def waiting_one(desk: Desk, one: Proposal, sent: Mapping[str, str] | None, wrong: Wrongs | None) -> Waiting:
    """One proposal as the page shows it: with what confirming would write, or with why it cannot be written any more."""
    base = Waiting(one, name_of(one.change.place, desk.language), same_person(one.by, desk.person), typed=sent or {}, errors=wrong or Wrongs(),
                   rests_on=changes.rests_on(one.change))
    try:
        return replace(base, lines=changes.preview_change(desk, one.change).lines)
    except EntryChanged as changed:
        return replace(base, now=changed.now)
    except ChangeRefused as refused:
        return replace(base, wrong=tuple(problem.says for problem in refused.problems))
    except (CatalogueError, WrongUse) as problem:
        return replace(base, wrong=(str(problem),))


def country_of(code: str) -> str:
    """The code of a country that has claims; 404 for any other."""
    try:
        CLAIMS.path(code.upper())
    except WrongUse:
        raise tornado.web.HTTPError(404) from None
    return code.upper()


def countries_with_claims(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name of every country that has claims, by name."""
    found = ((entry.iso3, entry.names.get(language) or entry.name) for entry in list_countries() if entry.has_claims)
    return tuple(sorted(found, key=lambda pair: pair[1]))


def name_of(place: str, language: str) -> str:
    """The name of a country in a language."""
    return next((name for code, name in countries_with_claims(language) if code == place), place)


def list_view(desk: Desk, place: str, theme: str) -> ClaimsView:
    """The claims of a country, or of one theme of it; 404 for a theme that is none."""
    themes = load_themes(language=desk.language)
    if theme and theme not in themes:
        raise tornado.web.HTTPError(404)
    wait = changes.proposals(desk, waiting=True)
    shown = (themes[theme],) if theme else tuple(themes.values())
    here = frozenset(one.change.id for one in wait if one.change.place == place)
    return ClaimsView(country_named(place), name_of(place, desk.language), shown, desk.today, here, len(wait), bool(theme))


def form_view(desk: Desk, place: str, typed: Typed, wrong: Wrongs | None = None) -> FormView:
    """The form with what was typed into it; 404 for a theme or a claim that is none."""
    country = country_named(place)
    claim = next((one for one in country.claims if one.id == typed.claim), None)
    if typed.claim and claim is None:
        raise tornado.web.HTTPError(404)
    return FormView(typed, country, theme_of(typed.theme, desk.language), name_of(place, desk.language), claim, seen(place, typed.claim), wrong or Wrongs())


def theme_of(id: str, language: str) -> Theme:
    """A theme in a language; 404 for one that is none."""
    themes = load_themes(language=language)
    if id not in themes:
        raise tornado.web.HTTPError(404)
    return themes[id]


def preview_view(desk: Desk, place: str, typed: Typed, shown: changes.Preview) -> PreviewView:
    """The preview of a change."""
    return PreviewView(typed, shown.change, name_of(place, desk.language), theme_of(typed.theme, desk.language), country_as(place, shown.after), shown.file,
                       shown.lines, desk.today, seen(place, typed.claim), changes.rests_on(shown.change))


def meaning(place: str, typed: Typed) -> Meant:
    """The change that a form means, with ids that are free."""
    country: Country = country_named(place)
    return meaning_of(typed, {claim.id for claim in country.claims}, country.sources.keys())


def change_meant(desk: Desk, place: str, typed: Typed, meant: Meant) -> Change:
    """The whole change."""
    return changes.change_for(desk, place, CLAIMS.key, typed.what, meant.id, meant.fields, without=meant.without, sources=meant.sources,
                              differs=" ".join(typed("differs").split()), since=typed("since").strip(), signed=" ".join(typed("signed").split()))


def seen(place: str, claim: str) -> str:
    """A mark of an entry as it stands now; empty where there is none."""
    entry = entry_now(CLAIMS.path(place).read_bytes(), CLAIMS, claim) if claim else None
    return content_hash(json.dumps(entry, sort_keys=True, ensure_ascii=False).encode()) if entry else ""
