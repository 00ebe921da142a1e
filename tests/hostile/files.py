"""Files made to hurt whoever opens them, small on disk (SEC-39). Each has the name under which it is sent."""

from __future__ import annotations

import io
import json
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

FLAT = zipfile.ZIP_STORED  # not packed, so that it is not refused for how well it packs
SPARSE = 5_000_000_000  # bytes that take no room
LAUGHS = '<!DOCTYPE a [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
EXTERNAL = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def archive(parts: Mapping[str, bytes | str], *, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as made:
        for name, content in parts.items():
            made.writestr(zipfile.ZipInfo(name), content, kind)
    return file.getvalue()


def workbook(rows: str = '<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>', *, before: str = "", more: Mapping[str, bytes | str] | None = None,
             links: str = "", types: str = "", strings: str = "", dimension: str = "", kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook of one sheet; `before` stands before its XML, `more` are further parts."""
    said = f'<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet xmlns="{_MAIN}">{dimension}<sheetData>{rows}</sheetData></worksheet>'
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        + (f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/>' if strings else "") + f"{types}</Types>",
        "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<?xml version="1.0"?><workbook xmlns="{_MAIN}" xmlns:r="{_RELS}"><sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_RELS}/worksheet" Target="worksheets/sheet1.xml"/>'
        + (f'<Relationship Id="rId2" Type="{_RELS}/sharedStrings" Target="sharedStrings.xml"/>' if strings else "") + f"{links}</Relationships>",
        "xl/worksheets/sheet1.xml": said,
    }
    if strings:
        parts["xl/sharedStrings.xml"] = strings
    return archive({**parts, **(more or {})}, kind=kind)


def linked(name: str, mode: int) -> bytes:
    """A ZIP file with a part that is a link or a device."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        part = zipfile.ZipInfo(name)
        part.create_system, part.external_attr = 3, (mode | 0o777) << 16
        made.writestr(part, "/etc/passwd")
    return file.getvalue()


def encrypted() -> bytes:
    """A ZIP file whose only part says that it is encrypted."""
    raw = bytearray(archive({"a.csv": "a,b\n1,2\n"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.index(mark) + place
        raw[at] |= 1
    return bytes(raw)


def lying(size: int) -> bytes:
    """A ZIP file that says its part is small; unpacked it is `size` bytes."""
    raw = bytearray(archive({"a.csv": b"a\n" * (size // 2)}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = raw.index(mark) + place
        raw[at : at + 4] = struct.pack("<I", 1000)
    return bytes(raw)


def overlapping(parts: int = 150) -> bytes:
    """Many names for the same packed bytes (after Fifield 2019): small, and as large as all of them unpacked."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"a,b\n" * 20_000) + packed.flush()
    crc, size = zlib.crc32(b"a,b\n" * 20_000), 80_000
    head = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0x21, crc, len(body), size, 5, 0) + b"0.csv" + body
    directory = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0x21, crc, len(body), size, len(name), 0, 0, 0, 0, 0, 0) + name
        for name in (f"{n}.csv".encode() for n in range(parts)))
    return head + directory + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, parts, parts, len(directory), len(head), 0)


def _rows(count: int, row: str = '<row r="{n}"><c r="A{n}"><v>1</v></c></row>') -> str:
    return "".join(row.replace("{n}", str(n)) for n in range(1, count + 1))


def _nested_zip(levels: int) -> bytes:
    made = archive({"a.csv": b"0" * 100_000})
    for _ in range(levels):
        made = archive({f"{n}.zip": made for n in range(10)})
    return made


_OUT = f'<Relationship Id="rId9" Type="{_RELS}/externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/>'
_SHARED = f'<?xml version="1.0"?>{{}}<sst xmlns="{_MAIN}"><si><t>{{}}</t></si></sst>'

HOSTILE: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    # Archives
    "a bomb of 1 to 1000": ("a.zip", lambda: archive({"a.csv": b"0" * 50_000_000})),
    "a bomb whose sizes lie": ("a.zip", lambda: lying(40_000_000)),
    "a bomb of many small parts": ("a.zip", lambda: archive({f"{n}.csv": b"0" * 99_000 for n in range(1_000)})),
    "a bomb of archives in archives": ("a.zip", lambda: _nested_zip(2)),
    "a bomb of parts over one another": ("a.zip", overlapping),
    "a part that leads up": ("a.zip", lambda: archive({"../../evil.csv": "a\n1\n"})),
    "a part that leads up, the other way": ("a.zip", lambda: archive({"..\\..\\evil.csv": "a\n1\n"})),
    "a part at the root": ("a.zip", lambda: archive({"/etc/cron.d/evil.csv": "a\n1\n"})),
    "a part on a drive": ("a.zip", lambda: archive({"C:evil.csv": "a\n1\n"})),
    "a part in a stream": ("a.zip", lambda: archive({"a.csv:evil.csv": "a\n1\n"})),
    "a part whose name hides its end": ("a.zip", lambda: archive({"evil\u202evsc.exe.csv": "a\n1\n"})),
    "a part whose name breaks the line": ("a.zip", lambda: archive({"a\n.csv": "a\n1\n"})),
    "the same name twice": ("a.zip", lambda: archive({"a.csv": "a\n1\n", "A.csv": "a\n2\n"})),
    "a link": ("a.zip", lambda: linked("a.csv", stat.S_IFLNK)),
    "a device": ("a.zip", lambda: linked("a.csv", stat.S_IFCHR)),
    "an encrypted part": ("a.zip", encrypted),
    "an unusual compression": ("a.zip", lambda: archive({"a.csv": "a\n1\n"}, kind=zipfile.ZIP_LZMA)),
    "a program in the archive": ("a.zip", lambda: archive({"a.csv": "a\n1\n", "run.py": "import os"})),
    "a notebook in the archive": ("a.zip", lambda: archive({"identification.ipynb": "{}"})),
    "an archive cut in half": ("a.zip", lambda: archive({"a.csv": str(list(range(5_000)))})[:4_000]),
    "an archive with words before it": ("a.zip", lambda: b"#!/bin/sh\n" + archive({"a.csv": "a\n1\n"})),
    "an archive with words after it": ("a.zip", lambda: archive({"a.csv": "a\n1\n"}) + b"<script>alert(1)</script>"),
    "a damaged part": ("a.zip", lambda: archive({"a.csv": "a,b\n" + "1,2\n" * 9_000}).replace(b"\x0c", b"\x0d", 3)[:-1] + b"\x00"),
    # Workbooks
    "billion laughs in a sheet": ("a.xlsx", lambda: workbook('<row r="1"><c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row>', before=LAUGHS)),
    "billion laughs in the shared strings": ("a.xlsx", lambda: workbook(strings=_SHARED.format(LAUGHS, "&a9;"))),
    "a quadratic entity": ("a.xlsx", lambda: workbook(strings=_SHARED.format(f'<!DOCTYPE a [<!ENTITY b "{"x" * 90_000}">]>', "&b;" * 5_000), kind=FLAT)),
    "an external entity": ("a.xlsx", lambda: workbook('<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>', before=EXTERNAL)),
    "an external entity in UTF-16": ("a.xlsx", lambda: workbook(more={"xl/styles.xml": f'<?xml version="1.0" encoding="UTF-16"?>{EXTERNAL}<a>&x;</a>'.encode("utf-16")})),
    "an external type of document": ("a.xlsx", lambda: workbook(before='<!DOCTYPE a SYSTEM "http://127.0.0.1:9/evil.dtd">')),
    "a link to another workbook": ("a.xlsx", lambda: workbook(links=_OUT)),
    "a part of external links": ("a.xlsx", lambda: workbook(more={"xl/externalLinks/externalLink1.xml": "<a/>"})),
    "macros": ("a.xlsx", lambda: workbook(more={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})),
    "macros by their type": ("a.xlsx", lambda: workbook(types='<Override PartName="/xl/a.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>')),
    "macros of the old kind": ("a.xlsx", lambda: workbook(more={"xl/macrosheets/sheet1.xml": "<a/>"})),
    "an object": ("a.xlsx", lambda: workbook(more={"xl/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"})),
    "a connection to a database": ("a.xlsx", lambda: workbook(more={"xl/connections.xml": "<a/>"})),
    "a million rows": ("a.xlsx", lambda: workbook(_rows(150_000))),
    "the last row and nothing before it": ("a.xlsx", lambda: workbook('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')),
    "rows after the end it tells": ("a.xlsx", lambda: workbook(_rows(150_000), dimension='<dimension ref="A1"/>')),
    "a very wide row": ("a.xlsx", lambda: workbook('<row r="1">' + "<c><v>1</v></c>" * 1_200_000 + "</row>", kind=FLAT)),
    "a very far column": ("a.xlsx", lambda: workbook('<row r="1"><c r="XFD1"><v>1</v></c></row>')),
    "a column past the last": ("a.xlsx", lambda: workbook('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>')),
    "a very long cell": ("a.xlsx", lambda: workbook(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"ab" * 200_000}</t></is></c></row>', kind=FLAT)),
    "a string that is not there": ("a.xlsx", lambda: workbook('<row r="1"><c r="A1" t="s"><v>99</v></c></row>', strings=_SHARED.format("", "a"))),
    "a number that is none": ("a.xlsx", lambda: workbook('<row r="1"><c r="A1"><v>1e99999x</v></c></row>')),
    "a million levels of XML": ("a.xlsx", lambda: workbook("<a>" * 1_000_000, kind=FLAT)),
    "XML cut in half": ("a.xlsx", lambda: workbook('<row r="1"><c r="A1">')),
    "a workbook that is a text": ("a.xlsx", lambda: b"a,b\n1,2\n"),
    "a workbook that is another archive": ("a.xlsx", lambda: archive({"a.csv": "a\n"})),
    # Text
    "a binary file": ("a.csv", lambda: bytes(range(256)) * 100),
    "text that is not UTF-8": ("a.csv", lambda: "naam\nJos\u00e9\n".encode("latin-1")),
    "a zero byte": ("a.csv", lambda: b"a,b\n1,\x002\n"),
    "a page under the name of a table": ("a.csv", lambda: b"<html><script>alert(1)</script></html>"),
    "a page behind blank lines": ("a.csv", lambda: b"\xef\xbb\xbf \n\t<!DOCTYPE html><script>alert(1)</script>"),
    "a drawing under the name of a table": ("a.csv", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "a PDF under the name of a table": ("a.csv", lambda: b"%PDF-1.7\n1 0 obj"),
    "a picture that is a script": ("a.csv", lambda: b"GIF89a/*a,b*/=1;alert(1)"),
    "a program under the name of a table": ("a.csv", lambda: b"#!/bin/sh\necho a,b\n"),
    "an archive under the name of a table": ("a.csv", lambda: archive({"a.csv": "a\n"})),
    "a quote that is never closed": ("a.csv", lambda: b'a,b\n"' + b"x,\n" * 3_000_000),
    "a very long field": ("a.csv", lambda: b"a,b\n" + b"x" * 10_000_000 + b",1\n"),
    "a very wide line": ("a.csv", lambda: b"," * 15_000_000),
    "very many lines": ("a.csv", lambda: b"a\n" * 9_000_000),
    "more values than columns": ("a.csv", lambda: b"a,b\n1,2,3\n"),
    # JSON
    "a million levels of JSON": ("a.json", lambda: b"[" * 1_000_000),
    "a million levels and their ends": ("a.json", lambda: b"[" * 1_000_000 + b"]" * 1_000_000),
    "a million maps": ("a.json", lambda: b'[{"a":' * 500_000),
    "levels hidden behind quotes": ("a.json", lambda: b'["\\"",' * 500_000),
    "very many empty lists": ("a.json", lambda: b"[" + b"[]," * 6_000_000 + b"[]]"),
    "a string that is never closed": ("a.json", lambda: b'["' + b"\\\"" * 9_000_000),
    "a number of a million digits": ("a.json", lambda: b'[{"a":' + b"9" * 1_000_000 + b"}]"),
    "a number that is none in JSON": ("a.json", lambda: b'[{"a": NaN}]'),
    "a key twice": ("a.json", lambda: b'[{"a": 1, "a": 2}]'),
    "a list in a record": ("a.json", lambda: b'[{"a": [1]}]'),
    "a single value": ("a.json", lambda: b"1"),
    "very many columns": ("a.json", lambda: json.dumps([{f"c{n}": 1 for n in range(5_000)}]).encode()),
    # Kinds that are not read
    "a pickle": ("a.pickle", lambda: b"\x80\x04cos\nsystem\n(S'echo'\ntR."),
    "a workbook with macros": ("a.xlsm", workbook),
    "a workbook of the old kind": ("a.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    "a notebook": ("a.ipynb", lambda: b'{"cells": []}'),
    "no kind at all": ("a", lambda: b"a,b\n"),
}


def sparse(folder: Path, name: str = "sparse.csv") -> Path:
    """A file of five gigabytes that takes no room."""
    path = folder / name
    with path.open("wb") as opened:
        opened.truncate(SPARSE)
    return path
