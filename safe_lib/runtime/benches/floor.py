"""What no page can go below here: the same questions as one plain file, with no style, no script, no sign-in and no kernel.

Beside it a reader sees how much of the time of a page is the page, and how much is a browser that opens anything at all.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from safe_lib.catalogue import load_instrument
from safe_lib.runtime.benches.browser import fresh, prepare
from safe_lib.runtime.benches.sides import INSTRUMENT, SAFE


@dataclass(frozen=True, slots=True)
class Floor:
    """One visit to the plain file, ms."""

    readable: float  # all questions are painted
    work: float  # of the processor for the main thread until then


@contextmanager
def plain_file() -> Iterator[str]:
    """The address at which the file is served."""
    body = page().encode()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the bench says how far it is."""

        def do_GET(self) -> None:
            """The file, whatever was asked for."""
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def page() -> str:
    """The questions with their answers as HTML."""
    instrument = load_instrument(INSTRUMENT)
    questions = "".join(
        f'<fieldset data-item="{item.id}" data-instrument="{INSTRUMENT}"><legend>{escape(item.label)}</legend><p>{escape(item.ask)}</p>'
        + "".join(f'<label><input type="radio" name="{item.id}" value="{code}">{code}</label>' for code in ("present", "absent", "unknown", "not_asked"))
        + "</fieldset>"
        for item in instrument.items)
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>Questions</title>{questions}</html>'


def visit_floor(browser: Any, address: str, many: int) -> Floor:
    """Load it in a fresh context until all questions are painted."""
    with fresh(browser, None) as (tab, session, _):
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        prepare(tab, SAFE, many)
        tab.goto(address, wait_until="commit")
        tab.evaluate("() => benchMarked.readable")
        readable = float(tab.evaluate("() => window.benchMarks.readable"))
        work = {one["name"]: one["value"] * 1000 for one in session.send("Performance.getMetrics")["metrics"]}
    return Floor(readable, work["TaskDuration"])
