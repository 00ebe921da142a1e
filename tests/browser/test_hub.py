"""JupyterHub, started for real with the configuration that we ship: it starts the server of one person, and a page of it lives."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from playwright.sync_api import Browser

from browser.conftest import DESK
from browser.running import PHRASE, free_port, make_store
from safe_lib.catalogue import paths
from safe_lib.store import Store

pytestmark = pytest.mark.browser
PROXY = "configurable-http-proxy"
REMEDY = f"not run: no {PROXY} here; apt-get install node-configurable-http-proxy"
WITHIN = 90  # seconds, on a busy machine
ROOT = Path(__file__).parents[2]
ELSEWHERE = """() => [...document.querySelectorAll("[href], [src], [action]")]
  .map((one) => one.getAttribute("href") ?? one.getAttribute("src") ?? one.getAttribute("action"))
  .filter((to) => to.startsWith("/") && !to.startsWith("/user/noor/"))"""

# A test cannot have accounts of this machine: names without passwords, and one port for each part.
OWN = """
exec(compile(open({shipped!r}).read(), {shipped!r}, "exec"))
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.hub_port = {hub}
c.JupyterHub.db_url = "sqlite:///:memory:"
c.JupyterHub.cookie_secret = b"x" * 32
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.pid_file = {folder!r} + "/proxy.pid"
"""


@dataclass(frozen=True)
class Started:
    """A hub that listens, and the store whose servers it starts."""

    url: str
    store: Path


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """A hub with its proxy, on free ports."""
    if shutil.which(PROXY) is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(REMEDY)
    folder = tmp_path_factory.mktemp("hub")
    store, port = make_store(folder), free_port()
    own = folder / "own.py"
    own.write_text(OWN.format(shipped=str(paths.TEMPLATES / "hub" / "jupyterhub_config.py"), hub=free_port(), api=free_port(), folder=str(folder)))
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "SAFE_HUB_BIND": url, "SAFE_HUB_PUBLIC": f"{url}/", "SAFE_HUB_USERS": "noor", "SAFE_HUB_STORE": str(store),
                   "NODE_PATH": "/usr/share/nodejs", "PYTHONPATH": str(ROOT)}  # where Debian's packages are, for a Node from elsewhere
    with (folder / "hub.log").open("wb") as log:
        begun = subprocess.Popen([sys.executable, "-m", "jupyterhub", "--config", str(own)], cwd=folder, env=environment, stdout=log, stderr=log,
                                 start_new_session=True)
    try:
        _await_answer(f"{url}/hub/login", begun, folder / "hub.log")
        yield Started(url, store)
    finally:
        family = psutil.Process(begun.pid).children(recursive=True) if begun.poll() is None else []
        begun.send_signal(signal.SIGTERM)
        for one in psutil.wait_procs(family, timeout=8)[1]:
            one.kill()
        begun.wait(10)


def _await_answer(url: str, begun: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + WITHIN
    while time.monotonic() < end and begun.poll() is None:
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"JupyterHub did not start:\n{log.read_text(errors='replace')}")


def _answers(path: Path) -> list[str]:
    """What is in the store, as soon as something is."""
    end = time.monotonic() + WITHIN
    found: list[str] = []
    with Store.open(path, PHRASE) as store:
        while not found and time.monotonic() < end:
            found = [saved.answer.code for line in store.cases() for saved in store.answers(line.ref, "first_level")]
            time.sleep(0.1)
    return found


def test_a_page_lives_behind_jupyterhub(hub: Started, browser: Browser) -> None:
    """Through both doors: the hub starts the server, the suite asks for its own passphrase, an answer is saved, and every address stays below the path."""
    page = browser.new_context(viewport=DESK).new_page()
    page.set_default_timeout(1000 * WITHIN)
    page.goto(f"{hub.url}/hub/login?next=/hub/spawn/noor")
    page.fill("#username_input", "noor")
    page.fill("#password_input", "anything")
    page.click("#login_submit")
    page.wait_for_url(re.compile(r"/user/noor/login"))
    page.fill("#user", "noor")
    page.fill("#pass", PHRASE)
    page.click("form.card button[type=submit]")
    page.wait_for_url(re.compile(r"/user/noor/(\?.*)?$"))
    page.click("form.new-case button[type=submit]")
    page.wait_for_selector('html[data-live="true"]', state="attached")
    page.evaluate("""() => document.querySelector('fieldset[data-item="DG01"] input[value="absent"]').click()""")
    saved = _answers(hub.store)

    assert saved == ["absent"]
    assert page.evaluate(ELSEWHERE) == []
    assert {cookie["path"] for cookie in page.context.cookies() if cookie["name"] in ("session", "lang")} == {"/user/noor/"}
    page.context.close()


def test_the_hub_alone_lets_nobody_into_the_suite(hub: Started) -> None:
    """Whoever comes by without the suite's own sign-in sees that page and nothing else, and whom the hub does not know gets no server."""
    with httpx.Client(base_url=hub.url, timeout=30) as client:
        asked, nothing = client.get("/user/noor/identification?case=DEMO-001"), client.get("/user/noor/no_such_page")
        token = re.search(r'name="_xsrf" value="([^"]+)"', client.get("/hub/login").text)
        assert token
        refused = client.post("/hub/login", data={"username": "stranger", "password": "anything", "_xsrf": token[1]})

    assert asked.status_code == 302 and asked.headers["Location"].startswith(("/user/noor/login?next=", f"{hub.url}/hub/"))
    assert nothing.status_code == 404 and 'data-base="/user/noor/"' in nothing.text  # a page that says so, also to who was never here
    assert refused.status_code == 403
