"""Sessions of people and visits of kernels: who is signed in, and which kernel works for whom."""

from __future__ import annotations

import os
import secrets
import socket
import struct
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from safe_lib.rights.handover import Visit
from safe_lib.rights.permission import Role

LONGEST: Final = 8 * 3600  # seconds; then one signs in again
IDLE: Final = 30 * 60  # seconds without a request or an answer


@dataclass
class Session:
    """One person signed in in one browser."""

    person: str
    role: Role
    key: bytes
    began: float = field(default_factory=time.monotonic)
    seen: float = field(default_factory=time.monotonic)

    def is_over(self, now: float) -> bool:
        """Too long ago, or idle for too long."""
        return now - self.began > LONGEST or now - self.seen > IDLE


class Sessions:
    """Signed-in browsers by token. In memory only: a restart of the server signs everybody out."""

    def __init__(self) -> None:
        """Start with nobody signed in."""
        self._open: dict[str, Session] = {}

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
        if session.is_over(now):
            self.end(token)
            return None
        session.seen = now
        return session

    def end(self, token: str | None) -> None:
        """Sign out."""
        self._open.pop(token or "", None)


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

