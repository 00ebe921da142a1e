"""Second opinions while they are given: sealed to the colleague who gives one, and the case is shut to them until they are done."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.model.person import Member
from safe_lib.store import assigning, audit, boxes, notices, people
from safe_lib.store.boxes import Holder
from safe_lib.store.sealing import NotSealedSo, opened_by, sealed_to
from safe_lib.store.tables import OPINIONS, PEOPLE, in_utc, whole
from safe_lib.store.trouble import store_error

Status = Literal["open", "done"]

_MINE = and_(OPINIONS.c.person == bindparam("holder"), OPINIONS.c.colleague == bindparam("name"))
_OF_CASE = select(OPINIONS).where(OPINIONS.c.ref == bindparam("case")).order_by(OPINIONS.c.at, OPINIONS.c.id)
_PUBLIC = select(PEOPLE.c.public).where(PEOPLE.c.id == bindparam("who"))
_EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OpinionRow:
    """One second opinion that is being given. `body` opens for the colleague alone; None for everybody else, and under another key."""

    id: int
    ref: str
    colleague: str
    status: Status
    by: str  # who asked for it
    at: datetime  # UTC
    body: bytes | None = None


class KeepsOpinions:
    """The part of the store that knows who reads which case blind."""

    training: bool
    _holder: Holder
    _reading: Callable[[], AbstractContextManager[Connection]]
    _writing: Callable[[], AbstractContextManager[Connection]]

    def ask_opinion(self, ref: str, user: str, body: Callable[[bool], bytes], *, by: str, at: datetime) -> int:
        """Ask a colleague; from now on the case is shut to them. Who does not hold its key gets it, for when they are done.

        Args:
            body: what they are asked, from whether they have read the case before.

        Raises:
            WrongUse: they are asked already.
            NotPermitted: they are excluded from the case.
            StoreError: there is no such colleague.
        """
        with self._writing() as connection:
            boxes.box_of(connection, ref)
            who = self._colleague(connection, user)
            if assigning.is_excluded(connection, ref, who.id):
                raise NotPermitted(f"{ref}: this person is excluded from the case.\n  Ask somebody else.")
            if any(row.person == who.id and row.colleague == who.user for row in connection.execute(_OF_CASE, {"case": ref})):
                raise WrongUse(f"{ref}: this colleague gives a second opinion already.\n  Wait until they are done.")
            number = secrets.randbelow(900_000_000) + 100_000_000  # never one that a paper of the case has already
            public = connection.execute(_PUBLIC, {"who": who.id}).scalar_one()
            said = body(audit.readings(connection, who.user, ref, _EVER)[0] is not None)
            audit.add(connection, by=by, at=at, what="opinion.asked", ref=ref, detail=who.user)
            if not who.guest and user not in boxes.holders(connection, ref):
                assigning.assign(connection, ref, who, by=by, at=at)
            connection.execute(insert(OPINIONS), {
                "id": number, "ref": ref, "person": who.id, "colleague": whole(who.user), "status": "open",
                "sealed": sealed_to(public, said, _about(number, ref)), "by": whole(by), "at": in_utc(at)})
            if not who.guest:
                notices.tell(connection, who.id, "opinion.asked", ref, by=by, at=at)
            self._look_again()
            return number

    def my_opinions(self) -> tuple[OpinionRow, ...]:
        """What the person at work is asked for, the oldest first."""
        with self._reading() as connection:
            rows = connection.execute(select(OPINIONS).where(_MINE).order_by(OPINIONS.c.at, OPINIONS.c.id), self._me()).all()
            return tuple(self._opinion(row, opened=True) for row in rows)

    def opinions_asked(self, ref: str) -> tuple[OpinionRow, ...]:
        """Who was asked about a case and is not done; CaseNotFound where there is no such case for who asks."""
        with self._reading() as connection:
            boxes.box_of(connection, ref)
            return tuple(self._opinion(row, opened=False) for row in connection.execute(_OF_CASE, {"case": ref}).all())

    def save_opinion(self, id: int, step: Callable[[bytes], bytes], *, by: str, at: datetime) -> bytes:
        """One step of one's own opinion, in one go with what it starts from.

        Raises:
            StoreError: there is none, or it is done.
        """
        with self._writing() as connection:
            row = self._own(connection, id)
            if row.status != "open" or row.body is None:
                raise _none(id)
            after = step(row.body)
            if after != row.body:
                public = connection.execute(_PUBLIC, {"who": self._holder.ring.person}).scalar_one()
                connection.execute(update(OPINIONS).where(OPINIONS.c.id == id).values(sealed=sealed_to(public, after, _about(id, row.ref))))
                audit.add(connection, by=by, at=at, what="opinion.saved", ref=row.ref)
            return after

    def end_opinion(self, id: int, *, by: str, at: datetime) -> OpinionRow:
        """Be done: nothing of it changes any more, and the case opens again. Asked twice, it is done once."""
        with self._writing() as connection:
            row = self._own(connection, id)
            if row.body is None:
                raise _none(id)
            if row.status == "open":
                connection.execute(update(OPINIONS).where(OPINIONS.c.id == id).values(status="done"))
                audit.add(connection, by=by, at=at, what="opinion.done", ref=row.ref)
            self._look_again()
            return self._own(connection, id)

    def drop_opinion(self, id: int, *, by: str, at: datetime) -> None:
        """Take it out: it is a paper of the case now, or the colleague leaves it; then the case opens again."""
        with self._writing() as connection:
            row = self._own(connection, id)
            connection.execute(delete(OPINIONS).where(OPINIONS.c.id == id))
            if row.status == "open":
                audit.add(connection, by=by, at=at, what="opinion.left", ref=row.ref)
            self._look_again()

    def _colleague(self, connection: Connection, user: str) -> Member:
        """The colleague; in a training store also a guest, who comes under any name."""
        if self.training and all(one.user != user for one in people.every(connection)):
            checked = people.checked_user(user)
            return replace(people.get(connection, self._holder.ring.person), user=checked, name=checked, guest=True)
        return people.named(connection, user)

    def _me(self) -> dict[str, str]:
        return {"holder": self._holder.ring.person, "name": self._holder.ring.user}

    def _own(self, connection: Connection, id: int) -> OpinionRow:
        row = connection.execute(select(OPINIONS).where(_MINE, OPINIONS.c.id == id), self._me()).first()
        if row is None:
            raise _none(id)
        return self._opinion(row, opened=True)

    def _opinion(self, row: Any, *, opened: bool) -> OpinionRow:
        body = None
        if opened:
            try:
                body = opened_by(self._holder.ring.private, row.sealed, _about(row.id, row.ref))
            except NotSealedSo:  # sealed to an earlier key of theirs: it can only be left
                body = None
        return OpinionRow(row.id, row.ref, row.colleague, row.status, row.by, row.at, body)

    def _look_again(self) -> None:
        self._holder.blind = None


def _about(number: int, ref: str) -> str:
    return f"opinion {number} {ref}"


def _none(id: int) -> Exception:
    return store_error(str(id), "there is no such second opinion of yours.", "Look at those you have: safe second-opinion mine.")
