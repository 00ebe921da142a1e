"""What no page can go below here: the same questions as one plain file, with no script, no sign-in and no kernel.

Once without any style: beside it a reader sees how much of the time of a page is the page, and how much is a browser that
opens anything at all. And once in our style: so much the questions alone take, with nothing around them.
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
from safe_lib.widgets.style import style


@dataclass(frozen=True, slots=True)
class Floor:
    """One visit to the plain file, ms."""

    readable: float  # all questions are painted
    work: float  # of the processor for the main thread until then


@contextmanager
def plain_files() -> Iterator[tuple[str, str]]:
    """The addresses at which the two files are served: without style, and in ours."""
    bodies = {"/": page().encode(), "/styled": page(styled=True).encode()}

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the bench says how far it is."""

        def do_GET(self) -> None:
            """The file that was asked for."""
            body = bodies[self.path]
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", f"http://127.0.0.1:{server.server_port}/styled"
    finally:
        server.shutdown()
        server.server_close()


def page(*, styled: bool = False) -> str:
    """The questions with their answers as HTML; with `styled` as our pages show them, and the whole style sheet within."""
    instrument = load_instrument(INSTRUMENT)
    codes = ("present", "verified", "absent", "unknown", "not_asked", "declined", "unsafe_to_ask")
    questions = "".join(
        f'<fieldset class="q" data-item="{item.id}" data-instrument="{INSTRUMENT}"><legend>{escape(item.label)}</legend><p>{escape(item.ask)}</p>'
        f'<div class="answers" data-n="{len(codes)}">'
        + "".join(f'<label><input type="radio" name="{item.id}" value="{code}">{code}</label>' for code in codes)
        + "</div></fieldset>"
        for item in instrument.items)
    look = f"<style>{style()}</style>" if styled else ""
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>Questions</title>{look}{questions}</html>'


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
