"""A letter or form as data: what it is for, which facts it uses, what it must never hold, and its parts in every language.

A letter decides nothing and invents nothing: a fact that nobody wrote down stays a visible gap. The person's own words are
quoted as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from safe_lib.model.document import Block
from safe_lib.model.instrument import Condition, Source
from safe_lib.model.procedure import Standing, Words

Reader = Literal["authority", "embassy", "lawyer", "partner", "person"]
PartKind = Literal["text", "heading", "bullets", "ticks", "write", "sign", "fill", "quote", "documents"]


@dataclass(frozen=True, slots=True)
class LetterField:
    """Something a letter may say of a case: a fact of a procedure, or a field that only letters have."""

    id: str
    name: Words
    kind: str = "word"  # day | word | yes_no: for conditions only
    quiet: bool = False  # may stand in a letter that gives nothing away
    keys: tuple[str, ...] = ()  # other names under which a store may hold it


@dataclass(frozen=True, slots=True)
class LetterPart:
    """One part of a letter; `ids` are the fields it fills in or the statement it quotes, or the procedure whose documents it lists."""

    kind: PartKind
    words: tuple[Words, ...] = ()
    ids: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  # left out where one of these is not known
    when: Condition | None = None  # left out where it does not hold; a gap where it is open


@dataclass(frozen=True, slots=True)
class Gate:
    """What must hold before the letter is made at all; otherwise it needs a reason, which is kept."""

    opens_when: Condition
    says: Words


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, as read and checked."""

    id: str
    version: str
    title: Words
    purpose: Words  # told beside it, never in it
    reader: Reader
    addressee: Words
    sent_in: str  # the language in which it is sent; empty: in the reader's. Another is a reading copy
    quiet: bool  # gives nothing away: no procedure, no authority, nobody who helps
    standing: Standing
    verified: date
    verify_by: date
    sources: Mapping[str, Source]
    procedures: tuple[str, ...]
    must: tuple[str, ...]  # fields that are gaps where they are not known
    helps: tuple[str, ...]  # fields whose part is left out where they are not known
    sender: tuple[str, ...]
    gate: Gate | None
    never: Words  # what it must never hold; told beside it
    never_words: tuple[str, ...]  # neither in its own words nor in a fact
    before: tuple[Words, ...]  # what is done before it leaves; told beside it, never in it
    parts: tuple[LetterPart, ...]
    zone: str  # time zone of the authority (DR8)
    hash: str


@dataclass(frozen=True, slots=True)
class Letters:
    """Every letter, the fields they may use, and the words they must never hold (language → words)."""

    letters: Mapping[str, Letter]
    fields: Mapping[str, LetterField]
    never: Mapping[str, tuple[str, ...]]
    never_quiet: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Filled:
    """A letter with what is known of one case."""

    letter: Letter
    language: str
    title: str
    sender: tuple[str, ...]
    addressee: str
    blocks: tuple[Block, ...]
    gaps: tuple[str, ...] = field(default=())  # fields and facts that are not known, in reading order
