"""Signed data files: what was changed on its way is not used, and what nobody signed says so (SEC-42, SEC-43)."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from safe_lib import casework, release
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts, paths, signing
from safe_lib.catalogue.locale_checks import check_locales
from safe_lib.catalogue.signing import SignatureError, Standing
from safe_lib.cli.app import run
from safe_lib.model.errors import CatalogueError, Problems, WrongUse
from safe_lib.report.make import make_report
from safe_lib.store import CHEAP, Store
from safe_lib.widgets.shell import Frame, page_shell
from safe_lib.workbook import Workbook

DAY = date(2026, 11, 21)
PHRASE = "invented words for a key"


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of a few data files as if they were all there are, and an empty data folder; the list is written beside them."""
    root = tmp_path / "suite"
    for name, folder in signing.data_folders().items():
        shutil.copytree(folder, root / name, ignore=shutil.ignore_patterns("_datasets", "[B-WY-Z][A-Z][A-Z]"))
    monkeypatch.setattr(signing, "data_folders", lambda: {folder.name: folder for folder in sorted(root.iterdir()) if folder.is_dir()})
    monkeypatch.setattr(signing, "signatures_file", lambda: root / signing.NAME)
    monkeypatch.setattr(paths, "WORKBOOKS", root / "workbooks")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    signing._KEPT.clear()
    yield root
    signing._KEPT.clear()


@pytest.fixture
def trusted(suite: Path, tmp_path: Path) -> Path:
    """Release 1 of it, signed with a key that this user trusts; the data folder."""
    key = signing.make_key(tmp_path / "key", PHRASE)
    signing.sign_release(key, number=1, on=DAY)
    folder = tmp_path / "data" / "safe-workbooks"
    signing.trust(key.public_key(), folder)
    return folder


def sign_again(tmp_path: Path, number: int) -> None:
    signing.sign_release(signing.read_key(tmp_path / "key", PHRASE), number=number, on=DAY)


def test_sec_42_what_was_signed_is_used(trusted: Path) -> None:
    """Every data file is named in the list, and the release has its number."""
    named = json.loads(signing.signatures_file().read_text())["files"]

    assert signing.verify(trusted) == Standing(signed=True, number=1)
    assert {"instruments/indicators/unodc.yaml", "locales/nl/interface/page.yaml", "workbooks/identification.ipynb", "country_info/XAA/profile.yaml",
            "templates/report/profiles.yaml", "templates/page/voila/templates/safe/index.html.j2"} <= named.keys()  # fmt: skip
    assert not [name for name in named if "__pycache__" in name or "/." in name]


CHANGED: dict[str, Callable[[Path], object]] = {
    "instruments/indicators/unodc.yaml: this file was changed": lambda root: append(root / "instruments/indicators/unodc.yaml"),
    "country_info/XAA/profile.yaml: this file was changed": lambda root: append(root / "country_info/XAA/profile.yaml"),
    "locales/nl/interface/page.yaml: this file was changed": lambda root: append(root / "locales/nl/interface/page.yaml"),
    "templates/report/profiles.yaml: this file was changed": lambda root: append(root / "templates/report/profiles.yaml"),
    "workbooks/identification.ipynb: this file was changed": lambda root: append(root / "workbooks/identification.ipynb"),
    "instruments/indicators/unodc.yaml: this file was signed, and is missing": lambda root: (root / "instruments/indicators/unodc.yaml").unlink(),
    "workbooks/more.ipynb: this file is no part": lambda root: shutil.copy(root / "workbooks/start.ipynb", root / "workbooks/more.ipynb"),
    "instruments/banks/more.yaml: this file is no part": lambda root: shutil.copy(root / "instruments/banks/ilo.yaml", root / "instruments/banks/more.yaml"),
    "SIGNATURES.json: the data files are not signed": lambda root: (root / signing.NAME).unlink(),
    "SIGNATURES.json: this is not a list": lambda root: (root / signing.NAME).write_text("[" * 100_000),
    "SIGNATURES.json: this is not a list of": lambda root: (root / signing.NAME).write_text("{}"),
    "SIGNATURES.json: the data files were not signed with the key": lambda root: said(root, number=9),
    "SIGNATURES.json: the data files were not signed with the key that": lambda root: said(root, made="2030-01-01"),
    "SIGNATURES.json: the data files were not signed with the key that is": lambda root: said(root, files={}),
}  # fmt: skip


def append(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")


def said(root: Path, **changes: object) -> None:
    file = root / signing.NAME
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


@pytest.mark.parametrize("problem", CHANGED)
def test_sec_42_what_was_changed_is_refused(problem: str, trusted: Path, suite: Path) -> None:
    """A file changed, taken away or added; a list changed, taken away or made up. Each is told by the name of the file."""
    CHANGED[problem](suite)
    with pytest.raises(CatalogueError) as refused:
        signing.verify(trusted)

    assert str(refused.value).startswith(problem)


def test_sec_42_another_key_is_not_believed(trusted: Path, tmp_path: Path) -> None:
    """A list signed by somebody else is refused with the name of the key that is trusted."""
    other = signing.make_key(tmp_path / "other", PHRASE)
    signing.sign_release(other, number=2, on=DAY)
    mine = signing.key_name(signing.read_public_key(trusted / signing.TRUSTED))

    with pytest.raises(SignatureError, match=mine):
        signing.verify(trusted)


def test_sec_42_an_older_release_does_not_come_back(trusted: Path, suite: Path, tmp_path: Path) -> None:
    """Release 1 is well signed; after release 2 was used it is refused all the same."""
    first = (suite / signing.NAME).read_bytes()
    signing.verify(trusted)
    sign_again(tmp_path, 2)
    assert signing.verify(trusted).number == 2
    os.utime(suite / signing.NAME, (0, 0))
    (suite / signing.NAME).write_bytes(first)

    with pytest.raises(SignatureError, match="this is release 1, and release 2 was used before"):
        signing.verify(trusted)


def test_sec_42_a_number_only_grows(trusted: Path, tmp_path: Path) -> None:
    """Whoever signs cannot give the same number twice."""
    with pytest.raises(SignatureError, match="numbers only grow"):
        sign_again(tmp_path, 1)
    assert signing.next_number() == 2


def test_sec_42_without_a_trusted_key_it_is_author_mode(suite: Path, tmp_path: Path) -> None:
    """Everything works, signed or not; nothing claims to be signed."""
    folder = tmp_path / "data" / "safe-workbooks"
    assert signing.verify(folder) == Standing(signed=False)
    signing.sign_release(signing.make_key(tmp_path / "key", PHRASE), number=1, on=DAY)
    append(suite / "instruments/indicators/unodc.yaml")

    assert signing.verify(folder) == Standing(signed=False)
    assert not release.is_signed()


def test_sec_42_author_mode_is_said_on_screen_and_in_reports(suite: Path, desk: Desk, case: str, tmp_path: Path) -> None:
    """In the foot of every page; where persons may be real, above every page and on every report."""
    mark = load_texts("en")("report.mark.unsigned")
    assert load_texts("en")("page.unsigned") in page_shell(Frame(load_texts("en"), unsigned=True), "")
    assert load_texts("en")("page.unsigned") not in page_shell(Frame(load_texts("en")), "")
    assert mark not in Workbook(desk, "identification", case).marks()
    with Store.create(tmp_path / "real.safe", PHRASE, cost=CHEAP, person=desk.person, roles=("specialist",)) as store:
        real = replace(desk, store=store)
        ref = casework.open_case(real, "").ref

        assert Workbook(real, "identification", ref).marks()[0] == mark
        assert mark in make_report(real, ref, "identification", "own_file", "html").decode()
        key = signing.make_key(tmp_path / "key", PHRASE)
        signing.sign_release(key, number=1, on=DAY)
        signing.trust(key.public_key(), tmp_path / "data" / "safe-workbooks")

        assert mark not in Workbook(real, "identification", ref).marks()
        assert mark not in make_report(real, ref, "identification", "own_file", "html").decode()


def test_sec_43_a_changed_workbook_does_not_run(trusted: Path, suite: Path, desk: Desk, case: str) -> None:
    """It is looked at before each use: also when it was changed after the server started."""
    assert make_report(desk, case, "identification", "own_file", "html")
    file = suite / "workbooks/identification.ipynb"
    file.write_text(file.read_text(encoding="utf-8").replace("workbook.outcome()", "workbook.outcome() or 1"), encoding="utf-8")
    with pytest.raises(SignatureError, match=r"workbooks/identification\.ipynb: this file is not the one that was signed"):
        make_report(desk, case, "identification", "own_file", "html")

    for name in ("workbooks/../evil.ipynb", "workbooks/more.ipynb", "evil.ipynb"):
        with pytest.raises(SignatureError):
            release.require_signed(name)


# As a command


def command(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    ended = run([str(word) for word in words])
    shown = capsys.readouterr()
    return ended, shown.out + shown.err


def test_sec_42_by_command_from_the_key_to_the_refusal(suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Make a key, sign, trust; then nothing that opens a store works on changed files, and the way back is to sign or to trust no longer."""
    phrase = tmp_path / "phrase"
    phrase.write_text(PHRASE)
    phrase.chmod(0o600)
    key = tmp_path / "key"
    store = tmp_path / "training.safe"
    assert command(capsys, "demo", "--store", store, "--cases", "1")[0] == 0
    opened = ("reassess", "--store", store, "--passphrase-file", f"{store}.passphrase")
    for words, code in ((("sign", "--new-key", key), 0), (("sign", "--new-key", key), 10), (("sign", "--key", key), 0), (("sign", "--trust", f"{key}.pub"), 0)):
        assert command(capsys, *words, "--passphrase-file", phrase)[0] == code, words
    assert key.stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED" in key.read_bytes()
    assert command(capsys, *opened)[0] == 0
    append(suite / "instruments/indicators/unodc.yaml")
    code, message = command(capsys, *opened)

    assert (code, message.split(":")[0]) == (10, "instruments/indicators/unodc.yaml")
    assert command(capsys, "serve", "--store", store)[0] == 10
    assert command(capsys, "sign", "--key", key, "--passphrase-file", phrase)[0] == 0
    assert command(capsys, *opened)[0] == 0
    code, message = command(capsys, "sign", "--key", key, "--trust", key)
    assert (code, "one thing at a time" in message) == (2, True)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n", b"\x00" * 50])
def test_what_is_no_key_is_told(content: bytes, tmp_path: Path) -> None:
    """The same words for a wrong file and a wrong passphrase."""
    (tmp_path / "key").write_bytes(content)
    good = tmp_path / "good"
    signing.make_key(good, PHRASE)
    for file, phrase in ((tmp_path / "key", PHRASE), (good, "another"), (signing.public_file(good), PHRASE)):
        with pytest.raises(SignatureError, match="this is not a signing key, or the passphrase is another one"):
            signing.read_key(file, phrase)
    for file in (tmp_path / "key", good):
        with pytest.raises(SignatureError, match="this is not the public half"):
            signing.read_public_key(file)


def test_many_changes_are_told_in_few_lines(trusted: Path, suite: Path) -> None:
    """The first ones by name, the rest by number."""
    for file in (suite / "locales").rglob("*.yaml"):
        append(file)
    for file in (suite / "templates").rglob("*.css"):
        append(file)
    with pytest.raises(Problems) as refused:
        signing.verify(trusted)

    assert len(refused.value.problems) == signing.MOST_TOLD + 1
    assert "more files differ" in str(refused.value)


# Foreign notebooks

PROGRAM = "from pathlib import Path\nPath({place!r}).write_text('ran')"


def notebook(place: Path, *cells: str) -> dict[str, object]:
    """A notebook that leaves a file where it runs."""
    sources = cells or (PROGRAM.format(place=str(place)),)
    empty = {"metadata": {}, "outputs": [], "execution_count": None}
    return {"cells": [{"cell_type": "code", "id": f"c{n}", "source": source, **empty} for n, source in enumerate(sources)],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}, "nbformat": 4, "nbformat_minor": 5}  # fmt: skip


NAMES = ("evil", "../evil", "/tmp/evil", "workbooks/../evil", "evil.ipynb", "identification.ipynb", "identification/../evil", "evil\0", "~/evil",
         "file:evil", ".evil", "")  # fmt: skip
NO_NOTEBOOKS = ("", "null", "[]", "{}", '{"cells": 1}', '{"cells": [1]}', '{"cells": [{"cell_type": "code"}]}', "[" * 100_000, "\x00",
                '{"cells": [{"source": {}, "cell_type": "x"}]}')  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_sec_43_only_a_workbook_by_its_name_is_run(name: str, desk: Desk, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook elsewhere, however its way is written, is no workbook: it is not read, not run, not shown."""
    monkeypatch.chdir(tmp_path)
    for place in (tmp_path / "evil.ipynb", tmp_path / ".evil.ipynb", Path("/tmp/evil.ipynb")):
        place.write_text(json.dumps(notebook(tmp_path / "ran")))
    try:
        with pytest.raises(WrongUse, match="there is no workbook"):
            make_report(desk, case, name, "own_file", "html")
        with pytest.raises((WrongUse, CatalogueError)):
            Workbook(desk, name, case).outcome()
    finally:
        Path("/tmp/evil.ipynb").unlink()

    assert not (tmp_path / "ran").exists()


def test_sec_43_the_engine_runs_the_workbooks_and_nothing_else(desk: Desk, case: str, tmp_path: Path) -> None:
    """`papermill --engine safe` refuses a foreign notebook, and a workbook with a cell more or another word in a cell; parameters are no code of theirs."""
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import execute_notebook

    own = json.loads((paths.WORKBOOKS / "identification.ipynb").read_text(encoding="utf-8"))
    longer = {**own, "cells": [*own["cells"], notebook(tmp_path / "ran")["cells"][0]]}  # type: ignore[index]
    other = json.loads(json.dumps(own).replace("workbook.outcome()", "workbook.outcome() or print(1)"))
    casework.work_at(desk)
    try:
        for made in (notebook(tmp_path / "ran"), longer, other):
            file = tmp_path / "identification.ipynb"
            file.write_text(json.dumps(made))
            with pytest.raises((WrongUse, PapermillExecutionError), match="no other notebook"):
                execute_notebook(str(file), None, engine_name="safe", progress_bar=False, parameters={"case": case})
        assert execute_notebook(str(paths.WORKBOOKS / "identification.ipynb"), None, engine_name="safe", progress_bar=False, parameters={"case": case})
    finally:
        casework.work_at(None)

    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", NO_NOTEBOOKS)
def test_sec_43_what_is_no_notebook_is_told_by_the_check(content: str, suite: Path) -> None:
    """A file in the folder that is none is named, and ends nothing."""
    (suite / "workbooks/none.ipynb").write_text(content)

    assert any("none.ipynb: this is not a notebook" in str(problem) for problem in check_locales())
