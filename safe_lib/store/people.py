"""The people of a store: who they are, their roles, their public keys; and the emergency person, who is nobody.

Managing people needs no key of any case: an administrator adds, removes and changes people and reads nothing.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from safe_lib.model.errors import NotPermitted, StoreError, WrongUse
from safe_lib.model.person import IN_EMERGENCY, ROLES, Member
from safe_lib.store import audit, boxes, casekeys
from safe_lib.store.boxes import MACHINE
from safe_lib.store.sealing import new_private, opened_by, public_of, sealed_to
from safe_lib.store.slots import KeyRing
from safe_lib.store.tables import CASE_KEYS, CASES, EMERGENCY, LEARNING, OPINIONS, PEOPLE, whole

_USER = re.compile(r"[\w][\w.@+-]{1,39}")
GUEST_ROLES: Final = frozenset({"specialist", "coordinator"})  # of whoever joins a training store

_ONE = select(PEOPLE).where(PEOPLE.c.id == bindparam("person"))
_NAMED = select(PEOPLE).where(PEOPLE.c.user == bindparam("named"), PEOPLE.c.status == "active")
_EVERY = select(PEOPLE).where(PEOPLE.c.status != "machine").order_by(PEOPLE.c.user)
_ADD = insert(PEOPLE)


def new_id() -> str:
    """A number by chance for a person."""
    return secrets.token_hex(8)


def add(connection: Connection, ring: KeyRing, name: str, roles: Iterable[str], *, by: str, at: datetime, renew: bool = False) -> Member:
    """Enter a person whose keys were made; who may read what follows from their roles.

    Raises:
        WrongUse: no such role, or a user name that cannot be one.
        StoreError: the user name is taken, or belonged to somebody who left.
    """
    user, chosen = checked_user(ring.user), checked_roles(roles)
    if connection.execute(select(PEOPLE.c.id).where(PEOPLE.c.user == user)).first() is not None:
        raise StoreError("people: this user name is taken, or somebody who left had it.\n  Choose another one.")
    connection.execute(_ADD, {
        "id": ring.person, "user": user, "name": whole(name.strip()) or user, "roles": " ".join(sorted(chosen)), "public": public_of(ring.private),
        "status": "active", "code": None, "code_used": 0, "recovery": "", "renew": renew, "caught_up": 0, "made": at, "removed": None})
    casekeys.note_change(connection)
    share_emergency(connection)
    _require_emergency(connection)
    audit.add(connection, by=by, at=at, what="person.added", detail=f"{user}: {', '.join(sorted(chosen))}")
    return get(connection, ring.person)


def every(connection: Connection) -> tuple[Member, ...]:
    """Everybody there is or was, by user name."""
    return tuple(_member(row) for row in connection.execute(_EVERY))


def get(connection: Connection, person: str) -> Member:
    """The person with this number; NotPermitted where they may not work here any more."""
    row = connection.execute(_ONE, {"person": person}).first()
    if row is None or row.status != "active":
        raise NotPermitted("people: you may not work in this store any more.\n  Ask whoever looks after its people.")
    return _member(row)


def as_seen(connection: Connection, ring: KeyRing, *, training: bool) -> Member:
    """The person at work with the roles they have now; a guest of a training store has a guest's roles.

    Raises:
        NotPermitted: they were removed, or a guest comes to a store with real persons.
    """
    member = get(connection, ring.person)
    if not ring.guest:
        return member
    if not training:
        raise NotPermitted("people: only a training store has guests.\n  Sign in under your own name.")
    return replace(member, user=ring.user, name=ring.user, roles=GUEST_ROLES, guest=True, must_renew=False, has_code=False)


def named(connection: Connection, user: str) -> Member:
    """The active person with this user name.

    Raises:
        StoreError: there is none.
    """
    row = connection.execute(_NAMED, {"named": user}).first()
    if row is None:
        raise StoreError("people: there is nobody with this user name.\n  See: safe user list.")
    return _member(row)


def name_of(connection: Connection, person: str) -> str:
    """The user name of a person, also of one who left."""
    return str(connection.execute(select(PEOPLE.c.user).where(PEOPLE.c.id == person)).scalar() or "")


def remove(connection: Connection, who: Member, *, by: str, at: datetime) -> None:
    """Take everything from somebody who leaves; their lines in the audit trail stay.

    Raises:
        WrongUse: nobody would be left who manages people, or who holds the keys of the cases.
    """
    _require_left(connection, who, frozenset())
    casekeys.take_everything(connection, who.id)
    for table in (LEARNING, OPINIONS):
        connection.execute(delete(table).where(table.c.person == who.id))
    connection.execute(update(PEOPLE).where(PEOPLE.c.id == who.id).values(status="removed", removed=at, code=None, recovery=""))
    _turn_emergency(connection, who.id)
    casekeys.note_change(connection)
    audit.add(connection, by=by, at=at, what="person.removed", detail=who.user)


def set_roles(connection: Connection, who: Member, roles: Iterable[str], *, by: str, at: datetime) -> Member:
    """Give somebody these roles and no others; keys that they may not hold any more are taken at once."""
    chosen = checked_roles(roles)
    _require_left(connection, who, chosen)
    connection.execute(update(PEOPLE).where(PEOPLE.c.id == who.id).values(roles=" ".join(sorted(chosen))))
    for ref in connection.execute(select(CASES.c.ref)).scalars().all():
        casekeys.adjust(connection, ref)
    if who.has(*IN_EMERGENCY) and not chosen & IN_EMERGENCY:
        _turn_emergency(connection, who.id)
    share_emergency(connection)
    _require_emergency(connection)
    casekeys.note_change(connection)
    audit.add(connection, by=by, at=at, what="person.roles", detail=f"{who.user}: {', '.join(sorted(chosen))}")
    return get(connection, who.id)


def set_keys(connection: Connection, ring: KeyRing, *, by: str, at: datetime) -> None:
    """New keys for somebody who lost the passphrase. What was sealed to the old ones is lost to them until a holder gives it again.

    Codes that were on stay demanded: after a reset only a recovery code lets in (SEC-19).
    """
    connection.execute(delete(CASE_KEYS).where(CASE_KEYS.c.person == ring.person))
    connection.execute(delete(EMERGENCY).where(EMERGENCY.c.person == ring.person))
    connection.execute(update(PEOPLE).where(PEOPLE.c.id == ring.person).values(public=public_of(ring.private), renew=True))
    casekeys.note_change(connection)
    share_emergency(connection)
    audit.add(connection, by=by, at=at, what="person.reset", detail=ring.user)


def found_emergency(connection: Connection, *, at: datetime) -> None:
    """The person that nobody is, in a new store."""
    connection.execute(_ADD, {"id": MACHINE, "user": f"({MACHINE})", "name": "", "roles": "", "public": b"", "status": "machine", "code": None, "code_used": 0,
                              "recovery": "", "renew": False, "caught_up": 0, "made": at, "removed": None})
    _turn_emergency(connection, "")


def share_emergency(connection: Connection) -> None:
    """Seal the emergency key to those who may break the glass and do not have it, if the person at work has it."""
    holder = boxes.holder_of(connection)
    sealed = connection.execute(select(EMERGENCY.c.sealed).where(EMERGENCY.c.person == holder.ring.person)).scalar()
    if sealed is None:
        return
    private = opened_by(holder.ring.private, sealed, MACHINE)
    held = set(connection.execute(select(EMERGENCY.c.person)).scalars())
    for row in _may_break_glass(connection):
        if row.id not in held:
            connection.execute(insert(EMERGENCY), {"person": row.id, "sealed": sealed_to(row.public, private, MACHINE)})


def _require_emergency(connection: Connection) -> None:
    """Where nobody has the emergency key who could give it on, there is a new one."""
    if _may_break_glass(connection) and connection.execute(select(EMERGENCY.c.person).limit(1)).first() is None:
        _turn_emergency(connection, "")


def _turn_emergency(connection: Connection, without: str) -> None:
    """A new emergency key for those who may have it; holders of cases seal them to it at their next opening."""
    private = new_private()
    connection.execute(delete(EMERGENCY))
    connection.execute(delete(CASE_KEYS).where(CASE_KEYS.c.person == MACHINE))
    connection.execute(update(PEOPLE).where(PEOPLE.c.id == MACHINE).values(public=public_of(private)))
    for row in _may_break_glass(connection):
        if row.id != without:
            connection.execute(insert(EMERGENCY), {"person": row.id, "sealed": sealed_to(row.public, private, MACHINE)})


def _may_break_glass(connection: Connection) -> list[Any]:
    rows = connection.execute(select(PEOPLE.c.id, PEOPLE.c.roles, PEOPLE.c.public).where(PEOPLE.c.status == "active")).all()
    return [row for row in rows if IN_EMERGENCY & set(row.roles.split())]


def checked_user(user: str) -> str:
    """A user name; WrongUse where it cannot be one."""
    if _USER.fullmatch(user) is None:
        raise WrongUse("people: a user name has 2 to 40 letters, digits and . @ + - _, without blanks.")
    return user


def checked_roles(roles: Iterable[str]) -> frozenset[str]:
    """Roles; WrongUse where there is no such role, or none."""
    chosen = frozenset(roles)
    if not chosen or not chosen <= set(ROLES):
        raise WrongUse(f"people: a person has one or more of these roles: {', '.join(ROLES)}.")
    return chosen


def _require_left(connection: Connection, who: Member, roles: frozenset[str]) -> None:
    others = [one for one in every(connection) if one.active and one.id != who.id]
    if who.has("administrator") and "administrator" not in roles and not any(one.has("administrator") for one in others):
        raise WrongUse("people: nobody would be left who manages people.\n  Make somebody else administrator first.")
    cases = connection.execute(select(CASES.c.ref).limit(1)).first() is not None
    if cases and who.has("coordinator") and "coordinator" not in roles and not any(one.has("coordinator") for one in others):
        raise WrongUse("people: nobody would be left who holds the keys of all cases.\n  Make somebody else coordinator first.")


def _member(row: Row[Any]) -> Member:
    return Member(row.id, row.user, row.name, frozenset(row.roles.split()), row.status == "active", row.code is not None,
                  len(row.recovery.split()), row.renew)
