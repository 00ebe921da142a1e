"""`safe survey` from end to end, the report by papermill in every format, and instruments as forms whose answers come back as drafts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import PHRASE, TODAY
from docx import Document
from pypdf import PdfReader
from test_survey_analysis import many

from safe_lib import surveying
from safe_lib.casework import Desk
from safe_lib.catalogue import instrument_files, load_instrument
from safe_lib.catalogue.answers import read_answers
from safe_lib.cli.app import run
from safe_lib.instrument_forms import instrument_form
from safe_lib.store import CHEAP, Store
from safe_lib.store.surveys import Arrived
from safe_lib.survey_views import report_bytes


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a link and 120 invented responses, of which four are coded by nobody."""
    folder = tmp_path_factory.mktemp("survey")
    (folder / "phrase").write_text(PHRASE, encoding="utf-8")
    (folder / "phrase").chmod(0o600)
    with Store.create(folder / "survey.store", PHRASE, cost=CHEAP, roles=("analyst", "administrator"), person="ana") as store:
        desk = Desk(store, "ana", "en", TODAY)
        surveying.open_link(desk, "safe_survey")
        surveying.add_from_file(desk, 1, [Arrived(str(number), said) for number, said in enumerate(many(120))])
    return folder


@pytest.fixture
def safe(place: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """A command with the store; its exit code, output and errors."""
    def call(*words: str, store: bool = True) -> tuple[int, str, str]:
        code = run(["survey", *words, *(["--store", str(place / "survey.store"), "--passphrase-file", str(place / "phrase")] if store else [])])
        return (code, *capfd.readouterr())

    yield call


def test_the_whole_way_on_the_command_line(safe: Any, tmp_path: Path) -> None:
    """Open, list, enter, import, close: each with JSON, each problem by its place."""
    made = json.loads(safe("open", "--days", "10", "--json")[1])
    assert made["path"].startswith("/survey/") and made["link"] == 2
    paper = tmp_path / "paper.yaml"
    paper.write_text("C0: yes\nA1: NLD\nA3: [reception, return]\nB1.labour: increased\n", encoding="utf-8")
    assert json.loads(safe("enter", "2", "--answers", str(paper), "--paper", "P-1", "--json")[1])["entered"] is True
    paper.write_text("C0: yes\nA4: many\n", encoding="utf-8")
    code, said, _ = safe("enter", "2", "--answers", str(paper), "--paper", "P-2", "--json")
    assert code == 10 and [one["place"] for one in json.loads(said)["problems"]] == ["A1", "A4"]
    file = tmp_path / "kobo.csv"
    file.write_text("C0,A1,A2,_uuid\nyes,NLD,igo,u1\nyes,NLD,pirate,u2\n", encoding="utf-8")
    code, said, _ = safe("import", str(file), "--link", "2", "--out", str(tmp_path / "apart.csv"), "--json")
    told = json.loads(said)
    assert (code, told["new"], told["kept_apart"]) == (10, 1, [3]) and [(one["row"], one["column"]) for one in told["problems"]] == [(3, "A2")]
    assert [one["_row"] for one in csv.DictReader(io.StringIO((tmp_path / "apart.csv").read_text("utf-8-sig")))] == ["3"]
    assert json.loads(safe("close", "2", "--json")[1])["closed"]
    assert [(one["link"], one["responses"]) for one in json.loads(safe("list", "--json")[1])] == [(1, 120), (2, 2)]
    assert json.loads(safe("erase", "2", "--json")[1]) == {"link": 2, "erased": 2} and safe("close", "2")[0] == 2


def test_figures_come_as_data_with_their_limits(safe: Any) -> None:
    """Five chapters, the smallest group of the team, what the figures cannot say, and no open answer."""
    found = json.loads(safe("analyse", "1", "--json")[1])
    text = json.dumps(found)

    assert list(found["chapters"]) == ["about", "trends", "bottlenecks", "needs", "best_practices"] and found["smallest_group"] == 10
    assert "chose themselves" in found["limits"] and "Wilson" in found["methods"] and "<svg" not in text and "Answer 3." not in text
    assert all(found["chapters"].values()) and safe("analyse", "1", "--chapter", "nothing")[0] == 2


def test_open_answers_are_coded_on_the_command_line(safe: Any) -> None:
    """What is left to code, one's own only; a code that is not in the codebook is refused."""
    left = json.loads(safe("code", "1", "--json")[1])
    answer = str(left[0]["answer"])
    assert safe("code", "1", "--answer", answer, "--question", left[0]["question"], "--code", "B-TIME", "--code", "X-OTHER")[0] == 0
    assert len(json.loads(safe("code", "1", "--json")[1])) == len(left) - 1
    assert safe("code", "1", "--answer", answer, "--question", left[0]["question"], "--code", "Z")[0] == 2


def test_the_report_has_its_chapters_in_every_format(place: Path) -> None:
    """HTML, PDF and DOCX by papermill; each chapter, each limit, no open answer and no small number."""
    with Store.open(place / "survey.store", PHRASE) as store:
        made = {kind: report_bytes(Desk(store, "ana", "en", TODAY), 1, kind) for kind in ("html", "pdf", "docx", "json")}
    pdf = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(made["pdf"])).pages)
    word = Document(io.BytesIO(made["docx"]))
    words = " ".join([*(one.text for one in word.paragraphs), *(cell.text for table in word.tables for row in table.rows for cell in row.cells)])

    for text in (made["html"].decode(), pdf, words):
        assert all(chapter in text for chapter in ("Who answered", "Trends", "Bottlenecks", "Needs", "Best practices", "Fear of traffickers", "withheld"))
        assert "chose themselves whether to answer" in text and "Answer 3." not in text
    assert made["html"].decode().count("<svg") > 5 and len(PdfReader(io.BytesIO(made["pdf"])).pages) > 5
    assert json.loads(made["json"])["profile"] == "survey"


def test_a_form_goes_out_and_comes_in_on_the_command_line(safe: Any, tmp_path: Path) -> None:
    """The survey as XLSForm and as paper; the form as files for somebody to look at."""
    assert safe("export", "--out", str(tmp_path / "form.xlsx"), store=False)[0] == 0
    code, said, _ = safe("import", str(tmp_path / "form.xlsx"), "--form", "--out", str(tmp_path / "read"), "--json", store=False)
    assert code == 0 and json.loads(said) == {"survey": "safe_survey", "questions": 29, "languages": ["en", "nl"], "warnings": [], "problems": []}
    assert (tmp_path / "read" / "safe_survey.yaml").is_file() and (tmp_path / "read" / "nl" / "safe_survey.yaml").is_file()
    assert safe("export", "--out", str(tmp_path / "form.xlsx"), store=False)[0] == 2
    assert safe("export", "--format", "paper", "--lang", "nl", "--out", str(tmp_path / "p.html"), store=False)[0] == 0
    assert "In welk land" in (tmp_path / "p.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("id", sorted(instrument_files()))
def test_every_instrument_is_a_form_without_a_warning(id: str) -> None:
    """pyxform reads it, in every language, each item once, and no device is asked."""
    from pyxform.xls2xform import convert

    warnings: list[str] = []
    done = convert(io.BytesIO(instrument_form(id)), warnings=warnings, validate=False, file_type=".xlsx")

    assert warnings == [] and done.xform.count("<translation ") == 2 and "deviceid" not in done.xform
    assert all(f"/{item.id}\"" in done.xform for item in load_instrument(id).items)


def test_answers_from_the_field_come_back_as_drafts(safe: Any, tmp_path: Path) -> None:
    """Known codes and reasons come in; an unknown code, a missing reason and a strange column are named; what was not said stays not asked."""
    file = tmp_path / "odk.csv"
    file.write_text("SubmissionDate,g_HS-HS01,g_SAF-SAF-01,g_SAF-SAF-01__reason,g_SAF-SAF-02,SAF-03,colour,meta-instanceID,SubmitterName\n"
                    "2026-05-01,active,not_applicable,She travels alone.,sometimes,present,red,uuid:x1,Worker Seven\n"
                    "2026-05-01,cleared,not_applicable,,unknown,,,uuid:x2,Worker Seven\n", encoding="utf-8")
    code, said, _ = safe("drafts", str(file), "safe_return", "--out", str(tmp_path / "drafts"), "--json", store=False)
    told = json.loads(said)

    assert code == 10 and [(one["row"], one["column"]) for one in told["problems"]] == [(1, "colour"), (2, "g_SAF-SAF-02"), (3, "g_SAF-SAF-01")]
    first, second = told["drafts"]
    assert first["draft"] is True and first["answers"] == {"HS01": "active", "SAF-01": "not_applicable", "SAF-03": "present"}
    assert second["answers"] == {"HS01": "cleared", "SAF-02": "unknown"} and "Worker Seven" not in said
    read = read_answers(tmp_path / "drafts" / "row_2.yaml").scenarios[""]
    assert read.given["SAF-01"].reason == "She travels alone."
    assert yaml.safe_load((tmp_path / "drafts" / "row_3.yaml").read_text())["instrument"] == "safe_return"
