"""The expressions of an XLSForm as sentences of the suite, as far as they mean the same; what does not is left to a person."""

from __future__ import annotations

import re
from typing import Any, Final

_FIELD: Final = r"\$\{(?P<field>[A-Za-z_][\w.\-]*)\}"
_LEAVES: Final = (
    (re.compile(rf"selected\(\s*{_FIELD}\s*,\s*(['\"])(?P<value>[\w\-]+)\2\s*\)\Z"), "{field} is {value}"),
    (re.compile(rf"{_FIELD}\s*=\s*(['\"])(?P<value>[\w\-]+)\2\Z"), "{field} is {value}"),
    (re.compile(rf"{_FIELD}\s*=\s*(?P<value>\d+)\Z"), "{field} is {value}"),
    (re.compile(rf"{_FIELD}\s*>=\s*(?P<value>\d+)\Z"), "{field} at least {value}"),
    (re.compile(rf"{_FIELD}\s*<\s*(?P<value>\d+)\Z"), "{field} below {value}"),
    (re.compile(rf"{_FIELD}\s*>\s*(?P<value>\d+)\Z"), "{field} at least {next}"),
    (re.compile(rf"{_FIELD}\s*<=\s*(?P<value>\d+)\Z"), "{field} below {next}"),
)
_UNEQUAL: Final = re.compile(rf"{_FIELD}\s*!=\s*(['\"])(?P<value>[\w\-]+)\2\Z")
DEEPEST: Final = 20
LONGEST: Final = 2_000  # characters


def sentence_of(expression: str) -> Any | None:
    """A condition from an expression; None where it says something that conditions cannot.

    >>> sentence_of("${A4} > 0")
    'A4 at least 1'
    >>> sentence_of("selected(${A3}, 'return') and not(${A2} = 'igo')")
    {'all': ['A3 is return', {'not': 'A2 is igo'}]}
    >>> sentence_of("once(random())") is None
    True
    """
    return _read(expression, 0) if len(expression) <= LONGEST else None


def _read(text: str, depth: int) -> Any | None:
    text = _bare(text.strip())
    if depth > DEEPEST or not text:
        return None
    for word, key in ((" or ", "any"), (" and ", "all")):
        parts = _split(text, word)
        if len(parts) > 1:
            read = [_read(part, depth + 1) for part in parts]
            return None if None in read else {key: read}
    if text.startswith("not(") and _closes(text, 3) == len(text) - 1:
        inner = _read(text[4:-1], depth + 1)
        return None if inner is None else {"not": inner}
    if found := _UNEQUAL.match(text):
        return {"not": f"{found['field']} is {found['value']}"}
    for pattern, sentence in _LEAVES:
        if found := pattern.match(text):
            number = found["value"]
            return sentence.format(field=found["field"], value=number, next=int(number) + 1 if number.isdecimal() else "")
    return None


def _bare(text: str) -> str:
    """Without parentheses that hold the whole of it."""
    while text.startswith("(") and _closes(text, 0) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _closes(text: str, at: int) -> int:
    """Where the parenthesis that opens here is closed; -1 where it is not."""
    level = 0
    for place in range(at, len(text)):
        level += {"(": 1, ")": -1}.get(text[place], 0)
        if level == 0:
            return place
    return -1


def _split(text: str, word: str) -> list[str]:
    """The parts between a word that stands in no parentheses."""
    parts, level, begin = [], 0, 0
    for place, letter in enumerate(text):
        level += {"(": 1, ")": -1}.get(letter, 0)
        if level == 0 and text.startswith(word, place):
            parts.append(text[begin:place])
            begin = place + len(word)
    return [*parts, text[begin:]]
