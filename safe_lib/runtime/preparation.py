"""The prepared process as its server sees it: started first of all, ready in the background, started again where it ends.

Nothing of Jupyter is imported here, so that it can be on its way before the server itself is loaded.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import subprocess
import sys
import tempfile
from time import monotonic
from typing import Final

from safe_lib.runtime.clean_memory import without_settings

NO_HISTORY: Final = "--HistoryManager.enabled=False"  # of each kernel: what somebody writes in a cell goes into no file
READY_WITHIN: Final = 10.0  # seconds that a kernel waits for the prepared process of a server that has just been started; a stock kernel would take longer
LOOK_AGAIN: Final = 0.02  # seconds between two looks whether it is ready
STARTS: Final = 5  # of the prepared process, in the life of a server


def can_fork() -> bool:
    """Kernels are forked on Linux alone: elsewhere a process that has used the system's libraries may not go on as two."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


class Prepared:
    """The prepared process of this server."""

    def __init__(self) -> None:
        """Nothing is started yet."""
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self.path = ""

    def start(self) -> None:
        """Start it; it becomes ready in the background. Not where processes cannot be forked."""
        if not can_fork():
            return
        self._starts += 1
        self.path = os.path.join(tempfile.mkdtemp(prefix="wb-k-"), "s")
        self._process = subprocess.Popen([sys.executable, "-m", "safe_lib.runtime.prepared", self.path, str(os.getpid())],
                                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                         env=without_settings(os.environ))
        atexit.register(self._process.kill)

    def is_ready(self) -> bool:
        """It runs and listens."""
        return self._process is not None and self._process.poll() is None and os.path.exists(self.path)

    def has_ended(self) -> bool:
        """It was started and runs no more; nor does any kernel that came from it."""
        return self._process is not None and self._process.poll() is not None

    async def becomes_ready(self) -> bool:
        """Whether it is ready, after a moment for one that was started just now. One that has ended is started again, for those who come later."""
        end = monotonic() + READY_WITHIN
        while self._process is not None and not self.has_ended() and not self.is_ready() and monotonic() < end:
            await asyncio.sleep(LOOK_AGAIN)
        if self.has_ended() and self._starts < STARTS:
            self.start()
            return False
        return self.is_ready()

    def stop(self) -> None:
        """End it, and every kernel that came from it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


PREPARED = Prepared()
