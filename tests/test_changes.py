"""What is known in general is changed by two persons, whole or not at all, and keeps what it said before."""

from __future__ import annotations

import json
import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from some_changes import CLAIM, DIFFERS, FIELDS, SOURCE, addition, as_person, copy_of_countries, renewal

from safe_lib import casework, changes
from safe_lib.casework import Desk
from safe_lib.catalogue import paths, writing
from safe_lib.catalogue.change_rules import looks_like_a_case
from safe_lib.catalogue.countries import check_countries, load_country
from safe_lib.catalogue.history import history_problems
from safe_lib.catalogue.listings import CLAIMS, entry_now
from safe_lib.catalogue.reading import parse_yaml, read_yaml
from safe_lib.engine.country import theme_view
from safe_lib.model.change import Change, ChangeRefused, EntryChanged, Proposal, difference, same_person
from safe_lib.model.errors import CountryInfoError, NotPermitted, StoreError, WrongUse
from safe_lib.store import Store

SECOND = "samira"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the country information, which this process takes for its own."""
    made = copy_of_countries(tmp_path)
    monkeypatch.setattr(paths, "COUNTRY_INFO", made)
    return made


@pytest.fixture
def second(desk: Desk) -> Desk:
    """The same store with another person at it."""
    return as_person(desk, SECOND)


def profile(folder: Path, iso3: str = "XAA") -> Path:
    return folder / iso3 / "profile.yaml"


def entry(folder: Path, id: str = CLAIM) -> dict[str, Any] | None:
    return entry_now(profile(folder).read_bytes(), CLAIMS, id)


def newest(folder: Path) -> dict[str, Any]:
    line: dict[str, Any] = read_yaml(profile(folder)).value["history"][-1]
    return line


def wrong(desk: Desk, change: Change) -> dict[str, str]:
    """The fields that are refused, with what is said of them."""
    with pytest.raises(ChangeRefused) as told:
        changes.preview_change(desk, change)
    return {problem.field: problem.says for problem in told.value.problems}


# --- two persons


def test_a_claim_is_renewed_by_two_persons(desk: Desk, second: Desk, folder: Path) -> None:
    """Proposed by one, confirmed by another: then it stands in the file, dated and signed, and the pages read it at once."""
    before = theme_view(casework.country_named("XAA"), "T09", desk.today)
    made = changes.propose_change(desk, renewal(desk, signed="country information desk"))
    waits = profile(folder).read_bytes()
    done = changes.confirm_change(second, made.id, signed="second reader")
    now = entry(folder)

    assert waits == (paths.ROOT / "country_info/XAA/profile.yaml").read_bytes()
    assert (done.state, done.by, done.decided_by) == ("confirmed", "noor", SECOND)
    assert now is not None and {key: now[key] for key in FIELDS} == FIELDS
    assert now["checked"] == {"date": "2026-11-21", "by": "second reader"}
    assert read_yaml(profile(folder)).value["sources"]["places_2026"] == SOURCE
    assert (before.level, theme_view(casework.country_named("XAA"), "T09", desk.today).status) == ("weak", "conflicting")
    assert check_countries(folder) == ()


def test_the_history_keeps_what_was_said_before(desk: Desk, second: Desk, folder: Path) -> None:
    """What may differ for people, from which day, who made it and who reviewed it, and every fact of the former claim."""
    before = entry(folder)
    made = changes.propose_change(desk, renewal(desk))
    changes.confirm_change(second, made.id)
    line = newest(folder)

    assert before is not None
    assert line["former"] == {key: value for key, value in before.items() if key != "id"}
    assert {key: line[key] for key in ("version", "date", "what", "entry", "change", "from", "by", "reviewed", "proposal")} == {
        "version": "1.1.0", "date": "2026-11-21", "what": "renewed", "entry": CLAIM, "change": DIFFERS, "from": "2026-11-10", "by": "noor",
        "reviewed": SECOND, "proposal": made.id}
    assert read_yaml(profile(folder)).value["version"] == "1.1.0"


def test_who_proposes_does_not_confirm(desk: Desk, folder: Path) -> None:
    """Nor does the same person under the same name written otherwise; nothing is written."""
    made = changes.propose_change(desk, renewal(desk))
    before = profile(folder).read_bytes()
    for name in ("noor", " Noor ", "NOOR", "no\u200bor", "ｎｏｏｒ"):
        with pytest.raises(NotPermitted, match="second person"):
            changes.confirm_change(as_person(desk, name), made.id)
        with pytest.raises(NotPermitted, match="Withdraw it"):
            changes.reject_change(as_person(desk, name), made.id, "No.")

    assert profile(folder).read_bytes() == before
    assert changes.proposal(desk, made.id).state == "proposed"


def test_the_database_itself_wants_a_second_person(desk: Desk, folder: Path) -> None:
    """Whoever writes past the program is refused too, and a proposal cannot be changed or decided twice."""
    made = changes.propose_change(desk, renewal(desk))
    connection = desk.open_store()._usable()
    decision = "INSERT INTO decisions (proposal, state, reason, by, at) VALUES ('{}', 'confirmed', '', '{}', '2026-11-21')"
    for statement in (decision.format(made.id, " NOOR"), "UPDATE proposals SET by = 'somebody'", "DELETE FROM proposals"):
        with pytest.raises(Exception, match=r"second person|only ever added to"):
            connection.exec_driver_sql(statement)
        connection.rollback()
    changes.reject_change(as_person(desk, SECOND), made.id, "Page 2 does not say this.")
    with pytest.raises(Exception, match="UNIQUE"):
        connection.exec_driver_sql(decision.format(made.id, "somebody"))
    connection.rollback()


def test_a_rejection_says_why_and_writes_nothing(desk: Desk, second: Desk, folder: Path) -> None:
    """The reason is kept for whoever proposed it."""
    before = profile(folder).read_bytes()
    made = changes.propose_change(desk, renewal(desk))
    with pytest.raises(WrongUse, match="reason"):
        changes.reject_change(second, made.id, "  ")
    done = changes.reject_change(second, made.id, "Page 2 does not say this.")

    assert (done.state, done.reason, done.decided_by) == ("rejected", "Page 2 does not say this.", SECOND)
    assert profile(folder).read_bytes() == before
    for again in (lambda: changes.confirm_change(second, made.id), lambda: changes.reject_change(second, made.id, "Again.")):
        with pytest.raises(StoreError, match="already"):
            again()


def test_only_who_proposed_it_takes_it_back(desk: Desk, second: Desk, folder: Path) -> None:
    made = changes.propose_change(desk, renewal(desk))
    with pytest.raises(NotPermitted, match="somebody else"):
        changes.withdraw_change(second, made.id)

    assert changes.withdraw_change(desk, made.id).state == "withdrawn"
    assert changes.proposals(desk, waiting=True) == ()


def test_without_the_right_nothing_is_open(desk: Desk, folder: Path) -> None:
    """A role that may neither propose nor confirm sees no proposal and makes none."""
    change, made = renewal(desk), changes.propose_change(desk, renewal(desk))
    nobody = replace(desk, role="nobody", person="stranger")
    for act in (lambda: changes.propose_change(nobody, change), lambda: changes.proposals(nobody), lambda: changes.proposal(nobody, made.id),
                lambda: changes.confirm_change(nobody, made.id), lambda: changes.reject_change(nobody, made.id, "No."),
                lambda: changes.withdraw_change(nobody, made.id), lambda: changes.preview_change(nobody, change), lambda: renewal(nobody)):
        with pytest.raises(NotPermitted):
            act()
    assert not changes.may_change(nobody)


def test_every_step_leaves_a_line_without_content(desk: Desk, second: Desk, folder: Path) -> None:
    """The audit trail says who proposed and who decided what, and nothing of what was said."""
    first = changes.propose_change(desk, renewal(desk))
    changes.reject_change(second, first.id, "Page 2 does not say this.")
    other = changes.propose_change(second, renewal(second))
    changes.confirm_change(desk, other.id)
    third = changes.propose_change(desk, addition(desk))
    changes.withdraw_change(desk, third.id, "A slip.")
    lines = [(line.what, line.by, line.detail) for line in desk.open_store().audit() if line.what.startswith("change.")]

    assert lines == [
        ("change.proposed", "noor", f"{first.id} XAA/profile.yaml renew {CLAIM}"),
        ("change.rejected", SECOND, f"{first.id} XAA/profile.yaml renew {CLAIM}"),
        ("change.proposed", SECOND, f"{other.id} XAA/profile.yaml renew {CLAIM}"),
        ("change.confirmed", "noor", f"{other.id} XAA/profile.yaml renew {CLAIM}"),
        ("change.proposed", "noor", f"{third.id} XAA/profile.yaml add papers_nine_weeks"),
        ("change.withdrawn", "noor", f"{third.id} XAA/profile.yaml add papers_nine_weeks")]
    assert desk.open_store().audit_break() is None


@pytest.mark.parametrize(("one", "other", "same"), [("noor", "Noor", True), ("noor ", "noor", True), ("Zoë", "Zoe\u0308", True), ("noor", "noora", False)])
def test_one_person_has_one_name(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same


# --- add, correct, withdraw


def test_a_claim_is_added_where_its_theme_is(desk: Desk, second: Desk, folder: Path) -> None:
    """Between the themes before and after it, under a heading of its own, with its fields in the order of the others."""
    changes.confirm_change(second, changes.propose_change(desk, addition(desk)).id)
    text = profile(folder).read_text(encoding="utf-8")
    ids = [claim["id"] for claim in read_yaml(profile(folder)).value["claims"]]

    assert ids.index("guarantor_for_rent") + 1 == ids.index("papers_nine_weeks") == ids.index("guardian_appointed") - 1
    assert ("\n  # T15 Documents and registration.\n\n  - id: papers_nine_weeks\n    theme: T15\n    level: weak\n"
            "    says: A lost passport is replaced within nine weeks.\n    applies_to: {who: adults, where: Lindava}\n    as_of: 2026-10-31\n"
            "    review_by: 2027-04-30\n    sources: [justice_ministry_2026]\n    checked: {date: 2026-11-21, by: samira}\n\n") in text
    assert newest(folder)["what"] == "added" and "former" not in newest(folder)


def test_a_correction_raises_the_last_number(desk: Desk, second: Desk, folder: Path) -> None:
    """A mistake in the words is mended; the former words stay in the history."""
    change = changes.change_for(desk, "XAA", "claims", "correct", "men_in_hostels", {"says": "No shelter admits men."}, differs="The nights were a mistake.")
    changes.confirm_change(second, changes.propose_change(desk, change).id)

    assert (newest(folder)["version"], newest(folder)["what"]) == ("1.0.1", "corrected")
    assert "up to 14 nights" in newest(folder)["former"]["says"]


def test_a_withdrawn_claim_leaves_its_facts_and_its_sources(desk: Desk, second: Desk, folder: Path) -> None:
    """The claim is gone from its theme; history and sources still say what it said and on what it rested."""
    change = changes.change_for(desk, "XAA", "claims", "withdraw", "neighbours_survey", {}, differs="The survey was taken back by its publisher.")
    changes.confirm_change(second, changes.propose_change(desk, change).id)
    country = load_country("XAA", folder)

    assert theme_view(country, "T11", desk.today).status == "missing"
    assert newest(folder)["former"]["sources"] == ["attitudes_survey_2024"] and "attitudes_survey_2024" in country.sources
    assert check_countries(folder) == ()


def test_a_claim_that_another_disagrees_with_cannot_just_go(desk: Desk, folder: Path) -> None:
    """The other would point at nothing; it is told which one to correct first."""
    change = changes.change_for(desk, "XAA", "claims", "withdraw", "unit_without_orders", {}, differs="Gone.")

    assert "police_unit_norrin" in wrong(desk, change)[""]


@pytest.mark.parametrize(("what", "id"), [("add", CLAIM), ("renew", "not_there"), ("correct", "not_there"), ("withdraw", "not_there"), ("destroy", CLAIM)])
def test_what_cannot_be_meant_is_told(desk: Desk, folder: Path, what: str, id: str) -> None:
    with pytest.raises(WrongUse):
        changes.change_for(desk, "XAA", "claims", what, id, {})


@pytest.mark.parametrize("place", ["../XAA", "xaa", "XX", "QQQ", "", "_datasets", "XAA/..", "NLD"])
def test_a_country_without_a_file_is_told(desk: Desk, folder: Path, place: str) -> None:
    """No other file can be named in its place."""
    with pytest.raises(WrongUse, match=r"no profile\.yaml"):
        changes.change_for(desk, place, "claims", "renew", CLAIM, {})
    with pytest.raises(WrongUse, match="no list"):
        changes.change_for(desk, "XAA", "sources", "renew", CLAIM, {})


# --- what is refused


@pytest.mark.parametrize(("fields", "at"), [
    ({"says": ""}, "says"), ({"says": " \u00a0 "}, "says"), ({"level": "excellent"}, "level"), ({"applies_to": {"who": "men"}}, "where"),
    ({"applies_to": {"where": "Lindava"}}, "who"), ({"applies_to": "men"}, "who"), ({"as_of": "2026-11-31"}, "as_of"), ({"as_of": "2026-11-22"}, "as_of"),
    ({"as_of": "yesterday"}, "as_of"), ({"as_of": "2026-10-01"}, "as_of"), ({"as_of": "2026-09-30"}, "as_of"), ({"as_of": None}, "as_of"),
    ({"review_by": "2027-05-11"}, "review_by"), ({"review_by": "2026-11-10"}, "review_by"), ({"review_by": ""}, "review_by"), ({"sources": []}, "sources"),
    ({"sources": ["places_2026", "rumour"]}, "sources"), ({"theme": "T05"}, "theme"), ({"theme": "T99"}, "theme"), ({"colour": "blue"}, "colour"),
    ({"disagrees_with": ["nobody"]}, "disagrees_with"), ({"says": "x" * 501}, "says"), ({"says": "A bell\a rings."}, "says"),
    ({"says": "Ask anna@shelter.example."}, "says"), ({"note": "Ring +355 69 123 45 67."}, "note"), ({"says": "As told in K7M-2042."}, "says"),
])
def test_a_claim_that_breaks_a_rule_is_refused(desk: Desk, folder: Path, fields: dict[str, Any], at: str) -> None:
    """Each problem is told beside its field with what to do; every sentence of it is a sentence."""
    found = wrong(desk, renewal(desk, fields=fields))

    assert at in found, found
    assert all(says.endswith((".", ")")) and "change.wrong" not in says for says in found.values())


@pytest.mark.parametrize(("about", "at"), [
    ({"title": ""}, "title"), ({"publisher": " "}, "publisher"), ({"kind": ""}, "kind"), ({"kind": "rumour"}, "kind"), ({"published": ""}, "published"),
    ({"published": "soon"}, "published"), ({"published": "undated"}, "published"), ({"retrieved": ""}, "retrieved"), ({"retrieved": "2026-13-01"}, "retrieved"),
    ({"retrieved": "2026-11-22"}, "retrieved"), ({"where": ""}, "where"), ({"url": "javascript:alert(1)"}, "url"), ({"quotation": "x" * 401}, "quotation"),
    ({"quotes": ["places_2026"]}, "quotes"), ({"quotes": ["not_a_source"]}, "quotes"), ({"colour": "blue"}, "colour"), ({"note": "See DEMO-001."}, "note"),
])
def test_a_source_that_breaks_a_rule_is_refused(desk: Desk, folder: Path, about: dict[str, Any], at: str) -> None:
    """Who published it, when, when it was read and which part: without these a second person cannot look it up."""
    assert f"sources.places_2026.{at}" in wrong(desk, renewal(desk, sources={"places_2026": {**SOURCE, **about}}))


def test_everything_wrong_is_told_together(desk: Desk, folder: Path) -> None:
    """So that it can be mended together; in Dutch too."""
    change = renewal(desk, fields={"says": "", "as_of": "", "level": "high"}, differs=" ", sources={"places_2026": {"title": "Only this"}})
    found, dutch = wrong(desk, change), wrong(replace(desk, language="nl"), change)

    assert {"says", "as_of", "level", "differs", "sources.places_2026.publisher", "sources.places_2026.where"} <= set(found)
    assert found.keys() == dutch.keys() and dutch["says"].startswith("Zij zegt nog niets.")


@pytest.mark.parametrize("id", ["shelter_interview_2026", "Places 2026", "", "2026_places", "a" * 61, "../x", "maria-k"])
def test_a_source_needs_a_free_short_name(desk: Desk, folder: Path, id: str) -> None:
    change = renewal(desk, fields={"sources": [id]}, sources={id: SOURCE})

    assert f"sources.{id}.id" in wrong(desk, change)


def test_a_source_nobody_rests_on_is_refused(desk: Desk, folder: Path) -> None:
    assert "sources.spare.title" in wrong(desk, renewal(desk, sources={"places_2026": SOURCE, "spare": SOURCE}))


@pytest.mark.parametrize("signed", ["x" * 81, "case K7M-2042", "bell\a"])
def test_a_name_in_the_file_is_a_name(desk: Desk, second: Desk, folder: Path, signed: str) -> None:
    """What stands for the person who proposes or confirms keeps to the same rules as every other text."""
    made = changes.propose_change(desk, renewal(desk))
    before = profile(folder).read_bytes()

    assert "signed" in wrong(desk, renewal(desk, signed=signed))
    with pytest.raises(ChangeRefused, match="signed"):
        changes.confirm_change(second, made.id, signed=signed)
    assert profile(folder).read_bytes() == before


def test_a_longer_time_until_review_needs_its_reason(desk: Desk, folder: Path) -> None:
    """With a note that says why, the months of the theme may be passed."""
    late = {"review_by": "2027-11-10"}

    assert "6 months" in wrong(desk, renewal(desk, fields=late))["review_by"]
    assert changes.preview_change(desk, renewal(desk, fields={**late, "note": "The ministry reports once a year."}))


# --- nothing of a case


@pytest.mark.parametrize("text", ["K7M-2042", "k7m-2042", "K7M2042", "K7M–2042", "(K7M_2042)", "DEMO-001", "demo 001", "Demo‑012"])
def test_what_looks_like_a_case_stays_out(text: str) -> None:
    assert looks_like_a_case(f"Told in {text}, twice.")


@pytest.mark.parametrize("text", ["Circular 14/2026", "A/HRC/44/45", "ISO 3166-1", "Regulation 2018/1240", "COVID-19", "UNSCR-2331", "T09", "2026",
                                  "R2P 2005"])
def test_what_documents_are_called_is_no_case(text: str) -> None:
    assert not looks_like_a_case(text)


@pytest.mark.parametrize("at", ["says", "who", "note", "differs", "signed", "title", "where", "quotation", "url"])
def test_a_reference_of_a_case_is_refused_in_every_field(desk: Desk, folder: Path, at: str) -> None:
    """Those of the program by their form; those of this store whatever their form, in capitals or not."""
    desk.open_store().new_case(by="noor", at=desk.now(), ref="HAVEN-7")
    for ref in ("K7M-2042", "HAVEN-7", "haven-7"):
        text = f"https://example.org/{ref}" if at == "url" else f"Seen with {ref} once."
        more: dict[str, Any] = {at: text} if at in ("differs", "signed") else {"fields": {at: text}} if at in ("says", "note") else {}
        if at == "who":
            more = {"fields": {"applies_to": {"who": text, "where": "Lindava"}}}
        elif at in ("title", "where", "quotation", "url"):
            more = {"sources": {"places_2026": {**SOURCE, at: text}}}
        found = wrong(desk, renewal(desk, **more))

        assert any("reference of a case" in says for says in found.values()), found


def test_a_case_one_may_not_list_is_not_given_away(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal would tell that it exists; only what has the form of a reference is refused then."""
    from safe_lib.rights import permission

    desk.open_store().new_case(by="noor", at=desk.now(), ref="HAVEN-7")
    without = {**permission.table(), "list": {}}
    monkeypatch.setattr(permission, "table", lambda: without)

    assert changes.preview_change(desk, renewal(desk, fields={"says": "The house HAVEN-7 has 12 places."}))


# --- meanwhile


def test_an_entry_changed_meanwhile_is_not_overwritten(desk: Desk, second: Desk, folder: Path) -> None:
    """The second proposal is refused with all three: what was, what is, and what was wanted; the file stays as it is."""
    first = changes.propose_change(desk, renewal(desk))
    other = changes.propose_change(desk, renewal(desk, fields={"says": "Four shelters.", "sources": ["shelter_interview_2026"]}, sources={}))
    changes.confirm_change(second, first.id)
    before = profile(folder).read_bytes()
    with pytest.raises(EntryChanged) as told:
        changes.confirm_change(second, other.id)

    assert told.value.former["says"].startswith("Two shelters")
    assert told.value.now["says"] == FIELDS["says"]
    assert told.value.wanted["says"] == "Four shelters."
    assert profile(folder).read_bytes() == before
    assert changes.proposal(desk, other.id).state == "proposed"


@pytest.mark.parametrize(("old", "new", "error"), [
    ("level: weak\n    says: Two shelters with 52", "level: absent\n    says: Two shelters with 52", EntryChanged),
    ("id: shelter_places_now", "id: shelter_places_then", EntryChanged),
    ("  justice_ministry_2026:\n", "  places_2026: {title: A, publisher: B, kind: ngo, published: '2026'}\n\n  justice_ministry_2026:\n", ChangeRefused),
    ("theme: T01\n    level: weak\n    says: In 19", "theme: T01\n    level: wrong\n    says: In 19", ChangeRefused),
    ("version: 1.0.0\ncompiled", "compiled", ChangeRefused),
])
def test_what_was_changed_by_hand_meanwhile_is_seen(desk: Desk, second: Desk, folder: Path, old: str, new: str, error: type[Exception]) -> None:
    """The file is checked again before it is written, as `safe check` would."""
    made = changes.propose_change(desk, renewal(desk))
    text = profile(folder).read_text(encoding="utf-8")
    assert old in text
    profile(folder).write_text(text.replace(old, new, 1), encoding="utf-8")
    before = profile(folder).read_bytes()
    with pytest.raises(error):
        changes.confirm_change(second, made.id)

    assert profile(folder).read_bytes() == before
    assert changes.proposal(desk, made.id).state == "proposed"


def test_other_entries_and_comments_may_change_meanwhile(desk: Desk, second: Desk, folder: Path) -> None:
    """What somebody else wrote elsewhere in the file stays."""
    made = changes.propose_change(desk, renewal(desk))
    changes.confirm_change(second, changes.propose_change(desk, addition(desk)).id)
    text = profile(folder).read_text(encoding="utf-8")
    profile(folder).write_text(text.replace("  # Family: current.\n", "  # Family: current. Look again in May.\n"), encoding="utf-8")
    changes.confirm_change(second, made.id)

    assert entry(folder, "papers_nine_weeks") is not None
    assert "Look again in May" in profile(folder).read_text(encoding="utf-8")
    assert read_yaml(profile(folder)).value["version"] == "1.2.0"
    assert check_countries(folder) == ()


def test_two_who_confirm_at_once_wait_for_each_other(desk: Desk, second: Desk, folder: Path) -> None:
    """While another program changes a file of the country, one waits, and says so if it takes long."""
    made = changes.propose_change(desk, renewal(desk))
    with writing.held(folder / "XAA"), pytest.raises(CountryInfoError, match="another program"), writing.held(folder / "XAA", patience=0.1):
        raise AssertionError("two at once")

    assert changes.confirm_change(second, made.id).state == "confirmed"


# --- whole or not at all


def killed_while(desk: Desk, id: str, patch: Callable[[pytest.MonkeyPatch], None]) -> int:
    """Confirm in a child that is ended somewhere on the way; the signal that ended it."""
    path, key = desk.open_store().path, _KEYS[desk.open_store().path]
    child = os.fork()
    if child == 0:
        try:
            with pytest.MonkeyPatch.context() as patches, Store.open_with_key(path, key) as store:
                patch(patches)
                changes.confirm_change(replace(desk, store=store, person=SECOND), id)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


_KEYS: dict[Path, bytes] = {}


@pytest.fixture
def keyed(desk: Desk) -> Desk:
    """The desk whose store a child can open too."""
    from conftest import PHRASE

    from safe_lib.store import derive_key

    _KEYS[desk.open_store().path] = derive_key(desk.open_store().path, PHRASE)
    return desk


def end(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("moment", ["fsync", "fchmod", "replace"])
def test_a_confirmation_cut_off_before_the_rename_leaves_the_old_file(keyed: Desk, folder: Path, moment: str) -> None:
    """Killed while the new file is beside the old one: the old one stands, the proposal waits, and confirming again works."""
    made = changes.propose_change(keyed, renewal(keyed))
    before = profile(folder).read_bytes()
    ended = killed_while(keyed, made.id, lambda patches: patches.setattr(writing.os, moment, end))

    assert ended == -signal.SIGKILL
    assert profile(folder).read_bytes() == before
    assert changes.proposal(keyed, made.id).state == "proposed"
    assert check_countries(folder) == ()
    assert changes.confirm_change(as_person(keyed, SECOND), made.id).state == "confirmed"
    assert [file.name for file in (folder / "XAA").iterdir()] == ["profile.yaml"]


def test_a_confirmation_cut_off_after_the_rename_is_noted_once(keyed: Desk, folder: Path) -> None:
    """Killed between writing the file and noting it: the new file is whole, and confirming again notes it without writing twice."""
    made = changes.propose_change(keyed, renewal(keyed))
    ended = killed_while(keyed, made.id, lambda patches: patches.setattr(writing, "_sync", end))
    written = profile(folder).read_bytes()

    assert ended == -signal.SIGKILL
    assert b"71 places" in written and check_countries(folder) == ()
    assert changes.proposal(keyed, made.id).state == "proposed"
    assert changes.confirm_change(as_person(keyed, SECOND), made.id).state == "confirmed"
    assert profile(folder).read_bytes() == written


def test_a_file_that_cannot_be_written_leaves_the_proposal_waiting(desk: Desk, second: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, or a folder without the right to write: told with the way out, nothing decided, no rest left."""
    made = changes.propose_change(desk, renewal(desk))
    before = profile(folder).read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    with pytest.raises(CountryInfoError, match="No space left"):
        changes.confirm_change(second, made.id)
    monkeypatch.undo()

    assert profile(folder).read_bytes() == before
    assert [file.name for file in (folder / "XAA").iterdir()] == ["profile.yaml"]
    assert desk.open_store().proposal(made.id).state == "proposed"


def test_the_mode_of_the_file_stays(desk: Desk, second: Desk, folder: Path) -> None:
    """Others who could read the file before can read it afterwards."""
    profile(folder).chmod(0o644)
    changes.confirm_change(second, changes.propose_change(desk, renewal(desk)).id)

    assert profile(folder).stat().st_mode & 0o777 == 0o644


# --- what is kept


def test_a_proposal_comes_back_as_it_was_made(desk: Desk, folder: Path) -> None:
    """Every field, in its order, any script, after the store was closed and opened again; and it says what it rests on."""
    change = renewal(desk, fields={"says": "Ça: «{[»}] ليلى 👩‍👩‍👧 \u200f."}, differs="É e\u0301.")
    made = changes.propose_change(desk, change)
    kept = changes.proposals(desk)[0]
    told = json.loads(json.dumps(made.to_json()))

    assert kept == made and isinstance(kept, Proposal)
    assert kept.change == change and list(kept.change.sources["places_2026"]) == list(SOURCE)
    assert kept.based_on == read_yaml(profile(folder)).hash
    assert told["change"]["entry"]["says"] == change.entry["says"] and told["state"] == "proposed"


def test_a_difference_is_told_by_field() -> None:
    """Fields that came, went and changed; an empty level is a value."""
    assert difference({"a": 1, "level": "weak", "gone": "x"}, {"a": 1, "level": None, "new": [1]}) == (
        ("level", "weak", None), ("new", None, [1]), ("gone", "x", None))
    assert difference({}, {"level": None}) == (("level", None, None),)


WHOLE = {"version": "1.0.0", "date": "2026-11-21", "change": "First.", "by": "us"}


@pytest.mark.parametrize(("history", "says"), [
    ("text", "not a list"),
    (["text"], "not a map"),
    ([{key: WHOLE[key] for key in ("version", "date", "by")}], "no change"),
    ([{**WHOLE, "date": "soon"}], "not a day"),
    ([{**WHOLE, "version": "0.9.0"}], "newest"),
    ([{**WHOLE, "colour": "blue"}], "not a word"),
    ([{**WHOLE, "what": "lost", "entry": "a"}], "not what can become"),
    ([{**WHOLE, "what": "renewed", "entry": "a"}], "what it said before"),
    ([{**WHOLE, "what": "added"}], "but not what"),
    ([{**WHOLE, "what": "withdrawn", "entry": "a", "former": {"sources": ["gone"]}}], "Keep its source"),
])
def test_a_history_with_gaps_is_told(history: Any, says: str) -> None:
    """What `safe check` says of the history of a file."""
    found = list(history_problems({"version": "1.0.0", "history": history, "sources": {}}))

    assert any(says in f"{problem} {repair}" for _, problem, repair in found)
    assert all(repair for *_, repair in found)


def test_shipped_histories_are_whole() -> None:
    for file in sorted((paths.ROOT / "country_info").glob("*/profile.yaml")):
        assert list(history_problems(parse_yaml(file.read_bytes(), file.name).value)) == []


def test_a_preview_keeps_and_writes_nothing(desk: Desk, folder: Path) -> None:
    """It shows the lines that would change, and what only the second person brings is left open."""
    before = profile(folder).read_bytes()
    shown = changes.preview_change(desk, renewal(desk))

    assert shown.before == before == profile(folder).read_bytes()
    assert ("-", "version: 1.0.0") in shown.lines and ("+", "    reviewed: '…'") in shown.lines and ("+", "    checked: nobody yet") in shown.lines
    assert changes.proposals(desk) == ()
    assert changes.preview_change(replace(desk, store=None), renewal(replace(desk, store=None))).after == shown.after


def test_every_source_is_told_in_full(desk: Desk, folder: Path) -> None:
    """New or in the file already: whoever confirms has to open it, so title, part and address are there."""
    sources = changes.rests_on(renewal(desk))

    assert list(sources) == ["shelter_interview_2026", "places_2026"]
    assert sources["places_2026"] == SOURCE and sources["shelter_interview_2026"]["title"] == "Interview with the managers of two shelters"
    assert changes.rests_on(changes.change_for(desk, "XAA", "claims", "withdraw", CLAIM, {})) == {}


def test_a_day_later_the_rules_are_those_of_that_day(desk: Desk, second: Desk, folder: Path) -> None:
    """Confirming is dated by the day of confirming, not of proposing."""
    made = changes.propose_change(desk, renewal(desk))
    changes.confirm_change(replace(second, today=date(2026, 12, 3)), made.id)

    assert newest(folder)["date"] == "2026-12-03"
    assert (entry(folder) or {})["checked"] == {"date": "2026-12-03", "by": SECOND}


def test_a_quotation_is_shown_with_its_source(desk: Desk, second: Desk, folder: Path) -> None:
    """The sentence that was pasted stands in `safe country --json` and on the country page, with the part it is from."""
    from safe_lib.catalogue import load_texts
    from safe_lib.engine.country import country_view
    from safe_lib.widgets.atlas.claims import source_facts

    changes.confirm_change(second, changes.propose_change(desk, renewal(desk)).id)
    country = casework.country_named("XAA")
    told = country_view(country, desk.today)["themes"]["T09"]["claims"]
    source = next(source for claim in told for source in claim["sources"] if source["id"] == "places_2026")

    assert (source["quotation"], source["where"]) == (SOURCE["quotation"], "table 2")
    assert ("Quotation", SOURCE["quotation"]) in source_facts(country.sources["places_2026"], country, load_texts())
