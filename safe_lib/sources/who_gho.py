"""World Health Organization, Global Health Observatory (OData): health workers and health services.

One country and year may have several rows, by sex, age or residence; only the row for all of them is read. `Value` is a
text with an interval, `NumericValue` the number. WHO has announced a successor of this service.

Source: https://www.who.int/data/gho/info/gho-odata-api
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from pydantic import Field

from safe_lib.sources.answers import Number, Shape, Word, Year, rows, shaped
from safe_lib.sources.service import Cell, Codes, Feed, Page, Place, Request, Series, Service, quoted

WHOLE: Final = frozenset({"", "SEX_BTSX", "BTSX", "AGEGROUP_YEARSALL", "AGEGROUP_ALLAGES", "RESIDENCEAREATYPE_TOTL", "TOTL", "TOTAL"})
MOST: Final = 50_000  # rows; there are no pages


class Answer(Shape):
    """The whole list; a further page is named where there is one."""

    value: Any
    next: Word = Field(default="", alias="@odata.nextLink")


class Row(Shape):
    """One value, with what it is divided by."""

    IndicatorCode: Word
    SpatialDimType: Word
    SpatialDim: Word
    TimeDim: Year
    Dim1: Word = ""
    Dim2: Word = ""
    Dim3: Word = ""
    NumericValue: Number
    Date: Word = ""


def series(feed: Feed, on: date, codes: Codes) -> tuple[Series, ...]:
    """One list for each indicator, all countries at once."""
    return tuple(Series(code, Request(f"/api/{code}", (("$filter", f"TimeDim ge {feed.first}"),))) for code in feed.codes.values())


def read(feed: Feed, one: Series, request: Request, answer: Any, codes: Codes) -> Page:
    """The values for all people of each country and year."""
    place = Place("WHO", one.name)
    said = shaped(Answer, answer, place)
    indicator = next(id for id, code in feed.codes.items() if code == one.name)
    found, left_out, days = [], set(), set()
    for row in rows(Row, said.value, place, MOST):
        if row.IndicatorCode != one.name:
            raise place.refuse(f"there are values of another indicator, {quoted(row.IndicatorCode)}.")
        if row.SpatialDimType != "COUNTRY" or row.SpatialDim not in codes.iso3:
            left_out.add(row.SpatialDim)
        elif {row.Dim1, row.Dim2, row.Dim3} <= WHOLE and row.NumericValue is not None:
            found.append(Cell(row.SpatialDim, indicator, row.TimeDim, row.NumericValue, ""))
            days.add(row.Date[:10])
    return Page(tuple(found), said.next or None, max(days, default=""), frozenset(left_out))


SERVICE: Final = Service("who_gho", "WHO", "https://ghoapi.azureedge.net", series, read)
