"""What staff write in rows: severities set otherwise than usual, and two plans at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from browser.conftest import PHONE
from browser.running import Running
from browser.visitor import Visitor
from safe_lib import casework

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def open_editor(desk: Visitor, kind: str) -> Locator:
    """The rows of one kind, unfolded."""
    form = desk.page.locator(f'form[data-paper="{kind}"]')
    form.wait_for(state="attached")
    if not form.is_visible():
        form.locator("xpath=ancestor::details[1]/summary").click()
    return form


def add_row(form: Locator, **fields: str) -> Locator:
    form.locator('[data-action="add-row"]').click()
    row = form.locator("[data-row]").last
    fill(row, **fields)
    return row


def fill(row: Locator, **fields: str) -> None:
    for name, value in fields.items():
        field = row.locator(f'[data-field="{name}"]')
        if field.evaluate("field => field.localName") == "select":
            field.select_option(value)
        else:
            field.fill(value)


def test_a_lower_severity_counts_once_it_has_its_grounds(server: Running, visit: Visit) -> None:
    """Until then the row says what it lacks, nothing that was typed goes, and no result moves."""
    ref = server.new_case("Rowan", {"safe_return": {"SAF-01": "present"}})
    desk = visit(viewport=PHONE)
    desk.open("safe_return", ref, {"scenario": "home_region"})
    row = add_row(open_editor(desk, "severity"), future="home_region", domain="SAF", level="2", reason="The group was broken up.")
    desk.wait_until_saved()

    expect(row.locator(".row-msg")).to_contain_text("second professional")
    expect(row.locator('[data-field="second"]')).to_have_attribute("aria-invalid", "true")
    assert "usually" not in desk.says('[data-region="matrix"]')
    desk.reload()
    row = open_editor(desk, "severity").locator("[data-row]").first

    expect(row.locator('[data-field="reason"]')).to_have_value("The group was broken up.")
    expect(row.locator(".row-msg")).to_contain_text("second professional")
    fill(row, second="Sara, lawyer", evidence="Court file of the autumn.")
    expect(row.locator(".row-msg")).to_be_hidden()
    expect(desk.page.locator('[data-region="matrix"]')).to_contain_text("severity set to 2")
    expect(desk.page.locator('[data-region="matrix"]')).to_contain_text("usually 4")
    with server.desk() as store:
        assert casework.departures(store, ref, "home_region")["SAF"].second == "Sara, lawyer"
    assert desk.problems == []
