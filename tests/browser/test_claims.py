"""Two persons change a claim on the pages; the pages of changes keep the contract, need no script, and leave nobody out."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from some_changes import CLAIM, DIFFERS, FIELDS, SOURCE, copy_of_countries

from browser.conftest import DESK, PHONE
from browser.running import Running, free_port, make_store
from browser.test_page_contract import has_strict_headers
from browser.visitor import Visitor
from browser.wire import signed_in
from safe_lib.catalogue import paths
from safe_lib.catalogue.listings import CLAIMS, entry_now
from safe_lib.catalogue.reading import read_yaml

pytestmark = pytest.mark.browser

RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
HOSTILE = "\"><script>document.title='x'</script>: {[ - &amp; \u202eturned"
Come = Callable[..., Visitor]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The country information that this server may change."""
    return copy_of_countries(tmp_path_factory.mktemp("countries"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[Running]:
    """A server with country information of its own."""
    place = tmp_path_factory.mktemp("server")
    running = Running(make_store(place), free_port(), place / "server.log")
    os.environ[paths.OWN_COUNTRY_INFO] = str(folder)
    try:
        running.start()
    finally:
        del os.environ[paths.OWN_COUNTRY_INFO]
    yield running
    running.stop()


@pytest.fixture
def come(server: Running, browser: Browser) -> Iterator[Come]:
    """`come("samira")` is somebody who signs in, in a browser of their own."""
    contexts = []

    def sign_in(person: str, **options: object) -> Visitor:
        contexts.append(browser.new_context(**{"viewport": DESK, **options}))  # type: ignore[arg-type]
        visitor = Visitor(server, contexts[-1].new_page())
        visitor.sign_in(person)
        return visitor

    yield sign_in
    for context in contexts:
        context.close()


def go(visitor: Visitor, path: str) -> Page:
    visitor.page.goto(visitor.server.url + path)
    return visitor.page


def fits(page: Page) -> bool:
    """Nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def violations(page: Page) -> list[str]:
    told = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']} {node['html'][:160]} {node['failureSummary'][:200]}" for one in told for node in one["nodes"][:3]]


def fill_renewal(page: Page, as_of: str, says: str) -> None:
    page.fill("#says", says)
    page.select_option("#level", "partial")
    page.fill("#as_of", as_of)
    page.fill("#review_by", FIELDS["review_by"])
    page.check("#keep-shelter_interview_2026")
    page.fill("#differs", DIFFERS)
    for key in ("title", "publisher", "published", "retrieved", "where", "url", "quotation"):
        page.fill(f"#s1_{key}", SOURCE[key])
    page.select_option("#s1_kind", SOURCE["kind"])


@pytest.mark.parametrize(("language", "size", "as_of", "script"), [("en", DESK, "2026-11-10", True), ("nl", PHONE, "2026-11-12", True), ("en", PHONE, "2026-11-14", False)],
                         ids=["desk", "phone, Dutch", "phone, no script"])
def test_two_persons_renew_a_claim(folder: Path, come: Come, language: str, size: dict[str, int], as_of: str, script: bool) -> None:
    """From the start page to the file: one fills in the form and is told what is missing, a second looks at it and confirms."""
    says = f"Three shelters with 71 places together; seen on {as_of}."
    noor = come("noor", viewport=size, java_script_enabled=script)
    page = go(noor, f"/?lang={language}")
    page.click('a[href^="/claims?"]')
    page.select_option("#country", "XAA")
    page.click("main button[type=submit]")
    page.click(f"#claim-{CLAIM} a >> nth=0")
    assert fits(page) if script else True
    page.click("button[value=preview]")
    wrong = [link.get_attribute("href") for link in page.locator("#wrong a").all()]
    fill_renewal(page, as_of, says)
    page.click("button[value=preview]")
    expect(page.locator(".claim .says").first).to_have_text(says)
    page.click("button[value=edit]")
    expect(page.locator("#says")).to_have_value(says)
    page.click("button[value=preview]")
    page.click("button[value=propose]")
    id = parse_qs(urlsplit(page.url).query)["done"][0]
    expect(page.locator("[role=status].notice")).to_contain_text(id)
    assert wrong == ["#as_of", "#review_by", "#keep", "#differs"]
    assert page.locator(f"#{id} button[value=confirm]").count() == 0 and page.locator(f"#{id} button[value=withdraw]").count() == 1

    samira = come("samira", viewport=size, java_script_enabled=script)
    page = go(samira, f"/claims/waiting?lang={language}")
    page.click(f"#{id} button[value=confirm]")
    expect(page.locator(f"#{id} .error")).to_have_count(1)
    page.check(f"#{id}-looked")
    page.click(f"#{id} button[value=confirm]")
    expect(page.locator("[role=status].notice")).to_contain_text(id)
    expect(page.locator(f"#{id}")).to_have_count(0)
    file = read_yaml(folder / "XAA" / "profile.yaml").value

    assert (entry_now((folder / "XAA" / "profile.yaml").read_bytes(), CLAIMS, CLAIM) or {})["says"] == says
    assert (file["history"][-1]["by"], file["history"][-1]["reviewed"], file["history"][-1]["proposal"]) == ("noor", "samira", id)
    assert [said for visitor in (noor, samira) for said in visitor.problems if "422" not in said] == []


@pytest.mark.parametrize(("language", "size", "theme"), [("en", DESK, "light"), ("nl", PHONE, "dark")])
def test_the_pages_of_changes_leave_nobody_out(come: Come, language: str, size: dict[str, int], theme: str) -> None:
    """A11Y-01: no violation on the list, the form empty, wrong and filled in, the preview, and what waits; nothing wider than a phone."""
    noor = come("noor", viewport=size, bypass_csp=True, color_scheme=theme)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        noor.unfold_all()
        found[name] = violations(noor.page)
        if not fits(noor.page):
            found[name].append("wider than the window")

    for name, path in (("choose", "/claims?"), ("list", "/claims?country=XAA&theme=T05"), ("add", "/claims?country=XAA&theme=T15&do=add"),
                       ("correct", "/claims?country=XAA&claim=men_in_hostels&do=correct"), ("withdraw", "/claims?country=XAA&claim=men_in_hostels&do=withdraw")):
        go(noor, f"{path}&lang={language}")
        look(name)
    noor.page.click("button[value=preview]")
    look("wrong")
    noor.page.fill("#differs", "It is said twice.")
    noor.page.click("button[value=preview]")
    look("preview of a withdrawal")
    noor.page.click("button[value=propose]")
    look("own")
    second = come("samira", viewport=size, bypass_csp=True, color_scheme=theme)
    page = go(second, f"/claims/waiting?lang={language}")
    second.unfold_all()
    found["waiting"] = violations(page)
    page.click("article.proposal button[value=reject]")
    found["no reason"] = violations(page)
    page.fill("article.proposal textarea", "It is not.")
    page.click("article.proposal button[value=reject]")
    found["decided"] = violations(page)

    assert {name: told for name, told in found.items() if told} == {}


def test_what_somebody_else_changed_is_seen_before_anything_is_lost(folder: Path, come: Come) -> None:
    """While one writes, the claim is changed: the form comes back with all that was typed, and the claim as it is now."""
    noor = come("noor")
    page = go(noor, "/claims?country=XAA&claim=arrival_desk&do=correct")
    page.fill("#says", "A desk at Lindava airport is staffed every day.")
    page.fill("#differs", "Weekends as well.")
    file = folder / "XAA" / "profile.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("from 8 to 18,", "from 8 to 16,"), encoding="utf-8")
    page.click("button[value=preview]")

    expect(page.locator("#wrong")).to_contain_text("changed this claim while you were writing")
    expect(page.locator(".claim .says")).to_contain_text("from 8 to 16")
    expect(page.locator("#says")).to_have_value("A desk at Lindava airport is staffed every day.")
    page.click("button[value=preview]")
    expect(page.locator("h1")).to_have_text("Is this what you mean?")


# Without a browser


@pytest.fixture(scope="module")
def noor(server: Running) -> Iterator[httpx.Client]:
    with signed_in(server) as client:
        yield client


def form_of(client: httpx.Client, path: str) -> dict[str, str]:
    """What a form sends along unseen."""
    return dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', client.get(path).text))


@pytest.mark.parametrize(("path", "status"), [
    ("/claims", 200), ("/claims?country=XAA", 200), ("/claims?country=xaa&theme=T05", 200), ("/claims?country=XAA&theme=T05&claim=police_unit_norrin", 200),
    ("/claims?country=NGA&lang=nl", 200), ("/claims/waiting", 200), ("/claims/waiting?done=nothing", 200), ("/claims?country=QQQ", 404),
    ("/claims?country=../XAA", 404), ("/claims?country=NLD", 404), ("/claims?country=XAA&theme=T99", 404), ("/claims?country=XAA&claim=not_there", 404),
    ("/claims?country=XAA&theme=T05&do=destroy", 404), ("/claims?country=XAA&do=add", 404), ("/claims?country=XAA&theme=T05&do=renew", 404), ("/claims/", 404),
    ("/claims/waiting/x", 404), ("/claims?country=XAA&claim=<script>alert(1)</script>", 404),
])
def test_addresses_lead_to_a_page_or_to_nothing(noor: httpx.Client, path: str, status: int) -> None:
    """With the strict headers, for whoever is signed in; without a word of the program."""
    answer = noor.get(path)

    assert answer.status_code == status
    has_strict_headers(dict(answer.headers), path)
    assert "Traceback" not in answer.text and "<script>alert" not in answer.text


@pytest.mark.parametrize(("method", "path"), [("GET", "/claims"), ("GET", "/claims?country=XAA"), ("GET", "/claims/waiting"), ("POST", "/claims"), ("POST", "/claims/waiting")])
def test_who_is_not_signed_in_sees_nothing(server: Running, method: str, path: str) -> None:
    answer = httpx.request(method, server.url + path)

    assert answer.status_code in (302, 403)
    assert "Exampleland" not in answer.text
    has_strict_headers(dict(answer.headers), path)


@pytest.mark.parametrize("origin", ["https://safe.example.evil", "null", ""])
def test_no_other_site_can_propose_or_confirm(server: Running, noor: httpx.Client, folder: Path, origin: str) -> None:
    """Without the token of our own page nothing is kept and nothing is written."""
    before = (folder / "XAA" / "profile.yaml").read_bytes()
    for path, data in (("/claims", {"do": "withdraw", "country": "XAA", "claim": CLAIM, "theme": "T09", "differs": "x", "step": "propose"}),
                       ("/claims/waiting", {"id": "C222-2222", "act": "confirm", "looked": "yes"})):
        answer = noor.post(path, data=data, headers={"Origin": origin, "Sec-Fetch-Site": "cross-site"} if origin else {})
        assert answer.status_code in ((403, 404) if origin else (403,))
    assert (folder / "XAA" / "profile.yaml").read_bytes() == before
    with server.desk() as desk:
        assert not [one for one in desk.open_store().proposals() if one.change.differs == "x"]


def test_hostile_text_comes_back_as_text(noor: httpx.Client) -> None:
    """In a refused form, in a preview, and in the list of what waits."""
    data = {**form_of(noor, "/claims?country=XAA&theme=T15&do=add&lang=en"), "says": HOSTILE, "who": HOSTILE, "where": HOSTILE, "level": "weak", "as_of": "2026-11-01",
            "review_by": "2027-01-01", "keep": "justice_ministry_2026", "differs": HOSTILE, "signed": HOSTILE}
    refused = noor.post("/claims", data={**data, "as_of": HOSTILE, "step": "preview"})
    shown = noor.post("/claims", data={**data, "step": "preview"})
    proposed = noor.post("/claims", data={**data, "step": "propose"})
    waiting = noor.get("/claims/waiting").text

    assert (refused.status_code, shown.status_code, proposed.status_code) == (422, 200, 302)
    for text in (refused.text, shown.text, waiting):
        assert "<script>document" not in text and "&lt;script&gt;document" in text
    id = parse_qs(urlsplit(proposed.headers["location"]).query)["done"][0]
    assert noor.post("/claims/waiting", data={**form_of(noor, "/claims/waiting"), "id": id, "act": "withdraw"}).status_code == 302


def test_a_megabyte_is_refused_in_words_and_kept_in_the_form(noor: httpx.Client) -> None:
    """What is too long is told beside its field; what no form can hold is not read."""
    data = {**form_of(noor, "/claims?country=XAA&theme=T15&do=add&lang=en"), "says": "word " * 200_000, "step": "preview"}
    answer = noor.post("/claims", data=data)

    assert answer.status_code == 422 and "has 999999 signs; at most 500 fit" in answer.text
    assert answer.text.count("word word word") > 100
    with contextlib.suppress(httpx.TransportError):  # the server says no before it has read all, and the rest may meet a closed door
        assert noor.post("/claims", data={**data, "says": "x" * 5_000_000}).status_code in (400, 413)


def test_a_second_person_is_wanted_whatever_is_sent(server: Running, noor: httpx.Client, folder: Path) -> None:
    """A request that the page does not offer is refused: confirming one's own, deciding twice, an unknown act or number."""
    data = {**form_of(noor, "/claims?country=XAA&claim=wage_and_rent&do=withdraw"), "differs": "Told twice.", "signed": "noor", "step": "propose"}
    id = parse_qs(urlsplit(noor.post("/claims", data=data).headers["location"]).query)["done"][0]
    token = {"_xsrf": noor.cookies["_xsrf"], "looked": "yes", "reason": "x"}
    before = (folder / "XAA" / "profile.yaml").read_bytes()

    for act, status in (("confirm", 403), ("reject", 403), ("destroy", 404), ("", 404)):
        assert noor.post("/claims/waiting", data={**token, "id": id, "act": act}).status_code == status
    assert noor.post("/claims/waiting", data={**token, "id": "C000-0000", "act": "confirm"}).status_code == 302
    with signed_in(server, "Noor ") as same, signed_in(server, "samira") as other:
        assert same.post("/claims/waiting", data={**token, "_xsrf": same.cookies["_xsrf"], "id": id, "act": "confirm"}).status_code == 403
        assert other.post("/claims/waiting", data={**token, "_xsrf": other.cookies["_xsrf"], "id": id, "act": "withdraw"}).status_code == 403
        assert (folder / "XAA" / "profile.yaml").read_bytes() == before
        assert other.post("/claims/waiting", data={**token, "_xsrf": other.cookies["_xsrf"], "id": id, "act": "reject"}).status_code == 302
    assert (folder / "XAA" / "profile.yaml").read_bytes() == before
