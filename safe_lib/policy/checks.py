"""Nothing is kept without a purpose (PRI-01), no instrument is used without its note (PRI-02), no group of people weighs without a reason (PRI-11).

Every column of the store, every instrument and every kind of paper has to stand in exactly one group of
`rights/processing.yaml`. Whoever adds one adds it there, and says with it what it is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from safe_lib.casework import CONSENTS, FUTURES, PLAN, SEVERITY
from safe_lib.catalogue import instrument_files, load_instrument
from safe_lib.catalogue.locale_checks import WHOLE
from safe_lib.catalogue.processing import load_processing, processing_file, words_file
from safe_lib.catalogue.reading import Located, read_yaml
from safe_lib.model.coordination import PAPERS as OF_COORDINATION
from safe_lib.model.errors import CatalogueError, LocaleError, Problems
from safe_lib.model.instrument import Instrument, Item
from safe_lib.model.legal import PROCEDURES
from safe_lib.model.processing import BEST_INTEREST, CORRECTIONS, DECISION, InstrumentNote, Processing
from safe_lib.store.settings import SETTINGS
from safe_lib.store.tables import METADATA

PAPERS: Final = (
    FUTURES, PLAN, SEVERITY, CONSENTS, CORRECTIONS, BEST_INTEREST, DECISION, PROCEDURES, *OF_COORDINATION)  # every kind of paper that the program writes
WEIGHING: Final = ("indicator", "risk", "protective", "hard_stop")  # kinds of items from which a result is made
TOUCHY: Final[Mapping[str, re.Pattern[str]]] = {  # words in a label or a question that show what an item touches
    "nationality": re.compile(r"\b(nationalit\w*|nationals?|stateless\w*|citizens?|citizenship|country of origin)\b", re.IGNORECASE),
    "ethnicity": re.compile(r"\b(ethnic\w*|rac(e|ial|ially)|tribes?|tribal|clans?|skin colou?r|roma|caste)\b", re.IGNORECASE),
    "religion": re.compile(r"\b(relig\w*|faiths?|beliefs?|muslims?|christians?|church(es)?|mosques?)\b", re.IGNORECASE),
}
NO_GROUP: Final = "belongs to no group, so it has no purpose and no legal basis."
ADD_IT: Final = "Add it to a group of rights/processing.yaml (an instrument may say it itself, under `processing:`)."
_IN_WORDS: Final = {"purposes": ("title", "about", "retention"), "recipients": ("title",), "measures": ("title",), "groups": ("title", "about", "persons"),
                    "instruments": ("benefit", "risk"), "risks": ("title", "why", "left")}


def check_processing(
    file: Path | None = None, *, columns: Mapping[str, Sequence[str]] | None = None, instruments: Mapping[str, Instrument] | None = None,
    papers: Iterable[str] = PAPERS,
) -> list[CatalogueError]:
    """Every problem of the policy, with file, line and repair.

    Args:
        columns: table → its columns; None takes the tables of the store.
        instruments: by id; None takes those that are there.
    """
    try:
        policy, located = load_processing(file=file), read_yaml(file or processing_file())
    except Problems as several:
        return list(several.problems)
    except CatalogueError as problem:
        return [problem]
    look = _Look(policy, located)
    stored = columns if columns is not None else {name: [column.name for column in table.columns] for name, table in METADATA.tables.items()}
    known = instruments if instruments is not None else {id: load_instrument(id) for id in instrument_files()}
    return [*look.columns(stored), *look.instruments(known), *look.papers(papers), *look.clocks(), *look.weighings(known),
            *(problem for language in WHOLE for problem in _untranslated(located, language) if file is None)]


class _Look:
    """Looks through one policy."""

    def __init__(self, policy: Processing, located: Located) -> None:
        self.policy, self.located = policy, located

    def problem(self, text: str, repair: str, *where: str | int) -> CatalogueError:
        return CatalogueError(self.located.file, self.located.line(*(where or ("groups",))), text, repair=repair)

    def columns(self, stored: Mapping[str, Sequence[str]]) -> Iterator[CatalogueError]:
        grouped = [(table, column) for group in self.policy.groups for table, several in group.tables.items() for column in several]
        real = {(table, column) for table, several in stored.items() for column in several}
        for table, column in sorted(real - set(grouped)):
            yield self.problem(f'the column "{table}.{column}" {NO_GROUP}', ADD_IT)
        for table, column in sorted(set(grouped) - real):
            yield self.problem(f'there is no column "{table}.{column}".', "Correct the name, or remove it.")
        yield from self.twice([f"{table}.{column}" for table, column in grouped], "column")

    def instruments(self, known: Mapping[str, Instrument]) -> Iterator[CatalogueError]:
        grouped = [id for group in self.policy.groups for id in group.instruments]
        for id in sorted(set(known) - set(grouped)):
            yield self.problem(f'the instrument "{id}" {NO_GROUP}', ADD_IT)
        for id in sorted(set(known) - set(self.policy.notes)):
            yield self.problem(f'the instrument "{id}" does not say how sensitive it is, what it is good for and what it may cost.',
                               "Add sensitivity, benefit and risk.", "instruments")
        for id in sorted((set(grouped) | set(self.policy.notes)) - set(known)):
            yield self.problem(f'there is no instrument "{id}".', "Correct the id, or remove it.", "instruments", id)
        yield from self.twice(grouped, "instrument")

    def papers(self, kinds: Iterable[str]) -> Iterator[CatalogueError]:
        for kind in sorted(set(kinds) - self.policy.paper_kinds()):
            yield self.problem(f'the paper "{kind}" {NO_GROUP}', ADD_IT)
        yield from self.twice([kind for group in self.policy.groups for kind in group.papers], "paper")

    def clocks(self) -> Iterator[CatalogueError]:
        for purpose in self.policy.clocks():
            setting = SETTINGS.get(purpose.retention.setting)
            if setting is None or setting.default != str(purpose.retention.months) or not purpose.retention.months:
                yield self.problem(f'the time of "{purpose.id}" is not what a team settles under "{purpose.retention.setting}".',
                                   "Write the same default in both places.", "purposes")

    def weighings(self, known: Mapping[str, Instrument]) -> Iterator[CatalogueError]:
        for id, instrument in known.items():
            note = self.policy.notes.get(id)
            for item, what in unjustified(instrument, note):
                yield self.problem(f'item "{item}" of "{id}" touches {what} and may weigh, without a written justification.',
                                   f'Word it otherwise, or add it under "weighs:" of {id} with the reason.', "instruments", id)
            for gone in (one.item for one in (note.weighs if note else ()) if one.item not in instrument.by_id()):
                yield self.problem(f'"{id}" justifies "{gone}", which is not one of its items.', "Correct the item, or remove it.", "instruments", id)

    def twice(self, names: Sequence[str], kind: str) -> Iterator[CatalogueError]:
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield self.problem(f'the {kind} "{name}" belongs to two groups.', "Keep it in one of them.")


def unjustified(instrument: Instrument, note: InstrumentNote | None) -> Iterator[tuple[str, str]]:
    """Items that may weigh and touch nationality, ethnicity or religion, and for which nobody wrote down why: item, what it touches."""
    said = {one.item: one.what for one in (note.weighs if note else ())}
    for item in instrument.items:
        for what in touched(item) if _weighs(item) else ():
            if what not in said.get(item.id, ""):
                yield item.id, what


def touched(item: Item) -> tuple[str, ...]:
    """What the words of an item touch: nationality, ethnicity, religion."""
    return tuple(what for what, pattern in TOUCHY.items() if pattern.search(f"{item.label} {item.ask}"))


def _weighs(item: Item) -> bool:
    return item.kind in WEIGHING or bool(item.weights)


def _untranslated(located: Located, language: str) -> Iterator[CatalogueError]:
    """A language that promises to be whole has every sentence of the policy."""
    path = words_file(language)
    words: Mapping[str, Any] = read_yaml(path, error=LocaleError).value if path.is_file() else {}
    for kind, keys in _IN_WORDS.items():
        entries = located.value[kind]
        own = {entry["id"]: entry for entry in entries} if isinstance(entries, list) else entries
        said = words.get(kind) or {}
        for id, entry in own.items():
            wanted = (*keys, *(f"why_{number}" for number, _ in enumerate(entry.get("basis", ()), 1)))
            for key in (key for key in wanted if not (said.get(id) or {}).get(key)):
                yield LocaleError(f"locales/{language}/processing.yaml", 0, f'"{kind}.{id}.{key}" is not translated.', repair="Add it.")
        for id in sorted(set(said) - set(own)):
            yield LocaleError(f"locales/{language}/processing.yaml", 0, f'there is no "{kind}.{id}" in the policy.', repair="Correct the id, or remove it.")
