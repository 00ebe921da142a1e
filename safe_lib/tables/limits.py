"""How much a foreign file may hold, and how it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from safe_lib.model.errors import CatalogueError


class ForeignFileError(CatalogueError):
    """A file from elsewhere cannot be taken as it is; the message never holds a cell of it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file from elsewhere may hold before it is refused."""

    size: int = 20_000_000  # bytes of the file
    unpacked: int = 60_000_000  # bytes of everything in an archive
    ratio: int = 100  # unpacked to packed; tables of words come to 5 to 30
    parts: int = 200  # files in an archive
    tables: int = 50
    rows: int = 100_000  # of one table
    columns: int = 500
    cells: int = 300_000  # of all tables; in a workbook, 40,000 take a second
    cell: int = 32_767  # characters
    depth: int = 6  # levels of JSON; a list of maps has two
    seconds: float = 4.5  # from the first byte to the last; SEC-39 allows 5 for everything
    memory: int = 280_000_000  # bytes of address space of the process that reads, where the system can limit it


USUAL: Final = Limits()


class Refused(Exception):
    """Why a file is not taken, and what to do: raised while reading, told as a `ForeignFileError`."""

    def __init__(self, problem: str, repair: str, line: int = 0) -> None:
        """Say what is wrong and how to mend it; `line` is 1-based, 0 for the whole file."""
        super().__init__(problem)
        self.problem, self.repair, self.line = problem, repair, line


def too_many(what: str, most: int) -> Refused:
    """More of something than a table may have."""
    return Refused(f"there are more than {most:,} {what}.", "Split the file, or check that it is the right one.")
