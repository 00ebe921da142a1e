"""A survey, read from its file, in a language where somebody has written it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.countries import list_countries
from safe_lib.catalogue.instruments import shaped
from safe_lib.catalogue.reading import Located, read_yaml
from safe_lib.catalogue.survey_shapes import QuestionWords, SurveyQuestionShape, SurveyShape, SurveyWords
from safe_lib.engine.conditions import NotASentence, parse
from safe_lib.model.errors import CatalogueError, LocaleError, WrongUse
from safe_lib.model.instrument import Source
from safe_lib.model.survey import Code, Question, Region, Scale, Section, Survey

FOLDER: Final = "surveys"
OWN: Final = "en"  # the language of the files themselves


@dataclass(frozen=True, slots=True)
class WrittenSurvey:
    """The file of a survey as it stands, in its shape."""

    shape: SurveyShape
    located: Located


def folder(root: Path | None = None) -> Path:
    """Where the surveys lie."""
    return (root or paths.INSTRUMENTS) / FOLDER


def words_file(id: str, language: str, locales: Path | None = None) -> Path:
    """Where the words of a survey in another language are."""
    return (locales or paths.LOCALES) / language / FOLDER / f"{id}.yaml"


def survey_ids(root: Path | None = None) -> tuple[str, ...]:
    """The surveys there are."""
    return tuple(path.stem for path in sorted(folder(root).glob("*.yaml")))


def survey_languages(id: str) -> tuple[str, ...]:
    """The languages a survey can be answered in."""
    return (OWN, *(path.name for path in sorted(paths.LOCALES.iterdir()) if path.name != OWN and words_file(id, path.name).is_file()))


def load_survey(id: str, language: str = OWN) -> Survey:
    """A survey in a language; what nobody has translated stays in its own words.

    Raises:
        WrongUse: there is no such survey.
        CatalogueError, Problems: its file cannot be used as it is written.
    """
    if id not in survey_ids():
        raise WrongUse(f"survey: there is no such survey.\n  There are: {', '.join(survey_ids())}.")
    files = (folder() / f"{id}.yaml", words_file(id, language))
    return _load(id, language, tuple(file.stat().st_mtime_ns if file.is_file() else 0 for file in files))


@lru_cache(maxsize=16)
def _load(id: str, language: str, stamps: tuple[int, ...]) -> Survey:
    return in_words(read_survey(id), language, read_survey_words(id, language) if language != OWN else None)


def read_survey(id: str, root: Path | None = None) -> WrittenSurvey:
    """The file of a survey in its shape.

    Raises:
        CatalogueError, Problems: it cannot be used as it is written.
    """
    located = read_yaml(folder(root) / f"{id}.yaml")
    return WrittenSurvey(shaped(SurveyShape, located, CatalogueError), located)


def read_survey_words(id: str, language: str, locales: Path | None = None) -> SurveyWords | None:
    """The words of another language; None where nobody has written them."""
    path = words_file(id, language, locales)
    words: SurveyWords | None = shaped(SurveyWords, read_yaml(path, error=LocaleError), LocaleError) if path.is_file() else None
    return words


def in_words(written: WrittenSurvey, language: str, words: SurveyWords | None) -> Survey:
    """The survey as a record, with the words of a language over its own.

    Raises:
        CatalogueError: a condition is no sentence.
    """
    one, said = written.shape, words or written.shape
    scales = {id: Scale(id, {code: (words.scales.get(id, {}).get(code) if words else None) or text for code, text in options.items()},
                        tuple(one.counted.get(id, ()))) for id, options in one.scales.items()}
    sections = tuple(Section(part.id, (words.sections.get(part.id) if words else None) or part.title, part.chapter,
                             tuple(_question(question, written, place, number, words, scales, language) for number, question in enumerate(part.questions)))
                     for place, part in enumerate(one.sections))
    codes = tuple(Code(id, code.title, code.yes, code.no) for id, code in {**one.codes, **({k: v for k, v in words.codes.items() if k in one.codes}
                                                                                         if words else {})}.items())
    regions = tuple(Region(id, (words.regions.get(id) if words else None) or part.title, tuple(part.countries)) for id, part in one.regions.items())
    sources = tuple(Source(id, part.title, part.publisher, str(part.published), part.url, part.status, part.note) for id, part in one.sources.items())
    return Survey(one.id, one.version, said.title, said.about, language, words is not None and words.status == "draft", date.fromisoformat(one.reviewed.date),
                  one.minutes, one.smallest_group, one.country, one.sector, one.consent, said.limits, scales, sections, codes, regions, sources,
                  written.located.hash)


def _question(one: SurveyQuestionShape, written: WrittenSurvey, place: int, number: int, words: SurveyWords | None, scales: Mapping[str, Scale],
              language: str) -> Question:
    said: QuestionWords | SurveyQuestionShape = (words.questions.get(one.id) if words else None) or one
    own = {code: said.options.get(code, text) for code, text in one.options.items()}
    options = countries(one.countries, language, written) if one.countries else scales[one.scale].options if one.scale in scales else own
    try:
        condition = None if one.only_if is None else parse(one.only_if)
    except NotASentence as problem:
        line = written.located.line("sections", place, "questions", number)
        raise CatalogueError(f"{FOLDER}/{one.id}", line, f'the condition of "{one.id}" is no sentence.', repair=f"Write it so: {problem}.") from None
    return Question(one.id, one.kind, said.ask, one.required, _ranked(one, written, words) or options,
                    {row: said.rows.get(row, text) for row, text in one.rows.items()}, one.scale, one.most, one.unit, one.unknown, one.countries, one.rows_of,
                    condition, one.only_if)


def _ranked(one: SurveyQuestionShape, written: WrittenSurvey, words: SurveyWords | None) -> Mapping[str, str]:
    """The options of a rank: the rows of its matrix."""
    for part in written.shape.sections:
        for other in part.questions:
            if one.rows_of and other.id == one.rows_of:
                said: QuestionWords | SurveyQuestionShape = (words.questions.get(other.id) if words else None) or other
                return {row: said.rows.get(row, text) for row, text in other.rows.items()}
    return {}


def countries(which: str, language: str, written: WrittenSurvey) -> Mapping[str, str]:
    """Countries to choose from, by their name: those of the regions of the survey, or all."""
    listed = {code for region in written.shape.regions.values() for code in region.countries}
    names = _names(language)
    return {code: name for code, name in names.items() if which == "world" or code in listed}


@lru_cache(maxsize=8)
def _names(language: str) -> Mapping[str, str]:
    found = ((entry.iso3, entry.names.get(language) or entry.name) for entry in list_countries())
    return dict(sorted(found, key=lambda pair: pair[1]))
