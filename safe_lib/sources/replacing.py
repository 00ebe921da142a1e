"""Puts a new edition in the place of the old one so that there is always one of the two, whole, wherever a process is killed.

A new edition is several files: data, description, the table of newest figures, the notice. They are written into
`.refresh/making`; renaming that folder to `.refresh/ready` is the one step by which the new edition becomes the current
one. Whoever reads a file looks into `ready` first (`current`), so it does not matter how many of the files have been
moved to their places already. `settle` moves what a killed process left there.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from safe_lib.model.errors import WrongUse

WORK: Final = ".refresh"  # in `_datasets`; what is in it belongs to a refresh that runs or was broken off
READY: Final = f"{WORK}/ready"
MAKING: Final = f"{WORK}/making"


def current(folder: Path, name: str) -> Path:
    """Where a file of the datasets stands now, by its name such as `who_gho/dataset.yaml`."""
    ready = folder / READY / name
    return ready if ready.exists() else folder / name


def names(folder: Path, pattern: str) -> set[str]:
    """The names of the files that fit a pattern such as `*/dataset.yaml`, wherever they stand now."""
    bases = (folder, folder / READY) if (folder / READY).is_dir() else (folder,)
    found = {file.relative_to(base).as_posix() for base in bases for file in base.glob(pattern)}
    return {name for name in found if not name.startswith(".")}


def replace_together(folder: Path, files: Mapping[str, bytes], then: Callable[[Path], Mapping[str, bytes]] | None = None) -> None:
    """Put several files in the place of the old ones: all of them, or none.

    Args:
        folder: `country_info/_datasets`.
        files: name → content.
        then: gives the further files that are made from these; it is handed the folder in which these stand meanwhile.
    """
    settle(folder)
    making = folder / MAKING
    shutil.rmtree(making, ignore_errors=True)
    for name, content in files.items():
        write_through(making / name, content)
    for name, content in (then(making) if then else {}).items():
        write_through(making / name, content)
    making.rename(folder / READY)
    settle(folder)


def settle(folder: Path) -> None:
    """Move an edition that became current to its place; does nothing where there is none."""
    ready = folder / READY
    if not ready.is_dir():
        return
    for file in sorted(path for path in ready.rglob("*") if path.is_file()):
        place = folder / file.relative_to(ready)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)
    shutil.rmtree(ready)
    tidy(folder)


def tidy(folder: Path) -> None:
    """Take the working folder away when nothing is left in it."""
    with suppress(OSError):
        (folder / WORK).rmdir()


def write_through(file: Path, content: bytes) -> None:
    """Write a file, and wait until the disk has it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the datasets for one refresh; a killed process lets go of them by itself.

    Raises:
        WrongUse: another refresh is running.
    """
    if sys.platform == "win32":  # a folder cannot be locked there; two refreshes at once are left to the people
        yield
        return
    import fcntl

    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise WrongUse("safe refresh: another refresh is running on these datasets.\n  Wait until it has ended.") from None
    try:
        yield
    finally:
        os.close(held)
