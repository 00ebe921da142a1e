"""One visit with a real browser, in a context that has never been anywhere: what a person waits for, and what their machine has to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from safe_lib.model.answers import ABSENT, PRESENT
from safe_lib.model.errors import WrongUse
from safe_lib.runtime.benches.relay import Relay
from safe_lib.runtime.benches.sides import INSTRUMENT, PHRASE, PRESSED, SAFE, STOCK, Server
from safe_lib.runtime.tests import REMEDY, chromium

FLAGS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # stock pages ask a CDN; here they are told at once that there is none
)
VIEW: Final = {"width": 1280, "height": 900}
PATIENCE: Final = 120_000  # ms
PRESSES: Final = 8  # answers of one visit, after the first
CALM: Final = 600  # ms after a page is live, until its work is counted; and between opening a tab and going anywhere with it

# How each side marks a question, and how the answer of one question is pressed.
QUESTIONS: Final = {STOCK: "b[data-item]", SAFE: f'fieldset[data-item][data-instrument="{INSTRUMENT}"]'}
STOCK_WORDS: Final = {PRESENT: "Present", ABSENT: "Absent"}
SCRIPT: Final = """(() => {
  const { questions, many, safe, item, words, first } = %s;
  const marks = (window.benchMarks = {}), tells = {};
  window.benchMarked = Object.fromEntries(["readable", "live"].map((name) => [name, new Promise((done) => (tells[name] = done))]));
  const mark = (name) => { marks[name] ??= performance.now(); tells[name](); };
  const outcome = () => document.querySelector('[data-view="outcome"]')?.dataset.outcome;
  const isSaved = () => !safe || document.querySelector('[role=status][data-saved]')?.dataset.saved === "true";
  const place = () => document.querySelector(`[data-item="${item}"]`);
  const choice = (code) => safe
    ? place()?.querySelector(`.answers input[value="${code}"]`)
    : [...(place()?.closest(".widget-vbox")?.querySelectorAll("button") ?? [])].find((one) => one.textContent.trim() === words[code]);
  const painted = (name) => requestAnimationFrame(() => {
    const line = new MessageChannel();
    line.port1.onmessage = () => mark(name);
    line.port2.postMessage(0);
  });
  // Milliseconds from the press until the outcome on the page is another one and, where answers are saved, this one is.
  const press = (code) => new Promise((done) => {
    const before = outcome(), began = performance.now();
    const look = () => outcome() !== before && isSaved() && (watch.disconnect(), done(performance.now() - began));
    const watch = new MutationObserver(look);
    watch.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-outcome", "data-saved"] });
    choice(code).click();
  });
  window.benchPress = press;
  window.benchUnfold = () => { for (let one = place(); one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true; };
  let read = false, pressed = false;
  const look = () => {
    if (!read && document.querySelectorAll(questions).length >= many && (safe || choice(first))) { read = true; painted("readable"); }
    const ready = read && outcome() && (!safe || document.documentElement.dataset.live === "true");
    if (!ready || pressed) return;
    pressed = true;
    watch.disconnect();
    press(first).then(() => mark("live"));
  };
  const watch = new MutationObserver(look);
  watch.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-live"] });
})()"""


@dataclass(frozen=True, slots=True)
class Visited:
    """One visit. Times in ms from the start of the navigation, sizes in KiB as they came over the line."""

    readable: float  # all questions are painted
    live: float  # the first answer, pressed as soon as it can be, has changed the outcome
    answer: float  # median over the answers after it
    cold: float  # everything the line carries, packed as it is, until it is live
    cold_http: float  # over HTTP alone
    warm: float  # the same when the page is loaded once more
    warm_http: float
    requests: int  # the websocket is one
    work: float  # ms of the processor for the main thread
    script: float  # ms of it in scripts
    errors: int  # of scripts
    own: float  # MiB of the kernel that are its own (USS)
    share: float  # with its part of shared pages (PSS)


@contextmanager
def opened() -> Iterator[Any]:
    """A Chromium for the whole bench.

    Raises:
        WrongUse: there is none, or nothing to lead it with.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise WrongUse("safe bench: pages are measured in a browser, by Playwright.\n  Install it: pip install 'safe-workbooks[test]'.") from None
    found = chromium()
    if found is None:
        raise WrongUse(f"safe bench: no Chromium was found.\n  {REMEDY}")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(found), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def signed_in(browser: Any, server: Server) -> Any:
    """What a browser keeps of somebody who has signed in; nothing on the stock side, which knows nobody."""
    if server.name == STOCK:
        return None
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.url}/login?lang=en")
    page.fill("#user", "noor")
    page.fill("#pass", PHRASE)
    page.click("form.card button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)
    state = context.storage_state()
    context.close()
    return state


class Counter:
    """Counts the requests of one page, and what comes over HTTP."""

    def __init__(self, session: Any) -> None:
        """Listen from now on."""
        self.requests, self.bytes = 0, 0.0
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.webSocketCreated", lambda _: self._asked({"request": {"url": "ws"}}))
        session.on("Network.loadingFinished", self._came)
        session.send("Network.enable")

    def _asked(self, said: dict[str, Any]) -> None:
        self.requests += not said["request"]["url"].startswith(("data:", "blob:"))

    def _came(self, said: dict[str, Any]) -> None:
        self.bytes += said["encodedDataLength"]

    def taken(self) -> tuple[int, float]:
        """Requests, KiB over HTTP; and begin anew."""
        found = (self.requests, self.bytes / 1024)
        self.requests, self.bytes = 0, 0.0
        return found


def visit(browser: Any, server: Server, state: Any, many: int, of: str = INSTRUMENT) -> Visited:
    """One visit to a side, in a fresh context: load, answer, load once more.

    Args:
        browser: from `opened`.
        server: the side.
        state: from `signed_in`.
        many: how many questions there are.
        of: whose page, where a side has several.
    """
    with fresh(browser, state) as (page, session, wrong):
        session.send("Performance.enable", {"timeDomain": "threadTicks"})  # what the processor did, not what it waited for
        prepare(page, server.name, many)
        marks = _load(page, server.page(of))
        work = {one["name"]: one["value"] * 1000 for one in session.send("Performance.getMetrics")["metrics"]}
        page.evaluate("benchUnfold()")
        times = [page.evaluate("code => benchPress(code)", (ABSENT, PRESENT)[number % 2]) for number in range(PRESSES + 1)]  # ends with absent, as it began
        memory = server.memory()
    line = _weighed(browser, server, state, many, of)
    return Visited(marks["readable"], marks["live"], median(times), line.cold, line.cold_http, line.warm, line.warm_http, line.requests,
                   work["TaskDuration"], work["ScriptDuration"], len(wrong), memory.own if memory else 0.0, memory.share if memory else 0.0)


@dataclass(frozen=True, slots=True)
class Line:
    """What the line carries for a page that is loaded until it is live, and for the same once more; KiB."""

    cold: float
    cold_http: float
    requests: int
    warm: float
    warm_http: float


def _weighed(browser: Any, server: Server, state: Any, many: int, of: str) -> Line:
    """In a visit of its own: counting takes time from the page that is counted."""
    relay = Relay(server.port)
    try:
        with fresh(browser, state) as (page, session, _):
            counter = Counter(session)
            prepare(page, server.name, many)
            _load(page, server.page(of).replace(f":{server.port}/", f":{relay.port}/"))
            cold, (requests, cold_http) = relay.taken(), counter.taken()
            page.evaluate("benchUnfold()")
            page.evaluate("code => benchPress(code)", ABSENT)
            page.wait_for_timeout(CALM)
            relay.taken()
            counter.taken()
            _load(page, page.url)
            return Line(cold, cold_http, requests, relay.taken(), counter.taken()[1])
    finally:
        relay.close()


@contextmanager
def fresh(browser: Any, state: Any) -> Iterator[tuple[Any, Any, list[str]]]:
    """A page in a context that has never been anywhere, its tools, and what its scripts complain about."""
    context = browser.new_context(viewport=VIEW, storage_state=state)
    try:
        page, wrong = context.new_page(), []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        yield page, context.new_cdp_session(page), wrong
    finally:
        context.close()


def prepare(page: Any, side: str, many: int) -> None:
    """From its start on the page marks when it is readable and live; `side` says how it marks its questions.

    A visitor's tab is there before they go anywhere: the browser is let finish starting it, as it takes a second of the processor.
    """
    page.wait_for_timeout(CALM)
    page.add_init_script(SCRIPT % json.dumps({"questions": QUESTIONS[side], "many": many, "safe": side == SAFE, "item": PRESSED,
                                              "words": STOCK_WORDS, "first": PRESENT}))


def _load(page: Any, address: str) -> dict[str, float]:
    """Load it, wait until it is live and calm; its marks."""
    page.goto(address, wait_until="commit")
    page.evaluate("() => Promise.all([benchMarked.readable, benchMarked.live])")  # told once: to look again and again would make it draw every frame
    page.wait_for_timeout(CALM)
    marks: dict[str, float] = page.evaluate("() => window.benchMarks")
    return marks
