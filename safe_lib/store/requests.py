"""What needs two persons: one asks, another agrees, and only then is it done, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select, update

from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.model.person import Request
from safe_lib.store import audit
from safe_lib.store.tables import REQUESTS

KINDS: Final = ("erase", "export", "policy", "publish")
OPEN_FOR: Final = timedelta(days=7)  # then it has to be asked again


def ask(connection: Connection, what: str, subject: str, *, by: str, at: datetime) -> Request:
    """Ask for something that a second person has to agree to; asked twice it is one request.

    Args:
        what: one of `KINDS`.
        subject: references, or a setting with its value; never a name.
    """
    if what not in KINDS:
        raise WrongUse(f"request: there is nothing of this kind to ask for.\n  There are: {', '.join(KINDS)}.")
    standing = next((one for one in every(connection, at=at) if (one.what, one.subject, one.status) == (what, subject, "asked")), None)
    if standing is not None:
        return standing
    done = connection.execute(insert(REQUESTS).returning(REQUESTS.c.id), {
        "what": what, "subject": subject, "asked_by": by, "asked": at, "status": "asked", "agreed_by": None, "agreed": None})
    number = done.scalar_one()
    audit.add(connection, by=by, at=at, what=f"request.{what}", detail=f"number {number}")
    return get(connection, number)


def agree(connection: Connection, number: int, *, by: str, at: datetime) -> Request:
    """Agree to what somebody else asked.

    Raises:
        NotPermitted: one's own request.
        WrongUse: it is not open any more.
    """
    request = _open(connection, number, at)
    if request.asked_by == by:
        raise NotPermitted("request: this needs a second person.\n  Somebody else with the right to it has to agree.")
    connection.execute(update(REQUESTS).where(REQUESTS.c.id == number).values(status="agreed", agreed_by=by, agreed=at))
    audit.add(connection, by=by, at=at, what=f"request.{request.what}.agreed", detail=f"number {number}")
    return get(connection, number)


def withdraw(connection: Connection, number: int, *, by: str, at: datetime) -> None:
    """Take a request back, or refuse it."""
    request = _open(connection, number, at)
    connection.execute(update(REQUESTS).where(REQUESTS.c.id == number).values(status="withdrawn"))
    audit.add(connection, by=by, at=at, what=f"request.{request.what}.withdrawn", detail=f"number {number}")


def use(connection: Connection, what: str, subject: str, *, at: datetime) -> bool:
    """Use up an agreement; False where there is none."""
    found = next((one for one in every(connection, at=at) if (one.what, one.subject, one.status) == (what, subject, "agreed")), None)
    if found is not None:
        connection.execute(update(REQUESTS).where(REQUESTS.c.id == found.id).values(status="done"))
    return found is not None


def get(connection: Connection, number: int) -> Request:
    """One request; WrongUse where there is none."""
    row = connection.execute(select(REQUESTS).where(REQUESTS.c.id == number)).first()
    if row is None:
        raise WrongUse("request: there is none with this number.\n  See: safe user requests.")
    return Request(row.id, row.what, row.subject, row.asked_by, row.asked, row.status, row.agreed_by or "")


def every(connection: Connection, *, at: datetime) -> tuple[Request, ...]:
    """What was asked in the last days and is not done, the oldest first."""
    since = select(REQUESTS.c.id).where(REQUESTS.c.status.in_(("asked", "agreed")), REQUESTS.c.asked > at - OPEN_FOR).order_by(REQUESTS.c.id)
    return tuple(get(connection, number) for number in connection.execute(since).scalars().all())


def done(connection: Connection, what: str, subject: str) -> Request | None:
    """The last request of this kind that was carried out; None where there was none."""
    which = select(REQUESTS.c.id).where(REQUESTS.c.what == what, REQUESTS.c.subject == subject, REQUESTS.c.status == "done").order_by(REQUESTS.c.id.desc())
    number = connection.execute(which.limit(1)).scalar()
    return None if number is None else get(connection, number)


def _open(connection: Connection, number: int, at: datetime) -> Request:
    found = next((one for one in every(connection, at=at) if one.id == number and one.status == "asked"), None)
    if found is None:
        raise WrongUse("request: it is not open any more.\n  Ask again.")
    return found
