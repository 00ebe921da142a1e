"""Referring somebody to another organisation: what the person agreed to, whom we asked, and whether it accepted.

A referral rests on a consent for that organisation, or on another basis with its reason; what is sent goes by the page of
what leaves, as everything does. Nothing is sent by itself: a referral says what somebody said or wrote, and what came of it.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date
from typing import Final

from safe_lib import disclosing
from safe_lib.casework import Desk, _may
from safe_lib.coordination import notes
from safe_lib.engine import consents
from safe_lib.model.coordination import AFTER, OUTCOMES, REFERRALS, Referral, ReferralState
from safe_lib.model.disclosure import CONSENT, REASONED, SHORTEST_REASON, Basis
from safe_lib.model.errors import WrongUse

ANSWERS: Final[tuple[ReferralState, ...]] = ("accepted", "refused", "taken_back", "seen", "ended")


def refer(desk: Desk, ref: str, *, organisation: str, purpose: str, basis: Basis, entry: str = "", passed_on: str = "", although: str = "") -> Referral:
    """Note that an organisation was asked to help.

    Args:
        entry: of the social map, where the organisation is one of it.
        passed_on: the very words that are passed on.
        although: why it is asked although a reason speaks against it.

    Raises:
        BasisRefused: the consent does not count today, or is for another recipient or purpose.
        WrongUse: no organisation, no purpose, or no reason for another basis.
        NotPermitted: only who may let something leave refers.
    """
    _may(desk, "disclose", ref)
    to, why = notes.said(organisation, "organisation"), notes.said(purpose, "purpose")
    _require(desk, ref, to, why, basis)
    made = Referral(f"V{secrets.token_hex(3).upper()}", to, why, basis.consent or f"{basis.kind}: {basis.reason.strip()}", desk.today, desk.person,
                    entry=entry, passed_on=passed_on, although=notes.said(although, "although", required=False))
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


def answer(desk: Desk, ref: str, id: str, state: ReferralState, words: str = "", *, outcome: str = "", remind_on: date | None = None) -> Referral:
    """Note what the organisation answered, that the person was there, what came of it, or that the question was taken back.

    Args:
        outcome: one of `OUTCOMES`, for `ended`; that it is not known is an outcome too.
        remind_on: when somebody asks again; None leaves it to the days that are usual.

    Raises:
        WrongUse: there is no such referral that waits for this, a refusal without its reason, an end without its outcome, or a day that has gone by.
    """
    _may(desk, "write", ref)
    if state not in ANSWERS:
        raise WrongUse(f"referral: the answer is one of {', '.join(ANSWERS)}.")
    if (state == "ended") != (outcome in OUTCOMES):
        raise WrongUse(f"referral: what came of it is one of {', '.join(OUTCOMES)}, and belongs to its end.")
    if remind_on is not None and remind_on < desk.today:
        raise WrongUse("referral: the day of the reminder has gone by.\n  Name a day to come, or none.")
    kept = notes.said(words, "reason of the refusal", required=state == "refused")
    waiting = next((one for one in referrals(desk, ref) if one.id == id and state in AFTER.get(one.state, ())), None)
    if waiting is None:
        raise WrongUse("referral: none with this number waits for this answer.\n  It may have been answered meanwhile.")
    answered = replace(_after(waiting, state, kept, outcome, desk.today), remind_on=remind_on)
    notes.change(desk, ref, REFERRALS, lambda there: [answered.to_body() if one["id"] == id else one for one in there])
    return answered


def _after(one: Referral, state: ReferralState, words: str, outcome: str, today: date) -> Referral:
    """A referral with its next step; what it said on the way stays."""
    if state == "seen":
        return replace(one, state=state, seen_on=today, words=words or one.words)
    if state == "ended":
        return replace(one, state=state, ended_on=today, outcome=outcome, outcome_words=words)
    return replace(one, state=state, answered_on=today, words=words)


def referrals(desk: Desk, ref: str) -> tuple[Referral, ...]:
    """Every referral of a case, oldest first."""
    _may(desk, "read", ref)
    return tuple(Referral.from_body(one) for one in notes.entries(desk, ref, REFERRALS))
