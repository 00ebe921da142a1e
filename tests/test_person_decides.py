"""A named human decides in their own words, children come with a guardian and a note, and what a person corrects goes along with the answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import give
from team import MOMENT, REF, fill, make_team, opened, phrase

from safe_lib import casework
from safe_lib.casework import Desk, Said
from safe_lib.catalogue import instrument_files, load_instrument, load_texts, paths, translated
from safe_lib.cli.app import run
from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.person import children, correcting, deciding, retention
from safe_lib.person.access_pack import gather, looked_at
from safe_lib.policy import writing
from safe_lib.report.for_person import access_paper
from safe_lib.widgets.before_use import before_use_html
from safe_lib.widgets.blocks import blocks_text
from safe_lib.workbook import Workbook

WORDS = "She stays until the case is finished, as she wishes."


# Who decides


@pytest.mark.parametrize("words", ["", "  ", "agreed", "ok then"])
def test_pri_10_a_case_does_not_end_without_a_human_s_own_words(desk: Desk, case: str, words: str) -> None:
    """Nothing, or a word that could stand anywhere, closes no case."""
    with pytest.raises(WrongUse, match="own words"):
        retention.close_case(desk, case, words)

    assert desk.open_store().case(case).status == "open" and deciding.decisions(desk, case) == ()


def test_pri_10_an_outcome_of_the_rules_is_no_decision(desk: Desk, case: str) -> None:
    """Whoever copies what the rules say has not decided; in any language, with or without the full stop."""
    for id in instrument_files():
        for language in ("en", "nl"):
            for outcome in translated(load_instrument(id), language).outcomes:
                with pytest.raises(WrongUse):
                    deciding.decide(desk, case, f" {outcome.wording.upper().rstrip('.')} ")
    assert deciding.decisions(desk, case) == ()


def test_pri_10_the_decision_has_a_name_a_day_and_the_result_stays_beside_it(desk: Desk, case: str) -> None:
    """Both the rules' result and the words of who decided otherwise are kept; neither changes the other."""
    before = casework.assess_and_keep(desk, case, "safe_return", "home_region").outcome.id
    retention.close_case(desk, case, WORDS)
    retention.open_again(desk, case)
    retention.close_case(replace(desk, person="eva"), case, "Against the rules: she goes now, because her mother is dying.")
    decided = deciding.decisions(desk, case)
    kept = desk.open_store().assessments(case, "safe_return", "home_region")

    assert [(one.by, one.on) for one in decided] == [("noor", "2026-11-21"), ("eva", "2026-11-21")]
    assert decided[0].decided == WORDS and f'"{before}"' in kept[0].text
    assert casework.assess_case(desk, case, "safe_return", "home_region").outcome.id == before


def test_pri_10_departures_are_counted_and_nobody_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Figures about the rules: how often, in which domain; no colleague, no case, and not for everybody."""
    path = make_team(tmp_path, users=("ada", "cora", "sven", "vera"))
    with opened(path, "sven") as store:
        fill(store, REF, by="sven")
        store.new_case(by="sven", at=MOMENT, ref="B2C-0002")
        store.save_paper(REF, casework.SEVERITY, {
            "stay": {"LIV": {"level": 3, "reason": "x", "second": "", "evidence": "", "by": "sven"}},
            "home_region": {"LIV": {"level": 1, "reason": "y", "second": "cora", "evidence": "z", "by": "sven"},
                            "SAF": {"level": 4, "reason": "w", "by": "sven"}},
            "unfinished": [{"future": "stay", "domain": "DEB", "level": "", "by": "sven"}]}, by="sven", at=MOMENT, seen=0)
    files = {}
    for user in ("cora", "sven"):
        files[user] = tmp_path / f"{user}.phrase"
        files[user].write_text(f"{phrase(user)}\nperson: {user}\n")
        files[user].chmod(0o600)
    codes = [run(["policy", "departures", "--json", "--store", str(path), "--passphrase-file", str(files[user])]) for user in ("cora", "sven")]
    said = capsys.readouterr().out

    assert codes == [0, 30]
    assert said.strip() == '{"cases":1,"of":2,"by_domain":{"LIV":2,"SAF":1}}'


def test_pri_10_a_departure_changes_nothing_but_its_own_severity(desk: Desk, case: str) -> None:
    """The result says that it was departed from and why; findings, hard stops and open questions are those of the answers."""
    usual = casework.assess_case(desk, case, "safe_return", "home_region")
    rows = [{"future": "home_region", "domain": "LIV", "level": "4", "reason": "No roof at all."}]
    _, lacks = casework.save_severities(desk, case, casework.instrument_for(desk, "safe_return"), rows)
    departed = casework.assess_case(desk, case, "safe_return", "home_region")

    assert lacks == (None,)
    assert departed.hard_stops == usual.hard_stops and departed.domains["SAF"] == usual.domains["SAF"]
    assert departed.domains["LIV"] != usual.domains["LIV"]


# The file for the AI Act


@pytest.mark.parametrize("language", ["en", "nl"])
def test_pri_11_the_ai_act_file_says_what_it_is_for_who_decides_and_what_it_cannot(language: str) -> None:
    """Made from the instruments and the policy: purpose, rules by humans, logging, oversight, limits; it stands in templates/policy."""
    said, texts = writing.document("ai_act", language), load_texts(language)

    assert (paths.TEMPLATES / "policy" / f"ai_act.{language}.md").read_text(encoding="utf-8") == said
    for id in ("purpose", "rules", "logging", "oversight", "never", "limits"):
        assert texts(f"policy.ai.{id}") in said and texts(f"policy.ai.{id}_text") in said
    for id in instrument_files():
        form = translated(load_instrument(id), language)
        assert form.title in said and form.version in said and all(limit in said for limit in form.limits)
    assert "2024/1689" in said


# Children


@pytest.fixture
def child(desk: Desk) -> str:
    """A case of an invented person whose age is in doubt."""
    ref = casework.open_case(desk, "").ref
    give(desk, ref, "first_level", {"AGE": "disputed"})
    return ref


def test_pri_13_a_guardian_and_a_note_come_before_what_ends_or_leaves(desk: Desk, child: str, case: str) -> None:
    """Who may be a child is treated as one: no closing and no paper without them; saving an observation is never stopped."""
    assert children.gate(desk, child) == children.Gate(True, ("guardian", "note")) and children.gate(desk, case) == children.Gate(False)
    give(desk, child, "ilo_child_labour", {"DR02": "present"})
    pack = gather(desk, child, "en")
    with pytest.raises(NotPermitted) as refused:
        retention.close_case(desk, child, WORDS)
    with pytest.raises(NotPermitted):
        access_paper(desk, pack, looked_at(pack, (), {}, every=True), "json")
    for missing in (("", "b", "c"), ("a", " ", "c"), ("a", "b", "")):
        with pytest.raises(WrongUse):
            children.write_best_interest(desk, child, *missing)
    children.write_best_interest(desk, child, "Guardian of the invented service", "School first", "I want to stay")

    assert "child" not in str(refused.value) and children.gate(desk, child) == children.Gate(True)
    assert retention.close_case(desk, child, WORDS).status == "closed"
    pack = gather(desk, child, "en")
    assert "School first" in access_paper(desk, pack, looked_at(pack, (), {}, every=True), "json").decode()


def test_pri_13_the_page_says_what_is_missing_for_a_child(desk: Desk, child: str, case: str) -> None:
    """Before the questions, with the way to it; nothing of it where the person is an adult."""
    missing = before_use_html(Workbook(desk, "identification", child))
    children.write_best_interest(desk, child, "Guardian of the invented service", "School first", "I want to stay")

    assert 'data-part="child-first"' in missing and f"/person?case={child}" in missing
    assert 'data-part="child-first"' not in before_use_html(Workbook(desk, "identification", child))
    assert 'data-part="child-first"' not in before_use_html(Workbook(desk, "identification", case))


# Before use, and corrections in reports


def test_pri_02_the_note_lies_open_until_the_first_answer(desk: Desk, case: str) -> None:
    """Per case and instrument, in the language of the page."""
    first = before_use_html(Workbook(desk, "unodc", case))
    dutch = before_use_html(Workbook(replace(desk, language="nl"), "unodc", case))
    give(desk, case, "unodc", {"US10": "unknown"})
    again = before_use_html(Workbook(desk, "unodc", case))

    assert " open>" in first and "What it may cost: Some signs fit whole groups" in first and "Sommige signalen" in dutch
    assert " open>" not in again and "What it may cost: Some signs fit whole groups" in again
    assert before_use_html(Workbook(desk, "unodc", None)) == ""


def test_pri_06_a_disagreement_goes_where_the_answer_goes(desk: Desk, case: str) -> None:
    """In one's own file with both versions and words; elsewhere only that the person disagrees, not their words."""
    form = casework.instrument_for(desk, "safe_return")
    correcting.correct_answer(desk, case, form, Said("SAF-01", "absent", seen=None), "That was my sister.")
    correcting.disagree_with_answer(desk, case, form, "LIV-01", "It was never so.", "A letter shows it.", "The letter is forged.")
    told = {mode: blocks_text(Workbook(desk, "safe_return", case, mode).recorded().blocks) for mode in ("own_file", "lawyer", "partner")}

    assert "That was my sister." in told["own_file"] and "Before: Present" in told["own_file"] and "The letter is forged." in told["own_file"]
    for text in (text for text in told.values() if "(LIV-01)" in text and "The letter is forged." not in text):
        assert "not changed; the person disagrees" in text
    assert all("The letter is forged." not in told[mode] for mode in told if not Workbook(desk, "safe_return", case, mode).profile.notes)
