"""`safe claim`: what two persons can do with a claim from the command line."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from some_changes import CLAIM, DIFFERS, copy_of_countries

from safe_lib.catalogue import paths
from safe_lib.catalogue.countries import check_countries
from safe_lib.catalogue.reading import read_yaml
from safe_lib.cli.app import run
from safe_lib.runtime.demo import Demo, make_demo
from safe_lib.store import CHEAP

DAY = "2026-11-22"
RENEWAL = f"""\
change: renew
claim: {CLAIM}
fields:
  says: Three shelters with 71 places together; two people were on the waiting list on 10 November 2026.
  level: partial
  as_of: 2026-11-10
  review_by: 2027-05-10
  sources: [shelter_interview_2026, places_2026]
sources:
  places_2026:
    title: "Places: an overview"
    publisher: Example Ministry of Justice
    kind: government
    published: 2026-11-15
    retrieved: 2026-11-20
    where: table 2
differs: {DIFFERS}
"""

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A training store with one invented person."""
    return make_demo(tmp_path_factory.mktemp("demo") / "training.safe", cases=1, seed=1, today=date(2026, 11, 22), cost=CHEAP)


@pytest.fixture
def at(demo: Demo) -> list[str]:
    """The options that open the training store."""
    return ["--store", str(demo.store), "--passphrase-file", str(demo.passphrase_file)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = copy_of_countries(tmp_path)
    monkeypatch.setattr(paths, "COUNTRY_INFO", made)
    return made


@pytest.fixture
def renewal(tmp_path: Path) -> Path:
    file = tmp_path / "change.yaml"
    file.write_text(RENEWAL, encoding="utf-8")
    return file


def told(capsys: Capture, *words: object, code: int = 0) -> str:
    """What a command prints, on either side; it ends with the code expected."""
    capsys.readouterr()
    ended = run([str(word) for word in words])
    said = capsys.readouterr()
    assert ended == code, said.out + said.err
    assert "Traceback" not in said.err
    return said.out + said.err


def told_json(capsys: Capture, *words: object) -> Any:
    return json.loads(told(capsys, *words, "--json"))


def proposed(capsys: Capture, renewal: Path, at: list[str], person: str = "noor") -> str:
    """The number of a proposal that waits."""
    made = told_json(capsys, "claim", "propose", "XAA", "--file", renewal, "--person", person, "--date", DAY, *at)
    return str(made["proposal"]["id"])


def test_a_claim_is_proposed_seen_and_confirmed(capsys: Capture, renewal: Path, at: list[str], folder: Path) -> None:
    """One person proposes from a file, another looks at the difference and confirms; the file is written then."""
    id = proposed(capsys, renewal, at)
    waiting = told_json(capsys, "claim", "list", *at)
    shown = told_json(capsys, "claim", "show", id, *at)
    words = told(capsys, "claim", "show", id, *at)
    done = told_json(capsys, "claim", "confirm", id, "--person", "samira", "--signed", "country information desk", "--date", DAY, *at)
    file = read_yaml(folder / "XAA" / "profile.yaml").value

    assert [(one["id"], one["by"], one["state"]) for one in waiting if one["id"] == id] == [(id, "noor", "proposed")]
    assert {row["field"] for row in shown["difference"]} >= {"says", "level", "as_of", "review_by", "sources"}
    assert "+    as_of: 2026-11-10" in shown["lines"] and shown["problem"] is None
    assert "What it says | Two shelters with 52 places" in words and DIFFERS in words and "+ version: 1.1.0" in words
    assert "shelter_interview_2026: Interview with the managers of two shelters, Example Shelter Association" in words
    assert (done["proposal"]["state"], done["proposal"]["decided_by"]) == ("confirmed", "samira")
    assert file["version"] == "1.1.0" and file["history"][-1]["reviewed"] == "country information desk"
    assert check_countries(folder) == ()


def test_the_same_person_cannot_confirm(capsys: Capture, renewal: Path, at: list[str], folder: Path) -> None:
    """Exit 30, in words, and nothing is written."""
    id = proposed(capsys, renewal, at)
    before = (folder / "XAA" / "profile.yaml").read_bytes()

    assert "second person" in told(capsys, "claim", "confirm", id, "--person", "Noor", *at, code=30)
    assert (folder / "XAA" / "profile.yaml").read_bytes() == before


def test_a_proposal_is_rejected_or_taken_back(capsys: Capture, renewal: Path, at: list[str]) -> None:
    """With the reason kept; a second decision is refused with exit 20."""
    first, other = proposed(capsys, renewal, at), proposed(capsys, renewal, at)
    rejected = told_json(capsys, "claim", "reject", first, "--reason", "Page 2 does not say this.", "--person", "samira", *at)["proposal"]
    told(capsys, "claim", "withdraw", other, "--person", "samira", *at, code=30)
    taken = told_json(capsys, "claim", "withdraw", other, "--person", "noor", *at)["proposal"]

    assert (rejected["state"], rejected["reason"], taken["state"]) == ("rejected", "Page 2 does not say this.", "withdrawn")
    assert "rejected already" in told(capsys, "claim", "confirm", first, "--person", "samira", *at, code=20)
    assert "Page 2 does not say this." in told(capsys, "claim", "list", "--all", *at)
    assert first not in told(capsys, "claim", "list", *at)


def test_trying_keeps_nothing(capsys: Capture, renewal: Path, at: list[str]) -> None:
    """`--try` shows what would change."""
    before = told_json(capsys, "claim", "list", "--all", *at)
    shown = told_json(capsys, "claim", "propose", "XAA", "--file", renewal, "--try", "--date", DAY, *at)

    assert shown["proposal"] is None and shown["lines"]
    assert told_json(capsys, "claim", "list", "--all", *at) == before


@pytest.mark.parametrize(("old", "new", "code", "says"), [
    ("  as_of: 2026-11-10", "  as_of: 2027-01-01", 10, "XAA/profile.yaml: as_of: This day lies in the future."),
    ("    where: table 2\n", "", 10, "sources.places_2026.where: It does not say which part was read."),
    (f"differs: {DIFFERS}\n", "", 10, "differs: It does not say what may differ for people."),
    ("table 2", "as in K7M-2042", 10, "looks like the reference of a case"),
    ("change: renew", "change: rewrite", 2, "There are: add, renew, correct, withdraw."),
    (f"claim: {CLAIM}", "claim: not_there", 2, "Check the id."),
    ("change: renew\n", "", 2, "Write `change: renew`"),
    ("differs:", "differ:", 10, "is not a word known here"),
    ("fields:\n", "fields: []\nx:\n", 10, "not a word known"),
])
def test_a_file_that_cannot_be_meant_is_told(capsys: Capture, renewal: Path, at: list[str], old: str, new: str, code: int, says: str) -> None:
    """Place, problem, repair; nothing is kept."""
    assert old in RENEWAL
    renewal.write_text(RENEWAL.replace(old, new, 1), encoding="utf-8")
    before = told_json(capsys, "claim", "list", "--all", *at)
    said = told(capsys, "claim", "propose", "XAA", "--file", renewal, "--date", DAY, *at, code=code)

    assert says in said
    assert told_json(capsys, "claim", "list", "--all", *at) == before


@pytest.mark.parametrize(("words", "code", "says"), [
    (["show", "C000-0000"], 20, "not in the store"), (["confirm", "<script>"], 20, "not in the store"), (["propose", "QQQ"], 2, "three letters"),
    (["reject", "C000-0000", "--reason", " "], 2, "needs a reason"), (["reject", "C000-0000"], 2, "--reason"), (["destroy"], 2, "No such command"),
])
def test_what_is_not_there_is_told(capsys: Capture, renewal: Path, at: list[str], words: list[str], code: int, says: str) -> None:
    file = ["--file", str(renewal)] if words[0] == "propose" else []

    assert says.lower() in told(capsys, "claim", *words, *file, *(at if words != ["destroy"] else ()), code=code).lower()


def test_what_was_changed_meanwhile_is_shown(capsys: Capture, renewal: Path, at: list[str], folder: Path) -> None:
    """`show` says beside the difference why it cannot be confirmed any more; confirming ends with exit 10."""
    id = proposed(capsys, renewal, at)
    file = folder / "XAA" / "profile.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("Two shelters with 52", "Two shelters with 50"), encoding="utf-8")

    assert "changed meanwhile" in told_json(capsys, "claim", "show", id, *at)["problem"]
    assert "changed meanwhile" in told(capsys, "claim", "confirm", id, "--person", "samira", *at, code=10)


def test_the_example_of_the_readme_can_be_proposed(capsys: Capture, tmp_path: Path, at: list[str]) -> None:
    """What country_info/README.md shows is what the command takes."""
    readme = (paths.ROOT / "country_info" / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(# change\.yaml\n.*?)```", readme, re.DOTALL)
    assert example is not None
    (tmp_path / "change.yaml").write_text(example[1], encoding="utf-8")

    assert told_json(capsys, "claim", "propose", "XAA", "--file", tmp_path / "change.yaml", "--try", "--date", DAY, *at)["lines"]
    for name in re.findall(r"^safe claim (\w+)", readme, re.MULTILINE):
        assert f"safe claim {name}" in told(capsys, "claim", name, "--help")
