"""Prints of the messages: one page where it must be one, small where it is carried, neutral on every word, marked where nobody has read it."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import html
from pypdf import PdfReader

from safe_lib.catalogue import load_texts
from safe_lib.catalogue.awareness import load_plan, load_words, word_files
from safe_lib.catalogue.organisations import load_directory, load_vocabulary
from safe_lib.cli.app import run as command
from safe_lib.engine import awareness as rules
from safe_lib.model.awareness import A6, Situation
from safe_lib.model.errors import ReportError, WrongUse
from safe_lib.report.messages import NOT_REVIEWED, Wanted, make, sheet_of

DAY = date(2026, 11, 27)
PLAN = load_plan()
LANGUAGES = tuple(word_files())
PRINTS = [id for id, one in PLAN.prints.items() if "pdf" in one.formats]
ALLOWED = Situation("one_person", trained=True, alone=True, asked=True)


def printed(kind: str, language: str = "en", staff: str = "en", **more: object) -> bytes:
    wanted = Wanted(kind, **{"theme": "relations", "audience": "women", "length": "talk", "situation": ALLOWED, **more})  # type: ignore[arg-type]
    return make(load_plan(staff), load_words(language), load_texts(staff), wanted, DAY, vocabulary=load_vocabulary())


def letters(text: str) -> str:
    """Letters and digits alone, in their plain forms: a PDF may turn, join and space them in its own way."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_print_in_every_script_holds_its_text_and_its_mark(language: str) -> None:
    """Cards of each language are one small page with every letter there; the mark of a draft stands on each page, in its words and in English."""
    words = load_words(language)
    for kind in ("card", "pocket_card", "poster"):
        reader = PdfReader(io.BytesIO(printed(kind, language)))
        assert len(reader.pages) == (2 if kind == "pocket_card" else 1), kind
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] and reader.trailer["/Root"]["/Lang"].startswith(language)
        assert reader.metadata and reader.metadata.title == words.fixed["title"] and not reader.metadata.author
        for page in reader.pages:
            text = letters(page.extract_text())
            assert letters("1.0.0 2026-11") in text
            if words.draft:
                assert sorted(letters(words.fixed["not_reviewed"])) == sorted(set_of(letters(words.fixed["not_reviewed"]), text)), kind
                assert (letters(NOT_REVIEWED) in text) == (language != "nl")
        if PLAN.prints[kind].carried:
            box = reader.pages[0].mediabox
            assert float(box.width) * 25.4 / 72 <= A6[0] + 0.1 and float(box.height) * 25.4 / 72 <= A6[1] + 0.1


def set_of(wanted: str, text: str) -> list[str]:
    """The letters of a sentence that are on a page, as often as it needs them."""
    left = list(text)
    found = []
    for letter in wanted:
        if letter in left:
            left.remove(letter)
            found.append(letter)
    return found


@pytest.mark.parametrize("kind", ["talk_sheet", "audio_script", "session_plan"])
def test_sheets_of_staff_are_complete_in_both_languages(kind: str) -> None:
    """Title, group, and every message of the theme; Dutch staff read Dutch round the words of the people."""
    for staff in ("en", "nl"):
        plan, words = load_plan(staff), load_words("en")
        text = letters("".join(page.extract_text() for page in PdfReader(io.BytesIO(printed(kind, staff=staff))).pages))

        assert letters(plan.title) in text and letters(plan.audiences["women"].title) in text
        assert all(letters(words.message(id, "women").headline) in text for id in rules.heard(plan, "relations", "women"))


def test_minutes_of_a_plan_run_from_the_first_to_the_last() -> None:
    """The table begins at 0 and ends with the minutes of the session; a group without a plan is told so."""
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printed("session_plan"))).pages)

    assert all(one in text for one in ("0–5", "5–20", "20–35", "35–45", "45–50"))
    with pytest.raises(WrongUse, match="No plan is made"):
        printed("session_plan", audience="parents", theme="work")


@pytest.mark.parametrize("kind", list(PLAN.prints))
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_print_holds_a_word_that_gives_somebody_away(kind: str, language: str) -> None:
    """Every print, theme and group of this language, staff's own sheets included; checked word by word, and by the print itself."""
    words, english, dutch = load_words(language), load_words("en"), load_words("nl")
    for theme in PLAN.themes:
        for audience in PLAN.audiences:
            if not rules.heard(PLAN, theme, audience) or (kind == "session_plan" and not rules.sessions_for(PLAN, theme, audience)):
                continue
            wanted = Wanted(kind, theme, audience, "talk", PLAN.prints[kind].formats[0], ALLOWED)
            texts = sheet_of(load_plan("nl"), words, load_texts("nl"), wanted, DAY, vocabulary=load_vocabulary()).texts()

            assert texts and not rules.given_away(words, texts, in_hand=PLAN.prints[kind].in_hand)
            assert not rules.given_away(english, texts, in_hand=False) and not rules.given_away(dutch, texts, in_hand=False)


@pytest.mark.parametrize("kind", list(PLAN.prints))
def test_no_print_says_for_which_group_it_was_made_where_that_is_a_secret(kind: str) -> None:
    """What is carried is the same for every adult; the name of one group stands on no print, staff's own included."""
    def texts(audience: str) -> list[str]:
        wanted = Wanted(kind, "relations", audience, "talk", PLAN.prints[kind].formats[0], ALLOWED)
        return sheet_of(PLAN, load_words("en"), load_texts("en"), wanted, DAY, vocabulary=load_vocabulary()).texts()

    assert not [text for text in texts("lgbti") if "lgbt" in text.lower()]
    if PLAN.prints[kind].in_hand:
        assert texts("lgbti") == texts("women") == texts("men") != texts("young_12_15")


def test_a_word_that_slipped_in_stops_the_print() -> None:
    """The last look holds even where the file was not checked."""
    words = load_words("en")
    broken = replace(words, messages={**words.messages, "K7": replace(words.messages["K7"], body="Victims may say no.")})

    with pytest.raises(WrongUse, match="gives somebody away"):
        make(PLAN, broken, load_texts("en"), Wanted("card", "relations", "women", situation=ALLOWED), DAY, vocabulary=load_vocabulary())


def test_numbers_are_verified_and_their_names_are_neutral() -> None:
    """A number of the social map stands there left to right; an old one is refused; a name that tells a reason is left out."""
    known, vocabulary = load_directory("XAA"), load_vocabulary()
    fresh = next(one for one in known.organisations if one.id.endswith("harbour-house") or one.name == "Harbour House")
    telling = replace(fresh, name="Shelter for Victims")
    day = fresh.verified.on if fresh.verified else DAY
    for one, name in ((fresh, True), (telling, False)):
        made = make(PLAN, load_words("en"), load_texts("en"), Wanted("card", "safety", "adults"), day, [one], vocabulary=vocabulary)
        text = PdfReader(io.BytesIO(made)).pages[0].extract_text()

        assert fresh.of_kind("phone")[0].value in text and ("Harbour House" in text) == name and "Shelter" not in text
        assert name or "Housing" in text
    farsi = make(PLAN, load_words("fa"), load_texts("en"), Wanted("pocket_card", "safety", "adults"), day, [fresh], vocabulary=vocabulary)
    assert fresh.of_kind("phone")[0].value in PdfReader(io.BytesIO(farsi)).pages[1].extract_text()
    police = next(one for one in known.organisations if one.type == "police")
    for one, language, says in ((police, "en", "police does not stand"), (telling, "ti", "no neutral word")):
        with pytest.raises(WrongUse, match=says):
            make(PLAN, load_words(language), load_texts("en"), Wanted("card", "safety", "adults"), day, [one], vocabulary=vocabulary)
    with pytest.raises(ReportError, match="not verified"):
        make(PLAN, load_words("en"), load_texts("en"), Wanted("card", "safety", "adults"), date(2030, 1, 1), [fresh], vocabulary=vocabulary)


@pytest.mark.parametrize("audience", ["young_12_15", "adults"])
def test_questions_for_oneself_can_send_nothing(audience: str) -> None:
    """Six for children, ten for others; no form, script, link or picture; the closing sentence is the same whatever is chosen."""
    words = load_words("en")
    page = html.fromstring(printed("questions", audience=audience, theme="safety", format="html").decode())
    names = {one.get("name") for one in page.xpath("//input")}

    assert names == set(PLAN.audiences[audience].questions) and len(names) == (6 if audience == "young_12_15" else 10)
    assert not page.xpath("//form | //script | //a | //img | //link | //iframe | //button | //@onclick | //@onchange | //@action")
    assert all(one.get("type") == "radio" and one.get("autocomplete") == "off" and one.get("checked") is None for one in page.xpath("//input"))
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0] and "form-action 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]
    assert all(page.xpath(f"//label[@for='{one.get('id')}']") or one.getparent().tag == "label" for one in page.xpath("//input"))
    assert words.fixed["after"] in page.text_content() and "victim" not in page.text_content().lower()


def test_every_print_comes_as_html_too() -> None:
    """With its language and direction, its texts escaped."""
    for kind in PLAN.prints:
        page = html.fromstring(printed(kind, format="html").decode())

        assert page.get("lang") == "en" and page.get("dir") == "ltr" and page.xpath("//h1") and page.xpath("//title/text()") == ["Living and working here"]


# The command


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = command(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_command_prints_once_the_rules_allow_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A refusal says why and leaves no file; an allowed card is written; no file is written over."""
    card = tmp_path / "card.pdf"
    options = ("awareness", "print", "card", "--out", str(card), "--group", "young_16_17", "--theme", "work", "--way", "group", "--date", "2026-11-27")
    code, _, told = run(*options, capsys=capsys)
    assert code == 2 and "only trained staff" in " ".join(told.split()) and not card.exists()
    code, told, _ = run(*options, "--trained", capsys=capsys)
    assert code == 0 and card.read_bytes().startswith(b"%PDF")
    code, _, told = run(*options, "--trained", capsys=capsys)
    assert code == 2 and "there is a file" in " ".join(told.split())
    code, _, told = run("awareness", "print", "card", "--in", "xx", "--out", str(tmp_path / "x.pdf"), capsys=capsys)
    assert code == 2 and "There are: en, nl" in told
