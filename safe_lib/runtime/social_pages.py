"""The social map as pages: read without a case and without a kernel; entries verified in two presses, corrections proposed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

import tornado.web

from safe_lib import casework, changes, release, social_map
from safe_lib.casework import Desk
from safe_lib.catalogue.listings import ORGANISATIONS, entry_now
from safe_lib.catalogue.organisation_checks import names_an_address
from safe_lib.catalogue.organisations import directory_countries, load_directory, load_vocabulary
from safe_lib.catalogue.prose import read_notebook
from safe_lib.engine.hsds import made_id
from safe_lib.model.change import Change, ChangeRefused, EntryChanged
from safe_lib.model.errors import CaseNotFound, CatalogueError, ReportError, WrongUse
from safe_lib.model.organisation import NOBODY
from safe_lib.report.card import card_pdf
from safe_lib.report.make import TYPES
from safe_lib.runtime import firstbytes
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.handlers import Page, WorkbookPage, _reference
from safe_lib.social_views import NAME
from safe_lib.widgets.inputs import Wrongs
from safe_lib.widgets.social.asked import NEW, asked_of, parts_of
from safe_lib.widgets.social.correct import FIELDS, TICKED, fields_of, of_new
from safe_lib.workbook import Workbook

LARGEST: Final = 200_000  # bytes of a form
REFUSED, CONFLICT = 422, 409


class SocialMapPage(WorkbookPage):
    """Who can help, where, verified when."""

    @tornado.web.authenticated
    async def get(self, name: str = NAME) -> None:
        """Show what the address asks for."""
        self.keep_language()
        self.show(self.desk(), {key: [value.decode("utf-8", "replace") for value in values] for key, values in self.request.query_arguments.items()})

    @tornado.web.authenticated
    async def post(self, name: str = NAME) -> None:
        """An entry was verified, or a change to one is proposed."""
        if len(self.request.body) > LARGEST:
            raise tornado.web.HTTPError(413)
        desk = self.desk()
        country, entry, act = (self.get_body_argument(key, "") for key in ("country", "entry", "act"))
        if country not in directory_countries() or act not in ("verify", "propose"):
            raise tornado.web.HTTPError(404)
        if act == "verify":
            social_map.verify_today(desk, country, entry, self.get_body_argument("how", ""))
            self.back(country, entry, "verified")
        else:
            self.propose(desk, country, entry)

    def propose(self, desk: Desk, country: str, entry: str) -> None:
        """Keep the change for a second person, or show the form again with what is wrong."""
        casework.require_right(desk, "propose")
        typed = {
            name: "\n".join(self.get_body_arguments(name, strip=False)) if name not in TICKED else " ".join(self.get_body_arguments(name)) for name in FIELDS
        }
        try:
            made = changes.propose_change(desk, change_of(desk, country, entry, typed))
        except EntryChanged as changed:
            wrong, status = Wrongs((("", str(changed)),)), CONFLICT
        except ChangeRefused as refused:
            wrong, status = Wrongs(tuple((one.field, one.says) for one in refused.problems)), REFUSED
        except (CatalogueError, WrongUse) as problem:
            wrong, status = Wrongs((("", str(problem)),)), REFUSED
        else:
            self.back(country, "" if entry == NEW else entry, made.id)
            return
        self.set_status(status)
        asked = {"country": [country], "entry": [entry], "edit": ["yes"], "case": [self.get_body_argument("case", "")]}
        kept = {name: "" if names_an_address(words) else words for name, words in typed.items()}  # no page shows one, not even back to who typed it
        self.show(desk, asked, typed=kept, wrong=wrong)

    def back(self, country: str, entry: str, done: str) -> None:
        """To the entry, with what was done."""
        parts = {"country": country, "entry": entry, "done": done, "case": self.get_body_argument("case", ""), "lang": self.language}
        self.redirect(f"/{NAME}?{urlencode({key: value for key, value in parts.items() if value})}#entry")

    def show(self, desk: Desk, query: Mapping[str, list[str]], *, typed: Mapping[str, str] | None = None, wrong: Wrongs | None = None) -> None:
        """The whole page in its first bytes."""
        asked = asked_of(query)
        if asked.case:
            self.look_up(desk, asked.case)
        book = Workbook(desk, NAME, asked.case or None, choice=urlencode(parts_of(asked)))
        book.shared = self.shared
        if book.map_reading.unknown_entry:
            self.set_status(404)
        release.require_signed(f"workbooks/{NAME}.ipynb")
        done = query.get("done", [""])[-1]
        xsrf = self.xsrf_token.decode()
        start, end = firstbytes.page_start(
            book, read_notebook(NAME, desk.language), here=self.request.path, base_url="/", assets=addresses("/"), xsrf=xsrf, theme=self.theme,
            masked=self.masked, seat=book.seat(xsrf, done=done if done.isascii() and len(done) < 20 else "", typed=typed, wrong=wrong))  # fmt: skip
        self.finish(f"{start}{end}</body></html>\n")

    @staticmethod
    def look_up(desk: Desk, ref: str) -> None:
        """A case beside which the map is read: its reading leaves a line, and there is none that is not there."""
        try:
            casework.find_case(desk, _reference(ref), what=f"page.{NAME}")
        except CaseNotFound:
            raise tornado.web.HTTPError(404) from None


class SocialCard(Page):
    """A card or leaflet of some entries as a file. It is of no case, and kept nowhere."""

    @tornado.web.authenticated
    async def get(self) -> None:
        """Make it beside the other work of the server, and send it."""
        self.desk()
        country, ids, codes = self.get_argument("country", ""), self.get_arguments("entry"), self.get_arguments("in")
        known = {one.id: one for one in load_directory(country).organisations} if country in directory_countries() else {}
        if self.shared or any(id not in known for id in ids):
            raise tornado.web.HTTPError(404)
        try:
            content = await asyncio.to_thread(card_pdf, [known[id] for id in ids], codes, load_vocabulary(), date.today(), leaflet=len(codes) > 1)
        except ReportError as problem:
            raise WrongUse(str(problem)) from None
        self.set_header("Content-Type", TYPES["pdf"])
        self.set_header("Content-Disposition", 'attachment; filename="card.pdf"')
        self.finish(content)


def change_of(desk: Desk, country: str, entry: str, typed: Mapping[str, str]) -> Change:
    """The change that a form means."""
    fields, without = fields_of(typed)
    differs = " ".join(typed.get("differs", "").split())
    if entry == NEW:
        known = load_directory(country).organisations
        id = made_id(str(fields.get("name", "")), known[0].id.partition("-")[0] if known else country)
        return changes.change_for(desk, country, ORGANISATIONS.key, "add", id, {**fields, **of_new(typed)}, differs=differs)
    kept: dict[str, Any] = {
        key: value for key, value in fields.items() if key not in ("name", "type", "city")
    }  # the form for a correction does not ask for these
    gone = tuple(key for key in without if key not in ("name", "type", "city"))
    before = entry_now(ORGANISATIONS.path(country).read_bytes(), ORGANISATIONS, entry) or {}
    if kept.get("contact") != before.get("contact"):
        kept["verified"] = NOBODY  # another number is another thing to verify
    return changes.change_for(desk, country, ORGANISATIONS.key, "correct", entry, kept, without=gone, differs=differs)
