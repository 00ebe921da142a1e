"""A mean for each group of questions, shown beside the person's words and never added up across groups.

Refusals and unknowns are left out of mean and denominator; with fewer than two thirds answered there is no mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from safe_lib.engine.conditions import Known
from safe_lib.model.answers import NOT_APPLICABLE
from safe_lib.model.assessment import Score
from safe_lib.model.instrument import Item

ENOUGH = Fraction(2, 3)  # of a group's questions; fewer give no mean (B1, rules)


def scores_of(known: Known) -> dict[str, Score]:
    """The score of each group that has scored questions."""
    found = {}
    for group in known.instrument.groups:
        items = [item for item in known.instrument.members(group.id) if _scores(known, item)]
        if items:
            found[group.id] = _score(known, items)
    return found


def _scores(known: Known, item: Item) -> Mapping[str, float]:
    scale = known.instrument.scales.get(item.scale)
    return scale.scores if scale else {}


def _score(known: Known, items: list[Item]) -> Score:
    asked = [item for item in items if known.answer(item.id).code != NOT_APPLICABLE]
    values = [_scores(known, item)[code] for item in asked if (code := known.answer(item.id).code) in _scores(known, item)]
    if not values or len(values) < ENOUGH * len(asked):
        return Score(None, len(values), len(asked))
    return Score(round(sum(values) / len(values), 3), len(values), len(asked))
