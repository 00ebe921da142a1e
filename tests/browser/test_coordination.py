"""The coordinator's work in a browser: a volunteer with their own case, a coordinator with the team, the closing of a file; without a mouse, on a telephone, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from icalendar import Calendar
from playwright.sync_api import Page, expect
from team import MOMENT, desk_of, make_team, opened

from browser.conftest import DESK, PHONE, Come
from browser.running import Running, free_port
from safe_lib import procedures
from safe_lib.coordination import closing
from safe_lib.model.legal import Task
from safe_lib.report.digests import make_digests

pytestmark = pytest.mark.browser

MINE, THEIRS = "K7M-2042", "A2B-0001"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server for real persons' cases (which are invented): one case of Vera's, a volunteer, and one of Sofie's."""
    folder = tmp_path_factory.mktemp("coordination")
    path = make_team(folder, users=("ada", "cora", "vera", "sofie"))
    for user in ("cora", "vera", "sofie"):
        with opened(path, user) as store:
            store._usable().exec_driver_sql("UPDATE people SET renew = 0")
    with opened(path, "cora") as store:
        for ref, user in ((MINE, "vera"), (THEIRS, "sofie")):
            store.new_case(by="cora", at=MOMENT, ref=ref)
            store.assign(ref, user, by="cora", at=MOMENT)
            store.unassign(ref, "cora", by="cora", at=MOMENT)
    with desk_of(path, "vera") as desk:
        procedures.follow(desk, MINE, "NL-REFLECT")
        procedures.save_task(desk, MINE, Task(task="Ask the lawyer for the letter", due=desk.today))
    with desk_of(path, "cora") as desk:
        make_digests(desk)
    running = Running(path, free_port(), folder / "server.log")
    running.start()
    yield running
    running.stop()


def unfold(page: Page, action: str) -> None:
    """Open one of the forms with the keyboard."""
    summary = page.locator(f'details[data-form="{action}"] > summary')
    summary.focus()
    page.keyboard.press("Enter")


def send(page: Page, action: str) -> None:
    page.locator(f'details[data-form="{action}"] button[type=submit]').focus()
    page.keyboard.press("Enter")


def test_a_volunteer_writes_a_contact_and_hours_and_takes_the_dates_along(come: Come, server: Running, tmp_path: Path) -> None:
    """By keyboard alone; nothing of a colleague's case is on the page; the calendar names nobody."""
    page = come("vera")
    page.goto(f"{server.url}/coordination?lang=en")
    expect(page.locator("#view-due_dates")).to_contain_text("Task: Ask the lawyer for the letter")
    expect(page.locator("#view-due_dates")).to_contain_text("ask the lawyer today")
    assert THEIRS not in page.content() and "sofie" not in page.content() and page.locator('[data-form="draw"], [data-form="over"]').count() == 0
    page.locator("details", has_text="Your weekly digests").locator("summary").click()
    page.locator('a[href*="/digest/"]').click()
    expect(page.locator("h1")).to_contain_text("Weekly digest")
    assert MINE in page.content() and THEIRS not in page.content()
    page.goto(f"{server.url}/coordination?lang=en")
    unfold(page, "contact")
    page.select_option("#contact-kind", "person")
    page.fill("#contact-minutes", "45")
    send(page, "contact")
    expect(page.get_by_role("status").filter(has_text="The contact is saved")).to_be_visible()
    expect(page.locator("#view-hours_log")).to_contain_text("0:45 h")
    unfold(page, "hours")
    page.fill("#hours-minutes", "90")
    page.select_option("#hours-category", "training")
    page.select_option("#hours-case", MINE)  # training belongs to no case
    send(page, "hours")
    expect(page.get_by_role("alert")).to_contain_text("no topic")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Take the dates along").click()
    coming.value.save_as(tmp_path / "mine.ics")
    events = Calendar.from_ical((tmp_path / "mine.ics").read_bytes()).walk("VEVENT")

    assert coming.value.suggested_filename == "calendar.ics" and [str(one["summary"]) for one in events] == ["To do"]
    assert MINE.encode() not in (tmp_path / "mine.ics").read_bytes()


def test_a_coordinator_draws_hands_over_and_closes(come: Come, server: Running) -> None:
    """The whole team by name; a case goes from one colleague to another, who is told; a file is closed by its list and leaves the board."""
    page = come("cora")
    page.goto(f"{server.url}/coordination?lang=en")
    assert page.locator("#view-caseload tbody th").all_inner_texts() == ["sofie", "vera"]
    unfold(page, "draw")
    page.fill("#draw-percent", "100")
    send(page, "draw")
    expect(page.get_by_role("status").filter(has_text="2 of 2 open cases")).to_be_visible()
    page.select_option("#whose-of", "vera")  # Vera leaves: what is open, and to whom it goes
    page.get_by_role("button", name="Show", exact=True).click()
    assert THEIRS not in page.locator("#view-hands").inner_text()
    unfold(page, "over")
    page.select_option("#over-taker", "sofie")
    page.fill("#over-words", "The letter of the lawyer is missing. She knows that Sofie comes.")
    send(page, "over")
    expect(page.get_by_role("status").filter(has_text="handed over")).to_be_visible()
    expect(page.locator("#view-hands")).to_contain_text("No case is open here")
    taker = come("sofie")
    expect(taker.locator("body")).to_contain_text(f"assigned case {MINE}")
    taker.goto(f"{server.url}/coordination?lang=en&case={MINE}")
    expect(taker.locator("#view-case_log")).to_contain_text("She knows that Sofie comes.")
    with desk_of(server.store, "cora") as desk:
        for item in list(closing.rules().items)[1:]:
            closing.tick(desk, MINE, item, "done")
    page.goto(f"{server.url}/closing?case={MINE}&lang=en")
    first = next(iter(closing.rules().items))
    page.click("#list button")  # nothing is chosen yet, so nothing is written down
    expect(page.get_by_role("alert").filter(has_text="nothing was changed")).to_be_visible()
    page.select_option(f"#list-state-{first}", "left_open")
    page.click("#list button")  # nobody goes on with it: told, and what was chosen still stands
    expect(page.get_by_role("alert").filter(has_text="who goes on with it")).to_be_visible()
    assert page.locator(f"#list-state-{first}").input_value() == "left_open"
    page.fill(f"#list-words-{first}", "Sofie watches the last date.")
    page.click("#list button")
    page.select_option("#close-reason", "moved_region")
    page.fill("#close-words", "She moved and has a new lawyer.")
    page.check("#close-handed-originals_returned")
    page.click("#close button")
    expect(page.locator('[data-closed="moved_region"]')).to_be_visible()
    page.goto(f"{server.url}/coordination?lang=en")

    expect(page.locator("#view-hands")).to_contain_text(THEIRS)
    assert MINE not in page.locator("#view-hands").inner_text() and MINE not in page.locator("#view-due_dates").inner_text()
    page.goto(f"{server.url}/closing?case={MINE}&lang=en")
    page.click("#open_again button")
    expect(page.locator('[data-item="originals_returned"][data-state="missing"]')).to_be_visible()


def test_axe_the_coordinators_pages(come: Come, server: Running) -> None:
    """A11Y-01, A11Y-09: no violation at a desk and on a telephone, in both languages, with every form open; nothing beside the page; print leaves the forms out."""
    page = come("cora")
    for language, size in (("en", DESK), ("nl", PHONE)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for path in ("coordination?", f"closing?case={THEIRS}&"):
            page.goto(f"{server.url}/{path}lang={language}")
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            found = Axe().run(page, options={"runOnly": RULES})
            assert not found.response["violations"], f"{path} {language} {size['width']}\n{found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (path, size)
    page.goto(f"{server.url}/coordination?lang=nl")
    page.emulate_media(media="print")
    assert page.locator('details[data-form="hours"]').is_hidden() and page.locator("#view-hands").is_visible()
