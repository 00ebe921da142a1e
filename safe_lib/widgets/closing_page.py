"""The page on which a file is closed: the list, why, what the person was handed, and what is kept until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from html import escape

from safe_lib.coordination.closing import ITEM_STATES, Closing, KeptClass, rules
from safe_lib.model.texts import Texts
from safe_lib.widgets.coordination_page import CLOSING, select, tick
from safe_lib.widgets.pages import date_in_words
from safe_lib.widgets.people_pages import Said, _field, _form, _told
from safe_lib.widgets.shell import Frame, page_shell
from safe_lib.widgets.tables import table_html


@dataclass(frozen=True, slots=True)
class ClosingView:
    """What the page shows of one case."""

    found: Closing
    is_closed: bool
    may_write: bool
    may_close: bool
    kept: tuple[tuple[KeptClass, date | None], ...]  # until when, counted from the closure, or from today while it is open
    typed: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # line → state and words as they were sent, where something was wrong


def closing_page(frame: Frame, view: ClosingView, *, said: Said) -> str:
    """The whole page."""
    texts = frame.texts
    actions = _open_again(frame, view) if view.is_closed else _close(frame, view)
    listed = _say(frame, view) if view.may_write and not view.is_closed else _list(texts, view)
    return page_shell(frame, (
        f'<div class="head"><div><h1>{escape(texts("coord.closing.title"))}</h1><p class="lead">{escape(texts("coord.closing.lead"))}</p></div></div>\n'
        f'{_told(texts, said)}<div class="stack">{_closed(texts, view)}{listed}{actions}{_kept(texts, view)}</div>\n'))


def _card(texts: Texts, id: str, inside: str) -> str:
    return (f'<section class="card stack" id="{id}" aria-labelledby="{id}-title"><h2 id="{id}-title">{escape(texts(f"coord.closing.{id}"))}</h2>'
            f"{inside}</section>\n")


def _closed(texts: Texts, view: ClosingView) -> str:
    """When, why, and what was handed over, where it is closed with its list."""
    found = view.found
    if view.is_closed and found.although:
        return (f'<div class="notice" role="status"><p>{escape(texts("coord.closing.closed_without"))} <span class="mask" dir="auto" data-although>'
                f'{escape(found.although)}</span></p></div>')
    if not (view.is_closed and found.closed_on):
        return ""
    words = texts("coord.closing.closed", day=date_in_words(found.closed_on, texts, "long"), reason=texts(f"coord.closing.reason.{found.reason}"))
    handed = "; ".join(texts(f"coord.closing.item.{one}") for one in found.handed)
    given = f'<p>{escape(texts("coord.closing.was_handed", what=handed))}</p>' if handed else ""
    return f'<div class="notice" role="status"><div class="stack-s"><p data-closed="{escape(found.reason)}">{escape(words)}</p>{given}</div></div>'


def _list(texts: Texts, view: ClosingView) -> str:
    heads = [texts(f"coord.closing.{name}") for name in ("line", "stands", "by")]
    rows = []
    for id in rules().items:
        looked = view.found.looked.get(id)
        stands = texts(f"coord.closing.state.{looked.state}") if looked else texts("coord.closing.not_looked")
        words = f'<br><span class="quiet mask" dir="auto">{escape(looked.words)}</span>' if looked and looked.words else ""
        state = looked.state if looked else "missing"
        rows.append((escape(texts(f"coord.closing.item.{id}")), f'<span data-item="{id}" data-state="{state}">{escape(stands)}</span>{words}',
                     escape(looked.by if looked else "–")))
    return _card(texts, "list", table_html("list", heads, rows))


def _say(frame: Frame, view: ClosingView) -> str:
    """The list as one form: each line with how it stands, and one button for all of them."""
    lines = "".join(_line(frame, view, id) for id in rules().items)
    about = f'<p class="quiet">{escape(frame.texts("coord.closing.list_about"))}</p>'
    return _card(frame.texts, "list", about + _here(frame, view, "tick", f'<div class="stack">{lines}</div>', frame.texts("coord.closing.save")))


def _line(frame: Frame, view: ClosingView, id: str) -> str:
    texts, looked = frame.texts, view.found.looked.get(id)
    words = looked.words if looked and not frame.masked else ""  # a masked word that is sent empty stays as it is
    state, words = view.typed.get(id, (looked.state if looked else "", words))
    states = [*([] if looked else [("", texts("coord.closing.not_looked"))]), *((one, texts(f"coord.closing.state.{one}")) for one in ITEM_STATES)]
    by = f'<p class="small quiet">{escape(texts("coord.closing.by"))}: {escape(looked.by)}</p>' if looked else ""
    fields = (select(texts, f"state-{id}", "coord.closing.state_is", states, place="list", chosen=state) +
              _field(texts, f"words-{id}", "coord.closing.words", value=words, place="list"))
    return (f'<fieldset class="stack-s" data-item="{id}" data-state="{looked.state if looked else "missing"}"><legend class="strong">'
            f'{escape(texts(f"coord.closing.item.{id}"))}</legend><div class="cols cols-2">{fields}</div>{by}</fieldset>')


def _close(frame: Frame, view: ClosingView) -> str:
    texts = frame.texts
    if not view.may_close:
        return ""
    if view.found.missing:
        words = (texts("coord.closing.when"), texts("coord.missing", count=len(view.found.missing)) + ".")
        return _card(texts, "close", "".join(f"<p>{escape(one)}</p>" for one in words))
    handed = "".join(tick(texts, "handed", id, texts(f"coord.closing.item.{id}"), place="close") for id, hands in rules().items.items() if hands)
    reasons = [("", texts("coord.closing.choose")), *((one, texts(f"coord.closing.reason.{one}")) for one in rules().reasons)]
    fields = (select(texts, "reason", "coord.closing.reason_is", reasons, place="close") +
              _field(texts, "words", "coord.closing.decided", hint="coord.closing.decided_hint", required=True, place="close") +
              f'<fieldset class="stack-s"><legend class="strong">{escape(texts("coord.closing.handed"))}</legend>{handed}</fieldset>')
    return _card(texts, "close", _here(frame, view, "close", fields, texts("coord.closing.close")))


def _open_again(frame: Frame, view: ClosingView) -> str:
    texts = frame.texts
    return _card(texts, "open_again", _here(frame, view, "open", "", texts("coord.closing.open_again"), quiet=True)) if view.may_close else ""


def _kept(texts: Texts, view: ClosingView) -> str:
    heads = [texts(f"coord.closing.{name}") for name in ("kept_what", "kept_until")]
    rows = [(escape(texts(f"coord.closing.class.{one.id}")), escape(_until(texts, one, until))) for one, until in view.kept]
    return _card(texts, "kept", f'<p class="quiet">{escape(texts("coord.closing.kept_about"))}</p>' + table_html("kept", heads, rows))


def _until(texts: Texts, one: KeptClass, until: date | None) -> str:
    if until is None:
        return texts("coord.closing.at_closure")
    day = date_in_words(until, texts, "medium")
    return texts("coord.closing.at_most", day=day) if one.most else day


def _here(frame: Frame, view: ClosingView, action: str, fields: str, words: str, *, quiet: bool = False) -> str:
    return _form(frame, CLOSING, action, f'<input type="hidden" name="case" value="{escape(view.found.ref)}">{fields}', words, quiet=quiet)
