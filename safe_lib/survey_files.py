"""Responses from files of KoboToolbox and ODK: read as data only, checked row by row, kept once; what does not fit is given back with its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from safe_lib import surveying
from safe_lib.casework import Desk, require_right
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.surveys import load_survey, survey_languages
from safe_lib.engine.survey_rows import Rows, RowTrouble, read_rows
from safe_lib.model.errors import WrongUse
from safe_lib.store.surveys import Arrived
from safe_lib.tables.limits import USUAL
from safe_lib.tables.reading import ForeignTable, parse_tables
from safe_lib.tables.writing import Sheet, csv_file

LIMITS: Final = replace(USUAL, cells=600_000, seconds=20.0)  # 2,000 responses with their columns of 0 and 1; an analyst waits for them


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file."""

    new: int  # responses that were not there before
    known: int  # that were
    rows: Rows
    table: ForeignTable

    @property
    def trouble(self) -> tuple[RowTrouble, ...]:
        """Every problem, by row and column."""
        return self.rows.trouble


def take_file(desk: Desk, id: int, content: bytes, name: str) -> Taken:
    """Read a file of responses and keep what fits; the same response comes in once, however often it is read.

    Raises:
        ForeignFileError: the file is no table, or more than a table may be.
        WrongUse: there is no such link, or the file has several sheets with rows.
        NotPermitted: for whoever may not.
    """
    require_right(desk, "survey.manage")
    link = surveying.link(desk, id)
    table = _table(parse_tables(content, Path(name).name, LIMITS))
    rows = rows_of(link.survey, table)
    added = surveying.add_from_file(desk, id, [Arrived(f"instance {one.instance}", one.said) for one in rows.good])
    return Taken(len(added), len(rows.good) - len(added), rows, table)


def rows_of(survey: str, table: ForeignTable) -> Rows:
    """The responses of a table, in whatever language of the survey its words are."""
    others = [load_survey(survey, language) for language in survey_languages(survey) if language != "en"]
    return read_rows(load_survey(survey), table.columns, table.rows, others)


def _table(tables: tuple[ForeignTable, ...]) -> ForeignTable:
    filled = [one for one in tables if one.rows]
    if len(filled) != 1:
        raise WrongUse("survey: the file has not one table with responses.\n  Export one sheet, without repeats.")
    return filled[0]


def kept_apart(desk: Desk, taken: Taken) -> bytes:
    """The rows that were not taken, as CSV with their reasons in the first columns: to mend, and to read in again."""
    texts, table = load_texts(desk.language), taken.table
    reasons: dict[int, list[str]] = {}
    for one in taken.trouble:
        reasons.setdefault(one.row, []).append(f"{one.column}: {texts(one.key, **one.facts)}" if one.column else texts(one.key, **one.facts))
    rows = [(str(number), "; ".join(reasons.get(number, [])), *table.rows[number - 2]) for number in taken.rows.kept_apart]
    return csv_file(Sheet(("_row", "_reason", *table.columns), rows))
