"""Where the open cases stand, as the start page lists it: the same whether it was worked out before or not, and one case at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import give

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.widgets import pages_data
from safe_lib.widgets.pages_data import one_by_one, standings

FORM = "ilo_adult_labour"
ANSWERS = ({"CD01": "present"}, {"CD01": "present", "CD14": "present"}, {"DR02": "present", "DR05": "absent", "EX01": "unknown"})


@pytest.fixture
def cases(desk: Desk) -> tuple[str, ...]:
    """Three cases with different answers."""
    made = tuple(casework.open_case(desk, f"Person {number}").ref for number in range(len(ANSWERS)))
    for ref, answers in zip(made, ANSWERS, strict=True):
        give(desk, ref, FORM, answers)
    return made


def test_what_was_worked_out_before_is_what_would_be_worked_out(desk: Desk, cases: tuple[str, ...]) -> None:
    """After an answer, another day, in another language too; and cases with the same answers share it."""
    def both(who: Desk) -> None:
        kept = standings(who)
        pages_data._WHERE.clear()
        assert kept == standings(who) == standings(who)

    both(desk)
    before = {one.line.ref: one for one in standings(desk)}
    give(desk, cases[0], FORM, {"CD14": "present"})
    both(desk)
    after = {one.line.ref: one for one in standings(desk)}
    assert before[cases[0]].words != after[cases[0]].words == after[cases[1]].words
    assert before[cases[2]].words == after[cases[2]].words
    both(replace(desk, language="nl"))
    assert {one.words for one in standings(desk)}.isdisjoint(one.words for one in standings(replace(desk, language="nl")))
    both(replace(desk, today=desk.today.replace(year=desk.today.year + 3)))


def test_what_is_kept_tells_nothing_of_a_case(desk: Desk, cases: tuple[str, ...]) -> None:
    """No reference, no name, no answer; and not without end."""
    standings(desk)
    kept = repr([(key, told) for key, (_, _, told) in pages_data._WHERE.items()])

    assert pages_data._WHERE
    for word in (*cases, "Person", "CD01", "present", "not_asked"):
        assert word not in kept
    assert len(pages_data._WHERE) <= pages_data.MOST_KEPT


def test_the_kept_have_an_end(desk: Desk, cases: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes."""
    monkeypatch.setattr(pages_data, "MOST_KEPT", 2)
    pages_data._WHERE.clear()

    assert len({one.line.ref for one in standings(desk)}) == len(cases)
    assert len(pages_data._WHERE) == 2


def test_cases_come_one_by_one(desk: Desk, cases: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two of them a server can do something else."""
    read: list[str] = []
    real = casework.recorded
    monkeypatch.setattr(casework, "recorded", lambda who, ref, *more: (read.append(ref), real(who, ref, *more))[1])
    each = one_by_one(desk)

    assert not read
    assert [next(each).line.ref] == read and len(read) == 1
    assert len(list(each)) == len(cases) - 1
