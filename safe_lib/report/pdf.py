"""A document as a PDF that can be read aloud: tagged, in PDF/UA-1, with its own fonts inside.

The typesetter gets the texts as JSON, never as source. It sees no system fonts: only the free Noto fonts found on
this machine, and the few that travel with it. It remembers for some documents what it laid out, so that the next report
of the same process does not lay out the same sentences again.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from importlib.util import find_spec
from itertools import accumulate, pairwise
from pathlib import Path
from threading import Lock
from typing import Any, Final

import typst

from safe_lib.catalogue import paths
from safe_lib.model.document import Document
from safe_lib.model.errors import ReportError
from safe_lib.report import (
    LINE,
    LOOKS,
    NUMBER,
    SHAPES,
    TOKENS,
    Labels,
    Look,
    about,
    column_shares,
    direction_of,
    fixed_words,
    marks,
    may_run_left,
    neutral_title,
    on_every_page,
    page_words,
    tables,
    template,
    tidied,
)
from safe_lib.report.blocks_json import to_json
from safe_lib.report.html import clean_svg, drawing_size

FONT_FOLDERS: Final = (
    Path("/usr/share/fonts/truetype/noto"),  # Debian, Ubuntu: fonts-noto-core
    Path("/usr/share/fonts/noto"),  # Arch, Alpine
    Path("/usr/share/fonts/google-noto"),  # Fedora
    Path("/usr/share/fonts/opentype/noto"),  # Debian: fonts-noto-cjk
    Path("/usr/local/share/fonts/noto"),
)
FONT_PACKAGE: Final = "manimgx_fonts"  # Noto fonts as a Python package (OFL 1.1), for machines without those folders
REPAIR: Final = (
    "Install the Debian package fonts-noto-core (for Chinese, Japanese and Korean: fonts-noto-cjk), "
    "or the Python package manimgx-fonts, and print again."
)

# In this order; a letter that none of them has is looked for in every other font found.
FAMILIES: Final = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Ethiopic", "Noto Sans Hebrew", "Noto Sans Devanagari",
                   "Noto Sans Bengali", "Noto Sans Symbols", "Noto Sans Symbols 2", "Noto Sans Symbols2",
                   "Noto Sans Math", "Libertinus Serif")  # fmt: skip

# Languages for which the typesetter knows where a word may be divided.
HYPHENATED: Final = frozenset(
    ("af", "be", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hr", "hu", "is", "it", "lt", "nb", "nl",
     "nn", "pl", "pt", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk")
)  # fmt: skip

WIDEST, TALLEST = 176 / 25.4 * 96, 180 / 25.4 * 96  # CSS pixels: 176 × 180 mm, so that the sentence stays beside it
DEEPEST_LINES: Final = 8  # levels of a trace; the typesetter and the eye follow no more

# What the template is told of one document; the rest is the same for many, and what is laid out under it is found again.
OF_ONE: Final = frozenset(("window", "title", "reference", "keywords", "marks", "about", "blocks"))

_NOT_SHOWN: Final = re.compile(r'the text `(".*?")` could not be displayed')


def pdf_document(document: Document, *, labels: Labels | None = None) -> bytes:
    """The document as PDF/UA-1; the same document gives the same bytes where the fonts are the same.

    A sign for which no font is found (an emoji, for instance) is printed as its number, such as [U+1F642].

    Args:
        document: what to print; its texts are shown as they are.
        labels: fixed words (`report.page`, …) over those of the document's language.

    Raises:
        ReportError: a script has no font on this machine, the language is not a language code, or a table row does
            not fit its columns.
    """
    return pdf_of(tidied(document), labels)


def pdf_of(document: Document, labels: Labels | None = None) -> bytes:
    """The same of a document that is tidied."""
    words = fixed_words(document.language, labels)
    data = _data(document, words)
    told, setting = (_as_text({name: value for name, value in data.items() if (name in OF_ONE) is of_one}) for of_one in (True, False))
    return _shown(partial(_report, document.date, document.direction), told, setting)


def typeset(data: Mapping[str, Any], day: str, layout: str) -> bytes:
    """Data in another of our layouts, as PDF/UA-1.

    Raises:
        ReportError: a script has no font on this machine.
    """
    return _shown(partial(_laid_out, day, layout), _as_text(data))


def _shown(printed: Callable[..., bytes], *texts: str) -> bytes:
    """Print these texts; a sign that no font has becomes its number."""
    for _ in range(4):
        try:
            return printed(*texts)
        except typst.TypstError as error:
            signs = _not_shown(error)
            texts = tuple(_without(signs, text) for text in texts)
    raise ReportError(f"PDF: some signs have no font on this machine. {REPAIR}")


def picture_png(svg: str, *, pixels_per_inch: int = 192) -> bytes:
    """A cleaned drawing as PNG, for documents that cannot hold drawings; empty where it cannot be drawn."""
    source = (
        "#set page(width: auto, height: auto, margin: 0pt)\n#set text(font: json(bytes(sys.inputs.fonts)))\n"
        '#image(bytes(sys.inputs.svg), format: "svg")'
    )
    given = {"svg": svg, "fonts": json.dumps(FAMILIES)}
    try:
        return typst.compile(source.encode(), format="png", ppi=pixels_per_inch, sys_inputs=given,
                             font_paths=_fonts(), ignore_system_fonts=True)  # fmt: skip
    except typst.TypstError:
        return b""


def fitted(drawing: str) -> tuple[float, float]:
    """Width and height of a cleaned drawing in CSS pixels, made smaller where the page asks for it."""
    width, height = drawing_size(drawing)
    scale = min(1, WIDEST / width, TALLEST / height)
    return (width * scale, height * scale)


def with_namespace(svg: str) -> str:
    """A cleaned drawing as a file of its own."""
    return svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


# ── what the template reads ──


def _data(document: Document, words: Labels) -> dict[str, Any]:
    language, region = _language(document.language)
    blocks = to_json(document.blocks)
    found = list(_maps(blocks))
    for table, shares in zip(_of_kind(found, "table"), map(column_shares, tables(document.blocks)), strict=True):
        table["shares"] = list(shares)
    for picture in _of_kind(found, "picture"):
        drawing = clean_svg(picture["svg"])
        picture["svg"] = with_namespace(drawing)
        picture["width"] = fitted(drawing)[0] * 0.75 if drawing else 0  # CSS pixels to points
    for tree in _of_kind(found, "tree"):
        _flatten(tree, 1)
    data = {
        "language": language, "region": region, "direction": document.direction,
        "window": neutral_title(document, words), "title": document.title, "reference": on_every_page(document, words),
        "keywords": [document.copy.id] if document.copy else [],
        "footer": document.footer, "marks": marks(document, words), "about": about(document, words),
        "hyphenates": language in HYPHENATED, "suite": words["report.suite"], "empty": words["report.empty_table"], "page": page_words(words), "blocks": blocks,
    }  # fmt: skip
    fonts = {"fonts": FAMILIES, "fonts-rtl": sorted(FAMILIES, key=lambda name: name != "Noto Sans Arabic")}
    return data | fonts | {"against": _against(data, document.direction), "tokens": TOKENS, "shapes": SHAPES, "looks": _looks(), "number": NUMBER, "line": LINE}


def _against(data: Mapping[str, Any], direction: str) -> list[str]:
    """The texts against the direction of the document; from left to right there are none where no letter runs the other way."""
    if direction == "ltr" and not may_run_left(json.dumps(data, ensure_ascii=False)):
        return []
    return sorted({text for text in _texts(data) if direction_of(text, direction) != direction})


def _flatten(tree: dict[str, Any], level: int) -> None:
    """Lines deeper than `DEEPEST_LINES` follow on that level, each with a sign for every level it lies deeper."""
    if level >= DEEPEST_LINES:
        tree["parts"] = [{**part, "line": "› " * depth + part["line"], "parts": []} for part, depth in _below(tree, 0)]
    for part in tree["parts"]:
        _flatten(part, level + 1)


def _below(tree: dict[str, Any], depth: int) -> Iterator[tuple[dict[str, Any], int]]:
    for part in tree["parts"]:
        yield part, depth
        yield from _below(part, depth + 1)


def _language(code: str) -> tuple[str, str | None]:
    """The language and the region of a code such as `pt-BR`."""
    language, *rest = code.split("-")
    return language.lower(), next((part for part in rest if len(part) == 2 and part.isalpha()), None)


def _looks() -> dict[str, dict[str, Any]]:
    named = {f"{kind}/{value}": look for (kind, value), look in LOOKS.items()}
    return {name: _look(look) for name, look in {**named, "plain": Look("dash", "plain", "–")}.items()}


def _look(look: Look) -> dict[str, Any]:
    return {"shape": look.shape, "ground": look.ground, "line": look.line, "ink": look.ink, "mark": look.mark, "dashed": look.dashed}


def _maps(value: Any) -> Iterator[dict[str, Any]]:
    """Every block, in the order of the document."""
    if isinstance(value, list):
        for part in value:
            if isinstance(part, dict | list):
                yield from _maps(part)
    elif isinstance(value, dict):
        if "block" in value:
            yield value
        for part in value.values():
            if isinstance(part, dict | list):
                yield from _maps(part)


def _of_kind(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [block for block in found if block["block"] == kind]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)


# ── typesetting ──


def _as_text(data: Mapping[str, Any]) -> str:
    return unicodedata.normalize("NFC", json.dumps(data, ensure_ascii=False, sort_keys=True))


def _report(day: str, direction: str, told: str, setting: str) -> bytes:
    template("report.typ")  # tells how to repair it where it is missing
    with _TURN:
        pdf = _typesetter(_fonts()).compile(_source(told), format="pdf", pdf_standards="ua-1", timestamp=_timestamp(day), sys_inputs={"setting": setting})
    return _finished(pdf, turned=direction == "rtl" or may_run_left(told) or may_run_left(setting))


def _laid_out(day: str, layout: str, told: str) -> bytes:
    return _finished(typst.compile(
        template(layout).encode(), format="pdf", pdf_standards="ua-1", timestamp=_timestamp(day),
        sys_inputs={"document": told}, font_paths=_fonts(), ignore_system_fonts=True,
    ))  # fmt: skip


def _finished(pdf: object, *, turned: bool = True) -> bytes:
    """The file as it is read aloud; `turned` is False where no text in it can run from right to left."""
    if not isinstance(pdf, bytes):
        raise ReportError(f"PDF: the typesetter gave no file. {REPAIR}")
    try:
        return _Finish(pdf).finished(turned=turned)
    except (ValueError, KeyError, IndexError, zlib.error):
        return pdf  # a file of another form: whole and tagged, only read out in the order of the eye


def _timestamp(day: str) -> int:
    """Midnight of the document's day: a file says when the report was made, not when it was printed."""
    try:
        return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return 0


_TURN: Final = Lock()  # a typesetter makes one document at a time


@lru_cache(maxsize=1)
def _typesetter(fonts: typst.Fonts) -> typst.Compiler:
    """The typesetter of this process; of files it may read those beside the template."""
    return typst.Compiler(b"", root=str(paths.TEMPLATES / "report"), font_paths=fonts, ignore_system_fonts=True)


def _source(told: str) -> bytes:
    """The template, called with JSON in one literal: inside it only quotes and backslashes mean something, and both are escaped."""
    literal = told.replace("\\", "\\\\").replace('"', '\\"')
    return f'#import "report.typ": report\n#report(json(bytes("{literal}")))'.encode()


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder) for folder in font_folders()])


def read_fonts() -> None:
    """Read the fonts of this machine, once for this process and those forked from it."""
    _fonts()


def font_folders() -> tuple[Path, ...]:
    """Where the fonts of this machine are: the folders of the system, or else the Python package."""
    if found := tuple(folder for folder in FONT_FOLDERS if folder.is_dir()):
        return found
    package = find_spec(FONT_PACKAGE)
    return tuple(Path(place) for place in (package.submodule_search_locations or ())) if package else ()


def _not_shown(error: typst.TypstError) -> str:
    """The signs that no font has; any other refusal is a fault of the document, told without its content."""
    quoted = _NOT_SHOWN.findall(error.diagnostic)
    if not quoted:
        told = re.sub(r"`[^`]*`", "…", error.message)
        raise ReportError(f"PDF: the document was refused ({told}). Mend the view it was made from.") from None
    return "".join(re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), text[1:-1]) for text in quoted)


def _without(signs: str, data: str) -> str:
    """The data with each of the signs written as its number.

    Raises:
        ReportError: one of them is a letter: a page of numbers would be no report.
    """
    if scripts := sorted({_script(sign) for sign in signs if sign.isalpha()}):
        raise ReportError(f"PDF: text in {', '.join(scripts)} script cannot be printed on this machine. {REPAIR}") from None
    for sign in sorted(set(signs) - set(' "\\')):
        if unicodedata.category(sign) not in ("Cf", "Mn"):  # joiners and marks vanish by themselves
            data = data.replace(sign, f"[U+{ord(sign):04X}]")
    return data


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "UNKNOWN").split()[0]
    return {"CJK": "Chinese"}.get(name, name.title())


# ── reading order ──
#
# What the typesetter leaves undone for those who listen: the pieces of a line stand in the order of the eye, also
# where the text runs from right to left; a letter with a raised mark is told twice; no cell heads its row.

_TOKEN: Final = re.compile(rb"\\[0-7]{1,3}|\\.|[()]|[^()\\]+", re.DOTALL)  # what a string in a PDF is made of
_PIECE: Final = re.compile(rb"(?:/Span<</MCID (\d+)>>BDC\n)?q 1 0 0 -1 (\S+) (\S+) cm(/c\d+ .*?)\nQ\n", re.DOTALL)
_OPERATION: Final = re.compile(
    rb"(?P<open>/ReversedChars BMC|/Span<</ActualText(?:<[0-9A-F]*>|\(\))>>BDC)|(?P<close>EMC)|(?P<show>0 Tr.*?(?:\]TJ|\)Tj))", re.DOTALL
)
_ENTRY: Final = re.compile(rb"<</Type/MCR/MCID (?P<there>\d+)/Pg (?P<page>\d+) 0 R>>|(?P<here>\d+)")
_CHILDREN: Final = re.compile(rb"/K\[([0-9R ]*)\]")
_CHILD: Final = re.compile(rb"(\d+) 0 R")
_HEADERS: Final = re.compile(rb"/Headers\[[^\]]*\]")
_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_RIGHT_TO_LEFT: Final = frozenset(("R", "AL"))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a line: where it stands, what it says, and whether it is only a mark on the letter beside it."""

    x: float
    y: float
    size: float
    says: str
    mark: bool

    @property
    def runs(self) -> str:
        """`r` right to left, `l` left to right, `d` digits, `n` neither."""
        kinds = {unicodedata.bidirectional(letter) for letter in self.says}
        if kinds & _RIGHT_TO_LEFT:
            return "r"
        return "l" if "L" in kinds else "d" if kinds & {"EN", "AN"} else "n"


_Entry = tuple[int, int]  # the object of the page, and the number of the piece on it
_Line = list[tuple[_Entry, _Piece]]


@dataclass(frozen=True, slots=True)
class _Font:
    """What each glyph of a font says, and the glyphs that take room."""

    says: dict[int, str]
    wide: frozenset[int]


class _Finish:
    """A typeset file, object by object, on its way to one that reads in the right order."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        table = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
        lines = pdf[table : pdf.index(b"trailer", table)].split(b"\n")[2:]
        starts = [int(line[:10]) for line in lines if line[17:18] == b"n"]
        self.head, self.tail = pdf[: min(starts)], pdf[pdf.index(b"trailer", table) : pdf.rindex(b"startxref")]
        ends = dict(pairwise([*sorted(starts), table]))
        self.known: dict[int, _Font] = {}
        self.objects = {number: pdf[start : ends[start]] for number, start in enumerate(starts, 1)}

    def finished(self, *, turned: bool) -> bytes:
        """The finished file; pages are only opened where a text may be turned, or a sign stands on another."""
        for table in self.numbers(b"/S/TBody/"):
            for row in self.children(table):
                self.head_row(self.children(row))
        if not turned and all(font.wide.issuperset(font.says) for font in map(self.fonts, self.numbers(b"/Subtype/Type0"))):
            return self.written()
        pieces = {entry: piece for page in self.numbers(b"/Type/Page/") for entry, piece in self.read_page(page).items()}
        if any(piece.runs == "r" for piece in pieces.values()):
            for number in self.numbers(b"/StructElem"):
                self.order_element(number, pieces)
        return self.written()

    def written(self) -> bytes:
        parts = list(self.objects.values())  # in the order of their numbers, as they were read
        places = accumulate(map(len, parts[:-1]), initial=len(self.head))
        entries = [b"0000000000 65535 f\r\n", *(b"%010d 00000 n\r\n" % place for place in places)]
        table = b"xref\n0 %d\n" % len(entries) + b"".join(entries)
        return b"".join((self.head, *parts, table, self.tail, b"startxref\n%d\n%%%%EOF" % (len(self.head) + sum(map(len, parts)))))

    # ── tables ──

    def numbers(self, mark: bytes) -> list[int]:
        return [number for number, content in self.objects.items() if content.find(mark, 0, 200) >= 0]

    def children(self, number: int) -> list[int]:
        found = _CHILDREN.search(self.objects[number])
        return [int(child) for child in _CHILD.findall(found[1])] if found else []

    def head_row(self, cells: list[int]) -> None:
        """The first cell heads its row; the others are found by row and column, so they need no list of heads."""
        for index, cell in enumerate(cells):
            content = _HEADERS.sub(b"" if index else b"/Scope/Row", self.objects[cell], count=1)
            self.objects[cell] = content if index else content.replace(b"/S/TD/", b"/S/TH/", 1)

    # ── lines ──

    def read_page(self, page: int) -> dict[_Entry, _Piece]:
        """The pieces of a page that belong to its structure; what is told twice is silenced on the way."""
        stream = self.reference(page, b"Contents")
        content = self.stream(stream)
        fonts = [self.fonts(number) for number in self.page_fonts(page).values()]
        if b"/ReversedChars" not in content and all(font.wide.issuperset(font.says) for font in fonts):
            return {}
        found = {match.start(): (match, self.piece(match, page)) for match in _PIECE.finditer(content)}
        self.put_stream(stream, _PIECE.sub(lambda match: _told(match[0], found[match.start()][1]), content))
        return {(page, int(match[1])): piece for match, piece in found.values() if match[1]}

    def order_element(self, number: int, pieces: dict[_Entry, _Piece]) -> None:
        """The pieces of an element in the order of reading; those on its own page are numbers, others name their page."""
        content = self.objects[number]
        listed = re.search(rb"/K\[((?:[0-9]+ ?|<</Type/MCR/MCID [0-9]+/Pg [0-9]+ 0 R>>)+)\]", content)
        if not listed:
            return
        named = re.search(rb"/Pg (\d+) 0 R", content[listed.end() :])
        own = int(named[1]) if named else 0
        entries = [(int(match["page"] or own), int(match["here"] or match["there"])) for match in _ENTRY.finditer(listed[1])]
        if not all(entry in pieces for entry in entries):
            return
        written = [b"%d" % place if page == own else b"<</Type/MCR/MCID %d/Pg %d 0 R>>" % (place, page) for page, place in _read_out(entries, pieces)]
        self.objects[number] = content[: listed.start()] + b"/K[" + b" ".join(written) + b"]" + content[listed.end() :]

    def piece(self, found: re.Match[bytes], page: int) -> _Piece:
        fonts = re.findall(rb"/(f\d+) (\S+) Tf", found[4])
        if not fonts:
            return _Piece(float(found[2]), float(found[3]), 0, "", False)
        font = self.fonts(self.page_fonts(page)[fonts[0][0]])
        glyphs = _glyphs(found[4])
        says = "".join(font.says.get(glyph, "") for glyph in glyphs)
        return _Piece(float(found[2]), float(found[3]), float(fonts[0][1]), says, bool(glyphs) and font.wide.isdisjoint(glyphs))

    def page_fonts(self, page: int) -> dict[bytes, int]:
        resources = self.objects.get(self.reference(page, b"Resources"), b"")
        listed = re.search(rb"/Font<<(.*?)>>", resources)
        return {name: int(number) for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", listed[1])} if listed else {}

    def fonts(self, number: int) -> _Font:
        if number not in self.known:
            self.known[number] = self.read_font(number)
        return self.known[number]

    def read_font(self, number: int) -> _Font:
        mapping = self.stream(self.reference(number, b"ToUnicode"))
        pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\s", mapping[mapping.index(b"bfchar") :])
        says = {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be", "replace") for glyph, text in pairs}
        widths = re.search(rb"/W\[([^\]]*)\]", self.objects[self.reference(number, b"DescendantFonts")])
        numbers = [float(part) for part in widths[1].split()] if widths else []
        wide = {glyph for first, last, width in zip(*[iter(numbers)] * 3, strict=True) if width for glyph in range(int(first), int(last) + 1)}
        return _Font(says, frozenset(wide))

    def reference(self, number: int, key: bytes) -> int:
        found = re.search(rb"/%s ?\[?(\d+) 0 R" % key, self.objects[number])
        return int(found[1]) if found else 0

    def stream(self, number: int) -> bytes:
        content = self.objects[number]
        data = content[content.index(b"stream\n") + 7 : content.rindex(b"\nendstream")]
        return zlib.decompress(data) if b"/FlateDecode" in content[:200] else data

    def put_stream(self, number: int, data: bytes) -> None:
        packed = zlib.compress(data, 6)
        self.objects[number] = b"%d 0 obj\n<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream\nendobj\n" % (number, len(packed), packed)


def _glyphs(content: bytes) -> list[int]:
    """The glyphs shown, in the order of the file; brackets may stand inside a string where they come in pairs."""
    depth, shown = 0, bytearray()
    for token in _TOKEN.findall(content):
        depth -= token == b")"
        if depth:
            shown += _unescaped(token)
        depth += token == b"("
    return [int.from_bytes(shown[index : index + 2], "big") for index in range(0, len(shown), 2)]


def _unescaped(token: bytes) -> bytes:
    if token[:1] != b"\\":
        return token
    return bytes([int(token[1:], 8)]) if token[1:2].isdigit() else _ESCAPES.get(token[1:], token[1:])


def _told(item: bytes, piece: _Piece) -> bytes:
    """A mark says nothing, for its letter already says both; from right to left, the parts stand in that order."""
    if piece.mark:
        silent = re.sub(rb"/ActualText<[0-9A-F]*>", b"/ActualText()", item)
        return silent.replace(b"BT", b"BT/Span<</ActualText()>>BDC", 1).replace(b"\nET\n", b"\nEMC\nET\n", 1)
    if piece.runs != "r":
        return item
    start, end = item.index(b"BT") + 2, item.rindex(b"ET")
    parts = _parts(item[start:end])
    return item[:start] + b"\n" + b"".join(reversed(parts)) + item[end:] if parts else item


def _parts(shown: bytes) -> list[bytes]:
    """The parts of a piece from right to left, each marked as such or with its text; none where the form is unknown."""
    parts: list[bytes] = []
    opened: list[bytes] = []
    for found in _OPERATION.finditer(shown):
        opened.append(found[0] + b"\n")
        depth = sum(part.endswith((b"BMC\n", b"BDC\n")) for part in opened) - opened.count(b"EMC\n")
        if depth == 0:
            bare = found["show"] and len(_glyphs(found[0])) > 1
            parts.append(b"/ReversedChars BMC\n" + opened[0] + b"EMC\n" if bare else b"".join(opened))
            opened = []
    return [] if opened or _OPERATION.sub(b"", shown).strip() else parts


def _read_out(entries: list[_Entry], pieces: dict[_Entry, _Piece]) -> list[_Entry]:
    """The entries of an element line by line, each line in the order of reading."""
    direction = direction_of("".join(pieces[entry].says for entry in entries), "ltr")
    return [entry for line in _lines([(entry, pieces[entry]) for entry in entries]) for entry, _ in _logical(line, direction)]


def _lines(pieces: _Line) -> list[_Line]:
    """Pieces by line; a mark may stand higher or lower than its line, but less than half a letter."""
    lines: list[_Line] = []
    for entry, piece in pieces:
        first = lines[-1][0] if lines else None
        if first is None or entry[0] != first[0][0] or abs(piece.y - first[1].y) > 0.7 * max(piece.size, first[1].size):
            lines.append([])
        lines[-1].append((entry, piece))
    return lines


def _logical(line: _Line, direction: str) -> _Line:
    """A line from the order of the eye to the order of reading."""
    line = sorted(line, key=lambda entry: entry[1].x)
    whole = line[::-1] if direction == "rtl" else line
    kinds = "".join(piece.runs for _, piece in whole)
    turned = r"[ld](?:n*[ld])+" if direction == "rtl" else r"r(?:[nd]*r)+"
    for run in re.finditer(turned, kinds):
        whole[run.start() : run.end()] = whole[run.start() : run.end()][::-1]
    return whole
