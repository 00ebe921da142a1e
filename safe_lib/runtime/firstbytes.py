"""What a browser gets before its kernel exists: the whole page with questions, saved answers and what follows from them.

It is sent before the kernel is started, which then only has to bring the form to life.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import mistune

from safe_lib.catalogue.prose import in_language, source_of
from safe_lib.model.texts import Texts
from safe_lib.store.moment import one_moment
from safe_lib.widgets.atlas.page import body_html, heading_html
from safe_lib.widgets.awareness_page import page_html as messages_html
from safe_lib.widgets.coordination_page import coordination_body
from safe_lib.widgets.findings_page import page_html as findings_html
from safe_lib.widgets.legal import page as legal_page
from safe_lib.widgets.legal.sheet import Sheet
from safe_lib.widgets.page import VIEW, frame_of, sections, work_html
from safe_lib.widgets.pages_data import case_tabs, heading_of
from safe_lib.widgets.shell import Frame, body_end, body_start, head
from safe_lib.widgets.social import page as social
from safe_lib.widgets.social.seat import Seat
from safe_lib.widgets.survey.desk_page import body_html as survey_html
from safe_lib.widgets.training.page import page_html as course_html
from safe_lib.workbook import Workbook

_markdown = mistune.create_markdown(escape=True)


@lru_cache(maxsize=512)
def prose_html(source: str) -> str:
    """A notebook's prose as HTML; anything that looks like HTML stays text."""
    return str(_markdown(source)) if source else ""


def page_start(book: Workbook, notebook: Any, **frame: Any) -> tuple[str, str]:
    """The page of this moment in two pieces: everything to be seen, and the foot that closes it."""
    with one_moment():
        return _page(book, notebook, **frame)


def page_head(book: Workbook, *, base_url: str, assets: Mapping[str, str], theme: str, masked: bool) -> str:
    """What `page_start` begins with: with it the browser asks for style and scripts while the page itself is still being made."""
    return head(Frame(book.texts, base_url=base_url, theme=theme, masked=masked, shared=book.shared, **_files(book, assets)))


def _files(book: Workbook, assets: Mapping[str, str]) -> dict[str, Any]:
    script = "atlas.js" if _has_maps(book) else "legal.js" if book.is_about_procedures else "frame.js" if _is_alone(book) else "page.js"
    return {"script_url": assets[script], "style_url": assets["safe.css"], "coming": script == "page.js"}


def _has_maps(book: Workbook) -> bool:
    """Such a page brings its own heading, and the arrow keys of maps."""
    return book.is_about_countries or book.is_social_map


def _is_alone(book: Workbook) -> bool:
    """Such a page brings its own heading, and needs no more than the frame."""
    return book.is_course or book.is_messages or book.is_findings or book.is_survey


def _page(
    book: Workbook, notebook: Any, *, here: str, base_url: str, assets: Mapping[str, str], xsrf: str,
    theme: str, masked: bool, more: Mapping[str, Any] | None = None, told: tuple[str, str] = ("", ""), seat: Seat | None = None
) -> tuple[str, str]:
    notebook = in_language(notebook, book.name, book.desk.language)
    mark_shown(notebook)
    title, about = heading_of(notebook)
    tabs = case_tabs(book.texts, base_url)
    frame = frame_of(
        book, here, tabs, "" if _has_maps(book) or _is_alone(book) else title, base_url=base_url, xsrf=xsrf, theme=theme, masked=masked,
        **_files(book, assets), **(more or {})
    )
    if book.is_social_map:
        body = social.heading_html(book.map_reading, seat or Seat(xsrf), title, about) + book.statement().html
        body += social.body_html(book.map_reading, seat or Seat(xsrf), notebook, _without_heading)
    elif book.is_about_countries:
        body = heading_html(book.reading, title, about) + book.statement().html + body_html(book.reading, notebook, _without_heading)
    elif book.course_seat is not None:
        body = course_html(book.course_seat, title, about, book.statement().html, notebook, _without_heading)
    elif book.message_place is not None:
        body = messages_html(book.message_place, title, about, book.statement().html, notebook, _without_heading)
    elif book.survey_seat is not None:
        body = survey_html(book, book.survey_seat, title, about, notebook, _without_heading)
    elif book.findings_seat is not None:
        body = findings_html(book.findings_seat, title, about, book.statement().html, notebook, _without_heading)
    elif book.is_about_the_team:
        inside = book.statement().html + coordination_body(book, frame, notebook, _without_heading, *book.team_now)
        body = f'<p class="lead">{mistune.escape(about)}</p><div class="stack">{inside}</div>'
    elif book.is_about_procedures:
        sheet = Sheet(book.legal, frame, str(book.case), *book.legal_rights)
        parts = legal_page.body_html(sheet, notebook, _without_heading, reports=book.reports().html, done=told[0], wrong=told[1])
        body = f'<p class="lead">{mistune.escape(about)}</p>' + parts
    else:
        body = f'<p class="lead">{mistune.escape(about)}</p>' + book.statement().html + work_html(book, notebook, _without_heading)
    own = "".join(f'<section class="section"><div data-cell="{cell["id"]}"></div></section>' for cell in notebook["cells"] if is_own(cell))
    return head(frame) + body_start(frame) + body + own, _without_end(body_end(frame))


def _without_heading(source: str) -> str:
    """Prose below the first heading of the page; its own headings stay."""
    return "" if source.startswith("# ") else prose_html(source)


def _without_end(html: str) -> str:
    """The template closes the page after the kernel's parts."""
    return html.replace("</body>", "").replace("</html>", "").rstrip()


def mark_shown(notebook: Any) -> None:
    """Cells whose view stands on the page already: the template leaves them out."""
    shown = {section.cell for section in sections(notebook) if section.view != "questions"}
    for place, cell in enumerate(notebook["cells"], start=1):
        source = source_of(cell)
        hidden = cell["cell_type"] == "code" and (place in shown or "example" in cell["metadata"].get("tags", []) or source.startswith(("from ", "workbook =")))
        if hidden or "parameters" in cell["metadata"].get("tags", []):
            cell["metadata"]["safe_shown"] = True


def for_kernel(notebook: Any, texts: Texts) -> Any:
    """The notebook with what is left for a kernel: its code, without the views that the server has made and sent already.

    It goes straight to the questions, and nothing that it will not run is checked, copied and rendered once more on the way.
    What shows nothing runs together with our view that follows it: each cell by itself would be a way there and back.
    """
    mark_shown(notebook)
    shown = {section.cell for section in sections(notebook) if section.view != "questions"}
    left: list[Any] = []
    for place, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] != "code" or place in shown or "example" in cell["metadata"].get("tags", []) or not source_of(cell).strip():
            continue
        cell["metadata"]["safe_failed"] = texts("page.cell_failed")
        if VIEW.match(source_of(cell).strip()):
            while left and left[-1]["metadata"].get("safe_shown"):
                cell["source"] = f"{source_of(left.pop())}\n{source_of(cell)}"
        left.append(cell)
    notebook["cells"] = left
    return notebook


def is_own(cell: Any) -> bool:
    """A cell that an analyst added: its output has to come from the kernel."""
    return cell["cell_type"] == "code" and not cell["metadata"].get("safe_shown") and not VIEW.match(source_of(cell).strip())
