"""YAML that reads like a page, with the line of every value.

Plain YAML only: `true` and `false` are the only booleans, so `yes`, `no` and the code `NO` stay text; a date stays
text; a repeated key, an alias or a tag is an error; and a file is refused before it can fill the memory.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from safe_lib.model.errors import CatalogueError

LARGEST: Final = 4_000_000  # bytes; the largest file of the project has a few hundred thousand
DEEPEST: Final = 40  # levels
MOST: Final = 100_000  # values; each costs about 0.6 kB while a file is read, and the largest file of the project has 5,000
_SAFE_DEPTH: Final = 5_000  # levels; the YAML library ends the whole process somewhere beyond 20,000

Key = str | int
Where = tuple[Key, ...]

_INTEGER = re.compile(r"^-?(0|[1-9][0-9]*)$")
_DECIMAL = re.compile(r"^-?[0-9]+\.[0-9]+$")

_SEPARATORS: Final = (b"\n", b"\r", b"\xc2\x85", b"\xe2\x80", b",", b":", b"-", b"?", b"[", b"{")  # what may stand between two values

_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))

_Base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Located:
    """A YAML file as plain values, with the line of each and the hash of the text."""

    file: str
    value: Any
    lines: Mapping[Where, int]
    hash: str

    def line(self, *where: Key) -> int:
        """The 1-based line of a value, or of the nearest thing around it."""
        for end in range(len(where), -1, -1):
            if (found := self.lines.get(where[:end])) is not None:
                return found
        return 1


def content_hash(*texts: bytes) -> str:
    """The short hash by which a result names the files it was made from."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(len(text).to_bytes(8, "big") + text)
    return digest.hexdigest()[:16]


def read_yaml(path: Path, *, error: type[CatalogueError] = CatalogueError) -> Located:
    """Read one YAML file.

    Raises:
        CatalogueError (or `error`): the file is missing, too large, too deep, not UTF-8, cut in half, has a
            repeated key, an alias, a tag or several documents.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise error(path.name, 0, f"the file is larger than {LARGEST // 1_000_000} MB.", repair="Split it, or check that it is the right file.")
        if not path.is_file():
            raise error(path.name, 0, "this is not a file.", repair="Name a file.")
        raw = path.read_bytes()
    except OSError as problem:
        raise error(str(path), 0, f"the file cannot be read ({problem.strerror}).", repair="Check the name and the rights.") from None
    return parse_yaml(raw, path.name, error=error)


def parse_yaml(raw: bytes, file: str, *, error: type[CatalogueError] = CatalogueError) -> Located:
    """Read YAML from bytes; `file` is the name that messages show."""
    if len(raw) > LARGEST:
        raise error(file, 0, f"the file is larger than {LARGEST // 1_000_000} MB.", repair="Split it, or check that it is the right file.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise error(file, 0, "the text is not UTF-8.", repair="Save it again as UTF-8.") from None
    refuse_shape(raw, file, error)
    loader = _Base(text)
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise error(file, mark.line + 1 if mark else 0, f"this is not YAML: {problem.problem}.",
                    repair="Look at the indentation, the colons and the quotes around this line.") from None
    except yaml.YAMLError:
        raise error(file, 0, "this is not readable YAML (a character that may not stand there).",
                    repair="Save the file as plain UTF-8 text.") from None
    finally:
        loader.dispose()
    walk = _Walk(file, error)
    value = None if node is None else walk.value(node, ())
    return Located(file, value, walk.lines, content_hash(raw))


def refuse_shape(raw: bytes, file: str, error: type[CatalogueError]) -> None:
    """Refuse a file so deep that reading it would end the process, or of so many values that it would fill the memory.

    Parsing by events does not nest and keeps nothing. Four megabytes of single letters would otherwise take a gigabyte and a quarter of a minute.
    """
    longest = max(map(len, raw.splitlines()), default=0)
    is_flat = raw.count(b"[") + raw.count(b"{") + 2 * longest <= _SAFE_DEPTH  # both are upper bounds
    if is_flat and sum(map(raw.count, _SEPARATORS)) < MOST:
        return
    depth = values = 0
    try:
        for event in yaml.parse(raw, Loader=_Base):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            values += isinstance(event, yaml.NodeEvent)
            line = event.start_mark.line + 1 if event.start_mark else 0
            if depth > DEEPEST:
                raise error(file, line, f"the file is nested more than {DEEPEST} levels deep.", repair="Flatten it.")
            if values > MOST:
                raise error(file, line, f"the file holds more than {MOST:,} values.", repair="Split it, or check that it is the right file.")
    except yaml.YAMLError:
        return  # the reader tells it better


class _Walk:
    """From YAML nodes to plain values, noting the line of each."""

    def __init__(self, file: str, error: type[CatalogueError]) -> None:
        self.file, self.error = file, error
        self.lines: dict[Where, int] = {}
        self.seen: set[int] = set()

    def refuse(self, node: Any, problem: str, repair: str) -> CatalogueError:
        return self.error(self.file, node.start_mark.line + 1, problem, repair=repair)

    def value(self, node: Any, where: Where) -> Any:
        if len(where) > DEEPEST:
            raise self.refuse(node, f"the file is nested more than {DEEPEST} levels deep.", "Flatten it.")
        if id(node) in self.seen:
            raise self.refuse(node, "an anchor (&) is repeated here.", "Write the value out; anchors are not allowed.")
        self.seen.add(id(node))
        if node.tag not in _PLAIN_TAGS:
            raise self.refuse(node, "a tag (!) is not allowed.", "Write the plain value.")
        self.lines[where] = self.lines.get(where, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(part, (*where, index)) for index, part in enumerate(node.value)]
        return self.mapping(node, where)

    def mapping(self, node: Any, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.refuse(key_node, "a key must be a word.", "Write `word: value`.")
            key = key_node.value
            if key in found:
                raise self.refuse(key_node, f'the key "{key}" stands twice.', "Keep one of them.")
            self.lines[(*where, key)] = key_node.start_mark.line + 1
            found[key] = self.value(value_node, (*where, key))
        return found


def _scalar(node: yaml.ScalarNode) -> Any:
    text = node.value
    if node.style:  # quoted or folded: text as it stands
        return text
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "~", "null"):
        return None
    if _INTEGER.match(text) and len(text) < 16:
        return int(text)
    if _DECIMAL.match(text):
        return float(text)
    return text
