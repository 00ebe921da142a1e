"""What stands beside what: claims that disagree, and a country among its neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from safe_lib.engine.country import opposite
from safe_lib.model.country import Claim, Country

FIFTHS: Final = 5


def disputes(claims: Sequence[Claim], country: Country, on: date) -> tuple[tuple[Claim, ...], ...]:
    """The claims of one theme that have to be read together, because they say otherwise than each other.

    Claims that name each other belong together, outdated or not: which of them was right is not known. Where no two of
    the current ones are named and their levels differ all the same, all current ones with a level belong together.

    Args:
        claims: of one theme, in the order in which they are shown.
        country: the country they are about.
        on: the day.

    Returns:
        Groups of two or more; a claim is in one group at most.
    """
    named = _groups(claims, country)
    current = [claim for claim in claims if claim.level and not claim.is_outdated(on)]
    if len({claim.level for claim in current}) > 1 and not any(claim in group for claim in current for group in named):
        return (tuple(current), *named)
    return named


def _groups(claims: Sequence[Claim], country: Country) -> tuple[tuple[Claim, ...], ...]:
    found: list[tuple[Claim, ...]] = []
    placed: set[str] = set()
    for claim in claims:
        together = _together(claim, claims, country)
        if claim.id not in placed and len(together) > 1:
            found.append(tuple(one for one in claims if one.id in together))
            placed |= together
    return tuple(found)


def _together(claim: Claim, claims: Sequence[Claim], country: Country) -> set[str]:
    """A claim, those of the theme it disagrees with, those they disagree with, and so on."""
    by_id = {one.id: one for one in claims}
    found: set[str] = set()
    waiting = [claim.id]
    while waiting:
        if (id := waiting.pop()) not in found:
            found.add(id)
            waiting += sorted(opposite(by_id[id], country) & by_id.keys())
    return found


@dataclass(frozen=True, slots=True)
class Among:
    """Where a country stands among its neighbours in one respect: who stands better, the same, worse, and who has no figure."""

    better: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def among(position: float, neighbours: Mapping[str, float | None]) -> Among:
    """Compare a position with those of the neighbours; from 0 (least safe) to 1 (safest), None without a figure."""
    known = {code: place for code, place in neighbours.items() if place is not None}
    return Among(
        better=tuple(code for code, place in known.items() if place > position),
        same=tuple(code for code, place in known.items() if place == position),
        worse=tuple(code for code, place in known.items() if place < position),
        without=tuple(code for code in neighbours if code not in known),
    )


def fifth(position: float) -> int:
    """In which fifth of all countries with a figure a position lies: 0 the lowest, 4 the highest."""
    return min(int(position * FIFTHS), FIFTHS - 1)
