"""The outlines of countries on our maps, made once from Natural Earth (1:50 million, public domain).

Natural Earth comes by way of the npm package `world-atlas` 2.0.2 (ISC licence), which holds its edition 4.1.0 as
TopoJSON: borders as arcs that neighbours share. From them `country_info/_outlines/outlines.json.gz` is made: for each map
(the world, its parts) one path a country, projected, made simpler and rounded; a point for countries too small to be seen
or pressed; and who borders on whom. Pages read that file and nothing else.

Build it again: `npm pack world-atlas@2.0.2`, unpack it, then
`python -m safe_lib.sources.outlines package/countries-50m.json`.

Natural Earth draws who is in control. Where that moves a whole territory, we follow the list of the United Nations that
`countries.csv` goes by: Western Sahara reaches to its northern border of 27°40′, Somaliland is part of Somalia, Northern
Cyprus of Cyprus, Crimea of Ukraine (General Assembly resolution 68/262); Kosovo has an outline of its own because it has
figures of its own. A glacier that nobody was given stays without a country, and other disputed lines stay as they were
drawn. That is how the map is made and no opinion on anybody's status.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, Final

from safe_lib.sources.equal_earth import Point, area, centre, clipped, project, simplified, unwrapped

INPUT_HASH: Final = "04342cdc1e3016bcd7db1630de95684d67b79fe3c8c460321e87aef469502394"  # SHA-256 of countries-50m.json of world-atlas 2.0.2
FILE: Final = "outlines.json.gz"

BY_NAME: Final = {"Somaliland": "SOM", "N. Cyprus": "CYP", "Kosovo": "XKX", "Siachen Glacier": "", "Ashmore and Cartier Is.": "AUS"}
SAHARA_NORTH: Final = 27 + 40 / 60  # degrees; the northern border of Western Sahara
EMPTY: Final = frozenset({"ATA", "ATF", "BVT", "HMD", "SGS", "UMI"})  # nobody lives there for good: not on the maps

# Parts of a country that `countries.csv` lists by themselves: owner, then west, south, east, north in degrees.
APART: Final[Mapping[str, tuple[str, float, float, float, float]]] = {
    "UKR": ("RUS", 32, 44, 37, 47),  # Crimea
    "GUF": ("FRA", -56, 1, -50, 7), "GLP": ("FRA", -62, 15.7, -61, 16.6), "MTQ": ("FRA", -61.4, 14.2, -60.6, 15.1),
    "REU": ("FRA", 55, -22, 56, -20), "MYT": ("FRA", 44.5, -13.5, 45.5, -12.3),
    "SJM": ("NOR", 8, 74, 36, 82), "BES": ("NLD", -69, 11.8, -62.5, 18),
    "CXR": ("Indian Ocean Ter.", 105, -11, 106, -10), "CCK": ("Indian Ocean Ter.", 96, -13, 97.5, -11.5),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """One map: its middle meridian, what it shows (west, south, east, north; degrees), its width and how simple it is."""

    middle: float
    west: float
    south: float
    east: float
    north: float
    width: int  # units
    least: float  # square units; smaller bends and islands are left out

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, low, right, high on the projected plane."""
        widest = 0.0 if self.south <= 0 <= self.north else min(abs(self.south), abs(self.north))
        left, _ = project(self.west - self.middle, widest)
        right, _ = project(self.east - self.middle, widest)
        return left, project(0, self.south)[1], right, project(0, self.north)[1]

    @property
    def scale(self) -> float:
        """Units in one radius of the earth."""
        left, _, right, _ = self.box
        return self.width / (right - left)


SHEETS: Final[Mapping[str, Sheet]] = {
    "world": Sheet(11, -169, -57, 191, 83, 2000, 2),
    "africa": Sheet(18, -26, -36, 60, 38, 3000, 5),
    "americas": Sheet(-85, -170, -56, -30, 74, 3000, 5),
    "caribbean": Sheet(-75, -93, 6, -58, 28, 3000, 5),
    "asia": Sheet(85, 25, -12, 148, 56, 3000, 5),
    "western_asia": Sheet(44, 25, 12, 64, 44, 3000, 5),
    "europe": Sheet(15, -25, 34, 52, 71.5, 3000, 5),
    "oceania": Sheet(170, 112, -48, 236, 22, 3000, 5),
}
SHORT: Final = (("BWA", "ZMB"), ("ESP", "GIB"), ("ESP", "MAR"))  # borders of a few kilometres, too short for 1:50 million
SMALL: Final = 0.008  # of the width of a map: what is smaller in both directions gets a point
APART_BY: Final = 0.0095  # of the width of a map: points keep this distance, so that each can be pressed
ROUNDS: Final = 200

Arc = tuple[Point, ...]
Ring = tuple[int, ...]  # arcs; ~n runs n backwards


@dataclass(frozen=True)
class Topology:
    """Arcs in degrees, and each country's rings of them; `places` are points for countries without an outline."""

    arcs: Sequence[Arc]
    rings: Mapping[str, Sequence[Ring]]
    places: Mapping[str, Point]


def build(source: Path, country_info: Path) -> Path:
    """Make the outlines from `countries-50m.json`; the same input gives the same bytes.

    Raises:
        ValueError: the input is another edition.
    """
    data = source.read_bytes()
    if hashlib.sha256(data).hexdigest() != INPUT_HASH:
        raise ValueError(f"{source.name}: this is not countries-50m.json of world-atlas 2.0.2. Run: npm pack world-atlas@2.0.2")
    with (country_info / "_datasets" / "countries.csv").open(encoding="utf-8", newline="") as lines:
        countries = {row["iso3"]: row for row in csv.DictReader(lines)}
    topology = read(json.loads(data), countries)
    made = {"sheets": {name: drawn(topology, sheet) for name, sheet in SHEETS.items()}, "neighbours": neighbours(topology.rings)}
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    file = country_info / "_outlines" / FILE
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    return file


# Reading


def read(world: Mapping[str, Any], countries: Mapping[str, Mapping[str, str]]) -> Topology:
    """The arcs in degrees, and whose they are by the three letters of `countries.csv`."""
    (wide, tall), (west, south) = world["transform"]["scale"], world["transform"]["translate"]
    arcs: list[Arc] = [tuple((x * wide + west, y * tall + south) for x, y in _summed(arc)) for arc in world["arcs"]]
    codes = {row["m49"].zfill(3): iso3 for iso3, row in countries.items() if row["m49"]}
    rings: dict[str, list[Ring]] = defaultdict(list)
    for shape in world["objects"]["countries"]["geometries"]:
        owner = BY_NAME.get(shape["properties"]["name"], codes.get(shape.get("id"), shape["properties"]["name"]))
        for polygon in shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]:
            iso3 = _apart(owner, _points(tuple(polygon[0]), arcs))
            rings[iso3] += [tuple(ring) for ring in polygon]
    rings["MAR"], rings["ESH"] = _western_sahara(rings["MAR"], rings["ESH"], arcs)
    known = {iso3: dissolved(found) for iso3, found in rings.items() if (iso3 in countries and iso3 not in EMPTY) or iso3 == ""}
    others = {iso3: (float(row["lon"]), float(row["lat"])) for iso3, row in countries.items() if iso3 not in known and iso3 not in EMPTY}
    return Topology(arcs, known, others)


def _summed(arc: Iterable[Sequence[int]]) -> Iterator[tuple[int, int]]:
    x = y = 0
    for across, up in arc:
        x, y = x + across, y + up
        yield x, y


def _apart(owner: str, ring: Sequence[Point]) -> str:
    """Whose a polygon is: the owner's, or that of a part which is listed by itself."""
    for iso3, (whole, west, south, east, north) in APART.items():
        if owner == whole and all(west <= x <= east and south <= y <= north for x, y in ring):
            return iso3
    return owner


def _western_sahara(morocco: Sequence[Ring], sahara: Sequence[Ring], arcs: list[Arc]) -> tuple[list[Ring], list[Ring]]:
    """The rings of both with the border on its latitude, instead of the line that troops are on; arcs for it are added."""
    (whole,), (strip,) = morocco, sahara
    line = next(place for place, arc in enumerate(whole) if ~arc in strip)  # from the three-country point to the coast
    coast = whole[(line + 1) % len(whole)]
    points = arcs[coast] if coast >= 0 else arcs[~coast][::-1]
    north = next(place for place, (_, latitude) in enumerate(points) if latitude > SAHARA_NORTH)
    (x, y), (u, v) = points[north - 1], points[north]
    corner = (x + (u - x) * (SAHARA_NORTH - y) / (v - y), SAHARA_NORTH)
    first = arcs[whole[line]][0] if whole[line] >= 0 else arcs[~whole[line]][-1]
    south_coast, north_coast, border = len(arcs), len(arcs) + 1, len(arcs) + 2
    arcs += [(*points[:north], corner), (corner, *points[north:]), (first, corner)]
    begin = strip.index(~whole[line])
    return ([(*whole[:line], border, north_coast, *whole[line + 2 :])], [(*strip[:begin], south_coast, ~border, *strip[begin + 1 :])])


def dissolved(rings: Sequence[Ring]) -> list[Ring]:
    """The rings of a country whose parts were drawn by themselves, without the borders between its parts."""
    arcs = [arc for ring in rings for arc in ring]
    inner = {arc for arc in arcs if ~arc in arcs}
    if not inner:
        return list(rings)
    whole = [ring for ring in rings if inner.isdisjoint(ring)]
    return [*whole, *_joined([ring for ring in rings if not inner.isdisjoint(ring)], inner)]


def _joined(rings: Sequence[Ring], inner: set[int]) -> Iterator[Ring]:
    """Rings along what is left of some rings when the arcs within are gone: at a gap, the other part's ring goes on."""
    after: dict[int, int] = {}
    for ring in rings:
        after.update(pairwise([*ring, ring[0]]))
    left = [arc for arc in after if arc not in inner]
    while left:
        joined = [left[0]]
        while (following := _following(joined[-1], after, inner)) != joined[0]:
            joined.append(following)
        left = [arc for arc in left if arc not in joined]
        yield tuple(joined)


def _following(arc: int, after: Mapping[int, int], inner: set[int]) -> int:
    following = after[arc]
    while following in inner:
        following = after[~following]
    return following


def neighbours(rings: Mapping[str, Sequence[Ring]]) -> dict[str, list[str]]:
    """Country → those it shares an arc with: a border on land."""
    owners: dict[int, set[str]] = defaultdict(set)
    for iso3, found in rings.items():
        for arc in (arc for ring in found for arc in ring):
            owners[max(arc, ~arc)].add(iso3)
    pairs = {(one, other) for both in owners.values() for one in both for other in both if one != other and one and other}
    pairs |= {pair for one, other in SHORT for pair in ((one, other), (other, one))}
    return {iso3: sorted(other for one, other in pairs if one == iso3) for iso3 in sorted({one for one, _ in pairs})}


def _points(ring: Ring, arcs: Sequence[Arc]) -> list[Point]:
    """A ring as points, its end not said twice, its longitudes going on across the date line."""
    points: list[Point] = []
    for arc in ring:
        points += (arcs[arc] if arc >= 0 else arcs[~arc][::-1])[:-1]
    return unwrapped(points)


# Drawing


def drawn(topology: Topology, sheet: Sheet) -> dict[str, Any]:
    """One map as JSON: its size, a path for each country, a point for those that are small, a place for each name."""
    least = sheet.least / sheet.scale**2
    arcs = [tuple(simplified(arc, least)) if len(arc) > 2 else arc for arc in topology.arcs]
    _, low, _, high = sheet.box
    paths: dict[str, str] = {}
    labels: dict[str, list[int]] = {}
    small: list[str] = []
    for iso3 in sorted(topology.rings):
        shown = _shown(topology.rings[iso3], arcs, topology.arcs, sheet)
        if not shown:
            continue
        largest = max(shown, key=lambda ring: abs(area(ring)))
        path = "".join(_path(ring) for ring in shown)
        labels[iso3] = [round(number) for number in centre(largest)]
        if path:
            paths[iso3] = path
        if iso3 and (max(_extent(largest)) < SMALL * sheet.width or not path):
            small.append(iso3)
    for iso3, place in topology.places.items():
        if spot := _spot(place, sheet):
            labels[iso3] = spot
            small.append(iso3)
    labels |= spread({iso3: labels[iso3] for iso3 in sorted(small)}, APART_BY * sheet.width)
    height = round((high - low) * sheet.scale)
    return {"width": sheet.width, "height": height, "paths": paths, "labels": labels, "small": sorted(small)}


def spread(points: Mapping[str, Sequence[int]], apart: float) -> dict[str, list[int]]:
    """The points, moved as little as makes them stand `apart` from each other: a chain of islands becomes a chain of points."""
    now = {iso3: (float(x), float(y)) for iso3, (x, y) in points.items()}
    for _ in range(ROUNDS):
        pushed = {iso3: (x, y) for iso3, (x, y) in now.items()}
        for (one, (x, y)), (other, (u, v)) in combinations(now.items(), 2):
            far = math.hypot(u - x, v - y)
            if far < apart:
                across, down = ((u - x) / far, (v - y) / far) if far else (1.0, 0.0)
                by = (apart - far) / 2 + 0.5
                pushed[one] = (pushed[one][0] - across * by, pushed[one][1] - down * by)
                pushed[other] = (pushed[other][0] + across * by, pushed[other][1] + down * by)
        if pushed == now:
            break
        now = pushed
    return {iso3: [round(x), round(y)] for iso3, (x, y) in now.items()}


def _shown(rings: Sequence[Ring], arcs: Sequence[Arc], exact: Sequence[Arc], sheet: Sheet) -> list[list[Point]]:
    """What of a country is on a map, in its units; islands too small to be seen go, the largest never does."""
    found = [placed for ring in rings if (placed := _on_sheet(_points(ring, arcs), sheet))]
    large = [ring for ring in found if abs(area(ring)) >= 2 * sheet.least]
    if large or not found:
        return large
    whole = [placed for ring in rings if (placed := _on_sheet(_points(ring, exact), sheet))]
    return [max(whole, key=lambda ring: abs(area(ring)))] if whole else []


def _on_sheet(ring: Sequence[Point], sheet: Sheet) -> list[Point]:
    """A ring in the units of a map, from its upper left corner; cut off at its edges."""
    turns = round((sum(x for x, _ in ring) / len(ring) - sheet.middle) / 360)
    flat = [project(x - sheet.middle - 360 * turns, y) for x, y in ring]
    left, low, right, high = sheet.box
    inside = clipped(flat, (left, low, right, high))
    return [((x - left) * sheet.scale, (high - y) * sheet.scale) for x, y in inside]


def spot_on(longitude: float, latitude: float, sheet: str) -> tuple[int, int] | None:
    """A place in degrees, in the units of the map with this name; None where it lies outside."""
    found = _spot((longitude, latitude), SHEETS[sheet])
    return (found[0], found[1]) if found else None


def _spot(place: Point, sheet: Sheet) -> list[int]:
    """A single place in the units of a map; nothing where it lies outside."""
    left, low, right, high = sheet.box
    turns = round((place[0] - sheet.middle) / 360)
    x, y = project(place[0] - sheet.middle - 360 * turns, place[1])
    return [round((x - left) * sheet.scale), round((high - y) * sheet.scale)] if left < x < right and low < y < high else []


def _extent(ring: Sequence[Point]) -> tuple[float, float]:
    across, down = [x for x, _ in ring], [y for _, y in ring]
    return max(across) - min(across), max(down) - min(down)


def _path(ring: Sequence[Point]) -> str:
    """A ring as SVG path data in whole units; nothing where less than a triangle is left."""
    rounded = [(round(x), round(y)) for x, y in ring]
    points = [point for place, point in enumerate(rounded) if point != rounded[place - 1]]
    if len(points) < 3:
        return ""
    moves = "".join(_number(v - y) if index % 2 else _number(u - x) for (x, y), (u, v) in pairwise(points) for index in (0, 1))
    return f"M{points[0][0]}{_number(points[0][1])}l{moves.lstrip()}z"


def _number(value: int) -> str:
    return str(value) if value < 0 else f" {value}"


if __name__ == "__main__":
    package = Path(__file__).resolve().parents[1]
    inside = package / "_share" / "country_info"  # an installed wheel; else a checkout
    print(build(Path(sys.argv[1]), inside if inside.is_dir() else package.parent / "country_info"))
