"""The clock of a closed case: from when, for which purpose, until when, and who is told thirty days before (PRI-07).

The clock itself is pure. A case may be erased when the last of its purposes has run out: its content stands under one key.
Nothing is ever erased by the clock; it tells, and two people decide.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from safe_lib import casework
from safe_lib.casework import Desk, _may
from safe_lib.catalogue.processing import load_processing
from safe_lib.model.case import Case, Extension
from safe_lib.model.errors import WrongUse
from safe_lib.model.processing import Purpose
from safe_lib.person.children import require_care
from safe_lib.person.deciding import decide
from safe_lib.rights.permission import cell
from safe_lib.store import Store

WARNING: Final = timedelta(days=30)  # before the last purpose runs out (PRI-07)
LONGEST: Final = 120  # months from today that one extension may reach; then it has to be decided again

State = Literal["running", "soon", "due"]


@dataclass(frozen=True, slots=True)
class Clock:
    """One purpose of one closed case."""

    purpose: str
    title: str
    closed: date
    until: date  # the first day on which it may be erased
    extended: bool
    reason: str  # of the last extension
    state: State

    def days_left(self, today: date) -> int:
        """Days until it may be erased; 0 or less once it may."""
        return (self.until - today).days


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long one closed case is kept: its clocks, and the state of the one that runs longest."""

    ref: str
    closed: date
    clocks: tuple[Clock, ...]
    asked: bool  # a first person asked to erase it

    @property
    def until(self) -> date:
        """The first day on which the whole case may be erased."""
        return max(clock.until for clock in self.clocks)

    @property
    def state(self) -> State:
        """That of the clock that runs longest."""
        return max(self.clocks, key=lambda clock: clock.until).state


# The clock


def months_after(day: date, months: int) -> date:
    """The same day some months later; the last day of a month that has no such day (31 August + 6 months: 28 or 29 February).

    >>> months_after(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def state_of(until: date, today: date) -> State:
    """Running, within thirty days of its end, or run out."""
    if today >= until:
        return "due"
    return "soon" if today >= until - WARNING else "running"


def clocks(closed: date, purposes: Sequence[Purpose], months: Mapping[str, int], extensions: Sequence[Extension], today: date) -> tuple[Clock, ...]:
    """The clocks of one case.

    Args:
        closed: the day the case was closed.
        months: purpose → what the team settled; a purpose that is not there keeps its default.
        extensions: oldest first; of each purpose the last one counts, and it can only make the time longer.
    """
    found = []
    for purpose in purposes:
        until, reason = months_after(closed, months.get(purpose.id, purpose.retention.months)), ""
        last = next((one for one in reversed(extensions) if one.purpose == purpose.id), None)
        if last is not None and last.until > until:
            until, reason = last.until, last.reason
        found.append(Clock(purpose.id, purpose.title, closed, until, bool(reason), reason, state_of(until, today)))
    return tuple(found)


# The desk


def close_case(desk: Desk, ref: str, words: str) -> Case:
    """Close a case: the clock of its purposes begins today.

    Args:
        words: what was decided with the person, in the words of who closes it; no outcome of the rules ends a case (PRI-10).

    Raises:
        WrongUse: there are no words of one's own.
        NotPermitted: the person is or may be a child, and nobody wrote down what is best for them.
    """
    _may(desk, "close", ref)
    require_care(desk, ref)
    decide(desk, ref, words)
    return _may(desk, "close", ref).set_status(ref, "closed", by=desk.person, at=desk.now())


def open_again(desk: Desk, ref: str) -> Case:
    """Open a closed case again: the clock stops, and begins anew when it is closed."""
    return _may(desk, "close", ref).set_status(ref, "open", by=desk.person, at=desk.now())


def settled_months(store: Store) -> dict[str, int]:
    """Purpose → months after closure, as the team settled them."""
    return {purpose.id: int(store.setting(purpose.retention.setting)) for purpose in load_processing().clocks()}


def keeping_of(desk: Desk, ref: str) -> Keeping | None:
    """How long one case is kept; None while it is open."""
    store = _may(desk, "read", ref)
    closed = store.closed_since().get(ref)
    return None if closed is None else _Settled.of(desk, store).keeping(desk, store, ref, closed)


def keeping(desk: Desk) -> tuple[Keeping, ...]:
    """Every closed case of this person, the one that runs out first before the others."""
    store = _may(desk, "list")
    settled = _Settled.of(desk, store)
    return _sorted(settled.keeping(desk, store, ref, closed) for ref, closed in _closed(store).items())


def warnings(desk: Desk) -> tuple[Keeping, ...]:
    """Those that run out within thirty days or have run out, for whoever may ask to erase; nothing for others."""
    if not casework.has_right(desk, "ask_erase") or not casework.has_right(desk, "list"):
        return ()
    store = _may(desk, "list")
    settled = _Settled.of(desk, store)
    # An extension only makes the time longer: a case that still runs without one need not be opened.
    near = {ref: closed for ref, closed in _closed(store).items()
            if all(clock.state != "running" for clock in clocks(closed, settled.purposes, settled.months, (), desk.today))}
    return _sorted(one for one in (settled.keeping(desk, store, ref, closed) for ref, closed in near.items()) if one.state != "running")


def extend(desk: Desk, ref: str, purpose: str, until: date, reason: str) -> Extension:
    """Keep a closed case longer for one purpose, with the reason.

    Raises:
        WrongUse: the case is open, the purpose has no clock, the day is no later one or too far, or no reason is given.
    """
    store = _may(desk, "close", ref)
    now = keeping_of(desk, ref)
    if now is None:
        raise WrongUse(f"{ref}: the case is open, so no time runs.\n  Close it first.")
    clock = next((one for one in now.clocks if one.purpose == purpose), None)
    if clock is None:
        raise WrongUse(f"purpose: this one has no clock.\n  There are: {', '.join(one.purpose for one in now.clocks)}.")
    if not max(clock.until, desk.today) < until <= months_after(desk.today, LONGEST):
        raise WrongUse(f"until: give a day after {max(clock.until, desk.today).isoformat()}, and at most {LONGEST // 12} years from today.")
    if not reason.strip():
        raise WrongUse("reason: it has to be said why the case is kept longer.\n  It stands in the case, and the person can read it.")
    return store.extend(ref, purpose, until, reason=reason.strip(), by=desk.person, at=desk.now())


def _closed(store: Store) -> dict[str, date]:
    """Case → the day it was closed, of those that this person may list."""
    own_only = cell(store.me.roles, "list") == "assigned"
    return {ref: closed for ref, closed in store.closed_since().items() if not own_only or store.is_mine(ref)}


def _sorted(found: Iterable[Keeping]) -> tuple[Keeping, ...]:
    return tuple(sorted(found, key=lambda one: (one.until, one.ref)))


@dataclass(frozen=True, slots=True)
class _Settled:
    """What is the same for every case of one look: read once."""

    purposes: tuple[Purpose, ...]
    months: Mapping[str, int]
    asked: frozenset[str]  # cases that a first person asked to erase

    @classmethod
    def of(cls, desk: Desk, store: Store) -> _Settled:
        asked = frozenset(one.subject for one in store.requests(at=desk.now()) if (one.what, one.status) == ("erase", "asked"))
        return cls(load_processing(desk.language).clocks(), settled_months(store), asked)

    def keeping(self, desk: Desk, store: Store, ref: str, closed: date) -> Keeping:
        return Keeping(ref, closed, clocks(closed, self.purposes, self.months, store.extensions(ref), desk.today), ref in self.asked)
