"""Reads what a publisher answers, strictly: JSON of the agreed shape, plain words, numbers that can be meant.

A service may answer an error with status 200, a web page instead of data, half a file, or a field under a new name.
Each of these is told in words with the page, the row and the field; nothing of it is used.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from safe_lib.sources.latest import YEARS
from safe_lib.sources.service import Place, quoted

NO_DATA: Final = ("", "-", ":", "..")  # how publishers write that there is nothing
DEEPEST: Final = 20  # levels inside one row
LONGEST: Final = 5_000  # characters of one text of an answer
MOST_ROWS: Final = 50_000  # of one page; the largest page that is asked for has 20,000

_MARKUP: Final = re.compile(r"<\s*[a-zA-Z/!?]|javascript:|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\u202a-\u202e\u2066-\u2069]", re.IGNORECASE)
_DIGITS: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_YEAR: Final = re.compile(r"\d{4}")


class NotJson(Exception):
    """The answer is not JSON; it says in words what it is instead. Asking again may help."""


def decoded(raw: bytes) -> Any:
    """An answer as plain values.

    Raises:
        NotJson: it is a web page, cut off, or holds what no JSON may hold.
    """
    text = raw.decode("utf-8-sig", "replace").strip()
    if text.startswith("<"):
        raise NotJson("the answer is a web page instead of data.")
    if not text:
        raise NotJson("the answer is empty.")
    try:
        return json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as problem:
        cut = problem.pos >= len(text) - 1 or "Unterminated" in problem.msg
        raise NotJson("the answer is cut off in the middle." if cut else "the answer is not JSON.") from None
    except (ValueError, RecursionError):  # NaN, a number of thousands of digits, thousands of brackets
        raise NotJson("the answer holds what no data may hold.") from None


def _no_number(word: str) -> Any:
    raise ValueError(word)


def number(value: object) -> float | None:
    """A number, also one that is written as text; what publishers write for *no data* is None, never zero."""
    if value is None or (isinstance(value, str) and value.strip() in NO_DATA):
        return None
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("is not a number")
    return float(value)


def year(value: object) -> int:
    """A year, also one that is written as text."""
    if isinstance(value, str) and _YEAR.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value not in YEARS:
        raise ValueError("is not a year")
    return value


def whole(value: object) -> int:
    """A whole number of zero or more, also one that is written as text."""
    found = number(value)
    if found is None or found < 0 or not found.is_integer():
        raise ValueError("is not a whole number")
    return int(found)


def word(value: object) -> str:
    """A short text; nothing is an empty one."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("is not a text")
    return value.strip()


Number = Annotated[float | None, BeforeValidator(number)]
Year = Annotated[int, BeforeValidator(year)]
Whole = Annotated[int, BeforeValidator(whole)]
Word = Annotated[str, BeforeValidator(word)]


class Shape(BaseModel):
    """The fields of an answer that are used, by the publisher's names; others are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, arbitrary_types_allowed=True)


S = TypeVar("S", bound=Shape)


def shaped(shape: type[S], value: object, place: Place) -> S:
    """One object of an answer.

    Raises:
        SourceError: it is no object, or a field is missing or of another kind.
    """
    if not isinstance(value, dict):
        raise place.refuse(f"the answer is {_kind(value)} where an object with {_fields(shape)} was agreed.")
    return _validated(TypeAdapter(shape), shape, value, [value], place)  # type: ignore[no-any-return]


def rows(shape: type[S], value: object, place: Place, most: int = MOST_ROWS) -> Sequence[S]:
    """The rows of one page.

    Raises:
        SourceError: they are no list or too many, a row is no object, a field is missing or of another kind, or a text
            holds markup.
    """
    if not isinstance(value, list):
        raise place.refuse(f"the answer holds {_kind(value)} where a list of rows was agreed.")
    if len(value) > most:
        raise place.refuse(f"the page has {len(value):,} rows; more than {most:,} cannot be meant.")
    for position, row in enumerate(value, start=1):
        if not isinstance(row, dict):
            raise place.refuse(f"row {position} is {_kind(row)} instead of an object.")
        refuse_markup(row, place, position)
    return _validated(TypeAdapter(list[shape]), shape, value, value, place)  # type: ignore[valid-type, no-any-return]


def refuse_markup(row: Mapping[str, Any], place: Place, position: int) -> None:
    """Refuse texts that are more than words: tags, scripts, control characters, turned directions, whole books."""
    for name, text in _texts(row):
        if text is None:
            raise place.refuse(f"row {position} is nested more than {DEEPEST} levels deep.")
        if len(text) > LONGEST:
            raise place.refuse(f"row {position}, field {quoted(name)}: the text is longer than {LONGEST:,} characters.")
        if _MARKUP.search(text):
            raise place.refuse(f"row {position}, field {quoted(name)}: there is markup or a control character in the text.")


def _texts(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, str | None]]:
    """Every text in a row with the name of its field; None where it is nested too deep to be looked through."""
    if depth > DEEPEST:
        yield name, None
    elif isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield "a name", key
            yield from _texts(part, key, depth + 1)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, name, depth + 1)


def _validated(adapter: Any, shape: type[Shape], value: Any, raw: Sequence[Any], place: Place) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
    position, where = _where(first["loc"])
    row = raw[position - 1] if position else raw[0]
    at = f"row {position}: " if position else ""
    path = ".".join(map(str, where))
    if first["type"] == "missing":
        raise place.refuse(f"{at}the field {quoted(path)} is missing.{_renamed(where, row, shape)}") from None
    reason = first["msg"].removeprefix("Value error, ")
    reason = reason if reason.startswith("is not") else "is of another kind than was agreed"
    raise place.refuse(f"{at}the field {quoted(path)} {reason}.") from None


def _where(path: Sequence[int | str]) -> tuple[int, Sequence[int | str]]:
    """The number of the row from 1, or 0 where there are no rows, and the way to the field inside it."""
    return (path[0] + 1, path[1:]) if path and isinstance(path[0], int) else (0, path)


def _renamed(where: Sequence[int | str], row: Any, shape: type[Shape]) -> str:
    """Whether a field of nearly the same name is there instead."""
    for part in where[:-1]:
        row = row[part]
    missing = str(where[-1])
    if not isinstance(row, dict):
        return ""
    others = {plain(name): name for name in row if name not in _names(shape)}
    near = get_close_matches(plain(missing), others, n=1, cutoff=0.6)
    return f" There is {quoted(others[near[0]])}; that may be its new name." if near else ""


def plain(name: str) -> str:
    """A name without capitals and signs, by which two ways of writing it are the same."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _names(shape: type[Shape]) -> frozenset[str]:
    return frozenset(about.alias or name for name, about in shape.model_fields.items())


def _fields(shape: type[Shape]) -> str:
    return ", ".join(sorted(_names(shape)))


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "a yes or no", type(None): "nothing"}
    return kinds.get(type(value), "a number")
