"""Documents from blocks: one self-contained HTML file, an accessible PDF, an editable DOCX.

`html_document`, `pdf_document` and `docx_document` each stand in a module of their own; here is what they share:
the fixed words, plain text, the colours and shapes, and the widths of columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.reading import read_yaml
from safe_lib.model.disclosure import Copy
from safe_lib.model.document import Badge, Block, Cell, Details, Document, Heading, Picture, Table
from safe_lib.model.errors import ReportError
from safe_lib.report.blocks_json import from_json, to_json

Labels = Mapping[str, str]

# Light values of `templates/base/tokens.css` (a test compares them): paper is light. Text is at least 7:1 on each ground it is used on.
TOKENS: Final[Mapping[str, str]] = {
    "paper": "#ffffff", "surface": "#ffffff", "sunken": "#edf0ed", "raised": "#ffffff", "hatch": "#9aa6ab",
    "ink": "#15232b", "ink-2": "#3f4e56", "line": "#d6dcd9", "line-2": "#738188",
    "brand": "#0d4f5e", "brand-2": "#083a46", "on-brand": "#ffffff", "tint": "#e3eff0", "tint-2": "#c6dfe2",
    "note": "#fdf5dc", "note-line": "#94700a", "note-ink": "#453400",
    "low-bg": "#dfecf5", "low-ln": "#3a739d", "low-ink": "#0f3652",
    "mod-bg": "#f8eabc", "mod-ln": "#8c6a05", "mod-ink": "#453400",
    "hig-bg": "#f7cb9c", "hig-ln": "#9c4703", "hig-ink": "#4a2100",
    "vhi-bg": "#5a1a45", "vhi-ln": "#3b0d2c", "vhi-ink": "#ffffff", "vhi-soft": "#f8edf4",
    "und-bg": "#ffffff", "und-ln": "#56646b", "und-ink": "#15232b",
}  # fmt: skip

# Drawings of 16 × 16, one silhouette each, so that a badge is read without its colour.
SHAPES: Final[Mapping[str, str]] = {
    "ring": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2.5"/>',
    "diamond": '<path d="M8 1 15 8 8 15 1 8Z" fill="currentColor"/>',
    "triangle": '<path d="M8 1.5 15.5 14.5H.5Z" fill="currentColor"/>',
    "octagon": '<path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5Z" fill="currentColor"/>',
    "question": '<path d="M1.5 1.5h13v13h-13Z" fill="none" stroke="currentColor" stroke-width="1.5"'
    ' stroke-dasharray="3 2.2"/><path d="M6 6.2a2 2 0 1 1 2.6 2c-.4.2-.6.5-.6 1M8 11.4v.4" fill="none"'
    ' stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/>',
    "disc": '<circle cx="8" cy="8" r="6.5" fill="currentColor"/>',
    "dashed": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3 2.2"/>',
    "dash": '<path d="M3 8h10" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/>',
    "tick": '<circle cx="8" cy="8" r="6.8" fill="none" stroke="currentColor" stroke-width="1.6"/>'
    '<path d="m5 8.2 2.1 2.1 3.9-4.4" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"/>',
    "clock": '<circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.6 2"/>'
    '<path d="M8 4.2V8l-2.2 2" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/>',
    "empty": '<path d="M2 2h12v12H2Z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.8 2.2"/>',
    "against": '<path d="M1 5h6M4.8 2.8 7 5 4.8 7.2M15 11H9m2.2-2.2L9 11l2.2 2.2" fill="none" stroke="currentColor"'
    ' stroke-width="1.7" stroke-linecap="round"/>',
    "round": '<path d="M13.6 6.2A6 6 0 1 0 14 8.6" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"/>'
    '<path d="m14.4 2.6-.6 3.9-3.8-.7" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"/>',
    "one": '<circle cx="8" cy="8" r="6.8" fill="none" stroke="currentColor" stroke-width="1.6"/>'
    '<path d="M6.8 6 8.3 4.9v6.4" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"/>',
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a badge looks: a shape, a colour family of `TOKENS`, and a sign for where no drawing can stand."""

    shape: str
    tone: str  # low | mod | hig | vhi | und | plain
    sign: str

    @property
    def ground(self) -> str:
        """The colour behind the word."""
        return TOKENS["surface" if self.tone == "plain" else f"{self.tone}-bg"]

    @property
    def line(self) -> str:
        """The colour of the border."""
        return TOKENS["line-2" if self.tone == "plain" else f"{self.tone}-ln"]

    @property
    def ink(self) -> str:
        """The colour of the word."""
        return TOKENS["ink" if self.tone == "plain" else f"{self.tone}-ink"]

    @property
    def mark(self) -> str:
        """The colour of the shape: as the border, but light on the dark ground."""
        return self.ink if self.tone in ("vhi", "plain") else self.line

    @property
    def dashed(self) -> bool:
        """What is open has a dashed border."""
        return self.tone == "und"


_PLAIN: Final = Look("dash", "plain", "–")

LOOKS: Final[Mapping[tuple[str, str], Look]] = {
    ("level", "low"): Look("ring", "low", "○"),
    ("level", "moderate"): Look("diamond", "mod", "◆"),
    ("level", "high"): Look("triangle", "hig", "▲"),
    ("level", "very_high"): Look("octagon", "vhi", "⬢"),
    ("level", "undetermined"): Look("question", "und", "?"),
    ("truth", "holds"): Look("disc", "plain", "●"),
    ("truth", "open"): Look("dashed", "und", "◌"),
    ("truth", "fails"): _PLAIN,
    ("claim", "current"): Look("tick", "plain", "✓"),
    ("claim", "outdated"): Look("clock", "und", "◷"),
    ("claim", "missing"): Look("empty", "und", "□"),
    ("claim", "conflicting"): Look("against", "und", "⇄"),
    ("claim", "single"): Look("one", "plain", "①"),
    ("claim", "circular"): Look("round", "und", "↻"),
    ("stop", "active"): Look("octagon", "vhi", "⬢"),
    ("stop", "cleared"): Look("tick", "low", "✓"),
    ("stop", "open"): Look("question", "und", "?"),
    ("stop", "not_applicable"): _PLAIN,
}


def look(badge: Badge) -> Look:
    """The look of a badge; a plain dash where its value is not known here (the word always stands beside it)."""
    return LOOKS.get((badge.kind, badge.value), _PLAIN)


# ── fixed words ──

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def fixed_words(language: str, labels: Labels | None = None) -> Labels:
    """The words that no block brings: English, over it the document's language, over it `labels`."""
    return {**_words_of("en"), **_words_of(language), **_words_of(language.split("-")[0]), **(labels or {})}


@lru_cache(maxsize=64)
def _words_of(language: str) -> Labels:
    file = paths.LOCALES / language / "interface" / "report.yaml"
    if not _LANGUAGE.fullmatch(language) or not file.is_file():
        return {}
    return {key: str(text) for key, text in read_yaml(file).value.items()}


def about(document: Document, words: Labels) -> tuple[tuple[str, str], ...]:
    """The lines under the title: reference, date, and for whom it was made."""
    lines = (
        (words["report.reference"], document.reference),
        (words["report.date"], long_date(document.date, document.language)),
        (words["report.profile"], words.get(f"report.profile.{document.profile}", document.profile)),
        *_about_copy(document, words),
    )
    return tuple((name, value) for name, value in lines if value)


def _about_copy(document: Document, words: Labels) -> tuple[tuple[str, str], ...]:
    """Whose copy it is, until when it may be used, and which earlier one it takes the place of."""
    copy = document.copy
    if copy is None:
        return ()
    earlier = words["report.copy.replaced"].format(id=copy.replaces, day=long_date(copy.replaced_on, document.language)) if copy.replaces else ""
    return ((words["report.copy"], copy.id), (words["report.copy.for"], words.get(f"report.profile.{copy.recipient}", copy.recipient)),
            (words["report.copy.until"], long_date(copy.until, document.language)), (words["report.copy.replaces"], earlier))


def on_every_page(document: Document, words: Labels) -> str:
    """What stands at the head of each page: the reference, and the mark of the copy."""
    return " · ".join(filter(None, (document.reference, f"{words['report.copy']} {document.copy.id}" if document.copy else "")))


def marks(document: Document, words: Labels) -> tuple[str, ...]:
    """The marks of a document in words; a mark may be given as its code, such as `training`."""
    return tuple(words.get(f"report.mark.{mark}", mark) for mark in document.marks if mark)


def neutral_title(document: Document, words: Labels) -> str:
    """What a window, a list of files or a print queue may show: never more than the reference."""
    return f"{words['report.document']} {document.reference}".strip()


def long_date(day: str, language: str) -> str:
    """An ISO date as it is written in a language; anything else unchanged."""
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_date

    try:
        locale = Locale.parse({"en": "en-GB"}.get(language, language), sep="-")
        return format_date(date.fromisoformat(day), "long", locale=locale)
    except (ValueError, UnknownLocaleError):
        return day


def page_words(words: Labels) -> tuple[tuple[str, str], ...]:
    """“Page {page} of {pages}” as pieces: (`text`, …), (`page`, ``), (`pages`, ``)."""
    pieces = re.split(r"\{(pages?)\}", words["report.page"])
    named = ((name, "") if index % 2 else ("text", name) for index, name in enumerate(pieces))
    return tuple((kind, text) for kind, text in named if text or kind != "text")


# ── plain text ──

_LINE_ENDS: Final = re.compile("\r\n?|[\x85\u2028\u2029\x0b\x0c]")
_REMOVED: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters
    "\u202d\u202e"  # overrides of direction: they can make a text look like another one
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\ufeff\U000e0000-\U000e007f]"  # no characters, or never to be seen
)
_UNREADABLE: Final = re.compile("[\ud800-\udfff\ue000-\uf8ff]")  # halves of a character, and signs of a private font

# Numbers with a hyphen or a leading plus (dates, telephone numbers) turn round after Arabic letters unless kept apart.
NUMBER: Final = r"\+?[0-9]+(?:-[0-9]+)+|\+[0-9][0-9 ]*[0-9]"


def plain(text: str) -> str:
    """The text without characters that no document can hold; lines end with a newline, tabs are spaces."""
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    return _UNREADABLE.sub("\ufffd", _REMOVED.sub("", text))


def tidied(document: Document) -> Document:
    """The document as every format prints it: plain texts, no skipped heading, every row as wide as its table.

    Raises:
        ReportError: no title, no language code, a field of the wrong type, or a row with more or fewer cells than its table has columns.
    """
    if not plain(document.title).strip():
        raise ReportError("report: the document has no title. Give it one; it is read out first.")
    if not _LANGUAGE.fullmatch(document.language):
        raise ReportError('report: the language of the document is not a language code. Write one, such as "nl" or "pt-BR".')
    blocks = from_json(_plain_json(to_json(document.blocks)))
    for table in tables(blocks):
        _check_rows(table)
    copy = document.copy and Copy(*(plain(getattr(document.copy, part.name)) for part in fields(Copy)))
    return replace(
        document,
        copy=copy, title=plain(document.title), reference=plain(document.reference), profile=plain(document.profile),
        date=plain(document.date), footer=plain(document.footer), marks=tuple(map(plain, document.marks)),
        direction="rtl" if document.direction == "rtl" else "ltr", blocks=_stepped(blocks, 1)[0],
    )  # fmt: skip


def tables(blocks: tuple[Block, ...]) -> tuple[Table, ...]:
    """Every table, also those beside pictures and inside details."""
    found: list[Table] = []
    for block in blocks:
        if isinstance(block, Table):
            found.append(block)
        elif isinstance(block, Picture) and block.table:
            found.append(block.table)
        elif isinstance(block, Details):
            found.extend(tables(block.blocks))
    return tuple(found)


def _plain_json(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_plain_json(part) for part in value]
    if isinstance(value, dict):
        return {key: _plain_json(part) for key, part in value.items()}
    return value


def _check_rows(table: Table) -> None:
    for number, row in enumerate(table.rows, 1):
        if len(row) != len(table.columns):
            raise ReportError(
                f"report: row {number} of a table has {len(row)} cells for {len(table.columns)} columns. "
                "Give every row one cell for each column; an empty text is a cell."
            )


def _stepped(blocks: tuple[Block, ...], above: int) -> tuple[tuple[Block, ...], int]:
    """Blocks whose headings go down one level at a time, and the level of the last heading; empty ones are left out."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            if not block.text.strip():
                continue
            above = max(2, min(block.level, above + 1, 6))
            block = replace(block, level=above)
        elif isinstance(block, Details):
            inner, above = _stepped(block.blocks, above)
            block = replace(block, blocks=inner)
        elif isinstance(block, Picture) and not block.says.strip():
            says = block.table.caption if block.table else ""
            block = replace(block, says=says, svg=block.svg if says.strip() else "")  # none without words
        found.append(block)
    return tuple(found), above


_MAY_RUN_LEFT: Final = re.compile(  # every letter from right to left is in here
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
_TURNS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


def may_run_left(text: str) -> bool:
    """Whether anything in a text may run from right to left: a letter, or a sign that turns what follows."""
    return not text.isascii() and bool(_MAY_RUN_LEFT.search(text) or _TURNS.search(text))


def direction_of(text: str, direction: str) -> str:
    """`ltr` or `rtl`: the direction most letters of a text have; the document's, where neither has more."""
    if direction == "ltr" and text.isascii():
        return "ltr"
    if not _MAY_RUN_LEFT.search(text):
        return "ltr" if direction == "ltr" or any(unicodedata.bidirectional(letter) == "L" for letter in text) else direction
    kinds = [unicodedata.bidirectional(letter) for letter in text]
    right_to_left, left_to_right = sum(kind in ("R", "AL") for kind in kinds), kinds.count("L")
    if right_to_left == left_to_right:
        return direction
    return "rtl" if right_to_left > left_to_right else "ltr"


# ── columns, files ──


def column_shares(table: Table) -> tuple[float, ...]:
    """The share of the width for each column; together 1.

    No column is narrower than its words and badges need, as long as there is room; what is left goes to long texts.
    """
    columns = list(zip(table.columns, *table.rows, strict=True))
    least = [_least(column) for column in columns]
    wanted = [max(need, _wanted(column)) for need, column in zip(least, columns, strict=True)]
    if sum(wanted) > LINE > sum(least):
        room = (LINE - sum(least)) / (sum(wanted) - sum(least))
        wanted = [need + room * (want - need) for need, want in zip(least, wanted, strict=True)]
    elif sum(least) >= LINE:
        wanted = least
    return tuple(want / sum(wanted) for want in wanted)


LINE: Final = 88  # letters of a table on A4
_BADGE_ROOM: Final = 7  # letters: shape, border and bold letters of a badge


def _least(column: tuple[Cell, ...]) -> float:
    needs = [7]
    for cell in column:
        if isinstance(cell, Badge):
            needs.append(min(len(cell.word), 16) + _BADGE_ROOM)
        else:
            needs += [min(len(word), 20) + 2 for word in cell.split()]
    return float(max(needs))


def _wanted(column: tuple[Cell, ...]) -> float:
    longest = max(len(cell.word) + _BADGE_ROOM if isinstance(cell, Badge) else len(cell) for cell in column)
    return float(min(4 * longest**0.5, 44))


@lru_cache(maxsize=8)
def template(name: str) -> str:
    """The text of a file in `templates/report`."""
    try:
        return (paths.TEMPLATES / "report" / name).read_text(encoding="utf-8")
    except OSError:
        raise ReportError(f"templates/report/{name}: the file is missing. Put it back, or install the package again.") from None


def split_numbers(text: str) -> tuple[tuple[str, bool], ...]:
    """The text in pieces, and whether each piece is a number that must be read from left to right by itself."""
    ends = [0, *(end for match in re.finditer(NUMBER, text) for end in match.span()), len(text)]
    pieces = ((text[start:end], index % 2 == 1) for index, (start, end) in enumerate(pairwise(ends)))
    return tuple((piece, number) for piece, number in pieces if piece)
