"""The report of the programme and its commands: figures beside what they count, nobody named, small groups withheld, unknown said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from pypdf import PdfReader
from team import make_team, opened, phrase

from safe_lib import programme
from safe_lib.casework import Desk
from safe_lib.cli.app import run
from safe_lib.model.programme import Evaluation, Group, Reach
from safe_lib.programme import Came, Planned
from safe_lib.report.programme import document_of, of_forms, report_of
from safe_lib.store import Store

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
DAY = date(2026, 11, 10)
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
COLLEAGUES = ("cora", "sven", "vera", "sofie")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two workshops: sixteen people from five sectors, a police officer among them, and one without numbers; two occasions, one that nobody counted."""
    path = make_team(tmp_path_factory.mktemp("report"), users=COLLEAGUES)
    with opened(path, "cora") as store:
        desk = at(store)
        here = programme.add_platform(desk, "National platform", "XAA")
        first = programme.plan(desk, Planned(here.number, DAY, "Exampletown", ("sofie",), invited=30))
        groups = (Group("XAA", "reception", 6, 6), Group("XAA", "ngo", 7, 5), Group("XAA", "police", 1, 1))
        programme.held(desk, first.number, Came(("sven", "vera"), "red_cross", groups, ("role_cards",), Evaluation(15, 14, 15, 9)))
        programme.plan(desk, Planned(here.number, DAY, "Sampleville", outside_trainers=2))
        programme.note_reach(desk, Reach(0, DAY, here.number, "XAA", "reception", 45, "count"))
        programme.note_reach(desk, Reach(0, DAY, here.number, "XAA", "police", None, "estimate"))
    return path


def at(store: Store, language: str = "en") -> Desk:
    return Desk(store, "cora", language, NOW.date(), now=lambda: NOW)


@pytest.fixture(scope="module")
def desk(made: Path) -> Iterator[Desk]:
    with opened(made, "cora") as store:
        yield at(store)


def words_in(content: bytes, format: str) -> str:
    if format == "pdf":
        return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())
    if format == "docx":
        with ZipFile(BytesIO(content)) as file:
            return file.read("word/document.xml").decode()
    return content.decode()


@pytest.mark.parametrize("format", ["html", "pdf", "docx", "json"])
def test_each_format_tells_the_same_and_names_nobody(desk: Desk, format: str) -> None:
    """First line, second line and their ratio, each with its definition; the police officer has no number; no colleague is in it."""
    told = words_in(report_of(desk, *NOVEMBER, format), format)

    for words in ("Took part: 14", "Reached by somebody who took part: at least 45", "Reached for each who took part: at least 3.2", "not added to each other",
                  "fewer than 5", "withheld, to protect a small group", "all but fewer than 5", "Occasions of which nobody knows how many were there: 1",
                  "recalled, verify", "About 160 participants"):
        assert words in told, words
    assert not any(name in told for name in ("sven", "vera", "sofie", "cora"))
    assert "59" not in told.replace("&#", "")


def rows_of(desk: Desk, caption: str) -> dict[str, str]:
    table: Any = next(one for one in document_of(desk, *NOVEMBER).blocks if getattr(one, "caption", "") == caption)
    return {row[0]: row[1] for row in table.rows}


def test_small_groups_are_not_shown_and_do_not_follow(desk: Desk) -> None:
    """One police officer and two of the Red Cross: small ones hidden, another one beside them, so that the total tells neither."""
    assert rows_of(desk, "By sector") == {"Other NGO": "7", "Police": "fewer than 5", "Reception": "withheld, to protect a small group",
                                          "Red Cross or Red Crescent": "fewer than 5", "Total": "16"}
    assert rows_of(desk, "By country") == {"Exampleland": "16", "Total": "16"}


def test_few_who_said_otherwise_are_not_counted_out(desk: Desk) -> None:
    """One of fifteen who was not helped is not pointed at; nobody and everybody are told as they are."""
    from safe_lib.catalogue import load_texts

    texts = load_texts("en")
    assert [of_forms(number, 15, texts) for number in (0, 3, 9, 14, 15)] == ["0", "fewer than 5", "9", "all but fewer than 5", "15"]


def test_a_period_with_nothing_in_it_says_so(desk: Desk) -> None:
    """No zero that could be taken for a result: nothing was written down."""
    told = report_of(desk, date(2025, 1, 1), date(2025, 12, 31), "json").decode()

    assert told.count("Nothing was written down.") >= 4 and "Reached for each who took part: not known" in told


def test_the_dutch_report_is_a_draft(desk: Desk) -> None:
    """Every heading in Dutch, and the mark of a draft."""
    found = document_of(replace(desk, language="nl"), *NOVEMBER)

    assert found.title == "Het programma voor trainers, 1 november 2026 tot en met 30 november 2026" and len(found.marks) == 1
    assert "Deden mee: 14" in str(found.blocks) and "Took part" not in str(found.blocks)


def test_that_a_report_was_made_stands_in_the_trail(desk: Desk) -> None:
    """Who made it for which period; nothing of what it says."""
    report_of(desk, *NOVEMBER, "json")
    last = desk.open_store().audit()[-1]

    assert (last.what, last.by, last.detail) == ("programme.report", "cora", "2026-11-01 2026-11-30")


# Commands


@pytest.fixture
def way_in(tmp_path: Path) -> Path:
    path = tmp_path / "way"
    path.write_text(f"{phrase('cora')}\nperson: cora\n")
    path.chmod(0o600)
    return path


def test_the_commands_plan_tell_and_print(tmp_path: Path, way_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From a platform to the report, as JSON; a second file of the same name is refused."""
    path, out = make_team(tmp_path, users=COLLEAGUES), tmp_path / "report.html"
    store = ("--store", str(path), "--passphrase-file", str(way_in))

    def said(*words: str) -> Any:
        code = run(["programme", *words, *store, "--json"])
        told = capsys.readouterr()
        assert code == 0, told.err
        return json.loads(told.out)

    assert said("platform", "National platform", "--country", "XAA")["number"] == 1
    assert said("plan", "--platform", "1", "--day", "2026-11-10", "--town", "Exampletown", "--trainer", "sofie")["state"] == "planned"
    held = said("held", "1", "--member", "sven", "--group", "XAA:ngo:12:10", "--material", "role_cards", "--evaluation", "12,11,12,9")
    assert held["state"] == "held" and held["groups"][1] == {"country": "XAA", "sector": "ngo", "number": 12, "first_time": 10, "user": None}
    assert said("reach", "--platform", "1", "--day", "2026-11-12", "--country", "XAA", "--persons", "40", "--counted", "list")["persons"] == 40
    assert said("report", "--from", "2026-11-01", "--to", "2026-11-30")["held"] == 1
    listed = said("list")
    assert [len(listed[name]) for name in ("platforms", "trained", "workshops", "reaches")] == [1, 0, 1, 1]
    words = ["programme", "report", "--from", "2026-11-01", "--to", "2026-11-30", "--out", str(out), *store]
    assert run(words) == 0 and out.stat().st_mode & 0o777 == 0o600 and b"Took part" in out.read_bytes()
    assert run(words) == 2


@pytest.mark.parametrize("words", [("held", "1", "--group", "XAA:ngo:many"), ("held", "1", "--evaluation", "1,2"), ("report", "--from", "now", "--to", "then")])
def test_what_was_mistyped_is_told(made: Path, way_in: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    """A sentence with an example, and exit 2."""
    code = run(["programme", *words, "--store", str(made), "--passphrase-file", str(way_in)])

    assert (code == 2 and "such as" in (told := capsys.readouterr().err)) or "is written" in told
