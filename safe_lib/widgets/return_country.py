"""The views of a workbook that show country information: of the places that the futures of a case lead to."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from safe_lib import casework
from safe_lib.catalogue.chapters import SAFETY_REPORT
from safe_lib.model.document import Details, Text
from safe_lib.model.errors import SafeError
from safe_lib.widgets import country_views
from safe_lib.widgets.views import Blocks

if TYPE_CHECKING:
    from safe_lib.view import View
    from safe_lib.workbook import Workbook
else:
    View = Workbook = Any


class ReturnCountryViews:
    """What is known in general, beside what is known of one person."""

    def country(self) -> View:
        """What is known of the country a future leads to, topic by topic."""
        book = cast("Workbook", self)
        return book._view("country", lambda: country(book))

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries that the futures considered lead to."""
        return tuple(dict.fromkeys(future.country for future in cast("Workbook", self).futures if future.country))

    @cached_property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Those of them that there are, each with the hash of its files."""
        found = []
        for iso3 in self.countries:
            with suppress(SafeError):
                found.append((iso3, casework.country_named(iso3).hash))
        return tuple(found)

    def open_topics(self) -> Blocks:
        """The country information that is open for the future in sight."""
        book = cast("Workbook", self)
        return country_views.open_topics_blocks(book.shown.assessment, book.texts)

    def whose(self) -> Blocks:
        """Whose claims and figures this workbook shows; one press away on a page."""
        book = cast("Workbook", self)
        if not book.instrument.scenarios and book.name != SAFETY_REPORT:
            return ()
        blocks = country_views.whose_blocks(self.countries, book.desk.today, book.texts)
        return (Details(book.texts("return.whose"), blocks),) if blocks else ()


def country(book: Workbook) -> Blocks:
    """Every topic of every country in sight; a sentence where no country is chosen."""
    if not book.instrument.scenarios:
        return ()
    if not book.countries:
        return (Text(book.texts("views.no_country"), "quiet"),)
    return tuple(block for iso3 in book.countries for block in country_views.country_blocks(iso3, book.desk.today, book.texts))
