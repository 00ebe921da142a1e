"""The coordination workbook as a page: each view of its notebook, and below it what can be done there.

It takes values and returns HTML text; every form works without a script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from safe_lib.coordination.board import Board
from safe_lib.model.coordination import CATEGORIES, CHANNELS, CONTACT_KINDS, LOOK_RESULTS, OF_A_CASE, OUTCOMES, REFERRAL_STATES, TOGETHER
from safe_lib.model.disclosure import CONSENT, REASONED
from safe_lib.model.document import Block
from safe_lib.model.person import Member
from safe_lib.model.texts import Texts
from safe_lib.widgets.blocks import blocks_html
from safe_lib.widgets.coordination_views import NAME, references
from safe_lib.widgets.page import Section, sections
from safe_lib.widgets.people_pages import Said, _field, _form, _told
from safe_lib.widgets.shell import Frame, page_shell

if TYPE_CHECKING:
    from safe_lib.workbook import Workbook
else:
    Workbook = Any

CALENDAR_PATH: Final = f"{NAME}/calendar.ics"
DIGEST_PATH: Final = f"{NAME}/digest"
CLOSING: Final = "closing"
WAYS_TO: Final = {"due_dates": "procedures", "stuck_steps": "procedures", "waiting": "disclosures", "closed_files": CLOSING}  # view → where its work is done
PRIVATE: Final = frozenset({"case_log"})  # holds somebody's words: in mask mode it shows nothing until it is pressed
REFERRAL_ANSWERS: Final = tuple(one for one in REFERRAL_STATES if one != "asked")


@dataclass(frozen=True, slots=True)
class Team:
    """What the forms of the page need to know."""

    me: str  # the user name one's hours stand under
    colleagues: tuple[Member, ...]  # active ones who may work on cases, by name; for a coordinator
    coordinate: bool
    assign: bool
    refer: bool
    close: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a form stands: the frame around the page, the board it is about, and who looks."""

    frame: Frame
    board: Board
    team: Team
    case: str = ""  # the one whose log is shown

    @property
    def texts(self) -> Texts:
        """The texts of the page."""
        return self.frame.texts

    @property
    def refs(self) -> tuple[str, ...]:
        """The open cases."""
        return tuple(one.ref for one in self.board.cases)


def coordination_body(book: Workbook, frame: Frame, notebook: Mapping[str, Any], prose_html: Callable[[str], str], team: Team, said: Said) -> str:
    """Everything below the heading: what came of a form, whose board it is, and every view with its forms."""
    place = Place(frame, book.board, team, book.case or "")
    shown = [(one, blocks) for one in sections(notebook) if one.view != "statement" and (blocks := getattr(book, one.view)().blocks)]
    made = "".join(_section(place, one, blocks, prose_html(one.prose)) for one, blocks in shown)
    return f'{_told(frame.texts, said)}{_whose(place)}{_ways(place, [one for one, _ in shown])}<div class="stack">{made}</div>'


def digest_page(frame: Frame, title: str, marks: Sequence[str], blocks: Sequence[Block]) -> str:
    """A digest as it was made, within the suite: it can be left and locked as every page."""
    above = "".join(f'<p class="quiet">{escape(one)}</p>' for one in marks)
    return page_shell(frame, f'<div class="head"><div><h1>{escape(title)}</h1>{above}</div></div>\n{blocks_html(blocks, frame.texts)}')


def _section(place: Place, one: Section, blocks: Sequence[Block], prose: str) -> str:
    inside = linked(blocks_html(blocks, place.texts), references(place.board), place.frame, WAYS_TO.get(one.view, "identification"))
    mask = ' class="mask"' if one.view in PRIVATE else ""
    forms = FORMS[one.view](place) if one.view in FORMS else ""
    below = f'<div class="stack-s no-print">{forms}</div>' if forms else ""
    return f'<section class="section card stack" id="view-{one.view}">{prose}<div data-region="{one.view}"{mask}>{inside}</div>{below}</section>\n'


def linked(html: str, refs: Iterable[str], frame: Frame, page: str = "identification") -> str:
    """The references in the cells of tables as links to a page of their cases."""
    for ref in refs:
        path = f"{frame.base_url}{page}?{urlencode({'case': ref, 'lang': frame.texts.language})}"
        html = html.replace(f"<bdi>{ref}</bdi>", f'<a class="ref" href="{escape(path)}"><bdi>{ref}</bdi></a>')
    return html


def _ways(place: Place, shown: Sequence[Section]) -> str:
    """The parts of the page, each one press away."""
    titles = {one.view: one.prose.partition("\n")[0].removeprefix("## ").strip() for one in shown}
    items = "".join(f'<li><a href="#view-{view}">{escape(title)}</a></li>' for view, title in titles.items() if title)
    return f'<nav class="choices no-print" aria-label="{escape(place.texts("coord.parts"))}"><ul>{items}</ul></nav>'


def _whose(place: Place) -> str:
    """Whose board it is; a coordinator chooses a colleague, and each opens their own digests."""
    texts, frame = place.texts, place.frame
    digests = "".join(f'<li><a href="{escape(frame.base_url)}{DIGEST_PATH}/{escape(week)}">{escape(texts("coord.digest_of", week=week))}</a></li>'
                      for week in place.board.weeks)
    words = escape(texts("coord.digests"))
    listed = f'<details class="more"><summary>{words}</summary><ul class="in-more plain">{digests}</ul></details>' if digests else ""
    if not place.team.coordinate:
        return f'<p class="quiet">{escape(texts("coord.own"))}</p>{listed}'
    options = [("", texts("coord.whole_team")), *_colleagues(place.team)]
    about = f'<p class="quiet">{escape(texts("coord.one_of" if place.board.of else "coord.all_of"))}</p>'
    choice = select(texts, "of", "coord.of", options, place="whose", chosen=place.board.of)
    return (f'{about}<form class="row no-print" method="get" action="{escape(frame.base_url)}{NAME}">'
            f'<input type="hidden" name="lang" value="{escape(texts.language)}">'
            f'{choice}<button class="btn btn-2" type="submit">{escape(texts("coord.show"))}</button></form>{listed}')


# Forms, by the view they stand below


def _due_forms(place: Place) -> str:
    texts, frame = place.texts, place.frame
    if not place.refs:
        return ""
    wish = _cases(place, "wish") + select(texts, "wish", "coord.wish", [("no", texts("coord.no")), ("yes", texts("coord.yes"))], place="wish")
    folded = _folded(place, "wish", wish)
    if frame.shared:
        return f'<p class="quiet">{escape(texts("coord.calendar_shared"))}</p>{folded}'
    path = f"{frame.base_url}{CALENDAR_PATH}?{urlencode({'of': place.board.of, 'lang': texts.language})}"
    return (f'<p><a class="btn btn-2" href="{escape(path)}" download>{escape(texts("coord.calendar_take"))}</a></p>'
            f'<p class="quiet">{escape(texts("coord.calendar_about"))}</p>{folded}')


def _contact_form(place: Place) -> str:
    texts = place.texts
    if not place.refs:
        return ""
    fields = (_cases(place, "contact") + _day(place, "contact") + _words(texts, "kind", CONTACT_KINDS, "coord.contact", place="contact") +
              _words(texts, "channel", CHANNELS, "coord.channel", place="contact") + _minutes(texts, "contact", least=0) +
              tick(texts, "interpreter", "yes", texts("coord.interpreter"), place="contact"))
    return _folded(place, "contact", fields)


def _referral_forms(place: Place) -> str:
    texts = place.texts
    waiting = [(f"{case.ref} {one.id}", f"{case.ref}: {one.organisation} ({texts(f'coord.answer.{one.state}')})")
               for case in place.board.cases for one in case.referrals]
    answer = ""
    if waiting:
        fields = (select(texts, "referral", "coord.column.number", waiting, place="answer") +
                  _words(texts, "state", REFERRAL_ANSWERS, "coord.answer", place="answer") +
                  _field(texts, "words", "coord.answer_words", hint="coord.answer_words_hint", place="answer") +
                  select(texts, "outcome", "referral.outcome_is", [("", "–"), *((one, texts(f"referral.outcome.{one}")) for one in OUTCOMES)], place="answer") +
                  _again(place))
        answer = _folded(place, "answer", fields)
    if not (place.team.refer and place.refs):
        return answer
    bases = [(CONSENT, texts("disclose.basis.consent")), *((one, texts(f"disclose.basis.{one}")) for one in REASONED)]
    fields = (_cases(place, "refer") + _field(texts, "organisation", "coord.column.organisation", required=True, place="refer") +
              _field(texts, "purpose", "coord.purpose", required=True, place="refer") + select(texts, "basis", "coord.basis", bases, place="refer") +
              _field(texts, "reason", "coord.basis_reason", hint="coord.basis_hint", required=True, place="refer"))
    path = f"{place.frame.base_url}social_map?{urlencode({'lang': texts.language, **({'case': place.case} if place.case else {})})}"
    return f'<p><a href="{escape(path)}">{escape(texts("referral.look"))}</a></p>{_folded(place, "refer", fields)}{answer}'


def _look_forms(place: Place) -> str:
    texts = place.texts
    drawn = [case.ref for case in place.board.cases if case.looks]
    draw = ""
    if place.team.coordinate and place.refs and not place.board.of:
        draw = _folded(place, "draw", _number(texts, "percent", "coord.percent", "draw", least=1, most=100, value="10"))
    if not drawn:
        return draw
    fields = (select(texts, "case", "coord.column.case", [(ref, ref) for ref in drawn], place="look") +
              _words(texts, "result", LOOK_RESULTS[1:], "coord.look", place="look") + _field(texts, "words", "coord.look_words", required=True, place="look"))
    return draw + _folded(place, "look", fields)


def _hands_forms(place: Place) -> str:
    texts, frame = place.texts, place.frame
    if not place.refs:
        return ""
    links = "".join(f'<li><a href="{escape(frame.base_url)}{CLOSING}?{urlencode({"case": ref, "lang": texts.language})}">'
                    f'{escape(texts("coord.close_one", ref=ref))}</a></li>' for ref in place.refs)
    close = f'<details class="more"><summary>{escape(texts("coord.form.close"))}</summary><ul class="in-more plain">{links}</ul></details>'
    if not (place.team.assign and place.team.colleagues):
        return close if place.team.close else ""
    people = _colleagues(place.team)
    assign = _cases(place, "assign") + select(texts, "taker", "coord.colleague", [("", texts("coord.closing.choose")), *people], place="assign")
    choose = ("", texts("coord.closing.choose"))  # of two long lists nobody is handed a case by a tired press
    giver = place.board.of or place.team.me
    over = (_cases(place, "over") + select(texts, "giver", "coord.giver", [choose, *people], place="over", chosen=giver) +
            select(texts, "taker", "coord.taker", [choose, *people], place="over") +
            _field(texts, "words", "coord.over_words", hint="coord.over_hint", required=True, place="over"))
    return _folded(place, "assign", assign) + _folded(place, "over", over) + (close if place.team.close else "")


def _log_form(place: Place) -> str:
    texts, frame = place.texts, place.frame
    if not place.refs:
        return ""
    said = {"lang": texts.language, "of": place.board.of}
    kept = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in said.items() if value)
    choice = select(texts, "case", "coord.column.case", [(ref, ref) for ref in place.refs], place="log", chosen=place.case)
    return (f'<form class="row no-print" method="get" action="{escape(frame.base_url)}{NAME}#view-case_log">{kept}{choice}'
            f'<button class="btn btn-2" type="submit">{escape(texts("coord.show_case"))}</button></form>')


def _meeting_form(place: Place) -> str:
    texts = place.texts
    if not (place.team.coordinate and place.team.colleagues):
        return ""
    ticks = "".join(tick(texts, "who", user, name, place="meeting") for user, name in _colleagues(place.team))
    fields = (_day(place, "meeting") + _words(texts, "category", TOGETHER, "coord.category", place="meeting") + _minutes(texts, "meeting", least=1) +
              _field(texts, "topic", "coord.column.topic", hint="coord.topic_hint", required=True, place="meeting") +
              f'<fieldset class="stack-s"><legend class="strong">{escape(texts("coord.column.who"))}</legend>{ticks}</fieldset>')
    return _folded(place, "meeting", fields)


def _hours_forms(place: Place) -> str:
    texts = place.texts
    people = [("", texts("coord.own_hours")), *(one for one in _colleagues(place.team) if one[0] != place.team.me)]  # a tired press is about oneself
    whose = select(texts, "user", "coord.colleague", people, place="hours", chosen=place.board.of) if place.team.coordinate else ""
    kinds = [*(one for one in CATEGORIES if one in OF_A_CASE), *TOGETHER]
    fields = (whose + _day(place, "hours") + _minutes(texts, "hours", least=1) + _words(texts, "category", kinds, "coord.category", place="hours") +
              select(texts, "case", "coord.column.case", [("", texts("coord.in_general")), *((ref, ref) for ref in place.refs)], place="hours"))
    back = _number(texts, "number", "coord.column.number", "back", least=1, most=10**9) if place.board.hours else ""
    return _folded(place, "hours", fields) + (_folded(place, "back", back) if back else "")


FORMS: Final[Mapping[str, Callable[[Place], str]]] = {
    "due_dates": _due_forms, "quiet_cases": _contact_form, "waiting": _referral_forms, "second_looks": _look_forms, "hands": _hands_forms,
    "case_log": _log_form,
    "meetings": _meeting_form, "hours_log": _hours_forms,
}


# Parts of forms


def _folded(place: Place, action: str, fields: str) -> str:
    """A form that opens when its summary is pressed; what it does is said in the summary and on its button."""
    words = place.texts(f"coord.form.{action}")
    kept = f'<input type="hidden" name="of" value="{escape(place.board.of)}">' if place.board.of else ""
    inside = _form(place.frame, NAME, action, kept + fields, place.texts(f"coord.do.{action}"))
    return f'<details class="more" data-form="{action}"><summary>{escape(words)}</summary><div class="in-more">{inside}</div></details>'


def _colleagues(team: Team) -> list[tuple[str, str]]:
    return [(one.user, f"{one.name} ({one.user})" if one.name and one.name != one.user else one.user) for one in team.colleagues]


def _cases(place: Place, where: str) -> str:
    return select(place.texts, "case", "coord.column.case", [(ref, ref) for ref in place.refs], place=where)


def _words(texts: Texts, name: str, values: Sequence[str], key: str, *, place: str) -> str:
    """A choice among codes whose words are the texts below a key."""
    return select(texts, name, f"{key}_is", [(one, texts(f"{key}.{one}")) for one in values], place=place)


def select(texts: Texts, name: str, label: str, options: Sequence[tuple[str, str]], *, place: str, chosen: str = "") -> str:
    """A choice with its label."""
    listed = "".join(f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(words)}</option>' for value, words in options)
    return (f'<div class="field"><label for="{place}-{name}">{escape(texts(label))}</label>'
            f'<select class="input" id="{place}-{name}" name="{name}">{listed}</select></div>')


def tick(texts: Texts, name: str, value: str, words: str, *, place: str) -> str:
    """A box to tick with its words."""
    id = f"{place}-{name}-{value}"
    return f'<label class="row" for="{escape(id)}"><input type="checkbox" id="{escape(id)}" name="{name}" value="{escape(value)}"> {escape(words)}</label>'


def _day(place: Place, where: str) -> str:
    today: date = place.board.today
    return (f'<div class="field"><label for="{where}-day">{escape(place.texts("coord.column.day"))}</label><input class="input" id="{where}-day" name="day" '
            f'type="date" max="{today.isoformat()}" value="{today.isoformat()}" required autocomplete="off"></div>')


def _again(place: Place) -> str:
    """When somebody asks again; empty leaves it to the days that are usual."""
    texts, today = place.texts, place.board.today.isoformat()
    hint = f'<span class="hint" id="answer-remind-hint">{escape(texts("referral.remind_hint"))}</span>'
    return (f'<div class="field"><label for="answer-remind">{escape(texts("referral.remind_on"))}</label>{hint}<input class="input" id="answer-remind" '
            f'name="remind_on" type="date" min="{today}" autocomplete="off" aria-describedby="answer-remind-hint"></div>')


def _minutes(texts: Texts, where: str, *, least: int) -> str:
    return _number(texts, "minutes", "coord.minutes", where, least=least, most=960)


def _number(texts: Texts, name: str, label: str, where: str, *, least: int, most: int, value: str = "") -> str:
    return (f'<div class="field"><label for="{where}-{name}">{escape(texts(label))}</label><input class="input" id="{where}-{name}" name="{name}" '
            f'type="number" inputmode="numeric" min="{least}" max="{most}" value="{escape(value)}" required autocomplete="off"></div>')
