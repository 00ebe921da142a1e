"""Somebody looks for help on the social map: by mouse, by keyboard, on a phone, right to left; and verifies an entry in two presses."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from browser.conftest import DESK, PHONE
from browser.running import Running, free_port, make_store
from browser.visitor import Visitor
from safe_lib.catalogue import paths
from safe_lib.catalogue.listings import ORGANISATIONS, entry_now

pytestmark = pytest.mark.browser

RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PARTS = ("country=NLD", "country=XAA&entry=xa-care&edit=yes", "country=XAA&show=verify&entry=xa-norrin-shelter", "country=NLD&show=gaps&group=minors")
Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The country information that this server may change: that of Exampleland; the rest is only linked."""
    made = tmp_path_factory.mktemp("countries") / "country_info"
    made.mkdir()
    for one in paths.COUNTRY_INFO.iterdir():
        if one.name != "XAA":
            (made / one.name).symlink_to(one)
    shutil.copytree(paths.COUNTRY_INFO / "XAA", made / "XAA")
    return made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[Running]:
    """A server with country information of its own."""
    place = tmp_path_factory.mktemp("server")
    running = Running(make_store(place), free_port(), place / "server.log")
    os.environ[paths.OWN_COUNTRY_INFO] = str(folder)
    try:
        running.start()
    finally:
        del os.environ[paths.OWN_COUNTRY_INFO]
    yield running
    running.stop()


def go(desk: Visitor, query: str = "") -> Page:
    desk.page.goto(f"{desk.server.url}/social_map?{query}")
    return desk.page


def fits(page: Page) -> bool:
    """Nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_from_the_start_page_to_a_number_to_call(visit: Visit, server: Running, size: dict[str, int]) -> None:
    """Start page, country and need, a mark of the map by keyboard, an entry with its number; nothing scrolls sideways or asks elsewhere."""
    desk = visit(viewport=size)
    asked: list[str] = []
    desk.context.on("request", lambda request: asked.append(request.url))
    page = desk.page
    page.goto(f"{server.url}/?lang=en")
    page.get_by_role("link", name="Social map").first.click()
    page.select_option("#m-country", "XAA")
    page.select_option("#m-need", "place_to_sleep")
    page.get_by_role("button", name="Look for help").click()
    expect(page.locator("#list [data-entry]")).to_have_count(4)
    assert fits(page)
    first = page.locator("svg[data-map] a").first
    first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator("#list [data-entry]")).not_to_have_count(4)
    page.get_by_role("link", name="Show all of it").click()
    page.get_by_role("link", name="Harbour House").click()
    expect(page.locator("#entry")).to_contain_text("+00 100 200 310")
    expect(page.locator("#entry")).to_contain_text("address is kept secret")

    assert fits(page) and desk.problems == []
    assert {one.split("/")[2] for one in asked if one.startswith("http")} == {f"127.0.0.1:{server.port}"}


def test_an_entry_is_verified_in_two_presses(visit: Visit, folder: Path) -> None:
    """From the work list: open it, say how. The entry is fresh, and the file says by whom."""
    page = go(visit(), "country=XAA&show=verify&lang=en")
    waits = page.locator('[data-waits="xa-norrin-shelter"]')
    waits.locator("summary").click()
    waits.get_by_role("button", name="by telephone").click()
    expect(page.locator("main [role=status]").first).to_contain_text("you verified it today")
    expect(page.locator('#entry [data-status="current"]')).to_have_text("verified")
    entry = entry_now((folder / "XAA" / "organisations.yaml").read_bytes(), ORGANISATIONS, "xa-norrin-shelter") or {}

    assert (entry["verified"]["by"], entry["verified"]["how"]) == ("noor", "phone")


def test_the_arrow_keys_go_from_town_to_town_and_no_line_is_opened(visit: Visit) -> None:
    """The map is one stop of the Tab key; what lies in a direction gets the focus; no socket is there through which anything could pass."""
    desk = visit()
    lines: list[str] = []
    desk.page.on("websocket", lambda socket: lines.append(socket.url))
    page = go(desk, "country=NLD&lang=en")
    title = "() => document.activeElement.querySelector('title')?.textContent ?? ''"
    page.locator("svg[data-map] a", has=page.locator("title", has_text="Amsterdam")).first.focus()
    seen = [page.evaluate(title)]
    for key in ("ArrowUp", "ArrowDown", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
        seen.append(page.evaluate(title))

    assert len(set(seen)) >= 3 and all(": " in words for words in seen)
    assert page.locator('svg[data-map] a[tabindex="0"]').count() == 1 and lines == []


def test_an_organisation_is_asked_for_a_person_from_the_map(visit: Visit, server: Running) -> None:
    """On a phone: from a fit to the words, read to the person, who agrees; what was shown is what is kept; nothing goes anywhere; axe looks at each step."""
    desk = visit(viewport=PHONE, bypass_csp=True)
    page, asked = desk.page, []
    desk.context.on("request", lambda request: asked.append(request.url))
    ref = server.new_case("Wren", gate=False)
    go(desk, f"case={ref}&country=XAA&spoken=fr&lang=en")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.locator('[data-refer="xa-lawyers"]').first.click()
    expect(page.locator("h1")).to_contain_text("Lawyers' Network Exampleland")
    looked = violations(page)
    page.fill("#words", "Can you advise one woman?\nShe speaks French.")
    page.get_by_role("button", name="Show exactly what is passed on").click()
    expect(page.locator("[data-passed-on]")).to_have_text("Can you advise one woman?She speaks French.")
    looked += violations(page)
    page.get_by_label("The person heard these words and agrees.").check()
    page.fill("#explained", "fr")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator('[data-referral][data-state="asked"]')).to_be_visible()
    expect(page.locator("[data-passed-on]")).to_have_text("Can you advise one woman?She speaks French.")
    looked += violations(page)
    page.get_by_role("link", name="To the log of this case in Coordination").click()
    expect(page.locator("#view-case_log")).to_contain_text("Can you advise one woman?")

    assert looked == [] and fits(page) and desk.problems == []
    assert {one.split("/")[2] for one in asked if one.startswith("http")} == {f"127.0.0.1:{server.port}"}


def violations(page: Page) -> list[str]:
    """What axe finds, and whether something has to be scrolled sideways."""
    found = Axe().run(page, options=RULES).response["violations"]
    told = [f"{one['id']} {node['html'][:160]} {node['failureSummary'][:200]}" for one in found for node in one["nodes"][:2]]
    return told if fits(page) else [*told, "scrolls sideways"]


@pytest.mark.parametrize(("language", "scheme", "size"), [("en", "light", DESK), ("nl", "dark", PHONE)], ids=["desk", "phone, Dutch, dark"])
def test_nobody_is_left_out(visit: Visit, language: str, scheme: str, size: dict[str, int]) -> None:
    """Every part of the page by axe, and right to left: no violation, and nothing scrolls sideways."""
    desk = visit(viewport=size, color_scheme=scheme, bypass_csp=True)
    for part in PARTS:
        page = go(desk, f"{part}&lang={language}")
        page.evaluate(
            "for (const one of document.querySelectorAll('.social-list > li:nth-child(n+5), tbody > tr:nth-child(n+5), option:nth-child(n+5)')) one.remove()"
        )
        found = Axe().run(page, options=RULES).response["violations"]
        told = [f"{part} {one['id']} {node['html'][:160]} {node['failureSummary'][:200]}" for one in found for node in one["nodes"][:2]]
        page.evaluate("document.documentElement.dir = 'rtl'")

        assert told == []
        assert fits(page), part
