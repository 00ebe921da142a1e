"""How fast it is, measured here and now: one run on this machine, ratios first. Times of two machines are not compared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from importlib import import_module
from itertools import cycle, islice
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any, Final

from safe_lib.catalogue import load_instrument
from safe_lib.catalogue.countries import load_countries, load_country
from safe_lib.engine import ENGINE, assess
from safe_lib.engine.assess import FREE_SCALES
from safe_lib.model.answers import AGE_GROUPS, NOT_APPLICABLE, OPEN_CODES, Answer, Answers, Departure, Person
from safe_lib.model.instrument import Instrument, Item

BESIDE_STOCK: Final = ("pages", "kernels")  # in `safe_lib/runtime/benches`
ALONE: Final = ("batch", "resume", "reassess", "audit", "soak", "survey", "findings")  # each in a module of its own
ON: Final = date(2026, 11, 21)
COUNTRY: Final = "XAA"  # invented
SEED: Final = 20261121
FORMS: Final = 240  # for each instrument
STARTS: Final = 7  # fresh processes for each command
FILLED: Final = (0.1, 0.5, 1.0)  # share of items with an answer: mostly empty, half, full
OPEN_SHARE: Final = 0.1  # of the answers given: nobody knows
NOT_APPLICABLE_SHARE: Final = 0.05

ASSESSED: Final[Mapping[str, float]] = {  # instrument → wanted, milliseconds for one assessment with trace and open questions
    "ilo_adult_labour": 2, "ilo_child_labour": 2, "ilo_adult_sexual": 2, "ilo_child_sexual": 2,
    "safe_return": 10, "first_level": 10, "unodc": 10,
}
STARTED: Final[Mapping[str, tuple[str, ...]]] = {"import safe_lib": ("-c", "import safe_lib"), "safe --help": ("-m", "safe_lib", "--help")}
READ: Final[Mapping[str, float]] = {  # what is read of countries → wanted, milliseconds
    "open one country": 50, "open all countries": 1000, "show one country": 500, "search all claims": 100,
}
READINGS: Final = 7  # of each; the first of a fresh process stands beside them
SHOWN: Final = "NGA"  # a country with many claims and all figures
START_WANTED: Final = 200  # milliseconds for a fresh process


@dataclass(frozen=True, slots=True)
class Measured:
    """One thing measured; all times in milliseconds, `ratio` is the median through what is wanted (1 or less is good).

    `first` is an empty form, or the first look at countries, in a fresh process, when nothing is kept yet; `reading` is what
    it took to read the instrument before that. Both are None for commands, and `median` is None for a command that does
    not run.
    """

    what: str
    wanted: float
    median: float | None
    ratio: float | None
    first: float | None
    reading: float | None
    runs: int


def main(kind: str = "engine", as_json: bool = False, **more: Any) -> int:
    """Measure one kind of work and show what came of it; the exit code. `more` says of some kinds which store, how many cases or visitors, how often."""
    if kind in (*ALONE, *BESIDE_STOCK):
        place = f"bench_{kind}" if kind in ALONE else f"benches.{kind}"
        measured: Callable[..., int] = import_module(f"safe_lib.runtime.{place}").main
        return measured(as_json, **more)
    if kind != "engine":
        print(f"bench: there is no {kind!r}. Choose one of: engine, validity, {', '.join((*BESIDE_STOCK, *ALONE))}.", file=sys.stderr)
        return 2
    found = engine()
    print(_as_json(found) if as_json else _table(found))
    return 0


def engine() -> tuple[Measured, ...]:
    """The assessments, the country information and the starts, in one run; some fifteen seconds."""
    return (
        *(_assessing(id, wanted) for id, wanted in ASSESSED.items()),
        *(_reading(what, wanted) for what, wanted in READ.items()),
        *(_starting(what, arguments) for what, arguments in STARTED.items()),
    )


# Assessments.

def _assessing(id: str, wanted: float) -> Measured:
    instrument, country = load_instrument(id), load_country(COUNTRY)
    taken = []
    for form in islice(forms(instrument, SEED), FORMS):
        start = perf_counter()
        assess(instrument, form, country, on=ON)
        taken.append(_since(start))
    first, reading = _first_of(id)
    return _measured(f"assess {id}", wanted, taken, first, reading)


def forms(instrument: Instrument, seed: int) -> Iterator[Answers]:
    """Drawn forms without end, no two alike: mostly empty, half filled and full ones in turn."""
    random = Random(f"{instrument.id} {seed}")  # noqa: S311  forms, not secrets
    for share in cycle(FILLED):
        yield _form(instrument, random, share)


def _form(instrument: Instrument, random: Random, share: float) -> Answers:
    given = {item.id: _answer(instrument, item, random) for item in instrument.items if item.scale not in FREE_SCALES and random.random() < share}
    weighed = [group.id for group in instrument.groups if group.severity and random.random() < 0.1]
    return Answers(
        given=given,
        person=Person(random.choice((None, *AGE_GROUPS)), random.random() < 0.3),
        scenario=random.choice(instrument.scenarios).id if instrument.scenarios else None,
        severity={id: Departure(random.randint(1, 4), "Agreed in supervision.") for id in weighed},
    )


def _answer(instrument: Instrument, item: Item, random: Random) -> Answer:
    chance = random.random()
    if chance < OPEN_SHARE:
        return Answer(random.choice(OPEN_CODES))
    if chance < OPEN_SHARE + NOT_APPLICABLE_SHARE:
        return Answer(NOT_APPLICABLE, reason="Does not arise for this person.")
    return Answer(random.choice(instrument.scales[item.scale].codes))


def first_form(id: str) -> tuple[float, float]:
    """Milliseconds for an empty form, the first of this process, and for reading the instrument before it."""
    start = perf_counter()
    instrument = load_instrument(id)
    reading = _since(start)
    start = perf_counter()
    assess(instrument, Answers(), on=ON)
    return _since(start), reading


def _first_of(id: str) -> tuple[float, float]:
    said = _run("-c", f"from safe_lib.runtime.bench import first_form; print(*first_form({id!r}))").stdout.split()
    return float(said[0]), float(said[1])


# Country information.

def _reading(what: str, wanted: float) -> Measured:
    taken = [timed(what) for _ in range(READINGS)]
    said = _run("-c", f"from safe_lib.runtime.bench import timed; print(timed({what!r}))").stdout.split()
    return _measured(what, wanted, taken, float(said[-1]) if said else None, None)


def timed(what: str) -> float:
    """Milliseconds for one of `READ`, in this process."""
    work = {"open one country": _open_one, "open all countries": _open_all, "show one country": _show_one, "search all claims": _search_all}[what]
    start = perf_counter()
    work()
    return _since(start)


def _open_one() -> None:
    load_country(SHOWN)


def _open_all() -> None:
    for _ in load_countries():
        pass


def _show_one() -> None:
    from safe_lib.catalogue import load_texts
    from safe_lib.widgets.atlas.asked import Asked
    from safe_lib.widgets.atlas.page import PARTS
    from safe_lib.widgets.atlas.reading import Reading

    reading = Reading(Asked(country=SHOWN), ON, load_texts())
    for part in PARTS.values():
        part(reading)


def _search_all() -> None:
    from safe_lib.widgets.atlas.asked import Asked
    from safe_lib.widgets.atlas.search import search

    search(Asked(words="shelter women"), ON)


# Starts.

def _starting(what: str, arguments: tuple[str, ...]) -> Measured:
    taken = []
    for _ in range(STARTS):
        start = perf_counter()
        if _run(*arguments).returncode:
            return _measured(what, START_WANTED, [], None, None)
        taken.append(_since(start))
    return _measured(what, START_WANTED, taken, None, None)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    above = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (above, os.environ.get("PYTHONPATH"))))}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, env=environment)


# What is shown.

def _since(start: float) -> float:
    return (perf_counter() - start) * 1000


def _measured(what: str, wanted: float, taken: list[float], first: float | None, reading: float | None) -> Measured:
    middle = median(taken) if taken else None
    return Measured(what, wanted, middle, None if middle is None else middle / wanted, first, reading, len(taken))


def _table(found: tuple[Measured, ...]) -> str:
    head = ("ratio", "median", "wanted", "first", "runs", "what (times in ms)")
    rows = [(_number(one.ratio, 2), _number(one.median, 2), _number(one.wanted, 0), _number(one.first, 1), str(one.runs), one.what) for one in found]
    return "\n".join("  ".join((*(f"{cell:>7}" for cell in row[:-1]), row[-1])) for row in (head, *rows))


def _number(value: float | None, places: int) -> str:
    return "–" if value is None else f"{value:.{places}f}"


def _as_json(found: tuple[Measured, ...]) -> str:
    rows = [{key: round(value, 3) if isinstance(value, float) else value for key, value in asdict(one).items()} for one in found]
    return json.dumps({"kind": "engine", "engine": ENGINE, "seed": SEED, "unit": "ms", "measured": rows}, ensure_ascii=False)
