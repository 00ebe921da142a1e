"""The procedures of one case: facts with who said them, what may apply, the deadlines, and two people who write at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from team import desk_of, make_team, opened

from safe_lib import casework, procedures
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.procedures import load_law
from safe_lib.model.assessment import Truth
from safe_lib.model.errors import CaseNotFound, NotPermitted
from safe_lib.model.legal import CaseFact, Contact, EntryRefused, FileDocument, PersonStatement, StepDone, Task
from safe_lib.procedures import EntryChanged
from safe_lib.widgets.legal.reading import reading_of

DAY = date(2026, 11, 21)


def say(desk: Desk, ref: str, name: str, value: str, seen: int | None = None, procedure: str = "") -> int:
    """Write down a fact; the revision of the file after it."""
    return procedures.save_fact(desk, ref, CaseFact(name, value, "letter of the IND", procedure=procedure), seen).revision


def of(desk: Desk, ref: str, id: str, on: date = DAY) -> procedures.Considered:
    """One procedure of the case."""
    return next(one for one in procedures.procedures_for(desk, ref, on) if one.id == id)


def last_days(desk: Desk, ref: str, on: date = DAY) -> dict[str, date | None]:
    """Deadline → its legal last day."""
    return {one.id: one.deadline.last for one in procedures.deadlines_of(desk, ref, on)}


def test_without_facts_every_procedure_is_open_and_names_what_would_decide(desk: Desk, case: str) -> None:
    """Nothing is taken for a no because nobody wrote it down."""
    reflection = of(desk, case, "NL-REFLECT")

    assert reflection.may_apply is Truth.OPEN
    assert {"presumed_victim", "lawful_stay"} <= set(reflection.missing)
    assert {one.may_apply for one in procedures.procedures_for(desk, case)} == {Truth.OPEN}


def test_facts_decide_whether_a_procedure_may_apply(desk: Desk, case: str) -> None:
    """Three answers: it may apply, it does not, it is open."""
    for name, value in (("presumed_victim", "yes"), ("lawful_stay", "no"), ("role", "victim")):
        say(desk, case, name, value)
    assert of(desk, case, "NL-REFLECT").missing == ("reflection_before",)
    say(desk, case, "reflection_before", "no")
    assert of(desk, case, "NL-REFLECT").may_apply is Truth.HOLDS
    say(desk, case, "reflection_before", "yes")
    assert of(desk, case, "NL-REFLECT").may_apply is Truth.FAILS
    say(desk, case, "reflection_before", "unknown")

    assert of(desk, case, "NL-REFLECT").may_apply is Truth.OPEN


def test_a_fact_needs_somebody_who_said_it(desk: Desk, case: str) -> None:
    """A known fact without its source is not kept; that a fact is not known needs none."""
    for wrong, key in ((CaseFact("lawful_stay", "no"), "source"), (CaseFact("lawful_stay", "perhaps", "her"), "value_yes_no"),
                       (CaseFact("no_such_fact", "yes", "her"), "no_fact"), (CaseFact("reflection_granted", "31-02-2026", "her"), "value_day"),
                       (CaseFact("role", "bystander", "her"), "value_word"), (CaseFact("lawful_stay", "no", "x" * 201), "too_long")):
        with pytest.raises(EntryRefused) as refused:
            procedures.save_fact(desk, case, wrong)
        assert refused.value.key == key
    assert procedures.facts_of(desk, case) == ()
    procedures.save_fact(desk, case, CaseFact("lawful_stay", "unknown"))

    (kept,) = procedures.facts_of(desk, case)
    assert (kept.value, kept.learned, kept.written.by) == ("unknown", DAY, "noor")


def test_an_unknown_anchor_leaves_no_deadline_out(desk: Desk, case: str) -> None:
    """What is followed shows every deadline; the unknown ones come first."""
    procedures.follow(desk, case, "NL-REFLECT")
    assert last_days(desk, case) == {"NL-REFLECT-END": None, "NL-REFLECT-MID": None}
    say(desk, case, "reflection_granted", "2026-11-02")
    say(desk, case, "responsibility_case", "yes")

    assert last_days(desk, case)["NL-REFLECT-END"] == date(2026, 12, 2)
    assert [one.happening for one in procedures.timeline_of(desk, case) if one.name == "reflection_granted"] == ["fact"]


def test_an_old_case_keeps_the_law_of_its_date(desk: Desk, case: str) -> None:
    """Thirty days came with a case granted after 18 May 2023; a case of the day before keeps three months."""
    procedures.follow(desk, case, "NL-REFLECT")
    say(desk, case, "responsibility_case", "yes")
    say(desk, case, "reflection_granted", "2023-05-18")
    assert last_days(desk, case, date(2023, 6, 1))["NL-REFLECT-END"] == date(2023, 8, 18)
    say(desk, case, "reflection_granted", "2023-05-19")

    assert last_days(desk, case, date(2023, 6, 1))["NL-REFLECT-END"] == date(2023, 6, 18)


def test_sources_that_differ_give_the_shorter_term_and_both_are_shown(desk: Desk, case: str) -> None:
    """Hungarian compensation: three months on one site, a year on another (DR7)."""
    procedures.look_in(desk, case, ["NLD", "HUN"])
    procedures.follow(desk, case, "HU-COMP")
    say(desk, case, "crime_date", "2026-09-10")

    found = next(one.deadline for one in procedures.deadlines_of(desk, case) if one.id == "HU-COMP-FILE")
    assert found.last is not None and found.last <= date(2026, 12, 14)
    assert len(found.conflict) == 2 and [one.used for one in found.conflict].count(True) == 1


def test_a_procedure_that_may_apply_and_nobody_follows_shows_its_deadlines(desk: Desk, case: str) -> None:
    """A term runs whether or not somebody follows it; what was stopped by somebody is not shown again."""
    say(desk, case, "negative_decision", "yes")
    say(desk, case, "decision_made_known", "2026-11-10")
    found = {one.id: one for one in procedures.deadlines_of(desk, case)}
    assert found["NL-OBJ-TERM"].followed is False
    assert found["NL-OBJ-TERM"].deadline.last == date(2026, 12, 8)
    procedures.follow(desk, case, "NL-OBJ", ended=DAY)

    assert "NL-OBJ-TERM" not in last_days(desk, case)


REMEDIES = ("NL-OBJ", "NL-APPEAL", "NL-HIGHER", "NL-VOVO", "NL-SGM-OBJ", "NL-ART12")
OPEN_TO = {  # kind of the decision → the remedies that stay open; worked out by hand from the dossier, section 3.6
    "permit_refused": {"NL-OBJ", "NL-VOVO"}, "permit_withdrawn": {"NL-OBJ", "NL-VOVO"}, "extension_refused": {"NL-OBJ", "NL-VOVO"},
    "reflection_not_granted": {"NL-OBJ", "NL-APPEAL", "NL-VOVO"}, "return_decision": {"NL-OBJ", "NL-APPEAL", "NL-VOVO"},
    "detention": {"NL-OBJ", "NL-APPEAL", "NL-VOVO"}, "asylum_refused": {"NL-APPEAL", "NL-VOVO"},
    "objection_decided": {"NL-APPEAL", "NL-VOVO", "NL-SGM-OBJ"}, "court_judgment": {"NL-HIGHER", "NL-VOVO", "NL-SGM-OBJ"},
    "fund_decision": {"NL-SGM-OBJ", "NL-VOVO"}, "no_prosecution": {"NL-ART12", "NL-VOVO"},
}


def open_remedies(desk: Desk, ref: str) -> set[str]:
    """The remedies that show as open, and the same by their deadlines."""
    may_apply = {one.id for one in procedures.procedures_for(desk, ref, DAY) if one.id in REMEDIES and one.may_apply is Truth.HOLDS}
    assert {f"{id}-TERM" for id in may_apply} == {id for id in last_days(desk, ref) if id.removesuffix("-TERM") in REMEDIES}
    return may_apply


def test_each_kind_of_decision_opens_its_remedies_and_an_unknown_kind_all_of_them(desk: Desk, case: str) -> None:
    """Which decision it was closes what is not its own; where that is not known, or not said, no term is left out."""
    say(desk, case, "negative_decision", "yes")
    say(desk, case, "decision_made_known", "2026-11-10")
    say(desk, case, "om_drops_case", "no")
    every = {"NL-OBJ", "NL-APPEAL", "NL-HIGHER", "NL-VOVO", "NL-SGM-OBJ"}
    assert open_remedies(desk, case) == every
    assert "decision_kind" in reading_of(desk, case, load_texts("en")).urgent  # so it is asked
    assert set(load_law().values["decision_kind"]) == set(OPEN_TO)
    for kind, expected in OPEN_TO.items():
        say(desk, case, "decision_kind", kind)
        assert open_remedies(desk, case) == expected, kind
    for code in ("unknown", "declined", "not_asked", "unsafe_to_ask"):
        say(desk, case, "decision_kind", code)
        assert open_remedies(desk, case) == every, code


def test_an_interim_measure_stays_open_while_it_is_not_known_that_no_removal_is_planned(desk: Desk, case: str) -> None:
    """Neither the fund's decision nor the prosecutor's closes it but together with a no."""
    say(desk, case, "negative_decision", "yes")
    say(desk, case, "decision_kind", "fund_decision")
    for planned, expected in (("unknown", Truth.HOLDS), ("yes", Truth.HOLDS), ("no", Truth.FAILS)):
        say(desk, case, "removal_planned", planned)
        assert of(desk, case, "NL-VOVO").may_apply is expected, planned


def test_a_second_decision_has_its_own_kind_and_its_own_remedy(desk: Desk, case: str) -> None:
    """The permit was refused, and the fund refused as well: each with its own day."""
    say(desk, case, "negative_decision", "yes")
    say(desk, case, "decision_kind", "permit_refused")
    say(desk, case, "decision_made_known", "2026-11-10")
    for name, value in (("decision_kind", "fund_decision"), ("decision_made_known", "2026-11-17")):
        say(desk, case, name, value, procedure="NL-SGM-OBJ")
    found = last_days(desk, case)

    assert found["NL-OBJ-TERM"] == date(2026, 12, 8) and found["NL-SGM-OBJ-TERM"] == date(2026, 12, 29)
    assert "NL-HIGHER-TERM" not in found and "NL-APPEAL-TERM" not in found


def test_a_fact_of_one_procedure_counts_there_alone(desk: Desk, case: str) -> None:
    """Two decisions on two days: each remedy counts from its own."""
    procedures.follow(desk, case, "NL-OBJ")
    procedures.follow(desk, case, "NL-SGM-OBJ")
    say(desk, case, "decision_made_known", "2026-11-10")
    say(desk, case, "decision_made_known", "2026-11-17", procedure="NL-SGM-OBJ")

    found = last_days(desk, case)
    assert found["NL-OBJ-TERM"] == date(2026, 12, 8)
    assert all(day is None or day > date(2026, 12, 8) for id, day in found.items() if id.startswith("NL-SGM-OBJ"))


def test_steps_documents_tasks_contacts_and_statement_are_kept(desk: Desk, case: str) -> None:
    """Each with its writer; an entry that is taken out is gone from the file and stays in the earlier versions."""
    procedures.follow(desk, case, "NL-REFLECT")
    procedures.save_step(desk, case, StepDone("NL-REFLECT", "r6", DAY, "the person"))
    procedures.save_document(desk, case, FileDocument(document="consent_form", procedure="NL-REFLECT", bringer="coordinator", due=DAY, copy="original"))
    procedures.save_task(desk, case, Task(task="Call the lawyer", doer="noor", due=DAY))
    procedures.save_contact(desk, case, Contact(role="lawyer", office="Example office", phone="+31 20 000 0000", safe="no"))
    file = procedures.save_statement(desk, case, PersonStatement("I worked every day.", "en", "yes"))

    assert file.documents["d1"].written.by == "noor" and file.tasks["t1"].due == DAY and file.contacts["c1"].safe == "no"
    assert file.statement is not None and file.statement.words == "I worked every day."
    done = next(one for one in procedures.deadlines_of(desk, case) if one.id == "NL-REFLECT-END")
    assert done.done == DAY
    received = procedures.save_document(desk, case, replace(file.documents["d1"], received=DAY))
    assert received.documents["d1"].received == DAY
    assert "received" in {one.happening for one in procedures.timeline_of(desk, case)}
    gone = procedures.take_out(desk, case, "tasks", "t1")
    assert not gone.tasks and gone.revisions["tasks", "t1"] == gone.revision
    assert procedures.save_task(desk, case, Task(task="Another")).tasks.keys() == {"t2"}
    assert "Call the lawyer" in str([paper.body for paper in desk.open_store().paper_history(case, "procedures")])


def test_two_people_are_told_of_each_other_and_nothing_is_overwritten(desk: Desk, case: str) -> None:
    """Who writes another entry is not in the way; who writes the same one after me is shown."""
    other = replace(desk, person="joris")
    seen = say(desk, case, "lawful_stay", "no")
    say(other, case, "minor", "no", seen=seen)
    say(other, case, "lawful_stay", "yes", seen=seen)
    with pytest.raises(EntryChanged) as changed:
        say(desk, case, "lawful_stay", "unknown", seen=seen)
    assert isinstance(changed.value.theirs, CaseFact) and changed.value.theirs.value == "yes"
    assert "yes" not in str(changed.value)
    assert say(desk, case, "lawful_stay", "yes", seen=seen) == changed.value.revision  # the same answer is no conflict

    say(desk, case, "lawful_stay", "no", seen=changed.value.revision)
    assert {one.name: one.value for one in procedures.facts_of(desk, case)} == {"lawful_stay": "no", "minor": "no"}


def test_what_other_instruments_know_is_offered_and_never_assumed(desk: Desk, case: str) -> None:
    """The day of the first signs is offered with where it comes from; until somebody takes it over it is no fact."""
    offers = {one.name: one for one in procedures.offers_of(desk, case)}

    assert offers["identified_presumed"].value == "2026-11-21" and offers["identified_presumed"].origin == "signs"
    assert procedures.facts_of(desk, case) == ()
    say(desk, case, "identified_presumed", "2026-11-20")
    assert "identified_presumed" not in {one.name for one in procedures.offers_of(desk, case)}


def test_minimum_rules_stand_apart_as_checks(desk: Desk, case: str) -> None:
    """They are no procedures of the case, have no deadlines there, and are open until facts say otherwise."""
    rules = procedures.minimum_rules_for(desk, case)

    assert {one.seen.procedure.country for one in rules} == {"EUE", "COE"}
    assert not {one.id for one in rules} & {one.id for one in procedures.procedures_for(desk, case)}
    assert Truth.FAILS not in {one.seen.breached for one in rules}


def test_who_may_not_read_a_case_learns_nothing_of_its_procedures(desk: Desk) -> None:
    """As everywhere, there is no such case."""
    for read in (procedures.facts_of, procedures.procedures_for, procedures.deadlines_of, procedures.timeline_of, procedures.offers_of):
        with pytest.raises(CaseNotFound):
            read(desk, "K7M-2042")


def test_the_paper_is_sealed_and_leaves_its_line(desk: Desk, case: str) -> None:
    """Nothing of it stands in the trail but that it was written."""
    say(desk, case, "lawful_stay", "no")

    line = desk.open_store().audit(case)[-1]
    assert (line.what, line.detail) == ("paper.saved", "procedures revision 1")


def test_a_text_that_stands_in_many_versions_is_looked_at_once(desk: Desk, case: str) -> None:
    """What a colleague reads before the person gets a copy: each text once, and none of the codes and days."""
    from safe_lib.person.access_pack import gather

    procedures.save_statement(desk, case, PersonStatement("I worked every day.", "en", "yes"))
    for day in range(1, 6):
        procedures.save_task(desk, case, Task("t1", "Call the lawyer", "noor", due=date(2026, 12, day)))
    texts = [text.text for text in gather(desk, case, "en").texts if text.id.startswith("papers/procedures/")]

    assert sorted(texts) == ["Call the lawyer", "I worked every day.", "noor"]


def test_a_volunteer_reads_and_writes_the_procedures_of_assigned_cases_alone(tmp_path: Path) -> None:
    """Until the coordinator assigns it, the case is not there for them; an analyst and an administrator never see it."""
    path = make_team(tmp_path)
    with desk_of(path, "sven") as sven:
        ref = casework.open_case(sven, "Maple").ref
        say(sven, ref, "lawful_stay", "no")
    for user in ("vera", "anna", "ada"):
        with desk_of(path, user) as other:
            for ask in (procedures.facts_of, procedures.deadlines_of, lambda desk, ref: procedures.save_task(desk, ref, Task(task="call"))):
                with pytest.raises((CaseNotFound, NotPermitted)):
                    ask(other, ref)
    with opened(path, "cora") as store:
        store.assign(ref, "vera", by="cora", at=store.audit()[-1].at)
    with desk_of(path, "vera") as vera:
        procedures.save_task(vera, ref, Task(task="call"))

        assert [one.value for one in procedures.facts_of(vera, ref)] == ["no"]
        assert procedures.legal_file(vera, ref).tasks["t1"].written.by == "vera"
