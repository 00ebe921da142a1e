"""A kept assessment computed again with what there was: the answers, the instrument and the country information of that day.

The rules of the program are those of today. Where the same result comes out, they say of that day what they said then;
where not, that is told, and what was kept stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.catalogue.editions import load_edition
from safe_lib.engine.conditions import Seen
from safe_lib.engine.grounds import seen_in_snapshot
from safe_lib.engine.results import print_of, result, with_scenario
from safe_lib.model.answers import Answers
from safe_lib.model.case import SHARED, KeptAssessment
from safe_lib.model.errors import CatalogueError
from safe_lib.model.grounds import CaseFile, Grounds, Result
from safe_lib.model.instrument import Instrument
from safe_lib.reassessing.computing import PAPERS, PERSONAL, answers_in
from safe_lib.store import Store


@dataclass(frozen=True, slots=True)
class OfThen:
    """What came of computing one kept assessment again; `again` is None where something of that day is missing, and `lacks` says what."""

    kept: int
    then: Result | None
    again: Result | None
    lacks: str = ""  # grounds | instrument | answers

    @property
    def is_same(self) -> bool:
        """The same answers, instrument and country information lead to the same result under the rules of today."""
        return self.again is not None and self.again == self.then


def computed_again(desk: Desk, ref: str, line: KeptAssessment) -> OfThen:
    """Compute one kept assessment again from what was kept of its day.

    Raises:
        CaseNotFound: there is no such case for this person.
    """
    casework.find_case(desk, ref, what="kept")
    store = desk.open_store()
    grounds = store.grounds(line.id)
    if grounds is None:
        return OfThen(line.id, None, None, "grounds")
    instrument = _edition(store, line.instrument, grounds)
    if instrument is None:
        return OfThen(line.id, grounds.result, None, "instrument")
    said = _answers(store, ref, instrument, line)
    if print_of(with_scenario(instrument, said)) != grounds.said:
        return OfThen(line.id, grounds.result, None, "answers")
    held = store.snapshot(grounds.snapshot) if grounds.snapshot else {}
    again = result(instrument, said, lambda theme: seen_in_snapshot(held, theme) if held else Seen(None, "missing"))
    return OfThen(line.id, grounds.result, again)


def _edition(store: Store, id: str, grounds: Grounds) -> Instrument | None:
    """The instrument as it was; None where it was not kept, or cannot be read any more."""
    files = store.edition(id, grounds.instrument)
    if files is None:
        return None
    try:
        found = load_edition(id, files)
    except CatalogueError:
        return None
    return found if casework.made_with(found) == grounds.instrument else None


def _answers(store: Store, ref: str, instrument: Instrument, line: KeptAssessment) -> Answers:
    """What was recorded when the assessment was kept."""
    asked = [(instrument.id, item.id) for item in instrument.items]
    answers: dict[str, tuple[tuple[str, str, str, str], ...]] = {}
    for form, item in dict.fromkeys([*asked, *PERSONAL]):
        counted = _counted(store, ref, form, item, line)
        answers[form] = (*answers.get(form, ()), *counted)
    papers = {kind: _last(((paper.at, paper.body) for paper in store.paper_history(ref, kind)), line.at) or {} for kind in PAPERS}
    return answers_in(CaseFile(ref, answers, papers), instrument, line.scenario)


def _counted(store: Store, ref: str, form: str, item: str, line: KeptAssessment) -> list[tuple[str, str, str, str]]:
    """The shared answer of that moment, then the one of the future that was assessed: the later in the list counts."""
    there = [one for one in store.history(ref, form, item) if one.at <= line.at and one.scenario in (SHARED, line.scenario)]
    newest = {one.scenario: one for one in there}
    return [(item, scenario, newest[scenario].answer.code, " ".join(newest[scenario].answer.evidence))
            for scenario in dict.fromkeys((SHARED, line.scenario)) if scenario in newest]


def _last(found: Iterable[tuple[datetime, Mapping[str, Any]]], until: datetime) -> Mapping[str, Any] | None:
    return next((said for at, said in reversed(list(found)) if at <= until), None)
