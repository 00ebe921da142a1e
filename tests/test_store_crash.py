"""What the store promises when the power goes: whatever was acknowledged is there, and nothing is half there.

A child process saves as fast as it can and says so after each save; it is killed at a random moment. The children are
forked, so that hundreds of them take seconds.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from safe_lib.model.answers import Answer
from safe_lib.model.case import SavedAnswer
from safe_lib.model.errors import StoreError
from safe_lib.store import CHEAP, Store, audit, derive_key
from safe_lib.store.opening import shut
from safe_lib.store.slots import KeyRing
from safe_lib.store.soundness import damages
from safe_lib.store.tables import ANSWERS
from safe_lib.store.turning import open_for

MOMENT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
REF, FORM, BY = "K7M-2042", "safe_return", "anna"
KILLS = 300
STORES = 10  # a store that has grown long takes longer to look through
SAVES = 10  # that the longest-lived child acknowledges, or a few more
SOON = 0.003  # seconds from the last of them to the kill; opening takes about 0.002, a save 0.001
ITEMS = 7
TORN = 1000
NUMBER = 8  # bytes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed store with one case."""
    with Store.create(tmp_path / "cases.safe", "kite", cost=CHEAP, at=MOMENT) as store:
        store.new_case(by=BY, at=MOMENT, ref=REF)
    return tmp_path / "cases.safe"


def ring_of(key: bytes) -> KeyRing:
    ring = KeyRing.from_bytes(key)
    assert ring is not None
    return ring


def item(number: int) -> str:
    return f"SAF-{number % ITEMS:02}"


def save(store: Store, number: int) -> SavedAnswer:
    """The save of this number: every one says something new, about one of a few items."""
    note = f"{number} " + "x" * (number % 900)
    return store.save_answer(REF, FORM, item(number), Answer("present"), note=note, by=BY, at=MOMENT, seen=None)


def save_until_killed(path: Path, key: bytes, first: int, said: int) -> None:
    """In the child: save, say the number, and so on. A report now and then makes large transactions."""
    with Store.open_with_key(path, key) as store:
        for number in range(first, first + 100_000):
            save(store, number)
            os.write(said, number.to_bytes(NUMBER, "big"))
            if number % 20 == 0:
                store.seal_report(REF, os.urandom(50_000), workbook=FORM, profile="person", format="pdf", language="en",
                                  by=BY, at=MOMENT)


def killed_child(path: Path, key: bytes, first: int, *, saves: int, then: float) -> list[int]:
    """Numbers that a child acknowledged before it was killed, `then` seconds after so many saves."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            save_until_killed(path, key, first, said)
        finally:
            os._exit(1)
    os.close(said)
    with os.fdopen(heard, "rb") as pipe:
        told = pipe.read(NUMBER * saves)
        time.sleep(then)
        os.kill(child, signal.SIGKILL)
        told += pipe.read()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    return [int.from_bytes(told[at : at + NUMBER], "big") for at in range(0, len(told), NUMBER)]


def saved_numbers(store: Store) -> list[int]:
    return sorted(int(saved.note.split()[0]) for number in range(ITEMS)
                  for saved in store.history(REF, FORM, item(number)))


def assert_whole(store: Store) -> None:
    """Every answer has its audit line and every line its answer; pages and chain are whole."""
    written = {f"{FORM} {saved.item} revision {saved.revision}" for number in range(ITEMS)
               for saved in store.history(REF, FORM, item(number))}
    lines = store.audit(REF)
    assert sorted(line.detail for line in lines if line.what == "answer.saved") == sorted(written)
    assert len(store.reports(REF)) == sum(line.what == "report.sealed" for line in lines)
    assert store.damages() == () and store.audit_break() is None


def test_a_kill_at_any_moment_loses_nothing_acknowledged(path: Path, tmp_path: Path) -> None:
    """REL-01, REL-06: over 300 kill -9 at random moments, each acknowledged answer is there and the store is whole."""
    chance, key = random.Random(1), derive_key(path, "kite")
    acknowledged = 0
    for number in range(STORES):
        store = tmp_path / f"{number}.safe"
        for name in ("", ".key", ".vault"):
            shutil.copy(f"{path}{name}", f"{store}{name}")
        acknowledged += kill_often(store, key, chance)

    assert acknowledged > 3 * KILLS  # the kills came in the middle of work


def kill_often(path: Path, key: bytes, chance: random.Random) -> int:
    """Kill a child at work on one store again and again; how many answers they acknowledged, all of which are there."""
    acknowledged: set[int] = set()
    there: list[int] = []
    for number in range(KILLS // STORES):
        first = there[-1] + 1 if there else 0
        acknowledged |= set(killed_child(path, key, first, saves=chance.randint(0, SAVES), then=chance.uniform(0, SOON)))
        with Store.open_with_key(path, key) as store:
            there = saved_numbers(store)
            assert store.damages() == ()
        assert acknowledged <= set(there)
        assert len(there) <= len(acknowledged) + number + 1  # at most the one under way at each kill
    with Store.open_with_key(path, key) as store:
        assert_whole(store)
    assert there == list(range(len(there)))
    return len(acknowledged)


def test_a_torn_end_of_the_journal_loses_only_the_last_saves(path: Path, tmp_path: Path) -> None:
    """REL-02: cut or garbled at 100 random places near its end, the journal gives a whole store, a little shorter."""
    chance, key = random.Random(2), derive_key(path, "kite")
    killed_child(path, key, 0, saves=60, then=0)  # fewer pages than make SQLite write the journal back
    journal = path.with_name(path.name + "-wal").read_bytes()
    base = path.read_bytes()
    with Store.open_with_key(path, key) as store:
        complete = saved_numbers(store)
    torn = tmp_path / "torn.safe"
    for name in (".key", ".vault"):
        shutil.copy(f"{path}{name}", f"{torn}{name}")
    lengths = set()
    for number in range(100):
        torn.write_bytes(base)
        at = len(journal) - chance.randrange(1, min(len(journal), 200_000))
        cut = journal[:at] if number % 2 else journal[:at] + chance.randbytes(len(journal) - at)
        torn.with_name("torn.safe-wal").write_bytes(cut)
        with Store.open_with_key(torn, key) as store:
            there = saved_numbers(store)
            assert there == complete[: len(there)]
            assert_whole(store)
            lengths.add(len(there))

    assert len(lengths) > 3


def test_rel_02_the_last_block_torn_at_a_thousand_places_costs_the_last_save_at_most(path: Path, tmp_path: Path) -> None:
    """REL-02: cut or garbled at 1,000 places within the block that was being written: it opens, is sound, and all but that save is there."""
    chance, key = random.Random(22), derive_key(path, "kite")
    killed_child(path, key, 1, saves=SAVES, then=0)
    journal, base = path.with_name(path.name + "-wal").read_bytes(), path.read_bytes()
    with Store.open_with_key(path, key) as store:
        complete = saved_numbers(store)
    block = 24 + int.from_bytes(journal[8:12], "big")  # a frame's head and its page (SQLite file format, section 4.1)
    torn = tmp_path / "torn.safe"
    for name in (".key", ".vault"):
        shutil.copy(f"{path}{name}", f"{torn}{name}")
    lost = 0
    for number in range(TORN):
        torn.write_bytes(base)
        at = len(journal) - chance.randrange(1, block)
        torn.with_name("torn.safe-wal").write_bytes(journal[:at] + (chance.randbytes(len(journal) - at) if number % 2 else b""))
        connection = open_for(torn, ring_of(key), patience=1)
        try:
            assert damages(connection) == () and audit.first_break(connection) is None
            there = connection.execute(select(func.count()).select_from(ANSWERS)).scalar_one()
        finally:
            shut(connection)
        assert len(complete) - 1 <= there <= len(complete)
        lost += there < len(complete)

    assert lost > TORN // 2


def test_a_kill_while_a_store_is_made_leaves_none_or_a_whole_one(tmp_path: Path) -> None:
    """REL-06: a store whose making was cut short says so, or opens; it never opens half made."""
    chance, begun = random.Random(3), time.perf_counter()
    Store.create(tmp_path / "warm.safe", "kite", cost=CHEAP).close()
    usual = time.perf_counter() - begun
    Store.create(tmp_path / "warmer.safe", "kite", cost=CHEAP).close()
    usual = min(usual, time.perf_counter() - begun - usual)
    for number in range(30):
        path = tmp_path / f"{number}.safe"
        child = os.fork()
        if child == 0:
            try:
                Store.create(path, "kite", cost=CHEAP, at=MOMENT)
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0, 1.5 * usual))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        try:
            with Store.open(path, "kite") as store:
                assert store.audit()[0].what == "store.made" and store.damages() == ()
        except StoreError as told:
            assert "no store here" in str(told) or "never finished" in str(told)
