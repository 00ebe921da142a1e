"""CSV and JSON of strangers as rows of text: strict, line by line, and never more than the limits allow."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from safe_lib.tables.limits import Limits, Refused, too_many

Row = Sequence[str]

SEPARATORS: Final = (",", ";", "\t")
_OTHERS: Final = ("%pdf", "<", "{\\rtf", "gif8", "#!", "mz", "pk\x03", "begin:", "\x7felf")  # how files begin that are no tables
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_QUOTED: Final = re.compile(r'"[^"]*"')
_STEP: Final = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|$)|[\[\]{},]', re.S)  # strings are passed over as a whole, an open one up to the end


def csv_rows(raw: bytes, limits: Limits) -> Iterator[Row]:
    """The rows of a CSV file, its column names first.

    Raises:
        Refused: not text, not a table, or too much of it.
    """
    text = text_of(raw)
    csv.field_size_limit(max(limits.cell, 100_000))  # what lies between is told as a long cell, with its row
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        for row in lines:
            if row:
                yield row
    except csv.Error:
        raise Refused("this is not CSV: a quote is not closed, or a field is too long.", "Save it again as CSV in UTF-8.", lines.line_num) from None


def text_of(raw: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 with its mark.

    Raises:
        Refused: another encoding, another kind of file, or characters that no table holds.
    """
    try:
        text = raw.decode("utf-16" if raw.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("the text is not UTF-8.", "Save it again as UTF-8 (in Excel: CSV UTF-8).") from None
    if text.lstrip()[:8].lower().startswith(_OTHERS):
        raise Refused("this is another kind of file under the name of a table.", "Export the table again.")
    if (found := _UNPRINTABLE.search(text)) is not None:
        raise Refused("there is a character that no table holds.", "Save it again as plain text in UTF-8.", text.count("\n", 0, found.start()) + 1)
    return text


def _separator(text: str) -> str:
    """What stands most often between the column names."""
    first = _QUOTED.sub("", text.partition("\n")[0][:100_000])
    return max(SEPARATORS, key=first.count)


def json_tables(raw: bytes, limits: Limits) -> Mapping[str, Iterable[Row]]:
    """The tables of a JSON file: a list of flat maps, or several of them by name.

    Raises:
        Refused: too deep, too much, or not such a list.
    """
    text = text_of(raw)
    _look_at_shape(text.encode(), limits)
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused("this is not JSON, or a key stands twice.", "Export the table again.") from None
    tables = value if isinstance(value, dict) else {"": value}
    return {name: _records(rows, limits) for name, rows in tables.items()}


def _look_at_shape(raw: bytes, limits: Limits) -> None:
    """Depth and number of values, before anything is built: a list in a list costs thirty times its bytes."""
    depth = commas = 0
    for step in _STEP.finditer(raw):
        mark = step[0]
        depth += (mark in (b"[", b"{")) - (mark in (b"]", b"}"))
        commas += mark == b","
        if depth > limits.depth:
            raise Refused(f"the file is nested more than {limits.depth} levels deep.", "Export it as a list of flat records.")
        if commas > limits.cells:
            raise too_many("values", limits.cells)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _no_number(_: str) -> None:
    raise ValueError


def _records(rows: Any, limits: Limits) -> Iterator[Row]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused("this is not a list of records.", 'Write [{"column": "value"}, …].')
    columns = list(dict.fromkeys(key for row in rows for key in row))
    if len(columns) > limits.columns:
        raise too_many("columns", limits.columns)
    yield columns
    for row in rows:
        yield [_word(row.get(column)) for column in columns]


def _word(value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise Refused("a record holds a list or a map.", "Write one value in each column.")
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: ""}[value]
    return value if isinstance(value, str) else json.dumps(value)
