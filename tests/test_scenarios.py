"""Runs every story in `tests/scenarios`; a failing one is named by its own sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from safe_lib.catalogue import load_instrument
from safe_lib.catalogue.countries import load_country
from safe_lib.engine import assess
from safe_lib.engine.methods.confidence import TOPICS
from safe_lib.model.answers import Answer, Answers, Departure, Person
from safe_lib.model.assessment import Assessment

STORIES: Final = Path(__file__).parent / "scenarios"


def stories() -> Iterator[Any]:
    """Every scenario of every file, under its name."""
    for path in sorted(STORIES.rglob("*.yaml")):
        if path.parent.name == "procedures":  # dated cases of law: test_procedures.py
            continue
        for story in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(story, id=f"{path.stem}: {story['name']}")


@pytest.mark.parametrize("story", stories())
def test_scenario(story: Mapping[str, Any]) -> None:
    """The story ends as a caseworker would sign it."""
    found = assessed(story)

    assert seen(found, story["expect"]) == story["expect"], story["name"]
    listed = {question.item for question in found.open_questions}
    assert listed >= set(story.get("open_includes", ())), story["name"]
    assert not listed & set(story.get("open_excludes", ())), story["name"]


def assessed(story: Mapping[str, Any]) -> Assessment:
    """What the engine says of a story."""
    country = load_country(story["country"]) if "country" in story else None
    severity = story.get("severity", {})
    answers = Answers(
        given={item: Answer(code, reason=story.get("reasons", {}).get(item, "")) for item, code in story["given"].items()},
        person=Person(**story.get("person", {})),
        scenario=story.get("scenario"),
        severity={name: Departure(**departure) for name, departure in severity.items()},
        unlisted=story.get("unlisted", {}),
    )
    return assess(load_instrument(story["instrument"]), answers, country, on=date.fromisoformat(str(story["date"])))


def seen(found: Assessment, expect: Mapping[str, Any]) -> dict[str, Any]:
    """What came of the things a story looks at, in the story's own form."""
    looked_at: dict[str, Any] = {}
    for aspect, wanted in expect.items():
        looked_at[aspect] = _aspect(found, aspect, wanted)
    return looked_at


def _aspect(found: Assessment, aspect: str, wanted: Any) -> Any:
    match aspect:
        case "outcome":
            return found.outcome.id
        case "if_unknown_absent" | "if_unknown_present":
            return getattr(found.outcome, aspect)
        case "dimensions":
            return {name: found.dimensions[name].result for name in wanted}
        case "domains":
            return {name: found.domains[name].level for name in wanted}
        case "ranges":
            return {name: [found.domains[name].lowest, found.domains[name].highest] for name in wanted}
        case "confidence":
            return {name: found.domains[name].confidence for name in wanted}
        case "doubts":
            return {name: [f"{step.facts['theme']} {step.facts['doubt']}" for step in found.domains[name].why if step.key in TOPICS] for name in wanted}
        case "still_open":
            return {name: [id for id in found[name].still_open if id.startswith("country.")] for name in wanted}
        case "readings":
            return {name: found.readings[name].outcome.id for name in wanted}
        case "hard_stops":
            return {item: found.hard_stops[item].state for item in wanted}
        case "flags":
            return [flag for flag in wanted if flag in found.flags]
        case "no_flags":
            return [flag for flag in wanted if flag not in found.flags]
        case "rules":
            return {name: found[name].truth.value for name in wanted}
    raise KeyError(f"A scenario expects {aspect!r}, which nothing in an assessment is called.")
