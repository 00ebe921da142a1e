"""Country information beside the questions, the page that says what to look at again, and the safety report, each in a browser."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from browser.conftest import PHONE
from browser.running import Running, seed
from browser.test_accessibility import LANGUAGES, has_no_violations
from browser.test_page_contract import has_strict_headers
from browser.visitor import Visitor, text_of_pdf
from browser.wire import signed_in
from safe_lib import casework
from safe_lib.casework import Said
from safe_lib.catalogue import load_instrument

pytestmark = pytest.mark.browser

YEAR_LATER = "2027-11-26"
Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def ref(server: Running) -> str:
    """A case that leads to Exampleland, asked in full, kept, with the beginning of an account."""
    with server.desk() as desk:
        asked = load_instrument("safe_return")
        codes = {item.id: "cleared" if item.kind == "hard_stop" else "absent" for item in asked.items if item.group not in ("REL", "CHI", "STA", "THI")}
        ref = seed(desk, "Alder", {"safe_return": {**codes, "SAF-01": "present"}})
        casework.save_paper(desk, ref, casework.FUTURES, {"futures": [{"kind": "home_region", "order": 1, "country": "XAA", "subdivision": "", "words": ""}]})
        account = casework.instrument_for(desk, "safety_account")
        casework.record(desk, ref, account, Said("WHO_IS_FEARED", "written", (), "The man who lent the money.", seen=None))
        casework.assess_and_keep(desk, ref, "safe_return", "home_region")
        return ref


# Beside a question


def test_country_information_is_one_press_away_and_fits_a_phone(visit: Visit, ref: str) -> None:
    """The panel beside a question opens by keyboard, shows both sides where sources disagree, and nothing runs out of the page."""
    desk = visit(viewport=PHONE)
    desk.open("safe_return", ref)
    desk.unfold("PRO-01")
    panel = desk.page.locator('fieldset[data-item="PRO-01"] + details[data-theme="T05"]')
    expect(panel.locator(".claim").first).to_be_hidden()
    panel.locator("summary").focus()
    desk.page.keyboard.press("Enter")

    expect(panel.locator(".versus .claim")).to_have_count(3)
    expect(panel.locator(".claim").first).to_be_visible()
    assert "Searched in vain" in panel.inner_text()
    assert desk.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_country_information_stands_in_the_first_bytes(server: Running, ref: str) -> None:
    """It needs no script and no kernel to be read."""
    with signed_in(server) as noor, noor.stream("GET", f"/safe_return?case={ref}&lang=en") as answer:
        before_the_kernel = "".join(answer.iter_text()).partition("<safe-kernel")[0]

    assert 'data-theme="T02" data-status="current"' in before_the_kernel
    assert "eleven reported threats" in before_the_kernel


# Looking again


def test_what_to_look_at_again_is_a_page(server: Running, visit: Visit, ref: str) -> None:
    """From the start page to the list of a later day, with what moves and why, and from there to the case and its future."""
    desk = visit()
    desk.page.goto(f"{server.url}/?lang=en")
    desk.page.click("text=Look again at kept assessments")
    expect(desk.page.locator("h1")).to_have_text("Look again")
    expect(desk.page.locator("text=No kept assessment would come out otherwise.")).to_be_visible()
    desk.page.fill("#as-of", YEAR_LATER)
    desk.page.click("text=Show this day")
    row = desk.page.locator(f'#differing tr[data-case="{ref}"]')

    assert "hiv_medicine" in row.inner_text() and "counts as unknown" in row.inner_text()
    assert "how well known: high → low" in row.inner_text()
    renewal = desk.page.locator('#renew tr[data-claim="hiv_medicine"] a').get_attribute("href")
    assert parse_qs(urlsplit(str(renewal)).query) == {"country": ["XAA"], "theme": ["T12"], "claim": ["hiv_medicine"], "lang": ["en"]}
    with signed_in(server) as noor:
        assert noor.get(str(renewal)).status_code == 200
    desk.press('[data-lang="nl"]')
    desk.page.wait_for_selector('html[lang="nl"]', state="attached")
    assert parse_qs(urlsplit(desk.page.url).query) == {"lang": ["nl"], "date": [YEAR_LATER]}
    expect(desk.page.locator("h1")).to_have_text("Opnieuw bekijken")
    row.locator("a").click()
    desk.wait_until_live()
    assert parse_qs(urlsplit(desk.page.url).query) == {"case": [ref], "lang": ["nl"], "scenario": ["home_region"]}


@pytest.mark.parametrize("asked", ["", "?date=2020-01-01", "?date=nonsense", "?date=", "?date=2027-02-31"])
def test_any_other_day_is_today(server: Running, ref: str, asked: str) -> None:
    """What is no day to come is not an error."""
    with signed_in(server) as noor:
        answer = noor.get(f"/reassess{asked}")

    assert answer.status_code == 200
    assert 'data-computed="0"' in answer.text
    has_strict_headers(dict(answer.headers), "/reassess")


def test_the_list_is_for_whoever_is_signed_in(server: Running) -> None:
    """Everybody else is sent to sign in, and nothing is looked at."""
    answer = httpx.get(f"{server.url}/reassess?date={YEAR_LATER}")

    assert answer.status_code == 302 and answer.headers["location"].startswith("/login")
    has_strict_headers(dict(answer.headers), "/reassess")


# The safety report


def test_a_safety_report_is_written_read_back_and_printed(server: Running, visit: Visit, ref: str) -> None:
    """The account is written on the page, what it tells stands below it at once, and the lawyer's version is made from it."""
    desk = visit(accept_downloads=True)
    desk.open("safety_report", ref)
    expect(desk.page.locator('[data-view="outcome"]')).to_have_attribute("data-outcome", "open")
    expect(desk.page.locator("#view-safety_frame")).to_contain_text("Do not pass this on yet")
    desk.answer("SHARE", "agreed")
    desk.answer("READ_BACK", "yes")
    desk.wait_for_outcome("read_back_and_agreed")
    desk.write("SINCE_LEAVING", "They asked my aunt twice.")
    desk.wait_until_saved()
    expect(desk.page.locator("#view-threat")).to_contain_text("They asked my aunt twice.")
    expect(desk.page.locator("#view-safety_frame")).not_to_contain_text("Do not pass this on yet")
    profiles = desk.page.locator('button[data-report]:not([data-profile=""])').evaluate_all("all => all.map((one) => one.dataset.profile)")
    with desk.page.expect_download(timeout=60_000) as made:
        desk.page.click('button[data-report][data-profile="lawyer"][data-format="pdf"]')
    text = text_of_pdf(made.value.path().read_bytes())

    assert set(profiles) == {"own_file", "lawyer"}
    assert "They asked my aunt twice." in text and "Personal safety report" in text and "very high" not in text


@pytest.mark.parametrize("name", ["safety_report"])
def test_its_page_fits_a_phone(visit: Visit, ref: str, name: str) -> None:
    """Nothing runs out of the page, with everything unfolded."""
    desk = visit(viewport=PHONE)
    desk.open(name, ref)
    desk.unfold_all()

    assert desk.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


# Everybody can work with them


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe(server: Running, visit: Visit, ref: str, language: str) -> None:
    """The list of a later day, the safety report with everything unfolded, and the panels beside the questions."""
    desk = visit(bypass_csp=True)
    desk.page.goto(f"{server.url}/reassess?lang={language}&date={YEAR_LATER}")
    has_no_violations(desk.page, f"reassess {language}")
    for name, more in (("safety_report", {}), ("safe_return", {"set": "safe_return_quick"})):
        desk.open(name, ref, {"lang": language, **more})
        desk.unfold_all()
        has_no_violations(desk.page, f"{name} {language}", whole=name == "safety_report")
