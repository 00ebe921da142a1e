"""CSV and XLSX files in which every text stays a text: nothing in them is read as a formula (SEC-38).

A spreadsheet program takes a cell that begins with `=`, `+`, `-` or `@` for a formula, also behind what cannot be seen. An
apostrophe before it makes it a text. Only texts are treated so: a number that comes as a number stays one.
"""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

Value = str | int | float | bool | date | datetime | None

STARTERS: Final = frozenset("=+-@%|\N{MINUS SIGN}")  # ASVS 5.0, 1.2.10; `%` and `|` begin what DDE takes for a command
APOSTROPHE: Final = "'"
LONGEST: Final = 32_000  # characters of a cell; Excel takes 32,767
CUT: Final = " […]"
MADE: Final = datetime(1980, 1, 1, tzinfo=UTC)  # the time that every workbook names as its own

# Letters (Lo) and marks (Mn) that nobody sees; spaces, controls and formats are known by their categories.
_UNSEEN: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | frozenset(map(chr, range(0xFE00, 0xFE10)))
_UNSEEN_KINDS: Final = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAK: Final = re.compile(r"(?<=[;\t\n])")  # where another program may begin a new cell


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its column names; each row has one value for each column."""

    columns: Sequence[str]
    rows: Iterable[Sequence[Value]]


def csv_file(sheet: Sheet) -> bytes:
    """A table as CSV: UTF-8 with a mark by which spreadsheet programs know it, every field in quotes (RFC 4180).

    Raises:
        ValueError: a row does not fit the columns.
    """
    text = io.StringIO(newline="")
    lines = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in _rows(sheet):
        lines.writerow([_as_text(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def xlsx_file(sheets: Mapping[str, Sheet]) -> bytes:
    """Tables as one workbook, a sheet for each name, made in memory; the same tables give the same bytes, and no author is named.

    Raises:
        ValueError: a row does not fit the columns, or there is no sheet.
    """
    import xlsxwriter  # and not openpyxl, which would write the cells into temporary files first

    if not sheets:
        raise ValueError("a workbook needs at least one sheet")
    rows_of = {name: list(_rows(sheet)) for name, sheet in sheets.items()}
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties({"created": MADE})
        text = book.add_format({"quote_prefix": True})  # stays a text when somebody edits the cell
        for place, (name, rows) in enumerate(rows_of.items(), start=1):
            page = book.add_worksheet(_sheet_name(name, place))
            page.freeze_panes(1, 0)
            for number, row in enumerate(rows):
                _write(page, number, row, text)
    return file.getvalue()


def neutral(text: str) -> str:
    """A text that no spreadsheet program takes for a formula, as a whole or where it breaks it into cells.

    What cannot be printed is left out; an apostrophe stands before whatever begins like a formula behind spaces, marks that
    nobody sees, or quotes. Line breaks become plain ones, and a text longer than a cell can hold ends with ` […]`.
    """
    shown = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(shown) > LONGEST:
        shown = shown[: LONGEST - len(CUT)] + CUT
    first, *others = _BREAK.split(shown)
    return _quoted(first, is_first=True) + "".join(_quoted(part, is_first=False) for part in others)


def _quoted(part: str, *, is_first: bool) -> str:
    return APOSTROPHE + part if _begins_like_a_formula(part) or (is_first and part[:1] in ("\t", "\n")) else part


def _begins_like_a_formula(text: str) -> bool:
    for letter in text:
        if letter == '"' or letter in _UNSEEN or unicodedata.category(letter) in _UNSEEN_KINDS:
            continue
        return unicodedata.normalize("NFKC", letter)[:1] in STARTERS
    return False


def _rows(sheet: Sheet) -> Iterable[Sequence[Value]]:
    yield list(sheet.columns)
    for place, row in enumerate(sheet.rows, start=1):
        if len(row) != len(sheet.columns):
            raise ValueError(f"row {place} has {len(row)} values for {len(sheet.columns)} columns")
        yield row


def _as_text(value: Value) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else repr(value)


def _write(page: Any, number: int, row: Sequence[Value], text: Any) -> None:
    for place, value in enumerate(row):
        if isinstance(value, str):
            page.write_string(number, place, neutral(value), text)
        elif isinstance(value, bool):
            page.write_boolean(number, place, value)
        elif isinstance(value, date):
            page.write_datetime(number, place, value.replace(tzinfo=None) if isinstance(value, datetime) else value)
        elif value is not None and math.isfinite(value):
            page.write_number(number, place, value)


def _sheet_name(name: str, place: int) -> str:
    """As Excel allows it: 31 characters, none of which has a meaning in a reference; its number before a name that was cut."""
    plain = re.sub(r"[\\/*?:\[\]'\x00-\x1f]", " ", name).strip()
    return plain if 0 < len(plain) <= 31 else f"{place} {plain[:27]}".strip()
