"""A letter as DOCX on A4: sender, addressee, day, subject as the first heading, and what is not known in marked brackets.

It is built on the document of the reports, without their head: a letter does not name the suite or the case. A letter that
gives nothing away carries no number of a copy either, and no style of it is named after ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from docx.enum.text import WD_COLOR_INDEX
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from safe_lib.engine.letters import PLACE
from safe_lib.model.disclosure import Copy
from safe_lib.model.document import Document
from safe_lib.model.letter import Filled
from safe_lib.report import fixed_words, long_date, tidied
from safe_lib.report.docx import _Writer

OURS, THEIRS = "Report ", "Letter "  # how styles of our own are called in reports, and in letters


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds the text of a letter."""

    day: str  # ISO
    direction: str
    marks: tuple[str, ...]  # on every page
    footer: str
    title: str  # what a list of files may show
    gap: str  # how a gap is written, with its {name}
    gap_named: str
    copy: Copy | None = None  # None in a letter that gives nothing away


def letter_docx(letter: Filled, frame: Frame) -> bytes:
    """The letter as DOCX; the same letter gives the same bytes."""
    document = Document(title=letter.title, language=letter.language, direction=frame.direction, profile=letter.letter.reader, reference="",
                        date=frame.day, blocks=letter.blocks, footer=frame.footer, marks=frame.marks, copy=frame.copy)
    return _LetterWriter(tidied(document), letter, frame).written()


class _LetterWriter(_Writer):
    """One letter on its way to DOCX."""

    def __init__(self, document: Document, letter: Filled, frame: Frame) -> None:
        super().__init__(document, fixed_words(document.language))
        self.letter, self.frame = letter, frame
        self.gaps = re.compile("|".join(".+?".join(map(re.escape, PLACE.split(text)[::2])) for text in (frame.gap, frame.gap_named)))

    def head(self) -> None:
        """Who writes to whom, on which day, and what about."""
        for lines in (self.letter.sender, (self.letter.addressee,), (long_date(self.frame.day, self.document.language),)):
            written = [self.paragraph(line, "Normal") for line in lines if line]
            for place, paragraph in enumerate(written, 1):
                paragraph.paragraph_format.space_after = Pt(14) if place == len(written) else Pt(0)
        self.mark(self.paragraph(self.document.title, "Heading 1"))

    def add_runs(self, paragraph: Paragraph, text: str, direction: str, *, bold: bool = False) -> list[Run]:
        """As in a report, with every gap marked so that nobody sends it unseen."""
        runs: list[Run] = []
        for piece, is_gap in self.pieces(text):
            for run in super().add_runs(paragraph, piece, direction, bold=bold):
                if is_gap:
                    run.font.highlight_color = WD_COLOR_INDEX.YELLOW
                runs.append(run)
        return runs

    def pieces(self, text: str) -> list[tuple[str, bool]]:
        """The text in pieces, and whether each is a gap."""
        found: list[tuple[str, bool]] = []
        end = 0
        for gap in self.gaps.finditer(text):
            found += [(text[end : gap.start()], False), (gap[0], True)]
            end = gap.end()
        return [piece for piece in (*found, (text[end:], False)) if piece[0]]

    def properties(self) -> None:
        """A title that says no more than that it is a letter; styles that are not named after reports."""
        super().properties()
        self.word.core_properties.title = self.frame.title
        for style in self.word.styles:
            if style.name and style.name.startswith(OURS):
                style.name = THEIRS + style.name.removeprefix(OURS)
