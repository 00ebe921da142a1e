"""Everything a procedure must have before somebody counts days with it; every problem is told at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from safe_lib.catalogue.instruments import shaped
from safe_lib.catalogue.procedure_shapes import ProcedureShape, TransitionShape
from safe_lib.catalogue.procedures import Shared, built, cited_in, load_law, procedure_files, read_shared
from safe_lib.catalogue.reading import Located, Where, read_yaml
from safe_lib.engine.conditions import NotASentence, parse, sentences
from safe_lib.model.errors import CatalogueError, InstrumentError, Problems
from safe_lib.model.procedure import Procedure

Found = Iterator[tuple[Where, str, str]]  # where in the file, problem, repair
_HAPPENINGS: Final = ("event", "reached", "passed")


def check_procedures(root: Path | None = None) -> list[CatalogueError]:
    """Every problem of every procedure and of the lists they share, with file, line and repair."""
    try:
        shared = read_shared(root)
    except Problems as several:
        return list(several.problems)
    except CatalogueError as problem:
        return [problem]
    written, problems = _written(root)
    known = _Known.of(shared, [one.shape for one in written])
    for one in written:
        problems += [InstrumentError(one.located.file, one.located.line(*where), said, repair=repair) for where, said, repair in _problems(one, known)]
    problems += list(_shared_problems(shared, known))
    return problems or list(_whole(root))


def proposed_procedure(path: Path, root: Path | None = None) -> Procedure:
    """One procedure from a file that is not part of the suite, such as a change of the law that is to come; read with the suite's own lists.

    Raises:
        Problems, CatalogueError: it could not stand in the suite as it is written.
    """
    shared = read_shared(root)
    located = read_yaml(path, error=InstrumentError)
    one = _Written(shaped(ProcedureShape, located), located, path)
    others = [other.shape for other in _written(root)[0] if other.shape.id != one.shape.id]
    known = _Known.of(shared, [*others, one.shape])
    found = [InstrumentError(located.file, located.line(*where), said, repair=repair) for where, said, repair in _said_of(one, known)]
    if found:
        raise Problems(found)
    return built(one.shape, located, shared, root)


@dataclass(frozen=True, slots=True)
class _Written:
    """A procedure as it is written, and where."""

    shape: ProcedureShape
    located: Located
    path: Path


def _written(root: Path | None) -> tuple[list[_Written], list[CatalogueError]]:
    found: list[_Written] = []
    problems: list[CatalogueError] = []
    for path in procedure_files(root).values():
        try:
            located = read_yaml(path, error=InstrumentError)
            found.append(_Written(shaped(ProcedureShape, located), located, path))
        except Problems as several:
            problems += several.problems
        except CatalogueError as problem:
            problems.append(problem)
    return found, problems


def _whole(root: Path | None) -> Iterable[CatalogueError]:
    """What only shows when all is put together."""
    try:
        load_law(root)
    except Problems as several:
        return several.problems
    except CatalogueError as problem:
        return (problem,)
    return ()


@dataclass(frozen=True, slots=True)
class _Known:
    """What a procedure may name."""

    sources: tuple[str, ...]
    calendars: tuple[str, ...]
    facts: tuple[str, ...]
    kinds: dict[str, str]
    values: dict[str, tuple[str, ...]]  # fact that is a word → the words it may be
    documents: tuple[str, ...]
    procedures: tuple[str, ...]
    deadlines: tuple[str, ...]
    countries: tuple[str, ...]

    @classmethod
    def of(cls, shared: Shared, shapes: list[ProcedureShape]) -> _Known:
        said = shared.shape
        variants = [variant.id for shape in shapes for variant in shape.variants]
        return cls(tuple(said.sources), tuple(said.calendars), tuple(said.facts), {id: fact.kind for id, fact in said.facts.items()},
                   {id: tuple(fact.values) for id, fact in said.facts.items() if fact.values}, tuple(said.documents),
                   (*(shape.id for shape in shapes), *variants), tuple(one.id for shape in shapes for one in shape.deadlines),
                   tuple(shape.country for shape in shapes))


def _problems(written: _Written, known: _Known) -> Found:
    shape, folder, stem = written.shape, written.path.parent.name, written.path.stem
    yield from _said_of(written, known)
    wanted = shape.id.lower().replace("-", "_")
    if stem != wanted:
        yield ("id",), f'the procedure is called "{shape.id}", its file "{stem}".', f"Name the file {wanted}.yaml."
    if folder != shape.country.lower():
        yield ("country",), f'the procedure is of "{shape.country}", and lies in the folder "{folder}".', "Move the file, or correct the country."


def _said_of(written: _Written, known: _Known) -> Found:
    """What is wrong with a procedure wherever its file lies."""
    for check in (_names, _validity, _documents, _conditions, _states, _deadlines):
        yield from check(written.shape, known)


def _names(shape: ProcedureShape, known: _Known) -> Found:
    named: list[tuple[Where, str, str, tuple[str, ...]]] = [(("calendar",), "calendar", shape.calendar, known.calendars)]
    named += [(("sources", place), "source", id, known.sources) for place, id in enumerate(shape.sources)]
    named += [(("basis", place), "source", one.source, known.sources) for place, one in enumerate(shape.basis)]
    named += [(("deadlines",), "source", id, known.sources) for id in cited_in(shape)]
    for key in ("includes", "leads_to", "remedies"):
        named += [((key,), "procedure", id, known.procedures) for id in getattr(shape, key)]
    if known.procedures.count(shape.id) > 1:
        yield ("id",), f'the id "{shape.id}" stands twice.', "Give each procedure its own id."
    for where, what, name, there in named:
        if name not in there:
            yield where, f'there is no {what} "{name}".', _nearest(name, there)


def _validity(shape: ProcedureShape, known: _Known) -> Found:
    for key in ("verified", "verify_by"):
        if _day(getattr(shape, key)) is None:
            yield (key,), "this is not a day.", "Write YYYY-MM-DD."
            return
    if shape.verify_by <= shape.verified:
        yield ("verify_by",), "it is to be verified again before it was verified.", "Write a later day."


def _documents(shape: ProcedureShape, known: _Known) -> Found:
    named: list[tuple[Where, list[str]]] = [(("documents",), [*shape.documents.needed, *shape.documents.useful])]
    named += [(("steps", place), step.documents) for place, step in enumerate(shape.steps)]
    named += [(("variants", place), [*one.documents.needed, *one.documents.useful]) for place, one in enumerate(shape.variants)]
    for where, ids in named:
        for id in ids:
            if id not in known.documents:
                yield where, f'there is no document "{id}".', _nearest(id, known.documents)
    forms = [form.id for form in shape.forms]
    for place, step in enumerate(shape.steps):
        if step.form and step.form not in forms:
            yield ("steps", place, "form"), f'there is no form "{step.form}" in this procedure.', _nearest(step.form, forms)


def _conditions(shape: ProcedureShape, known: _Known) -> Found:
    written: list[tuple[Where, Any]] = [(("opens_when",), shape.opens_when), (("closed_when",), shape.closed_when),
                                        (("breached_when",), shape.breached_when)]
    written += [(("variants", place, "opens_when"), one.opens_when) for place, one in enumerate(shape.variants)]
    written += [(("deadlines", place, "versions", number, "terms", count, "when"), term.when) for place, one in enumerate(shape.deadlines)
                for number, version in enumerate(one.versions) for count, term in enumerate(version.terms)]
    for where, condition in written:
        if condition is not None:
            yield from _condition(where, condition, known)
    if (shape.kind == "minimum_rule") is not (shape.breached_when is not None):
        yield ("kind",), "a minimum rule, and only one, says when it is breached.", 'Add "breached_when:", or correct the kind.'
    if shape.kind != "minimum_rule" and shape.opens_when is None:
        yield ("id",), "it does not say when it may apply.", 'Add "opens_when:".'


def _condition(where: Where, written: Any, known: _Known) -> Found:
    try:
        asked = sentences(parse(written))
    except NotASentence as problem:
        yield where, "this condition is not understood.", f"{str(problem)[0].upper()}{str(problem)[1:]}."
        return
    for sentence in asked:
        if sentence.subject != "item" or sentence.name not in known.facts:
            yield where, f'it says "{sentence.text}", but "{sentence.name}" is not a fact.', _nearest(sentence.name, known.facts)
        elif known.kinds[sentence.name] in ("day", "yes_no") and set(sentence.values) - {"yes", "no"}:
            yield where, f'it says "{sentence.text}", but {sentence.name} is yes or no.', "Write `is yes` or `is no`."
        elif (words := known.values.get(sentence.name)) and (strange := sorted(set(sentence.values) - set(words))):
            yield where, f'it says "{sentence.text}", but {sentence.name} is never {strange[0]}.', _nearest(strange[0], words)


def _states(shape: ProcedureShape, known: _Known) -> Found:
    for place, state in enumerate(shape.final):
        if state not in shape.states:
            yield ("final", place), f'there is no state "{state}".', _nearest(state, shape.states)
    for place, way in enumerate(shape.transitions):
        where: Where = ("transitions", place)
        for state in (way.source, way.target):
            if state not in shape.states:
                yield where, f'there is no state "{state}".', _nearest(state, shape.states)
        if way.source in shape.final:
            yield where, f'it leaves "{way.source}", which is final.', "Take the state out of `final:`, or the transition out."
        yield from _happening(where, way, known)
    for place, step in enumerate(shape.steps):
        for state in step.states:
            if state not in shape.states:
                yield ("steps", place, "states"), f'there is no state "{state}".', _nearest(state, shape.states)


def _happening(where: Where, way: TransitionShape, known: _Known) -> Found:
    if sum(getattr(way, key) is not None for key in _HAPPENINGS) != 1:
        yield where, "a transition comes about in exactly one way.", "Write one of: event, reached, passed."
    if way.event and way.event not in known.facts:
        yield where, f'"{way.event}" is not a fact.', _nearest(way.event, known.facts)
    for id in filter(None, (way.reached, way.passed)):
        if id not in known.deadlines:
            yield where, f'there is no deadline "{id}".', _nearest(id, known.deadlines)


def _deadlines(shape: ProcedureShape, known: _Known) -> Found:
    for place, one in enumerate(shape.deadlines):
        where: Where = ("deadlines", place)
        if known.deadlines.count(one.id) > 1:
            yield (*where, "id"), f'the deadline "{one.id}" stands twice.', "Give each its own id; use `includes:` to show it elsewhere."
        days = [version.in_force_from or "" for version in one.versions]
        if len(set(days)) < len(days) or any(day and _day(day) is None for day in days):
            yield (*where, "versions"), "two versions of the law begin on one day, or a day is not one.", "Write YYYY-MM-DD, each once."
        terms = [term for version in one.versions for term in version.terms]
        for name in [one.anchor, *(fact for term in terms for fact in (term.anchor, term.stated_in) if fact)]:
            if name not in known.facts:
                yield where, f'"{name}" is not a fact.', _nearest(name, known.facts)
        if any((term.term == "as stated") is not (term.stated_in is not None) for term in terms):
            yield where, "a term that a letter states needs the fact that holds it.", 'Write "term: as stated" together with "stated_in:".'
        for id in filter(None, (one.opens, one.plan_from)):
            if id not in known.deadlines:
                yield where, f'there is no deadline "{id}".', _nearest(id, known.deadlines)
        if one.minimum and one.minimum not in known.procedures:
            yield (*where, "minimum"), f'there is no minimum rule "{one.minimum}".', _nearest(one.minimum, known.procedures)
    for place, step in enumerate(shape.steps):
        if step.deadline and step.deadline not in known.deadlines:
            yield ("steps", place, "deadline"), f'there is no deadline "{step.deadline}".', _nearest(step.deadline, known.deadlines)


def _shared_problems(shared: Shared, known: _Known) -> Iterable[CatalogueError]:
    """What is wrong in the lists themselves."""
    def told(name: str, where: Where, problem: str, repair: str) -> CatalogueError:
        return InstrumentError(shared.located[name].file, shared.located[name].line(*where), problem, repair=repair)

    for id, calendar in shared.shape.calendars.items():
        if not _is_zone(calendar.zone):
            yield told("calendars", (id, "zone"), f'calendar "{id}" has no time zone that is known.', "Write a name such as Europe/Amsterdam.")
        for source in calendar.sources:
            if source not in known.sources:
                yield told("calendars", (id, "sources"), f'there is no source "{source}".', _nearest(source, known.sources))
        for place, holiday in enumerate(calendar.holidays):
            if (holiday.fixed is None) is (holiday.easter is None):
                yield told("calendars", (id, "holidays", place), f'"{holiday.name}" has no day.', "Write either fixed: MM-DD or easter: days.")
    for place, change in enumerate(shared.shape.changes):
        for name in change.touches:
            if name not in (*known.procedures, *known.countries):
                yield told("changes", (place, "touches"), f'there is no procedure "{name}".', _nearest(name, known.procedures))
        for source in change.sources:
            if source not in known.sources:
                yield told("changes", (place, "sources"), f'there is no source "{source}".', _nearest(source, known.sources))


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _nearest(name: str, there: Iterable[str]) -> str:
    close = get_close_matches(name, list(there), n=1)
    return f'Did you mean "{close[0]}"?' if close else "Check the spelling, or add it to its list."
