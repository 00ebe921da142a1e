"""A coordinator plans a workshop and tells what came of it; and real cases stay closed on every page to who has not passed the course."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from team import CANARY, MOMENT, REF, fill, make_team, opened, phrase
from test_doors import BY_PAGE, answer_to, is_refused

from browser.conftest import DESK, PHONE
from browser.running import Running, free_port
from safe_lib.access import AFTER_MODULE

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Come = Callable[..., Page]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server for real persons' cases (which are invented), in a team where the course comes first and nobody has passed it."""
    folder = tmp_path_factory.mktemp("programme")
    path = make_team(folder, users=("ada", "cora", "sven", "vera"))
    for user in ("cora", "sven", "vera"):
        with opened(path, user) as store:
            store._usable().exec_driver_sql("UPDATE people SET renew = 0")
    with opened(path, "sven") as store:
        fill(store, REF, by="sven")
        store.assign(REF, "vera", by="sven", at=MOMENT)
        store.settle("module_first", "on", by="test", at=datetime.now(UTC))
    running = Running(path, free_port(), Path(folder) / "server.log")
    running.start()
    yield running
    running.stop()


def axe_finds(page: Page) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": RULES})
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found.response["violations"]]


def test_from_an_empty_page_to_a_workshop_that_was_held(come: Come, server: Running) -> None:
    """Empty, then a platform, a plan, what came of it; a mistake keeps what was typed; figures with their definition and as a file, on a phone too."""
    page = come("cora")
    page.goto(f"{server.url}/programme?lang=en")
    expect(page.get_by_role("heading", name="Nothing is planned yet")).to_be_visible()
    assert axe_finds(page) == []
    page.fill("#platform-name", "National platform")
    page.fill("#platform-country", "Exampleland")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator('div.notice[role="status"]')).to_contain_text("National platform is there")

    page.click("#plan > summary")
    page.fill("#plan-day", datetime.now(UTC).date().isoformat())
    page.fill("#plan-town", "Exampletown")
    page.check("#plan-trainer-vera")
    page.get_by_role("button", name="Put it down").click()
    expect(page.locator('[data-workshop="1"]')).to_have_attribute("data-state", "planned")

    page.click("#held > summary")
    page.check("#held-member-sven")
    page.select_option("#held-1-group_sector", "police")
    page.fill("#held-1-number", "12")
    page.fill("#held-1-first", "13")
    page.locator('form:has(#held-1-number) button[type="submit"]').click()
    expect(page.locator('p.notice[role="alert"]')).to_contain_text("part of the group")
    expect(page.locator("#held-1-number")).to_have_value("12")
    expect(page.locator("#held-member-sven")).to_be_checked()
    page.fill("#held-1-first", "12")
    for name, number in (("answered", "12"), ("useful", "12"), ("safe", "12"), ("ready", "7")):
        page.fill(f"#held-{name}", number)
    page.locator('form:has(#held-1-number) button[type="submit"]').click()
    expect(page.locator('[data-workshop="1"]')).to_have_attribute("data-state", "held")
    expect(page.locator('[data-view="figures"]')).to_contain_text("Took part: 13")
    expect(page.locator('[data-view="figures"]')).to_contain_text("They are not added to each other.")

    page.click("#workshop > summary")
    expect(page.locator("#workshop [data-part]")).to_have_count(8)
    for kind, begins in (("PDF", b"%PDF"), ("DOCX", b"PK"), ("HTML", b"<!")):
        with page.expect_download() as loading:
            page.get_by_role("link", name=f"Report as {kind}").click()
        assert Path(loading.value.path()).read_bytes()[:len(begins)] == begins
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert axe_finds(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_others_see_figures_and_no_form(come: Come, server: Running) -> None:
    """A volunteer reads figures and the plan in Dutch; there is nothing to send, and no name of who took part."""
    page = come("vera", "nl")
    page.goto(f"{server.url}/programme?lang=nl")

    expect(page.get_by_role("heading", level=1)).to_have_text("Het programma voor trainers")
    assert page.locator('form[action$="/programme"][method="post"]').count() == 0 and "sven" not in page.content().replace("Seven", "")


def test_no_page_opens_a_real_case_before_the_course(come: Come, server: Running) -> None:
    """The start page says why and leads to the course; every route that opens a case or works on one refuses, and says nothing of the case."""
    page = come("sven")
    expect(page.locator('[data-gate="closed"]')).to_contain_text("once the course is passed")
    assert CANARY not in page.content() and REF not in page.content() and axe_finds(page) == []
    page.goto(f"{server.url}/safe_return?case={REF}&lang=nl")
    expect(page.locator("p.lead")).to_contain_text("Uw team heeft afgesproken")
    page.get_by_role("link", name="Naar de cursus").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/training" in page.url

    with httpx.Client(base_url=server.url, timeout=30) as client:
        client.get("/login")
        client.post("/login", data={"user": "sven", "pass": phrase("sven"), "_xsrf": client.cookies["_xsrf"]})
        asked = [ask for verb in sorted(AFTER_MODULE & set(BY_PAGE)) for ask in BY_PAGE[verb]]
        let_in = [ask for ask in asked if not is_refused(ask, said := answer_to(client, ask, REF)) or CANARY in said.text]
        open_to_them = [client.get(path).status_code for path in ("/", "/training", "/programme", "/account", "/rights", "/social_map", "/country_information")]

    assert json.dumps([ask.path for ask in let_in]) == "[]" and len(asked) > 50
    assert open_to_them == [200] * 7
