"""What the running server knows: its store, who is signed in, which kernel works for whom."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from safe_lib import teamwork
from safe_lib.casework import Desk
from safe_lib.catalogue import paths
from safe_lib.model.errors import NotPermitted, StoreError, WrongKey
from safe_lib.runtime.behind import Hub
from safe_lib.runtime.clean_memory import give_back
from safe_lib.runtime.front import Entrance
from safe_lib.runtime.links import Links
from safe_lib.runtime.tries import Tries
from safe_lib.runtime.visits import Handover, Session, Sessions
from safe_lib.store import Store, derive_key
from safe_lib.store.slots import KeyRing, read_key_file
from safe_lib.store.turning import stamp_of

AT_ONCE: Final = 2  # passphrases that are tried at the same time: each takes 256 MiB for half a second
GUESTS: Final = "guests"  # one count for everybody who tries the passphrase of a training store


class Suite(Entrance):
    """What the running server knows: its store, who is signed in, which kernel works for whom."""

    def __init__(self, path: Path, *, secure: bool = False, beyond: bool = False, hub: Hub | None = None, first_code: str | None = None) -> None:
        """Serve this store; for the rest, see `Entrance`."""
        super().__init__(path, secure=secure, beyond=beyond, hub=hub, first_code=first_code)
        self.sessions = Sessions(self.is_still_in, self.ended)
        self.handover = Handover()
        self.owners: dict[str, str] = {}  # kernel id → session
        self.notebooks = {file.stem for file in paths.WORKBOOKS.glob("*.ipynb")}
        self.kernels: Any = None
        self.tries = Tries(path)
        self.links = Links()  # by which copies leave
        self._trying = asyncio.Semaphore(AT_ONCE)

    async def sign_in(self, user: str, phrase: str, code: str = "") -> Session:
        """A session for somebody who knows their passphrase, and the code of now where they have codes.

        Raises:
            WrongKey: always in the same words, whatever was wrong.
            TooManyTries: it has to be waited first.
        """
        name = self._counted_as(user)
        failed = self.tries.begin(name)
        async with self._trying:
            session = await asyncio.to_thread(self._opened, user, phrase, code, failed)
        self.tries.passed(name)
        return session

    def _counted_as(self, user: str) -> str:
        file = read_key_file(self.path)
        id = file.slot_id(user)
        return GUESTS if file.training and file.slot(id) is None else id

    def _opened(self, user: str, phrase: str, code: str, failed: int) -> Session:
        key = derive_key(self.path, phrase, user or "?")
        store = Store.open_with_key(self.path, key)
        try:
            me, now = store.me, datetime.now(UTC)
            if (me.has_code or me.recovery_left) and not me.guest and not store.accepts_code(code, by=me.user, at=now):
                raise WrongKey("sign-in: this does not belong together.")
            store.note(by=me.user, at=now, what="signed.in", detail=f"{failed} failed before" if failed else "")
            teamwork.compare_anchor(Desk(store, me.user, "en", now.date()))
            return Session(me.user, key, store, 60 * int(store.setting("rest_minutes")), self._way_in(key), stamp_of(self.path), self.limit_of(store))
        except BaseException:
            store.close()
            raise

    def limit_of(self, store: Store) -> str:
        """What this person has to do before anything else: a passphrase of their own, or codes where other machines reach the server."""
        me = store.me
        if me.guest:
            return ""
        return "renew" if me.must_renew else "code" if self.beyond and not me.has_code else ""

    def let_in_again(self, session: Session) -> None:
        """The person changed their own way in: this session goes on with it."""
        session.way_in, session.stamp = self._way_in(session.key), stamp_of(self.path)

    def is_still_in(self, session: Session) -> bool:
        """The key file has the slot this session came in through; another passphrase, or none, ends it (SEC-21)."""
        try:
            stamp = stamp_of(self.path)
            if stamp != session.stamp and self._way_in(session.key) != session.way_in:
                return False
            session.stamp = stamp
            session.store.me  # noqa: B018  refused once the person was removed
        except (StoreError, NotPermitted):
            return False
        return True

    def _way_in(self, key: bytes) -> bytes:
        """What of the key file lets this person in: it changes with the passphrase."""
        ring = KeyRing.from_bytes(key)
        slot = read_key_file(self.path).slot(ring.slot) if ring else None
        return slot.salt if slot else b""

    def ended(self, session: Session) -> None:
        """A session is over: its store is closed, its keys are let go of, and its kernels end."""
        session.store.close()
        session.key = b""
        give_back()
        try:
            asyncio.get_running_loop().create_task(self.end_kernels(session.id))
        except RuntimeError:  # no loop any more: the server itself is ending, and its kernels with it
            return

    async def end_kernels(self, session: str) -> None:
        """End every kernel of a session."""
        for kernel, owner in list(self.owners.items()):
            if owner == session and kernel in self.kernels:
                await self.kernels.shutdown_kernel(kernel, now=True)


SUITE: list[Suite] = []
