"""The rules of a course: what may be asked when, the draw of the final quiz, marks, and how a learner goes on.

Pure: the day and the seed are given. A draw is the same for the same seed on every machine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Final, Literal

from safe_lib.engine.periods import moved
from safe_lib.model.course import CHECKS, EVERYWHERE, Attempt, Bank, Course, Draw, Marked, Progress, Question, Said
from safe_lib.model.procedure import LegalCalendar, Period

_NO_CALENDAR: Final = LegalCalendar("", "UTC")  # months are counted; no working days
MOST_ATTEMPTS: Final = 50  # kept; attempts themselves are without limit


# What may be asked


def must_be_read_again(course: Course, question: Question, on: date) -> bool:
    """Whether an answer that depends on law has passed one of the review days since the bank was last looked at."""
    return question.volatile and any(course.bank.updated < day <= on for day in _review_days(course, on))


def _review_days(course: Course, on: date) -> Iterable[date]:
    return (date(year, month, day) for year in range(course.bank.updated.year, on.year + 1) for month, day in course.review_days)


def may_be_asked(course: Course, country: str, on: date) -> tuple[Question, ...]:
    """The questions for somebody in this country on this day: those for everybody, those of the country, none that has to be read again first."""
    return tuple(one for one in course.bank.questions.values()
                 if one.scope in (EVERYWHERE, country) and not must_be_read_again(course, one, on))


def scored_modules(course: Course) -> tuple[str, ...]:
    """The modules that the course teaches; each has at least one question in every quiz."""
    return tuple(module for module in course.bank.modules if course.teaches(module) is not None)


# The draw


def draw(course: Course, seed: int, *, country: str = "", on: date) -> Draw:
    """The questions of one final quiz: at least one of each module that is taught, none twice, in an order by chance.

    Questions that the lessons have asked already come only where a module has no others. A module of which nothing may be
    asked on this day is named in `missing`; others take its place.
    """
    allowed = _shuffled(may_be_asked(course, country, on), seed)
    asked = {id for lesson in course.lessons for id in lesson.checks}
    fresh_first = sorted(allowed, key=lambda one: one.id in asked)
    modules = scored_modules(course)
    first = {module: next((one for one in fresh_first if one.module == module), None) for module in modules}
    chosen = [one for one in first.values() if one is not None]
    rest = [one for one in fresh_first if one not in chosen and one.module in modules]
    chosen += rest[:max(0, course.bank.quiz_items - len(chosen))]
    return Draw(tuple(one.id for one in _shuffled(chosen, seed + 1)), tuple(module for module, one in first.items() if one is None))


def _shuffled(questions: Iterable[Question], seed: int) -> list[Question]:
    return sorted(questions, key=lambda one: (_by_chance(seed, one.id), one.id))


def options_in_order(question: Question, seed: int) -> tuple[str, ...]:
    """The options as they are shown: mixed by the seed, but true before false."""
    if question.kind == "true_false":
        return tuple(question.options)
    return tuple(sorted(question.options, key=lambda id: (_by_chance(seed, f"{question.id} {id}"), id)))


def _by_chance(seed: int, what: str) -> bytes:
    return sha256(f"{seed} {what}".encode()).digest()


# Marks


def is_right(question: Question, said: Said) -> bool:
    """Whether an answer is the right one: all that is correct and nothing else; of an order, in that order."""
    return said == question.correct if question.kind == "order" else frozenset(said) == frozenset(question.correct)


def is_passed(right: int, of: int, pass_percent: int) -> bool:
    """Whether so many right answers are enough; counted in whole numbers."""
    return of > 0 and right * 100 >= pass_percent * of


def marked(course: Course, attempt: Attempt) -> Marked | None:
    """What came of a quiz; None while it is open. A question that was taken out of the bank since then counts for nobody."""
    if attempt.handed_in is None:
        return None
    known = [course.bank.questions[id] for id in attempt.questions if id in course.bank.questions]
    right = tuple(one.id for one in known if is_right(one, attempt.answers.get(one.id, ())))
    wrong = tuple(one.id for one in known if one.id not in right)
    passed = is_passed(len(right), len(known), course.bank.pass_percent)
    percent = len(right) * 100 // len(known) if known else 0
    again = lessons_again(course, wrong)
    return Marked(right, wrong, percent, passed, again, attempt.handed_in, refresher(course, attempt.handed_in) if passed else None, attempt.missing)


def lessons_again(course: Course, wrong: Collection[str]) -> Said:
    """The lessons that teach what was answered wrongly."""
    modules = {course.bank.questions[id].module for id in wrong}
    return tuple(lesson.id for lesson in course.lessons if modules & set(lesson.modules))


def refresher(course: Course, passed: date) -> date:
    """The day on which a refresher is due."""
    return moved(passed, Period(course.valid_months, "months"), _NO_CALENDAR)


def still_open(course: Course, passed: date | None, grace: int, on: date) -> Literal["open", "late", "ended", "never"]:
    """Whether who passed on a day may work with real cases where the course comes first.

    Args:
        passed: None where somebody never passed.
        grace: days after a refresher is due in which they still may (late).
    """
    if passed is None:
        return "never"
    due = refresher(course, passed)
    if on < due:
        return "open"
    return "late" if on < due + timedelta(days=grace) else "ended"


def best(course: Course, progress: Progress) -> Marked | None:
    """The newest quiz that was passed, else the newest that was handed in."""
    found = [one for one in (marked(course, attempt) for attempt in progress.attempts) if one]
    return next((one for one in reversed(found) if one.passed), found[-1] if found else None)


# Going on


def done_lessons(course: Course, progress: Progress) -> Said:
    """Lessons of which every screen was gone through."""
    seen = set(progress.seen)
    return tuple(lesson.id for lesson in course.lessons if set(lesson.places) <= seen)


def is_complete(course: Course, progress: Progress) -> bool:
    """Whether the course is finished: every lesson gone through, and a quiz passed."""
    result = best(course, progress)
    return len(done_lessons(course, progress)) == len(course.lessons) and result is not None and result.passed


def seconds_left(course: Course, progress: Progress) -> int:
    """Planned seconds of what was not gone through; a lesson counts by its screens."""
    left = 0
    for lesson in course.lessons:
        open_places = sum(place not in progress.seen for place in lesson.places)
        left += lesson.seconds * open_places // len(lesson.places)
    return left


def next_place(course: Course, place: str) -> str:
    """The place after this one; empty after the last, where the quiz is."""
    places = course.places
    return places[places.index(place) + 1] if place in places[:-1] else ""


def gone_on(course: Course, progress: Progress, place: str) -> Progress:
    """A screen was read: it is done, and the next is where to go on."""
    if place not in course.places:
        return progress
    seen = progress.seen if place in progress.seen else (*progress.seen, place)
    return replace(progress, seen=seen, at=next_place(course, place))


def answered(course: Course, progress: Progress, id: str, said: Sequence[str]) -> Progress:
    """An exercise or a question of a lesson was answered; what is no option of it is left out."""
    options = options_of(course, id)
    kept = tuple(dict.fromkeys(one for one in said if one in options))
    if not kept:
        return progress
    return replace(progress, at=place_of(course, id) or progress.at, said={**progress.said, id: kept})


def options_of(course: Course, id: str) -> Mapping[str, str]:
    """The options of a question, or of the exercise at a place; empty for anything else."""
    if id in course.bank.questions:
        return course.bank.questions[id].options
    for lesson in course.lessons:
        for screen in lesson.screens:
            if f"{lesson.id}/{screen.id}" == id and screen.exercise:
                return {one.id: one.text for one in screen.exercise.options}
    return {}


def place_of(course: Course, id: str) -> str:
    """Where a question of a lesson or an exercise stands."""
    if id in course.places:
        return id
    return next((f"{lesson.id}/{CHECKS}" for lesson in course.lessons if id in lesson.checks), "")


def open_quiz(course: Course, progress: Progress) -> Attempt | None:
    """The quiz that was begun and not handed in; one of another version of the course is left."""
    now = progress.open_attempt
    fits = now is not None and now.version == course.version and set(now.questions) <= set(course.bank.questions)
    return now if fits else None


def begun(course: Course, progress: Progress, seed: int, on: date) -> Progress:
    """A quiz begins; one that is open already goes on."""
    if open_quiz(course, progress) is not None:
        return progress
    drawn = draw(course, seed, country=progress.country, on=on)
    kept = tuple(one for one in progress.attempts if one.handed_in)[-(MOST_ATTEMPTS - 1):]
    return replace(progress, attempts=(*kept, Attempt(seed, course.version, drawn.questions, drawn.missing)))


def quiz_answered(course: Course, progress: Progress, id: str, said: Sequence[str]) -> Progress:
    """A question of the open quiz was answered."""
    now = open_quiz(course, progress)
    if now is None or id not in now.questions:
        return progress
    kept = tuple(dict.fromkeys(one for one in said if one in course.bank.questions[id].options))
    answers = {**now.answers, id: kept} if kept else {key: value for key, value in now.answers.items() if key != id}
    return replace(progress, attempts=(*progress.attempts[:-1], replace(now, answers=answers)))


def unanswered(attempt: Attempt) -> Said:
    """Questions of a quiz that have no answer yet."""
    return tuple(id for id in attempt.questions if id not in attempt.answers)


def handed_in(course: Course, progress: Progress, on: date) -> Progress:
    """The open quiz is handed in, if every question has an answer."""
    now = open_quiz(course, progress)
    if now is None or unanswered(now):
        return progress
    return replace(progress, attempts=(*progress.attempts[:-1], replace(now, handed_in=on)))


def modules_of(bank: Bank, ids: Iterable[str]) -> Said:
    """The modules of some questions, in the order of the bank."""
    found = {bank.questions[id].module for id in ids if id in bank.questions}
    return tuple(module for module in bank.modules if module in found)
