"""The views of the workbook on procedures as blocks: for a report, a notebook, and whoever may read and not write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from safe_lib.model.assessment import Truth
from safe_lib.model.document import Block, Bullets, Details, Facts, Heading, Notice, Quote, Table, Text
from safe_lib.model.instrument import Source
from safe_lib.model.legal import CaseDeadline, Considered, FileDocument, Task
from safe_lib.model.procedure import Alternative, Deadline, LawChange, ProcedureStep, is_recalled
from safe_lib.widgets.legal import timeline
from safe_lib.widgets.legal.reading import Reading

Blocks = tuple[Block, ...]


def statement(reading: Reading) -> Blocks:
    """It is no legal advice; when each rule shown was last verified; what has to be verified first; changes of law."""
    return (*not_advice(reading), *(banner(reading, change) for change in reading.changes))


def not_advice(reading: Reading) -> Blocks:
    """It is no legal advice; when the rules that are shown were last verified, and which are to be verified first."""
    texts, shown = reading.texts, reading.touched
    late = [one for one in shown if reading.is_overdue(one)]
    verified = [f"{reading.words(one.name)} ({one.id}): {reading.verified(one)}" for one in shown]
    oldest = min((one.verified for one in shown), default=min(one.seen.procedure.verified for one in reading.considered))
    return (
        Notice(texts("procedure.not_legal_advice"), texts("legal.oldest", day=reading.day(oldest))),
        *(Notice(texts("procedure.verify_first"), texts("legal.verify_first", name=reading.words(one.name), day=reading.day(one.verify_by)), "open")
          for one in late),
        *([Details(texts("legal.verified"), (Bullets(tuple(verified)),))] if verified else []),
    )


def banner(reading: Reading, change: LawChange) -> Notice:
    """A change of the law, with its day and how sure it is."""
    day = reading.day(change.since) if change.since else reading.texts("legal.no_day")
    title = reading.texts("legal.change", topic=reading.words(change.topic), day=day)
    return Notice(title, f"{reading.words(change.says)} [{reading.standing(change.standing)}]")


def deadlines(reading: Reading) -> Blocks:
    """The three dates of every deadline; what is not known stands first."""
    texts = reading.texts
    if not reading.deadlines:
        return (*alarms(reading), Text(texts("legal.no_deadlines"), "quiet"))
    columns = tuple(texts(f"legal.column.{name}") for name in ("what", "earliest", "plan", "last", "when", "rests_on"))
    rows = tuple(_row(reading, one) for one in reading.deadlines)
    remarks = tuple(f"{one.id}: {remark}" for one in reading.deadlines if (remark := reading.remark(one.deadline)))
    unsettled = (block for one in reading.deadlines for block in terms(reading, one.deadline))
    return (*alarms(reading), Table(texts("procedure.deadlines"), columns, rows), Bullets(remarks), *unsettled)


def alarms(reading: Reading) -> Blocks:
    """What cannot wait, above everything that is due."""
    return tuple(Notice(reading.texts(f"legal.first.{name}"), reading.texts(f"legal.first_do.{name}"), "stop") for name in reading.alarms)


def _row(reading: Reading, one: CaseDeadline) -> tuple[str, ...]:
    deadline = one.deadline
    mark = "" if one.followed else f" ({reading.texts('legal.nobody_follows')})"
    return (f"{reading.procedure(deadline.procedure)}: {reading.what(deadline)} ({one.id}){mark}", reading.day(deadline.earliest), reading.day(deadline.plan),
            reading.last(deadline), reading.band(one), rests_on(reading, deadline))


def rests_on(reading: Reading, deadline: Deadline) -> str:
    """How sure the day is, which law counted, and when the rule was last compared with its sources."""
    day = reading.day(reading.law.procedures[deadline.procedure].verified)
    verified = reading.texts("legal.recalled_on" if is_recalled(deadline.standing) else "legal.verified_on", day=day)
    return f"{reading.standing(deadline.standing)}; {law_of(reading, deadline)}; {verified}"


def law_of(reading: Reading, deadline: Deadline) -> str:
    """Which law counted: that of the day of the case."""
    if deadline.law_of is None:
        return reading.texts("legal.law_as_known")
    return reading.texts("legal.law_of", day=reading.day(deadline.law_of))


def terms(reading: Reading, deadline: Deadline) -> Blocks:
    """What the sources say where they differ, and what depends on a fact that is not known; the one that was used is marked."""
    texts = reading.texts
    columns = tuple(texts(f"legal.column.{name}") for name in ("term", "last", "sources", "depends", "used"))
    return tuple(Table(texts(f"legal.{kind}", id=deadline.id), columns, tuple(_term(reading, deadline, one) for one in found))
                 for kind, found in (("conflict", deadline.conflict), ("undecided", deadline.undecided)) if found)


def _term(reading: Reading, deadline: Deadline, one: Alternative) -> tuple[str, ...]:
    known = reading.law.procedures[deadline.procedure].sources
    sources = "; ".join(known[id].title if id in known else id for id in one.sources)
    depends = "; ".join(map(reading.fact, one.unknown))
    return (reading.term(one), reading.day(one.last), sources, depends or "–", reading.texts("procedure.used") if one.used else "–")


def days(reading: Reading) -> Blocks:
    """The timeline as a picture, with the list that says the same."""
    drawn = timeline.picture(reading)
    if not reading.moments:
        return (Text(reading.texts("legal.no_days"), "quiet"),)
    return (drawn,) if drawn else (timeline.table(reading),)


def may_apply(reading: Reading) -> Blocks:
    """Which procedures may apply and why; what is open names the facts that would decide."""
    texts = reading.texts
    found: list[Block] = []
    for truth in (Truth.HOLDS, Truth.OPEN, Truth.FAILS):
        listed = reading.with_truth(truth)
        if listed:
            columns = tuple(texts(f"legal.column.{name}") for name in ("procedure", "applies", "why"))
            rows = tuple((f"{reading.procedure(one.id)} ({one.id})", reading.truth(truth), why(reading, one)) for one in listed)
            found.append(Table(texts(f"legal.listed.{truth.value.replace(' ', '_')}"), columns, rows))
    return tuple(found)


def why(reading: Reading, one: Considered) -> str:
    """The facts its condition looks at, with what is known of each; where it is open, those that would decide."""
    names = one.missing if one.may_apply is Truth.OPEN else one.asked
    told = "; ".join(f"{reading.fact(name)} {reading.known(name, one.id)}" for name in names)
    return reading.texts("legal.would_decide", facts=told) if one.may_apply is Truth.OPEN else told or reading.texts("legal.no_condition")


def followed(reading: Reading) -> Blocks:
    """Each procedure that is followed: its state, its steps with who does them, its papers, risks and sources."""
    if not reading.followed:
        return (Text(reading.texts("legal.nothing_followed"), "quiet"),)
    return tuple(block for one in reading.followed for block in _followed(reading, one))


def _followed(reading: Reading, one: Considered) -> Iterable[Block]:
    texts, procedure = reading.texts, one.seen.procedure
    columns = tuple(texts(f"legal.column.{name}") for name in ("who", "what", "by", "done"))
    yield Heading(f"{reading.words(procedure.name)} ({one.id})", 3)
    yield Facts(about(reading, one))
    yield Table(texts("procedure.steps"), columns, tuple(_step(reading, one, step) for step in procedure.steps))
    yield from behind(reading, one)


def about(reading: Reading, one: Considered) -> tuple[tuple[str, str], ...]:
    """Whether it may apply, where it stands, who decides, what the law is, when the rule was last verified."""
    texts, procedure = reading.texts, one.seen.procedure
    grounds = [f"{reading.words(seen.variant.name)}: {texts('legal.truth.' + {'holds': 'holds', 'open': 'open'}.get(seen.may_apply.value, 'fails'))}"
               for seen in one.grounds if seen.variant]
    pairs = (
        (texts("legal.column.applies"), reading.truth(one.may_apply).word), (texts("legal.column.why"), why(reading, one)),
        (texts("legal.grounds"), "; ".join(grounds)), (texts("procedure.state"), reading.state(one.seen.state)),
        (texts("legal.authority"), "; ".join(f"{texts('legal.authority.' + key)}: {who}" for key, who in procedure.authority.items())),
        (texts("legal.basis"), "; ".join(law for law, _ in procedure.basis)), (texts("legal.version"), f"{procedure.version}. {reading.verified(procedure)}"),
        (texts("legal.column.procedure"), texts("legal.newer") if one.is_newer else ""),
    )
    return tuple((name, value) for name, value in pairs if value)


def _step(reading: Reading, one: Considered, step: ProcedureStep) -> tuple[str, ...]:
    return (reading.texts(f"procedure.actor.{step.actor}"), reading.words(step.action), step_by(reading, one, step), step_done(reading, one, step))


def step_done(reading: Reading, one: Considered, step: ProcedureStep) -> str:
    """When a step was done and by whom, or that it is open."""
    done = reading.file.steps.get(f"{one.id}/{step.id}")
    return ", ".join(filter(None, (reading.day(done.done), done.doer))) if done and done.done else reading.texts("legal.step_open")


def step_by(reading: Reading, one: Considered, step: ProcedureStep) -> str:
    """The plan day of a step, or that it is not known; a dash where the step has no deadline."""
    found = next((deadline for deadline in one.seen.deadlines if deadline.id == step.deadline), None)
    return reading.day(found.plan) if found else "–"


def behind(reading: Reading, one: Considered) -> Blocks:
    """Risks, fees, forms and sources of a procedure, each with how sure it is."""
    texts, procedure = reading.texts, one.seen.procedure
    remarks = tuple(f"{texts('legal.kind.' + remark.kind)}: {reading.words(remark.says)} [{reading.standing(remark.standing)}]"
                    for remark in reading.remarks(procedure))
    forms = tuple(f"{reading.words(form.name)} [{reading.standing(form.standing)}]" for form in procedure.forms)
    sources = tuple(map(cited, procedure.sources.values()))
    parts = (("procedure.remarks", remarks), ("legal.forms", forms), ("procedure.sources", sources))
    return tuple(Details(texts(name), (Bullets(lines),)) for name, lines in parts if lines)


def cited(source: Source) -> str:
    """A source with its publisher, day and address, and whether somebody has read it."""
    title = ". ".join(filter(None, (source.title, source.publisher)))
    return " ".join(filter(None, (f"{title} ({source.published}).", source.url, f"[{source.status}]")))


def case_facts(reading: Reading) -> Blocks:
    """What is known, who said it and on which day; then what is not known and would decide."""
    texts = reading.texts
    columns = tuple(texts(f"legal.column.{name}") for name in ("fact", "value", "source", "learned", "of"))
    rows = tuple((reading.fact(one.name), reading.value(one.name, one.value), one.source or "–", reading.day(one.learned) if one.learned else "–",
                  reading.procedure(one.procedure) or texts("legal.whole_case")) for one in reading.file.facts.values())
    known = (Table(texts("legal.known"), columns, rows),) if rows else (Text(texts("legal.no_facts"), "quiet"),)
    wanted = tuple(map(reading.fact, reading.urgent))
    return (*known, *((Heading(texts("legal.not_known_yet"), 3), Bullets(wanted)) if wanted else ()))


def papers(reading: Reading) -> Blocks:
    """The checklist: who brings what by when, as original or copy, and whether it is there."""
    texts = reading.texts
    if not reading.file.documents:
        return (Text(texts("legal.no_papers"), "quiet"),)
    columns = tuple(texts(f"legal.column.{name}") for name in ("document", "bringer", "due", "copy", "received", "procedure"))
    return (Table(texts("legal.papers"), columns, tuple(_paper(reading, one) for one in reading.file.documents.values())),)


def _paper(reading: Reading, one: FileDocument) -> tuple[str, ...]:
    texts = reading.texts
    back = f"; {texts('legal.returned', day=reading.day(one.returned))}" if one.returned else ""
    return (reading.document(one.document, one.title), one.bringer or "–", reading.day(one.due, unknown="legal.no_day"),
            texts(f"legal.copy.{one.copy or 'open'}"), reading.day(one.received, unknown="legal.not_received") + back, reading.procedure(one.procedure) or "–")


def paper_state(reading: Reading, one: FileDocument) -> str:
    """Who brings it by when, and whether it is there; in a few words."""
    due = reading.texts("legal.by_day", day=reading.day(one.due)) if one.due and not one.received else ""
    came = reading.texts("legal.came", day=reading.day(one.received)) if one.received else reading.texts("legal.not_received")
    return ", ".join(filter(None, (one.bringer, due, came)))


def tasks(reading: Reading) -> Blocks:
    """Who does what by when."""
    texts = reading.texts
    if not reading.file.tasks:
        return (Text(texts("legal.no_tasks"), "quiet"),)
    columns = tuple(texts(f"legal.column.{name}") for name in ("task", "who", "due", "done"))
    return (Table(texts("legal.tasks"), columns, tuple(_task(reading, one) for one in reading.file.tasks.values())),)


def _task(reading: Reading, one: Task) -> tuple[str, ...]:
    return (one.task, one.doer or "–", reading.day(one.due, unknown="legal.no_day"), reading.day(one.done, unknown="legal.step_open"))


def contacts(reading: Reading) -> Blocks:
    """Lawyer and authorities; whether a message may be left stands beside each number."""
    texts = reading.texts
    if not reading.file.contacts:
        return (Text(texts("legal.no_contacts"), "quiet"),)
    columns = tuple(texts(f"legal.column.{name}") for name in ("role", "office", "contact", "phone", "safe"))
    rows = tuple((texts(f"legal.role.{one.role}"), one.office or "–", one.contact or "–", one.phone or "–", texts(f"legal.safe.{one.safe}"))
                 for one in reading.file.contacts.values())
    return (Table(texts("legal.contacts"), columns, rows),)


def own_words(reading: Reading) -> Blocks:
    """The statement in the person's words, and whether it was read back."""
    told, texts = reading.file.statement, reading.texts
    if told is None or not told.words:
        return (Text(texts("legal.no_statement"), "quiet"),)
    by = texts("legal.told", day=reading.day(told.written.on), by=told.written.by, language=told.language or "–")
    return (Quote(told.words, f"{by} {texts('legal.read_back.' + told.read_back)}"),)


def minimum_rules(reading: Reading) -> Blocks:
    """The minimum rules as checks: breached, kept, or open because a fact is not known."""
    texts = reading.texts
    columns = tuple(texts(f"legal.column.{name}") for name in ("rule", "breached", "why"))
    rows = tuple((f"{reading.procedure(one.id)} ({one.id})", reading.truth(one.seen.breached or Truth.OPEN, "breached"),
                  "; ".join(f"{reading.fact(name)} {reading.known(name)}" for name in one.asked)) for one in reading.rules)
    return (Details(texts("legal.rules"), (Table(texts("legal.rules"), columns, rows),)),)


def sources(reading: Reading) -> Blocks:
    """The sources of everything that is shown, and their limits."""
    found = {id: source for one in reading.touched for id, source in one.sources.items()}
    return (Bullets(tuple(f"{id}: {cited(source)}" for id, source in found.items())), Text(reading.texts("legal.limits"), "quiet"))


VIEWS: Final[Mapping[str, Callable[[Reading], Blocks]]] = {
    "statement": statement, "deadlines": deadlines, "days": days, "may_apply": may_apply, "followed": followed, "case_facts": case_facts, "papers": papers,
    "tasks": tasks, "contacts": contacts, "own_words": own_words, "minimum_rules": minimum_rules, "sources": sources}


# For the person it is about


def plain(reading: Reading, view: str) -> Blocks:
    """A view in plain words, addressed to the person, under its heading; nothing where it has none or nothing to say."""
    made = PLAIN[view](reading) if view in PLAIN else ()
    return (Heading(reading.texts(f"legal.plain.heading.{view}")), *made) if made else ()


def _plain_statement(reading: Reading) -> Blocks:
    return (Text(reading.texts("legal.plain.statement")),)


def _plain_deadlines(reading: Reading) -> Blocks:
    texts = reading.texts
    unknown = "legal.plain.unknown_day"
    waiting = [one.deadline for one in reading.deadlines if one.followed and one.done is None]
    rows = tuple((reading.what(one), reading.day(one.plan, unknown=unknown), reading.last(one, unknown=unknown) if one.legal else "–") for one in waiting)
    columns = tuple(texts(f"legal.plain.column.{name}") for name in ("what", "plan", "last"))
    return (Table(texts("legal.plain.days"), columns, rows), Text(texts("legal.plain.ask"))) if rows else ()


def _plain_papers(reading: Reading) -> Blocks:
    texts = reading.texts
    rows = tuple((reading.document(one.document, one.title), one.bringer or "–", reading.day(one.due, unknown="legal.no_day"),
                  texts(f"legal.copy.{one.copy or 'open'}")) for one in reading.file.documents.values() if one.received is None)
    columns = tuple(texts(f"legal.column.{name}") for name in ("document", "bringer", "due", "copy"))
    return (Table(texts("legal.plain.papers"), columns, rows),) if rows else ()


def _plain_words(reading: Reading) -> Blocks:
    told = reading.file.statement
    return (Quote(told.words, reading.texts("legal.plain.told", day=reading.day(told.written.on))),) if told and told.words else ()


PLAIN: Final[Mapping[str, Callable[[Reading], Blocks]]] = {
    "statement": _plain_statement, "deadlines": _plain_deadlines, "papers": _plain_papers,
    "own_words": _plain_words}
