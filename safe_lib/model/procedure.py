"""A legal procedure as data: its steps, its terms by date of the law, and where each rule comes from.

A procedure never decides anything about a person. It says which days follow from which facts, what is still unknown,
and how sure we are of the rule itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from safe_lib.model.assessment import Truth
from safe_lib.model.instrument import Condition, Source

Unit = Literal["days", "weeks", "months", "years", "working_days"]
Standing = Literal["seen", "recalled_high", "recalled_medium", "recalled_low", "design"]
Words = Mapping[str, str]  # language → text
RECALLED: Final = ("recalled_high", "recalled_medium", "recalled_low")  # written down from memory: nobody has read the source for it
STANDINGS: Final[tuple[Standing, ...]] = ("seen", "recalled_high", "recalled_medium", "recalled_low", "design")

AS_STATED: Final = "as stated"  # the term stands in a letter of the authority, not in the law


def is_recalled(standing: str) -> bool:
    """Whether a rule was written down from memory, so that no day says when it was verified."""
    return standing in RECALLED


@dataclass(frozen=True, slots=True)
class Period:
    """A number of days, weeks, months, years or working days."""

    number: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Holiday:
    """One public holiday: on a fixed day, or so many days from Easter Sunday (western)."""

    name: str
    month: int = 0
    day: int = 0
    easter: int | None = None  # days after Easter Sunday
    moved_from_sunday: int = 0  # days by which it moves where it falls on a Sunday
    first: int = 0  # first year; 0 for always
    last: int = 9999


@dataclass(frozen=True, slots=True)
class LegalCalendar:
    """Which days are no working days for an authority, and which terms run on to the next working day."""

    id: str
    zone: str  # IANA name, such as Europe/Amsterdam
    holidays: tuple[Holiday, ...] = ()
    rolls_up_to: Mapping[Unit, int] = field(default_factory=dict)  # longest term of each unit that runs on
    complete: bool = False  # False: only weekends are known


@dataclass(frozen=True, slots=True)
class Term:
    """One length of a term as one or more sources have it; `period` is None where a letter states it."""

    period: Period | None
    sources: tuple[str, ...]
    standing: Standing
    when: Condition | None = None
    anchor: str = ""  # a fact of its own, where it differs from that of the rule
    stated_in: str = ""  # the fact that holds the day or the period of a letter


@dataclass(frozen=True, slots=True)
class LawVersion:
    """The terms that hold for cases whose anchor lies on or after a day; None for as far back as is known."""

    in_force_from: date | None
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """How one deadline follows from a fact."""

    id: str
    anchor: str
    direction: Literal["after", "before"]
    versions: tuple[LawVersion, ...]  # oldest first
    legal: bool = True  # False: no limit of the law
    opening: bool = False  # from this day on something may be done; planned on the first working day after, not before
    rolls: bool = False  # runs on to the next working day
    opens: str = ""  # the deadline whose last day is the earliest day of this one
    plan_from: str = ""  # this day is never a plan: take the plan of that deadline
    minimum: str = ""  # the minimum rule it is measured against
    reminders: tuple[Period, ...] = ()
    note: Words = field(default_factory=dict)
    law: tuple[str, ...] = ()  # the rules of law that its procedure rests on


@dataclass(frozen=True, slots=True)
class ProcedureStep:
    """Something that somebody does."""

    id: str
    actor: str
    action: Words
    deadline: str = ""
    documents: tuple[str, ...] = ()
    form: str = ""
    states: tuple[str, ...] = ()  # in which it is due; empty: in all


@dataclass(frozen=True, slots=True)
class Transition:
    """From one state to the next: on an event, or when a deadline is reached or has passed."""

    source: str
    target: str
    event: str = ""
    reached: str = ""
    passed: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One ground within a procedure, with an id, a condition and documents of its own."""

    id: str
    name: Words
    opens_when: Condition | None
    needed: tuple[str, ...] = ()
    useful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about a procedure with its standing: a note, a risk, a fee, a requirement."""

    kind: str  # note | risk | fee | requirement | information
    says: Words
    standing: Standing
    sources: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form or letter, and who issues it; `template` where the suite has a draft of it."""

    id: str
    name: Words
    standing: Standing


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure of one jurisdiction, as read and checked."""

    id: str
    country: str  # ISO 3166-1 alpha-3; EUE and COE for the two bodies that set minimum rules
    kind: str
    name: Words
    version: str
    standing: Standing
    verified: date  # when somebody last compared it with its sources
    verify_by: date  # from the day after, it is shown as "verify first"
    sources: Mapping[str, Source]
    basis: tuple[tuple[str, str], ...]  # text of the law, id of the source
    authority: Mapping[str, str]
    calendar: LegalCalendar
    hash: str
    opens_when: Condition | None = None
    closed_when: Condition | None = None  # it does not apply only where this is known to hold: what is unknown leaves it as it is
    breached_when: Condition | None = None  # minimum rules only
    minimum: Period | None = None  # minimum rules that set a length
    variants: tuple[Variant, ...] = ()
    states: tuple[str, ...] = ()
    final: tuple[str, ...] = ()
    transitions: tuple[Transition, ...] = ()
    steps: tuple[ProcedureStep, ...] = ()
    deadlines: tuple[DeadlineRule, ...] = ()
    needed: tuple[str, ...] = ()
    useful: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ()
    remarks: tuple[Remark, ...] = ()
    leads_to: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    taken_over: frozenset[str] = frozenset()  # deadlines of other procedures that are shown here too


@dataclass(frozen=True, slots=True)
class LawChange:
    """A change of the law that every reader of the procedures it touches must see."""

    id: str
    since: date | None
    topic: Words
    says: Words
    standing: Standing
    touches: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One term that a deadline could have: because sources differ, or because a fact is not known."""

    period: Period | None
    last: date | None
    sources: tuple[str, ...]
    standing: Standing
    used: bool
    unknown: tuple[str, ...] = ()  # facts that would decide whether it holds


@dataclass(frozen=True, slots=True)
class Deadline:
    """The three dates of one deadline for one case. None is *unknown*, which is never left out."""

    id: str
    procedure: str
    anchor: str
    earliest: date | None
    plan: date | None
    last: date | None
    legal: bool
    standing: Standing
    conflict: tuple[Alternative, ...]  # what the sources say, where they differ
    undecided: tuple[Alternative, ...]  # what follows from a fact that is not known
    basis: tuple[str, ...]
    law_of: date | None  # `in_force_from` of the version used
    remarks: tuple[tuple[str, Mapping[str, str]], ...]  # keys of the interface texts, and what fills them
    band: str  # open | overdue | week | month | quarter | later | unknown
    days_left: int | None  # calendar days from the day of the look to the last day
    reminders: tuple[date, ...]
    note: Words


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a minimum rule is kept, as far as the facts say."""

    id: str
    breached: Truth
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where one case stands in one procedure on one day."""

    procedure: Procedure
    variant: Variant | None
    on: date
    may_apply: Truth
    unknown: tuple[str, ...]  # facts that would decide whether it may apply
    because: tuple[str, ...]  # the sentences that were looked at, with their truth
    state: str
    deadlines: tuple[Deadline, ...]
    breached: Truth | None
    verify_first: bool
    unused: tuple[str, ...]  # facts that no rule of this procedure asks for


@dataclass(frozen=True, slots=True)
class Touched:
    """A case for which a change of the law gives other days or another state."""

    reference: str
    deadlines: tuple[str, ...]
    state_differs: bool
