"""Whether something lies inside what was agreed with a partner. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from safe_lib.engine.consents import same
from safe_lib.model.errors import NotPermitted
from safe_lib.model.sharing import Protocol

_MESSAGES: Final[Mapping[str, str]] = {
    "not_yet": "the protocol has not begun.\n  It begins on {begins}.",
    "over": "the protocol ended on {until}.\n  Agree it anew with the partner, in writing.",
    "purpose": "this purpose is not in the protocol.\n  It names: {purposes}.",
    "basis": "this basis is not in the protocol.\n  It names: {bases}.",
    "workbook": "this workbook is not in the protocol.\n  It names: {workbooks}.",
    "profile": "this kind of report is not in the protocol.\n  It names: {profile}.",
    "too_soon": "the last one about this person went out less than {days} days ago.\n  Wait, or agree otherwise with the partner.",
    "key": "this is not the key that the protocol names.\n  Ask the partner in person whether it changed, and change the protocol.",
}


def outside(protocol: Protocol, *, workbook: str, profile: str, purpose: str, basis: str, last: date | None, today: date) -> str:
    """Why something lies outside a protocol; empty where it lies inside.

    Args:
        basis: kind of the basis.
        last: the day the last one about this person went to this partner; None where none did.
    """
    checks = (
        ("not_yet", today < protocol.begins), ("over", today > protocol.until), ("workbook", workbook not in protocol.sends),
        ("profile", profile != protocol.profile), ("purpose", not any(same(purpose, one) for one in protocol.purposes)), ("basis", basis not in protocol.bases),
        ("too_soon", last is not None and today < last + timedelta(days=protocol.days_between)),
    )
    return next((key for key, holds in checks if holds), "")


def refusal(key: str, protocol: Protocol) -> NotPermitted:
    """That something lies outside, in a sentence; nothing of a case is in it."""
    facts = {"begins": protocol.begins.isoformat(), "until": protocol.until.isoformat(), "purposes": ", ".join(protocol.purposes),
             "bases": ", ".join(protocol.bases), "workbooks": ", ".join(sorted(protocol.sends)), "days": protocol.days_between,
             "profile": protocol.profile}
    return NotPermitted(f"{protocol.id}: {_MESSAGES[key].format(**facts)}")
