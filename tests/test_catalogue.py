"""Every data file: readable, sourced, dated, translated; every rule's own examples; every problem told at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from safe_lib.catalogue import instrument_files, load_instrument, paths, translated, translation_status
from safe_lib.catalogue.checks import check_instrument
from safe_lib.catalogue.reading import parse_yaml, read_yaml
from safe_lib.model.errors import CatalogueError

IDS = list(instrument_files())
CORE = (
    "ilo_adult_labour",
    "ilo_adult_sexual",
    "ilo_child_labour",
    "ilo_child_sexual",
    "first_level",
    "unodc",
    "safe_return",
    "safe_return_quick",
    "reintegration_followup",
)


@pytest.mark.parametrize("id", IDS)
def test_an_instrument_is_whole_and_its_examples_hold(id: str) -> None:
    """Questions, what to listen for, sources with dates, validity, and examples that are tests."""
    assert [str(problem) for problem in check_instrument(id)] == []


@pytest.mark.parametrize("id", IDS)
def test_an_instrument_of_ours_is_translated_and_says_that_it_is_a_draft(id: str) -> None:
    """Every shipped instrument has its Dutch; nobody has reviewed it, so it is marked as a draft."""
    assert translation_status(load_instrument(id), "nl") == "draft"


@pytest.mark.parametrize("id", IDS)
def test_the_dutch_leaves_no_english_question(id: str) -> None:
    """Every label and every question of an instrument differs from the English one."""
    english, dutch = load_instrument(id), translated(load_instrument(id), "nl")

    assert [item.id for item, same in zip(english.items, dutch.items, strict=True) if item.ask and item.ask == same.ask] == []


def test_the_instruments_of_the_contract_are_there() -> None:
    """Their ids hold from outside."""
    assert set(CORE) <= set(IDS)


@pytest.mark.parametrize(("id", "items"), [("ilo_adult_labour", 67), ("ilo_child_labour", 65), ("ilo_adult_sexual", 66), ("ilo_child_sexual", 65)])
def test_the_ilo_sets_are_complete(id: str, items: int) -> None:
    """67, 65, 66 and 65 indicators, each with a strength and how certain it is."""
    instrument = load_instrument(id)

    assert len(instrument.items) == items
    assert all(item.weights for item in instrument.items)


def test_the_return_assessment_is_complete() -> None:
    """Fifteen domains, 104 items, 14 hard stops, four scenarios and the follow-up days."""
    instrument = load_instrument("safe_return")

    assert sum(bool(group.severity) for group in instrument.groups) == 15
    assert sum(item.kind in ("risk", "protective") for item in instrument.items) == 104
    assert sum(item.kind == "hard_stop" for item in instrument.items) == 14
    assert [moment.day for moment in instrument.follow_up] == [0, 2, 7, 14, 30, 60, 90, 180, 270, 365, 545, 730]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the instruments in which one file has several faults."""
    root = tmp_path / "instruments"
    shutil.copytree(paths.INSTRUMENTS, root)
    file = root / "assessments" / "safe_return_record.yaml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("CONSENT is refused or withdrawn", "CONSNET is refused or withdrawn").replace("expect: open}", "expect: holds}")
    text = text.replace("    ask: What happened, to whom, and how soon?\n", "").replace("    basis: [odihr_2014, f1]", "    basis: [odihr_2014, f9]")
    file.write_text(text, encoding="utf-8")
    return root


def test_every_problem_is_told_at_once_with_line_and_repair(broken: Path) -> None:
    """A wrong item, a missing example and an unknown source are all named, each with the line where it stands."""
    problems = check_instrument("safe_return_record", broken)
    said = "\n".join(str(problem) for problem in problems)

    assert 'Did you mean "CONSENT"?' in said
    assert 'no example that is "open"' in said
    assert '"f9"' in said
    assert all(problem.line > 1 for problem in problems)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (b"a: 1\na: 2\n", "stands twice"),
        (b"a: &x [1]\nb: *x\n", "anchor"),
        (b"a: !!python/object:os.system x\n", "tag"),
        (b"a: [1, 2", "not YAML"),
        (b"\xff\xfe", "UTF-8"),
        (b"a: 1\n---\nb: 2\n", "not YAML"),
        (b"a: " + b"[" * 200 + b"]" * 200, "levels deep"),
    ],
)
def test_a_hostile_or_broken_file_is_refused_in_a_sentence(written: bytes, problem: str) -> None:
    """No tag, anchor, repeated key or second document; never a traceback."""
    with pytest.raises(CatalogueError, match=problem):
        parse_yaml(written, "x.yaml")


def test_only_true_and_false_are_booleans() -> None:
    """`yes`, `no` and the code of Norway stay text."""
    assert parse_yaml(b"a: yes\nb: NO\nc: on\nd: true\ne: 2026-11-21\n", "x.yaml").value == {"a": "yes", "b": "NO", "c": "on", "d": True, "e": "2026-11-21"}


def test_a_missing_file_is_told_with_its_place(tmp_path: Path) -> None:
    """Place, problem, repair."""
    with pytest.raises(CatalogueError, match="cannot be read"):
        read_yaml(tmp_path / "nothing.yaml")
