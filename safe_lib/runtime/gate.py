"""What every request passes before anything looks at it: does another page make it, in which name, and how much is sent (SEC-29).

A cookie does not know ports: whatever runs at another port of this machine counts as the same site, so `SameSite` does not
keep it out, and it can set the cookie that a token is compared with. What a browser says by itself does: the `Origin` of
the asking page, which Jupyter compares, and `Sec-Fetch-Site`, which is compared here (Fetch Metadata Request Headers, W3C).
"""

from __future__ import annotations

import inspect
from typing import Any, Final

import tornado.web
from tornado.httputil import HTTPServerRequest

LARGEST_REQUEST: Final = 5_000_000  # bytes; the longest form that can be proposed has 4,000,000 at most
OWN: Final = ("same-origin", "none")  # our own page, or somebody who typed the address
EMBEDDED: Final = ("object", "embed", "iframe", "frame", "fencedframe")
READING: Final = ("GET", "HEAD", "OPTIONS")

# The class it is mixed into brings headers and the rest of `prepare`.
Handler: Any = object


def is_of_another_page(request: HTTPServerRequest) -> bool:
    """Whether another page asks: not a link that somebody followed, but a form, a picture, a script, a frame or a socket of it.

    Programs that say nothing of this kind are no browsers; what they may do is decided by their session and its token.
    """
    site = request.headers.get("Sec-Fetch-Site", OWN[0])
    if site in OWN:
        return False
    followed = request.method in READING and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return not followed or request.headers.get("Sec-Fetch-Dest", "document") in EMBEDDED


class Gate(Handler):
    """Refuses what another page asks for, before anybody is looked up."""

    async def prepare(self) -> None:
        """Refuse it with 403, or go on."""
        if is_of_another_page(self.request):
            raise tornado.web.HTTPError(403)
        more = super().prepare()
        if inspect.isawaitable(more):
            await more
