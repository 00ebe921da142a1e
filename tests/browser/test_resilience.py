"""Nothing that was answered is lost: a kernel that dies, a server that stops or is silent, two tabs, a storm of answers."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from browser.running import PATTERN, Running
from browser.visitor import LOST, LOST_WITHIN, SAVED, Visitor

pytestmark = pytest.mark.browser

SET = "ilo_adult_labour"
CALM = 25_000  # ms until the page knows that its kernel will not come back
Visit = Callable[..., Visitor]


@pytest.fixture
def desk(visit: Visit) -> Visitor:
    """Somebody who has just signed in: one of these tests signs everybody out."""
    one = visit(signed_in=False)
    one.sign_in()
    return one


def test_answers_given_while_the_kernel_is_dead_are_saved_by_the_server(server: Running, desk: Visitor) -> None:
    """A dead kernel is told within 5 s; what is answered meanwhile is durable, and there again after the page was loaded anew."""
    ref = server.new_case("Ash")
    desk.open("identification", ref)
    desk.answer("DR01", "present")
    desk.wait_until_saved()
    assert server.kill_kernels() == 1

    assert desk.time_to_lost() <= LOST_WITHIN
    assert desk.page.get_attribute("html", "data-live") == "false"
    desk.answer("DR02", "verified")
    desk.write_note("DR02", "A contract for another place.")
    assert desk.page.get_attribute("[role=status][data-saved]", "data-saved") == "false"
    notice_is_in_sight(desk.page)
    desk.wait_until_saved()

    told = server.saved(ref, SET)
    assert (told["DR02"].answer.code, told["DR02"].note) == ("verified", "A contract for another place.")
    load_again(desk)

    assert desk.state()["DR02"] == {"code": "verified", "basis": [], "note": "A contract for another place.", "words": ""}
    assert desk.chosen("DR01") == "present"
    desk.answer("DR03", "absent")
    desk.wait_until_saved()
    assert desk.page.locator(".conflict").count() == 0


def notice_is_in_sight(page: Page) -> None:
    """Nothing covers the words of the notice, wherever the page was scrolled to."""
    words = page.locator("[data-part=connection] strong")
    expect(words).to_be_in_viewport()
    assert words.evaluate("""(words) => {
      const { left, top, width, height } = words.getBoundingClientRect();
      return words.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    }""")


def load_again(desk: Visitor) -> None:
    """Once the page knows that it cannot go on, it offers to load itself again."""
    button = desk.page.locator('[data-action="reconnect"]')
    again = button.get_attribute("data-says-reload") or "?"
    expect(button).to_have_text(again, timeout=CALM)
    with desk.page.expect_navigation(wait_until="commit"):
        button.click()
    desk.wait_until_live()


def test_a_storm_of_answers_is_saved_though_the_kernel_dies_in_it(server: Running, desk: Visitor) -> None:
    """Quick answers, each changed once more, and the kernel killed in the middle: the last word on each is durable, nothing in conflict."""
    ref = server.new_case("Elm")
    desk.open("identification", ref)
    desk.unfold_all("details.group")
    items = [f"{group}{number:02}" for group, last in (("DR", 10), ("CR", 10), ("RV", 16)) for number in range(1, last + 1)]
    storm(desk, items[:18], ["present", "absent", "unknown"])
    server.kill_kernels()
    storm(desk, items[18:], ["absent", "present", "declined"])
    assert desk.page.get_attribute("[role=status][data-saved]", "data-saved") == "false"
    desk.wait_until_saved(20_000)

    expected = {**dict.fromkeys(items[:18], "unknown"), **dict.fromkeys(items[18:], "declined")}
    assert {item: one.answer.code for item, one in server.saved(ref, SET).items()} == expected
    assert desk.page.locator(".conflict").count() == 0


def storm(desk: Visitor, items: list[str], codes: list[str]) -> None:
    """Every answer to every question, as fast as a script can press."""
    desk.press_all((item, code) for code in codes for item in items)


def test_what_was_acknowledged_survives_a_server_that_is_cut_off(server: Running, desk: Visitor) -> None:
    """A stopped server is told within 5 s; the page keeps what is answered and lists it; after signing in again it is saved by itself."""
    ref = server.new_case("Lime", {SET: dict.fromkeys(PATTERN[:3], "present")})
    desk.open("identification", ref)
    desk.answer("EX01", "present")
    desk.wait_until_saved()
    server.stop()

    assert desk.time_to_lost() <= LOST_WITHIN
    assert server.saved(ref, SET)["EX01"].answer.code == "present"
    desk.answer("EX02", "present")
    desk.answer("EX03", "absent")
    listed = desk.page.locator('[data-part="unsent-list"] a')
    assert listed.evaluate_all("links => links.map((link) => link.hash)") == ["#EX02", "#EX03"]
    desk.page.click('[data-action="reconnect"]')  # without a server, this page is all there is
    assert desk.chosen("EX02") == "present"
    server.start()
    desk.another_tab().sign_in()
    desk.wait_until_saved(20_000)

    assert {item: one.answer.code for item, one in server.saved(ref, SET).items()} == {
        **dict.fromkeys((*PATTERN[:3], "EX01", "EX02"), "present"),
        "EX03": "absent",
    }
    load_again(desk)
    assert (desk.chosen("EX02"), desk.chosen("EX03")) == ("present", "absent")


def test_a_silent_server_is_told_and_forgiven(server: Running, desk: Visitor) -> None:
    """A server that does not answer is lost within 5 s; when it answers again, the page is live and what was kept is saved once."""
    ref = server.new_case("Alder")
    desk.open("identification", ref)
    with silence(server):
        assert desk.time_to_lost() <= LOST_WITHIN
        desk.answer("CR01", "present")
        assert desk.page.get_attribute("[role=status][data-saved]", "data-saved") == "false"
    desk.wait_until_live()
    desk.wait_until_saved()

    assert desk.page.locator(f"[data-part=connection]{LOST}").count() == 0
    assert desk.page.locator(".conflict").count() == 0
    assert server.saved(ref, SET)["CR01"].answer.code == "present"


@contextmanager
def silence(server: Running) -> Iterator[None]:
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.process.pid, signal.SIGCONT)


def test_two_tabs_show_a_conflict_and_merge_the_rest(server: Running, desk: Visitor) -> None:
    """Different questions merge; the same question is shown in both versions, and whoever came second chooses."""
    ref = server.new_case("Rowan")
    first, second = desk, desk.another_tab()
    for tab in (first, second):
        tab.open("identification", ref)
    first.answer("DR01", "present")
    first.write_note("DR01", "Heard from the person.")
    second.answer("DR02", "present")
    for tab in (first, second):
        tab.wait_until_saved()
    assert second.page.locator(".conflict").count() == 0
    second.answer("DR01", "absent")
    box = second.page.locator('fieldset[data-item="DR01"] .conflict')
    expect(box).to_be_visible()

    shown = " ".join(box.inner_text().split())
    assert re.search(r"Present.*Heard from the person\..*Absent", shown)
    assert "noor" in shown
    assert second.page.locator(SAVED).count() == 0
    assert server.saved(ref, SET)["DR01"].answer.code == "present"
    box.get_by_role("button", name="Save mine").click()
    second.wait_until_saved()

    assert server.saved(ref, SET)["DR01"].answer.code == "absent"
    first.answer("DR01", "verified")
    other = first.page.locator('fieldset[data-item="DR01"] .conflict')
    other.get_by_role("button", name="Keep theirs").click()
    first.wait_until_saved()

    assert first.chosen("DR01") == "absent"
    first.reload()
    assert (first.chosen("DR01"), first.chosen("DR02")) == ("absent", "present")


def test_undo_brings_back_one_answer_after_the_other(server: Running, desk: Visitor) -> None:
    """By button and by Ctrl+Z, as new saves: nothing disappears from the record."""
    ref = server.new_case("Maple")
    desk.open("identification", ref)
    undo = desk.page.locator('[data-action="undo"]')
    assert undo.is_disabled()
    desk.answer("CD01", "present")
    desk.answer("CD01", "verified")
    desk.answer("CD02", "present")
    undo.click()
    desk.page.keyboard.press("Control+z")
    desk.wait_until_saved()

    assert (desk.chosen("CD01"), desk.chosen("CD02")) == ("present", "not_asked")
    saved = server.saved(ref, SET)
    assert (saved["CD01"].answer.code, saved["CD01"].revision) == ("present", 3)
    assert saved["CD02"].answer.code == "not_asked"


def test_an_answer_given_before_the_page_is_live_is_saved(server: Running, desk: Visitor) -> None:
    """Nothing that a person does waits for a kernel."""
    ref = server.new_case("Yew")
    desk.page.add_init_script("""new MutationObserver((_, watch) => {
      const choice = document.querySelector('fieldset[data-item="DR04"] input[value="present"]');
      if (!choice) return;
      watch.disconnect();
      choice.click();
      window.liveAtClick = document.documentElement.dataset.live;
    }).observe(document, { subtree: true, childList: true })""")  # as soon as it is there: a page is live before a test has looked
    desk.open("identification", ref, live=False)
    desk.wait_until_live()
    assert desk.page.evaluate("liveAtClick") == "false"
    desk.wait_until_saved()
    end = time.monotonic() + 5
    while "DR04" not in server.saved(ref, SET) and time.monotonic() < end:
        time.sleep(0.1)

    assert server.saved(ref, SET)["DR04"].answer.code == "present"
