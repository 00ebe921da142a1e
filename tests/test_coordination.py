"""Promises about the coordinator's work: who sees what, hours, contacts, referrals, hand-overs, second looks, figures, and closing a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from team import MOMENT, make_team, opened, phrase

from safe_lib import casework, disclosing, procedures, teamwork
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.procedures import load_law
from safe_lib.cli.app import run
from safe_lib.coordination import board as boards
from safe_lib.coordination import calendar, closing, contacts, figures, handing_over, hours, referring, second_look
from safe_lib.coordination.due import Due
from safe_lib.coordination.figures import FileYears
from safe_lib.coordination.hours import Worked
from safe_lib.disclosing import Asked
from safe_lib.engine import legal
from safe_lib.model.disclosure import Basis
from safe_lib.model.document import Block, Table
from safe_lib.model.errors import BasisRefused, NotPermitted, ReasonNeeded, ReportError, WrongUse
from safe_lib.model.legal import CaseFact, Following, LegalFile, StepDone, Task
from safe_lib.report.make import Terms, make_copy, make_report
from safe_lib.widgets.coordination_views import day_in_words, due_blocks
from safe_lib.widgets.start_dates import dates_of

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
EN = load_texts("en")
MINE, THEIRS = "K7M-2042", "A2B-0001"
ORGANISATION = "Legal aid, Port Sellen"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A team with two cases; Vera, a volunteer, helps with one, and Sofie, a specialist, with the other."""
    path = make_team(tmp_path_factory.mktemp("coordination"), users=("ada", "cora", "sven", "sofie", "vera", "anna", "batch"))
    with opened(path, "cora") as store:
        for ref, user in ((MINE, "vera"), (THEIRS, "sofie")):
            store.new_case(by="cora", at=MOMENT, ref=ref)
            store.assign(ref, user, by="cora", at=MOMENT)
            store.unassign(ref, "cora", by="cora", at=MOMENT)  # whoever opens a case works on it
    return path


@contextmanager
def at_desk(path: Path, user: str, today: date = TODAY) -> Iterator[Desk]:
    with opened(path, user) as store:
        yield Desk(store, user, "en", today, now=lambda: datetime(today.year, today.month, today.day, 9, 30, tzinfo=UTC))


@pytest.fixture
def team(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    for file in made.parent.glob("team.safe*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
        (tmp_path / file.name).chmod(0o600)
    return tmp_path / made.name


# Hours


def test_hours_of_four_weeks_are_laid_beside_what_was_agreed(team: Path) -> None:
    """W1, W2: the mean of four weeks, training and meetings within it; nearly from 90 percent, over above 100."""
    with at_desk(team, "vera") as desk:
        hours.log(desk, Worked(TODAY, 16 * 60, "client", MINE))
        hours.log(desk, Worked(TODAY - timedelta(days=27), 12 * 60, "training", topic="Rights in Exampleland"))
        hours.log(desk, Worked(TODAY - timedelta(days=28), 600, "admin"))  # five weeks ago counts no more
        first = boards.board(desk).loads
        for _ in range(2):
            extra = hours.log(desk, Worked(TODAY - timedelta(days=1), 60, "travel", MINE))
        nearly = boards.board(desk).loads
        hours.log(desk, Worked(TODAY - timedelta(days=2), 180, "travel", MINE))
        over = boards.board(desk).loads
        hours.take_back(desk, extra.id)

        assert [(one.user, one.minutes_a_week, one.agreed, one.band) for one in first] == [("vera", 420.0, 480, "within")]
        assert (nearly[0].minutes_a_week, nearly[0].band) == (450.0, "nearly")
        assert (over[0].minutes_a_week, over[0].band) == (495.0, "over")
        assert boards.board(desk).loads[0].minutes_a_week == 480.0 and boards.board(desk).loads[0].band == "nearly"


def test_colleagues_are_listed_by_name_whatever_they_carry(team: Path) -> None:
    """Nobody is ranked."""
    with at_desk(team, "cora") as desk:
        hours.log(desk, Worked(TODAY, 900, "admin"), user="vera")

        assert [one.user for one in boards.board(desk).loads] == ["sofie", "sven", "vera"]


def test_a_meeting_counts_for_everybody_who_came_and_supervision_is_missed_after_eight_weeks(team: Path) -> None:
    """W2, W7."""
    with at_desk(team, "cora") as desk:
        hours.meet(desk, Worked(TODAY - timedelta(days=56), 45, "supervision", topic="How it goes"), ["vera", "sofie"])
        loads = {one.user: one for one in boards.board(desk).loads}

        assert not loads["vera"].needs_supervision(TODAY) and loads["vera"].needs_supervision(TODAY + timedelta(days=1))
        assert loads["sven"].supervised is None and loads["sven"].needs_supervision(TODAY)
        with pytest.raises(WrongUse, match="who was there"):
            hours.meet(desk, Worked(TODAY, 45, "team_meeting", topic="News"), [])
        with pytest.raises(WrongUse, match="it is one of"):
            hours.meet(desk, Worked(TODAY, 45, "client", topic="News"), ["vera"])


def test_nobody_reads_or_writes_another_colleagues_hours_but_the_coordinator(team: Path) -> None:
    """A volunteer sees their own; what a coordinator wrote of others is not there for them."""
    with at_desk(team, "sofie") as desk:
        other = hours.log(desk, Worked(TODAY, 30, "client", THEIRS))
    with at_desk(team, "vera") as desk:
        hours.log(desk, Worked(TODAY, 60, "client", MINE))

        assert [one.minutes for one in hours.entries(desk, TODAY)] == [60]
        for refused in (lambda: hours.log(desk, Worked(TODAY, 5, "admin"), user="sofie"), lambda: hours.entries(desk, TODAY, of="sofie"),
                        lambda: boards.board(desk, "sofie"), lambda: hours.meet(desk, Worked(TODAY, 5, "training", topic="x"), ["vera"]),
                        lambda: hours.take_back(desk, other.id)):
            with pytest.raises(NotPermitted):
                refused()
        with pytest.raises(NotPermitted):
            hours.log(desk, Worked(TODAY, 5, "client", THEIRS))
    with at_desk(team, "cora") as desk:
        assert {(one.user, one.ref) for one in hours.entries(desk, TODAY)} == {("vera", MINE), ("sofie", THEIRS)}
        assert [one.user for one in hours.entries(desk, TODAY, of="vera")] == ["vera"]
    for user in ("anna", "ada"):  # an analyst and an administrator have no part in it
        with at_desk(team, user) as desk, pytest.raises(NotPermitted):
            boards.board(desk)


@pytest.mark.parametrize("worked", [
    Worked(TODAY, 0, "client"), Worked(TODAY, 961, "client"), Worked(TODAY + timedelta(days=1), 60, "client"),
    Worked(TODAY - timedelta(days=400), 60, "client"),
    Worked(TODAY, 60, "training", MINE), Worked(TODAY, 60, "client", MINE, "What she told me"), Worked(TODAY, 60, "idling"),  # type: ignore[arg-type]
])
def test_hours_that_cannot_be_meant_are_refused(team: Path, worked: Worked) -> None:
    """A slip of the pen, a day to come, and words about a case where they do not belong."""
    with at_desk(team, "vera") as desk:
        with pytest.raises(WrongUse):
            hours.log(desk, worked)
        assert hours.entries(desk, TODAY - timedelta(days=500)) == ()


def test_an_entry_is_taken_back_once_and_both_stay_written(team: Path) -> None:
    """The store only adds."""
    with at_desk(team, "vera") as desk:
        entry = hours.log(desk, Worked(TODAY, 60, "client", MINE))
        hours.take_back(desk, entry.id)
        with pytest.raises(WrongUse, match="no entry"):
            hours.take_back(desk, entry.id)

        assert hours.entries(desk, TODAY) == ()
        assert [one.minutes for one in desk.open_store().hours(TODAY)] == [60, -60]


def test_when_a_case_is_erased_its_hours_stay_and_name_it_no_more(team: Path) -> None:
    """R6: the administration of volunteers stays; of the case, no row of its own is left."""
    with at_desk(team, "vera") as desk:
        contacts.note(desk, MINE, day=TODAY, channel="call", kind="person", minutes=30)
    with opened(team, "cora") as store:
        store.keep_digest("vera", "2026-W48", MINE.encode(), by="cora", at=NOW)
        halves = store.halves(MINE)
        store.erase(MINE, by="cora", at=NOW)

        assert store.leftovers(MINE, halves) == ()
        assert [(one.user, one.minutes, one.ref) for one in store.hours(TODAY)] == [("vera", 30, "")]
    with opened(team, "vera") as store:
        assert store.digest_weeks() == ()


def test_a_digest_is_opened_by_its_reader_and_by_nobody_else(team: Path) -> None:
    """Whoever makes it cannot open it again."""
    with opened(team, "batch") as store:
        store.keep_digest("vera", "2026-W48", b"for vera", by="batch", at=NOW)

        assert store.digest("2026-W48") is None and store.digest_weeks() == ()
        assert b"for vera" not in bytes(store._usable().exec_driver_sql("SELECT sealed FROM digests").scalar_one())
    with opened(team, "vera") as store:
        assert store.digest_weeks() == ("2026-W48",) and store.digest("2026-W48") == b"for vera"
        for week in range(10, 20):
            store.keep_digest("vera", f"2027-W{week}", b"later", by="batch", at=NOW)
        assert len(store.digest_weeks()) == 8 and "2026-W48" not in store.digest_weeks()


# Contacts


def test_no_contact_for_four_weeks_is_noticed_and_an_attempt_is_no_contact(team: Path) -> None:
    """W4; the case that was just opened counts from its opening."""
    with at_desk(team, "vera") as desk:
        contacts.note(desk, MINE, day=TODAY - timedelta(days=28), channel="meeting", kind="person", interpreter=True)
        for kind in ("attempt", "lawyer"):
            contacts.note(desk, MINE, day=TODAY - timedelta(days=3), channel="call", kind=kind)  # type: ignore[arg-type]
        found = boards.board(desk)

        assert [(one.ref, one.quiet, one.spoken) for one in found.quiet] == [(MINE, 28, TODAY - timedelta(days=28))]
        contacts.note(desk, MINE, day=TODAY - timedelta(days=27), channel="call", kind="person")
        assert boards.board(desk).quiet == ()
        assert [one.kind for one in contacts.contacts(desk, MINE)] == ["person", "attempt", "lawyer", "person"]
    with at_desk(team, "cora", TODAY + timedelta(days=40)) as desk:
        assert [one.ref for one in boards.board(desk).quiet] == [THEIRS, MINE]


def test_what_two_colleagues_note_at_once_is_both_kept(team: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is overwritten."""
    with at_desk(team, "vera") as one, at_desk(team, "cora") as other:
        real = casework.save_paper

        def between(*args: object, **more: object) -> object:
            monkeypatch.setattr(casework, "save_paper", real)
            contacts.note(other, MINE, day=TODAY, channel="letter", kind="authority")
            return real(*args, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(casework, "save_paper", between)
        contacts.note(one, MINE, day=TODAY, channel="call", kind="person")

        assert [entry.channel for entry in contacts.contacts(one, MINE)] == ["letter", "call"]


def test_a_volunteer_sees_the_cases_assigned_to_them_and_a_coordinator_all(team: Path) -> None:
    """The board of each; and that of one colleague for the coordinator."""
    for user, of, refs in (("vera", "", [MINE]), ("cora", "", [THEIRS, MINE]), ("cora", "vera", [MINE]), ("sofie", "", [THEIRS]), ("batch", "vera", [MINE])):
        with at_desk(team, user) as desk:
            assert [one.ref for one in boards.board(desk, of).cases] == refs, user
            assert [line.what for line in desk.open_store().audit() if line.by == user][-2:] == ["board.read", "cases.listed"]


# Referring


def test_a_referral_rests_on_a_consent_for_that_organisation_and_waits_for_its_answer(team: Path) -> None:
    """W5: a consent for somebody else, or one that was taken back, carries nothing; a refusal has its reason."""
    with at_desk(team, "cora") as desk:
        asked = Asked("given", ORGANISATION, "legal advice", "name and telephone", "am", True)
        consent = disclosing.record_consent(desk, MINE, asked)
        basis = Basis("consent", consent.id)
        with pytest.raises(BasisRefused):
            referring.refer(desk, MINE, organisation="Somebody else", purpose="legal advice", basis=basis)
        made = referring.refer(desk, MINE, organisation=ORGANISATION, purpose="legal advice", basis=basis)

        assert [one.id for case in boards.board(desk).cases for one in case.referrals] == [made.id]
        with pytest.raises(WrongUse, match="reason"):
            referring.answer(desk, MINE, made.id, "refused")
        referring.answer(desk, MINE, made.id, "refused", "no room until spring")
        with pytest.raises(WrongUse, match="waits"):
            referring.answer(desk, MINE, made.id, "accepted")
        assert [(one.state, one.words, one.answered_on) for one in referring.referrals(desk, MINE)] == [("refused", "no room until spring", TODAY)]
        disclosing.withdraw_consent(desk, MINE, consent.id)
        with pytest.raises(BasisRefused):
            referring.refer(desk, MINE, organisation=ORGANISATION, purpose="legal advice", basis=basis)
        assert [one.id for case in boards.board(desk).cases for one in case.consents] == [consent.id]
        referring.refer(desk, MINE, organisation="Hospital", purpose="care", basis=Basis("vital_interests", reason="she is in danger tonight"))
    with at_desk(team, "vera") as desk, pytest.raises(NotPermitted):  # a volunteer lets nothing leave
        referring.refer(desk, MINE, organisation=ORGANISATION, purpose="x", basis=Basis("vital_interests", reason="she is in danger tonight"))


# Handing over


def test_a_case_is_handed_over_with_what_is_open_and_the_new_colleague_is_told(team: Path) -> None:
    """Who gave it cannot open it any more; the words go along."""
    with at_desk(team, "cora") as desk:
        handing_over.hand_over(desk, MINE, giver="vera", taker="sven", words="The hearing is on Tuesday. She knows that Sven comes.")
        with pytest.raises(WrongUse, match="has to work on it"):
            handing_over.hand_over(desk, MINE, giver="vera", taker="sven", words="again")
    with at_desk(team, "vera") as desk, pytest.raises(NotPermitted):
        casework.find_case(desk, MINE)
    with at_desk(team, "sven") as desk:
        assert [(one.what, one.ref) for one in teamwork.notices(desk)] == [("case.assigned", MINE)]
        assert [(one.giver, one.taker, one.words) for one in handing_over.hand_overs(desk, MINE)] == [
            ("vera", "sven", "The hearing is on Tuesday. She knows that Sven comes.")]


def test_who_is_kept_away_from_a_case_is_not_handed_it(team: Path) -> None:
    """And then nothing is written, and the giver keeps it."""
    with at_desk(team, "cora") as desk:
        teamwork.exclude(desk, MINE, "sven", "a neighbour of the family")
        with pytest.raises(NotPermitted):
            handing_over.hand_over(desk, MINE, giver="vera", taker="sven", words="all is open")

        assert teamwork.hands(desk, MINE).assigned == ("vera",) and handing_over.hand_overs(desk, MINE) == ()


# Second looks


def test_a_draw_can_be_repeated_from_its_seed() -> None:
    """In whatever order the cases come; at least one, and all with 100 percent."""
    refs = [f"C{number:03}" for number in range(50)]

    assert second_look.drawn(refs, 7, 10) == second_look.drawn(reversed(refs), 7, 10)
    assert len(second_look.drawn(refs, 7, 10)) == 5 and len(second_look.drawn(refs[:3], 1, 1)) == 1 and second_look.drawn(refs, 1, 100) == tuple(refs)
    assert len({second_look.drawn(refs, seed, 10) for seed in range(20)}) > 15


def test_a_second_look_is_a_colleagues_and_is_done_once(team: Path) -> None:
    """Who works on the case does not look; the draw stands in the trail with its seed."""
    with at_desk(team, "vera") as desk, pytest.raises(NotPermitted):
        second_look.draw(desk, 50)
    with at_desk(team, "cora") as desk:
        found = second_look.draw(desk, 100, seed=5)
        assert (found.of, found.refs) == (2, (THEIRS, MINE))
        assert [line.detail for line in desk.open_store().audit() if line.what == "second_look.drawn"] == ["seed 5: 2 of 2 open cases"]
    with at_desk(team, "vera") as desk, pytest.raises(WrongUse, match="yourself"):
        second_look.look(desk, MINE, "agrees", "all is well")
    with at_desk(team, "cora") as desk:
        second_look.look(desk, MINE, "talk_about", "The children were not asked after.")
        with pytest.raises(WrongUse, match="no second look waits"):
            second_look.look(desk, MINE, "agrees", "again")
        assert [one.ref for one in boards.board(desk).cases if one.looks] == [THEIRS]


# Closing


def go_through(desk: Desk, ref: str) -> None:
    for item in closing.rules().items:
        closing.tick(desk, ref, item, "done")


def test_a_file_is_closed_when_its_list_was_gone_through_and_leaves_the_lists(team: Path) -> None:
    """Section 10: nothing missed, the reason, what was handed; and opened again, everything begins anew."""
    with at_desk(team, "cora") as desk:
        closing.tick(desk, MINE, "originals_returned", "done")
        with pytest.raises(WrongUse, match="id_copies_destroyed"):
            closing.close_file(desk, MINE, "moved_region", "She moved and has a new lawyer.")
        with pytest.raises(WrongUse, match="has to be said"):
            closing.tick(desk, MINE, "deadlines_handed_over", "left_open")
        go_through(desk, MINE)
        closing.tick(desk, MINE, "deadlines_handed_over", "left_open", "The lawyer watches the appeal.")
        with pytest.raises(WrongUse, match="nothing is handed"):
            closing.close_file(desk, MINE, "moved_region", "She moved and has a new lawyer.", ["last_safety_check"])
        assert closing.close_file(desk, MINE, "moved_region", "She moved and has a new lawyer.", ["originals_returned"]).status == "closed"
        found = closing.closing(desk, MINE)

        assert (found.reason, found.closed_on, found.handed) == ("moved_region", TODAY, ("originals_returned",))
        assert found.looked["deadlines_handed_over"].words == "The lawyer watches the appeal."
        assert [one.ref for one in boards.board(desk).cases] == [THEIRS] and boards.board(desk).unfinished == ()
        with pytest.raises(WrongUse, match="closed"):
            closing.tick(desk, MINE, "last_safety_check", "done")
        assert closing.open_again(desk, MINE).status == "open"
        assert closing.closing(desk, MINE).missing == tuple(closing.rules().items) and [one.ref for one in boards.board(desk).cases] == [THEIRS, MINE]


def test_a_file_closes_without_its_list_only_with_a_reason_which_is_kept_and_told(team: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Section 10: `safe close` says where the list is; with a reason it closes, and the coordinator sees that the list is open."""
    with at_desk(team, "vera") as desk, pytest.raises(NotPermitted) as refused:
        closing.close_without_list(desk, MINE, "We decided this together.", "")
    assert not isinstance(refused.value, ReasonNeeded)  # who may not close learns nothing of a list
    assert safe(team, "cora", "close", MINE, "--words", "We decided this together.") == 30
    assert f"safe coordination close {MINE}" in capfd.readouterr().err
    with at_desk(team, "cora") as desk:
        assert casework.find_case(desk, MINE).status == "open"
        closing.tick(desk, MINE, "originals_returned", "done")
    assert safe(team, "cora", "close", MINE, "--words", "We decided this together.", "--although", "She leaves tonight.") == 0
    with at_desk(team, "cora") as desk:
        found = closing.closing(desk, MINE)

        assert (casework.find_case(desk, MINE).status, found.although, found.closed_on) == ("closed", "She leaves tonight.", None)
        assert set(found.looked) == {"originals_returned"}
        assert [one.ref for one in boards.board(desk).unfinished] == [MINE]
    assert safe(team, "cora", "close", MINE, "--open-again") == 0
    with at_desk(team, "cora") as desk:
        assert closing.closing(desk, MINE).missing == tuple(closing.rules().items) and not closing.closing(desk, MINE).although


def test_what_is_kept_until_when_is_counted_from_the_closure(team: Path) -> None:
    """R0 to R4; what the team settled counts in place of the default."""
    with at_desk(team, "cora") as desk:
        request = teamwork.ask_policy(desk, "keep_help", "12")
        before = {one.id: until for one, until in closing.kept_until(desk, date(2026, 1, 31))}
    with at_desk(team, "ada") as desk:
        teamwork.agree(desk, request.id)
        after = {one.id: until for one, until in closing.kept_until(desk, date(2026, 1, 31))}

        assert before == {"R0": None, "R1": date(2028, 1, 31), "R2": date(2031, 1, 31), "R3": None, "R4": date(2031, 1, 31)}
        assert after == {**before, "R1": date(2027, 1, 31)}


# Figures


def test_the_two_published_figures_of_2018_are_one_file_apart_under_their_definitions() -> None:
    """W6: seventy files were open in the year, and in one of them nobody spoke with the person."""
    spoken = [FileYears(date(2018, 1 + number % 12, 1), None, (date(2018, 12, 3), date(2018, 12, 4))) for number in range(50)]
    earlier = [FileYears(date(2017, 5, 1), date(2018, 6, 30), (date(2018, 1, 1),)) for _ in range(19)]
    silent = [FileYears(date(2017, 5, 1), date(2018, 1, 1), (date(2017, 12, 31),))]
    outside = [FileYears(date(2016, 1, 1), date(2017, 12, 31), (date(2016, 2, 1),)), FileYears(date(2019, 1, 1), None, (date(2019, 1, 1),))]
    found = {one.definition.id: one.number for one in figures.counted([*spoken, *earlier, *silent, *outside], 2018)}

    assert found == {"helped": 69, "open_files": 70, "new": 50, "continued": 20, "closed": 20}
    assert [(one.number, one.compared_with) for one in figures.published() if one.year == 2018] == [(69, "helped"), (70, "open_files")]


def test_figures_are_counted_from_the_cases_for_the_coordinator_alone(team: Path) -> None:
    """A volunteer gets none; a contact of another year counts for that year."""
    with at_desk(team, "vera") as desk:
        contacts.note(desk, MINE, day=TODAY, channel="call", kind="person")
        contacts.note(desk, MINE, day=TODAY - timedelta(days=1), channel="call", kind="person")
        with pytest.raises(NotPermitted):
            figures.figures(desk, 2026)
    with at_desk(team, "cora") as desk:
        assert {one.definition.id: one.number for one in figures.figures(desk, 2026)} == {"helped": 1, "open_files": 2, "new": 2, "continued": 0, "closed": 0}


def test_what_is_written_of_a_case_is_sealed_under_its_key(team: Path) -> None:
    """Beside the reference nothing of it stands in the file in the clear, not even in the trail."""
    words = "Zyxomma Quillfeather"
    with at_desk(team, "cora") as desk:
        handing_over.hand_over(desk, MINE, giver="vera", taker="sven", words=words)
        go_through(desk, MINE)
        closing.tick(desk, MINE, "originals_returned", "left_open", words)
        rows = json.dumps([repr(tuple(row)) for name in ("papers", "audit", "hours", "notices")
                           for row in desk.open_store()._usable().exec_driver_sql(f'SELECT * FROM "{name}"')])

        assert words not in rows and words in handing_over.hand_overs(desk, MINE)[0].words


# What is due


def test_what_is_due_stands_in_its_band_and_what_is_unknown_is_never_left_out(team: Path) -> None:
    """W3, DR6: unknown, overdue, a week, thirty days, later; a task that is done is in none."""
    with at_desk(team, "vera") as desk:
        procedures.follow(desk, MINE, "NL-REFLECT")
        unknown = {one.id for one in boards.board(desk).band("unknown")}
        for days in (-1, 0, 7, 8, 30, 31):
            procedures.save_task(desk, MINE, Task(task=f"in {days} days", due=TODAY + timedelta(days=days)))
        procedures.save_task(desk, MINE, Task(task="settled", due=TODAY, done=TODAY))
        found = boards.board(desk)
        tasks = {band: [one.title for one in found.band(band) if one.what == "task"] for band in ("overdue", "week", "month", "later")}

        assert "NL-REFLECT-END" in unknown
        assert tasks == {"overdue": ["in -1 days"], "week": ["in 0 days", "in 7 days"], "month": ["in 8 days", "in 30 days"], "later": ["in 31 days"]}
        assert [one.title for case in found.cases for one in case.stuck] == ["in -1 days"]


def test_each_day_by_law_says_when_its_rule_was_last_verified(team: Path) -> None:
    """A rule from memory says that it never was, one that is past its day is verified first, and a task rests on no rule."""
    with at_desk(team, "vera") as desk:
        procedures.follow(desk, MINE, "NL-REFLECT")
        procedures.follow(desk, MINE, "NL-OBJ")
        procedures.save_task(desk, MINE, Task(task="Ring back", due=TODAY))
        found = boards.board(desk)
        law = load_law().procedures
        rows = {str(row[4]): str(row[5]) for row in tables(due_blocks(found, EN))[0].rows}
        late = {str(row[4]): str(row[5]) for row in tables(due_blocks(replace(found, today=date(2030, 1, 1)), EN))[0].rows}

    verified = day_in_words(law["NL-REFLECT"].verified, EN)
    of = {id: words for id in ("NL-REFLECT-END", "NL-OBJ-TERM", "Ring back") for what, words in rows.items() if id in what}
    assert of == {"NL-REFLECT-END": verified, "NL-OBJ-TERM": "written down from memory, never verified", "Ring back": "no rule: agreed here"}
    assert next(words for what, words in late.items() if "NL-REFLECT-END" in what) == f"{verified}; Verify first"


def tables(blocks: Iterable[Block]) -> list[Table]:
    return [one for one in blocks if isinstance(one, Table)]


def test_a_day_that_is_no_limit_of_the_law_is_never_called_one(team: Path) -> None:
    """The first day on which an extension may be asked for is worked towards; only the end of its term is a last day by law."""
    with at_desk(team, "vera") as desk:
        procedures.follow(desk, MINE, "NL-EXT")
        procedures.save_fact(desk, MINE, CaseFact("permit_end_date", "2027-02-28", "residence card"))
        found = {one.id: one for case in boards.board(desk).cases for one in case.due}

        assert found["NL-EXT-OPEN"].plan is not None and found["NL-EXT-OPEN"].last is None
        assert found["NL-EXT-SAFE"].last == date(2027, 2, 27)
        assert all("last day by law" not in one.remark for one in dates_of(desk, EN)[0] if "NL-EXT-OPEN" in one.what)


def test_the_start_page_names_the_nearest_days_of_ones_own_cases_and_leaves_none_out(team: Path) -> None:
    """What is overdue, has no day or is one too many is counted; a day of another's case is not there, and without a right there is none."""
    with at_desk(team, "sofie") as desk:
        procedures.save_task(desk, THEIRS, Task(task="Theirs", due=TODAY))
    with at_desk(team, "vera") as desk:
        assert dates_of(desk, EN) == ((), ())
        procedures.follow(desk, MINE, "NL-REFLECT")
        for days in (-1, 3, 9, 9, 12, 20, 30, 30, 31):
            procedures.save_task(desk, MINE, Task(task=f"in {days} days", due=TODAY + timedelta(days=days)))
        dates, beside = dates_of(desk, EN)
    unknown = len(boards_unknown(team))

    assert [one.what for one in dates] == ["in 3 days", "in 9 days", "in 9 days", "in 12 days", "in 20 days", "in 30 days"]
    assert {(one.reference, one.path) for one in dates} == {(MINE, "/procedures")}
    assert unknown >= 1 and beside == ("Overdue: 1.", f"Day not known: {unknown}. Ask the lawyer today.", "Further ones within thirty days: 1.")
    with at_desk(team, "anna") as desk:
        assert dates_of(desk, EN) == ((), ())


def boards_unknown(team: Path) -> tuple[Due, ...]:
    with at_desk(team, "vera") as desk:
        return boards.board(desk).band("unknown")


def test_a_procedure_in_which_nobody_wrote_for_four_weeks_is_stuck(team: Path) -> None:
    """Until somebody writes in it again."""
    with at_desk(team, "vera", TODAY - timedelta(days=28)) as desk:
        procedures.follow(desk, MINE, "NL-REFLECT")
    with at_desk(team, "vera") as desk:
        stuck = [(one.what, one.id) for case in boards.board(desk).cases for one in case.stuck]
        procedures.save_step(desk, MINE, StepDone("NL-REFLECT", "r1", TODAY, "vera"))

        assert stuck == [("procedure", "NL-REFLECT")]
        assert [one for case in boards.board(desk).cases for one in case.stuck] == []


# The calendar


def test_a_calendar_tells_days_and_nothing_of_anybody(team: Path) -> None:
    """No name, no procedure, no reference, no word of the work; with the person's wish, the reference."""
    with at_desk(team, "vera") as desk:
        procedures.save_fact(desk, MINE, CaseFact("reflection_granted", "2026-11-02", "letter of the IND"))
        procedures.follow(desk, MINE, "NL-REFLECT")
        procedures.save_task(desk, MINE, Task(id="T1", task="Bring Zyxomma to the hearing on trafficking", due=TODAY + timedelta(days=5)))
        first = calendar.take_along(desk)
        again = calendar.take_along(desk)
        calendar.let_name(desk, MINE, True)
        named = calendar.take_along(desk)
        events = Calendar.from_ical(first).walk("VEVENT")

        assert {str(one["summary"]) for one in events} == {"To do", "Last day"} and first == again
        assert {str(one["class"]) for one in events} == {"PRIVATE"}
        assert not any(name in one for one in events for name in ("description", "location", "organizer"))
        assert TODAY + timedelta(days=5) in {one["dtstart"].dt for one in events} and date(2026, 12, 2) in {one["dtstart"].dt for one in events}
        for word in (MINE, "REFLECT", "Zyxomma", "traffick", "IND", "vera", "safe", "SAFE", "workbook"):
            assert word.encode() not in first.replace(b"TRANSP", b""), word
        assert named.count(MINE.encode()) >= len(events)
        assert [str(one["uid"]) for one in Calendar.from_ical(named).walk("VEVENT")] == [str(one["uid"]) for one in events]
        calendar.let_name(desk, MINE, False)
        assert calendar.take_along(desk) == first
    with at_desk(team, "cora") as desk:
        left = [line.detail for line in teamwork.trail(desk, MINE) if line.what == "calendar.left"]
        assert left == ["days only", "with the reference", "days only", "days only"]
        assert b"VEVENT" not in calendar.take_along(desk, "sofie")
        other = {str(one["uid"]) for one in Calendar.from_ical(calendar.take_along(desk, "vera")).walk("VEVENT")}
        assert other.isdisjoint(str(one["uid"]) for one in events)  # two calendars cannot be laid over each other


# The command line, and the weekly digest


def told(capfd: pytest.CaptureFixture[str], path: Path, user: str, *words: str) -> object:
    """What a command says as JSON."""
    assert safe(path, user, *words, "--json") == 0, capfd.readouterr().err
    return json.loads(capfd.readouterr().out)


def safe(path: Path, user: str, *words: str) -> int:
    secret = path.parent / f"{user}.txt"
    secret.write_text(phrase(user), encoding="utf-8")
    secret.chmod(0o600)
    return run([*words, "--store", str(path), "--passphrase-file", str(secret), "--person", user])


def test_the_command_tells_the_board_and_writes_into_it(team: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The same functions as the page, with the same rights."""
    told(capfd, team, "vera", "coordination", "contact", MINE, "--by", "meeting", "--minutes", "45")
    told(capfd, team, "vera", "coordination", "hours", "--minutes", "30", "--category", "admin")
    board = told(capfd, team, "vera", "coordination")

    assert isinstance(board, dict)
    assert [(one["case"], one["days_without_contact"]) for one in board["cases"]] == [(MINE, 0)]
    assert [one["user"] for one in board["loads"]] == ["vera"] and [one["minutes"] for one in board["hours"]] == [30, 45]
    assert set(board["due"]) == {"unknown", "overdue", "week", "month", "later"}
    assert told(capfd, team, "vera", "coordination", "log", "--since", "2026-01-01") == board["hours"]
    assert safe(team, "vera", "coordination", "--of", "sofie") == 30 and safe(team, "vera", "coordination", "log", "--of", "sofie") == 30
    drawn = told(capfd, team, "cora", "coordination", "draw", "--percent", "100", "--seed", "3")
    assert drawn == {"seed": 3, "of": 2, "cases": [THEIRS, MINE]}
    found = told(capfd, team, "cora", "coordination", "figures")
    assert isinstance(found, dict) and {one["id"]: one["number"] for one in found["figures"]}["helped"] == 1 and len(found["published"]) == 3
    assert safe(team, "vera", "calendar", "--out", str(tmp_path / "mine.ics")) == 0 and (tmp_path / "mine.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert safe(team, "vera", "calendar", "--out", str(tmp_path / "mine.ics")) == 2
    assert safe(team, "vera", "coordination") == 0 and MINE in capfd.readouterr().out


def test_the_weekly_digest_is_made_for_each_colleague_of_their_own_cases(team: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """By papermill, sealed to its reader: a volunteer reads of their own case, the coordinator of all."""
    assert safe(team, "vera", "batch", "coordination") == 30 and safe(team, "batch", "batch", "coordination", "--for", "lawyer") == 2
    made = told(capfd, team, "batch", "batch", "coordination", "--for", "digest", "--date", TODAY.isoformat())

    assert made == {"workbook": "coordination", "profile": "digest", "done": 4,
                    "digests": [{"user": user, "week": "2026-W48"} for user in ("cora", "sofie", "sven", "vera")]}
    for user, inside, outside in (("vera", (MINE,), (THEIRS, "sofie")), ("cora", (MINE, THEIRS, "sofie"), ()), ("sven", (), (MINE, THEIRS))):
        with at_desk(team, user) as desk:
            text = (desk.open_store().digest("2026-W48") or b"").decode()
            assert all(word in text for word in inside) and not any(word in text for word in outside) and "Weekly digest, 2026-W48" in text, user
            assert [one.what for one in teamwork.notices(desk) if one.what == "digest.made"] == ["digest.made"]


def test_a_report_of_the_team_is_made_for_nobody_else(team: Path) -> None:
    """Of a case there is none: the workbook is about no single one."""
    with at_desk(team, "cora") as desk, pytest.raises(ReportError, match="not made for lawyer"):
        make_report(desk, MINE, "coordination", "lawyer", "html")


# Consent


def test_a_consent_says_its_kind_and_how_it_was_said_and_one_for_a_single_use_counts_once(team: Path) -> None:
    """Section 9: CF-EMBASSY carries one copy and no second; given anew, it carries one more. CF-INTAKE ends with the file."""
    office = "Consulate of Exampleland, Port Sellen"
    with at_desk(team, "cora") as desk:
        asked = Asked("given", office, "a passport", "name and date of birth", "am", True, form="CF-EMBASSY", how="read_aloud")
        given = disclosing.record_consent(desk, MINE, asked)
        terms = Terms(office, "a passport", Basis("consent", given.id))

        def leave(minute: int) -> None:
            later = replace(desk, now=lambda: datetime(2026, 11, 26, 10, minute, tzinfo=UTC))
            report = make_copy(later, MINE, "safe_return", "partner", "json", terms)
            casework.disclose(later, report, recipient=office, purpose="a passport", basis=terms.basis)

        assert (given.form, given.how, given.once) == ("CF-EMBASSY", "read_aloud", True)
        leave(1)
        assert [disclosing.sharing(desk, MINE).lack(one) for one in disclosing.sharing(desk, MINE).standing] == ["used"]
        with pytest.raises(BasisRefused, match="one use"):
            leave(2)
        disclosing.record_consent(replace(desk, now=lambda: datetime(2026, 11, 26, 10, 3, tzinfo=UTC)), MINE, asked)
        leave(4)
        with pytest.raises(BasisRefused, match="one use"):
            leave(5)
        intake = disclosing.record_consent(desk, MINE, Asked("given", "this organisation", "opening a file", "the file", "am", False, form="CF-INTAKE"))
        assert intake.until > TODAY + timedelta(days=3650)
        go_through(desk, MINE)
        closing.close_file(desk, MINE, "client_ended", "She wished to end it.")
    with at_desk(team, "cora", TODAY + timedelta(days=1)) as desk:
        lacks = {one.form: disclosing.sharing(desk, MINE).lack(one) for one in disclosing.sharing(desk, MINE).standing}
        assert lacks == {"CF-EMBASSY": "used", "CF-INTAKE": "ended"}
        for wrong in (replace(asked, form="CF-NONE"), replace(asked, how="by telepathy")):
            with pytest.raises(WrongUse, match="kind"):
                disclosing.record_consent(desk, MINE, wrong)


@pytest.mark.parametrize("facts", [
    {}, {"presumed_victim": "yes", "lawful_stay": "no", "role": "victim", "reflection_before": "no", "reflection_granted": "2026-11-02"},
    {"presumed_victim": "yes", "lawful_stay": "yes", "permit_end_date": "2027-02-01"}, {"decision_made_known": "2026-11-20", "presumed_victim": "unknown"},
])
def test_what_counts_of_procedures_is_found_without_working_out_the_others(facts: dict[str, str]) -> None:
    """The quick way for many cases gives the deadlines that the page of a case shows."""
    file = LegalFile({name: CaseFact(name, value, "her") for name, value in facts.items()}, {"NL-OBJ": Following("NL-OBJ")})

    assert legal.deadlines_in(procedures.counting_in(file, TODAY), file) == legal.deadlines_in(procedures.considered_in(file, TODAY), file)
