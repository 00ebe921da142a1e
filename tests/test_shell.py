"""What surrounds every page, the pages around the workbooks, blocks and pictures as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser
from itertools import product

import pytest

from safe_lib.catalogue.paths import LOCALES, TEMPLATES
from safe_lib.catalogue.reading import read_yaml
from safe_lib.model.document import (
    Badge,
    Block,
    Bullets,
    Details,
    Facts,
    Heading,
    Lines,
    Notice,
    Picture,
    Quote,
    Table,
    Text,
    Tree,
)
from safe_lib.model.texts import Texts
from safe_lib.widgets.blocks import CLAIM_SIGNS, LEVELS, STOP_SIGNS, TRUTH_SIGNS, badge_html, blocks_html, blocks_text, is_plain_drawing
from safe_lib.widgets.drawing import LIGHT
from safe_lib.widgets.pages import (
    CaseRow,
    ComingDate,
    Start,
    WorkbookCard,
    error_page,
    leave_page,
    sign_in_page,
    start_page,
)
from safe_lib.widgets.pages_data import case_tabs
from safe_lib.widgets.pictures import (
    Grid,
    Mark,
    PatternRow,
    Placed,
    ScenarioColumn,
    dimension_pattern,
    domain_matrix,
    scenario_comparison,
)
from safe_lib.widgets.shell import MASKED, CaseHead, Frame, Language, Tab, body_end, body_start, head, page_shell
from safe_lib.widgets.style import style, style_hash

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>&{{7*7}}' style=\"x\""
BADGES = {
    "level": LEVELS, "truth": tuple(TRUTH_SIGNS), "stop": tuple(STOP_SIGNS), "claim": tuple(CLAIM_SIGNS),
}
LANGUAGES = (Language("en", "English"), Language("nl", "Nederlands"))
MANY = (*LANGUAGES, Language("fr", "Français"), Language("ar", "العربية", "rtl"))


def words_of(language: str) -> dict[str, str]:
    """The words of the pages in one language."""
    return dict(read_yaml(LOCALES / language / "interface" / "page.yaml").value)


def texts_of(language: str) -> Texts:
    about = read_yaml(LOCALES / language / "language.yaml").value
    return Texts(language, about["direction"], words_of(language), name=about["name"], status=about["status"])


EN, NL = texts_of("en"), texts_of("nl")
AR = Texts("ar", "rtl", {}, words_of("en"), "العربية", "draft")


class Page(HTMLParser):
    """The elements of a page in order, and the words inside each."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.inside: list[str] = []
        self._open: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.inside.append("")
        if tag not in ("meta", "link", "input", "br", "img"):
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self.elements[self._open.pop()][0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for place in self._open:
            self.inside[place] += data

    def all(self, *tags: str) -> Iterator[tuple[dict[str, str], str]]:
        for (tag, attributes), words in zip(self.elements, self.inside, strict=True):
            if tag in tags:
                yield attributes, words.strip()


def frame(texts: Texts = EN, **more: object) -> Frame:
    """An ordinary page of a case of an invented person."""
    case = CaseHead("K7M-2042", "Mira D.", "adult", "French")
    ordinary = Frame(texts, here="/w/identification", case=case, tabs=(Tab("Identification", "/w/identification"),),
                     languages=LANGUAGES, script_url="/static/page.js", style=style(), xsrf="proof", saved_at="14:32",
                     versions=("Instruments 1.0.0",), marks=("Training: invented persons",))
    return replace(ordinary, **more)  # type: ignore[arg-type]


def started(word: str = "Noor", alias: str = "") -> Start:
    cases = (CaseRow("K7M-2042", "/w/identification", alias or word, word, word, word),)
    dates = (ComingDate(date(2026, 11, 23), word, "K7M-2042", word), ComingDate(date(2026, 12, 18), word))
    return Start(word, datetime(2026, 11, 20, 14, 5), (WorkbookCard(word, word, "/w/identification", True, "b-ident"),),
                 cases, dates)


def picture_of(word: str, texts: Texts) -> tuple[Picture, Picture, Picture]:
    level = {value: Badge("level", value, value) for value in LEVELS}
    marks = (Mark("strong", "present"), Mark("weak", "open"), Mark("medium", "absent"))
    rows = tuple(PatternRow(word, result, word, marks, word) for result in ("positive", "negative", "open"))
    levels = tuple(tuple(level[LEVELS[min(3, x + y)]] for x in range(4)) for y in range(4))
    grid = Grid(("a", "b", "c", "d"), ("e", "f", "g", word), levels)
    placed = (Placed("SAF", word, level["very_high"], 3, 4), Placed("PRO", word, level["undetermined"], 3, 3))
    futures = tuple(ScenarioColumn(f"{word} {value}", badge, {"SAF": badge}) for value, badge in level.items())
    return (dimension_pattern(rows, texts), domain_matrix(placed, grid, texts),
            scenario_comparison(futures[:4], (("SAF", word), ("DOC", "never used")), texts))


def every_block(word: str, texts: Texts = EN) -> tuple[Block, ...]:
    badges = tuple(Badge(kind, value, word) for kind, values in BADGES.items() for value in values)
    rows = tuple((word, badge) for badge in badges)
    texts_of_each_tone = (Text(word, tone) for tone in ("", "lead", "quiet", "strong"))
    notices = (Notice(word, word, tone) for tone in ("stop", "open", "draft", "info"))
    return (Heading(word, 1), Heading(word, 9), *texts_of_each_tone, Bullets((word,)), Bullets((word,), ordered=True),
            Facts(((word, word), (word, badges[0]))), Table(word, ("One", word), rows), *picture_of(word, texts),
            Quote(word, word), *notices, Tree(word, "holds", word, (Tree(word, "open", word),)),
            Details(word, (Text(word),)), Lines((word,)))


def pages(word: str = "Noor", texts: Texts = EN) -> dict[str, str]:
    """One of every page, with `word` wherever data may stand."""
    case = CaseHead(word, word, word, word)
    return {
        "workbook": page_shell(frame(texts, title=word, case=case, tabs=(Tab(word, "/x"),), marks=(word,),
                                     versions=(word,)), blocks_html(every_block(word, texts), texts)),
        "many languages": page_shell(frame(texts, languages=MANY, masked=True, theme="dark"), ""),
        "sign-in": sign_in_page(frame(texts, case=None, signed_in=False), error=word, user=word, then=word),
        "start": start_page(frame(texts, case=None), started(word)),
        "empty start": start_page(frame(texts, case=None), Start(word, datetime(2026, 11, 20, 9))),
        "error": error_page(frame(texts, case=None), word, word),
    }


ALL = [pytest.param(html, id=f"{texts.language}: {name}")
       for texts in (EN, NL, AR) for name, html in pages(texts=texts).items()]


@pytest.mark.parametrize("html", ALL)
def test_leave_is_the_first_thing_a_key_reaches(html: str) -> None:
    """SEC-30: the first link, button or field of every page is the quick exit, the second skips to the content."""
    page = Page(html)
    controls = page.all("a", "button", "summary", "textarea", "select", "input")
    reached = [attributes for attributes, _ in controls if attributes.get("type") != "hidden"]

    assert reached[0]["data-action"] == "leave"
    assert reached[1]["href"] == "#main"
    assert any(attributes.get("id") == "main" for attributes, _ in page.all("main"))


@pytest.mark.parametrize("html", ALL)
def test_every_control_has_a_name(html: str) -> None:
    """A11Y-02: links, buttons and summaries have words or a label; fields have a label that points at them."""
    page = Page(html)
    pointed = {attributes["for"] for attributes, _ in page.all("label") if "for" in attributes}

    for attributes, words in page.all("a", "button", "summary"):
        assert words or attributes.get("aria-label"), attributes
    for attributes, _ in page.all("input", "textarea", "select"):
        assert attributes.get("type") == "hidden" or attributes["id"] in pointed, attributes


@pytest.mark.parametrize("html", ALL)
def test_nothing_on_a_page_runs_or_styles_by_itself(html: str) -> None:
    """SEC-25, SEC-26: no inline script, no event or style attribute, no address outside."""
    page = Page(html)

    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], (tag, attributes)
        for name in ("href", "src", "action"):
            address = attributes.get(name, "")
            assert address.startswith(("/", "#", "data:,")) or not address, address
    scripts = [words for attributes, words in page.all("script")]
    assert scripts == [""]


@pytest.mark.parametrize("html", ALL)
def test_ids_stand_once_and_labels_find_them(html: str) -> None:
    """Two elements with one name would confuse labels, links and the people who hear a page."""
    page = Page(html)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    meant = {id for _, attributes in page.elements for name in ("aria-labelledby", "aria-describedby", "for")
             for id in attributes.get(name, "").split()}

    assert len(ids) == len(set(ids))
    assert meant <= set(ids)


@pytest.mark.parametrize("name", list(pages()))
def test_imported_text_stays_text(name: str) -> None:
    """SEC-40: markup in a name, a case, an error or a block is shown as it was typed."""
    def kinds(word: str) -> set[tuple[str, tuple[str, ...]]]:
        return {(tag, tuple(sorted(attributes))) for tag, attributes in Page(pages(word)[name]).elements}

    assert kinds(HOSTILE) == kinds("an ordinary word")


def test_the_tab_tells_nothing() -> None:
    """SEC-34: the title is the same on every page, and the first piece of a page holds nothing of the case."""
    titles = {words for html in pages().values() for _, words in Page(html).all("title")}

    assert titles == {"Workbook"}
    assert "K7M-2042" not in head(frame()) and "Mira" not in head(frame())


def test_a_page_is_its_pieces() -> None:
    """A page can be sent piece by piece."""
    assert page_shell(frame(), "<p>x</p>") == head(frame()) + body_start(frame()) + "<p>x</p>" + body_end(frame())


def test_masked_names_are_not_in_the_page() -> None:
    """SEC-37: in mask mode a name is not hidden but absent."""
    shown, hidden = page_shell(frame(), ""), page_shell(frame(masked=True), "")

    assert "Mira D." in shown
    assert "Mira D." not in hidden and MASKED in hidden
    assert "Samir" in start_page(frame(case=None), started(alias="Samir"))
    assert 'data-from="/names?case=K7M-2042"' in page_shell(frame(masked=True, names_url="/names"), "")
    assert "Samir" not in start_page(frame(case=None, masked=True), started(alias="Samir"))


def test_languages_keep_the_place() -> None:
    """A language link leads to the same page of the same case, with everything else of its address."""
    links = {attributes["data-lang"]: attributes for attributes, _ in
             Page(page_shell(frame(keep=(("scenario", "stay"),)), "")).all("a") if "data-lang" in attributes}

    assert links["nl"]["href"] == "/w/identification?case=K7M-2042&lang=nl&scenario=stay"
    assert links["en"]["aria-current"] == "true" and "aria-current" not in links["nl"]


def test_the_state_of_saving_is_marked() -> None:
    """Contract, section 5: `data-live`, `data-saved` and a connection notice that waits unseen."""
    page = Page(page_shell(frame(live=True), ""))
    notice = next(attributes for attributes, _ in page.all("div") if attributes.get("data-part") == "connection")

    saved = [attributes["role"] for attributes, _ in page.all("p") if attributes.get("data-saved") == "true"]

    assert page.elements[0][1]["data-live"] == "true"
    assert Page(page_shell(frame(), "")).elements[0][1]["data-live"] == "false"
    assert saved == ["status"]
    assert "hidden" in notice and notice["data-connection"] != "lost"


def test_a_failed_sign_in_is_said_beside_the_field() -> None:
    """A11Y-02: the sentence is tied to the field, the typed name stays, the passphrase does not."""
    page = Page(sign_in_page(frame(case=None, signed_in=False), error="They do not belong together.", user="noor"))
    fields = {attributes["name"]: attributes for attributes, _ in page.all("input")}

    assert fields["user"]["value"] == "noor" and "value" not in fields["pass"]
    assert fields["pass"]["aria-invalid"] == "true" and "pass-error" in fields["pass"]["aria-describedby"]
    assert fields["_xsrf"]["value"] == "proof"


def test_after_leaving_nothing_of_us_is_left() -> None:
    """SEC-31, SEC-32: the neutral page has no word, address or script of the suite."""
    page = leave_page()

    for word in ("safe", "case", "workbook", "traffick", "script", "style", "/login", "href=\"/"):
        assert word not in page.lower()


def test_close_dates_are_counted_in_words() -> None:
    """Today, tomorrow, in days, and past dates are told apart; close ones are marked."""
    dates = tuple(ComingDate(date(2026, 11, day), f"date {day}") for day in (19, 20, 21, 23, 24))
    page = Page(start_page(frame(case=None), Start("Noor", datetime(2026, 11, 20, 8), dates=dates)))
    items = [words for _, words in page.all("li") if "date " in words]

    assert [next(word for word in ("Yesterday", "Today", "Tomorrow", "In 3 days", "In 4 days") if word in item)
            for item in items] == ["Yesterday", "Today", "Tomorrow", "In 3 days", "In 4 days"]
    assert [attributes["class"] for attributes, _ in page.all("time")] == ["day soon"] * 4 + ["day"]
    assert "Friday, 20 November 2026. 4 dates are close." in "".join(page.inside)


def test_a_draft_translation_says_so() -> None:
    """A11Y-19: whoever reads an unread translation is told on every page."""
    assert NL("page.draft_translation") in page_shell(frame(NL), "")
    assert EN("page.draft_translation") not in page_shell(frame(EN), "")


def test_both_languages_have_the_same_words() -> None:
    """Every text of the pages exists in both languages, with the same places to fill in."""
    english, dutch = words_of("en"), words_of("nl")

    assert list(english) == list(dutch)
    for key, text in english.items():
        assert text.strip() and dutch[key].strip()
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", dutch[key])), key


def test_every_word_asked_for_exists() -> None:
    """No page shows a key instead of a word."""
    keys = {key for html in pages().values() for key in re.findall(r"\b(?:page|picture)\.[a-z_.]+\b", html)}

    assert keys <= {"page.js"}


@pytest.mark.parametrize(("kind", "value"), [
    *((kind, value) for kind, values in BADGES.items() for value in values), *product(BADGES, [HOSTILE])])
def test_a_badge_is_a_word_a_shape_and_a_colour(kind: str, value: str) -> None:
    """A11Y-05: colour never stands alone, and a value nobody knows looks open, never like a fact."""
    html = badge_html(Badge(kind, value, "the word"))

    assert "the word" in html and "<use href=" in html
    assert "<script" not in html


def test_blocks_as_text_hold_every_word() -> None:
    """What a test compares is what a person reads."""
    rows = (("SAF", Badge("level", "high", "high")),)
    text = blocks_text((Heading("Why"), Table("Levels", ("Domain", "Level"), rows),
                        Tree("Papers", "open", "unknown", (Tree("Debt", "holds", "present"),)),
                        Details("Sources", (Text("One."),)), Quote("I stay.", "Her words")))

    assert text == ("## Why\n\nLevels\nDomain | Level\nSAF | high\n\nunknown: Papers\n  present: Debt\n\n"
                    "Sources\n  One.\n\n> I stay.\n  Her words\n")
    assert blocks_text(()) == "" and blocks_html((), EN) == ""


@pytest.mark.parametrize("texts", [EN, AR], ids=["left to right", "right to left"])
def test_pictures_are_plain_and_told_in_words(texts: Texts) -> None:
    """A11Y-06: a drawing has a name, a sentence and a table; it is plain shapes, the same every time."""
    drawn = picture_of("Norrin & <b>", texts)

    for picture in drawn:
        assert is_plain_drawing(picture.svg)
        assert 'aria-label="' in picture.svg and picture.says and picture.table and picture.table.rows
        assert "style=" not in picture.svg and "url(" not in picture.svg
    assert drawn == picture_of("Norrin & <b>", texts)


@pytest.mark.parametrize("inside", [
    "<script>alert(1)</script>", '<g onload="alert(1)"/>', '<a href="javascript:x"><text>x</text></a>',
    '<rect style="x"/>', '<rect fill="url(https://example.org)"/>', "<foreignObject/>", "<!-- x -->",
    '<use href="https://example.org/a.svg#b"/>',
    '<html xmlns="http://www.w3.org/1999/xhtml"/>', "<style>*{}</style>", "<image/>", "<rect>",
])
def test_a_drawing_that_is_more_than_shapes_is_left_out(inside: str) -> None:
    """SEC-40: its sentence stays, the drawing does not."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'
    html = blocks_html((Picture(svg, "What it shows."),), EN)

    assert not is_plain_drawing(svg)
    assert "<svg" not in html and "What it shows." in html


def test_the_style_fetches_nothing() -> None:
    """SEC-26: no import, no address, nothing that a page policy would have to allow."""
    assert not re.search(r"@import|url\(|https?:|expression|</", style())
    assert style().count("{") == style().count("}")
    assert style_hash().startswith("sha256-")


def token(name: str, theme: int) -> str:
    """The colour of a token: theme 0 is light, 1 is dark."""
    tokens = (TEMPLATES / "base" / "tokens.css").read_text(encoding="utf-8")
    found = re.search(rf"--{name}:\s*light-dark\((#\w+), (#\w+)\)", tokens)
    assert found, name
    return found[theme + 1]


def test_drawings_carry_the_light_colours_of_the_style() -> None:
    """A colour is decided in one place; the copies that a drawing takes along are the same."""
    assert {name: token(name, 0) for name in LIGHT} == dict(LIGHT)
    for name, kind in product(LIGHT, "fs"):
        assert f".pic .{kind}-{name} {{" in style()


def luminance(colour: str) -> float:
    parts = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("ink", "ground", "least"), [
    *product(("ink", "ink-2"), ("paper", "surface", "sunken"), (7.0,)), ("ink", "tint", 7.0), ("ink", "vhi-soft", 7.0),
    ("on-brand", "brand", 7.0), ("on-exit", "exit", 7.0), ("note-ink", "note", 7.0), ("note-ink", "surface", 7.0),
    ("brand", "surface", 7.0), ("brand", "paper", 7.0), ("brand-2", "tint", 7.0), ("brand-2", "tint-2", 7.0),
    *((f"{level}-ink", f"{level}-bg", 7.0) for level in ("low", "mod", "hig", "vhi", "und")),
    *((f"{level}-ln", f"{level}-bg", 3.0) for level in ("low", "mod", "hig", "und")),
    ("line-2", "surface", 3.0), ("line-2", "paper", 3.0), ("note-line", "note", 3.0), ("brand", "surface", 3.0),
], ids=lambda value: str(value))
def test_contrast_in_both_themes(ink: str, ground: str, least: float) -> None:
    """A11Y-05: text at least 7:1, borders and marks at least 3:1, in light and dark."""
    for theme in (0, 1):
        light, dark = sorted((luminance(token(ink, theme)), luminance(token(ground, theme))), reverse=True)

        assert (light + 0.05) / (dark + 0.05) >= least, theme


def test_the_workbooks_of_a_case_stand_in_a_row_and_behind_the_name_of_this_one(texts: Texts = EN) -> None:
    """The style sheet shows one of the two; both lead to the same places, and the folded one says where one is."""
    tabs = (Tab("Identification", "/identification"), Tab("Return safety", "/safe_return"))
    html = page_shell(Frame(texts, here="/safe_return", case=CaseHead("K7M-2042"), tabs=tabs), "")
    row, folded = (html.partition(f'class="{name}"')[2].partition(f"</{end}>")[0] for name, end in (("tabs", "div"), ("menu tabs-folded", "details")))

    assert re.findall(r'href="([^"]+)"', row) == re.findall(r'href="([^"]+)"', folded)
    assert "<summary>Return safety</summary>" in folded
    assert row.count('aria-current="page"') == folded.count('aria-current="page"') == 1
    elsewhere = page_shell(Frame(texts, here="/closing", case=CaseHead("K7M-2042"), tabs=tabs), "")
    assert f"<summary>{texts('page.workbooks_of_case')}</summary>" in elsewhere


def test_the_pages_of_a_case_are_about_one_person() -> None:
    """Colleagues, groups and figures are found on the start page; where a case is open they would lead away from it."""
    paths = [tab.path for tab in case_tabs(EN)]

    assert {"/identification", "/safe_return", "/procedures", "/safety_report", "/country_information", "/social_map", "/person", "/closing",
            "/second_opinion"} == set(paths)
    assert paths[:2] == ["/identification", "/safe_return"]
