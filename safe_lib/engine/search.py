"""Looking for words in texts, whatever their accents and capitals: every word has to begin a word of the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

MOST_WORDS: Final = 12  # of one search; further ones are not looked for
_PLAIN: Final = str.maketrans({  # letters that Unicode does not take apart
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ə": "e", "ħ": "h", "’": "'", "‘": "'", "ʼ": "'",
})  # fmt: skip
_WORD: Final = re.compile(r"\w+")


def folded(text: str) -> str:
    """A text in small letters without accents, for comparing only.

    >>> folded("Durrës, São Tomé")
    'durres, sao tome'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_PLAIN)


def words_of(query: str) -> tuple[str, ...]:
    """The words to look for, each once."""
    return tuple(dict.fromkeys(_WORD.findall(folded(query))))[:MOST_WORDS]


def has_all(text: str, words: Sequence[str]) -> bool:
    """Whether every word begins a word of a text that is folded already.

    >>> has_all("therapy for adults", ("adult", "ther")), has_all("therapy", ("rap",))
    (True, False)
    """
    return all(re.search(rf"\b{re.escape(word)}", text) for word in words)


def marked(text: str, words: Iterable[str]) -> tuple[tuple[str, bool], ...]:
    """The text in pieces, and whether each was looked for; together they are the text again.

    >>> marked("Shelters in Durrës", ("durres",))
    (('Shelters in ', False), ('Durrës', True))
    """
    wanted = "|".join(re.escape(word) for word in words)
    if not wanted:
        return ((text, False),) if text else ()
    plain, origin = _with_origin(text)
    pieces: list[tuple[str, bool]] = []
    done = 0
    for found in re.finditer(rf"\b(?:{wanted})", plain):
        start, end = origin[found.start()], origin[found.end() - 1] + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        if start > done:
            pieces.append((text[done:start], False))
        if end > max(start, done):
            pieces.append((text[max(start, done) : end], True))
        done = max(done, end)
    return (*pieces, (text[done:], False)) if done < len(text) else tuple(pieces)


def _with_origin(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its letters the place of the letter it came from."""
    parts = [folded(letter) for letter in text]
    return "".join(parts), [place for place, part in enumerate(parts) for _ in part]
