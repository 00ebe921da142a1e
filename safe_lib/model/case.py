"""What the store keeps of one person: a reference, answers with their revisions, documents, and who did what.

A case reference is opaque (`K7M-2042`), never a name. Who the person is stands in `Identity`, apart from everything
else; nothing else in this module holds a name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal

from safe_lib.model.answers import Answer
from safe_lib.model.disclosure import NO_BASIS, Basis

Status = Literal["open", "closed"]
STATUSES: Final[tuple[Status, ...]] = ("open", "closed")

SHARED: Final = ""  # the scenario of an answer that counts for every future

_REFERENCE = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9-]{1,19}")


def is_reference(text: str) -> bool:
    """Capitals, digits and dashes, 2 to 20 of them and at least one digit: no name looks like that.

    >>> is_reference("K7M-2042"), is_reference("DEMO-001"), is_reference("AMINA")
    (True, True, False)
    """
    return _REFERENCE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Case:
    """One person's file, known by its reference."""

    ref: str
    opened: date
    status: Status
    training: bool  # an invented person


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One line of the list of cases; the alias is a hint for staff, not a name."""

    ref: str
    alias: str
    opened: date
    status: Status
    training: bool
    changed: datetime  # UTC; the last time something was saved
    instruments: tuple[str, ...] = ()  # those with at least one answer
    readable: bool = True  # False: its key is damaged, or was destroyed after this copy of the store was made


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the person is, kept apart from the content of the case.

    `details` holds what staff wrote down (name, date of birth, telephone, …) under keys of their choice.
    Revision 0 is the empty identity of a case nobody has named.
    """

    ref: str
    alias: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    revision: int = 0
    by: str = ""
    at: datetime | None = None  # UTC


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """One revision of one answer.

    `revision` counts the saves of this item in this case over all its scenarios, from 1; so a greater number is
    always the later save, whichever scenario it was made in.
    """

    item: str
    scenario: str  # where it was saved; SHARED: for every future
    answer: Answer
    note: str
    revision: int
    by: str
    at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Paper:
    """One revision of a document that belongs to a case: its scenarios, its plan, a formulation, …

    `body` is plain JSON: maps with text keys, lists, texts, numbers, true, false, null.
    """

    kind: str
    body: Mapping[str, Any]
    revision: int
    by: str
    at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class KeptAssessment:
    """An assessment as it was made: the JSON text of `safe assess`, and what it was made from.

    `hash` is the fingerprint the caller gave of instrument, country files and engine together.
    """

    id: int
    ref: str
    instrument: str
    scenario: str
    text: str
    hash: str
    by: str
    at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Report:
    """A sealed document. Its content is read apart, and each reading is audited."""

    id: str  # may be printed on the document; says nothing of the case
    ref: str
    workbook: str
    profile: str  # own_file | lawyer | partner | person | …
    format: str  # html | pdf | docx | json
    language: str
    sha256: str
    size: int  # bytes
    by: str
    made: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One line of the register: which report left the store, to whom, and what for."""

    report: str  # id of the report, and the mark of the copy
    recipient: str
    purpose: str
    by: str
    at: datetime  # UTC
    basis: Basis = NO_BASIS
    expires: date | None = None  # the last day it may be used
    kind: str = ""  # workbook and profile; lines written before this was kept have none
    sha256: str = ""
    replaces: str = ""  # id of the earlier report of this kind for the same recipient


@dataclass(frozen=True, slots=True)
class Extension:
    """A case is kept longer for one purpose, and why."""

    id: int
    purpose: str  # id of a purpose of the policy
    until: date  # the first day on which it may be erased
    reason: str
    by: str
    at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what, when; order is by `sequence`, never by the clock. It holds no answer and no name."""

    sequence: int
    at: datetime  # UTC
    by: str
    what: str  # such as `answer.saved`
    ref: str  # empty where no case is concerned
    detail: str


@dataclass(frozen=True, slots=True)
class Everything:
    """All that the store holds of one person, every version of it."""

    case: Case
    identities: tuple[Identity, ...]
    answers: tuple[tuple[str, SavedAnswer], ...]  # with the instrument of each
    papers: tuple[Paper, ...]
    assessments: tuple[KeptAssessment, ...]
    reports: tuple[Report, ...]
    disclosures: tuple[Disclosure, ...]
    extensions: tuple[Extension, ...]
    trail: tuple[AuditLine, ...]
    holders: tuple[str, ...]  # user names of those who hold the key
