"""The prose of workbooks: read from the notebook, and its translations by the ids of its cells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from safe_lib.catalogue import paths
from safe_lib.catalogue.reading import LARGEST, read_yaml
from safe_lib.model.errors import CatalogueError, WrongUse


def workbook_names() -> tuple[str, ...]:
    """The workbooks, by file name."""
    return tuple(path.stem for path in sorted(paths.WORKBOOKS.glob("*.ipynb")))


def workbook_path(name: str) -> Path:
    """The notebook of a workbook.

    Raises:
        WrongUse: there is none with this name.
    """
    if name not in workbook_names():
        raise WrongUse(f'{name}: there is no workbook "{name}".\n  There are: {", ".join(workbook_names())}.')
    return paths.WORKBOOKS / f"{name}.ipynb"


def read_notebook(name: str, language: str = "en") -> dict[str, Any]:
    """A workbook as plain values, its prose in a language where that was written.

    Raises:
        WrongUse: there is none with this name.
        CatalogueError: the file is no notebook.
    """
    return dict(in_language(_notebook(workbook_path(name)), name, language))


def _notebook(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError
        notebook: dict[str, Any] = json.loads(path.read_bytes())
        if not all(isinstance(cell["source"], (str, list)) and isinstance(cell["metadata"], dict) and cell["cell_type"] for cell in notebook["cells"]):
            raise ValueError
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        repair = "Take it out of the folder workbooks, or put the right file in its place."
        raise CatalogueError(path.name, 0, "this is not a notebook.", repair=repair) from None
    return notebook


@lru_cache(maxsize=64)
def translated_prose(name: str, language: str) -> Mapping[str, str]:
    """Cell id → the prose in another language, where somebody has written it."""
    path = paths.LOCALES / language / "workbooks" / f"{name}.yaml"
    return {str(id): str(text) for id, text in (read_yaml(path).value or {}).items()} if path.is_file() else {}


def in_language(notebook: Any, name: str, language: str) -> Any:
    """The notebook with its prose in another language."""
    said = translated_prose(name, language)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and cell.get("id") in said:
            cell["source"] = said[cell["id"]]
    return notebook


def source_of(cell: Mapping[str, Any]) -> str:
    """The text of a cell, however it is stored."""
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
