"""Handing a case from one colleague to another: what is open goes along in writing, and the new one is told."""

from __future__ import annotations

from safe_lib import teamwork
from safe_lib.casework import Desk, _may
from safe_lib.coordination import notes
from safe_lib.model.coordination import HAND_OVERS, HandOver
from safe_lib.model.errors import WrongUse


def hand_over(desk: Desk, ref: str, *, giver: str, taker: str, words: str) -> HandOver:
    """Hand a case over; whoever gives it loses its key, and whoever takes it is told on their start page.

    Args:
        words: what is open, and what the person was told of the change.

    Raises:
        WrongUse: nothing is said of what is open, the giver does not work on it, or both are the same.
        NotPermitted: no right to assign the case, or the taker may never see it.
    """
    store = _may(desk, "assign", ref)
    kept = notes.said(words, "what is open")
    if giver == taker or giver not in store.assigned(ref):
        raise WrongUse(f"{ref}: say who hands it over and who takes it; the first has to work on it now.")
    store.person(taker)
    made = HandOver(desk.today, giver, taker, kept, desk.person)
    teamwork.assign(desk, ref, taker)  # refused here, before anything is written, where the taker may not have it
    notes.add(desk, ref, HAND_OVERS, made.to_body())
    teamwork.unassign(desk, ref, giver)
    return made


def hand_overs(desk: Desk, ref: str) -> tuple[HandOver, ...]:
    """Every hand-over of a case, oldest first."""
    _may(desk, "read", ref)
    return tuple(HandOver.from_body(one) for one in notes.entries(desk, ref, HAND_OVERS))
