"""An invented team on a fixed day, for the worked example; the same on every machine."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from safe_lib.coordination.board import Board, CaseWork
from safe_lib.coordination.due import Due, Verified
from safe_lib.coordination.hours import Load

DAY: Final = date(2026, 11, 20)


def example_board() -> Board:
    """Two volunteers and three cases: one deadline that is known, one that is not, and one person with whom nobody has spoken."""
    rule = Verified(DAY - timedelta(days=30), DAY + timedelta(days=60), recalled=False)
    known = Due("K7M-2042", "deadline", "NL-REFLECT-END", "Reflection period", DAY + timedelta(days=5), DAY + timedelta(days=6), rule)
    unknown = Due("A2B-0001", "deadline", "NL-OBJ-TERM", "Objection", None, None, Verified(rule.day, rule.by, recalled=True))
    cases = (_case("A2B-0001", "Vera", 3, (unknown,)), _case("C3D-0003", "Sven", 40, ()), _case("K7M-2042", "Vera", 12, (known,)))
    loads = (Load("sven", "Sven", 1, 480.0, 480, DAY - timedelta(days=20)), Load("vera", "Vera", 2, 300.0, 480, None))
    return Board(DAY, "", 28, cases, loads, (), (), ())


def _case(ref: str, who: str, quiet: int, due: tuple[Due, ...]) -> CaseWork:
    return CaseWork(ref, DAY - timedelta(days=90), (who,), DAY - timedelta(days=quiet), quiet, (), (), (), due, ())
