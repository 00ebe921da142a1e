"""The rights of a person in a browser: what asking may cost, correction, access, the clock, erasure by two, and children."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from team import CANARY, OTHER, REF, fill, make_team, opened

from browser.conftest import DESK, PHONE, SMALL, Come
from browser.running import Running, free_port
from safe_lib import casework
from safe_lib.casework import Desk, Said

pytestmark = pytest.mark.browser

CLOSED_LONG_AGO = datetime(2024, 1, 10, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A team with one open case, and one that was closed long ago."""
    folder = tmp_path_factory.mktemp("persons")
    path = make_team(folder, users=("ada", "cora", "sven"))
    for user in ("cora", "sven"):
        with opened(path, user) as store:
            store._usable().exec_driver_sql("UPDATE people SET renew = 0")
    with opened(path, "sven") as store:
        fill(store, REF, by="sven")
        store.new_case(by="sven", at=CLOSED_LONG_AGO, ref=OTHER)
        desk = Desk(store, "sven", "en", CLOSED_LONG_AGO.date(), now=lambda: CLOSED_LONG_AGO)
        casework.record(desk, OTHER, casework.instrument_for(desk, "first_level"), Said("AGE", "disputed", seen=None))
        store.set_status(OTHER, "closed", by="sven", at=CLOSED_LONG_AGO)
    running = Running(path, free_port(), folder / "server.log")
    running.start()
    yield running
    running.stop()


def is_accessible_and_fits(page: Page, where: str) -> None:
    for size in (DESK, PHONE, SMALL):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), f"{where} at {size}"
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
    assert not found.response["violations"], f"{where}\n{found.generate_report()}"


def test_pri_02_what_asking_may_cost_is_told_before_the_first_answer_and_can_be_read_again(come: Come, server: Running) -> None:
    """Open while nothing is answered, folded once something is; the level, the benefit and the risk in words."""
    page = come("sven")
    page.goto(f"{server.url}/unodc?case={REF}&lang=en")
    told = page.locator('[data-part="before-use"]')
    expect(told).to_have_attribute("open", "")
    expect(told).to_contain_text("can endanger somebody")
    expect(told).to_contain_text("What it may cost: Some signs fit whole groups")
    page.goto(f"{server.url}/safe_return?case={REF}&lang=nl")
    again = page.locator('[data-part="before-use"]')

    expect(again).not_to_have_attribute("open", "")
    again.locator("summary").click()
    expect(again).to_contain_text("In verkeerde handen")


def test_pri_05_and_06_the_page_corrects_and_gives_what_is_kept(come: Come, server: Running, tmp_path: Path) -> None:
    """A disagreement is written down; no file while a text has been looked at by nobody; then it is there, and held-back words are not."""
    page = come("sven")
    page.goto(f"{server.url}/person?case={REF}&lang=en")
    is_accessible_and_fits(page, "the page of a person's rights")
    page.get_by_text("Choose an answer").click()
    page.get_by_role("link", name="(SAF-01)").click()
    page.fill("#correct-reason", "That was my sister")
    page.fill("#correct-why_not", "Two letters show it")
    page.fill("#correct-words", "The letters are forged")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator("main").get_by_role("status").first).to_contain_text("own words stand beside it")
    page.get_by_role("button", name="Make the paper").click()
    expect(page.get_by_role("alert")).to_contain_text("looked at by nobody")
    page.get_by_text("free texts to look at").click()
    for box in page.locator('input[name="pass"]').all():
        box.check()
    page.locator('input[name="pass"]').first.uncheck()
    page.locator('input[name^="hold:"]').first.fill("it is about a neighbour")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Make the paper").click()
    waiting.value.save_as(tmp_path / "paper.html")
    said = (tmp_path / "paper.html").read_text(encoding="utf-8")

    assert "it is about a neighbour" in said and "The letters are forged" in said and CANARY in said and "sven" not in said
    assert waiting.value.suggested_filename.startswith("R") and waiting.value.suggested_filename.endswith(".html")


def test_pri_07_and_13_a_case_that_ran_out_is_on_the_start_page_and_a_child_comes_first(come: Come, server: Running) -> None:
    """The coordinator is led to the case, extends it with a reason; what is missing for a child is said and can be written down."""
    page = come("cora")
    card = page.locator("section", has=page.get_by_role("heading", name="Closed cases whose time runs out"))
    expect(card).to_contain_text("ran out on 10 January 2026")
    is_accessible_and_fits(page, "the start page with a case that ran out")
    card.get_by_role("link").click()
    expect(page.get_by_role("heading", name="The person is, or may be, a child")).to_be_visible()
    expect(page.get_by_text("who the guardian is, or when one was asked for")).to_be_visible()
    is_accessible_and_fits(page, "the page of a child's rights")
    page.fill("#child-guardian", "Guardian of the invented service of Exampleland, since Monday")
    page.fill("#child-note", "School first; no journey before the family is found")
    page.fill("#child-view", "I want to stay at this school")
    page.get_by_role("button", name="Write it down").first.click()
    expect(page.get_by_text("Before you ask in detail")).to_have_count(0)
    page.locator("summary", has_text="Keep it longer").click()
    page.fill("#extend-until", "2027-12-01")
    page.fill("#extend-reason", "An appeal is pending")
    page.locator("form", has=page.locator("#extend-reason")).get_by_role("button").click()
    expect(page.locator("main").get_by_role("status").first).to_contain_text("kept longer")
    expect(page.locator("body")).to_contain_text("An appeal is pending")


def test_pri_06_two_people_erase_on_the_pages(come: Come, server: Running) -> None:
    """One asks on the page of the case, another agrees on that of the team; afterwards the page is not there."""
    sven = come("sven")
    sven.goto(f"{server.url}/person?case={OTHER}&lang=en")
    sven.locator("summary", has_text="Ask for erasure").click()
    sven.get_by_role("button", name="Ask for erasure").click()
    expect(sven.locator("main").get_by_role("status").first).to_contain_text("A second person has to agree")
    cora = come("cora")
    cora.goto(f"{server.url}/people?lang=en")
    cora.get_by_role("button", name="Agree").click()
    expect(cora.locator("main").get_by_role("status").first).to_contain_text("Done")
    gone = sven.goto(f"{server.url}/person?case={OTHER}&lang=en")

    assert gone is not None and gone.status == 404
