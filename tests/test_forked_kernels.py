"""A kernel forked from the prepared process is one like any other: the same cells say the same things in it and in the stock kernel."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.manager import KernelManager
from sqlcipher3 import dbapi2 as sqlcipher

from safe_lib.catalogue.paths import PACKAGE
from safe_lib.model.errors import SafeError
from safe_lib.runtime import provisioner
from safe_lib.runtime.preparation import PREPARED, STARTS, Prepared, can_fork
from safe_lib.runtime.prepared import LEARNED, listening_at
from safe_lib.runtime.provisioner import Forked, ForkedKernels
from safe_lib.runtime.ready import PromptKernelManager
from safe_lib.runtime.rehearsal import rehearse_before_forks
from safe_lib.store import CHEAP, Store, opening

pytestmark = pytest.mark.skipif(not can_fork(), reason="kernels are forked on Linux alone")

PATIENCE = 30.0  # seconds
FEW = 5  # modules: versions of Python and of packages differ in small ones
CHANCE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{24}_\d+_\d+|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4,12}){4}|0x[0-9a-f]+")  # ids and addresses
NUMBERS = "import random, uuid, secrets, numpy; random.random(), numpy.random.random(), str(uuid.uuid4()), secrets.token_hex(4)"


@dataclass
class Kernel:
    """One kernel with its client."""

    manager: Any
    client: Any
    said: list[dict[str, Any]] = field(default_factory=list)

    @property
    def pid(self) -> int:
        return int(self.manager.provisioner.pid)

    def run(self, cell: str) -> list[tuple[str, Any]]:
        """What a cell says, in order, without what is left to chance; how it ended comes last."""
        reply = self._ask(cell)
        if reply["content"]["status"] == "aborted":  # it came while the kernel still threw away what followed a failed cell, as every kernel does
            reply = self._ask(cell)
        told = [_without_chance(one) for one in self.said if one["msg_type"] not in ("status", "execute_input")]
        return [*_in_whole(told), ("ends", reply["content"]["status"])]

    def _ask(self, cell: str) -> dict[str, Any]:
        self.said.clear()
        reply: dict[str, Any] = self.client.execute_interactive(cell, timeout=PATIENCE, output_hook=self.said.append)
        return reply

    def value(self, cell: str) -> str:
        """What a cell gives back, as text."""
        self.run(cell)
        return next(str(one["content"]["data"]["text/plain"]) for one in self.said if one["msg_type"] == "execute_result")


def _without_chance(message: dict[str, Any]) -> tuple[str, Any]:
    content = {name: value for name, value in message["content"].items() if name != "execution_count"}
    if message["msg_type"] == "error":
        content["traceback"] = len(content["traceback"])  # it tells the path of the cell's own file
    return message["msg_type"], eval(CHANCE.sub("*", repr(content)), {})


def _in_whole(told: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """What was printed without a break, in one piece: where it is cut in two depends on a clock, in every kernel."""
    whole: list[tuple[str, Any]] = []
    for kind, content in told:
        last = whole[-1] if whole else ("", {})
        if kind == "stream" == last[0] and content["name"] == last[1]["name"]:
            whole[-1] = (kind, {**content, "text": last[1]["text"] + content["text"]})
        else:
            whole.append((kind, content))
    return whole


def start(**more: Any) -> Kernel:
    """A kernel that is ready."""
    manager = KernelManager(kernel_name="python3", transport="ipc", **more)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=PATIENCE)
    return Kernel(manager, client)


def end(kernel: Kernel) -> None:
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """The prepared process; sockets of kernels in a folder of this module."""
    before = os.environ.get("JUPYTER_RUNTIME_DIR")
    os.environ["JUPYTER_RUNTIME_DIR"] = str(tmp_path_factory.mktemp("k"))
    PREPARED.start()
    until(PREPARED.is_ready)
    yield PREPARED
    PREPARED.stop()
    os.environ.pop("JUPYTER_RUNTIME_DIR")
    os.environ.update({"JUPYTER_RUNTIME_DIR": before} if before else {})


@pytest.fixture(scope="module")
def forked(prepared: Prepared) -> Iterator[Kernel]:
    kernel = start(kernel_spec_manager=ForkedKernels())
    yield kernel
    end(kernel)


@pytest.fixture(scope="module")
def stock(prepared: Prepared) -> Iterator[Kernel]:
    kernel = start()
    yield kernel
    end(kernel)


def until(happens: Callable[[], bool]) -> None:
    """Wait for something that is about to happen."""
    limit = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_the_one_is_forked_and_the_other_is_not(forked: Kernel, stock: Kernel, prepared: Prepared) -> None:
    """Else everything below would compare a thing with itself."""
    assert psutil.Process(forked.pid).parent().cmdline()[1:3] == ["-m", "safe_lib.runtime.prepared"]
    assert psutil.Process(stock.pid).ppid() == os.getpid()


def test_a_kernel_has_rehearsed_with_nobody_and_opens_stores_with_the_cipher(forked: Kernel, stock: Kernel) -> None:
    """What was put together before the fork is there, and of the rehearsal no file is open."""
    look = ("import os\nfrom safe_lib.store import opening\n"
            "(len(opening._engine()._compiled_cache) > 10, opening._driver.get().__name__, "
            "[one for one in os.listdir('/proc/self/fd') if '/wb-r-' in os.path.realpath(f'/proc/self/fd/{one}')])")

    assert forked.value(look) == "(True, 'sqlcipher3.dbapi2', [])"
    assert stock.value(look) == "(False, 'sqlcipher3.dbapi2', [])"


def test_a_rehearsal_in_the_clear_ends_with_it(tmp_path: Path) -> None:
    """Meanwhile a store is a plain file, which is why nobody's data may be in it; right after that none can be made that is."""
    rehearse_before_forks(tmp_path)
    assert (tmp_path / "rehearsal.safe").read_bytes()[:15] == b"SQLite format 3"
    assert opening._driver.get() is sqlcipher

    Store.create(tmp_path / "own.safe", "a phrase of five invented words", training=True, cost=CHEAP).close()
    assert (tmp_path / "own.safe").read_bytes()[:15] != b"SQLite format 3"
    with pytest.raises(SafeError):
        Store.open(tmp_path / "rehearsal.safe", "whatever it was")
    used = [path.name for path in PACKAGE.rglob("*.py") if "in_the_clear" in path.read_text(encoding="utf-8")]
    assert sorted(used) == ["opening.py", "rehearsal.py"]


def test_who_finds_the_socket_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between its name and its listening there is no moment in which a kernel would be refused and start the slow way."""
    path, there = tmp_path / "s", []
    listen = socket.socket.listen
    monkeypatch.setattr(socket.socket, "listen", lambda one, *how: (there.append(path.exists()), listen(one, *how)))
    with listening_at(str(path)), socket.socket(socket.AF_UNIX) as line:
        line.connect(str(path))

        assert there == [False]
        assert path.stat().st_mode & 0o777 == 0o600


def test_the_end_of_a_kernel_is_seen_where_a_thousand_files_are_open() -> None:
    """And its descriptor is closed then: some fifty visitors have as many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1500), hard))
    many = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    program = subprocess.Popen(["sleep", "60"])
    try:
        forked = Forked(program.pid)
        assert forked._watch > 1023
        assert forked.poll() is None and forked.wait(0.01) is None
        forked.kill()
        assert forked.wait(PATIENCE) == 0 == forked.poll()
        with pytest.raises(OSError):
            os.fstat(forked._watch)
    finally:
        program.kill()
        program.wait()
        for one in many:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


SAME = {
    "words and results": "import sys\nprint('one'); print('two', file=sys.stderr)\n{'a': [1, 2]}",
    "a cell that fails": "def f():\n    raise KeyError('no such thing')\nprint('before')\nf()",
    "a cell with a mistake": "if True print('x')",
    "a display that is renewed": "from IPython.display import HTML, display\nh = display(HTML('<b>1</b>'), display_id='one')\nh.update(HTML('<b>2</b>'))",
    "a widget": "import ipywidgets\nslider = ipywidgets.IntSlider(3, description='how many')\nslider",
    "an output widget": "out = ipywidgets.Output()\nwith out:\n    print('inside')\nout",
    "a component of ours": "import anywidget\nclass One(anywidget.AnyWidget):\n    _esm = 'export default {}'\nOne()",
    "a table": "import pandas\npandas.DataFrame({'a': [1, 2], 'b': ['x', 'y']})",
    "another program": "import subprocess\nprint(subprocess.run(['sh', '-c', 'echo out; exit 3'], capture_output=True, text=True))",
    "a program by the shell": "!echo from the shell\nprint(_exit_code)",
    "a child of its own": "import multiprocessing as m\nwith m.get_context('fork').Pool(1) as pool:\n    print(pool.map(abs, [-1, -2]))",
    "what is awaited": "import asyncio\nasync def later(x):\n    await asyncio.sleep(0.01)\n    return x\nawait asyncio.gather(later(1), later(2))",
    "a thread": "import threading\nt = threading.Thread(target=lambda: print('from a thread'))\nt.start(); t.join()",
    "signals": "import signal\n[signal.getsignal(one) for one in (signal.SIGCHLD, signal.SIGTERM, signal.SIGUSR1)]",
    "its place": "import os, sys\n(sys.argv[0].rpartition('/')[2].removesuffix('.py'), __name__, os.getsid(0) == os.getpid(), sys.stdin is not None)",
    "a picture": "import matplotlib\nfrom matplotlib import pyplot\nfigure = pyplot.plot([1, 3, 2])[0].figure\nmatplotlib.get_backend()",
    "its shell": (
        "import sys, os\nshell = get_ipython()\n"
        "print(type(shell).__name__, type(shell.kernel).__name__, shell.parent is shell.kernel, shell.starting_dir == os.getcwd(), __name__)\n"
        "print(sys.modules['__main__'] is shell.user_module, shell.user_ns is globals(), sorted(shell.extension_manager.loaded), shell.execution_count > 0)\n"
        "print(shell.ipython_dir == os.path.dirname(shell.profile_dir.location), shell.history_manager.shell is shell, type(shell.compile).__name__)\n"
        "print(sorted(shell.magics_manager.lsmagic()['line']), sorted(map(str, shell.display_formatter.formatters)), shell.history_manager.hist_file)\n"
        "print(sorted(type(one).__name__.removeprefix('Forked').removeprefix('IP') for one in shell.configurables))\n"
        "print(sorted(name for name in globals() if not name.startswith('_i')), shell.displayhook.session is shell.kernel.session)"),
    "the suite": "from safe_lib import open_workbook\nprint(open_workbook('identification').outcome().text[:400])",
}


@pytest.mark.parametrize("cell", SAME.values(), ids=SAME.keys())
def test_a_cell_says_the_same_in_both(forked: Kernel, stock: Kernel, cell: str) -> None:
    """Outputs, errors, widgets with all their messages, pictures, other programs, what is awaited: message by message."""
    ours = forked.run(cell)

    assert ours == stock.run(cell)
    assert len(ours) > 1


def test_its_shell_was_there_before_it(forked: Kernel) -> None:
    """Else everything that is done before the fork would be for nothing; where other settings are wanted, a kernel makes its own."""
    assert forked.value("get_ipython().history_manager.enabled") == "False"
    assert forked.value("type(get_ipython().kernel.parent).__name__") == "'ForkedKernelApp'"
    made = "'connection_file' in get_ipython().config.get('ForkedKernelApp', {})"
    assert forked.value(made) == "False"
    manager = KernelManager(kernel_name="python3", transport="ipc", kernel_spec_manager=ForkedKernels())
    manager.start_kernel(extra_arguments=["--ZMQInteractiveShell.ast_node_interactivity=all"])
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=PATIENCE)
    own = Kernel(manager, client)
    try:
        assert own.value(made) == "True" and own.value("get_ipython().ast_node_interactivity") == "'all'"
    finally:
        end(own)


def test_a_kernel_has_hardly_anything_left_to_import() -> None:
    """What it would import, all kernels share. Where this fails, something new is imported late: python -m safe_lib.runtime.learning writes the list anew."""
    look = "from safe_lib.runtime import learning; learning.import_all(); print(*learning.learn(), sep='\\n')"
    late = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout.split()

    assert len(late) <= FEW, late
    assert not [name for name in LEARNED.read_text(encoding="utf-8").split() if name.startswith(("debugpy", "alembic", "pandas", "safe_lib.runtime."))]


def test_a_picture_is_shown(forked: Kernel) -> None:
    """As a PNG that the cell did not ask for: pyplot knows that it draws in a notebook."""
    told = forked.run("from matplotlib import pyplot\nline = pyplot.plot([1, 2])")

    assert [content["data"]["image/png"][:11] for kind, content in told if kind == "display_data"] == ["iVBORw0KGgo"]


def test_a_widget_hears_the_page(forked: Kernel) -> None:
    """What somebody moves on a page is what the cell reads, and whoever observes it is told."""
    forked.run("import ipywidgets\nmoved, heard = ipywidgets.IntSlider(3), []\nmoved.observe(lambda change: heard.append(change['new']), 'value')")
    id = forked.value("moved.model_id").strip("'")
    data = {"method": "update", "state": {"value": 8}, "buffer_paths": []}
    forked.client.shell_channel.send(forked.client.session.msg("comm_msg", {"comm_id": id, "data": data}))

    assert forked.value("moved.value, heard") == "(8, [8])"


def test_no_two_kernels_draw_the_same_numbers(forked: Kernel) -> None:
    """Not even those that came from the same process in the same moment: of every source that a cell could ask."""
    other = start(kernel_spec_manager=ForkedKernels())
    try:
        ours, theirs = (eval(kernel.value(NUMBERS)) for kernel in (forked, other))
    finally:
        end(other)

    assert len(ours) == len(theirs) == 4
    assert not set(ours) & set(theirs)


def test_a_cell_can_be_stopped(forked: Kernel) -> None:
    """An interrupt reaches what runs, and the kernel goes on."""
    asked = forked.client.execute("kept = 1\nprint('running')\nimport time\ntime.sleep(60)")
    until(lambda: forked.client.get_iopub_msg(timeout=PATIENCE)["msg_type"] == "stream")
    forked.manager.interrupt_kernel()
    reply = forked.client.get_shell_msg(timeout=PATIENCE)

    assert reply["parent_header"]["msg_id"] == asked and reply["content"]["ename"] == "KeyboardInterrupt"
    assert forked.value("kept") == "1"


def test_a_kernel_that_is_restarted_is_new(prepared: Prepared) -> None:
    """Another process, forked again, that knows nothing of before; the old one is gone."""
    kernel = start(kernel_spec_manager=ForkedKernels())
    try:
        kernel.run("before = 1")
        old = kernel.pid
        kernel.manager.restart_kernel(now=True)
        kernel.client.wait_for_ready(timeout=PATIENCE)

        assert kernel.value("'before' in globals()") == "False"
        assert kernel.pid != old and psutil.Process(kernel.pid).ppid() == psutil.Process(kernel.pid).parent().pid != os.getpid()
        until(lambda: not psutil.pid_exists(old))
    finally:
        end(kernel)
    until(lambda: not psutil.pid_exists(kernel.pid))


def test_a_kernel_is_ready_as_soon_as_it_says_so(prepared: Prepared, tmp_path: Path) -> None:
    """Nothing that the first cell says is missed; a kernel that has ended is told."""
    async def try_it() -> list[str]:
        manager = PromptKernelManager(kernel_name="python3", transport="ipc", connection_file=str(tmp_path / "k.json"), kernel_spec_manager=ForkedKernels())
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=PATIENCE)
        said: list[str] = []
        await client.execute_interactive("print('first')", timeout=PATIENCE, output_hook=lambda one: said.append(one["content"].get("text", "")))
        await manager.shutdown_kernel(now=True)
        with pytest.raises(RuntimeError, match="died"):
            await client.wait_for_ready(timeout=PATIENCE)
        client.stop_channels()
        return said

    assert "first\n" in asyncio.run(try_it())


def test_where_nothing_can_be_forked_a_kernel_starts_the_stock_way(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """It works the same; one line in the log says so."""
    monkeypatch.setattr(provisioner, "PREPARED", Prepared())
    with caplog.at_level(logging.ERROR, "safe"):
        kernel = start(kernel_spec_manager=ForkedKernels())
    try:
        assert kernel.value("1 + 1") == "2"
        assert psutil.Process(kernel.pid).ppid() == os.getpid()
    finally:
        end(kernel)
    (line,) = caplog.messages
    assert line.startswith("a kernel starts the stock way")


def test_a_prepared_process_that_breaks_down_is_started_again(tmp_path: Path) -> None:
    """Whoever comes next goes on the stock way; whoever comes later has a forked kernel again. Not without end."""
    one = Prepared()
    one.start()
    one.stop()

    assert not asyncio.run(one.becomes_ready())
    assert not one.has_ended()
    for _ in range(STARTS):
        one.stop()
        assert not asyncio.run(one.becomes_ready())
    assert one.has_ended()
