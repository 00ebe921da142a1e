"""The one page that anybody may answer who has its link: no account, no cookie, no script; nothing of a request is kept.

It stands apart from every other handler of ours, so that it cannot know who is signed in. How many answers come in is
counted without looking at who sends them: no address is read.
"""

from __future__ import annotations

import re
import secrets
import time
from collections import deque
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from tornado.web import HTTPError, RequestHandler

from safe_lib import surveying
from safe_lib.catalogue import languages
from safe_lib.catalogue.surveys import survey_languages
from safe_lib.model.survey import Said, Wrong
from safe_lib.model.texts import Texts
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.front import HEADERS
from safe_lib.runtime.gate import Gate
from safe_lib.store import postbox
from safe_lib.widgets.survey.fields import given
from safe_lib.widgets.survey.form_page import Sheet, done_page, form_page, said_page

FORM: Final = r"/survey/([A-Za-z0-9_\-]{10,60})"
LARGEST: Final = 100_000  # bytes of a form
A_MINUTE: Final = 60.0  # seconds
MOST_A_MINUTE: Final = 60  # forms that may be sent by all links together
_ONCE: Final = re.compile(r"[0-9a-f]{32}\Z")


class Pace:
    """How many forms came in within the last minute, from whomever."""

    def __init__(self, most: int = MOST_A_MINUTE, clock: Callable[[], float] = time.monotonic) -> None:
        """Count from now on."""
        self.most, self.clock, self._times = most, clock, deque[float]()

    def lets_in(self) -> bool:
        """Whether one more may come in now; it is counted."""
        now = self.clock()
        while self._times and now - self._times[0] >= A_MINUTE:
            self._times.popleft()
        if len(self._times) >= self.most:
            return False
        self._times.append(now)
        return True


PACE: Final = Pace()


class SurveyForm(Gate, RequestHandler):
    """A questionnaire."""

    def set_default_headers(self) -> None:
        """The strict headers of every answer; no address leads on from here."""
        self.clear_header("Server")
        for name, value in {**HEADERS, "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}.items():
            self.set_header(name, value)

    def check_xsrf_cookie(self) -> None:
        """There is no cookie, and nobody's rights are used: who can send this form is whoever has its address."""

    @property
    def language(self) -> str:
        """The language asked for, else the browser's first that we have; none is remembered."""
        asked = self.get_query_argument("lang", "")
        wishes = [asked, *(one.split(";")[0].strip().split("-")[0] for one in self.request.headers.get("Accept-Language", "").split(","))]
        return next((one for one in wishes if one in languages()), "en")

    @property
    def texts(self) -> Texts:
        """The words in this language."""
        from safe_lib.catalogue import load_texts

        return load_texts(self.language)

    def get(self, token: str) -> None:
        """Show it, or that it was received."""
        sheet = self.sheet(token)
        self.finish(done_page(sheet) if self.get_query_argument("done", "") == "1" else form_page(sheet))

    def post(self, token: str) -> None:
        """Put the answers into the letter box; what is wrong is told at its place, and nothing is kept then."""
        if len(self.request.body) > LARGEST:
            raise HTTPError(413)
        sheet = self.sheet(token)
        if not PACE.lets_in():
            raise HTTPError(429)
        said, once = given(sheet.survey, lambda place: self.get_body_arguments(place, strip=False)), self.get_body_argument("once", "")
        try:
            wrong = surveying.answer(self.settings["suite"].path, token, date.today(), said, once if _ONCE.match(once) else "")
        except postbox.BoxFull:
            raise HTTPError(429) from None
        if wrong:
            self.set_status(400)
            self.finish(form_page(self.sheet(token, said, wrong, once)))
            return
        self.redirect(f"{sheet.path}?lang={self.language}&done=1", status=303)

    def sheet(self, token: str, said: Said | None = None, wrong: tuple[Wrong, ...] = (), once: str = "") -> Sheet:
        """What is shown; 404 where the link does not work, whatever the reason."""
        found = surveying.for_token(self.settings["suite"].path, token, date.today(), self.language)
        if found is None:
            raise HTTPError(404)
        slot, survey = found
        names = [(code, str(languages()[code]["name"])) for code in survey_languages(slot.survey) if code in languages()]
        return Sheet(survey, self.texts, f"{surveying.ADDRESS}{token}", names, said or {}, wrong, once or secrets.token_hex(16), addresses("/")["safe.css"])

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """One sentence, in the same frame."""
        key = {404: "no_link", 413: "too_long", 429: "wait"}.get(status_code, "wait")
        if status_code == 429:
            self.set_header("Retry-After", "60")
        self.finish(said_page(self.texts, self.texts(f"survey.{key}"), self.texts(f"survey.{key}_says"), addresses("/")["safe.css"]))

    def log_exception(self, kind: Any, problem: Any, trace: Any) -> None:
        """Of a fault, kind and place; of a refusal nothing."""
        if not isinstance(problem, HTTPError):
            from safe_lib.runtime.quiet import log

            log.error("fault", exc_info=(kind, problem, trace))
