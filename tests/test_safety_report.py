"""Promises about the personal safety report: what each chapter tells, who may have it, and what it never says."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import give
from pypdf import PdfReader

from safe_lib import casework
from safe_lib.casework import Desk, Said
from safe_lib.catalogue import load_instrument, load_texts, paths
from safe_lib.catalogue.chapters import chapters_file, check_chapters, load_chapters
from safe_lib.catalogue.template_checks import check_templates
from safe_lib.engine.tension import tension
from safe_lib.model.errors import ReportError
from safe_lib.model.instrument import Item
from safe_lib.report.make import document_of, make_report
from safe_lib.report.profiles import load_profile
from safe_lib.widgets.editors import report_buttons
from safe_lib.workbook import Workbook

ON = date(2026, 11, 21)
CHAPTERS = ("threat", "protection", "punishment", "reintegration", "relocation", "staying")
NOTE = "The uncle was asked for the address in March"
FEARED = "The man who lent the money for the journey"


@pytest.fixture
def told(desk: Desk) -> str:
    """A case with an account, answers with notes and without, two futures, a plan, and signals from identification."""
    ref = casework.open_case(desk, "Aspen").ref
    asked = casework.instrument_for(desk, "safe_return")
    give(desk, ref, "safe_return", {"HS01": "cleared", "HS03": "cleared", "HS06": "cleared", "SAF-02": "unknown", "PRO-01": "present", "PRO-03": "partly",
                                    "LIV-05": "absent", "DEB-01": "declined", "VOL-01": "present", "FAM-07": "present"})
    casework.record(desk, ref, asked, Said("SAF-01", "present", ("account", "third_party"), NOTE, seen=None))
    casework.record(desk, ref, asked, Said("REL-01", "partly", ("account",), "A cousin lives there.", seen=None), "relocation")
    account = casework.instrument_for(desk, "safety_account")
    words = {"WHO_IS_FEARED": FEARED, "NOT_KNOWN": "Whether the house was sold.", "WROTE": "Counsellor at a shelter; interpreter by telephone."}
    for item, note in words.items():
        casework.record(desk, ref, account, Said(item, "written", (), note, seen=None))
    give(desk, ref, "safety_account", {"SHARE": "agreed", "READ_BACK": "yes"})
    record = casework.instrument_for(desk, "safe_return_record")
    casework.record(desk, ref, record, Said("CUTOFF", "written", (), "2026-11-10", seen=None))
    casework.record(desk, ref, record, Said("OWN_WORDS", "written", (), "To stay until my sister is here.", seen=None))
    ilo = casework.instrument_for(desk, "ilo_adult_labour")
    casework.record(desk, ref, ilo, Said("CD05", "present", ("account",), "Zorvath told the neighbour.", seen=None))
    casework.save_paper(desk, ref, casework.PLAN, {"rows": [{"about": "SAF", "measure": "Change the telephone.", "owner": "Quillbert Vane"}]})
    casework.save_paper(desk, ref, casework.FUTURES, {"futures": [
        {"kind": "stay", "order": 1, "country": "", "subdivision": "", "words": "Until my case is finished."},
        {"kind": "home_region", "order": 2, "country": "XAA", "subdivision": "", "words": "Not to my uncle."},
        {"kind": "relocation", "order": 3, "country": "NGA", "subdivision": "", "words": ""}]})
    return ref


def report(desk: Desk, ref: str, profile: str = "lawyer", kind: str = "json") -> str:
    made = make_report(desk, ref, "safety_report", profile, kind)
    if kind == "pdf":
        return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())
    if kind == "docx":
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            return " ".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    return made.decode() if kind == "html" else json.dumps(json.loads(made), ensure_ascii=False).replace('\\"', '"')


def chapter(desk: Desk, ref: str, name: str) -> str:
    return str(getattr(Workbook(desk, "safety_report", ref), name)())


# What stands where


def test_every_question_stands_in_one_chapter_or_is_left_out_on_purpose() -> None:
    """No item and no hard stop of the return assessment is forgotten or told twice; what is left out has its reason."""
    chapters = load_chapters()

    assert check_chapters() == [] and check_templates() == []
    assert tuple(one.id for one in chapters.chapters) == CHAPTERS
    assert all(len(why) > 20 for why in chapters.left_out.values())


def test_the_chapters_follow_the_factors_of_the_dossier() -> None:
    """Reprisals and protection: T01 to T07; punishment: T08; family and society: T09 to T15 and T17; across all: T16, T18 to T20."""
    topics = {one.id: set(one.themes) for one in load_chapters().chapters}

    assert topics["threat"] | topics["protection"] >= {f"T{n:02}" for n in range(1, 8)}
    assert "T08" in topics["punishment"]
    assert topics["reintegration"] >= {*(f"T{n:02}" for n in range(9, 16)), "T17"}
    assert set().union(*topics.values()) == {f"T{n:02}" for n in range(1, 21)}


def test_the_account_asks_every_question_such_a_report_must_answer() -> None:
    """Each question of the dossier (D1) has its place, and each free answer stands in a chapter or around them."""
    asks = load_instrument("safety_account")
    told_in = {group for one in load_chapters().chapters for group in one.asks}
    labels = " ".join(item.label for item in asks.items)

    for words in ("Who exactly is feared, and why this person", "What has happened since leaving", "Who knows where the family is", "told to the police here",
                  "debt or the oath", "authorities in that place", "happened to others", "under coercion", "house and accept", "child is accepted",
                  "Which services", "health can be kept up", "other place", "without status", "not known"):
        assert words in labels
    assert told_in == {group.id for group in asks.groups} - {"FRAME", "CLOSING"}


@pytest.mark.parametrize(("old", "new", "problem"), [
    ("domains: [SAF, DEB]", "domains: [SAF]", '"DEB-01" stands in no chapter.'),
    ("domains: [PRO]", "domains: [PRO, REL]", '"REL-01" stands in more than one chapter'),
    ("hard_stops: [HS07]", "hard_stops: [HS07, HS99]", '"HS99" is not one of the hard_stops'),
    ("themes: [T20]", "themes: [T21]", '"T21" is not one of the themes'),
    ("weighs: safe_return ", "weighs: safe_retrun ", 'there is no instrument "safe_retrun"'),
    ("futures: [stay]", "futures: [staying]", '"staying" is not one of the futures'),
    ("readers: [own_file, lawyer]\n", "", "there is no readers"),
])
def test_a_slip_in_the_chapters_is_found(tmp_path: Path, old: str, new: str, problem: str) -> None:
    """`safe check` names what is wrong with the file, with line and repair."""
    file = tmp_path / "report" / "safety_report.yaml"
    file.parent.mkdir()
    text = chapters_file().read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = check_chapters(tmp_path)

    assert any(problem in str(one) for one in found), [str(one) for one in found]
    assert all(one.repair for one in found)


# What it tells


def test_a_chapter_tells_the_account_with_what_it_rests_on(desk: Desk, told: str) -> None:
    """The person's words, then answers with basis, note and day; what is open stands among the gaps and nowhere else."""
    said = chapter(desk, told, "threat")

    assert f"> {FEARED}" in said
    assert f"(SAF-01) | Present. {NOTE} | Account, Third party | 2026-11-21" in said
    gaps = said.partition("### What is not known")[2]
    assert "★ Threats or approaches to the person or family in the last 12 months (SAF-02): Unknown" in gaps
    assert "(DEB-01): Declined" in gaps
    assert "(SAF-02)" not in said.partition("### What is not known")[0]


def test_what_belongs_to_another_chapter_stays_there(desk: Desk, told: str) -> None:
    """Punishment is told under punishment; the choice itself is left to the file."""
    whole = report(desk, told)

    assert "PRO-03" in chapter(desk, told, "punishment") and "PRO-03" not in chapter(desk, told, "protection")
    assert "VOL-01" not in whole and "HS01" not in whole


def test_a_chapter_looks_at_the_place_of_its_own_future(desk: Desk, told: str) -> None:
    """Another place is told of the country and the answers of the relocation, the other chapters of the home region; staying of neither."""
    assert "Exampleland" in chapter(desk, told, "threat") and "Nigeria" not in chapter(desk, told, "threat")
    assert "Nigeria" in chapter(desk, told, "relocation") and "(REL-01) | Partly. A cousin lives there." in chapter(desk, told, "relocation")
    assert "No country is chosen" in chapter(desk, told, "staying") and "T20 Situation in the host country: no information" in chapter(desk, told, "staying")


def test_where_account_and_sources_differ_both_stand(desk: Desk, told: str) -> None:
    """Sources that disagree with each other, and answers that differ from what sources say; with the sentence that both stand."""
    protection, reintegration = chapter(desk, told, "protection"), chapter(desk, told, "reintegration")

    assert "! T05 State protection and justice: Sources disagree" in protection
    assert "The account sees no danger where sources report little protection." in reintegration and "(LIV-05)" in reintegration
    assert "Both stand." in reintegration
    assert "no reason to doubt an account" in reintegration


@pytest.mark.parametrize(("kind", "code", "level", "differ"), [
    ("risk", "present", "strong", "graver"), ("risk", "partly", "strong", "graver"), ("risk", "present", "weak", ""), ("risk", "present", "partial", ""),
    ("risk", "absent", "weak", "calmer"), ("risk", "absent", "absent", "calmer"), ("risk", "absent", "strong", ""), ("risk", "absent", "partial", ""),
    ("risk", "unknown", "weak", ""), ("risk", "unknown", "strong", ""), ("risk", "absent", None, ""), ("risk", "present", None, ""),
    ("risk", "not_applicable", "weak", ""), ("protective", "present", "weak", "better"), ("protective", "verified", "absent", "better"),
    ("protective", "absent", "weak", ""), ("protective", "present", "strong", ""), ("protective", "partly", "weak", ""),
    ("hard_stop", "active", "strong", "graver"), ("hard_stop", "cleared", "weak", "calmer"), ("hard_stop", "cleared", "strong", ""),
    ("hard_stop", "active", "weak", ""), ("hard_stop", "not_asked", "weak", ""),
])
def test_account_and_sources_are_compared_and_never_weighed(kind: str, code: str, level: str | None, differ: str) -> None:
    """Only what both sides say can differ; what is open on either side, or in the middle, does not."""
    assert tension(Item("X", "G", kind, "Label", kind), code, level) == differ


def test_the_frame_says_who_when_from_what_and_what_it_is_not(desk: Desk, told: str) -> None:
    """Author, days, cut-off of the country information, futures in the person's order, versions with fingerprints, limits, statement, signatures."""
    said = report(desk, told)

    for words in ("Counsellor at a shelter; interpreter by telephone.", "2026-11-10", "Stay here (1), Home region (Exampleland) (2)", "noor",
                  f"1.0.0 ({load_instrument('safety_account').hash})", f"({load_instrument('safe_return').hash})", "It does not decide. It does not predict.",
                  "It is no finding on whether an account is believable", "the lawyer verifies paragraphs", "Professional, function, date", "Interpreter, date",
                  "To stay until my sister is here.", "Whether the house was sold.", "not yet reviewed by practitioners or lawyers"):
        assert words in said, words


def test_the_sources_of_every_chapter_are_listed(desk: Desk, told: str) -> None:
    """Claims with their marks, sources with what was read of them, credits of the figures."""
    said = report(desk, told)

    assert "[XAA 2] Example Lawyers’ Network" in said and "Four lawyers on trafficking cases, first half of 2026" in said
    assert "Credits and licences of the figures shown" in said and "not reviewed by a professional" in said


def test_it_gives_no_level_and_no_outcome_of_the_person(desk: Desk, told: str) -> None:
    """Neither the words for levels and outcomes of the return assessment nor its suggestions are in it, for any reader."""
    texts = load_texts()
    outcomes = {row.title for row in load_instrument("safe_return").outcomes}
    for profile in ("own_file", "lawyer"):
        said = report(desk, told, profile)
        for words in (*outcomes, texts("level.very_high"), texts("level.undetermined"), "suggestions from the rules", "risk score"):
            assert words not in said, words


# Who may have it


@pytest.mark.parametrize("kind", ["json", "html", "docx", "pdf"])
def test_lawyer_and_own_file_get_the_account_and_nothing_from_elsewhere(desk: Desk, told: str, kind: str) -> None:
    """Notes of the account are what the report is for; notes of identification, owners of the plan and the working name are not."""
    said = " ".join(report(desk, told, "lawyer", kind).split())

    assert "The uncle was asked" in said and "lent the money" in said
    for canary in ("Zorvath", "Quillbert", "Aspen"):
        assert canary not in said


@pytest.mark.parametrize("profile", ["partner", "person"])
@pytest.mark.parametrize("kind", ["html", "pdf", "docx", "json"])
def test_nobody_else_gets_one(desk: Desk, told: str, profile: str, kind: str) -> None:
    """It is refused before anything is made, read into the audit trail as a report, or sealed."""
    with pytest.raises(ReportError, match="made for: own_file, lawyer"):
        make_report(desk, told, "safety_report", profile, kind)
    assert casework.reports_of(desk, told) == ()
    assert not any("report.safety_report" in line.detail for line in desk.open_store().audit(told))


@pytest.mark.parametrize("profile", ["partner", "person"])
def test_its_views_are_empty_for_other_readers(desk: Desk, told: str, profile: str) -> None:
    """Even if a notebook asked for them: what a profile does not name is never made."""
    book = Workbook(desk, "safety_report", told, profile)

    for name in ("safety_frame", *CHAPTERS, "unknown", "standing"):
        assert getattr(book, name)().blocks == ()
    assert not load_profile(profile).account_notes


def test_the_page_offers_only_the_readers_it_is_made_for(desk: Desk, told: str) -> None:
    """Buttons for the own file and the lawyer; the other workbooks keep all of theirs."""
    own = report_buttons(Workbook(desk, "safety_report", told))
    other = report_buttons(Workbook(desk, "safe_return", told))

    assert 'data-profile="lawyer"' in own and 'data-profile="partner"' not in own and 'data-profile="person"' not in own
    assert 'data-profile="partner"' in other


@pytest.mark.parametrize(("code", "stops"), [("agreed", False), ("refused", True), ("withdrawn", True), ("unknown", True), ("not_asked", True)])
def test_without_agreement_the_report_says_not_to_pass_it_on(desk: Desk, told: str, code: str, stops: bool) -> None:
    """Above everything else, whatever is in it."""
    give(desk, told, "safety_account", {"SHARE": code})
    frame = Workbook(desk, "safety_report", told).safety_frame()

    assert ("Do not pass this on yet" in str(frame)) is stops
    assert str(frame).startswith("! Do not pass this on yet") is stops


def test_the_page_says_how_the_report_stands(desk: Desk, told: str) -> None:
    """Read back and agreed; a refusal leads, with what to do; a mark on the page says which."""
    assert Workbook(desk, "safety_report", told).standing().attributes["data-outcome"] == "read_back_and_agreed"
    give(desk, told, "safety_account", {"SHARE": "withdrawn"})
    standing = Workbook(desk, "safety_report", told).standing()

    assert standing.attributes == {"data-view": "outcome", "data-outcome": "not_to_be_passed_on"}
    assert "Do not pass this report on." in str(standing)


# Everywhere


def test_an_empty_case_gives_a_report_of_gaps(desk: Desk) -> None:
    """Nothing is known of anything, and every chapter says so; no chapter is left out."""
    ref = casework.open_case(desk).ref
    document = document_of(desk, ref, "safety_report", "lawyer")
    said = str(document.blocks)

    assert said.count("Nothing is recorded yet.") == len(CHAPTERS)
    assert "Do not pass this on yet" in said and "no information" in said


def test_the_report_in_dutch_is_dutch(desk: Desk, told: str) -> None:
    """Frame, headings and sentences; what the person and the sources said stays in their words."""
    document = document_of(replace(desk, language="nl"), told, "safety_report", "lawyer")
    said = str(document.blocks)

    assert document.title == "Persoonlijk veiligheidsrapport"
    for words in ("What is not known", "Both stand", "The person's account", "Written by", "safety.", "Home region"):
        assert words not in said.replace("safety_", "")
    assert "Wat niet bekend is" in said and "Beide blijven staan." in said


def test_every_text_of_a_chapter_exists(desk: Desk) -> None:
    """A chapter that is added to the file needs its title in every language, a view and a place in the profiles."""
    for one in load_chapters().chapters:
        for language in ("en", "nl"):
            assert load_texts(language).has(f"safety.chapter.{one.id}")
        assert one.id in load_profile("lawyer").views and one.id in load_profile("own_file").views
        assert callable(getattr(Workbook(desk, "safety_report", None), one.id))


def test_templates_travel_with_the_chapters() -> None:
    """The file stands among the templates, which travel in the wheel."""
    assert chapters_file() == paths.TEMPLATES / "report" / "safety_report.yaml" and chapters_file().is_file()


def test_without_a_case_only_what_it_is_not_is_shown(desk: Desk) -> None:
    """In JupyterLab without a case, and for whoever looks at the workbook first."""
    book: Any = Workbook(desk, "safety_report", None)

    assert "What this report is not" in str(book.safety_frame())
    assert book.threat().blocks == () and book.unknown().blocks == ()
    assert "Sources disagree" in str(book.example())
