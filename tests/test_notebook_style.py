"""The look of the form in a notebook: nested under what is ours, and read by nobody else."""

from __future__ import annotations

import re

from safe_lib.widgets.style import OURS, notebook_style


def test_everything_is_nested_under_what_is_ours() -> None:
    """At the outermost level stand our own elements, and the theme they are in; nothing names the page around."""
    depth, outside = 0, ""
    for sign in notebook_style():
        depth += {"{": 1, "}": -1}.get(sign, 0)
        outside += sign if depth == 0 else ""
    selectors = [one.strip() for one in outside.split("}") if one.strip()]

    assert depth == 0
    assert selectors == [OURS, f'[data-jp-theme-light="true"] {OURS}', f'[data-jp-theme-light="false"] {OURS}', ".sprite"]
    assert not re.search(r"(?<![\w-])(:root|html)(?![\w-])|@page|@import|@font-face|url\(", notebook_style())
