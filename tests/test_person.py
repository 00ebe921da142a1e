"""Rights of the person: how long a file is kept, erasure with a proof, access to all that is kept, and correction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from conftest import give
from team import CANARY, MOMENT, REF, fill, make_team, opened, phrase

from safe_lib import casework, disclosing, teamwork
from safe_lib.casework import Desk, Said
from safe_lib.catalogue.processing import load_processing
from safe_lib.cli.app import run
from safe_lib.disclosing import Asked
from safe_lib.model.case import Extension
from safe_lib.model.disclosure import Basis
from safe_lib.model.errors import CaseNotFound, NotPermitted, ReasonNeeded, StoreError, WrongUse
from safe_lib.person import correcting, erasing, retention
from safe_lib.person.access_pack import Looked, free_texts, gather, looked_at
from safe_lib.report.for_person import access_paper, give_access, proof_paper
from safe_lib.report.make import written
from safe_lib.store import renewing
from safe_lib.store.opening import open_file
from safe_lib.store.slots import file_keys
from safe_lib.store.tables import METADATA
from safe_lib.store.telling import NOT_TOLD, TOLD
from safe_lib.store.upgrade import ring_for
from safe_lib.store.vault import vault_file

CLOSED = date(2026, 8, 31)
WORDS = "She goes to her sister next month, as she wishes."
PURPOSES = load_processing().clocks()


@contextmanager
def at(path: Path, user: str, day: date = date(2026, 11, 21), language: str = "en") -> Iterator[Desk]:
    """The desk of a colleague on a day."""
    with opened(path, user) as store:
        yield Desk(store, user, language, day, now=lambda: datetime.combine(day, time(12), UTC))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A team, and a case of Sven's with something in every table."""
    found = make_team(tmp_path, users=("ada", "cora", "sven", "sofie", "vera"))
    with opened(found, "sven") as store:
        fill(store, REF, by="sven")
    return found


# How long


@pytest.mark.parametrize(("day", "months", "then"), [
    (date(2026, 8, 31), 24, date(2028, 8, 31)), (date(2026, 8, 31), 6, date(2027, 2, 28)), (date(2027, 8, 31), 6, date(2028, 2, 29)),
    (date(2024, 2, 29), 24, date(2026, 2, 28)), (date(2026, 12, 15), 1, date(2027, 1, 15)), (date(2026, 1, 31), 1, date(2026, 2, 28))])
def test_pri_07_months_are_counted_by_the_calendar(day: date, months: int, then: date) -> None:
    """The same day of the month, or its last day where there is none."""
    assert retention.months_after(day, months) == then


@pytest.mark.parametrize(("days_before", "state"), [(31, "running"), (30, "soon"), (1, "soon"), (0, "due"), (-400, "due")])
def test_pri_07_the_clock_warns_thirty_days_before(days_before: int, state: str) -> None:
    """24 months after closure by default, for each purpose; the warning begins on the thirtieth day before, not earlier and not later."""
    until = date(2028, 8, 31)
    found = retention.clocks(CLOSED, PURPOSES, {}, (), until - timedelta(days=days_before))

    assert {clock.purpose for clock in found} == {"help", "procedures"}
    assert all((clock.until, clock.state) == (until, state) for clock in found)


def test_pri_07_each_purpose_has_its_own_clock_and_an_extension_only_makes_it_longer() -> None:
    """What the team settled counts, the last extension of a purpose counts, and none can shorten the time."""
    longer = Extension(1, "procedures", date(2030, 1, 1), "an appeal is pending", "sven", MOMENT)
    shorter = Extension(2, "help", date(2027, 1, 1), "too soon", "sven", MOMENT)
    found = {clock.purpose: clock for clock in retention.clocks(CLOSED, PURPOSES, {"help": 12}, (longer, shorter), date(2027, 9, 1))}

    assert (found["help"].until, found["help"].state, found["help"].extended) == (date(2027, 8, 31), "due", False)
    assert (found["procedures"].until, found["procedures"].reason, found["procedures"].state) == (date(2030, 1, 1), "an appeal is pending", "running")


def test_pri_07_the_clock_starts_at_closure_and_stops_when_a_case_is_opened_again(path: Path) -> None:
    """An open case has no clock; closing a closed case again does not move its day; opening it and closing it later does."""
    with at(path, "sven", CLOSED) as desk:
        assert retention.keeping_of(desk, REF) is None
        retention.close_case(desk, REF, WORDS)
    with at(path, "sven", date(2026, 9, 15)) as desk:
        retention.close_case(desk, REF, WORDS)
        assert retention.keeping_of(desk, REF).closed == CLOSED  # type: ignore[union-attr]
        retention.open_again(desk, REF)
        assert retention.keeping(desk) == ()
    with at(path, "sven", date(2026, 10, 1)) as desk:
        retention.close_case(desk, REF, WORDS)
        found = retention.keeping_of(desk, REF)

    assert found is not None and found.closed == date(2026, 10, 1) and found.until == date(2028, 10, 1)


def test_pri_07_those_who_may_erase_are_warned_and_nobody_else(path: Path) -> None:
    """The coordinator sees it thirty days before; who may not erase, or does not know the case, sees nothing; nothing is erased by the clock."""
    with at(path, "sven", CLOSED) as desk:
        retention.close_case(desk, REF, WORDS)
    seen = {}
    for user in ("cora", "sven", "sofie", "vera", "ada"):
        for day in (date(2028, 7, 31), date(2028, 8, 1), date(2029, 8, 31)):
            with at(path, user, day) as desk:
                seen[user, day] = [one.ref for one in retention.warnings(desk)]

    assert all(seen[user, date(2028, 7, 31)] == [] for user in ("cora", "sven", "sofie", "vera", "ada"))
    assert seen["cora", date(2028, 8, 1)] == seen["sven", date(2028, 8, 1)] == [REF]
    assert all(seen[user, day] == [] for user in ("sofie", "vera", "ada") for day in (date(2028, 8, 1), date(2029, 8, 31)))
    with at(path, "sven", date(2029, 8, 31)) as desk:
        assert casework.find_case(desk, REF).ref == REF


def test_pri_07_an_extension_has_a_purpose_a_day_and_a_reason_that_the_person_can_read(path: Path) -> None:
    """Without one of them it is refused; it survives a new key of the case, and stands sealed."""
    with at(path, "sven", CLOSED) as desk:
        with pytest.raises(WrongUse, match="open"):
            retention.extend(desk, REF, "procedures", date(2030, 1, 1), "an appeal")
        retention.close_case(desk, REF, WORDS)
        for purpose, until, reason in (("fun", date(2030, 1, 1), "an appeal"), ("procedures", date(2028, 8, 31), "an appeal"),
                                       ("procedures", date(2090, 1, 1), "an appeal"), ("procedures", date(2030, 1, 1), "  ")):
            with pytest.raises(WrongUse):
                retention.extend(desk, REF, purpose, until, reason)
        retention.extend(desk, REF, "procedures", date(2030, 1, 1), CANARY)
    with at(path, "cora") as desk:
        teamwork.assign(desk, REF, "sofie")
        teamwork.exclude(desk, REF, "sofie", "a neighbour")  # takes a key away: the case gets a new one
        desk.open_store().renew_keys()
        found = retention.keeping_of(desk, REF)

    assert found is not None and found.until == date(2030, 1, 1)
    assert [clock.reason for clock in found.clocks if clock.extended] == [CANARY]
    with at(path, "sofie") as desk, pytest.raises(CaseNotFound):
        retention.extend(desk, REF, "procedures", date(2031, 1, 1), "curiosity")
    assert CANARY.encode() not in raw(path)


def test_pri_07_what_a_team_settles_counts_and_needs_two(path: Path) -> None:
    """The months are a setting: one person asks, a second agrees, and the clocks follow."""
    with at(path, "sven", CLOSED) as desk:
        retention.close_case(desk, REF, WORDS)
    with at(path, "cora") as desk:
        number = teamwork.ask_policy(desk, "keep_help", "6").id
        assert retention.keeping_of(desk, REF).clocks[0].until == date(2028, 8, 31)  # type: ignore[union-attr]
    with at(path, "ada") as desk:
        teamwork.agree(desk, number)
    with at(path, "cora") as desk:
        found = retention.keeping_of(desk, REF)

    assert found is not None and {clock.purpose: clock.until for clock in found.clocks} == {"help": date(2027, 2, 28), "procedures": date(2028, 8, 31)}
    assert found.until == date(2028, 8, 31)  # under one key: the whole case goes when the last purpose has run out


# Erasure with a proof


def raw(path: Path, user: str = "cora") -> bytes:
    """Every page of the database as SQLite sees it, opened with the key of the file, and every other file as it is."""
    ring = ring_for(path, phrase(user), user)
    connection = open_file(path, file_keys(path, ring)[0], patience=1.0)
    try:
        rows = [repr(tuple(row)) for table in METADATA.tables for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')]
    finally:
        connection.close()
    files = [file.read_bytes() for file in path.parent.iterdir() if file.is_file()]
    return "\n".join(rows).encode() + b"".join(files)


def erased(path: Path, agreeing: str = "cora") -> erasing.Proof:
    """Sven asks, a second person agrees."""
    with at(path, "sven") as desk:
        number = teamwork.ask_erasure(desk, REF).id
        with pytest.raises(NotPermitted):
            erasing.agree(desk, number)
    with at(path, agreeing) as desk:
        proof = erasing.agree(desk, number)
    assert proof is not None
    return proof


def test_pri_06_an_erasure_leaves_a_tombstone_and_nothing_of_what_was_said(path: Path) -> None:
    """No row, no key, no half in the vault, nothing kept open in memory; the reference and the day remain."""
    with at(path, "sven") as desk:
        store = desk.open_store()
        halves, before = store.halves(REF), store.holdings(REF)
        assert store.answers(REF, "safe_return") and all(store._holder.vault.has(number) for number in halves)
    vault = vault_file(path).read_bytes()
    erased(path)

    with at(path, "cora") as desk:
        store = desk.open_store()
        assert before["answers"] and before["reports"] and before["papers"] and before["identities"]
        assert store.leftovers(REF, halves) == () and store.tombstone(REF) is not None
        assert {name for name, rows in store.holdings(REF).items() if rows} <= {"audit", "tombstones", "notices"}
        assert set(store.tombstone(REF) or ()) == {"cora", datetime(2026, 11, 21, 12, tzinfo=UTC)}
    assert halves and all(number in vault and number not in vault_file(path).read_bytes() for number in halves)
    assert CANARY.encode() not in raw(path)


def test_pri_06_nothing_stays_open_in_the_memory_of_who_erases(path: Path) -> None:
    """Answers that were opened a moment ago, and the key of the case, are let go of with it."""
    with at(path, "sven") as first:
        number = teamwork.ask_erasure(first, REF).id
    with at(path, "cora") as desk:
        store = desk.open_store()
        assert store.answers(REF, "safe_return") and store._holder.opened[1]
        erasing.agree(desk, number)

        assert REF not in store._holder.boxes and store._holder.opened[1] == {}


def test_pri_06_leftovers_are_told_and_no_proof_is_given(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof is not a form letter: where something is still there, it says so and where."""
    monkeypatch.setattr(renewing, "CONTENT", tuple(table for table in renewing.CONTENT if table.name != "papers"))
    with at(path, "sven") as desk:
        number = teamwork.ask_erasure(desk, REF).id
    with at(path, "cora") as desk, pytest.raises(StoreError):
        erasing.agree(desk, number)
    with at(path, "cora") as desk:
        assert "papers" in desk.open_store().leftovers(REF)


@pytest.mark.parametrize("agreeing", ["cora", "ada"])
def test_pri_06_the_proof_says_when_by_whom_what_and_which_copies_remain(path: Path, agreeing: str) -> None:
    """Two roles and no name; how much of what; until when copies of the keys may exist; recipients only where who erases may know them."""
    proof = erased(path, agreeing)
    said = proof_paper(proof, "en", "json").decode()

    assert proof.groups is not None and sum(proof.groups.values()) >= 8
    assert (proof.left is None) == (agreeing == "ada")
    assert all(text in said for text in (REF, "2026-11-21", "2026-12-21", "Specialist asked for it", *proof.groups))
    assert not any(name in said for name in ("sven", "cora", "ada"))
    assert ("Documents that had left" in said) and (CANARY in said) == (agreeing == "cora")
    assert "12/21" not in said and said.count(CANARY) == (1 if agreeing == "cora" else 0)


def test_pri_06_the_proof_can_be_made_again_without_what_was_erased(path: Path, tmp_path: Path) -> None:
    """In Dutch too, by who may agree to erasures; of a case that was not erased there is none."""
    with at(path, "cora") as desk, pytest.raises(WrongUse, match="no case"):
        erasing.proof_again(desk, REF)
    erased(path)
    with at(path, "ada", date(2027, 1, 5), "nl") as desk:
        again = erasing.proof_again(desk, REF)
        said = proof_paper(again, "nl", "html", discreet=True).decode()
    with at(path, "sofie") as desk, pytest.raises(NotPermitted):
        erasing.proof_again(desk, REF)

    assert "van voor de wissing is: 0" in said and again.groups is None and again.left is None and again.asked_by == "Specialist"
    assert CANARY not in said and "Bewijs van wissing" not in said and "2026-12-21" in said and "2027-01-05" in said


def test_pri_06_the_command_gives_the_proof(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first person asks, the second agrees and gets the paper; a file that cannot be is refused before anything is erased."""
    files = {}
    for user in ("sven", "cora"):
        files[user] = tmp_path / f"{user}.phrase"
        files[user].write_text(f"{phrase(user)}\nperson: {user}\n")
        files[user].chmod(0o600)
    words = {user: ["--store", str(path), "--passphrase-file", str(file)] for user, file in files.items()}
    assert run(["erase", REF, *words["sven"]]) == 0
    assert run(["erase", REF, "--proof", str(tmp_path / "proof.exe"), *words["cora"]]) == 2
    with at(path, "cora") as desk:
        assert desk.open_store().case(REF)
    assert run(["erase", REF, "--proof", str(tmp_path / "proof.pdf"), *words["cora"]]) == 0
    assert run(["erase", REF, "--proof", str(tmp_path / "again.docx"), "--json", *words["cora"]]) == 0

    assert (tmp_path / "proof.pdf").read_bytes()[:5] == b"%PDF-" and (tmp_path / "again.docx").read_bytes()[:2] == b"PK"
    assert (tmp_path / "proof.pdf").stat().st_mode & 0o777 == 0o600
    assert "is erased" in capsys.readouterr().out


# Access


def filled(path: Path) -> dict[str, str]:
    """One word of its own in every place where somebody can write, and which place it is."""
    places = {}

    def word(place: str) -> str:
        places[place] = f"canary{len(places):03d}x"
        return places[place]

    with at(path, "sven", CLOSED) as desk:
        store, now = desk.open_store(), desk.now()
        store.set_identity(REF, alias=word("alias"), details={"telephone": word("identity")}, by="sven", at=now)
        store.set_identity(REF, alias=word("later alias"), details={"telephone": word("later identity")}, by="sven", at=now)
        form = casework.instrument_for(desk, "safe_return")
        casework.record(desk, REF, form, Said("SAF-01", "present", ("account",), note=word("note"), seen=None))
        casework.record(desk, REF, form, Said("SAF-01", "not_applicable", note=word("later note"), reason=word("reason"), seen=None))
        casework.record(desk, REF, form, Said("SAF-02", "partly", note=word("note of one future"), seen=None), "stay")
        casework.save_paper(desk, REF, casework.FUTURES, {"futures": [{"kind": "stay", "order": 1, "country": "", "subdivision": "", "words": word("future")}]})
        casework.save_paper(desk, REF, casework.PLAN, {"rows": [{"what": word("plan"), "owner": word("owner")}]})
        report = casework.seal(desk, REF, b"x", workbook="safe_return", profile="lawyer", format="html")
        basis = Basis("legal_claims", reason=f"{word('basis')} was weighed")
        casework.disclose(desk, report, recipient=word("recipient"), purpose=word("purpose"), basis=basis)
        disclosing.record_consent(desk, REF, Asked(state="given", recipient=word("consent for"), purpose=word("consent why"), scope=word("consent scope"),
                                                   language="en", interpreter=False))
        casework.assess_and_keep(desk, REF, "safe_return")
        correcting.disagree_with_answer(desk, REF, form, "SAF-01", word("asked"), word("why not"), word("disagreement"))
        retention.close_case(desk, REF, WORDS)
        retention.extend(desk, REF, "procedures", date(2030, 1, 1), word("extension"))
    return places


@pytest.mark.parametrize("language", ["en", "nl"])
def test_pri_05_everything_that_is_kept_is_told(path: Path, language: str) -> None:
    """Each place where somebody can write has a word of its own, every version of it; all of them stand in the paper, and no colleague's name."""
    places = filled(path)
    with at(path, "sven", language=language) as desk:
        pack = gather(desk, REF, language)
        said = access_paper(desk, pack, looked_at(pack, (), {}, every=True), "json").decode()

    assert [place for place, word in places.items() if word not in said] == []
    assert "2030-01-01" in said and "2028-08-31" in said and str(CLOSED) in said
    assert all(purpose.title in said and purpose.basis[0].article in said for purpose in load_processing(language).clocks())
    assert not any(f'"{name}"' in said or f" {name} " in said for name in ("sven", "cora", "sofie", "vera", "ada"))


def test_pri_05_every_table_is_told_or_says_why_not() -> None:
    """A table that is added and has to do with a case must be told to the person, or say why it holds nothing for them."""
    of_a_case = {name for name, table in METADATA.tables.items() if "ref" in table.c}

    assert of_a_case == TOLD | set(NOT_TOLD)
    assert not TOLD & set(NOT_TOLD) and all(len(why) > 3 for why in NOT_TOLD.values())


def test_pri_05_free_words_are_looked_at_by_a_human_before_they_leave(path: Path) -> None:
    """No paper while one text has been looked at by nobody; what is held back is not in it, and its reason is."""
    places = filled(path)
    with at(path, "sven") as desk:
        pack = gather(desk, REF, "en")
        by_text = {text.text: text.id for text in pack.texts}
        third = by_text[places["note"]]
        with pytest.raises(NotPermitted, match=f"{len(pack.texts)} free texts"):
            give_access(desk, pack, Looked(), "html")
        with pytest.raises(NotPermitted, match="1 free texts"):
            give_access(desk, pack, looked_at(pack, {text.id for text in pack.texts} - {third}, {}), "html")
        with pytest.raises(WrongUse, match="why"):
            looked_at(pack, (), {third: " "})
        with pytest.raises(WrongUse, match="not there"):
            looked_at(pack, ("answers/none",), {})
        before = len(desk.open_store().disclosures(REF))
        report, content = give_access(desk, pack, looked_at(pack, (), {third: "it names a neighbour"}, every=True), "html")
        register = desk.open_store().disclosures(REF)

    assert places["note"] not in content.decode() and "it names a neighbour" in content.decode() and places["later note"] in content.decode()
    assert len(register) == before + 1 and (register[-1].recipient, register[-1].report) == ("person", report.id)
    assert [place for place, word in places.items() if "alias" not in place and not any(word in text for text in by_text)] == []


def test_pri_05_each_text_has_one_id_and_none_is_forgotten(path: Path) -> None:
    """Ids are the same when the pack is made again, and no two texts share one, so that a decision is about one text."""
    filled(path)
    with at(path, "sven") as desk:
        found, again = gather(desk, REF, "en"), gather(desk, REF, "nl")
        ids = [text.id for text in found.texts]

    assert len(ids) == len(set(ids)) and ids == [text.id for text in again.texts]
    assert ids == [text.id for text in free_texts(found.everything, found.instruments)]


def test_pri_05_a_language_that_is_missing_is_said_honestly(path: Path) -> None:
    """Nobody is given English as if it were theirs."""
    with at(path, "sven") as desk:
        pack = gather(desk, REF, "yo")
        said = access_paper(desk, pack, looked_at(pack, (), {}, every=True), "json").decode()
        dutch = access_paper(desk, gather(desk, REF, "nl"), looked_at(pack, (), {}, every=True), "json").decode()

    assert (pack.language, pack.is_in_their_language) == ("en", False) and "in the language yo" in said and "interpreter" in said
    assert "Niet in uw taal" not in dutch and "Wat wij over u bewaren" in dutch


def test_pri_05_a_discreet_paper_tells_a_stranger_nothing_by_its_title(path: Path) -> None:
    """Title, window and file properties say `Document` and the reference."""
    with at(path, "sven") as desk:
        pack = gather(desk, REF, "en")
        looked = looked_at(pack, (), {}, every=True)
        said = access_paper(desk, pack, looked, "html", discreet=True).decode()

    head = said[:said.index("</h1>")]
    assert "<h1" in head and "Document" in head and "keep about you" not in head


def test_pri_05_where_paper_is_dangerous_a_reason_is_needed(path: Path) -> None:
    """The same gate as for every paper that goes to the person."""
    with at(path, "sven") as desk:
        give(desk, REF, "first_level", {"LEAFLET": "told_only"})
        pack = gather(desk, REF, "en")
        looked = looked_at(pack, (), {}, every=True)
        with pytest.raises(ReasonNeeded):
            give_access(desk, pack, looked, "html")
        report, _ = give_access(desk, pack, looked, "html", although="she reads it here")

        assert desk.open_store().disclosures(REF)[-1].purpose.endswith("although: she reads it here")
        assert report.profile == "person" and report.workbook == "access"


@pytest.mark.parametrize("user", ["vera", "sofie", "ada"])
def test_pri_05_nobody_gathers_what_is_not_theirs(path: Path, user: str) -> None:
    """The table of rights counts here as everywhere."""
    with at(path, user) as desk, pytest.raises((NotPermitted, CaseNotFound)):
        gather(desk, REF, "en")


def test_pri_05_the_command_lists_the_texts_and_then_gives_the_paper(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --out nothing leaves; with texts nobody looked at it is refused; then it is there in each form."""
    file = tmp_path / "sven.phrase"
    file.write_text(f"{phrase('sven')}\nperson: sven\n")
    file.chmod(0o600)
    words = ["--store", str(path), "--passphrase-file", str(file)]
    assert run(["access", REF, "--json", *words]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert run(["access", REF, "--out", str(tmp_path / "pack.html"), *words]) == 30
    assert not (tmp_path / "pack.html").exists()
    held = next(row["id"] for row in listed if row["id"].endswith("/note"))
    for form in ("html", "pdf", "docx", "json"):
        out = tmp_path / f"pack.{form}"
        assert run(["access", REF, "--language", "nl", "--format", form, "--out", str(out), "--pass-all", "--withhold", f"{held}=a neighbour", *words]) == 0
        assert out.stat().st_size > 1000 and out.stat().st_mode & 0o777 == 0o600

    assert {"id", "where", "text"} <= set(listed[0]) and CANARY in {row["text"] for row in listed}
    assert "a neighbour" in (tmp_path / "pack.html").read_text(encoding="utf-8")


# Correction


def test_pri_06_a_correction_keeps_both_versions_and_says_why(desk: Desk, case: str) -> None:
    """The new answer counts, the old one stays in the history, and the person's reason stands with both."""
    form = casework.instrument_for(desk, "safe_return")
    made = correcting.correct_answer(desk, case, form, Said("SAF-01", "absent", seen=None), "That was my sister, not me.")
    history = desk.open_store().history(case, "safe_return", "SAF-01")

    assert [saved.answer.code for saved in history] == ["present", "absent"]
    assert (made.before, made.after) == (history[0].revision, history[1].revision)
    assert correcting.corrections(desk, case) == (made,) and made.reason == "That was my sister, not me." and made.on == "2026-11-21"


def test_pri_06_where_nothing_is_changed_the_person_s_words_stand_beside_it(desk: Desk, case: str) -> None:
    """What was recorded stays, with why; the disagreement is in the history and in what the person is given."""
    form = casework.instrument_for(desk, "safe_return")
    made = correcting.disagree_with_answer(desk, case, form, "SAF-01", "This is not true.", "Two letters show it.", "The letters are forged.")
    pack = gather(desk, case, "en")
    said = access_paper(desk, pack, looked_at(pack, (), {}, every=True), "json").decode()

    assert made.before == made.after and made.result == "not_changed"
    assert desk.open_store().answers(case, "safe_return") and "The letters are forged." in said and "Two letters show it." in said
    for missing in (("", "why", "words"), ("reason", " ", "words"), ("reason", "why", "")):
        with pytest.raises(WrongUse):
            correcting.disagree_with_answer(desk, case, form, "SAF-01", *missing)


def test_pri_06_a_paper_is_corrected_in_the_same_way(desk: Desk, case: str) -> None:
    """Both versions of the futures stay; nothing can be corrected that is not there, or into what it says already."""
    before = casework.paper(desk, case, casework.FUTURES)
    assert before is not None
    changed = {"futures": [{**before.body["futures"][0], "words": "I want to stay for good."}]}
    made = correcting.correct_paper(desk, case, casework.FUTURES, changed, "I said for good.")

    assert [paper.body["futures"][0]["words"] for paper in desk.open_store().paper_history(case, casework.FUTURES)] == [
        before.body["futures"][0]["words"], "I want to stay for good."]
    assert (made.where, made.before, made.after) == ("paper", 1, 2)
    for kind, body in ((casework.FUTURES, changed), (casework.PLAN, {"rows": []}), ("corrections", {})):
        with pytest.raises(WrongUse):
            correcting.correct_paper(desk, case, kind, body, "again")
    with pytest.raises(WrongUse, match="nothing is recorded"):
        correcting.correct_answer(desk, case, casework.instrument_for(desk, "safe_return"), Said("SAF-09", "absent", seen=None), "why")


def test_pri_06_the_command_corrects_answers_and_papers(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its reason; a file that is no paper, and a disagreement without the person's words, are refused."""
    file, new = tmp_path / "sven.phrase", tmp_path / "plan.json"
    file.write_text(f"{phrase('sven')}\nperson: sven\n")
    file.chmod(0o600)
    new.write_text('{"says": "another plan"}')
    (tmp_path / "list.json").write_text("[]")
    words = ["--reason", "not so", "--store", str(path), "--passphrase-file", str(file), "--json"]
    codes = [run(["correct", REF, *one, *words]) for one in (
        ["safe_return", "SAF-01", "--to", "absent"], ["safe_return", "SAF-02", "--why-not", "a letter", "--words", "forged"],
        ["plan", "-", "--from", str(new)], ["plan", "-", "--why-not", "a letter", "--words", "forged"],
        ["plan", "-", "--from", str(tmp_path / "list.json")], ["plan", "-"], ["safe_return", "SAF-77", "--to", "absent"])]
    said = [json.loads(line)["result"] for line in capsys.readouterr().out.splitlines()]
    with at(path, "sven") as desk:
        made = correcting.corrections(desk, REF)
        plans = [paper.body for paper in desk.open_store().paper_history(REF, "plan")]

    assert codes == [0, 0, 0, 0, 2, 2, 2] and said == ["changed", "not_changed", "changed", "not_changed"]
    assert [(one.where, one.result) for one in made] == [("answer", "changed"), ("answer", "not_changed"), ("paper", "changed"), ("paper", "not_changed")]
    assert plans == [{"says": CANARY}, {"says": "another plan"}]


def test_pri_06_two_who_write_corrections_at_once_lose_nothing(desk: Desk, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's line that came in between is kept beside one's own."""
    form, real, once = casework.instrument_for(desk, "safe_return"), casework.paper, []

    def slow(at_desk: Desk, ref: str, kind: str):  # type: ignore[no-untyped-def]
        found = real(at_desk, ref, kind)
        if kind == "corrections" and not once:
            once.append(True)
            correcting.disagree_with_answer(replace(desk, person="eva"), ref, form, "LIV-01", "one", "two", "three")
        return found

    monkeypatch.setattr(casework, "paper", slow)
    correcting.disagree_with_answer(desk, case, form, "SAF-01", "four", "five", "six")

    assert [(one.item, one.by) for one in correcting.corrections(desk, case)] == [("LIV-01", "eva"), ("SAF-01", "noor")]


def test_the_papers_of_the_person_are_documents_like_all_others(path: Path) -> None:
    """They are written by the same writers, so that PDF and DOCX are as accessible as every report."""
    proof = erased(path)
    document = erasing.proof_document(proof, "nl")

    assert document.marks and document.profile == "person" and written(document, "html").startswith(b"<!")
