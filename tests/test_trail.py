"""The audit trail: whatever is done to it is found out, by everybody who can open the file, without any key of a case."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from databases import ask, without_trigger
from team import CANARY, MOMENT, OTHER, REF, desk_of, fill, make_team, opened, phrase

from safe_lib import teamwork
from safe_lib.cli.app import run
from safe_lib.runtime import bench_audit
from safe_lib.runtime.suite import Suite
from safe_lib.store import audit, derive_key
from safe_lib.store.anchors import anchors_file
from safe_lib.store.opening import open_file, shut
from safe_lib.store.slots import KeyRing, file_keys

MUTATIONS = 1000
COLUMNS = ("at", "by", "what", "ref", "detail", "chain")


@pytest.fixture
def path(tmp_path: Path, database: str) -> Path:
    """A team with two cases, and some reading."""
    made = make_team(tmp_path, users=("cora", "sven"))
    with opened(made, "sven") as store:
        for ref in (REF, OTHER):
            fill(store, ref, by="sven")
            store.note(by="sven", at=store.audit()[0].at, what="case.read", ref=ref, detail="page.identification")
    return made


def test_a_long_trail_is_measured_on_a_store_made_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    """`safe bench audit` measures a million lines; here a few thousand, which are found whole, at the pace that is asked for."""
    assert bench_audit.main(True, lines=25_000) == 0
    found = json.loads(capsys.readouterr().out)["measured"][0]

    assert found["lines"] > 25_000 and found["whole"] and 0 < found["ratio"] < 3  # a busy machine; by itself it is about 0.3


def file_of(path: Path) -> Any:
    """The database file, as somebody opens it who has its key and means harm."""
    ring = KeyRing.from_bytes(derive_key(path, phrase("ada"), "ada"))
    assert ring is not None
    connection = open_file(path, file_keys(path, ring)[0], patience=1)
    for kind in ("update", "delete"):
        without_trigger(connection, "audit", kind)
    return connection


def mutate(connection: Any, chance: random.Random, lines: int) -> int:
    """One change by chance; the first line that can no longer follow the one before."""
    number = chance.randrange(1, lines)  # not the last: cutting the end off shows against a number noted elsewhere
    kind = chance.choice(("change", "change", "change", "delete", "swap", "move", "insert"))
    if kind == "change":
        column = chance.choice(COLUMNS)
        value = str(connection.exec_driver_sql(f'SELECT "{column}" FROM audit WHERE sequence = {number}').scalar())
        place = chance.randrange(len(value) + 1)
        changed = value[:place] + chance.choice("0123456789abcdefXYZ ~") + value[place + chance.randrange(2):]
        if changed == value:
            changed += "x"
        ask(connection, f'UPDATE audit SET "{column}" = ? WHERE sequence = ?', changed, number)
        return number
    if kind == "delete":
        ask(connection, "DELETE FROM audit WHERE sequence = ?", number)
        return number
    if kind == "swap":
        for old, new in ((number, -1), (number + 1, number), (-1, number + 1)):
            ask(connection, "UPDATE audit SET sequence = ? WHERE sequence = ?", new, old)
        return number
    if kind == "move":
        ask(connection, "UPDATE audit SET sequence = ? WHERE sequence = ?", lines + 1 + chance.randrange(9), number)
        return number
    connection.exec_driver_sql(f"UPDATE audit SET sequence = sequence + 1000000 WHERE sequence > {number}")
    connection.exec_driver_sql("UPDATE audit SET sequence = sequence - 999999 WHERE sequence > 1000000")
    ask(connection, 'INSERT INTO audit SELECT sequence + 1, at, "by", what, ref, detail, chain FROM audit WHERE sequence = ?', number)
    return number + 1


def test_sec_55_a_thousand_changes_and_none_is_missed(path: Path) -> None:
    """Lines changed in any column, taken out, swapped, moved and put in by somebody with the key of the file: each is named."""
    chance = random.Random(55)
    with opened(path, "ada") as store:
        lines = store.audit_end()[0]
        assert store.audit_break() is None and store.audit_missing() == ()
    connection = file_of(path)
    missed = []
    for number in range(MUTATIONS):
        connection.exec_driver_sql("BEGIN")
        expected = mutate(connection, chance, lines)
        found = audit.first_break(connection)
        if found != expected:
            missed.append((number, expected, found))
        connection.rollback()
    shut(connection)

    assert missed == []


def test_sec_55_lines_cut_off_show_against_a_number_noted_elsewhere(path: Path) -> None:
    """The end that was noted is not the end any more."""
    with opened(path, "ada") as store:
        noted = store.audit_end()
    connection = file_of(path)
    connection.exec_driver_sql(f"DELETE FROM audit WHERE sequence = {noted[0]}")
    shut(connection)
    with opened(path, "ada") as store:
        assert store.audit_break() is None and store.audit_end() != noted


def cut(path: Path, lines: int) -> None:
    """Take the last lines out, as somebody who has the key of the file."""
    connection = file_of(path)
    connection.exec_driver_sql(f"DELETE FROM audit WHERE sequence > (SELECT max(sequence) - {lines} FROM audit)")
    shut(connection)


@pytest.mark.in_a_file
def test_sec_55_the_end_is_noted_for_the_coordinator_and_compared_at_the_next_sign_in(path: Path) -> None:
    """By itself: a coordinator who signs in learns that lines are gone that were there the last time, also when others were written since."""
    def sign_in(user: str) -> list[str]:
        session = asyncio.run(Suite(path).sign_in(user, phrase(user)))
        told = [notice.what for notice in session.store.notices()]
        session.store.close()
        return told

    assert sign_in("cora") == [] and sign_in("cora") == []
    noted = anchors_file(path)
    assert noted.stat().st_mode & 0o077 == 0 and not {word for word in ("cora", "sven", "K7M") if word in noted.read_text()}
    assert sign_in("sven") == []  # whoever may not look the trail through has nothing noted
    assert len(json.loads(noted.read_text())) == 1
    cut(path, 3)
    with opened(path, "sven") as store:
        for _ in range(5):  # the numbers are taken again
            store.note(by="sven", at=MOMENT, what="case.read", ref=REF)
        assert store.audit_break() is None
    with desk_of(path, "cora") as desk:
        teamwork.anchor(desk)  # a look at the page does not write over what was noted
        assert [one.line for one in teamwork.verify_trail(desk).lost] and not teamwork.verify_trail(desk).is_whole
    assert sign_in("cora") == ["trail.cut"]
    with opened(path, "cora") as store:
        assert [line.by for line in store.audit() if line.what == "trail.cut"] == ["cora"]


@pytest.mark.in_a_file
@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"a": 1}', b"\xff" * 99, None])
def test_a_note_that_is_gone_or_garbled_locks_nobody_out(path: Path, content: bytes | None) -> None:
    """Nothing to compare with is no reason to stop; somebody else's note, and one that was changed, count as none."""
    with desk_of(path, "cora") as desk:
        teamwork.anchor(desk)
        if content is None:
            said = json.loads(anchors_file(path).read_text())
            anchors_file(path).write_text(json.dumps({name: sealed[:-8] + "AAAAAAA=" for name, sealed in said.items()}))
        else:
            anchors_file(path).write_bytes(content)
        assert desk.open_store().noted_anchor() is None
        teamwork.compare_anchor(desk)
        assert desk.open_store().noted_anchor() is not None and teamwork.verify_trail(desk).is_whole
        noted = desk.open_store().noted_anchor()
    with desk_of(path, "ada") as desk:
        assert desk.open_store().noted_anchor() is None
        teamwork.anchor(desk)
    with desk_of(path, "cora") as desk:
        assert desk.open_store().noted_anchor() == noted


@pytest.mark.in_a_file
def test_safe_audit_anchor_finds_an_end_that_was_cut_off(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Noted on paper: whole while it is there, exit 20 with the number when it is not, 2 for what is no anchor, 30 for who may not."""
    words = ["--store", str(path), "--passphrase-file"]
    files = {user: tmp_path / user for user in ("cora", "ada", "sven")}
    for user, file in files.items():
        file.write_text(f"{phrase(user)}\nperson: {user}\n")
        file.chmod(0o600)
    assert run(["audit", "anchor", *words, str(files["cora"])]) == 0
    noted = capsys.readouterr().out.strip()
    assert run(["audit", "verify", "--anchor", f" {noted.upper()} ", *words, str(files["ada"])]) == 0
    assert "whole" in capsys.readouterr().out
    cut(path, 2)
    assert run(["audit", "verify", *words, str(files["ada"])]) == 0  # without it, nothing shows
    capsys.readouterr()
    assert run(["audit", "verify", "--anchor", noted, *words, str(files["ada"])]) == 20
    assert f"line {noted.partition(':')[0]} was noted" in capsys.readouterr().err
    assert run(["audit", "verify", "--json", *words, str(files["cora"])]) == 20  # noted for her here, too
    assert json.loads(capsys.readouterr().out)["lost"] == [noted]
    for wrong in ("12", "x:y", noted + "0", "0:" + "0" * 63):
        assert run(["audit", "verify", "--anchor", wrong, *words, str(files["ada"])]) == 2
    assert run(["audit", "anchor", *words, str(files["sven"])]) == 30


@pytest.mark.in_a_file
@pytest.mark.parametrize("table", ["answers", "papers", "identities", "assessments", "disclosures", "reports"])
def test_a_row_that_was_taken_out_shows_against_the_trail(path: Path, table: str) -> None:
    """A row that is gone leaves its line behind; the case and the kind of row are named."""
    connection = file_of(path)
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql(f"DELETE FROM {table} WHERE ref = '{REF}' AND rowid = (SELECT min(rowid) FROM {table} WHERE ref = '{REF}')")
    shut(connection)
    with opened(path, "ada") as store:
        assert store.audit_break() is None
        assert [ref for ref, _ in store.audit_missing()] == [REF]


@pytest.mark.in_a_file
def test_safe_audit_verify_names_the_first_bad_line(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0 and the last hash while it is whole; exit 20 and the number of the line where it is not."""
    file = tmp_path / "passphrase"
    file.write_text(f"{phrase('ada')}\nperson: ada\n")
    file.chmod(0o600)
    words = ["audit", "verify", "--store", str(path), "--passphrase-file", str(file)]
    assert run(words) == 0
    assert "whole" in capsys.readouterr().out
    there = tmp_path / "copy" / path.name
    shutil.copytree(path.parent, there.parent, ignore=shutil.ignore_patterns("copy", "passphrase"))
    connection = file_of(there)
    connection.exec_driver_sql("UPDATE audit SET what = 'nothing' WHERE sequence = 4")
    shut(connection)
    words[3] = str(there)
    assert run(words) == 20
    said = capsys.readouterr()
    assert "line 4" in said.err and CANARY not in said.err
    assert run([*words, "--json"]) == 20
    assert '"first_bad":4' in capsys.readouterr().out
