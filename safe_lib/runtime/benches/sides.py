"""The two servers of a bench: stock Voilà with its usual kernels and a plain ipywidgets workbook, and the suite with a real store.

Both are started as their users start them, on a free port of this machine, and know nothing of each other.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from pathlib import Path
from statistics import median
from time import monotonic, sleep
from typing import Any, Final
from urllib.parse import urlencode

from safe_lib import casework
from safe_lib.casework import Desk, Said
from safe_lib.catalogue import load_instrument
from safe_lib.catalogue.paths import PACKAGE
from safe_lib.model.answers import ABSENT, PRESENT
from safe_lib.model.errors import WrongUse
from safe_lib.store import CHEAP, Store

ON: Final = date(2026, 11, 21)
INSTRUMENT: Final = "ilo_adult_labour"
GIVEN: Final = ("DR02", "DR05", "DR08", "EX01", "EX02", "CD01")  # with these present, the outcome hangs on the next one
PRESSED: Final = "CD14"
STOCK: Final = "stock"
SAFE: Final = "safe"
PHRASE: Final = "invented words for measuring pages"
STOCK_WORKBOOK: Final = Path(__file__).with_name("stock") / "identification.ipynb"
PATIENCE: Final = 60.0  # seconds until a server listens
LOOK_AGAIN: Final = 0.01  # seconds between two looks whether it does
MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """What kernels take, MiB: `own` (USS) is nobody else's, `share` (PSS) counts shared pages by their part."""

    own: float
    share: float


@dataclass
class Server:
    """One side: how it is started and found, and the processes that it leads."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0  # by the clock of `monotonic`
    name = ""
    environment: Mapping[str, str] = field(default_factory=lambda: without_jupyter(os.environ))

    def command(self) -> list[str]:
        """What a person would type."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def page(self, of: str = INSTRUMENT) -> str:
        """The address of a workbook, for a visitor who was never there."""
        raise NotImplementedError

    def first(self) -> str:
        """The path of the page that a visitor sees first, once the server was started."""
        raise NotImplementedError

    def start(self) -> float:
        """Start it; seconds until the page that a visitor sees first was answered, to its last byte.

        Raises:
            WrongUse: it was not within a minute.
        """
        self.began = monotonic()
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(self.command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=dict(self.environment), start_new_session=True)
        while not self._answers():
            if monotonic() - self.began > PATIENCE or self.process.poll() is not None:
                self.stop()
                raise WrongUse(f"safe bench: the {self.name} server did not start.\n  {(self.folder / f'{self.name}.log').read_text()[-2000:]}")
            sleep(LOOK_AGAIN)
        return monotonic() - self.began

    def _answers(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", self.first())
            answer = line.getresponse()
            return bool(answer.read()) and answer.status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def seconds_to(self, page: str) -> float:
        """Seconds from the start until the workbook at this address was answered, to its last byte: a kernel has run it by then."""
        import httpx

        with httpx.Client(timeout=PATIENCE, base_url=self.url) as visitor:
            self.come_in(visitor)
            visitor.get(page).raise_for_status()
        return monotonic() - self.began

    def come_in(self, visitor: Any) -> None:
        """What a visitor has to do before they may see a workbook."""

    def stop(self) -> None:
        """End it with everything that it started."""
        if self.process is None:
            return
        family = self._family()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _end(family)
        self.process = None

    def kernels(self) -> list[Any]:
        """The kernels that live now: each leads a session of its own."""
        return [one for one in self._family() if leads_a_session(one.pid) and _lives(one)]

    def end_kernels(self) -> None:
        """Stock kernels outlive their pages; without them every visit finds the same machine."""
        _end(self.kernels())

    def memory(self) -> Memory | None:
        """Of its kernels, the median; None where none lives."""
        found = []
        for one in self.kernels():
            with contextlib.suppress(psutil_here().Error):
                found.append(one.memory_full_info())
        return Memory(median(one.uss for one in found) / MIB, median(one.pss for one in found) / MIB) if found else None

    def _family(self) -> list[Any]:
        psutil = psutil_here()
        if self.process is None:
            return []
        try:
            return list(psutil.Process(self.process.pid).children(recursive=True))
        except psutil.NoSuchProcess:
            return []


@dataclass
class StockServer(Server):
    """Stock Voilà; a kernel that the bench ended must not come back in the middle of the next visit, so it is not restarted."""

    name = STOCK

    def command(self) -> list[str]:
        """Voilà on the folder of the reference workbook."""
        return [sys.executable, "-m", "voila", str(STOCK_WORKBOOK.parent), f"--port={self.port}", "--no-browser", "--KernelManager.autorestart=False"]

    def first(self) -> str:
        """The list of workbooks."""
        return "/"

    def page(self, of: str = INSTRUMENT) -> str:
        """Always the same: it keeps nothing."""
        return f"{self.url}/voila/render/{STOCK_WORKBOOK.name}"


@dataclass
class SafeServer(Server):
    """The suite with an encrypted store, made for this bench; every visitor has a case of their own."""

    name = SAFE

    @property
    def store(self) -> Path:
        """Made on first use."""
        return self.folder / "bench.safe"

    def command(self) -> list[str]:
        """The command of the README."""
        return [sys.executable, "-c", "from safe_lib.cli import main; main()", "serve", "--store", str(self.store), "--port", str(self.port)]

    def first(self) -> str:
        """The sign-in page."""
        return "/login"

    def come_in(self, visitor: Any) -> None:
        """Sign in."""
        visitor.get("/login")
        visitor.post("/login", data={"user": "noor", "pass": PHRASE, "_xsrf": visitor.cookies["_xsrf"]})

    def make_store(self) -> None:
        """An empty store for training."""
        Store.create(self.store, PHRASE, training=True, cost=CHEAP).close()

    def page(self, of: str = INSTRUMENT) -> str:
        """Of a new case whose first step is passed and whose outcome hangs on one answer; the questions are those of the stock side."""
        return f"{self.url}/{of}?{urlencode({'case': self.new_case(), 'lang': 'en'})}"

    def new_case(self) -> str:
        """Its reference."""
        with Store.open(self.store, PHRASE) as store:
            desk = Desk(store, "noor", "en", ON)
            ref = casework.open_case(desk, "").ref
            first = {item.id: ABSENT for item in load_instrument("first_level").items if item.kind == "danger"}
            for id, given in (("first_level", first), (INSTRUMENT, {**dict.fromkeys(GIVEN, PRESENT), PRESSED: ABSENT})):
                instrument = casework.instrument_for(desk, id)
                for item, code in given.items():
                    casework.record(desk, ref, instrument, Said(item, code, seen=None))
        return ref


def both(folder: Path) -> tuple[StockServer, SafeServer]:
    """The two sides, not started; the store is made."""
    ours = SafeServer(folder, free_port())
    ours.make_store()
    return StockServer(folder, free_port()), ours


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def without_jupyter(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which nobody's own settings speed up or slow down either side; both find this copy of the suite, compiled as it usually is."""
    kept = {name: value for name, value in environment.items() if not name.startswith(("JUPYTER", "IPYTHON", "SAFE_", "PYTHONDONTWRITE"))}
    paths = filter(None, (str(PACKAGE.parent), environment.get("PYTHONPATH")))
    return {**kept, "JUPYTER_NO_CONFIG": "1", "PYTHONPATH": os.pathsep.join(paths)}


def leads_a_session(pid: int) -> bool:
    """As every kernel does, and the process that prepares kernels does not."""
    try:
        return os.getsid(pid) == pid
    except (ProcessLookupError, PermissionError):
        return False


def _lives(one: Any) -> bool:
    """A stock server keeps the entries of kernels that have ended, with no memory at all."""
    psutil = psutil_here()
    try:
        return bool(one.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _end(processes: list[Any]) -> None:
    psutil = psutil_here()
    for one in processes:
        with contextlib.suppress(psutil.Error):
            one.kill()
    psutil.wait_procs(processes, timeout=5)


def psutil_here() -> Any:
    """What looks at processes.

    Raises:
        WrongUse: it is not installed.
    """
    try:
        import psutil
    except ImportError:
        raise WrongUse("safe bench: this needs what the tests need.\n  Install it: pip install 'safe-workbooks[test]'.") from None
    return psutil
