"""Safety copies, for every door: may I?, then the store, with a line in the trail.

Restoring has no desk: where it is needed there is no store yet. Its line in the trail is the restored store's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from safe_lib.casework import Desk, _may
from safe_lib.store.backup import Copied, LastCopy
from safe_lib.store.drill import Drill, drill
from safe_lib.store.restore import Opener


def back_up(desk: Desk, to: Path) -> Copied:
    """Make a safety copy in a folder that is there, or as a new file; it was read back when this returns."""
    return _may(desk, "team.back_up").back_up(to, by=desk.person, at=desk.now())


def new_key(desk: Desk) -> tuple[str, ...]:
    """A new key for the safety copies of a team: its three shares, of which two open them. They are seen this once."""
    return _may(desk, "team.copies_key").new_copies_key(by=desk.person, at=desk.now())


def copies(desk: Desk) -> tuple[LastCopy, ...]:
    """Every place with its newest copy."""
    return _may(desk, "team.back_up").copies()


def waiting(desk: Desk) -> tuple[LastCopy, ...]:
    """The places in which an erasure does not count yet, because the copy of the vault there is older."""
    return tuple(one for one in desk.open_store().copies() if one.erased_since)


def overdue(desk: Desk) -> tuple[LastCopy, ...]:
    """The places whose copy of the vault is older than the thirty days that people are told."""
    return tuple(one for one in copies(desk) if one.is_overdue(desk.now()))


def forget(desk: Desk, place: str) -> bool:
    """The copies in a place were destroyed; whether the place was known."""
    return _may(desk, "team.back_up").forget_copies(place)


def try_restore(desk: Desk, passphrase: str, person: str | None, shares: Sequence[str] = ()) -> Drill:
    """The restore drill: copy, restore elsewhere, compare, take away."""
    return drill(_may(desk, "team.back_up"), Opener(passphrase, person, shares), at=desk.now())
