"""A question or an exercise as a form without a script, and after the answer the reason for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from safe_lib.engine import course as rules
from safe_lib.model.course import ONE, Exercise, Question, Said
from safe_lib.widgets.shell import icon
from safe_lib.widgets.training.seat import PATH, Seat


def question_form(seat: Seat, question: Question, said: Said, *, action: str, button: str, seed: int = 0, level: int = 2, told: str = "") -> str:
    """One question of the bank; `told` stands below its button."""
    texts = seat.texts
    order = rules.options_in_order(question, seed)
    hint = "choose_order" if question.kind == "order" else "choose_one" if question.kind in ONE else "choose_several"
    fields = _places(seat, question, order, said) if question.kind == "order" else _ticks(question.id, {id: question.options[id] for id in order}, said,
                                                                                         several=question.kind not in ONE)
    return _form(seat, question.id, action, f"<h{level}>{escape(question.stem)}</h{level}>", texts(f"course.{hint}"), fields, button, told)


def exercise_form(seat: Seat, place: str, exercise: Exercise, said: Said) -> str:
    """An exercise with its story; after the answer, what is said of each option."""
    texts = seat.texts
    story = "".join(f"<p>{escape(one)}</p>" for one in exercise.story)
    hint = texts("course.choose_several" if exercise.several else "course.choose_one")
    fields = _ticks("e", {one.id: one.text for one in exercise.options}, said, several=exercise.several)
    told = ""
    if said:
        lines = "".join(_line(seat, one.text, one.right, one.id in said, one.because) for one in exercise.options)
        told = _told(seat, "e", frozenset(said) == frozenset(exercise.right), f'<ul class="course-reasons">{lines}</ul>')
    button = texts("course.check_again" if said else "course.check")
    form = _form(seat, "e", "answer", f"<h2>{escape(exercise.ask)}</h2>", hint, fields, button, told, id=place)
    return f'<div class="card stack course-story">{story}<p class="quiet small">{escape(texts("course.invented"))}</p></div>{form}'


def reason(seat: Seat, question: Question, said: Said) -> str:
    """Whether an answer was right, which one is, and why; nothing before there is an answer."""
    if not said:
        return ""
    right, texts = rules.is_right(question, said), seat.texts
    good = "; ".join(question.options[id] for id in question.correct)
    which = "" if right else f'<p>{escape(texts("course.right_is", answer=good))}</p>'
    old = f'<p class="quiet">{escape(texts("course.reviewed_needed"))}</p>' if rules.must_be_read_again(seat.course, question, seat.on) else ""
    return _told(seat, question.id, right, f"{which}<p>{escape(question.rationale)}</p>{old}{sources_html(seat, question.sources)}")


def sources_html(seat: Seat, ids: Iterable[str]) -> str:
    """Where it comes from, each with what is recalled and not yet verified."""
    lines = []
    for one in (seat.course.sources[id] for id in ids if id in seat.course.sources):
        recalled = f" ({seat.texts('course.recalled')})" if one.status != "seen" else ""
        lines.append(f"<li>{escape(one.title)}{escape(recalled)}</li>")
    title = escape(seat.texts("course.source"))
    return f'<details class="course-sources"><summary>{title}</summary><ul class="plain small">{"".join(lines)}</ul></details>' if lines else ""


def _form(seat: Seat, name: str, action: str, title: str, hint: str, fields: str, button: str, told: str, *, id: str = "") -> str:
    hidden = seat.hidden(action=action, id=id or name)
    return (f'<form method="post" action="{PATH}" class="card stack course-ask" id="ask-{escape(name)}">{hidden}'
            f'<fieldset class="stack-s"><legend>{title}</legend><p class="quiet small">{escape(hint)}</p>{fields}</fieldset>'
            f'<p><button class="btn" type="submit">{escape(button)}</button></p>{told}</form>')


def _ticks(name: str, options: Mapping[str, str], said: Said, *, several: bool) -> str:
    kind = "checkbox" if several else "radio"
    return "".join(
        f'<div class="tick"><input type="{kind}" id="o-{name}-{id}" name="said" value="{escape(id)}"{" checked" if id in said else ""}>'
        f'<label for="o-{name}-{id}">{escape(text)}</label></div>' for id, text in options.items())


def _places(seat: Seat, question: Question, order: Iterable[str], said: Said) -> str:
    """One field for each place of an order."""
    shown, fields = tuple(order), []
    for place in range(1, len(shown) + 1):
        chosen = said[place - 1] if len(said) >= place else ""
        choices = "".join(f'<option value="{id}"{" selected" if id == chosen else ""}>{escape(question.options[id])}</option>' for id in shown)
        name = f"o-{question.id}-{place}"
        fields.append(f'<div class="field"><label for="{name}">{escape(seat.texts("course.place", number=place))}</label>'
                      f'<select class="input" id="{name}" name="said"><option value="">{escape(seat.texts("course.pick"))}</option>{choices}</select></div>')
    return "".join(fields)


def _told(seat: Seat, name: str, right: bool, inside: str) -> str:
    words = seat.texts("course.right" if right else "course.not_right")
    return (f'<div class="notice notice-plain" role="status" tabindex="-1" id="told-{escape(name)}" data-right="{"true" if right else "false"}">'
            f'{icon("i-tick" if right else "i-info")}<div class="stack-s"><strong>{escape(words)}</strong>{inside}</div></div>')


def _line(seat: Seat, text: str, right: bool, chosen: bool, because: str) -> str:
    state = seat.texts(f"course.option.{'right' if right else 'wrong'}")
    mine = f", {seat.texts('course.chosen')}" if chosen else ""
    return f'<li data-right="{"true" if right else "false"}"><span>{escape(text)}</span> <strong>({escape(state + mine)})</strong> {escape(because)}</li>'
