"""The country workbook as pages: read without a case, and without a kernel unless an analyst has added a cell of their own."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

import tornado.web

from safe_lib import casework, release
from safe_lib.atlas import NAME, profile_bytes
from safe_lib.catalogue.prose import read_notebook
from safe_lib.model.errors import CaseNotFound
from safe_lib.report.make import TYPES
from safe_lib.rights.handover import Visit
from safe_lib.runtime import firstbytes
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.handlers import Page, WorkbookPage, _reference, visit_begins
from safe_lib.widgets.atlas.asked import Asked, asked_of, parts_of
from safe_lib.widgets.atlas.names import entries, found_by
from safe_lib.workbook import Workbook

SHOWN: Final = ("pdf", "docx", "html")


class CountryPage(WorkbookPage):
    """What is known about countries: the whole page is in its first bytes."""

    @tornado.web.authenticated
    async def get(self, name: str = NAME) -> None:
        """Show what the address asks for; a name that fits one country leads to it."""
        self.keep_language()
        asked = asked_of(self.query())
        if asked.name and len(found := found_by(asked.name, self.language)) == 1:
            self.redirect(self.address(Asked(country=found[0].iso3, on=asked.on, case=asked.case)))
            return
        desk = self.desk()
        if asked.case:
            self.look_up(asked.case)
        self.book = Workbook(desk, NAME, asked.case or None, choice=urlencode(parts_of(asked)))
        if self.book.reading.unknown:
            self.set_status(404)
        self.book.shared = self.shared
        release.require_signed(f"workbooks/{NAME}.ipynb")
        notebook = read_notebook(NAME, desk.language)
        if any(firstbytes.is_own(cell) for cell in self.marked(notebook)["cells"]):
            await self.through_kernel(name)
            return
        start, end = firstbytes.page_start(
            self.book,
            notebook,
            here=self.request.path,
            base_url="/",
            assets=addresses("/"),
            xsrf=self.xsrf_token.decode(),
            theme=self.theme,
            masked=self.masked,
        )
        self.finish(f"{start}{end}</body></html>\n")

    def query(self) -> dict[str, list[str]]:
        """The address as text; what is no text is left out."""
        return {key: [value.decode("utf-8", "replace") for value in values] for key, values in self.request.query_arguments.items()}

    def address(self, asked: Asked) -> str:
        """The address of this page that asks for something else."""
        return f"/{NAME}?{urlencode([*parts_of(asked), ('lang', self.language)])}"

    def look_up(self, ref: str) -> None:
        """A case beside which a country is read: its reading leaves a line, and there is none that is not there."""
        try:
            casework.find_case(self.desk(), _reference(ref), what=f"page.{NAME}")
        except CaseNotFound:
            raise tornado.web.HTTPError(404) from None

    @staticmethod
    def marked(notebook: dict[str, Any]) -> dict[str, Any]:
        """The notebook with a mark on each cell whose view the page shows by itself."""
        firstbytes.mark_shown(notebook)
        return notebook

    async def through_kernel(self, name: str) -> None:
        """A cell of an analyst's own needs a kernel: the same way as the other workbooks."""
        session = self.signed_in()
        visit_begins(Visit(str(self.suite.path), session.key.hex(), session.person, session.role, self.language, name, self.book.case or "", self.book.choice,
                           session=session.id))
        await self.show_and_go_on(name)


class CountryProfile(Page):
    """The profile of a country as a file."""

    @tornado.web.authenticated
    async def get(self, iso3: str, kind: str) -> None:
        """Make it beside the other work of the server, and send it."""
        self.desk()
        if iso3 not in entries():
            raise tornado.web.HTTPError(404)
        asked = asked_of({"country": [iso3], "date": [self.get_argument("date", "")]})
        content = await asyncio.to_thread(profile_bytes, iso3, kind, asked.on or date.today(), self.language)
        self.set_header("Content-Type", TYPES[kind] + ("; charset=utf-8" if kind == "html" else ""))
        self.set_header("Content-Disposition", f'attachment; filename="country_profile_{iso3}.{kind}"')
        self.finish(content)
