"""A page's head goes ahead of the page: it is the same head, it holds nothing of the case, and a fault after it is told in its place."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import httpx
import nbformat
import pytest
import tornado.httpserver
import tornado.web
from tornado.netutil import bind_sockets

from safe_lib.casework import Desk
from safe_lib.catalogue import paths
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.beginning import BeginsEarly
from safe_lib.runtime.firstbytes import page_head, page_start
from safe_lib.workbook import Workbook

HEAD_ENDS = "</head>\n"
SENTENCE = "<p>Something went wrong.</p>"


@pytest.mark.parametrize("name", ["identification", "safe_return", "procedures"])
@pytest.mark.parametrize(("theme", "masked", "shared"), [("", False, False), ("dark", True, True)])
def test_a_page_begins_with_the_head_that_was_sent_ahead(desk: Desk, case: str, name: str, theme: str, masked: bool, shared: bool) -> None:
    """To the last sign: else a browser would get two heads."""
    book = Workbook(desk, name, case)
    book.shared = shared
    seen: dict[str, Any] = {"base_url": "/", "assets": addresses("/"), "theme": theme, "masked": masked}
    head = page_head(book, **seen)
    start, _ = page_start(book, nbformat.read(paths.WORKBOOKS / f"{name}.ipynb", as_version=4), here="/", xsrf="x", **seen)

    assert start.startswith(head) and head.endswith(HEAD_ENDS) and start.count(HEAD_ENDS) == 1
    assert case not in head
    assert addresses("/")["safe.css"] in head


def test_a_page_asks_for_one_script_and_one_style_sheet(desk: Desk, case: str) -> None:
    """And for nothing else, so that a poor line has few ways to go there and back."""
    at = addresses("/")
    head = page_head(Workbook(desk, "identification", case), base_url="/", assets=at, theme="", masked=False)

    assert re.findall(r'(?:src|href)="([^"]*)"', head) == ["data:,", at["page.js"], at["safe.css"]]


def served(book: Workbook, then: Callable[[Any], None]) -> tuple[int, str]:
    """The answer of a server whose page begins, and goes on like this."""
    class Page(BeginsEarly, tornado.web.RequestHandler):
        theme, masked = "", False

        def get(self) -> None:
            self.begin_early(book)
            then(self)

        def write_error(self, _status: int, **_more: Any) -> None:
            self.finish(SENTENCE)

    async def ask() -> tuple[int, str]:
        (socket,) = bind_sockets(0, "127.0.0.1")
        server = tornado.httpserver.HTTPServer(tornado.web.Application([("/", Page)], compress_response=True))
        server.add_sockets([socket])
        async with httpx.AsyncClient(timeout=10) as client:
            answer = await client.get(f"http://127.0.0.1:{socket.getsockname()[1]}/")
        server.stop()
        return answer.status_code, answer.text

    return asyncio.run(ask())


def test_a_fault_after_the_head_is_told_in_place_of_the_page(desk: Desk, case: str) -> None:
    """Nobody looks at an empty page; and where the page is there already, nothing is written below it."""
    book = Workbook(desk, "identification", case)

    def breaks(page: BeginsEarly) -> None:
        raise KeyError("a fault")

    def breaks_later(page: BeginsEarly) -> None:
        page.go_on(page.begun + "<body>all", " of it")
        raise KeyError("a fault")

    assert served(book, breaks)[1].endswith(HEAD_ENDS + SENTENCE)
    assert served(book, breaks_later)[1].endswith(HEAD_ENDS + "<body>all of it")
    assert served(book, lambda page: page.go_on(page.begun + "<body>", ""))[1].count(HEAD_ENDS) == 1
