"""Periods, holidays and last days: pure counting with dates, never with times of day.

DR1 The day of the event is not counted. DR2 A month ends on the day with the same number, or on its last day.
DR3 Where the law says so, a term that ends on a Saturday, Sunday or holiday runs on to the next working day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from safe_lib.model.procedure import Holiday, LegalCalendar, Period, Unit

_WRITTEN: Final = re.compile(r"(?P<number>\d{1,3}) (?P<unit>working day|day|week|month|year)s?")
_UNITS: Final[dict[str, Unit]] = {"day": "days", "week": "weeks", "month": "months", "year": "years", "working day": "working_days"}
_ONE: Final = timedelta(days=1)
SUNDAY: Final = 6
SATURDAY: Final = 5


class NotAPeriod(ValueError):
    """This is not a period; the message says what would be one."""


def parse_period(text: str) -> Period:
    """A period from `30 days`, `4 weeks`, `3 months`, `10 years` or `5 working days`.

    Raises:
        NotAPeriod: with the repair as its text.

    >>> parse_period("3 months")
    Period(number=3, unit='months')
    """
    found = _WRITTEN.fullmatch(" ".join(text.split()))
    if found is None:
        raise NotAPeriod('write a number and a unit, such as "30 days", "4 weeks" or "3 months"')
    return Period(int(found["number"]), _UNITS[found["unit"]])


def moved(start: date, period: Period, calendar: LegalCalendar, *, back: bool = False) -> date:
    """The day a period after a day, or before it; the day itself is not counted (DR1, DR2).

    Raises:
        OverflowError: the day would lie outside the calendar (years 1 to 9999).

    >>> moved(date(2027, 1, 31), Period(1, "months"), LegalCalendar("", "UTC"))
    datetime.date(2027, 2, 28)
    """
    sign = -1 if back else 1
    match period.unit:
        case "days":
            return start + timedelta(days=sign * period.number)
        case "weeks":
            return start + timedelta(weeks=sign * period.number)
        case "months":
            return _months_from(start, sign * period.number)
        case "years":
            return _months_from(start, sign * 12 * period.number)
        case "working_days":
            return _working_days_from(start, period.number, timedelta(days=sign), calendar)


def _months_from(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("outside the calendar")
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _working_days_from(start: date, number: int, pace: timedelta, calendar: LegalCalendar) -> date:
    day = start
    while number:
        day += pace
        number -= is_working_day(day, calendar)
    return day


def is_working_day(day: date, calendar: LegalCalendar) -> bool:
    """Neither a Saturday, nor a Sunday, nor a holiday of this calendar."""
    return day.weekday() < SATURDAY and day not in holidays(calendar.holidays, day.year)


def rolled_on(day: date, period: Period, calendar: LegalCalendar) -> date:
    """The legal last day of a term that ends on a day: the next working day, where the act lets a term of this length run on (DR3).

    Source:
        Algemene termijnenwet, art. 1 (runs on) and art. 4 (not for terms beyond 90 days, 12 weeks or 3 months, nor in years).
    """
    if period.number > calendar.rolls_up_to.get(period.unit, 0):
        return day
    return working_day_from(day, calendar)


def working_day_from(day: date, calendar: LegalCalendar) -> date:
    """This day if it is a working day, else the next one."""
    while not is_working_day(day, calendar):
        day += _ONE
    return day


def working_day_until(day: date, calendar: LegalCalendar) -> date:
    """This day if it is a working day, else the last one before it (DR4)."""
    while not is_working_day(day, calendar):
        day -= _ONE
    return day


@lru_cache(maxsize=512)
def holidays(rules: tuple[Holiday, ...], year: int) -> frozenset[date]:
    """The public holidays of one year."""
    return frozenset(_holiday(rule, year) for rule in rules if rule.first <= year <= rule.last)


def _holiday(rule: Holiday, year: int) -> date:
    if rule.easter is not None:
        return easter_sunday(year) + timedelta(days=rule.easter)
    day = date(year, rule.month, rule.day)
    return day + timedelta(days=rule.moved_from_sunday) if day.weekday() == SUNDAY else day


def easter_sunday(year: int) -> date:
    """Easter Sunday of the western churches.

    Source:
        Anonymous Gregorian algorithm, as in J. Meeus, Astronomical Algorithms, chapter 8; the letters are his.

    >>> easter_sunday(2026)
    datetime.date(2026, 4, 5)
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * ell) // 451
    month, day = divmod(h + ell - 7 * m + 114, 31)
    return date(year, month, day + 1)
