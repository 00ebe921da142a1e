"""A page that begins before it is made: with its head a browser asks for style and scripts while the server puts the rest together."""

from __future__ import annotations

from typing import Any

from safe_lib.runtime import firstbytes
from safe_lib.runtime.assets import addresses
from safe_lib.workbook import Workbook

# The classes it is mixed into bring the rest of a handler.
Handler: Any = object


class BeginsEarly(Handler):
    """A handler that sends the head of a workbook's page first."""

    begun = ""  # the head, where it was sent ahead
    is_there = False  # the page was sent, and is nowhere kept: Jupyter may hold on to a handler for longer than the request (SEC-06)

    def begin_early(self, book: Workbook) -> None:
        """Send what holds nothing of the case. Whatever may refuse the page has to be asked before: from here on it is there."""
        self.xsrf_token  # noqa: B018  # its cookie goes along with the headers
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.begun = firstbytes.page_head(book, base_url="/", assets=addresses("/"), theme=self.theme, masked=self.masked)
        self.write(self.begun)
        self.flush()

    def go_on(self, start: str, end: str) -> None:
        """Send the rest of the page, which is all of it where nothing was sent yet."""
        self.write(start.removeprefix(self.begun) + end)
        self.flush()
        self.is_there = True

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Where only the head was sent, a sentence takes the place of the rest: the line stays whole, and the log has the fault."""
        if self.begun and not self.is_there and not self._finished:
            self.write_error(status_code, **kwargs)
            return
        super().send_error(status_code, **kwargs)
