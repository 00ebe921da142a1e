"""The policy of processing: nothing is kept without a purpose and a legal basis, and the papers that follow from it are those that are committed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.catalogue import instrument_files, load_instrument
from safe_lib.catalogue.processing import load_processing, processing_file
from safe_lib.cli.app import run
from safe_lib.model.errors import Problems, WrongUse
from safe_lib.policy.checks import PAPERS, check_processing, touched, unjustified
from safe_lib.policy.writing import DOCUMENTS, copies, dpia, folder, outdated, record
from safe_lib.store.tables import METADATA

TABLES = {name: [column.name for column in table.columns] for name, table in METADATA.tables.items()}


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[str, str], Path]:
    """A copy of the policy with one thing said otherwise."""

    def change(before: str, after: str) -> Path:
        text = processing_file().read_text(encoding="utf-8")
        assert before in text
        file = tmp_path / "processing.yaml"
        file.write_text(text.replace(before, after, 1), encoding="utf-8")
        return file

    return change


def told(file: Path | None = None, **more: object) -> str:
    """Every problem as one text."""
    return "\n".join(str(problem) for problem in check_processing(file, **more))  # type: ignore[arg-type]


# Purpose and legal basis


def test_pri_01_everything_that_is_kept_has_a_purpose_and_a_legal_basis() -> None:
    """Every column, instrument and paper stands in one group; every group has a purpose, and every purpose an article with its source."""
    policy = load_processing()

    assert check_processing() == []
    assert all(group.purposes and group.recipients and group.measures for group in policy.groups)
    assert all(purpose.basis for purpose in policy.purposes.values())
    assert all(source.url.startswith("https://") and source.published for source in policy.sources.values())
    assert {policy.sources[basis.source].title[:7] for purpose in policy.purposes.values() for basis in purpose.basis} >= {"General"}


@pytest.mark.parametrize("line", ["    purposes: [help]\n", "    recipients: [staff, coordinators, person]\n"])
def test_pri_01_a_group_without_a_purpose_or_a_recipient_is_refused(changed: Callable[[str, str], Path], line: str) -> None:
    """The file is not read at all, and the place is told."""
    with pytest.raises(Problems, match=rf"processing\.yaml:\d+.*{line.split(':')[0].strip()}"):
        load_processing(file=changed(line, ""))


def test_pri_01_a_purpose_without_a_legal_basis_is_refused(changed: Callable[[str, str], Path]) -> None:
    """An empty list of articles is none."""
    text = processing_file().read_text(encoding="utf-8")
    start = text.index("    basis:", text.index("- id: knowledge"))
    end = text.index("    retention:", start)

    with pytest.raises(Problems, match="basis"):
        load_processing(file=changed(text[start:end], "    basis: []\n"))


def test_pri_01_what_belongs_to_no_group_is_refused_with_its_name() -> None:
    """A new column, table, instrument or paper is told until somebody says what it is for."""
    form = load_instrument("unodc")
    more = told(columns={**TABLES, "cases": [*TABLES["cases"], "religion"], "diaries": ["ref"]},
                instruments={**{id: load_instrument(id) for id in instrument_files()}, "brand_new": replace(form, id="brand_new", items=())},
                papers=(*PAPERS, "photographs"))

    for name in ('"cases.religion"', '"diaries.ref"', 'the instrument "brand_new" belongs to no group', '"brand_new" does not say how sensitive',
                 '"photographs"'):
        assert name in more


def test_pri_01_a_new_instrument_says_itself_what_it_is_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its own file: the group, and what asking may cost; a group that there is not leaves it without a purpose."""
    files = dict(instrument_files())
    for group in ("aftercare", "nothing"):
        new = tmp_path / "night.yaml"
        new.write_text(f"id: night\nprocessing: {{group: {group}, sensitivity: high, benefit: A bed for tonight., risk: Others may learn of it.}}\n")
        monkeypatch.setattr("safe_lib.catalogue.processing.instrument_files", lambda new=new: {**files, "night": new})
        policy = load_processing()

        assert (policy.group_of_instrument("night") is not None) == ("night" in policy.notes) == (group == "aftercare")
        new.unlink()
    monkeypatch.undo()
    assert load_processing().group_of_instrument("night") is None


def test_pri_01_nothing_belongs_to_two_groups_or_names_what_is_not_there(changed: Callable[[str, str], Path]) -> None:
    """A column is kept for the purposes of one group, and a name that is wrong is told."""
    assert 'the column "cases.ref" belongs to two groups' in told(changed("      facts: [name, value]", "      facts: [name, value]\n      cases: [ref]"))
    assert 'there is no column "facts.worth"' in told(changed("facts: [name, value]", "facts: [name, value, worth]"))
    assert '"help_out" is not one of the purposes' in told(changed("purposes: [help]", "purposes: [help_out]"))


def test_pri_01_a_paper_without_a_purpose_is_not_saved(desk: Desk, case: str) -> None:
    """The program refuses to keep what nobody has a purpose for."""
    with pytest.raises(WrongUse, match="no purpose"):
        casework.save_paper(desk, case, "photographs", {"says": "something"})

    assert desk.open_store().paper(case, "photographs") is None


# Sensitivity, benefit and risk of an instrument


def test_pri_02_every_instrument_says_how_sensitive_it_is_and_what_it_may_cost() -> None:
    """In English and in Dutch, and in sentences that differ from each other."""
    for language in ("en", "nl"):
        notes = load_processing(language).notes

        assert set(notes) == set(instrument_files())
        assert all(note.sensitivity in ("low", "moderate", "high", "very_high") for note in notes.values())
        assert all(len(note.benefit.split()) > 5 and len(note.risk.split()) > 5 for note in notes.values())
    assert load_processing("nl").notes["unodc"].risk != load_processing("en").notes["unodc"].risk


# Record of processing and impact assessment


def test_pri_08_the_committed_papers_are_those_of_the_policy() -> None:
    """Whoever changes the policy makes them again: safe policy copies."""
    assert outdated() == ()
    assert set(copies()) == {path.name for path in folder().glob("*.md") if path.name.split(".")[0] in DOCUMENTS}


def test_pri_08_a_changed_policy_changes_the_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are made from the policy and from nothing else, so that a difference is told."""
    policy = load_processing()
    purpose = replace(policy.purposes["help"], title="To do something else altogether")
    other = replace(policy, purposes={**policy.purposes, "help": purpose})
    monkeypatch.setattr("safe_lib.policy.writing.load_processing", lambda language="en": other)

    assert "something else altogether" in record()
    assert {"record.en.md", "dpia.en.md"} <= set(outdated())


@pytest.mark.parametrize("language", ["en", "nl"])
def test_pri_08_the_papers_say_all_that_the_law_asks(language: str) -> None:
    """Art. 30: purposes, persons, data, recipients, other countries, times, measures. Art. 35: need, risks, measures. Each a marked draft."""
    policy, told_record, told_dpia = load_processing(language), record(language), dpia(language)

    for group in policy.groups:
        assert group.title in told_record and group.persons in told_record
    for text in (*policy.recipients.values(), *(one.retention.about for one in policy.purposes.values())):
        assert text in told_record
    for table, columns in TABLES.items():
        assert f"`{table}`: " in told_record and all(column in told_record for column in columns)
    for risk in policy.risks:
        assert risk.title in told_dpia and risk.left in told_dpia and all(policy.measures[id] in told_dpia for id in risk.measures)
    for text in (told_record, told_dpia):
        assert text.split("\n")[2].startswith(("> A draft for", "> Een concept voor"))
        assert "Regulation (EU) 2016/679" in text and "https://" in text


def test_pri_08_the_command_gives_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Printed, or written into a file; a place that cannot be written is told."""
    assert run(["policy", "record", "--lang", "nl"]) == 0
    printed = capsys.readouterr().out
    assert run(["policy", "dpia", "--out", str(tmp_path / "dpia.md")]) == 0
    assert run(["policy", "dpia", "--out", str(tmp_path / "nowhere" / "dpia.md")]) == 2

    assert printed == record("nl")
    assert (tmp_path / "dpia.md").read_text(encoding="utf-8") == dpia()


# Nationality, ethnicity and religion


def test_pri_11_no_instrument_weighs_a_group_of_people_without_a_written_reason() -> None:
    """What touches nationality, ethnicity or religion and may weigh has its reason; take the reason away, and it is told."""
    policy, seen = load_processing(), 0
    for id in instrument_files():
        instrument, note = load_instrument(id), policy.notes[id]
        without = set(unjustified(instrument, replace(note, weighs=())))
        seen += len(without)

        assert set(unjustified(instrument, note)) == set()
        assert {item for item, _ in without} == {one.item for one in note.weighs}
    assert seen >= 10


def test_pri_11_a_new_item_about_a_nationality_is_refused() -> None:
    """The lint reads labels and questions of everything that may weigh, and leaves questions alone from which nothing is made."""
    form = load_instrument("safe_return")
    item = form.by_id()["SAF-01"]
    weighs = replace(item, id="NEW-01", label="Comes from a country with a risky nationality")
    asks = replace(weighs, id="NEW-02", kind="question", label="Which nationality stands in the passport")
    note = load_processing().notes["safe_return"]

    assert list(unjustified(replace(form, items=(weighs, asks)), note)) == [("NEW-01", "nationality")]
    assert touched(replace(item, label="The network could trace the person; this is believed", ask="")) == ()
    assert 'item "NEW-01" of "safe_return" touches nationality' in told(
        instruments={**{id: load_instrument(id) for id in instrument_files()}, "safe_return": replace(form, items=(*form.items, weighs))})
