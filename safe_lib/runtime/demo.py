"""A training store: invented persons from Exampleland, each with an identification and a return assessment.

The same seed and day give the same persons with the same answers; only the key and the passphrase are made by chance.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from safe_lib import casework
from safe_lib.casework import AGE_ITEM, CHILDREN_ITEM, FUTURES, PLAN, WRITTEN, Desk
from safe_lib.catalogue import load_instrument
from safe_lib.model.answers import (
    ABSENT,
    ACTIVE,
    CLEARED,
    DECLINED,
    NOT_APPLICABLE,
    NOT_ASKED,
    OPEN_CODES,
    PARTLY,
    PRESENT,
    UNKNOWN,
    UNSAFE_TO_ASK,
    VERIFIED,
    Answer,
)
from safe_lib.model.case import SHARED, SavedAnswer
from safe_lib.model.errors import StoreError, WrongUse
from safe_lib.model.instrument import Group, Instrument, Item
from safe_lib.runtime.demo_law import legal_paper
from safe_lib.runtime.demo_stories import FIRST_NAMES, LANGUAGES, STAY, STORIES, THIRD, Hope, Story
from safe_lib.store import STRONG, Cost, Store, cases, papers
from safe_lib.store.bulk import save_first
from safe_lib.store.folders import passphrase_of, training_store
from safe_lib.store.keys import key_file
from safe_lib.store.passphrase import make_passphrase, write_passphrase
from safe_lib.store.vault import vault_file

DEMO_CASES: Final = 12  # one for each story
DEMO_SEED: Final = 1
BY: Final = "demo"
COUNTRY: Final = "XAA"
FIRST, RETURN, RECORD = AGE_ITEM[0], "safe_return", CHILDREN_ITEM[0]
ACCOUNT: Final = "safety_account"
MOST_CASES: Final = 20_000  # so that a bench can try what the largest organisation would have

_NOT_FOR = {STAY: "The person would not travel.", THIRD: "This future does not lead to the country of return."}
_STOPS_OF_THE_PLACE: Final = ("HS05", "HS06", "HS09", "HS10", "HS11")  # cannot arise where nobody goes back
_OPEN: Final = (UNKNOWN, UNKNOWN, NOT_ASKED, NOT_ASKED, DECLINED, UNSAFE_TO_ASK)  # how often each stands in real files is not known; this is for variety
_USUAL: Final[Mapping[str, tuple[str, ...]]] = {  # questions of the talk itself, and what is usually answered
    "PLACE": ("private", "private", "not_private"), "NEEDS": ("met", "some_missing"), "INT-PRESENT": ("remote", "in_room", "not_needed"),
    "CAPACITY": ("able", "with_breaks"), "ROLE-SAID": ("understood", "said"), "LIMITS-SAID": ("understood", "said"), "STOP-SAID": ("understood",),
    "OFFER-READY": ("ready", "not_ready"), "CONSENT-TALK": ("agreed",), "CONSENT-WRITE": ("agreed",), "CONSENT-SHARE": ("agreed", "refused", NOT_ASKED),
    "CONSENT-CONTACT": ("agreed", NOT_ASKED), "LEAFLET": ("given", "told_only", "not_given"), "JUDGEMENT": ("possible", "clear_concern", NOT_ASKED),
}


def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class Demo:
    """A training store that was made."""

    store: Path
    passphrase_file: Path
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One invented answer."""

    instrument: str
    item: str
    answer: Answer
    note: str = ""
    scenario: str = SHARED

    def at(self, start: datetime, number: int) -> SavedAnswer:
        """As it is saved: the answers of a talk follow each other by twenty seconds."""
        return SavedAnswer(self.item, self.scenario, self.answer, self.note, 0, BY, start + timedelta(seconds=20 * number))


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented person with everything that is recorded of them."""

    ref: str
    alias: str
    story: Story
    opened: datetime
    assessed: datetime
    said: tuple[Said, ...]
    papers: Mapping[str, Mapping[str, Any]]
    later: tuple[Said, ...]


def make_demo(path: Path, *, cases: int = DEMO_CASES, seed: int = DEMO_SEED, today: date | None = None, step: Callable[[], None] = _nothing,
              cost: Cost = STRONG) -> Demo:
    """Make a new training store, with its passphrase in a private file beside it.

    Args:
        path: where no store is yet.
        cases: how many persons, 1 to 20,000; `DEMO-001` onwards.
        seed: the same number gives the same persons.
        today: the day on which the newest case was last worked on; None takes the clock.
        step: called after each person.
        cost: of one guess of the passphrase; `CHEAP` is for tests.

    Raises:
        StoreError: there is a store already, or the folder cannot be written; then nothing is left behind.
        WrongUse: there is a passphrase file already, or too many cases.
    """
    if not 1 <= cases <= MOST_CASES:
        raise WrongUse(f"a training store holds 1 to {MOST_CASES} persons.")
    day, passphrase, private = today or date.today(), make_passphrase(), passphrase_of(path)
    if private.exists() and not path.exists():  # a store that is there already is told by the store itself
        raise WrongUse(f"{private}: there is a passphrase file already.\n  Choose another name for the new store.")
    store = Store.create(path, passphrase, training=True, cost=cost, by=BY)
    try:
        with store:
            write_passphrase(private, passphrase)
            people = [invented(number, seed, day) for number in range(1, cases + 1)]
            for person in people:
                _put(store, person)
                step()
    except BaseException:
        for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm"), key_file(path), vault_file(path), private):
            file.unlink(missing_ok=True)
        raise
    return Demo(path, private, tuple(person.ref for person in people))


def training_store_made(step: Callable[[], None] = _nothing) -> Path:
    """The training store of the data folder; made now if there is none."""
    path = training_store()
    if not path.is_file():
        make_demo(path, step=step)
    elif not passphrase_of(path).is_file():
        raise StoreError(f"{path}: the file with its passphrase is gone, so nobody can open it.\n  Remove the store and its .key file; a new one is made.")
    return path


# Putting a person into the store


def _put(store: Store, person: Invented) -> None:
    """Record a person, keep the assessments of that day, and add what changed since."""
    with store._writing() as connection:  # one transaction for a whole person: some two hundred answers would each wait for the disk
        cases.add(connection, person.ref, training=True, by=BY, at=person.opened, alias=person.alias)
        save_first(connection, person.ref, [(one.instrument, one.at(person.opened, number)) for number, one in enumerate(person.said, 1)])
        for kind, body in person.papers.items():
            papers.save(connection, person.ref, kind, body, by=BY, at=person.opened + timedelta(hours=3), seen=0)
    desk = Desk(store, BY, "en", person.assessed.date(), now=lambda: person.assessed, for_list=True)  # nobody reads these cases
    for instrument, scenario in assessments_of(person.story):
        casework.assess_and_keep(desk, person.ref, instrument, scenario)
    desk = replace(desk, now=lambda: person.assessed + timedelta(days=1))
    for one in person.later:
        said = casework.Said(one.item, one.answer.code, one.answer.evidence, one.note, seen=None)
        casework.record(desk, person.ref, load_instrument(one.instrument), said, one.scenario)


def assessments_of(story: Story) -> list[tuple[str, str]]:
    """The assessments of a person: the signals, the set that fits, and each future."""
    return [(FIRST, SHARED), (story.ilo, SHARED), *((RETURN, hope.kind) for hope in story.hopes)]


# Inventing a person


def invented(number: int, seed: int, today: date) -> Invented:
    """The person with this number: a story, varied by chance. A person does not depend on how many there are."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311  nothing here is secret
    story = STORIES[(number - 1) % len(STORIES)]
    first = FIRST_NAMES[(number * 7 + seed) % len(FIRST_NAMES)]
    worked = today - timedelta(days=2 + chance.randrange(60))
    opened = datetime.combine(worked - timedelta(days=chance.randrange(1, 9)), time(8 + chance.randrange(7), 5 * chance.randrange(12)), UTC)
    maker = _Maker(chance, story, opened.date())
    return Invented(
        ref=f"DEMO-{number:03d}", alias=f"{first} {chance.choice('ABDEFGHKLMNPRSTVZ')}.", story=story, opened=opened,
        assessed=datetime.combine(worked, time(15), UTC), said=tuple(maker.everything()),
        papers={**maker.papers(worked), **legal_paper(f"{seed}/{number}/law", story, worked, by=BY)}, later=tuple(maker.later()))


class _Maker:
    """Answers for one story, with its own source of chance."""

    def __init__(self, chance: random.Random, story: Story, day: date) -> None:
        self.chance, self.story, self.day = chance, story, day
        self.first, self.ilo, self.record, self.weighed = (load_instrument(id) for id in (FIRST, story.ilo, RECORD, RETURN))
        self.is_child = story.age != "adult"

    def everything(self) -> Iterator[Said]:
        """All that is recorded, in the order of the talk."""
        yield from self.the_talk()
        yield from self.marked(self.first, self.story.signals)
        yield from self.marked(self.ilo, self.story.present)
        yield from self.frame()
        yield from self.weighing()

    # The talk: safety, age, language, trust, own words, what was offered

    def the_talk(self) -> Iterator[Said]:
        """The steps of the first level around the signals."""
        codes = {"AGE": self.story.age, **{item: self.chance.choice(usual) for item, usual in _USUAL.items()}}
        if self.is_child:
            codes["GUARDIAN"] = self.chance.choice(("asked_for", "arranged", "not_yet"))
        if codes["INT-PRESENT"] != "not_needed":
            codes |= {"INT-CHOSEN": self.chance.choice(("chosen", "assigned")), "INT-ACCEPTED": self.chance.choice(("accepted", "unsure"))}
        if codes["CONSENT-SHARE"] == "agreed":
            codes["REFERRAL-CONSENT"] = "agreed"
        texts = {"WORDS": self.story.words, "LANGUAGE": self.chance.choice(LANGUAGES),
                 "NEXT-CONTACT": (self.day + timedelta(days=self.chance.randrange(7, 22))).isoformat()}
        for item in self.first.items:
            if item.kind == "danger":
                yield from self.danger(item)
            elif item.id in texts:
                yield Said(FIRST, item.id, Answer(WRITTEN), texts[item.id])
            elif codes.get(item.id, NOT_ASKED) != NOT_ASKED:
                yield Said(FIRST, item.id, Answer(codes[item.id]))

    def danger(self, item: Item) -> Iterator[Said]:
        """A question about danger; in most talks all of them were asked."""
        code = PRESENT if item.id in self.story.dangers else ABSENT if self.chance.random() < self.story.known + 0.1 else UNSAFE_TO_ASK
        yield Said(FIRST, item.id, Answer(code, self.basis(code)), self.story.notes.get(item.id, ""))

    def marked(self, instrument: Instrument, present: tuple[str, ...]) -> Iterator[Said]:
        """The indicators of a set: what was told, what was asked and is not so, and what is open."""
        for item in instrument.items:
            if item.kind != "indicator" or (item.group == "child" and not self.is_child):
                continue
            code = self.indicator(item.id in present)
            if code != NOT_ASKED:
                yield Said(instrument.id, item.id, Answer(code, self.basis(code)), self.story.notes.get(item.id, ""))

    def indicator(self, told: bool) -> str:
        if told and self.chance.random() < 0.9:
            return VERIFIED if self.chance.random() < 0.15 else PRESENT
        if not told and self.chance.random() < 0.03:
            return PRESENT
        return ABSENT if not told and self.chance.random() < self.story.known else self.chance.choice(_OPEN)

    def basis(self, code: str) -> tuple[Any, ...]:
        """What an answer rests on; only what was found rests on something."""
        if code == VERIFIED:
            return ("account", self.chance.choice(("document", "third_party")))
        if code in (PRESENT, PARTLY, ACTIVE):
            return ("account",) if self.chance.random() < 0.75 else ("account", self.chance.choice(("observation", "third_party")))
        return ()

    # The futures

    def frame(self) -> Iterator[Said]:
        """What stands around the weighing: consent, own words, the formulation."""
        wish = self.story.hopes[0].words
        texts = {"PURPOSE": "To think the next step through together; she or he decides who reads it.", "LANGUAGE": self.chance.choice(LANGUAGES),
                 "OWN_WORDS": wish, "CUTOFF": self.day.isoformat(), "HAPPEN": self.story.could_happen}
        codes = {"CONSENT": "agreed", "CHILDREN": "yes" if self.story.children else "no"}
        for item in self.record.items:
            if texts.get(item.id):
                yield Said(RECORD, item.id, Answer(WRITTEN), texts[item.id])
            elif item.id in codes:
                yield Said(RECORD, item.id, Answer(codes[item.id]))
        if self.story.could_happen:
            yield Said(ACCOUNT, "SHARE", Answer("agreed"))
            yield Said(ACCOUNT, "WHO_IS_FEARED", Answer(WRITTEN), self.story.could_happen)

    def weighing(self) -> Iterator[Said]:
        """Hard stops and domains: shared by all futures, or of one alone."""
        kinds = {hope.kind for hope in self.story.hopes}
        for group in self.weighed.groups:
            for item in self.weighed.members(group.id) if self.is_asked(group, kinds) else ():
                code = self.stop(item) if item.kind == "hard_stop" else self.risk(item) if item.kind == "risk" else self.protection(item)
                if code != NOT_ASKED:
                    only = group.scenarios[0] if len(group.scenarios) == 1 else SHARED
                    yield Said(RETURN, item.id, Answer(code, self.basis(code)), self.story.notes.get(item.id, ""), only)
        for hope in self.story.hopes:
            yield from self.of_one(hope)

    def is_asked(self, group: Group, kinds: set[str]) -> bool:
        about_children = self.is_child or self.story.children
        return (not group.scenarios or bool(kinds & set(group.scenarios))) and (group.id != "CHI" or about_children)

    def of_one(self, hope: Hope) -> Iterator[Said]:
        """What counts for one future only."""
        for id, code in hope.own.items():
            yield Said(RETURN, id, Answer(code, self.basis(code)), "", hope.kind)
        if hope.kind in _NOT_FOR:
            for id in _STOPS_OF_THE_PLACE:
                yield Said(RETURN, id, Answer(NOT_APPLICABLE, (), _NOT_FOR[hope.kind]), "", hope.kind)

    def stop(self, item: Item) -> str:
        if item.id in self.story.stops:
            return ACTIVE
        if item.id in self.story.unsettled:
            return self.chance.choice(OPEN_CODES)
        return CLEARED if self.chance.random() < self.story.known + 0.1 else UNKNOWN

    def risk(self, item: Item) -> str:
        if item.id in self.story.risks:
            return PRESENT
        if item.id in self.story.partly:
            return PARTLY
        return self.rest()

    def protection(self, item: Item) -> str:
        if item.id in self.story.protects:
            return self.chance.choice((PRESENT, VERIFIED))
        return self.rest()

    def rest(self) -> str:
        """What the story does not tell: asked and not so, or open."""
        return ABSENT if self.chance.random() < self.story.known else self.chance.choice(_OPEN)

    def later(self) -> Iterator[Said]:
        """What was learned after the assessment was kept."""
        for id, code in self.story.later.items():
            yield Said(RETURN, id, Answer(code, ("document",) if code == CLEARED else ("account",)), "Learned later.")

    def papers(self, worked: date) -> dict[str, dict[str, Any]]:
        """The futures in the person's own order, and what was agreed."""
        futures = [{"kind": hope.kind, "order": order, "country": COUNTRY if hope.kind not in _NOT_FOR else "", "subdivision": hope.place, "words": hope.words}
                   for order, hope in enumerate(self.story.hopes, 1)]
        rows = [{"about": one.about, "measure": one.measure, "owner": one.owner, "deadline": (worked + timedelta(days=one.days)).isoformat(),
                 "proof": one.proof, "status": one.status, "residual": one.residual} for one in self.story.plan]
        return {FUTURES: {"futures": futures}, **({PLAN: {"rows": rows}} if rows else {})}

