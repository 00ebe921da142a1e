"""The few files a page needs, by hashed address: cached for ever, and nothing else is served from disk."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from safe_lib.widgets.script import FORM, WEB, form_script
from safe_lib.widgets.style import style

IMPORTED = re.compile(r'^import (?:[^"]* from )?"\./([a-z]+\.js)";', re.MULTILINE)
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
    files = {path.name: path.read_bytes() for path in sorted(WEB.glob("*.js"))}
    files[FORM] = form_script().encode()
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


def script_of(at: Mapping[str, str], name: str) -> dict[str, Any]:
    """What a frame says of its script.

    Args:
        at: from `addresses`.
        name: of the file.
    """
    return {"script_url": at[name], "modules": tuple(at[one] for one in modules(name))}


@lru_cache(maxsize=16)
def modules(script: str) -> tuple[str, ...]:
    """The files that a script imports, and those that these import: without being told, a browser asks for each when it comes to it."""
    _, files = assets()
    found: dict[str, None] = {}
    waiting = [script]
    while waiting:
        new = [name for name in IMPORTED.findall(files[waiting.pop()].body.decode()) if name not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return tuple(found)
