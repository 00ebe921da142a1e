"""The routes of the trainers' programme: the page with its forms, and the report as a file."""

from __future__ import annotations

import asyncio
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from typing import Final

import tornado.web

from safe_lib import programme
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.model.programme import Evaluation, Group, Reach
from safe_lib.programme import Came, Planned
from safe_lib.report.make import TYPES
from safe_lib.report.programme import figures_blocks, report_of, sources_blocks
from safe_lib.runtime.people_pages import PersonPage
from safe_lib.widgets.people_pages import Said
from safe_lib.widgets.programme_page import GROUPS, PATH, ProgrammeView, programme_page

LARGEST: Final = 40_000  # bytes of a form
MOST: Final = 200  # boxes that are ticked
FILES: Final = r"pdf|docx|html"


class ProgrammePage(PersonPage):
    """Figures, workshops and the plan; and for a coordinator what is written down."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show it."""
        self.keep_language()
        self.show(Said())

    def show(self, said: Said) -> None:
        """The page; a period that is none is told, and this year is shown."""
        desk = self.desk()
        seen, span = programme.overview(desk), year_so_far(desk.today)
        wrong = self.tried(lambda: self.read_span(span)) if self.request.method == "GET" else Said()
        first, last = span
        found, texts, names = programme.told(desk, first, last), load_texts(desk.language), programme.country_names(desk.language)
        failed = self.request.method == "POST" and bool(said.wrong)
        typed = {name: [one[:80] for one in self.get_body_arguments(name)[:MOST]] for name in self.request.body_arguments} if failed else {}
        figures, sources = figures_blocks(found, seen.programme, names, texts), sources_blocks(seen.programme, texts)[1:]
        view = ProgrammeView(seen, figures, sources, first, last, desk.today, names, self.shared, typed, self.given("action") if failed else "")
        frame = self.frame(here=f"/{PATH}", marks=self.training_mark(desk))
        self.finish(programme_page(frame, view, said=wrong if wrong.wrong else said))

    def read_span(self, span: list[date]) -> Said:
        """What the address asks for, in place of this year."""
        if self.given("from") or self.given("to"):
            span[:] = self.span()
        return Said()

    def span(self) -> tuple[date, date]:
        """The months of the address; WrongUse where they are none."""
        first, last = month_of(self.given("from")), month_of(self.given("to"))
        if first is None or last is None or first > last:
            raise WrongUse(self.words("programme.page.wrong_months"))
        return first, last.replace(day=monthrange(last.year, last.month)[1])

    @tornado.web.authenticated
    def post(self) -> None:
        """Write one thing down; what was wrong with it is told above the same form."""
        if len(self.request.body) > LARGEST:
            raise tornado.web.HTTPError(413)
        actions: dict[str, Callable[[Desk], Said]] = {
            "platform": self.add_platform, "trained": self.note_trained, "plan": self.plan, "held": self.held, "cancel": self.cancel, "reach": self.reach,
            "back": self.back}
        do = actions.get(self.given("action"))
        if do is None:
            raise tornado.web.HTTPError(400)
        desk = self.desk()
        self.show(self.tried(lambda: do(desk)))

    # What a form does

    def add_platform(self, desk: Desk) -> Said:
        """A country or an organisation that trains."""
        made = programme.add_platform(desk, self.given("name"), self.country(self.given("country")), international=bool(self.given("international")))
        return Said(self.words("programme.page.done.platform", name=made.name))

    def note_trained(self, desk: Desk) -> Said:
        """A colleague was trained to train."""
        programme.note_trained(desk, self.given("user"), self.number("platform"), self.day())
        return Said(self.words("programme.page.done.written"))

    def plan(self, desk: Desk) -> Said:
        """A workshop is put down."""
        said = Planned(self.number("platform"), self.day(), self.given("town"), tuple(self.get_body_arguments("trainer")[:MOST]), self.number("outside", "0"),
                       self.number("invited") if self.given("invited") else None)
        made = programme.plan(desk, said)
        return Said(self.words("programme.page.done.plan", number=made.number))

    def held(self, desk: Desk) -> Said:
        """What came of a workshop."""
        came = Came(tuple(self.get_body_arguments("member")[:MOST]), self.given("sector") or "unknown", self.groups(),
                    tuple(self.get_body_arguments("material")[:MOST]), self.evaluation())
        made = programme.held(desk, self.number("workshop"), came)
        return Said(self.words("programme.page.done.held", number=made.number, count=made.attended))

    def cancel(self, desk: Desk) -> Said:
        """A workshop does not take place."""
        programme.cancel(desk, self.number("workshop"))
        return Said(self.words("programme.page.done.written"))

    def reach(self, desk: Desk) -> Said:
        """An occasion on which it was passed on."""
        persons = self.number("persons") if self.given("persons") else None
        said = Reach(0, self.day(), self.number("platform"), self.country(self.given("country")), self.given("sector"), persons, self.given("evidence"))  # type: ignore[arg-type]
        programme.note_reach(desk, said)
        return Said(self.words("programme.page.done.written"))

    def back(self, desk: Desk) -> Said:
        """An occasion was not so."""
        programme.take_back_reach(desk, self.number("number"))
        return Said(self.words("programme.page.done.written"))

    # What a form says

    def groups(self) -> tuple[Group, ...]:
        """The lines of people from outside that have a number."""
        lines = zip(*(self.get_body_arguments(name)[:GROUPS] for name in ("country", "group_sector", "number", "first")), strict=False)
        return tuple(Group(self.country(country), sector, self.whole(number), self.whole(first) if first.strip() else None)  # type: ignore[arg-type]  # looked at where it is kept
                     for country, sector, number, first in lines if number.strip())

    def country(self, text: str) -> str:
        """A country by its name in the language of the page, or by three letters; what is neither is refused where it is kept."""
        said, names = text.strip(), programme.country_names(self.language)
        return next((code for code, name in names.items() if name.casefold() == said.casefold()), said.upper()[:3])

    def evaluation(self) -> Evaluation | None:
        """The four numbers; None where none was given, WrongUse where some are missing."""
        said = [self.given(name) for name in ("answered", "useful", "safe", "ready")]
        return Evaluation(*map(self.whole, said)) if any(said) else None

    def number(self, name: str, otherwise: str = "") -> int:
        """A whole number of the form."""
        return self.whole(self.given(name) or otherwise)

    def whole(self, text: str) -> int:
        """A whole number; WrongUse where it is none."""
        said = text.strip()
        if not (said.isascii() and said.isdecimal() and len(said) < 7):
            raise WrongUse(self.words("programme.page.wrong_number"))
        return int(said)

    def day(self) -> date:
        """The day of the form; WrongUse where it is none."""
        try:
            return date.fromisoformat(self.given("day"))
        except ValueError:
            raise WrongUse(self.words("programme.page.wrong_day")) from None


class ProgrammeReport(ProgrammePage):
    """The report over the months of the address, as a file."""

    @tornado.web.authenticated
    async def get(self, kind: str) -> None:  # type: ignore[override]  # the kind of file is part of the address
        """Make it beside the other work of the server, and send it; not on a computer that others use too."""
        desk = self.desk()
        if self.shared:
            raise NotPermitted(self.words("programme.page.shared"))
        content = await asyncio.to_thread(report_of, desk, *self.span(), kind)
        self.set_header("Content-Type", TYPES[kind] + ("; charset=utf-8" if kind == "html" else ""))
        self.set_header("Content-Disposition", f'attachment; filename="programme.{kind}"')
        self.finish(content)

    @tornado.web.authenticated
    def post(self, kind: str) -> None:  # type: ignore[override]
        """There is no form here."""
        raise tornado.web.HTTPError(405)


def month_of(text: str) -> date | None:
    """The first day of a month, typed as `2026-11` or as a day of it; None where it is none."""
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return None


def year_so_far(today: date) -> list[date]:
    """From January to the end of this month."""
    return [today.replace(month=1, day=1), today.replace(day=monthrange(today.year, today.month)[1])]
