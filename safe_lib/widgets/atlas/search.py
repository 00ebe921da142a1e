"""Looking for words in every claim, without an index: the texts are folded once and kept as long as their country does not change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape
from typing import Final

from safe_lib.casework import country_named
from safe_lib.engine.country import origins, theme_view
from safe_lib.engine.search import folded, has_all, words_of
from safe_lib.model.country import Claim, Country
from safe_lib.widgets.atlas.asked import STATUSES, Asked, hidden, link
from safe_lib.widgets.atlas.claims import claim_html
from safe_lib.widgets.atlas.names import entries
from safe_lib.widgets.atlas.reading import Reading

MOST: Final = 40  # claims shown; how many more there are is said


@dataclass(frozen=True, slots=True)
class Found:
    """One claim that has every word."""

    country: Country
    claim: Claim


def search(asked: Asked, on: date) -> tuple[Found, ...]:
    """The claims that have every word and fit country, theme and status; those that still count first, then the newest."""
    words = words_of(asked.words)
    if not words and not asked.status:
        return ()
    codes = [asked.country] if asked.country else [code for code, entry in entries().items() if entry.has_claims]
    found = [one for code in codes if code in entries() for one in _in_country(country_named(code), words, asked, on)]
    return tuple(sorted(found, key=lambda one: (one.claim.is_outdated(on), -one.claim.as_of.toordinal(), one.country.iso3, one.claim.id)))


def _in_country(country: Country, words: Sequence[str], asked: Asked, on: date) -> Iterator[Found]:
    texts = _folded(country.iso3, country.hash)
    for claim in country.claims:
        if (
            claim.as_of <= on
            and (not asked.theme or claim.theme == asked.theme)
            and has_all(texts[claim.id], words)
            and _has_status(claim, country, asked.status, on)
        ):
            yield Found(country, claim)


@lru_cache(maxsize=256)
def _folded(iso3: str, _hash: str) -> dict[str, str]:
    """What is looked through for each claim of a country."""
    country = country_named(iso3)
    return {claim.id: folded(" ".join(_said(claim, country))) for claim in country.claims}


def _said(claim: Claim, country: Country) -> Iterator[str]:
    yield from (claim.says, claim.who, claim.where, claim.note, claim.id.replace("_", " "), country.name, *country.names.values())
    theme = country.themes.get(claim.theme)
    if theme:
        yield f"{theme.id} {theme.title}"
    for source in (country.sources[id] for id in claim.sources if id in country.sources):
        yield f"{source.title} {source.publisher} {source.where}"


def _has_status(claim: Claim, country: Country, status: str, on: date) -> bool:
    match status:
        case "outdated":
            return claim.is_outdated(on)
        case "current":
            return not claim.is_outdated(on)
        case "single":
            return len(origins([claim], country.sources)) == 1
        case "conflicting":
            return theme_view(country, claim.theme, on).status == "conflicting"
    return True


# HTML


def search_html(reading: Reading) -> str:
    """The form, and what was found."""
    return f"{_form(reading)}{_results(reading)}"


def _form(reading: Reading) -> str:
    asked, texts = reading.asked, reading.texts
    themes = [("", texts("atlas.search.any_theme")), *((id, f"{id} {theme.title}") for id, theme in reading.themes.items())]
    statuses = [("", texts("atlas.search.any_status")), *((status, texts(f"atlas.search.status.{status}")) for status in STATUSES)]
    known = [("", texts("atlas.search.any_country")), *_with_claims(reading)]
    return (
        f'<form class="tools card" method="get" role="search" aria-label="{escape(texts("atlas.search.title"))}" action="#search">'
        f"{hidden(asked, texts.language, ('q', 'theme', 'status', 'country', 'name', 'map'))}"
        f'<div class="field wide"><label for="q">{escape(texts("atlas.search.words"))}</label>'
        f'<input class="input" type="search" id="q" name="q" value="{escape(asked.words)}" dir="auto" autocomplete="off" maxlength="200"></div>'
        f"{select_html('q-country', 'country', texts('atlas.search.country'), known, asked.country)}"
        f"{select_html('q-theme', 'theme', texts('atlas.search.theme'), themes, asked.theme)}"
        f"{select_html('q-status', 'status', texts('atlas.search.status'), statuses, asked.status)}"
        f'<button class="btn" type="submit">{escape(texts("atlas.search.go"))}</button></form>'
    )


def _with_claims(reading: Reading) -> list[tuple[str, str]]:
    codes = {code for code, entry in entries().items() if entry.has_claims} | ({reading.asked.country} & entries().keys())
    return sorted(((code, reading.name_by_code(code)) for code in codes), key=lambda pair: folded(pair[1]))


def select_html(id: str, name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> str:
    """A choice with its label."""
    lines = "".join(f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(word)}</option>' for value, word in options)
    return f'<div class="field"><label for="{id}">{escape(label)}</label><select class="input" id="{id}" name="{name}">{lines}</select></div>'


def _results(reading: Reading) -> str:
    asked, texts = reading.asked, reading.texts
    if not asked.words and not asked.status:
        return ""
    found = search(asked, reading.on)
    words = words_of(asked.words)
    count = texts("atlas.search.none" if not found else "atlas.search.one" if len(found) == 1 else "atlas.search.found", n=len(found))
    more = texts("atlas.search.more", n=MOST) if len(found) > MOST else ""
    elsewhere = f'<a href="{link(asked, texts.language, "search", country="")}">{escape(texts("atlas.search.everywhere"))}</a>' if asked.country else ""
    listed = "".join(_found_html(one, reading, words) for one in found[:MOST])
    return (
        f'<p class="strong" role="status" data-found="{len(found)}">{escape(count)} <span class="quiet">{escape(more)}</span> {elsewhere}</p>'
        f'<div class="claims">{listed}</div>'
    )


def _found_html(found: Found, reading: Reading, words: Sequence[str]) -> str:
    texts, claim = reading.texts, found.claim
    title = reading.themes[claim.theme].title if claim.theme in reading.themes else claim.theme
    address = link(Asked(country=found.country.iso3, on=reading.asked.on, case=reading.asked.case), texts.language, f"claim-{claim.id}")
    about = f'<p class="about"><a href="{address}">{escape(reading.name(found.country))}, {escape(claim.theme)} {escape(title)}</a></p>'
    return claim_html(claim, found.country, reading.on, texts, words, level=3, about=about)
