"""The key of the database file: found for a person, and changed while everybody goes on working.

While it is being changed the key file holds the new key and the old one, so that a cut of power at any moment leaves a
store that opens; whoever opens it next finishes the change. Other programs notice the changed key file and open again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from safe_lib.model.errors import SafeError, WrongKey
from safe_lib.store import server
from safe_lib.store.keys import alone, key_file
from safe_lib.store.making import transaction
from safe_lib.store.opening import open_file, shut
from safe_lib.store.sealing import new_key, sealed_to
from safe_lib.store.slots import FILE, KeyRing, file_keys, read_key_file, write_key_file
from safe_lib.store.trouble import told
from safe_lib.store.vault import vault_file


def file_key_of(path: Path, ring: KeyRing) -> bytes:
    """The key that opens the database file now."""
    return file_keys(path, ring)[0]


def open_for(path: Path, ring: KeyRing, *, patience: float) -> Connection:
    """The database file, opened with a person's ring; a change of its key that was cut short is finished.

    Raises:
        WrongKey: this person has no way in any more.
    """
    key, before = file_keys(path, ring)
    if before is None:
        return open_file(path, key, patience=patience)
    with alone(vault_file(path)):  # whoever changes it holds this; when they are done there is nothing left to finish
        key, before = file_keys(path, ring)
        try:
            connection = open_file(path, key, patience=patience)
        except WrongKey:
            if before is None:
                raise
            connection = open_file(path, before, patience=patience)
            _rekey(path, connection, key)
        _forget_before(path)
    return connection


def turn(path: Path, connection: Connection, publics: Mapping[str, bytes]) -> Connection:
    """Give the database file a new key, sealed to those who stay; the connection to go on with.

    Args:
        publics: slot → public key, of everybody who stays. Slots of others are taken out of the key file.
    """
    with alone(vault_file(path)):
        file, new = read_key_file(path), new_key()
        slots = tuple(replace(slot, file=sealed_to(publics[slot.id], new, FILE), before=slot.file) for slot in file.slots if slot.id in publics)
        write_key_file(path, replace(file, slots=slots))
        try:
            _rekey(path, connection, new)
        except BaseException:
            if _is_refused(path, new):  # else the new key fits already, or nobody knows: then both stay, and the next opening finishes
                write_key_file(path, replace(file, slots=tuple(slot for slot in file.slots if slot.id in publics)))
            raise
        _forget_before(path)
        shut(connection)
        return open_file(path, new, patience=5)


def _is_refused(path: Path, key: bytes) -> bool:
    """The file is certainly not under this key."""
    try:
        shut(open_file(path, key, patience=5))
    except WrongKey:
        return True
    except (SafeError, OSError):
        pass
    return False


def stamp_of(path: Path) -> tuple[int, int]:
    """What changes when the key file was written anew."""
    with told(key_file(path)):
        found = key_file(path).stat()
    return found.st_ino, found.st_mtime_ns


def _rekey(path: Path, connection: Connection, key: bytes) -> None:
    with told(path):
        connection.rollback()
        if server.is_server(connection):  # there is no file to encrypt anew; from here on only the new key fits
            with transaction(connection):
                server.keep_check(connection, key)
            return
        connection.exec_driver_sql(f"PRAGMA rekey = \"x'{key.hex()}'\"")
        connection.rollback()
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # pages under the old key leave the journal
        connection.rollback()


def _forget_before(path: Path) -> None:
    file = read_key_file(path)
    write_key_file(path, replace(file, slots=tuple(replace(slot, before=b"") for slot in file.slots)))
