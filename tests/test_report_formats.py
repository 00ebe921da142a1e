"""Promises of the documents: HTML, PDF and DOCX from the same blocks, in every script, for everybody's eyes and ears."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from safe_lib.catalogue import paths
from safe_lib.model.document import (
    Badge,
    Block,
    Bullets,
    Details,
    Document,
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
from safe_lib.model.errors import ReportError
from safe_lib.report import LOOKS, SHAPES, TOKENS, column_shares, direction_of, fixed_words, pdf, plain, tidied
from safe_lib.report.blocks_json import DEEPEST, from_json, to_json
from safe_lib.report.docx import docx_document
from safe_lib.report.html import clean_svg, html_document
from safe_lib.report.pdf import pdf_document

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40" width="120" height="40"><rect id="a" width="30" height="20" '
    'fill="var(--brand)"/><use href="#a" x="40"/><text x="5" y="35" font-size="10">DR</text></svg>'
)

# Sentences of an invented report. Draft texts for tests, not translations in use.
SCRIPTS = {
    "en": ("ltr", "Return safety assessment", "The person has not been asked yet; ask when it is calm."),
    "nl": ("ltr", "Beoordeling van een veilige terugkeer", "De vraag is nog niet gesteld; vraag het op een rustig moment."),
    "uk": ("ltr", "Оцінка безпеки повернення", "Це запитання ще не поставлено; запитайте у спокійну хвилину."),
    "vi": ("ltr", "Đánh giá an toàn khi hồi hương", "Câu hỏi này chưa được hỏi; hãy hỏi vào lúc yên tĩnh."),
    "am": ("ltr", "የመመለስ ደህንነት ግምገማ", "ይህ ጥያቄ ገና አልተጠየቀም፤ በተረጋጋ ጊዜ ይጠይቁ።"),
    "ti": ("ltr", "ገምጋም ድሕነት ምምላስ", "እዚ ሕቶ ክሳብ ሕጂ ኣይተሓተን።"),
    "ar": ("rtl", "تقييم سلامة العودة", "السيدة M. Duarte قالت في 2026-11-17 إن البند SAF-01 ممكنًا جدًا، مكتب Port Sellen."),
    "fa": ("rtl", "ارزیابی ایمنی بازگشت", "می‌خواهم بمانم تا پرونده‌ام تمام شود."),
}

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</style><script>alert(1)</script>",
    "\"; } @import url(http://example.org/x); { \"",
    "' onmouseover='alert(1)",
    "&lt;b&gt; &amp; &#x3c;",
    "]]> <!-- --> <?xml?>",
    "{{ 7 * 7 }} {% raw %} ${x} <%= 1 %>",
    "javascript:alert(1)",
    "#panic() #set text(red) #import \"@preview/x:1.0.0\"",
    "$ x^2 $ @reference <label> *bold* _italic_ `raw` = heading",
    "\\ // comment /* comment */ ~ -- --- ... \"quoted\" 'quoted'",
    "- item + item / term: x [content] #[more]",
    "=1+1 @SUM(A1) |cmd",
    "**bold** [link](http://example.org) ![x](y) \\input{x}",
    "</w:t></w:r><w:r><w:t>",
)


def document(*blocks: Block, language: str = "en", direction: str = "ltr", title: str = "Return safety assessment", **more: object) -> Document:
    return Document(title, language, direction, "lawyer", "K7M-2042", "2026-11-20", blocks, **more)  # type: ignore[arg-type]


def every_kind(text: str = "A sentence.") -> tuple[Block, ...]:
    """Each kind of block once, all with the same text."""
    table = Table(text, (text, "Level"), ((text, Badge("level", "high", text)),))
    return (
        Heading(text), Text(text, "lead"), Bullets((text, text), ordered=True), Facts(((text, text),)), table,
        Picture(SVG, text, table), Quote(text, text), Notice(text, text, "stop"),
        Tree(text, "open", text, (Tree(text, "holds", text),)), Details(text, (Text(text), Heading("Deeper", 5))), Lines((text,)),
    )  # fmt: skip


def in_script(language: str) -> Document:
    direction, title, sentence = SCRIPTS[language]
    table = Table(title, (title, "T01"), ((sentence, Badge("level", "very_high", title)),))
    blocks = (Heading(title), Text(sentence), Quote(sentence), table, Bullets((sentence,)), Facts(((title, "Port Sellen"),)))
    return document(*blocks, language=language, direction=direction, title=title)


# ── blocks as JSON ──

words = st.text(max_size=12)
badges = st.builds(Badge, words, words, words)
cells = st.one_of(words, badges)
tables_of = st.builds(Table, words, st.lists(words, max_size=3).map(tuple), st.lists(st.lists(cells, max_size=3).map(tuple), max_size=2).map(tuple))
leaf_trees = st.builds(Tree, words, words, words)
trees = st.recursive(leaf_trees, lambda part: st.builds(Tree, words, words, words, st.lists(part, max_size=2).map(tuple)), max_leaves=4)
leaves = st.one_of(
    st.builds(Heading, words, st.integers(1, 6)), st.builds(Text, words, words), st.builds(Bullets, st.lists(words, max_size=2).map(tuple), st.booleans()),
    st.builds(Facts, st.lists(st.tuples(words, cells), max_size=2).map(tuple)), tables_of, st.builds(Picture, words, words, st.none() | tables_of),
    st.builds(Quote, words, words), st.builds(Notice, words, words, words), trees, st.builds(Lines, st.lists(words, max_size=2).map(tuple)),
)  # fmt: skip
any_block = st.recursive(leaves, lambda inner: st.builds(Details, words, st.lists(inner, max_size=2).map(tuple)), max_leaves=4)


@settings(max_examples=60, deadline=None)
@given(st.lists(any_block, max_size=4))
def test_blocks_come_back_from_json_as_they_were(blocks: list[Block]):
    """Nothing of a view is lost between a notebook's output and a document."""
    assert from_json(to_json(blocks)) == tuple(blocks)


SECRET = "Her name is Example"


@pytest.mark.parametrize(
    "value",
    [
        {"block": "text"}, [SECRET], [{"block": SECRET}], [{"block": "text", "text": SECRET}], [{"block": "heading", "text": SECRET, "level": True}],
        [{"block": "text", "text": SECRET, "tone": "", "html": SECRET}], [{"block": "text", "text": 7, "tone": SECRET}],
        [{"block": "bullets", "items": SECRET, "ordered": False}], [{"block": "bullets", "items": [SECRET], "ordered": "yes"}],
        [{"block": "facts", "pairs": [[SECRET]]}], [{"block": "table", "caption": SECRET, "columns": [], "rows": [[{"badge": SECRET}]]}],
        [{"block": "picture", "svg": SECRET, "says": "", "table": {"block": "text", "text": SECRET, "tone": ""}}],
        [{"block": "tree", "line": SECRET, "truth": "", "word": "", "parts": [{"block": "text", "text": "", "tone": ""}]}],
    ],
)  # fmt: skip
def test_strange_json_is_refused_without_repeating_it(value: object):
    """A message names the place and the repair, never what stands there."""
    with pytest.raises(ReportError) as refused:
        from_json(value)

    assert SECRET not in str(refused.value)
    assert str(refused.value).startswith("blocks")


def test_json_nested_without_end_is_refused():
    """A crafted output cannot exhaust the machine."""
    value: list[object] = []
    for _ in range(DEEPEST + 5):
        value = [{"block": "details", "summary": "", "blocks": value}]

    with pytest.raises(ReportError, match="nested"):
        from_json(value)


# ── what every format shares ──


def test_control_characters_and_overrides_of_direction_are_left_out():
    """A text can neither break a file nor look like another text."""
    assert plain("a\x00b\x1bc\u202ed\u202ee\ufefff\U000e0041g\tx") == "abcdefg x"
    assert plain("a\r\nb\u2028c") == "a\nb\nc"
    assert plain("\ud800 \ue000") == "\ufffd \ufffd"
    assert plain("می‌خواهم") == "می‌خواهم"  # the joiner of Persian stays


def test_headings_go_down_one_level_at_a_time():
    """Those who listen jump from heading to heading; a skipped level sounds like a lost part."""
    blocks = tidied(document(Heading("a", 5), Heading("b", 9), Details("d", (Heading("c", 4),)), Heading(" "), Heading("e", 1))).blocks

    levels = [block.level for block in blocks if isinstance(block, Heading)]
    assert levels == [2, 3, 2]
    assert blocks[2].blocks[0].level == 4  # type: ignore[union-attr]


def test_a_row_that_does_not_fit_its_columns_is_refused():
    """A value under the wrong heading is worse than no report."""
    with pytest.raises(ReportError, match="2 cells for 3 columns"):
        tidied(document(Table("t", ("a", "b", "c"), (("1", "2"),))))


@pytest.mark.parametrize("made", [html_document, pdf_document, docx_document])
def test_a_document_without_title_or_language_is_refused(made):
    """A title is read out first, and without a language it is read out wrongly."""
    with pytest.raises(ReportError, match="title"):
        made(document(title=" "))
    with pytest.raises(ReportError, match="language"):
        made(document(language='en" onload="x'))


def test_a_text_runs_in_the_direction_of_most_of_its_letters():
    """A reference at the beginning does not turn an Arabic sentence round."""
    assert direction_of("SAF-01 ما زال مفتوحًا", "rtl") == "rtl"
    assert direction_of("أريد البقاء هنا، Port Sellen", "ltr") == "rtl"
    assert direction_of("12 – 2026", "rtl") == "rtl"


def test_no_letter_from_right_to_left_is_overlooked():
    """Every letter that Unicode has, by itself and in a page of either direction."""
    for letter in map(chr, range(sys.maxunicode + 1)):
        kind = unicodedata.bidirectional(letter)
        if kind in ("R", "AL"):
            assert direction_of(letter, "ltr") == "rtl"
        elif kind == "L" and letter > "\u0500":
            assert direction_of(letter, "rtl") == "ltr"


def test_columns_give_room_to_badges_and_long_texts():
    """No column starves, and together they fill the line."""
    shares = column_shares(Table("t", ("Item", "Level", "Because"), (("DR01", Badge("level", "undetermined", "undetermined"), "word " * 60),)))

    assert sum(shares) == pytest.approx(1)
    assert shares[2] > shares[1] > shares[0]


def test_the_colours_are_those_of_the_pages():
    """One set of tokens: paper shows the light ones."""
    file = paths.TEMPLATES / "base" / "tokens.css"
    if not file.is_file():
        pytest.skip("the pages' tokens are not there")
    light = dict(re.findall(r"--([a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6}),", file.read_text(encoding="utf-8")))

    shared = [name for name in TOKENS if name in light and name != "paper"]  # the paper itself is white

    assert len(shared) > 25
    assert {name: TOKENS[name] for name in shared} == {name: light[name] for name in shared}


def brightness(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_texts_stand_out_from_their_ground():
    """7:1 for every text colour on every ground it is printed on; 3:1 for the shapes of badges."""
    grounds = {("ink", "surface"), ("ink-2", "surface"), ("brand", "surface"), ("ink", "tint"), ("ink", "vhi-soft"), ("note-ink", "note")}
    pairs = {(TOKENS[text], TOKENS[ground]) for text, ground in grounds} | {(look.ink, look.ground) for look in LOOKS.values()}

    def contrast(one: str, other: str) -> float:
        low, high = sorted((brightness(one), brightness(other)))
        return (high + 0.05) / (low + 0.05)

    assert min(contrast(*pair) for pair in pairs) >= 7
    assert min(contrast(look.mark, look.ground) for look in LOOKS.values()) >= 3


def test_every_badge_has_a_word_a_shape_and_a_colour():
    """No two levels share a shape; take the colour away and nothing is lost."""
    levels = [look for (kind, _), look in LOOKS.items() if kind == "level"]

    assert len({look.shape for look in levels}) == len({look.sign for look in levels}) == len({look.ground for look in levels}) == 5
    assert all(look.shape in SHAPES for look in LOOKS.values())


def test_fixed_words_follow_the_document_and_can_be_given():
    """Dutch papers count pages in Dutch; what is missing falls back to English."""
    assert fixed_words("nl")["report.page"] == "Pagina {page} van {pages}"
    assert fixed_words("nl-BE")["report.date"] == "Datum"
    assert fixed_words("ti")["report.date"] == "Date"
    assert fixed_words("en", {"report.date": "Day"})["report.date"] == "Day"
    assert set(fixed_words("nl")) == set(fixed_words("en"))


@pytest.mark.parametrize("made", [html_document, pdf_document, docx_document])
def test_the_same_document_gives_the_same_bytes(made):
    """What was sealed can be made again and compared."""
    assert made(document(*every_kind())) == made(document(*every_kind()))


# ── HTML ──


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)

    def count(self, name: str) -> int:
        return sum(tag == name for tag, _ in self.tags)


def test_an_html_report_asks_nothing_of_anybody():
    """No script, no request: it opens without a network and tells nobody that it was opened."""
    html = html_document(document(*every_kind(), footer="Confidential."))
    page = Page(html)

    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "iframe", "img", "object", "embed", "form", "a", "base", "image"})
    assert not [key for _, found in page.tags for key in found if key.startswith("on") or key in ("src", "style", "srcset")]
    assert "//" not in re.sub(r"/\*.*?\*/", "", html)
    assert "url(" not in html


def test_an_html_report_allows_its_own_style_and_nothing_else():
    """The policy names the style by its hash."""
    html = html_document(document(*every_kind()))
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert f"default-src 'none'; style-src 'sha256-{digest}'" in html


def test_an_html_report_is_built_for_those_who_listen():
    """One h1, heads of rows and columns, a caption, details open, language and direction."""
    page = Page(html_document(in_script("ar")))
    kinds = Page(html_document(document(*every_kind())))

    assert page.tags[0] == ("html", {"lang": "ar", "dir": "rtl"})
    assert page.count("h1") == 1
    assert {found["scope"] for tag, found in page.tags if tag == "th"} == {"row", "col"}
    assert page.count("caption") == page.count("table") == 1
    assert all("open" in found for tag, found in kinds.tags if tag == "details")
    assert kinds.count("blockquote") == kinds.count("figure") == kinds.count("details") == 1


def test_dates_and_numbers_do_not_turn_round_in_arabic():
    """2026-11-17 stays one number from left to right."""
    assert '<bdi dir="ltr">2026-11-17</bdi>' in html_document(in_script("ar"))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_html_shows_every_payload_as_text(payload: str):
    """No text is read as markup, wherever it stands (SEC-40)."""
    harmless, found = html_document(document(*every_kind("text"))), html_document(document(*every_kind(payload), footer=payload, marks=(payload,)))
    page = Page(found)

    assert [tag for tag, _ in page.tags if tag not in ("ul", "li", "p")] == [tag for tag, _ in Page(harmless).tags if tag not in ("ul", "li", "p")]
    assert page.texts.count(payload) >= 15
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]


def test_a_reference_cannot_leave_the_style():
    """The page boxes hold reference and footer as strings in which only letters and digits stand as they are."""
    nasty = Document("T", "en", "ltr", "x", '"} </style><script>x', "2026-11-20", (), footer="\\; } * { display: none }")
    page = Page(html_document(nasty))

    assert page.count("script") == 0 and page.count("style") == 1
    assert not any("display: none }" in text for (tag, _), text in zip(page.tags, page.texts, strict=False) if tag == "style")


@pytest.mark.parametrize(
    "svg",
    [
        "<svg><script>alert(1)</script></svg>", '<svg onload="alert(1)"/>', '<svg><image href="file:///etc/passwd"/></svg>',
        '<svg><use href="http://example.org/x#y"/></svg>', '<svg><a href="javascript:alert(1)"><text>t</text></a></svg>',
        '<svg><style>@import url(http://example.org)</style></svg>', '<svg><rect style="fill:url(http://example.org/x)"/></svg>',
        '<svg><rect fill="url(http://example.org/x)"/></svg>', "<svg><foreignObject><p>x</p></foreignObject></svg>",
        '<svg><rect filter="url(#x)" fill="expression(alert(1))" class="x"/></svg>', '<svg><animate attributeName="href"/></svg>',
    ],
)  # fmt: skip
def test_a_drawing_holds_shapes_and_words_only(svg: str):
    """Nothing in a drawing runs, loads or leads anywhere."""
    cleaned = clean_svg(svg.replace("<svg", '<svg viewBox="0 0 9 9"', 1))

    assert cleaned.startswith("<svg")
    assert not re.search(r"script|http|file:|on\w+=|style|<image|foreign|animate|expression|alert|<a\b", cleaned)


NESTED = '<svg viewBox="0 0 9 9">' + "<g>" * 3000 + "</g>" * 3000 + "</svg>"


SIZELESS = ("<svg/>", '<svg viewBox="0 0 0 0"/>', '<svg width="x" height="1"/>', '<svg viewBox="0 0 1e9 1"/>', '<svg viewBox="0 0 nan inf"/>')


@pytest.mark.parametrize("svg", ["", "no drawing", *SIZELESS, "<svg><rect", "<p/>", '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', NESTED])
def test_what_is_no_drawing_is_left_out_and_its_sentence_stays(svg: str):
    """A broken picture never breaks a report."""
    html = html_document(document(Picture(svg, "It shows three bars.")))

    assert "It shows three bars." in html
    assert pdf_document(document(Picture(svg, "It shows three bars."))) and docx_document(document(Picture(svg, "It shows three bars.")))
    assert clean_svg(svg).count("<") < 100


def test_drawings_keep_their_own_ids_and_get_plain_colours():
    """Two drawings on a page do not borrow from each other."""
    html = html_document(document(Picture(SVG, "One."), Picture(SVG, "Two.")))

    assert 'id="p1-a"' in html and 'href="#p2-a"' in html
    assert f'fill="{TOKENS["brand"]}"' in html


@pytest.mark.browser
def test_the_html_report_passes_axe_and_fits_a_phone():
    """0 violations, no sideways scrolling at 320 px, no request beside the file itself (A11Y-01, A11Y-09, A11Y-13)."""
    chromium = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if chromium is None:
        pytest.skip("no Chromium")
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for made in (document(*every_kind(), footer="Confidential.", marks=("training",)), in_script("ar")):
            page = browser.new_context(bypass_csp=True, viewport={"width": 320, "height": 800}).new_page()
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.set_content(html_document(made))
            found = Axe().run(page)

            assert found.violations_count == 0, found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
            assert asked == []
        browser.close()


# ── PDF ──


def letters(text: str) -> str:
    """A text without spaces and invisible signs."""
    return re.sub(r"[\s\u00ad\u200b-\u200f\u2066-\u2069]", "", text)


def spoken(file: bytes) -> str:
    """The words of a PDF in the order of its structure: what a screen reader says."""
    found = pdf._Finish(file)
    said: dict[tuple[int, int], str] = {}
    for page in found.numbers(b"/Type/Page/"):
        for match in pdf._PIECE.finditer(found.stream(found.reference(page, b"Contents"))):
            if match[1]:
                said[page, int(match[1])] = _said(found, match, page)
    return "".join(_walk(found, found.numbers(b"/S/Document/")[0], said))


def _said(found: pdf._Finish, match: re.Match[bytes], page: int) -> str:
    said, opened = "", []
    for operation in pdf._OPERATION.finditer(match[0]):
        if operation["open"]:
            opened.append(operation["open"])
        elif operation["close"]:
            closed = opened.pop()
            said += "" if any(b"ActualText" in marker for marker in opened) else _replacement(closed)
        elif not any(b"ActualText" in marker for marker in opened):
            font = found.fonts(found.page_fonts(page)[re.search(rb"/(f\d+)", operation["show"])[1]])
            glyphs = [font.says.get(glyph, "") for glyph in pdf._glyphs(operation["show"])]
            said += "".join(reversed(glyphs) if opened else glyphs)
    return said


def _replacement(marker: bytes) -> str:
    code = re.search(rb"ActualText<FEFF([0-9A-F]*)>", marker)
    return bytes.fromhex(code[1].decode()).decode("utf-16-be") if code else ""


def _walk(found: pdf._Finish, number: int, said: dict[tuple[int, int], str]) -> list[str]:
    content = found.objects[number]
    inside = re.search(rb"/K\[((?:[^\[\]]|\[[^\]]*\])*)\]", content)
    page = int(match[1]) if inside and (match := re.search(rb"/Pg (\d+) 0 R", content[inside.end() :])) else 0
    in_order: list[str] = []
    for there, other, child, own in re.findall(rb"/MCID (\d+)/Pg (\d+) 0 R|(\d+) 0 R|(\d+)", inside[1] if inside else b""):
        in_order += _walk(found, int(child), said) if child else [said.get((int(other or page), int(there or own)), "")]
    return in_order


def printed(file: bytes) -> str:
    """The text layer by the page, as a reader copies it."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(file)).pages)


@pytest.mark.parametrize("language", SCRIPTS)
def test_a_pdf_is_read_aloud_in_the_order_of_its_words(language: str):
    """In each script, also where Latin names and dates stand inside Arabic; no letter is said twice (A11Y-12, A11Y-13)."""
    _, title, sentence = SCRIPTS[language]
    said = letters(spoken(pdf_document(in_script(language))))

    assert said.count(letters(sentence)) == 4
    assert said.index(letters(title)) < said.index(letters(sentence))


def test_an_arabic_paragraph_is_read_in_order_over_a_page_break():
    """The second page follows the first, and each line begins at its right."""
    sentences = [f"السيدة M. Duarte قالت في مكتب Port Sellen إن البند SAF-{number} مفتوح." for number in range(10, 90)]
    made = pdf_document(document(Text(" ".join(sentences)), language="ar", direction="rtl", title="تقرير"))

    assert len(pypdf.PdfReader(BytesIO(made)).pages) == 2
    assert letters("".join(sentences)) in letters(spoken(made))


@pytest.mark.parametrize("language", [language for language, (direction, *_) in SCRIPTS.items() if direction == "ltr"])
def test_the_text_layer_of_a_pdf_holds_the_words(language: str):
    """A reader can search and copy."""
    _, title, sentence = SCRIPTS[language]
    text = letters(printed(pdf_document(in_script(language))))

    assert text.count(letters(sentence)) == 4
    assert letters(title) in text


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext")
def test_arabic_can_be_copied_from_a_pdf(tmp_path: Path):
    """Also by another program's eyes: the words of the line, the marks once."""
    (tmp_path / "a.pdf").write_bytes(pdf_document(in_script("ar")))
    text = subprocess.run(["pdftotext", str(tmp_path / "a.pdf"), "-"], capture_output=True, check=True).stdout.decode()

    plainer = re.sub(r"[\u064b-\u0652]", "", letters(text)).replace("\u202b", "").replace("\u202a", "").replace("\u202c", "")
    assert "السيدةM.Duarteقالتفي2026-11-17إنالبندSAF-01ممكناجدا،" in plainer


@pytest.mark.parametrize("language", ["en", "ar", "am"])
def test_a_pdf_says_its_title_its_language_and_that_it_is_tagged(language: str):
    """The marks of PDF/UA: title shown, language, structure; and a title that gives nothing away."""
    reader = pypdf.PdfReader(BytesIO(pdf_document(in_script(language))), strict=True)
    root = reader.trailer["/Root"]

    assert root["/Lang"] == language
    assert bool(root["/MarkInfo"]["/Marked"])
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
    assert reader.metadata.title == "Report K7M-2042"
    assert not reader.metadata.author
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_a_pdf_has_heads_of_columns_and_rows_and_words_for_its_pictures():
    """Those who listen hear to what a value belongs, and what a drawing shows (A11Y-06, A11Y-13)."""
    reader = pypdf.PdfReader(BytesIO(pdf_document(document(*every_kind()))))
    found: list[tuple[str, dict]] = []

    def walk(element) -> None:
        element = element.get_object()
        if isinstance(element, list):
            for part in element:
                walk(part)
        elif isinstance(element, dict):
            if "/S" in element:
                found.append((element["/S"], element))
            walk(element.get("/K", pypdf.generic.ArrayObject()))

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    scopes = {part["/Scope"] for kind, element in found if kind == "/TH" for part in element["/A"] if part["/O"] == "/Table"}
    assert scopes == {"/Column", "/Row"}
    assert [element["/Alt"] for kind, element in found if kind == "/Figure"] == ["A sentence."]
    assert {"/H1", "/H2", "/BlockQuote", "/L", "/LI", "/Caption", "/THead", "/TBody"} <= {kind for kind, _ in found}


BOTH = """import hashlib, sys
sys.path.insert(0, sys.argv[1])
from test_report_formats import document, every_kind, in_script, pdf_document
made = {"a": document(*every_kind()), "b": document(*every_kind("Another sentence."), title="Another"), "ar": in_script("ar")}
print(*(hashlib.sha256(pdf_document(made[name])).hexdigest() for name in sys.argv[2:]))
"""


def test_a_pdf_is_the_same_whatever_was_printed_before():
    """What the typesetter remembers of one document reaches no other."""
    orders = (("a", "b", "ar", "a"), ("ar", "b", "a", "b"))
    said = [subprocess.run([sys.executable, "-c", BOTH, str(Path(__file__).parent), *order], capture_output=True, text=True, check=True).stdout.split()
            for order in orders]
    first, second = (dict(zip(order, digests, strict=True)) for order, digests in zip(orders, said, strict=True))

    assert first == second and len(set(first.values())) == 3
    assert said[0][0] == said[0][3] and said[1][1] == said[1][3]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_pdf_prints_every_payload_as_text(payload: str):
    """The typesetter gets data, never source (SEC-40)."""
    text = letters(spoken(pdf_document(document(*every_kind(payload), title=payload, footer=payload))))

    assert text.count(letters(plain(payload))) >= 15


WRAPPERS = ("{}", "a{}b", "({})", "[{}]", "<b>{}</b>", "'{}'", '"{}"', "`{}`", "${}$", "#{}", "{}\\", "/*{}*/", "<!--{}-->")


def test_two_hundred_payloads_stay_texts_in_every_format():
    """The whole corpus at once: every one of them is there as it was written (SEC-40)."""
    corpus = [f"{number}: {wrapper.replace('{}', payload)} :{number}" for number, (payload, wrapper) in
              enumerate(((payload, wrapper) for payload in PAYLOADS for wrapper in WRAPPERS), 1000)]  # fmt: skip
    made = document(*(Text(text) for text in corpus))
    html, word, said = Page(html_document(made)), opened(made), letters(spoken(pdf_document(made)))

    assert len(corpus) >= 200
    assert set(corpus) <= set(html.texts)
    assert set(corpus) <= {paragraph.text for paragraph in word.paragraphs}
    assert [text for text in corpus if letters(text) not in said] == []


def test_a_script_without_a_font_is_named_with_its_repair(monkeypatch: pytest.MonkeyPatch):
    """A machine without fonts says so; it prints no boxes, and it does not repeat the text."""
    monkeypatch.setattr(pdf, "FONT_FOLDERS", ())
    monkeypatch.setattr(pdf, "FONT_PACKAGE", "no_such_package")
    pdf._fonts.cache_clear()
    try:
        assert letters(SCRIPTS["uk"][2]) in letters(printed(pdf_document(in_script("uk"))))
        with pytest.raises(ReportError) as refused:
            pdf_document(in_script("am"))
    finally:
        pdf._fonts.cache_clear()

    assert "Ethiopic" in str(refused.value) and "fonts-noto-core" in str(refused.value)
    assert not set(SCRIPTS["am"][2]) & set(str(refused.value)) - set(" .,;")


def test_a_sign_without_a_font_is_printed_as_its_number():
    """A smile in a note does not stop a report."""
    assert "[U+1F642]" in printed(pdf_document(document(Text("She wrote: 🙂"))))


def test_a_long_table_repeats_its_heads_and_keeps_every_row():
    """Over several pages nothing is lost."""
    rows = tuple((f"DR{number:02}", Badge("level", "low", "low"), "Lied to about the work. " * 4) for number in range(90))
    reader = pypdf.PdfReader(BytesIO(pdf_document(document(Table("Ninety rows", ("Item", "Answer", "Note"), rows)))))
    pages = [page.extract_text() for page in reader.pages]

    assert len(pages) > 3
    assert all("Answer" in page for page in pages)
    assert [row[0] for row in rows] == re.findall(r"DR\d\d", "".join(pages))
    assert f"Page 2 of {len(pages)}" in pages[1]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext")
def test_long_words_stay_on_the_paper(tmp_path: Path):
    """Addresses, keys and Dutch compounds break; nothing runs over the margin."""
    long = ("https://example.org/" + "een/heel/lang/adres/" * 8, "Arbeidsongeschiktheidsverzekeringsmaatschappijen" * 2, "W" * 200)
    made = document(*(Text(word) for word in long), Table("t", long, (long, (Badge("level", "high", long[1]), *long[1:]))), language="nl")
    (tmp_path / "a.pdf").write_bytes(pdf_document(made))
    boxes = subprocess.run(["pdftotext", "-bbox", str(tmp_path / "a.pdf"), "-"], capture_output=True, check=True).stdout.decode()

    assert max(float(edge) for edge in re.findall(r'xMax="([\d.]+)"', boxes)) <= 595.3 - 45


def test_deep_traces_and_deep_details_are_printed():
    """However deep a trace is, no line of it is lost."""
    tree, details = Tree("last line", "holds", "Holds"), Details("core", (Text("in the middle"),))
    for level in range(30):
        tree, details = Tree(f"line {level}", "open", "Open", (tree,)), Details(f"part {level}", (details,)) if level < 12 else details
    text = printed(pdf_document(document(tree, details)))

    assert all(f"line {level}" in text for level in range(30))
    assert "last line" in text and "in the middle" in text


def test_empty_and_unknown_parts_do_not_stop_a_document():
    """A view that has nothing to say still gives a page."""
    odd = (
        Text("", "odd"), Bullets(()), Facts(()), Table("", (), ()), Table("c", ("a",), ()), Picture("", ""), Picture(SVG, ""), Quote(""),
        Notice("", "", "odd"), Tree("", "odd", ""), Details("", ()), Lines(()), Facts((("", Badge("odd", "odd", "word")),)),
    )  # fmt: skip

    for made in (html_document, pdf_document, docx_document):
        assert made(document(*odd))


# ── DOCX ──

# The order of the format (ECMA-376, part 1), for the parts we write.
ORDERS = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens "
    "bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents jc textAlignment outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike noProof vanish color spacing w kern position sz szCs highlight u effect bdr shd "
    "vertAlign rtl cs em lang",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd tblBorders shd "
    "tblLayout tblCellMar tblLook tblCaption tblDescription",
    "sectPr": "headerReference footerReference type pgSz pgMar pgBorders lnNumType pgNumType cols formProt vAlign titlePg textDirection bidi rtlGutter docGrid",
}  # fmt: skip


def opened(made: Document):
    return docx.Document(BytesIO(docx_document(made)))


def part(made: Document, name: str = "word/document.xml") -> str:
    with zipfile.ZipFile(BytesIO(docx_document(made))) as archive:
        return archive.read(name).decode()


def test_a_docx_has_real_styles_and_table_heads():
    """Headings, lists and heads of tables are what they are, not letters made bold (A11Y-13)."""
    word = opened(document(*every_kind()))

    assert [p.style.name for p in word.paragraphs if p.style.name.startswith("Heading")] == ["Heading 1", "Heading 2", "Heading 3"]
    assert {"Quote", "Caption", "Report List", "Report Notice"} <= {p.style.name for p in word.paragraphs}
    assert all(table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in word.tables)
    assert [cell.paragraphs[0].style.name for cell in word.tables[0].rows[1].cells] == ["Report Row Head", "Report Cell"]
    assert len(word.inline_shapes) == 1 and word.inline_shapes[0]._inline.docPr.get("descr") == "A sentence."


def test_a_docx_from_right_to_left_says_so_at_every_place():
    """Page, styles, table and runs; Latin words and dates inside keep their own direction (A11Y-12)."""
    body, styles = part(in_script("ar")), part(in_script("ar"), "word/styles.xml")

    assert "<w:bidi/>" in body[body.index("<w:sectPr") :]
    assert "<w:bidiVisual/>" in body
    assert re.search(r'<w:rtl w:val="0"/></w:rPr><w:t[^>]*>2026-11-17<', body)
    assert re.search(r'<w:rtl w:val="0"/></w:rPr><w:t[^>]*>SAF-01<', body)
    assert re.search(r"<w:rtl/></w:rPr><w:t[^>]*>السيدة ", body)
    assert styles.count("<w:bidi/>") > 10 and 'w:bidi="ar"' in styles
    assert "<w:bidi" not in part(in_script("nl"))


@pytest.mark.parametrize("language", SCRIPTS)
def test_a_docx_holds_the_words_and_the_language(language: str):
    """Every script arrives."""
    word = opened(in_script(language))

    assert sum(p.text == SCRIPTS[language][2] for p in word.paragraphs) == 3
    assert f'w:lang w:val="{language}"' in part(in_script(language), "word/styles.xml")


def test_a_docx_names_nobody():
    """No author, no program, no thumbnail; the title says no more than the reference."""
    made = document(*every_kind(), title="Safe return of a person")
    known = opened(made).core_properties

    assert (known.author, known.last_modified_by, known.comments, known.keywords) == ("", "", "", "")
    assert known.title == "Report K7M-2042"
    with zipfile.ZipFile(BytesIO(docx_document(made))) as archive:
        assert not [name for name in archive.namelist() if "thumbnail" in name]
        assert "Application" not in archive.read("docProps/app.xml").decode()
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_docx_shows_every_payload_as_text(payload: str):
    """No text becomes a part of the format (SEC-40)."""
    word = opened(document(*every_kind(payload), title=payload, footer=payload, marks=(payload,)))

    assert sum(payload in p.text for p in word.paragraphs) >= 12
    assert word.sections[0].footer.paragraphs[0].text.startswith(payload)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_docx_keeps_the_order_of_the_format(language: str):
    """Word refuses a file whose properties stand in the wrong order."""
    direction, title, _ = SCRIPTS[language]
    made = document(*every_kind(title), language=language, direction=direction, title=title, footer=title)
    with zipfile.ZipFile(BytesIO(docx_document(made))) as archive:
        trees = [docx.oxml.parse_xml(archive.read(f"word/{name}.xml")) for name in ("document", "styles", "numbering", "header1", "footer1")]

    for tree in trees:
        for kind, order in ORDERS.items():
            for properties in tree.iter(qn(f"w:{kind}")):
                names = [child.tag.rpartition("}")[2] for child in properties]
                assert [order.split().index(name) for name in names] == sorted(order.split().index(name) for name in names), (kind, names)


def test_without_a_typesetter_a_docx_has_the_sentence_and_the_table(monkeypatch: pytest.MonkeyPatch):
    """A picture that cannot be made is no reason to lose what it shows."""
    monkeypatch.setattr("safe_lib.report.docx._png", lambda drawing: (b"", (0, 0)))
    word = opened(document(Picture(SVG, "Two bars.", Table("Bars", ("Bar", "Height"), (("DR", "2"),)))))

    assert not word.inline_shapes
    assert "Two bars." in [p.text for p in word.paragraphs] and len(word.tables) == 1


def test_every_place_to_sign_has_its_line():
    """Word and LibreOffice draw one line for neighbours with the same border; seen in LibreOffice 7.4."""
    word = opened(document(Lines(("Professional", "Second reader", "The person"))))
    borders = [p._p.pPr.find(qn("w:pBdr")).find(qn("w:top")).get(qn("w:sz")) for p in word.paragraphs if p.style.name == "Report Signature"]

    assert len(borders) == 3
    assert all(one != next_ for one, next_ in pairwise(borders))


def test_a_heading_and_its_sentence_stay_with_what_follows():
    """Neither stands alone at the foot of a page."""
    word = opened(document(Heading("Why"), Text("Each finding shows its answers.", "quiet"), Text("The first finding.")))
    kept = {p.text: p.paragraph_format.keep_with_next for p in word.paragraphs}

    assert kept["Each finding shows its answers."] is True
    assert not kept["The first finding."]
