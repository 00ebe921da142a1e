"""Workbooks that are not about the answers of one instrument: what each of them says of itself, at one place.

A new kind of workbook brings its views as a class of its own (such as `training_views`) and one entry here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from safe_lib.atlas import kept_parts
from safe_lib.findings import gathering
from safe_lib.model.document import Notice
from safe_lib.social_views import NAME
from safe_lib.view import View

EXAMPLE_DAY: Final = date(2026, 11, 20)  # of every worked example, on every machine
Parts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """What such a workbook says of itself; each function is given the workbook."""

    statement: Callable[[Any], View]  # what it is and what it is not
    example: Callable[[Any], View]  # the worked example
    versions: Callable[[Any], tuple[str, ...]]  # what it rests on, for the foot of the page
    kept: Callable[[Any], Parts]  # what links to the same page in another language keep


def _of_the_team(book: Any) -> View:
    view: View = book._view("statement", lambda: (Notice(book.texts("report.statement"), book.texts("coord.statement")),))
    return view


def chosen(book: Any) -> Parts:
    """The set of questions and the future that were chosen on the page."""
    return tuple((key, value) for key, value in (("set", book.choice), ("scenario", book.scenario)) if value)


def _map_versions(book: Any) -> tuple[str, ...]:
    return (f"{NAME} {book.map_reading.vocabulary.version}", *filter(None, (book.map_reading.directory.hash[:12],)))


# The property of the workbook that says whether it is one → what it says.
TOPICS: Final[Mapping[str, Topic]] = {
    "is_about_countries": Topic(
        lambda book: book._country_view("statement"), lambda book: book._country_example(EXAMPLE_DAY),
        lambda book: tuple(f"{country.iso3} {country.hash[:12]}" for country in book.reading.together), lambda book: kept_parts(book.reading.asked)),
    "is_about_the_team": Topic(
        _of_the_team, lambda book: View("example", book._team_example(), book.texts, {}), lambda book: (),
        lambda book: (("of", book.choice),) if book.choice else ()),
    "is_about_procedures": Topic(
        lambda book: book.legal_view("statement"), lambda book: book.legal_example(EXAMPLE_DAY),
        lambda book: tuple(f"{one.id} {one.version}" for one in book.legal.touched), chosen),
    "is_social_map": Topic(
        lambda book: book._view("statement", book._map_statement), lambda book: book._map_example(EXAMPLE_DAY), _map_versions, lambda book: book.map_kept),
    "is_course": Topic(
        lambda book: book._view("statement", book._course_statement), lambda book: book._course_example(),
        lambda book: (f"{book.course.id} {book.course.version}", book.course.hash[:12]),
        lambda book: (("at", book.course_seat.at),) if book.course_seat and book.course_seat.at else ()),
    "is_messages": Topic(
        lambda book: book._view("statement", book._messages_statement), lambda book: book._messages_example(),
        lambda book: (f"{book.message_plan.id} {book.message_plan.version}", book.message_plan.hash[:12]), lambda book: book.messages_kept),
    "is_survey": Topic(
        lambda book: book._view("statement", book.survey_statement), lambda book: book._survey_example(),
        lambda book: (f"{book.survey.id} {book.survey.version}", book.survey.hash[:12]),
        lambda book: (("link", book.choice),) if book.survey_link else ()),
    "is_findings": Topic(
        lambda book: book._view("statement", book._findings_statement), lambda book: book._findings_example(),
        lambda book: (f"{book.name} {gathering.version()}",), lambda book: ()),
}


def topic_of(book: Any) -> Topic | None:
    """What this workbook is about; None for one that asks the questions of an instrument."""
    return next((topic for name, topic in TOPICS.items() if getattr(book, name)), None)
