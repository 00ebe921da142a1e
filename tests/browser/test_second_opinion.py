"""A second opinion in a browser: asked, given without anything of the case in sight, both sides at a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from team import MOMENT, REF, desk_of, make_team, opened

from browser.conftest import DESK, PHONE, Come
from browser.running import Running, free_port
from safe_lib import casework
from safe_lib.casework import Said

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CANARY = "Quincunx Marlowe-Bell 3381"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A case of Sven's with one answer; Cora, a coordinator, can open every case."""
    folder = tmp_path_factory.mktemp("opinion")
    path = make_team(folder, users=("ada", "cora", "sven"))
    for user in ("cora", "sven"):
        with opened(path, user) as store:
            store._usable().exec_driver_sql("UPDATE people SET renew = 0")
    with desk_of(path, "sven") as desk:
        desk.open_store().new_case(by="sven", at=MOMENT, ref=REF, alias=CANARY)
        casework.record(desk, REF, casework.instrument_for(desk, "ilo_adult_labour"), Said("DR01", "present", ("account",), note=CANARY, seen=0))
    running = Running(path, free_port(), folder / "server.log")
    running.start()
    yield running
    running.stop()


def test_asked_given_blind_and_both_sides_seen(come: Come, server: Running) -> None:
    """Sven asks, Cora is shown nothing of the case at any page until she is done; then each difference, at a desk and on a telephone; axe finds nothing."""
    sven, cora = come("sven"), come("cora")
    sven.goto(f"{server.url}/second_opinion?case={REF}&lang=en")
    sven.fill("#ask-of", "cora")
    sven.select_option("#ask-instrument", "ilo_adult_labour")
    sven.fill("#ask-words", "The talk of 12 November.")
    sven.click("#ask button")
    expect(sven.locator('[data-waiting="cora"]')).to_be_visible()
    cora.goto(f"{server.url}/?lang=en")
    expect(cora.locator("body")).to_contain_text("asks you for a second opinion")
    assert CANARY not in cora.content()
    for page in ("identification", "second_opinion", "person", "letters", "closing"):
        assert cora.goto(f"{server.url}/{page}?case={REF}&lang=en").status >= 400  # type: ignore[union-attr]
        assert CANARY not in cora.content()
    cora.goto(f"{server.url}/second_opinion?lang=en")
    cora.get_by_role("link", name="Give it").click()
    assert CANARY not in cora.content() and cora.locator("input[type=radio]:checked").count() == 0
    cora.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found = Axe().run(cora, options={"runOnly": RULES})
    assert not found.response["violations"], found.generate_report()
    assert cora.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    cora.check('input[name="DR01"][value="absent"]')
    cora.check('input[name="DR02"][value="unknown"]')
    cora.click("#give button[type=submit]")
    expect(cora.get_by_role("status").filter(has_text="2 questions are answered")).to_be_visible()
    assert cora.locator('input[name="DR01"]:checked').input_value() == "absent"
    cora.click("#done button")
    expect(cora.locator('[data-item="DR01"][data-differs="true"]')).to_be_visible()
    expect(cora.locator("[data-differ]")).to_have_attribute("data-differ", "2")
    for page, language, size in ((cora, "nl", PHONE), (sven, "en", DESK)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(f"{server.url}/second_opinion?case={REF}&lang={language}")
        found = Axe().run(page, options={"runOnly": RULES})
        assert not found.response["violations"], found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    cora.goto(f"{server.url}/second_opinion?lang=en")

    expect(cora.locator('[data-measure="cohen"]').first).to_contain_text("fewer than 10")
    assert "cora" not in cora.locator("#team").inner_text()
