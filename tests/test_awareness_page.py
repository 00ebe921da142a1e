"""The page of the messages, without a browser: what can be chosen, what is shown in its own language and direction, and questions that cannot be sent."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from lxml import html

from safe_lib.catalogue import load_texts
from safe_lib.catalogue.awareness import load_plan, load_words, word_files
from safe_lib.catalogue.prose import in_language, read_notebook
from safe_lib.engine import awareness as rules
from safe_lib.runtime.awareness_page import printable
from safe_lib.widgets.awareness_page import QUESTIONS, Place, page_html


def page(language: str = "en", of: str = "en", **more: Any) -> html.HtmlElement:
    names = {code: load_words(code).name for code in word_files()}
    place = Place(load_plan(language), load_words(of), load_texts(language), names, **more)
    notebook = in_language(read_notebook("awareness", language), "awareness", language)
    made = page_html(place, "Awareness", "about", "", notebook, lambda source: "<h2>prose</h2>" if source.startswith("## ") else "")
    return html.fromstring(f"<main>{made}</main>")


CHOICES = [{}, {"audience": "young_12_15", "theme": "relations", "length": "talk"}, {"audience": "young_12_15", "theme": "work"}, {"at": QUESTIONS},
           {"wrong": "Not now."}]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("more", CHOICES)
def test_every_state_can_be_read_aloud_and_used_without_a_script(language: str, more: dict[str, str]) -> None:
    """One first heading, no level left out, each control with its label, no id twice, no key of a text left over."""
    found = page(language, **more)
    levels = [int(one.tag[1]) for one in found.iter("h1", "h2", "h3", "h4")]
    ids = found.xpath("//@id")

    assert levels[0] == 1 and levels.count(1) == 1 and all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert len(ids) == len(set(ids)) and not found.xpath("//@style | //@onclick | //script")
    assert all(found.xpath(f"//label[@for='{one.get('id')}']") for one in found.xpath("//input[@type!='hidden'] | //select"))
    assert "aware." not in found.text_content() and "{" not in found.text_content()


@pytest.mark.parametrize("of", list(word_files()))
def test_people_read_their_own_language_in_its_direction(of: str) -> None:
    """Each message stands in the language it is in; a draft is named as one, beside the name of the language."""
    found, words = page(of=of), load_words(of)
    told = found.xpath("//article[@data-message]")

    assert [one.get("data-message") for one in told] == list(rules.heard(load_plan(), "safety", "adults"))
    assert all(one.xpath(f"./div[@lang='{of}' and @dir='{words.direction}']") for one in told)
    assert bool(found.xpath(f"//*[@data-draft='{of}']")) == words.draft and (not words.draft or words.name in found.xpath("//*[@data-draft]")[0].text_content())


def test_what_staff_leave_unsaid_and_where_it_comes_from_stands_beside_it() -> None:
    """The sentence, the check before use, and each source with its year and whether it was seen."""
    (told,) = page(theme="work").xpath("//article[@data-message='K4']")
    text = " ".join(told.text_content().split())

    assert "Leave unsaid: Without papers you can do nothing." in text and "Before use: A lawyer of the country" in text
    assert "Directive 2009/52/EC, Article 6 (back payments) (2009, from memory, to be verified)" in text


def test_a_choice_stays_with_every_form() -> None:
    """The form for prints sends along what is shown, and offers no questions on paper."""
    found = page("nl", "ar", audience="men", theme="work", length="talk")
    (form,) = found.xpath("//form[@id='make']")
    hidden = {one.get("name"): one.get("value") for one in form.xpath(".//input[@type='hidden']")}

    assert hidden == {"group": "men", "theme": "work", "of": "ar", "length": "talk", "lang": "nl"}
    assert form.get("method") == "get" and QUESTIONS not in form.xpath(".//option/@value")
    assert [one.get("value") for one in found.xpath("//option[@selected]")] == ["men", "work", "ar", "talk", "", "card", "pdf", "group"]


def test_numbers_are_offered_where_somebody_verified_them() -> None:
    """Of Exampleland those with a telephone that were verified lately; years later none, and the page says so."""
    known = printable("XAA", date(2026, 11, 27))
    assert "xa-harbour-house" in known and "xa-police" not in known and all(one.of_kind("phone") and one.verified for one in known.values())
    numbers = {id: one.name for id, one in known.items()}
    assert page(country="XAA", countries={"XAA": "Exampleland"}, numbers=numbers).xpath("//input[@name='entry']/@value") == list(numbers)
    assert printable("XAA", date(2035, 1, 1)) == {} and printable("", date(2026, 11, 27)) == {}
    assert "verified lately" in page(country="XAA", countries={"XAA": "Exampleland"}).text_content()


@pytest.mark.parametrize("of", list(word_files()))
def test_the_questions_have_nothing_to_be_sent_with(of: str) -> None:
    """No form, no button, no link, no field that a browser would remember; whatever is chosen, the same words stand below."""
    found, words = page(of=of, at=QUESTIONS, audience="young_12_15"), load_words(of)

    assert len(found.xpath("//fieldset/legend")) == 6 and len(found.xpath("//input[@type='radio']")) == 18
    assert not found.xpath("//form | //button | //a | //@href | //@action | //input[not(@autocomplete='off')] | //@checked")
    assert words.fixed["after"] in found.text_content() and words.fixed["private"] in found.text_content()
