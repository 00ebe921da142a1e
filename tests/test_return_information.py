"""Promises about country information in the return assessment: beside each question, in the reasons, and whole in the reports."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from conftest import give
from pypdf import PdfReader

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.catalogue import load_instrument, load_texts
from safe_lib.catalogue.countries import list_datasets, load_country, load_themes
from safe_lib.engine.country import theme_view
from safe_lib.model.country import Claim, Country, CountrySource, NotFound
from safe_lib.report.make import document_of, make_report
from safe_lib.widgets import beside, country_views
from safe_lib.widgets.page import form_of, inside_of
from safe_lib.workbook import Workbook

ON = date(2026, 11, 21)
RETURN = load_instrument("safe_return")


@pytest.fixture
def going(desk: Desk) -> str:
    """A case with a home region in Exampleland and a relocation in Nigeria, so that an invented and a real country stand in it."""
    ref = casework.open_case(desk).ref
    give(desk, ref, "safe_return", {"SAF-01": "present", "HS03": "cleared"})
    casework.save_paper(desk, ref, casework.FUTURES, {"futures": [
        {"kind": "home_region", "order": 1, "country": "XAA", "subdivision": "", "words": ""},
        {"kind": "relocation", "order": 2, "country": "NGA", "subdivision": "", "words": ""}]})
    return ref


class Panels(HTMLParser):
    """The panels of a page: which question each follows, its topic and status, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.item, self.depth = "", 0
        self.panels: list[dict[str, Any]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "fieldset" and "data-item" in said:
            self.item = said["data-item"]
        if tag == "details" and "data-theme" in said:
            self.panels.append({"item": self.item, "theme": said["data-theme"], "status": said["data-status"], "words": "", "claims": []})
            self.depth = 1
        elif tag == "details" and self.depth:
            self.depth += 1
        if "data-claim" in said and self.depth:
            self.panels[-1]["claims"].append(said["data-claim"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "details" and self.depth:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.panels[-1]["words"] += data


def panels_of(desk: Desk, ref: str, scenario: str = "") -> list[dict[str, Any]]:
    return Panels(form_of(Workbook(desk, "safe_return", ref, scenario=scenario))).panels


# Beside each question


def test_every_question_has_its_topics_beside_it(desk: Desk, going: str) -> None:
    """Each item and hard stop with topics has one panel for each of them and each country; the others have none."""
    found = panels_of(desk, going, "relocation")
    shown = {item.id: item.themes for item in RETURN.items if item.group not in ("CHI", "STA", "THI")}

    for id, themes in shown.items():
        assert [panel["theme"] for panel in found if panel["item"] == id] == list(themes) * 2, id
    assert len(found) > 150


def test_a_panel_holds_every_claim_dated_graded_and_sourced(desk: Desk, going: str) -> None:
    """Level, how it stands, for whom and where, days, review and sources, for every claim of the topic and for every figure with a value."""
    country, texts = load_country("XAA"), load_texts()
    panel = next(panel for panel in panels_of(desk, going) if panel["item"] == "SAF-02" and "Exampleland" in panel["words"])
    view = theme_view(country, "T02", ON)

    assert panel["claims"] == [claim.id for claim in view.claims]
    for claim in view.claims:
        assert claim.says in panel["words"] and f"{claim.who}; {claim.where}" in panel["words"]
        assert f"true on {claim.as_of.isoformat()}; to be reviewed by {claim.review_by.isoformat()}" in panel["words"]
        assert texts(f"level.{claim.level}") in panel["words"]
        for id in claim.sources:
            assert country.sources[id].title in panel["words"] and country.sources[id].publisher in panel["words"]
    for figure in view.figures:
        if figure.value is not None:
            assert f"{figure.label}: {figure.value:g}" in panel["words"] and str(figure.year) in panel["words"]
            assert f"does better than about {round((figure.position or 0) * 100)} in 100 countries" in panel["words"]
    assert "Independent voices today: 2" in panel["words"] and "For a critical question 3 are wanted." in panel["words"]


@pytest.mark.parametrize(("item", "theme", "status", "words"), [
    ("PRO-01", "T05", "conflicting", "Sources disagree. Neither side outweighs the other, so the topic is open."),
    ("PRO-01", "T05", "conflicting", "whether the Norrin unit takes reports from men in practice; searched 14 November 2026."),
    ("PRO-02", "T07", "current", "The texts behind this only repeat each other"),
    ("SAF-01", "T01", "current", "One voice only carries this topic today."),
    ("RET-01", "T06", "outdated", "review was due 2025-12-31; counts as unknown"),
    ("DOC-01", "T15", "missing", "no information"),
    ("DOC-01", "T15", "missing", "replacing lost papers from abroad; searched 14 November 2026."),
    ("DEB-03", "T04", "current", "not reviewed by a professional"),
])
def test_a_panel_shows_every_doubt(desk: Desk, going: str, item: str, theme: str, status: str, words: str) -> None:
    """Disagreement with both sides, one voice, a ring of quotations, what ran out, what is missing, what was searched in vain, and what nobody reviewed."""
    found = [panel for panel in panels_of(desk, going) if (panel["item"], panel["theme"]) == (item, theme) and "Exampleland" in panel["words"]]

    assert [panel["status"] for panel in found] == [status]
    assert words in found[0]["words"]


def test_both_sides_of_a_disagreement_stand_in_one_frame(desk: Desk, going: str) -> None:
    """Claims whose levels differ, and claims that are said to disagree, side by side; an outdated one takes no part."""
    country = load_country("XAA")
    view = theme_view(country, "T05", ON)
    html = form_of(Workbook(desk, "safe_return", going))
    frame = re.search(r'<div class="versus">(.*?)</div><div class="claim" data-claim="(\w+)" data-status="outdated"', html, re.S)

    assert frame is not None
    both = re.findall(r'data-claim="(\w+)"', frame[1])
    assert set(both) == {claim.id for claim in country_views.disputed(country, view, ON)} == {
        "police_unit_norrin", "unit_without_orders", "video_statements"}
    assert "Another source says otherwise" in frame[1]


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> Iterator[Country]:
    """Exampleland as somebody might write it who wants the page to run something."""
    bad = '<script>alert(1)</script>"\'&'
    claim = Claim("a", "T02", "weak", bad, bad, bad, date(2026, 1, 1), date(2027, 1, 1), ("one",), "", (), bad)
    place = replace(load_country("XAA"), hash="hostile", claims=(claim,), not_found=(NotFound(bad, "T02"),),
                    sources={"one": CountrySource("one", bad, bad, "ngo", bad, url="javascript:alert(1)", where=bad, read_in=bad, quotes=(bad,), note=bad)})
    for module in (beside, country_views):
        monkeypatch.setattr(module, "country_named", lambda iso3: place)
    beside._topic.cache_clear()
    yield place
    beside._topic.cache_clear()


def test_nothing_in_a_claim_is_ever_read_as_markup(desk: Desk, going: str, hostile: Country) -> None:
    """Texts of country files stay texts, on the page and in a document."""
    book = Workbook(desk, "safe_return", going)
    for html in (form_of(book), inside_of(book, "country"), str(book.sources().html)):
        assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in form_of(book)


# In the reasons


def test_the_table_of_domains_says_what_takes_certainty_away(desk: Desk, going: str) -> None:
    """Beside how well a domain is known stand the topics and what is wrong with them, in both languages."""
    for language, words in (("en", "low (T01 single source; T05 sources disagree)"), ("nl", "laag (T01 ")):
        said = str(Workbook(replace(desk, language=language), "safe_return", going).matrix())
        assert words in said


def test_topics_that_are_open_stand_with_what_to_find_out(desk: Desk, going: str) -> None:
    """Under what would change it: the topic, what is wrong with it, and the questions a claim would answer."""
    book = Workbook(desk, "safe_return", going)
    said = str(book.open_questions())

    for theme in ("T05", "T06", "T15"):
        assert f"{theme} {load_themes()[theme].title}" in said
        assert load_themes()[theme].questions[0] in said
    assert "Country information to find or renew" in inside_of(book, "open_questions")


def test_a_topic_without_a_level_leaves_no_gap_in_the_sentence(desk: Desk) -> None:
    """Where no country is known, the reason of the rule that asks for one says so and nothing else."""
    ref = casework.open_case(desk).ref
    give(desk, ref, "safe_return", {"HS04": "active"})
    said = str(Workbook(desk, "safe_return", ref).explanation())

    assert "Country information, State protection and justice (T05): no information." in said
    assert "level." not in said and "claim." not in said


# In the reports


def words_of(desk: Desk, ref: str, kind: str = "json", profile: str = "lawyer", workbook: str = "safe_return") -> str:
    made = make_report(desk, ref, workbook, profile, kind)
    if kind == "pdf":
        return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())
    return made.decode()


def test_a_report_lists_every_claim_with_its_source_and_pinpoint(desk: Desk, going: str) -> None:
    """Every claim of every country in sight, with its days, whether a professional reviewed it, and each source with the part read and where."""
    said = json.dumps(json.loads(words_of(desk, going)), ensure_ascii=False)
    plain = said.replace('\\"', '"')

    for iso3 in ("XAA", "NGA"):
        country = load_country(iso3)
        for claim in country.claims:
            if claim.as_of <= ON:
                assert f"{claim.says} ({claim.who}; {claim.where})" in plain, claim.id
                assert f"true on {claim.as_of.isoformat()}" in plain
        cited = {id for claim in country.claims for id in claim.sources}
        for id in cited:
            source = country.sources[id]
            assert f"{source.title}, {source.publisher}, {source.published}" in plain, id
            for part in (source.where, source.read_in, source.url):
                assert not part or part in plain, (id, part)
        marks = country_views.marks_of(country, ON)
        assert set(marks) >= cited and len(set(marks.values())) == len(marks)
    assert plain.count("not reviewed by a professional") >= sum(not claim.checked for claim in load_country("NGA").claims)


def test_a_report_has_the_credit_of_every_figure_it_shows(desk: Desk, going: str) -> None:
    """Credit line, licence and terms of every dataset behind a figure; the invented figures say that they are."""
    said = json.dumps(json.loads(words_of(desk, going)), ensure_ascii=False).replace('\\"', '"')
    country = load_country("NGA")
    figures = [country.figures[id] for theme in country.themes.values() for id in theme.indicators if id in country.figures]
    shown = {figure.source for figure in figures if figure.value is not None}
    datasets = {one.id: one for one in list_datasets()}

    assert len(shown) > 8
    for id in shown:
        assert datasets[id].credit in said and datasets[id].licence in said, id
    assert "The figures of Exampleland are invented." in said


@pytest.mark.parametrize("profile", ["partner", "person"])
def test_who_gets_no_country_information_gets_no_sources_of_it(desk: Desk, going: str, profile: str) -> None:
    """What a profile leaves out is not made, the list of sources included."""
    said = words_of(desk, going, profile=profile)

    assert "Credits and licences" not in said and "Example University" not in said


def test_the_printed_report_can_be_read(desk: Desk, going: str) -> None:
    """In the typeset document, too, a claim, its mark and its source are found."""
    said = words_of(desk, going, "pdf")

    assert "[XAA 2]" in said and "Four lawyers on trafficking cases" in said.replace("- ", "")
    assert "Credits and licences of the figures shown" in said


def test_the_country_view_in_dutch_has_no_english_frame(desk: Desk, going: str) -> None:
    """Claims stay in the words of their author; everything around them is Dutch."""
    document = document_of(replace(desk, language="nl"), going, "safe_return", "lawyer")
    said = str(document.blocks)

    for words in ("to be reviewed by", "Searched in vain", "Independent voices", "not reviewed by a professional"):
        assert words not in said
    assert not re.search(r"\b(return|kind|terms|level|claim)\.[a-z_]{3,}\b", said)
    assert "niet door een vakpersoon nagekeken" in said and "Vergeefs gezocht" in said
