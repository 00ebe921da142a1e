"""What one visit of the social map reads: the entries that answer, the one that is open, who could help a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from babel import Locale

from safe_lib.catalogue.organisations import directory_countries, load_directory, load_organisations, load_vocabulary
from safe_lib.engine.directory import Gap, gaps, in_order, selected, to_verify
from safe_lib.model.organisation import Directory, Freshness, Organisation, Vocabulary, freshness
from safe_lib.model.texts import Texts
from safe_lib.widgets.atlas.names import names_in
from safe_lib.widgets.social.asked import NEW, Asked

ON_A_PAGE: Final = 40  # entries of a list
PRACTICE: Final = "XAA"


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the map: a cell of a grid, by its number from south and from west, and the size of the cells in degrees."""

    row: int
    column: int
    size: float

    @classmethod
    def of(cls, one: Organisation, size: float) -> Box | None:
        """The cell in which an entry lies; None for one without a place."""
        return cls(int(one.position.lat // size), int(one.position.lon // size), size) if one.position else None

    @classmethod
    def read(cls, text: str) -> Box:
        """A cell as an address says it."""
        row, column, size = text.split(",")
        return cls(int(row), int(column), float(size))

    def __str__(self) -> str:
        return f"{self.row},{self.column},{self.size:g}"


class Reading:
    """One address, one day, one language. Nothing is read before it is asked for, and each thing once."""

    def __init__(self, asked: Asked, today: date, texts: Texts, organisations: Sequence[Organisation] | None = None) -> None:
        """Hold what every view needs; `organisations` stand in for those of the files, for tests of many."""
        self.asked, self.texts = asked, texts
        self.on = asked.on or today
        self._given = organisations
        self._states: dict[str, Freshness] = {}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Every word of the map."""
        return load_vocabulary()

    @cached_property
    def directory(self) -> Directory:
        """The map of the country asked for; empty where none is."""
        return load_directory(self.asked.country) if self.asked.country else Directory("", "", "", ())

    @cached_property
    def every(self) -> tuple[Organisation, ...]:
        """All entries of the country, or of all real countries."""
        if self._given is not None:
            return tuple(self._given)
        return load_organisations(self.asked.country or None)

    @cached_property
    def answering(self) -> tuple[Organisation, ...]:
        """The entries that answer, wherever they lie: verified first, stale last."""
        need = next((one for one in self.vocabulary.needs if one.id == self.asked.need), None)
        found = selected(self.every, self.asked.looked)
        wanted = set(need.services) if need else set()
        return in_order(tuple(one for one in found if not wanted or wanted & set(one.services)), self.vocabulary, self.on)

    @cached_property
    def found(self) -> tuple[Organisation, ...]:
        """The same within the part of the map that is asked for."""
        if not self.asked.box:
            return self.answering
        box = Box.read(self.asked.box)
        return tuple(one for one in self.answering if Box.of(one, box.size) == box)

    @property
    def pages(self) -> int:
        """How many pages the list has; at least one."""
        return max(1, -(-len(self.found) // ON_A_PAGE))

    @property
    def shown(self) -> tuple[Organisation, ...]:
        """The entries on the page asked for, or on the last one."""
        first = (min(self.asked.page, self.pages) - 1) * ON_A_PAGE
        return self.found[first : first + ON_A_PAGE]

    @cached_property
    def entry(self) -> Organisation | None:
        """The entry that is open."""
        return next((one for one in self.every if one.id == self.asked.entry), None)

    @property
    def unknown_entry(self) -> bool:
        """Whether an entry is asked for that there is not."""
        return bool(self.asked.entry) and self.asked.entry != NEW and self.entry is None

    @cached_property
    def waiting(self) -> tuple[Organisation, ...]:
        """The work list: what has to be verified."""
        return to_verify(self.every, self.vocabulary, self.on)

    @cached_property
    def missing(self) -> tuple[Gap, ...]:
        """What each region of the country offers the group asked for."""
        regions = self.directory.regions or {"": ""}
        services = [term.id for term in self.vocabulary.services.values() if term.group not in ("knowledge",)]
        return gaps(self.every, regions, services, self.asked.target, self.vocabulary, self.on)

    @cached_property
    def counts(self) -> Mapping[str, tuple[int, int]]:
        """Country → entries that answer, and how many of them somebody verified."""
        every, verified = Counter(one.country for one in self.answering), Counter(one.country for one in self.answering if self.fresh(one) == "verified")
        return {code: (every[code], verified[code]) for code in every}

    def fresh(self, one: Organisation) -> Freshness:
        """How far an entry can be relied on today; worked out once for each."""
        if one.id not in self._states:
            self._states[one.id] = freshness(one, self.vocabulary, self.on)
        return self._states[one.id]

    def country_name(self, code: str) -> str:
        """What a country is called in the language of the page."""
        return names_in(self.texts.language).get(code, code)

    def countries(self) -> list[tuple[str, str]]:
        """Code and name of every country that has a map, by name; the invented one last."""
        names = names_in(self.texts.language)
        real = sorted((code for code in directory_countries() if code != PRACTICE), key=lambda code: names.get(code, code))
        return [(code, names.get(code, code)) for code in (*real, *(code for code in directory_countries() if code == PRACTICE))]

    def languages(self) -> list[tuple[str, str]]:
        """The languages of the entries, by name."""
        codes = {code for one in self.every for code in one.languages}
        return sorted(((code, self.language_name(code)) for code in codes), key=lambda pair: pair[1].casefold())

    def language_name(self, code: str) -> str:
        """What a language is called in the language of the page."""
        return str(Locale.parse(self.texts.language).languages.get(code, code))

    def word(self, kind: str, code: str) -> str:
        """A word of the vocabulary in the language of the page."""
        terms = getattr(self.vocabulary, kind)
        return str(terms[code].said(self.texts.language)) if code in terms else code
