"""The plan of the workshop and the modules: 180 minutes, every part told to the trainer, every source with what it is worth."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from safe_lib.catalogue import paths
from safe_lib.catalogue.course import load_course
from safe_lib.catalogue.programme import check_programme, load_programme
from safe_lib.engine.readability import readability

PROGRAMME = load_programme()
DUTCH = load_programme("nl")


def test_the_workshop_takes_three_hours() -> None:
    """180 minutes without a gap; each part has its goal, what the trainer does, and what it needs; the course comes before it."""
    plan = PROGRAMME.plan

    assert sum(one.minutes for one in plan.parts) == plan.minutes == 180
    assert [(one.id, plan.begins(one.id)) for one in plan.parts] == [
        ("start", 0), ("recall", 15), ("casework", 40), ("break", 85), ("first_talk", 95), ("own_route", 140), ("care", 160), ("closing", 175)]
    assert plan.after == load_course().id
    assert all(one.goal and one.trainer for one in plan.parts)
    assert {id for one in plan.parts for id in (*one.material, *one.handouts)} == set(plan.materials)
    assert check_programme() == []


@pytest.mark.parametrize(("file", "old", "new", "told"), [
    ("workshop_180.yaml", "minutes: 45", "minutes: 40", "the parts take 175 minutes together, the plan says 180."),
    ("workshop_180.yaml", "handouts: [route_card]", "handouts: [two_cases]", 'own_route: "two_cases" is not listed as handout.'),
    ("workshop_180.yaml", "handouts: [limits_sheet]", "handouts: []", 'no part needs "limits_sheet".'),
    ("workshop_180.yaml", "id: recall", "id: start", "two parts have the same id."),
    ("programme.yaml", "sources: [S1, S4]", "sources: [S1, S99]", 'the source "S99" is named and not listed.'),
    ("programme.yaml", "  - {version: 1.0.0,", "  - {version: 0.9.0,", "the last entry is not of version 1.0.0."),
])  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path: Path, file: str, old: str, new: str, told: str) -> None:
    """What does not fit together is refused by `safe check`, with file and repair."""
    shutil.copytree(paths.INSTRUMENTS / "programme", tmp_path / "programme")
    path = tmp_path / "programme" / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    [problem] = [one for one in check_programme(tmp_path) if told in one.problem]
    assert problem.file == f"programme/{file}" and problem.line > 0 and problem.repair


def test_dutch_is_complete_and_a_draft(tmp_path: Path) -> None:
    """Every text has its Dutch, and says that nobody reviewed it; one sentence less is told."""
    assert DUTCH.draft and not PROGRAMME.draft
    for one, other in zip(PROGRAMME.plan.parts, DUTCH.plan.parts, strict=True):
        assert one.goal != other.goal and len(one.trainer) == len(other.trainer)
    assert not {one.definition for one in PROGRAMME.figures} & {one.definition for one in DUTCH.figures}

    shutil.copytree(paths.LOCALES / "nl" / "programme", tmp_path / "nl" / "programme")
    path = tmp_path / "nl" / "programme" / "workshop_180.yaml"
    one, two = "      - Blijf in de ruimte, een van u bij de deur.\n", "      - Blijf in de ruimte.\n      - Een bij de deur.\n"
    path.write_text(path.read_text(encoding="utf-8").replace(one, two), encoding="utf-8")
    [problem] = check_programme(locales=tmp_path)
    assert "break: another number of sentences for the trainer" in problem.problem and problem.file == "locales/nl/programme/workshop_180.yaml"


def test_what_was_published_says_what_it_was() -> None:
    """160 and 900 were targets; the ratio is our own division; what was only recalled stays marked."""
    published = {one.id: one.published for one in PROGRAMME.figures}

    assert [(published[id].number, published[id].kind) for id in ("participants", "reached")] == [(160, "target"), (900, "target")]  # type: ignore[union-attr]
    ratio = published["multiplier"]
    assert ratio is not None and ratio.number == round(900 / 160, 1) and "Our own division" in ratio.says
    assert PROGRAMME.sources["R1"].status == "recalled, verify"
    assert all("design" in one.status or "recalled" in one.status for one in PROGRAMME.modules)


@pytest.mark.parametrize(("language", "longest"), [("en", 14), ("nl", 15)])
def test_what_the_trainer_does_is_short(language: str, longest: int) -> None:
    """A trainer reads it while standing: short sentences in both languages."""
    plan = load_programme(language).plan
    found = readability([sentence for one in plan.parts for sentence in (one.goal, *one.trainer)], language)

    assert found.mean <= longest and found.lix < 50, found
