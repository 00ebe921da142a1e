"""What was agreed with one partner about sharing, and what a hand-over file says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

FORMAT: Final = "safe-handover"
VERSION: Final = 1  # of the form of the manifest


@dataclass(frozen=True, slots=True)
class Protocol:
    """A sharing protocol with one partner."""

    id: str
    partner: str
    profile: str
    sends: Mapping[str, frozenset[str]]  # workbook → groups
    purposes: tuple[str, ...]
    bases: tuple[str, ...]
    days_between: int  # days between two hand-overs about one person
    keep_days: int  # days
    begins: date
    until: date
    key: str  # the partner's age key, or empty
    hash: str


@dataclass(frozen=True, slots=True)
class Received:
    """A hand-over file that was opened, and whose every part is what its manifest says."""

    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]  # name → content
    sha256: str  # of the whole, as the sender's register has it
