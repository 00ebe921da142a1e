"""What the server lets go of is written over at once, as far as the C library can do it (SEC-06).

Python keeps what it no longer needs until something else takes its place: a note that somebody read stood in the memory of
the server for as long as it ran. Here Python is told to leave its memory to the C library, and glibc to write over every
piece that is given back. Both are settled when a process starts, so the server begins once more, as the same process.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

SETTINGS: Final = {
    "PYTHONMALLOC": "malloc",  # small objects too, of which Python would keep its own heap
    "GLIBC_TUNABLES": "glibc.malloc.perturb=90:glibc.malloc.tcache_count=0",  # write over what is given back; keep no pieces aside that are not
}
CORE_DUMPS: Final = 4  # PR_SET_DUMPABLE, linux/prctl.h


def begin_again(command: str) -> None:
    """Start this command once more with clean memory; comes back at once where it has it, and where the system cannot do it.

    Args:
        command: the word of the command line that started the process; anything else, such as a test, is left alone.
    """
    if command not in sys.orig_argv or not _is_glibc() or all(os.environ.get(name) == value for name, value in SETTINGS.items()):
        return
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **SETTINGS})  # noqa: S606  the same program with the same words


def without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment for processes that end with what they know, and can be quicker for it."""
    return {name: value for name, value in environment.items() if SETTINGS.get(name) != value}


def leave_no_dump() -> None:
    """If this process or one that it starts breaks down, none of its memory is written to disk; nor may another program of this user look into this one."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(CORE_DUMPS, 0, 0, 0, 0)


def give_back() -> None:
    """Let go of what nothing refers to any more, and of the pages it stood on."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)  # glibc


def _is_glibc() -> bool:
    with suppress(ValueError, OSError, AttributeError):
        return bool(os.confstr("CS_GNU_LIBC_VERSION"))
    return False
