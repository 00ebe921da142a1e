"""Cases and, apart from them, who the persons are."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from safe_lib.model.case import STATUSES, Case, CaseLine, Identity, Status, is_reference
from safe_lib.model.errors import StoreError, WrongUse
from safe_lib.store import audit, boxes, casekeys
from safe_lib.store.sealing import Box
from safe_lib.store.tables import CASES, IDENTITIES, TOMBSTONES, in_utc, json_text, stamp, whole
from safe_lib.store.trouble import no_such_case

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTVWXYZ"  # without I, O and U: read wrong, or make a word
_DIGITS: Final = "23456789"

_ONE = select(CASES).where(CASES.c.ref == bindparam("case"))
_ADD = insert(CASES)
_TOUCH = update(CASES).where(CASES.c.ref == bindparam("case")).values(changed=bindparam("now"))
_SET_STATUS = update(CASES).where(CASES.c.ref == bindparam("case")).values(
    status=bindparam("new"), changed=bindparam("now"))
_IDENTITY = (select(IDENTITIES).where(IDENTITIES.c.ref == bindparam("case"))
             .order_by(IDENTITIES.c.revision.desc()).limit(1))
_ADD_IDENTITY = insert(IDENTITIES)

_ALL = select(CASES).order_by(CASES.c.ref)
_LAST = select(IDENTITIES.c.ref, func.max(IDENTITIES.c.revision).label("revision")).group_by(IDENTITIES.c.ref).subquery()
_NEWEST_IDENTITIES = select(IDENTITIES).join(_LAST, (IDENTITIES.c.ref == _LAST.c.ref) & (IDENTITIES.c.revision == _LAST.c.revision))
_ERASED = select(TOMBSTONES.c.ref).where(TOMBSTONES.c.ref == bindparam("case"))
_ALL_IDENTITIES = select(IDENTITIES).where(IDENTITIES.c.ref == bindparam("case"))
_RENEW = update(IDENTITIES).where(IDENTITIES.c.id == bindparam("row"))


def new_reference() -> str:
    """A reference by chance, such as K7M-2042: it says nothing of the person, the day or the order."""
    head = secrets.choice(_LETTERS) + secrets.choice(_DIGITS) + secrets.choice(_LETTERS)
    return f"{head}-{secrets.randbelow(10_000):04d}"


def add(connection: Connection, ref: str | None, *, training: bool, by: str, at: datetime, alias: str) -> Case:
    """Open a case; its day is the day of `at` in the zone of `at`.

    Raises:
        WrongUse: the reference could be a name.
        StoreError: there is a case with this reference.
    """
    ref = _free_reference(connection) if ref is None else _checked(connection, ref)
    case = Case(ref, at.date(), "open", training)
    connection.execute(_ADD, {"ref": ref, "opened": case.opened, "status": case.status, "training": training,
                              "changed": at})
    casekeys.make(connection, ref, by=by, at=at)
    audit.add(connection, by=by, at=at, what="case.opened", ref=ref)
    if alias:
        set_identity(connection, ref, Identity(ref, alias), by=by, at=at)
    return case


def get(connection: Connection, ref: str) -> Case:
    """The case with this reference; CaseNotFound if there is none."""
    row = connection.execute(_ONE, {"case": ref}).first()
    if row is None or boxes.find_box(connection, ref) is None:
        raise no_such_case(ref)
    return Case(row.ref, row.opened, row.status, row.training)


def touch(connection: Connection, ref: str, at: datetime) -> None:
    """Note that something of this case is saved now; CaseNotFound if there is no such case."""
    if connection.execute(_TOUCH, {"case": ref, "now": at}).rowcount == 0:
        raise no_such_case(ref)


def set_status(connection: Connection, ref: str, status: Status, *, by: str, at: datetime) -> Case:
    """Close a case or open it again; what is closed already stays closed since its day."""
    if status not in STATUSES:
        raise WrongUse(f"the status of a case is one of {', '.join(STATUSES)}.")
    boxes.box_to_write(connection, ref)
    if get(connection, ref).status == status:
        return get(connection, ref)
    connection.execute(_SET_STATUS, {"case": ref, "new": status, "now": at})
    audit.add(connection, by=by, at=at, what="case.status", ref=ref, detail=status)
    return get(connection, ref)


def every(connection: Connection) -> tuple[CaseLine, ...]:
    """One line per case of this person, in the order of their references."""
    from safe_lib.store.answers import instruments_of_all  # it writes into cases, and so knows this module

    held = boxes.every_box(connection)
    mine = {ref: box for ref, box in held.items() if box is not None}
    names = {row.ref: _identity(mine[row.ref], row).alias for row in connection.execute(_NEWEST_IDENTITIES) if row.ref in mine}
    worked = instruments_of_all(connection, mine)
    return tuple(CaseLine(row.ref, names.get(row.ref, ""), row.opened, row.status, row.training, row.changed, worked.get(row.ref, ()), row.ref in mine)
                 for row in connection.execute(_ALL) if row.ref in held)


def identity(connection: Connection, ref: str) -> Identity:
    """Who the person is, as last written; the empty identity where nobody wrote anything."""
    box = boxes.box_of(connection, ref)
    row = connection.execute(_IDENTITY, {"case": ref}).first()
    return _identity(box, row) if row is not None else Identity(ref)


def identities(connection: Connection, box: Box) -> tuple[Identity, ...]:
    """Every revision of who the person is, oldest first."""
    return tuple(sorted((_identity(box, row) for row in connection.execute(_ALL_IDENTITIES, {"case": box.ref})), key=lambda one: one.revision))


def set_identity(connection: Connection, ref: str, who: Identity, *, by: str, at: datetime) -> Identity:
    """Add a revision of alias and details; the earlier ones are kept."""
    box = boxes.box_to_write(connection, ref)
    touch(connection, ref, at)
    revision = identity(connection, ref).revision + 1
    details: Mapping[str, str] = json.loads(json_text(who.details))
    saved = Identity(ref, whole(who.alias), details, revision, whole(by), in_utc(at))
    connection.execute(_ADD_IDENTITY, identity_row(box, saved))
    audit.add(connection, by=by, at=at, what="identity.saved", ref=ref, detail=f"revision {revision}")
    return saved


def identity_row(box: Box, who: Identity) -> dict[str, Any]:
    """A revision of an identity as it stands in the database."""
    sealed = box.seal_words("identities", (who.revision, who.by, stamp(who.at)), {"alias": who.alias, "details": dict(who.details)})  # type: ignore[arg-type]
    return {"ref": box.ref, "revision": who.revision, "by": who.by, "at": who.at, "sealed": sealed}


def renew(connection: Connection, old: Box, new: Box) -> None:
    """Seal every revision of who the person is anew."""
    for row in connection.execute(_ALL_IDENTITIES, {"case": old.ref}).all():
        connection.execute(_RENEW, {"row": row.id, "sealed": identity_row(new, _identity(old, row))["sealed"]})


def _identity(box: Box, row: Row[Any]) -> Identity:
    said = box.open_words("identities", (row.revision, row.by, stamp(row.at)), row.sealed)
    return Identity(row.ref, said["alias"], said["details"], row.revision, row.by, row.at)


def _free_reference(connection: Connection) -> str:
    while True:
        ref = new_reference()
        if _is_free(connection, ref):
            return ref


def _checked(connection: Connection, ref: str) -> str:
    if not is_reference(ref):
        raise WrongUse("a case reference has 2 to 20 capitals, digits and dashes, and at least one digit; "
                       "never a name. Choose one such as K7M-2042, or let the store choose.")
    if not _is_free(connection, ref):
        raise StoreError(f"Case {ref}: there is a case with this reference already. Choose another reference.")
    return ref


def _is_free(connection: Connection, ref: str) -> bool:
    """No case has or had this reference."""
    return all(connection.execute(which, {"case": ref}).first() is None for which in (_ONE, _ERASED))
