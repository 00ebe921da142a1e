"""What a kernel made of a cell, as the end of a page has it. Voilà's template calls it as a filter: it is compiled anew for every visit, this is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

WIDGET: Final = "application/vnd.jupyter.widget-view+json"


def cell_html(cell: Mapping[str, Any]) -> str:
    """The outputs of one cell, each with the mark by which the page puts it in its place; nothing of a cell that the page shows by itself."""
    if cell["cell_type"] != "code" or cell["metadata"].get("safe_shown"):
        return ""
    return "".join(_pieces(cell))


def _pieces(cell: Mapping[str, Any]) -> Iterator[str]:
    for number, output in enumerate(cell["outputs"], start=1):
        data = output.get("data", {})
        if WIDGET in data:
            yield f'<safe-widget data-model="{escape(data[WIDGET]["model_id"])}"></safe-widget>'
            continue
        place = f"out-{number}-{escape(cell['id'])}"
        yield f'<template id="{place}">{_inside(cell, output, data)}</template><safe-place data-from="{place}" data-cell="{escape(cell["id"])}"></safe-place>'


def _inside(cell: Mapping[str, Any], output: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """One output; of an error a sentence, and of what was said aside nothing."""
    match output["output_type"]:
        case "error":
            return f'<p class="q-msg" role="alert">{escape(cell["metadata"].get("safe_failed", ""))}</p>'
        case "stream":
            return f"<pre>{escape(output['text'])}</pre>" if output["name"] == "stdout" else ""
    for kind in ("text/html", "image/svg+xml"):
        if kind in data:
            return str(data[kind])
    return f"<pre>{escape(str(data.get('text/plain', '')))}</pre>"
