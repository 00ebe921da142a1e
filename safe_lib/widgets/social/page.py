"""The social map as a page: its parts in the order of the notebook, each with its heading from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

from safe_lib.widgets.page import sections
from safe_lib.widgets.shell import icon
from safe_lib.widgets.social.asked import NEW, link
from safe_lib.widgets.social.cards import card_html
from safe_lib.widgets.social.correct import form_html
from safe_lib.widgets.social.drawn import map_html
from safe_lib.widgets.social.entry import entry_html
from safe_lib.widgets.social.helpers import helpers_html
from safe_lib.widgets.social.lists import list_html, search_html
from safe_lib.widgets.social.reading import Reading
from safe_lib.widgets.social.seat import Seat
from safe_lib.widgets.social.work import gaps_html, work_html


def directory_html(reading: Reading, seat: Seat) -> str:
    """The form and the list first, the map beside or below them, then a way to add an entry."""
    asked, texts = reading.asked, reading.texts
    add = ""
    if seat.may_propose and asked.country and asked.entry != NEW:
        words = texts("social.add", name=reading.country_name(asked.country))
        add = f'<p class="no-print"><a href="{link(asked, texts.language, "correct", entry=NEW, show="")}">{escape(words)}</a></p>'
    return f'{search_html(reading)}<div class="social-cols"><div>{list_html(reading)}{add}{card_html(reading, seat)}</div>{map_html(reading)}</div>'


def one_html(reading: Reading, seat: Seat) -> str:
    """The entry that is open, and the form to correct it or to add one."""
    return entry_html(reading, seat) + form_html(reading, seat)


PARTS: Final[Mapping[str, Callable[[Reading, Seat], str]]] = {
    "directory": directory_html,
    "entry": one_html,
    "helpers": helpers_html,
    "to_verify": work_html,
    "gaps": lambda reading, seat: gaps_html(reading),
}


def heading_html(reading: Reading, seat: Seat, title: str, about: str) -> str:
    """The first heading, what was just done, and what could not be understood."""
    texts, asked = reading.texts, reading.asked
    said = [texts("social.unread")] if asked.unread else []
    said += [texts("social.unknown_entry")] if reading.unknown_entry else []
    said += [texts("atlas.notice.day", day=reading.on.isoformat())] if asked.on else []
    notices = "".join(f'<div class="notice" role="note">{icon("i-info")}<p>{escape(words)}</p></div>' for words in said)
    done = texts("social.done.verified") if seat.done == "verified" else texts("social.done.proposed", id=seat.done) if seat.done else ""
    told = f'<p class="notice below" role="status">{icon("i-tick")}<span>{escape(done)}</span></p>' if done else ""
    return f'<div class="head"><div><h1>{escape(title)}</h1><p class="lead">{escape(about)}</p></div></div>{told}{notices}'


def body_html(reading: Reading, seat: Seat, notebook: Mapping[str, Any], prose_html: Callable[[str], str]) -> str:
    """Every part that has something to show, under its heading; the entry that is open, or to be added, comes first."""
    made = []
    for section in sections(notebook):
        inside = PARTS[section.view](reading, seat) if section.view in PARTS else ""
        if inside:
            first = section.view == "entry" or section.view == {"verify": "to_verify", "gaps": "gaps"}.get(reading.asked.show)
            html = f'<section class="section" id="view-{section.view}" data-region="{section.view}">{prose_html(section.prose)}{inside}</section>'
            made.append((not first, html))
    return "".join(html for _, html in sorted(made, key=lambda part: part[0]))
