"""An assessment as the JSON of the contract: the same input gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from safe_lib.engine.methods.confidence import TOPICS
from safe_lib.model.assessment import Assessment, Dimension, OutcomeRange, Reading, Step
from safe_lib.model.texts import Texts

_PLAIN = Texts("en", "ltr", {
    "caveat.unverified_strength": "depends on an unverified strength: {item}",
    "caveat.set_recalled": "the strengths or wording of this set are recalled and not verified: {instrument}",
    "caveat.instrument_overdue": "the instrument was to be reviewed by {date}",
    "caveat.age_in_doubt": "the age is in doubt: the child reading leads, the adult reading is shown beside it",
    "caveat.other_age": "read as of a person who is: {age}",
    "caveat.open_questions_not_exact": "the open questions may list more than could change a result",
})


def as_data(assessment: Assessment, texts: Texts = _PLAIN) -> dict[str, Any]:
    """The assessment as plain values, in the order of the contract (section 3); `texts` puts keys into sentences."""
    return {
        "instrument": {"id": assessment.instrument, "version": assessment.version, "hash": assessment.hash},
        "engine": assessment.engine,
        "date": assessment.date.isoformat(),
        "country": {"iso3": assessment.country[0], "hash": assessment.country[1]} if assessment.country else None,
        "scenario": assessment.scenario,
        "outcome": {**_range(assessment.outcome), "wording": assessment.wording, "next_steps": list(assessment.next_steps)},
        "dimensions": {id: _dimension(dimension) for id, dimension in assessment.dimensions.items()},
        "readings": {age: _reading(reading) for age, reading in assessment.readings.items()},
        "domains": {id: {"level": d.level, "lowest": d.lowest, "highest": d.highest, "likelihood": d.likelihood, "severity": d.severity,
                         "confidence": d.confidence, "marked": d.marked, "why": [_line(step) for step in d.why]}
                    for id, d in assessment.domains.items()},
        "hard_stops": {id: {"state": s.state, "kind": s.kind, "response": s.response} for id, s in assessment.hard_stops.items()},
        "scores": {id: {"mean": s.mean, "answered": s.answered, "asked": s.asked} for id, s in assessment.scores.items()},
        "flags": list(assessment.flags),
        "findings": [{"id": f.id, "kind": f.kind, "truth": f.truth.value, "because": texts(f.because), "basis": list(f.basis), "answers": list(f.answers),
                      "rests_on_unverified": list(f.unverified), "still_open": list(f.still_open), "trace": _trace(f.trace)}
                     for f in assessment.findings],
        "open_questions": [{"item": q.item, "would_change": list(q.would_change), "why": texts(q.why), "rank": q.rank} for q in assessment.open_questions],
        "caveats": [_caveat(key, facts, texts) for key, facts in assessment.caveats],
    }


def as_json(assessment: Assessment, texts: Texts = _PLAIN) -> str:
    """The assessment as one line of JSON."""
    return json.dumps(as_data(assessment, texts), ensure_ascii=False, separators=(",", ":"))


def _caveat(key: str, facts: Mapping[str, Any], texts: Texts) -> str:
    """In the words of the contract where it is English; elsewhere with the id in place of the label."""
    said = _PLAIN if texts.language == _PLAIN.language else texts
    return said(key, **{"label": facts.get("item", ""), **facts})


def _range(outcome: OutcomeRange) -> dict[str, str]:
    return {"id": outcome.id, "if_unknown_absent": outcome.if_unknown_absent, "if_unknown_present": outcome.if_unknown_present}


def _dimension(dimension: Dimension) -> dict[str, Any]:
    return {"strong": dimension.strong, "medium": dimension.medium, "weak": dimension.weak, "result": dimension.result}


def _reading(reading: Reading) -> dict[str, Any]:
    return {"outcome": _range(reading.outcome), "dimensions": {id: _dimension(dimension) for id, dimension in reading.dimensions.items()}}


def _line(step: Step) -> str:
    critical = " (critical)" if step.facts.get("critical") else ""
    if step.key in TOPICS:
        return f"country.{step.facts['theme']}: {' '.join(filter(None, (step.facts['doubt'], step.facts['as_of'])))}{critical}"
    return f"{step.facts.get('item', step.key)}: {step.facts.get('code', step.truth.value)}{critical}"


def _trace(step: Step) -> dict[str, Any]:
    found: dict[str, Any] = {"says": step.key, "truth": step.truth.value}
    if step.facts:
        found["facts"] = dict(step.facts)
    if step.parts:
        found["parts"] = [_trace(part) for part in step.parts]
    return found
