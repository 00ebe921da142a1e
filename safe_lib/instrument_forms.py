"""Any instrument as an XLSForm for telephones, and what was answered there as drafts: never an assessment by itself.

A draft is a file of answers that a colleague looks at, question by question, before any of it is recorded. A code that an item
does not offer is named by row and column, and the item stays not asked; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from safe_lib.catalogue import instrument_files, languages, load_instrument, load_texts, translated
from safe_lib.engine.assess import FREE_SCALES
from safe_lib.engine.conditions import sentences
from safe_lib.engine.survey_rows import ABOUT_SENDER, INSTANCE, RowTrouble
from safe_lib.engine.xlsform import OWN_SHEET, Rows, languages_of, shown_where
from safe_lib.model.answers import NOT_APPLICABLE, NOT_ASKED, OPEN_CODES
from safe_lib.model.errors import WrongUse
from safe_lib.model.instrument import Instrument, Item
from safe_lib.tables.reading import ForeignTable
from safe_lib.xlsforms import as_workbook

REASON: Final = "__reason"  # behind the name of an item: why it does not apply
UNSURE: Final = ("unknown", "declined", "unsafe_to_ask")  # open codes that somebody in the field chooses; not answered is not asked


def instrument_form(id: str) -> bytes:
    """An instrument in every language as a workbook; no name, place or number of a device is asked.

    Raises:
        WrongUse: there is no such instrument.
    """
    if id not in instrument_files():
        raise WrongUse(f"export: there is no survey or instrument with this name.\n  There are: {', '.join(instrument_files())}.")
    said = {code: translated(load_instrument(id), code) for code in ("en", *(code for code in languages() if code != "en"))}
    return as_workbook(instrument_sheets(said))


def instrument_sheets(said: Mapping[str, Instrument]) -> dict[str, Rows]:
    """The sheets of an instrument, in its languages."""
    tongues = languages_of({code: str(languages()[code]["name"]) for code in said})
    one = next(iter(said.values()))
    survey: Rows = []
    for number, group in enumerate(one.groups):
        items = one.members(group.id)
        if not items:
            continue
        survey.append({"type": "begin_group", "name": f"g_{group.id}", **_label(tongues, {code: i.groups[number].title for code, i in said.items()})})
        for item in items:
            survey += _item(item, {code: instrument.item(item.id) for code, instrument in said.items()}, one, tongues)
        survey.append({"type": "end_group"})
    settings = [{"form_title": one.title, "form_id": one.id, "version": one.version.replace(".", ""), "default_language": next(iter(tongues.values()))}]
    return {"survey": survey, "choices": list(_choices(said, tongues)), "settings": settings,
            OWN_SHEET: [{"language": "", "what": "instrument", "value": f"{one.id} {one.version} {one.hash}"}]}


def _label(tongues: Mapping[str, str], said: Mapping[str, str], column: str = "label") -> dict[str, str]:
    return {f"{column}::{tongues[code]}": text for code, text in said.items()} if all(said.values()) else {}


def _item(item: Item, said: Mapping[str, Item], instrument: Instrument, tongues: Mapping[str, str]) -> Iterator[dict[str, str]]:
    label = _label(tongues, {code: one.ask or one.label for code, one in said.items()})
    hint = _label(tongues, {code: one.listen_for for code, one in said.items()}, "hint")
    known = instrument.by_id()
    fits = item.only_if is not None and all(leaf.subject == "item" and leaf.name in known for leaf in sentences(item.only_if))
    about = {"relevant": shown_where(item.only_if)} if fits else {}  # what hangs on anything else is asked of everybody
    if item.scale in FREE_SCALES:
        yield {"type": "date" if item.scale == "day" else "text", "name": item.id, **label, **hint, **about}
        return
    yield {"type": f"select_one {item.scale}", "name": item.id, **label, **hint, **about}
    why = {code: load_texts(code)("survey.form.why") for code in said}
    yield {"type": "text", "name": f"{item.id}{REASON}", "relevant": f"selected(${{{item.id}}}, '{NOT_APPLICABLE}')", "required": "yes", **_label(tongues, why)}


def _choices(said: Mapping[str, Instrument], tongues: Mapping[str, str]) -> Iterator[dict[str, str]]:
    one = next(iter(said.values()))
    for scale in sorted({item.scale for item in one.items} - set(FREE_SCALES)):
        for code in dict.fromkeys((*one.scales[scale].codes, *UNSURE, NOT_APPLICABLE)):
            words = {tongue: instrument.scales[scale].labels.get(code) or load_texts(tongue)(f"code.{code}") for tongue, instrument in said.items()}
            yield {"list_name": scale, "name": code, **_label(tongues, words)}


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody answered in the field, as a file of answers would say it. It is not an assessment."""

    row: int
    instance: str
    instrument: str
    version: str
    answers: Mapping[str, str]
    reasons: Mapping[str, str] = field(default_factory=dict)

    def as_file(self) -> dict[str, Any]:
        """A file of answers, as `safe assess` reads one."""
        return {"instrument": self.instrument, "answers": dict(self.answers), **({"reasons": dict(self.reasons)} if self.reasons else {})}


@dataclass(frozen=True, slots=True)
class Drafts:
    """The rows of a file as drafts, what is wrong by row and column, and columns that were left out on purpose."""

    drafts: tuple[Draft, ...]
    trouble: tuple[RowTrouble, ...]
    left_out: tuple[str, ...]


def drafts_of(instrument: Instrument, table: ForeignTable) -> Drafts:
    """Drafts from the answers of telephones."""
    items, fields, instance, trouble, left_out = instrument.by_id(), dict[int, str](), list[int](), list[RowTrouble](), list[str]()
    for at, name in enumerate(table.columns):
        tail = name.replace(":", "/").rpartition("/")[2].strip()
        known = next((id for id in _names(tail) if id.removesuffix(REASON) in items), "")
        if name.strip().lower() in INSTANCE or tail.lower() == "instanceid":
            instance.append(at)
        elif known and known not in fields.values():
            fields[at] = known
        elif known:
            trouble.append(RowTrouble(1, name, "survey.row.column_twice"))
        elif ABOUT_SENDER.match(name.strip().lower()) or not name.strip() or name.startswith("g_"):
            left_out.append(name)
        else:
            trouble.append(RowTrouble(1, name, "survey.row.column"))
    found = []
    for number, row in enumerate(table.rows, start=2):
        id = next((row[at].strip().removeprefix("uuid:") for at in instance if row[at].strip()), "")
        answers, reasons, wrong = _row(instrument, items, fields, row, number, table.columns)
        trouble += wrong
        found.append(Draft(number, id, instrument.id, instrument.version, answers, reasons))
    return Drafts(tuple(found), tuple(trouble), tuple(left_out))


def _names(tail: str) -> Iterator[str]:
    """The name, and what is left of it behind groups that ODK joins with a hyphen; names of items have hyphens too."""
    pieces = tail.split("-")
    yield from ("-".join(pieces[at:]) for at in range(len(pieces)))


def _row(instrument: Instrument, items: Mapping[str, Item], fields: Mapping[int, str], row: Sequence[str], number: int,
         columns: Sequence[str]) -> tuple[dict[str, str], dict[str, str], list[RowTrouble]]:
    cells = {name: (row[at].strip(), columns[at]) for at, name in fields.items() if row[at].strip()}
    answers: dict[str, str] = {}
    reasons: dict[str, str] = {}
    wrong: list[RowTrouble] = []
    for name, (cell, column) in cells.items():
        if name.endswith(REASON):
            continue
        item = items[name]
        offered = (*instrument.scales[item.scale].codes, *OPEN_CODES) if item.scale not in FREE_SCALES else ()
        if item.scale not in FREE_SCALES and cell not in (*offered, NOT_APPLICABLE):
            wrong.append(RowTrouble(number, column, "survey.row.code"))
        elif cell == NOT_APPLICABLE and item.scale not in FREE_SCALES:
            reason = cells.get(f"{name}{REASON}", ("", ""))[0]
            if reason:
                answers[name], reasons[name] = cell, reason
            else:
                wrong.append(RowTrouble(number, column, "survey.row.no_reason"))
        elif cell != NOT_ASKED:
            answers[name] = cell
    return answers, reasons, wrong
