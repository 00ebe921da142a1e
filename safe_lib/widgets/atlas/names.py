"""Names of countries and where they stand: by region, by neighbours, by theme."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.countries import CountryEntry, list_countries, load_themes
from safe_lib.catalogue.figures import Stamp, load_table, stamp
from safe_lib.catalogue.outlines import WORLD, Outlines, Sheet, load_outlines
from safe_lib.engine.country import standing
from safe_lib.engine.search import folded
from safe_lib.model.country import Figure

REGIONS: Final = ("Africa", "Americas", "Asia", "Europe", "Oceania")  # as countries.csv names them
SHEETS_OF: Final[Mapping[str, tuple[str, ...]]] = {  # region → maps on which one of its countries can be, the closest first
    "Africa": ("africa",), "Americas": ("caribbean", "americas"), "Asia": ("western_asia", "asia"), "Europe": ("europe", "asia"), "Oceania": ("oceania",),
}  # fmt: skip

Standing = Mapping[str, float | int | None]


def entries() -> Mapping[str, CountryEntry]:
    """Every country that can be opened, by its three letters; listed again when a file or folder behind the list changes."""
    return _entries(*_state())


def name_of(entry: CountryEntry, language: str) -> str:
    """The name of a country in a language, else in English."""
    return entry.names.get(language) or entry.name


def names_in(language: str) -> Mapping[str, str]:
    """Three letters → name."""
    return _names(language, *_state())


_State = tuple[Path, Stamp, Stamp, Stamp]


def _state() -> _State:
    folder = paths.COUNTRY_INFO
    datasets = folder / "_datasets"
    return folder, stamp(folder), stamp(datasets / "countries.csv"), stamp(datasets / "latest.jsonl")


@lru_cache(maxsize=4)
def _entries(*state: object) -> Mapping[str, CountryEntry]:
    return {entry.iso3: entry for entry in list_countries()}


@lru_cache(maxsize=32)
def _names(language: str, *state: object) -> Mapping[str, str]:
    return {code: name_of(entry, language) for code, entry in entries().items()}


def found_by(words: str, language: str) -> list[CountryEntry]:
    """The countries somebody may mean: by code; else by name, the whole names first, then those that begin so or have such a word.

    Every country that may be meant is given: who writes “Congo” has to choose between two.
    """
    wanted = folded(words).strip()
    if not wanted:
        return []
    known = list(entries().values())
    if coded := [entry for entry in known if wanted in (entry.iso3.lower(), entry.iso2.lower())]:
        return coded
    # A name in another language counts by its beginning only: the middle of a long name in ten languages is like too many others.
    near = [
        entry for entry in known if _has_word(folded(name_of(entry, language)), wanted) or any(folded(name).startswith(wanted) for name in entry.names.values())
    ]
    return sorted(near, key=lambda entry: (folded(name_of(entry, language)) != wanted, folded(name_of(entry, language))))


def _has_word(name: str, wanted: str) -> bool:
    return name.startswith(wanted) or f" {wanted}" in name or f"-{wanted}" in name


def neighbours_of(code: str) -> tuple[str, ...]:
    """The neighbours on land that can be opened; an island and an invented country have none."""
    return tuple(other for other in load_outlines().neighbours.get(code, ()) if other in entries())


def sheet_of(entry: CountryEntry) -> Sheet | None:
    """The closest map a country is on; None for an invented one."""
    outlines: Outlines = load_outlines()
    for name in (*SHEETS_OF.get(entry.region, ()), WORLD):
        sheet = outlines.sheets[name]
        if entry.iso3 in sheet.places and _is_within(entry.iso3, sheet):
            return sheet
    return None


def _is_within(code: str, sheet: Sheet) -> bool:
    """Whether a country lies well within a map, and is not cut off at its edge."""
    x, y = sheet.places[code]
    return 0.03 * sheet.width < x < 0.97 * sheet.width and 0.03 * sheet.height < y < 0.97 * sheet.height


# Where countries stand in one theme


def standings(theme: str) -> Mapping[str, Standing]:
    """Three letters → the median position of the figures that inform a theme, for every country with figures.

    It is background for one theme, never added up over themes.
    """
    datasets = paths.COUNTRY_INFO / "_datasets"
    return _standings(theme, stamp(datasets / "latest.jsonl"), stamp(paths.COUNTRY_INFO / "themes.yaml"))


@lru_cache(maxsize=64)
def _standings(theme: str, _table: Stamp, _themes: Stamp) -> Mapping[str, Standing]:
    wanted = load_themes()[theme].indicators
    table = load_table(paths.COUNTRY_INFO / "_datasets")
    found = {}
    for code in table.lines:
        figures = table.figures(code)
        found[code] = standing([figures[id] for id in wanted if id in figures], figures)
    return found


def figures_of(code: str) -> Mapping[str, Figure]:
    """The newest figures of a country without anything else: for comparing it with its neighbours."""
    return load_table(paths.COUNTRY_INFO / "_datasets").figures(code)
