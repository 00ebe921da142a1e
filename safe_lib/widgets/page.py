"""A workbook page as HTML: made by the server for the first bytes, and by the kernel for what changes.

A notebook's cells give the order. `workbook.<view>()` is a view; the text before it is its heading. Nothing in a
notebook is evaluated here: only names of views are looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from safe_lib import casework, release
from safe_lib.catalogue import languages
from safe_lib.catalogue.prose import source_of
from safe_lib.model.answers import Answer
from safe_lib.widgets import views
from safe_lib.widgets.before_use import before_use_html
from safe_lib.widgets.blocks import blocks_html
from safe_lib.widgets.editors import editor_of
from safe_lib.widgets.questions import form_html, mark_of, rail_html, rail_lines
from safe_lib.widgets.shell import CaseHead, Frame, Language, Tab

if TYPE_CHECKING:
    from safe_lib.workbook import Workbook
else:
    Workbook = Any

VIEW: Final = re.compile(r"^workbook\.([a-z_]+)\(\)$")
SAFETY: Final = ("standing", "safety_frame", "threat", "protection", "punishment", "reintegration", "relocation", "staying", "unknown")
ASIDE: Final = frozenset({"outcome", "standing", "pattern", "open_questions", "next_steps"})  # views that stand beside the questions
PRIVATE: Final = frozenset({
    "own_words", "scenarios", "plan", "country",
    "safety_frame", "standing", "threat", "protection", "punishment", "reintegration", "relocation", "staying", "unknown",
})  # views that name places or hold somebody's words: in mask mode they show nothing until they are pressed
LIVE: Final = (
    "outcome",
    "pattern",
    "open_questions",
    "next_steps",
    "hard_stops",
    "matrix",
    "explanation",
    "scenarios",
    "country",
    "plan",
    "reports",
    "own_words",
    *SAFETY,
)  # views a page refreshes after each answer


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


def inside_of(book: Workbook, name: str, view: Any = None) -> str:
    """The inside of one region: the view (made here unless it is given), with links where a page has them."""
    view = view or getattr(book, name)()
    if name == "open_questions" and book.case and book.shown.explanation.open_questions:
        return blocks_html(view.blocks[:1], book.texts) + views.open_links(book.shown, most=5) + blocks_html(book.open_topics(), book.texts)
    return str(view.html)


def _is_used(book: Workbook, name: str) -> bool:
    only = {"identification": ("pattern",), "safe_return": ("hard_stops", "matrix", "scenarios", "country", "plan"), "safety_report": SAFETY}
    mine = only.get(book.name)
    others = {view for key, names in only.items() if key != book.name for view in names}
    return name not in others or (mine is not None and name in mine)


def section_html(book: Workbook, section: Section, prose: str) -> str:
    """One section of the page: its prose (as HTML) and its view with the marks that keep it live."""
    if section.view == "questions":
        return ""
    view = getattr(book, section.view)()
    inside, editor = inside_of(book, section.view, view), editor_of(book, section.view)
    if not inside and not editor and section.view not in ("own_words", "country"):
        return ""
    marks = "".join(f' {name}="{escape(value)}"' for name, value in view.attributes.items())
    # The editor stands outside the region: a refresh must not take away what somebody is typing.
    hidden = ' class="mask"' if section.view in PRIVATE else ""
    region = f'<div data-region="{section.view}"{hidden}{marks} data-mark="{mark_of(inside)}">{inside}</div>'
    return f'<section class="section" id="view-{section.view}">{prose}{region}{editor}</section>'


def work_html(book: Workbook, notebook: Mapping[str, Any], prose_html: Any) -> str:
    """The whole working area: steps, questions, and beside them what follows; below them the rest."""
    listed = list(sections(notebook))
    aside: list[str] = []
    below: list[str] = []
    for section in (one for one in listed if one.view != "statement"):  # the page has it at its top
        (aside if section.view in ASIDE else below).append(section_html(book, section, prose_html(section.prose)))
    lead = next((prose_html(section.prose) for section in listed if section.view == "questions"), "")
    panel = f'<aside class="panel" id="result" aria-label="{escape(book.texts("views.outcome"))}" tabindex="0">{"".join(aside)}</aside>'
    return (
        f'<div class="work">{rail_html(book.stages, book.texts)}<div class="stack" id="questions">{before_use_html(book)}{lead}'
        f"<div data-form-place>{form_of(book)}</div>{''.join(below)}</div>{panel}</div>"
        f'<a class="to-result" href="#result">{escape(book.texts("views.outcome"))}</a>'
    )


def what_if_html(book: Workbook, instrument_id: str, changed: Mapping[str, str]) -> str:
    """What would be different with these answers; as HTML, never saved."""
    from dataclasses import replace

    from safe_lib.engine import explain

    now, then = casework.what_if(book.desk, str(book.case), instrument_id, changed, book.scenario)
    before = book.shown_for(instrument_id, book.scenario)
    said = casework.recorded(book.desk, str(book.case), before.instrument, book.scenario)
    changed_answers = {id: Answer(code) for id, code in changed.items()}
    after = replace(
        before, assessment=then, explanation=explain(then, before.instrument, book.texts), answers=replace(said, given={**said.given, **changed_answers})
    )
    return blocks_html(views.what_changes(replace(before, assessment=now), after), book.texts)


# The frame around it


def frame_of(book: Workbook, here: str, tabs: tuple[Tab, ...], title: str, **more: Any) -> Frame:
    """The frame of one workbook page."""
    texts = book.texts
    case = None
    if book.case:
        age = casework.person_facts(book.desk, book.case).age_group
        case = CaseHead(book.case, casework.alias_of(book.desk, book.case), texts(f"age.{age}") if age else "", "")
    return Frame(
        texts=texts,
        here=here,
        title=title,
        case=case,
        tabs=tabs,
        languages=offered_languages(),
        keep=book.kept(),
        marks=book.marks(),
        versions=book.versions(),
        own_main=False,
        unsigned=not release.is_signed(),
        shared=book.shared,
        names_url=f"{more.get('base_url', '/')}names",
        **more,
    )


def offered_languages() -> tuple[Language, ...]:
    """The languages on offer, each in its own words."""
    return tuple(Language(code, said["name"], said.get("direction", "ltr")) for code, said in languages().items())
