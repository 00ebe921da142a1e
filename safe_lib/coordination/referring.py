"""Referring somebody to another organisation: what the person agreed to, whom we asked, and whether it accepted.

A referral rests on a consent for that organisation, or on another basis with its reason; what is sent goes by the page of
what leaves, as everything does.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Final

from safe_lib import disclosing
from safe_lib.casework import Desk, _may
from safe_lib.coordination import notes
from safe_lib.engine import consents
from safe_lib.model.coordination import REFERRALS, Referral, ReferralState
from safe_lib.model.disclosure import CONSENT, REASONED, SHORTEST_REASON, Basis
from safe_lib.model.errors import WrongUse

ANSWERS: Final[tuple[ReferralState, ...]] = ("accepted", "refused", "taken_back")


def refer(desk: Desk, ref: str, *, organisation: str, purpose: str, basis: Basis) -> Referral:
    """Note that an organisation was asked to help.

    Raises:
        BasisRefused: the consent does not count today, or is for another recipient or purpose.
        WrongUse: no organisation, no purpose, or no reason for another basis.
        NotPermitted: only who may let something leave refers.
    """
    _may(desk, "disclose", ref)
    to, why = notes.said(organisation, "organisation"), notes.said(purpose, "purpose")
    _require(desk, ref, to, why, basis)
    made = Referral(f"V{secrets.token_hex(3).upper()}", to, why, basis.consent or f"{basis.kind}: {basis.reason.strip()}", desk.today, desk.person)
    notes.add(desk, ref, REFERRALS, made.to_body())
    return made


def _require(desk: Desk, ref: str, organisation: str, purpose: str, basis: Basis) -> None:
    if basis.kind == CONSENT:
        found = disclosing.sharing(desk, ref)
        chosen = next((one for one in found.standing if one.id == basis.consent), None)
        if why := consents.lack(chosen, on=desk.today, no=found.no, recipient=organisation, purpose=purpose,
                                used=consents.is_used([line.disclosure for line in found.lines], chosen)):
            raise consents.refusal(why, ref)
    elif basis.kind not in REASONED or len(basis.reason.strip()) < SHORTEST_REASON:
        raise consents.refusal("none" if basis.kind not in REASONED else "reason", ref)


def answer(desk: Desk, ref: str, id: str, state: ReferralState, words: str = "") -> Referral:
    """Note what the organisation answered, or that the question was taken back.

    Raises:
        WrongUse: there is no such referral that waits, no such answer, or a refusal without its reason.
    """
    _may(desk, "write", ref)
    if state not in ANSWERS:
        raise WrongUse(f"referral: the answer is one of {', '.join(ANSWERS)}.")
    kept = notes.said(words, "reason of the refusal", required=state == "refused")
    waiting = next((one for one in referrals(desk, ref) if one.id == id and one.state == "asked"), None)
    if waiting is None:
        raise WrongUse("referral: none with this number waits for an answer.\n  It may have been answered meanwhile.")
    answered = replace(waiting, state=state, answered_on=desk.today, words=kept)
    notes.change(desk, ref, REFERRALS, lambda there: [answered.to_body() if one["id"] == id else one for one in there])
    return answered


def referrals(desk: Desk, ref: str) -> tuple[Referral, ...]:
    """Every referral of a case, oldest first."""
    _may(desk, "read", ref)
    return tuple(Referral.from_body(one) for one in notes.entries(desk, ref, REFERRALS))
