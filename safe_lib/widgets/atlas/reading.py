"""What one visit of the country workbook reads: the country asked for, its themes on the day, the figures, those beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

from safe_lib.casework import country_named
from safe_lib.catalogue.countries import load_themes
from safe_lib.engine.country import theme_view
from safe_lib.model.country import Country, Theme, ThemeView
from safe_lib.model.errors import WrongUse
from safe_lib.model.texts import Texts
from safe_lib.widgets.atlas.asked import Asked
from safe_lib.widgets.atlas.figures import Figures, figures_for
from safe_lib.widgets.atlas.names import entries, name_of


class Reading:
    """One address, one day, one language. Nothing is read before it is asked for, and each thing once."""

    def __init__(self, asked: Asked, today: date, texts: Texts, of_case: Sequence[str] = ()) -> None:
        """Hold what every view needs.

        Args:
            asked: what the address says.
            today: the day, where the address names none.
            texts: the words of the page.
            of_case: the countries that the futures of the open case lead to.
        """
        self.asked, self.texts, self.of_case = asked, texts, tuple(of_case)
        self.on = asked.on or today
        self.is_today = asked.on is None or asked.on == today

    @cached_property
    def country(self) -> Country | None:
        """The country asked for; None where none is, or there is no such country."""
        return _known(self.asked.country)

    @cached_property
    def together(self) -> tuple[Country, ...]:
        """The country and those beside it, as far as they exist."""
        return tuple(country for code in self.asked.countries if (country := _known(code)))

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """Codes asked for that are no country."""
        return tuple(code for code in self.asked.countries if code not in entries())

    @cached_property
    def themes(self) -> Mapping[str, Theme]:
        """The vocabulary, in the language of the page."""
        return load_themes(language=self.texts.language)

    @cached_property
    def views(self) -> Mapping[str, ThemeView]:
        """Each theme of the country on the day."""
        return self.views_of(self.country) if self.country else {}

    def views_of(self, country: Country) -> dict[str, ThemeView]:
        """Each theme of any country on the day."""
        return {id: theme_view(country, id, self.on) for id in country.themes}

    @cached_property
    def figures(self) -> Figures:
        """The figures of the country with what they are compared with."""
        if self.country is None:
            raise WrongUse("country: no country is chosen.\n  Choose one first.")
        return figures_for(self.country, self.texts)

    def name(self, country: Country) -> str:
        """What a country is called in the language of the page."""
        return country.names.get(self.texts.language) or country.name

    def name_by_code(self, code: str) -> str:
        """The same by its three letters."""
        known = entries()
        return name_of(known[code], self.texts.language) if code in known else code


def _known(code: str) -> Country | None:
    if not code:
        return None
    try:
        return country_named(code)
    except WrongUse:
        return None
