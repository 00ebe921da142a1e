"""The script of the form is one module, whoever asks for it."""

from __future__ import annotations

import re

from safe_lib.runtime.assets import assets
from safe_lib.widgets.form import Form
from safe_lib.widgets.script import PARTS, WEB, form_script


def test_a_page_and_a_notebook_get_the_same_script() -> None:
    """One text: as the asset of a page, and as the module of the widget."""
    _, files = assets()

    assert files["form.js"].body.decode() == form_script() == str(Form._esm)


def test_every_part_is_in_it_and_imports_nothing() -> None:
    """A part that is not named would be missed; a part that imports could not be joined."""
    files = {path.stem: path.read_text(encoding="utf-8") for path in (WEB / "form").glob("*.js")}

    assert set(files) == set(PARTS)
    assert all(text in form_script() for text in files.values())
    assert not re.search(r"^\s*(import|export)\b", "".join(files.values()), re.MULTILINE)
    assert len(re.findall(r"^export default", form_script(), re.MULTILINE)) == 1
