"""The trainers' programme, read from its files in a language where somebody has written it, and what `safe check` asks of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import languages, paths
from safe_lib.catalogue.instruments import shaped
from safe_lib.catalogue.programme_shapes import (
    FigureShape,
    FigureWords,
    ModuleShape,
    ModuleWords,
    PartShape,
    PartWords,
    ProgrammeShape,
    ProgrammeWords,
    WorkshopShape,
    WorkshopWords,
)
from safe_lib.catalogue.reading import Located, content_hash, read_yaml
from safe_lib.model.course import CourseSource
from safe_lib.model.errors import CatalogueError, LocaleError, Problems
from safe_lib.model.programme import FigureMeaning, Material, Module, Part, Plan, Programme, PublishedFigure

FOLDER: Final = "programme"
WHOLE: Final = "programme"  # the file of what holds for all of it
OWN: Final = "en"  # the language of the files themselves


@dataclass(frozen=True, slots=True)
class Written:
    """The files as they stand, each in its shape."""

    whole: ProgrammeShape
    workshop: WorkshopShape
    located: Mapping[str, Located]


@dataclass(frozen=True, slots=True)
class Words:
    """The same in another language; what nobody has written is not there."""

    whole: ProgrammeWords | None = None
    workshop: WorkshopWords | None = None

    @property
    def draft(self) -> bool:
        """Whether any part of it is a draft, or missing."""
        return any(part is None or part.status == "draft" for part in (self.whole, self.workshop))


def load_programme(language: str = OWN) -> Programme:
    """The programme in a language; what nobody has translated stays in its own words. Read once for each content of its files.

    Raises:
        CatalogueError, Problems: a file is missing or cannot be used as it is written.
    """
    return _load(language, _stamp(paths.INSTRUMENTS / FOLDER), _stamp(paths.LOCALES / language / FOLDER))


def _stamp(where: Path) -> tuple[int, ...]:
    return tuple(path.stat().st_mtime_ns for path in sorted(where.glob("*.yaml")))


@lru_cache(maxsize=8)
def _load(language: str, own: tuple[int, ...], words: tuple[int, ...]) -> Programme:
    written = read_written()
    return in_words(written, language, read_words(language, written) if language != OWN else None)


def read_written(root: Path | None = None) -> Written:
    """The files as they are written.

    Raises:
        CatalogueError, Problems: see `load_programme`.
    """
    where = (root or paths.INSTRUMENTS) / FOLDER
    first = read_yaml(where / f"{WHOLE}.yaml")
    whole: ProgrammeShape = shaped(ProgrammeShape, first, CatalogueError)
    second = read_yaml(where / f"{whole.workshop}.yaml")
    return Written(whole, shaped(WorkshopShape, second, CatalogueError), {WHOLE: first, whole.workshop: second})


def read_words(language: str, written: Written, root: Path | None = None) -> Words:
    """The words of another language, as far as they are written.

    Raises:
        LocaleError, Problems: a file cannot be used as it is written.
    """
    where = (root or paths.LOCALES) / language / FOLDER

    def read(name: str, shape: type[Any]) -> Any:
        path = where / f"{name}.yaml"
        return shaped(shape, read_yaml(path, error=LocaleError), LocaleError) if path.is_file() else None

    return Words(read(WHOLE, ProgrammeWords), read(written.whole.workshop, WorkshopWords))


def in_words(written: Written, language: str, words: Words | None) -> Programme:
    """The programme as a record, with the words of a language over its own."""
    whole, own = written.whole, words or Words()
    said, sources = own.whole, {id: CourseSource(id, one.title, str(one.published), one.url, one.status) for id, one in whole.sources.items()}
    modules = tuple(_module(one, said.modules.get(one.id) if said else None) for one in whole.modules)
    figures = tuple(_figure(one, said.figures.get(one.id) if said else None) for one in whole.figures)
    asks: dict[str, str] = {one.id: (said.evaluation.get(one.id) if said else None) or one.asks for one in whole.evaluation}
    hashed = content_hash(*(located.hash.encode() for _, located in sorted(written.located.items())))
    return Programme(whole.version, (said or whole).title, (said or whole).about, language, words is not None and words.draft,
                     date.fromisoformat(whole.reviewed.date), _plan(written.workshop, own.workshop), modules, figures, asks, sources, hashed)


def _plan(one: WorkshopShape, words: WorkshopWords | None) -> Plan:
    parts = tuple(_part(part, words.parts.get(part.id) if words else None) for part in one.parts)
    materials = {}
    for id, shape in one.materials.items():
        said = (words.materials.get(id) if words else None) or shape
        materials[id] = Material(id, said.title, shape.kind == "handout", said.about)
    said_of_all = words or one
    return Plan(one.id, one.version, said_of_all.title, said_of_all.about, one.minutes, one.least, one.most, one.after, parts, materials, tuple(one.sources))


def _part(one: PartShape, words: PartWords | None) -> Part:
    said = words or one
    return Part(one.id, said.title, one.minutes, said.method, said.goal, tuple(one.objectives), tuple(said.trainer), tuple(one.material), tuple(one.handouts))


def _module(one: ModuleShape, words: ModuleWords | None) -> Module:
    said = words or one
    return Module(one.id, said.title, said.for_, said.time, said.goal, tuple(said.blocks), tuple(one.sources), one.status)


def _figure(one: FigureShape, words: FigureWords | None) -> FigureMeaning:
    said, told = words or one, one.published
    published = PublishedFigure(told.number, told.kind, told.year, told.source, (words.says if words else "") or told.says) if told else None
    return FigureMeaning(one.id, one.line, said.title, said.definition, published)


# What `safe check` asks

Found = Iterator[tuple[str, tuple[str | int, ...], str, str]]  # file, where in it, problem, repair


def check_programme(root: Path | None = None, locales: Path | None = None) -> list[CatalogueError]:
    """Every problem of the programme, with file, line and repair; then of its words in every other language there is."""
    try:
        written = read_written(root)
    except Problems as several:
        return list(several.problems)
    except CatalogueError as problem:
        return [problem]
    problems = [CatalogueError(f"{FOLDER}/{name}.yaml", written.located[name].line(*where), problem, repair=repair)
                for name, where, problem, repair in (*_of_whole(written), *_of_workshop(written))]
    for language in languages():
        if ((locales or paths.LOCALES) / language / FOLDER).is_dir():
            problems += _translation(written, language, locales)
    return problems


def _of_whole(written: Written) -> Found:
    whole = written.whole
    for kind, entries in (("modules", whole.modules), ("figures", whole.figures), ("evaluation", whole.evaluation)):
        ids = [one.id for one in entries]
        if len(set(ids)) != len(ids):
            yield WHOLE, (kind,), f"two of the {kind} have the same id.", "Give each its own."
    named = {source for one in whole.modules for source in one.sources} | {one.published.source for one in whole.figures if one.published}
    for source in sorted((named | set(written.workshop.sources)) - set(whole.sources)):
        yield WHOLE, ("sources",), f'the source "{source}" is named and not listed.', "List it, or correct the name."
    if whole.history[-1].version != whole.version:
        yield WHOLE, ("history",), f"the last entry is not of version {whole.version}.", "Say what this version changes."


def _of_workshop(written: Written) -> Found:
    plan, name = written.workshop, written.whole.workshop
    total = sum(one.minutes for one in plan.parts)
    if total != plan.minutes:
        yield name, ("minutes",), f"the parts take {total} minutes together, the plan says {plan.minutes}.", "Change the time of a part, or of the plan."
    if plan.id != name:
        yield name, ("id",), f'the id "{plan.id}" is not the name of the file.', f"Write `id: {name}`."
    if plan.least > plan.most:
        yield name, ("least",), "fewer may come than have to.", "Let `least` be no more than `most`."
    if plan.history[-1].version != plan.version:
        yield name, ("history",), f"the last entry is not of version {plan.version}.", "Say what this version changes."
    if len({one.id for one in plan.parts}) != len(plan.parts):
        yield name, ("parts",), "two parts have the same id.", "Give each its own."
    used: set[str] = set()
    for place, part in enumerate(plan.parts):
        for wanted, kind in ((part.material, "material"), (part.handouts, "handout")):
            used.update(wanted)
            for id in wanted:
                if id not in plan.materials or plan.materials[id].kind != kind:
                    yield name, ("parts", place), f'{part.id}: "{id}" is not listed as {kind}.', "List it under `materials:` with this kind."
    for id in sorted(set(plan.materials) - used):
        yield name, ("materials", id), f'no part needs "{id}".', "Name it in a part, or remove it."


def _translation(written: Written, language: str, locales: Path | None) -> list[CatalogueError]:
    try:
        words = read_words(language, written, locales)
    except Problems as several:
        return list(several.problems)
    except CatalogueError as problem:
        return [problem]
    return [LocaleError(f"locales/{language}/{FOLDER}/{name}.yaml", 0, problem, repair="Translate it by the same ids, as many sentences as there.")
            for name, problem in _lacks(written, words)]


def _lacks(written: Written, words: Words) -> Iterator[tuple[str, str]]:
    """File and problem of everything that is missing, too much, or of another version."""
    name, whole, plan = written.whole.workshop, written.whole, written.workshop
    if words.whole is None or words.workshop is None:
        yield (WHOLE if words.whole is None else name), "the file is missing."
        return
    for file, said, version in ((WHOLE, words.whole.translates, whole.version), (name, words.workshop.translates, plan.version)):
        if said.version != version:
            yield file, f"it translates version {said.version}; the file has {version}."
    yield from _apart(WHOLE, "evaluation", words.whole.evaluation, [one.id for one in whole.evaluation])
    yield from _apart(WHOLE, "modules", words.whole.modules, [one.id for one in whole.modules])
    yield from _apart(WHOLE, "figures", words.whole.figures, [one.id for one in whole.figures])
    yield from _apart(name, "materials", words.workshop.materials, list(plan.materials))
    yield from _apart(name, "parts", words.workshop.parts, [one.id for one in plan.parts])
    for module in whole.modules:
        if module.id in words.whole.modules and len(words.whole.modules[module.id].blocks) != len(module.blocks):
            yield WHOLE, f"{module.id}: another number of blocks."
    for part in plan.parts:
        if part.id in words.workshop.parts and len(words.workshop.parts[part.id].trainer) != len(part.trainer):
            yield name, f"{part.id}: another number of sentences for the trainer."


def _apart(file: str, what: str, words: Mapping[str, Any], own: Sequence[str]) -> Iterator[tuple[str, str]]:
    for id in sorted(set(words) ^ set(own)):
        yield file, f'of the {what}, "{id}" is missing or too much.'
