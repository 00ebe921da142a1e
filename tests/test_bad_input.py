"""What is wrong, broken or hostile: one paragraph with place, problem and repair, the right exit code, and nothing lost."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from safe_lib.cli.app import run
from safe_lib.runtime.demo import Demo, make_demo
from safe_lib.store import CHEAP, Store
from safe_lib.store.passphrase import read_passphrase

ROOT = Path(__file__).parents[1]
SECRET = "SAF-01-canary"  # stands where an answer, a name or a passphrase would
DAY = date(2026, 11, 22)

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A small training store."""
    return make_demo(tmp_path_factory.mktemp("demo") / "training.safe", cases=2, today=DAY, cost=CHEAP)


@pytest.fixture
def at(demo: Demo) -> list[str]:
    """The options that open it."""
    return ["--store", str(demo.store), "--passphrase-file", str(demo.passphrase_file)]


def refused(capsys: Capture, code: int, *arguments: object) -> str:
    """A command that is refused: its message, which is one paragraph and holds nothing it should not."""
    ended = run([str(word) for word in arguments])
    out, message = capsys.readouterr()

    assert ended == code, message
    assert out == ""
    is_one_paragraph(message)
    return message


def is_one_paragraph(message: str) -> None:
    """Place, problem and repair in a few lines; no traceback, no secret, no name of a class."""
    assert message.strip() and "\n\n" not in message.strip() and message.count("\n") <= 3
    assert "Traceback" not in message and SECRET not in message and "Error" not in message.replace("SyntaxError", "")


def written(tmp_path: Path, text: str | bytes, name: str = "answers.yaml") -> Path:
    """A file with something in it."""
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


# Files of answers

BROKEN: dict[str, tuple[str | bytes, str]] = {
    "an unknown item": ("instrument: safe_return\nanswers: {SAF-99: present}\n", r'"SAF-99" is not an item of safe_return'),
    "a code the item does not offer": (f"instrument: safe_return\nanswers: {{SAF-01: {SECRET}}}\n", r'the answer to "SAF-01" is not one of'),
    "an answer that is no code": ("instrument: safe_return\nanswers: {SAF-01: [1, 2]}\n", r"answers.yaml:2: .* is not a code"),
    "a slip in what stands for all others": (f"answers: {{}}\nunlisted: {{risk: {SECRET}, hard_stop: cleared}}\n", r'unlisted items of the kind "risk"'),
    "all others not applicable": ("answers: {}\nunlisted: {hard_stop: not_applicable}\n", r'unlisted items of the kind "hard_stop"'),
    "not applicable without a reason": ("instrument: safe_return\nanswers: {HS03: not_applicable}\n", r"without a reason"),
    "a departure without a reason": ("instrument: safe_return\nanswers: {}\nseverity: {LIV: {level: 1}}\n", r"answers.yaml:3: .*reason"),
    "a date that is none": ("instrument: safe_return\ndate: 2026-02-30\nanswers: {}\n", r"answers.yaml:2: this is not a date"),
    "a key nobody knows": ("instrument: safe_return\nanswer: {SAF-01: present}\n", r'answers.yaml:2: "answer" is not a key'),
    "a file cut in half": ("instrument: safe_return\nanswers: {SAF-01: present, SAF-02: unk", r"answers.yaml:\d+: this is not YAML"),
    "an empty file": ("", r"answers.yaml:1: the file holds no answers"),
    "a list": ("- SAF-01\n- present\n", r"the file holds no answers"),
    "a key that stands twice": ("answers: {SAF-01: present, SAF-01: absent}\n", r"stands twice"),
    "a tag that would make an object": ("answers: !!python/object/apply:os.system [echo]\n", r"a tag \(!\) is not allowed"),
    "a bomb of aliases": ("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nanswers: {SAF-01: *c}\n", r"anchor|not a key"),
    "text that is not UTF-8": (b"answers: {SAF-01: \xff\xfe}\n", r"not UTF-8"),
    "a binary file": (bytes(range(256)) * 40, r"UTF-8|not readable"),
    "a zero byte": (b"answers: {SAF-01: present\x00}\n", r"not readable|not YAML"),
    "ten thousand levels": ("answers: " + "[" * 10_000 + "]" * 10_000, r"nested more than 40 levels"),
    "a million brackets": ("[" * 1_000_000, r"nested more than 40 levels"),
    "a million brackets and their ends": ("answers: " + "[" * 1_000_000 + "]" * 1_000_000, r"nested more than 40 levels"),
    "a million braces": ('{"a":' * 500_000, r"nested more than 40 levels"),
    "a million dashes": ("- " * 1_000_000, r"nested more than 40 levels"),
    "two million letters": ("answers: [" + "a," * 1_990_000 + "a]", r"more than 100,000 values"),
    "a million keys without names": ("answers: {" + "?," * 1_000_000 + "}", r"more than 100,000 values|stands twice"),
    "two documents": ("answers: {}\n---\nanswers: {}\n", r"not YAML"),
    "another kind of future": ("instrument: safe_return\nscenario: the_moon\nanswers: {}\n", r"the scenario is not one of"),
    "an age group that is none": ("instrument: safe_return\nperson: {age_group: old}\nanswers: {}\n", r"answers.yaml:2: the age group"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_of_answers_that_cannot_be_meant(name: str, capsys: Capture, tmp_path: Path) -> None:
    """Each is told by file and line, quickly, and never with an answer in it."""
    text, expected = BROKEN[name]
    start = time.perf_counter()
    message = refused(capsys, 10, "assess", "safe_return", "--answers", written(tmp_path, text), "--json")

    assert re.search(expected, message), message
    assert time.perf_counter() - start < 5


def test_a_file_of_100_mb_is_refused_by_its_size(capsys: Capture, tmp_path: Path) -> None:
    """No more of it is read than a file of answers may hold."""
    file = tmp_path / "answers.yaml"
    with file.open("wb") as opened:
        opened.truncate(100_000_000)
    start = time.perf_counter()
    message = refused(capsys, 10, "assess", "safe_return", "--answers", file)

    assert "larger than 4 MB" in message and time.perf_counter() - start < 1


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device without an end")
def test_a_device_without_an_end_is_left_alone(capsys: Capture) -> None:
    """What has no size is read no further than a file may be long."""
    assert "larger than 4 MB" in refused(capsys, 10, "assess", "safe_return", "--answers", "/dev/zero")


@pytest.mark.parametrize("place", ["missing.yaml", "", "."])
def test_a_file_that_is_not_there(place: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file, no name at all and a folder are told by name."""
    monkeypatch.chdir(tmp_path)

    assert "cannot be read" in refused(capsys, 10, "assess", "safe_return", "--answers", place)


# Words on the command line


WRONG: list[tuple[int, list[str], str]] = [
    (2, ["frobnicate"], "no such command"),
    (2, [SECRET.lower()], "no such command"),
    (2, ["assess"], "nothing to assess"),
    (2, ["assess", "--answers"], "requires an argument"),
    (2, ["assess", f"--passphrase={SECRET}"], "no such option"),
    (2, ["assess", "safe_return", "--case", "DEMO-001", "--answers", "x"], "takes the name of an instrument"),
    (2, ["assess", "safe_return", "--answers", "x", "--date", SECRET], "not a day"),
    (2, ["assess", "safe_return", "--answers", "x", "--date", "2026-W01-1"], "not a day"),
    (2, ["assess", "safe_return", "--answers", "x", "--lang", SECRET], "no such language"),
    (2, ["compare", "DEMO-001", "a", "b", SECRET], "more words"),
    (2, ["country"], "name one country"),
    (2, ["country", "XAA", "--all"], "name one country"),
    (2, ["country", "XX"], "There is no country"),
    (2, ["country", "../XAA"], "There is no country"),
    (2, ["demo", "--cases", "0"], "invalid value"),
    (2, ["demo", "--cases", SECRET], "invalid value"),
    (2, ["report", "DEMO-001", "safe_return", "--for", "lawyer", "--format", SECRET], "invalid value"),
    (2, ["report", "DEMO-001"], "missing argument"),
    (2, ["serve", "--port", "99999"], "invalid value"),
    (10, ["assess", "no_such", "--answers", "x"], "cannot be read"),
    (10, ["tidy", "missing.ipynb"], "cannot be read"),
    (20, ["serve", "--store", "missing.safe"], "no store here"),
    (20, ["assess", "safe_return", "--case", "DEMO-001", "--store", "missing.safe"], "no store here"),
    (40, ["report", "DEMO-001", "safe_return", "--for", "nobody"], "no profile"),
]


@pytest.mark.parametrize(("code", "words", "expected"), WRONG, ids=[" ".join(words) for _, words, _ in WRONG])
def test_a_command_that_cannot_be_meant(code: int, words: list[str], expected: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was typed is not repeated where it could be a passphrase or a name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    before = list(tmp_path.iterdir())

    assert expected in refused(capsys, code, *words)
    assert list(tmp_path.iterdir()) == before


def test_an_unknown_instrument_is_told_with_those_there_are(capsys: Capture, tmp_path: Path) -> None:
    """The list helps whoever mistyped."""
    assert "There are: first_level, " in refused(capsys, 10, "assess", "no_such", "--answers", written(tmp_path, "answers: {}\n"))


def test_a_notebook_that_is_none_stays_as_it_is(capsys: Capture, tmp_path: Path) -> None:
    """Tidying never writes what it could not read."""
    for text in ("not json", "[1]", '{"cells": 3}', '{"cells": [], "nbformat": 3}', "[" * 100_000):
        file = written(tmp_path, text, "a.ipynb")
        refused(capsys, 10, "tidy", file)
        assert file.read_text() == text


# The store


def test_a_wrong_passphrase_has_its_own_code(capsys: Capture, demo: Demo, tmp_path: Path) -> None:
    """Always in the same words, and never with the passphrase."""
    file = written(tmp_path, SECRET, "phrase")
    file.chmod(0o600)

    assert "does not open the store" in refused(capsys, 21, "reassess", "--store", demo.store, "--passphrase-file", file)


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_a_passphrase_file_that_others_may_read_is_not_used(capsys: Capture, demo: Demo, tmp_path: Path) -> None:
    """The repair is said; the file is left as it is."""
    file = written(tmp_path, SECRET, "phrase")
    file.chmod(0o644)

    assert "chmod 600" in refused(capsys, 2, "reassess", "--store", demo.store, "--passphrase-file", file)
    assert file.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", None])
def test_a_passphrase_file_without_a_passphrase(content: bytes | None, capsys: Capture, demo: Demo, tmp_path: Path) -> None:
    """Empty, not text, or a folder: wrong use, and the store is not touched."""
    file = tmp_path / "phrase"
    file.mkdir(mode=0o700) if content is None else file.write_bytes(content)
    file.chmod(0o700 if content is None else 0o600)
    refused(capsys, 2, "reassess", "--store", demo.store, "--passphrase-file", file)


def test_without_a_keyboard_nobody_is_asked(capsys: Capture, demo: Demo) -> None:
    """A script is told which option to give."""
    assert "--passphrase-file" in refused(capsys, 2, "reassess", "--store", demo.store)


@pytest.fixture
def busy(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another program writes and does not finish."""
    patient = Store.open
    monkeypatch.setattr(Store, "open", lambda path, passphrase, **more: patient(path, passphrase, patience=0.2, **more))
    with patient(demo.store, read_passphrase(demo.passphrase_file)) as other, other._writing():
        yield


@pytest.mark.usefixtures("busy")
def test_a_store_that_another_program_holds(capsys: Capture, at: list[str]) -> None:
    """The message says what to do; nothing is lost."""
    assert "another program holds the store" in refused(capsys, 20, "assess", "safe_return", "--case", "DEMO-001", *at)


@pytest.mark.parametrize("ref", ["DEMO-099", "Mira Doe", "", "'; DROP TABLE cases; --"])
def test_a_case_that_is_not_there(ref: str, capsys: Capture, at: list[str]) -> None:
    """Only what looks like a reference is repeated: somebody may have typed a name."""
    for command in (["assess", "safe_return", "--case", ref], ["compare", ref, "stay", "home_region"]):
        message = refused(capsys, 20, *command, *at)

        assert ref == "DEMO-099" or not ref or ref not in message


@pytest.mark.parametrize("side", ["the_moon", "999", SECRET])
def test_a_future_or_a_number_that_is_not_there(side: str, capsys: Capture, at: list[str]) -> None:
    """What there is instead is listed."""
    assert "There are: " in refused(capsys, 20 if side.isdecimal() else 2, "compare", "DEMO-001", "stay", side, *at)


def test_a_store_that_is_no_store(capsys: Capture, demo: Demo, tmp_path: Path) -> None:
    """Another file with a key beside it is not opened, and it is left as it is."""
    file = written(tmp_path, b"something else " * 500, "other.safe")
    shutil.copy(str(demo.store) + ".key", str(file) + ".key")
    before = file.read_bytes()
    refused(capsys, 21, "reassess", "--store", file, "--passphrase-file", demo.passphrase_file)

    assert file.read_bytes() == before


# Faults of the program itself


def test_a_fault_inside_is_told_without_a_traceback_and_without_data(capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where it happened is said; what was in hand is not. With --debug the traceback comes too."""
    def broken(*_: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr("safe_lib.cli.answers_file.read_answers", broken)
    ended, (_, quiet) = run(["assess", "safe_return", "--answers", "x"]), capsys.readouterr()
    again, (_, loud) = run(["assess", "safe_return", "--answers", "x", "--debug"]), capsys.readouterr()

    assert (ended, again) == (1, 1)
    assert "test_bad_input.py" in quiet and SECRET not in quiet and "Traceback" not in quiet
    assert "Traceback" in loud


# As a process


def command(*arguments: object, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, with nobody at the keyboard."""
    return subprocess.run([sys.executable, "-m", "safe_lib", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=60, env={**os.environ, **(environment or {})})


def test_a_hostile_file_does_not_end_the_process(tmp_path: Path) -> None:
    """A million brackets are refused by us, not by the operating system."""
    ended = command("assess", "safe_return", "--answers", written(tmp_path, "[" * 1_000_000))

    assert ended.returncode == 10 and ended.stdout == ""
    is_one_paragraph(ended.stderr)


def test_a_wrong_word_ends_the_process_with_two() -> None:
    """Scripts see the code, people the paragraph."""
    ended = command("frobnicate")

    assert (ended.returncode, ended.stdout) == (2, "")
    is_one_paragraph(ended.stderr)


def test_a_reader_that_has_seen_enough_gets_no_complaint() -> None:
    """`safe country --all | head` ends quietly."""
    line = f"{sys.executable} -m safe_lib country --all | head -n 1"
    ended = subprocess.run(line, shell=True, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)

    assert ended.stderr == "" and ended.stdout.count("\n") == 1


def test_a_terminal_that_cannot_show_a_letter_shows_the_rest(tmp_path: Path) -> None:
    """Words lose what the terminal cannot show; JSON is always UTF-8."""
    file = written(tmp_path, "answers: {HS03: active}\n")
    narrow = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    ended = command("assess", "safe_return", "--answers", file, "--lang", "nl", environment=narrow)

    assert ended.returncode == 0 and ended.stderr == ""
