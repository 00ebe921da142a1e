"""A visitor without a browser: signs in, opens a workbook, answers over the page's own line, and leaves in one of the ways people do.

It speaks what the page speaks (`widgets/web/kernel.js`, `models.js`, `form/outbox.js`): nothing on the server is made easier for it.
"""

from __future__ import annotations

import asyncio
import json
import re
import struct
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import httpx
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

PROTOCOL: Final = "v1.kernel.websocket.jupyter.org"
PATIENCE: Final = 60.0  # seconds for a page to come to life, and for an answer to be acknowledged
ASK_AGAIN: Final = 0.2  # seconds
FORM: Final = re.compile(r"(^|\.)(Page)?Form$")

_KERNEL = re.compile(r'<safe-kernel data-id="([0-9a-f-]{36})"')
_MODEL = re.compile(r'<safe-widget data-model="([0-9a-f]{32})"')
_QUESTION = re.compile(r'<fieldset class="q" data-item="([^"]+)" data-instrument="([^"]+)"[^>]*? data-revision="(\d+)"(.*?)</fieldset>', re.DOTALL)
_CODE = re.compile(r'<input type="radio"[^>]*? value="([^"]+)"')

Leaving = Literal["goodbye", "closed", "signed out"]
LEAVINGS: Final[tuple[Leaving, ...]] = ("goodbye", "closed", "signed out")


@dataclass(frozen=True, slots=True)
class Given:
    """One answer that was acknowledged: it has to be in the store."""

    ref: str
    instrument: str
    item: str
    code: str
    revision: int


@dataclass(slots=True)
class Seen:
    """What visitors saw: when (seconds of `monotonic`) and how long, in milliseconds."""

    saved: list[tuple[float, float]] = field(default_factory=list)  # until an answer was acknowledged
    shown: list[tuple[float, float]] = field(default_factory=list)  # until what follows from it was there
    live: list[tuple[float, float]] = field(default_factory=list)  # until a page could be answered on
    given: list[Given] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)  # answers that nobody acknowledged, and pages that did not come to life


class Missing(Exception):
    """Something did not come in time."""


@dataclass
class Visitor:
    """One person at one page after another, always on the same case."""

    server: str  # address, without a slash at the end
    user: str
    phrase: str
    ref: str
    workbook: str
    codes: Sequence[str]
    seen: Seen
    random: Random

    def __post_init__(self) -> None:
        """One browser for all visits: who closes a page and comes back is still signed in."""
        self._client = httpx.AsyncClient(base_url=self.server, timeout=PATIENCE)
        self._is_in = False

    async def visit(self, answers: int, pause: float, until: float, leaving: Leaving) -> None:
        """Sign in if need be, answer so many questions with so many seconds between them on average, and leave; earlier where the time is over."""
        if not self._is_in:
            await self._sign_in(self._client)
        page = await self._open(self._client)
        try:
            for _ in range(answers):
                await asyncio.sleep(self.random.expovariate(1 / pause))
                if monotonic() > until:
                    break
                await self._answer(page)
        finally:
            page.line.close()
            if leaving == "goodbye":
                await self._client.post(f"/voila/api/shutdown/{page.kernel}", headers={"X-XSRFToken": self._client.cookies["_xsrf"]})
            elif leaving == "signed out":
                await self.sign_out()

    async def sign_out(self) -> None:
        """Sign out, which ends every page of this browser."""
        await self._client.post("/logout", data={"_xsrf": self._client.cookies["_xsrf"]})
        self._is_in = False

    async def go(self) -> None:
        """Sign out if need be, and close the browser."""
        if self._is_in:
            await self.sign_out()
        await self._client.aclose()

    async def _sign_in(self, client: httpx.AsyncClient) -> None:
        await client.get("/login")
        answer = await client.post("/login", data={"user": self.user, "pass": self.phrase, "_xsrf": client.cookies["_xsrf"]})
        if answer.status_code != 302:
            raise Missing(f"signing in ({answer.status_code})")
        self._is_in = True

    async def _open(self, client: httpx.AsyncClient) -> Page:
        began = monotonic()
        text = (await client.get(f"/{self.workbook}", params={"case": self.ref})).text
        kernel, models = _KERNEL.search(text), _MODEL.findall(text)
        if kernel is None or not models:
            raise Missing("a page with its kernel")
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self.server))
        line = await websocket_connect(
            HTTPRequest(f"{self.server.replace('http', 'ws', 1)}/api/kernels/{kernel[1]}/channels?page=safe&session_id={uuid.uuid4().hex}",
                        headers={"Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items()), "Origin": origin},
                        connect_timeout=PATIENCE), subprotocols=[PROTOCOL])
        page = Page(line, kernel[1], {
            item: [instrument, int(revision)] for item, instrument, revision, rest in _QUESTION.findall(text) if set(self.codes) <= set(_CODE.findall(rest))})
        for model in models:
            if await page.is_form(model):
                self.seen.live.append((began, 1000 * (monotonic() - began)))
                return page
        line.close()
        raise Missing("the form's model")

    async def _answer(self, page: Page) -> None:
        item = self.random.choice(sorted(page.questions))
        instrument, revision = page.questions[item]
        code = self.random.choice(self.codes)
        began = monotonic()
        page.send({"type": "answer", "seq": page.next_number(), "item": item, "instrument": instrument, "code": code, "seen": revision})
        try:
            said = await page.hears("saved", "conflict", "refused", "failed")
            if said["type"] != "saved":
                self.seen.lost.append(f"an answer was {said['type']}")
                return
            self.seen.saved.append((began, 1000 * (monotonic() - began)))
            if said["revision"] != revision:  # the same answer again makes no new one
                page.questions[item][1] = said["revision"]
                self.seen.given.append(Given(self.ref, instrument, item, code, said["revision"]))
            await page.hears("views")  # all the others that changed
            self.seen.shown.append((began, 1000 * (monotonic() - began)))
        except Missing:
            self.seen.lost.append("an answer was not acknowledged")


@dataclass
class Page:
    """An open page: its line, its questions, and the model of its form."""

    line: WebSocketClientConnection
    kernel: str
    questions: dict[str, list[Any]]  # item → instrument, revision on screen
    model: str = ""
    _number: int = 0
    _session: str = field(default_factory=lambda: uuid.uuid4().hex)

    def next_number(self) -> int:
        """Of a message; the reply names it."""
        self._number += 1
        return self._number

    async def is_form(self, model: str) -> bool:
        """Ask until the model says what it is, as the page does."""
        self.model, end = model, monotonic() + PATIENCE
        while monotonic() < end:
            self._comm({"method": "request_state"})
            try:
                state = (await self._next(ASK_AGAIN, lambda data: "_anywidget_id" in data.get("state", {}) or "_model_name" in data.get("state", {})))["state"]
                return bool(FORM.search(state.get("_anywidget_id", "")))
            except Missing:
                continue
        raise Missing("a model's state")

    def send(self, content: Mapping[str, Any]) -> None:
        """Words for the form."""
        self._comm({"method": "custom", "content": content})

    async def hears(self, *kinds: str) -> dict[str, Any]:
        """The next words of the form of one of these kinds; others, such as what follows from an earlier answer, go by."""
        found = await self._next(PATIENCE, lambda data: data.get("method") == "custom" and data["content"].get("type") in kinds)
        said: dict[str, Any] = found["content"]
        return said

    def _comm(self, data: Mapping[str, Any]) -> None:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "comm_msg", "session": self._session, "username": "", "version": "5.4", "date": ""}
        self.line.write_message(packed("shell", header, {"comm_id": self.model, "data": data}), binary=True)

    async def _next(self, within: float, wanted: Any) -> dict[str, Any]:
        end = monotonic() + within
        while (left := end - monotonic()) > 0:
            try:
                frame = await asyncio.wait_for(asyncio.shield(self._reading()), left)
            except TimeoutError:
                break
            self._read = None
            if frame is None:
                raise Missing("the line was cut")
            kind, content = unpacked(frame if isinstance(frame, bytes) else frame.encode())
            data = content.get("data", {}) if kind in ("comm_msg", "comm_open") and content.get("comm_id") == self.model else {}
            if data and wanted(data):
                return dict(data)
        raise Missing("words of the form")

    _read: asyncio.Future[Any] | None = None

    def _reading(self) -> asyncio.Future[Any]:
        """The reading under way: one that was waited for too long is not lost."""
        if self._read is None:
            self._read = asyncio.ensure_future(self.line.read_message())
        return self._read


def packed(channel: str, header: Mapping[str, Any], content: Mapping[str, Any]) -> bytes:
    """One message as a frame: the number of offsets, the offsets, the channel, the parts."""
    parts = [channel.encode(), *(json.dumps(part).encode() for part in (header, {}, {}, content))]
    ends = [8 * (len(parts) + 2)]
    for part in parts:
        ends.append(ends[-1] + len(part))
    return struct.pack(f"<{len(ends) + 1}Q", len(ends), *ends) + b"".join(parts)


def unpacked(frame: bytes) -> tuple[str, dict[str, Any]]:
    """Kind and content of a frame."""
    many = struct.unpack_from("<Q", frame)[0]
    starts = struct.unpack_from(f"<{many}Q", frame, 8)
    header, content = (json.loads(frame[starts[place]:starts[place + 1]]) for place in (1, 4))
    return str(header["msg_type"]), content
