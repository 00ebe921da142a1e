"""A document as a PDF that can be read aloud: tagged, in PDF/UA-1, with its own fonts inside.

The typesetter gets the texts as JSON, never as source. It sees no system fonts: only the free Noto fonts found on
this machine, and the few that travel with it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import typst

from safe_lib.model.document import Document
from safe_lib.model.errors import ReportError
from safe_lib.report import (
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
    neutral_title,
    page_words,
    tables,
    template,
    tidied,
)
from safe_lib.report.blocks_json import to_json
from safe_lib.report.html import clean_svg

FONT_FOLDERS: Final = (
    Path("/usr/share/fonts/truetype/noto"),  # Debian, Ubuntu: fonts-noto-core
    Path("/usr/share/fonts/noto"),  # Arch, Alpine
    Path("/usr/share/fonts/google-noto"),  # Fedora
    Path("/usr/local/share/fonts/noto"),
)
FONT_PACKAGE: Final = "manimgx_fonts"  # Noto fonts as a Python package (OFL 1.1), for machines without those folders
REPAIR: Final = "Install the Debian package fonts-noto-core, or the Python package manimgx-fonts, and print again."

# In this order; a letter that none of them has is looked for in every other font found.
FAMILIES: Final = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Ethiopic", "Noto Sans Hebrew", "Noto Sans Devanagari",
                   "Noto Sans Bengali", "Noto Sans Symbols", "Noto Sans Symbols 2", "Noto Sans Symbols2",
                   "Noto Sans Math", "Libertinus Serif")  # fmt: skip

# Languages for which the typesetter knows where a word may be divided.
HYPHENATED: Final = frozenset(
    ("af", "be", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hr", "hu", "is", "it", "lt", "nb", "nl",
     "nn", "pl", "pt", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk")
)  # fmt: skip

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
    document = tidied(document)
    words = fixed_words(document.language, labels)
    text = json.dumps(_data(document, words), ensure_ascii=False, sort_keys=True)
    for _ in range(4):
        try:
            return _typeset(text, document.date)
        except typst.TypstError as error:
            text = _without(_not_shown(error), text)
    raise ReportError(f"PDF: some signs have no font on this machine. {REPAIR}")


def picture_png(svg: str, *, pixels_per_inch: int = 192) -> bytes:
    """A cleaned drawing as PNG, for documents that cannot hold drawings; empty where it cannot be drawn."""
    source = '#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg")'
    try:
        return typst.compile(source.encode(), format="png", ppi=pixels_per_inch, sys_inputs={"svg": svg},
                             font_paths=_fonts(), ignore_system_fonts=True)  # fmt: skip
    except typst.TypstError:
        return b""


def with_namespace(svg: str) -> str:
    """A cleaned drawing as a file of its own."""
    return svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


# ── what the template reads ──


def _data(document: Document, words: Labels) -> dict[str, Any]:
    language, region = _language(document.language)
    blocks = to_json(document.blocks)
    for table, shares in zip(_maps(blocks, "table"), map(column_shares, tables(document.blocks)), strict=True):
        table["shares"] = list(shares)
    for picture in _maps(blocks, "picture"):
        picture["svg"] = with_namespace(clean_svg(picture["svg"]))
    data = {
        "language": language, "region": region, "direction": document.direction,
        "window": neutral_title(document, words), "title": document.title, "reference": document.reference,
        "footer": document.footer, "marks": marks(document, words), "about": about(document, words),
        "hyphenates": language in HYPHENATED, "suite": words["report.suite"], "empty": words["report.empty_table"], "page": page_words(words), "blocks": blocks,
    }  # fmt: skip
    against = sorted({text for text in _texts(data) if direction_of(text, document.direction) != document.direction})
    return data | {"against": against, "tokens": TOKENS, "shapes": SHAPES, "looks": _looks(), "number": NUMBER, "fonts": FAMILIES}


def _language(code: str) -> tuple[str, str | None]:
    found = re.fullmatch(r"([A-Za-z]{2,3})(?:-[A-Za-z]{4})?(?:-([A-Za-z]{2}))?(?:-.*)?", code)
    if not found:
        raise ReportError('PDF: the language of the document is not a language code. Write a code such as "nl" or "pt-BR".')
    return found[1].lower(), found[2]


def _looks() -> dict[str, dict[str, Any]]:
    named = {f"{kind}/{value}": look for (kind, value), look in LOOKS.items()}
    return {name: _look(look) for name, look in {**named, "plain": Look("dash", "plain", "–")}.items()}


def _look(look: Look) -> dict[str, Any]:
    return {"shape": look.shape, "ground": look.ground, "line": look.line, "ink": look.ink, "mark": look.mark, "dashed": look.dashed}


def _maps(value: Any, kind: str) -> Iterator[dict[str, Any]]:
    """Every block of a kind, in the order of the document."""
    if isinstance(value, list):
        for part in value:
            yield from _maps(part, kind)
    elif isinstance(value, dict):
        if value.get("block") == kind:
            yield value
        for part in value.values():
            yield from _maps(part, kind)


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


def _typeset(data: str, day: str) -> bytes:
    return typst.compile(
        template("report.typ").encode(), format="pdf", pdf_standards="ua-1", timestamp=_timestamp(day),
        sys_inputs={"document": data}, font_paths=_fonts(), ignore_system_fonts=True,
    )  # fmt: skip


def _timestamp(day: str) -> int:
    """Midnight of the document's day: a file says when the report was made, not when it was printed."""
    try:
        return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return 0


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder) for folder in font_folders()])


def font_folders() -> tuple[Path, ...]:
    """Where the fonts of this machine are: the folders of the system, and the Python package."""
    package = find_spec(FONT_PACKAGE)
    packaged = [Path(place) for place in (package.submodule_search_locations or ())] if package else []
    return tuple(folder for folder in (*FONT_FOLDERS, *packaged) if folder.is_dir())


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
    scripts = sorted({unicodedata.name(sign, "unknown").split()[0].title() for sign in signs if sign.isalpha()})
    if scripts:
        raise ReportError(f"PDF: {', '.join(scripts)} script cannot be printed on this machine. {REPAIR}") from None
    for sign in set(signs) - set(' "\\'):
        data = data.replace(sign, f"[U+{ord(sign):04X}]" if unicodedata.category(sign)[0] in "SPCN" else "")
    return data
