"""Instruments: found by folder, read with their bank, checked whole, kept per process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from safe_lib.catalogue import paths
from safe_lib.catalogue.reading import Located, content_hash, read_yaml
from safe_lib.catalogue.shapes import BankShape, GroupShape, InstrumentShape, ItemShape, OutcomeShape, RuleShape, ScaleShape, WordsShape
from safe_lib.engine.conditions import NotASentence, parse
from safe_lib.model.errors import CatalogueError, InstrumentError, Problems
from safe_lib.model.instrument import (
    STRENGTHS,
    Condition,
    FollowUp,
    Group,
    Instrument,
    Item,
    Outcome,
    Rule,
    Scale,
    ScenarioKind,
    Source,
    Weight,
)

KINDS: Final = ("indicators", "assessments")  # folders whose files are instruments; lessons, procedures and surveys have readers of their own
BANKS: Final = "banks"

USUAL_SCALES: Final[Mapping[str, tuple[str, ...]]] = {
    "presence": ("absent", "present", "verified"),
    "risk": ("absent", "partly", "present"),
    "protective": ("absent", "partly", "present", "verified"),
    "hard_stop": ("cleared", "active"),
    "danger": ("absent", "present"),
    "yes_no": ("no", "yes"),
    "text": ("written",),
    "day": ("written",),
}
SCALE_OF: Final[Mapping[str, str]] = {
    "indicator": "presence",
    "risk": "risk",
    "protective": "protective",
    "hard_stop": "hard_stop",
    "danger": "danger",
    "question": "yes_no",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A file as it is written: its shape, its lines and its folder."""

    shape: Any
    located: Located
    kind: str


_LISTED: dict[str, tuple[tuple[int, ...], dict[str, Path]]] = {}


def instrument_files(root: Path | None = None) -> dict[str, Path]:
    """Instrument id → file, in the order of the folders and names; the folder is the list, read again when it has changed."""
    base = root or paths.INSTRUMENTS
    stamp = tuple((base / kind).stat().st_mtime_ns if (base / kind).is_dir() else 0 for kind in KINDS)
    kept = _LISTED.get(str(base))
    if kept is None or kept[0] != stamp:
        kept = _LISTED[str(base)] = (stamp, {path.stem: path for kind in KINDS for path in sorted((base / kind).glob("*.yaml"))})
    return dict(kept[1])


_KEPT: dict[tuple[str, str], tuple[tuple[int, ...], Instrument]] = {}


def load_instrument(id: str, root: Path | None = None) -> Instrument:
    """The instrument with this id, read and checked; read once for each content of its files.

    Raises:
        InstrumentError: there is none, or its file (or its bank's) cannot be used; every problem is told at once.
    """
    files = instrument_files(root)
    if id not in files:
        raise InstrumentError(id, 0, f'there is no instrument "{id}".', repair=f"There are: {', '.join(files)}.")
    base = root or paths.INSTRUMENTS
    stamp = tuple(path.stat().st_mtime_ns for path in (files[id], *sorted((base / BANKS).glob("*.yaml"))))
    kept = _KEPT.get((str(base), id))
    if kept is None or kept[0] != stamp:
        kept = _KEPT[(str(base), id)] = (stamp, _Reader(base, files).instrument(id))
    return kept[1]


def load_instruments(root: Path | None = None) -> tuple[Instrument, ...]:
    """Every instrument; problems of all files are told together.

    Raises:
        Problems: at least one file cannot be used.
    """
    found: list[Instrument] = []
    problems: list[CatalogueError] = []
    for id in instrument_files(root):
        try:
            found.append(load_instrument(id, root))
        except Problems as several:
            problems += several.problems
        except CatalogueError as problem:
            problems.append(problem)
    if problems:
        raise Problems(problems)
    return tuple(found)


class _Reader:
    """Reads one instrument with everything it takes over from a bank."""

    def __init__(self, base: Path, files: Mapping[str, Path]) -> None:
        self.base, self.files = base, files

    def written(self, id: str) -> Written:
        path = self.files.get(id) or self.base / BANKS / f"{id}.yaml"
        located = read_yaml(path, error=InstrumentError)
        shape = BankShape if path.parent.name == BANKS else InstrumentShape
        return Written(shaped(shape, located), located, path.parent.name)

    def instrument(self, id: str) -> Instrument:
        own = self.written(id)
        bank = self.written(own.shape.uses) if own.shape.uses else None
        merged = _Merged(own, bank)
        others = {age: self.written(other).shape.strengths for age, other in own.shape.readings.items() if other != id and other in self.files}
        instrument = merged.build(others)
        if merged.problems:
            raise Problems(merged.problems)
        return instrument


def shaped(shape: type[Any], located: Located, error: type[CatalogueError] = InstrumentError) -> Any:
    """A file's values in their shape.

    Raises:
        Problems: every key that is missing, unknown or of the wrong kind, each with its line and repair.
    """
    if not isinstance(located.value, dict):
        raise error(located.file, 1, "the file is empty or not a map of keys.", repair="Start with `id:`.")
    try:
        return shape.model_validate(located.value)
    except ValidationError as problem:
        raise Problems([_problem(located, detail, error) for detail in problem.errors(include_input=False, include_url=False)]) from None


def _problem(located: Located, detail: Any, error: type[CatalogueError]) -> CatalogueError:
    where = tuple(part for part in detail["loc"] if isinstance(part, (str, int)))
    place = ".".join(str(part) for part in where)
    words = {
        "missing": (f'"{place}" is missing.', f'Add "{where[-1]}:".'),
        "extra_forbidden": (f'"{place}" is not a key of this kind of file.', "Check the spelling, or remove it."),
    }
    message = str(detail["msg"])
    problem, repair = words.get(detail["type"], (f'"{place}": {message[0].lower()}{message[1:]}.', "Write the value as the schema describes it."))
    return error(located.file, located.line(*where), problem, repair=repair)


class _Merged:
    """One instrument file put together with its bank, and turned into records."""

    def __init__(self, own: Written, bank: Written | None) -> None:
        self.own, self.bank = own, bank
        self.shape: InstrumentShape = own.shape
        self.problems: list[CatalogueError] = []
        variant = self.shape.variant
        self.variants = [variant] if isinstance(variant, str) else variant

    def taken(self, key: str) -> Any:
        """A key of the instrument itself, or else of its bank."""
        mine = getattr(self.shape, key)
        return mine or (getattr(self.bank.shape, key, None) if self.bank else None) or mine

    def build(self, other_strengths: Mapping[str, Mapping[str, str]]) -> Instrument:
        shape = self.shape
        raw = [self.own.located.hash.encode(), *([self.bank.located.hash.encode()] if self.bank else [])]
        items = self.items(other_strengths)
        used = {item.group for item in items}
        return Instrument(
            id=shape.id,
            title=shape.title,
            about=shape.about,
            method=shape.method,
            version=shape.version,
            validity=shape.validity,
            language=shape.language,
            hash=content_hash(*raw),
            reviewed={"date": shape.reviewed.date, "by": shape.reviewed.by},
            review_by=date.fromisoformat(shape.review_by),
            sources=self.sources(),
            scales=self.scales(),
            groups=tuple(self.group(group, place) for place, group in enumerate(self.taken("groups")) if group.id in used),
            items=items,
            rules=tuple(self.rule(rule, place) for place, rule in enumerate(self.taken("rules"))),
            outcomes=tuple(self.outcome(outcome, place) for place, outcome in enumerate(self.taken("outcomes"))),
            limits=tuple(dict.fromkeys([*(self.bank.shape.limits if self.bank else []), *shape.limits])),
            statement=self.statement(),
            reading=shape.reading,
            readings=dict(shape.readings.items()),
            matrix=tuple(tuple(row) for row in self.matrix()),
            scenarios=tuple(ScenarioKind(s.id, s.title, s.about) for s in self.from_instrument("scenarios")),
            follow_up=tuple(FollowUp(f.day, f.title, f.content) for f in self.from_instrument("follow_up")),
            examples=tuple(example.model_dump() for example in shape.examples),
            history=tuple(entry.model_dump() for entry in shape.history),
            status=shape.status,
            workbook=shape.workbook,
            for_person=shape.for_person,
        )

    def from_instrument(self, key: str) -> list[Any]:
        """A key that only instruments have, own or of the instrument used as a bank."""
        return list(getattr(self.shape, key) or (getattr(self.bank.shape, key, []) if self.bank else []))

    def matrix(self) -> list[list[str]]:
        return [list(row) for row in self.from_instrument("matrix")]

    def statement(self) -> str:
        return self.shape.statement or (getattr(self.bank.shape, "statement", "") if self.bank else "")

    def sources(self) -> dict[str, Source]:
        shapes = {**(self.bank.shape.sources if self.bank else {}), **self.shape.sources}
        return {id: Source(id, s.title, s.publisher, str(s.published), s.url, s.status, s.note) for id, s in shapes.items()}

    def scales(self) -> dict[str, Scale]:
        written: dict[str, ScaleShape] = {**(self.bank.shape.scales if self.bank else {}), **self.shape.scales}
        usual = {id: Scale(id, codes) for id, codes in USUAL_SCALES.items()}
        return {**usual, **{id: Scale(id, tuple(s.codes), dict(s.labels), dict(s.scores)) for id, s in written.items()}}

    def items(self, other_strengths: Mapping[str, Mapping[str, str]]) -> tuple[Item, ...]:
        found = []
        for written, shape, place in self.written_items():
            weights = self.weights(shape, other_strengths)
            if self.is_selected(shape, weights, written is self.own):
                found.append(self.item(written, shape, place, weights))
        return tuple(found)

    def written_items(self) -> Iterator[tuple[Written, ItemShape, int]]:
        own_ids = {item.id for item in self.shape.items}
        for written in filter(None, (self.bank, self.own)):
            for place, item in enumerate(written.shape.items):
                if written is self.own or item.id not in own_ids:
                    yield written, item, place

    def is_selected(self, shape: ItemShape, weights: Mapping[str, Weight], is_own: bool) -> bool:
        if is_own or self.bank is None:
            return True
        if self.shape.strengths:
            return shape.id in self.shape.strengths
        select = self.shape.select
        return select is None or shape.id in select.items or (select.critical and (shape.critical or shape.kind == "hard_stop"))

    def weights(self, shape: ItemShape, others: Mapping[str, Mapping[str, str]]) -> dict[str, Weight]:
        own_reading = self.shape.reading or "any"
        columns = {own_reading: self.shape.strengths, **others}
        found = {}
        for reading, column in columns.items():
            written = column.get(shape.id) or (shape.strength if reading == own_reading else None)
            if written:
                weight = self.weight(written, shape.id)
                if weight:
                    found[reading] = weight
        return found

    def weight(self, written: str, id: str) -> Weight | None:
        strength, _, certainty = (part.strip() for part in written.partition(","))
        certainty = certainty.replace(" ", "_") or "seen"
        if strength not in STRENGTHS or certainty not in ("seen", "recalled_medium", "recalled_low"):
            self.refuse(
                ("strengths", id), f'the strength of "{id}" is not understood.', "Write `strong`, `medium` or `weak`, and `, recalled low` where it is so."
            )
            return None
        return Weight(strength, certainty)  # type: ignore[arg-type]

    def item(self, written: Written, shape: ItemShape, place: int, weights: Mapping[str, Weight]) -> Item:
        words = self.words(shape)
        return Item(
            id=shape.id,
            group=shape.group,
            kind=shape.kind,
            scale=shape.scale or SCALE_OF[shape.kind],
            critical=shape.critical,
            weights=weights,
            themes=tuple(shape.themes),
            sources=tuple(shape.sources),
            links=tuple(shape.links),
            stop=shape.stop,
            only_if=self.condition(shape.only_if, ("items", place, "only_if"), written),
            status=shape.status or self.shape.status,
            **words,
        )

    def words(self, shape: ItemShape) -> dict[str, str]:
        words = {key: getattr(shape, key) for key in WordsShape.model_fields}
        for variant in self.variants:
            if variant in shape.variants:
                words.update({key: value for key, value in shape.variants[variant].model_dump().items() if value})
        return words

    def group(self, shape: GroupShape, place: int) -> Group:
        return Group(
            shape.id,
            shape.title,
            shape.about,
            shape.heading,
            shape.severity,
            shape.critical,
            tuple(shape.scenarios),
            self.condition(shape.when, ("groups", place, "when")),
            shape.step,
            shape.gate,
            tuple(shape.measures),
        )

    def rule(self, shape: RuleShape, place: int) -> Rule:
        when = self.condition(shape.when, ("rules", place, "when")) or Condition("any")
        return Rule(shape.id, when, shape.because, shape.then, shape.flag, tuple(shape.basis), tuple(example.model_dump() for example in shape.examples))

    def outcome(self, shape: OutcomeShape, place: int) -> Outcome:
        return Outcome(
            shape.id,
            shape.title,
            shape.wording,
            tuple(shape.next_steps),
            shape.reading,
            self.condition(shape.when, ("outcomes", place, "when")),
            tuple(shape.basis),
            tuple(shape.plain),
        )

    def condition(self, written: Any, where: tuple[str | int, ...], file: Written | None = None) -> Condition | None:
        if written is None:
            return None
        try:
            return parse(written)
        except NotASentence as problem:
            self.refuse(where, "this condition is not understood.", f"{str(problem)[0].upper()}{str(problem)[1:]}.", file)
            return None

    def refuse(self, where: tuple[str | int, ...], problem: str, repair: str, file: Written | None = None) -> None:
        located = (file or self.own).located
        self.problems.append(InstrumentError(located.file, located.line(*where), problem, repair=repair))
