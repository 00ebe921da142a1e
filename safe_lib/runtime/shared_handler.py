"""What a shared computer asks of the server besides pages: the page on leaving, covered addresses, and masked names."""

from __future__ import annotations

from typing import Final

import tornado.web
from jupyter_server.auth.decorator import allow_unauthenticated

from safe_lib import casework
from safe_lib.model.case import is_reference
from safe_lib.runtime.covering import COVERS
from safe_lib.runtime.handlers import Page
from safe_lib.widgets.leaving_page import leaving_page

LARGEST: Final = 4_000  # characters of an address to be covered


class Help(Page):
    """What Leave does, and what it cannot do: before the work on a shared computer, and from the foot of every page."""

    @allow_unauthenticated
    def get(self) -> None:
        """Show it, signed in or not."""
        self.keep_language()
        then = self.next_path()
        frame = self.frame(here="/help", signed_in=self.current_user is not None, keep=(("next", then),) if then else ())
        self.finish(leaving_page(frame, then))


class Cover(Page):
    """Covers the address that a form asks for: only the browser knows it before it is asked for."""

    @tornado.web.authenticated
    def post(self) -> None:
        """Say the covered address."""
        address = self.get_argument("address", "", strip=False)[:LARGEST]
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        if (hub := self.suite.hub) is not None:  # the browser says where it is, and is told where to go
            self.finish(hub.outside(COVERS.cover(hub.inside(address))))
            return
        self.finish(COVERS.cover(address) if address.startswith("/") and not address.startswith(("//", "/\\")) else "/")


class Names(Page):
    """The working name of a case, for the moment in which somebody wants to see it."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Say it, as plain text."""
        ref = self.get_argument("case", "")
        if not is_reference(ref):
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(casework.alias_of(self.desk(), ref))
