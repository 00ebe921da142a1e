"""Writes the description of a new edition: where it is from, when it was fetched, its terms, and the hash of its data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import yaml

WIDTH: Final = 140  # characters of a line
_PLAIN_EDITION: Final = re.compile(r"[\w.:+ -]{1,40}")
_FILLED: Final = ("title", "edition", "credit")  # may name {edition} and {day}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What is known of an edition once it was read."""

    edition: str  # as the publisher calls it; empty where it calls it nothing
    at: datetime  # UTC
    years: tuple[int, int] | None
    addresses: Sequence[str]  # what was asked, without secrets; of several pages the first
    file: str
    content: bytes


def rewritten(id: str, about: Mapping[str, Any], fetched: Fetched, before: str = "") -> str:
    """The text of `dataset.yaml` for a new edition.

    Args:
        id: the dataset.
        about: what it says from now on; title, edition and credit may name `{edition}` and `{day}`.
        fetched: what was read.
        before: the text so far; its last part, from `refresh:` with the comment above it on, is kept as it is.
    """
    day = fetched.at.date().isoformat()
    facts = {"edition": fetched.edition if _PLAIN_EDITION.fullmatch(fetched.edition) else day, "day": day}
    said = {**about, **{key: _filled(str(about[key]), facts) for key in _FILLED}}
    parts = [
        _dump({"id": id, "title": said["title"], "publisher": said["publisher"], "edition": said["edition"]}) + _years(fetched) + _dump({"url": said["url"]}),
        _dump({key: said[key] for key in ("licence", "terms", "may_be_passed_on", "credit")}),
        *(_dump({key: said[key]}) for key in ("caveats", "notes") if said.get(key)),
        _dump({"retrieved": fetched.at.date(), "retrieved_at": fetched.at.strftime("%Y-%m-%d %H:%M:%S UTC"), "requests": list(fetched.addresses),
               "file": fetched.file, "sha256": hashlib.sha256(fetched.content).hexdigest()}),
        *filter(None, (_last_part(before),)),
    ]
    return "\n".join(parts)


def _filled(text: str, facts: Mapping[str, str]) -> str:
    for name, fact in facts.items():
        text = text.replace(f"{{{name}}}", fact)  # not `format`: a brace in an edition must not be read as one of ours
    return text


def _years(fetched: Fetched) -> str:
    return f"years: {{first: {fetched.years[0]}, last: {fetched.years[1]}}}\n" if fetched.years else ""


def _dump(part: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(part), sort_keys=False, allow_unicode=True, width=WIDTH)


def _last_part(before: str) -> str:
    """From `refresh:` on, with the comment lines above it."""
    lines = before.splitlines(keepends=True)
    start = next((number for number, line in enumerate(lines) if line.startswith("refresh:")), len(lines))
    while start and lines[start - 1].startswith("#"):
        start -= 1
    return "".join(lines[start:])
