"""How far a colleague is with the course: kept with each step, theirs alone, gone when they wish."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from team import make_team, opened, phrase

from safe_lib import training
from safe_lib.casework import Desk
from safe_lib.catalogue import paths
from safe_lib.catalogue.course import load_course
from safe_lib.engine.course_json import from_body, to_body
from safe_lib.model.course import Attempt, Progress
from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.store import Store

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
COURSE = load_course()
QUESTIONS = COURSE.bank.questions


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_team(tmp_path_factory.mktemp("store"), users=("cora", "sven", "vera"))


def at(store: Store, user: str, now: datetime = NOW) -> Desk:
    return Desk(store, user, "en", now.date(), now=lambda: now)


def finish(desk: Desk, wrong: int = 0) -> None:
    for place in COURSE.places:
        training.go_on(desk, place)
    attempt = training.begin_quiz(desk, 5).open_attempt
    assert attempt is not None
    for number, id in enumerate(attempt.questions):
        right = QUESTIONS[id].correct
        training.answer_quiz(desk, id, right if number >= wrong else [one for one in QUESTIONS[id].options if one not in right][:1] or right[::-1])
    training.hand_in(desk)


def test_a_second_opening_goes_on_at_the_same_place(path: Path) -> None:
    """Screens, answers, country and an open quiz are there again; nothing of it is asked twice."""
    with opened(path, "sven") as store:
        desk = at(store, "sven")
        assert training.progress(desk) == Progress(NOW.date())
        training.choose_country(desk, "NL")
        training.go_on(desk, COURSE.places[0])
        training.answer(desk, "what_it_is/agreed", ["a", "c"])
        before = training.begin_quiz(desk)
        id = before.attempts[-1].questions[0]
        before = training.answer_quiz(desk, id, QUESTIONS[id].correct)
    with opened(path, "sven") as store:
        found = training.progress(at(store, "sven"))

    assert found == before and found.country == "NL" and found.said == {"what_it_is/agreed": ("a", "c")}
    assert found.open_attempt is not None and list(found.open_attempt.answers) == [id]


CHILD = """
import os, sys
from datetime import UTC, date, datetime
from pathlib import Path
from safe_lib import training
from safe_lib.casework import Desk
from safe_lib.catalogue.course import load_course
from safe_lib.store import Store
path, phrase, count = sys.argv[1:]
store = Store.open(Path(path), phrase, person="vera")
desk = Desk(store, "vera", "en", date(2026, 11, 27), now=lambda: datetime(2026, 11, 27, 9, tzinfo=UTC))
for place in load_course().places[:int(count)]:
    training.go_on(desk, place)
    print(place, flush=True)
sys.stdin.read()
"""


def test_after_a_kill_nothing_that_was_acknowledged_is_lost(path: Path) -> None:
    """The process is killed right after its ninth step; the next one goes on at the tenth."""
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(path), phrase("vera"), "9"], cwd=paths.PACKAGE.parent, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdin is not None
    told = [child.stdout.readline().strip() for _ in range(9)]
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdin.close()
    child.stdout.close()
    with opened(path, "vera") as store:
        found = training.progress(at(store, "vera"))

    assert told == list(COURSE.places[:9]) == list(found.seen) and found.at == COURSE.places[9]


def test_two_windows_lose_nothing_of_each_other(path: Path) -> None:
    """Both write from what is kept, not from what they showed."""
    with opened(path, "cora") as one, opened(path, "cora") as other:
        training.progress(at(one, "cora"))
        training.answer(at(other, "cora"), "Q002", ["b"])
        training.go_on(at(one, "cora"), COURSE.places[0])
        found = training.progress(at(other, "cora"))
        training.forget(at(one, "cora"))

    assert found.said == {"Q002": ("b",)} and found.seen == COURSE.places[:1]


def test_what_somebody_answered_is_theirs_and_that_they_passed_a_coordinator_reads(path: Path) -> None:
    """Failing is told to nobody; passing leaves one line and a day until which it holds; who may not see the team's work does not see this."""
    with opened(path, "sven") as store:
        desk = at(store, "sven")
        training.forget(desk)
        finish(desk, wrong=2)
        failed = training.result(desk)
        assert failed is not None and not failed.passed and failed.again
    with opened(path, "cora") as store:
        assert training.team(at(store, "cora")) == () and training.progress(at(store, "sven")) == Progress(NOW.date())
    with opened(path, "sven") as store:
        finish(at(store, "sven"))
        with pytest.raises(NotPermitted):
            training.team(at(store, "sven"))
    with opened(path, "cora") as store:
        (passed,) = training.team(at(store, "cora"))
        lines = [one.detail for one in store.audit() if one.what.startswith("course.passed")]

    assert (passed.learner, passed.version, passed.on, passed.refresher) == ("sven", "1.0.0", NOW.date(), date(2028, 11, 27))
    assert lines == ["sven RHT-35 1.0.0"]


def test_what_is_kept_goes_when_its_owner_wishes_and_after_two_years(path: Path) -> None:
    """Forgetting leaves nothing but its line; what nobody touched for two years goes with the next step of anybody."""
    with opened(path, "vera") as store:
        training.go_on(at(store, "vera"), COURSE.places[0])
        assert training.forget(at(store, "vera")) and not training.forget(at(store, "vera"))
        assert training.progress(at(store, "vera")).seen == ()
    with opened(path, "sven") as store:
        assert training.progress(at(store, "sven")).seen
    with opened(path, "vera") as store:
        training.go_on(at(store, "vera", NOW + timedelta(days=740)), COURSE.places[0])
    with opened(path, "sven") as store:
        assert training.progress(at(store, "sven")).seen == ()


def test_who_leaves_takes_it_along(tmp_path: Path) -> None:
    """With the account goes what was kept of the course."""
    place = make_team(tmp_path, users=("cora", "vera"))
    with opened(place, "vera") as store:
        finish(at(store, "vera"))
    with opened(place, "ada") as store:
        store.remove_person("vera", by="ada", at=NOW)
    with opened(place, "cora") as store:
        assert training.team(at(store, "cora")) == ()


def test_guests_of_a_training_store_each_go_on_for_themselves(tmp_path: Path) -> None:
    """Two names under one passphrase: what one has done is not done by the other, and neither is in a real store."""
    place = make_team(tmp_path, training=True, users=("sven",))
    with opened(place, "sven") as store:
        training.go_on(at(store, "noor"), COURSE.places[0])

        assert training.progress(at(store, "noor")).seen and not training.progress(at(store, "mila")).seen


def test_what_cannot_be_is_refused_in_words(path: Path) -> None:
    """An unfinished quiz, another country, no name."""
    with opened(path, "cora") as store:
        desk = at(store, "cora")
        for wrong in (lambda: training.hand_in(desk), lambda: training.choose_country(desk, "XX"), lambda: training.name_for(" \n "),
                      lambda: training.name_for("x" * 81)):
            with pytest.raises(WrongUse):
                wrong()

    assert training.name_for("  Noor\x00  de\nVries ") == "Noor de Vries"


words = st.text(st.characters(codec="utf-8"), max_size=12)
answers = st.dictionaries(words, st.lists(words, max_size=4).map(tuple), max_size=4)
attempts = st.builds(Attempt, st.integers(0, 2**40), words, st.lists(words, max_size=4).map(tuple), st.lists(words, max_size=2).map(tuple), answers,
                     st.none() | st.dates())


@given(st.builds(Progress, st.dates(), words, words, st.lists(words, max_size=5).map(tuple), answers, st.lists(attempts, max_size=3).map(tuple)))
def test_what_is_kept_is_read_as_it_was(progress: Progress) -> None:
    """To plain values and back."""
    assert from_body(to_body(progress)) == progress
    assert replace(from_body({"began": "2026-11-27"}), began=progress.began) == Progress(progress.began)
