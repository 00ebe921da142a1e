"""The workbook on procedures in a browser: from facts to a deadline, a paper that came, and a report; two tabs at once; without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import PHONE
from browser.running import Running
from browser.test_accessibility import has_no_violations
from browser.visitor import SAVED, Visitor
from safe_lib import procedures

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def form_of(page: Page, part: str, id: str) -> Locator:
    """The form of one entry; what it stands in is unfolded."""
    form = page.locator(f'form[data-part="{part}"][data-id="{id}"]:not([data-act])').first
    form.evaluate("form => { for (let at = form.closest('details'); at; at = at.parentElement.closest('details')) at.open = true; }")
    return form


def write_fact(page: Page, name: str, value: str, source: str = "letter of the IND") -> None:
    """A fact with who said it; it is saved when the fields are left, without any press."""
    form = form_of(page, "facts", name)
    field = form.locator('[name="value"]')
    field.select_option(value) if field.evaluate("field => field.tagName") == "SELECT" else field.fill(value)
    form.locator('[name="source"]').fill(source)
    form.locator('[name="source"]').blur()
    expect(page.locator(SAVED)).to_be_attached()


def test_from_facts_to_a_deadline_a_paper_that_came_and_a_report(server: Running, visit: Visit) -> None:
    """The way of a volunteer on a telephone: each change is durable, what follows is shown anew, and the report is sealed."""
    ref = server.new_case("Maple")
    desk = visit(viewport=PHONE, accept_downloads=True)
    page = desk.page
    desk.open("procedures", ref, {"lang": "en"})
    expect(page.locator('[data-region="statement"]')).to_contain_text("not legal advice")
    page.locator('details[data-key="apply-open"] > summary').click()
    page.locator('[data-procedure="NL-REFLECT"] button').click()
    expect(page.locator('[data-deadline="NL-REFLECT-END"]')).to_have_attribute("data-last", "unknown")

    write_fact(page, "reflection_granted", "2026-11-02")
    expect(page.locator('[data-deadline="NL-REFLECT-END"]')).to_have_attribute("data-last", "2026-12-02")
    write_fact(page, "responsibility_case", "no")
    expect(page.locator('[data-deadline="NL-REFLECT-END"]')).to_have_attribute("data-last", "2027-02-02")
    expect(page.locator('[data-region="days"] ol')).to_contain_text("Day on which the reflection period was granted")

    page.locator('form[data-part="add_papers"] button').click()
    paper = page.locator('[data-paper]:has-text("Consent form")')
    expect(paper).to_have_attribute("data-received", "no")
    form = form_of(page, "documents", str(paper.get_attribute("data-paper")))
    form.locator('[name="received"]').fill("2026-11-20")
    form.locator('[name="received"]').blur()
    expect(paper).to_have_attribute("data-received", "yes")
    with page.expect_download() as coming:
        page.locator('button[name="report"][value="lawyer pdf"]').click()

    assert coming.value.suggested_filename.endswith(".pdf")
    with server.desk() as store:
        file = procedures.legal_file(store, ref)
        assert file.facts["reflection_granted"].value == "2026-11-02" and file.follows("NL-REFLECT")
        assert str(file.documents["d1"].received) == "2026-11-20"
        assert [line.kind for line in store.open_store().disclosures(ref)] == ["procedures lawyer"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert desk.problems == []


def test_two_who_write_the_same_are_told_of_each_other(server: Running, visit: Visit) -> None:
    """The later one sees what the other wrote; nothing is written over it until they say so."""
    ref = server.new_case("Birch")
    first = visit()
    first.open("procedures", ref, {"lang": "en"})
    second = first.another_tab()
    second.open("procedures", ref, {"lang": "en"})
    write_fact(first.page, "lawful_stay", "no", "the lawyer")
    form = form_of(second.page, "facts", "lawful_stay")
    form.locator('[name="value"]').select_option("yes")
    form.locator('[name="source"]').fill("the police")
    form.locator('[name="source"]').blur()

    expect(form.locator(".q-msg")).to_contain_text("No (the lawyer")
    expect(second.page.locator('[role=status][data-saved="false"]')).to_be_attached()
    with server.desk() as store:
        assert procedures.legal_file(store, ref).facts["lawful_stay"].value == "no"
    form.get_by_role("button", name="Save mine").click()
    expect(second.page.locator(SAVED)).to_be_attached()
    with server.desk() as store:
        assert procedures.legal_file(store, ref).facts["lawful_stay"].source == "the police"


def test_without_a_script_every_form_has_its_button(server: Running, visit: Visit) -> None:
    """What is wrong is told on the page, what is right is kept."""
    ref = server.new_case("Alder")
    desk = visit(java_script_enabled=False)
    page = desk.page
    desk.open("procedures", ref, {"lang": "nl"}, live=False)
    page.locator('details[data-key="task"] > summary').click()
    form = page.locator('form[data-part="tasks"]')
    form.locator('[name="task"]').fill("De advocaat bellen")
    form.locator('button[type="submit"]').first.click()

    expect(page.locator('.notice[role="status"]')).to_contain_text("Opgeslagen")
    expect(page.locator('[data-region="tasks"]')).to_contain_text("De advocaat bellen")
    page.locator('details[data-key="paper"] > summary').click()
    page.locator('details[data-key="paper"] button[type="submit"]').first.click()
    expect(page.locator('.notice[role="alert"]')).to_contain_text("Kies een papier")


def test_axe_procedures(server: Running, visit: Visit) -> None:
    """With nearly everything unfolded, in both looks and sizes, in the language with the longer words."""
    ref = server.new_case("Rowan")
    with server.desk() as store:
        procedures.follow(store, ref, "NL-REFLECT")
        procedures.save_fact(store, ref, procedures.CaseFact("reflection_granted", "2026-11-02", "letter"))
        procedures.add_needed(store, ref, "NL-REFLECT")
    desk = visit(bypass_csp=True)
    desk.open("procedures", ref, {"lang": "nl"})
    desk.page.evaluate("document.querySelectorAll('details[data-key]').forEach((one) => { one.open = !['others', 'apply-open'].includes(one.dataset.key); })")

    has_no_violations(desk.page, "procedures")
