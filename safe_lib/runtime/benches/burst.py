"""Visitors of the same second, without browsers (twelve of those would be the load): page, websocket, and an answer that changes the outcome."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Callable
from time import monotonic
from typing import Any, Final

from safe_lib.model.answers import PRESENT
from safe_lib.runtime.benches.sides import INSTRUMENT, PHRASE, PRESSED, SAFE, Memory, Server

PATIENCE: Final = 180.0  # seconds for one visitor
ASK_AGAIN: Final = 0.2  # seconds, as the page does
KERNEL: Final = re.compile(r'(?:data-id=|"kernelId": ?)"([0-9a-f-]{36})"')
MODEL: Final = re.compile(r'<safe-widget data-model="([0-9a-f]+)"')
CONTROL: Final = "jupyter.widget.control"  # where the stock front end asks for all widgets

Message = dict[str, Any]


def message(kind: str, content: Message, channel: str = "shell", **metadata: str) -> str:
    """One message of Jupyter's protocol, as text."""
    head = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "bench", "username": "", "version": "5.4", "date": "2026-11-21T00:00:00Z"}
    return json.dumps({"channel": channel, "header": head, "parent_header": {}, "metadata": metadata, "content": content, "buffers": []})


def read(raw: str | bytes) -> Message:
    """A frame as a message; binary parts are left out."""
    if isinstance(raw, bytes):
        many = int.from_bytes(raw[:4], "big")
        starts = [int.from_bytes(raw[4 * place:4 * place + 4], "big") for place in range(1, many + 1)]
        raw = raw[starts[0]:starts[1] if many > 1 else None].decode()
    found: Message = json.loads(raw)
    return found


def said(one: Message) -> Message:
    """What a widget told in this message; empty for any other."""
    data: Message = one["content"].get("data") or {} if one["header"]["msg_type"] == "comm_msg" else {}
    return data


class Line:
    """The websocket of one visitor."""

    def __init__(self, socket: Any) -> None:
        """Speak over this one."""
        self._socket = socket

    async def send(self, text: str) -> None:
        """Send one message."""
        await self._socket.send(text)

    async def until(self, wanted: Callable[[Message], bool], ask: str = "") -> Message:
        """The first message that is wanted; `ask` is sent, and again while nothing comes."""
        if ask:
            await self.send(ask)
        while True:
            try:
                one = read(await asyncio.wait_for(self._socket.recv(), ASK_AGAIN if ask else PATIENCE))
            except TimeoutError:
                await self.send(ask)
                continue
            if wanted(one):
                return one


async def _answer_ours(line: Line, page: str) -> None:
    """As `page.js` and `form.js` do: hear from the kernel, ask for the form, answer, hear that it is saved and what follows."""
    model = MODEL.findall(page)[0]
    await line.until(lambda one: one["header"]["msg_type"] == "kernel_info_reply", message("kernel_info_request", {}, "control"))
    await line.until(lambda one: "_model_name" in said(one).get("state", {}), message("comm_msg", {"comm_id": model, "data": {"method": "request_state"}}))
    answer = {"type": "answer", "seq": 1, "instrument": INSTRUMENT, "item": PRESSED, "code": PRESENT, "evidence": [], "note": "", "seen": 1}
    await line.send(message("comm_msg", {"comm_id": model, "data": {"method": "custom", "content": answer}}))
    told: list[Message] = []

    def is_done(one: Message) -> bool:
        told.append(said(one).get("content", {}))
        return told[-1].get("type") == "saved"

    await line.until(is_done)
    if told[-1]["outcome"] != "trafficking_case":
        raise RuntimeError("the answer was not saved, or did not change the outcome")


async def _answer_stock(line: Line, _page: str) -> None:
    """As the stock front end does: ask for all widgets, press one, hear of the outcome."""
    control = uuid.uuid4().hex
    await line.send(message("comm_open", {"comm_id": control, "target_name": CONTROL, "data": {}}, version="1.0.0"))
    await line.send(message("comm_msg", {"comm_id": control, "data": {"method": "request_states"}}))
    found = await line.until(lambda one: said(one).get("method") == "update_states")
    states = {id: one["state"] for id, one in said(found)["states"].items()}
    outcome = next(id for id, state in states.items() if 'data-view="outcome"' in str(state.get("value")))
    asked = next(id for id, state in states.items() if f'data-item="{PRESSED}"' in str(state.get("value")))
    row = next(state for state in states.values() if f"IPY_MODEL_{asked}" in (state.get("children") or ()))
    choice = row["children"][1].removeprefix("IPY_MODEL_")
    await line.send(message("comm_msg", {"comm_id": choice, "data": {"method": "update", "state": {"index": 0}, "buffer_paths": []}}))
    await line.until(lambda one: one["content"].get("comm_id") == outcome and 'data-outcome="trafficking_case"' in str(said(one).get("state", {}).get("value")))


async def _visitor(server: Server, address: str, client: Any) -> float:
    """Seconds until an answer changed the outcome."""
    from websockets.asyncio.client import connect
    from websockets.typing import Origin

    began = monotonic()
    page = (await client.get(address)).text
    kernel = KERNEL.findall(page)[0]
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    line_address = f"{server.url.replace('http', 'ws')}/api/kernels/{kernel}/channels?session_id={uuid.uuid4().hex}"
    async with connect(line_address, max_size=None, open_timeout=PATIENCE, additional_headers={"Cookie": cookies}, origin=Origin(server.url)) as socket:
        await (_answer_ours if server.name == SAFE else _answer_stock)(Line(socket), page)
        return monotonic() - began


async def _all(server: Server, addresses: list[str]) -> list[float]:
    import httpx

    async with httpx.AsyncClient(timeout=PATIENCE, follow_redirects=True, base_url=server.url, limits=httpx.Limits(max_connections=None)) as client:
        if server.name == SAFE:
            await client.get("/login")
            await client.post("/login", data={"user": "noor", "pass": PHRASE, "_xsrf": client.cookies["_xsrf"]})
        return list(await asyncio.gather(*(asyncio.wait_for(_visitor(server, one, client), PATIENCE) for one in addresses)))


def burst(server: Server, visitors: int) -> tuple[float, Memory | None]:
    """So many at once: seconds until the last one is live, and what their kernels take."""
    addresses = [server.page() for _ in range(visitors)]
    last = max(asyncio.run(_all(server, addresses)))
    memory = server.memory()
    server.end_kernels()
    return last, memory
