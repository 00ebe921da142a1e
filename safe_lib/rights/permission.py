"""May this person do this? The one place that answers; every door asks it through `casework`.

For now everybody who is signed in works on all cases of the store. Roles, cases assigned to volunteers, exclusions and
two-person steps belong here and nowhere else: `TABLE` is what grows. `propose` and `confirm` are about country information
and no case; that they are two persons' work is kept by the store (`safe_lib/store/proposals.py`).
"""

from __future__ import annotations

from typing import Final, Literal

from safe_lib.model.errors import NotPermitted

Verb = Literal["list", "open", "read", "write", "report", "disclose", "assess", "evaluate", "propose", "confirm"]
Role = Literal["specialist", "nobody"]

TABLE: Final[dict[Role, frozenset[str]]] = {
    "specialist": frozenset({"list", "open", "read", "write", "report", "disclose", "assess", "evaluate", "propose", "confirm"}),
    "nobody": frozenset(),
}


def may(role: Role, verb: Verb, ref: str = "") -> bool:
    """Whether a role allows a verb on a case (or on the list of cases, without a reference)."""
    return verb in TABLE[role]


def require(role: Role, verb: Verb, ref: str = "") -> None:
    """Refuse what is not allowed.

    Raises:
        NotPermitted: in words that do not say whether the case exists.
    """
    if not may(role, verb, ref):
        raise NotPermitted(f"{ref or 'the store'}: this is not open to you ({verb}).\n  Ask the coordinator.")
