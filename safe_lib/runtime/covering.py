"""Addresses that say nothing, for a shared computer (SEC-34).

A browser keeps every address it has been to: in its history, in what it needs to open a tab again, in lists of its own. On a
shared computer pages therefore stand at `/w?w=…`: which page of which case that is only this server knows, as long as it
runs. On one's own computer addresses stay as the contract has them, and can be kept as bookmarks.

The covered address is worked out, not remembered: the address itself, encrypted with a key of this process. The same page
has the same one, so Back and Forward work; after the server was started anew it leads to the start page.
"""

from __future__ import annotations

import base64
import re
from html import escape, unescape
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from tornado.httputil import HTTPServerRequest
from tornado.routing import Router

PATH: Final = "/w"
NAME: Final = "w"
SAYS_NOTHING: Final = frozenset({"/", "/login", "/logout", "/leave", "/left", "/help", PATH})  # whoever sees them learns only that the suite is here
HARMLESS: Final = frozenset({"lang", NAME})  # what may stand behind them
WAYS_BACK: Final = ("next", "then")
STEP: Final = 64  # bytes; addresses are filled up, so that their length tells little
LONGEST: Final = 4_000  # characters of a covered address

_LINK: Final = re.compile(r'(<a\b[^>]*?\shref=")([/?][^"]*)"')
_GET_FORM: Final = re.compile(r'(<form\b[^>]*?\smethod="get"[^>]*?\saction=")([^"#]*)(#[^"]*)?"')


class Covers:
    """Covers addresses and takes the cover away, with a key that ends with this process."""

    def __init__(self) -> None:
        """A new key; what was covered before cannot be read any more."""
        self._cipher = AESSIV(AESSIV.generate_key(512))

    def cover(self, address: str) -> str:
        """An address of this server that says nothing; one that says nothing already stays as it is."""
        parts = urlsplit(address)
        query = parse_qsl(parts.query, keep_blank_values=True)
        if parts.scheme or parts.netloc or parts.path.startswith("/assets/"):
            return address
        if parts.path in SAYS_NOTHING and all(key in HARMLESS or key in WAYS_BACK for key, _ in query):
            covered = [(key, self.cover(value) if key in WAYS_BACK else value) for key, value in query]
            return urlunsplit(parts._replace(query=urlencode(covered)))
        plain = urlunsplit(parts._replace(fragment="")).encode()
        filled = plain + b"\0" * (-len(plain) % STEP)
        token = base64.urlsafe_b64encode(self._cipher.encrypt(filled, None)).decode().rstrip("=")
        return f"{PATH}?{NAME}={token}" + (f"#{parts.fragment}" if parts.fragment else "")

    def uncover(self, token: str) -> str | None:
        """The address behind a cover; None where it is not one of ours."""
        if len(token) > LONGEST:
            return None
        try:
            return self._cipher.decrypt(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)), None).rstrip(b"\0").decode()
        except (InvalidTag, ValueError):
            return None

    def cover_page(self, html: str, here: str) -> str:
        """A page in which every link to another page says nothing.

        Forms that ask for a page keep saying where they lead; the page script covers what they ask for. `here` is the path of the page itself.
        """
        def link(found: re.Match[str]) -> str:
            return f'{found[1]}{escape(self.cover(urljoin(here, unescape(found[2]))))}"'

        def form(found: re.Match[str]) -> str:
            return f'{found[1]}{escape(urljoin(here, unescape(found[2])))}{found[3] or ""}"'

        return _GET_FORM.sub(form, _LINK.sub(link, html))


class Uncovering(Router):
    """Leads `/w?w=…` to the page behind it. The request keeps its own address, so that a way back through sign-in says nothing either."""

    def __init__(self, covers: Covers, application: Any) -> None:
        """`application` gives the running application: there is none yet when routes are listed."""
        self.covers, self.application = covers, application

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> Any:
        """The handler of the page behind the cover; of the start page where there is none."""
        token = parse_qs(request.query).get(NAME, [""])[0]
        address = urlsplit(self.covers.uncover(token) or "/")
        request.path, request.query = address.path if address.path != PATH else "/", address.query
        request.query_arguments = {key: [value.encode() for value in values] for key, values in parse_qs(address.query, keep_blank_values=True).items()}
        request.arguments = {**request.body_arguments, **request.query_arguments}
        return self.application().find_handler(request)


COVERS: Final = Covers()
