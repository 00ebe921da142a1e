"""The lessons are easy to read: short sentences, few long words, in both languages; and the measures are what they say."""

from __future__ import annotations

import pytest

from safe_lib.catalogue.course import load_course
from safe_lib.engine.readability import readability, syllables
from safe_lib.model.course import Lesson

MEAN, LONGEST = 11, 28  # words of a sentence: on average in a lesson, and at most
LIX = {"en": 30, "nl": 35}  # below 30 is very easy, 40 ordinary prose; Dutch writes compounds as one word
EASE = {"en": 70, "nl": 70}  # 60 to 70: plain, for readers of 13 to 15 years; above it, easy


def texts_of(lesson: Lesson) -> list[str]:
    """Everything of a lesson that is read, without its titles."""
    found = [lesson.goal]
    for screen in lesson.screens:
        found += [*screen.text, *screen.points, *(one for said in screen.by_country.values() for one in said)]
        if screen.exercise:
            found += [*screen.exercise.story, screen.exercise.ask, *(one for choice in screen.exercise.options for one in (choice.text, choice.because))]
    return found


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_lesson_is_easy_to_read(language: str) -> None:
    """Each lesson keeps to the targets; the message names the lesson and its figures."""
    found = {lesson.id: readability(texts_of(lesson), language) for lesson in load_course(language).lessons}
    hard = {id: one for id, one in found.items()
            if one.mean > MEAN or one.longest > LONGEST or one.lix > LIX[language] or one.ease is None or one.ease < EASE[language]}

    assert not hard, hard
    assert sum(one.words for one in found.values()) > 1500


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_questions_are_plain(language: str) -> None:
    """They name laws and bodies, so they are a little harder than the lessons: still ordinary prose, with short sentences."""
    bank = load_course(language).bank
    found = readability([one for asked in bank.questions.values() for one in (asked.stem, *asked.options.values(), asked.rationale)], language)

    assert found.mean <= MEAN and found.longest <= LONGEST and found.lix <= 40 and found.ease is not None and found.ease >= 60, found


def test_sentence_length_and_lix_are_counted_as_defined() -> None:
    """Ten words in two sentences, three of them longer than six letters: LIX is 5 + 30."""
    found = readability(["The children walked slowly home. They listened to grandmother again."], "en")

    assert (found.sentences, found.words, found.longest, found.mean) == (2, 10, 5, 5)
    assert found.lix == 5 + 30


def test_reading_ease_is_flesch_in_english_and_douma_in_dutch() -> None:
    """By hand: five words, six syllables, one sentence in each; other languages have no formula."""
    english, dutch = readability(["The cat sat on tables."], "en"), readability(["De kat zit op tafel."], "nl")

    assert english.ease == pytest.approx(206.835 - 1.015 * 5 - 84.6 * 6 / 5)
    assert dutch.ease == pytest.approx(206.84 - 0.93 * 5 - 77 * 6 / 5)
    assert readability(["un deux"], "fr").ease is None


@pytest.mark.parametrize(("word", "language", "count"), [
    ("mensenhandel", "nl", 4), ("bijzonder", "nl", 3), ("geïnd", "nl", 2), ("uitbuiting", "nl", 3), ("ja", "nl", 1), ("Bulgarije", "nl", 4),
    ("home", "en", 1), ("table", "en", 2), ("trafficking", "en", 3), ("the", "en", 1), ("hmm", "en", 1)])  # fmt: skip
def test_syllables_are_groups_of_vowels(word: str, language: str, count: int) -> None:
    """Those of some words, as they are spoken."""
    assert syllables(word, language) == count


def test_nothing_to_read_has_no_measure() -> None:
    """Signs and numbers alone are no text."""
    with pytest.raises(ValueError, match="no word"):
        readability(["12 – 30.", ""], "en")
