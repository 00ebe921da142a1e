"""Which unknown would change what, and which question to ask next.

An open item is listed if, and only if, some answers to the other open items exist under which two answers to this one
lead to different results. A question about danger is never ranked away.
"""

from __future__ import annotations

from collections.abc import Mapping

from safe_lib.engine.conditions import Known
from safe_lib.model.answers import DECLINED, UNSAFE_TO_ASK
from safe_lib.model.assessment import OpenQuestion
from safe_lib.model.instrument import STRENGTHS, Item

DANGER_KINDS = ("danger", "hard_stop")
_ASK_LATER = (DECLINED, UNSAFE_TO_ASK)


def ranked(known: Known, pivots: Mapping[str, tuple[str, ...]], settles: Mapping[str, int]) -> tuple[OpenQuestion, ...]:
    """The open questions that matter: danger first, then what moves the outcome, then what settles most."""
    order = {id: place for place, id in enumerate(known.items)}

    def urgency(id: str) -> tuple[object, ...]:
        item = known.items[id]
        later = known.answer(id).code in _ASK_LATER
        return (item.kind not in DANGER_KINDS, later, "outcome" not in pivots[id], not item.critical, -settles.get(id, 0), _weakness(item), order[id])

    return tuple(OpenQuestion(id, pivots[id], _why(known, id, pivots[id]), rank, known.items[id].kind in DANGER_KINDS)
                 for rank, id in enumerate(sorted(pivots, key=urgency), start=1))


def _weakness(item: Item) -> int:
    return min((STRENGTHS.index(weight.strength) for weight in item.weights.values()), default=0)


def _why(known: Known, id: str, results: tuple[str, ...]) -> str:
    code = known.answer(id).code
    if known.items[id].kind in DANGER_KINDS:
        return "open.danger"
    if code in _ASK_LATER:
        return f"open.{code}"
    return "open.outcome" if "outcome" in results else "open.result"
