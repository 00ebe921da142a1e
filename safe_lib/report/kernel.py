"""A kernel without sockets: runs the cells of a notebook here, and hands each message to papermill's own client.

IPython's kernel makes the messages and papermill's client turns them into outputs, as with papermill's usual engine;
what lies between them, two processes and five sockets, is two queues. So error cells, display updates and Output
widgets come out the same by construction. A process has one such kernel: run each notebook in a forked child.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from queue import Empty, SimpleQueue
from types import SimpleNamespace
from typing import Any, Final

import ipykernel.debugger
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.interactiveshell import InteractiveShellABC
from jupyter_client.session import Session
from papermill.clientwrap import PapermillNotebookClient
from papermill.log import logger
from papermill.utils import remove_args
from traitlets import Any as AnyTrait
from traitlets import Type

NEWS: Final = "iopub"  # where a kernel tells everybody
REPLIES: Final = "shell"  # where it answers
PICTURES: Final = "module://matplotlib_inline.backend_inline"  # what IPython's kernel sets where nothing is set

Message = dict[str, Any]


class Wire(Session):  # type: ignore[misc]
    """Takes what a kernel sends and puts it into a queue; nothing is signed, because nothing leaves the process."""

    def __init__(self, **traits: Any) -> None:
        """Two empty queues."""
        super().__init__(**traits)
        self.queues: dict[str, SimpleQueue[Message]] = {NEWS: SimpleQueue(), REPLIES: SimpleQueue()}

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, ident: Any = None, buffers: Any = None, track: bool = False,
             header: Any = None, metadata: Any = None) -> Message:
        """Queue one message; its content goes through JSON, as on a real line."""
        made = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content=content, parent=parent, header=header, metadata=metadata)
        message: Message = {**made, "content": self.unpack(self.pack(made["content"])), "buffers": [memoryview(one) for one in buffers or ()]}
        if stream in self.queues:
            self.queues[stream].put(message)
        return message


class Stream(io.TextIOBase):
    """What cells print, told when it is flushed, as IPython's kernel does."""

    def __init__(self, wire: Wire, name: str) -> None:
        """Nothing printed yet; `name` is stdout or stderr."""
        self._wire, self.name, self._held, self.parent = wire, name, list[str](), Message()

    encoding = "utf-8"

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, text: str) -> int:
        """Hold a text until it is flushed."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._held.append(text)
        return len(text)

    def flush(self) -> None:
        """Tell what is held."""
        text, self._held = "".join(self._held), []
        if text:
            self._wire.send(NEWS, "stream", {"name": self.name, "text": text}, parent=self.parent)

    def set_parent(self, parent: Message) -> None:
        """The message that what follows belongs to."""
        self.parent = parent


class QuietShell(ZMQInteractiveShell):  # type: ignore[misc]
    """The shell of a kernel that no frontend is connected to."""


InteractiveShellABC.register(QuietShell)


class QuietKernel(IPythonKernel):  # type: ignore[misc]
    """IPython's kernel with queues for sockets."""

    shell_class = Type(QuietShell)
    iopub_socket = AnyTrait(NEWS)
    iopub_thread = AnyTrait(None)
    shell_channel_thread = AnyTrait(SimpleNamespace(parent_thread=threading.main_thread()))  # it is asked where cells run

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Nothing waits behind a cell that failed."""


class Channel:
    """One end of a queue, as a client reads it."""

    def __init__(self, client: QuietClient, name: str) -> None:
        """Read from one queue of a client's wire."""
        self._client, self._queue = client, client.session.queues[name]

    async def get_msg(self, timeout: float | None = None) -> Message:
        """The next message; all of a cell are there once it has run."""
        try:
            return self._queue.get_nowait()
        except Empty:
            await asyncio.sleep(min(timeout or 0.05, 0.05))
            raise

    def send(self, message: Message) -> None:
        """A message of a widget's other half to the kernel."""
        self._client.tell(message)


class QuietClient:
    """Stands where papermill expects a client of a kernel: what it asks is done at once, in this process."""

    allow_stdin = False

    def __init__(self, longest: int | None) -> None:
        """Start the kernel; a cell that takes longer than so many seconds rings the alarm of the process."""
        self._longest = longest
        os.environ.setdefault("MPLBACKEND", PICTURES)
        ipykernel.debugger._is_debugpy_available = False  # nobody debugs here, and it talks over sockets
        self.session = Wire(key=b"")
        self.kernel = QuietKernel.instance(session=self.session, log=logging.getLogger(__name__))
        self.streams = Stream(self.session, "stdout"), Stream(self.session, "stderr")
        self.shell_channel, self.iopub_channel = Channel(self, REPLIES), Channel(self, NEWS)
        prepare_modules(self.kernel)

    async def execute(self, code: str, store_history: bool = True, stop_on_error: bool = True) -> str:
        """Run one cell to its end; its messages wait in the queues."""
        asked = {"code": code, "silent": False, "store_history": store_history, "user_expressions": {}, "allow_stdin": False, "stop_on_error": stop_on_error}
        request = self.session.msg("execute_request", asked)
        signal.alarm(self._longest or 0)
        try:
            with self._answering(request):
                await self.kernel.execute_request(REPLIES, [], request)
        finally:
            signal.alarm(0)
        return str(request["header"]["msg_id"])

    def kernel_info(self) -> str:
        """Ask what language this is."""
        request = self.session.msg("kernel_info_request")
        self.session.send(REPLIES, "kernel_info_reply", self.kernel.kernel_info, parent=request)
        return str(request["header"]["msg_id"])

    def tell(self, message: Message) -> None:
        """A message of a widget's other half."""
        handler = self.kernel.shell_handlers.get(message["header"]["msg_type"])
        if handler is not None:
            with self._answering(message):
                handler(REPLIES, [], {**message, "buffers": []})

    @contextmanager
    def _answering(self, request: Message) -> Iterator[None]:
        """All that is told meanwhile belongs to this request."""
        self.kernel.set_parent([], request)
        self.kernel.shell.set_parent(request)
        for stream in self.streams:
            stream.set_parent(request)
        self.kernel._publish_status("busy", "shell", request)
        with redirect_stdout(self.streams[0]), redirect_stderr(self.streams[1]):
            try:
                yield
            finally:
                for stream in self.streams:
                    stream.flush()
        self.kernel._publish_status("idle", "shell", request)

    def is_alive(self) -> bool:
        """As long as this process."""
        return True


def prepare_modules(kernel: QuietKernel) -> None:
    """Tell modules that were imported before there was a kernel that there is one."""
    if "ipywidgets" in sys.modules:
        sys.modules["ipywidgets"].register_comm_target()
    if "matplotlib" in sys.modules:
        from matplotlib_inline.backend_inline import configure_inline_support

        configure_inline_support(kernel.shell, os.environ["MPLBACKEND"])  # type: ignore[no-untyped-call]


class InProcess(PapermillNotebookClient):  # type: ignore[misc]
    """papermill's client at a kernel of this very process."""

    @contextmanager
    def setup_kernel(self, **kwargs: Any) -> Iterator[None]:
        """The kernel, for as long as the notebook runs."""
        self.kc: QuietClient | None = QuietClient(self.timeout)
        try:
            yield
        finally:
            self.kc = None


def run_cells(nb_man: Any, kernel_name: str, **kwargs: Any) -> None:
    """Run the notebook of a manager as papermill's usual engine does, in this process.

    Args:
        nb_man: papermill's manager of the notebook.
        kernel_name: what the notebook says; the language has to be Python.
        kwargs: the options of papermill's usual engine.
    """
    given = remove_args(["input_path", "timeout", "startup_timeout", "start_timeout", "execution_timeout"], **kwargs)
    client = InProcess(nb_man, kernel_name=kernel_name, log=logger, timeout=kwargs.get("execution_timeout") or kwargs.get("timeout"), **given)
    client.execute()
