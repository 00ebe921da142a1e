"""A sheet of paper for small drawings: boxes, dots, silhouettes and words, from the side where reading begins.

Every shape carries its light colour, so that a drawing stands alone in a PDF. Its classes (`f-…` fills, `s-…` strokes)
are the names of the page's colours, which take over in a page, in the dark as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Final
from unicodedata import bidirectional

# Light colours of `templates/base/tokens.css`; a test compares them.
LIGHT: Final[Mapping[str, str]] = {
    "ink": "#15232b", "ink-2": "#3f4e56", "line": "#d6dcd9", "line-2": "#738188", "surface": "#ffffff",
    "brand": "#0d4f5e", "note": "#fdf5dc", "note-line": "#94700a",
    "low-bg": "#dfecf5", "low-ln": "#3a739d", "low-ink": "#0f3652",
    "mod-bg": "#f8eabc", "mod-ln": "#8c6a05", "mod-ink": "#453400",
    "hig-bg": "#f7cb9c", "hig-ln": "#9c4703", "hig-ink": "#4a2100",
    "vhi-bg": "#5a1a45", "vhi-ln": "#3b0d2c", "vhi-ink": "#ffffff",
    "und-bg": "#ffffff", "und-ln": "#56646b", "und-ink": "#15232b",
}

# Silhouettes in a square of 16 units: levels and truths. {full} fills, {line} strokes.
_SILHOUETTES: Final[Mapping[str, str]] = {
    "low": '<circle {line} stroke-width="2.5" cx="8" cy="8" r="6"/>',
    "moderate": '<path {full} d="M8 1 15 8 8 15 1 8Z"/>',
    "high": '<path {full} d="M8 1.5 15.5 14.5H.5Z"/>',
    "very_high": '<path {full} d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5Z"/>',
    "undetermined": '<rect {line} stroke-width="1.8" stroke-dasharray="3 2.2" x="1.5" y="1.5" width="13" height="13"/>'
                    '<path {line} stroke-width="1.6" stroke-linecap="round" '
                    'd="M6 6.2a2 2 0 1 1 2.6 2c-.4.2-.6.5-.6 1M8 11.4v.4"/>',
    "holds": '<circle {full} cx="8" cy="8" r="7"/>',
    "open": '<circle {line} stroke-width="1.8" stroke-dasharray="2.7 2.2" cx="8" cy="8" r="6.2"/>',
    "fails": '<path {line} stroke-width="2" stroke-linecap="round" d="M3.5 8h9"/>',
}

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # not allowed in XML
_SOFT_HYPHEN: Final = "\u00ad"
_RIGHT_TO_LEFT: Final = "\u200f"  # an invisible mark
_FONTS: Final = "Noto Sans, Noto Sans Arabic, Noto Sans Ethiopic, Noto Sans Hebrew, Arial, sans-serif"


class Paper:
    """A sheet that grows downwards. `y` is the pen; right-to-left is mirrored, the words are not."""

    def __init__(self, width: float, *, direction: str, title: str) -> None:
        """An empty sheet, `width` units wide; `title` is the name of the drawing for those who hear it."""
        self.width, self.y = width, 0.0
        self.mirrored = direction == "rtl"
        self.title = title
        self.parts: list[str] = []

    def down(self, by: float) -> None:
        """Move the pen down."""
        self.y += by

    def box(self, x: float, y: float, width: float, height: float, *, fill: str, stroke: str = "", thick: float = 1,
            dash: str = "", radius: float = 3, opacity: float = 1, solid: bool = False) -> None:
        """A rectangle `y` units below the pen; its border lies inside, so that it is never cut off."""
        inset = thick / 2 if stroke else 0
        place = (f'x="{number(self._across(x, width) + inset)}" y="{number(self.y + y + inset)}" '
                 f'width="{number(width - 2 * inset)}" height="{number(height - 2 * inset)}" rx="{number(radius)}"')
        paint = _paint(fill, stroke, thick=thick, dash=dash, solid=solid)
        faint = f' fill-opacity="{number(opacity)}"' if opacity < 1 else ""
        self.parts.append(f"<rect {paint}{faint} {place}/>")

    def dot(self, x: float, y: float, radius: float, *, fill: str) -> None:
        """A filled circle around a point."""
        place = f'cx="{number(self._across(x))}" cy="{number(self.y + y)}" r="{number(radius)}"'
        self.parts.append(f"<circle {_paint(fill, solid=True)} {place}/>")

    def rule(self, x: float, y: float, width: float, *, stroke: str) -> None:
        """A thin line across."""
        start = number(self._across(x, width))
        self.parts.append(f'<path {_paint("", stroke)} d="M{start} {number(self.y + y)}h{number(width)}"/>')

    def line(self, text: str, x: float, y: float, *, size: float, bold: bool = False, colour: str = "ink",
             anchor: str = "start") -> None:
        """One line of words; `anchor` is start, middle or end in the direction of reading."""
        turned = {"start": "end", "end": "start"}.get(anchor, anchor) if self.mirrored else anchor
        place = f'x="{number(self._across(x))}" y="{number(self.y + y)}" text-anchor="{turned}"'
        face = f'font-size="{number(size)}" font-weight="{700 if bold else 400}" unicode-bidi="plaintext"'
        self.parts.append(f"<text {_paint(colour)} {place} {face}>{escape(_spoken(text))}</text>")

    def words(self, text: str, x: float, width: float, *, size: float, bold: bool = False, colour: str = "ink") -> None:
        """Words over as many lines as they need; the pen ends below them."""
        for line in wrap(text, width, size, bold=bold):
            self.line(line, x, size, size=size, bold=bold, colour=colour)
            self.down(size * 1.35)

    def shape(self, name: str, x: float, y: float, size: float, *, colour: str) -> None:
        """The silhouette of a level or a truth, `size` units wide."""
        place = f"translate({number(self._across(x, size))} {number(self.y + y)}) scale({number(size / 16)})"
        line = f'class="s-{colour}" fill="none" stroke="{LIGHT[colour]}"'
        drawn = _SILHOUETTES[name].format(full=_paint(colour, solid=True), line=line)
        self.parts.append(f'<g transform="{place}">{drawn}</g>')

    def svg(self, kind: str = "pic") -> str:
        """The sheet as SVG text, cut off below the pen."""
        width, height = number(self.width), number(self.y + 2)
        size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        name = f'role="img" aria-label="{escape(self.title)}"'
        return (f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" {size} {name} direction="ltr" '
                f'font-family="{_FONTS}">{"".join(self.parts)}</svg>')

    def _across(self, x: float, width: float = 0) -> float:
        return self.width - x - width if self.mirrored else x


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Words over lines that fit `width`; a word longer than a line is broken. At least one line."""
    lines: list[str] = []
    line = ""
    for word in _pieces(text, width, size, bold):
        longer = f"{line} {word}" if line else word
        if line and width_of(longer, size, bold=bold) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def fit(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """The text, or as much of it as fits one line with an ellipsis; the table beside it has it in full."""
    if width_of(text, size, bold=bold) <= width:
        return text
    shorter = (text[:end] + "…" for end in range(len(text) - 1, 0, -1))
    return next((words for words in shorter if width_of(words, size, bold=bold) <= width), "…")


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """An estimate from the usual widths of Noto Sans, on the wide side: fonts differ and nothing may be cut off."""
    return sum(map(_units, text)) * size * (1.06 if bold else 1.0)


def number(value: float) -> str:
    """A number as short as it can be, the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _units(letter: str) -> float:
    # Widths in Noto Sans, as parts of the size of the type.
    if letter in "iljI.,:;'’| ":
        return 0.27
    if letter in "frt-()":
        return 0.41
    if letter in "mwMW@…":
        return 0.93
    if letter >= "\u1100":  # Ethiopic, Khmer, East Asian
        return 0.95
    return 0.68 if letter.isupper() else 0.59


def _spoken(text: str) -> str:
    """What stands on the sheet; a full stop after right-to-left words stays on their side."""
    plain = _CONTROL.sub("", text).replace(_SOFT_HYPHEN, "")
    turns = any(bidirectional(letter) in ("R", "AL") for letter in plain)
    return f"{_RIGHT_TO_LEFT}{plain}{_RIGHT_TO_LEFT}" if turns else plain


def _pieces(text: str, width: float, size: float, bold: bool) -> Iterator[str]:
    """Words; one that is too long is broken at its soft hyphens, or else where the line ends."""
    for word in text.split():
        whole = word.replace(_SOFT_HYPHEN, "")
        if width_of(whole, size, bold=bold) <= width:
            yield whole
        else:
            for part in word.split(_SOFT_HYPHEN)[:-1]:
                yield from _broken(part + "-", width, size, bold)
            yield from _broken(word.rsplit(_SOFT_HYPHEN, 1)[-1], width, size, bold)


def _broken(word: str, width: float, size: float, bold: bool) -> Iterator[str]:
    left = word
    while len(left) > 1 and width_of(left, size, bold=bold) > width:
        fits = [end for end in range(1, len(left)) if width_of(left[:end] + "-", size, bold=bold) <= width]
        end = fits[-1] if fits else 1
        yield left[:end] + "-"
        left = left[end:]
    yield left


def _paint(fill: str, stroke: str = "", *, thick: float = 1, dash: str = "", solid: bool = False) -> str:
    """Classes and light colours. `solid` marks what must stay filled where a device forces its own colours."""
    names = [f"f-{fill}"] * bool(fill) + [f"s-{stroke}"] * bool(stroke) + ["solid"] * solid
    border = f' stroke="{LIGHT[stroke]}" stroke-width="{number(thick)}"' if stroke else ""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'class="{" ".join(names)}" fill="{LIGHT[fill] if fill else "none"}"{border}{dashes}'
