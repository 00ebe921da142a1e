"""Promises about what a process remembers from one case to the next: enough to be quick, and nothing that another report shows."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pytest
from conftest import PHRASE, give

from safe_lib import batching, casework
from safe_lib.batching import Order
from safe_lib.casework import Desk, Said
from safe_lib.keeping import keep_for_report
from safe_lib.model.answers import Answer
from safe_lib.model.document import Document, Notice, Table, Text
from safe_lib.report import html, pdf
from safe_lib.runtime import batch
from safe_lib.store import CHEAP, Store
from safe_lib.store.moment import one_moment

DAY = date(2026, 11, 21)
ORDER = Order("safe_return", "own_file", ("html", "pdf"))
WORDS = {"first": "Quillonby Marravane", "second": "Thessaldrin Oxkelpond"}  # names that nobody has


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A training store with two invented persons, each with words of their own wherever a report quotes."""
    with Store.create(tmp_path_factory.mktemp("between") / "cases.safe", PHRASE, training=True, cost=CHEAP) as store:
        yield Desk(store, "noor", "en", DAY, for_list=True)


@pytest.fixture(scope="module")
def persons(desk: Desk) -> dict[str, str]:
    """Which of them → the reference of their case; the second leads elsewhere."""
    return {who: _person(desk, said, country) for (who, said), country in zip(WORDS.items(), ("XAA", "NGA"), strict=True)}


def _person(desk: Desk, said: str, country: str) -> str:
    ref = casework.open_case(desk, "").ref
    give(desk, ref, "safe_return", {"HS03": "active", "SAF-02": "unknown", "LIV-01": "partly"})
    asked = casework.instrument_for(desk, "safe_return")
    casework.record(desk, ref, asked, Said("SAF-01", "present", ("account",), f"{said} wrote this note", seen=None))
    record = casework.instrument_for(desk, "safe_return_record")
    casework.record(desk, ref, record, Said("OWN_WORDS", "written", ("account",), f"{said} wants to go home", seen=None))
    casework.save_paper(desk, ref, casework.FUTURES, {"futures": [
        {"kind": "home_region", "order": 1, "country": country, "subdivision": "", "words": f"{said} said why"}]})
    return ref


def _written_elsewhere(path: Path, ref: str) -> None:
    with Store.open(path, PHRASE) as store:
        there = Desk(store, "noor", "en", DAY)
        casework.record(there, ref, casework.instrument_for(there, "safe_return"), Said("LIV-02", "present", ("account",), "", seen=None))


def _text_of(file: bytes) -> str:
    if shutil.which("pdftotext"):  # it takes a twentieth of the time
        return subprocess.run(["pdftotext", "-", "-"], input=file, capture_output=True, check=True).stdout.decode()
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages)


def _told(desk: Desk, ref: str) -> dict[str, str]:
    """Format → the text of the newest reports of a case, made now."""
    made = batch.make_one(desk, ORDER, replace(batching.edition(desk, ORDER), hash=f"test {desk.now().isoformat()}"), ref)
    held = {one.format: desk.open_store().report_bytes(one.report, by=desk.person, at=desk.now()) for one in made}
    return {"html": held["html"].decode(), "pdf": " ".join(_text_of(held["pdf"]).split()), "file": held["pdf"].decode("latin-1")}


def test_nothing_of_one_person_is_seen_in_the_report_of_another(desk: Desk, persons: dict[str, str]) -> None:
    """Made in turn by one process, there and back: each report holds its own person's words, none of the other's, and the same bytes whoever came before."""
    made = []
    for who, other in (("first", "second"), ("second", "first"), ("first", "second")):
        told = _told(desk, persons[who])
        made.append(told)

        for name in ("html", "pdf"):
            assert all(word in told[name] for word in WORDS[who].split()) and persons[who] in told[name], name
        for name, text in told.items():
            assert not [word for word in (*WORDS[other].split(), persons[other]) if word in text], (who, name)
    assert made[0] == made[2]


def test_what_papermill_is_told_of_a_case_is_not_remembered(desk: Desk, persons: dict[str, str]) -> None:
    """Cells of the workbook are compiled once; the one with the number of the run is not among them."""
    import papermill.execute  # noqa: F401  it brings the engine, which brings it

    from safe_lib.report import engine
    from safe_lib.report.make import run

    run(desk, persons["first"], "safe_return", "own_file")
    known = engine._parsed_once.cache_info().currsize
    run(desk, persons["second"], "safe_return", "own_file")

    assert engine._parsed_once.cache_info().currsize == known > 0


def test_within_a_moment_other_answers_are_another_assessment(desk: Desk, persons: dict[str, str]) -> None:
    """What is recorded is assessed once; a what-if beside it is not taken for it."""
    ref, asked = persons["first"], casework.instrument_for(desk, "safe_return")
    with one_moment():
        said = casework.recorded(desk, ref, asked, "home_region")
        otherwise = replace(said, given={**said.given, "HS03": Answer("cleared")})
        found = casework.assess_case(desk, ref, "safe_return", "home_region")
        what_if = casework.assess_case(desk, ref, "safe_return", "home_region", answers=otherwise)

        assert casework.assess_case(desk, ref, "safe_return", "home_region", answers=said) is found
        assert (found.hard_stops["HS03"].state, what_if.hard_stops["HS03"].state) == ("active", "cleared")
        assert casework.assess_case(desk, persons["second"], "safe_return", "home_region") is not found


def test_what_is_kept_names_no_answer_that_came_after_it_was_read(desk: Desk, persons: dict[str, str]) -> None:
    """Somebody writes between reading and keeping: the marks stay those of the answers that were read."""
    ref, asked = persons["second"], casework.instrument_for(desk, "safe_return")
    with one_moment():
        before = casework.marks_of(desk, ref, verb="report")
        casework.recorded(desk, ref, asked, "home_region")
        with ThreadPoolExecutor(1) as somebody:  # a moment is of one thread, so this is as far away as another process
            somebody.submit(_written_elsewhere, desk.open_store().path, ref).result()

        assert casework.marks_of(desk, ref, verb="report") == before != desk.open_store().marks(ref)
    assert casework.marks_of(desk, ref, verb="report") != before


def test_all_futures_are_read_before_the_first_is_kept(desk: Desk) -> None:
    """Each future is kept by itself, and once."""
    ref = _person(desk, "Nobody", "XAA")
    casework.save_paper(desk, ref, casework.FUTURES, {"futures": [
        {"kind": kind, "order": order, "country": "XAA", "subdivision": "", "words": ""} for order, kind in enumerate(("home_region", "relocation"), 1)]},
        seen=casework.paper(desk, ref, casework.FUTURES).revision)  # type: ignore[union-attr]

    assert [one.scenario for one in keep_for_report(desk, ref, "safe_return")] == ["home_region", "relocation"]
    assert keep_for_report(desk, ref, "safe_return") == ()


def test_cases_that_lead_to_the_same_place_follow_one_another(desk: Desk, persons: dict[str, str]) -> None:
    """In whatever order they are asked for, and the same each time."""
    third = _person(desk, "Nobody", "NGA")
    listed = [persons["second"], persons["first"], third]
    made_with = batching.edition(desk, ORDER)

    found = [list(batching.keys_of_all(desk, ORDER, made_with, order)) for order in (listed, listed[::-1])]
    assert found[0] == found[1] == [*sorted((persons["second"], third)), persons["first"]]


def test_a_drawing_that_is_remembered_keeps_no_ids_of_another_page() -> None:
    """Cleaned once, each page puts its own name before every id and every place that points to one."""
    drawn = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><clipPath id="a"><path d="M0 0h1"/></clipPath>'
             '<rect width="1" height="1" clip-path="url(#a)"/></svg>')

    for prefix in ("p1-", "", "p2-", "p1-"):
        cleaned = html.clean_svg(drawn, prefix=prefix)
        assert f'id="{prefix}a"' in cleaned and f'clip-path="url(#{prefix}a)"' in cleaned and "\x00" not in cleaned


@pytest.mark.parametrize("words", ["plain words", "q\u0301 with a raised mark", "on \u05d4 the way", "a-very-long-word-" * 9])
def test_a_file_whose_pages_stay_closed_is_the_one_with_opened_pages(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be turned, looking at every page would change nothing."""
    blocks = (Text(words), Table("Table", ("one", "two"), (("row", words),)), Notice("Note", words))
    document = Document(title="Title", language="en", direction="ltr", profile="lawyer", reference="DEMO-001", date="2026-11-21", blocks=blocks)
    made = pdf.pdf_document(document)
    monkeypatch.setattr(pdf, "may_run_left", lambda _text: True)

    assert pdf.pdf_document(document) == made
