"""A prepared process: it imports what every kernel needs once, then forks one kernel for each page (copy on write).

No thread, no zmq context and no event loop may exist before the fork, and nothing of a person is ever loaded here. One
connection is one kernel: the caller sends a line of JSON (argv, env, cwd) and gets the process number back once the
kernel's sockets are bound. All kernels end with this process, and this process ends with its parent.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import random
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

PRELOAD: Final = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.iostream", "ipykernel.displayhook", "ipykernel.heartbeat",
    "ipywidgets", "anywidget", "sqlcipher3.dbapi2", "safe_lib.workbook", "safe_lib.widgets.form", "safe_lib.widgets.page",
)
LEARNED: Final = Path(__file__).with_name("learned.txt")  # what a kernel imports beyond these, one module a line (see `learning`)
NO_KEY: Final = bytes(range(32))  # nobody's: it locks nothing but an empty word
DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG, linux/prctl.h


def end_with_parent(parent: int = 0) -> None:
    """Be killed when the parent ends; end at once if it already has."""
    ctypes.CDLL(None, use_errno=True).prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if parent and os.getppid() != parent:
        os._exit(1)


def import_all() -> None:
    """Everything that a kernel will need, as far as it is there in this version of Python and its packages."""
    for name in PRELOAD:
        importlib.import_module(name)
    without_debugger()
    for name in LEARNED.read_text(encoding="utf-8").split():
        with suppress(ImportError):
            importlib.import_module(name)


def without_debugger() -> None:
    """Kernels without the debugger: it costs each of them 100 ms and a hundred modules, and no page debugs. A cell can still import it."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # as where it is not installed
    try:
        importlib.import_module("ipykernel.debugger")
    finally:
        del sys.modules["debugpy"]


def read_ahead() -> None:
    """The data files every page reads: parsed once, shared by all. And what opening a store takes, but for the store and its keys."""
    from safe_lib.catalogue import instrument_files, languages, load_instrument, load_texts, translated
    from safe_lib.catalogue.countries import list_countries, load_themes
    from safe_lib.rights import permission
    from safe_lib.store import opening, sealing

    for language in languages():
        load_texts(language)
        load_themes(language=language)
        for id in instrument_files():
            translated(load_instrument(id), language)
    list_countries()
    permission.table()
    opening.make_ready()
    sealing.unlocked(NO_KEY, sealing.locked(NO_KEY, b"", b""), b"")  # the library of ciphers loads them when they are first used
    sealing.public_of(NO_KEY)


def rehearse() -> None:
    """What a kernel does for its page, once with a store of nobody, which is gone after that."""
    from safe_lib.runtime.rehearsal import rehearse_before_forks

    with tempfile.TemporaryDirectory(prefix="wb-r-") as folder:
        rehearse_before_forks(Path(folder))


def become_kernel(line: socket.socket, request: dict[str, Any], listening: socket.socket) -> None:
    """In the forked child: a kernel as if it had been started alone."""
    listening.close()
    for name in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(name, signal.SIG_DFL)
    os.setsid()
    end_with_parent()
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    random.seed()
    if numbers := sys.modules.get("numpy.random"):
        numbers.seed()  # a fork would go on with the same numbers as every other
    sys.argv = ["ipykernel_launcher", *request["argv"]]
    gc.enable()
    from safe_lib.runtime.kernel_ahead import ForkedKernelApp

    app = ForkedKernelApp.instance(parent_handle=os.getppid())  # the default was read when the module was imported
    app.initialize(request["argv"])
    sys.modules["ipywidgets"].register_comm_target()  # it was imported when there was no kernel to register with
    line.sendall(json.dumps({"pid": os.getpid()}).encode() + b"\n")  # only now: the sockets are bound
    app.start()


def listening_at(path: str) -> socket.socket:
    """A socket for this user alone that listens; the file has its name only when it does, for its being there is the sign that kernels can be had."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    old = os.umask(0o177)
    listening.bind(path + "-")
    os.umask(old)
    listening.listen(128)
    os.rename(path + "-", path)
    return listening


def main(path: str, parent: int) -> None:
    """Prepare, say `ready`, and fork a kernel for each request."""
    end_with_parent(parent)
    gc.disable()  # what it would free leaves holes, and a kernel that fills them gets the whole page around each for itself
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads would not survive a fork
    import_all()
    read_ahead()
    rehearse()
    from safe_lib.runtime.kernel_ahead import make_shell

    make_shell()
    if len(os.listdir("/proc/self/task")) != 1:
        sys.exit("prepared: another thread is alive, so nothing can be forked.")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    listening = listening_at(path)
    print("ready", flush=True)
    while True:
        line, _ = listening.accept()
        _fork_for(line, listening)


def _fork_for(line: socket.socket, listening: socket.socket) -> None:
    with line:
        try:
            request = json.loads(line.makefile("rb").readline(1_000_000) or b"{}")
        except ValueError:
            return
        if "argv" not in request:
            return
        if os.fork() == 0:
            try:
                become_kernel(line, request, listening)
            finally:
                os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
