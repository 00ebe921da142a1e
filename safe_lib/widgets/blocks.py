"""Blocks of a document as HTML for a page, and as plain text for tests and for reading along.

The look is that of `templates/base`; the words come with the blocks. Nothing in a block is ever read as markup: texts
are escaped, and a drawing that is more than plain shapes is left out, its sentence and its table stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import singledispatch
from html import escape
from typing import Final
from xml.etree import ElementTree

from safe_lib.model.document import (
    Badge,
    Block,
    Bullets,
    Cell,
    Details,
    Facts,
    Heading,
    Lines,
    Notice,
    Picture,
    Quote,
    Table,
    Text,
    Tree,
)
from safe_lib.model.texts import Texts, closed
from safe_lib.widgets.shell import icon

TRUTH_SIGNS: Final = {"holds": "t-holds", "open": "t-open", "fails": "t-not"}
CLAIM_SIGNS: Final = {"current": "c-current", "outdated": "c-outdated", "missing": "c-missing",
                      "conflicting": "c-conflicting", "single": "c-single", "circular": "c-circular"}
STOP_SIGNS: Final = {"active": "lv-very_high", "cleared": "c-current", "open": "lv-undetermined",
                     "not_applicable": "t-not"}
LEVELS: Final = ("low", "moderate", "high", "very_high", "undetermined")

_NOTICE_SIGNS: Final = {"stop": "lv-very_high", "open": "lv-undetermined", "draft": "i-doc", "info": "i-info"}
_TONES: Final = {"lead": ' class="lead"', "quiet": ' class="quiet"', "strong": ' class="strong"'}

_SHAPES: Final = frozenset({
    "svg", "g", "rect", "circle", "ellipse", "line", "polyline", "polygon", "path", "text", "tspan", "title", "desc"})
_SHAPE_ATTRIBUTES: Final = frozenset({
    "class", "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy",
    "d", "points", "transform", "fill", "fill-opacity", "opacity", "stroke", "stroke-width", "stroke-dasharray",
    "stroke-linecap", "stroke-linejoin", "font-family", "font-size", "font-weight", "text-anchor", "direction",
    "unicode-bidi", "role", "aria-label", "aria-hidden", "focusable"})
_SVG: Final = "http://www.w3.org/2000/svg"
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff]")  # moves a terminal, turns words round, or is no character


def blocks_html(blocks: Iterable[Block], texts: Texts) -> str:
    """Blocks as HTML for a page that carries the style and the symbols of the suite; nothing gives nothing."""
    inside = _inner(blocks, texts)
    return f'<div class="blocks">{inside}</div>' if inside else ""


def blocks_text(blocks: Iterable[Block]) -> str:
    """Blocks as plain text: every word of them, one line a sentence, parts set in by two spaces."""
    return "".join("\n".join(map(_clean, _lines(block))) + "\n\n" for block in blocks)[:-1]


def badge_html(badge: Badge) -> str:
    """A level or a status: word, shape and colour."""
    word = escape(badge.word)
    if badge.kind == "truth":
        return _signed("tstat", "data-truth", badge.value, TRUTH_SIGNS, "t-open", word)
    if badge.kind == "claim":
        sign = CLAIM_SIGNS.get(badge.value, "c-missing")
        return f'<span class="cstat" data-status="{escape(badge.value)}">{icon(sign)}{word}</span>'
    if badge.kind == "stop":
        return _signed("level", "data-stop", badge.value, STOP_SIGNS, "lv-undetermined", word)
    value = badge.value if badge.value in LEVELS else "undetermined"
    return f'<span class="level" data-level="{value}">{icon(f"lv-{value}", "shape")}{word}</span>'


def _signed(kind: str, mark: str, value: str, signs: dict[str, str], other: str, word: str) -> str:
    known = value if value in signs else "open"
    sign = signs.get(value, other)
    drawn = icon(sign, "i" if sign.startswith("c-") else "shape")  # signs of claims are drawn as lines
    return f'<span class="{kind}" {mark}="{known}">{drawn}{word}</span>'


def _inner(blocks: Iterable[Block], texts: Texts) -> str:
    return "\n".join(_html(block, texts) for block in blocks)


def _cell(cell: Cell) -> str:
    # <bdi>: a name in another script keeps its own direction and does not turn the line around it.
    return badge_html(cell) if isinstance(cell, Badge) else f"<bdi>{_words(cell)}</bdi>"


def _words(text: str) -> str:
    return escape(_clean(text))


def _clean(text: str) -> str:
    return closed(_CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


@singledispatch
def _html(block: Block, texts: Texts) -> str:
    raise TypeError(f"not a block: {type(block).__name__}")


@_html.register
def _(block: Heading, texts: Texts) -> str:
    level = min(max(block.level, 2), 6)
    return f"<h{level}>{_words(block.text)}</h{level}>"


@_html.register
def _(block: Text, texts: Texts) -> str:
    return f"<p{_TONES.get(block.tone, '')}>{_words(block.text)}</p>"


@_html.register
def _(block: Bullets, texts: Texts) -> str:
    kind = "ol" if block.ordered else "ul"
    items = "".join(f"<li>{_words(item)}</li>" for item in block.items)
    return f'<{kind} class="plain">{items}</{kind}>' if items else ""


@_html.register
def _(block: Facts, texts: Texts) -> str:
    pairs = "".join(f"<dt>{_words(name)}</dt><dd>{_cell(value)}</dd>" for name, value in block.pairs)
    return f'<dl class="facts">{pairs}</dl>' if pairs else ""


@_html.register
def _(block: Table, texts: Texts) -> str:
    # Roles in the markup: below 880 px rows are shown as blocks, and a table shown so would lose its meaning.
    caption = f"<caption>{_words(block.caption)}</caption>" if block.caption else ""
    heads = "".join(f'<th scope="col" role="columnheader">{_words(name)}</th>' for name in block.columns)
    rows = "".join(_row(block.columns, row) for row in block.rows)
    head = f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
    return (f'<table class="tbl fold-rows" role="table">{caption}{head}'
            f'<tbody role="rowgroup">{rows}</tbody></table>')


def _row(columns: Sequence[str], row: Sequence[Cell]) -> str:
    first, *others = row
    cells = "".join(f'<td role="cell" data-label="{_words(name)}"><div>{_cell(cell)}</div></td>'
                    for name, cell in zip(columns[1:], others, strict=True))
    return f'<tr role="row"><th scope="row" role="rowheader">{_cell(first)}</th>{cells}</tr>'


@_html.register
def _(block: Picture, texts: Texts) -> str:
    drawing = block.svg if is_plain_drawing(block.svg) else ""
    table = ""
    if block.table:
        name = f'<span class="vh">: {_words(block.table.caption)}</span>' if block.table.caption else ""
        table = (f'<details class="more"><summary>{escape(texts("page.as_table"))}{name}</summary>'
                 f'<div class="in-more">{_html(block.table, texts)}</div></details>')
    return f'<figure class="picture">{drawing}<figcaption>{_words(block.says)}</figcaption>{table}</figure>'


@_html.register
def _(block: Quote, texts: Texts) -> str:
    by = f"<footer>{_words(block.by)}</footer>" if block.by else ""
    return f'<blockquote class="words"><p dir="auto">{_words(block.text)}</p>{by}</blockquote>'


@_html.register
def _(block: Notice, texts: Texts) -> str:
    tone = block.tone if block.tone in _NOTICE_SIGNS else "info"
    look = {"stop": "notice notice-stop", "info": "notice notice-plain"}.get(tone, "notice")
    text = f"<p>{_words(block.text)}</p>" if block.text else ""
    return (f'<div class="{look}" data-tone="{tone}">{icon(_NOTICE_SIGNS[tone])}'
            f"<div><strong>{_words(block.title)}</strong>{text}</div></div>")


@_html.register
def _(block: Tree, texts: Texts) -> str:
    return f'<ul class="tree">{_branch(block)}</ul>'


def _branch(tree: Tree) -> str:
    truth = tree.truth if tree.truth in TRUTH_SIGNS else "open"
    sign = icon(TRUTH_SIGNS[truth], "shape")
    line = f'<span data-truth="{truth}">{sign}<span class="truth">{_words(tree.word)}</span> {_words(tree.line)}</span>'
    if not tree.parts:
        return f"<li>{line}</li>"
    parts = "".join(_branch(part) for part in tree.parts)
    return f'<li><details class="more"><summary>{line}</summary><ul>{parts}</ul></details></li>'


@_html.register
def _(block: Details, texts: Texts) -> str:
    return (f'<details class="more"><summary>{_words(block.summary)}</summary>'
            f'<div class="in-more blocks">{_inner(block.blocks, texts)}</div></details>')


@_html.register
def _(block: Lines, texts: Texts) -> str:
    return '<div class="sig">' + "".join(f"<div>{_words(label)}</div>" for label in block.labels) + "</div>"


def is_plain_drawing(svg: str) -> bool:
    """The text is one SVG of plain shapes and words: nothing that runs, links, loads or styles."""
    if "<!" in svg or "<?" in svg:
        return False
    try:
        root = ElementTree.fromstring(svg)  # noqa: S314  without `<!` there are no entities to expand
    except ElementTree.ParseError:
        return False
    return root.tag == f"{{{_SVG}}}svg" and all(_is_plain(element) for element in root.iter())


def _is_plain(element: ElementTree.Element) -> bool:
    space, _, name = element.tag.rpartition("}")
    return (space == "{" + _SVG and name in _SHAPES
            and all(key in _SHAPE_ATTRIBUTES and "url(" not in value.lower() for key, value in element.attrib.items()))


@singledispatch
def _lines(block: Block) -> list[str]:
    raise TypeError(f"not a block: {type(block).__name__}")


@_lines.register
def _(block: Heading) -> list[str]:
    return [f"{'#' * min(max(block.level, 2), 6)} {block.text}"]


@_lines.register
def _(block: Text) -> list[str]:
    return [block.text]


@_lines.register
def _(block: Bullets) -> list[str]:
    return [f"{number}. {item}" if block.ordered else f"- {item}" for number, item in enumerate(block.items, 1)]


@_lines.register
def _(block: Facts) -> list[str]:
    return [f"{name}: {_plain(value)}" for name, value in block.pairs]


@_lines.register
def _(block: Table) -> list[str]:
    rows = [" | ".join(_plain(cell) for cell in row) for row in block.rows]
    return [*([block.caption] if block.caption else []), " | ".join(block.columns), *rows]


@_lines.register
def _(block: Picture) -> list[str]:
    return [block.says, *(_set_in(_lines(block.table)) if block.table else [])]


@_lines.register
def _(block: Quote) -> list[str]:
    return [f"> {line}" for line in block.text.splitlines()] + ([f"  {block.by}"] if block.by else [])


@_lines.register
def _(block: Notice) -> list[str]:
    return [f"! {block.title}", *([f"  {block.text}"] if block.text else [])]


@_lines.register
def _(block: Tree) -> list[str]:
    parts = [line for part in block.parts for line in _lines(part)]
    return [f"{block.word}: {block.line}", *_set_in(parts)]


@_lines.register
def _(block: Details) -> list[str]:
    return [block.summary, *_set_in([line for part in block.blocks for line in _lines(part)])]


@_lines.register
def _(block: Lines) -> list[str]:
    return [f"{label}: ____" for label in block.labels]


def _plain(cell: Cell) -> str:
    return cell.word if isinstance(cell, Badge) else cell


def _set_in(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]
