"""The way in: counted failures, codes, sessions that end, the first person, and a server that other machines reach over TLS only."""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from team import MOMENT, make_team, opened, phrase

from safe_lib.model.errors import NotPermitted, WrongKey, WrongUse
from safe_lib.model.person import Member
from safe_lib.runtime import suite as suite_module
from safe_lib.runtime.people_pages import picture_of
from safe_lib.runtime.place import Place
from safe_lib.runtime.suite import Suite
from safe_lib.runtime.tries import FIRST_WAIT, HOUR, Clock, TooManyTries, Tries
from safe_lib.runtime.visits import LONGEST, Session
from safe_lib.store import codes
from safe_lib.store.keys import key_file


@dataclass
class FakeClock:
    """A clock on the wall that anybody may set, one that nobody can, and the start of the machine."""

    wall: float = 1_800_000_000.0
    running: float = 500.0
    boot: str = "first"

    def as_clock(self) -> Clock:
        return Clock(lambda: self.wall, lambda: self.running, lambda: self.boot)

    def passes(self, seconds: float) -> None:
        self.wall += seconds
        self.running += seconds


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small team; each has settled their own passphrase."""
    made = make_team(tmp_path, users=("cora", "sven"))
    for user in ("cora", "sven"):
        with opened(made, user) as store:
            store._usable().exec_driver_sql("UPDATE people SET renew = 0")
    return made


@pytest.fixture
def suite(path: Path) -> Suite:
    """A server's state, without the server."""
    found = Suite(path)
    found.kernels = {}
    return found


def sign_in(suite: Suite, user: str, given: str, code: str = "") -> Session:
    return asyncio.run(suite.sign_in(user, given, code))


# ── counted failures ──


def fail(tries: Tries, name: str, times: int) -> None:
    for _ in range(times):
        tries.begin(name)


def test_sec_07_failures_slow_down_and_then_lock(tmp_path: Path) -> None:
    """Five are free; then thirty seconds, doubled each time; after ten in an hour only an hour helps."""
    clock = FakeClock()
    tries = Tries(tmp_path / "s", clock.as_clock())
    fail(tries, "a", 5)
    for wait in (FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT, 8 * FIRST_WAIT, 16 * FIRST_WAIT):
        clock.passes(wait - 1)
        with pytest.raises(TooManyTries):
            tries.begin("a")
        clock.passes(2)
        tries.begin("a")
    clock.passes(HOUR / 2)
    with pytest.raises(TooManyTries):
        tries.begin("a")
    tries.begin("b")  # somebody else is not locked out by it
    clock.passes(HOUR)
    assert tries.begin("a") == 0


def test_sec_07_neither_a_restart_nor_another_clock_helps(tmp_path: Path) -> None:
    """The count stands in a private file; forward by a year, back by a year, or the file read by a new server: still waiting."""
    clock = FakeClock()
    fail(Tries(tmp_path / "s", clock.as_clock()), "a", 6 - 1)
    for jump in (0, 365 * 86400, -2 * 365 * 86400):
        clock.wall += jump
        with pytest.raises(TooManyTries):
            Tries(tmp_path / "s", clock.as_clock()).begin("a")
    clock.boot, clock.wall = "second", clock.wall - 86400  # the machine was started anew, with its clock turned back
    with pytest.raises(TooManyTries):
        Tries(tmp_path / "s", clock.as_clock()).begin("a")
    assert (tmp_path / "s.tries").stat().st_mode & 0o077 == 0


def test_sec_07_many_names_are_slowed_down_together(tmp_path: Path) -> None:
    """Whoever tries a few passphrases on each of many names waits too; a garbled file locks nobody out."""
    clock = FakeClock()
    tries = Tries(tmp_path / "s", clock.as_clock())
    with pytest.raises(TooManyTries):
        for number in range(100):
            fail(tries, f"name {number}", 2)
    (tmp_path / "s.tries").write_bytes(b"\xff{")
    assert tries.begin("a") == 0


def test_sec_07_a_try_counts_before_it_is_made_and_passing_takes_it_back(suite: Suite) -> None:
    """Right passphrases cost nothing; wrong ones count for names that exist and names that do not; the trail says how many."""
    for _ in range(20):
        suite.sessions.end(suite.sessions.begin(sign_in(suite, "sven", phrase("sven"))))
    said = set()
    for user in ("sven", "nobody"):
        for _ in range(5):
            with pytest.raises(WrongKey) as told:
                sign_in(suite, user, "wrong")
            said.add(str(told.value))
        with pytest.raises(TooManyTries) as told:
            sign_in(suite, user, phrase("sven"))
        said.add(str(told.value))
    assert len(said) == 2
    text = suite.tries.file.read_text()
    assert "sven" not in text and "nobody" not in text
    suite.tries.file.unlink()
    for _ in range(3):
        with pytest.raises(WrongKey):
            sign_in(suite, "cora", "wrong")
    session = sign_in(suite, "cora", phrase("cora"))
    assert [line.detail for line in session.store.audit() if line.what == "signed.in" and line.by == "cora"] == ["3 failed before"]


def test_sec_07_an_unknown_name_takes_as_long(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same work is done for a name that is not there: the middle of 15 tries differs by less than a third, at a cost of nothing."""
    monkeypatch.setattr(suite.tries, "begin", lambda name: 0)
    taken: dict[str, list[float]] = {"sven": [], "nobody": []}
    for _ in range(15):
        for user, times in taken.items():
            began = time.perf_counter()
            with pytest.raises(WrongKey):
                suite._opened(user, "wrong", "", 0)
            times.append(time.perf_counter() - began)
    one, other = (statistics.median(times) for times in taken.values())
    assert abs(one - other) < max(one, other) / 3


# ── second factor ──


def test_sec_19_a_code_is_asked_for_and_counts_once(suite: Suite, path: Path) -> None:
    """With codes on, the passphrase alone opens nothing; a code is not taken twice, nor an earlier one, nor a neighbour's."""
    secret = codes.new_secret()
    now = datetime.now(UTC)
    with opened(path, "sven") as store:
        with pytest.raises(NotPermitted):
            store.turn_on_codes(secret, "000000" if pyotp.TOTP(secret).at(now) != "000000" else "000001", by="sven", at=now)
        kept = store.turn_on_codes(secret, pyotp.TOTP(secret).at(now), by="sven", at=now)
        assert len(set(kept)) == 10 and store.me.has_code and store.me.recovery_left == 10
        later = now + timedelta(seconds=60)
        assert not store.accepts_code(pyotp.TOTP(secret).at(now), by="sven", at=now)  # the one that turned it on
        assert store.accepts_code(pyotp.TOTP(secret).at(later), by="sven", at=later)
        assert not store.accepts_code(pyotp.TOTP(secret).at(later), by="sven", at=later)
        assert not store.accepts_code(pyotp.TOTP(secret).at(now), by="sven", at=later)
        assert not store.accepts_code(pyotp.TOTP(codes.new_secret()).at(later), by="sven", at=later + timedelta(seconds=90))
    for code in ("", "123", kept[0][:-1]):
        with pytest.raises(WrongKey):
            sign_in(suite, "sven", phrase("sven"), code)
    session = sign_in(suite, "sven", phrase("sven"), kept[0].lower().replace("-", " "))
    assert session.store.me.recovery_left == 9
    with pytest.raises(WrongKey):
        sign_in(suite, "sven", phrase("sven"), kept[0])


def test_sec_19_nobody_can_look_a_secret_up_and_a_reset_does_not_go_round_it(suite: Suite, path: Path) -> None:
    """The administrator's store holds no secret and no recovery code; after a reset only a recovery code lets in."""
    secret, now = codes.new_secret(), datetime.now(UTC)
    with opened(path, "sven") as store:
        kept = store.turn_on_codes(secret, pyotp.TOTP(secret).at(now), by="sven", at=now)
    with opened(path, "ada") as store:
        row = repr(store._usable().exec_driver_sql("SELECT * FROM people WHERE \"user\" = 'sven'").one())
        store._usable().rollback()
        assert secret not in row and not [code for code in kept if code in row]
        store.reset_person("sven", "invented words said in person", by="ada", at=MOMENT)
    later = now + timedelta(seconds=90)
    for code in ("", pyotp.TOTP(secret).at(later), pyotp.TOTP(secret).now()):
        with pytest.raises(WrongKey):
            sign_in(suite, "sven", "invented words said in person", code)
    assert sign_in(suite, "sven", "invented words said in person", kept[1]).limit == "renew"


def test_a_picture_of_the_secret_needs_nothing_from_outside() -> None:
    """SEC-26: it is drawn here, as SVG without an address, a script or a style."""
    picture = picture_of(codes.new_secret(), "sven")
    assert picture.startswith("<svg") and not re.search(r"https?:|<script|style=|href", picture)


# ── sessions ──


def test_sec_22_a_session_is_256_bits_and_not_in_its_repr(suite: Suite) -> None:
    """The token is long and by chance, another for each sign-in; a session tells nothing of itself."""
    session = sign_in(suite, "sven", phrase("sven"))
    tokens = {suite.sessions.begin(session) for _ in range(50)}
    assert len(tokens) == 50 and min(len(token) for token in tokens) >= 43
    assert repr(session) == "Session()" and session.key.hex() not in repr(vars(suite))
    assert suite.cookie == "session" and Suite(suite.path, secure=True).cookie == "__Host-session"


def test_sec_23_a_session_ends_by_quiet_and_by_age(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten minutes of quiet, or eight hours; then its store is closed and its keys are gone."""
    moment = [1000.0]
    monkeypatch.setattr(suite_module.Sessions.of.__globals__["time"], "monotonic", lambda: moment[0])
    session = sign_in(suite, "sven", phrase("sven"))
    session.began = session.seen = moment[0]
    token = suite.sessions.begin(session)
    assert session.rest == 600
    for _ in range(5):
        moment[0] += 599
        assert suite.sessions.of(token) is session
    moment[0] += 601
    assert suite.sessions.of(token) is None and session.key == b""
    with pytest.raises(Exception, match="closed"):
        session.store.cases()
    other = sign_in(suite, "sven", phrase("sven"))
    other.began = other.seen = moment[0]
    token = suite.sessions.begin(other)
    while moment[0] < other.began + LONGEST:
        assert suite.sessions.of(token) is other
        moment[0] += 500
    assert suite.sessions.of(token) is None


def test_sec_21_another_passphrase_or_none_ends_every_session(suite: Suite, path: Path) -> None:
    """Changed anywhere, the old cookies are refused; removed, the person is out at once; signed out everywhere, too."""
    def token_of(user: str, given: str) -> str:
        return suite.sessions.begin(sign_in(suite, user, given))

    first, second = token_of("sven", phrase("sven")), token_of("sven", phrase("sven"))
    colleague = token_of("cora", phrase("cora"))
    with opened(path, "sven") as store:
        store.change_passphrase(phrase("sven"), "another of his invented words", by="sven", at=MOMENT)
    assert suite.sessions.of(first) is None and suite.sessions.of(second) is None and suite.sessions.of(colleague) is not None
    again = token_of("sven", "another of his invented words")
    with opened(path, "ada") as store:
        store.remove_person("sven", by="ada", at=MOMENT)
    assert suite.sessions.of(again) is None and suite.sessions.of(colleague) is not None
    assert Suite(path).sessions.of(colleague) is None  # a restart signs everybody out
    other = token_of("cora", phrase("cora"))
    suite.sessions.end_all("cora", but=other)
    assert suite.sessions.of(colleague) is None and suite.sessions.of(other) is not None


def test_a_first_passphrase_has_to_be_renewed_and_others_reach_only_with_codes(tmp_path: Path) -> None:
    """SEC-19: what somebody else chose is not kept; where other machines reach the server a second factor is needed."""
    path = make_team(tmp_path, users=("sven",))
    assert sign_in(Suite(path), "sven", phrase("sven")).limit == "renew"
    assert sign_in(Suite(path, beyond=True), "ada", phrase("ada")).limit == "code"
    assert sign_in(Suite(path), "ada", phrase("ada")).limit == ""


def test_a_guest_comes_to_a_training_store_only(tmp_path: Path, path: Path) -> None:
    """Any name with the passphrase of the training store; never in a store with real persons, whatever its key file says."""
    training = make_team(tmp_path / "training", training=True, users=("cora",))
    session = sign_in(Suite(training), "a trainee", phrase("ada"))
    assert (session.person, session.store.me.guest, session.store.me.roles) == ("a trainee", True, {"specialist", "coordinator"})
    assert isinstance(session.store.me, Member) and not session.store.me.has("administrator")
    said = json.loads(key_file(path).read_text())
    key_file(path).write_text(json.dumps({**said, "training": True}))
    with pytest.raises((NotPermitted, WrongKey)):
        sign_in(Suite(path), "a trainee", phrase("ada"))


# ── where it listens, and the first person ──


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "server.example", "10.0.0.1"])
def test_sec_24_other_machines_are_let_near_over_tls_only(host: str) -> None:
    """Without a certificate no other address than this machine's own is taken."""
    with pytest.raises(WrongUse, match="certificate"):
        Place(host).require_safe()
    Place(host, certificate=Path("c"), key=Path("k")).require_safe()
    assert Place(host).beyond


def test_sec_24_this_machine_alone_is_the_rule(tmp_path: Path) -> None:
    """Loopback by default; half a certificate and one that cannot be read are told."""
    for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost"):
        assert not Place(host).beyond
    Place().require_safe()
    with pytest.raises(WrongUse):
        Place(certificate=tmp_path / "c").require_safe()
    with pytest.raises(WrongUse, match="cannot be used"):
        Place(certificate=tmp_path / "c", key=tmp_path / "k").tls()


def test_sec_24_a_new_store_has_nobody_until_the_first_person_is_made(tmp_path: Path) -> None:
    """No default account: with no store there is a code of eight digits, another for each start, and no way to sign in."""
    one, other = Suite(tmp_path / "new.safe"), Suite(tmp_path / "new.safe")
    assert re.fullmatch(r"\d{4}-\d{4}", one.first_code) and one.first_code != other.first_code
    with pytest.raises(Exception, match="missing"):
        sign_in(one, "admin", "admin")
    assert list(tmp_path.glob("new*")) == []
