"""What a case keeps of its legal procedures: facts with who said them, steps, papers, tasks, contacts, the statement.

Each entry carries who wrote it, on which day, and the revision of the paper it was written in, by which two people who
write at once are told of each other. Nothing here is legal advice, and nothing is concluded from what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from safe_lib.model.assessment import Truth
from safe_lib.model.errors import WrongUse
from safe_lib.model.procedure import Deadline, LawChange, Standpoint

PROCEDURES: Final = "procedures"  # kind of the paper that holds all of this
Part = Literal["facts", "followed", "steps", "documents", "tasks", "contacts", "statement"]
PARTS: Final[tuple[Part, ...]] = ("facts", "followed", "steps", "documents", "tasks", "contacts", "statement")
COPIES: Final = ("original", "copy")  # what of a document is wanted, or came
SAFE: Final = ("yes", "no", "unknown")  # whether a message may be left with somebody
ROLES: Final = ("lawyer", "authority", "police", "shelter", "interpreter", "embassy", "guardian", "other")  # of a contact
HOME: Final = ("NLD",)  # jurisdictions looked at where a case names none: the society that keeps this suite works there


class EntryRefused(WrongUse):
    """An entry cannot be kept as it is; `key` says why and `field` where, so that a page can say it in its own language."""

    def __init__(self, part: str, field: str, key: str, sentence: str) -> None:
        """Say where and why, never what was written."""
        super().__init__(f"{part}: {sentence}")
        self.part, self.field, self.key = part, field, key


@dataclass(frozen=True, slots=True)
class Written:
    """Who wrote an entry, on which day, and in which revision of the paper."""

    by: str = ""
    on: date | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class CaseFact:
    """One fact of the case, with who said it. A fact of one procedure alone counts there before that of the whole case."""

    name: str  # as the catalogue lists it, such as `reflection_granted`
    value: str  # an ISO day, yes, no, a period, a word, or one of the open answers
    source: str = ""  # who said it, or which paper: needed for everything that is known
    learned: date | None = None  # the day it was said
    procedure: str = ""  # empty: of the whole case
    written: Written = field(default_factory=Written)

    @property
    def id(self) -> str:
        """The fact, or the fact within its procedure."""
        return f"{self.name}@{self.procedure}" if self.procedure else self.name


@dataclass(frozen=True, slots=True)
class Following:
    """That a procedure is followed for this case, and where somebody says it stands."""

    procedure: str
    stage: str = ""  # the state of the procedure, as somebody named it; events after it move it on
    version: str = ""  # of the procedure's file when it was last looked at
    ended: date | None = None  # not followed any more since this day
    written: Written = field(default_factory=Written)

    @property
    def id(self) -> str:
        """The procedure."""
        return self.procedure


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step of a procedure: done on a day by somebody, or open again."""

    procedure: str
    step: str
    done: date | None = None
    doer: str = ""  # who did it
    written: Written = field(default_factory=Written)

    @property
    def id(self) -> str:
        """The step within its procedure."""
        return f"{self.procedure}/{self.step}"


@dataclass(frozen=True, slots=True)
class FileDocument:
    """One document: who brings what by when, as original or copy, and whether it is there."""

    id: str = ""
    document: str = ""  # as the catalogue lists it; empty where it is none of those
    title: str = ""  # in words, where it is none of those
    procedure: str = ""  # the procedure it is for
    bringer: str = ""  # who brings it
    due: date | None = None
    copy: str = ""  # original | copy; empty: not settled
    received: date | None = None
    returned: date | None = None  # the day an original went back
    note: str = ""
    written: Written = field(default_factory=Written)


@dataclass(frozen=True, slots=True)
class Task:
    """Something somebody does by a day."""

    id: str = ""
    task: str = ""
    doer: str = ""
    due: date | None = None
    done: date | None = None
    procedure: str = ""
    written: Written = field(default_factory=Written)


@dataclass(frozen=True, slots=True)
class Contact:
    """A lawyer or somebody at an authority. Whether a message may be left is asked, never supposed."""

    id: str = ""
    role: str = "lawyer"
    office: str = ""
    contact: str = ""  # the name, where one is needed
    phone: str = ""
    safe: str = "unknown"  # may a message be left: yes | no | unknown
    note: str = ""
    written: Written = field(default_factory=Written)


@dataclass(frozen=True, slots=True)
class PersonStatement:
    """The statement in the person's own words."""

    words: str = ""
    language: str = ""  # in which it was told
    read_back: str = "unknown"  # was it read back to the person and agreed: yes | no | unknown
    written: Written = field(default_factory=Written)

    @property
    def id(self) -> str:
        """There is one; its earlier versions are kept."""
        return "words"


Entry = CaseFact | Following | StepDone | FileDocument | Task | Contact | PersonStatement


@dataclass(frozen=True, slots=True)
class LegalFile:
    """All of it, as last saved."""

    facts: Mapping[str, CaseFact] = field(default_factory=dict)
    followed: Mapping[str, Following] = field(default_factory=dict)
    steps: Mapping[str, StepDone] = field(default_factory=dict)
    documents: Mapping[str, FileDocument] = field(default_factory=dict)
    tasks: Mapping[str, Task] = field(default_factory=dict)
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    statement: PersonStatement | None = None
    jurisdictions: tuple[str, ...] = HOME  # ISO 3166-1 alpha-3: whose procedures are looked at
    revision: int = 0  # 0: nothing has been written yet
    revisions: Mapping[tuple[str, str], int] = field(default_factory=dict)  # part and id → revision it was last written or taken out in

    def follows(self, procedure: str) -> bool:
        """Whether a procedure is followed today."""
        known = self.followed.get(procedure)
        return known is not None and known.ended is None


@dataclass(frozen=True, slots=True)
class Considered:
    """One procedure for one case on one day: whether it may apply and why, where it stands, and its changes of law."""

    seen: Standpoint
    following: Following | None
    changes: tuple[LawChange, ...]
    grounds: tuple[Standpoint, ...] = ()  # each ground of the procedure by itself
    asked: tuple[str, ...] = ()  # the facts its condition looks at, in reading order
    narrowed_by: tuple[str, ...] = ()  # facts that are not known and could close it

    @property
    def id(self) -> str:
        """The procedure."""
        return self.seen.procedure.id

    @property
    def may_apply(self) -> Truth:
        """Holds, does not hold, or open: then `missing` names the facts that would decide."""
        return self.seen.may_apply

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that are not known and would decide whether it may apply."""
        return self.seen.unknown

    @property
    def is_followed(self) -> bool:
        """Somebody follows it."""
        return self.following is not None and self.following.ended is None

    @property
    def is_final(self) -> bool:
        """It has come to its end."""
        return self.seen.state in self.seen.procedure.final

    @property
    def is_newer(self) -> bool:
        """The file of the procedure is another one than when somebody last looked."""
        return bool(self.following and self.following.version and self.following.version != self.seen.procedure.version)


@dataclass(frozen=True, slots=True)
class CaseDeadline:
    """A deadline of a case: of a procedure that is followed, or that may apply and nobody follows."""

    deadline: Deadline
    followed: bool
    done: date | None = None  # the day its step was done

    @property
    def id(self) -> str:
        """The deadline."""
        return self.deadline.id


Happening = Literal["fact", "earliest", "plan", "last", "received", "done", "task"]


@dataclass(frozen=True, slots=True)
class Moment:
    """One day of the timeline; `name` is the id of what happens, `words` what somebody typed for it. None: the day is not known."""

    day: date | None
    happening: Happening
    name: str
    procedure: str = ""
    words: str = ""
    settled: bool = False  # it has happened or was done


@dataclass(frozen=True, slots=True)
class Offer:
    """A fact that another part of the case knows. It is offered, never taken over by itself."""

    name: str
    value: str
    origin: str  # key of the interface texts that says where it comes from
    learned: date | None = None
