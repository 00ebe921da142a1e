"""The questionnaire for whoever has its link: one page, no account, no script, no cookie; and the same on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from safe_lib.model.survey import Question, Said, Survey, Wrong
from safe_lib.model.texts import Texts
from safe_lib.widgets.shell import Frame, icon, page_shell
from safe_lib.widgets.style import style, symbols
from safe_lib.widgets.survey.fields import condition_words, question_html


@dataclass(frozen=True, slots=True)
class Sheet:
    """One questionnaire as it is shown."""

    survey: Survey
    texts: Texts
    path: str  # of this page
    languages: Sequence[tuple[str, str]] = ()  # code, name
    said: Said = field(default_factory=dict)
    wrong: Sequence[Wrong] = ()
    once: str = ""  # by chance, so that a form sent twice counts once
    style_url: str = ""


def form_page(sheet: Sheet) -> str:
    """The whole page."""
    survey, texts = sheet.survey, sheet.texts
    wrong = {one.place: texts(one.key, **one.facts) for one in sheet.wrong}
    parts = "".join(f'<section class="card stack" aria-labelledby="s-{part.id}"><h2 id="s-{part.id}">{escape(part.title)}</h2>'
                    f'{"".join(question_html(one, sheet.said, wrong, texts, survey) for one in part.questions)}</section>' for part in survey.sections)
    about = (f'<h1>{escape(survey.title)}</h1><p class="lead">{escape(survey.about)}</p>'
             f'<p>{escape(texts("survey.minutes", minutes=survey.minutes))} {escape(texts("survey.kept"))}</p>'
             f'{_draft(survey, texts)}{_wrongs(sheet, wrong)}')
    form = (f'<form method="post" action="{escape(sheet.path)}?lang={texts.language}" class="stack" accept-charset="utf-8" autocomplete="off">'
            f'<input type="hidden" name="once" value="{escape(sheet.once)}">{parts}'
            f'<p><button class="btn" type="submit">{escape(texts("survey.send"))}</button></p></form>')
    return _page(sheet, f"{about}{form}")


def done_page(sheet: Sheet) -> str:
    """After it was sent."""
    texts = sheet.texts
    said = f'<h1>{escape(texts("survey.thanks"))}</h1><p>{escape(texts("survey.thanks_says"))}</p>'
    return _page(sheet, f'<div data-view="survey-done">{said}</div>', links=False)


def said_page(texts: Texts, title: str, sentence: str, style_url: str) -> str:
    """A page that says one thing: that a link does not work, or that it has to be waited."""
    return _html(texts, style_url, f'<main id="main" class="survey-page stack"><h1>{escape(title)}</h1><p>{escape(sentence)}</p></main>')


def _draft(survey: Survey, texts: Texts) -> str:
    return f'<p class="notice notice-plain">{icon("i-info")}{escape(texts("report.mark.draft_translation"))}</p>' if survey.draft else ""


def _wrongs(sheet: Sheet, wrong: Mapping[str, str]) -> str:
    if not wrong:
        return ""
    places = sheet.survey.places
    lines = "".join(f'<li><a href="#q-{escape(places[place].id)}">{escape(places[place].ask)}</a>: {escape(says)}</li>'
                    for place, says in wrong.items() if place in places)
    return (f'<div class="notice notice-open" role="alert" tabindex="-1">{icon("i-info")}<div class="stack-s">'
            f'<strong>{escape(sheet.texts("survey.look_again"))}</strong><ul class="plain">{lines}</ul></div></div>')


def _page(sheet: Sheet, inside: str, *, links: bool = True) -> str:
    others = "".join(f'<a href="{escape(sheet.path)}?lang={code}" lang="{code}" hreflang="{code}" data-lang="{code}">{escape(name)}</a>'
                     for code, name in sheet.languages if code != sheet.texts.language)
    nav = f'<nav class="row" aria-label="{escape(sheet.texts("survey.languages"))}">{others}</nav>' if others and links else ""
    return _html(sheet.texts, sheet.style_url, f'{nav}<main id="main" class="survey-page stack">{inside}</main>')


def _html(texts: Texts, style_url: str, inside: str, *, print_style: str = "") -> str:
    """The frame of a page of nobody; the tab says nothing of what is open."""
    look = f"<style>{print_style}</style>" if print_style else f'<link rel="stylesheet" href="{escape(style_url)}">'
    return (f'<!doctype html>\n<html lang="{texts.language}" dir="{texts.direction}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
            f'<meta name="robots" content="noindex"><title>{escape(texts("survey.tab"))}</title><link rel="icon" href="data:,">{look}</head>'
            f'<body>{symbols()}<div class="survey-around">{inside}</div></body></html>\n')


# On paper


def entry_page(sheet: Sheet, frame: Frame, *, paper: str = "", done: str = "", problem: str = "") -> str:
    """The same questions for a colleague who enters what stands on a paper, under its number."""
    survey, texts = sheet.survey, sheet.texts
    wrong = {one.place: texts(one.key, **one.facts) for one in sheet.wrong}
    told = (f'<p class="notice notice-plain" role="status">{icon("i-tick")}<span>{escape(done)}</span></p>' if done else "") + (
        f'<p class="notice notice-stop" role="alert">{icon("i-warn")}<span>{escape(problem)}</span></p>' if problem else "") + _wrongs(sheet, wrong)
    parts = "".join(f'<section class="card stack" aria-labelledby="s-{part.id}"><h2 id="s-{part.id}">{escape(part.title)}</h2>'
                    f'{"".join(question_html(one, sheet.said, wrong, texts, survey) for one in part.questions)}</section>' for part in survey.sections)
    number = (f'<div class="field"><label for="paper">{escape(texts("survey.paper.number"))}</label>'
              f'<input class="input survey-number" id="paper" name="paper" maxlength="40" autocomplete="off" value="{escape(paper)}"></div>')
    form = (f'<form method="post" action="{escape(sheet.path)}" class="stack survey-page"><input type="hidden" name="_xsrf" value="{escape(frame.xsrf)}">'
            f'<input type="hidden" name="lang" value="{texts.language}">{number}{parts}'
            f'<p><button class="btn" type="submit">{escape(texts("survey.entry.keep"))}</button></p></form>')
    titled = replace(frame, title=texts("survey.entry.title"))
    return page_shell(titled, f'<div class="plain-page stack">{told}<p class="lead">{escape(survey.title)}</p>{form}</div>')


def paper_html(survey: Survey, texts: Texts, style_url: str = "") -> str:
    """The questionnaire to print and fill in by hand, with a place for its number; without an address it brings its own style."""
    parts = "".join(f'<section><h2>{escape(part.title)}</h2>{"".join(_paper_question(one, survey, texts) for one in part.questions)}</section>'
                    for part in survey.sections)
    head = (f'<h1>{escape(survey.title)}</h1><p>{escape(texts("survey.paper.number"))} ______________________</p><p>{escape(survey.about)}</p>'
            f'<p>{escape(texts("survey.paper.how"))}</p>{_draft(survey, texts)}')
    inside = f'<main id="main" class="survey-page survey-paper">{head}{parts}</main>'
    return _html(texts, style_url, inside, print_style="" if style_url else style())


def _paper_question(question: Question, survey: Survey, texts: Texts) -> str:
    when = f'<p class="quiet">{escape(condition_words(question.only_if, survey, texts))}</p>' if question.only_if else ""
    return f'<div class="survey-question"><h3>{escape(question.id)}. {escape(question.ask)}</h3>{when}{_paper_answers(question, texts)}</div>'


def _paper_answers(question: Question, texts: Texts) -> str:
    line = '<p class="survey-line"></p>'
    if question.kind == "matrix":
        heads = "".join(f"<th scope=\"col\">{escape(words)}</th>" for words in question.options.values())
        rows = "".join(f'<tr><th scope="row">{escape(words)}</th>{"<td>☐</td>" * len(question.options)}</tr>' for words in question.rows.values())
        return f"<table><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    if question.kind == "rank":
        listed = "; ".join(question.options.values())
        return f'<p>{escape(listed)}</p>{"".join(f"<p>{place}. ______________________</p>" for place in range(1, question.most + 1))}'
    if question.kind == "open":
        return line * 4
    if question.kind == "number":
        return f'<p>______ {"☐ " + escape(texts("survey.unknown")) if question.unknown else ""}</p>'
    if question.countries:
        return line
    words = question.options.values() if question.options else (texts("survey.agreed"),)
    return f'<ul class="survey-boxes">{"".join(f"<li>☐ {escape(one)}</li>" for one in words)}</ul>'
