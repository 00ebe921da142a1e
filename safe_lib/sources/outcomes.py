"""Reads outcomes that a team has counted or collected itself, to compare the figures with: `iso3,outcome,value,year,source`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from safe_lib.engine.validity import Outcome
from safe_lib.sources.answers import number, refuse_markup
from safe_lib.sources.answers import year as year_of
from safe_lib.sources.files import OUTCOME_COLUMNS
from safe_lib.sources.own_file import Sheet, read_sheet, rows_of
from safe_lib.sources.service import Codes, Place, quoted

DIRECTIONS: Final = {"eu_recognition_rate": "higher_is_riskier"}  # more recognition where less is safe; of others nobody has said
MOST: Final = 50  # outcomes in one file; each makes a line per topic
_NAME: Final = re.compile(r"[\w .,()%/-]{1,80}")


def read_outcomes(file: Path, codes: Codes) -> tuple[Outcome, ...]:
    """The outcomes of a file; of several years of a country the newest counts.

    Raises:
        WrongUse: there is no such file.
        SourceError: a line cannot be meant; it is named.
    """
    sheet = read_sheet(file)
    places = [sheet.column(name) for name in OUTCOME_COLUMNS]
    if None in places:
        raise sheet.refuse(1, "the columns are not the agreed ones.", f"Write {','.join(OUTCOME_COLUMNS)}.")
    found: dict[str, dict[str, tuple[int, float]]] = {}
    sources: dict[str, str] = {}
    for line, cells in rows_of(sheet):
        iso3, outcome, value, year, source = (cells[place] for place in places if place is not None)
        _check(sheet, line, iso3, outcome, source, codes)
        if sources.setdefault(outcome, source) != source:
            raise sheet.refuse(line, f"{quoted(outcome)} has two sources.", "Give them two names, so that they are compared apart.")
        _keep(found.setdefault(outcome, {}), sheet, line, iso3, year, value)
    if len(found) > MOST:
        raise sheet.refuse(0, f"there are {len(found)} outcomes; more than {MOST} cannot be looked at.", "Keep those that were named before anybody looked.")
    return tuple(Outcome(id, sources[id], values, DIRECTIONS.get(id, "")) for id, values in found.items())


def _check(sheet: Sheet, line: int, iso3: str, outcome: str, source: str, codes: Codes) -> None:
    if iso3 not in codes.iso3:
        raise sheet.refuse(line, f"{quoted(iso3)} is not in countries.csv.")
    if not _NAME.fullmatch(outcome):
        raise sheet.refuse(line, f"{quoted(outcome)} is no name of an outcome.", "Write a few plain words.")
    if not source:
        raise sheet.refuse(line, f"{quoted(outcome)} has no source.", "Name who counted it, and where it can be looked up.")
    refuse_markup({"source": source}, Place(sheet.name, f"line {line}"), line)


def _keep(values: dict[str, tuple[int, float]], sheet: Sheet, line: int, iso3: str, year: str, value: str) -> None:
    try:
        when, counted = year_of(year), number(value)
    except ValueError as problem:
        raise sheet.refuse(line, f"the year or the value of {iso3} {problem}.") from None
    if iso3 in values and values[iso3][0] == when:
        raise sheet.refuse(line, f"{iso3} stands twice in {when}.", "Keep one of the two lines.")
    if counted is not None and values.get(iso3, (0, 0.0))[0] < when:
        values[iso3] = (when, counted)


def outcome_files(folder: Path) -> Sequence[Path]:
    """The outcomes that were fetched from publishers into the datasets."""
    return sorted(folder.glob("*/outcomes.csv"))
