"""Reads countries: claims with their sources, the vocabulary of themes, and the newest figures.

Strict on purpose: a claim without a date, a source, a theme or a word on its level is refused, and every problem of a file
is told at once. A country without claims is still a country; what is not there is `missing` or "no data", never zero.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue.reading import Key, Located, content_hash, read_yaml
from safe_lib.model.country import Claim, Country, CountrySource, Figure, Theme
from safe_lib.model.errors import CatalogueError, CountryInfoError, Problems, WrongUse

KINDS: Final = ("government", "intergovernmental", "ngo", "media", "academic", "court", "other")
TERMS: Final = ("open", "share-alike", "non-commercial", "unclear")
LEVELS: Final = ("strong", "partial", "weak", "absent")  # unless a theme has its own
NOBODY: Final = "nobody yet"  # in `checked`: written down, but no second person has looked at it

_ABOUT_CLAIM: Final = ("id", "theme", "level", "says", "applies_to", "as_of", "review_by", "sources", "checked", "disagrees_with", "note")
_ABOUT_SOURCE: Final = ("title", "publisher", "kind", "published", "retrieved", "url", "quotes", "where", "read_in", "interest",
                        "independence", "status", "note")
_ABOUT_PROFILE: Final = ("country", "name", "names", "about", "version", "invented", "compiled", "claims", "figures", "sources",
                         "not_found", "recalled", "notes", "history")

_CODE = re.compile(r"[A-Z]{3}")
_ID = re.compile(r"[a-z][a-z0-9_]*")
_PUBLISHED = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class CountryInfoProblems(Problems, CountryInfoError):
    """Several problems of country information, told together."""


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


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where figures come from and how they may be used; `credit` is the line reports print."""

    id: str
    title: str
    publisher: str
    edition: str
    licence: str
    terms: str  # open | share-alike | non-commercial | unclear
    may_be_passed_on: str
    credit: str
    retrieved: str
    url: str
    caveats: tuple[str, ...] = ()


def load_country(iso3: str, folder: Path | None = None) -> Country:
    """One country with its claims, its newest figures and the vocabulary of themes.

    Args:
        iso3: ISO 3166-1 alpha-3, or `XKX` for Kosovo and `XAA` for Exampleland; small letters are understood.
        folder: `country_info`; None takes the one that came with the program.

    Raises:
        WrongUse: there is no such country.
        CountryInfoError: the profile, the themes or the table of figures cannot be used as written. Where there are several
            problems the error holds all of them in `problems`.
    """
    folder = folder or country_info_folder()
    entry = _entry(iso3, folder)
    themes, themes_hash = _themes(folder / "themes.yaml", _stamp(folder / "themes.yaml"))
    table = _table(folder)
    profile = folder / entry.iso3 / "profile.yaml"
    country = Country(entry.iso3, entry.name, "", figures=table.figures(entry.iso3), themes=themes, names=entry.names, invented=entry.invented)
    parts = [repr(entry).encode(), themes_hash.encode(), table.described, table.lines.get(entry.iso3, "").encode()]
    if profile.exists():
        located = _located(profile, _stamp(profile))
        country = _Profile(located, entry, country).read()
        parts.append(located.hash.encode())
    return replace(country, hash=content_hash(*parts))


def list_countries(folder: Path | None = None) -> tuple[CountryEntry, ...]:
    """Every country that can be chosen, by code: with claims, with figures, or with neither."""
    folder = folder or country_info_folder()
    known = [_listed(row, folder) for row in _read_csv(folder / "_datasets" / "countries.csv")]
    codes = {entry.iso3 for entry in known}
    others = [_invented(file) for file in folder.glob("*/profile.yaml") if file.parent.name not in codes]
    return tuple(sorted([*known, *others], key=lambda entry: entry.iso3))


def list_subdivisions(iso3: str, folder: Path | None = None) -> tuple[Subdivision, ...]:
    """Provinces, states or regions of a country; empty where the list has none (Kosovo, many small states)."""
    found = _read_csv((folder or country_info_folder()) / "_datasets" / "subdivisions.csv")
    return tuple(Subdivision(row["code"], row["name"], row["type"], row["parent_code"]) for row in found if row["iso3"] == iso3)


def list_datasets(folder: Path | None = None) -> tuple[Dataset, ...]:
    """The datasets behind the figures, with licence, terms and credit line.

    Raises:
        CountryInfoError: a dataset lacks one of these, or its file is not the one that was described (`sha256`).
    """
    files = sorted(((folder or country_info_folder()) / "_datasets").glob("*/dataset.yaml"))
    return tuple(_dataset(file) for file in files)


def load_themes(folder: Path | None = None, language: str = "en") -> Mapping[str, Theme]:
    """The vocabulary of themes; titles and questions in `language` where there is a translation."""
    file = (folder or country_info_folder()) / "themes.yaml"
    themes, _ = _themes(file, _stamp(file))
    translation = Path(__file__).parents[1] / "locales" / language / "themes.yaml"
    if language == "en" or not translation.exists():
        return themes
    words = read_yaml(translation, error=CountryInfoError).value["themes"]
    return {id: _translated(theme, words.get(id, {})) for id, theme in themes.items()}


def check_countries(folder: Path | None = None) -> tuple[CatalogueError, ...]:
    """Read everything there is about countries and give back every problem; empty when all is well."""
    folder = folder or country_info_folder()
    found: list[CatalogueError] = []
    for read in (lambda: load_themes(folder), lambda: _check_indicators(folder), lambda: list_datasets(folder)):
        found.extend(_problems_of(read))
    if found:  # every profile rests on these
        return tuple(found)
    for profile in sorted(folder.glob("*/profile.yaml")):
        code = profile.parent.name
        found.extend(_problems_of(lambda code=code: load_country(code, folder)))
    return tuple(found)


def country_info_folder() -> Path:
    """The `country_info` that came with the program: beside it in the project, inside it when installed."""
    package = Path(__file__).resolve().parents[1]
    beside = package.parent / "country_info"
    return beside if beside.is_dir() else package / "country_info"


def _problems_of(read: Any) -> Sequence[CatalogueError]:
    try:
        read()
    except Problems as several:
        return several.problems
    except CatalogueError as problem:
        return (problem,)
    return ()


# --- the list of countries


def _entry(iso3: str, folder: Path) -> CountryEntry:
    code = iso3.upper()
    for row in _read_csv(folder / "_datasets" / "countries.csv"):
        if row["iso3"] == code:
            return _listed(row, folder)
    if _CODE.fullmatch(code) and (profile := folder / code / "profile.yaml").exists():
        return _invented(profile)
    raise WrongUse(f'There is no country "{iso3}". {_advice(iso3, folder)}')


def _advice(word: str, folder: Path) -> str:
    """Two letters or a name are often meant well."""
    for row in _read_csv(folder / "_datasets" / "countries.csv"):
        names = {text.casefold() for column, text in row.items() if column in ("iso2", "official_name") or column.startswith("name_")}
        if word.casefold() in names:
            return f"Did you mean {row['iso3']} ({row['name_en']})?"
    return "Use the three letters of ISO 3166-1, such as NGA, or XKX for Kosovo."


def _listed(row: Mapping[str, str], folder: Path) -> CountryEntry:
    code = row["iso3"]
    names = {column.removeprefix("name_"): name for column, name in row.items() if column.startswith("name_")}
    has_claims, has_figures = (folder / code / "profile.yaml").exists(), code in _table(folder).lines
    return CountryEntry(code, row["name_en"], names, row["iso2"], row["region"], has_claims, has_figures)


def _invented(profile: Path) -> CountryEntry:
    code = profile.parent.name
    located = _located(profile, _stamp(profile))
    value = located.value if isinstance(located.value, dict) else {}
    if value.get("invented") is not True:
        raise CountryInfoError(f"{code}/profile.yaml", located.line("country"), f'"{code}" is not in the list of countries.',
                               repair="Correct the name of the folder, or write `invented: true` for an invented country.")
    name, names = str(value.get("name") or code), value.get("names")
    return CountryEntry(code, name, {"en": name, **(names if isinstance(names, dict) else {})}, has_claims=True,
                        has_figures=bool(value.get("figures")), invented=True)


@lru_cache(maxsize=256)
def _located(profile: Path, _stamp: tuple[int, int]) -> Located:
    return read_yaml(profile, error=CountryInfoError)


def _read_csv(file: Path) -> tuple[dict[str, str], ...]:
    return _csv_rows(file, _stamp(file))


@lru_cache(maxsize=8)
def _csv_rows(file: Path, _stamp: tuple[int, int]) -> tuple[dict[str, str], ...]:
    with file.open(encoding="utf-8", newline="") as lines:  # the csv module keeps "NA" (Namibia) as text
        return tuple(csv.DictReader(lines))


def _stamp(file: Path) -> tuple[int, int]:
    """Time and size of a file, by which a process notices that it changed."""
    try:
        about = file.stat()
    except OSError as problem:
        raise CountryInfoError(file.name, 0, f"the file cannot be read ({problem.strerror}).", repair="Restore it.") from None
    return about.st_mtime_ns, about.st_size


# --- the newest figures


@dataclass(frozen=True)
class _Table:
    """`latest.jsonl`: what the indicators mean, and one unread line per country."""

    indicators: tuple[Mapping[str, Any], ...]
    described: bytes
    lines: Mapping[str, str]

    def figures(self, iso3: str) -> dict[str, Figure]:
        """The newest figure for every indicator; where the country has no data, value and year are None."""
        line = json.loads(self.lines[iso3]) if iso3 in self.lines else {"figures": [None] * len(self.indicators), "notes": {}}
        pairs = zip(self.indicators, line["figures"], strict=True)
        return {about["id"]: _figure(about, found, line["notes"].get(about["id"], "")) for about, found in pairs}


def _figure(about: Mapping[str, Any], found: Sequence[Any] | None, country_note: str) -> Figure:
    value, year, position = found or (None, None, None)
    note = " ".join(part for part in (about["note"], country_note) if part)
    return Figure(about["id"], about["label"], value, year, about["unit"], about["source"], about["topic"], position, note, about["licence"])


def _table(folder: Path) -> _Table:
    datasets = folder / "_datasets"
    parts = sorted([*datasets.glob("*/data.csv.gz"), *datasets.glob("*/dataset.yaml"), datasets / "indicators.yaml"])
    stamps = tuple((part, _stamp(part)) for part in parts)
    return _read_table(datasets / "latest.jsonl", _stamp(datasets / "latest.jsonl"), stamps)


@lru_cache(maxsize=8)
def _read_table(file: Path, _stamp: tuple[int, int], parts: tuple[tuple[Path, tuple[int, int]], ...]) -> _Table:
    first, *lines = file.read_text(encoding="utf-8").splitlines()
    head = json.loads(first)
    for changed in _changed(head["files"], {part.relative_to(file.parent).as_posix(): part for part, _ in parts}):
        raise CountryInfoError(f"_datasets/{file.name}", 0, f'the table of newest figures does not belong to "{changed}" as it is now.',
                               repair="Build it again: python -m safe_lib.sources.latest")
    described = json.dumps(head["indicators"]).encode()
    return _Table(tuple(head["indicators"]), described, {line[9:12]: line for line in lines})  # {"iso3":"NGA", …


def _changed(hashes: Mapping[str, str], files: Mapping[str, Path]) -> list[str]:
    """Files that were changed, added or taken away since the table was built."""
    there = {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()}
    return sorted(name for name in hashes.keys() | there.keys() if hashes.get(name) != there.get(name))


def _check_indicators(folder: Path) -> None:
    """Themes name known indicators only, and none of them doubtful ones alone."""
    known = read_yaml(folder / "_datasets" / "indicators.yaml", error=CountryInfoError).value["indicators"]
    located = read_yaml(folder / "themes.yaml", error=CountryInfoError)
    problems = [
        CountryInfoError("themes.yaml", located.line("themes", number, "indicators", place), f'there is no indicator "{id}".',
                         repair=_meant(id, known) or "Take it out, or add it to indicators.yaml.")
        for number, theme in enumerate(located.value["themes"])
        for place, id in enumerate(theme.get("indicators") or [])
        if id not in known
    ]
    _refuse(problems)


def _dataset(file: Path) -> Dataset:
    located = read_yaml(file, error=CountryInfoError)
    name, about = f"{file.parent.name}/dataset.yaml", located.value if isinstance(located.value, dict) else {}
    needed = ("title", "publisher", "edition", "licence", "terms", "may_be_passed_on", "credit", "retrieved", "url", "file", "sha256")
    problems = [
        CountryInfoError(name, 0, f'the dataset has no "{key}".', repair=f"Add {key}; figures without it may not be shown.")
        for key in needed
        if not about.get(key)
    ]
    if about.get("terms") and about["terms"] not in TERMS:
        problems.append(CountryInfoError(name, located.line("terms"), f'"{about["terms"]}" is not one of the terms.', repair=f"Write {_or(TERMS)}."))
    _refuse(problems)
    data = file.parent / str(about["file"])
    if not data.exists() or hashlib.sha256(data.read_bytes()).hexdigest() != about["sha256"]:
        raise CountryInfoError(name, located.line("sha256"), f'"{about["file"]}" is not the file described here.',
                               repair="Restore the file, or describe the new one: edition, retrieved and sha256.")
    texts = [str(about[key]) for key in needed[:-2]]
    return Dataset(file.parent.name, *texts, caveats=tuple(about.get("caveats") or ()))


# --- themes


@lru_cache(maxsize=8)
def _themes(file: Path, _stamp: tuple[int, int]) -> tuple[dict[str, Theme], str]:
    located = read_yaml(file, error=CountryInfoError)
    problems: list[CountryInfoError] = []
    found: dict[str, Theme] = {}
    value = located.value.get("themes") if isinstance(located.value, dict) else None
    for number, about in enumerate(value or []):
        where = ("themes", number)
        for problem, repair in _theme_problems(about, found):
            problems.append(CountryInfoError(file.name, located.line(*where), problem, repair=repair))
        if not problems:
            found[about["id"]] = Theme(about["id"], about["title"], tuple(about["questions"]), about["months"], tuple(about.get("indicators") or ()),
                                       **({"levels": tuple(about["levels"])} if about.get("levels") else {}))
    if not found and not problems:
        problems.append(CountryInfoError(file.name, 1, "there are no themes.", repair="Restore the file."))
    _refuse(problems)
    return found, located.hash


def _theme_problems(about: Any, before: Mapping[str, Theme]) -> list[tuple[str, str]]:
    if not isinstance(about, dict) or not re.fullmatch(r"T\d\d", str(about.get("id"))):
        return [("a theme has no id such as T05.", "Add it.")]
    found = []
    if about["id"] in before:
        found.append((f'the theme "{about["id"]}" stands twice.', "Keep one."))
    if not about.get("title"):
        found.append((f'the theme "{about["id"]}" has no title.', "Add a title."))
    if not isinstance(about.get("questions"), list) or not about["questions"]:
        found.append((f'the theme "{about["id"]}" asks nothing.', "Add questions: what a claim on it answers."))
    if type(about.get("months")) is not int or about["months"] < 1:
        found.append((f'the theme "{about["id"]}" has no months.', "Add months: 6, how long a claim on it stays good."))
    return found


def _translated(theme: Theme, words: Mapping[str, Any]) -> Theme:
    questions = tuple(words.get("questions") or ())
    return replace(theme, title=words.get("title") or theme.title, questions=questions if len(questions) == len(theme.questions) else theme.questions)


# --- claims


class _Profile:
    """Reads one profile and collects every problem in it before it complains."""

    def __init__(self, located: Located, entry: CountryEntry, country: Country) -> None:
        self.located, self.entry, self.country = located, entry, country
        self.value: dict[str, Any] = located.value if isinstance(located.value, dict) else {}
        self.file = f"{entry.iso3}/{located.file}"
        self.problems: list[CountryInfoError] = []

    def read(self) -> Country:
        self.head()
        sources = self.sources()
        claims = self.claims(sources)
        figures = self.figures(sources)
        _refuse(self.problems)
        return replace(self.country, claims=claims, sources=sources, figures={**self.country.figures, **figures})

    def refuse(self, problem: str, repair: str, *where: Key) -> None:
        self.problems.append(CountryInfoError(self.file, self.located.line(*where), problem, repair=repair))

    def only(self, keys: Any, allowed: Sequence[str], *where: Key) -> None:
        for key in keys:
            if key not in allowed:
                self.refuse(f'"{key}" is not a word known here.', _meant(key, allowed) or f"Use {_or(allowed)}.", *where, key)

    def head(self) -> None:
        self.only(self.value, _ABOUT_PROFILE)
        if self.value.get("country") != self.entry.iso3:
            self.refuse(f"the file is about {self.value.get('country') or 'no country'}, but lies in {self.entry.iso3}.",
                        f"Write `country: {self.entry.iso3}`, or move the file.", "country")
        if bool(self.value.get("invented")) != self.entry.invented:
            self.refuse("a real country cannot be invented.", "Take `invented` out.", "invented")

    def text(self, about: Mapping[str, Any], key: str, of: str, repair: str, *where: Key) -> str:
        found = about.get(key)
        if isinstance(found, (str, int)) and not isinstance(found, bool) and str(found).strip():
            return str(found).strip()
        self.refuse(f"{of} has no {key}.", repair, *where)
        return ""

    def sources(self) -> dict[str, CountrySource]:
        value = self.value.get("sources") or {}
        if not isinstance(value, dict):
            self.refuse("the sources are not written by id.", "Write `sources:` and below it `report_2025: {title: …}`.", "sources")
            return {}
        return {id: self.source(id, about if isinstance(about, dict) else {}, value) for id, about in value.items()}

    def source(self, id: str, about: Mapping[str, Any], others: Mapping[str, Any]) -> CountrySource:
        where: tuple[Key, ...] = ("sources", id)
        of = f'source "{id}"'
        self.only(about, _ABOUT_SOURCE, *where)
        title = self.text(about, "title", of, "Add its title.", *where)
        publisher = self.text(about, "publisher", of, "Add who published it; a source nobody stands for is not one.", *where)
        kind = self.text(about, "kind", of, f"Add kind: {_or(KINDS)}.", *where)
        published = self.text(about, "published", of, 'Add `published: "2025-09"`, as precise as it is known.', *where)
        if kind and kind not in KINDS:
            self.refuse(f'{of} has the kind "{kind}".', _meant(kind, KINDS) or f"Write {_or(KINDS)}.", *where, "kind")
        if published and not _PUBLISHED.fullmatch(published):
            self.refuse(f'{of} was published "{published}", which is not a date.', "Write YYYY, YYYY-MM or YYYY-MM-DD.", *where, "published")
        if about.get("retrieved") and _day(about["retrieved"]) is None:
            self.refuse(f'{of} was retrieved "{about["retrieved"]}", which is not a day.', "Write YYYY-MM-DD.", *where, "retrieved")
        url, quotes = str(about.get("url") or ""), str(about.get("quotes") or "")
        if url and not url.startswith(("https://", "http://")):
            self.refuse(f"the address of {of} does not begin with https://.", "Write the full address, or leave url out.", *where, "url")
        if _ID.fullmatch(quotes) and quotes not in others:  # an id; several words name an original that was not read itself
            self.refuse(f'{of} quotes "{quotes}", which is not a source here.', _meant(quotes, others) or "Add that source, or name it in words.",
                        *where, "quotes")
        return CountrySource(id, title, publisher, kind, published, str(about.get("retrieved") or ""), url, quotes)

    def claims(self, sources: Mapping[str, CountrySource]) -> tuple[Claim, ...]:
        value = self.value.get("claims")
        if not isinstance(value, list):
            self.refuse("there is no list of claims.", "Write `claims:` and below it the claims; `claims: []` if there are none yet.", "claims")
            return ()
        written = [about if isinstance(about, dict) else {} for about in value]
        ids = [about.get("id") for about in written]
        for number, id in enumerate(ids):
            if id and id in ids[:number]:
                self.refuse(f'claim "{id}" stands twice.', "Give one of them another id.", "claims", number, "id")
        found = [self.claim(number, about, sources, ids) for number, about in enumerate(written)]
        return tuple(claim for claim in found if claim is not None)

    def claim(self, number: int, about: Mapping[str, Any], sources: Mapping[str, CountrySource], ids: Sequence[Any]) -> Claim | None:
        where: tuple[Key, ...] = ("claims", number)
        before = len(self.problems)
        self.only(about, _ABOUT_CLAIM, *where)
        id = self.text(about, "id", f"claim number {number + 1}", "Add a short id, such as shelter_places.", *where)
        of = f'claim "{id or number + 1}"'
        theme = self.theme(about, of, where)
        level = self.level(about, of, theme, where)
        says = self.text(about, "says", of, "Add one sentence: what is so, with numbers.", *where)
        who, place = self.applies_to(about, of, where)
        as_of, review_by = self.days(about, of, theme, where)
        cited = self.cited(about, of, sources, where)
        checked = self.checked(about, of, where)
        for other in about.get("disagrees_with") or []:
            if other not in ids:
                self.refuse(f'{of} disagrees with "{other}", which is not a claim here.', _meant(other, ids) or "Take it out.", *where, "disagrees_with")
        if len(self.problems) > before or as_of is None or review_by is None:
            return None
        return Claim(id, theme, level, says, who, place, as_of, review_by, cited, checked)

    def theme(self, about: Mapping[str, Any], of: str, where: tuple[Key, ...]) -> str:
        theme = self.text(about, "theme", of, "Add the theme it belongs to, such as T05; themes.yaml lists them.", *where)
        if theme and theme not in self.country.themes:
            self.refuse(f'{of} is about "{theme}", which is not a theme.', _meant(theme, self.country.themes) or "themes.yaml lists them.",
                        *where, "theme")
        return theme

    def level(self, about: Mapping[str, Any], of: str, theme: str, where: tuple[Key, ...]) -> str:
        """The level, or nothing where `level: null` says on purpose that the claim describes and grades nothing."""
        levels = self.country.themes[theme].levels if theme in self.country.themes else ()
        if "level" not in about:
            self.refuse(f"{of} has no level.", f"Add level: {_or(levels or LEVELS)}; `level: null` if it grades nothing.", *where)
            return ""
        level = about["level"]
        if level is None:
            return ""
        if levels and level not in levels:
            self.refuse(f'{of} has the level "{level}".', _meant(str(level), levels) or f"Write {_or(levels)}, or null.", *where, "level")
        return str(level)

    def applies_to(self, about: Mapping[str, Any], of: str, where: tuple[Key, ...]) -> tuple[str, str]:
        value = about.get("applies_to")
        if not isinstance(value, dict):
            self.refuse(f"{of} does not say for whom and where.", "Add `applies_to: {who: adult men, where: whole country}`.", *where)
            return "", ""
        self.only(value, ("who", "where"), *where, "applies_to")
        return (self.text(value, "who", of, "Add for whom it is true.", *where, "applies_to"),
                self.text(value, "where", of, "Add where it is true; `whole country` if everywhere.", *where, "applies_to"))

    def days(self, about: Mapping[str, Any], of: str, theme: str, where: tuple[Key, ...]) -> tuple[date | None, date | None]:
        as_of = self.day(about, "as_of", of, "the day it was true.", where)
        months = self.country.themes[theme].months if theme in self.country.themes else 0
        hint = f"this theme is reviewed every {months} months." if months else "from then on it counts as unknown."
        review_by = self.day(about, "review_by", of, hint, where)
        if as_of and review_by and review_by <= as_of:
            self.refuse(f"{of} is to be reviewed before it was true.", "Set review_by after as_of.", *where, "review_by")
        return as_of, review_by

    def day(self, about: Mapping[str, Any], key: str, of: str, meaning: str, where: tuple[Key, ...]) -> date | None:
        if about.get(key) is None:
            problem = "has no date" if key == "as_of" else "has no review date"
            self.refuse(f"{of} {problem}.", f'Add "{key}: YYYY-MM-DD", {meaning}', *where)
            return None
        if (found := _day(about[key])) is None:
            self.refuse(f'{of}: {key} is "{about[key]}", which is not a day.', "Write YYYY-MM-DD.", *where, key)
        return found

    def cited(self, about: Mapping[str, Any], of: str, sources: Mapping[str, CountrySource], where: tuple[Key, ...]) -> tuple[str, ...]:
        value = about.get("sources")
        if not isinstance(value, list) or not value:
            self.refuse(f"{of} has no source.", "Add `sources: [report_2025]`; a claim without a source is refused.", *where)
            return ()
        for id in value:
            if id not in sources:
                self.refuse(f'{of} names the source "{id}", which is not in this file.', _meant(str(id), sources) or "Add it under `sources:`.",
                            *where, "sources")
        return tuple(dict.fromkeys(str(id) for id in value))

    def checked(self, about: Mapping[str, Any], of: str, where: tuple[Key, ...]) -> str:
        value = about.get("checked")
        if isinstance(value, dict) and _day(value.get("date")) and value.get("by"):
            return f"{value['date']}, {value['by']}"
        if value not in (None, NOBODY):
            self.refuse(f"{of}: checked does not say when and by whom.", "Write `checked: {date: YYYY-MM-DD, by: …}` or `checked: nobody yet`.",
                        *where, "checked")
        return ""

    def figures(self, sources: Mapping[str, CountrySource]) -> dict[str, Figure]:
        """Figures of an invented country; real ones come from the datasets alone."""
        value = self.value.get("figures") or {}
        if value and not self.entry.invented:
            self.refuse("figures of a real country do not stand in its profile.", "Take them out; they come from the datasets.", "figures")
            return {}
        found = {}
        for id, about in value.items():
            template = self.country.figures.get(id)
            if template is None or not isinstance(about, dict) or about.get("source") not in sources or type(about.get("year")) is not int:
                self.refuse(f'the figure "{id}" needs a known indicator, a value, a year and a source of this file.',
                            "Write `id: {value: 0.4, year: 2025, position: 0.3, source: report_2025}`.", "figures", id)
                continue
            found[id] = replace(template, value=about.get("value"), year=about["year"], position=about.get("position"), source=about["source"],
                                note="Invented.", licence="invented")
        return found


# --- small words


def _refuse(problems: Sequence[CountryInfoError]) -> None:
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise CountryInfoProblems(problems)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _meant(word: Any, known: Any) -> str:
    close = get_close_matches(str(word), [str(one) for one in known], n=1)
    return f'Did you mean "{close[0]}"?' if close else ""


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
