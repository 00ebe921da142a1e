"""The workbook on procedures as a page: its parts in the order of the notebook, whole in the first bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

from safe_lib.widgets.editors import REPORTS
from safe_lib.widgets.legal import blocks
from safe_lib.widgets.legal.parts import LIVE
from safe_lib.widgets.legal.sheet import PATH, Sheet, folded
from safe_lib.widgets.letters_page import letters_list
from safe_lib.widgets.page import sections
from safe_lib.widgets.shell import hidden_fields, icon

STATIC: Final = ("minimum_rules", "sources")
WAYS: Final = ("deadlines", "days", "may_apply", "followed", "case_facts", "papers", "tasks", "contacts", "own_words", "reports")


def body_html(sheet: Sheet, notebook: Mapping[str, Any], prose_html: Callable[[str], str], *, reports: str = "", wrong: str = "", done: str = "") -> str:
    """Every part under its heading; on top what this is not, and the parts, each one press away.

    Args:
        reports: the sealed reports of the case, and whether something written may be left with the person; as HTML.
        wrong, done: what came of a form that was sent without a script.
    """
    texts = sheet.reading.texts
    ways = "".join(f'<li><a href="#view-{name}">{escape(texts(f"legal.way.{name}"))}</a></li>' for name in WAYS)
    parts = [section for section in sections(notebook) if section.view != "statement"]
    listed = "".join(_section(sheet, one.view, prose_html(one.prose), reports if one.view == "reports" else "") for one in parts)
    first = _sayings(sheet) + _told(wrong, "notice notice-stop", "alert") + _told(done, "notice notice-plain", "status")
    return (f'{first}<div data-region="statement">{statement_html(sheet)}</div>'
            f'<nav class="choices no-print" aria-label="{escape(texts("legal.ways"))}"><ul>{ways}</ul></nav>{listed}')


def _sayings(sheet: Sheet) -> str:
    """What the script says, in the language of the page."""
    said = "".join(f' data-{name.replace("_", "-")}="{sheet.say(name)}"' for name in ("needs", "not_allowed", "keep_theirs", "save_mine"))
    return f'<div hidden data-legal-words data-revision="{sheet.reading.file.revision}"{said}></div>'


def _told(words: str, kind: str, role: str) -> str:
    return f'<div class="{kind}" role="{role}">{icon("i-info")}<p>{escape(words)}</p></div>' if words else ""


def statement_html(sheet: Sheet) -> str:
    """It is no legal advice; when the rules shown were last verified; changes of law."""
    reading = sheet.reading
    changes = sheet.show(blocks.banner(reading, change) for change in reading.changes)
    return sheet.show(blocks.not_advice(reading)) + folded("changes", sheet.say("changes", count=len(reading.changes)), changes)


def _section(sheet: Sheet, view: str, prose: str, before: str) -> str:
    inside = before + inside_of(sheet, view)
    return f'<section class="section" id="view-{view}" tabindex="-1">{prose}<div data-region="{view}">{inside}</div></section>' if inside else ""


def inside_of(sheet: Sheet, view: str) -> str:
    """The inside of one region."""
    if view in LIVE:
        return LIVE[view](sheet)
    if view in STATIC:
        return sheet.show(blocks.VIEWS[view](sheet.reading))
    return _reports(sheet) if view == "reports" else ""


def live(sheet: Sheet) -> dict[str, str]:
    """Region → HTML of all that may change with an entry."""
    return {"statement": statement_html(sheet), **{name: make(sheet) for name, make in LIVE.items()}}


def _reports(sheet: Sheet) -> str:
    """One button for each reader; what leaves, to whom and why is settled on the page of what leaves."""
    texts, frame = sheet.reading.texts, sheet.frame
    way = f"{frame.base_url}disclosures?case={sheet.case}&lang={texts.language}"
    link = f'<p><a href="{escape(way)}" data-disclosures>{escape(texts("disclose.page.open"))}</a></p>'
    link += letters_list(frame.base_url, sheet.case, texts, {one.id for one in sheet.reading.followed})
    if not sheet.may_report or frame.shared:
        return f'<div class="stack">{link}</div>'
    buttons = "".join(
        f'<button class="btn btn-2" type="submit" name="report" value="{profile} {kind}">'
        f"{escape(texts('form.report_for', profile=texts(f'profile.{profile}')))} ({kind.upper()})</button>" for profile, kind in REPORTS)
    although = (f'<div class="field"><label for="although">{escape(texts("leaflet.why"))}</label><span class="hint" id="although-hint">'
                f'{escape(texts("leaflet.why_hint"))}</span><input class="input" id="although" name="although" maxlength="200" dir="auto" '
                'autocomplete="off" aria-describedby="although-hint"></div>')
    return (f'<div class="stack"><form class="stack no-print" method="post" action="{escape(frame.base_url)}{PATH}?case={escape(sheet.case)}" data-reports>'
            f'{hidden_fields(frame, action="report")}<p class="small quiet">{escape(texts("form.report_about"))}</p>'
            f'{although}<div class="row">{buttons}</div></form>{link}</div>')
