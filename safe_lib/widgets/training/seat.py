"""Who looks at the course, and what the page has to know to show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final
from urllib.parse import urlencode

from safe_lib.model.course import Course, Progress
from safe_lib.model.texts import Texts
from safe_lib.widgets.pages import date_in_words

PATH: Final = "/training"
QUIZ, RESULT = "quiz", "result"  # places besides the screens of the lessons


@dataclass(frozen=True, slots=True)
class Seat:
    """The course, how far the person is, and where they look."""

    course: Course
    progress: Progress
    texts: Texts
    on: date
    at: str = ""  # a screen, QUIZ, RESULT; empty: the list of parts
    question: int = 0  # of the quiz, from 1; 0: the first that is open
    xsrf: str = ""
    wrong: str = ""  # what was wrong with the form that was sent
    done: str = ""  # what it did
    shared: bool = False  # others use this computer too

    def link(self, at: str = "", *, question: int = 0, part: str = "") -> str:
        """The address of a place, ready for an attribute."""
        asked = {"at": at, "q": str(question) if question else "", "lang": self.texts.language}
        return escape(f"{PATH}?{urlencode({key: value for key, value in asked.items() if value})}{f'#{part}' if part else ''}")

    def hidden(self, **more: str) -> str:
        """What a form sends along unseen."""
        known = {"_xsrf": self.xsrf, "lang": self.texts.language, "at": self.at, **more}
        return "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in known.items() if value)

    def day(self, on: date) -> str:
        """A day in words."""
        return date_in_words(on, self.texts, "long")


def rest_minutes(seconds: int) -> int:
    """Minutes, rounded up: nothing that is left is told as none."""
    return -(-seconds // 60)
