"""How far a learner is, as plain values and back; what is not as it should be is left out, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from safe_lib.model.course import Attempt, Progress, Said


def to_body(progress: Progress) -> dict[str, Any]:
    """Plain values, in an order that does not change."""
    return {"began": progress.began.isoformat(), "at": progress.at, "country": progress.country, "seen": list(progress.seen),
            "said": {id: list(said) for id, said in sorted(progress.said.items())}, "attempts": [_attempt_body(one) for one in progress.attempts]}


def _attempt_body(one: Attempt) -> dict[str, Any]:
    return {"seed": one.seed, "version": one.version, "questions": list(one.questions), "missing": list(one.missing),
            "answers": {id: list(said) for id, said in sorted(one.answers.items())}, "handed_in": one.handed_in.isoformat() if one.handed_in else None}


def from_body(body: Mapping[str, Any]) -> Progress:
    """The record again."""
    attempts = tuple(_attempt(one) for one in body.get("attempts", ()))
    return Progress(date.fromisoformat(body["began"]), str(body.get("at", "")), str(body.get("country", "")), _said(body.get("seen", ())),
                    _answers(body.get("said", {})), attempts)


def _attempt(one: Mapping[str, Any]) -> Attempt:
    handed_in = date.fromisoformat(one["handed_in"]) if one.get("handed_in") else None
    return Attempt(int(one["seed"]), str(one["version"]), _said(one["questions"]), _said(one.get("missing", ())), _answers(one.get("answers", {})), handed_in)


def _said(values: Any) -> Said:
    return tuple(str(value) for value in values)


def _answers(values: Mapping[str, Any]) -> dict[str, Said]:
    return {str(id): _said(said) for id, said in values.items()}
