"""A store in PostgreSQL: the same tables, keys and rights, where a team's own database server keeps them.

At the store's path stands a small file with the address of the database instead of the database itself; key file and
vault stand beside it, on the machine that runs the program. So a copy of the database, made by whoever looks after the
server, holds nothing of a case without them, and erasing a case in the vault reaches every copy that was ever made there.
There is no SQLCipher below: what `tables` calls not sealed apart (references, days, who did something when) the server
can see. `SECURITY.md` says so.

A password is never in an address, on the command line or in the environment; it stands in the password file of
PostgreSQL (`~/.pgpass`, mode 600), or the server knows the account of the operating system by its socket. Every way but
the local socket is TLS with a certificate that fits the name.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from safe_lib.model.errors import StoreError, WrongUse
from safe_lib.store.folders import data_folder
from safe_lib.store.keys import write_private
from safe_lib.store.sealing import NotSealedSo, locked, unlocked
from safe_lib.store.trouble import store_error, told, wrong_key

if TYPE_CHECKING:
    from sqlalchemy import URL

HEAD: Final = b"SAFE store in PostgreSQL 1\n"
DIALECT: Final = "postgresql"
CHECK: Final = "key_check"  # name of a fact: sealed with the key of the store, so that a key file of another store is noticed
LONGEST: Final = 2000  # bytes of the small file
ANSWERS_WITHIN: Final = 10  # seconds
LOCK: Final = 0x5AFE  # of the one writer; the second number is that of the schema
CASE_LOCK: Final = 0x5AFF  # of whoever makes the reports of a case; the second number is that of the case
LOST_WITHIN: Final = ("tcp_keepalives_idle = 20", "tcp_keepalives_interval = 10", "tcp_keepalives_count = 3")  # a machine that fell silent is let go
ALLOWED: Final = frozenset({"host", "port", "schema", "sslrootcert", "sslcert", "sslkey"})  # behind the ? of an address

LEADS_ASTRAY: Final = frozenset({"PGHOST", "PGHOSTADDR", "PGSERVICE"})  # of the environment, which libpq would follow, past the demand for TLS
SOCKETS: Final = ("/var/run/postgresql", "/run/postgresql", "/tmp")  # noqa: S108  # where servers of this machine are found

_named: Final[dict[Path, str]] = {}


def name_store(address: str) -> Path:
    """Where the small file of a database stands, or will stand once the store is made.

    Raises:
        WrongUse: it is no address, has a password in it, or says something that is not settled there.
    """
    url = checked(address)
    name = "-".join(part for part in (url.database, str(url.query.get("schema", ""))) if part)
    path = data_folder() / f"{name}-{hashlib.sha256(address.encode()).hexdigest()[:8]}.safe"
    _named[path] = address
    return path


def address_named(path: Path) -> str | None:
    """The address that this process was given for a store that is to be made; None for a store in a file."""
    return _named.get(path)


def address_of(path: Path) -> str | None:
    """The address in the small file of a store; None where the file is a database itself."""
    with path.open("rb") as file:
        said = file.read(LONGEST)
    return said[len(HEAD):].decode("utf-8", "replace").strip() if said.startswith(HEAD) else None


def make_place(path: Path, address: str) -> None:
    """Write the small file.

    Raises:
        StoreError: there is a file already.
    """
    checked(address)
    with told(path):
        try:
            write_private(path, HEAD + address.encode() + b"\n")
        except FileExistsError:
            raise store_error(path, "there is a file already.", "Choose another name for the new store.") from None


def checked(address: str) -> URL:
    """An address that may be used.

    Raises:
        WrongUse: see `name_store`. What was typed is not repeated: it may hold a password.
    """
    try:
        url = make_url(address)
    except ArgumentError:
        raise _misused("this is not the address of a database") from None
    if url.drivername != DIALECT or not url.database or not set(url.query) <= ALLOWED:
        raise _misused("this is not the address of a database")
    if url.password is not None or "PGPASSWORD" in os.environ:
        raise _misused("a password may stand neither in the address nor in the environment")
    if found := sorted(LEADS_ASTRAY & os.environ.keys()):
        raise _misused(f"the environment ({', '.join(found)}) would lead to another server than the address says; take it out")
    schema = str(url.query.get("schema", "public"))
    if not schema.isidentifier() or schema != schema.casefold():
        raise _misused("a schema has small letters, digits and _")
    return url


def is_server(connection: Connection) -> bool:
    """This connection leads to PostgreSQL."""
    return connection.dialect.name == DIALECT


def connect(path: Path, address: str, key: bytes, *, patience: float) -> Connection:
    """A connection to the database that the small file names; shown to have the right key where the store is finished.

    Raises:
        WrongKey: the key file is not that of this database, or is older.
        StoreError: the server does not answer, or does not let this account in.
    """
    url = checked(address)
    _next[0] = _driver(path, url, patience)
    connection = _engine().connect()
    try:
        _require_key(path, connection, key)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_without_key(path: Path, address: str, *, patience: float) -> Connection:
    """A connection for somebody who was lent keys of cases and not that of the store; another store shows when they open nothing.

    Raises:
        StoreError: the server does not answer, or does not let this account in.
    """
    _next[0] = _driver(path, checked(address), patience)
    return _engine().connect()


def begin_case(connection: Connection, ref: str) -> None:
    """Wait until nobody else makes the reports of a case; the server ends it when this connection is gone, however it went."""
    for setting in LOST_WITHIN:
        connection.exec_driver_sql(f"SET {setting}")
    connection.exec_driver_sql(f"SELECT pg_advisory_lock({CASE_LOCK}, hashtext(current_schema() || ' ' || %s))", (ref,))
    connection.rollback()


def end_case(connection: Connection, ref: str) -> None:
    """Let the next one come."""
    connection.exec_driver_sql(f"SELECT pg_advisory_unlock({CASE_LOCK}, hashtext(current_schema() || ' ' || %s))", (ref,))
    connection.rollback()


def keep_check(connection: Connection, key: bytes) -> None:
    """From now on this key is the store's."""
    connection.exec_driver_sql("DELETE FROM facts WHERE name = %s", (CHECK,))
    connection.exec_driver_sql("INSERT INTO facts (name, value) VALUES (%s, %s)", (CHECK, locked(key, b"", CHECK.encode()).hex()))


def begin_writing(connection: Connection) -> None:
    """One writer at a time, as SQLite has it: wait for the lock first, then see what the writer before left."""
    connection.exec_driver_sql("BEGIN ISOLATION LEVEL READ COMMITTED")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK}, hashtext(current_schema()))")


def begin_reading(connection: Connection) -> None:
    """All that is read is of one moment."""
    connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def compact(connection: Connection) -> None:
    """Write every table of this schema anew, without what was deleted."""
    tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tableowner = current_user").scalars().all()
    for table in tables:
        with suppress(OperationalError):  # somebody reads in it: the server's own cleaning comes by later, and the key is gone already
            connection.exec_driver_sql(f'VACUUM FULL "{table}"')


def damages(connection: Connection) -> tuple[str, ...]:
    """What the server itself has noticed of damaged pages of this database, where it keeps check sums."""
    count = connection.exec_driver_sql("SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()").scalar()
    return (f"{count} pages with a wrong check sum",) if count else ()


_next: Final[list[Any]] = [None]


@cache
def _engine() -> Engine:
    """One for all stores of this process; it keeps no connection."""
    return create_engine("postgresql+psycopg://", creator=lambda: _next[0], poolclass=NullPool, hide_parameters=True, echo=False)


def _driver(path: Path, url: URL, patience: float) -> Any:
    """The driver's connection; transactions are begun and ended by name, as with SQLite."""
    import psycopg

    try:
        return psycopg.connect(autocommit=True, **_asked(url, patience))
    except psycopg.Error:
        raise _no_answer(path) from None


def _asked(url: URL, patience: float) -> dict[str, Any]:
    """What the server is asked for. Beyond the local socket: TLS 1.3, and a certificate that fits the name."""
    said = {name: str(value) for name, value in url.query.items()}
    host = said.get("host") or url.host or next((folder for folder in SOCKETS if any(Path(folder).glob(".s.PGSQL.*"))), SOCKETS[0])
    asked: dict[str, Any] = {"dbname": url.database, "connect_timeout": ANSWERS_WITHIN, "application_name": "safe"}
    asked |= {name: value for name, value in (("host", host), ("port", said.get("port", url.port)), ("user", url.username)) if value}
    if not host.startswith("/"):
        asked |= {"gssencmode": "disable", "sslmode": "verify-full", "sslrootcert": said.get("sslrootcert", "system"), "ssl_min_protocol_version": "TLSv1.3"}
        asked |= {name: said[name] for name in ("sslcert", "sslkey") if name in said}
    settings = {"search_path": said.get("schema", "public"), "lock_timeout": int(patience * 1000), "synchronous_commit": "on"}
    return asked | {"options": " ".join(f"-c {name}={value}" for name, value in settings.items()), "client_encoding": "UTF8"}


def _require_key(path: Path, connection: Connection, key: bytes) -> None:
    with told(path):
        there = connection.exec_driver_sql("SELECT to_regclass('facts') IS NOT NULL").scalar()
        said = connection.exec_driver_sql("SELECT value FROM facts WHERE name = %s", (CHECK,)).scalar() if there else None
        connection.rollback()
    if said is None:
        return
    try:
        unlocked(key, bytes.fromhex(str(said)), CHECK.encode())
    except (NotSealedSo, ValueError):
        raise wrong_key(path) from None


def make_schema(path: Path, connection: Connection) -> None:
    """The schema of a new store, inside the transaction that makes its tables.

    Raises:
        StoreError: there is a store in it already.
    """
    schema = str(checked(address_of(path) or "").query.get("schema", "public"))
    connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    if connection.exec_driver_sql("SELECT to_regclass('alembic_version') IS NOT NULL").scalar():
        raise taken(path)


def taken(path: Path) -> StoreError:
    """What is told where a store is to be made in a database that has one."""
    return store_error(path, "there is a store in this database already.", "Name another database, or another schema: …?schema=NAME.")


def _no_answer(path: Path) -> StoreError:
    return store_error(path, "the database server does not answer, or does not let this account in.",
                       "Check that it runs, the address, the certificate, and the account's line in ~/.pgpass (mode 600).")


def _misused(problem: str) -> WrongUse:
    return WrongUse(f"--store: {problem}.\n  Write postgresql://ACCOUNT@HOST/DATABASE; the password stands in ~/.pgpass (mode 600), "
                    "or the server knows the account by its local socket: postgresql:///DATABASE.")
