"""The page of the trainers' programme: figures with what they count, workshops, the plan; and for a coordinator the forms.

It takes values and returns HTML text; every form works without a script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Final
from urllib.parse import urlencode

from safe_lib.model.document import Block
from safe_lib.model.programme import EVIDENCE, SECTORS, Platform, Programme, Workshop
from safe_lib.model.texts import Texts
from safe_lib.programme import Overview
from safe_lib.widgets.blocks import blocks_html
from safe_lib.widgets.coordination_page import select, tick
from safe_lib.widgets.pages import date_in_words, empty_state
from safe_lib.widgets.people_pages import Said, _field, _form, _told
from safe_lib.widgets.shell import Frame, page_shell
from safe_lib.widgets.tables import table_html

PATH: Final = "programme"
GROUPS: Final = 4  # lines for people from outside, in the form of a workshop that was held
COUNTRIES: Final = "countries"  # the list of names that fields of a country offer
FILES: Final = ("pdf", "docx", "html")


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """What the page shows to one person."""

    seen: Overview
    figures: Sequence[Block]
    sources: Sequence[Block]
    first: date
    last: date
    today: date
    countries: Mapping[str, str]  # three letters → name
    shared: bool = False  # others use this computer too
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)  # what was sent, where something was wrong with it
    wrong_in: str = ""  # the form it was sent with


def programme_page(frame: Frame, view: ProgrammeView, *, said: Said) -> str:
    """The whole page."""
    texts = frame.texts
    forms = _forms(frame, view) + _countries(view) if view.seen.may_plan else ""
    shown = _workshops(texts, view) if view.seen.platforms else _empty(texts, view)
    figures = _figures(frame, view) if view.seen.platforms else ""
    return page_shell(frame, (
        f'<div class="head"><div><h1>{escape(texts("programme.title"))}</h1><p class="lead">{escape(texts("programme.lead"))}</p></div></div>\n'
        f'{_told(texts, said)}<div class="stack">{shown}{forms}{figures}{_plan(texts, view.seen.programme)}{_modules(texts, view.seen.programme)}'
        f'{_details(texts, "sources", blocks_html(view.sources, texts))}</div>\n'))


def _card(texts: Texts, id: str, inside: str) -> str:
    return (f'<section class="card stack" id="{id}" aria-labelledby="{id}-title"><h2 id="{id}-title">{escape(texts(f"programme.page.{id}"))}</h2>'
            f"{inside}</section>\n")


def _fold(frame: Frame, view: ProgrammeView, action: str, fields: str, words: str, *, before: str = "", quiet: bool = False) -> str:
    """A form that opens with one press; open where something was wrong with it, or nothing else can be done yet."""
    is_open = " open" if view.wrong_in == action or not view.seen.platforms else ""
    return (f'<details class="card no-print" id="{action}"{is_open}><summary>{escape(frame.texts(f"programme.page.{action}"))}</summary>'
            f'<div class="stack">{before}{_form(frame, PATH, action, fields, words, quiet=quiet)}</div></details>\n')


def _details(texts: Texts, id: str, inside: str) -> str:
    return f'<details class="card" id="{id}"><summary>{escape(texts(f"programme.page.{id}"))}</summary><div class="stack">{inside}</div></details>\n'


def _empty(texts: Texts, view: ProgrammeView) -> str:
    """Nothing is there yet: what will stand here, and how a coordinator begins."""
    said = (empty_state(texts("programme.page.empty"), texts("programme.page.empty_first"), action="#platform", words=texts("programme.page.platform"))
            if view.seen.may_plan else empty_state(texts("programme.page.empty"), texts("programme.page.empty_wait")))
    return _card(texts, "workshops", said)


# What came of it


def _figures(frame: Frame, view: ProgrammeView) -> str:
    """The period, the figures and the report."""
    texts, span = frame.texts, {"from": view.first.isoformat(), "to": view.last.isoformat(), "lang": frame.texts.language}
    months = "".join(
        f'<div class="field"><label for="period-{name}">{escape(texts(f"programme.page.{name}"))}</label><input class="input" id="period-{name}" '
        f'name="{name}" type="month" value="{day:%Y-%m}" required autocomplete="off"></div>' for name, day in (("from", view.first), ("to", view.last)))
    form = (f'<form class="row no-print" method="get" action="{escape(frame.base_url)}{PATH}">'
            f'<input type="hidden" name="lang" value="{texts.language}">{months}'
            f'<p><button class="btn btn-2" type="submit">{escape(texts("programme.page.show"))}</button></p></form>')
    links = [(f"{frame.base_url}{PATH}/report.{kind}?{urlencode(span)}", texts("programme.page.file", kind=kind.upper())) for kind in FILES]
    files = "".join(f'<li><a href="{escape(href)}">{escape(words)}</a></li>' for href, words in links)
    report = f'<p>{escape(texts("programme.page.shared"))}</p>' if view.shared else f'<ul class="plain">{files}</ul>'
    title = f'<div class="no-print stack-s"><h3>{escape(texts("programme.page.report"))}</h3>{report}</div>'
    return _card(texts, "figures", f'{form}<div data-view="figures" class="stack">{blocks_html(view.figures, texts)}</div>{title}')


def _workshops(texts: Texts, view: ProgrammeView) -> str:
    """Every workshop, the newest first; how many came only for who may see it."""
    names = ["number", "day", "state", "place", *(("attended", "trainers") if view.seen.may_plan else ())]
    listed = sorted(view.seen.workshops, key=lambda one: (one.day, one.number), reverse=True)
    if not listed:
        return _card(texts, "workshops", f'<p class="quiet">{escape(texts("programme.page.no_workshops"))}</p>')
    rows = [_row(texts, view, one)[:len(names)] for one in listed]
    return _card(texts, "workshops", table_html("workshops", [texts(f"programme.column.{name}") for name in names], rows))


def _row(texts: Texts, view: ProgrammeView, one: Workshop) -> list[str]:
    came = str(one.attended) if one.groups else texts("programme.unknown") if one.state == "held" else "–"
    trainers = ", ".join((*one.trainers, *((texts("programme.page.outside", count=one.outside_trainers),) if one.outside_trainers else ())))
    state = f'<span data-workshop="{one.number}" data-state="{one.state}">{escape(texts(f"programme.state.{one.state}"))}</span>'
    place = f"{one.town}, {view.countries.get(one.country, one.country)}"
    return [str(one.number), escape(date_in_words(one.day, texts, "long")), state, f'<span dir="auto">{escape(place)}</span>', escape(came), escape(trainers)]


# Forms of a coordinator


def _forms(frame: Frame, view: ProgrammeView) -> str:
    """What can be written down now; before there is a platform, only that."""
    texts, write = frame.texts, frame.texts("programme.page.write")
    first = _fold(frame, view, "platform", _platform(texts, view), texts("programme.page.add"))
    if not view.seen.platforms:
        return first
    open_ones = [one for one in view.seen.workshops if one.state != "cancelled"]
    past, planned = [one for one in open_ones if one.day <= view.today], [one for one in open_ones if one.state == "planned"]
    kept = [one for one in view.seen.reaches if not one.taken_back]
    forms = [_fold(frame, view, "plan", _planning(texts, view), texts("programme.page.put_down"))]
    if past:
        forms.append(_fold(frame, view, "held", _held(texts, view, past), write))
    forms.append(_fold(frame, view, "reach", _reach(texts, view), write))
    if planned:
        choice = select(texts, "workshop", "programme.page.which", _named(texts, planned), place="cancel")
        forms.append(_fold(frame, view, "cancel", choice, texts("programme.page.cancel_it"), quiet=True))
    if kept:
        lines = [(str(one.number), f"{one.number}: {one.day.isoformat()}, {texts(f'programme.sector.{one.sector}')}") for one in kept]
        choice = select(texts, "number", "programme.page.which_reach", lines, place="back")
        forms.append(_fold(frame, view, "back", choice, texts("programme.page.take_back"), quiet=True))
    listed, fields = _trained(texts, view)
    return "".join((*forms, _fold(frame, view, "trained", fields, write, before=listed, quiet=True), first))


def _said(view: ProgrammeView, action: str, name: str, otherwise: str = "", place: int = 0) -> str:
    """What was typed, where the form came back."""
    sent = view.typed.get(name, ()) if view.wrong_in == action else ()
    return sent[place] if len(sent) > place else otherwise


def _platform(texts: Texts, view: ProgrammeView) -> str:
    name = _said(view, "platform", "name")
    return (_field(texts, "name", "programme.page.name", hint="programme.page.name_hint", required=True, place="platform", value=name) +
            _country(texts, view, "platform", _said(view, "platform", "country")) +
            tick(texts, "international", "yes", texts("programme.page.international"), place="platform"))


def _planning(texts: Texts, view: ProgrammeView) -> str:
    return (_which_platform(texts, view.seen.platforms, "plan", _said(view, "plan", "platform")) + _day(texts, "plan", _said(view, "plan", "day")) +
            _field(texts, "town", "programme.page.town", hint="programme.page.name_hint", required=True, place="plan", value=_said(view, "plan", "town")) +
            _colleagues(texts, view, "plan", "trainer", "programme.column.trainers") +
            _amount(texts, "outside", "programme.page.outside_trainers", "plan", _said(view, "plan", "outside")) +
            _amount(texts, "invited", "programme.page.invited", "plan", _said(view, "plan", "invited"), hint="programme.page.unknown_hint"))


def _held(texts: Texts, view: ProgrammeView, past: Sequence[Workshop]) -> str:
    """Who came, what was used and the four numbers of one workshop."""
    about, country = view.seen.programme, past[-1].country
    asked = "".join(
        f'<div class="field"><label for="held-{id}">{escape(words)}</label><input class="input" id="held-{id}" name="{id}" inputmode="numeric" maxlength="6" '
        f'value="{escape(_said(view, "held", id))}" autocomplete="off"></div>' for id, words in about.evaluation.items())
    used = set(view.typed.get("material", ())) if view.wrong_in == "held" else set()  # nothing counts as used that nobody said
    boxes = "".join(_tick(texts, "material", id, one.title, "held", id in used) for id, one in about.plan.materials.items())
    return (f'<p>{escape(texts("programme.page.replaces"))}</p>' +
            select(texts, "workshop", "programme.page.which", _named(texts, past), place="held", chosen=_said(view, "held", "workshop")) +
            _colleagues(texts, view, "held", "member", "programme.page.members") +
            select(texts, "sector", "programme.page.their_sector", _sectors(texts), place="held", chosen=_said(view, "held", "sector", "unknown")) +
            f'<p>{escape(texts("programme.page.groups_says"))}</p>' + "".join(_group(texts, view, place, country) for place in range(GROUPS)) +
            f'<fieldset class="stack-s"><legend>{escape(texts("programme.page.material"))}</legend>{boxes}</fieldset>'
            f'<fieldset class="stack-s"><legend>{escape(texts("programme.evaluation"))}</legend>'
            f'<p class="hint">{escape(texts("programme.page.forms_hint"))}</p>{asked}</fieldset>')


def _group(texts: Texts, view: ProgrammeView, place: int, country: str) -> str:
    where = f"held-{place + 1}"
    chosen = _said(view, "held", "group_sector", "unknown", place)
    fields = (_country(texts, view, where, _said(view, "held", "country", view.countries.get(country, country), place)) +
              select(texts, "group_sector", "programme.column.sector", _sectors(texts), place=where, chosen=chosen) +
              _amount(texts, "number", "programme.page.how_many", where, _said(view, "held", "number", "", place)) +
              _amount(texts, "first", "programme.page.first_time", where, _said(view, "held", "first", "", place)))
    return f'<fieldset class="row"><legend>{escape(texts("programme.page.group", number=place + 1))}</legend>{fields}</fieldset>'


def _reach(texts: Texts, view: ProgrammeView) -> str:
    evidence = [(id, texts(f"programme.evidence.{id}")) for id in EVIDENCE]
    country = view.seen.platforms[-1].country
    return (_which_platform(texts, view.seen.platforms, "reach", _said(view, "reach", "platform")) +
            _day(texts, "reach", _said(view, "reach", "day"), view.today) +
            _country(texts, view, "reach", _said(view, "reach", "country", view.countries.get(country, country))) +
            select(texts, "sector", "programme.column.sector", _sectors(texts), place="reach", chosen=_said(view, "reach", "sector", "unknown")) +
            _amount(texts, "persons", "programme.page.persons", "reach", _said(view, "reach", "persons"), hint="programme.page.unknown_hint") +
            select(texts, "evidence", "programme.column.evidence", evidence, place="reach", chosen=_said(view, "reach", "evidence", "estimate")))


def _trained(texts: Texts, view: ProgrammeView) -> tuple[str, str]:
    names = {one.number: one.name for one in view.seen.platforms}
    lines = "".join(f"<li>{escape(one.user)}: {escape(names.get(one.platform, ''))}, {escape(date_in_words(one.day, texts, 'long'))}</li>"
                    for one in view.seen.trained)
    choice = select(texts, "user", "programme.page.colleague", [(user, user) for user in view.seen.users], place="trained")
    return f"<ul>{lines}</ul>" if lines else "", choice + _which_platform(texts, view.seen.platforms, "trained") + _day(texts, "trained", "", view.today)


# Fields


def _which_platform(texts: Texts, platforms: Sequence[Platform], place: str, chosen: str = "") -> str:
    return select(texts, "platform", "programme.page.platform_is", [(str(one.number), one.name) for one in platforms], place=place, chosen=chosen)


def _named(texts: Texts, workshops: Sequence[Workshop]) -> list[tuple[str, str]]:
    return [(str(one.number), f"{one.number}: {one.day.isoformat()}, {one.town} ({texts(f'programme.state.{one.state}')})") for one in reversed(workshops)]


def _sectors(texts: Texts) -> list[tuple[str, str]]:
    return [(id, texts(f"programme.sector.{id}")) for id in SECTORS]


def _country(texts: Texts, view: ProgrammeView, place: str, value: str) -> str:
    """A country by its name, chosen from the list that stands once on the page, or by three letters."""
    return (f'<div class="field"><label for="{place}-country">{escape(texts("programme.column.country"))}</label><input class="input" id="{place}-country" '
            f'name="country" list="{COUNTRIES}" value="{escape(value)}" maxlength="80" dir="auto" autocomplete="off"></div>')


def _countries(view: ProgrammeView) -> str:
    names = sorted(view.countries.values(), key=str.casefold)
    return f'<datalist id="{COUNTRIES}">{"".join(f"<option>{escape(name)}</option>" for name in names)}</datalist>'


def _colleagues(texts: Texts, view: ProgrammeView, place: str, name: str, legend: str) -> str:
    chosen = set(view.typed.get(name, ())) if view.wrong_in == place else set()
    boxes = "".join(_tick(texts, name, user, user, place, user in chosen) for user in view.seen.users)
    return f'<fieldset class="stack-s"><legend>{escape(texts(legend))}</legend>{boxes}</fieldset>'


def _tick(texts: Texts, name: str, value: str, words: str, place: str, chosen: bool) -> str:
    box = tick(texts, name, value, words, place=place)
    return box.replace("<input ", "<input checked ", 1) if chosen else box


def _day(texts: Texts, place: str, value: str, latest: date | None = None) -> str:
    end = f' max="{latest.isoformat()}"' if latest else ""
    return (f'<div class="field"><label for="{place}-day">{escape(texts("programme.column.day"))}</label><input class="input" id="{place}-day" name="day" '
            f'type="date" value="{escape(value)}"{end} required autocomplete="off"></div>')


def _amount(texts: Texts, name: str, label: str, place: str, value: str, *, hint: str = "") -> str:
    id = f"{place}-{name}"
    described = f' aria-describedby="{id}-hint"' if hint else ""
    told = f'<span class="hint" id="{id}-hint">{escape(texts(hint))}</span>' if hint else ""
    return (f'<div class="field"><label for="{id}">{escape(texts(label))}</label>{told}<input class="input" id="{id}" name="{name}" inputmode="numeric" '
            f'maxlength="6" value="{escape(value)}" autocomplete="off"{described}></div>')


# The plan and the modules


def _plan(texts: Texts, about: Programme) -> str:
    """The workshop, part by part, as a trainer reads it."""
    plan, lines = about.plan, []
    for part in about.plan.parts:
        begins = plan.begins(part.id)
        needs = ", ".join(plan.materials[id].title for id in (*part.material, *part.handouts))
        does = "".join(f"<li>{escape(one)}</li>" for one in part.trainer)
        span = texts("programme.page.minutes", first=begins, last=begins + part.minutes)
        need = f'<p class="quiet">{escape(texts("programme.page.needs", what=needs))}</p>' if needs else ""
        lines.append(f'<li class="stack-s" data-part="{part.id}"><h3>{escape(part.title)}</h3><p class="quiet">{escape(span)} · {escape(part.method)}</p>'
                     f"<p>{escape(part.goal)}</p><ul>{does}</ul>{need}</li>")
    things = "".join(f"<dt>{escape(one.title)}{' (' + escape(texts('programme.page.handout')) + ')' if one.handout else ''}</dt><dd>{escape(one.about)}</dd>"
                     for one in plan.materials.values())
    draft = f'<p class="notice">{escape(texts("report.mark.draft_translation"))}</p>' if about.draft else ""
    title = texts("programme.page.plan_of", title=plan.title, minutes=plan.minutes)
    return (f'<details class="card" id="workshop"><summary>{escape(title)}</summary><div class="stack">{draft}<p>{escape(plan.about)}</p>'
            f'<ol class="plain stack">{"".join(lines)}</ol><h3>{escape(texts("programme.page.things"))}</h3><dl>{things}</dl></div></details>\n')


def _modules(texts: Texts, about: Programme) -> str:
    """The modules of the training platform, and what of them was seen."""
    found = "".join(
        f'<section class="stack-s"><h3>{escape(one.title)}</h3><p class="quiet">{escape(one.audience)} · {escape(one.time)}</p><p>{escape(one.goal)}</p>'
        f'<ul>{"".join(f"<li>{escape(block)}</li>" for block in one.blocks)}</ul>'
        f'<p class="quiet">{escape(texts(f"programme.page.module_{one.status.split()[0]}"))} ({", ".join(one.sources)})</p></section>'
        for one in about.modules)
    return _details(texts, "modules", found)
