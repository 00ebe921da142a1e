"""Goes to a server with what it asks for: a token from the key file, or one that is changed for a name and a password.

A passing token that ends while pages are being read is changed for another one, and the same page is asked again.
"""

from __future__ import annotations

from typing import Any, Final

from safe_lib.sources.answers import Shape, Word, shaped
from safe_lib.sources.reader import Reader, SignInNeeded
from safe_lib.sources.service import Dressing, Keys, Place, Request, Service

LONGEST: Final = 4_000  # characters of a token


class Token(Shape):
    """What a name and a password are changed for."""

    access_token: Word
    refresh_token: Word = ""


class Pass:
    """The right to ask one server, renewed when it ends."""

    def __init__(self, reader: Reader, service: Service, keys: Keys) -> None:
        """`keys` are those of the key file; without an entry for the service it is asked as anybody."""
        self.reader, self.service, self.keys = reader, service, keys
        self.token: Token | None = None

    def ask(self, request: Request, place: Place) -> Any:
        """The answer to a request, with whatever the server wants to see."""
        if self.service.sign_in and self.token is None and self._name():
            self._sign_in(place)
        try:
            return self.reader.ask(request, self._dressing(request), place)
        except SignInNeeded:
            if self.token is None:
                raise
        self._sign_in(place)
        return self.reader.ask(request, self._dressing(request), place)

    def _name(self) -> str:
        return self.keys.of(self.service.id, "username")

    def _dressing(self, request: Request) -> Dressing:
        if self.token:
            return Dressing({"Authorization": f"Bearer {self.token.access_token}"})
        return self.service.dress(request, self.keys)

    def _sign_in(self, place: Place) -> None:
        """With the token for renewal where there is one, else with name and password."""
        assert self.service.sign_in is not None  # noqa: S101 - a service without it gives no token
        own = {"client_id": self.service.id}
        first = {"username": self._name(), "password": self.keys.of(self.service.id, "password"), "grant_type": "password", **own}
        renew = self.token.refresh_token if self.token else ""
        self.token = None
        if renew:
            try:
                self.token = self._changed({"refresh_token": renew, "grant_type": "refresh_token", **own}, place)
            except SignInNeeded:  # the token for renewal has ended as well
                renew = ""
        if self.token is None:
            self.token = self._changed(first, place)

    def _changed(self, form: dict[str, str], place: Place) -> Token:
        assert self.service.sign_in is not None  # noqa: S101
        token = shaped(Token, self.reader.post_form(self.service.sign_in, form, place), place)
        if not token.access_token.isascii() or not token.access_token.isprintable() or not 0 < len(token.access_token) <= LONGEST:
            raise place.refuse("the server gives a token that is none.")
        return token
