"""The few files a page needs, by hashed address: cached for ever, and nothing else is served from disk."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from safe_lib.widgets.script import PAGES, page_script
from safe_lib.widgets.style import style

TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    packed: bytes
    type: str


@lru_cache(maxsize=1)
def assets() -> tuple[str, Mapping[str, Asset]]:
    """The folder (a hash of everything in it) and its files."""
    files = {f"{name}.js": page_script(name).encode() for name in PAGES}
    files["safe.css"] = style().encode()
    digest = hashlib.sha256()
    for name, body in files.items():
        digest.update(name.encode() + b"\0" + body)
    made = {name: Asset(body, gzip.compress(body, 9, mtime=0), TYPES[name.rpartition(".")[2]]) for name, body in files.items()}
    return digest.hexdigest()[:16], made


def addresses(base_url: str) -> dict[str, str]:
    """File → address."""
    folder, files = assets()
    return {name: f"{base_url}assets/{folder}/{name}" for name in files}
