"""A store in PostgreSQL: what is only true there. What is true of every store is asked of both by the other tests."""

from __future__ import annotations

import json
import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import drop, stores_in, throw_away_server
from team import CANARY, FORM, MOMENT, OTHER, REF, fill, make_team, opened, phrase

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.cli.app import run
from safe_lib.model.answers import PRESENT, Answer
from safe_lib.model.errors import StoreBusy, StoreError, WrongKey, WrongUse
from safe_lib.runtime.demo import make_demo
from safe_lib.store import CHEAP, Store, derive_key, server
from safe_lib.store.keys import key_file
from safe_lib.store.migrations.for_postgresql import translated
from safe_lib.store.passphrase import write_passphrase
from safe_lib.store.restore import Opener, chosen_copy, restore
from safe_lib.store.server import HEAD, _asked, address_of, checked, name_store
from safe_lib.store.tables import METADATA
from safe_lib.store.vault import vault_file

KILLS = 12
SAVES = 6


@pytest.fixture
def address() -> Iterator[str]:
    """A schema of its own on the throw-away server."""
    schema = f"own_{uuid.uuid4().hex[:12]}"
    yield f"{throw_away_server()}&schema={schema}"
    drop(throw_away_server(), {schema})


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Path]:
    """A team whose store is on the server, with a case of Sven's."""
    with stores_in("postgresql"):
        path = make_team(tmp_path, users=("cora", "sven"))
        with opened(path, "sven") as store:
            fill(store, REF, by="sven")
        yield path


def stood_at(path: Path) -> str:
    """The address of a store."""
    found = address_of(path)
    assert found is not None
    return found


def asked_directly(path: Path, statement: str) -> list[tuple[object, ...]]:
    """What somebody sees who looks after the database server."""
    import psycopg

    address, _, schema = stood_at(path).partition("&schema=")
    with psycopg.connect(address, autocommit=True, options=f"-c search_path={schema}") as connection:
        return connection.execute(statement).fetchall()  # type: ignore[arg-type]


@pytest.mark.parametrize("said", [
    "postgresql://noor:kite-lemon@db.example/safe", "postgresql://noor@db.example/", "postgresql://db.example", "mysql://noor@db.example/safe",
    "postgresql://noor@db.example/safe?sslmode=disable", "postgresql://noor@db.example/safe?password=kite-lemon", "postgresql://noor@db.example/safe?options=-c",
    "postgresql://noor@db.example/safe?schema=a;drop", "postgresql://noor@db.example/safe?schema=A"])
def test_sec_03_an_address_has_no_password_and_no_way_round_tls(said: str) -> None:
    """A password in an address stands in the list of processes; an option could turn TLS off: both are refused and not repeated."""
    with pytest.raises(WrongUse) as told:
        checked(said)
    assert "kite" not in str(told.value) and "pgpass" in str(told.value)


def test_sec_03_no_password_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in the environment every program of the account can read."""
    for name in ("PGPASSWORD", "PGHOST", "PGHOSTADDR", "PGSERVICE"):  # the last three would lead elsewhere, without TLS
        monkeypatch.setenv(name, "kite-lemon")
        with pytest.raises(WrongUse, match="environment") as told:
            checked("postgresql:///safe")
        assert "kite" not in str(told.value)
        monkeypatch.delenv(name)
    assert _asked(checked("postgresql:///safe"), 5)["host"].startswith("/")


def test_sec_24_beyond_the_local_socket_there_is_tls_with_the_right_name() -> None:
    """Any host, this machine by its network included: TLS 1.3 and a certificate that fits; the socket needs none."""
    for said in ("postgresql://noor@db.example/safe", "postgresql://noor@127.0.0.1/safe", "postgresql://noor@/safe?host=localhost"):
        asked = _asked(checked(said), 5)
        assert (asked["sslmode"], asked["sslrootcert"], asked["ssl_min_protocol_version"]) == ("verify-full", "system", "TLSv1.3")
    for said in ("postgresql:///safe", "postgresql://noor@/safe?host=/run/postgresql"):
        assert "sslmode" not in _asked(checked(said), 5)
    assert all("synchronous_commit=on" in _asked(checked(said), 5)["options"] for said in ("postgresql:///safe", "postgresql://a@b/safe"))


def test_invented_persons_with_all_that_is_assessed_and_reported(tmp_path: Path) -> None:
    """A training store as `safe demo` makes it, with kept assessments, their grounds and the country information they share."""
    with stores_in("postgresql"):
        made = make_demo(tmp_path / "demo.safe", cases=1, seed=1, today=MOMENT.date())
        with Store.open(made.store, made.passphrase_file.read_text().strip(), person="noor") as store:
            desk = Desk(store, "noor", "en", MOMENT.date())
            assert address_of(made.store) and store.training
            for form in ("safe_return",):
                casework.assess_and_keep(desk, "DEMO-001", form, "home_region")
                casework.assess_and_keep(desk, "DEMO-001", form, "home_region")
                kept = store.assessments("DEMO-001", form)
                assert store.grounds(kept[0].id) == store.grounds(kept[1].id) is not None
            assert store.damages() == () and store.audit_break() is None and store.audit_missing() == ()


def test_the_small_file_says_where_and_nothing_else(team: Path) -> None:
    """At the store's path stands the address, private; key file and vault stand beside it, on this machine."""
    assert team.read_bytes() == HEAD + stood_at(team).encode() + b"\n"
    assert {file.stat().st_mode & 0o777 for file in (team, key_file(team), vault_file(team))} == {0o600}
    assert sorted(file.name for file in team.parent.iterdir()) == ["team.safe", "team.safe.key", "team.safe.vault"]


def test_sec_16_the_database_server_reads_no_word_of_a_case(team: Path) -> None:
    """Every cell of every table as the server has it: 0 words of a case in any coding. References and who worked when are there; SECURITY.md says so."""
    dump = b""
    for table in METADATA.tables:
        for row in asked_directly(team, f"SELECT * FROM {table}"):
            dump += b"\n".join(part if isinstance(part, bytes) else str(part).encode() for part in row)

    for hidden in (CANARY, "SAF-0", "safe_return", PRESENT, "lawyer", phrase("sven")):
        assert not any(hidden.encode(coding) in dump for coding in ("utf-8", "utf-16-le", "utf-16-be"))
    assert REF.encode() in dump and b"sven" in dump  # what is said in SECURITY.md to be visible


def test_sec_08_a_copy_of_the_server_from_before_cannot_be_read(team: Path, tmp_path: Path) -> None:
    """After an erasure the rows are gone, and rows that a dump of the server still has open nothing with the vault of now."""
    before = {table: asked_directly(team, f"SELECT * FROM {table}") for table in ("cases", "case_keys", "answers", "identities")}
    with opened(team, "cora") as store:
        half = [row for row in before["cases"] if row[0] == REF]
        store.erase(REF, by="cora", at=MOMENT)
        assert store.cases() == () and store.audit_break() is None
        numbers = [part for row in half for part in row if isinstance(part, bytes)]
        assert numbers
        for number in numbers:
            with pytest.raises(StoreError, match="vault"):
                store._holder.vault.half(number)
    for table in before:
        assert asked_directly(team, f"SELECT count(*) FROM {table} WHERE ref = '{REF}'") == [(0,)]
    assert before["answers"]


def test_a_key_file_of_another_store_is_noticed(team: Path, tmp_path: Path) -> None:
    """The key file has to be that of this database, although there is no file for it to open."""
    other = make_team(tmp_path / "other", users=("cora",))
    for made in (key_file, vault_file):
        made(team).write_bytes(made(other).read_bytes())
    with pytest.raises(WrongKey):
        Store.open(team, phrase("ada"), person="ada")


def test_a_database_takes_one_store(team: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second one in the same schema is refused, and nothing of it is left on this machine; the first is as it was."""
    monkeypatch.setattr(server, "address_named", lambda path: stood_at(team))
    with pytest.raises(StoreError, match="already"):
        Store.create(tmp_path / "second.safe", phrase("ada"), cost=CHEAP, person="ada")

    assert not list(tmp_path.glob("second*"))
    with opened(team, "sven") as store:
        assert [line.ref for line in store.cases()] == [REF]


def test_rel_04_a_connection_that_is_lost_is_told_and_comes_back(team: Path) -> None:
    """REL-04: the server ends the connection: a sentence, nothing half saved, and the next call works."""
    with opened(team, "sven") as store:
        before = store.answers(REF, FORM)
        with store._reading() as connection:
            own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        asked_directly(team, f"SELECT pg_terminate_backend({own})")
        with pytest.raises(StoreError, match="connection to the database was lost"):
            store.save_answer(REF, FORM, "SAF-09", Answer(PRESENT), note=CANARY, by="sven", at=MOMENT, seen=0)
        assert store.answers(REF, FORM) == before
        saved = store.save_answer(REF, FORM, "SAF-09", Answer(PRESENT), by="sven", at=MOMENT, seen=0)
        assert saved in store.answers(REF, FORM) and store.audit_break() is None


def test_a_server_that_is_not_there_is_told(team: Path) -> None:
    """No trace, no account, no password in the message: that it does not answer, and what to look at."""
    team.write_bytes(HEAD + b"postgresql://secretive@/safe?host=/nowhere&schema=one\n")
    with pytest.raises(StoreError, match="does not answer") as told:
        Store.open(team, phrase("sven"), person="sven")
    assert "secretive" not in str(told.value)


def test_one_writer_at_a_time_and_readers_in_peace(team: Path) -> None:
    """While one writes, a second waits, then is told; who reads sees the moment before. Stores in other schemas are not held up."""
    key = derive_key(team, phrase("sven"), "sven")
    with Store.open_with_key(team, key) as one, Store.open_with_key(team, key, patience=0.2) as two:
        with one._writing() as connection:
            connection.exec_driver_sql("UPDATE cases SET status = 'closed'")
            assert two.case(REF).status == "open"
            with pytest.raises(StoreBusy, match="another program"):
                two.set_status(REF, "closed", by="sven", at=MOMENT)
        assert two.case(REF).status == "closed"
        two.set_status(REF, "open", by="sven", at=MOMENT)
        assert one.case(REF).status == "open" and one.audit_break() is None


def test_rel_01_a_kill_at_any_moment_loses_nothing_acknowledged(team: Path) -> None:
    """REL-01, REL-06: the program dies while it saves, again and again: what was acknowledged is there, and line and answer go together."""
    key, acknowledged = derive_key(team, phrase("sven"), "sven"), 0
    for _ in range(KILLS):
        heard, said = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                with Store.open_with_key(team, key) as store:
                    for _number in range(10_000):
                        store.save_answer(REF, FORM, "SAF-11", Answer(PRESENT), note=uuid.uuid4().hex, by="sven", at=MOMENT, seen=None)
                        os.write(said, b"x")
            finally:
                os._exit(1)
        os.close(said)
        with os.fdopen(heard, "rb") as pipe:
            told = pipe.read(SAVES)
            os.kill(child, signal.SIGKILL)
            told += pipe.read()
        os.waitpid(child, 0)
        acknowledged += len(told)
    with Store.open_with_key(team, key) as store:
        there = store.history(REF, FORM, "SAF-11")

        assert acknowledged <= len(there) <= acknowledged + KILLS
        assert [one.revision for one in there] == list(range(1, len(there) + 1))
        assert store.audit_break() is None and store.audit_missing() == ()
        assert sum(line.detail.startswith(f"{FORM} SAF-11") for line in store.audit(REF)) == len(there)


def test_a_store_moves_from_a_file_to_a_server_and_back(tmp_path: Path) -> None:
    """A safety copy is the same from either side: restored into PostgreSQL and, from there, into a file again, with work in between."""
    words = phrase("noor")
    with Store.create(tmp_path / "file.safe", words, cost=CHEAP, at=MOMENT, person="noor") as store:
        fill(store, REF, by="noor")
        store.back_up(tmp_path / "one.copy", by="noor", at=MOMENT)
    with stores_in("postgresql"):
        made = restore(*chosen_copy(tmp_path / "one.copy"), tmp_path / "server.safe", Opener(words), at=MOMENT)
        assert address_of(made.store)
        with Store.open(made.store, words) as store:
            fill(store, OTHER, by="noor")  # every table counts on from where it was
            assert store.damages() == () and store.audit_break() is None and store.audit_missing() == ()
            store.back_up(tmp_path / "two.copy", by="noor", at=MOMENT)
    made = restore(*chosen_copy(tmp_path / "two.copy"), tmp_path / "back.safe", Opener(words), at=MOMENT)

    assert address_of(made.store) is None
    with Store.open(made.store, words) as store:
        assert [line.ref for line in store.cases()] == [OTHER, REF]
        assert store.identity(REF).alias == store.identity(OTHER).alias == CANARY and len(store.answers(REF, FORM)) == 3
        assert store.damages() == () and store.audit_break() is None


def test_the_commands_take_an_address(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`--store postgresql://…` is the one setting: a store is made there, and every command finds it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = name_store(address)
    with Store.create(path, phrase("noor"), cost=CHEAP, at=MOMENT, person="noor") as store:
        store.new_case(by="noor", at=MOMENT, ref=REF)
    write_passphrase(tmp_path / "words", f"{phrase('noor')}\nperson: noor")
    monkeypatch.setattr(server, "_named", {})
    common = ["--store", address, "--passphrase-file", str(tmp_path / "words"), "--json"]

    assert run(["user", "list", *common]) == 0
    assert [row["user"] for row in json.loads(capsys.readouterr().out)] == ["noor"]
    assert run(["audit", "verify", *common]) == 0
    assert run(["backup", str(tmp_path / "one.copy"), *common]) == 0
    assert run(["user", "list", "--store", address.replace("://", "://noor:kite@", 1)]) == 2
    assert "kite" not in capsys.readouterr().err
    assert run(["user", "list", "--store", address + "x", "--passphrase-file", str(tmp_path / "words")]) == 20


def test_references_sort_by_their_signs_whatever_the_server_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a database that sorts as English does, the order of references and moments is that of a store in a file."""
    import psycopg

    with psycopg.connect(throw_away_server(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS english")
        connection.execute("CREATE DATABASE english TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C'")
    there = throw_away_server().replace("/postgres?", "/english?", 1)
    monkeypatch.setattr(server, "address_named", lambda path: there)
    refs = ["B-1000", "A_1000", "A-1001", "A1-100", "A10-00"]
    with Store.create(tmp_path / "english.safe", phrase("noor"), cost=CHEAP, at=MOMENT, person="noor") as store:
        for ref in refs:
            try:
                store.new_case(by="noor", at=MOMENT, ref=ref)
            except WrongUse:
                continue
        found = [line.ref for line in store.cases()]
    with psycopg.connect(throw_away_server(), autocommit=True) as connection:
        connection.execute("DROP DATABASE english")

    assert found == sorted(found) and len(found) >= 3


def test_a_step_that_postgresql_would_not_understand_is_noticed() -> None:
    """A trigger in a form that has no translation stops the step; the known ones are said in its words."""
    said = translated("CREATE TRIGGER answers_no_update BEFORE UPDATE ON answers WHEN NEW.by = 'x' BEGIN SELECT RAISE(ABORT, 'no'); END")

    assert 'NEW."by" = \'x\'' in said and "EXECUTE FUNCTION answers_no_update()" in said
    assert translated("DROP TRIGGER answers_no_update") == "DROP TRIGGER answers_no_update ON answers"
    assert translated("SELECT 1") == "SELECT 1"
    with pytest.raises(ValueError, match="cannot be said"):
        translated("CREATE TRIGGER x AFTER UPDATE ON answers BEGIN DELETE FROM y; END")
