"""Where two assessments differ, and why: two scenarios, two assessors, or the same person before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safe_lib.model.answers import Answers
from safe_lib.model.assessment import Assessment


@dataclass(frozen=True, slots=True)
class Change:
    """One result or answer that is not the same on both sides; None where one side does not have it."""

    what: str  # outcome | dimension | domain | hard_stop | finding | flag | open_question | answer | instrument | country
    id: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs, results first, then the answers behind them."""

    changes: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing differs."""
        return not self.changes

    def of(self, what: str) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.what == what)


def compare(before: Assessment, after: Assessment, answers: tuple[Answers, Answers] | None = None) -> Difference:
    """What differs between two assessments; with the answers of both, also which answers do."""
    changes = [
        *_changes("instrument", {before.instrument: before.hash}, {after.instrument: after.hash}),
        *_changes("country", _country(before), _country(after)),
        *_changes("outcome", {"outcome": before.outcome.id}, {"outcome": after.outcome.id}),
        *_changes("dimension", *({id: d.result for id, d in side.dimensions.items()} for side in (before, after))),
        *_changes("domain", *({id: d.level for id, d in side.domains.items()} for side in (before, after))),
        *_changes("hard_stop", *({id: s.state for id, s in side.hard_stops.items()} for side in (before, after))),
        *_changes("finding", *({f.id: f.truth.value for f in side.findings if f.kind == "rule"} for side in (before, after))),
        *_changes("flag", *(dict.fromkeys(side.flags, "raised") for side in (before, after))),
        *_changes("open_question", *({q.item: "open" for q in side.open_questions} for side in (before, after))),
    ]
    if answers:
        changes += _changes("answer", *({id: answer.code for id, answer in side.given.items()} for side in answers))
    return Difference(tuple(changes))


def _country(assessment: Assessment) -> dict[str, str]:
    return {assessment.country[0]: assessment.country[1]} if assessment.country else {}


def _changes(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    ids = dict.fromkeys([*before, *after])
    return [Change(what, id, before.get(id), after.get(id)) for id in ids if before.get(id) != after.get(id)]
