"""Nothing of a case in files, errors, parameters or in a report whose reader may not have it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from safe_lib import casework
from safe_lib.casework import Desk, Said
from safe_lib.report.make import make_report

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
