"""A case handed over to a partner: what was agreed and no more, encrypted, whole or refused; and what comes from a partner is shown, not believed."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest
from conftest import give
from team import desk_of, make_team, phrase

from safe_lib import casework, disclosing
from safe_lib.casework import Desk, Said
from safe_lib.catalogue import paths
from safe_lib.catalogue.protocols import check_protocols, load_protocol
from safe_lib.cli.app import run
from safe_lib.engine.sharing import outside
from safe_lib.model.disclosure import Basis
from safe_lib.model.errors import BasisRefused, CaseNotFound, NotPermitted, ReportError, WrongUse
from safe_lib.model.sharing import Protocol
from safe_lib.report.handover import MANIFEST, let_out, make_handover, open_handover, opened_archive
from safe_lib.report.make import Terms, make_copy

DAY = date(2026, 11, 26)
PURPOSE = "shelter after return"
DANGER = Basis("vital_interests", reason="The person cannot be reached; decided with the coordinator.")
OURS = pyrage.x25519.Identity.generate()
HIDDEN = "Brontfignote"


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Desk]:
    """A specialist's desk in a store for real persons (who are invented), inside the days of the protocol."""
    with desk_of(make_team(tmp_path, users=("ada", "sven", "cora")), "sven") as desk:
        yield replace(desk, today=DAY)


@pytest.fixture
def ref(real: Desk) -> str:
    """A case with a note that no partner may see."""
    ref = casework.open_case(real, "Maple").ref
    give(real, ref, "safe_return", {"HS03": "cleared", "LIV-01": "partly"})
    casework.record(real, ref, casework.instrument_for(real, "safe_return"), Said("SAF-01", "present", ("account",), HIDDEN, seen=None))
    return ref


@pytest.fixture
def protocol() -> Protocol:
    """The one with the invented shelter, and a key."""
    return replace(load_protocol("exampleland_shelter"), key=str(OURS.to_public()))


def handed(desk: Desk, ref: str, protocol: Protocol, terms: Terms) -> bytes:
    """The encrypted file."""
    return let_out(desk, make_handover(desk, ref, protocol, terms), protocol, terms, key=protocol.key)


def terms_of(protocol: Protocol, basis: Basis = DANGER, purpose: str = PURPOSE) -> Terms:
    return Terms(protocol.partner, purpose, basis)


# PRI-12


def test_pri_12_a_partner_gets_a_file_and_no_way_in(real: Desk, ref: str, protocol: Protocol, tmp_path: Path) -> None:
    """It goes one way, on a basis that is written down: opened by the partner it is shown, nothing comes into their store, and nobody searches ours."""
    sealed = handed(real, ref, protocol, terms_of(protocol))
    (tmp_path / "theirs").mkdir()
    with desk_of(make_team(tmp_path / "theirs", users=("ada", "sven")), "sven") as theirs:
        before = len(theirs.open_store().audit())
        found = open_handover(sealed, identity=str(OURS))

        assert found.manifest["reference"] == ref and found.files
        assert len(theirs.open_store().audit()) == before and casework.list_cases(theirs) == ()
        with pytest.raises(CaseNotFound):
            casework.find_case(theirs, ref)
    assert protocol.partner not in {one.user for one in real.open_store().people()}


# SEC-51


def test_sec_51_the_partner_opens_it_and_nobody_else(real: Desk, ref: str, protocol: Protocol) -> None:
    """With their key; without it, with another one or with a byte changed it stays shut; nothing of it can be read from outside."""
    sealed = handed(real, ref, protocol, terms_of(protocol))
    found = open_handover(sealed, identity=str(OURS))
    line = real.open_store().disclosures(ref)[0]

    assert sealed.startswith(b"age-encryption.org/v1") and ref.encode() not in sealed and b"manifest" not in sealed
    assert (found.manifest["copy"], found.sha256) == (line.report, line.sha256) and set(found.files) == {"safe_return.json", "safe_return.html"}
    assert (line.recipient, line.kind, line.basis) == (protocol.partner, "handover exampleland_shelter", DANGER)
    for wrong in (lambda: open_handover(sealed, identity=str(pyrage.x25519.Identity.generate())), lambda: open_handover(sealed, identity="no key"),
                  lambda: open_handover(sealed[:-9] + bytes([sealed[-9] ^ 1]) + sealed[-8:], identity=str(OURS))):
        with pytest.raises(ReportError, match="cannot be opened"):
            wrong()


def test_sec_51_what_goes_is_what_was_agreed(real: Desk, ref: str, protocol: Protocol) -> None:
    """The manifest names groups, days, hashes; what the protocol does not name was never made: not even what the profile could hold."""
    found = open_handover(handed(real, ref, protocol, terms_of(protocol)), identity=str(OURS))
    said = found.manifest

    assert said["selection"] == {"safe_return": sorted(protocol.sends["safe_return"])} and "sign_off" not in said["selection"]["safe_return"]
    assert said["until"] == (DAY + timedelta(days=protocol.keep_days)).isoformat() == str(real.open_store().disclosures(ref)[0].expires)
    assert said["protocol"] == {"id": "exampleland_shelter", "hash": protocol.hash} and said["reference"] == ref
    assert all(said["files"][name] == {"sha256": sha256(content).hexdigest(), "size": len(content)} for name, content in found.files.items())
    whole = b" ".join(found.files.values()).decode()
    assert HIDDEN not in whole and '"lines"' not in whole and "Maple" not in whole and said["copy"] in found.files["safe_return.html"].decode()


def test_sec_51_a_file_with_a_part_more_less_or_changed_is_refused(real: Desk, ref: str, protocol: Protocol) -> None:
    """Whoever has the key can still not be given something else; a file that unpacks to too much is not unpacked."""
    report = make_handover(real, ref, protocol, terms_of(protocol))
    inside = real.open_store().report_bytes(report.id, by="sven", at=real.now(), purpose="test")

    def rewritten(**parts: bytes | None) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(inside)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
            for name, content in {**{name: old.read(name) for name in old.namelist()}, **{key.replace("__", "."): part for key, part in parts.items()}}.items():
                if content is not None:
                    new.writestr(name, content)
        return packed.getvalue()

    assert opened_archive(rewritten()).manifest == opened_archive(inside).manifest
    manifest = opened_archive(inside).manifest
    for broken in (rewritten(safe_return__html=b"<p>other</p>"), rewritten(safe_return__html=None), rewritten(more__html=b"x"), rewritten(manifest__json=b"[]"),
                   rewritten(manifest__json=json.dumps({**manifest, "files": []}).encode()), rewritten(manifest__json=None), inside[:200], b"", b"PK",
                   rewritten(safe_return__html=b"0" * 60_000_000)):
        with pytest.raises(ReportError, match="no hand-over file"):
            opened_archive(broken)
    with pytest.raises(ReportError, match="another version"):
        opened_archive(rewritten(manifest__json=json.dumps({**manifest, "version": 2}).encode()))
    assert MANIFEST == "manifest.json"


# PRI-14


@pytest.mark.parametrize(("key", "changed"), [
    ("not_yet", {"today": date(2026, 10, 31)}), ("over", {"today": date(2027, 11, 1)}), ("workbook", {"workbook": "identification"}),
    ("profile", {"profile": "own_file"}), ("purpose", {"purpose": "a newspaper"}), ("basis", {"basis": "legal_claims"}),
    ("too_soon", {"last": date(2026, 11, 20)}),
    ("", {"last": date(2026, 11, 19)}), ("", {"today": date(2027, 10, 31)}), ("", {"purpose": " Shelter  after RETURN "}),
])
def test_pri_14_what_lies_outside_the_protocol_is_refused_in_a_sentence(protocol: Protocol, key: str, changed: dict[str, object]) -> None:
    """Partner, groups, purpose, basis, how often, until when: each by itself; its first and last day lie inside."""
    asked = {"workbook": "safe_return", "profile": "partner", "purpose": PURPOSE, "basis": "consent", "last": None, "today": DAY, **changed}

    assert outside(protocol, **asked) == key  # type: ignore[arg-type]


def test_pri_14_nothing_is_made_outside_it(real: Desk, ref: str, protocol: Protocol) -> None:
    """Another purpose, basis or key, or a second file within the week: no file, no line; a report for that partner by name goes the same way."""
    with pytest.raises(NotPermitted, match="purpose is not in the protocol"):
        handed(real, ref, protocol, terms_of(protocol, purpose="a newspaper"))
    with pytest.raises(NotPermitted, match="basis is not in the protocol"):
        handed(real, ref, protocol, terms_of(protocol, Basis("legal_claims", reason="an appeal has to be lodged")))
    with pytest.raises(BasisRefused):
        handed(real, ref, protocol, Terms(protocol.partner, PURPOSE))
    another = str(pyrage.x25519.Identity.generate().to_public())
    with pytest.raises(NotPermitted, match="not the key"):
        let_out(real, make_handover(real, ref, protocol, terms_of(protocol)), protocol, terms_of(protocol), key=another)
    with pytest.raises(NotPermitted, match="not in the protocol"):
        make_copy(real, ref, "identification", "partner", "json", terms_of(protocol))
    with pytest.raises(NotPermitted, match="not in the protocol"):
        make_copy(real, ref, "safe_return", "own_file", "json", terms_of(protocol))

    assert real.open_store().disclosures(ref) == ()
    handed(real, ref, protocol, terms_of(protocol))
    with pytest.raises(NotPermitted, match="less than 7 days"):
        handed(real, ref, protocol, terms_of(protocol))


def test_pri_14_a_report_for_that_partner_is_narrowed_too(real: Desk, ref: str, protocol: Protocol) -> None:
    """What the profile could hold and the protocol does not name is not made."""
    report = make_copy(real, ref, "safe_return", "partner", "json", terms_of(protocol))
    said = real.open_store().report_bytes(report.id, by="sven", at=real.now(), purpose="test").decode()
    other = make_copy(real, ref, "safe_return", "partner", "json", Terms("Another shelter", PURPOSE, DANGER))

    assert '"lines"' not in said and json.loads(said)["profile"] == "partner"
    assert '"lines"' in real.open_store().report_bytes(other.id, by="sven", at=real.now(), purpose="test").decode()


def test_pri_03_a_withdrawal_stops_a_hand_over_that_is_ready(real: Desk, ref: str, protocol: Protocol) -> None:
    """The last look is taken when the file leaves."""
    consent = disclosing.record_consent(real, ref, disclosing.Asked("given", protocol.partner, PURPOSE, "the plan", "en", False))
    terms = terms_of(protocol, Basis("consent", consent.id))
    ready = make_handover(real, ref, protocol, terms)
    disclosing.withdraw_consent(real, ref, consent.id)
    with pytest.raises(BasisRefused):
        let_out(real, ready, protocol, terms, key=protocol.key)

    assert real.open_store().disclosures(ref) == ()


@pytest.mark.parametrize(("change", "says"), [
    (("profile: partner", "profile: nobody"), "no profile"), (("[consent, vital_interests, exercise]", "[because]"), "no basis"),
    (("safe_return: [", "safe_return: [recorded, "), "never holds recorded"), (("  safe_return:", "  unknown_book:"), "no workbook"),
    (("until: 2027-10-31", "until: 2025-10-31"), "ends before"), (("keep_days: 90", "keep_days: 0"), "keep_days"), (('key: ""', "key: age1nonsense"), "key"),
    (("until: 2027-10-31", "until: 2027-13-31"), "not a day"),
    (("id: exampleland_shelter", "id: other"), "same name"), (("purposes:", "porpoises:"), "field required"),
])
def test_pri_14_a_protocol_that_cannot_hold_is_told_with_file_and_line(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    """`safe check` names each."""
    text = (paths.TEMPLATES / "sharing" / "exampleland_shelter.yaml").read_text(encoding="utf-8")
    assert change[0] in text and check_protocols() == []
    (tmp_path / "sharing").mkdir()
    (tmp_path / "sharing" / "exampleland_shelter.yaml").write_text(text.replace(*change, 1), encoding="utf-8")
    found = check_protocols(tmp_path)

    assert any(says in str(problem) and re.match(r"exampleland_shelter\.yaml:\d+: ", str(problem)) for problem in found), found


# The commands


def test_sec_51_the_passphrase_is_told_once_and_never_lies_beside_the_file(real: Desk, ref: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the same folder; the file opens with it; nothing of it is in file, register or trail."""
    own, apart = tmp_path / "sven.phrase", tmp_path / "apart"
    own.write_text(phrase("sven"), encoding="utf-8")
    own.chmod(0o600)
    apart.mkdir()
    out = tmp_path / "handover.age"
    store = ["--store", str(tmp_path / "team.safe"), "--passphrase-file", str(own), "--person", "sven", "--date", DAY.isoformat()]
    why = ["--purpose", PURPOSE, "--basis", DANGER.kind, "--reason", DANGER.reason]
    command = ["handover", ref, "--to", "exampleland_shelter", *why, "--out", str(out), *store]

    assert run([*command, "--write-passphrase", str(tmp_path / "phrase")]) == 2 and not out.exists()
    capsys.readouterr()
    assert run([*command, "--write-passphrase", str(apart / "phrase"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    given = (apart / "phrase").read_text().strip()
    assert told["passphrase"] is None and told["opens_with"] == "passphrase" and given.encode() not in out.read_bytes()
    assert (apart / "phrase").stat().st_mode & 0o777 == out.stat().st_mode & 0o777 == 0o600
    assert run(["receive", str(out), "--passphrase-file", str(apart / "phrase")]) == 0
    shown = capsys.readouterr().out
    assert told["copy"] in shown and "Example shelter" in shown and HIDDEN not in shown
    assert run(["receive", str(out), "--passphrase-file", str(own)]) == 40
    assert given not in "".join(line.detail for line in real.open_store().audit()) + capsys.readouterr().err


def test_a_key_that_is_no_key_registers_nothing(real: Desk, ref: str) -> None:
    """Looked at before the line is written."""
    protocol = load_protocol("exampleland_shelter")
    with pytest.raises(WrongUse, match="not an age key"):
        let_out(real, make_handover(real, ref, protocol, terms_of(protocol)), protocol, terms_of(protocol), key="age1wrong")

    assert real.open_store().disclosures(ref) == ()
