"""All first answers of a new case in one go, each with its audit line: for training stores, and for what is brought in from elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, insert, select

from safe_lib.model.case import AuditLine, SavedAnswer
from safe_lib.store import answers, audit, boxes, cases
from safe_lib.store.tables import ANSWERS, AUDIT
from safe_lib.store.trouble import store_error


def save_first(connection: Connection, ref: str, said: Sequence[tuple[str, SavedAnswer]]) -> None:
    """Save the first answers of a case; what stands in the store afterwards is the same as after saving them one by one.

    Args:
        connection: inside the transaction that opens the case.
        ref: a case that has no answers yet.
        said: instrument and answer, in the order in which they were given; `revision` is not looked at.

    Raises:
        CaseNotFound: there is no such case.
        StoreError: the case has answers already.
    """
    box = boxes.box_to_write(connection, ref)
    if connection.execute(select(func.count()).select_from(ANSWERS).where(ANSWERS.c.ref == ref)).scalar_one():
        raise store_error(ref, "the case has answers already.", "Save further ones one by one.")
    revisions: Counter[tuple[str, str]] = Counter()
    rows: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    sequence, chain = audit.end(connection)
    for instrument, given in said:
        new = answers.storable(given)
        revisions[instrument, new.item] += 1
        new = replace(new, revision=revisions[instrument, new.item])
        rows.append(answers.as_row(box, instrument, new))
        sequence += 1
        line, chain = audit.as_row(AuditLine(sequence, new.at, new.by, "answer.saved", ref, answers.told(instrument, new)), box, chain)
        lines.append(line)
    if rows:
        cases.touch(connection, ref, rows[-1]["at"])
        connection.execute(insert(ANSWERS), rows)
        connection.execute(insert(AUDIT), lines)
