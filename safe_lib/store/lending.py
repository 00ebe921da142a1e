"""A store as somebody works in it who was lent the keys of single cases (`loans`): on another machine, without key file and vault."""

from __future__ import annotations

import os
from pathlib import Path
from threading import RLock
from typing import Final, Self

from sqlalchemy import Connection, select

from safe_lib.store import boxes, people, server
from safe_lib.store.boxes import Holder
from safe_lib.store.loans import Loan
from safe_lib.store.migrate import must_migrate
from safe_lib.store.opening import shut
from safe_lib.store.sealing import KEY
from safe_lib.store.slots import KeyRing
from safe_lib.store.store import Store
from safe_lib.store.tables import FACTS
from safe_lib.store.trouble import store_error, told
from safe_lib.store.vault import Vault

NAME: Final = Path("the lent store")  # what messages call it; there is no file
_TRAINING = select(FACTS.c.value).where(FACTS.c.name == "training")


class LentStore(Store):
    """An open store in which only the lent cases can be read. It gives nobody a key, and renews none."""

    def __init__(self, loan: Loan, connection: Connection) -> None:
        """Hold an open connection; use `open_lent`. What else an opening does needs keys that were not lent."""
        self.path = NAME
        self._until = loan.until
        self._connection: Connection | None = connection
        self._holder = boxes.holder_of(connection)
        self._holder.watches = True
        self._stood, self._reads = {}, {}
        self._process = os.getpid()
        self._lock = RLock()
        with self._reading() as ready:
            self.training = ready.execute(_TRAINING).scalar_one() == "true"
            people.as_seen(ready, self._holder.ring, training=self.training)

    @classmethod
    def open_lent(cls, loan: Loan, *, patience: float) -> Self:
        """Open the store of a loan, on behalf of whoever lent it.

        Raises:
            StoreError: the server does not answer, its tables are of another version, or the loan is over.
            NotPermitted: who lent it may not work there any more.
        """
        connection = server.connect_without_key(NAME, loan.address, patience=patience)
        try:
            with told(NAME):
                if must_migrate(connection, NAME):
                    raise store_error(NAME, "its tables are of an older version of the program.", "Open it once with this version where its key file is.")
                connection.rollback()
            ring = KeyRing(loan.person, loan.user, "", bytes(KEY), loan.guest)  # a name without a key
            boxes.hold(connection, Holder(ring, Vault(NAME), lent=dict(loan.boxes)))
            return cls(loan, connection)
        except BaseException:
            shut(connection)
            raise

    def _usable(self) -> Connection:
        if self._connection is None or os.getpid() != self._process:
            raise store_error(NAME, "it is closed.", "Begin the batch again.")
        if self._holder.now() >= self._until:
            raise store_error(NAME, "the time for which the keys were lent is over; nothing more was saved.", "Run the batch again.")
        if self._connection.invalidated:
            raise store_error(NAME, "the connection to the database was lost; nothing of this was saved.", "Run the batch again.")
        return self._connection
