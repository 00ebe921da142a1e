"""The messages as a page: choose, read, print under the rules of handing out; and the questions for oneself, which send nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final
from urllib.parse import urlencode

from safe_lib.engine import awareness as rules
from safe_lib.model.awareness import LENGTHS, WAYS, Message, Plan, Words
from safe_lib.model.texts import Texts
from safe_lib.widgets.page import sections
from safe_lib.widgets.shell import icon

PATH: Final = "/awareness"
QUESTIONS: Final = "questions"  # the place of the questions for oneself
SAID: Final = ("trained", "alone", "asked", "controller_near")  # what staff say of the moment


@dataclass(frozen=True, slots=True)
class Place:
    """What was chosen on the page; it stands in the address and is kept nowhere."""

    plan: Plan
    words: Words
    texts: Texts
    languages: Mapping[str, str]  # code → its name in its own words
    theme: str = "safety"
    audience: str = "adults"
    length: str = "short"
    at: str = ""  # QUESTIONS, or empty
    wrong: str = ""  # why a print was not made
    countries: Mapping[str, str] = field(default_factory=dict)  # whose numbers there are: code → name
    country: str = ""  # the one that was chosen
    numbers: Mapping[str, str] = field(default_factory=dict)  # of its organisations that may stand on a print: id → name

    @property
    def chosen(self) -> dict[str, str]:
        """What links and forms keep."""
        return {"group": self.audience, "theme": self.theme, "of": self.words.language, "length": self.length,
                **({"country": self.country} if self.country else {})}

    def link(self, **more: str) -> str:
        """The address of the same choice, ready for an attribute."""
        return escape(f"{PATH}?{urlencode({**self.chosen, 'lang': self.texts.language, **more})}")


def page_html(place: Place, title: str, about: str, statement: str, notebook: Mapping[str, Any], prose_html: Callable[[str], str]) -> str:
    """The questions alone, or everything else in the order of the notebook."""
    if place.at == QUESTIONS:
        return f'<div class="plain-page stack">{_questions(place)}</div>'
    wrong = f'<p class="notice notice-stop" role="alert" id="wrong">{icon("i-warn")}<span>{escape(place.wrong)}</span></p>' if place.wrong else ""
    made: dict[str, Callable[[Place], str]] = {"messages": _messages, "sessions": _sessions, "prints": _prints}
    parts = (f'<section class="section stack" id="view-{one.view}" data-region="{one.view}">{prose_html(one.prose)}{made[one.view](place)}</section>'
             for one in sections(notebook) if one.view in made)
    return f'<div class="plain-page stack"><h1>{escape(title)}</h1><p class="lead">{escape(about)}</p>{wrong}{statement}{"".join(parts)}</div>'


# Choosing and reading


def _messages(place: Place) -> str:
    plan, texts = place.plan, place.texts
    lists = "".join((
        _select("group", texts("aware.audience"), {id: one.title for id, one in plan.audiences.items()}, place.audience),
        _select("theme", texts("aware.theme"), {id: one.title for id, one in plan.themes.items()}, place.theme),
        _select("of", texts("aware.language"), place.languages, place.words.language),
        _select("length", texts("aware.length"), {name: texts(f"aware.length.{name}") for name in LENGTHS}, place.length),
        _select("country", texts("aware.country"), {"": texts("aware.country.none"), **place.countries}, place.country)))  # fmt: skip
    form = (f'<form method="get" action="{PATH}" class="card stack"><input type="hidden" name="lang" value="{texts.language}">{lists}'
            f'<p><button class="btn" type="submit">{escape(texts("aware.show"))}</button></p></form>')
    return form + _draft(place) + _preview(place)


def _select(name: str, label: str, options: Mapping[str, str], chosen: str) -> str:
    listed = "".join(f'<option value="{escape(id)}"{" selected" if id == chosen else ""}>{escape(title)}</option>' for id, title in options.items())
    return (f'<div class="field"><label for="a-{name}">{escape(label)}</label>'
            f'<select class="input" id="a-{name}" name="{name}">{listed}</select></div>')


def _draft(place: Place) -> str:
    if not place.words.draft:
        return ""
    return f'<p class="notice notice-draft" data-draft="{place.words.language}">{escape(place.texts("aware.draft", language=place.words.name))}</p>'


def _preview(place: Place) -> str:
    """The messages in their own language and direction, with what staff leave unsaid beside each."""
    heard = rules.heard(place.plan, place.theme, place.audience)
    if not heard:
        return f'<p class="notice notice-plain">{escape(place.texts("aware.not_heard"))}</p>'
    told = "".join(_message(place, one) for one in rules.said(place.words, heard, place.audience))
    return f'<h3>{escape(place.texts("aware.preview"))}</h3><div class="stack" id="preview">{told}</div>'


def _message(place: Place, one: Message) -> str:
    plan, fixed, texts = place.plan.messages[one.id], place.words.fixed, place.texts
    example = f"<p><b>{escape(fixed['example'])}:</b> {escape(one.example)}</p>" if place.length == "talk" and one.example else ""
    said = f"<h4>{escape(one.headline)}</h4><p>{escape(one.body)}</p>{example}<p><b>{escape(fixed['do'])}:</b> {escape(one.do)}</p>"
    staff = [f"{texts('aware.do_not_say')}: {plan.do_not_say}", *([f"{texts('aware.check')}: {plan.check}"] if plan.check else [])]
    sources = "; ".join(_source(place, id) for id in plan.sources)
    beside = "".join(f'<p class="quiet small">{escape(line)}</p>' for line in (*staff, f"{texts('aware.sources')}: {sources}"))
    return (f'<article class="card stack" data-message="{one.id}"><div lang="{place.words.language}" dir="{place.words.direction}">{said}</div>'
            f"{beside}</article>")


def _source(place: Place, id: str) -> str:
    one = place.plan.sources[id]
    return f"{one.title} ({one.published}{'' if one.status == 'seen' else ', ' + place.texts('aware.recalled')})"


# Sessions and prints


def _sessions(place: Place) -> str:
    texts = place.texts
    found = rules.sessions_for(place.plan, place.theme, place.audience)
    if not found:
        return f'<p class="quiet">{escape(texts("aware.no_session"))}</p>'
    return "".join(f'<div class="card stack"><h3>{escape(one.title)}, {escape(texts("aware.minutes", minutes=one.minutes))}</h3>'
                   f'<ol>{"".join(_part(part.title, part.minutes, part.does, texts) for part in one.blocks)}</ol></div>' for one in found)


def _part(title: str, minutes: int, does: str, texts: Texts) -> str:
    return f"<li><b>{escape(title)}</b>, {escape(texts('aware.minutes', minutes=minutes))}. {escape(does)}</li>"


def _prints(place: Place) -> str:
    plan, texts = place.plan, place.texts
    kinds = {id: one.title for id, one in plan.prints.items() if id != QUESTIONS}
    formats = {"pdf": "PDF", "html": "HTML"}
    ways: dict[str, str] = {way: texts(f"aware.way.{way}") for way in WAYS}
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in {**place.chosen, "lang": texts.language}.items())
    ticks = "".join(f'<label class="row" for="a-{name}"><input type="checkbox" id="a-{name}" name="{name}" value="yes">'
                    f' {escape(texts(f"aware.said.{name}"))}</label>' for name in SAID)
    group = plan.audiences[place.audience]
    form = (f'<form method="get" action="{PATH}/print" class="card stack" id="make">{hidden}{_select("print", texts("aware.prints"), kinds, "card")}'
            f'{_select("format", texts("aware.format"), formats, "pdf")}{_select("way", texts("aware.way"), ways, "group")}{ticks}{_numbers(place)}'
            f'<p><button class="btn" type="submit">{escape(texts("aware.make"))}</button></p></form>')
    ask = (f'<h3>{escape(texts("aware.questions"))}</h3><p>{escape(texts("aware.questions_about"))}</p>'
           f'<p><a class="btn btn-2" href="{place.link(at=QUESTIONS)}">{escape(texts("aware.questions_open"))}</a></p>')
    return (f"<p>{escape(texts('aware.prints_about'))}</p>{form}<h3>{escape(texts('aware.notes'))}</h3>{_list(group.notes)}"
            f"<h3>{escape(texts('aware.rules'))}</h3>{_list(plan.rules.values())}{ask}")


def _numbers(place: Place) -> str:
    """Which verified numbers stand on the print; without any, a line is left to write one on."""
    if not place.country:
        return ""
    if not place.numbers:
        return f'<p class="quiet">{escape(place.texts("aware.numbers.none"))}</p>'
    ticks = "".join(f'<label class="row" for="a-n-{escape(id)}"><input type="checkbox" id="a-n-{escape(id)}" name="entry" value="{escape(id)}">'
                    f" {escape(name)}</label>" for id, name in place.numbers.items())  # fmt: skip
    return f'<fieldset class="stack"><legend>{escape(place.texts("aware.numbers"))}</legend>{ticks}</fieldset>'


def _list(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in items)}</ul>"


# Questions for oneself


def _questions(place: Place) -> str:
    """Outside any form, so that nothing can be sent; the closing words are the same whatever is chosen."""
    words = place.words
    asked = "".join(_question(words, id) for id in place.plan.audiences[place.audience].questions)
    return (f'{_draft(place)}<div class="stack" lang="{words.language}" dir="{words.direction}"><h1>{escape(words.fixed["questions"])}</h1>'
            f'<p class="lead">{escape(words.fixed["private"])}</p>{asked}<p class="notice notice-plain">{escape(words.fixed["after"])}</p></div>')


def _question(words: Words, id: str) -> str:
    choices = "".join(
        f'<label class="row" for="a-{id}-{name}"><input type="radio" id="a-{id}-{name}" name="a-{id}" value="{name}" autocomplete="off"> '
        f'{escape(words.fixed[f"answer.{name}"])}</label>' for name in ("yes", "no", "unsure"))  # fmt: skip
    return f'<fieldset class="card stack"><legend>{escape(words.questions[id])}</legend>{choices}</fieldset>'
