"""The work list of entries to verify, and what is missing in which region."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import Final

from safe_lib.model.organisation import Organisation
from safe_lib.widgets.atlas.search import select_html
from safe_lib.widgets.social.asked import hidden, link
from safe_lib.widgets.social.entry import verified_words, verify_form
from safe_lib.widgets.social.lists import fresh_html
from safe_lib.widgets.social.missing import missing_html
from safe_lib.widgets.social.reading import Reading
from safe_lib.widgets.social.seat import Seat

MOST: Final = 40  # entries of the work list on one page


def work_html(reading: Reading, seat: Seat) -> str:
    """The entries that wait, those that nobody verified first; a way to open the list where it is not asked for."""
    asked, texts = reading.asked, reading.texts
    count = len(reading.waiting)
    if asked.show != "verify":
        words = texts("social.work.open", n=count)
        return f'<p class="no-print"><a href="{link(asked, texts.language, "view-to_verify", show="verify", entry="", edit=False)}">{escape(words)}</a></p>'
    if not count:
        return f'<p role="status">{escape(texts("social.work.none"))}</p>'
    shown = reading.waiting[:MOST]
    items = "".join(_waits(one, reading, seat) for one in shown)
    more = f'<p class="quiet">{escape(texts("social.work.more", n=count - len(shown)))}</p>' if count > len(shown) else ""
    return f'<p class="quiet" role="status">{escape(texts("social.work.count", n=count))}</p><ol class="social-list">{items}</ol>{more}'


def _waits(one: Organisation, reading: Reading, seat: Seat) -> str:
    texts = reading.texts
    address = link(reading.asked, texts.language, "entry", entry=one.id, show="")
    reach = "; ".join(part.value for part in one.contact) or texts("social.not_known")
    return (
        f'<li class="social-one" data-waits="{escape(one.id)}"><div class="top"><h3><a href="{address}">'
        f"<bdi>{escape(one.name)}</bdi></a></h3>{fresh_html(one, reading)}</div>"
        f'<p class="small"><bdi>{escape(reach)}</bdi> · {escape(verified_words(one, reading))}</p>{verify_form(one, reading, seat)}</li>'
    )


def gaps_html(reading: Reading) -> str:
    """For one group in one country: every service by region, how many entries, how many of them verified."""
    asked, texts = reading.asked, reading.texts
    if not asked.country:
        return f'<p class="quiet">{escape(texts("social.gaps.choose"))}</p>'
    if asked.show != "gaps":
        address = link(asked, texts.language, "view-gaps", show="gaps", entry="", edit=False)
        return f'<p class="no-print"><a href="{address}">{escape(texts("social.gaps.open"))}</a></p>'
    regions = reading.directory.regions or {"": reading.country_name(asked.country)}
    heads = "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in (texts("social.service"), *regions.values()))
    by_service: dict[str, dict[str, tuple[int, int]]] = {}
    for gap in reading.missing:
        by_service.setdefault(gap.service, {})[gap.region] = (gap.entries, gap.verified)
    rows = "".join(_row(code, [(name, cells[id]) for id, name in regions.items()], reading) for code, cells in by_service.items())
    caption = escape(texts("social.gaps.caption"))
    table = (
        f'<table class="tbl fold-rows" role="table"><caption>{caption}</caption><thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table>'
    )
    says = f'<p class="quiet small">{escape(texts("social.gaps.says"))}</p>'
    scroll = f'<div class="scroll" tabindex="0" role="region" aria-label="{caption}">{table}</div>'
    whole = f'<details class="more"><summary>{escape(texts("social.missing.table"))}</summary><div class="in-more">{scroll}</div></details>'
    return f"{_group_form(reading)}{says}{missing_html(reading)}{whole}"


def _row(code: str, cells: list[tuple[str, tuple[int, int]]], reading: Reading) -> str:
    inside = "".join(f'<td role="cell" data-label="{escape(name)}"><div>{escape(_counted(pair, reading))}</div></td>' for name, pair in cells)
    return f'<tr role="row"><th scope="row" role="rowheader">{escape(reading.word("services", code))}</th>{inside}</tr>'


def _counted(pair: tuple[int, int], reading: Reading) -> str:
    every, verified = pair
    return reading.texts("social.gaps.cell", n=every, verified=verified) if every else reading.texts("social.gaps.nothing")


def _group_form(reading: Reading) -> str:
    asked, texts = reading.asked, reading.texts
    groups = [("", texts("social.any")), *((code, reading.word("target_groups", code)) for code in reading.vocabulary.target_groups)]
    return (
        f'<form class="tools" method="get" action="#view-gaps">{hidden(asked, texts.language, ("group", "entry", "edit"))}'
        f"{select_html('g-group', 'group', texts('social.group'), groups, asked.target)}"
        f'<button class="btn btn-2" type="submit">{escape(texts("social.gaps.go"))}</button></form>'
    )


def gaps_by_service(reading: Reading) -> dict[str, tuple[int, int]]:
    """Service → regions with an entry, and with a verified one; for a report and a notebook."""
    found: dict[str, tuple[int, int]] = {}
    for service, inside in groupby(sorted(reading.missing, key=lambda gap: gap.service), key=lambda gap: gap.service):
        listed = list(inside)
        found[service] = (sum(gap.entries > 0 for gap in listed), sum(gap.verified > 0 for gap in listed))
    return found
