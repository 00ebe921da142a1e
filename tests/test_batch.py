"""Promises about many reports: none twice, none lost, whenever a batch is stopped; what fails stands apart with its reason."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pytest
from conftest import PHRASE, give

from safe_lib import batching, casework, teamwork
from safe_lib.batching import Order
from safe_lib.casework import Desk
from safe_lib.cli.app import run
from safe_lib.model.errors import NotPermitted, ReportError, WrongUse
from safe_lib.report.make import make_report
from safe_lib.runtime import batch
from safe_lib.runtime.batch import Batch, run_batch
from safe_lib.runtime.demo import make_demo
from safe_lib.store import CHEAP, Store
from safe_lib.store.passphrase import read_passphrase

DAY = date(2026, 11, 21)
CASES = 16
KILLS = 8
ORDER = Order("identification", "lawyer", ("html", "json"))
COMMAND = (sys.executable, "-c", "from safe_lib.cli import main; main()", "batch", "identification", "--for", "lawyer", "--formats", "html,json",
           "--cases", "all", "--workers", "2", "--date", DAY.isoformat(), "--json")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training store with sixteen invented persons; only to be copied."""
    return make_demo(tmp_path_factory.mktemp("batch") / "made.safe", cases=CASES, today=DAY, cost=CHEAP).store


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    for file in made.parent.glob("made.safe*"):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / "made.safe"


def passphrase_file(path: Path) -> Path:
    return path.with_name(path.name + ".passphrase")


def opened(path: Path) -> Store:
    return Store.open(path, read_passphrase(passphrase_file(path)))


def at_desk(path: Path, order: Order = ORDER, refs: Any = "all", on: date = DAY, **more: Any) -> Batch:
    with opened(path) as store:
        desk = Desk(store, "noor", "en", on)
        return run_batch(desk, order, batching.references(desk, refs), workers=2, **more)


def sealed(path: Path) -> dict[tuple[str, str], list[str]]:
    """Case and format → digests of the reports that the store holds."""
    found: dict[tuple[str, str], list[str]] = {}
    with opened(path) as store:
        for line in store.cases():
            for report in store.reports(line.ref):
                found.setdefault((line.ref, report.format), []).append(report.sha256)
    return found


def command(path: Path) -> list[str]:
    return [*COMMAND, "--store", str(path), "--passphrase-file", str(passphrase_file(path))]


# One run


def test_each_case_gets_what_one_report_would_be(path: Path) -> None:
    """The same bytes as `safe report`, in every form, each with its line in the manifest and in the trail."""
    found = at_desk(path, refs=["DEMO-001", "DEMO-002", "DEMO-003"])

    with opened(path) as store:
        desk = Desk(store, "noor", "en", DAY)
        for one in found.reports:
            report = store.report(one.report)
            assert (report.ref, report.format, report.sha256, report.size) == (one.ref, one.format, one.sha256, one.size)
            assert store.report_bytes(one.report, by="noor", at=desk.now()) == make_report(desk, one.ref, "identification", "lawyer", one.format)
        told = [(line.what, line.ref) for line in store.audit()]
        assert [told.count(("report.sealed", ref)) for ref in ("DEMO-001", "DEMO-002", "DEMO-003")] == [2, 2, 2]
        assert told.count(("batch.begun", "")) == told.count(("batch.ended", "")) == 1
        assert store.assessments("DEMO-001", "ilo_adult_labour") or store.assessments("DEMO-001", "first_level")
    assert (found.done, found.kept, found.failed, found.left) == (("DEMO-001", "DEMO-002", "DEMO-003"), (), (), ()) or len(found.done) == 3


def test_rel_07_begun_again_it_makes_only_what_changed(path: Path) -> None:
    """An answer, another reader and a claim that ran out each make new reports; nothing else does."""
    refs = ["DEMO-001", "DEMO-002"]
    at_desk(path, refs=refs)
    again = at_desk(path, refs=refs)
    with opened(path) as store:
        give(Desk(store, "noor", "en", DAY), "DEMO-002", "ilo_adult_labour", {"DR02": "unknown"})
    answered = at_desk(path, refs=refs)
    wider = at_desk(path, replace(ORDER, formats=("html", "json", "docx")), refs=refs)
    later = at_desk(path, refs=["DEMO-001", "DEMO-002"], on=date(2028, 11, 21))

    assert (again.done, set(again.kept)) == ((), set(refs))
    assert (answered.done, answered.kept) == (("DEMO-002",), ("DEMO-001",))
    assert [one.format for one in wider.reports if one.made] == ["docx", "docx"]
    assert later.done  # claims about Exampleland have run out
    assert all(len(digests) == 1 + (ref == "DEMO-002") + (ref in later.done) for (ref, format), digests in sealed(path).items() if format == "html")


def test_rel_07_what_fails_stands_apart_with_its_reason(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No case, a paper that must not be left, a fault of the program, a process that is killed or hangs: the others are made."""
    with opened(path) as store:
        give(Desk(store, "noor", "en", DAY), "DEMO-001", "first_level", {"LEAFLET": "told_only"})
        for ref in ("DEMO-002", "DEMO-003", "DEMO-004", "DEMO-005"):
            give(Desk(store, "noor", "en", DAY), ref, "first_level", {"LEAFLET": "given"})
    first = batch.make_one

    def faulty(desk: Desk, order: Order, made_with: Any, ref: str, engine: Any) -> Any:
        if ref == "DEMO-002":
            raise ValueError("Mira said: absent")
        if ref == "DEMO-003":
            os.kill(os.getpid(), signal.SIGKILL)
        if ref == "DEMO-004":
            time.sleep(60)
        return first(desk, order, made_with, ref, engine)

    monkeypatch.setattr(batch, "make_one", faulty)
    monkeypatch.setattr(batch, "LONGEST", 2.0)
    found = at_desk(path, Order("identification", "person", ("json",)), ["DEMO-001", "DEMO-002", "DEMO-003", "DEMO-004", "DEMO-005", "DEMO-777"])
    reasons = {one.ref: one.reason for one in found.failed}

    assert found.done == ("DEMO-005",)
    assert "needs a reason" in reasons["DEMO-001"]
    assert "ValueError" in reasons["DEMO-002"] and "Mira" not in reasons["DEMO-002"]
    assert "signal 9" in reasons["DEMO-003"] and "longer than 2 seconds" in reasons["DEMO-004"]
    assert "not in the store" in reasons["DEMO-777"]


def test_a_case_that_changes_meanwhile_is_begun_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of a report never tells of other answers than the report does."""
    asked, real = [0], batch.documents

    def changing(desk: Desk, ref: str, *given: Any, **more: Any) -> Any:
        made = real(desk, ref, *given, **more)
        asked[0] += 1
        if asked[0] == 1:
            give(desk, ref, "ilo_adult_labour", {"DR02": "unsafe_to_ask"})
        return made

    monkeypatch.setattr(batch, "documents", changing)
    with opened(path) as store:
        desk = Desk(store, "noor", "en", DAY)
        made_with = batching.edition(desk, ORDER)
        found = batch.make_one(desk, ORDER, made_with, "DEMO-001")

        assert asked == [2]
        assert {one.format: one.key for one in found} == batching.keys_now(desk, ORDER, made_with, "DEMO-001")
        assert store.report_bytes(found[0].report, by="noor", at=desk.now()) == make_report(desk, "DEMO-001", "identification", "lawyer", "html")


REFUSED = ((Order("nothing", "lawyer", ("html",)), WrongUse), (Order("identification", "king", ("html",)), ReportError),
           (Order("identification", "lawyer", ("odt",)), ReportError), (Order("identification", "lawyer", ()), ReportError))


@pytest.mark.parametrize(("order", "problem"), REFUSED)
def test_an_order_that_cannot_be_meant_is_refused_at_once(desk: Desk, order: Order, problem: type[Exception]) -> None:
    """Before anything is read or noted."""
    with pytest.raises(problem):
        run_batch(desk, order, ["DEMO-001"], workers=1)


# Who may


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Path]:
    """A store for real work: a coordinator, the batch account and a volunteer, and two cases."""
    place = tmp_path / "team.safe"
    with Store.create(place, PHRASE, cost=CHEAP, person="coor", roles=("coordinator", "administrator")) as store:
        desk = Desk(store, "coor", "en", DAY)
        for user, role in (("night", "batch"), ("vol", "volunteer")):
            teamwork.add_person(desk, user, [role], passphrase=PHRASE + user)
        for _ in range(2):
            give(desk, casework.open_case(desk).ref, "ilo_adult_labour", {"DR02": "present"})
    yield place


def test_the_batch_account_makes_reports_of_all_cases_and_none_leaves(team: Path) -> None:
    """It seals; the register stays empty, and it may not disclose what it made."""
    with Store.open(team, PHRASE + "night", person="night") as store:
        desk = Desk(store, "night", "en", DAY)
        found = run_batch(desk, ORDER, batching.references(desk, "open"), workers=2)
    with Store.open(team, PHRASE + "night", person="night") as store:
        desk = Desk(store, "night", "en", DAY)
        report = store.report(found.reports[0].report)
        with pytest.raises(NotPermitted):
            casework.disclose(desk, report, recipient="anybody", purpose="none")
        assert not [line for one in store.cases() for line in store.disclosures(one.ref)]

    assert len(found.done) == 2 and not found.failed


def test_who_may_make_no_report_makes_none_in_a_batch(team: Path) -> None:
    """A volunteer is refused case by case."""
    with Store.open(team, PHRASE, person="coor") as store:
        refs = [line.ref for line in store.cases()]
    with Store.open(team, PHRASE + "vol", person="vol") as store:
        found = run_batch(Desk(store, "vol", "en", DAY), ORDER, refs, workers=1)

    assert [one.ref for one in found.failed] == refs and not found.reports


# Stopped


LEADER = """import os, sys
sys.path.insert(0, sys.argv[1])
from test_batch import Path, ORDER, at_desk, batch, DAY, Desk
batch.prepare(ORDER, Desk(None, "noor", "en", DAY))
print("ready", flush=True)
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        at_desk(Path(line.strip()))
        os._exit(0)
    print(pid, flush=True)
    print(os.waitpid(pid, 0)[1], flush=True)
"""  # what is imported once need not be imported for each of the batches that are killed


@pytest.fixture
def leader() -> Iterator[subprocess.Popen[str]]:
    """A process that begins batches in processes of their own."""
    with subprocess.Popen([sys.executable, "-c", LEADER, str(Path(__file__).parent)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as begun:
        assert begun.stdout and begun.stdout.readline() == "ready\n"
        yield begun
        begun.kill()


def test_rel_07_killed_again_and_again_it_ends_with_the_same_reports(path: Path, made: Path, tmp_path: Path, leader: subprocess.Popen[str]) -> None:
    """After eight kills: as many reports as without, each once, with the same bytes; no process and no file is left behind."""
    other = tmp_path / "other"
    other.mkdir()
    for file in made.parent.glob("made.safe*"):
        shutil.copy(file, other / file.name)
    at_desk(other / "made.safe")
    files = {file.name for file in tmp_path.iterdir()}
    counts = [0]
    for number in range(KILLS):
        _killed_after(leader, path, more=3 * (number % 2), counts=counts)
    last = at_desk(path)

    assert counts == sorted(counts) and 0 < counts[-1] < 2 * CASES
    assert last.kept and not last.failed and len(last.done) + len(last.kept) == CASES
    assert sealed(path) == sealed(other / "made.safe")
    assert all(len(digests) == 1 for digests in sealed(path).values()) and len(sealed(path)) == 2 * CASES
    assert {file.name for file in tmp_path.iterdir()} - files <= {"made.safe-wal", "made.safe-shm"}
    with opened(path) as store:
        assert teamwork.verify_trail(Desk(store, "noor", "en", DAY)).is_whole and not store.damages()


def _killed_after(leader: subprocess.Popen[str], path: Path, *, more: int, counts: list[int]) -> None:
    """Begin, and kill it where the trail is some lines longer, at whatever it is doing then."""
    assert leader.stdin and leader.stdout
    with opened(path) as store:
        lines, _ = store.audit_end()
        print(path, file=leader.stdin, flush=True)
        pid = int(leader.stdout.readline())
        while store.audit_end()[0] < lines + 1 + more or not (children := _children(pid)):
            time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    assert int(leader.stdout.readline()) == signal.SIGKILL
    end = time.monotonic() + 5
    while time.monotonic() < end and any(_lives(child) for child in children):
        time.sleep(0.02)
    assert not any(_lives(child) for child in children)
    counts.append(sum(len(digests) for digests in sealed(path).values()))


def _lives(pid: int) -> bool:
    """It runs; one that has ended and waits for its parent does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _children(pid: int) -> list[int]:
    return [child.pid for child in psutil.Process(pid).children()]


def test_ctrl_c_leaves_a_clean_state(path: Path) -> None:
    """What was begun ends, the summary says what is left, and the same command goes on with it."""
    begun = subprocess.Popen(command(path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    with opened(path) as store:
        lines, _ = store.audit_end()
        while begun.poll() is None and store.audit_end()[0] < lines + 8:
            time.sleep(0.01)
    os.killpg(begun.pid, signal.SIGINT)
    said, complained = begun.communicate(timeout=60)
    found = json.loads(said)

    assert begun.returncode == 2 and "stopped" in complained and "Traceback" not in complained
    assert found["left"] > 0 and found["failed"] == 0 and found["done"] + found["left"] == CASES
    assert len(sealed(path)) == 2 * found["done"]
    assert len(at_desk(path, replace(ORDER, day=DAY.isoformat())).done) == found["left"]


# How it is done


def test_no_network_socket_and_no_notebook_on_the_disk(path: Path, tmp_path: Path) -> None:
    """Neither in the process that leads nor in those that work; nothing is written beside the store."""
    work = tmp_path / "work"
    work.mkdir()
    look = ("import sys, papermill.execute\ndef look(event, given):\n"
            "    if event in ('socket.connect', 'socket.bind') and not isinstance(given[1], (str, bytes)): raise SystemExit('a network socket')\n"
            "sys.addaudithook(look)\nfrom safe_lib.cli import main; main()")
    arguments = [sys.executable, "-c", look, *command(path)[3:]]
    arguments[arguments.index("all")] = "DEMO-001,DEMO-002"
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, cwd=work, env={**os.environ, "TMPDIR": str(work)})

    assert json.loads(done.stdout)["done"] == 2
    assert not list(work.rglob("*"))


def test_the_usual_engine_makes_the_same_report(path: Path) -> None:
    """`--engine papermill`: the same bytes, later."""
    there = at_desk(path, refs=["DEMO-001"], engine="papermill")
    with opened(path) as store:
        desk = Desk(store, "noor", "en", DAY)

        assert not there.failed
        for one in there.reports:
            assert store.report_bytes(one.report, by="noor", at=desk.now()) == make_report(desk, "DEMO-001", "identification", "lawyer", one.format)


def test_the_command_tells_what_failed_and_ends_with_its_code(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In words: how many, the reasons, and exit 40; what cannot be meant is exit 2."""
    place = ["--store", str(path), "--passphrase-file", str(passphrase_file(path)), "--workers", "1"]
    assert run(["batch", "identification", "--for", "lawyer", "--format", "json", "--cases", "DEMO-001", "--cases", "DEMO-778", *place]) == 40
    said = capsys.readouterr().out
    assert run(["batch", "identification", "--for", "lawyer", "--cases", "open,DEMO-001", *place]) == 2
    assert run(["batch", "identification", "--for", "lawyer", "--cases", "AMINA", *place]) == 2
    refused = capsys.readouterr()

    assert said.startswith("1 cases done, 0 kept as they were, 1 failed") and "DEMO-778" in said
    assert "AMINA" not in refused.err + refused.out
