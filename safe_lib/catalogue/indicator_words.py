"""What indicators are called in another language; what nobody has translated stays English, so that a page can mark it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from safe_lib.catalogue import paths
from safe_lib.catalogue.figures import Stamp, stamp
from safe_lib.catalogue.reading import read_yaml
from safe_lib.model.errors import LocaleError

FILE = "indicators.yaml"


@dataclass(frozen=True, slots=True)
class IndicatorWords:
    """Labels by indicator; units and notes by their English words."""

    labels: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


def indicator_words(language: str) -> IndicatorWords:
    """The words of one language; of a language without such a file, none.

    Raises:
        LocaleError: the file cannot be used as it is written.
    """
    file = paths.LOCALES / language / FILE
    return _read(file, stamp(file)) if file.is_file() else IndicatorWords()


@lru_cache(maxsize=8)
def _read(file: Path, _stamp: Stamp) -> IndicatorWords:
    said = read_yaml(file, error=LocaleError).value
    return IndicatorWords(*({str(key): str(text) for key, text in (said.get(part) or {}).items()} for part in ("labels", "units", "notes")))
