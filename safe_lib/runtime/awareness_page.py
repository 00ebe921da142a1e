"""The messages for people as a page without a kernel, and their prints as files. Nothing that is chosen is kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from typing import Final

import tornado.web

from safe_lib import release
from safe_lib.awareness_views import AWARENESS
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.awareness import load_plan, load_words, word_files
from safe_lib.catalogue.organisations import directory_countries, load_directory, load_vocabulary
from safe_lib.catalogue.prose import read_notebook
from safe_lib.model.awareness import LENGTHS, WAYS, Situation
from safe_lib.model.errors import WrongUse
from safe_lib.model.organisation import Organisation, may_be_printed
from safe_lib.report.make import TYPES
from safe_lib.report.messages import FILE_NAME, POLICE, Wanted, make
from safe_lib.runtime import firstbytes
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.handlers import WorkbookPage
from safe_lib.widgets.atlas.names import names_in
from safe_lib.widgets.awareness_page import QUESTIONS, Place
from safe_lib.workbook import Workbook

PRINT: Final = rf"/{AWARENESS}/print"
UNPROCESSABLE: Final = 422


def printable(country: str, on: date) -> dict[str, Organisation]:
    """Organisations of a country whose number may stand on a print: verified lately, with a telephone, and not the police."""
    vocabulary = load_vocabulary()
    known = load_directory(country).organisations if country else ()
    return {one.id: one for one in known if may_be_printed(one, vocabulary, on) and one.of_kind("phone") and one.type != POLICE}


class AwarenessPage(WorkbookPage):
    """Choose a group, a theme, a language and a length; read; print."""

    @tornado.web.authenticated
    async def get(self, name: str = AWARENESS) -> None:
        """Show what the address asks for."""
        self.keep_language()
        self.show(self.desk())

    def place(self, desk: Desk, wrong: str = "") -> Place:
        """What was chosen.

        Raises:
            HTTPError: 404 for what there is not.
        """
        own = desk.language if desk.language in word_files() else "en"
        theme, group, of, length, at = (
            self.get_argument(name, usual) for name, usual in (("theme", "safety"), ("group", "adults"), ("of", own), ("length", "short"), ("at", "")))
        plan = load_plan(desk.language)
        if theme not in plan.themes or group not in plan.audiences or of not in word_files() or length not in LENGTHS or at not in ("", QUESTIONS):
            raise tornado.web.HTTPError(404)
        languages = {code: load_words(code).name for code in word_files()}
        place = Place(plan, load_words(of), load_texts(desk.language), languages, theme, group, length, at, wrong)
        names = names_in(desk.language)
        countries = {code: names.get(code, code) for code in sorted(directory_countries(), key=lambda code: names.get(code, code))}
        country = self.get_argument("country", "")
        if country and country not in countries:
            raise tornado.web.HTTPError(404)
        numbers = {id: one.name for id, one in printable(country, desk.today).items()}
        return replace(place, countries=countries, country=country, numbers=numbers)

    def show(self, desk: Desk, *, wrong: str = "") -> None:
        """The whole page in its first bytes."""
        book = Workbook(desk, AWARENESS, None)
        book.shared = self.shared
        book.message_place = self.place(desk, wrong)
        release.require_signed(f"workbooks/{AWARENESS}.ipynb")
        start, end = firstbytes.page_start(
            book, read_notebook(AWARENESS, desk.language), here=f"/{AWARENESS}", base_url="/", assets=addresses("/"), xsrf=self.xsrf_token.decode(),
            theme=self.theme, masked=self.masked, more=self.rest)
        self.finish(f"{start}{end}</body></html>\n")


class AwarenessPrint(AwarenessPage):
    """One print as a file, once the rules of handing out allow it; otherwise the page, with the reason."""

    @tornado.web.authenticated
    async def get(self, name: str = AWARENESS) -> None:
        """Make it beside the other work of the server, and send it."""
        desk = self.desk()
        place, format, way = self.place(desk), self.get_argument("format", "pdf"), self.get_argument("way", "group")
        if format not in ("pdf", "html") or way not in WAYS:
            raise tornado.web.HTTPError(404)
        said = {name: self.get_argument(name, "") == "yes" for name in ("trained", "alone", "asked", "controller_near")}
        wanted = Wanted(self.get_argument("print", ""), place.theme, place.audience, next(one for one in LENGTHS if one == place.length), format,
                        Situation(next(one for one in WAYS if one == way), **said))
        known, ids = printable(place.country, desk.today), self.get_arguments("entry")
        if any(id not in known for id in ids):
            raise tornado.web.HTTPError(404)
        contacts = [known[id] for id in ids]
        try:
            if self.shared:
                raise WrongUse(f"shared: {place.texts('aware.shared')}")
            content = await asyncio.to_thread(make, place.plan, place.words, place.texts, wanted, desk.today, contacts, vocabulary=load_vocabulary())
        except WrongUse as problem:
            self.set_status(UNPROCESSABLE)
            self.show(desk, wrong=" ".join(str(problem).partition(": ")[2].split()))
            return
        self.set_header("Content-Type", TYPES[format])
        self.set_header("Content-Disposition", f'attachment; filename="{FILE_NAME}.{format}"')
        self.finish(content)
