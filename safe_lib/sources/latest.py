"""The newest figure per country and indicator, worked out once so that opening a country is quick.

`country_info/_datasets/` holds one folder per source with `data.csv.gz` (`iso3,indicator,year,value`) and `dataset.yaml`,
and `indicators.yaml` with what each indicator means. `latest.jsonl` is made from them: its first line names every file it was
made from with the hash of its bytes and describes the indicators; each further line is one country. Whoever reads it
compares the hashes, so it cannot grow old unnoticed.

Build it again with `python -m safe_lib.sources.latest [FOLDER]`.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from safe_lib.engine.country import positions
from safe_lib.model.errors import CountryInfoError
from safe_lib.sources.replacing import current, names, settle

TABLE: Final = "latest.jsonl"
COLUMNS: Final = ["iso3", "indicator", "year", "value"]
YEARS: Final = range(1990, 2101)
LARGEST: Final = 100_000_000  # characters of one unpacked data file; the largest of the project has two million

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Newest(NamedTuple):
    """The newest value of one indicator for one country."""

    year: int
    value: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a data file."""

    iso3: str
    indicator: str
    year: int
    value: float


def build_latest(folder: Path) -> Path:
    """Make `latest.jsonl` from the data files and put it in place of the old one.

    Args:
        folder: `country_info/_datasets`.

    Returns:
        The file written. The same data give the same bytes.

    Raises:
        CountryInfoError: a data file has a code, an indicator, a year or a value that cannot be meant, a line twice, or an
            indicator of another source. The old table stays as it is.
    """
    settle(folder)
    return _replace(folder / TABLE, table_text(parts(folder), current(folder, "countries.csv")))


def table_text(files: Mapping[str, Path], countries: Path) -> str:
    """What `latest.jsonl` says of these files; see `build_latest`.

    Args:
        files: those of `parts`, or some of them in a new edition that is still being checked.
        countries: `countries.csv`.
    """
    indicators = _indicators(files["indicators.yaml"])
    newest = _newest(files, countries, indicators)
    datasets = {source: _dataset(source, files) for source in sorted({indicators[id]["source"] for id in newest})}
    shipped = [id for id in indicators if newest.get(id)]
    places = {id: positions({code: n.value for code, n in newest[id].items()}, indicators[id]["direction"]) for id in shipped}
    described = [_described(id, indicators[id], datasets[indicators[id]["source"]]) for id in shipped]
    lines = [_line({"files": fingerprints(files), "indicators": described})]
    for code in sorted({code for id in shipped for code in newest[id]}):
        lines.append(_line(_country(code, shipped, newest, places, indicators)))
    return "".join(lines)


def fingerprints(files: Mapping[str, Path]) -> dict[str, str]:
    """File → SHA-256 of its bytes, for every file the table is made from."""
    return {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()}


def parts(folder: Path) -> dict[str, Path]:
    """Every file the table is made from, by name in a fixed order, and where it stands now."""
    found = names(folder, "*/data.csv.gz") | names(folder, "*/dataset.yaml") | {"indicators.yaml"}
    return {name: current(folder, name) for name in sorted(found)}


def rows(file: Path, countries: frozenset[str], indicators: Mapping[str, Mapping[str, Any]]) -> Iterator[Row]:
    """The lines of one data file, each checked.

    Raises:
        CountryInfoError: see `build_latest`; the first line that is wrong is named.
    """
    name = f"{file.parent.name}/{file.name}"
    try:
        with gzip.open(file, "rt", encoding="utf-8", newline="") as packed:
            text = packed.read(LARGEST + 1)
    except (OSError, EOFError, UnicodeDecodeError):
        raise CountryInfoError(name, 0, "the file cannot be unpacked.", repair="Fetch it again; the one before is in the history.") from None
    if len(text) > LARGEST:
        raise CountryInfoError(name, 0, "the file is too large.", repair="Check that it is the right file.")
    lines = csv.reader(text.splitlines())
    if next(lines, []) != COLUMNS:
        raise CountryInfoError(name, 1, "the columns are not the agreed ones.", repair=f"Write {','.join(COLUMNS)}.")
    for number, cells in enumerate(lines, start=2):
        if problem := _problem(cells, file.parent.name, countries, indicators):
            raise CountryInfoError(name, number, problem, repair="Correct the line, or leave it out: no line means no data.")
        yield Row(cells[0], cells[1], int(cells[2]), float(cells[3]))


def _problem(cells: list[str], source: str, countries: frozenset[str], indicators: Mapping[str, Mapping[str, Any]]) -> str:
    if len(cells) != len(COLUMNS):
        return f"there are {len(cells)} cells instead of {len(COLUMNS)}."
    iso3, indicator, year, value = cells
    if iso3 not in countries:
        return f'"{iso3}" is not in countries.csv.'
    if indicator not in indicators:
        return f'"{indicator}" is not in indicators.yaml.'
    if indicators[indicator]["source"] != source:
        return f'"{indicator}" belongs to the source "{indicators[indicator]["source"]}", not to "{source}".'
    if not year.isascii() or not year.isdigit() or int(year) not in YEARS:
        return f'"{year}" is not a year between {YEARS.start} and {YEARS.stop - 1}.'
    return "" if _is_number(value) else f'"{value}" is not a number.'


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _newest(files: Mapping[str, Path], list_of_countries: Path, indicators: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Newest]]:
    """Indicator → country → newest value."""
    with list_of_countries.open(encoding="utf-8", newline="") as lines:
        countries = frozenset(line["iso3"] for line in csv.DictReader(lines))
    found: dict[str, dict[str, Newest]] = {}
    for file in (path for name, path in files.items() if name.endswith("/data.csv.gz")):
        seen: set[tuple[str, str, int]] = set()
        for row in rows(file, countries, indicators):
            if (key := (row.indicator, row.iso3, row.year)) in seen:
                raise CountryInfoError(f"{file.parent.name}/{file.name}", 0, f"{row.iso3} {row.indicator} {row.year} stands twice.",
                                       repair="Keep one of the two lines.")
            seen.add(key)
            values = found.setdefault(row.indicator, {})
            if row.iso3 not in values or values[row.iso3].year < row.year:
                values[row.iso3] = Newest(row.year, row.value)
    return found


def _indicators(file: Path) -> dict[str, dict[str, Any]]:
    described = read_plain(file).get("indicators")
    if not isinstance(described, dict) or not described:
        raise CountryInfoError("indicators.yaml", 0, "there are no indicators.", repair="Restore the file.")
    for id, about in described.items():
        for key in ("label", "topic", "unit", "direction", "source"):
            if not isinstance(about, dict) or not about.get(key):
                raise CountryInfoError("indicators.yaml", 0, f'the indicator "{id}" has no {key}.', repair=f"Add {key}.")
        if about["direction"] not in ("higher_is_safer", "higher_is_riskier", "neutral"):
            raise CountryInfoError("indicators.yaml", 0, f'the indicator "{id}" has the direction "{about["direction"]}".',
                                   repair="Write higher_is_safer, higher_is_riskier or neutral.")
    return described


def _dataset(source: str, files: Mapping[str, Path]) -> dict[str, Any]:
    name = f"{source}/dataset.yaml"
    if name not in files:
        raise CountryInfoError(name, 0, "the file is missing.", repair="Restore it; figures without their terms may not be shown.")
    dataset = read_plain(files[name])
    if not dataset.get("licence"):
        raise CountryInfoError(name, 0, "there is no licence.", repair="Add the licence of the data.")
    return dataset


def _described(id: str, about: Mapping[str, Any], dataset: Mapping[str, Any]) -> dict[str, Any]:
    """What a reader must see beside a figure, so that the YAML files need not be read for it.

    The note of an indicator holds for every edition; a note of its dataset for this copy of it only.
    """
    notes = (about.get("note"), (dataset.get("notes") or {}).get(id))
    return {
        "id": id,
        "label": about["label"],
        "topic": about["topic"],
        "unit": about["unit"],
        "direction": about["direction"],
        "source": about["source"],
        "licence": dataset["licence"],
        "note": " ".join(note for note in notes if note),
    }


def _country(
    code: str,
    shipped: list[str],
    newest: Mapping[str, Mapping[str, Newest]],
    places: Mapping[str, Mapping[str, float]],
    indicators: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    figures = [
        [_short(newest[id][code].value), newest[id][code].year, places[id].get(code)] if code in newest[id] else None for id in shipped
    ]
    notes = {id: indicators[id]["country_notes"][code] for id in shipped if code in (indicators[id].get("country_notes") or {})}
    return {"iso3": code, "figures": figures, "notes": notes}


def _short(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def read_plain(file: Path) -> dict[str, Any]:
    """A YAML file as plain texts, without the places of its lines.

    Raises:
        CountryInfoError: it is missing or no YAML.
    """
    try:
        found = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - makes plain texts only
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise CountryInfoError(f"{file.parent.name}/{file.name}", 0, "the file is missing or is not YAML.", repair="Restore it.") from None
    return found if isinstance(found, dict) else {}


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def _replace(file: Path, text: str) -> Path:
    """Write beside and rename, so that nobody reads half a table."""
    beside = file.with_suffix(".new")
    beside.write_bytes(text.encode("utf-8"))
    return beside.replace(file)


def datasets_folder() -> Path:
    """`country_info/_datasets` of this program: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_share" / "country_info" / "_datasets"
    return inside if inside.is_dir() else package.parent / "country_info" / "_datasets"


if __name__ == "__main__":
    print(build_latest(Path(sys.argv[1]) if len(sys.argv) > 1 else datasets_folder()))
