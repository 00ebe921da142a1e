"""Writes a data file whole or not at all: beside the old one, on the disk, then in its place."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from safe_lib.model.errors import CountryInfoError

PATIENCE: Final = 5.0  # seconds to wait for another program that changes the same folder
_PAUSE: Final = 0.05  # seconds


@contextmanager
def held(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Keep other programs from changing files of this folder meanwhile; the lock goes with the process that has it.

    Raises:
        CountryInfoError: another program has held it for longer than `patience` seconds, or there is no such folder.
    """
    if sys.platform == "win32":  # a folder cannot be locked there; two at once are left to the people
        yield
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as problem:
        raise _refusal(folder, f"the folder cannot be opened ({problem.strerror}).", "Check that it is there and that you may write in it.") from None
    try:
        _wait_for(handle, folder, patience)
        yield
    finally:
        os.close(handle)


def _wait_for(handle: int, folder: Path, patience: float) -> None:
    import fcntl

    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                raise _refusal(folder, "another program is changing a file here.", "Wait a little, and try again.") from None
            time.sleep(_PAUSE)


def replace_file(file: Path, content: bytes) -> None:
    """Put new content in the place of a file; whoever reads it meanwhile gets the old or the new one, never a part.

    Call it while the folder is `held`. When this returns, the new content is on the disk. What an earlier program left
    unfinished is taken away.

    Raises:
        CountryInfoError: the file cannot be written; the old one stands as it was.
    """
    new = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        for left in file.parent.glob(f".{file.name}.*"):
            left.unlink(missing_ok=True)
        mode = file.stat().st_mode & 0o777
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fchmod(out.fileno(), mode)
            os.fsync(out.fileno())
        os.replace(new, file)
    except OSError as problem:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise _refusal(file, f"the file cannot be written ({problem.strerror}); it is as it was.",
                       "Check the rights and the room on the disk, or name a folder of your own in SAFE_COUNTRY_INFO.") from None
    with suppress(OSError):  # not every file system can; the new file is in its place all the same
        _sync(file.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refusal(place: Path, problem: str, repair: str) -> CountryInfoError:
    return CountryInfoError("/".join(place.parts[-2:]), 0, problem, repair=repair)
