"""Lists that belong to a case, each kept as one paper: an entry is added or replaced, and every earlier version stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.model.errors import CaseChanged, WrongUse

ENTRIES: Final = "entries"
TRIES: Final = 5  # somebody else may be writing in the same list
LONGEST: Final = 500  # letters of one field

Entry = dict[str, Any]


def entries_in(body: Mapping[str, Any] | None) -> tuple[Entry, ...]:
    """The entries of a paper, in the order in which they were written."""
    return tuple(body.get(ENTRIES, ())) if body else ()


def entries(desk: Desk, ref: str, kind: str) -> tuple[Entry, ...]:
    """The entries of one list of a case."""
    found = casework.paper(desk, ref, kind)
    return entries_in(found.body if found else None)


def change(desk: Desk, ref: str, kind: str, how: Callable[[Sequence[Entry]], Sequence[Entry]]) -> None:
    """Write a list anew; what somebody else added meanwhile is kept."""
    for _ in range(TRIES):
        before = casework.paper(desk, ref, kind)
        after = how(entries_in(before.body if before else None))
        try:
            casework.save_paper(desk, ref, kind, {ENTRIES: list(after)}, seen=before.revision if before else 0)
        except CaseChanged:
            continue
        return
    raise WrongUse(f"{ref}: somebody else is writing here.\n  Try again in a moment.")


def add(desk: Desk, ref: str, kind: str, entry: Entry) -> None:
    """Add one entry at the end."""
    change(desk, ref, kind, lambda there: [*there, entry])


def said(words: str, what: str, *, required: bool = True) -> str:
    """Words as they are kept: on one line, and not longer than a field holds.

    Raises:
        WrongUse: there have to be some.
    """
    kept = " ".join(words.split())[:LONGEST]
    if required and not kept:
        raise WrongUse(f"{what}: it has to be said.\n  A few words are enough.")
    return kept
