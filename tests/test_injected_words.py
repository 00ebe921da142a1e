"""Words of persons, of staff and of data files are words, wherever they are shown (SEC-40)."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from hostile.words import WORDS, letters
from pypdf import PdfReader
from small_instruments import instrument as made_of
from small_instruments import item, outcome

from safe_lib import casework
from safe_lib.casework import Desk, Said
from safe_lib.catalogue import load_texts
from safe_lib.cli import drawing, printing
from safe_lib.engine.country import theme_view
from safe_lib.model.answers import Answer
from safe_lib.model.case import SavedAnswer
from safe_lib.model.country import Claim, Country, CountrySource, NotFound, Theme
from safe_lib.model.document import Badge, Block, Bullets, Details, Document, Facts, Heading, Lines, Notice, Quote, Table, Text, Tree
from safe_lib.model.errors import AnswersError
from safe_lib.model.texts import Texts, closed, filled
from safe_lib.report.docx import docx_document
from safe_lib.report.html import html_document
from safe_lib.report.make import make_report
from safe_lib.report.pdf import pdf_document
from safe_lib.widgets.blocks import blocks_html, blocks_text
from safe_lib.widgets.country_views import theme_blocks
from safe_lib.widgets.pages import CaseRow, ComingDate, Start, WorkbookCard, error_page, sign_in_page, start_page
from safe_lib.widgets.questions import Part, Stage, form_html
from safe_lib.widgets.shell import CaseHead, Frame, Tab, page_shell

EN = load_texts("en")
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MOVES_A_TERMINAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]")
VOID = ("meta", "link", "input", "br", "img")


class Parsed(HTMLParser):
    """What a page is made of: its elements with the names of their attributes, and all its words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, ...]] = []
        self.said: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *sorted(name for name, _ in attrs)))
        self.said += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment",))

    def handle_decl(self, decl: str) -> None:
        self.elements.append((decl,))

    @property
    def words(self) -> str:
        return letters("".join(self.said))


def blocks_of(word: str) -> tuple[Block, ...]:
    """Every kind of block that holds words."""
    table = Table(word, (word, word), ((word, Badge("level", "high", word)), (word, word)))
    return (Heading(word), Text(word), Bullets((word, word)), Facts(((word, word),)), table, Quote(word, word), Notice(word, word), Tree(word, "open", word, (Tree(word, "holds", word),)),
            Details(word, (Text(word),)), Lines((word,)))  # fmt: skip


def frame_of(word: str) -> Frame:
    return Frame(EN, here="/identification", title=word, case=CaseHead("K7M-2042", word, word, word), tabs=(Tab(word, "/identification"),), versions=(word,), marks=(word,), script_url="/x.js")


def form_of(word: str) -> str:
    """A form in which every text of the instrument, and every answer, note and reason, is this word."""
    texts = {"label": word, "ask": f"{word}?", "listen_for": word, "note": word, "response": word, "clears_when": word}
    small = made_of("rules", [item("SAF1", "SAF", "risk", **texts), item("HS1", "SAF", "hard_stop", stop="absolute", **texts), item("T1", "SAF", "question", scale="text", **texts),
                              item("D1", "SAF", "question", scale="day", **texts)], [outcome("a")])  # fmt: skip
    saved = {one.id: SavedAnswer(one.id, "", Answer("not_applicable" if one.id == "SAF1" else "active", ("account",), word), word, 1, "noor", NOW) for one in small.items}
    group = replace(small.groups[0], title=word, about=word)
    stages = [Stage("s1", 1, word, word, (Part(small, group, small.items, saved),), gate=True), Stage("s2", 2, word, word, (Part(small, group, small.items, {}), Part(small, group, small.items, {})))]
    return form_html(stages, EN, name="small", case="K7M-2042")


def country_of(word: str) -> str:
    """What a page shows of a claim, its source and what was not found, all with this word."""
    claim = Claim("c1", "T05", "weak", word, word, word, date(2026, 1, 1), date(2027, 1, 1), ("s1",), word, note=word)
    theme = Theme("T05", word, months=12, questions=(word,))
    source = CountrySource("s1", word, word, "government", "2026-02", url=word, quotes=(word,))
    country = Country("XAA", word, "sha256:x", (claim,), {"s1": source}, themes={"T05": theme}, not_found=(NotFound(word, "T05"),))
    return blocks_html(theme_blocks(country, theme_view(country, "T05", date(2026, 11, 21)), date(2026, 11, 21), EN), EN)


PAGES: dict[str, Callable[[str], str]] = {
    "view": lambda word: blocks_html(blocks_of(word), EN),
    "frame": lambda word: page_shell(frame_of(word), ""),
    "masked frame": lambda word: page_shell(replace(frame_of(word), masked=True, names_url="/names"), ""),
    "sign-in": lambda word: sign_in_page(replace(frame_of("x"), signed_in=False, case=None), error=word, user=word, then=word),
    "start": lambda word: start_page(frame_of("x"), Start(word, NOW, (WorkbookCard(word, word, "/x", True),), (CaseRow("K7M-2042", "/x", word, word, word, word),),
                                                          (ComingDate(date(2026, 11, 23), word, "K7M-2042", word),), choose_for=word)),
    "error": lambda word: error_page(frame_of("x"), 404, word),
    "form": form_of,
    "country": country_of,
    "report": lambda word: html_document(report_of(*blocks_of(word), title=f"Title {word}", footer=word, marks=(word,))),
}  # fmt: skip


def report_of(*blocks: Block, title: str = "Title", **more: Any) -> Document:
    return Document(title, "en", "ltr", "lawyer", "K7M-2042", "2026-11-21", blocks, **more)


def test_the_corpus_is_large_enough() -> None:
    """SEC-40 asks for 200."""
    assert len(WORDS) >= 200


@pytest.mark.parametrize("name", PAGES)
def test_sec_40_no_word_becomes_an_element(name: str) -> None:
    """With each word of the corpus a page has no element and no attribute that it does not have with a plain one, and the word is in it."""
    ordinary, *others = (Parsed(PAGES[name](word)).elements for word in ("plain", "plain words, and more of them than a badge has room for", "\u0633\u0644\u0627\u0645 2026-11-21", " "))
    usual = set(ordinary).union(*others)
    for word in WORDS:
        page = Parsed(PAGES[name](word))

        assert set(page.elements) <= usual, word
        assert number(page.elements) <= number(ordinary), word
        assert letters(word) in page.words or name == "masked frame" or name == "report", word


def number(elements: list[tuple[str, ...]]) -> int:
    """How many there are; those that turn words round, or stand only where something is said, do not count."""
    return sum(one[0] not in ("bdi", "span", "p") for one in elements)


def test_sec_40_a_report_says_every_word() -> None:
    """HTML: all that a document may hold of each word; characters that no document holds are left out."""
    for word in WORDS:
        said = Parsed(html_document(report_of(Text(word), Quote(word, word)))).words
        kept = letters(re.sub(r"[\ufdd0-\ufdef\ufff9-\ufffb\ufeff\U000e0000-\U000e007f]", "", word))

        assert kept in said, word


def test_sec_40_a_word_document_says_every_word_and_holds_no_field_of_theirs() -> None:
    """DOCX: the same kinds of parts as with plain words; fields only for page numbers; no address outside."""
    plain, made = (docx_document(report_of(*(block for word in words for block in (Text(word), Facts(((word, word),)))), *blocks_of(words[0]), marks=(words[0],), footer=words[0]))
                   for words in (("plain", "\u0633 a 1-2-3", "\u0633\u0644\u0627\u0645 a", "two\nlines"), WORDS))  # fmt: skip
    said, tags, names = [], [], []
    for content in (plain, made):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith((".xml", ".rels"))}
        said.append(letters(unescape("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", parts["word/document.xml"])))))
        tags.append({name: set(re.findall(r"<([\w:]+)", part)) for name, part in parts.items()})
        names.append(sorted(archive.namelist()))
        assert [(one + other).strip() for one, other in re.findall(r'<w:instrText[^>]*>([^<]*)<|<w:fldSimple[^>]*w:instr="([^"]*)"', "".join(parts.values()))] == ["PAGE", "NUMPAGES"]
        assert 'TargetMode="External"' not in "".join(parts.values())

    assert all(found <= tags[0][name] for name, found in tags[1].items()), {name: found - tags[0][name] for name, found in tags[1].items()}
    assert names[1] == names[0]
    for word in WORDS:
        assert letters(re.sub(r"[\x00-\x1f\x7f-\x9f\u202d\u202e\ufff9-\ufffb\ufeff\U000e0000-\U000e007f]", "", word)) in said[1], word


def test_sec_40_a_pdf_says_every_word_and_links_to_nothing() -> None:
    """PDF: nothing is set as markup or run by the typesetter; no link, script, form or file is in it."""
    content = pdf_document(report_of(*(block for word in WORDS for block in (Text(word), Quote(word, word))), title="Title"))
    reader = PdfReader(io.BytesIO(content))
    said = letters("".join(page.extract_text() for page in reader.pages))
    typed = [word for word in WORDS if word.isascii() and word.isprintable() and len(word) < 60]

    assert len(typed) > 150
    assert [word for word in typed if letters(word) not in said] == []
    assert all(not page.get("/Annots") for page in reader.pages)
    assert not {"/AcroForm", "/OpenAction", "/AA"} & set(reader.trailer["/Root"])
    assert "/JavaScript" not in str(reader.trailer["/Root"].get("/Names", ""))


def test_sec_40_a_terminal_shows_words_and_moves_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views, drawn or plain, and messages: no word moves the cursor, sets a title, links, or is read as markup."""
    for word in WORDS:
        plain = blocks_text(blocks_of(word))
        drawn = io.StringIO()
        monkeypatch.setattr(drawing, "Console", lambda file=drawn, **more: CONSOLE(file=file, width=100_000, **more))
        drawing.draw([block for block in blocks_of(word) if not isinstance(block, Table)])
        message = printing.printable(str(AnswersError(word, 1, word, repair=word)))
        bare = re.sub(r"\x1b\[[0-9;]*m", "", drawn.getvalue())

        for shown in (plain, bare, message):
            assert not MOVES_A_TERMINAL.search(shown), word
        for shown in (plain, message):
            assert letters(MOVES_A_TERMINAL.sub("", word)) in letters(shown.replace("\ufffd", "")), word


CONSOLE = drawing.Console


def test_sec_40_a_line_of_json_shows_what_cannot_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal by JSON's own escapes; for another program as it is. Both are the same JSON."""
    for on_terminal in (True, False):
        written = io.TextIOWrapper(io.BytesIO(), "utf-8")
        monkeypatch.setattr(written, "isatty", lambda on_terminal=on_terminal: on_terminal)
        monkeypatch.setattr("sys.stdout", written)
        printing.say_json([word for word in WORDS if "\ud83d" not in word])
        line = written.buffer.getvalue().decode()  # type: ignore[attr-defined]
        monkeypatch.undo()

        assert json.loads(line) == [word for word in WORDS if "\ud83d" not in word]
        assert not (on_terminal and MOVES_A_TERMINAL.search(line.rstrip("\n")))


# Texts with places in them


@pytest.mark.parametrize("word", WORDS)
def test_sec_40_a_place_within_a_fact_is_a_word(word: str) -> None:
    """A text is filled in one go: what stands in one fact is not filled with another, and turns nothing round after it."""
    texts = Texts("en", "ltr", {"x": "{label} ({item}): {code}. {label}"})
    said = texts("x", label=word, item="SAF1", code="present")

    assert said == f"{closed(word)} (SAF1): present. {closed(word)}"
    assert filled("{a}{b}{c}", {"a": "{b}", "b": "{c}"}) == "{b}{c}{c}"


@pytest.mark.parametrize(("text", "expected"), [
    ("plain", "plain"), ("\u202eabc", "\u202eabc\u202c"), ("\u2067a\u202bb", "\u2067a\u202bb\u202c\u2069"), ("\u2067a\u202bb\u2069c", "\u2067a\u202bb\u2069c"), ("\u202aa\u202cb", "\u202aa\u202cb"),
    ("a\u202c\u2069b", "a\u202c\u2069b"), ("\u2068\u2069\u2069", "\u2068\u2069\u2069"),
])  # fmt: skip
def test_a_mark_of_direction_ends_with_its_text(text: str, expected: str) -> None:
    """Whatever was opened is closed, in the right order; what was closed already is not."""
    assert closed(text) == expected
    assert closed(closed(text)) == closed(text)


# The whole way


@pytest.fixture
def noted(desk: Desk, case: str) -> str:
    """A case in which each word of the corpus is the note of a question, a place, a wish or a measure."""
    places = [(id, one) for id in ("ilo_adult_labour", "first_level", "safe_return") for one in casework.instrument_for(desk, id).items]
    for (id, one), word in zip(places, WORDS, strict=False):
        code = "written" if one.scale in ("text", "day") else "unknown"
        casework.record(desk, case, casework.instrument_for(desk, id), Said(one.id, code, (), word, seen=None))
    casework.save_paper(desk, case, casework.FUTURES, {"futures": [{"kind": "stay", "order": 1, "country": "XAA", "subdivision": WORDS[0], "words": WORDS[1]}]})
    casework.save_paper(desk, case, casework.PLAN, {"rows": [{"about": "SAF", "measure": word, "owner": word, "proof": word, "status": "planned"} for word in WORDS[:12]]})
    return case


@pytest.mark.parametrize("workbook", ["identification", "safe_return"])
@pytest.mark.parametrize("kind", ["html", "docx", "pdf", "json"])
def test_sec_40_a_report_of_a_case_is_made_of_words(desk: Desk, noted: str, workbook: str, kind: str) -> None:
    """From the store through papermill to the document: notes, places, wishes and measures are shown, and nothing of them ran."""
    content = make_report(desk, noted, workbook, "own_file", kind)
    said = "".join(texts_in(content, kind))

    assert letters("<script>alert(1)</script>") in letters(said)
    assert letters("{{7*7}}") in letters(said) or workbook == "safe_return"
    if kind == "html":
        assert not {one[0] for one in Parsed(content.decode()).elements} & {"script", "img", "iframe", "object", "embed", "form", "base", "a", "video", "math", "link"}


def texts_in(content: bytes, kind: str) -> Iterator[str]:
    if kind == "pdf":
        yield from (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    elif kind == "docx":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (unescape(words) for words in re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", archive.read("word/document.xml").decode()))
    elif kind == "html":
        yield from Parsed(content.decode()).said
    else:
        yield json.dumps(json.loads(content), ensure_ascii=False)
