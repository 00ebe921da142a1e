"""Who works on a case, who may never see it, and who broke its glass in an emergency."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.model.person import ASSIGNED, Member
from safe_lib.store import audit, boxes, casekeys, notices, people, settings
from safe_lib.store.tables import ASSIGNMENTS, EXCLUSIONS, GLASS, OPINIONS, PEOPLE
from safe_lib.store.trouble import no_such_case

EMERGENCY_LASTS: Final = timedelta(minutes=60)
SHORTEST_REASON: Final = 10  # signs

_ASSIGNED = (select(PEOPLE.c.user).join(ASSIGNMENTS, ASSIGNMENTS.c.person == PEOPLE.c.id)
             .where(ASSIGNMENTS.c.ref == bindparam("case")).order_by(PEOPLE.c.user))
_EXCLUDED = (select(PEOPLE.c.user).join(EXCLUSIONS, EXCLUSIONS.c.person == PEOPLE.c.id)
             .where(EXCLUSIONS.c.ref == bindparam("case")).order_by(PEOPLE.c.user))


def assigned(connection: Connection, ref: str) -> tuple[str, ...]:
    """User names of those who work on a case."""
    return tuple(connection.execute(_ASSIGNED, {"case": ref}).scalars())


def excluded(connection: Connection, ref: str) -> tuple[str, ...]:
    """User names of those who may never see a case."""
    return tuple(connection.execute(_EXCLUDED, {"case": ref}).scalars())


def is_assigned(connection: Connection, ref: str, person: str) -> bool:
    """This person works on the case."""
    return connection.execute(select(ASSIGNMENTS.c.ref).where(ASSIGNMENTS.c.ref == ref, ASSIGNMENTS.c.person == person)).first() is not None


def is_excluded(connection: Connection, ref: str, person: str) -> bool:
    """This person may never see the case."""
    return connection.execute(select(EXCLUSIONS.c.ref).where(EXCLUSIONS.c.ref == ref, EXCLUSIONS.c.person == person)).first() is not None


def is_mine(connection: Connection, ref: str) -> bool:
    """The person at work is assigned to the case, or broke its glass within the hour."""
    holder = boxes.holder_of(connection)
    return is_assigned(connection, ref, holder.ring.person) or boxes.broke_glass(connection, ref)


def assign(connection: Connection, ref: str, who: Member, *, by: str, at: datetime) -> None:
    """Let somebody work on a case: they get its key.

    Raises:
        WrongUse: no role of theirs works on cases that are assigned.
        NotPermitted: they are excluded from it.
    """
    boxes.box_of(connection, ref)
    if not who.has(*ASSIGNED):
        raise WrongUse(f"{ref}: cases are assigned to a specialist or a volunteer.\n  Change the roles of this person first.")
    if is_excluded(connection, ref, who.id):
        raise NotPermitted(f"{ref}: this person is excluded from the case.\n  Ask whoever excluded them.")
    if not is_assigned(connection, ref, who.id):
        connection.execute(insert(ASSIGNMENTS), {"ref": ref, "person": who.id, "by": by, "at": at})
        casekeys.adjust(connection, ref)
        audit.add(connection, by=by, at=at, what="case.assigned", ref=ref, detail=who.user)
        notices.tell(connection, who.id, "case.assigned", ref, by=by, at=at)


def unassign(connection: Connection, ref: str, who: Member, *, by: str, at: datetime) -> None:
    """Take somebody off a case: their key goes, and the case gets a new one."""
    boxes.box_of(connection, ref)
    connection.execute(delete(ASSIGNMENTS).where(ASSIGNMENTS.c.ref == ref, ASSIGNMENTS.c.person == who.id))
    casekeys.adjust(connection, ref)
    audit.add(connection, by=by, at=at, what="case.unassigned", ref=ref, detail=who.user)
    if boxes.find_box(connection, ref) is not None:  # who takes themselves off may not read it any more
        boxes.box_to_write(connection, ref)


def exclude(connection: Connection, ref: str, who: Member, *, reason: str, by: str, at: datetime) -> None:
    """Keep somebody away from a case for good, whatever their roles: a relative, a neighbour, a former employer."""
    boxes.box_of(connection, ref)
    if is_excluded(connection, ref, who.id):
        return
    if not set(casekeys.readers(connection, ref)) - {who.id, boxes.MACHINE}:
        raise WrongUse(f"{ref}: nobody would be left who can read this case.\n  Assign it to somebody else first.")
    audit.add(connection, by=by, at=at, what="case.excluded", ref=ref, detail=f"{who.user}: {reason}")
    connection.execute(insert(EXCLUSIONS), {"ref": ref, "person": who.id, "by": by, "at": at})
    connection.execute(delete(ASSIGNMENTS).where(ASSIGNMENTS.c.ref == ref, ASSIGNMENTS.c.person == who.id))
    for table in (GLASS, OPINIONS):
        connection.execute(delete(table).where(table.c.ref == ref, table.c.person == who.id))
    casekeys.adjust(connection, ref)
    if boxes.find_box(connection, ref) is not None:
        boxes.box_to_write(connection, ref)


def include(connection: Connection, ref: str, who: Member, *, reason: str, by: str, at: datetime) -> None:
    """Take an exclusion back."""
    boxes.box_of(connection, ref)
    connection.execute(delete(EXCLUSIONS).where(EXCLUSIONS.c.ref == ref, EXCLUSIONS.c.person == who.id))
    casekeys.adjust(connection, ref)
    audit.add(connection, by=by, at=at, what="case.included", ref=ref, detail=f"{who.user}: {reason}")


def break_glass(connection: Connection, ref: str, *, reason: str, by: str, at: datetime) -> datetime:
    """Open a case that is not one's own, for an hour, in an emergency; who is responsible learns of it at once.

    Raises:
        WrongUse: no reason that somebody else could follow.
        NotPermitted: the team does not allow it.
        CaseNotFound: there is no such case, or it cannot be opened so.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise WrongUse(f"emergency: write why, in at least {SHORTEST_REASON} signs.\n  It is shown to the coordinator and the person responsible.")
    if settings.get(connection, "emergency") != "on":
        raise NotPermitted("emergency: this team does not open cases in this way.\n  Ask the coordinator.")
    holder = boxes.holder_of(connection)
    me = holder.ring.person
    if is_excluded(connection, ref, me) or boxes.emergency_half(connection, ref) is None:
        raise no_such_case(ref)
    until = at + EMERGENCY_LASTS
    connection.execute(delete(OPINIONS).where(OPINIONS.c.ref == ref, OPINIONS.c.person == me))  # who opens it in need reads it blind no more
    holder.blind = None
    connection.execute(insert(GLASS), {"ref": ref, "person": me, "until": until, "by": by, "at": at})
    audit.add(connection, by=by, at=at, what="glass.broken", ref=ref, detail=reason.strip())
    for person in {*responsible(connection, ref)} - {me}:
        notices.tell(connection, person, "glass.broken", ref, by=by, at=at)
    return until


def responsible(connection: Connection, ref: str) -> set[str]:
    """Who is told of what happens to a case: those who work on it, and the coordinators, but nobody who is excluded."""
    working = connection.execute(select(ASSIGNMENTS.c.person).where(ASSIGNMENTS.c.ref == ref)).scalars()
    coordinators = (one.id for one in people.every(connection) if one.active and one.has("coordinator"))
    return {person for person in (*working, *coordinators) if not is_excluded(connection, ref, person)}


