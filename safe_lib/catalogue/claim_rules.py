"""When a new, renewed or corrected claim is refused: the rules of `country_info/README.md` that a program can see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from safe_lib.catalogue.change_rules import Broken, day_in
from safe_lib.catalogue.countries import load_themes
from safe_lib.model.change import Change
from safe_lib.model.country import Theme

NEEDED_OF_A_SOURCE: Final = ("title", "publisher", "kind", "published", "retrieved", "where")  # `where`: the page or section that was read

# What leads to a person: an e-mail address, or a telephone number written for other countries.
_REACHES: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\+\d[\d ()/-]{7,}")
_WORDS: Final = ("says", "note")


def claim_rules(change: Change, file: Mapping[str, Any], today: date) -> Iterator[Broken]:
    """Rules for a claim: sourced, dated, for whom and where, within the months of its theme, about nobody in particular."""
    if change.what == "withdraw":
        return
    theme = load_themes().get(str(change.entry.get("theme") or ""))
    yield from _what_it_says(change, theme)
    yield from _days(change, theme, today)
    yield from _sources(change, file, today)


def _what_it_says(change: Change, theme: Theme | None) -> Iterator[Broken]:
    entry = change.entry
    if theme is None:
        yield Broken("theme", "theme")
    elif change.former and entry["theme"] != change.former.get("theme"):
        yield Broken("theme", "theme_moved")
    if "level" not in entry or (theme is not None and entry["level"] not in (None, *theme.levels)):
        yield Broken("level", "level")
    if not str(entry.get("says") or "").strip():
        yield Broken("says", "says")
    about = entry.get("applies_to")
    for key in ("who", "where"):
        said = str(about.get(key) or "") if isinstance(about, Mapping) else ""
        if not said.strip():
            yield Broken(key, key)
        elif _REACHES.search(said):
            yield Broken(key, "reaches")
    for key in _WORDS:
        if _REACHES.search(str(entry.get(key) or "")):
            yield Broken(key, "reaches")


def _days(change: Change, theme: Theme | None, today: date) -> Iterator[Broken]:
    true, review = day_in(change.entry.get("as_of")), day_in(change.entry.get("review_by"))
    before = day_in(change.former.get("as_of"))
    if true is None:
        yield Broken("as_of", "as_of")
    elif true > today:
        yield Broken("as_of", "as_of_future")
    elif change.what == "renew" and before is not None and true <= before:
        yield Broken("as_of", "as_of_older", {"before": before.isoformat()})
    if review is None:
        yield Broken("review_by", "review_by")
    elif true is not None and review <= true:
        yield Broken("review_by", "review_before")
    elif true is not None and theme is not None and review > months_after(true, theme.months) and not change.entry.get("note"):
        yield Broken("review_by", "review_late", {"months": theme.months, "latest": months_after(true, theme.months).isoformat()})


def _sources(change: Change, file: Mapping[str, Any], today: date) -> Iterator[Broken]:
    cited = [str(id) for id in change.entry.get("sources") or ()]
    known = {*(file.get("sources") or {}), *change.sources}
    if not cited:
        yield Broken("sources", "sources")
    for id in cited:
        if id not in known:
            yield Broken("sources", "source_unknown", {"id": id})
    quoted = {str(one) for about in change.sources.values() for one in _listed(about.get("quotes"))}
    for id, about in change.sources.items():
        if id not in cited and id not in quoted:
            yield Broken(f"sources.{id}.title", "source_unused")
        yield from _source(f"sources.{id}.", about, today)


def _source(at: str, about: Mapping[str, Any], today: date) -> Iterator[Broken]:
    for key in NEEDED_OF_A_SOURCE:
        if not str(about.get(key) or "").strip():
            yield Broken(at + key, f"source_{key}")
    read = day_in(about.get("retrieved"))
    if about.get("retrieved") and read is None:
        yield Broken(at + "retrieved", "day")
    elif read is not None and read > today:
        yield Broken(at + "retrieved", "as_of_future")
    if about.get("url") and not str(about["url"]).startswith(("https://", "http://")):
        yield Broken(at + "url", "url")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def months_after(day: date, months: int) -> date:
    """The same day some months later; the last of the month where that month is shorter.

    >>> months_after(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    from calendar import monthrange

    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
