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
from safe_lib.model.errors import ReportError

if TYPE_CHECKING:
    from safe_lib.model.case import Disclosure, Report

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
    day: Day = None,
    store: StorePath = None,
    passphrase_file: PassphraseFile = None,
    person: PersonName = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """One report of a case, sealed into the store. It leaves the store only with --out, and with a line in the register."""
    from safe_lib import casework
    from safe_lib.report.make import make_report, with_reason
    from safe_lib.report.profiles import load_profile

    load_profile(profile)
    if out is not None:
        _require_room(out)
    with open_desk(store, passphrase_file, language=language_of(language), today=day_of(day), person=person) as desk:
        content = make_report(desk, ref, workbook, profile, format.value, **({"although": although} if although else {}))
        sealed = casework.seal(desk, ref, content, workbook=workbook, profile=profile, format=format.value)
        line = None
        if out is not None:
            said = with_reason(purpose.strip() or NOT_STATED, although)
            document, line = casework.disclose(desk, sealed, recipient=recipient.strip() or f"{profile}, {NOT_NAMED}", purpose=said)
            _write(out, document)
    if as_json:
        say_json(_as_data(sealed, line, out))
        return
    print(f"Report {sealed.id}, {sealed.format.upper()}, {sealed.size} bytes, sealed into the store.")
    if out is not None:
        print(f"Disclosed to {out}; the register says to whom and what for.")


def _as_data(sealed: Report, line: Disclosure | None, out: Path | None) -> dict[str, Any]:
    told = {"recipient": line.recipient, "purpose": line.purpose, "at": line.at.isoformat()} if line else None
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
