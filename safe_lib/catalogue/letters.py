"""Letters and forms (`templates/letters`): found by folder, read with the list they share, kept per process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.instruments import shaped
from safe_lib.catalogue.letter_shapes import GateShape, LetterShape, PartShape, SharedLettersShape
from safe_lib.catalogue.procedure_shapes import WordsOfShape
from safe_lib.catalogue.procedures import Law, load_law, read_shared
from safe_lib.catalogue.reading import Located, content_hash, read_yaml
from safe_lib.engine.conditions import NotASentence, parse
from safe_lib.model.errors import CatalogueError, WrongUse
from safe_lib.model.instrument import Condition, Source
from safe_lib.model.letter import Gate, Letter, LetterField, LetterPart, Letters

FOLDER: Final = "letters"
SHARED: Final = "shared"
NO_ZONE: Final = "Europe/Amsterdam"  # of a letter that belongs to no procedure: where the desk stands
_DAYS: Final = ("day",)


def letter_files(root: Path | None = None) -> dict[str, Path]:
    """Id → file of every letter; the folder is the list."""
    return {file.stem: file for file in sorted(((root or paths.TEMPLATES) / FOLDER).glob("*.yaml")) if file.stem != SHARED}


def load_letters(root: Path | None = None) -> Letters:
    """Every letter, read once for each content of the files.

    Raises:
        Problems, CatalogueError: a file cannot be used as it is written.
    """
    base = (root or paths.TEMPLATES) / FOLDER
    stamp = tuple((str(file), file.stat().st_mtime_ns) for file in sorted(base.glob("*.yaml")))
    return _letters(root, stamp, content_hash(*(one.hash.encode() for one in load_law().procedures.values())))


def load_letter(id: str, root: Path | None = None) -> Letter:
    """One letter.

    Raises:
        WrongUse: there is none with this id.
    """
    there = load_letters(root).letters
    if id not in there:
        raise WrongUse(f"letter: there is no letter with this name.\n  There are: {', '.join(there)}.")
    return there[id]


def fields_of(law: Law, shared: SharedLettersShape) -> dict[str, LetterField]:
    """The facts of procedures that are a day or a word, and the fields that only letters have; of one in both, the letter's."""
    facts = {id: LetterField(id, words, "day" if law.kinds[id] in _DAYS else "word") for id, words in law.facts.items() if law.kinds[id] in ("day", "word")}
    own = {id: LetterField(id, {"en": said.en, "nl": said.nl}, said.kind, said.quiet, tuple(said.keys)) for id, said in shared.fields.items()}
    return facts | own


def read_list(root: Path | None = None) -> tuple[SharedLettersShape, Located]:
    """The list that letters share, as it is written."""
    located = read_yaml((root or paths.TEMPLATES) / FOLDER / f"{SHARED}.yaml")
    return shaped(SharedLettersShape, located, CatalogueError), located


@lru_cache(maxsize=4)
def _letters(root: Path | None, _stamp: tuple[tuple[str, int], ...], _law: str) -> Letters:
    law, (shared, located) = load_law(), read_list(root)
    sources = read_shared().shape.sources
    known = {id: Source(id, said.title, said.publisher, str(said.published), said.url, said.status, said.note) for id, said in sources.items()}
    letters = {file.stem: _letter(read_yaml(file), located.hash, law, known) for file in letter_files(root).values()}
    never = {language: tuple(words) for language, words in shared.never.anywhere.items()}
    quiet = {language: tuple(words) for language, words in shared.never.quiet.items()}
    return Letters(letters, fields_of(law, shared), never, quiet)


def _letter(located: Located, shared_hash: str, law: Law, sources: Mapping[str, Source]) -> Letter:
    said: LetterShape = shaped(LetterShape, located, CatalogueError)
    return Letter(
        id=said.id, version=said.version, title=said.title.model_dump(), purpose=said.purpose.model_dump(), reader=said.reader,
        addressee=said.addressee.model_dump(), sent_in=said.sent_in, quiet=said.quiet, standing=said.status, verified=date.fromisoformat(said.verified),
        verify_by=date.fromisoformat(said.verify_by), sources={id: sources[id] for id in said.sources if id in sources}, procedures=tuple(said.procedures),
        must=tuple(said.facts.must), helps=tuple(said.facts.helps), sender=tuple(said.sender), gate=_gate(said.gate, located),
        never={"en": said.never.en, "nl": said.never.nl}, never_words=tuple(word for words in said.never.words.values() for word in words),
        before=tuple(words.model_dump() for words in said.before),
        parts=tuple(_part(part, located, place) for place, part in enumerate(said.parts)), zone=_zone(said, law),
        hash=content_hash(located.hash.encode(), shared_hash.encode()))


def _zone(said: LetterShape, law: Law) -> str:
    """The zone of the authority of the first procedure it belongs to (DR8)."""
    return next((law.procedures[id].calendar.zone for id in said.procedures if id in law.procedures), NO_ZONE)


def _gate(said: GateShape | None, located: Located) -> Gate | None:
    return Gate(condition_in(said.opens_when, located, "gate", "opens_when"), said.says.model_dump()) if said else None


def _part(said: PartShape, located: Located, place: int) -> LetterPart:
    kind = said.kinds[0] if said.kinds else "text"
    written: Any = getattr(said, kind)
    listed = written if isinstance(written, list) else [written] if written else []
    words = tuple(one.model_dump() for one in listed if isinstance(one, WordsOfShape))
    when = None if said.when is None else condition_in(said.when, located, "parts", place, "when")
    return LetterPart(kind, words, tuple(one for one in listed if isinstance(one, str)), tuple(said.needs), when)  # type: ignore[arg-type]


def condition_in(written: Any, located: Located, *where: str | int) -> Condition:
    """A condition of a letter.

    Raises:
        CatalogueError: it is not understood.
    """
    try:
        return parse(written)
    except NotASentence as problem:
        repair = f"{str(problem)[0].upper()}{str(problem)[1:]}."
        raise CatalogueError(located.file, located.line(*where), "this condition is not understood.", repair=repair) from None
