"""Every step of everything that writes, cut off once: by a fault of the disk, and by the death of the program.

Steps are the calls that open, write through, rename or replace a file of ours, and the statements and commits sent to the
database. A trial run counts them; then, for each, the work is done on a fresh copy of the store with the cut at that step.
Afterwards the store is as it was before, or as it is after the work, for everybody who opens it; nothing in between.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from team import CANARY, FORM, MOMENT, OTHER, REF, fill, make_team, opened, phrase

from safe_lib.model.answers import PRESENT, Answer
from safe_lib.model.errors import CaseNotFound, NotPermitted, SafeError, StoreError, WrongKey
from safe_lib.store import CHEAP, Store, derive_key, opening, turning
from safe_lib.store.backup import place_of
from safe_lib.store.erasing import unfinished

KILLED = 9
NEW_PHRASE = "entirely other invented words"


@dataclass(frozen=True, slots=True)
class Work:
    """Something that writes, and who does it."""

    by: str
    do: Callable[[Store], Any]
    every: int = 1  # of so many steps one is tried; the long ones repeat themselves


WORKS = {
    "an answer": Work("sven", lambda store: store.save_answer(REF, FORM, "SAF-09", Answer(PRESENT), by="sven", at=MOMENT, seen=0)),
    "a case": Work("sven", lambda store: store.new_case(by="sven", at=MOMENT, ref="C3D-0003", alias="kite"), 4),
    "a report": Work("sven", lambda store: store.seal_report(REF, b"x" * 9000, workbook=FORM, profile="lawyer", format="pdf", language="en",
                                                                 by="sven", at=MOMENT)),
    "a person": Work("ada", lambda store: store.add_person("vera", phrase("vera"), roles=("volunteer",), by="ada", at=MOMENT), 5),
    "a person leaves": Work("ada", lambda store: store.remove_person("sofie", by="ada", at=MOMENT), 2),
    "a passphrase": Work("sven", lambda store: store.change_passphrase(phrase("sven"), NEW_PHRASE, by="sven", at=MOMENT), 2),
    "a case gets a new key": Work("cora", lambda store: store.exclude(OTHER, "sofie", reason="she knows him", by="cora", at=MOMENT) or store.renew_keys(), 17),
    "an erasure": Work("cora", lambda store: store.erase(OTHER, by="cora", at=MOMENT), 5),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A team with two cases, closed; only to be copied."""
    path = make_team(tmp_path_factory.mktemp("crash"), users=("cora", "sven", "sofie"))
    with opened(path, "sven") as store:
        fill(store, REF, by="sven")
        fill(store, OTHER, by="sven")
    with opened(path, "cora") as store:
        store.assign(OTHER, "sofie", by="cora", at=MOMENT)
    return path


@pytest.fixture
def keys(made: Path) -> dict[str, bytes]:
    """The rings of all, as processes hold them."""
    return {user: derive_key(made, phrase(user), user) for user in ("ada", "cora", "sven", "sofie")}


def fresh(made: Path, folder: Path) -> Path:
    """A copy of the store that may be ruined."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in made.parent.iterdir():
        shutil.copy(file, folder / file.name)
    return folder / made.name


@contextmanager
def cut_at(number: int, cut: Callable[[], None]) -> Iterator[Callable[[], int]]:
    """Let the step with this number be cut; how many steps there were can be asked afterwards."""
    count = 0

    def step(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == number + 1:
            cut()

    def before(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            if original is not os.open or arguments[1] & (os.O_WRONLY | os.O_RDWR):
                step()
            return original(*arguments, **more)
        return call

    engine = opening._engine()
    with pytest.MonkeyPatch.context() as patch:
        for place, name in ((os, "open"), (os, "fsync"), (Path, "replace"), (Path, "rename"), (Path, "unlink")):
            patch.setattr(place, name, before(getattr(place, name)))
        for what in ("before_cursor_execute", "commit"):
            event.listen(engine, what, step)
        try:
            yield lambda: count
        finally:
            for what in ("before_cursor_execute", "commit"):
                event.remove(engine, what, step)


def seen(path: Path, keys: dict[str, bytes]) -> dict[str, Any]:
    """What the store is, to everybody who may open it; it is sound, and nothing is half there."""
    found: dict[str, Any] = {}
    with Store.open_with_key(path, keys["cora"]) as store:
        assert store.damages() == () and store.audit_break() is None and store.audit_missing() == ()
        with store._reading() as connection:
            assert unfinished(connection) == []
        for line in store.cases():
            assert line.readable
            assert line.ref == "C3D-0003" or store.identity(line.ref).alias == CANARY
            found[line.ref] = (len(store.answers(line.ref, FORM)), len(store.reports(line.ref)), store.assigned(line.ref), store.excluded(line.ref))
        found["people"] = tuple(sorted(member.user for member in store.people() if member.active))
        found["lines"] = len(store.audit())
    return found


def result(path: Path, keys: dict[str, bytes], work: Work, number: int, cut: Callable[[], None]) -> int:
    """Do the work with a cut; how many steps there were."""
    with Store.open_with_key(path, keys[work.by]) as store, cut_at(number, cut) as steps:
        try:
            work.do(store)
        except SafeError:
            assert number >= 0
        return steps()


def full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("name", WORKS)
def test_rel_06_a_cut_at_any_step_leaves_before_or_after(made: Path, keys: dict[str, bytes], tmp_path: Path, name: str) -> None:
    """REL-06: the program dies before each step: what opens next is whole, and is the state before or after, or one that the next opening finishes."""
    work = WORKS[name]
    path = fresh(made, tmp_path / "store")
    before = seen(path, keys)
    steps = result(path, keys, work, -1, full)
    states = (before, seen(path, keys))
    for number in range(0, steps, work.every):
        path = fresh(made, tmp_path / "store")
        child = os.fork()
        if child == 0:
            result(path, keys, work, number, lambda: os._exit(KILLED))
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED
        assert seen(path, keys) in states, number
        sven_comes_in(path)
    assert steps >= 4


@pytest.mark.parametrize("name", WORKS)
def test_rel_03_a_fault_at_any_step_is_told_and_work_goes_on(made: Path, keys: dict[str, bytes], tmp_path: Path, name: str) -> None:
    """REL-03: the disk is full at each step once: a message of ours, the state before or after, and with room again the same open store works."""
    work = WORKS[name]
    path = fresh(made, tmp_path / "store")
    before = seen(path, keys)
    steps = result(path, keys, work, -1, full)
    states = (before, seen(path, keys))
    for number in range(work.every // 2, steps, work.every):
        path = fresh(made, tmp_path / "store")
        with Store.open_with_key(path, keys[work.by]) as store:
            with cut_at(number, full), suppress(StoreError):
                work.do(store)
            store.note(by=work.by, at=MOMENT, what="still here")
        after = seen(path, keys)
        assert {**after, "lines": after["lines"] - 1} in states, number
        sven_comes_in(path)


def test_rel_03_a_fault_after_the_new_key_loses_no_key(made: Path, keys: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """REL-03: the file was encrypted anew, and then something fails: its new key stays with everybody who stays."""
    path, rekey = fresh(made, tmp_path / "store"), turning._rekey

    def late(*arguments: Any) -> None:
        rekey(*arguments)
        full()

    monkeypatch.setattr(turning, "_rekey", late)
    with Store.open_with_key(path, keys["ada"]) as store, pytest.raises(OSError, match="No space left"):
        store.remove_person("sofie", by="ada", at=MOMENT)
    monkeypatch.undo()

    assert "sofie" not in seen(path, keys)["people"]
    sven_comes_in(path)


def sven_comes_in(path: Path) -> None:
    """With the old passphrase or the new one, and to his own case."""
    try:
        store = Store.open(path, phrase("sven"), person="sven")
    except WrongKey:
        store = Store.open(path, NEW_PHRASE, person="sven")
    with store:
        assert store.identity(REF).alias == CANARY


def test_rel_06_whoever_left_stays_out_wherever_the_cut_was(made: Path, keys: dict[str, bytes], tmp_path: Path) -> None:
    """REL-06, SEC-04: once the database says that somebody left, they do not come in, although the key file may still know them."""
    work, path = WORKS["a person leaves"], fresh(made, tmp_path / "store")
    steps = result(path, keys, work, -1, full)
    out = 0
    for number in range(0, steps, 6):
        path = fresh(made, tmp_path / "store")
        child = os.fork()
        if child == 0:
            result(path, keys, work, number, lambda: os._exit(KILLED))
            os._exit(0)
        os.waitpid(child, 0)
        if "sofie" in seen(path, keys)["people"]:
            continue
        out += 1
        with pytest.raises((WrongKey, NotPermitted)):
            Store.open(path, phrase("sofie"), person="sofie").close()
    assert out > 1


def test_rel_06_an_erasure_that_was_cut_is_finished_by_the_next_who_opens(made: Path, keys: dict[str, bytes], tmp_path: Path) -> None:
    """REL-06, PRI-06: after a cut between database and vault, the copy from before cannot be read once anybody has opened the store."""
    work = WORKS["an erasure"]
    steps = result(fresh(made, tmp_path / "trial"), keys, work, -1, full)
    finished = 0
    for number in range(2 * steps // 3, steps):  # from about where the rows are gone
        path, copy = fresh(made, tmp_path / "store"), fresh(made, tmp_path / "copy")
        child = os.fork()
        if child == 0:
            result(path, keys, work, number, lambda: os._exit(KILLED))
            os._exit(0)
        os.waitpid(child, 0)
        Store.open_with_key(path, keys["ada"]).close()
        with Store.open_with_key(path, keys["cora"]) as store:
            if OTHER in [line.ref for line in store.cases()]:
                continue
        shutil.copy(f"{path}.vault", f"{copy}.vault")
        finished += 1
        with Store.open_with_key(copy, keys["cora"]) as store, pytest.raises((StoreError, CaseNotFound)):
            store.case(OTHER)
    assert finished > 3


def test_rel_03_a_fault_at_any_step_of_a_copy_keeps_the_copy_before(tmp_path: Path) -> None:
    """REL-03: a full disk at each step of a safety copy: the copies there are kept whole, and the next one is made."""
    path, folder = tmp_path / "alone.safe", tmp_path / "copies"
    folder.mkdir()
    with Store.create(path, phrase("noor"), at=MOMENT, person="noor", cost=CHEAP) as store:
        store.new_case(by="noor", at=MOMENT, ref=REF)
        store.back_up(folder, by="noor", at=MOMENT)
        with cut_at(-1, full) as steps:
            store.back_up(folder, by="noor", at=MOMENT)
        for number in range(0, steps(), 7):
            names = {file.name for file in folder.iterdir()}
            with cut_at(number, full), suppress(StoreError):
                store.back_up(folder, by="noor", at=MOMENT)
            assert names <= {file.name for file in folder.iterdir()} and not list(folder.glob(".safe*"))
            assert place_of(folder).number <= number + 4
        assert store.audit_break() is None
