"""The server behind JupyterHub's proxy: it answers below `/user/NAME/`, and everything inside goes on as if that were `/`.

JupyterHub starts one server for each person and tells it where to listen; its own sign-in decides who may start one. It
does not let anybody into a store: whoever comes through the proxy signs in to the suite, with their passphrase and a code.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, HTTPServerConnectionDelegate, RequestStartLine
from tornado.web import OutputTransform

from safe_lib.model.errors import WrongUse
from safe_lib.widgets.prefix import TOP, below

LISTEN: Final = "JUPYTERHUB_SERVICE_URL"  # where to listen, and below which path
PREFIX: Final = "JUPYTERHUB_SERVICE_PREFIX"
PUBLIC: Final = "JUPYTERHUB_PUBLIC_URL"  # what people see
NO_SUCH_PATH: Final = "/."  # it leads to nothing
_OF_TOP: Final = re.compile(r"; Path=/(?=;|$)", re.IGNORECASE)
HOSTS_HERE: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Hub:
    """What JupyterHub told this server."""

    host: str
    port: int
    path: str  # with a slash at both ends
    origin: str  # of the public address

    @property
    def secure(self) -> bool:
        """People reach it over TLS."""
        return self.origin.startswith("https:")

    def inside(self, path: str) -> str:
        """A path of a request as the suite knows it; one that is not below ours leads to nothing."""
        if path == self.path.rstrip("/"):
            return TOP
        return TOP + path.removeprefix(self.path) if path.startswith(self.path) else NO_SUCH_PATH

    def outside(self, path: str) -> str:
        """A path of the suite as a browser has to ask for it; another address stays as it is."""
        return self.path + path[1:] if path.startswith("/") and not path.startswith("//") else path


def hub_here() -> Hub:
    """What the environment says, in which JupyterHub starts a server.

    Raises:
        WrongUse: JupyterHub did not start this, or people would come to it in the clear.
    """
    listen, path, public = urlsplit(os.environ.get(LISTEN, "")), os.environ.get(PREFIX, ""), urlsplit(os.environ.get(PUBLIC, ""))
    if not listen.hostname or not listen.port or not (path.startswith("/") and path.endswith("/")):
        raise WrongUse("safe serve --behind-hub: JupyterHub did not start this.\n  It does so with the configuration that `safe hub` names.")
    if not public.hostname or (public.scheme != "https" and public.hostname not in HOSTS_HERE):
        raise WrongUse("safe serve --behind-hub: people would come to it in the clear.\n"
                       "  Give JupyterHub a certificate, and say its address in c.JupyterHub.public_url: https://….")
    return Hub(listen.hostname, listen.port, path, f"{public.scheme}://{public.netloc}")


class Behind(HTTPServerConnectionDelegate):
    """Stands before an application and takes the path off every request."""

    def __init__(self, application: Any, hub: Hub) -> None:
        """`application` answers, as if it stood at the top."""
        self._application, self._hub = application, hub

    def start_request(self, server_conn: object, request_conn: Any) -> HTTPMessageDelegate:
        """One request."""
        return _Inside(self._application.start_request(server_conn, _Connection(request_conn, self._hub)), self._hub)

    def on_close(self, server_conn: object) -> None:
        """The connection is closed."""
        self._application.on_close(server_conn)


class _Connection:
    """The connection of one request. Cookies and ways on are settled last, so they are brought below the path here."""

    def __init__(self, connection: Any, hub: Hub) -> None:
        self._connection, self._hub = connection, hub

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def write_headers(self, start_line: Any, headers: HTTPHeaders, chunk: bytes | None = None) -> Any:
        """Send the head of an answer."""
        if "Location" in headers:
            headers["Location"] = self._hub.outside(headers["Location"])
        cookies = headers.get_list("Set-Cookie")
        if cookies:
            del headers["Set-Cookie"]
        for cookie in cookies:
            headers.add("Set-Cookie", _OF_TOP.sub(f"; Path={self._hub.path}", cookie))
        return self._connection.write_headers(start_line, headers, chunk)


class _Inside(HTTPMessageDelegate):
    def __init__(self, then: HTTPMessageDelegate, hub: Hub) -> None:
        self._then, self._hub = then, hub

    def headers_received(self, start_line: Any, headers: HTTPHeaders) -> Any:
        if isinstance(start_line, RequestStartLine):
            path, mark, query = start_line.path.partition("?")
            start_line = start_line._replace(path=self._hub.inside(path) + mark + query)
        return self._then.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Any:
        return self._then.data_received(chunk)

    def finish(self) -> None:
        self._then.finish()

    def on_connection_close(self) -> None:
        self._then.on_connection_close()


def outward(hub: Hub) -> type[OutputTransform]:
    """What brings the addresses in pages below the path, before they are packed."""
    class Outward(OutputTransform):
        """Of one answer. A page may come in pieces; a tag that is cut in two waits for its other half."""

        def __init__(self, request: Any) -> None:
            self._is_page, self._rest = False, b""

        def transform_first_chunk(self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool) -> tuple[int, HTTPHeaders, bytes]:
            self._is_page = headers.get("Content-Type", "").startswith("text/html")
            chunk = self.transform_chunk(chunk, finishing)
            if self._is_page and "Content-Length" in headers:
                if finishing:
                    headers["Content-Length"] = str(len(chunk))
                else:
                    del headers["Content-Length"]
            return status_code, headers, chunk

        def transform_chunk(self, chunk: bytes, finishing: bool) -> bytes:
            if not self._is_page:
                return chunk
            whole, self._rest = self._rest + chunk, b""
            cut = whole.rfind(b"<")
            if not finishing and cut > whole.rfind(b">"):
                whole, self._rest = whole[:cut], whole[cut:]
            return below(whole.decode("utf-8", "surrogateescape"), hub.path).encode("utf-8", "surrogateescape")

    return Outward
