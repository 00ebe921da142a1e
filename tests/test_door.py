"""The start of the server: the door answers the sign-in page at once, keeps everybody else, and sends nobody away."""

from __future__ import annotations

import asyncio
import http.client
import re
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler, websocket_connect

from safe_lib.catalogue import load_texts, paths
from safe_lib.catalogue.wording import interface_texts, languages
from safe_lib.runtime import door as doors
from safe_lib.runtime.behind import Hub
from safe_lib.runtime.door import Door, listen
from safe_lib.runtime.front import HEADERS, Entrance
from safe_lib.runtime.place import Place
from safe_lib.store import CHEAP, Store
from tests.browser.running import PHRASE, Running, free_port

A_WHILE = 0.3  # seconds in which a request that waits would have been answered
TOKEN = re.compile(r'[0-9a-f|]{40,}')  # of this visitor, another one each time


class Whole(RequestHandler):
    """Stands for the whole server: says what it was asked."""

    def get(self) -> None:
        self.finish(f"whole {self.request.path}")

    def post(self) -> None:
        self.finish(f"whole {self.request.path} {len(self.request.body)} {self.get_body_argument('user', '')}")


class Line(WebSocketHandler):
    def on_message(self, message: str | bytes) -> None:
        self.write_message(message)


def whole() -> Application:
    return Application([("/line", Line), ("/.*", Whole)])


class AtDoor:
    """A door of this process, and what is asked at it."""

    def __init__(self, path: Path, hub: Hub | None = None) -> None:
        self.port = free_port()
        self.door = Door(Entrance(path, hub=hub))
        listen(self.door, Place(port=self.port, hub=hub), None)
        self.url = f"http://127.0.0.1:{self.port}"

    async def ask(self, path: str, **more: Any) -> HTTPResponse:
        return await AsyncHTTPClient().fetch(HTTPRequest(self.url + path, **{"follow_redirects": False, **more}), raise_error=False)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """What stands where a store is; the sign-in page does not look into it."""
    path = tmp_path / "there.safe"
    path.write_bytes(b"a store")
    return path


def test_the_sign_in_page_is_there_before_anything_else(store: Path) -> None:
    """With its script and style sheet, and with the headers of every page."""
    async def look() -> None:
        at = AtDoor(store)
        page = await at.ask("/login?lang=nl&next=/claims", headers={"Accept-Encoding": "gzip"})
        html = page.body.decode()
        assert page.code == 200 and load_texts("nl")("page.sign_in.heading") in html and 'value="/claims"' in html
        assert {name: page.headers[name] for name in HEADERS} == HEADERS and "Server" not in page.headers
        assert any(cookie.startswith("_xsrf=") and "SameSite=Strict" in cookie for cookie in page.headers.get_list("Set-Cookie"))
        for address in re.findall(r'(?:src|href)="(/assets/[^"]+)"', html):
            assert (await at.ask(address)).headers["Cache-Control"].endswith("immutable")
        assert (await at.ask("/login", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"})).code == 403

    asyncio.run(look())


@pytest.mark.parametrize(("path", "more"), [
    ("/", {}), ("/left", {}), ("/login", {"method": "HEAD"}), ("/login/x", {}), ("/identification?case=DEMO-001", {}),
    ("/login", {"headers": {"Host": "elsewhere.example"}}), ("/login", {"headers": {"Host": "127.0.0.1.elsewhere.example"}}),
    ("/login", {"method": "POST", "body": "user=noor&pass=" + "x" * 100_000})])
def test_whatever_else_is_asked_waits_and_is_answered_once(store: Path, path: str, more: dict[str, Any]) -> None:
    """By the whole server, with all of its body; what is unusual is not judged at the door."""
    async def look() -> None:
        at = AtDoor(store)
        asked = asyncio.ensure_future(at.ask(path, **more))
        assert not (await asyncio.wait({asked}, timeout=A_WHILE))[0]
        at.door.opens(whole())
        answer = await asked
        if more.get("method") == "POST":
            assert answer.body.decode() == f"whole /login {len(more['body'])} noor"
        elif "method" not in more:
            assert answer.body.decode() == f"whole {path.partition('?')[0]}"
        assert (await at.ask("/login")).body == b"whole /login"  # from now on it answers everything

    asyncio.run(look())


def test_a_line_that_was_asked_for_at_the_door_works(store: Path) -> None:
    """A page that was open when the server was started anew asks for its line at once."""
    async def look() -> None:
        at = AtDoor(store)
        asked = asyncio.ensure_future(websocket_connect(f"ws://127.0.0.1:{at.port}/line"))
        await asyncio.sleep(A_WHILE)
        at.door.opens(whole())
        line = await asked
        await line.write_message("still here")
        assert await line.read_message() == "still here"
        line.close()

    asyncio.run(look())


def test_who_gives_up_at_the_door_disturbs_nobody(store: Path) -> None:
    """A connection that closed while it waited is forgotten."""
    async def look() -> None:
        at = AtDoor(store)
        with suppress(HTTPClientError, TimeoutError):
            await AsyncHTTPClient().fetch(at.url + "/left", request_timeout=A_WHILE)
        at.door.opens(whole())
        assert (await at.ask("/left")).body == b"whole /left"

    asyncio.run(look())


def test_without_a_store_the_door_leads_to_the_first_page(tmp_path: Path) -> None:
    """And the code that the terminal shows is the one that the whole server will ask for."""
    async def look() -> None:
        answer = await AtDoor(tmp_path / "none.safe").ask("/login?lang=nl")
        assert answer.code == 302 and answer.headers["Location"] == "/first?lang=nl"

    asyncio.run(look())
    code = Entrance(tmp_path / "none.safe").first_code
    assert re.fullmatch(r"\d{4}-\d{4}", code) and Entrance(tmp_path / "none.safe", first_code=code).first_code == code


def test_behind_jupyterhub_the_door_stands_below_the_path(store: Path) -> None:
    """Addresses in the page and its cookies lead below it; another path waits."""
    async def look() -> None:
        at = AtDoor(store, Hub("127.0.0.1", free_port(), "/user/noor/", "https://hub.example.org"))
        page = await at.ask("/user/noor/login", headers={"Host": "hub.example.org"})
        assert 'action="/user/noor/login"' in page.body.decode() and 'href="/assets' not in page.body.decode()
        assert all("Path=/user/noor/" in cookie for cookie in page.headers.get_list("Set-Cookie"))

    asyncio.run(look())


def test_the_door_has_the_words_of_the_whole_server() -> None:
    """All but the titles of topics, in every language."""
    for language in languages():
        all_words = load_texts(language).entries
        assert interface_texts(language).entries == {key: text for key, text in all_words.items() if key in interface_texts(language).entries}
        assert {key for key in all_words.keys() - interface_texts(language).entries.keys() if not key.startswith("theme.")} == set()


DOOR = "safe_lib.runtime.door, safe_lib.cli.running"
OF_THE_SERVER = ("jupyter_server", "voila", "nbconvert", "sqlalchemy", "sqlcipher3", "safe_lib.casework", "safe_lib.engine")
OF_KERNELS = ("ipykernel", "IPython", "ipywidgets", "anywidget", "numpy", "pandas", "docx", "typst", "alembic")


@pytest.mark.parametrize(("module", "heavy"), [(DOOR, (*OF_THE_SERVER, *OF_KERNELS)), ("safe_lib.runtime.serve", OF_KERNELS)])
def test_what_starts_loads_nothing_that_it_does_not_need(module: str, heavy: tuple[str, ...]) -> None:
    """Else the door would be no sooner there than the server, and the server no sooner than a kernel."""
    look = f"import sys, {module}; print(*(name for name in sys.argv[1:] if sys.modules.get(name)))"
    ended = subprocess.run([sys.executable, "-c", look, *heavy], capture_output=True, text=True, check=True, cwd=paths.PACKAGE.parent)

    assert ended.stdout.strip() == ""


def test_a_server_that_cannot_be_loaded_ends_and_says_so(store: Path) -> None:
    """A door with nothing behind it must not stay."""
    command = ("from safe_lib.runtime import door; door.WHOLE = 'safe_lib.no_such_module'; "
               f"door.serve(door.Path({str(store)!r}), door.Place(port={free_port()}))")
    ended = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, timeout=60, check=False, cwd=paths.PACKAGE.parent)

    assert ended.returncode == 1 and "ModuleNotFoundError" in ended.stderr
    assert doors.WHOLE == "safe_lib.runtime.serve"


class JustListening(Running):
    """A server whose door answers; what stands behind it is still being loaded."""

    first: ClassVar[str] = "/login"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A server of the command line that has just begun to listen."""
    Store.create(tmp_path / "training.safe", PHRASE, training=True, cost=CHEAP).close()
    running = JustListening(tmp_path / "training.safe", free_port(), tmp_path / "server.log")
    running.start()
    yield running
    running.stop()


def test_the_page_at_the_door_is_the_page_of_the_whole_server(server: Running) -> None:
    """The same bytes but for the token, in every language; what was typed into the one is taken by the other."""
    with socket.create_connection(("127.0.0.1", server.port)) as waits, httpx.Client(base_url=server.url, timeout=60) as visitor:
        waits.sendall(b"GET /left HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        at_door = {language: as_seen(visitor.get("/login", params={"lang": language})) for language in languages()}
        assert not select.select([waits], [], [], 0)[0], "the whole server was there already"
        typed = {"user": "noor", "pass": PHRASE, "_xsrf": visitor.cookies["_xsrf"]}
        came_in = visitor.post("/login", data=typed, headers={"Origin": server.url})
        assert came_in.status_code == 302 and "session" in visitor.cookies
        answer = http.client.HTTPResponse(waits)
        answer.begin()
        assert answer.status == 200
        with httpx.Client(base_url=server.url, timeout=60) as another:
            assert {language: as_seen(another.get("/login", params={"lang": language})) for language in languages()} == at_door


def as_seen(answer: httpx.Response) -> tuple[Any, ...]:
    """Status, headers and page, without what is of one moment or one visitor."""
    headers = {name: TOKEN.sub("", value) for name, value in answer.headers.items() if name not in ("date", "content-length", "etag")}
    return answer.status_code, headers, TOKEN.sub("", answer.text)
