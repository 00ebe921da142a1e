"""One moment: what is asked of the store more than once while a page is made is read once.

Outcome, pattern, steps and explanation of one page rest on the same answers, and each asks for them. Within a moment they
are told what the first was told, so the page tells of one state and not of several; whatever this process writes ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

Read = TypeVar("Read")

_KNOWN: Final[ContextVar[dict[Hashable, Any] | None]] = ContextVar("known_in_this_moment", default=None)


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read in here is read once; for work that is done in one go, in one thread. A moment within a moment is the same."""
    if _KNOWN.get() is not None:
        yield
        return
    token = _KNOWN.set({})
    try:
        yield
    finally:
        _KNOWN.reset(token)


def once(what: Hashable, read: Callable[[], Read]) -> Read:
    """What `read` gave before in this moment, or gives now; outside a moment always now.

    Args:
        what: names everything that it depends on, the store and the person included.
        read: a result that nobody changes.
    """
    known = _KNOWN.get()
    if known is None:
        return read()
    if what not in known:
        known[what] = read()
    found: Read = known[what]
    return found


def moment_is_over() -> None:
    """Something was written: what was read before may not hold any more."""
    if (known := _KNOWN.get()) is not None:
        known.clear()
