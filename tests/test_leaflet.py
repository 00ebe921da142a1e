"""Where paper is not wise, something written for the person takes a second step and a reason, and the reason is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import PHRASE, give

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.catalogue import load_instrument, load_texts
from safe_lib.cli.app import run
from safe_lib.model.errors import NotPermitted, ReasonNeeded
from safe_lib.report.make import make_and_seal, make_report
from safe_lib.store import CHEAP, Store
from safe_lib.widgets.form import Form
from safe_lib.workbook import Workbook

REASON = "She reads it here with the lawyer and leaves it with her."


def test_the_question_has_the_answer_this_rests_on() -> None:
    """Who changes the scale of LEAFLET changes what may be written."""
    first_level = load_instrument("first_level")

    assert set(first_level.scales[first_level.item("LEAFLET").scale].codes) == {"not_given", "told_only", "given"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("told_only", "unwise"), ("given", "wise"), ("not_given", "unknown"), ("unsafe_to_ask", "unknown"), ("declined", "unknown"), (None, "unknown")],
)
def test_only_an_answer_says_whether_paper_is_wise(desk: Desk, case: str, answer: str | None, expected: str) -> None:
    """Unknown is neither yes nor no."""
    if answer:
        give(desk, case, "first_level", {"LEAFLET": answer})

    assert casework.leaflet(desk, case) == expected


def test_a_report_for_the_person_is_refused_without_a_reason(desk: Desk, case: str) -> None:
    """In words that do not say what was answered; other readers are not concerned, and nothing is sealed."""
    give(desk, case, "first_level", {"LEAFLET": "told_only"})
    with pytest.raises(ReasonNeeded, match="needs a reason") as refused:
        make_and_seal(desk, case, "safe_return", "person", "html", although="  ")

    assert isinstance(refused.value, NotPermitted)
    assert "told" not in str(refused.value)
    assert casework.reports_of(desk, case) == ()
    assert make_report(desk, case, "safe_return", "lawyer", "html")


def test_the_reason_goes_into_the_register(desk: Desk, case: str) -> None:
    """With the report that left, and into the audit trail in any case."""
    give(desk, case, "first_level", {"LEAFLET": "told_only"})
    make_and_seal(desk, case, "safe_return", "person", "html", although=REASON)
    store = desk.open_store()

    assert [line.purpose for line in store.disclosures(case)] == [f"download by noor; although: {REASON}"]
    assert [line.detail for line in store.audit(case) if line.what == "report.although"] == [f"safe_return person: {REASON}"]


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize(("answer", "key"), [("told_only", "leaflet.unwise"), (None, "leaflet.unknown"), ("given", "")])
def test_the_page_says_so_beside_the_buttons(desk: Desk, case: str, language: str, answer: str | None, key: str) -> None:
    """What the answer asks for; where it is settled that paper is fine, nothing."""
    texts = load_texts(language)
    if answer:
        give(desk, case, "first_level", {"LEAFLET": answer})
    said = str(Workbook(replace(desk, language=language), "safe_return", case).reports())

    assert [one for one in ("leaflet.unwise", "leaflet.unknown") if texts(one) in said] == ([key] if key else [])


def test_the_page_is_asked_for_a_reason(desk: Desk, case: str) -> None:
    """The first press is answered with what is needed, the second with the document."""
    give(desk, case, "first_level", {"LEAFLET": "told_only"})
    form, told = Form(Workbook(desk, "safe_return", case)), list[dict[str, object]]()
    form.send = lambda content, buffers=None: told.append(content)  # type: ignore[method-assign]
    for although in ("", REASON):
        form._receive(form, {"type": "report", "seq": 1, "profile": "person", "format": "html", "although": although}, None)

    assert [one["type"] for one in told] == ["reason_needed", "report", "views"]
    assert told[0]["sentence"] == load_texts("en")("leaflet.needed")


@pytest.fixture
def at(tmp_path: Path) -> list[str]:
    """A store in which paper is not wise for K7M-2042."""
    key = tmp_path / "phrase"
    key.write_text(PHRASE, encoding="utf-8")
    key.chmod(0o600)
    with Store.create(tmp_path / "cases.safe", PHRASE, training=True, cost=CHEAP) as store:
        desk = Desk(store, "noor", "en", casework._now().date())
        store.new_case(ref="K7M-2042", by="noor", at=casework._now())
        give(desk, "K7M-2042", "first_level", {"LEAFLET": "told_only"})
    return ["--store", str(tmp_path / "cases.safe"), "--passphrase-file", str(key)]


def test_the_command_refuses_with_its_exit_code_and_takes_a_reason(at: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """30 without a reason, 0 with one; the message holds no answer."""
    command = ("report", "K7M-2042", "identification", "--for", "person", "--format", "json", *at)

    assert run(command) == 30
    said = capsys.readouterr().err
    assert "--although" in said and "told" not in said and "Traceback" not in said
    assert run((*command, "--although", REASON)) == 0
