"""Reads the practice cases, and their words in other languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import Field

from safe_lib.catalogue import languages, paths
from safe_lib.catalogue.instruments import load_instrument, shaped
from safe_lib.catalogue.reading import Located, read_yaml
from safe_lib.catalogue.shapes import Id, ReviewShape, Sentence, Shape
from safe_lib.engine.assess import FREE_SCALES
from safe_lib.model.answers import OPEN_CODES, AgeGroup, Person
from safe_lib.model.errors import CatalogueError, LocaleError, Problems
from safe_lib.model.practice import PracticeCase

FOLDER: Final = "practice"
OWN: Final = "en"


class PersonShape(Shape):
    """The little that rules know of the invented person."""

    age_group: AgeGroup | None = None
    children_travel: bool = False


class CaseShape(Shape):
    """One invented person with the agreed reading."""

    id: Id
    title: Sentence
    instrument: Id
    scenario: str = ""
    person: PersonShape = PersonShape()
    story: Sentence
    reading: dict[str, Id] = Field(min_length=3)
    why: Sentence


class PracticeShape(Shape):
    """A file of practice cases."""

    version: str
    reviewed: ReviewShape
    cases: list[CaseShape] = Field(min_length=1)


class WordsShape(Shape):
    """The words of one case in another language."""

    title: Sentence
    story: Sentence
    why: Sentence


class TranslationShape(Shape):
    """All practice cases in another language."""

    version: str
    status: str
    cases: dict[str, WordsShape]


def folder(root: Path | None = None) -> Path:
    """Where the files are."""
    return (root or paths.INSTRUMENTS) / FOLDER


def words_file(language: str, root: Path | None = None) -> Path:
    """Where the words of another language are."""
    return (root or paths.LOCALES) / language / f"{FOLDER}.yaml"


def practice_cases(language: str = OWN) -> Mapping[str, PracticeCase]:
    """Every practice case by its id, in the order of the files; what nobody translated stays in its own words."""
    files = (*sorted(folder().glob("*.yaml")), words_file(language))
    return _cases(language, tuple(file.stat().st_mtime_ns for file in files if file.is_file()))


@lru_cache(maxsize=8)
def _cases(language: str, stamp: tuple[int, ...]) -> Mapping[str, PracticeCase]:
    own = {one.id: one for located in _files() for one in _of(located)}
    file = words_file(language)
    if language == OWN or not file.is_file():
        return own
    words: TranslationShape = shaped(TranslationShape, read_yaml(file, error=LocaleError), LocaleError)
    draft = words.status != "reviewed"
    said = words.cases
    return {id: replace(one, title=said[id].title, story=said[id].story, why=said[id].why, draft=draft) if id in said else one for id, one in own.items()}


def _files(root: Path | None = None) -> list[Located]:
    return [read_yaml(path) for path in sorted(folder(root).glob("*.yaml"))]


def _of(located: Located) -> Iterator[PracticeCase]:
    shape: PracticeShape = shaped(PracticeShape, located, CatalogueError)
    for one in shape.cases:
        person = Person(one.person.age_group, one.person.children_travel)
        yield PracticeCase(one.id, one.title, one.instrument, one.scenario, person, one.story, dict(one.reading), one.why, shape.version)


# What `safe check` asks of them


def check_practice(root: Path | None = None, locales: Path | None = None) -> list[CatalogueError]:
    """Every problem: an id twice, an item or an answer that the instrument does not have, words that are missing in a language that has some."""
    problems: list[CatalogueError] = []
    seen: dict[str, str] = {}
    try:
        for located in _files(root):
            shape: PracticeShape = shaped(PracticeShape, located, CatalogueError)
            for place, one in enumerate(shape.cases):
                problems += [CatalogueError(f"{FOLDER}/{located.file}", located.line("cases", place), problem, repair=repair)
                             for problem, repair in _problems(one, seen)]
                seen[one.id] = shape.version
        for language in languages():
            if language != OWN and words_file(language, locales).is_file():
                problems += _translation(language, seen, locales)
    except Problems as several:
        return [*problems, *several.problems]
    except CatalogueError as problem:
        return [*problems, problem]
    return problems


def _problems(one: CaseShape, seen: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if one.id in seen:
        yield f'the id "{one.id}" stands twice.', "Give each case its own id."
    instrument = load_instrument(one.instrument)
    items, kinds = instrument.by_id(), [kind.id for kind in instrument.scenarios]
    if (one.scenario or kinds) and one.scenario not in kinds:
        yield f'"{one.id}": the scenario is not one of the instrument.', f"There are: {', '.join(kinds) or 'none'}."
    for id, code in one.reading.items():
        if id not in items or items[id].scale in FREE_SCALES:
            yield f'"{one.id}": "{id}" is no question of {one.instrument} whose answers can be compared.', "Check the id."
        elif code not in (*instrument.scales[items[id].scale].codes, *OPEN_CODES):
            yield f'"{one.id}": the reading of "{id}" is no answer of its scale.', f"There are: {', '.join(instrument.scales[items[id].scale].codes)}."
    if not set(one.reading.values()) & set(OPEN_CODES):
        yield f'"{one.id}": nothing is left open in the agreed reading.', "A story that settles everything teaches to settle everything; leave something open."


def _translation(language: str, own: Mapping[str, str], locales: Path | None) -> Iterator[LocaleError]:
    file = words_file(language, locales)
    located = read_yaml(file, error=LocaleError)
    words: TranslationShape = shaped(TranslationShape, located, LocaleError)
    place = f"{language}/{file.name}"
    for id in own:
        if id not in words.cases:
            yield LocaleError(place, 1, f'"{id}" is not translated.', repair="Add it under `cases:`.")
    for id in words.cases:
        if id not in own:
            yield LocaleError(place, located.line("cases", id), f'there is no practice case "{id}".', repair="Remove it, or check the id.")
    if words.version not in own.values():
        yield LocaleError(place, located.line("version"), "the words are of another version.", repair="Look at what changed, then write the version here.")
