"""What the workbook on procedures is told from: the file of the case, what follows from it on one day, and words for all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

from safe_lib import procedures
from safe_lib.casework import Desk
from safe_lib.catalogue.procedures import Law, load_law
from safe_lib.engine import legal
from safe_lib.engine.facts import NO, YES
from safe_lib.engine.procedure_json import period_as_text, said
from safe_lib.model.answers import OPEN_CODES, UNKNOWN
from safe_lib.model.assessment import Truth
from safe_lib.model.document import Badge
from safe_lib.model.legal import CaseDeadline, CaseFact, Considered, LegalFile, Moment, Offer
from safe_lib.model.procedure import Alternative, Deadline, LawChange, Procedure, Remark, Standing, Words, is_recalled
from safe_lib.model.texts import Texts
from safe_lib.widgets.pages import date_in_words

TRUTHS: Final[Mapping[Truth, str]] = {Truth.HOLDS: "holds", Truth.OPEN: "open", Truth.FAILS: "fails"}


@dataclass(frozen=True)
class Reading:
    """One case on one day, in one language; everything that follows is worked out once."""

    file: LegalFile
    on: date
    texts: Texts
    offers: tuple[Offer, ...] = ()
    law: Law = field(default_factory=load_law)

    # What follows

    @cached_property
    def considered(self) -> tuple[Considered, ...]:
        """Every procedure of the jurisdictions of the case."""
        return procedures.considered_in(self.file, self.on)

    @cached_property
    def rules(self) -> tuple[Considered, ...]:
        """The minimum rules."""
        return procedures.minimum_rules_in(self.file, self.on)

    @cached_property
    def deadlines(self) -> tuple[CaseDeadline, ...]:
        """The unknown first, then by last day."""
        return legal.deadlines_in(self.considered, self.file)

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """The timeline."""
        return legal.timeline(self.file, self.deadlines, on=self.on)

    @property
    def followed(self) -> tuple[Considered, ...]:
        """What somebody follows."""
        return tuple(one for one in self.considered if one.is_followed)

    def with_truth(self, truth: Truth) -> tuple[Considered, ...]:
        """What nobody follows, by whether it may apply."""
        return tuple(one for one in self.considered if not one.is_followed and one.may_apply is truth)

    @property
    def touched(self) -> tuple[Procedure, ...]:
        """The procedures whose days or steps are shown: followed, or with a deadline that runs."""
        running = {one.deadline.procedure for one in self.deadlines}
        return tuple(one.seen.procedure for one in self.considered if one.is_followed or one.id in running)

    @property
    def changes(self) -> tuple[LawChange, ...]:
        """The changes of law that a reader of these procedures must see, each once."""
        shown = {one.id for one in self.touched}
        return tuple({change.id: change for one in self.considered if one.id in shown for change in one.changes}.values())

    @property
    def wanted(self) -> tuple[str, ...]:
        """Facts that would decide something and are not known: of what is followed first, then those that most procedures ask for."""
        followed = [name for one in self.followed for name in (*one.asked, *self._anchors(one), *_undecided(one))]
        narrowing = [name for one in self.with_truth(Truth.HOLDS) for name in one.narrowed_by]
        others = [name for one in self.with_truth(Truth.OPEN) for name in one.missing]
        often = sorted(dict.fromkeys(others), key=lambda name: -others.count(name))
        return tuple(name for name in dict.fromkeys((*self.law.first, *followed, *narrowing, *often)) if not self.is_known(name))

    @property
    def urgent(self) -> tuple[str, ...]:
        """Of those, the facts that what is followed or offered waits for."""
        followed = {name for one in self.followed for name in (*one.asked, *self._anchors(one), *_undecided(one))}
        followed |= {name for one in self.with_truth(Truth.HOLDS) for name in one.narrowed_by}
        return tuple(name for name in self.wanted if name in followed or name in self.law.first or any(offer.name == name for offer in self.offers))

    @property
    def alarms(self) -> tuple[str, ...]:
        """Facts that are asked first and are true: what they ask for cannot wait."""
        return tuple(name for name in self.law.first if (fact := self.file.facts.get(name)) is not None and fact.value == YES)

    @property
    def unasked(self) -> tuple[str, ...]:
        """Facts that are asked first and are not known."""
        return tuple(name for name in self.law.first if not self.is_known(name))

    @staticmethod
    def _anchors(one: Considered) -> tuple[str, ...]:
        return tuple(deadline.anchor for deadline in one.seen.deadlines)

    def is_known(self, name: str) -> bool:
        """Whether the whole case knows a fact."""
        known = self.file.facts.get(name)
        return known is not None and known.value not in OPEN_CODES

    # In words

    def words(self, words: Words) -> str:
        """A text of the catalogue in the language of the page."""
        return said(words, self.texts.language)

    def day(self, day: date | None, *, unknown: str = "procedure.unknown_day") -> str:
        """A day as the language writes it; the words for one that is not known, never nothing."""
        return date_in_words(day, self.texts, "long") if day else self.texts(unknown)

    def written(self, value: str) -> str:
        """An ISO day as the language writes it; anything else unchanged."""
        try:
            return self.day(date.fromisoformat(value))
        except ValueError:
            return value

    def procedure(self, id: str) -> str:
        """The name of a procedure."""
        known = self.law.procedures.get(id)
        return self.words(known.name) if known else ""

    def fact(self, name: str) -> str:
        """What a fact is about."""
        return self.words(self.law.facts.get(name, {})) or name

    def value(self, name: str, value: str) -> str:
        """What is known of a fact."""
        if value in (YES, NO, *OPEN_CODES):
            return self.texts(f"code.{value}")
        if value in self.law.values.get(name, ()):
            return self.texts(f"legal.value.{value}")
        return self.written(value)

    def known(self, name: str, procedure: str = "") -> str:
        """What is known of a fact for a procedure, with who said it; that nothing is known is said too."""
        fact = self.file.facts.get(f"{name}@{procedure}") or self.file.facts.get(name)
        if fact is None:
            return self.texts("legal.not_known")
        return f"{self.value(name, fact.value)} ({self.said_by(fact)})" if fact.source else self.value(name, fact.value)

    def said_by(self, fact: CaseFact) -> str:
        """Who said it, and on which day."""
        return ", ".join(filter(None, (fact.source, self.day(fact.learned) if fact.learned else "")))

    def document(self, key: str, title: str = "") -> str:
        """The name of a document."""
        return self.words(self.law.documents.get(key, {})) or title

    def state(self, state: str) -> str:
        """Where a case stands in a procedure."""
        return self.texts(f"procedure.states.{state}") if state else self.texts("legal.no_state")

    def standing(self, standing: Standing) -> str:
        """How sure a rule is."""
        word, _, confidence = standing.partition("_")
        more = f" ({self.texts('procedure.confidence.' + confidence)})" if confidence else ""
        return self.texts(f"procedure.status.{word}") + more

    def truth(self, truth: Truth, kind: str = "truth") -> Badge:
        """Whether something may apply, or a minimum rule is breached."""
        return Badge("truth", TRUTHS[truth], self.texts(f"legal.{kind}.{TRUTHS[truth]}"))

    def what(self, deadline: Deadline) -> str:
        """What has to be done by a deadline: its steps, or its note, or else from what it is counted."""
        found = self.law.procedures.get(deadline.procedure)
        steps = [self.words(step.action) for step in (found.steps if found else ()) if step.deadline == deadline.id]
        return " ".join(steps) or self.words(deadline.note) or self._counted(deadline)

    def _counted(self, deadline: Deadline) -> str:
        return self.texts("legal.counted", procedure=self.procedure(deadline.procedure), fact=self.fact(deadline.anchor))

    def remark(self, deadline: Deadline) -> str:
        """What a reader must know beside the three dates."""
        told = [self.texts(f"procedure.remark.{key}", **self._facts(facts)) for key, facts in deadline.remarks]
        return " ".join(filter(None, (*told, self.words(deadline.note))))

    def _facts(self, facts: Mapping[str, str]) -> dict[str, str]:
        """Names of facts and ISO days in words."""
        return {key: self.fact(value) if key == "anchor" else self.written(value) if key == "day" else value for key, value in facts.items()}

    def term(self, one: Alternative) -> str:
        """The length of a term."""
        if one.period is None:
            return self.texts("legal.as_stated")
        number, _, unit = period_as_text(one.period).partition(" ")
        return self.texts(f"legal.term.{unit.replace(' ', '_')}", n=number)

    def last(self, deadline: Deadline, *, unknown: str = "procedure.unknown_day") -> str:
        """The last day; where it is no limit of the law, that is said beside it."""
        day = self.day(deadline.last, unknown=unknown)
        return day if deadline.legal or deadline.last is None else self.texts("legal.no_law", day=day)

    def band(self, deadline: CaseDeadline) -> str:
        """How near the last day is, or that it was done."""
        if deadline.done:
            return self.texts("legal.done_on", day=self.day(deadline.done))
        return self.texts(f"procedure.band.{deadline.deadline.band}")

    def verified(self, procedure: Procedure) -> str:
        """When the rule was last compared with its sources, or that it never was."""
        known = "never_verified" if is_recalled(procedure.standing) else "last_verified"
        days = {"day": self.day(procedure.verified), "by": self.day(procedure.verify_by)}
        return self.texts(f"procedure.{known}", **days, status=self.standing(procedure.standing))

    def is_overdue(self, procedure: Procedure) -> bool:
        """Past its day of verification: verify first."""
        return self.on > procedure.verify_by

    def remarks(self, procedure: Procedure) -> Iterable[Remark]:
        """Risks first, then what it costs and asks for."""
        return sorted(procedure.remarks, key=lambda one: one.kind != "risk")


def _undecided(one: Considered) -> tuple[str, ...]:
    """Facts that would decide which term holds."""
    return tuple(name for deadline in one.seen.deadlines for other in deadline.undecided for name in other.unknown)


def reading_of(desk: Desk, ref: str, texts: Texts) -> Reading:
    """One case as it stands today.

    Raises:
        NotPermitted, CaseNotFound: as everywhere.
    """
    return Reading(procedures.legal_file(desk, ref), desk.today, texts, procedures.offers_of(desk, ref))


def example_reading(texts: Texts, on: date) -> Reading:
    """An invented person in the reflection period, for whom another state may be responsible."""
    given = (("presumed_victim", YES), ("lawful_stay", NO), ("role", "victim"), ("reflection_granted", "2026-11-02"), ("responsibility_case", UNKNOWN))
    facts = {name: CaseFact(name, value, "example" if value != UNKNOWN else "", on) for name, value in given}
    from safe_lib.model.legal import Following

    return Reading(LegalFile(facts=facts, followed={"NL-REFLECT": Following("NL-REFLECT")}), on, texts)
