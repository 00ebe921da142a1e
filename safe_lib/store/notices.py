"""What people have to know, until they have seen it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from safe_lib.model.person import Notice
from safe_lib.store.tables import NOTICES


def tell(connection: Connection, person: str, what: str, ref: str, *, by: str, at: datetime) -> None:
    """Leave a notice for somebody."""
    connection.execute(insert(NOTICES), {"person": person, "what": what, "ref": ref, "by": by, "at": at, "seen": None})


def unseen(connection: Connection, person: str) -> tuple[Notice, ...]:
    """What somebody has not seen yet, the newest first."""
    rows = connection.execute(select(NOTICES).where(NOTICES.c.person == person, NOTICES.c.seen.is_(None)).order_by(NOTICES.c.id.desc()))
    return tuple(Notice(row.id, row.what, row.ref, row.by, row.at) for row in rows)


def see(connection: Connection, person: str, *, at: datetime) -> None:
    """Somebody has seen what there was."""
    connection.execute(update(NOTICES).where(NOTICES.c.person == person, NOTICES.c.seen.is_(None)).values(seen=at))
