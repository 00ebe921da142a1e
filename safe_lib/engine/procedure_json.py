"""A standpoint as the JSON of the contract: the same input gives the same bytes. Every day is ISO, or `unknown`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from safe_lib.model.procedure import Alternative, Deadline, LawChange, Period, Procedure, ProcedureStep, Standing, Standpoint, Words
from safe_lib.model.texts import Texts

UNKNOWN: Final = "unknown"
SOURCE: Final = "en"  # the language that procedures are written in


def standpoint_as_data(seen: Standpoint, changes: Iterable[LawChange], documents: Mapping[str, Words], texts: Texts) -> dict[str, Any]:
    """Where a case stands in a procedure, as plain values; `texts` says in which language the words are."""
    procedure, variant, language = seen.procedure, seen.variant, texts.language
    return {
        "procedure": procedure.id, "variant": variant.id if variant else None, "country": procedure.country, "kind": procedure.kind,
        "name": said(variant.name if variant else procedure.name, language), "version": procedure.version, "hash": procedure.hash,
        "date": seen.on.isoformat(), "not_legal_advice": texts("procedure.not_legal_advice"), "verified": procedure.verified.isoformat(),
        "verify_by": procedure.verify_by.isoformat(), "verify_first": seen.verify_first, **standing_as_data(procedure.standing),
        "translation": "own" if language == SOURCE else texts.status,
        "may_apply": seen.may_apply.value, "because": list(seen.because), "unknown_facts": list(seen.unknown),
        "breached": seen.breached.value if seen.breached else None,
        "state": seen.state, "final": seen.state in procedure.final,
        "steps": [_step(step, seen.state, language) for step in procedure.steps],
        "documents": [{"id": id, "name": said(documents.get(id, {}), language), "need": need} for id, need in papers(seen)],
        "deadlines": {deadline.id: _deadline(deadline, texts) for deadline in seen.deadlines},
        "authority": dict(procedure.authority), "basis": [{"law": law, "source": source} for law, source in procedure.basis],
        "forms": [{"id": form.id, "name": said(form.name, language), **standing_as_data(form.standing)} for form in procedure.forms],
        "remarks": [{"kind": one.kind, "id": one.id or None, "says": said(one.says, language), "sources": list(one.sources),
                     **standing_as_data(one.standing)} for one in procedure.remarks],
        "banners": [_banner(change, language) for change in changes], "leads_to": list(procedure.leads_to), "remedies": list(procedure.remedies),
        "sources": _sources(procedure), "unused_facts": list(seen.unused),
    }


def papers(seen: Standpoint) -> tuple[tuple[str, str], ...]:
    """The documents of the procedure, or of the ground that was asked for: id, and `needed` or `useful`."""
    holder = seen.variant if seen.variant and (seen.variant.needed or seen.variant.useful) else seen.procedure
    return (*((id, "needed") for id in holder.needed), *((id, "useful") for id in holder.useful))


def said(words: Words, language: str) -> str:
    """A text in a language, in English where it has none."""
    return words.get(language) or words.get("en", "")


def standing_as_data(standing: Standing) -> dict[str, str | None]:
    """How sure a rule is: seen, recalled (verify) with our confidence, or our own design."""
    word, _, confidence = standing.partition("_")
    return {"status": "recalled, verify" if word == "recalled" else word, "confidence": confidence or None}


def day_or_unknown(day: date | None) -> str:
    """ISO, or the word that is never left out."""
    return day.isoformat() if day else UNKNOWN


def period_as_text(period: Period | None) -> str:
    """A period as it is written in the file."""
    if period is None:
        return "as stated"
    unit = period.unit.replace("_", " ")
    return f"{period.number} {unit if period.number != 1 else unit.removesuffix('s')}"


def remark_of(deadline: Deadline, texts: Texts) -> str:
    """What a reader must know beside the three dates, in sentences."""
    told = [texts(f"procedure.remark.{key}", **facts) for key, facts in deadline.remarks]
    return " ".join(filter(None, (*told, said(deadline.note, texts.language))))


def _step(step: ProcedureStep, state: str, language: str) -> dict[str, Any]:
    return {"id": step.id, "actor": step.actor, "action": said(step.action, language), "deadline": step.deadline or None,
            "documents": list(step.documents), "form": step.form or None, "due": not step.states or state in step.states}


def _deadline(deadline: Deadline, texts: Texts) -> dict[str, Any]:
    return {
        "earliest": day_or_unknown(deadline.earliest), "plan": day_or_unknown(deadline.plan), "last": day_or_unknown(deadline.last),
        "conflict": [_alternative(one) for one in deadline.conflict] or None, "basis": list(deadline.basis), "remark": remark_of(deadline, texts),
        "undecided": [_alternative(one) for one in deadline.undecided] or None, "anchor": deadline.anchor, "legal": deadline.legal,
        **standing_as_data(deadline.standing), "law_in_force_from": deadline.law_of.isoformat() if deadline.law_of else None, "band": deadline.band,
        "days_left": deadline.days_left, "reminders": [day.isoformat() for day in deadline.reminders],
    }


def _alternative(one: Alternative) -> dict[str, Any]:
    return {"term": period_as_text(one.period), "last": day_or_unknown(one.last), "sources": list(one.sources), **standing_as_data(one.standing),
            "used": one.used, "unknown_facts": list(one.unknown)}


def _banner(change: LawChange, language: str) -> dict[str, Any]:
    return {"id": change.id, "since": change.since.isoformat() if change.since else None, "topic": said(change.topic, language),
            "says": said(change.says, language), "sources": list(change.sources), **standing_as_data(change.standing)}


def _sources(procedure: Procedure) -> list[dict[str, Any]]:
    return [{"id": id, "title": source.title, "published": source.published, "url": source.url or None, "status": source.status}
            for id, source in procedure.sources.items()]
