"""The one style sheet of every page, built from the parts in `templates/base`."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from typing import Final

from safe_lib.catalogue.paths import TEMPLATES
from safe_lib.model.errors import CatalogueError

# Order matters: values first, then parts, then what changes them on paper, in forced colours and on narrow windows.
PARTS: Final = ("tokens", "base", "bar", "layout", "controls", "questions", "panel", "work", "levels", "claims",
                 "futures", "tables", "start", "states", "mask", "changes", "pictures", "report", "atlas", "social", "people", "legal", "course", "survey",
                 "print", "modes")

IN_NOTEBOOK: Final = ("tokens", "base", "controls", "questions", "panel", "work", "levels", "claims", "futures", "tables", "states", "pictures", "modes")
OURS: Final = ":is(.safe-form, [data-region])"  # what is ours in somebody else's page

_ROOT = re.compile(r"(?<![\w-])(?::root|html)(?=[\s,{:\[])")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BLANK = re.compile(r"\n\s*")


@cache
def style() -> str:
    """All parts in order, without comments and indentation; no `@import`, no address, nothing fetched.

    Raises:
        CatalogueError: a part is missing from the installation.
    """
    return _joined(PARTS)


@cache
def notebook_style() -> str:
    """The parts a notebook needs, nested under what is ours, so that nothing else in JupyterLab changes; its theme chooses light or dark."""
    inside = _ROOT.sub("&", _joined(IN_NOTEBOOK))
    themes = "".join(f'[data-jp-theme-light="{light}"] {OURS} {{ color-scheme: {name}; }}\n' for light, name in (("true", "light"), ("false", "dark")))
    signs = ".sprite { position: absolute; inline-size: 0; block-size: 0; overflow: hidden; }\n"  # they stand beside the form
    return f"{OURS} {{\n{inside}& {{ container-type: inline-size; padding: var(--s-2); }}\n}}\n{themes}{signs}"


def _joined(parts: tuple[str, ...]) -> str:
    text = "\n".join(_part(f"{name}.css") for name in parts)
    return _BLANK.sub("\n", _COMMENT.sub("", text)).strip() + "\n"


@cache
def style_hash() -> str:
    """What the page policy names to allow exactly this style: `sha256-…`, for `style-src`."""
    digest = hashlib.sha256(style().encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode()


@cache
def symbols() -> str:
    """The small signs that pages use by name: levels, truth, claims, controls."""
    return _BLANK.sub("", _part("symbols.svg")).strip()


def _part(name: str) -> str:
    try:
        return (TEMPLATES / "base" / name).read_text(encoding="utf-8")
    except OSError as problem:
        raise CatalogueError(f"templates/base/{name}", 0, f"the file cannot be read ({problem.strerror}).",
                             repair="Install the program again.") from None
