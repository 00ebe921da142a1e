"""The shared computer: what is different when somebody says at sign-in that others use it too (SEC-30 to SEC-37).

Addresses say nothing, names are masked from the start, the page locks sooner, and nothing is saved to the disk. That it is a
shared computer stands in a cookie that ends with the browser: nothing else is kept there.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from safe_lib.runtime.covering import COVERS

SHARED: Final = "shared"  # the cookie, and the field of the sign-in page
MASK: Final = "mask"  # the cookie that the page script sets as well
TOLD: Final = "told"  # the cookie of somebody who has seen what leaving cannot do
HELP: Final = "/help"

# The class it is mixed into brings settings, cookies and headers.
Handler: Any = object


class Sharing(Handler):
    """What every handler of ours does on a shared computer."""

    _arrived_shared: bool | None = None

    @property
    def shared(self) -> bool:
        """Somebody has said that others use this computer too."""
        return self._arrived_shared if self._arrived_shared is not None else self.get_cookie(SHARED) == "true"

    @property
    def masked(self) -> bool:
        """Names are masked."""
        return bool(self.get_cookie(MASK) == "true")

    def on_arrival(self, then: str) -> str:
        """Where somebody goes who has just signed in; on a shared computer first to what leaving can and cannot do."""
        self._arrived_shared = self.get_argument(SHARED, "") == "true"
        secure = self.request.protocol == "https"
        if not self._arrived_shared:
            self.clear_cookie(SHARED, path="/")
            return then
        self.set_cookie(SHARED, "true", path="/", httponly=True, samesite="Strict", secure=secure)
        self.set_cookie(MASK, "true", path="/", samesite="Lax", secure=secure)
        if self.get_cookie(TOLD) == "true":  # they come back from a lock
            return then
        self.set_cookie(TOLD, "true", path="/", httponly=True, samesite="Strict", secure=secure)
        return f"{HELP}?{urlencode({'lang': self.language, 'next': then})}"

    def forget_arrival(self) -> None:
        """Whoever signs in next is told again; that the computer is a shared one stays known until the browser is closed."""
        self.clear_cookie(TOLD, path="/")

    def write(self, chunk: Any) -> None:
        """Send a piece of a page; its links say nothing on a shared computer."""
        is_page = isinstance(chunk, str) and self._headers.get("Content-Type", "").startswith("text/html")
        super().write(COVERS.cover_page(chunk, self.request.path) if is_page and self.shared else chunk)

    def redirect(self, url: str, *args: Any, **kwargs: Any) -> None:
        """Lead on, to an address that says nothing on a shared computer."""
        super().redirect(COVERS.cover(url) if self.shared else url, *args, **kwargs)

