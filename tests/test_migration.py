"""From every form that a store was ever released in to today's: everything comes along, or nothing happened at all.

`golden/` holds a store of each released form, written by the program of that time, with invented persons. Of the last one
there is also what was concluded then (`store_0004.json`).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from safe_lib import casework
from safe_lib.casework import Desk, Said
from safe_lib.catalogue import load_instrument, paths
from safe_lib.catalogue.editions import load_edition
from safe_lib.engine import assess
from safe_lib.keeping import kept_of
from safe_lib.model.errors import StoreError
from safe_lib.reassessing.of_then import computed_again
from safe_lib.store import Store, derive_key, making, migrate, opening
from safe_lib.store.keys import key_file
from safe_lib.store.migrate import VERSIONS
from safe_lib.store.opening import shut
from safe_lib.store.slots import KeyRing
from safe_lib.store.turning import open_for
from safe_lib.store.vault import vault_file

GOLDEN = Path(__file__).parent / "golden"
PASSPHRASE = "kite-lemon-harbor-violin-oak"
RELEASED = {"format_1.store": "0001", "store_0001.db": "0001", "store_0004.db": "0004"}  # file → version of its tables
THEN = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
# What today's program concludes otherwise than the one that wrote the store, per case, with the reason. None so far.
DIFFERENCES: dict[str, str] = {}


def golden(name: str, folder: Path) -> Path:
    """A store of an earlier form, which a test may change."""
    for file in GOLDEN.glob(f"{name}*"):
        if not file.name.endswith(".json"):
            shutil.copyfile(file, folder / file.name)
    return folder / name


def said_then() -> dict[str, Any]:
    """What the last released form's store said to the program that wrote it."""
    return dict(json.loads((GOLDEN / "store_0004.json").read_text()))


def ready(path: Path) -> bytes:
    """The ring of the first person, once the key file has today's form; the tables are still as they were."""
    ring = KeyRing.from_bytes(derive_key(path, PASSPHRASE))
    assert ring is not None
    shut(open_for(path, ring, patience=1))
    return ring.to_bytes()


@pytest.mark.parametrize("name", RELEASED)
def test_rel_09_every_released_form_opens_and_is_whole(tmp_path: Path, name: str) -> None:
    """REL-09: each opens with its passphrase, says it is of today's form, is sound, and takes new work."""
    path = golden(name, tmp_path)
    key = ready(path)
    with Store.open_with_key(path, key) as store:
        assert migrate.version_of(store._usable()) == VERSIONS[-1]
        assert store.damages() == () and store.audit_break() is None and store.audit_missing() == ()
        refs = [line.ref for line in store.cases()]
        assert refs
        store.save_paper(refs[0], "plan", {"new": "words"}, by="noor", at=THEN, seen=None)
    with Store.open(path, PASSPHRASE) as again:
        assert [line.ref for line in again.cases()] == refs


def test_rel_09_answers_and_outcomes_are_those_of_then(tmp_path: Path) -> None:
    """REL-09: each answer with its history, each kept text, the trail; each outcome is the same, or listed with a reason."""
    said = said_then()
    with Store.open(golden("store_0004.db", tmp_path), PASSPHRASE) as store:
        desk = Desk(store, "noor", "en", date(2026, 11, 21), now=lambda: THEN)
        assert list(store.audit_end()) == said["audit"]
        for key, rows in said["answers"].items():
            ref, form = key.split()
            found = [[one.item, one.revision, one.answer.code, one.note, one.by, one.scenario]
                     for item in sorted({one.item for one in store.answers(ref, form)}) for one in store.history(ref, form, item)]
            assert found == rows
        different = {}
        for key, then in said["outcomes"].items():
            ref, form, scenario = key.split(" ")
            now = casework.assess_case(desk, ref, form, scenario)
            concluded = {"outcome": now.outcome.id, "dimensions": {id: str(one.result) for id, one in now.dimensions.items()},
                         "domains": {id: one.level for id, one in now.domains.items()}}
            if concluded != then:
                different[key] = f"{then['outcome']} → {now.outcome.id}"
        assert set(different) == set(DIFFERENCES), different
        assert store.report_bytes(said["report"], by="noor", at=THEN) == b"a sealed page of an invented person"
        assert [line.user for line in store.people() if not line.active] == ["sven"]
        assert [line.ref for line in store.cases()] == ["A2B-0001", "C3D-0003", "K7M-2042"]


def test_rel_10_what_was_kept_is_read_and_computed_again(tmp_path: Path) -> None:
    """REL-10: kept texts byte for byte; from the answers and the country information kept with them comes the same outcome."""
    said = said_then()
    with Store.open(golden("store_0004.db", tmp_path), PASSPHRASE) as store:
        desk = Desk(store, "noor", "en", date(2027, 6, 1), now=lambda: THEN)
        found = kept_of(desk, "K7M-2042")
        for form, prints in said["kept"].items():
            texts = [one.line.text for one in found if one.line.instrument == form]
            assert [hashlib.sha256(text.encode()).hexdigest() for text in texts] == prints
        assert len(found) == 3
        for one in found:
            assert one.grounds is not None and one.grounds.result.outcome == json.loads(one.line.text)["outcome"]["id"]
            form = load_instrument(one.line.instrument)
            answers = casework.recorded(desk, "K7M-2042", form, one.line.scenario)
            again = assess(form, answers, casework.country_of(answers), on=one.line.at.date())
            assert again.outcome.id == one.grounds.result.outcome


def test_rel_10_a_kept_assessment_is_computed_again_with_the_instrument_of_its_day(desk: Desk, case: str, tmp_path: Path,
                                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    """REL-10: after the answers, the futures, the instrument and the country changed: from what was kept of that day comes the same result."""
    moment = [desk.now()]
    at_work = replace(desk, now=lambda: moment[0])
    kept = {form: casework.assess_and_keep(at_work, case, form, future)
            for form, future in (("ilo_adult_labour", ""), ("safe_return", "home_region"), ("safe_return_quick", "home_region"))}
    moment[0] += timedelta(days=90)
    for item in ("SAF-01", "SAF-02", "LIV-01"):
        casework.record(at_work, case, load_instrument("safe_return"), Said(item, "absent", seen=None))
    casework.record(at_work, case, load_instrument("ilo_adult_labour"), Said("DR02", "absent", seen=None))
    casework.save_paper(at_work, case, casework.FUTURES, {"futures": []})
    changed = shutil.copytree(paths.INSTRUMENTS, tmp_path / "instruments")
    for file in changed.rglob("*.yaml"):
        file.write_text(re.sub(r"^version: .*$", "version: 9.0.0", file.read_text(), flags=re.MULTILINE))
    monkeypatch.setattr(paths, "INSTRUMENTS", changed)
    monkeypatch.setattr(casework, "country_of", lambda *_: None)

    lines = [line for form in kept for line in desk.open_store().assessments(case, form)]
    assert len(lines) == 3 and load_instrument("safe_return").version == "9.0.0"
    for line in lines:
        found = computed_again(at_work, case, line)
        assert found.is_same and found.lacks == "" and found.then is not None and found.then.outcome == kept[line.instrument].outcome.id
    assert casework.assess_case(at_work, case, "safe_return", "home_region").outcome != kept["safe_return"].outcome


def test_rel_10_what_is_missing_of_a_day_is_said(desk: Desk, case: str, tmp_path: Path) -> None:
    """REL-10: an assessment from before editions were kept, or without grounds, is read as it was and says what is missing; none is made up."""
    with Store.open(golden("store_0004.db", tmp_path), PASSPHRASE) as store:
        older = Desk(store, "noor", "en", date(2026, 11, 21), now=lambda: THEN)
        (line,) = store.assessments("K7M-2042", "ilo_adult_labour")
        found = computed_again(older, "K7M-2042", line)
        assert (found.again, found.lacks, found.is_same) == (None, "instrument", False) and found.then is not None
    kept = desk.open_store().keep_assessment(case, "safe_return", "home_region", "{}", hash="h", by="noor", at=desk.now())
    assert computed_again(desk, case, kept).lacks == "grounds"


def test_an_edition_is_kept_once_and_never_changed(desk: Desk, case: str) -> None:
    """A hundred assessments with one instrument share one edition; the database refuses to change it."""
    for _ in range(2):
        casework.assess_and_keep(desk, case, "ilo_child_labour")
    store = desk.open_store()
    form = load_instrument("ilo_child_labour")
    files = store.edition(form.id, casework.made_with(form))
    assert files is not None and load_edition(form.id, files) == form and len(files) > 1
    with store._reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM editions").scalar() == 1
    with pytest.raises(StoreError), store._writing() as connection:
        connection.exec_driver_sql("UPDATE editions SET body = '{}'")


@pytest.mark.parametrize(("name", "every"), [("store_0001.db", 7), ("store_0004.db", 1)])
def test_rel_09_a_step_that_fails_anywhere_leaves_the_file_byte_for_byte(tmp_path: Path, name: str, every: int) -> None:
    """REL-09: each of many statements of the steps fails once; the file is as it was each time, and then it opens."""
    path = golden(name, tmp_path)
    key = ready(path)
    before = path.read_bytes()
    number = reached = 0
    while True:
        with failing_at(number, lambda: _raise()) as count:
            try:
                Store.open_with_key(path, key).close()
                break
            except StoreError:
                reached = count()
        assert path.read_bytes() == before
        assert not path.with_name(path.name + "-wal").exists() or path.with_name(path.name + "-wal").stat().st_size == 0
        number += every

    assert reached > 3 * every
    with Store.open_with_key(path, key) as store:
        assert store.damages() == () and store.cases()


def test_rel_09_a_kill_within_the_steps_loses_nothing(tmp_path: Path) -> None:
    """REL-09, REL-06: the process dies at many statements of the steps; the next opening finds everything and finishes."""
    for number in range(3, 60, 9):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = golden("store_0001.db", folder)
        key = ready(path)
        child = os.fork()
        if child == 0:
            with failing_at(number, lambda: os._exit(9)):
                Store.open_with_key(path, key).close()
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        with Store.open_with_key(path, key) as store:
            assert store.identity("K7M-2042").alias == "blue kite"
            assert store.damages() == () and store.audit_break() is None and migrate.version_of(store._usable()) == VERSIONS[-1]


@pytest.mark.parametrize("name", RELEASED)
def test_rel_09_an_earlier_program_refuses_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """REL-09: after the steps, the program that wrote the store says what to do and changes no byte."""
    path = golden(name, tmp_path)
    key = ready(path)
    Store.open_with_key(path, key).close()
    before = [file.read_bytes() for file in (path, key_file(path), vault_file(path))]
    monkeypatch.setattr(migrate, "VERSIONS", VERSIONS[: VERSIONS.index(RELEASED[name]) + 1])
    with pytest.raises(StoreError, match="newer version of the program") as told:
        Store.open_with_key(path, key)

    assert "Install that version" in str(told.value)
    assert [file.read_bytes() for file in (path, key_file(path), vault_file(path))] == before


def _raise() -> None:
    raise OSError(28, "No space left on device")


class failing_at:  # read as a sentence: `with failing_at(7, …)`
    """Let the n-th statement of the steps fail; those before and after the steps do not count."""

    def __init__(self, number: int, fail: Callable[[], None]) -> None:
        self.number, self.fail, self.seen, self.begun, self.patch = number, fail, 0, False, pytest.MonkeyPatch()

    def __enter__(self) -> Callable[[], int]:
        event.listen(opening._engine(), "before_cursor_execute", self._one)
        self.patch.setattr(making, "migrate", self._steps)
        return lambda: self.seen

    def __exit__(self, *_: object) -> None:
        event.remove(opening._engine(), "before_cursor_execute", self._one)
        self.patch.undo()

    def _steps(self, connection: Connection) -> None:
        self.begun = True
        migrate.migrate(connection)
        self.begun = False

    def _one(self, *_: Any) -> None:
        if self.begun:
            self.seen += 1
        if self.begun and self.seen == self.number + 1:
            self.fail()
