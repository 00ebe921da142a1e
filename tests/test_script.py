"""The script of the form is one text, whoever asks for it; and the script of a page is one file."""

from __future__ import annotations

import re

import pytest

from safe_lib.runtime.assets import assets
from safe_lib.widgets.form import Form
from safe_lib.widgets.script import PAGES, PARTS, WEB, form_script, page_script


def test_a_page_and_a_notebook_get_the_same_script() -> None:
    """One text: as the asset of a page, and as the module of the widget."""
    assert str(Form._esm) == form_script()
    assert form_script().replace("export default {", "const given = {") in page_script("page")


def test_every_part_is_in_it_and_imports_nothing() -> None:
    """A part that is not named would be missed; a part that imports could not be joined."""
    files = {path.stem: path.read_text(encoding="utf-8") for path in (WEB / "form").glob("*.js")}

    assert set(files) == set(PARTS)
    assert all(text in form_script() for text in files.values())
    assert not re.search(r"^\s*(import|export)\b", "".join(files.values()), re.MULTILINE)
    assert len(re.findall(r"^export default", form_script(), re.MULTILINE)) == 1


IMPORT = re.compile(r'^import (?:.+ from )?"\./(\w+)\.js";$|\bimport\("\./(\w+)\.js"\)', re.MULTILINE)


def needs(name: str) -> set[str]:
    """A module and all that it imports, at once or later."""
    text = (WEB / f"{name}.js").read_text(encoding="utf-8")
    return {name}.union(*(needs(one or later) for one, later in IMPORT.findall(text)))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_gets_one_file_with_all_that_its_script_needs(name: str) -> None:
    """Each module once and after what it takes names from; nothing is left to be fetched, and no word of a module is missing."""
    text = page_script(name)
    order = re.findall(r"^const \$(\w+) = \(\(\) => \{$", text, re.MULTILINE)

    assert set(order) == needs(name) and len(order) == len(set(order)) and order[-1] == name
    assert not re.search(r"^(import|export)\b|\bimport\(", text, re.MULTILINE)
    for place, one in enumerate(order):
        assert needs(one) <= set(order[: place + 1])
        body = form_script() if one == "form" else (WEB / f"{one}.js").read_text(encoding="utf-8")
        lines = [line for line in body.splitlines() if not re.match(r"(import|export)\b", line) and not IMPORT.search(line)]
        assert "\n".join(lines[-3:]) in text and "\n".join(lines[:3]) in text
    taken = {(source, found) for names, source in re.findall(r"^const \{ ([^}]+) \} = \$(\w+);$", text, re.MULTILINE)
             for found in re.findall(r"(\w+)(?:: \w+)?", names.replace("default: component", "default"))}
    for source, found in taken:
        given = re.search(rf"^const \${source} = .*?^return \{{ (.*?) \}};$", text, re.MULTILINE | re.DOTALL)
        assert given and re.search(rf"\b{found}: ", given[1]), (source, found)


def test_what_is_served_is_what_pages_name() -> None:
    """Every module belongs to the file of some page, and no module has an address of its own."""
    _, files = assets()

    assert set(files) == {"safe.css", *(f"{name}.js" for name in PAGES)}
    assert set().union(*(needs(name) for name in PAGES)) == {path.stem for path in WEB.glob("*.js")}
    assert all(files[f"{name}.js"].body.decode() == page_script(name) for name in PAGES)
