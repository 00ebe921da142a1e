"""The command line: what scripts, people and other programs may rely on."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from safe_lib.catalogue import load_instrument, load_texts, paths
from safe_lib.catalogue.countries import load_country
from safe_lib.catalogue.locale_checks import check_locales, untranslated
from safe_lib.catalogue.schemas import outdated_schemas, write_schemas
from safe_lib.catalogue.template_checks import check_templates
from safe_lib.cli.app import run
from safe_lib.engine import as_json, assess
from safe_lib.engine.assess import check_answers
from safe_lib.model.answers import Answer, Answers, Person, Place
from safe_lib.runtime.demo import Demo, invented, make_demo
from safe_lib.runtime.demo_stories import STORIES
from safe_lib.runtime.tests import Browser, run_tests
from safe_lib.runtime.tidy import in_form, tidy_file
from safe_lib.store import CHEAP, Store
from safe_lib.store.passphrase import read_passphrase

ROOT = Path(__file__).parents[1]
DAY = date(2026, 11, 22)
ANSWERS = """\
instrument: safe_return
date: 2026-11-21
person: {age_group: adult, children_travel: false}
scenario: home_region
place: {country: XAA}
answers: {SAF-01: present, SAF-02: unknown, HS03: active}
evidence: {SAF-01: [account, third_party]}
unlisted: {risk: absent, protective: absent, hard_stop: cleared}
"""
FUTURES = """\
instrument: safe_return
date: 2026-11-21
answers: {SAF-01: present}
unlisted: {risk: absent, protective: absent, hard_stop: cleared}
scenarios:
  home_region: {place: {country: XAA}}
  stay: {answers: {STA-01: present}}
"""

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A training store with one person for each story."""
    return make_demo(tmp_path_factory.mktemp("demo") / "training.safe", cases=12, seed=1, today=DAY, cost=CHEAP)


@pytest.fixture
def at(demo: Demo) -> list[str]:
    """The options that open the training store."""
    return ["--store", str(demo.store), "--passphrase-file", str(demo.passphrase_file)]


@pytest.fixture
def answers_file(tmp_path: Path) -> Path:
    """A file of answers about one future."""
    file = tmp_path / "answers.yaml"
    file.write_text(ANSWERS, encoding="utf-8")
    return file


def told(capsys: Capture, *arguments: object, code: int = 0) -> str:
    """What a command prints; it ends with the code expected."""
    assert run([str(word) for word in arguments]) == code
    return capsys.readouterr().out


def said(capsys: Capture, *arguments: object) -> Any:
    """What a command says with --json."""
    return json.loads(told(capsys, *arguments, "--json"))


# Starting


def test_help_and_the_package_load_nothing_heavy() -> None:
    """`safe --help` and `import safe_lib` are there at once: neither store, catalogue, drawing nor notebooks are loaded."""
    heavy = ("sqlalchemy", "sqlcipher3", "pydantic", "yaml", "rich", "ipywidgets", "papermill", "pandas", "tornado", "safe_lib.casework", "safe_lib.store")
    look = "import sys; {}; print(*(name for name in sys.argv[1:] if name in sys.modules))"
    for start in ("import safe_lib", "from safe_lib.cli.app import run; run(['--version'])"):
        ended = subprocess.run([sys.executable, "-c", look.format(start), *heavy], cwd=ROOT, capture_output=True, text=True, check=True)

        assert ended.stdout.splitlines()[-1] == ""


def test_the_module_and_the_command_are_the_same() -> None:
    """`python3 -m safe_lib` knows every command of the contract that is there by now."""
    ended = subprocess.run([sys.executable, "-m", "safe_lib", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)

    for name in ("serve", "assess", "compare", "reassess", "country", "report", "check", "demo", "lab", "tidy", "test", "bench", "claim"):
        assert f"  {name}" in ended.stdout


# Assessing


def test_assess_gives_the_same_bytes_for_the_same_answers(capsys: Capture, answers_file: Path) -> None:
    """A file gives what the engine gives, byte for byte, every time."""
    expected = as_json(assess(load_instrument("safe_return"), Answers(
        {"SAF-01": Answer("present", ("account", "third_party")), "SAF-02": Answer("unknown"), "HS03": Answer("active")}, Person("adult"), "home_region",
        Place("XAA"), {}, {"risk": "absent", "protective": "absent", "hard_stop": "cleared"}), load_country("XAA"), on=date(2026, 11, 21)), load_texts())

    assert told(capsys, "assess", "safe_return", "--answers", answers_file, "--json") == expected + "\n"
    assert told(capsys, "assess", "--answers", answers_file, "--json") == expected + "\n"


def test_assess_reads_standard_input(capsys: Capture, monkeypatch: pytest.MonkeyPatch, answers_file: Path) -> None:
    """`-` reads what another program writes."""
    expected = told(capsys, "assess", "--answers", answers_file, "--json")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ANSWERS.encode())))

    assert told(capsys, "assess", "--answers", "-", "--json") == expected


def test_assess_takes_the_day_and_the_country_of_the_command_line_first(capsys: Capture, answers_file: Path) -> None:
    """What is typed goes before what stands in the file."""
    found = said(capsys, "assess", "--answers", answers_file, "--date", "2026-11-25", "--country", "NGA")

    assert (found["date"], found["country"]["iso3"], found["scenario"]) == ("2026-11-25", "NGA", "home_region")


def test_several_futures_in_one_file_give_one_result_each(capsys: Capture, tmp_path: Path) -> None:
    """A scenario that is named after a kind of future is that kind; it need not be said twice."""
    file = tmp_path / "futures.yaml"
    file.write_text(FUTURES, encoding="utf-8")
    found = said(capsys, "assess", "--answers", file)["scenarios"]

    assert {name: result["scenario"] for name, result in found.items()} == {"home_region": "home_region", "stay": "stay"}
    assert "STA" in found["stay"]["domains"] and "STA" not in found["home_region"]["domains"]
    assert said(capsys, "assess", "--answers", file, "--scenario", "stay")["scenarios"] == {"stay": found["stay"]}


def test_a_future_named_as_one_kind_and_said_to_be_another_is_refused(capsys: Capture, tmp_path: Path) -> None:
    """A name never stands for another future than the one that is assessed."""
    file = tmp_path / "futures.yaml"
    file.write_text(FUTURES + "scenario: home_region\n", encoding="utf-8")
    told(capsys, "assess", "--answers", file, code=10)


def test_assess_in_words_says_everything_that_matters(capsys: Capture, answers_file: Path) -> None:
    """Outcome, next steps, domains with words, hard stops, what holds and why, and what is open."""
    words = told(capsys, "assess", "--answers", answers_file)

    for part in ("Do not prepare this now", "Next steps", "Threat from traffickers and reprisals (SAF) | very high", "(HS03) | active", "What holds, and why",
                 "Open questions", "! Act on this"):
        assert part in words


def test_assess_in_words_speaks_the_language_asked_for(capsys: Capture, answers_file: Path) -> None:
    """Words and JSON come in Dutch with --lang nl; ids stay."""
    words = told(capsys, "assess", "--answers", answers_file, "--lang", "nl")
    found = said(capsys, "assess", "--answers", answers_file, "--lang", "nl")

    assert "Volgende stappen" in words and "Next steps" not in words
    assert found["outcome"]["id"] == "do_not_prepare_this_return_now" and "harde stop" in found["outcome"]["wording"]
    assert not any(finding["because"].startswith("because.") for finding in found["findings"])


def test_indicators_are_shown_by_dimension(capsys: Capture, tmp_path: Path) -> None:
    """An indicator set shows its dimensions, and both readings where the age is in doubt."""
    file = tmp_path / "answers.yaml"
    file.write_text("person: {age_group: disputed}\nanswers: {DR01: present, DR02: present, EX01: present, EX02: present}\n", encoding="utf-8")
    words = told(capsys, "assess", "ilo_child_labour", "--answers", file)

    assert "Deceptive recruitment | shown" in words
    assert "Both readings" in words and "| –" not in words.split("Both readings")[1].split("\n\n")[0]


def test_what_is_drawn_on_a_terminal_shows_texts_as_they_are(capsys: Capture) -> None:
    """Nothing in a text is read as markup, and no control character reaches the terminal."""
    from safe_lib.cli.drawing import draw
    from safe_lib.model.document import Badge, Bullets, Details, Facts, Heading, Notice, Quote, Table, Text, Tree

    table = Table("T", ("a", "b"), (("x", Badge("level", "high", "high")),))
    draw((Heading("[bold]A"), Text("\x1b[31mred :smile:"), Bullets(("one", "two"), ordered=True), Facts((("Day", "2026-11-21"),)), Notice("N", "text"),
          Quote("Q", "B"), table, Details("D", (Tree("line", "holds", "holds"),))))
    out = capsys.readouterr().out

    assert "[bold]A" in out and "[31mred :smile:" in out and "\x1b[31m" not in out
    assert all(word in out for word in ("1. one", "2026-11-21", "high", "holds: line"))


# Stored cases


def test_a_stored_case_is_read_for_the_future_the_person_wants_most(capsys: Capture, demo: Demo, at: list[str]) -> None:
    """Without --scenario a return assessment takes the first future of the person; reading it is audited, nothing is saved."""
    found = said(capsys, "assess", "--case", "DEMO-008", "safe_return", "--date", DAY, *at)

    assert (found["scenario"], found["country"]["iso3"], found["outcome"]["id"]) == ("home_region", "XAA", "can_be_prepared_with_plan")
    with Store.open(demo.store, read_passphrase(demo.passphrase_file)) as store:
        assert any(line.what == "case.read" and line.detail == "assess.safe_return" for line in store.audit("DEMO-008"))
        assert len(store.assessments("DEMO-008", "safe_return")) == 2


def test_a_kept_assessment_can_be_compared_with_today(capsys: Capture, at: list[str]) -> None:
    """What was learned since the assessment was kept shows, and nothing else."""
    told(capsys, "assess", "--case", "DEMO-009", "safe_return", "--scenario", "stay", "--date", DAY, "--keep", *at)
    lines = said(capsys, "reassess", "--date", DAY, *at)
    kept = said(capsys, "compare", "DEMO-009", "relocation", "relocation", "--date", DAY, *at)

    assert {line["case"] for line in lines} == {"DEMO-011"}  # what is kept today differs no more
    assert kept["changes"] == []


def test_two_futures_of_one_case_are_compared(capsys: Capture, at: list[str]) -> None:
    """Outcome, domains, hard stops and the answers behind them, side by side."""
    found = said(capsys, "compare", "DEMO-001", "home_region", "relocation", "--date", DAY, *at)
    words = told(capsys, "compare", "DEMO-001", "home_region", "relocation", "--date", DAY, *at)

    changes = {(change["what"], change["id"]): (change["before"], change["after"]) for change in found["changes"]}
    assert changes["domain", "SAF"] == ("very_high", "low") and changes["answer", "SAF-01"] == ("present", "absent")
    assert "What | Which | Home region | Elsewhere in the country" in words


def test_a_kept_number_stands_for_what_was_kept(capsys: Capture, demo: Demo, at: list[str]) -> None:
    """A number is one kept assessment of the case; another case's number is not found."""
    with Store.open(demo.store, read_passphrase(demo.passphrase_file)) as store:
        first, other = store.assessments("DEMO-011", "safe_return", "stay")[0], store.assessments("DEMO-001", "safe_return")[0]
    found = said(capsys, "compare", "DEMO-011", first.id, "stay", "--date", DAY, *at)

    assert ("HS03", "open", "active") in {(change["id"], change["before"], change["after"]) for change in found["changes"] if change["what"] == "hard_stop"}
    told(capsys, "compare", "DEMO-011", other.id, "stay", *at, code=20)


def test_reassess_lists_open_cases_whose_outcome_differs(capsys: Capture, at: list[str]) -> None:
    """The list names case, instrument, future, both outcomes, what moved and why; each differs in something."""
    lines = said(capsys, "reassess", "--date", DAY, *at)

    assert lines and set(lines[0]) == {"case", "instrument", "scenario", "before", "after", "differs", "kept", "country", "domains", "flags", "why"}
    assert all(line["differs"] and (line["before"] != line["after"] or line["domains"] or line["flags"]["before"] != line["flags"]["after"]) for line in lines)
    assert {("DEMO-011", "stay"), ("DEMO-011", "third_country")} <= {(line["case"], line["scenario"]) for line in lines}
    assert all([why["what"] for why in line["why"]] == ["answers_changed"] for line in lines)


def test_a_kept_assessment_is_read_with_the_claims_of_its_day(capsys: Capture, at: list[str]) -> None:
    """A list of what is kept; with a number, the very claims it rests on, in words and as JSON; another case's number is not found."""
    listed = said(capsys, "kept", "DEMO-001", *at)
    number = next(one["kept"] for one in listed if one["scenario"] == "home_region")
    one = said(capsys, "kept", "DEMO-001", number, *at)[0]
    words = told(capsys, "kept", "DEMO-001", number, *at)

    assert {one["instrument"] for one in listed} >= {"first_level", "safe_return"} and len(one["snapshot"]) == 64
    assert one["rests_on"]["themes"]["T02"]["claims"]["reprisals_after_testimony"]["level"] == "weak"
    assert "eleven reported threats" in words and one["snapshot"] in words
    assert "Fingerprint of the country information" in told(capsys, "kept", "DEMO-001", *at)
    told(capsys, "kept", "DEMO-002", number, *at, code=20)


# Countries


def test_country_says_what_is_known_on_a_day(capsys: Capture) -> None:
    """Themes with level, status and claims; topics with a position; no overall number."""
    found = said(capsys, "country", "XAA", "--date", "2026-11-22")
    later = said(capsys, "country", "xaa", "--date", "2029-01-01")

    assert found["themes"]["T05"]["status"] == "conflicting" and found["themes"]["T05"]["claims"]
    assert {"position", "indicators", "newest", "oldest"} <= set(next(iter(found["topics"].values())))
    assert {theme["status"] for theme in later["themes"].values()} <= {"outdated", "missing"}
    assert not {"score", "position", "level", "overall"} & set(found)
    assert "Exampleland (XAA)" in told(capsys, "country", "XAA")


def test_all_countries_are_a_list(capsys: Capture) -> None:
    """Every country is in it once, also those about which nothing is known."""
    found = said(capsys, "country", "--all", "--date", "2026-11-22")
    codes = [one["iso3"] for one in found]

    assert len(codes) == len(set(codes)) > 190 and {"XAA", "XKX", "NGA"} <= set(codes)


# Checking


def test_everything_the_suite_knows_passes_its_checks(capsys: Capture) -> None:
    """`safe check` finds no problem in instruments, countries, texts and templates."""
    found = said(capsys, "check")

    assert found["problems"] == [] and found["ok"] is True
    assert found["checked"] == [
        "instruments", "countries", "texts", "templates", "processing", "procedures", "organisations", "course", "practice", "programme", "messages",
        "signatures"]


def test_the_committed_schemas_are_current(tmp_path: Path) -> None:
    """Editors help with the shapes of today. If this fails: safe check --schemas safe_lib/instruments/schemas"""
    assert outdated_schemas() == ()
    write_schemas(tmp_path / "new")
    kept = {file.name for file in (ROOT / "safe_lib" / "instruments" / "schemas").iterdir()}
    assert {file.name for file in (tmp_path / "new").iterdir()} == kept and "instrument.json" in kept


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    """A copy of all languages, to break."""
    return Path(shutil.copytree(paths.LOCALES, tmp_path / "locales"))


def test_a_text_that_is_not_translated_is_told_with_its_file(locales: Path) -> None:
    """A language that promises to be whole may miss nothing, may not invent keys, and fills in the same facts."""
    file = locales / "nl" / "interface" / "cli.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("cli.topic:", "cli.subject:"), encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8").replace("Gemiddelde\n", "Gemiddelde van {n}\n"), encoding="utf-8")
    problems = {(problem.file, problem.problem): problem for problem in check_locales(locales)}

    assert [problem for file, problem in problems] == [
        'there is no text "cli.subject" in the source language.', 'the text "cli.mean" does not fill in the same facts as the source.',
        'the text "cli.topic" is not translated.']
    assert all(file == "locales/nl/interface/cli.yaml" for file, _ in problems)
    assert [problem.line for problem in problems.values()] == [8, 9, 0]


def test_a_translation_names_what_is_there(locales: Path) -> None:
    """Unknown items, other versions and missing words of an instrument are told with their line."""
    file = locales / "nl" / "instruments" / "safe_return_record.yaml"
    text = file.read_text(encoding="utf-8").replace("version: 1.0.0", "version: 0.9.0", 1).replace("  PURPOSE:", "  PURPOSES:", 1)
    file.write_text(text, encoding="utf-8")
    problems = [str(problem) for problem in check_locales(locales)]

    assert len(problems) == 3
    assert "translates version 0.9.0" in problems[0] and '"PURPOSES" is not one of the items' in problems[1] and '"PURPOSE" has no whole' in problems[2]
    assert f"safe_return_record.yaml:{text.split('PURPOSES')[0].count(chr(10)) + 1}:" in problems[1]


def test_everything_that_is_shipped_is_there_in_dutch() -> None:
    """A new instrument may do without; those of the project itself may not."""
    assert untranslated("nl") == ()


def test_a_language_that_has_just_begun_may_be_half_done(locales: Path) -> None:
    """A new folder with a few texts is a language; what is missing falls back."""
    (locales / "uk" / "interface").mkdir(parents=True)
    (locales / "uk" / "language.yaml").write_text("name: Українська\ndirection: ltr\nstatus: draft\n", encoding="utf-8")
    (locales / "uk" / "interface" / "page.yaml").write_text("page.leave: Вийти\n", encoding="utf-8")

    assert check_locales(locales) == []


def test_templates_load_nothing_from_elsewhere(tmp_path: Path) -> None:
    """An address outside this machine is told with its line; a namespace is none."""
    (tmp_path / "page.css").write_text("a { color: red }\n@import url(https://example.org/font.css);\n", encoding="utf-8")
    (tmp_path / "signs.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"></svg>', encoding="utf-8")
    found = check_templates(tmp_path)

    assert [(problem.line, problem.problem) for problem in found] == [(2, "something is loaded from outside this machine.")]


# Invented persons


def test_demo_makes_a_store_that_opens_with_its_private_file(capsys: Capture, tmp_path: Path) -> None:
    """The store is a training store; passphrase and store are for their owner only; the output names all."""
    found = said(capsys, "demo", "--store", tmp_path / "t.safe", "--cases", 3, "--seed", 7, "--date", DAY)

    assert found == {"store": str(tmp_path / "t.safe"), "passphrase_file": str(tmp_path / "t.safe.passphrase"), "cases": ["DEMO-001", "DEMO-002", "DEMO-003"]}
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("t.safe", "t.safe.passphrase")} == {0o600}
    with Store.open(tmp_path / "t.safe", read_passphrase(tmp_path / "t.safe.passphrase")) as store:
        assert store.training and store.audit_break() is None and store.damages() == ()


def test_demo_never_touches_a_store_that_is_there(capsys: Capture, demo: Demo) -> None:
    """Asked for the same place again it refuses, and the store is as it was."""
    before = demo.store.read_bytes()
    told(capsys, "demo", "--store", demo.store, code=20)

    assert demo.store.read_bytes() == before and demo.passphrase_file.is_file()


def test_demo_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    """Half a training store would be worse than none."""
    def stop() -> None:
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        make_demo(tmp_path / "t.safe", cases=2, today=DAY, step=stop, cost=CHEAP)
    assert list(tmp_path.iterdir()) == []


def test_the_same_seed_invents_the_same_persons() -> None:
    """A person depends on number, seed and day alone; another seed gives another one."""
    assert invented(3, 1, DAY) == invented(3, 1, DAY)
    assert invented(3, 1, DAY).said != invented(3, 2, DAY).said
    assert invented(3, 1, DAY).said != invented(3 + len(STORIES), 1, DAY).said


def test_invented_answers_are_answers_of_their_instruments() -> None:
    """Every code is one that the item offers, and nothing is answered whose condition cannot hold."""
    for number in range(1, 25):
        person = invented(number, 5, DAY)
        for id in {one.instrument for one in person.said}:
            instrument = load_instrument(id)
            given = {one.item: one.answer for one in person.said if one.instrument == id}
            check_answers(instrument, Answers(given), instrument.by_id())
        assert person.story.age != "adult" or not any(one.item in ("GUARDIAN", "ET33", "ET34", "ET35") for one in person.said)
        assert all(future["country"] in ("XAA", "") for future in person.papers["futures"]["futures"])


def test_invented_persons_differ_in_what_matters(demo: Demo) -> None:
    """Every outcome of the return assessment, every age group, both kinds of exploitation and an early stage are among them."""
    with Store.open(demo.store, read_passphrase(demo.passphrase_file)) as store:
        lines = store.cases()
        outcomes = {json.loads(kept.text)["outcome"]["id"] for line in lines for id in line.instruments for kept in store.assessments(line.ref, id)}
        aliases = [line.alias for line in lines]

    assert {"do_not_prepare_this_return_now", "more_information_needed", "conditions_first", "can_be_prepared_with_plan"} <= outcomes
    assert {"act_on_danger_first", "trafficking_case", "child_trafficking", "open"} <= outcomes
    assert {story.age for story in STORIES} == {"adult", "child", "disputed"} and len({story.ilo for story in STORIES}) == 4
    assert len(set(aliases)) == len(aliases) and all(alias.endswith(".") for alias in aliases)


def test_invented_persons_are_saved_as_if_answered_one_by_one(demo: Demo) -> None:
    """Each answer has its revision and its audit line, and the chain is whole."""
    with Store.open(demo.store, read_passphrase(demo.passphrase_file)) as store:
        lines = [line for line in store.audit("DEMO-001") if line.what == "answer.saved"]
        person = invented(1, 1, DAY)

        assert store.audit_break() is None
        assert len(lines) == len(person.said) + len(person.later)
        assert [saved.revision for saved in store.history("DEMO-001", "safe_return", "SAF-01")] == [1, 2]  # shared, then of one future


# Reports


@pytest.fixture
def quick_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document at once; how it is made has its own tests."""
    monkeypatch.setattr("safe_lib.report.make.make_report", lambda desk, ref, workbook, profile, format, **_: f"{ref} {profile} {desk.language}".encode())


@pytest.mark.usefixtures("quick_report")
def test_a_report_stays_in_the_store_unless_it_is_disclosed(capsys: Capture, demo: Demo, at: list[str], tmp_path: Path) -> None:
    """Without --out it is sealed and nothing more; with it the register says to whom and what for, and the file is private."""
    sealed = said(capsys, "report", "DEMO-002", "safe_return", "--for", "person", "--format", "html", "--lang", "nl", *at)
    out = tmp_path / "r.pdf"
    to_whom = ["--out", out, "--recipient", "Office L", "--purpose", "appeal"]
    left = said(capsys, "report", "DEMO-002", "safe_return", "--for", "lawyer", "--format", "pdf", *to_whom, *at)

    assert (sealed["disclosure"], sealed["file"], sealed["language"]) == (None, None, "nl")
    assert out.read_bytes() == b"DEMO-002 lawyer en" and out.stat().st_mode & 0o777 == 0o600
    assert (left["disclosure"]["recipient"], left["disclosure"]["purpose"], left["format"]) == ("Office L", "appeal", "pdf")
    with Store.open(demo.store, read_passphrase(demo.passphrase_file)) as store:
        assert [line.report for line in store.disclosures("DEMO-002")] == [left["report"]]


@pytest.mark.usefixtures("quick_report")
def test_a_disclosure_without_a_name_says_so_in_the_register(capsys: Capture, at: list[str], tmp_path: Path) -> None:
    """No document leaves without a line; a line never invents a recipient."""
    left = said(capsys, "report", "DEMO-003", "identification", "--for", "partner", "--out", tmp_path / "r.html", *at)

    assert left["disclosure"]["recipient"] == "partner, not named" and left["disclosure"]["purpose"] == "not stated"


@pytest.mark.usefixtures("quick_report")
def test_a_report_is_not_made_for_a_place_that_cannot_take_it(capsys: Capture, demo: Demo, at: list[str], tmp_path: Path) -> None:
    """Nothing is sealed or registered when the file could not be written anyway."""
    told(capsys, "report", "DEMO-004", "safe_return", "--for", "lawyer", "--out", tmp_path / "no" / "r.pdf", *at, code=40)
    with Store.open(demo.store, read_passphrase(demo.passphrase_file)) as store:
        assert store.reports("DEMO-004") == ()


# Notebooks


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    """A notebook as an editor leaves it."""
    metadata = {"kernelspec": {"name": "python3", "display_name": "x"}, "language_info": {"version": "3.11.7"}, "widgets": {"a": 1}}
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def code(source: str, *tags: str) -> dict[str, Any]:
    """A code cell with an old output."""
    old = [{"output_type": "stream", "name": "stdout", "text": "old\n"}, {"output_type": "execute_result", "execution_count": 9, "metadata": {"m": 1},
           "data": {"text/plain": "4", "text/html": "<b>4</b>"}}]
    return {"cell_type": "code", "id": "3f2a", "metadata": {"tags": list(tags), "collapsed": True}, "source": source, "outputs": old, "execution_count": 9}


def test_a_stored_notebook_holds_no_outputs_and_numbered_cells() -> None:
    """Only checked cells keep words, with a count from 1; the form is the same however often it is made."""
    raw = in_form(notebook({"cell_type": "markdown", "metadata": {"x": 1}, "source": ["# Title\n", "text"]}, code("a = 1"), code("a", "nbval-check-output")))
    tidy = json.loads(raw)

    assert [cell["id"] for cell in tidy["cells"]] == ["c01", "c02", "c03"]
    assert [cell["metadata"] for cell in tidy["cells"]] == [{}, {}, {"tags": ["nbval-check-output"]}]
    assert (tidy["cells"][1]["outputs"], tidy["cells"][1]["execution_count"]) == ([], None)
    assert tidy["cells"][2]["outputs"][1] == {"data": {"text/plain": ["4"]}, "execution_count": 1, "metadata": {}, "output_type": "execute_result"}
    assert tidy["metadata"] == {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    assert in_form(tidy) == raw


def test_tidying_runs_checked_notebooks_and_twice_gives_the_same_bytes(capsys: Capture, tmp_path: Path) -> None:
    """Words of checked cells are made anew; --check changes nothing and says so with its exit code."""
    file = tmp_path / "small.ipynb"
    file.write_text(json.dumps(notebook(code("a = 20"), code("print('new')\na + 1", "nbval-check-output"))), encoding="utf-8")
    untouched = file.read_bytes()
    told(capsys, "tidy", file, "--check", code=10)
    assert file.read_bytes() == untouched
    told(capsys, "tidy", file)
    once = file.read_bytes()

    assert tidy_file(file) is False and file.read_bytes() == once
    outputs = json.loads(once)["cells"][1]["outputs"]
    assert [output.get("text") or output["data"]["text/plain"] for output in outputs] == [["new\n"], ["21"]]
    assert list(tmp_path.iterdir()) == [file]


# Tests and lab


class _Item:
    def __init__(self, browser: bool) -> None:
        self.browser, self.marks = browser, list[Any]()

    def get_closest_marker(self, name: str) -> bool:
        return self.browser

    def add_marker(self, mark: Any) -> None:
        self.marks.append(mark)


class _Session:
    exitstatus = 0


@pytest.mark.parametrize(("found", "needed", "ends"), [(True, True, 0), (False, False, 0), (False, True, 1)])
def test_without_a_chromium_browser_tests_are_told_as_not_run(found: bool, needed: bool, ends: int) -> None:
    """They are skipped, counted and told; where CI is true that is a failure."""
    plugin, items, session = Browser(found=found, needed=needed), [_Item(True), _Item(False)], _Session()
    plugin.pytest_collection_modifyitems(items)
    plugin.pytest_sessionfinish(session, 0)

    assert [len(item.marks) for item in items] == [0 if found else 1, 0]
    assert session.exitstatus == ends


def test_what_stands_behind_safe_test_goes_to_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Named tests are run alone; without any, tests and workbooks are run in one go with nbval, on two cores side by side."""
    seen: list[list[str]] = []

    def main(arguments: list[str], plugins: list[object]) -> int:
        seen.append(arguments)
        return 0

    monkeypatch.setattr(pytest, "main", main)
    monkeypatch.setattr("safe_lib.runtime.tests.chromium", lambda: Path("chromium"))
    monkeypatch.setattr("safe_lib.runtime.tests.os.cpu_count", lambda: 2)
    run_tests([])
    run_tests([__file__ + "::test_x", "-x"])

    assert "--nbval-lax" in seen[0] and seen[0][-2:] == [str(ROOT / "tests"), str(ROOT / "workbooks")]
    assert seen[0][:4] == ["-n", "3", "--dist", "loadscope"]
    assert seen[1][-2:] == [__file__ + "::test_x", "-x"] and str(ROOT / "workbooks") not in seen[1] and "-n" not in seen[1]


@pytest.mark.skipif(sys.platform != "linux", reason="the hand-over knows who asks on Linux only")
def test_a_kernel_of_the_lab_gets_the_training_store_and_no_other(demo: Demo, tmp_path: Path) -> None:
    """Analysts work on invented persons; a store with real persons is refused."""
    from safe_lib.model.errors import WrongUse
    from safe_lib.rights.handover import VARIABLE
    from safe_lib.runtime.lab import TrainingHandover, training_visit

    handover = TrainingHandover(training_visit(demo.store))
    ended = subprocess.run([sys.executable, "-c", "from safe_lib.rights.handover import receive; print(receive().store)"], cwd=ROOT,
                           env={**os.environ, VARIABLE: handover.path}, capture_output=True, text=True, check=True)
    Store.create(tmp_path / "real.safe", "five simple words for it", cost=CHEAP).close()
    (tmp_path / "real.safe.passphrase").write_text("five simple words for it\n")
    (tmp_path / "real.safe.passphrase").chmod(0o600)

    assert ended.stdout.strip() == str(demo.store)
    with pytest.raises(WrongUse):
        training_visit(tmp_path / "real.safe")


def test_the_help_that_is_kept_is_the_help_of_the_commands() -> None:
    """`safe --help` answers without loading the commands; what it says is what they would say."""
    from safe_lib.cli import HELP

    asked = subprocess.run([sys.executable, "-c", "from safe_lib.cli.app import app; app(['--help'], prog_name='safe')"],
                           env={**os.environ, "COLUMNS": "80"}, capture_output=True, text=True, check=True)

    assert asked.stdout == HELP.read_text(encoding="utf-8")
