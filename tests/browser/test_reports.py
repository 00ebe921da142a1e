"""A report for the person where paper is not wise: the page says so, and asks for a second press with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.conftest import PHONE
from browser.running import Running
from browser.test_accessibility import has_no_violations
from browser.visitor import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
FOR_PERSON = '#view-reports > .row button[data-report][data-profile="person"]'


def test_a_paper_that_is_not_wise_takes_a_second_press_and_a_reason(server: Running, visit: Visit) -> None:
    """The warning stands there as soon as the answer is given; without a reason nothing is made, with one it is in the register."""
    ref = server.new_case("Maple")
    desk = visit(viewport=PHONE, accept_downloads=True)
    desk.open("identification", ref)
    reports, box = desk.page.locator('[data-region="reports"]'), desk.page.locator("[data-although]")

    expect(reports).to_contain_text("whether paper is wise")
    desk.answer("LEAFLET", "told_only")
    expect(reports).to_contain_text("paper is not wise")
    desk.page.click(FOR_PERSON)
    expect(box).to_be_visible()
    expect(box.locator("[data-reason]")).to_be_focused()
    expect(desk.page.locator("[data-report-status]")).to_contain_text("press again")
    has_no_violations(desk.page, "a paper that is not wise")
    desk.problems.clear()  # axe measures with styles of its own, which our policy blocks
    desk.page.set_viewport_size(PHONE)
    box.locator("button").click()  # without a reason nothing goes
    box.locator("[data-reason]").fill("She reads it here with the lawyer.")
    with desk.page.expect_download(timeout=30_000) as coming:
        box.locator("button").click()

    assert coming.value.suggested_filename.endswith(".pdf")
    expect(box).to_be_hidden()
    with server.desk() as store:
        purposes = [line.purpose for line in store.open_store().disclosures(ref)]
    assert purposes == ["download by noor; although: She reads it here with the lawyer."]
    assert desk.problems == []
