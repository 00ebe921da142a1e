"""One claim as a page shows it: what it says, its status in word and shape, for whom, where, when, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any, Final

from safe_lib.model.change import Change, difference
from safe_lib.model.country import Claim, Country, CountrySource
from safe_lib.model.document import Badge
from safe_lib.model.texts import Texts
from safe_lib.widgets.blocks import badge_html

SHORT: Final = 90  # signs of a sentence where only a reminder of it is needed


def claim_article(claim: Claim, country: Country, texts: Texts, *, on: date | None = None, foot: str = "", id: str = "") -> str:
    """A claim. With `on` its status on that day is shown; `foot` is HTML below it, such as what can be done with it."""
    status = ("outdated" if claim.is_outdated(on) else "current") if on else ""
    sign = badge_html(Badge("claim", status, texts(f"claim.{status}"))) if status else ""
    level = texts("change.says_level", level=level_words(claim.level, texts)) if claim.level else texts("change.no_level")
    name = f' id="{escape(id)}"' if id else ""
    mark = f' data-status="{status}"' if status else ""
    return (f'<article class="claim"{name}{mark}><div class="top">{sign}<span class="says-level">{escape(level)}</span></div>'
            f'<h3 class="says"><bdi>{escape(claim.says)}</bdi></h3><dl class="facts">{_facts(claim, country, texts)}</dl>{foot}</article>\n')


def _facts(claim: Claim, country: Country, texts: Texts) -> str:
    cited = [source_words(country.sources[id]) if id in country.sources else id for id in claim.sources]
    otherwise = ", ".join(claim.disagrees_with)
    pairs = (("who", claim.who), ("where", claim.where), ("as_of", claim.as_of.isoformat()), ("review_by", claim.review_by.isoformat()),
             ("sources", "; ".join(cited)), ("disagrees_with", otherwise), ("note", claim.note), ("checked", claim.checked or texts("change.nobody")))
    return "".join(f"<dt>{escape(texts(f'change.field.{name}'))}</dt><dd><bdi>{escape(value)}</bdi></dd>" for name, value in pairs if value)


def source_words(source: CountrySource) -> str:
    """A source in one line: title, publisher, date, and the part that was read."""
    return ", ".join(filter(None, (source.title, source.publisher, source.published, source.where)))


def level_words(level: str, texts: Texts) -> str:
    """A level in words; a theme may have levels of its own, which stand as they are written."""
    return texts(f"change.level.{level}") if texts.has(f"change.level.{level}") else level


def in_short(words: str) -> str:
    """The beginning of a sentence."""
    return words if len(words) <= SHORT else words[:SHORT].rsplit(" ", 1)[0] + " …"


def difference_in_words(change: Change, texts: Texts) -> tuple[tuple[str, str, str], ...]:
    """The fields that a change alters: label, before, after. Who looked at it is left out; confirming says that anew."""
    rows = []
    for key, *_ in difference(change.former, change.entry):
        if key not in ("id", "checked"):
            before, after = (value_words(key, side[key], texts) if key in side else texts("change.nothing") for side in (change.former, change.entry))
            rows.append((_name(key, texts), before, after))
    return tuple(rows)


def value_words(name: str, value: Any, texts: Texts) -> str:
    """The value of a field of an entry in words, for a difference."""
    if name == "level":
        return texts("change.no_level") if value is None else level_words(str(value), texts)
    if isinstance(value, Mapping):
        return "; ".join(f"{_name(key, texts)}: {value_words(key, part, texts)}" for key, part in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value)
    if name == "checked" and value == "nobody yet":
        return texts("change.nobody")
    return "" if value is None else str(value)


def _name(key: str, texts: Texts) -> str:
    return texts(f"change.field.{key}") if texts.has(f"change.field.{key}") else key
