"""Reads the newest figures per country, and the datasets they come from.

Only `latest.jsonl` is read to open a country, never the data files; their hashes are compared with the ones it was made from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue.reading import read_yaml
from safe_lib.model.country import Figure
from safe_lib.model.errors import CountryInfoError
from safe_lib.sources.latest import TABLE, fingerprints, parts

TERMS: Final = ("open", "share-alike", "non-commercial", "unclear")
_NEEDED: Final = ("title", "publisher", "edition", "licence", "terms", "may_be_passed_on", "credit", "retrieved", "url", "file", "sha256")

Stamp = tuple[int, int]  # time and size of a file, by which a process notices that it changed


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where figures come from and how they may be used; `credit` is the line reports print."""

    id: str
    title: str
    publisher: str
    edition: str
    licence: str
    terms: str  # open | share-alike | non-commercial | unclear
    may_be_passed_on: str
    credit: str
    retrieved: str
    url: str
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """What the indicators mean, and one unread line per country."""

    indicators: tuple[Mapping[str, Any], ...]
    described: bytes
    lines: Mapping[str, str]

    def figures(self, iso3: str) -> dict[str, Figure]:
        """The newest figure for every indicator; where the country has no data, value, year and position are None."""
        nothing: dict[str, Any] = {"figures": [None] * len(self.indicators), "notes": {}}
        line = json.loads(self.lines[iso3]) if iso3 in self.lines else nothing
        pairs = zip(self.indicators, line["figures"], strict=True)
        return {about["id"]: _figure(about, found, line["notes"].get(about["id"], "")) for about, found in pairs}

    def bytes_of(self, iso3: str) -> tuple[bytes, bytes]:
        """What a hash of the country's figures is made from."""
        return self.described, self.lines.get(iso3, "").encode()


def load_table(datasets: Path) -> Table:
    """The table of newest figures, read once per process and again when a file behind it changes.

    Raises:
        CountryInfoError: it is missing, or a data file is not the one it was made from.
    """
    return _read_table(datasets / TABLE, stamp(datasets / TABLE), tuple((part, stamp(part)) for part in parts(datasets)))


@lru_cache(maxsize=8)
def _read_table(file: Path, _stamp: Stamp, _parts: tuple[tuple[Path, Stamp], ...]) -> Table:
    repair = "Build it again: python -m safe_lib.sources.latest"
    try:
        first, *lines = file.read_text(encoding="utf-8").splitlines()
        head = json.loads(first)
        table = Table(tuple(head["indicators"]), json.dumps(head["indicators"]).encode(), {line[9:12]: line for line in lines})
    except (ValueError, KeyError, TypeError):
        raise CountryInfoError(f"_datasets/{TABLE}", 1, "the table of newest figures cannot be read.", repair=repair) from None
    now = fingerprints(file.parent)
    if changed := sorted(name for name in head["files"].keys() | now.keys() if head["files"].get(name) != now.get(name)):
        raise CountryInfoError(f"_datasets/{TABLE}", 0, f'the table of newest figures does not belong to "{changed[0]}" as it is now.', repair=repair)
    return table


def _figure(about: Mapping[str, Any], found: Sequence[Any] | None, country_note: str) -> Figure:
    value, year, position = found or (None, None, None)
    note = " ".join(part for part in (about["note"], country_note) if part)
    return Figure(about["id"], about["label"], value, year, about["unit"], about["source"], about["topic"], position, note, about["licence"])


def load_dataset(file: Path) -> Dataset:
    """One `dataset.yaml`.

    Raises:
        CountryInfoError: something about its rights or origin is missing, or the data are not the ones described.
    """
    located = read_yaml(file, error=CountryInfoError)
    about: Mapping[str, Any] = located.value if isinstance(located.value, dict) else {}
    name = f"{file.parent.name}/{file.name}"
    if missing := [key for key in _NEEDED if not about.get(key)]:
        raise CountryInfoError(name, 0, f"the dataset has no {', '.join(missing)}.", repair="Add it; figures without it may not be shown.")
    if about["terms"] not in TERMS:
        raise CountryInfoError(name, located.line("terms"), f'"{about["terms"]}" is not one of the terms.', repair=f"Write {' or '.join(TERMS)}.")
    data = file.parent / str(about["file"])
    if not data.exists() or hashlib.sha256(data.read_bytes()).hexdigest() != about["sha256"]:
        raise CountryInfoError(name, located.line("sha256"), f'"{about["file"]}" is not the file described here.',
                               repair="Restore the file, or describe the new one: edition, retrieved and sha256.")
    words = {key: str(about[key]) for key in _NEEDED[:-2]}
    return Dataset(id=file.parent.name, caveats=tuple(about.get("caveats") or ()), **words)


def stamp(file: Path) -> Stamp:
    """Time and size of a file.

    Raises:
        CountryInfoError: it is not there.
    """
    try:
        about = file.stat()
    except OSError as problem:
        raise CountryInfoError(file.name, 0, f"the file cannot be read ({problem.strerror}).", repair="Restore it.") from None
    return about.st_mtime_ns, about.st_size
