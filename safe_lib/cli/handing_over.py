"""`safe handover` and `safe receive`: a case to a partner in one encrypted file, and such a file from a partner."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.documents import _basis, _require_room, _write
from safe_lib.cli.options import AsJson, CaseReference, Day, Language, PassphraseFile, PersonName, StorePath, day_of, language_of, open_desk
from safe_lib.cli.printing import printable, say, say_json
from safe_lib.model.errors import WrongUse

if TYPE_CHECKING:
    from safe_lib.model.sharing import Received

LARGEST_FILE = 60_000_000  # bytes


def handover(
    ref: CaseReference,
    to: Annotated[str, typer.Option("--to", metavar="PROTOCOL", help="The sharing protocol with the partner; they stand in templates/sharing.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The encrypted file, such as handover.age.")],
    purpose: Annotated[str, typer.Option("--purpose", metavar="TEXT", help="One of the purposes of the protocol; a consent names it itself.")] = "",
    consent: Annotated[str, typer.Option("--consent", metavar="ID", help="The consent on which it leaves.")] = "",
    basis: Annotated[str, typer.Option("--basis", metavar="KIND", help="Without consent; one that the protocol names.")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why this basis holds; it stands in the register.")] = "",
    key: Annotated[str, typer.Option("--key", metavar="age1…", help="The partner's age key; without one, a passphrase is made and told this once.")] = "",
    write: Annotated[Path | None, typer.Option("--write-passphrase", metavar="FILE", help="Write the passphrase into this new private file instead.")] = None,
    day: Day = None, store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Hand a case over to a partner: what the protocol names and no more, encrypted, with a line in the register."""
    from safe_lib import disclosing
    from safe_lib.catalogue.protocols import load_protocol
    from safe_lib.report.handover import let_out, make_handover
    from safe_lib.report.make import Terms
    from safe_lib.store.passphrase import make_passphrase

    protocol = load_protocol(to)
    _require_room(out)
    _require_apart(out, write)
    opens = key.strip() or protocol.key
    phrase = "" if opens else make_passphrase()
    with open_desk(store, passphrase_file, language=language_of(language), today=day_of(day), person=person) as desk:
        named = next((one.purpose for one in disclosing.sharing(desk, ref).standing if one.id == consent.strip()), "")
        terms = Terms(protocol.partner, purpose.strip() or named, _basis(consent, basis, reason))
        report = make_handover(desk, ref, protocol, terms)
        sealed = let_out(desk, report, protocol, terms, key=opens, passphrase=phrase)
    _write(out, sealed)
    if phrase and write is not None:
        _write(write, f"{phrase}\n".encode())
    told = {"copy": report.id, "case": ref, "to": protocol.partner, "file": str(out), "sha256": report.sha256,
            "opens_with": "key" if opens else "passphrase", "passphrase": phrase if phrase and write is None else None}
    if as_json:
        say_json(told)
        return
    print(f"Copy {report.id} for {protocol.partner}: {out}. Fingerprint of what is inside: {report.sha256[:16]}.")
    if phrase and write is None:
        print(f"Passphrase, shown this once: {phrase}\nTell it by another channel than the file: by telephone or in person, never in the same message.")


def _require_apart(out: Path, write: Path | None) -> None:
    """The file and its passphrase never lie in one folder: whoever sends the folder would send both (SEC-51)."""
    if write is None:
        return
    if write.exists() or write.resolve().parent == out.resolve().parent:
        raise WrongUse("--write-passphrase: the passphrase does not go where the file goes.\n  Name a new file in another folder, or tell it by telephone.")
    _require_room(write)


def receive(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file from a partner.")],
    identity: Annotated[Path | None, typer.Option("--identity", metavar="FILE", help="A file only you may read, with your own age key.")] = None,
    phrase_file: Annotated[Path | None, typer.Option("--passphrase-file", metavar="FILE", help="A file only you may read; else you are asked.")] = None,
    as_json: AsJson = False,
) -> None:
    """Open a hand-over file, check that it is whole, and show it. Nothing of it goes into a case by itself."""
    from safe_lib.report.handover import open_handover
    from safe_lib.store.passphrase import read_passphrase

    if file.stat().st_size > LARGEST_FILE:
        raise WrongUse(f"{file.name}: the file is too large to be a hand-over.\n  Ask the sender.")
    own = _own_key(identity) if identity else ""
    found = open_handover(file.read_bytes(), identity=own, passphrase="" if own else read_passphrase(phrase_file))
    if as_json:
        say_json({"manifest": found.manifest, "sha256": found.sha256, "documents": _documents(found)})
        return
    _show(found)


def _own_key(file: Path) -> str:
    """The age key of a file that nobody else may read; comments are left out."""
    if os.stat(file).st_mode & 0o077:
        raise WrongUse(f"{file}: others may read this key.\n  chmod 600 {file}")
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    return next((line for line in lines if line.startswith("AGE-SECRET-KEY-")), "none")


def _documents(found: Received) -> dict[str, Any]:
    import json

    return {name: json.loads(content) for name, content in found.files.items() if name.endswith(".json")}


def _show(found: Received) -> None:
    from safe_lib.report.blocks_json import from_json

    said = found.manifest
    print(printable(f"Copy {said['copy']} for {said['to']}, made on {said['made']}, to be used until {said['until']}. Purpose: {said['purpose']}.\n"
                    f"Fingerprint: {found.sha256[:16]}. Compare it with the sender by telephone: the file itself does not say who sent it."))
    for document in _documents(found).values():
        print(printable(f"\n{document.get('title', '')}\n"))
        say(from_json(document.get("blocks", [])))
