"""Rows of a page and papers of the store: there and back, and what a conflict sends along."""

from __future__ import annotations

from typing import Any

import pytest

from safe_lib.casework import Desk
from safe_lib.widgets.saving import papers_body, papers_rows, save_paper
from safe_lib.workbook import Workbook

ROWS = {
    "futures": [{"kind": "stay", "country": "", "subdivision": "", "words": "Until my case is finished."}],
    "plan": [{"future": "stay", "about": "LIV", "measure": "A room.", "owner": "", "deadline": "2026-12-15", "proof": "", "status": "planned", "residual": ""}],
    "severity": [{"future": "stay", "domain": "HEA", "level": "4", "reason": "Needs care each week.", "second": "", "evidence": ""}],
}


@pytest.mark.parametrize("kind", ["futures", "plan"])
def test_rows_come_back_as_they_were_written(kind: str) -> None:
    """The body of a paper and the rows of a page say the same."""
    assert papers_rows(kind, papers_body(kind, ROWS[kind])) == ROWS[kind]


def test_a_row_says_only_what_its_fields_hold() -> None:
    """Fields nobody knows, and what is no row at all, are left out."""
    assert papers_body("plan", ["text", {"measure": "A room.", "script": "x"}]) == {"rows": [{**dict.fromkeys(ROWS["plan"][0], ""), "measure": "A room."}]}


@pytest.mark.parametrize("kind", list(ROWS))
def test_a_conflict_brings_their_rows_with_who_and_when(desk: Desk, case: str, kind: str) -> None:
    """So that both versions can be read before somebody chooses; nothing is overwritten."""
    book = Workbook(desk, "safe_return", case)

    def say(rows: list[dict[str, str]], seen: int) -> dict[str, Any]:
        return save_paper(book, {"type": "paper", "seq": 1, "kind": kind, "body": rows, "seen": seen})

    seen = say(ROWS[kind], 9)["revision"]
    theirs = say([{**ROWS[kind][0], next(iter(ROWS[kind][0])): ""}], seen - 1)["theirs"]

    assert theirs["rows"] == ROWS[kind]
    assert (theirs["by"], theirs["at"], theirs["revision"]) == ("noor", "2026-11-21T12:00+00:00", seen)
