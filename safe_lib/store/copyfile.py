"""One file of a safety copy: encrypted under a key by chance, in pieces, with a head that says to whom that key is sealed.

Each piece is AES-256-GCM and bound to the head, to its number and to being the last or not; so no bit can be changed and
no piece moved, repeated or cut off unnoticed. Inside is a tar of named files.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

from safe_lib.model.errors import StoreError
from safe_lib.store.keys import sync_folder
from safe_lib.store.sealing import FORMAT, NotSealedSo, locked, unlocked
from safe_lib.store.trouble import store_error

Part = Literal["database", "vault"]

BEGINNING: Final = b"SAFE copy 1\n"
PIECE: Final = 1 << 20  # bytes of content in a piece
MOST_HEAD: Final = 4_000_000  # bytes
SHARES: Final = "shares"  # to whom the key is sealed: those who hold the shares, or slots of the key file
_LENGTH: Final = 4  # bytes of a length
_SEALED_MORE: Final = 64  # bytes that sealing adds at most


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in the open: which part it is, to whom the key is sealed, and for slots the key file to open them with."""

    part: Part
    to: Mapping[str, bytes]
    key_file: str = ""

    @property
    def needs_shares(self) -> bool:
        """Two shares open it; otherwise a person's passphrase does."""
        return SHARES in self.to

    def text(self) -> bytes:
        """As it stands in the file."""
        return json.dumps({"part": self.part, "to": {name: sealed.hex() for name, sealed in self.to.items()}, "key_file": self.key_file}).encode()


@dataclass(slots=True)
class _Sealing(io.RawIOBase):
    """Takes what is written and passes it on sealed, piece by piece."""

    out: BinaryIO
    key: bytes
    about: str
    waiting: bytearray = field(default_factory=bytearray)
    number: int = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting += data
        while len(self.waiting) > PIECE:  # one piece is always kept back: the last is marked
            self._pass_on(bytes(self.waiting[:PIECE]), last=False)
            del self.waiting[:PIECE]
        return len(data)

    def finish(self) -> None:
        """Pass on the last piece."""
        self._pass_on(bytes(self.waiting), last=True)

    def _pass_on(self, plain: bytes, *, last: bool) -> None:
        sealed = locked(self.key, plain, _about(self.about, self.number, last))
        self.out.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        self.number += 1


@dataclass(slots=True)
class _Opening(io.RawIOBase):
    """Gives back what was sealed, piece by piece; NotSealedSo at the first that is not as it was written."""

    source: BinaryIO
    key: bytes
    about: str
    ready: bytearray = field(default_factory=bytearray)
    number: int = 0
    ended: bool = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self.ended and (size < 0 or len(self.ready) < size):
            self._next_piece()
        size = len(self.ready) if size < 0 else size
        given = bytes(self.ready[:size])
        del self.ready[:size]
        return given

    def _next_piece(self) -> None:
        length = int.from_bytes(self.source.read(_LENGTH), "big")
        if not 0 < length <= PIECE + _SEALED_MORE:
            raise NotSealedSo
        sealed = self.source.read(length)
        self.ended = not self.source.read(1)
        if not self.ended:
            self.source.seek(-1, os.SEEK_CUR)
        self.ready += unlocked(self.key, sealed, _about(self.about, self.number, self.ended))
        self.number += 1


def write_copy(file: Path, head: Head, key: bytes, parts: Mapping[str, Path | bytes]) -> None:
    """Write a new private file (mode 600) and wait until the disk has it.

    Raises:
        FileExistsError: no copy is ever written over.
    """
    text = head.text()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(BEGINNING + len(text).to_bytes(_LENGTH, "big") + text + hashlib.sha256(text).digest())
            sealing = _Sealing(out, key, hashlib.sha256(text).hexdigest())
            with tarfile.open(fileobj=sealing, mode="w|", format=tarfile.PAX_FORMAT) as tar:
                for name, content in parts.items():
                    _put(tar, name, content)
            sealing.finish()
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def read_head(file: Path) -> Head:
    """Who can open a copy.

    Raises:
        StoreError: it is not there, no safety copy, of a later version, or its head was changed.
    """
    if not file.is_file():
        raise store_error(file, "there is no safety copy here.", "Check the name, or name the folder of the copies.")
    with file.open("rb") as source:
        return _head(file, source)[0]


def open_copy(file: Path, key: bytes, to: Path) -> dict[str, str]:
    """Write the files of a copy into a private folder; their SHA-256, by name.

    Raises:
        StoreError: a bit of it was changed, or a part is missing.
    """
    found = {}
    with file.open("rb") as source:
        _, about = _head(file, source)
        opening = _Opening(source, key, about)
        try:
            with tarfile.open(fileobj=opening, mode="r|") as tar:
                for member in tar:
                    found[member.name] = _take(tar, member, to)
            opening.read()  # to the last piece: that it is the last is part of what is sealed
        except (NotSealedSo, tarfile.TarError):
            raise damaged(file) from None
    return found


def damaged(file: Path) -> StoreError:
    """What is told of a copy that is not as it was written."""
    return store_error(file, "this safety copy was changed or damaged, or a part of it is missing; nothing was restored from it.",
                       "Take another copy, or the one before it.")


def _put(tar: tarfile.TarFile, name: str, content: Path | bytes) -> None:
    member = tarfile.TarInfo(name)
    member.mode = 0o600
    if isinstance(content, bytes):
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
        return
    with content.open("rb") as source:
        member.size = os.fstat(source.fileno()).st_size
        tar.addfile(member, source)


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, to: Path) -> str:
    """Write one file of a copy under its plain name; its SHA-256."""
    content = tar.extractfile(member) if member.isfile() else None
    if content is None or Path(member.name).name != member.name:
        raise NotSealedSo
    digest = hashlib.sha256()
    handle = os.open(to / member.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        while piece := content.read(PIECE):
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _head(file: Path, source: BinaryIO) -> tuple[Head, str]:
    """The head, and what every piece is bound to."""
    if source.read(len(BEGINNING)) != BEGINNING:
        raise store_error(file, "this is not a safety copy that this version can read.", "Check the name, or install a later version of the program.")
    length = int.from_bytes(source.read(_LENGTH), "big")
    text = source.read(min(length, MOST_HEAD))
    if source.read(hashlib.sha256().digest_size) != hashlib.sha256(text).digest():
        raise damaged(file)
    said = json.loads(text)
    return Head(said["part"], {name: bytes.fromhex(sealed) for name, sealed in said["to"].items()}, said["key_file"]), hashlib.sha256(text).hexdigest()


def _about(head: str, number: int, last: bool) -> bytes:
    return f"{FORMAT} copy {head} {number} {'last' if last else 'more'}".encode()


def sealed_for(part: Part) -> str:
    """What the key of a copy is sealed for."""
    return f"key of a safety copy: {part}"


