"""Somebody of staff chooses messages and prints; a person answers the questions for oneself, and nothing leaves the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, expect

from browser.conftest import PHONE
from browser.running import Running
from browser.visitor import Visitor

pytestmark = pytest.mark.browser

RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
QUIET = ("/alive", "/seen")  # that the window is still open is asked in every window, whatever is done in it


def test_from_a_choice_to_a_card_and_to_questions_that_send_nothing(visit: Callable[..., Visitor], server: Running) -> None:
    """On a phone: Arabic is shown right to left, a card is refused and then made; answering sends no request, and going back finds nothing chosen."""
    page = visit(viewport=PHONE, bypass_csp=True, accept_downloads=True).page
    page.goto(f"{server.url}/awareness?lang=en")
    page.select_option("#a-group", "young_16_17")
    page.select_option("#a-of", "ar")
    page.get_by_role("button", name="Show").click()
    expect(page.locator('#preview [lang="ar"]').first).to_have_attribute("dir", "rtl")
    look(page, "messages")
    page.get_by_role("button", name="Make it").click()
    expect(page.locator("#wrong")).to_contain_text("only trained staff")
    page.check("#a-trained")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Make it").click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF") and waiting.value.suggested_filename == "living_and_working.pdf"

    page.get_by_role("link", name="Open them alone").click()
    look(page, "questions")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(told(request)))
    for one in page.locator('input[value="yes"]').all():
        one.check()
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)
    assert [one for one in sent if not one.startswith(QUIET)] == [] and not any("yes" in one for one in sent)
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.querySelectorAll('input:checked').length]")[2] == 10
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "a-q" not in kept
    page.reload()
    expect(page.locator("input:checked")).to_have_count(0)


def told(request: Request) -> str:
    """The path of a request, and what it carries."""
    return f"/{request.url.split('/', 3)[-1]} {request.post_data or ''}"


def look(page: Page, where: str) -> None:
    """What axe finds, and what is wider than a phone."""
    found = Axe().run(page, options=RULES).response["violations"]

    assert found == [], (where, [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found])
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), where
