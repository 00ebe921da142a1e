"""One Chromium and one server for each module, one signed-in context to take tabs from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import chromium
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from browser.running import Running, free_port, make_store
from browser.visitor import Visitor

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK, PHONE, SMALL = {"width": 1280, "height": 900}, {"width": 390, "height": 844}, {"width": 320, "height": 256}


@pytest.fixture(scope="module")  # closed after each module: other tests open a browser of their own
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    with sync_playwright() as started:
        one = started.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield one
        one.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with an empty training store on a free port; for one module."""
    folder = tmp_path_factory.mktemp("server")
    running = Running(make_store(folder), free_port(), folder / "server.log")
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def cookies(server: Running, browser: Browser) -> Any:
    """Signed in once; every context of the module takes it over."""
    context = browser.new_context()
    Visitor(server, context.new_page()).sign_in()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def visit(server: Running, browser: Browser, cookies: Any) -> Iterator[Callable[..., Visitor]]:
    """Come in: `visit()` gives a signed-in tab in a context of its own; what is said of the context goes to it."""
    contexts: list[BrowserContext] = []

    def come(*, signed_in: bool = True, **options: Any) -> Visitor:
        options.setdefault("viewport", DESK)
        contexts.append(browser.new_context(storage_state=cookies if signed_in else None, **options))
        return Visitor(server, contexts[-1].new_page())

    yield come
    for context in contexts:
        context.close()
