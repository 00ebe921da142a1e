"""Leaving at once, without traces in this tab: quick exit, signing out, the lock after a quiet time (SEC-30 to SEC-33)."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from browser.conftest import SMALL
from browser.running import Running
from browser.visitor import PATIENT, Visitor

pytestmark = pytest.mark.browser

SET = "ilo_adult_labour"
KERNEL_ENDS_WITHIN = 2.0  # seconds (SEC-33)
BLANK_WITHIN = 6  # pictures of a screen that paints sixty a second: 100 ms (SEC-31), however busy the machine that tests is
NEUTRAL = "New page There is nothing here yet."
OUT_OF_SIGHT = "() => document.documentElement.getClientRects().length === 0 || document.body.childElementCount === 0"
BLANK = "() => document.body.childElementCount === 0 && document.documentElement.textContent.trim() === document.title"
ALIAS = "Blackthorn"
Visit = Callable[..., Visitor]


@pytest.fixture
def desk(visit: Visit) -> Visitor:
    """Somebody who has just signed in: each of these tests ends the session."""
    one = visit(signed_in=False)
    one.sign_in()
    return one


@pytest.fixture(scope="module")
def ref(server: Running) -> str:
    """A case that all of these tests leave."""
    return server.new_case(ALIAS)


def test_sec_30_leaving_comes_first_and_is_in_sight_on_every_page(server: Running, visit: Visit, ref: str) -> None:
    """The first Tab stop; in sight without scrolling at 320 × 256 (400 % of 1280 × 1024), at the top and at the bottom of every page."""
    desk = visit(viewport=SMALL)
    for address in ("/login", "/", f"/identification?case={ref}", f"/safe_return?case={ref}", f"/reintegration_followup?case={ref}", "/nothing-here"):
        desk.page.goto(server.url + address, wait_until="domcontentloaded")
        desk.page.wait_for_function("() => document.styleSheets.length > 0")  # nothing is painted before
        desk.page.keyboard.press("Tab")

        assert desk.page.evaluate("document.activeElement.dataset.action") == "leave", address
        in_sight(desk.page, address)
        desk.page.evaluate("scrollTo(0, document.body.scrollHeight)")
        in_sight(desk.page, f"{address}, at its end")


def in_sight(page: Page, where: str) -> None:
    """Wholly within the window, and on top of everything else there."""
    assert page.evaluate("""() => {
      const link = document.querySelector('[data-action="leave"]'), { left, top, right, bottom } = link.getBoundingClientRect();
      const inside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
      return inside && link.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
    }"""), where


def test_sec_31_a_click_leaves_at_once_and_for_good(server: Running, desk: Visitor, ref: str) -> None:
    """Blank before the press has ended, so before another picture is painted; other tabs too; half a word saved; kernels end in 2 s; the session is over; Back and Forward show nothing."""
    other = desk.another_tab()
    for tab in (desk, other):
        tab.open("identification", ref)
    desk.unfold("DR01")
    desk.page.locator('[data-item="DR01"] details.q-note summary').click()
    desk.page.locator('textarea[name="DR01-note"]').press_sequentially("half a wor")
    shown = desk.page.evaluate("""() => {
      document.querySelector('[data-action="leave"]').click();
      return document.documentElement.getClientRects().length;
    }""")
    began = time.monotonic()

    assert shown == 0
    assert server.await_no_kernel(within=KERNEL_ENDS_WITHIN), f"{time.monotonic() - began:.1f} s"
    for tab in (desk, other):
        neutral(tab.page)
    assert server.saved(ref, SET)["DR01"].note == "half a wor"
    for step in (desk.page.go_back, desk.page.go_back, desk.page.go_forward):
        step(wait_until="domcontentloaded")
        shows_nothing(desk.page, ref)
    desk.page.goto(f"{server.url}/identification?case={ref}")
    assert urlsplit(desk.page.url).path == "/login"


def neutral(page: Page) -> None:
    """The neutral page, and nothing else."""
    expect(page.locator("h1")).to_have_text("New page", timeout=PATIENT)
    assert " ".join(page.inner_text("body").split()) == NEUTRAL
    assert (urlsplit(page.url).path, urlsplit(page.url).query, page.title()) == ("/left", "", "New page")


def shows_nothing(page: Page, ref: str) -> None:
    """No question, no name of the case, in what is to be seen; sign-in at most."""
    seen = page.inner_text("body")

    assert page.locator("fieldset[data-item]").count() == 0
    assert ALIAS not in seen
    assert ref not in seen
    assert page.title() in ("Workbook", "New page")


def cookies_of(desk: Visitor) -> dict[str, str]:
    """As somebody may have copied them."""
    return {cookie["name"]: cookie["value"] for cookie in desk.context.cookies()}


def open_nothing(server: Running, cookies: dict[str, str], ref: str) -> bool:
    """The server has ended the session, not only this browser."""
    answer = httpx.get(f"{server.url}/identification?case={ref}", cookies=cookies)
    return answer.headers.get("location", "").startswith("/login") and ref not in answer.text


def test_sec_32_an_old_session_cookie_opens_nothing_after_leaving(server: Running, desk: Visitor, ref: str) -> None:
    """Shift three times leaves, Escape does not; whoever has the cookie afterwards has nothing."""
    cookies = cookies_of(desk)
    assert not open_nothing(server, cookies, ref)
    desk.page.keyboard.press("Escape")  # alone it does nothing: people press it for other reasons
    for _ in range(2):
        desk.page.keyboard.press("Shift")
    assert desk.page.locator("h1").count() == 1
    desk.page.keyboard.press("Shift")
    neutral(desk.page)

    assert open_nothing(server, cookies, ref)


def test_sec_30_shift_three_times_leaves_from_within_a_field(server: Running, desk: Visitor, ref: str) -> None:
    """Also while somebody is typing; capital letters are not taken for it."""
    desk.open("identification", ref)
    desk.page.fill("[data-search]", "")
    desk.page.focus("[data-search]")
    for letter in "DEBT":
        desk.page.keyboard.press(f"Shift+{letter}")
    assert desk.page.input_value("[data-search]") == "DEBT"
    for _ in range(3):
        desk.page.keyboard.press("Shift")

    assert desk.page.evaluate(OUT_OF_SIGHT) or NEUTRAL in desk.says("body")
    neutral(desk.page)


def test_leaving_needs_no_script(server: Running, visit: Visit, ref: str) -> None:
    """The link itself signs out and leads to the neutral page."""
    desk = visit(signed_in=False, java_script_enabled=False)
    desk.sign_in()
    desk.page.goto(f"{server.url}/identification?case={ref}")
    desk.page.click('[data-action="leave"]')

    assert desk.says("body") == NEUTRAL
    desk.page.goto(f"{server.url}/identification?case={ref}")
    assert urlsplit(desk.page.url).path == "/login"


def test_sec_34_titles_are_neutral_everywhere(server: Running, visit: Visit, ref: str) -> None:
    """The tab never says what is open, in any language, nor does its address name a person."""
    desk = visit(signed_in=False)
    desk.sign_in()
    for language, word in (("en", "Workbook"), ("nl", "Werkboek")):
        for address in ("/login?", "/?", f"/identification?case={ref}&", f"/safe_return?case={ref}&", "/nothing-here?"):
            desk.page.goto(f"{server.url}{address}lang={language}", wait_until="domcontentloaded")
            assert desk.page.title() == word, address
            assert ALIAS not in desk.page.url


def test_signing_out_saves_and_ends_the_kernel(server: Running, desk: Visitor, ref: str) -> None:
    """Lock waits for the words under way; afterwards Back shows nothing of the case."""
    desk.open("identification", ref)
    desk.unfold("DR02")
    desk.page.locator('[data-item="DR02"] details.q-note summary').click()
    desk.page.locator('textarea[name="DR02-note"]').press_sequentially("under way")
    desk.page.click('.ctls [data-action="lock"]')
    desk.page.wait_for_url("**/login*")

    assert server.await_no_kernel(within=KERNEL_ENDS_WITHIN)
    assert server.saved(ref, SET)["DR02"].note == "under way"
    desk.page.go_back(wait_until="domcontentloaded")
    shows_nothing(desk.page, ref)


def test_a_quiet_page_warns_and_then_locks(server: Running, desk: Visitor, ref: str) -> None:
    """A minute before, it asks; one key goes on; the leave link stays within reach; without an answer it blanks, saves and signs out."""
    cookies = cookies_of(desk)
    desk.page.clock.install()
    desk.open("identification", ref)
    desk.page.wait_for_load_state()  # the quiet time is counted from here
    desk.page.clock.fast_forward("29:30")
    dialog = desk.page.locator('dialog[data-part="idle"]')
    expect(dialog).to_be_visible()
    in_sight(desk.page, "beside the warning")
    assert desk.page.evaluate("document.activeElement.dataset.action") == "stay"
    desk.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    desk.page.clock.fast_forward("29:30")
    expect(dialog).to_be_visible()
    desk.page.locator("h1").click()  # whoever goes on working is not locked out
    expect(dialog).to_be_hidden()
    desk.page.clock.fast_forward("30:10")
    desk.page.wait_for_url("**/login*")

    assert server.await_no_kernel(within=5)
    assert open_nothing(server, cookies, ref)


def test_leaving_works_after_the_server_was_renewed(server: Running, desk: Visitor) -> None:
    """The scripts of an old page are not there any more; the neutral page is."""
    desk.page.route("**/assets/**", lambda route: route.fulfill(status=404))
    desk.page.click('[data-action="leave"]')
    neutral(desk.page)


def test_sec_31_leaving_works_with_the_server_stopped(server: Running, desk: Visitor, ref: str) -> None:
    """Blank at once, a neutral address and title, and blank it stays until a server answers."""
    desk.open("identification", ref)
    server.stop()
    for _ in range(3):
        desk.page.keyboard.press("Shift")

    assert desk.page.evaluate(OUT_OF_SIGHT)
    desk.page.wait_for_timeout(200)
    assert desk.page.evaluate(BLANK)
    assert (urlsplit(desk.page.url).path, urlsplit(desk.page.url).query, desk.page.title()) == ("/left", "", "Workbook")
    desk.page.wait_for_timeout(1200)
    assert desk.page.evaluate(BLANK)
    server.start()
    neutral(desk.page)
