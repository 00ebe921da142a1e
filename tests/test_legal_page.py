"""The workbook on procedures as a page and as a report: who gets what, in both languages, with nothing left out because it is unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import PHRASE, TODAY

from safe_lib import casework, procedures
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.procedures import load_law
from safe_lib.catalogue.prose import read_notebook
from safe_lib.model.document import Document
from safe_lib.model.legal import CaseFact, Contact, FileDocument, PersonStatement, StepDone, Task
from safe_lib.report.make import document_of, written
from safe_lib.store import CHEAP, Store
from safe_lib.widgets.blocks import blocks_text, is_plain_drawing
from safe_lib.widgets.legal import timeline
from safe_lib.widgets.legal.page import body_html, live
from safe_lib.widgets.legal.reading import reading_of
from safe_lib.widgets.legal.sheet import Sheet
from safe_lib.widgets.shell import Frame
from safe_lib.workbook import Workbook

WORDS = "I worked every day and was not paid."
PHONE = "+31 20 000 0000"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with one case, which has something of everything; nothing of it is changed here."""
    with Store.create(tmp_path_factory.mktemp("legal") / "cases.safe", PHRASE, training=True, cost=CHEAP) as store:
        yield Desk(store, "noor", "en", TODAY)


@pytest.fixture(scope="module")
def ref(desk: Desk) -> str:
    """An invented person in the reflection period, with an extension of which the day is not known."""
    ref = casework.open_case(desk, "Mira D.").ref
    for name, value in (("presumed_victim", "yes"), ("lawful_stay", "no"), ("reflection_granted", "2026-11-02"), ("crime_date", "2026-09-10")):
        procedures.save_fact(desk, ref, CaseFact(name, value, "letter of the IND"))
    procedures.look_in(desk, ref, ["NLD", "HUN"])
    for id in ("NL-REFLECT", "NL-EXT", "HU-COMP"):
        procedures.follow(desk, ref, id)
    procedures.save_step(desk, ref, StepDone("NL-REFLECT", "r1", TODAY, "noor"))
    procedures.save_document(desk, ref, FileDocument(document="consent_form", procedure="NL-REFLECT", bringer="the shelter", due=TODAY, copy="original"))
    procedures.save_task(desk, ref, Task(task="Call the office", doer="noor"))
    procedures.save_contact(desk, ref, Contact(office="Example lawyers", phone=PHONE, safe="no"))
    procedures.save_statement(desk, ref, PersonStatement(WORDS, "en", "yes"))
    return ref


def sheet_of(desk: Desk, ref: str, language: str = "en", *, write: bool = True) -> Sheet:
    """The page's own sheet."""
    texts = load_texts(language)
    return Sheet(reading_of(replace(desk, language=language), ref, texts), Frame(texts=texts, base_url="/", xsrf="x"), ref, write, write)


@pytest.fixture(scope="module")
def documents(desk: Desk, ref: str) -> dict[str, Document]:
    """The report for each kind of reader."""
    return {profile: document_of(desk, ref, "procedures", profile) for profile in ("own_file", "lawyer", "partner", "person")}


def test_each_reader_gets_what_is_for_them(documents: dict[str, Document]) -> None:
    """Work lists and data of others stay in the own file; a partner gets the days alone; the person gets plain words and their own."""
    said = {profile: blocks_text(document.blocks) for profile, document in documents.items()}

    assert all("not legal advice" in text for text in said.values())
    assert PHONE in said["own_file"] and "Call the office" in said["own_file"]
    assert WORDS in said["lawyer"] and "letter of the IND" in said["lawyer"]
    assert not any(word in said[reader] for reader in ("lawyer", "partner", "person") for word in (PHONE, "Call the office"))
    assert WORDS not in said["partner"] and "letter of the IND" not in said["partner"] and "2 December 2026" in said["partner"]
    assert WORDS in said["person"] and "letter of the IND" not in said["person"] and "2 December 2026" in said["person"]
    assert "noor" not in said["person"] and "Higher appeal" not in said["person"]


def test_what_is_unknown_stands_in_every_report(documents: dict[str, Document]) -> None:
    """The extension, whose day nobody knows, is in each of them with the word for it."""
    for profile, document in documents.items():
        text = blocks_text(document.blocks)
        assert ("not known: ask your lawyer" if profile == "person" else "unknown: ask the lawyer today") in text, profile


def test_where_sources_differ_both_stand_in_the_report_and_the_shorter_counts(documents: dict[str, Document]) -> None:
    """Three months and a year; the shorter is marked as used (DR7)."""
    text = blocks_text(documents["lawyer"].blocks)

    assert "HU-COMP-FILE: sources differ; the shortest term is computed" in text
    assert re.search(r"3 months \| 10 December 2026 .* used", text) and re.search(r"1 year \| 10 September 2027 .* –", text)


@pytest.mark.parametrize("format", ["html", "pdf", "docx", "json"])
def test_a_report_can_be_made_in_every_format(documents: dict[str, Document], format: str) -> None:
    """With the timeline in it."""
    assert len(written(documents["lawyer"], format)) > 5_000


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_page_has_every_word_in_each_language(desk: Desk, ref: str, language: str) -> None:
    """No key of a text is left, no word of the other language stands where it has one of its own."""
    sheet = sheet_of(desk, ref, language)
    html = body_html(sheet, read_notebook("procedures", language), lambda prose: prose)

    assert not re.findall(r">[^<]*\b(?:legal|procedure|code|form|disclose)\.[a-z_.]+", html)
    assert escape(load_texts(language)("procedure.not_legal_advice")) in html
    assert re.findall(r'data-deadline="([^"]+)"', html) == [one.id for one in sheet.reading.deadlines]
    assert 'data-last="unknown"' in html and 'data-last="2026-12-02"' in html


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_word_of_the_catalogue_has_its_text(language: str) -> None:
    """Who adds a procedure with a new kind of authority, remark, state, actor, term or word adds its words."""
    law, texts = load_law(), load_texts(language)
    known = law.procedures.values()
    wanted = {f"legal.authority.{key}" for one in known for key in one.authority} | {f"legal.kind.{remark.kind}" for one in known for remark in one.remarks}
    wanted |= {f"procedure.states.{state}" for one in known for state in one.states} | {f"procedure.actor.{step.actor}" for one in known for step in one.steps}
    wanted |= {f"legal.value.{word}" for words in law.values.values() for word in words}
    wanted |= {f"legal.country.{iso3}" for iso3 in procedures.known_jurisdictions()}
    wanted |= {f"legal.term.{unit}{many}" for unit in ("day", "week", "month", "year", "working_day") for many in ("", "s")}

    assert sorted(key for key in wanted if key not in texts.entries) == []


def test_every_entry_has_its_own_form_with_the_revision_it_was_read_in(desk: Desk, ref: str) -> None:
    """And who may only read gets no form at all, but the same content."""
    sheet = sheet_of(desk, ref)
    parts, revisions = live(sheet), sheet.reading.file.revisions
    forms = re.findall(r"<form [^>]*data-entry.*?</form>", "".join(parts.values()), re.S)
    reader = live(sheet_of(desk, ref, write=False))

    assert len(forms) > 30
    for form in forms:
        part, id, seen = (re.search(pattern, form)[1] for pattern in (r'data-part="(\w+)"', r'name="id" value="([^"]*)"', r'name="seen" value="(\d+)"'))  # type: ignore[index]
        assert int(seen) == revisions.get((part, id), 0) and 'name="_xsrf"' in form
    assert {int(seen) > 0 for seen in re.findall(r'name="seen" value="(\d+)"', parts["tasks"])} == {True, False}
    assert "<form" not in "".join(reader.values())
    assert PHONE in reader["contacts"] and WORDS in reader["own_words"] and "letter of the IND" in reader["case_facts"]


def test_what_somebody_wrote_is_no_markup(desk: Desk, ref: str) -> None:
    """Whatever field it is in."""
    evil = "<script>alert(1)</script>"
    other = casework.open_case(desk).ref
    procedures.save_fact(desk, other, CaseFact("lawful_stay", "no", evil))
    procedures.save_document(desk, other, FileDocument(title=evil, bringer=evil, note=evil))
    procedures.save_task(desk, other, Task(task=evil, doer=evil))
    procedures.save_contact(desk, other, Contact(office=evil, contact=evil, phone=evil, note=evil))
    procedures.save_statement(desk, other, PersonStatement(evil, evil))

    for write in (True, False):
        assert "<script" not in "".join(live(sheet_of(desk, other, write=write)).values())


def test_the_drawing_of_days_is_plain_named_and_says_what_the_list_says(desk: Desk, ref: str) -> None:
    """One number for each day that is known, no two marks on each other, and a title and a description inside."""
    reading = reading_of(desk, ref, load_texts("en"))
    drawn = timeline.picture(reading)
    assert drawn is not None and is_plain_drawing(drawn.svg)
    root = ElementTree.fromstring(drawn.svg)
    names = [element.tag.rpartition("}")[2] for element in root]
    listed = timeline.placed(reading.moments, reading.on)
    places = [(row, one.x) for row, one in timeline.rows_of(listed)]

    assert names[:2] == ["title", "desc"] and drawn.says == root[1].text
    assert drawn.table is not None and len(drawn.table.rows) == len(reading.moments)
    assert len(places) == sum(one.x is not None for one in listed)
    assert all(abs(x - y) >= timeline.APART for row, x in places for other, y in places if row == other and (row, x) is not (other, y) and x != y)


def test_a_rule_past_its_day_is_told_before_its_days(desk: Desk, ref: str) -> None:
    """On the page and in each procedure: verify first."""
    later = replace(desk, today=date(2027, 6, 1))
    parts = live(sheet_of(later, ref))

    assert "Verify first" in parts["statement"] and "Verify first" in parts["followed"]
    assert "Verify first" not in live(sheet_of(desk, ref))["statement"]


def test_the_worked_example_is_the_same_every_day(desk: Desk) -> None:
    """An invented person on a fixed day."""
    views = [str(Workbook(replace(desk, today=day), "procedures", None).example()) for day in (TODAY, date(2030, 1, 1))]

    assert views[0] == views[1] and "2 December 2026" in views[0]


def test_a_report_is_sealed_and_registered_as_every_other(desk: Desk, ref: str) -> None:
    """`safe report` and the page make it the same way; nothing of an instrument is kept for it."""
    name, mime, content = Workbook(desk, "procedures", ref).make_report("lawyer", "pdf")
    sealed: Any = casework.reports_of(desk, ref)

    assert mime == "application/pdf" and content.startswith(b"%PDF") and name.endswith(".pdf")
    assert [(one.workbook, one.profile) for one in sealed] == [("procedures", "lawyer")]


def test_a_batch_makes_it_for_many(desk: Desk, ref: str, tmp_path: Path) -> None:
    """Its key changes with the file of the case."""
    from safe_lib import batching
    from safe_lib.batching import Order

    order = Order("procedures", "lawyer", ("html",))
    made_with = batching.edition(desk, order)
    other = casework.open_case(desk).ref
    before = batching.keys_now(desk, order, made_with, other)
    procedures.save_task(desk, other, Task(task="Another"))

    assert batching.keys_now(desk, order, made_with, other) != before


def region(desk: Desk, ref: str, name: str) -> str:
    texts = load_texts("en")
    return live(Sheet(reading_of(desk, ref, texts), Frame(texts, here="/procedures"), ref, may_write=True))[name]


def test_whether_a_removal_is_planned_is_asked_before_every_other_fact(desk: Desk) -> None:
    """Unknown, it is asked above what is due and above all facts; a yes stands above every day, on the page and in a report, and is asked once only."""
    ref = casework.open_case(desk, "Birch").ref
    facts = region(desk, ref, "case_facts")
    asked = re.findall(r'<input type="hidden" name="name" value="(\w+)">', facts)
    assert asked[0] == "removal_planned" and asked.count("removal_planned") == 1
    assert 'data-unasked="removal_planned"' in region(desk, ref, "deadlines") and "data-alarm" not in region(desk, ref, "deadlines")

    procedures.save_fact(desk, ref, CaseFact("removal_planned", "yes", "the lawyer"))
    due = region(desk, ref, "deadlines")
    facts = region(desk, ref, "case_facts")
    assert due.startswith("<div data-alarm>") and "Call the lawyer now" in due and "data-unasked" not in due
    assert re.findall(r'name="name" value="(\w+)">', facts).count("removal_planned") == 1
    report = blocks_text(document_of(desk, ref, "procedures", "lawyer").blocks)
    assert report.index("A removal is planned") < report.index("NL-VOVO-TERM")
