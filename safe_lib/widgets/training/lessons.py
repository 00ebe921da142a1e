"""The list of the parts with their minutes and where one is, and one screen of a lesson."""

from __future__ import annotations

from html import escape
from typing import Final

from babel import Locale

from safe_lib.catalogue.course import picture_svg
from safe_lib.engine import course as rules
from safe_lib.model.course import Lesson, Screen
from safe_lib.widgets.shell import icon
from safe_lib.widgets.training.asking import exercise_form, question_form, reason, sources_html
from safe_lib.widgets.training.seat import PATH, QUIZ, RESULT, Seat, rest_minutes

SIGNS: Final = {"done": "i-tick", "begun": "i-info", "open": "i-doc"}


def overview_html(seat: Seat) -> str:
    """How far one is, the way to go on, and all parts."""
    texts, course = seat.texts, seat.course
    done = sum(place in seat.progress.seen for place in course.places)
    left = rest_minutes(rules.seconds_left(course, seat.progress))
    far = texts("course.how_far", done=done, count=len(course.places), minutes=left)
    bar = f'<progress max="{len(course.places)}" value="{done}" aria-label="{escape(far)}"></progress>'
    listed = "".join(_part(seat, number, one) for number, one in enumerate(course.lessons, start=1))
    return (f'<div class="stack"><div class="card stack"><p>{escape(far)}</p>{bar}{_go_on(seat)}'
            f'<p class="quiet small">{escape(texts("course.read_also"))}</p></div>'
            f'<ol class="course-parts" aria-label="{escape(texts("course.parts"))}">{listed}</ol>{_country_form(seat)}</div>')


def _go_on(seat: Seat) -> str:
    texts, course, progress = seat.texts, seat.course, seat.progress
    if not progress.seen and not progress.said:
        return f'<p><a class="btn" href="{seat.link(course.places[0])}">{escape(texts("course.begin"))}</a></p>'
    if rules.open_quiz(course, progress) is not None:
        return f'<p><a class="btn" href="{seat.link(QUIZ)}">{escape(texts("course.quiz.go_on"))}</a></p>'
    if not progress.at:
        return f'<p><a class="btn" href="{seat.link(RESULT if rules.best(course, progress) else QUIZ)}">{escape(texts("course.to_quiz"))}</a></p>'
    title = title_of(seat, progress.at)
    return f'<p><a class="btn" href="{seat.link(progress.at)}">{escape(texts("course.go_on", title=title))}</a></p>'


def title_of(seat: Seat, place: str) -> str:
    """The lesson of a place, and the screen."""
    lesson, screen = found(seat, place)
    if lesson is None:
        return ""
    return f"{lesson.title} – {screen.title if screen else seat.texts('course.checks')}"


def found(seat: Seat, place: str) -> tuple[Lesson | None, Screen | None]:
    """The lesson and the screen of a place; no screen for its questions."""
    name, _, id = place.partition("/")
    lesson = seat.course.lesson(name) if place in seat.course.places else None
    return lesson, next((one for one in lesson.screens if one.id == id), None) if lesson else None


def _part(seat: Seat, number: int, lesson: Lesson) -> str:
    texts, seen = seat.texts, seat.progress.seen
    done = sum(place in seen for place in lesson.places)
    state = "done" if done == len(lesson.places) else "begun" if done else "open"
    first = next((place for place in lesson.places if place not in seen), lesson.places[0])
    minutes = texts("course.minutes", minutes=rest_minutes(lesson.seconds))
    here = ' aria-current="step"' if seat.progress.at in lesson.places and state != "done" else ""
    return (f'<li class="card" data-lesson="{lesson.id}" data-state="{state}"{here}><h2><a href="{seat.link(first)}">{escape(lesson.title)}</a></h2>'
            f'<p class="quiet course-state">{icon(SIGNS[state])} {escape(texts(f"course.state.{state}"))} · {escape(minutes)} · '
            f'{escape(texts("course.of", number=number, count=len(seat.course.lessons)))}</p><p>{escape(lesson.goal)}</p></li>')


def _country_form(seat: Seat) -> str:
    texts, names = seat.texts, Locale.parse(seat.texts.language).territories
    options = {"": texts("course.country.any"), **{code: str(names[code]) for code in seat.course.countries}}
    listed = "".join(f'<option value="{code}"{" selected" if code == seat.progress.country else ""}>{escape(name)}</option>' for code, name in options.items())
    return (f'<form method="post" action="{PATH}" class="card stack">{seat.hidden(action="country")}<div class="field">'
            f'<label for="c-country">{escape(texts("course.country"))}</label>'
            f'<span class="hint" id="c-country-hint">{escape(texts("course.country.hint"))}</span>'
            f'<select class="input" id="c-country" name="country" aria-describedby="c-country-hint">{listed}</select></div>'
            f'<p><button class="btn btn-2" type="submit">{escape(texts("course.country.save"))}</button></p></form>')


# One screen


def lesson_html(seat: Seat) -> str:
    """A screen of a lesson, or its questions, with the way back and on."""
    lesson, screen = found(seat, seat.at)
    if lesson is None:
        return ""
    inside = screen_html(seat, screen) if screen else _checks_html(seat, lesson)
    return f'<div class="stack course-screen" data-place="{escape(seat.at)}">{inside}{_way(seat, lesson)}</div>'


def heading_html(seat: Seat, lesson: Lesson, screen: Screen | None) -> str:
    """Where one is, and what this screen is about."""
    texts = seat.texts
    number = seat.course.lessons.index(lesson) + 1
    where = (texts("course.of", number=number, count=len(seat.course.lessons)),
             texts("course.screen", number=lesson.places.index(seat.at) + 1, count=len(lesson.places)))
    title = screen.title if screen else texts("course.checks")
    return (f'<p class="quiet"><a href="{seat.link()}">{escape(texts("course.all"))}</a> · {escape(lesson.title)} · {escape(" · ".join(where))}</p>'
            f'<h1>{escape(title)}</h1>')


def screen_html(seat: Seat, screen: Screen) -> str:
    """Text, picture, points, what holds in the country, the exercise, the sources."""
    texts = seat.texts
    written = "".join(f"<p>{escape(one)}</p>" for one in screen.text)
    points = f'<ul class="plain">{"".join(f"<li>{escape(one)}</li>" for one in screen.points)}</ul>' if screen.points else ""
    drawn = f'<div class="course-picture">{picture_svg(screen.picture)}</div>' if screen.picture else ""
    asked = exercise_form(seat, seat.at, screen.exercise, seat.progress.said.get(seat.at, ())) if screen.exercise else ""
    prose = f'<div class="card prose course-prose">{written}{points}{_in_country(seat, screen)}</div>' if written or points else ""
    last = f'<p class="quiet small">{escape(texts("course.checked_on", day=seat.day(seat.course.bank.updated)))}</p>' if screen.by_country else ""
    return f"{drawn}{prose}{last}{asked}{sources_html(seat, screen.sources)}"


def _in_country(seat: Seat, screen: Screen) -> str:
    """What holds in the chosen country, in the open; what holds elsewhere, folded."""
    if not screen.by_country:
        return ""
    names, parts = Locale.parse(seat.texts.language).territories, []
    for code, sentences in screen.by_country.items():
        title = escape(seat.texts("course.in_country", country=str(names[code])))
        inside = f'<ul class="plain">{"".join(f"<li>{escape(one)}</li>" for one in sentences)}</ul>'
        parts.append(f"<details{' open' if code == seat.progress.country else ''}><summary>{title}</summary>{inside}</details>")
    return "".join(parts)


def _checks_html(seat: Seat, lesson: Lesson) -> str:
    texts, asked = seat.texts, []
    for id in lesson.checks:
        question, said = seat.course.bank.questions[id], seat.progress.said.get(id, ())
        button = texts("course.check_again" if said else "course.check")
        asked.append(question_form(seat, question, said, action="answer", button=button, told=reason(seat, question, said)))
    return f'<p class="lead">{escape(texts("course.checks_says"))}</p>{"".join(asked)}'


def _way(seat: Seat, lesson: Lesson) -> str:
    places = seat.course.places
    here = places.index(seat.at)
    back = f'<a class="btn btn-2" href="{seat.link(places[here - 1])}">{escape(seat.texts("course.back"))}</a>' if here else ""
    words = seat.texts("course.to_quiz" if here == len(places) - 1 else "course.next")
    return (f'<form method="post" action="{PATH}" class="row course-way">{seat.hidden(action="next")}{back}'
            f'<button class="btn" type="submit">{escape(words)}</button></form>')
