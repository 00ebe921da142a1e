"""A workbook page as HTML: made by the server for the first bytes, and by the kernel for what changes.

A notebook's cells give the order. `workbook.<view>()` is a view; the text before it is its heading. Nothing in a
notebook is evaluated here: only names of views are looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any, Final

from safe_lib import casework
from safe_lib.catalogue import languages
from safe_lib.catalogue.countries import list_countries
from safe_lib.catalogue.prose import source_of
from safe_lib.model.answers import Answer
from safe_lib.model.instrument import Item
from safe_lib.model.texts import Texts
from safe_lib.widgets import views
from safe_lib.widgets.blocks import blocks_html
from safe_lib.widgets.questions import form_html, rail_html, rail_lines
from safe_lib.widgets.shell import CaseHead, Frame, Language, Tab

if TYPE_CHECKING:
    from safe_lib.workbook import Workbook
else:
    Workbook = Any

VIEW: Final = re.compile(r"^workbook\.([a-z_]+)\(\)$")
ASIDE: Final = frozenset({"outcome", "pattern", "open_questions", "next_steps"})  # views that stand beside the questions
LIVE: Final = (
    "outcome", "pattern", "open_questions", "next_steps", "hard_stops", "matrix", "explanation", "scenarios", "country", "plan", "reports", "own_words",
)  # views a page refreshes after each answer
REPORTS: Final = (("own_file", "pdf"), ("lawyer", "pdf"), ("lawyer", "docx"), ("partner", "pdf"), ("person", "pdf"))


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its guidance, and the view that follows it; `cell` is the view's place in the notebook, from 1."""

    cell: int
    view: str
    prose: str  # Markdown


def sections(notebook: Mapping[str, Any]) -> Iterator[Section]:
    """The views of a notebook in their order, each with the prose before it."""
    prose = ""
    for place, cell in enumerate(notebook["cells"], start=1):
        source = source_of(cell)
        if cell["cell_type"] == "markdown":
            prose = source
        elif found := VIEW.match(source.strip()):
            yield Section(place, found[1], prose)
            prose = ""


def form_of(book: Workbook) -> str:
    """The form with the saved answers, for a page and for JupyterLab."""
    return form_html(book.stages, book.texts, name=book.name, case=str(book.case), scenario=book.scenario)


def live_views(book: Workbook) -> dict[str, str]:
    """Region → HTML of every view that may change with an answer."""
    return {"rail": rail_lines(book.stages, book.texts), **{name: inside_of(book, name) for name in LIVE if _is_used(book, name)}}


def inside_of(book: Workbook, name: str) -> str:
    """The inside of one region: the view, with links where a page has them."""
    view = getattr(book, name)()
    if name == "open_questions" and book.case and book.shown.explanation.open_questions:
        return blocks_html(view.blocks[:1], book.texts) + views.open_links(book.shown, most=5)
    return str(view.html)


def _is_used(book: Workbook, name: str) -> bool:
    only = {"identification": ("pattern",), "safe_return": ("hard_stops", "matrix", "scenarios", "country", "plan")}
    mine = only.get(book.name)
    others = {view for key, names in only.items() if key != book.name for view in names}
    return name not in others or (mine is not None and name in mine)


def section_html(book: Workbook, section: Section, prose: str) -> str:
    """One section of the page: its prose (as HTML) and its view with the marks that keep it live."""
    if section.view == "questions":
        return ""
    view = getattr(book, section.view)()
    inside, editor = inside_of(book, section.view), editor_of(book, section.view)
    if not inside and not editor and section.view not in ("own_words", "country"):
        return ""
    marks = "".join(f' {name}="{escape(value)}"' for name, value in view.attributes.items())
    # The editor stands outside the region: a refresh must not take away what somebody is typing.
    return f'<section class="section" id="view-{section.view}">{prose}<div data-region="{section.view}"{marks}>{inside}</div>{editor}</section>'


def work_html(book: Workbook, notebook: Mapping[str, Any], prose_html: Any) -> str:
    """The whole working area: steps, questions, and beside them what follows; below them the rest."""
    listed = list(sections(notebook))
    aside: list[str] = []
    below: list[str] = []
    for section in listed:
        (aside if section.view in ASIDE else below).append(section_html(book, section, prose_html(section.prose)))
    lead = next((prose_html(section.prose) for section in listed if section.view == "questions"), "")
    panel = f'<aside class="panel" id="result" aria-label="{escape(book.texts("views.outcome"))}" tabindex="0">{"".join(aside)}</aside>'
    return (f'<div class="work">{rail_html(book.stages, book.texts)}<div class="stack" id="questions">{lead}'
            f'<div data-form-place>{form_of(book)}</div>{"".join(below)}</div>{panel}</div>'
            f'<a class="to-result" href="#result">{escape(book.texts("views.outcome"))}</a>')


# Editors: what a person writes that is not an answer


def editor_of(book: Workbook, view: str) -> str:
    """The means to change what a view shows, where it has any."""
    made = {"what_if": what_if_editor, "reports": report_buttons, "scenarios": futures_editor, "plan": plan_editor}.get(view)
    return made(book) if made and book.case else ""


def what_if_editor(book: Workbook) -> str:
    """Choose a question and an answer to try; nothing is saved."""
    instrument, texts = book.instrument, book.texts
    questions = "".join(f'<option value="{item.id}">{escape(item.label)} ({item.id})</option>' for item in _weighed(book))
    codes = dict.fromkeys(code for item in _weighed(book) for code in instrument.scales[item.scale].codes)
    answers = "".join(f'<option value="{code}">{escape(texts(f"code.{code}"))}</option>' for code in codes)
    return (f'<form data-what-if data-instrument="{instrument.id}" class="row" autocomplete="off">'
            f'<div class="field"><label for="what-if-item">{escape(texts("form.what_if_item"))}</label><select class="input" id="what-if-item" name="item">'
            f'<option value="">{escape(texts("form.what_if_choose"))}</option>{questions}</select></div>'
            f'<div class="field"><label for="what-if-code">{escape(texts("form.what_if_answer"))}</label><select class="input" id="what-if-code" name="code">{answers}</select></div>'
            f'<button class="btn btn-2" type="submit">{escape(texts("form.show"))}</button></form><div data-what-if-result role="status"></div>')


def _weighed(book: Workbook) -> list[Item]:
    return [item for item in book.instrument.items if item.kind in ("indicator", "risk", "protective", "hard_stop")]


def what_if_html(book: Workbook, instrument_id: str, changed: Mapping[str, str]) -> str:
    """What would be different with these answers; as HTML, never saved."""
    from dataclasses import replace

    from safe_lib.engine import explain

    now, then = casework.what_if(book.desk, str(book.case), instrument_id, changed, book.scenario)
    before = book.shown_for(instrument_id, book.scenario)
    said = casework.recorded(book.desk, str(book.case), before.instrument, book.scenario)
    changed_answers = {id: Answer(code) for id, code in changed.items()}
    after = replace(before, assessment=then, explanation=explain(then, before.instrument, book.texts), answers=replace(said, given={**said.given, **changed_answers}))
    return blocks_html(views.what_changes(replace(before, assessment=now), after), book.texts)


def report_buttons(book: Workbook) -> str:
    """One button for each kind of reader."""
    texts = book.texts
    buttons = "".join(f'<button class="btn btn-2" type="button" data-report data-profile="{profile}" data-format="{kind}">'
                      f'{escape(texts("form.report_for", profile=texts(f"profile.{profile}")))} ({kind.upper()})</button>' for profile, kind in REPORTS)
    return (f'<p class="small quiet">{escape(texts("form.report_about"))}</p><div class="row" data-making="{escape(texts("form.making"))}">{buttons}</div>'
            '<p role="status" data-report-status></p>')


def futures_editor(book: Workbook) -> str:
    """The futures in the person's own order; the place decides which country information stands beside the questions."""
    texts = book.texts
    paper = casework.paper(book.desk, str(book.case), casework.FUTURES)
    rows = "".join(_future_row(book, future.kind, future.country, future.subdivision, future.words) for future in book.futures)
    blank = _future_row(book, "", "", "", "")
    return _rows_form("futures", paper.revision if paper else 0, texts("form.futures"), rows, blank, texts("form.add_future"), open=not rows)


def _future_row(book: Workbook, kind: str, country: str, subdivision: str, words: str) -> str:
    texts = book.texts
    kinds = _options([(one.id, one.title) for one in book.instrument.scenarios], kind)
    countries = _options(_countries(book.desk.language), country)
    return _row(texts, (("kind", texts("form.future"), f"<select {{}}>{kinds}</select>"), ("country", texts("form.country"), f"<select {{}}>{countries}</select>"),
                        ("subdivision", texts("form.place"), f'<input {{}} value="{escape(subdivision)}">'),
                        ("words", texts("form.words"), f"<textarea {{}} rows=\"2\" dir=\"auto\">{escape(words)}</textarea>")))


@lru_cache(maxsize=8)
def _countries(language: str) -> list[tuple[str, str]]:
    return sorted(((entry.iso3, entry.names.get(language) or entry.name) for entry in list_countries()), key=lambda pair: pair[1])


def plan_editor(book: Workbook) -> str:
    """The measures that were agreed."""
    texts = book.texts
    paper = casework.paper(book.desk, str(book.case), casework.PLAN)
    rows = "".join(_plan_row(book, row) for row in (paper.body.get("rows", []) if paper else []))
    return _rows_form("plan", paper.revision if paper else 0, texts("form.plan"), rows, _plan_row(book, {}), texts("form.add_measure"), open=not rows)


def _plan_row(book: Workbook, row: Mapping[str, str]) -> str:
    texts = book.texts
    about = _options([(group.id, group.title) for group in book.instrument.groups], row.get("about", ""))
    status = _options([(key, texts(f"plan.status.{key}")) for key in ("planned", "confirmed", "done", "failed")], row.get("status", ""))
    residual = _options([(level, texts(f"level.{level}")) for level in ("low", "moderate", "high", "very_high")], row.get("residual", ""))
    text = {key: f'<input {{}} value="{escape(str(row.get(key, "")))}" dir="auto">' for key in ("owner", "proof")}
    return _row(texts, (
        ("about", texts("plan.about"), f"<select {{}}>{about}</select>"),
        ("measure", texts("plan.measure"), f'<textarea {{}} rows="2" dir="auto">{escape(str(row.get("measure", "")))}</textarea>'),
        ("owner", texts("plan.owner"), text["owner"]),
        ("deadline", texts("plan.deadline"), f'<input {{}} type="date" value="{escape(str(row.get("deadline", "")))}">'),
        ("proof", texts("plan.proof"), text["proof"]), ("status", texts("plan.status"), f"<select {{}}>{status}</select>"),
        ("residual", texts("plan.residual"), f"<select {{}}>{residual}</select>")))


def _options(options: Iterable[tuple[str, str]], chosen: str) -> str:
    first = '<option value=""></option>'
    return first + "".join(f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(word)}</option>' for value, word in options)


def _row(texts: Texts, fields: Iterable[tuple[str, str, str]]) -> str:
    """One row; each field's control is inside its label, so that copies need no ids."""
    cells = "".join(f'<label class="field"><span>{escape(label)}</span>{control.format(f"class=&quot;input&quot; data-field=&quot;{key}&quot; autocomplete=&quot;off&quot;".replace("&quot;", chr(34)))}</label>'
                    for key, label, control in fields)
    return f'<div class="row" data-row role="group">{cells}<button class="btn btn-2" type="button" data-action="remove-row">{escape(texts("form.remove"))}</button></div>'


def _rows_form(kind: str, revision: int, title: str, rows: str, blank: str, add: str, *, open: bool) -> str:
    return (f'<details class="more editor"{" open" if open else ""}><summary>{escape(title)}</summary><form data-paper="{kind}" data-revision="{revision}" autocomplete="off">'
            f'<div data-rows>{rows}</div><template data-row-template>{blank}</template>'
            f'<button class="btn btn-2" type="button" data-action="add-row">{escape(add)}</button><p class="q-msg" role="status" hidden></p></form></details>')


# The frame around it


def frame_of(book: Workbook, here: str, tabs: tuple[Tab, ...], title: str, **more: Any) -> Frame:
    """The frame of one workbook page."""
    texts = book.texts
    case = None
    if book.case:
        age = casework.person_facts(book.desk, book.case).age_group
        case = CaseHead(book.case, casework.alias_of(book.desk, book.case), texts(f"age.{age}") if age else "", "")
    keep = tuple((key, value) for key, value in (("set", book.choice), ("scenario", book.scenario)) if value)
    return Frame(texts=texts, here=here, title=title, case=case, tabs=tabs, languages=offered_languages(), keep=keep, marks=book.marks(),
                 versions=(f"{book.instrument.title} {book.instrument.version}",), own_main=False, **more)


def offered_languages() -> tuple[Language, ...]:
    """The languages on offer, each in its own words."""
    return tuple(Language(code, said["name"], said.get("direction", "ltr")) for code, said in languages().items())
