"""The routes of the server: sign-in, start page, workbooks, leaving, and nothing that is not named here."""

from __future__ import annotations

import asyncio
import contextvars
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import tornado.web
from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.base.handlers import JupyterHandler
from voila.tornado.handler import TornadoVoilaHandler

from safe_lib import casework, changes, release, teamwork
from safe_lib.casework import Desk
from safe_lib.catalogue import instrument_files, load_texts
from safe_lib.catalogue.prose import read_notebook
from safe_lib.model.case import is_reference
from safe_lib.model.errors import CaseNotFound, NotPermitted, WrongKey, WrongUse
from safe_lib.model.texts import Texts
from safe_lib.person import retention
from safe_lib.rights.handover import Visit
from safe_lib.rights.permission import Verb
from safe_lib.runtime import firstbytes
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.beginning import BeginsEarly
from safe_lib.runtime.front import Facing, ShowsAsset, ShowsSignIn
from safe_lib.runtime.suite import Suite
from safe_lib.runtime.tries import TooManyTries
from safe_lib.runtime.visits import Session
from safe_lib.widgets.pages import CaseRow, Start, WorkbookCard, date_in_words, leave_page, sign_in_page, start_page
from safe_lib.widgets.pages_data import GENERAL, Standing, one_by_one, other_instruments, workbook_lines
from safe_lib.widgets.saving import save_answer, save_paper
from safe_lib.widgets.start_dates import dates_of
from safe_lib.workbook import Workbook

SIGNS: Final = {"identification": "b-ident", "safe_return": "b-return"}  # the two main workbooks, each with its sign
NEEDS: Final[Mapping[str, Verb]] = {"survey": "survey.enter"}  # a workbook that is shown to those who may use it alone
FIRST: Final = "identification"  # where a case begins
REFUSALS: Final = {CaseNotFound: 404, NotPermitted: 403, WrongUse: 400}  # what of ours is nobody's fault
MOST_SHOWN: Final = 10  # closed cases whose time runs out, on the start page; `safe retention` lists all
LARGEST_BODY: Final = 1_000_000  # bytes of answers sent at once

_visit_now: contextvars.ContextVar[list[Visit]] = contextvars.ContextVar("visit_now")
_page_now: contextvars.ContextVar[list[WorkbookPage]] = contextvars.ContextVar("page_now")


def visit_begins(visit: Visit) -> None:
    """The kernel that is started next in this request works for this visit."""
    _visit_now.set([visit])


def visit_of_kernel() -> Visit | None:
    """The visit of the kernel that is being started. It is taken out: whatever keeps this request in mind keeps no key with it (SEC-06)."""
    waiting = _visit_now.get([])
    return waiting.pop() if waiting else None


def kernel_is_there(kernel: str) -> None:
    """Tell the page that waits for a kernel which one is its own: it opens its line while the kernel is still at its first cell."""
    waiting = _page_now.get([])
    if waiting:
        waiting.pop().go_on_with(kernel)


class People(IdentityProvider):
    """Who is behind a request: the session cookie, and nothing else."""

    @property
    def auth_enabled(self) -> bool:
        """Always: there is no way in without signing in."""
        return True

    async def get_user(self, handler: Any) -> User | None:
        """The signed-in person, or None."""
        suite = handler.settings["suite"]
        session = suite.sessions.of(handler.get_cookie(suite.cookie))
        return None if session is None else User(username=session.id, name=session.person, display_name=session.person)

    def get_handlers(self) -> list[Any]:
        """No pages of its own: sign-in is ours."""
        return []


class OwnKernels(Authorizer):
    """A kernel belongs to the session it was started for."""

    def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        """Only the owner's requests reach a kernel."""
        kernel = handler.path_kwargs.get("kernel_id") or (handler.path_args[0] if handler.path_args else "")
        return resource in ("kernels", "api") and handler.settings["suite"].owners.get(kernel) == user.username


class Ours(Facing):
    """What all our handlers share."""

    @property
    def suite(self) -> Suite:
        """The running suite."""
        suite: Suite = self.settings["suite"]
        return suite

    @property
    def token(self) -> str | None:
        """What the browser shows for its session."""
        token: str | None = self.get_cookie(self.suite.cookie)
        return token

    @property
    def session(self) -> Session | None:
        """Who is signed in here."""
        return self.suite.sessions.of(self.token)

    def signed_in(self) -> Session:
        """Who is signed in here, and may do more than set up their own way in.

        Raises:
            HTTPError: nobody is.
            Finish: first a passphrase of their own, or a second factor; the answer leads there.
        """
        session = self.session
        if session is None:
            raise tornado.web.HTTPError(403)
        if session.limit:
            self.redirect(f"/account?{urlencode({'lang': self.language})}")
            raise tornado.web.Finish
        return session

    @property
    def is_signed_in(self) -> bool:
        """Somebody is signed in here."""
        return self.session is not None

    @property
    def texts_here(self) -> Texts:
        """The texts in the language of this request."""
        return load_texts(self.language)

    @property
    def rest(self) -> dict[str, Any]:
        """After how much quiet the page locks, and where it says that somebody is there."""
        session = self.session
        return {"rest": session.rest, "alive_url": "/alive"} if session else {}

    def desk(self) -> Desk:
        """The desk of the person behind this request."""
        session = self.signed_in()
        return Desk(session.store, session.person, self.language, date.today(), session.role)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """What may not be done is 403, what is not there for this person 404; nothing of ours is the server's own fault."""
        problem = (kwargs.get("exc_info") or (None, None, None))[1]
        known = next((status for kind, status in REFUSALS.items() if isinstance(problem, kind)), status_code)
        super().send_error(known, **kwargs)


class Page(Ours, JupyterHandler):
    """A page of ours."""

    def get_login_url(self) -> str:
        """Where to sign in."""
        return "/login"

    def keep_token(self, token: str) -> None:
        """Give the browser the token of its session, for this site alone and out of reach of scripts."""
        self.set_cookie(self.suite.cookie, token, httponly=True, samesite="Strict", path="/", secure=self.suite.secure)

    async def go(self) -> None:
        """End the session of this browser and its kernels."""
        session = self.session
        self.suite.sessions.end(self.token)
        self.clear_cookie(self.suite.cookie, secure=self.suite.secure, httponly=True, samesite="Strict")
        if session:
            await self.suite.end_kernels(session.id)


class SignIn(ShowsSignIn, Page):
    """The sign-in page."""

    @allow_unauthenticated
    def get(self) -> None:
        """Show it."""
        self.show()

    @allow_unauthenticated
    async def post(self) -> None:
        """Try a user name, a passphrase and a code; slow on purpose, and slower after failures."""
        user, phrase, code = self.get_argument("user", "").strip()[:40], self.get_argument("pass", "", strip=False), self.get_argument("code", "")[:40]
        try:
            session = await self.suite.sign_in(user, phrase, code)
        except WrongKey as problem:
            waits = isinstance(problem, TooManyTries)
            self.set_status(429 if waits else 403)
            error = load_texts(self.language)(f"page.sign_in.{'wait' if waits else 'refused'}")
            self.finish(sign_in_page(self.own_frame(), error=error, user=user, then=self.next_path()))
            return
        self.suite.sessions.end(self.token)  # whoever was signed in in this browser before is not any more
        self.keep_token(self.suite.sessions.begin(session))
        self.redirect(self.on_arrival(in_language(self.next_path(), self.language) or "/"))


class SignOut(Page):
    """Locks the suite: the session ends, and the kernels of the person with it."""

    @allow_unauthenticated
    async def post(self) -> None:
        """Sign out; the way back goes along, and whoever signs in next may follow it as far as their rights go."""
        await self.go()
        then = self.next_path()
        self.redirect("/login?" + urlencode({"lang": self.language, **({"next": then} if then else {})}))


class Leave(Page):
    """Quick exit: the page is blank already; here the session and its kernels end."""

    def check_xsrf_cookie(self) -> None:
        """Leaving must work with a beacon and without a script; it can do no harm but sign out."""

    @allow_unauthenticated
    async def post(self) -> None:
        """Told by the page that somebody left."""
        await self.go()
        self.set_status(204)
        self.finish()

    @allow_unauthenticated
    async def get(self) -> None:
        """Without a script: sign out and show the neutral page."""
        await self.go()
        self.finish(leave_page())


class Left(Page):
    """The neutral page after leaving: nothing of us in it."""

    @allow_unauthenticated
    def get(self) -> None:
        """Show it."""
        self.set_header("Clear-Site-Data", '"cache"')
        self.forget_arrival()
        self.finish(leave_page())


class StartPage(Page):
    """What can be done, and the open cases."""

    @tornado.web.authenticated
    async def get(self) -> None:
        """Show it."""
        self.keep_language()
        desk = self.desk()
        found = await self.standings(desk)
        shown = (*workbook_lines(desk.language), *other_instruments(desk.language))
        lines = {line.name: line for line in shown if line.name not in NEEDS or casework.has_right(desk, NEEDS[line.name])}
        wanted = lines.get(self.get_argument("for", ""))
        cards = tuple(WorkbookCard(line.title, first_sentence(line.about), f"/{name}", name in SIGNS, SIGNS.get(name, "")) for name, line in lines.items())
        texts, may_open = load_texts(desk.language), casework.has_right(desk, "open")
        rows = tuple(
            CaseRow(one.line.ref, f"/{wanted.name if wanted else FIRST}", one.line.alias, one.words, str(one.open), one.next_step) for one in found
        )
        keep = (("for", wanted.name),) if wanted else ()
        told = tuple((texts(f"people.notice.{one.what}", ref=one.ref, by=one.by), one.ref) for one in teamwork.notices(desk))
        dates, more = dates_of(desk, texts)
        gate = casework.gate_at(desk)
        start = Start(desk.person, datetime.now().astimezone(), cards, rows, dates, more, may_open_cases=may_open, notices=told,
                      choose_for=wanted.title if wanted else "",
                      closed=texts(f"programme.gate.{gate}") if gate in ("never", "ended") else "", beside=beside_start(desk))
        self.finish(start_page(self.frame(here="/", marks=release.marks(desk, texts), keep=keep), start))

    async def standings(self, desk: Desk) -> list[Standing]:
        """Where the cases stand, for those who may list them; whatever others ask for meanwhile comes in between."""
        found: list[Standing] = []
        if casework.has_right(desk, "list"):
            for one in one_by_one(desk):
                found.append(one)
                await asyncio.sleep(0)
                self.signed_in()  # or gone meanwhile, with the key that the rest would need
        return found


class NewCase(Page):
    """Opens a case and goes on with it."""

    @tornado.web.authenticated
    def post(self) -> None:
        """Make it."""
        case = casework.open_case(self.desk(), self.get_argument("alias", ""))
        name = self.get_argument("for", FIRST)
        known = name in self.suite.notebooks or name in instrument_files()
        self.redirect(f"/{name if known else FIRST}?{urlencode({'case': case.ref, 'lang': self.language})}")


class Answers(Page):
    """Answers given while the kernel was away: saved by the server itself, the same way."""

    @tornado.web.authenticated
    def post(self) -> None:
        """Save them; the reply says which are durable, in conflict or refused."""
        if len(self.request.body) > LARGEST_BODY:
            raise tornado.web.HTTPError(413)
        said = answers_in(self.request.body)
        book = Workbook(self.desk(), self.get_argument("workbook", "identification"), _reference(self.get_argument("case", "")))
        replies = [save_paper(book, one) if one.get("type") == "paper" else save_answer(book, one) for one in said]
        kinds = {"saved": "saved", "conflict": "conflicts", "refused": "refused"}
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({name: [reply for reply in replies if reply["type"] == kind] for kind, name in kinds.items()}))


class Asset(ShowsAsset, Page):
    """Scripts and the style sheet."""

    @allow_unauthenticated
    def get(self, folder: str, name: str) -> None:
        """One file."""
        self.show(folder, name)


class Nothing(Page):
    """Everything that is not named."""

    async def prepare(self) -> None:
        """There is nothing here."""
        raise tornado.web.HTTPError(404)


class WorkbookPage(BeginsEarly, Ours, TornadoVoilaHandler):
    """One workbook of one case, served through Voilà."""

    def get_login_url(self) -> str:
        """Where to sign in."""
        return "/login"

    @tornado.web.authenticated
    async def get(self, name: str = "") -> None:
        """The page in its first bytes, then the kernel that brings it to life."""
        self.keep_language()
        ref = self.get_argument("case", "")
        if not ref:
            self.redirect(f"/?{urlencode({'lang': self.language, 'for': name})}#cases")
            return
        self.set_cookie("lang", self.language, httponly=True, samesite="Strict", path="/")
        session, desk = self.signed_in(), self.desk()
        try:
            casework.find_case(desk, _reference(ref), what=f"page.{name}")
        except CaseNotFound:
            raise tornado.web.HTTPError(404) from None
        self.book = Workbook(desk, name, ref, choice=self.choice(name), scenario=self.get_argument("scenario", ""))
        visit_begins(Visit(str(self.suite.path), session.key.hex(), session.person, session.role, desk.language, name, ref, self.book.choice,
                           self.book.scenario, session.id))
        self.book.shared = self.shared
        notebook = name if name in self.suite.notebooks else GENERAL
        release.require_signed(f"workbooks/{notebook}.ipynb")
        self.begin_early(self.book)
        await self.show_and_go_on(notebook)

    async def show_and_go_on(self, notebook: str) -> None:
        """The whole page, and then by Voilà what only a kernel can make of its notebook."""
        start, end = firstbytes.page_start(
            self.book, read_notebook(notebook), here=self.request.path, base_url="/", assets=addresses("/"), xsrf=self.xsrf_token.decode(),
            theme=self.theme, masked=self.masked, more=self.rest)
        self.go_on(start, end)
        _page_now.set([self])
        await asyncio.sleep(0)  # style and scripts that the head has asked for go first
        await TornadoVoilaHandler.get(self, f"{notebook}.ipynb")

    def go_on_with(self, kernel: str) -> None:
        """Tell the page its kernel."""
        self.write(f'<safe-kernel data-id="{kernel}"></safe-kernel>')
        self.flush()

    def on_finish(self) -> None:
        """Let go of the case: Jupyter may keep the handler of a request for longer than the request (SEC-06)."""
        self.__dict__.pop("book", None)
        visit_of_kernel()
        _page_now.get([]).clear()
        super().on_finish()

    def choice(self, name: str) -> str:
        """The instrument chosen on the page, if it belongs to this workbook."""
        asked = self.get_argument("set", "")
        allowed = {"identification": "ilo_", "safe_return": "safe_return"}.get(name)
        return asked if allowed and asked.startswith(allowed) else ""


def answers_in(body: bytes) -> list[dict[str, Any]]:
    """The answers that a page sent; 400 for anything else."""
    with suppress(ValueError, RecursionError):
        said = json.loads(body)
        answers = said.get("answers", []) if isinstance(said, dict) else None
        if isinstance(answers, list) and all(isinstance(one, dict) for one in answers):
            return answers
    raise tornado.web.HTTPError(400)


def in_language(path: str, language: str) -> str:
    """A path that comes back in the language somebody signed in with, and at the same place of the page."""
    parts = urlsplit(path)
    query = [(key, language if key == "lang" else value) for key, value in parse_qsl(parts.query)]
    return urlunsplit(parts._replace(query=urlencode(query)))


def beside_start(desk: Desk) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    """What the start page links to besides workbooks and cases, for those who may."""
    texts = load_texts(desk.language)
    pages = (("account", True), ("second_opinion", casework.has_right(desk, "list")), ("practice", desk.open_store().training),
             ("people", casework.has_right(desk, "people.see")), ("emergency", casework.has_right(desk, "emergency")),
             ("programme", casework.has_right(desk, "team.see_programme")), ("rights", True))
    team = ("team", texts("people.start.title"), tuple((texts(f"people.start.{name}"), f"/{name}") for name, shown in pages if shown))
    late = (("gate", texts("programme.gate.title"), ((texts("programme.gate.late"), "/training"),)),) if casework.gate_at(desk) == "late" else ()
    if not changes.may_change(desk):
        return (*late, *keeping_start(desk), team)
    wait = len(changes.proposals(desk, waiting=True))
    links = (
        (texts("change.start.claims"), "/claims"),
        (texts("change.start.waiting", count=wait), "/claims/waiting"),
        (texts("change.start.again"), "/reassess"),
        *(((texts("validity.title"), "/validity"),) if casework.has_right(desk, "evaluate") else ()),
    )
    return (*late, *keeping_start(desk), ("claims", texts("change.start.title"), links), team)


def keeping_start(desk: Desk) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    """Closed cases whose time runs out, each with its day, for those who may ask to erase (PRI-07)."""
    texts = load_texts(desk.language)
    found = retention.warnings(desk)
    links = tuple((texts(f"rights.start.{one.state}", ref=one.ref, until=date_in_words(one.until, texts, "long")), f"/person?case={one.ref}")
                  for one in found[:MOST_SHOWN])
    title = texts("rights.start.title" if len(found) <= MOST_SHOWN else "rights.start.title_more", count=len(found), shown=MOST_SHOWN)
    return (("keeping", title, links),) if links else ()


def first_sentence(text: str) -> str:
    """As much as a card on the start page holds."""
    head, stop, _ = text.partition(". ")
    return head + stop.strip()


def _reference(text: str) -> str:
    """A case reference as it may be; anything else is no such case."""
    if not is_reference(text):
        raise tornado.web.HTTPError(404)
    return text
