"""The provinces, states or regions of a country, for thinking about a relocation: which of them a claim names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from safe_lib.catalogue.countries import Subdivision, list_subdivisions
from safe_lib.model.country import Claim, Country
from safe_lib.widgets.atlas.asked import link
from safe_lib.widgets.atlas.claims import in_english, status_of
from safe_lib.widgets.atlas.reading import Reading

KINDS: Final = frozenset({"state", "county", "province", "region", "district", "oblast", "governorate", "prefecture", "municipality", "city", "department"})


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """One subdivision, and the claims whose place names it."""

    place: Subdivision
    claims: tuple[Claim, ...]


def places_of(country: Country) -> tuple[NamedPlace, ...]:
    """Every subdivision with the claims that name it, in the order of the alphabet.

    A claim names a place when the name stands in its `where` with a capital and by itself: “Edo State” names Edo, “southern
    Nigeria” no place called Southern, and “Niger Delta” neither Niger nor Delta.
    """
    listed = sorted(list_subdivisions(country.iso3), key=lambda place: _plain(place.name).casefold())
    wheres = {claim.id: _plain(claim.where) for claim in country.claims}
    return tuple(NamedPlace(place, tuple(claim for claim in country.claims if _names(wheres[claim.id], place.name))) for place in listed)


def _plain(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def _names(where: str, name: str) -> bool:
    # Albanian places have two forms: Tiranë on a list, Tirana in a sentence.
    if _plain(name)[:-1] not in where:
        return False
    written = f"{re.escape(_plain(name)[:-1])}[ea]" if name.endswith("ë") else re.escape(_plain(name))
    return any(not _is_part(where, *found.span()) for found in re.finditer(rf"(?<!\w){written}(?!\w)", where))


def _is_part(where: str, start: int, end: int) -> bool:
    """Whether a name is a part of a longer one: another word with a capital stands directly beside it."""
    before = re.search(r"([A-Z]\w*) $", where[:start])
    after = re.match(r" ([A-Z]\w*)", where[end:])
    return bool(before) or bool(after and after[1].casefold().removesuffix("s") not in KINDS)


def places_html(reading: Reading) -> str:
    """The places that claims name, with links to those claims; then the list of all."""
    country, texts = reading.country, reading.texts
    if country is None:
        return ""
    places = places_of(country)
    if not places:
        return f'<p class="quiet">{escape(texts("atlas.places.none"))}</p>'
    named = [one for one in places if one.claims]
    rows = "".join(_row(one, reading) for one in named)
    heads = "".join(f'<th scope="col" role="columnheader">{escape(texts(f"atlas.places.{key}"))}</th>' for key in ("place", "code", "claims"))
    table = (
        f'<table class="tbl fold-rows" role="table"><caption>{escape(texts("atlas.places.named"))}</caption>'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
        if named
        else f"<p>{escape(texts('atlas.places.none_named'))}</p>"
    )
    others = _others([one.place for one in places], {one.code: one.name for one in (p.place for p in places)}, texts("atlas.places.all", n=len(places)))
    return f"{table}{others}"


def _row(one: NamedPlace, reading: Reading) -> str:
    texts = reading.texts
    claims = "".join(_claim(claim, reading) for claim in one.claims)
    return (
        f'<tr role="row"><th scope="row" role="rowheader">{escape(one.place.name)}</th>'
        f'<td role="cell" data-label="{escape(texts("atlas.places.code"))}"><div><bdi>{escape(one.place.code)}</bdi></div></td>'
        f'<td role="cell" data-label="{escape(texts("atlas.places.claims"))}"><div><ul class="plain">{claims}</ul></div></td></tr>'
    )


def _claim(claim: Claim, reading: Reading) -> str:
    """A claim that names the place, as a link to where it stands with its sources."""
    texts = reading.texts
    address = link(reading.asked, texts.language, f"claim-{claim.id}")
    state = f"{claim.as_of.isoformat()}, {texts(f'atlas.status.{status_of(claim, reading.on)}')}"
    said = f"<b>{escape(claim.theme)}</b> <span{in_english(texts)}>{escape(claim.says)}</span>"
    return f'<li><a href="{address}">{said}</a> <span class="quiet small">{escape(state)}</span></li>'


def _others(places: list[Subdivision], names: Mapping[str, str], summary: str) -> str:
    items = "".join(
        f'<li>{escape(place.name)} <span class="quiet"><bdi>{escape(place.code)}</bdi>, {escape(_kind(place, names))}</span></li>' for place in places
    )
    return f'<details class="more"><summary>{escape(summary)}</summary><ul class="plain in-more columns" lang="en">{items}</ul></details>'


def _kind(place: Subdivision, names: Mapping[str, str]) -> str:
    """What it is, and what it is part of."""
    return f"{place.kind}, {names[place.parent]}" if place.parent in names else place.kind
