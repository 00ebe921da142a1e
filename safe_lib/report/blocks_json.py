"""Blocks as JSON and back: what a notebook keeps of a view, and what the PDF template reads.

Each block is one map; its key `block` names the kind, the other keys are the fields of the record, all of them.
A badge in a cell is `{"badge": kind, "value": …, "word": …}`; every other cell is text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from safe_lib.model.document import (
    Badge,
    Block,
    Bullets,
    Cell,
    Details,
    Facts,
    Heading,
    Lines,
    Notice,
    Picture,
    Quote,
    Table,
    Text,
    Tree,
)
from safe_lib.model.errors import ReportError

MIME_TYPE: Final = "application/vnd.safe.blocks+json"
DEEPEST: Final = 100  # blocks or lines inside one another; a trace has some ten

Json = dict[str, Any]


def to_json(blocks: Sequence[Block]) -> list[Json]:
    """The blocks as plain lists, maps, texts, numbers and booleans."""
    return [_block_json(block) for block in blocks]


def from_json(value: object) -> tuple[Block, ...]:
    """The blocks that `to_json` was given.

    Raises:
        ReportError: an unknown kind, a missing or unknown key, a value of the wrong type, or deeper than `DEEPEST`.
            The message names the place, never the content.
    """
    return _blocks(value, "blocks", 0)


# ── to JSON ──


def _block_json(block: Block) -> Json:
    match block:
        case Heading(text, level):
            return {"block": "heading", "text": text, "level": level}
        case Text(text, tone):
            return {"block": "text", "text": text, "tone": tone}
        case Bullets(items, ordered):
            return {"block": "bullets", "items": list(items), "ordered": ordered}
        case Facts(pairs):
            return {"block": "facts", "pairs": [[name, _cell_json(cell)] for name, cell in pairs]}
        case Table():
            return _table_json(block)
        case Picture(svg, says, table):
            return {"block": "picture", "svg": svg, "says": says, "table": _table_json(table) if table else None}
        case Quote(text, by):
            return {"block": "quote", "text": text, "by": by}
        case Notice(title, text, tone):
            return {"block": "notice", "title": title, "text": text, "tone": tone}
        case Tree():
            return _tree_json(block)
        case Details(summary, blocks):
            return {"block": "details", "summary": summary, "blocks": to_json(blocks)}
        case Lines(labels):
            return {"block": "lines", "labels": list(labels)}


def _table_json(table: Table) -> Json:
    rows = [[_cell_json(cell) for cell in row] for row in table.rows]
    return {"block": "table", "caption": table.caption, "columns": list(table.columns), "rows": rows}


def _tree_json(tree: Tree) -> Json:
    parts = [_tree_json(part) for part in tree.parts]
    return {"block": "tree", "line": tree.line, "truth": tree.truth, "word": tree.word, "parts": parts}


def _cell_json(cell: Cell) -> str | Json:
    if isinstance(cell, Badge):
        return {"badge": cell.kind, "value": cell.value, "word": cell.word}
    return cell


# ── from JSON ──


def _blocks(value: object, where: str, depth: int) -> tuple[Block, ...]:
    return tuple(_block(part, f"{where}[{index}]", depth) for index, part in enumerate(_list(value, where)))


def _block(value: object, where: str, depth: int) -> Block:
    if depth > DEEPEST:
        raise _refused(where, f"it is nested more than {DEEPEST} levels deep", "Make the view flatter.")
    found = _map(value, where)
    kind = found.get("block")
    if not isinstance(kind, str) or kind not in _READERS:
        raise _refused(where, "it has no known kind", f"Set `block` to one of {', '.join(_READERS)}.")
    return _READERS[kind](found, where, depth)


def _heading(found: Json, where: str, depth: int) -> Block:
    _keys(found, where, "text", "level")
    level = found["level"]
    if type(level) is not int:
        raise _refused(f"{where}.level", "it is not a whole number", "Write 2 for the highest heading.")
    return Heading(_text(found, "text", where), level)


def _paragraph(found: Json, where: str, depth: int) -> Block:
    _keys(found, where, "text", "tone")
    return Text(_text(found, "text", where), _text(found, "tone", where))


def _bullets(found: Json, where: str, depth: int) -> Block:
    _keys(found, where, "items", "ordered")
    if type(found["ordered"]) is not bool:
        raise _refused(f"{where}.ordered", "it is neither true nor false", "Write true or false.")
    return Bullets(_texts(found, "items", where), found["ordered"])


def _facts(found: Json, where: str, depth: int) -> Block:
    _keys(found, where, "pairs")
    pairs: list[tuple[str, Cell]] = []
    for index, pair in enumerate(_list(found["pairs"], f"{where}.pairs")):
        place = f"{where}.pairs[{index}]"
        parts = _list(pair, place)
        if len(parts) != 2:
            raise _refused(place, "it is not a name with a value", "Write [name, value].")
        pairs.append((_string(parts[0], f"{place}[0]"), _cell(parts[1], f"{place}[1]")))
    return Facts(tuple(pairs))


def _table(found: Json, where: str, depth: int = 0) -> Table:
    _keys(found, where, "caption", "columns", "rows")
    rows = tuple(
        tuple(_cell(cell, f"{where}.rows[{line}][{index}]") for index, cell in enumerate(_list(row, f"{where}.rows[{line}]")))
        for line, row in enumerate(_list(found["rows"], f"{where}.rows"))
    )
    return Table(_text(found, "caption", where), _texts(found, "columns", where), rows)


def _picture(found: Json, where: str, depth: int) -> Block:
    _keys(found, where, "svg", "says", "table")
    table = None
    if found["table"] is not None:
        inner = _map(found["table"], f"{where}.table")
        if inner.get("block") != "table":
            raise _refused(f"{where}.table", "it is not a table", "Give a block of the kind table, or null.")
        table = _table(inner, f"{where}.table")
    return Picture(_text(found, "svg", where), _text(found, "says", where), table)


def _quote(found: Json, where: str, depth: int) -> Block:
    _keys(found, where, "text", "by")
    return Quote(_text(found, "text", where), _text(found, "by", where))


def _notice(found: Json, where: str, depth: int) -> Block:
    _keys(found, where, "title", "text", "tone")
    return Notice(_text(found, "title", where), _text(found, "text", where), _text(found, "tone", where))


def _tree(found: Json, where: str, depth: int) -> Tree:
    _keys(found, where, "line", "truth", "word", "parts")
    parts = _blocks(found["parts"], f"{where}.parts", depth + 1)
    trees = tuple(part for part in parts if isinstance(part, Tree))
    if len(trees) != len(parts):
        raise _refused(f"{where}.parts", "a part is not a tree", "Put only blocks of the kind tree there.")
    return Tree(_text(found, "line", where), _text(found, "truth", where), _text(found, "word", where), trees)


def _details(found: Json, where: str, depth: int) -> Block:
    _keys(found, where, "summary", "blocks")
    return Details(_text(found, "summary", where), _blocks(found["blocks"], f"{where}.blocks", depth + 1))


def _lines(found: Json, where: str, depth: int) -> Block:
    _keys(found, where, "labels")
    return Lines(_texts(found, "labels", where))


_READERS: Final[Mapping[str, Callable[[Json, str, int], Block]]] = {
    "heading": _heading,
    "text": _paragraph,
    "bullets": _bullets,
    "facts": _facts,
    "table": _table,
    "picture": _picture,
    "quote": _quote,
    "notice": _notice,
    "tree": _tree,
    "details": _details,
    "lines": _lines,
}


def _cell(value: object, where: str) -> Cell:
    if isinstance(value, str):
        return value
    found = _map(value, where)
    _exactly(found, where, {"badge", "value", "word"})
    return Badge(_text(found, "badge", where), _text(found, "value", where), _text(found, "word", where))


def _text(found: Json, key: str, where: str) -> str:
    return _string(found[key], f"{where}.{key}")


def _texts(found: Json, key: str, where: str) -> tuple[str, ...]:
    parts = _list(found[key], f"{where}.{key}")
    return tuple(_string(part, f"{where}.{key}[{index}]") for index, part in enumerate(parts))


def _string(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise _refused(where, "it is not text", "Write text.")
    return value


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise _refused(where, "it is not a list", "Write a list.")
    return value


def _map(value: object, where: str) -> Json:
    if not isinstance(value, dict):
        raise _refused(where, "it is not a map", "Write a map with the fields of the record.")
    return value


def _keys(found: Json, where: str, *names: str) -> None:
    _exactly(found, where, {"block", *names})


def _exactly(found: Json, where: str, wanted: set[str]) -> None:
    if missing := sorted(wanted - found.keys()):
        raise _refused(where, f"{', '.join(missing)} is missing", "Write every field of the record.")
    if len(found) > len(wanted):
        raise _refused(where, "it has a field that the record does not have", f"Keep only {', '.join(sorted(wanted))}.")


def _refused(where: str, problem: str, repair: str) -> ReportError:
    return ReportError(f"{where}: {problem}. {repair}")
