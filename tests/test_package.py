"""The course as a package for a learning platform, as statements for a record store, and its commands."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from lxml import etree, html
from team import make_team, opened, phrase
from test_course import COURSE, DAY, passed_progress
from test_learning import at, finish

from safe_lib.cli.app import run
from safe_lib.engine import course as rules
from safe_lib.engine.statements import VERBS, statements
from safe_lib.model.course import EVERYWHERE, Progress
from safe_lib.model.errors import WrongUse
from safe_lib.report.package import VERSIONS, package

HOME = "https://example.org"
SPACES = {"1.2": {"cp": "http://www.imsproject.org/xsd/imscp_rootv1p1p2", "adl": "http://www.adlnet.org/xsd/adlcp_rootv1p2"},
          "2004": {"cp": "http://www.imsglobal.org/xsd/imscp_v1p1", "adl": "http://www.adlnet.org/xsd/adlcp_v1p3", "ss": "http://www.imsglobal.org/xsd/imsss"}}
CASES = [(scorm, language) for scorm in VERSIONS for language in ("en", "nl")]


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize(("scorm", "language"), CASES)
def test_a_manifest_has_the_shape_that_platforms_read(scorm: str, language: str) -> None:
    """The parts in the order of the specification, each file named and there, one page with its kind, the pass mark; ids are names of XML."""
    files = files_of(package(scorm, language, on=DAY))
    root, spaces = etree.fromstring(files["imsmanifest.xml"]), SPACES[scorm]
    cp = f"{{{spaces['cp']}}}"

    assert root.tag == f"{cp}manifest" and [one.tag for one in root] == [f"{cp}{name}" for name in ("metadata", "organizations", "resources")]
    assert root.findtext("cp:metadata/cp:schema", namespaces=spaces) == "ADL SCORM"
    assert root.findtext("cp:metadata/cp:schemaversion", namespaces=spaces) == {"1.2": "1.2", "2004": "2004 4th Edition"}[scorm]
    (organization,) = root.findall("cp:organizations/cp:organization", spaces)
    assert organization.get("identifier") == root.find("cp:organizations", spaces).get("default")  # type: ignore[union-attr]
    (item,), (resource,) = organization.findall("cp:item", spaces), root.findall("cp:resources/cp:resource", spaces)
    assert item.get("identifierref") == resource.get("identifier") and resource.get("type") == "webcontent"
    assert resource.get(f"{{{spaces['adl']}}}{'scormtype' if scorm == '1.2' else 'scormType'}") == "sco"
    named = [one.get("href") for one in resource.findall("cp:file", spaces)]
    assert resource.get("href") in named and sorted([*named, "imsmanifest.xml"]) == sorted(files)
    mark = item.findtext("adl:masteryscore", namespaces=spaces) if scorm == "1.2" else item.findtext(".//ss:minNormalizedMeasure", namespaces=spaces)
    assert mark == {"1.2": "80", "2004": "0.80"}[scorm]
    ids = [str(one) for one in root.xpath("//@identifier")]
    assert len(ids) == len(set(ids)) and all(id.replace("-", "").replace("_", "").isalnum() and id[0].isalpha() for id in ids)


@pytest.mark.parametrize(("scorm", "language"), CASES)
def test_a_package_holds_the_whole_course_and_fetches_nothing(scorm: str, language: str) -> None:
    """Every screen in order, in its language, each control with its label; no address outside, no script in the page; the same again."""
    content = package(scorm, language, country="NL", on=DAY)
    page = html.fromstring(files_of(content)["index.html"])

    assert page.get("lang") == language and [one.get("data-place") for one in page.xpath("//section[@data-place]")] == list(COURSE.places)
    assert all(page.xpath(f"//label[@for='{one.get('id')}']") for one in page.xpath("//input | //select"))
    assert set(page.xpath("//@src | //link/@href")) == {"course.js", "course.css"} and not page.xpath("//@style | //@onclick | //a[@href]")
    assert not [one for one in page.xpath("//script") if one.text and one.get("type") != "application/json"]
    assert content == package(scorm, language, country="NL", on=DAY)


def test_the_draws_of_a_package_are_those_of_the_course() -> None:
    """Each has eight questions, one of each module; of other countries none; every question that is drawn stands on the page, others do not."""
    page = html.fromstring(files_of(package("2004", "en", country="HU", on=DAY))["index.html"])
    draws = json.loads(page.xpath("//script[@id='course-data']")[0].text)["draws"]
    questions = COURSE.bank.questions

    assert len(draws) > 15 and all(len(one) == 8 == len({questions[id].module for id in one}) for one in draws)
    assert all(questions[id].scope in (EVERYWHERE, "HU") for one in draws for id in one)
    assert set(page.xpath("//@data-question")) == {id for one in draws for id in one}


def test_what_cannot_be_made_is_refused() -> None:
    """Another version, another country."""
    for scorm, country in (("1.3", ""), ("1.2", "FR")):
        with pytest.raises(WrongUse):
            package(scorm, "en", country=country, on=DAY)


# Statements


def test_statements_say_what_was_done_with_verbs_of_the_vocabulary() -> None:
    """Begun, passed, completed; each with an id that stays the same, a code for the learner and a score that fits; nothing for who has not begun."""
    found = statements(COURSE, passed_progress(), learner="c1", home=HOME)

    assert [one["verb"]["id"] for one in found] == [VERBS[name] for name in ("initialized", "passed", "completed")]
    assert found == statements(COURSE, passed_progress(), learner="c1", home=HOME) and len({one["id"] for one in found}) == 3
    assert {one["actor"]["account"]["name"] for one in found} == {"c1"} and all(one["actor"]["account"]["homePage"] == HOME for one in found)
    assert found[1]["result"] == {"success": True, "completion": True, "score": {"scaled": 1.0, "raw": 8, "min": 0, "max": 8}}
    assert found[1]["context"]["contextActivities"]["parent"][0]["id"] == found[0]["object"]["id"] == f"{HOME}/course/RHT-35"
    assert statements(COURSE, Progress(DAY), learner="c1", home=HOME) == ()


def test_statements_of_somebody_on_the_way_say_how_far() -> None:
    """A share of the screens, and the quiz that was not passed."""
    half = rules.gone_on(COURSE, Progress(DAY), COURSE.places[0])
    half = rules.begun(COURSE, half, 3, DAY)
    for id in half.attempts[-1].questions:
        half = rules.quiz_answered(COURSE, half, id, tuple(COURSE.bank.questions[id].options)[-1:])
    found = statements(COURSE, rules.handed_in(COURSE, half, date(2026, 11, 28)), learner="c1", home=f"{HOME}/")

    assert [one["verb"]["display"]["en"] for one in found] == ["initialized", "progressed", "failed"]
    assert list(found[1]["result"]["extensions"].values()) == [100 // len(COURSE.places)] and found[2]["timestamp"] == "2026-11-28T00:00:00Z"


# Commands


def said(capsys: pytest.CaptureFixture[str], *words: str) -> object:
    assert run(["training", *words]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_course_is_told_without_a_store(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Its parts with their seconds, a draw for trainers, a package as a file that only its owner reads."""
    course = said(capsys, "--json")
    drawn = said(capsys, "quiz", "--seed", "4", "--country", "NL", "--date", "2026-11-27", "--json")
    assert isinstance(course, dict) and isinstance(drawn, dict)
    assert run(["training", "package", "--scorm", "1.2", "--out", str(tmp_path / "p.zip"), "--date", "2026-11-27", "--lang", "nl"]) == 0
    capsys.readouterr()

    assert sum(one["seconds"] for one in course["lessons"]) == course["seconds"] == 2100 and len(course["lessons"]) == 8
    assert [one["id"] for one in drawn["questions"]] == list(rules.draw(COURSE, 4, country="NL", on=DAY).questions)
    assert (tmp_path / "p.zip").stat().st_mode & 0o777 == 0o600 and (tmp_path / "p.zip").read_bytes() == package("1.2", "nl", on=DAY)
    assert run(["training", "package", "--out", str(tmp_path / "p.zip")]) == 2


def test_ones_own_course_is_told_printed_and_taken_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Progress with everything that is kept, a certificate, statements under a code, who of the team has passed; then nothing is left."""
    path = make_team(tmp_path, users=("cora", "vera"))
    for user in ("cora", "vera"):
        (tmp_path / user).write_text(f"{phrase(user)}\nperson: {user}\n")
        (tmp_path / user).chmod(0o600)
    here = ["--store", str(path), "--passphrase-file", str(tmp_path / "vera")]
    assert run(["training", "certificate", "--name", "Vera", "--out", str(tmp_path / "c.pdf"), *here]) == 2
    with opened(path, "vera") as store:
        finish(at(store, "vera"))
    capsys.readouterr()
    progress, told = said(capsys, "progress", *here, "--json"), said(capsys, "statements", "--home", HOME, *here)
    team = said(capsys, "team", "--store", str(path), "--passphrase-file", str(tmp_path / "cora"), "--json")
    assert run(["training", "certificate", "--name", "Vera", "--out", str(tmp_path / "c.pdf"), *here]) == 0
    assert run(["training", "team", *here]) == 30
    assert run(["training", "forget", *here]) == 0
    capsys.readouterr()
    left = said(capsys, "progress", *here, "--json")

    assert isinstance(progress, dict) and isinstance(told, list) and isinstance(team, list) and isinstance(left, dict)
    assert progress["complete"] and progress["result"]["percent"] == 100 and progress["kept"]["seen"] == list(COURSE.places)
    assert "vera" not in json.dumps(told) and len(told) == 3 and [one["learner"] for one in team] == ["vera"]
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF") and left["screens_done"] == 0 and left["result"] is None
