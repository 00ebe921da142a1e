"""The page of second opinions: what one is asked for, the questions without anybody's answers, both sides, and how far a team agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import urlencode

from safe_lib.coordination.agreeing import TeamAgreement
from safe_lib.coordination.opinion import Compared, Line, Opinion, comparable
from safe_lib.model.answers import AGE_GROUPS, EVIDENCE, OPEN_CODES, Answer
from safe_lib.model.assessment import Assessment
from safe_lib.model.instrument import Instrument, Item
from safe_lib.model.texts import Texts
from safe_lib.store.opinions import OpinionRow
from safe_lib.widgets.agreement_views import readings_html
from safe_lib.widgets.coordination_page import select, tick
from safe_lib.widgets.pages import date_in_words
from safe_lib.widgets.people_pages import Said, _field, _form, _told
from safe_lib.widgets.shell import Frame, hidden_fields, page_shell
from safe_lib.widgets.tables import table_html

PATH: Final = "second_opinion"


@dataclass(frozen=True, slots=True)
class Sides:
    """One second opinion that is done, with what the instrument says of each side."""

    one: Compared
    instrument: Instrument
    results: tuple[Assessment, Assessment]


@dataclass(frozen=True, slots=True)
class OpinionView:
    """What the page shows."""

    ref: str = ""  # the case, where one is chosen
    mine: tuple[Opinion, ...] = ()
    giving: tuple[Opinion, Instrument] | None = None
    asked: tuple[OpinionRow, ...] = ()
    sides: tuple[Sides, ...] = ()
    may_ask: bool = False
    may_write: bool = False
    instruments: tuple[Instrument, ...] = ()  # that can be asked for
    team: tuple[tuple[TeamAgreement, Instrument], ...] | None = None  # for a coordinator


def opinion_page(frame: Frame, view: OpinionView, *, said: Said) -> str:
    """The whole page."""
    texts = frame.texts
    head = f'<div class="head"><div><h1>{escape(texts("second.title"))}</h1><p class="lead">{escape(texts("second.lead"))}</p></div></div>\n'
    parts = [_give(frame, *view.giving)] if view.giving else [_sides(frame, view), _ask(frame, view), _mine(frame, view), _team(texts, view)]
    return page_shell(frame, f'{head}{_told(texts, said)}<div class="stack">{"".join(parts)}</div>\n')


def _card(texts: Texts, id: str, title: str, inside: str) -> str:
    return f'<section class="card stack" id="{id}" aria-labelledby="{id}-title"><h2 id="{id}-title">{escape(title)}</h2>{inside}</section>\n'


# What one is asked for


def _mine(frame: Frame, view: OpinionView) -> str:
    texts = frame.texts
    if not view.mine:
        return "" if view.ref else _card(texts, "mine", texts("second.mine"), f'<p>{escape(texts("second.none"))}</p>')
    items = "".join(f"<li>{_mine_line(frame, one)}</li>" for one in view.mine)
    return _card(texts, "mine", texts("second.mine"), f'<ul class="plain">{items}</ul>')


def _mine_line(frame: Frame, one: Opinion) -> str:
    texts = frame.texts
    if not one.opens:
        return escape(texts("second.earlier_key", ref=one.ref)) + _act(frame, one, "leave", "", texts("second.leave"), quiet=True)
    day = date_in_words(one.asked, texts, "medium")
    words = texts("second.mine_line", ref=one.ref, instrument=one.instrument, by=one.asked_by, day=day, count=len(one.answers.given))
    address = f"{frame.base_url}{PATH}?{urlencode({'id': one.id, 'lang': texts.language})}"
    return f'{escape(words)} <a href="{escape(address)}">{escape(texts("second.give"))}</a>'


def _give(frame: Frame, one: Opinion, instrument: Instrument) -> str:
    """The questions, with what this colleague answered and with nobody else's answers; then being done, and leaving."""
    texts = frame.texts
    notes = [texts("second.blind", ref=one.ref), *([texts("second.seen_before")] if one.seen_before else []),
             *([texts("second.words_are", words=one.words)] if one.words else [])]
    told = "".join(f'<p dir="auto">{escape(line)}</p>' for line in notes)
    ages = [("", texts("second.age.none")), *((age, texts(f"second.age.{age}")) for age in AGE_GROUPS)]
    children = tick(texts, "children", "yes", texts("second.children"), place="give")
    children = children.replace("type=\"checkbox\"", "type=\"checkbox\" checked") if one.answers.person.children_travel else children
    person = (f'<fieldset class="stack-s"><legend class="strong">{escape(texts("second.person"))}</legend>'
              f'{select(texts, "age", "second.age", ages, place="give", chosen=one.answers.person.age_group or "")}{children}</fieldset>')
    groups = "".join(_group(texts, instrument, group.id, group.title, one) for group in instrument.groups)
    save = _act(frame, one, "save", person + groups, texts("second.save"))
    done = f'<p>{escape(texts("second.done_about"))}</p>' + _act(frame, one, "done", "", texts("second.done"))
    left = f'<p>{escape(texts("second.leave_about"))}</p>' + _act(frame, one, "leave", "", texts("second.leave"), quiet=True)
    return (_card(texts, "give", instrument.title, f'<div class="notice"><div class="stack-s">{told}</div></div>{save}')
            + _card(texts, "done", texts("second.done"), done) + _card(texts, "leave", texts("second.leave"), left))


def _group(texts: Texts, instrument: Instrument, id: str, title: str, one: Opinion) -> str:
    items = "".join(_question(texts, instrument, item, one.answers.given.get(item.id)) for item in comparable(instrument) if item.group == id)
    return f'<section class="stack-s"><h3>{escape(title)}</h3>{items}</section>' if items else ""


def _question(texts: Texts, instrument: Instrument, item: Item, said: Answer | None) -> str:
    codes = (*instrument.scales[item.scale].codes, *OPEN_CODES)
    choices = "".join(
        f'<label><input type="radio" name="{item.id}" value="{code}"{" checked" if said and said.code == code else ""}> '
        f"{escape(_code(instrument, item, code, texts))}</label>" for code in codes)
    rests = "".join(
        f'<label class="row"><input type="checkbox" name="e-{item.id}" value="{kind}"{" checked" if said and kind in said.evidence else ""}> '
        f'{escape(texts(f"evidence.{kind}"))}</label>' for kind in EVIDENCE)
    ask = f'<p class="quiet">{escape(item.ask)}</p>' if item.ask and item.ask != item.label else ""
    legend = f'<legend class="strong">{escape(item.label)} <span class="id">{escape(item.id)}</span></legend>'
    return (f'<fieldset class="stack-s" data-item="{item.id}">{legend}{ask}'
            f'<div class="answers" data-n="{len(codes)}">{choices}</div>'
            f'<details class="more"><summary>{escape(texts("second.rests"))}</summary><div class="in-more">{rests}</div></details></fieldset>')


def _code(instrument: Instrument, item: Item, code: str, texts: Texts) -> str:
    return instrument.scales[item.scale].labels.get(code) or texts(f"code.{code}")


# Asking


def _ask(frame: Frame, view: OpinionView) -> str:
    texts = frame.texts
    said = [(row.colleague, texts("second.waiting", colleague=row.colleague, day=date_in_words(row.at.date(), texts, "medium"))) for row in view.asked]
    waiting = "".join(f'<p data-waiting="{escape(colleague)}">{escape(words)}</p>' for colleague, words in said)
    if not view.may_ask:
        return _card(texts, "asked", texts("second.ask"), waiting) if waiting else ""
    kinds = {kind.id: kind.title for instrument in view.instruments for kind in instrument.scenarios}
    fields = (_field(texts, "of", "second.ask.user", required=True, place="ask")
              + select(texts, "instrument", "second.ask.instrument", [(one.id, one.title) for one in view.instruments], place="ask")
              + select(texts, "scenario", "second.ask.scenario", [("", texts("second.ask.no_scenario")), *kinds.items()], place="ask")
              + _field(texts, "words", "second.ask.words", place="ask"))
    about = f'<p class="quiet">{escape(texts("second.ask_about"))}</p>'
    form = _form(frame, PATH, "ask", f'<input type="hidden" name="case" value="{escape(view.ref)}">{fields}', texts("second.ask.button"))
    return _card(texts, "ask", texts("second.ask"), waiting + about + form)


# Both sides


def _sides(frame: Frame, view: OpinionView) -> str:
    return "".join(_side_by_side(frame, view, one) for one in view.sides)


def _side_by_side(frame: Frame, view: OpinionView, sides: Sides) -> str:
    texts, one, instrument = frame.texts, sides.one, sides.instrument
    labels, id = {item.id: item for item in instrument.items}, f"sides-{one.id}"
    title = texts("second.sides", instrument=instrument.title, colleague=one.colleague, day=date_in_words(one.done, texts, "medium"))
    blind = texts("second.was_not_blind" if one.seen_before else "second.was_blind")
    outcome = (f'<strong>{escape(texts("second.outcome"))}</strong>', *(_outcome(texts, instrument, result) for result in sides.results), "–")
    rows = [outcome, *(_row(texts, instrument, labels[line.item], line, one.colleague) for line in one.lines)]
    heads = [texts(f"second.column.{name}") for name in ("item", "first", "second", "reading")]
    differ = texts("second.differ", count=len(one.differing), total=len(one.lines))
    table = f'<div class="mask">{table_html(id, heads, rows)}</div>'
    form = _agree(frame, view.ref, one, instrument) if view.may_write and one.differing else ""
    return _card(texts, id, title, f"<p>{escape(blind)} <span data-differ=\"{len(one.differing)}\">{escape(differ)}</span></p>{table}{form}")


def _outcome(texts: Texts, instrument: Instrument, result: Assessment) -> str:
    titles = {row.id: row.title for row in reversed(instrument.outcomes)}
    return f'<span data-outcome="{escape(result.outcome.id)}">{escape(titles.get(result.outcome.id) or texts("outcome.open"))}</span>'


def _row(texts: Texts, instrument: Instrument, item: Item, line: Line, colleague: str) -> Sequence[str]:
    mark = f' <span class="badge">≠ {escape(texts("second.is_different"))}</span>' if line.differs else ""
    cells = (f"{escape(_code(instrument, item, one.code, texts))}{_rests(texts, one)}" for one in (line.first, line.second))
    marks = f'data-item="{item.id}" data-differs="{str(line.differs).lower()}"'
    name = f'<span {marks}>{escape(item.label)} <span class="id">{escape(item.id)}</span></span>{mark}'
    return (name, *cells, _reading(texts, instrument, item, line, colleague))


def _rests(texts: Texts, answer: Answer) -> str:
    words = ", ".join(texts(f"evidence.{kind}") for kind in answer.evidence)
    return f'<br><span class="quiet">{escape(words)}</span>' if words else ""


def _reading(texts: Texts, instrument: Instrument, item: Item, line: Line, colleague: str) -> str:
    reading = line.reading
    if reading is None:
        return "–"
    key = "second.reading.agreed" if reading.is_agreed(colleague) else "second.reading.said"
    why = f'<br><span class="quiet" dir="auto">{escape(reading.words)}</span>' if reading.words else ""
    return escape(texts(key, code=_code(instrument, item, reading.code, texts), by=", ".join(reading.by))) + why


def _agree(frame: Frame, ref: str, one: Compared, instrument: Instrument) -> str:
    texts, place = frame.texts, f"agree-{one.id}"
    items: Mapping[str, Item] = instrument.by_id()
    listed = [items[line.item] for line in one.differing]
    codes = dict.fromkeys(code for item in listed for code in (*instrument.scales[item.scale].codes, *OPEN_CODES))
    named = {code: next((_code(instrument, item, code, texts) for item in listed if code in instrument.scales[item.scale].codes), "") for code in codes}
    fields = (select(texts, "item", "second.agree.item", [(item.id, f"{item.label} ({item.id})") for item in listed], place=place)
              + select(texts, "code", "second.agree.code", [(code, words or texts(f"code.{code}")) for code, words in named.items()], place=place)
              + _field(texts, "words", "second.agree.words", place=place))
    hidden = f'<input type="hidden" name="case" value="{escape(ref)}"><input type="hidden" name="id" value="{one.id}">'
    return (f'<div class="stack-s no-print"><h3>{escape(texts("second.agree"))}</h3><p class="quiet">{escape(texts("second.agree_about"))}</p>'
            f'{_form(frame, PATH, "agree", hidden + fields, texts("second.agree.button"), quiet=True)}</div>')


# A team


def _team(texts: Texts, view: OpinionView) -> str:
    if view.team is None:
        return ""
    if not view.team:
        return _card(texts, "team", texts("second.team"), f'<p>{escape(texts("second.team_none"))}</p>')
    parts = []
    for one, instrument in view.team:
        id = f"team-{one.instrument}"
        aside = f'<p>{escape(texts("second.not_blind", count=one.not_blind))}</p>' if one.not_blind else ""
        labels = {item.id: item.label for item in instrument.items}
        parts.append(f'<section class="stack" id="{id}"><h3 id="{id}-title">{escape(instrument.title)}</h3>{aside}'
                     f"{readings_html(one.readings, texts, id, labels)}</section>")
    return _card(texts, "team", texts("second.team"), "".join(parts))


def _act(frame: Frame, one: Opinion, action: str, fields: str, words: str, *, quiet: bool = False) -> str:
    """A form about one's own opinion; `hidden_fields` names the action and proves where it came from."""
    kind = "btn btn-2" if quiet else "btn"
    return (f'<form class="stack" method="post" action="{escape(frame.base_url)}{PATH}">{hidden_fields(frame, action=action, id=str(one.id))}{fields}'
            f'<p><button class="{kind}" type="submit">{escape(words)}</button></p></form>')
