"""The vault: one half of every case's key, in a file of its own outside the database and outside its copies.

A case's key is made of two halves. One stands in the database, sealed to the people who may read; the other stands
here, under a number by chance. Erasing a case overwrites its half here, so that no copy of the database that was ever
made can be read any more, whoever still has the passphrase. So the vault must not be kept in the same safety copies
without end: `SECURITY.md` says how long copies of it live.

The file has a head and records of fixed length, changed in place: number, half, check sum. It belongs to its owner
(mode 600). A half alone opens nothing.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import Final

from safe_lib.store.keys import write_private
from safe_lib.store.sealing import KEY
from safe_lib.store.trouble import store_error, told

HEAD: Final = b"SAFE vault 1\n".ljust(32, b"\0")
NUMBER: Final = 16  # bytes
CHECK: Final = 16  # bytes of SHA-256 over number and half: a flipped bit is told, not used
RECORD: Final = NUMBER + KEY + CHECK


def vault_file(path: Path) -> Path:
    """Where the vault of a store stands."""
    return path.with_name(path.name + ".vault")


def make_vault(path: Path) -> None:
    """An empty vault for a new store.

    Raises:
        StoreError: there is one already; another store may need it.
    """
    file = vault_file(path)
    with told(file):
        try:
            write_private(file, HEAD)
        except FileExistsError:
            raise store_error(file, "there is a vault already; a store that was moved may need it.", "Choose another name for the new store.") from None


class Vault:
    """The halves of one store. The file is read again whenever another process changed it."""

    def __init__(self, path: Path) -> None:
        """The vault of the store at `path`."""
        self.file = vault_file(path)
        self._read: tuple[tuple[int, int, int], bytes] = ((0, 0, 0), b"")  # what was read last, and what the file was like then

    def require(self) -> None:
        """Refuse to go on without it.

        Raises:
            StoreError: it is missing, or it is no vault.
        """
        self._content()

    def add(self) -> bytes:
        """A new half by chance; its number. It is on the disk when this returns."""
        number = secrets.token_bytes(NUMBER)
        with told(self.file), self.file.open("r+b") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(end - (end - len(HEAD)) % RECORD)  # over a record that a power cut left unfinished
            file.write(_record(number, secrets.token_bytes(KEY)))
            file.flush()
            os.fsync(file.fileno())
        return number

    def half(self, number: bytes) -> bytes:
        """The half with this number.

        Raises:
            StoreError: it was erased, or damaged.
        """
        content = self._content()
        place = _place(content, number)
        if place is None:
            raise store_error(self.file, "the key of this case is not in the vault: it was erased, or the vault is older than the store.",
                              "If it was not erased, bring back the newest copy of the vault.")
        record = content[place:place + RECORD]
        half = record[NUMBER:NUMBER + KEY]
        if record != _record(number, half):
            raise store_error(self.file, "a part of the vault was changed or damaged.", "Bring back the newest copy of the vault.")
        return half

    def has(self, number: bytes) -> bool:
        """A half with this number is there."""
        return _place(self._content(), number) is not None

    def erase(self, number: bytes) -> None:
        """Overwrite a half and its number with chance, in place, and wait for the disk. Erasing twice does no harm."""
        place = _place(self._content(), number)
        if place is None:
            return
        with told(self.file), self.file.open("r+b") as file:
            file.seek(place)
            file.write(secrets.token_bytes(RECORD))
            file.flush()
            os.fsync(file.fileno())

    def _content(self) -> bytes:
        if not self.file.is_file():
            raise store_error(self.file, "this file is missing, and without it no case can be read.", "Bring it back from the newest copy of the vault.")
        with told(self.file):
            found = self.file.stat()
            like = (found.st_ino, found.st_size, found.st_mtime_ns)
            if self._read[0] != like:
                self._read = like, self.file.read_bytes()
        content = self._read[1]
        if not content.startswith(HEAD):
            raise store_error(self.file, "this is not the vault of a store.", "Bring it back from the newest copy of the vault.")
        return content


def _record(number: bytes, half: bytes) -> bytes:
    return number + half + hashlib.sha256(number + half).digest()[:CHECK]


def _place(content: bytes, number: bytes) -> int | None:
    """Where a record begins; looked for at the places of records only."""
    at = content.find(number, len(HEAD))
    while at >= 0 and (at - len(HEAD)) % RECORD:
        at = content.find(number, at + 1)
    return at if at >= 0 else None
