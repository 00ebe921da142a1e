"""The weekly digest: the coordination workbook run by papermill for each colleague, and sealed to them.

It never touches the disk outside the store, and whoever makes it cannot open it again: of a volunteer's cases it tells the
volunteer, of the team's the coordinator.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from safe_lib.casework import Desk, _may
from safe_lib.catalogue import load_texts
from safe_lib.model.person import ASSIGNED, Member
from safe_lib.report.make import document_of, written

WORKBOOK: Final = "coordination"
PROFILE: Final = "digest"
FORMAT: Final = "json"  # shown within the suite, where it can be left and locked at once
COORDINATOR: Final = "coordinator"


@dataclass(frozen=True, slots=True)
class MadeDigest:
    """One digest: for whom, of which week."""

    user: str
    week: str
    size: int  # bytes


def week_of(desk: Desk) -> str:
    """The week of a day by ISO 8601, such as 2026-W48."""
    year, week, _ = desk.today.isocalendar()
    return f"{year}-W{week:02}"


def readers(desk: Desk) -> tuple[Member, ...]:
    """Coordinators, and everybody who may work on cases."""
    return tuple(one for one in desk.open_store().people() if one.active and one.has(COORDINATOR, *ASSIGNED))


def make_digests(desk: Desk) -> tuple[MadeDigest, ...]:
    """Make the digest of the week for every reader; made again, it takes the place of the earlier one. Each is told of theirs.

    Raises:
        NotPermitted: only a coordinator or the batch account makes them.
    """
    store = _may(desk, "team.see_work")
    made = []
    for one in readers(desk):
        week, content = week_of(desk), digest_for(desk, one)
        store.keep_digest(one.user, week, content, by=desk.person, at=desk.now())
        store.tell([one.user], "digest.made", "", by=desk.person, at=desk.now())
        made.append(MadeDigest(one.user, week, len(content)))
    return tuple(made)


def digest_for(desk: Desk, reader: Member) -> bytes:
    """What one colleague is told: a coordinator of the team, others of their own cases and hours."""
    of = "" if reader.has(COORDINATOR) else reader.user
    document = document_of(replace(desk, for_list=True), "", WORKBOOK, PROFILE, about=of)
    title = load_texts(desk.language)("coord.digest_title", week=week_of(desk), day=desk.today.isoformat())
    return written(replace(document, reference=week_of(desk), title=title), FORMAT)
