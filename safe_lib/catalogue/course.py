"""The course, read from its files: lessons, questions and pictures, in a language where somebody has written it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.course_shapes import (
    BankShape,
    BankWords,
    CourseShape,
    CourseWords,
    DrawingShape,
    DrawingWords,
    ExerciseShape,
    ExerciseWords,
    LessonShape,
    LessonWords,
    QuestionShape,
    QuestionWords,
    ScreenShape,
    ScreenWords,
)
from safe_lib.catalogue.instruments import shaped
from safe_lib.catalogue.reading import Located, content_hash, read_yaml
from safe_lib.model.course import Bank, Choice, Course, CourseSource, Drawing, Exercise, Lesson, Question, Screen
from safe_lib.model.errors import CatalogueError, LocaleError

FOLDER: Final = "lessons"
COURSE: Final = "course"
BANK: Final = "question_bank"
PICTURES: Final = "pictures"
OWN: Final = "en"  # the language of the files themselves


@dataclass(frozen=True, slots=True)
class Written:
    """The files of the course as they stand, each in its shape."""

    course: CourseShape
    bank: BankShape
    lessons: Mapping[str, LessonShape]
    located: Mapping[str, Located]  # name of a file without its ending → the file


@dataclass(frozen=True, slots=True)
class Words:
    """The same in another language; what nobody has written is not there."""

    course: CourseWords | None
    bank: BankWords | None
    lessons: Mapping[str, LessonWords]

    @property
    def draft(self) -> bool:
        """Whether any part of it is a draft, or missing."""
        parts = (self.course, self.bank, *self.lessons.values())
        return any(part is None or part.status == "draft" for part in parts)


def folder(root: Path | None = None) -> Path:
    """Where the lessons lie."""
    return (root or paths.INSTRUMENTS) / FOLDER


def words_folder(language: str, root: Path | None = None) -> Path:
    """Where their words in another language lie."""
    return (root or paths.LOCALES) / language / FOLDER


def load_course(language: str = OWN) -> Course:
    """The course in a language; what nobody has translated stays in its own words. Read once for each content of its files.

    Raises:
        CatalogueError, Problems: a file is missing or cannot be used as it is written.
    """
    return _load(language, _stamp(folder()), _stamp(words_folder(language)))


def _stamp(where: Path) -> tuple[int, ...]:
    return tuple(path.stat().st_mtime_ns for path in sorted(where.glob("*.yaml")))


@lru_cache(maxsize=8)
def _load(language: str, own: tuple[int, ...], words: tuple[int, ...]) -> Course:
    return in_words(read_written(), language, read_words(language) if language != OWN else None)


def read_written(root: Path | None = None) -> Written:
    """The files as they are written, each in its shape.

    Raises:
        CatalogueError, Problems: see `load_course`.
    """
    where = folder(root)
    found = {COURSE: read_yaml(where / f"{COURSE}.yaml")}
    course: CourseShape = shaped(CourseShape, found[COURSE], CatalogueError)
    for name in (course.bank, *course.lessons):
        found[name] = read_yaml(where / f"{name}.yaml")
    bank: BankShape = shaped(BankShape, found[course.bank], CatalogueError)
    return Written(course, bank, {id: shaped(LessonShape, found[id], CatalogueError) for id in course.lessons}, found)


def read_words(language: str, root: Path | None = None) -> Words:
    """The words of another language, as far as they are written.

    Raises:
        LocaleError, Problems: a file cannot be used as it is written.
    """
    where, known = words_folder(language, root), {path.stem: path for path in sorted(words_folder(language, root).glob("*.yaml"))}

    def read(name: str, shape: type[Any]) -> Any:
        return shaped(shape, read_yaml(where / f"{name}.yaml", error=LocaleError), LocaleError) if name in known else None

    lessons = {name: read(name, LessonWords) for name in known if name not in (COURSE, BANK)}
    return Words(read(COURSE, CourseWords), read(BANK, BankWords), lessons)


def in_words(written: Written, language: str, words: Words | None) -> Course:
    """The course as a record, with the words of a language over its own."""
    course, own = written.course, words or Words(None, None, {})
    lessons = tuple(_lesson(written.lessons[id], own.lessons.get(id)) for id in course.lessons)
    said = own.course or course
    days = tuple((int(day[:2]), int(day[3:])) for day in course.review_days)
    sources = {id: CourseSource(id, one.title, str(one.published), one.url, one.status) for id, one in course.sources.items()}
    hashed = content_hash(*(located.hash.encode() for _, located in sorted(written.located.items())))
    return Course(course.id, course.version, said.title, said.about, language, words is not None and words.draft, date.fromisoformat(course.reviewed.date),
                  course.seconds, course.valid_months, tuple(course.countries), days, lessons, _bank(written.bank, own.bank), sources, hashed)


def _bank(bank: BankShape, words: BankWords | None) -> Bank:
    modules = {id: (words.modules.get(id) if words else None) or title for id, title in bank.modules.items()}
    questions = {one.id: _question(one, words.items.get(one.id) if words else None) for one in bank.items}
    return Bank(date.fromisoformat(bank.updated), bank.pass_mark_percent, bank.draw.final_quiz_items, modules, questions)


def _question(one: QuestionShape, words: QuestionWords | None) -> Question:
    said = words or one
    options = {id: said.options.get(id, text) for id, text in one.options.items()}
    return Question(one.id, one.module, one.objective, one.type, one.difficulty, one.scope, said.stem, options, tuple(one.correct), said.rationale,
                    tuple(one.sources), one.confidence, one.volatile)


def _lesson(one: LessonShape, words: LessonWords | None) -> Lesson:
    said = words or one
    screens = tuple(_screen(screen, words.screens.get(screen.id) if words else None) for screen in one.screens)
    return Lesson(one.id, one.unit, said.title, one.seconds, said.goal, one.objective or "", tuple(one.modules), screens, tuple(one.checks), one.final)


def _screen(one: ScreenShape, words: ScreenWords | None) -> Screen:
    said = words or one
    countries = {code: tuple(said.by_country.get(code, sentences)) for code, sentences in one.by_country.items()}
    return Screen(one.id, said.title, tuple(said.text), tuple(said.points), _drawing(one.picture, words.picture if words else None),
                  _exercise(one.exercise, words.exercise if words else None), countries, tuple(one.sources))


def _drawing(one: DrawingShape | None, words: DrawingWords | None) -> Drawing | None:
    if one is None:
        return None
    said = words or one
    return Drawing(one.draw, said.title, said.says, tuple(said.labels))


def _exercise(one: ExerciseShape | None, words: ExerciseWords | None) -> Exercise | None:
    if one is None:
        return None
    options = []
    for choice in one.options:
        said = (words.options.get(choice.id) if words else None) or choice
        options.append(Choice(choice.id, said.text, choice.right, said.because))
    told = words or one
    return Exercise(tuple(told.story), told.ask, one.several, tuple(options))


# Pictures


def picture_svg(drawing: Drawing) -> str:
    """A picture with its words: `<title>`, `<desc>` and its labels.

    Raises:
        CatalogueError: there is no such picture.
    """
    text = _picture(drawing.draw)
    facts = {"title": drawing.title, "says": drawing.says, **{f"label_{place}": label for place, label in enumerate(drawing.labels, start=1)}}
    for name, words in facts.items():
        text = text.replace(f"{{{name}}}", escape(words))
    return text


@lru_cache(maxsize=64)
def _picture(name: str, root: Path | None = None) -> str:
    path = picture_file(name, root)
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        raise CatalogueError(f"{PICTURES}/{path.name}", 0, "there is no such picture.", repair="Draw it, or correct the name.") from None


def picture_file(name: str, root: Path | None = None) -> Path:
    """The file of a picture."""
    return folder(root) / PICTURES / f"{name}.svg"
