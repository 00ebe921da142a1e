"""What lets something about a person leave the store: a consent, or another basis with its reason; and the copy that leaves.

A consent is for one purpose and one recipient. What was said about it is only ever added to: a withdrawal is a further
statement, and the earlier ones stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

State = Literal["given", "refused", "withdrawn"]
STATES: Final[tuple[State, ...]] = ("given", "refused", "withdrawn")

CONSENT: Final = "consent"
REASONED: Final = ("vital_interests", "legal_obligation", "legal_claims", "child_protection")  # hold without consent, each with its reason (PRI-04)
OWN_REQUEST: Final = "own_request"  # the person asked for their own data
OWN_WORK: Final = "own_work"  # it stays with the organisation that works with the person
EXERCISE: Final = "exercise"  # an invented person in a training store
BASES: Final = (CONSENT, *REASONED, OWN_REQUEST, OWN_WORK, EXERCISE)
HOWS: Final = ("spoken", "written", "read_aloud")  # how a person says yes or no; read_aloud: read to them, and signed or marked
SHORTEST_REASON: Final = 12  # letters of a reason that a second reader can weigh
KEEP_FOR: Final = 183  # days a copy may be used, and a consent lasts, where nothing else is said (six months: form CF-REFERRAL, legal support, section 9)


@dataclass(frozen=True, slots=True)
class Basis:
    """Why something may leave: one of `BASES`, with the consent it names or the reason that was given."""

    kind: str = ""
    consent: str = ""  # id of the consent
    reason: str = ""


NO_BASIS: Final = Basis()  # lines of a register that was kept before bases were


@dataclass(frozen=True, slots=True)
class Consent:
    """One statement about one consent; the last one with the same id is what counts."""

    id: str
    state: State
    recipient: str
    purpose: str
    scope: str  # what may be shared, in words
    language: str  # in which it was explained
    interpreter: bool
    until: date  # the last day it counts
    by: str
    at: datetime  # UTC
    form: str = ""  # what kind of consent it is, such as CF-REFERRAL; older ones say none
    how: str = ""  # how the person said it: spoken, written, read_aloud
    once: bool = False  # for one use


@dataclass(frozen=True, slots=True)
class GeneralNo:
    """What the person said in the talk about sharing at all (question CONSENT-SHARE), where that was no."""

    state: str  # refused | withdrawn
    at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a document for one recipient: what stands on its first page and, as `id`, on every page and in its metadata."""

    id: str
    recipient: str = ""
    until: str = ""  # ISO day; the last day it may be used
    replaces: str = ""  # id of the earlier copy for the same recipient
    replaced_on: str = ""  # ISO day on which that one left
