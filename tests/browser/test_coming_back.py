"""After locking, whoever signs in comes back to the same question, in the language they sign in with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from browser.running import PHRASE, Running
from browser.visitor import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
KNOWN = {"case", "lang", "scenario", "set"}  # of a case, an address holds its reference and nothing else


@pytest.fixture
def desk(visit: Visit) -> Iterator[Visitor]:
    """Signed in for itself, because locking ends the session."""
    one = visit(signed_in=False)
    one.sign_in()
    yield one
    assert one.problems == []


def sign_in_again(desk: Visitor) -> None:
    desk.page.fill("#user", "noor")
    desk.page.fill("#pass", PHRASE)
    desk.page.click("form.card button[type=submit]")
    desk.page.wait_for_url(re.compile(r"case="))
    desk.wait_until_live()


def says_no_more_than_before(address: str) -> None:
    next_ = parse_qs(urlsplit(address).query)["next"][0]
    assert set(parse_qs(urlsplit(next_).query)) <= KNOWN
    assert not re.search(r"%20|\+|Juniper", next_)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_locking_by_hand_comes_back_to_the_same_question(server: Running, desk: Visitor, language: str) -> None:
    """Case, future and question; the language is that of the sign-in page, and changing it there keeps the way."""
    ref = server.new_case("Juniper")
    desk.open("safe_return", ref, {"scenario": "home_region", "lang": "en"})
    desk.answer("FAM-03", "present")
    desk.page.click('.ctls [data-action="lock"]')
    desk.page.wait_for_url("**/login*")
    says_no_more_than_before(desk.page.url)
    if language == "nl":
        desk.page.click('a[data-lang="nl"]')
        desk.page.wait_for_url("**lang=nl**")
    sign_in_again(desk)

    assert urlsplit(desk.page.url).path == "/safe_return"
    assert parse_qs(urlsplit(desk.page.url).query) == {"case": [ref], "lang": [language], "scenario": ["home_region"]}
    assert urlsplit(desk.page.url).fragment == "FAM-03"
    assert desk.page.get_attribute("html", "lang") == language
    expect(desk.question("FAM-03")).to_be_in_viewport()
    assert desk.chosen("FAM-03") == "present"


def test_a_page_that_locked_itself_comes_back_too(server: Running, desk: Visitor) -> None:
    """Quiet for a quarter of an hour: blank, signed out, and back at the question."""
    ref = server.new_case("Juniper")
    desk.page.clock.install()
    desk.open("identification", ref)
    desk.page.wait_for_load_state()
    desk.answer("CD05", "unknown")
    desk.wait_until_saved()
    desk.page.clock.fast_forward("29:30")
    desk.page.clock.fast_forward("01:00")
    desk.page.wait_for_url("**/login*")
    says_no_more_than_before(desk.page.url)
    desk.page.clock.resume()
    sign_in_again(desk)

    assert desk.page.url.endswith("#CD05")
    expect(desk.question("CD05")).to_be_in_viewport()


def test_a_session_that_ended_by_itself_comes_back_to_the_place_in_the_address(server: Running, desk: Visitor) -> None:
    """The way back goes through the sign-in page with its place."""
    ref = server.new_case("Juniper")
    desk.context.clear_cookies()
    desk.page.goto(f"{server.url}/identification?case={ref}#EX05")
    desk.page.wait_for_url("**/login*")
    sign_in_again(desk)

    assert desk.page.url.endswith("#EX05")
    expect(desk.question("EX05")).to_be_in_viewport()


def test_leaving_leads_nowhere(server: Running, desk: Visitor) -> None:
    """Who leaves does not come back: no way is kept."""
    ref = server.new_case("Juniper")
    desk.open("identification", ref)
    desk.page.click('[data-action="leave"]')
    desk.page.wait_for_url("**/left")

    assert ref not in desk.page.content()


@pytest.mark.parametrize("there", ["//evil.example/x", "/\\evil.example", "/\t/evil.example", "https://evil.example/", "javascript:alert(1)"])
def test_the_way_back_stays_on_this_server(server: Running, visit: Visit, there: str) -> None:
    """Whatever an address says, signing in leads to a page of this server."""
    desk = visit(signed_in=False)
    desk.page.goto(f"{server.url}/login")
    answer: Any = desk.page.request.post(
        f"{server.url}/login",
        form={"user": "noor", "pass": PHRASE, "next": there, "_xsrf": desk.page.get_attribute('[name="_xsrf"]', "value") or ""},
        max_redirects=0,
    )

    assert (answer.status, answer.headers["location"]) == (302, "/")
