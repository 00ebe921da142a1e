"""Pages below a path: behind JupyterHub the suite of one person stands at `/user/NAME/` and not at `/`.

Every part of the suite writes addresses as if it stood at the top. They are brought below the path at the edge: in what
leaves the server (`runtime.behind`), and in what a kernel sends over its own line (`widgets.form`).
"""

from __future__ import annotations

import os
import re
from typing import Final

VARIABLE: Final = "SAFE_BELOW"  # of a kernel's environment: the path, with a slash at both ends
TOP: Final = "/"

# What holds an address in our pages; words of people stand in none of these.
_TAG: Final = re.compile(r'<[a-z][^<>]*="/[^<>]*>')
_ADDRESS: Final = re.compile(r'(\s(?:href|src|action|formaction|data-base|data-alive|data-from)=")/(?!/)')


def below(html: str, path: str) -> str:
    """A page, or a part of one, whose addresses begin with the path."""
    if path == TOP or '="/' not in html:
        return html
    return _TAG.sub(lambda tag: _ADDRESS.sub(lambda found: found[1] + path, tag[0]), html)


def path_here() -> str:
    """The path that this kernel's pages stand below."""
    return os.environ.get(VARIABLE, TOP)
