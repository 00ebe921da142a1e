"""The days of a case on one line: a drawing with numbers, and the list that says the same, to which the numbers lead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final

from safe_lib.model.document import Picture, Table
from safe_lib.model.legal import Moment
from safe_lib.widgets.drawing import Paper
from safe_lib.widgets.legal.reading import Reading
from safe_lib.widgets.pages import date_in_words

WIDTH: Final = 360  # units; close to the width of a phone, so that numbers keep their size there
SIDE: Final = 16.0  # room beside the line
APART: Final = 17.0  # units between two marks of one row
ROW: Final = 26.0
SHAPES: Final = {"fact": "holds", "done": "holds", "received": "low", "task": "low", "plan": "moderate", "last": "high", "earliest": "moderate"}


@dataclass(frozen=True, slots=True)
class Placed:
    """One moment with its number, and where on the line it stands; None where its day is not known."""

    number: int
    moment: Moment
    x: float | None


def placed(moments: Sequence[Moment], on: date) -> tuple[Placed, ...]:
    """Every moment with its number in the list; the line runs from the first day to the last, today included."""
    days = [one.day for one in moments if one.day] + [on]
    first, last = min(days), max(days)
    wide = max((last - first).days, 1)
    return tuple(Placed(number, one, _across(one.day, first, wide)) for number, one in enumerate(moments, 1))


def _across(day: date | None, first: date, wide: int) -> float | None:
    return None if day is None else SIDE + (WIDTH - 2 * SIDE) * (day - first).days / wide


def rows_of(listed: Sequence[Placed]) -> Iterator[tuple[int, Placed]]:
    """Row and moment: two whose marks would touch stand in different rows."""
    ends: list[float] = []
    for one in listed:
        if one.x is None:
            continue
        row = next((place for place, end in enumerate(ends) if one.x - end >= APART), len(ends))
        ends[row:row + 1] = [one.x]
        yield row, one


def picture(reading: Reading) -> Picture | None:
    """The line of days; None where no day is known."""
    listed = placed(reading.moments, reading.on)
    if not any(one.x is not None for one in listed):
        return None
    texts = reading.texts
    paper = Paper(WIDTH, direction=texts.direction, title=texts("legal.timeline.title"))
    _ends(paper, reading)
    for row, one in rows_of(listed):
        _mark(paper, one, row)
    rows = max((row for row, _ in rows_of(listed)), default=0) + 1
    _today(paper, reading, rows)
    paper.down(rows * ROW + 6)
    _legend(paper, reading)
    says = texts("legal.timeline.says", days=sum(one.x is not None for one in listed), unknown=sum(one.x is None for one in listed))
    return Picture(_named(paper.svg(), texts("legal.timeline.title"), says), says, table(reading))


def _ends(paper: Paper, reading: Reading) -> None:
    """The first and the last day in words, above the line."""
    days = [one.day for one in reading.moments if one.day] + [reading.on]
    paper.line(date_in_words(min(days), reading.texts, "medium"), 0, 11, size=11, colour="ink-2")
    paper.line(date_in_words(max(days), reading.texts, "medium"), WIDTH, 11, size=11, colour="ink-2", anchor="end")
    paper.down(18)
    paper.rule(0, 0, WIDTH, stroke="line-2")
    paper.down(6)


def _mark(paper: Paper, one: Placed, row: int) -> None:
    """The shape says what it is, the number where it stands in the list."""
    x = one.x or 0.0
    colour = "ink-2" if one.moment.settled else "brand"
    paper.shape(SHAPES[one.moment.happening], x - 5, row * ROW, 10, colour=colour)
    paper.line(str(one.number), x, row * ROW + 21, size=10, bold=not one.moment.settled, anchor="middle")


def _today(paper: Paper, reading: Reading, rows: int) -> None:
    days = [one.day for one in reading.moments if one.day] + [reading.on]
    x = _across(reading.on, min(days), max((max(days) - min(days)).days, 1)) or 0.0
    paper.box(x - 0.75, -6, 1.5, rows * ROW + 8, fill="note-line", radius=0, solid=True)


def _legend(paper: Paper, reading: Reading) -> None:
    """What each shape is, and the line of today."""
    texts = reading.texts
    for shape, key in (("holds", "happened"), ("low", "paper"), ("moderate", "plan"), ("high", "last")):
        paper.shape(shape, 0, 2, 9, colour="brand")
        paper.line(texts(f"legal.timeline.{key}"), 16, 11, size=11, colour="ink-2")
        paper.down(16)
    paper.box(3.5, 1, 1.5, 11, fill="note-line", radius=0, solid=True)
    paper.line(texts("legal.timeline.today", day=date_in_words(reading.on, texts, "medium")), 16, 11, size=11, colour="ink-2")
    paper.down(16)


def _named(svg: str, title: str, says: str) -> str:
    """The drawing with its title and its description inside, for those who hear it."""
    head, _, rest = svg.partition(">")
    return f"{head}><title>{escape(title)}</title><desc>{escape(says)}</desc>{rest}"


def sentence(reading: Reading, one: Moment) -> str:
    """What happens on a day."""
    texts = reading.texts
    match one.happening:
        case "fact":
            return reading.fact(one.name)
        case "received":
            return texts("legal.timeline.received", document=reading.document(one.name, one.words))
        case "done":
            return texts("legal.timeline.step", action=_action(reading, one))
        case "task":
            return one.words or reading.document(one.name, one.words)
    deadline = next((line.deadline for line in reading.deadlines if line.id == one.name), None)
    what = reading.what(deadline) if deadline else one.name
    return texts(f"legal.timeline.is_{one.happening}", what=what, id=one.name)


def _action(reading: Reading, one: Moment) -> str:
    found = reading.law.procedures.get(one.procedure)
    return next((reading.words(step.action) for step in (found.steps if found else ()) if step.id == one.name), one.name)


def table(reading: Reading) -> Table:
    """The same as a table: number, day, what, of which procedure."""
    columns = tuple(reading.texts(f"legal.column.{name}") for name in ("number", "day", "what", "procedure"))
    rows = tuple((str(one.number), reading.day(one.moment.day), sentence(reading, one.moment), reading.procedure(one.moment.procedure) or "–")
                 for one in placed(reading.moments, reading.on))
    return Table(reading.texts("legal.timeline.title"), columns, rows)
