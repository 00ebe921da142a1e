"""From a passphrase to the key of a store.

The salt and the cost stand in a small file beside the store, `<store>.key`. It is no secret, but without it no
passphrase opens the store: it belongs to every safety copy.
"""

from __future__ import annotations

import json
import os
import secrets
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from argon2.low_level import Type, hash_secret_raw

from safe_lib.store.trouble import store_error, told

KEY_LENGTH: Final = 32  # bytes; SQLCipher takes them as the raw AES-256 key
SALT_LENGTH: Final = 16  # bytes (RFC 9106, section 3.1)
MOST_MEMORY: Final = 4 * 1024 * 1024  # KiB; a changed file must not be able to fill the machine
MOST_PASSES: Final = 100
MOST_LANES: Final = 64


@dataclass(frozen=True, slots=True)
class Cost:
    """How dear one guess of the passphrase is (Argon2id, RFC 9106)."""

    memory: int  # KiB
    passes: int
    lanes: int


STRONG: Final = Cost(memory=256 * 1024, passes=3, lanes=4)  # SEC-03 asks for 128 MiB, t=3; 0.54 s on 2 cores
CHEAP: Final = Cost(memory=64, passes=1, lanes=1)  # for tests with invented persons only


@dataclass(frozen=True, slots=True)
class Lock:
    """What stands in the `.key` file."""

    salt: bytes
    cost: Cost

    def key(self, passphrase: str) -> bytes:
        """The raw key. The passphrase is taken in Unicode form NFC, so that every keyboard gives the same bytes."""
        return hash_secret_raw(
            unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass"), self.salt, self.cost.passes,
            self.cost.memory, self.cost.lanes, KEY_LENGTH, Type.ID)


def key_file(path: Path) -> Path:
    """Where the lock of a store stands."""
    return path.with_name(path.name + ".key")


def derive_key(path: Path, passphrase: str) -> bytes:
    """The raw key that a passphrase gives for the store at `path`; whether it is the right one only opening tells.

    Raises:
        StoreError: the `.key` file is missing or cannot be used.
    """
    return read_lock(path).key(passphrase)


def make_lock(path: Path, cost: Cost) -> Lock:
    """Choose a salt and write the `.key` file of a new store, durably, before anything depends on it.

    Raises:
        StoreError: there is one already; it may be the only way into another store.
    """
    lock = Lock(secrets.token_bytes(SALT_LENGTH), cost)
    file = key_file(path)
    text = json.dumps({"about": "Salt and cost for the passphrase of the store of the same name. Not secret; keep it.",
                       "format": 1, "method": "argon2id", "salt": lock.salt.hex(), **asdict(cost)}, indent=1)
    with told(file):
        try:
            write_private(file, text.encode() + b"\n")
        except FileExistsError:
            raise store_error(file, "there is a key file already; a store that was moved may need it.",
                              "Choose another name for the new store.") from None
    return lock


def read_lock(path: Path) -> Lock:
    """The lock of the store at `path`.

    Raises:
        StoreError: the file is missing, unreadable or says something no store of ours says.
    """
    file = key_file(path)
    if not file.is_file():
        raise store_error(file, "this file is missing, and without it no passphrase opens the store.",
                          "Copy it back from the place where the store came from.")
    with told(file):
        text = file.read_bytes()[:4096]
    lock = _lock_of(text)
    if lock is None:
        raise store_error(file, "this is not the key file of a store.",
                          "Copy it back from the last safety copy; do not mend it by hand.")
    return lock


def write_private(file: Path, content: bytes) -> None:
    """Write a new file that only its owner may read (mode 600), and wait until the disk has it; all of it or nothing.

    Raises:
        FileExistsError: it is never written over.
    """
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    except OSError:
        file.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder survive a power cut; a system without folder handles needs nothing."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lock_of(text: bytes) -> Lock | None:
    """The lock that a `.key` file describes; None where it is not one."""
    try:
        said: Any = json.loads(text)
        lock = Lock(bytes.fromhex(said["salt"]), Cost(int(said["memory"]), int(said["passes"]), int(said["lanes"])))
    except (ValueError, KeyError, TypeError):
        return None
    known = said.get("format") == 1 and said.get("method") == "argon2id"
    return lock if known and len(lock.salt) == SALT_LENGTH and _is_bearable(lock.cost) else None


def _is_bearable(cost: Cost) -> bool:
    return (1 <= cost.lanes <= MOST_LANES and 1 <= cost.passes <= MOST_PASSES
            and 8 * cost.lanes <= cost.memory <= MOST_MEMORY)
