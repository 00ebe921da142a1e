"""A letter filled in with the facts of one case: known facts in words, unknown ones as gaps that nobody can overlook.

The person's own words are quoted untouched. A letter that gives nothing away is looked through again after it is filled in,
because a fact may say what the letter must not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from safe_lib.engine.facts import Facts, truth_of, unknown_in
from safe_lib.model.assessment import Truth
from safe_lib.model.document import Block, Bullets, Heading, Lines, Quote, Text
from safe_lib.model.document import Facts as NamesAndValues
from safe_lib.model.letter import Filled, Letter, LetterField, LetterPart
from safe_lib.model.procedure import Words
from safe_lib.model.texts import Texts, filled

PLACE: Final = re.compile(r"\{(\w+)\}")
BOX, TICKED = "☐", "☒"  # to be ticked by hand; a paper that has come
DOTS: Final = "…" * 24  # to be written on by hand
WHOLE_WORD: Final = 4  # letters; a longer forbidden word is looked for anywhere in a word


@dataclass(frozen=True, slots=True)
class Stock:
    """What every letter is filled in from, beside the facts of the case."""

    fields: Mapping[str, LetterField]
    facts: Mapping[str, Words]  # fact of a procedure → words
    documents: Mapping[str, Mapping[str, Words]]  # procedure → the papers it needs
    there: frozenset[str]  # papers that have come
    texts: Texts
    day: Callable[[date], str]  # a day as the letter's language writes it


def fill(letter: Letter, known: Facts, stock: Stock) -> Filled:
    """A letter with what is known of one case; nothing is guessed.

    Args:
        letter: read and checked by the catalogue.
        known: facts of the case and fields of letters, by name.
        stock: the names of what is not known, and the words around it; its texts say in which language.
    """
    pen = _Pen(letter, known, stock)
    sender = tuple(pen.value(id) for id in letter.sender)
    addressee = pen.words(letter.addressee)
    blocks = tuple(block for part in letter.parts for block in pen.part(part))
    return Filled(letter, stock.texts.language, pen.words(letter.title), sender, addressee, blocks, tuple(dict.fromkeys(pen.gaps)))


@dataclass(slots=True)
class _Pen:
    """Writes one letter, and remembers what was not known."""

    letter: Letter
    known: Facts
    stock: Stock
    gaps: list[str] = field(default_factory=list)

    def part(self, part: LetterPart) -> Iterator[Block]:
        truth = truth_of(part.when, self.known)
        if truth is Truth.FAILS or any(self.said(id) is None for id in part.needs):
            return
        if truth is Truth.OPEN:
            yield Text(" ".join(self.gap(id) for id in unknown_in(part.when, self.known)))
            return
        yield from self.written(part)

    def written(self, part: LetterPart) -> Iterator[Block]:
        lines = tuple(self.words(words) for words in part.words)
        match part.kind:
            case "text":
                yield from map(Text, lines)
            case "heading":
                yield from map(Heading, lines)
            case "bullets":
                yield Bullets(lines)
            case "ticks":
                yield from (Text(f"{BOX} {line}") for line in lines)
            case "write":
                yield NamesAndValues(tuple((line, DOTS) for line in lines))
            case "sign":
                yield Lines(lines)
            case "fill":
                yield NamesAndValues(tuple((self.name(id), self.value(id, named=True)) for id in part.ids))
            case "quote":
                said = self.said(part.ids[0])
                yield Quote(said) if said is not None else Text(self.gap(part.ids[0]))
            case "documents":
                papers = self.stock.documents.get(part.ids[0], {})
                yield from (Text(f"{TICKED if id in self.stock.there else BOX} {self.in_language(words)}") for id, words in papers.items())

    def words(self, words: Words) -> str:
        """A text with its places filled in."""
        text = self.in_language(words)
        return filled(text, {id: self.value(id) for id in PLACE.findall(text)})

    def in_language(self, words: Words) -> str:
        return words.get(self.stock.texts.language) or words.get("en", "")

    def value(self, id: str, *, named: bool = False) -> str:
        """What is known of a field, or its gap; `named`: its name stands before it already."""
        said = self.said(id)
        return said if said is not None else self.gap(id, named=named)

    def said(self, id: str) -> str | None:
        """What is known of a field, in words; a day that is only known to have come is not known."""
        known = self.known.value(id)
        if isinstance(known, (date, datetime)) or self.is_day(id):
            day = self.known.day(id, self.letter.zone)
            return self.stock.day(day) if day else None
        return known if isinstance(known, str) and known.strip() else None

    def is_day(self, id: str) -> bool:
        own = self.stock.fields.get(id)
        return own.kind == "day" if own else False

    def gap(self, id: str, *, named: bool = False) -> str:
        self.gaps.append(id)
        texts = self.stock.texts
        return texts("letter.gap_named") if named else texts("letter.gap", name=self.name(id).rstrip("?"))

    def name(self, id: str) -> str:
        own = self.stock.fields.get(id)
        return self.in_language(own.name if own else self.stock.facts.get(id, {})) or id


# What a letter must never hold


def looked_for(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """The forbidden words that a text holds: short ones as whole words, longer ones anywhere, whatever the capitals, accents and hidden signs.

    >>> looked_for("The Shel\u200bter of the IND", ["shelter", "ind", "coa"])
    ('shelter', 'ind')
    """
    plain = _plain(text)
    return tuple(word for word in words if _holds(plain, _plain(word)))


def _holds(text: str, word: str) -> bool:
    if len(word) > WHOLE_WORD:
        return word in text
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _plain(text: str) -> str:
    """Small letters without accents, hidden signs and double spaces."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(letter for letter in apart if unicodedata.category(letter) not in ("Cf", "Mn")).split())


def given_away(letter: Letter, filled_in: Filled, known: Facts, never: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The fields whose value says what the letter must not; `*` for its own words. The person's own words are theirs, and not looked at."""
    words = (*letter.never_words, *(word for language in never.values() for word in language if letter.quiet))
    if not words:
        return ()
    quoted = {id for part in letter.parts if part.kind == "quote" for id in part.ids}
    asked = [id for id in (*letter.must, *letter.helps) if id not in quoted]
    fields = tuple(id for id in asked if isinstance(said := known.value(id), str) and looked_for(said, words))
    rest = () if fields or quoted else looked_for(" ".join(texts_of(filled_in)), words)
    return fields or (("*",) if rest else ())


def texts_of(letter: Filled) -> Iterator[str]:
    """Everything that a reader of the letter sees."""
    yield from (letter.title, *letter.sender, letter.addressee)
    for block in letter.blocks:
        match block:
            case Text(text) | Heading(text) | Quote(text):
                yield text
            case Bullets(items):
                yield from items
            case Lines(labels):
                yield from labels
            case NamesAndValues(pairs):
                yield from (f"{name} {value}" for name, value in pairs)
