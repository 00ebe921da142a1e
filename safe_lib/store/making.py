"""A store is made, and an older one is brought to today's form: each in one transaction, all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert

from safe_lib.model.errors import StoreError
from safe_lib.store import audit, boxes, people, server
from safe_lib.store.boxes import Holder
from safe_lib.store.keys import Cost, key_file
from safe_lib.store.migrate import migrate, must_migrate
from safe_lib.store.opening import begin_writing, give_up, make_file, open_new, shut
from safe_lib.store.sealing import new_key, new_private
from safe_lib.store.slots import KeyRing, first_key_file, new_slot, write_key_file
from safe_lib.store.tables import FACTS
from safe_lib.store.trouble import told
from safe_lib.store.vault import Vault, make_vault, vault_file


@dataclass(frozen=True, slots=True)
class First:
    """What a new store begins with: its first person, and whether all persons in it are invented."""

    training: bool
    by: str
    at: datetime
    person: str
    name: str
    roles: Collection[str]


def make_store(path: Path, passphrase: str, cost: Cost, first: First) -> KeyRing:
    """Make key file, vault and database; the ring of the first person. What was begun and not finished is taken away.

    Raises:
        StoreError: something is there already, or the folder cannot be written.
    """
    with told(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file, key = first_key_file(first.training, cost), new_key()
    ring = KeyRing(people.new_id(), people.checked_user(first.person), file.slot_id(first.person), new_private())
    write_key_file(path, file.with_slot(new_slot(file, ring, passphrase, key)), new=True)
    there = path.exists()
    try:
        make_vault(path)
        if address := server.address_named(path):
            server.make_place(path, address)
        else:
            make_file(path)
    except BaseException:
        key_file(path).unlink(missing_ok=True)
        if not there:
            vault_file(path).unlink(missing_ok=True)
        raise
    try:
        _fill(path, key, Holder(ring, Vault(path)), first)
    except BaseException:
        remove_unfinished(path)
        raise
    return ring


@contextmanager
def transaction(connection: Connection) -> Iterator[Connection]:
    """All or nothing. The lock is taken at once, so that what is read inside is still true when it is written."""
    try:
        begin_writing(connection)
        yield connection
        connection.commit()
    except BaseException:
        give_up(connection)
        raise


def _fill(path: Path, key: bytes, holder: Holder, first: First) -> None:
    """Make the tables of a new store and enter its first person, in one transaction."""
    connection = open_new(path, key)
    boxes.hold(connection, holder)
    try:
        with told(path), transaction(connection):
            if server.is_server(connection):
                server.make_schema(path, connection)
            migrate(connection)
            if server.is_server(connection):
                server.keep_check(connection, key)
            connection.execute(insert(FACTS), [{"name": "training", "value": "true" if first.training else "false"}])
            audit.add(connection, by=first.by, at=first.at, what="store.made")
            people.found_emergency(connection, at=first.at)
            people.add(connection, holder.ring, first.name, first.roles, by=first.by, at=first.at)
    finally:
        shut(connection)


def update(path: Path, connection: Connection) -> None:
    """Bring older tables to today's form, all or nothing."""
    outdated = must_migrate(connection, path)
    connection.rollback()
    if not outdated:
        return
    if server.is_server(connection):  # it checks foreign keys itself, and steps copy no tables there
        with transaction(connection):
            if must_migrate(connection, path):
                migrate(connection)
        return
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")  # steps may copy tables; checked below
    connection.rollback()
    with transaction(connection):
        if must_migrate(connection, path):  # nobody else did it while we waited
            migrate(connection)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise StoreError(f"{path}: the store could not be brought to today's form; it is as it was. "
                                 "Keep the file and tell who looks after the program.")
    connection.exec_driver_sql("PRAGMA foreign_keys = ON")
    connection.rollback()


def remove_unfinished(path: Path) -> None:
    """Take away a store that was never finished."""
    for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm"), key_file(path), vault_file(path)):
        file.unlink(missing_ok=True)
