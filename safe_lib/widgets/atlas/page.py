"""The country workbook as a page: its parts in the order of the notebook, each with its heading from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

from safe_lib.widgets.atlas.choose import another_html, choose_html
from safe_lib.widgets.atlas.compare import compare_html
from safe_lib.widgets.atlas.credits import credits_html
from safe_lib.widgets.atlas.overview import overview_html, themes_html
from safe_lib.widgets.atlas.places import places_html
from safe_lib.widgets.atlas.reading import Reading
from safe_lib.widgets.atlas.search import search_html
from safe_lib.widgets.page import sections
from safe_lib.widgets.shell import icon

FORMATS: Final = ("pdf", "docx", "html")
WAYS: Final = (
    ("themes", "view-themes"),
    ("places", "view-subdivisions"),
    ("beside", "view-compare_countries"),
    ("search", "search"),
    ("credits", "view-credits"),
    ("profile", "view-country_profile"),
)


def profile_html(reading: Reading) -> str:
    """Links that make the profile of the country for paper."""
    if reading.country is None:
        return ""
    texts, country = reading.texts, reading.country
    day = f"&amp;date={reading.on.isoformat()}" if reading.asked.on else ""
    links = "".join(
        f'<a class="btn btn-2" href="/country_information/{country.iso3}.{kind}?lang={texts.language}{day}" download data-profile="{kind}">'
        f"{icon('i-doc')}{escape(texts('atlas.profile.get', name=reading.name(country), format=kind.upper()))}</a>"
        for kind in FORMATS
    )
    return f'<div class="row no-print">{links}</div>'


PARTS: Final[Mapping[str, Callable[[Reading], str]]] = {
    "choose_country": choose_html,
    "search_claims": search_html,
    "country_overview": overview_html,
    "themes": themes_html,
    "subdivisions": places_html,
    "compare_countries": compare_html,
    "credits": credits_html,
    "country_profile": profile_html,
}


def heading_html(reading: Reading, title: str, about: str) -> str:
    """The first heading: of the country, or of the workbook while none is open; then what could not be understood."""
    country, texts = reading.country, reading.texts
    if country is None:
        return f'<div class="head"><div><h1>{escape(title)}</h1><p class="lead">{escape(about)}</p></div></div>{notices_html(reading)}'
    others = ", ".join(reading.name(other) for other in reading.together[1:])
    beside = f'<p class="quiet">{escape(texts("atlas.beside", names=others))}</p>' if others else ""
    return (
        f'<div class="head"><div><p class="small">{escape(title)}</p><h1>{escape(reading.name(country))} <span class="quiet light">{country.iso3}</span></h1>'
        f'{beside}<p class="lead">{escape(texts("atlas.lead"))}</p>{ways_html(reading)}</div>{another_html(reading)}</div>{notices_html(reading)}'
    )


def ways_html(reading: Reading) -> str:
    """The parts of the page, each one press away."""
    items = "".join(f'<li><a href="#{anchor}">{escape(reading.texts(f"atlas.way.{key}"))}</a></li>' for key, anchor in WAYS)
    return f'<nav class="choices no-print" aria-label="{escape(reading.texts("atlas.ways"))}"><ul>{items}</ul></nav>'


def notices_html(reading: Reading) -> str:
    """What has to be seen before the rest: another day, an invented country, parts of the address nobody could read."""
    texts = reading.texts
    said = [texts("atlas.notice.unknown", code=code) for code in reading.unknown]
    said += [texts(f"atlas.notice.unread.{key}") for key in reading.asked.unread]
    if not reading.is_today:
        said.append(texts("atlas.notice.day", day=reading.on.isoformat()))
    return "".join(f'<div class="notice" role="note">{icon("i-info")}<p>{escape(words)}</p></div>' for words in said)


def body_html(reading: Reading, notebook: Mapping[str, Any], prose_html: Callable[[str], str]) -> str:
    """Every part that has something to show, under its heading; what was looked for comes first."""
    made = []
    for section in sections(notebook):
        inside = PARTS[section.view](reading) if section.view in PARTS else ""
        if inside:
            wanted = bool(reading.asked.words or reading.asked.status) and section.view == "search_claims"
            id = "search" if section.view == "search_claims" else f"view-{section.view}"
            made.append((not wanted, f'<section class="section" id="{id}" data-region="{section.view}">{prose_html(section.prose)}{inside}</section>'))
    return "".join(html for _, html in sorted(made, key=lambda pair: pair[0]))
