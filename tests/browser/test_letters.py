"""Letters in a browser: from what is followed to a draft that leaves by a link, and the letter to an embassy that waits for the lawyer."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from team import desk_of, make_team, opened

from browser.conftest import DESK, PHONE, Come
from browser.running import Running, free_port
from safe_lib import casework, procedures, teamwork
from safe_lib.model.legal import CaseFact, PersonStatement

pytestmark = pytest.mark.browser

WORDS = "They said the paper would come next week.\nIt never came."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server for real persons' cases (which are invented)."""
    folder = tmp_path_factory.mktemp("letters")
    path = make_team(folder, users=("ada", "sven", "vera"))
    for user in ("sven", "vera"):
        with opened(path, user) as store:
            store._usable().exec_driver_sql("UPDATE people SET renew = 0")
    running = Running(path, free_port(), folder / "server.log")
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def ref(server: Running) -> str:
    """A case that follows an extension, with the end of the permit and the person's words."""
    with desk_of(server.store, "sven") as desk:
        made = casework.open_case(desk, "Maple").ref
        procedures.follow(desk, made, "NL-EXT")
        procedures.save_fact(desk, made, CaseFact("permit_end_date", "2027-02-28", "residence card"))
        procedures.save_statement(desk, made, PersonStatement(WORDS, "Sellish", "yes"))
        teamwork.assign(desk, made, "vera")
    return made


def make(page: Page, reason: str, recipient: str, purpose: str) -> None:
    """Fill in the form of a letter and send it."""
    for name, value in (("reason", reason), ("recipient", recipient), ("purpose", purpose)):
        page.fill(f"#make-{name}", value)
    page.select_option("#choose-basis", "legal_claims")
    page.click('form:has(input[value="make"]) button')


def test_from_what_is_followed_to_a_draft_that_leaves_once(come: Come, server: Running, ref: str) -> None:
    """The gaps are named, the draft is read before it is made, the link works once, and the register has its line."""
    page = come("sven")
    page.goto(f"{server.url}/procedures?case={ref}&lang=en")
    page.locator('[data-letter="nl_extension_request"]').click()
    expect(page.locator("[data-advice]")).to_contain_text("not legal advice")
    expect(page.locator('[data-gap="v_number"]')).to_be_visible()
    assert page.locator('[data-gap="permit_end_date"]').count() == 0
    page.locator("summary", has_text="Read it").click()
    expect(page.locator("[data-preview]")).to_contain_text("28 februari 2027")  # it is sent in Dutch
    make(page, "The permit ends and the lawyer files it.", "Immigration office", "extension")
    with page.expect_download() as saved:
        page.locator("[data-copy]").click()
    address = page.locator("[data-copy]").get_attribute("href")
    written = docx.Document(io.BytesIO(Path(saved.value.path()).read_bytes()))

    assert any("28 februari 2027" in one.text for one in written.paragraphs) and saved.value.suggested_filename.endswith(".docx")
    assert page.request.get(f"{server.url}{address}").status == 404
    page.goto(f"{server.url}/disclosures?case={ref}&lang=en")
    expect(page.locator("#register")).to_contain_text("Immigration office")


def test_the_letter_to_an_embassy_waits_for_the_lawyer(come: Come, server: Running, ref: str) -> None:
    """Refused before the check, in the language of the page; with its day written down it is made."""
    page = come("sven", "nl")
    page.goto(f"{server.url}/letters?case={ref}&letter=embassy&lang=nl")
    expect(page.locator("#chosen")).to_contain_text("De advocaat toetst eerst schriftelijk")
    make(page, "Nodig voor de aanvraag van een paspoort.", "Ambassade", "paspoort")
    expect(page.locator('p[role="alert"]')).to_contain_text("De advocaat toetst eerst schriftelijk")
    assert page.locator("[data-copy]").count() == 0
    with desk_of(server.store, "sven") as desk:
        procedures.save_fact(desk, ref, CaseFact("gate_checked", "2026-11-20", "advocaat"))
    page.goto(f"{server.url}/letters?case={ref}&letter=embassy&lang=nl")
    make(page, "Nodig voor de aanvraag van een paspoort.", "Ambassade", "paspoort")

    expect(page.locator("[data-copy]")).to_be_visible()


def test_a_volunteer_drafts_and_a_colleague_is_told(come: Come, server: Running, ref: str) -> None:
    """The volunteer has no form by which it leaves; the draft lies in the file, and the specialist reads of it on the start page."""
    page = come("vera")
    page.goto(f"{server.url}/letters?case={ref}&letter=request_for_file&lang=en")
    assert page.locator("#make-recipient, #choose-basis").count() == 0
    page.get_by_role("button", name="Put the draft into the file").click()
    expect(page.locator('main [role="status"]')).to_contain_text("lies in the file")
    expect(page.locator("#waiting [data-draft]").first).to_be_visible()
    assert page.locator("[data-copy]").count() == 0
    other = come("sven")
    expect(other.locator("body")).to_contain_text(f"vera drafted a letter in case {ref}")
    other.goto(f"{server.url}/letters?case={ref}&lang=en")
    other.locator("#waiting a").first.click()

    expect(other.locator("#chosen")).to_contain_text("Request for a copy of my file")
    expect(other.locator("#make-recipient")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["wide", "phone"])
def test_the_page_is_whole_on_every_screen(come: Come, server: Running, ref: str, size: dict[str, int]) -> None:
    """Nothing runs out of the page, and axe finds nothing, with a letter open."""
    page = come("sven")
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{server.url}/letters?case={ref}&letter=own_statement&lang=en")
    page.locator("summary", has_text="Read it").click()
    expect(page.locator("[data-preview]")).to_contain_text("It never came.")

    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert Axe().run(page).response["violations"] == []
