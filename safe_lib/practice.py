"""Practice on invented persons: a trainee works a case with the same pages, hands it in, and sees it beside the agreed reading and beside peers.

Every function here takes a `Seat`. A seat is made from a desk in a store of invented persons, and from nothing else: a function
for real cases does not take one, a function here takes no desk, and what comes out (`model.practice`) is of no type that a figure
over real cases accepts. The compiler tells who mixes them, and the seat refuses a store with real persons when it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from safe_lib import casework
from safe_lib.casework import AGE_ITEM, CHILDREN_ITEM, FUTURES, Desk, Said
from safe_lib.catalogue.practice import practice_cases
from safe_lib.engine.practice import way_of
from safe_lib.engine.readings import Readings, Row, readings
from safe_lib.model.answers import NOT_ASKED
from safe_lib.model.errors import WrongUse
from safe_lib.model.practice import PracticeCase, PracticeLine, Worked

KIND: Final = "practice"  # of the paper that says which practice case a file of the training store is
WORDS: Final = ("first_level", "WORDS")  # where the story stands in the file
COUNTRY: Final = "XAA"


@dataclass(frozen=True, slots=True)
class Seat:
    """A trainee's place in a store of invented persons.

    Raises:
        WrongUse: the store holds real persons.
    """

    desk: Desk

    def __post_init__(self) -> None:
        if not self.desk.open_store().training:
            raise WrongUse("practice: this store holds real persons.\n  Practise in a training store: python3 -m safe_lib serve, or safe demo.")


@dataclass(frozen=True, slots=True)
class Begun:
    """A practice case that somebody has begun; `answers` as they were handed in."""

    practice: str
    ref: str
    trainee: str
    version: str
    begun: datetime
    handed_in: datetime | None
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """How far a training group agrees: with the agreed readings, and among each other. First attempts only, nobody named."""

    trainees: int
    with_agreed: tuple[tuple[str, Readings], ...]  # per instrument; the first of each pair is the agreed reading
    among: tuple[tuple[str, Readings], ...]


def cases(seat: Seat) -> Mapping[str, PracticeCase]:
    """Every practice case, in the language of the desk."""
    return practice_cases(seat.desk.language)


def case(seat: Seat, id: str) -> PracticeCase:
    """One practice case.

    Raises:
        WrongUse: there is none with this id.
    """
    found = cases(seat).get(id)
    if found is None:
        raise WrongUse(f"{id}: there is no such practice case.\n  See them all: safe practice.")
    return found


def begin(seat: Seat, id: str) -> str:
    """The file in which a trainee works a practice case; one that is begun and not handed in goes on."""
    one, desk = case(seat, id), seat.desk
    open_now = next((found for found in mine(seat) if found.practice == id and found.handed_in is None), None)
    if open_now is not None:
        return open_now.ref
    ref = casework.open_case(desk, one.title).ref
    _say(desk, ref, WORDS[0], Said(WORDS[1], casework.WRITTEN, note=one.story))
    if one.person.age_group:
        _say(desk, ref, AGE_ITEM[0], Said(AGE_ITEM[1], one.person.age_group))
    _say(desk, ref, CHILDREN_ITEM[0], Said(CHILDREN_ITEM[1], "yes" if one.person.children_travel else "no"))
    if one.scenario:
        casework.save_paper(desk, ref, FUTURES, {"futures": [{"kind": one.scenario, "order": 1, "country": COUNTRY, "subdivision": "", "words": ""}]})
    casework.save_paper(desk, ref, KIND, _body(Begun(id, ref, desk.person, one.version, desk.now(), None, {})))
    return ref


def _say(desk: Desk, ref: str, instrument: str, said: Said) -> None:
    casework.record(desk, ref, casework.instrument_for(desk, instrument), said)


def hand_in(seat: Seat, id: str) -> Worked:
    """Hand a practice case in: its answers are written down as they are, then the agreed reading is shown.

    Raises:
        WrongUse: it is not begun, or nothing of what counts is answered.
    """
    one, desk = case(seat, id), seat.desk
    now = next((found for found in mine(seat) if found.practice == id and found.handed_in is None), None)
    if now is None:
        raise WrongUse(f"{id}: it is not begun.\n  Begin it first.")
    said = casework.saved_answers(desk, now.ref, one.instrument, one.scenario)
    answers = {item: said[item].answer.code for item in one.reading if item in said}
    if not answers:
        raise WrongUse(f"{id}: nothing of what counts is answered yet.\n  Read the story, and answer what it bears on; unknown is an answer.")
    casework.save_paper(desk, now.ref, KIND, {**_body(now), "handed_in": desk.now().isoformat(), "answers": answers})
    return _worked(seat, one, replace(now, handed_in=desk.now(), answers=answers), first_attempts(begun(seat)))


def worked(seat: Seat) -> tuple[Worked, ...]:
    """What the trainee handed in, each case once as it was the first time: later on the agreed reading is known."""
    everybody, known = first_attempts(begun(seat)), cases(seat)
    found = [one for one in everybody if one.trainee == seat.desk.person and one.practice in known]
    return tuple(_worked(seat, known[one.practice], one, everybody) for one in found)


def mine(seat: Seat) -> tuple[Begun, ...]:
    """What the trainee has begun, handed in or not."""
    return tuple(one for one in begun(seat) if one.trainee == seat.desk.person)


def begun(seat: Seat) -> tuple[Begun, ...]:
    """Every practice case that anybody has begun in this store."""
    desk = replace(seat.desk, for_list=True)
    papers = ((line.ref, casework.paper(desk, line.ref, KIND)) for line in casework.list_cases(desk) if line.readable)
    return tuple(sorted((_begun(ref, paper.body) for ref, paper in papers if paper), key=lambda one: (one.begun, one.ref)))


def first_attempts(found: Iterable[Begun]) -> tuple[Begun, ...]:
    """Of each trainee and practice case what was handed in first."""
    first: dict[tuple[str, str], Begun] = {}
    for one in sorted((one for one in found if one.handed_in), key=lambda one: one.handed_in or one.begun):
        first.setdefault((one.trainee, one.practice), one)
    return tuple(first.values())


def group(seat: Seat) -> Group:
    """How far the trainees of this store agree with the agreed readings, and among each other; counts always, figures from ten cases on."""
    found, known = first_attempts(begun(seat)), cases(seat)
    trainees = sorted({one.trainee for one in found})
    said = {(one.practice, one.trainee): one for one in found}
    with_agreed: dict[str, list[Row]] = {}
    for practice in dict.fromkeys(one.practice for one in found if one.practice in known):
        one = known[practice]
        for item, agreed in one.reading.items():
            codes = (said[practice, who].answers.get(item, NOT_ASKED) if (practice, who) in said else None for who in trainees)
            with_agreed.setdefault(one.instrument, []).append(Row(practice, item, (agreed, *codes)))
    instruments = {id: casework.instrument_for(seat.desk, id) for id in with_agreed}
    agreed_figures = tuple((id, readings(instruments[id], rows)) for id, rows in with_agreed.items())
    among = tuple((id, readings(instruments[id], [replace(row, codes=row.codes[1:]) for row in rows])) for id, rows in with_agreed.items())
    return Group(len(trainees), agreed_figures, among)


def _worked(seat: Seat, one: PracticeCase, mine: Begun, everybody: Iterable[Begun]) -> Worked:
    instrument = casework.instrument_for(seat.desk, one.instrument)
    items = instrument.by_id()
    others = [found for found in everybody if found.practice == one.id and found.trainee != mine.trainee]
    lines = []
    for item, agreed in one.reading.items():
        said = mine.answers.get(item, NOT_ASKED)
        peers = [found.answers.get(item, NOT_ASKED) for found in others]
        lines.append(PracticeLine(item, agreed, said, way_of(agreed, said, instrument.scales[items[item].scale].codes),
                                  {code: peers.count(code) for code in sorted(set(peers))}))
    return Worked(one, tuple(lines))


def _begun(ref: str, body: Mapping[str, Any]) -> Begun:
    handed, answers = body["handed_in"], body["answers"]
    return Begun(str(body["practice"]), ref, str(body["trainee"]), str(body["version"]), datetime.fromisoformat(str(body["begun"])),
                 datetime.fromisoformat(str(handed)) if handed else None, {str(item): str(code) for item, code in answers.items()})


def _body(one: Begun) -> dict[str, object]:
    return {"practice": one.practice, "version": one.version, "trainee": one.trainee, "begun": one.begun.isoformat(), "handed_in": None, "answers": {}}
