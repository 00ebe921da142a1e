"""The outlines of countries: one sheet for the world and one for each of its parts, and who borders on whom."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.figures import Stamp, stamp
from safe_lib.model.errors import CountryInfoError

FOLDER: Final = "_outlines"
WORLD: Final = "world"
REPAIR: Final = "Restore the file, or build it again: see safe_lib/sources/outlines.py."


@dataclass(frozen=True, slots=True)
class Sheet:
    """One map: its size in units, a path for each country, a place for each name, and who is too small to be pressed."""

    name: str
    width: int
    height: int
    paths: Mapping[str, str]  # three letters → SVG path data; an empty name is land that is no country's
    places: Mapping[str, tuple[int, int]]  # three letters → the middle of its largest part
    small: frozenset[str]  # a point stands for these, with or without a path


@dataclass(frozen=True, slots=True)
class Outlines:
    """Every map, the world first, and the neighbours on land."""

    sheets: Mapping[str, Sheet]
    neighbours: Mapping[str, tuple[str, ...]]


def load_outlines(folder: Path | None = None) -> Outlines:
    """The outlines, read once per process and again when the file changes.

    Raises:
        CountryInfoError: the file is missing or cannot be read.
    """
    file = (folder or paths.COUNTRY_INFO) / FOLDER / "outlines.json.gz"
    return _read(file, stamp(file))


@lru_cache(maxsize=4)
def _read(file: Path, _stamp: Stamp) -> Outlines:
    try:
        made = json.loads(gzip.decompress(file.read_bytes()))
        sheets = {name: _sheet(name, made["sheets"][name]) for name in sorted(made["sheets"], key=lambda name: (name != WORLD, name))}
        return Outlines(sheets, {iso3: tuple(others) for iso3, others in made["neighbours"].items()})
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        raise CountryInfoError(f"{FOLDER}/{file.name}", 0, "the outlines cannot be read.", repair=REPAIR) from None


def _sheet(name: str, made: Mapping[str, Any]) -> Sheet:
    places = {iso3: (int(x), int(y)) for iso3, (x, y) in made["labels"].items()}
    return Sheet(name, int(made["width"]), int(made["height"]), dict(made["paths"]), places, frozenset(made["small"]))
