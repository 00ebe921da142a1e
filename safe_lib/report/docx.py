"""A document as DOCX that others can edit and that can be read aloud: real styles, table heads, language, alt texts."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby
from typing import Any, Final

import docx
from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Emu, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

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
    TOKENS,
    Labels,
    about,
    column_shares,
    direction_of,
    fixed_words,
    look,
    marks,
    neutral_title,
    on_every_page,
    page_words,
    split_numbers,
    tidied,
)
from safe_lib.report.html import clean_svg

WIDTH: Final = Mm(176)  # between the margins of A4
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # the first date an archive can hold; every file in it gets the same
LEVELS: Final = 9  # levels of a list
EMU_PER_PIXEL: Final = 9525  # 914 400 to the inch, 96 CSS pixels to the inch

# Styles of our own: name, built on, size in points, colour, bold, space before and after in points.
_STYLES: Final = (
    ("Report Lead", "Normal", 12, "ink", False, 0, 7),
    ("Report Quiet", "Normal", 9.5, "ink-2", False, 0, 6),
    ("Report Strong", "Normal", 10.5, "ink", True, 0, 6),
    ("Report Fact", "Normal", 10, "ink", False, 0, 2),
    ("Report Summary", "Normal", 10.5, "brand", True, 10, 3),
    ("Report Cell", "Normal", 9.5, "ink", False, 2, 2),
    ("Report Row Head", "Normal", 9.5, "ink", True, 2, 2),
    ("Report Column Head", "Normal", 9, "ink-2", True, 2, 2),
    ("Report List", "Normal", 10.5, "ink", False, 0, 3),
    ("Report Notice Title", "Normal", 10.5, "ink", True, 9, 0),
    ("Report Notice", "Normal", 10.5, "ink", False, 0, 9),
    ("Report Quote Source", "Normal", 9.5, "ink-2", False, 0, 9),
    ("Report Signature", "Normal", 9.5, "ink", False, 44, 4),
)
_GROUNDS: Final = {"stop": ("vhi-soft", "vhi-bg", "⬢"), "open": ("note", "note-line", "?"), "draft": ("note", "note-line", "◌")}


def docx_document(document: Document, *, labels: Labels | None = None) -> bytes:
    """The document as DOCX; the same document gives the same bytes.

    The file names no author and its title says no more than the reference. A drawing becomes a picture with its
    sentence as alt text where the typesetter is at hand; its table always follows.

    Args:
        document: what to print; its texts are shown as they are.
        labels: fixed words (`report.page`, …) over those of the document's language.

    Raises:
        ReportError: no title, a table row that does not fit its columns, a field of the wrong type.
    """
    document = tidied(document)
    return _Writer(document, fixed_words(document.language, labels)).written()


class _Writer:
    """One document on its way to DOCX."""

    def __init__(self, document: Document, words: Labels) -> None:
        self.document, self.words = document, words
        self.direction = "rtl" if document.direction == "rtl" else "ltr"
        self.word: Word = docx.Document()
        self.pictures, self.after_table = 0, False
        self.style_ids: dict[str, str] = {}
        _set_styles(self.word, document.language, self.direction)
        self.numbers = _lists(self.word)

    def written(self) -> bytes:
        self.page()
        self.head()
        self.blocks(self.document.blocks)
        if self.after_table:
            self.new_paragraph("Report Quiet")  # a body may not end with a table
        self.properties()
        file = BytesIO()
        self.word.save(file)
        return _repacked(file.getvalue())

    # ── the whole ──

    def page(self) -> None:
        section = self.word.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(17)
        section.top_margin, section.bottom_margin = Mm(22), Mm(21)
        section.header_distance = section.footer_distance = Mm(10)
        if self.direction == "rtl":
            section._sectPr.insert_element_before(OxmlElement("w:bidi"), "w:rtlGutter", "w:docGrid", "w:printerSettings")
        self.margin(section.header.paragraphs[0], on_every_page(self.document, self.words), " · ".join(marks(self.document, self.words)))
        self.margin(section.footer.paragraphs[0], self.document.footer, None)

    def margin(self, paragraph: Paragraph, first: str, last: str | None) -> None:
        """A line above or below the page: one text at its beginning, another (or the page number) at its end."""
        self.set_direction(paragraph, self.direction)
        self.add_runs(paragraph, first, self.direction)
        paragraph.add_run("\t")
        if last is not None:
            self.add_runs(paragraph, last, self.direction)
            return
        for kind, text in page_words(self.words):
            if kind == "text":
                self.add_runs(paragraph, text, self.direction)
            else:
                paragraph._p.append(_field("PAGE" if kind == "page" else "NUMPAGES"))

    def head(self) -> None:
        self.paragraph(self.words["report.suite"], "Report Quiet")
        self.mark(self.paragraph(self.document.title, "Heading 1"))
        for name, value in about(self.document, self.words):
            self.fact(name, value)

    def mark(self, paragraph: Paragraph) -> None:
        """The number of the copy in the structure, where it stays when what is said about the file is cleaned."""
        if self.document.copy is None:
            return
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for element in (start, end):
            element.set(qn("w:id"), "0")
        start.set(qn("w:name"), "_" + self.document.copy.id.replace("-", ""))  # names that begin with a stroke are not shown
        first = paragraph._p.pPr
        paragraph._p.insert(0 if first is None else 1, start)
        paragraph._p.append(end)

    def properties(self) -> None:
        known = self.word.core_properties
        known.author = known.last_modified_by = known.comments = known.keywords = known.subject = known.category = ""
        known.title, known.language, known.revision = neutral_title(self.document, self.words), self.document.language, 1
        known.created = known.modified = _day(self.document.date)
        known.identifier = self.document.copy.id if self.document.copy else ""

    # ── texts ──

    def paragraph(self, text: str, style: str) -> Paragraph:
        paragraph = self.new_paragraph(style)
        direction = direction_of(text, self.direction)
        self.set_direction(paragraph, direction)
        self.add_runs(paragraph, text, direction)
        return paragraph

    def new_paragraph(self, style: str) -> Paragraph:
        """An empty paragraph; after a table it keeps its distance."""
        paragraph = self.word.add_paragraph()
        self.set_style(paragraph, style)
        if self.after_table:
            own = self.word.styles[style].paragraph_format.space_before or Pt(0)
            paragraph.paragraph_format.space_before = max(own, Pt(8))
        self.after_table = False
        return paragraph

    def set_style(self, paragraph: Paragraph, name: str) -> None:
        """By its id: a look through all styles for every cell would take most of the time."""
        if name not in self.style_ids:
            self.style_ids[name] = self.word.styles[name].style_id
        paragraph._p.get_or_add_pPr().style = self.style_ids[name]

    def set_direction(self, paragraph: Paragraph, direction: str) -> None:
        """Where the paragraph runs against its document, it says so; the document's own direction is in the styles."""
        if direction != self.direction:
            bidi = OxmlElement("w:bidi")
            bidi.set(qn("w:val"), "1" if direction == "rtl" else "0")
            paragraph._p.get_or_add_pPr().insert_element_before(bidi, *_AFTER_BIDI)

    def add_runs(self, paragraph: Paragraph, text: str, direction: str, *, bold: bool = False) -> list[Run]:
        """Runs of one direction each; Word sets a run by its `w:rtl`, not by its letters."""
        runs = []
        for piece, turned in directed(text, direction):
            run = paragraph.add_run(piece)
            if bold:
                run.bold = run.font.cs_bold = True
            if turned == "rtl" or self.direction == "rtl":
                run.font.rtl = turned == "rtl"
            runs.append(run)
        return runs

    def cell(self, paragraph: Paragraph, cell: Cell) -> None:
        text = cell.word if isinstance(cell, Badge) else cell
        direction = direction_of(text, self.direction)
        if isinstance(cell, str):
            self.add_runs(paragraph, text, direction)
            return
        shown = look(cell)
        border = f'<w:bdr {nsdecls("w")} w:val="{"dashed" if shown.dashed else "single"}" w:sz="6" w:space="0" w:color="{shown.line[1:]}"/>'
        ground = f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{shown.ground[1:]}"/>'
        for run in self.add_runs(paragraph, f"\u00a0{shown.sign}\u00a0{text}\u00a0", direction):
            run.bold = run.font.cs_bold = True
            run.font.color.rgb = RGBColor.from_string(shown.ink[1:])
            for part in (border, ground):
                run._r.get_or_add_rPr().append(parse_xml(part))
            _in_order(run._r.rPr)

    def fact(self, name: str, cell: Cell) -> Paragraph:
        paragraph = self.new_paragraph("Report Fact")
        for run in self.add_runs(paragraph, name, direction_of(name, self.direction)):
            run.font.color.rgb = RGBColor.from_string(TOKENS["ink-2"][1:])
        paragraph.add_run("\t")
        self.cell(paragraph, cell)
        return paragraph

    # ── blocks ──

    def blocks(self, blocks: Iterable[Block]) -> None:
        above: Block | None = None
        for block in blocks:
            if isinstance(above, Heading) and isinstance(block, Text):
                self.sentence(block).paragraph_format.keep_with_next = True  # a heading and its sentence never stay behind alone
            else:
                self.block(block)
            above = block

    def sentence(self, text: Text) -> Paragraph:
        return self.paragraph(text.text, f"Report {text.tone.title()}" if text.tone in ("lead", "quiet", "strong") else "Normal")

    def block(self, block: Block) -> None:
        match block:
            case Heading(text, level):
                self.paragraph(text, f"Heading {level}")
            case Text():
                self.sentence(block)
            case Bullets(items, ordered):
                number = self.numbers() if ordered else BULLETS
                for item in items:
                    _list_level(self.paragraph(item, "Report List"), number, 0)
            case Facts(pairs):
                for index, (name, cell) in enumerate(pairs, 1):
                    fact = self.fact(name, cell)
                    fact.paragraph_format.space_after = Pt(8) if index == len(pairs) else None
            case Table():
                self.table(block)
            case Picture(svg, says, table):
                self.picture(svg, says)
                if table:
                    self.table(table)
            case Quote(text, by):
                self.paragraph(text, "Quote")
                if by:
                    self.paragraph(by, "Report Quote Source")
            case Notice(title, text, tone):
                self.notice(title, text, tone)
            case Tree():
                self.branch(block, 0)
            case Details(summary, inner):
                self.paragraph(summary, "Report Summary").paragraph_format.keep_with_next = True
                self.blocks(inner)
            case Lines(names):
                for place, name in enumerate(names):
                    line = self.paragraph(name, "Report Signature")
                    # Neighbours with the same border share one line; so every second line is a hair stronger.
                    _edge(line._p.get_or_add_pPr(), TOKENS["ink"], "top", 6 + place % 2)

    def table(self, table: Table) -> None:
        self.paragraph(table.caption, "Caption")
        if not table.rows or not table.columns:
            self.paragraph(self.words["report.empty_table"], "Report Quiet")
            return
        shown = self.word.add_table(rows=1 + len(table.rows), cols=len(table.columns), style="Report Table")
        shown.autofit = False
        _describe_table(shown._tbl, table.caption, rtl=self.direction == "rtl")
        widths = [Emu(int(WIDTH * share)) for share in column_shares(table)]
        for column, width in zip(shown.columns, widths, strict=True):
            column.width = width
        for line, (row, cells) in enumerate(zip(shown.rows, (table.columns, *table.rows), strict=True)):
            marks_of_row = ("w:cantSplit", "w:tblHeader") if line == 0 else ("w:cantSplit",)
            for mark in marks_of_row:
                row._tr.get_or_add_trPr().append(OxmlElement(mark))
            for index, (place, cell, width) in enumerate(zip(row.cells, cells, widths, strict=True)):
                place.width = width
                paragraph = place.paragraphs[0]
                self.set_style(paragraph, "Report Column Head" if line == 0 else "Report Cell" if index else "Report Row Head")
                self.cell(paragraph, cell)
        self.after_table = True

    def picture(self, svg: str, says: str) -> None:
        drawing = clean_svg(svg)
        picture, size = _png(drawing) if drawing else (b"", (0, 0))
        if picture:
            paragraph = self.new_paragraph("Normal")
            paragraph.paragraph_format.keep_with_next = True
            self.set_direction(paragraph, self.direction)
            inline = paragraph.add_run().add_picture(BytesIO(picture))
            inline.width, inline.height = (Emu(int(pixels * EMU_PER_PIXEL)) for pixels in size)
            self.pictures += 1
            described = inline._inline.docPr
            described.set("name", f"{self.pictures}")
            described.set("descr", says)
        self.paragraph(says, "Normal")

    def notice(self, title: str, text: str, tone: str) -> None:
        ground, line, sign = _GROUNDS.get(tone, ("tint", "brand", "●"))
        parts = [self.paragraph(f"{sign} {title}", "Report Notice Title")]
        if text:
            parts[0].paragraph_format.keep_with_next = True
            parts.append(self.paragraph(text, "Report Notice"))
        for paragraph in parts:
            _frame(paragraph, TOKENS[ground], TOKENS[line], "right" if self.direction == "rtl" else "left")

    def branch(self, tree: Tree, level: int) -> None:
        shown = look(Badge("truth", tree.truth, tree.word))
        paragraph = self.new_paragraph("Report List")
        self.add_runs(paragraph, f"{shown.sign} {tree.word}: ", direction_of(tree.word, self.direction), bold=True)
        self.add_runs(paragraph, tree.line, direction_of(tree.line, self.direction))
        _list_level(paragraph, TRACE, min(level, LEVELS - 1))
        for part in tree.parts:
            self.branch(part, level + 1)


# ── directions ──


def directed(text: str, direction: str) -> Iterator[tuple[str, str]]:
    """The text in pieces of one direction; what has none (spaces, points) goes with its neighbours."""
    kinds = "".join(kind for piece, number in split_numbers(text) for kind in _kinds(piece, number))
    own, other = ("r", "l") if direction == "rtl" else ("l", "r")
    settled = re.sub(rf"(?<={other})n+(?={other})", lambda found: other * len(found[0]), kinds).replace("n", own)
    start = 0
    for kind, letters in groupby(settled):
        end = start + len(list(letters))
        yield text[start:end], "rtl" if kind == "r" else "ltr"
        start = end


_CODE: Final = re.compile(r"\w+(?:[-./:_+@]\w+)*")  # a reference or an address is one word: K7M-2042, SAF-01


def _kinds(piece: str, number: bool) -> str:
    if number:
        return "l" * len(piece)
    named = {"R": "r", "AL": "r", "L": "l", "NSM": "m"}
    kinds = "".join(named.get(unicodedata.bidirectional(letter), "n") for letter in piece)
    kinds = re.sub(r"([rl]?)m+", lambda found: found[1] + (found[1] or "n") * found[0].count("m"), kinds)
    for word in _CODE.finditer(piece):
        start, end = word.span()
        if "l" in kinds[start:end] and "r" not in kinds[start:end]:
            kinds = kinds[:start] + "l" * (end - start) + kinds[end:]
    return kinds


# ── parts of the format ──

_AFTER_BIDI: Final = ("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents",
                      "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap",
                      "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange")  # fmt: skip
_RUN_ORDER: Final = ("rStyle", "rFonts", "b", "bCs", "i", "iCs", "color", "sz", "szCs", "u", "bdr", "shd", "rtl", "cs", "lang")


def _in_order(properties: Any) -> None:
    """Put the properties of a run in the order the format asks for."""
    properties[:] = sorted(properties, key=lambda part: _RUN_ORDER.index(part.tag.rpartition("}")[2]))


def _set_styles(word: Word, language: str, direction: str) -> None:
    styles = word.styles
    defaults = styles.element.find(qn("w:docDefaults"))
    run = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for part in run.findall(qn("w:lang")):
        run.remove(part)
    run.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="{language}" w:eastAsia="{language}" w:bidi="{language}"/>'))
    _shape(styles["Normal"], 10.5, "ink", False, 0, 6, direction)
    for level, size in enumerate((17, 13.5, 12, 11, 10.5, 10.5), 1):
        _shape(styles[f"Heading {level}"], size, "ink", True, 0 if level == 1 else 20 if level == 2 else 12, 5, direction)
    _rule_above(styles["Heading 2"])
    _shape(styles["Caption"], 9.5, "ink-2", True, 8, 3, direction)
    styles["Caption"].paragraph_format.keep_with_next = True
    _shape(styles["Quote"], 11, "ink", False, 6, 3, direction)
    _edge(styles["Quote"].element.get_or_add_pPr(), TOKENS["brand"], "right" if direction == "rtl" else "left", 24)
    for name, base, size, colour, bold, before, after in _STYLES:
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.quick_style = styles[base], True
        _shape(style, size, colour, bold, before, after, direction)
    for name in ("Header", "Footer"):
        _shape(styles[name], 8.5, "ink-2", False, 0, 0, direction)
        _tab(styles[name], WIDTH, "right")
    facts = styles["Report Fact"].paragraph_format
    facts.left_indent, facts.first_line_indent = Cm(4.4), Cm(-4.4)
    _tab(styles["Report Fact"], Cm(4.4), "left")
    styles["Report Signature"].paragraph_format.right_indent = Cm(10)
    _edge(styles["Report Signature"].element.get_or_add_pPr(), TOKENS["ink"], "top", 6)
    styles.element.append(parse_xml(_TABLE_STYLE))
    theme = word.settings.element.find(qn("w:themeFontLang"))
    theme.attrib.clear()
    theme.set(qn("w:val"), language)
    theme.set(qn("w:bidi"), language)


def _shape(style: ParagraphStyle, size: float, colour: str, bold: bool, before: float, after: float, direction: str) -> None:
    properties = style.element.get_or_add_rPr()
    for part in list(properties):
        properties.remove(part)
    for link in style.element.findall(qn("w:link")):
        style.element.remove(link)  # the template's letters would bring their own colours
    style.font.name, style.font.size = "Calibri", Pt(size)
    if bold:
        style.font.bold = style.font.cs_bold = True
    style.font.color.rgb = RGBColor.from_string(TOKENS[colour][1:])
    properties.rFonts.set(qn("w:cs"), "Arial")
    properties.append(parse_xml(f'<w:szCs {nsdecls("w")} w:val="{int(size * 2)}"/>'))
    _in_order(properties)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    if direction == "rtl":
        style.element.get_or_add_pPr().insert_element_before(OxmlElement("w:bidi"), *_AFTER_BIDI)


def _tab(style: ParagraphStyle, place: int, side: str) -> None:
    """One tab stop; in right-to-left text Word counts it from the right by itself."""
    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:tabs")):
        properties.remove(old)
    tabs = parse_xml(f'<w:tabs {nsdecls("w")}><w:tab w:val="{side}" w:pos="{Emu(place).twips}"/></w:tabs>')
    properties.insert_element_before(tabs, "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
                                     "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", *_AFTER_BIDI)  # fmt: skip


def _edge(properties: Any, colour: str, side: str, size: int) -> None:
    border = f'<w:pBdr {nsdecls("w")}><w:{side} w:val="single" w:sz="{size}" w:space="6" w:color="{colour[1:]}"/></w:pBdr>'
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)
    properties.insert_element_before(parse_xml(border), "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:bidi", *_AFTER_BIDI)


def _rule_above(style: ParagraphStyle) -> None:
    _edge(style.element.get_or_add_pPr(), TOKENS["ink"], "top", 8)


def _frame(paragraph: Paragraph, ground: str, line: str, side: str) -> None:
    properties = paragraph._p.get_or_add_pPr()
    _edge(properties, line, side, 24)
    shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{ground[1:]}"/>')
    properties.insert_element_before(shade, "w:tabs", "w:suppressAutoHyphens", "w:bidi", *_AFTER_BIDI)


_TABLE_STYLE: Final = f"""
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="ReportTable">
  <w:name w:val="Report Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>
  <w:tblPr><w:tblStyleRowBandSize w:val="1"/>
    <w:tblBorders><w:bottom w:val="single" w:sz="4" w:space="0" w:color="{TOKENS["line"][1:]}"/>
      <w:insideH w:val="single" w:sz="4" w:space="0" w:color="{TOKENS["line"][1:]}"/></w:tblBorders>
    <w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="100" w:type="dxa"/></w:tblCellMar></w:tblPr>
  <w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>
    <w:bottom w:val="single" w:sz="10" w:space="0" w:color="{TOKENS["line-2"][1:]}"/></w:tcBorders></w:tcPr></w:tblStylePr>
</w:style>"""


def _describe_table(table: Any, caption: str, *, rtl: bool) -> None:
    """Say which row and column are heads, what the table is about, and on which side it begins."""
    properties = table.tblPr
    for old in properties.findall(qn("w:tblLook")):
        properties.remove(old)
    if rtl:
        properties.insert(1, OxmlElement("w:bidiVisual"))
    look_of = parse_xml(f'<w:tblLook {nsdecls("w")} w:val="00A0" w:firstRow="1" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>')
    about_it = OxmlElement("w:tblCaption")
    about_it.set(qn("w:val"), caption)
    properties.extend([look_of, about_it])


BULLETS, NUMBERS, TRACE = 1, 2, 3  # the lists of a document


def _lists(word: Word) -> Callable[[], int]:
    """Make the lists (points, numbers, the lines of a trace); the answer starts a numbered list anew."""
    numbering = word.part.numbering_part.element
    for old in list(numbering):
        numbering.remove(old)
    for number, kind, signs in ((BULLETS, "bullet", "•"), (NUMBERS, "decimal", "%{}."), (TRACE, "bullet", "")):
        levels = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{signs.format(level + 1)}"/>'
            f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{360 * (level + 1)}" w:hanging="360"/></w:pPr></w:lvl>'
            for level in range(LEVELS)
        )
        numbering.append(parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        ))  # fmt: skip
    for number in (BULLETS, NUMBERS, TRACE):
        numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'))

    def start() -> int:
        number = len(numbering.findall(qn("w:num"))) + 1
        numbering.append(parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{NUMBERS}"/>'
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        ))  # fmt: skip
        return number

    return start


def _list_level(paragraph: Paragraph, number: int, level: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = level
    properties.get_or_add_numId().val = number


def _field(name: str) -> Any:
    return parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="{name}"><w:r><w:t>1</w:t></w:r></w:fldSimple>')


def _day(day: str) -> datetime:
    try:
        return datetime.fromisoformat(day).replace(tzinfo=UTC)
    except ValueError:
        return datetime(*EARLIEST, tzinfo=UTC)


def _png(drawing: str) -> tuple[bytes, tuple[float, float]]:
    """The drawing as a picture, and its width and height in CSS pixels; empty where the typesetter is not installed."""
    try:
        from safe_lib.report.pdf import fitted, picture_png, with_namespace
    except ImportError:
        return (b"", (0, 0))
    return (picture_png(with_namespace(drawing)), fitted(drawing))


def _repacked(archive: bytes) -> bytes:
    """The archive with one date for all files, in the order of their names, and without the template's thumbnail."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(archive)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            if "thumbnail" not in name:
                new.writestr(zipfile.ZipInfo(name, EARLIEST), _scrubbed(name, old.read(name)), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


_PROGRAM: Final = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="%s"/>' % (
    b"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
)


def _scrubbed(name: str, content: bytes) -> bytes:
    """A part without what the template says of itself: its picture, its program, its number."""
    if name == "_rels/.rels":
        return re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", content)
    if name == "docProps/app.xml":
        return _PROGRAM
    if name == "word/settings.xml":
        return re.sub(rb"<w:rsids>.*?</w:rsids>|<w14:docId [^>]*/>|<w:savePreviewPicture/>", b"", content, flags=re.DOTALL)
    return re.sub(rb' w:rsid\w*="[0-9A-F]*"', b"", content) if name == "word/document.xml" else content
