"""The views of the country workbook, and the profile of a country as a document of its own.

A country is read without a case. Where one is open, the countries its futures lead to are offered first; nothing of the case
is shown here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

from safe_lib.catalogue import load_texts
from safe_lib.catalogue.prose import read_notebook
from safe_lib.model.document import Block, Document, Heading, Table, Text
from safe_lib.model.errors import ReportError, WrongUse
from safe_lib.model.texts import Texts
from safe_lib.report.make import TYPES, headed, written
from safe_lib.report.profiles import load_profile
from safe_lib.view import PAGE, View
from safe_lib.widgets.atlas import blocks
from safe_lib.widgets.atlas.asked import Asked, asked_of, parts_of
from safe_lib.widgets.atlas.reading import Reading
from safe_lib.widgets.page import sections

if TYPE_CHECKING:
    from safe_lib.casework import Desk, Future

NAME: Final = "country_information"  # the workbook
PROFILE: Final = "country"  # what a profile on paper holds: see templates/report/profiles.yaml
PRACTICE: Final = "XAA"  # the invented country of the worked example

Blocks = tuple[Block, ...]

VIEWS: Final[Mapping[str, Callable[[Reading], Blocks]]] = {
    "statement": blocks.statement_blocks,
    "country_overview": blocks.overview_blocks,
    "themes": blocks.themes_blocks,
    "subdivisions": blocks.places_blocks,
    "compare_countries": blocks.compare_blocks,
    "credits": blocks.credits_blocks,
}


class CountryViews:
    """What a notebook calls to show a country. Mixed into `Workbook`, which brings desk, texts, mode and case."""

    desk: Desk
    name: str
    case: str | None
    mode: str
    choice: str
    texts: Texts

    if TYPE_CHECKING:

        @property
        def futures(self) -> tuple[Future, ...]:
            """Of the open case."""
            ...

        def _view(self, region: str, make: Callable[[], Sequence[Block]], attributes: Mapping[str, str] | None = None) -> View: ...

    @property
    def is_about_countries(self) -> bool:
        """Whether this is the country workbook, which asks no questions and has no instrument."""
        return self.name == NAME

    @cached_property
    def reading(self) -> Reading:
        """What the page asks for; in a report about a case, the first country its futures lead to."""
        of_case = tuple(dict.fromkeys(future.country for future in self.futures if future.country))
        asked = asked_of(self.choice)
        if self.mode != PAGE and not asked.country and of_case:
            asked = replace(asked, country=of_case[0])
        return Reading(asked, self.desk.today, self.texts, of_case)

    def choose_country(self) -> View:
        """The list of countries and the map; in a notebook, how to choose one."""
        return self._view("choose_country", lambda: blocks.choice_blocks(self.reading) if self.mode == PAGE else ())

    def search_claims(self) -> View:
        """The claims that have the words looked for."""
        return self._view("search_claims", lambda: blocks.search_blocks(self.reading))

    def country_overview(self) -> View:
        """How much is known of the country, how old it is, and who has looked at it."""
        return self._country_view("country_overview")

    def themes(self) -> View:
        """Every theme with its questions, claims, conflicts and figures."""
        return self._country_view("themes")

    def subdivisions(self) -> View:
        """The regions of the country that claims name, for thinking about a relocation."""
        return self._country_view("subdivisions")

    def compare_countries(self) -> View:
        """Up to four countries beside each other."""
        return self._country_view("compare_countries")

    def credits(self) -> View:
        """Sources, licences and credits of everything shown."""
        return self._country_view("credits")

    def country_profile(self) -> View:
        """The profile for paper; only the page has a way to make one."""
        return self._view("country_profile", tuple)

    def _country_view(self, region: str) -> View:
        return self._view(region, lambda: VIEWS[region](self.reading))

    def _country_example(self, on: date) -> View:
        """The state of every theme of Exampleland on a fixed day, the same on every machine."""
        reading = Reading(Asked(country=PRACTICE), on, self.texts)
        table = next(block for block in blocks.overview_blocks(reading) if isinstance(block, Table))
        head = Heading(self.texts("views.worked_example_country"), 3)
        return View("example", (head, Text(self.texts("atlas.notice.invented")), table), self.texts, {})


# The profile of a country as a document


def profile_document(reading: Reading) -> Document:
    """Everything that is known of one country on one day, in the order of the workbook.

    Raises:
        WrongUse: there is no such country.
    """
    country, texts = reading.country, reading.texts
    if country is None:
        raise WrongUse(f'There is no country "{reading.asked.country}".\n  Use the three letters of ISO 3166-1, such as NGA, or XKX for Kosovo.')
    wanted = load_profile(PROFILE).views
    made: list[Block] = []
    for section in sections(read_notebook(NAME, texts.language)):
        inside = VIEWS[section.view](reading) if section.view in wanted and section.view in VIEWS else ()
        made += [*headed(section.prose), *inside] if inside else []
    name = reading.name(country)
    return Document(
        title=texts("atlas.profile.title", name=name),
        language=texts.language,
        direction=texts.direction,
        profile=PROFILE,
        reference=f"{name} ({country.iso3})",
        date=reading.on.isoformat(),
        blocks=tuple(made),
        footer=texts("atlas.profile.footer"),
        marks=_marks(reading),
    )


def _marks(reading: Reading) -> tuple[str, ...]:
    """What must stand on every page of the profile."""
    country, texts = reading.country, reading.texts
    found = [texts("report.mark.draft_translation")] if texts.status == "draft" else []
    if country is not None and country.invented:
        found.append(texts("atlas.mark.invented"))
    if country is not None and country.claims and not any(claim.checked for claim in country.claims):
        found.append(texts("atlas.mark.unreviewed"))
    return tuple(found)


def profile_bytes(iso3: str, format: str, on: date, language: str = "en") -> bytes:
    """The profile of a country as one file; no case, no store.

    Args:
        iso3: three letters.
        format: html, pdf, docx or json.
        on: the day; claims past their review date count as unknown on it.
        language: of the fixed words; claims and sources keep theirs.

    Raises:
        WrongUse: there is no such country.
        ReportError: there is no such format, or the document could not be made.
    """
    if format not in TYPES:
        raise ReportError(f'report: there is no format "{format}".\n  There are: {", ".join(TYPES)}.')
    texts = load_texts(language)
    return written(profile_document(Reading(Asked(country=iso3.upper()), on, texts)), format, labels=_labels(texts))


def _labels(texts: Texts) -> dict[str, str]:
    """The fixed words of a document about a country, where a report about a case says something else."""
    return {
        "report.document": texts("atlas.profile.document"),
        "report.reference": texts("form.country"),
        "report.profile": texts("atlas.profile.kind"),
        f"report.profile.{PROFILE}": texts("atlas.profile.document"),
    }


def kept_parts(asked: Asked) -> tuple[tuple[str, str], ...]:
    """What a link to the same page in another language keeps besides the case."""
    return tuple((key, value) for key, value in parts_of(asked) if key != "case")
