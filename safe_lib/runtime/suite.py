"""What the running server knows: its store, who is signed in, which kernel works for whom."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import paths
from safe_lib.model.errors import WrongKey
from safe_lib.runtime.visits import Handover, Session, Sessions
from safe_lib.store import Store, derive_key

SLOW_AFTER: Final = 5  # failures; from then on each waits
SLOWEST: Final = 30  # seconds


class Suite:
    """What the running server knows: its store, who is signed in, which kernel works for whom."""

    def __init__(self, path: Path) -> None:
        """Serve this store; it is opened by the first person who signs in."""
        self.path = path
        self.sessions = Sessions()
        self.handover = Handover()
        self.owners: dict[str, str] = {}  # kernel id → person
        self.notebooks = {file.stem for file in paths.WORKBOOKS.glob("*.ipynb")}
        self.kernels: Any = None
        self._store: Store | None = None
        self._failures: list[float] = []

    def store(self, key: bytes) -> Store:
        """The open store."""
        if self._store is None:
            self._store = Store.open_with_key(self.path, key)
        return self._store

    async def sign_in(self, user: str, phrase: str) -> Session:
        """A session for somebody who knows the passphrase; wrong ones get slower.

        Raises:
            WrongKey: always in the same words.
        """
        now = time.monotonic()
        self._failures = [moment for moment in self._failures if now - moment < 3600]
        if len(self._failures) >= SLOW_AFTER:
            await asyncio.sleep(min(2 ** (len(self._failures) - SLOW_AFTER), SLOWEST))
        try:
            key = await asyncio.to_thread(derive_key, self.path, phrase)
            self.store(key) if self._store is None else await asyncio.to_thread(_check, self.path, key)
        except WrongKey:
            self._failures.append(now)
            raise
        return Session(user or "staff", "own", key)

    async def end_kernels(self, person: str) -> None:
        """End every kernel that works for somebody."""
        for kernel, owner in list(self.owners.items()):
            if owner == person and kernel in self.kernels:
                await self.kernels.shutdown_kernel(kernel, now=True)


def _check(path: Path, key: bytes) -> None:
    Store.open_with_key(path, key).close()


SUITE: list[Suite] = []
