"""The dates of the start page, in words."""

from __future__ import annotations

from typing import Final

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.coordination.coming import Coming, coming
from safe_lib.coordination.due import Due
from safe_lib.model.texts import Texts
from safe_lib.widgets.pages import ComingDate, date_in_words

NOTHING: Final = Coming((), 0, 0, 0)


def dates_of(desk: Desk, texts: Texts) -> tuple[tuple[ComingDate, ...], tuple[str, ...]]:
    """The nearest days of one's own open cases, and what has no place among them; nothing for who may list no case."""
    found = coming(desk) if casework.has_right(desk, "list") else NOTHING
    counts = (("overdue", found.overdue), ("unknown", found.unknown), ("further", found.further))
    more = tuple(texts(f"page.start.dates_{name}", count=count) for name, count in counts if count)
    return tuple(date for one in found.nearest if (date := _date(one, texts))), more


def _date(one: Due, texts: Texts) -> ComingDate | None:
    if one.plan is None:
        return None
    what = f"{one.title} ({one.id})" if one.what == "deadline" else one.title
    last = texts("page.start.last_day", day=date_in_words(one.last, texts, "medium")) if one.last else ""
    return ComingDate(one.plan, what, one.ref, last, "/procedures")
