"""Promises about looking again: who would come out otherwise on a later day is listed with the reason, and nothing is changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from conftest import give
from sqlalchemy import text
from test_store import PASSPHRASE as FIRST_PASSPHRASE

from safe_lib import casework
from safe_lib.casework import Desk, Said
from safe_lib.catalogue import instrument_files, load_instrument, load_texts, paths
from safe_lib.catalogue.countries import load_country
from safe_lib.engine import as_json
from safe_lib.engine.grounds import Changed
from safe_lib.engine.results import result_of
from safe_lib.keeping import keep_for_report, kept_of
from safe_lib.model.answers import Answer, Answers
from safe_lib.model.errors import NotPermitted, StoreError
from safe_lib.model.grounds import Marks
from safe_lib.reassessing import Again, Reassessed, computing, reassess
from safe_lib.reassessing.computing import PAPERS, PERSONAL, answers_in
from safe_lib.report.make import make_and_seal
from safe_lib.runtime.demo import make_demo
from safe_lib.store import CHEAP, Store
from safe_lib.store.passphrase import read_passphrase
from safe_lib.store.tables import Packed
from safe_lib.widgets.reassess_views import as_data, blocks, waited_for, why_words

DAY = date(2026, 11, 21)
YEAR_LATER = date(2027, 11, 21)
CASES = 150  # as many as the promise of equality is tried on
ROUNDS = 3
NOW = datetime(2026, 11, 21, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A store with many invented persons."""
    made = make_demo(tmp_path_factory.mktemp("many") / "many.safe", cases=CASES, today=DAY, cost=CHEAP)
    with Store.open(made.store, read_passphrase(made.passphrase_file)) as store:
        yield Desk(store, "noor", "en", DAY, now=lambda: NOW)


@pytest.fixture
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Copies of the country information and of the instruments that a test may change; the suite reads them."""
    info = shutil.copytree(paths.COUNTRY_INFO, tmp_path / "country_info", ignore=shutil.ignore_patterns("_outlines"))
    instruments = shutil.copytree(paths.INSTRUMENTS, tmp_path / "instruments")
    monkeypatch.setattr(paths, "COUNTRY_INFO", info)
    monkeypatch.setattr(paths, "INSTRUMENTS", instruments)
    return info, instruments


@pytest.fixture
def returning(desk: Desk) -> str:
    """A case whose home region is Exampleland; everything was asked, little was found; kept today."""
    ref = casework.open_case(desk).ref
    asked = load_instrument("safe_return")
    codes = {item.id: "cleared" if item.kind == "hard_stop" else "absent" for item in asked.items if item.group not in ("REL", "CHI", "STA", "THI")}
    give(desk, ref, "safe_return", codes)
    casework.save_paper(desk, ref, casework.FUTURES, {"futures": [{"kind": "home_region", "order": 1, "country": "XAA", "subdivision": "", "words": ""}]})
    casework.assess_and_keep(desk, ref, "safe_return", "home_region")
    return ref


def later(desk: Desk, on: date = YEAR_LATER) -> Desk:
    return replace(desk, today=on)


def only(found: Reassessed) -> Again:
    assert len(found.found) == 1, found.found
    return found.found[0]


# What is kept


def test_a_kept_assessment_keeps_what_it_rests_on(desk: Desk, returning: str) -> None:
    """Instrument, rules, answers and the very claims and figures of that day; nobody can change them afterwards."""
    store = desk.open_store()
    kept = store.assessments(returning, "safe_return")[0]
    grounds = store.grounds(kept.id)
    assert grounds is not None
    held = store.snapshot(grounds.snapshot)
    used = held["themes"]["T02"]["claims"]["reprisals_after_testimony"]

    assert grounds.instrument == casework.made_with(load_instrument("safe_return"))
    assert grounds.result.outcome == "can_be_prepared_with_plan" and grounds.result.confidence["SAF"] == "medium"
    assert (used["level"], used["status"], used["as_of"]) == ("weak", "current", "2026-06-30")
    assert held["sources"][used["sources"][0]]["publisher"]
    for table in ("grounds", "snapshots"):
        with pytest.raises(StoreError), store._writing() as connection:
            connection.execute(text(f"UPDATE {table} SET {'hash' if table == 'snapshots' else 'said'} = 'x'"))
    with pytest.raises(StoreError), store._writing() as connection:
        connection.execute(text("DELETE FROM snapshots"))


def test_a_later_reader_sees_what_it_rested_on_though_the_files_changed(desk: Desk, returning: str, own_files: tuple[Path, Path]) -> None:
    """The claim is gone from the file; the kept assessment still says what it said."""
    store = desk.open_store()
    grounds = store.grounds(store.assessments(returning, "safe_return")[0].id)
    assert grounds is not None
    edit_profile(own_files[0], lambda said: said.update(claims=[one for one in said["claims"] if one["theme"] != "T02"]))

    assert load_country("XAA").claims and not [claim for claim in casework.country_named("XAA").claims if claim.theme == "T02"]
    assert "eleven reported threats" in str(store.snapshot(grounds.snapshot)["themes"]["T02"])


def test_many_cases_share_a_few_snapshots(many: Desk) -> None:
    """The country information of a day is kept once, however many assessments rest on it."""
    store = many.open_store()
    with store._reading() as connection:
        kept, snapshots = (connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in ("grounds", "snapshots"))
        longest = connection.execute(text("SELECT max(length(body)) FROM snapshots")).scalar_one()

    assert kept > 3 * CASES
    assert snapshots < kept / 10
    assert longest < 30_000  # packed


def test_answers_saved_between_assessing_and_keeping_do_not_pass_for_its_own(desk: Desk, returning: str) -> None:
    """What is kept from other answers than those recorded has no marks, so it is always looked at again."""
    found = casework.assess_case(desk, returning, "safe_return", "home_region")
    give(desk, returning, "safe_return", {"SAF-01": "present"})
    casework.keep(desk, returning, found)
    kept = desk.open_store().kept_newest()

    assert kept[0].marks == Marks()
    assert only(reassess(desk)).moved == {"SAF": (("low", "medium"), ("very_high", "low"))}


@pytest.mark.parametrize("words", ["", "zlib:", "zlib:abc", "{}" * 5000, "é\N{HIGH VOLTAGE SIGN}" * 3000, "zlib:" * 1000, "x" * 1024])
def test_a_packed_text_comes_back_byte_for_byte(words: str) -> None:
    """Whatever it is, also what looks packed already."""
    column = Packed()
    stored = column.process_bind_param(words, None)  # type: ignore[arg-type]

    assert column.process_result_value(stored, None) == words  # type: ignore[arg-type]
    assert stored is not None and len(stored) <= max(1024, len(words.encode()) / 2)


def test_what_a_sealed_report_rests_on_is_kept_once(desk: Desk, returning: str) -> None:
    """Each future that a report tells is kept with it; another report on the same ground keeps nothing more, another answer does."""
    casework.save_paper(desk, returning, casework.FUTURES, {"futures": [
        {"kind": "home_region", "order": 1, "country": "XAA", "subdivision": "", "words": ""},
        {"kind": "stay", "order": 2, "country": "", "subdivision": "", "words": ""}]})
    store = desk.open_store()

    def futures_kept() -> list[str]:
        return [one.scenario for one in store.assessments(returning, "safe_return")]

    make_and_seal(desk, returning, "safe_return", "lawyer", "json")
    assert sorted(futures_kept()) == ["home_region", "stay"]  # the home region was kept already
    make_and_seal(desk, returning, "safety_report", "lawyer", "json")
    assert len(futures_kept()) == 2
    give(desk, returning, "safe_return", {"SAF-01": "present"})
    make_and_seal(desk, returning, "safety_report", "lawyer", "json")
    assert sorted(futures_kept()) == ["home_region", "home_region", "stay", "stay"]
    make_and_seal(later(desk), returning, "safe_return", "own_file", "json")
    assert len(futures_kept()) == 5  # a year later the home region rests on other information; staying on the same


@pytest.mark.parametrize(("workbook", "kept"), [
    ("identification", {"first_level", "ilo_adult_labour"}), ("safe_return", {"safe_return"}), ("reintegration_followup", set()), ("start", set())])
def test_a_report_keeps_what_it_tells_and_nothing_else(desk: Desk, case: str, workbook: str, kept: set[str]) -> None:
    """The instruments of its workbook with an answer; nothing where nothing was recorded."""
    give(desk, case, "first_level", {"ET07": "present"})

    assert {one.instrument for one in keep_for_report(desk, case, workbook)} == kept
    assert keep_for_report(desk, case, workbook) == ()


def test_a_kept_assessment_can_be_read_with_all_it_rests_on(desk: Desk, returning: str) -> None:
    """By whom, when, with which versions, and the claims of that day; the reading leaves a line."""
    one = kept_of(later(desk), returning)[0]

    assert one.grounds is not None and one.grounds.said and one.line.by == "noor"
    assert one.held["themes"]["T12"]["claims"]["hiv_medicine"]["status"] == "current"  # as it was, not as it is
    assert any(line.what == "case.read" and line.detail == "kept" for line in desk.open_store().audit(returning))


# A year later


def test_a_year_later_every_claim_that_ran_out_is_named_and_every_dependent_case_listed(many: Desk) -> None:
    """Each kept assessment that draws on a claim which was current then and is not now is there, with that claim as a reason."""
    store = many.open_store()
    lines = {line.id: line for line in store.kept_newest()}
    found = {one.kept: {(why.what, why.theme, why.id) for why in one.why} for one in reassess(later(many)).found}
    claims = {claim.id: claim for claim in load_country("XAA").claims}
    expired = 0
    for number, line in lines.items():
        held = store.snapshot(line.grounds.snapshot) if line.grounds and line.grounds.snapshot else {"themes": {}}
        for theme, about in held["themes"].items():
            for id, claim in (about or {"claims": {}})["claims"].items():
                if claim["status"] == "current" and claims[id].is_outdated(YEAR_LATER):
                    expired += 1
                    assert ("claim_expired", theme, id) in found[number]

    assert expired > CASES
    assert {line.ref for line in lines.values() if line.grounds and line.grounds.snapshot and store.snapshot(line.grounds.snapshot)["country"]} <= {
        lines[number].ref for number in found}


def test_an_expired_claim_lowers_what_is_known_and_says_so(desk: Desk, returning: str) -> None:
    """The outcome and the levels stay; what was well known is little known, and the reason is the claim that ran out."""
    one = only(reassess(later(desk, date(2027, 5, 1))))

    assert one.then.outcome == one.now.outcome and one.then.levels == one.now.levels
    assert one.moved["HEA"] == (("low", "high"), ("low", "low"))
    assert {why.id for why in one.telling} >= {"hiv_medicine", "trauma_care_two_cities"}
    assert Changed("claim_expired", "T12", "hiv_medicine", "2026-04-30", "2027-04-30") in one.telling
    assert Changed("claim_expired", "T01", "found_through_relatives", "2026-03-31", "2027-03-31") in one.why


def test_today_nothing_differs_and_nothing_is_computed(desk: Desk, returning: str) -> None:
    """The same answers, files and rules on the same day: no work and no line."""
    found = reassess(desk)

    assert (found.kept, found.computed, found.found) == (1, 0, ())


def test_nothing_is_changed_by_looking(desk: Desk, returning: str) -> None:
    """Answers, assessments and papers stay as they were; the audit trail says who looked, when, and at how many."""
    store = desk.open_store()
    before = everything(store)
    reassess(later(desk))
    line = store.audit()[-1]

    assert everything(store) == before
    assert (line.what, line.by, line.ref) == ("cases.reassessed", "noor", "")
    assert line.detail == "1 kept, 1 computed, as of 2027-11-21"


def everything(store: Store) -> dict[str, list[Any]]:
    with store._reading() as connection:
        tables = ("cases", "answers", "papers", "assessments", "grounds", "snapshots", "reports", "disclosures")
        return {table: list(connection.execute(text(f"SELECT * FROM {table}"))) for table in tables}


def test_who_may_not_assess_may_not_look() -> None:
    """The same right as for one case."""
    with pytest.raises(NotPermitted):
        reassess(Desk(None, "nobody", "en", DAY, "nobody"))


def test_closed_cases_are_left_alone(desk: Desk, returning: str) -> None:
    """Only open cases are looked through."""
    desk.open_store().set_status(returning, "closed", by="noor", at=NOW)

    assert reassess(later(desk)).kept == 0


def test_only_the_newest_of_each_future_is_looked_at(desk: Desk, returning: str) -> None:
    """What was kept again today differs no more from today."""
    give(desk, returning, "safe_return", {"HS03": "active"})
    assert only(reassess(desk)).now.outcome == "do_not_prepare_this_return_now"
    casework.assess_and_keep(desk, returning, "safe_return", "home_region")

    assert reassess(desk).found == ()


# Planted changes


def edit_profile(info: Path, change: Any) -> None:
    file = info / "XAA" / "profile.yaml"
    said = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(said)
    file.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")


def named(said: dict[str, Any], id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in said["claims"] if one["id"] == id)
    return found


def test_a_claim_that_says_something_else_is_a_reason(desk: Desk, returning: str, own_files: tuple[Path, Path]) -> None:
    """A level that now differs from another claim's opens the topic; the domain that draws on it is known less."""
    edit_profile(own_files[0], lambda said: named(said, "hiv_medicine").update(level="absent"))
    one = only(reassess(desk))

    assert one.moved == {"HEA": (("low", "high"), ("low", "medium"))}
    assert [(why.what, why.id) for why in one.telling] == [("claim_changed", "hiv_medicine")]
    assert one.differs


def test_other_words_of_a_claim_leave_the_result_and_are_told(desk: Desk, returning: str, own_files: tuple[Path, Path]) -> None:
    """Nothing is computed, because no rule reads words; the case is listed as resting on other ground."""
    edit_profile(own_files[0], lambda said: named(said, "hiv_medicine").update(says="HIV medicine is free in three cities."))
    found = reassess(desk)

    assert (found.computed, found.differing) == (0, ())
    assert [(why.what, why.id) for why in only(found).why] == [("claim_changed", "hiv_medicine")]
    assert only(found).telling == frozenset()


def test_a_figure_alone_changes_no_result(desk: Desk, returning: str, own_files: tuple[Path, Path]) -> None:
    """Figures are background: told with both values and years, and never a reason of a result."""
    edit_profile(own_files[0], lambda said: said["figures"]["homicide_rate"].update(value=9.4, year=2026))
    found = reassess(desk)

    assert (found.computed, found.differing) == (0, ())
    assert only(found).why == tuple(Changed("figure_changed", theme, "homicide_rate", "6.1 (2024)", "9.4 (2026)") for theme in ("T02", "T18"))


def test_another_version_of_an_instrument_is_a_reason(desk: Desk, returning: str, own_files: tuple[Path, Path]) -> None:
    """Every kept assessment of that instrument is computed; both versions are named."""
    file = instrument_files()["safe_return"]
    written = file.read_text(encoding="utf-8")
    file.write_text(written.replace("version: 1.1.0", "version: 1.2.0", 1).replace("severity: 3\n", "severity: 4\n", 1), encoding="utf-8")
    found = reassess(desk)

    assert found.computed == 1
    assert Changed("instrument_changed", "", "safe_return", "1.1.0", "1.2.0") in only(found).why


def test_answers_that_change_nothing_are_daily_work(desk: Desk, returning: str) -> None:
    """A note, or an answer that moves no result, is computed and lists nothing."""
    asked = casework.instrument_for(desk, "safe_return")
    casework.record(desk, returning, asked, Said("LIV-06", "absent", (), "Talked about a grant.", seen=None), "home_region")
    first = reassess(desk)
    casework.record(desk, returning, asked, Said("VOL-06", "absent", ("document",), seen=None), "home_region")
    second = reassess(desk)

    assert (first.computed, first.found) == (second.computed, second.found) == (1, ())


def test_what_was_kept_before_grounds_were_is_computed_and_named(desk: Desk, returning: str) -> None:
    """An assessment of an older store has its text and its fingerprints; it is never passed over."""
    store = desk.open_store()
    found = casework.assess_case(desk, returning, "safe_return", "home_region")
    store.keep_assessment(returning, "safe_return", "home_region", as_json(found, load_texts()), hash="x", by="noor", at=NOW)

    assert (reassess(desk).computed, reassess(desk).found) == (1, ())
    one = only(reassess(later(desk)))
    assert one.then == result_of(found) and one.now.confidence["HEA"] == "low" and one.country == "XAA"


# Only what depends is computed, and the same comes of it


def test_what_is_read_at_once_is_what_is_recorded(many: Desk) -> None:
    """Answers, facts of the person, places and severities of every case and future are those that `recorded` gives."""
    store = many.open_store()
    lines = store.kept_newest()
    instruments = tuple(dict.fromkeys(line.instrument for line in lines))
    files = {file.ref: file for file in store.case_files(dict.fromkeys(line.ref for line in lines), instruments, PERSONAL, PAPERS)}

    def plain(answers: Answers) -> Answers:
        return replace(answers, given={id: Answer(answer.code, answer.evidence) for id, answer in answers.given.items()})

    for line in lines[:200]:
        asked = load_instrument(line.instrument)
        assert plain(answers_in(files[line.ref], asked, line.scenario)) == plain(casework.recorded(many, line.ref, asked, line.scenario))


def random_edits(random: Random, info: Path) -> date:
    """Some claims are changed, renewed, taken out, put in or reworded; some instrument is weighed otherwise; the day moves on."""
    def change(said: dict[str, Any]) -> None:
        for one in random.sample(said["claims"], 6):
            match random.randrange(5):
                case 0:
                    one["level"] = random.choice(("strong", "partial", "weak", "absent"))
                case 1:
                    one["review_by"] = random.choice(("2026-11-22", "2027-02-01", "2028-06-30"))
                case 2:
                    one["says"] = f"{one['says']} Checked again."
                case 3:
                    others = [other for other in said["claims"] if other is not one]
                    said["claims"] = others
                    for other in others:
                        if one["id"] in (other.get("disagrees_with") or []):
                            other.pop("disagrees_with")
                case 4:
                    said["claims"].append({**deepcopy(one), "id": f"{one['id']}_again", "level": random.choice(("strong", "weak")), "disagrees_with": []})

    edit_profile(info, change)
    if random.random() < 0.7:
        file = instrument_files()[random.choice(("safe_return", "ilo_adult_labour", "first_level"))]
        file.write_text(file.read_text(encoding="utf-8").rstrip() + f"\n# {random.random()}\n", encoding="utf-8")
    return random.choice((DAY, date(2027, 1, 15), date(2027, 5, 1), YEAR_LATER))


@pytest.mark.parametrize("round", range(ROUNDS))
def test_computing_what_depends_equals_computing_all(many: Desk, own_files: tuple[Path, Path], round: int) -> None:
    """On three hundred cases, whatever was edited: the same lines, with the same reasons, from less work."""
    on = random_edits(Random(round), own_files[0])
    some, every = reassess(later(many, on)), reassess(later(many, on), every=True)

    assert some.found == every.found
    assert some.computed <= every.computed == every.kept
    assert every.found


def test_workers_give_the_same(many: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes without a store and without a key come to the same lines in the same order."""
    monkeypatch.setattr(computing, "WORTH_SHARING", 10)
    stepped: list[int] = []

    shared = reassess(later(many), workers=2, begin=lambda total: lambda: stepped.append(total))

    assert shared == reassess(later(many))
    assert len(stepped) == stepped[0] > 100


# In words


def test_the_list_is_told_in_words_and_for_other_programs(desk: Desk, returning: str) -> None:
    """Both outcomes, what moves, and why, in the reader's language; for programs with ids and levels."""
    found = reassess(later(desk))
    for language, words in (("en", "was to be reviewed by 2027-04-30"), ("nl", "had uiterlijk op 2027-04-30 herzien moeten worden")):
        said = str(blocks(found, load_texts(language), resting=True))
        assert words in said and "reassess." not in said
    data = as_data(only(found), load_texts())

    assert data["before"] == data["after"] == "can_be_prepared_with_plan" and data["differs"] is True
    assert data["domains"]["HEA"] == {"before": {"level": "low", "confidence": "high"}, "after": {"level": "low", "confidence": "low"}}
    assert {"what": "claim_expired", "theme": "T12", "id": "hiv_medicine", "before": "2026-04-30", "after": "2027-04-30", "moved": True,
            "says": "T12 Health and mental health: the claim “hiv_medicine” was to be reviewed by 2027-04-30 and counts as unknown."} in data["why"]


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("what", ["claim_expired", "claim_renewed", "claim_new", "claim_gone", "claim_changed", "source_changed", "figure_changed",
                                  "search_changed", "country", "country_changed", "instrument_changed", "instrument_gone", "engine_changed", "answers_changed"])
def test_every_reason_has_its_sentence(what: str, language: str) -> None:
    """No key and no empty place is ever shown."""
    said = why_words(Changed(what, "T05", "some_claim", "weak", "strong"), load_texts(language))

    assert len(said) > 20 and "reassess." not in said and "{" not in said


def test_claims_that_most_cases_wait_for_come_first(many: Desk) -> None:
    """Claims are put in order by how many kept assessments draw on them; no case and no person is put in any."""
    table = waited_for(reassess(later(many)), load_texts())[-1]
    counts = [int(row[-1]) for row in table.rows]  # type: ignore[union-attr]

    assert counts == sorted(counts, reverse=True) and counts[0] > 100
    assert not any("DEMO" in str(cell) for row in table.rows for cell in row)  # type: ignore[union-attr]


def test_an_older_store_is_looked_through_after_it_was_brought_to_this_form(tmp_path: Path) -> None:
    """REL-09: what the first version kept, with no more than an outcome in its text, is computed and listed; nobody is passed over."""
    for name in ("format_1.store", "format_1.store.key"):
        shutil.copy(Path(__file__).parent / "golden" / name, tmp_path / name)
    with Store.open(tmp_path / "format_1.store", FIRST_PASSPHRASE, person="noor") as store:
        lines = store.kept_newest()
        found = reassess(Desk(store, "noor", "en", DAY))

        assert lines and all(line.grounds is None for line in lines)
        assert found.computed == found.kept == len(lines)
        assert {one.kept for one in found.found} == {line.id for line in lines}
        assert all(one.then.outcome and one.now.outcome for one in found.found)
