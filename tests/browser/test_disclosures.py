"""What leaves, in a browser: an answer of the person written down, what goes and what does not, a copy by a link that works once, and taking it back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import give
from playwright.sync_api import expect
from team import desk_of, make_team, opened

from browser.conftest import DESK, PHONE, SMALL, Come
from browser.running import Running, free_port
from safe_lib import casework

pytestmark = pytest.mark.browser

OFFICE = "Legal aid, Port Sellen"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server for real persons' cases (which are invented), with one case."""
    folder = tmp_path_factory.mktemp("leaving")
    path = make_team(folder, users=("ada", "cora", "sven", "sofie"))
    for user in ("sven", "sofie"):
        with opened(path, user) as store:
            store._usable().exec_driver_sql("UPDATE people SET renew = 0")
    running = Running(path, free_port(), folder / "server.log")
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def ref(server: Running) -> str:
    """A case of sven's with something to tell."""
    with desk_of(server.store, "sven") as desk:
        made = casework.open_case(desk, "Maple").ref
        give(desk, made, "safe_return", {"HS03": "cleared", "SAF-01": "present"})
    return made


def test_a_copy_leaves_by_consent_and_the_consent_is_taken_back(come: Come, server: Running, ref: str, tmp_path: Path) -> None:
    """SEC-48, SEC-49, SEC-50, PRI-03: the whole way without a script; the link is nobody else's and works once."""
    page = come("sven")
    page.goto(f"{server.url}/disclosures?case={ref}&workbook=safe_return&profile=lawyer&lang=en")
    expect(page.locator('[data-goes="outcome"]')).to_be_visible()
    expect(page.locator('[data-left="notes"]')).to_contain_text("written for colleagues")
    for name, value in (("recipient", OFFICE), ("purpose", "the appeal"), ("scope", "the report"), ("explained", "am")):
        page.fill(f"#consent-{name}", value)
    page.check("#interpreter")
    page.check("#state-given")
    page.click('form:has(input[value="consent"]) button')
    expect(page.locator('[data-counts="yes"]')).to_be_visible()
    page.goto(f"{server.url}/disclosures?case={ref}&workbook=safe_return&profile=lawyer&lang=en")
    assert OFFICE in page.locator("#choose-basis option").first.inner_text()
    page.click('form:has(input[value="make"]) button')
    way = page.locator("a[data-copy]")
    address, number = str(way.get_attribute("href")), str(way.get_attribute("data-copy"))
    other = come("sofie").request.get(server.url + address)
    with page.expect_download() as coming:
        way.click()
    coming.value.save_as(tmp_path / "copy.pdf")

    assert other.status == 404 and page.request.get(server.url + address).status == 404
    assert coming.value.suggested_filename == f"{number}.pdf" and (tmp_path / "copy.pdf").read_bytes().startswith(b"%PDF-")
    page.goto(f"{server.url}/disclosures?case={ref}&lang=en")
    expect(page.locator('#register [data-standing="current"]')).to_have_count(1)
    page.click('form:has(input[value="withdraw"]) button')
    expect(page.locator(f'[data-back="{number}"]')).to_be_visible()
    expect(page.locator('#register [data-standing="withdrawn"]')).to_have_count(1)
    page.goto(f"{server.url}/disclosures?case={ref}&workbook=safe_return&profile=lawyer&lang=en")
    page.click('form:has(input[value="make"]) button')
    expect(page.locator("p[role=alert]")).to_contain_text(re.compile("basis needs a reason"))


def test_axe_what_leaves(come: Come, server: Running, ref: str) -> None:
    """A11Y-01, A11Y-09: no violation at a desk, on a phone and at 320 pixels, in both languages, with a register and a preview; nothing beside the page."""
    page = come("sven")
    for language, size in (("en", DESK), ("nl", PHONE), ("nl", SMALL)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(f"{server.url}/disclosures?case={ref}&workbook=safe_return&profile=partner&lang={language}")
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
        assert not found.response["violations"], f"{language} {size['width']}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), size
