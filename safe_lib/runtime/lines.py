"""A page's line to its kernel: only its owner's, and only what our page says over it."""

from __future__ import annotations

import json
from typing import Any, Final

import tornado.web
from jupyter_server.base.handlers import APIHandler
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1
from jupyter_server.utils import ensure_async
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from safe_lib.runtime.handlers import Ours

# A kernel holds the key of the store, so no page may give it code, inspect it or debug it: words for a widget, and the heartbeat.
SAYS: Final = frozenset({("shell", "comm_msg"), ("shell", "kernel_info_request"), ("control", "kernel_info_request")})
MOST_PARTS: Final = 64  # of one message; a number made up to be huge would keep the server busy


class Line(Ours, VoilaKernelWebsocketHandler):  # type: ignore[misc]
    """The websocket of a page."""

    def on_message(self, ws_message: Any) -> None:
        """Pass on what a page says; anything else ends the line."""
        if what_is_said(ws_message) in SAYS:
            super().on_message(ws_message)
        else:
            self.close(1008, "not allowed")


class EndKernel(Ours, APIHandler):  # type: ignore[misc]
    """A page says goodbye to its kernel."""

    @tornado.web.authenticated
    async def post(self, kernel_id: str) -> None:
        """End the kernel of this person; somebody else's is not there."""
        if self.suite.owners.get(kernel_id) != self.current_user.username:
            raise tornado.web.HTTPError(404)
        await ensure_async(self.kernel_manager.shutdown_kernel(kernel_id))
        self.set_status(204)
        self.finish()


def what_is_said(frame: Any) -> tuple[str, str]:
    """Channel and type of a message in the v1 framing; empty for anything that is none."""
    if not isinstance(frame, bytes) or int.from_bytes(frame[:8], "little") > MOST_PARTS:
        return ("", "")  # also the older framing in JSON: our page does not use it
    try:
        channel, parts = deserialize_msg_from_ws_v1(frame)
        return (channel, str(json.loads(parts[0])["msg_type"]))
    except (ValueError, IndexError, KeyError, TypeError):
        return ("", "")
