"""Counts what really comes over the line, packed as it is: a passage between browser and server that adds up bytes.

A browser tells its tools how long the messages of a websocket are once they are unpacked; what a poor line has to carry is
something else.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Final

PIECE: Final = 65536


class Relay:
    """Passes on to a port of this machine and counts what comes back; for one browser at a time."""

    def __init__(self, to: int) -> None:
        """Listen on a port of its own."""
        self.to = to
        self.came = 0  # bytes from the server
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._receive, daemon=True).start()

    def taken(self) -> float:
        """KiB since the last look."""
        found, self.came = self.came / 1024, 0
        return found

    def close(self) -> None:
        """Nobody comes any more; lines that are open end with their browser."""
        self._door.close()

    def _receive(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                visitor = self._door.accept()[0]
                server = socket.create_connection(("127.0.0.1", self.to))
                for one, other, counts in ((visitor, server, False), (server, visitor, True)):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    threading.Thread(target=self._pass_on, args=(one, other, counts), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, counts: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := one.recv(PIECE):
                if counts:
                    self.came += len(piece)
                other.sendall(piece)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
