"""Who can read a case is decided by keys: what a store gives away to whom, and what nobody can read any more."""

from __future__ import annotations

import json
import random
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import text
from team import CANARY, FORM, MOMENT, OTHER, REF, everything, fill, make_team, opened, phrase

from safe_lib.model.answers import ABSENT, PRESENT, Answer
from safe_lib.model.errors import CaseNotFound, NotPermitted, SafeError, StoreError, WrongKey, WrongUse
from safe_lib.store import CHEAP, STRONG, Cost, Store, derive_key, keys
from safe_lib.store.boxes import MACHINE, about_half, joined
from safe_lib.store.carrying import snapshot
from safe_lib.store.keys import key_file
from safe_lib.store.opening import open_file, shut
from safe_lib.store.sealing import FORMAT, NotSealedSo, new_private, opened_by, public_of, sealed_to
from safe_lib.store.sealing import about as sealed_with
from safe_lib.store.slots import KeyRing, file_keys, read_key_file
from safe_lib.store.tables import METADATA
from safe_lib.store.vault import Vault, vault_file


@pytest.fixture
def path(tmp_path: Path, database: str) -> Path:
    """A team, a case of Sven's and one of Sofie's."""
    made = make_team(tmp_path)
    with opened(made, "sven") as store:
        fill(store, REF, by="sven")
    with opened(made, "sofie") as store:
        fill(store, OTHER, by="sofie")
    return made


def copy(path: Path, folder: str) -> Path:
    """Somebody took a copy of all files."""
    there = path.parent / folder
    there.mkdir()
    snapshot(path, there / path.name, raw(path, "ada")[1])  # of a server: as a file
    for name in (f"{path.name}.key", f"{path.name}.vault"):
        shutil.copy(path.with_name(name), there / name)
    return there / path.name


def raw(path: Path, user: str) -> tuple[KeyRing, bytes]:
    """What somebody could take out of the memory of the program: their ring and the key of the file."""
    ring = KeyRing.from_bytes(derive_key(path, phrase(user), user))
    assert ring is not None
    return ring, file_keys(path, ring)[0]


# ── who reads what ──


def test_sec_10_a_case_is_there_only_for_those_who_hold_its_key(path: Path) -> None:
    """Who opened it and the coordinator read all of it; for everybody else it is not there, in the words for a case that never was."""
    for user in ("sven", "cora", "batch"):
        with opened(path, user) as store:
            assert CANARY in repr(everything(store, REF))
            assert {line.ref for line in store.cases()} == ({REF} if user == "sven" else {REF, OTHER})
    for user in ("ada", "sofie", "vera", "anna"):
        with opened(path, user) as store:
            said = set()
            for ref in (REF, "X9X-0000"):
                with pytest.raises(CaseNotFound) as told:
                    store.case(ref)
                said.add(str(told.value).replace(ref, "…"))
            assert len(said) == 1
            assert REF not in {line.ref for line in store.cases()}
            assert store.answers(REF, FORM) == () and store.reports(REF) == () and store.disclosures(REF) == () and store.assessments(REF, FORM) == ()


def test_sec_16_an_administrator_reads_nothing_of_a_case(path: Path) -> None:
    """With the administrator's ring and the key of the file, every byte of the database holds 0 words of a case, in any coding."""
    ring, file_key = raw(path, "ada")
    connection = open_file(path, file_key, patience=1)
    dump = b""
    for table in METADATA.tables:
        for row in connection.exec_driver_sql(f"SELECT * FROM {table}").all():
            dump += b"\n".join(part if isinstance(part, bytes) else str(part).encode() for part in row)
    shut(connection)

    for hidden in (CANARY, "SAF-0", "safe_return", PRESENT, "lawyer"):
        for coding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert hidden.encode(coding) not in dump
    with opened(path, "ada") as store:
        assert all(line.detail == "" for line in store.audit(REF))
        assert [member.user for member in store.people()] == ["ada", "anna", "batch", "cora", "sofie", "sven", "vera"]
    assert ring.person


def test_sec_01_what_was_asked_and_read_is_in_the_trail_for_those_who_may_know(path: Path) -> None:
    """SEC-55: fields read and written stand in the trail, sealed with the key of the case."""
    with opened(path, "cora") as store:
        assert any(line.detail == "safe_return SAF-00 revision 1" for line in store.audit(REF))
        assert store.audit_break() is None


def test_a_row_cannot_be_moved(path: Path) -> None:
    """SEC-02: what is sealed opens in its own row alone; another case, another question, another person or day is noticed."""
    _, file_key = raw(path, "ada")
    moves = ("UPDATE answers SET sealed = (SELECT sealed FROM answers WHERE id = 2) WHERE id = 1",
             "UPDATE answers SET revision = 7 WHERE id = 1", 'UPDATE answers SET "by" = \'sofie\' WHERE id = 1',
             "UPDATE answers SET at = '2026-11-22T09:30:00.000000+00:00' WHERE id = 1",
             "UPDATE answers SET question = x'00112233445566778899aabbccddeeff' WHERE id = 1")
    for number, move in enumerate(moves):
        there = copy(path, str(number))
        connection = open_file(there, file_key, patience=1)
        connection.exec_driver_sql("DROP TRIGGER answers_no_update")
        connection.exec_driver_sql(move)
        shut(connection)
        with opened(there, "cora") as store, pytest.raises(NotSealedSo):
            store.answers(REF, FORM)


@pytest.mark.in_a_file
def test_sec_02_every_flipped_bit_in_any_file_is_noticed_or_harmless(path: Path) -> None:
    """Over 2,000 flipped bits in database, key file and vault: what was written, or a message of ours; never something else."""
    with opened(path, "cora") as store:
        written = (everything(store, REF), store.cases())
    key, chance = derive_key(path, phrase("cora"), "cora"), random.Random(2)
    files = [path, key_file(path), vault_file(path)]
    good = {file: file.read_bytes() for file in files}
    noticed = 0
    for number in range(2000):
        file = files[number % 3]
        bad = bytearray(good[file])
        bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
        file.write_bytes(bad)
        try:
            with Store.open_with_key(path, key) as store:
                cases = store.cases()
                noticed += (unreadable := [line.ref for line in cases if not line.readable] != [])
                assert unreadable or (everything(store, REF), cases) == written
        except SafeError as told:
            noticed += 1
            assert CANARY not in str(told)
        file.write_bytes(good[file])

    assert noticed > 800  # the others fell on pages and slots that this person does not read


# ── keys and passphrases ──


def test_sec_03_a_cheap_slot_is_made_dear_at_the_next_unlock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost stands in the file, and a passphrase that opens a slot with an older cost wraps it anew with today's."""
    today = Cost(memory=128, passes=1, lanes=1)
    monkeypatch.setattr(keys, "FEWEST_MEMORY", 0)
    monkeypatch.setattr(keys, "STRONG", today)
    opened(path, "sven").close()
    file = read_key_file(path)

    assert {slot.id: slot.cost for slot in file.slots if slot.cost != CHEAP} == {file.slot_id("sven"): today}
    monkeypatch.undo()
    opened(path, "sven").close()
    assert STRONG.memory >= 128 * 1024 and STRONG.passes >= 3


def test_sec_05_a_key_file_names_nobody(path: Path) -> None:
    """SEC-05: neither user names nor roles stand beside the store."""
    text_of = key_file(path).read_text().lower()
    assert not [user for user in ("ada", "cora", "sven", "sofie", "vera", "anna", "coordinator", "volunteer") if f'"{user}' in text_of]


def test_sec_07_an_unknown_name_hears_what_a_wrong_passphrase_hears(path: Path) -> None:
    """One text, whoever was meant."""
    said = set()
    for user, given in (("sven", "wrong"), ("nobody", phrase("sven")), ("cora", phrase("sven")), ("", ""), ("sven\ud800", "x")):
        with pytest.raises(WrongKey) as told:
            Store.open(path, given, person=user)
        said.add(str(told.value))
    assert len(said) == 1
    with pytest.raises(WrongUse, match="Say who you are"):
        Store.open(path, phrase("sven"))


def test_a_passphrase_is_changed_by_its_owner_alone(path: Path) -> None:
    """The old one opens nothing afterwards, and all cases are still there."""
    with opened(path, "sven") as store:
        with pytest.raises(WrongKey):
            store.change_passphrase("wrong", "another invented passphrase", by="sven", at=MOMENT)
        assert store.me.must_renew
        store.change_passphrase(phrase("sven"), "another invented passphrase", by="sven", at=MOMENT)
        assert not store.me.must_renew
    with pytest.raises(WrongKey):
        opened(path, "sven")
    with Store.open(path, "another invented passphrase", person="SVEN ") as store:
        assert CANARY in repr(everything(store, REF))


def test_a_secret_is_sealed_to_one_person_for_one_thing() -> None:
    """Another person, another purpose or a changed byte opens nothing."""
    mine, other = new_private(), new_private()
    sealed = sealed_to(public_of(mine), b"half", "a case")

    assert opened_by(mine, sealed, "a case") == b"half"
    for private, what, about in ((other, sealed, "a case"), (mine, sealed, "b case"), (mine, sealed[:-1], "a case"), (mine, b"", "a case"),
                                 (mine, bytes(32) + sealed[32:], "a case")):
        with pytest.raises(NotSealedSo):
            opened_by(private, what, about)


# ── people come and go ──


def test_sec_04_who_was_removed_opens_nothing_new(path: Path) -> None:
    """With the old ring, the old key of the file and a copy of every file: 0 versions written after the removal, and no file at all."""
    ring, file_key = raw(path, "sven")
    old_half = _half(path, file_key, ring)
    with opened(path, "ada") as store:
        store.remove_person("sven", by="ada", at=MOMENT)
    with opened(path, "cora") as store:
        store.save_answer(REF, FORM, "SAF-00", Answer(ABSENT), note="after he left", by="cora", at=MOMENT, seen=None)
        assert CANARY in repr(everything(store, REF))  # history stays, for those who may

    for way_in in (lambda: opened(path, "sven"), lambda: Store.open_with_key(path, ring.to_bytes()), lambda: open_file(path, file_key, patience=1)):
        with pytest.raises(WrongKey):
            way_in()
    _, new_file_key = raw(path, "ada")  # even with the new key of the file, somehow
    connection = open_file(path, new_file_key, patience=1)
    assert connection.execute(text("SELECT count(*) FROM case_keys WHERE person = :p"), {"p": ring.person}).scalar() == 0
    version = connection.exec_driver_sql(f"SELECT key_version FROM cases WHERE ref = '{REF}'").scalar_one()
    sealed = connection.exec_driver_sql(f"SELECT question, revision, \"by\", at, sealed FROM answers WHERE ref = '{REF}'").all()
    shut(connection)
    assert version == 2 and len(sealed) == 4
    for row in sealed:
        with pytest.raises(NotSealedSo):
            old_half.open("answers", tuple(row[:4]), row[4])


def _half(path: Path, file_key: bytes, ring: KeyRing):  # type: ignore[no-untyped-def]
    from safe_lib.store.sealing import Box

    connection = open_file(path, file_key, patience=1)
    found = connection.exec_driver_sql(f"SELECT k.sealed, c.vault FROM case_keys k JOIN cases c ON c.ref = k.ref WHERE k.person = '{ring.person}'").one()
    shut(connection)
    half = opened_by(ring.private, found[0], about_half(REF, 1))
    return Box(REF, 1, joined(REF, 1, Vault(path).half(found[1]), half))


def test_whoever_works_on_keeps_working_when_the_file_gets_a_new_key(path: Path) -> None:
    """A page that is open notices nothing; one of the person who was removed is shut out at once."""
    with opened(path, "cora") as page, opened(path, "sofie") as other:
        page.cases()
        with opened(path, "ada") as store:
            store.remove_person("sofie", by="ada", at=MOMENT)
            assert len(store.people()) == 7

        page.save_answer(OTHER, FORM, "SAF-00", Answer(ABSENT), by="cora", at=MOMENT, seen=None)
        with pytest.raises((WrongKey, NotPermitted)):
            other.cases()


def test_a_case_changes_hands_with_its_key(path: Path) -> None:
    """Assigned: at once readable. Taken off: gone, and what was kept opens nothing new."""
    with opened(path, "cora") as store:
        store.assign(REF, "vera", by="cora", at=MOMENT)
    with opened(path, "vera") as store:
        assert CANARY in repr(everything(store, REF)) and [line.ref for line in store.cases()] == [REF]
        assert [notice.what for notice in store.notices()] == ["case.assigned"]
        with opened(path, "cora") as other:
            other.unassign(REF, "vera", by="cora", at=MOMENT)
        with pytest.raises(CaseNotFound):
            store.case(REF)
    with opened(path, "sven") as store:
        assert CANARY in repr(everything(store, REF))
        assert store._usable().exec_driver_sql(f"SELECT key_version FROM cases WHERE ref = '{REF}'").scalar() == 2
    with opened(path, "cora") as store, pytest.raises(WrongUse):
        store.assign(REF, "anna", by="cora", at=MOMENT)


def test_a_new_coordinator_gets_every_key_when_one_who_holds_them_comes_in(path: Path) -> None:
    """The administrator cannot give what they do not hold; the next coordinator's coming in does it."""
    with opened(path, "ada") as store:
        store.add_person("carl", phrase("carl"), roles=("coordinator",), by="ada", at=MOMENT)
    with opened(path, "carl") as store:
        assert store.cases() == ()
    opened(path, "cora").close()
    with opened(path, "carl") as store:
        assert [line.ref for line in store.cases()] == [OTHER, REF]
    with opened(path, "ada") as store:
        store.set_roles("carl", ("volunteer",), by="ada", at=MOMENT)
    with opened(path, "carl") as store:
        assert store.cases() == ()


def test_a_lost_passphrase_costs_the_keys_until_somebody_gives_them_again(path: Path) -> None:
    """Who resets it reads nothing by it; old ring and old passphrase are worth nothing."""
    ring, _ = raw(path, "sven")
    with opened(path, "ada") as store:
        store.reset_person("sven", "a passphrase said in person", by="ada", at=MOMENT)
    with Store.open(path, "a passphrase said in person", person="sven") as store:
        assert store.cases() == () and store.me.must_renew
    opened(path, "cora").close()
    with Store.open(path, "a passphrase said in person", person="sven") as store:
        assert [line.ref for line in store.cases()] == [REF]
    with pytest.raises(WrongKey):
        Store.open_with_key(path, ring.to_bytes())


def test_sec_14_an_exclusion_stands_above_every_role(path: Path) -> None:
    """A coordinator who is excluded holds no key, is not told, gets none by adding roles, and cannot break the glass."""
    with opened(path, "sven") as store:
        store.exclude(REF, "cora", reason="a relative of the person", by="sven", at=MOMENT)
        with pytest.raises(NotPermitted):
            store.assign(REF, "cora", by="sven", at=MOMENT) if store.person("cora").has("specialist") else _refuse()
    with opened(path, "ada") as store:
        store.set_roles("cora", ("coordinator", "specialist", "administrator", "batch"), by="ada", at=MOMENT)
    opened(path, "sven").close()
    with opened(path, "cora") as store:
        assert [line.ref for line in store.cases()] == [OTHER]
        with pytest.raises(CaseNotFound):
            store.case(REF)
        with pytest.raises(CaseNotFound):
            store.break_glass(REF, reason="I want to see it all the same", by="cora", at=MOMENT)
        assert [line.detail for line in store.audit(REF)] == [""] * len(store.audit(REF))
    with opened(path, "sven") as store, pytest.raises(WrongUse, match="nobody would be left"):
        store.exclude(REF, "batch", reason="a machine", by="sven", at=MOMENT)
        store.exclude(REF, "sven", reason="myself", by="sven", at=MOMENT)


def _refuse() -> None:
    raise NotPermitted("no role")


def test_sec_15_the_glass_is_broken_for_an_hour_and_everybody_responsible_knows(path: Path) -> None:
    """With a reason; then the case is there, for sixty minutes; notices and the trail say so."""
    with opened(path, "sofie") as store:
        with pytest.raises(WrongUse, match="write why"):
            store.break_glass(REF, reason=" a ", by="sofie", at=MOMENT)
        store._holder.now = lambda: MOMENT + timedelta(minutes=30)
        until = store.break_glass(REF, reason="she is in hospital and cannot speak", by="sofie", at=MOMENT)

        assert until == MOMENT + timedelta(minutes=60)
        assert CANARY in repr(everything(store, REF)) and store.is_mine(REF)
        store.save_answer(REF, FORM, "SAF-00", Answer(ABSENT), by="sofie", at=MOMENT, seen=None)
        store._holder.now = lambda: MOMENT + timedelta(minutes=61)
        with pytest.raises(CaseNotFound):
            store.case(REF)
    for user in ("cora", "sven"):
        with opened(path, user) as store:
            assert [(notice.what, notice.ref, notice.by) for notice in store.notices()] == [("glass.broken", REF, "sofie")]
            assert any(line.what == "glass.broken" and "hospital" in line.detail for line in store.audit(REF))
            store.see_notices(at=MOMENT)
            assert store.notices() == ()
    for user in ("vera", "anna", "ada"):
        with opened(path, user) as store, pytest.raises(CaseNotFound):
            store.break_glass(REF, reason="I should like to know what happened", by=user, at=MOMENT)


def test_the_glass_can_be_taken_away(path: Path) -> None:
    """A team may settle that nobody breaks it; then no key for it is kept."""
    with opened(path, "cora") as store:
        store.settle("emergency", "off", by="cora", at=MOMENT)
        assert store._usable().exec_driver_sql(f"SELECT count(*) FROM case_keys WHERE person = '{MACHINE}'").scalar() == 0
    with opened(path, "sofie") as store, pytest.raises(NotPermitted):
        store.break_glass(REF, reason="she is in hospital and cannot speak", by="sofie", at=MOMENT)


def test_what_a_team_settles_changes_who_holds_keys(path: Path) -> None:
    """Open to the team: every specialist reads; back to those assigned: only they, and with new keys."""
    with opened(path, "cora") as store:
        store.settle("open_to", "team", by="cora", at=MOMENT)
    with opened(path, "sofie") as store:
        assert [line.ref for line in store.cases()] == [OTHER, REF]
    with opened(path, "cora") as store:
        store.settle("open_to", "assigned", by="cora", at=MOMENT)
    with opened(path, "sofie") as store:
        assert [line.ref for line in store.cases()] == [OTHER]
        assert store._usable().exec_driver_sql("SELECT min(key_version) FROM cases").scalar() == 2
    for name, value in (("open_to", "all"), ("rest_minutes", "31"), ("rest_minutes", "1"), ("colour", "red")):
        with opened(path, "cora") as store, pytest.raises(WrongUse):
            store.settle(name, value, by="cora", at=MOMENT)


def test_nobody_leaves_a_store_that_nobody_can_open(path: Path) -> None:
    """The last administrator and the last coordinator stay."""
    with opened(path, "ada") as store:
        for user in ("ada", "cora"):
            with pytest.raises(WrongUse, match="nobody would be left"):
                store.remove_person(user, by="ada", at=MOMENT)
            with pytest.raises(WrongUse, match="nobody would be left"):
                store.set_roles(user, ("analyst",), by="ada", at=MOMENT)
        for user, roles in (("sven", ("specialist",)), ("x", ("specialist",)), ("new one", ("specialist",)), ("neu", ("chief",)), ("neu", ())):
            with pytest.raises((WrongUse, StoreError)):
                store.add_person(user, "invented words for somebody", roles=roles, by="ada", at=MOMENT)
        assert len(read_key_file(path).slots) == 7


# ── erasing ──


def test_an_erased_case_is_gone_from_every_copy(path: Path) -> None:
    """PRI-06, SEC-08: after erasing, a copy of the database from before cannot be read with the vault of now; a tombstone says that it was."""
    with opened(path, "cora") as store:
        report = store.reports(REF)[0].id
    before = copy(path, "before")
    with opened(path, "cora") as store:
        store.erase(REF, by="cora", at=MOMENT)
        with pytest.raises(CaseNotFound):
            store.case(REF)
        assert [line.ref for line in store.cases()] == [OTHER] and store.audit_break() is None and store.damages() == ()
        assert [line.what for line in store.audit(REF)][-1] == "case.erased" and not any(line.detail for line in store.audit(REF))
        with pytest.raises(StoreError):
            store.report_bytes(report, by="cora", at=MOMENT)
        with pytest.raises(StoreError):
            store.new_case(by="cora", at=MOMENT, ref=REF)
        with pytest.raises(CaseNotFound):
            store.erase(REF, by="cora", at=MOMENT)

    shutil.copy(vault_file(path), vault_file(before))
    with opened(before, "cora") as store:
        assert [(line.ref, line.readable, line.alias) for line in store.cases()] == [(OTHER, True, CANARY), (REF, False, "")]
        assert CANARY in repr(everything(store, OTHER))
        with pytest.raises(StoreError, match="vault"):
            store.case(REF)


@pytest.mark.in_a_file
def test_sec_08_nothing_of_an_erased_case_is_left_in_the_file(path: Path) -> None:
    """Free pages and journal hold nothing of it, for somebody with the key of the file."""
    _, file_key = raw(path, "ada")
    connection = open_file(path, file_key, patience=1)
    sealed = [bytes(row) for row in connection.exec_driver_sql(f"SELECT sealed FROM answers WHERE ref = '{REF}'").scalars()]
    shut(connection)
    with opened(path, "cora") as store:
        store.erase(REF, by="cora", at=MOMENT)
    plain = path.with_name("plain.db")
    connection = open_file(path, file_key, patience=1)
    connection.exec_driver_sql(f"ATTACH DATABASE '{plain}' AS plain KEY ''")
    connection.exec_driver_sql("SELECT sqlcipher_export('plain')")
    free = connection.exec_driver_sql("PRAGMA freelist_count").scalar()
    shut(connection)

    assert free == 0 and not [row for row in sealed if row[:40] in plain.read_bytes()]
    journal = path.with_name(path.name + "-wal")
    assert not journal.exists() or journal.stat().st_size == 0


@pytest.mark.in_a_file
def test_a_vault_that_is_missing_or_garbled_is_told(path: Path) -> None:
    """REL-03: place, problem, repair; nothing is opened without it."""
    file = vault_file(path)
    for content in (None, b"", b"a letter, not a vault" * 10):
        file.unlink() if content is None else file.write_bytes(content)
        with pytest.raises(StoreError, match=r"team\.safe\.vault: .+\. .+\."):
            opened(path, "cora")


def test_what_is_sealed_tells_little_of_its_length(path: Path) -> None:
    """A short and a longer answer are sealed to the same size."""
    with opened(path, "sven") as store:
        for item, code, note in (("SAF-07", PRESENT, ""), ("SAF-08", "declined", "She asks not to.")):
            store.save_answer(REF, FORM, item, Answer(code), note=note, by="sven", at=MOMENT, seen=None)
        sizes = store._usable().exec_driver_sql("SELECT length(sealed) FROM answers ORDER BY id DESC LIMIT 2").scalars().all()
    assert sizes[0] == sizes[1]
    assert json.loads(key_file(path).read_text())["format"] == 2


@drawn(table=st.text(), ref=st.text(), row=st.lists(st.one_of(st.text(), st.binary(), st.integers(), st.none(), st.booleans())))
def test_what_is_sealed_with_a_row_is_written_as_ever(table: str, ref: str, row: list[Any]) -> None:
    """The JSON of the first version, sign for sign: otherwise nothing that was sealed before would open."""
    first = json.dumps([FORMAT, table, ref, *[part.hex() if isinstance(part, bytes) else part for part in row]]).encode()

    assert sealed_with(table, ref, row) == first
