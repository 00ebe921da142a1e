"""The routes about people: one's own account, the team, emergencies, the table of rights, the first person, and being there."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Final

import segno
import tornado.web
from jupyter_server.auth.decorator import allow_unauthenticated

from safe_lib import casework, teamwork
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.model.errors import SafeError, WrongUse
from safe_lib.person import erasing
from safe_lib.rights.permission import table
from safe_lib.runtime.handlers import Page
from safe_lib.runtime.visits import Session
from safe_lib.store import Store, codes
from safe_lib.store.passphrase import check_passphrase
from safe_lib.store.people import checked_user
from safe_lib.widgets.people_pages import Enrolment, Said, TeamView, account_page, emergency_page, first_page, people_page, rights_page

HERE: Final = ("127.0.0.1", "::1")
WRONG_CODES: Final = 5  # then the server makes no first person any more


class PersonPage(Page):
    """A page with forms: what was wrong is told on it."""

    def words(self, key: str, **facts: Any) -> str:
        """A text in the language of the page."""
        return load_texts(self.language)(key, **facts)

    def given(self, name: str) -> str:
        """One field of the form."""
        return str(self.get_argument(name, "").strip()[:200])

    def tried(self, do: Callable[[], Said]) -> Said:
        """What came of a form; a refusal is a sentence on the page and a status."""
        try:
            return do()
        except SafeError as problem:
            self.set_status(400 if isinstance(problem, WrongUse) else 403)
            return Said(wrong=" ".join(str(problem).split()))


class Account(PersonPage):
    """One's own passphrase, codes and sessions."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show it."""
        self.keep_language()
        self.show(self.mine(), Said())

    def mine(self) -> Session:
        """Who is signed in; also somebody who has to set up their own way in first."""
        session = self.session
        if session is None:
            raise tornado.web.HTTPError(403)
        return session

    def show(self, session: Session, said: Said, enrolment: Enrolment | None = None) -> None:
        """The page."""
        me = session.store.me
        self.finish(account_page(self.frame(here="/account"), me, said=said, limit=session.limit, enrolment=enrolment))

    @tornado.web.authenticated
    async def post(self) -> None:
        """Change something of one's own."""
        session, action = self.mine(), self.given("action")
        desk = Desk(session.store, session.person, self.language, casework._now().date())
        if action == "everywhere":
            await self.go()
            self.suite.sessions.end_all(session.person)
            self.redirect("/login")
            return
        if action == "code_start":
            secret = codes.new_secret()
            self.show(session, Said(), Enrolment(picture_of(secret, session.person), secret))
            return
        do = {"passphrase": self.passphrase, "code_on": self.code_on, "code_off": self.code_off}.get(action)
        if do is None:
            raise tornado.web.HTTPError(400)
        self.show(session, self.tried(lambda: do(session, desk)))

    def passphrase(self, session: Session, desk: Desk) -> Said:
        """Another passphrase; everybody else who is signed in under this name is signed out."""
        new = self.get_argument("new", "", strip=False)
        if new != self.get_argument("again", "", strip=False):
            raise WrongUse(self.words("people.account.not_the_same"))
        teamwork.change_passphrase(desk, self.get_argument("old", "", strip=False), new)
        return self.further(session, "renew", self.words("people.account.changed"))

    def code_on(self, session: Session, desk: Desk) -> Said:
        """Turn codes on; recovery codes are shown this once."""
        kept = teamwork.turn_on_codes(desk, self.given("secret"), self.given("code"))
        return Said(self.further(session, "code", self.words("people.codes.turned_on")).done, once=kept)

    def code_off(self, session: Session, desk: Desk) -> Said:
        """Turn codes off."""
        teamwork.turn_off_codes(desk, self.given("code"))
        return self.further(session, "", self.words("people.codes.turned_off"))

    def further(self, session: Session, done: str, words: str) -> Said:
        """The way in has changed: other browsers are signed out, and this one gets another token (SEC-21)."""
        self.suite.let_in_again(session)
        if session.limit == done:
            session.limit = self.suite.limit_of(session.store)
        self.suite.sessions.end_all(session.person, but=self.token)
        self.keep_token(self.suite.sessions.renewed(self.token))
        return Said(words)


class People(PersonPage):
    """Who works here, with which roles, on which cases; and what waits for a second person."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show it."""
        self.keep_language()
        self.show(self.desk(), Said())

    def show(self, desk: Desk, said: Said) -> None:
        """The page."""
        view = TeamView(teamwork.people(desk), teamwork.requests(desk), teamwork.policy(desk), desk.person, casework.has_right(desk, "people.manage"),
                        casework.has_right(desk, "assign"), str(teamwork.anchor(desk)))
        self.finish(people_page(self.frame(here="/people"), view, said=said))

    @tornado.web.authenticated
    def post(self) -> None:
        """Change something of the team."""
        desk = self.desk()
        actions: dict[str, Callable[[Desk], Said]] = {
            "add": self.add, "reset": self.reset, "remove": self.remove, "roles": self.roles, "assign": self.assign, "take_off": self.take_off,
            "exclude": self.exclude, "include": self.include, "ask_policy": self.ask_policy, "agree": self.agree, "refuse": self.refuse}
        do = actions.get(self.given("action"))
        if do is None:
            raise tornado.web.HTTPError(400)
        self.show(desk, self.tried(lambda: do(desk)))

    @property
    def user(self) -> str:
        """The person that the form is about."""
        return self.given("user")

    @property
    def number(self) -> int:
        """The request that the form is about; 0, which none has, for anything that is no number."""
        given = self.given("number")
        return int(given) if given.isdecimal() and given.isascii() else 0

    def add(self, desk: Desk) -> Said:
        """Let somebody in; the first passphrase is shown this once."""
        member, phrase = teamwork.add_person(desk, self.user, self.get_arguments("role"), name=self.given("name"))
        return Said(self.words("people.add.done", user=member.user), once=(phrase,))

    def reset(self, desk: Desk) -> Said:
        """A new passphrase for somebody, shown this once; they are signed out."""
        phrase = teamwork.reset_person(desk, self.user)
        self.suite.sessions.end_all(self.user)
        return Said(self.words("people.change.reset_done", user=self.user), once=(phrase,))

    def remove(self, desk: Desk) -> Said:
        """Somebody leaves."""
        teamwork.remove_person(desk, self.user)
        self.suite.sessions.end_all(self.user)
        return Said(self.words("people.change.remove_done", user=self.user))

    def roles(self, desk: Desk) -> Said:
        """Other roles."""
        teamwork.set_roles(desk, self.user, self.get_arguments("role"))
        return Said(self.words("people.change.roles_done", user=self.user))

    def assign(self, desk: Desk) -> Said:
        """Somebody works on a case."""
        teamwork.assign(desk, self.given("ref"), self.user)
        return Said(self.words("people.hands.done"))

    def take_off(self, desk: Desk) -> Said:
        """Somebody works on a case no longer."""
        teamwork.unassign(desk, self.given("ref"), self.user)
        return Said(self.words("people.hands.done"))

    def exclude(self, desk: Desk) -> Said:
        """Somebody may never see a case."""
        teamwork.exclude(desk, self.given("ref"), self.user, self.given("reason"))
        return Said(self.words("people.hands.done"))

    def include(self, desk: Desk) -> Said:
        """An exclusion is taken back."""
        teamwork.include(desk, self.given("ref"), self.user, self.given("reason"))
        return Said(self.words("people.hands.done"))

    def ask_policy(self, desk: Desk) -> Said:
        """Ask to settle something otherwise."""
        teamwork.ask_policy(desk, self.given("setting"), self.given("value"))
        return Said(self.words("people.policy.asked"))

    def agree(self, desk: Desk) -> Said:
        """Agree to what somebody else asked."""
        erasing.agree(desk, self.number)
        return Said(self.words("people.requests.done"))

    def refuse(self, desk: Desk) -> Said:
        """Refuse it, or take one's own back."""
        teamwork.withdraw(desk, self.number)
        return Said(self.words("people.requests.done"))


class Emergency(PersonPage):
    """Open a case that is not one's own, for an hour."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show it."""
        self.keep_language()
        casework.require_right(self.desk(), "emergency")
        self.finish(emergency_page(self.frame(here="/emergency"), said=Said()))

    @tornado.web.authenticated
    def post(self) -> None:
        """Break the glass."""
        desk, ref, until = self.desk(), self.given("ref"), []

        def do() -> Said:
            until.append(teamwork.break_glass(desk, ref, self.given("reason")).astimezone().strftime("%H:%M"))
            return Said(self.words("people.emergency.done", ref=ref, time=until[0]))

        said = self.tried(do)
        self.finish(emergency_page(self.frame(here="/emergency"), said=said, ref=ref, open_until=until[0] if until else ""))


class Rights(PersonPage):
    """Who may do what, as the program asks it."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show it."""
        self.keep_language()
        self.signed_in()
        self.finish(rights_page(self.frame(here="/rights"), table()))


class Seen(PersonPage):
    """Notices that somebody has seen."""

    @tornado.web.authenticated
    def post(self) -> None:
        """Note it."""
        teamwork.see_notices(self.desk())
        self.redirect("/")


class Alive(Page):
    """A page says that somebody is still there."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Being asked is all."""
        self.set_status(204)
        self.finish()


class First(PersonPage):
    """The first person of a new store; only from this machine, only while there is none, only with the code of the terminal."""

    wrong_codes = 0  # of all browsers together

    def prepare(self) -> Any:
        """Not there otherwise."""
        if not self.suite.first_code or self.request.remote_ip not in HERE:
            raise tornado.web.HTTPError(404)
        return super().prepare()

    @allow_unauthenticated
    def get(self) -> None:
        """Show it."""
        self.keep_language()
        self.show(Said())

    def show(self, said: Said) -> None:
        """The page."""
        self.finish(first_page(self.frame(here="/first", signed_in=False), said=said, user=self.given("user"), name=self.given("name")))

    @allow_unauthenticated
    def post(self) -> None:
        """Make the store with its first administrator."""
        said = self.tried(self.make)
        if said.wrong:
            self.show(said)
        else:
            self.redirect("/login")

    def make(self) -> Said:
        """The store, if the code is right and the passphrase is one."""
        if self.given("code") != self.suite.first_code:
            First.wrong_codes += 1
            if First.wrong_codes >= WRONG_CODES:
                self.suite.first_code = ""
            raise WrongUse(self.words("people.first.wrong_code"))
        new = self.get_argument("new", "", strip=False)
        if new != self.get_argument("again", "", strip=False):
            raise WrongUse(self.words("people.account.not_the_same"))
        user = checked_user(self.given("user"))
        check_passphrase(new, user, self.given("name"))
        Store.create(self.suite.path, new, person=user, name=self.given("name"), roles=("administrator",), by=user).close()
        self.suite.first_code = ""
        return Said(user)


def picture_of(secret: str, user: str) -> str:
    """What the telephone scans, as SVG that needs nothing from outside."""
    out = io.BytesIO()
    segno.make(codes.address_of(secret, user), error="m").save(out, kind="svg", xmldecl=False, svgns=False, scale=5, border=4, light="#fff", title=None)
    return out.getvalue().decode()
