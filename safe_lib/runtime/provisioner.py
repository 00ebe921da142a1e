"""Kernels forked from the prepared process; where that is not there, the stock way."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
from typing import Any, Final

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.provisioning import LocalProvisioner

from safe_lib.runtime.preparation import NO_HISTORY, PREPARED, can_fork
from safe_lib.runtime.quiet import log

NAME: Final = "safe-fork"
PATIENCE: Final = 30  # seconds until a forked kernel has bound its sockets


class Forked:
    """A handle like Popen's for a process that is not our child."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        """Watch a process by its descriptor, so that its number cannot be taken for another's."""
        self.pid = pid
        self.returncode: int | None = None
        self._watch = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """None while it lives."""
        return self.wait(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end."""
        if self.returncode is None and self._has_ended(timeout):
            self.returncode = 0
            os.close(self._watch)
        return self.returncode

    def _has_ended(self, timeout: float | None) -> bool:
        watching = select.poll()  # `select.select` knows no descriptor beyond 1,023, and fifty visitors have more open
        watching.register(self._watch, select.POLLIN)
        return bool(watching.poll(None if timeout is None else 1000 * timeout))

    def send_signal(self, number: int) -> None:
        """Signal it, if it lives."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._watch, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class ForkProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Asks the prepared process for a kernel; falls back to a kernel of its own."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start one kernel."""
        pid = await forked(cmd, kwargs) if await PREPARED.becomes_ready() else 0
        if not pid:
            log.error("a kernel starts the stock way: %s", "no prepared process is ready" if can_fork() else "kernels are forked on Linux alone")
            silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # what a kernel says of a fault may hold what somebody wrote
            return await super().launch_kernel(cmd, **{**kwargs, **silent})
        self.process = Forked(pid)
        self.pid = self.pgid = pid
        return self.connection_info


async def forked(cmd: list[str], kwargs: dict[str, Any]) -> int:
    """The process number of a forked kernel; 0 where that did not work."""
    launcher = next((place for place, word in enumerate(cmd) if word.endswith("ipykernel_launcher")), None)
    if launcher is None:
        return 0
    request = {"argv": [*cmd[launcher + 1:], NO_HISTORY], "env": dict(kwargs.get("env") or os.environ),
               "cwd": str(kwargs.get("cwd") or os.getcwd())}
    try:
        reading, writing = await asyncio.open_unix_connection(PREPARED.path)
        writing.write(json.dumps(request).encode() + b"\n")
        said = await asyncio.wait_for(reading.readline(), PATIENCE)
        writing.close()
    except (OSError, TimeoutError):
        return 0
    return int(json.loads(said)["pid"]) if said else 0


class ForkedKernels(KernelSpecManager):  # type: ignore[misc]
    """The usual Python kernel, started by forking."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The stock description with our way of starting it."""
        spec = super().get_kernel_spec(kernel_name)
        spec.metadata = {**spec.metadata, "kernel_provisioner": {"provisioner_name": NAME}}
        return spec
