"""At a shared computer: blank before anything else, nothing left behind, nothing to be read over a shoulder (SEC-30 to SEC-37)."""

from __future__ import annotations

import base64
import re
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from conftest import chromium
from playwright.sync_api import Browser, expect

from browser.conftest import DESK, FLAGS, SMALL
from browser.running import PHRASE, Running
from browser.test_accessibility import SMALL as TOO_SMALL
from browser.test_accessibility import TOO_WIDE, has_no_violations
from browser.test_leaving import BLANK_WITHIN, KERNEL_ENDS_WITHIN, SET, in_sight, neutral, shows_nothing
from browser.test_resilience import silence
from browser.visitor import PATIENT, Visitor
from browser.wire import signed_in
from safe_lib import casework
from safe_lib.casework import Said
from safe_lib.catalogue import load_texts

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
CANARIES = {
    "person": "quillbertvane", "alias": "Blackthorn-Zv", "note": "Zorvath told the neighbour", "words": "my cousin Ismarin waits", "search": "Ophrysia", "place": "Vornholt-on-Sea",
    "wish": "not the uncle of Tamsel", "owner": "Dr. Wrenfield", "day": "2027-03-19", "passphrase": PHRASE, "reason": "because Lorquin said so",
    "shown": "Pellucidar",
}  # fmt: skip
SHOWN = 48  # notes that are on the pages, each with a word that begins so; sixty words with those above


@pytest.fixture
def desk(visit: Visit) -> Visitor:
    """Somebody who has just signed in on a shared computer."""
    one = visit(signed_in=False)
    arrive(one)
    return one


def arrive(one: Visitor, user: str = "noor") -> None:
    """Sign in with the tick, and go on from what leaving can and cannot do."""
    one.page.goto(f"{one.server.url}/login")
    one.page.check("#shared")
    one.page.fill("#user", user)
    one.page.fill("#pass", PHRASE)
    one.page.click("form.card button[type=submit]")
    one.page.wait_for_url("**/help?*")
    one.page.click("main a.btn")
    one.page.wait_for_selector("#cases")


def start(desk: Visitor, ref: str) -> None:
    """Open a case from the start page."""
    desk.page.goto(f"{desk.server.url}/")
    desk.page.click(f'a.ref:has-text("{ref}")')
    desk.wait_until_live()


# Leaving

WATCH = """() => {
  const blank = () => document.documentElement.getClientRects().length === 0 || document.body.childElementCount === 0;
  let painted = 0; // pictures since the last press
  for (const kind of ["click", "keydown"]) addEventListener(kind, () => { painted = 0; }, true);
  (function look() { blank() ? globalThis.told("blank", true, painted) : (painted += 1, requestAnimationFrame(look)); })();
  for (const [object, name] of [[globalThis, "fetch"], [navigator, "sendBeacon"], [WebSocket.prototype, "send"]]) {
    const usual = object[name];
    object[name] = function (...given) { globalThis.told(name, blank(), painted); return usual.apply(this, given); };
  }
}"""


@pytest.mark.parametrize("trouble", ["none", "kernel dead", "server silent", "server stopped", "offline"])
@pytest.mark.parametrize("way", ["click", "keys"])
def test_sec_31_blank_comes_before_any_network(server: Running, desk: Visitor, trouble: str, way: str) -> None:
    """Out of sight within 100 ms, and only then the first request; whatever has happened to kernel, server or line. The address and the title are neutral at once."""
    ref = server.new_case("Aspen")
    start(desk, ref)
    told: list[tuple[str, bool, int]] = []
    desk.page.expose_function("told", lambda *said: told.append(said))
    {"kernel dead": server.kill_kernels, "server stopped": server.stop, "offline": lambda: desk.context.set_offline(True)}.get(trouble, lambda: None)()
    if trouble == "server silent":
        with silence(server):
            go(desk, way)
    else:
        go(desk, way)
    desk.page.wait_for_timeout(300)
    if trouble == "server stopped":
        server.start()
    desk.context.set_offline(False)
    neutral(desk.page)

    painted = next(count for what, _, count in told if what == "blank")
    assert painted < BLANK_WITHIN
    assert [what for what, was_blank, _ in told if not was_blank] == []
    assert len(told) > 1  # something was asked of the network, afterwards


def go(desk: Visitor, way: str) -> None:
    desk.page.evaluate(WATCH)
    if way == "click":
        desk.page.evaluate("document.querySelector('[data-action=leave]').click()")
    else:
        for _ in range(3):
            desk.page.keyboard.press("Shift")
    expect(desk.page).to_have_url(f"{desk.server.url}/left")

    assert desk.page.title() in ("Workbook", "New page", "", f"Loading {desk.server.url}/left")  # the last two are the browser's own, while it loads
    assert len(desk.page.inner_text("body").split()) in (0, 7)  # blank, or the neutral page already


def test_sec_32_a_tab_that_is_opened_again_shows_nothing(server: Running, desk: Visitor) -> None:
    """Back, Forward, loading again, and the address of the closed tab in a new one: sign-in or the neutral page."""
    ref = server.new_case("Aspen")
    start(desk, ref)
    address = desk.page.url
    desk.page.click('[data-action="leave"]')
    neutral(desk.page)
    for step in (desk.page.go_back, desk.page.go_back, desk.page.go_forward, desk.page.reload):
        step(wait_until="domcontentloaded")
        shows_nothing(desk.page, ref)
    desk.page.close()
    again = desk.context.new_page()
    again.goto(address)

    assert urlsplit(again.url).path == "/login"
    shows_nothing(again, ref)


def test_sec_33_the_lock_loses_no_answer(server: Running, desk: Visitor) -> None:
    """Words under way are saved before it locks; while the server is silent the page is blank and waits, and saves them when it can."""
    ref = server.new_case("Aspen")
    desk.page.clock.install()
    start(desk, ref)
    desk.page.wait_for_load_state()
    desk.page.clock.fast_forward("04:30")
    dialog = desk.page.locator('dialog[data-part="idle"]')
    expect(dialog).to_be_visible()
    desk.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    desk.unfold("DR01")
    desk.page.locator('[data-item="DR01"] details.q-note summary').click()
    with silence(server):
        desk.page.locator('textarea[name="DR01-note"]').press_sequentially("half a wor")
        desk.page.clock.fast_forward("05:10")
        expect(desk.page.locator("fieldset")).to_have_count(0)
        assert desk.page.inner_text("body").strip() == ""
    desk.page.clock.resume()
    desk.page.wait_for_url("**/login*", timeout=PATIENT)

    assert server.saved(ref, SET)["DR01"].note == "half a wor"
    assert server.await_no_kernel(within=5)


def test_sec_33_leaving_ends_the_kernel_and_keeps_what_was_saved(server: Running, desk: Visitor) -> None:
    """Within two seconds, also from the start page of the second tab."""
    ref = server.new_case("Aspen")
    start(desk, ref)
    desk.answer("DR05", "present")
    desk.wait_until_saved()
    other = desk.another_tab()
    other.page.goto(f"{server.url}/")
    other.page.click('[data-action="leave"]')
    began = time.monotonic()

    assert server.await_no_kernel(within=KERNEL_ENDS_WITHIN), f"{time.monotonic() - began:.1f} s"
    neutral(desk.page)
    assert server.saved(ref, SET)["DR05"].answer.code == "present"


def test_sec_30_leave_is_first_and_in_sight_at_four_hundred_per_cent(server: Running, visit: Visit) -> None:
    """Every page of a shared computer, at 320 pixels and four times as large: the first Tab stop, on top of everything, at the top and at the end."""
    desk = visit(signed_in=False, viewport=SMALL, device_scale_factor=4)
    desk.page.goto(f"{server.url}/help")
    in_sight(desk.page, "before signing in")
    arrive(desk)
    ref = server.new_case("Aspen")
    for address in ("/", "/help?next=%2F", f"/identification?case={ref}", f"/safe_return?case={ref}", "/country_information", "/nothing-here"):
        desk.page.goto(server.url + address, wait_until="domcontentloaded")
        desk.page.keyboard.press("Tab")

        assert desk.page.evaluate("document.activeElement.dataset.action") == "leave", address
        in_sight(desk.page, address)
        desk.page.evaluate("scrollTo(0, document.body.scrollHeight)")
        in_sight(desk.page, f"{address}, at its end")
        assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


# Nothing left behind


@pytest.fixture(scope="module")
def left(server: Running, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """The profile of a browser in which somebody worked on a shared computer with words that stand nowhere else, left, and closed it; and those words."""
    profile = tmp_path_factory.mktemp("profile")
    context = browser.browser_type.launch_persistent_context(str(profile), executable_path=chromium(), args=list(FLAGS), viewport=DESK)  # type: ignore[arg-type]
    one = Visitor(server, context.new_page())
    arrive(one, CANARIES["person"])
    ref = a_day_of_work(one)
    one.page.click('[data-action="leave"]')
    neutral(one.page)
    one.page.wait_for_timeout(500)
    context.close()
    yield profile, {**CANARIES, "reference": ref}


def a_day_of_work(one: Visitor) -> str:
    """Everything that takes words: a new case, notes, words, search, futures, a plan, another language, a printed report, countries, a lock."""
    page = one.page
    page.fill("#alias", CANARIES["alias"])
    page.click("form.new-case button")
    one.wait_until_live()
    ref = page.get_attribute("form[data-form]", "data-case") or ""
    write_elsewhere(one, ref)
    one.pass_gate()
    one.write_note("DR01", CANARIES["note"])
    one.write("WORDS", CANARIES["words"])
    one.write("NEXT-CONTACT", CANARIES["day"])
    one.unfold("DR02")
    one.question("DR02").locator('[data-action="not-applicable"]').click()
    one.question("DR02").locator('input[name="DR02-reason"]').fill(CANARIES["reason"])
    one.wait_until_saved()
    page.fill("[data-search]", CANARIES["search"])
    page.fill("[data-search]", "")
    page.evaluate("() => { globalThis.print = () => dispatchEvent(new Event('afterprint')); }")
    page.click('button[data-report][data-profile="own_file"]')
    expect(page.locator("[data-report-status]").first).to_have_text(load_texts("en")("form.printed"), timeout=PATIENT)
    page.click('.tabs a:has-text("Return safety")')
    one.wait_until_live()
    row = page.locator('form[data-paper="futures"] [data-row]').first
    page.click('form[data-paper="futures"] [data-action="add-row"]')
    row.locator('[data-field="kind"]').select_option("home_region")
    row.locator('[data-field="country"]').select_option("XAA")
    row.locator('[data-field="subdivision"]').fill(CANARIES["place"])
    row.locator('[data-field="words"]').fill(CANARIES["wish"])
    one.wait_until_saved()
    one.press('[data-lang="nl"]')
    page.wait_for_selector('html[lang="nl"]', state="attached")
    one.wait_until_live()
    page.reload(wait_until="commit")
    one.wait_until_live()
    page.go_back(wait_until="commit")
    one.wait_until_live()
    page.goto(f"{one.server.url}/")
    page.click('a:has-text("Country information")')
    page.wait_for_selector("h1")
    page.fill('form.tools input[name="name"]', "Exampleland")  # the browser puts this address together by itself
    page.keyboard.press("Enter")
    page.wait_for_selector("h2:has-text('Exampleland'), h1:has-text('Exampleland'), h3:has-text('Exampleland')")
    page.goto(f"{one.server.url}/")
    page.click(f'a.ref:has-text("{ref}")')
    one.wait_until_live()
    assert page.content().count(CANARIES["shown"]) >= SHOWN
    return ref


def write_elsewhere(one: Visitor, ref: str) -> None:
    """Notes of a colleague, which every page of the case shows from the next one on."""
    with one.server.desk() as desk:
        form = casework.instrument_for(desk, "ilo_adult_labour")
        for number, item in enumerate([item.id for item in form.items if item.id not in ("DR01", "DR02")][:SHOWN]):
            casework.record(desk, ref, form, Said(item, "unknown", (), f"{CANARIES['shown']}{number:02}", seen=None))


def hidden_in(raw: bytes, word: str) -> bool:
    """As it is, in UTF-16, in base64, in capitals, in an address."""
    text = word.encode()
    ways = [text, text.lower(), word.encode("utf-16-le"), word.replace(" ", "+").encode(), word.replace(" ", "%20").encode()]
    ways += [base64.b64encode(b"x" * shift + text)[4 if shift else 0 : -4].rstrip(b"=") for shift in range(3)]
    lower = raw.lower()
    return any(way in raw or way.lower() in lower for way in ways if len(way) > 5)


def inside(file: Path) -> Iterator[bytes]:
    """The bytes of a file, and of whatever in it is packed."""
    raw = file.read_bytes()
    yield raw
    for mark, window in ((b"\x1f\x8b\x08", 31), (b"\x78\x9c", 15), (b"\x78\x01", 15), (b"\x78\xda", 15)):
        for found in re.finditer(re.escape(mark), raw):
            try:
                yield zlib.decompressobj(window).decompress(raw[found.start() : found.start() + 2_000_000])
            except zlib.error:
                continue


def test_sec_34_nothing_is_left_in_the_profile_of_the_browser(left: tuple[Path, Mapping[str, str]]) -> None:
    """No name, note, word, place, day, reference or passphrase in any file: history, cache, open tabs, forms, passwords, lists of its own."""
    profile, canaries = left
    files = [path for path in profile.rglob("*") if path.is_file()]
    found = [f"{what} in {path.relative_to(profile)}" for path in files for raw in inside(path) for what, word in canaries.items() if hidden_in(raw, word)]

    assert len(files) > 50
    assert (profile / "Default" / "History").stat().st_size > 10_000
    assert found == []
    assert hidden_in(b"..." + base64.b64encode(b"ab" + CANARIES["note"].encode()) + b"...", CANARIES["note"])  # the search finds what it should


def test_sec_34_addresses_and_titles_in_the_history_say_nothing(server: Running, left: tuple[Path, Mapping[str, str]], visit: Visit) -> None:
    """Only that the suite was here; and each of these addresses now leads to sign-in or to the neutral page."""
    profile, canaries = left
    with sqlite3.connect(f"file:{profile / 'Default' / 'History'}?immutable=1", uri=True) as history:
        visited = history.execute("select url, title from urls").fetchall()
        downloads = history.execute("select count(*) from downloads").fetchone()[0]
    paths = {urlsplit(url).path for url, _ in visited if url.startswith(server.url)}

    assert downloads == 0
    assert paths <= {"/", "/login", "/help", "/w", "/left", "/logout"}
    assert "/w" in paths
    assert {title for _, title in visited} <= {"", "Workbook", "Werkboek", "New page"}
    stranger = visit(signed_in=False)
    for url, _ in visited:
        stranger.page.goto(url, wait_until="domcontentloaded")
        assert urlsplit(stranger.page.url).path in ("/login", "/help", "/left"), url
        shows_nothing(stranger.page, canaries["reference"])


def test_sec_34_nothing_is_kept_by_scripts(desk: Visitor, server: Running) -> None:
    """No storage of any kind, no worker; cookies without a date, and none that says more than a choice."""
    ref = server.new_case("Aspen")
    start(desk, ref)
    kept = desk.page.evaluate("""async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length,
      (await navigator.serviceWorker.getRegistrations()).length, history.state]""")
    cookies = {cookie["name"]: cookie for cookie in desk.context.cookies()}

    assert kept == [0, 0, 0, 0, 0, None]
    assert {name: cookie["value"] for name, cookie in cookies.items() if name not in ("session", "_xsrf")} == {"lang": "en", "mask": "true", "shared": "true", "told": "true"}
    assert all(cookie["expires"] == -1 for cookie in cookies.values())
    fields = desk.page.locator("input:not([type=radio], [type=checkbox], [type=hidden]), textarea")
    assert fields.evaluate_all("all => all.filter((one) => (one.autocomplete || one.form?.autocomplete) !== 'off').length") == 0
    assert desk.page.evaluate("[document.documentElement.translate, document.body.spellcheck]") == [False, False]  # neither is sent away to be read


def test_sec_34_a_covered_address_is_for_whoever_may_see_the_page(server: Running) -> None:
    """Without signing in it leads to sign-in; an address that was changed, or is of another server, to the start page. It cannot lead out of the suite."""
    with signed_in(server) as client:
        client.cookies.set("shared", "true")
        covered = {word: client.post("/cover", data={"address": word, "_xsrf": client.cookies["_xsrf"]}).text
                   for word in ("/identification?case=K7M-2042", "/country_information?country=XAA#map", "//example.org/x", "https://example.org/", "/\\example.org", "x")}
        assert all("K7M" not in address and "XAA" not in address for address in covered.values())
        assert covered["/country_information?country=XAA#map"].endswith("#map")
        assert {covered[word] for word in ("//example.org/x", "https://example.org/", "/\\example.org", "x")} == {"/"}
        page = client.get(covered["/country_information?country=XAA#map"])
        assert (page.status_code, "Exampleland" in page.text) == (200, True)
        for broken in (covered["/identification?case=K7M-2042"][:-3] + "AAA", "/w?w=", "/w?w=abc", "/w?w=" + "A" * 9_000, "/w", "/w?w=%00%ff"):
            answer = client.get(broken)
            assert answer.status_code == 200
            assert 'id="cases"' in answer.text, broken
    answer = httpx.get(server.url + covered["/identification?case=K7M-2042"])
    assert answer.headers["location"].startswith("/login?next=%2Fw%3Fw%3D")


def test_sec_34_at_ones_own_computer_addresses_are_as_they_were(server: Running, visit: Visit) -> None:
    """They can be kept as bookmarks, and the contract holds."""
    desk = visit()
    ref = server.new_case("Aspen")
    desk.page.goto(f"{server.url}/?lang=en")

    assert desk.page.get_attribute(f'a.ref:has-text("{ref}")', "href") == f"/identification?case={ref}&lang=en"
    assert desk.page.locator("html[data-shared]").count() == 0


# Files


def test_sec_35_a_file_comes_only_when_it_is_asked_for_and_is_told_to_be_unprotected(server: Running, visit: Visit) -> None:
    """At one's own computer: the warning stands at the buttons, a whole visit saves nothing, and one press saves one file."""
    desk = visit(accept_downloads=True)
    saved: list[str] = []
    desk.page.on("download", lambda download: saved.append(download.suggested_filename))
    ref = server.new_case("Aspen")
    for name in ("identification", "safe_return"):
        desk.open(name, ref)
    assert "not encrypted" in desk.says("#view-reports")
    assert saved == []
    with desk.page.expect_download(timeout=PATIENT) as waited:
        desk.page.click('button[data-report][data-profile="own_file"]')

    assert len(saved) == 1
    assert ref not in waited.value.suggested_filename


def test_sec_35_a_shared_computer_prints_and_saves_nothing(server: Running, desk: Visitor) -> None:
    """No way to a file is on the page; the report stands in the page while it is printed, in its own style and alone on the paper, and the register says that it was printed."""
    ref = server.new_case("Aspen", {SET: {"DR01": "present"}})
    saved: list[str] = []
    desk.page.on("download", lambda download: saved.append(download.suggested_filename))
    start(desk, ref)
    desk.page.evaluate("() => { globalThis.print = () => { document.documentElement.dataset.test = 'printed'; }; }")
    assert desk.page.locator("button[data-report]:not([data-print])").count() == 0
    desk.page.click('button[data-report][data-profile="lawyer"]')
    desk.page.wait_for_selector('html[data-test="printed"]', state="attached", timeout=PATIENT)
    on_paper = desk.page.locator(".print-sheet")

    assert not on_paper.is_visible()
    desk.page.emulate_media(media="print")
    assert on_paper.is_visible()
    assert ref in on_paper.inner_text()
    assert not desk.page.locator("header.bar").is_visible()
    assert not desk.page.locator("#questions").is_visible()
    assert on_paper.locator("h1").evaluate("one => getComputedStyle(one).fontSize") != "16px"
    desk.page.emulate_media(media="screen")
    desk.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert on_paper.count() == 0
    assert desk.page.locator("header.bar").is_visible()
    assert saved == []
    with server.desk() as other:
        assert [line.purpose for line in other.open_store().disclosures(ref)] == ["print by noor"]


# What leaving cannot do


def test_sec_36_people_are_told_before_they_begin_and_wherever_they_are(server: Running, visit: Visit) -> None:
    """On a shared computer first of all after signing in; from the foot of every page; before signing in too. It names what no page can do."""
    desk = visit(signed_in=False)
    desk.page.goto(f"{server.url}/login")
    desk.page.click("footer a")
    texts = load_texts("en")
    for key in ("addresses", "network", "programs", "files", "account", "people"):
        assert texts(f"leaving.cannot.{key}") in desk.page.inner_text("main")
    assert desk.page.locator('[data-action="leave"]').is_visible()
    desk.page.click("main a.btn")
    assert urlsplit(desk.page.url).path == "/login"
    desk.page.goto(f"{server.url}/login?next=%2Fcountry_information%3Flang%3Den")
    desk.page.check("#shared")
    desk.page.fill("#user", "noor")
    desk.page.fill("#pass", PHRASE)
    desk.page.click("form.card button[type=submit]")

    assert urlsplit(desk.page.url).path == "/help"
    assert "country" not in desk.page.url
    assert texts("leaving.shared.addresses") in desk.page.inner_text("main")
    desk.page.click("main a.btn")
    desk.page.wait_for_selector("#view-choose_country, #map, h1")
    assert (urlsplit(desk.page.url).path, "country" in desk.page.url) == ("/w", False)
    for name in ("/", "/country_information", "/nothing-here"):
        desk.page.goto(server.url + name)
        assert desk.page.locator("footer a", has_text=texts("leaving.link")).count() == 1


@pytest.mark.parametrize("language", ["en", "nl"])
def test_what_a_shared_computer_shows_is_for_everybody(server: Running, visit: Visit, language: str) -> None:
    """axe finds nothing in the page on leaving, in masked pages and in printing instead of saving; nothing is wider than a small window, nothing too small to press."""
    ref = server.new_case("Aspen", {SET: {"DR01": "present"}})
    with_words(server, ref, FIRST)
    desk = visit(signed_in=False, bypass_csp=True, viewport={"width": 390, "height": 844})
    for inside in (False, True):
        if inside:
            arrive(desk)
        desk.page.goto(f"{server.url}/help?lang={language}")
        has_no_violations(desk.page, f"help {inside} {language}")
        assert desk.page.evaluate(TOO_WIDE) == ""
        assert desk.page.evaluate(TOO_SMALL) == []
    for name in ("identification", "safe_return"):
        desk.open(name, ref, {"lang": language})
        desk.unfold_all()
        has_no_violations(desk.page, f"masked {name} {language}")
        assert desk.page.evaluate(TOO_WIDE) == ""
        assert desk.page.evaluate(TOO_SMALL) == []


# Masking


def with_words(server: Running, ref: str, words: tuple[str, str, str, str]) -> None:
    """The same case with another note, other words, another place, another day."""
    note, said, place, day = words
    with server.desk() as desk:
        for id, item, code, text in ((SET, "DR01", "present", note), ("first_level", "WORDS", "written", said), ("first_level", "NEXT-CONTACT", "written", day),
                                     ("safe_return_record", "OWN_WORDS", "written", said)):  # fmt: skip
            casework.record(desk, ref, casework.instrument_for(desk, id), Said(item, code, (), text, seen=None))
        casework.save_paper(desk, ref, casework.FUTURES, {"futures": [{"kind": "home_region", "order": 1, "country": "XAA", "subdivision": place, "words": said}]})
        casework.save_paper(desk, ref, casework.PLAN, {"rows": [{"about": "SAF", "measure": said, "owner": note, "deadline": day, "status": "planned"}]})


FIRST = ("Zorvath", "My cousin Ismarin waits.", "Vornholt", "2027-03-19")
SECOND = ("A much longer note about Quillbert Vane and his telephone.", "No.", "Port Sellen-on-the-Water", "2026-12-24")


PLACES = (".caseline", '[data-item="DR01"]', '[data-item="WORDS"]', '[data-item="NEXT-CONTACT"]', '[data-item="OWN_WORDS"]', "nav.choices", "details.coi", "#result",
          "#view-own_words", "#view-scenarios", "#view-plan", "#view-country")  # fmt: skip


def pictures(desk: Visitor, name: str, ref: str, *, masked: bool) -> dict[str, bytes]:
    """What somebody behind the chair sees of every part of the page that holds words of the person, by part."""
    desk.context.add_cookies([{"name": "mask", "value": str(masked).lower(), "url": desk.server.url}])
    desk.open(name, ref)
    for place in PLACES[1:5]:
        for part in desk.page.locator(f"{place} details.q-note summary").all():
            desk.unfold(place[12:-2])
            part.click()
    desk.page.evaluate("document.querySelectorAll('details:has(form[data-paper]), details:has(nav.choices), details.group').forEach((one) => { one.open = true; })")
    desk.page.evaluate("document.activeElement.blur()")
    desk.page.mouse.move(2, 2)
    found = {place: desk.page.locator(place).first for place in PLACES if desk.page.locator(place).count()}
    return {place: part.screenshot(animations="disabled") for place, part in found.items() if part.is_visible()}


@pytest.mark.parametrize("name", ["identification", "safe_return"])
def test_sec_37_nothing_masked_is_painted(server: Running, visit: Visit, name: str) -> None:
    """The picture of a masked page is the same to the pixel, whatever the notes, words, places and days are; unmasked it is not. Nor can it be read as text."""
    desk = visit(viewport={"width": 1280, "height": 900})
    ref = server.new_case("Blackthorn")
    seen: dict[bool, list[dict[str, bytes]]] = {True: [], False: []}
    for words in (FIRST, SECOND):
        with_words(server, ref, words)
        for masked in (False, True):
            seen[masked].append(pictures(desk, name, ref, masked=masked))
        desk.page.evaluate("document.querySelectorAll('select').forEach((one) => one.remove())")  # their words are painted in no colour
        shown = desk.page.inner_text("body")
        assert not [word for word in (*words, "Blackthorn", "Exampleland") if word in shown]

    one, other = seen[True]
    assert [place for place in one if one[place] != other.get(place)] == []
    one, other = seen[False]
    assert len([place for place in one if one[place] != other.get(place)]) >= 3


def test_sec_37_a_press_shows_what_is_masked_and_hides_it_again(server: Running, desk: Visitor) -> None:
    """A name for five seconds, a part of the page for as long as somebody is at it, a field while it has the focus; with the keyboard as well."""
    ref = server.new_case("Blackthorn")
    with_words(server, ref, FIRST)
    desk.page.clock.install()
    desk.page.goto(f"{server.url}/")
    name = desk.page.locator("button.mask", has_text="•••••").first
    name.click()
    expect(desk.page.locator("button.mask", has_text="Blackthorn")).to_be_visible()
    desk.page.clock.fast_forward("00:06")
    expect(desk.page.locator("button.mask", has_text="Blackthorn")).to_have_count(0)
    start(desk, ref)
    part = desk.page.locator('[data-region="own_words"]')
    expect(part).to_have_attribute("role", "button")
    assert FIRST[1] not in part.inner_text()
    part.focus()
    desk.page.keyboard.press("Enter")
    assert FIRST[1] in part.inner_text()
    desk.page.mouse.move(2, 2)
    desk.page.evaluate("document.activeElement.blur()")
    desk.page.clock.fast_forward("00:11")
    expect(part).to_have_attribute("role", "button")
    assert FIRST[1] not in part.inner_text()
    desk.page.clock.resume()
    desk.answer("DR03", "present")
    desk.wait_until_saved()
    assert FIRST[1] not in part.inner_text()  # a view that comes from the kernel is masked too
    desk.unfold("WORDS")
    field = desk.page.locator('textarea[name="WORDS"]')
    colour = "one => getComputedStyle(one).webkitTextFillColor"
    assert field.evaluate(colour) == "rgba(0, 0, 0, 0)"
    field.focus()
    assert field.evaluate(colour) != "rgba(0, 0, 0, 0)"


def test_sec_37_masking_can_be_switched_at_any_time(server: Running, visit: Visit) -> None:
    """The button of the bar; taking the mask away loads the page again where words were left out, with everything saved."""
    desk = visit()
    ref = server.new_case("Blackthorn")
    with_words(server, ref, FIRST)
    desk.open("identification", ref)
    part = desk.page.locator('[data-region="own_words"]')
    assert FIRST[1] in part.inner_text()
    desk.page.click('[data-action="mask"]')
    assert FIRST[1] not in part.inner_text()
    assert "Blackthorn" not in desk.page.inner_text("body")
    desk.page.click('[data-action="mask"]')
    assert FIRST[1] in part.inner_text()
    expect(desk.page.locator(".caseline")).to_contain_text("Blackthorn")


