"""The pages of claims without a server: what they hold, that what is typed stays text, and what a form means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from some_changes import CLAIM, FIELDS, SOURCE
from test_shell import HOSTILE, Page

from safe_lib.catalogue import load_texts
from safe_lib.catalogue.countries import load_country, load_themes
from safe_lib.catalogue.listings import CLAIMS, entry_now
from safe_lib.model.change import Change, Proposal
from safe_lib.widgets.claim_fields import NO_LEVEL, Typed, filled_from, free_id, in_order_of_form, meaning_of, names_of_form
from safe_lib.widgets.claim_form import FormView, form_page
from safe_lib.widgets.claims_page import ClaimsView, PreviewView, choose_page, claims_page, preview_page
from safe_lib.widgets.inputs import Wrongs
from safe_lib.widgets.shell import Frame, Language
from safe_lib.widgets.waiting_page import Waiting, WaitingView, waiting_page

ON = date(2026, 11, 21)
LANGUAGES = (Language("en", "English"), Language("nl", "Nederlands"))
ENTRY: dict[str, Any] = entry_now(CLAIMS.path("XAA").read_bytes(), CLAIMS, CLAIM) or {}


def frame(language: str) -> Frame:
    return Frame(load_texts(language), here="/claims", languages=LANGUAGES, script_url="/assets/frame.js", style_url="/assets/safe.css", xsrf="proof")


def hostile_country(word: str) -> Any:
    """Exampleland with the word in every place where a file may hold text."""
    country = load_country("XAA")
    claims = tuple(replace(claim, says=word, who=word, where=word, note=word, checked=word) for claim in country.claims)
    sources = {id: replace(source, title=word, publisher=word, published=word, where=word) for id, source in country.sources.items()}
    return replace(country, claims=claims, sources=sources)


def pages(word: str, language: str = "en") -> dict[str, str]:
    """One of every page of claims, with `word` wherever somebody may have typed something."""
    country, theme, around = hostile_country(word), replace(load_themes(language=language)["T09"], title=word), frame(language)
    words = dict.fromkeys(names_of_form(), word)
    typed = Typed("add", "XAA", "T09", "", words, (word, "shelter_interview_2026"), (word,))
    wrong = Wrongs(tuple((name, word) for name in ("", "says", "keep", "s1_title", "s2_note", "as_of", "level", "disagrees", word)))
    claim = next(one for one in country.claims if one.id == CLAIM)
    after, before = {**ENTRY, "says": word, "level": None}, {**ENTRY, "says": word}
    change = Change("XAA", "claims", "renew", CLAIM, after, before, {"new": {**SOURCE, "title": word}}, word, word, word)
    made = Proposal("C222-2222", change, "XAA/profile.yaml", "0", word, datetime(2026, 11, 21, 9, tzinfo=UTC))
    decided = replace(made, id="C333-3333", state="rejected", decided_by=word, decided_at=made.at, reason=word)
    lines = (("-", word), ("+", word))
    sources = {word: {**SOURCE, "title": word, "quotes": [word]}}
    refused = Wrongs((("looked", word), ("reason", word)))
    waiting = (Waiting(made, word, False, lines, rests_on=sources, typed={"signed": word, "reason": word}, errors=refused),
               Waiting(replace(made, id="C444-4444"), word, True, lines), Waiting(replace(made, id="C555-5555"), word, False, wrong=(word,)),
               Waiting(replace(made, id="C666-6666"), word, False, now={**ENTRY, "says": word}))
    return {
        "choose": choose_page(around, (("XAA", word),), 1),
        "list": claims_page(around, ClaimsView(country, word, (theme, *load_themes(language=language).values())[:4], ON, frozenset({CLAIM}), 2, True)),
        "form": form_page(around, FormView(typed, country, theme, word, wrong=wrong)),
        "form of a claim": form_page(around, FormView(filled_from(ENTRY, "correct", "XAA", word), country, theme, word, claim, "seen")),
        "withdraw": form_page(around, FormView(replace(typed, what="withdraw", claim=CLAIM), country, theme, word, claim, "seen", wrong)),
        "preview": preview_page(around, PreviewView(typed, change, word, theme, country, word, lines, ON, "seen", {word: {**SOURCE, "title": word}})),
        "waiting": waiting_page(around, WaitingView(waiting, (decided,), word, ("C333-3333", "rejected"))),
        "nothing waits": waiting_page(around, WaitingView((), (), word)),
    }


ALL = [pytest.param(html, id=f"{language}: {name}") for language in ("en", "nl") for name, html in pages("a word", language).items()]


@pytest.mark.parametrize("html", ALL)
def test_every_control_has_a_name_and_every_label_a_control(html: str) -> None:
    """A11Y-02: fields have a label that points at them; ids stand once; what describes a field is there."""
    page = Page(html)
    pointed = {attributes["for"] for attributes, _ in page.all("label") if "for" in attributes}
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    meant = {id for _, attributes in page.elements for name in ("aria-labelledby", "aria-describedby", "for") for id in attributes.get(name, "").split()}

    assert len(ids) == len(set(ids))
    assert meant <= set(ids)
    for attributes, words in page.all("a", "button", "summary", "legend"):
        assert words or attributes.get("aria-label"), attributes
    for attributes, _ in page.all("input", "textarea", "select"):
        assert attributes.get("type") == "hidden" or attributes["id"] in pointed, attributes


@pytest.mark.parametrize("html", ALL)
def test_no_page_runs_or_leads_outside(html: str) -> None:
    """SEC-25: no inline script, style or event; every address is this server's; leaving comes first."""
    page = Page(html)
    reached = [attributes for attributes, _ in page.all("a", "button", "summary", "textarea", "select", "input") if attributes.get("type") != "hidden"]

    assert reached[0]["data-action"] == "leave"
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], (tag, attributes)
        for name in ("href", "src", "action"):
            assert attributes.get(name, "#").startswith(("/", "#", "data:,")), attributes
    assert [attributes["method"] for attributes, _ in page.all("form") if attributes["action"].startswith("/claims")] or "wait" in html
    for attributes, _ in page.all("form"):
        assert attributes["method"] == "get" or 'name="_xsrf" value="proof"' in html


@pytest.mark.parametrize("name", list(pages("x")))
@pytest.mark.parametrize("word", [HOSTILE, "\u202e\u0627\u0633\u0645 &amp; <b>", "</textarea><script>alert(1)</script>", "</option></select><img src=x>"])
def test_what_is_typed_stays_text(name: str, word: str) -> None:
    """SEC-40: markup in any field, source, name or reason is shown as it was typed and makes no element."""
    def kinds(typed: str) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag, tuple(sorted(attributes))) for tag, attributes in Page(pages(typed)[name]).elements]

    assert kinds(word) == kinds("an ordinary word")


@pytest.mark.parametrize("word", ["plain", HOSTILE, "\nfirst line empty", "2026-11-31", "x" * 100_000, "\u202eturned", "a\u2028b"])
def test_nothing_typed_is_lost(word: str) -> None:
    """Everything that was sent stands in the form again, and in the hidden fields of the preview."""
    words = {name: f"{word} {number}" for number, name in enumerate(names_of_form())}
    typed = Typed("add", "XAA", "T09", "", words, ("shelter_interview_2026", word), (CLAIM,))
    country, theme = load_country("XAA"), load_themes()["T09"]
    form = Page(form_page(frame("en"), FormView(typed, country, theme, "Exampleland", wrong=Wrongs((("says", "No."),)))))
    change = Change("XAA", "claims", "add", "new", {}, {})
    preview = Page(preview_page(frame("en"), PreviewView(typed, change, "Exampleland", theme, country, "f", (), ON)))
    fields = {attributes["name"]: attributes.get("value", "") for attributes, _ in form.all("input") if attributes.get("type") != "checkbox"}
    fields |= {attributes["name"]: text for attributes, text in zip(*areas(form), strict=True)}
    fields |= {attributes["name"]: chosen for attributes, chosen in selects(form)}
    ticked = {(attributes["name"], attributes["value"]) for attributes, _ in form.all("input") if "checked" in attributes}
    hidden = [(attributes["name"], attributes["value"]) for attributes, _ in preview.all("input")]

    assert {name: fields[name] for name in words} == words
    assert ticked == {("keep", "shelter_interview_2026"), ("keep", word), ("disagrees", CLAIM)}
    assert {*words.items(), ("keep", "shelter_interview_2026"), ("keep", word), ("disagrees", CLAIM)} <= set(hidden)


def areas(page: Page) -> tuple[list[dict[str, str]], list[str]]:
    """The fields for sentences; a browser drops the one line break after the tag."""
    found = [(attributes, page.inside[place].removeprefix("\n")) for place, (tag, attributes) in enumerate(page.elements) if tag == "textarea"]
    return [attributes for attributes, _ in found], [text for _, text in found]


def selects(page: Page) -> list[tuple[dict[str, str], str]]:
    """Each choice with the value that is chosen."""
    found: list[tuple[dict[str, str], str]] = []
    for tag, attributes in page.elements:
        if tag == "select":
            found.append((attributes, ""))
        elif tag == "option" and "selected" in attributes:
            found[-1] = (found[-1][0], attributes["value"])
    return found


def test_what_is_wrong_leads_to_its_field() -> None:
    """A summary with links in the order of the form, and the same sentence above each field, tied to it."""
    wrong = Wrongs(in_order_of_form([("differs", "Say it."), ("s1_where", "Which part?"), ("says", "Nothing yet."), ("", "The whole.")]))
    typed = Typed("add", "XAA", "T09", "", {"s1_title": "A"})
    page = Page(form_page(frame("en"), FormView(typed, load_country("XAA"), load_themes()["T09"], "Exampleland", wrong=wrong)))
    links = [attributes["href"] for attributes, _ in page.all("a") if attributes.get("href", "").startswith(("#says", "#s1", "#differs"))]
    fields = {attributes.get("id"): attributes for attributes, _ in page.all("input", "textarea")}

    assert links == ["#says", "#s1_where", "#differs"]
    for name in ("says", "s1_where", "differs"):
        assert fields[name]["aria-invalid"] == "true" and f"{name}-error" in fields[name]["aria-describedby"]
    assert "aria-invalid" not in fields["who"]


def test_a_renewal_begins_without_dates_and_sources() -> None:
    """What was true then does not speak for today; a correction begins with everything as it stands."""
    renewed, corrected = filled_from(ENTRY, "renew", "XAA", "noor"), filled_from(ENTRY, "correct", "XAA", "noor")

    assert (renewed("as_of"), renewed("review_by"), renewed.keep) == ("", "", ())
    assert (corrected("as_of"), corrected.keep) == (ENTRY["as_of"], tuple(ENTRY["sources"]))
    assert renewed("says") == corrected("says") == ENTRY["says"]
    assert filled_from({"level": None}, "correct", "XAA", "")("level") == NO_LEVEL


def test_a_form_means_a_change() -> None:
    """The fields as the file has them, lines as single sentences, sources under names that are free, empty ones left out."""
    words = {"says": " Three\n shelters. ", "who": "women", "where": "Norrin", "level": "partial", "as_of": "2026-11-10", "review_by": "2027-05-10",
             "s1_title": "Places", "s1_publisher": "Example Ministry of Justice", "s1_published": "2026-11-15", "s1_quotation": "Seventy-one\r\nplaces.",
             "s1_quotes": "court_circular_2026\r\n\r\nExample Ministry, Report\r\n", "s2_title": "  "}
    meant = meaning_of(Typed("renew", "XAA", "T09", CLAIM, words, ("shelter_interview_2026",)), {CLAIM}, {"example_ministry_of_justice_2026"})

    assert meant.id == CLAIM
    assert meant.fields["says"] == "Three shelters." and meant.fields["level"] == "partial"
    assert meant.fields["sources"] == ["shelter_interview_2026", "example_ministry_of_justice_2026_2"]
    assert meant.sources == {"example_ministry_of_justice_2026_2": {
        "title": "Places", "publisher": "Example Ministry of Justice", "published": "2026-11-15", "quotation": "Seventy-one places.",
        "quotes": ["court_circular_2026", "Example Ministry, Report"]}}
    assert meant.without == ("disagrees_with", "note")
    assert meant.input_of("sources.example_ministry_of_justice_2026_2.where") == "s1_where"
    assert (meant.input_of("sources"), meant.input_of("disagrees_with"), meant.input_of("says"), meant.input_of("sources.other.id")) == (
        "keep", "disagrees", "says", "s1_title")


def test_an_empty_level_is_not_a_missing_one() -> None:
    """Whoever says nothing has not said that the claim grades nothing."""
    nothing = meaning_of(Typed("add", "XAA", "T09", "", {"says": "A"}), (), ())
    on_purpose = meaning_of(Typed("add", "XAA", "T09", "", {"says": "A", "level": NO_LEVEL}), (), ())

    assert "level" not in nothing.fields and "level" in nothing.without
    assert on_purpose.fields["level"] is None and "level" not in on_purpose.without


@pytest.mark.parametrize(("words", "id"), [
    ("XAA Three shelters with 71 places together; more", "xaa_three_shelters_with_71_places"), ("Škola élan", "skola_elan"), ("2026 report", "s_2026_report"),
    ("שלום", "source"), ("", "source"), ("a" * 90, "a" * 48), ("<script>", "script"),
])
def test_a_short_name_is_made_from_words(words: str, id: str) -> None:
    assert free_id(words, ()) == id
    assert free_id(words, {id}) == f"{id}_2"


def test_the_preview_says_what_will_be_unknown_at_once() -> None:
    """A claim whose review date has passed already is shown with the sentence that it counts as unknown."""
    country = load_country("XAA")
    change = Change("XAA", "claims", "correct", "neighbours_survey", {"says": "x"}, {"says": "y"})
    view = PreviewView(Typed("correct", "XAA", "T11", "neighbours_survey"), change, "Exampleland", load_themes()["T11"], country, "f", (), ON)

    assert load_texts()("change.preview.outdated_already") in preview_page(frame("en"), view)
    assert load_texts()("change.preview.outdated_already") not in preview_page(frame("en"), replace(view, on=date(2025, 1, 1)))


def test_both_sides_of_a_conflict_stand_on_the_page() -> None:
    """What was, what is, and what was wanted: a second person sees all three, and can only reject."""
    change = Change("XAA", "claims", "renew", CLAIM, {**ENTRY, **FIELDS}, ENTRY)
    made = Proposal("C222-2222", change, "XAA/profile.yaml", "0", "noor", datetime(2026, 11, 21, 9, tzinfo=UTC))
    html = waiting_page(frame("en"), WaitingView((Waiting(made, "Exampleland", False, now={**ENTRY, "says": "One shelter."}),), (), "samira"))

    assert ENTRY["says"] in html and "One shelter." in html and FIELDS["says"] in html
    assert 'value="confirm"' not in html and 'value="reject"' in html
