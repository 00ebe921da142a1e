"""The report for the person it is about: plain words, addressed to them, and nothing that would give its holder away.

It says what was talked about, what that may mean, what is not known, and what the person can choose and ask for. The
wording for professionals, titles of domains and what the rules suggest never come into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from safe_lib.casework import Future
from safe_lib.model.document import Block, Heading, Lines, Quote, Table, Text
from safe_lib.model.texts import Texts
from safe_lib.widgets.futures import measures_of, rows_by_future
from safe_lib.widgets.views import Blocks, Shown

if TYPE_CHECKING:
    from safe_lib.workbook import Workbook
else:
    Workbook = Any

MONTH: Final = 30  # days; how long contact after an arrival goes on is told in months
SIGNERS: Final = ("helper", "interpreter", "you")


def plain_view(book: Workbook, region: str, usual: Callable[[], Sequence[Block]]) -> Blocks:
    """One part of the person's report under a heading of its own; nothing where the part has no plain words.

    `usual` makes the part as others read it: the person's own words are the same for everybody.
    """
    make = _VIEWS.get(region)
    blocks = make(book) if make else usual() if region == "own_words" else ()
    return (Heading(_heading(book, region)), *blocks) if blocks else ()


def _heading(book: Workbook, region: str) -> str:
    futures = region == "outcome" and bool(book.instrument.scenarios)
    return book.texts("plain.heading.futures" if futures else f"plain.heading.{region}")


def _statement(book: Workbook) -> Blocks:
    return (Text(book.texts("plain.statement")),)


def _outcome(book: Workbook) -> Blocks:
    """The one outcome, or that of each future in the person's own order."""
    texts = book.texts
    if not book.instrument.scenarios:
        return (*_paragraphs(book.shown), Text(texts("plain.mend"), "quiet"))
    if not book.futures:
        return (Text(texts("plain.no_futures")),)
    names, first = book.future_names(), dict[str, int]()  # outcome → the future under which it is told
    blocks: list[Block] = []
    for future, shown in book.shown_futures():
        blocks.append(Heading(f"{future.order}. {names[future.kind]}", 3))
        if future.words and "own_words" in book.profile.views:
            blocks.append(Quote(future.words, texts("plain.you_said")))
        told = first.setdefault(shown.assessment.outcome.id, future.order)
        blocks += _paragraphs(shown) if told == future.order else [Text(texts("plain.as_under", n=told))]
    return (*blocks, Text(texts("plain.mend"), "quiet"))


def _paragraphs(shown: Shown) -> list[Block]:
    said = shown.explanation.plain
    if not shown.answers.given:
        return [Text(shown.texts("plain.nothing_yet"))]
    if not said:
        return [Text(shown.texts("plain.open" if shown.assessment.outcome.id == "open" else "plain.unsaid"))]
    return [Text(sentence) for sentence in said]


def _plan(book: Workbook) -> Blocks:
    """What was agreed and how far it is; the risks a measure answers are not named."""
    if not book.instrument.scenarios:
        return ()
    blocks: list[Block] = []
    for title, rows in rows_by_future(book, measures_of(book)):
        blocks += [*([Heading(title, 3)] if title else []), _agreed(rows, book.texts)]
    return tuple(blocks)


def _agreed(rows: Sequence[Mapping[str, str]], texts: Texts) -> Table:
    cells = tuple((row.get("measure", ""), texts(f"plan.status.{status}") if (status := row.get("status")) else "–") for row in rows)
    return Table(texts("plan.agreed"), (texts("plain.what"), texts("plain.how_far")), cells)


def _follow_up(book: Workbook) -> Blocks:
    """That somebody can ask how it goes, where a future leads somewhere else; the questions stay with staff."""
    days = [moment.day for moment in book.instrument.follow_up]
    if not days or not any(_leads_away(future) for future in book.futures):
        return ()
    return (Text(book.texts("plain.follow_up", n=len(days), months=max(days) // MONTH)),)


def _leads_away(future: Future) -> bool:
    return bool(future.country)


def _sign_off(book: Workbook) -> Blocks:
    return (Text(book.texts("plain.decided"), "quiet"), Lines(tuple(book.texts(f"plain.sign.{who}") for who in SIGNERS)))


_VIEWS: Final[Mapping[str, Callable[[Workbook], Blocks]]] = {
    "statement": _statement,
    "outcome": _outcome,
    "plan": _plan,
    "follow_up": _follow_up,
    "sign_off": _sign_off,
}
