"""The names of towns beside their marks: as many as find room, those with the most entries first; the list has all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from safe_lib.widgets.drawing import number, width_of
from safe_lib.widgets.maps import Window

SIZE: Final = 0.026  # of the type, as a part of the width of the map
GAP: Final = 0.3  # between a mark and its name, as a part of the size of the type


@dataclass(frozen=True, slots=True)
class Spot:
    """A mark as it is drawn: its middle, its radius in units of the map, and what it would be called."""

    x: float
    y: float
    radius: float
    name: str
    entries: int


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the map that is taken."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two share ground."""
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom


def town_names(spots: Sequence[Spot], window: Window) -> str:
    """The names that lie on no mark, on no other name and within the map; read aloud they are the titles of the marks."""
    size = window.width * SIZE
    taken = [Box(one.x - one.radius, one.y - one.radius, one.x + one.radius, one.y + one.radius) for one in spots]
    whole = Box(window.left, window.top, window.left + window.width, window.top + window.height)
    words = []
    for one in sorted(spots, key=lambda spot: (-spot.entries, spot.name)):
        place = next((box for box in _places(one, size) if _is_free(box, taken, whole)), None) if one.name else None
        if place is None:
            continue
        taken.append(place)
        words.append(f'<text x="{number((place.left + place.right) / 2)}" y="{number(place.bottom - size * 0.25)}">{escape(one.name)}</text>')
    return f'<g class="towns" font-size="{number(size)}" aria-hidden="true">{"".join(words)}</g>' if words else ""


def _places(one: Spot, size: float) -> Iterator[Box]:
    """Where a name may stand, in the order in which it is tried: below, above, after and before its mark."""
    half, away = width_of(one.name, size) / 2, one.radius + size * GAP
    yield Box(one.x - half, one.y + one.radius, one.x + half, one.y + one.radius + size)
    yield Box(one.x - half, one.y - one.radius - size, one.x + half, one.y - one.radius)
    yield Box(one.x + away, one.y - size / 2, one.x + away + 2 * half, one.y + size / 2)
    yield Box(one.x - away - 2 * half, one.y - size / 2, one.x - away, one.y + size / 2)


def _is_free(box: Box, taken: Sequence[Box], whole: Box) -> bool:
    within = box.left >= whole.left and box.right <= whole.right and box.top >= whole.top and box.bottom <= whole.bottom
    return within and not any(box.meets(other) for other in taken)
