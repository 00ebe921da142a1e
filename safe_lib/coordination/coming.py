"""What is due in the open cases of whoever has just signed in: the nearest days, and how many are overdue or have no day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from safe_lib import casework
from safe_lib.casework import Desk, _may
from safe_lib.catalogue.procedures import load_law
from safe_lib.coordination import due
from safe_lib.coordination.due import Due

CASES: Final = 50  # open cases that are looked at, those that were changed last; the board looks at all
NEAREST: Final = 6  # days that are named


@dataclass(frozen=True, slots=True)
class Coming:
    """The nearest days of one reader."""

    nearest: tuple[Due, ...]  # within thirty days, by day
    overdue: int
    unknown: int  # the day it counts from is not known: never left out (DR6)
    further: int  # within thirty days as well, and not named


def coming(desk: Desk) -> Coming:
    """The nearest days in one's own open cases.

    Raises:
        NotPermitted: who may not list cases has none.
    """
    store = _may(desk, "list")
    refs = [line.ref for line in casework.list_cases(desk) if line.status == "open" and line.readable][:CASES]
    law = load_law()
    found = [one for file in store.case_files(refs, (), (), due.KINDS)
             for one in due.of_case(file.ref, file.papers, desk.today, desk.language, law).deadlines]
    bands = {name: [one for one in found if one.band(desk.today) == name] for name in due.BANDS}
    near = sorted((*bands["week"], *bands["month"]), key=lambda one: (one.plan or desk.today, one.ref, one.id))
    return Coming(tuple(near[:NEAREST]), len(bands["overdue"]), len(bands["unknown"]), max(len(near) - NEAREST, 0))
