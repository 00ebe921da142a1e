"""An assessment in short, and fingerprints of what went into it: for many cases at once, and to see later what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

from safe_lib.engine.conditions import Known, Seen
from safe_lib.engine.methods import indicator_pattern, risk_matrix, rules
from safe_lib.model.answers import Answers
from safe_lib.model.assessment import Assessment, Finding, Truth
from safe_lib.model.grounds import Result
from safe_lib.model.instrument import Instrument


def result_of(assessment: Assessment) -> Result:
    """What an assessment concluded."""
    levels = {id: domain.level for id, domain in assessment.domains.items()} or {id: one.result for id, one in assessment.dimensions.items()}
    confidence = {id: str(domain.confidence) for id, domain in assessment.domains.items()}
    return Result(assessment.outcome.id, levels, confidence, assessment.flags)


def result(instrument: Instrument, answers: Answers, look: Callable[[str], Seen]) -> Result:
    """What `assess` would conclude, without its traces to read and its open questions; a third of the work.

    Args:
        instrument: read and checked by the catalogue.
        answers: checked when they were saved; they are not checked again.
        look: topic → what rules may know of it that day.
    """
    known = Known(instrument, with_scenario(instrument, answers), instrument.by_id(), look)
    return _METHODS[instrument.method](known)


def with_scenario(instrument: Instrument, answers: Answers) -> Answers:
    """The answers about the future they name, or about the instrument's first where they name none."""
    if answers.scenario or not instrument.scenarios:
        return answers
    return Answers(answers.given, answers.person, instrument.scenarios[0].id, answers.place, answers.severity, answers.unlisted)


def print_of(answers: Answers) -> str:
    """A fingerprint of all that an assessment looks at in some answers: equal answers, equal fingerprint."""
    digest = hashlib.sha256()
    for id in sorted(answers.given):
        answer = answers.given[id]
        digest.update(f"{id}\x1f{answer.code}\x1f{' '.join(answer.evidence)}\x1e".encode("utf-8", "surrogatepass"))
    weighed = [(id, one.level, one.reason) for id, one in sorted(answers.severity.items())]
    digest.update(repr((answers.person, answers.scenario, answers.place, weighed, sorted(answers.unlisted.items()))).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


def flags_of(known: Known, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """The flags of the rules that hold, each once, in the order of the rules."""
    holding = {finding.id for finding in findings if finding.truth is Truth.HOLDS}
    return tuple(dict.fromkeys(rule.flag for rule in known.instrument.rules if rule.flag and rule.id in holding))


def _by_matrix(known: Known) -> Result:
    weighed = risk_matrix.weigh(known)
    levels = {id: domain.level for id, domain in weighed.domains.items()}
    confidence = {id: str(domain.confidence) for id, domain in weighed.domains.items()}
    return Result(weighed.outcome, levels, confidence, flags_of(known, rules.truths_of(known)))


def _by_pattern(known: Known) -> Result:
    found = indicator_pattern.find(known)
    leading = found.readings[found.leading]
    return Result(leading.outcome.id, {id: one.result for id, one in leading.dimensions.items()}, {}, flags_of(known, rules.truths_of(known)))


def _by_rules(known: Known) -> Result:
    ruled = rules.truths_of(known)
    return Result(rules.conclude(known)[0], {}, {}, flags_of(known, ruled))


_METHODS: Final[Mapping[str, Callable[[Known], Result]]] = {
    "indicator_pattern": _by_pattern,
    "risk_matrix": _by_matrix,
    "rules": _by_rules,
    "questionnaire": _by_rules,
}
