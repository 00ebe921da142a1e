"""Observations that name nobody, the brief, files for analysts, and what a positive screen means."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
import yaml
from docx import Document as Word
from pyarrow import parquet
from pypdf import PdfReader
from team import CANARY, desk_of, fill, make_team

from safe_lib.catalogue import load_texts
from safe_lib.cli.app import run
from safe_lib.engine.base_rates import Rate, of_count, predicted
from safe_lib.findings import gathering, observing, releasing, showing
from safe_lib.findings.naming import leads
from safe_lib.findings.screens import rate, screens
from safe_lib.model.errors import NotPermitted, WrongUse
from safe_lib.report.findings_brief import brief_of

FINE = observing.Raised("People wait for weeks for a bed, and sleep outside meanwhile.", "adults without papers", "More beds in shelters",
                        "The ministry of justice", external_source="Report on shelters 2025", external_page="12", table="1 form_age")


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    """A store with a published table over sixty invented persons, and one person with a name."""
    path = make_team(tmp_path_factory.mktemp("words"))
    with desk_of(path, "cora") as desk:
        store = desk.open_store()
        for number in range(60):
            store.new_case(by="cora", at=datetime(2026, 2, 3, 9, tzinfo=UTC), ref=f"XAA-{number:04d}", alias="")
        releasing.publish(desk, gathering.Period("2026Q1", "2026Q1"), ["form_age"])
        fill(store, "K7M-2042", by="cora")
    return path


@pytest.mark.parametrize(("text", "kind"), [
    ("We met Tomas in a hotel.", "name"), ("Maria could not leave.", "name"), ("They live near Port Sellen.", "name"),
    ("Mrs Quill was told to wait.", "name"),
    ("On 3 March 2026 the shelter was full.", "day"), ("It happened on 12/03/2026.", "day"), ("In maart 2026 was het vol.", "day"),
    ("Since 2026-03 it is so.", "day"),
    ("A girl aged 17 waits.", "age"), ("A 17-year-old waits.", "age"), ("Een meisje van 17 jaar wacht.", "age"),
    ("Call 06 1234 5678.", "reach"), ("Write to a@example.org.", "reach"), ("See https://example.org.", "reach"),
    ("They sleep at Kerkstraat 12.", "address"), ("As in K7M-2042.", "reference"), ("Three women were sent away.", "few"), ("Twee mensen wachten.", "few"),
    ("Pregnant women in domestic work are sent away.", "rare"), ("Married girls who beg, in begging rings, wait.", "rare"),
])
def test_what_could_lead_to_a_person_is_found(text, kind):
    """Names, days, ages, small places, references, ways to reach somebody, few persons and rare combinations, in English and Dutch."""
    assert kind in {one.kind for one in leads(text, countries=("Netherlands",))}


@pytest.mark.parametrize("text", [
    "People wait for weeks for a bed.", "In 2026Q1 most waited longer than in 2025.", "Women are asked by the police in the Netherlands.",
    "The Red Cross cannot help.",
    "Employers keep passports. Nobody checks.", "Mensen wachten weken op een bed.", "Of 60 persons, most waited.", "May they stay? Nobody knows.",
])
def test_what_names_nobody_is_let_through(text):
    assert leads(text, countries=("Netherlands",)) == ()


def test_a_finding_is_refused_with_how_to_mend_it(team):
    """Each refusal tells the words and what to write instead; what stands in the case it comes from is known."""
    with desk_of(team, "cora") as desk:
        with pytest.raises(WrongUse, match="Say child or adult"):
            observing.observe(desk, observing.Raised("A girl aged 17 waits."))
        with pytest.raises(WrongUse, match="stands in the case"):
            observing.observe(desk, observing.Raised(f"They said {CANARY.split()[0].lower()} waits."), "K7M-2042")
        with pytest.raises(WrongUse):
            observing.observe(desk, observing.Raised(" "))
        assert observing.observations(desk) == ()
    with desk_of(team, "anna") as desk, pytest.raises(NotPermitted):
        observing.observe(desk, FINE)


def test_findings_become_a_brief(team):
    """Raised by a volunteer, read by an analyst: claim, figures, what is asked of whom; nobody's name stands in it."""
    with desk_of(team, "vera") as desk:
        number = observing.observe(desk, FINE)
        observing.observe(desk, observing.Raised("Nobody explains the waiting time."))
        with pytest.raises(NotPermitted):
            observing.observations(desk)
    with desk_of(team, "anna") as desk:
        data = yaml.safe_load(brief_of(desk, "yaml", (number,)))
        pdf, docx = (brief_of(desk, format) for format in ("pdf", "docx"))

    assert data == [{"id": 1, "claim": FINE.claim, "evidence": [{"table": "form_age", "n": 60, "period": "2026Q1", "hash": data[0]["evidence"][0]["hash"]}],
                     "external_support": [{"source": "Report on shelters 2025", "page": "12"}], "affected_group": "adults without papers",
                     "policy_ask": "More beds in shelters", "addressee": "The ministry of justice", "channel": "dialogue", "confidentiality": "confidential",
                     "date": data[0]["date"], "follow_up": "", "outcome": ""}]
    read = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    words = "\n".join(paragraph.text for paragraph in Word(io.BytesIO(docx)).paragraphs)
    for text in (read, words):
        assert FINE.claim in " ".join(text.split()) and "Registration is not prevalence" in " ".join(text.split()) and "vera" not in text
        assert "stands on one leg" in " ".join(text.split())  # of the second finding


def test_files_for_analysts_hold_only_what_is_shown(team):
    """CSV, Parquet and JSON come from what was published; a withheld number is empty, never a small one."""
    with desk_of(team, "anna") as desk:
        found = releasing.published(desk)
    rows = list(csv.DictReader(io.StringIO(showing.as_csv(found).decode("utf-8-sig"))))
    table = parquet.read_table(io.BytesIO(showing.as_parquet(found))).to_pylist()

    assert len(rows) == len(table) == len(found[0].table.cells)
    for row, same in zip(rows, table, strict=True):
        assert (row["number"] == "") == (row["withheld"] == "true") == (same["number"] is None) and row["table"] == same["table"]
        assert same["number"] is None or same["number"] == 0 or same["number"] >= 10
    assert json.loads(json.dumps(showing.as_json(found)))[0]["hash"] == found[0].hash
    assert parquet.read_table(io.BytesIO(showing.as_parquet(()))).num_rows == 0


def test_every_table_and_value_has_its_words():
    """In both languages; a figure without its definition is no figure."""
    for language in ("en", "nl"):
        texts = load_texts(language)
        for name, one in gathering.definitions().items():
            assert showing.title_of(name, texts) and showing.definition_of(name, texts)
            for by in one.by:
                values = gathering.dimension(by, gathering.Period("2026Q1", "2026Q2"), (), 10).values
                assert all(showing.value_of(by, value, texts) for value in (*values, "")) and texts(f"findings.by.{by}")


def test_what_a_positive_screen_means():
    """The figures of the identification text: about 26 percent at 8.8, about 3.5 at 1.4; ranges give ranges, counts give intervals."""
    qyit, raft = screens()["qyit_2019"], screens()["raft_2021_external"]
    first, second = predicted(qyit.sensitivity, qyit.specificity, qyit.base), predicted(raft.sensitivity, raft.specificity, raft.base)

    assert round(100 * first.ppv.point) == 26 and round(100 * second.ppv.point, 1) == 3.5
    assert first.ppv.low < first.ppv.point < first.ppv.high and second.ppv.low == second.ppv.high
    assert sum((first.true_positive, first.false_positive, first.false_negative, first.true_negative)) == 1000
    assert (rate("80-95").low, rate("80-95").high, rate("86,7").point) == (0.8, 0.95, 0.867)
    assert 0 < of_count(0, 20).high < 0.2 and of_count(20, 20).high == 1.0
    for wrong in ("", "x", "101", "90-80", "5 of 3"):
        with pytest.raises(WrongUse):
            rate(wrong)
    nothing = Rate(0, 0, 0)
    assert predicted(nothing, Rate(1, 1, 1), nothing).ppv.point == 0.0


def test_the_commands(team, tmp_path, capsys):
    """Tables with definitions and base rates need no store; the rest asks the same rights."""
    secret = tmp_path / "phrase"
    secret.write_text("anna knows some invented words", encoding="utf-8")
    secret.chmod(0o600)
    at = ["--store", str(team), "--passphrase-file", str(secret), "--person", "anna"]

    assert run(["findings", "--json"]) == 0 and len(json.loads(capsys.readouterr().out)) == len(gathering.definitions())
    assert run(["findings", "screen", "raft_2021_external", "--json"]) == 0 and json.loads(capsys.readouterr().out)["true_positive"] == 14
    assert run(["findings", "show", *at, "--json"]) == 0 and json.loads(capsys.readouterr().out)[0]["table"] == "form_age"
    assert run(["findings", "release", "2026Q1", *at]) == 30
    out = tmp_path / "figures.parquet"
    assert run(["findings", "export", "--format", "parquet", "--out", str(out), *at]) == 0 and out.stat().st_mode & 0o777 == 0o600
    assert run(["findings", "export", "--out", str(out), *at]) == 2
    assert CANARY not in capsys.readouterr().out
