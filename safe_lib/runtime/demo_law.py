"""What invented persons' files hold of their legal procedures in the Netherlands: facts with who said them, what is followed, who is asked.

Every kind of file comes round in turn, from one where nothing is known to one with a permit that ends, so that a list of
days, a change of the law and a letter have something to be tried on. No lawyer, office or number exists.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from safe_lib.engine import legal
from safe_lib.engine.periods import moved
from safe_lib.model.answers import DECLINED, UNKNOWN
from safe_lib.model.legal import PROCEDURES, CaseFact, Contact, Entry, FileDocument, Following, Part, PersonStatement, Task, Written
from safe_lib.model.procedure import LegalCalendar, Period
from safe_lib.runtime.demo_stories import Story

YES, NO = "yes", "no"
_NO_CALENDAR: Final = LegalCalendar("", "UTC")
_RESPONSIBLE: Final = (NO, NO, NO, YES, YES, UNKNOWN)  # whether another state is; how often it is in real files is not known here
_BACK: Final = 1460  # days: four years, so that both sides of the change of 19 May 2023 occur


@dataclass(frozen=True, slots=True)
class _Maker:
    """One file, with a source of chance of its own: what else is invented of a person does not depend on it."""

    chance: random.Random
    story: Story
    worked: date

    def day(self, most: int, least: int = 0) -> date:
        """A day before the last work on the case."""
        return self.worked - timedelta(days=self.chance.randrange(least, most))

    def fact(self, name: str, value: date | str, source: str) -> CaseFact:
        said = value.isoformat() if isinstance(value, date) else value
        return CaseFact(name, said, "" if said in (UNKNOWN, DECLINED) else source, self.worked)

    def responsible(self) -> Iterator[Entry]:
        """Whether another state is responsible; in some files nobody has asked yet."""
        said = self.chance.choice(_RESPONSIBLE)
        if self.chance.random() < 0.85:
            yield self.fact("responsibility_case", said, "letter of the IND")

    def nothing(self) -> Iterator[Entry]:
        """A file in which nobody has written anything down yet."""
        yield from ()

    def reflecting(self) -> Iterator[Entry]:
        """A reflection period, running or over; in some files the day is not known."""
        yield Following("NL-REFLECT")
        yield self.fact("presumed_victim", YES, "police")
        yield self.fact("lawful_stay", NO, "police")
        yield self.fact("reflection_before", NO, "the person")
        yield self.fact("reflection_granted", self.day(_BACK) if self.chance.random() < 0.85 else UNKNOWN, "letter of the police")
        yield from self.responsible()
        yield Task(id="t1", task="Talk at half time with the interpreter", doer="volunteer", due=self.worked + timedelta(days=9), procedure="NL-REFLECT")

    def permitted(self) -> Iterator[Entry]:
        """A permit that ends one day, and its extension."""
        start = self.day(340, 30)
        yield from (Following("NL-B83"), Following("NL-EXT", "waiting"))
        for name in ("victim_reported", "criminal_case_open", "holds_trafficking_permit"):
            yield self.fact(name, YES, "lawyer")
        yield self.fact("condition_still_met", self.chance.choice((YES, YES, UNKNOWN)), "lawyer")
        yield self.fact("report_taken", start - timedelta(days=4), "copy of the report")
        yield self.fact("permit_start", start, "residence card")
        yield self.fact("first_permit_start", start, "residence card")
        yield self.fact("permit_end_date", moved(start, Period(1, "years"), _NO_CALENDAR), "residence card")
        yield FileDocument(id="d1", document="residence_card", procedure="NL-EXT", bringer="the person", copy="copy", received=self.worked)

    def refused(self) -> Iterator[Entry]:
        """A decision the person disagrees with."""
        yield Following("NL-OBJ")
        yield self.fact("negative_decision", YES, "letter of the IND")
        yield self.fact("decision_made_known", self.day(40) if self.chance.random() < 0.8 else UNKNOWN, "letter of the IND")
        yield self.fact("asylum_case", self.chance.choice((YES, NO)), "lawyer")

    def compensated(self) -> Iterator[Entry]:
        """An application to the fund that is being prepared."""
        yield Following("NL-SGM")
        yield self.fact("offence_in_country", YES, "the person")
        yield self.fact("serious_injury", YES, "doctor")
        yield self.fact("offence_end_date", self.day(900, 90) if self.chance.random() < 0.8 else DECLINED, "the person")
        yield self.fact("minor_at_offence", YES if self.story.age == "child" else NO if self.story.age == "adult" else UNKNOWN, "file")

    def papers(self) -> Iterator[Entry]:
        """A person without papers, before and after the lawyer's look."""
        yield Following("NL-ID")
        yield self.fact("papers_missing", YES, "the person")
        yield self.fact("asylum_pending", self.chance.choice((YES, NO, UNKNOWN)), "lawyer")
        yield self.fact("fear_of_own_state", self.chance.choice((NO, UNKNOWN)), "the person")
        if self.chance.random() < 0.5:
            yield self.fact("gate_checked", self.day(30), "lawyer")

    def people(self) -> Iterator[Entry]:
        """The lawyer, and what the person said."""
        office = f"Invented Law {self.chance.randrange(1, 9)}"
        yield Contact(id="c1", role="lawyer", office=office, contact="A. Example", safe=self.chance.choice((YES, UNKNOWN)))
        if self.chance.random() < 0.5:
            yield PersonStatement(self.story.words, "Exampli", self.chance.choice((YES, UNKNOWN)))


KINDS: Final[tuple[Callable[[_Maker], Iterator[Entry]], ...]] = (
    _Maker.reflecting, _Maker.permitted, _Maker.reflecting, _Maker.nothing, _Maker.refused, _Maker.compensated, _Maker.papers)
_PARTS: Final[Mapping[type[Any], Part]] = {kind: part for part, kind in legal.RECORDS.items()}


def legal_paper(source: str, story: Story, worked: date, *, by: str) -> dict[str, dict[str, Any]]:
    """The paper of a person's procedures; no paper where nothing is known.

    Args:
        source: of the chance; the same gives the same paper.
        story: who the person is.
        worked: the day on which the case was last worked on; no day of the file lies after it but those to come.
        by: who wrote it down.
    """
    chance = random.Random(source)  # noqa: S311  nothing here is secret
    maker = _Maker(chance, story, worked)
    kind = chance.choice(KINDS)
    entries = [*kind(maker)]
    entries += maker.people() if entries else ()
    body: dict[str, Any] = {}
    for entry in entries:
        body = legal.with_entry(body, _PARTS[type(entry)], entry.id, entry, Written(by, worked, 1))
    return {PROCEDURES: body} if body else {}
