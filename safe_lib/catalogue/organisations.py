"""Reads the social map: the vocabulary, and the organisations of each country. Every problem of a file is told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.instruments import shaped
from safe_lib.catalogue.organisation_checks import directory_problems, vocabulary_problems
from safe_lib.catalogue.organisation_shapes import (
    DirectoryShape,
    OrganisationShape,
    SignsShape,
    TermShape,
    VerifiedShape,
    VocabularyShape,
)
from safe_lib.catalogue.reading import Located, content_hash, parse_yaml, read_yaml
from safe_lib.model.errors import CatalogueError, CountryInfoError, Problems
from safe_lib.model.organisation import (
    Caution,
    Contact,
    Directory,
    Need,
    Organisation,
    Position,
    Signs,
    Term,
    Verification,
    Vocabulary,
)

FILE: Final = "organisations.yaml"
VOCABULARY: Final = "social_map.yaml"
TERMS: Final = ("service_groups", "services", "target_groups", "types", "residence", "areas", "costs", "channels", "ways")

Stamp = tuple[int, int]


def load_vocabulary(folder: Path | None = None) -> Vocabulary:
    """The words that entries may use, read again when the file changes.

    Raises:
        CountryInfoError, Problems: the file cannot be used as it is written.
    """
    file = (folder or paths.COUNTRY_INFO) / VOCABULARY
    return _read_vocabulary(file, _stamp(file))


def directory_countries(folder: Path | None = None) -> tuple[str, ...]:
    """The countries that have a social map, by code."""
    return tuple(sorted(file.parent.name for file in (folder or paths.COUNTRY_INFO).glob(f"[A-Z][A-Z][A-Z]/{FILE}")))


def load_directory(iso3: str, folder: Path | None = None) -> Directory:
    """The social map of one country; one without a file has no organisations.

    Raises:
        CountryInfoError, Problems: the file cannot be used as it is written.
    """
    base = folder or paths.COUNTRY_INFO
    if iso3 not in directory_countries(base):
        return Directory(iso3, "", "", ())
    file, words = base / iso3 / FILE, base / VOCABULARY
    return _read_directory(file, _stamp(file), words, _stamp(words))


def load_organisations(iso3: str | None = None, folder: Path | None = None) -> tuple[Organisation, ...]:
    """The organisations of a country, or of every one: real ones only, unless an invented country is named.

    Raises:
        CountryInfoError, Problems: a file cannot be used as it is written.
    """
    if iso3 is not None:
        return load_directory(iso3, folder).organisations
    found = (load_directory(code, folder) for code in directory_countries(folder))
    return tuple(one for directory in found if not directory.invented for one in directory.organisations)


def directory_as(iso3: str, raw: bytes, folder: Path | None = None) -> Directory:
    """The social map of a country as it would be if its file said this; no file is written.

    Raises:
        CountryInfoError, Problems: it could not be used.
    """
    return _directory(parse_yaml(raw, f"{iso3}/{FILE}", error=CountryInfoError), iso3, load_vocabulary(folder))


def check_organisations(folder: Path | None = None) -> list[CatalogueError]:
    """Every problem of the vocabulary and of every country's file; an id stands in one country only."""
    base = folder or paths.COUNTRY_INFO
    if not directory_countries(base) and not (base / VOCABULARY).is_file():  # a folder of an organisation that keeps claims only
        return []
    found = _problems_of(lambda: load_vocabulary(base))
    if found:  # every entry rests on it
        return found
    places: dict[str, str] = {}
    for code in directory_countries(base):
        problems = _problems_of(lambda: load_directory(code, base))  # noqa: B023
        found += problems
        for one in () if problems else load_directory(code, base).organisations:
            if one.id in places:
                line = read_yaml(base / code / FILE, error=CountryInfoError).line("organisations")
                found.append(CountryInfoError(f"{code}/{FILE}", line, f'"{one.id}" stands in {places[one.id]} as well.', repair="Give one of them another id."))
            places[one.id] = code
    return found


def _problems_of(read: Callable[[], object]) -> list[CatalogueError]:
    try:
        read()
    except Problems as several:
        return list(several.problems)
    except CatalogueError as problem:
        return [problem]
    return []


def _stamp(file: Path) -> Stamp:
    about = file.stat() if file.is_file() else None
    return (about.st_mtime_ns, about.st_size) if about else (0, 0)


@lru_cache(maxsize=4)
def _read_vocabulary(file: Path, _stamp: Stamp) -> Vocabulary:
    located = read_yaml(file, error=CountryInfoError)
    shape: VocabularyShape = shaped(VocabularyShape, located, CountryInfoError)
    _refuse(located, vocabulary_problems(shape))
    terms = {kind: {one.id: _term(one) for one in getattr(shape, kind)} for kind in TERMS}
    needs = tuple(Need(one.id, one.name.model_dump(), tuple(one.services), _signs(one.when)) for one in shape.needs)
    cautions = tuple(Caution(one.id, one.where, _signs(one.when), one.because.model_dump()) for one in shape.cautions)
    return Vocabulary(shape.version, shape.card_months, shape.stale_months, needs=needs, cautions=cautions, **terms)


@lru_cache(maxsize=128)
def _read_directory(file: Path, _stamp: Stamp, words: Path, _words_stamp: Stamp) -> Directory:
    located = read_yaml(file, error=CountryInfoError)
    named = Located(f"{file.parent.name}/{FILE}", located.value, located.lines, located.hash)
    return _directory(named, file.parent.name, load_vocabulary(words.parent))


def _directory(located: Located, iso3: str, vocabulary: Vocabulary) -> Directory:
    shape: DirectoryShape = shaped(DirectoryShape, located, CountryInfoError)
    _refuse(located, directory_problems(shape, located, iso3, vocabulary))
    organisations = tuple(organisation_of(one, shape.country) for one in shape.organisations)
    return Directory(
        shape.country,
        shape.version,
        content_hash(located.hash.encode(), vocabulary.version.encode()),
        organisations,
        dict(shape.regions),
        shape.invented,
        tuple(shape.history),
    )


def _refuse(located: Located, found: Iterable[tuple[tuple[str | int, ...], str, str]]) -> None:
    problems = []
    for where, problem, repair in found:
        error = CountryInfoError(located.file, located.line(*where), problem, repair=repair)
        error.where = where
        problems.append(error)
    if problems:
        raise Problems(problems)


def organisation_of(shape: OrganisationShape, country: str) -> Organisation:
    """The record of an entry in its shape."""
    return Organisation(
        id=shape.id,
        country=country,
        name=shape.name,
        type=shape.type,
        services=tuple(shape.services),
        target_groups=tuple(shape.target_groups),
        status=shape.status,
        source=shape.source,
        local_name=shape.local_name,
        source_date=shape.source_date,
        state_actor=shape.state_actor,
        confidential=shape.confidential,
        city=shape.city,
        region=shape.region,
        position=Position(shape.position.lat, shape.position.lon) if shape.position else None,
        area=shape.area or "",
        languages=tuple(shape.languages),
        contact=tuple(Contact(one.kind, one.value, one.note) for one in shape.contact),
        opening=shape.opening,
        cost=shape.cost or "",
        residence=tuple(shape.residence),
        safe_contact=shape.safe_contact,
        verified=_verification(shape.verified),
        next_check=date.fromisoformat(shape.next_check) if shape.next_check else None,
        reviewed="" if isinstance(shape.reviewed, str) else f"{shape.reviewed.by}, {shape.reviewed.date}",
        note=shape.note,
        own_reading=tuple(shape.own_reading),
    )


def _verification(shape: VerifiedShape | str) -> Verification | None:
    return None if isinstance(shape, str) else Verification(date.fromisoformat(shape.date), shape.by, shape.how)


def _term(shape: TermShape) -> Term:
    return Term(shape.id, shape.name.model_dump(), shape.group or "", shape.open_eligibility, shape.remote)


def _signs(shape: SignsShape) -> Signs:
    domains: Mapping[str, Any] = dict(shape.domains)
    return Signs(tuple(shape.hard_stops), tuple(shape.findings), tuple(shape.scenarios), domains)
