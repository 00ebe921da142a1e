"""A newcomer adds a small instrument by one YAML file and sees it as a page, on the command line and in a report."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from safe_lib.catalogue import paths

NEW = """
id: sleeping_place
title: A place to sleep tonight
about: For volunteers who find somebody without a bed in the evening. Two questions, one next step.
method: rules
version: 1.0.0
language: en
validity: local
reviewed: {date: 2026-11-01, by: "night team"}
review_by: 2027-11-01
processing: {group: identification, sensitivity: high, benefit: Nobody sleeps where they do not want to be., risk: Others may learn where somebody sleeps.}
sources:
  night_team: {title: Notes of the night team, publisher: Example shelter, published: "2026", status: seen}

groups:
  - {id: NIGHT, title: Tonight}

items:
  - id: BED
    group: NIGHT
    kind: question
    label: There is a bed for tonight
    ask: Where will you sleep tonight?
    listen_for: A friend's sofa that ends tomorrow. A car. The place of work.

  - id: SAFE_THERE
    group: NIGHT
    kind: question
    label: The person wants to be there
    ask: How is it for you to sleep there?
    listen_for: Silence. Somebody else who answers.

rules:
  - id: no_bed
    when: {any: [BED is no, SAFE_THERE is no]}
    because: Without a bed that the person wants, tonight comes first.
    basis: [night_team]
    examples:
      - {given: {BED: "no"}, expect: holds}
      - {given: {BED: "yes"}, expect: open}
      - {given: {BED: "yes", SAFE_THERE: "yes"}, expect: does not hold}

outcomes:
  - id: find_a_bed
    title: Find a bed first
    wording: There is no bed for tonight that the person wants.
    next_steps: [Call the night desk.]
    when: finding.no_bed holds
    basis: [night_team]
  - {id: talk_on, title: Talk on tomorrow, wording: A bed for tonight is there.}

examples:
  - {name: Nobody sleeps in a car tonight., given: {BED: "no"}, expect: {outcome: find_a_bed}}

history:
  - {version: 1.0.0, date: 2026-11-01, change: First version., by: night team}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the suite with one more file, and nothing else changed."""
    root = tmp_path_factory.mktemp("suite")
    for name in ("safe_lib", "workbooks", "country_info", "templates"):
        shutil.copytree(paths.PACKAGE.parent / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "safe_lib" / "instruments" / "assessments" / "sleeping_place.yaml").write_text(NEW, encoding="utf-8")
    return root


def safe(root: Path, *words: str, code: int = 0) -> str:
    """Run the command of the copied suite."""
    done = subprocess.run(
        [sys.executable, "-m", "safe_lib", *words], cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def store(installed: Path) -> dict[str, str]:
    """A training store of the copied suite."""
    return dict(json.loads(safe(installed, "demo", "--store", str(installed / "training.safe"), "--cases", "1", "--seed", "7", "--json")))


def test_the_new_file_is_checked_and_assessed_on_the_command_line(installed: Path) -> None:
    """`safe assess` knows it at once, and `safe check` has nothing to say against it."""
    (installed / "answers.yaml").write_text('answers: {BED: "no"}\n', encoding="utf-8")
    said = json.loads(safe(installed, "assess", "sleeping_place", "--answers", str(installed / "answers.yaml"), "--json"))

    assert said["outcome"]["id"] == "find_a_bed"
    assert (
        "sleeping_place"
        not in subprocess.run(
            [sys.executable, "-m", "safe_lib", "check"],
            cwd=installed,
            env={**os.environ, "PYTHONPATH": str(installed)},
            capture_output=True,
            text=True,
            check=False,
        ).stdout
    )


def test_the_new_instrument_is_a_report(installed: Path, store: dict[str, str]) -> None:
    """`safe report` runs the general workbook on it."""
    out = installed / "night.html"
    safe(
        installed,
        "report",
        "DEMO-001",
        "sleeping_place",
        "--for",
        "own_file",
        "--format",
        "html",
        "--out",
        str(out),
        "--recipient",
        "night desk",
        "--purpose",
        "test",
        "--store",
        store["store"],
        "--passphrase-file",
        store["passphrase_file"],
    )

    assert "A place to sleep tonight" in out.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def server(installed: Path, store: dict[str, str]) -> Iterator[str]:
    """The copied suite, served."""
    port = 8871
    process = subprocess.Popen(
        [sys.executable, "-m", "safe_lib", "serve", "--store", store["store"], "--port", str(port)],
        cwd=installed,
        env={**os.environ, "PYTHONPATH": str(installed)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/login", timeout=1)
            break
        except OSError:
            time.sleep(0.25)
    yield address
    process.terminate()
    process.wait(10)


def test_the_new_instrument_is_a_page(server: str, store: dict[str, str]) -> None:
    """The start page links to it, and its questions are in the first response."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{server}/login").read().decode()
    xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page)
    assert xsrf
    phrase = Path(store["passphrase_file"]).read_text(encoding="utf-8").strip()
    form = urllib.parse.urlencode({"_xsrf": xsrf[1], "user": "noor", "pass": phrase}).encode()
    start = browser.open(f"{server}/login", form).read().decode()
    shown = browser.open(f"{server}/sleeping_place?case=DEMO-001").read().decode()

    assert "/sleeping_place?" in start
    assert 'data-item="BED"' in shown
    assert "Where will you sleep tonight?" in shown
