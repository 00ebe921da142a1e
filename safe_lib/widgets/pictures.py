"""Small drawings for pages and papers: SVG text, a sentence that says what it shows, and a table that says the same.

A drawing stands alone (in a PDF: every shape carries its light colour) and in a page (the classes `f-…` and `s-…` are
the names of the page's colours, which then take over, dark and print included). Nothing is told by colour alone:
height is strength, fill is present, dashes are open, dots are absent; a level is a word and a shape as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

from safe_lib.model.document import Badge, Cell, Picture, Table
from safe_lib.model.texts import Texts

# Light colours of `templates/base/tokens.css`; a test compares them.
LIGHT: Final[Mapping[str, str]] = {
    "ink": "#15232b", "ink-2": "#3f4e56", "line": "#d6dcd9", "line-2": "#738188", "surface": "#ffffff", "sunken": "#edf0ed",
    "brand": "#0d4f5e", "note": "#fdf5dc", "note-line": "#94700a",
    "low-bg": "#dfecf5", "low-ln": "#3a739d", "low-ink": "#0f3652",
    "mod-bg": "#f8eabc", "mod-ln": "#8c6a05", "mod-ink": "#453400",
    "hig-bg": "#f7cb9c", "hig-ln": "#9c4703", "hig-ink": "#4a2100",
    "vhi-bg": "#5a1a45", "vhi-ln": "#3b0d2c", "vhi-ink": "#ffffff",
    "und-bg": "#ffffff", "und-ln": "#56646b", "und-ink": "#15232b",
}

WIDTH: Final = 360  # units; close to the width of a phone, so that the words keep their size there
_FONTS: Final = "Noto Sans, Noto Sans Arabic, Noto Sans Ethiopic, Noto Sans Hebrew, Arial, sans-serif"
_LEVELS: Final = {"low": "low", "moderate": "mod", "high": "hig", "very_high": "vhi", "undetermined": "und"}
_ORDER: Final = {"present": 0, "open": 1, "absent": 2}
_STRENGTHS: Final = ("strong", "medium", "weak")
_HEIGHTS: Final = {"strong": 26, "medium": 16, "weak": 7}
_TRUTHS: Final = {"positive": "holds", "negative": "fails", "open": "open"}


@dataclass(frozen=True, slots=True)
class Mark:
    """One indicator: how strongly it points, and whether it was seen."""

    strength: str  # strong | medium | weak
    state: str  # present | open | absent


@dataclass(frozen=True, slots=True)
class PatternRow:
    """One dimension. Rows with the same `heading` stand under it."""

    name: str
    result: str  # positive | negative | open
    result_word: str
    marks: tuple[Mark, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """One domain with its level; `undetermined` ones have no place in the matrix and are named below it."""

    code: str
    name: str
    badge: Badge
    likelihood: int = 0  # 1 to 4
    severity: int = 0  # 1 to 4


@dataclass(frozen=True, slots=True)
class Grid:
    """The matrix of an instrument in words: four rows of likelihood and four columns of severity, least first."""

    likelihoods: tuple[str, ...]
    severities: tuple[str, ...]
    levels: tuple[tuple[Badge, ...], ...]  # [likelihood - 1][severity - 1]


@dataclass(frozen=True, slots=True)
class ScenarioColumn:
    """One considered future: its name, its outcome as a badge, and the level of each domain it uses."""

    name: str
    outcome: Badge
    levels: Mapping[str, Badge] = field(default_factory=dict)  # domain code → level


def dimension_pattern(rows: Sequence[PatternRow], texts: Texts) -> Picture:
    """Each dimension as a row of bars, one an indicator: present ones first, then open, then absent."""
    paper = _Paper(WIDTH, texts, "picture.pattern.title")
    heading = ""
    for row in rows:
        if row.heading and row.heading != heading:
            paper.down(8)
            paper.words(row.heading, 0, WIDTH, size=12, bold=True, colour="ink-2")
        heading = row.heading or heading
        _pattern_row(paper, row)
    _legend(paper, texts)
    counted = Counter(row.result for row in rows)
    says = texts("picture.pattern.says", shown=counted["positive"], open=counted["open"], not_so_far=counted["negative"])
    return Picture(paper.svg(), says, _pattern_table(rows, texts))


def domain_matrix(placed: Sequence[Placed], grid: Grid, texts: Texts) -> Picture:
    """Each domain's code where its likelihood and its severity meet; likelihood upwards, severity across."""
    paper = _Paper(WIDTH, texts, "picture.matrix.title")
    side, gap = 68.0, 3.0
    wide = (WIDTH - side) / 4
    heads = [_wrap(word, wide - 8, 11, bold=True) for word in grid.severities]
    lines = max(len(head) for head in heads)
    for column, head in enumerate(heads):
        for index, line in enumerate(head):
            paper.line(line, side + wide * (column + 0.5), 11 + 14 * (lines - len(head) + index), size=11, bold=True,
                       colour="ink-2", anchor="middle")
    paper.down(14 * lines + 4)
    for likelihood in range(4, 0, -1):
        _matrix_row(paper, placed, grid, likelihood, side, wide, gap)
    paper.down(4)
    paper.words(texts("picture.matrix.axes"), 0, WIDTH, size=11, colour="ink-2")
    loose = [one for one in placed if _is_loose(one)]
    if loose:
        paper.down(8)
        paper.words(texts("picture.matrix.not_placed"), 0, WIDTH, size=12, bold=True)
        _codes(paper, loose, 0, WIDTH)
    return Picture(paper.svg(), _matrix_says(placed, texts), _matrix_table(placed, grid, texts))


def scenario_comparison(columns: Sequence[ScenarioColumn], domains: Sequence[tuple[str, str]], texts: Texts) -> Picture:
    """Futures side by side, in the person's own order: outcome on top, then a level for each domain it uses.

    Args:
        columns: the futures, two to four.
        domains: code and name of each domain, in the order of the instrument.
        texts: the words around it.
    """
    width = max(WIDTH, 118 * len(columns))
    paper = _Paper(width, texts, "picture.scenarios.title")
    wide = width / max(len(columns), 1)
    _scenario_heads(paper, columns, wide)
    for code, name in domains:
        cells = [column.levels.get(code) for column in columns]
        if any(cells):
            _scenario_row(paper, name, cells, wide, texts)
    says = " ".join(f"{column.name}: {column.outcome.word}." for column in columns)
    return Picture(paper.svg(), says, _scenario_table(columns, domains, texts))


class _Paper:
    """A sheet that grows downwards. Places are given from the side where reading begins; right-to-left is mirrored."""

    def __init__(self, width: float, texts: Texts, title: str) -> None:
        self.width, self.y = width, 0.0
        self.mirrored = texts.direction == "rtl"
        self.title = texts(title)
        self.parts: list[str] = []

    def down(self, by: float) -> None:
        self.y += by

    def across(self, x: float, width: float = 0) -> float:
        return self.width - x - width if self.mirrored else x

    def box(self, x: float, y: float, width: float, height: float, *, fill: str, stroke: str = "", thick: float = 1,
            dash: str = "", radius: float = 3, pale: bool = False, solid: bool = False) -> None:
        """A rectangle at `y` below the pen; the border lies inside, so that it is never cut off."""
        inset = thick / 2 if stroke else 0
        place = (f'x="{_n(self.across(x, width) + inset)}" y="{_n(self.y + y + inset)}" width="{_n(width - 2 * inset)}" '
                 f'height="{_n(height - 2 * inset)}" rx="{_n(radius)}"')
        opacity = ' fill-opacity="0.5"' if pale else ""
        self.parts.append(f"<rect {_colours(fill, stroke, thick, dash, solid)}{opacity} {place}/>")

    def dot(self, x: float, y: float, radius: float, *, fill: str) -> None:
        self.parts.append(f'<circle {_colours(fill, solid=True)} cx="{_n(self.across(x))}" cy="{_n(self.y + y)}" r="{_n(radius)}"/>')

    def rule(self, x: float, y: float, width: float, *, stroke: str) -> None:
        start = self.across(x, width)
        self.parts.append(f'<path {_colours("", stroke)} d="M{_n(start)} {_n(self.y + y)}h{_n(width)}"/>')

    def line(self, text: str, x: float, y: float, *, size: float, bold: bool = False, colour: str = "ink", anchor: str = "start") -> None:
        """One line of words; `anchor` is start, middle or end in the direction of reading."""
        turned = {"start": "end", "end": "start"}.get(anchor, anchor) if self.mirrored else anchor
        self.parts.append(
            f'<text class="f-{colour}" fill="{LIGHT[colour]}" x="{_n(self.across(x))}" y="{_n(self.y + y)}" font-size="{_n(size)}" '
            f'font-weight="{650 if bold else 400}" text-anchor="{turned}" unicode-bidi="plaintext">{escape(text)}</text>')

    def words(self, text: str, x: float, width: float, *, size: float, bold: bool = False, colour: str = "ink") -> None:
        """Words over as many lines as they need; the pen ends below them."""
        for line in _wrap(text, width, size, bold=bold):
            self.line(line, x, size, size=size, bold=bold, colour=colour)
            self.down(size * 1.35)

    def shape(self, name: str, x: float, y: float, size: float, colour: str) -> None:
        """One of the silhouettes of levels and truths, `size` units wide."""
        place = f"translate({_n(self.across(x, size))} {_n(self.y + y)}) scale({_n(size / 16)})"
        self.parts.append(f'<g transform="{place}">{_silhouette(name, colour)}</g>')

    def svg(self) -> str:
        size = f'viewBox="0 0 {_n(self.width)} {_n(self.y + 2)}" width="{_n(self.width)}" height="{_n(self.y + 2)}"'
        kind = "pic pic-wide" if self.width > WIDTH else "pic"
        return (f'<svg xmlns="{_NAMESPACE}" class="{kind}" {size} role="img" aria-label="{escape(self.title)}" direction="ltr" '
                f'font-family="{_FONTS}">{"".join(self.parts)}</svg>')


_NAMESPACE: Final = "http://www.w3.org/2000/svg"


def _colours(fill: str, stroke: str = "", thick: float = 1, dash: str = "", solid: bool = False) -> str:
    names = " ".join([*([f"f-{fill}"] if fill else []), *([f"s-{stroke}"] if stroke else []), *(["solid"] if solid else [])])
    inside = LIGHT[fill] if fill else "none"
    border = f' stroke="{LIGHT[stroke]}" stroke-width="{_n(thick)}"' if stroke else ""
    return f'class="{names}" fill="{inside}"{border}' + (f' stroke-dasharray="{dash}"' if dash else "")


def _silhouette(name: str, colour: str) -> str:
    full = _colours(colour, solid=True)
    line = f'class="s-{colour}" fill="none" stroke="{LIGHT[colour]}"'
    drawings = {
        "low": f'<circle {line} stroke-width="2.5" cx="8" cy="8" r="6"/>',
        "moderate": f'<path {full} d="M8 1 15 8 8 15 1 8Z"/>',
        "high": f'<path {full} d="M8 1.5 15.5 14.5H.5Z"/>',
        "very_high": f'<path {full} d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5Z"/>',
        "undetermined": f'<rect {line} stroke-width="1.8" stroke-dasharray="3 2.2" x="1.5" y="1.5" width="13" height="13"/>'
                        f'<path {line} stroke-width="1.6" stroke-linecap="round" '
                        'd="M6 6.2a2 2 0 1 1 2.6 2c-.4.2-.6.5-.6 1M8 11.4v.4"/>',
        "holds": f'<circle {full} cx="8" cy="8" r="7"/>',
        "open": f'<circle {line} stroke-width="1.8" stroke-dasharray="2.7 2.2" cx="8" cy="8" r="6.2"/>',
        "fails": f'<path {line} stroke-width="2" stroke-linecap="round" d="M3.5 8h9"/>',
    }
    return drawings[name]


def _pattern_row(paper: _Paper, row: PatternRow) -> None:
    truth = _TRUTHS[row.result]
    room = _width_of(row.result_word, 13, bold=True) + 24
    start = paper.y
    paper.down(4)
    paper.line(row.result_word, WIDTH, 13, size=13, bold=True, anchor="end")
    paper.shape(truth, WIDTH - room, 2, 13, {"holds": "brand", "open": "note-line", "fails": "ink-2"}[truth])
    paper.words(row.name, 0, WIDTH - room - 8, size=13)
    paper.y = max(paper.y, start + 20)
    _bars(paper, row.marks)


def _bars(paper: _Paper, marks: Sequence[Mark]) -> None:
    step = min(14.0, (WIDTH - 4) / max(len(marks), 1))
    ordered = sorted(marks, key=lambda mark: (_ORDER[mark.state], _STRENGTHS.index(mark.strength)))
    for index, mark in enumerate(ordered):
        _bar(paper, mark, index * step, step - 4)
    paper.rule(0, 29.5, max(len(marks) * step - 4, 8), stroke="line-2")
    paper.down(34)


def _bar(paper: _Paper, mark: Mark, x: float, width: float) -> None:
    height = _HEIGHTS[mark.strength]
    if mark.state == "present":
        paper.box(x, 28 - height, width, height, fill="brand", radius=1.5, solid=True)
    elif mark.state == "open":
        paper.box(x, 28 - height, width, height, fill="note", stroke="note-line", thick=1.25, dash="2 1.6", radius=1.5)
    else:
        paper.dot(x + width / 2, 25, 2, fill="line-2")


def _legend(paper: _Paper, texts: Texts) -> None:
    paper.down(6)
    marks = (("strong", "present"), ("medium", "present"), ("weak", "present"), ("medium", "open"), ("medium", "absent"))
    x = 0.0
    for strength, state in marks:
        word = texts(f"picture.{strength if state == 'present' else state}")
        room = 16 + _width_of(word, 12) + 14
        if x + room > WIDTH + 14:
            x = 0.0
            paper.down(30)
        _bar(paper, Mark(strength, state), x, 8)
        paper.line(word, x + 14, 27, size=12, colour="ink-2")
        x += room
    paper.down(32)


def _pattern_table(rows: Sequence[PatternRow], texts: Texts) -> Table:
    columns = ("dimension", "result", "strong", "medium", "weak", "open", "asked")
    return Table(texts("picture.pattern.title"), tuple(texts(f"picture.column.{name}") for name in columns),
                 tuple(_pattern_cells(row) for row in rows))


def _pattern_cells(row: PatternRow) -> tuple[Cell, ...]:
    present = Counter(mark.strength for mark in row.marks if mark.state == "present")
    still_open = sum(mark.state == "open" for mark in row.marks)
    return (row.name, Badge("truth", _TRUTHS[row.result], row.result_word), *(str(present[strength]) for strength in _STRENGTHS),
            str(still_open), str(len(row.marks)))


def _is_loose(one: Placed) -> bool:
    return one.badge.value == "undetermined" or not (1 <= one.likelihood <= 4 and 1 <= one.severity <= 4)


def _matrix_row(paper: _Paper, placed: Sequence[Placed], grid: Grid, likelihood: int, side: float, wide: float, gap: float) -> None:
    here = [[one for one in placed if not _is_loose(one) and (one.likelihood, one.severity) == (likelihood, severity)]
            for severity in range(1, 5)]
    lines = max(1, *(-(-len(cell) // 2) for cell in here))
    height = 26.0 + 22 * lines
    name = _wrap(grid.likelihoods[likelihood - 1], side - 8, 11, bold=True)
    for index, line in enumerate(name):
        paper.line(line, side - 8, height / 2 + 4 + 14 * (index - (len(name) - 1) / 2), size=11, bold=True, colour="ink-2", anchor="end")
    for severity in range(1, 5):
        badge = grid.levels[likelihood - 1][severity - 1]
        _matrix_cell(paper, badge, here[severity - 1], side + wide * (severity - 1), wide - gap, height - gap)
    paper.down(height)


def _matrix_cell(paper: _Paper, badge: Badge, here: Sequence[Placed], x: float, width: float, height: float) -> None:
    tone = _LEVELS[badge.value]
    heavy = badge.value == "very_high"
    paper.box(x, 0, width, height, fill="surface" if heavy else f"{tone}-bg", stroke="vhi-bg" if heavy else "", thick=1.5,
              pale=not heavy)
    sign = "vhi-bg" if heavy else f"{tone}-ln"
    paper.shape(badge.value, x + 5, 6, 9, sign)
    paper.line(_fit(badge.word, width - 20, 10.5), x + 17, 14, size=10.5)
    for index, one in enumerate(here):
        _code(paper, one, x + 5 + (index % 2) * 32, 20 + 22 * (index // 2))


def _code(paper: _Paper, one: Placed, x: float, y: float) -> None:
    tone = _LEVELS.get(one.badge.value, "und")
    loose = tone == "und"
    paper.box(x, y, 30, 18, fill=f"{tone}-bg", stroke=f"{tone}-ln", thick=1.25, dash="3 2" if loose else "")
    paper.line(one.code, x + 15, y + 13, size=10.5, bold=True, colour=f"{tone}-ink", anchor="middle")


def _codes(paper: _Paper, loose: Sequence[Placed], x: float, width: float) -> None:
    paper.down(4)
    for one in loose:
        _code(paper, one, x, 0)
        paper.shape("undetermined", x + 36, 3, 12, "und-ln")
        for line in _wrap(one.name, width - x - 54, 12):
            paper.line(line, x + 54, 13, size=12)
            paper.down(16)
        paper.down(6)


def _matrix_says(placed: Sequence[Placed], texts: Texts) -> str:
    parts = [f"{texts('picture.matrix.not_placed')}: {', '.join(codes)}." for codes in [[one.code for one in placed if _is_loose(one)]] if codes]
    for level in ("very_high", "high", "moderate", "low"):
        of_level = [one for one in placed if one.badge.value == level and not _is_loose(one)]
        if of_level:
            parts.append(f"{of_level[0].badge.word}: {', '.join(one.code for one in of_level)}.")
    return " ".join(part[:1].upper() + part[1:] for part in parts)


def _matrix_table(placed: Sequence[Placed], grid: Grid, texts: Texts) -> Table:
    columns = tuple(texts(f"picture.column.{name}") for name in ("domain", "level", "likelihood", "severity"))
    rows = tuple((f"{one.code} {one.name}", one.badge, _named(grid.likelihoods, one.likelihood), _named(grid.severities, one.severity))
                 for one in placed)
    return Table(texts("picture.matrix.title"), columns, rows)


def _named(words: Sequence[str], place: int) -> str:
    return words[place - 1] if 1 <= place <= len(words) else "–"


def _scenario_heads(paper: _Paper, columns: Sequence[ScenarioColumn], wide: float) -> None:
    names = [_wrap(column.name, wide - 12, 13, bold=True) for column in columns]
    outcomes = [_wrap(column.outcome.word, wide - 34, 11.5, bold=True) for column in columns]
    tall = max(map(len, names)) * 17
    deep = max(map(len, outcomes)) * 15 + 12
    for index, column in enumerate(columns):
        x = index * wide
        for number, line in enumerate(names[index]):
            paper.line(line, x + 2, 13 + 17 * number, size=13, bold=True)
        _level_box(paper, column.outcome, outcomes[index], x, tall + 4, wide - 6, deep, size=11.5)
    paper.down(tall + deep + 14)


def _level_box(paper: _Paper, badge: Badge, lines: Sequence[str], x: float, y: float, width: float, height: float, *, size: float) -> None:
    value = badge.value if badge.value in _LEVELS else "undetermined"
    tone = _LEVELS[value]
    paper.box(x, y, width, height, fill=f"{tone}-bg", stroke=f"{tone}-ln", thick=1.25, dash="4 3" if tone == "und" else "")
    paper.shape(value, x + 7, y + (height - 12) / 2, 12, "vhi-ink" if tone == "vhi" else f"{tone}-ln")
    top = y + height / 2 + size * 0.36 - (len(lines) - 1) * (size + 3.5) / 2
    for number, line in enumerate(lines):
        paper.line(line, x + 25, top + number * (size + 3.5), size=size, bold=True, colour=f"{tone}-ink")


def _scenario_row(paper: _Paper, name: str, cells: Sequence[Badge | None], wide: float, texts: Texts) -> None:
    paper.rule(0, 0, paper.width - 6, stroke="line")
    paper.down(5)
    paper.words(name, 0, paper.width - 6, size=12, colour="ink-2")
    paper.down(2)
    for index, badge in enumerate(cells):
        if badge is None:
            paper.line(texts("picture.not_used"), index * wide + 2, 16, size=11, colour="ink-2")
        else:
            _level_box(paper, badge, [_fit(badge.word, wide - 34, 11.5)], index * wide, 1, wide - 6, 22, size=11.5)
    paper.down(31)


def _scenario_table(columns: Sequence[ScenarioColumn], domains: Sequence[tuple[str, str]], texts: Texts) -> Table:
    unused = texts("picture.not_used")
    rows: list[tuple[Cell, ...]] = [(texts("picture.column.outcome"), *(column.outcome for column in columns))]
    rows += [(name, *(column.levels.get(code, unused) for column in columns)) for code, name in domains
             if any(code in column.levels for column in columns)]
    return Table(texts("picture.scenarios.title"), (texts("picture.column.domain"), *(column.name for column in columns)), tuple(rows))


def _wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Words over lines that fit `width`; a word longer than a line is broken."""
    lines: list[str] = []
    line = ""
    for word in _broken(text, width, size, bold):
        longer = f"{line} {word}" if line else word
        if line and _width_of(longer, size, bold=bold) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def _broken(text: str, width: float, size: float, bold: bool) -> Iterator[str]:
    for word in text.split():
        while len(word) > 1 and _width_of(word, size, bold=bold) > width:
            fits = next(end for end in range(len(word) - 1, 0, -1) if end == 1 or _width_of(word[:end] + "-", size, bold=bold) <= width)
            yield word[:fits] + "-"
            word = word[fits:]
        yield word


def _fit(text: str, width: float, size: float) -> str:
    """The text, or as much of it as fits on one line with an ellipsis; the table has it in full."""
    if _width_of(text, size, bold=True) <= width:
        return text
    return next((text[:end] + "…" for end in range(len(text) - 1, 0, -1) if _width_of(text[:end] + "…", size, bold=True) <= width), "…")


def _width_of(text: str, size: float, *, bold: bool = False) -> float:
    # An estimate from the usual widths of Noto Sans, on the safe side; fonts differ and nothing may be cut off.
    units = sum(0.32 if letter in "iljtfI.,:;'| -" else 0.92 if letter in "mwMW@" else 0.68 if letter.isupper() else 0.58 for letter in text)
    return units * size * (1.06 if bold else 1.0)


def _n(value: float) -> str:
    """A number as short as it can be, the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
