"""What the sign-in page takes: its headers, language, frame and words, and the style sheet and script that it asks for.

The whole server (`handlers`) and the door (`door`), which answers while that is still being loaded, show it with the same
code. Nothing here needs a store, a case or Jupyter, and nothing here may import what does: that is what makes a start quick.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import tornado.web

from safe_lib import release
from safe_lib.catalogue.wording import interface_texts, languages
from safe_lib.model.errors import ModuleFirst, SafeError
from safe_lib.model.texts import Texts
from safe_lib.runtime.assets import addresses, assets
from safe_lib.runtime.behind import Hub
from safe_lib.runtime.gate import Gate
from safe_lib.runtime.quiet import answered, log
from safe_lib.runtime.shared import Sharing
from safe_lib.widgets.pages import error_page, sign_in_page
from safe_lib.widgets.shell import Frame, Language

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types safe"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), clipboard-read=()",
    "Cache-Control": "no-store",
}
ERRORS: Final = {400: "expired", 403: "not_permitted", 404: "not_found", 405: "not_found", 413: "too_long"}  # status → what the page says; any other: our fault
NAMES: Final = "/names"  # tells a masked name
SIGN_IN: Final = r"/login"
ASSETS: Final = r"/assets/([0-9a-f]{16})/([a-z]+\.(?:js|css))"

# The classes they are mixed into bring the rest of a handler.
Handler: Any = object


class Entrance:
    """How people come to the server: over TLS or not, from where, and whether there is anything to sign in to yet."""

    def __init__(self, path: Path, *, secure: bool = False, beyond: bool = False, hub: Hub | None = None, first_code: str | None = None) -> None:
        """Of the server of one store.

        Args:
            path: of the store; with none there, the first-run page makes it.
            secure: over TLS.
            beyond: other machines can reach the server, so everybody needs a second factor.
            hub: JupyterHub, where it started the server.
            first_code: what the terminal showed already; without it, a new one where there is no store.
        """
        self.path, self.hub = path, hub
        self.secure, self.beyond = secure, beyond
        self.first_code = first_code if first_code is not None else "" if path.is_file() else _first_code()

    @property
    def cookie(self) -> str:
        """The name of the session cookie; over TLS one that no other host and no path can set (SEC-22)."""
        if self.hub is not None:  # it is for our path alone, which `__Host-` does not allow
            return "__Secure-session" if self.secure else "session"
        return "__Host-session" if self.secure else "session"

    @property
    def settings(self) -> dict[str, Any]:
        """What every application of this server is told."""
        return {
            "suite": self, "compress_response": True, "xsrf_cookies": True, "login_url": SIGN_IN, "log_function": answered,
            "xsrf_cookie_kwargs": {"samesite": "Strict", "httponly": False, "secure": self.secure},
            # Over TLS a foreign name fails at the certificate; without it, only names of this machine are answered to (DNS rebinding).
            "allow_remote_access": self.secure or self.hub is not None,
        }


def _first_code() -> str:
    """What the terminal shows and the first-run page asks for: whoever makes the first person sits at this machine."""
    return f"{secrets.randbelow(10**4):04d}-{secrets.randbelow(10**4):04d}"


class Facing(Gate, Sharing):
    """What every handler of ours shows of itself, whoever asks."""

    @property
    def is_signed_in(self) -> bool:
        """Nobody can be until the whole server runs."""
        return False

    @property
    def texts_here(self) -> Texts:
        """The texts in the language of this request."""
        return interface_texts(self.language)

    def set_default_headers(self) -> None:
        """The same strict headers on every answer, errors included."""
        self.clear_header("Server")  # which program and version answers here
        for name, value in HEADERS.items():
            self.set_header(name, value)

    @property
    def language(self) -> str:
        """The language asked for, else the one chosen earlier, else the browser's first that we have."""
        asked = self.get_argument("lang", "") or self.get_cookie("lang") or ""
        if asked in languages():
            return str(asked)
        for wish in self.request.headers.get("Accept-Language", "").split(","):
            if (code := wish.split(";")[0].strip().split("-")[0]) in languages():
                return str(code)
        return "en"

    def frame(self, **more: Any) -> Frame:
        """The frame of a page that belongs to no case."""
        at = addresses("/")
        return Frame(
            texts=self.texts_here,
            base_url="/",
            script_url=at["plain.js" if self.is_signed_in else "frame.js"],
            style_url=at["safe.css"],
            languages=tuple(Language(code, said["name"], said.get("direction", "ltr")) for code, said in languages().items()),
            xsrf=self.xsrf_token.decode(),
            theme=self.theme,
            unsigned=not release.is_signed(),
            shared=self.shared,
            masked=self.masked,
            names_url=NAMES,
            **{**self.rest, "saves": False, **more},
        )

    @property
    def rest(self) -> dict[str, Any]:
        """After how much quiet the page locks, and where it says that somebody is there: of nobody, nothing."""
        return {}

    @property
    def theme(self) -> str:
        """Light, dark, or as the device says."""
        chosen = self.get_cookie("theme")
        return chosen if chosen in ("light", "dark") else ""

    def keep_language(self) -> None:
        """Remember a language that was asked for."""
        asked = self.get_argument("lang", "")
        if asked in languages():
            self.set_cookie("lang", asked, httponly=True, samesite="Strict", path="/")

    def next_path(self) -> str:
        """Where to go after signing in: a path of this server only, without signs that a browser would leave out."""
        path = self.get_argument("next", "") or self.get_argument("then", "")
        return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else ""

    def log_exception(self, kind: Any, problem: Any, trace: Any) -> None:
        """A refusal is no fault, and its words, which may name a case, are for the person alone; of a fault only kind and place are written."""
        if not isinstance(problem, (SafeError, tornado.web.HTTPError)):
            log.error("fault", exc_info=(kind, problem, trace))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A sentence, never a traceback."""
        problem = (kwargs.get("exc_info") or (None, None, None))[1]
        way: tuple[str, str] | None = None
        if isinstance(problem, ModuleFirst):
            way = self.texts_here("programme.gate.way"), "/training"
            sentence = self.texts_here(f"programme.gate.{problem.key}")
        else:
            sentence = str(problem) if isinstance(problem, SafeError) else self.texts_here(f"page.error.{ERRORS.get(status_code, 'inside')}")
        signed_in = self.is_signed_in  # looked up before the next line
        self.__dict__.setdefault("_current_user", None)  # refused before Jupyter looked who asks; the token of a first visit asks for it
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(error_page(self.frame(here="/", signed_in=signed_in), status_code, sentence, way))


class ShowsSignIn(Handler):
    """The sign-in page as it is first shown."""

    def show(self) -> None:
        """Show it; with nothing to sign in to yet, lead to the page that makes it."""
        self.keep_language()
        if self.settings["suite"].first_code:
            self.redirect(f"/first?{urlencode({'lang': self.language})}")
            return
        self.finish(sign_in_page(self.own_frame(), then=self.next_path()))

    def own_frame(self) -> Frame:
        """Its links to other languages keep the way back."""
        then = self.next_path()
        shown: Frame = self.frame(here=SIGN_IN, signed_in=False, keep=(("next", then),) if then else ())
        return shown


class ShowsAsset(Handler):
    """A script, or the style sheet."""

    def show(self, folder: str, name: str) -> None:
        """One file; its address changes with its content."""
        current, files = assets()
        if folder != current or name not in files:
            raise tornado.web.HTTPError(404)
        asset = files[name]
        self.set_header("Content-Type", asset.type)
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("Vary", "Accept-Encoding")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(asset.packed)
        else:
            self.finish(asset.body)
