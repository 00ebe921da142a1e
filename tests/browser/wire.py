"""The server without a browser: plain requests, raw paths, and the websocket of a kernel."""

from __future__ import annotations

import http.client
import json
import re
import struct
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser

import httpx
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from browser.running import PHRASE, Running

PROTOCOL = Subprotocol("v1.kernel.websocket.jupyter.org")


@contextmanager
def signed_in(server: Running, user: str = "noor") -> Iterator[httpx.Client]:
    """A client with a session of its own."""
    with httpx.Client(base_url=server.url, timeout=30) as client:
        client.get("/login")
        answer = client.post("/login", data={"user": user, "pass": PHRASE, "_xsrf": client.cookies["_xsrf"]})
        assert answer.status_code == 302
        yield client


def raw(server: Running, path: str, cookies: str = "") -> tuple[int, str]:
    """Status and body of one request with exactly this path: nothing is made tidy on the way."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    line.putrequest("GET", path, skip_accept_encoding=True)
    if cookies:
        line.putheader("Cookie", cookies)
    line.endheaders()
    answer = line.getresponse()
    body = answer.read().decode("utf-8", "replace")
    line.close()
    return answer.status, body


def cookie_line(client: httpx.Client) -> str:
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


@contextmanager
def started_kernel(client: httpx.Client, address: str) -> Iterator[tuple[str, str]]:
    """A page loaded without a browser: its whole text, and the id of its kernel, which lives meanwhile."""
    text = client.get(address).text
    kernel = re.findall(r'<safe-kernel data-id="([0-9a-f-]{36})"', text)[0]
    yield text, kernel
    client.post(f"/voila/api/shutdown/{kernel}", headers={"X-XSRFToken": client.cookies["_xsrf"]})


@contextmanager
def line_to(server: Running, kernel: str, cookies: str, origin: str = "") -> Iterator[ClientConnection]:
    """The websocket of a kernel."""
    address = f"{server.url.replace('http', 'ws')}/api/kernels/{kernel}/channels?session_id={uuid.uuid4().hex}"
    headers = {"Cookie": cookies} if cookies else None
    with connect(address, additional_headers=headers, origin=Origin(origin or server.url), subprotocols=[PROTOCOL]) as line:
        yield line


def message(channel: str, kind: str, content: Mapping[str, object]) -> bytes:
    """One message in the v1 framing."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "test", "username": "", "version": "5.4", "date": "2026-11-21T12:00:00Z"}
    parts = [channel.encode(), *(json.dumps(part).encode() for part in (header, {}, {}, content))]
    ends = [8 * (len(parts) + 2)]
    for part in parts:
        ends.append(ends[-1] + len(part))
    return struct.pack("<Q", len(ends)) + b"".join(struct.pack("<Q", end) for end in ends) + b"".join(parts)


def replies(line: ClientConnection, within: float) -> set[str]:
    """Types of everything that comes back until it is quiet for so many seconds."""
    found = set()
    try:
        while True:
            frame = line.recv(timeout=within)
            assert isinstance(frame, bytes)
            starts = [int.from_bytes(frame[8 * (i + 1) : 8 * (i + 2)], "little") for i in range(int.from_bytes(frame[:8], "little"))]
            found.add(json.loads(frame[starts[1] : starts[2]])["msg_type"])
    except TimeoutError:
        return found


class Questions(HTMLParser):
    """The questions of a page as its bytes say: item → codes on offer, and the ones chosen."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.offered: dict[str, list[str]] = {}
        self.chosen: dict[str, str] = {}
        self.legends: dict[str, str] = {}
        self._item, self._in_legend = "", False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "fieldset":
            self._item = said.get("data-item") or ""
            self.offered[self._item] = []
        self._in_legend = tag == "legend" or (self._in_legend and tag == "span")
        if tag == "input" and said.get("type") == "radio":
            self.offered[self._item].append(said["value"] or "")
            if "checked" in said:
                self.chosen[self._item] = said["value"] or ""

    def handle_data(self, data: str) -> None:
        if self._in_legend:
            self.legends.setdefault(self._item, data)
