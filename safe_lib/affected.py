"""After a breach: which cases, which kinds of data and which recipients were touched in a window of time, by whom (PRI-09).

A supervisory authority has to be told within 72 hours (GDPR, Article 33), and the people concerned without delay (Article
34). The answer comes from the audit trail and the register of copies alone. Where a line does not say what was read,
everything in the case counts as read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from safe_lib.casework import Desk, _may
from safe_lib.model.case import AuditLine, Disclosure

WHOLE: Final = "everything"  # all that the case says: a reading whose page is not told, or an emergency
GROUPS: Final[Mapping[str, str]] = {  # what a line says was done → the kind of data
    "answer.saved": "answers", "paper.saved": "papers", "identity.saved": "identity", "assessment.kept": "assessments", "report.sealed": "reports",
    "report.read": "reports", "report.disclosed": "copies", "case.opened": "identity", "glass.broken": WHOLE, "consent.given": "consents",
    "consent.refused": "consents", "consent.withdrawn": "consents", "case.read": WHOLE, "key.lent": WHOLE, "calendar.left": "papers",
}
READ: Final[Mapping[str, str]] = {"report": "reports", "kept": "assessments"}  # how the detail of a reading begins → the kind of data, where that was all


@dataclass(frozen=True, slots=True)
class Touched:
    """One case that was touched."""

    ref: str
    groups: tuple[str, ...]
    people: tuple[str, ...]  # user names
    copies: tuple[Disclosure, ...]  # what left of it, as far as the person who asks may read the register
    lines: int  # of the trail


@dataclass(frozen=True, slots=True)
class Affected:
    """What a window of time touched."""

    since: datetime  # UTC
    until: datetime
    by: str  # one person, or empty
    cases: tuple[Touched, ...]
    lists: int  # times the list of cases was read: it shows the hints of every case its reader may see

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everybody outside who got something."""
        return tuple(sorted({copy.recipient for case in self.cases for copy in case.copies}))


def affected(desk: Desk, since: datetime, until: datetime, *, by: str = "") -> Affected:
    """What was touched from one moment to another, by everybody or by one person; that this was asked stands in the trail.

    Raises:
        NotPermitted: no right to read the whole trail.
    """
    store = _may(desk, "team.read_trail")
    lines = store.audit_between(since, until, by or None)
    left = store.disclosed_between(since, until)
    store.note(by=desk.person, at=desk.now(), what="trail.read", detail="affected")
    of_case: dict[str, list[AuditLine]] = defaultdict(list)
    for line in lines:
        if line.ref and line.what in GROUPS:
            of_case[line.ref].append(line)
    cases = tuple(_touched(ref, of_case[ref], [one for one in left.get(ref, ()) if by in ("", one.by)]) for ref in sorted(of_case))
    return Affected(since, until, by, cases, sum(line.what in ("cases.listed", "cases.reassessed", "board.read") for line in lines))


def _touched(ref: str, lines: Iterable[AuditLine], copies: Iterable[Disclosure]) -> Touched:
    said = list(lines)
    return Touched(ref, tuple(sorted({_group(line) for line in said})), tuple(sorted({line.by for line in said})), tuple(copies), len(said))


def _group(line: AuditLine) -> str:
    """The kind of data; a page of a case shows its answers, its papers and the hint, so a page that is named counts as everything too."""
    if line.what != "case.read":
        return GROUPS[line.what]
    return READ.get(line.detail.partition(".")[0], WHOLE)
