"""Somebody publishes figures, is refused a second time, raises a finding and works out a base rate; by keyboard, on a phone, read aloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from browser.conftest import DESK, PHONE
from browser.running import PHRASE, Running, free_port, make_store
from browser.visitor import Visitor
from safe_lib.store import Store

pytestmark = pytest.mark.browser

RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server over a store with sixty invented persons of one quarter."""
    place = tmp_path_factory.mktemp("server")
    path = make_store(place)
    with Store.open(path, PHRASE) as store:
        for number in range(60):
            store.new_case(by="first", at=datetime(2026, 2, 3, 9, tzinfo=UTC), ref=f"XAA-{number:04d}", alias="")
    running = Running(path, free_port(), place / "server.log")
    running.start()
    yield running
    running.stop()


def test_figures_are_published_once_and_a_finding_becomes_a_brief(visit: Visit, server: Running) -> None:
    """From the start page by keyboard: publish, read the definition beside the number, raise a finding, take the brief along."""
    page = visit(viewport=DESK).page
    page.goto(f"{server.url}/?lang=en")
    page.get_by_role("link", name="Findings").first.press("Enter")
    page.get_by_label("Quarters in which cases were opened").fill("2026Q1")
    page.select_option("#f-table", "form_age")
    page.get_by_role("button", name="Check and publish").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 tables are published")
    shown = page.locator('[data-view="published"]')
    expect(shown).to_contain_text("It says which form was looked at")
    expect(shown).to_contain_text("withheld")  # all are alike, which would say something of everybody

    page.get_by_label("What you noticed").fill("Tomas waits since 3 March 2026.")
    page.get_by_role("button", name="Check and raise").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Name a quarter or a year")
    expect(page.get_by_label("What you noticed")).to_have_value("Tomas waits since 3 March 2026.")  # nothing that was typed is lost
    page.get_by_label("What you noticed").fill("People wait for months for an answer.")
    page.get_by_role("button", name="Check and raise").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("raised")
    with page.expect_download() as got:
        page.get_by_role("link", name="Brief as DOCX").click()
    assert got.value.suggested_filename == "brief.docx"


def test_a_base_rate_on_a_phone_and_read_aloud(visit: Visit, server: Running) -> None:
    """The calculator answers with ranges; the page fits a phone, in Dutch too, and axe finds nothing."""
    page = visit(viewport=PHONE).page
    page.goto(f"{server.url}/findings?lang=en")
    page.select_option("#f-tool", "qyit_2019")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator('[data-view="screened"]')).to_contain_text("Of those who screen positive, 26.")
    for language in ("en", "nl"):
        page.goto(f"{server.url}/findings?lang={language}&tool=qyit_2019")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        found = Axe().run(page, options=RULES).response["violations"]
        assert found == [], [one["id"] for one in found]
