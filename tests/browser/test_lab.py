"""The same workbook in JupyterLab: its form is shown, an answer is saved, and what follows changes in the other cells."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from browser.running import DANGERS, DAY, PATTERN, PHRASE, ROOT, free_port, seed
from browser.visitor import PRESS
from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.store import CHEAP, Store
from safe_lib.store.folders import passphrase_of

pytestmark = pytest.mark.browser
STARTS_WITHIN = 60  # seconds, on a busy machine
PATIENT = 60_000  # ms
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/lab\?token=\w+")
OUTCOME = '[data-region="outcome"][data-outcome="{}"]'
TRIES = 3
COMMAND = "from safe_lib.cli import main; main()"


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab, its training store, and a case in it."""

    url: str
    store: Path
    ref: str


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """`safe lab` with a home of its own."""
    store = tmp_path / "safe-workbooks" / "training.safe"
    with Store.create(store, PHRASE, training=True, cost=CHEAP) as made:
        ref = seed(Desk(made, "noor", "en", DAY), "Lime", gate=False)
    passphrase_of(store).write_text(PHRASE, encoding="utf-8")
    passphrase_of(store).chmod(0o600)
    env = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "PYTHONPATH": str(ROOT)}
    log = tmp_path / "lab.log"
    with log.open("wb") as written:
        command = [sys.executable, "-c", COMMAND, "lab", "--no-browser", "--port", str(free_port())]
        running = subprocess.Popen(command, env=env, cwd=tmp_path, stdout=written, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            yield Lab(address_in(log, running), store, ref)
        finally:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(20)


def address_in(log: Path, running: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and running.poll() is None:
        if found := ADDRESS.search(log.read_text(errors="replace")):
            return found[0]
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(errors='replace')}")


def run_all(page: Page, lab: Lab) -> None:
    """As an analyst does: name the case in the cell of parameters, and run everything. Nothing is saved to the notebook."""
    page.goto(lab.url.replace("/lab?", "/lab/tree/identification.ipynb?"))
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=PATIENT)  # the kernel is there
    parameters = page.locator(".jp-CodeCell .cm-content").first
    parameters.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(f'case = "{lab.ref}"\non = None\nlanguage = "en"\nmode = "page"')
    expect(parameters).to_contain_text(lab.ref)
    for _ in range(TRIES):  # JupyterLab may let a first press go by, or draw a widget before the part that draws it is there
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        with contextlib.suppress(PlaywrightTimeout):
            page.wait_for_selector("form.safe-form", timeout=PATIENT, state="attached")
            return
    raise AssertionError("The form was not shown. What the notebook says:\n" + "\n".join(page.locator(".jp-OutputArea-output").all_inner_texts()))


def saved(lab: Lab) -> dict[str, str]:
    with Store.open(lab.store, PHRASE) as store:
        found = casework.saved_answers(Desk(store, "noor", "en", DAY), lab.ref, "ilo_adult_labour")
    return {id: one.answer.code for id, one in found.items()}


def test_a_workbook_is_live_in_jupyterlab_and_asks_nobody_else(lab: Lab, browser: Browser) -> None:
    """The gate, the answers, the outcome in its own cell, in our look; no request to another host, no question about news."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, hosts, problems = context.new_page(), set[str](), list[str]()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2] if "://" in request.url else "127.0.0.1"))
    page.on("pageerror", lambda error: problems.append(str(error)))
    run_all(page, lab)

    expect(page.locator(OUTCOME.format("open"))).to_have_count(1, timeout=PATIENT)
    expect(page.locator('fieldset[data-item="CD01"] input').first).to_be_disabled()
    page.evaluate(PRESS, [(item, "absent") for item in DANGERS])
    expect(page.locator('fieldset[data-item="CD01"] input').first).to_be_enabled()
    page.evaluate(PRESS, [(item, "present") for item in PATTERN])
    page.wait_for_selector(OUTCOME.format("trafficking_case"), state="attached", timeout=PATIENT)
    expect(page.locator("form.safe-form [role=status][data-saved=true]")).to_have_count(1)

    assert saved(lab) == dict.fromkeys(PATTERN, "present")
    assert "Matches the published pattern" in (page.locator('[data-region="outcome"]').text_content() or "")
    arrows_choose_an_answer(page)
    assert page.get_by_text("Jupyter news").count() == 0
    assert {host.split(":")[0] for host in hosts} == {"127.0.0.1"}
    assert problems == []
    context.close()


def arrows_choose_an_answer(page: Page) -> None:
    """And do not go to the next cell; the look is ours."""
    first = page.locator('fieldset[data-item="PLACE"] input').first
    first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")

    expect(page.locator('fieldset[data-item="PLACE"] input').nth(1)).to_be_checked()
    assert page.evaluate("getComputedStyle(document.querySelector('.safe-form .answers')).display") == "grid"
