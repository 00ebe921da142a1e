"""The views of the course, as a notebook calls them. It is about no case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from safe_lib import training
from safe_lib.engine import course as rules
from safe_lib.model.course import Course, Lesson, Progress
from safe_lib.model.document import Block, Bullets, Heading, Notice, Table, Text
from safe_lib.model.texts import Texts
from safe_lib.view import View
from safe_lib.widgets.pages import date_in_words
from safe_lib.widgets.training.seat import Seat, rest_minutes

if TYPE_CHECKING:
    from safe_lib.casework import Desk

COURSE: Final = "training"  # the workbook

Blocks = tuple[Block, ...]


class TrainingViews:
    """What a notebook calls to show the course. Mixed into `Workbook`, which brings desk, texts and mode."""

    desk: Desk
    name: str
    texts: Texts
    course_seat: Seat | None = None  # on a page: who looks, and where

    if TYPE_CHECKING:

        def _view(self, region: str, make: Callable[[], Sequence[Block]], attributes: Mapping[str, str] | None = None) -> View: ...

    @property
    def is_course(self) -> bool:
        """Whether this is the course, which is about no case and has no instrument."""
        return self.name == COURSE

    @cached_property
    def course(self) -> Course:
        """The course in the language of the desk."""
        return training.course(self.desk)

    @property
    def course_progress(self) -> Progress:
        """How far the person at work is; without a store, nothing is done."""
        return training.progress(self.desk) if self.desk.store is not None else Progress(self.desk.today)

    def lessons(self) -> View:
        """The parts with their minutes, and where one is."""
        return self._view("lessons", lambda: lessons_blocks(self.course, self.course_progress, self.texts))

    def certificate(self) -> View:
        """What came of the quiz, and when a refresher is due."""
        return self._view("certificate", lambda: result_blocks(self.course, self.course_progress, self.texts))

    def _course_statement(self) -> Blocks:
        return (Notice(self.texts("report.statement"), self.texts("course.statement")),)

    def _course_example(self) -> View:
        """The list of parts and the text of one lesson, the same on every day and machine."""
        whole, texts = self.course, self.texts
        parts = lessons_blocks(whole, Progress(whole.reviewed), texts)
        return View("example", (Heading(texts("course.example"), 3), *parts, *lesson_blocks(whole.lessons[0])), texts, {})


def lessons_blocks(course: Course, progress: Progress, texts: Texts) -> Blocks:
    """The parts as a table."""
    done = rules.done_lessons(course, progress)
    heads = tuple(texts(f"course.column.{name}") for name in ("part", "minutes", "goal", "state"))
    rows = tuple((one.title, texts("course.minutes", minutes=rest_minutes(one.seconds)), one.goal,
                  texts(f"course.state.{'done' if one.id in done else 'begun' if set(one.places) & set(progress.seen) else 'open'}"))
                 for one in course.lessons)
    return (Table(texts("course.parts"), heads, rows),)


def lesson_blocks(lesson: Lesson) -> Blocks:
    """The text of a lesson."""
    blocks: list[Block] = [Heading(lesson.title, 3)]
    for screen in lesson.screens:
        blocks += [Heading(screen.title, 4), *(Text(one) for one in screen.text), *((Bullets(screen.points),) if screen.points else ())]
    return tuple(blocks)


def result_blocks(course: Course, progress: Progress, texts: Texts) -> Blocks:
    """The quiz that counts, in words."""
    found = rules.best(course, progress)
    if found is None:
        return (Text(texts("course.certificate.needs"), "quiet"),)
    facts = {"right": len(found.right), "count": len(found.right) + len(found.wrong), "percent": found.percent, "needed": course.bank.pass_percent}
    said = [Text(texts(f"course.result.{'passed' if found.passed else 'failed'}", **facts))]
    if found.refresher is not None:
        said.append(Text(texts("course.result.refresher", day=date_in_words(found.refresher, texts, "long")), "quiet"))
    return tuple(said)
