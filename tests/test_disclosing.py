"""What leaves has a recipient, a purpose, a basis, a last day, two marks, a fingerprint and a line; what the person takes back leaves no more."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import docx
import pypdf
import pytest
from conftest import give
from team import desk_of, make_team, phrase

from safe_lib import casework, disclosing
from safe_lib.casework import Desk
from safe_lib.catalogue import languages, load_texts
from safe_lib.cli.app import run
from safe_lib.disclosing import Asked
from safe_lib.model.disclosure import BASES, REASONED, Basis
from safe_lib.model.errors import BasisRefused, StoreError, WrongUse
from safe_lib.report.make import Terms, make_copy

OFFICE, APPEAL = "Legal aid, Port Sellen", "the appeal of November"
REASON = "The person is in hospital and cannot be asked; decided with the coordinator."
YES = Asked("given", OFFICE, APPEAL, "The return report, without notes", "am", True)
LAST = re.compile(r"R[2-9A-Z]{3}-[2-9A-Z]{4}")


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Desk]:
    """The desk of a specialist in a store for real persons (who are invented)."""
    with desk_of(make_team(tmp_path, users=("ada", "sven", "cora")), "sven") as desk:
        yield desk


@pytest.fixture
def ref(real: Desk) -> str:
    """A case with something to tell."""
    ref = casework.open_case(real, "Maple").ref
    give(real, ref, "safe_return", {"HS03": "cleared", "SAF-01": "present"})
    return ref


def leave(desk: Desk, ref: str, *, recipient: str = OFFICE, purpose: str = APPEAL, basis: Basis | None = None, format: str = "json") -> tuple[bytes, str]:
    """Make a copy and let it leave; its bytes and its number."""
    report = make_copy(desk, ref, "safe_return", "lawyer", format, Terms(recipient, purpose, basis))
    document, line = casework.disclose(desk, report, recipient=recipient, purpose=purpose, basis=basis)
    assert line.report == report.id
    return document, report.id


# SEC-49


def test_sec_49_every_line_of_the_register_is_whole(real: Desk, ref: str) -> None:
    """Recipient, purpose, consent, last day, number, fingerprint of just those bytes, kind; sealed, so that the audit trail holds none of it."""
    consent = disclosing.record_consent(real, ref, YES)
    document, number = leave(real, ref, basis=Basis("consent", consent.id))
    line = real.open_store().disclosures(ref)[0]

    assert (line.recipient, line.purpose, line.basis) == (OFFICE, APPEAL, Basis("consent", consent.id))
    assert (line.expires, line.report, line.sha256) == (consent.until, number, sha256(document).hexdigest())
    assert (line.kind, line.replaces, line.by) == ("safe_return lawyer", "", "sven")
    assert not [one for one in real.open_store().audit(ref) if OFFICE in one.detail and one.what == "report.disclosed"]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("format", ["html", "pdf", "docx", "json"])
def test_sec_49_both_marks_stand_on_and_in_every_copy(real: Desk, ref: str, format: str, language: str) -> None:
    """On each page for the eye, in metadata and structure for who cleans the page; recipient and last day on the first page."""
    document, number = leave(replace(real, language=language), ref, basis=Basis("legal_claims", reason=REASON), format=format)
    visible, hidden = marks_of(document, format)

    assert visible and all(number in page for page in visible)
    assert hidden and all(number in place or number.replace("-", "") in place for place in hidden)
    assert OFFICE in visible[0]
    assert len(set(LAST.findall(" ".join(visible)))) == 1


def marks_of(document: bytes, format: str) -> tuple[list[str], list[str]]:
    """The words of each page (or of the only one), and each hidden place by itself."""
    if format == "pdf":
        read = pypdf.PdfReader(io.BytesIO(document))
        packet = read.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
        return [page.extract_text() for page in read.pages], [str(read.metadata["/Keywords"]), packet]
    if format == "docx":
        word = docx.Document(io.BytesIO(document))
        body = zipfile.ZipFile(io.BytesIO(document)).read("word/document.xml").decode()
        head = word.sections[0].header.paragraphs[0].text
        return [head + " ".join(one.text for one in word.paragraphs)], [word.core_properties.identifier, *re.findall(r"w:bookmarkStart [^>]*>", body)]
    text = document.decode()
    if format == "html":
        paper = re.search(r"@page .*", text)
        body = text.partition("<main")[2]
        assert paper and "copy" in text
        return [body.partition(">")[2]], re.findall(r'<meta name="dcterms[^>]*>', text) + re.findall(r"<main [^>]*>", text)
    read_json = json.loads(text)
    return [json.dumps(read_json["copy"], ensure_ascii=False)], [read_json["copy"]["id"]]


def test_sec_49_a_newer_copy_takes_the_place_of_the_older_and_says_so(real: Desk, ref: str) -> None:
    """For the same recipient and kind, however the name is written; for another recipient nothing is replaced."""
    basis = Basis("legal_claims", reason=REASON)
    _, first = leave(real, ref, basis=basis)
    document, second = leave(real, ref, recipient=f"  {OFFICE.upper()} ", basis=basis)
    other, _ = leave(real, ref, recipient="Another office", basis=basis)
    standing = {line.disclosure.report: (line.standing, line.replaced_by) for line in disclosing.sharing(real, ref).lines}

    assert json.loads(document)["copy"]["replaces"] == first and json.loads(other)["copy"]["replaces"] == ""
    assert standing[first] == ("superseded", second) and standing[second] == ("current", "")
    html, _ = leave(real, ref, basis=basis, format="html")
    assert second in html.decode() and load_texts("en")("report.copy.replaces") in html.decode()


def test_sec_49_one_copy_is_for_one_recipient(real: Desk, ref: str) -> None:
    """The number on a page says who leaked it, so the same bytes go to nobody else."""
    basis = Basis("legal_claims", reason=REASON)
    report = make_copy(real, ref, "safe_return", "lawyer", "json", Terms(OFFICE, APPEAL, basis))
    casework.disclose(real, report, recipient=OFFICE, purpose=APPEAL, basis=basis)
    with pytest.raises(WrongUse, match="copy of their own"):
        casework.disclose(real, report, recipient="Somebody else", purpose=APPEAL, basis=basis)


def test_sec_49_a_copy_past_its_last_day_says_so(real: Desk, ref: str) -> None:
    """The register shows it the day after."""
    leave(real, ref, basis=Basis("legal_claims", reason=REASON))
    last = real.open_store().disclosures(ref)[0].expires
    assert last == real.today + timedelta(days=183)
    days = {day: disclosing.sharing(replace(real, today=day), ref).lines[0].standing for day in (last, last + timedelta(days=1))}

    assert list(days.values()) == ["current", "ended"]


def test_a_register_of_an_earlier_version_is_still_read(real: Desk, ref: str) -> None:
    """Lines without a basis and a last day say so, and are not taken for consent."""
    sealed = casework.seal(real, ref, b"x", workbook="safe_return", profile="lawyer", format="html")
    real.open_store().disclose(sealed.id, recipient="somebody", purpose="something", by="sven", at=real.now())
    line = disclosing.sharing(real, ref).lines[0]

    assert line.standing == "current" and line.disclosure.basis == Basis() and line.disclosure.expires is None


# PRI-03, PRI-04


def test_pri_04_nothing_leaves_without_a_basis(real: Desk, ref: str) -> None:
    """Neither without one, nor with an unknown one, nor with one that lacks its reason; nothing is made, sealed or registered."""
    for basis in (None, Basis("because"), Basis("exercise"), Basis("own_work"), *(Basis(kind, reason="too short") for kind in REASONED)):
        with pytest.raises(BasisRefused):
            leave(real, ref, basis=basis)

    assert casework.reports_of(real, ref) == () and real.open_store().disclosures(ref) == ()


@pytest.mark.parametrize("kind", REASONED)
def test_pri_04_another_basis_takes_a_reason_that_is_kept(real: Desk, ref: str, kind: str) -> None:
    """Consent is often not free; the reason stands in the register."""
    leave(real, ref, basis=Basis(kind, reason=REASON))

    assert real.open_store().disclosures(ref)[0].basis == Basis(kind, reason=REASON)


def test_pri_04_a_persons_own_data_and_the_own_file_need_no_more_words(real: Desk, ref: str) -> None:
    """And the register says which it was."""
    for profile in ("own_file", "person"):
        report = make_copy(real, ref, "safe_return", profile, "json", Terms(profile, "asked for"))
        casework.disclose(real, report, recipient=profile, purpose="asked for")

    assert [line.basis.kind for line in real.open_store().disclosures(ref)] == ["own_work", "own_request"]


def test_pri_03_consent_is_for_one_recipient_one_purpose_and_its_days(real: Desk, ref: str) -> None:
    """Anything else is refused, each with its own sentence; an unknown number too."""
    consent = disclosing.record_consent(real, ref, replace(YES, until=real.today + timedelta(days=30)))
    basis = Basis("consent", consent.id)
    wrong = {"other_recipient": {"recipient": "The police"}, "other_purpose": {"purpose": "research"}, "unknown": {"basis": Basis("consent", "C000000")}}
    for key, changed in wrong.items():
        with pytest.raises(BasisRefused) as refused:
            leave(real, ref, **{"basis": basis, **changed})
        assert refused.value.key == key
    with pytest.raises(BasisRefused) as ended:
        leave(replace(real, today=real.today + timedelta(days=31)), ref, basis=basis)

    assert ended.value.key == "ended"
    leave(replace(real, today=real.today + timedelta(days=30)), ref, basis=basis)


def test_pri_03_a_refusal_is_kept_costs_nothing_and_opens_nothing(real: Desk, ref: str) -> None:
    """The refusal stands in the register of consents; the case stays open to work on, and nothing leaves."""
    said = disclosing.record_consent(real, ref, replace(YES, state="refused"))
    with pytest.raises(BasisRefused) as refused:
        leave(real, ref, basis=Basis("consent", said.id))

    assert refused.value.key == "refused"
    give(real, ref, "safe_return", {"SAF-02": "unknown"})
    assert casework.assess_case(real, ref, "safe_return") and casework.find_case(real, ref).status == "open"


def test_pri_03_every_version_of_a_consent_is_kept(real: Desk, ref: str) -> None:
    """Refused, then given with an interpreter, then withdrawn: three statements with who, when and in which language; the last one counts."""
    disclosing.record_consent(real, ref, replace(YES, state="refused", language="en", interpreter=False))
    given = disclosing.record_consent(real, ref, YES)
    disclosing.withdraw_consent(real, ref, given.id)
    found = disclosing.sharing(real, ref)

    assert [(one.state, one.language, one.interpreter, one.by) for one in found.statements] == [
        ("refused", "en", False, "sven"), ("given", "am", True, "sven"), ("withdrawn", "am", True, "sven")]
    assert len({one.id for one in found.statements}) == 1 and found.usable == ()
    assert [line.what for line in real.open_store().audit(ref) if line.what.startswith("consent.")] == ["consent.refused", "consent.given", "consent.withdrawn"]
    with pytest.raises(WrongUse):
        casework.save_paper(real, ref, casework.CONSENTS, {"consents": []})


def test_pri_03_a_withdrawal_stops_further_copies_within_a_second_and_lists_past_ones(real: Desk, ref: str) -> None:
    """The copy that was already made stays inside as well; each past recipient gets a letter that names no person."""
    consent = disclosing.record_consent(real, ref, YES)
    basis = Basis("consent", consent.id)
    _, past = leave(real, ref, basis=basis)
    ready = make_copy(real, ref, "safe_return", "lawyer", "json", Terms(OFFICE, APPEAL, basis))
    began = time.monotonic()
    _, lines = disclosing.withdraw_consent(real, ref, consent.id)
    with pytest.raises(BasisRefused) as refused:
        casework.disclose(real, ready, recipient=OFFICE, purpose=APPEAL, basis=basis)

    assert time.monotonic() - began < 1 and refused.value.key == "withdrawn"
    assert [line.disclosure.report for line in lines] == [past] == [line.disclosure.report for line in disclosing.sharing(real, ref).to_ask_back]
    for language in languages():
        written = disclosing.letter(lines[0], load_texts(language))
        assert past in written and OFFICE in written and ref not in written and "Maple" not in written


def test_pri_03_a_withdrawal_between_looking_and_leaving_counts(real: Desk, ref: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else records it after the check and before the line is written: nothing leaves."""
    consent = disclosing.record_consent(real, ref, YES)
    basis = Basis("consent", consent.id)
    ready = make_copy(real, ref, "safe_return", "lawyer", "json", Terms(OFFICE, APPEAL, basis))
    looked = casework.require_basis

    def looked_then_withdrawn(*given: object, **named: object) -> object:
        found = looked(*given, **named)  # type: ignore[arg-type]
        disclosing.withdraw_consent(real, ref, consent.id)
        return found

    monkeypatch.setattr(casework, "require_basis", looked_then_withdrawn)
    with pytest.raises(StoreError, match="changed this moment"):
        casework.disclose(real, ready, recipient=OFFICE, purpose=APPEAL, basis=basis)

    assert real.open_store().disclosures(ref) == ()


def test_pri_03_there_is_one_truth_beside_the_answers_of_the_first_talk(real: Desk, ref: str) -> None:
    """CONSENT-SHARE: its yes opens nothing by itself; its no ends what was allowed before, until the person is asked again."""
    give(real, ref, "first_level", {"CONSENT-SHARE": "agreed"})
    with pytest.raises(BasisRefused):
        leave(real, ref)
    consent = disclosing.record_consent(real, ref, YES)
    leave(real, ref, basis=Basis("consent", consent.id))
    give(real, ref, "first_level", {"CONSENT-SHARE": "withdrawn"})
    with pytest.raises(BasisRefused) as refused:
        leave(real, ref, basis=Basis("consent", consent.id))

    assert refused.value.key == "general_no" and len(disclosing.sharing(real, ref).to_ask_back) == 1
    again = disclosing.record_consent(real, ref, YES)
    leave(real, ref, basis=Basis("consent", again.id))


def test_pri_03_a_no_to_one_report_ends_what_was_allowed_for_that_report_only(real: Desk, ref: str) -> None:
    """SHARE in the account for the personal safety report: that report stays inside, another one may still go."""
    basis = Basis("consent", disclosing.record_consent(real, ref, YES).id)
    report = make_copy(real, ref, "safety_report", "lawyer", "json", Terms(OFFICE, APPEAL, basis))
    casework.disclose(real, report, recipient=OFFICE, purpose=APPEAL, basis=basis)
    give(real, ref, "safety_account", {"SHARE": "withdrawn"})
    with pytest.raises(BasisRefused) as refused:
        make_copy(real, ref, "safety_report", "lawyer", "json", Terms(OFFICE, APPEAL, basis))

    assert refused.value.key == "general_no"
    leave(real, ref, basis=basis)
    assert [line.standing for line in disclosing.sharing(real, ref).lines] == ["withdrawn", "current"]


def test_every_basis_standing_and_refusal_has_its_words() -> None:
    """In each language of the interface."""
    from safe_lib.engine.consents import _MESSAGES

    for language in languages():
        texts = load_texts(language)
        for key in (*(f"basis.{kind}" for kind in ("none", *BASES)), *(f"lack.{key}" for key in _MESSAGES),
                    *(f"standing.{one}" for one in ("current", "ended", "superseded", "withdrawn"))):
            assert texts(f"disclose.{key}").strip()


# The commands


@contextmanager
def at(folder: Path) -> Iterator[list[str]]:
    """How a specialist opens the team's store on the command line."""
    key = folder / "sven.phrase"
    key.write_text(phrase("sven"), encoding="utf-8")
    key.chmod(0o600)
    yield ["--store", str(folder / "team.safe"), "--passphrase-file", str(key), "--person", "sven"]


def test_the_commands_go_the_same_way(real: Desk, ref: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a basis 30 and no file; with a consent the file; the list says who has it; after a withdrawal 30 again, with the letter."""
    out = tmp_path / "report.html"
    report = ["report", ref, "safe_return", "--for", "lawyer", "--out", str(out)]
    with at(tmp_path) as store:
        assert run([*report, "--recipient", OFFICE, "--purpose", APPEAL, *store]) == 30 and not out.exists()
        assert run([*report, *store]) == 2 and not out.exists()
        capsys.readouterr()
        assert run(["consent", "give", ref, "--recipient", OFFICE, "--purpose", APPEAL, "--scope", "the report", "--explained-in", "am", "--json", *store]) == 0
        consent = json.loads(capsys.readouterr().out)["id"]
        assert run([*report, "--consent", consent, *store]) == 0 and out.stat().st_mode & 0o777 == 0o600
        capsys.readouterr()
        assert run(["disclosures", ref, "--json", *store]) == 0
        said = json.loads(capsys.readouterr().out)
        assert run(["consent", "withdraw", ref, consent, *store]) == 0
        letters = capsys.readouterr().out
        assert run([*report, "--consent", consent, *store]) == 30

    assert [(line["recipient"], line["standing"], line["basis"]["consent"]) for line in said["disclosures"]] == [(OFFICE, "current", consent)]
    assert said["disclosures"][0]["sha256"] == sha256(out.read_bytes()).hexdigest() and said["consents"][0]["lack"] == ""
    assert said["disclosures"][0]["copy"] in letters
