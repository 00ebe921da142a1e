"""Reads the claims of one country, strictly: what a claim must say before anyone may rely on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from safe_lib.catalogue.history import history_problems
from safe_lib.catalogue.reading import Key, Located
from safe_lib.model.country import REMARKS, Claim, Country, CountrySource, Figure, NotFound
from safe_lib.model.errors import CountryInfoError, Problems

KINDS: Final = ("government", "intergovernmental", "ngo", "media", "academic", "court", "other")
LEVELS: Final = ("strong", "partial", "weak", "absent")  # unless a theme has its own
NOBODY: Final = "nobody yet"  # in `checked`: written down, but no second person has looked at it

_ABOUT_PROFILE: Final = ("country", "name", "names", "about", "version", "invented", "compiled", "claims", "figures", "sources",
                         "not_found", "recalled", "notes", "history")
_ABOUT_CLAIM: Final = ("id", "theme", "level", "says", "applies_to", "as_of", "review_by", "sources", "checked", "disagrees_with", "note")
_ABOUT_SOURCE: Final = ("title", "publisher", "kind", "published", "retrieved", "url", "quotes", *REMARKS)

_ID = re.compile(r"[a-z][a-z0-9_]*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PUBLISHED = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_PUBLISHED_ABOUT = re.compile(r"about \d{4}|undated")
_NOT_FOUND = re.compile(r"(?:(T\d+):\s*)?(?!T\d+:?$)(.+)", re.DOTALL)  # theme and what; a bare theme says nothing


class CountryInfoProblems(Problems, CountryInfoError):
    """Several problems of country information, told together."""


class Profile:
    """Reads one profile and collects every problem in it before it complains."""

    def __init__(self, located: Located, lines: Sequence[str], country: Country) -> None:
        """`lines` are those of the file; `country` is what is known without it: code, name, themes and figures."""
        self.located, self.lines, self.country = located, lines, country
        self.value: dict[str, Any] = located.value if isinstance(located.value, dict) else {}
        self.file = f"{country.iso3}/{located.file}"
        self.problems: list[CountryInfoError] = []

    def read(self) -> Country:
        """The country with its claims and their sources.

        Raises:
            CountryInfoError: the profile cannot be used as written; several problems come in one error.
        """
        self._head()
        sources = self._sources()
        claims = self._claims(sources)
        figures = self._figures(sources)
        not_found = self._not_found()
        for where, problem, repair in history_problems(self.value):
            self._refuse(problem, repair, *where)
        refuse(self.problems)
        return replace(self.country, claims=claims, sources=sources, figures={**self.country.figures, **figures}, not_found=not_found)

    def _refuse(self, problem: str, repair: str, *where: Key) -> None:
        found = CountryInfoError(self.file, self.located.line(*where), problem, repair=repair)
        found.where = where
        self.problems.append(found)

    def _only(self, keys: Any, allowed: Sequence[str], *where: Key) -> None:
        for key in keys:
            if key not in allowed:
                self._refuse(f'"{key}" is not a word known here.', meant(key, allowed) or f"Use {one_of(allowed)}.", *where, key)

    def _head(self) -> None:
        self._only(self.value, _ABOUT_PROFILE)
        if self.value.get("country") != self.country.iso3:
            self._refuse(f"the file is about {self.value.get('country') or 'no country'}, but lies in {self.country.iso3}.",
                         f"Write `country: {self.country.iso3}`, or move the file.", "country")
        if bool(self.value.get("invented")) != self.country.invented:
            self._refuse("a real country cannot be invented.", "Take `invented` out.", "invented")

    def _text(self, about: Mapping[str, Any], key: str, of: str, repair: str, *where: Key) -> str:
        found = about.get(key)
        if isinstance(found, (str, int)) and not isinstance(found, bool) and str(found).strip():
            return str(found).strip()
        self._refuse(f"{of} has no {key}.", repair, *where, key)
        return ""

    def _sources(self) -> dict[str, CountrySource]:
        value = self.value.get("sources") or {}
        if not isinstance(value, dict):
            self._refuse("the sources are not written by id.", "Write `sources:` and below it `report_2025: {title: …}`.", "sources")
            return {}
        return {id: self._source(id, about if isinstance(about, dict) else {}, value) for id, about in value.items()}

    def _source(self, id: str, about: Mapping[str, Any], others: Mapping[str, Any]) -> CountrySource:
        where: tuple[Key, ...] = ("sources", id)
        of = f'source "{id}"'
        self._only(about, _ABOUT_SOURCE, *where)
        title = self._text(about, "title", of, "Add its title.", *where)
        publisher = self._text(about, "publisher", of, "Add who published it; a source nobody stands for is not one.", *where)
        kind = self._text(about, "kind", of, f"Add kind: {one_of(KINDS)}.", *where)
        published = self._published(about, of, where)
        if kind and kind not in KINDS:
            self._refuse(f'{of} has the kind "{kind}".', meant(kind, KINDS) or f"Write {one_of(KINDS)}.", *where, "kind")
        if about.get("retrieved") and _day(about["retrieved"]) is None:
            self._refuse(f'{of} was retrieved "{about["retrieved"]}", which is not a day.', "Write YYYY-MM-DD.", *where, "retrieved")
        url = str(about.get("url") or "")
        if url and not url.startswith(("https://", "http://")):
            self._refuse(f"the address of {of} does not begin with https://.", "Write the full address, or leave url out.", *where, "url")
        quotes = self._quotes(id, about, others, where)
        remarks = {key: str(about[key]) for key in REMARKS if about.get(key) is not None}
        return CountrySource(id, title, publisher, kind, published, str(about.get("retrieved") or ""), url, quotes, **remarks)

    def _published(self, about: Mapping[str, Any], of: str, where: tuple[Key, ...]) -> str:
        """A date as precise as it is known; one that was inferred, or not shown at all, says how it is known."""
        published = self._text(about, "published", of, 'Add `published: "2025-09"`, as precise as it is known.', *where)
        if not published or _PUBLISHED.fullmatch(published):
            return published
        if not _PUBLISHED_ABOUT.fullmatch(published):
            self._refuse(f'{of} was published "{published}", which is not a date.',
                         "Write YYYY, YYYY-MM or YYYY-MM-DD; `about YYYY` or `undated` with a published_note where no date is shown.", *where, "published")
        elif not about.get("published_note"):
            self._refuse(f'{of} was published "{published}" without a word on how that is known.',
                         "Add `published_note: year not shown; the text speaks of a vote in August`.", *where, "published")
        return published

    def _quotes(self, id: str, about: Mapping[str, Any], others: Mapping[str, Any], where: tuple[Key, ...]) -> tuple[str, ...]:
        """Whom it repeats: an id is a source of this file, several words name an original that was not read itself."""
        value = about.get("quotes") or []
        written = [str(one).strip() for one in (value if isinstance(value, list) else [value])]
        for quoted in written:
            if quoted == id:
                self._refuse(f'source "{id}" quotes itself.', "Name the original, or take `quotes` out.", *where, "quotes")
            elif not quoted or (_ID.fullmatch(quoted) and quoted not in others):
                self._refuse(f'source "{id}" quotes "{quoted}", which is not a source here.',
                             meant(quoted, others) or "Add that source, or name it in words.", *where, "quotes")
        return tuple(dict.fromkeys(written))

    def _claims(self, sources: Mapping[str, CountrySource]) -> tuple[Claim, ...]:
        value = self.value.get("claims")
        if not isinstance(value, list):
            self._refuse("there is no list of claims.", "Write `claims:` and below it the claims; `claims: []` if there are none yet.", "claims")
            return ()
        written = [about if isinstance(about, dict) else {} for about in value]
        ids = [about.get("id") for about in written]
        for number, id in enumerate(ids):
            if id and id in ids[:number]:
                self._refuse(f'claim "{id}" stands twice.', "Give one of them another id.", "claims", number, "id")
        found = [self._claim(number, about, sources, ids) for number, about in enumerate(written)]
        return tuple(claim for claim in found if claim is not None)

    def _claim(self, number: int, about: Mapping[str, Any], sources: Mapping[str, CountrySource], ids: Sequence[Any]) -> Claim | None:
        where: tuple[Key, ...] = ("claims", number)
        before = len(self.problems)
        self._only(about, _ABOUT_CLAIM, *where)
        id = self._text(about, "id", f"claim number {number + 1}", "Add a short id, such as shelter_places.", *where)
        of = f'claim "{id or number + 1}"'
        theme = self._theme(about, of, where)
        level = self._level(about, of, theme, where)
        says = self._text(about, "says", of, "Add one sentence: what is so, with numbers.", *where)
        who, place = self._applies_to(about, of, where)
        as_of, review_by = self._days(about, of, theme, where)
        cited = self._cited(about, of, sources, where)
        checked = self._checked(about, of, where)
        others = self._disagrees_with(id, about, of, ids, where)
        if len(self.problems) > before or as_of is None or review_by is None:
            return None
        return Claim(id, theme, level, says, who, place, as_of, review_by, cited, checked, others, str(about.get("note") or ""))

    def _disagrees_with(self, id: str, about: Mapping[str, Any], of: str, ids: Sequence[Any], where: tuple[Key, ...]) -> tuple[str, ...]:
        value = about.get("disagrees_with") or []
        written = [str(one) for one in (value if isinstance(value, list) else [value])]
        for other in written:
            if other == id:
                self._refuse(f"{of} disagrees with itself.", "Write the other side as a claim of its own, and name that.", *where, "disagrees_with")
            elif other not in ids:
                self._refuse(f'{of} disagrees with "{other}", which is not a claim here.', meant(other, ids) or "Take it out.", *where, "disagrees_with")
        return tuple(dict.fromkeys(written))

    def _theme(self, about: Mapping[str, Any], of: str, where: tuple[Key, ...]) -> str:
        theme = self._text(about, "theme", of, "Add the theme it belongs to, such as T05; themes.yaml lists them.", *where)
        if theme and theme not in self.country.themes:
            self._refuse(f'{of} is about "{theme}", which is not a theme.', meant(theme, self.country.themes) or "themes.yaml lists them.",
                         *where, "theme")
        return theme

    def _level(self, about: Mapping[str, Any], of: str, theme: str, where: tuple[Key, ...]) -> str:
        """The level, or nothing where `level: null` says on purpose that the claim describes and grades nothing."""
        levels = self.country.themes[theme].levels if theme in self.country.themes else ()
        if "level" not in about:
            self._refuse(f"{of} has no level.", f"Add level: {one_of(levels or LEVELS)}; `level: null` if it grades nothing.", *where, "level")
            return ""
        level = about["level"]
        if level is None and "null" not in self.lines[self.located.line(*where, "level") - 1]:
            self._refuse(f"the level of {of} is left empty.", f"Write {one_of(levels or LEVELS)}, or null if it grades nothing.", *where, "level")
        if level is None:
            return ""
        if level not in (levels or LEVELS):
            self._refuse(f'{of} has the level "{level}".', meant(str(level), levels) or f"Write {one_of(levels or LEVELS)}, or null.", *where, "level")
        return str(level)

    def _applies_to(self, about: Mapping[str, Any], of: str, where: tuple[Key, ...]) -> tuple[str, str]:
        value = about.get("applies_to")
        if not isinstance(value, dict):
            self._refuse(f"{of} does not say for whom and where.", "Add `applies_to: {who: adult men, where: whole country}`.", *where, "applies_to")
            return "", ""
        self._only(value, ("who", "where"), *where, "applies_to")
        return (self._text(value, "who", of, "Add for whom it is true.", *where, "applies_to"),
                self._text(value, "where", of, "Add where it is true; `whole country` if everywhere.", *where, "applies_to"))

    def _days(self, about: Mapping[str, Any], of: str, theme: str, where: tuple[Key, ...]) -> tuple[date | None, date | None]:
        as_of = self._day(about, "as_of", of, "the day it was true.", where)
        months = self.country.themes[theme].months if theme in self.country.themes else 0
        hint = f"this theme is reviewed every {months} months." if months else "from then on it counts as unknown."
        review_by = self._day(about, "review_by", of, hint, where)
        if as_of and review_by and review_by <= as_of:
            self._refuse(f"{of} is to be reviewed before it was true.", "Set review_by after as_of.", *where, "review_by")
        return as_of, review_by

    def _day(self, about: Mapping[str, Any], key: str, of: str, meaning: str, where: tuple[Key, ...]) -> date | None:
        if about.get(key) is None:
            problem = "has no date" if key == "as_of" else "has no review date"
            self._refuse(f"{of} {problem}.", f'Add "{key}: YYYY-MM-DD", {meaning}', *where, key)
            return None
        if (found := _day(about[key])) is None:
            self._refuse(f'{of}: {key} is "{about[key]}", which is not a day.', "Write YYYY-MM-DD.", *where, key)
        return found

    def _cited(self, about: Mapping[str, Any], of: str, sources: Mapping[str, CountrySource], where: tuple[Key, ...]) -> tuple[str, ...]:
        value = about.get("sources")
        if not isinstance(value, list) or not value:
            self._refuse(f"{of} has no source.", "Add `sources: [report_2025]`; a claim without a source is refused.", *where, "sources")
            return ()
        for id in map(str, value):
            if id not in sources:
                self._refuse(f'{of} names the source "{id}", which is not in this file.', meant(id, sources) or "Add it under `sources:`.",
                             *where, "sources")
        return tuple(dict.fromkeys(str(id) for id in value))

    def _checked(self, about: Mapping[str, Any], of: str, where: tuple[Key, ...]) -> str:
        value = about.get("checked")
        if isinstance(value, dict) and _day(value.get("date")) and value.get("by"):
            return f"{value['date']}, {value['by']}"
        if value not in (None, NOBODY):
            self._refuse(f"{of}: checked does not say when and by whom.", "Write `checked: {date: YYYY-MM-DD, by: …}` or `checked: nobody yet`.",
                         *where, "checked")
        return ""

    def _not_found(self) -> tuple[NotFound, ...]:
        value = self.value.get("not_found") or []
        if not isinstance(value, list):
            self._refuse("what was not found is not a list.", 'Write `not_found:` and below it `- "T09: places for men; searched 14 May 2026."`', "not_found")
            return ()
        found = []
        for number, written in enumerate(value):
            parts = _NOT_FOUND.fullmatch(written.strip()) if isinstance(written, str) else None
            if parts is None:
                self._refuse("this does not say what was not found.", 'Write `- "T09: places for men; searched 14 May 2026."`', "not_found", number)
            elif parts[1] and parts[1] not in self.country.themes:
                self._refuse(f'"{parts[1]}" is not a theme.', meant(parts[1], self.country.themes) or "themes.yaml lists them.", "not_found", number)
            else:
                found.append(NotFound(parts[2], parts[1] or ""))
        return tuple(found)

    def _figures(self, sources: Mapping[str, CountrySource]) -> dict[str, Figure]:
        """Figures of an invented country; real ones come from the datasets alone."""
        value = self.value.get("figures") or {}
        if value and not self.country.invented:
            self._refuse("figures of a real country do not stand in its profile.", "Take them out; they come from the datasets.", "figures")
            return {}
        found = {}
        for id, about in value.items() if isinstance(value, dict) else ():
            template = self.country.figures.get(id)
            if template is None or not _is_figure(about) or about["source"] not in sources:
                self._refuse(f'the figure "{id}" needs a known indicator, a value, a year, a position and a source of this file.',
                             "Write `id: {value: 0.4, year: 2025, position: 0.3, source: report_2025}`.", "figures", id)
                continue
            found[id] = replace(template, **about, note="Invented.", licence="invented")
        return found


def _is_figure(about: Any) -> bool:
    kinds = {"value": (int, float), "year": (int,), "position": (float, int), "source": (str,)}
    return isinstance(about, dict) and about.keys() == kinds.keys() and all(isinstance(about[key], kind) for key, kind in kinds.items())


def refuse(problems: Sequence[CountryInfoError]) -> None:
    """Raise what was found: the problem itself, or all of them in one error."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise CountryInfoProblems(problems)


def meant(word: object, known: Iterable[object]) -> str:
    """A question that names the nearest known word; empty where none is near."""
    close = get_close_matches(str(word), [str(one) for one in known], n=1)
    return f'Did you mean "{close[0]}"?' if close else ""


def one_of(words: Sequence[str]) -> str:
    """Words as a choice: strong, partial, weak or absent."""
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        return None
