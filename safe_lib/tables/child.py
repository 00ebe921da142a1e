"""The process that reads one foreign file: limits itself, reads standard input, says rows or a refusal, and ends.

Started by `reading`; it knows no store, no person and no path.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import Any, Final

from safe_lib.tables.archives import is_archive, open_archive, read_part
from safe_lib.tables.limits import Limits, Refused, too_many
from safe_lib.tables.plain import csv_rows, json_tables

Table = tuple[str, Iterable[Sequence[str]]]

INSIDE: Final = ("csv", "json")  # what a ZIP file may hold: an archive in an archive is not opened
_MEMORY: Final = Refused("reading it takes more memory than a table needs.", "Split it, or check that it is the right file.")


def tables_of(raw: bytes, kind: str, limits: Limits) -> Iterator[Table]:
    """The tables of one file by name.

    Raises:
        Refused: it is not what its name says, or more than it may be.
    """
    if is_archive(raw) is not (kind in ("xlsx", "zip")):
        raise Refused("the file is not what its name says.", "Export it again, under the name that fits.")
    if kind == "csv":
        yield "", csv_rows(raw, limits)
    elif kind == "json":
        yield from json_tables(raw, limits).items()
    elif kind == "xlsx":
        from safe_lib.tables.workbooks import sheets

        yield from sheets(raw, limits)
    else:
        yield from _in_zip(raw, limits)


def _in_zip(raw: bytes, limits: Limits) -> Iterator[Table]:
    with open_archive(raw, limits) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        for name in names:
            kind = PurePath(name).suffix.lower().removeprefix(".")
            if kind not in INSIDE:
                raise Refused("the archive holds something that is no table.", f"Put only {' and '.join(INSIDE)} files into it.")
            for inner, rows in tables_of(read_part(archive, name, limits), kind, limits):
                yield "/".join(filter(None, (name, inner))), rows


class Teller:
    """Says tables line by line, and counts."""

    def __init__(self, limits: Limits) -> None:
        """Nothing has been said yet."""
        self.limits, self.tables, self.cells = limits, 0, 0

    def tell(self, name: str, rows: Iterable[Sequence[str]]) -> None:
        """One table: its name and columns first, then its rows."""
        self.tables += 1
        if self.tables > self.limits.tables:
            raise too_many("tables", self.limits.tables)
        columns: list[str] = []
        for place, row in enumerate(rows):
            self._count(row, place)
            if place == 0:
                columns = list(row)
                _say({"table": name, "columns": columns})
            elif len(row) > len(columns):
                raise Refused("a row has more values than there are columns.", "Put a name above every column.", place + 1)
            else:
                _say(list(row))

    def _count(self, row: Sequence[str], place: int) -> None:
        self.cells += len(row)
        if place > self.limits.rows:
            raise too_many("rows", self.limits.rows)
        if len(row) > self.limits.columns:
            raise too_many("columns", self.limits.columns)
        if self.cells > self.limits.cells:
            raise too_many("cells", self.limits.cells)
        if any(len(cell) > self.limits.cell for cell in row):
            raise Refused(f"a cell holds more than {self.limits.cell:,} characters.", "Shorten it.", place + 1)


def _say(words: Any) -> None:
    sys.stdout.write(json.dumps(words, separators=(",", ":")) + "\n")


def limit_this_process(limits: Limits) -> None:
    """No more memory and time than these; where the system knows no such limits, the parent still ends us in time."""
    try:
        import resource
    except ImportError:  # Windows
        return
    seconds = int(limits.seconds) + 1
    for kind, most in ((resource.RLIMIT_AS, limits.memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # some systems know a limit by name only
            resource.setrlimit(kind, (most, most))


def main(kind: str, limits: Limits) -> None:
    """Read standard input and say what it holds."""
    limit_this_process(limits)
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would load it for one type check: 40 MB
    teller = Teller(limits)
    try:
        for name, rows in tables_of(sys.stdin.buffer.read(limits.size + 1), kind, limits):
            teller.tell(name, rows)
        _say({"end": True})
    except Refused as why:
        _say({"refused": why.problem, "repair": why.repair, "line": why.line})
    except (MemoryError, RecursionError):
        _say({"refused": _MEMORY.problem, "repair": _MEMORY.repair, "line": 0})
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], Limits(**json.loads(sys.argv[2])))
