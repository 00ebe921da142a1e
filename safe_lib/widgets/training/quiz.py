"""The final quiz, one question at a time; what came of it, with the reasons; and the form for the certificate."""

from __future__ import annotations

from html import escape

from safe_lib.engine import course as rules
from safe_lib.model.course import Attempt, Marked
from safe_lib.widgets.shell import icon
from safe_lib.widgets.training.asking import question_form, reason
from safe_lib.widgets.training.seat import PATH, QUIZ, Seat


def quiz_html(seat: Seat) -> str:
    """The question one is at, or the way to begin."""
    attempt = rules.open_quiz(seat.course, seat.progress)
    if attempt is None:
        return _begin(seat)
    open_ones = rules.unanswered(attempt)
    number = seat.question or (attempt.questions.index(open_ones[0]) + 1 if open_ones else 0)
    asked = _question(seat, attempt, number) if 1 <= number <= len(attempt.questions) else ""
    return f'<div class="stack">{asked}{_list(seat, attempt)}{_hand_in(seat, len(open_ones))}</div>'


def _begin(seat: Seat) -> str:
    texts, bank = seat.texts, seat.course.bank
    left = sum(place not in seat.progress.seen for place in seat.course.places)
    first = f'<p class="notice notice-plain">{icon("i-info")}<span>{escape(texts("course.quiz.lessons_first", count=left))}</span></p>' if left else ""
    again = texts("course.quiz.again" if seat.progress.attempts else "course.quiz.begin")
    return (f'<form method="post" action="{PATH}" class="card stack">{seat.hidden(action="begin")}'
            f'<p>{escape(texts("course.quiz.says", count=bank.quiz_items, percent=bank.pass_percent))}</p>{first}'
            f'<p><button class="btn" type="submit">{escape(again)}</button></p></form>')


def _question(seat: Seat, attempt: Attempt, number: int) -> str:
    id = attempt.questions[number - 1]
    words = seat.texts("course.quiz.question", number=number, count=len(attempt.questions))
    form = question_form(seat, seat.course.bank.questions[id], attempt.answers.get(id, ()), action="quiz", button=seat.texts("course.quiz.save"),
                         seed=attempt.seed)
    return f'<p class="quiet" data-question="{id}">{escape(words)}</p>{form}'


def _list(seat: Seat, attempt: Attempt) -> str:
    texts, lines = seat.texts, []
    for number, id in enumerate(attempt.questions, start=1):
        state = texts("course.quiz.answered" if id in attempt.answers else "course.quiz.not_answered")
        words = texts("course.quiz.question", number=number, count=len(attempt.questions))
        lines.append(f'<li><a href="{seat.link(QUIZ, question=number)}">{escape(words)}</a> ({escape(state)})</li>')
    return f'<ol class="course-numbers" aria-label="{escape(texts("course.quiz"))}">{"".join(lines)}</ol>'


def _hand_in(seat: Seat, left: int) -> str:
    if left:
        return f'<p class="quiet">{escape(seat.texts("course.quiz.open", count=left))}</p>'
    return (f'<form method="post" action="{PATH}" class="card stack">{seat.hidden(action="hand_in")}<p>{escape(seat.texts("course.quiz.ready"))}</p>'
            f'<p><button class="btn" type="submit">{escape(seat.texts("course.quiz.hand_in"))}</button></p></form>')


# What came of it


def result_html(seat: Seat) -> str:
    """The last quiz with its reasons, what to look at again, and the certificate."""
    last = next((one for one in reversed(seat.progress.attempts) if one.handed_in), None)
    found = rules.marked(seat.course, last) if last else None
    if last is None or found is None:
        return _begin(seat)
    return f'<div class="stack">{outcome_html(seat, found)}{certificate_html(seat)}{_answers(seat, last)}{_begin(seat)}</div>'


def outcome_html(seat: Seat, found: Marked) -> str:
    """Passed or not yet, in words; what to look at again; when a refresher is due."""
    texts, of = seat.texts, len(found.right) + len(found.wrong)
    facts = {"right": len(found.right), "count": of, "percent": found.percent, "needed": seat.course.bank.pass_percent}
    said = [texts(f"course.result.{'passed' if found.passed else 'failed'}", **facts)]
    if found.refresher is not None:
        said.append(texts(f"course.result.{'overdue' if found.refresher <= seat.on else 'refresher'}", day=seat.day(found.refresher)))
    if found.missing:
        said.append(texts("course.quiz.missing", modules=", ".join(seat.course.bank.modules[id] for id in found.missing)))
    lines = "".join(f"<p>{escape(one)}</p>" for one in said)
    links = "".join(f'<li><a href="{seat.link(one.places[0])}">{escape(one.title)}</a></li>' for one in seat.course.lessons if one.id in found.again)
    again = f'<h2>{escape(texts("course.result.again"))}</h2><ul class="plain">{links}</ul>' if links else ""
    return (f'<section class="card stack" data-passed="{"true" if found.passed else "false"}"><div role="status">{lines}</div>{again}</section>')


def _answers(seat: Seat, attempt: Attempt) -> str:
    questions = [seat.course.bank.questions[id] for id in attempt.questions if id in seat.course.bank.questions]
    lines = "".join(f'<li class="stack-s"><p><strong>{escape(one.stem)}</strong></p>{reason(seat, one, attempt.answers.get(one.id, ()))}</li>'.replace(
        ' role="status"', "") for one in questions)
    return f'<section class="card stack"><h2>{escape(seat.texts("course.result.answers"))}</h2><ol class="plain course-answers">{lines}</ol></section>'


def certificate_html(seat: Seat) -> str:
    """The form for the certificate; before it can be had, what is still needed."""
    texts = seat.texts
    title = f'<h2>{escape(texts("course.certificate"))}</h2>'
    if not rules.is_complete(seat.course, seat.progress):
        return f'<section class="card stack" id="certificate">{title}<p>{escape(texts("course.certificate.needs"))}</p></section>'
    if seat.shared:
        return f'<section class="card stack" id="certificate">{title}<p>{escape(texts("course.certificate.shared"))}</p></section>'
    wrong = ' aria-invalid="true"' if seat.wrong else ""
    return (f'<form method="post" action="{PATH}" class="card stack" id="certificate">{title}{seat.hidden(action="certificate")}<div class="field">'
            f'<label for="c-name">{escape(texts("course.certificate.name"))}</label>'
            f'<span class="hint" id="c-name-hint">{escape(texts("course.certificate.says"))}</span>'
            f'<input class="input" id="c-name" name="name" type="text" maxlength="80" dir="auto" autocomplete="name"'
            f' aria-describedby="c-name-hint"{wrong}></div>'
            f'<p><button class="btn" type="submit">{escape(texts("course.certificate.make"))}</button></p></form>')


def forget_html(seat: Seat) -> str:
    """Take out what is kept, after a second look."""
    texts = seat.texts
    if not (seat.progress.seen or seat.progress.said or seat.progress.attempts):
        return ""
    return (f'<details class="card"><summary>{escape(texts("course.forget"))}</summary><form method="post" action="{PATH}" class="stack">'
            f'{seat.hidden(action="forget")}<p>{escape(texts("course.forget.says"))}</p>'
            f'<p><button class="btn btn-2" type="submit">{escape(texts("course.forget.sure"))}</button></p></form></details>')
