"""A document as a sequence of blocks: the one form that pages, reports and plain text are made from.

A view of a workbook gives blocks; `widgets.blocks` turns them into HTML for the page, `report` into HTML, PDF and
DOCX. Nothing here knows any of those. All texts are plain text, never markup.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from safe_lib.model.disclosure import Copy


@dataclass(frozen=True, slots=True)
class Badge:
    """A level or a status: always a word, a shape and a colour.

    `kind` is `level` (low, moderate, high, very_high, undetermined), `truth` (holds, open, fails),
    `claim` (current, outdated, missing, conflicting, single) or `stop` (active, cleared, open, not_applicable).
    """

    kind: str
    value: str
    word: str


Cell = str | Badge


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 2 is the highest inside a document (its title is level 1)."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `tone` is empty, `lead`, `quiet` or `strong`."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences, in order where the order matters."""

    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, such as date, place, interpreter."""

    pairs: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption and column headings; the first column heads its row."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A small drawing made by us (SVG text), what it shows in one sentence, and the table that says the same."""

    svg: str
    says: str
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """The person's own words, and who wrote them down when."""

    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to see before the rest. `tone` is `stop`, `open`, `draft` or `info`."""

    title: str
    text: str
    tone: str = "info"


@dataclass(frozen=True, slots=True)
class Tree:
    """A trace: one line, its truth, and the lines it rests on."""

    line: str
    truth: str  # holds | open | fails
    word: str
    parts: tuple[Tree, ...] = ()


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks one press away on a page; printed in full."""

    summary: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Places to sign or to write by hand, each with its label."""

    labels: tuple[str, ...]


Block = Heading | Text | Bullets | Facts | Table | Picture | Quote | Notice | Tree | Details | Lines


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report: who it is for, in which language, and its blocks."""

    title: str
    language: str
    direction: str
    profile: str
    reference: str
    date: str  # ISO
    blocks: tuple[Block, ...]
    footer: str = ""
    marks: tuple[str, ...] = field(default=())  # such as “Draft translation”, “Training: invented person”
    copy: Copy | None = None  # for whom this copy is; None while it leaves nothing
