"""What a worker of a Dask cluster runs: it starts the process that holds the key, and hands sealed bytes through.

Nothing of the suite is imported here but its name, so that the worker starts quickly and holds nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from threading import Lock
from typing import Final

_CREW: Final[list[subprocess.Popen[bytes]]] = []
_PUBLIC: Final[list[bytes]] = []
_ONE_AT_A_TIME: Final = Lock()


class CrewLost(RuntimeError):
    """The process with the key ended, or there is none; its shares are given to somebody else."""


def public_key() -> bytes:
    """The public key of this worker's process, which is started with the first question; empty where it does not start."""
    if _PUBLIC and _CREW[0].poll() is None:  # it may be busy for minutes; nobody waits for that here
        return _PUBLIC[0]
    with _ONE_AT_A_TIME:
        _start()
        return _PUBLIC[0]


def do_share(sealed: bytes) -> bytes:
    """The sealed answer to a share; empty where it was sealed for another process.

    Raises:
        CrewLost: the process ended meanwhile.
    """
    with _ONE_AT_A_TIME:
        if not _CREW or _CREW[0].poll() is not None:
            raise CrewLost
        return _asked(sealed.hex().encode() + b"\n")


def _start() -> None:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # threads would not survive a fork
    _CREW[:] = [subprocess.Popen([sys.executable, "-m", "safe_lib.runtime.hand", str(os.getpid())], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, env=environment)]
    try:
        _PUBLIC[:] = [_asked(b"")]
    except CrewLost:
        _PUBLIC[:] = [b""]


def _asked(line: bytes) -> bytes:
    crew = _CREW[0]
    try:
        assert crew.stdin and crew.stdout  # noqa: S101  both are pipes
        crew.stdin.write(line)
        crew.stdin.flush()
        said = crew.stdout.readline()
    except (OSError, ValueError):
        said = b""
    if not said.endswith(b"\n"):
        raise CrewLost
    return bytes.fromhex(said.decode())
