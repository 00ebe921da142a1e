"""Rows of an export from KoboToolbox or ODK as responses: what fits comes in, what does not is named by row and column.

Columns may stand below groups (`B/B1/B1_sexual`, `B-B1-B1_sexual`, `B:B1:B1_sexual`), and a question with several answers may
be one column of codes, one column of 0 and 1 for each option, or both. Answers are codes, or their words in a language of the
survey. What says who sent a row, from which device, where and when, is never read (names in `ABOUT_SENDER`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from safe_lib.engine.surveys import cleaned, wrongs
from safe_lib.model.survey import UNKNOWN, Question, Said, Survey

INSTANCE: Final = ("instanceid", "meta-instanceid", "meta/instanceid", "meta:instanceid", "key", "_uuid")  # by which a row is known again, the best first
ABOUT_SENDER: Final = re.compile(
    r"^(start|end|today|deviceid|phonenumber|phone_number|simserial|simid|subscriberid|username|email|audit|background-audio|submitter\w*|devicename|device\w*"
    r"|_.*|__.*|formhub/uuid|form_version|formversion|reviewstate|submissiondate|attachments\w*|edits|status|instancename|meta.*|set-of.*|key|instanceid)$")
TRUE: Final = frozenset({"1", "1.0", "true", "yes"})
FALSE: Final = frozenset({"0", "0.0", "false", "no", ""})
_SPLIT: Final = re.compile(r"[/:]")


@dataclass(frozen=True, slots=True)
class RowTrouble:
    """What is wrong with a cell, or with a whole row (no column) or column (row 0). Row 1 is the heading, as a spreadsheet counts."""

    row: int
    column: str
    key: str  # of a text
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GoodRow:
    """A row that fits."""

    row: int
    instance: str  # by which it is known again
    said: Said


@dataclass(frozen=True, slots=True)
class Rows:
    """What a table holds: what fits, rows that do not with their cells, and columns that were left out on purpose."""

    good: tuple[GoodRow, ...]
    kept_apart: tuple[int, ...]  # rows
    trouble: tuple[RowTrouble, ...]
    left_out: tuple[str, ...]  # columns about who sent it


@dataclass(frozen=True, slots=True)
class _Column:
    """What a column says: the answer at a place, one option of it, or a part of a rank."""

    name: str
    at: int
    place: str
    option: str = ""
    rank: int = 0


def field_name(place: str) -> str:
    """The name of a place in a form: no point, which some tools do not take.

    >>> field_name("B1.sexual")
    'B1_sexual'
    """
    return place.replace(".", "_")


def read_rows(survey: Survey, columns: Sequence[str], rows: Sequence[Sequence[str]], others: Sequence[Survey] = ()) -> Rows:
    """The responses in a table.

    Args:
        others: the survey in other languages, whose words are understood too.
    """
    found, instance, trouble, left_out = _columns(survey, columns)
    if not instance:
        return Rows((), (), (RowTrouble(0, "", "survey.row.no_instance"),), left_out)
    words, places = _words(survey, others), survey.places
    good, apart, seen = [], [], dict[str, int]()
    for number, row in enumerate(rows, start=2):
        id = next((cell for at in instance if at < len(row) and (cell := row[at].strip())), "")
        said, wrong = _row(places, found, row, number, words)
        if not id:
            wrong.append(RowTrouble(number, columns[instance[0]], "survey.row.no_instance_here"))
        elif id in seen:
            wrong.append(RowTrouble(number, columns[instance[0]], "survey.row.again", {"row": str(seen[id])}))
        wrong += [RowTrouble(number, _column_of(one.place, found), one.key, one.facts) for one in wrongs(survey, said)] if not wrong else []
        seen.setdefault(id, number)
        if wrong:
            trouble += wrong
            apart.append(number)
        else:
            good.append(GoodRow(number, id.removeprefix("uuid:"), cleaned(survey, said)))
    return Rows(tuple(good), tuple(apart), tuple(trouble), left_out)


def _columns(survey: Survey, columns: Sequence[str]) -> tuple[list[_Column], list[int], list[RowTrouble], tuple[str, ...]]:
    """What each column says; those with the number of a row; problems; columns about the sender."""
    names = {field_name(place): place for place in survey.places} | {place: place for place in survey.places}
    structure = {part.id for part in survey.sections} | {one.id for one in survey.questions if one.kind in ("matrix", "rank")}
    found, trouble, left_out, taken = [], [], [], set[tuple[str, str, int]]()
    lowered = [name.strip().lower() for name in columns]
    instance = sorted((at for at, name in enumerate(lowered) if name in INSTANCE or name.rpartition("/")[2] == "instanceid"),
                      key=lambda at: INSTANCE.index(lowered[at]) if lowered[at] in INSTANCE else 0)
    for at, name in enumerate(columns):
        if at in instance:
            continue
        known = _column(name, at, survey, names)
        if known is not None and (known.place, known.option, known.rank) in taken:
            trouble.append(RowTrouble(1, name, "survey.row.column_twice"))
        elif known is not None:
            found.append(known)
            taken.add((known.place, known.option, known.rank))
        elif ABOUT_SENDER.match(lowered[at]) or not name.strip():
            left_out.append(name)
        elif name not in structure:
            trouble.append(RowTrouble(1, name, "survey.row.column"))
    return found, instance, trouble, tuple(left_out)


def _column(name: str, at: int, survey: Survey, names: Mapping[str, str]) -> _Column | None:
    parts = [part.strip() for part in _SPLIT.split(name)]
    tails = [parts[-1], *_after_hyphens(parts[-1])]
    for tail in tails:
        if tail in names:
            return _Column(name, at, names[tail])
        if (special := _special(tail, survey)) is not None:
            return _Column(name, at, special[0], special[1], special[2])
    if len(parts) > 1:
        for tail in (parts[-2], *_after_hyphens(parts[-2])):
            question = survey.places.get(names.get(tail, ""))
            if question is not None and question.kind == "multiple" and parts[-1] in question.options:
                return _Column(name, at, names[tail], parts[-1])
    return None


def _after_hyphens(text: str) -> Iterator[str]:
    """What may be the name behind groups: ODK joins them with a hyphen."""
    pieces = text.split("-")
    yield from ("-".join(pieces[at:]) for at in range(1, len(pieces)))


def _special(tail: str, survey: Survey) -> tuple[str, str, int] | None:
    """The places of a rank (`C6_1`), and whether a number is not known (`A4_unknown`)."""
    head, _, last = tail.rpartition("_")
    question = survey.question(head)
    if question is None:
        return None
    if question.kind == "rank" and last.isdecimal() and 1 <= int(last[:3]) <= question.most:
        return head, "", int(last[:3])
    return (head, UNKNOWN, 0) if question.kind == "number" and question.unknown and last == UNKNOWN else None


def _words(survey: Survey, others: Sequence[Survey]) -> Mapping[str, Mapping[str, str]]:
    """Place → words of an option, in any language → its code; words that mean two options are none."""
    found: dict[str, dict[str, str]] = {}
    for one in (survey, *others):
        for place, question in one.places.items():
            mine = found.setdefault(place, {})
            for code, text in question.options.items():
                key = text.casefold()
                mine[key] = code if mine.get(key, code) == code else ""
    return found


def _row(places: Mapping[str, Question], columns: Sequence[_Column], row: Sequence[str], number: int,
         words: Mapping[str, Mapping[str, str]]) -> tuple[dict[str, tuple[str, ...]], list[RowTrouble]]:
    said: dict[str, tuple[str, ...]] = {}
    wrong: list[RowTrouble] = []
    ranks: dict[str, dict[int, str]] = {}
    whole = {column.place for column in columns if not column.option and not column.rank and row[column.at].strip()}
    for column in columns:
        cell, question = row[column.at].strip(), places[column.place]
        if column.option and column.option != UNKNOWN and column.place in whole:
            continue  # the column of codes says it already
        codes: tuple[str, ...]
        if column.option:
            codes, known = ((column.option,) if cell.casefold() in TRUE or cell == column.option else ()), cell.casefold() in FALSE | TRUE | {column.option}
        else:
            codes, known = _codes(question, cell, words[column.place])
        if not known:
            wrong.append(RowTrouble(number, column.name, "survey.row.code"))
        elif column.rank and codes:
            ranks.setdefault(column.place, {})[column.rank] = codes[0]
        elif codes:
            said[column.place] = (*said.get(column.place, ()), *codes)
    said |= {place: tuple(code for _, code in sorted(ordered.items())) for place, ordered in ranks.items()}
    return said, wrong


def _codes(question: Question, cell: str, words: Mapping[str, str]) -> tuple[tuple[str, ...], bool]:
    """The codes of a cell, and whether it could be read."""
    if not cell or (cell.casefold() in ("n/a", "none") and "none" not in question.options):
        return (), True
    if question.kind == "open":
        return (cell.replace("\r\n", "\n"),), True
    if question.kind == "number":
        return ((cell.removesuffix(".0"),), True) if re.fullmatch(r"\d{1,9}(\.0)?", cell) or (cell == UNKNOWN and question.unknown) else ((), False)
    if question.kind == "consent":
        return (("yes",), True) if cell.casefold() in TRUE | {"ok"} else ((), True) if cell.casefold() in FALSE else ((), False)
    parts = cell.split() if question.kind in ("multiple", "rank") else [cell]
    if all(part in question.options for part in parts):
        return tuple(parts), True
    code = words.get(cell.casefold(), "")
    return ((code,), True) if code else ((), False)


def _column_of(place: str, columns: Sequence[_Column]) -> str:
    return next((column.name for column in columns if column.place == place), field_name(place))
