"""Everything an instrument must have before somebody's life may depend on it; every problem is told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue.instruments import BANKS, instrument_files, load_instrument
from safe_lib.catalogue.reading import Located, read_yaml
from safe_lib.engine.assess import assess
from safe_lib.engine.conditions import KNOWN_OF_A_PERSON, sentences
from safe_lib.model.answers import LEVELS, OPEN_CODES, Answer, Answers, Departure, Person
from safe_lib.model.assessment import Assessment
from safe_lib.model.errors import CatalogueError, InstrumentError, Problems, SafeError
from safe_lib.model.instrument import Condition, Instrument, Item

LONGEST_PLAIN: Final = 18  # words of a sentence in plain language
_SENTENCE_ENDS: Final = re.compile(r"(?<=[.?!])\s+")

EXAMPLES_OF_A_RULE: Final = ("holds", "open", "does not hold")
ON: Final = date(2026, 11, 21)  # examples are run as of one fixed day

Found = Iterator[tuple[tuple[str | int, ...], str, str]]  # where in the file, problem, repair


def check_instruments(root: Path | None = None) -> list[CatalogueError]:
    """Every problem of every instrument, with file, line and repair."""
    problems: list[CatalogueError] = []
    for id in instrument_files(root):
        problems += check_instrument(id, root)
    return list(dict.fromkeys(problems))


def check_instrument(id: str, root: Path | None = None) -> list[CatalogueError]:
    """Every problem of one instrument."""
    try:
        instrument = load_instrument(id, root)
    except Problems as several:
        return list(several.problems)
    except CatalogueError as problem:
        return [problem]
    places = _Places.of(id, root)
    found = [problem for check in _WRITTEN for problem in check(instrument)]
    if not any(_conditions(instrument)):  # only what can be understood can be run
        found += [problem for check in _RUN for problem in check(instrument)]
    return [places.error(where, problem, repair) for where, problem, repair in found]


@dataclass(frozen=True, slots=True)
class _Places:
    """Finds the line of an item, rule or example in the instrument's own file or in its bank."""

    own: Located
    bank: Located | None

    @classmethod
    def of(cls, id: str, root: Path | None) -> _Places:
        files = instrument_files(root)
        own = read_yaml(files[id])
        uses = own.value.get("uses")
        path = files.get(uses) or files[id].parent.parent / BANKS / f"{uses}.yaml" if uses else None
        return cls(own, read_yaml(path) if path else None)

    def error(self, where: tuple[str | int, ...], problem: str, repair: str) -> InstrumentError:
        for located in filter(None, (self.own, self.bank)):
            line = self.line(located, where)
            if line:
                return InstrumentError(located.file, line, problem, repair=repair)
        return InstrumentError(self.own.file, 1, problem, repair=repair)

    @staticmethod
    def line(located: Located, where: tuple[str | int, ...]) -> int:
        if not where:
            return 1
        key, *rest = where
        listed = located.value.get(key)
        if isinstance(listed, list) and rest and isinstance(rest[0], str):
            for place, entry in enumerate(listed):
                if isinstance(entry, dict) and entry.get("id") == rest[0]:
                    return located.line(key, place, *rest[1:])
            return 0
        return located.line(*where) if listed is not None else 0


def _unique(instrument: Instrument) -> Found:
    for key, entries in (("items", instrument.items), ("rules", instrument.rules), ("groups", instrument.groups)):
        ids = [entry.id for entry in entries]
        for id in sorted({id for id in ids if ids.count(id) > 1}):
            yield (key, id), f'the id "{id}" stands twice under {key}.', "Give each its own id."
    if not instrument.items:
        yield ("items",), "the instrument has no items.", "Add at least one item, or check `select` and `strengths`."
    if not instrument.outcomes:
        yield ("outcomes",), "the instrument has no outcomes.", "Add outcomes; the last one has no `when`."


def _items(instrument: Instrument) -> Found:
    groups = {group.id for group in instrument.groups}
    for item in instrument.items:
        where = ("items", item.id)
        if item.group not in groups:
            yield where, f'item "{item.id}" belongs to "{item.group}", which is not a group of this instrument.', _nearest(item.group, groups)
        if item.scale not in instrument.scales:
            yield where, f'item "{item.id}" uses the scale "{item.scale}", which is not defined.', _nearest(item.scale, instrument.scales)
        if not item.ask:
            yield where, f'item "{item.id}" has no question.', 'Add "ask:", an open question that does not lead.'
        if not item.listen_for and item.scale not in ("text", "day"):
            yield where, f'item "{item.id}" does not say what to listen for.', 'Add "listen_for:".'
        for source in item.sources:
            if source not in instrument.sources:
                yield where, f'item "{item.id}" names the source "{source}", which is not listed.', _nearest(source, instrument.sources)
        yield from _item_of_method(instrument, item)


def _item_of_method(instrument: Instrument, item: Item) -> Found:
    where = ("items", item.id)
    if item.kind == "hard_stop" and not (item.stop and item.response):
        yield where, f'hard stop "{item.id}" needs "stop:" and "response:".', "Say whether it is absolute or conditional, and what to do."
    if item.kind == "danger" and not item.response:
        yield where, f'danger "{item.id}" does not say what to do.', 'Add "response:".'
    if instrument.method == "indicator_pattern" and item.kind == "indicator" and not item.weights:
        yield where, f'indicator "{item.id}" has no strength.', 'Add it under "strengths:", or "strength:" at the item.'


def _sources(instrument: Instrument) -> Found:
    if not instrument.sources:
        yield ("sources",), "the instrument names no source.", 'Add "sources:" with title, publisher and date.'
    for id, source in instrument.sources.items():
        if not source.published:
            yield ("sources", id), f'source "{id}" has no date.', 'Add "published:"; write `undated` where the source gives none.'
    for kind, entries in (("rules", instrument.rules), ("outcomes", instrument.outcomes)):
        for entry in entries:
            for basis in entry.basis:
                if basis not in instrument.sources:
                    yield (kind, entry.id), f'"{entry.id}" rests on "{basis}", which is not a source of this instrument.', _nearest(basis, instrument.sources)


def _conditions(instrument: Instrument) -> Found:
    look = _Lookup(instrument)
    for item in instrument.items:
        if item.only_if:
            yield from look.problems(item.only_if, ("items", item.id))
    for group in instrument.groups:
        if group.when:
            yield from look.problems(group.when, ("groups", group.id))
    for rule in instrument.rules:
        yield from look.problems(rule.when, ("rules", rule.id))
    for outcome in instrument.outcomes:
        if outcome.when:
            yield from look.problems(outcome.when, ("outcomes", outcome.id))
    yield from _last_outcome(instrument)


def _last_outcome(instrument: Instrument) -> Found:
    for reading in {outcome.reading for outcome in instrument.outcomes}:
        rows = [outcome for outcome in instrument.outcomes if outcome.reading == reading and outcome.id != "open"]
        if rows and rows[-1].when is not None:
            yield ("outcomes", rows[-1].id), "the last outcome has a condition, so some answers would have no outcome.", 'Remove its "when:".'
        for row in rows[:-1]:
            if row.when is None:
                yield ("outcomes", row.id), f'outcome "{row.id}" has no condition, so those after it are never reached.', 'Add "when:", or move it to the end.'


class _Lookup:
    """Whether what a sentence names exists."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.items = instrument.by_id()
        self.groups = {group.id for group in instrument.groups}
        self.rules = [rule.id for rule in instrument.rules]

    def problems(self, condition: Condition, where: tuple[str | int, ...]) -> Found:
        yield from self.counts(condition, where)
        for sentence in sentences(condition):
            if problem := self.problem(sentence):
                yield where, f'"{where[-1]}" says "{sentence.text}", but {problem[0]}', problem[1]

    def counts(self, condition: Condition, where: tuple[str | int, ...]) -> Found:
        """A number that cannot be reached, or that is reached by nothing, makes a condition that says nothing."""
        if condition.op == "at_least_of" and not 0 < condition.count <= len(condition.parts):
            yield where, f'"{where[-1]}" asks for {condition.count} of {len(condition.parts)} conditions.', f"Write a number from 1 to {len(condition.parts)}."
        for part in condition.parts:
            yield from self.counts(part, where)

    def problem(self, sentence: Condition) -> tuple[str, str] | None:
        if sentence.subject == "item":
            return self.item(sentence)
        if sentence.subject == "group" and sentence.name not in self.groups:
            return f'"{sentence.name}" is not a group.', _nearest(sentence.name, self.groups)
        if sentence.subject == "group" and sentence.op == "at_least" and sentence.values[0] not in LEVELS:
            return f'"{sentence.values[0]}" is not a level.', f"Write one of: {', '.join(LEVELS)}."
        if sentence.subject == "finding" and sentence.name not in self.rules:
            return f'"{sentence.name}" is not a rule.', _nearest(sentence.name, self.rules)
        if sentence.subject == "person" and sentence.name not in KNOWN_OF_A_PERSON:
            return "only age_group and children_travel are known of a person.", "Ask it as an item."
        return None

    def item(self, sentence: Condition) -> tuple[str, str] | None:
        item = self.items.get(sentence.name)
        if item is None:
            return f'"{sentence.name}" is not an item of this instrument.', _nearest(sentence.name, self.items)
        codes = self.instrument.scales[item.scale].codes if item.scale in self.instrument.scales else ()
        for value in sentence.values:
            if value in OPEN_CODES:
                return f'"{value}" leaves a question open, so nothing can follow from it.', f"Use one of: {', '.join(codes)}."
            if sentence.op == "below" and not value.isdecimal():
                return f'nothing is below "{value}".', "Compare with a number."
            if value not in codes and not value.isdecimal() and (value != "not_applicable" or sentence.op != "is"):
                return f'"{value}" is not an answer that {item.id} offers.', f"It offers: {', '.join(codes)}."
        return None


def _examples_there(instrument: Instrument) -> Found:
    if not instrument.examples:
        yield ("examples",), "the instrument has no examples of its own.", 'Add "examples:"; they are its first tests.'
    for rule in instrument.rules:
        shown = {example["expect"] for example in rule.examples}
        for missing in (word for word in EXAMPLES_OF_A_RULE if word not in shown):
            yield ("rules", rule.id), f'rule "{rule.id}" has no example that is "{missing}".', f"Add an example with `expect: {missing}`."
        for unknown in sorted(set(example_items(rule.examples)) - set(instrument.by_id())):
            yield ("rules", rule.id), f'an example of rule "{rule.id}" answers "{unknown}", which is not an item.', _nearest(unknown, instrument.by_id())


def _rule_examples(instrument: Instrument) -> Found:
    for rule in instrument.rules:
        for example in rule.examples:
            if set(example["given"]) - set(instrument.by_id()):
                continue
            said = _assessed(instrument, example)
            if isinstance(said, str):
                yield ("rules", rule.id), f'an example of rule "{rule.id}" cannot be assessed: {said}', "Correct the example."
            elif said[rule.id].truth.value != example["expect"]:
                yield (("rules", rule.id), f'rule "{rule.id}": an example expects "{example["expect"]}" but it is "{said[rule.id].truth.value}".',
                       "Correct the rule or the example.")


def example_items(examples: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The items that examples answer."""
    for example in examples:
        yield from example["given"]


def _whole_examples(instrument: Instrument) -> Found:
    for place, example in enumerate(instrument.examples):
        said = _assessed(instrument, example)
        if isinstance(said, str):
            yield ("examples", place), f"example {place + 1} cannot be assessed: {said}", "Correct the example."
            continue
        for what, expected, got in differences(example["expect"], said):
            yield ("examples", place), f'example {place + 1} expects {what} to be "{expected}" but it is "{got}".', "Correct the instrument or the example."


def _assessed(instrument: Instrument, example: Mapping[str, Any]) -> Assessment | str:
    try:
        return assess(instrument, example_answers(instrument, example), on=ON)
    except SafeError as problem:
        return str(problem).split("\n")[0]


def example_answers(instrument: Instrument, example: Mapping[str, Any]) -> Answers:
    """The answers of an example as they stand in a file; a reason is supplied where an answer needs one."""
    given = {id: Answer(code, reason="as in the example" if code == "not_applicable" else "") for id, code in example["given"].items()}
    person = example.get("person") or {}
    severity = {id: Departure(int(s["level"]), str(s.get("reason", ""))) for id, s in (example.get("severity") or {}).items()}
    return Answers(given, Person(person.get("age_group"), bool(person.get("children_travel"))), example.get("scenario"), None, severity,
                   example.get("unlisted") or {})


def differences(expected: Mapping[str, Any], said: Assessment) -> Iterator[tuple[str, str, str]]:
    """What an example or a scenario expects and does not get: what, expected, got."""
    single = {"outcome": said.outcome.id, "if_unknown_absent": said.outcome.if_unknown_absent, "if_unknown_present": said.outcome.if_unknown_present}
    several: dict[str, Mapping[str, str]] = {
        "dimensions": {id: d.result for id, d in said.dimensions.items()},
        "domains": {id: d.level for id, d in said.domains.items()},
        "hard_stops": {id: s.state for id, s in said.hard_stops.items()},
        "rules": {f.id: f.truth.value for f in said.findings},
        "readings": {age: reading.outcome.id for age, reading in said.readings.items()},
    }
    for key, wanted in expected.items():
        if key in single and single[key] != wanted:
            yield key, wanted, single[key]
        elif key == "flags" and set(wanted) != set(said.flags):
            yield key, ", ".join(sorted(wanted)) or "none", ", ".join(sorted(said.flags)) or "none"
        elif key in several:
            for id, value in wanted.items():
                if several[key].get(id) != value:
                    yield f"{key}.{id}", str(value), str(several[key].get(id, "not there"))
        elif key == "scores":
            for id, value in wanted.items():
                got = said.scores[id].mean if id in said.scores else None
                if got != value:
                    yield f"scores.{id}", str(value), str(got)


def _matrix(instrument: Instrument) -> Found:
    if instrument.method != "risk_matrix":
        return
    if [len(row) for row in instrument.matrix] != [4, 4, 4, 4]:
        yield ("matrix",), "the matrix is not four rows of four levels.", "Write likelihood 1 to 4 as rows and severity 1 to 4 as columns."
    kinds = {kind.id for kind in instrument.scenarios}
    for group in instrument.groups:
        for scenario in group.scenarios:
            if scenario not in kinds:
                yield ("groups", group.id), f'domain "{group.id}" is used in "{scenario}", which is not a scenario.', _nearest(scenario, kinds)


def _readings(instrument: Instrument) -> Found:
    for age, other in instrument.readings.items():
        if age == instrument.reading and other != instrument.id:
            yield ("readings",), f'the {age} reading of "{instrument.id}" must be the set itself.', f"Write `{age}: {instrument.id}`."
    if instrument.method == "indicator_pattern" and len(instrument.groups) > 12:
        yield ("groups",), "a pattern of more than twelve dimensions cannot be followed.", "Split the set."


def _plain(instrument: Instrument) -> Found:
    """What a person is told about themselves is written for them, in sentences that can be read aloud."""
    for row in instrument.outcomes:
        if instrument.for_person and not row.plain:
            yield ("outcomes", row.id), f'outcome "{row.id}" has no words for the person.', 'Add "plain:", or remove "for_person:".'
        for sentence in (part for text in row.plain for part in _SENTENCE_ENDS.split(text)):
            if len(sentence.split()) > LONGEST_PLAIN:
                yield ("outcomes", row.id), f'outcome "{row.id}" has a sentence for the person of more than {LONGEST_PLAIN} words.', "Make two of it."


def _nearest(word: str, known: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(word, list(known), n=1)
    return f'Did you mean "{close[0]}"?' if close else "Check the spelling."


_WRITTEN: Final[tuple[Callable[[Instrument], Found], ...]] = (_unique, _items, _sources, _conditions, _examples_there, _matrix, _readings, _plain)
_RUN: Final[tuple[Callable[[Instrument], Found], ...]] = (_rule_examples, _whole_examples)
