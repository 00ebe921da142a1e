"""The course for every door: how far the person at work is, each step saved as it is made, and who of a team has passed.

A learner is a colleague, so nothing here touches a case. The same functions serve real stores and training stores; what is
learnt in one is not known in the other.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from safe_lib.casework import Desk, _may
from safe_lib.catalogue.course import load_course
from safe_lib.engine import course as rules
from safe_lib.engine.course_json import from_body, to_body
from safe_lib.model.course import Course, Marked, Progress
from safe_lib.model.errors import WrongUse
from safe_lib.store.learning import Learnt

KEPT: Final = timedelta(days=731)  # from the last step: the 24 months after which a refresher is due (course plan, D.3)
SEEDS: Final = 2**32
LONGEST_NAME: Final = 80  # letters on a certificate

Step = Callable[[Course, Progress], Progress]


@dataclass(frozen=True, slots=True)
class Passed:
    """A colleague who has passed, and until when that holds."""

    learner: str
    version: str
    on: date
    refresher: date


def course(desk: Desk) -> Course:
    """The course in the language of the desk."""
    return load_course(desk.language)


def progress(desk: Desk) -> Progress:
    """How far the person at work is; of who has not begun, nothing done."""
    kept = desk.open_store().learning(desk.person, course(desk).id)
    return _read(kept, desk)


def _read(kept: bytes | None, desk: Desk) -> Progress:
    return from_body(json.loads(kept)) if kept else Progress(desk.today)


def _take(desk: Desk, step: Step) -> Progress:
    """One step; what is read and what is written belong together."""
    whole = course(desk)

    def learnt(before: bytes | None) -> Learnt:
        after = step(whole, _read(before, desk))
        result = rules.best(whole, after)
        passed = result.on if result is not None and result.passed and rules.is_complete(whole, after) else None
        version = next((one.version for one in reversed(after.attempts) if one.handed_in == passed), "") if passed else ""
        mark = (len(result.right), len(result.right) + len(result.wrong)) if result is not None and passed else None
        return Learnt(json.dumps(to_body(after), ensure_ascii=False).encode(), version, passed, mark)

    now, store = desk.now(), desk.open_store()
    waits = store.setting("module_first") == "on"  # then who is late has to be told from who never passed
    late = timedelta(days=int(store.setting("module_grace")) if waits else 0)
    return _read(store.learn(desk.person, whole.id, learnt, keep_from=now - KEPT - late, by=desk.person, at=now), desk)


# Steps


def choose_country(desk: Desk, country: str) -> Progress:
    """Whose rights are told and asked; empty for what holds in the EU.

    Raises:
        WrongUse: it is no country of the course.
    """
    if country and country not in course(desk).countries:
        raise WrongUse(f"country: the course tells the rights of {', '.join(course(desk).countries)}.\n  Choose one of them, or none.")
    return _take(desk, lambda whole, now: replace(now, country=country))


def go_on(desk: Desk, place: str) -> Progress:
    """A screen was read."""
    return _take(desk, lambda whole, now: rules.gone_on(whole, now, place))


def answer(desk: Desk, id: str, said: Sequence[str]) -> Progress:
    """An exercise or a question of a lesson was answered."""
    return _take(desk, lambda whole, now: rules.answered(whole, now, id, said))


def begin_quiz(desk: Desk, seed: int | None = None) -> Progress:
    """Begin the final quiz, or go on with the one that is open; None draws by chance."""
    drawn = secrets.randbelow(SEEDS) if seed is None else seed
    return _take(desk, lambda whole, now: rules.begun(whole, now, drawn, desk.today))


def answer_quiz(desk: Desk, id: str, said: Sequence[str]) -> Progress:
    """A question of the open quiz was answered."""
    return _take(desk, lambda whole, now: rules.quiz_answered(whole, now, id, said))


def hand_in(desk: Desk) -> Progress:
    """Hand the open quiz in.

    Raises:
        WrongUse: a question has no answer, or no quiz is open.
    """
    now = rules.open_quiz(course(desk), progress(desk))
    if now is None or rules.unanswered(now):
        raise WrongUse("quiz: it is handed in when every question has an answer.\n  Answer those that are open.")
    return _take(desk, lambda whole, now: rules.handed_in(whole, now, desk.today))


def forget(desk: Desk) -> bool:
    """Take out what is kept of one's own course; False where there was nothing."""
    return desk.open_store().forget_learning(desk.person, course(desk).id, by=desk.person, at=desk.now())


# What came of it


def result(desk: Desk) -> Marked | None:
    """The quiz that counts: the newest that was passed, else the newest that was handed in."""
    return rules.best(course(desk), progress(desk))


def name_for(text: str) -> str:
    """A name as it may stand on a certificate.

    Raises:
        WrongUse: there is none, or it is too long.
    """
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if not name or len(name) > LONGEST_NAME:
        raise WrongUse(f"name: 1 to {LONGEST_NAME} letters.\n  Write it as it shall stand on the certificate.")
    return name


def team(desk: Desk) -> tuple[Passed, ...]:
    """Who has passed, and until when; for a coordinator. What anybody answered stays theirs.

    Raises:
        NotPermitted: for whoever may not see the work of the team.
    """
    whole = course(desk)
    store = _may(desk, "team.see_work")
    return tuple(Passed(learner, version, on, rules.refresher(whole, on)) for learner, version, on in store.passed_course(whole.id))
