"""A document as one HTML file that asks nothing of anybody: no script, no request, no font from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from html import escape
from typing import Final
from xml.etree import ElementTree

from safe_lib.model.document import (
    Badge,
    Block,
    Bullets,
    Cell,
    Details,
    Document,
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
from safe_lib.report import (
    SHAPES,
    TOKENS,
    Labels,
    about,
    direction_of,
    fixed_words,
    look,
    marks,
    neutral_title,
    on_every_page,
    page_words,
    split_numbers,
    template,
    tidied,
)

SHORT: Final = 18  # letters; the word of a badge up to here stays on one line
NOTICE_SHAPES: Final = {"stop": "octagon", "open": "question", "draft": "dashed", "info": "disc"}


def html_document(document: Document, *, labels: Labels | None = None) -> str:
    """The document as one file: it can be mailed, opened without a network, printed on A4.

    Args:
        document: what to print; its texts are shown as they are, never read as markup.
        labels: fixed words (`report.page`, …) over those of the document's language.

    Raises:
        ReportError: a table row that does not fit its columns, a field of the wrong type.
    """
    return html_of(tidied(document), labels)


def html_of(document: Document, labels: Labels | None = None) -> str:
    """The same of a document that is tidied."""
    return _Page(document, fixed_words(document.language, labels)).whole()


class _Page:
    """One document on its way to HTML: its words, its direction, and the number of pictures so far."""

    def __init__(self, document: Document, words: Labels) -> None:
        self.document, self.words, self.pictures = document, words, 0
        self.direction = "rtl" if document.direction == "rtl" else "ltr"

    def whole(self) -> str:
        style = self.style()
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        return (
            f'<!doctype html>\n<html lang="{escape(self.document.language)}" dir="{self.direction}">\n<head>\n'
            '<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
            f"{self.hidden_mark()}"
            f"<title>{escape(neutral_title(self.document, self.words))}</title>\n<style>{style}</style>\n</head>\n"
            f'<body>\n<main class="sheet"{self.mark()}>\n{self.head()}{self.blocks(self.document.blocks)}{self.foot()}</main>\n'
            "</body>\n</html>\n"
        )

    def hidden_mark(self) -> str:
        """The number of the copy among what is said about the file."""
        return f'<meta name="dcterms.identifier" content="{escape(self.document.copy.id)}">\n' if self.document.copy else ""

    def mark(self) -> str:
        """The same in the structure, where it stays when the head of the file is taken off."""
        return f' data-copy="{escape(self.document.copy.id)}"' if self.document.copy else ""

    def style(self) -> str:
        tokens = ";".join(f"--{name}:{value}" for name, value in TOKENS.items())
        return f":root{{{tokens}}}\n{template('report.css')}\n{self.page_boxes()}"

    def page_boxes(self) -> str:
        """The margins of the printed page, with reference, marks, footer and page numbers."""
        pages = " ".join(_css_text(text) if kind == "text" else f"counter({kind})" for kind, text in page_words(self.words))
        start, end = ("right", "left") if self.direction == "rtl" else ("left", "right")
        boxes = {
            f"top-{start}": _css_text(on_every_page(self.document, self.words)),
            f"top-{end}": _css_text(" · ".join(marks(self.document, self.words))),
            f"bottom-{start}": _css_text(self.document.footer),
            f"bottom-{end}": pages,
        }
        font = f'font: 8.5pt system-ui, "Noto Sans", sans-serif; color: {TOKENS["ink-2"]}; direction: {self.direction}'
        inside = " ".join(f"@{place} {{ content: {content}; {font} }}" for place, content in boxes.items())
        return f"@page {{ size: A4; margin: 18mm 17mm 19mm; {inside} }}"

    def head(self) -> str:
        shown = "".join(f"<li>{self.cell(mark)}</li>" for mark in marks(self.document, self.words))
        facts = "".join(f"<dt>{self.cell(name)}</dt><dd>{self.cell(value)}</dd>" for name, value in about(self.document, self.words))
        return (
            (f'<ul class="marks">{shown}</ul>\n' if shown else "")
            + f'<p class="suite">{escape(self.words["report.suite"])}</p>\n'
            + f"<h1{self.turn(self.document.title)}>{self.text(self.document.title)}</h1>\n"
            + f'<dl class="facts about">{facts}</dl>\n'
        )

    def foot(self) -> str:
        footer = self.document.footer
        return f'<p class="foot"{self.turn(footer)}>{self.text(footer)}</p>\n' if footer else ""

    # ── texts ──

    def text(self, text: str) -> str:
        """A text as text; in right-to-left documents, dates and telephone numbers are kept from turning round."""
        if self.direction == "ltr" and direction_of(text, "ltr") == "ltr":
            return escape(text)
        return "".join(f'<bdi dir="ltr">{escape(piece)}</bdi>' if number else escape(piece) for piece, number in split_numbers(text))

    def turn(self, text: str) -> str:
        """The attribute of a text that runs against its document."""
        direction = direction_of(text, self.direction)
        return "" if direction == self.direction else f' dir="{direction}"'

    def cell(self, cell: Cell) -> str:
        if isinstance(cell, str):
            turned = self.turn(cell)
            return f"<span{turned}>{self.text(cell)}</span>" if turned else self.text(cell)
        short = " data-short" if len(cell.word) <= SHORT else ""
        return f'<span class="badge" data-tone="{look(cell).tone}"{short}>{_shape(look(cell).shape)}<span>{self.text(cell.word)}</span></span>'

    # ── blocks ──

    def blocks(self, blocks: tuple[Block, ...]) -> str:
        return "".join(self.block(block) + "\n" for block in blocks)

    def block(self, block: Block) -> str:
        match block:
            case Heading(text, level):
                return f"<h{level}{self.turn(text)}>{self.text(text)}</h{level}>"
            case Text(text, tone):
                kind = f"block {tone}" if tone in ("lead", "quiet", "strong") else "block"
                return f'<p class="{kind}"{self.turn(text)}>{self.text(text)}</p>'
            case Bullets(items, ordered):
                name = "ol" if ordered else "ul"
                return f'<{name} class="block">' + "".join(f"<li>{self.cell(item)}</li>" for item in items) + f"</{name}>" if items else ""
            case Facts(pairs):
                shown = "".join(f"<dt>{self.cell(name)}</dt><dd>{self.cell(cell)}</dd>" for name, cell in pairs)
                return f'<dl class="facts">{shown}</dl>' if shown else ""
            case Table():
                return self.table(block)
            case Picture(svg, says, table):
                return self.picture(svg, says) + (self.table(table) if table else "")
            case Quote(text, by):
                author = f'<p class="by">{self.text(by)}</p>' if by else ""
                return f'<div class="block"><blockquote{self.turn(text)}><p>{self.text(text)}</p></blockquote>{author}</div>'
            case Notice(title, text, tone):
                return self.notice(title, text, tone)
            case Tree():
                return f'<ul class="tree block">{self.branch(block)}</ul>'
            case Details(summary, inner):
                return f'<details class="block" open><summary{self.turn(summary)}>{self.text(summary)}</summary>\n{self.blocks(inner)}</details>'
            case Lines(names):
                return '<ul class="sign">' + "".join(f"<li>{self.cell(name)}</li>" for name in names) + "</ul>" if names else ""

    def table(self, table: Table) -> str:
        """A table; roles stand in the open because a narrow window shows its rows as short lists."""
        if not table.rows or not table.columns:
            return f'<p class="block quiet"><strong>{self.cell(table.caption)}</strong><br>{escape(self.words["report.empty_table"])}</p>'
        heads = "".join(map(self.column_head, table.columns))
        rows = "".join(f'<tr role="row">{self.row(table, row)}</tr>\n' for row in table.rows)
        return (
            f'<table role="table"><caption>{self.cell(table.caption)}</caption>\n'
            f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>\n<tbody role="rowgroup">\n{rows}</tbody></table>'
        )

    def column_head(self, name: str) -> str:
        """A head of a column; one without a word is no head."""
        return f'<th scope="col" role="columnheader">{self.cell(name)}</th>' if name.strip() else '<td role="cell"></td>'

    def row(self, table: Table, row: tuple[Cell, ...]) -> str:
        first = f'<th scope="row" role="rowheader">{self.cell(row[0])}</th>'
        rest = zip(table.columns[1:], row[1:], strict=True)
        return first + "".join(f'<td role="cell" data-label="{escape(name)}"><div>{self.cell(cell)}</div></td>' for name, cell in rest)

    def picture(self, svg: str, says: str) -> str:
        self.pictures += 1
        name = f"picture-{self.pictures}"
        drawing = clean_svg(svg, prefix=f"p{self.pictures}-")
        if drawing:
            drawing = drawing.replace("<svg", f'<svg role="img" aria-labelledby="{name}" focusable="false"', 1)
        return f'<figure class="block">{drawing}<figcaption id="{name}"{self.turn(says)}>{self.text(says)}</figcaption></figure>'

    def notice(self, title: str, text: str, tone: str) -> str:
        tone = tone if tone in NOTICE_SHAPES else "info"
        body = f"<p{self.turn(text)}>{self.text(text)}</p>" if text else ""
        return (
            f'<div class="notice block" role="note" data-tone="{tone}">{_shape(NOTICE_SHAPES[tone])}'
            f'<p class="title"{self.turn(title)}>{self.text(title)}</p>{body}</div>'
        )

    def branch(self, tree: Tree) -> str:
        sign = _shape(look(Badge("truth", tree.truth, tree.word)).shape)
        parts = "".join(self.branch(part) for part in tree.parts)
        inner = f"<ul>{parts}</ul>" if parts else ""
        return f"<li>{sign}<b>{self.text(tree.word)}:</b> <span{self.turn(tree.line)}>{self.text(tree.line)}</span>{inner}</li>"


def _shape(name: str) -> str:
    return f'<svg viewBox="0 0 16 16" aria-hidden="true">{SHAPES[name]}</svg>'


def _css_text(text: str) -> str:
    """A CSS string in which every character but letters and digits is written by its number."""
    return '"' + "".join(letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):06x}" for letter in text.replace("\n", " ")) + '"'


# ── drawings ──

_ELEMENTS: Final = frozenset((
    "svg", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "text", "tspan", "title",
    "desc", "defs", "pattern", "clipPath", "mask", "linearGradient", "radialGradient", "stop", "marker", "symbol",
    "use",
))  # fmt: skip
_ATTRIBUTES: Final = frozenset((
    "id", "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "d", "dx",
    "dy", "points", "transform", "preserveAspectRatio", "offset", "fill", "fill-opacity", "fill-rule", "stroke",
    "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "stroke-dashoffset",
    "stroke-miterlimit", "opacity", "stop-color", "stop-opacity", "clip-path", "clip-rule", "mask", "marker-start",
    "marker-mid", "marker-end", "patternUnits", "patternTransform", "patternContentUnits", "gradientUnits",
    "gradientTransform", "clipPathUnits", "maskUnits", "markerWidth", "markerHeight", "markerUnits", "refX", "refY",
    "orient", "font-family", "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline",
    "letter-spacing", "direction", "unicode-bidi", "href", "vector-effect",
))  # fmt: skip
_VALUE: Final = re.compile(r"[^<>\\{};@]*")
_FUNCTIONS: Final = frozenset(("translate", "scale", "rotate", "matrix", "skewX", "skewY", "rgb", "rgba", "hsl"))
_PREFIX: Final = "\x00"  # no XML may hold it
_DEEPEST_DRAWING: Final = 30  # groups inside one another
_WIDEST_DRAWING: Final = 10_000  # CSS pixels
_LARGEST_DRAWING: Final = 400_000  # characters; a map of one country has some ten thousand


def clean_svg(svg: str, *, prefix: str = "") -> str:
    """A drawing with nothing in it but shapes and words, or an empty text where it is no drawing.

    Scripts, styles, links, pictures and everything that asks for another file are left out. `var(--token)` becomes the
    light value of the token; `prefix` is put before every id, so that two drawings on a page keep their own.
    """
    return _cleaned(svg).replace(_PREFIX, prefix)


@lru_cache(maxsize=8)  # the drawings of the report at hand, which each of its forms asks for
def _cleaned(svg: str) -> str:
    """A clean drawing with a sign that no drawing can hold before every id."""
    if "<!" in svg or "<?" in svg or len(svg) > _LARGEST_DRAWING:  # no entities, so nothing to expand
        return ""
    try:
        root = ElementTree.fromstring(svg)  # noqa: S314
    except ElementTree.ParseError:
        return ""
    return _drawn(root, _PREFIX, 0) if _local(root.tag) == "svg" and all(_size(root)) else ""


@lru_cache(maxsize=8)
def drawing_size(drawing: str) -> tuple[float, float]:
    """Width and height of a cleaned drawing in CSS pixels (96 to the inch)."""
    return _size(ElementTree.fromstring(drawing))  # noqa: S314


def _size(root: ElementTree.Element) -> tuple[float, float]:
    """Width and height as the drawing says, or else of its view box; (0, 0) where neither can be."""
    box = (root.get("viewBox") or "").replace(",", " ").split() or ["0"] * 4
    given = [*box, root.get("width", box[-2]), root.get("height", box[-1])] if len(box) == 4 else ["none"]
    try:
        numbers = [float(text.removesuffix("px")) for text in given]
    except ValueError:
        return (0, 0)
    fits = all(0 < number <= _WIDEST_DRAWING for number in numbers[4:]) and (box == ["0"] * 4 or min(numbers[2:4]) > 0)
    return (numbers[4], numbers[5]) if fits and max(map(abs, numbers)) <= _WIDEST_DRAWING else (0, 0)


def _drawn(element: ElementTree.Element, prefix: str, depth: int) -> str:
    name = _local(element.tag)
    if name not in _ELEMENTS or depth > _DEEPEST_DRAWING:
        return ""
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in _attributes(element, prefix).items())
    inside = "".join(_drawn(child, prefix, depth + 1) + escape(child.tail or "") for child in element)
    return f"<{name}{attributes}>{escape(element.text or '')}{inside}</{name}>"


def _attributes(element: ElementTree.Element, prefix: str) -> dict[str, str]:
    given = {_local(key): value for key, value in element.attrib.items() if "}" not in key or key.endswith("}href")}
    for declaration in given.pop("style", "").split(";"):
        key, colon, value = declaration.partition(":")
        if colon:
            given[key.strip()] = value.strip()
    pairs = ((key, _value(key, value, prefix)) for key, value in given.items() if key in _ATTRIBUTES)
    return {key: value for key, value in pairs if value}


def _value(key: str, value: str, prefix: str) -> str:
    if "(" not in value and key not in ("id", "href"):
        return value if _VALUE.fullmatch(value) else ""
    value = re.sub(r"var\(--([a-z0-9-]+)\)", lambda token: TOKENS.get(token[1], TOKENS["ink"]), value)
    if key == "id":
        return prefix + value
    if key == "href":
        return f"#{prefix}{value[1:]}" if value.startswith("#") else ""
    inner = re.sub(r"url\(\s*#([\w-]+)\s*\)", lambda link: f"url(#{prefix}{link[1]})", value)
    functions = set(re.findall(r"([\w-]*)\s*\(", re.sub(rf"url\(#[{_PREFIX}\w-]+\)", "", inner)))
    return inner if _VALUE.fullmatch(inner) and functions <= _FUNCTIONS else ""


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]
