"""The lines of a YAML file and where its values stand in them, so that some can be changed and all others left as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import yaml

from safe_lib.catalogue.reading import parse_yaml
from safe_lib.model.errors import CountryInfoError

_Base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_ENDED: Final = re.compile("[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029])|.+", re.DOTALL)  # what YAML takes for the end of a line
_END: Final = "\r\n\x85\u2028\u2029"
_MARK: Final = "\ufeff"  # the byte order mark some editors put first
_COMMENT: Final = re.compile(r"(?:^|\s)(#.*)$")
_BLOCK: Final = ("|", ">")


@lru_cache(maxsize=8)  # one change asks for the file as it is, and as it would be, several times
def read_text(raw: bytes, file: str) -> dict[str, Any]:
    """The values of a file by key; they are shared, so nobody changes them.

    Raises:
        CountryInfoError: it cannot be read (see `parse_yaml`), or is not a map.
    """
    value = parse_yaml(raw, file, error=CountryInfoError).value
    if not isinstance(value, dict):
        raise CountryInfoError(file, 1, "the file is not a map of keys, one below the other.", repair="Write `country: XAA` and below it the rest.")
    return value


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines `first` up to and without `end` give way to others; with `first == end` these are put before that line."""

    first: int
    end: int
    new: tuple[str, ...] = ()  # without line ends


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: its words from `#` on, and whether it has its line to itself."""

    text: str
    alone: bool


class Page:
    """One file: its lines with their ends, and the nodes of its YAML. Line numbers count from 0."""

    def __init__(self, raw: bytes, file: str) -> None:
        """Read it by the rules of every data file.

        Raises:
            CountryInfoError: it cannot be read; see `parse_yaml`.
        """
        self.file = file
        self.value = read_text(raw, file)
        text = raw.decode("utf-8")
        self.mark = _MARK if text.startswith(_MARK) else ""
        self.lines: list[str] = _ENDED.findall(text.removeprefix(_MARK))
        loader = _Base(text.removeprefix(_MARK))
        try:
            self.root: Any = loader.get_single_node()
        finally:
            loader.dispose()
        first = self.lines[0] if self.lines else ""
        self.line_end = first[len(first.rstrip(_END)):] or "\n"
        if self.root.flow_style:
            raise self.refusal(0, "the file is not a map of keys, one below the other.", "Write `country: XAA` and below it the rest.")

    def refusal(self, line: int, problem: str, repair: str) -> CountryInfoError:
        """The error that says why this file cannot be amended by itself."""
        return CountryInfoError(self.file, line + 1, problem, repair=repair)

    def part(self, key: str) -> tuple[Any, Any] | None:
        """The nodes of a key at the top of the file and of its value; None where the file has no such key."""
        return next(((name, value) for name, value in self.root.value if name.value == key), None)

    def text_of(self, line: int) -> str:
        """A line without its end."""
        return self.lines[line].rstrip(_END)

    def last_line(self, node: Any) -> int:
        """The line on which a value ends; comments and blank lines after it are not part of it."""
        if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
            return self.last_line(node.value[-1][1])
        if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
            return self.last_line(node.value[-1])
        line: int = node.end_mark.line
        if line and (line >= len(self.lines) or (_is_block(node) and not self.lines[line][:node.end_mark.column].strip())):
            line -= 1
        while _is_block(node) and line > node.start_mark.line and not self.lines[line].strip():
            line -= 1
        return line

    def comments(self, first: int, end: int) -> tuple[Comment, ...]:
        """The comments on some lines, in order. A `#` within a value is none."""
        bare = {line: self.text_of(line) for line in range(first, end)}
        for node in _scalars(self.root):
            if node.start_mark.line < end and node.end_mark.line >= first:
                _blot(bare, node)
        found = ((line, _COMMENT.search(bare[line])) for line in bare)
        return tuple(Comment(self.text_of(line)[here.start(1):], not bare[line][:here.start(1)].strip()) for line, here in found if here)

    def with_edits(self, edits: Sequence[Edit]) -> bytes:
        """The file with some of its lines changed; every other line is taken over byte for byte."""
        lines = list(self.lines)
        from_below = sorted(enumerate(edits), key=lambda numbered: (numbered[1].first, numbered[1].end, numbered[0]), reverse=True)
        for _, edit in from_below:
            new = [line + self.line_end for line in edit.new]
            if new and edit.first == len(lines) and lines and lines[-1][-1:] not in _END:
                lines[-1] += self.line_end
            elif new and edit.end == len(lines) and edit.first < edit.end and lines[-1][-1:] not in _END:
                new[-1] = edit.new[-1]
            lines[edit.first:edit.end] = new
        return (self.mark + "".join(lines)).encode("utf-8")


def _is_block(node: Any) -> bool:
    return getattr(node, "style", None) in _BLOCK


def _scalars(node: Any) -> Iterator[Any]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)
    elif isinstance(node, yaml.SequenceNode):
        for part in node.value:
            yield from _scalars(part)
    else:
        yield node


def _blot(bare: dict[int, str], node: Any) -> None:
    """Write x over a value, so that only brackets, dashes, keys and comments are left to look at."""
    start, end = node.start_mark, node.end_mark
    for line in range(start.line, end.line + 1):
        if line not in bare:
            continue
        left = start.column if line == start.line else 0
        right = end.column if line == end.line else len(bare[line])
        if _is_block(node) and line == start.line:
            right = left  # what stands behind `>-` is a comment
        bare[line] = bare[line][:left] + "x" * (right - left) + bare[line][right:]
