"""What staff write in rows: severities set otherwise than usual, and two plans at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from browser.conftest import PHONE
from browser.running import Running
from browser.test_accessibility import has_no_violations
from browser.visitor import PATIENT, Visitor
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


def two_plans(server: Running, visit: Visit, mine: str, theirs: str) -> tuple[str, Visitor, Locator]:
    """Two tabs with the plan of one case; the other one was saved first, and mine met it."""
    ref = server.new_case("Alder")
    first, second = visit(), visit()
    for tab in (first, second):
        tab.open("safe_return", ref)
    add_row(open_editor(first, "plan"), about="LIV", measure=theirs, owner="Sara", status="planned")
    first.wait_until_saved()
    form = open_editor(second, "plan")
    add_row(form, about="SAF", measure=mine, deadline="2026-12-15")
    form.locator(".conflict").wait_for()
    return ref, second, form


def planned(server: Running, ref: str) -> list[str]:
    with server.desk() as store:
        paper = casework.paper(store, ref, casework.PLAN)
    return [row["measure"] for row in paper.body["rows"]] if paper else []


def test_two_plans_stand_side_by_side_until_somebody_chooses(server: Running, visit: Visit) -> None:
    """Both are told in words; mine can be kept over theirs, which stays in the record."""
    ref, desk, form = two_plans(server, visit, "Change the telephone.", "A room for six months.")
    box = form.locator(".conflict")

    expect(box).to_contain_text("Risk: Housing, income and basic needs · Measure: A room for six months. · Who: Sara · Status: planned")
    expect(box).to_contain_text("Measure: Change the telephone.")
    expect(box).to_contain_text("noor")
    assert desk.page.get_attribute("[role=status][data-saved]", "data-saved") == "false"
    assert planned(server, ref) == ["A room for six months."]
    box.get_by_role("button", name="Keep mine").click()
    desk.wait_until_saved()

    assert planned(server, ref) == ["Change the telephone."]
    expect(box).to_have_count(0)
    assert desk.problems == []


def test_their_plan_can_be_taken_and_mine_brought_back(server: Running, visit: Visit) -> None:
    """Their rows come into the fields without loading the page again; undo brings mine back."""
    ref, desk, form = two_plans(server, visit, "Change the telephone.", "A room for six months.")
    form.locator(".conflict").get_by_role("button", name="Take theirs").click()
    desk.wait_until_saved()

    expect(form.locator('[data-field="measure"]')).to_have_value("A room for six months.")
    expect(form.locator('[data-field="about"]')).to_have_value("LIV")
    assert planned(server, ref) == ["A room for six months."]
    desk.page.click('[data-action="undo"]')
    desk.wait_until_saved()

    expect(form.locator('[data-field="measure"]')).to_have_value("Change the telephone.")
    assert planned(server, ref) == ["Change the telephone."]
    assert desk.problems == []


def test_the_same_plan_written_twice_is_no_conflict(server: Running, visit: Visit) -> None:
    """What somebody else saved in the same words is what was wanted."""
    ref = server.new_case("Aspen")
    first, second = visit(), visit()
    for tab in (first, second):
        tab.open("safe_return", ref)
    for tab in (first, second):
        add_row(open_editor(tab, "plan"), about="LIV", measure="A room for six months.")
        tab.wait_until_saved()

    assert second.page.locator(".conflict").count() == 0
    assert planned(server, ref) == ["A room for six months."]


def test_axe_rows_that_lack_something_and_two_plans(server: Running, visit: Visit) -> None:
    """A row that does not count yet, and two plans side by side, can be read by everybody (A11Y-01)."""
    _, desk, form = two_plans(server, visit, "Change the telephone.", "A room for six months.")
    row = add_row(open_editor(desk, "severity"), future="home_region", domain="SAF", level="2")
    expect(row.locator(".row-msg")).to_be_visible(timeout=PATIENT)
    expect(form.locator(".conflict")).to_be_visible()

    has_no_violations(desk.page, "rows")
