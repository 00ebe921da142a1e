"""Tables from elsewhere, as data only (SEC-39).

    read_tables(Path("organisations.xlsx"))   →  one `ForeignTable` for each sheet, every cell a text

A file is read in a process of its own that may use so much memory and time and no more, so that no file can take this one
down with it. CSV, XLSX, JSON (a list of flat records), and a ZIP of CSV and JSON files are understood; nothing in them is
run, followed, expanded or unpacked to disk.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Any, Final

from safe_lib.tables.limits import USUAL, ForeignFileError, Limits

KINDS: Final = ("csv", "json", "xlsx", "zip")
_CHILD: Final = "safe_lib.tables.child"
_LAST: Final = b'{"end":true}\n'


@dataclass(frozen=True, slots=True)
class ForeignTable:
    """A table as somebody sent it. `name` is its sheet or file; every row has one text for each column, empty where there is none."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_tables(path: Path, limits: Limits = USUAL) -> tuple[ForeignTable, ...]:
    """The tables of a file.

    Raises:
        ForeignFileError: place, problem and repair; never a cell of the file.
    """
    return parse_tables(_bytes_of(path, limits), path.name, limits)


def parse_tables(raw: bytes, name: str, limits: Limits = USUAL) -> tuple[ForeignTable, ...]:
    """The tables in some bytes; `name` says what they are, and messages show it."""
    place = PurePath(name).name or "file"
    kind = PurePath(name).suffix.lower().removeprefix(".")
    if kind not in KINDS:
        raise ForeignFileError(place, 0, "this kind of file is not read.", repair=f"Give one of: {', '.join(KINDS)}.")
    if len(raw) > limits.size:
        raise _too_large(place, limits)
    return tuple(_tables(_read_elsewhere(raw, kind, place, limits), place))


def read_bytes(path: Path, limits: Limits = USUAL) -> bytes:
    """The bytes of a file of somebody else, for `parse_tables`.

    Raises:
        ForeignFileError: it is no plain file, or too large.
    """
    return _bytes_of(path, limits)


def _bytes_of(path: Path, limits: Limits) -> bytes:
    """The bytes of a plain file; a pipe or a device has no end to wait for."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb") as opened:
            about = os.fstat(opened.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise ForeignFileError(path.name, 0, "this is not a file.", repair="Name a file.")
            if about.st_size > limits.size:
                raise _too_large(path.name, limits)
            return opened.read(limits.size + 1)
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or "not a name of a file"
        raise ForeignFileError(path.name or str(path), 0, f"the file cannot be read ({why}).", repair="Check the name and the rights.") from None


def _too_large(place: str, limits: Limits) -> ForeignFileError:
    return ForeignFileError(place, 0, f"the file is larger than {limits.size // 1_000_000} MB.", repair="Split it, or check that it is the right file.")


def _read_elsewhere(raw: bytes, kind: str, place: str, limits: Limits) -> bytes:
    """What the process that reads says; it has no more memory and time than the limits give, and knows nothing else."""
    env = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    env |= {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1", "OPENPYXL_LXML": "False"}
    command = [sys.executable, "-m", _CHILD, kind, json.dumps(asdict(limits))]
    try:
        done = subprocess.run(command, input=raw, capture_output=True, env=env, timeout=limits.seconds, check=False)
    except subprocess.TimeoutExpired:
        problem = f"reading it takes longer than {limits.seconds:g} seconds."
        raise ForeignFileError(place, 0, problem, repair="Split it, or check that it is the right file.") from None
    if not done.stdout.endswith(_LAST) and b'{"refused":' not in done.stdout[-1000:]:  # ended in the middle, by the system or by a fault
        raise ForeignFileError(place, 0, "it is damaged, or needs more memory than a table may.", repair="Export it again, in parts if it is large.")
    return done.stdout


def _tables(said: bytes, place: str) -> Iterator[ForeignTable]:
    """From the lines of the other process: a map begins a table, refuses or ends; a list is a row."""
    name, columns, rows = "", (), list[tuple[str, ...]]()
    for line in said.splitlines():
        words: Any = json.loads(line)
        if isinstance(words, list):
            rows.append((*words, *[""] * (len(columns) - len(words))))
            continue
        if "refused" in words:
            raise ForeignFileError(place, int(words["line"]), str(words["refused"]), repair=str(words["repair"]))
        if columns:
            yield ForeignTable(name, columns, tuple(rows))
        name, columns, rows = words.get("table", ""), tuple(words.get("columns", ())), []
