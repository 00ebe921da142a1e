"""The table of rights on the command line: every cell that it leaves empty, by every command that needs the right (SEC-10, SEC-13)."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from team import CANARY, OTHER, REF, ROLE_OF, desk_of, everything, fill, make_team, opened, phrase

from safe_lib import teamwork
from safe_lib.cli.app import run
from safe_lib.model.errors import NotPermitted
from safe_lib.model.person import EVERY_CASE, ROLES
from safe_lib.rights.permission import table

NOWHERE = "X9X-0000"
USER_OF = {role: user for user, role in ROLE_OF.items() if user != "sofie"}
REFUSED: Final = (20, 30)  # exit codes: not there, or not permitted
HAVE = ("--reason", "a neighbour of hers")
Words = tuple[str, ...]

HANDED: Final = ("handover", "…", "--to", "exampleland_shelter", "--out", ">", "--purpose", "shelter after return", "--basis", "vital_interests",
                 "--reason", "she is in danger today")

COMMANDS: dict[str, tuple[Words, ...]] = {  # verb → every command that needs it; `…` stands for a case, `>` for a new file
    "list": (("reassess",), ("retention",), ("coordination",), ("calendar",), ("coordination", "hours", "--minutes", "5", "--category", "admin")),
    "read": (("kept", "…"), ("disclosures", "…"), ("second-opinion", "show", "…")),
    "write": (("coordination", "contact", "…"), ("coordination", "hours", "--minutes", "5", "--case", "…"), ("calendar", "--name", "…"),
              ("coordination", "close", "…", "--line", "originals_returned"), ("coordination", "answer", "…", "V123456", "accepted"),
              ("correct", "…", "safe_return", "SAF-00", "--to", "absent", *HAVE),
              ("consent", "give", "…", "--recipient", "a", "--purpose", "b", "--scope", "c", "--explained-in", "en")),
    "assess": (("assess", "--case", "…", "safe_return"), ("compare", "…", "home_region", "stay")),
    "report": (("report", "…", "safe_return", "--for", "own_file"), ("access", "…")),
    "draft": (("letter", "nl_extension_request", "…"),),
    "disclose": (("letter", "nl_extension_request", "…", "--out", ">", "--recipient", "a", "--purpose", "b", "--basis", "legal_claims", *HAVE),
                 ("report", "…", "safe_return", "--for", "own_file", "--out", ">"), HANDED,
                 ("coordination", "refer", "…", "--country", "XAA", "--entry", "xa-line", "--purpose", "advice", "--words", __file__)),
    "close": (("coordination", "close", "…", "--reason", "moved_region", "--words", "it is over now"), ("coordination", "close", "…", "--open-again"),
              ("close", "…", "--words", "it is over"), ("close", "…", "--open-again")),
    "trail": (("user", "trail", "…"),),
    "team.coordinate": (("coordination", "draw"), ("agreement",), ("coordination", "meeting", "--topic", "x", "--minutes", "5", "--who", "vera")),
    "team.see_work": (("coordination", "figures"), ("batch", "coordination"), ("coordination", "--of", "sofie"), ("calendar", "--of", "sofie"),
                      ("training", "team")),
    "assign": (("coordination", "handover", "…", "--from", "sven", "--to", "sofie", "--open", "all is open"), ("user", "hands", "…"),
               ("second-opinion", "ask", "…", "first_level", "--of", "cora"), ("user", "assign", "…", "sofie"), ("user", "assign", "…", "vera", "--take-off")),
    "exclude": (("user", "exclude", "…", "anna", *HAVE), ("user", "exclude", "…", "anna", *HAVE, "--take-back")),
    "emergency": (("user", "break-glass", "…", "--reason", "the person is in hospital"),),
    "ask_erase": (("erase", "…"),),
    "propose": (("claim", "list"),),
    "people.see": (("user", "list"),),
    "people.manage": (("user", "add", "foe", "--role", "administrator"), ("user", "role", "vera", "--role", "coordinator"), ("user", "reset", "cora"),
                      ("user", "remove", "cora")),
    "team.see_policy": (("user", "policy"),),
    "team.ask_policy": (("user", "ask", "rest_minutes=30"),),
    "team.ask_export": (("user", "ask", "export"),),
    "team.ask_publish": (("user", "ask", "publish=safe_return 9.0.0"),),
    "team.verify_trail": (("audit", "verify"), ("audit", "anchor")),
    "team.read_trail": (("audit", "list"),),
    "team.see_programme": (("programme", "list"), ("programme", "report", "--from", "2026-11-01", "--to", "2026-11-30")),
    "team.plan_programme": (("programme", "platform", "Platform", "--country", "XAA"), ("programme", "cancel", "1"),
                            ("programme", "trained", "vera", "--platform", "1", "--day", "2026-11-10"), ("programme", "reach", "--take-back", "1"),
                            ("programme", "plan", "--platform", "1", "--day", "2026-11-10", "--town", "Town", "--trainer", "vera"),
                            ("programme", "held", "1", "--group", "XAA:ngo:12")),
    "team.copies_key": (("backup", "--new-key", ">"),),
    "team.back_up": (("backup", "--places"),),
    "team.release_figures": (("findings", "release", "2026Q1"),),
    "team.read_figures": (("findings", "show"), ("findings", "export", "--out", ">")),
    "team.raise_finding": (("findings", "raise", "Shelters are full."),),
    "team.read_findings": (("findings", "raised"), ("findings", "brief", "--out", ">")),
    "survey.manage": (("survey", "open"), ("survey", "close", "1"), ("survey", "erase", "1"), ("survey", "import", __file__, "--link", "1")),
    "survey.enter": (("survey", "list"),),
    "survey.read": (("survey", "analyse", "1"), ("survey", "report", "1", "--out", ">"), ("survey", "code", "1")),
}
# Agreeing and confirming are about a request that is there (test_rights.py, test_doors.py); the others have no command.
NO_COMMAND = {"agree_erase", "team.agree_policy", "team.agree_export", "team.agree_publish", "confirm", "open", "evaluate"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A team, a case of Sven's in which Vera helps, and one of Sofie's."""
    made = make_team(tmp_path_factory.mktemp("commands"))
    for user, ref in (("sven", REF), ("sofie", OTHER)):
        with opened(made, user) as store:
            fill(store, ref, by=user)
    with opened(made, "cora") as store:
        store.assign(REF, "vera", by="cora", at=datetime.now(UTC))
    return made


@pytest.fixture(scope="module")
def ways_in(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A passphrase file for each role."""
    folder = tmp_path_factory.mktemp("passphrases")
    for role, user in USER_OF.items():
        (folder / role).write_text(f"{phrase(user)}\nperson: {user}\n")
        (folder / role).chmod(0o600)
    return {role: folder / role for role in USER_OF}


def as_it_stands(path: Path) -> tuple[object, ...]:
    with opened(path, "cora") as store:
        return (*(everything(store, ref) for ref in (REF, OTHER)), store.cases(), store.people(), store.requests(at=datetime.now(UTC)),
                *(f(ref) for ref in (REF, OTHER) for f in (store.assigned, store.excluded)), store.setting("rest_minutes"))


def test_sec_10_every_verb_of_the_table_has_its_commands() -> None:
    """Who adds a right says here by which command it can be had, or that by none."""
    assert set(table()) == set(COMMANDS) | NO_COMMAND and not set(COMMANDS) & NO_COMMAND


@pytest.mark.parametrize("role", ROLES)
def test_sec_10_every_forbidden_cell_is_refused_on_the_command_line(path: Path, ways_in: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                                                    role: str) -> None:
    """Exit 30, or 20 as for a case that is not there; nothing on the terminal, no file, nothing changed."""
    before, wrong = as_it_stands(path), []
    asked = [words for verb, every in COMMANDS.items() if role not in table()[verb] for words in every]
    for words in asked:
        refs = (OTHER, NOWHERE) if "…" in words and role not in EVERY_CASE else (OTHER,)  # who may see every case may see that one is none
        said = [said_to(words, ref, path, ways_in[role], tmp_path, capsys) for ref in refs]
        code, out, error = said[0]
        told_apart = len(set(said)) > 1
        if code not in REFUSED or out or CANARY in error or told_apart:
            wrong.append((words, said))

    assert wrong == []
    assert len(asked) >= 5
    assert list(tmp_path.iterdir()) == []
    assert as_it_stands(path) == before


@pytest.mark.parametrize("role", ["specialist", "volunteer"])
def test_sec_13_the_case_of_somebody_else_is_told_as_none(path: Path, ways_in: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                                          role: str) -> None:
    """Every command about a case: the same exit code and the same words as for a case that never was."""
    for words in itertools.chain.from_iterable(every for verb, every in COMMANDS.items() if verb != "emergency"):
        if "…" in words:
            said = {said_to(words, ref, path, ways_in[role], tmp_path, capsys) for ref in (OTHER, NOWHERE)}
            assert len(said) == 1 and said.pop()[0] in REFUSED, words


def said_to(words: Words, ref: str, path: Path, way_in: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code, output and message, with the reference taken out."""
    meant = {"…": ref, ">": str(folder / "out")}
    code = run([*(meant.get(word, word) for word in words), "--store", str(path), "--passphrase-file", str(way_in)])
    told = capsys.readouterr()
    return code, told.out.replace(ref, "…"), told.err.replace(ref, "…")


@pytest.mark.parametrize(("asks", "subject", "agrees"), [("sven", "smallest_group=5", ""), ("cora", "smallest_group=5", "ada"), ("anna", "publish", "cora")])
def test_sec_17_fewer_in_a_group_and_an_instrument_need_two(tmp_path: Path, asks: str, subject: str, agrees: str) -> None:
    """Smaller groups in figures and the publication of an instrument: not by one alone, and not by who may not ask."""
    path = make_team(tmp_path, users=("cora", "sven", "anna"))
    name, _, value = subject.partition("=")
    with desk_of(path, asks) as desk:
        if not agrees:
            with pytest.raises(NotPermitted):
                teamwork.ask_policy(desk, name, value)
            return
        asked = teamwork.ask_policy(desk, name, value) if value else teamwork.ask_publication(desk, "safe_return 9.0.0")
        with pytest.raises(NotPermitted):
            teamwork.agree(desk, asked.id)
        assert desk.open_store().setting("smallest_group") == "10" and not teamwork.is_published(desk, "safe_return 9.0.0")
    with desk_of(path, agrees) as desk:
        teamwork.agree(desk, asked.id)
        settled = desk.open_store().setting("smallest_group"), teamwork.is_published(desk, "safe_return 9.0.0")
    assert settled == (("5", False) if value else ("10", True))


def test_sec_15_an_emergency_stands_at_the_top_of_the_trail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Above what came after it, on the command line as in the program, with the reason."""
    path = make_team(tmp_path, users=("cora", "sven", "sofie"))
    with opened(path, "sven") as store:
        fill(store, REF, by="sven")
    with desk_of(path, "sofie") as desk:
        teamwork.break_glass(desk, REF, "the person is in hospital and cannot speak")
    with opened(path, "sven") as store:
        store.note(by="sven", at=datetime.now(UTC), what="case.read", ref=REF)
    way_in = tmp_path / "cora"
    way_in.write_text(f"{phrase('cora')}\nperson: cora\n")
    way_in.chmod(0o600)
    assert run(["user", "trail", REF, "--store", str(path), "--passphrase-file", str(way_in)]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert "glass.broken" in lines[0] and "cannot speak" in lines[0] and "sofie" in lines[0]
    assert "glass.broken" not in lines[1]
