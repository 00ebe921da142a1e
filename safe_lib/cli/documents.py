"""`safe report` and `safe tidy`: documents that leave, and notebooks as they are stored."""

from __future__ import annotations

import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import AsJson, CaseReference, Day, Language, PassphraseFile, PersonName, StorePath, day_of, language_of, open_desk
from safe_lib.cli.printing import say_json
from safe_lib.cli.sharing import line_data
from safe_lib.model.disclosure import CONSENT, REASONED, Basis
from safe_lib.model.errors import ReportError, WrongUse

if TYPE_CHECKING:
    from safe_lib.casework import Desk
    from safe_lib.model.case import Disclosure, Report
    from safe_lib.report.make import Terms

NOT_NAMED = "not named"
NOT_STATED = "not stated"


class Format(StrEnum):
    """The forms a report can have."""

    html = "html"
    pdf = "pdf"
    docx = "docx"
    json = "json"


def report(
    ref: CaseReference,
    workbook: Annotated[str, typer.Argument(metavar="WORKBOOK", help="Such as safe_return or identification.")],
    profile: Annotated[str, typer.Option("--for", metavar="PROFILE", help="own_file, lawyer, partner or person.")],
    format: Annotated[Format, typer.Option("--format", help="The form of the document.")] = Format.html,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Disclose it into this file; without it the report stays in the store.")] = None,
    recipient: Annotated[str, typer.Option("--recipient", help="Who gets the file; it stands in the register.")] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="What for; it stands in the register.")] = "",
    although: Annotated[str, typer.Option("--although", metavar="REASON", help="Why, where the record speaks against it; it stands in the register.")] = "",
    consent: Annotated[str, typer.Option("--consent", metavar="ID", help="The consent on which it leaves; see: safe disclosures REF.")] = "",
    basis: Annotated[str, typer.Option("--basis", metavar="KIND", help="Without consent: " + ", ".join(REASONED) + ".")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why this basis holds; it stands in the register.")] = "",
    until: Annotated[str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="The last day it may be used; without it, six months.")] = None,
    day: Day = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    person: PersonName = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """One report of a case, sealed into the store. It leaves the store only with --out, and with a line in the register."""
    from safe_lib import casework
    from safe_lib.report.make import Terms, make_copy, make_report, seal, with_reason
    from safe_lib.report.profiles import load_profile

    load_profile(profile)
    more: dict[str, Any] = {"although": although} if although else {}
    if out is not None:
        _require_room(out)
    with open_desk(store, passphrase_file, language=language_of(language), today=day_of(day), person=person) as desk:
        line = None
        if out is None:
            sealed = seal(desk, ref, make_report(desk, ref, workbook, profile, format.value, **more), workbook, profile, format.value)
        else:
            terms = _terms(desk, ref, profile, Terms(recipient.strip(), with_reason(purpose.strip(), although), _basis(consent, basis, reason), day_of(until)))
            sealed = make_copy(desk, ref, workbook, profile, format.value, terms, **more)
            document, line = casework.disclose(desk, sealed, recipient=terms.recipient, purpose=terms.purpose, basis=terms.basis, expires=terms.expires)
            _write(out, document)
    if as_json:
        say_json(_as_data(sealed, line, out))
        return
    print(f"Report {sealed.id}, {sealed.format.upper()}, {sealed.size} bytes, sealed into the store.")
    if out is not None:
        print(f"Disclosed to {out}; the register says to whom and what for.")


def _basis(consent: str, kind: str, reason: str) -> Basis | None:
    """The basis that was typed; None where none was."""
    return Basis(CONSENT, consent.strip()) if consent.strip() else Basis(kind.strip(), reason=reason.strip()) if kind.strip() else None


def _terms(desk: Desk, ref: str, profile: str, given: Terms) -> Terms:
    """What was typed. A consent names its recipient and purpose; with invented persons, a line may say that nobody was named."""
    from dataclasses import replace

    from safe_lib import disclosing
    from safe_lib.engine.consents import OF_ITSELF

    if given.basis is not None and given.basis.consent:
        found = next((one for one in disclosing.sharing(desk, ref).standing if one.id == given.basis.consent), None)
        return replace(given, recipient=given.recipient or found.recipient, purpose=given.purpose or found.purpose) if found else given
    named = OF_ITSELF.get(profile) is not None or desk.open_store().training
    missing = (f"{profile}, {NOT_NAMED}", NOT_STATED) if named else ("", "")
    if not named and not (given.recipient and given.purpose):
        raise WrongUse("report: say who gets it and what for.\n  Give --recipient and --purpose; both stand in the register.")
    said = given.purpose if given.purpose and not given.purpose.startswith(";") else f"{missing[1]}{given.purpose}"
    return replace(given, recipient=given.recipient or missing[0], purpose=said)


def _as_data(sealed: Report, line: Disclosure | None, out: Path | None) -> dict[str, Any]:
    told = line_data(line) if line else None
    return {"report": sealed.id, "case": sealed.ref, "workbook": sealed.workbook, "profile": sealed.profile, "format": sealed.format,
            "language": sealed.language, "sha256": sealed.sha256, "size": sealed.size, "file": str(out) if out else None, "disclosure": told}


def _require_room(out: Path) -> None:
    """Refuse a place that cannot take the file before anything is made, sealed or registered."""
    folder = out.parent
    if out.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise ReportError(f"{out}: the report cannot be written there; nothing was made.\n  Name a file in a folder that is there and that you may write in.")


def _write(out: Path, document: bytes) -> None:
    """Write for the owner only, whole or not at all."""
    new = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(document)
        new.replace(out)
    except OSError as problem:
        new.unlink(missing_ok=True)
        raise ReportError(f"{out}: the report could not be written ({problem.strerror}); it is sealed in the store, and the register has its line.\n"
                          "  Make room, then make it again.") from None


def tidy(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILES", help="Notebooks; without any, all workbooks.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 10 if a notebook is not in stored form.")] = False,
    as_json: AsJson = False,
) -> None:
    """Notebooks in stored form: no outputs, no counts, numbered cells; checked cells keep their text, made anew."""
    from safe_lib.catalogue.paths import WORKBOOKS
    from safe_lib.cli.printing import progress
    from safe_lib.runtime.tidy import tidy_file

    chosen = files or sorted(WORKBOOKS.glob("*.ipynb"))
    changed = []
    with progress("Notebooks", len(chosen)) as step:
        for path in chosen:
            if tidy_file(path, write=not check):
                changed.append(path)
            step()
    if as_json:
        say_json({"checked" if check else "tidied": len(chosen), "untidy" if check else "changed": [str(path) for path in changed]})
    else:
        for path in changed:
            print(f"{path}: {'not in stored form. Run: safe tidy ' + str(path) if check else 'tidied.'}")
        print(f"{len(chosen)} notebooks, {len(changed)} {'not in stored form' if check else 'changed'}.")
    if check and changed:
        raise typer.Exit(10)
