"""Opens the encrypted file: one connection, the key as its first statement, and settings that lose and leak nothing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlcipher3 import dbapi2 as sqlcipher

from safe_lib.model.errors import StoreError, WrongKey
from safe_lib.store import server
from safe_lib.store.keys import KEY_LENGTH, sync_folder
from safe_lib.store.trouble import DriverError, is_wrong_key, store_error, told, wrong_key

PATIENCE: Final = 5.0  # seconds to wait for another program that writes

_SETTINGS: Final = (
    "journal_mode = WAL",
    "synchronous = FULL",  # a commit is on the disk before anybody is told
    "fullfsync = ON",  # the same on macOS, whose fsync alone does not reach the disk
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",  # nothing outside the encrypted file
    "trusted_schema = OFF",
)


_next: ContextVar[Any] = ContextVar("the driver's connection that was unlocked just before")
_driver: ContextVar[Any] = ContextVar("what opens a file", default=sqlcipher)


def open_file(path: Path, key: bytes, *, patience: float) -> Connection:
    """A connection to an existing store; the key is not kept.

    Raises:
        StoreError: no store there, not to be written, or no SQLCipher in this installation.
        WrongKey: the key does not open it.
        StoreBusy: another program held it longer than `patience` seconds.
    """
    _require_writable(path)
    with told(path):
        address = server.address_of(path)
    if address is not None:
        return server.connect(path, address, key, patience=patience)
    with told(path):
        _next.set(_unlocked(path, key, patience))
        return _engine().connect()


def make_file(path: Path) -> None:
    """An empty file that only its owner may read; SQLite gives its companions (-wal, -shm) the same mode.

    Raises:
        StoreError: something is there already, or the folder takes no file.
    """
    with told(path):
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            raise store_error(path, "there is a file already.", "Choose another name for the new store.") from None
        sync_folder(path.parent)


def copied_file(path: Path, to: Path, key: bytes, *, patience: float = PATIENCE) -> None:
    """Copy a store into a new file under the same key, as it is in one moment; whoever writes in it goes on meanwhile.

    Raises:
        StoreError: the disk does not take it, or the store is damaged.
    """
    make_file(to)
    with told(path):
        source = _unlocked(path, key, patience)
        try:
            with closing(_unlocked(to, key, patience)) as target:
                source.backup(target)  # SQLite's online copy: both have their key, so no page is ever in the clear
        finally:
            source.close()


def open_new(path: Path, key: bytes) -> Connection:
    """A connection to a database that has no store yet; StoreError where it has one after all, under another key."""
    try:
        return open_file(path, key, patience=PATIENCE)
    except WrongKey:
        raise server.taken(path) from None


def compact(connection: Connection) -> None:
    """Write the file anew, without what was deleted, and leave nothing of it in the journal."""
    connection.rollback()
    if server.is_server(connection):
        server.compact(connection)
        connection.rollback()
        return
    for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
        connection.exec_driver_sql(statement)
        connection.rollback()


def begin_reading(connection: Connection) -> None:
    """All that is read from here to the end of the transaction is of one moment."""
    if server.is_server(connection):
        server.begin_reading(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def begin_writing(connection: Connection) -> None:
    """The one writer from here to the end of the transaction: the lock is taken at once."""
    if server.is_server(connection):
        server.begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def give_up(connection: Connection) -> None:
    """End a transaction that failed, whatever became of it; the error that came first is the one to tell.

    After a commit that failed the toolkit takes the transaction for ended, and the database may not: so the driver is told too.
    """
    with suppress(SQLAlchemyError):
        connection.rollback()
        if not connection.invalidated and connection.connection.dbapi_connection is not None:
            with suppress(Exception):
                connection.connection.dbapi_connection.rollback()


def shut(connection: Connection) -> None:
    """Close the connection and its file."""
    connection.close()


@contextmanager
def in_the_clear() -> Iterator[None]:
    """A store that is made and opened meanwhile is not encrypted: for a rehearsal with nobody's data, in a process that others are forked from.

    SQLCipher goes on with random numbers that it has in the process, and all that are forked from it would have the same;
    the library that the standard library brings is another one.
    """
    token = _driver.set(sqlite3)
    try:
        yield
    finally:
        _driver.reset(token)


def make_ready() -> None:
    """Make what the connections of this process share, and those of processes that are forked from it. Nothing is opened, and no key is known."""
    _engine()


@cache
def _engine() -> Engine:
    """One for all stores of this process: what it compiles once it need not compile for the next store, or the next page.

    It keeps no connection; each is the one that was unlocked just before.
    """
    return create_engine("sqlite://", module=sqlcipher, creator=_next.get, poolclass=NullPool, hide_parameters=True, echo=False)


def _require_writable(path: Path) -> None:
    if not path.is_file():
        raise store_error(path, "there is no store here.", "Check the path, or make a new store.")
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK | os.X_OK):
        raise store_error(path, "the store is read-only here.", "Check the rights of the file and of its folder.")


def _unlocked(path: Path, key: bytes, patience: float) -> Any:
    """The driver's connection, shown to have the right key."""
    if len(key) != KEY_LENGTH:
        raise wrong_key(path)
    driver = _driver.get().connect(path.absolute().as_uri() + "?mode=rw", uri=True, timeout=patience, isolation_level=None,
                               check_same_thread=False)
    try:
        _set_up(driver, path, key)
    except BaseException:
        driver.close()
        raise
    return driver


def _set_up(driver: Any, path: Path, key: bytes) -> None:
    driver.execute("PRAGMA cipher_log_level = NONE")  # else a wrong key writes lines to the terminal
    driver.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    if _driver.get() is sqlcipher and driver.execute("PRAGMA cipher_version").fetchone() is None:
        raise _no_cipher(path)
    try:
        driver.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except DriverError as problem:
        raise wrong_key(path) if is_wrong_key(problem) else problem from None
    for setting in _SETTINGS:
        with closing(driver.execute(f"PRAGMA {setting}")) as answer:
            answer.fetchall()


def _no_cipher(path: Path) -> StoreError:
    return store_error(path, "this installation has SQLite without encryption.",
                       "Install the package sqlcipher3 again; nothing was written.")
