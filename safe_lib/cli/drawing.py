"""Blocks drawn on a terminal. All texts are shown as they are; nothing in them is read as markup or moves the cursor."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import singledispatch
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text as Words

from safe_lib.model.document import Badge, Block, Bullets, Cell, Details, Facts, Heading, Notice, Picture, Quote, Table, Text, Tree
from safe_lib.model.texts import closed
from safe_lib.widgets.blocks import blocks_text

WIDEST: Final = 110  # columns; longer lines are hard to read

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]")
_STYLES: Final = {"strong": "bold", "quiet": "dim"}


def draw(blocks: Iterable[Block]) -> None:
    """Print blocks, each with a line of room after it."""
    console = Console(highlight=False, markup=False, emoji=False)
    console.width = min(console.width, WIDEST)
    for block in blocks:
        console.print(_drawn(block))
        console.print()


def _words(text: Cell, style: str = "") -> Words:
    return Words(closed(_CONTROL.sub("", text.word if isinstance(text, Badge) else text)), style=style)


def _set_in(part: RenderableType) -> Padding:
    return Padding(part, (0, 0, 0, 2))


@singledispatch
def _drawn(block: Block) -> RenderableType:
    return _words(blocks_text((block,)).rstrip())


@_drawn.register
def _(block: Heading) -> RenderableType:
    return _words(block.text, "bold underline" if block.level == 2 else "bold")


@_drawn.register
def _(block: Text) -> RenderableType:
    return _words(block.text, _STYLES.get(block.tone, ""))


@_drawn.register
def _(block: Bullets) -> RenderableType:
    grid = Grid.grid(padding=(0, 1))
    for number, item in enumerate(block.items, 1):
        grid.add_row(_words(f"{number}." if block.ordered else "•"), _words(item))
    return grid


@_drawn.register
def _(block: Facts) -> RenderableType:
    grid = Grid.grid(padding=(0, 2))
    for name, value in block.pairs:
        grid.add_row(_words(name, "dim"), _words(value))
    return grid


@_drawn.register
def _(block: Table) -> RenderableType:
    grid = Grid(title=_words(block.caption, "bold") if block.caption else None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in block.columns:
        grid.add_column(_words(column), overflow="fold")
    for row in block.rows:
        grid.add_row(*(_words(cell, "bold" if isinstance(cell, Badge) else "") for cell in row))
    return grid


@_drawn.register
def _(block: Picture) -> RenderableType:
    return _drawn(block.table) if block.table else _words(block.says)


@_drawn.register
def _(block: Notice) -> RenderableType:
    return Group(_words(block.title, "bold"), _set_in(_words(block.text)))


@_drawn.register
def _(block: Quote) -> RenderableType:
    return _set_in(_words(f"“{block.text}” {block.by}".strip(), "italic"))


@_drawn.register
def _(block: Details) -> RenderableType:
    return Group(_words(block.summary, "bold"), *(_set_in(_drawn(part)) for part in block.blocks))


@_drawn.register
def _(block: Tree) -> RenderableType:
    return Group(_words(f"{block.word}: {block.line}"), *(_set_in(_drawn(part)) for part in block.parts))
