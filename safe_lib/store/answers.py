"""Answers by revision: nothing is overwritten, and nobody's answer is lost behind another's.

A scenario starts from the answers shared by all futures and may have its own over them. Revisions of one item count
through all scenarios, so the number an editor had on screen tells whether anything newer counts in that scenario.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, insert, select

from safe_lib.model.answers import EVIDENCE, Answer
from safe_lib.model.case import SHARED, SavedAnswer
from safe_lib.model.errors import WrongUse
from safe_lib.store import audit, cases
from safe_lib.store.tables import ANSWERS, in_utc, whole
from safe_lib.store.trouble import AnswerChanged

_IN_FORM = and_(ANSWERS.c.ref == bindparam("case"), ANSWERS.c.instrument == bindparam("form"))
_IN_FUTURE = ANSWERS.c.scenario.in_([bindparam("shared", SHARED), bindparam("future")])

_LAST = (select(ANSWERS.c.item, ANSWERS.c.scenario, func.max(ANSWERS.c.revision).label("revision"))
         .where(_IN_FORM, _IN_FUTURE).group_by(ANSWERS.c.item, ANSWERS.c.scenario).subquery())
_CURRENT = (select(ANSWERS)
            .join(_LAST, and_(ANSWERS.c.item == _LAST.c.item, ANSWERS.c.revision == _LAST.c.revision))
            .where(_IN_FORM).order_by(ANSWERS.c.item, ANSWERS.c.scenario))
_HISTORY = select(ANSWERS).where(_IN_FORM, ANSWERS.c.item == bindparam("question")).order_by(ANSWERS.c.revision)
_ADD = insert(ANSWERS)


def current(connection: Connection, ref: str, instrument: str, scenario: str) -> tuple[SavedAnswer, ...]:
    """What counts now in one scenario, by item: its own answers, and the shared ones where it has none."""
    found: dict[str, SavedAnswer] = {}
    for row in connection.execute(_CURRENT, {"case": ref, "form": instrument, "future": scenario}):
        found[row.item] = _saved(row)  # the shared answer sorts before the scenario's own
    return tuple(found.values())


def history(connection: Connection, ref: str, instrument: str, item: str) -> tuple[SavedAnswer, ...]:
    """Every answer ever saved to one item, in all scenarios, oldest first."""
    rows = connection.execute(_HISTORY, {"case": ref, "form": instrument, "question": item})
    return tuple(_saved(row) for row in rows)


def save(connection: Connection, ref: str, instrument: str, new: SavedAnswer, *, seen: int | None) -> SavedAnswer:
    """Add a revision, its audit line in the same transaction; `new.revision` is not looked at.

    An answer equal to the one that counts is not written again, so a save may be sent twice.

    Args:
        seen: the revision the editor had on screen, 0 for none; None: nobody looked, write over what is there.

    Raises:
        AnswerChanged: something newer than `seen` counts in this scenario, and it says something else.
        CaseNotFound: there is no such case.
    """
    new = _storable(new)
    past = history(connection, ref, instrument, new.item)
    counting = _counting(past, new.scenario)
    if counting is not None:
        same = _says(counting) == _says(new)
        if same and counting.scenario == new.scenario:
            return counting
        if seen is not None and counting.revision > seen and not same:
            raise AnswerChanged(ref, counting)
    saved = replace(new, revision=past[-1].revision + 1 if past else 1)
    _write(connection, ref, instrument, saved)
    return saved


def _counting(past: tuple[SavedAnswer, ...], scenario: str) -> SavedAnswer | None:
    """The answer that counts in a scenario: its own newest one, else the newest shared one."""
    own = [saved for saved in past if saved.scenario == scenario]
    shared = [saved for saved in past if saved.scenario == SHARED]
    found = own or shared
    return found[-1] if found else None


def _says(saved: SavedAnswer) -> tuple[Answer, str]:
    return saved.answer, saved.note


def _storable(new: SavedAnswer) -> SavedAnswer:
    """As it will be read back: text that a file can hold, the moment in UTC, evidence of known kinds."""
    if not set(new.answer.evidence) <= set(EVIDENCE):
        raise WrongUse(f"an answer rests on one or more of {', '.join(EVIDENCE)}.")
    answer = Answer(whole(new.answer.code), tuple(new.answer.evidence), whole(new.answer.reason))
    return SavedAnswer(whole(new.item), whole(new.scenario), answer, whole(new.note), 0, whole(new.by), in_utc(new.at))


def _write(connection: Connection, ref: str, instrument: str, saved: SavedAnswer) -> None:
    cases.touch(connection, ref, saved.at)
    connection.execute(_ADD, {
        "ref": ref, "instrument": instrument, "item": saved.item, "revision": saved.revision,
        "scenario": saved.scenario, "code": saved.answer.code, "evidence": " ".join(saved.answer.evidence),
        "reason": saved.answer.reason, "note": saved.note, "by": saved.by, "at": saved.at})
    audit.add(connection, by=saved.by, at=saved.at, what="answer.saved", ref=ref,
              detail=f"{instrument} {saved.item} revision {saved.revision}")


def _saved(row: Row[Any]) -> SavedAnswer:
    answer = Answer(row.code, tuple(row.evidence.split()), row.reason)
    return SavedAnswer(row.item, row.scenario, answer, row.note, row.revision, row.by, row.at)
