"""Files of answers: YAML or JSON as the contract (section 2) describes them; one result for each scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, get_args

from safe_lib.catalogue.reading import Located, parse_yaml, read_yaml
from safe_lib.model.answers import EVIDENCE, OPEN_CODES, AgeGroup, Answer, Answers, Departure, Person, Place
from safe_lib.model.errors import AnswersError

KEYS: Final = ("instrument", "date", "person", "scenario", "place", "answers", "evidence", "severity", "unlisted", "reasons", "scenarios")
UNLISTED: Final = ("risk", "protective", "hard_stop", "indicator", "danger", "question")


@dataclass(frozen=True, slots=True)
class AnswersFile:
    """What a file of answers says; `scenarios` maps a name to its answers ("" where the file has only one)."""

    instrument: str | None
    date: date | None
    scenarios: Mapping[str, Answers]


def read_answers(path: Path) -> AnswersFile:
    """Read a file of answers.

    Raises:
        AnswersError: place, problem and repair; never an answer.
    """
    return _file(read_yaml(path, error=AnswersError))


def parse_answers(raw: bytes, name: str = "answers") -> AnswersFile:
    """Read answers from bytes, such as standard input."""
    return _file(parse_yaml(raw, name, error=AnswersError))


def _file(located: Located) -> AnswersFile:
    value = located.value
    if not isinstance(value, dict):
        raise AnswersError(located.file, 1, "the file holds no answers.", repair='Start with "answers:" and one line for each item.')
    look = _Look(located)
    look.only(value, KEYS, ())
    instrument, day = value.get("instrument"), look.day(value.get("date"), ("date",))
    base = look.answers(value, ())
    scenarios = value.get("scenarios")
    if scenarios is None:
        return AnswersFile(instrument, day, {"": base})
    look.mapping(scenarios, ("scenarios",))
    return AnswersFile(instrument, day, {name: look.over(base, part, ("scenarios", name)) for name, part in scenarios.items()})


class _Look:
    """Reads the parts of one file, and says where something is wrong."""

    def __init__(self, located: Located) -> None:
        self.located = located

    def error(self, where: tuple[str | int, ...], problem: str, repair: str) -> AnswersError:
        return AnswersError(self.located.file, self.located.line(*where), problem, repair=repair)

    def mapping(self, value: Any, where: tuple[str | int, ...]) -> Mapping[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.error(where, f'"{where[-1]}" must be a map.', "Write `key: value` lines under it.")
        return value

    def only(self, value: Mapping[str, Any], keys: tuple[str, ...], where: tuple[str | int, ...]) -> None:
        for key in value:
            if key not in keys:
                raise self.error((*where, key), f'"{key}" is not a key of an answers file.', f"There are: {', '.join(keys)}.")

    def day(self, value: Any, where: tuple[str | int, ...]) -> date | None:
        if value is None:
            return None
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise self.error(where, "this is not a date.", "Write YYYY-MM-DD.") from None

    def answers(self, value: Mapping[str, Any], where: tuple[str | int, ...]) -> Answers:
        person, place = value.get("person"), value.get("place")
        return Answers(
            given=self.given(value, where), person=self.person(self.mapping(person, (*where, "person")), where),
            scenario=value.get("scenario"), place=self.place(self.mapping(place, (*where, "place")), where),
            severity=self.severity(self.mapping(value.get("severity"), (*where, "severity")), where),
            unlisted=self.unlisted(self.mapping(value.get("unlisted"), (*where, "unlisted")), where))

    def over(self, base: Answers, part: Any, where: tuple[str | int, ...]) -> Answers:
        """A scenario is a set of changed answers and a place."""
        own = self.answers(self.mapping(part, where), where)
        said = self.mapping(part, where)
        self.only(said, KEYS, where)
        return Answers({**base.given, **own.given}, own.person if "person" in said else base.person, own.scenario or base.scenario,
                       own.place or base.place, {**base.severity, **own.severity}, {**base.unlisted, **own.unlisted})

    def given(self, value: Mapping[str, Any], where: tuple[str | int, ...]) -> dict[str, Answer]:
        written = self.mapping(value.get("answers"), (*where, "answers"))
        evidence = self.mapping(value.get("evidence"), (*where, "evidence"))
        reasons = self.mapping(value.get("reasons"), (*where, "reasons"))
        for id in evidence:
            if id not in written:
                raise self.error((*where, "evidence", id), f'there is evidence for "{id}", which is not answered.', 'Answer it under "answers:".')
        return {id: self.answer(id, code, evidence.get(id), reasons.get(id), (*where, "answers", id)) for id, code in written.items()}

    def answer(self, id: str, code: Any, evidence: Any, reason: Any, where: tuple[str | int, ...]) -> Answer:
        if isinstance(code, dict):
            self.only(code, ("code", "reason", "evidence"), where)
            evidence, reason, code = evidence or code.get("evidence"), reason or code.get("reason"), code.get("code")
        if not isinstance(code, str) or not code:
            raise self.error(where, f'the answer to "{id}" is not a code.', "Write a code such as present, absent or unknown.")
        kinds = tuple(evidence or ())
        if isinstance(evidence, str) or any(kind not in EVIDENCE for kind in kinds):
            raise self.error(where, f'the evidence for "{id}" is not understood.', f"Write a list of: {', '.join(EVIDENCE)}.")
        return Answer(code, kinds, str(reason or ""))

    def person(self, value: Mapping[str, Any], where: tuple[str | int, ...]) -> Person:
        self.only(value, ("age_group", "children_travel"), (*where, "person"))
        age, children = value.get("age_group"), value.get("children_travel", False)
        if age is not None and age not in get_args(AgeGroup):
            raise self.error((*where, "person", "age_group"), "the age group is not understood.", "Write adult, child or disputed.")
        if not isinstance(children, bool):
            raise self.error((*where, "person", "children_travel"), "this is neither true nor false.", "Write true or false.")
        return Person(age, children)

    def place(self, value: Mapping[str, Any], where: tuple[str | int, ...]) -> Place | None:
        self.only(value, ("country", "subdivision"), (*where, "place"))
        return Place(str(value["country"]), value.get("subdivision")) if value.get("country") else None

    def severity(self, value: Mapping[str, Any], where: tuple[str | int, ...]) -> dict[str, Departure]:
        found = {}
        for id, said in value.items():
            part = self.mapping(said, (*where, "severity", id))
            level, reason = part.get("level"), str(part.get("reason") or "")
            if level not in (1, 2, 3, 4) or not reason.strip():
                raise self.error((*where, "severity", id), f'the severity of "{id}" needs a level from 1 to 4 and a reason.',
                                 "Write {level: 3, reason: “…”}.")
            found[id] = Departure(level, reason, str(part.get("second") or ""), str(part.get("evidence") or ""))
        return found

    def unlisted(self, value: Mapping[str, Any], where: tuple[str | int, ...]) -> dict[str, str]:
        for kind, code in value.items():
            if kind not in UNLISTED or not isinstance(code, str):
                raise self.error((*where, "unlisted", kind), f'"{kind}" is not a kind of item.', f"There are: {', '.join(UNLISTED)}.")
        return {kind: code for kind, code in value.items() if code not in OPEN_CODES or code != "not_asked"}
