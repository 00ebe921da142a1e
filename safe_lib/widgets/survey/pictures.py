"""Shares as bars with their intervals, and the table that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from safe_lib.model.document import Picture, Table
from safe_lib.model.texts import Texts
from safe_lib.survey_analysis import Share
from safe_lib.widgets.drawing import Paper

WIDTH: Final = 360  # units; close to the width of a phone
LEFT, RIGHT = 0, 44  # room for the number at the end
MOST: Final = 14  # bars; the table has them all


def shares_picture(caption: str, rows: Sequence[tuple[str, Share]], texts: Texts) -> Picture:
    """A bar for each share, from 0 to 100 percent, with a thin line for its interval; a withheld one is an empty bar."""
    paper = Paper(WIDTH, direction=texts.direction, title=caption)
    for words, share in rows[:MOST]:
        _bar(paper, words, share, texts)
    return Picture(paper.svg(), texts("survey.picture"), shares_table(caption, rows, texts))


def _bar(paper: Paper, words: str, share: Share, texts: Texts) -> None:
    room = WIDTH - LEFT - RIGHT
    paper.words(words, LEFT, WIDTH, size=12)
    paper.box(LEFT, 2, room, 12, fill="line", radius=2)
    if share.interval is None:
        paper.box(LEFT, 2, room, 12, fill="surface", stroke="ink-2", dash="3 3", radius=2)
        paper.line("–", WIDTH, 13, size=12, anchor="end")
    else:
        paper.box(LEFT, 2, max(1.0, room * share.interval.share), 12, fill="brand", radius=2, solid=True)
        paper.rule(LEFT + room * share.interval.low, 17, max(1.0, room * (share.interval.high - share.interval.low)), stroke="ink")
        paper.line(texts("survey.percent", value=percent(share.interval.share)), WIDTH, 13, size=12, anchor="end")
    paper.down(26)


def shares_table(caption: str, rows: Sequence[tuple[str, Share]], texts: Texts) -> Table:
    """Answer, number, base, share and interval."""
    heads = tuple(texts(f"survey.column.{name}") for name in ("answer", "count", "base", "share", "interval"))
    return Table(caption, heads, tuple((words, *share_cells(share, texts)) for words, share in rows))


def share_cells(share: Share, texts: Texts) -> tuple[str, str, str, str]:
    """Number, base, share and interval, or that they are withheld."""
    if share.count is None:
        return texts("survey.withheld"), texts("survey.withheld"), "", ""
    if share.interval is None:
        return str(share.count), str(share.base), "", ""
    low, high = percent(share.interval.low), percent(share.interval.high)
    return str(share.count), str(share.base), texts("survey.percent", value=percent(share.interval.share)), texts("survey.between", low=low, high=high)


def percent(share: float) -> str:
    """A share in whole percent."""
    return str(round(100 * share))
