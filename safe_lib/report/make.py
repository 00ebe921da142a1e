"""One report: a workbook run by papermill for one case and one reader, as a document, sealed into the store.

Nothing of a case touches the disk outside the store: the notebook runs in memory, its one parameter is a number by
chance that says nothing outside this process, and only its blocks are kept.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final

from safe_lib import casework, release
from safe_lib.casework import Desk
from safe_lib.catalogue import instrument_files, load_texts
from safe_lib.catalogue.chapters import require_reader
from safe_lib.catalogue.prose import in_language, source_of, workbook_names, workbook_path
from safe_lib.engine.consents import replaced
from safe_lib.engine.sharing import outside, refusal
from safe_lib.keeping import keep_for_report
from safe_lib.model.case import Report
from safe_lib.model.disclosure import Basis, Copy
from safe_lib.model.document import Block, Document, Heading, Text
from safe_lib.model.errors import ReportError, SafeError, WrongUse
from safe_lib.model.sharing import Protocol
from safe_lib.report import Labels, tidied
from safe_lib.report.blocks_json import from_json, to_json
from safe_lib.report.profiles import Profile, load_profile, narrowed
from safe_lib.rights.jobs import PARAMETERS, Job, job

Engine = Mapping[str, Any]  # what papermill is told about how to run a notebook

GENERAL: Final = "instrument"  # the workbook for instruments without one of their own
BLOCKS_TYPE: Final = "application/vnd.safe.blocks+json"
SAFE_ENGINE: Final[Engine] = {"engine_name": "safe", "only": BLOCKS_TYPE}
TYPES: Final = {
    "html": "text/html", "pdf": "application/pdf", "json": "application/json",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def make_report(desk: Desk, ref: str, workbook: str, profile: str, format: str, *, although: str = "", copy: Copy | None = None) -> bytes:
    """A workbook of one case as a document for one kind of reader.

    Args:
        desk: who makes it, in which store and language, on which day.
        ref: reference of the case.
        workbook: a workbook, or the id of an instrument without one of its own.
        profile: own_file, lawyer, partner or person; or what a sharing protocol leaves of one.
        format: html, pdf, docx or json.
        although: why something written for the person is all right, where the record speaks against it.
        copy: for whom it is; its number stands on every page and in the metadata.

    Raises:
        ReportError: the profile or the format does not exist, the report is not for this reader, or it could not be made.
        ReasonNeeded: nothing written should be left with the person, and no reason is given.
        CaseNotFound, NotPermitted: as everywhere.
    """
    goes_to_person = _readable(workbook, profile, (format,)).plain
    if goes_to_person:
        casework.require_leaflet(desk, ref, f"{workbook} {profile}", although)
    casework.find_case(desk, ref, what=f"report.{workbook}.{profile}")
    return written(replace(document_of(desk, ref, workbook, profile), copy=copy), format)


def documents(desk: Desk, ref: str, workbook: str, profile: str, formats: Sequence[str], *, engine: Engine | None = None) -> dict[str, bytes]:
    """A workbook of one case in several formats, run once: for a batch, whose own line in the trail says who read what.

    Args:
        engine: what papermill is told about how to run the notebook; None is the engine `safe`.

    Raises:
        As `make_report`; what needs a reason is refused, because nobody is there to give one.
    """
    if _readable(workbook, profile, formats).plain:
        casework.require_leaflet(desk, ref, f"{workbook} {profile}", "")
    document = document_of(desk, ref, workbook, profile, engine=engine)
    tidy = tidied(document) if {"html", "pdf"} & set(formats) else document
    return {format: _written_tidy(tidy, format) if format in ("html", "pdf") else written(document, format) for format in formats}


def _written_tidy(document: Document, format: str) -> bytes:
    if format == "html":
        from safe_lib.report.html import html_of

        return html_of(document).encode()
    from safe_lib.report.pdf import pdf_of

    return pdf_of(document)


def check_order(workbook: str, profile: str, formats: Sequence[str]) -> None:
    """Refuse what no report could be made of.

    Raises:
        WrongUse, ReportError: there is no such workbook, profile or format, or no such reader of this workbook.
    """
    if not formats:
        raise ReportError(f"report: no format is named.\n  There are: {', '.join(TYPES)}.")
    _notebook_for(workbook)
    _readable(workbook, profile, formats)


def warm(workbook: str, profile: str, language: str, today: date, formats: Sequence[str]) -> None:
    """Import and read what a report needs, by making one of nobody: the worked example, at a desk without a store.

    Nothing is typeset: the typesetter starts threads, and after that a process cannot be forked. Only its fonts are read.
    """
    document = document_of(Desk(None, "example", language, today, "nobody"), "", workbook, profile)
    for format in formats:
        if format == "pdf":
            from safe_lib.report.pdf import read_fonts

            read_fonts()
        else:
            written(document, format)


def _readable(workbook: str, profile: str, formats: Sequence[str]) -> Profile:
    """The profile, if this workbook may be read by it in these formats."""
    found = load_profile(profile)
    require_reader(workbook, profile.partition("@")[0])
    for format in formats:
        if format not in TYPES:
            raise ReportError(f'report: there is no format "{format}".\n  There are: {", ".join(TYPES)}.')
    return found


def written(document: Document, format: str, labels: Labels | None = None) -> bytes:
    """A document in one format; `labels` are fixed words over those of its language."""
    if format == "json":
        about = {"title": document.title, "language": document.language, "profile": document.profile, "reference": document.reference, "date": document.date,
                 "marks": list(document.marks), **({"copy": asdict(document.copy)} if document.copy else {}), "blocks": to_json(document.blocks)}
        return json.dumps(about, ensure_ascii=False, indent=1).encode()
    if format == "html":
        from safe_lib.report.html import html_document

        return html_document(document, labels=labels).encode()
    if format == "pdf":
        from safe_lib.report.pdf import pdf_document

        return pdf_document(document, labels=labels)
    from safe_lib.report.docx import docx_document

    return docx_document(document, labels=labels)


def with_reason(purpose: str, although: str) -> str:
    """The purpose as the register keeps it: with the reason, where one was needed."""
    return f"{purpose}; although: {although.strip()}" if although.strip() else purpose


def seal(desk: Desk, ref: str, content: bytes, workbook: str, profile: str, format: str, id: str = "") -> Report:
    """Seal a finished report into the store, and keep what it rests on beside it."""
    report = casework.seal(desk, ref, content, workbook=workbook, profile=profile, format=format, id=id)
    keep_for_report(desk, ref, workbook)
    return report


@dataclass(frozen=True, slots=True)
class Terms:
    """To whom a report goes, what for, why it may, and until when it may be used; see `casework.disclose`."""

    recipient: str
    purpose: str
    basis: Basis | None = None
    expires: date | None = None


def make_copy(desk: Desk, ref: str, workbook: str, profile: str, format: str, terms: Terms, *, although: str = "") -> Report:
    """Make the copy of one recipient and seal it into the store; it has not left. Nothing is made that could not leave now.

    Raises:
        BasisRefused, NotPermitted: it could not.
    """
    basis, last, _ = casework.require_basis(
        desk, ref, workbook, profile, recipient=terms.recipient, purpose=terms.purpose, basis=terms.basis, expires=terms.expires)
    store = desk.open_store()
    old = replaced(store.disclosures(ref), terms.recipient, f"{workbook} {profile}")
    copy = Copy(store.free_report_id(), terms.recipient, last.isoformat(), *((old.report, old.at.date().isoformat()) if old else ()))
    reader = _as_agreed(desk, ref, workbook, profile, terms, basis)
    content = make_report(desk, ref, workbook, reader, format, although=although, copy=copy)
    return seal(desk, ref, content, workbook, profile, format, copy.id)


def _as_agreed(desk: Desk, ref: str, workbook: str, profile: str, terms: Terms, basis: Basis) -> str:
    """The profile as far as a sharing protocol with this recipient lets it go; the profile itself where nothing was agreed.

    Raises:
        NotPermitted: it lies outside the protocol.
    """
    protocol = require_agreed(desk, ref, workbook, profile, terms, basis)
    return narrowed(profile, protocol.id, workbook) if protocol else profile


def require_agreed(desk: Desk, ref: str, workbook: str, profile: str, terms: Terms, basis: Basis) -> Protocol | None:
    """The sharing protocol with this recipient; None where nothing was agreed.

    Raises:
        NotPermitted: it lies outside the protocol.
    """
    from safe_lib.catalogue.protocols import protocol_with

    protocol = protocol_with(terms.recipient)
    if protocol is None:
        return None
    before = replaced(desk.open_store().disclosures(ref), terms.recipient, f"{workbook} {profile}")
    key = outside(protocol, workbook=workbook, profile=profile, purpose=terms.purpose, basis=basis.kind, last=before.at.date() if before else None,
                  today=desk.today)
    if key:
        raise refusal(key, protocol)
    return protocol


def make_and_seal(
    desk: Desk, ref: str, workbook: str, profile: str, format: str, *, although: str = "", printed: bool = False
) -> tuple[str, str, bytes]:
    """Make a report, seal it into the store and let it leave with a line in the register: name, type, content."""
    terms = Terms(profile, with_reason(f"{'print' if printed else 'download'} by {desk.person}", although))
    report = make_copy(desk, ref, workbook, profile, format, terms, although=although)
    content, _ = casework.disclose(desk, report, recipient=terms.recipient, purpose=terms.purpose)
    return f"{report.id}.{format}", TYPES[format], content


def document_of(desk: Desk, ref: str, workbook: str, profile: str, *, engine: Engine | None = None, about: str = "") -> Document:
    """Run the workbook for one reader and put what its views hold into a document; `about` is whose week it is, where it is about no case."""
    texts = load_texts(desk.language)
    notebook = run(desk, ref, workbook, profile, engine, about)
    plain = load_profile(profile).plain
    title, blocks = gathered(notebook, headings=not plain)
    if workbook not in workbook_names():
        title = casework.instrument_for(desk, workbook).title
    title, footer = (texts("plain.title"), texts("plain.decided")) if plain else (title, texts("views.decided"))
    return Document(title=title, language=desk.language, direction=texts.direction, profile=profile.partition("@")[0], reference=ref,
                    date=desk.today.isoformat(), blocks=tuple(blocks), footer=footer, marks=release.marks(desk, texts))


def run(desk: Desk, ref: str, workbook: str, profile: str, engine: Engine | None = None, about: str = "") -> Any:
    """Run the notebook with papermill, in memory; its prose in the language of the desk."""
    name = _notebook_for(workbook)
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # jsonschema would read it for two seconds, and no notebook has an address to check
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import execute_notebook

    release.require_signed(f"workbooks/{name}.ipynb")
    logging.getLogger("papermill").setLevel(logging.ERROR)
    before, topic = casework.desk_here(), casework.topic_here()
    casework.work_at(replace(desk), "" if name == workbook else workbook)
    try:
        with job(Job(ref, desk.today, desk.language, profile, about)) as number:
            given, aside = {"case": number} if engine is None else _told(desk, ref, profile), list[Any]()
            done = execute_notebook(str(workbook_path(name)), None, progress_bar=False, log_output=False, parameters=given,
                                    **(engine or {**SAFE_ENGINE, "aside": aside}))
            done["cells"] = aside or done["cells"]
    except SafeError:
        raise
    except Exception as problem:  # its words may hold what a case says; they end here
        fault = problem.ename if isinstance(problem, PapermillExecutionError) else type(problem).__name__
        raise ReportError(f"{ref}, {workbook}: the workbook could not be run ({fault}).\n  Open it on the page and look at what is missing.") from None
    finally:
        casework.work_at(before, topic)
    return in_language(scrubbed(done), name, desk.language)


def _told(desk: Desk, ref: str, profile: str) -> dict[str, str]:
    """The parameters of a kernel in another process, which knows no numbers of this one; they are in memory, and go with the notebook."""
    return {"case": ref, "on": desk.today.isoformat(), "language": desk.language, "mode": profile}


def scrubbed(notebook: Any) -> Any:
    """A run without what papermill noted of it: parameters, paths, times, the machine."""
    notebook["cells"] = [cell for cell in notebook["cells"] if PARAMETERS not in cell["metadata"].get("tags", [])]
    for part in (notebook, *notebook["cells"]):
        part["metadata"].pop("papermill", None)
    return notebook


def _notebook_for(workbook: str) -> str:
    """The notebook of a workbook, or of an instrument without one of its own."""
    if workbook in workbook_names():
        return workbook
    if workbook not in instrument_files():
        raise WrongUse(f'{workbook}: there is no workbook or instrument "{workbook}".\n  There are: {", ".join((*workbook_names(), *instrument_files()))}.')
    return GENERAL


def gathered(notebook: Any, *, headings: bool = True) -> tuple[str, list[Block]]:
    """The title, and the blocks of every view that holds something, each under its own heading (or without, where views bring theirs)."""
    title, heading, blocks = "", "", list[Block]()
    for cell in notebook["cells"]:
        source = source_of(cell)
        if cell["cell_type"] == "markdown":
            if source.startswith("# ") and not title:
                title = source.split("\n")[0][2:].strip()
            heading = source if source.startswith("## ") else heading
        elif "example" not in cell["metadata"].get("tags", []):
            for shown in _blocks_of(cell):
                blocks += [*(headed(heading) if headings else []), *shown]
                heading = ""
    return title, blocks


def _blocks_of(cell: Any) -> Iterator[tuple[Block, ...]]:
    for output in cell.get("outputs", []):
        held = output.get("data", {}).get(BLOCKS_TYPE)
        if held:
            yield from_json(json.loads(held) if isinstance(held, str) else held)


def headed(source: str) -> list[Block]:
    """The prose before a view as its heading and a paragraph; nothing of nothing."""
    if not source:
        return []
    head, _, rest = source.partition("\n")
    prose = " ".join(rest.split())
    return [Heading(head[3:].strip()), *([Text(prose, "quiet")] if prose else [])]
