"""How hard a text is to read, by three measures that are old, simple and known to be rough: they see lengths, not sense.

Sentence length; LIX (Björnsson 1968): words per sentence and the share of words of more than six letters, for any language with
an alphabet; Flesch's reading ease (1948) for English, and Douma's form of it for Dutch (1960). A low figure is a reason to read
the text again, never a proof that it is clear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

LONG: Final = 6  # letters; a longer word counts as long in LIX
_ENDS: Final = re.compile(r"(?<=[.!?…:;])[\"”’)]*\s+")
_WORD: Final = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_EASE: Final = {"en": (206.835, 1.015, 84.6), "nl": (206.84, 0.93, 77.0)}  # constant, words per sentence, syllables per word
_VOWELS: Final = {"en": re.compile(r"[aeiouy]+"), "nl": re.compile(r"ij|[aeiouyàâáèêéíîóôúû]+|[äëïöü][aeiou]*")}


@dataclass(frozen=True, slots=True)
class Readability:
    """Measures of one text."""

    sentences: int
    words: int
    longest: int  # words of the longest sentence
    mean: float  # words of a sentence
    lix: float  # below 30 very easy, 40 ordinary, 50 hard
    ease: float | None  # 0 hard to 100 easy; None for a language without a formula


def readability(texts: Iterable[str], language: str) -> Readability:
    """Measure some texts together; each begins a sentence of its own.

    Raises:
        ValueError: there is no word in them.
    """
    sentences = [words for text in texts for words in map(words_of, _ENDS.split(text.strip())) if words]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        raise ValueError("there is no word to measure")
    mean = len(words) / len(sentences)
    long = sum(len(word) > LONG for word in words)
    return Readability(len(sentences), len(words), max(map(len, sentences)), mean, mean + 100 * long / len(words), _ease(words, mean, language))


def words_of(sentence: str) -> list[str]:
    """The words of a sentence, without numbers and signs."""
    return _WORD.findall(sentence)


def _ease(words: list[str], mean: float, language: str) -> float | None:
    if language not in _EASE:
        return None
    constant, by_sentence, by_word = _EASE[language]
    return constant - by_sentence * mean - by_word * sum(syllables(word, language) for word in words) / len(words)


def syllables(word: str, language: str) -> int:
    """Syllables of a word, counted by its groups of vowels; a rough count.

    >>> syllables("mensenhandel", "nl"), syllables("trafficking", "en"), syllables("geïnd", "nl")
    (4, 3, 2)
    """
    low = word.lower()
    count = len(_VOWELS[language].findall(low))
    if language == "en" and count > 1 and low.endswith("e") and not low.endswith(("le", "ee", "ye")):
        count -= 1  # a last e is mostly silent
    return max(1, count)
