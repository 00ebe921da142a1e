"""Messages for people: every language has each of them, nothing on paper gives a holder away, and the rules of handing out hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from safe_lib.catalogue import paths
from safe_lib.catalogue.awareness import load_plan, load_words, word_files
from safe_lib.catalogue.awareness_checks import check_awareness
from safe_lib.catalogue.card_words import load_card_words
from safe_lib.engine import awareness as rules
from safe_lib.engine.readability import readability
from safe_lib.model.awareness import LENGTHS, Situation

PLAN = load_plan()
LANGUAGES = tuple(word_files())
MEAN, LONGEST = 9, 18  # words of a sentence of what people read: on average, and at most
LIX = {"en": 20, "nl": 20}  # below 30 is very easy
EASE = {"en": 90, "nl": 90}  # 90: very easy, for readers of about 11 years


def test_the_messages_have_no_problems() -> None:
    """Fourteen messages, three themes, seven groups; English reviewed, every other language a draft that says so."""
    assert check_awareness() == []
    assert list(PLAN.messages) == [f"K{n}" for n in range(1, 15)] and set(PLAN.themes) == {"safety", "relations", "work"}
    assert list(PLAN.audiences) == ["young_12_15", "young_16_17", "adults", "parents", "women", "men", "lgbti"]
    assert LANGUAGES[:2] == ("en", "nl")
    assert all(load_words(code).draft == bool(load_words(code).fixed["not_reviewed"]) == (code != "en") for code in LANGUAGES)


@pytest.mark.parametrize(("file", "old", "new", "says"), [
    ("words/nl.yaml", "  K9:\n", "  K15:\n", "the message K9 is missing"),
    ("words/nl.yaml", "      young_12_15:\n        headline: Je mag nee", "      men:\n        headline: Je mag nee",
     "K7 has no words of its own for young_12_15"),
    ("words/en.yaml", "You need not report anything first.", "Victims need not report anything.", '"victim" gives somebody away'),
    ("words/en.yaml", "A debt makes nobody your boss", "A debt for a journey makes nobody your boss", "the headline has 9 words"),
    ("words/nl.yaml", "not_reviewed: Concept, nog niet nagelezen.", 'not_reviewed: ""', "nobody has read it"),
    ("words/nl.yaml", "Bel 112.", "Bel het nummer.", "the number 112"),
    ("words/nl.yaml", "translates: 1.0.0", "translates: 0.9.0", "it translates version 0.9.0"),
    ("plan.yaml", "{id: fair, minutes: 15", "{id: fair, minutes: 16", "46 minutes together"),
    ("plan.yaml", "millimetres: [105, 148]", "millimetres: [110, 148]", "larger than A6"),
    ("plan.yaml", "messages: [K10, K11]", "messages: [K10]", "K11 of its theme is told in no part"),
    ("plan.yaml", "sources: [crc]", "sources: [crcc]", 'the source "crcc"'),
    ("plan.yaml", "ages: [16, 17]\n    paper: trained", "ages: [16, 17]\n    paper: everybody", "from trained staff only"),
    ("plan_nl.yaml", "  K14: {do_not_say", "  K15: {do_not_say", '"K14" is not translated'),
])  # fmt: skip
def test_a_mistake_is_told_with_file_place_and_repair(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    """Each is found, in its file, at a line, with what to do."""
    shutil.copytree(paths.INSTRUMENTS / "awareness", tmp_path / "awareness")
    path = tmp_path / "awareness" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    problems = [problem for problem in check_awareness(tmp_path) if says in str(problem)]

    assert problems, [str(one) for one in check_awareness(tmp_path)]
    assert problems[0].file == f"awareness/{file}" and problems[0].line > 0 and problems[0].repair


def test_each_group_hears_what_is_for_it() -> None:
    """Work is not told to children of 12 to 15; every theme that is heard ends with where one can ask."""
    assert rules.heard(PLAN, "work", "young_12_15") == ()
    assert "K6" not in rules.heard(PLAN, "relations", "parents")
    for theme in PLAN.themes:
        for audience in PLAN.audiences:
            found = rules.heard(PLAN, theme, audience)
            assert not found or found[-1] == "K12"
            for kind in PLAN.prints.values():
                held = rules.on_print(PLAN, kind, theme, audience)
                assert len(held) <= kind.most and (not held or held[-1] == "K12") and set(held) <= set(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_children_hear_words_of_their_own(language: str) -> None:
    """In no language are 12-year-olds told the general words on love and on saying no, nor the example for adults."""
    words = load_words(language)
    for id in PLAN.audiences["young_12_15"].needs:
        own, general = words.message(id, "young_12_15"), words.messages[id]

        assert own.body != general.body and own.example != (general.example or None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_on_paper_gives_its_holder_away(language: str) -> None:
    """Every message for every group, every fixed word: none of this language's words, none of the card's of all languages; nor English ones."""
    words, english, card = load_words(language), load_words("en"), load_card_words()
    for audience in PLAN.audiences:
        handed = [text for one in rules.said(words, PLAN.messages, audience) for text in (one.headline, one.body, one.do)] + list(words.fixed.values())
        spoken = [one.example for one in rules.said(words, PLAN.messages, audience)] + list(words.questions.values())

        assert rules.given_away(words, handed, in_hand=True) == () and rules.given_away(english, handed, in_hand=True) == ()
        assert rules.given_away(words, spoken, in_hand=False) == ()
        assert not [text for text in handed if card.gives_away(text)]


def test_the_lists_of_words_find_what_they_name() -> None:
    """Capitals, accents and endings do not hide a word; what is said in a talk only is allowed there."""
    english, dutch = load_words("en"), load_words("nl")

    assert rules.given_away(english, ["Human TRAFFICKING"], in_hand=False) == ("traffick",)
    assert rules.given_away(dutch, ["slachtoffers"], in_hand=True) == ("slachtoffer",)
    assert rules.given_away(english, ["Go to the police"], in_hand=False) == () and rules.given_away(english, ["Go to the police"], in_hand=True) == ("police",)


# Handing out


def test_paper_is_handed_out_by_the_rules_alone() -> None:
    """Nothing near a controller; children's cards by trained staff; one person alone and asked; what staff hold is always made."""
    card, poster, sheet, questions = (PLAN.prints[id] for id in ("card", "poster", "talk_sheet", "questions"))
    adults, young = PLAN.audiences["adults"], PLAN.audiences["young_12_15"]

    assert rules.refusal(card, adults, Situation("group"), "pdf") == ""
    assert rules.refusal(card, adults, Situation("group", controller_near=True), "pdf") == "controller"
    assert rules.refusal(poster, adults, Situation("wall", controller_near=True), "pdf") == "controller"
    assert rules.refusal(card, young, Situation("group"), "pdf") == "trained"
    assert rules.refusal(card, young, Situation("group", trained=True), "pdf") == ""
    assert rules.refusal(card, adults, Situation("one_person"), "pdf") == "alone"
    assert rules.refusal(card, adults, Situation("one_person", alone=True), "pdf") == "asked"
    assert rules.refusal(card, adults, Situation("one_person", alone=True, asked=True), "pdf") == ""
    assert rules.refusal(sheet, young, Situation("group", controller_near=True), "pdf") == ""
    assert rules.refusal(questions, adults, Situation(), "pdf") == "form"


def test_every_refusal_has_its_words() -> None:
    """In English and in Dutch."""
    for language in ("en", "nl"):
        assert set(load_plan(language).refusals) == {"form", "controller", "trained", "alone", "asked", "theme"}
    assert load_plan("nl").draft and not PLAN.draft


# Readability


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("audience", list(PLAN.audiences))
def test_what_people_read_is_easy(language: str, audience: str) -> None:
    """Short sentences, few long words, for every group; and the questions for oneself."""
    words = load_words(language)
    texts = [text for one in rules.said(words, PLAN.messages, audience) for text in rules.sentences(one, "talk")] + list(words.questions.values())
    found = readability(texts, language)

    assert found.mean <= MEAN and found.longest <= LONGEST and found.lix <= LIX[language], found
    assert found.ease is not None and found.ease >= EASE[language], found


def test_a_talk_tells_more_than_the_short_form() -> None:
    """The example is told in a talk alone, and every sentence ends."""
    message = load_words("en").message("K6", "adults")
    short, talk = (rules.sentences(message, length) for length in LENGTHS)

    assert set(short) < set(talk) and all(one[-1] in ".?!" for one in talk)
    with pytest.raises(ValueError, match="long"):
        rules.sentences(message, "long")  # type: ignore[arg-type]
