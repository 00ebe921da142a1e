"""A kept assessment read back from its JSON: enough of it to compare with another one."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from safe_lib.model.assessment import Assessment, Dimension, Domain, Finding, HardStop, OpenQuestion, OutcomeRange, Score, Step, Truth


def assessment_of(text: str) -> Assessment:
    """The results of a kept assessment. Traces and caveats stay in its text; they are not taken apart again."""
    said: dict[str, Any] = json.loads(text)
    instrument, country, outcome = said["instrument"], said["country"], said["outcome"]
    return Assessment(
        instrument=instrument["id"], version=instrument["version"], hash=instrument["hash"], engine=said["engine"], date=date.fromisoformat(said["date"]),
        country=(country["iso3"], country["hash"]) if country else None, scenario=said["scenario"], method="",
        outcome=OutcomeRange(outcome["id"], outcome["if_unknown_absent"], outcome["if_unknown_present"]),
        wording=outcome["wording"], next_steps=tuple(outcome["next_steps"]),
        dimensions={id: Dimension(one["strong"], one["medium"], one["weak"], one["result"]) for id, one in said["dimensions"].items()},
        domains={id: Domain(one["level"], one["lowest"], one["highest"], one["likelihood"], one["severity"], one["confidence"], (), one["marked"])
                 for id, one in said["domains"].items()},
        hard_stops={id: HardStop(one["state"], one["kind"], one["response"]) for id, one in said["hard_stops"].items()},
        scores={id: Score(one["mean"], one["answered"], one["asked"]) for id, one in said["scores"].items()},
        flags=tuple(said["flags"]), findings=tuple(_finding(one) for one in said["findings"]),
        open_questions=tuple(OpenQuestion(one["item"], tuple(one["would_change"]), one["why"], one["rank"]) for one in said["open_questions"]),
    )


def _finding(said: dict[str, Any]) -> Finding:
    truth = Truth(said["truth"])
    return Finding(said["id"], said["kind"], truth, said["because"], tuple(said["basis"]), Step(said["trace"]["says"], truth), tuple(said["answers"]),
                   tuple(said["rests_on_unverified"]), tuple(said["still_open"]))
