"""The figures of a country over the years, read from the data files themselves when somebody looks at one country.

`latest.jsonl` has the newest figure only; what changed over time stands in `<source>/data.csv.gz`, sorted by country
within each indicator. A year without a line is a year without data.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.figures import Stamp, stamp
from safe_lib.model.errors import CountryInfoError

Series = Mapping[int, float]  # year → value

_CODE: Final = re.compile(r"[A-Z]{3}")


def load_series(iso3: str, folder: Path | None = None) -> Mapping[str, Series]:
    """Indicator → year → value for one country; an indicator without data is not in it.

    Raises:
        CountryInfoError: a data file cannot be unpacked or has a line that is no figure.
    """
    if not _CODE.fullmatch(iso3):
        return {}
    files = sorted(((folder or paths.COUNTRY_INFO) / "_datasets").glob("*/data.csv.gz"))
    return _series(iso3, tuple((file, stamp(file)) for file in files))


@lru_cache(maxsize=64)
def _series(iso3: str, files: tuple[tuple[Path, Stamp], ...]) -> Mapping[str, Series]:
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for file, changed in files:
        for line in _lines(iso3, _unpacked(file, changed)):
            try:
                indicator, year, value = line.split(",")
                found[indicator][int(year)] = float(value)
            except ValueError:
                raise CountryInfoError(
                    f"{file.parent.name}/{file.name}",
                    0,
                    f"a line of {iso3} is no figure.",
                    repair="Write indicator, year and value, or leave the line out: no line means no data.",
                ) from None
    return {indicator: dict(sorted(values.items())) for indicator, values in found.items()}


def _lines(iso3: str, data: bytes) -> Iterator[str]:
    """The lines of one country, without its code; looked for in the bytes, which is ten times quicker than reading them all."""
    start = f"\n{iso3},".encode()
    place = data.find(start)
    while place >= 0:
        end = data.find(b"\n", place + 1)
        end = end if end >= 0 else len(data)
        yield data[place + len(start) : end].decode("utf-8", "replace").strip()
        place = data.find(start, end)


@lru_cache(maxsize=64)  # some 7 MB for all sources together
def _unpacked(file: Path, _stamp: Stamp) -> bytes:
    try:
        return gzip.decompress(file.read_bytes())
    except (OSError, EOFError):
        raise CountryInfoError(f"{file.parent.name}/{file.name}", 0, "the file cannot be unpacked.", repair="Fetch it again.") from None
