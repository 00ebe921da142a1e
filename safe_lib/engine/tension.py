"""Where an account and country information point in different directions. Neither refutes the other: both are shown.

General information says little about one person, and what happened to one person says little about a country; so this
gives no weight to either side and no result.
"""

from __future__ import annotations

from safe_lib.model.answers import ABSENT, ACTIVE, CLEARED, PARTLY, PRESENT, VERIFIED
from safe_lib.model.instrument import Item

GOOD = ("strong",)  # levels that say: people are protected or supported in this respect
BAD = ("weak", "absent")


def tension(item: Item, code: str, level: str | None) -> str:
    """How an answer and the level of its topic differ.

    Returns:
        `graver`: the account tells of danger where sources report protection. `calmer`: the account sees no danger where
        sources report little protection. `better`: this person has what sources say few have. Empty where they do not
        differ, or where either side is open.
    """
    danger = code in (PRESENT, PARTLY) if item.kind == "risk" else code == ACTIVE and item.kind == "hard_stop"
    calm = code == ABSENT if item.kind == "risk" else code == CLEARED and item.kind == "hard_stop"
    if danger and level in GOOD:
        return "graver"
    if calm and level in BAD:
        return "calmer"
    return "better" if item.kind == "protective" and code in (PRESENT, VERIFIED) and level in BAD else ""
