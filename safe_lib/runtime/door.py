"""The start of the server: a door that listens at once, and the whole server behind it, which is loaded meanwhile.

Jupyter, Voilà, the store and the catalogue take seconds to load; the sign-in page needs none of them. So this listens
first and answers what a visitor sees first, the sign-in page with its style sheet and script, with the very code that the
whole server answers it with. Every other request waits at the door until that is there, and is then answered by it as if it
had come a moment later: its body is not even read before. Nobody is sent away, and nothing is promised that is not so.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, HTTPServerConnectionDelegate, RequestStartLine
from tornado.ioloop import IOLoop
from tornado.web import Application, RequestHandler

from safe_lib import release
from safe_lib.catalogue import paths
from safe_lib.model.errors import WrongUse
from safe_lib.runtime.behind import Behind, outward
from safe_lib.runtime.clean_memory import leave_no_dump
from safe_lib.runtime.front import ASSETS, SIGN_IN, Entrance, Facing, ShowsAsset, ShowsSignIn
from safe_lib.runtime.gate import LARGEST_REQUEST
from safe_lib.runtime.place import Place, allow_many_files
from safe_lib.runtime.preparation import PREPARED
from safe_lib.runtime.quiet import say_little

WHOLE: Final = "safe_lib.runtime.serve"  # loaded behind the door
ANSWERED: Final = re.compile(rf"(?:{SIGN_IN}|{ASSETS})\Z")
THIS_MACHINE: Final = re.compile(r"(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?\Z")  # names that nobody else can point here (DNS rebinding)


class SignInPage(ShowsSignIn, Facing, RequestHandler):
    """The sign-in page; what is typed into it waits for the whole server."""

    def get(self) -> None:
        """Show it."""
        self.show()


class AssetOfIt(ShowsAsset, Facing, RequestHandler):
    """Its script and the style sheet."""

    def get(self, folder: str, name: str) -> None:
        """One file."""
        self.show(folder, name)


class Door(HTTPServerConnectionDelegate):
    """Takes every request, and answers what it can until the whole server does."""

    def __init__(self, entrance: Entrance) -> None:
        """Closed: only the sign-in page is shown."""
        self._any_name = bool(entrance.settings["allow_remote_access"])
        self._sign_in = Application([(SIGN_IN, SignInPage), (ASSETS, AssetOfIt)], **entrance.settings)
        if entrance.hub is not None:
            self._sign_in.transforms.insert(0, outward(entrance.hub))
        self._whole: Any = None
        self._open = asyncio.Event()

    def opens(self, application: Any) -> None:
        """The whole server is there: whoever waits comes in, and so does everybody after them."""
        self._whole = application
        self._open.set()

    def start_request(self, server_conn: object, request_conn: Any) -> HTTPMessageDelegate:
        """One request."""
        if self._whole is not None:
            return self._whole.start_request(server_conn, request_conn)  # type: ignore[no-any-return]
        return _AtTheDoor(self, server_conn, request_conn)

    async def answers(self, line: RequestStartLine, headers: HTTPHeaders) -> Any:
        """The application that answers a request, once it is there. What is unusual in any way, the whole server judges."""
        is_known = self._any_name or THIS_MACHINE.match(headers.get("Host", ""))
        if self._whole is None and line.method == "GET" and is_known and ANSWERED.match(line.path.partition("?")[0]):
            return self._sign_in
        await self._open.wait()
        return self._whole


class _AtTheDoor(HTTPMessageDelegate):
    """A request that came before the whole server was there."""

    def __init__(self, door: Door, server_conn: object, request_conn: Any) -> None:
        self._door, self._server, self._connection = door, server_conn, request_conn
        self._then: HTTPMessageDelegate | None = None

    async def headers_received(self, start_line: Any, headers: HTTPHeaders) -> None:
        """Tornado reads on when this has ended; a body, however long, stays where it is."""
        application = await self._door.answers(start_line, headers)
        self._then = application.start_request(self._server, self._connection)
        if (more := self._then.headers_received(start_line, headers)) is not None:
            await more

    def data_received(self, chunk: bytes) -> Any:
        return self._then.data_received(chunk) if self._then else None

    def finish(self) -> None:
        if self._then:
            self._then.finish()

    def on_connection_close(self) -> None:
        if self._then:
            self._then.on_connection_close()


def serve(store: Path, place: Place | None = None) -> None:
    """Serve a store until interrupted; the address is printed when the server listens. Without a store the first-run page makes it.

    Raises:
        WrongUse: it would be reached by others in the clear, or the port is taken.
        SignatureError, Problems: a key is trusted here, and the data files are not those that it signed.
    """
    place = place or Place()
    place.require_safe()
    context = place.tls()
    release.verify()
    os.umask(0o077)
    leave_no_dump()
    allow_many_files()
    os.environ["JUPYTER_PATH"] = str(paths.TEMPLATES / "page")
    os.environ["JUPYTER_NO_CONFIG"] = "1"
    PREPARED.start()
    secure, beyond = (context is not None, place.beyond) if place.hub is None else (place.hub.secure, True)
    entrance = Entrance(store, secure=secure, beyond=beyond, hub=place.hub)
    say_little()
    loop, door = IOLoop.current(), Door(entrance)
    signal.signal(signal.SIGTERM, lambda *_: loop.add_callback_from_signal(loop.stop))
    listen(door, place, context)
    told(place, entrance, encrypted=context is not None)
    run(loop, _Coming(door, place, entrance))


def listen(door: Door, place: Place, context: Any) -> None:
    """Listen at this port and at no other: Voilà would go to the next one, and somebody else would answer at the address that was told.

    Raises:
        WrongUse: the port is taken, or may not be used.
    """
    outermost = door if place.hub is None else Behind(door, place.hub)
    server = HTTPServer(outermost, ssl_options=context, max_body_size=LARGEST_REQUEST, max_buffer_size=2 * LARGEST_REQUEST)
    try:
        server.listen(place.port, place.host)
    except OSError as problem:
        raise WrongUse(f"safe serve: {place.host}, port {place.port}: another program listens there, or this one may not ({problem.strerror}).\n"
                       "  Stop it, or name another port with --port.") from None


def told(place: Place, entrance: Entrance, *, encrypted: bool) -> None:
    """Say the address, now that this program is the one that answers there."""
    print(f"SAFE Workbooks: {'https' if encrypted else 'http'}://{place.host}:{place.port}/", flush=True)
    if code := entrance.first_code:
        print(f"There is no store yet. The first person is made on this machine, with this code: {code}", flush=True)


class _Coming:
    """The whole server, while it is loaded and once it is there."""

    def __init__(self, door: Door, place: Place, entrance: Entrance) -> None:
        self._door, self._place, self._entrance = door, place, entrance
        self.server: Any = None
        self.problem: BaseException | None = None

    async def load(self) -> None:
        """In a thread, so that the door goes on answering; what has to happen in the first thread happens there at the end."""
        try:
            whole = await asyncio.to_thread(import_module, WHOLE)
            self.server = whole.whole_server(self._place, self._entrance)
            self._door.opens(self.server.app)
        except Exception as problem:  # whatever it is: a server that is only a door must not stay
            self.problem = problem
            IOLoop.current().stop()


def run(loop: IOLoop, coming: _Coming) -> None:
    """Answer until interrupted.

    Raises:
        Exception: what kept the whole server from being loaded.
    """
    loop.add_callback(coming.load)
    try:
        loop.start()
    except KeyboardInterrupt:
        return
    finally:
        if coming.server is not None:
            coming.server.stop()
    if coming.problem is not None:
        raise coming.problem
