"""The second half of an erasure: the rows are out of the database, and the halves in the vault have to follow.

Which halves these are stands in the database from the moment the rows are gone, until they are overwritten. So a cut of
power between the two is finished by whoever opens the store next, and no half of an erased case stays behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from safe_lib.store.tables import FACTS
from safe_lib.store.vault import Vault

LEFT: Final = "erasing"  # name of a fact: numbers in the vault, hex, joined by spaces

_LEFT: Final = select(FACTS.c.value).where(FACTS.c.name == LEFT)


def begin(connection: Connection, numbers: Sequence[bytes]) -> None:
    """Note which halves have to go, in the transaction that takes the rows out."""
    noted = [*unfinished(connection), *numbers]
    connection.execute(delete(FACTS).where(FACTS.c.name == LEFT))
    connection.execute(insert(FACTS), {"name": LEFT, "value": " ".join(number.hex() for number in noted)})


def unfinished(connection: Connection) -> list[bytes]:
    """The halves that still have to go."""
    return [bytes.fromhex(number) for number in str(connection.execute(_LEFT).scalar() or "").split()]


def finish(connection: Connection, vault: Vault) -> None:
    """Overwrite them, and only then forget that they had to go. Doing it twice does no harm."""
    for number in unfinished(connection):
        vault.erase(number)
    connection.execute(delete(FACTS).where(FACTS.c.name == LEFT))
