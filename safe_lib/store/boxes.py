"""Which cases the person at work can open, and the key of each, ready for use.

What an open store can unlock hangs on its connection, so that every statement of a transaction finds the same. A case
without a key for this person is not there for them: the same words, whether it exists or not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, select

from safe_lib.model.errors import StoreError
from safe_lib.store.sealing import KEY, Box, derived, opened_by
from safe_lib.store.slots import KeyRing
from safe_lib.store.tables import CASE_KEYS, CASES, EMERGENCY, GLASS, OPINIONS, PAST_KEYS, PEOPLE
from safe_lib.store.trouble import no_such_case, store_error
from safe_lib.store.vault import Vault

HOLDER: Final = "safe_lib holder"  # name in the notes of a connection
OPENED_FOR: Final = 3.0  # seconds
MACHINE: Final = "emergency"  # id of the person that nobody is: its key opens every case to those who break the glass

_KEY = (select(CASES.c.key_version, CASES.c.key_due, CASES.c.vault, CASE_KEYS.c.sealed)
        .outerjoin(CASE_KEYS, and_(CASE_KEYS.c.ref == CASES.c.ref, CASE_KEYS.c.person == bindparam("holder")))
        .where(CASES.c.ref == bindparam("case")))
_MINE = (select(CASES.c.ref, CASES.c.key_version, CASES.c.vault, CASE_KEYS.c.sealed)
         .join(CASE_KEYS, CASE_KEYS.c.ref == CASES.c.ref).where(CASE_KEYS.c.person == bindparam("holder")))
_MY_GLASS = select(GLASS.c.ref).where(GLASS.c.person == bindparam("holder"), GLASS.c.until > bindparam("now"))
_PAST = select(PAST_KEYS.c.sealed).where(PAST_KEYS.c.ref == bindparam("case"), PAST_KEYS.c.version == bindparam("old"))
_BROKEN = select(GLASS.c.id).where(GLASS.c.ref == bindparam("case"), GLASS.c.person == bindparam("holder"), GLASS.c.until > bindparam("now")).limit(1)
_HOLDERS = (select(PEOPLE.c.user).join(CASE_KEYS, CASE_KEYS.c.person == PEOPLE.c.id)
            .where(CASE_KEYS.c.ref == bindparam("case"), PEOPLE.c.status == "active"))
_BLIND = select(OPINIONS.c.ref).where(
    OPINIONS.c.person == bindparam("holder"), OPINIONS.c.colleague == bindparam("name"), OPINIONS.c.status == "open")
_EMERGENCY = select(EMERGENCY.c.sealed).where(EMERGENCY.c.person == bindparam("holder"))


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Holder:
    """The person at work with their keys, and the boxes opened so far."""

    ring: KeyRing
    vault: Vault
    boxes: dict[str, tuple[bytes, Box]] = field(default_factory=dict)  # case → the sealed half it was made from, the box
    opened: tuple[float, dict[int, Any]] = field(default_factory=lambda: (0.0, {}))  # answers opened just now, by row: a page asks for each many times
    now: Callable[[], datetime] = _clock  # what ends after an hour ends by this clock
    watches: bool = False  # the tables are of today's form, so that cases which are to be read blind are known
    blind: frozenset[str] | None = None  # those cases, as they are in this transaction; None: not looked at yet
    lent: Mapping[str, Box] | None = None  # the keys of single cases, where no ring but these were handed over (`lending`)

    def __repr__(self) -> str:
        return "Holder()"

    def opened_now(self) -> dict[int, Any]:
        """What was opened within the last seconds; rows never change what they say, so it is right as long as it is kept."""
        if time.monotonic() - self.opened[0] > OPENED_FOR:
            self.opened = (time.monotonic(), {})
        return self.opened[1]

    def forget(self) -> None:
        """Let go of every key; a closed store holds none."""
        self.boxes.clear()
        self.lent = None if self.lent is None else {}
        self.opened = (0.0, {})
        self.ring = KeyRing("", "", "", bytes(KEY))


def hold(connection: Connection, holder: Holder) -> None:
    """From now on this connection reads and writes with these keys."""
    connection.info[HOLDER] = holder


def holder_of(connection: Connection) -> Holder:
    """Whose keys this connection has."""
    holder: Holder = connection.info[HOLDER]
    return holder


def find_box(connection: Connection, ref: str) -> Box | None:
    """The box of a case; None where there is no such case for this person."""
    holder = holder_of(connection)
    row = connection.execute(_KEY, {"case": ref, "holder": holder.ring.person}).first()
    if row is None or ref in blind_to(connection):
        return None
    if holder.lent is not None:
        return _lent(holder.lent, ref, row)
    half = (holder.ring.private, row.sealed) if row.sealed is not None else _in_emergency(connection, ref)
    if half is None:
        return None
    return _box(holder, ref, row, *half)


def every_box(connection: Connection) -> dict[str, Box | None]:
    """The boxes of all cases of the person at work, by reference: asked for at once, because a list may be long.

    None for a case whose key is damaged or not in the vault: it must not stand in the way of the others (REL-16).
    """
    holder = holder_of(connection)
    found: dict[str, Box | None] = {}
    if holder.lent is not None:
        return {ref: box for ref in holder.lent if (box := find_box(connection, ref))}
    hidden = blind_to(connection)
    for row in connection.execute(_MINE, {"holder": holder.ring.person}).all():
        if row.ref in hidden:
            continue
        try:
            found[row.ref] = _box(holder, row.ref, row, holder.ring.private, row.sealed)
        except StoreError:
            found[row.ref] = None
    for ref in connection.execute(_MY_GLASS, {"holder": holder.ring.person, "now": holder.now()}).scalars().all():
        found.setdefault(ref, find_box(connection, ref))
    return found


def blind_to(connection: Connection) -> frozenset[str]:
    """Cases about which the person at work gives a second opinion now: until they are done, no door shows them anything of these.

    Keys are kept and given all the same (`casekeys`), so that nobody else is shut out by it.
    """
    holder = holder_of(connection)
    if not holder.watches:
        return frozenset()
    if holder.blind is None:
        found = connection.execute(_BLIND, {"holder": holder.ring.person, "name": holder.ring.user}).scalars()
        holder.blind = frozenset(str(ref) for ref in found)
    return holder.blind


def _box(holder: Holder, ref: str, row: Any, private: bytes, sealed: bytes) -> Box:
    known = holder.boxes.get(ref)
    if known is None or known[0] != sealed or known[1].version != row.key_version:
        key = joined(ref, row.key_version, holder.vault.half(row.vault), opened_by(private, sealed, about_half(ref, row.key_version)))
        known = holder.boxes[ref] = (sealed, Box(ref, row.key_version, key))
    return known[1]


def box_of(connection: Connection, ref: str) -> Box:
    """The box of a case, to read; CaseNotFound where there is no such case for this person."""
    box = find_box(connection, ref)
    if box is None:
        raise no_such_case(ref)
    return box


def holders(connection: Connection, ref: str) -> tuple[str, ...]:
    """User names of those who hold the key of a case; the emergency person, who is nobody, is not among them."""
    rows = connection.execute(_HOLDERS, {"case": ref}).scalars()
    return tuple(sorted(str(user) for user in rows))


def box_to_write(connection: Connection, ref: str) -> Box:
    """The box of a case, to write. Where somebody lost the right to the case, it gets its new key first."""
    box = box_of(connection, ref)
    row = connection.execute(_KEY, {"case": ref, "holder": holder_of(connection).ring.person}).one()
    if not row.key_due or row.sealed is None:  # who broke the glass writes under the present key; whoever holds the case renews it
        return box
    if holder_of(connection).lent is not None:
        raise _changed_meanwhile(ref)
    from safe_lib.store.renewing import renew  # it knows every table of content, which all know this module

    return renew(connection, ref)


def past_box(connection: Connection, box: Box, version: int) -> Box | None:
    """An earlier key of the case; None where it is not kept."""
    if version == box.version:
        return box
    sealed = connection.execute(_PAST, {"case": box.ref, "old": version}).scalar()
    return None if sealed is None else Box(box.ref, version, box.open("past_keys", (version,), sealed))


def joined(ref: str, version: int, in_vault: bytes, in_database: bytes) -> bytes:
    """The key of a case from its two halves; neither alone says anything of it."""
    return derived(in_vault + in_database, f"case {ref} {version}")


def about_half(ref: str, version: int) -> str:
    """What a half is sealed for."""
    return f"half of {ref} {version}"


def _lent(lent: Mapping[str, Box], ref: str, row: Any) -> Box | None:
    """The key that was lent; None where none was, or where whoever lent it holds the case no more."""
    box = lent.get(ref)
    if box is None or row.sealed is None:
        return None
    if box.version != row.key_version:
        raise _changed_meanwhile(ref)
    return box


def _changed_meanwhile(ref: str) -> StoreError:
    return store_error(ref, "who may read this case changed while its key was lent; nothing was saved.", "Run the batch again.")


def _in_emergency(connection: Connection, ref: str) -> tuple[bytes, bytes] | None:
    """Key and sealed half for somebody who broke the glass of this case, while that lasts."""
    return emergency_half(connection, ref) if broke_glass(connection, ref) else None


def broke_glass(connection: Connection, ref: str) -> bool:
    """The person at work broke the glass of this case within the hour."""
    holder = holder_of(connection)
    return connection.execute(_BROKEN, {"case": ref, "holder": holder.ring.person, "now": holder.now()}).first() is not None


def emergency_half(connection: Connection, ref: str) -> tuple[bytes, bytes] | None:
    """The emergency person's key and half; None where this person may not use them, or the case has none."""
    holder = holder_of(connection)
    sealed = connection.execute(_EMERGENCY, {"holder": holder.ring.person}).scalar()
    row = connection.execute(_KEY, {"case": ref, "holder": MACHINE}).first()
    if sealed is None or row is None or row.sealed is None:
        return None
    return opened_by(holder.ring.private, sealed, MACHINE), row.sealed
