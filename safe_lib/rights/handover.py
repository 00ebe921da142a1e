"""How a kernel learns for whom it works: over a local socket, once, and never by environment, command line or file.

The environment only names the socket, which is no secret. The server tells the caller by its process number, hands over
to a kernel it started itself and to nobody else, and forgets what it handed over.
"""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict, dataclass, fields
from typing import Final

from safe_lib.rights.permission import Role

VARIABLE: Final = "SAFE_HANDOVER"  # path of the socket
PATIENCE: Final = 10.0  # seconds
LARGEST: Final = 65536  # bytes of one hand-over


@dataclass(frozen=True, slots=True)
class Visit:
    """Who works in one kernel, in which store, on which case, with which choices on the page."""

    store: str  # path
    key: str  # hex; the person's key ring
    person: str
    role: Role
    language: str
    workbook: str
    case: str
    choice: str = ""  # instrument chosen on the page
    scenario: str = ""
    session: str = ""  # whose kernel it is; opens nothing

    def to_line(self) -> bytes:
        """One line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    def __repr__(self) -> str:
        return f"Visit({self.workbook!r})"  # no key, no case: this may end in a log


def receive() -> Visit | None:
    """Ask the server who this kernel works for; None where no server started it."""
    path = os.environ.get(VARIABLE)
    if not path:
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(PATIENCE)
        line.connect(path)
        said = line.makefile("rb").readline(LARGEST)
    known = {field.name for field in fields(Visit)}
    return Visit(**{name: value for name, value in json.loads(said).items() if name in known}) if said.strip() else None
