"""What a coordinator looks after: hours, contacts, referrals, hand-overs, second looks, and the closing of a file.

Hours are about staff; everything else is about one case and is kept as papers of that case. Nothing here ranks anybody.
Source of the lists and rules: legal support, sections 8 to 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

Category = Literal["client", "travel", "admin", "training", "team_meeting", "supervision"]
CATEGORIES: Final[tuple[Category, ...]] = ("client", "travel", "admin", "training", "team_meeting", "supervision")
OF_A_CASE: Final[frozenset[Category]] = frozenset({"client", "travel", "admin"})  # hours that may belong to one case
TOGETHER: Final[tuple[Category, ...]] = ("training", "team_meeting", "supervision")  # what several people attend, with a topic
LONGEST_DAY: Final = 16 * 60  # minutes; more in one entry is a slip of the pen
SUPERVISED_EVERY: Final = 56  # days; everybody who helps is spoken with at least once in 8 weeks (rule W7)
WEEKS_LOOKED_AT: Final = 4  # the load of a week is the mean of the last four (rule W1)

Channel = Literal["meeting", "call", "video", "message", "letter"]
CHANNELS: Final[tuple[Channel, ...]] = ("meeting", "call", "video", "message", "letter")
ContactKind = Literal["person", "attempt", "lawyer", "authority", "shelter"]
CONTACT_KINDS: Final[tuple[ContactKind, ...]] = ("person", "attempt", "lawyer", "authority", "shelter")
WITH_THE_PERSON: Final = "person"  # the only kind that counts as contact: an attempt that failed, or a word with the lawyer, is none

ReferralState = Literal["asked", "accepted", "refused", "taken_back", "seen", "ended"]
REFERRAL_STATES: Final[tuple[ReferralState, ...]] = ("asked", "accepted", "refused", "taken_back", "seen", "ended")
AFTER: Final[Mapping[ReferralState, tuple[ReferralState, ...]]] = {  # state → what can be written down next; the others are final
    "asked": ("accepted", "refused", "taken_back"),
    "accepted": ("seen", "refused", "taken_back", "ended"),  # who said yes may still send somebody away
    "seen": ("ended",),
}
REMIND_AFTER: Final[Mapping[ReferralState, int]] = {"asked": 7, "accepted": 14, "seen": 28}  # days until somebody asks again; design of this project
Outcome = Literal["helped", "partly", "not_helped", "not_known"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("helped", "partly", "not_helped", "not_known")

LookResult = Literal["drawn", "agrees", "sees_otherwise", "talk_about"]
LOOK_RESULTS: Final[tuple[LookResult, ...]] = ("drawn", "agrees", "sees_otherwise", "talk_about")

# Kinds of papers of a case
CONTACTS: Final = "contacts"
REFERRALS: Final = "referrals"
HAND_OVERS: Final = "hand_overs"
SECOND_LOOKS: Final = "second_looks"
CLOSURE: Final = "closure"
CALENDAR: Final = "calendar"
PAPERS: Final = (CONTACTS, REFERRALS, HAND_OVERS, SECOND_LOOKS, CLOSURE, CALENDAR)


@dataclass(frozen=True, slots=True)
class HourEntry:
    """Minutes that somebody worked on one day, for one case or in general."""

    id: int
    user: str  # whose hours they are
    day: date
    minutes: int  # below zero where it takes an earlier entry back
    category: Category
    ref: str  # empty: in general, or of a case that was erased
    topic: str  # of training, a meeting, supervision; never of a case
    undoes: int  # id of the entry it takes back; 0: none
    by: str
    at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact, or the attempt at one."""

    day: date
    channel: Channel
    kind: ContactKind
    minutes: int
    interpreter: bool
    by: str

    def to_body(self) -> dict[str, Any]:
        """As it stands in the paper of the case."""
        return {"day": self.day.isoformat(), "channel": self.channel, "kind": self.kind, "minutes": self.minutes, "interpreter": self.interpreter,
                "by": self.by}

    @classmethod
    def from_body(cls, said: Mapping[str, Any]) -> Contact:
        """The way back."""
        return cls(date.fromisoformat(said["day"]), said["channel"], said["kind"], int(said["minutes"]), bool(said["interpreter"]), str(said["by"]))


@dataclass(frozen=True, slots=True)
class Referral:
    """One organisation was asked to help, with what the person agreed to, what was passed on, and what became of it."""

    id: str
    organisation: str
    purpose: str
    consent: str  # id of the person's consent it rests on
    asked_on: date
    by: str
    state: ReferralState = "asked"
    answered_on: date | None = None
    words: str = ""  # why it refused, or what it will do
    entry: str = ""  # of the social map: country and id; empty where the organisation was written down by name
    passed_on: str = ""  # the very words that were shown, read to the person and then said or written to the organisation
    although: str = ""  # why it was asked although a reason spoke against it
    seen_on: date | None = None  # the day on which the person was there
    ended_on: date | None = None
    outcome: str = ""  # one of OUTCOMES; empty until it is written down
    outcome_words: str = ""
    remind_on: date | None = None  # None: as many days after the last step as are usual

    @property
    def waits(self) -> bool:
        """Whether something is still to be written down."""
        return self.state in AFTER

    @property
    def due(self) -> date | None:
        """The day on which somebody asks again; None where nothing is to come."""
        if not self.waits:
            return None
        last = {"accepted": self.answered_on, "seen": self.seen_on}.get(self.state) or self.asked_on
        return self.remind_on or last + timedelta(days=REMIND_AFTER[self.state])

    def to_body(self) -> dict[str, Any]:
        """As it stands in the paper of the case."""
        return {"id": self.id, "organisation": self.organisation, "purpose": self.purpose, "consent": self.consent, "asked_on": self.asked_on.isoformat(),
                "by": self.by, "state": self.state, "answered_on": _iso(self.answered_on), "words": self.words, "entry": self.entry,
                "passed_on": self.passed_on, "although": self.although, "seen_on": _iso(self.seen_on), "ended_on": _iso(self.ended_on),
                "outcome": self.outcome, "outcome_words": self.outcome_words, "remind_on": _iso(self.remind_on)}

    @classmethod
    def from_body(cls, said: Mapping[str, Any]) -> Referral:
        """The way back; papers of before the social map have fewer fields."""
        return cls(said["id"], said["organisation"], said["purpose"], said["consent"], date.fromisoformat(said["asked_on"]), said["by"], said["state"],
                   _day(said["answered_on"]), said["words"], said.get("entry", ""), said.get("passed_on", ""), said.get("although", ""),
                   _day(said.get("seen_on", "")), _day(said.get("ended_on", "")), said.get("outcome", ""), said.get("outcome_words", ""),
                   _day(said.get("remind_on", "")))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class HandOver:
    """Who handed the case to whom, and what was open."""

    day: date
    giver: str  # user names
    taker: str
    words: str  # what is open, in the words of who hands over
    by: str

    def to_body(self) -> dict[str, Any]:
        """As it stands in the paper of the case."""
        return {"day": self.day.isoformat(), "giver": self.giver, "taker": self.taker, "words": self.words, "by": self.by}

    @classmethod
    def from_body(cls, said: Mapping[str, Any]) -> HandOver:
        """The way back."""
        return cls(date.fromisoformat(said["day"]), said["giver"], said["taker"], said["words"], said["by"])


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A colleague looks at a case that chance has drawn; it is about the work, and about nobody."""

    seed: int  # with the day and the cases of that day, it draws the same again
    drawn_on: date
    drawn_by: str
    result: LookResult = "drawn"
    looked_on: date | None = None
    looked_by: str = ""
    words: str = ""

    def to_body(self) -> dict[str, Any]:
        """As it stands in the paper of the case."""
        return {"seed": self.seed, "drawn_on": self.drawn_on.isoformat(), "drawn_by": self.drawn_by, "result": self.result,
                "looked_on": self.looked_on.isoformat() if self.looked_on else "", "looked_by": self.looked_by, "words": self.words}

    @classmethod
    def from_body(cls, said: Mapping[str, Any]) -> SecondLook:
        """The way back."""
        looked = date.fromisoformat(said["looked_on"]) if said["looked_on"] else None
        return cls(int(said["seed"]), date.fromisoformat(said["drawn_on"]), said["drawn_by"], said["result"], looked, said["looked_by"], said["words"])
