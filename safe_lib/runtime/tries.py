"""Wrong passphrases are counted, and each further one costs more time; a restart or another clock does not help.

The counts stand in a small private file beside the store, under the keyed hashes of the user names, so that it names
nobody. Names that do not exist are counted like names that do. A failure is as old as the machine says that has run
since; only across a restart of the machine the clock on the wall has to be believed, and never backwards.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from safe_lib.model.errors import StoreError, WrongKey
from safe_lib.store.keys import replace_private
from safe_lib.store.trouble import told

FREE: Final = 5  # failures in an hour that cost nothing
FIRST_WAIT: Final = 30  # seconds after the fifth, doubled with each further one (SEC-07)
LOCKED_AFTER: Final = 10  # failures in an hour; then only time helps
HOUR: Final = 3600.0
MOST_NAMES: Final = 2000  # counted at once; the oldest fall out
EVERYBODY: Final = "*"  # one count over all names, with room for several people who mistype
EVERYBODY_FACTOR: Final = 6


class TooManyTries(WrongKey):
    """Too many wrong passphrases: it has to be waited, whoever asks."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is: by the wall, and by a clock that nobody can set, which begins again with each start of the machine."""

    wall: Callable[[], float] = time.time
    running: Callable[[], float] = time.monotonic
    boot: Callable[[], str] = field(default=lambda: _boot())


def _boot() -> str:
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ""  # a system without one: the wall counts


class Tries:
    """The failures of the last hour at one store."""

    def __init__(self, store: Path, clock: Clock | None = None) -> None:
        """Count at the store with this path."""
        self.file = store.with_name(store.name + ".tries")
        self.clock = clock or Clock()

    def begin(self, name: str) -> int:
        """Count a try as failed before it is made, so that many at once gain nothing; how many failed before.

        Raises:
            TooManyTries: it has to be waited first; the try is not made, and not counted.
        """
        said = self._read()
        for one, free in ((name, 1), (EVERYBODY, EVERYBODY_FACTOR)):
            if self._wait(said.get(one, []), free) > 0:
                raise TooManyTries("sign-in: too many tries.\n  Wait a while, then try again.")
        before = len(said.get(name, []))
        now = [self.clock.wall(), self.clock.running(), self.clock.boot()]
        for one in (name, EVERYBODY):
            said.setdefault(one, []).append(now)
        self._write(said)
        return before

    def passed(self, name: str) -> None:
        """The try was right: its count is taken back, and those before it no longer count for this name."""
        said = self._read()
        said.pop(name, None)
        if said.get(EVERYBODY):
            said[EVERYBODY].pop()
        self._write(said)

    def _wait(self, failures: list[Any], free: int) -> float:
        """Seconds until the next try, by what has failed."""
        count = len(failures)
        if count < FREE * free:
            return 0.0
        waits = HOUR if count >= LOCKED_AFTER * free else FIRST_WAIT * 2 ** (count // free - FREE)
        return float(waits) - min(self._age(one) for one in failures)

    def _age(self, failure: Any) -> float:
        wall, running, boot = float(failure[0]), float(failure[1]), str(failure[2])
        if boot and boot == self.clock.boot():
            return max(0.0, self.clock.running() - running)
        return max(0.0, self.clock.wall() - wall)

    def _read(self) -> dict[str, list[Any]]:
        """The failures of the last hour; a file that cannot be read counts as none, and is written anew."""
        try:
            said = json.loads(self.file.read_bytes()[:4_000_000])
            kept = {str(name): [one for one in failures if self._age(one) < HOUR] for name, failures in said.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}
        return {name: failures for name, failures in kept.items() if failures}

    def _write(self, said: dict[str, list[Any]]) -> None:
        newest = dict(sorted(said.items(), key=lambda entry: entry[1][-1][0] if entry[1] else 0)[-MOST_NAMES:])
        with suppress(StoreError), told(self.file):  # a full disk must not lock everybody out
            replace_private(self.file, json.dumps(newest).encode())
