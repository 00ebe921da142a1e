"""What the database says when it cannot, told as place, problem and repair.

Nothing of a statement, its values or the driver's own words reaches a message: those may hold content.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlcipher3 import dbapi2 as sqlcipher

from safe_lib.model.case import Paper, SavedAnswer, is_reference
from safe_lib.model.errors import CaseChanged, CaseNotFound, SafeError, StoreBusy, StoreError, WrongKey

DriverError: type[Exception] = sqlcipher.Error

_FULL = ("the disk, or the room given to the store, is full; nothing was saved.",
         "Make room, then save again. What was saved before is kept.")
_UNREADABLE = ("the file cannot be opened or written.", "Check that the folder is there and that you may write in it.")
_DAMAGED = ("a part of the file was changed or damaged from outside.",
            "Stop working in it, keep the file as it is, and restore the last safety copy.")

_TROUBLES: Final[dict[str, tuple[str, str]]] = {
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": ("the disk does not take or give data (full, removed or failing); nothing was saved.",
                     "Check the disk and the room on it, then save again. What was saved before is kept."),
    "SQLITE_READONLY": ("the store is read-only here.", "Check the rights of the file and of its folder."),
    "SQLITE_CANTOPEN": _UNREADABLE,
    "SQLITE_PERM": _UNREADABLE,
    "SQLITE_AUTH": _UNREADABLE,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
}
_SERVER: Final[dict[str, tuple[str, str]]] = {  # SQLSTATE of PostgreSQL, by its beginning
    "53100": _FULL,
    "25006": ("the database takes no writing here.", "Ask who looks after the database server."),
    "42501": ("the account may not do this in the database.", "Ask who looks after the database server: it has to own the store's tables."),
    "08": ("the connection to the database was lost; nothing of this was saved.", "Try again; what was saved before is kept."),
    "57P": ("the database server was stopped; nothing of this was saved.", "Wait until it runs again; what was saved before is kept."),
    "53": ("the database server has no room or no connection left; nothing was saved.", "Wait a little, and tell who looks after it."),
    "XX": _DAMAGED,
}
_BUSY_SERVER: Final = ("55P03", "40001", "40P01", "57014")
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")


class AnswerChanged(CaseChanged):
    """Somebody saved another answer to the same item meanwhile; `theirs` is that one. Nothing was overwritten."""

    def __init__(self, ref: str, theirs: SavedAnswer) -> None:
        """Say where; the answers themselves stay out of the message."""
        super().__init__(f"{ref}, {theirs.item}: somebody else saved another answer meanwhile. "
                         "Compare the two and save the right one.")
        self.theirs = theirs


class PaperChanged(CaseChanged):
    """Somebody saved another version of the same document meanwhile; `theirs` is that one."""

    def __init__(self, ref: str, theirs: Paper) -> None:
        """Say where; the content stays out of the message."""
        super().__init__(f"{ref}, {theirs.kind}: somebody else saved another version meanwhile. "
                         "Compare the two and save the right one.")
        self.theirs = theirs


def store_error(place: object, problem: str, repair: str) -> StoreError:
    """A `StoreError` in one paragraph: place, problem, repair."""
    return StoreError(f"{place}: {problem} {repair}")


def wrong_key(path: Path) -> WrongKey:
    """The same words whether the passphrase, the key or the first page of the file is wrong."""
    return WrongKey(f"{path}: this passphrase does not open the store. Try it again, or ask who set up the store.")


def no_such_case(ref: str) -> CaseNotFound:
    """The reference is repeated only if it looks like one: somebody may have typed a name."""
    shown = f"Case {ref}" if is_reference(ref) else "This case"
    return CaseNotFound(f"{shown} is not in the store, or you may not see it. Check the reference.")


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn errors of driver, toolkit and file system into ours, without the original and its content."""
    try:
        yield
    except (SQLAlchemyError, DriverError) as problem:
        raise _translated(path, problem) from None
    except OSError as problem:
        raise _of_the_disk(path, problem) from None


def is_wrong_key(problem: Exception) -> bool:
    """The first page could not be read with this key."""
    return _name(problem) == "SQLITE_NOTADB"


def _translated(path: Path, problem: Exception) -> SafeError:
    ours = getattr(problem, "orig", None)
    if isinstance(ours, SafeError):  # raised while a value was made ready for the database
        return ours
    if getattr(problem, "connection_invalidated", False):
        return store_error(path, *_SERVER["08"])
    name = _name(problem)
    if name.startswith(_BUSY) or name in _BUSY_SERVER:
        return StoreBusy(f"{path}: another program holds the store. Close it, or wait a little, and save again.")
    for beginning, (what, repair) in _TROUBLES.items():
        if name.startswith(beginning):
            return store_error(path, what, repair)
    for beginning, (what, repair) in _SERVER.items():
        if name.startswith(beginning):
            return store_error(path, what, repair)
    return store_error(path, f"the store could not do this ({name or type(problem).__name__}).",
                       "Try again; if it stays, tell who looks after the program.")


def _name(problem: Exception) -> str:
    """SQLite's own name of an error, such as SQLITE_FULL, or PostgreSQL's number; empty where it has none."""
    driver = getattr(problem, "orig", None) or problem
    return getattr(driver, "sqlite_errorname", None) or getattr(driver, "sqlstate", None) or ""


def _of_the_disk(path: Path, problem: OSError) -> StoreError:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return store_error(path, *_FULL)
    if problem.errno == errno.EROFS:
        return store_error(path, *_TROUBLES["SQLITE_READONLY"])
    return store_error(path, *_UNREADABLE)
