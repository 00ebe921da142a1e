"""From a passphrase to a key, and small private files that are written whole or not at all.

The passphrase itself never opens the database: it opens one slot of the key file (`safe_lib.store.slots`).
"""

from __future__ import annotations

import os
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from argon2.low_level import Type, hash_secret_raw

try:
    import fcntl
except ImportError:  # Windows: there the store has one program at a time
    fcntl = None  # type: ignore[assignment]

KEY_LENGTH: Final = 32  # bytes; SQLCipher takes them as the raw AES-256 key
SALT_LENGTH: Final = 16  # bytes (RFC 9106, section 3.1)
MOST_MEMORY: Final = 4 * 1024 * 1024  # KiB; a changed file must not be able to fill the machine
MOST_PASSES: Final = 100
MOST_LANES: Final = 64
FEWEST_MEMORY: Final = 46 * 1024  # KiB; below it stand only stores of tests (OWASP ASVS 5.0, appendix C)


@dataclass(frozen=True, slots=True)
class Cost:
    """How dear one guess of the passphrase is (Argon2id, RFC 9106)."""

    memory: int  # KiB
    passes: int
    lanes: int

    @property
    def is_bearable(self) -> bool:
        """Neither nothing nor more than a machine has."""
        return 1 <= self.lanes <= MOST_LANES and 1 <= self.passes <= MOST_PASSES and 8 * self.lanes <= self.memory <= MOST_MEMORY

    @property
    def today(self) -> Cost:
        """What a slot of this cost should have now: what is dear enough today; what is cheap on purpose stays cheap."""
        return STRONG if self.memory >= FEWEST_MEMORY else self


STRONG: Final = Cost(memory=256 * 1024, passes=3, lanes=4)  # SEC-03 asks for 128 MiB, t=3; 0.54 s on 2 cores
CHEAP: Final = Cost(memory=64, passes=1, lanes=1)  # for tests with invented persons only


def stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """The key that a passphrase gives; taken in Unicode form NFC, so that every keyboard gives the same bytes."""
    return hash_secret_raw(
        unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass"), salt, cost.passes, cost.memory,
        cost.lanes, KEY_LENGTH, Type.ID)


def new_salt() -> bytes:
    """A salt by chance."""
    return secrets.token_bytes(SALT_LENGTH)


def key_file(path: Path) -> Path:
    """Where the locks of a store stand."""
    return path.with_name(path.name + ".key")


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Wait until no other program changes the small files of a store, and keep them out meanwhile.

    Args:
        file: one that is never replaced, such as the vault; it need not be there.
    """
    if fcntl is None or not file.exists():
        yield
        return
    with file.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


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


def replace_private(file: Path, content: bytes) -> None:
    """Write a private file anew: whoever reads it finds the old content or the new one, also after a power cut."""
    new = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    write_private(new, content)
    try:
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
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
