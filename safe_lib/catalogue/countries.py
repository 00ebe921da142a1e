"""Countries: claims with their sources, the vocabulary of themes, and the newest figures.

What is not there is `missing` or "no data", never zero. Every problem of a file is told at once.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from safe_lib.catalogue import paths
from safe_lib.catalogue.claims import Profile, meant, refuse
from safe_lib.catalogue.figures import Dataset, Stamp, Table, load_dataset, load_table, stamp, switched_off
from safe_lib.catalogue.reading import Located, content_hash, parse_yaml, read_yaml
from safe_lib.model.country import Country, Theme
from safe_lib.model.errors import CatalogueError, CountryInfoError, Problems, WrongUse
from safe_lib.sources.notice import check_notice
from safe_lib.sources.replacing import names

_CODE = re.compile(r"[A-Z]{3}")
_THEME = re.compile(r"T\d\d")


@dataclass(frozen=True, slots=True)
class CountryEntry:
    """One line of the list of countries, for choosing."""

    iso3: str
    name: str
    names: Mapping[str, str] = field(default_factory=dict)  # language → name
    iso2: str = ""
    region: str = ""
    has_claims: bool = False
    has_figures: bool = False
    invented: bool = False


@dataclass(frozen=True, slots=True)
class Subdivision:
    """A province, state or region (ISO 3166-2)."""

    code: str
    name: str
    kind: str
    parent: str = ""


def load_country(iso3: str, folder: Path | None = None) -> Country:
    """One country with its claims, its newest figures and the vocabulary of themes.

    Args:
        iso3: ISO 3166-1 alpha-3, `XKX` for Kosovo, `XAA` for Exampleland; small letters are understood.
        folder: `country_info`; None takes the one that came with the program.

    Returns:
        The country; one without a profile has figures and no claims.

    Raises:
        WrongUse: there is no such country.
        CountryInfoError: the profile, the themes or the table of figures cannot be used as written. Several problems
            come in one error, which holds them in `problems`.
    """
    folder = folder or paths.COUNTRY_INFO
    table = load_table(folder / "_datasets")
    entry = _entry(iso3, folder, table)
    return _country(entry, folder, table, _profile_of(entry, folder))


def country_as(iso3: str, profile: bytes, folder: Path | None = None) -> Country:
    """One country as it would be if its profile said this; no file is written.

    Raises:
        WrongUse, CountryInfoError: as `load_country` does.
    """
    folder = folder or paths.COUNTRY_INFO
    table = load_table(folder / "_datasets")
    located = parse_yaml(profile, "profile.yaml", error=CountryInfoError)
    return _country(_entry(iso3, folder, table), folder, table, (located, tuple(profile.decode("utf-8-sig").splitlines())))


def load_countries(folder: Path | None = None) -> Iterator[Country]:
    """Every country that can be chosen, by code; what they share is looked at once.

    Raises:
        CountryInfoError: as `load_country`, at the first country that cannot be used as written.
    """
    folder = folder or paths.COUNTRY_INFO
    table = load_table(folder / "_datasets")
    for entry in list_countries(folder):
        yield _country(entry, folder, table, _profile_of(entry, folder))


def _profile_of(entry: CountryEntry, folder: Path) -> tuple[Located, tuple[str, ...]] | None:
    return _profile(folder, entry.iso3) if entry.has_claims else None


def _country(entry: CountryEntry, folder: Path, table: Table, profile: tuple[Located, tuple[str, ...]] | None) -> Country:
    themes, themes_hash = _read_themes(folder)
    parts = [repr(entry).encode(), themes_hash.encode(), *table.bytes_of(entry.iso3)]
    country = Country(
        iso3=entry.iso3,
        name=entry.name,
        hash="",
        figures=table.every_figure(entry.iso3),  # an invented country has figures of its own for any of them
        themes=themes,
        names=entry.names,
        invented=entry.invented,
    )
    if profile is not None:
        located, lines = profile
        country = Profile(located, lines, country).read()
        parts.append(located.hash.encode())
    shown = {id: figure for id, figure in country.figures.items() if id not in table.hidden}
    return replace(country, hash=content_hash(*parts), figures=shown)


def list_countries(folder: Path | None = None) -> tuple[CountryEntry, ...]:
    """Every country that can be chosen, by code: with claims, with figures, or with neither."""
    folder = folder or paths.COUNTRY_INFO
    table = load_table(folder / "_datasets")
    known = [_listed(row, folder, table.has(row["iso3"])) for row in _rows(folder, "countries.csv")]
    codes = {entry.iso3 for entry in known}
    others = [_invented(folder, file.parent.name) for file in folder.glob("*/profile.yaml") if file.parent.name not in codes]
    return tuple(sorted([*known, *others], key=lambda entry: entry.iso3))


def list_subdivisions(iso3: str, folder: Path | None = None) -> tuple[Subdivision, ...]:
    """Provinces, states or regions of a country; empty where the list has none (Kosovo, countries of destination) or is switched off."""
    folder = folder or paths.COUNTRY_INFO
    found = () if "iso_subdivisions" in switched_off(folder / "_datasets") else _rows(folder, "subdivisions.csv")
    return tuple(Subdivision(row["code"], row["name"], row["type"], row["parent_code"]) for row in found if row["iso3"] == iso3)


def list_datasets(folder: Path | None = None) -> tuple[Dataset, ...]:
    """The datasets behind the figures, with licence, terms and the credit line that reports print."""
    datasets = (folder or paths.COUNTRY_INFO) / "_datasets"
    return tuple(load_dataset(datasets, id) for id in _dataset_ids(datasets))


def _dataset_ids(datasets: Path) -> list[str]:
    return sorted(name.partition("/")[0] for name in names(datasets, "*/dataset.yaml"))


def load_themes(folder: Path | None = None, language: str = "en") -> Mapping[str, Theme]:
    """The vocabulary of themes by id; titles and questions in `language` where there is a translation."""
    themes, _ = _read_themes(folder or paths.COUNTRY_INFO)
    file = paths.LOCALES / language / "themes.yaml"
    if language == "en" or not file.exists():
        return themes
    words = read_yaml(file, error=CountryInfoError).value["themes"]
    return {id: _translated(theme, words.get(id) or {}) for id, theme in themes.items()}


def check_countries(folder: Path | None = None) -> tuple[CatalogueError, ...]:
    """Read everything there is about countries and give back every problem; empty when all is well."""
    folder = folder or paths.COUNTRY_INFO
    found = [
        *_problems_of(lambda: _read_themes(folder)),
        *_problems_of(lambda: _check_indicators(folder)),
        *(problem for id in _dataset_ids(folder / "_datasets") for problem in _problems_of(lambda: load_dataset(folder / "_datasets", id))),  # noqa: B023
        *(problem for file in folder.glob("_outlines/dataset.yaml") for problem in _problems_of(lambda: load_dataset(folder, file.parent.name))),  # noqa: B023
        *_problems_of(lambda: load_table(folder / "_datasets")),
        *_problems_of(lambda: check_notice(folder / "_datasets")),
    ]
    if found:  # every profile rests on these
        return tuple(found)
    codes = sorted(file.parent.name for file in folder.glob("*/profile.yaml"))
    return tuple(problem for code in codes for problem in _problems_of(lambda: load_country(code, folder)))  # noqa: B023


def _problems_of(read: Callable[[], object]) -> Sequence[CatalogueError]:
    try:
        read()
    except Problems as several:
        return several.problems
    except CatalogueError as problem:
        return (problem,)
    except WrongUse as problem:
        return (CountryInfoError("country_info", 0, str(problem), repair="Correct the name of the folder."),)
    return ()


def _entry(iso3: str, folder: Path, table: Table) -> CountryEntry:
    code = iso3.upper()
    for row in _rows(folder, "countries.csv"):
        if row["iso3"] == code:
            return _listed(row, folder, table.has(code))
    if _CODE.fullmatch(code) and (folder / code / "profile.yaml").exists():
        return _invented(folder, code)
    raise WrongUse(f'There is no country "{iso3}". {_advice(iso3, folder)}')


def _advice(word: str, folder: Path) -> str:
    """Two letters, or a name in any language, are often meant well."""
    for row in _rows(folder, "countries.csv"):
        names = {text.casefold() for column, text in row.items() if column in ("iso2", "official_name") or column.startswith("name_")}
        if word.casefold() in names:
            return f"Did you mean {row['iso3']} ({row['name_en']})?"
    return "Use the three letters of ISO 3166-1, such as NGA, or XKX for Kosovo."


def _listed(row: Mapping[str, str], folder: Path, has_figures: bool) -> CountryEntry:
    names = {column.removeprefix("name_"): name for column, name in row.items() if column.startswith("name_")}
    has_claims = (folder / row["iso3"] / "profile.yaml").exists()
    return CountryEntry(row["iso3"], row["name_en"], names, row["iso2"], row["region"], has_claims, has_figures)


def _invented(folder: Path, code: str) -> CountryEntry:
    """An invented country; its folder is the only place that knows it."""
    profile, _ = _profile(folder, code)
    about: Mapping[str, Any] = profile.value if isinstance(profile.value, dict) else {}
    if about.get("invented") is not True:
        raise CountryInfoError(
            f"{code}/profile.yaml",
            profile.line("country"),
            f'"{code}" is not in the list of countries.',
            repair="Correct the name of the folder, or write `invented: true` for an invented country.",
        )
    name, others = str(about.get("name") or code), about.get("names")
    names = {"en": name, **(others if isinstance(others, dict) else {})}
    return CountryEntry(code, name, names, has_claims=True, has_figures=bool(about.get("figures")), invented=True)


def _profile(folder: Path, code: str) -> tuple[Located, tuple[str, ...]]:
    file = folder / code / "profile.yaml"
    return _read_profile(file, stamp(file))


@lru_cache(maxsize=256)
def _read_profile(file: Path, _stamp: Stamp) -> tuple[Located, tuple[str, ...]]:
    located = read_yaml(file, error=CountryInfoError)
    return located, tuple(file.read_text(encoding="utf-8-sig").splitlines())


def _rows(folder: Path, name: str) -> tuple[dict[str, str], ...]:
    file = folder / "_datasets" / name
    return _read_csv(file, stamp(file))


@lru_cache(maxsize=8)
def _read_csv(file: Path, _stamp: Stamp) -> tuple[dict[str, str], ...]:
    with file.open(encoding="utf-8", newline="") as lines:  # this module keeps "NA" (Namibia) as text; others read it as missing
        return tuple(csv.DictReader(lines))


def _read_themes(folder: Path) -> tuple[dict[str, Theme], str]:
    file = folder / "themes.yaml"
    return _themes(file, stamp(file))


@lru_cache(maxsize=8)
def _themes(file: Path, _stamp: Stamp) -> tuple[dict[str, Theme], str]:
    located = read_yaml(file, error=CountryInfoError)
    written = located.value.get("themes") if isinstance(located.value, dict) else None
    problems: list[CountryInfoError] = []
    found: dict[str, Theme] = {}
    for number, about in enumerate(written or []):
        wrong = _theme_problems(about, found)
        problems += [CountryInfoError(file.name, located.line("themes", number), problem, repair=repair) for problem, repair in wrong]
        if not wrong:
            found[about["id"]] = _theme(about)
    if not found and not problems:
        problems.append(CountryInfoError(file.name, 1, "there are no themes.", repair="Restore the file."))
    refuse(problems)
    return found, located.hash


def _theme(about: Mapping[str, Any]) -> Theme:
    theme = Theme(about["id"], about["title"], tuple(about["questions"]), about["months"], tuple(about.get("indicators") or ()))
    return replace(theme, levels=tuple(about["levels"])) if about.get("levels") else theme


def _theme_problems(about: Any, before: Mapping[str, Theme]) -> list[tuple[str, str]]:
    if not isinstance(about, dict) or not _THEME.fullmatch(str(about.get("id"))):
        return [("a theme has no id such as T05.", "Add it.")]
    id = about["id"]
    checks = (
        (id not in before, f'the theme "{id}" stands twice.', "Keep one."),
        (bool(about.get("title")), f'the theme "{id}" has no title.', "Add a title."),
        (isinstance(about.get("questions"), list) and about["questions"], f'the theme "{id}" asks nothing.', "Add questions: what a claim on it answers."),
        (type(about.get("months")) is int and about["months"] > 0, f'the theme "{id}" has no months.', "Add months: 6, how long a claim on it stays good."),
        (isinstance(about.get("indicators") or [], list), f'the indicators of "{id}" are not a list.', "Write `indicators: []` if there are none."),
    )
    return [(problem, repair) for good, problem, repair in checks if not good]


def _check_indicators(folder: Path) -> None:
    """Themes name known indicators only."""
    known = read_yaml(folder / "_datasets" / "indicators.yaml", error=CountryInfoError).value["indicators"]
    located = read_yaml(folder / "themes.yaml", error=CountryInfoError)
    refuse([
        CountryInfoError("themes.yaml", located.line("themes", number, "indicators", place), f'there is no indicator "{id}".',
                         repair=meant(id, known) or "Take it out, or describe it in indicators.yaml.")
        for number, theme in enumerate(located.value["themes"])
        for place, id in enumerate(theme.get("indicators") or [])
        if id not in known
    ])


def _translated(theme: Theme, words: Mapping[str, Any]) -> Theme:
    questions = tuple(words.get("questions") or ())
    whole = len(questions) == len(theme.questions)  # half a translation would hide a question
    return replace(theme, title=words.get("title") or theme.title, questions=questions if whole else theme.questions)
