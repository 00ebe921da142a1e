"""The page of proposed changes: those that wait for a second person, and those that were decided lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

from safe_lib.model.change import Proposal
from safe_lib.model.texts import Texts
from safe_lib.widgets.claim_article import value_words
from safe_lib.widgets.claims_page import WAITING, change_in_words, lines_of_file
from safe_lib.widgets.inputs import Inputs, Wrongs
from safe_lib.widgets.pages import date_in_words, empty_state
from safe_lib.widgets.shell import Frame, hidden_fields, icon, page_shell

LATELY: Final = 20  # decided proposals that are shown


@dataclass(frozen=True, slots=True)
class Waiting:
    """One proposal that waits. `wrong` says why it cannot be written any more; `now` is the entry if it changed meanwhile."""

    proposal: Proposal
    country: str  # its name, in the language of the page
    own: bool
    lines: tuple[tuple[str, str], ...] = ()
    wrong: tuple[str, ...] = ()
    now: Mapping[str, Any] | None = None
    rests_on: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # its sources in full
    typed: Mapping[str, str] = field(default_factory=dict)  # what was sent about it and could not be done
    errors: Wrongs = field(default_factory=Wrongs)  # why not, by `looked` and `reason`


@dataclass(frozen=True, slots=True)
class WaitingView:
    """All that the page shows to one person."""

    waiting: tuple[Waiting, ...]
    decided: tuple[Proposal, ...]
    person: str
    done: tuple[str, str] = ("", "")  # number and state of what was just done


def waiting_page(frame: Frame, view: WaitingView) -> str:
    """What waits, oldest first, then a table of what was decided lately."""
    texts = frame.texts
    id, state = view.done
    done = f'<p class="notice below" role="status">{icon("i-tick")}<span>{escape(texts(f"change.done.{state}", id=id))}</span></p>' if id else ""
    cards = "".join(_card(frame, one, view.person) for one in view.waiting)
    inside = cards or empty_state(texts("change.waiting.none"), texts("change.waiting.none_text"), sign="i-tick")
    body = (
        f'<div class="head"><div><h1>{escape(texts("change.waiting.title"))}</h1><p class="lead">{escape(texts("change.waiting.lead"))}</p></div></div>\n'
        f'{done}<section aria-labelledby="waits-title"><h2 id="waits-title" class="vh">{escape(texts("change.waiting.waits"))}</h2>{inside}</section>\n'
        f"{_decided(view.decided, texts)}"
    )
    return page_shell(frame, body)


def _card(frame: Frame, one: Waiting, person: str) -> str:
    texts, proposal = frame.texts, one.proposal
    id = escape(proposal.id)
    by = texts("change.waiting.proposed_by", name=proposal.by, day=date_in_words(proposal.at.date(), texts, "long"))
    title = f'{texts(f"change.what.{proposal.change.what}")}: {proposal.change.id}'
    return (
        f'<article class="section proposal" id="{id}" tabindex="-1" aria-labelledby="{id}-title"><div class="coi-head">'
        f'<h3 id="{id}-title">{escape(title)}</h3><span class="ref">{id}</span></div>'
        f'<p class="quiet below">{escape(one.country)} · <bdi>{escape(by)}</bdi></p>{_trouble(one, texts)}'
        f"{change_in_words(proposal.change, texts, one.rests_on, at=id, level=4)}"
        f"{lines_of_file(proposal.file, one.lines, texts) if one.lines else ''}{_acts(frame, one, person)}</article>\n"
    )


def _trouble(one: Waiting, texts: Texts) -> str:
    """Why it cannot be written any more; where somebody changed the entry, all three forms of it."""
    if one.now is not None:
        forms = (("then", one.proposal.change.former), ("now", one.now), ("wanted", one.proposal.change.entry))
        shown = "".join(f'<div class="claim"><h4>{escape(texts(f"change.waiting.{name}"))}</h4><dl class="facts">{_entry(entry, texts)}</dl></div>'
                        for name, entry in forms)
        return f'<div class="versus below"><p class="vs">{icon("i-warn")}{escape(texts("change.waiting.changed"))}</p>{shown}</div>\n'
    if not one.wrong:
        return ""
    lines = "".join(f"<li><bdi>{escape(says)}</bdi></li>" for says in one.wrong)
    return (f'<div class="notice notice-stop below">{icon("i-warn")}<div><strong>{escape(texts("change.waiting.stands_wrong"))}</strong>'
            f'<ul class="plain">{lines}</ul></div></div>\n')


def _entry(entry: Mapping[str, Any], texts: Texts) -> str:
    if not entry:
        return f'<dt>{escape(texts("change.field.says"))}</dt><dd>{escape(texts("change.nothing"))}</dd>'
    names = [key for key in entry if key != "id" and texts.has(f"change.field.{key}")]
    return "".join(f"<dt>{escape(texts(f'change.field.{key}'))}</dt><dd><bdi>{escape(value_words(key, entry[key], texts))}</bdi></dd>" for key in names)


def _acts(frame: Frame, one: Waiting, person: str) -> str:
    """What this person can do with it: the one who proposed it takes it back, another confirms or rejects it."""
    texts, id = frame.texts, one.proposal.id
    if one.own:
        button = f'<button class="btn btn-2" type="submit" name="act" value="withdraw">{escape(texts("change.waiting.withdraw"))}{_which(id)}</button>'
        return f'<p class="strong">{escape(texts("change.waiting.own"))}</p>{_form(frame, id, button)}'
    can_write = not one.wrong and one.now is None
    return f'<div class="cols cols-2">{_confirm(frame, one, person) if can_write else ""}{_reject(frame, one)}</div>'


def _confirm(frame: Frame, one: Waiting, person: str) -> str:
    texts, make = frame.texts, _inputs(frame, one, {"signed": person})
    button = f'<button class="btn" type="submit" name="act" value="confirm">{escape(texts("change.waiting.confirm"))}{_which(one.proposal.id)}</button>'
    signed = make.line("signed", texts("change.field.signed"), texts("change.form.signed_hint"))
    return _form(frame, one.proposal.id, f'{signed}{make.must_tick("looked", texts("change.waiting.looked"))}{button}', "card stack")


def _reject(frame: Frame, one: Waiting) -> str:
    texts, make = frame.texts, _inputs(frame, one, {})
    button = f'<button class="btn btn-2" type="submit" name="act" value="reject">{escape(texts("change.waiting.reject"))}{_which(one.proposal.id)}</button>'
    reason = make.area("reason", texts("change.waiting.reason"), texts("change.waiting.reason_hint"))
    return _form(frame, one.proposal.id, f"{reason}{button}", "card stack")


def _inputs(frame: Frame, one: Waiting, known: Mapping[str, str]) -> Inputs:
    return Inputs(lambda name: one.typed.get(name) or known.get(name, ""), one.errors, frame.texts, f"{one.proposal.id}-")


def _form(frame: Frame, id: str, inside: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<form method="post" action="{escape(frame.base_url)}{WAITING}">{hidden_fields(frame, id=id)}<div{named}>{inside}</div></form>\n'


def _which(id: str) -> str:
    """So that a button is told from its like by those who hear the page."""
    return f'<span class="vh"> ({escape(id)})</span>'


def _decided(decided: tuple[Proposal, ...], texts: Texts) -> str:
    if not decided:
        return ""
    names = [texts(f"change.waiting.column.{name}") for name in ("number", "claim", "state", "by", "decided", "reason")]
    heads = "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in names)
    rows = "".join(_decided_row(one, names, texts) for one in decided[:LATELY])
    return (f'<section class="section card" aria-labelledby="decided-title"><h2 id="decided-title">{escape(texts("change.waiting.decided"))}</h2>'
            f'<table class="tbl fold-rows" role="table" aria-labelledby="decided-title"><thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
            f'<tbody role="rowgroup">{rows}</tbody></table></section>\n')


def _decided_row(one: Proposal, names: list[str], texts: Texts) -> str:
    day = one.decided_at.date().isoformat() if one.decided_at else ""
    values = (f"{one.change.place} {one.change.id}", texts(f"change.state.{one.state}"), one.by, f"{one.decided_by}, {day}", one.reason or "–")
    cells = "".join(f'<td role="cell" data-label="{escape(name)}"><div><bdi>{escape(value)}</bdi></div></td>'
                    for name, value in zip(names[1:], values, strict=True))
    return f'<tr role="row"><th scope="row" role="rowheader">{escape(one.id)}</th>{cells}</tr>'
