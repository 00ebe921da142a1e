"""The ledger of published figures: what was published by whom and when, and in which groups each case was counted.

What was published is kept byte for byte with its hash, and never changed. In which groups a case was counted is sealed with
the key of that case: whoever may not read the case cannot read it, and it goes with the case.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select, update

from safe_lib.model.errors import WrongUse
from safe_lib.model.findings import KeptRelease, Observation, Placed
from safe_lib.store import audit, boxes
from safe_lib.store.sealing import Box
from safe_lib.store.tables import COUNTED, OBSERVATIONS, RELEASES, in_utc, json_text, stamp, whole

_LAST: Final = select(func.max(RELEASES.c.id), func.max(RELEASES.c.publication))
_LAST_COUNTED: Final = select(func.max(COUNTED.c.id))
_OF_CASE: Final = select(COUNTED).where(COUNTED.c.ref == bindparam("case")).order_by(COUNTED.c.id)
_RENEW: Final = update(COUNTED).where(COUNTED.c.id == bindparam("row"))


class KeepsReleases:
    """The part of the store that knows what was published."""

    _reading: Callable[[], AbstractContextManager[Connection]]
    _writing: Callable[[], AbstractContextManager[Connection]]

    def releases(self) -> tuple[KeptRelease, ...]:
        """Every table that was published, oldest first."""
        with self._reading() as connection:
            return tuple(_release(row) for row in connection.execute(select(RELEASES).order_by(RELEASES.c.id)))

    def counted(self) -> tuple[Placed, ...]:
        """In which groups each case of the person at work was counted, in every publication."""
        with self._reading() as connection:
            mine = {ref: box for ref, box in boxes.every_box(connection).items() if box is not None}
            return tuple(_placed(mine[row.ref], row) for row in connection.execute(select(COUNTED).order_by(COUNTED.c.id)).all() if row.ref in mine)

    def publish(self, tables: Mapping[str, tuple[Mapping[str, Any], Mapping[str, int]]], places: Mapping[str, Mapping[str, Sequence[str]]], *, seen: int,
                by: str, at: datetime) -> int:
        """Write down what is published, in one go; the number of the publication.

        Args:
            tables: name → what is published, and what was counted by combination.
            places: case → table → the combination it was counted in.
            seen: the newest publication that the check knew.

        Raises:
            WrongUse: somebody published meanwhile, so the check has to be made again.
            CaseNotFound: one of the cases is not open to the person at work.
        """
        with self._writing() as connection:
            number, last = connection.execute(_LAST).one()
            if (last or 0) != seen:
                raise WrongUse("findings: somebody published meanwhile.\n  Ask again, so that both are checked together.")
            publication = seen + 1
            for at_place, (name, (body, counts)) in enumerate(tables.items(), start=(number or 0) + 1):
                text = json_text(body)
                print_of = hashlib.sha256(text.encode()).hexdigest()
                connection.execute(insert(RELEASES), {"id": at_place, "publication": publication, "name": name, "body": text, "counted": json_text(counts),
                                                      "hash": print_of, "by": whole(by), "at": in_utc(at)})
                audit.add(connection, by=by, at=at, what="findings.released", detail=f"publication {publication} {name} {print_of[:12]}")
            _place(connection, publication, places, by, at)
            return publication

    def observe(self, body: Mapping[str, Any], *, by: str, at: datetime) -> int:
        """Write an observation down; its number. The trail says that one was raised, and nothing of what it says."""
        with self._writing() as connection:
            number = (connection.execute(select(func.max(OBSERVATIONS.c.id))).scalar() or 0) + 1
            connection.execute(insert(OBSERVATIONS), {"id": number, "body": json_text(body), "by": whole(by), "at": in_utc(at)})
            audit.add(connection, by=by, at=at, what="finding.raised", detail=f"number {number}")
            return number

    def observations(self) -> tuple[Observation, ...]:
        """Every observation, oldest first."""
        with self._reading() as connection:
            rows = connection.execute(select(OBSERVATIONS).order_by(OBSERVATIONS.c.id)).all()
        return tuple(Observation(row.id, json.loads(row.body), row.by, row.at.date()) for row in rows)


def _place(connection: Connection, publication: int, places: Mapping[str, Mapping[str, Sequence[str]]], by: str, at: datetime) -> None:
    """One row for each case; the publication has its line in the trail, and no case one of its own."""
    first = (connection.execute(_LAST_COUNTED).scalar() or 0) + 1
    placed = (Placed(first + number, ref, publication, {name: tuple(key) for name, key in where.items()}) for number, (ref, where) in enumerate(places.items()))
    rows = [_as_row(boxes.box_to_write(connection, one.ref), one, whole(by), at) for one in placed]
    if rows:
        connection.execute(insert(COUNTED), rows)


def renew(connection: Connection, old: Box, new: Box) -> None:
    """Seal in which groups a case was counted anew."""
    for row in connection.execute(_OF_CASE, {"case": old.ref}).all():
        connection.execute(_RENEW, {"row": row.id, "sealed": _as_row(new, _placed(old, row), row.by, row.at)["sealed"]})


def _as_row(box: Box, one: Placed, by: str, at: datetime) -> dict[str, Any]:
    where = {name: list(key) for name, key in one.where.items()}
    return {"id": one.id, "ref": box.ref, "publication": one.publication, "by": by, "at": in_utc(at),
            "sealed": box.seal_words("counted", (one.id, one.publication, by, stamp(at)), where)}


def _placed(box: Box, row: Any) -> Placed:
    where = box.open_words("counted", (row.id, row.publication, row.by, stamp(row.at)), row.sealed)
    return Placed(row.id, row.ref, row.publication, {name: tuple(key) for name, key in where.items()})


def _release(row: Any) -> KeptRelease:
    return KeptRelease(row.id, row.publication, row.name, json.loads(row.body), json.loads(row.counted), row.hash, row.by, row.at)
