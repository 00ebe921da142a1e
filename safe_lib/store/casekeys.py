"""Who holds the key of a case: given when it is opened, assigned or shared, taken when somebody leaves or is excluded.

Giving a key needs somebody who holds it; taking one does not. Whoever loses a key may have kept it, so the case is
marked: before the next word is written it gets a new key (`renewing`), and what the person kept opens nothing new.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from safe_lib.model.errors import StoreError
from safe_lib.model.person import ASSIGNED, EVERY_CASE, TEAM
from safe_lib.store import boxes, settings
from safe_lib.store.boxes import MACHINE
from safe_lib.store.sealing import new_key, opened_by, sealed_to
from safe_lib.store.tables import ASSIGNMENTS, CASE_KEYS, CASES, EXCLUSIONS, FACTS, GLASS, PEOPLE

CHANGES: Final = "key_changes"  # name of a fact

_ACTIVE: Final = select(PEOPLE.c.id, PEOPLE.c.roles, PEOPLE.c.public).where(PEOPLE.c.status == "active")
_MACHINE: Final = select(PEOPLE.c.public).where(PEOPLE.c.id == MACHINE)
_ASSIGNED: Final = select(ASSIGNMENTS.c.person).where(ASSIGNMENTS.c.ref == bindparam("case"))
_EXCLUDED: Final = select(EXCLUSIONS.c.person).where(EXCLUSIONS.c.ref == bindparam("case"))
_HOLDERS: Final = select(CASE_KEYS.c.person).where(CASE_KEYS.c.ref == bindparam("case"))
_HALF: Final = select(CASE_KEYS.c.sealed).where(CASE_KEYS.c.ref == bindparam("case"), CASE_KEYS.c.person == bindparam("holder"))
_VERSION: Final = select(CASES.c.key_version).where(CASES.c.ref == bindparam("case"))
_GIVE: Final = insert(CASE_KEYS)
_ASSIGN: Final = insert(ASSIGNMENTS)
_SET: Final = update(CASES).where(CASES.c.ref == bindparam("case")).values(
    key_version=bindparam("version"), vault=bindparam("number"), key_due=False)
_DUE: Final = update(CASES).where(CASES.c.ref == bindparam("case")).values(key_due=True)


def make(connection: Connection, ref: str, *, by: str, at: datetime) -> None:
    """The first key of a new case, for those who may read it; whoever opens a case is assigned to it."""
    holder = boxes.holder_of(connection)
    connection.execute(_ASSIGN, {"ref": ref, "person": holder.ring.person, "by": by, "at": at})
    give_new(connection, ref, version=1)
    if boxes.find_box(connection, ref) is None:
        raise StoreError("store: this person could not read the case they open.\n  Ask somebody who works on cases to open it.")


def give_new(connection: Connection, ref: str, *, version: int) -> None:
    """Two new halves: one into the vault, one sealed to everybody who may read the case."""
    number, half = boxes.holder_of(connection).vault.add(), new_key()
    connection.execute(delete(CASE_KEYS).where(CASE_KEYS.c.ref == ref))
    connection.execute(_SET, {"case": ref, "version": version, "number": number})
    for person, public in readers(connection, ref).items():
        _give(connection, ref, person, public, half, version)


def readers(connection: Connection, ref: str) -> dict[str, bytes]:
    """Who may hold the key of a case, with their public keys. Being excluded stands above every role."""
    assigned = set(connection.execute(_ASSIGNED, {"case": ref}).scalars())
    excluded = set(connection.execute(_EXCLUDED, {"case": ref}).scalars())
    team = settings.get(connection, "open_to") == "team"
    found = {}
    for row in connection.execute(_ACTIVE):
        roles = set(row.roles.split())
        mine = roles & EVERY_CASE or (row.id in assigned and roles & ASSIGNED) or (team and roles & TEAM)
        if mine and row.id not in excluded:
            found[row.id] = row.public
    machine = connection.execute(_MACHINE).scalar()
    if machine and settings.get(connection, "emergency") == "on":
        found[MACHINE] = machine
    return found


def adjust(connection: Connection, ref: str) -> None:
    """Take the key from those who may not hold it any more, and give it to those who may and do not.

    Giving is left to the next holder who works, where the person at work holds no key of the case.
    """
    wanted, held = readers(connection, ref), set(connection.execute(_HOLDERS, {"case": ref}).scalars())
    lost = held - set(wanted)
    if lost:
        connection.execute(delete(CASE_KEYS).where(CASE_KEYS.c.ref == ref, CASE_KEYS.c.person.in_(sorted(lost))))
        connection.execute(_DUE, {"case": ref})
    missing = set(wanted) - held
    half = own_half(connection, ref) if missing else None
    if half is None:
        return
    version = connection.execute(_VERSION, {"case": ref}).scalar_one()
    for person in sorted(missing):
        _give(connection, ref, person, wanted[person], half, version)


def own_half(connection: Connection, ref: str) -> bytes | None:
    """The half that is sealed to the person at work; None where there is none."""
    holder = boxes.holder_of(connection)
    sealed = connection.execute(_HALF, {"case": ref, "holder": holder.ring.person}).scalar()
    if sealed is None:
        return None
    version = connection.execute(_VERSION, {"case": ref}).scalar_one()
    return opened_by(holder.ring.private, sealed, boxes.about_half(ref, version))


def changes(connection: Connection) -> int:
    """How often it changed who may hold keys; whoever holds keys compares it with what they last saw."""
    return int(connection.execute(select(FACTS.c.value).where(FACTS.c.name == CHANGES)).scalar() or 0)


def note_change(connection: Connection) -> None:
    """It changed who may hold keys: everybody who holds some looks at their next opening."""
    number = changes(connection) + 1
    connection.execute(delete(FACTS).where(FACTS.c.name == CHANGES))
    connection.execute(insert(FACTS), {"name": CHANGES, "value": str(number)})


def take_everything(connection: Connection, person: str) -> None:
    """Take every key from somebody who leaves, and mark each case that they could read."""
    known = {*connection.execute(select(CASE_KEYS.c.ref).where(CASE_KEYS.c.person == person)).scalars(),
             *connection.execute(select(GLASS.c.ref).where(GLASS.c.person == person)).scalars()}
    for ref in sorted(known):
        connection.execute(_DUE, {"case": ref})
    for table in (CASE_KEYS, ASSIGNMENTS):
        connection.execute(delete(table).where(table.c.person == person))


def _give(connection: Connection, ref: str, person: str, public: bytes, half: bytes, version: int) -> None:
    connection.execute(_GIVE, {"ref": ref, "person": person, "sealed": sealed_to(public, half, boxes.about_half(ref, version))})
