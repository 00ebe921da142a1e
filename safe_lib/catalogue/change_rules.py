"""What every change to general knowledge must keep to, beyond what `safe check` asks: nothing of a case gets in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from safe_lib.model.change import Change

LONGEST: Final = 500  # signs of one field; the longest claim so far has 231
LONGER: Final = {"url": 2000, "quotation": 400, "signed": 80}  # signs; 400 is a long sentence

_ID: Final = re.compile(r"[a-z][a-z0-9_]{1,59}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
# As the store makes them (K7M-2042) and as training names them (DEMO-001), in small letters and with other dashes too.
_CASE: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-HJ-NP-TV-Z][2-9][A-HJ-NP-TV-Z][-\u2010-\u2015_]?\d{4}|DEMO[-\u2010-\u2015_ ]?\d{3,})(?![A-Za-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a field does not keep: the key of the sentence that says so, and the facts in it."""

    at: str  # the field
    rule: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def common_rules(change: Change, file: Mapping[str, Any], today: date) -> Iterator[Broken]:
    """Rules for every list: `file` is the whole file as it stands."""
    if not _ID.fullmatch(change.id):
        yield Broken("id", "id")
    for id in change.sources:
        if not _ID.fullmatch(id):
            yield Broken(f"sources.{id}.id", "id")
        if id in (file.get("sources") or {}):
            yield Broken(f"sources.{id}.id", "id_taken", {"id": id})
    if not change.differs.strip():
        yield Broken("differs", "differs")
    if day_in(change.since) is None:
        yield Broken("since", "day")
    for name, text in texts_of(change):
        yield from text_rules(name, text)


def text_rules(name: str, text: str) -> Iterator[Broken]:
    """Rules for one text, in the field `name`: not too long, nothing that nobody can see, nothing of a case."""
    most = LONGER.get(name.rpartition(".")[2], LONGEST)
    if len(text) > most:
        yield Broken(name, "long", {"most": most, "signs": len(text)})
        return
    if any(unicodedata.category(sign) == "Cc" for sign in text):
        yield Broken(name, "unseen")
    if looks_like_a_case(text):
        yield Broken(name, "case")


def looks_like_a_case(text: str) -> bool:
    """Whether a word in it has the form of a case reference.

    >>> looks_like_a_case("as K7M-2042 said"), looks_like_a_case("in demo-001"), looks_like_a_case("Circular 14/2026")
    (True, True, False)
    """
    return _CASE.search(text) is not None


def names_a_case(text: str, references: frozenset[str]) -> bool:
    """Whether it holds one of these references as a word."""
    return any(re.search(rf"(?<![A-Za-z0-9-]){re.escape(reference)}(?![A-Za-z0-9-])", text, re.IGNORECASE) for reference in references)


def texts_of(change: Change) -> Iterator[tuple[str, str]]:
    """Every text of a change with the name of its field."""
    for key, value in change.entry.items():
        yield from _texts(key, value)
    for id, about in change.sources.items():
        for key, value in about.items():
            yield from _texts(f"sources.{id}.{key}", value)
    yield from (("differs", change.differs), ("signed", change.signed))


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _texts(str(key), part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _texts(name, part)
    elif value is not None:
        yield name, str(value)


def day_in(value: object) -> date | None:
    """A day written YYYY-MM-DD; None for anything else."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        return None
