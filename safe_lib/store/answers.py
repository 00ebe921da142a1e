"""Answers by revision: nothing is overwritten, and nobody's answer is lost behind another's.

A scenario starts from the answers shared by all futures and may have its own over them. Revisions of one item count
through all scenarios, so the number an editor had on screen tells whether anything newer counts in that scenario.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, String, and_, bindparam, func, insert, or_, select, type_coerce, update

from safe_lib.model.answers import EVIDENCE, Answer
from safe_lib.model.case import SHARED, SavedAnswer
from safe_lib.model.errors import WrongUse
from safe_lib.store import audit, boxes, cases
from safe_lib.store.sealing import Box
from safe_lib.store.tables import ANSWERS, in_utc, stamp, whole
from safe_lib.store.trouble import AnswerChanged

_IN_FORM = and_(ANSWERS.c.ref == bindparam("case"), ANSWERS.c.form == bindparam("in_form"))
_IN_FUTURE = ANSWERS.c.future.in_([bindparam("shared"), bindparam("in_future")])

_LAST = (select(ANSWERS.c.question, ANSWERS.c.future, func.max(ANSWERS.c.revision).label("revision"))
         .where(_IN_FORM, _IN_FUTURE).group_by(ANSWERS.c.question, ANSWERS.c.future).subquery())
_CURRENT = select(ANSWERS).join(_LAST, and_(ANSWERS.c.question == _LAST.c.question, ANSWERS.c.revision == _LAST.c.revision)).where(_IN_FORM)
_HISTORY = select(ANSWERS).where(ANSWERS.c.ref == bindparam("case"), ANSWERS.c.question == bindparam("asked")).order_by(ANSWERS.c.revision)
_ALL = select(ANSWERS).where(ANSWERS.c.ref == bindparam("case"))
_FIRST_OF_FORM = select(ANSWERS).where(ANSWERS.c.id.in_(select(func.min(ANSWERS.c.id)).group_by(ANSWERS.c.ref, ANSWERS.c.form)))
_AS_IT_STANDS = type_coerce(ANSWERS.c.at, String)  # a moment is sealed with its row as it stands there; nobody reads it here
_OF_FORMS = (
    select(ANSWERS.c.question, ANSWERS.c.future, ANSWERS.c.revision, ANSWERS.c.by, _AS_IT_STANDS, ANSWERS.c.sealed)
    .where(ANSWERS.c.ref == bindparam("case"), or_(ANSWERS.c.form.in_(bindparam("forms", expanding=True)),
                                                   ANSWERS.c.question.in_(bindparam("questions", expanding=True))))
    .order_by(ANSWERS.c.revision))
_ADD = insert(ANSWERS)
_RENEW = update(ANSWERS).where(ANSWERS.c.id == bindparam("row"))


def current(connection: Connection, ref: str, instrument: str, scenario: str) -> tuple[SavedAnswer, ...]:
    """What counts now in one scenario, by item: its own answers, and the shared ones where it has none."""
    box = boxes.find_box(connection, ref)
    if box is None:
        return ()
    rows = connection.execute(_CURRENT, {"case": ref, "in_form": _form(box, instrument), "shared": _future(box, SHARED), "in_future": _future(box, scenario)})
    known = boxes.holder_of(connection).opened_now()
    saved = sorted((_saved_once(known, box, row) for row in rows), key=lambda one: (one.item, one.scenario))
    return tuple({one.item: one for one in saved}.values())  # the shared answer sorts before the scenario's own


def history(connection: Connection, ref: str, instrument: str, item: str) -> tuple[SavedAnswer, ...]:
    """Every answer ever saved to one item, in all scenarios, oldest first."""
    box = boxes.find_box(connection, ref)
    return () if box is None else _history(connection, box, instrument, item)


def of_case(connection: Connection, box: Box) -> tuple[tuple[str, SavedAnswer], ...]:
    """Every answer ever saved in a case with its instrument, also to items that are no longer asked; by item, oldest first."""
    found = [(str(_opened(box, row)["instrument"]), _saved(box, row)) for row in connection.execute(_ALL, {"case": box.ref})]
    return tuple(sorted(found, key=lambda one: (one[0], one[1].item, one[1].revision)))


def instruments_of_all(connection: Connection, mine: Mapping[str, Box]) -> dict[str, tuple[str, ...]]:
    """Case → the instruments with at least one answer, by name; of the cases that these boxes open."""
    found: dict[str, list[str]] = {}
    for row in connection.execute(_FIRST_OF_FORM):
        if row.ref in mine:
            found.setdefault(row.ref, []).append(_opened(mine[row.ref], row)["instrument"])
    return {ref: tuple(sorted(names)) for ref, names in found.items()}


def short(
    connection: Connection, box: Box, instruments: Sequence[str], asked: Sequence[tuple[str, str]] = ()
) -> dict[str, tuple[tuple[str, str, str, str], ...]]:
    """What counts now, as short as it can be: instrument → item, scenario, code and basis; shared answers before those of one future.

    `asked` are single questions wanted besides, as instrument and item.
    """
    wanted = {"case": box.ref, "forms": [_form(box, id) for id in instruments], "questions": [_question(box, *one) for one in asked]}
    newest = {(question, future): (question, revision, by, at, sealed)  # the last of each counts
              for question, future, revision, by, at, sealed in connection.execute(_OF_FORMS, wanted)}
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for *place, sealed in newest.values():
        said = box.open_words("answers", place, sealed)
        found.setdefault(said["instrument"], []).append((said["item"], said["scenario"], said["code"], " ".join(said["evidence"])))
    return {id: tuple(sorted(several, key=lambda one: (one[1] != SHARED, one[0], one[1]))) for id, several in sorted(found.items())}


def renew(connection: Connection, old: Box, new: Box) -> None:
    """Seal every answer of a case anew."""
    for row in connection.execute(_ALL, {"case": old.ref}).all():
        said = _opened(old, row)
        connection.execute(_RENEW, {"row": row.id, **_marks(new, said["instrument"], said["item"], said["scenario"]),
                                    "sealed": new.seal_words("answers", _place(new, said["instrument"], said["item"], row.revision, row.by, row.at), said)})


def save(connection: Connection, ref: str, instrument: str, new: SavedAnswer, *, seen: int | None) -> SavedAnswer:
    """Add a revision, its audit line in the same transaction; `new.revision` is not looked at.

    An answer equal to the one that counts is not written again, so a save may be sent twice.

    Args:
        seen: the revision the editor had on screen, 0 for none; None: nobody looked, write over what is there.

    Raises:
        AnswerChanged: something newer than `seen` counts in this scenario, and it says something else.
        CaseNotFound: there is no such case.
    """
    new = storable(new)
    box = boxes.box_to_write(connection, ref)
    past = _history(connection, box, instrument, new.item)
    counting = _counting(past, new.scenario)
    if counting is not None:
        same = _says(counting) == _says(new)
        if same and counting.scenario == new.scenario:
            return counting
        if seen is not None and counting.revision > seen and not same:
            raise AnswerChanged(ref, counting)
    saved = replace(new, revision=past[-1].revision + 1 if past else 1)
    cases.touch(connection, ref, saved.at)
    connection.execute(_ADD, as_row(box, instrument, saved))
    audit.add(connection, by=saved.by, at=saved.at, what="answer.saved", ref=ref, detail=told(instrument, saved))
    return saved


def as_row(box: Box, instrument: str, saved: SavedAnswer) -> dict[str, Any]:
    """An answer as it stands in the database."""
    said = {"instrument": instrument, "item": saved.item, "scenario": saved.scenario, "code": saved.answer.code,
            "evidence": list(saved.answer.evidence), "reason": saved.answer.reason, "note": saved.note}
    return {"ref": box.ref, **_marks(box, instrument, saved.item, saved.scenario), "revision": saved.revision, "by": saved.by, "at": saved.at,
            "sealed": box.seal_words("answers", _place(box, instrument, saved.item, saved.revision, saved.by, saved.at), said)}


def told(instrument: str, saved: SavedAnswer) -> str:
    """What the audit line says of it: where, never what."""
    return f"{instrument} {saved.item} revision {saved.revision}"


def _counting(past: tuple[SavedAnswer, ...], scenario: str) -> SavedAnswer | None:
    """The answer that counts in a scenario: its own newest one, else the newest shared one."""
    own = [saved for saved in past if saved.scenario == scenario]
    shared = [saved for saved in past if saved.scenario == SHARED]
    found = own or shared
    return found[-1] if found else None


def _says(saved: SavedAnswer) -> tuple[Answer, str]:
    return saved.answer, saved.note


def storable(new: SavedAnswer) -> SavedAnswer:
    """As it will be read back: text that a file can hold, the moment in UTC, evidence of known kinds."""
    if not set(new.answer.evidence) <= set(EVIDENCE):
        raise WrongUse(f"an answer rests on one or more of {', '.join(EVIDENCE)}.")
    answer = Answer(whole(new.answer.code), tuple(new.answer.evidence), whole(new.answer.reason))
    return SavedAnswer(whole(new.item), whole(new.scenario), answer, whole(new.note), 0, whole(new.by), in_utc(new.at))


def _history(connection: Connection, box: Box, instrument: str, item: str) -> tuple[SavedAnswer, ...]:
    rows = connection.execute(_HISTORY, {"case": box.ref, "asked": _question(box, instrument, item)})
    return tuple(_saved(box, row) for row in rows)


def _form(box: Box, instrument: str) -> bytes:
    return box.mark("instrument", instrument)


def _question(box: Box, instrument: str, item: str) -> bytes:
    return box.mark("item", instrument, item)


def _future(box: Box, scenario: str) -> bytes:
    return box.mark("scenario", scenario)


def _marks(box: Box, instrument: str, item: str, scenario: str) -> dict[str, bytes]:
    return {"form": _form(box, instrument), "question": _question(box, instrument, item), "future": _future(box, scenario)}


def _place(box: Box, instrument: str, item: str, revision: int, by: str, at: datetime) -> tuple[Any, ...]:
    """What makes a row this one and no other."""
    return _question(box, instrument, item), revision, by, stamp(at)


def _opened(box: Box, row: Row[Any]) -> dict[str, Any]:
    said: dict[str, Any] = box.open_words("answers", (row.question, row.revision, row.by, stamp(row.at)), row.sealed)
    return said


def _saved_once(known: dict[int, SavedAnswer], box: Box, row: Row[Any]) -> SavedAnswer:
    found = known.get(row.id)
    if found is None:
        found = known[row.id] = _saved(box, row)
    return found


def _saved(box: Box, row: Row[Any]) -> SavedAnswer:
    said = _opened(box, row)
    answer = Answer(said["code"], tuple(said["evidence"]), said["reason"])
    return SavedAnswer(said["item"], said["scenario"], answer, said["note"], row.revision, row.by, row.at)
