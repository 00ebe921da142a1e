"""What `safe check` asks of surveys: questions that can be answered, conditions that look back, words in every language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from safe_lib.catalogue import languages
from safe_lib.catalogue.survey_shapes import SurveyQuestionShape, SurveyShape, SurveyWords
from safe_lib.catalogue.surveys import FOLDER, OWN, WrittenSurvey, folder, in_words, read_survey, read_survey_words, survey_ids
from safe_lib.engine.surveys import condition_problems
from safe_lib.model.errors import CatalogueError, LocaleError, Problems

Found = Iterator[tuple[tuple[str | int, ...], str, str]]  # where in the file, problem, repair
CHOICES = ("single", "multiple", "rank", "matrix")


def check_surveys(root: Path | None = None, locales: Path | None = None) -> list[CatalogueError]:
    """Every problem of every survey, with file, line and repair; then of its words in other languages."""
    return [problem for id in survey_ids(root) for problem in _check(id, root, locales)]


def _check(id: str, root: Path | None, locales: Path | None) -> list[CatalogueError]:
    try:
        written = read_survey(id, root)
        survey = in_words(written, OWN, None)
    except Problems as several:
        return list(several.problems)
    except CatalogueError as problem:
        return [problem]
    file = f"{FOLDER}/{folder(root).joinpath(f'{id}.yaml').name}"
    found = [*_whole(written.shape, id), *_questions(written.shape)]
    problems = [CatalogueError(file, written.located.line(*where), problem, repair=repair) for where, problem, repair in found]
    problems += [CatalogueError(file, written.located.line(*_where(written.shape, question)), f"{question}: {problem}",
                                repair="Ask about an earlier question, in one of its answers.") for question, problem in condition_problems(survey)]
    for language in languages():
        problems += _translation(written, language, locales) if language != OWN else []
    return problems


def _where(shape: SurveyShape, id: str) -> tuple[str | int, ...]:
    return next((("sections", place, "questions", number) for place, part in enumerate(shape.sections) for number, one in enumerate(part.questions)
                 if one.id == id), ())


def _whole(shape: SurveyShape, id: str) -> Found:
    if shape.id != id:
        yield ("id",), f'the id "{shape.id}" is not the name of the file.', f"Write `id: {id}`."
    if shape.history[-1].version != shape.version:
        yield ("history",), f"the last entry is not of version {shape.version}.", "Say what this version changes."
    kinds = {one.id: one.kind for part in shape.sections for one in part.questions}
    for key, kind in (("country", "single"), ("sector", "single"), ("consent", "consent")):
        named = getattr(shape, key)
        if named and kinds.get(named) != kind:
            yield (key,), f'"{named}" is no question of the kind {kind}.', "Name one that is, or leave it out."
    for scale, counted in shape.counted.items():
        if scale not in shape.scales or not set(counted) <= set(shape.scales[scale]):
            yield ("counted", scale), f'"{scale}" is no scale, or counts an answer that it does not offer.', "Correct it."
    listed = Counter(code for region in shape.regions.values() for code in region.countries)
    for code in sorted(code for code, times in listed.items() if times > 1):
        yield ("regions",), f"{code} stands in two regions.", "Put it into one."


def _questions(shape: SurveyShape) -> Found:
    ids = Counter(one.id for part in shape.sections for one in part.questions)
    matrices = {one.id for part in shape.sections for one in part.questions if one.kind == "matrix"}
    for place, part in enumerate(shape.sections):
        for number, one in enumerate(part.questions):
            where = ("sections", place, "questions", number)
            if ids[one.id] > 1:
                yield where, f'the question "{one.id}" stands twice.', "Give each its own id."
            for problem, repair in _question(one, shape, matrices):
                yield where, f"{one.id}: {problem}", repair


def _question(one: SurveyQuestionShape, shape: SurveyShape, matrices: set[str]) -> Iterator[tuple[str, str]]:
    offers = {"options": bool(one.options), "countries": bool(one.countries), "rows_of": bool(one.rows_of), "scale": bool(one.scale)}
    if one.kind in CHOICES and sum(offers.values()) != 1:
        yield "it offers nothing to choose from, or two things.", "Give it options, countries, rows_of or a scale: one of them."
    if one.kind not in CHOICES and any(offers.values()):
        yield f"a question of the kind {one.kind} offers nothing to choose from.", "Take it out, or change the kind."
    if (one.kind == "matrix") != (bool(one.rows) and one.scale in shape.scales):
        yield "a matrix has rows and one of the scales, and no other kind has.", "Add them, or change the kind."
    if one.kind == "rank" and one.rows_of and one.rows_of not in matrices:
        yield f'"{one.rows_of}" is no matrix of this survey.', "Correct it."
    if one.kind == "rank" and not one.most:
        yield "it does not say how many are put in order.", "Write `most: 3`."
    if one.unknown and one.kind != "number":
        yield "only a number can be unknown.", "Take `unknown` out."
    if len(one.options) == 1:
        yield "one option alone asks nothing.", "Add another one."


# Words in another language


def _translation(written: WrittenSurvey, language: str, locales: Path | None) -> list[CatalogueError]:
    id = written.shape.id
    try:
        words = read_survey_words(id, language, locales)
    except Problems as several:
        return list(several.problems)
    except CatalogueError as problem:
        return [problem]
    return [LocaleError(f"locales/{language}/{FOLDER}/{id}.yaml", 0, problem, repair="Translate it by the same ids.")
            for problem in (_lacks(written.shape, words) if words else ())]


def _lacks(shape: SurveyShape, words: SurveyWords) -> Iterator[str]:
    if words.translates.version != shape.version or words.translates.id != shape.id:
        yield f"it translates another survey or version {words.translates.version}; the survey has {shape.version}."
    questions = {one.id: one for part in shape.sections for one in part.questions}
    yield from _apart("sections", words.sections, {one.id: one for one in shape.sections})
    yield from _apart("questions", words.questions, questions)
    yield from _apart("codes", words.codes, shape.codes)
    yield from _apart("regions", words.regions, shape.regions)
    yield from _apart("scales", words.scales, shape.scales)
    for id, scale in shape.scales.items():
        yield from _apart(f"answers of {id}", words.scales.get(id, {}), scale)
    for id, one in questions.items():
        if id in words.questions:
            yield from _apart(f"options of {id}", words.questions[id].options, one.options)
            yield from _apart(f"rows of {id}", words.questions[id].rows, one.rows)


def _apart(what: str, words: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[str]:
    for id in sorted(set(words) ^ set(own)):
        yield f'of the {what}, "{id}" is missing or too much.'
