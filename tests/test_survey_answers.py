"""Answers to a survey: by a link that needs no account and keeps nobody's address or device, by paper, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from conftest import PHRASE, TODAY
from lxml import html
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application

from safe_lib import copies, surveying
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.surveys import load_survey
from safe_lib.model.errors import NotPermitted, StoreError, WrongUse
from safe_lib.runtime import survey_form
from safe_lib.runtime.front import answered
from safe_lib.store import CHEAP, Store, backup, postbox
from safe_lib.store.drill import drill
from safe_lib.store.postbox import folder_of
from safe_lib.store.restore import Opener, chosen_copy, restore
from safe_lib.store.tables import METADATA
from safe_lib.widgets.survey.fields import given
from safe_lib.widgets.survey.form_page import paper_html

SURVEY = load_survey("safe_survey")
SAID = {"C0": "yes", "A1": "NLD", "A2": "shelter", "A3": ["reception", "return"], "A4": "3", "B1.labour": "increased", "B2": ["NGA", "", "VNM"],
        "C6": ["shame", "no_shelter", ""], "B5": "Recruiters wait near the  centre.\r\nThey come by car."}
AGENT, ADDRESS = "Mozilla/5.0 (respondent's telephone)", "203.0.113.77"


class Visitor:
    """Somebody without an account, over HTTP."""

    def __init__(self, store: Path) -> None:
        self.settings: dict[str, Any] = {"suite": SimpleNamespace(path=store), "xsrf_cookies": True, "log_function": answered}

    def ask(self, method: str, path: str, data: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        async def go() -> httpx.Response:
            sock, port = bind_unused_port()
            server = HTTPServer(Application([(survey_form.FORM, survey_form.SurveyForm)], **self.settings))
            server.add_socket(sock)
            about = {"User-Agent": AGENT, "X-Forwarded-For": ADDRESS, "Content-Type": "application/x-www-form-urlencoded", **headers}
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                body = urlencode(data or {}, doseq=True) if method == "POST" else None
                found = await client.request(method, path, content=body, headers=about)
            server.stop()
            return found

        return asyncio.run(go())


@pytest.fixture
def analyst(tmp_path: Path) -> Iterator[Desk]:
    with Store.create(tmp_path / "survey.store", PHRASE, cost=CHEAP, roles=("analyst", "administrator"), person="ana") as store:
        yield Desk(store, "ana", "en", TODAY)


@pytest.fixture
def opened(analyst: Desk, monkeypatch: pytest.MonkeyPatch) -> surveying.Opened:
    monkeypatch.setattr(survey_form, "date", SimpleNamespace(today=lambda: TODAY))
    monkeypatch.setattr(survey_form, "PACE", survey_form.Pace())
    return surveying.open_link(analyst, "safe_survey", 30)


@pytest.fixture
def visitor(analyst: Desk) -> Visitor:
    return Visitor(analyst.open_store().path)


def test_who_has_the_link_answers_without_an_account(analyst: Desk, opened: surveying.Opened, visitor: Visitor) -> None:
    """The page, the answer, the thanks; the analyst reads what was answered, and no more."""
    page = visitor.ask("GET", opened.path)
    once = html.fromstring(page.text).xpath("//input[@name='once']/@value")[0]
    sent = visitor.ask("POST", opened.path, {**SAID, "once": once})
    thanks = visitor.ask("GET", sent.headers["location"])

    assert (page.status_code, sent.status_code, thanks.status_code) == (200, 303, 200) and "Thank you" in thanks.text
    assert surveying.links(analyst)[0].waiting == 1
    found, = surveying.responses(analyst, opened.link.id)
    assert found.said == {"C0": ("yes",), "A1": ("NLD",), "A2": ("shelter",), "A3": ("reception", "return"), "A4": ("3",), "B1.labour": ("increased",),
                          "B2": ("NGA", "VNM"), "B5": ("Recruiters wait near the  centre.\nThey come by car.",), "C6": ("shame", "no_shelter")}
    assert (found.source, found.received) == ("link", TODAY) and surveying.links(analyst)[0].waiting == 0
    visitor.ask("POST", opened.path, {**SAID, "once": once})
    assert len(surveying.responses(analyst, opened.link.id)) == 1  # pressed twice


def test_nothing_of_a_request_is_kept(analyst: Desk, opened: surveying.Opened, visitor: Visitor, caplog: pytest.LogCaptureFixture,
                                      capfd: pytest.CaptureFixture[str]) -> None:
    """No cookie; and no address, device, moment, link or answer in the store, the letter box, the audit trail or a log, before and after it was emptied."""
    store = analyst.open_store()
    token = opened.path.rpartition("/")[2]
    answers = [visitor.ask(*ask) for ask in (("GET", opened.path), ("POST", opened.path, SAID), ("POST", opened.path, {}), ("GET", "/survey/" + "x" * 22))]
    assert [one.status_code for one in answers] == [200, 303, 400, 404] and not any("set-cookie" in one.headers for one in answers)
    assert all(one.headers["referrer-policy"] == "no-referrer" and one.headers["cache-control"] == "no-store" for one in answers)

    kept = [file.read_bytes() for file in store.path.parent.rglob("*") if file.is_file()]
    surveying.responses(analyst, opened.link.id)
    with store._reading() as connection:  # as it stands in the database, decrypted
        rows = {table.name: [str(row) for row in connection.execute(table.select())] for table in METADATA.sorted_tables}
    kept += ["\n".join(lines).encode() for lines in rows.values()]
    said = "\n".join([*(f"{line.what} {line.detail} {line.by}" for line in store.audit()), caplog.text, *capfd.readouterr()])
    secret = [AGENT, "telephone", ADDRESS, "127.0.0.1", token, "Recruiters wait"]
    assert not [word for word in secret if word in said or any(word.encode() in content for content in kept)]
    assert "survey.answers" in said and len(rows["survey_answers"]) == 1


def test_an_answer_that_cannot_be_taken_is_told_at_its_place(opened: surveying.Opened, visitor: Visitor) -> None:
    """Nothing is kept, what was typed stands there again, each problem leads to its question."""
    back = visitor.ask("POST", f"{opened.path}?lang=nl", {**SAID, "C0": [], "A4": "veel", "C6": ["shame", "shame"], "B2": ["NGA"] * 2})
    page = html.fromstring(back.text)

    assert back.status_code == 400 and page.get("lang") == "nl"
    assert page.xpath("//*[@role='alert']//a/@href") == ["#q-C0", "#q-A4"]  # the same twice in a list is one
    assert page.xpath("//input[@id='a-A4']/@value") == ["veel"] and page.xpath("//input[@id='a-A2-shelter']/@checked")
    assert "Recruiters wait" in page.xpath("//textarea[@id='a-B5']/text()")[0]


def test_words_of_an_answer_stay_words(opened: surveying.Opened, visitor: Visitor) -> None:
    """What looks like a page comes back as text."""
    page = html.fromstring(visitor.ask("POST", opened.path, {"B5": "</textarea><script>x</script>", "A4": '"><b>'}).text)

    assert not page.xpath("//script | //b") and page.xpath("//textarea[@id='a-B5']/text()") == ["</textarea><script>x</script>"]


def test_a_link_works_until_it_is_over_or_closed(analyst: Desk, opened: surveying.Opened, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over, closed, erased and wrong look the same from outside."""
    other = surveying.open_link(analyst, "safe_survey", 60)
    for days, status in ((30, 200), (31, 404)):
        monkeypatch.setattr(survey_form, "date", SimpleNamespace(today=lambda days=days: TODAY + timedelta(days=days)))
        assert visitor.ask("GET", opened.path).status_code == status
    visitor.ask("POST", other.path, SAID)
    surveying.close_link(analyst, other.link.id)
    closed = visitor.ask("POST", other.path, SAID)

    assert closed.status_code == 404 and closed.text == visitor.ask("GET", "/survey/" + "A" * 22).text
    assert surveying.erase_link(analyst, other.link.id) == 1 and [one.id for one in surveying.links(analyst)] == [opened.link.id]
    with pytest.raises(WrongUse):
        surveying.responses(analyst, other.link.id)


def test_limits_of_an_open_door(opened: surveying.Opened, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too long, too many within a minute, and a full letter box are refused; another page cannot send for somebody."""
    assert visitor.ask("POST", opened.path, {**SAID, "B5": "x" * 120_000}).status_code == 413
    assert visitor.ask("POST", opened.path, SAID, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    monkeypatch.setattr(postbox, "MOST", 1)
    assert [visitor.ask("POST", opened.path, SAID).status_code for _ in range(2)] == [303, 429]
    now = [0.0]
    pace = survey_form.Pace(2, lambda: now[0])
    assert [pace.lets_in() for _ in range(3)] == [True, True, False]
    now[0] = 60.0
    assert pace.lets_in()


def test_a_letter_that_somebody_changed_does_not_stop_the_others(analyst: Desk, opened: surveying.Opened, visitor: Visitor) -> None:
    """It stays where it is; the others come in."""
    for _ in range(2):
        visitor.ask("POST", opened.path, SAID)
    box = postbox.folder_of(analyst.open_store().path) / "1.box"
    first, second = box.read_bytes().splitlines()
    box.write_bytes(first[:50] + b"AAAA" + first[54:] + b"\n" + second + b"\n")

    assert len(surveying.responses(analyst, 1)) == 1 and box.read_bytes().count(b"\n") == 1


def test_every_control_has_its_label_and_every_group_its_legend(opened: surveying.Opened, visitor: Visitor) -> None:
    """One heading after the other, no script, no style attribute, ids once; in both languages, and what is asked under a condition says so."""
    for language in ("en", "nl"):
        page = html.fromstring(visitor.ask("GET", f"{opened.path}?lang={language}").text)
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)) and not page.xpath("//script | //@style | //@onclick")
        controls = page.xpath("//input[@type!='hidden'] | //select | //textarea | //input[not(@type)]")
        assert len(controls) > 300 and all(page.xpath(f"//label[@for='{one.get('id')}']") for one in controls)
        assert all(one.xpath("ancestor::fieldset/legend//text()") for one in page.xpath("//input[@type='radio']"))
        assert {one.get("data-question") for one in page.xpath("//*[@data-question]")} == {one.id for one in SURVEY.questions}
        assert page.xpath("//p[@id='h-C5']/text()")[0].endswith(("or more, or not known”.", "or more, or not known.", "of niet bekend."))


def test_paper_is_entered_once_by_its_number(analyst: Desk, opened: surveying.Opened) -> None:
    """The sheet asks every question; what was written on it is entered under its number."""
    sheet = html.fromstring(paper_html(SURVEY, load_texts("en")))
    said = given(SURVEY, lambda place: [one] if isinstance(one := SAID.get(place, []), str) else one)
    assert [one.text_content().partition(".")[0] for one in sheet.xpath("//h3")] == [one.id for one in SURVEY.questions] and not sheet.xpath("//input")

    assert [one.place for one in surveying.enter(analyst, 1, {"A4": ("1",)}, "P-1")] == ["C0", "A1"]
    assert surveying.enter(analyst, 1, said, "P-1") == () == surveying.enter(analyst, 1, said, "P-2")
    for number in ("P-1", " ", "x" * 41):
        with pytest.raises(WrongUse):
            surveying.enter(analyst, 1, said, number)
    assert [one.source for one in surveying.responses(analyst, 1)] == ["paper", "paper"]


def test_open_answers_are_coded_by_each_for_themselves(analyst: Desk, opened: surveying.Opened) -> None:
    """Codes of the codebook only; coding again replaces one's own and no one else's."""
    surveying.enter(analyst, 1, {"C0": ("yes",), "A1": ("NLD",), "B5": ("Recruiters wait.",)}, "1")
    (answer, place), = surveying.open_answers(analyst, 1)
    surveying.code(analyst, 1, answer, place, ["T-ROUTE"])
    surveying.code(analyst, 1, answer, place, ["T-ONLINE", "X-OTHER"])

    assert [(one.coder, one.codes) for one in surveying.codings(analyst, 1)] == [("ana", ("T-ONLINE", "X-OTHER"))]
    for bad in ((answer, place, []), (answer, place, ["Z"]), (99, place, ["T-ONLINE"]), (answer, "A4", ["T-ONLINE"])):
        with pytest.raises(WrongUse):
            surveying.code(analyst, 1, *bad)


def test_who_may_not_is_refused(analyst: Desk, opened: surveying.Opened) -> None:
    """Without a right nothing is opened, closed, entered or read."""
    nobody = replace(analyst, role="nobody")
    for do in (lambda: surveying.open_link(nobody, "safe_survey"), lambda: surveying.close_link(nobody, 1), lambda: surveying.links(nobody),
               lambda: surveying.responses(nobody, 1), lambda: surveying.erase_link(nobody, 1), lambda: surveying.enter(nobody, 1, {}, "1")):
        with pytest.raises(NotPermitted):
            do()


def brought_elsewhere(desk: Desk, folder: Path) -> Path:
    """A safety copy of the store, restored on another machine."""
    made = folder / "copies"
    made.mkdir()
    copies.back_up(desk, made)
    to = folder / "elsewhere" / "new.store"
    restore(*chosen_copy(made), to, Opener(PHRASE, "ana"), at=datetime.now(UTC))
    return to


def test_what_waits_is_in_a_safety_copy(analyst: Desk, opened: surveying.Opened, visitor: Visitor, tmp_path: Path) -> None:
    """An answer that nobody has read yet comes back with the store, and the link goes on working there."""
    assert visitor.ask("POST", opened.path, SAID).status_code == 303
    to = brought_elsewhere(analyst, tmp_path)
    assert Visitor(to).ask("POST", opened.path, SAID).status_code == 303
    with Store.open(to, PHRASE, person="ana") as store:
        elsewhere = Desk(store, "ana", "en", TODAY)
        assert surveying.links(elsewhere)[0].waiting == 2
        assert len(surveying.responses(elsewhere, opened.link.id)) == 2 and surveying.links(elsewhere)[0].waiting == 0
    assert {file.stat().st_mode & 0o777 for file in folder_of(to).iterdir()} == {0o600} and folder_of(to).stat().st_mode & 0o777 == 0o700
    with pytest.raises(StoreError, match="never restored over"):
        restore(*chosen_copy(tmp_path / "copies"), tmp_path / "elsewhere" / "new.store", Opener(PHRASE, "ana"), at=datetime.now(UTC))


def test_the_drill_looks_at_what_waits_too(analyst: Desk, opened: surveying.Opened, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that came back without the letters is told."""
    visitor.ask("POST", opened.path, SAID)
    store, words = analyst.open_store(), Opener(PHRASE, "ana")

    assert drill(store, words, at=datetime.now(UTC)).differences == ()
    monkeypatch.setattr("safe_lib.store.restore.put_back", lambda *_: None)
    assert drill(store, words, at=datetime.now(UTC)).differences == ("letters",)


def test_a_letter_that_is_taken_out_while_a_copy_is_made_comes_back_once(analyst: Desk, opened: surveying.Opened, visitor: Visitor, tmp_path: Path,
                                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in the letter box of the copy and in its database."""
    visitor.ask("POST", opened.path, SAID)
    real = backup.snapshot

    def read_first(*what: Any) -> None:
        assert len(surveying.responses(analyst, opened.link.id)) == 1
        real(*what)

    monkeypatch.setattr(backup, "snapshot", read_first)
    with Store.open(brought_elsewhere(analyst, tmp_path), PHRASE, person="ana") as store:
        elsewhere = Desk(store, "ana", "en", TODAY)
        assert surveying.links(elsewhere)[0].waiting == 1
        assert len(surveying.responses(elsewhere, opened.link.id)) == 1 and surveying.links(elsewhere)[0].waiting == 0
