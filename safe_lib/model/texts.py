"""The words of one language, by key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

EMBEDDING_ENDS: Final = "\u202c"
ISOLATE_ENDS: Final = "\u2069"
_ENDS: Final = {**dict.fromkeys("\u202a\u202b\u202d\u202e", EMBEDDING_ENDS), **dict.fromkeys("\u2066\u2067\u2068", ISOLATE_ENDS)}
_TURNING: Final = frozenset(_ENDS)
_PLACE: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Texts:
    """Interface texts of one language; what is missing is taken from the fallback language.

    A text may hold `{fact}` places. Plain substitution only: texts are data, never code.
    """

    language: str
    direction: str  # ltr | rtl
    entries: Mapping[str, str]
    fallback: Mapping[str, str] = field(default_factory=dict)
    name: str = ""  # the language in its own words
    status: str = "reviewed"  # draft | reviewed

    def __call__(self, key: str, /, **facts: Any) -> str:
        """The text for a key, its places filled; the key itself where no language has it."""
        return filled(self.entries.get(key) or self.fallback.get(key) or key, facts)

    def has(self, key: str) -> bool:
        """Some language has a text for this key."""
        return key in self.entries or key in self.fallback


def filled(text: str, facts: Mapping[str, Any]) -> str:
    """A text with its `{fact}` places filled, all in one go: what looks like a place within a fact is somebody's word, and stays one."""
    return _PLACE.sub(lambda place: closed(str(facts[place[1]])) if place[1] in facts else place[0], text)


def closed(text: str) -> str:
    """A text whose marks of direction end with it, so that they turn nothing round that comes after it.

    Embeddings and overrides (U+202A to U+202E) end with U+202C, isolates (U+2066 to U+2068) with U+2069; what is open is closed.
    """
    if _TURNING.isdisjoint(text):
        return text
    open_marks: list[str] = []
    for letter in text:
        if letter in _ENDS:
            open_marks.append(_ENDS[letter])
        elif open_marks and letter == open_marks[-1]:
            open_marks.pop()
        elif letter == ISOLATE_ENDS and ISOLATE_ENDS in open_marks:  # the end of an isolate closes what was opened in it
            del open_marks[open_marks.index(ISOLATE_ENDS) :]
    return text + "".join(reversed(open_marks))
