"""Choosing a country: by name, from the list, or on the map. The list comes first, and says all that the map shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from safe_lib.catalogue.countries import CountryEntry
from safe_lib.catalogue.outlines import load_outlines
from safe_lib.engine.beside import fifth
from safe_lib.engine.search import folded
from safe_lib.model.texts import Texts
from safe_lib.widgets.atlas.asked import Asked, hidden, link
from safe_lib.widgets.atlas.names import REGIONS, Standing, entries, found_by, name_of, names_in, neighbours_of, sheet_of, standings
from safe_lib.widgets.atlas.reading import Reading
from safe_lib.widgets.atlas.search import select_html
from safe_lib.widgets.maps import NONE, STEPS, Shade, legend_html, map_svg, window_around

PRACTICE: Final = "practice"  # the group of invented countries
OTHERS: Final = "others"


def choose_html(reading: Reading) -> str:
    """The list beside the map; while a country is open, the head of the page has the way to another one."""
    if reading.country is not None:
        return ""
    return f'<div class="choose"><div class="stack">{_by_name(reading)}{_of_case(reading)}{_list(reading)}</div>{_map(reading)}</div>'


def another_html(reading: Reading) -> str:
    """The way to another country from an open one: a field for its name, and the list with the map."""
    asked, texts = reading.asked, reading.texts
    everything = link(Asked(case=asked.case, on=asked.on), texts.language)
    return f'<div class="another no-print">{_by_name(reading)}<p class="small"><a href="{everything}">{escape(texts("atlas.choose.another"))}</a></p></div>'


# By name


def _by_name(reading: Reading) -> str:
    asked, texts = reading.asked, reading.texts
    return (
        f'<form class="tools" method="get" action="">{hidden(Asked(case=asked.case, on=asked.on), texts.language, ())}'
        f'<div class="field"><label for="name">{escape(texts("atlas.choose.name"))}</label>'
        f'<input class="input" id="name" name="name" value="{escape(asked.name)}" dir="auto" autocomplete="off" spellcheck="false" maxlength="200"></div>'
        f'<button class="btn" type="submit">{escape(texts("atlas.choose.find"))}</button></form>{_found(reading)}'
    )


def _found(reading: Reading) -> str:
    asked, texts = reading.asked, reading.texts
    if not asked.name:
        return ""
    found = found_by(asked.name, texts.language)
    words = texts("atlas.choose.none_found" if not found else "atlas.choose.found", n=len(found))
    items = "".join(f"<li>{_link(entry, reading)}</li>" for entry in found)
    return f'<p role="status" class="strong">{escape(words)}</p>' + (f'<ul class="plain">{items}</ul>' if items else "")


def _link(entry: CountryEntry, reading: Reading) -> str:
    asked = Asked(country=entry.iso3, on=reading.asked.on, case=reading.asked.case)
    return f'<a href="{link(asked, reading.texts.language)}">{escape(name_of(entry, reading.texts.language))}</a>'


def _of_case(reading: Reading) -> str:
    """The countries that the futures of the open case lead to."""
    known = entries()
    items = "".join(f"<li>{_link(known[code], reading)}</li>" for code in reading.of_case if code in known)
    return f'<section class="card"><h3>{escape(reading.texts("atlas.choose.of_case"))}</h3><ul class="plain">{items}</ul></section>' if items else ""


# The list


def _list(reading: Reading) -> str:
    texts = reading.texts
    shades = shades_of(reading)
    with_claims = [entry for entry in _sorted(reading) if entry.has_claims]
    first = "".join(f"<li>{_link(entry, reading)}{_state(entry, shades)}</li>" for entry in with_claims)
    groups = "".join(_group(key, members, reading, shades) for key, members in _groups(reading))
    return (
        f'<section><h3 id="with-claims">{escape(texts("atlas.choose.with_claims", n=len(with_claims)))}</h3><ul class="names">{first}</ul></section>'
        f"<section><h3>{escape(texts('atlas.choose.all', n=len(entries())))}</h3>{groups}</section>"
    )


def _sorted(reading: Reading) -> list[CountryEntry]:
    return sorted(entries().values(), key=lambda entry: folded(name_of(entry, reading.texts.language)))


def _groups(reading: Reading) -> list[tuple[str, list[CountryEntry]]]:
    found: dict[str, list[CountryEntry]] = {key: [] for key in (*REGIONS, OTHERS, PRACTICE)}
    for entry in _sorted(reading):
        found[PRACTICE if entry.invented else entry.region if entry.region in REGIONS else OTHERS].append(entry)
    return [(key, members) for key, members in found.items() if members]


def _group(key: str, members: Sequence[CountryEntry], reading: Reading, shades: Mapping[str, Shade]) -> str:
    items = "".join(f"<li>{_link(entry, reading)}{_state(entry, shades)}</li>" for entry in members)
    title = f"{reading.texts(f'atlas.region.{key}')} ({len(members)})"
    note = f'<p class="small quiet">{escape(reading.texts("atlas.choose.practice"))}</p>' if key == PRACTICE else ""
    return f'<details class="more"><summary>{escape(title)}</summary><div class="in-more">{note}<ul class="names columns">{items}</ul></div></details>'


def _state(entry: CountryEntry, shades: Mapping[str, Shade]) -> str:
    return f' <span class="quiet small">{escape(shades[entry.iso3].words)}</span>' if entry.iso3 in shades else ""


# What the map shows


def shades_of(reading: Reading) -> dict[str, Shade]:
    """How each country is shown: where its figures on a theme stand, or without a theme, what is known at all."""
    theme = reading.asked.theme
    if theme in reading.themes:
        found = standings(theme)
        return {code: _standing_shade(found.get(code), entry.has_claims, reading) for code, entry in entries().items() if not entry.invented}
    return {code: _known_shade(entry, reading) for code, entry in entries().items()}


def _known_shade(entry: CountryEntry, reading: Reading) -> Shade:
    if entry.has_claims:
        return Shade("claims", reading.texts("atlas.map.claims"))
    return Shade("figures", reading.texts("atlas.map.figures")) if entry.has_figures else Shade(NONE, reading.texts("atlas.map.nothing"))


def _standing_shade(found: Standing | None, has_claims: bool, reading: Reading) -> Shade:
    texts = reading.texts
    if not found or found["position"] is None:
        return Shade(NONE, texts("views.no_data"), has_claims)
    years = f"{found['oldest']}" if found["oldest"] == found["newest"] else f"{found['oldest']}–{found['newest']}"
    step = fifth(float(found["position"]))
    words = texts("atlas.map.standing", fifth=texts(f"atlas.fifth.{step}"), n=found["indicators"], years=years)
    return Shade(STEPS[step], words, has_claims)


def legend_of(reading: Reading, id: str) -> str:
    """What the shades mean."""
    texts = reading.texts
    if reading.asked.theme in reading.themes:
        title = texts("atlas.map.scale", theme=reading.themes[reading.asked.theme].title, n=len(reading.themes[reading.asked.theme].indicators))
        steps = [(STEPS[step], texts(f"atlas.fifth.{step}")) for step in range(len(STEPS))]
        return legend_html([*steps, (NONE, texts("views.no_data")), ("told", texts("atlas.map.told"))], id, title)
    kinds = (("claims", "atlas.map.claims"), ("figures", "atlas.map.figures"), (NONE, "atlas.map.nothing"))
    return legend_html([(kind, texts(key)) for kind, key in kinds], id, texts("atlas.map.known"))


# The map


def _map(reading: Reading) -> str:
    asked, texts = reading.asked, reading.texts
    sheet = load_outlines().sheets[asked.sheet]
    title = texts("atlas.map.title", place=texts(f"atlas.sheet.{sheet.name}"))
    here = Asked(case=asked.case, on=asked.on)
    svg = map_svg(
        sheet,
        shades_of(reading),
        names_in(texts.language),
        title=title,
        id="map",
        href=lambda code: link(here, texts.language, country=code),
        described_by="map-says",
    )
    return (
        f'<section class="card map" id="map" aria-labelledby="map-h"><h3 id="map-h">{escape(title)}</h3>{_sheets(reading)}{_theme_form(reading)}'
        f'<p class="small quiet" id="map-says">{escape(texts("atlas.map.says"))} <a href="#after-map">{escape(texts("atlas.map.skip"))}</a></p>'
        f'<figure class="canvas">{svg}</figure>{legend_of(reading, "map")}'
        f'<p class="small quiet" id="after-map" tabindex="-1">{escape(texts("atlas.map.borders"))} {escape(texts("atlas.map.invented"))}</p></section>'
    )


def _sheets(reading: Reading) -> str:
    """The parts of the world, each a link to its own map."""
    asked, texts = reading.asked, reading.texts
    current = ' aria-current="true"'
    items = "".join(
        f'<li><a href="{link(asked, texts.language, "map", sheet=name)}"{current if name == asked.sheet else ""}>'
        f"{escape(texts(f'atlas.sheet.{name}'))}</a></li>"
        for name in load_outlines().sheets
    )
    return f'<nav class="choices" aria-label="{escape(texts("atlas.map.parts"))}"><ul>{items}</ul></nav>'


def _theme_form(reading: Reading) -> str:
    """Which theme colours the map."""
    asked, texts = reading.asked, reading.texts
    themes = [("", texts("atlas.map.no_theme")), *((id, f"{id} {theme.title}") for id, theme in reading.themes.items() if theme.indicators)]
    return (
        f'<form class="tools" method="get" action="#map">{hidden(asked, texts.language, ("theme", "q", "status", "name"))}'
        f"{select_html('map-theme', 'theme', texts('atlas.map.theme'), themes, asked.theme)}"
        f'<button class="btn btn-2" type="submit">{escape(texts("atlas.map.go"))}</button></form>'
    )


# One country and what lies around it


def around_html(reading: Reading) -> str:
    """The map of a country with its neighbours, their list before it; an invented country has a sentence instead."""
    country, texts, asked = reading.country, reading.texts, reading.asked
    if country is None:
        return ""
    entry = entries()[country.iso3]
    near = neighbours_of(country.iso3)
    sheet = sheet_of(entry)
    listed = _neighbours(near, reading)
    window = window_around(country.iso3, sheet) if sheet else None
    if sheet is None or window is None:
        words = texts("atlas.around.invented" if entry.invented else "atlas.around.nowhere")
        return _around(f'<p class="quiet">{escape(words)}</p>', texts)
    title = texts("atlas.around.title", name=reading.name(country))
    svg = map_svg(
        sheet,
        _around_shades(country.iso3, near, reading),
        names_in(texts.language),
        title=title,
        id="around",
        window=window,
        href=lambda code: link(asked, texts.language, country=code, beside=()),
        described_by="around-says",
    )
    note = f'<p class="small quiet" id="around-says">{escape(texts("atlas.map.borders_short"))}</p>'
    return _around(f'{listed}<figure class="canvas">{svg}</figure>{note}', texts)


def _around(inside: str, texts: Texts) -> str:
    return f'<section class="card map around" aria-labelledby="around-h"><h3 id="around-h">{escape(texts("atlas.around"))}</h3>{inside}</section>'


def _around_shades(code: str, near: Sequence[str], reading: Reading) -> dict[str, Shade]:
    texts = reading.texts
    return {code: Shade("here", texts("atlas.around.here")), **{other: Shade("near", texts("atlas.around.neighbour")) for other in near}}


def _neighbours(near: Sequence[str], reading: Reading) -> str:
    texts = reading.texts
    if not near:
        return f'<p class="quiet">{escape(texts("atlas.around.no_neighbours"))}</p>'
    known = entries()
    items = "".join(f"<li>{_link(known[code], reading)}</li>" for code in sorted(near, key=lambda code: folded(name_of(known[code], texts.language))))
    return f'<ul class="inline" aria-label="{escape(texts("atlas.around.neighbours"))}">{items}</ul>'
