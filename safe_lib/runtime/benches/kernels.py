"""`safe bench kernels`: a stock kernel and one forked from the prepared process, in turn, in one run.

Ready is when a kernel has answered a cell that imports what a workbook imports. Both are asked by the same client, at
once and without its usual silence of 0.2 s; both are started through Jupyter's own kernel manager.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any, Final
from uuid import uuid4

from jupyter_client.manager import AsyncKernelManager

from safe_lib.model.errors import WrongUse
from safe_lib.runtime.benches.sides import MIB, SAFE, STOCK, psutil_here, without_jupyter
from safe_lib.runtime.benches.table import Row, finish
from safe_lib.runtime.preparation import PREPARED
from safe_lib.runtime.provisioner import ForkedKernels

ROUNDS: Final = 9
AT_ONCE: Final = 12
WARM_UP: Final = 1  # kernels of each side that are not counted
WANTED: Final = 12  # times as much as ours, the stock kernel has to take until it is ready (issue 5)
WANTED_MEMORY: Final = 3
PATIENCE: Final = 120.0  # seconds
SUITE: Final = (  # what a workbook needs to show its form and what follows
    "import ipywidgets, anywidget, sqlcipher3.dbapi2\n"
    "from safe_lib import assess, load_instrument, open_workbook\n"
    "import safe_lib.widgets.form, safe_lib.widgets.page\n"
    "load_instrument('ilo_adult_labour'), open_workbook"
)


@dataclass(frozen=True, slots=True)
class Ready:
    """One kernel: seconds until the suite is imported in it, and MiB of it."""

    seconds: float
    own: float  # USS
    share: float  # PSS


@dataclass
class Taken:
    """What was measured of one way to start kernels."""

    alone: list[Ready] = field(default_factory=list)
    last: list[float] = field(default_factory=list)  # seconds until the last of many is ready
    share: list[float] = field(default_factory=list)  # MiB of each of many, mean


def main(as_json: bool, *, rounds: int = ROUNDS, visitors: int = AT_ONCE, out: Path | None = None) -> int:
    """Measure and show; the exit code."""
    psutil_here()
    with quiet_places(), prepared():
        stock, ours = asyncio.run(measure(rounds, visitors))
    about = {"rounds": rounds, "at_once": visitors, "ipykernel": version("ipykernel")}
    finish("kernels", tuple(rows(stock, ours, visitors)), about, as_json=as_json, out=out)
    return 0


async def measure(rounds: int, many: int) -> tuple[Taken, Taken]:
    """One kernel at a time, then many at once, the sides in turn."""
    taken = {STOCK: Taken(), SAFE: Taken()}
    for turn in range(-WARM_UP, rounds):
        for side, found in taken.items():
            (one,) = await _together(side, 1)
            if turn >= 0:
                found.alone.append(one)
    for _ in range(max(1, rounds // 3)):
        for side, found in taken.items():
            crowd = await _together(side, many)
            found.last.append(max(one.seconds for one in crowd))
            found.share.append(sum(one.share for one in crowd) / len(crowd))
    return taken[STOCK], taken[SAFE]


async def _together(side: str, many: int) -> list[Ready]:
    """So many kernels in the same moment; all live until the last one is ready and measured."""
    managers = [_manager(side) for _ in range(many)]
    try:
        seconds = await asyncio.gather(*(_until_ready(one) for one in managers))
        return [Ready(taken, *_memory(one.provisioner.pid)) for taken, one in zip(seconds, managers, strict=True)]
    finally:
        await asyncio.gather(*(_end(one) for one in managers))


async def _end(manager: Any) -> None:
    if manager.has_kernel:
        await manager.shutdown_kernel(now=True)


def _manager(side: str) -> Any:
    specs = {"kernel_spec_manager": ForkedKernels()} if side == SAFE else {}
    file = os.path.join(os.environ["JUPYTER_RUNTIME_DIR"], f"{uuid4().hex}.json")  # named, else all of them take the same sockets
    return AsyncKernelManager(kernel_name="python3", transport="ipc", connection_file=file, **specs)


async def _until_ready(manager: Any) -> float:
    began = monotonic()
    await manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels(iopub=False, stdin=False, hb=False, control=False)
    try:
        asked = client.execute(SUITE, silent=True, store_history=False)
        while True:
            reply = await asyncio.wait_for(client.get_shell_msg(), PATIENCE)
            if reply["parent_header"].get("msg_id") == asked:
                break
        if reply["content"]["status"] != "ok":
            raise WrongUse(f"safe bench: a kernel could not import the suite: {reply['content'].get('evalue', '')}")
        return monotonic() - began
    finally:
        client.stop_channels()


def _memory(pid: int) -> tuple[float, float]:
    found = psutil_here().Process(pid).memory_full_info()
    return found.uss / MIB, found.pss / MIB


@contextmanager
def prepared() -> Iterator[None]:
    """The prepared process, ready; its own start is not counted here but in `safe bench pages`.

    Raises:
        WrongUse: it did not become ready, as where processes cannot be forked.
    """
    PREPARED.start()
    end = monotonic() + PATIENCE
    while not PREPARED.is_ready():
        if monotonic() > end or PREPARED.has_ended():
            raise WrongUse("safe bench: kernels cannot be forked on this machine; they start the stock way.")
        _pause()
    try:
        yield
    finally:
        PREPARED.stop()


def _pause() -> None:
    with suppress(InterruptedError):
        asyncio.run(asyncio.sleep(0.02))


@contextmanager
def quiet_places() -> Iterator[None]:
    """Sockets in a folder of this bench, and nobody's own settings of Jupyter."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="wb-b-") as folder:
        os.environ.clear()
        os.environ.update({**without_jupyter(before), "JUPYTER_RUNTIME_DIR": folder, "IPYTHONDIR": folder, "OPENBLAS_NUM_THREADS": "1"})
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def rows(stock: Taken, ours: Taken, many: int) -> Iterator[Row]:
    """Everything that was measured."""
    def alone(name: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
        first, second = (tuple(getattr(ready, name) for ready in one.alone) for one in (stock, ours))
        return first, second

    yield Row("kernel ready with the suite imported", "s", *alone("seconds"), WANTED)
    yield Row("its own memory (USS)", "MiB", *alone("own"), WANTED_MEMORY)
    yield Row("its memory with its part of what is shared (PSS)", "MiB", *alone("share"))
    yield Row(f"{many} kernels at once, last one ready", "s", tuple(stock.last), tuple(ours.last))
    yield Row(f"memory of each of {many} with its part of what is shared (PSS)", "MiB", tuple(stock.share), tuple(ours.share))


