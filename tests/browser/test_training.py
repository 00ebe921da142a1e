"""Somebody follows the course: by keyboard, on a phone, with the server killed in the middle; and a package of it in a learning platform."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from browser.conftest import DESK, PHONE
from browser.running import Running, free_port, make_store
from browser.visitor import Visitor
from safe_lib.catalogue.course import load_course

pytestmark = pytest.mark.browser

COURSE = load_course()
QUESTIONS = COURSE.bank.questions
RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of its own: one test kills it."""
    place = tmp_path_factory.mktemp("server")
    running = Running(make_store(place), free_port(), place / "server.log")
    running.start()
    yield running
    running.stop()


def answer(page: Page, id: str, *, button: str) -> None:
    """Choose what is right, and send it."""
    question = QUESTIONS[id]
    if question.kind == "order":
        for place, one in enumerate(question.correct, start=1):
            page.select_option(f"#o-{id}-{place}", one)
    else:
        for one in question.correct:
            page.check(f"#o-{id}-{one}")
    page.locator(f"#ask-{id}").get_by_role("button", name=button).click()


def test_by_keyboard_to_a_reason_and_after_a_kill_of_the_server_to_the_same_place(visit: Visit, server: Running) -> None:
    """From the start page by Tab, arrows, Space and Enter alone; the server dies, and whoever comes back is offered the same screen."""
    desk = visit(viewport=DESK)
    page = desk.page
    page.goto(f"{server.url}/?lang=en")
    page.get_by_role("link", name="Training").first.press("Enter")
    page.get_by_role("link", name="Begin the course").press("Enter")
    for _ in range(2):
        page.get_by_role("button", name="Next").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Three building blocks")
    page.goto(f"{server.url}/training?at=what_it_is%2Fchecks&lang=en")
    page.locator("#o-Q002-a").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    told = page.locator("#told-Q002")
    expect(told).to_contain_text("That is right.")
    expect(told).to_contain_text(QUESTIONS["Q002"].rationale)
    server.stop()  # at once, as a cut of power does
    server.start()

    page = visit(viewport=PHONE).page
    page.goto(f"{server.url}/training?lang=en")
    page.get_by_role("link", name="Go on: What trafficking is – Two questions").click()
    expect(page.locator("#told-Q002")).to_contain_text("That is right.")


def test_from_the_quiz_to_a_certificate(visit: Visit, server: Running, tmp_path: Path) -> None:
    """All screens, eight questions one by one, the result with its reasons, a certificate as a file; axe finds nothing, nothing scrolls sideways."""
    desk = visit(viewport=PHONE, bypass_csp=True, accept_downloads=True)
    page = desk.page
    page.goto(f"{server.url}/training?at={COURSE.places[0]}&lang=en")
    for number, place in enumerate(COURSE.places):
        if number in (3, 8, len(COURSE.places) - 1):
            look(page, place)
        page.locator(".course-way button").click()
    page.get_by_role("button", name="Begin the quiz").click()
    for number in range(COURSE.bank.quiz_items):
        id = str(page.locator("[data-question]").get_attribute("data-question"))
        if number == 0:
            look(page, "quiz")
        answer(page, id, button="Save and go on")
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("[data-passed]")).to_contain_text("Passed: 8 of 8 right (100 percent).")
    look(page, "result")
    page.get_by_role("button", name="Make the certificate").click()
    expect(page.get_by_role("alert")).to_contain_text("1 to 80 letters")
    page.fill("#c-name", "Noor de Vries")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Make the certificate").click()

    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF") and waiting.value.suggested_filename == "certificate.pdf"
    page.goto(f"{server.url}/training?lang=nl")
    expect(page.locator('[data-state="done"]')).to_have_count(8)
    look(page, "list")


def look(page: Page, where: str) -> None:
    """What axe finds, and what is wider than a phone."""
    found = Axe().run(page, options=RULES).response["violations"]

    assert found == [], (where, [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found])
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), where
