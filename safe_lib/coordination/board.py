"""What a coordinator sees of the team, and a volunteer of their own cases: read at once, judged by pure rules.

Closed cases are in no list. Cases stand by reference, people by name: nothing is sorted by how well or how much somebody did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from safe_lib import casework
from safe_lib.access import SAME_SITTING
from safe_lib.casework import CONSENTS, Desk, _may
from safe_lib.catalogue.procedures import Law, load_law
from safe_lib.coordination import due
from safe_lib.coordination.closing import Closing, closing_in
from safe_lib.coordination.contacts import last_with_the_person
from safe_lib.coordination.due import Due
from safe_lib.coordination.hours import A_YEAR, SEE_WORK, Load, loads, standing
from safe_lib.coordination.notes import entries_in
from safe_lib.engine import consents
from safe_lib.model.case import CaseLine
from safe_lib.model.coordination import CALENDAR, CLOSURE, CONTACTS, REFERRALS, SECOND_LOOKS, TOGETHER, Contact, HourEntry, Referral, SecondLook
from safe_lib.model.disclosure import Consent
from safe_lib.rights.permission import refused

KINDS: Final = (CONTACTS, REFERRALS, SECOND_LOOKS, CLOSURE, CALENDAR, CONSENTS, *due.KINDS)
ENDS_SOON: Final = timedelta(days=28)  # of a consent


@dataclass(frozen=True, slots=True)
class CaseWork:
    """What waits in one open case."""

    ref: str
    opened: date
    hands: tuple[str, ...]  # user names of those who work on it
    spoken: date | None  # the last day somebody spoke with the person
    quiet: int  # days since, or since the case was opened
    looks: tuple[SecondLook, ...]  # that wait
    referrals: tuple[Referral, ...]  # that wait: for an answer, for the person to be seen there, for what came of it
    consents: tuple[Consent, ...]  # that end soon, have ended or were taken back
    due: tuple[Due, ...]
    stuck: tuple[Due, ...]  # what should have been done by now, and procedures that wait for something unknown
    may_name: bool = False  # the person wishes the reference in a calendar


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the coordination page, for one reader on one day."""

    today: date
    of: str  # user name, or empty for the whole team
    quiet_after: int  # days
    cases: tuple[CaseWork, ...]  # open ones, by reference
    loads: tuple[Load, ...]  # by name
    meetings: tuple[HourEntry, ...]  # of the last 8 weeks, the newest first
    hours: tuple[HourEntry, ...]  # of the last 4 weeks, the newest first
    unfinished: tuple[Closing, ...]  # closed cases whose list nobody went through; for a coordinator
    weeks: tuple[str, ...] = ()  # of which the reader has a digest

    @property
    def quiet(self) -> tuple[CaseWork, ...]:
        """Cases in which nobody has spoken with the person for too long (rule W4)."""
        return tuple(one for one in self.cases if one.quiet >= self.quiet_after)

    def band(self, name: str) -> tuple[Due, ...]:
        """What is due in one band of the board, by day and reference (rule W3)."""
        return tuple(sorted((one for case in self.cases for one in case.due if one.band(self.today) == name), key=lambda one: (one.plan or date.min, one.ref)))


def board(desk: Desk, of: str = "") -> Board:
    """The board of the team for a coordinator, else of one's own cases.

    Args:
        of: a coordinator (and the batch account) may look at what one colleague sees.

    Raises:
        NotPermitted: somebody else's board.
    """
    store = _may(desk, "list")
    everybody, mine = casework.has_right(desk, SEE_WORK), store.own_user()
    if of and of != mine and not everybody:
        raise refused(SEE_WORK)
    only = of or ("" if everybody else mine)
    if not store.was_noted("board.read", desk.person, since=desk.now() - SAME_SITTING):
        store.note(by=desk.person, at=desk.now(), what="board.read", detail=f"of {only or 'the team'}")
    hands = store.hands_of_all()
    lines = [line for line in casework.list_cases(desk) if line.readable and (not of or of in hands.get(line.ref, ()))]
    papers = {file.ref: file.papers for file in store.case_files([line.ref for line in lines], (), (), KINDS)}
    counts = standing(store.hours(desk.today - A_YEAR))
    shown = _shown([one for one in counts if not only or one.user == only], {line.ref for line in lines})
    law = load_law()
    open_ones = sorted((line for line in lines if line.status == "open"), key=lambda line: line.ref)
    team = store.people() if not only else [one for one in store.people() if one.user == only]
    carried = Counter(user for line in open_ones for user in hands.get(line.ref, ()))
    return Board(
        desk.today, only, int(store.setting("quiet_days")),
        tuple(case_work(line, hands.get(line.ref, ()), papers[line.ref], desk.today, desk.language, law) for line in open_ones),
        loads(counts, team, carried, int(store.setting("hours_a_week")) * 60, desk.today),
        tuple(one for one in shown if one.category in TOGETHER and one.day > desk.today - timedelta(weeks=8)),
        tuple(one for one in shown if one.day > desk.today - timedelta(weeks=4)),
        () if only else _unfinished(lines, papers), store.digest_weeks())


def case_work(line: CaseLine, hands: tuple[str, ...], papers: Mapping[str, Mapping[str, Any]], today: date, language: str = "en",
              law: Law | None = None) -> CaseWork:
    """What waits in one case, from its papers."""
    spoken = last_with_the_person(Contact.from_body(one) for one in entries_in(papers.get(CONTACTS)))
    looks = tuple(one for one in map(SecondLook.from_body, entries_in(papers.get(SECOND_LOOKS))) if one.result == "drawn")
    waiting = tuple(one for one in map(Referral.from_body, entries_in(papers.get(REFERRALS))) if one.waits)
    said = consents.standing(consents.statements_in(papers.get(CONSENTS, {})))
    ends = tuple(one for one in said if one.state == "withdrawn" or (one.state == "given" and one.until <= today + ENDS_SOON))
    dues = due.of_case(line.ref, papers, today, language, law)
    again = tuple(Due(line.ref, "referral", one.id, one.organisation, one.due, None) for one in waiting)
    return CaseWork(line.ref, line.opened, hands, spoken, (today - (spoken or line.opened)).days, looks, waiting, ends, (*dues.deadlines, *again), dues.stuck,
                    bool(papers.get(CALENDAR, {}).get("may_name")))


def _unfinished(lines: Iterable[CaseLine], papers: Mapping[str, Mapping[str, Any]]) -> tuple[Closing, ...]:
    found = [closing_in(line.ref, papers[line.ref].get(CLOSURE, {})) for line in lines if line.status == "closed"]
    return tuple(one for one in sorted(found, key=lambda one: one.ref) if one.closed_on is None)


def _shown(found: Iterable[HourEntry], readable: set[str]) -> list[HourEntry]:
    """The newest day first; a case that this reader cannot open is not named."""
    known = (one if not one.ref or one.ref in readable else replace(one, ref="") for one in found)
    return sorted(known, key=lambda one: (one.day, one.id), reverse=True)
