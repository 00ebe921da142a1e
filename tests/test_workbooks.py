"""Workbooks are documents: thin, tidy, runnable, silent about persons."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from safe_lib.casework import Desk
from safe_lib.catalogue import paths
from safe_lib.catalogue.prose import source_of, translated_prose, workbook_names
from safe_lib.report.make import document_of
from safe_lib.store import CHEAP, Store
from safe_lib.workbook import Workbook, open_workbook

NAMES = sorted(path.stem for path in paths.WORKBOOKS.glob("*.ipynb"))
PHRASE = "invented words for tests only here"
PARAMETERS = ["case", "on", "language", "mode"]


def cells(name: str, kind: str) -> list[dict[str, Any]]:
    notebook = json.loads((paths.WORKBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_is_thin(name: str) -> None:
    """A cell is one expression or one assignment; there is one import and no logic."""
    imports = 0
    for cell in cells(name, "code"):
        if "parameters" in cell["metadata"].get("tags", []):
            continue
        tree = ast.parse(source_of(cell))
        assert len(tree.body) == 1
        imports += isinstance(tree.body[0], ast.ImportFrom)
        assert isinstance(tree.body[0], (ast.Expr, ast.Assign, ast.ImportFrom))
        assert not any(isinstance(node, (ast.If, ast.For, ast.While, ast.FunctionDef, ast.Lambda, ast.ListComp)) for node in ast.walk(tree))
    assert imports == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_has_the_four_parameters_with_a_word_for_each(name: str) -> None:
    """case, on, language and mode, each with a comment."""
    lines = source_of(cells(name, "code")[0]).splitlines()

    assert [line.split(" = ")[0] for line in lines] == PARAMETERS
    assert all("#" in line for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_begins_with_a_title_and_for_whom_it_is(name: str) -> None:
    """The start page shows them."""
    first = source_of(cells(name, "markdown")[0])

    assert first.startswith("# ")
    assert len(first.split("\n\n")[1]) > 40


@pytest.mark.parametrize("name", NAMES)
def test_the_prose_of_a_workbook_is_complete_in_dutch(name: str) -> None:
    """Every heading and paragraph has its Dutch, by the id of its cell."""
    assert {cell["id"] for cell in cells(name, "markdown")} == set(translated_prose(name, "nl"))


@pytest.mark.parametrize("name", ["identification", "safe_return", "reintegration_followup"])
@pytest.mark.parametrize("profile", ["own_file", "lawyer", "partner", "person"])
def test_every_reader_gets_a_document(desk: Desk, case: str, name: str, profile: str) -> None:
    """A report of each workbook can be made for each reader."""
    document = document_of(desk, case, name, profile)

    assert document.title
    assert document.reference == case
    assert document.blocks


def test_a_report_leaves_no_file_behind(desk: Desk, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run writes nothing beside the store: no notebook, no parameters, no history."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("TMPDIR", str(work))
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    document_of(desk, case, "safe_return", "own_file")

    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before


def test_without_a_store_a_case_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook run by itself shows the worked example and refuses a case in a sentence."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("SAFE_TRAINING_STORE", raising=False)
    with pytest.raises(Exception, match="no store is open"):
        open_workbook("identification", case="K7M-2042")


def test_the_worked_example_is_the_same_every_day(desk: Desk) -> None:
    """It is an invented person on a fixed day, whatever the desk's date is."""
    from dataclasses import replace
    from datetime import date

    now = str(Workbook(desk, "identification", None).example())
    later = str(Workbook(replace(desk, today=date(2030, 1, 1)), "identification", None).example())

    assert now == later


def test_all_workbooks_are_listed() -> None:
    """The catalogue lists the folder."""
    assert sorted(workbook_names()) == NAMES


def test_papermills_own_command_runs_a_workbook_on_the_training_store(tmp_path: Path) -> None:
    """`papermill --engine safe` gives the same views; the store with invented persons is found in the user's data folder."""
    home = tmp_path / "safe-workbooks"
    with Store.create(home / "training.safe", PHRASE, training=True, cost=CHEAP) as store:
        (home / "training.safe.passphrase").write_text(PHRASE, encoding="utf-8")
        store.new_case(ref="DEMO-001", by="noor", at=datetime(2026, 11, 21, tzinfo=UTC))
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "--engine", "safe", str(paths.WORKBOOKS / "safe_return.ipynb"), "-",
         "-p", "case", "DEMO-001", "-p", "mode", "lawyer"],
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path)}, cwd=tmp_path, capture_output=True, text=True, check=True,
    )

    shown = json.loads(done.stdout[done.stdout.index("{"):])
    assert any("More information needed" in str(cell.get("outputs")) for cell in shown["cells"])
