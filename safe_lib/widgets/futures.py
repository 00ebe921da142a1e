"""What a report tells of every considered future, in the person's own order: its outcome, its next steps, its plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from safe_lib import casework
from safe_lib.engine.plan import plan
from safe_lib.model.document import Block, Heading, Text
from safe_lib.widgets import views
from safe_lib.widgets.views import Blocks, Shown

if TYPE_CHECKING:
    from safe_lib.workbook import Workbook
else:
    Workbook = Any

Measures = Sequence[Mapping[str, str]]


def outcomes(book: Workbook) -> Blocks:
    """The outcome of each future by itself, under its name; nothing is added up."""
    return _each(book, lambda shown: (*views.outcome(shown, flags=book.profile.flags), *views.caveats(shown)), repeated=1)


def next_steps(book: Workbook) -> Blocks:
    """What to do now, for each future by itself."""
    return _each(book, views.next_steps)


def _each(book: Workbook, make: Callable[[Shown], Iterable[Block]], *, repeated: int = 0) -> Blocks:
    """What is said of each future; words that stand under an earlier one already are named, but for the first `repeated` blocks."""
    names, first = book.future_names(), dict[Blocks, int]()  # what was said → order of the future under which it stands
    blocks: list[Block] = []
    for future, shown in book.shown_futures():
        said = tuple(make(shown))
        told = first.setdefault(said, future.order)
        blocks.append(Heading(f"{future.order}. {names[future.kind]}", 3))
        blocks += said if told == future.order else [*said[:repeated], Text(book.texts("futures.as_under", n=told))]
    return tuple(blocks)


def plans(book: Workbook) -> Blocks:
    """The measures agreed for every future, then those of each future, with what the rules suggest where a reader may have it."""
    blocks: list[Block] = []
    for title, rows in rows_by_future(book, measures_of(book)):
        blocks += [*([Heading(title, 3)] if title else []), *views.agreed_table(rows, book.shown)]
    if book.profile.suggestions:
        blocks += _each_suggested(book)
    return tuple(blocks)


def _each_suggested(book: Workbook) -> Iterator[Block]:
    names = book.future_names()
    for future, shown in book.shown_futures():
        yield from views.suggestions(plan(shown.assessment, shown.instrument), book.texts, about=f"{future.order}. {names[future.kind]}")


def measures_of(book: Workbook) -> list[Mapping[str, str]]:
    """The measures that were agreed, with what a reader may have of each."""
    paper = casework.paper(book.desk, book.case, casework.PLAN) if book.case else None
    rows = list(paper.body.get("rows", [])) if paper else []
    return rows if book.profile.plan_details else [{key: row.get(key, "") for key in ("future", "about", "measure", "status")} for row in rows]


def rows_by_future(book: Workbook, rows: Measures) -> list[tuple[str, Measures]]:
    """The measures for every future first, then those of each in the person's own order; without a title where there is only one part.

    A measure for a future that is no longer considered stands under that future's name, after the others.
    """
    names = book.future_names()
    orders = {future.kind: f"{future.order}. {names[future.kind]}" for future in book.futures}
    kinds = dict.fromkeys(["", *orders, *(str(row.get("future") or "") for row in rows)])
    parts = [(orders.get(kind) or names.get(kind, kind), [row for row in rows if (row.get("future") or "") == kind]) for kind in kinds]
    filled: list[tuple[str, Measures]] = [(title or book.texts("plan.every_future"), measures) for title, measures in parts if measures]
    alone = len(filled) == 1 and not filled[0][1][0].get("future")
    return [("", filled[0][1])] if alone else filled
