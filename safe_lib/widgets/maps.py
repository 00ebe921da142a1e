"""Maps as SVG: every country a link with its name and its state in words, drawn from our own outlines.

A map is never the only way: whoever shows one shows the list of the same countries before or beside it. Nothing is told by
colour alone: each step of the scale has a lightness and a texture of its own, no data is hatched, and each country says
its state in words. No script is needed; with one, the arrow keys go from country to country (`web/atlas.js`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from safe_lib.catalogue.outlines import Sheet
from safe_lib.widgets.drawing import number, width_of

POINT: Final = 0.0042  # radius of a point, as a part of the width of the map
LABEL: Final = 0.0115  # size of a name, as a part of the width
LABEL_NEAR: Final = 0.038  # the same on the small map of one country
NEAREST: Final = 0.16  # of the width of a sheet: no map of one country is closer
AROUND: Final = 0.55  # of the size of a country: what is shown on each side of it

STEPS: Final = ("m0", "m1", "m2", "m3", "m4")  # a scale of five, the lowest first
NONE: Final = "none"  # no data
SHADES: Final = (*STEPS, NONE, "claims", "figures", "here", "near")

# What is drawn into a tile of 8 × 8 units over the ground of a shade; one without it is plain.
_TEXTURES: Final[Mapping[str, str]] = {
    "m0": '<circle class="tx" cx="2" cy="2" r="0.9"/><circle class="tx" cx="6" cy="6" r="0.9"/>',
    "m1": '<path class="tl" d="M0 4h8"/>',
    "m3": '<path class="tl" d="M4 0v8"/>',
    NONE: '<path class="hatch-line" d="M4 0v8"/>',
}
_MOVES: Final = re.compile(r"M(-?\d+) ?(-?\d+)l([^z]*)z")


@dataclass(frozen=True, slots=True)
class Shade:
    """How a country is shown: one of `SHADES`, and the same in words."""

    kind: str
    words: str
    marked: bool = False  # somebody has written claims about it


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a sheet that is shown: left, top, width, height in its units."""

    left: float
    top: float
    width: float
    height: float


def map_svg(
    sheet: Sheet,
    shades: Mapping[str, Shade],
    names: Mapping[str, str],
    *,
    title: str,
    href: Callable[[str], str] | None,
    id: str,
    window: Window | None = None,
    described_by: str = "",
) -> str:
    """One map; countries stand in the order of their names, those that are points after the others.

    Args:
        sheet: the outlines.
        shades: three letters → how it is shown; a country without one is left blank and has no link.
        names: three letters → name in the reader's language.
        title: what the map shows, in a sentence.
        href: three letters → an address ready for an attribute; None for a map without links.
        id: of this map on its page; patterns are named after it.
        window: the part to show; None for all of it.
        described_by: id of the sentence or list that says the same.
    """
    seen = window or Window(0, 0, sheet.width, sheet.height)
    # Points come last, or the outline of a larger neighbour would lie over them.
    codes = [code for code in sorted(names, key=lambda code: (code in sheet.small, names[code])) if code in sheet.places and _is_seen(code, sheet, seen)]
    shapes = "".join(_country(code, sheet, shades.get(code), names[code], href, id, seen) for code in codes)
    nobody = f'<path class="nobody" d="{sheet.paths[""]}"/>' if sheet.paths.get("") else ""
    labels = _labels([code for code in codes if shades.get(code)], sheet, names, seen) if window or sheet.name != "world" else ""
    role = "group" if href else "img"
    described = f' aria-describedby="{described_by}"' if described_by else ""
    box = " ".join(map(number, (seen.left, seen.top, seen.width, seen.height)))
    return (
        f'<svg class="atlas" viewBox="{box}" role="{role}" aria-label="{escape(title)}"{described} data-map="{sheet.name}">'
        f"<defs>{_patterns(id, seen.width)}</defs>{nobody}{shapes}{labels}</svg>"
    )


def _patterns(id: str, width: float) -> str:
    scale = number(width / 900)  # so that a texture looks alike on every map
    return "".join(
        f'<pattern id="{id}-{kind}" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="scale({scale}){" rotate(45)" * (kind == NONE)}">'
        f'<rect class="g-{kind}" width="8" height="8"/>{_TEXTURES.get(kind, "")}</pattern>'
        for kind in SHADES
    )


def _country(code: str, sheet: Sheet, shade: Shade | None, name: str, href: Callable[[str], str] | None, id: str, seen: Window) -> str:
    under = ' class="under"' if code in sheet.small else ""  # the point is what is pressed; an island beside it may be another's
    path = f'<path{under} d="{sheet.paths[code]}"/>' if code in sheet.paths else ""
    point = ""
    if code in sheet.small:
        x, y = sheet.places[code]
        point = f'<circle cx="{x}" cy="{y}" r="{number(POINT * seen.width)}"/>'
    if shade is None:
        return f'<g class="blank">{path}{point}</g>'
    said = f"<title>{escape(name)}: {escape(shade.words)}</title>"
    paint = f'fill="url(#{id}-{shade.kind})"' + (' class="told"' if shade.marked else "")
    if href is None or shade.kind == "here":
        return f"<g {paint}>{said}{path}{point}</g>"
    return f'<a href="{href(code)}" {paint}>{said}{path}{point}</a>'


# Names on a map


def _labels(codes: Sequence[str], sheet: Sheet, names: Mapping[str, str], seen: Window) -> str:
    """The names that fit into their countries; the others are read in the list."""
    size = (LABEL if seen.width >= sheet.width else LABEL_NEAR) * seen.width
    fitting = [code for code in codes if code in sheet.paths and code not in sheet.small and _fits(names[code], sheet.paths[code], sheet.places[code], size)]
    words = "".join(f'<text x="{sheet.places[code][0]}" y="{number(sheet.places[code][1] + size * 0.35)}">{escape(names[code])}</text>' for code in fitting)
    return f'<g class="names" font-size="{number(size)}" aria-hidden="true">{words}</g>' if words else ""


def _fits(name: str, path: str, place: tuple[int, int], size: float) -> bool:
    """Whether a name fits on the level of its place, between the borders left and right of it."""
    half = width_of(name, size) / 2
    sides = [x for ring in rings_of(path) for x in _crossings(ring, place[1])]
    left = max((x for x in sides if x <= place[0]), default=place[0])
    right = min((x for x in sides if x >= place[0]), default=place[0])
    return place[0] - left >= half and right - place[0] >= half


def _crossings(ring: Sequence[tuple[int, int]], level: float) -> list[float]:
    found = []
    for (x, y), (u, v) in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        if (y <= level) != (v <= level):
            found.append(x + (level - y) / (v - y) * (u - x))
    return found


# The part of a map around one country


def window_around(code: str, sheet: Sheet) -> Window | None:
    """The part of a sheet that shows a country with what lies around it; None where it is not on the sheet."""
    if code not in sheet.places:
        return None
    left, top, right, bottom = extent_of(code, sheet)
    wide = max((right - left) * (1 + 2 * AROUND), (bottom - top) * (1 + 2 * AROUND) * 4 / 3, NEAREST * sheet.width)
    wide = min(wide, float(sheet.width))
    tall = min(wide * 3 / 4, float(sheet.height))
    across, down = (left + right) / 2, (top + bottom) / 2
    return Window(min(max(across - wide / 2, 0), sheet.width - wide), min(max(down - tall / 2, 0), sheet.height - tall), wide, tall)


def extent_of(code: str, sheet: Sheet) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a country's largest part on a sheet, or of the point that stands for it."""
    x, y = sheet.places[code]
    rings = rings_of(sheet.paths.get(code, ""))
    if not rings:
        return x, y, x, y
    ring = max(rings, key=len)
    across, down = [x for x, _ in ring], [y for _, y in ring]
    return min(across), min(down), max(across), max(down)


def rings_of(path: str) -> list[list[tuple[int, int]]]:
    """Path data of our own making as points."""
    return [_ring(int(found[1]), int(found[2]), found[3]) for found in _MOVES.finditer(path)]


def _ring(x: int, y: int, moves: str) -> list[tuple[int, int]]:
    ring = [(x, y)]
    numbers = [int(text) for text in re.findall(r"-?\d+", moves)]
    for across, down in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + across, y + down
        ring.append((x, y))
    return ring


def _is_seen(code: str, sheet: Sheet, seen: Window) -> bool:
    """Whether any of a country lies in the part that is shown."""
    if seen.width >= sheet.width:
        return True
    x, y = sheet.places[code]
    spots = [(x, y), *(point for ring in rings_of(sheet.paths.get(code, "")) for point in ring)]
    across, down = [x for x, _ in spots], [y for _, y in spots]
    return min(across) <= seen.left + seen.width and max(across) >= seen.left and min(down) <= seen.top + seen.height and max(down) >= seen.top


# The legend


def legend_html(entries: Sequence[tuple[str, str]], id: str, title: str) -> str:
    """What each shade means: its swatch, its word. `id` is that of the map, whose patterns the swatches use."""
    items = "".join(
        f'<li><svg class="swatch" viewBox="0 0 28 18" aria-hidden="true" focusable="false">{_swatch(kind)}</svg><span>{escape(words)}</span></li>'
        for kind, words in entries
    )
    return f'<div class="legend"><p class="small strong" id="{id}-legend">{escape(title)}</p><ul class="keys" aria-labelledby="{id}-legend">{items}</ul></div>'


def _swatch(kind: str) -> str:
    if kind == "told":
        return '<rect class="told" x="2" y="2" width="24" height="14" rx="2"/>'
    # Its texture is drawn by itself: that of the map is as large as the map's units.
    turn = ' transform="rotate(45 4 4)"' if kind == NONE else ""
    marks = "".join(f'<g transform="translate({x} {y})"><g{turn}>{_TEXTURES.get(kind, "")}</g></g>' for x in (0, 8, 16) for y in (0, 8))
    return f'<svg x="2" y="1" width="24" height="16" viewBox="0 0 24 16"><rect class="g-{kind}" width="24" height="16"/>{marks}</svg>'
