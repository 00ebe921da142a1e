"""What an open store can do about its safety copies, and whether it is sound itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from safe_lib.store import backup, soundness
from safe_lib.store.backup import Copied, LastCopy
from safe_lib.store.shares import new_shares

if TYPE_CHECKING:
    from safe_lib.store.boxes import Holder


class KeepsCopies:
    """The part of a store that deals with safety copies."""

    path: Path
    _holder: Holder
    _reading: Callable[[], AbstractContextManager[Connection]]
    _writing: Callable[[], AbstractContextManager[Connection]]

    def back_up(self, to: Path, *, by: str, at: datetime) -> Copied:
        """Make a safety copy in a folder, or as a new file; it was read back when this returns.

        Raises:
            StoreError: the store is damaged, or the place takes no file; the copies before it are kept.
            WrongUse: several people work here, and the key of the copies was not made yet.
        """
        place = backup.place_of(to)
        made = backup.back_up(self.path, self._holder.ring, place, at=at)
        with self._writing() as connection:
            backup.remember(connection, place, by=by, at=at)
        return made

    def new_copies_key(self, *, by: str, at: datetime) -> tuple[str, ...]:
        """A new key for the safety copies; its three shares, seen this once. Older copies stay under theirs."""
        made = new_shares()
        with self._writing() as connection:
            backup.keep_public(connection, made.public, by=by, at=at)
        return made.words

    def copies(self) -> tuple[LastCopy, ...]:
        """Every place with its newest safety copy."""
        with self._reading() as connection:
            return backup.places(connection)

    def forget_copies(self, place: str) -> bool:
        """The copies in a place were destroyed; whether the place was known."""
        with self._writing() as connection:
            return backup.forget(connection, place)

    def damages(self) -> tuple[str, ...]:
        """What is wrong with the database itself, in its own words; empty where every page is as it was written."""
        with self._reading() as connection:
            return soundness.damages(connection)
