"""A page's line to its kernel, and the end of it: with our headers, and for the owner of the kernel only."""

from __future__ import annotations

from typing import Any, Final

import tornado.web
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from safe_lib.runtime.handlers import Ours

PACKED: Final = {"compression_level": 5, "mem_level": 6}  # an eighth of the bytes in half a millisecond


class Line(Ours, VoilaKernelWebsocketHandler):
    """The websocket of a page. Voilà lets through what widgets say and no code to run; `OwnKernels` asks whose kernel it is."""

    def get_compression_options(self) -> dict[str, Any]:
        """Packed: what follows from an answer is some fifty kilobytes of text that repeats itself, and shelters have poor lines."""
        return dict(PACKED)

    def on_message(self, ws_message: Any) -> Any:
        """Pass a message on; whoever answers is not idle, and whoever's session is over is not heard."""
        owner = self.suite.owners.get(self.kernel_id)
        if owner is None or not self.suite.sessions.used(owner):
            self.close()
            return None
        return super().on_message(ws_message)


class EndKernel(Ours, APIHandler):
    """A page says goodbye to its kernel."""

    @tornado.web.authenticated
    async def post(self, kernel_id: str) -> None:
        """End a kernel of this person; somebody else's is not there."""
        if self.suite.owners.get(kernel_id) != self.current_user.username:
            raise tornado.web.HTTPError(404)
        await ensure_async(self.kernel_manager.shutdown_kernel(kernel_id))
        self.set_status(204)
        self.finish()
