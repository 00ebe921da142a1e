"""Children, and people whose age is in doubt: a guardian and a note on what is best for the child, before more is done (PRI-13).

The basis is the Convention on the Rights of the Child, Art. 3 and 12, and Directive 2011/36/EU, Art. 13 to 16. Saving an
observation is never stopped; the page says what is missing, and a case is not closed and nothing given on paper without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.model.processing import BEST_INTEREST

AS_A_CHILD: Final = ("child", "disputed")  # age groups; who may be a child is treated as one until it is settled


@dataclass(frozen=True, slots=True)
class BestInterest:
    """What is best for the child, who speaks for the child, and what the child says."""

    guardian: str  # a role and a service, never a name
    note: str  # what is best for the child, and why
    view: str  # what the child says about it, or why nobody asked
    by: str = ""
    on: str = ""  # ISO day


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether the extra care for children applies, and what is missing of it: `guardian`, `note`."""

    applies: bool
    missing: tuple[str, ...] = ()


def gate(desk: Desk, ref: str) -> Gate:
    """What is still missing for a child, or for somebody whose age is in doubt."""
    if casework.person_facts(desk, ref).age_group not in AS_A_CHILD:
        return Gate(False)
    note = best_interest(desk, ref)
    return Gate(True, tuple(name for name, there in (("guardian", note and note.guardian), ("note", note and note.note)) if not there))


def best_interest(desk: Desk, ref: str) -> BestInterest | None:
    """The note as last written; earlier versions are kept."""
    paper = casework.paper(desk, ref, BEST_INTEREST)
    return BestInterest(**paper.body) if paper else None


def write_best_interest(desk: Desk, ref: str, guardian: str, note: str, view: str) -> BestInterest:
    """Write the note, or write it anew.

    Raises:
        WrongUse: nobody is named as guardian or as having been asked for one, or one of the two texts is missing.
    """
    said = {"guardian": guardian.strip(), "note": note.strip(), "view": view.strip()}
    if not all(said.values()):
        raise WrongUse("best interest: write down who the guardian is or when one was asked for, what is best for the child, and what the child says.\n"
                       "  Where nobody could ask the child, write why.")
    body: dict[str, Any] = {**said, "by": desk.person, "on": desk.today.isoformat()}
    casework.save_paper(desk, ref, BEST_INTEREST, body)
    return BestInterest(**body)


def require_care(desk: Desk, ref: str) -> None:
    """Refuse what must not be done about a child before somebody wrote down who speaks for the child and what is best.

    Raises:
        NotPermitted: in words that do not tell the age.
    """
    if gate(desk, ref).missing:
        raise NotPermitted(f"{ref}: first write down who speaks for the person and what is best for them (page: Rights of the person).")
