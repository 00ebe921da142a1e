"""Files of facts for a procedure: YAML or JSON, one line for each fact; what is not there is unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from safe_lib.catalogue.reading import Located, parse_yaml
from safe_lib.engine.facts import NO, YES, Facts, Value
from safe_lib.engine.periods import NotAPeriod, parse_period
from safe_lib.engine.procedures import STATE
from safe_lib.model.answers import OPEN_CODES, UNKNOWN
from safe_lib.model.errors import AnswersError

YEARS: Final = (1900, 2199)  # of a fact; outside of them a year is a slip of the pen
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")
LONGEST: Final = 100  # characters of a word


@dataclass(frozen=True, slots=True)
class FactsFile:
    """What a file of facts says, and the day it is to be looked at from, where it names one."""

    facts: Facts
    date: date | None


def parse_facts(raw: bytes, name: str, kinds: Mapping[str, str], other_names: Mapping[str, str] | None = None, *, longest: int = LONGEST) -> FactsFile:
    """Facts from bytes: `reflection_granted: 2026-03-01`, at the top or under `facts:`.

    Args:
        raw: YAML or JSON.
        name: the name that messages show.
        kinds: fact → day, yes_no, word or day_or_period, as the catalogue lists them.
        other_names: name of an older law → fact; a fact under both its names must be said once.
        longest: letters of a word.

    Raises:
        AnswersError: place, problem and repair; never a fact.
    """
    located = parse_yaml(raw, name, error=AnswersError)
    value = {} if located.value is None else located.value
    if not isinstance(value, dict) or not isinstance(value.get("facts") or {}, dict):
        raise AnswersError(name, 1, "the file holds no facts.", repair='Write one line for each fact, such as "reflection_granted: 2026-03-01".')
    look = _Look(located, kinds, longest)
    inner = value.get("facts")
    where: tuple[str, ...] = () if inner is None else ("facts",)
    facts: dict[str, Value] = {}
    for written, said in (value if inner is None else inner).items():
        key = (other_names or {}).get(written, written)
        if key in facts:
            raise look.error((*where, written), "says a fact that is said under another name too.", "Keep one of them.")
        if key != "date":
            facts[key] = look.value(key, said, (*where, written))
    if inner is not None and STATE in value:
        facts[STATE] = look.value(STATE, value[STATE], (STATE,))
    return FactsFile(Facts(facts), look.day(value["date"], ("date",)) if value.get("date") is not None else None)


@dataclass(frozen=True, slots=True)
class _Look:
    """Reads the values of one file, and says where one is wrong."""

    located: Located
    kinds: Mapping[str, str]
    longest: int

    def value(self, key: str, said: Any, where: tuple[str, ...]) -> Value:
        if said is None:
            return UNKNOWN
        if isinstance(said, bool):
            return YES if said else NO
        text = str(said).strip() if isinstance(said, (str, int)) else ""
        if not text or len(text) > self.longest:
            raise self.error(where, "is no value of a fact.", "Write a day, yes, no, unknown or a word.")
        if text in OPEN_CODES or self.kinds.get(key) == "word":
            return text
        if _DAY.fullmatch(text):
            return self.day(text, where)
        if _MOMENT.fullmatch(text):
            return self.moment(text, where)
        return self.word(key, text, where)

    def word(self, key: str, text: str, where: tuple[str, ...]) -> str:
        kind = self.kinds.get(key, "word")
        if kind in ("day", "yes_no") and text not in (YES, NO):
            wanted = "a day (YYYY-MM-DD), " if kind == "day" else ""
            raise self.error(where, "is not understood.", f"Write {wanted}yes, no or unknown.")
        if kind == "day_or_period":
            try:
                parse_period(text)
            except NotAPeriod:
                raise self.error(where, "is not understood.", 'Write a day (YYYY-MM-DD) or a period such as "2 weeks".') from None
        return text

    def day(self, said: Any, where: tuple[str, ...]) -> date:
        try:
            day = date.fromisoformat(str(said))
        except ValueError:
            raise self.error(where, "is not a day.", "Write YYYY-MM-DD.") from None
        if not YEARS[0] <= day.year <= YEARS[1]:
            raise self.error(where, "lies in a year that cannot be meant.", f"Write a year from {YEARS[0]} to {YEARS[1]}.")
        return day

    def moment(self, text: str, where: tuple[str, ...]) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self.error(where, "is not a moment.", "Write a day: YYYY-MM-DD.") from None
        self.day(moment.date().isoformat(), where)
        return moment

    def error(self, where: tuple[str, ...], problem: str, repair: str) -> AnswersError:
        return AnswersError(self.located.file, self.located.line(*where), f'"{where[-1]}" {problem}', repair=repair)
