"""Instruments as they were when an assessment was kept with them: each edition once, for all cases that share it.

Nothing of a case is in it. Without it a result could be read later, but not be computed again once the instrument changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from sqlalchemy import Connection, insert, select

from safe_lib.store.tables import EDITIONS, json_text


class KeepsEditions:
    """What a store can do with editions."""

    _reading: Callable[[], AbstractContextManager[Connection]]
    _writing: Callable[[], AbstractContextManager[Connection]]

    def keep_edition(self, instrument: str, made_with: str, files: Callable[[], Mapping[str, str]]) -> None:
        """Keep an instrument as it is now, unless this edition is kept already.

        Args:
            made_with: its version and content hash.
            files: name → text of the files that it is read from; asked for only where it is new.
        """
        if self.edition(instrument, made_with) is not None:
            return
        body = json_text(files())
        with self._writing() as connection:
            if _found(connection, instrument, made_with) is None:  # nobody else kept it meanwhile
                connection.execute(insert(EDITIONS), {"instrument": instrument, "made_with": made_with, "body": body})

    def edition(self, instrument: str, made_with: str) -> Mapping[str, str] | None:
        """The files of an edition; None where it was not kept."""
        with self._reading() as connection:
            body = _found(connection, instrument, made_with)
        found: Mapping[str, str] | None = json.loads(body) if body else None
        return found


def _found(connection: Connection, instrument: str, made_with: str) -> str | None:
    wanted = EDITIONS.c.instrument == instrument, EDITIONS.c.made_with == made_with
    return connection.execute(select(EDITIONS.c.body).where(*wanted)).scalar()
