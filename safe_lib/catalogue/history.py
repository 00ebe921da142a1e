"""The history of a data file: which version came when, through whom, and what may differ for people since.

A line of a reviewed change names the entry and keeps what it said before (`former`), so that nothing is lost when a
claim is renewed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from safe_lib.catalogue.reading import Key

KEYS: Final = ("version", "date", "what", "entry", "change", "from", "by", "reviewed", "proposal", "former")
NEEDED: Final = {"version": "Add its version.", "date": "Add the day, YYYY-MM-DD.", "change": "Say what may differ for people.", "by": "Add who made it."}
WHATS: Final = ("added", "renewed", "corrected", "withdrawn")

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")

Found = Iterator[tuple[tuple[Key, ...], str, str]]  # where in the file, problem, repair


def history_problems(value: Mapping[str, Any]) -> Found:
    """Everything that is wrong with the history of a file, with its repair; nothing where it has none."""
    history = value.get("history")
    if history is None:
        return
    if not isinstance(history, list):
        yield ("history",), "the history is not a list.", "Write `history:` and below it `- {version: 1.0.0, date: 2026-11-21, change: First version., by: …}`."
        return
    for number, line in enumerate(history):
        yield from _line(line, ("history", number), value)
    newest = history[-1].get("version") if history and isinstance(history[-1], dict) else None
    if newest and value.get("version") and str(newest) != str(value["version"]):
        yield ("version",), f"the file is of version {value['version']}, but the newest line of its history of {newest}.", "Bring the two together."


def _line(line: Any, where: tuple[Key, ...], value: Mapping[str, Any]) -> Found:
    if not isinstance(line, dict):
        yield where, "a line of the history is not a map.", "Write `- {version: 1.0.0, date: 2026-11-21, change: First version., by: …}`."
        return
    for key in line:
        if key not in KEYS:
            yield (*where, key), f'"{key}" is not a word known in a history.', f"Use {', '.join(KEYS)}."
    for key, repair in NEEDED.items():
        if not str(line.get(key) or "").strip():
            yield where, f"a line of the history has no {key}.", repair
    for key in ("date", "from"):
        if line.get(key) and not _is_day(line[key]):
            yield (*where, key), f'{key} is "{line[key]}", which is not a day.', "Write YYYY-MM-DD."
    yield from _of_an_entry(line, where, value)


def _of_an_entry(line: Mapping[str, Any], where: tuple[Key, ...], value: Mapping[str, Any]) -> Found:
    what, former = line.get("what"), line.get("former")
    if what is not None and what not in WHATS:
        yield (*where, "what"), f'"{what}" is not what can become of an entry.', f"Write {', '.join(WHATS)}."
    if what is not None and not line.get("entry"):
        yield where, f"a line of the history says that something was {what}, but not what.", "Add `entry:` with its id."
    if former is not None and not isinstance(former, dict):
        yield (*where, "former"), "what an entry said before is not a map.", "Write its former fields one below the other."
    elif what in WHATS[1:] and not former:
        yield where, f"a line of the history says that something was {what}, but not what it said before.", "Add `former:` with its fields."
    cited = former.get("sources") if isinstance(former, dict) else None
    for id in cited if isinstance(cited, list) else ():
        if id not in (value.get("sources") or {}):
            yield (*where, "former", "sources"), f'what was said before rests on "{id}", which is not a source here any more.', "Keep its source."


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(_DAY.fullmatch(value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False
