"""A person who reads about a country: choosing, reading, comparing, searching, printing; by mouse, by keyboard, on a phone."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from browser import running
from browser.conftest import DESK, PHONE
from browser.running import Running
from browser.visitor import Visitor, text_of_pdf
from browser.wire import signed_in
from safe_lib import casework
from safe_lib.catalogue.countries import list_datasets, load_country

pytestmark = pytest.mark.browser

NAME = "country_information"
RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Of what stands there many times alike, axe looks at the first few: claims, figures, rows, countries of the list and of the map.
ALIKE = ".theme:nth-of-type(n+8), .claim:nth-of-type(n+4), .spark:nth-of-type(n+3), tbody > tr:nth-child(n+4), .names > li:nth-child(n+6), .atlas > a:nth-child(n+25), ul.sources > li:nth-child(n+4), option:nth-child(n+4)"
TAKE_AWAY = """alike => { for (const one of document.querySelectorAll(alike)) one.remove();
  const sheet = document.createElement("style"); sheet.textContent = ".bar, .theme-rail { position: static !important }"; document.head.append(sheet); }"""
LOOKS = {"en": ("light", DESK), "nl": ("dark", PHONE)}  # each language, theme and width
Visit = Callable[..., Visitor]


def go(desk: Visitor, query: str = "", anchor: str = "") -> Page:
    desk.page.goto(f"{desk.server.url}/{NAME}?{query}{'#' + anchor if anchor else ''}")
    return desk.page


# The way through


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_from_the_start_page_to_the_profile(visit: Visit, server: Running, size: dict[str, int]) -> None:
    """Start page, a name, a theme, beside another country, a search, the profile as PDF; nothing scrolls sideways, nothing is asked elsewhere."""
    desk = visit(viewport=size, accept_downloads=True)
    asked: list[str] = []
    desk.context.on("request", lambda request: asked.append(request.url))
    page = desk.page
    page.goto(f"{server.url}/?lang=en")
    page.get_by_role("link", name="Country information").click()
    expect(page.locator("h1")).to_have_text("Country information")
    page.fill("#name", "albanie")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("h1")).to_have_text("Albania ALB")
    page.locator('.theme-rail a[href="#T05"]').click()
    expect(page.locator("#T05 h3")).to_be_in_viewport()
    assert page.locator("#T05 article.claim[data-status]").count() >= 5
    page.select_option("#with-2", label="Nigeria")
    page.get_by_role("button", name="Show beside each other").click()
    expect(page.locator("tr[data-theme]")).to_have_count(20)
    assert parse_qs(urlsplit(page.url).query)["with"] == ["NGA"]
    is_no_wider(page)
    page.fill("#q", "shélter")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("[data-found]")).to_be_visible()
    found = int(page.locator("[data-found]").get_attribute("data-found") or 0)
    assert found > 3
    assert page.locator("#search article.claim").count() == min(found, 40)
    assert page.locator("#search mark").first.inner_text().lower().startswith("shelter")
    is_no_wider(page)
    with page.expect_download(timeout=60_000) as coming:
        page.locator('[data-profile="pdf"]').click()
    made = PdfReader(coming.value.path())

    assert coming.value.suggested_filename == "country_profile_ALB.pdf"
    assert "Country profile: Albania" in made.pages[0].extract_text()
    assert {urlsplit(one).netloc for one in asked if not one.startswith(("data:", "blob:"))} == {f"127.0.0.1:{server.port}"}
    assert desk.problems == []


def is_no_wider(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url


def test_a_country_on_the_map_opens(visit: Visit) -> None:
    """A press on the map, on a point as well; other maps and themes are links and a form."""
    desk = visit()
    page = go(desk, "lang=en")
    press(page, "NGA")
    expect(page.locator("h1")).to_have_text("Nigeria NGA")
    page.locator('.around a[href*="country=NER"]').first.click()
    expect(page.locator("h1")).to_have_text("Niger NER")
    page = go(desk, "lang=en&map=europe")
    press(page, "MLT")
    expect(page.locator("h1")).to_have_text("Malta MLT")
    page = go(desk, "lang=en")
    page.get_by_role("link", name="Africa", exact=True).click()
    page.select_option("#map-theme", "T18")
    page.get_by_role("button", name="Show on the map").click()
    expect(page.locator("#map-legend")).to_contain_text("Security and conflict")
    assert parse_qs(urlsplit(page.url).query)["map"] == ["africa"]
    assert "fifth" in (page.locator('.atlas a[href*="country=NGA"] title').text_content() or "")


def press(page: Page, code: str) -> None:
    """In the middle of what is drawn last of a country: its point, or its outline."""
    shape = page.locator(f'.atlas a[href*="country={code}"] > :is(path, circle)').last
    shape.scroll_into_view_if_needed()
    shape.click()


@pytest.mark.parametrize("name", ["world", "europe", "caribbean", "oceania"])
def test_no_point_of_a_map_is_covered(visit: Visit, name: str) -> None:
    """At the middle of each point the browser finds the country whose point it is."""
    page = go(visit(), f"lang=en&map={name}")
    covered = page.evaluate("""() => { document.querySelector(".atlas").scrollIntoView({ block: "center" });
      return [...document.querySelectorAll(".atlas a > circle")].flatMap((point) => {
        const { left, top, width, height } = point.getBoundingClientRect();
        const found = document.elementFromPoint(left + width / 2, top + height / 2);
        return found?.closest("a") === point.parentElement ? [] : [point.parentElement.getAttribute("href")];
      }); }""")

    assert covered == []


# By keyboard, and for those who do not see it


def test_the_map_is_one_stop_and_has_arrows(visit: Visit) -> None:
    """Tab comes to the map once; arrows go to the neighbour in that direction; Enter opens; the way past it is a link."""
    desk = visit()
    page = go(desk, "lang=en")
    links = page.locator(".atlas a[href]")
    assert links.count() > 240
    assert page.locator('.atlas a[tabindex="0"]').count() == 1
    page.locator('.atlas a[href*="country=NGA"]').focus()
    for key, code in (("ArrowUp", "NER"), ("ArrowDown", "NGA"), ("ArrowRight", "CMR"), ("ArrowLeft", "NGA")):
        page.keyboard.press(key)
        assert f"country={code}" in page.evaluate("document.activeElement.getAttribute('href')"), key
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.atlas')") is None
    page.locator('.atlas a[href*="country=NGA"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Nigeria NGA")
    page = go(desk, "lang=en")
    page.get_by_role("link", name="Skip the map").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id || location.hash") in ("after-map", "#after-map")


def test_everything_works_without_a_script(visit: Visit) -> None:
    """Choosing by name and list, the map, a search and a comparison are links and forms."""
    page = go(visit(java_script_enabled=False), "lang=en")
    page.locator('.atlas a[href*="country=NGA"] path').click()
    expect(page.locator("h1")).to_have_text("Nigeria NGA")
    page.fill("#q", "oath")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#search mark").first).to_be_visible()
    page.locator("#search .about a").first.click()
    page.wait_for_url(re.compile("#claim-"))


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("query", ["", "theme=T05&map=europe", "country=XAA", "country=NGA&with=ALB&with=VNM", "country=ALB&q=shelter", "name=congo", "country=QQQ&date=2026-02-31"])
def test_axe_finds_nothing(visit: Visit, language: str, query: str) -> None:
    """Light and wide in English, dark and narrow in Dutch, everything unfolded."""
    desk = visit(bypass_csp=True)
    theme, size = LOOKS[language]
    desk.page.set_viewport_size(size)  # type: ignore[arg-type]
    page = go(desk, f"{query}&lang={language}")
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; document.querySelectorAll('details').forEach((one) => (one.open = true)); }", theme)
    page.evaluate(TAKE_AWAY, ALIKE)
    told = Axe().run(page, options=RULES).response["violations"]

    assert [f"{one['id']} {node['html'][:160]} {node['failureSummary'][:200]}" for one in told for node in one["nodes"][:3]] == []


@pytest.mark.parametrize("query", ["lang=en", "lang=nl&theme=T05&map=caribbean", "lang=en&country=NGA&with=ALB&with=VNM&with=UKR", "lang=nl&country=XAA&q=norrin"])
def test_nothing_scrolls_sideways(visit: Visit, query: str) -> None:
    """At 390 and 320 px, unfolded, in both directions of reading."""
    desk = visit(viewport=PHONE)
    page = go(desk, query)
    desk.unfold_all()
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        for direction in ("ltr", "rtl"):
            page.evaluate("direction => { document.documentElement.dir = direction; }", direction)
            is_no_wider(page)


def test_the_page_is_whole_for_those_who_do_not_see_it(visit: Visit) -> None:
    """One heading, landmarks, names told apart, no id twice, headings without a gap."""
    desk = visit()
    for query in ("lang=en", "lang=en&country=NGA&with=ALB&q=shelter"):
        page = go(desk, query)
        levels = [int(tag[1]) for tag in page.locator("main :is(h1, h2, h3, h4)").evaluate_all("all => all.map((one) => one.tagName)")]
        names = page.locator("nav").evaluate_all("all => all.map((one) => one.ariaLabel)")
        ids = page.locator("[id]").evaluate_all("all => all.map((one) => one.id)")

        assert page.locator("h1").count() == 1
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert all(names)
        assert len(set(names)) == len(names)
        assert sorted(ids) == sorted(set(ids))
        assert page.get_by_role("main").count() == page.get_by_role("banner").count() == page.get_by_role("contentinfo").count() == 1


# On paper, and what holds for every page


def test_the_printed_page_has_claims_figures_and_credits(visit: Visit) -> None:
    """What is folded is printed; the credit line of every dataset behind a figure is on the paper; controls are not."""
    desk = visit()
    page = go(desk, "lang=en&country=ALB")
    text = squeezed(text_of_pdf(page.pdf(prefer_css_page_size=True)))
    country = load_country("ALB")
    behind = {figure.source for figure in country.figures.values() if figure.value is not None}

    for dataset in list_datasets():
        if dataset.id in behind:
            assert squeezed(dataset.credit) in text, dataset.id
    assert all(squeezed(claim.says) in text for claim in country.claims)
    assert squeezed("made with Natural Earth") in text
    for control in ("Leave", "Mask names", "Show beside each other", "Albania as PDF", "The list of countries and the map"):
        assert squeezed(control) not in text


def squeezed(text: str) -> str:
    """Without what a line break or a joined letter changes."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "").replace("’", "'")


def test_languages_keep_the_country_and_what_was_asked(visit: Visit) -> None:
    """The same place in Dutch; claims say that they are in English."""
    desk = visit()
    page = go(desk, "lang=en&country=NGA&with=ALB&q=oath&date=2026-12-31")
    page.locator('[data-lang="nl"]').click()
    page.wait_for_selector('html[lang="nl"]')

    assert page.url.count("lang=") == 1
    assert parse_qs(urlsplit(page.url).query) == {"country": ["NGA"], "with": ["ALB"], "q": ["oath"], "date": ["2026-12-31"], "lang": ["nl"]}
    assert page.locator('.claim .says:not([lang="en"])').count() == page.locator('.claim[data-status="missing"] .says:not([lang])').count()
    assert "Getoond per 2026-12-31" in page.locator("main").inner_text()


def test_a_case_can_stand_beside_it(visit: Visit, server: Running) -> None:
    """With a case its line and its workbooks are there, its countries come first, and reading leaves a line; nothing else of it is shown."""
    ref = server.new_case("Hornbeam")
    with server.desk() as desk:
        casework.save_paper(desk, ref, casework.FUTURES, {"futures": [{"kind": "home_region", "order": 1, "country": "XAA", "subdivision": "", "words": "Not to my uncle."}]})
    page = go(visit(), f"lang=en&case={ref}")
    expect(page.locator(".caseline")).to_contain_text(ref)
    page.get_by_role("region", name="Choose").or_(page.locator("section.card", has_text="Countries of this case")).get_by_role("link", name="Exampleland").click()

    expect(page.locator("h1")).to_have_text("Exampleland XAA")
    assert parse_qs(urlsplit(page.url).query)["case"] == [ref]
    assert "uncle" not in page.content()


def test_no_kernel_is_started_for_reading(visit: Visit, server: Running) -> None:
    """The page lives as it is: whole in its first bytes, live without a kernel, and left as every page."""
    desk = visit()
    page = go(desk, "lang=en&country=XAA")
    desk.wait_until_live()

    assert server.kernels() == []
    page.click('[data-action="leave"]')
    page.wait_for_selector("text=There is nothing here yet")
    assert "/left" in page.url


@pytest.fixture
def with_own_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A server of a copy of the suite, in which an analyst has added a cell to the country workbook."""
    root = tmp_path / "suite"
    for name in ("safe_lib", "workbooks", "country_info", "templates"):
        shutil.copytree(running.ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    file = root / "workbooks" / f"{NAME}.ipynb"
    notebook = json.loads(file.read_text(encoding="utf-8"))
    own = {"cell_type": "code", "execution_count": None, "id": "own1", "metadata": {}, "outputs": [], "source": "print('Claims:', len(workbook.reading.country.claims))"}
    notebook["cells"].insert(-2, own)
    file.write_text(json.dumps(notebook), encoding="utf-8")
    monkeypatch.setattr(running, "ROOT", root)
    monkeypatch.setenv("PYTHONPATH", str(root))
    server = Running(running.make_store(tmp_path), running.free_port(), tmp_path / "server.log")
    server.start()
    yield server
    server.stop()


def test_a_cell_of_an_analysts_own_gets_its_kernel(with_own_cell: Running, browser: Browser) -> None:
    """The same page, and what the cell shows of the same country comes from a kernel."""
    desk = Visitor(with_own_cell, browser.new_context().new_page())
    desk.sign_in()
    page = go(desk, "country=NGA&lang=en")
    desk.wait_until_live()
    expect(page.locator('[data-cell="own1"]')).to_contain_text(f"Claims: {len(load_country('NGA').claims)}", timeout=30_000)
    assert page.locator(".theme").count() == 20
    desk.context.close()


@pytest.mark.parametrize(("path", "status"), [
    (f"/{NAME}", 200), (f"/{NAME}?country=NGA", 200), (f"/{NAME}?country=QQQ", 404), (f"/{NAME}?case=AMINA", 404), (f"/{NAME}?case=K7M-2042", 404),
    (f"/{NAME}/NGA.html", 200), (f"/{NAME}/QQQ.html", 404), (f"/{NAME}/NGA.exe", 404), (f"/{NAME}?country=%00&q=%ff&with=<script>", 200),
])
def test_addresses_are_answered_or_refused(server: Running, path: str, status: int) -> None:
    """Nobody reads without signing in; what is not there is not found; what was typed never comes back as markup."""
    stranger = httpx.get(server.url + path)
    with signed_in(server) as noor:
        answer = noor.get(path)

    assert stranger.status_code in (302, 404)
    assert "Nigeria" not in stranger.text
    assert answer.status_code == status
    assert "<script>" not in answer.text
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert not re.search(r'(?:src|href|action)="https?://(?!example\.org)[^"]*\.(?:js|css|png|woff2?)"', answer.text)
