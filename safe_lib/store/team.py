"""What an open store does with people: who may open it, who works on which case, what needs two of them.

Whether somebody may ask for it is not decided here but in `safe_lib.casework`; here it is done, with its audit line,
and with the keys that follow from it. What only the holder of a key can do, only the holder of a key can do here too.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, select

from safe_lib.model.anchor import Anchor
from safe_lib.model.case import AuditLine, Disclosure
from safe_lib.model.errors import WrongUse
from safe_lib.model.person import Member, Notice, Request, Standing
from safe_lib.store import anchors, assigning, audit, boxes, codes, erasing, learning, notices, people, programme, renewing, reports, requests, settings
from safe_lib.store.boxes import Holder
from safe_lib.store.keys import alone
from safe_lib.store.opening import compact
from safe_lib.store.sealing import new_private
from safe_lib.store.slots import KeyRing, file_keys, new_slot, read_key_file, unlock, write_key_file
from safe_lib.store.tables import PEOPLE
from safe_lib.store.turning import stamp_of, turn
from safe_lib.store.vault import vault_file

STANDS_FOR: Final = 1.0  # seconds


class Team:
    """The part of a store that deals with people."""

    path: Path
    training: bool
    _holder: Holder
    _connection: Connection | None
    _stood: dict[str, tuple[float, Standing]]  # what was found of a case a moment ago: a page asks a hundred times
    _reads: dict[tuple[str, str], datetime]  # who reads what in this sitting

    if TYPE_CHECKING:
        def _reading(self) -> AbstractContextManager[Connection]: ...
        def _writing(self) -> AbstractContextManager[Connection]: ...
        def _take_over(self, connection: Connection, stamp: tuple[int, int]) -> None: ...

    # ── who ──

    @property
    def me(self) -> Member:
        """The person at work, with the roles they have now; NotPermitted once they were removed."""
        with self._reading() as connection:
            return people.as_seen(connection, self._holder.ring, training=self.training)

    def standing(self, ref: str = "") -> Standing:
        """The person at work, and how they stand to a case.

        It may be a second old; a key that was taken is gone at once all the same.
        """
        known = self._stood.get(ref)
        if known is not None and time.monotonic() - known[0] < STANDS_FOR:
            return known[1]
        with self._reading() as connection:
            me = people.as_seen(connection, self._holder.ring, training=self.training)
            gate = None if self.training else learning.gate_of(connection, me)
            found = Standing(me, gate=gate)
            if ref:
                held = boxes.find_box(connection, ref) is not None
                blind = ref in boxes.blind_to(connection)
                found = Standing(me, assigning.is_mine(connection, ref), assigning.is_excluded(connection, ref, me.id), held, blind, gate)
        self._stood[ref] = time.monotonic(), found
        return found

    def people(self) -> tuple[Member, ...]:
        """Everybody there is or was."""
        with self._reading() as connection:
            return people.every(connection)

    def person(self, user: str) -> Member:
        """The active person with this user name; StoreError if there is none."""
        with self._reading() as connection:
            return people.named(connection, user)

    def add_person(self, user: str, passphrase: str, *, name: str = "", roles: Collection[str], by: str, at: datetime) -> Member:
        """Let somebody in, under a passphrase that they change when they first come; keys follow from the roles."""
        with alone(vault_file(self.path)), self._writing() as connection:
            file = read_key_file(self.path)
            ring = KeyRing(people.new_id(), people.checked_user(user), file.slot_id(user), new_private())
            if file.slot(ring.slot) is not None:
                raise WrongUse("people: this user name is too much like another one.\n  Choose another one.")
            member = people.add(connection, ring, name, roles, by=by, at=at, renew=True)
            renewing.catch_up(connection)
            write_key_file(self.path, file.with_slot(new_slot(file, ring, passphrase, self._file_key())))
            return member

    def remove_person(self, user: str, *, by: str, at: datetime) -> None:
        """Take every key and the way in from somebody; the file gets a new key, and so does each case they could read."""
        with self._writing() as connection:
            leaver = people.named(connection, user)
            people.remove(connection, leaver, by=by, at=at)
            programme.forget_person(connection, leaver.id)
            renewing.catch_up(connection)
        self.turn_file_key()

    def set_roles(self, user: str, roles: Collection[str], *, by: str, at: datetime) -> Member:
        """Give somebody these roles and no others."""
        with self._writing() as connection:
            member = people.set_roles(connection, people.named(connection, user), roles, by=by, at=at)
            renewing.catch_up(connection)
            return member

    def reset_person(self, user: str, passphrase: str, *, by: str, at: datetime) -> None:
        """New keys and a new passphrase for somebody who lost theirs. Codes that were on stay demanded."""
        with alone(vault_file(self.path)), self._writing() as connection:
            member = people.named(connection, user)
            file = read_key_file(self.path)
            ring = KeyRing(member.id, member.user, file.slot_id(member.user), new_private())
            people.set_keys(connection, ring, by=by, at=at)
            renewing.catch_up(connection)
            write_key_file(self.path, file.with_slot(new_slot(file, ring, passphrase, self._file_key())))

    def change_passphrase(self, old: str, new: str, *, by: str, at: datetime) -> None:
        """Another passphrase for the person at work; nothing else changes.

        Raises:
            WrongKey: the old one is wrong.
            WrongUse: a guest of a training store has no passphrase of their own.
        """
        if self._holder.ring.guest:
            raise WrongUse("passphrase: you work in this training store as a guest.\n  Its passphrase is that of everybody who trains here.")
        ring = unlock(self.path, old, self._holder.ring.user)
        with alone(vault_file(self.path)), self._writing() as connection:
            file = read_key_file(self.path)
            file = replace(file, cost=file.cost.today)
            connection.execute(PEOPLE.update().where(PEOPLE.c.id == ring.person).values(renew=False))
            audit.add(connection, by=by, at=at, what="passphrase.changed", detail=ring.user)
            write_key_file(self.path, file.with_slot(new_slot(file, ring, new, self._file_key())))

    def turn_file_key(self) -> None:
        """Another key for the database file; other programs open it again by themselves."""
        with self._reading() as connection:
            file = read_key_file(self.path)
            rows = connection.execute(select(PEOPLE.c.user, PEOPLE.c.public).where(PEOPLE.c.status == "active")).all()
            publics = {file.slot_id(row.user): row.public for row in rows}
        if self._connection is not None:
            self._take_over(turn(self.path, self._connection, publics), stamp_of(self.path))

    # ── reading ──

    def readings(self, by: str, ref: str, *, since: datetime) -> tuple[datetime | None, int, datetime | None]:
        """When somebody last read a case, how many other cases they read since, and when the last of those began."""
        with self._reading() as connection:
            found = audit.readings(connection, by, ref, since)
        if found[0] is not None:
            self._reads[by, ref] = found[0]
        return found

    def is_reading(self, by: str, ref: str, at: datetime, sitting: timedelta) -> bool:
        """Whether a line of this sitting says so already; asked before anything is looked up."""
        last = self._reads.get((by, ref))
        return last is not None and at - last < sitting

    def disclosed_by(self, by: str, *, since: datetime) -> set[str]:
        """The cases of which somebody let a document leave since."""
        with self._reading() as connection:
            return audit.cases_of(connection, "report.disclosed", by, since)

    def audit_between(self, since: datetime, until: datetime, by: str | None = None) -> tuple[AuditLine, ...]:
        """The lines of a window of time, of everybody or of one person."""
        with self._reading() as connection:
            return audit.between(connection, since, until, by)

    def disclosed_between(self, since: datetime, until: datetime) -> dict[str, tuple[Disclosure, ...]]:
        """Case → what left of it in a window of time, as far as this person holds the keys."""
        with self._reading() as connection:
            return reports.disclosed_between(connection, since, until)

    def was_noted(self, what: str, by: str, *, since: datetime) -> bool:
        """Whether the trail has such a line of this person."""
        with self._reading() as connection:
            return audit.was_noted(connection, what, by, since)

    # ── the trail, and its end ──

    def append_audit(self, said: Iterable[Mapping[str, Any]], *, by: str) -> None:
        """Write many lines at once, for measuring how long a long trail takes; no content in them."""
        with self._writing() as connection:
            audit.append(connection, said, by=by)

    def anchor(self) -> Anchor:
        """The end of the audit trail as it is now; noted elsewhere, it shows later whether lines were cut off."""
        with self._reading() as connection:
            return Anchor(*audit.end(connection))

    def has_anchor(self, anchor: Anchor) -> bool:
        """Whether the trail still has a line that was noted."""
        with self._reading() as connection:
            return audit.has(connection, anchor)

    def noted_anchor(self) -> Anchor | None:
        """The end that was last noted for the person at work."""
        return anchors.noted(self.path, self._holder.ring)

    def note_anchor(self) -> Anchor:
        """Note the end as it is now for the person at work."""
        found = self.anchor()
        anchors.note(self.path, self._holder.ring, found)
        return found

    # ── second factor ──

    def turn_on_codes(self, secret: str, code: str, *, by: str, at: datetime) -> tuple[str, ...]:
        """Turn one-time codes on; the recovery codes, seen this once."""
        with self._writing() as connection:
            return codes.turn_on(connection, secret, code, by=by, at=at)

    def turn_off_codes(self, code: str, *, by: str, at: datetime) -> None:
        """Turn them off, with one last code."""
        with self._writing() as connection:
            codes.turn_off(connection, code, by=by, at=at)

    def accepts_code(self, code: str, *, by: str, at: datetime) -> bool:
        """Whether this is the code of now, or an unused recovery code; each counts once."""
        with self._writing() as connection:
            return codes.accept(connection, code, by=by, at=at)

    # ── cases and people ──

    def assigned(self, ref: str) -> tuple[str, ...]:
        """User names of those who work on a case."""
        with self._reading() as connection:
            return assigning.assigned(connection, ref)

    def excluded(self, ref: str) -> tuple[str, ...]:
        """User names of those who may never see a case."""
        with self._reading() as connection:
            return assigning.excluded(connection, ref)

    def is_mine(self, ref: str) -> bool:
        """The person at work is assigned to the case, or broke its glass within the hour."""
        with self._reading() as connection:
            return assigning.is_mine(connection, ref)

    def assign(self, ref: str, user: str, *, by: str, at: datetime) -> None:
        """Let somebody work on a case."""
        with self._writing() as connection:
            assigning.assign(connection, ref, people.named(connection, user), by=by, at=at)

    def unassign(self, ref: str, user: str, *, by: str, at: datetime) -> None:
        """Take somebody off a case."""
        with self._writing() as connection:
            assigning.unassign(connection, ref, people.named(connection, user), by=by, at=at)

    def exclude(self, ref: str, user: str, *, reason: str, by: str, at: datetime) -> None:
        """Keep somebody away from a case for good."""
        with self._writing() as connection:
            assigning.exclude(connection, ref, people.named(connection, user), reason=reason, by=by, at=at)

    def include(self, ref: str, user: str, *, reason: str, by: str, at: datetime) -> None:
        """Take an exclusion back."""
        with self._writing() as connection:
            assigning.include(connection, ref, people.named(connection, user), reason=reason, by=by, at=at)

    def break_glass(self, ref: str, *, reason: str, by: str, at: datetime) -> datetime:
        """Open a case that is not one's own, for an hour; until when."""
        with self._writing() as connection:
            return assigning.break_glass(connection, ref, reason=reason, by=by, at=at)

    def renew_keys(self) -> int:
        """Give every case that waits for one its new key now; how many there were."""
        with self._writing() as connection:
            return renewing.catch_up(connection, all_cases=True)

    # ── what people are told, what needs two, what is settled ──

    def notices(self) -> tuple[Notice, ...]:
        """What the person at work has not seen yet."""
        with self._reading() as connection:
            return notices.unseen(connection, self._holder.ring.person)

    def see_notices(self, *, at: datetime) -> None:
        """The person at work has seen them."""
        with self._writing() as connection:
            notices.see(connection, self._holder.ring.person, at=at)

    def tell(self, users: Collection[str], what: str, ref: str, *, by: str, at: datetime) -> None:
        """Leave a notice for some people."""
        with self._writing() as connection:
            for user in users:
                notices.tell(connection, people.named(connection, user).id, what, ref, by=by, at=at)

    def ask(self, what: str, subject: str, *, by: str, at: datetime) -> Request:
        """Ask for something that a second person has to agree to."""
        with self._writing() as connection:
            return requests.ask(connection, what, subject, by=by, at=at)

    def agree(self, number: int, *, by: str, at: datetime) -> Request:
        """Agree to what somebody else asked."""
        with self._writing() as connection:
            return requests.agree(connection, number, by=by, at=at)

    def withdraw(self, number: int, *, by: str, at: datetime) -> None:
        """Take a request back, or refuse it."""
        with self._writing() as connection:
            requests.withdraw(connection, number, by=by, at=at)

    def requests(self, *, at: datetime) -> tuple[Request, ...]:
        """What was asked and is not done."""
        with self._reading() as connection:
            return requests.every(connection, at=at)

    def request_done(self, what: str, subject: str) -> Request | None:
        """The last request of this kind that was carried out."""
        with self._reading() as connection:
            return requests.done(connection, what, subject)

    def is_agreed(self, what: str, subject: str, *, at: datetime) -> bool:
        """Whether a second person agreed to it in the last days."""
        return any((one.what, one.subject, one.status) == (what, subject, "agreed") for one in self.requests(at=at))

    def use_agreement(self, what: str, subject: str, *, at: datetime) -> bool:
        """Use up an agreement; False where there is none."""
        with self._writing() as connection:
            return requests.use(connection, what, subject, at=at)

    def setting(self, name: str) -> str:
        """What the team has settled."""
        with self._reading() as connection:
            return settings.get(connection, name)

    def settle(self, name: str, value: str, *, by: str, at: datetime) -> None:
        """Settle something otherwise; keys follow."""
        with self._writing() as connection:
            settings.put(connection, name, value)
            renewing.follow_policy(connection)
            audit.add(connection, by=by, at=at, what="policy.changed", detail=f"{name}={value}")

    def erase(self, ref: str, *, by: str, at: datetime) -> None:
        """Take a case out of the store, and out of every copy of it that was ever made; only that it was remains."""
        with self._writing() as connection:
            renewing.erase(connection, ref, by=by, at=at)
        self._finish_erasing()

    def _finish_erasing(self) -> None:
        """Once the rows are gone for good, the halves in the vault go; also those that a cut of power left there."""
        with self._writing() as connection:
            erasing.finish(connection, self._holder.vault)
        with self._reading() as connection:
            compact(connection)

    def _file_key(self) -> bytes:
        return file_keys(self.path, self._holder.ring)[0]
