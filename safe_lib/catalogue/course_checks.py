"""What `safe check` asks of the course: its time, its questions, its sources, its pictures and its words in other languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import languages
from safe_lib.catalogue.course import BANK, COURSE, PICTURES, Words, Written, folder, picture_file, read_words, read_written, words_folder
from safe_lib.catalogue.course_shapes import LessonShape, LessonWords, QuestionShape, ScreenShape, ScreenWords
from safe_lib.catalogue.reading import Located
from safe_lib.model.course import EVERYWHERE, ONE
from safe_lib.model.errors import CatalogueError, LocaleError, Problems

Found = Iterator[tuple[str, tuple[str | int, ...], str, str]]  # file, where in it, problem, repair

_PLACE: Final = re.compile(r"\{([a-z_0-9]+)\}")
_ACTIVE: Final = re.compile(r"<script|<foreignObject|\bon[a-z]+\s*=|\bstyle\s*=|href", re.IGNORECASE)  # a picture draws; it does nothing


def check_course(root: Path | None = None, locales: Path | None = None) -> list[CatalogueError]:
    """Every problem of the course, with file, line and repair; then of its words in every other language there is."""
    try:
        written = read_written(root)
    except Problems as several:
        return list(several.problems)
    except CatalogueError as problem:
        return [problem]
    found = [*_whole(written), *_questions(written), *_lessons(written), *_pictures(written, root)]
    problems = [CatalogueError(f"lessons/{file}", _line(written.located, file, where), problem, repair=repair) for file, where, problem, repair in found]
    problems += [CatalogueError(f"lessons/{path.name}", 0, "no course names this lesson.", repair="Name it in course.yaml under `lessons:`, or remove it.")
                 for path in sorted(folder(root).glob("*.yaml")) if path.stem not in written.located]
    for language in languages():
        if words_folder(language, locales).is_dir():
            problems += _translation(written, language, locales)
    return problems


def _line(located: Mapping[str, Located], file: str, where: Sequence[str | int]) -> int:
    one = located.get(Path(file).stem)
    return one.line(*where) if one else 0


def _whole(written: Written) -> Found:
    course, lessons = written.course, written.lessons
    file = f"{COURSE}.yaml"
    total = sum(one.seconds for one in lessons.values())
    if total != course.seconds:
        yield (file, ("seconds",), f"the lessons take {_clock(total)} together, the course says {_clock(course.seconds)}.",
               "Change the time of a lesson, or of the course.")
    if course.history[-1].version != course.version:
        yield file, ("history",), f"the last entry is not of version {course.version}.", "Say what this version changes."
    if [one.final for one in lessons.values()] != [False] * (len(lessons) - 1) + [True]:
        yield file, ("lessons",), "the quiz must follow the last lesson, and no other.", "Write `final: true` in the last lesson only."
    for module in set(written.bank.modules) - {module for one in lessons.values() for module in one.modules}:
        yield file, ("lessons",), f"no lesson teaches {module}, of which the quiz asks.", "Name it in `modules:` of a lesson."
    if written.bank.draw.final_quiz_items < len(written.bank.modules):
        yield f"{course.bank}.yaml", ("draw",), "the quiz has fewer questions than modules.", "Ask at least one of each module."


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def _questions(written: Written) -> Found:
    file, known = f"{written.course.bank}.yaml", set()
    for place, one in enumerate(written.bank.items):
        where = ("items", place)
        if one.id in known:
            yield file, where, f'the question "{one.id}" stands twice.', "Give each its own id."
        known.add(one.id)
        for problem, repair in _question(one, written):
            yield file, where, f"{one.id}: {problem}", repair
    for module in written.bank.modules:
        if not any(one.module == module and one.scope == EVERYWHERE for one in written.bank.items):
            yield file, ("modules", module), f"{module} has no question for everybody.", "Write one with `scope: EU`."


def _question(one: QuestionShape, written: Written) -> Iterator[tuple[str, str]]:
    if one.module not in written.bank.modules:
        yield f'"{one.module}" is no module of this bank.', "Correct the module."
    if not set(one.correct) <= set(one.options) or len(set(one.correct)) != len(one.correct):
        yield "an answer is none of its options, or stands twice.", "Name options."
    if one.type in ONE and len(one.correct) != 1:
        yield "it has one answer by its type, and names another number.", "Name one, or use the type `multiple`."
    if one.type == "order" and set(one.correct) != set(one.options):
        yield "the order leaves an option out.", "Name every option once."
    if one.type == "multiple" and len(one.correct) == len(one.options):
        yield "every option is right, so that it asks nothing.", "Add one that is not."
    if one.scope != EVERYWHERE and one.scope not in written.course.countries:
        yield f'"{one.scope}" is no country of this course.', "Correct the scope."
    for source in set(one.sources) - set(written.course.sources):
        yield f'it names the source "{source}", which is not listed.', "List it in course.yaml."


def _lessons(written: Written) -> Found:
    questions = {one.id: one for one in written.bank.items}
    for id, lesson in written.lessons.items():
        file = f"{id}.yaml"
        if lesson.id != id:
            yield file, ("id",), f'the id "{lesson.id}" is not the name of the file.', f"Write `id: {id}`."
        for module in set(lesson.modules) - set(written.bank.modules):
            yield file, ("modules",), f'"{module}" is no module of the bank.', "Correct it."
        if len({one.id for one in lesson.screens}) != len(lesson.screens):
            yield file, ("screens",), "two screens have the same id.", "Give each its own."
        for check in lesson.checks:
            if check not in questions or questions[check].module not in lesson.modules or questions[check].scope != EVERYWHERE:
                yield file, ("checks",), f"{check} is no question of this lesson's modules for everybody.", "Choose another one."
        for place, screen in enumerate(lesson.screens):
            for problem, repair in _screen(screen, written):
                yield file, ("screens", place), f"{screen.id}: {problem}", repair


def _screen(screen: ScreenShape, written: Written) -> Iterator[tuple[str, str]]:
    if not (screen.text or screen.points or screen.exercise):
        yield "it says nothing.", "Add text, points or an exercise."
    for source in set(screen.sources) - set(written.course.sources):
        yield f'it names the source "{source}", which is not listed.', "List it in course.yaml."
    for country in set(screen.by_country) ^ set(written.course.countries) if screen.by_country else ():
        yield f"what holds in {country} is missing, or {country} is no country of this course.", "Write it for each country of the course."
    if screen.exercise:
        right = [one.right for one in screen.exercise.options]
        if not any(right) or all(right) or (not screen.exercise.several and sum(right) != 1):
            yield "its exercise has no right option, only right ones, or several where one may be chosen.", "Change `right:` or `several:`."


def _pictures(written: Written, root: Path | None) -> Found:
    drawn = {(lesson.id, screen.id): screen.picture for lesson in written.lessons.values() for screen in lesson.screens if screen.picture}
    for (lesson, screen), picture in drawn.items():
        path = picture_file(picture.draw, root)
        if not path.is_file():
            yield f"{lesson}.yaml", ("screens",), f'{screen}: there is no picture "{picture.draw}".', f"Draw {PICTURES}/{path.name}, or correct the name."
            continue
        text = path.read_text(encoding="utf-8")
        wanted = {"title", "says", *(f"label_{place}" for place, _ in enumerate(picture.labels, start=1))}
        if set(_PLACE.findall(text)) != wanted or "<title>" not in text or "<desc>" not in text:
            yield f"{PICTURES}/{path.name}", (), "it has not the places for title, description and as many labels as the lesson gives.", "Make them agree."
        if _ACTIVE.search(text):
            yield f"{PICTURES}/{path.name}", (), "it holds something that does more than draw.", "Take scripts, links and styles out."
    for path in sorted((folder(root) / PICTURES).glob("*.svg")):
        if path.stem not in {picture.draw for picture in drawn.values()}:
            yield f"{PICTURES}/{path.name}", (), "no lesson shows this picture.", "Use it, or remove it."


# Words in another language


def _translation(written: Written, language: str, locales: Path | None) -> list[CatalogueError]:
    try:
        words = read_words(language, locales)
    except Problems as several:
        return list(several.problems)
    except CatalogueError as problem:
        return [problem]
    return [LocaleError(f"locales/{language}/lessons/{name}.yaml", 0, problem, repair="Translate it by the same ids, as many sentences as in the lesson.")
            for name, problem in _lacks(written, words)]


def _lacks(written: Written, words: Words) -> Iterator[tuple[str, str]]:
    """File and problem of everything that is missing, too much, or of another version."""
    if words.course is None or words.bank is None:
        yield (COURSE if words.course is None else BANK), "the file is missing."
        return
    for name, said, version in ((COURSE, words.course.translates, written.course.version), (BANK, words.bank.translates, written.bank.updated)):
        if said.version != version:
            yield name, f"it translates version {said.version}; the course has {version}."
    yield from _apart(BANK, "modules", words.bank.modules, written.bank.modules)
    yield from _apart(BANK, "questions", words.bank.items, {one.id: one for one in written.bank.items})
    for one in written.bank.items:
        if one.id in words.bank.items:
            yield from _apart(BANK, f"options of {one.id}", words.bank.items[one.id].options, one.options)
    yield from _apart(COURSE, "lessons", words.lessons, written.lessons)
    for id, lesson in written.lessons.items():
        if id in words.lessons:
            yield from ((id, problem) for problem in _lesson_lacks(lesson, words.lessons[id], written.course.version))


def _apart(name: str, what: str, words: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for id in sorted(set(words) ^ set(own)):
        yield name, f'of the {what}, "{id}" is missing or too much.'


def _lesson_lacks(lesson: LessonShape, words: LessonWords, version: str) -> Iterator[str]:
    if words.translates.version != version:
        yield f"it translates version {words.translates.version}; the course has {version}."
    yield from (problem for _, problem in _apart("", "screens", words.screens, {one.id: one for one in lesson.screens}))
    for screen in lesson.screens:
        if screen.id in words.screens:
            yield from (f"{screen.id}: {problem}" for problem in _screen_lacks(screen, words.screens[screen.id]))


def _screen_lacks(screen: ScreenShape, words: ScreenWords) -> Iterator[str]:
    for name in ("text", "points"):
        if len(getattr(screen, name)) != len(getattr(words, name)):
            yield f"{name} has another number of sentences."
    if {code: len(said) for code, said in screen.by_country.items()} != {code: len(said) for code, said in words.by_country.items()}:
        yield "what holds in the countries has another number of sentences."
    if (screen.picture is None) != (words.picture is None) or (screen.picture and words.picture and len(screen.picture.labels) != len(words.picture.labels)):
        yield "the picture has other words."
    if (screen.exercise is None) != (words.exercise is None):
        yield "the exercise is missing or too much."
    elif screen.exercise and words.exercise:
        yield from (problem for _, problem in _apart("", "options", words.exercise.options, {one.id: one for one in screen.exercise.options}))
        if len(screen.exercise.story) != len(words.exercise.story):
            yield "the story has another number of sentences."
