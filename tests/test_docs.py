"""What the README says is true."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from safe_lib.catalogue import paths
from safe_lib.store.folders import training_store

ROOT = paths.PACKAGE.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """The lines of the README that start with `safe`."""
    return [line for block in re.findall(r"```\n(.*?)```", README, re.S) for line in block.splitlines() if line.startswith("safe ")]


def test_every_command_of_the_five_minutes_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is run as it stands, beside a training store with invented persons such as `safe serve` makes."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    store = training_store()
    store.parent.mkdir(mode=0o700)
    run(["demo", "--store", str(store), "--cases", "1", "--seed", "1"])

    assert commands()
    for line in commands():
        words = shlex.split(line, comments=True)[1:]
        if words[0] == "serve":  # it runs until it is stopped; the browser tests start it
            continue
        run([str(tmp_path / word) if word.endswith(".pdf") else word for word in words])

    for made in ("report.pdf", "nigeria.pdf"):
        assert (tmp_path / made).read_bytes().startswith(b"%PDF")


def run(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "safe_lib", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"safe {' '.join(words)}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize(
    "name",
    sorted(set(re.findall(r"`((?:safe_lib|workbooks|country_info|templates|tests)[\w/.]*)`", README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))),
)
def test_every_file_and_folder_named_is_there(name: str) -> None:
    """A newcomer finds what the text points to."""
    assert "<" in name or (ROOT / name.rstrip("/")).exists()


@pytest.mark.parametrize("picture", re.findall(r"\]\((tests/pictures/[^)]+)\)", README))
def test_every_picture_is_there(picture: str) -> None:
    """The pictures of the README are in the project."""
    assert (ROOT / picture).stat().st_size > 10_000


def test_no_text_says_what_must_never_be_said() -> None:
    """No text of ours calls somebody a victim or a place safe, or names a number for a person."""
    forbidden = re.compile(r"\b(is|are) (not )?a victim of\b|\bis not a victim\b|\bis a victim\b(?!-)|\brisk score\b|\bthis place is safe\b", re.I)
    allowed = ("is or is not a victim", "“is", "asks whether", "never", "not ask", "cannot show", "does not show", "do not show")
    found = []
    for folder in ("safe_lib/instruments", "safe_lib/locales", "workbooks", "templates"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".yaml", ".ipynb", ".j2"):
                found += [
                    f"{path.name}: {line.strip()[:120]}"
                    for line in path.read_text(encoding="utf-8").splitlines()
                    if forbidden.search(line) and not any(word in line for word in allowed)
                ]

    assert found == []
