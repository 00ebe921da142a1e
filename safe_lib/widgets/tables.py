"""A table of HTML cells whose rows fold into blocks on a narrow screen."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def table_html(id: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows of HTML cells; the first of each heads its row. `id` names the heading above it, `{id}-title`."""
    titles = "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in heads)
    return (f'<table class="tbl fold-rows" role="table" aria-labelledby="{id}-title"><thead role="rowgroup"><tr role="row">{titles}</tr></thead>'
            f'<tbody role="rowgroup">{"".join(_row(heads, row) for row in rows)}</tbody></table>')


def _row(heads: Sequence[str], row: Sequence[str]) -> str:
    cells = "".join(f'<td role="cell" data-label="{escape(name)}"><div>{cell}</div></td>' for name, cell in zip(heads[1:], row[1:], strict=True))
    return f'<tr role="row"><th scope="row" role="rowheader">{row[0]}</th>{cells}</tr>'
