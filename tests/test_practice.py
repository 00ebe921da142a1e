"""Promises about practice cases: each has an agreed reading that leaves something open, they are worked like a case, and they never meet a real one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from team import make_team, opened, phrase

from safe_lib import casework, practice
from safe_lib.casework import Desk, Said
from safe_lib.catalogue import load_instrument, load_texts, paths
from safe_lib.catalogue.practice import check_practice, practice_cases
from safe_lib.cli.app import run
from safe_lib.engine import assess
from safe_lib.engine.practice import way_of
from safe_lib.model.answers import OPEN_CODES, Answers, Person
from safe_lib.model.errors import WrongUse
from safe_lib.model.practice import WAYS
from safe_lib.practice import Seat
from safe_lib.store import Store
from safe_lib.widgets.calibration import calibration_svg, legend_html
from safe_lib.widgets.people_pages import Said as Said_of_page
from safe_lib.widgets.practice_page import PracticeView, practice_page
from safe_lib.widgets.shell import Frame

ID = "night_bakery"
CODES = ("absent", "present", "verified", *OPEN_CODES)


@pytest.fixture
def seats(tmp_path: Path) -> Iterator[dict[str, Seat]]:
    """Two guests of a training store, and its coordinator."""
    path = make_team(tmp_path, training=True, users=("ada", "cora"))
    with ExitStack() as stack:
        store = stack.enter_context(opened(path, "cora"))
        found = {"cora": store}
        for name in ("gina", "gus"):
            ring = replace(store._holder.ring, user=name, guest=True)
            found[name] = stack.enter_context(Store.open_with_key(path, ring.to_bytes()))
        yield {name: Seat(Desk(one, name, "en", datetime.now(UTC).date())) for name, one in found.items()}


def work(seat: Seat, id: str, answers: dict[str, str]) -> practice.Begun:
    """Work a practice case with the same calls as a page."""
    ref, one = practice.begin(seat, id), practice.case(seat, id)
    instrument = casework.instrument_for(seat.desk, one.instrument)
    for item, code in answers.items():
        casework.record(seat.desk, ref, instrument, Said(item, code), one.scenario)
    practice.hand_in(seat, id)
    return next(found for found in practice.mine(seat) if found.ref == ref)


# --- the cases


def test_there_are_two_dozen_and_each_is_whole_in_both_languages() -> None:
    """At least 24, of identification and return; every reading fits its instrument; nothing is missing in Dutch; the stories differ."""
    english, dutch = practice_cases(), practice_cases("nl")

    assert len(english) >= 24 and check_practice() == []
    kinds = Counter(load_instrument(one.instrument).method for one in english.values())
    assert kinds["indicator_pattern"] >= 12 and kinds["risk_matrix"] >= 8
    assert list(dutch) == list(english) and all(one.draft for one in dutch.values()) and not any(one.draft for one in english.values())
    assert all(dutch[id].story != one.story and dutch[id].reading == one.reading for id, one in english.items())
    assert len({one.story for one in english.values()}) == len(english)


@pytest.mark.parametrize("one", practice_cases().values(), ids=practice_cases())
def test_the_agreed_reading_of_each_can_be_assessed(one: practice.PracticeCase) -> None:
    """The instrument takes every agreed reading; each leaves something open and settles something."""
    instrument = load_instrument(one.instrument)
    found = assess(instrument, Answers({item: casework.Answer(code) for item, code in one.reading.items()}, one.person, one.scenario or None),
                   on=datetime(2026, 11, 27, tzinfo=UTC).date())

    assert found.outcome.id
    assert set(one.reading.values()) & set(OPEN_CODES) and set(one.reading.values()) - set(OPEN_CODES)


def test_a_case_that_does_not_fit_is_refused_with_its_line(tmp_path: Path) -> None:
    """An unknown question, an answer of another scale, a case that settles everything, an id twice."""
    (tmp_path / "practice").mkdir()
    case = ("  - id: {id}\n    title: A title\n    instrument: ilo_adult_labour\n    story: A story that is long enough.\n"
            "    reading: {{{reading}}}\n    why: Because of it.\n")
    (tmp_path / "practice" / "some.yaml").write_text(
        'version: 1.0.0\nreviewed: {date: 2026-11-27, by: "us"}\ncases:\n'
        + case.format(id="one", reading="DR01: present, DR02: absent, XX99: unknown")
        + case.format(id="two", reading="DR01: active, DR02: absent, DR03: unknown")
        + case.format(id="two", reading="DR01: present, DR02: absent, DR03: absent"))
    told = " ".join(str(one) for one in check_practice(tmp_path, tmp_path))

    assert all(words in told for words in ('"XX99" is no question', 'reading of "DR01" is no answer', "stands twice", "nothing is left open", "some.yaml:4"))


# --- the ways


@given(st.sampled_from(CODES), st.sampled_from(CODES))
def test_each_way_has_its_opposite(agreed: str, mine: str) -> None:
    """More and less, closed and left open turn round with the two readings; the same stays the same."""
    opposite = {"same": "same", "more": "less", "less": "more", "closed": "left_open", "left_open": "closed", "otherwise": "otherwise"}
    order = ("absent", "present", "verified")

    assert opposite[way_of(agreed, mine, order)] == way_of(mine, agreed, order)
    assert (way_of(agreed, mine, order) == "same") == (agreed == mine)


# --- working them


def test_a_case_is_worked_like_any_other_and_seen_beside_the_agreed_reading(seats: dict[str, Seat]) -> None:
    """The story and the age stand in the file; what is handed in is frozen; each question tells how it was read."""
    gina = seats["gina"]
    ref = practice.begin(gina, ID)
    assert practice.begin(gina, ID) == ref
    assert casework.saved_answers(gina.desk, ref, "first_level")["WORDS"].note == practice.case(gina, ID).story
    assert casework.person_facts(gina.desk, ref) == Person("adult", False)
    with pytest.raises(WrongUse, match="nothing of what counts"):
        practice.hand_in(gina, ID)
    work(gina, ID, {"CD01": "present", "CD02": "absent", "EX01": "present", "DR08": "not_asked"})
    casework.record(gina.desk, ref, casework.instrument_for(gina.desk, "ilo_adult_labour"), Said("CD02", "present", seen=1))
    ways = {line.item: line.way for line in practice.worked(gina)[0].lines}

    assert ways == {"DR08": "same", "CR09": "otherwise", "CD01": "same", "CD02": "less", "CD03": "left_open", "CD11": "left_open", "EX01": "closed",
                    "VD01": "left_open"}
    assert practice.worked(gina)[0].counts()["left_open"] == 3


def test_a_return_is_worked_in_its_future(seats: dict[str, Seat]) -> None:
    gina = seats["gina"]
    work(gina, "clinic", {"HEA-06": "verified", "REL-05": "present"})
    ref = practice.mine(gina)[0].ref

    assert [(one.kind, one.country) for one in casework.futures(gina.desk, ref)] == [("relocation", "XAA")]
    assert {line.item: line.way for line in practice.worked(gina)[0].lines}["REL-05"] == "more"


def test_peers_are_counts_and_only_first_attempts_count(seats: dict[str, Seat]) -> None:
    """Whoever works a case again knows the agreed reading; peers stand without a name, and not before one handed in oneself."""
    work(seats["gus"], ID, {"CD01": "unknown"})
    work(seats["gus"], ID, {"CD01": "present"})
    assert practice.worked(seats["gina"]) == ()
    work(seats["gina"], ID, {"CD01": "present"})
    line = next(line for line in practice.worked(seats["gina"])[0].lines if line.item == "CD01")

    assert (line.agreed, line.mine, line.peers) == ("present", "present", {"unknown": 1})
    assert "gus" not in repr(practice.worked(seats["gina"]))
    assert next(line.mine for line in practice.worked(seats["gus"])[0].lines if line.item == "CD01") == "unknown"


def test_a_group_has_figures_from_ten_cases_on(seats: dict[str, Seat]) -> None:
    """Ten practice cases with one instrument, two trainees: kappa with the agreed readings and among them; nobody named."""
    labour = [id for id, one in practice_cases().items() if one.instrument == "ilo_adult_labour"]
    assert len(labour) >= 10
    for number, id in enumerate(labour[:10]):
        reading = dict(practice_cases()[id].reading)
        work(seats["gina"], id, reading)
        work(seats["gus"], id, {item: "unknown" if place == number % 3 else code for place, (item, code) in enumerate(reading.items())})
    found = practice.group(seats["cora"])
    with_agreed, among = dict(found.with_agreed)["ilo_adult_labour"], dict(found.among)["ilo_adult_labour"]

    assert found.trainees == 2 and with_agreed.cases == among.cases == 10
    assert with_agreed.counts.total == 2 * among.counts.total
    assert all(one.value is not None and 0.5 < one.value < 1 for one in (*with_agreed.figures[:3], *among.figures[:3]))
    assert "gina" not in repr(found) and "gus" not in repr(found)


def test_the_picture_shows_each_way_and_no_mark(seats: dict[str, Seat]) -> None:
    """A bar for each case, a part for each way as long as its count, a title in words for each; no percentage and no total of cases."""
    work(seats["gina"], ID, {"CD01": "present", "CD02": "absent", "EX01": "present", "DR08": "not_asked"})
    work(seats["gina"], "hotel", dict(practice_cases()["hotel"].reading))
    worked, texts = practice.worked(seats["gina"]), load_texts("nl")
    drawn = ElementTree.fromstring(calibration_svg(worked, texts))
    parts = [(one.get("data-way"), float(one.get("width", 0))) for one in drawn.iter("rect")]

    assert [way for way, _ in parts] == ["same", "less", "closed", "left_open", "otherwise", "same"]
    unit = parts[1][1]
    assert [round(wide / unit) for _, wide in parts] == [2, 1, 1, 3, 1, 9]
    assert "%" not in "".join(drawn.itertext()) and calibration_svg((), texts) == ""
    assert all(texts(f"practice.way.{way}") in legend_html(texts) for way in WAYS)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_page_shows_the_agreed_reading_only_after_it_was_handed_in(seats: dict[str, Seat], language: str) -> None:
    """Before: story and where to work it; afterwards each question beside the agreed reading; the list with a picture and its numbers."""
    texts, seat = load_texts(language), Seat(replace(seats["gina"].desk, language=language))
    cases = practice.cases(seat)
    instruments = {one.instrument: casework.instrument_for(seat.desk, one.instrument) for one in cases.values()}

    def page(chosen: str = "") -> str:
        group = None if chosen else practice.group(seat)
        view = PracticeView(cases, practice.mine(seat), practice.worked(seat), instruments, chosen, group)
        return practice_page(Frame(texts, xsrf="x"), view, said=Said_of_page())

    practice.begin(seat, ID)
    before = page(ID)
    work(seat, ID, {"CD01": "present"})
    after, listed = html.fromstring(page(ID)), page()

    assert escape(cases[ID].story) in before and escape(cases[ID].why) not in before and "set=ilo_adult_labour" in before
    assert after.xpath("//*[@data-way]/@data-item") == list(cases[ID].reading) and cases[ID].why in after.xpath("string(//main)")
    assert html.fromstring(listed).xpath("//*[@data-practice]/@data-practice") == list(cases) and "<svg" in listed
    assert not [key for key in texts.entries if key.startswith("practice.") and (key in listed or key in before)]


# --- by command


def test_by_command_a_trainee_begins_hands_in_and_sees_the_reading(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The list shows no agreed reading; a store with real persons is refused; the group has counts and no figure below ten cases."""
    assert run(["practice", "--json", "--lang", "nl"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert len(listed) >= 24 and not any({"reading", "why"} & set(one) for one in listed)
    (tmp_path / "key.txt").write_text(phrase("cora"))
    (tmp_path / "key.txt").chmod(0o600)
    for training, code in ((False, 2), (True, 0)):
        (tmp_path / str(training)).mkdir()
        path = make_team(tmp_path / str(training), training=training, users=("ada", "cora"))
        where = ("--store", str(path), "--passphrase-file", str(tmp_path / "key.txt"), "--person", "cora")
        assert run(["practice", "begin", "bricks", *where]) == code
    ref = capsys.readouterr().out.split()[0]
    with opened(path, "cora") as store:
        desk = Desk(store, "cora", "en", datetime.now(UTC).date())
        casework.record(desk, ref, casework.instrument_for(desk, "ilo_adult_labour"), Said("EX02", "present"))
    assert run(["practice", "hand-in", "bricks", *where, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)[0]
    assert told["ways"]["same"] == 3 and {"item": "EX02", "agreed": "present", "mine": "present", "way": "same", "peers": {}} in told["lines"]
    assert run(["practice", "show", *where]) == 0 and "no peers yet" in capsys.readouterr().out
    assert run(["practice", "group", *where]) == 0 and "fewer than 10" in capsys.readouterr().out


# --- never with real persons


def test_a_store_with_real_persons_gives_no_seat(tmp_path: Path) -> None:
    """No seat, no file, no paper: the type is refused when it is made, and the paper by the one path that writes any."""
    path = make_team(tmp_path, users=("ada", "cora"))
    with opened(path, "cora") as store:
        desk = Desk(store, "cora", "en", datetime.now(UTC).date())
        with pytest.raises(WrongUse, match="real persons"):
            Seat(desk)
        ref = casework.open_case(desk).ref
        with pytest.raises(WrongUse, match="real persons"):
            casework.save_paper(desk, ref, practice.KIND, {"practice": ID})
        assert store.paper(ref, practice.KIND) is None


def test_the_compiler_tells_who_mixes_them(tmp_path: Path) -> None:
    """A desk is no seat, a seat no desk, and what a trainee handed in is nothing that a figure over real cases takes."""
    mixing = tmp_path / "mixing.py"
    mixing.write_text("from safe_lib import practice\nfrom safe_lib.casework import Desk, list_cases\nfrom safe_lib.coordination import agreeing\n"
                      "def mix(desk: Desk, seat: practice.Seat) -> None:\n"
                      "    practice.begin(desk, 'x')\n    list_cases(seat)\n    agreeing.rows(practice.worked(seat))\n")
    done = subprocess.run([sys.executable, "-m", "mypy", "--config-file", str(paths.PACKAGE.parent / "pyproject.toml"), str(mixing)],
                          cwd=paths.PACKAGE.parent, capture_output=True, text=True, check=False)

    assert [line.split(":")[1] for line in done.stdout.splitlines() if ": error:" in line] == ["5", "6", "7"], done.stdout
