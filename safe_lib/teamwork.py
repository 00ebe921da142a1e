"""People and what they may do, for every door: who may open the store, who works on a case, what needs two persons.

The manner is that of `casework`: a `Desk` first, then may I?, then the store, with its line in the audit trail.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from safe_lib.casework import Desk, _may, has_right
from safe_lib.model.anchor import Anchor
from safe_lib.model.case import AuditLine
from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.model.person import Member, Notice, Request
from safe_lib.rights.permission import Verb, cell
from safe_lib.store import Store
from safe_lib.store.passphrase import check_passphrase, make_passphrase
from safe_lib.store.settings import SETTINGS
from safe_lib.store.settings import check as check_setting

_ASK: Final[dict[str, Verb]] = {"erase": "ask_erase", "policy": "team.ask_policy", "export": "team.ask_export", "publish": "team.ask_publish"}
_AGREE: Final[dict[str, Verb]] = {"erase": "agree_erase", "policy": "team.agree_policy", "export": "team.agree_export", "publish": "team.agree_publish"}


# Oneself


def me(desk: Desk) -> Member:
    """Who works here, with the roles they have now."""
    return desk.open_store().me


def change_passphrase(desk: Desk, old: str, new: str) -> None:
    """Another passphrase of one's own.

    Raises:
        WrongKey: the old one is wrong.
        WrongUse: the new one is too short, too easy to guess, or the old one.
    """
    store = desk.open_store()
    mine = store.me
    if old == new:
        raise WrongUse("passphrase: the new one is the old one.\n  Take another one.")
    check_passphrase(new, mine.user, mine.name)
    store.change_passphrase(old, new, by=desk.person, at=desk.now())


def turn_on_codes(desk: Desk, secret: str, code: str) -> tuple[str, ...]:
    """Turn on one-time codes for oneself; the recovery codes, seen this once."""
    if desk.open_store().me.guest:
        raise NotPermitted("code: a guest of a training store has no codes.\n  Ask for a user name of your own.")
    return desk.open_store().turn_on_codes(secret, code, by=desk.person, at=desk.now())


def turn_off_codes(desk: Desk, code: str) -> None:
    """Turn them off again, with a last code."""
    desk.open_store().turn_off_codes(code, by=desk.person, at=desk.now())


def notices(desk: Desk) -> tuple[Notice, ...]:
    """What one has not seen yet."""
    return desk.open_store().notices()


def see_notices(desk: Desk) -> None:
    """One has seen them."""
    desk.open_store().see_notices(at=desk.now())


# People


def people(desk: Desk) -> tuple[Member, ...]:
    """Everybody there is or was."""
    return _may(desk, "people.see").people()


def add_person(desk: Desk, user: str, roles: Collection[str], *, name: str = "", passphrase: str | None = None) -> tuple[Member, str]:
    """Let somebody in; the person, and the passphrase to tell them in person, which they change when they first come.

    Args:
        passphrase: None makes one by chance.
    """
    store = _may(desk, "people.manage")
    chosen = _chosen(passphrase, user, name)
    return store.add_person(user, chosen, name=name, roles=roles, by=desk.person, at=desk.now()), chosen


def remove_person(desk: Desk, user: str) -> None:
    """Take every key and the way in from somebody who leaves."""
    _may(desk, "people.manage").remove_person(user, by=desk.person, at=desk.now())


def set_roles(desk: Desk, user: str, roles: Collection[str]) -> Member:
    """Give somebody these roles and no others."""
    return _may(desk, "people.manage").set_roles(user, roles, by=desk.person, at=desk.now())


def reset_person(desk: Desk, user: str, *, passphrase: str | None = None) -> str:
    """A new passphrase for somebody who lost theirs, to tell them in person. Codes stay demanded; keys come back from those who hold them."""
    store = _may(desk, "people.manage")
    member = store.person(user)
    chosen = _chosen(passphrase, user, member.name)
    store.reset_person(user, chosen, by=desk.person, at=desk.now())
    return chosen


def _chosen(passphrase: str | None, *own: str) -> str:
    if passphrase is None:
        return make_passphrase()
    check_passphrase(passphrase, *own)
    return passphrase


# Cases and people


@dataclass(frozen=True, slots=True)
class Hands:
    """In whose hands a case is."""

    ref: str
    assigned: tuple[str, ...]  # user names
    excluded: tuple[str, ...]


def hands(desk: Desk, ref: str) -> Hands:
    """Who works on a case, and who may never see it."""
    store = _may(desk, "assign", ref)
    store.case(ref)
    return Hands(ref, store.assigned(ref), store.excluded(ref))


def assign(desk: Desk, ref: str, user: str) -> None:
    """Let somebody work on a case."""
    _may(desk, "assign", ref).assign(ref, user, by=desk.person, at=desk.now())


def unassign(desk: Desk, ref: str, user: str) -> None:
    """Take somebody off a case; it gets a new key."""
    _may(desk, "assign", ref).unassign(ref, user, by=desk.person, at=desk.now())


def transfer(desk: Desk, ref: str, user: str) -> None:
    """Hand one's own case to somebody else."""
    store = _may(desk, "assign", ref)
    store.assign(ref, user, by=desk.person, at=desk.now())
    store.unassign(ref, store.me.user, by=desk.person, at=desk.now())


def exclude(desk: Desk, ref: str, user: str, reason: str) -> None:
    """Keep somebody away from a case for good, whatever their roles."""
    _may(desk, "exclude", ref).exclude(ref, user, reason=_said(reason), by=desk.person, at=desk.now())


def include(desk: Desk, ref: str, user: str, reason: str) -> None:
    """Take an exclusion back."""
    _may(desk, "exclude", ref).include(ref, user, reason=_said(reason), by=desk.person, at=desk.now())


def break_glass(desk: Desk, ref: str, reason: str) -> datetime:
    """Open a case that is not one's own, for an hour, in an emergency; until when."""
    return _may(desk, "emergency", ref).break_glass(ref, reason=reason, by=desk.person, at=desk.now())


def trail(desk: Desk, ref: str) -> tuple[AuditLine, ...]:
    """Who did what with a case: emergencies first, then the newest."""
    store = _may(desk, "trail", ref)
    store.case(ref)
    lines = sorted(store.audit(ref), key=lambda line: (line.what != "glass.broken", -line.sequence))
    store.note(by=desk.person, at=desk.now(), what="trail.read", ref=ref)
    return tuple(lines)


def _said(reason: str) -> str:
    if not reason.strip():
        raise WrongUse("reason: it has to be said why.\n  It stands in the trail of the case, for those who may read it.")
    return reason.strip()


# What needs two persons


def requests(desk: Desk) -> tuple[Request, ...]:
    """What was asked and is not done, as far as this person may ask or agree."""
    store = desk.open_store()
    mine = store.me
    return tuple(one for one in store.requests(at=desk.now()) if cell(mine.roles, _ASK[one.what]) or cell(mine.roles, _AGREE[one.what]))


def ask_erasure(desk: Desk, ref: str) -> Request:
    """Ask that a case be erased; nothing happens before a second person agrees."""
    store = _may(desk, "ask_erase", ref)
    store.case(ref)
    return store.ask("erase", ref, by=desk.person, at=desk.now())


def ask_policy(desk: Desk, name: str, value: str) -> Request:
    """Ask that the team settle something otherwise."""
    store = _may(desk, "team.ask_policy")
    check_setting(name, value)
    return store.ask("policy", f"{name}={value}", by=desk.person, at=desk.now())


def ask_export(desk: Desk) -> Request:
    """Ask to let documents of more than ten cases leave today."""
    return _may(desk, "team.ask_export").ask("export", f"{desk.person} {desk.now().date().isoformat()}", by=desk.person, at=desk.now())


def ask_publication(desk: Desk, subject: str) -> Request:
    """Ask that an instrument be published; `subject` is its id and version."""
    return _may(desk, "team.ask_publish").ask("publish", subject, by=desk.person, at=desk.now())


def is_published(desk: Desk, subject: str) -> bool:
    """Whether a second person agreed to publish it."""
    return desk.open_store().is_agreed("publish", subject, at=desk.now())


def agree(desk: Desk, number: int) -> Request:
    """Agree to what somebody else asked; an erasure and a policy are carried out at once.

    Raises:
        NotPermitted: one's own request, or no right to agree to it.
    """
    store, request = _request(desk, number)
    _may(desk, _AGREE[request.what], request.subject if request.what == "erase" else "")
    store.agree(number, by=desk.person, at=desk.now())
    if request.what == "erase" and store.use_agreement("erase", request.subject, at=desk.now()):
        store.erase(request.subject, by=desk.person, at=desk.now())
    if request.what == "policy" and store.use_agreement("policy", request.subject, at=desk.now()):
        name, _, value = request.subject.partition("=")
        store.settle(name, value, by=desk.person, at=desk.now())
    return request


def withdraw(desk: Desk, number: int) -> None:
    """Take one's own request back, or refuse somebody else's."""
    store, request = _request(desk, number)
    if request.asked_by != desk.person:
        _may(desk, _AGREE[request.what], request.subject if request.what == "erase" else "")
    store.withdraw(number, by=desk.person, at=desk.now())


def _request(desk: Desk, number: int) -> tuple[Store, Request]:
    store = desk.open_store()
    found = next((one for one in requests(desk) if one.id == number), None)
    if found is None:
        raise WrongUse("request: there is none with this number.\n  See: safe user requests.")
    return store, found


# What is settled, and the whole trail


def policy(desk: Desk) -> dict[str, str]:
    """What the team has settled."""
    store = _may(desk, "team.see_policy")
    return {name: store.setting(name) for name in SETTINGS}


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of looking through the audit trail."""

    lines: int
    last: str  # hash of the last line
    first_bad: int | None  # the first line that does not follow the one before
    missing: tuple[tuple[str, str], ...]  # cases of which less is there than the trail says, and what
    lost: tuple[Anchor, ...] = ()  # lines that were noted, and are not there any more as they were

    @property
    def is_whole(self) -> bool:
        """Nothing was changed, moved, put in, taken out or cut off, as far as it was noted."""
        return self.first_bad is None and not self.missing and not self.lost


def verify_trail(desk: Desk, noted: Anchor | None = None) -> Verified:
    """Whether every line follows the one before, whether all is there that the lines say was written, and whether the end is there.

    Args:
        noted: an end of the trail that somebody noted; the one noted for this person at their last sign-in is looked for as well.
    """
    store = _may(desk, "team.verify_trail")
    lost = tuple(one for one in (noted, store.noted_anchor()) if one is not None and not store.has_anchor(one))
    end = store.anchor()
    return Verified(end.line, end.hash, store.audit_break(), store.audit_missing(), tuple(dict.fromkeys(lost)))


def anchor(desk: Desk) -> Anchor:
    """The end of the trail as it is now, to be noted elsewhere; it is noted for this person here as well.

    A note that the trail does not have any more stays, so that it is told at the next sign-in and by every verification.
    """
    store = _may(desk, "team.verify_trail")
    before = store.noted_anchor()
    return store.note_anchor() if before is None or store.has_anchor(before) else store.anchor()


def compare_anchor(desk: Desk) -> None:
    """At a coordinator's sign-in: is the end that was noted last time still there? Then note the new one (SEC-55).

    Where it is not, the person is told on their start page, and a line of the trail says so.
    """
    store = desk.open_store()
    if store.me.guest or not has_right(desk, "team.verify_trail"):
        return
    before = store.noted_anchor()
    if before is not None and not store.has_anchor(before):
        store.note(by=desk.person, at=desk.now(), what="trail.cut", detail=f"line {before.line}")
        store.tell([desk.person], "trail.cut", "", by=desk.person, at=desk.now())
    store.note_anchor()


def whole_trail(desk: Desk) -> tuple[AuditLine, ...]:
    """Every line; of cases that this person cannot open, no detail."""
    store = _may(desk, "team.read_trail")
    store.note(by=desk.person, at=desk.now(), what="trail.read")
    return store.audit()
