"""When a kernel counts as ready: as soon as it has answered and what it tells everybody is heard.

The usual client waits until nothing has been heard for 0.2 s, because it cannot tell when it has begun to hear. The kernel
says of each request that it is busy with it and that it is idle again: whoever hears that of their own request hears all
that comes after.
"""

from __future__ import annotations

from queue import Empty
from time import monotonic
from typing import Any, Final

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager

PATIENCE: Final = 60.0  # seconds
ANSWERS_WITHIN: Final = 1.0  # seconds; then it is asked again
HEARD_WITHIN: Final = 0.05  # seconds between two words of the same request; an earlier one may have been missed


class PromptClient(AsyncKernelClient):  # type: ignore[misc]
    """A client that is ready when the kernel is."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Ask until an answer has come and the end of the request was heard.

        Raises:
            RuntimeError: the kernel has ended, or did not answer in time; as the usual client says it.
        """
        end = monotonic() + (timeout or PATIENCE)
        while monotonic() < end:
            self.kernel_info()
            answer = await self._answer()
            if answer is not None and await self._hears_the_end_of(answer["parent_header"].get("msg_id")):
                self._handle_kernel_info_reply(answer)
                return
        raise RuntimeError("Kernel didn't respond in time")

    wait_for_ready = _async_wait_for_ready

    async def _answer(self) -> dict[str, Any] | None:
        try:
            answer: dict[str, Any] = await self.shell_channel.get_msg(timeout=ANSWERS_WITHIN)
        except Empty:
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info") from None
            return None
        return answer if answer["msg_type"] == "kernel_info_reply" else None

    async def _hears_the_end_of(self, request: str | None) -> bool:
        try:
            while True:
                word = await self.iopub_channel.get_msg(timeout=HEARD_WITHIN)
                if word["parent_header"].get("msg_id") == request and word["content"].get("execution_state") == "idle":
                    return True
        except Empty:
            return False


class PromptKernelManager(ServerKernelManager):  # type: ignore[misc]
    """The server's usual manager of one kernel, with that client."""

    client_class = "safe_lib.runtime.ready.PromptClient"
    client_factory = PromptClient
