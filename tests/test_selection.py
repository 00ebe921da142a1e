"""A profile chooses what is read; nothing is made and hidden. A second reader of files looks for what should not be there."""

from __future__ import annotations

import io
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
from conftest import PHRASE, TODAY, give

from safe_lib import casework
from safe_lib.casework import Desk, Said
from safe_lib.catalogue import languages, load_texts
from safe_lib.catalogue.chapters import readers_of
from safe_lib.model.disclosure import Copy
from safe_lib.model.document import Document
from safe_lib.report.make import Terms, document_of, make_copy, run, written
from safe_lib.report.preview import INSIDE, NEVER, Preview, preview
from safe_lib.report.profiles import load_profile
from safe_lib.rights.jobs import job_here
from safe_lib.runtime.links import LASTS, Links
from safe_lib.store import CHEAP, Store

WORKBOOKS = ("identification", "safe_return", "safety_report", "reintegration_followup")
PROFILES = ("own_file", "lawyer", "partner", "person")
FORMATS = ("html", "docx", "pdf", "json")

# Where each word stands → the profiles that may have it, by workbook; own_file may have all but who the person is.
CANARIES: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    "alias": ("Quorvathalias", {}),
    "name": ("Zwelmbraname", {}),
    "telephone": ("Vexilphone", {}),
    "note": ("Brontfignote", {"identification": (), "safe_return": (), "safety_report": ("lawyer",)}),  # there, notes tell the account, and are read back first
    "wish": ("Ommelandwish", {"safe_return": ("lawyer", "person"), "identification": ("lawyer", "person"), "safety_report": ("lawyer",)}),
    "future": ("Karnelfuture", {"safe_return": ("lawyer", "person")}),
    "measure": ("Dulcimeasure", {"safe_return": ("partner", "person")}),
    "owner": ("Quillowner", {"safe_return": ("partner",)}),
    "proof": ("Sparnproof", {"safe_return": ("partner",)}),
    "account": ("Thrennaccount", {"safety_report": ("lawyer",)}),
    "consent": ("Mirtelconsent", {}),
    "purpose": ("Galdpurpose", {}),
}


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str]]:
    """An invented person with a word of its own wherever somebody can write."""
    with Store.create(tmp_path_factory.mktemp("marked") / "cases.safe", PHRASE, training=True, cost=CHEAP) as store:
        desk = Desk(store, "noor", "en", TODAY)
        word = {place: said for place, (said, _) in CANARIES.items()}
        ref = casework.open_case(desk, word["alias"]).ref
        store.set_identity(ref, alias=word["alias"], details={"name": word["name"], "telephone": word["telephone"]}, by="noor", at=desk.now())
        give(desk, ref, "ilo_adult_labour", {"DR05": "present", "EX01": "present", "CD02": "unknown"})
        give(desk, ref, "safe_return", {"HS03": "active", "SAF-02": "unknown", "LIV-01": "partly"})
        for instrument, item, code, note in (
            ("ilo_adult_labour", "DR02", "present", "note"), ("safe_return", "SAF-01", "present", "note"), ("first_level", "WORDS", "written", "wish"),
            ("safe_return_record", "OWN_WORDS", "written", "wish"), ("safety_account", "WHO_IS_FEARED", "written", "account"),
        ):
            asked = casework.instrument_for(desk, instrument)
            casework.record(desk, ref, asked, Said(item, code, ("account",), word[note], seen=None))
        casework.save_paper(desk, ref, casework.FUTURES, {"futures": [
            {"kind": "home_region", "order": 1, "country": "XAA", "subdivision": "", "words": word["future"]}]})
        casework.save_paper(desk, ref, casework.PLAN, {"rows": [{
            "future": "home_region", "about": "SAF", "measure": word["measure"], "owner": word["owner"], "proof": word["proof"], "deadline": "2026-12-01"}]})
        from safe_lib.disclosing import Asked, record_consent

        record_consent(desk, ref, Asked("given", word["consent"], word["purpose"], "x", "am", False))
        yield desk, ref


def extracted(document: bytes, kind: str) -> str:
    """All that a file says, by a way of reading that shares nothing with how it was written: every stream, part and attribute, and what is packed."""
    if kind == "docx":
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            parts = [archive.comment, *(archive.read(name) for name in archive.namelist()), *(name.encode() for name in archive.namelist())]
        return " ".join(part.decode("utf-8", "ignore") + part.decode("utf-16-le", "ignore") for part in parts)
    if kind == "pdf":
        reader = pypdf.PdfReader(io.BytesIO(document))
        text = [page.extract_text() for page in reader.pages]
        raw = [zlib.decompressobj().decompress(document[found.end():]) for found in re.finditer(rb"/FlateDecode[^>]*>>\s*stream\r?\n", document)
               if document[found.end():found.end() + 1] in (b"\x78", b"H", b"h")]
        alternative = re.findall(rb"/(?:Alt|ActualText|T|Title|Contents)\s*[(<][^)>]*", document)
        return " ".join([*text, str(reader.metadata), str(reader.xmp_metadata and reader.xmp_metadata.stream.get_data()), str(reader.outline),
                         *(part.decode("latin-1") for part in (*raw, *alternative, document))])
    return document.decode()


def allowed(place: str, workbook: str, profile: str) -> bool:
    """Whether this reader may find what stands at this place."""
    readers = CANARIES[place][1]
    return (workbook in readers and (profile == "own_file" or profile in readers[workbook])) or (profile == "own_file" and bool(readers))


@pytest.fixture(scope="module")
def documents(marked: tuple[Desk, str]) -> dict[tuple[str, str, str], Document]:
    """Every workbook for each of its readers in each language."""
    desk, ref = marked
    return {(workbook, profile, language): document_of(replace(desk, language=language), ref, workbook, profile)
            for workbook in WORKBOOKS for profile in PROFILES for language in languages() if profile in (readers_of(workbook) or PROFILES)}


def in_turn(documents: dict[tuple[str, str, str], Document], kind: str) -> dict[tuple[str, str, str], Document]:
    """HTML and JSON of every document; of PDF and DOCX, which take seconds each, every workbook for each reader outside, the languages taking turns."""
    if kind in ("html", "json"):
        return documents
    pairs = [key for key in dict.fromkeys(key[:2] for key in documents) if key[1] != "own_file"]
    turn = {key: list(languages())[(place + (kind == "pdf")) % len(languages())] for place, key in enumerate(pairs)}
    return {key: document for key, document in documents.items() if turn.get(key[:2]) == key[2]}


@pytest.mark.parametrize("kind", FORMATS)
def test_sec_48_no_word_outside_its_profile_in_any_file(documents: dict[tuple[str, str, str], Document], kind: str) -> None:
    """12 words × 4 workbooks × 4 readers × every language: 0 outside; text, metadata, parts, alternative texts, comments, packed streams."""
    copy = Copy("R234-5678", "Legal aid, Port Sellen", "2027-05-01")
    found = []
    for (workbook, profile, language), document in in_turn(documents, kind).items():
        said = extracted(written(replace(document, copy=copy), kind), kind)
        found += [(place, workbook, profile, language) for place, (word, _) in CANARIES.items()
                  if re.search(word, said.replace("\n", ""), re.IGNORECASE) and not allowed(place, workbook, profile)]

    assert found == [], found


def test_sec_48_the_scan_can_find_them(documents: dict[tuple[str, str, str], Document]) -> None:
    """What a reader may have is found by the same way of reading, in each kind of file; so that 0 above means something."""
    for kind in FORMATS:
        said = {profile: extracted(written(documents["safe_return", profile, "en"], kind), kind) for profile in ("own_file", "partner")}
        for place in ("measure", "owner"):
            assert all(CANARIES[place][0] in one for one in said.values()), (kind, place)
        assert CANARIES["future"][0] in said["own_file"] and CANARIES["note"][0] in said["own_file"], kind


def test_sec_48_the_preview_says_what_goes_and_what_is_left_out(marked: tuple[Desk, str]) -> None:
    """Group by group; together they are what the own file holds, and none stands on both sides."""
    desk, ref = marked
    seen: dict[tuple[str, str], Preview] = {}
    for workbook, profiles in (("safe_return", ("lawyer", "partner", "person")), ("safety_report", ("lawyer",))):
        whole = preview(desk, ref, workbook, "own_file")
        assert whole.left_out == NEVER
        for profile in profiles:
            found = seen[workbook, profile] = preview(desk, ref, workbook, profile)
            assert set(found.goes) <= load_profile(profile).views and not set(found.goes) & set(found.left_out)
            assert set(whole.goes) <= set(found.goes) | set(found.left_out) and found.left_out[-len(NEVER):] == NEVER

    partner = seen["safe_return", "partner"]
    assert {"plan", "outcome"} <= set(partner.goes) and {"recorded", "own_words", "country"} <= set(partner.left_out) | set(partner.empty)
    assert "plan_details" in seen["safe_return", "person"].left_out and "notes" in seen["safe_return", "lawyer"].left_out
    assert casework.reports_of(desk, ref) == ()


def test_sec_48_every_group_has_its_name_and_its_reason() -> None:
    """In each language; a view that is new in a profile fails here until somebody says why a reader does not get it."""
    views = {view for profile in PROFILES for view in load_profile(profile).views} - {"country_overview", "themes", "subdivisions", "credits"}
    always = {view for view in views if all(view in load_profile(profile).views for profile in PROFILES)}
    for language in languages():
        texts = load_texts(language)
        for group in (*views, *INSIDE, *NEVER):
            assert texts(f"disclose.group.{group}")
            assert group in always or texts(f"disclose.why.{group}"), group


# SEC-50


def test_sec_50_a_link_is_for_one_session_once_within_a_minute() -> None:
    """Somebody else's, a second time, or after sixty seconds: nothing there."""
    now = [0.0]
    links = Links(lambda: now[0])
    report: Any = object()
    tokens = [links.new("mine", report, Terms("a", "b")) for _ in range(3)]

    assert links.take(tokens[0], "another") is None
    assert links.take(tokens[0], "mine") and links.take(tokens[0], "mine") is None
    now[0] = LASTS - 0.1
    assert links.take(tokens[1], "mine")
    now[0] = LASTS
    assert links.take(tokens[2], "mine") is None and LASTS <= 60 and len(tokens[0]) == 43


def test_sec_50_nothing_of_a_copy_is_on_the_disk(marked: tuple[Desk, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither while it is made nor while it waits; only the sealed store is written."""
    desk, ref = marked
    for name in ("TMPDIR", "HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.chdir(tmp_path)
    with opened_to_write() as opened:
        for kind in FORMATS:
            make_copy(desk, ref, "safe_return", "own_file", kind, Terms("own file", "the file"))

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [] and opened == []


@contextmanager
def opened_to_write() -> Iterator[list[str]]:
    """Every file that Python opens to write meanwhile, as its own audit hook tells."""
    seen: list[str] = []
    watching = [True]

    def hook(event: str, given: tuple[Any, ...]) -> None:  # a hook cannot be taken off; it rests afterwards
        if watching and event == "open" and isinstance(given[1], str) and set(given[1]) & set("wax+") and given[0] != "/dev/null":
            seen.append(str(given[0]))

    sys.addaudithook(hook)
    try:
        yield seen
    finally:
        watching.clear()


# SEC-52


def test_sec_52_papermill_is_told_a_number_and_nothing_else(marked: tuple[Desk, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One parameter by chance; no path to write to; the number says nothing afterwards, and the run nothing of itself."""
    import papermill.execute

    desk, ref = marked
    told: list[Mapping[str, Any]] = []
    outputs: list[Any] = []
    before = papermill.execute.execute_notebook

    def listened(source: str, output: Any, **given: Any) -> Any:
        told.append(given["parameters"])
        outputs.append(output)
        done = before(source, output, **given)
        assert done["metadata"]["papermill"]["parameters"] == given["parameters"]  # there it would have stood
        return done

    monkeypatch.setattr(papermill.execute, "execute_notebook", listened)
    runs = [run(desk, ref, "safe_return", "lawyer") for _ in range(2)]

    assert [set(one) for one in told] == [{"case"}, {"case"}] and outputs == [None, None]
    assert all(re.fullmatch(r"job-[0-9a-f]{16}", one["case"]) and job_here(one["case"]) is None for one in told) and told[0] != told[1]
    for notebook in runs:
        noted = [str(part["metadata"]) + (str(part["source"]) if "source" in part else "") for part in (notebook, *notebook["cells"])]
        assert not [words for words in noted if "papermill" in words or ref in words or "job-" in words or "injected" in words or str(Path.cwd()) in words]


def test_sec_52_a_failing_run_tells_neither_case_nor_answer(marked: tuple[Desk, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
                                                             capfd: pytest.CaptureFixture[str]) -> None:
    """The error names the workbook and the kind of fault; nothing stands in a log or on the terminal."""
    from safe_lib.model.errors import ReportError
    from safe_lib.workbook import Workbook

    desk, ref = marked

    def fails(_self: Workbook) -> Any:
        raise ValueError(CANARIES["note"][0])

    monkeypatch.setattr(Workbook, "outcome", fails)
    with pytest.raises(ReportError, match="ValueError") as failed:
        run(desk, ref, "safe_return", "lawyer")

    said = " ".join((str(failed.value), caplog.text, *capfd.readouterr()))
    assert not [word for word, _ in CANARIES.values() if word in said]
    assert failed.value.__cause__ is None and failed.value.__suppress_context__


def test_sec_52_a_reference_is_still_a_reference(marked: tuple[Desk, str]) -> None:
    """Only a number of a run that goes on now is one; anything else is what it looks like."""
    assert job_here(marked[1]) is None and job_here(None) is None and job_here("job-0000000000000000") is None
