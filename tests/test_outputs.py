"""What a kernel made of a cell stands at the end of a page, each output with its place, and nothing of it is taken for more than it is."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from safe_lib.runtime.outputs import WIDGET, cell_html

NEW = nbformat.v4.new_output


def cell(*outputs: Any, **metadata: Any) -> Any:
    """A cell of an analyst with these outputs."""
    made = nbformat.v4.new_code_cell("…", outputs=list(outputs), metadata={"safe_failed": "Kon <niet>.", **metadata})
    made["id"] = "abc"
    return made


@pytest.mark.parametrize(("output", "inside"), [
    (NEW("display_data", data={"text/html": "<b>1</b>", "text/plain": "1"}), "<b>1</b>"),
    (NEW("execute_result", data={"image/svg+xml": "<svg></svg>", "text/plain": "?"}), "<svg></svg>"),
    (NEW("execute_result", data={"text/plain": "<Form & co>"}), "<pre>&lt;Form &amp; co&gt;</pre>"),
    (NEW("stream", name="stdout", text="a < b"), "<pre>a &lt; b</pre>"),
    (NEW("stream", name="stderr", text="a warning with a name in it"), ""),
    (NEW("error", ename="KeyError", evalue="'a name'", traceback=["a name"]), '<p class="q-msg" role="alert">Kon &lt;niet&gt;.</p>'),
])
def test_an_output_goes_to_its_place(output: Any, inside: str) -> None:
    """As its kind asks for; of an error only that it was one, in the page's own words."""
    place = "out-1-abc"
    assert cell_html(cell(output)) == f'<template id="{place}">{inside}</template><safe-place data-from="{place}" data-cell="abc"></safe-place>'


def test_a_widget_is_named_by_its_model() -> None:
    """The script of the page brings it to life."""
    assert cell_html(cell(NEW("display_data", data={WIDGET: {"model_id": "0f"}}))) == '<safe-widget data-model="0f"></safe-widget>'


def test_what_the_page_shows_by_itself_is_not_shown_twice() -> None:
    """Nor is prose."""
    assert cell_html(cell(NEW("stream", name="stdout", text="x"), safe_shown=True)) == ""
    assert cell_html(nbformat.v4.new_markdown_cell("# x")) == ""
