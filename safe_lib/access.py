"""The gate of `casework`: who is at the desk, may they do this, and the line that says that a case was read.

Three things have to agree, and each is enough to refuse: the key (the store finds no case without it), an exclusion, and
the table of rights. A refusal never says whether a case exists.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, Literal

from safe_lib.model.case import is_reference
from safe_lib.model.errors import ModuleFirst, NotPermitted
from safe_lib.model.person import Member, Standing
from safe_lib.rights.permission import may, refused
from safe_lib.store import Store
from safe_lib.store.trouble import no_such_case

WITHOUT_KEY: Final = frozenset({"emergency", "agree_erase"})  # verbs of a case that need no key of it
READS: Final = frozenset({"read", "assess", "report", "draft"})  # verbs that show what a case says
SAME_SITTING: Final = timedelta(minutes=10)  # one line says that somebody reads on
AFTER_MODULE: Final = frozenset({"list", "open", "read", "write", "assess", "report", "draft", "disclose", "close", "trail", "emergency"})
"""Verbs that open a real case or work on one. Who works on which case, what is settled and what is erased stay in the hands of who looks after them."""
HOUR: Final = timedelta(hours=1)
ONE_EACH: Final = timedelta(minutes=5)  # past the bound, this long between two further cases


def require(store: Store, by: str, verb: str, ref: str = "", *, at: datetime) -> Member:
    """The person at work, if they may do this.

    Args:
        by: the name the work is done under; in a store with real persons it has to be the name of whoever opened it.
        at: now; the course is out of date or not as of this moment.

    Raises:
        NotPermitted: the table does not allow it, or they are asked to read the case blind.
        ModuleFirst: the team settled that the course comes first, and they have not passed it, or too long ago.
        CaseNotFound: they hold no key of the case or are excluded from it; the words of a case that does not exist.
    """
    found = store.standing(ref)
    if not store.training and by != found.me.user:
        raise refused(verb)
    allowed = may(found.me.roles, verb, assigned=True)
    if allowed and verb in AFTER_MODULE and (state := module_state(found, at.date())) in ("never", "ended"):
        raise ModuleFirst(state)  # in the same words for a case that is there, is somebody else's, or never was
    if not may(found.me.roles, verb, assigned=found.assigned or not ref):
        raise refused(verb, ref if is_reference(ref) else "")
    if ref and found.blind and not found.excluded and verb not in WITHOUT_KEY:
        raise NotPermitted(f"{ref}: you give a second opinion about this case, and read it blind.\n  Be done with it, or leave it: safe second-opinion mine.")
    if ref and (found.excluded or not (found.held or verb in WITHOUT_KEY)):
        raise no_such_case(ref)
    return found.me


def module_state(standing: Standing, on: date) -> Literal["open", "late", "ended", "never"]:
    """Whether real cases are open to somebody as far as the course goes; `late`: only until the time for a refresher is over."""
    if standing.gate is None:
        return "open"
    from safe_lib.catalogue.course import load_course
    from safe_lib.engine.course import still_open

    course = load_course()
    passed = max((day for id, day in standing.gate.passed if id == course.id), default=None)
    return still_open(course, passed, standing.gate.grace, on)


def note_reading(store: Store, me: Member, by: str, ref: str, *, at: datetime, detail: str = "") -> None:
    """Leave a line that somebody reads a case, once in a sitting; slower, and told, past many cases in an hour (SEC-18).

    Raises:
        NotPermitted: too many different cases in an hour; the next one can be read a few minutes later.
    """
    last, others, newest = store.readings(by, ref, since=at - HOUR)
    if last is not None and at - last < SAME_SITTING and not detail:
        return
    watched = me.roles != {"batch"}  # the batch account reads every case, and nobody sits at it
    if watched and last is None and others >= int(store.setting("cases_an_hour")):
        _told(store, by, ref, at)
        if newest is not None and at - newest < ONE_EACH:
            raise NotPermitted("reading: very many different cases were read in the last hour.\n  Wait five minutes, or ask the coordinator.")
    store.note(by=by, at=at, what="case.read", ref=ref, detail=detail)


def _told(store: Store, by: str, ref: str, at: datetime) -> None:
    """The coordinators learn of it, once an hour."""
    if not store.was_noted("reading.many", by, since=at - HOUR):
        store.note(by=by, at=at, what="reading.many")
        store.tell([one.user for one in store.people() if one.active and one.has("coordinator")], "reading.many", "", by=by, at=at)
