"""What a person writes that is not an answer: futures, severities, the plan, a what-if; and the buttons that make a report.

Each editor stands beside a view and outside its region, so that a refresh never takes away what somebody is typing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any, Final

from safe_lib import casework
from safe_lib.catalogue.chapters import readers_of
from safe_lib.catalogue.countries import list_countries
from safe_lib.engine.departures import Lack, severity_body, severity_rows
from safe_lib.model.answers import LEVELS
from safe_lib.model.instrument import Item
from safe_lib.model.texts import Texts
from safe_lib.widgets.views import severity_words

if TYPE_CHECKING:
    from safe_lib.workbook import Workbook
else:
    Workbook = Any

REPORTS: Final = (("own_file", "pdf"), ("lawyer", "pdf"), ("lawyer", "docx"), ("partner", "pdf"), ("person", "pdf"))
STATUSES: Final = ("planned", "confirmed", "done", "failed")
WEIGHED: Final = ("indicator", "risk", "protective", "hard_stop")

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a row: a choice where it has options, else `text`, `long` or `date`."""

    key: str
    label: str
    value: str = ""
    kind: str = "text"
    options: Options | None = None
    needed: bool = False  # a row without it is not kept

    def html(self, lack: str = "") -> str:
        """The field inside its label, so that a copied row needs no ids; `lack` is the id of the sentence that says what it lacks."""
        return f'<label class="field"><span>{escape(self.label)}</span>{self._control(lack)}</label>'

    def _control(self, lack: str) -> str:
        wrong = f' aria-invalid="true" aria-describedby="{lack}"' if lack else ""
        marks = f'class="input" data-field="{self.key}" autocomplete="off"{wrong}'
        if self.options is not None:
            return f"<select {marks}{' required' if self.needed else ''}>{options_html(self.options, self.value)}</select>"
        if self.kind == "long":
            return f'<textarea {marks} rows="2" dir="auto">{escape(self.value)}</textarea>'
        kind = ' type="date"' if self.kind == "date" else ' dir="auto"'
        return f'<input {marks}{kind} value="{escape(self.value)}">'


def editor_of(book: Workbook, view: str) -> str:
    """The means to change what a view shows, where it has any."""
    made = {"what_if": what_if, "reports": report_buttons, "scenarios": futures, "plan": plan, "matrix": severities}.get(view)
    return made(book) if made and book.case else ""


def what_if(book: Workbook) -> str:
    """Choose a question and an answer to try; nothing is saved."""
    instrument, texts = book.instrument, book.texts
    asked = [item for item in instrument.items if item.kind in WEIGHED]
    if not asked:
        return ""
    codes = dict.fromkeys(code for item in asked for code in instrument.scales[item.scale].codes)
    first = f'<option value="">{escape(texts("form.what_if_choose"))}</option>'
    questions = first + "".join(_question(item) for item in asked)
    answers = "".join(f'<option value="{code}">{escape(texts(f"code.{code}"))}</option>' for code in codes)
    return (
        f'<form data-what-if data-instrument="{instrument.id}" class="row" autocomplete="off">'
        f"{_select('what-if-item', 'item', texts('form.what_if_item'), questions)}{_select('what-if-code', 'code', texts('form.what_if_answer'), answers)}"
        f'<button class="btn btn-2" type="submit">{escape(texts("form.show"))}</button></form><div data-what-if-result role="status"></div>'
    )


def _question(item: Item) -> str:
    return f'<option value="{item.id}">{escape(item.label)} ({item.id})</option>'


def _select(id: str, name: str, label: str, options: str) -> str:
    return f'<div class="field"><label for="{id}">{escape(label)}</label><select class="input" id="{id}" name="{name}">{options}</select></div>'


def report_buttons(book: Workbook) -> str:
    """One button for each kind of reader that the report is made for."""
    texts, readers = book.texts, readers_of(book.name)
    if book.shared:
        return _print_buttons(texts, readers)
    buttons = "".join(
        f'<button class="btn btn-2" type="button" data-report data-profile="{profile}" data-format="{kind}">'
        f"{escape(texts('form.report_for', profile=texts(f'profile.{profile}')))} ({kind.upper()})</button>"
        for profile, kind in REPORTS
        if readers is None or profile in readers
    )
    return (
        f'<p class="small quiet">{escape(texts("form.report_about"))}</p><div class="row" data-making="{escape(texts("form.making"))}">{buttons}</div>'
        f'<p role="status" data-report-status></p>{_although(texts)}{_who_has_what(book)}'
    )


def _who_has_what(book: Workbook) -> str:
    """The way to what left of this case, and to what the person said about sharing."""
    if book.case is None:
        return ""
    address = escape(f"/disclosures?case={book.case}&lang={book.texts.language}")
    return f'<p><a href="{address}" data-disclosures>{escape(book.texts("disclose.page.open"))}</a></p>'


def _print_buttons(texts: Texts, readers: Collection[str] | None) -> str:
    """On a shared computer: to the printer, and nothing on the disk."""
    buttons = "".join(
        f'<button class="btn btn-2" type="button" data-report data-print data-profile="{profile}" data-format="html">'
        f"{escape(texts('form.report_print', profile=texts(f'profile.{profile}')))}</button>"
        for profile in dict.fromkeys(profile for profile, _ in REPORTS)
        if readers is None or profile in readers
    )
    return (
        f'<p class="small quiet">{escape(texts("form.report_about_shared"))}</p><div class="row" data-making="{escape(texts("form.making"))}">{buttons}</div>'
        f'<p role="status" data-report-status></p>{_although(texts).replace("data-report ", "data-report data-print ")}'
    )


def _although(texts: Texts) -> str:
    """A second press with a reason, where the record speaks against a report; shown when the first press was refused."""
    return (
        f'<div class="row" data-although role="group" aria-label="{escape(texts("leaflet.title"))}" data-making="{escape(texts("form.making"))}" hidden>'
        f'<label class="field"><span>{escape(texts("leaflet.why"))}</span><input class="input" data-reason dir="auto" autocomplete="off"></label>'
        f'<button class="btn btn-2" type="button" data-report data-profile="" data-format="">{escape(texts("leaflet.again"))}</button></div>'
    )


def futures(book: Workbook) -> str:
    """The futures in the person's own order; the place decides which country information stands beside the questions."""
    if not book.instrument.scenarios:
        return ""
    rows = [_future(book, vars_of(future)) for future in book.futures]
    return _rows_form(book, casework.FUTURES, "form.futures", rows, _future(book, {}), "form.add_future")


def vars_of(future: casework.Future) -> dict[str, str]:
    """The fields of a future that a row shows."""
    return {"kind": future.kind, "country": future.country, "subdivision": future.subdivision, "words": future.words}


def _future(book: Workbook, row: Mapping[str, str]) -> list[Field]:
    texts = book.texts
    kinds = [(one.id, one.title) for one in book.instrument.scenarios]
    return [
        Field("kind", texts("form.future"), row.get("kind", ""), options=kinds, needed=True),
        Field("country", texts("form.country"), row.get("country", ""), options=_countries(book.desk.language)),
        Field("subdivision", texts("form.place"), row.get("subdivision", "")),
        Field("words", texts("form.words"), row.get("words", ""), "long"),
    ]


@lru_cache(maxsize=8)
def _countries(language: str) -> Options:
    return sorted(((entry.iso3, entry.names.get(language) or entry.name) for entry in list_countries()), key=lambda pair: pair[1])


def plan(book: Workbook) -> str:
    """The measures that were agreed."""
    if not book.instrument.scenarios:
        return ""
    paper = casework.paper(book.desk, str(book.case), casework.PLAN)
    rows = [_measure(book, row) for row in (paper.body.get("rows", []) if paper else [])]
    return _rows_form(book, casework.PLAN, "form.plan", rows, _measure(book, {}), "form.add_measure")


def _measure(book: Workbook, row: Mapping[str, str]) -> list[Field]:
    texts = book.texts
    groups = [(group.id, group.title) for group in book.instrument.groups]
    statuses = [(status, texts(f"plan.status.{status}")) for status in STATUSES]
    levels = [(level, texts(f"level.{level}")) for level in LEVELS]
    kinds: dict[str, dict[str, Any]] = {
        "future": {"options": list(book.future_names().items())},
        "about": {"options": groups},
        "measure": {"kind": "long"},
        "owner": {},
        "deadline": {"kind": "date"},
        "proof": {},
        "status": {"options": statuses},
        "residual": {"options": levels},
    }
    return [Field(key, texts(f"plan.{key}"), str(row.get(key, "")), **more) for key, more in kinds.items()]


def severities(book: Workbook) -> str:
    """Severities that a professional sets otherwise than usual; what a row still lacks is said at the row."""
    if not book.instrument.scenarios:
        return ""
    paper = casework.paper(book.desk, str(book.case), casework.SEVERITY)
    written = severity_rows(paper.body) if paper else []
    _, lacks = severity_body(written, book.instrument, by="", before=paper.body if paper else None)
    rows = [_severity(book, row) for row in written]
    about = f'<p class="small quiet">{escape(book.texts("departure.about"))}</p>'
    return _rows_form(book, casework.SEVERITY, "departure.editor", rows, _severity(book, {}), "departure.add", about=about, lacks=lacks)


def _severity(book: Workbook, row: Mapping[str, str]) -> list[Field]:
    texts = book.texts
    futures = list(book.future_names().items())
    levels = [(str(level), severity_words(level, texts)) for level in range(1, 5)]
    domains = [
        (group.id, texts("departure.usual", domain=f"{group.title} ({group.id})", usual=severity_words(group.severity, texts)))
        for group in book.instrument.groups
        if group.severity
    ]
    kinds: dict[str, dict[str, Any]] = {
        "future": {"options": futures},
        "domain": {"options": domains},
        "level": {"options": levels},
        "reason": {"kind": "long"},
        "second": {},
        "evidence": {"kind": "long"},
    }
    return [Field(key, texts(f"departure.{key}"), row.get(key, ""), **more) for key, more in kinds.items()]


def options_html(options: Options, chosen: str) -> str:
    """The options of a choice, the first one empty: nothing is chosen for anybody."""
    lines = (f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(word)}</option>' for value, word in options)
    return '<option value=""></option>' + "".join(lines)


def _row(texts: Texts, fields: Iterable[Field], lack: Lack | None = None, id: str = "") -> str:
    """One row; a sentence at its end says what it still lacks."""
    listed = list(fields)
    cells = "".join(field.html(f"{id}-lack" if lack and lack.field == field.key else "") for field in listed)
    hint = "".join(f'<p class="row-hint small">{escape(texts("form.needed", field=field.label))}</p>' for field in listed if field.needed)
    said = f' id="{id}-lack">{escape(texts(f"departure.lacks.{lack.key}"))}' if lack else " hidden>"
    remove = f'<button class="btn btn-2" type="button" data-action="remove-row">{escape(texts("form.remove"))}</button>'
    return f'<div class="row" data-row role="group">{cells}{remove}{hint}<p class="row-msg small" role="status"{said}</p></div>'


def _rows_form(
    book: Workbook, kind: str, title: str, rows: Sequence[list[Field]], blank: list[Field], add: str, *, about: str = "", lacks: Sequence[Lack | None] = ()
) -> str:
    texts = book.texts
    paper = casework.paper(book.desk, str(book.case), kind)
    wanting = lacks or [None] * len(rows)
    shown = "".join(_row(texts, fields, lack, f"{kind}-{place}") for place, (fields, lack) in enumerate(zip(rows, wanting, strict=True), start=1))
    return (
        f'<details class="more editor"{"" if rows else " open"}><summary>{escape(texts(title))}</summary>{about}'
        f'<form data-paper="{kind}" data-revision="{paper.revision if paper else 0}" autocomplete="off"{_sayings(texts)}>'
        f"<div data-rows>{shown}</div><template data-row-template>{_row(texts, blank)}</template>"
        f'<button class="btn btn-2" type="button" data-action="add-row">{escape(texts(add))}</button>'
        '<p class="q-msg" role="status" hidden></p></form></details>'
    )


def _sayings(texts: Texts) -> str:
    """What the page says when two people wrote rows of one kind at once."""
    said = {name: texts(f"paper.{name}") for name in ("conflict", "theirs", "mine", "keep_theirs", "save_mine", "no_rows")}
    return "".join(f' data-{name.replace("_", "-")}="{escape(words)}"' for name, words in said.items())
