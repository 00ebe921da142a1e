"""The page of the course, without a browser: every screen in order, every control labelled, the reasons after the answer; and the certificate."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace
from datetime import date

import pytest
from lxml import html
from pypdf import PdfReader
from test_course import COURSE, DAY, passed_progress

from safe_lib.catalogue import load_texts
from safe_lib.catalogue.course import load_course
from safe_lib.catalogue.prose import read_notebook
from safe_lib.engine import course as rules
from safe_lib.model.course import Progress
from safe_lib.report.certificate import certificate_pdf
from safe_lib.widgets.training.page import page_html
from safe_lib.widgets.training.seat import QUIZ, RESULT, Seat

QUESTIONS = COURSE.bank.questions


def page(at: str = "", progress: Progress | None = None, language: str = "en", **more: object) -> html.HtmlElement:
    seat = Seat(load_course(language), progress or Progress(DAY), load_texts(language), DAY, at, xsrf="token", **more)  # type: ignore[arg-type]
    made = page_html(seat, "Training", "about", "", read_notebook("training", language), lambda source: "<h2>prose</h2>" if source else "")
    return html.fromstring(f"<main>{made}</main>")


def begun() -> Progress:
    return rules.begun(COURSE, Progress(DAY), 4, DAY)


STATES = [("", None), *((place, None) for place in COURSE.places), (QUIZ, None), (QUIZ, begun()), (RESULT, passed_progress())]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_screen_can_be_read_aloud_and_sent_without_a_script(language: str) -> None:
    """One first heading, no level left out, each control with its label, each group with its legend, each picture with its words."""
    for at, progress in STATES:
        found = page(at, progress, language)
        levels = [int(one.tag[1]) for one in found.iter("h1", "h2", "h3", "h4")]
        assert levels[0] == 1 and levels.count(1) == 1 and all(after - before <= 1 for before, after in itertools.pairwise(levels)), at
        ids = found.xpath("//@id")
        assert len(ids) == len(set(ids)), at
        for control in found.xpath("//input[@type!='hidden'] | //select"):
            assert found.xpath(f"//label[@for='{control.get('id')}']"), (at, control.get("id"))
        for choice in found.xpath("//input[@type='radio' or @type='checkbox']"):
            assert choice.xpath("ancestor::fieldset/legend//text()"), at
        assert all(form.xpath(".//button[@type='submit']") and form.xpath(".//input[@name='_xsrf']") for form in found.iter("form")), at
        assert all(one.xpath("./*[local-name()='title']/text()") and one.xpath("./*[local-name()='desc']/text()") for one in found.xpath("//*[@role='img']"))
        assert not found.xpath("//@style | //@onclick | //script"), at


def test_a_reason_stands_there_only_after_an_answer() -> None:
    """Before, nothing on the page tells which answer is right; afterwards it does, with why, and the answer is still chosen."""
    place = "what_it_is/checks"
    before = html.tostring(page(place)).decode()
    answered = rules.answered(COURSE, Progress(DAY), "Q002", ["a"])
    after = page(place, answered)
    told = after.xpath("//*[@id='told-Q002']")[0]

    assert QUESTIONS["Q002"].rationale not in before and "data-right" not in before
    assert told.get("data-right") == "false" and told.get("role") == "status" and told.get("tabindex") == "-1"
    assert QUESTIONS["Q002"].rationale in told.text_content() and QUESTIONS["Q002"].options["b"] in told.text_content()
    assert after.xpath("//input[@id='o-Q002-a']/@checked") and not after.xpath("//*[@id='told-Q003']")


def test_an_exercise_says_of_each_option_why() -> None:
    """Each option with right or not, whether it was chosen, and the reason."""
    answered = rules.answered(COURSE, Progress(DAY), "signals/the_van", ["a", "e"])
    lines = [one.text_content() for one in page("signals/the_van", answered).xpath("//ul[@class='course-reasons']/li")]

    assert len(lines) == 6 and "(right, chosen)" in lines[0] and "(right)" in lines[1] and "(not right, chosen)" in lines[4]


def test_the_list_says_where_one_is_and_leads_there() -> None:
    """Done, begun and not begun; the button goes on at the place that is kept; minutes that are left."""
    progress = Progress(DAY)
    for place in COURSE.places[:4]:
        progress = rules.gone_on(COURSE, progress, place)
    found = page("", progress)

    assert found.xpath("//li[@data-lesson]/@data-state")[:3] == ["done", "begun", "open"]
    assert "Go on: What trafficking is" in found.text_content() and found.xpath("//a[contains(@class,'btn')]/@href")[0].startswith(
        f"/training?at={progress.at.replace('/', '%2F')}")
    assert f"4 of {len(COURSE.places)} screens are done" in found.text_content()


def test_rights_of_ones_own_country_are_open_and_the_others_folded() -> None:
    """With the Netherlands chosen its text is open; the day on which law was checked is said."""
    found = page("rights_and_help/rights", Progress(DAY, country="NL"))

    assert [bool(one.get("open") is not None) for one in found.xpath("//div[contains(@class,'course-prose')]/details")] == [True, False, False, False]
    assert "Law checked on 21 November 2026" in found.text_content()


def test_the_quiz_shows_one_question_and_no_answer() -> None:
    """The first open question, a list of all; what is right is told only in the result."""
    progress = begun()
    attempt = progress.attempts[-1]
    first, second = attempt.questions[:2]
    found = page(QUIZ, rules.quiz_answered(COURSE, progress, first, QUESTIONS[first].correct))

    assert found.xpath("//@data-question") == [second] and "7 questions are open" in found.text_content()
    assert QUESTIONS[second].rationale not in found.text_content()
    assert page(QUIZ, progress, question=5).xpath("//@data-question") == [attempt.questions[4]]
    assert QUESTIONS[first].rationale in page(RESULT, passed_progress()).text_content()


def test_who_has_not_finished_or_sits_at_a_shared_computer_gets_no_form_for_the_certificate() -> None:
    """The reason stands in its place."""
    half = replace(passed_progress(), seen=COURSE.places[:5])

    assert not page("", half).xpath("//input[@name='name']") and "go through every part" in page("", half).text_content()
    assert not page("", passed_progress(), shared=True).xpath("//input[@name='name']")
    assert page("", passed_progress()).xpath("//input[@name='name']")


# The certificate


@pytest.mark.parametrize(("language", "words"), [
    ("en", ("Certificate", "followed the course", "Passed on 27 November 2026", "8 of 8 right (100 percent; 80 percent is enough)", "35 minutes",
            "Version 1.0.0", "Refresher due on 27 November 2028")),
    ("nl", ("Bewijs", "volgde de cursus", "Geslaagd op 27 november 2026", "8 van 8 goed (100 procent; 80 procent is genoeg)", "35 minuten", "Versie 1.0.0",
            "Herhaling nodig op 27 november 2028", "vertaling")),
])  # fmt: skip
def test_a_certificate_says_who_what_when_and_until_when(language: str, words: tuple[str, ...]) -> None:
    """One page of A4, tagged, in its language, with everything on it; the same result gives the same bytes."""
    course = load_course(language)
    result = rules.best(course, passed_progress())
    assert result is not None
    made = certificate_pdf(course, result, "Noor <b> #1 أمل", load_texts(language), version="1.0.0")
    pdf = PdfReader(io.BytesIO(made))
    said = " ".join(pdf.pages[0].extract_text().split())

    assert len(pdf.pages) == 1 and b"pdfuaid" in made and pdf.trailer["/Root"]["/Lang"] == language  # type: ignore[index]
    assert all(one in said for one in (*words, "Noor <b> #1", "أمل", course.title)), said
    assert made == certificate_pdf(course, result, "Noor <b> #1 أمل", load_texts(language), version="1.0.0")


def test_a_certificate_of_a_training_store_says_so() -> None:
    """What was passed under an invented name is marked."""
    result = rules.best(COURSE, passed_progress(date(2027, 3, 1)))
    assert result is not None
    said = PdfReader(io.BytesIO(certificate_pdf(COURSE, result, "Noor", load_texts(), version="1.0.0", practice=True))).pages[0].extract_text()

    assert load_texts()("report.mark.training") in " ".join(said.split())


def test_a_quiz_of_an_older_course_gives_way_to_a_new_one() -> None:
    """A question that is not there any more breaks no page: the way to begin stands there instead, and the result leaves it out."""
    old = replace(begun().attempts[-1], version="0.9.0", questions=("Q999", "Q002"), answers={"Q002": ("b",)})
    found = page(QUIZ, replace(begun(), attempts=(old,)))

    assert found.xpath("//input[@name='action']/@value") == ["begin"]
    done = page(RESULT, replace(begun(), attempts=(replace(old, handed_in=DAY),)))
    assert "1 of 1 right" in done.text_content()
