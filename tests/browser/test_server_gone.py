"""Pages without a kernel: who works on one learns within five seconds that the server is gone, and loses no word they typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.running import Running
from browser.visitor import LIVE, LOST_WITHIN, SAVED, Visitor
from safe_lib import procedures

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS = "Ring the lawyer about the letter of Tuesday."
NOTICE = "[data-part=connection]"
HEARD = """notice => { globalThis.heard = 0; new MutationObserver(() => globalThis.heard++).observe(notice, { childList: true, characterData: true, subtree: true }); }"""


def type_task(page: Page) -> None:
    """A task that is typed and not saved yet."""
    page.locator('details[data-key="task"] > summary').click()
    page.locator('form[data-part="tasks"] [name="task"]').fill(WORDS)


def says(page: Page) -> str:
    return " ".join(page.locator(NOTICE).inner_text().split())


def test_a_server_that_stops_is_told_and_what_was_typed_stays(server: Running, visit: Visit) -> None:
    """Lost within 5 s on three kinds of page; back again, it is live once somebody has signed in, and the typed words are saved."""
    ref = server.new_case("Hazel")
    desk = visit(signed_in=False)
    desk.sign_in()
    closing, board = desk.another_tab(), desk.another_tab()
    desk.open("procedures", ref, {"lang": "en"})
    closing.open("closing", ref, {"lang": "en"}, live=False)
    board.open("coordination", ref, {"lang": "en"})
    type_task(desk.page)
    closing.page.locator("#list-words-originals_returned").fill(WORDS)
    for one in (desk, closing, board):
        expect(one.page.locator(NOTICE)).to_be_hidden()
    desk.page.locator(NOTICE).evaluate(HEARD)
    server.stop()

    assert max(one.time_to_lost() for one in (desk, closing, board)) <= LOST_WITHIN
    assert desk.page.get_attribute("html", "data-live") == "false"
    assert "Answers given after that (1) are not" in says(desk.page)
    assert "did not send yet stays on this page" in says(closing.page)
    desk.page.wait_for_timeout(3200)  # two more questions: nothing is said again
    assert desk.page.evaluate("heard") <= 1
    server.start()

    expect(desk.page.locator(NOTICE)).to_contain_text("You have been signed out")
    with desk.context.expect_page() as coming:
        desk.page.locator(f"{NOTICE} a").click()
    again = Visitor(server, coming.value)
    again.sign_in()
    desk.page.wait_for_selector(LIVE, state="attached")
    expect(closing.page.locator(NOTICE)).to_be_hidden()
    assert closing.page.locator("#list-words-originals_returned").input_value() == WORDS
    assert desk.page.locator('form[data-part="tasks"] [name="task"]').first.input_value() == WORDS
    desk.page.locator('form[data-part="tasks"] [name="task"]').first.blur()
    desk.page.wait_for_selector(SAVED, state="attached")
    with server.desk() as store:
        assert [one.task for one in procedures.legal_file(store, ref).tasks.values()] == [WORDS]
