"""No kernel outlives its page in a real browser, and a page whose kernel has ended comes back to the same place."""

from __future__ import annotations

from collections.abc import Callable

import psutil
import pytest
from playwright.sync_api import expect

from browser.running import Running
from browser.visitor import Visitor

pytestmark = pytest.mark.browser

ENDS_WITHIN = 10.0  # seconds, on a busy machine; a page that says no goodbye takes twenty
CALM = 25_000  # ms until the page knows that its kernel will not come back
Visit = Callable[..., Visitor]
Kernels = Callable[[], list[psutil.Process]]


@pytest.fixture
def kernels(server: Running) -> Kernels:
    """The kernels of this test: those of the one before may have twenty seconds left, because its browser was closed without a word."""
    others = set(server.kernels())
    return lambda: [one for one in server.kernels() if one not in others]


def test_closing_a_tab_ends_its_kernel_alone(server: Running, visit: Visit, kernels: Kernels) -> None:
    """A tab closed as people close it: its kernel is gone, the one of the other tab lives and saves."""
    ref = server.new_case("Yew")
    staying = visit()
    staying.open("identification", ref)
    (before,) = kernels()
    closing = staying.another_tab()
    closing.open("identification", ref)
    (other,) = [one for one in kernels() if one != before]
    closing.page.close(run_before_unload=True)
    gone = other.wait(ENDS_WITHIN)

    assert gone is None and kernels() == [before]
    staying.answer("DR01", "present")
    staying.wait_until_saved()
    assert server.saved(ref, "ilo_adult_labour")["DR01"].answer.code == "present"


def test_loading_again_ends_the_kernel_of_before(server: Running, visit: Visit, kernels: Kernels) -> None:
    """However often a page is loaded, it has one kernel."""
    ref = server.new_case("Larch")
    desk = visit()
    desk.open("identification", ref)
    before = list[psutil.Process]()
    for _ in range(3):
        before += kernels()
        desk.reload()
    for one in before:
        one.wait(ENDS_WITHIN)

    (now,) = kernels()
    assert now not in before


def test_a_page_whose_kernel_was_ended_comes_back_to_the_same_question(server: Running, visit: Visit, kernels: Kernels) -> None:
    """The server ended it, as it does with idle ones: one press, and the person is where they were, live, with what they answered."""
    ref = server.new_case("Hazel")
    desk = visit()
    desk.open("identification", ref)
    desk.answer("CD14", "present")
    desk.wait_until_saved()
    desk.question("CD14").scroll_into_view_if_needed()
    for one in kernels():
        one.terminate()
    button = desk.page.locator('[data-action="reconnect"]')
    expect(button).to_have_text(button.get_attribute("data-says-reload") or "?", timeout=CALM)
    with desk.page.expect_navigation(wait_until="commit"):
        button.click()
    desk.wait_until_live()

    assert desk.chosen("CD14") == "present"
    expect(desk.question("CD14")).to_be_in_viewport()
    assert len(kernels()) == 1
