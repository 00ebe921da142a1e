"""Links by which one copy leaves: each for one session, once, within a minute (SEC-50).

A link holds no document. The copy stays sealed in the store until the link is followed; then `casework.disclose` looks at
right and consent of that moment, and writes the line. So no file of ours is ever on the disk.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from safe_lib.model.case import Report
from safe_lib.report.make import Terms

LASTS: Final = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Waiting:
    """A copy that somebody may take out now."""

    session: str  # id
    report: Report
    terms: Terms
    until: float  # by the clock

    def __repr__(self) -> str:
        return "Waiting()"


class Links:
    """Links by their token of 256 bits; in memory only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with none."""
        self._clock = clock
        self._waiting: dict[str, Waiting] = {}

    def new(self, session: str, report: Report, terms: Terms) -> str:
        """The token of a new link."""
        self._forget()
        token = secrets.token_urlsafe(32)
        self._waiting[token] = Waiting(session, report, terms, self._clock() + LASTS)
        return token

    def take(self, token: str, session: str) -> Waiting | None:
        """What waits behind a link, once; None where it is over, was used, or is somebody else's."""
        self._forget()
        found = self._waiting.get(token)
        if found is None or found.session != session:
            return None
        return self._waiting.pop(token)

    def _forget(self) -> None:
        now = self._clock()
        self._waiting = {token: one for token, one in self._waiting.items() if one.until > now}
