"""Small pictures for pages and papers: a drawing, a sentence that says what it shows, a table that says the same.

Nothing is told by colour alone: height is strength, fill is present, dashes are open, dots are absent; a level is a
word and a shape as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from safe_lib.model.document import Badge, Cell, Picture, Table
from safe_lib.model.texts import Texts
from safe_lib.widgets.drawing import Paper, fit, width_of, wrap

WIDTH: Final = 360  # units; close to the width of a phone, so that the words keep their size there

_TONES: Final = {"low": "low", "moderate": "mod", "high": "hig", "very_high": "vhi", "undetermined": "und"}
_STATES: Final = ("present", "open", "absent")
_STRENGTHS: Final = ("strong", "medium", "weak")
_HEIGHTS: Final = {"strong": 26, "medium": 16, "weak": 7}
_TRUTHS: Final = {"positive": "holds", "negative": "fails", "open": "open"}
_TRUTH_COLOURS: Final = {"holds": "brand", "open": "note-line", "fails": "ink-2"}


@dataclass(frozen=True, slots=True)
class Mark:
    """One indicator: how strongly it points, and whether it was seen."""

    strength: str  # strong | medium | weak
    state: str  # present | open | absent


@dataclass(frozen=True, slots=True)
class PatternRow:
    """One dimension. Rows that follow each other with the same `heading` stand under it."""

    name: str
    result: str  # positive | negative | open
    result_word: str
    marks: tuple[Mark, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """One domain with its level; an `undetermined` one has no place in the matrix and is named below it."""

    code: str
    name: str
    badge: Badge
    likelihood: int = 0  # 1 to 4
    severity: int = 0  # 1 to 4

    @property
    def is_loose(self) -> bool:
        """It cannot be placed: its level, its likelihood or its severity is not determined."""
        return self.badge.value == "undetermined" or not (1 <= self.likelihood <= 4 and 1 <= self.severity <= 4)


@dataclass(frozen=True, slots=True)
class Grid:
    """The matrix of an instrument in words: four rows of likelihood, four columns of severity, least first."""

    likelihoods: tuple[str, ...]
    severities: tuple[str, ...]
    levels: tuple[tuple[Badge, ...], ...]  # [likelihood - 1][severity - 1]


@dataclass(frozen=True, slots=True)
class ScenarioColumn:
    """One considered future: its name, its outcome as a level badge, the level of each domain it uses."""

    name: str
    outcome: Badge
    levels: Mapping[str, Badge] = field(default_factory=dict)  # domain code → level


def dimension_pattern(rows: Sequence[PatternRow], texts: Texts) -> Picture:
    """Each dimension as a row of bars, one an indicator: present ones first, then open, then absent."""
    paper = _paper(WIDTH, texts, "picture.pattern.title")
    heading = ""
    for row in rows:
        if row.heading and row.heading != heading:
            paper.down(8)
            paper.words(row.heading, 0, WIDTH, size=12, bold=True, colour="ink-2")
        heading = row.heading
        _pattern_row(paper, row)
    _legend(paper, texts)
    counts = Counter(row.result for row in rows)
    says = texts("picture.pattern.says", shown=counts["positive"], open=counts["open"], not_so_far=counts["negative"])
    return Picture(paper.svg(), says, _pattern_table(rows, texts))


def domain_matrix(placed: Sequence[Placed], grid: Grid, texts: Texts) -> Picture:
    """Each domain's code where its likelihood and its severity meet; likelihood upwards, severity across."""
    paper = _paper(WIDTH, texts, "picture.matrix.title")
    _severity_heads(paper, grid)
    for likelihood in range(4, 0, -1):
        _matrix_row(paper, placed, grid, likelihood)
    paper.down(4)
    paper.words(texts("picture.matrix.axes"), 0, WIDTH, size=11, colour="ink-2")
    _loose(paper, [one for one in placed if one.is_loose], texts)
    return Picture(paper.svg(), _matrix_says(placed, texts), _matrix_table(placed, grid, texts))


def scenario_comparison(columns: Sequence[ScenarioColumn], domains: Sequence[tuple[str, str]], texts: Texts) -> Picture:
    """Futures side by side in the order given: the outcome on top, then the level of each domain they use.

    Args:
        columns: the futures, in the person's own order; one to four.
        domains: code and name of each domain, in the order of the instrument.
        texts: the words around it.
    """
    width = max(WIDTH, 120 * len(columns))
    paper = _paper(width, texts, "picture.scenarios.title")
    wide = width / max(len(columns), 1)
    _scenario_heads(paper, columns, wide)
    for code, name in domains:
        cells = [column.levels.get(code) for column in columns]
        if any(cells):
            _scenario_row(paper, name, cells, wide, texts)
    says = " ".join(f"{column.name}: {column.outcome.word}." for column in columns)
    kind = "pic pic-wide" if width > WIDTH else "pic"
    return Picture(paper.svg(kind), says, _scenario_table(columns, domains, texts))


def _paper(width: float, texts: Texts, title: str) -> Paper:
    return Paper(width, direction=texts.direction, title=texts(title))


# The pattern of dimensions.

def _pattern_row(paper: Paper, row: PatternRow) -> None:
    truth = _TRUTHS[row.result]
    room = width_of(row.result_word, 13, bold=True) + 18
    start = paper.y
    paper.down(6)
    paper.line(row.result_word, WIDTH, 13, size=13, bold=True, anchor="end")
    paper.shape(truth, WIDTH - room, 2, 12, colour=_TRUTH_COLOURS[truth])
    paper.words(row.name, 0, WIDTH - room - 8, size=13)
    paper.y = max(paper.y, start + 22)
    _bars(paper, row.marks)


def _bars(paper: Paper, marks: Sequence[Mark]) -> None:
    step = min(14.0, (WIDTH - 4) / max(len(marks), 1))
    for index, mark in enumerate(sorted(marks, key=_place)):
        _bar(paper, mark, index * step, step - 4)
    paper.rule(0, 29.5, max(len(marks) * step - 4, 8), stroke="line-2")
    paper.down(34)


def _place(mark: Mark) -> tuple[int, int]:
    return _STATES.index(mark.state), _STRENGTHS.index(mark.strength)


def _bar(paper: Paper, mark: Mark, x: float, width: float) -> None:
    height = _HEIGHTS[mark.strength]
    if mark.state == "present":
        paper.box(x, 28 - height, width, height, fill="brand", radius=1.5, solid=True)
    elif mark.state == "open":
        paper.box(x, 28 - height, width, height, fill="note", stroke="note-line", thick=1.25, dash="2 1.6", radius=1.5)
    else:
        paper.dot(x + width / 2, 25, 2, fill="line-2")


def _legend(paper: Paper, texts: Texts) -> None:
    signs = [(Mark(strength, "present"), strength) for strength in _STRENGTHS]
    signs += [(Mark("medium", state), state) for state in ("open", "absent")]
    x = 0.0
    for mark, key in signs:
        word = texts(f"picture.{key}")
        room = 14 + width_of(word, 12)
        if x + room > WIDTH:
            x = 0.0
            paper.down(30)
        _bar(paper, mark, x, 8)
        paper.line(word, x + 14, 28, size=12, colour="ink-2")
        x += room + 12
    paper.down(32)


def _pattern_table(rows: Sequence[PatternRow], texts: Texts) -> Table:
    names = ("dimension", "result", *_STRENGTHS, "open", "asked")
    columns = tuple(texts(f"picture.column.{name}") for name in names)
    return Table(texts("picture.pattern.title"), columns, tuple(_pattern_cells(row) for row in rows))


def _pattern_cells(row: PatternRow) -> tuple[Cell, ...]:
    present = Counter(mark.strength for mark in row.marks if mark.state == "present")
    still_open = sum(mark.state == "open" for mark in row.marks)
    counts = (*(present[strength] for strength in _STRENGTHS), still_open, len(row.marks))
    return (row.name, Badge("truth", _TRUTHS[row.result], row.result_word), *map(str, counts))


# The matrix of likelihood and severity.

_SIDE: Final = 68.0  # room for the words of likelihood
_CELL: Final = (WIDTH - _SIDE) / 4
_GAP: Final = 3.0


def _severity_heads(paper: Paper, grid: Grid) -> None:
    heads = [wrap(word, _CELL - 6, 11, bold=True) for word in grid.severities]
    most = max(map(len, heads))
    for column, lines in enumerate(heads):
        for row, line in enumerate(lines):
            paper.line(line, _SIDE + _CELL * (column + 0.5), 11 + 14 * (most - len(lines) + row), size=11, bold=True,
                       colour="ink-2", anchor="middle")
    paper.down(14 * most + 4)


def _matrix_row(paper: Paper, placed: Sequence[Placed], grid: Grid, likelihood: int) -> None:
    fixed = [one for one in placed if not one.is_loose and one.likelihood == likelihood]
    cells = [[one for one in fixed if one.severity == severity] for severity in range(1, 5)]
    height = 26.0 + 22 * max(1, *((len(cell) + 1) // 2 for cell in cells))
    lines = wrap(grid.likelihoods[likelihood - 1], _SIDE - 8, 11, bold=True)
    for row, line in enumerate(lines):
        y = height / 2 + 4 + 14 * (row - (len(lines) - 1) / 2)
        paper.line(line, _SIDE - 8, y, size=11, bold=True, colour="ink-2", anchor="end")
    for column, cell in enumerate(cells):
        badge = grid.levels[likelihood - 1][column]
        _matrix_cell(paper, badge, cell, _SIDE + _CELL * column, height - _GAP)
    paper.down(height)


def _matrix_cell(paper: Paper, badge: Badge, cell: Sequence[Placed], x: float, height: float) -> None:
    tone = _TONES[badge.value]
    width = _CELL - _GAP
    if badge.value == "very_high":  # a border instead of the full colour: the codes inside must stand out
        paper.box(x, 0, width, height, fill="surface", stroke="vhi-bg", thick=1.5)
    else:
        paper.box(x, 0, width, height, fill=f"{tone}-bg", opacity=0.5)
    paper.shape(badge.value, x + 5, 6, 9, colour="vhi-bg" if tone == "vhi" else f"{tone}-ln")
    paper.line(fit(badge.word, width - 19, 10.5), x + 17, 14, size=10.5)
    for index, one in enumerate(cell):
        _code(paper, one, x + 5 + (index % 2) * 32, 20 + 22 * (index // 2))


def _code(paper: Paper, one: Placed, x: float, y: float) -> None:
    tone = "und" if one.is_loose else _TONES[one.badge.value]
    paper.box(x, y, 30, 18, fill=f"{tone}-bg", stroke=f"{tone}-ln", thick=1.25, dash="3 2" if one.is_loose else "")
    paper.line(one.code, x + 15, y + 13, size=10.5, bold=True, colour=f"{tone}-ink", anchor="middle")


def _loose(paper: Paper, loose: Sequence[Placed], texts: Texts) -> None:
    if not loose:
        return
    paper.down(8)
    paper.words(texts("picture.matrix.not_placed"), 0, WIDTH, size=12, bold=True)
    paper.down(4)
    for one in loose:
        _code(paper, one, 0, 0)
        paper.shape("undetermined", 38, 3, 12, colour="und-ln")
        for line in wrap(one.name, WIDTH - 58, 12):
            paper.line(line, 57, 13, size=12)
            paper.down(16)
        paper.down(6)


def _matrix_says(placed: Sequence[Placed], texts: Texts) -> str:
    words = {one.badge.value: one.badge.word for one in placed if not one.is_loose}
    parts = [(words[level], [one.code for one in placed if not one.is_loose and one.badge.value == level])
             for level in ("very_high", "high", "moderate", "low") if level in words]
    parts.append((texts("picture.matrix.not_placed"), [one.code for one in placed if one.is_loose]))
    return " ".join(f"{word[:1].upper()}{word[1:]}: {', '.join(codes)}." for word, codes in parts if codes)


def _matrix_table(placed: Sequence[Placed], grid: Grid, texts: Texts) -> Table:
    columns = tuple(texts(f"picture.column.{name}") for name in ("domain", "level", "likelihood", "severity"))
    rows = tuple((f"{one.code} {one.name}", one.badge, _named(grid.likelihoods, one.likelihood, texts),
                  _named(grid.severities, one.severity, texts)) for one in placed)
    return Table(texts("picture.matrix.title"), columns, rows)


def _named(words: Sequence[str], place: int, texts: Texts) -> str:
    return words[place - 1] if 1 <= place <= len(words) else texts("picture.open")


# Futures side by side.

def _scenario_heads(paper: Paper, columns: Sequence[ScenarioColumn], wide: float) -> None:
    names = [wrap(column.name, wide - 12, 13, bold=True) for column in columns]
    outcomes = [wrap(column.outcome.word, wide - 36, 11.5, bold=True) for column in columns]
    tall = max(map(len, names), default=0) * 17.0
    deep = max(map(len, outcomes), default=0) * 15 + 12.0
    for index, column in enumerate(columns):
        for row, line in enumerate(names[index]):
            paper.line(line, index * wide + 2, 13 + 17 * row, size=13, bold=True)
        _level_box(paper, column.outcome, outcomes[index], index * wide, tall + 4, wide - 6, deep)
    paper.down(tall + deep + 14)


def _scenario_row(paper: Paper, name: str, cells: Sequence[Badge | None], wide: float, texts: Texts) -> None:
    paper.rule(0, 0, paper.width - 6, stroke="line")
    paper.down(5)
    paper.words(name, 0, paper.width - 6, size=12, colour="ink-2")
    paper.down(2)
    for index, badge in enumerate(cells):
        if badge is None:
            paper.line(texts("picture.not_used"), index * wide + 2, 16, size=11, colour="ink-2")
        else:
            _level_box(paper, badge, [fit(badge.word, wide - 34, 11.5, bold=True)], index * wide, 1, wide - 6, 22)
    paper.down(31)


def _level_box(paper: Paper, badge: Badge, lines: Sequence[str], x: float, y: float, width: float,
               height: float) -> None:
    value = badge.value if badge.value in _TONES else "undetermined"
    tone = _TONES[value]
    paper.box(x, y, width, height, fill=f"{tone}-bg", stroke=f"{tone}-ln", thick=1.25, dash="4 3" * (tone == "und"))
    paper.shape(value, x + 7, y + (height - 12) / 2, 12, colour="vhi-ink" if tone == "vhi" else f"{tone}-ln")
    first = y + height / 2 + 4 - 7.5 * (len(lines) - 1)
    for row, line in enumerate(lines):
        paper.line(line, x + 25, first + 15 * row, size=11.5, bold=True, colour=f"{tone}-ink")


def _scenario_table(columns: Sequence[ScenarioColumn], domains: Sequence[tuple[str, str]], texts: Texts) -> Table:
    unused = texts("picture.not_used")
    rows: list[tuple[Cell, ...]] = [(texts("picture.column.outcome"), *(column.outcome for column in columns))]
    rows += [(name, *(column.levels.get(code, unused) for column in columns)) for code, name in domains
             if any(code in column.levels for column in columns)]
    names = (texts("picture.column.domain"), *(column.name for column in columns))
    return Table(texts("picture.scenarios.title"), names, tuple(rows))
