"""The map: towns with the number of entries, each a link; towns that would lie on each other are one mark. The list says the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import combinations
from math import hypot
from typing import Final

from safe_lib.catalogue.outlines import WORLD, Sheet, load_outlines
from safe_lib.model.organisation import Organisation
from safe_lib.sources.outlines import spot_on
from safe_lib.widgets.atlas.names import entries, names_in, sheet_of
from safe_lib.widgets.drawing import number
from safe_lib.widgets.maps import Shade, Window, extent_of, legend_html, map_svg
from safe_lib.widgets.social.asked import link
from safe_lib.widgets.social.reading import Box, Reading
from safe_lib.widgets.social.town_names import Spot, town_names

NEAR: Final = "europe"  # the sheet on which most countries of the directory lie
SIZES: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)  # degrees of a cell; the smallest with which at most `MOST` marks are drawn
MOST: Final = 60
LARGEST: Final = 0.036  # radius of a mark, as a part of the width
SMALLEST: Final = 0.02
GROWTH: Final = 0.0012  # for each entry
CLOSEST: Final = 0.6  # of the two radii: so much may marks overlap
AROUND: Final = 1.25  # of the size of a country: what is shown
NEAREST: Final = 0.03  # of the width of a sheet
_NAMES: Final = re.compile(r'<g class="names".*?</g>')


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: where it stands in degrees, the cell it stands for, and what lies there."""

    lat: float
    lon: float
    box: str
    towns: tuple[str, ...]
    entries: int
    verified: int


def marks_of(organisations: Sequence[Organisation], reading: Reading, apart: Callable[[Sequence[Mark]], bool] = bool) -> tuple[Mark, ...]:
    """Entries by cells of a grid; each cell stands in the middle of its entries.

    The grid is as fine as `MOST` and `apart` allow, which says whether marks lie far enough from each other to be pressed.
    """
    marks: tuple[Mark, ...] = ()
    placed = [one for one in organisations if one.position]
    for size in SIZES:
        cells: dict[Box, list[Organisation]] = {}
        for one in placed:
            if cell := Box.of(one, size):
                cells.setdefault(cell, []).append(one)
        if len(cells) > MOST and size != SIZES[-1]:
            continue
        marks = tuple(_mark(cell, inside, reading) for cell, inside in sorted(cells.items(), key=lambda pair: (-pair[0].row, pair[0].column)))
        if apart(marks):
            break
    return marks


def _are_apart(marks: Sequence[Mark], spots: Mapping[str, tuple[int, int] | None], window: Window) -> bool:
    """Whether no two marks hide each other's numbers."""
    drawn = [(spot, _radius(one, window)) for one in marks if (spot := spots[one.box])]
    return all(hypot(a[0] - b[0], a[1] - b[1]) >= CLOSEST * (r + s) for (a, r), (b, s) in combinations(drawn, 2))


def _radius(mark: Mark, window: Window) -> float:
    return window.width * min(LARGEST, SMALLEST + GROWTH * mark.entries)


def _window(code: str, sheet: Sheet, organisations: Sequence[Organisation]) -> Window | None:
    """The part of a sheet that shows a country and all its towns, and little around it."""
    if code not in sheet.places:
        return None
    left, top, right, bottom = extent_of(code, sheet)
    towns = {(one.position.lon, one.position.lat) for one in organisations if one.position}
    spots = [spot for town in towns if (spot := spot_on(*town, sheet.name))]
    across, down = [left, right, *(x for x, _ in spots)], [top, bottom, *(y for _, y in spots)]
    wide = max((max(across) - min(across)) * AROUND, (max(down) - min(down)) * AROUND * 4 / 3, NEAREST * sheet.width)
    tall = wide * 3 / 4
    return Window((min(across) + max(across) - wide) / 2, (min(down) + max(down) - tall) / 2, wide, tall)


def _mark(cell: Box, inside: Sequence[Organisation], reading: Reading) -> Mark:
    spots = [one.position for one in inside if one.position]
    towns = tuple(dict.fromkeys(one.city for one in inside if one.city))
    verified = sum(reading.fresh(one) == "verified" for one in inside)
    return Mark(sum(spot.lat for spot in spots) / len(spots), sum(spot.lon for spot in spots) / len(spots), str(cell), towns, len(inside), verified)


def map_html(reading: Reading) -> str:
    """The map of the country asked for, or of the world with the countries that have entries."""
    return _of_country(reading) if reading.asked.country else _of_world(reading)


def _of_world(reading: Reading) -> str:
    texts, asked = reading.texts, reading.asked
    title = texts("social.map.world")
    shades = {code: _shade(every, verified, reading) for code, (every, verified) in reading.counts.items()}
    near = load_outlines().sheets[NEAR]
    sheets = [near] if set(shades) <= set(near.places) else [near, load_outlines().sheets[WORLD]]  # no country of the list is on no map
    drawn = "".join(map_svg(sheet, shades, names_in(texts.language), title=title, id=f"map-{sheet.name}", described_by="map-says",
                            href=lambda code: link(asked, texts.language, "list", country=code, page=1)) for sheet in sheets)  # fmt: skip
    kinds = [("claims", texts("social.map.some_verified")), ("figures", texts("social.map.none_verified"))]
    return _framed(title, drawn, legend_html(kinds, f"map-{NEAR}", texts("social.map.legend")), reading, says="social.map.world_says", note="")


def _shade(every: int, verified: int, reading: Reading) -> Shade:
    return Shade("claims" if verified else "figures", reading.texts("social.map.counted", n=every, verified=verified))


def _of_country(reading: Reading) -> str:
    texts, code = reading.texts, reading.asked.country
    title = texts("social.map.country", name=reading.country_name(code))
    entry = entries().get(code)
    sheet = sheet_of(entry) if entry else None
    window = _window(code, sheet, reading.answering) if sheet else None
    if sheet is None or window is None:
        return _framed(title, _plain_svg(marks_of(reading.answering, reading), title, reading), "", reading)
    marks = marks_of(reading.answering, reading, lambda some: _are_apart(some, {one.box: _spot(one, sheet) for one in some}, window))
    names: Mapping[str, str] = names_in(texts.language)
    ground = map_svg(sheet, {code: Shade("near", texts("atlas.around.here"))}, names, title=title, id="map", window=window, href=None, described_by="map-says")
    ground = _NAMES.sub("", ground)  # the marks stand there
    spots = [(one, _spot(one, sheet)) for one in marks]
    drawn = "".join(_drawn(one, spot, window, reading) for one, spot in spots)
    named = town_names([_named(one, spot, window) for one, spot in spots if spot], window)
    svg = ground.replace('role="img"', 'role="group"', 1).removesuffix("</svg>") + f'{named}<g class="spots">{drawn}</g></svg>'
    return _framed(title, svg, "", reading)


def _spot(mark: Mark, sheet: Sheet) -> tuple[int, int] | None:
    return spot_on(mark.lon, mark.lat, sheet.name)


def _named(mark: Mark, spot: tuple[int, int], window: Window) -> Spot:
    """A mark with the name of its town, or of the first of several, and how many more there are."""
    more = len(mark.towns) - 1
    name = f"{mark.towns[0]} +{more}" if more > 0 else next(iter(mark.towns), "")
    return Spot(spot[0], spot[1], _radius(mark, window), name, mark.entries)


def _plain_svg(marks: Sequence[Mark], title: str, reading: Reading) -> str:
    """A country without outlines: its towns where they lie to each other, on an empty ground."""
    if not marks:
        return ""
    south, north = min(one.lat for one in marks) - 1, max(one.lat for one in marks) + 1
    west, east = min(one.lon for one in marks) - 1, max(one.lon for one in marks) + 1
    window = Window(0, 0, 1000, 600)
    spots = [(one, (round((one.lon - west) / (east - west) * 1000), round((north - one.lat) / (north - south) * 600))) for one in marks]
    drawn = "".join(_drawn(one, spot, window, reading) for one, spot in spots)
    named = town_names([_named(one, spot, window) for one, spot in spots], window)
    return (
        f'<svg class="atlas" viewBox="0 0 1000 600" role="group" aria-label="{escape(title)}" aria-describedby="map-says" data-map="plain">'
        f'{named}<g class="spots">{drawn}</g></svg>'
    )


def _drawn(mark: Mark, spot: tuple[int, int] | None, window: Window, reading: Reading) -> str:
    """A round mark with the number of entries; a ring around it where somebody verified one of them."""
    if spot is None:
        return ""
    texts = reading.texts
    radius = _radius(mark, window)
    words = f"{', '.join(mark.towns[:4]) or texts('social.map.elsewhere')}: {texts('social.map.counted', n=mark.entries, verified=mark.verified)}"
    kind = "spot told" if mark.verified else "spot"
    address = link(reading.asked, texts.language, "list", box=mark.box, page=1)
    return (
        f'<a class="{kind}" font-size="{number(radius * 1.05)}" href="{address}"><title>{escape(words)}</title>'
        f'<circle cx="{spot[0]}" cy="{spot[1]}" r="{number(radius)}"/>'
        f'<text x="{spot[0]}" y="{number(spot[1] + radius * 0.38)}" aria-hidden="true">{mark.entries}</text></a>'
    )


def _framed(title: str, svg: str, legend: str, reading: Reading, *, says: str = "social.map.says", note: str = "social.map.towns") -> str:
    texts = reading.texts
    after = escape(texts(note)) if note else ""
    return (
        f'<section class="card map" id="map" aria-labelledby="map-h"><h3 id="map-h">{escape(title)}</h3>'
        f'<p class="small quiet" id="map-says">{escape(texts(says))} <a href="#after-map">{escape(texts("atlas.map.skip"))}</a></p>'
        f'<figure class="canvas">{svg}</figure>{legend}<p class="small quiet" id="after-map" tabindex="-1">{after}</p></section>'
    )
