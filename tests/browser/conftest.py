"""One Chromium and one server for each module, one signed-in context to take tabs from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import light_chromium
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from team import phrase

from browser.running import Running, free_port, make_store
from browser.visitor import PATIENT, Visitor

Come = Callable[..., Page]
expect.set_options(timeout=PATIENT)
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
        one = started.chromium.launch(executable_path=light_chromium(), args=list(FLAGS))
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


class SignedIn:
    """What a signed-in browser keeps; got once for each life of the server, and taken over by every context of the module."""

    def __init__(self, server: Running, browser: Browser) -> None:
        self.server, self.browser = server, browser
        self.life: int | None = None
        self.kept: Any = None

    def state(self) -> Any:
        """Cookies that the server knows; a server that was started again has forgotten the earlier ones."""
        life = self.server.process.pid if self.server.process else None
        if self.life != life:
            context = self.browser.new_context()
            Visitor(self.server, context.new_page()).sign_in()
            self.life, self.kept = life, context.storage_state()
            context.close()
        return self.kept


@pytest.fixture(scope="module")
def cookies(server: Running, browser: Browser) -> SignedIn:
    """Signed in when somebody first comes in."""
    return SignedIn(server, browser)


@pytest.fixture
def visit(server: Running, browser: Browser, cookies: SignedIn) -> Iterator[Callable[..., Visitor]]:
    """Come in: `visit()` gives a signed-in tab in a context of its own; what is said of the context goes to it."""
    contexts: list[BrowserContext] = []

    def come(*, signed_in: bool = True, **options: Any) -> Visitor:
        options.setdefault("viewport", DESK)
        contexts.append(browser.new_context(storage_state=cookies.state() if signed_in else None, **options))
        return Visitor(server, contexts[-1].new_page())

    yield come
    for context in contexts:
        context.close()


@pytest.fixture
def come(server: Running, browser: Browser) -> Iterator[Come]:
    """Somebody of a team signs in, in a browser of their own."""
    contexts: list[BrowserContext] = []

    def somebody(user: str, language: str = "en") -> Page:
        contexts.append(browser.new_context(bypass_csp=True, viewport=DESK, accept_downloads=True))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENT)
        page.goto(f"{server.url}/login?lang={language}")
        page.fill("#user", user)
        page.fill("#pass", phrase(user))
        page.click("form.card button[type=submit]")
        return page

    yield somebody
    for context in contexts:
        context.close()
