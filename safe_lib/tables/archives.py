"""ZIP files of strangers: looked at before anything is unpacked, and unpacked in memory only.

Nothing is ever written to a path that an archive names. What is odd is refused rather than repaired: names that lead
elsewhere, links, encryption, parts that lie over one another, words before or after the archive.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from safe_lib.tables.limits import Limits, Refused, too_many

FIRST: Final = b"PK\x03\x04"  # of an archive that begins with its first part
LAST: Final = b"PK\x05\x06"  # of its directory's end, 22 bytes where no comment follows
_END: Final = 22  # bytes
_HEAD: Final = 30  # bytes before the name of a part
_SMALL: Final = 100_000  # bytes; below them a high ratio is no danger
_AGAIN: Final = "Make the archive again, with the tables alone in it."


def is_archive(raw: bytes) -> bool:
    """The bytes begin as a ZIP file does."""
    return raw.startswith(FIRST)


def open_archive(raw: bytes, limits: Limits) -> zipfile.ZipFile:
    """A ZIP file that is what it says.

    Raises:
        Refused: it holds too much, or something that tables do not need.
    """
    if not is_archive(raw) or raw[-_END:][:4] != LAST:
        raise Refused("this is not a ZIP file, or there is something before or after it.", _AGAIN)
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        raise Refused("the ZIP file is damaged.", "Make it again.") from None
    parts = archive.infolist()
    if len(parts) > limits.parts:
        raise too_many("files in the archive", limits.parts)
    for part in parts:
        _look_at(part, limits)
    if sum(part.file_size for part in parts) > limits.unpacked:
        raise Refused(f"unpacked, the archive is larger than {limits.unpacked // 1_000_000} MB.", "Split it.")
    _look_at_places(parts, len(raw))
    return archive


def read_part(archive: zipfile.ZipFile, name: str, limits: Limits) -> bytes:
    """One part, no larger than the archive says and than it may be."""
    try:
        with archive.open(name) as part:
            found = part.read(limits.unpacked + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, KeyError):
        raise Refused("a file in the archive is damaged.", "Make the archive again.") from None
    if len(found) > limits.unpacked:
        raise Refused(f"unpacked, the archive is larger than {limits.unpacked // 1_000_000} MB.", "Split it.")
    return found


def _look_at(part: zipfile.ZipInfo, limits: Limits) -> None:
    if part.flag_bits & 0x1:
        raise Refused("a file in the archive is encrypted.", "Make the archive without a password.")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("a file in the archive is packed in an unusual way.", "Make the archive again with the usual compression.")
    kind = stat.S_IFMT(part.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refused("the archive holds a link or a device.", _AGAIN)
    if not _is_plain_name(part.orig_filename):
        raise Refused("the archive holds a name that leads out of it.", _AGAIN)
    if part.file_size > _SMALL and part.file_size > limits.ratio * max(part.compress_size, 1):
        raise Refused(f"a file in the archive unpacks to more than {limits.ratio} times its size.", "Check that it is the right file.")


def _is_plain_name(name: str) -> bool:
    """A relative path of plain names: no drive, no stream, no way up, nothing that cannot be seen."""
    if not name or len(name) > 200 or not name.isprintable() or any(letter in name for letter in '\\:*?"<>|'):
        return False
    return all(step not in ("", ".", "..") for step in name.removesuffix("/").split("/"))


def _look_at_places(parts: list[zipfile.ZipInfo], end: int) -> None:
    """Each part has its own name and its own bytes: parts over one another unpack to more than the archive can hold."""
    if len({part.filename.casefold() for part in parts}) < len(parts):
        raise Refused("two files in the archive have the same name.", _AGAIN)
    free = 0
    for place, upto in _places(parts):
        if place < free or upto > end:
            raise Refused("files in the archive lie over one another.", _AGAIN)
        free = upto


def _places(parts: list[zipfile.ZipInfo]) -> Iterator[tuple[int, int]]:
    for part in sorted(parts, key=lambda one: one.header_offset):
        yield part.header_offset, part.header_offset + _HEAD + len(part.orig_filename) + part.compress_size
