"""Everybody can work with the pages: what axe finds, and what it cannot know (A11Y-01 to A11Y-10)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from browser.conftest import DESK, PHONE
from browser.running import DANGERS, PATTERN, Running, seed
from browser.visitor import Visitor
from safe_lib import casework
from safe_lib.casework import Said

pytestmark = pytest.mark.browser

SET = "ilo_adult_labour"
LANGUAGES = ("en", "nl")
RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
ALIKE = ".asks > li:nth-child(n+3), .section details.more:nth-of-type(n+3), tbody > tr:nth-child(n+3), .rail .sub > li:nth-child(n+3), option:nth-child(n+3)"
LOOKS = {"en": ("light", DESK), "nl": ("dark", PHONE)}  # each language, theme and width; what axe finds in a theme or at a width hangs on no language
Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def ref(server: Running) -> str:
    """A case with answers, a note, two futures and a plan."""
    with server.desk() as desk:
        ref = seed(
            desk,
            "Juniper",
            {
                SET: {**dict.fromkeys(PATTERN[:5], "present"), "CD02": "declined"},
                "safe_return": {"HS03": "active", "HS01": "cleared", "SAF-01": "present", "LIV-01": "partly", "SAF-08": "absent"},
            },
        )
        casework.record(desk, ref, casework.instrument_for(desk, SET), Said("DR01", "present", ("account",), "Heard from the person.", seen=None))
        casework.save_paper(
            desk,
            ref,
            casework.FUTURES,
            {
                "futures": [
                    {"kind": "stay", "order": 1, "country": "", "subdivision": "", "words": "Until my case is finished."},
                    {"kind": "home_region", "order": 2, "country": "XAA", "subdivision": "", "words": "Not to my uncle."},
                ]
            },
        )
        casework.save_paper(
            desk,
            ref,
            casework.PLAN,
            {"rows": [{"about": "LIV", "measure": "A room", "owner": "noor", "deadline": "2026-12-15", "proof": "", "status": "planned", "residual": "low"}]},
        )
        return ref


# What axe finds


def test_axe_sign_in(server: Running, visit: Visit) -> None:
    """Sign-in, and sign-in after an error."""
    desk = visit(signed_in=False, bypass_csp=True)
    for language in LANGUAGES:
        desk.page.goto(f"{server.url}/login?lang={language}")
        has_no_violations(desk.page, f"sign-in {language}")
        desk.page.fill("#user", "noor")
        desk.page.fill("#pass", "not these words")
        desk.page.click("form.card button[type=submit]")
        desk.page.wait_for_selector("#pass-error")
        has_no_violations(desk.page, f"sign-in error {language}")

        assert desk.page.get_attribute("#pass", "aria-invalid") == "true"
        assert "pass-error" in (desk.page.get_attribute("#pass", "aria-describedby") or "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_identification(server: Running, visit: Visit, language: str) -> None:
    """Gate waiting; unlocked with everything unfolded; a conflict; the connection lost."""
    ref = server.new_case("Larch", gate=False)
    desk = visit(bypass_csp=True)
    desk.open("identification", ref, {"lang": language})
    has_no_violations(desk.page, f"gate waiting {language}")
    desk.answer_all(DANGERS, "absent")
    desk.answer_all((*PATTERN, "DG01"), "present")
    desk.wait_for_outcome("trafficking_case")
    desk.unfold_all()
    has_no_violations(desk.page, f"everything unfolded {language}", whole=language == "en")
    with server.desk() as other:
        casework.record(other, ref, casework.instrument_for(other, SET), Said("DR03", "present", note="Said by a friend.", seen=None))
    desk.answer("DR03", "absent")
    expect(desk.page.locator(".conflict")).to_be_visible()
    has_no_violations(desk.page, f"conflict {language}")
    server.kill_kernels()
    desk.time_to_lost()
    has_no_violations(desk.page, f"connection lost {language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_other_pages(server: Running, visit: Visit, ref: str, language: str) -> None:
    """Start, return safety in full and quick, one future alone, the general page of an instrument, an error."""
    desk = visit(bypass_csp=True)
    for name, more in (("safe_return", {}), ("safe_return", {"set": "safe_return_quick", "scenario": "home_region"}), ("reintegration_followup", {})):
        desk.open(name, ref, {"lang": language, **more})
        desk.unfold_all()
        has_no_violations(desk.page, f"{name} {more} {language}")
    for address in ("/", "/nothing-here"):
        desk.page.goto(f"{server.url}{address}?lang={language}")
        has_no_violations(desk.page, f"{address} {language}")


def test_axe_empty_start_page(visit: Visit) -> None:
    """Without any case; made by the same function that the server calls."""
    from datetime import UTC, datetime

    from safe_lib.catalogue import load_texts
    from safe_lib.widgets.page import offered_languages
    from safe_lib.widgets.pages import Start, WorkbookCard, start_page
    from safe_lib.widgets.shell import Frame
    from safe_lib.widgets.style import style

    desk = visit(bypass_csp=True)
    for language in LANGUAGES:
        frame = Frame(texts=load_texts(language), languages=offered_languages(), style=style())
        card = WorkbookCard("Identification", "For all.", "/identification", main=True)
        desk.page.set_content(start_page(frame, Start("noor", datetime(2026, 11, 21, 9, tzinfo=UTC), (card,))))
        has_no_violations(desk.page, f"empty start {language}")


def has_no_violations(page: Page, state: str, *, whole: bool = False) -> None:
    """With a few of what stands there many times. `whole`: also with everything, its colours apart (they take 5 s)."""
    found = look(page, f"{state}, whole", colours=False) if whole else []
    page.evaluate(TAKE_AWAY, ALIKE)
    theme, size = LOOKS[page.get_attribute("html", "lang") or "en"]
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    found += look(page, f"{state}, {theme}, {size['width']}")
    page.evaluate("() => globalThis.__bringBack()")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]

    assert found == []


def look(page: Page, where: str, *, colours: bool = True) -> list[str]:
    told = Axe().run(page, options={**RULES, "rules": {"color-contrast": {"enabled": colours}}}).response["violations"]
    return [f"{where}: {one['id']} {node['html'][:160]} {node['failureSummary'][:300]} beside {beside(node)}" for one in told for node in one["nodes"][:3]]


def beside(node: dict[str, Any]) -> list[str]:
    """What else stands there, as axe names it."""
    return [other["html"][:80] for check in node["any"] for other in check["relatedNodes"]][:3]


# What is taken away comes back, the same and alive. What is sticky lies over something at every place of a long page: it is laid down.
TAKE_AWAY = """alike => {
  const kinds = new Set();
  const kindOf = (one) => [one.dataset.scale, one.disabled, one.querySelector("input:checked")?.value, Boolean(one.querySelector(".conflict"))].join();
  const isAlike = (one) => kinds.has(kindOf(one)) || !kinds.add(kindOf(one));
  const questions = [...document.querySelectorAll("fieldset[data-item]")].filter(isAlike);
  const said = (one) => [...one.querySelectorAll("[class]")].map((part) => part.className.baseVal ?? part.className).join();
  const claims = [...document.querySelectorAll(".claim")].filter((one) => kinds.has(said(one)) || !kinds.add(said(one)));
  const takeAway = (one) => { const mark = document.createComment(""); one.replaceWith(mark); return [mark, one]; };
  const away = [...claims, ...questions, ...document.querySelectorAll(alike)].map(takeAway);
  const sheet = new CSSStyleSheet(); // the policy of the page lets no written style in
  sheet.replaceSync(".bar, .to-result { position: static !important } .leave { position: absolute !important }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const laidDown = () => { document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet); };
  globalThis.__bringBack = () => { laidDown(); for (const [mark, one] of away.reverse()) mark.replaceWith(one); };
}"""


# What axe cannot know


def test_names_say_what_is_seen(visit: Visit, ref: str) -> None:
    """Each question is a group named by its legend; each answer, field and button has the name that is to be read beside it."""
    desk = visit()
    for name, more in (("identification", {}), ("safe_return", {"set": "safe_return_quick"})):
        desk.open(name, ref, more)
        desk.unfold_all()
        tree = desk.context.new_cdp_session(desk.page).send("Accessibility.getFullAXTree")["nodes"]
        legends = texts(desk.page, "fieldset[data-item] > legend")
        answers = texts(desk.page, ".answers label")

        assert legends == [one for one in named(tree, "group") if one in set(legends)]
        assert answers == named(tree, "radio")
        for role in ("textbox", "searchbox", "combobox", "checkbox", "button", "link", "Date", "DisclosureTriangle", "navigation", "complementary", "region"):
            assert all(named(tree, role)), role


def named(tree: list[dict[str, Any]], role: str) -> list[str]:
    found = [one for one in tree if not one.get("ignored") and one.get("role", {}).get("value") == role]
    return [" ".join(re.sub(r"\s+", " ", one.get("name", {}).get("value", "")).split()) for one in found]


def texts(page: Page, selector: str) -> list[str]:
    """As somebody reads them, with spaces where one part ends."""
    found: list[str] = page.locator(selector).evaluate_all("""all => all.filter((one) => one.getClientRects().length)
      .map((one) => [...one.childNodes].map((part) => part.textContent.trim()).filter(Boolean).join(" ").replace(/\\s+/g, " "))""")
    return found


def test_every_page_has_one_heading_and_landmarks(server: Running, visit: Visit, ref: str) -> None:
    """One first heading, a banner, a main part, a foot; navigations told apart by their names; no id twice; the language is said."""
    desk = visit()
    for address in ("/login", "/", f"/identification?case={ref}", f"/safe_return?case={ref}", f"/reintegration_followup?case={ref}", "/nothing-here"):
        desk.page.goto(server.url + address, wait_until="load")
        page = desk.page

        assert page.locator("h1").count() == 1, address
        for landmark in ("banner", "main", "contentinfo"):
            assert page.get_by_role(landmark).count() == 1, (address, landmark)  # type: ignore[arg-type]
        names = page.locator("nav").evaluate_all("all => all.map((one) => one.ariaLabel)")
        assert all(names), address
        assert len(set(names)) == len(names), address
        ids = page.locator("[id]").evaluate_all("all => all.map((one) => one.id)")
        assert sorted(ids) == sorted(set(ids)), address
        assert page.get_attribute("html", "lang") == "en"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_focus_is_seen_and_never_covered(visit: Visit, ref: str, size: dict[str, int]) -> None:
    """Every Tab stop has a ring of 2 px or more, and stands in the window with nothing of the bars over it."""
    desk = visit(viewport=size)
    desk.open("identification", ref)
    wrong = []
    for _ in range(90):
        desk.page.keyboard.press("Tab")
        if told := desk.page.evaluate(FOCUS):
            wrong.append(told)

    assert wrong == []


FOCUS = """() => {
  const now = document.activeElement, place = now.closest("label") ?? now;
  if (now === document.body) return "";
  const { left, top, width, height } = place.getBoundingClientRect();
  const hasRing = ({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  const ring = [now, place].some((one) => hasRing(getComputedStyle(one)));
  const isOurs = (one) => one && (place.contains(one) || one.contains(place));
  const on = (part) => isOurs(document.elementFromPoint(left + width / 2, top + height * part));
  const seen = [0.1, 0.5, 0.9].some(on) && top + height <= innerHeight + height / 2;
  return ring && seen ? "" : `${ring ? "" : "no ring "}${seen ? "" : "covered "}${now.outerHTML.slice(0, 140)} ${Math.round(top)}`;
}"""


def test_focus_stays_where_somebody_answers(server: Running, visit: Visit) -> None:
    """Twenty answers by keyboard, each saved and assessed: the focus is still on the answer, and the status line does not chatter."""
    ref = server.new_case("Spruce")
    desk = visit()
    desk.open("identification", ref)
    desk.page.evaluate("""() => { globalThis.__said = []; const line = document.querySelector("[role=status][data-saved]");
      new MutationObserver(() => globalThis.__said.push(performance.now())).observe(line, { subtree: true, childList: true, characterData: true }); }""")
    for number, item in enumerate([*(f"DR{one:02}" for one in range(1, 11)), *(f"EX{one:02}" for one in range(1, 10)), "CD01"]):
        desk.choice(item, "present").focus()
        desk.page.keyboard.press("Space" if number % 2 else "ArrowRight")
        desk.wait_until_saved()
        desk.page.wait_for_selector(f'[data-count-for="{item[:2]}"]:has-text("{(number % 10 if item != "CD01" else 0) + 1}")', state="attached")
        assert desk.page.evaluate("document.activeElement.name") == item
    said = desk.page.evaluate("globalThis.__said")

    assert all(later - earlier > 1500 for earlier, later in itertools.pairwise(said)), said
    assert desk.page.get_attribute("[role=status][data-saved]", "aria-live") in (None, "polite")
    assert desk.page.locator("[aria-live=assertive]").count() == 0


def test_changes_are_told_in_words(server: Running, visit: Visit) -> None:
    """The line that is read aloud says that the outcome has changed, once things are saved."""
    ref = server.new_case("Cedar", {SET: dict.fromkeys(PATTERN[:-1], "present")})
    desk = visit()
    desk.open("identification", ref)
    desk.answer(PATTERN[-1], "present")
    expect(desk.page.locator("[role=status][data-saved]")).to_contain_text("The outcome has changed.")
    expect(desk.page.locator("[role=status][data-saved]")).to_contain_text("Saved")


def test_nothing_scrolls_sideways(server: Running, visit: Visit, ref: str) -> None:
    """At 320 px, unfolded, with wider text, and from right to left: no page is wider than its window."""
    desk = visit(viewport={"width": 320, "height": 640}, bypass_csp=True)
    wide = []
    for address in ("/login", "/", f"/identification?case={ref}", f"/safe_return?case={ref}&lang=nl", "/nothing-here?lang=nl"):
        desk.page.goto(server.url + address, wait_until="load")
        desk.unfold_all()
        for change in ("", "document.documentElement.dir = 'rtl'", SPACED):
            desk.page.evaluate(f"() => {{ {change} }}")
            if told := desk.page.evaluate(TOO_WIDE):
                wide.append((address, change[:30], told))

    assert wide == []


SPACED = """const sheet = document.createElement("style");
  sheet.textContent = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-block-end: 2em !important }`;
  document.documentElement.dir = "ltr"; document.head.append(sheet);"""

TOO_WIDE = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return "";
  const isOut = ({ right, left }) => right > clientWidth + 1 || left < -1;
  const out = [...document.querySelectorAll("body *")].filter((one) => isOut(one.getBoundingClientRect()));
  return `${scrollWidth} of ${clientWidth}: ${out.slice(0, 3).map((one) => one.outerHTML.slice(0, 90)).join(" | ")}`;
}"""


def test_right_to_left_mirrors_the_page(visit: Visit, ref: str) -> None:
    """The leave link changes sides, and nothing lies over anything else."""
    desk = visit()
    desk.open("identification", ref)
    desk.page.evaluate("() => { document.documentElement.dir = 'rtl'; }")
    box = desk.page.locator('[data-action="leave"]').bounding_box()
    brand = desk.page.locator(".brand").bounding_box()

    assert box
    assert brand
    assert box["x"] < DESK["width"] / 2 < brand["x"]
    assert desk.page.evaluate(TOO_WIDE) == ""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_targets_are_large_enough(server: Running, visit: Visit, ref: str, size: dict[str, int]) -> None:
    """24 px for everything that can be pressed (links within a sentence apart), 44 px for answers and for leaving."""
    desk = visit(viewport=size, has_touch=size is PHONE)
    small = []
    for address in ("/login", "/", f"/identification?case={ref}", f"/safe_return?case={ref}", "/nothing-here"):
        desk.page.goto(server.url + address, wait_until="load")
        desk.unfold_all()
        small += [(address, one) for one in desk.page.evaluate(SMALL)]

    assert small == []


SMALL = """() => [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")].flatMap((one) => {
  const place = one.closest("label:has(> input[type=radio], > input[type=checkbox])") ?? one;
  const isInSentence = place.matches("a") && getComputedStyle(place).display === "inline" && place.closest("p, li");
  if (!place.getClientRects().length || place.matches(".skip") || isInSentence) return [];
  const { width, height } = place.getBoundingClientRect();
  const least = place.matches(".answers label, .leave") ? 44 : 24;
  return width + 0.5 >= 24 && height + 0.5 >= least ? [] : [`${Math.round(width)} × ${Math.round(height)} ${place.outerHTML.slice(0, 100)}`];
})"""


def test_nothing_moves_for_who_wants_it_still(visit: Visit, ref: str) -> None:
    """With reduced motion no element has a transition or an animation."""
    desk = visit(reduced_motion="reduce")
    desk.open("identification", ref)
    desk.unfold_all()

    assert desk.page.evaluate("document.getAnimations().length") == 0
    assert (
        desk.page.evaluate("""() => [...document.querySelectorAll("*")].filter((one) => {
      const { transitionDuration, transitionProperty, animationName } = getComputedStyle(one);
      return parseFloat(transitionDuration) > 0 && transitionProperty !== "none" || animationName !== "none";
    }).map((one) => one.outerHTML.slice(0, 80)).slice(0, 3)""")
        == []
    )
