"""Changes one entry of a list in a data file, and nothing else: text goes in, text comes out.

Only the lines of the entry, of its new sources, of `version` and the new line of `history` differ afterwards; every
other line stays as it is, byte for byte, with its comments, blank lines and quotes. A comment within a changed field is
kept beside it. The result is read again and compared with what was wanted before anybody gets it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from safe_lib.catalogue import written
from safe_lib.catalogue.lines import Comment, Edit, Page, read_text
from safe_lib.model.errors import CountryInfoError

_BY_HAND: Final = "Write it one key or one dash a line, as the other files do; then it can be amended here."


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is to become of one entry.

    `entry` is the whole entry as it shall be, its `id` included; None takes it out. `order` is the order in which the
    fields of an entry stand. Entries that agree on the field `group` stand together; the first of its group gets
    `heading` as a comment above it.
    """

    listing: str  # key of the list, such as `claims`
    id: str
    entry: Mapping[str, Any] | None
    version: str
    history: Mapping[str, Any]
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # id → fields; new ones only
    order: Sequence[str] = ()
    group: str = ""
    heading: str = ""


def amend(raw: bytes, file: str, change: Amendment) -> bytes:
    """The file with one entry added, changed or taken out.

    Args:
        raw: the file as it is.
        file: its name, for messages.
        change: what is to become of the entry; an id that the list does not have yet is added.

    Raises:
        CountryInfoError: the file cannot be read, or is written in a way that this cannot amend; nothing is lost.
    """
    page = Page(raw, file)
    place = _Entries(page, change)
    edits, kept = place.edits()
    edits += _new_sources(page, change.sources)
    edits.append(_version(page, change.version))
    edits.append(_history(page, change.history, kept))
    result = page.with_edits(edits)
    if read_text(result, file) != _wanted(page.value, change):
        raise page.refusal(0, "this file is written in a way that cannot be amended here.", _BY_HAND)
    return result


def entry_of(value: Mapping[str, Any], listing: str, id: str) -> dict[str, Any] | None:
    """The entry with this id in a file that was read; None where there is none."""
    listed = value.get(listing)
    found = (entry for entry in listed if isinstance(entry, dict) and entry.get("id") == id) if isinstance(listed, list) else iter(())
    return next(found, None)


def _wanted(before: Mapping[str, Any], change: Amendment) -> dict[str, Any]:
    """The values that the amended file must have, and no others."""
    wanted = dict(before)
    listed = list(before.get(change.listing) or [])
    place = next((number for number, entry in enumerate(listed) if entry.get("id") == change.id), None)
    if change.entry is None and place is not None:
        del listed[place]
    elif change.entry is not None and place is not None:
        listed[place] = _plain(change.entry)
    elif change.entry is not None:
        listed.insert(_position(listed, change), _plain(change.entry))
    wanted[change.listing] = listed
    if change.sources:
        wanted["sources"] = {**(before.get("sources") or {}), **_plain(change.sources)}
    wanted["version"] = change.version
    wanted["history"] = [*(before.get("history") or []), _plain(change.history)]
    return wanted


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def _position(listed: Sequence[Mapping[str, Any]], change: Amendment) -> int:
    """Before which entry a new one stands: behind those of its group, or of the groups before it; else at the end."""
    if not change.group or change.entry is None:
        return len(listed)
    mine = str(change.entry.get(change.group, ""))
    groups = [str(entry.get(change.group, "")) for entry in listed]
    equal = [number for number, group in enumerate(groups) if group == mine]
    earlier = [number for number, group in enumerate(groups) if group < mine]
    return (equal or earlier or [-1])[-1] + 1


class _Entries:
    """The list of a file, and the edits that change one entry of it."""

    def __init__(self, page: Page, change: Amendment) -> None:
        self.page, self.change = page, change
        part = page.part(change.listing)
        if part is None:
            raise page.refusal(0, f"there is no list of {change.listing}.", f"Write `{change.listing}: []`.")
        self.key, self.node = part
        if not _is_list(self.node):
            raise page.refusal(self.key.start_mark.line, f"{change.listing} is not a list with one dash a line.", _BY_HAND)
        self.entries: list[Any] = list(self.node.value)
        self.values: list[Mapping[str, Any]] = list(page.value.get(change.listing) or [])
        for entry, value in zip(self.entries, self.values, strict=True):
            if not isinstance(value, dict) or not self._before(entry).strip() == "-":
                raise page.refusal(entry.start_mark.line, f"an entry of {change.listing} does not begin beside its dash.", _BY_HAND)

    def edits(self) -> tuple[list[Edit], tuple[str, ...]]:
        """The edits, and the comments that have to find another place."""
        found = next((number for number, value in enumerate(self.values) if value.get("id") == self.change.id), None)
        if found is None:
            if self.change.entry is None:
                raise self.page.refusal(self.key.start_mark.line, f'there is no entry "{self.change.id}" in {self.change.listing}.', "Check the id.")
            return self._added(self.change.entry), ()
        if self.change.entry is None:
            return self._taken_out(found)
        return self._changed(found, self.change.entry), ()

    def _before(self, entry: Any) -> str:
        """What stands before an entry on its first line: spaces and the dash."""
        return self.page.text_of(entry.start_mark.line)[:entry.start_mark.column]

    @property
    def indent(self) -> int:
        """Columns before the dash."""
        return self._before(self.entries[0]).index("-") if self.entries else self.key.start_mark.column + 2

    def _span(self, number: int) -> tuple[int, int]:
        """The lines of an entry: the first, and the one after its last."""
        entry = self.entries[number]
        return entry.start_mark.line, self.page.last_line(entry) + 1

    def _is_spaced(self) -> bool:
        """Entries have a blank line between them; so it is where there are too few to tell."""
        return len(self.entries) < 2 or any(not self.page.lines[line].strip() for line in range(self._span(0)[1], self._span(1)[0]))

    def _added(self, entry: Mapping[str, Any]) -> list[Edit]:
        place = _position(self.values, self.change)
        blank = [""] if self._is_spaced() else []
        heading = [f"{' ' * self.indent}# {self.change.heading}", *blank] if self.change.heading and not self._has_group(entry) else []
        lines = (*blank, *heading, *written.item(_in_order(entry, self.change.order), self.indent))
        if not self.entries:
            return [_emptied(self.page, self.key, self.node), Edit(self.key.start_mark.line + 1, self.key.start_mark.line + 1, lines)]
        line = self._span(place - 1)[1] if place else self.key.start_mark.line + 1
        return [Edit(line, line, lines)]

    def _has_group(self, entry: Mapping[str, Any]) -> bool:
        return any(value.get(self.change.group) == entry.get(self.change.group) for value in self.values)

    def _taken_out(self, number: int) -> tuple[list[Edit], tuple[str, ...]]:
        first, end = self._span(number)
        comments = tuple(comment.text for comment in self.page.comments(first, end))
        blank_around = first > 0 and not self.page.lines[first - 1].strip() and end < len(self.page.lines) and not self.page.lines[end].strip()
        edits = [Edit(first, end + 1 if blank_around else end)]
        if len(self.entries) == 1:
            line = self.key.start_mark.line
            head, rest = self.page.text_of(line)[:self.key.end_mark.column], self.page.text_of(line)[self.key.end_mark.column:]
            edits.append(Edit(line, line + 1, (f"{head}: []{rest.removeprefix(':')}",)))
        return edits, comments

    def _changed(self, number: int, entry: Mapping[str, Any]) -> list[Edit]:
        node, before = self.entries[number], self.values[number]
        if node.flow_style or node.value[0][0].value not in entry:
            return [self._written_anew(number, entry)]
        edits = [self._field(key, entry, before) for key in node.value if key[0].value not in entry or entry[key[0].value] != before[key[0].value]]
        return [*edits, *self._new_fields(node, entry, before)]

    def _written_anew(self, number: int, entry: Mapping[str, Any]) -> Edit:
        first, end = self._span(number)
        room = " " * self.indent
        comments = [f"{room}{comment.text}" for comment in self.page.comments(first, end)]
        return Edit(first, end, (*comments, *written.item(_in_order(entry, self.change.order), self.indent)))

    def _field(self, pair: tuple[Any, Any], entry: Mapping[str, Any], before: Mapping[str, Any]) -> Edit:
        """One field of an entry, changed or taken out, with the comments that stood in it."""
        key, value = pair
        first, end = key.start_mark.line, self.page.last_line(value) + 1
        column: int = key.start_mark.column
        head = self.page.text_of(first)[:column]
        new = written.field(key.value, entry[key.value], column) if key.value in entry else []
        comments = self.page.comments(first, end)
        if new:
            new[0] = head + new[0][column:]
        if len(new) == 1 and len(comments) == 1 and not comments[0].alone:
            return Edit(first, end, (f"{new[0]}  {comments[0].text}",))
        return Edit(first, end, (*_lines_of(comments, self.indent if "-" in head else column), *new))

    def _new_fields(self, node: Any, entry: Mapping[str, Any], before: Mapping[str, Any]) -> list[Edit]:
        """Fields the entry did not have, each behind those that come before it."""
        column: int = node.value[0][0].start_mark.column
        order = list(_in_order(entry, self.change.order))
        found: dict[int, list[str]] = {}
        for key in (key for key in order if key not in before):
            earlier = [value for name, value in node.value if name.value in order[:order.index(key)]] or [node.value[0][1]]
            line = max(self.page.last_line(value) for value in earlier) + 1
            found.setdefault(line, []).extend(written.field(key, entry[key], column))
        return [Edit(line, line, tuple(lines)) for line, lines in found.items()]


def _lines_of(comments: Sequence[Comment], indent: int) -> tuple[str, ...]:
    return tuple(f"{' ' * indent}{comment.text}" for comment in comments)


def _in_order(fields: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    known = [key for key in order if key in fields]
    return {key: fields[key] for key in (*known, *(key for key in fields if key not in known))}


def _is_list(node: Any) -> bool:
    return _is_empty(node) or (isinstance(node, yaml.SequenceNode) and not node.flow_style)


def _is_empty(node: Any) -> bool:
    return not node.value if isinstance(node, (yaml.SequenceNode, yaml.MappingNode)) else node.value in ("", "~", "null")


def _emptied(page: Page, key: Any, value: Any) -> Edit:
    """The line of a key without its empty value, so that entries can follow below it."""
    line = key.start_mark.line
    if value.end_mark.line != line:
        raise page.refusal(line, f'"{key.value}" is empty in a way that cannot be amended here.', f"Write `{key.value}: []`.")
    text = page.text_of(line)
    after = text[value.end_mark.column:].strip()
    return Edit(line, line + 1, (text[:value.start_mark.column].rstrip() + (f"  {after}" if after else ""),))


def _new_sources(page: Page, sources: Mapping[str, Mapping[str, Any]]) -> list[Edit]:
    if not sources:
        return []
    part = page.part("sources")
    if part is None:
        return [_at_end(page, ("", "sources:", *(line for id, about in sources.items() for line in ("", *written.named(id, about, 2)))))]
    key, node = part
    if not _is_empty(node) and (not isinstance(node, yaml.MappingNode) or node.flow_style):
        raise page.refusal(key.start_mark.line, "the sources are not written one below the other.", _BY_HAND)
    if _is_empty(node):
        line, indent, edits = key.start_mark.line + 1, key.start_mark.column + 2, [_emptied(page, key, node)]
    else:
        line, indent, edits = page.last_line(node) + 1, node.value[0][0].start_mark.column, []
    lines = [text for id, about in sources.items() for text in ("", *written.named(id, about, indent))]
    return [*edits, Edit(line, line, tuple(lines))]


def _version(page: Page, version: str) -> Edit:
    part = page.part("version")
    if part is None or not isinstance(part[1], yaml.ScalarNode) or part[1].start_mark.line != part[1].end_mark.line or not part[1].value:
        raise page.refusal(part[0].start_mark.line if part else 0, "the file has no version.", "Write `version: 1.0.0` below its name.")
    start, end = part[1].start_mark, part[1].end_mark
    text = page.text_of(start.line)
    return Edit(start.line, start.line + 1, (text[:start.column] + written.scalar(version) + text[end.column:],))


def _history(page: Page, line: Mapping[str, Any], comments: Sequence[str]) -> Edit:
    """A new line at the end of the history, and above it the comments of an entry that was taken out."""
    part = page.part("history")
    if part is None:
        return _at_end(page, ("", "history:", *(f"  {text}" for text in comments), *written.item(line, 2)))
    key, node = part
    if not _is_list(node):
        raise page.refusal(key.start_mark.line, "the history is not a list with one dash a line.", _BY_HAND)
    if _is_empty(node):
        text = _emptied(page, key, node).new[0]
        return Edit(key.start_mark.line, key.start_mark.line + 1, (text, *(f"  {text}" for text in comments), *written.item(line, 2)))
    indent = page.text_of(node.value[-1].start_mark.line).index("-")
    at = page.last_line(node) + 1
    return Edit(at, at, ("", *(f"{' ' * indent}{text}" for text in comments), *written.item(line, indent)))


def _at_end(page: Page, lines: Sequence[str]) -> Edit:
    return Edit(len(page.lines), len(page.lines), tuple(lines))


def raised(version: object, *, words_only: bool) -> str:
    """The version after a change: the middle number rises, or the last where only words were mended.

    >>> raised("1.4.2", words_only=False), raised("1.4.2", words_only=True)
    ('1.5.0', '1.4.3')

    Raises:
        CountryInfoError: it is not three numbers.
    """
    parts = str(version).split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        raise CountryInfoError("version", 0, "the version of the file is not three numbers.", repair="Write `version: 1.0.0`.")
    major, minor, patch = map(int, parts)
    return f"{major}.{minor}.{patch + 1}" if words_only else f"{major}.{minor + 1}.0"
