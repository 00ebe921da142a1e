"""The parts of the page on procedures, each as the inside of its region: what is shown, and the forms beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from html import escape
from typing import Final

from safe_lib.engine.facts import NO, YES
from safe_lib.model.answers import OPEN_CODES, UNKNOWN
from safe_lib.model.assessment import Truth
from safe_lib.model.document import Facts, Notice, Text
from safe_lib.model.legal import COPIES, HOME, ROLES, SAFE, CaseDeadline, CaseFact, Considered, Contact, FileDocument, Moment, PersonStatement, Task
from safe_lib.model.procedure import ProcedureStep
from safe_lib.widgets.blocks import badge_html
from safe_lib.widgets.legal import blocks, timeline
from safe_lib.widgets.legal.sheet import Options, Sheet, folded

# Deadlines and the line of days


def deadlines(sheet: Sheet) -> str:
    """Every deadline with its three dates; the unknown first."""
    reading = sheet.reading
    if not reading.deadlines:
        return _first_of_all(sheet) + sheet.show((Text(reading.texts("legal.no_deadlines"), "quiet"),))
    followed, others = ("".join(_deadline(sheet, one) for one in reading.deadlines if one.followed is so) for so in (True, False))
    shown = "".join(f'<ul class="legal-days">{listed}</ul>' for listed in (followed,) if listed)
    about = f'<p class="small quiet">{sheet.say("whose_day")}</p><ul class="legal-days">{others}</ul>' if others else ""
    head = f'{_first_of_all(sheet)}{_call(sheet)}<p class="quiet">{sheet.say("three_dates")}</p>'
    return f'{head}{shown}{folded("unfollowed", sheet.say("may_run"), about, open=True)}'


def _first_of_all(sheet: Sheet) -> str:
    """What cannot wait; and where that is not known, the question, one press away."""
    reading = sheet.reading
    asked = "".join(f'<p data-unasked="{name}"><a href="#first">{sheet.say("first_ask", fact=reading.fact(name))}</a></p>' for name in reading.unasked)
    return f'<div data-alarm>{sheet.show(blocks.alarms(reading))}</div>{asked}' if reading.alarms else asked


def _call(sheet: Sheet) -> str:
    """Whom to call: the lawyers of this person, with their number and whether a message may be left."""
    texts, lawyers = sheet.reading.texts, [one for one in sheet.reading.file.contacts.values() if one.role == "lawyer"]
    said = (", ".join(filter(None, (one.office, one.contact, one.phone, texts(f"legal.safe.{one.safe}")))) for one in lawyers)
    lines = "".join(f'<p class="strong" data-call><bdi class="mask">{escape(texts("legal.call", who=who))}</bdi></p>' for who in said)
    return lines or f'<p data-call>{escape(texts("legal.call_nobody"))}</p>'


def _deadline(sheet: Sheet, one: CaseDeadline) -> str:
    reading, deadline = sheet.reading, one.deadline
    last = deadline.last.isoformat() if deadline.last else UNKNOWN
    days = [("earliest", reading.day(deadline.earliest)), ("plan", reading.day(deadline.plan)), ("last", reading.last(deadline))]
    if deadline.last is None:  # said once, where the law's day would stand
        del days[:2]
    pairs = "".join(f'<div data-day="{name}"><dt>{sheet.say("column." + name)}</dt><dd>{escape(words)}</dd></div>' for name, words in days)
    mark = "" if one.followed else f'<p><strong>{sheet.say("nobody_follows")}</strong></p>'
    more = folded(f"terms-{one.id}", sheet.say("terms"), sheet.show(blocks.terms(reading, deadline)), open=bool(deadline.conflict))
    rests = escape(blocks.rests_on(reading, deadline))
    return (f'<li class="card" data-deadline="{one.id}" data-last="{last}" data-band="{"done" if one.done else deadline.band}">'
            f'<p class="strong">{escape(reading.what(deadline))}</p>'
            f'<p class="small quiet">{escape(reading.procedure(deadline.procedure))} · <bdi>{one.id}</bdi> · '
            f'<strong>{escape(reading.band(one))}</strong></p>{mark}<dl class="legal-dates">{pairs}</dl>'
            f'<p class="small">{escape(reading.remark(deadline))}</p><p class="small quiet">{sheet.say("column.rests_on")}: {rests}</p>{more}</li>')


def days(sheet: Sheet) -> str:
    """The list of days, and beside it the drawing to which its numbers lead; the list comes first for those who hear it."""
    reading = sheet.reading
    if not reading.moments:
        return sheet.show((Text(reading.texts("legal.no_days"), "quiet"),))
    items = "".join(f'<li{_marks_of(one.moment)}><strong>{escape(reading.day(one.moment.day))}</strong> {escape(timeline.sentence(reading, one.moment))}</li>'
                    for one in timeline.placed(reading.moments, reading.on))
    drawn = timeline.picture(reading)
    figure = f'<figure class="picture">{drawn.svg}<figcaption>{escape(drawn.says)}</figcaption></figure>' if drawn else ""
    return f'<div class="legal-timeline"><ol>{items}</ol>{figure}</div>'


def _marks_of(moment: Moment) -> str:
    return (" data-unknown" if moment.day is None else "") + (" data-settled" if moment.settled else "")


# Procedures


def may_apply(sheet: Sheet) -> str:
    """Which may apply and why: those that may are open, the others one press away."""
    reading = sheet.reading
    found = []
    for truth in (Truth.HOLDS, Truth.OPEN, Truth.FAILS):
        listed = reading.with_truth(truth)
        inside = "".join(_considered(sheet, one) for one in listed)
        key = truth.value.replace(" ", "_")
        found.append(folded(f"apply-{key}", f'{sheet.say("listed." + key)} ({len(listed)})', f'<ul class="legal-list">{inside}</ul>' if inside else "",
                            open=truth is Truth.HOLDS))
    return "".join(found) + _jurisdictions(sheet)


def _considered(sheet: Sheet, one: Considered) -> str:
    reading = sheet.reading
    button = sheet.act("followed", one.id, sheet.say("follow", name=reading.procedure(one.id))) if sheet.may_write else ""
    aside = one.following.ended if one.following else None
    if aside:
        button = f'<p class="small">{sheet.say("aside", day=reading.day(aside))}</p>{button}'
    elif sheet.may_write and one.may_apply is Truth.HOLDS:
        button = f'<div class="row">{button}{_stop(sheet, one, "set_aside")}</div>'
    return (f'<li class="card" data-procedure="{one.id}" data-applies="{one.may_apply.value}"><p><strong>{escape(reading.procedure(one.id))}</strong> '
            f'<bdi class="quiet">{one.id}</bdi> {badge_html(reading.truth(one.may_apply))}</p><p class="small">{escape(blocks.why(reading, one))}</p>'
            f'<p class="small quiet">{escape(reading.verified(one.seen.procedure))}</p>{button}</li>')


def _jurisdictions(sheet: Sheet) -> str:
    """Whose procedures are looked at."""
    from safe_lib.procedures import known_jurisdictions

    reading = sheet.reading
    known = [(iso3, reading.texts(f"legal.country.{iso3}")) for iso3 in known_jurisdictions()]
    if not sheet.may_write:
        return f'<p class="quiet">{", ".join(escape(words) for iso3, words in known if iso3 in reading.file.jurisdictions)}</p>'
    boxes = "".join(f'<label class="row"><input type="checkbox" name="jurisdictions" value="{iso3}"{" checked" if iso3 in reading.file.jurisdictions else ""}> '
                    f"{escape(words)}</label>" for iso3, words in known)
    fields = f'<fieldset><legend>{sheet.say("jurisdictions")}</legend><div class="row">{boxes}</div></fieldset>'
    return folded("jurisdictions", sheet.say("jurisdictions"), sheet.act("jurisdictions", "", sheet.say("save"), fields),
                  open=reading.file.jurisdictions != HOME)


def followed(sheet: Sheet) -> str:
    """Each procedure that is followed."""
    reading = sheet.reading
    if not reading.followed:
        return sheet.show((Text(reading.texts("legal.nothing_followed"), "quiet"),))
    return "".join(_followed(sheet, one) for one in reading.followed)


def _followed(sheet: Sheet, one: Considered) -> str:
    reading, procedure = sheet.reading, one.seen.procedure
    steps = "".join(_step(sheet, one, step) for step in procedure.steps)
    notices = [Notice(reading.texts("procedure.not_legal_advice"), reading.verified(procedure))]
    if reading.is_overdue(procedure):
        day = reading.day(procedure.verify_by)
        notices.append(Notice(reading.texts("procedure.verify_first"), reading.texts("procedure.verify_first_about", day=day), "open"))
    notices += [blocks.banner(reading, change) for change in one.changes]
    return (f'<article class="card stack" data-followed="{one.id}" data-state="{one.seen.state}"><h3>{escape(reading.words(procedure.name))} '
            f'<bdi class="quiet light">{one.id}</bdi></h3>{sheet.show(notices)}{sheet.show((Facts(blocks.about(reading, one)),))}{_stage(sheet, one)}'
            f'<h4>{escape(reading.texts("procedure.steps"))}</h4><ol class="legal-list">{steps}</ol>{_needed(sheet, one)}'
            f'{sheet.show(blocks.behind(reading, one))}{_stop(sheet, one)}</article>')


def _stage(sheet: Sheet, one: Considered) -> str:
    """Somebody says where it stands; what has happened since moves it on."""
    if not (sheet.may_write and one.seen.procedure.states):
        return ""
    states = [("", sheet.reading.texts("legal.by_events")), *((state, sheet.reading.state(state)) for state in one.seen.procedure.states)]
    fields = sheet.choice("stage", states, one.following.stage if one.following else "")
    return folded(f"stage-{one.id}", sheet.say("say_stage"), sheet.entry("followed", one.id, sheet.say("say_stage"), fields, gone=False))


def _stop(sheet: Sheet, one: Considered, words: str = "stop") -> str:
    """Not followed, from today on; its terms are not shown any more."""
    if not sheet.may_write:
        return ""
    ended = f'<input type="hidden" name="ended" value="{sheet.reading.on.isoformat()}">'
    return sheet.act("followed", one.id, sheet.say(words, name=sheet.reading.procedure(one.id)), ended)


def _step(sheet: Sheet, one: Considered, step: ProcedureStep) -> str:
    reading = sheet.reading
    done = reading.file.steps.get(f"{one.id}/{step.id}")
    head = f'<span><strong>{escape(reading.texts(f"procedure.actor.{step.actor}"))}.</strong> {escape(reading.words(step.action))}</span>'
    due = not step.states or one.seen.state in step.states
    by = f'<span class="small quiet">{sheet.say("by_day", day=blocks.step_by(reading, one, step))}</span>' if step.deadline else ""
    marks = f'data-step="{one.id}/{step.id}" data-done="{"yes" if done and done.done else "no"}" data-due="{"yes" if due else "no"}"'
    if not sheet.may_write:
        return f"<li {marks}>{head} {by}</li>"
    fields = sheet.day("done", done.done if done else None) + sheet.text("doer", done.doer if done else "")
    told = blocks.step_done(reading, one, step)
    return f'<li {marks}>{sheet.entry("steps", f"{one.id}/{step.id}", head, fields, gone=False, about=by, state=told)}</li>'


def _needed(sheet: Sheet, one: Considered) -> str:
    """The documents a procedure asks for, and which of them are on the checklist."""
    reading, procedure = sheet.reading, one.seen.procedure
    listed = {(paper.document, paper.procedure) for paper in reading.file.documents.values()}
    asked = [(id, need) for need, ids in (("needed", procedure.needed), ("useful", procedure.useful)) for id in ids]
    if not asked:
        return ""
    items = "".join(f'<li>{escape(reading.document(id))} ({escape(reading.texts("procedure.need." + need))})'
                    f'{"" if (id, one.id) in listed else " – " + sheet.say("not_listed")}</li>' for id, need in asked)
    missing = [id for id, need in asked if need == "needed" and (id, one.id) not in listed]
    button = sheet.act("add_papers", one.id, sheet.say("add_papers")) if missing and sheet.may_write else ""
    return f'<h4>{escape(reading.texts("procedure.documents"))}</h4><ul class="plain">{items}</ul>{button}'


# Facts


def case_facts(sheet: Sheet) -> str:
    """What is known with who said it; what is waited for; and every other fact that would decide something."""
    reading = sheet.reading
    if not sheet.may_write:
        return sheet.show(blocks.case_facts(reading))
    asked = {*reading.wanted, *reading.law.first}
    known = "".join(_fact(sheet, fact) for fact in reading.file.facts.values() if fact.procedure or fact.name not in asked)
    urgent_names = [name for name in reading.urgent if name not in reading.law.first]
    urgent = "".join(_fact(sheet, CaseFact(name, _value(sheet, name))) for name in urgent_names)
    rest = [name for name in reading.wanted if name not in reading.urgent]
    others = "".join(_fact(sheet, CaseFact(name, _value(sheet, name))) for name in rest)
    waiting = f'{sheet.say("not_known_yet")} ({len(urgent_names)})'
    return (_first(sheet) + folded("known", sheet.say("known"), known, open=True) + folded("urgent", waiting, urgent, open=True) +
            folded("others", sheet.say("others", count=len(rest)), others) + folded("own", sheet.say("another_fact"), _another(sheet)))


def _first(sheet: Sheet) -> str:
    """What is asked before every other fact, always open."""
    fields = "".join(_fact(sheet, CaseFact(name, _value(sheet, name))) for name in sheet.reading.law.first)
    return f'<section class="stack-s" id="first" aria-labelledby="first-title"><h3 id="first-title">{sheet.say("first")}</h3>{fields}</section>'


def _value(sheet: Sheet, name: str) -> str:
    known = sheet.reading.file.facts.get(name)
    return known.value if known else ""


def _fact(sheet: Sheet, fact: CaseFact) -> str:
    """One fact: what is known, who said it, on which day."""
    reading, written = sheet.reading, sheet.reading.file.facts.get(fact.id)
    legend = escape(reading.fact(fact.name)) + (f' <span class="quiet">({escape(reading.procedure(fact.procedure))})</span>' if fact.procedure else "")
    hidden = f'<input type="hidden" name="name" value="{fact.name}"><input type="hidden" name="procedure" value="{fact.procedure}">'
    fields = value_field(sheet, fact.name, fact.value) + sheet.text("source", written.source if written else "") + sheet.day(
        "learned", (written.learned if written else None) or reading.on)
    by = f'<p class="small quiet">{sheet.say("written", by=written.written.by, day=reading.day(written.written.on))}</p>' if written else ""
    state = f"{reading.value(fact.name, fact.value)} ({reading.said_by(written)})" if written and written.source else ""
    return sheet.entry("facts", fact.id, legend, hidden + fields, gone=written is not None, about=by, state=state) + _offer(sheet, fact)


def value_field(sheet: Sheet, name: str, value: str) -> str:
    """The field of a value, by the kind of the fact; an empty day is one that is not known."""
    reading, kind = sheet.reading, sheet.reading.law.kinds[name]
    if kind == "day" and (not value or value in OPEN_CODES or _is_day(value)):
        return sheet.day("value", date.fromisoformat(value) if _is_day(value) else None)
    words = (YES, NO) if kind == "yes_no" else reading.law.values.get(name, ())
    if words:
        options: Options = [(UNKNOWN, reading.texts("code.unknown")), *((word, reading.value(name, word)) for word in words),
                            *((code, reading.texts(f"code.{code}")) for code in OPEN_CODES if code != UNKNOWN)]
        return sheet.choice("value", options, value or UNKNOWN)
    return sheet.text("value", "" if value in OPEN_CODES else value)


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _offer(sheet: Sheet, fact: CaseFact) -> str:
    """What another part of the case knows of it: a button writes it down, nothing else does."""
    offer = next((one for one in sheet.reading.offers if one.name == fact.name and not fact.procedure), None)
    if offer is None:
        return ""
    origin = sheet.reading.texts(f"legal.origin.{offer.origin}")
    learned = offer.learned.isoformat() if offer.learned else ""
    fields = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in (
        ("name", offer.name), ("value", offer.value), ("source", origin), ("learned", learned)))
    words = sheet.say("offer", value=sheet.reading.value(offer.name, offer.value), origin=origin)
    return f'<div class="legal-offer" data-offer="{offer.name}">{sheet.act("facts", offer.name, words, fields)}</div>'


def _another(sheet: Sheet) -> str:
    """Any fact, for the whole case or for one procedure alone."""
    reading = sheet.reading
    names = sorted(((name, reading.fact(name)) for name in reading.law.facts), key=lambda pair: pair[1])
    fields = (sheet.choice("name", [("", reading.texts("legal.choose")), *names], "", needed=True) + sheet.text("value", "", needed=True) +
              sheet.text("source") + sheet.day("learned", reading.on) + sheet.procedures("", "whole_case"))
    return sheet.entry("facts", "", sheet.say("another_fact"), fields, about=f'<p class="small quiet">{sheet.say("another_about")}</p>')


# Papers, tasks, contacts, the statement


def papers(sheet: Sheet) -> str:
    """The checklist, and a form for one more."""
    if not sheet.may_write:
        return sheet.show(blocks.papers(sheet.reading))
    listed = "".join(_paper(sheet, one) for one in sheet.reading.file.documents.values())
    return listed + folded("paper", sheet.say("add_paper"), _paper(sheet, FileDocument()))


def _paper(sheet: Sheet, one: FileDocument) -> str:
    reading, texts = sheet.reading, sheet.reading.texts
    names = sorted(((key, reading.document(key)) for key in reading.law.documents), key=lambda pair: pair[1])
    which = f'<input type="hidden" name="document" value="{one.document}">' if one.id and one.document else (
        ("" if one.id else sheet.choice("document", [("", texts("legal.another_paper")), *names], "")) + sheet.text("title", one.title))
    copies = [("", texts("legal.copy.open")), *((copy, texts(f"legal.copy.{copy}")) for copy in COPIES)]
    fields = (which + sheet.text("bringer", one.bringer) + sheet.day("due", one.due) + sheet.choice("copy", copies, one.copy) +
              sheet.day("received", one.received) + sheet.day("returned", one.returned) + sheet.text("note", one.note, most=500) +
              sheet.procedures(one.procedure, "no_procedure"))
    legend = escape(reading.document(one.document, one.title)) if one.id else sheet.say("add_paper")
    form = sheet.entry("documents", one.id, legend, fields, state=blocks.paper_state(reading, one) if one.id else "")
    return f'<div data-paper="{one.id}" data-received="{"yes" if one.received else "no"}">{form}</div>' if one.id else form


def tasks(sheet: Sheet) -> str:
    """Who does what by when, and a form for one more."""
    if not sheet.may_write:
        return sheet.show(blocks.tasks(sheet.reading))
    return "".join(_task(sheet, one) for one in sheet.reading.file.tasks.values()) + folded("task", sheet.say("add_task"), _task(sheet, Task()))


def _task(sheet: Sheet, one: Task) -> str:
    fields = (sheet.text("task", one.task, needed=True, most=500) + sheet.text("doer", one.doer) + sheet.day("due", one.due) + sheet.day("done", one.done) +
              sheet.procedures(one.procedure, "no_procedure"))
    reading = sheet.reading
    told = (one.doer, reading.day(one.due, unknown="legal.no_day"), reading.day(one.done, unknown="legal.step_open"))
    state = ", ".join(filter(None, told)) if one.id else ""
    return sheet.entry("tasks", one.id, escape(one.task) or sheet.say("add_task"), fields, state=state)


def contacts(sheet: Sheet) -> str:
    """Lawyer and authorities, and a form for one more."""
    if not sheet.may_write:
        return sheet.show(blocks.contacts(sheet.reading))
    listed = "".join(_contact(sheet, one) for one in sheet.reading.file.contacts.values())
    return listed + folded("contact", sheet.say("add_contact"), _contact(sheet, Contact()))


def _contact(sheet: Sheet, one: Contact) -> str:
    texts = sheet.reading.texts
    fields = (sheet.choice("role", [(role, texts(f"legal.role.{role}")) for role in ROLES], one.role) + sheet.text("office", one.office) +
              sheet.text("contact", one.contact) + sheet.text("phone", one.phone) +
              sheet.choice("safe", [(code, texts(f"legal.safe.{code}")) for code in SAFE], one.safe) + sheet.text("note", one.note, most=500))
    state = ", ".join(filter(None, (one.office, one.contact, one.phone, texts(f"legal.safe.{one.safe}")))) if one.id else ""
    return sheet.entry("contacts", one.id, escape(texts(f"legal.role.{one.role}")) if one.id else sheet.say("add_contact"), fields, state=state)


def own_words(sheet: Sheet) -> str:
    """The statement, in the person's words."""
    if not sheet.may_write:
        return sheet.show(blocks.own_words(sheet.reading))
    told, texts = sheet.reading.file.statement or PersonStatement(), sheet.reading.texts
    codes = [(code, texts(f"legal.read_back.{code}")) for code in SAFE]
    fields = sheet.long("words", told.words) + sheet.text("language", told.language) + sheet.choice("read_back", codes, told.read_back)
    by = f'<p class="small quiet">{sheet.say("written", by=told.written.by, day=sheet.reading.day(told.written.on))}</p>' if told.written.by else ""
    return sheet.entry("statement", "words", sheet.say("statement"), fields, gone=False, about=by)


LIVE: Final[Mapping[str, Callable[[Sheet], str]]] = {
    "deadlines": deadlines, "days": days, "may_apply": may_apply, "followed": followed, "case_facts": case_facts, "papers": papers, "tasks": tasks,
    "contacts": contacts, "own_words": own_words}  # what is shown anew after each change
