"""The script of the form as one text: its parts, then `form.js`, which puts them to work.

JupyterLab gets the text of one module and can follow no imports, and one file is one request for a page. So the parts
are chapters of that module: they share its names, stand in the order below, and import nothing.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

WEB: Final = Path(__file__).parent / "web"
FORM: Final = "form.js"
HAS_SCRIPT: Final = "SAFE_PAGE"  # set in the environment of a kernel whose page has the script
PARTS: Final = ("basics", "question", "paper", "outbox", "status", "gate", "search", "views", "reports")  # in `web/form/`


@lru_cache(maxsize=1)
def form_script() -> str:
    """The whole script: for a page's assets, and for a notebook's output."""
    files = (*(WEB / "form" / f"{part}.js" for part in PARTS), WEB / FORM)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)
