"""Many visitors for a long time: whether the server gets slower or fatter, leaks a process or a file, or loses an answer.

The visitors are scripted (`scripted`) and speak the page's own protocol to a server that is started as its users start it.
They come and go: each visit signs in, opens a case, answers, and ends with a goodbye, a closed tab or signing out. Figures
are taken minute by minute; the first minute begins when everybody is there. It is no lighter work than the others: every
question of every case has an answer before, for what follows from a fuller case takes longer to say; and whoever is there
when it begins is somewhere in the middle of a visit, so that visits end and begin in it as they do later.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import monotonic, sleep
from typing import Any, Final

from safe_lib import casework
from safe_lib.casework import Desk, Said
from safe_lib.model.answers import ABSENT, PRESENT, UNKNOWN
from safe_lib.runtime.demo import BY, Demo, make_demo
from safe_lib.runtime.proc import family, held
from safe_lib.runtime.scripted import LEAVINGS, Missing, Seen, Visitor
from safe_lib.store import CHEAP, Store
from safe_lib.store.passphrase import read_passphrase
from safe_lib.widgets.stages import instruments_of
from safe_lib.workbook import Workbook

ON: Final = date(2026, 11, 21)
WORKBOOK: Final = "identification"
CODES: Final = (PRESENT, ABSENT, UNKNOWN)
SEED: Final = 20261121
PAUSE: Final = 5.0  # seconds between two answers of one visitor, on average
ANSWERS: Final = 20  # of one visit
AT_ONCE: Final = 4  # visitors who arrive at the same time at the beginning
STARTS_WITHIN: Final = 60.0  # seconds
ENDS_WITHIN: Final = 45.0  # seconds until nothing of the visits is left; a closed tab is waited for 20
ALONE: Final = 2  # processes where nobody is there: the server and the prepared one
EVERY: Final = 5.0  # seconds between two looks at the processes

SLOWER: Final = 1.2  # p95 of the later minutes through that of the first, at most
FATTER: Final = 1.05  # memory at the end through that at a quarter of the time, at most
ROOM: Final = 8 * 1024  # KiB that it may grow all the same: one page of a C library's heap is no leak


@dataclass(frozen=True, slots=True)
class Look:
    """What the server and all that it started held at one moment."""

    at: float  # seconds since the first minute began; negative before
    server: int | None  # KiB
    kernels: int  # KiB, all together
    kernel: float  # KiB of one, in the middle
    processes: int
    files: int | None  # of the server


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute; times in milliseconds."""

    minute: int
    answers: int
    median: float | None  # until acknowledged, which is durably saved
    p95: float | None
    shown_p95: float | None  # until what follows was there
    server_kib: int | None
    kernel_kib: float
    processes: int
    files: int | None


@dataclass(frozen=True, slots=True)
class Promise:
    """What has to hold, and whether it does; None where this system does not tell."""

    what: str
    holds: bool | None
    figure: str


def main(as_json: bool, *, visitors: int, minutes: float, pause: float = PAUSE) -> int:
    """Run, and show; 0 where every promise holds, 1 where one does not."""
    with tempfile.TemporaryDirectory(prefix="safe-soak-") as folder:
        found = soak(Path(folder), visitors, minutes, pause)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        _show(found)
    return 0 if all(promise["holds"] is not False for promise in found["promises"]) else 1


def soak(folder: Path, visitors: int, minutes: float, pause: float) -> dict[str, Any]:
    """Make a store, start a server, let the visitors in, and judge."""
    made = make_demo(folder / "soak.safe", cases=visitors, today=ON, cost=CHEAP)
    _fill(made)
    port = _free_port()
    server = subprocess.Popen([sys.executable, "-c", "from safe_lib.cli import main; main()", "serve", "--store", str(made.store), "--port", str(port)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=_environment())
    try:
        _await_answer(port, server)
        seen, watching = Seen(), Watching(server.pid)
        phrase = read_passphrase(made.passphrase_file)
        people = [Visitor(f"http://127.0.0.1:{port}", f"visitor{number:03}", phrase, ref, WORKBOOK, CODES, seen, Random(SEED + number))  # noqa: S311
                  for number, ref in enumerate(made.cases)]
        asyncio.run(_once(replace(people[0])))  # what the first visitor makes the server read is no leak
        watching.rest = watching.settled()
        for noted in (seen.saved, seen.shown, seen.live, seen.given, seen.lost):
            noted.clear()  # type: ignore[attr-defined]
        before = _counts(made.store, phrase)
        with watching:
            asyncio.run(_all(people, minutes, pause, watching))
        after = watching.settled()
    finally:
        server.terminate()
        server.wait(20)
    missing, surplus = _lost_in_store(made.store, phrase, seen, before)
    return _report(visitors, minutes, pause, seen, watching, after, missing, surplus)


def _fill(made: Demo) -> None:
    random = Random(SEED)  # noqa: S311
    with Store.open(made.store, read_passphrase(made.passphrase_file)) as store:
        desk = Desk(store, BY, "en", ON, for_list=True)
        for ref in made.cases:
            for id in instruments_of(WORKBOOK, Workbook(desk, WORKBOOK, ref).instrument.id):
                instrument = casework.instrument_for(desk, id)
                for item in instrument.items:
                    if {PRESENT, ABSENT} <= set(instrument.scales[item.scale].codes):
                        casework.record(desk, ref, instrument, Said(item.id, random.choice(CODES), seen=None))


# Visitors

async def _once(visitor: Visitor) -> None:
    await visitor.visit(1, 0.01, monotonic() + 60, "signed out")
    await visitor.go()


async def _all(people: Sequence[Visitor], minutes: float, pause: float, watching: Watching) -> None:
    """Everybody comes, some at a time; when all are there the first minute begins, and after the last everybody leaves."""
    doors, there = asyncio.Semaphore(AT_ONCE), asyncio.Event()
    inside = Counter[str]()

    async def one(visitor: Visitor, number: int) -> None:
        async with doors:
            await _visit(visitor, 1, 0.01, float("inf"), number)
        inside["all"] += 1
        if inside["all"] == len(people):
            watching.begin(minutes)
            there.set()
        turn = number
        while not there.is_set() or monotonic() < watching.end:
            end = watching.end if there.is_set() else float("inf")
            fewest, most = (1, ANSWERS) if turn == number else (ANSWERS // 2, ANSWERS * 3 // 2)
            await _visit(visitor, visitor.random.randint(fewest, most), pause, end, turn)
            turn += 1
        await visitor.go()

    await asyncio.gather(*(one(visitor, number) for number, visitor in enumerate(people)))


async def _visit(visitor: Visitor, answers: int, pause: float, end: float, turn: int) -> None:
    try:
        await visitor.visit(answers, pause, end, LEAVINGS[turn % len(LEAVINGS)])
    except Missing as problem:
        visitor.seen.lost.append(str(problem))
        await asyncio.sleep(1)
    except Exception as problem:  # a cut line or a refused request is what is looked for here
        visitor.seen.lost.append(type(problem).__name__)
        await asyncio.sleep(1)


# Looking

class Watching:
    """Looks at the server every few seconds, in a thread of its own."""

    def __init__(self, pid: int) -> None:
        """Watch this server."""
        self.looks: list[Look] = []
        self.began, self.end = float("inf"), float("inf")
        self.rest: Look | None = None  # before anybody came
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def begin(self, minutes: float) -> None:
        """The first minute begins."""
        self.began = monotonic()
        self.end = self.began + 60 * minutes

    def __enter__(self) -> Watching:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(EVERY):
            self.looks.append(self.look())

    def look(self) -> Look:
        """What is held now."""
        every = [one for pid in family(self._pid)[1:] if (one := held(pid))]
        server = held(self._pid)
        sizes = [one.memory or 0 for one in every[1:]]  # the first is the prepared process, which every kernel is forked from
        at = monotonic() - self.began if self.began < self.end else -1.0
        return Look(at, server.memory if server else None, sum(sizes), median(sizes) if sizes else 0.0, len(every) + 1,
                    server.files if server else None)

    def settled(self) -> Look:
        """What is held when every kernel of a visit has had the time to end, and its lines the time to be closed."""
        end = monotonic() + ENDS_WITHIN
        found = self.look()
        while monotonic() < end and not self._is_at_rest(found):
            sleep(0.5)
            found = self.look()
        return found

    def _is_at_rest(self, found: Look) -> bool:
        """As before anybody came; the first time, when the prepared process alone is there."""
        if self.rest is None:
            return found.processes <= ALONE and found.at < 0 and self._has_settled(found)
        return found.processes <= self.rest.processes and (found.files or 0) <= (self.rest.files or 0)

    def _has_settled(self, found: Look) -> bool:
        sleep(2)  # lines are closed a second after their kernel
        return self.look().files == found.files


# What came of it

def _counts(store: Path, phrase: str) -> int:
    with Store.open(store, phrase) as opened:
        return sum(line.what == "answer.saved" for line in opened.audit())


def _lost_in_store(store: Path, phrase: str, seen: Seen, before: int) -> tuple[int, int]:
    """Acknowledged answers that are not in the store, and answers there that nobody was told of."""
    missing = 0
    with Store.open(store, phrase) as opened:
        known: dict[tuple[str, str, str], dict[int, str]] = {}
        for one in seen.given:
            place = (one.ref, one.instrument, one.item)
            if place not in known:
                known[place] = {saved.revision: saved.answer.code for saved in opened.history(*place)}
            missing += known[place].get(one.revision) != one.code
    return missing, _counts(store, phrase) - before - len(seen.given)


def _report(visitors: int, minutes: float, pause: float, seen: Seen, watching: Watching, after: Look, missing: int, surplus: int) -> dict[str, Any]:
    every = [_minute(number, seen, watching) for number in range(max(1, int(minutes)))]
    live = [taken for _, taken in seen.live]
    return {"kind": "soak", "visitors": visitors, "minutes": minutes, "pause_seconds": pause, "seed": SEED, "visits": len(live),
            "live_ms": {"median": _middle(live), "p95": _p95(live)}, "answers": {"acknowledged": len(seen.saved), "new": len(seen.given),
            "found": len(seen.given) - missing, "lost": Counter(seen.lost)}, "by_minute": [_rounded(one) for one in every],
            "before": _rounded(watching.rest) if watching.rest else None, "after": _rounded(after),
            "promises": [asdict(one) for one in judged(every, seen, watching, after, missing, surplus)]}


def _minute(number: int, seen: Seen, watching: Watching) -> Minute:
    def within(moments: list[tuple[float, float]]) -> list[float]:
        return [taken for at, taken in moments if 60 * number <= at - watching.began < 60 * (number + 1)]

    saved, looks = within(seen.saved), [one for one in watching.looks if 60 * number <= one.at < 60 * (number + 1)] or watching.looks[-1:]
    server = [one.server for one in looks if one.server is not None]
    files = [one.files for one in looks if one.files is not None]
    return Minute(number + 1, len(saved), _middle(saved), _p95(saved), _p95(within(seen.shown)), int(median(server)) if server else None,
                  median(one.kernel for one in looks), max(one.processes for one in looks), max(files) if files else None)


def judged(every: Sequence[Minute], seen: Seen, watching: Watching, after: Look, missing: int, surplus: int) -> tuple[Promise, ...]:
    """Whether each promise holds."""
    rest = watching.rest or after
    return (
        _flat("memory of the server is flat", [one.server for one in watching.looks if one.at >= 0]),
        _flat("memory of a kernel is flat", [one.kernel for one in watching.looks if one.at >= 0]),
        Promise("no process is left behind", after.processes <= rest.processes, f"{rest.processes} before, {after.processes} after"),
        Promise("no file is left open", None if after.files is None or rest.files is None else after.files <= rest.files,
                f"{rest.files} before, {after.files} after"),
        Promise("no answer is lost", not (missing or seen.lost), f"{len(seen.given)} new answers acknowledged, {missing} not in the store; "
                f"{sum(Counter(seen.lost).values())} not acknowledged; {surplus} in the store that nobody was told of"),
        _steady(every, seen, watching),
    )


def _flat(what: str, sizes: Sequence[float | None]) -> Promise:
    """The last quarter of the time beside the second: what is read once is read in the first."""
    known = [size for size in sizes if size is not None]
    quarter = len(known) // 4
    if not quarter:
        return Promise(what, None, "too few looks")
    before, at_end = median(known[quarter:2 * quarter]), median(known[-quarter:])
    return Promise(what, at_end <= before * FATTER + ROOM, f"{before / 1024:.1f} MiB, then {at_end / 1024:.1f} MiB")


def _steady(every: Sequence[Minute], seen: Seen, watching: Watching) -> Promise:
    what = "the 95th of 100 answers takes no longer later than in the first minute (within 20 %)"
    later = _p95([taken for at, taken in seen.saved if at - watching.began >= 60])
    first = every[0].p95
    if first is None or later is None:
        return Promise(what, None, "too few answers")
    worst = max(one.p95 for one in every if one.p95 is not None)
    return Promise(what, later <= first * SLOWER, f"{first:.0f} ms, then {later:.0f} ms; {worst:.0f} ms in the slowest minute")


def _middle(taken: Sequence[float]) -> float | None:
    return round(median(taken), 1) if taken else None


def _p95(taken: Sequence[float]) -> float | None:
    return round(quantiles(taken, n=20)[-1], 1) if len(taken) >= 20 else None


def _rounded(one: Any) -> dict[str, Any]:
    return {name: round(value, 1) if isinstance(value, float) else value for name, value in asdict(one).items()}


def _show(found: dict[str, Any]) -> None:
    print(f"{found['visitors']} visitors, {found['minutes']:g} minutes, {found['visits']} visits, {found['answers']['acknowledged']} answers; times in ms")
    print("minute  answers  median     p95  shown p95  server MiB  kernel MiB  processes  files")
    for one in found["by_minute"]:
        print(f"{one['minute']:>6}  {one['answers']:>7}  {_cell(one['median']):>6}  {_cell(one['p95']):>6}  {_cell(one['shown_p95']):>9}  "
              f"{_cell(one['server_kib'], 1024):>10}  {_cell(one['kernel_kib'], 1024):>10}  {one['processes']:>9}  {_cell(one['files']):>5}")
    for promise in found["promises"]:
        print(f"{ {True: 'holds', False: 'DOES NOT HOLD', None: 'not told'}[promise['holds']]:>13}  {promise['what']}: {promise['figure']}")


def _cell(value: float | None, through: int = 1) -> str:
    return "–" if value is None else f"{value / through:.0f}"


# The server

def _environment() -> dict[str, str]:
    above = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (above, os.environ.get("PYTHONPATH"))))}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _await_answer(port: int, server: subprocess.Popen[bytes]) -> None:
    end = monotonic() + STARTS_WITHIN
    while monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/left", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            sleep(0.1)
    raise RuntimeError("bench soak: the server did not start.")
