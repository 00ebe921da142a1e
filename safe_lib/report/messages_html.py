"""A print of the messages as one HTML file: no script, no form, no request, nothing that stays."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any, Final

from safe_lib.report.messages import Sheet

# The file may ask nothing of anybody; what somebody chooses in it is sent nowhere, as there is neither a form nor a script.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
_STYLE: Final = (
    "@page{{size:{width}mm {height}mm;margin:6mm}}body{{font:16px/1.5 'Noto Sans','Noto Sans Arabic','Noto Sans Ethiopic',sans-serif;max-width:44rem;"
    "margin:1rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}}h1{{font-size:1.4em}}h2{{font-size:1.1em;margin:1em 0 .2em}}p{{margin:.2em 0 .6em}}"
    ".quiet{{font-size:.85em;color:#444}}.line{{border-bottom:1px solid #1b1b1b;height:2em}}bdi{{font-weight:700}}table{{border-collapse:collapse;width:100%}}"
    "th,td{{text-align:start;vertical-align:top;padding:.3em;border-bottom:1px solid #999}}fieldset{{border:0;padding:0;margin:0 0 1em}}"
    "legend{{font-weight:700;padding:0}}label{{display:inline-block;padding:.6em 1em .6em 0}}input{{width:1.2em;height:1.2em;vertical-align:-.2em}}"
)


def page_html(sheet: Sheet) -> str:
    """The whole file."""
    style = _STYLE.format(width=sheet.kind.width, height=sheet.kind.height)
    return (f'<!doctype html>\n<html lang="{sheet.language}" dir="{sheet.direction}"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><meta name="referrer" content="no-referrer">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(sheet.window)}</title><style>{style}</style></head>'
            f"<body><main>{parts_html(sheet)}</main></body></html>\n")  # fmt: skip


def parts_html(sheet: Sheet, *, level: int = 1) -> str:
    """The inside of it; on a page of ours its headings begin lower."""
    return "".join(_part(part, level) for page in (*sheet.pages, sheet.foot) for part in page)


def _part(part: dict[str, Any], level: int) -> str:
    marks, text = f'lang="{part["language"]}" dir="{part["direction"]}"', escape(part["text"])
    if part["is"] in ("title", "headline"):
        depth = level + (part["is"] == "headline")
        return f"<h{depth} {marks}>{text}</h{depth}>"
    if part["is"] == "labelled":
        return f"<p {marks}><b>{escape(part['label'])}</b> {text}</p>"
    if part["is"] == "list":
        return f"<ul {marks}>{_each('li', part['items'])}</ul>"
    if part["is"] == "contact":
        return f"<p {marks}>{text} {' '.join(f'<bdi dir=ltr>{escape(one)}</bdi>' for one in part['numbers'])}</p>"
    if part["is"] == "line":
        return '<p class="line"></p>'
    if part["is"] == "table":
        rows = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in part["rows"])
        return f"<table {marks}><thead><tr>{_each('th', part['columns'])}</tr></thead><tbody>{rows}</tbody></table>"
    if part["is"] == "question":
        return _question(part, marks)
    return f'<p {marks}{" class=quiet" if part["is"] == "quiet" else ""}>{text}</p>'


def _each(tag: str, texts: Iterable[str]) -> str:
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)


def _cell(cell: dict[str, Any]) -> str:
    return f'<td lang="{cell["language"]}" dir="{cell["direction"]}">{escape(cell["text"])}</td>'


def _question(part: dict[str, Any], marks: str) -> str:
    """Radio buttons outside any form: there is nothing they could be sent with. The browser is told not to remember them."""
    name = escape(part["id"])
    choices = "".join(f'<label for="{name}-{place}"><input type="radio" id="{name}-{place}" name="{name}" autocomplete="off"> {escape(text)}</label>'
                      for place, text in enumerate(part["items"]))
    return f"<fieldset {marks}><legend>{escape(part['text'])}</legend>{choices}</fieldset>"
