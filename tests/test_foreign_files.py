"""Tables from elsewhere are data: what is hostile is refused quickly, in little memory, and with a sentence (SEC-39)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hostile.files import HOSTILE, archive, sparse, workbook

from safe_lib.tables.limits import USUAL, ForeignFileError, Limits
from safe_lib.tables.reading import parse_tables, read_tables
from safe_lib.tables.writing import Sheet, csv_file, xlsx_file

ROOT = Path(__file__).parents[1]
SECONDS = 5.0  # SEC-39
MEMORY = 300_000_000  # bytes; SEC-39

READER = r"""
import json, re, resource, sys, time
from pathlib import Path
from safe_lib.model.errors import SafeError
from safe_lib.tables.reading import read_tables

for line in sys.stdin:
    began = time.monotonic()
    try:
        said = f"read: {sum(len(table.rows) for table in read_tables(Path(line.strip())))}"
    except SafeError as problem:
        said = str(problem)
    mine = int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1])  # ru_maxrss would tell what started this one
    kilobytes = max(mine, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    print(json.dumps({"says": said, "seconds": time.monotonic() - began, "memory": kilobytes * 1024}), flush=True)
"""


class Reader:
    """A program that reads one file after the other, as a server would; its memory and that of what it starts are measured."""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-c", READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
                                        env={**os.environ, "PYTHONPATH": str(ROOT)})

    def read(self, path: Path) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        return said

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    one = Reader()
    yield one
    one.end()


@pytest.mark.parametrize("name", HOSTILE)
def test_sec_39_a_hostile_file_is_refused(name: str, reader: Reader, tmp_path: Path) -> None:
    """Within five seconds, in less than 300 MB, in one paragraph without a cell of it; and the next good file is read."""
    called, make = HOSTILE[name]
    file = tmp_path / called
    file.write_bytes(make())
    good = tmp_path / "good.csv"
    good.write_text("a,b\n1,2\n", encoding="utf-8")
    said = reader.read(file)

    assert said["says"].startswith(f"{called}:"), said["says"]
    assert "\n  " in said["says"] and "\n\n" not in said["says"] and "Traceback" not in said["says"]
    assert not any(secret in said["says"] for secret in ("alert", "root:", "xxxx"))
    assert said["seconds"] <= SECONDS + 0.5  # the process that is ended has to be cleared away
    assert said["memory"] < MEMORY
    assert reader.read(good)["says"] == "read: 1"


def test_sec_39_five_gigabytes_without_content_are_refused_by_their_size(reader: Reader, tmp_path: Path) -> None:
    """Nothing of them is read."""
    said = reader.read(sparse(tmp_path))

    assert "larger than 20 MB" in said["says"]
    assert said["seconds"] < 0.5


@pytest.mark.parametrize("place", ["/dev/zero", "/dev/stdin", ".", "missing.csv", "a\0.csv"])
def test_sec_39_what_is_no_file_is_not_waited_for(place: str) -> None:
    """A device, a folder, nothing at all: told by name."""
    with pytest.raises(ForeignFileError):
        read_tables(Path(place))


def test_sec_39_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Nobody writes into it, and nobody will."""
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(ForeignFileError, match="not a file"):
        read_tables(tmp_path / "a.csv")


def test_sec_39_nothing_is_unpacked_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither beside the file nor where its names lead."""
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.rglob("*"))
    for parts in ({"../evil.csv": "a\n"}, {"good/good.csv": "a\n1\n"}):
        try:
            parse_tables(archive(parts), "a.zip")
        except ForeignFileError:
            continue

    assert set(tmp_path.rglob("*")) == before
    assert not (tmp_path.parent / "evil.csv").exists()


def test_sec_39_the_process_that_reads_has_limits_of_its_own() -> None:
    """Memory, time, and no file written: what a flaw in a reader could reach is small."""
    code = ("import resource as r; from safe_lib.tables.child import limit_this_process; from safe_lib.tables.limits import USUAL; limit_this_process(USUAL)\n"
            "print(*(r.getrlimit(kind)[0] for kind in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE)))")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})

    assert done.stdout.split() == [str(USUAL.memory), str(int(USUAL.seconds) + 1), "0", "0"]


# What is read


SHEET = Sheet(("naam", "aantal", "dag"), [("Jos\u00e9 \u0639\u0645\u0631", 5, date(2026, 11, 21)), ("a, \"b\"; c\nd", 1.5, None)])
ROWS = (("Jos\u00e9 \u0639\u0645\u0631", "5", "2026-11-21"), ("a, \"b\"; c\nd", "1.5", ""))


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.zip"])
def test_what_we_write_can_be_read_again(name: str) -> None:
    """Names in two scripts, quotes, separators, a line break, a number, a day."""
    made = {"a.csv": lambda: csv_file(SHEET), "a.xlsx": lambda: xlsx_file({"blad": SHEET}), "a.zip": lambda: archive({"in/a.csv": csv_file(SHEET)})}
    (table,) = parse_tables(made[name](), name)

    assert table.columns == ("naam", "aantal", "dag")
    assert table.rows == ROWS
    assert table.name == {"a.csv": "", "a.xlsx": "blad", "a.zip": "in/a.csv"}[name]


@pytest.mark.parametrize("text", ["a;b\n1;2\n", "a\tb\r\n1\t2\r\n", "\ufeffa,b\n1,2\n", '"a","b"\n\n"1","2"\n'])
def test_csv_as_other_programs_write_it(text: str) -> None:
    """Separators, marks and blank lines of other countries and programs."""
    for raw in (text.encode(), text.removeprefix("\ufeff").encode("utf-16")):
        (table,) = parse_tables(raw, "a.csv")
        assert (table.columns, table.rows) == (("a", "b"), (("1", "2"),))


def test_json_records_and_named_tables() -> None:
    """A list of flat records; or several by name. A missing value is empty, and nothing is guessed."""
    (table,) = parse_tables(b'[{"a": 1, "b": null}, {"b": "x", "c": true}]', "a.json")
    named = parse_tables(b'{"one": [{"a": 1}], "two": [{"a": 1.5}]}', "a.json")

    assert (table.columns, table.rows) == (("a", "b", "c"), (("1", "", ""), ("", "x", "true")))
    assert [(one.name, one.rows) for one in named] == [("one", (("1",),)), ("two", (("1.5",),))]


def test_a_formula_in_a_workbook_gives_its_kept_value() -> None:
    """Nothing is worked out here; an address in a cell is a text and is not followed."""
    link = ('<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="rId1" TargetMode="External" Target="https://example.org/" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"/></Relationships>')
    cells = ('<c r="A1" t="str"><f>HYPERLINK("x")</f><v>shown</v></c>', '<c r="A2"><f>1+1</f></c>', '<c r="A3"><v>0.1</v></c>')
    rows = "".join(f'<row r="{number}">{cell}</row>' for number, cell in enumerate(cells, start=1))
    (table,) = parse_tables(workbook(rows, more={"xl/worksheets/_rels/sheet1.xml.rels": link}), "a.xlsx")

    assert (table.columns, table.rows) == (("shown",), (("",), ("0.1",)))


def test_limits_are_exact() -> None:
    """One row, column, cell or table more than allowed is refused."""
    limits = Limits(rows=3, columns=2, tables=1, cells=8, cell=3)

    assert len(parse_tables(b"a,b\n1,2\n3,4\n5,6\n", "a.csv", limits)[0].rows) == 3
    for raw, words in ((b"a,b\n1,2\n3,4\n5,6\n7,8\n", "3 rows"), (b"a,b,c\n", "2 columns"), (b"a\n1234\n", "3 characters")):
        with pytest.raises(ForeignFileError, match=words):
            parse_tables(raw, "a.csv", limits)
    with pytest.raises(ForeignFileError, match="1 tables"):
        parse_tables(b'{"x": [{"a": 1}], "y": [{"a": 1}]}', "a.json", limits)
    with pytest.raises(ForeignFileError, match="8 cells"):
        parse_tables(b"a,b,c\n1,2,3\n4,5,6\n", "a.csv", Limits(cells=8))


# Answers, instruments and claims are YAML, and have their own reader


YAML = {
    "two million letters": "answers: [" + "a," * 1_990_000 + "a]",
    "a million lines": "answers:\n" + "- a\n" * 990_000,
    "very many keys": "answers: {" + ",".join(f"a{n}: b" for n in range(350_000)) + "}",
    "a million levels": "answers: " + "[" * 1_900_000,
    "a million levels of JSON": '{"answers": ' * 300_000,
    "billion laughs": "a: &a [x]\n" + "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}' if n else '*a'] * 10)}]\n" for n in range(10)) + "answers: {}\n",
    "one very long word": "answers: {a: " + "x" * 3_900_000 + "}",
    "one very long quote": 'answers: {a: "' + "\\n" * 1_900_000 + '"}',
}
PARSE = r"""
import re, sys, time
from pathlib import Path
from safe_lib.catalogue.answers import parse_answers
from safe_lib.model.errors import SafeError

began = time.monotonic()
try:
    parse_answers(sys.stdin.buffer.read(), "answers.yaml")
    print("read")
except SafeError:
    print("refused")
print(time.monotonic() - began, int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) * 1024)
"""


@pytest.mark.parametrize("name", YAML)
def test_sec_39_hostile_answers_are_refused_in_little_memory(name: str) -> None:
    """Four megabytes of YAML or JSON may mean a gigabyte of values, or an endless stair: neither is built."""
    done = subprocess.run([sys.executable, "-c", PARSE], input=YAML[name].encode(), cwd=ROOT, capture_output=True, check=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})
    said, seconds, memory = done.stdout.decode().split()

    assert said == ("read" if name.startswith("one very long") else "refused")
    assert float(seconds) <= SECONDS
    assert int(memory) < MEMORY
