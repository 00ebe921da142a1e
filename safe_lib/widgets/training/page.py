"""The course as a page: one thing at a time, under one first heading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

from safe_lib.widgets.page import sections
from safe_lib.widgets.shell import icon
from safe_lib.widgets.training.lessons import found, heading_html, lesson_html, overview_html
from safe_lib.widgets.training.quiz import certificate_html, forget_html, quiz_html, result_html
from safe_lib.widgets.training.seat import QUIZ, RESULT, Seat

PARTS: Final[Mapping[str, Callable[[Seat], str]]] = {"lessons": overview_html, "certificate": lambda seat: certificate_html(seat) + forget_html(seat)}


def page_html(seat: Seat, title: str, about: str, statement: str, notebook: Mapping[str, Any], prose_html: Callable[[str], str]) -> str:
    """The screen, the quiz or the result that the address asks for; otherwise the list of parts with the prose of the notebook."""
    lesson, screen = found(seat, seat.at)
    if lesson is not None:
        return f'<div class="plain-page stack">{heading_html(seat, lesson, screen)}{_told(seat)}{lesson_html(seat)}</div>'
    if seat.at in (QUIZ, RESULT):
        way = f'<p class="quiet"><a href="{seat.link()}">{escape(seat.texts("course.all"))}</a></p>'
        words = seat.texts("course.quiz" if seat.at == QUIZ else "course.result")
        inside = quiz_html(seat) if seat.at == QUIZ else result_html(seat)
        return f'<div class="plain-page stack">{way}<h1>{escape(words)}</h1>{_told(seat)}{inside}</div>'
    parts = (f'<section class="section" id="view-{one.view}" data-region="{one.view}">{prose_html(one.prose)}{PARTS[one.view](seat)}</section>'
             for one in sections(notebook) if one.view in PARTS)
    return f'<div class="plain-page stack"><h1>{escape(title)}</h1><p class="lead">{escape(about)}</p>{_told(seat)}{statement}{"".join(parts)}</div>'


def _told(seat: Seat) -> str:
    done = f'<p class="notice notice-plain" role="status">{icon("i-tick")}<span>{escape(seat.done)}</span></p>' if seat.done else ""
    wrong = f'<p class="notice notice-stop" role="alert" id="wrong">{icon("i-warn")}<span>{escape(seat.wrong)}</span></p>' if seat.wrong else ""
    return done + wrong
