"""The scripts of pages, each as one text: what JupyterLab gets can follow no imports, and for a page each file is a request of its own.

The form's parts are chapters of one module: they share its names, stand in the order below, and import nothing. The files
beside them in `web/` are modules; a page gets the one it names with all that it needs, each in a function of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

WEB: Final = Path(__file__).parent / "web"
FORM: Final = "form.js"
HAS_SCRIPT: Final = "SAFE_PAGE"  # set in the environment of a kernel whose page has the script
PARTS: Final = ("basics", "question", "paper", "outbox", "status", "gate", "search", "views", "reports")  # in `web/form/`
PAGES: Final = ("atlas", "frame", "legal", "page", "plain")  # modules that a page may name

_IMPORT: Final = re.compile(r'^import (?:(.+) from )?"\./([a-z]+)\.js";$', re.MULTILINE)
_LATER: Final = re.compile(r'\bimport\("\./([a-z]+)\.js"\)')
_EXPORT: Final = re.compile(r"^export (default (?=\{)|(?=(?:async )?(?:function|class|const) (\w+)))", re.MULTILINE)


@lru_cache(maxsize=1)
def form_script() -> str:
    """The whole script of the form: for a page's, and for a notebook's output."""
    files = (*(WEB / "form" / f"{part}.js" for part in PARTS), WEB / FORM)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@lru_cache(maxsize=len(PAGES))
def page_script(name: str) -> str:
    """A module and all that it imports, those first that others need; whoever loads it runs each once.

    Args:
        name: one of `PAGES`.
    """
    return "".join(f"const ${one} = (() => {{\n{_as_function(one)}\n}})();\n" for one in dict.fromkeys(_in_order(name)))


def _in_order(name: str) -> Iterator[str]:
    text = _text(name)
    for needed in (*(found[2] for found in _IMPORT.finditer(text)), *_LATER.findall(text)):
        yield from _in_order(needed)
    yield name


def _as_function(name: str) -> str:
    """The text of a module with its imports as names taken from the others, and what it exports as what it gives back."""
    text, given = _text(name), dict[str, str]()
    for found in _EXPORT.finditer(text):
        given |= {found[2]: found[2]} if found[2] else {"default": "given"}
    text = _IMPORT.sub(lambda found: _taken(found[1], found[2]), text)
    text = _LATER.sub(lambda found: f"Promise.resolve(${found[1]})", text)
    text = _EXPORT.sub(lambda found: "" if found[2] else "const given = ", text)
    return f"{text}return {{ {', '.join(f'{key}: {value}' for key, value in given.items())} }};"


def _taken(names: str | None, source: str) -> str:
    if names is None:
        return ""
    return f"const {names if names.startswith('{') else f'{{ default: {names} }}'} = ${source};"


def _text(name: str) -> str:
    return form_script() if f"{name}.js" == FORM else (WEB / f"{name}.js").read_text(encoding="utf-8")
