"""The Equal Earth projection, and lines made simpler on it.

Areas stay true to each other, so that a country is not made important by lying far from the equator.

Source:
    B. Šavrič, T. Patterson and B. Jenny (2018): The Equal Earth map projection. International Journal of Geographical
    Information Science 33(3), 454-465, equations 4 and 5. Lines: M. Visvalingam and J. D. Whyatt (1993): Line
    generalisation by repeated elimination of points. The Cartographic Journal 30(1), 46-51.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from typing import Final

Point = tuple[float, float]

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M: Final = math.sqrt(3) / 2
WIDTH: Final = 2 * math.pi / (_M * _A1)  # of the whole world, in radii of the earth


def project(longitude: float, latitude: float) -> Point:
    """A place on the map, in radii of the earth; the middle meridian and the equator are 0, up is positive.

    Args:
        longitude: degrees east of the middle meridian; beyond 180 it goes on, which joins what the date line cuts.
        latitude: degrees north.

    >>> project(0, 0)
    (0.0, 0.0)
    """
    theta = math.asin(_M * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square * square * square
    x = math.radians(longitude) * math.cos(theta) / (_M * (_A1 + 3 * _A2 * square + sixth * (7 * _A3 + 9 * _A4 * square)))
    y = theta * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))
    return x, y


def unwrapped(line: Sequence[Point]) -> list[Point]:
    """A line in degrees whose longitudes go on beyond 180 instead of jumping to the other side of the world."""
    found = [line[0]]
    for longitude, latitude in line[1:]:
        before = found[-1][0]
        found.append((longitude + 360 * round((before - longitude) / 360), latitude))
    return found


def simplified(line: Sequence[Point], least: float) -> list[Point]:
    """A line in degrees without the points that make less than `least` of a difference; both ends stay.

    A point makes the difference of the triangle with its two neighbours, and never less than one taken out before it.
    Because the projection keeps areas, the same points go wherever the middle of the map is: two countries that share a
    border share the simpler one as well.

    Args:
        line: three points or more for anything to go; a ring keeps three besides its ends.
        least: area in square radii of the earth.
    """
    whole = unwrapped(line)
    middle = whole[0][0]
    flat = [project(longitude - middle, latitude) for longitude, latitude in whole]
    before, after = [index - 1 for index in range(len(flat))], [index + 1 for index in range(len(flat))]
    areas = {index: _triangle(flat[index - 1], flat[index], flat[index + 1]) for index in range(1, len(flat) - 1)}
    waiting = [(area, index) for index, area in areas.items()]
    heapq.heapify(waiting)
    fewest = 3 if line[0] == line[-1] else 0
    while waiting and len(areas) > fewest:
        area, index = heapq.heappop(waiting)
        if areas.get(index) != area:
            continue
        if area >= least:
            break
        del areas[index]
        left, right = before[index], after[index]
        after[left], before[right] = right, left
        for place in (left, right):
            if place in areas:
                areas[place] = max(area, _triangle(flat[before[place]], flat[place], flat[after[place]]))
                heapq.heappush(waiting, (areas[place], place))
    return [line[0], *(line[index] for index in sorted(areas)), line[-1]]


def area(ring: Sequence[Point]) -> float:
    """The area of a closed ring on a plane; positive when it runs against the clock."""
    return sum(x * v - u * y for (x, y), (u, v) in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def centre(ring: Sequence[Point]) -> Point:
    """The middle of what a ring encloses; of a ring without area, the middle of its points."""
    whole = area(ring)
    if abs(whole) < 1e-12:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    across = sum((x + u) * (x * v - u * y) for (x, y), (u, v) in pairs)
    up = sum((y + v) * (x * v - u * y) for (x, y), (u, v) in pairs)
    return across / (6 * whole), up / (6 * whole)


def clipped(ring: Sequence[Point], box: tuple[float, float, float, float]) -> list[Point]:
    """What of a ring lies within a box (left, low, right, high); parts outside run along its edges, where no eye sees them.

    Source:
        I. E. Sutherland and G. W. Hodgman (1974): Reentrant polygon clipping. Communications of the ACM 17(1), 32-42.
    """
    found = list(ring)
    for axis, limit, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        found = _cut(found, axis, limit, sign)
    return found


def _cut(ring: list[Point], axis: int, limit: float, sign: int) -> list[Point]:
    found: list[Point] = []
    for here, there in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        inside, next_inside = sign * here[axis] >= sign * limit, sign * there[axis] >= sign * limit
        if inside:
            found.append(here)
        if inside != next_inside:
            part = (limit - here[axis]) / (there[axis] - here[axis])
            found.append((here[0] + part * (there[0] - here[0]), here[1] + part * (there[1] - here[1])))
    return found


def _triangle(one: Point, two: Point, three: Point) -> float:
    return abs((two[0] - one[0]) * (three[1] - one[1]) - (three[0] - one[0]) * (two[1] - one[1])) / 2
