"""What processes hold, as Linux tells it: their memory, their open files, their children."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Held:
    """A process: its name for people, KiB of its own memory, and open files; None where the system does not tell."""

    pid: int
    what: str
    memory: int | None
    files: int | None


def family(pid: int) -> tuple[int, ...]:
    """A process and all that it and they have started, ended ones that nobody waited for among them."""
    children: dict[int, list[int]] = {}
    for place in PROC.iterdir():
        if place.name.isdigit() and (parent := _parent(int(place.name))):
            children.setdefault(parent, []).append(int(place.name))
    found = [pid]
    for one in found:
        found += children.get(one, ())
    return tuple(found)


def held(pid: int, what: str = "") -> Held | None:
    """What a process holds; None where it has ended."""
    if not (PROC / str(pid)).exists():
        return None
    return Held(pid, what, _private(pid), _files(pid))


def _parent(pid: int) -> int:
    try:
        return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def _private(pid: int) -> int | None:
    """Memory that no other process has; where that is not told, all that is not of a file."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
    except OSError:
        return _anonymous(pid)


def _anonymous(pid: int) -> int | None:
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("RssAnon:")), None)


def _files(pid: int) -> int | None:
    try:
        return len(os.listdir(PROC / str(pid) / "fd"))
    except OSError:  # ended, or not told to this user
        return None
