"""Reads the policy of processing: `safe_lib/rights/processing.yaml`, with the words of another language over it.

Shape and references are checked here: a group without a purpose, or a purpose without a legal basis, is no policy (PRI-01).
That every column, instrument and paper belongs to a group is checked by `safe_lib.policy.checks`, which knows them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from safe_lib.catalogue import paths
from safe_lib.catalogue.instruments import instrument_files, shaped
from safe_lib.catalogue.reading import Located, read_yaml
from safe_lib.catalogue.shapes import Day, Id, NoteShape, OwnProcessingShape, ReviewShape, Sentence, Shape, SourceShape
from safe_lib.model.errors import CatalogueError, Problems
from safe_lib.model.processing import (
    Basis,
    FieldGroup,
    InstrumentNote,
    LegalSource,
    Processing,
    Purpose,
    Retention,
    RiskToPersons,
    Weighing,
)

Ids = Annotated[list[Id], Field(min_length=1)]
AnyIds = Annotated[list[Id], Field(default_factory=list)]


class BasisShape(Shape):
    """One legal basis."""

    article: Sentence
    source: Id
    why: Sentence


class RetentionShape(Shape):
    """From when, and for how many months."""

    since: Literal["closure", "leaving", "store"] = Field(alias="from")
    months: int = Field(ge=0, le=240)
    setting: str
    about: Sentence


class PurposeShape(Shape):
    """What something is kept for; never without a legal basis."""

    id: Id
    title: Sentence
    about: Sentence
    basis: list[BasisShape] = Field(min_length=1)
    retention: RetentionShape


class NamedShape(Shape):
    """A recipient or a measure."""

    id: Id
    title: Sentence


class GroupShape(Shape):
    """Fields of the same purpose; never without one."""

    id: Id
    title: Sentence
    about: Sentence
    persons: Sentence
    special: bool
    purposes: Ids
    recipients: Ids
    measures: Ids
    tables: dict[Id, Ids] = Field(default_factory=dict)
    instruments: AnyIds
    papers: AnyIds


class RiskShape(Shape):
    """One way in which people may be harmed."""

    id: Id
    title: Sentence
    why: Sentence
    measures: Ids
    left: Sentence


class OrganisationShape(Shape):
    """Who answers for it; filled in by the organisation."""

    name: str
    contact: str
    officer: str


class ProcessingShape(Shape):
    """The whole file."""

    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    status: Literal["draft", "settled"]
    reviewed: ReviewShape
    review_by: Day
    sources: dict[Id, SourceShape]
    organisation: OrganisationShape
    purposes: list[PurposeShape]
    recipients: list[NamedShape]
    measures: list[NamedShape]
    groups: list[GroupShape]
    instruments: dict[Id, NoteShape]
    risks: list[RiskShape]


def processing_file(root: Path | None = None) -> Path:
    """Where the policy stands."""
    return (root or paths.PACKAGE) / "rights" / "processing.yaml"


def words_file(language: str) -> Path:
    """Where its words in another language stand."""
    return paths.LOCALES / language / "processing.yaml"


def load_processing(language: str = "en", file: Path | None = None) -> Processing:
    """The policy in one language; what nobody has translated stays in its own words.

    Raises:
        Problems: a group has no purpose, a purpose no legal basis, or something is named that is not there.
    """
    path = file or processing_file()
    files = tuple((id, file, file.stat().st_mtime_ns) for id, file in instrument_files().items())
    return _load(language, path, path.stat().st_mtime_ns, files)


@lru_cache(maxsize=8)
def _load(language: str, path: Path, stamp: int, files: tuple[tuple[str, Path, int], ...]) -> Processing:
    located = read_yaml(path)
    shape: ProcessingShape = shaped(ProcessingShape, located, CatalogueError)
    astray = list(_astray(shape, located))
    if astray:
        raise Problems(astray)
    words = words_file(language)
    said = read_yaml(words).value if language != "en" and words.is_file() else {}
    return _policy(_with_own(shape, files), language, said)


def _with_own(shape: ProcessingShape, files: tuple[tuple[str, Path, int], ...]) -> ProcessingShape:
    """With what instruments say of themselves; one that cannot be read is told by the check of the instruments."""
    for id, file, _ in files:
        if b"\nprocessing:" not in file.read_bytes():
            continue
        try:
            own = OwnProcessingShape.model_validate(read_yaml(file).value["processing"])
        except (CatalogueError, ValidationError, KeyError, TypeError):
            continue
        group = next((one for one in shape.groups if one.id == own.group), None)
        if group is not None and id not in shape.instruments:
            group.instruments.append(id)
            shape.instruments[id] = NoteShape(**own.model_dump(exclude={"group"}))
    return shape


def _astray(shape: ProcessingShape, located: Located) -> Iterator[CatalogueError]:
    """What is named and is not there."""
    known = {"purposes": {one.id for one in shape.purposes}, "recipients": {one.id for one in shape.recipients},
             "measures": {one.id for one in shape.measures}, "sources": set(shape.sources)}

    def missing(names: list[str], kind: str, *where: str | int) -> Iterator[CatalogueError]:
        for name in names:
            if name not in known[kind]:
                there = ", ".join(sorted(known[kind]))
                yield CatalogueError(located.file, located.line(*where), f'"{name}" is not one of the {kind}.', repair=f"There are: {there}.")

    for place, group in enumerate(shape.groups):
        for kind in ("purposes", "recipients", "measures"):
            yield from missing(getattr(group, kind), kind, "groups", place, kind)
    for place, purpose in enumerate(shape.purposes):
        yield from missing([one.source for one in purpose.basis], "sources", "purposes", place, "basis")
    for place, risk in enumerate(shape.risks):
        yield from missing(risk.measures, "measures", "risks", place, "measures")


def _policy(shape: ProcessingShape, language: str, said: Mapping[str, Any]) -> Processing:
    def words(kind: str, id: str, key: str, own: str) -> str:
        return str(((said.get(kind) or {}).get(id) or {}).get(key) or own)

    return Processing(
        shape.version, shape.status, language, shape.reviewed.date, str(said.get("reviewed_by") or shape.reviewed.by), shape.review_by,
        shape.organisation.model_dump(),
        {id: LegalSource(one.title, one.publisher, str(one.published), one.url, one.status) for id, one in shape.sources.items()},
        {one.id: _purpose(one, words) for one in shape.purposes},
        {one.id: words("recipients", one.id, "title", one.title) for one in shape.recipients},
        {one.id: words("measures", one.id, "title", one.title) for one in shape.measures},
        tuple(_group(one, words) for one in shape.groups),
        {id: _note(id, one, words) for id, one in shape.instruments.items()},
        tuple(_risk(one, words) for one in shape.risks))


def _purpose(one: PurposeShape, words: Any) -> Purpose:
    basis = tuple(Basis(ground.article, ground.source, words("purposes", one.id, f"why_{number}", ground.why)) for number, ground in enumerate(one.basis, 1))
    kept = one.retention
    retention = Retention(kept.since, kept.months, kept.setting, words("purposes", one.id, "retention", kept.about))
    return Purpose(one.id, words("purposes", one.id, "title", one.title), words("purposes", one.id, "about", one.about), basis, retention)


def _group(one: GroupShape, words: Any) -> FieldGroup:
    title, about, persons = (words("groups", one.id, key, getattr(one, key)) for key in ("title", "about", "persons"))
    tables = {name: tuple(columns) for name, columns in one.tables.items()}
    return FieldGroup(one.id, title, about, persons, one.special, tuple(one.purposes), tuple(one.recipients), tuple(one.measures), tables,
                      tuple(one.instruments), tuple(one.papers))


def _note(id: str, one: NoteShape, words: Any) -> InstrumentNote:
    weighs = tuple(Weighing(entry.item, entry.what, entry.why) for entry in one.weighs)
    return InstrumentNote(id, one.sensitivity, words("instruments", id, "benefit", one.benefit), words("instruments", id, "risk", one.risk), weighs)


def _risk(one: RiskShape, words: Any) -> RiskToPersons:
    title, why, left = (words("risks", one.id, key, getattr(one, key)) for key in ("title", "why", "left"))
    return RiskToPersons(one.id, title, why, tuple(one.measures), left)
