"""A colleague looks at some cases that chance has drawn: to learn about the work. The draw can be repeated from its seed."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from safe_lib import casework
from safe_lib.casework import Desk, _may
from safe_lib.coordination import notes
from safe_lib.coordination.hours import COORDINATE
from safe_lib.model.coordination import LOOK_RESULTS, SECOND_LOOKS, LookResult, SecondLook
from safe_lib.model.errors import WrongUse


@dataclass(frozen=True, slots=True)
class Draw:
    """What chance drew: from its seed and the cases of the day, it draws the same again."""

    seed: int
    of: int  # open cases there were
    refs: tuple[str, ...]


def drawn(refs: Iterable[str], seed: int, percent: int) -> tuple[str, ...]:
    """The cases that a seed draws: `percent` of them, at least one where there are any; the order in which they come does not matter."""
    listed = sorted(refs)
    count = -(-len(listed) * percent // 100)
    return tuple(sorted(random.Random(seed).sample(listed, count)))  # noqa: S311  # a draw that can be repeated; nothing is kept secret by it


def draw(desk: Desk, percent: int, seed: int | None = None) -> Draw:
    """Draw open cases for a second look, and note it in each and in the trail.

    Args:
        percent: 1 to 100 of the open cases.
        seed: None takes one by chance.

    Raises:
        WrongUse: the share is not from 1 to 100, or no case is open.
        NotPermitted: only a coordinator draws.
    """
    store = _may(desk, COORDINATE)
    if not 1 <= percent <= 100:
        raise WrongUse("share: a whole number of percent, from 1 to 100.")
    refs = [line.ref for line in casework.list_cases(desk) if line.status == "open" and line.readable]
    if not refs:
        raise WrongUse("second look: no case is open.\n  There is nothing to draw from.")
    chosen = secrets.randbelow(1_000_000) if seed is None else seed
    found = drawn(refs, chosen, percent)
    listing = replace(desk, for_list=True)
    for ref in found:
        notes.add(listing, ref, SECOND_LOOKS, SecondLook(chosen, desk.today, desk.person).to_body())
    store.note(by=desk.person, at=desk.now(), what="second_look.drawn", detail=f"seed {chosen}: {len(found)} of {len(refs)} open cases")
    return Draw(chosen, len(refs), found)


def look(desk: Desk, ref: str, result: LookResult, words: str) -> SecondLook:
    """Note what the second look found, in one's own words.

    Raises:
        WrongUse: the case was not drawn, one works on it oneself, or nothing is said.
    """
    store = _may(desk, "write", ref)
    if result not in LOOK_RESULTS[1:]:
        raise WrongUse(f"second look: it is one of {', '.join(LOOK_RESULTS[1:])}.")
    if store.own_user() in store.assigned(ref):
        raise WrongUse(f"{ref}: you work on this case yourself.\n  A second look is a colleague's.")
    kept = notes.said(words, "what was seen")
    waiting = next((one for one in looks(desk, ref) if one.result == "drawn"), None)
    if waiting is None:
        raise WrongUse(f"{ref}: no second look waits here.\n  It may have been done meanwhile.")
    done = replace(waiting, result=result, looked_on=desk.today, looked_by=desk.person, words=kept)
    notes.change(desk, ref, SECOND_LOOKS, lambda there: _with(there, done))
    return done


def looks(desk: Desk, ref: str) -> tuple[SecondLook, ...]:
    """Every second look of a case, oldest first."""
    _may(desk, "read", ref)
    return tuple(SecondLook.from_body(one) for one in notes.entries(desk, ref, SECOND_LOOKS))


def _with(there: Sequence[notes.Entry], done: SecondLook) -> list[notes.Entry]:
    """The list with its first look that waits replaced."""
    first = next((place for place, one in enumerate(there) if one["result"] == "drawn"), None)
    return [done.to_body() if place == first else one for place, one in enumerate(there)]
