"""The one path: may I? → load → engine → save → audit. The only place where reading, writing and the engine meet.

Pages, reports, the command line and the API call these functions and nothing below them. Each takes a `Desk` first:
who works, in which store and language, on which day. Real work, training and tests differ only in the Desk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from safe_lib.catalogue import load_instrument, load_texts, paths, translated
from safe_lib.catalogue.countries import load_country
from safe_lib.catalogue.editions import edition_of
from safe_lib.catalogue.processing import load_processing
from safe_lib.engine import as_json, assess, consents
from safe_lib.engine.assess import FREE_SCALES, check_answers
from safe_lib.engine.departures import Lack, Row, departures_for, departures_of, severity_body
from safe_lib.engine.grounds import snapshot, topics_used
from safe_lib.engine.results import print_of, result_of, with_scenario
from safe_lib.model.answers import AGE_GROUPS, Answer, Answers, Departure, Person, Place
from safe_lib.model.assessment import Assessment
from safe_lib.model.case import SHARED, Case, CaseLine, Disclosure, Paper, Report, SavedAnswer
from safe_lib.model.country import Country
from safe_lib.model.disclosure import CONSENT, KEEP_FOR, Basis, GeneralNo
from safe_lib.model.errors import NotPermitted, ReasonNeeded, StoreError, WrongUse
from safe_lib.model.grounds import Grounds, Marks
from safe_lib.model.instrument import Instrument
from safe_lib.rights.permission import Role, Verb, refused

if TYPE_CHECKING:

    from safe_lib.store import Store

Read = TypeVar("Read")

WRITTEN: Final = "written"  # the code of free words and dates; the words stand in the note
AGE_ITEM: Final = ("first_level", "AGE")
CHILDREN_ITEM: Final = ("safe_return_record", "CHILDREN")
SHARE_ITEMS: Final = {"": ("first_level", "CONSENT-SHARE"), "safety_report": ("safety_account", "SHARE")}  # workbook (empty: any) → question on sharing
CONSENTS: Final = "consents"  # kind of the paper that holds what the person said about sharing, by recipient and purpose
INVENTED_ONLY: Final = frozenset({"practice"})  # kinds of papers that never stand in a store with real persons
LEAFLET_ITEM: Final = ("first_level", "LEAFLET")  # whether something written may be left with the person
LETTER: Final = "letter_"  # before the name of a letter, where a report has the name of its workbook
FUTURES: Final = "futures"  # kind of the paper that holds the scenarios of a case
SEVERITY: Final = "severity"
PLAN: Final = "plan"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody works: an open store, who they are, their language, and today's date."""

    store: Store | None
    person: str
    language: str
    today: date
    role: Role = "own"  # what whoever opened the store may do; `nobody` may nothing
    for_list: bool = False  # a list of many cases is being made: one line in the trail says so, not one for each
    now: Callable[[], datetime] = field(default=_now)

    def open_store(self) -> Store:
        """The store; refused at a desk without one (such as `safe assess` on a file)."""
        if self.store is None:
            raise WrongUse("store: this needs a case store.\n  Name one with --store PATH.")
        return self.store


_HERE: list[tuple[Desk, str]] = []


def work_at(desk: Desk | None, topic: str = "") -> None:
    """Hand this process its desk (a kernel of the server, the report engine); None takes it away.

    `topic` is the instrument a general workbook is about, where the notebook's own name does not say it.
    """
    _HERE[:] = [] if desk is None else [(desk, topic)]


def desk_here() -> Desk | None:
    """The desk that was handed to this process, if one was."""
    return _HERE[0][0] if _HERE else None


def topic_here() -> str:
    """The instrument that was handed over with it, or nothing."""
    return _HERE[0][1] if _HERE else ""


@dataclass(frozen=True, slots=True)
class Future:
    """One considered scenario of a case, in the person's own order."""

    kind: str  # id of a scenario of the instrument
    order: int  # 1: what the person wants most
    country: str = ""
    subdivision: str = ""
    words: str = ""  # what the person says about it

    @property
    def place(self) -> Place | None:
        """Where it leads, where that is known."""
        return Place(self.country, self.subdivision or None) if self.country else None


def _may(desk: Desk, verb: Verb, ref: str = "") -> Store:
    """The open store, if this person may do this; reading a case leaves its line.

    Raises:
        NotPermitted, CaseNotFound: neither says whether the case exists.
    """
    if desk.role == "nobody":
        raise refused(verb, ref)
    from safe_lib import access  # it brings the store; a desk without one does without

    store = desk.open_store()
    me = access.require(store, desk.person, verb, ref, at=desk.now())
    if ref and verb in access.READS and not desk.for_list and not store.is_reading(desk.person, ref, desk.now(), access.SAME_SITTING):
        access.note_reading(store, me, desk.person, ref, at=desk.now())
    return store


def _once(desk: Desk, what: tuple[str, ...], read: Callable[[], Read]) -> Read:
    """What this person reads of their store, once in a moment."""
    if desk.store is None:
        return read()
    from safe_lib.store.moment import once

    return once((id(desk.store), desk.person, desk.role, desk.for_list, *what), read)


def require_right(desk: Desk, verb: Verb) -> None:
    """Refuse what a person may not do that touches no case. Without a store there are public data only, and nobody is known.

    Raises:
        NotPermitted: the table does not allow it.
    """
    if desk.role == "nobody" or desk.store is not None:
        _may(desk, verb)


def has_right(desk: Desk, verb: Verb) -> bool:
    """Whether somebody may do what touches no case, so that a page can leave out what leads there."""
    try:
        require_right(desk, verb)
    except NotPermitted:
        return False
    return True


def gate_at(desk: Desk) -> Literal["open", "late", "ended", "never"]:
    """Whether real cases are open to the person as far as the course goes, for a page that tells them; it refuses nothing itself."""
    if desk.store is None or desk.role == "nobody":
        return "open"
    from safe_lib import access

    return access.module_state(desk.store.standing(), desk.now().date())


# Cases


def list_cases(desk: Desk) -> tuple[CaseLine, ...]:
    """The cases this person may see, the most recently changed first."""
    from safe_lib.access import SAME_SITTING
    from safe_lib.rights.permission import cell

    store = _may(desk, "list")
    if not store.was_noted("cases.listed", desk.person, since=desk.now() - SAME_SITTING):
        store.note(by=desk.person, at=desk.now(), what="cases.listed")
    own_only = cell(store.me.roles, "list") == "assigned"
    return tuple(sorted((line for line in store.cases() if not own_only or store.is_mine(line.ref)), key=lambda line: line.changed, reverse=True))


def open_case(desk: Desk, alias: str = "") -> Case:
    """A new case with an opaque reference; the alias is a hint for staff, never a name."""
    return _may(desk, "open").new_case(by=desk.person, at=desk.now(), alias=alias.strip()[:60])


def find_case(desk: Desk, ref: str, *, what: str = "") -> Case:
    """One case; with `what` (such as `page.identification`) a line in the audit trail says that it was read."""
    store = _may(replace(desk, for_list=bool(what)), "read", ref)
    case = store.case(ref)
    if what:
        from safe_lib.access import note_reading

        note_reading(store, store.me, desk.person, ref, at=desk.now(), detail=what)
    return case


def alias_of(desk: Desk, ref: str) -> str:
    """The hint by which staff know the case."""
    return _may(desk, "read", ref).identity(ref).alias


def details_of(desk: Desk, ref: str) -> Mapping[str, str]:
    """What staff wrote down of who the person is: name, date of birth and more, under keys of their choice."""
    return _may(desk, "read", ref).identity(ref).details


# Answers


def saved_answers(desk: Desk, ref: str, instrument: str, scenario: str = SHARED) -> dict[str, SavedAnswer]:
    """What counts now, by item: the shared answers, and a scenario's own ones over them."""
    def read() -> dict[str, SavedAnswer]:
        return {saved.item: saved for saved in _may(desk, "read", ref).answers(ref, instrument, scenario)}

    return _once(desk, ("answers", ref, instrument, scenario), read).copy()


def recorded(desk: Desk, ref: str, instrument: Instrument, scenario: str = SHARED) -> Answers:
    """All that is recorded for one instrument and one considered future."""
    saved = saved_answers(desk, ref, instrument.id, scenario)
    items = instrument.by_id()
    given = {id: one.answer for id, one in saved.items() if id in items and items[id].scale not in FREE_SCALES}
    severity = departures_for(instrument, departures(desk, ref, scenario))
    return Answers(given, person_facts(desk, ref), scenario or None, place_of(futures(desk, ref), scenario), severity)


def place_of(considered: tuple[Future, ...], scenario: str) -> Place | None:
    """Where one considered future leads, where that is known."""
    future = next((future for future in considered if future.kind == scenario), None)
    return future.place if future else None


def person_facts(desk: Desk, ref: str) -> Person:
    """The little that rules may know of the person."""
    return person_of(_code(desk, ref, *AGE_ITEM), _code(desk, ref, *CHILDREN_ITEM))


def person_of(age: str | None, children: str | None) -> Person:
    """What rules may know, from two answers. An age that was asked and is not known counts as in doubt."""
    group = age if age in AGE_GROUPS else None if age in (None, "not_asked") else "disputed"
    return Person(group, children not in (None, "no", "not_asked", "not_applicable"))


def _code(desk: Desk, ref: str, instrument: str, item: str) -> str | None:
    saved = saved_answers(desk, ref, instrument).get(item)
    return saved.answer.code if saved else None


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as a page sends it: code, what it rests on, note, reason; `seen` is the revision on screen (0: none)."""

    item: str
    code: str
    evidence: tuple[str, ...] = ()
    note: str = ""
    reason: str = ""
    seen: int | None = 0


def record(desk: Desk, ref: str, instrument: Instrument, said: Said, scenario: str = SHARED) -> SavedAnswer:
    """Save one answer, durable when this returns.

    Raises:
        AnswersError: the item or the code is not one of the instrument's.
        AnswerChanged: somebody else saved another answer to it meanwhile; `theirs` holds it, nothing is overwritten.
    """
    store = _may(desk, "write", ref)
    answer = Answer(said.code, said.evidence, said.reason)  # type: ignore[arg-type]
    check_answers(instrument, Answers({said.item: answer}), instrument.by_id())
    return store.save_answer(ref, instrument.id, said.item, answer, note=said.note, scenario=scenario, by=desk.person, at=desk.now(), seen=said.seen)


# Papers: what belongs to a case and is not an answer


def futures(desk: Desk, ref: str) -> tuple[Future, ...]:
    """The scenarios considered for a case, in the person's own order."""
    found = paper(desk, ref, FUTURES)
    return futures_in(found.body if found else {})


def futures_in(body: Mapping[str, Any]) -> tuple[Future, ...]:
    """The scenarios that a paper lists, in the person's own order."""
    listed = body.get("futures", [])
    return tuple(sorted((Future(**entry) for entry in listed), key=lambda future: future.order))


def save_paper(desk: Desk, ref: str, kind: str, body: Mapping[str, Any], seen: int | None = None) -> Paper:
    """Save one version of a paper (futures, plan, severity); the earlier ones are kept.

    Raises:
        WrongUse: this kind of paper belongs to no group of the policy, so nobody has said what it is kept for (PRI-01).
    """
    if kind == CONSENTS:
        raise WrongUse("consents: they are only ever added to.\n  Use the page of what leaves, or safe consent.")
    if kind in INVENTED_ONLY and not desk.open_store().training:
        raise WrongUse(f"{kind}: this store holds real persons.\n  Practise in a training store.")
    if kind not in load_processing().paper_kinds():
        raise WrongUse("paper: a paper of this kind has no purpose.\n  Add its kind to a group of rights/processing.yaml first.")
    return _may(desk, "write", ref).save_paper(ref, kind, body, by=desk.person, at=desk.now(), seen=seen)


def paper(desk: Desk, ref: str, kind: str) -> Paper | None:
    """The newest version of a paper."""
    return _once(desk, ("paper", ref, kind), lambda: _may(desk, "read", ref).paper(ref, kind))


def departures(desk: Desk, ref: str, scenario: str) -> dict[str, Departure]:
    """Severities that a professional set otherwise for one future, with their reasons."""
    found = paper(desk, ref, SEVERITY)
    return departures_of(found.body, scenario) if found else {}


def save_severities(desk: Desk, ref: str, instrument: Instrument, rows: Sequence[Row], seen: int | None = None) -> tuple[Paper, tuple[Lack | None, ...]]:
    """Save severities set otherwise; a row that lacks its grounds is kept as it was typed and counts for nothing."""
    until_now = paper(desk, ref, SEVERITY)
    body, lacks = severity_body(rows, instrument, by=desk.person, before=until_now.body if until_now else None)
    return save_paper(desk, ref, SEVERITY, body, seen), lacks


# Assessing


def instrument_for(desk: Desk, id: str) -> Instrument:
    """An instrument in the language of the person at work; its files are looked at once in a moment."""
    return _once(desk, ("instrument", id, desk.language), lambda: translated(load_instrument(id), desk.language))


def country_of(answers: Answers, iso3: str | None = None) -> Country | None:
    """The country a scenario leads to, or the one named."""
    code = iso3 or (answers.place.country if answers.place else None)
    return country_named(code) if code else None


def country_named(iso3: str) -> Country:
    """One country, read again only when a file behind it has changed.

    Raises:
        WrongUse: there is no such country.
    """
    folder = paths.COUNTRY_INFO / iso3
    datasets = paths.COUNTRY_INFO / "_datasets"
    files = (folder, *sorted(folder.glob("*.yaml")), paths.COUNTRY_INFO / "themes.yaml", datasets / "latest.jsonl", datasets / "switched_off.yaml")
    return _country(iso3, tuple(file.stat().st_mtime_ns for file in files if file.exists()))


@lru_cache(maxsize=256)  # every country with claims is searched
def _country(iso3: str, stamp: tuple[int, ...]) -> Country:
    return load_country(iso3)


def assess_case(desk: Desk, ref: str, instrument_id: str, scenario: str = SHARED, *, answers: Answers | None = None, country: str | None = None) -> Assessment:
    """What an instrument says of a case today; `answers` in place of the recorded ones makes it a what-if, never saved."""
    _may(desk, "assess", ref)
    instrument = instrument_for(desk, instrument_id)
    said = answers or recorded(desk, ref, instrument, scenario)
    # Equal answers, asked twice within a moment, are assessed once: hashing them would cost more than looking whether they are the same.
    known = _once(desk, ("assessed", ref, instrument_id, scenario, country or "", desk.today.isoformat(), desk.language), list[tuple[Answers, Assessment]])
    for before, found in known:
        if before == said:
            return found
    found = assess(instrument, said, country_of(said, country), on=desk.today)
    known.append((said, found))
    return found


def assess_answers(desk: Desk, instrument_id: str, answers: Answers, country: str | None = None, on: date | None = None) -> Assessment:
    """What an instrument says of answers that belong to no case."""
    return assess(instrument_for(desk, instrument_id), answers, country_of(answers, country), on=on or desk.today)


def what_if(desk: Desk, ref: str, instrument_id: str, changed: Mapping[str, str], scenario: str = SHARED) -> tuple[Assessment, Assessment]:
    """The assessment as it is, and as it would be with some answers changed; nothing is saved."""
    instrument = instrument_for(desk, instrument_id)
    now = recorded(desk, ref, instrument, scenario)
    then = replace(now, given={**now.given, **{id: Answer(code, reason="what if") for id, code in changed.items()}})
    return (assess_case(desk, ref, instrument_id, scenario, answers=now), assess_case(desk, ref, instrument_id, scenario, answers=then))


def keep(desk: Desk, ref: str, assessment: Assessment) -> None:
    """Keep an assessment as it was made, with the fingerprints of what it was made from and the country information of that day."""
    marks = _may(desk, "write", ref).marks(ref)
    said = recorded(desk, ref, load_instrument(assessment.instrument), assessment.scenario or SHARED)
    _keep(desk, ref, assessment, said, marks)


def marks_of(desk: Desk, ref: str, *, verb: Verb = "write") -> Marks:
    """How far a case is written. Within a moment they are those of the first look, so look at them before anything is read."""
    return _once(desk, ("marks", ref), lambda: _may(desk, verb, ref).marks(ref))


def assess_and_keep(desk: Desk, ref: str, instrument_id: str, scenario: str = SHARED, *, verb: Verb = "write") -> Assessment:
    """Assess a case today and keep what came of it; `verb` is what it is kept for: who may report keeps what a report rests on."""
    return assess_to_keep(desk, ref, instrument_id, scenario, verb=verb)()


def assess_to_keep(desk: Desk, ref: str, instrument_id: str, scenario: str = SHARED, *, verb: Verb = "write") -> Callable[[], Assessment]:
    """The same in two steps: everything is read now, and what is given keeps it."""
    marks = marks_of(desk, ref, verb=verb)
    said = recorded(desk, ref, load_instrument(instrument_id), scenario)
    found = assess_case(desk, ref, instrument_id, scenario, answers=said)

    def keep_now() -> Assessment:
        _keep(desk, ref, found, said, marks)
        return found

    return keep_now


def _keep(desk: Desk, ref: str, assessment: Assessment, said: Answers, marks: Marks) -> None:
    """Keep it; the marks count only if the answers read under them are those it was made from."""
    instrument = load_instrument(assessment.instrument)
    same = print_of(with_scenario(instrument, said)) == assessment.said
    country = country_of(said, assessment.country[0] if assessment.country else None)
    grounds = Grounds(made_with(instrument), assessment.engine, assessment.said, "", result_of(assessment))
    prints = "-".join(filter(None, (assessment.hash, assessment.country[1] if assessment.country else "", assessment.engine)))
    desk.open_store().keep_edition(instrument.id, made_with(instrument), lambda: edition_of(instrument.id))
    desk.open_store().keep_on_grounds(
        ref, assessment.instrument, assessment.scenario or SHARED, as_json(assessment, load_texts()), hash=prints, grounds=grounds,
        snapshot=snapshot(country, topics_used(instrument, said), assessment.date), marks=marks if same else Marks(), by=desk.person, at=desk.now())


def made_with(instrument: Instrument) -> str:
    """Version and content hash of an instrument, by which a later day sees whether it is another one."""
    return f"{instrument.version} {instrument.hash}"


# Reports


def seal(desk: Desk, ref: str, content: bytes, *, workbook: str, profile: str, format: str, id: str = "") -> Report:
    """Put a finished document into the store; `id` is the number printed on it."""
    store = _may(desk, "report", ref)
    return store.seal_report(ref, content, workbook=workbook, profile=profile, format=format, language=desk.language, by=desk.person, at=desk.now(), id=id)


def seal_letter(desk: Desk, ref: str, content: bytes, *, letter: str, profile: str, format: str, id: str = "") -> Report:
    """Put the draft of a letter into the store; who drafts letters need not be allowed to make reports, nor to let anything leave."""
    store = _may(desk, "draft", ref)
    return store.seal_report(ref, content, workbook=f"{LETTER}{letter}", profile=profile, format=format, language=desk.language, by=desk.person, at=desk.now(),
                             id=id)


def disclose(
    desk: Desk, report: Report, *, recipient: str, purpose: str, basis: Basis | None = None, expires: date | None = None
) -> tuple[bytes, Disclosure]:
    """Let a report leave the store, with a line in the register. Every door goes through here.

    Args:
        basis: why it may; None takes the basis that such a report has of itself (an own file, the person's own data, an exercise).
        expires: the last day it may be used; None is six months from today. A consent that ends earlier ends it.

    Raises:
        BasisRefused: no consent that counts, and no other basis with its reason.
        NotPermitted: no right to it, or too many cases at once.
    """
    store = _may(desk, "disclose", report.ref)
    _require_few(desk, store, report.ref)
    said = {"recipient": recipient, "purpose": purpose}
    settled, last, seen = require_basis(desk, report.ref, report.workbook, report.profile, **said, basis=basis, expires=expires)
    line = store.disclose(report.id, recipient=recipient, purpose=purpose, by=desk.person, at=desk.now(), basis=settled, expires=last, consents_seen=seen)
    return store.report_bytes(report.id, by=desk.person, at=desk.now(), purpose=purpose), line


def require_basis(
    desk: Desk, ref: str, workbook: str, profile: str, *, recipient: str, purpose: str, basis: Basis | None = None, expires: date | None = None
) -> tuple[Basis, date, int]:
    """What allows this to leave on this very moment, until when, and the revision of the consents that was looked at.

    Raises:
        BasisRefused: nothing does.
    """
    store = _may(replace(desk, for_list=True), "disclose", ref)
    chosen = consents.settled(basis, profile, training=store.training)
    if wrong := consents.lack_of_basis(chosen, profile, training=store.training):
        raise consents.refusal(wrong, ref)
    last = expires or desk.today + timedelta(days=KEEP_FOR)
    paper = store.paper(ref, CONSENTS)
    if chosen.kind == CONSENT:
        found = next((one for one in consents.standing(consents.statements_in(paper.body if paper else {})) if one.id == chosen.consent), None)
        if wrong := consents.lack(found, on=desk.today, no=general_no(desk, ref, workbook), recipient=recipient, purpose=purpose,
                                  used=consents.is_used(store.disclosures(ref), found)):
            raise consents.refusal(wrong, ref)
        last = min(last, found.until) if found else last
    return chosen, last, paper.revision if paper else 0


def general_no(desk: Desk, ref: str, workbook: str = "") -> GeneralNo | None:
    """The person's newest no to sharing at all, or to sharing this report, as a talk recorded it; None where they said something else or nothing."""
    answers = [desk.open_store().answers(ref, instrument) for name, (instrument, _) in SHARE_ITEMS.items() if name in ("", workbook)]
    asked = {item for _, item in SHARE_ITEMS.values()}
    found = [GeneralNo(one.answer.code, one.at) for said in answers for one in said if one.item in asked and one.answer.code in ("refused", "withdrawn")]
    return max(found, key=lambda no: no.at, default=None)


def _require_few(desk: Desk, store: Store, ref: str) -> None:
    """Many cases leave together only where a second person agreed (SEC-17)."""
    left = store.disclosed_by(desk.person, since=desk.now() - timedelta(hours=1)) - {ref}
    most = int(store.setting("cases_at_once"))
    if len(left) >= most and not store.is_agreed("export", f"{desk.person} {desk.now().date().isoformat()}", at=desk.now()):
        raise NotPermitted(f"disclosing: {most} cases left the store within an hour.\n  For more, ask: safe user ask export. A second person has to agree.")


def leaflet(desk: Desk, ref: str) -> Literal["wise", "unwise", "unknown"]:
    """Whether something written may be left with the person: where nobody has settled it with them, it is not known."""
    said = {"given": "wise", "told_only": "unwise"}
    return said.get(_code(desk, ref, *LEAFLET_ITEM) or "", "unknown")  # type: ignore[return-value]


def require_leaflet(desk: Desk, ref: str, what: str, although: str, *, verb: Verb = "report") -> None:
    """Refuse something written for the person where the record speaks against it and no reason is given; a reason is noted.

    Raises:
        ReasonNeeded: in words that do not say what was answered.
    """
    _may(desk, verb, ref)
    if although.strip():
        note_reason(desk, ref, what, although, verb=verb)
    elif leaflet(desk, ref) == "unwise":
        raise ReasonNeeded(f"{ref}: a paper for the person needs a reason here.\n  Read question {LEAFLET_ITEM[1]} first, then give one (--although).")


def note_reason(desk: Desk, ref: str, what: str, although: str, *, verb: Verb = "report") -> None:
    """Write down why something is made although the record speaks against it."""
    _may(desk, verb, ref).note(by=desk.person, at=desk.now(), what="report.although", ref=ref, detail=f"{what}: {although.strip()}")


def reports_of(desk: Desk, ref: str) -> tuple[Report, ...]:
    """The sealed documents of a case."""
    return _may(desk, "read", ref).reports(ref)


def require_store(store: Store | None) -> Store:
    """The store, or a clear refusal."""
    if store is None:
        raise StoreError("store: no store is open.\n  Name one with --store PATH.")
    return store
