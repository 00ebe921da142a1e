"""The desk of whoever looks after surveys: links, what to print, what to read in, and the figures of one link."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from safe_lib.model.texts import Texts
from safe_lib.widgets.page import section_html, sections
from safe_lib.widgets.pages import date_in_words
from safe_lib.widgets.shell import icon

if TYPE_CHECKING:
    from safe_lib.store.surveys import Link
    from safe_lib.workbook import Workbook

PATH: Final = "/survey"
ENTRY: Final = "/survey/entry"
FILES: Final = "/survey/file"
FORMATS: Final = ("pdf", "docx", "html")


@dataclass(frozen=True, slots=True)
class SurveySeat:
    """Who looks at the desk."""

    links: Sequence[Link]
    surveys: Mapping[str, str]  # id → title
    texts: Texts
    xsrf: str
    may_manage: bool
    may_read: bool
    address: str = ""  # of a link that was made just now
    done: str = ""
    wrong: str = ""

    def hidden(self, **more: object) -> str:
        """The fields that every form has."""
        fields = {"_xsrf": self.xsrf, "lang": self.texts.language, **more}
        return "".join(f'<input type="hidden" name="{name}" value="{escape(str(value))}">' for name, value in fields.items())

    def to(self, path: str, **more: object) -> str:
        """An address of the desk."""
        return escape(f"{path}?{urlencode({'lang': self.texts.language, **more})}")


def body_html(book: Workbook, seat: SurveySeat, title: str, about: str, notebook: Any, prose_html: Callable[[str], str]) -> str:
    """The whole page, its heading with it."""
    parts = "".join(section_html(book, one, prose_html(one.prose)) for one in sections(notebook) if one.view != "statement") if book.survey_link else ""
    top = f'<h1>{escape(title)}</h1><p class="lead">{escape(about)}</p>{_told(seat)}{book.statement().html}'
    opening = _open_form(seat) if seat.may_manage else ""
    return f'<div class="plain-page stack">{top}{_links(seat, book.survey_link)}{opening}{parts}</div>'


def _told(seat: SurveySeat) -> str:
    texts = seat.texts
    made = (f'<div class="notice notice-plain" role="status">{icon("i-tick")}<div class="stack-s"><strong>{escape(texts("survey.desk.made"))}</strong>'
            f'<code class="survey-address" data-part="address">{escape(seat.address)}</code></div></div>') if seat.address else ""
    done = f'<p class="notice notice-plain" role="status">{icon("i-tick")}<span>{escape(seat.done)}</span></p>' if seat.done else ""
    wrong = f'<p class="notice notice-stop" role="alert">{icon("i-warn")}<span>{escape(seat.wrong)}</span></p>' if seat.wrong else ""
    return made + done + wrong


def _links(seat: SurveySeat, chosen: int) -> str:
    texts = seat.texts
    if not seat.links:
        return f'<p class="quiet">{escape(texts("survey.desk.none"))}</p>'
    rows = "".join(_link(seat, one, chosen) for one in seat.links)
    title = escape(texts("survey.desk.links"))
    return f'<section class="stack" aria-labelledby="links"><h2 id="links">{title}</h2><ul class="survey-links">{rows}</ul></section>'


def _link(seat: SurveySeat, one: Link, chosen: int) -> str:
    texts = seat.texts
    day = date_in_words(one.closed or one.until, texts, "long")
    state = texts("survey.desk.closed" if one.closed else "survey.desk.until", day=day)
    said = texts("survey.desk.counts", answers=one.answers, waiting=one.waiting)
    ways = []
    if seat.may_read:
        ways.append(f'<a href="{seat.to(PATH, link=one.id)}"{" aria-current=true" if chosen == one.id else ""}>{escape(texts("survey.desk.figures"))}</a>')
        ways += [f'<a href="{seat.to(f"{FILES}/report", link=one.id, format=kind)}">{escape(texts("survey.desk.report", format=kind.upper()))}</a>'
                 for kind in FORMATS]
    ways.append(f'<a href="{seat.to(f"{FILES}/paper", link=one.id)}">{escape(texts("survey.desk.paper"))}</a>')
    ways.append(f'<a href="{seat.to(f"{FILES}/form", link=one.id)}">{escape(texts("survey.desk.form"))}</a>')
    ways.append(f'<a href="{seat.to(ENTRY, link=one.id)}">{escape(texts("survey.desk.entry"))}</a>')
    close = (f'<form method="post" action="{PATH}">{seat.hidden(action="close", link=one.id)}<button class="btn btn-2" type="submit">'
             f'{escape(texts("survey.desk.close", number=one.id))}</button></form>') if seat.may_manage and not one.closed else ""
    return (f'<li class="card stack-s" data-link="{one.id}"><h3>{one.id}. {escape(seat.surveys.get(one.survey, one.survey))}</h3>'
            f'<p>{escape(state)} {escape(said)}</p><p class="row survey-ways">{" ".join(ways)}</p>{close}</li>')


def _open_form(seat: SurveySeat) -> str:
    texts = seat.texts
    options = "".join(f'<option value="{escape(id)}">{escape(title)}</option>' for id, title in seat.surveys.items())
    return (f'<form method="post" action="{PATH}" class="card stack" id="open">{seat.hidden(action="open")}<h2>{escape(texts("survey.desk.open"))}</h2>'
            f'<div class="field"><label for="o-survey">{escape(texts("survey.desk.which"))}</label>'
            f'<select class="input" id="o-survey" name="survey">{options}</select></div>'
            f'<div class="field"><label for="o-days">{escape(texts("survey.desk.days"))}</label>'
            f'<input class="input survey-number" id="o-days" name="days" inputmode="numeric" value="60" maxlength="3"></div>'
            f'<p><button class="btn" type="submit">{escape(texts("survey.desk.make"))}</button></p></form>')
