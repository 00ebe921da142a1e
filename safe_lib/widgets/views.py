"""What a workbook shows of an assessment, as blocks: the same for the page, the report and the plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from safe_lib.casework import Future
from safe_lib.engine.compare import compare
from safe_lib.engine.explain import Explained, Explanation, OpenInWords
from safe_lib.engine.methods.confidence import TOPICS
from safe_lib.engine.methods.indicator_pattern import COUNTS_AS_PRESENT
from safe_lib.engine.methods.risk_matrix import VALUE
from safe_lib.model.answers import LEVELS, Answers, Departure
from safe_lib.model.assessment import Assessment, Domain
from safe_lib.model.case import SavedAnswer
from safe_lib.model.document import Badge, Block, Bullets, Cell, Details, Facts, Heading, Lines, Notice, Picture, Quote, Table, Text, Tree
from safe_lib.model.instrument import Group, Instrument, Item
from safe_lib.model.plan import Plan
from safe_lib.model.texts import Texts
from safe_lib.widgets.pictures import Grid, Mark, PatternRow, Placed, ScenarioColumn, dimension_pattern, domain_matrix, scenario_comparison

Blocks = tuple[Block, ...]

AGREED = ("about", "measure", "owner", "deadline", "proof", "status", "residual")  # what a measure says
OUTCOME_LEVELS: Mapping[str, str] = {  # the shape and colour of an outcome of the return assessment
    "do_not_prepare_this_return_now": "very_high",
    "more_information_needed": "undetermined",
    "conditions_first": "high",
    "can_be_prepared_with_plan": "low",
    "go_on_to_full_view": "moderate",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One assessment with everything a view needs to put it into words."""

    instrument: Instrument
    assessment: Assessment
    explanation: Explanation
    answers: Answers
    texts: Texts
    saved: Mapping[str, SavedAnswer] = field(default_factory=dict)


def outcome(shown: Shown, *, flags: bool = True) -> Blocks:
    """What the answers show so far, both ends where it is open, and the flags raised (none while nothing is recorded)."""
    said, texts = shown.explanation, shown.texts
    blocks: list[Block] = [Text(said.outcome, "strong"), Text(said.wording)]
    if said.ends:
        blocks.append(Facts(((texts("views.if_absent"), said.ends[0]), (texts("views.if_present"), said.ends[1]))))
    if flags and shown.answers.given:
        blocks += [Notice(texts("views.flag"), flag, "stop") for flag in said.flags]
    blocks.append(Text(texts(f"views.reminder.{shown.instrument.method}"), "quiet"))
    return tuple(blocks)


def caveats(shown: Shown) -> Blocks:
    """What to keep in mind beside this result."""
    if not shown.explanation.caveats:
        return ()
    return (Notice(shown.texts("views.caveats"), " ".join(_sentence(caveat) for caveat in shown.explanation.caveats), "open"),)


def pattern(shown: Shown) -> Blocks:
    """The dimensions with their indicators, and both readings where the age is in doubt."""
    if not shown.assessment.dimensions:
        return ()
    groups = [group for group in shown.instrument.groups if group.id in shown.assessment.dimensions]
    rows = [_pattern_row(shown, group) for group in groups]
    blocks: list[Block] = [dimension_pattern(rows, shown.texts)]
    if shown.assessment.readings:
        blocks.append(_readings(shown))
    return tuple(blocks)


def _pattern_row(shown: Shown, group: Group) -> PatternRow:
    result = shown.assessment.dimensions[group.id].result
    reading = next(iter(shown.assessment.readings), "") or shown.answers.person.age_group or shown.instrument.reading or "any"
    marks = [mark for item in shown.instrument.members(group.id) if (mark := _mark(shown, item, reading))]
    order = {"present": 0, "open": 1, "absent": 2}
    marks.sort(key=lambda mark: order[mark.state])
    return PatternRow(group.title, result, shown.texts(f"result.{result}"), tuple(marks), group.heading)


def _mark(shown: Shown, item: Item, reading: str) -> Mark | None:
    weight = item.weights.get(reading) or next(iter(item.weights.values()), None)
    if weight is None:
        return None
    answer = shown.answers.of(item.id, item.kind)
    state = "present" if answer.code in COUNTS_AS_PRESENT else "open" if answer.is_open else "absent"
    return Mark(weight.strength, state)


def _readings(shown: Shown) -> Table:
    texts = shown.texts
    titles = {row.id: row.title for row in reversed(shown.instrument.outcomes)}
    rows = []
    for age, reading in shown.assessment.readings.items():
        word = titles.get(reading.outcome.id, texts("outcome.open"))
        if reading.outcome.id == "open":
            word = f"{titles.get(reading.outcome.if_unknown_absent, '')} – {titles.get(reading.outcome.if_unknown_present, '')}"
        rows.append((texts(f"age.{age}"), word))
    return Table(texts("views.readings"), (texts("views.reading"), texts("views.outcome")), tuple(rows))


def matrix(shown: Shown) -> Blocks:
    """Each domain where its likelihood and severity meet, and the table that says the same with range and confidence."""
    if not shown.assessment.domains:
        return ()
    titles = {group.id: group.title for group in shown.instrument.groups}
    placed = [
        Placed(id, titles[id], level_badge(domain.level, shown.texts), domain.likelihood, domain.severity) for id, domain in shown.assessment.domains.items()
    ]
    return (domain_matrix(placed, _grid(shown), shown.texts), domains_table(shown), *departures(shown))


def departures(shown: Shown) -> Blocks:
    """Each severity that a professional set otherwise, beside the usual one, with its reason and who else agreed."""
    groups = {group.id: group for group in shown.instrument.groups}
    lines = tuple(_departure(groups[id], departure, shown.texts) for id, departure in shown.answers.severity.items() if id in shown.assessment.domains)
    return (Text(shown.texts("departure.title"), "strong"), Bullets(lines)) if lines else ()


def _departure(group: Group, departure: Departure, texts: Texts) -> str:
    said = [
        texts("departure.set", domain=f"{group.title} ({group.id})", level=severity_words(departure.level, texts), usual=severity_words(group.severity, texts)),
        f"{texts('views.reason')}: {_stopped(departure.reason)}",
    ]
    said += [f"{texts(f'departure.{key}')}: {_stopped(words)}" for key in ("second", "evidence", "by") if (words := getattr(departure, key))]
    return " ".join(said)


def severity_words(level: int, texts: Texts) -> str:
    """A severity as number and words; the soft hyphens of the drawing are left out."""
    words = texts(f"severity.{level}").replace("\u00ad", "")
    return f"{level} ({words})"


def _grid(shown: Shown) -> Grid:
    texts = shown.texts
    return Grid(
        tuple(texts(f"likelihood.{n}") for n in range(1, 5)),
        tuple(texts(f"severity.{n}") for n in range(1, 5)),
        tuple(tuple(level_badge(level, texts) for level in row) for row in shown.instrument.matrix),
    )


def domains_table(shown: Shown) -> Table:
    """Level, range, confidence and what carries it, for each domain."""
    texts = shown.texts
    titles = {group.id: group.title for group in shown.instrument.groups}
    rows = tuple(
        (f"{titles[id]} ({id})", level_badge(domain.level, texts), _range(domain, texts), _known(domain, texts), _carried_by(domain))
        for id, domain in shown.assessment.domains.items()
    )
    return Table(
        texts("views.domains"), (texts("views.domain"), texts("views.level"), texts("views.range"), texts("views.confidence"), texts("views.carried_by")), rows
    )


def _range(domain: Domain, texts: Texts) -> str:
    if domain.lowest == domain.highest:
        return texts(f"level.{domain.lowest}")
    return texts("views.from_to", low=texts(f"level.{domain.lowest}"), high=texts(f"level.{domain.highest}"))


def _known(domain: Domain, texts: Texts) -> str:
    """How well a domain is known, and which country information takes certainty away."""
    told = "; ".join(f"{step.facts['theme']} {texts('claim.' + step.facts['doubt'])}" for step in domain.why if step.key in TOPICS)
    return f"{texts(f'confidence.{domain.confidence}')} ({told})" if told else texts(f"confidence.{domain.confidence}")


def _carried_by(domain: Domain) -> str:
    recorded = [str(step.facts["item"]) for step in domain.why if step.key == "trace.risk" and VALUE.get(str(step.facts["code"]))]
    return ", ".join(recorded) or "–"


def level_badge(level: str, texts: Texts) -> Badge:
    """A level as word, shape and colour."""
    return Badge("level", level, texts(f"level.{level}"))


def outcome_badge(id: str, title: str) -> Badge:
    """An outcome of the return assessment as word, shape and colour."""
    return Badge("level", OUTCOME_LEVELS.get(id, "undetermined"), title)


def hard_stops(shown: Shown) -> Blocks:
    """Every hard stop that is not cleared, what to do, and a list of the cleared ones."""
    texts, items = shown.texts, shown.instrument.by_id()
    stops = shown.assessment.hard_stops
    if not stops:
        return ()
    rows = tuple(
        (f"{items[id].label} ({id})", Badge("stop", stop.state, texts(f"stop.{stop.state}")), texts(f"stop.{stop.kind}"), stop.response)
        for id, stop in stops.items()
        if stop.state in ("active", "open")
    )
    cleared = [f"{id}: {items[id].label}" for id, stop in stops.items() if stop.state not in ("active", "open")]
    blocks: list[Block] = []
    if rows:
        blocks.append(Table(texts("views.hard_stops"), (texts("views.hard_stop"), texts("views.state"), texts("views.kind"), texts("views.response")), rows))
    if cleared:
        blocks.append(Details(texts("views.cleared", n=len(cleared)), (Bullets(tuple(cleared)),)))
    return tuple(blocks)


def explanation(shown: Shown, *, everything: bool = False) -> Blocks:
    """Every finding with its reason, basis and trace; those that hold or are open first, the rest one press away."""
    telling = [finding for finding in shown.explanation.findings if everything or _is_telling(finding, shown)]
    others = [finding for finding in shown.explanation.findings if finding not in telling]
    blocks: list[Block] = [_finding(shown, finding) for finding in telling]
    if others:
        blocks.append(Details(shown.texts("views.other_findings", n=len(others)), tuple(_finding(shown, finding) for finding in others)))
    return tuple(blocks)


def _is_telling(finding: Explained, shown: Shown) -> bool:
    if finding.kind == "hard_stop":
        return finding.truth == "holds"
    if finding.kind == "domain":
        return shown.assessment.domains[finding.id].level != "low"
    return finding.truth == "holds" or (finding.kind != "rule" and finding.truth == "open")


def _finding(shown: Shown, finding: Explained) -> Details:
    texts = shown.texts
    inside: list[Block] = [Text(finding.because)]
    if finding.unverified:
        inside.append(Notice(texts("views.unverified"), texts("views.unverified_items", items=", ".join(finding.unverified)), "open"))
    inside.append(finding.tree)
    if finding.basis:
        inside.append(Text(f"{texts('views.basis')}: {'; '.join(finding.basis)}.", "quiet"))
    return Details(_finding_title(shown, finding), tuple(inside))


def _finding_title(shown: Shown, finding: Explained) -> str:
    """A rule's sentence comes after its truth, so that an advice that does not hold cannot be read as one that does."""
    texts = shown.texts
    if finding.kind == "rule":
        return f"{finding.word[:1].upper()}{finding.word[1:]}: {finding.title}"
    if finding.kind == "dimension":
        return f"{finding.title}: {texts(f'result.{shown.assessment.dimensions[finding.id].result}')}"
    return f"{finding.title}: {finding.word}"


def open_links(shown: Shown, most: int) -> str:
    """The open questions of a page as links to where they are asked; HTML."""
    texts, questions = shown.texts, shown.explanation.open_questions
    lines = [f'<li><div><a href="#{question.item}">{escape(question.label)}</a><p>{escape(_why_ask(question, texts))}</p></div></li>' for question in questions]
    more = ""
    if len(lines) > most:
        rest = f'<ol class="asks" start="{most + 1}">{"".join(lines[most:])}</ol>'
        more = f'<details class="more"><summary>{escape(texts("views.more_questions", n=len(lines) - most))}</summary>{rest}</details>'
    return f'<ol class="asks">{"".join(lines[:most])}</ol>{more}'


def open_questions(shown: Shown, most: int | None = None) -> Blocks:
    """Which unknowns could still change a result, in the order in which they are worth asking."""
    texts, questions = shown.texts, shown.explanation.open_questions
    unanswered = sum(shown.answers.of(item.id, item.kind).is_open for item in _asked(shown))
    if not questions:
        return (Text(texts("views.nothing_open" if unanswered else "views.all_answered", n=unanswered)),)
    blocks: list[Block] = [Text(texts("views.open_count", n=len(questions), all=unanswered), "quiet")]
    lines = tuple(_open_line(question, texts) for question in questions)
    blocks.append(Bullets(lines[:most], ordered=True))
    if most is not None and len(lines) > most:
        blocks.append(Details(texts("views.more_questions", n=len(lines) - most), (Bullets(lines[most:], ordered=True),)))
    return tuple(blocks)


def _open_line(question: OpenInWords, texts: Texts) -> str:
    return f"{question.label} ({question.item}). {_why_ask(question, texts)}".rstrip()


def _why_ask(question: OpenInWords, texts: Texts) -> str:
    usual = (texts("open.outcome"), texts("open.result"))
    why = "" if question.why in usual else question.why
    changes = f"{texts('views.would_change')}: {', '.join(question.changes)}." if question.changes else ""
    return f"{why} {changes}".strip()


def _asked(shown: Shown) -> list[Item]:
    used = {*shown.assessment.dimensions, *shown.assessment.domains}
    return [item for item in shown.instrument.items if not used or item.group in used or item.kind == "hard_stop"]


def next_steps(shown: Shown) -> Blocks:
    """What the outcome suggests to do now; a professional decides with the person."""
    return (Bullets(shown.explanation.next_steps),) if shown.explanation.next_steps else ()


def what_changes(before: Shown, after: Shown) -> Blocks:
    """Two sets of answers side by side: what would be otherwise."""
    texts = before.texts
    difference = compare(before.assessment, after.assessment, (before.answers, after.answers))
    if difference.is_empty:
        return (Text(texts("views.no_difference")),)
    rows = tuple(
        (
            texts(f"change.{change.what}"),
            _title(before, change.what, change.id),
            _value(before, change.what, change.before),
            _value(after, change.what, change.after),
        )
        for change in difference.changes
        if change.what != "open_question"
    )
    columns = (texts("views.what"), texts("views.which"), texts("views.now"), texts("views.then"))
    return (Table(texts("views.what_if"), columns, rows),)


def _title(shown: Shown, what: str, id: str) -> str:
    rule = next((rule for rule in shown.instrument.rules if id == (rule.flag if what == "flag" else rule.id)), None)
    if rule is not None and what in ("finding", "flag"):
        return (rule.then if what == "flag" else rule.because) or id.replace("_", " ")
    titles = {**{row.id: row.title for row in shown.instrument.outcomes}, **{group.id: group.title for group in shown.instrument.groups}}
    item = shown.instrument.by_id().get(id)
    return titles.get(id) or (item.label if item else shown.instrument.title if id == "outcome" else id.replace("_", " "))


def _value(shown: Shown, what: str, value: str | None) -> Cell:
    if value is None:
        return "–"
    if what == "domain":
        return level_badge(value, shown.texts)
    if what == "outcome":
        ends = shown.explanation.ends
        if ends and value == shown.assessment.outcome.id:
            return shown.texts("views.between", low=ends[0], high=ends[1])
        return next((row.title for row in shown.instrument.outcomes if row.id == value), shown.texts("outcome.open"))
    if what == "flag":
        return shown.texts("stop.active")
    key = {"dimension": "result", "hard_stop": "stop", "answer": "code"}.get(what)
    if key:
        return shown.texts(f"{key}.{value}")
    return shown.texts(f"truth.{_TRUTHS[value]}") if value in _TRUTHS else value


_TRUTHS = {"holds": "holds", "does not hold": "fails", "open": "open"}


def answers_table(shown: Shown, *, notes: bool = True) -> Blocks:
    """Everything recorded, group by group, with what it rests on; for a report."""
    blocks: list[Block] = []
    for group in shown.instrument.groups:
        rows = [_answer_row(shown, item, notes) for item in shown.instrument.members(group.id) if item.id in shown.saved or item.id in shown.answers.given]
        if rows:
            columns = (shown.texts("views.question"), shown.texts("views.answer"), shown.texts("views.rests_on"))
            blocks.append(Table(group.title, columns, tuple(rows)))
    return tuple(blocks) or (Text(shown.texts("views.nothing_recorded")),)


def _answer_row(shown: Shown, item: Item, notes: bool) -> tuple[Cell, ...]:
    saved = shown.saved.get(item.id)
    answer = saved.answer if saved else shown.answers.given[item.id]
    words = answer_words(shown.instrument, item, answer.code, shown.texts)
    if saved and saved.note and (notes or item.scale in ("text", "day")):
        words = saved.note if item.scale in ("text", "day") else f"{words}. {saved.note}"
    if answer.reason:
        words = f"{words}. {shown.texts('views.reason')}: {answer.reason}"
    return (f"{item.label} ({item.id})", words, ", ".join(shown.texts(f"evidence.{kind}") for kind in answer.evidence) or "–")


def answer_words(instrument: Instrument, item: Item, code: str, texts: Texts) -> str:
    """An answer code in words: the scale's own label, or the usual word."""
    scale = instrument.scales.get(item.scale)
    return (scale.labels.get(code) if scale else None) or texts(f"code.{code}")


def dangers(answered: Sequence[Item], texts: Texts) -> Blocks:
    """What to do about dangers that were found, before anything else."""
    return tuple(Notice(item.label, item.response, "stop") for item in answered)


def own_words(saved: SavedAnswer | None, by: str) -> Blocks:
    """The person's own words, where they were written down."""
    return (Quote(saved.note, by),) if saved and saved.note else ()


def scenarios(shown_by_future: Sequence[tuple[Future, Shown]], names: Mapping[str, str]) -> Blocks:
    """Futures side by side in the person's own order; never added up."""
    if not shown_by_future:
        return ()
    texts = shown_by_future[0][1].texts
    columns = [
        ScenarioColumn(
            f"{future.order}. {names[future.kind]}",
            outcome_badge(shown.assessment.outcome.id, shown.explanation.outcome),
            {id: level_badge(domain.level, texts) for id, domain in shown.assessment.domains.items()},
        )
        for future, shown in shown_by_future
    ]
    titles = [(group.id, group.title) for group in shown_by_future[0][1].instrument.groups if group.severity]
    blocks: list[Block] = [scenario_comparison(columns, titles, texts)]
    for future, shown in shown_by_future:
        blocks.append(Heading(f"{future.order}. {names[future.kind]}", 3))
        if future.words:
            blocks.append(Quote(future.words, texts("views.in_own_words")))
        blocks += [Text(shown.explanation.wording), *_reasons(shown), *departures(shown)]
    return tuple(blocks)


def _reasons(shown: Shown) -> list[Block]:
    items, titles = shown.instrument.by_id(), {group.id: group.title for group in shown.instrument.groups}
    lines = [f"{items[id].label} ({id})" for id, stop in shown.assessment.hard_stops.items() if stop.state == "active"]
    lines += [
        f"{titles[id]}: {shown.texts(f'level.{domain.level}')}"
        for id, domain in shown.assessment.domains.items()
        if domain.level == "very_high" or (domain.level in ("high", "undetermined") and shown.assessment.outcome.id != "do_not_prepare_this_return_now")
    ]
    return [Bullets(tuple(lines))] if lines else []


def agreed_table(rows: Sequence[Mapping[str, str]], shown: Shown, names: Mapping[str, str] | None = None) -> Blocks:
    """What was agreed: measure, owner, deadline, proof, status and what remains; with `names`, also for which future."""
    if not rows:
        return ()
    keys = [key for key in (*(("future",) if names else ()), *AGREED) if any(row.get(key) for row in rows)]
    cells = tuple(tuple(_plan_cell(shown, key, str(row.get(key, "")), names or {}) for key in keys) for row in rows)
    return (Table(shown.texts("plan.agreed"), tuple(shown.texts(f"plan.{key}") for key in keys), cells),)


def suggestions(plan: Plan, texts: Texts, *, about: str = "") -> Blocks:
    """What the rules suggest to staff, one press away on a page; `about` names the future."""
    count = sum(action.kind != "next_step" for action in plan.actions)
    said = texts("plan.suggested", n=count)
    return (Details(f"{about}: {said}" if about else said, tuple(_suggestions(plan, texts))),) if count else ()


def _plan_cell(shown: Shown, key: str, value: str, names: Mapping[str, str]) -> Cell:
    if key == "future":
        return names.get(value, value) or shown.texts("plan.every_future")
    if not value:
        return "–"
    if key == "about":
        return _title(shown, "domain", value) or value
    if key == "residual" and value in LEVELS:
        return level_badge(value, shown.texts)
    return shown.texts(f"plan.status.{value}") if key == "status" and shown.texts.has(f"plan.status.{value}") else value


def _suggestions(plan: Plan, texts: Texts) -> list[Block]:
    blocks: list[Block] = []
    for action in plan.actions:
        if action.kind == "next_step":
            continue
        kind = f"{texts(f'plan.kind.{action.kind}')}: "
        blocks.append(Text(f"{kind}{action.says.removeprefix(kind)} ({action.about})", "strong"))
        if action.choices:
            blocks.append(Bullets(action.choices))
    return blocks


def follow_up(plan: Plan, texts: Texts, *, folded: bool = False) -> Blocks:
    """The moments after a return at which somebody asks how it goes."""
    if not plan.follow_up:
        return ()
    rows = tuple((texts("plan.day", n=moment.day), moment.date.isoformat() if moment.date else "–", moment.title, moment.content) for moment in plan.follow_up)
    table = Table(texts("plan.follow_up"), (texts("plan.moment"), texts("plan.date"), texts("plan.what"), texts("plan.content")), rows)
    return (Details(texts("plan.follow_up"), (table,)),) if folded else (table,)


def sources(shown: Shown) -> Blocks:
    """Where the instrument comes from, how far it is proven, and its limits."""
    texts, instrument = shown.texts, shown.instrument
    rows = tuple(
        (
            source.title,
            source.publisher or "–",
            source.published or "–",
            texts(f"status.{source.status}") if texts.has(f"status.{source.status}") else source.status,
        )
        for source in instrument.sources.values()
    )
    facts = Facts(
        (
            (texts("views.instrument"), instrument.title),
            (texts("views.version"), f"{instrument.version} ({shown.assessment.hash})"),
            (texts("views.engine"), shown.assessment.engine),
            (texts("views.validity"), texts(f"validity.{instrument.validity}")),
            (texts("views.reviewed"), f"{instrument.reviewed['date']}, {instrument.reviewed['by']}"),
        )
    )
    limits: Blocks = (Heading(texts("views.limits"), 3), Bullets(instrument.limits)) if instrument.limits else ()
    return (
        facts,
        *limits,
        Details(
            texts("views.sources", n=len(rows)),
            (Table(texts("views.sources_caption"), (texts("views.title"), texts("views.publisher"), texts("views.date"), texts("views.status")), rows),),
        ),
    )


def sign_off(texts: Texts, labels: Sequence[str]) -> Blocks:
    """Places to sign: who decided, a second reader, the person."""
    return (Text(texts("views.decided"), "quiet"), Lines(tuple(labels)))


def picture_of(blocks: Blocks) -> Picture | None:
    """The first picture among blocks."""
    return next((block for block in blocks if isinstance(block, Picture)), None)


def trace_of(blocks: Blocks) -> tuple[Tree, ...]:
    """Every trace among blocks, also inside details."""
    found: list[Tree] = []
    for block in blocks:
        if isinstance(block, Tree):
            found.append(block)
        elif isinstance(block, Details):
            found += trace_of(block.blocks)
    return tuple(found)


def _sentence(text: str) -> str:
    return _stopped(text[0].upper() + text[1:] if text else text)


def _stopped(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
