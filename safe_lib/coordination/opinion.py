"""A second opinion: a colleague answers the same questions about the same case blind; then both stand side by side.

From the moment they are asked, the case is shut to them at every door (`store.opinions`), and what they answer opens for
them alone. When they say they are done, both sets of answers are written down as they were then, in a paper of the case.
Nothing is decided here: where the two differ they may agree on a reading, which counts once one of each side has said it,
and which changes no answer of the case.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final

from safe_lib import casework
from safe_lib.casework import Desk, _may
from safe_lib.coordination import notes
from safe_lib.engine import assess
from safe_lib.engine.assess import FREE_SCALES, check_answers
from safe_lib.model.answers import NOT_ASKED, Answer, Answers, Person, Place
from safe_lib.model.assessment import Assessment
from safe_lib.model.case import SHARED
from safe_lib.model.errors import WrongUse
from safe_lib.model.instrument import Instrument, Item
from safe_lib.store.opinions import OpinionRow

KIND: Final = "second_opinions"  # of the paper
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Opinion:
    """One second opinion that the person at work is asked for."""

    id: int
    ref: str
    asked_by: str
    asked: date
    instrument: str
    answers: Answers  # with the future it is about, and what the colleague knows of the person
    words: str = ""  # what to base it on
    seen_before: bool = False  # they had read the case before they were asked, so it is not blind
    is_done: bool = False
    opens: bool = True  # False: sealed to an earlier key of theirs; it can only be left


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of one question that somebody of each side may agree on."""

    code: str
    words: str
    by: tuple[str, ...]  # who said it

    def is_agreed(self, colleague: str) -> bool:
        """Whether the colleague and somebody else said it."""
        return colleague in self.by and len(set(self.by)) > 1


@dataclass(frozen=True, slots=True)
class Line:
    """One question with both answers; `not_asked` where one side has none."""

    item: str
    first: Answer
    second: Answer
    reading: Reading | None = None

    @property
    def differs(self) -> bool:
        """The two did not answer the same."""
        return self.first.code != self.second.code


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides of one second opinion as they were when it was done."""

    id: int
    ref: str
    instrument: str
    scenario: str
    colleague: str
    done: date
    seen_before: bool
    first: Answers
    second: Answers
    lines: tuple[Line, ...]  # every question that one of the two answered, in the order of the instrument

    @property
    def differing(self) -> tuple[Line, ...]:
        """Where the two differ."""
        return tuple(line for line in self.lines if line.differs)


# Asking


def ask(desk: Desk, ref: str, instrument_id: str, colleague: str, *, scenario: str = SHARED, words: str = "") -> int:
    """Ask a colleague to answer the questions of an instrument about a case, without seeing what is answered already.

    Args:
        scenario: the future it is about, for an instrument that tells futures apart.
        words: what to base it on, such as a talk or papers; never what one thinks oneself.

    Returns:
        The number of the second opinion.

    Raises:
        WrongUse: the colleague answered themselves, or is asked already; there is no such future.
        NotPermitted: only who may assign a case asks; the colleague is excluded from it.
    """
    store = _may(desk, "assign", ref)
    instrument = casework.instrument_for(desk, instrument_id)
    kinds = [kind.id for kind in instrument.scenarios]
    if (scenario or kinds) and scenario not in kinds:
        raise WrongUse(f"--scenario: {'there are ' + ', '.join(kinds) if kinds else 'this instrument does not tell futures apart'}.\n  Choose accordingly.")
    said = casework.saved_answers(desk, ref, instrument_id, scenario)
    if colleague in {one.by for one in said.values()}:
        raise WrongUse(f"{ref}: this colleague answered some of it themselves.\n  A second opinion is somebody else's.")
    place = casework.place_of(casework.futures(desk, ref), scenario)
    body: Body = {"instrument": instrument_id, "scenario": scenario, "words": notes.said(words, "what it rests on", required=False),
                  "place": asdict(place) if place else None, "person": {"age_group": None, "children_travel": False}, "answers": {}}
    return store.ask_opinion(ref, colleague, lambda seen: _packed({**body, "seen_before": seen}), by=desk.person, at=desk.now())


def asked(desk: Desk, ref: str) -> tuple[OpinionRow, ...]:
    """Who was asked about a case and is not done; without what they say."""
    return _may(desk, "read", ref).opinions_asked(ref)


# Giving


def mine(desk: Desk) -> tuple[Opinion, ...]:
    """The second opinions that the person at work is asked for, the oldest first."""
    rows = _may(desk, "list").my_opinions()
    for row in rows:
        if row.status == "done":  # it was done, and the program ended before it was written down
            _publish(desk, row)
    return tuple(_opinion(row) for row in rows if row.status == "open")


def opinion(desk: Desk, id: int) -> Opinion:
    """One of one's own.

    Raises:
        WrongUse: there is none with this number.
    """
    found = next((one for one in mine(desk) if one.id == id), None)
    if found is None:
        raise WrongUse(f"{id}: there is no such second opinion of yours.\n  Look at those you have: safe second-opinion mine.")
    return found


def answer(desk: Desk, id: int, given: Mapping[str, Answer], person: Person | None = None) -> Opinion:
    """Answer some questions; what was answered before and is not named stays.

    Args:
        given: item → answer.
        person: what rules may know of the person, as this colleague sees it; None leaves it.

    Raises:
        AnswersError: an item or a code that the instrument does not have.
    """
    instrument = casework.instrument_for(desk, opinion(desk, id).instrument)
    check_answers(instrument, Answers(given), instrument.by_id())
    wrong = [item for item in given if instrument.by_id()[item].scale in FREE_SCALES]
    if wrong:
        raise WrongUse(f"{wrong[0]}: free words cannot be compared.\n  Leave this question out.")

    def step(before: bytes) -> bytes:
        body = _read(before)
        body["answers"] |= {item: asdict(one) for item, one in given.items()}
        if person is not None:
            body["person"] = asdict(person)
        return _packed(body)

    _may(desk, "list").save_opinion(id, step, by=desk.person, at=desk.now())
    return opinion(desk, id)


def done(desk: Desk, id: int) -> Compared:
    """Say that one is done: nothing of it changes any more, the case opens again, and both sides are written down.

    Raises:
        WrongUse: nothing is answered.
    """
    if not opinion(desk, id).answers.given:
        raise WrongUse(f"{id}: nothing is answered yet.\n  Answer at least one question, or leave it.")
    row = _may(desk, "list").end_opinion(id, by=desk.person, at=desk.now())
    _publish(desk, row)
    return next(one for one in compared(desk, row.ref) if one.id == id)


def leave(desk: Desk, id: int) -> None:
    """Leave it unfinished: what was answered goes, and the case opens again."""
    _may(desk, "list").drop_opinion(id, by=desk.person, at=desk.now())


def _publish(desk: Desk, row: OpinionRow) -> None:
    """Write both sides into the case, once, and take out what was sealed to the colleague."""
    body = _read(row.body or b"{}")
    quiet = replace(desk, for_list=True)
    instrument = casework.instrument_for(desk, body["instrument"])
    first = casework.recorded(quiet, row.ref, instrument, body["scenario"])
    entry = {**{name: body[name] for name in ("instrument", "scenario", "place", "seen_before")}, "id": row.id, "colleague": row.colleague,
             "asked_by": row.by, "asked": row.at.date().isoformat(), "done": desk.today.isoformat(), "version": casework.made_with(instrument),
             "first": _side(first), "second": {"person": body["person"], "answers": body["answers"]}, "readings": {}}
    notes.change(quiet, row.ref, KIND, lambda there: there if any(one["id"] == row.id for one in there) else [*there, entry])
    quiet.open_store().drop_opinion(row.id, by=desk.person, at=desk.now())


# Side by side


def compared(desk: Desk, ref: str) -> tuple[Compared, ...]:
    """Every second opinion of a case that is done, the oldest first; whoever may read the case may read them."""
    return tuple(_compared(desk, ref, entry) for entry in notes.entries(desk, ref, KIND))


def results(desk: Desk, one: Compared, on: date | None = None) -> tuple[Assessment, Assessment]:
    """What the instrument says of the first's answers, and of the second's, on one and the same day."""
    instrument = casework.instrument_for(desk, one.instrument)
    return tuple(assess(instrument, side, casework.country_of(side), on=on or desk.today) for side in (one.first, one.second))  # type: ignore[return-value]


def agree(desk: Desk, ref: str, id: int, item: str, code: str, words: str = "") -> Reading:
    """Say which reading of a question one holds now. It is agreed once the colleague and somebody else say the same.

    Raises:
        WrongUse: the two did not differ there, or the question has no such answer.
    """
    _may(desk, "write", ref)
    one = next((found for found in compared(desk, ref) if found.id == id), None)
    if one is None or item not in {line.item for line in one.differing}:
        raise WrongUse(f"{item}: the two do not differ here.\n  Choose a question on which they do.")
    instrument = casework.instrument_for(desk, one.instrument)
    check_answers(instrument, Answers({item: Answer(code, reason=words)}), instrument.by_id())
    me, said = desk.person, notes.said(words, "why", required=False)

    def written(there: Sequence[notes.Entry]) -> Sequence[notes.Entry]:
        return [{**entry, "readings": {**entry["readings"], item: _said(entry["readings"].get(item), code, said, me)}} if entry["id"] == id else entry
                for entry in there]

    notes.change(desk, ref, KIND, written)
    reading = next(line.reading for found in compared(desk, ref) if found.id == id for line in found.lines if line.item == item)
    return reading or Reading(code, said, (me,))


def _said(before: Mapping[str, Any] | None, code: str, words: str, by: str) -> Body:
    """The same reading said by one more; another reading begins anew."""
    if before is None or before["code"] != code:
        return {"code": code, "words": words, "by": [by]}
    return {"code": code, "words": words or before["words"], "by": list(dict.fromkeys([*before["by"], by]))}


def _compared(desk: Desk, ref: str, entry: notes.Entry) -> Compared:
    instrument = casework.instrument_for(desk, entry["instrument"])
    first, second = (_answers(entry[side], entry) for side in ("first", "second"))
    readings = {item: Reading(one["code"], one["words"], tuple(one["by"])) for item, one in entry["readings"].items()}
    lines = tuple(Line(item.id, first.of(item.id), second.of(item.id), readings.get(item.id)) for item in comparable(instrument)
                  if item.id in first.given or item.id in second.given)
    return Compared(entry["id"], ref, entry["instrument"], entry["scenario"], entry["colleague"], date.fromisoformat(entry["done"]), entry["seen_before"],
                    first, second, lines)


def comparable(instrument: Instrument) -> tuple[Item, ...]:
    """The questions whose answers can be compared: those that offer answers."""
    return tuple(item for item in instrument.items if item.scale not in FREE_SCALES)


# As it is kept


def _packed(body: Body) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=True).encode()


def _read(body: bytes) -> Body:
    read: Body = json.loads(body)
    return read


def _side(answers: Answers) -> Body:
    return {"person": asdict(answers.person), "answers": {item: asdict(one) for item, one in answers.given.items()}}


def _answers(side: Mapping[str, Any], frame: Mapping[str, Any]) -> Answers:
    given = {item: Answer(one["code"], tuple(one["evidence"]), one["reason"]) for item, one in side["answers"].items()}
    place = Place(**frame["place"]) if frame["place"] else None
    return Answers(given, Person(**side["person"]), frame["scenario"] or None, place)


def _opinion(row: OpinionRow) -> Opinion:
    if row.body is None:
        return Opinion(row.id, row.ref, row.by, row.at.date(), "", Answers(), opens=False)
    body = _read(row.body)
    return Opinion(row.id, row.ref, row.by, row.at.date(), body["instrument"], _answers(body, body), body["words"], body["seen_before"], row.status == "done")


def code_of(answers: Answers, item: str) -> str:
    """What was answered to a question, `not_asked` where nothing was."""
    return answers.given[item].code if item in answers.given else NOT_ASKED
