"""A survey as data: its questions, what is asked of whom, and what `safe check` says of a file that cannot work."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from safe_lib.catalogue import paths
from safe_lib.catalogue.survey_checks import check_surveys
from safe_lib.catalogue.surveys import load_survey, survey_languages
from safe_lib.engine.conditions import FAILS, HOLDS, OPEN, parse
from safe_lib.engine.surveys import cleaned, left_out, truth, without_words, wrongs

SURVEY = load_survey("safe_survey")
AGREED = {"C0": ("yes",), "A1": ("NLD",)}


def test_the_questionnaire_has_29_questions_and_a_codebook() -> None:
    """Six sections, every chapter of the report, 27 codes each with an example and a counter-example."""
    assert len(SURVEY.questions) == 29 and [part.id for part in SURVEY.sections] == list("ABCDEF")
    assert {part.chapter for part in SURVEY.sections} == {"about", "trends", "bottlenecks", "needs", "best_practices"}
    assert len(SURVEY.codes) == 27 and all(code.title and code.yes and code.no and code.yes != code.no for code in SURVEY.codes)


def test_the_words_of_another_language_ask_the_same() -> None:
    """Dutch is whole and a draft; without its words it is the same survey."""
    dutch = load_survey("safe_survey", "nl")

    assert survey_languages("safe_survey") == ("en", "nl") and dutch.draft and not SURVEY.draft
    assert without_words(dutch) == without_words(SURVEY)
    assert all(one.ask != other.ask for one, other in zip(dutch.questions, SURVEY.questions, strict=True))


def test_a_question_is_left_out_only_where_its_condition_does_not_hold() -> None:
    """Nobody met: not asked. Not known and not answered: asked, because unknown is never no."""
    assert left_out(SURVEY, {**AGREED, "A4": ("0",)}) == ("C5", "D5")
    for met in (("1",), ("unknown",), ()):
        assert left_out(SURVEY, {**AGREED, "A4": met}) == ()
    assert "C5" not in cleaned(SURVEY, {"A4": ("0",), "C5": ("A moment.",)}) and "C5" in cleaned(SURVEY, {"A4": ("2",), "C5": ("A moment.",)})


@pytest.mark.parametrize(("sentence", "said", "expected"), [
    ("A3 is return", {"A3": ("detention", "return")}, HOLDS), ("A3 is return", {"A3": ("detention",)}, FAILS), ("A3 is return", {}, OPEN),
    ("A4 below 5", {"A4": ("4",)}, HOLDS), ("A4 below 5", {"A4": ("5",)}, FAILS), ("A4 is unknown", {"A4": ("unknown",)}, HOLDS),
    ("B1.sexual is increased", {"B1.sexual": ("dont_know",)}, OPEN),
    ({"not": "A4 at least 1"}, {"A4": ("unknown",)}, OPEN), ({"any": ["A4 at least 1", "A3 is return"]}, {"A3": ("return",)}, HOLDS),
    ({"all": ["A4 at least 1", "A3 is return"]}, {"A3": ("detention",)}, FAILS),
    ({"at_least": 2, "of": ["A4 at least 1", "A3 is return", "A2 is igo"]}, {"A3": ("return",), "A2": ("igo",)}, HOLDS)])
def test_conditions_are_those_of_the_suite(sentence: object, said: dict[str, tuple[str, ...]], expected: object) -> None:
    """The same sentences and the same three truths; of several options one is enough."""
    assert truth(parse(sentence), said) is expected


@pytest.mark.parametrize(("place", "codes", "key"), [
    ("A2", ("nowhere",), "survey.wrong.option"), ("A2", ("igo", "legal"), "survey.wrong.many"), ("A4", ("-3",), "survey.wrong.number"),
    ("A4", ("many",), "survey.wrong.number"), ("C6", ("shame", "shame"), "survey.wrong.twice"), ("B5", ("x" * 2001,), "survey.wrong.long"),
    ("C6", ("shame", "no_shelter", "interpreters", "unclear_roles"), "survey.wrong.many"), ("C0", ("no",), "survey.wrong.required"),
    ("B1", ("increased",), "survey.wrong.place"), ("B1.sexual", ("often",), "survey.wrong.option")])
def test_what_is_wrong_with_an_answer_is_named_by_place(place: str, codes: tuple[str, ...], key: str) -> None:
    """One problem, at its place."""
    found = wrongs(SURVEY, {**AGREED, place: codes})

    assert [(one.place, one.key) for one in found] == [(place, key)]


def test_who_does_not_agree_gives_no_response() -> None:
    """Consent and country are the only questions that must be answered."""
    assert [one.place for one in wrongs(SURVEY, {})] == ["C0", "A1"] and wrongs(SURVEY, AGREED) == ()
    assert wrongs(SURVEY, {**AGREED, "A4": ("unknown",), "B2": ("NGA", "VNM")}) == ()


@pytest.mark.parametrize(("old", "new", "says"), [
    ("only_if: A4 at least 1}", "only_if: E4 is x}", "not asked before it"), ("only_if: A4 at least 1}", "only_if: C5 is x}", "not asked before it"),
    ("only_if: A4 at least 1}", "only_if: A2 is nobody}", "no answer to A2"), ("only_if: A4 at least 1}", "only_if: A2 below 3}", "no order"),
    ("only_if: A4 at least 1}", "only_if: country.T05 is weak}", "not about an answer"), ("only_if: A4 at least 1}", "only_if: if x}", "no sentence"),
    ("id: safe_survey", "id: other", "not the name of the file"), ("rows_of: C1", "rows_of: Z9", "no matrix"), ("{id: B5,", "{id: B2,", "stands twice"),
    ("countries: europe, ", "", "offers nothing to choose from"), ("agree: [agree, strongly_agree]", "agree: [yes]", "does not offer"),
    ("GRC, ITA", "NLD, ITA", "two regions"), ("country: A1", "country: A4", "no question of the kind single"), ("most: 3}", "most: 0}", "how many")])
def test_a_survey_that_cannot_work_is_refused_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    """Each fault by itself, with file and line; also what looks ahead, and so every circle."""
    shutil.copytree(paths.INSTRUMENTS / "surveys", tmp_path / "surveys")
    file = tmp_path / "surveys" / "safe_survey.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")

    problems = check_surveys(tmp_path, tmp_path / "none")
    assert any(says in str(one) and one.line > 0 for one in problems), [str(one) for one in problems]


def test_missing_words_of_a_translation_are_named(tmp_path: Path) -> None:
    """A row that nobody translated is told, with its question."""
    (tmp_path / "nl" / "surveys").mkdir(parents=True)
    file = tmp_path / "nl" / "surveys" / "safe_survey.yaml"
    text = (paths.LOCALES / "nl" / "surveys" / "safe_survey.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("      shame: Schaamte\n", "", 1), encoding="utf-8")

    assert check_surveys() == []
    assert ['of the rows of C1, "shame" is missing or too much.' in str(one) for one in check_surveys(None, tmp_path)] == [True]
