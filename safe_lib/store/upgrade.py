"""Brings the key file of the first version, one passphrase for everybody, to a file with slots.

The passphrase was the key of the database file itself. Afterwards that key is one by chance, the passphrase opens a
slot, and whoever opens the store in this moment is its first person.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from safe_lib.store.keys import SALT_LENGTH, Cost, alone, stretched
from safe_lib.store.opening import PATIENCE, open_file, shut
from safe_lib.store.people import checked_user, new_id
from safe_lib.store.sealing import new_key, new_private, public_of, sealed_to
from safe_lib.store.slots import FILE, KeyFile, KeyRing, new_slot, not_a_key_file, read_said, unlock, write_key_file
from safe_lib.store.vault import make_vault, vault_file

FIRST_PERSON: Final = "first"  # the user name of whoever makes a store without giving one


def ring_for(path: Path, passphrase: str, person: str | None = None) -> KeyRing:
    """The ring of a person, from a key file of either format; the first format is brought to the second on the way.

    Raises:
        WrongKey: unknown name or wrong passphrase; always in the same words.
        StoreError: the key file is missing or cannot be used.
    """
    said = read_said(path)
    if not isinstance(said, dict) or said.get("format") != 1:
        return unlock(path, passphrase, person)
    salt, cost = _first_format(path, said)
    old = stretched(passphrase, salt, cost)
    connection = open_file(path, old, patience=PATIENCE)  # a wrong passphrase ends here, before anything is written
    training = connection.exec_driver_sql("SELECT value FROM facts WHERE name = 'training'").scalar() == "true"
    shut(connection)
    if not vault_file(path).exists():
        make_vault(path)
    with alone(vault_file(path)):
        return _with_slots(path, passphrase, KeyFile(salt, training, cost.today, ()), checked_user(person or FIRST_PERSON), old)


def _with_slots(path: Path, passphrase: str, file: KeyFile, user: str, old: bytes) -> KeyRing:
    ring = KeyRing(new_id(), user, file.slot_id(user), new_private())
    slot = new_slot(file, ring, passphrase, new_key())
    slot = replace(slot, before=sealed_to(public_of(ring.private), old, FILE))  # the next opening changes the key of the file
    write_key_file(path, file.with_slot(slot))
    return ring


def _first_format(path: Path, said: dict[str, Any]) -> tuple[bytes, Cost]:
    try:
        salt, cost = bytes.fromhex(said["salt"]), Cost(int(said["memory"]), int(said["passes"]), int(said["lanes"]))
    except (ValueError, KeyError, TypeError):
        raise not_a_key_file(path) from None
    if said.get("method") != "argon2id" or len(salt) != SALT_LENGTH or not cost.is_bearable:
        raise not_a_key_file(path)
    return salt, cost
