"""What the store promises: nothing lost, nothing overwritten, nothing readable from outside, plain words in trouble."""

from __future__ import annotations

import base64
import json
import os
import random
import resource
import shutil
import stat
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from databases import without_trigger

from safe_lib.model.answers import ABSENT, NOT_ASKED, PRESENT, UNKNOWN, VERIFIED, Answer
from safe_lib.model.case import Identity, Paper, SavedAnswer, is_reference
from safe_lib.model.change import Change
from safe_lib.model.errors import CaseChanged, CaseNotFound, SafeError, StoreBusy, StoreError, WrongKey, WrongUse
from safe_lib.store import CHEAP, STRONG, Store, derive_key, migrate, turning
from safe_lib.store.keys import key_file, stretched
from safe_lib.store.migrate import FOLDER, VERSIONS
from safe_lib.store.opening import begin_writing, open_file, shut
from safe_lib.store.passphrase import make_passphrase, read_passphrase, word_list, write_passphrase
from safe_lib.store.server import is_server
from safe_lib.store.slots import KeyRing
from safe_lib.store.tables import METADATA
from safe_lib.store.turning import file_key_of
from safe_lib.store.vault import vault_file

PASSPHRASE = "kite-lemon-harbor-violin-oak"
MOMENT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ANNA, BEN = "anna", "ben"  # persons at work
FORM = "safe_return"
CANARY = "Zyxomma Quillfeather 7719"

TEXTS = {
    "composed and decomposed": "é e\u0301 Å A\u030a",
    "right to left": "اسمي ليلى وعمري ٢٥ — שלום",
    "Ethiopic, Cyrillic, Vietnamese": "ስሜ ሃና · Олена · Nguyễn Thị Hường",
    "joined and beyond the first plane": "👩‍👩‍👧 🏳️‍🌈 𝔘𝔫𝔦 𠮷",
    "marks that look like code": "'; DROP TABLE answers; -- <b>{x}</b> %s :a ?1 \\",
    "lines, tabs, controls and NUL": "a\r\nb\tc\x01d\x00e\u2028f",
    "one sign": "X",
    "three hundred signs": "ñ" * 300,
    "nothing": "",
}


@pytest.fixture
def path(tmp_path: Path, database: str) -> Path:
    """A store with nothing in it, closed."""
    Store.create(tmp_path / "cases.safe", PASSPHRASE, cost=CHEAP, at=MOMENT).close()
    return tmp_path / "cases.safe"


@pytest.fixture
def key(path: Path) -> bytes:
    return derive_key(path, PASSPHRASE)


@pytest.fixture
def store(path: Path, key: bytes) -> Iterator[Store]:
    """An open store with the case K7M-2042."""
    with Store.open_with_key(path, key) as opened:
        opened.new_case(by=ANNA, at=MOMENT, ref="K7M-2042")
        yield opened


def file_key(path: Path, key: bytes) -> bytes:
    """The raw key of the database file, as somebody with a ring could take it out."""
    ring = KeyRing.from_bytes(key)
    assert ring is not None
    return file_key_of(path, ring)


def save(store: Store, item: str, code: str, *, seen: int | None = None, by: str = ANNA, **more: Any) -> SavedAnswer:
    return store.save_answer("K7M-2042", FORM, item, Answer(code), by=by, at=MOMENT, seen=seen, **more)


def codes(store: Store, scenario: str | None = None) -> dict[str, str]:
    return {saved.item: saved.answer.code for saved in store.answers("K7M-2042", FORM, scenario)}


def in_child(work: Callable[[], None]) -> int:
    """The exit status of a forked process that does some work; 1 with a printed trace where it fails."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# ── answers ──


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_every_script_comes_back_as_it_was_written(store: Store, path: Path, key: bytes, text: str) -> None:
    """REL-17: an answer, its reason, its note, a document and an identity come back sign by sign after closing."""
    answer = Answer(PRESENT, ("account", "third_party"), text)
    by = text.replace("\0", "")  # who it was stands outside what is sealed, and PostgreSQL has no NUL there
    saved = store.save_answer("K7M-2042", FORM, "SAF-01", answer, note=text, scenario=text, by=by, at=MOMENT, seen=0)
    paper = store.save_paper("K7M-2042", "plan", {"says": text, text: [1, 2.5, None, True, [text]]}, by=ANNA, at=MOMENT,
                             seen=0)
    store.set_identity("K7M-2042", alias=text, details={"name": text}, by=ANNA, at=MOMENT)
    store.close()

    with Store.open_with_key(path, key) as again:
        assert again.answers("K7M-2042", FORM, text) == (saved,)
        assert saved.answer == answer and saved.note == text
        assert again.paper("K7M-2042", "plan") == paper
        assert paper.body == {"says": text, text: [1, 2.5, None, True, [text]]}
        assert again.identity("K7M-2042") == Identity("K7M-2042", text, {"name": text}, 1, ANNA, MOMENT)


def test_half_a_sign_does_not_stop_a_save(store: Store) -> None:
    """Half of a surrogate pair, as a browser may send it, is kept as a replacement sign; the rest is not lost."""
    saved = save(store, "SAF-01", PRESENT, note="cut \ud83d off")

    assert saved.note == "cut \ufffd off"
    assert store.answers("K7M-2042", FORM) == (saved,)


def test_moments_are_kept_in_utc_and_need_a_zone(store: Store) -> None:
    """REL-11: a moment of any zone comes back as the same moment in UTC; one without a zone is refused."""
    here = datetime(2026, 11, 21, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    saved = store.save_answer("K7M-2042", FORM, "SAF-01", Answer(PRESENT), by=ANNA, at=here, seen=0)
    late = store.new_case(by=ANNA, at=here)

    assert saved.at == here and saved.at.tzinfo is UTC
    assert late.opened == date(2026, 11, 21)  # the day it was where the person at work was
    with pytest.raises(WrongUse, match="zone"):
        store.save_answer("K7M-2042", FORM, "SAF-02", Answer(PRESENT), by=ANNA, at=datetime(2026, 11, 21), seen=0)
    with pytest.raises(WrongUse, match="zone"):
        store.new_case(by=ANNA, at=datetime(2026, 11, 21))


def test_a_scenario_has_its_own_answers_over_the_shared_ones(store: Store) -> None:
    """An answer for one future changes no other future, and the shared ones show through where it has none."""
    save(store, "SAF-01", PRESENT)
    save(store, "SAF-02", UNKNOWN)
    save(store, "SAF-01", ABSENT, scenario="relocation")
    save(store, "SAF-03", VERIFIED, scenario="relocation")
    save(store, "SAF-02", ABSENT)

    assert codes(store) == codes(store, "") == {"SAF-01": PRESENT, "SAF-02": ABSENT}
    assert codes(store, "relocation") == {"SAF-01": ABSENT, "SAF-02": ABSENT, "SAF-03": VERIFIED}
    assert codes(store, "stay") == {"SAF-01": PRESENT, "SAF-02": ABSENT}
    assert [(saved.item, saved.scenario) for saved in store.answers("K7M-2042", FORM, "relocation")] == [
        ("SAF-01", "relocation"), ("SAF-02", ""), ("SAF-03", "relocation")]


def test_a_scenario_may_hold_on_to_what_is_shared_now(store: Store) -> None:
    """An answer said for one future stays with it, although the shared one was the same when it was said."""
    save(store, "SAF-01", PRESENT)
    save(store, "SAF-01", PRESENT, scenario="relocation", seen=1)
    save(store, "SAF-01", ABSENT, seen=1)

    assert codes(store, "relocation") == {"SAF-01": PRESENT}


def test_nothing_is_overwritten_and_undo_is_saving_the_older_again(store: Store) -> None:
    """Every answer ever given stays in the history, with who said it; undoing adds a line, it takes none away."""
    save(store, "SAF-01", UNKNOWN, seen=0)
    save(store, "SAF-01", PRESENT, seen=1, by=BEN)
    older = store.history("K7M-2042", FORM, "SAF-01")[0]
    store.save_answer("K7M-2042", FORM, "SAF-01", older.answer, note=older.note, by=ANNA, at=MOMENT, seen=2)

    history = store.history("K7M-2042", FORM, "SAF-01")
    assert [(one.revision, one.answer.code, one.by) for one in history] == [
        (1, UNKNOWN, ANNA), (2, PRESENT, BEN), (3, UNKNOWN, ANNA)]
    assert codes(store) == {"SAF-01": UNKNOWN}


def test_an_answer_sent_twice_is_saved_once(store: Store) -> None:
    """A save repeated after a lost connection makes no second revision and no false conflict."""
    first = save(store, "SAF-01", PRESENT, seen=0)
    again = save(store, "SAF-01", PRESENT, seen=0)

    assert first == again
    assert len(store.history("K7M-2042", FORM, "SAF-01")) == 1
    assert [line.what for line in store.audit("K7M-2042")].count("answer.saved") == 1


def test_evidence_is_of_known_kinds(store: Store) -> None:
    """An answer rests on an account, a document, a third party or an observation, and on nothing else."""
    with pytest.raises(WrongUse):
        store.save_answer("K7M-2042", FORM, "SAF-01", Answer(PRESENT, ("rumour",)),  # type: ignore[arg-type]
                          by=ANNA, at=MOMENT, seen=0)


# ── two editors ──


def test_two_editors_of_one_answer_see_both_versions(store: Store, path: Path, key: bytes) -> None:
    """REL-05: the second editor is shown the first one's answer, and it is not overwritten; then both may decide."""
    with Store.open_with_key(path, key) as other:
        theirs = save(other, "SAF-01", ABSENT, seen=0, by=BEN, note="He was there.")
        with pytest.raises(CaseChanged) as told:
            save(store, "SAF-01", PRESENT, seen=0)

        assert told.value.theirs == theirs  # type: ignore[attr-defined]
        assert codes(store) == {"SAF-01": ABSENT}
        assert "absent" not in str(told.value) and "He was" not in str(told.value)
        save(store, "SAF-01", PRESENT, seen=theirs.revision)
        assert codes(other) == {"SAF-01": PRESENT}


def test_two_editors_of_different_answers_do_not_meet(store: Store, path: Path, key: bytes) -> None:
    """REL-05: work on different questions of one case is merged."""
    with Store.open_with_key(path, key) as other:
        save(store, "SAF-01", PRESENT, seen=0)
        save(other, "SAF-02", ABSENT, seen=0, by=BEN)

        assert codes(store) == codes(other) == {"SAF-01": PRESENT, "SAF-02": ABSENT}


def test_a_different_note_or_evidence_is_a_different_answer(store: Store) -> None:
    """The same code with another note, reason or evidence is not lost either."""
    save(store, "SAF-01", PRESENT, seen=0, note="first")
    with pytest.raises(CaseChanged):
        save(store, "SAF-01", PRESENT, seen=0, note="second")
    with pytest.raises(CaseChanged):
        store.save_answer("K7M-2042", FORM, "SAF-01", Answer(PRESENT, ("document",)), note="first", by=BEN, at=MOMENT,
                          seen=0)


def test_a_newer_shared_answer_is_shown_to_the_editor_of_a_scenario(store: Store) -> None:
    """Who saw an older shared answer learns of the newer one before giving the scenario its own."""
    save(store, "SAF-01", PRESENT, seen=0)
    save(store, "SAF-01", ABSENT, seen=1, by=BEN)

    with pytest.raises(CaseChanged):
        save(store, "SAF-01", VERIFIED, scenario="relocation", seen=1)
    save(store, "SAF-01", VERIFIED, scenario="relocation", seen=2)
    save(store, "SAF-01", UNKNOWN, seen=2, by=BEN)  # the scenario's own answer is not in the way of the shared one
    save(store, "SAF-01", NOT_ASKED, scenario="relocation", seen=3)  # nor the shared one, newer, in the way of it


def test_every_conflict_is_shown_and_only_those(store: Store, path: Path, key: bytes) -> None:
    """REL-05: over 500 random interleavings of two editors, each clash is told and nothing else is."""
    chance = random.Random(5)
    truth: dict[str, tuple[int, str]] = {}
    on_screen: list[dict[str, int]] = [{}, {}]
    with Store.open_with_key(path, key) as other:
        for _ in range(500):
            editor, item = chance.randrange(2), f"SAF-0{chance.randrange(4)}"
            code = chance.choice((ABSENT, PRESENT, UNKNOWN))
            revision, stands = truth.get(item, (0, ""))
            clash = revision > on_screen[editor].get(item, 0) and stands != code
            try:
                saved = save((store, other)[editor], item, code, seen=on_screen[editor].get(item, 0))
            except CaseChanged as changed:
                saved = changed.theirs  # type: ignore[attr-defined]
                assert clash and (saved.revision, saved.answer.code) == (revision, stands)
            else:
                assert not clash and saved.answer.code == code
            on_screen[editor][item] = saved.revision
            truth[item] = (saved.revision, saved.answer.code)

    assert codes(store) == {item: code for item, (_, code) in truth.items()}


def test_threads_of_one_process_may_save_at_once(store: Store) -> None:
    """A page's messages arrive in any thread; every save counts."""
    def work(name: str) -> None:
        for number in range(15):
            save(store, f"{name}-{number:02}", PRESENT, seen=0)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("SAF", "DEB", "RET")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(codes(store)) == 45
    assert store.audit_break() is None


# ── cases, documents, reports ──


def test_a_reference_says_nothing_and_a_name_is_no_reference(store: Store) -> None:
    """References are by chance; what could be a name is refused, and not repeated in the message."""
    drawn = [store.new_case(by=ANNA, at=MOMENT).ref for _ in range(20)]

    assert len(set(drawn)) == 20 and all(is_reference(ref) for ref in drawn)
    for name in ("AMINA", "Amina-1", "amina 1985", "", "1", "A" * 30 + "1"):
        with pytest.raises(WrongUse) as told:
            store.new_case(by=ANNA, at=MOMENT, ref=name)
        assert "mina" not in str(told.value).lower()
    with pytest.raises(StoreError, match="K7M-2042"):
        store.new_case(by=ANNA, at=MOMENT, ref="K7M-2042")


def test_the_list_of_cases_tells_alias_day_and_work_done(store: Store) -> None:
    """A line holds what staff need to find a case, and no name."""
    store.set_identity("K7M-2042", alias="blue kite", details={"name": CANARY}, by=ANNA, at=MOMENT)
    store.save_answer("K7M-2042", "ilo_adult_labour", "DR01", Answer(PRESENT), by=ANNA,
                      at=MOMENT + timedelta(hours=1), seen=0)
    store.new_case(by=ANNA, at=MOMENT, ref="A2B-0001", alias="early bird")
    lines = store.cases()

    assert [(line.ref, line.alias, line.instruments) for line in lines] == [
        ("A2B-0001", "early bird", ()), ("K7M-2042", "blue kite", ("ilo_adult_labour",))]
    assert lines[1].changed == MOMENT + timedelta(hours=1) and lines[1].opened == date(2026, 11, 21)
    assert CANARY not in repr(lines)


def test_a_case_is_closed_and_opened_again(store: Store) -> None:
    """The status is one of two words."""
    assert store.set_status("K7M-2042", "closed", by=ANNA, at=MOMENT).status == "closed"
    assert store.case("K7M-2042").status == store.cases()[0].status == "closed"
    with pytest.raises(WrongUse):
        store.set_status("K7M-2042", "lost", by=ANNA, at=MOMENT)  # type: ignore[arg-type]


def test_who_the_person_is_is_kept_with_its_corrections(store: Store) -> None:
    """PRI-06: a correction keeps both versions; a case nobody named has an empty identity."""
    assert store.identity("K7M-2042") == Identity("K7M-2042")
    store.set_identity("K7M-2042", alias="kite", details={"name": "A"}, by=ANNA, at=MOMENT)
    store.set_identity("K7M-2042", alias="kite", details={"name": "B"}, by=BEN, at=MOMENT)

    assert store.identity("K7M-2042").details == {"name": "B"}
    assert store.identity("K7M-2042").revision == 2


def test_a_case_that_is_not_there_is_said_so(store: Store) -> None:
    """Nothing is saved to a case that does not exist, and what was typed is not repeated unless it is a reference."""
    when: dict[str, Any] = {"by": ANNA, "at": MOMENT}
    refused: tuple[Callable[[str], object], ...] = (
        store.case, store.identity,
        lambda ref: store.save_answer(ref, FORM, "SAF-01", Answer(PRESENT), seen=0, **when),
        lambda ref: store.save_paper(ref, "plan", {}, seen=0, **when),
        lambda ref: store.keep_assessment(ref, FORM, "", "{}", hash="h", **when),
        lambda ref: store.seal_report(ref, b"x", workbook="w", profile="p", format="pdf", language="en", **when),
        lambda ref: store.set_identity(ref, alias="", details={}, **when),
        lambda ref: store.set_status(ref, "closed", **when),
    )
    before = store.audit_end()
    for call in refused:
        with pytest.raises(CaseNotFound, match="X9X-0000"):
            call("X9X-0000")
        with pytest.raises(CaseNotFound) as told:
            call(CANARY)
        assert CANARY not in str(told.value)

    assert store.audit_end() == before
    assert store.answers("X9X-0000", FORM) == () and store.paper("X9X-0000", "plan") is None


def test_a_document_follows_the_same_rule_as_an_answer(store: Store) -> None:
    """REL-05: a plan that somebody else saved meanwhile is shown, not overwritten; equal ones are no conflict."""
    def save_plan(body: dict[str, Any], seen: int) -> Paper:
        return store.save_paper("K7M-2042", "plan", body, by=ANNA, at=MOMENT, seen=seen)

    first = save_plan({"steps": ["a"], "who": "x"}, 0)
    with pytest.raises(CaseChanged) as told:
        save_plan({"steps": ["b"]}, 0)

    assert told.value.theirs == first  # type: ignore[attr-defined]
    assert save_plan({"who": "x", "steps": ["a"]}, 0) == first
    assert save_plan({"steps": ["b"]}, 1).revision == 2
    assert [paper.body for paper in store.paper_history("K7M-2042", "plan")] == [
        {"steps": ["a"], "who": "x"}, {"steps": ["b"]}]


@pytest.mark.parametrize("body", [{1: "a"}, {"a": date(2026, 1, 1)}, {"a": float("nan")}, {"a": {"b": {1, 2}}},
                                  {"a": b"x"}])
def test_a_document_is_plain_json(store: Store, body: dict[str, Any]) -> None:
    """What would come back otherwise than it went in is refused before anything is written."""
    with pytest.raises(WrongUse):
        store.save_paper("K7M-2042", "plan", body, by=ANNA, at=MOMENT, seen=0)
    with pytest.raises(WrongUse):
        store.set_identity("K7M-2042", alias="", details=body, by=ANNA, at=MOMENT)
    assert store.paper("K7M-2042", "plan") is None and store.identity("K7M-2042").revision == 0


def test_assessments_are_kept_as_made_newest_first(store: Store) -> None:
    """REL-10: the text comes back byte for byte, with what it was made from."""
    for scenario, text in (("", '{"a":1}'), ("relocation", '{ "b" : 2 }\n'), ("", '{"a":3}')):
        store.keep_assessment("K7M-2042", FORM, scenario, text, hash="abc", by=ANNA, at=MOMENT)

    assert [kept.text for kept in store.assessments("K7M-2042", FORM)] == ['{"a":3}', '{ "b" : 2 }\n', '{"a":1}']
    assert [kept.text for kept in store.assessments("K7M-2042", FORM, "")] == ['{"a":3}', '{"a":1}']
    assert store.assessments("K7M-2042", FORM, "relocation")[0].hash == "abc"


def test_a_report_is_sealed_read_and_disclosed_on_record(store: Store) -> None:
    """Each reading and each disclosure of a report leaves its line; the recipient stands in the register only."""
    content = bytes(range(256)) * 400
    report = store.seal_report("K7M-2042", content, workbook=FORM, profile="lawyer", format="pdf", language="en",
                               by=ANNA, at=MOMENT)
    read = store.report_bytes(report.id, by=BEN, at=MOMENT, purpose="to print")
    line = store.disclose(report.id, recipient="Legal aid, Exampleland", purpose="appeal", by=BEN, at=MOMENT)

    assert read == content and report.size == len(content)
    assert store.reports("K7M-2042") == (report,) and store.report(report.id) == report
    assert store.disclosures("K7M-2042") == (line,) and store.disclosures("X9X-0000") == ()
    assert [(one.what, one.by) for one in store.audit("K7M-2042")][-3:] == [
        ("report.sealed", ANNA), ("report.read", BEN), ("report.disclosed", BEN)]
    assert "Legal aid" not in repr(store.audit())
    with pytest.raises(StoreError):
        store.report_bytes("R000-0000", by=ANNA, at=MOMENT)
    with pytest.raises(WrongUse):
        store.disclose(report.id, recipient=" ", purpose="appeal", by=BEN, at=MOMENT)


# ── audit trail ──


def test_every_write_has_its_line_and_no_line_has_content(store: Store) -> None:
    """SEC-55: who, what, when, which case; never an answer, a note or a name."""
    save(store, "SAF-01", "quite_particular_code", note=CANARY, scenario=CANARY)
    store.save_paper("K7M-2042", "plan", {"says": CANARY}, by=ANNA, at=MOMENT, seen=0)
    store.set_identity("K7M-2042", alias=CANARY, details={"name": CANARY}, by=BEN, at=MOMENT)
    store.keep_assessment("K7M-2042", FORM, CANARY, CANARY, hash="h", by=ANNA, at=MOMENT)
    store.note(by=BEN, at=MOMENT, what="case.read", ref="K7M-2042", detail=FORM)
    lines = store.audit()

    assert [(line.sequence, line.what, line.by) for line in lines] == [
        (1, "store.made", "setup"), (2, "person.added", "setup"), (3, "case.opened", ANNA), (4, "answer.saved", ANNA),
        (5, "paper.saved", ANNA), (6, "identity.saved", BEN), (7, "assessment.kept", ANNA), (8, "case.read", BEN)]
    assert CANARY not in repr(lines) and "quite_particular_code" not in repr(lines)
    assert store.audit("K7M-2042") == lines[2:]


@pytest.mark.parametrize("change", [
    "UPDATE audit SET \"by\" = 'somebody' WHERE sequence = 3",
    "UPDATE audit SET detail = 'x' WHERE sequence = 3",
    "DELETE FROM audit WHERE sequence = 3",
    "UPDATE audit SET sequence = 99 WHERE sequence = 3",
    "INSERT INTO audit SELECT 7, at, \"by\", what, ref, detail, chain FROM audit WHERE sequence = 6",
])
def test_a_changed_trail_shows_where(store: Store, path: Path, key: bytes, change: str) -> None:
    """SEC-55: somebody who has the key and changes, removes or adds a line is found out; the store itself refuses."""
    for number in range(3):
        store.note(by=ANNA, at=MOMENT, what="case.read", ref="K7M-2042", detail=str(number))
    assert store.audit_break() is None
    connection = open_file(path, file_key(path, key), patience=1)
    if not change.startswith("INSERT"):
        with pytest.raises(Exception, match="only ever added to"):
            connection.exec_driver_sql(change)
        connection.rollback()
    for kind in ("update", "delete"):
        without_trigger(connection, "audit", kind)
    connection.exec_driver_sql(change)
    shut(connection)

    assert store.audit_break() == (7 if change.startswith("INSERT") else 3)


def test_what_was_written_cannot_be_rewritten(store: Store, path: Path, key: bytes) -> None:
    """Answers and documents are only ever added; the database itself refuses to change them."""
    save(store, "SAF-01", PRESENT)
    store.save_paper("K7M-2042", "plan", {}, by=ANNA, at=MOMENT, seen=0)
    connection = open_file(path, file_key(path, key), patience=1)
    change = Change("XAA", "claims", "add", "one", {"id": "one"})
    id = store.propose(change, file="XAA/profile.yaml", based_on="0", by=ANNA, at=MOMENT).id
    store.decide(id, "rejected", by=BEN, at=MOMENT, reason="No.")
    for statement in ("UPDATE answers SET revision = 2", "UPDATE papers SET revision = 2", "UPDATE proposals SET change = '{}'", "DELETE FROM proposals",
                      "UPDATE decisions SET state = 'confirmed'", "DELETE FROM decisions"):
        with pytest.raises(Exception, match="only ever added to"):
            connection.exec_driver_sql(statement)
        connection.rollback()
    shut(connection)


# ── keys and files ──


def test_a_wrong_passphrase_always_hears_the_same(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """SEC-07: one text for every wrong passphrase and key; nothing of it on the terminal."""
    said = set()
    for wrong in ("", "x", PASSPHRASE + " ", PASSPHRASE.upper(), "ñ" * 500):
        with pytest.raises(WrongKey) as told:
            Store.open(path, wrong)
        said.add(str(told.value))
    for raw in (b"", b"0" * 32, b"0" * 16):
        with pytest.raises(WrongKey) as told:
            Store.open_with_key(path, raw)
        said.add(str(told.value))

    assert len(said) == 1 and told.value.exit_code == 21
    assert capfd.readouterr() == ("", "")
    Store.open(path, PASSPHRASE).close()


def test_a_passphrase_opens_from_every_keyboard(tmp_path: Path) -> None:
    """The same passphrase typed with composed or with combining accents opens the store."""
    Store.create(tmp_path / "a", "crème brûlée", cost=CHEAP, training=True).close()
    with Store.open(tmp_path / "a", "cre\u0300me bru\u0302le\u0301e") as opened:
        assert opened.training and opened.new_case(by=ANNA, at=MOMENT).training


def test_a_guess_is_dear() -> None:
    """SEC-03: Argon2id with at least 128 MiB and three passes."""
    assert STRONG.memory >= 128 * 1024 and STRONG.passes >= 3


def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    """SEC-58: folder 700, files 600, whatever the umask says."""
    before = os.umask(0)
    try:
        with Store.create(tmp_path / "new" / "cases.safe", PASSPHRASE, cost=CHEAP) as opened:
            opened.new_case(by=ANNA, at=MOMENT)
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "new").iterdir()}
    finally:
        os.umask(before)

    assert modes == dict.fromkeys(("cases.safe", "cases.safe-wal", "cases.safe-shm", "cases.safe.key", "cases.safe.vault"), 0o600)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_store_is_never_made_over_something(path: Path, tmp_path: Path) -> None:
    """Neither a store nor its key file is ever overwritten; a refused store leaves nothing behind."""
    content, lock = path.read_bytes(), key_file(path).read_bytes()
    with pytest.raises(StoreError):
        Store.create(path, "another", cost=CHEAP)
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(StoreError):
        Store.create(tmp_path / "letter.txt", "another", cost=CHEAP)

    assert (path.read_bytes(), key_file(path).read_bytes()) == (content, lock)
    assert (tmp_path / "letter.txt").read_text() == "mine" and not (tmp_path / "letter.txt.key").exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"format": 1}', b"null", None,
                                     b'{"format":1,"method":"argon2id","salt":"00","memory":64,"passes":1,"lanes":1}'])
def test_a_key_file_that_cannot_be_used_is_told(path: Path, content: bytes | None) -> None:
    """REL-03: missing, empty, garbled: place, problem, repair; not the words for a wrong passphrase."""
    file = key_file(path)
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(StoreError, match=r"cases\.safe\.key: .+\. .+\.") as told:
        Store.open(path, PASSPHRASE)
    assert not isinstance(told.value, WrongKey)


def test_a_key_file_cannot_fill_the_machine(path: Path) -> None:
    """A changed key file that asks for terabytes is refused before they are taken."""
    text = key_file(path).read_text()
    key_file(path).write_text(text.replace('"memory": 64', '"memory": 999999999'))
    with pytest.raises(StoreError, match="not the key file"):
        Store.open(path, PASSPHRASE)


def test_a_missing_or_unfinished_or_foreign_file_is_told(tmp_path: Path, path: Path) -> None:
    """REL-03: each in its own words, and no file is made by looking for one."""
    with pytest.raises(StoreError, match="no store here"):
        Store.open(tmp_path / "nowhere.safe", PASSPHRASE)
    assert not (tmp_path / "nowhere.safe").exists()

    for name in ("empty.safe", "letter.safe"):
        shutil.copy(key_file(path), tmp_path / f"{name}.key")
        shutil.copy(vault_file(path), tmp_path / f"{name}.vault")
    (tmp_path / "empty.safe").touch()
    with pytest.raises(StoreError, match="never finished"):
        Store.open(tmp_path / "empty.safe", PASSPHRASE)

    (tmp_path / "letter.safe").write_text("a letter, not a store" * 500)
    with pytest.raises(WrongKey):
        Store.open(tmp_path / "letter.safe", PASSPHRASE)


@pytest.mark.in_a_file
def test_nothing_can_be_read_from_outside(store: Store, path: Path) -> None:
    """SEC-01, SEC-08: no text of a case in any file, in any coding, while the store is open or after."""
    content = f"{CANARY} ".encode() * 40
    save(store, "SAF-01", PRESENT, note=CANARY)
    store.set_identity("K7M-2042", alias=CANARY, details={"name": CANARY}, by=CANARY, at=MOMENT)
    store.save_paper("K7M-2042", "plan", {"says": CANARY}, by=ANNA, at=MOMENT, seen=0)
    store.seal_report("K7M-2042", content, workbook=FORM, profile="person", format="html", language="en", by=ANNA,
                      at=MOMENT)
    hidden = [CANARY.encode(), CANARY.encode("utf-16-le"), CANARY.encode("utf-16-be"), b"SAF-01", b"K7M-2042",
              b"CREATE TABLE", b"SQLite format"]
    hidden += [base64.b64encode(b"x" * shift + CANARY.encode())[4:-4] for shift in range(3)]

    for closed in (False, True):
        store.close() if closed else None
        files = [file for file in path.parent.iterdir() if file.is_file()]
        assert len(files) == (3 if closed else 5)
        for file in files:
            found = [text for text in hidden if text in file.read_bytes()]
            assert found == [], file.name


@pytest.mark.in_a_file
def test_a_changed_byte_is_noticed_or_harmless(store: Store, path: Path, key: bytes) -> None:
    """SEC-02: over 250 flipped bits the store gives what was written or says it is damaged; never something else."""
    for number in range(12):
        save(store, f"SAF-{number:02}", PRESENT, note=CANARY)
    written = (store.answers("K7M-2042", FORM), store.audit(), store.cases())
    store.close()
    good, chance, noticed = path.read_bytes(), random.Random(2), 0
    for _ in range(250):
        bad = bytearray(good)
        bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
        path.write_bytes(bad)
        try:
            with Store.open_with_key(path, key) as again:
                assert (again.answers("K7M-2042", FORM), again.audit(), again.cases()) == written
                noticed += bool(again.damages())
        except StoreError as told:
            noticed += 1
            assert CANARY not in str(told)

    assert noticed == 250


# ── trouble ──


def test_a_store_held_by_another_program_is_told_and_works_again(store: Store, path: Path, key: bytes) -> None:
    """REL-03: after the waiting time comes a clear message; reading goes on; when it is free, saving does."""
    with Store.open_with_key(path, key, patience=0.05) as other:
        holder = open_file(path, file_key(path, key), patience=1)
        begin_writing(holder)
        with pytest.raises(StoreBusy, match="another program"):
            save(other, "SAF-01", PRESENT)
        assert codes(other) == {}
        shut(holder)
        save(other, "SAF-01", PRESENT)

        assert codes(store) == {"SAF-01": PRESENT}


@pytest.mark.in_a_file
def test_a_full_store_keeps_what_it_has_and_goes_on(store: Store) -> None:
    """REL-03, REL-06: when there is no room a save fails whole; with room again it works."""
    pages = store._usable().exec_driver_sql("PRAGMA page_count").scalar()
    store._usable().exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    store._usable().rollback()
    saved = 0
    with pytest.raises(StoreError, match="full") as told:
        for _ in range(200):
            save(store, f"SAF-{saved:02}", PRESENT, note=CANARY * 10)
            saved += 1

    assert CANARY not in str(told.value)
    assert len(codes(store)) == saved and store.damages() == () and store.audit_break() is None
    store._usable().exec_driver_sql("PRAGMA max_page_count = 1000000")
    store._usable().rollback()
    save(store, f"SAF-{saved:02}", PRESENT)
    assert len(codes(store)) == saved + 1


@pytest.mark.in_a_file
def test_a_full_disk_keeps_what_was_acknowledged(store: Store, path: Path, key: bytes, tmp_path: Path) -> None:
    """REL-03: the system refuses to let the file grow; what was acknowledged before is there after."""
    store.close()
    acknowledged = tmp_path / "acknowledged"

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
        with Store.open_with_key(path, key) as opened:
            with pytest.raises(StoreError, match=r"full|disk"):
                for number in range(10_000):
                    save(opened, f"SAF-{number:04}", PRESENT)
                    acknowledged.write_text(str(number + 1))
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            save(opened, "SAF-last", PRESENT)

    assert in_child(fill) == 0
    with Store.open_with_key(path, key) as again:
        assert len(codes(again)) == int(acknowledged.read_text()) + 1 > 10
        assert again.damages() == () and again.audit_break() is None


def test_a_store_cannot_be_made_on_a_full_disk(tmp_path: Path) -> None:
    """REL-03: a store that could not be finished leaves no half behind."""
    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
        with pytest.raises(StoreError, match=r"full|disk"):
            Store.create(tmp_path / "cases.safe", PASSPHRASE, cost=CHEAP)

    assert in_child(fill) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.in_a_file
@pytest.mark.skipif(os.geteuid() != 0, reason="changes the user, which only root can")
def test_a_read_only_store_is_told() -> None:
    """REL-03: without the right to write, the message says so instead of failing at the first save."""
    folder = Path("/tmp") / f"read_only_store_{os.getpid()}"
    folder.mkdir(mode=0o755)
    try:
        Store.create(folder / "cases.safe", PASSPHRASE, cost=CHEAP).close()
        for file in folder.iterdir():
            file.chmod(0o644)

        def look() -> None:
            os.setuid(65534)
            with pytest.raises(StoreError, match="read-only"):
                Store.open(folder / "cases.safe", PASSPHRASE)
            with pytest.raises(StoreError):
                Store.create(folder / "new.safe", PASSPHRASE, cost=CHEAP)

        assert in_child(look) == 0
    finally:
        shutil.rmtree(folder)


def test_a_closed_or_inherited_store_is_not_used(store: Store) -> None:
    """A store is used by the process that opened it, until it is closed; closing twice does no harm."""
    def use() -> None:
        with pytest.raises(StoreError, match="another process"):
            store.cases()

    assert in_child(use) == 0
    assert len(store.cases()) == 1
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.cases()


@pytest.mark.in_a_file
def test_no_message_holds_content_or_key(store: Store, path: Path, key: bytes) -> None:
    """A fault inside the database reaches people as place, problem, repair; nothing of the statement is shown."""
    store._usable().exec_driver_sql("CREATE TEMP TRIGGER fault BEFORE INSERT ON main.answers "
                                    "BEGIN SELECT RAISE(ABORT, 'fault'); END")
    store._usable().rollback()
    with pytest.raises(SafeError) as told:
        save(store, "SAF-01", PRESENT, note=CANARY)

    shown = "".join(traceback.format_exception(told.value)) + repr(store)
    assert CANARY not in shown and "INSERT INTO" not in shown and key.hex() not in shown


# ── versions ──


def test_a_new_store_has_the_tables_the_program_expects(path: Path, key: bytes) -> None:
    """REL-09: the steps of `migrations` lead to exactly the tables in `tables.py`."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    connection = open_file(path, file_key(path, key), patience=1)
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    differences = compare_metadata(context, METADATA)
    version = migrate.version_of(connection)
    shut(connection)

    assert differences == [] and version == VERSIONS[-1]
    assert sorted(file.name[:4] for file in (FOLDER / "versions").glob("0*.py")) == list(VERSIONS)


GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def first_version(tmp_path: Path) -> Path:
    """A store as the first version wrote it: one passphrase for everybody, nothing sealed apart."""
    for name in ("format_1.store", "format_1.store.key"):
        shutil.copy(GOLDEN / name, tmp_path / name)
    return tmp_path / "format_1.store"


def test_a_store_of_version_1_opens_today(first_version: Path) -> None:
    """REL-09: everything that the first version kept comes back, and the passphrase goes on opening it."""
    before = (GOLDEN / "format_1.store").read_bytes()
    with Store.open(first_version, PASSPHRASE, person="noor") as opened:
        assert [(line.ref, line.alias, line.status, line.instruments) for line in opened.cases()] == [
            ("A2B-0001", "early bird", "closed", ("ilo_adult_labour", "safe_return")), ("K7M-2042", "blue kite", "open", ("ilo_adult_labour", "safe_return"))]
        assert codes(opened) == {"SAF-01": PRESENT, "SAF-02": ABSENT} and codes(opened, "relocation") == {"SAF-01": ABSENT, "SAF-02": ABSENT}
        assert [(one.revision, one.note) for one in opened.history("K7M-2042", FORM, "SAF-02")] == [(1, "note 1 of blue kite"), (2, "note 3 of blue kite")]
        assert opened.identity("K7M-2042").details == {"name": "Zyxomma Quillfeather"}
        assert [paper.body for paper in opened.paper_history("K7M-2042", "plan")] == [
            {"rows": [{"measure": "call blue kite"}]}, {"rows": [{"measure": "call blue kite again"}]}]
        assert [kept.text for kept in opened.assessments("K7M-2042", FORM)] == ['{"outcome":{"id":"more_information_needed"}}']
        assert opened.report_bytes("RL8M-3886", by=ANNA, at=MOMENT) == b"a sealed report of an invented person"
        assert [(line.recipient, line.purpose) for line in opened.disclosures("K7M-2042")] == [("Legal aid, Exampleland", "appeal")]
        assert opened.audit_break() is None and opened.damages() == ()
        assert (opened.me.user, opened.me.roles) == ("noor", {"administrator", "coordinator", "specialist"})
        save(opened, "SAF-01", ABSENT)

    assert PASSPHRASE.encode() not in key_file(first_version).read_bytes() and before != first_version.read_bytes()
    with Store.open(first_version, PASSPHRASE) as again:
        assert codes(again) == {"SAF-01": ABSENT, "SAF-02": ABSENT}
        save(again, "SAF-01", PRESENT)


def test_the_passphrase_is_no_longer_the_key_of_the_file(first_version: Path) -> None:
    """SEC-03: after the change the key that the passphrase gave opens nothing; a wrong passphrase changes nothing before."""
    said = json.loads(key_file(first_version).read_text())
    old = stretched(PASSPHRASE, bytes.fromhex(said["salt"]), CHEAP)
    with pytest.raises(WrongKey):
        Store.open(first_version, "another passphrase")
    assert json.loads(key_file(first_version).read_text()) == said and not vault_file(first_version).exists()
    Store.open(first_version, PASSPHRASE).close()

    with pytest.raises(WrongKey):
        open_file(first_version, old, patience=1)


@pytest.mark.parametrize("step", ["before the key changes", "after the key changed"])
def test_a_change_of_the_key_that_was_cut_short_is_finished(first_version: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """REL-06: wherever the power goes, the next opening finds a key that opens the file."""
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(turning, "_rekey" if step.startswith("before") else "_forget_before", cut)
    with pytest.raises(KeyboardInterrupt):
        Store.open(first_version, PASSPHRASE)
    monkeypatch.undo()

    with Store.open(first_version, PASSPHRASE) as opened:
        assert len(opened.cases()) == 2 and opened.damages() == ()
    assert '"before"' not in key_file(first_version).read_text()


def test_a_store_that_the_first_version_wrote_opens_today(tmp_path: Path) -> None:
    """REL-09: a file written when the schema was new, with something in every table, is brought forward and nothing of it is lost."""
    for name in ("store_0001.db", "store_0001.db.key"):
        shutil.copyfile(Path(__file__).parent / "golden" / name, tmp_path / name)
    with Store.open(tmp_path / "store_0001.db", PASSPHRASE) as opened:
        report = opened.reports("K7M-2042")[0]

        assert [(one.answer.code, one.note, one.by) for one in opened.history("K7M-2042", FORM, "SAF-01")] == [
            (PRESENT, "first", ANNA), (ABSENT, "second", BEN)]
        assert opened.identity("K7M-2042").alias == "blue kite"
        assert opened.paper("K7M-2042", "plan") == Paper("plan", {"rows": [{"about": "SAF"}]}, 1, ANNA, MOMENT)
        assert opened.assessments("K7M-2042", FORM)[0].text == '{"outcome":{"id":"open"}}'
        assert opened.report_bytes(report.id, by=BEN, at=MOMENT) == b"a sealed page"
        assert [(line.recipient, line.purpose) for line in opened.disclosures("K7M-2042")] == [("the lawyer", "appeal")]
        assert opened.training and opened.proposals() == ()
        assert (opened.audit_break(), opened.damages()) == (None, ())
        assert migrate.version_of(opened._usable()) == VERSIONS[-1]


STEP = '''
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9999", "{before}"
def upgrade():
    op.add_column("cases", sa.Column("colour", sa.Text, nullable=False, server_default="blue"))
    with op.batch_alter_table("papers") as papers:
        papers.add_column(sa.Column("mark", sa.Text))
    {last}
'''


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Pretend that a later version of the program brings one more step."""
    def pretend(last: str) -> None:
        shutil.copytree(FOLDER, tmp_path / "migrations")
        (tmp_path / "migrations" / "versions" / "9999_next.py").write_text(STEP.format(last=last, before=VERSIONS[-1]))
        monkeypatch.setattr(migrate, "FOLDER", tmp_path / "migrations")
        monkeypatch.setattr(migrate, "VERSIONS", (*VERSIONS, "9999"))
    return pretend


def test_a_step_keeps_what_is_there(store: Store, path: Path, key: bytes,
                                    next_version: Callable[[str], None]) -> None:
    """REL-09: an older store with content is brought forward when it is opened, and nothing of it is lost."""
    save(store, "SAF-01", PRESENT)
    store.save_paper("K7M-2042", "plan", {"a": 1}, by=ANNA, at=MOMENT, seen=0)
    store.close()
    next_version("pass")

    with Store.open_with_key(path, key) as again:
        assert codes(again) == {"SAF-01": PRESENT}
        plan = again.paper("K7M-2042", "plan")
        assert plan is not None and plan.body == {"a": 1}
        assert again._usable().exec_driver_sql("SELECT colour FROM cases").scalar() == "blue"
        assert is_server(again._usable()) or again._usable().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert again.damages() == ()


def test_a_step_that_fails_leaves_the_store_as_it_was(store: Store, path: Path, key: bytes,
                                                      monkeypatch: pytest.MonkeyPatch,
                                                      next_version: Callable[[str], None]) -> None:
    """REL-09: byte for byte; and the program that wrote it goes on with it."""
    save(store, "SAF-01", PRESENT)
    store.close()
    before = path.read_bytes()
    next_version("op.execute('INSERT INTO nowhere VALUES (1)')")
    with pytest.raises(StoreError):
        Store.open_with_key(path, key)
    assert path.read_bytes() == before
    monkeypatch.undo()

    with Store.open_with_key(path, key) as again:
        assert codes(again) == {"SAF-01": PRESENT}


def test_a_store_of_a_newer_program_is_left_alone(store: Store, path: Path, key: bytes) -> None:
    """REL-09: an older program says what to do and changes nothing."""
    store._usable().exec_driver_sql("UPDATE alembic_version SET version_num = '99999'")
    store.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer version of the program"):
        Store.open_with_key(path, key)

    assert path.read_bytes() == before


@pytest.mark.in_a_file
def test_opening_a_store_is_light_and_silent(path: Path, key: bytes) -> None:
    """Alembic is imported only to make or to bring forward a store, and no statement is written anywhere."""
    program = ("import logging, sys; logging.basicConfig(level=0)\n"
               "from safe_lib.store import Store\n"
               "with Store.open_with_key(sys.argv[1], bytes.fromhex(sys.stdin.read())) as store: store.cases()\n"
               "print(sorted({'alembic', 'IPython', 'ipywidgets', 'papermill'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", program, str(path)], input=key.hex(), capture_output=True, text=True,
                          cwd=Path(__file__).parent.parent)

    assert (done.stdout, done.stderr) == ("[]\n", "")


# ── passphrases ──


def test_a_passphrase_file_is_private(tmp_path: Path) -> None:
    """Only a file of mode 600 (or less) is read; its first line is the passphrase, with its inner spaces."""
    file = tmp_path / "passphrase"
    write_passphrase(file, "one two  three ñ")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_passphrase(file) == "one two  three ñ"

    file.write_text("first\r\nsecond\n", encoding="utf-8")
    assert read_passphrase(file) == "first"
    for mode in (0o640, 0o604, 0o644, 0o620):
        file.chmod(mode)
        with pytest.raises(WrongUse, match="chmod 600") as told:
            read_passphrase(file)
        assert "first" not in str(told.value)


def test_a_passphrase_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing file, empty file, foreign coding, nobody at the keyboard: each has a repair; no file is written over."""
    file = tmp_path / "passphrase"
    with pytest.raises(WrongUse, match="cannot be read"):
        read_passphrase(file)
    write_passphrase(file, " ")
    with pytest.raises(WrongUse, match="no passphrase"):
        read_passphrase(file)
    file.write_bytes(b"\xff\xfe\n")
    with pytest.raises(WrongUse, match="UTF-8"):
        read_passphrase(file)
    with pytest.raises(WrongUse, match="already"):
        write_passphrase(file, "other")
    monkeypatch.setattr("sys.stdin", open(os.devnull))  # noqa: SIM115
    with pytest.raises(WrongUse, match="--passphrase-file"):
        read_passphrase()


def test_made_passphrases_are_words_by_chance() -> None:
    """Simple words, each once in the list, enough of them, never the same twice."""
    words = word_list()

    assert len(words) == len(set(words)) >= 1024
    assert all(word.isascii() and word.isalpha() and word.islower() and 3 <= len(word) <= 8 for word in words)
    assert len({make_passphrase() for _ in range(50)}) == 50
    assert all(set(make_passphrase(5).split("-")) <= set(words) for _ in range(20))
    with pytest.raises(WrongUse):
        make_passphrase(4)
