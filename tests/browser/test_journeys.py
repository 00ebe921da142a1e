"""From sign-in to a report: the two main workbooks, in two languages, at a desk, on a phone, and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect
from pypdf import PdfReader

from browser.conftest import DESK, PHONE
from browser.running import DANGERS, PATTERN, STOPS, Running
from browser.visitor import Visitor
from safe_lib import casework

pytestmark = pytest.mark.browser

WORDS = {
    "en": {"match": "Matches the published pattern", "locked": "Answer the safety questions", "none": "Nothing would be different"},
    "nl": {"match": "gepubliceerde patroon", "locked": "veiligheidsvragen", "none": "Er zou niets veranderen"},
}
PLACES = [pytest.param(language, size, id=f"{language}-{size['width']}") for language, size in (("en", DESK), ("nl", PHONE))]
Visit = Callable[..., Visitor]


@pytest.mark.parametrize(("language", "size"), PLACES)
def test_identification_goes_from_sign_in_to_a_report(server: Running, visit: Visit, tmp_path: Path, language: str, size: dict[str, int]) -> None:
    """Seven steps, an outcome that follows the answers, everything back after a reload, and a PDF with the reference."""
    desk = visit(signed_in=False, viewport=size, accept_downloads=True, locale="nl-NL" if language == "nl" else "en-GB")
    desk.sign_in(lang=language)
    ref = open_a_case(desk)

    assert desk.page.get_attribute("html", "lang") == language
    the_gate_holds_back_the_rest(desk, WORDS[language]["locked"])
    first_steps(desk)
    told_so_far = desk.says('[data-region="outcome"]')
    the_pattern(desk)
    desk.wait_for_outcome("trafficking_case")

    assert WORDS[language]["match"] in desk.says('[data-region="outcome"]')
    assert desk.says('[data-region="outcome"]') != told_so_far
    last_steps(desk)
    can_be_reached(desk.page, "#result")
    before = desk.state()
    desk.reload()

    assert desk.state() == before
    assert len(before) > 30
    assert desk.outcome == "trafficking_case"
    pdf_has_reference(save(download_report(desk), tmp_path), ref)
    assert server.saved(ref, "ilo_adult_labour")["CD01"].answer.evidence == ("account", "document")
    assert desk.problems == []


def open_a_case(desk: Visitor) -> str:
    desk.page.fill("#alias", "Willow")
    desk.page.click("form.new-case button[type=submit]")
    desk.page.wait_for_url(re.compile(r"/identification\?"))
    desk.wait_until_live()
    return reference(desk.page)


def reference(page: Page) -> str:
    return str(re.findall(r"case=([A-Z0-9-]+)", page.url)[0])


def the_gate_holds_back_the_rest(desk: Visitor, why: str) -> None:
    later = desk.choice("CD01", "present")
    assert later.is_disabled()
    assert why in desk.says("#step-2")
    desk.answer_all(DANGERS[:-1], "absent")

    assert later.is_disabled()
    desk.answer(DANGERS[-1], "unsafe_to_ask")  # an open answer is an answer
    expect(later).to_be_enabled()
    expect(desk.page.locator("[data-locked=true]")).to_have_count(0)


def first_steps(desk: Visitor) -> None:
    for item, code in {
        "PLACE": "private",
        "AGE": "adult",
        "INT-PRESENT": "remote",
        "INT-ACCEPTED": "accepted",
        "CAPACITY": "with_breaks",
        "ROLE-SAID": "understood",
        "STOP-SAID": "said",
        "CONSENT-WRITE": "agreed",
    }.items():
        desk.answer(item, code)
    desk.write("AGE-REASON", "Says so herself; nothing speaks against it.")
    desk.write("LANGUAGE", "Vari, eastern dialect")


def the_pattern(desk: Visitor) -> None:
    desk.answer_all(PATTERN, "present")
    desk.rests_on("CD01", "account")
    desk.rests_on("CD01", "document")
    desk.write_note("EX02", "Two months without pay, then half.")
    desk.answer("CR05", "declined")


def last_steps(desk: Visitor) -> None:
    for item, code in {"LEAFLET": "told_only", "REFERRAL-CONSENT": "agreed", "JUDGEMENT": "clear_concern"}.items():
        desk.answer(item, code)
    desk.write("WORDS", "“They kept my papers in a drawer.”")
    desk.write("OFFER", "A bed tonight, and a lawyer on Tuesday.")
    desk.write("NEXT-CONTACT", "2026-11-24")
    desk.wait_until_saved()


def can_be_reached(page: Page, place: str) -> None:
    """On a narrow page the result stands below, one press away."""
    way = page.locator(f'a.to-result[href="{place}"]')
    if way.is_visible():
        way.click()
    expect(page.locator(place)).to_be_in_viewport()


def download_report(desk: Visitor) -> Download:
    with desk.page.expect_download(timeout=30_000) as coming:
        desk.page.click('button[data-report][data-profile="own_file"][data-format="pdf"]')
    return coming.value


def save(report: Download, folder: Path) -> Path:
    path = folder / "report.pdf"
    report.save_as(path)
    return path


def pdf_has_reference(path: Path, ref: str) -> None:
    assert path.read_bytes().startswith(b"%PDF")
    assert ref in "".join(page.extract_text() for page in PdfReader(path).pages)


@pytest.mark.parametrize(("language", "size"), PLACES)
def test_a_return_is_weighed_beside_the_other_futures(server: Running, visit: Visit, language: str, size: dict[str, int]) -> None:
    """Frame, futures in the person's own order, hard stops, domains, side by side, a plan; trying out saves nothing."""
    ref = server.new_case("Birch")
    desk = visit(viewport=size)
    desk.open("safe_return", ref, {"lang": language})
    frame(desk)
    futures(desk)
    hard_stops(desk)
    desk.answer_all(("SAF-01", "SAF-02", "LIV-01"), "present")
    desk.answer_all(("SAF-08", "LIV-06"), "absent")
    plan(desk)
    desk.wait_until_saved()
    desk.reload()

    wished = [future.kind for future in futures_of(server, ref)]
    assert wished == ["stay", "home_region"]
    columns = desk.says('[data-region="scenarios"]')
    stay, home = (desk.page.locator(f'form[data-paper="futures"] option[value="{kind}"]').first.text_content() or "?" for kind in wished)
    assert -1 < columns.index(stay) < columns.index(home)
    assert "HS03" in desk.says('[data-region="hard_stops"]')
    assert desk.chosen("SAF-01") == "present"
    assert "Mothers' centre" in desk.says('[data-region="plan"]')
    trying_out_saves_nothing(server, desk, ref, WORDS[language]["none"])
    one_future_alone(server, desk, ref)
    assert desk.problems == []


def frame(desk: Visitor) -> None:
    desk.answer("CONSENT", "agreed")
    desk.answer("CHILDREN", "no")
    desk.write("PURPOSE", "What it is for, and who reads it.")
    desk.write("OWN_WORDS", "I want to work, and to see my mother.")
    desk.wait_until_saved()


def futures(desk: Visitor) -> None:
    place = desk.page.locator('form[data-paper="futures"]')
    if not place.is_visible():
        desk.page.locator("#view-scenarios details.editor > summary").click()
    for number, (kind, country, words) in enumerate((("stay", "", "Until my case is finished."), ("home_region", "XAA", "Not to my uncle."))):
        place.locator('[data-action="add-row"]').click()
        row = place.locator("[data-row]").nth(number)
        row.locator('[data-field="kind"]').select_option(kind)
        row.locator('[data-field="country"]').select_option(country)
        row.locator('[data-field="words"]').fill(words)
    desk.wait_until_saved()


def futures_of(server: Running, ref: str) -> tuple[casework.Future, ...]:
    with server.desk() as store:
        return casework.futures(store, ref)


def hard_stops(desk: Visitor) -> None:
    desk.answer_all([stop for stop in STOPS if stop != "HS03"], "cleared")
    desk.answer("HS03", "active")
    desk.wait_until_saved()


def plan(desk: Visitor) -> None:
    place = desk.page.locator('form[data-paper="plan"]')
    if not place.is_visible():
        desk.page.locator("#view-plan details.editor > summary").click()
    place.locator('[data-action="add-row"]').click()
    row = place.locator("[data-row]").first
    row.locator('[data-field="about"]').select_option("LIV")
    row.locator('[data-field="measure"]').fill("A room for six months, with Mothers' centre")
    row.locator('[data-field="deadline"]').fill("2026-12-15")
    row.locator('[data-field="status"]').select_option("planned")


def trying_out_saves_nothing(server: Running, desk: Visitor, ref: str, none: str) -> None:
    before = server.saved(ref, "safe_return")
    desk.page.select_option("#what-if-item", "HS03")
    desk.page.select_option("#what-if-code", "cleared")
    desk.page.click("form[data-what-if] button[type=submit]")
    result = desk.page.locator("[data-what-if-result]")
    expect(result.locator("table")).to_be_visible()
    assert "_" not in result.inner_text()
    assert "protection referral" not in result.inner_text()  # words, no names of rules
    desk.page.select_option("#what-if-code", "active")  # as it is
    expect(result).to_contain_text(none)

    assert server.saved(ref, "safe_return") == before


def one_future_alone(server: Running, desk: Visitor, ref: str) -> None:
    """An answer given for one future counts there, and leaves the others as they are."""
    desk.page.locator('nav.choices a[href*="scenario=home_region"]').click()
    desk.page.wait_for_url(re.compile("scenario=home_region"))
    desk.wait_until_live()
    desk.answer("LIV-02", "present")
    desk.wait_until_saved()

    assert "LIV-02" in server.saved(ref, "safe_return", "home_region")
    assert "LIV-02" not in server.saved(ref, "safe_return", "stay")


def test_identification_by_keyboard_alone(server: Running, visit: Visit) -> None:
    """Tab, arrows, Space, Enter and letters are enough, from sign-in to the report; Tab goes on in reading order, without a trap."""
    desk = visit(signed_in=False, accept_downloads=True)
    page, keys = desk.page, desk.page.keyboard
    page.goto(f"{server.url}/login")
    tab_to(page, "#user")
    keys.type("noor")
    tab_to(page, "#pass")
    keys.type("invented words for browser tests")
    keys.press("Enter")
    page.wait_for_selector("#alias")
    tab_to(page, "#alias")
    keys.type("Hazel")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/identification\?"))
    desk.wait_until_live()
    ref = reference(page)
    for item in DANGERS:
        tab_to(page, f'input[name="{item}"]')
        keys.press("ArrowRight")  # from “yes”, where one comes in, to “no”
    expect(page.locator("[data-locked=true]")).to_have_count(0)
    tab_to(page, 'input[name="AGE"]')
    keys.press("Space")
    for item in PATTERN:
        tab_to(page, f'input[name="{item}"]')
        keys.press("Space")  # “present” comes first
    tab_to(page, 'input[name="CD14-basis"]')
    keys.press("Space")
    tab_to(page, '[data-item="CD14"] details.q-note > summary')
    keys.press("Enter")
    page.wait_for_selector('textarea[name="CD14-note"]')
    tab_to(page, 'textarea[name="CD14-note"]')
    keys.type("Paid less each month.")
    desk.wait_until_saved()
    desk.wait_for_outcome("trafficking_case")
    saved = server.saved(ref, "ilo_adult_labour")

    assert {id: one.answer.code for id, one in saved.items()} == dict.fromkeys(PATTERN, "present")
    assert (saved["CD14"].answer.evidence, saved["CD14"].note) == (("account",), "Paid less each month.")
    desk.reload()
    tab_to(page, 'button[data-report][data-profile="own_file"]', key="Shift+Tab")  # the end of the page is one step before its start
    with page.expect_download(timeout=30_000) as coming:
        keys.press("Enter")
    assert coming.value.suggested_filename.endswith(".pdf")
    assert desk.problems == []


FOCUS = """([wanted, direction]) => {
  const now = document.activeElement, before = globalThis.__before;
  globalThis.__before = now;
  globalThis.__stays = now === before ? globalThis.__stays + 1 : 0; // a date has a stop for day, month, year and calendar
  const follows = () => Boolean(before.compareDocumentPosition(now) & direction);
  const goesOn = !before?.isConnected || now === document.body || (now === before ? globalThis.__stays < 4 : follows());
  return [now.matches(wanted), goesOn, now.outerHTML.slice(0, 120)];
}"""


FOLLOWING, PRECEDING = 4, 2  # Node.DOCUMENT_POSITION_…


def tab_to(page: Page, wanted: str, most: int = 400, key: str = "Tab") -> None:
    """Press Tab until something has the focus."""
    page.evaluate("() => { globalThis.__before = undefined; }")
    for _ in range(most):
        page.keyboard.press(key)
        found, goes_on, what = page.evaluate(FOCUS, [wanted, FOLLOWING if key == "Tab" else PRECEDING])
        assert goes_on, f"{key} went the other way, to {what}"
        if found:
            return
    pytest.fail(f"{wanted} was not reached with {most} presses of Tab")
