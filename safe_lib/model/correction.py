"""What the person asked to have corrected: both versions, why, and their own words where it was not changed (GDPR Art. 16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Result = Literal["changed", "not_changed"]


@dataclass(frozen=True, slots=True)
class Correction:
    """One request to correct something, and what came of it. The versions themselves stay in the history of the case."""

    where: Literal["answer", "paper"]
    name: str  # id of the instrument, or kind of the paper
    item: str  # id of the item; empty for a paper
    scenario: str
    reason: str  # what the person says is wrong, in their words
    result: Result
    before: int  # revision that was asked about; 0 where nothing was recorded
    after: int  # revision that counts since; the same as `before` where it was not changed
    why_not: str = ""  # of the professional, where it was not changed
    disagreement: str = ""  # of the person, where it was not changed; it goes along with what they disagree with
    by: str = ""  # user name of who wrote it down
    on: str = ""  # ISO day

    def to_json(self) -> dict[str, Any]:
        """Plain values for a paper."""
        return {name: getattr(self, name) for name in self.__slots__}


def corrections_in(body: Mapping[str, Any]) -> tuple[Correction, ...]:
    """The corrections that a paper holds, oldest first."""
    return tuple(Correction(**entry) for entry in body.get("corrections", []))
