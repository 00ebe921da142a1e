"""Everything a letter must have before somebody sends it; every problem is told at once.

A letter that gives nothing away is quiet by construction: it may use only fields that are marked so, quotes no statement,
lists no papers of a procedure, and holds none of the forbidden words, in any language.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from safe_lib.catalogue.checks import _SENTENCE_ENDS, LONGEST_PLAIN
from safe_lib.catalogue.instruments import shaped
from safe_lib.catalogue.letter_shapes import LetterShape, PartShape, SharedLettersShape
from safe_lib.catalogue.letters import condition_in, fields_of, letter_files, load_letters, read_list
from safe_lib.catalogue.procedure_shapes import WordsOfShape
from safe_lib.catalogue.procedures import Law, load_law, read_shared
from safe_lib.catalogue.reading import Located, Where, read_yaml
from safe_lib.engine.conditions import sentences
from safe_lib.engine.letters import PLACE, looked_for
from safe_lib.model.errors import CatalogueError, Problems
from safe_lib.model.letter import LetterField

Found = Iterator[tuple[Where, str, str]]  # where in the file, problem, repair
LANGUAGES: Final = ("en", "nl")
LOUD: Final = ("quote", "documents")  # parts that no quiet letter has


def check_letters(root: Path | None = None) -> list[CatalogueError]:
    """Every problem of every letter and of the list they share, with file, line and repair."""
    try:
        (shared, located), law = read_list(root), load_law()
    except Problems as several:
        return list(several.problems)
    except CatalogueError as problem:
        return [problem]
    known = _Known(fields_of(law, shared), law, frozenset(read_shared().shape.sources), shared)
    found = [_told(located, where, problem, repair) for where, problem, repair in _list_problems(shared, law)]
    for file in letter_files(root).values():
        found += _problems_of(file, known)
    return found or _whole(root)


def _whole(root: Path | None) -> list[CatalogueError]:
    try:
        load_letters(root)
    except CatalogueError as problem:
        return [problem]
    return []


@dataclass(frozen=True, slots=True)
class _Known:
    """What a letter may name."""

    fields: Mapping[str, LetterField]
    law: Law
    sources: frozenset[str]
    shared: SharedLettersShape


def _told(located: Located, where: Where, problem: str, repair: str) -> CatalogueError:
    return CatalogueError(f"letters/{located.file}", located.line(*where), problem, repair=repair)


def _problems_of(file: Path, known: _Known) -> list[CatalogueError]:
    try:
        located = read_yaml(file)
        said: LetterShape = shaped(LetterShape, located, CatalogueError)
    except Problems as several:
        return list(several.problems)
    except CatalogueError as problem:
        return [problem]
    checks = (_about, _named, _used, _parts, _conditions, _words, _plain, _quiet)
    found: list[CatalogueError] = []
    for check in checks:
        try:
            found += [_told(located, where, problem, repair) for where, problem, repair in check(said, known, located)]
        except CatalogueError as problem:
            found.append(problem)
    return found


def _list_problems(shared: SharedLettersShape, law: Law) -> Found:
    for id in shared.fields:
        if id in law.kinds and law.kinds[id] != shared.fields[id].kind:
            yield ("fields", id), f'"{id}" is a fact of procedures of another kind.', f"Write kind: {law.kinds[id]}, or take another name."
    for name in ("anywhere", "quiet"):
        for language in LANGUAGES:
            if not getattr(shared.never, name).get(language):
                yield ("never", name), f'there are no forbidden words in "{language}".', f"Add {language}: […]."


def _about(said: LetterShape, known: _Known, located: Located) -> Found:
    stem = located.file.removesuffix(".yaml")
    if said.id != stem:
        yield ("id",), f'the letter is called "{said.id}", its file "{stem}".', "Give both the same name."
    for key in ("verified", "verify_by"):
        try:
            date.fromisoformat(getattr(said, key))
        except ValueError:
            yield (key,), "this is not a day.", "Write YYYY-MM-DD."
            return
    if said.verify_by <= said.verified:
        yield ("verify_by",), "it is to be verified again before it was verified.", "Write a later day."
    if said.sent_in and said.sent_in not in LANGUAGES:
        yield ("sent_in",), "the letter has no text in this language.", f"There are: {', '.join(LANGUAGES)}."
    if said.reader == "embassy" and not said.quiet:
        yield ("reader",), "a letter to an embassy must give nothing away.", 'Add "quiet: true".'


def _named(said: LetterShape, known: _Known, located: Located) -> Found:
    names: list[tuple[str, int, str, str, Collection[str]]] = [("sources", place, "source", id, known.sources) for place, id in enumerate(said.sources)]
    names += [("procedures", place, "procedure", id, known.law.procedures) for place, id in enumerate(said.procedures)]
    names += [("sender", place, "field", id, known.fields) for place, id in enumerate(said.sender)]
    for key, place, what, name, there in names:
        if name not in there:
            yield (key, place), f'there is no {what} "{name}".', _nearest(name, there)
    for place, id in enumerate(said.never.fields):
        if id not in known.fields or id in said.sender:
            yield ("never", "fields", place), f'"{id}" is no field, or stands in the head of the letter.', _nearest(id, known.fields)
    for key in ("must", "helps"):
        for place, id in enumerate(getattr(said.facts, key)):
            if id not in known.fields or known.fields[id].kind == "yes_no":
                yield ("facts", key, place), f'there is no field or fact "{id}" that can be written down.', _nearest(id, known.fields)


def _used(said: LetterShape, known: _Known, located: Located) -> Found:
    """What a text fills in is declared, and what is declared is used; what may be missing takes its part with it."""
    declared = {*said.facts.must, *said.facts.helps}
    used = set(said.sender)
    for where, texts, part in _texts(said):
        places = {place for text in texts for place in PLACE.findall(text)} | ({*part.fill, *filter(None, [part.quote])} if part else set())
        used |= places | set(part.needs if part else ())
        for id in sorted(places - declared):
            yield where, f'it fills in "{id}", which the letter does not name under facts.', "Add it to must, or to helps and needs."
        for id in sorted(places & set(said.facts.helps) - set(part.needs if part else ())):
            yield where, f'it fills in "{id}", which may be missing.', f"Add needs: [{id}], or move the fact to must."
    for id in sorted(declared - used):
        yield ("facts",), f'"{id}" is named and nowhere used.', "Use it, or take it out."


def _texts(said: LetterShape) -> Iterator[tuple[Where, list[str], PartShape | None]]:
    """Every text that stands in the letter, with its place in the file and its part."""
    yield ("title",), [said.title.en, said.title.nl], None
    yield ("addressee",), [said.addressee.en, said.addressee.nl], None
    for place, part in enumerate(said.parts):
        written = [getattr(part, kind) for kind in part.kinds]
        words = [one for each in written for one in (each if isinstance(each, list) else [each]) if isinstance(one, WordsOfShape)]
        for one in words:
            if set(PLACE.findall(one.en)) != set(PLACE.findall(one.nl)):
                raise CatalogueError(f"letters/{said.id}.yaml", 0, "two languages of a part do not fill in the same facts.", repair="Write the same places.")
        yield ("parts", place), [text for one in words for text in (one.en, one.nl)], part


def _parts(said: LetterShape, known: _Known, located: Located) -> Found:
    for place, part in enumerate(said.parts):
        if len(part.kinds) != 1:
            yield ("parts", place), "a part is exactly one thing.", "Write one of: text, heading, bullets, ticks, write, sign, fill, quote, documents."
        if part.documents and part.documents not in known.law.procedures:
            yield ("parts", place), f'there is no procedure "{part.documents}".', _nearest(part.documents, known.law.procedures)


def _conditions(said: LetterShape, known: _Known, located: Located) -> Found:
    written = [(("parts", place, "when"), part.when) for place, part in enumerate(said.parts) if part.when is not None]
    written += [(("gate", "opens_when"), said.gate.opens_when)] if said.gate else []  # type: ignore[list-item]
    for where, condition in written:
        for sentence in sentences(condition_in(condition, located, *where)):
            if sentence.name not in known.law.kinds and sentence.name not in known.fields:
                yield where, f'it says "{sentence.text}", but "{sentence.name}" is not a fact.', _nearest(sentence.name, known.law.kinds)


def _words(said: LetterShape, known: _Known, located: Located) -> Found:
    """No letter says what nobody here settles, nor what it says of itself that it never holds."""
    never = tuple(word for words in known.shared.never.anywhere.values() for word in words)
    here = tuple(word for words in said.never.words.values() for word in words)
    for where, texts, part in _texts(said):
        for word in looked_for(" ".join(texts), never):
            yield where, f'it says "{word}", which stands in no letter of ours.', "Say what was told, and by whom."
        for word in looked_for(" ".join(texts), here):
            yield where, f'it says "{word}", which it must never hold.', "Take it out."
        for id in sorted({*(place for text in texts for place in PLACE.findall(text)), *(part.fill if part else ()), (part.quote or "") if part else ""}):
            if id in said.never.fields:
                yield where, f'it fills in "{id}", which it must never hold.', "Take it out."


def _plain(said: LetterShape, known: _Known, located: Located) -> Found:
    """What is written to the person is in short sentences."""
    for where, texts, _ in _texts(said) if said.reader == "person" else ():
        for sentence in (sentence for text in texts for sentence in _SENTENCE_ENDS.split(text)):
            if (words := len(sentence.split())) > LONGEST_PLAIN:
                yield where, f"a sentence to the person has {words} words.", f"Write {LONGEST_PLAIN} or fewer; make two of it."


def _quiet(said: LetterShape, known: _Known, located: Located) -> Found:
    """A letter that gives nothing away has nothing to give."""
    if not said.quiet:
        return
    never = tuple(word for words in known.shared.never.quiet.values() for word in words)
    for where, texts, part in _texts(said):
        for word in looked_for(PLACE.sub(" ", " ".join(texts)), never):
            yield where, f'it says "{word}", which gives something away.', "Take it out; write what any citizen would."
        for kind in part.kinds if part else ():
            if kind in LOUD:
                yield where, f'a letter that gives nothing away has no "{kind}".', "Take the part out."
    for key in ("must", "helps"):
        for place, id in enumerate(getattr(said.facts, key)):
            if id in known.fields and not known.fields[id].quiet:
                yield ("facts", key, place), f'"{id}" gives something away.', "Take a field that is marked quiet in shared.yaml."


def _nearest(name: str, there: Collection[str]) -> str:
    close = get_close_matches(name, list(there), n=1)
    return f'Did you mean "{close[0]}"?' if close else "Check the spelling, or add it to its list."
