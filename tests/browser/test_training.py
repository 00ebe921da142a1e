"""Somebody follows the course: by keyboard, on a phone, with the server killed in the middle; and a package of it in a learning platform."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from browser.conftest import DESK, PHONE
from browser.running import Running, free_port, make_store
from browser.visitor import Visitor
from safe_lib.catalogue.course import load_course
from safe_lib.report.package import package

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
    page.locator("#o-Q002-b").focus()
    page.keyboard.press("Space")
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


def test_a_practice_case_from_its_story_to_the_agreed_reading(visit: Visit, server: Running) -> None:
    """Begun from the list, worked on the page of every case, handed in, seen beside the agreed reading and as a picture; axe finds nothing."""
    desk = visit(viewport=PHONE, bypass_csp=True)
    page = desk.page
    page.goto(f"{server.url}/practice?lang=en")
    look(page, "practice cases")
    page.get_by_role("link", name="Bricks").click()
    page.get_by_role("button", name="Begin").click()
    ref = str(page.locator("[data-work]").inner_text()).split()[-1]
    assert page.locator("#beside").count() == 0
    desk.open("identification", ref, {"lang": "en", "set": "ilo_adult_labour"})
    page.check('fieldset[data-item="EX02"] input[value="present"]')
    page.check('fieldset[data-item="CD03"] input[value="present"]')
    expect(page.locator('[data-saved="true"]').first).to_be_attached()
    page.goto(f"{server.url}/practice?id=bricks&lang=en")
    page.get_by_role("button", name="Hand it in").click()
    expect(page.locator('[data-item="CD03"][data-way="closed"]')).to_be_visible()
    expect(page.locator('[data-item="EX02"][data-way="same"]')).to_be_visible()
    look(page, "beside the agreed reading")
    page.goto(f"{server.url}/practice?lang=nl")
    expect(page.locator('[data-practice="bricks"][data-state="handed_in"]')).to_be_visible()
    assert page.locator("svg.calibration rect").count() >= 3
    look(page, "how one reads")


def look(page: Page, where: str) -> None:
    """What axe finds, and what is wider than a phone."""
    found = Axe().run(page, options=RULES).response["violations"]

    assert found == [], (where, [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found])
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), where


# In a learning platform

RUNTIME = Path(__file__).parent / "scorm_again" / "scorm-again-3.4.3.min.js.gz"
MAKERS = {"1.2": ("API", "Scorm12API"), "2004": ("API_1484_11", "Scorm2004API")}


def platform(page: Page, scorm: str, kept: str = "null") -> FrameLocator:
    """A platform that runs the package in a frame, with what it kept of the last time."""
    files = unzipped(package(scorm, "en", country="NL", on=date(2026, 11, 27)))
    name, maker = MAKERS[scorm]
    start = f"window.{name} = new {maker}({{autocommit: false, logLevel: 5}}); const kept = {kept}; if (kept) window.{name}.loadFromJSON(kept);"
    host = f'<!doctype html><title>p</title><script src="/runtime.js"></script><script>{start}</script><iframe src="/p/index.html" title="c" width="390" height="800">'
    kinds = {"html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css"}

    def answer(route: Route) -> None:
        path = route.request.url.partition("//")[2].partition("/")[2]
        if path == "runtime.js":
            route.fulfill(body=gzip.decompress(RUNTIME.read_bytes()), content_type="text/javascript")
        elif path.startswith("p/") and path[2:] in files:
            route.fulfill(body=files[path[2:]], content_type=kinds[path.rpartition(".")[2]])
        else:
            route.fulfill(body=host, content_type="text/html; charset=utf-8")

    page.unroute_all()
    page.route("http://platform.example/**", answer)
    page.goto("http://platform.example/")
    return page.frame_locator("iframe")


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def told(page: Page, scorm: str) -> dict[str, Any]:
    """What the platform was told: place, standing, score, and how it was left."""
    found: dict[str, Any] = page.evaluate("(name) => JSON.parse(JSON.stringify(window[name].cmi))", MAKERS[scorm][0])
    return found


@pytest.mark.parametrize("scorm", list(MAKERS))
def test_a_package_runs_in_a_learning_platform(browser: Browser, scorm: str) -> None:
    """Begun, left and begun again at the same screen; failed, then passed; the platform has place, score and standing, and no request goes elsewhere."""
    context = browser.new_context(viewport=PHONE, bypass_csp=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    frame = platform(page, scorm)
    for _ in range(3):
        frame.locator("section:not([hidden]) [data-do=next]").click()
    expect(frame.locator("section:not([hidden]) h1")).to_have_text("Another rule for children")
    began = told(page, scorm)
    assert standing(began, scorm) == "incomplete" and place(began, scorm) == "what_it_is/children"
    kept = page.evaluate("(name) => JSON.stringify(window[name].cmi)", MAKERS[scorm][0])

    frame = platform(page, scorm, kept)
    expect(frame.locator("section:not([hidden]) h1")).to_have_text("Another rule for children")
    expect(frame.locator("#no-platform")).to_be_hidden()
    while not frame.locator("#quiz").is_visible():
        frame.locator("section:not([hidden]) [data-do=next]").click()
    fill(frame, wrong=2)
    assert (standing(told(page, scorm), scorm), score(told(page, scorm), scorm)) == ("failed", "75")
    expect(frame.locator("#quiz-result li")).to_have_count(2)
    frame.locator("[data-do=again]").click()
    fill(frame, wrong=0)
    expect(frame.locator("#quiz-result p")).to_have_text("Passed: 8 of 8 right (100 percent).")
    frame.locator("[data-do=again]").click()
    fill(frame, wrong=3)  # who has passed and tries again loses nothing
    found = Axe().run(page, options=RULES).response["violations"]
    page.evaluate("document.querySelector('iframe').src = 'about:blank'")
    page.wait_for_function("(name) => window[name].isTerminated()", arg=MAKERS[scorm][0])
    ended = told(page, scorm)
    context.close()

    assert (standing(ended, scorm), score(ended, scorm)) == ("passed", "100")
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {"platform.example"}
    assert [one["id"] for one in found if any("iframe" in str(node["target"][0]) and len(node["target"]) > 1 for node in one["nodes"])] == []


def fill(frame: FrameLocator, *, wrong: int) -> None:
    """Answer the questions that are shown, the first few wrongly, and hand in."""
    for number, form in enumerate(frame.locator("#quiz form[data-question]:not([hidden])").all()):
        question = QUESTIONS[str(form.get_attribute("data-question"))]
        right = question.correct if number >= wrong else tuple(id for id in question.options if id not in question.correct)[:1] or question.correct[::-1]
        for place, id in enumerate(right, start=1):
            if question.kind == "order":
                form.locator(f"#q-{question.id}-{place}").select_option(id)
            else:
                form.locator(f"#q-{question.id}-{id}").check()
    frame.locator("[data-do=hand-in]").click()


def standing(cmi: dict[str, Any], scorm: str) -> str:
    if scorm == "1.2":
        return str(cmi["core"]["lesson_status"])
    return str(cmi["success_status"] if cmi["completion_status"] == "completed" else cmi["completion_status"])


def place(cmi: dict[str, Any], scorm: str) -> str:
    return str(cmi["core"]["lesson_location"] if scorm == "1.2" else cmi["location"])


def score(cmi: dict[str, Any], scorm: str) -> str:
    return str((cmi["core"] if scorm == "1.2" else cmi)["score"]["raw"])
