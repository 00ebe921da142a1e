"""How results are told: drawn on a terminal, plain text into a file or another program, or one line of JSON."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import singledispatch
from typing import TYPE_CHECKING, Any, Final

from safe_lib.model.document import Badge, Block, Bullets, Cell, Details, Facts, Heading, Notice, Picture, Quote, Table, Text, Tree

if TYPE_CHECKING:
    from rich.console import RenderableType

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_STYLES: Final = {"strong": "bold", "quiet": "dim", "lead": "", "": ""}
_WIDEST: Final = 110  # columns; longer lines are hard to read


def say_json(value: Any) -> None:
    """One line of JSON in UTF-8, whatever the terminal speaks."""
    say_line(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def say_line(text: str) -> None:
    """One line in UTF-8, as it is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass") + b"\n")
    sys.stdout.buffer.flush()


def say(blocks: Iterable[Block]) -> None:
    """Blocks for a reader: headings and tables drawn on a terminal, plain text otherwise."""
    if sys.stdout.isatty():
        _draw(blocks)
        return
    from safe_lib.widgets.blocks import blocks_text

    sys.stdout.write(blocks_text(blocks))


@contextmanager
def progress(words: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal; call what it gives after each step. Nothing is shown elsewhere."""
    if not sys.stderr.isatty() or total < 2:
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=total)
        yield lambda: bar.advance(task)


def _draw(blocks: Iterable[Block]) -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    console.width = min(console.width, _WIDEST)
    for block in blocks:
        console.print(_drawn(block))
        console.print()


def _words(text: Cell, style: str = "") -> Any:
    from rich.text import Text as Styled

    return Styled(_CONTROL.sub("", text.word if isinstance(text, Badge) else text), style=style)


def _stacked(*parts: RenderableType) -> RenderableType:
    from rich.console import Group

    return Group(*parts)


def _set_in(part: RenderableType) -> RenderableType:
    from rich.padding import Padding

    return Padding(part, (0, 0, 0, 2))


@singledispatch
def _drawn(block: Block) -> RenderableType:
    from safe_lib.widgets.blocks import blocks_text

    return _words(blocks_text((block,)).rstrip())


@_drawn.register
def _(block: Heading) -> RenderableType:
    return _words(block.text, "bold underline" if block.level == 2 else "bold")


@_drawn.register
def _(block: Text) -> RenderableType:
    return _words(block.text, _STYLES.get(block.tone, ""))


@_drawn.register
def _(block: Bullets) -> RenderableType:
    from rich.table import Table as Grid

    grid = Grid.grid(padding=(0, 1))
    for number, item in enumerate(block.items, 1):
        grid.add_row(_words(f"{number}." if block.ordered else "•"), _words(item))
    return grid


@_drawn.register
def _(block: Facts) -> RenderableType:
    from rich.table import Table as Grid

    grid = Grid.grid(padding=(0, 2))
    for name, value in block.pairs:
        grid.add_row(_words(name, "dim"), _words(value))
    return grid


@_drawn.register
def _(block: Table) -> RenderableType:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Drawn

    table = Drawn(title=_words(block.caption, "bold") if block.caption else None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in block.columns:
        table.add_column(_words(column), overflow="fold")
    for row in block.rows:
        table.add_row(*(_words(cell, "bold" if isinstance(cell, Badge) else "") for cell in row))
    return table


@_drawn.register
def _(block: Picture) -> RenderableType:
    return _drawn(block.table) if block.table else _words(block.says)


@_drawn.register
def _(block: Notice) -> RenderableType:
    return _stacked(_words(block.title, "bold"), _set_in(_words(block.text)))


@_drawn.register
def _(block: Quote) -> RenderableType:
    return _set_in(_words(f"“{block.text}” {block.by}".strip(), "italic"))


@_drawn.register
def _(block: Details) -> RenderableType:
    return _stacked(_words(block.summary, "bold"), *(_set_in(_drawn(part)) for part in block.blocks))


@_drawn.register
def _(block: Tree) -> RenderableType:
    return _stacked(_words(f"{block.word}: {block.line}"), *(_set_in(_drawn(part)) for part in block.parts))
