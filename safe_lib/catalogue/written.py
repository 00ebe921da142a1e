"""Values as the words of a data file, in the manner of `country_info`; what is written is read back as the same value.

Text stays text whatever is in it: `yes`, `2026`, `: {[`, a line break or a mark that nobody can see. Such marks are
written as escapes, so that whoever reads the file sees that they are there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

WIDTH: Final = 150  # columns; longer text is folded, longer lists stand one below the other

_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN: Final = re.compile(r"[^\W_][^#]*(?:(?<! )#[^#]*)*")  # begins with a letter or digit; no ` #`
_NO_NUMBER: Final = re.compile(r"\d{4}-\d{2}(-\d{2})?|\d+\.\d+\.\d+")  # a day or a version
_NUMBER_LIKE: Final = re.compile(r"[-+.\d][-+.,:_\dA-Fa-fxXoOeE]*")
_OTHER_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})  # more than text to some readers of YAML
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def scalar(value: Any, *, flow: bool = False) -> str:
    """One value on one line; `flow`: it stands between brackets, where commas and colons mean something.

    >>> scalar("No shelter admits men."), scalar("T09: places"), scalar("2026"), scalar(None)
    ('No shelter admits men.', "'T09: places'", "'2026'", 'null')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    if not value.isprintable():
        return '"' + "".join(_escaped(sign) for sign in value) + '"'
    return value if _stays_text(value, flow) else "'" + value.replace("'", "''") + "'"


def field(key: str, value: Any, indent: int) -> list[str]:
    """A key and its value as lines without their ends, set in by `indent` columns."""
    room, name = " " * indent, key if _KEY.fullmatch(key) else scalar(key, flow=True)
    head = f"{room}{name}:"
    if isinstance(value, str):
        return _text(head, value, indent)
    if not _is_group(value):
        return [f"{head} {scalar(value)}"]
    short = f"{head} {_flow(value)}"
    if len(short) <= WIDTH or not value:
        return [short]
    inside = [line for name, part in value.items() for line in field(name, part, indent + 2)] if isinstance(value, Mapping) else _listed(value, indent + 2)
    return [head, *inside]


def item(fields: Mapping[str, Any], indent: int) -> list[str]:
    """An entry of a list: a dash, then its fields one below the other."""
    lines = [line for key, value in fields.items() for line in field(key, value, indent + 2)]
    return [f"{' ' * indent}- {lines[0][indent + 2:]}", *lines[1:]] if lines else [f"{' ' * indent}- {{}}"]


def named(id: str, fields: Mapping[str, Any], indent: int) -> list[str]:
    """An entry of a map: its id, then its fields set in below it."""
    lines = [line for key, value in fields.items() for line in field(key, value, indent + 2)]
    return [f"{' ' * indent}{id if _KEY.fullmatch(id) else scalar(id, flow=True)}:", *lines]


def _text(head: str, value: str, indent: int) -> list[str]:
    line = f"{head} {scalar(value)}"
    if len(line) <= WIDTH or not _folds(value):
        return [line]
    return [f"{head} >-", *_wrapped(value, " " * (indent + 2))]


def _folds(text: str) -> bool:
    """Single spaces between words come back from a folded text as they were; anything else would not."""
    return text.isprintable() and " " in text and "  " not in text and text == text.strip()


def _wrapped(text: str, room: str) -> list[str]:
    lines: list[str] = []
    now = room
    for word in text.split(" "):
        if now != room and len(now) + 1 + len(word) > WIDTH:
            lines.append(now)
            now = room
        now += word if now == room else f" {word}"
    return [*lines, now]


def _listed(values: Sequence[Any], indent: int) -> list[str]:
    lines: list[str] = []
    for value in values:
        lines += item(value, indent) if isinstance(value, Mapping) else [f"{' ' * indent}- {_flow(value)}"]
    return lines


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key if _KEY.fullmatch(key) else scalar(key, flow=True)}: {_flow(part)}" for key, part in value.items()) + "}"
    if _is_group(value):
        return "[" + ", ".join(_flow(part) for part in value) + "]"
    return scalar(value, flow=True)


def _is_group(value: Any) -> bool:
    return isinstance(value, (Mapping, list, tuple))


def _stays_text(text: str, flow: bool) -> bool:
    if not _PLAIN.fullmatch(text) or text != text.strip() or ": " in text or text.endswith(":") or text.lower() in _OTHER_WORDS:
        return False
    if _NUMBER_LIKE.fullmatch(text) and not _NO_NUMBER.fullmatch(text):
        return False
    return not (flow and any(sign in text for sign in ",[]{}:"))


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if sign.isprintable():
        return sign
    code = ord(sign)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
