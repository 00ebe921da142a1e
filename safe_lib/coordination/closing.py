"""Closing a file: a list to go through with the person first, why it is closed, what they were handed, and what is kept until when.

Closing begins the clock of `safe_lib.person.retention`; a closed case leaves every list of work, and comes back when it
is opened again. Then the list begins anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

from safe_lib import casework, disclosing
from safe_lib.casework import Desk, _may
from safe_lib.coordination import notes
from safe_lib.model.case import Case
from safe_lib.model.coordination import CLOSURE
from safe_lib.model.errors import ReasonNeeded, WrongUse
from safe_lib.person import retention
from safe_lib.person.retention import months_after

ItemState = Literal["done", "not_needed", "left_open"]
ITEM_STATES: Final[tuple[ItemState, ...]] = ("done", "not_needed", "left_open")


@dataclass(frozen=True, slots=True)
class KeptClass:
    """What is kept after closure, and for how many months."""

    id: str
    months: int  # 0: destroyed or given back at closure
    setting: str = ""  # of the team, which counts instead
    most: bool = False  # at most so long: until a claim has ended


@dataclass(frozen=True, slots=True)
class Rules:
    """What stands in `closure.yaml`."""

    reasons: tuple[str, ...]
    items: Mapping[str, bool]  # id → whether something is handed to the person with it
    kept: tuple[KeptClass, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """One line of the list as somebody left it."""

    item: str
    state: ItemState
    words: str = ""  # who goes on with it, or why it is not needed
    by: str = ""


@dataclass(frozen=True, slots=True)
class Closing:
    """How far the closing of a file has come."""

    ref: str
    looked: Mapping[str, Looked]
    missing: tuple[str, ...]  # items nobody has looked at
    reason: str = ""  # once it is closed
    closed_on: date | None = None
    handed: tuple[str, ...] = ()  # items with which something was handed to the person
    although: str = ""  # why it was closed before the list was gone through


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The list, the reasons and the periods, as data.

    Raises:
        KeyError, TypeError: the file is not as it has to be; the program does not start with it (a test reads it).
    """
    import yaml

    text = (files("safe_lib.coordination") / "closure.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return Rules(tuple(read["reasons"]), {one["id"]: bool(one["hands"]) for one in read["items"]}, tuple(KeptClass(**one) for one in read["kept"]))


def closing(desk: Desk, ref: str) -> Closing:
    """The list of a case, as far as somebody has gone through it."""
    paper = casework.paper(desk, ref, CLOSURE)
    return closing_in(ref, paper.body if paper else {})


def closing_in(ref: str, body: Mapping[str, Any]) -> Closing:
    """The same of a paper that was read already."""
    looked = {one["item"]: Looked(one["item"], one["state"], one["words"], one["by"]) for one in body.get("items", ())}
    missing = tuple(id for id in rules().items if id not in looked)
    closed = body.get("closed_on", "")
    return Closing(ref, looked, missing, str(body.get("reason", "")), date.fromisoformat(closed) if closed else None, tuple(body.get("handed", ())),
                   str(body.get("although", "")))


def tick(desk: Desk, ref: str, item: str, state: ItemState, words: str = "") -> Closing:
    """Say of one line that it is done, not needed, or left open with whoever goes on with it.

    Raises:
        WrongUse: there is no such line or state, or it is not said why it is not needed or who goes on.
    """
    return go_through(desk, ref, {item: (state, words)})


def go_through(desk: Desk, ref: str, said: Mapping[str, tuple[ItemState, str]]) -> Closing:
    """Say how several lines stand, all or none of them.

    Args:
        said: line → state, and why it is not needed or who goes on.

    Raises:
        WrongUse: as for one line.
    """
    if wrong := [one for one, (state, _) in said.items() if one not in rules().items or state not in ITEM_STATES]:
        raise WrongUse(f"closing: {', '.join(wrong)}: lines are {', '.join(rules().items)}; states {', '.join(ITEM_STATES)}.")
    kept = {id: Looked(id, state, notes.said(words, "why it is not needed, or who goes on with it", required=state != "done"), desk.person)
            for id, (state, words) in said.items()}
    now = closing(desk, ref)
    if now.closed_on:
        raise WrongUse(f"{ref}: this case is closed.\n  Open it again first.")
    return _keep(desk, ref, {**now.looked, **kept})


def close_file(desk: Desk, ref: str, reason: str, words: str, handed: Collection[str] = ()) -> Case:
    """Close a case whose list somebody has gone through; its time begins to run.

    Args:
        reason: one of the reasons of `closure.yaml`.
        words: what was decided with the person, in one's own words.
        handed: the lines with which something was handed to the person.

    Raises:
        WrongUse: a line was not looked at, no such reason, something handed that nothing is handed with, or no own words.
        NotPermitted: no right to close, or the extra care for children is missing.
    """
    _may(desk, "close", ref)
    now = closing(desk, ref)
    if reason not in rules().reasons:
        raise WrongUse(f"closing: the reason is one of {', '.join(rules().reasons)}.")
    if now.missing:
        raise WrongUse(f"{ref}: nobody has looked at {', '.join(now.missing)}.\n  Say of each that it is done, not needed, or who goes on with it.")
    if wrong := [one for one in handed if not rules().items.get(one)]:
        raise WrongUse(f"closing: nothing is handed to the person with {', '.join(wrong)}.")
    disclosing.end_with_file(desk, ref)
    case = retention.close_case(desk, ref, words)
    _keep(desk, ref, now.looked, reason=reason, closed_on=desk.today.isoformat(), handed=sorted(set(handed)))
    return case


def close_without_list(desk: Desk, ref: str, words: str, although: str) -> Case:
    """Close a case before its list was gone through; it stays among those whose list nobody finished, with the reason.

    Args:
        words: what was decided with the person, in one's own words.
        although: why it cannot wait for the list.

    Raises:
        ReasonNeeded: no reason is given; where the list is.
        WrongUse: there are no words of one's own.
        NotPermitted: no right to close, or the extra care for children is missing.
    """
    _may(desk, "close", ref)
    now = closing(desk, ref)
    if not although.strip():
        raise ReasonNeeded(f"{ref}: before a file is closed its list is gone through; nobody has looked at {len(now.missing)} of its lines.\n"
                           f"  See: safe coordination close {ref}, or the page Closing. Where it cannot wait, say why (--although).")
    kept = notes.said(although, "why it cannot wait for the list", required=True)
    disclosing.end_with_file(desk, ref)
    case = retention.close_case(desk, ref, words)
    _keep(desk, ref, now.looked, although=kept)
    return case


def open_again(desk: Desk, ref: str) -> Case:
    """Open a closed case again: its clock stops, it comes back to the lists, and the list before closing begins anew."""
    case = retention.open_again(desk, ref)
    _keep(desk, ref, {})
    return case


def kept_until(desk: Desk, closed: date) -> tuple[tuple[KeptClass, date | None], ...]:
    """What is kept until when after a closure on this day; None: it is destroyed or given back then."""
    store = desk.open_store()
    months = {one.id: int(store.setting(one.setting)) if one.setting and not one.most else one.months for one in rules().kept}
    return tuple((one, months_after(closed, months[one.id]) if months[one.id] else None) for one in rules().kept)


def _keep(desk: Desk, ref: str, looked: Mapping[str, Looked], **more: Any) -> Closing:
    items = [{"item": one.item, "state": one.state, "words": one.words, "by": one.by} for one in looked.values()]
    saved = casework.save_paper(desk, ref, CLOSURE, {"items": items, **more})
    return closing_in(ref, saved.body)
