"""XLSX files of strangers: the values of their cells, by openpyxl, which never runs and never follows anything.

Before it sees the file: macros, links to other files, embedded objects, live connections and XML that declares entities are
refused. A formula gives the value that was last worked out and kept in the file.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from safe_lib.tables.archives import open_archive, read_part
from safe_lib.tables.limits import Limits, Refused, too_many

MAIN: Final = "xl/workbook.xml"
_ACTIVE: Final = re.compile(  # what does something, or reaches for something outside
    r"vbaproject|activex|ctrlprops|externallinks|embeddings|macrosheets|dialogsheets|customui|connections|querytables|webextensions|xl/model/",
    re.IGNORECASE,
)
_DECLARES: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OUTSIDE: Final = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>", re.IGNORECASE)
_HYPERLINK: Final = b"/relationships/hyperlink"  # an address in a cell, which nothing opens
_MACROS: Final = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
_XML: Final = (".xml", ".rels")
_PLAIN_COPY: Final = "Save it as a plain workbook (.xlsx) without macros, links and objects, or as CSV."


def sheets(raw: bytes, limits: Limits) -> Iterator[tuple[str, Iterator[Sequence[str]]]]:
    """The sheets of a workbook by name, each as rows of text.

    Raises:
        Refused: not a plain workbook, or too much of it.
    """
    with open_archive(raw, limits) as archive:
        _look_at(archive, limits)
    from openpyxl import load_workbook

    with _understood():
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    if len(book.worksheets) > limits.tables:
        raise too_many("sheets", limits.tables)
    for sheet in book.worksheets:
        yield sheet.title, _rows(sheet, limits)


@contextmanager
def _understood() -> Iterator[None]:
    """Whatever the library stumbles over, the file is not one it can read."""
    try:
        yield
    except (Refused, MemoryError):
        raise
    except Exception:
        raise Refused("the workbook is damaged, or not a workbook.", _PLAIN_COPY) from None


def _look_at(archive: zipfile.ZipFile, limits: Limits) -> None:
    names = archive.namelist()
    if MAIN not in names:
        raise Refused("this is not a workbook.", _PLAIN_COPY)
    if any(_ACTIVE.search(name) for name in names):
        raise Refused("the workbook holds macros, links to other files or embedded objects.", _PLAIN_COPY)
    for name in names:
        if name.lower().endswith(_XML):
            _look_at_xml(name, read_part(archive, name, limits))


def _look_at_xml(name: str, part: bytes) -> None:
    if part.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in part[:200]:
        raise Refused("a part of the workbook is not UTF-8.", _PLAIN_COPY)
    if _DECLARES.search(part):
        raise Refused("the workbook declares entities of its own.", _PLAIN_COPY)
    if name == "[Content_Types].xml" and _MACROS.search(part):
        raise Refused("the workbook holds macros, links to other files or embedded objects.", _PLAIN_COPY)
    if name.endswith(".rels") and any(_HYPERLINK not in link for link in _OUTSIDE.findall(part)):
        raise Refused("the workbook is linked to other files.", _PLAIN_COPY)


def _rows(sheet: Any, limits: Limits) -> Iterator[Sequence[str]]:
    """The rows up to the last one that says something; empty ones between them stay."""
    sheet.reset_dimensions()  # a file may say that it ends before it does
    waiting = 0
    for row in _read(sheet):
        said = _trimmed([_word(value) for value in row])
        if not said:
            waiting += 1
            if waiting > limits.rows:
                raise too_many("rows", limits.rows)
            continue
        for _ in range(waiting):
            yield []
        waiting = 0
        yield said


def _read(sheet: Any) -> Iterator[tuple[Any, ...]]:
    rows = sheet.iter_rows(values_only=True)
    while True:
        with _understood():
            row = next(rows, None)
        if row is None:
            return
        yield row


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return f"{value:.15g}" if isinstance(value, float) else str(value)
