"""The views of the workbook on legal procedures. It weighs nothing and has no instrument: it is told from the case's own file.

A report holds what its profile lets go; for the person it is about, in plain words addressed to them.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

from safe_lib.model.document import Block, Heading, Text
from safe_lib.model.texts import Texts
from safe_lib.view import PAGE, View
from safe_lib.widgets.legal import blocks
from safe_lib.widgets.legal.reading import Reading, example_reading, reading_of

if TYPE_CHECKING:
    from safe_lib.casework import Desk
    from safe_lib.report.profiles import Profile

NAME: Final = "procedures"  # the workbook


class ProcedureViews:
    """What a notebook calls to show the procedures of a case. Mixed into `Workbook`, which brings desk, texts, mode and case."""

    desk: Desk
    name: str
    case: str | None
    mode: str
    texts: Texts
    profile: Profile
    legal_rights: tuple[bool, bool] = (False, False)  # on a page: whether this colleague may write, and make a report that leaves

    @property
    def is_about_procedures(self) -> bool:
        """Whether this is the workbook on procedures, which has no instrument."""
        return self.name == NAME

    @cached_property
    def legal(self) -> Reading:
        """The file of the case with what follows from it; without a case, the worked example."""
        return reading_of(self.desk, self.case, self.texts) if self.case else example_reading(self.texts, self.desk.today)

    def deadlines(self) -> View:
        """The three dates of every deadline; what is not known stands first."""
        return self.legal_view("deadlines")

    def days(self) -> View:
        """The timeline, as a picture and as a list."""
        return self.legal_view("days")

    def may_apply(self) -> View:
        """Which procedures may apply, and why."""
        return self.legal_view("may_apply")

    def followed(self) -> View:
        """Each procedure that is followed: state, steps, risks, sources."""
        return self.legal_view("followed")

    def case_facts(self) -> View:
        """What is known, who said it, and what is not known."""
        return self.legal_view("case_facts")

    def papers(self) -> View:
        """The checklist of documents."""
        return self.legal_view("papers")

    def tasks(self) -> View:
        """Who does what by when."""
        return self.legal_view("tasks")

    def contacts(self) -> View:
        """Lawyer and authorities."""
        return self.legal_view("contacts")

    def minimum_rules(self) -> View:
        """The minimum rules of the European Union and the Council of Europe, as checks."""
        return self.legal_view("minimum_rules")

    def legal_view(self, region: str) -> View:
        """One part; in a report only where its reader may have it. What is left out is never made."""
        made: tuple[Block, ...] = ()
        if self.case and (self.mode == PAGE or region in self.profile.views):
            made = blocks.plain(self.legal, region) if self.profile.plain else blocks.VIEWS[region](self.legal)
        return View(region, made, self.texts, {}, f"{self.name} {self.case}")

    def legal_example(self, day: date) -> View:
        """A worked example on an invented person, the same on every day and machine."""
        reading = example_reading(self.texts, day)
        shown = (*blocks.deadlines(reading), *blocks.case_facts(reading))
        return View("example", (Heading(self.texts("views.worked_example"), 3), Text(self.texts("legal.example")), *shown), self.texts, {})

