"""Promises about a batch on several machines: workers learn what their share needs and no more, the scheduler nothing; a lost worker loses nothing."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psutil
import pytest
from conftest import PHRASE, give
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from databases import stores_in

from safe_lib import batching, teamwork
from safe_lib.affected import affected
from safe_lib.batching import Order
from safe_lib.casework import Desk
from safe_lib.cli.app import run
from safe_lib.model.errors import CaseNotFound, NotPermitted, StoreError, WrongUse
from safe_lib.report.make import documents, make_report
from safe_lib.runtime import cluster
from safe_lib.runtime.batch import Batch, run_batch
from safe_lib.runtime.cluster import Sharing, checked, run_on_cluster
from safe_lib.runtime.demo import make_demo
from safe_lib.runtime.hand import OTHER_FILES, Hand
from safe_lib.runtime.shares import Share, read_answer
from safe_lib.store import CHEAP, Store, server
from safe_lib.store.lending import LentStore
from safe_lib.store.passphrase import read_passphrase
from safe_lib.store.sealing import NotSealedSo, new_private, public_of

DAY = date(2026, 11, 21)
CASES = 8
ORDER = Order("identification", "lawyer", ("html", "json"))
CANARY = "Zyxomma Quillfeather 7719"
QUIET = ("--no-dashboard", "--no-show")


@pytest.fixture(scope="module")
def on_server() -> Iterator[None]:
    """Stores of this module are in PostgreSQL."""
    with stores_in("postgresql"):
        yield


# The loan


@dataclass(frozen=True)
class Team:
    """A store for real work with two cases: Cora lends, Vic has none of them."""

    path: Path
    refs: tuple[str, str]

    @contextmanager
    def desk(self, user: str = "cora") -> Iterator[Desk]:
        with Store.open(self.path, PHRASE + user if user != "cora" else PHRASE, person=user) as store:
            yield Desk(store, user, "en", DAY, for_list=True)


@pytest.fixture(scope="module")
def team(on_server: None, tmp_path_factory: pytest.TempPathFactory) -> Team:
    """One for all tests of the loan; the last of them takes rights away."""
    path = tmp_path_factory.mktemp("team") / "team.safe"
    with Store.create(path, PHRASE, cost=CHEAP, person="cora", roles=("coordinator", "administrator")) as store:
        desk = Desk(store, "cora", "en", DAY)
        teamwork.add_person(desk, "sven", ["specialist", "coordinator"], passphrase=PHRASE + "sven")
        teamwork.add_person(desk, "ada", ["administrator"], passphrase=PHRASE + "ada")
        refs = tuple(store.new_case(by="cora", at=desk.now(), alias=CANARY).ref for _ in range(2))
        for ref in refs:
            give(desk, ref, "ilo_adult_labour", {"DR02": "present"})
    return Team(path, (refs[0], refs[1]))


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=5)


def test_a_loan_opens_its_cases_and_no_other(team: Team) -> None:
    """Without key file, vault and passphrase; what is saved is the lender's, and the lender reads it."""
    first, other = team.refs
    with team.desk() as desk:
        loan = batching.lend(desk, [first], until=soon(), to="ab12")
    hidden = [team.path.with_name(team.path.name + end) for end in (".key", ".vault")]
    for file in hidden:
        file.rename(file.with_name("away" + file.suffix))
    with LentStore.open_lent(loan, patience=5) as store:
        at_work = Desk(store, "cora", "en", DAY, for_list=True)
        document = make_report(at_work, first, "identification", "lawyer", "json")
        with pytest.raises(CaseNotFound):
            make_report(at_work, other, "identification", "lawyer", "json")
        with pytest.raises(StoreError):
            store.new_case(by="cora", at=at_work.now())
        report = store.seal_report(first, document, workbook="identification", profile="lawyer", format="json", language="en", by="cora", at=at_work.now())
    for file in hidden:
        file.with_name("away" + file.suffix).rename(file)

    with team.desk() as desk:
        assert desk.open_store().report_bytes(report.id, by="cora", at=desk.now()) == document
        lent = [line for line in desk.open_store().audit(first) if line.what == "key.lent"]
        assert [line.detail.partition(",")[0] for line in lent] == ["worker ab12"] and teamwork.verify_trail(desk).is_whole
        touched = affected(desk, lent[0].at, lent[0].at)
        assert [(case.ref, case.groups) for case in touched.cases] == [(first, ("everything",))]  # whoever had a worker had what it was lent


def test_a_loan_holds_no_key_but_those_of_its_cases(team: Team) -> None:
    """Neither the person's private key, nor the file's, nor a half of the vault."""
    with team.desk() as desk:
        said = json.dumps(batching.lend(desk, team.refs[:1], until=soon(), to="ab12").to_data())
        ring = json.loads(desk.open_store().own_key())
        halves = (team.path.with_name("team.safe.vault")).read_bytes()

        assert ring["private"] not in said and desk.open_store()._file_key().hex() not in said and team.refs[1] not in said
        assert not any(halves[at:at + 32].hex() in said for at in range(32, len(halves) - 31))


def test_a_loan_ends_with_its_time(team: Team) -> None:
    """After its moment nothing is read or saved."""
    with team.desk() as desk:
        loan = batching.lend(desk, team.refs, until=soon(), to="ab12")
    with LentStore.open_lent(loan, patience=5) as store:
        assert store.case(team.refs[0])
        store._holder.now = lambda: loan.until
        with pytest.raises(StoreError, match="time for which the keys were lent"):
            store.case(team.refs[0])
    with pytest.raises(StoreError, match="time for which the keys were lent"):
        LentStore.open_lent(replace(loan, until=datetime.now(UTC)), patience=5)


def test_who_may_make_no_report_lends_nothing(team: Team) -> None:
    """The table of rights is asked before a key leaves, and again where it arrives."""
    with team.desk() as desk:
        teamwork.add_person(desk, "vic", ["volunteer"], passphrase=PHRASE + "vic")
        desk.open_store().assign(team.refs[0], "vic", by="cora", at=desk.now())
    with team.desk("vic") as vics:
        assert not batching.lend(vics, team.refs, until=soon(), to="ab12").boxes


def test_a_share_is_read_by_its_worker_and_its_answer_by_who_asked(team: Team) -> None:
    """Another key opens neither; a worker with other data files makes nothing of it."""
    with team.desk() as desk:
        loan = batching.lend(desk, team.refs, until=soon(), to="ab12")
        edition = batching.edition(desk, ORDER).hash
    hand, asks = Hand(), new_private()
    share = Share(ORDER, edition, "other files", team.refs, 1, loan, "en", DAY, "own", public_of(asks))
    sealed = share.sealed(hand.public)
    answer = hand.answered(sealed)

    assert Hand().answered(sealed) == b"" == hand.answered(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert read_answer(asks, answer) == {"refused": OTHER_FILES}
    with pytest.raises(NotSealedSo):
        read_answer(new_private(), answer)
    for secret in (team.refs[0], loan.address, loan.boxes[team.refs[0]].key, loan.boxes[team.refs[0]].key.hex()):
        assert (secret if isinstance(secret, bytes) else secret.encode()) not in sealed


def test_two_that_make_the_same_case_come_after_each_other(team: Team) -> None:
    """A worker that was thought lost and one that took over; who is killed lets the next one in."""
    order: list[str] = []
    with team.desk() as one, team.desk("sven") as two:
        def second() -> None:
            with two.open_store().alone_with(team.refs[0]):
                order.append("second")

        with one.open_store().alone_with(team.refs[0]):
            waits = threading.Thread(target=second)
            waits.start()
            time.sleep(0.3)
            order.append("first")
        waits.join(timeout=10)
        with one.open_store().alone_with(team.refs[0]), two.open_store().alone_with(team.refs[1]):
            order.append("both")

    assert order == ["first", "second", "both"]


def test_who_loses_the_right_takes_it_from_the_loan(team: Team) -> None:
    """Somebody is excluded: their loan finds the case no more, and nobody's loan writes before the case has its new key."""
    first, other = team.refs
    with team.desk("sven") as svens:
        his = batching.lend(svens, team.refs, until=soon(), to="ab12")
    with team.desk() as desk:
        hers = batching.lend(desk, team.refs, until=soon(), to="cd34")
        teamwork.exclude(desk, first, "sven", reason="knows the family")
    with LentStore.open_lent(his, patience=5) as store:
        assert store.case(other)
        with pytest.raises(CaseNotFound):
            store.case(first)
    with LentStore.open_lent(hers, patience=5) as store, pytest.raises(StoreError, match="changed while its key was lent"):
        store.case(first)
    with team.desk("ada") as adas:  # she holds no key of a case, so each waits for its new one
        teamwork.remove_person(adas, "sven")
    with LentStore.open_lent(hers, patience=5) as store:
        assert store.case(other)
        with pytest.raises(StoreError, match="changed while its key was lent"):
            store.seal_report(other, b"x", workbook="identification", profile="lawyer", format="json", language="en", by="cora", at=soon())
    with pytest.raises(NotPermitted):
        LentStore.open_lent(his, patience=5)
    with team.desk() as desk:
        again = batching.lend(desk, team.refs, until=soon(), to="ef56")

    assert all(again.boxes[ref].version > hers.boxes[ref].version and again.boxes[ref].key != hers.boxes[ref].key for ref in team.refs)


# What is refused


@pytest.mark.parametrize("address", ["10.0.0.7:8786", "tcp://workers.example:8786", "ucx://127.0.0.1:8786", "tls://workers.example", "nothing", "tcp://[::1"])
def test_a_scheduler_is_here_or_behind_certificates(address: str) -> None:
    """Whoever reads on the way to a scheduler could run programs on the workers."""
    with pytest.raises(WrongUse, match="--scheduler"):
        checked(address)
    assert (checked("127.0.0.1:8786"), checked("tls://workers.example:8786")) == ("tcp://127.0.0.1:8786", "tls://workers.example:8786")


@pytest.mark.parametrize(("more", "said"), [
    (("--scheduler", "127.0.0.1:9"), "this store is a file"),
    (("--scheduler", "127.0.0.1:9", "--workers", "2"), "leave")])
def test_a_store_in_a_file_is_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], said: str
) -> None:
    """Before anything is noted or lent; so are options that mean nothing there."""
    monkeypatch.setattr(server, "address_named", lambda path: None)
    with Store.create(tmp_path / "cases.safe", PHRASE, training=True, cost=CHEAP) as store:
        before = store.audit_end()
    words = tmp_path / "words"
    words.write_text(PHRASE)
    words.chmod(0o600)
    place = ["--store", str(tmp_path / "cases.safe"), "--passphrase-file", str(words)]
    ended = run(["batch", "identification", "--for", "lawyer", "--cases", "DEMO-001", *place, *more])
    with Store.open(tmp_path / "cases.safe", PHRASE) as store:
        assert store.audit_end() == before

    assert ended == 2 and said in capsys.readouterr().err.lower()


# A cluster


@dataclass
class Wire:
    """Everything that goes to the scheduler and comes from it, through an address of its own."""

    target: int
    port: int = 0
    seen: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._listening.accept()
            far = socket.create_connection(("127.0.0.1", self.target))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while said := one.recv(65536):
                self.seen.append(said)
                other.sendall(said)
        except OSError:
            pass
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@dataclass
class Cluster:
    """A scheduler behind a wire, and two workers."""

    wire: Wire
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def machines(on_server: None, tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler and two workers, each a process of its own, on loopback."""
    said = tmp_path / "scheduler.json"
    begun = [_begin("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(said), *QUIET)]
    try:
        while not (said.exists() and said.read_text().endswith("}")):
            assert begun[0].poll() is None
            time.sleep(0.02)
        wire = Wire(int(json.loads(said.read_text())["address"].rpartition(":")[2]))
        workers = [_begin("worker", f"tcp://127.0.0.1:{wire.port}", "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard",
                          "--name", f"w{number}", "--local-directory", str(tmp_path / f"w{number}")) for number in range(2)]
        begun += workers
        yield Cluster(wire, workers)
    finally:
        for one in begun:
            one.kill()
            one.wait()


def _begin(kind: str, *more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", f"distributed.cli.dask_{kind}", *more], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def made_store(folder: Path) -> Path:
    return make_demo(folder / "made.safe", cases=CASES, today=DAY, cost=CHEAP).store


@contextmanager
def at(path: Path) -> Iterator[Desk]:
    with Store.open(path, read_passphrase(path.with_name(path.name + ".passphrase"))) as store:
        yield Desk(store, "noor", "en", DAY)


def manifest(found: Batch) -> dict[tuple[str, str], str]:
    return {(one.ref, one.format): one.sha256 for one in found.reports}


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def killing(victim: psutil.Process, killed: list[psutil.Process]) -> Callable[[Sharing], None]:
    """Kill a worker with its first share, as soon as it works on a case of it."""
    real = Sharing._give

    def give(self: Sharing) -> None:
        real(self)
        if killed or "w1" not in {out.worker.id for out in self._out.values()}:
            return
        while len(children := victim.children(recursive=True)) < 2:  # its crew, and the process of a case
            time.sleep(0.01)
        killed.extend(children)
        victim.kill()

    return give


def test_a_lost_worker_loses_nothing(machines: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of two workers is killed in the middle: the same reports as without a cluster, each once, and nothing readable went by the scheduler."""
    (tmp_path / "server").mkdir()
    path = made_store(tmp_path / "server")
    sent: list[bytes] = []
    sealed = Share.sealed
    monkeypatch.setattr(Share, "sealed", lambda self, public: sent.append(sealed(self, public)) or sent[-1])
    killed: list[psutil.Process] = []
    monkeypatch.setattr(Sharing, "_give", killing(psutil.Process(machines.workers[1].pid), killed))
    steps: list[int] = []
    with at(path) as desk:
        give(desk, "DEMO-001", "ilo_adult_labour", {"DR02": "present"})
        refs = [*batching.references(desk, "all"), "DEMO-777"]
        keys = [desk.open_store().lend([ref], until=soon(), to="test", by="noor", at=desk.now()).boxes[ref].key for ref in refs[:-1]]
        found = run_on_cluster(desk, ORDER, refs, scheduler=f"127.0.0.1:{machines.wire.port}", begin=lambda total: lambda: steps.append(total))
        here = {(ref, format): content for ref in refs[:-1]
                for format, content in documents(replace(desk, for_list=True), ref, "identification", "lawyer", ORDER.formats).items()}
        told = Counter((line.what, line.ref) for line in desk.open_store().audit())
        again = run_batch(desk, ORDER, refs[:-1], workers=1)
    with at(path) as desk:
        assert teamwork.verify_trail(desk).is_whole
        kept = {ref: len(desk.open_store().reports(ref)) for ref in refs[:-1]}

    assert killed and len(found.done) == CASES and not found.left and len(steps) == CASES + 1
    assert [one.ref for one in found.failed] == ["DEMO-777"] and "not in the store" in found.failed[0].reason
    assert manifest(found) == {key: _digest(content) for key, content in here.items()} and set(kept.values()) == {2}
    assert all(told["report.sealed", ref] == 2 for ref in refs[:-1]) and not again.done and len(again.kept) == CASES
    assert told["batch.begun", ""] == told["batch.ended", ""] == 1
    assert max(told["key.lent", ref] for ref in refs[:-1]) == 3  # by the test, to the lost worker, to the other
    assert not any(_lives(process) for process in killed)
    _nothing_readable(b"".join(machines.wire.seen), sent, keys, path)


def _nothing_readable(seen: bytes, sent: list[bytes], keys: list[bytes], path: Path) -> None:
    assert sent and all(one in seen for one in sent)  # this is what went by, and it was not packed
    secrets = ["DEMO-0", "DEMO-777", "noor", "identification", "lawyer", "not in the store", "?schema=", CANARY,
               read_passphrase(path.with_name(path.name + ".passphrase"))]
    for secret in [*(word.encode() for word in secrets), *keys, *(key.hex().encode() for key in keys)]:
        assert secret not in seen


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_without_a_worker_it_says_so(machines: Cluster, on_server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever; and where no scheduler answers, that is said at once."""
    for worker in machines.workers:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    monkeypatch.setattr(cluster, "WITHOUT_WORKER", 0.5)
    monkeypatch.setattr(cluster, "CONNECT_WITHIN", 1)
    (tmp_path / "server").mkdir()
    with Store.create(tmp_path / "server" / "empty.safe", PHRASE, training=True, cost=CHEAP) as store:
        desk = Desk(store, "noor", "en", DAY)
        ref = store.new_case(by="noor", at=desk.now()).ref
        orders: Any = {"begin": lambda total: lambda: None}
        with pytest.raises(WrongUse, match="no worker of the cluster"):
            run_on_cluster(desk, ORDER, [ref], scheduler=f"127.0.0.1:{machines.wire.port}", **orders)
        with pytest.raises(WrongUse, match="no scheduler answers"):
            run_on_cluster(desk, ORDER, [ref], scheduler="127.0.0.1:9", **orders)


@dataclass(frozen=True)
class Certificates:
    """An authority of a team's own, and what it signed."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir()
        key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.folder.name)])
        for which, signed in (("authority", None), ("machine", key)):
            own = ec.generate_private_key(ec.SECP256R1()) if signed else key
            made = (x509.CertificateBuilder().subject_name(name if signed is None else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "machine")]))
                    .issuer_name(name).public_key(own.public_key()).serial_number(x509.random_serial_number())
                    .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2126, 1, 1, tzinfo=UTC))
                    .add_extension(x509.BasicConstraints(ca=signed is None, path_length=None), critical=True)
                    .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False).sign(key, SHA256()))
            (self.folder / f"{which}.crt").write_bytes(made.public_bytes(Encoding.PEM))
            (self.folder / f"{which}.key").write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    def settings(self) -> dict[str, str]:
        at = {name: str(self.folder / name) for name in ("authority.crt", "machine.crt", "machine.key")}
        return {"distributed.comm.tls.ca-file": at["authority.crt"], "distributed.comm.tls.client.cert": at["machine.crt"],
                "distributed.comm.tls.client.key": at["machine.key"]}


def test_with_certificates_on_both_sides(on_server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler of the team is reached over TLS; without certificates, or with those of another authority, it is not."""
    import dask

    ours, others = Certificates(tmp_path / "ours"), Certificates(tmp_path / "others")
    said = tmp_path / "scheduler.json"
    begun = _begin("scheduler", "--host", "127.0.0.1", "--port", "0", "--protocol", "tls", "--scheduler-file", str(said), *QUIET, "--tls-ca-file",
                   str(ours.folder / "authority.crt"), "--tls-cert", str(ours.folder / "machine.crt"), "--tls-key", str(ours.folder / "machine.key"))
    monkeypatch.setattr(cluster, "WITHOUT_WORKER", 0.2)
    try:
        with Store.create(tmp_path / "tls.safe", PHRASE, training=True, cost=CHEAP) as store:
            desk = Desk(store, "noor", "en", DAY)
            ref = store.new_case(by="noor", at=desk.now()).ref
            while not (said.exists() and said.read_text().endswith("}")):
                assert begun.poll() is None
                time.sleep(0.02)
            address = json.loads(said.read_text())["address"]
            found = []
            for settings in ({}, others.settings(), ours.settings()):
                monkeypatch.setattr(cluster, "CONNECT_WITHIN", 20 if settings == ours.settings() else 1)
                with dask.config.set(settings), pytest.raises(WrongUse) as refused:
                    run_on_cluster(desk, ORDER, [ref], scheduler=address, begin=lambda total: lambda: None)
                found.append(str(refused.value).partition("\n")[0])
    finally:
        begun.kill()
        begun.wait()

    assert address.startswith("tls://")
    assert ["no certificates" in found[0], "does not know this certificate" in found[1], "no worker of the cluster is there" in found[2]] == [True] * 3
