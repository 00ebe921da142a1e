"""Many reports: which cases, and under which key each is made, so that the same is never made twice.

The key of a report says from what it is made: the case as it stands (its newest answer and paper), the workbook, the
templates and texts, the instruments, the country information of the day, for whom, in which form and language. While
none of these changes, a report that is there is the report that would be made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from safe_lib import casework, release
from safe_lib.casework import FUTURES, Desk, _may, futures_in
from safe_lib.catalogue import paths
from safe_lib.catalogue.prose import workbook_names
from safe_lib.engine.assess import ENGINE
from safe_lib.engine.grounds import snapshot
from safe_lib.model.case import Report, is_reference
from safe_lib.model.errors import ReportError, SafeError, WrongUse
from safe_lib.model.grounds import Marks
from safe_lib.store.batch import Finished
from safe_lib.store.loans import Loan
from safe_lib.version import __version__

Which = Literal["all", "open"]
TRIES: Final = 3  # a case that somebody is writing in is begun again so often


@dataclass(frozen=True, slots=True)
class Order:
    """What a batch makes of each case."""

    workbook: str
    profile: str
    formats: tuple[str, ...]
    day: str = ""  # the day that was asked for; empty for today, whichever that is when a report is made


@dataclass(frozen=True, slots=True)
class Edition:
    """What the reports of an order rest on besides the case and its countries, as a fingerprint."""

    hash: str


def references(desk: Desk, which: Which | Sequence[str]) -> tuple[str, ...]:
    """The references of the cases that a batch is about, in their order, each once.

    Args:
        which: all, open, or references.

    Raises:
        NotPermitted: the person may not list cases.
        WrongUse: what was typed cannot be a reference.
    """
    if isinstance(which, str):
        return tuple(sorted(line.ref for line in casework.list_cases(desk) if which == "all" or line.status == "open"))
    if any(not is_reference(ref) for ref in which):
        raise WrongUse("--cases: this is neither all, nor open, nor a reference.\n  Write references such as DEMO-001, one or more of them.")
    return tuple(dict.fromkeys(which))


def edition(desk: Desk, order: Order) -> Edition:
    """The fingerprint of all that the reports of an order share: the program, the workbook, templates, texts and instruments."""
    digest = hashlib.sha256(f"{__version__} {ENGINE} {release.is_marked_unsigned(desk)}".encode())
    name = order.workbook if order.workbook in workbook_names() else "instrument"
    for file in _files(paths.WORKBOOKS / f"{name}.ipynb", paths.TEMPLATES / "report", paths.LOCALES / "en", paths.LOCALES / desk.language, paths.INSTRUMENTS):
        digest.update(f"{file.name} ".encode() + hashlib.sha256(file.read_bytes()).digest())
    return Edition(digest.hexdigest())


def _files(*places: Path) -> Iterator[Path]:
    for place in dict.fromkeys(places):
        yield from sorted(file for file in place.rglob("*") if file.is_file() and "__pycache__" not in file.parts) if place.is_dir() else (place,)


def all_files() -> str:
    """The fingerprint of every data file, all countries and all languages: a worker on another machine has to have read the same."""
    digest = hashlib.sha256()
    for place in (paths.INSTRUMENTS, paths.LOCALES, paths.WORKBOOKS, paths.TEMPLATES, paths.COUNTRY_INFO):
        for file in _files(place):
            digest.update(f"{place.name}/{file.relative_to(place).as_posix()} ".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


@lru_cache(maxsize=256)
def country_print(iso3: str, on: date) -> str:
    """The fingerprint of a country as it counts on a day: a claim that runs out makes another."""
    try:
        country = casework.country_named(iso3)
    except SafeError:  # somebody wrote a code that is no country
        return "none"
    held = json.dumps(snapshot(country, country.themes, on), sort_keys=True, default=str)
    return hashlib.sha256(f"{country.hash} {held}".encode()).hexdigest()


def key_of(order: Order, made_with: Edition, desk: Desk, ref: str, format: str, marks: Marks, countries: Iterable[str]) -> str:
    """The key of one report."""
    said = {"case": ref, "answer": marks.answer, "paper": marks.paper, "workbook": order.workbook, "profile": order.profile, "format": format,
            "language": desk.language, "day": order.day, "edition": made_with.hash,
            "countries": {iso3: country_print(iso3, desk.today) for iso3 in sorted(set(countries))}}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def keys_now(desk: Desk, order: Order, made_with: Edition, ref: str) -> dict[str, str]:
    """Format → key of the report as it would be made of one case now.

    Raises:
        NotPermitted, CaseNotFound: as everywhere.
    """
    store = _may(desk, "report", ref)
    marks, paper = store.marks(ref), store.paper(ref, FUTURES)
    countries = _countries(paper.body if paper else {})
    return {format: key_of(order, made_with, desk, ref, format, marks, countries) for format in order.formats}


def keys_of_all(desk: Desk, order: Order, made_with: Edition, refs: Sequence[str]) -> dict[str, dict[str, str]]:
    """The same of many cases, read together; a case that this person cannot read is left out.

    Cases that lead to the same places stand beside one another, each time in the same order: what a report says of a
    place is then still laid out from the report before.
    """
    store = _may(desk, "list")
    marks, mine = store.all_marks(), {line.ref for line in store.cases()}
    leads = {file.ref: file.papers.get(FUTURES, {}) for file in store.case_files([ref for ref in refs if ref in mine], (), (), (FUTURES,))}
    return {ref: {format: key_of(order, made_with, desk, ref, format, marks.get(ref, Marks()), _countries(leads[ref])) for format in order.formats}
            for ref in sorted(leads, key=lambda ref: (_places(leads[ref]), ref))}


def _places(paper: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    return tuple((future.country, future.subdivision, future.kind) for future in futures_in(paper))


def _countries(paper: Mapping[str, Any]) -> set[str]:
    return {future.country for future in futures_in(paper) if future.country}


def begin(desk: Desk, order: Order, cases: int) -> None:
    """The line in the trail that a batch began; each report leaves its own."""
    store = _may(desk, "list")
    store.note(by=desk.person, at=desk.now(), what="batch.begun", detail=f"{order.workbook} {order.profile} {' '.join(order.formats)}, {cases} cases")


def end(desk: Desk, done: int, kept: int, failed: int) -> None:
    """The line in the trail that a batch ended, and with how many reports."""
    desk.open_store().note(by=desk.person, at=desk.now(), what="batch.ended", detail=f"{done} made, {kept} there already, {failed} failed")


def lend(desk: Desk, refs: Sequence[str], *, until: datetime, to: str) -> Loan:
    """The keys of those of these cases of which this person may make reports, for a worker on another machine.

    Args:
        until: when the worker has to be done.
        to: the worker's fingerprint, for the trail.

    Raises:
        WrongUse: the store is a file.
        NotPermitted: the person may not list cases.
    """
    store = _may(desk, "list")
    return store.lend([ref for ref in refs if _may_report(desk, ref)], until=until, to=to, by=desk.person, at=desk.now())


def _may_report(desk: Desk, ref: str) -> bool:
    try:
        _may(desk, "report", ref)
    except SafeError:  # the worker is told the same, and tells it of this case
        return False
    return True


def seal_once(desk: Desk, ref: str, order: Order, documents: Sequence[Finished]) -> tuple[Report, ...]:
    """Seal the reports of a case, each under its key; what is there under its key already stays as it is."""
    store = _may(desk, "report", ref)
    return store.seal_once(ref, documents, workbook=order.workbook, profile=order.profile, language=desk.language, by=desk.person, at=desk.now())


def kept_reports(desk: Desk, keys: Iterable[str]) -> dict[str, str]:
    """Key → number of the report that is there already."""
    return _may(desk, "list").made(tuple(keys))


def still_changing(ref: str) -> ReportError:
    """Somebody kept writing in a case while its report was made."""
    return ReportError(f"{ref}: somebody is writing in this case.\n  Run the batch again; what was made stays.")
