"""`safe bench pages`: the suite's page of a case beside stock Voilà with the same questions, in turn, in one run.

Both show the same instrument. Ours is the whole: signed in, an encrypted store, every answer durable before it is
acknowledged, with reasons, sources and reports. Theirs is the questions with plain ipywidgets, and nothing is saved. Then
ours with twice as many questions, beside the same stock page: the workbook that people open first; and last what no page
can go below here (`floor`).

A server listens when it has answered, whole, the page that a visitor sees first: with ours the sign-in page, which can be
used, while most of the program is still being loaded behind it (`runtime.door`); with theirs the list of workbooks. What
that hides, the next row tells: the time from the start until the workbook itself was answered, signing in included.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import load_instrument
from safe_lib.runtime.benches.browser import Visited, opened, signed_in, visit
from safe_lib.runtime.benches.burst import burst
from safe_lib.runtime.benches.floor import Floor, plain_files, visit_floor
from safe_lib.runtime.benches.sides import INSTRUMENT, SafeServer, Server, both
from safe_lib.runtime.benches.table import Row, finish

ROUNDS: Final = 7
VISITORS: Final = 12
WARM_UP: Final = 1  # starts of each side, and visits to it, that are not counted

# Figure → what it is called, its unit, how many times as much the stock side has to take (issue 5).
VISITS: Final[tuple[tuple[str, str, str, float | None], ...]] = (
    ("readable", "questions readable in the browser, cold", "ms", 25),
    ("live", "page live (an answer changes the outcome), cold", "ms", 8),
    ("answer", "answer → outcome changed (ours: and durably saved)", "ms", 2),
    ("cold", "bytes to the browser, cold", "KiB", 50),
    ("warm", "bytes to the browser, warm", "KiB", 2),
    ("cold_http", "over HTTP alone, cold", "KiB", 50),
    ("warm_http", "over HTTP alone, warm", "KiB", 2),
)
Floors = tuple[list[Floor], list[Floor]]  # without style, and in ours
WORKBOOK: Final = "identification"  # with the instrument's questions among twice as many
OF_WORKBOOK: Final = (*VISITS[:4], ("work", "main-thread work", "ms", None))
REQUESTS: Final = 8  # at most, cold
WORK: Final = 8
OWN_MEMORY: Final = 3
AT_ONCE: Final = 4
LISTENING: Final = 3


@dataclass
class Taken:
    """What was measured of one side."""

    visits: list[Visited] = field(default_factory=list)
    workbook: list[Visited] = field(default_factory=list)  # to the page with more questions
    bursts: list[float] = field(default_factory=list)  # seconds until the last visitor is live
    listening: list[float] = field(default_factory=list)  # seconds
    first: list[float] = field(default_factory=list)  # seconds from the start to the first page of a workbook, whole

    def of(self, name: str) -> tuple[float, ...]:
        """One figure of every visit."""
        return tuple(float(getattr(one, name)) for one in self.visits)


def main(as_json: bool, *, rounds: int = ROUNDS, visitors: int = VISITORS, out: Path | None = None) -> int:
    """Measure and show; the exit code."""
    with tempfile.TemporaryDirectory(prefix="safe-bench-") as folder:
        sides = both(Path(folder))
        try:
            stock, ours, floors = measure(sides, rounds, visitors)
        finally:
            for side in sides:
                side.stop()
    about = {"rounds": rounds, "visitors": visitors, "questions": _many(), "voila": version("voila"), "script_errors": sum(ours.of("errors"))}
    finish("pages", tuple(rows(stock, ours, floors, visitors)), about, as_json=as_json, out=out)
    return 0


def measure(sides: Sequence[Server], rounds: int, visitors: int) -> tuple[Taken, Taken, Floors]:
    """Starts, visits and crowds, the sides in turn; and visits to a plain file between them."""
    taken, floors = tuple(Taken() for _ in sides), (list[Floor](), list[Floor]())
    for turn in range(-WARM_UP, rounds):
        for side, found in zip(sides, taken, strict=True):
            side.stop()
            page = side.page()
            seconds, first = side.start(), side.seconds_to(page)
            _say(f"{side.name}: listening after {seconds:.2f} s, a workbook after {first:.2f} s{_counted(turn)}")
            if turn >= 0:
                found.listening.append(seconds)
                found.first.append(first)
    with opened() as browser, plain_files() as files:
        states = [signed_in(browser, side) for side in sides]
        for turn in range(-WARM_UP, rounds):
            for side, found, state in zip(sides, taken, states, strict=True):
                seen = visit(browser, side, state, _many())
                side.end_kernels()
                _say(f"{side.name}: readable {seen.readable:.0f} ms, live {seen.live:.0f} ms{_counted(turn)}")
                if turn >= 0:
                    found.visits.append(seen)
                    found.workbook += _of_workbook(browser, side, state)
            for file, seen_of in zip(files, floors, strict=True):
                seen_of.append(visit_floor(browser, file, _many()))
    for _ in range(max(1, rounds // 2)):
        for side, found in zip(sides, taken, strict=True):
            found.bursts.append(burst(side, visitors)[0])
            _say(f"{side.name}: {visitors} at once, the last live after {found.bursts[-1]:.2f} s")
    return taken[0], taken[1], floors


def _of_workbook(browser: Any, side: Server, state: Any) -> Iterator[Visited]:
    if isinstance(side, SafeServer):
        yield visit(browser, side, state, _many(), WORKBOOK)
        side.end_kernels()


def rows(stock: Taken, ours: Taken, floors: Floors, visitors: int) -> Iterator[Row]:
    """Everything that was measured, in the order of the table of issue 5."""
    for name, what, unit, wanted in VISITS:
        yield Row(what, unit, stock.of(name), ours.of(name), wanted)
    yield Row("requests, cold", "number", stock.of("requests"), ours.of("requests"), most=REQUESTS)
    yield Row("main-thread work", "ms", stock.of("work"), ours.of("work"), WORK)
    yield Row("main-thread work in scripts", "ms", stock.of("script"), ours.of("script"))
    yield Row("private memory per visitor (USS of the kernel)", "MiB", stock.of("own"), ours.of("own"), OWN_MEMORY)
    yield Row("memory per visitor with its part of what is shared (PSS)", "MiB", stock.of("share"), ours.of("share"))
    yield Row(f"{visitors} visitors at once, last one live", "s", tuple(stock.bursts), tuple(ours.bursts), AT_ONCE)
    yield Row("server listening", "s", tuple(stock.listening), tuple(ours.listening), LISTENING)
    yield Row("first page of a workbook after the start, whole", "s", tuple(stock.first), tuple(ours.first))
    for name, what, unit, _ in OF_WORKBOOK:
        yield Row(f"with the workbook {WORKBOOK}: {what}", unit, stock.of(name), tuple(float(getattr(one, name)) for one in ours.workbook))
    plain = "the same questions as one plain file, no script, no sign-in"
    for look, floor in zip(("no style", "our style"), floors, strict=True):
        yield Row(f"{plain}, {look}: readable, cold", "ms", stock.of("readable"), tuple(one.readable for one in floor))
        yield Row(f"{plain}, {look}: main-thread work", "ms", stock.of("work"), tuple(one.work for one in floor))


def _many() -> int:
    return len(load_instrument(INSTRUMENT).items)


def _counted(turn: int) -> str:
    return "" if turn >= 0 else ", not counted"


def _say(words: Any) -> None:
    """How far it is; the figures go to the other stream."""
    print(words, file=sys.stderr, flush=True)
