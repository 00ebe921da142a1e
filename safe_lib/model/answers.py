"""What was answered, what it rests on, and about which future.

Four codes leave an item open: they are never treated as absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Code = str

ABSENT: Final = "absent"
PARTLY: Final = "partly"
PRESENT: Final = "present"
VERIFIED: Final = "verified"  # present, and shown by a document or a third party
NOT_APPLICABLE: Final = "not_applicable"  # needs a reason
CLEARED: Final = "cleared"
ACTIVE: Final = "active"

UNKNOWN: Final = "unknown"
NOT_ASKED: Final = "not_asked"
DECLINED: Final = "declined"
UNSAFE_TO_ASK: Final = "unsafe_to_ask"

OPEN_CODES: Final = (UNKNOWN, NOT_ASKED, DECLINED, UNSAFE_TO_ASK)

Evidence = Literal["account", "document", "third_party", "observation"]
EVIDENCE: Final[tuple[Evidence, ...]] = ("account", "document", "third_party", "observation")

AgeGroup = Literal["adult", "child", "disputed"]
AGE_GROUPS: Final[tuple[AgeGroup, ...]] = ("adult", "child", "disputed")

Level = Literal["low", "moderate", "high", "very_high"]
LEVELS: Final[tuple[Level, ...]] = ("low", "moderate", "high", "very_high")
UNDETERMINED: Final = "undetermined"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its code, what it rests on, and why (for `not_applicable` and departures)."""

    code: Code
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Nobody knows yet: unknown, not asked, declined or unsafe to ask."""
        return self.code in OPEN_CODES


@dataclass(frozen=True, slots=True)
class Person:
    """The little that rules may know of a person; never a name, a nationality or a faith."""

    age_group: AgeGroup | None = None  # None: the age group the instrument is made for
    children_travel: bool = False  # children would travel along


@dataclass(frozen=True, slots=True)
class Place:
    """Where a scenario would lead: ISO 3166-1 alpha-3, and ISO 3166-2 where it is known."""

    country: str
    subdivision: str | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """A severity that a professional set otherwise than the instrument, 1 to 4, with the reason.

    A lower one names the second professional and what it rests on.
    """

    level: int
    reason: str
    second: str = ""
    evidence: str = ""
    by: str = ""  # who set it


@dataclass(frozen=True, slots=True)
class Answers:
    """All that is recorded for one instrument about one person and one considered future.

    `given` holds one entry per item somebody answered; an item without an entry takes the code that
    `unlisted` names for its kind (risk, protective, hard_stop, indicator, …) and is `not_asked` where
    that names none.
    """

    given: Mapping[str, Answer] = field(default_factory=dict)
    person: Person = Person()
    scenario: str | None = None
    place: Place | None = None
    severity: Mapping[str, Departure] = field(default_factory=dict)
    unlisted: Mapping[str, Code] = field(default_factory=dict)

    def of(self, item: str, kind: str = "") -> Answer:
        """The answer to one item of a kind, `not_asked` where nobody answered."""
        answer = self.given.get(item)
        return answer if answer is not None else Answer(self.unlisted.get(kind, NOT_ASKED))
