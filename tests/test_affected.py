"""After a breach the coordinator knows within seconds which cases, kinds of data and recipients were touched (PRI-09)."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import PHRASE
from team import desk_of, make_team, phrase

from safe_lib import casework
from safe_lib.affected import GROUPS, WHOLE, affected
from safe_lib.casework import Desk
from safe_lib.catalogue import languages, load_texts
from safe_lib.cli.app import run
from safe_lib.cli.trailing import moment
from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.store import CHEAP, Store, audit, cases, reports

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MANY = 1000


@contextmanager
def at(path: Path, user: str, when: datetime) -> Iterator[Desk]:
    """A colleague's desk at some moment."""
    with desk_of(path, user) as desk:
        yield replace(desk, now=lambda: when)


@pytest.fixture
def team(tmp_path: Path) -> tuple[Path, str, str]:
    """Two cases: one read and reported on Monday by sven, one written on Tuesday by sofie."""
    path = make_team(tmp_path, users=("ada", "cora", "sven", "sofie"))
    with at(path, "sven", MONDAY) as desk:
        first = casework.open_case(desk).ref
    with at(path, "sofie", MONDAY) as desk:
        second = casework.open_case(desk).ref
    with at(path, "sven", MONDAY + timedelta(hours=2)) as desk:
        casework.find_case(desk, first, what="page.identification")
        report = desk.open_store().seal_report(first, b"x", workbook="safe_return", profile="lawyer", format="html", language="en", by="sven", at=desk.now())
        desk.open_store().disclose(report.id, recipient="Legal aid", purpose="appeal", by="sven", at=desk.now())
        casework.list_cases(desk)
    with at(path, "sofie", MONDAY + timedelta(days=1)) as desk:
        casework.record(desk, second, casework.instrument_for(desk, "safe_return"), casework.Said("SAF-01", "present", seen=None))
    return path, first, second


def test_pri_09_the_window_says_who_touched_what(team: tuple[Path, str, str]) -> None:
    """By time and by person; a page that was read counts as everything; what was not touched is not listed."""
    path, first, second = team
    with at(path, "cora", MONDAY + timedelta(days=2)) as desk:
        monday = affected(desk, MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=3))
        sofie = affected(desk, MONDAY, MONDAY + timedelta(days=2), by="sofie")
        nothing = affected(desk, MONDAY + timedelta(hours=3), MONDAY + timedelta(hours=4))

    assert [(one.ref, one.groups, one.people) for one in monday.cases] == [(first, ("copies", WHOLE, "reports"), ("sven",))]
    assert monday.recipients == ("Legal aid",) and monday.lists == 1 and [copy.recipient for copy in monday.cases[0].copies] == ["Legal aid"]
    assert [(one.ref, one.people) for one in sofie.cases] == [(second, ("sofie",))] and {"answers", "identity"} <= set(sofie.cases[0].groups)
    assert nothing.cases == () and nothing.recipients == ()


def test_pri_09_who_may_not_read_a_case_learns_that_it_was_touched_and_no_more(team: tuple[Path, str, str]) -> None:
    """An administrator holds no case key: everything counts as read, and no recipient is told. A specialist is not told anything."""
    path, first, second = team
    with at(path, "ada", MONDAY + timedelta(days=2)) as desk:
        found = affected(desk, MONDAY, MONDAY + timedelta(days=2))
        assert desk.open_store().audit()[-1].what == "trail.read"
    with at(path, "sven", MONDAY) as desk, pytest.raises(NotPermitted):
        affected(desk, MONDAY, MONDAY + timedelta(days=2))

    assert {one.ref for one in found.cases} == {first, second} and found.recipients == ()


def test_pri_09_a_thousand_cases_take_seconds(tmp_path: Path) -> None:
    """Of 1,000 cases each with a reading and a copy that left: all found, with every recipient, far within the hour."""
    with Store.create(tmp_path / "many.safe", PHRASE, training=True, cost=CHEAP, at=MONDAY) as store:
        desk = Desk(store, "noor", "en", MONDAY.date(), now=lambda: MONDAY)
        with store._writing() as connection:  # all at once: what is measured comes afterwards
            for number in range(MANY):
                ref = cases.add(connection, f"T{number:04}", training=True, by="noor", at=MONDAY, alias="").ref
                audit.add(connection, by="noor", at=MONDAY, what="case.read", ref=ref, detail="page.safe_return")
                said = {"workbook": "safe_return", "profile": "lawyer", "format": "html", "language": "en"}
                report = reports.seal(connection, ref, b"x", **said, by="noor", at=MONDAY)
                reports.disclose(connection, report.id, recipient=f"Office {number % 50}", purpose="appeal", by="noor", at=MONDAY)
        began = time.monotonic()
        found = affected(desk, MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=1))
        took = time.monotonic() - began

    assert len(found.cases) == MANY and len(found.recipients) == 50 and all(one.copies and WHOLE in one.groups for one in found.cases)
    assert took < 60, took
    print(f"{MANY} cases in {took:.2f} s")


def test_the_command_tells_it_in_words_and_as_json(team: tuple[Path, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A day is whole, in UTC; the wrong way round and no day at all are told."""
    path, first, _ = team
    key = tmp_path / "cora.phrase"
    key.write_text(phrase("cora"), encoding="utf-8")
    key.chmod(0o600)
    store = ["--store", str(path), "--passphrase-file", str(key), "--person", "cora"]

    assert run(["trail", "affected", "--from", "2026-11-23", "--to", "2026-11-23", "--by", "sven", "--json", *store]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [one["case"] for one in said["cases"]] == [first] and said["recipients"] == ["Legal aid"]
    assert run(["trail", "affected", "--from", "2026-11-23", "--lang", "nl", *store]) == 0 and "2 dossiers" in capsys.readouterr().out
    assert run(["trail", "affected", "--from", "2026-11-24", "--to", "2026-11-23", *store]) == 2
    assert run(["trail", "affected", "--from", "yesterday", *store]) == 2
    assert moment("2026-11-23", end=True) - moment("2026-11-23") == timedelta(days=1) - timedelta(microseconds=1)
    assert moment("2026-11-23T10:00+02:00") == datetime(2026, 11, 23, 8, tzinfo=UTC)
    with pytest.raises(WrongUse):
        moment("")


def test_every_kind_of_data_has_its_words() -> None:
    """In each language."""
    for language in languages():
        assert all(load_texts(language)(f"disclose.data.{group}") for group in {*GROUPS.values(), WHOLE})


def test_a_new_kind_of_line_about_a_case_is_sorted_or_left_out_on_purpose() -> None:
    """Whoever adds a line to the trail of a case decides here what it says was touched."""
    left_out = {"case.assigned", "case.unassigned", "case.included", "case.excluded", "case.status", "case.erased", "report.although", "trail.read"}
    source = "".join(file.read_text(encoding="utf-8") for file in Path(casework.__file__).parent.rglob("*.py"))
    kinds = set(re.findall(r'what="((?:case|answer|paper|identity|assessment|report|glass|consent)\.[a-z]+)"', source))

    assert kinds - left_out <= set(GROUPS)
