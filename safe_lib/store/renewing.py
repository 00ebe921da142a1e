"""A new key for a case: everything it says is opened with the old key and sealed with the new one, all or nothing.

The old key is kept under the new one, for the lines of the audit trail, which are never rewritten.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from safe_lib.store import answers, audit, boxes, casekeys, cases, erasing, grounds, hours, papers, people, releases, reports, retention
from safe_lib.store.sealing import Box
from safe_lib.store.tables import (
    ANSWERS,
    ASSESSMENTS,
    ASSIGNMENTS,
    BATCH,
    CASE_KEYS,
    CASES,
    COUNTED,
    DISCLOSURES,
    EXCLUSIONS,
    EXTENSIONS,
    FACTS,
    GLASS,
    GROUNDS,
    IDENTITIES,
    NOTICES,
    OPINIONS,
    PAPERS,
    PAST_KEYS,
    PEOPLE,
    REPORTS,
    TOMBSTONES,
)
from safe_lib.store.trouble import no_such_case

GUARD: Final = "renewing"  # the fact that opens the triggers for one case, inside one transaction
CONTENT: Final = (COUNTED, EXTENSIONS, DISCLOSURES, REPORTS, GROUNDS, ASSESSMENTS, PAPERS, ANSWERS, IDENTITIES)  # every table that holds what a case says
KEPT_APART: Final = (BATCH, OPINIONS, GLASS, EXCLUSIONS, ASSIGNMENTS, PAST_KEYS, CASE_KEYS)
MOST_AT_ONCE: Final = 50  # cases renewed when somebody comes in; the others wait for the next word written in them


def renew(connection: Connection, ref: str) -> Box:
    """Give a case a new key; those who may read it hold it afterwards.

    Raises:
        CaseNotFound: the person at work holds no key of it.
    """
    old = boxes.box_of(connection, ref)
    number = connection.execute(select(CASES.c.vault).where(CASES.c.ref == ref)).scalar_one()
    past = [*_past(connection, old), (old.version, number, old.key)]
    casekeys.give_new(connection, ref, version=old.version + 1)
    new = boxes.box_of(connection, ref)
    connection.execute(insert(FACTS), {"name": GUARD, "value": ref})
    for part in (cases, answers, papers, grounds, reports, retention, releases):
        part.renew(connection, old, new)
    connection.execute(delete(FACTS).where(FACTS.c.name == GUARD))
    connection.execute(delete(PAST_KEYS).where(PAST_KEYS.c.ref == ref))
    for version, vault, key in past:
        connection.execute(insert(PAST_KEYS), {"ref": ref, "version": version, "vault": vault, "sealed": new.seal("past_keys", (version,), key)})
    return new


def must_catch_up(connection: Connection) -> bool:
    """Something changed about who may hold keys since this person last looked."""
    me = boxes.holder_of(connection).ring.person
    seen = connection.execute(select(PEOPLE.c.caught_up).where(PEOPLE.c.id == me)).scalar()
    return seen is not None and seen != casekeys.changes(connection)


def catch_up(connection: Connection, *, all_cases: bool = False) -> int:
    """Give keys to those who should hold one, and new keys to cases that wait for one; how many cases were renewed."""
    me = boxes.holder_of(connection).ring.person
    done = left = 0
    people.share_emergency(connection)
    for row in connection.execute(select(CASES.c.ref).order_by(CASES.c.changed.desc())).all():
        if casekeys.own_half(connection, row.ref) is None:
            continue
        casekeys.adjust(connection, row.ref)
        if not connection.execute(select(CASES.c.key_due).where(CASES.c.ref == row.ref)).scalar():
            continue
        if all_cases or done < MOST_AT_ONCE:
            renew(connection, row.ref)
            done += 1
        else:
            left += 1
    if not left:
        connection.execute(update(PEOPLE).where(PEOPLE.c.id == me).values(caught_up=casekeys.changes(connection)))
    return done


def follow_policy(connection: Connection) -> None:
    """Who may hold keys follows from what the team settled: take and give for every case."""
    for ref in connection.execute(select(CASES.c.ref)).scalars().all():
        casekeys.adjust(connection, ref)
    casekeys.note_change(connection)
    catch_up(connection)


def erase(connection: Connection, ref: str, *, by: str, at: datetime) -> None:
    """Take a case out of the database; its halves in the vault are overwritten once this is on the disk (`erasing.finish`).

    Raises:
        CaseNotFound: there is no such case.
    """
    numbers = connection.execute(select(CASES.c.vault).where(CASES.c.ref == ref)).scalars().all()
    if not numbers:
        raise no_such_case(ref)
    numbers = [*numbers, *connection.execute(select(PAST_KEYS.c.vault).where(PAST_KEYS.c.ref == ref)).scalars()]
    for table in (*CONTENT, *KEPT_APART):
        connection.execute(delete(table).where(table.c.ref == ref))
    hours.forget_case(connection, ref)
    connection.execute(update(NOTICES).where(NOTICES.c.ref == ref).values(seen=at))
    connection.execute(delete(CASES).where(CASES.c.ref == ref))
    connection.execute(insert(TOMBSTONES), {"ref": ref, "by": by, "at": at})
    holder = boxes.holder_of(connection)
    holder.boxes.pop(ref, None)
    holder.opened = (0.0, {})  # what was opened of it a moment ago
    audit.add(connection, by=by, at=at, what="case.erased", ref=ref)
    erasing.begin(connection, [number for number in numbers if number])


def _past(connection: Connection, box: Box) -> list[tuple[int, bytes, bytes]]:
    rows = connection.execute(select(PAST_KEYS).where(PAST_KEYS.c.ref == box.ref)).all()
    return [(row.version, row.vault, box.open("past_keys", (row.version,), row.sealed)) for row in rows]
