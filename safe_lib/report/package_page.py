"""The one page of a package for a learning platform: every screen of the course in order, readable also without its script."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from babel import Locale

from safe_lib.catalogue.course import picture_svg
from safe_lib.engine import course as rules
from safe_lib.model.course import ONE, Course, Exercise, Lesson, Question, Screen
from safe_lib.model.texts import Texts


def page_html(course: Course, texts: Texts, *, scorm: str, country: str, draws: Sequence[Sequence[str]]) -> str:
    """The whole page.

    Args:
        course: in the language of the package.
        texts: of the same language.
        scorm: `1.2` or `2004`.
        country: whose rights stand in the open; empty for none.
        draws: the quizzes that the script chooses one of, made by the rule of the course.
    """
    screens = "".join(_lesson(course, texts, lesson, country) for lesson in course.lessons)
    inside = f'<p id="no-platform" role="note">{escape(texts("course.package.no_platform"))}</p>{screens}{_quiz(course, texts, draws)}'
    draft = f"<p><em>{escape(texts('report.mark.draft_translation'))}</em></p>" if course.draft else ""
    foot = f"<footer><p class=\"where\">{escape(texts('course.statement'))}</p>{draft}</footer>"
    # Inside a script element only `</` and `<!` mean something.
    data = json.dumps(_data(course, texts, scorm, draws), ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    return (f'<!doctype html>\n<html lang="{texts.language}" dir="{texts.direction}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(course.title)}</title>\n'
            f'<link rel="stylesheet" href="course.css">\n</head>\n<body>\n<main>{inside}{foot}</main>\n'
            f'<script type="application/json" id="course-data">{data}</script>\n<script src="course.js"></script>\n</body>\n</html>\n')


def _data(course: Course, texts: Texts, scorm: str, draws: Sequence[Sequence[str]]) -> dict[str, Any]:
    lessons = {module: lesson.title for module in course.bank.modules if (lesson := course.teaches(module))}
    # A text with places is handed over with its places; the script fills them.
    words = {"right": texts("course.right"), "not_right": texts("course.not_right"), "open": texts("course.nothing"),
             "passed": texts("course.result.passed", right="{right}", count="{count}", percent="{percent}"),
             "failed": texts("course.result.failed", right="{right}", count="{count}", percent="{percent}", needed="{needed}")}
    return {"scorm": scorm, "pass": course.bank.pass_percent, "draws": [list(draw) for draw in draws], "lessons": lessons, "words": words}


def _lesson(course: Course, texts: Texts, lesson: Lesson, country: str) -> str:
    made = []
    for number, place in enumerate(lesson.places, start=1):
        id = place.partition("/")[2]
        screen = next((one for one in lesson.screens if one.id == id), None)
        title = screen.title if screen else texts("course.checks")
        where = f"{lesson.title} · {texts('course.screen', number=number, count=len(lesson.places))}"
        inside = _screen(course, texts, screen, country) if screen else "".join(_question(course.bank.questions[one], texts) for one in lesson.checks)
        first = place == course.places[0]
        back = "" if first else f'<button class="second" type="button" data-do="back">{escape(texts("course.back"))}</button>'
        made.append(f'<section data-place="{escape(place)}"><p class="where">{escape(where)}</p><h1>{escape(title)}</h1>{inside}'
                    f'<div class="way">{back}<button type="button" data-do="next">{escape(texts("course.next"))}</button></div></section>')
    return "".join(made)


def _screen(course: Course, texts: Texts, screen: Screen, country: str) -> str:
    drawn = picture_svg(screen.picture) if screen.picture else ""
    written = "".join(f"<p>{escape(one)}</p>" for one in screen.text) + _list(screen.points)
    names = Locale.parse(texts.language).territories
    rights = "".join(f"<details{' open' if code == country else ''}><summary>{escape(texts('course.in_country', country=str(names[code])))}</summary>"
                     f"{_list(sentences)}</details>" for code, sentences in screen.by_country.items())
    asked = _exercise(screen, screen.exercise, texts) if screen.exercise else ""
    return f"{drawn}{written}{rights}{asked}{_sources(course, texts, screen.sources)}"


def _list(sentences: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in sentences)}</ul>" if sentences else ""


def _sources(course: Course, texts: Texts, ids: Iterable[str]) -> str:
    known = (course.sources[id] for id in ids)
    recalled = f" ({texts('course.recalled')})"
    listed = _list([one.title + ("" if one.status == "seen" else recalled) for one in known])
    return f'<details class="where"><summary>{escape(texts("course.source"))}</summary>{listed}</details>'


def _exercise(screen: Screen, exercise: Exercise, texts: Texts) -> str:
    story = "".join(f"<p>{escape(one)}</p>" for one in exercise.story)
    marks = {right: escape(texts(f"course.option.{'right' if right else 'wrong'}")) for right in (True, False)}
    lines = "".join(f"<li>{escape(one.text)} <b>({marks[one.right]})</b> {escape(one.because)}</li>" for one in exercise.options)
    fields = _ticks(screen.id, {one.id: one.text for one in exercise.options}, several=exercise.several)
    hint = texts("course.choose_several" if exercise.several else "course.choose_one")
    told = f'<div class="told" role="status" hidden><strong></strong><ul>{lines}</ul></div>'
    return (f'<div class="story">{story}<p class="where">{escape(texts("course.invented"))}</p></div><form data-kind="exercise" '
            f'data-right="{" ".join(exercise.right)}"><fieldset><legend>{escape(exercise.ask)}</legend><p class="where">{escape(hint)}</p>{fields}</fieldset>'
            f'<button type="submit">{escape(texts("course.check"))}</button>{told}</form>')


def _question(question: Question, texts: Texts, *, in_quiz: bool = False) -> str:
    name = f"{'q' if in_quiz else 'c'}-{question.id}"
    if question.kind == "order":
        fields = "".join(f'<div><label for="{name}-{place}">{escape(texts("course.place", number=place))}</label><select id="{name}-{place}">'
                         f'<option value="">{escape(texts("course.pick"))}</option>'
                         + "".join(f'<option value="{id}">{escape(text)}</option>' for id, text in question.options.items()) + "</select></div>"
                         for place in range(1, len(question.options) + 1))
    else:
        fields = _ticks(name, {id: question.options[id] for id in rules.options_in_order(question, 1)}, several=question.kind not in ONE)
    hint = texts(f"course.choose_{'order' if question.kind == 'order' else 'one' if question.kind in ONE else 'several'}")
    good = texts("course.right_is", answer="; ".join(question.options[id] for id in question.correct))
    button = "" if in_quiz else f'<button type="submit">{escape(texts("course.check"))}</button>'
    marks = f' data-question="{question.id}" data-module="{question.module}"' if in_quiz else ""
    return (f'<form data-kind="{question.kind}" data-right="{" ".join(question.correct)}"{marks}><fieldset><legend>{escape(question.stem)}</legend>'
            f'<p class="where">{escape(hint)}</p>{fields}</fieldset>{button}<div class="told" role="status" hidden><strong></strong>'
            f"<p>{escape(good)}</p><p>{escape(question.rationale)}</p></div></form>")


def _ticks(name: str, options: dict[str, str], *, several: bool) -> str:
    kind = "checkbox" if several else "radio"
    return "".join(f'<div class="tick"><input type="{kind}" id="{name}-{id}" name="{name}" value="{id}"><label for="{name}-{id}">{escape(text)}</label></div>'
                   for id, text in options.items())


def _quiz(course: Course, texts: Texts, draws: Sequence[Sequence[str]]) -> str:
    """Every question that any of the draws has; the script shows those of one."""
    wanted = {id for draw in draws for id in draw}
    asked = "".join(_question(one, texts, in_quiz=True) for one in course.bank.questions.values() if one.id in wanted)
    says = texts("course.quiz.says", count=course.bank.quiz_items, percent=course.bank.pass_percent)
    result = (f'<div id="quiz-result" role="status" hidden><p></p><h2 hidden>{escape(texts("course.result.again"))}</h2><ul></ul>'
              f'<button class="second" type="button" data-do="again">{escape(texts("course.quiz.again"))}</button></div>')
    return (f'<section id="quiz"><h1>{escape(texts("course.quiz"))}</h1><p>{escape(says)}</p>{asked}<div class="way">'
            f'<button class="second" type="button" data-do="back">{escape(texts("course.back"))}</button>'
            f'<button type="button" data-do="hand-in">{escape(texts("course.quiz.hand_in"))}</button></div>{result}</section>')
