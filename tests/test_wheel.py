"""A wheel built from the project works by itself: workbooks, countries, templates and instruments travel in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from safe_lib.catalogue import paths

ROOT = paths.PACKAGE.parent
NEEDED = (
    "safe_lib/instruments/indicators/ilo_adult_labour.yaml",
    "safe_lib/locales/nl/interface/views.yaml",
    "safe_lib/widgets/web/form.js",
    "safe_lib/widgets/web/form/basics.js",
    "safe_lib/_share/workbooks/identification.ipynb",
    "safe_lib/_share/country_info/XAA/profile.yaml",
    "safe_lib/_share/country_info/_outlines/outlines.json.gz",
    "safe_lib/_share/templates/base/tokens.css",
    "safe_lib/_share/templates/report/profiles.yaml",
    "safe_lib/_share/templates/page/voila/templates/safe/index.html.j2",
    "safe_lib/constraints.txt",
)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built here and unpacked as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(site: Path, *words: str) -> str:
    """Run a command of the unpacked wheel from another folder."""
    done = subprocess.run(
        [sys.executable, "-m", "safe_lib", *words], cwd=site.parent, env={**os.environ, "PYTHONPATH": str(site)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_carries_all_data(unpacked: Path) -> None:
    """Nothing that a page, a report or a command needs is left behind."""
    assert [name for name in NEEDED if not (unpacked / name).is_file()] == []


def test_the_wheel_checks_assesses_and_reports_by_itself(unpacked: Path) -> None:
    """Commands of the installed program read the data that came with it."""
    where = subprocess.run(
        [sys.executable, "-c", "import safe_lib; print(safe_lib.__file__)"],
        cwd=unpacked.parent,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert str(unpacked) in where
    run(unpacked, "check")
    (unpacked.parent / "answers.yaml").write_text("answers: {DR01: present, DR02: present}\nunlisted: {indicator: absent}\n", encoding="utf-8")
    said = json.loads(run(unpacked, "assess", "ilo_adult_labour", "--answers", "answers.yaml", "--json"))

    assert said["dimensions"]["DR"]["result"] == "positive"
    made = json.loads(run(unpacked, "demo", "--store", str(unpacked.parent / "d.safe"), "--cases", "1", "--seed", "1", "--json"))
    out = unpacked.parent / "report.pdf"
    run(
        unpacked,
        "report",
        "DEMO-001",
        "safe_return",
        "--for",
        "person",
        "--format",
        "pdf",
        "--out",
        str(out),
        "--recipient",
        "test",
        "--purpose",
        "test",
        "--store",
        made["store"],
        "--passphrase-file",
        made["passphrase_file"],
        "--although",
        "the test has a place for the paper",
    )
    assert out.read_bytes().startswith(b"%PDF")
