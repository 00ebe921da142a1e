"""Asks a publisher's server: politely, with patience, and without believing what comes back.

It says who asks, leaves a pause between requests, waits longer each time where the server asks for it, follows no
redirect to another server, and reads no more than an answer can hold. Secrets go along in headers or in the address at
the moment of asking; they are in no message, no journal and no description.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from safe_lib.model.errors import SourceError, WrongUse
from safe_lib.sources.answers import NotJson, decoded
from safe_lib.sources.service import STAYS, Dressing, Place, Request, Service, quoted
from safe_lib.version import __version__

TRIES: Final = 4
TIMEOUT: Final = 30.0  # seconds without a sign of life
SLOWEST: Final = 300.0  # seconds for one whole answer
LARGEST: Final = 32_000_000  # bytes of one unpacked answer
FIRST_PAUSE: Final = 2.0  # seconds; doubled before each further try
LONGEST_PAUSE: Final = 120.0  # seconds; a server that asks for more is left alone
REDIRECTS: Final = 3

logging.getLogger("httpx").setLevel(logging.WARNING)  # it would write every address down

_REDIRECT: Final = frozenset({301, 302, 303, 307, 308})


class NotThere(SourceError):
    """The server knows no such list (404); another version may be there."""


class Unreachable(SourceError):
    """Nobody answers, or only with trouble that may pass; what else this server has is not asked for now."""


class SignInNeeded(SourceError):
    """The server wants a token, or another one (401)."""


class _Passing(Exception):
    """It did not work this time; asking again may help."""

    def __init__(self, words: str, wait: float = 0.0) -> None:
        super().__init__(words)
        self.words, self.wait = words, wait


@dataclass(frozen=True, slots=True)
class Origin:
    """The server that is asked: the publisher's own, or one that plays it."""

    address: str  # scheme, host, port and perhaps a folder, without a slash at the end
    own: str = ""  # the publisher's own server, where `address` is another one

    @property
    def is_here(self) -> bool:
        """A server on this machine."""
        return _is_loopback(urlsplit(self.address).hostname or "")

    def request_for(self, address: str) -> Request | None:
        """An address as a request to this server; None where it is of another. What the publisher's own is called counts too."""
        if address.startswith("/") and not address.startswith("//"):
            address = self.address + address
        for known in filter(None, (self.address, self.own)):
            if _host(address) == _host(known):
                parts, base = urlsplit(address), urlsplit(known).path
                return Request(parts.path.removeprefix(base) if parts.path.startswith(f"{base}/") else parts.path, tuple(parse_qsl(parts.query)))
        return None


def origin_of(service: Service, named: str | None) -> Origin:
    """The server to ask for a service.

    Args:
        named: the address of a server that plays the publisher; None: the publisher's own.

    Raises:
        WrongUse: it is no address, or one to which nothing may be sent in the clear.
    """
    if named is None:
        return Origin(service.address)
    parts = urlsplit(named)
    try:
        good = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment or parts.username) and (parts.port or True)
    except ValueError:  # a port that is none
        good = False
    if not good:
        raise WrongUse("--from: this is not the address of a server.\n  Write it such as http://127.0.0.1:8000 or https://mirror.example.org.")
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise WrongUse("--from: http is only for a server on this machine.\n  Use https for another one.")
    return Origin(f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}", service.address)


def _host(address: str) -> tuple[str, str, int]:
    """Scheme, name and port of a server; an address that is none is like no other."""
    try:
        parts = urlsplit(address)
        return parts.scheme, (parts.hostname or "").lower(), parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return "", "", -1


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Reader:
    """One conversation with one server."""

    def __init__(self, service: Service, origin: Origin, *, contact: str = "", pause: Callable[[float], None] = time.sleep,
                 clock: Callable[[], float] = time.monotonic) -> None:
        """`contact` is where the publisher can reach who asks; `pause` and `clock` are replaced in tests."""
        self.service, self.origin, self.pause, self.clock = service, origin, pause, clock
        self.asked = 0
        name = f"SAFE-Workbooks/{__version__} ({contact or 'no contact address was given'})"
        self.client = httpx.Client(
            headers={"User-Agent": name, "Accept": "application/json", "Accept-Encoding": "gzip"}, timeout=TIMEOUT, follow_redirects=False,
            trust_env=not origin.is_here)  # a proxy of the organisation is used for servers outside, never for one on this machine

    def __enter__(self) -> Reader:
        """Open the conversation."""
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.client.close()

    def ask(self, request: Request, dressing: Dressing, place: Place) -> Any:
        """The answer to one request as plain values.

        Raises:
            NotThere: the server knows no such list.
            SignInNeeded: it wants a token.
            SourceError: it cannot be reached, refuses, or answers what cannot be used.
        """
        return self._patiently(lambda: self._once(request, dressing, place), place)

    def post_form(self, request: Request, form: dict[str, str], place: Place) -> Any:
        """The answer to a form, such as the one in which a name and a password are changed for a token."""
        address = request.address(self.origin.address)
        return self._patiently(lambda: self._answer(self.client.build_request("POST", address, data=form), place), place)

    def _patiently(self, once: Callable[[], Any], place: Place) -> Any:
        attempts = Retrying(stop=stop_after_attempt(TRIES), wait=_wait, retry=retry_if_exception_type(_Passing), sleep=self.pause, reraise=True)
        try:
            return attempts(once)
        except _Passing as problem:
            raise Unreachable(str(place), 0, f"{problem.words} Asked {TRIES} times.", repair=STAYS) from None

    def _once(self, request: Request, dressing: Dressing, place: Place) -> Any:
        if self.asked and not self.origin.is_here:
            self.pause(self.service.gap)
        self.asked += 1
        address = request.address(self.origin.address)
        if dressing.query:
            address += ("&" if request.query else "?") + urlencode(dressing.query)
        method = "POST" if request.body else "GET"
        headers = {**dressing.headers, **({"Content-Type": "application/json"} if request.body else {})}
        return self._answer(self.client.build_request(method, address, headers=headers, content=request.body or None), place)

    def _answer(self, request: httpx.Request, place: Place) -> Any:
        for _ in range(REDIRECTS + 1):
            try:
                response = self.client.send(request, stream=True)
                try:
                    if response.status_code not in _REDIRECT:
                        return self._read(response, place)
                    request = self._elsewhere(request, response, place)
                finally:
                    response.close()
            except (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError, httpx.ProxyError, httpx.DecodingError) as problem:
                raise _Passing(_broken(problem)) from None
        raise place.refuse("the server sends from one address to the next without end.")

    def _elsewhere(self, request: httpx.Request, response: httpx.Response, place: Place) -> httpx.Request:
        """The request again, at the address the server names; only on the same server, and only for what is not posted."""
        try:
            target = request.url.join(response.headers.get("Location", ""))
        except httpx.InvalidURL:
            raise place.refuse("the server sends to an address that is none.") from None
        if _host(str(target)) != _host(str(request.url)):
            raise place.refuse(f"the server sends to another one, {quoted(target.host)}; it is not asked.",
                               "If the publisher has moved, tell who looks after the program. The figures that are here stay.")
        if request.method != "GET":
            raise place.refuse("the server sends a posted request to another address.")
        return self.client.build_request("GET", target, headers=request.headers)

    def _read(self, response: httpx.Response, place: Place) -> Any:
        status = response.status_code
        if status in self.service.passing:
            raise _Passing(f"the server is busy or broken (status {status}).", _asked_for(response, place))
        if status >= 400:
            raise self._refused(status, place)
        if status != 200:
            raise place.refuse(f"the server answers with status {status}, which was not agreed.")
        try:
            return decoded(self._bytes(response, place))
        except NotJson as problem:
            raise _Passing(str(problem)) from None

    def _refused(self, status: int, place: Place) -> SourceError:
        repair = self.service.refusals.get(status, "The figures that are here stay. Tell who looks after the program.")
        problem = f"the server refuses (status {status})."
        kinds = {404: NotThere, 401: SignInNeeded}
        return kinds.get(status, SourceError)(str(place), 0, problem, repair=repair)

    def _bytes(self, response: httpx.Response, place: Place) -> bytes:
        found = bytearray()
        end = self.clock() + SLOWEST
        for piece in response.iter_bytes():
            found += piece
            if len(found) > LARGEST:
                raise place.refuse(f"the answer is larger than {LARGEST // 1_000_000} MB; that cannot be meant.")
            if self.clock() > end:
                raise place.refuse(f"the answer takes longer than {SLOWEST / 60:.0f} minutes.")
        return bytes(found)


def _broken(problem: httpx.HTTPError) -> str:
    if isinstance(problem, httpx.TimeoutException):
        return f"the server does not answer within {TIMEOUT:.0f} seconds."
    if isinstance(problem, httpx.ConnectError | httpx.ProxyError):
        return "the server cannot be reached."
    return "the connection broke off in the middle of the answer."


def _asked_for(response: httpx.Response, place: Place) -> float:
    """Seconds the server asks to wait (Retry-After, RFC 9110, section 10.2.3); 0 where it asks for none."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isdigit() and said.isascii():
        wait = float(said[:9])
    else:
        try:
            wait = max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
        except (ValueError, TypeError):
            return 0.0
    if wait > LONGEST_PAUSE:
        raise place.refuse(f"the server asks to come back in {wait / 60:.0f} minutes.", "Run the same command then; it goes on where it stopped.")
    return wait


def _wait(state: RetryCallState) -> float:
    """2, 4, 8 seconds, or as long as the server asks for."""
    problem = state.outcome.exception() if state.outcome else None
    asked = problem.wait if isinstance(problem, _Passing) else 0.0
    return float(max(asked, FIRST_PAUSE * 2 ** (state.attempt_number - 1)))
