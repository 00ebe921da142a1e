"""Proposed changes to what is known in general, and what was decided on each. Both are only ever added."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select

from safe_lib.model.change import DECIDED, Change, Proposal, State, change_from, same_person
from safe_lib.model.errors import NotPermitted, StoreError, WrongUse
from safe_lib.store import audit
from safe_lib.store.tables import DECISIONS, PROPOSALS, in_utc, json_text, whole

_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"  # without those read wrong: 0, 1, I, O, U

_ALL = (select(PROPOSALS, DECISIONS.c.state, DECISIONS.c.reason, DECISIONS.c.by.label("decided_by"), DECISIONS.c.at.label("decided_at"))
        .outerjoin(DECISIONS, DECISIONS.c.proposal == PROPOSALS.c.id).order_by(PROPOSALS.c.number))
_ONE = _ALL.where(PROPOSALS.c.id == bindparam("proposal"))
_ADD = insert(PROPOSALS)
_DECIDE = insert(DECISIONS)


class KeepsProposals:
    """What a store can do with proposals."""

    _reading: Callable[[], AbstractContextManager[Connection]]
    _writing: Callable[[], AbstractContextManager[Connection]]

    def propose(self, change: Change, *, file: str, based_on: str, by: str, at: datetime) -> Proposal:
        """Keep a change that waits for a second person.

        Args:
            file: the file it is about, within `country_info`.
            based_on: hash of that file as it is now.
        """
        with self._writing() as connection:
            return add(connection, change, file=file, based_on=based_on, by=by, at=at)

    def proposals(self) -> tuple[Proposal, ...]:
        """Every proposal there has been, oldest first."""
        with self._reading() as connection:
            return tuple(_proposal(row) for row in connection.execute(_ALL))

    def proposal(self, id: str) -> Proposal:
        """One proposal; StoreError if there is none with this number."""
        with self._reading() as connection:
            return get(connection, id)

    def decide(self, id: str, state: State, *, by: str, at: datetime, reason: str = "", then: Callable[[], None] | None = None) -> Proposal:
        """Keep what was decided on a proposal.

        Args:
            then: done within the same transaction, after the decision was written and before it counts. What it raises
                leaves the proposal undecided.

        Raises:
            StoreError: there is no such proposal, or it was decided already.
            NotPermitted: who proposed it confirms or rejects it, or somebody else takes it back.
        """
        with self._writing() as connection:
            return decide(connection, id, state, by=by, at=at, reason=reason, then=then)


def add(connection: Connection, change: Change, *, file: str, based_on: str, by: str, at: datetime) -> Proposal:
    """Keep a proposal, with its audit line."""
    said = change.to_json()
    json_text(said)  # plain values only
    body = whole(json.dumps(said, ensure_ascii=False))
    proposal = Proposal(_free_id(connection), change, whole(file), based_on, whole(by), in_utc(at))
    connection.execute(_ADD, {"id": proposal.id, "file": proposal.file, "what": change.what, "entry": change.id, "change": body,
                              "based_on": based_on, "by": by, "at": at})
    audit.add(connection, by=by, at=at, what="change.proposed", detail=_named(proposal))
    return get(connection, proposal.id)


def get(connection: Connection, id: str) -> Proposal:
    """The proposal with this number; StoreError if there is none."""
    row = connection.execute(_ONE, {"proposal": id}).first()
    if row is None:
        raise StoreError("This proposal is not in the store. Check its number in the list of proposals.")
    return _proposal(row)


def decide(connection: Connection, id: str, state: State, *, by: str, at: datetime, reason: str, then: Callable[[], None] | None) -> Proposal:
    """Keep a decision, with its audit line."""
    if state not in DECIDED:
        raise WrongUse(f"a proposal is {', '.join(DECIDED[:-1])} or {DECIDED[-1]}.")
    proposal = get(connection, id)
    if proposal.state != "proposed":
        raise StoreError(f"Proposal {proposal.id}: it was {proposal.state} already. Look at the list again.")
    require_person(proposal, state, by)
    connection.execute(_DECIDE, {"proposal": id, "state": state, "reason": reason, "by": by, "at": at})
    audit.add(connection, by=by, at=at, what=f"change.{state}", detail=_named(proposal))
    if then is not None:
        then()
    return get(connection, id)


def require_person(proposal: Proposal, state: State, by: str) -> None:
    """Two persons for each change: one who proposes, another who decides; only the first may take it back.

    Raises:
        NotPermitted: this person may not decide this.
    """
    own = same_person(proposal.by, by)
    if own and state == "confirmed":
        raise NotPermitted(f"Proposal {proposal.id}: you proposed it, so a second person has to confirm it.\n  Ask a colleague to look at its sources.")
    if own and state == "rejected":
        raise NotPermitted(f"Proposal {proposal.id}: you proposed it yourself.\n  Withdraw it instead.")
    if not own and state == "withdrawn":
        raise NotPermitted(f"Proposal {proposal.id}: somebody else proposed it.\n  Reject it with a reason instead.")


def _free_id(connection: Connection) -> str:
    while True:
        signs = "".join(secrets.choice(_SIGNS) for _ in range(7))
        id = f"C{signs[:3]}-{signs[3:]}"
        if connection.execute(_ONE, {"proposal": id}).first() is None:
            return id


def _named(proposal: Proposal) -> str:
    return f"{proposal.id} {proposal.file} {proposal.change.what} {proposal.change.id}"


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(row.id, change_from(json.loads(row.change)), row.file, row.based_on, row.by, row.at, row.state or "proposed", row.decided_by or "",
                    row.decided_at, row.reason or "")
