"""What is kept of a person as a paper for them: what, what for, who may see it, for how long, and what they can do.

The order is that of GDPR Art. 15(1), then the copy itself (Art. 15(3)). Free texts stand in it only where a colleague let
them pass; where one is held back, the reason stands in its place.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from safe_lib.catalogue import load_texts
from safe_lib.catalogue.processing import load_processing
from safe_lib.model.case import Disclosure, KeptAssessment, Paper, SavedAnswer
from safe_lib.model.document import Block, Bullets, Document, Facts, Heading, Notice, Table, Text
from safe_lib.model.instrument import Instrument
from safe_lib.model.texts import Texts
from safe_lib.person.access_pack import Looked, Pack, first_said, paper_text_id, paper_values, text_id
from safe_lib.policy.writing import kept_for

READINGS = ("case.read", "access.gathered", "report.read", "trail.read")  # lines that say that somebody looked


def access_document(pack: Pack, looked: Looked, *, day: str, discreet: bool = False) -> Document:
    """The pack as a document in the person's language.

    Args:
        day: ISO day of the paper.
        discreet: a title that tells a stranger nothing.
    """
    texts = load_texts(pack.language)
    paper = _Paper(pack, looked, texts)
    marks = (texts("report.mark.draft_translation"),) if texts.status == "draft" else ()
    title = texts("rights.discreet_title" if discreet else "rights.access.title")
    return Document(title, pack.language, texts.direction, "person", pack.everything.case.ref, day, tuple(paper.blocks()),
                    footer="" if discreet else texts("rights.access.footer"), marks=marks)


class _Paper:
    """Puts one pack into blocks."""

    def __init__(self, pack: Pack, looked: Looked, texts: Texts) -> None:
        self.pack, self.looked, self.texts = pack, looked, texts
        self.policy = load_processing(pack.language)
        self.first = first_said(pack.everything.papers)

    def blocks(self) -> Iterator[Block]:
        yield Text(self.texts("rights.access.lead"), "lead")
        if not self.pack.is_in_their_language:
            yield Notice(self.texts("rights.access.no_language"), self.texts("rights.access.no_language_text", asked=self.pack.asked_for), "open")
        if self.looked.withheld:
            yield Notice(self.texts("rights.access.held_back"), self.texts("rights.access.held_back_text", count=len(self.looked.withheld)), "info")
        parts = (self.can_do, self.purposes, self.who_sees, self.who_are_you, self.answers, self.papers, self.results, self.documents, self.trail, self.logic)
        for part in parts:
            yield from part()

    def head(self, key: str) -> list[Block]:
        return [Heading(self.texts(f"rights.access.{key}")), Text(self.texts(f"rights.access.{key}_text"), "quiet")]

    def words(self, id: str, text: str) -> str:
        """A free text where it may go; else why it does not."""
        if self.looked.may_go(id):
            return text
        why = self.looked.why(id)
        return self.texts("rights.access.text_held_back", why=why) if why else self.texts("rights.access.text_not_looked_at")

    # What for, how long, who

    def can_do(self) -> Iterator[Block]:
        yield from self.head("can_do")
        yield Bullets(tuple(self.texts(f"rights.access.can_{number}") for number in range(1, 7)))

    def purposes(self) -> Iterator[Block]:
        yield from self.head("purposes")
        for purpose in self.policy.purposes.values():
            if not any(purpose.id in group.purposes and group.id in self.about_them() for group in self.policy.groups):
                continue
            basis = "; ".join(f"{one.article} {self.policy.sources[one.source].title}: {one.why}" for one in purpose.basis)
            pairs = ((self.texts("policy.basis"), basis), (self.texts("policy.retention"), self.how_long(purpose.id)))
            yield Heading(purpose.title, 3)
            yield Text(purpose.about)
            yield Facts(pairs)

    def about_them(self) -> frozenset[str]:
        """The groups that hold something about people who are helped."""
        timed = {purpose.id for purpose in self.policy.clocks()}
        return frozenset(group.id for group in self.policy.groups if timed.intersection(group.purposes) or group.id == "trail")

    def how_long(self, purpose: str) -> str:
        said = kept_for(self.policy.purposes[purpose], self.texts, self.pack.months.get(purpose))
        clock = next((one for one in (self.pack.keeping.clocks if self.pack.keeping else ()) if one.purpose == purpose), None)
        return said if clock is None else f"{said} {self.texts('rights.access.until', closed=clock.closed.isoformat(), until=clock.until.isoformat())}"

    def who_sees(self) -> Iterator[Block]:
        yield from self.head("who")
        roles = Counter(self.pack.colleagues.role(user) for user in self.pack.everything.holders)
        yield Facts(tuple((role, str(count)) for role, count in sorted(roles.items())))
        left = self.pack.everything.disclosures
        if not left:
            yield Text(self.texts("rights.access.none_left"))
            return
        columns = self._columns("day", "recipient", "purpose", "why", "until", "document")
        yield Table(self.texts("rights.access.left"), columns, tuple(self._left(number, line) for number, line in enumerate(left, 1)))

    def _left(self, number: int, line: Disclosure) -> tuple[str, ...]:
        reason = f": {self.words(f'disclosures/{number}/reason', line.basis.reason)}" if line.basis.reason.strip() else ""
        basis = self.texts(f"disclose.basis.{line.basis.kind or 'none'}") + (f" {line.basis.consent}" if line.basis.consent else "") + reason
        recipient, purpose = (self.words(f"disclosures/{number}/{part}", getattr(line, part)) for part in ("recipient", "purpose"))
        return line.at.date().isoformat(), recipient, purpose, basis, line.expires.isoformat() if line.expires else "–", line.report

    # The copy

    def who_are_you(self) -> Iterator[Block]:
        yield from self.head("identity")
        case = self.pack.everything.case
        yield Facts(((self.texts("rights.reference"), case.ref), (self.texts("rights.access.opened"), case.opened.isoformat()),
                     (self.texts("rights.access.status"), self.texts(f"rights.status.{case.status}"))))
        hint, known = self.texts("rights.access.hint"), self.pack.everything.identities
        rows = [(str(who.revision), *self._when(who.by, who.at), hint, who.alias) for who in known if who.alias]
        rows += [(str(who.revision), *self._when(who.by, who.at), key, self.words(f"identities/{who.revision}/{key}", text))
                 for who in known for key, text in who.details.items()]
        if rows:
            yield Table(self.texts("rights.access.identity"), self._columns("version", "day", "by", "what", "says"), tuple(rows))

    def answers(self) -> Iterator[Block]:
        yield from self.head("answers")
        said = self.pack.everything.answers
        if not said:
            yield Text(self.texts("rights.access.nothing"))
        for id in dict.fromkeys(one for one, _ in said):
            instrument = self.pack.instruments.get(id)
            group = self.policy.group_of_instrument(id)
            yield Heading(instrument.title if instrument else id, 3)
            if group:
                yield Text(group.about, "quiet")
            rows = tuple(self._answer(id, instrument, saved) for one, saved in said if one == id)
            yield Table(instrument.title if instrument else id, self._columns("question", "says", "rests_on", "version", "day", "by"), rows)

    def _answer(self, id: str, instrument: Instrument | None, saved: SavedAnswer) -> tuple[str, ...]:
        item = instrument.by_id().get(saved.item) if instrument else None
        said = [self._code(instrument, saved)]
        said += [self.words(text_id(id, saved, part), text) for part, text in (("note", saved.note), ("reason", saved.answer.reason)) if text.strip()]
        asked = f"{item.label}. {item.ask}".strip() if item else saved.item
        future = f" [{self._scenario(instrument, saved.scenario)}]" if saved.scenario else ""
        rests = ", ".join(self.texts(f"evidence.{kind}") for kind in saved.answer.evidence) or "–"
        return asked + future, " ".join(one for one in said if one), rests, str(saved.revision), *self._when(saved.by, saved.at)

    def _code(self, instrument: Instrument | None, saved: SavedAnswer) -> str:
        item = instrument.by_id().get(saved.item) if instrument else None
        scale = instrument.scales.get(item.scale) if instrument and item else None
        label = scale.labels.get(saved.answer.code) if scale else None
        known = self.texts(f"code.{saved.answer.code}") if self.texts.has(f"code.{saved.answer.code}") else saved.answer.code
        return "" if saved.answer.code == "written" else f"{label or known}."

    def _scenario(self, instrument: Instrument | None, id: str) -> str:
        return next((one.title for one in (instrument.scenarios if instrument else ()) if one.id == id), id)

    def papers(self) -> Iterator[Block]:
        yield from self.head("papers")
        for paper in self.pack.everything.papers:
            yield Table(f"{self._kind(paper)}, {self.texts('rights.version').lower()} {paper.revision}, {', '.join(self._when(paper.by, paper.at))}",
                        self._columns("field", "says"), tuple(self._paper_rows(paper)) or (("–", "–"),))
        if not self.pack.everything.papers:
            yield Text(self.texts("rights.access.nothing"))

    def _kind(self, paper: Paper) -> str:
        key = f"rights.paper.{paper.kind}"
        return self.texts(key) if self.texts.has(key) else paper.kind

    def _paper_rows(self, paper: Paper) -> Iterator[tuple[str, str]]:
        looked = {text.id for text in self.pack.texts}
        for path, value in paper_values(paper.body):
            id = paper_text_id(paper.kind, self.first.get((paper.kind, path, str(value)), paper.revision), path)
            last = path.rsplit(".", 1)[-1]
            said = self.words(id, str(value)) if id in looked else self._plain(last, value)
            if said:
                yield self._field(path), said

    def _plain(self, name: str, value: Any) -> str:
        if name == "by":
            return self.pack.colleagues.role(str(value))
        if name in ("state", "result") or (name == "outcome" and value):
            return self.texts(f"rights.{name}.{value}")
        return "" if value in (None, "") else str(value)

    def _field(self, path: str) -> str:
        """`futures.0.words` as “1: in your words”."""
        parts = path.split(".")
        number = next((f"{int(part) + 1}: " for part in parts if part.isdecimal()), "")
        key = f"rights.field.{parts[-1]}"
        return number + (self.texts(key) if self.texts.has(key) else parts[-1].replace("_", " "))

    def results(self) -> Iterator[Block]:
        yield from self.head("results")
        rows = tuple(self._result(kept) for kept in self.pack.everything.assessments)
        if rows:
            yield Table(self.texts("rights.access.results"), self._columns("day", "by", "what", "says"), rows)
        else:
            yield Text(self.texts("rights.access.nothing"))

    def _result(self, kept: KeptAssessment) -> tuple[str, ...]:
        instrument = self.pack.instruments.get(kept.instrument)
        said = json.loads(kept.text)
        outcome = said.get("outcome", {}) if isinstance(said, dict) else {}
        id = outcome.get("id", "") if isinstance(outcome, dict) else ""
        known = next((one for one in (instrument.outcomes if instrument else ()) if one.id == id), None)
        words = " ".join(known.plain) or known.wording if known else str(outcome.get("wording", kept.text) if isinstance(outcome, dict) else kept.text)
        future = f" [{self._scenario(instrument, kept.scenario)}]" if kept.scenario else ""
        return (*self._when(kept.by, kept.at), (instrument.title if instrument else kept.instrument) + future, words)

    def documents(self) -> Iterator[Block]:
        yield from self.head("documents")
        rows = tuple((one.id, *self._when(one.by, one.made), self._for(one.profile), one.format.upper(), one.language) for one in self.pack.everything.reports)
        if rows:
            yield Table(self.texts("rights.access.documents"), self._columns("document", "day", "by", "recipient", "form", "language"), rows)
        else:
            yield Text(self.texts("rights.access.nothing"))

    def _for(self, profile: str) -> str:
        return self.texts(f"profile.{profile}") if self.texts.has(f"profile.{profile}") else profile

    def trail(self) -> Iterator[Block]:
        yield from self.head("trail")
        counted: Counter[tuple[str, str, str]] = Counter()
        for line in self.pack.everything.trail:
            kind = "read" if line.what in READINGS else "written"
            counted[line.at.date().isoformat(), self.pack.colleagues.role(line.by), self.texts(f"rights.access.{kind}")] += 1
        rows = tuple((*key, str(count)) for key, count in sorted(counted.items()))
        yield Table(self.texts("rights.access.trail"), self._columns("day", "by", "what", "times"), rows)

    def logic(self) -> Iterator[Block]:
        yield from self.head("logic")
        for one in self.pack.everything.extensions:
            purpose = self.policy.purposes[one.purpose].title if one.purpose in self.policy.purposes else one.purpose
            why = self.words(f"extensions/{one.id}/reason", one.reason)
            yield Text(self.texts("rights.access.extended", purpose=purpose, until=one.until.isoformat(), why=why))

    def _when(self, by: str, at: Any) -> tuple[str, str]:
        return (at.date().isoformat() if at else ""), self.pack.colleagues.role(by)

    def _columns(self, *names: str) -> tuple[str, ...]:
        return tuple(self.texts(f"rights.{name}") for name in names)
