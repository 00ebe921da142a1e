"""The file that hands a person's case over to a partner: what the protocol names and no more, in one encrypted file (SEC-51).

Inside is an archive with a manifest (what it is, for whom, until when, which groups, the hash of every part) and, for each
workbook, the same document twice: JSON for a program, HTML for a reader. Around it is the age format, to the partner's key
or to a passphrase that goes by another channel. age keeps what is inside secret and whole; it does not say who sent it, so
partners compare the fingerprint by telephone.

A file that comes in is opened, checked and shown. It is never put into a case by itself: what another organisation says is
an account of theirs, and whoever reads it decides what to ask the person and what to write down.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any, Final

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.engine import consents, sharing
from safe_lib.keeping import keep_for_report
from safe_lib.model.case import Report
from safe_lib.model.disclosure import Copy
from safe_lib.model.errors import ReportError, WrongUse
from safe_lib.model.sharing import FORMAT, VERSION, Protocol, Received
from safe_lib.report.make import Terms, document_of, written
from safe_lib.report.profiles import load_profile, narrowed

WORKBOOK: Final = "handover"  # what the register calls it; its profile there is the protocol
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # the first date an archive can hold; every file in it gets the same
MANIFEST: Final = "manifest.json"
LARGEST: Final = 50_000_000  # bytes of everything inside
MOST: Final = 20  # files inside
_NEEDED: Final = ("format", "version", "copy", "to", "purpose", "until", "made", "reference", "protocol", "selection", "files")


def make_handover(desk: Desk, ref: str, protocol: Protocol, terms: Terms) -> Report:
    """Make the file for a partner and seal it into the store, not yet encrypted; it has not left.

    Raises:
        NotPermitted: it lies outside the protocol, or nothing allows it to leave.
    """
    last = _require_inside(desk, ref, protocol, terms)
    store = desk.open_store()
    old = consents.replaced(store.disclosures(ref), protocol.partner, f"{WORKBOOK} {protocol.id}")
    copy = Copy(store.free_report_id(), protocol.partner, last.isoformat(), *((old.report, old.at.date().isoformat()) if old else ()))
    files: dict[str, bytes] = {}
    for workbook in protocol.sends:
        document = replace(document_of(desk, ref, workbook, narrowed(protocol.profile, protocol.id, workbook)), copy=copy)
        files |= {f"{workbook}.{kind}": written(document, kind) for kind in ("json", "html")}
        keep_for_report(desk, ref, workbook)
    manifest = _manifest(desk, ref, protocol, terms, copy, files)
    return casework.seal(desk, ref, _packed(manifest, files), workbook=WORKBOOK, profile=protocol.id, format="zip", id=copy.id)


def _require_inside(desk: Desk, ref: str, protocol: Protocol, terms: Terms) -> date:
    """The last day of the copy; every workbook that goes is looked at by itself."""
    last = min(terms.expires or date.max, desk.today + timedelta(days=protocol.keep_days))
    register = desk.open_store().disclosures(ref)
    days = [line.at.date() for line in register if line.kind == f"{WORKBOOK} {protocol.id}"]
    for workbook in protocol.sends:
        basis, until, _ = casework.require_basis(desk, ref, workbook, protocol.id, recipient=protocol.partner, purpose=terms.purpose, basis=terms.basis,
                                                 expires=last)
        last = min(last, until)
        key = sharing.outside(protocol, workbook=workbook, profile=protocol.profile, purpose=terms.purpose, basis=basis.kind, last=max(days, default=None),
                              today=desk.today)
        if key:
            raise sharing.refusal(key, protocol)
    return last


def let_out(desk: Desk, report: Report, protocol: Protocol, terms: Terms, *, key: str = "", passphrase: str = "") -> bytes:
    """The encrypted file, with its line in the register.

    Args:
        key: the partner's age key; else `passphrase`, which goes by another channel.

    Raises:
        NotPermitted: the key is not the one of the protocol, or nothing allows it to leave any more.
        WrongUse: this is no key.
    """
    if protocol.key and key != protocol.key:
        raise sharing.refusal("key", protocol)
    lock = _lock(key, passphrase)
    last = date.fromisoformat(_copy_of(desk, report)["until"])
    document, _ = casework.disclose(desk, report, recipient=protocol.partner, purpose=terms.purpose, basis=terms.basis, expires=last)
    return lock(document)


def _lock(key: str, passphrase: str) -> Callable[[bytes], bytes]:
    """What encrypts; looked at before anything is registered."""
    import pyrage

    if not key:
        if not passphrase:
            raise WrongUse("handover: a key or a passphrase is needed.\n  Ask the partner for their key (age1…), in person.")
        return lambda document: bytes(pyrage.passphrase.encrypt(document, passphrase))
    try:
        recipient = pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        raise WrongUse("handover: this is not an age key.\n  It begins with age1 and has 62 letters; ask the partner to send it again.") from None
    return lambda document: bytes(pyrage.encrypt(document, [recipient]))


def _copy_of(desk: Desk, report: Report) -> Mapping[str, Any]:
    """The manifest of a file that was just made; that it was read again stands in the trail."""
    return opened_archive(desk.open_store().report_bytes(report.id, by=desk.person, at=desk.now(), purpose="hand-over")).manifest


def _manifest(desk: Desk, ref: str, protocol: Protocol, terms: Terms, copy: Copy, files: Mapping[str, bytes]) -> dict[str, Any]:
    basis = consents.settled(terms.basis, protocol.id, training=desk.open_store().training)
    chosen = {workbook: sorted(load_profile(narrowed(protocol.profile, protocol.id, workbook)).views) for workbook in protocol.sends}
    return {
        "format": FORMAT, "version": VERSION, "copy": copy.id, "made": desk.today.isoformat(), "to": protocol.partner, "purpose": terms.purpose,
        "basis": basis.kind, "until": copy.until, "replaces": asdict(copy)["replaces"], "reference": ref, "language": desk.language,
        "protocol": {"id": protocol.id, "hash": protocol.hash}, "selection": chosen,
        "files": {name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)} for name, content in files.items()},
    }


def _packed(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """The archive; the same content gives the same bytes."""
    inside = {MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=1).encode(), **files}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in inside.items():
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


# Receiving


def open_handover(sealed: bytes, *, identity: str = "", passphrase: str = "") -> Received:
    """A file from a partner, opened and checked.

    Args:
        identity: our own age key (AGE-SECRET-KEY-1…); else the passphrase that came by another channel.

    Raises:
        ReportError: it cannot be opened with this, it was changed, or it is no hand-over file of a form known here.
    """
    import pyrage

    try:
        own = [pyrage.x25519.Identity.from_str(identity.strip())] if identity else []
        inside = pyrage.decrypt(sealed, own) if own else pyrage.passphrase.decrypt(sealed, passphrase)
    except (pyrage.DecryptError, pyrage.IdentityError):
        raise ReportError("hand-over: it cannot be opened with this key or passphrase, or it was changed on its way.\n  Ask the sender; use another "
                          "channel than the one it came by.") from None
    return opened_archive(inside)


def opened_archive(inside: bytes) -> Received:
    """What is inside, if every part is what the manifest says and nothing else is there."""
    try:
        with zipfile.ZipFile(io.BytesIO(inside)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST or sum(entry.file_size for entry in entries) > LARGEST or len({entry.filename for entry in entries}) != len(entries):
                raise _not_ours("it holds too much")
            files = {entry.filename: _read_within(archive, entry) for entry in entries}
        manifest = json.loads(files.pop(MANIFEST))
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error):
        raise _not_ours("it cannot be read") from None
    _check(manifest, files)
    return Received(manifest, files, hashlib.sha256(inside).hexdigest())


def _read_within(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """One entry; what it claims to be and no byte more."""
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise _not_ours("a part is not as long as it says")
    return content


def _check(manifest: Any, files: Mapping[str, bytes]) -> None:
    if not isinstance(manifest, dict) or any(name not in manifest for name in _NEEDED) or manifest["format"] != FORMAT:
        raise _not_ours("its manifest is not one")
    if manifest["version"] != VERSION:
        raise ReportError("hand-over: it was made by another version of the program.\n  Use that version, or a later one.")
    told = manifest["files"]
    if not isinstance(told, dict) or set(told) != set(files) or any(not isinstance(one, dict) for one in told.values()):
        raise _not_ours("its parts are not those of the manifest")
    if any(hashlib.sha256(content).hexdigest() != told[name].get("sha256") for name, content in files.items()):
        raise _not_ours("a part was changed")


def _not_ours(problem: str) -> ReportError:
    return ReportError(f"hand-over: this is no hand-over file that can be used: {problem}.\n  Ask the sender to make it again.")
