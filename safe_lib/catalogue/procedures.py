"""Legal procedures: found by folder, read with the lists they share, checked whole, kept per process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.instruments import shaped
from safe_lib.catalogue.procedure_shapes import (
    CalendarShape,
    DeadlineShape,
    HolidayShape,
    LawChangeShape,
    PapersShape,
    ProcedureShape,
    SharedShape,
    StepShape,
    TermShape,
    VariantShape,
)
from safe_lib.catalogue.reading import Located, content_hash, read_yaml
from safe_lib.engine.conditions import NotASentence, parse
from safe_lib.engine.periods import parse_period
from safe_lib.model.errors import InstrumentError, WrongUse
from safe_lib.model.instrument import Condition, Source
from safe_lib.model.procedure import (
    AS_STATED,
    DeadlineRule,
    Form,
    Holiday,
    LawChange,
    LawVersion,
    LegalCalendar,
    Period,
    Procedure,
    ProcedureStep,
    Remark,
    Term,
    Transition,
    Variant,
)

FOLDER: Final = "procedures"
SHARED: Final = ("sources", "calendars", "facts", "documents", "changes")  # lists beside the folders of the countries


@dataclass(frozen=True, slots=True)
class Shared:
    """The lists that all procedures share, as they are written."""

    shape: SharedShape
    located: Mapping[str, Located]  # name of the list → its file
    hash: str


@dataclass(frozen=True, slots=True)
class Law:
    """Every procedure that the suite knows, with the changes of law and the names of facts and documents."""

    procedures: Mapping[str, Procedure]
    variants: Mapping[str, str]  # id of a variant → id of its procedure
    changes: tuple[LawChange, ...]
    facts: Mapping[str, Mapping[str, str]]  # fact → language → words
    documents: Mapping[str, Mapping[str, str]]
    kinds: Mapping[str, str]  # fact → day | yes_no | word | day_or_period
    other_names: Mapping[str, str]  # name of an older law → fact
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # fact that is a word → the words it may be
    first: tuple[str, ...] = ()  # facts that are asked before every other: a yes cannot wait

    def minimum_days(self) -> dict[str, int]:
        """Minimum rule → the days it asks for."""
        return {id: one.minimum.number for id, one in self.procedures.items() if one.minimum and one.minimum.unit == "days"}


def procedure_files(root: Path | None = None) -> dict[str, Path]:
    """Procedure id → file; `nld/nl_b83_d.yaml` is NL-B83-d, by the id in it. The folder is the list."""
    base = (root or paths.INSTRUMENTS) / FOLDER
    return {path.stem: path for path in sorted(base.glob("*/*.yaml"))}


def load_law(root: Path | None = None) -> Law:
    """Every procedure, read once for each content of the files.

    Raises:
        Problems, CatalogueError: a file cannot be used as it is written.
    """
    base = (root or paths.INSTRUMENTS) / FOLDER
    return _law(root, tuple((str(path), path.stat().st_mtime_ns) for path in sorted(base.rglob("*.yaml"))))


def load_procedure(id: str, root: Path | None = None) -> tuple[Procedure, Variant | None]:
    """One procedure by its id, or by that of one of its grounds.

    Raises:
        WrongUse: there is none with this id.
    """
    law = load_law(root)
    named = {known.upper(): known for known in (*law.procedures, *law.variants)}.get(id.upper())
    if named is None:
        raise WrongUse("safe procedure: there is no procedure with this id.\n  See `safe procedure` for the list.")
    if named in law.procedures:
        return law.procedures[named], None
    procedure = law.procedures[law.variants[named]]
    return procedure, next(variant for variant in procedure.variants if variant.id == named)


@lru_cache(maxsize=4)
def _law(root: Path | None, _stamp: tuple[tuple[str, int], ...]) -> Law:
    shared = read_shared(root)
    written = {path.stem: read_yaml(path, error=InstrumentError) for path in procedure_files(root).values()}
    shapes = {shape.id: (shape, located) for located in written.values() for shape in (shaped(ProcedureShape, located),)}
    calendars = {id: _calendar(id, calendar) for id, calendar in shared.shape.calendars.items()}
    built = {id: _procedure(shape, located, shared, calendars) for id, (shape, located) in shapes.items()}
    whole = {id: _with_included(one, shapes[id][0].includes, built) for id, one in built.items()}
    words = {id: {"en": fact.en, "nl": fact.nl} for id, fact in shared.shape.facts.items()}
    return Law(whole, {variant.id: one.id for one in whole.values() for variant in one.variants}, tuple(map(_change, shared.shape.changes)), words,
               {id: {"en": text.en, "nl": text.nl} for id, text in shared.shape.documents.items()},
               {id: fact.kind for id, fact in shared.shape.facts.items()},
               {other: id for id, fact in shared.shape.facts.items() for other in fact.also},
               {id: tuple(fact.values) for id, fact in shared.shape.facts.items() if fact.values},
               tuple(id for id, fact in shared.shape.facts.items() if fact.first))


def read_shared(root: Path | None = None) -> Shared:
    """The lists that procedures share.

    Raises:
        Problems, CatalogueError: one of them cannot be used.
    """
    base = (root or paths.INSTRUMENTS) / FOLDER
    located = {name: read_yaml(base / f"{name}.yaml", error=InstrumentError) for name in SHARED}
    lines = {(name, *where): line for name, one in located.items() for where, line in one.lines.items()}
    together = Located(f"{FOLDER}/*.yaml", {name: one.value for name, one in located.items()}, lines, "")
    return Shared(shaped(SharedShape, together), located, content_hash(*(one.hash.encode() for one in located.values())))


def built(shape: ProcedureShape, located: Located, shared: Shared, root: Path | None = None) -> Procedure:
    """One procedure that is written elsewhere, put together with the suite's lists and procedures."""
    calendars = {id: _calendar(id, calendar) for id, calendar in shared.shape.calendars.items()}
    return _with_included(_procedure(shape, located, shared, calendars), shape.includes, load_law(root).procedures)


def _with_included(procedure: Procedure, includes: Iterable[str], built: Mapping[str, Procedure]) -> Procedure:
    """A route that shows the deadlines of the procedures on its way, with the sources they rest on."""
    others = [built[id] for id in includes if id in built]
    deadlines = {rule.id: rule for one in (procedure, *others) for rule in one.deadlines}
    sources = {id: source for one in (*others, procedure) for id, source in one.sources.items()}
    verify_by = min(one.verify_by for one in (procedure, *others))
    taken_over = frozenset(deadlines) - {rule.id for rule in procedure.deadlines}
    return replace(procedure, deadlines=tuple(deadlines.values()), sources=sources, verify_by=verify_by, taken_over=taken_over)


def _procedure(shape: ProcedureShape, located: Located, shared: Shared, calendars: Mapping[str, LegalCalendar]) -> Procedure:
    return Procedure(
        id=shape.id, country=shape.country, kind=shape.kind, name=shape.name.model_dump(), version=shape.version, standing=shape.status,
        verified=date.fromisoformat(shape.verified), verify_by=date.fromisoformat(shape.verify_by), sources=_sources(shape, shared),
        basis=tuple((basis.law, basis.source) for basis in shape.basis), authority=dict(shape.authority), calendar=_known(calendars, shape.calendar, located),
        hash=content_hash(located.hash.encode(), shared.hash.encode()), opens_when=_condition(shape.opens_when, located, "opens_when"),
        closed_when=_condition(shape.closed_when, located, "closed_when"),
        breached_when=_condition(shape.breached_when, located, "breached_when"), minimum=_period(shape.minimum),
        variants=tuple(_variant(variant, located, place) for place, variant in enumerate(shape.variants)),
        states=tuple(shape.states), final=tuple(shape.final),
        transitions=tuple(Transition(one.source, one.target, one.event or "", one.reached or "", one.passed or "") for one in shape.transitions),
        steps=tuple(map(_step, shape.steps)), deadlines=tuple(_deadline(one, located, place, shape) for place, one in enumerate(shape.deadlines)),
        needed=tuple(shape.documents.needed), useful=tuple(shape.documents.useful),
        forms=tuple(Form(form.id, form.name.model_dump(), form.status) for form in shape.forms),
        remarks=tuple(Remark(one.kind, {"en": one.en, "nl": one.nl}, one.status, tuple(one.sources), one.id or "") for one in shape.remarks),
        leads_to=tuple(shape.leads_to), remedies=tuple(shape.remedies))


def _sources(shape: ProcedureShape, shared: Shared) -> dict[str, Source]:
    cited = dict.fromkeys((*shape.sources, *(basis.source for basis in shape.basis), *cited_in(shape)))
    known = shared.shape.sources
    return {id: Source(id, s.title, s.publisher, str(s.published), s.url, s.status, s.note) for id in cited if (s := known.get(id))}


def cited_in(shape: ProcedureShape) -> tuple[str, ...]:
    """The sources that terms and remarks name."""
    lists = [term.sources for deadline in shape.deadlines for version in deadline.versions for term in version.terms]
    return tuple(id for cited in (*lists, *(remark.sources for remark in shape.remarks)) for id in cited)


def _known(calendars: Mapping[str, LegalCalendar], id: str, located: Located) -> LegalCalendar:
    if id not in calendars:
        raise InstrumentError(located.file, located.line("calendar"), f'there is no calendar "{id}".', repair=f"There are: {', '.join(calendars)}.")
    return calendars[id]


def _condition(written: Any, located: Located, *where: str | int) -> Condition | None:
    if written is None:
        return None
    try:
        return parse(written)
    except NotASentence as problem:
        repair = f"{str(problem)[0].upper()}{str(problem)[1:]}."
        raise InstrumentError(located.file, located.line(*where), "this condition is not understood.", repair=repair) from None


def _period(text: str | None) -> Period | None:
    return None if text in (None, AS_STATED) else parse_period(str(text))


def _variant(shape: VariantShape, located: Located, place: int) -> Variant:
    papers: PapersShape = shape.documents
    condition = _condition(shape.opens_when, located, "variants", place, "opens_when")
    return Variant(shape.id, shape.name.model_dump(), condition, tuple(papers.needed), tuple(papers.useful))


def _step(shape: StepShape) -> ProcedureStep:
    return ProcedureStep(shape.id, shape.actor, shape.action.model_dump(), shape.deadline or "", tuple(shape.documents), shape.form or "", tuple(shape.states))


def _deadline(shape: DeadlineShape, located: Located, place: int, whole: ProcedureShape) -> DeadlineRule:
    versions = [LawVersion(date.fromisoformat(version.in_force_from) if version.in_force_from else None,
                           tuple(_term(term, located, "deadlines", place, "versions", number) for term in version.terms))
                for number, version in enumerate(shape.versions)]
    return DeadlineRule(
        id=shape.id, anchor=shape.anchor, direction=shape.direction, versions=tuple(sorted(versions, key=lambda one: one.in_force_from or date.min)),
        legal=shape.legal, opening=shape.opening, rolls=shape.rolls, opens=shape.opens or "", plan_from=shape.plan_from or "", minimum=shape.minimum or "",
        reminders=tuple(parse_period(text) for text in shape.reminders), note=shape.note.model_dump() if shape.note else {},
        law=tuple(basis.law for basis in whole.basis))


def _term(shape: TermShape, located: Located, *where: str | int) -> Term:
    return Term(_period(shape.term), tuple(shape.sources), shape.status, _condition(shape.when, located, *where), shape.anchor or "", shape.stated_in or "")


def _calendar(id: str, shape: CalendarShape) -> LegalCalendar:
    return LegalCalendar(id, shape.zone, tuple(map(_holiday, shape.holidays)), dict(shape.rolls_up_to), shape.complete)


def _holiday(shape: HolidayShape) -> Holiday:
    month, _, day = (shape.fixed or "0-0").partition("-")
    return Holiday(shape.name, int(month), int(day), shape.easter, shape.moved_from_sunday, shape.first, shape.last)


def _change(shape: LawChangeShape) -> LawChange:
    since = date.fromisoformat(shape.since) if shape.since else None
    return LawChange(shape.id, since, shape.topic.model_dump(), shape.says.model_dump(), shape.status, tuple(shape.touches), tuple(shape.sources))
