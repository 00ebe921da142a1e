"""Safety copies: made while people work, encrypted apart, whole or refused, and brought back on another machine."""

from __future__ import annotations

import json
import random
import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from team import CANARY, MOMENT, OTHER, REF, desk_of, fill, make_team, opened, phrase

from safe_lib import copies
from safe_lib.cli.app import run
from safe_lib.model.errors import CaseNotFound, NotPermitted, StoreError, WrongKey, WrongUse
from safe_lib.store import CHEAP, Store
from safe_lib.store import drill as drilling
from safe_lib.store.backup import OLDEST, VAULT, back_up, place_of
from safe_lib.store.copyfile import read_head
from safe_lib.store.folders import copying_service
from safe_lib.store.keys import key_file
from safe_lib.store.passphrase import write_passphrase
from safe_lib.store.restore import Opener, Restored, chosen_copy, restore
from safe_lib.store.shares import joined_shares, new_shares
from safe_lib.store.vault import vault_file

FLIPS = 150
CASES = 60
LATER = MOMENT + timedelta(days=1)


@pytest.fixture
def team(tmp_path: Path, database: str) -> Path:
    """A team with two cases, whose copies need two of three shares."""
    path = make_team(tmp_path, users=("cora", "sven", "sofie"))
    with opened(path, "sven") as store:
        fill(store, REF, by="sven")
        fill(store, OTHER, by="sven")
    return path


@pytest.fixture
def shares(team: Path) -> tuple[str, ...]:
    """The three shares of the team's key."""
    with desk_of(team, "ada") as desk:
        return copies.new_key(desk)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for copies."""
    made = tmp_path / "copies"
    made.mkdir()
    return made


def copy_of(path: Path, folder: Path, *, user: str = "ada") -> Path:
    with desk_of(path, user) as desk:
        return copies.back_up(desk, folder).database


def brought_back(folder: Path, to: Path, shares: tuple[str, ...], *, user: str = "sven", number: int | None = None) -> Restored:
    return restore(*chosen_copy(folder, number), to, Opener(phrase(user), user, shares), at=datetime.now(UTC))


def test_rel_08_a_copy_comes_back_the_same_on_a_clean_machine(team: Path, shares: tuple[str, ...], folder: Path, tmp_path: Path) -> None:
    """REL-08: copied, wiped, brought back with two shares and a passphrase: everybody finds every case as it was."""
    copy_of(team, folder)
    with opened(team, "sven") as store:
        before = (store.cases(), store.answers(REF, "safe_return"), store.identity(OTHER), store.paper(REF, "plan"), store.audit()[:-1])
    for file in tmp_path.glob("team.safe*"):
        file.unlink()
    made = brought_back(folder, tmp_path / "elsewhere" / "new.safe", shares[1:])

    assert made.cases == 2 and made.erased == ()
    with opened(made.store, "sven") as store:
        assert (store.cases(), store.answers(REF, "safe_return"), store.identity(OTHER), store.paper(REF, "plan")) == before[:4]
        assert store.audit()[:len(before[4])] == before[4] and [line.what for line in store.audit()][-1] == "store.restored"
        assert store.damages() == () and store.audit_break() is None and store.audit_missing() == ()
        fill(store, "C3D-0003", by="sven")  # and work goes on
    assert {file.stat().st_mode & 0o777 for file in made.store.parent.iterdir()} == {0o600}


def test_rel_08_the_drill_finds_a_thousand_things_the_same_and_a_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """REL-08: the drill compares every row and every key; what was changed on the way is named. (1,000 cases: `safe backup --drill`.)"""
    words = phrase("noor")
    with Store.create(tmp_path / "many.safe", words, cost=CHEAP, at=MOMENT, person="noor") as store:
        for number in range(CASES):
            fill(store, f"A2B-{number:04}", by="noor")
        same = drilling.drill(store, Opener(words), at=MOMENT)
        assert same.cases == CASES and same.rows > 20 * CASES and same.differences == () and same.seconds < 60

        def changed(copy: Path, vault: Path, to: Path, opener: Opener, *, at: datetime) -> Restored:
            found = restore(copy, vault, to, opener, at=at)
            with Store.open(to, words) as other:
                other.set_status("A2B-0001", "closed", by="x", at=MOMENT)
            return found

        monkeypatch.setattr(drilling, "restore", changed)
        assert drilling.drill(store, Opener(words), at=MOMENT).differences == ("cases",)
    assert not list(tmp_path.glob(".safe-*"))


@pytest.mark.in_a_file
def test_rel_08_one_flipped_bit_is_found(team: Path, shares: tuple[str, ...], folder: Path, tmp_path: Path) -> None:
    """REL-08: any bit of either file: refused in a sentence, and nothing is left where the store would be."""
    copy_of(team, folder)
    chance = random.Random(8)
    for file in sorted(folder.iterdir()):
        good = file.read_bytes()
        for place in [0, 5, 13, 15, 40, len(good) - 1, *(chance.randrange(len(good)) for _ in range(FLIPS // 2))]:
            bad = bytearray(good)
            bad[place] ^= 1 << chance.randrange(8)
            file.write_bytes(bad)
            with pytest.raises(StoreError):
                brought_back(folder, tmp_path / "new.safe", shares)
        for end in (good[:-1], good[: len(good) // 2], good + b"\0", b""):
            file.write_bytes(end)
            with pytest.raises(StoreError):
                brought_back(folder, tmp_path / "new.safe", shares)
        file.write_bytes(good)

    assert not list(tmp_path.glob("new.safe*")) and not list(tmp_path.glob(".safe*"))
    assert brought_back(folder, tmp_path / "new.safe", shares).cases == 2


@pytest.mark.in_a_file
def test_rel_08_wrong_keys_open_nothing(team: Path, shares: tuple[str, ...], folder: Path, tmp_path: Path) -> None:
    """REL-08, SEC-54: one share, shares of another key, a misspelt word, a wrong passphrase: nothing, in words that repeat none."""
    copy_of(team, folder)
    others = new_shares().words
    wrong_word = " ".join(["academic", *shares[0].split()[1:]])
    for given in ((shares[0], others[1]), others[:2], (wrong_word, shares[1])):
        with pytest.raises(WrongKey) as told:
            brought_back(folder, tmp_path / "new.safe", given)
        assert not set(str(told.value).split()) & {word for share in (*shares, *others) for word in share.split() if len(word) > 6}
    for given in ((), shares[:1], (shares[0], shares[0])):
        with pytest.raises(WrongUse):
            brought_back(folder, tmp_path / "new.safe", given)
    with pytest.raises(WrongKey):
        restore(*chosen_copy(folder), tmp_path / "new.safe", Opener("not the passphrase at all", "sven", shares), at=LATER)

    assert not list(tmp_path.glob("new.safe*"))


def test_sec_54_two_of_three_shares_and_no_fewer() -> None:
    """SEC-54: any two of the three give the key; what the store keeps cannot open anything."""
    from safe_lib.store.sealing import public_of

    made = new_shares()
    keys = {joined_shares(pair) for pair in ((made.words[0], made.words[1]), (made.words[2], made.words[0]), (made.words[1], made.words[2]))}

    assert len(keys) == 1 and public_of(keys.pop()) == made.public
    assert all(word not in repr(made) for word in made.words[0].split())


@pytest.mark.in_a_file
def test_sec_54_a_team_makes_its_key_first(team: Path, folder: Path, tmp_path: Path) -> None:
    """SEC-54: without shares a team gets no copy that one person's passphrase would open; only the administrator makes them."""
    with desk_of(team, "cora") as desk, pytest.raises(WrongUse, match="new-key"):
        copies.back_up(desk, folder)
    with desk_of(team, "cora") as desk, pytest.raises(NotPermitted):
        copies.new_key(desk)
    with desk_of(team, "sven") as desk, pytest.raises(NotPermitted):
        copies.back_up(desk, folder)

    assert list(folder.iterdir()) == []


@pytest.mark.in_a_file
def test_sec_54_nothing_in_a_copy_can_be_read(team: Path, shares: tuple[str, ...], folder: Path) -> None:
    """SEC-54: no word, reference or user name stands in the files, their names or the store's own name; both have keys of their own."""
    first, second = copy_of(team, folder), copy_of(team, folder)
    written = b"".join(file.read_bytes() for file in folder.iterdir())

    assert sorted(file.name for file in folder.iterdir()) == ["0001.copy", "0002.copy", VAULT]
    for word in (CANARY, REF, "sven", "team.safe", '"ada"'):  # three letters alone come by chance
        assert word.encode() not in written
    heads = [read_head(file) for file in (first, second, folder / VAULT)]
    assert len({head.to["shares"] for head in heads}) == 3 and not any(head.key_file for head in heads)
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_a_copy_is_made_while_people_save(team: Path, shares: tuple[str, ...], folder: Path, tmp_path: Path) -> None:
    """A copy is of one moment: whatever is saved meanwhile, it opens, is whole, and nobody who saves is held up or refused."""
    stop, saved = threading.Event(), []

    def work() -> None:
        with opened(team, "sven") as store:
            while not stop.is_set():
                saved.append(store.save_paper(REF, "plan", {"number": len(saved)}, by="sven", at=MOMENT, seen=None))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for _ in range(3):
            copy_of(team, folder)
    finally:
        stop.set()
        worker.join()
    numbers = []
    for number in range(1, 4):
        made = brought_back(folder, tmp_path / f"{number}.safe", shares, number=number)
        with opened(made.store, "sven") as store:
            assert store.audit_break() is None and store.audit_missing() == () and store.damages() == ()
            numbers.append(len(store.paper_history(REF, "plan")))

    assert numbers == sorted(numbers) and numbers[-1] > numbers[0]
    assert len(saved) > 10


@pytest.mark.in_a_file
def test_rel_08_the_copy_before_can_be_chosen(team: Path, shares: tuple[str, ...], folder: Path, tmp_path: Path) -> None:
    """REL-08: an earlier version comes back with the newest vault, also after a case got a new key."""
    copy_of(team, folder)
    with opened(team, "cora") as store:
        store.assign(REF, "sofie", by="cora", at=LATER)
    with opened(team, "ada") as store:
        store.remove_person("sofie", by="ada", at=LATER)
    with opened(team, "sven") as store:
        store.save_answer(REF, "safe_return", "SAF-09", store.answers(REF, "safe_return")[0].answer, by="sven", at=LATER, seen=None)
    copy_of(team, folder)

    assert brought_back(folder, tmp_path / "older.safe", shares, number=1).cases == 2
    with opened(tmp_path / "older.safe", "sven") as older, opened(team, "sven") as now:
        assert len(older.answers(REF, "safe_return")) == 3 and len(now.answers(REF, "safe_return")) == 4
        assert older.answers(OTHER, "safe_return") == now.answers(OTHER, "safe_return")
    with pytest.raises(StoreError, match="no such safety copy"):
        chosen_copy(folder, 9)


def test_what_was_erased_does_not_come_back(team: Path, shares: tuple[str, ...], folder: Path, tmp_path: Path) -> None:
    """PRI-09: an older copy of the database with the newest vault: the erased case is neither listed nor readable, and the rest is."""
    copy_of(team, folder)
    with opened(team, "cora") as store:
        store.erase(REF, by="cora", at=datetime.now(UTC))
    with desk_of(team, "ada") as desk:
        assert [one.erased_since for one in copies.copies(desk)] == [1]
        assert copies.waiting(desk) != ()
    copy_of(team, folder)
    with desk_of(team, "ada") as desk:
        assert copies.waiting(desk) == ()
    made = brought_back(folder, tmp_path / "older.safe", shares, number=1)

    assert made.erased == (REF,) and made.cases == 1
    with opened(made.store, "sven") as store:
        assert [line.ref for line in store.cases()] == [OTHER]
        with pytest.raises(CaseNotFound):
            store.case(REF)
        assert [line.what for line in store.audit(REF)][-1] == "case.erased"


@pytest.mark.in_a_file
def test_a_place_keeps_one_vault_and_old_ones_are_told(team: Path, shares: tuple[str, ...], folder: Path, tmp_path: Path) -> None:
    """A new copy replaces the vault before it; a place whose vault is older than thirty days is named until it is destroyed."""
    old = tmp_path / "in the drawer"
    old.mkdir()
    with opened(team, "ada") as store:
        store.back_up(old, by="ada", at=datetime.now(UTC) - OLDEST - timedelta(hours=1))
    before = (old / VAULT).read_bytes()
    copy_of(team, folder)
    with desk_of(team, "ada") as desk:
        assert [one.place for one in copies.overdue(desk)] == [str(old)]
        assert copies.forget(desk, str(old)) and not copies.forget(desk, str(old))
        assert copies.overdue(desk) == ()
        copies.back_up(desk, old)
        assert (old / VAULT).read_bytes() != before
    assert [file.name for file in old.glob("*.vault")] == [] and len(list(old.glob("vault*"))) == 1


@pytest.mark.in_a_file
def test_an_older_or_foreign_vault_is_refused(team: Path, shares: tuple[str, ...], folder: Path, tmp_path: Path) -> None:
    """A vault from before the copy, or of another store under the same shares, is told and not used."""
    copy_of(team, folder)
    older = shutil.copy(folder / VAULT, tmp_path / "older.vault")
    copy_of(team, folder)
    with pytest.raises(StoreError, match="older than the copy"):
        restore(folder / "0002.copy", Path(older), tmp_path / "new.safe", Opener(phrase("sven"), "sven", shares), at=LATER)
    with pytest.raises(StoreError, match="other part"):
        restore(folder / VAULT, folder / VAULT, tmp_path / "new.safe", Opener(phrase("sven"), "sven", shares), at=LATER)

    assert not list(tmp_path.glob("new.safe*"))


@pytest.mark.in_a_file
def test_a_store_that_is_there_is_never_written_over(team: Path, shares: tuple[str, ...], folder: Path, tmp_path: Path) -> None:
    """Not the store, and not a key file or a vault that some store may need."""
    copy_of(team, folder)
    content = {file: file.read_bytes() for file in tmp_path.glob("team.safe*")}
    with pytest.raises(StoreError, match="already"):
        brought_back(folder, team, shares)
    for made in (key_file, vault_file):
        part = made(tmp_path / "half.safe")
        part.write_bytes(b"somebody's")
        with pytest.raises(StoreError, match="already"):
            brought_back(folder, tmp_path / "half.safe", shares)
        assert part.read_bytes() == b"somebody's"
        part.unlink()

    assert {file: file.read_bytes() for file in tmp_path.glob("team.safe*")} == content


@pytest.mark.in_a_file
@pytest.mark.parametrize("step", ["write_copy", "open_copy", "damages"])
def test_a_copy_that_fails_leaves_the_one_before(team: Path, shares: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """A full disk while writing, a disk that gives back something else, a damaged store: the older copy and its vault stay."""
    from safe_lib.store import backup

    copy_of(team, folder)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    faults = {"write_copy": OSError(28, "No space left on device"), "open_copy": {}, "damages": ("page 3: wrong",)}

    def fault(*_: object, **__: object) -> object:
        if isinstance(faults[step], OSError):
            raise faults[step]  # type: ignore[misc]
        return faults[step]

    monkeypatch.setattr(backup, step, fault)
    with pytest.raises(StoreError):
        copy_of(team, folder)

    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_one_person_needs_no_shares(tmp_path: Path, folder: Path) -> None:
    """Where one person works, their passphrase opens the copy, on a machine that has nothing else."""
    path = tmp_path / "alone.safe"
    with Store.create(path, phrase("noor"), cost=CHEAP, at=MOMENT, person="noor") as store:
        store.new_case(by="noor", at=MOMENT, ref=REF, alias="kite")
        store.back_up(tmp_path / "monday", by="noor", at=MOMENT)
        with pytest.raises(StoreError, match="already"):
            store.back_up(tmp_path / "monday", by="noor", at=MOMENT)
    for file in tmp_path.glob("alone.safe*"):
        file.unlink()
    with pytest.raises(WrongKey):
        restore(*chosen_copy(tmp_path / "monday"), path, Opener("kite"), at=LATER)
    made = restore(*chosen_copy(tmp_path / "monday"), path, Opener(phrase("noor")), at=LATER)

    assert made.store == path
    with Store.open(path, phrase("noor")) as store:
        assert [line.alias for line in store.cases()] == ["kite"]


def test_the_commands_copy_try_list_and_bring_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`safe backup` and `safe restore` from the command line, on a team's store, with shares from private files."""
    path = make_team(tmp_path, users=("cora", "sven"))
    with opened(path, "sven") as store:
        fill(store, REF, by="sven")
    files = {}
    for user in ("ada", "cora"):
        files[user] = tmp_path / f"{user}.txt"
        write_passphrase(files[user], f"{phrase(user)}\nperson: {user}")
    common = ["--store", str(path), "--passphrase-file", str(files["ada"])]
    shares = [word for number in (1, 3) for word in ("--share-file", str(tmp_path / "paper" / f"share-{number}.txt"))]

    assert run(["backup", *common]) == 2
    assert run(["backup", "--to", str(tmp_path / "c"), *common]) == 2  # no key yet
    assert run(["backup", "--new-key", str(tmp_path / "paper"), *common]) == 0
    assert run(["backup", "--to", str(tmp_path / "c"), *common, "--json"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said["cases"] == 1 and said["copy"].endswith("0001.copy")
    assert run(["backup", "--drill", *common, *shares, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["differences"] == []
    assert run(["backup", "--places", *common, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["erased_since"] == 0
    back = ["restore", str(tmp_path / "c"), "--store", str(tmp_path / "new.safe"), "--passphrase-file", str(files["cora"])]
    assert run(back) == 2  # shares are missing
    assert run([*back, *shares, "--json"]) == 0
    assert run([*back, *shares]) == 20  # never over a store
    capsys.readouterr()
    assert run(["backup", "--to", str(tmp_path / "Dropbox" / "c"), *common]) == 0
    assert "Dropbox copies to other computers" in capsys.readouterr().err
    assert run(["backup", "--gone", str(tmp_path / "c"), *common]) == 0
    assert run(["backup", "--gone", str(tmp_path / "c"), *common]) == 2

    with opened(tmp_path / "new.safe", "sven") as store:
        assert store.identity(REF).alias == CANARY
    words = (tmp_path / "paper" / "share-1.txt").read_text().split()
    assert not any(word in capsys.readouterr().err for word in words)


@pytest.mark.parametrize(("folder_name", "mark", "service"), [
    ("Dropbox (Team)", "", "Dropbox"), ("OneDrive - Exampleland", "", "OneDrive"), ("Nextcloud", "", "Nextcloud"), ("work", ".stfolder", "Syncthing"),
    ("work", "", None), ("boxes", "", None)])
def test_sec_54_a_folder_that_is_copied_to_a_cloud_is_told(tmp_path: Path, folder_name: str, mark: str, service: str | None) -> None:
    """SEC-54: names and marks of services that copy folders to other computers are known, whatever lies below them."""
    below = tmp_path / folder_name / "deep" / "store.safe"
    below.parent.mkdir(parents=True)
    if mark:
        (tmp_path / folder_name / mark).mkdir()

    assert copying_service(below) == service


@pytest.mark.in_a_file
def test_a_copy_needs_only_the_ring_of_who_makes_it(team: Path, shares: tuple[str, ...], folder: Path) -> None:
    """An administrator, who holds no case key, makes copies; the file says no more than they could know."""
    with opened(team, "ada") as store:
        made = back_up(team, store._holder.ring, place_of(folder), at=MOMENT)

    assert made.cases == 2
