"""XLSForms: what goes out opens in pyxform without a word, and comes back the same in every language; foreign forms as far as they go."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest

from safe_lib.catalogue.surveys import load_survey
from safe_lib.engine.conditions import parse
from safe_lib.engine.surveys import is_asked
from safe_lib.engine.xlsform import shown_where, survey_sheets
from safe_lib.engine.xlsform_back import sentence_of
from safe_lib.model.errors import WrongUse
from safe_lib.model.survey import Question, Survey
from safe_lib.tables.reading import ForeignFileError
from safe_lib.xlsforms import as_workbook, read_form, survey_form

NAMES = {"en": "English", "nl": "Nederlands", "ar": "العربية"}


def in_arabic(survey: Survey) -> Survey:
    """A third language, from right to left, invented from the first by a mark before every word of it."""
    def words(said: Any) -> Any:
        return {code: f"ع {text}" for code, text in said.items()}

    def asked(one: Question) -> Question:
        options = one.options if one.countries else words(one.options)
        return replace(one, ask=f"ع {one.ask}", options=options, rows=words(one.rows))

    sections = tuple(replace(part, title=f"ع {part.title}", questions=tuple(asked(one) for one in part.questions)) for part in survey.sections)
    scales = {id: replace(scale, options=words(scale.options)) for id, scale in survey.scales.items()}
    codes = tuple(replace(code, title=f"ع {code.title}", yes=f"ع {code.yes}", no=f"ع {code.no}") for code in survey.codes)
    regions = tuple(replace(region, title=f"ع {region.title}") for region in survey.regions)
    return replace(survey, language="ar", draft=True, title=f"ع {survey.title}", about=f"ع {survey.about}", limits=f"ع {survey.limits}", sections=sections,
                   scales=scales, codes=codes, regions=regions)


SURVEYS = {"en": load_survey("safe_survey"), "nl": load_survey("safe_survey", "nl")} | {"ar": in_arabic(load_survey("safe_survey"))}
BOOK = as_workbook(survey_sheets(SURVEYS, NAMES))


def test_what_goes_out_opens_without_a_warning_and_asks_no_device() -> None:
    """pyxform reads the workbook itself; no column asks for a number, a place or a time."""
    from pyxform.xls2xform import convert

    warnings: list[str] = []
    done = convert(io.BytesIO(BOOK), warnings=warnings, validate=False, file_type=".xlsx")

    assert warnings == [] and done.xform.count("<translation ") == 3 and "instanceID" in done.xform
    assert not [word for word in ("deviceid", "phonenumber", "geopoint", "username", "timestamp") if word in done.xform.lower()]


def test_the_survey_survives_the_way_out_and_back_in_three_languages() -> None:
    """Questions, options, rows, conditions, limits, chapters, codebook and regions, in every language."""
    read = read_form(BOOK, "form.xlsx")

    assert read.trouble == [] and read.warnings == [] and set(read.words) == {"nl", "ar"}
    for code, survey in SURVEYS.items():
        if code == "ar":  # names of countries in Arabic come from the list of countries
            survey = replace(survey, sections=tuple(replace(part, questions=tuple(
                replace(one, options=back.options) if one.countries and (back := read.in_language("ar").question(one.id)) else one
                for one in part.questions)) for part in survey.sections))
        assert replace(read.in_language(code), hash="", reviewed=survey.reviewed) == replace(survey, hash="", language=code), code


def test_the_form_of_the_suite_is_that_of_its_files() -> None:
    """`survey_form` takes the languages there are."""
    read = read_form(survey_form("safe_survey"), "form.xlsx")

    assert set(read.words) == {"nl"} and read.survey["version"] == SURVEYS["en"].version


FOREIGN = {
    "survey": [
        {"type": "deviceid", "name": "device", "label": ""},
        {"type": "integer", "name": "met", "label": "How many?"},
        {"type": "select_one yn", "name": "went", "label": "Did you go?", "relevant": "${met} > 0 and not(${met} >= 100)", "required": "yes"},
        {"type": "geopoint", "name": "where", "label": "Where?"},
        {"type": "text", "name": "why", "label": "Why?", "relevant": "${met} = 5 * 2"}],
    "choices": [{"list_name": "yn", "name": "yes", "label": "Yes"}, {"list_name": "yn", "name": "no", "label": "No"}],
    "settings": [{"form_title": "Another form", "form_id": "another"}]}


def test_a_form_of_others_comes_in_as_far_as_it_means_the_same() -> None:
    """Its conditions become sentences; what asks a device, and what no sentence says, is named by its row."""
    read = read_form(as_workbook(FOREIGN), "another.xlsx")  # type: ignore[arg-type]
    survey = read.in_language()

    assert [one.id for one in survey.questions] == ["met", "went", "why"] and survey.title == "Another form"
    assert survey.question("went").sentence == {"all": ["met at least 1", {"not": "met at least 100"}]}  # type: ignore[union-attr]
    assert [(one.row, one.column, one.key) for one in read.trouble] == [
        (2, "device", "survey.form.device"), (5, "where", "survey.form.kind"), (6, "why", "survey.form.relevant")]


def test_an_unsound_form_is_refused_in_the_words_of_pyxform() -> None:
    """A field that is not there, a list that is not there, a file that is no workbook."""
    for bad in ({**FOREIGN, "survey": [{"type": "text", "name": "a", "label": "A", "relevant": "${gone} = 1"}]},
                {**FOREIGN, "survey": [{"type": "select_one gone", "name": "a", "label": "A"}]}):
        with pytest.raises(WrongUse, match="gone"):
            read_form(as_workbook(bad), "bad.xlsx")  # type: ignore[arg-type]
    with pytest.raises(ForeignFileError):
        read_form(b"no workbook", "bad.xlsx")


SENTENCES = ["A4 at least 1", "A4 below 3", "A3 is return or detention", "A4 is unknown", {"not": "A2 is igo"}, {"all": ["A4 at least 1", "A3 is return"]},
             {"any": ["A4 at least 1", {"not": "A3 is return"}]}, {"at_least": 2, "of": ["A4 at least 1", "A3 is return", "A2 is igo"]}]
ANSWERS: list[dict[str, tuple[str, ...]]] = [
    {}, {"A4": ("0",)}, {"A4": ("1",)}, {"A4": ("7",)}, {"A4": ("unknown",)}, {"A3": ("return",)}, {"A3": ("detention", "return"), "A2": ("igo",)},
    {"A3": ("registration",), "A4": ("0",), "A2": ("legal",)}, {"A2": ("igo",), "A4": ("2",)}]


@pytest.mark.parametrize("sentence", SENTENCES, ids=str)
@pytest.mark.parametrize("said", ANSWERS, ids=str)
def test_a_telephone_shows_a_question_where_the_suite_asks_it(sentence: Any, said: dict[str, tuple[str, ...]]) -> None:
    """The expression, worked out by an XPath program of its own, says the same as the condition."""
    question = Question("C5", "open", "?", only_if=parse(sentence))
    expression = shown_where(question.only_if, frozenset({"A4"}))

    assert worked_out(expression, said) is is_asked(question, said), expression


def worked_out(expression: str, said: dict[str, tuple[str, ...]]) -> bool:
    """An expression of a form, by the XPath of lxml."""
    from lxml import etree

    fields = {"A4": "" if said.get("A4") == ("unknown",) else "".join(said.get("A4", ())), "A4_unknown": "unknown" if said.get("A4") == ("unknown",) else "",
              "A3": " ".join(said.get("A3", ())), "A2": " ".join(said.get("A2", ()))}
    for name, value in fields.items():
        expression = expression.replace(f"${{{name}}}", f"'{value}'")
    names = etree.FunctionNamespace(None)
    names["selected"] = lambda context, held, code: code in held.split()
    names["if"] = lambda context, test, then, other: then if test else other
    return bool(etree.XPath(expression)(etree.Element("data")))


@pytest.mark.parametrize("expression", ["once(1)", "${a} = ${b}", "${a} + 1 > 2", "", "(" * 50 + "${a} = 1", "x" * 3000, "pulldata('a','b','c')"])
def test_an_expression_that_says_something_else_is_no_sentence(expression: str) -> None:
    """Nothing is guessed."""
    assert sentence_of(expression) is None
