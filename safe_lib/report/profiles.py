"""Who a report is for, and what it may hold. What a profile leaves out is never put into the document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from safe_lib.catalogue import paths
from safe_lib.catalogue.reading import read_yaml
from safe_lib.model.errors import ReportError


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of reader gets."""

    id: str
    views: frozenset[str]
    notes: bool = False  # the notes of staff beside answers
    account_notes: bool = False  # the same where an account is what a report is for
    everything: bool = False  # findings that do not hold as well
    plan_details: bool = False  # owners, dates and proofs of the plan
    suggestions: bool = False  # what the rules suggest to staff: it names raised domains and hard stops
    flags: bool = False  # what the rules ask staff to act on
    plain: bool = False  # plain words, addressed to the person it is about


def load_profile(id: str) -> Profile:
    """The profile of a report; the page itself sees everything.

    Args:
        id: such as `partner`; `partner@PROTOCOL/WORKBOOK` is what a sharing protocol leaves of it for one workbook.

    Raises:
        ReportError: there is no such profile.
    """
    return _narrowed(*id.partition("@")[::2]) if "@" in id else _written(id)


@lru_cache(maxsize=16)
def _written(id: str) -> Profile:
    if id == "page":
        return Profile("page", frozenset(), notes=True, account_notes=True, everything=True, plan_details=True, suggestions=True, flags=True)
    written = read_yaml(paths.TEMPLATES / "report" / "profiles.yaml").value
    if id not in written:
        raise ReportError(f'report: there is no profile "{id}".\n  There are: {", ".join(written)}.')
    said = written[id]
    choices = {key: bool(said.get(key, False)) for key in ("notes", "account_notes", "everything", "plan_details", "suggestions", "flags", "plain")}
    return Profile(id, frozenset(said["views"]), **choices)


def narrowed(profile: str, protocol: str, workbook: str) -> str:
    """The id of a profile as far as a sharing protocol lets it go for one workbook."""
    return f"{profile}@{protocol}/{workbook}"


def _narrowed(profile: str, agreed: str) -> Profile:
    from safe_lib.catalogue.protocols import load_protocol

    protocol, _, workbook = agreed.partition("/")
    whole = load_profile(profile)
    return replace(whole, views=whole.views & load_protocol(protocol).sends.get(workbook, frozenset()))
