"""What is due in a case by law or by plan, and what is stuck; from the paper of its procedures (rule W3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from safe_lib.catalogue.procedures import Law
from safe_lib.engine import legal
from safe_lib.model.legal import PROCEDURES, CaseDeadline, Considered, LegalFile
from safe_lib.model.procedure import Procedure, is_recalled
from safe_lib.procedures import counting_in

KINDS: Final[tuple[str, ...]] = (PROCEDURES,)  # of papers that hold it

Band = Literal["unknown", "overdue", "week", "month", "later"]
BANDS: Final[tuple[Band, ...]] = ("unknown", "overdue", "week", "month", "later")
WEEK: Final = 7  # days
MONTH: Final = 30  # days
STILL: Final = timedelta(days=28)  # a procedure in which nobody wrote anything for so long is stuck, or somebody has to say why not
SOURCE: Final = "en"

What = Literal["deadline", "task", "document", "procedure", "referral"]


@dataclass(frozen=True, slots=True)
class Verified:
    """When the rule behind a day was last compared with its sources; one that was written down from memory never was."""

    day: date
    by: date  # verify it again by then
    recalled: bool


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to be done by a day."""

    ref: str
    what: What
    id: str  # of the deadline, the task, the document, the procedure or the referral
    title: str
    plan: date | None  # the day to work towards; None: the day it counts from is not known
    last: date | None  # the legal last day; None too where the day is no limit of the law, such as the first day of a term
    rule: Verified | None = None  # of a deadline; nobody's rule stands behind a task or a document

    def band(self, today: date) -> Band:
        """In which band of the board it stands; what is not known has a band of its own and is never left out (DR6).

        A deadline is overdue when its last day has gone by; where only the day to work towards has, it is due this week.
        """
        if self.plan is None:
            return "unknown"
        if (self.last or self.plan) < today:
            return "overdue"
        left = (self.plan - today).days
        return "week" if left <= WEEK else "month" if left <= MONTH else "later"


@dataclass(frozen=True, slots=True)
class OfCase:
    """What is due in one case, and what is stuck."""

    deadlines: tuple[Due, ...] = ()
    stuck: tuple[Due, ...] = ()


def of_case(ref: str, papers: Mapping[str, Mapping[str, Any]], today: date, language: str = SOURCE, law: Law | None = None) -> OfCase:
    """What is due and what is stuck, from the papers of the case; nothing where no procedure was looked at."""
    body = papers.get(PROCEDURES)
    if not body:
        return OfCase()
    file = legal.file_in(body)
    seen = counting_in(file, today, law)
    names = {one.id: _words(one.seen.procedure.name, language) for one in seen}
    rules = {one.id: one.seen.procedure for one in seen}
    deadlines = [_of_deadline(ref, one, names, rules) for one in legal.deadlines_in(seen, file) if one.done is None]
    tasks = [Due(ref, "task", one.id, one.task, one.due, None) for one in file.tasks.values() if one.due and not one.done]
    papers_to_come = [Due(ref, "document", one.id, one.title or one.document, one.due, None) for one in file.documents.values() if one.due and not one.received]
    late = [one for one in (*tasks, *papers_to_come) if one.plan and one.plan < today]
    return OfCase((*deadlines, *tasks, *papers_to_come), (*late, *(Due(ref, "procedure", one.id, names[one.id], _last_word(one, file), None)
                                                                 for one in _still(seen, file, today))))


def _of_deadline(ref: str, one: CaseDeadline, names: Mapping[str, str], rules: Mapping[str, Procedure]) -> Due:
    found, behind = one.deadline, rules.get(one.deadline.procedure)
    rule = Verified(behind.verified, behind.verify_by, is_recalled(found.standing)) if behind else None
    return Due(ref, "deadline", found.id, names.get(found.procedure, found.procedure), found.plan or found.last,
               found.last if found.legal else None, rule)


def _still(seen: tuple[Considered, ...], file: LegalFile, today: date) -> Iterator[Considered]:
    """Procedures that are followed and in which nothing was written for four weeks."""
    for one in seen:
        last = _last_word(one, file)
        if one.is_followed and not one.is_final and last is not None and today - last >= STILL:
            yield one


def _last_word(one: Considered, file: LegalFile) -> date | None:
    """The last day on which somebody wrote about a procedure: that it is followed, a step, a fact of it alone, a task, a document."""
    of_it = [entry for part in (file.followed, file.steps, file.facts, file.tasks, file.documents) for entry in part.values() if entry.procedure == one.id]
    return max((entry.written.on for entry in of_it if entry.written.on), default=None)


def _words(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or words.get(SOURCE) or next(iter(words.values()), "")
