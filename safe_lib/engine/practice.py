"""In which way a trainee reads otherwise than agreed. Each way is a thing to talk about; none is a mark, and they are never added up."""

from __future__ import annotations

from collections.abc import Sequence

from safe_lib.model.answers import NOT_APPLICABLE, OPEN_CODES
from safe_lib.model.practice import Way

_OPEN = frozenset((*OPEN_CODES, NOT_APPLICABLE))


def way_of(agreed: str, mine: str, order: Sequence[str]) -> Way:
    """How one reading stands to the agreed one.

    `closed` is an answer where the agreed reading leaves the question open; `left_open` the other way round. `more` and `less`
    follow the order of the scale, from least to most. `otherwise` is open for another reason, or without a place in the order.

    >>> way_of("unknown", "present", ("absent", "present")), way_of("present", "absent", ("absent", "present"))
    ('closed', 'less')
    """
    if agreed == mine:
        return "same"
    if agreed in _OPEN or mine in _OPEN:
        return "otherwise" if agreed in _OPEN and mine in _OPEN else "closed" if agreed in _OPEN else "left_open"
    if agreed not in order or mine not in order:
        return "otherwise"
    return "more" if order.index(mine) > order.index(agreed) else "less"
