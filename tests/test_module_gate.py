"""Real cases only after the course: where a team settled it, no door opens a real case to who has not passed; the course and the settings stay open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from team import CANARY, OTHER, REF, fill, make_team, opened, phrase
from test_command_rights import COMMANDS, said_to
from test_learning import finish
from test_rights import DOORS

from safe_lib import casework, programme, teamwork, training
from safe_lib.access import AFTER_MODULE, WITHOUT_KEY
from safe_lib.casework import Desk, Said
from safe_lib.catalogue import load_instrument
from safe_lib.catalogue.course import load_course
from safe_lib.engine.course import still_open
from safe_lib.model.errors import ModuleFirst, NotPermitted, WrongUse
from safe_lib.report.make import make_report
from safe_lib.store import Store
from safe_lib.workbook import Workbook

NOWHERE = "X9X-0000"
ROLE = {"sven": "specialist", "vera": "volunteer", "cora": "coordinator"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A team in which the course comes first, with a case of Sven's in which Vera helps. Sofie has passed, nobody else."""
    made = make_team(tmp_path_factory.mktemp("gate"))
    with opened(made, "sven") as store:
        fill(store, REF, by="sven")
    with opened(made, "cora") as store:
        store.assign(REF, "vera", by="cora", at=datetime.now(UTC))
        store.assign(REF, "sofie", by="cora", at=datetime.now(UTC))
        number = teamwork.ask_policy(desk_in(store, "cora"), "module_first", "on").id
    with opened(made, "ada") as store:
        teamwork.agree(desk_in(store, "ada"), number)
    with opened(made, "sofie") as store:
        finish(desk_in(store, "sofie"))
    return made


def desk_in(store: Store, user: str) -> Desk:
    return Desk(store, user, "en", date.today())


@pytest.fixture
def desk(path: Path) -> Iterator[Callable[[str], Desk]]:
    stores: list[Store] = []

    def at(user: str) -> Desk:
        stores.append(opened(path, user))
        return desk_in(stores[-1], user)

    yield at
    for store in stores:
        store.close()


GATED = sorted(AFTER_MODULE & set(DOORS))


@pytest.mark.parametrize("user", ROLE)
def test_no_verb_opens_a_real_case(desk: Callable[[str], Desk], user: str) -> None:
    """Every verb that opens a case or works on one is refused in the same words, whether there is such a case or not, and leads to the course."""
    here = desk(user)
    for verb in GATED:
        said = set()
        for ref in (REF, OTHER, NOWHERE):
            with pytest.raises(NotPermitted) as told:
                DOORS[verb](here, ref)
            said.add(str(told.value).replace(ref, "…"))
        words = said.pop()
        assert not said and CANARY not in words
        assert "Training" in words or f"({verb})" in words, verb  # the second: their role does not allow it anyway


def test_the_gate_knows_every_verb_of_a_case() -> None:
    """A verb of a case that is new is either behind the gate, or about who looks after cases and not about what they say."""
    from safe_lib.rights.permission import _read

    assert set(_read()["case"]) - AFTER_MODULE == {"assign", "exclude", "ask_erase", "agree_erase"}
    assert "emergency" in WITHOUT_KEY & AFTER_MODULE


def test_no_command_opens_a_real_case(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By a command of each verb, as a coordinator who may do all of it, and in a batch: exit 30, the way to the course, and no file."""
    way_in = tmp_path / "way"
    way_in.write_text(f"{phrase('cora')}\nperson: cora\n")
    way_in.chmod(0o600)
    every = [COMMANDS[verb][0] for verb in sorted(AFTER_MODULE & set(COMMANDS))]
    every += [("compare", "…", "home_region", "stay"), ("coordination",), ("calendar",)]
    every += [("batch", "safe_return", "--for", "own_file", "--formats", "html"), ("access", "…")]
    opened_it = []
    for words in every:
        code, out, error = said_to(words, REF, path, way_in, tmp_path, capsys)
        if code != 30 or out or CANARY in error or not ("Training" in error or "this is not open to you" in error):
            opened_it.append((words, code, out, error))

    assert opened_it == []
    assert [one.name for one in tmp_path.iterdir()] == ["way"]


def test_pages_reports_and_batches_are_the_same_door(desk: Callable[[str], Desk]) -> None:
    """A workbook that is open already, a report and a batch ask the same gate; nothing is saved."""
    for user in ("sven", "cora"):
        here = desk(user)
        with pytest.raises(ModuleFirst):
            make_report(here, REF, "safe_return", "own_file", "html")
        with pytest.raises(ModuleFirst):
            casework.record(here, REF, load_instrument("safe_return"), Said("SAF-01", "present", seen=None))
        with pytest.raises(ModuleFirst):
            str(Workbook(here, "safe_return", REF).explanation())
        with pytest.raises(ModuleFirst):
            casework.open_case(here)



def test_who_passed_works_as_before(desk: Callable[[str], Desk]) -> None:
    """Passing is all it takes; nobody has to let them in."""
    here = desk("sofie")

    assert casework.find_case(here, REF).ref == REF and casework.gate_at(here) == "open"
    assert casework.assess_case(here, REF, "safe_return").instrument == "safe_return"


def test_the_course_and_the_settings_stay_open(desk: Callable[[str], Desk]) -> None:
    """Who has not passed can follow the course, sees what is settled, assigns cases, and can ask to switch the rule off: a second person agrees."""
    here, other = desk("cora"), desk("ada")
    training.go_on(here, load_course().places[0])
    assert training.progress(here).seen and programme.overview(here).may_plan and teamwork.hands(here, REF).assigned == ("sofie", "sven", "vera")
    assert teamwork.policy(here)["module_first"] == "on"

    asked = teamwork.ask_policy(here, "module_first", "off")
    with pytest.raises(NotPermitted):
        teamwork.agree(here, asked.id)
    assert here.open_store().setting("module_first") == "on"
    teamwork.withdraw(other, asked.id)
    with pytest.raises(WrongUse):
        teamwork.ask_policy(here, "module_first", "perhaps")


def test_switching_it_off_needs_two_and_opens_at_once(tmp_path: Path) -> None:
    """One asks, another agrees; then cases open again without the course."""
    made = make_team(tmp_path, users=("cora", "sven"))
    with opened(made, "sven") as store:
        fill(store, REF, by="sven")
        store.settle("module_first", "on", by="test", at=datetime.now(UTC))
        with pytest.raises(ModuleFirst):
            casework.find_case(desk_in(store, "sven"), REF)
    with opened(made, "cora") as store:
        number = teamwork.ask_policy(desk_in(store, "cora"), "module_first", "off").id
    with opened(made, "ada") as store:
        teamwork.agree(desk_in(store, "ada"), number)
    with opened(made, "sven") as store:
        assert casework.find_case(desk_in(store, "sven"), REF).ref == REF


def test_a_training_store_is_never_closed(tmp_path: Path) -> None:
    """Invented persons are there to learn on, whatever is settled."""
    made = make_team(tmp_path, users=("sven",), training=True)
    with opened(made, "sven") as store:
        fill(store, REF, by="sven")
        store.settle("module_first", "on", by="test", at=datetime.now(UTC))
        assert casework.find_case(desk_in(store, "sven"), REF).ref == REF


def test_a_certificate_out_of_date_has_its_days_of_grace(path: Path) -> None:
    """Two years after passing a refresher is due; cases stay open for the days that are settled, then close. No date that is typed helps."""
    with opened(path, "sofie") as store:
        here = desk_in(store, "sofie")
        [(passed, *_)] = [row[::-1] for row in store.passed_course(load_course().id)]
        due = date(passed.year + 2, passed.month, passed.day)

        def on(day: date) -> Desk:
            return replace(here, now=lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC))

        assert [casework.gate_at(on(due + timedelta(days=days))) for days in (-1, 0, 29, 30)] == ["open", "late", "late", "ended"]
        assert casework.find_case(on(due + timedelta(days=29)), REF).ref == REF
        with pytest.raises(ModuleFirst, match="refresher"):
            casework.find_case(replace(on(due + timedelta(days=30)), today=passed), REF)


def test_the_rule_in_four_words() -> None:
    """Never passed, open, late, ended; without grace nothing is late."""
    course, passed = load_course(), date(2026, 11, 27)

    assert still_open(course, None, 30, passed) == "never"
    assert [still_open(course, passed, 0, day) for day in (passed, date(2028, 11, 26), date(2028, 11, 27))] == ["open", "open", "ended"]
