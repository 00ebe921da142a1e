"""Nothing of a case in files, errors, parameters or in a report whose reader may not have it."""

from __future__ import annotations

import base64
import contextlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from team import make_team, phrase

from safe_lib import casework, teamwork
from safe_lib.casework import Desk, Said
from safe_lib.engine.assess import FREE_SCALES
from safe_lib.report.make import make_report
from safe_lib.store import Store

CANARIES = {"note": "Zorvath told the neighbour", "owner": "Quillbert Vane", "words": "my cousin Ismarin waits"}


@pytest.fixture
def marked(desk: Desk, case: str) -> str:
    """A case with words that no reader but the own file may see."""
    ilo = casework.instrument_for(desk, "ilo_adult_labour")
    casework.record(desk, case, ilo, Said("CD05", "present", ("account",), CANARIES["note"], seen=None))
    casework.save_paper(desk, case, casework.PLAN, {"rows": [{"about": "SAF", "measure": "Change the telephone.", "owner": CANARIES["owner"]}]})
    record = casework.instrument_for(desk, "first_level")
    casework.record(desk, case, record, Said("WORDS", "written", (), CANARIES["words"], seen=None))
    return case


def text_of(document: bytes, kind: str) -> str:
    """All text of a document by a second, independent way of reading, metadata included."""
    if kind == "pdf":
        reader = PdfReader(io.BytesIO(document))
        return " ".join([*(page.extract_text() for page in reader.pages), str(reader.metadata)])
    if kind == "docx":
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            return " ".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    return document.decode()


@pytest.mark.parametrize("kind", ["html", "pdf", "docx", "json"])
@pytest.mark.parametrize(
    ("workbook", "profile", "absent", "present"),
    [
        ("identification", "lawyer", ["note"], ["words"]),
        ("identification", "partner", ["note", "words"], []),
        ("identification", "person", ["note"], ["words"]),
        ("safe_return", "person", ["owner"], []),
        ("safe_return", "lawyer", ["owner"], []),
        ("safe_return", "partner", [], ["owner"]),
        ("identification", "own_file", [], ["note", "words"]),
    ],
)
def test_a_report_never_holds_what_its_profile_leaves_out(
    desk: Desk, marked: str, workbook: str, profile: str, absent: list[str], present: list[str], kind: str
) -> None:
    """Withholding happens where data are chosen, so nothing is hidden in a layer, a comment or metadata."""
    said = " ".join(text_of(make_report(desk, marked, workbook, profile, kind), kind).split())

    for name in absent:
        assert CANARIES[name].split()[0] not in said
    for name in present:
        assert CANARIES[name].split()[0] in said


def test_a_report_names_no_path_and_no_parameter(desk: Desk, marked: str, tmp_path: Path) -> None:
    """A report holds neither a path of the machine nor a trace of how it was run."""
    said = text_of(make_report(desk, marked, "identification", "own_file", "html"), "html")

    assert str(tmp_path) not in said
    assert "papermill" not in said
    assert "<script" not in said


def test_reading_and_reporting_are_in_the_audit_trail(desk: Desk, marked: str) -> None:
    """Who read or reported leaves a line, without content."""
    make_report(desk, marked, "identification", "lawyer", "html")
    lines = desk.open_store().audit(marked)

    assert any(line.what == "case.read" and "report.identification.lawyer" in line.detail for line in lines)
    assert not any(word in line.detail for line in lines for words in CANARIES.values() for word in words.split())


@pytest.mark.parametrize("profile", ["partner", "person", "lawyer"])
def test_what_the_rules_suggest_to_staff_stays_with_staff(desk: Desk, marked: str, profile: str) -> None:
    """Suggestions name raised domains and hard stops, so only the own file holds them."""
    said = text_of(make_report(desk, marked, "safe_return", profile, "json"), "json")
    own = text_of(make_report(desk, marked, "safe_return", "own_file", "json"), "json")
    suggestions = "uggestions from the rules"

    assert suggestions in own
    assert suggestions not in said


def test_every_report_says_what_it_is(desk: Desk, marked: str) -> None:
    """The statement that nothing here decides stands in the reports of every reader."""
    for profile in ("own_file", "lawyer", "partner", "person"):
        assert "It does not decide" in text_of(make_report(desk, marked, "safe_return", profile, "json"), "json")


# Nothing readable in any file, whatever feature it went through (SEC-01)

HIDDEN = tuple(f"{word}{number}" for number in range(15) for word in ("Quorvath", "zwelmbra", "Жаворнок", "ኣማርሕ"))


@pytest.fixture
def everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every folder a program may write into, below one."""
    for name in ("HOME", "TMPDIR", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
        folder = tmp_path / name.lower()
        folder.mkdir(mode=0o700)
        monkeypatch.setenv(name, str(folder))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def forms_of(word: str) -> set[bytes]:
    """A word as it could stand in a file: in several codings, in other case, in base 64 at each of the three places."""
    found = set()
    for text in (word, word.upper(), word.lower()):
        for coding in ("utf-8", "utf-16-le", "utf-16-be"):
            said = text.encode(coding)
            found |= {said, *(base64.b64encode(b"x" * shift + said)[4:-4] for shift in range(3))}
    return found


def contents_of(file: Path) -> Iterator[bytes]:
    """What stands in a file, and in what is packed in it."""
    raw = file.read_bytes()
    yield raw
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    for place in (found.start() for found in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", raw)):
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj(47).decompress(raw[place:], 10_000_000)


def use_every_feature(path: Path, words: Iterator[str]) -> None:
    """Put a canary wherever somebody can write something."""
    with Store.open(path, phrase("sven"), person="sven") as store:
        desk = Desk(store, "sven", "en", date(2026, 11, 21))
        ref = casework.open_case(desk, next(words)).ref
        store.set_identity(ref, alias=next(words), details={next(words): next(words)}, by="sven", at=desk.now())
        for id in ("ilo_adult_labour", "safe_return", "first_level", "safe_return_record", "safety_account"):
            asked = casework.instrument_for(desk, id)
            for item in asked.items[:6]:
                code = "written" if item.scale in FREE_SCALES else "not_applicable"
                casework.record(desk, ref, asked, Said(item.id, code, ("account",), next(words, "x"), next(words, "x"), seen=None))
        casework.save_paper(desk, ref, casework.FUTURES, {"futures": [
            {"kind": "home_region", "order": 1, "country": "XAA", "subdivision": "", "words": next(words, "x")}]})
        casework.save_paper(desk, ref, casework.PLAN, {"rows": [{"about": "SAF", "measure": next(words, "x"), "owner": next(words, "x")}]})
        casework.assess_and_keep(desk, ref, "safe_return", "home_region")
        for kind in ("html", "pdf", "docx", "json"):
            report = casework.seal(desk, ref, make_report(desk, ref, "safe_return", "own_file", kind), workbook="safe_return", profile="own_file", format=kind)
            casework.disclose(desk, report, recipient=next(words, "x"), purpose=next(words, "x"))
        teamwork.exclude(desk, ref, "vera", next(words, "x"))
        teamwork.ask_erasure(desk, ref)
        store.note(by="sven", at=desk.now(), what="report.although", ref=ref, detail=next(words, "x"))
    with Store.open(path, phrase("sofie"), person="sofie") as store:
        teamwork.break_glass(Desk(store, "sofie", "en", date(2026, 11, 21)), ref, "a reason that is long enough " + HIDDEN[0])
    with Store.open(path, phrase("ada"), person="ada") as store:
        teamwork.remove_person(Desk(store, "ada", "en", date(2026, 11, 21)), "sven")
    with Store.open(path, phrase("cora"), person="cora") as store:
        assert store.cases()[0].alias == HIDDEN[1]  # whoever may read it still reads it


def test_sec_01_sixty_canaries_through_every_feature_and_none_in_a_file(everywhere: Path) -> None:
    """Sixty words, in three alphabets, through every place where one can write: 0 in data, temporary, runtime, log and home folders."""
    path = make_team(everywhere / "data")
    words = iter(HIDDEN)
    use_every_feature(path, words)

    assert next(words, None) is None  # all sixty were written
    hidden = {form for word in HIDDEN for form in forms_of(word)}
    files = [file for file in everywhere.rglob("*") if file.is_file()]
    found = [(file.name, form) for file in files for content in contents_of(file) for form in hidden if form in content]
    assert len(files) >= 3 and found == []
    assert not [file for file in files if any(word in str(file) for word in (*HIDDEN, "sven", "NGA", "XAA"))]  # SEC-05
