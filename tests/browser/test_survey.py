"""A survey in a browser: made at the desk, answered on a phone without an account, without a script and without a cookie, and read as figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from browser.conftest import DESK, PHONE
from browser.running import Running
from browser.visitor import Visitor

pytestmark = pytest.mark.browser

RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def link(server: Running, browser: Browser) -> str:
    """A link, made at the desk; its address is shown once."""
    context = browser.new_context(viewport=DESK, bypass_csp=True)
    Visitor(server, page := context.new_page()).sign_in()
    page.goto(f"{server.url}/survey?lang=en")
    page.get_by_role("button", name="Make the link").click()
    address = page.locator("[data-part=address]").inner_text()
    no_violations(page, "desk with a link")
    page.goto(f"{server.url}/survey?lang=en")

    expect(page.locator("[data-link='1']")).to_contain_text("0 responses")
    assert re.fullmatch(rf"{server.url}/survey/[\w-]{{22}}", address) and address not in page.content()
    context.close()
    return address


def no_violations(page: Page, where: str) -> None:
    """axe, with every rule of WCAG 2.2 A and AA and its best practices."""
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, f"{where}\n{found.generate_report()}"


def test_answered_on_a_phone_without_account_script_or_cookie(browser: Browser, server: Running, link: str) -> None:
    """It fits 390 points, nothing is cut off; what is missing is told at its place; afterwards the browser has no cookie of us, and no log an address."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, user_agent="A telephone of somebody")
    page = context.new_page()
    page.goto(link)
    page.check("#a-A2-shelter")
    page.fill("#a-B5", "Recruiters wait near the centre.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[role=alert]")).to_contain_text("agree")
    assert page.locator("#a-A2-shelter").is_checked() and page.input_value("#a-B5") == "Recruiters wait near the centre."
    page.check("#a-C0-yes")
    page.select_option("#a-A1-1", "NLD")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[data-view=survey-done]")).to_contain_text("Thank you")

    assert context.cookies() == []
    log = Path(server.log).read_text(encoding="utf-8", errors="replace")
    assert not [word for word in ("A telephone", "127.0.0.1 ", link.rpartition("/")[2], "Recruiters") if word in log]
    context.close()


def test_by_keyboard_and_in_two_languages_without_a_barrier(browser: Browser, link: str) -> None:
    """Tab and the arrows reach every kind of answer; axe finds nothing, at the desk and on a phone; the page is as wide as the window."""
    for view, language in ((DESK, "en"), (PHONE, "nl")):
        context = browser.new_context(viewport=view, bypass_csp=True)
        page = context.new_page()
        page.goto(f"{link}?lang={language}")
        no_violations(page, f"form {language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= view["width"]
        page.locator("#a-C0-yes").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.type("Net")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        assert page.locator("#a-C0-yes").is_checked() and page.locator("#a-A2-ngo_migration").is_checked() and page.input_value("#a-A1-1")
        context.close()


def test_the_desk_reads_figures_and_enters_a_paper(visit: Visit, server: Running, link: str) -> None:
    """One respondent is too few for a figure; a paper is entered; the link is closed, and does not work any more."""
    page = visit(viewport=DESK, bypass_csp=True).page
    page.goto(f"{server.url}/survey?lang=en&link=1")
    expect(page.locator("main")).to_contain_text("Fewer than 10 respondents")
    no_violations(page, "figures")
    page.goto(f"{server.url}/survey/entry?lang=en&link=1")
    page.fill("#paper", "P-7")
    page.check("#a-C0-yes")
    page.select_option("#a-A1-1", "BEL")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("[role=status]")).to_contain_text("P-7")
    no_violations(page, "entry")
    page.goto(f"{server.url}/survey?lang=en")
    page.get_by_role("button", name="Close link 1").click()
    expect(page.locator("[data-link='1']")).to_contain_text("Closed on")
    page.goto(link)
    expect(page.locator("main")).to_contain_text("This link does not work")
