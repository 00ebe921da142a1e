"""`safe bench pages` measures what it says: both sides once, every row with its figures. How fast they are is no test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from safe_lib.runtime.benches import browser, pages
from safe_lib.runtime.benches.table import Row, show

pytestmark = pytest.mark.browser

ROWS = [
    "questions readable in the browser, cold", "page live (an answer changes the outcome), cold", "answer → outcome changed (ours: and durably saved)",
    "bytes to the browser, cold", "bytes to the browser, warm", "over HTTP alone, cold", "over HTTP alone, warm", "requests, cold", "main-thread work",
    "main-thread work in scripts", "private memory per visitor (USS of the kernel)", "memory per visitor with its part of what is shared (PSS)",
    "2 visitors at once, last one live", "server listening",
    "first page of a workbook after the start, whole",
    *(f"with the workbook identification: {what}" for _, what, _, _ in pages.OF_WORKBOOK),
    *(f"the same questions as one plain file, no script, no sign-in, {look}: {what}" for look in ("no style", "our style")
      for what in ("readable, cold", "main-thread work")),
]


def test_one_round_measures_every_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Both sides were seen with an answer that changed the outcome, alone and together; JSON on the screen is that in the file."""
    monkeypatch.setattr(pages, "WARM_UP", 0)
    monkeypatch.setattr(browser, "PRESSES", 2)
    assert pages.main(True, rounds=1, visitors=2, out=tmp_path / "pages.json") == 0
    found = json.loads(capsys.readouterr().out)

    assert found == json.loads((tmp_path / "pages.json").read_text(encoding="utf-8"))
    assert [row["what"] for row in found["measured"]] == ROWS
    assert all(row["stock"]["median"] > 0 and row["ours"]["median"] > 0 for row in found["measured"])
    assert (found["questions"], found["script_errors"], found["voila"]) == (67, 0, "0.5.13")
    times = {row["what"]: row["ours"]["median"] for row in found["measured"]}
    assert times[ROWS[0]] < times[ROWS[1]]
    assert times["server listening"] < times["first page of a workbook after the start, whole"]
    assert times["requests, cold"] <= 8


def test_a_row_says_whether_it_holds() -> None:
    """The ratio comes first; what is wanted, and whether that is so, beside it."""
    rows = (Row("faster", "ms", (100.0, 120.0, 110.0), (10.0, 11.0, 12.0), 8), Row("few", "number", (90.0,), (9.0,), most=8), Row("told", "s", (1.0,), (2.0,)))
    _, fast, few, told = (line.split() for line in show(rows).splitlines())

    assert [row.holds for row in rows] == [True, False, None]
    assert fast[:4] == ["10.0", "8", "yes", "110"]
    assert few[:4] == ["10.0", "≤", "8", "NO"]
    assert told[:2] == ["0.5", "–"]
