"""Reads the newest figures per country, and the datasets they come from.

Only `latest.jsonl` is read to open a country, never the data files; their hashes are compared with the ones it was made from.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from os.path import normpath
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue.reading import read_yaml
from safe_lib.model.country import Figure
from safe_lib.model.errors import CountryInfoError
from safe_lib.sources.latest import TABLE, fingerprints, parts
from safe_lib.sources.replacing import READY, current, names

LEAVES: Final = ("data.csv.gz", "dataset.yaml")  # of a dataset, that the table is made from
SWITCHED_OFF: Final = "switched_off.yaml"
NEVER_OFF: Final = frozenset({"iso_countries"})
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
    off: frozenset[str] = frozenset()  # ids of datasets whose figures are not shown

    def figures(self, iso3: str) -> dict[str, Figure]:
        """The newest figure for every indicator; where the country has no data, value, year and position are None.

        A position compares countries within one indicator, so it stays what it is when another dataset is switched off.
        """
        return {id: figure for id, figure in self.every_figure(iso3).items() if id not in self.hidden}

    def every_figure(self, iso3: str) -> dict[str, Figure]:
        """The same, with the figures of datasets that are switched off."""
        nothing: dict[str, Any] = {"figures": [None] * len(self.indicators), "notes": {}}
        line = json.loads(self.lines[iso3]) if iso3 in self.lines else nothing
        pairs = zip(self.indicators, line["figures"], strict=True)
        return {about["id"]: _figure(about, found, line["notes"].get(about["id"], "")) for about, found in pairs}

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The indicators of datasets that are switched off."""
        return frozenset(about["id"] for about in self.indicators if about["source"] in self.off)

    def has(self, iso3: str) -> bool:
        """Whether any figure of the country is shown."""
        return iso3 in self.lines and (not self.off or any(figure.value is not None for figure in self.figures(iso3).values()))

    def bytes_of(self, iso3: str) -> tuple[bytes, bytes]:
        """What a hash of the country's figures is made from."""
        return self.described, self.lines.get(iso3, "").encode()


def load_table(datasets: Path) -> Table:
    """The table of newest figures, read once per process and again when a file behind it changes.

    Raises:
        CountryInfoError: it is missing, a data file is not the one it was made from, or the list of datasets that are
            switched off cannot be meant.
    """
    off = switched_off(datasets)
    try:
        table = _table(datasets)
    except CountryInfoError:  # a new edition may have taken its place between one file and the next
        table = _table(datasets)
    return _without(table, off) if off else table


def _table(datasets: Path) -> Table:
    return _read_table(datasets, (*_stamps(str(datasets)), *_stamps(str(datasets / READY))))


def _stamps(folder: str) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every file behind the table. Plain names: this is asked for every country that is opened."""
    found = []
    try:
        inside = [f"{entry.name}/{leaf}" for entry in os.scandir(folder) if entry.is_dir() and entry.name[0] != "." for leaf in LEAVES]
    except OSError:  # nothing is being put in its place
        return ()
    for name in (*inside, TABLE, "indicators.yaml"):
        with suppress(OSError):
            about = os.stat(f"{folder}/{name}")
            found.append((name, about.st_mtime_ns, about.st_size))
    return tuple(sorted(found))


@lru_cache(maxsize=8)
def _read_table(datasets: Path, _stamps: tuple[tuple[str, int, int], ...]) -> Table:
    repair = "Build it again: python -m safe_lib.sources.latest"
    file = current(datasets, TABLE)
    try:
        first, *lines = file.read_text(encoding="utf-8").splitlines()
        head = json.loads(first)
        table = Table(tuple(head["indicators"]), json.dumps(head["indicators"]).encode(), {line[9:12]: line for line in lines})
    except (OSError, ValueError, KeyError, TypeError):
        raise CountryInfoError(f"_datasets/{TABLE}", 1, "the table of newest figures cannot be read.", repair=repair) from None
    now = fingerprints(parts(datasets))
    if changed := sorted(name for name in head["files"].keys() | now.keys() if head["files"].get(name) != now.get(name)):
        raise CountryInfoError(f"_datasets/{TABLE}", 0, f'the table of newest figures does not belong to "{changed[0]}" as it is now.', repair=repair)
    return table


def _without(table: Table, off: frozenset[str]) -> Table:
    kept = [about for about in table.indicators if about["source"] not in off]
    return replace(table, described=json.dumps(kept).encode(), off=off)


def switched_off(datasets: Path) -> frozenset[str]:
    """The datasets whose figures are not shown, as `switched_off.yaml` says; none where there is no such file.

    Raises:
        CountryInfoError: the list cannot be meant, or names what is no dataset here.
    """
    file = datasets / SWITCHED_OFF
    return _read_switches(file, stamp(file)) if file.exists() else frozenset()


@lru_cache(maxsize=8)
def _read_switches(file: Path, _stamp: Stamp) -> frozenset[str]:
    located = read_yaml(file, error=CountryInfoError)
    listed = located.value.get("switched_off") if isinstance(located.value, dict) else None
    if not isinstance(listed, list):
        raise CountryInfoError(file.name, located.line("switched_off"), "there is no list of datasets.", repair="Write `switched_off: []` for none.")
    known = {name.partition("/")[0] for name in names(file.parent, "*/dataset.yaml")}
    for number, id in enumerate(listed):
        if id in NEVER_OFF:
            raise CountryInfoError(file.name, located.line("switched_off", number), f'"{id}" cannot be switched off: every country is found by it.',
                                   repair="Take it out of the list.")
        if id not in known:
            raise CountryInfoError(file.name, located.line("switched_off", number), "there is no dataset of that name here.",
                                   repair=f"Write one of: {', '.join(sorted(known - NEVER_OFF))}.")
    return frozenset(listed)


def _figure(about: Mapping[str, Any], found: Sequence[Any] | None, country_note: str) -> Figure:
    value, year, position = found or (None, None, None)
    note = " ".join(part for part in (about["note"], country_note) if part)
    return Figure(about["id"], about["label"], value, year, about["unit"], about["source"], about["topic"], position, note, about["licence"])


def load_dataset(datasets: Path, id: str) -> Dataset:
    """One `dataset.yaml`.

    Raises:
        CountryInfoError: something about its rights or origin is missing, or the data are not the ones described.
    """
    return _read_dataset(datasets, id, tuple(_files_of(folder) for folder in (datasets, datasets / id, datasets / READY, datasets / READY / id)))


def _files_of(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of each file in a folder, by which a process notices that one changed; none where there is no folder."""
    try:
        found = [(entry.name, about.st_mtime_ns, about.st_size) for entry in os.scandir(folder) for about in (entry.stat(),)]
    except OSError:
        return ()
    return tuple(sorted(found))


@lru_cache(maxsize=128)
def _read_dataset(datasets: Path, id: str, _files: tuple[tuple[tuple[str, int, int], ...], ...]) -> Dataset:
    name = f"{id}/dataset.yaml"
    located = read_yaml(current(datasets, name), error=CountryInfoError)
    about: Mapping[str, Any] = located.value if isinstance(located.value, dict) else {}
    if missing := [key for key in _NEEDED if not about.get(key)]:
        raise CountryInfoError(name, 0, f"the dataset has no {', '.join(missing)}.", repair="Add it; figures without it may not be shown.")
    if about["terms"] not in TERMS:
        raise CountryInfoError(name, located.line("terms"), f'"{about["terms"]}" is not one of the terms.', repair=f"Write {' or '.join(TERMS)}.")
    data = current(datasets, normpath(f"{id}/{about['file']}"))
    if not data.exists() or hashlib.sha256(data.read_bytes()).hexdigest() != about["sha256"]:
        raise CountryInfoError(name, located.line("sha256"), f'"{about["file"]}" is not the file described here.',
                               repair="Restore the file, or describe the new one: edition, retrieved and sha256.")
    words = {key: str(about[key]) for key in _NEEDED[:-2]}
    return Dataset(id=id, caveats=tuple(about.get("caveats") or ()), **words)


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
