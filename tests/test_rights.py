"""The table of rights, cell by cell, on every door: what it forbids is refused, and no refusal tells whether a case exists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from team import CANARY, MOMENT, OTHER, REF, ROLE_OF, desk_of, fill, make_team, opened, phrase

from safe_lib import access, casework, changes, copies, programme, surveying, teamwork
from safe_lib.casework import Desk, Said
from safe_lib.catalogue import load_instrument
from safe_lib.cli.app import run
from safe_lib.coordination import figures, second_look
from safe_lib.engine import assess
from safe_lib.findings import gathering, observing
from safe_lib.lettering import waiting
from safe_lib.model.answers import Answers
from safe_lib.model.case import Report
from safe_lib.model.disclosure import Basis
from safe_lib.model.errors import CaseNotFound, NotPermitted, WrongUse
from safe_lib.model.person import ROLES
from safe_lib.reassessing import reassess
from safe_lib.report.letters import make_letter
from safe_lib.report.make import Terms, make_report
from safe_lib.rights.permission import cell, may, role_sentences, table
from safe_lib.store import Store
from safe_lib.widgets.pages_data import standings
from safe_lib.widgets.saving import save_answer, save_paper
from safe_lib.workbook import Workbook

NOWHERE = "X9X-0000"
USER_OF = {role: user for user, role in ROLE_OF.items() if user != "sofie"}
FORM = load_instrument("safe_return")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, database_of_module: str) -> Path:
    """A team with two cases; Vera, a volunteer, helps with the first."""
    path = make_team(tmp_path_factory.mktemp("rights"))
    with opened(path, "sven") as store:
        fill(store, REF, by="sven")
    with opened(path, "sofie") as store:
        fill(store, OTHER, by="sofie")
    with opened(path, "cora") as store:
        store.assign(REF, "vera", by="cora", at=MOMENT)
    return path


@pytest.fixture(scope="module")
def desks(made: Path) -> Iterator[dict[str, Desk]]:
    """A desk for each role, all open at once."""
    stores = {role: opened(made, user) for role, user in USER_OF.items()}
    yield {role: Desk(store, USER_OF[role], "en", datetime.now(UTC).date()) for role, store in stores.items()}
    for store in stores.values():
        store.close()


def report_of(desk: Desk, ref: str) -> Report:
    """A report of a case by somebody who may; its number is all that an intruder could know."""
    return Report("R000-0000", ref, "safe_return", "lawyer", "html", "en", "", 0, "sven", MOMENT)


APPEAL = Basis("legal_claims", reason="the appeal has to be lodged this week")

DOORS: dict[str, Callable[[Desk, str], Any]] = {  # verb → what every door calls for it
    "read": lambda desk, ref: casework.find_case(desk, ref),
    "write": lambda desk, ref: casework.record(desk, ref, FORM, Said("SAF-01", "present", seen=None)),
    "assess": lambda desk, ref: casework.assess_case(desk, ref, "safe_return", answers=Answers()),
    "report": lambda desk, ref: casework.seal(desk, ref, b"x", workbook="safe_return", profile="lawyer", format="html"),
    "draft": lambda desk, ref: make_letter(desk, ref, "nl_extension_request"),
    "disclose": lambda desk, ref: casework.disclose(desk, report_of(desk, ref), recipient="a", purpose="b", basis=APPEAL),
    "trail": lambda desk, ref: teamwork.trail(desk, ref),
    "assign": lambda desk, ref: teamwork.hands(desk, ref),
    "exclude": lambda desk, ref: teamwork.exclude(desk, ref, "anna", "she lives next door"),
    "emergency": lambda desk, ref: teamwork.break_glass(desk, ref, "the person is in hospital"),
    "ask_erase": lambda desk, ref: teamwork.ask_erasure(desk, ref),
    "list": lambda desk, ref: casework.list_cases(desk),
    "propose": lambda desk, ref: changes.proposals(desk),
    "evaluate": lambda desk, ref: casework.require_right(desk, "evaluate"),
    "open": lambda desk, ref: casework.open_case(desk),
    "people.see": lambda desk, ref: teamwork.people(desk),
    "people.manage": lambda desk, ref: teamwork.set_roles(desk, "anna", ("analyst",)),
    "team.see_policy": lambda desk, ref: teamwork.policy(desk),
    "team.ask_policy": lambda desk, ref: teamwork.ask_policy(desk, "rest_minutes", "5"),
    "team.ask_export": lambda desk, ref: teamwork.ask_export(desk),
    "team.ask_publish": lambda desk, ref: teamwork.ask_publication(desk, "safe_return 2.0.0"),
    "team.back_up": lambda desk, ref: copies.copies(desk),
    "team.copies_key": lambda desk, ref: copies.new_key(desk),
    "team.verify_trail": lambda desk, ref: teamwork.verify_trail(desk),
    "team.read_trail": lambda desk, ref: teamwork.whole_trail(desk),
    "team.see_work": lambda desk, ref: figures.figures(desk, 2026),
    "team.see_programme": lambda desk, ref: programme.overview(desk),
    "team.plan_programme": lambda desk, ref: programme.add_platform(desk, "National platform", "XAA"),
    "team.coordinate": lambda desk, ref: second_look.draw(desk, 10),
    "survey.manage": lambda desk, ref: surveying.add_from_file(desk, 1, []),
    "survey.enter": lambda desk, ref: surveying.links(desk),
    "survey.read": lambda desk, ref: surveying.codings(desk, 1),
    "team.release_figures": lambda desk, ref: gathering.gather(desk, gathering.Period("2026Q1", "2026Q4")),
    "team.raise_finding": lambda desk, ref: observing.observe(desk, observing.Raised("Shelters are full.")),
    "team.read_findings": lambda desk, ref: observing.observations(desk),
}
ELSEWHERE = {"confirm", "close", "agree_erase", "team.agree_policy", "team.agree_export", "team.agree_publish", "team.read_figures"}  # tested by themselves


def test_sec_10_the_table_is_whole_and_every_verb_has_its_door() -> None:
    """Each verb is asked for somewhere; each role is told in a sentence."""
    assert set(table()) == set(DOORS) | ELSEWHERE
    assert set(role_sentences()) == set(ROLES)
    for verb, cells in table().items():
        assert cells, verb
    assert not may(("analyst",), "read", assigned=True) and not may(("administrator",), "read", assigned=True)
    assert cell(("analyst", "volunteer"), "read") == "assigned" and cell(("volunteer", "coordinator"), "read") == "all"


FORBIDDEN = [(role, verb) for role, verb in product(ROLES, DOORS) if role not in table()[verb]]


@pytest.mark.parametrize(("role", "verb"), FORBIDDEN, ids=lambda part: part)
def test_sec_10_every_forbidden_cell_is_refused(desks: dict[str, Desk], role: str, verb: str) -> None:
    """100 % of the cells that are not in the table: refused, and in the same words for a case that is and one that is not."""
    said = set()
    for ref in (REF, OTHER, NOWHERE):
        with pytest.raises((NotPermitted, CaseNotFound)) as told:
            DOORS[verb](desks[role], ref)
        said.add(str(told.value).replace(ref, "…"))
    assert len(said) == 1 and CANARY not in said.pop()


HARMLESS = ("read", "write", "assess", "list", "trail", "assign", "people.see", "team.see_policy", "team.verify_trail")
ALLOWED = [(role, verb) for role, verb in product(ROLES, HARMLESS) if role in table()[verb]]


@pytest.mark.parametrize(("role", "verb"), ALLOWED, ids=lambda part: part)
def test_every_allowed_cell_lets_through(desks: dict[str, Desk], role: str, verb: str) -> None:
    """What the table allows can be done, so that a refusal above means something."""
    DOORS[verb](desks[role], REF)


@pytest.mark.parametrize("role", ["specialist", "volunteer"])
@pytest.mark.parametrize("verb", [verb for verb in DOORS if "." not in verb and verb not in ("list", "open", "emergency", "propose", "evaluate")])
def test_sec_13_what_is_not_one_s_own_is_not_there(desks: dict[str, Desk], role: str, verb: str) -> None:
    """Somebody else's case and a case that never was: the same words, the same kind of error."""
    said = set()
    for ref in (OTHER, NOWHERE):
        with pytest.raises((NotPermitted, CaseNotFound)) as told:
            DOORS[verb](desks[role], ref)
        said.add((type(told.value), str(told.value).replace(ref, "…")))
    assert len(said) == 1


@pytest.mark.parametrize("role", ["volunteer", "specialist", "analyst", "administrator"])
def test_sec_13_search_and_counts_show_only_one_s_own(desks: dict[str, Desk], role: str) -> None:
    """The list, the start page and the workbook of all cases know nothing of what is not theirs."""
    desk = desks[role]
    if role in ("analyst", "administrator"):
        with pytest.raises(NotPermitted):
            standings(desk)
        return
    listed = {line.ref for line in casework.list_cases(desk)}
    assert REF in listed and OTHER not in listed
    assert OTHER not in repr(standings(desk)) and OTHER not in repr(reassess(desk, every=True))


WRITERS: dict[str, Callable[[Desk, str], Any]] = {  # what a kernel's line and the page's own saving call
    "answer": lambda desk, ref: save_answer(Workbook(desk, "safe_return", ref), {"seq": 1, "item": "SAF-01", "instrument": "safe_return", "code": "present"}),
    "paper": lambda desk, ref: save_paper(Workbook(desk, "safe_return", ref), {"seq": 1, "kind": "plan", "body": []}),
    "view": lambda desk, ref: Workbook(desk, "safe_return", ref).outcome().html,
    "stages": lambda desk, ref: Workbook(desk, "safe_return", ref).stages,
    "report": lambda desk, ref: make_report(desk, ref, "safe_return", "own_file", "json"),
    "download": lambda desk, ref: Workbook(desk, "safe_return", ref).make_report("own_file", "json"),
}


@pytest.mark.parametrize("door", WRITERS)
@pytest.mark.parametrize("role", ["analyst", "administrator", "volunteer"])
def test_sec_10_the_line_of_a_kernel_obeys(desks: dict[str, Desk], role: str, door: str) -> None:
    """A message to a widget, a view and a report go through the same gate."""
    try:
        said = WRITERS[door](desks[role], OTHER)
    except (NotPermitted, CaseNotFound):
        return
    assert isinstance(said, dict) and said["type"] == "refused" and CANARY not in str(said)


COMMANDS = (("assess", "--case", OTHER, "safe_return"), ("compare", OTHER, "home_region", "stay"), ("report", OTHER, "safe_return", "--for", "own_file"),
            ("erase", OTHER), ("user", "trail", OTHER), ("user", "hands", OTHER), ("user", "assign", OTHER, "vera"),
            ("user", "exclude", OTHER, "anna", "--reason", "a neighbour"))


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
@pytest.mark.parametrize("role", ["analyst", "administrator", "volunteer"])
def test_sec_10_the_command_line_obeys(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], role: str, words: tuple[str, ...]) -> None:
    """Exit 30 or 20, in the words for a case that is not there; nothing of it on the terminal."""
    file = tmp_path / "passphrase"
    file.write_text(f"{phrase(USER_OF[role])}\nperson: {USER_OF[role]}\n")
    file.chmod(0o600)
    said = set()
    for ref in (OTHER, NOWHERE):
        code = run([*(ref if word == OTHER else word for word in words), "--store", str(made), "--passphrase-file", str(file)])
        told = capsys.readouterr()
        said.add((code, told.out, told.err.replace(ref, "…")))
    assert len(said) == 1
    code, out, error = said.pop()
    assert code in (20, 30) and out == "" and CANARY not in error


def test_nobody_works_under_another_name(desks: dict[str, Desk]) -> None:
    """In a store with real persons the trail cannot be written in somebody else's name."""
    with pytest.raises(NotPermitted):
        casework.find_case(replace(desks["specialist"], person="cora"), REF)
    with pytest.raises(NotPermitted):
        casework.find_case(replace(desks["specialist"], role="nobody"), REF)


def test_every_reading_leaves_its_line_once_in_a_sitting(tmp_path: Path) -> None:
    """SEC-55: also where no page said what for; reading on adds none, and a list says that it was a list."""
    path = make_team(tmp_path, users=("cora", "sven"))
    with opened(path, "sven") as store:
        fill(store, REF, by="sven")
    with desk_of(path, "cora") as desk:
        before = len(desk.open_store().audit())
        for _ in range(5):
            casework.saved_answers(desk, REF, "safe_return")
            casework.reports_of(desk, REF)
        standings(desk)
        standings(desk)
        lines = [(line.what, line.by) for line in desk.open_store().audit()[before:]]

    assert lines == [("case.read", "cora"), ("cases.listed", "cora")]


def test_sec_18_many_cases_in_an_hour_slow_down_and_are_told(tmp_path: Path) -> None:
    """Past the bound one may read a further case every five minutes, and the coordinators know."""
    path = make_team(tmp_path, users=("cora", "sven"))
    moment = MOMENT
    with opened(path, "cora") as store:
        store.settle("cases_an_hour", "5", by="cora", at=MOMENT)
    with opened(path, "sven") as store:
        desk = Desk(store, "sven", "en", MOMENT.date(), now=lambda: moment)
        refs = [store.new_case(by="sven", at=MOMENT).ref for _ in range(8)]
        for ref in refs[:5]:
            casework.find_case(desk, ref, what="page.identification")
        with pytest.raises(NotPermitted, match="five minutes"):
            casework.find_case(desk, refs[5], what="page.identification")
        casework.find_case(desk, refs[0], what="page.safe_return")  # what was read before goes on
        moment += timedelta(minutes=6)
        casework.find_case(desk, refs[5], what="page.identification")
        with pytest.raises(NotPermitted):
            casework.saved_answers(desk, refs[6], "safe_return")
        moment += timedelta(hours=2)
        casework.find_case(desk, refs[6])
    with opened(path, "cora") as store:
        assert [(notice.what, notice.by, notice.ref) for notice in store.notices()] == [("reading.many", "sven", "")]


def test_sec_17_two_persons_erase_settle_and_let_many_leave(tmp_path: Path) -> None:
    """One asks, another agrees; alone nobody gets there, not even who may do both."""
    path = make_team(tmp_path, users=("cora", "sven"))
    with opened(path, "sven") as store:
        fill(store, REF, by="sven")
        refs = [store.new_case(by="sven", at=MOMENT).ref for _ in range(11)]
    with desk_of(path, "sven") as desk:
        erasure = teamwork.ask_erasure(desk, REF)
        assert teamwork.ask_erasure(desk, REF) == erasure  # asked twice, it is one request
        with pytest.raises(NotPermitted):
            teamwork.agree(desk, erasure.id)
        assert casework.find_case(desk, REF)
    with desk_of(path, "cora") as desk:
        asked = teamwork.ask_policy(desk, "rest_minutes", "5")
        with pytest.raises(NotPermitted, match="second person"):
            teamwork.agree(desk, asked.id)
        with pytest.raises(WrongUse):
            teamwork.ask_policy(desk, "rest_minutes", "90")
    with desk_of(path, "ada") as desk:
        teamwork.agree(desk, asked.id)
        assert teamwork.policy(desk)["rest_minutes"] == "5"
    with desk_of(path, "cora") as desk:
        teamwork.agree(desk, erasure.id)
        with pytest.raises(CaseNotFound):
            casework.find_case(desk, REF)
        assert teamwork.requests(desk) == ()
        with pytest.raises(WrongUse):
            teamwork.agree(desk, erasure.id)
    with desk_of(path, "sven") as desk:
        def leave(ref: str) -> None:
            sealed = casework.seal(desk, ref, b"x", workbook="safe_return", profile="lawyer", format="html")
            casework.disclose(desk, sealed, recipient="a lawyer", purpose="an appeal", basis=APPEAL)

        for ref in refs[:10]:
            leave(ref)
        leave(refs[0])
        with pytest.raises(NotPermitted, match="second person"):
            leave(refs[10])
        export = teamwork.ask_export(desk)
    with desk_of(path, "cora") as desk:
        teamwork.agree(desk, export.id)
    with desk_of(path, "sven") as desk:
        sealed = casework.seal(desk, refs[10], b"x", workbook="safe_return", profile="lawyer", format="html")
        casework.disclose(desk, sealed, recipient="a lawyer", purpose="an appeal", basis=APPEAL)


def test_a_request_is_taken_back_and_grows_old(tmp_path: Path) -> None:
    """After seven days, or when it was taken back, nobody can agree any more."""
    path = make_team(tmp_path, users=("cora", "sven"))
    with desk_of(path, "cora") as desk:
        first, second = teamwork.ask_policy(desk, "rest_minutes", "5"), teamwork.ask_policy(desk, "rest_minutes", "6")
        teamwork.withdraw(desk, first.id)
    with desk_of(path, "ada") as desk:
        with pytest.raises(WrongUse):
            teamwork.agree(desk, first.id)
        late = replace(desk, now=lambda: datetime.now(UTC) + timedelta(days=8))
        with pytest.raises(WrongUse):
            teamwork.agree(late, second.id)
        assert teamwork.policy(desk)["rest_minutes"] == "10"


def test_sec_20_a_passphrase_is_long_and_no_common_one(tmp_path: Path) -> None:
    """At least fifteen signs; common words, names, rows of keys and one's own name are refused; any signs are allowed."""
    path = make_team(tmp_path, users=("cora",))
    with desk_of(path, "ada") as desk:
        for weak in ("short", "fourteen signs", "passwordpassword1", "qwertyuiopasdfghjkl", "aaaaaaaaaaaaaaaaaaaa", "nora.deckerweg nora.deckerweg",
                     "123456789012345678"):
            with pytest.raises(WrongUse) as told:
                teamwork.add_person(desk, "nora.deckerweg", ("specialist",), passphrase=weak)
            assert weak not in str(told.value)
        _, chosen = teamwork.add_person(desk, "nora", ("specialist",), passphrase="ведро камень 😀 лампа облако")
    with Store.open(path, chosen, person="nora") as store:
        assert store.me.must_renew


def test_a_volunteer_drafts_the_letters_of_their_own_cases_and_lets_nothing_leave(tmp_path: Path) -> None:
    """The draft lies in the file; those who may let it leave are told; no report, no copy, and no letter of another's case."""
    path = make_team(tmp_path, users=("cora", "sven", "sofie", "vera", "anna"))
    for user, ref in (("sven", REF), ("sofie", OTHER)):
        with opened(path, user) as store:
            store.new_case(by=user, at=MOMENT, ref=ref)
    with opened(path, "cora") as store:
        store.assign(REF, "vera", by="cora", at=MOMENT)
    terms = Terms("Immigration office", "extension", APPEAL)
    with desk_of(path, "vera") as desk:
        drafted = make_letter(desk, REF, "nl_extension_request").report
        with pytest.raises(NotPermitted):
            make_letter(desk, REF, "nl_extension_request", terms)
        with pytest.raises(NotPermitted):
            casework.disclose(desk, drafted, recipient=terms.recipient, purpose=terms.purpose, basis=APPEAL)
        with pytest.raises(NotPermitted):
            casework.seal(desk, REF, b"x", workbook="letter_embassy", profile="embassy", format="docx")
        with pytest.raises((CaseNotFound, NotPermitted)):
            make_letter(desk, OTHER, "nl_extension_request")
        assert [one.report.id for one in waiting(desk, REF)] == [drafted.id]
    told = {}
    for user in ("cora", "sven", "sofie", "anna", "vera"):
        with desk_of(path, user) as desk:
            told[user] = [(one.what, one.ref, one.by) for one in teamwork.notices(desk) if one.what == "letter.drafted"]
    assert told == {"cora": (said := [("letter.drafted", REF, "vera")]), "sven": said, "sofie": [], "anna": [], "vera": []}
    with desk_of(path, "sven") as desk:
        left = make_letter(desk, REF, "nl_extension_request", terms).report
        casework.disclose(desk, left, recipient=terms.recipient, purpose=terms.purpose, basis=APPEAL)
        assert waiting(desk, REF) == ()


def test_agreeing_and_closing_stand_in_the_table_too(desks: dict[str, Desk]) -> None:
    """Cells without a door of their own are asked for where they are needed."""
    for verb, role in product(("agree_erase", "close", "confirm", "team.agree_policy", "team.agree_publish"), ROLES):
        store = desks[role].open_store()
        if role in table()[verb]:
            access.require(store, USER_OF[role], verb, REF if verb in ("agree_erase", "close") else "", at=MOMENT)
        else:
            with pytest.raises(NotPermitted):
                access.require(store, USER_OF[role], verb, REF if verb in ("agree_erase", "close") else "", at=MOMENT)


def test_the_rules_of_a_case_do_not_know_who_asks() -> None:
    """The engine takes answers and gives findings; rights never change a result."""
    assert assess(FORM, Answers(), on=MOMENT.date()) == assess(FORM, Answers(), on=MOMENT.date())
    assert not re.search(r"rights|teamwork|access", (Path(assess.__code__.co_filename)).read_text(encoding="utf-8"))
