"""Which stored cases a change of the law touches, and how; for every door.

The manner is that of `casework`: a `Desk` first, then may I? Only the cases of this desk are looked at, and one line in the
trail says that they were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from safe_lib import casework, procedures
from safe_lib.casework import Desk
from safe_lib.catalogue.procedures import Law, load_law
from safe_lib.engine import law_changes
from safe_lib.engine.law_changes import Differs
from safe_lib.model.case import CaseLine
from safe_lib.model.errors import NotPermitted, StoreError, WrongUse
from safe_lib.model.legal import LegalFile
from safe_lib.model.procedure import Procedure

Pair = tuple[Procedure, Procedure]  # before and after


def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class TouchedCase:
    """One case for which a procedure differs."""

    ref: str
    status: str  # of the case: open or closed
    followed: bool
    differs: Differs


def since(day: date, id: str | None = None) -> tuple[Pair, ...]:
    """Every procedure (or one) whose law has a version that holds from a day or later: without those versions, and as it is.

    Raises:
        WrongUse: there is no such procedure.
    """
    law = load_law()
    if id is not None and id not in law.procedures:
        raise WrongUse("safe procedure: there is no procedure with this id.\n  See `safe procedure` for the list.")
    chosen = [law.procedures[id]] if id is not None else list(law.procedures.values())
    return tuple((law_changes.as_before(one, day), one) for one in chosen if law_changes.changed_since(one, day))


def against(proposed: Procedure) -> Pair:
    """A procedure as the suite has it, and as a file would have it.

    Raises:
        WrongUse: the suite has no procedure with this id.
    """
    law = load_law()
    if proposed.id not in law.procedures:
        raise WrongUse("safe procedure: the suite has no procedure with the id of this file, so there is nothing to compare it with.\n"
                       "  Correct the id, or add the file to safe_lib/instruments/procedures.")
    return law.procedures[proposed.id], proposed


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What came of looking through the cases of a desk."""

    on: date
    procedures: tuple[str, ...]
    cases: int
    unread: tuple[str, ...]  # cases that could not be read, so that nothing is known of them
    touched: tuple[TouchedCase, ...]


def cases_touched(desk: Desk, pairs: Sequence[Pair], *, begin: Callable[[int], Callable[[], None]] = lambda total: _nothing) -> LookedAt:
    """The cases of this desk for which one of the procedures gives other days or another state, by reference; no other case is listed.

    Args:
        desk: who asks, on which day; cases they may not see are not looked at.
        pairs: each procedure before and after the change.
        begin: told how many cases there are; what it gives is called after each.

    Raises:
        NotPermitted: the person may not list cases.
    """
    found: list[TouchedCase] = []
    unread: list[str] = []
    lines = sorted(casework.list_cases(desk), key=lambda line: line.ref)
    desk.open_store().note(by=desk.person, at=desk.now(), what="cases.law_change", detail=" ".join(after.id for _, after in pairs)[:200])
    each, step, law = replace(desk, for_list=True), begin(len(lines)), load_law()
    for line in lines:
        try:
            found += _touched(line, procedures.legal_file(each, line.ref), pairs, desk.today, law)
        except (NotPermitted, StoreError):  # it is told which: nothing is known of them, which is not that nothing differs
            unread.append(line.ref)
        step()
    return LookedAt(desk.today, tuple(after.id for _, after in pairs), len(lines), tuple(unread), tuple(found))


def _touched(line: CaseLine, file: LegalFile, pairs: Sequence[Pair], on: date, law: Law) -> list[TouchedCase]:
    seen = ((after, law_changes.differs(before, after, procedures.facts_seen(file, after.id, law), on=on, followed=file.follows(after.id)))
            for before, after in pairs)
    return [TouchedCase(line.ref, line.status, file.follows(after.id), one) for after, one in seen if one is not None]
