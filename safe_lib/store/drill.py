"""The restore drill: a copy is made, brought back elsewhere and compared with the store, row by row and key by key."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Table, select

from safe_lib.store import boxes
from safe_lib.store.backup import back_up, place_of
from safe_lib.store.postbox import for_a_copy
from safe_lib.store.restore import Opener, restore
from safe_lib.store.server import CHECK
from safe_lib.store.tables import AUDIT, COPIES, FACTS, METADATA

if TYPE_CHECKING:
    from safe_lib.store.store import Store

ONLY_GROWS: Final = (AUDIT,)  # the restored store has a line more: that it was restored
NOT_COMPARED: Final = (COPIES,)


@dataclass(frozen=True, slots=True)
class Drill:
    """What came of a drill."""

    cases: int  # whose key was compared
    rows: int
    seconds: float  # from the beginning of the copy to the open restored store
    differences: tuple[str, ...]  # names of tables, references of cases, `letters` that wait; empty where the two are the same


def drill(store: Store, opener: Opener, *, at: datetime) -> Drill:
    """Do what a bad day would ask for, on this machine, and take everything away again.

    Nobody should write in the store meanwhile: what they write would be counted as a difference.

    Raises:
        WrongKey: passphrase or shares do not open the copy.
    """
    with tempfile.TemporaryDirectory(dir=store.path.absolute().parent, prefix=".safe-drill-") as temporary:
        begun = time.perf_counter()
        place = place_of(Path(temporary))
        back_up(store.path, store._holder.ring, place, at=at)
        to = Path(temporary) / "elsewhere" / "restored.safe"
        restore(place.database, place.vault, to, opener, at=at)
        with type(store).open(to, opener.passphrase, person=opener.person) as restored:
            seconds = time.perf_counter() - begun
            with store._reading() as ours, restored._reading() as theirs:
                rows, differing = _rows(ours, theirs)
                cases, other_keys = _keys(ours, theirs)
        letters = () if for_a_copy(store.path) == for_a_copy(to) else ("letters",)
    return Drill(cases, rows, seconds, (*differing, *other_keys, *letters))


def _rows(ours: Connection, theirs: Connection) -> tuple[int, list[str]]:
    """How many rows were compared, and the tables in which something differs."""
    count, differing = 0, []
    for table in METADATA.sorted_tables:
        if table in NOT_COMPARED:
            continue
        here, there = _all(ours, table), _all(theirs, table)
        count += len(here)
        if here != (there[: len(here)] if table in ONLY_GROWS else there):
            differing.append(table.name)
    return count, differing


def _all(connection: Connection, table: Table) -> list[tuple[object, ...]]:
    asked = select(table).order_by(*table.primary_key)
    return [tuple(row) for row in connection.execute(asked.where(FACTS.c.name != CHECK) if table is FACTS else asked)]


def _keys(ours: Connection, theirs: Connection) -> tuple[int, list[str]]:
    """Every case that this person can open: does its key, put together from database and vault, come out the same?"""
    here, there = boxes.every_box(ours), boxes.every_box(theirs)
    return len(here), sorted(ref for ref, box in here.items() if box is None or there.get(ref) != box)
