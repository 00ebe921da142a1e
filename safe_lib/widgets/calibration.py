"""How a trainee reads, as a drawing of our own: one bar for each practice case, in parts for each way. The same in words stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from safe_lib.model.practice import WAYS, Worked
from safe_lib.model.texts import Texts
from safe_lib.widgets.drawing import number

BAR: Final = 14  # units high
ROW: Final = 34
WIDTH: Final = 340
PATTERNS: Final = {"same": 1.0, "more": 0.75, "less": 0.55, "closed": 0.4, "left_open": 0.25, "otherwise": 0.12}  # how dark: told apart without colours


def calibration_svg(worked: Sequence[Worked], texts: Texts) -> str:
    """The drawing; nothing where nothing was handed in. Bars are as long as the case has questions; no case stands above another."""
    if not worked:
        return ""
    longest = max(len(one.lines) for one in worked)
    rows = "".join(_row(one, place, longest, texts) for place, one in enumerate(worked))
    height = ROW * len(worked) + 4
    return (f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(texts("practice.picture", count=len(worked)))}" direction="ltr" '
            f'class="calibration" width="100%">{rows}</svg>')


def _row(one: Worked, place: int, longest: int, texts: Texts) -> str:
    top, unit = place * ROW + 14, (WIDTH - 4) / longest
    parts, left = [], 2.0
    for way, count in one.counts().items():
        if count:
            wide = count * unit
            told = f'<title>{escape(texts(f"practice.way.{way}"))}: {count}</title>'
            parts.append(f'<rect data-way="{way}" x="{number(left)}" y="{top}" width="{number(wide)}" height="{BAR}" fill="currentColor" '
                         f'fill-opacity="{PATTERNS[way]}" stroke="currentColor" stroke-width="0.7">{told}</rect>')
            left += wide
    return f'<text x="2" y="{top - 3}" font-size="10" fill="currentColor">{escape(one.case.title)}</text>{"".join(parts)}'


def legend_html(texts: Texts) -> str:
    """What each part of a bar means."""
    signs = {way: f'<svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true"><rect x="1" y="1" width="12" height="12" fill="currentColor" '
                  f'fill-opacity="{PATTERNS[way]}" stroke="currentColor"/></svg>' for way in WAYS}
    words = {way: (texts(f"practice.way.{way}"), texts(f"practice.way.{way}.about")) for way in WAYS}
    items = "".join(f"<li>{signs[way]} <strong>{escape(name)}</strong>: {escape(about)}</li>" for way, (name, about) in words.items())
    return f'<ul class="plain">{items}</ul>'
