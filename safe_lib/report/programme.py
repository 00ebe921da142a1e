"""The report of the trainers' programme to whoever pays for it: a period, figures with what they count, and what nobody knows. It names nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from safe_lib import programme
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.processing import load_processing
from safe_lib.engine.programme import Counted, Split, Told
from safe_lib.model.course import CourseSource
from safe_lib.model.document import Block, Bullets, Document, Heading, Notice, Table, Text
from safe_lib.model.errors import WrongUse
from safe_lib.model.programme import LEAST, FigureMeaning, Programme, Workshop
from safe_lib.model.texts import Texts
from safe_lib.report import long_date
from safe_lib.report.make import TYPES, written

PROFILE: Final = "funder"
FORMATS: Final = ("html", "pdf", "docx", "json")


def report_of(desk: Desk, first: date, last: date, format: str) -> bytes:
    """The report over whole months, as one file.

    Raises:
        WrongUse: no whole months, or there is no such format.
        NotPermitted: for whoever may not see the programme.
    """
    if format not in TYPES:
        raise WrongUse(f"format: one of {', '.join(FORMATS)}.")
    texts = load_texts(desk.language)
    labels = {"report.reference": texts("programme.report.period"), f"report.profile.{PROFILE}": texts("programme.report.funder")}
    return written(document_of(desk, first, last), format, labels)


def document_of(desk: Desk, first: date, last: date) -> Document:
    """The same as blocks; that it was made leaves a line in the trail."""
    texts, found, seen = load_texts(desk.language), programme.told(desk, first, last), programme.overview(desk)
    names = programme.country_names(desk.language)
    within = [one for one in seen.workshops if found.period.holds(one.day)]
    store = desk.open_store()
    store.note(by=desk.person, at=desk.now(), what="programme.report", detail=f"{first.isoformat()} {last.isoformat()}")
    marks = ((texts("report.mark.draft_translation"),) if seen.programme.draft else ()) + ((texts("report.mark.training"),) if store.training else ())
    title = texts("programme.report.title", first=long_date(first.isoformat(), texts.language), last=long_date(last.isoformat(), texts.language))
    blocks = (*_head(desk, seen.programme, texts), *workshop_blocks(within, names, texts), *figures_blocks(found, seen.programme, names, texts),
              *sources_blocks(seen.programme, texts))
    return Document(title, texts.language, texts.direction, PROFILE, f"{first:%Y-%m} – {last:%Y-%m}", desk.today.isoformat(), blocks, marks=marks)


def _head(desk: Desk, about: Programme, texts: Texts) -> tuple[Block, ...]:
    name = load_processing().organisation.get("name", "")
    who = (Text(texts("programme.report.by", name=name)),) if name else ()
    return (Notice(texts("programme.report.reads"), texts("programme.report.lead", least=LEAST)), *who, Text(about.about, "quiet"))


def workshop_blocks(within: list[Workshop], names: Mapping[str, str], texts: Texts) -> tuple[Block, ...]:
    """Which workshops there were; how many came to each is not told, as it would give small groups away."""
    heads = tuple(texts(f"programme.column.{name}") for name in ("day", "state", "place", "plan"))
    rows = tuple((long_date(one.day.isoformat(), texts.language), texts(f"programme.state.{one.state}"), f"{one.town}, {names.get(one.country, one.country)}",
                  one.plan) for one in sorted(within, key=lambda one: (one.day, one.number)))
    return (Heading(texts("programme.workshops")), Table(texts("programme.planned_and_held"), heads, rows) if rows else Text(texts("programme.none"), "quiet"))


def figures_blocks(found: Told, about: Programme, names: Mapping[str, str], texts: Texts) -> tuple[Block, ...]:
    """First line, second line and their ratio apart, each with what it counts; then the tables."""
    small = found.participations.total is None  # then no other number of the same people is told
    first = texts("programme.few", least=LEAST) if found.participations.few else texts("programme.withheld") if small else counted(found.persons, texts)
    ratio = texts("programme.unknown") if small else ratio_words(found, texts)
    said = (("participants", first), ("reached", reached_words(found, texts)), ("multiplier", ratio))
    lines = (block for id, words in said for block in _figure(about, id, words, texts))
    return (Heading(texts("programme.reach")), Text(texts("programme.apart"), "strong"), *lines,
            Heading(texts("programme.came")), Text(texts("programme.participations")),
            _split(found.by_country, "country", lambda id: names.get(id, id), texts),
            _split(found.participations, "sector", lambda id: texts(f"programme.sector.{id}"), texts),
            Heading(texts("programme.by_evidence")), Text(texts("programme.by_evidence_says")),
            _split(found.by_evidence, "evidence", lambda id: texts(f"programme.evidence.{id}"), texts),
            *_course(found, texts), *_evaluation(found, about, texts), *_unknown(found, texts))


def _figure(about: Programme, id: str, words: str, texts: Texts) -> tuple[Block, ...]:
    meaning = about.figure(id)
    return (Heading(f"{meaning.title}: {words}", 3), Text(meaning.definition), *_published(about, meaning, texts))


def _published(about: Programme, meaning: FigureMeaning, texts: Texts) -> tuple[Block, ...]:
    one = meaning.published
    if one is None:
        return ()
    source = about.sources[one.source]
    number = f"{one.number:g}"
    return (Text(texts(f"programme.published.{one.kind}", number=number, says=one.says, source=source.title, status=_status(source, texts)),
                 "quiet"),)


def _status(source: CourseSource, texts: Texts) -> str:
    return texts(f"programme.status.{source.status.split(',')[0]}")


def counted(found: Counted, texts: Texts) -> str:
    """A number of persons in words, with what is unknown about it."""
    if found.most is None:
        return texts("programme.at_least", number=found.least) if found.least else texts("programme.unknown")
    if 0 < found.most < LEAST:
        return texts("programme.few", least=LEAST)
    if found.least == found.most:
        return str(found.least)
    return texts("programme.between", least=found.least, most=found.most)


def reached_words(found: Told, texts: Texts) -> str:
    """The second line in words; where its table hides the total, nothing is told but that."""
    if found.by_evidence.few:
        return texts("programme.few", least=LEAST)
    return texts("programme.withheld") if found.by_evidence.total is None else counted(found.reached, texts)


def ratio_words(found: Told, texts: Texts) -> str:
    """Reached for each who took part, as far as both are known; not where either is too small to be told."""
    if found.multiplier is None or found.by_evidence.total is None or 0 < found.persons.least < LEAST:
        return texts("programme.unknown")
    lowest, highest = found.multiplier
    if highest is None:
        return texts("programme.at_least", number=f"{lowest:.1f}")
    if round(lowest, 1) == round(highest, 1):
        return f"{lowest:.1f}"
    return texts("programme.between", least=f"{lowest:.1f}", most=f"{highest:.1f}")


def _split(found: Split, column: str, name: Callable[[str], str], texts: Texts) -> Block:
    heads = (texts(f"programme.column.{column}"), texts("programme.column.number"))
    rows = [(name(one.id), _shown(one.number, one.few, texts)) for one in found.cells]
    if not rows:
        return Text(texts("programme.none"), "quiet")
    return Table(texts(f"programme.by_{column}"), heads, (*rows, (texts("programme.total"), _shown(found.total, found.few, texts))))


def _shown(number: int | None, few: bool, texts: Texts) -> str:
    if number is not None:
        return str(number)
    return texts("programme.few", least=LEAST) if few else texts("programme.withheld")


def _course(found: Told, texts: Texts) -> tuple[Block, ...]:
    total = _shown(found.marks.total, found.marks.few, texts)
    return (Heading(texts("programme.course")), Text(texts("programme.finished", number=total)), Text(texts("programme.marks_says"), "quiet"),
            _split(found.marks, "mark", lambda id: texts("programme.mark", right=id.split("/")[0], of=id.split("/")[1]), texts))


def _evaluation(found: Told, about: Programme, texts: Texts) -> tuple[Block, ...]:
    title, said = Heading(texts("programme.evaluation")), found.evaluation
    if said is None or said.answered < LEAST:
        return (title, Text(texts("programme.no_evaluation", least=LEAST), "quiet"))
    rows = [(about.evaluation["answered"], str(said.answered))]
    rows += [(about.evaluation[id], of_forms(getattr(said, id), said.answered, texts)) for id in ("useful", "safe", "ready")]
    heads = (texts("programme.column.asked"), texts("programme.column.number"))
    of = Text(texts("programme.evaluated", count=found.evaluated, held=found.held), "quiet")
    return (title, of, Table(texts("programme.on_forms"), heads, tuple(rows)))


def of_forms(number: int, answered: int, texts: Texts) -> str:
    """So many of the forms; where few said otherwise, not how few."""
    if 0 < number < LEAST:
        return texts("programme.few", least=LEAST)
    return texts("programme.all_but_few", least=LEAST) if 0 < answered - number < LEAST else str(number)


def _unknown(found: Told, texts: Texts) -> tuple[Block, ...]:
    said = (("workshops", found.without_numbers), ("groups", found.persons.unknown), ("occasions", found.reached.unknown), ("invited", found.invited.unknown))
    lines = tuple(texts(f"programme.unknown.{name}", count=number) for name, number in said if number)
    return (Heading(texts("programme.not_known")), Bullets((*lines, texts("programme.unknown.double"), texts("programme.unknown.quality"))))


def sources_blocks(about: Programme, texts: Texts) -> tuple[Block, ...]:
    """Where the design and the published figures come from; what was only recalled says so."""
    rows = tuple((one.title, _status(one, texts)) for one in about.sources.values())
    heads = tuple(texts(f"programme.column.{name}") for name in ("source", "status"))
    return (Heading(texts("programme.sources")), Table(texts("programme.where_from"), heads, rows))
