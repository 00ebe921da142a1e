"""The sentences of a rule, and their three-valued truth.

    item is present or verified        country.T05 is weak or absent      group.SAF at least high
    item at least partly               finding.debt_bondage holds         person.age_group is child
    item below 18                      scenario is stay                   some absolute hard stop is active

combined by `all`, `any`, `not` and `{at_least: n, of: [...]}`. Enough parts hold → holds; enough could still hold → open;
otherwise does not hold. Sentences are parsed when a file is read and are never evaluated as a program.

The grammar has no loop, no call and no attribute, and every sentence has a truth: one about something that is not there,
or that compares what cannot be compared, is open. What an author slipped in must not read as no; `safe check` names it.
How long and how deep conditions may be, and how many steps one assessment may take, is limited (SEC-41).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from safe_lib.model.answers import LEVELS, NOT_APPLICABLE, OPEN_CODES, PRESENT, UNDETERMINED, UNKNOWN, VERIFIED, Answer, Answers, Person
from safe_lib.model.assessment import Finding, Step, Truth
from safe_lib.model.errors import InstrumentError
from safe_lib.model.instrument import Condition, Instrument, Item

HOLDS, FAILS, OPEN = Truth.HOLDS, Truth.FAILS, Truth.OPEN

_SENTENCE = re.compile(r"^(?P<subject>[A-Za-z0-9_.\-]+) (?:(?P<op>is|at least|below) (?P<values>\S.*)|(?P<holds>holds))$")
_SOME = re.compile(
    r"^some (?P<which>critical |absolute |conditional )?(?P<what>domain|hard stop|item|group) (?P<op>is|at least) (?P<values>\S.*)$"
)
_SUBJECTS: Final = ("country", "finding", "group", "person")

DEEPEST: Final = 20  # conditions within one another
MOST_SENTENCES: Final = 500  # of one condition
LONGEST_NUMBER: Final = 9  # digits
LONGEST: Final = 1_000  # characters of one sentence
MOST_STEPS: Final = 100_000  # sentences and things looked at in one assessment; the largest instrument of the project takes 600


class NotASentence(ValueError):
    """This is not a condition; the message says what would be one."""


def parse(written: Any) -> Condition:
    """A condition from what a file says: a sentence, or a map with `all`, `any`, `not` or `at_least` and `of`.

    Raises:
        NotASentence: with the repair as its text.
    """
    condition = _parsed(written, 1)
    if len(sentences(condition)) > MOST_SENTENCES:
        raise NotASentence(f"a condition holds at most {MOST_SENTENCES} sentences; make findings of its parts")
    return condition


def _parsed(written: Any, depth: int) -> Condition:
    if depth > DEEPEST:
        raise NotASentence(f"conditions stand at most {DEEPEST} deep within one another; make a finding of the inner ones")
    if isinstance(written, str):
        return _sentence(" ".join(written.split()))
    if isinstance(written, list):
        raise NotASentence('put the list under "all:" or "any:"')
    if not isinstance(written, dict):
        raise NotASentence('write a sentence such as "DR01 is present", or a map with all, any, not or at_least')
    keys = set(written)
    if keys == {"at_least", "of"} and type(written["at_least"]) is int:
        return Condition("at_least_of", count=written["at_least"], parts=_parts(written["of"], depth))
    if keys == {"not"}:
        return Condition("not", parts=(_parsed(written["not"], depth + 1),))
    if len(keys) == 1 and keys <= {"all", "any"}:
        return Condition(keys.pop(), parts=_parts(next(iter(written.values())), depth))
    raise NotASentence("a map holds exactly one of: all, any, not; or at_least together with of")


def _parts(written: Any, depth: int) -> tuple[Condition, ...]:
    if not isinstance(written, list) or not written:
        raise NotASentence("a group holds a list of at least one condition")
    if len(written) > MOST_SENTENCES:
        raise NotASentence(f"a condition holds at most {MOST_SENTENCES} sentences; make findings of its parts")
    return tuple(_parsed(part, depth + 1) for part in written)


def _sentence(text: str) -> Condition:
    if len(text) > LONGEST:
        raise NotASentence(f"a sentence has at most {LONGEST} characters")
    if found := _SOME.match(text):
        which = (found["which"] or "").strip()
        return Condition(_op(found["op"]), text, "some", f"{which} {found['what']}".strip(), _values(found["values"]))
    found = _SENTENCE.match(text)
    if not found:
        raise NotASentence('write "<item> is <answer>", "<item> at least <answer>", "finding.<rule> holds" or "some domain is high"')
    head, _, rest = found["subject"].partition(".")
    subject, name = (head, rest) if head in _SUBJECTS and rest else ("item", found["subject"])
    if found["subject"] == "scenario":
        subject, name = "scenario", ""
    if found["holds"]:
        if subject != "finding":
            raise NotASentence('only a finding can hold: "finding.<rule> holds"')
        return Condition("is", text, subject, name, (HOLDS.value,))
    return Condition(_op(found["op"]), text, subject, name, _values(found["values"]))


def _op(word: str) -> str:
    return {"is": "is", "at least": "at_least", "below": "below"}[word]


def _values(text: str) -> tuple[str, ...]:
    return tuple(value.strip() for value in text.split(" or "))


def sentences(condition: Condition) -> tuple[Condition, ...]:
    """Every single sentence inside a condition, in reading order."""
    if not condition.parts:
        return (condition,)
    return tuple(leaf for part in condition.parts for leaf in sentences(part))


@dataclass(frozen=True, slots=True)
class Seen:
    """What rules may know of one topic of a country: a level or why there is none, and how many voices carry it."""

    level: str | None
    status: str  # current | outdated | missing | conflicting
    as_of: str = ""
    single: bool = False  # one independent voice only
    circular: bool = False  # its sources only repeat each other


@dataclass
class Known:
    """Everything conditions can look at while one set of answers is assessed."""

    instrument: Instrument
    answers: Answers
    items: Mapping[str, Item]
    themes: Callable[[str], Seen] = lambda theme: Seen(None, "missing")
    groups: dict[str, str] = field(default_factory=dict)  # positive | negative | open, or a level
    stops: dict[str, str] = field(default_factory=dict)  # cleared | active | open | not_applicable
    findings: dict[str, Finding] = field(default_factory=dict)
    hidden: dict[str, Truth] = field(default_factory=dict)  # item → truth of its `only_if`
    steps: int = 0

    def step(self, number: int = 1) -> None:
        """Count what is looked at.

        Raises:
            InstrumentError: more than one assessment may take.
        """
        self.steps += number
        if self.steps > MOST_STEPS:
            problem = f"its conditions take more than {MOST_STEPS:,} steps."
            raise InstrumentError(self.instrument.id, 0, problem, repair="Make them fewer, or split the instrument.")

    def answer(self, id: str) -> Answer:
        """The answer to an item; an item whose `only_if` fails is not applicable, and open while that is open."""
        item = self.items[id]
        answer = self.answers.of(id, item.kind)
        if item.only_if is None:
            return answer
        if id not in self.hidden:
            self.hidden[id] = OPEN  # an item that hangs on itself stays open
            self.hidden[id] = evaluate(item.only_if, self).truth
        truth = self.hidden[id]
        if truth is FAILS:
            return Answer(NOT_APPLICABLE)
        return answer if truth is HOLDS or answer.is_open else Answer("unknown")


def evaluate(condition: Condition, known: Known) -> Step:
    """The truth of a condition, with the tree of what was looked at."""
    if not condition.parts:
        return _single(condition, known)
    parts = tuple(evaluate(part, known) for part in condition.parts)
    if condition.op == "not":
        turned = {HOLDS: FAILS, FAILS: HOLDS, OPEN: OPEN}[parts[0].truth]
        return Step("trace.not", turned, {}, parts)
    need = {"all": len(parts), "any": 1}.get(condition.op, condition.count)
    truth, holding = threshold(need, [part.truth for part in parts])
    return Step(f"trace.{condition.op}", truth, {"holding": holding, "need": need, "of": len(parts)}, parts)


def threshold(need: int, truths: Sequence[Truth]) -> tuple[Truth, int]:
    """Whether at least `need` of these hold, and how many do."""
    holding = sum(truth is HOLDS for truth in truths)
    if holding >= need:
        return HOLDS, holding
    return (OPEN if holding + sum(truth is OPEN for truth in truths) >= need else FAILS), holding


def _single(condition: Condition, known: Known) -> Step:
    known.step()
    return _LOOKS[condition.subject](condition, known)


def _look_at_item(condition: Condition, known: Known) -> Step:
    item = known.items.get(condition.name)
    if item is None:
        return Step("trace.item", OPEN, {"sentence": condition.text, "item": condition.name, "code": UNKNOWN})
    answer = known.answer(condition.name)
    facts = {"sentence": condition.text, "item": item.id, "code": answer.code}
    return Step("trace.item", item_truth(condition, item, answer.code, known.instrument), facts)


def item_truth(condition: Condition, item: Item, code: str, instrument: Instrument) -> Truth:
    """What one answer code makes of a sentence about an item."""
    if code in OPEN_CODES:
        return OPEN
    if code == NOT_APPLICABLE:
        return FAILS
    if condition.op == "is":
        return _truth(code in condition.values or (code == VERIFIED and PRESENT in condition.values))
    wanted = condition.values[0]
    if _is_number(wanted):
        return _truth(_is_number(code) and (int(code) < int(wanted) if condition.op == "below" else int(code) >= int(wanted)))
    scale = instrument.scales.get(item.scale)
    order = scale.codes if scale else ()
    if condition.op == "below" or wanted not in order:
        return OPEN  # nothing says what is less, or at least as much
    return _truth(code in order and order.index(code) >= order.index(wanted))


def _is_number(text: str) -> bool:
    """A whole number in plain digits, no longer than a count or a year can be."""
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER


def _look_at_country(condition: Condition, known: Known) -> Step:
    seen = known.themes(condition.name)
    facts = {"sentence": condition.text, "theme": condition.name, "status": seen.status, "as_of": seen.as_of, "level": seen.level or ""}
    if seen.level is None or seen.status != "current":
        return Step("trace.country", OPEN, facts)
    return Step("trace.country", _truth(seen.level in condition.values), facts)


def _look_at_finding(condition: Condition, known: Known) -> Step:
    finding = known.findings.get(condition.name)
    truth = OPEN if finding is None else finding.truth
    wanted = condition.values[0]
    if wanted != HOLDS.value:
        return Step("trace.finding", _truth(truth.value == wanted), {"sentence": condition.text, "finding": condition.name})
    return Step("trace.finding", truth, {"sentence": condition.text, "finding": condition.name})


def _look_at_group(condition: Condition, known: Known) -> Step:
    result = known.groups.get(condition.name, "")
    return Step("trace.group", _group_truth(condition, result), {"sentence": condition.text, "group": condition.name, "result": result})


def _group_truth(condition: Condition, result: str) -> Truth:
    if result in condition.values:
        return HOLDS
    if result == "open":
        return OPEN
    if condition.op == "is":
        return FAILS
    if result == UNDETERMINED:
        return OPEN
    wanted = condition.values[0]
    if wanted not in LEVELS:
        return OPEN  # nothing says what is at least as much
    return _truth(result in LEVELS and LEVELS.index(result) >= LEVELS.index(wanted))


def _look_at_person(condition: Condition, known: Known) -> Step:
    if condition.name not in KNOWN_OF_A_PERSON:
        return Step("trace.person", OPEN, {"sentence": condition.text, "value": UNKNOWN})
    value = KNOWN_OF_A_PERSON[condition.name](known.answers.person)
    word = str(value).lower() if isinstance(value, bool) else (value or known.instrument.reading or "adult")
    return Step("trace.person", _truth(word in condition.values), {"sentence": condition.text, "value": word})


def _look_at_scenario(condition: Condition, known: Known) -> Step:
    value = known.answers.scenario or ""
    return Step("trace.scenario", _truth(value in condition.values), {"sentence": condition.text, "value": value})


def _look_at_some(condition: Condition, known: Known) -> Step:
    """`some …` is about what is shown now, so `some hard stop is open` holds or does not."""
    known.step(len(known.items))
    which, _, what = condition.name.rpartition(" ")
    if condition.name.endswith("hard stop"):
        what, which = "hard stop", condition.name.removesuffix("hard stop").strip()
    found = tuple(_SOME_OF[what](which, condition, known))
    return Step("trace.some", _truth(bool(found)), {"sentence": condition.text, "found": ", ".join(found)})


def _some_groups(which: str, condition: Condition, known: Known) -> list[str]:
    groups = [group for group in known.instrument.groups if group.id in known.groups and (group.critical or not which)]
    return [group.id for group in groups if _group_truth(condition, known.groups[group.id]) is HOLDS]


def _some_stops(which: str, condition: Condition, known: Known) -> list[str]:
    return [id for id, state in known.stops.items() if state in condition.values and (not which or known.items[id].stop == which)]


def _some_items(which: str, condition: Condition, known: Known) -> list[str]:
    items = [item for item in known.items.values() if item.group in known.groups and (item.critical or not which)]
    return [item.id for item in items if known.answer(item.id).code in condition.values
            or ("open" in condition.values and known.answer(item.id).is_open)]


def _truth(value: bool) -> Truth:
    return HOLDS if value else FAILS


KNOWN_OF_A_PERSON: Final[Mapping[str, Callable[[Person], object]]] = {
    "age_group": lambda person: person.age_group,
    "children_travel": lambda person: person.children_travel,
}


_SOME_OF: Final = {"domain": _some_groups, "group": _some_groups, "hard stop": _some_stops, "item": _some_items}
_LOOKS: Final[Mapping[str, Callable[[Condition, Known], Step]]] = {
    "item": _look_at_item,
    "country": _look_at_country,
    "finding": _look_at_finding,
    "group": _look_at_group,
    "person": _look_at_person,
    "scenario": _look_at_scenario,
    "some": _look_at_some,
}
