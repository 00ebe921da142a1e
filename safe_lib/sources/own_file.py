"""Reads in a file of figures that the organisation has itself: a yearly edition, or a copy that may not be shipped.

Two forms are understood: the template `iso3,indicator_id,year,value,source_id`, and a table with one row per country and
one column per indicator, as Equaldex and others give. The same checks hold as for what a publisher's service answers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from safe_lib.model.errors import SourceError, WrongUse
from safe_lib.sources import files
from safe_lib.sources.answers import number, plain
from safe_lib.sources.answers import year as year_of
from safe_lib.sources.description import Fetched
from safe_lib.sources.feeds import FILES, Described, codes_of, described
from safe_lib.sources.latest import read_plain
from safe_lib.sources.notice import NOT_SHIPPED
from safe_lib.sources.refresh import Errand, Result, reviewed, years_of
from safe_lib.sources.replacing import alone, settle, tidy
from safe_lib.sources.service import Codes, Figures, quoted
from safe_lib.sources.values import shortened

LARGEST: Final = 20_000_000  # bytes
TEMPLATE: Final = "iso3,indicator_id,year,value,source_id"
_INDICATOR: Final = ("indicator_id", "indicator")
_COUNTRY: Final = ("iso3", "country_code", "code", "iso2", "country", "country_name", "name", "region")
_READ_IN: Final = re.compile(r" Read in from a file.*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file as text, with the names of its columns in small letters."""

    name: str
    columns: Sequence[str]
    lines: Sequence[Sequence[str]]

    def refuse(self, line: int, problem: str, repair: str = "Correct the line, or leave it out: no line means no data.") -> SourceError:
        """A problem with one line, in words."""
        return SourceError(self.name, line, problem, repair=repair)

    def column(self, *names: str) -> int | None:
        """The place of the first column that has one of these names."""
        wanted = [plain(name) for name in names]
        return next((at for name in wanted for at, column in enumerate(self.columns) if column == name), None)


def read_in(errand: Errand, dataset: str, file: Path, *, year: int | None = None, edition: str = "") -> Result:
    """Take the figures of a file into a dataset; series that the file does not hold stay as they are.

    Args:
        errand: where the datasets are, and whether a person has accepted unlikely changes.
        dataset: its id.
        file: the CSV file.
        year: the year of all values, where the file has no column for it.
        edition: what the publisher calls this edition.

    Raises:
        WrongUse: there is no such dataset, or it takes no file.
        SourceError: a line cannot be meant, or the changes are impossible or unlikely; what was here stays.
    """
    with alone(errand.folder):
        settle(errand.folder)
        one = next((one for one in described(errand.folder) if one.id == dataset), None)
        wanted = _indicators(errand.folder, dataset)
        if one is None or not wanted:
            raise WrongUse(f"safe refresh: no figures of a file belong to {quoted(dataset)}.\n  `safe refresh --list` names the datasets.")
        result = _taken_in(errand, one, read_sheet(file), wanted, year, edition)
        tidy(errand.folder)
    return result


def _taken_in(errand: Errand, one: Described, sheet: Sheet, wanted: frozenset[str], year: int | None, edition: str) -> Result:
    codes = codes_of(errand.folder)
    is_long = sheet.column(*_INDICATOR) is not None
    names = (one.about.get("own_file") or {}).get("columns") or {id: [id] for id in wanted}
    found, left_out = _long(sheet, one.id, wanted, codes) if is_long else _wide(sheet, names, codes, year)
    read = {key[1] for key in found}
    before = files.read_figures(errand.folder, one.id, "figures")
    figures = shortened(found)
    seen = reviewed(errand, one.id, {key: value for key, value in before.items() if key[1] in read}, figures)
    together = {**{key: value for key, value in before.items() if key[1] not in read}, **figures}
    content = files.figures_content(together, "figures", one.id)
    fetched = Fetched(edition, errand.now(), years_of(together), [f"file {sheet.name}"], FILES["figures"], content)
    files.put(errand.folder, one, _about(one, errand.folder, read, edition), fetched)
    state = "same" if together == before else "replaced"
    return Result(one.id, "file", state, edition, len(together), len({iso3 for iso3, _, _ in together}),
                  tuple(change for change in seen.changes if not change.is_none), left_out)


def _indicators(folder: Path, dataset: str) -> frozenset[str]:
    listed = read_plain(folder / "indicators.yaml").get("indicators") or {}
    return frozenset(id for id, about in listed.items() if about.get("source") == dataset)


def _about(one: Described, folder: Path, read: set[str], edition: str) -> Mapping[str, Any]:
    """The description from now on: its edition, what was read in, and the terms of a part that may not be passed on."""
    credit = _READ_IN.sub("", str(one.about["credit"]))
    told = f" Read in from a file: {edition or 'own copy of {day}'}."
    notes = {id: note for id, note in (one.about.get("notes") or {}).items() if id not in read}
    about = {**one.about, "edition": edition or "own copy of {day}", "credit": credit if "{day}" in credit else credit + told, "notes": notes}
    unclear = read & set(read_plain(folder / NOT_SHIPPED).get("parts") or {})
    if unclear:
        said = f"No: {', '.join(sorted(unclear))} was read in from a copy of this organisation; ask its owner first."
        about |= {"terms": "unclear", "may_be_passed_on": said}
    return about


# The file


def read_sheet(file: Path) -> Sheet:
    """A CSV file with commas, semicolons or tabs between its cells.

    Raises:
        WrongUse: it cannot be opened.
        SourceError: it is too large, empty, or no table.
    """
    try:
        raw = file.read_bytes() if file.stat().st_size <= LARGEST else None
    except OSError as problem:
        raise WrongUse(f"{file.name}: the file cannot be read ({problem.strerror}).\n  Check its name and rights.") from None
    if raw is None:
        raise SourceError(file.name, 0, f"the file is larger than {LARGEST // 1_000_000} MB.", repair="Check that it is the right file.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(file.name, 0, "the text is not UTF-8.", repair="Save it again as CSV in UTF-8.") from None
    head = text.partition("\n")[0]
    try:
        lines = list(csv.reader(text.splitlines(), delimiter=max(",;\t", key=head.count)))
    except csv.Error:
        raise SourceError(file.name, 0, "this is not a table of values.", repair="Save it again as CSV in UTF-8.") from None
    if not lines:
        raise SourceError(file.name, 0, "the file is empty.", repair=f"Write the columns {TEMPLATE}, and a line for each value.")
    return Sheet(file.name, [plain(name) for name in lines[0]], lines[1:])


def rows_of(sheet: Sheet) -> Iterator[tuple[int, Sequence[str]]]:
    """The number and the cells of each line that is not empty; every line has as many cells as there are columns."""
    for line, cells in enumerate(sheet.lines, start=2):
        if any(cell.strip() for cell in cells):
            if len(cells) != len(sheet.columns):
                raise sheet.refuse(line, f"there are {len(cells)} cells instead of {len(sheet.columns)}.")
            yield line, [cell.strip() for cell in cells]


def _long(sheet: Sheet, dataset: str, wanted: frozenset[str], codes: Codes) -> tuple[Figures, tuple[str, ...]]:
    """The template: one line for each value."""
    places = [sheet.column("iso3"), sheet.column(*_INDICATOR), sheet.column("year"), sheet.column("value")]
    source = sheet.column("source_id", "source")
    if None in places:
        raise sheet.refuse(1, "the columns are not the agreed ones.", f"Write {TEMPLATE}.")
    found: dict[tuple[str, str, int], float] = {}
    for line, cells in rows_of(sheet):
        iso3, indicator, when, text = (cells[place] for place in places if place is not None)
        if source is not None and cells[source] not in ("", dataset):
            raise sheet.refuse(line, f"{quoted(cells[source])} is another source than {dataset}.", "Leave the line out, or name the source it is of.")
        if iso3 not in codes.iso3:
            raise sheet.refuse(line, f"{quoted(iso3)} is not in countries.csv.")
        if indicator not in wanted:
            raise sheet.refuse(line, f"{quoted(indicator)} is no indicator of {dataset}.", f"Write one of: {', '.join(sorted(wanted))}.")
        _put(found, (iso3, indicator, _year(when, sheet, line)), _value(text, sheet, line), sheet, line)
    return found, ()


def _wide(sheet: Sheet, names: Mapping[str, Sequence[str]], codes: Codes, year: int | None) -> tuple[Figures, tuple[str, ...]]:
    """One row for each country; a country whose name is not known is left out and named."""
    country, when = sheet.column(*_COUNTRY), sheet.column("year")
    columns = {indicator: place for indicator, known in names.items() if (place := sheet.column(*known)) is not None}
    if country is None or not columns:
        raise sheet.refuse(1, "there is no column for the country, or none for an indicator of this dataset.",
                           f"Write {TEMPLATE}, or a column `iso3` and one of: {', '.join(sorted(names))}.")
    if when is None and year is None:
        raise sheet.refuse(1, "nothing says of which year the values are.", "Add a column `year`, or say --year 2026.")
    found: dict[tuple[str, str, int], float] = {}
    left_out: list[str] = []
    for line, cells in rows_of(sheet):
        iso3 = _iso3(cells[country], codes)
        if not iso3:
            left_out.append(quoted(cells[country]).strip('"'))
            continue
        of = _year(cells[when], sheet, line) if when is not None else year or 0
        for indicator, place in columns.items():
            _put(found, (iso3, indicator, of), _value(cells[place], sheet, line), sheet, line)
    return found, tuple(left_out)


def _iso3(word: str, codes: Codes) -> str:
    code = word.upper()
    if code in codes.iso3:
        return code
    return codes.by_iso2.get(code, "") or codes.by_name.get(word.casefold(), "")


def _put(found: dict[tuple[str, str, int], float], key: tuple[str, str, int], value: float | None, sheet: Sheet, line: int) -> None:
    if key in found:
        raise sheet.refuse(line, f"{key[1]} of {key[0]} in {key[2]} stands twice.", "Keep one of the two lines.")
    if value is not None:
        found[key] = value


def _value(text: str, sheet: Sheet, line: int) -> float | None:
    try:
        return number(text.removesuffix("%").strip())
    except ValueError:
        raise sheet.refuse(line, f"{quoted(text)} is not a number.") from None


def _year(text: str, sheet: Sheet, line: int) -> int:
    try:
        return year_of(text)
    except ValueError:
        raise sheet.refuse(line, f"{quoted(text)} is not a year.") from None
