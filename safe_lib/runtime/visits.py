"""Sessions of people and visits of kernels: who is signed in, and which kernel works for whom."""

from __future__ import annotations

import os
import secrets
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from safe_lib.rights.handover import Visit
from safe_lib.rights.permission import Role
from safe_lib.store import Store

LONGEST: Final = 8 * 3600  # seconds; then one signs in again (SEC-23)


@dataclass
class Session:
    """One person signed in in one browser."""

    person: str  # user name
    key: bytes  # their key ring; empty once the session is over
    store: Store  # opened with it
    rest: int  # seconds without a request or an answer
    way_in: bytes  # what of the key file let them in
    stamp: tuple[int, int]  # of the key file, when that was last looked at
    limit: str = ""  # what has to be done before anything else: `renew` the passphrase, or turn on a `code`
    role: Role = "own"
    id: str = field(default_factory=lambda: secrets.token_hex(16))  # says whose kernels are whose; opens nothing
    began: float = field(default_factory=time.monotonic)
    seen: float = field(default_factory=time.monotonic)

    def __repr__(self) -> str:
        return "Session()"

    def is_over(self, now: float) -> bool:
        """Too long ago, or idle for too long."""
        return now - self.began > LONGEST or now - self.seen > self.rest


class Sessions:
    """Signed-in browsers by token. In memory only: a restart of the server signs everybody out."""

    def __init__(self, is_still_in: Callable[[Session], bool], ended: Callable[[Session], None]) -> None:
        """Start with nobody signed in.

        Args:
            is_still_in: asked at each request whether the person still has a way in.
            ended: told of each session that is over.
        """
        self._open: dict[str, Session] = {}
        self._is_still_in, self._ended = is_still_in, ended

    def begin(self, session: Session) -> str:
        """A new token of 256 bits for a session."""
        token = secrets.token_urlsafe(32)
        self._open[token] = session
        return token

    def of(self, token: str | None) -> Session | None:
        """The session of a token, kept alive by being asked for."""
        session = self._open.get(token or "")
        if session is None:
            return None
        now = time.monotonic()
        if session.is_over(now) or not self._is_still_in(session):
            self.end(token)
            return None
        session.seen = now
        return session

    def renewed(self, token: str | None) -> str:
        """Another token for the same session: after signing in further, the old one is worth nothing."""
        return self.begin(self._open.pop(token or ""))

    def end(self, token: str | None) -> None:
        """Sign out."""
        session = self._open.pop(token or "", None)
        if session is not None:
            self._ended(session)

    def end_all(self, person: str, but: str | None = None) -> None:
        """Sign somebody out everywhere, but in the browser with one token."""
        for token, session in list(self._open.items()):
            if session.person == person and token != but:
                self.end(token)

    def used(self, id: str) -> bool:
        """An answer came over the line of a kernel: its session is not idle. False where it is over."""
        token = next((token for token, session in self._open.items() if session.id == id), None)
        return self.of(token) is not None

    def sweep(self) -> None:
        """End the sessions whose time is over, and their kernels with them, without waiting for a request."""
        now = time.monotonic()
        for token, session in list(self._open.items()):
            if session.is_over(now):
                self.end(token)


class Handover:
    """Waits on a local socket for kernels that ask for whom they work."""

    def __init__(self) -> None:
        """Open the socket in a folder of its own, for this user only."""
        self._folder = tempfile.TemporaryDirectory(prefix="wb-")
        self.path = str(Path(self._folder.name) / "s")
        self._waiting: dict[int, Visit] = {}  # process number → visit
        self._lock = threading.Lock()
        old = os.umask(0o177)
        try:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._socket.bind(self.path)
        finally:
            os.umask(old)
        self._socket.listen(64)
        threading.Thread(target=self._serve, daemon=True, name="handover").start()

    def expect(self, pid: int, visit: Visit) -> None:
        """A kernel with this process number may ask once."""
        with self._lock:
            self._waiting[pid] = visit

    def forget(self, pid: int) -> None:
        """A kernel ended before it asked."""
        with self._lock:
            self._waiting.pop(pid, None)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with line:
            pid, uid, _ = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            visit = self._taken(pid) if uid == os.getuid() else None
            if visit is not None:
                line.sendall(visit.to_line())

    def _taken(self, pid: int) -> Visit | None:
        """The visit of a kernel; it may be asked for an instant before the server has noted it."""
        for _ in range(50):
            with self._lock:
                if pid in self._waiting:
                    return self._waiting.pop(pid)
            time.sleep(0.02)
        return None

