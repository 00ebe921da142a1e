"""What the start page lists: workbooks by heading and first paragraph, cases and where each stands, sealed reports."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.catalogue import instrument_files, load_instrument, translated
from safe_lib.catalogue.prose import read_notebook, source_of, workbook_names
from safe_lib.engine import assess, explain
from safe_lib.model.answers import Answers
from safe_lib.model.case import CaseLine
from safe_lib.model.document import Block, Bullets, Notice, Table, Text
from safe_lib.model.instrument import Instrument
from safe_lib.model.texts import Texts
from safe_lib.store.moment import one_moment
from safe_lib.widgets.shell import Tab

GENERAL = "instrument"  # the workbook for instruments that have none of their own
START = "start"


MOST_KEPT: Final = 2000  # standings
_OWN: Final = secrets.token_bytes(32)
_WHERE: Final[dict[tuple[str, str, bytes], tuple[Instrument, Texts, tuple[str, int, str]]]] = {}


@dataclass(frozen=True, slots=True)
class WorkbookLine:
    """One workbook as the start page shows it."""

    name: str
    title: str
    about: str


OF_NO_CASE: Final = frozenset({"coordination", "training", "awareness", "survey", "findings"})  # about colleagues, groups and figures


@lru_cache(maxsize=8)
def workbook_lines(language: str = "en") -> tuple[WorkbookLine, ...]:
    """Every workbook but the start page: its heading and its first paragraph."""
    found = []
    for name in workbook_names():
        if name not in (START, GENERAL):
            title, about = heading_of(read_notebook(name, language))
            found.append(WorkbookLine(name, title, about))
    order = {"identification": 0, "safe_return": 1}
    return tuple(sorted(found, key=lambda line: (order.get(line.name, 9), line.title)))


def case_tabs(texts: Texts, base_url: str = "/") -> tuple[Tab, ...]:
    """The pages on which one case is worked on: the workbooks about one person, their rights, the list before it is closed, a second opinion."""
    more = (("rights.tab", "person"), ("coord.closing.tab", "closing"), ("second.tab", "second_opinion"))
    about = (line for line in workbook_lines(texts.language) if line.name not in OF_NO_CASE)
    return (*(Tab(line.title, base_url + line.name) for line in about), *(Tab(texts(key), base_url + path) for key, path in more))


def heading_of(notebook: Mapping[str, Any]) -> tuple[str, str]:
    """A notebook's heading and its first paragraph."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            head, _, rest = source_of(cell).partition("\n")
            if head.startswith("# "):
                return head[2:].strip(), " ".join(rest.strip().split("\n\n")[0].split())
    return "", ""


def other_instruments(language: str) -> tuple[WorkbookLine, ...]:
    """Instruments without a workbook of their own: each is a page all the same."""
    found = [translated(load_instrument(id), language) for id in instrument_files() if not load_instrument(id).workbook]
    return tuple(WorkbookLine(one.id, one.title, one.about) for one in found)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one case stands."""

    line: CaseLine
    words: str
    open: int  # open questions that could still change a result
    next_step: str


def standings(desk: Desk, most: int = 50) -> tuple[Standing, ...]:
    """The open cases of this person with where each stands, the most recently changed first."""
    return tuple(one_by_one(desk, most))


def one_by_one(desk: Desk, most: int = 50) -> Iterator[Standing]:
    """The same, for whoever has something else to do between two cases: many take longer than others would wait."""
    lines = [line for line in casework.list_cases(desk) if line.status == "open"]
    listing = replace(desk, for_list=True)
    for line in lines[:most]:
        with one_moment():
            found = standing(listing, line)
        yield found


def standing(desk: Desk, line: CaseLine) -> Standing:
    """Where one case stands, by the instrument that was worked on."""
    worked = [id for id in line.instruments if id.startswith("ilo_") or id == "safe_return"]
    if not worked:
        return Standing(line, "", 0, "")
    id = next((one for one in worked if one.startswith("ilo_")), worked[0])
    instrument = casework.instrument_for(desk, id)
    return Standing(line, *_where(instrument, casework.recorded(desk, line.ref, instrument), desk.today, _texts(desk)))


def _where(instrument: Instrument, answers: Answers, on: date, texts: Texts) -> tuple[str, int, str]:
    """Outcome in words, open questions, next step: worked out once for the same answers, the instrument and the words being the same.

    What is kept under is a digest that nothing can be read from, here or elsewhere: the key is of this process alone.
    """
    digest = hashlib.blake2b(repr((answers, on)).encode(), key=_OWN).digest()
    kept = _WHERE.get((instrument.id, texts.language, digest))
    if kept is not None and kept[0] is instrument and kept[1] is texts:
        return kept[2]
    found = assess(instrument, answers, on=on)
    said = explain(found, instrument, texts)
    words = texts("views.between", low=said.ends[0], high=said.ends[1]) if said.ends else said.outcome
    steps = said.next_steps[1:] or said.next_steps  # the first of every outcome is to look to danger
    told = words, len(found.open_questions), steps[0] if steps else ""
    while len(_WHERE) >= MOST_KEPT:
        _WHERE.pop(next(iter(_WHERE)))
    _WHERE[instrument.id, texts.language, digest] = (instrument, texts, told)
    return told


def _texts(desk: Desk) -> Texts:
    from safe_lib.catalogue import load_texts

    return load_texts(desk.language)


def cases_blocks(desk: Desk, texts: Texts) -> tuple[Block, ...]:
    """The open cases as a table."""
    if desk.store is None:
        return (Text(texts("form.choose_case"), "quiet"),)
    rows = tuple((one.line.ref, one.words or "–", str(one.open), one.next_step or "–") for one in standings(desk))
    if not rows:
        return (Text(texts("views.nothing_recorded"), "quiet"),)
    return (Table(texts("report.case"), (texts("report.case"), texts("views.outcome"), texts("views.question"), texts("plan.what")), rows),)


def workbooks_blocks(texts: Texts) -> tuple[Block, ...]:
    """The workbooks by title and first paragraph."""
    return (Bullets(tuple(f"{line.title}. {line.about}" for line in workbook_lines(texts.language))),)


def reports_blocks(desk: Desk, ref: str, texts: Texts) -> tuple[Block, ...]:
    """The sealed reports of a case."""
    reports = casework.reports_of(desk, ref)
    if not reports:
        return (Text(texts("views.no_reports"), "quiet"), *leaflet_blocks(desk, ref, texts))
    rows = tuple(
        (report.id, report.made.date().isoformat(), texts(f"profile.{report.profile}"), report.format.upper(), report.sha256[:12]) for report in reports
    )
    return (
        Table(
            texts("views.reports"), (texts("views.reports"), texts("views.made"), texts("views.profile"), texts("views.format"), texts("views.print_of")), rows
        ),
        *leaflet_blocks(desk, ref, texts),
    )


def leaflet_blocks(desk: Desk, ref: str, texts: Texts) -> tuple[Block, ...]:
    """What to keep in mind before something written goes to the person; it stands just above the buttons."""
    found = casework.leaflet(desk, ref)
    if found == "unwise":
        return (Notice(texts("leaflet.title"), texts("leaflet.unwise"), "stop"),)
    return (Text(texts("leaflet.unknown"), "quiet"),) if found == "unknown" else ()
