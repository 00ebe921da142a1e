"""What the server writes down: that something failed, of which kind and where in the program, and never what was in it (SEC-56).

A path can hold the reference of a case, the message of an error what somebody wrote, a referrer both. So nothing of a
request is written, and of a fault its kind and its place. That somebody signed in, or failed to, stands in the audit trail.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, Final

PLACES: Final = 3  # of a fault that are told, the last first
FAULT: Final = 500  # status of what went wrong inside the program

log = logging.getLogger("safe")


class Little(logging.Formatter):
    """Level, where in the program, and the kind of the fault; no message, which a library puts together from anything."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        said = record.getMessage() if record.name == log.name else f"{record.name}, {Path(record.pathname).name}:{record.lineno}"
        fault = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        return f"{record.levelname.lower()}: {said}{f': {place_of(fault)}' if fault is not None else ''}"


def place_of(fault: BaseException) -> str:
    """The kind of a fault, and where it arose."""
    frames = traceback.extract_tb(fault.__traceback__)[-PLACES:]
    return " < ".join([type(fault).__name__, *(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))])


def say_little() -> None:
    """From now on every library and every thread of this process writes in this manner, and warnings not at all."""
    handler = logging.StreamHandler()
    handler.setFormatter(Little())
    for name in (None, *logging.root.manager.loggerDict):
        one = logging.getLogger(name)
        one.handlers.clear()
        one.propagate = True
    logging.root.addHandler(handler)
    logging.disable(logging.WARNING)
    sys.excepthook = _hook
    threading.excepthook = lambda said: _hook(said.exc_type, said.exc_value, said.exc_traceback)
    sys.unraisablehook = lambda said: _hook(said.exc_type, said.exc_value, said.exc_traceback)


def answered(handler: Any) -> None:
    """Tornado's word after each answer: only the program's own faults are written down, without the address."""
    if handler.get_status() >= FAULT:
        log.error("%s at %s %s", handler.get_status(), handler.request.method, type(handler).__name__)


def _hook(kind: type[BaseException], fault: BaseException | None, trace: TracebackType | None) -> None:
    log.error("fault", exc_info=(kind, fault or kind(), trace))
