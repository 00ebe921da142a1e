"""Whether something may leave: consents as they were stated, and the other bases. Pure; what is not known is no yes.

There is one truth about sharing with somebody: the register of consents, one entry for each recipient and purpose. The
question CONSENT-SHARE of the first talk asks about sharing at all. Its yes opens nothing by itself ("yes to one body is
not yes to another"); its no, said after a consent was given, ends that consent until it is given again. The same holds of
SHARE in the personal safety report, for that report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from safe_lib.model.case import Disclosure
from safe_lib.model.disclosure import BASES, CONSENT, EXERCISE, OWN_REQUEST, OWN_WORK, REASONED, SHORTEST_REASON, STATES, Basis, Consent, GeneralNo, State
from safe_lib.model.errors import BasisRefused

OF_ITSELF: Final[Mapping[str, str]] = {"own_file": OWN_WORK, "person": OWN_REQUEST}  # profile → basis that needs no more words

_MESSAGES: Final[Mapping[str, str]] = {
    "none": "nothing says why this may leave.\n  Name a consent (--consent), or another basis with its reason (--basis, --reason).",
    "not_here": "this basis is not for this kind of report.\n  Name a consent, or another basis with its reason.",
    "reason": f"this basis needs a reason of {SHORTEST_REASON} letters or more.\n  Say what was weighed, and by whom.",
    "unknown": "there is no such consent in this case.\n  See: safe disclosures REF.",
    "refused": "the person refused this. Help goes on as before.\n  Share nothing on this ground.",
    "withdrawn": "the person withdrew this consent.\n  Nothing further leaves on it; see: safe disclosures REF.",
    "ended": "this consent has ended.\n  Ask the person again.",
    "used": "this consent was for one use, and was used.\n  Ask the person again.",
    "general_no": "after this consent the person said no to sharing at all.\n  Ask again, and record the new answer.",
    "other_recipient": "this consent is for another recipient.\n  Consent for one body is not consent for another.",
    "other_purpose": "this consent is for another purpose.\n  Ask the person for this purpose too.",
}


def refusal(key: str, ref: str) -> BasisRefused:
    """Why something may not leave, in words that hold nothing of the case."""
    return BasisRefused(key, f"{ref}: {_MESSAGES[key]}")


def statements_in(body: Mapping[str, Any]) -> tuple[Consent, ...]:
    """Every statement that the paper of consents holds, in the order in which they were made."""
    return tuple(_statement(said) for said in body.get("consents", ()))


def body_of(statements: Iterable[Consent]) -> dict[str, Any]:
    """The paper of consents; the way back from `statements_in`."""
    return {"consents": [{
        "id": one.id, "state": one.state, "recipient": one.recipient, "purpose": one.purpose, "scope": one.scope, "language": one.language,
        "interpreter": one.interpreter, "until": one.until.isoformat(), "by": one.by, "at": one.at.isoformat(),
        "form": one.form, "how": one.how, "once": one.once} for one in statements]}


def standing(statements: Iterable[Consent]) -> tuple[Consent, ...]:
    """What counts of each consent: the last statement about it."""
    return tuple({one.id: one for one in statements}.values())


def lack(consent: Consent | None, *, on: date, no: GeneralNo | None = None, recipient: str | None = None, purpose: str | None = None,
         used: bool = False) -> str:
    """Why nothing may leave on this consent; empty where it counts.

    Args:
        on: the day; a consent counts on its last day.
        no: the person's no to sharing at all, where there is one.
        recipient, purpose: what it is wanted for; None leaves that out.
        used: something has left on it already; one that is for a single use then counts no more.
    """
    if consent is None:
        return "unknown"
    if consent.state != "given":
        return consent.state
    if no is not None and no.at > consent.at:
        return "general_no"
    if on > consent.until:
        return "ended"
    if consent.once and used:
        return "used"
    if recipient is not None and not same(recipient, consent.recipient):
        return "other_recipient"
    return "other_purpose" if purpose is not None and not same(purpose, consent.purpose) else ""


def settled(basis: Basis | None, profile: str, *, training: bool) -> Basis:
    """The basis that was named, else the one a report of this kind has of itself; empty where it has none."""
    if basis is not None and basis.kind:
        return basis
    return Basis(EXERCISE) if training else Basis(OF_ITSELF.get(profile, ""))


def lack_of_basis(basis: Basis, profile: str, *, training: bool) -> str:
    """What is wrong with a basis that is no consent; empty where it holds, and for a consent, which is looked at by itself."""
    if basis.kind not in BASES:
        return "none"
    if basis.kind in REASONED and len(basis.reason.strip()) < SHORTEST_REASON:
        return "reason"
    fits = basis.kind == CONSENT or basis.kind in REASONED or basis.kind == OF_ITSELF.get(profile) or (basis.kind == EXERCISE and training)
    return "" if fits else "not_here"


def same(one: str, other: str) -> bool:
    """Two recipients or purposes written alike, but for spaces and capitals."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def is_used(register: Sequence[Disclosure], consent: Consent | None) -> bool:
    """Whether something has left on this very statement."""
    return consent is not None and any(line.basis.consent == consent.id and line.at > consent.at for line in register)


def replaced(register: Sequence[Disclosure], recipient: str, kind: str) -> Disclosure | None:
    """The copy that a new one of this kind for this recipient takes the place of: the last one that left."""
    return next((line for line in reversed(register) if kind and line.kind == kind and same(line.recipient, recipient)), None)


def _statement(said: Mapping[str, Any]) -> Consent:
    state: State = next((one for one in STATES if one == said["state"]), STATES[-1])  # what cannot be read is no yes
    return Consent(str(said["id"]), state, str(said["recipient"]), str(said["purpose"]), str(said["scope"]), str(said["language"]), bool(said["interpreter"]),
                   date.fromisoformat(said["until"]), str(said["by"]), datetime.fromisoformat(said["at"]),
                   str(said.get("form", "")), str(said.get("how", "")), bool(said.get("once", False)))
