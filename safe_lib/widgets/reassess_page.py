"""The page that lists which open cases would come out otherwise on a day, and why. It takes values and gives HTML text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Final
from urllib.parse import urlencode

from safe_lib.model.document import Table
from safe_lib.reassessing import Again, Reassessed
from safe_lib.widgets.reassess_views import Expired, expired, table, waited_for
from safe_lib.widgets.shell import Frame, icon, page_shell

PATH: Final = "reassess"  # below the base address of the server
MOST: Final = 500  # rows of one table; a page with ten thousand helps nobody


def reassess_page(frame: Frame, found: Reassessed, today: date) -> str:
    """What would come out otherwise, what stays on other ground, and which claims are waited for; with a day to choose."""
    texts = frame.texts
    looked = texts("reassess.looked", kept=found.kept, computed=found.computed)
    body = (
        f'<div class="head"><div><h1>{escape(texts("reassess.title"))}</h1><p class="lead">{escape(texts("reassess.lead"))}</p></div></div>\n'
        f'<div class="stack">{_choice_of_day(frame, found.on, today)}\n'
        f'<p class="quiet" role="status" data-kept="{found.kept}" data-computed="{found.computed}">{escape(looked)}</p>\n'
        f'{_section(frame, "differing", found.differing)}\n{_section(frame, "resting", found.resting)}\n{_waited_for(frame, found)}</div>\n'
    )
    return page_shell(frame, body)


def _choice_of_day(frame: Frame, on: date, today: date) -> str:
    """Another day: to see what will have run out by then."""
    texts = frame.texts
    return (
        f'<form class="card row" method="get" action="{escape(frame.base_url)}{PATH}">'
        f'<input type="hidden" name="lang" value="{escape(texts.language)}">'
        f'<div class="field"><label for="as-of">{escape(texts("reassess.as_of"))}</label>'
        f'<input class="input" id="as-of" type="date" name="date" value="{on.isoformat()}" min="{today.isoformat()}" autocomplete="off" required></div>'
        f'<button class="btn btn-2" type="submit">{escape(texts("reassess.show"))}</button></form>'
    )


def _section(frame: Frame, name: str, found: tuple[Again, ...]) -> str:
    texts = frame.texts
    if not found:
        return f'<p class="notice">{icon("i-tick")}<span>{escape(texts("reassess.none"))}</span></p>' if name == "differing" else ""
    about = f'<p class="quiet">{escape(texts("reassess.resting_about"))}</p>' if name == "resting" else ""
    more = f'<p class="quiet">{escape(texts("reassess.more", n=len(found) - MOST))}</p>' if len(found) > MOST else ""
    title = f'<h2 id="{name}-title">{escape(texts(f"reassess.{name}"))} ({len(found)})</h2>'
    return (f'<section class="card stack" id="{name}" aria-labelledby="{name}-title">{title}'
            f"{about}{_table(frame, name, found[:MOST])}{more}</section>")


def _table(frame: Frame, name: str, found: tuple[Again, ...]) -> str:
    made = table(found, frame.texts)
    links = [f'<a class="ref" href="{escape(address_of(frame, one))}"><bdi>{escape(one.ref)}</bdi></a>' for one in found]
    marks = [f' data-case="{escape(one.ref)}" data-scenario="{escape(one.scenario)}"' for one in found]
    return _linked(made, name, links, marks)


def _linked(made: Table, name: str, links: Sequence[str], marks: Sequence[str]) -> str:
    """A table whose rows are headed by links."""
    heads = "".join(f'<th scope="col" role="columnheader">{escape(column)}</th>' for column in made.columns)
    rows = "".join(_row(made, place, link, mark) for place, (link, mark) in enumerate(zip(links, marks, strict=True)))
    return (f'<table class="tbl fold-rows" role="table" aria-labelledby="{name}-title"><thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
            f'<tbody role="rowgroup">{rows}</tbody></table>')


def _row(made: Table, place: int, link: str, mark: str) -> str:
    cells = "".join(f'<td role="cell" data-label="{escape(column)}"><div>{escape(str(cell))}</div></td>'
                    for column, cell in zip(made.columns[1:], made.rows[place][1:], strict=True))
    return f'<tr role="row"{mark}><th scope="row" role="rowheader">{link}</th>{cells}</tr>'


def address_of(frame: Frame, one: Again) -> str:
    """The page on which this case is worked on, with the future that is meant."""
    identifies = one.instrument == "first_level" or one.instrument.startswith("ilo_")
    page = "identification" if identifies else "safe_return" if one.instrument.startswith("safe_return") else one.instrument
    parts = {"case": one.ref, "lang": frame.texts.language, "scenario": one.scenario, "set": one.instrument if one.instrument.startswith("ilo_") else ""}
    return f"{frame.base_url}{page}?{urlencode({name: value for name, value in parts.items() if value})}"


def _waited_for(frame: Frame, found: Reassessed) -> str:
    """Claims to renew, each with the way to where a renewal is written."""
    blocks, texts = waited_for(found, frame.texts), frame.texts
    if not blocks:
        return ""
    made = blocks[-1]
    links = [f'<a href="{escape(_renewal(frame, one))}">{escape(f"{one.country} {one.id}")}</a>' for one in expired(found)]
    listed = _linked(made, "renew", links, [f' data-claim="{escape(one.id)}"' for one in expired(found)]) if isinstance(made, Table) else ""
    return (f'<section class="card stack" id="renew" aria-labelledby="renew-title"><h2 id="renew-title">{escape(texts("reassess.renew"))}</h2>'
            f'<p class="quiet">{escape(texts("reassess.renew_about"))}</p>{listed}</section>')


def _renewal(frame: Frame, one: Expired) -> str:
    parts = {"country": one.country, "theme": one.theme, "claim": one.id, "lang": frame.texts.language}
    return f"{frame.base_url}claims?{urlencode(parts)}"
