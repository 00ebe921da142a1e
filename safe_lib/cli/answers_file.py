"""Answers from a file or from standard input: never more than a file of answers can hold, and never deeper than one can be."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from safe_lib.catalogue.answers import AnswersFile, parse_answers
from safe_lib.catalogue.reading import LARGEST
from safe_lib.model.answers import Answers
from safe_lib.model.errors import AnswersError, WrongUse
from safe_lib.model.instrument import Instrument

STANDARD_INPUT: Final = "-"


def read_answers(place: str) -> AnswersFile:
    """The answers in a file, or from standard input for `-`. A pipe or a device is read no further than a file may be long.

    Raises:
        AnswersError: the file is missing, too large, too deep, cut in half, or no file of answers; never with an answer in it.
    """
    name, raw = ("standard input", sys.stdin.buffer.read(LARGEST + 1)) if place == STANDARD_INPUT else (Path(place).name, bytes_of(Path(place)))
    return parse_answers(raw, name)


def bytes_of(path: Path) -> bytes:
    """The bytes of a file that was named, no more of it than a data file may hold.

    Raises:
        AnswersError: it cannot be read.
    """
    try:
        with path.open("rb") as opened:
            return opened.read(LARGEST + 1)  # one byte too many is enough to be refused
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or "not a name of a file"
        raise AnswersError(path.name or str(path), 0, f"the file cannot be read ({why}).", repair="Check the name and the rights.") from None


def scenarios_of(file: AnswersFile, instrument: Instrument, chosen: str | None) -> dict[str, Answers]:
    """The futures to assess, by name ("" where the file has only one).

    A name that is a kind of future of the instrument (`home_region`, `stay`, …) is that kind, so that it need not be said twice.

    Args:
        file: the file that was read.
        instrument: the one to assess with.
        chosen: one name of the file, or the kind of future to read its only answers for; None takes all.

    Raises:
        WrongUse: nothing of that name is there.
        AnswersError: a name is one kind of future, and its answers say another.
    """
    kinds = [kind.id for kind in instrument.scenarios]
    if list(file.scenarios) == [""]:
        only = file.scenarios[""]
        if chosen is not None and chosen not in kinds:
            raise WrongUse(f"--scenario: there is no such future.\n  {_there_are(kinds)}")
        return {"": replace(only, scenario=chosen) if chosen else only}
    if chosen is not None and chosen not in file.scenarios:
        raise WrongUse(f"--scenario: the file has no scenario of this name.\n  {_there_are(list(file.scenarios))}")
    return {name: _of_kind(name, answers, kinds) for name, answers in file.scenarios.items() if chosen in (None, name)}


def _of_kind(name: str, answers: Answers, kinds: list[str]) -> Answers:
    if name not in kinds or answers.scenario == name:
        return answers
    if answers.scenario is None:
        return replace(answers, scenario=name)
    raise AnswersError("answers", 0, f'the scenario "{name}" is said to be about another kind of future.',
                       repair=f"Write `scenario: {name}` in it, or give it a name of its own.")


def _there_are(names: list[str]) -> str:
    return f"There are: {', '.join(names)}." if names else "This instrument does not tell futures apart."
