"""Looking for help: the form, the list of those who answer, and one line for each."""

from __future__ import annotations

from html import escape

from safe_lib.model.document import Badge
from safe_lib.model.organisation import Organisation
from safe_lib.widgets.atlas.search import select_html
from safe_lib.widgets.blocks import badge_html
from safe_lib.widgets.social.asked import Asked, hidden, link
from safe_lib.widgets.social.reading import Reading

BADGES = {"verified": "current", "due": "outdated", "stale": "outdated", "unverified": "missing"}  # freshness → the sign of a claim in that state


def fresh_html(one: Organisation, reading: Reading) -> str:
    """How far an entry can be relied on: word, shape and colour."""
    state = reading.fresh(one)
    return badge_html(Badge("claim", BADGES[state], reading.texts(f"social.fresh.{state}")))


def search_html(reading: Reading) -> str:
    """The form: country, need, service, group, language, words; region where the country has a list of them."""
    asked, texts = reading.asked, reading.texts
    anything = ("", texts("social.any"))
    needs = [anything, *((one.id, one.name.get(texts.language) or one.name["en"]) for one in reading.vocabulary.needs)]
    services = [anything, *((code, reading.word("services", code)) for code in reading.vocabulary.services)]
    groups = [anything, *((code, reading.word("target_groups", code)) for code in reading.vocabulary.target_groups)]
    regions = [anything, *sorted(reading.directory.regions.items(), key=lambda pair: pair[1])]
    fields = [
        select_html("m-country", "country", texts("social.country"), [("", texts("social.every_country")), *reading.countries()], asked.country),
        select_html("m-region", "region", texts("social.region"), regions, asked.region) if len(regions) > 1 else "",
        select_html("m-need", "need", texts("social.need"), needs, asked.need),
        select_html("m-service", "service", texts("social.service"), services, asked.service),
        select_html("m-group", "group", texts("social.group"), groups, asked.target),
        select_html("m-spoken", "spoken", texts("social.spoken"), [anything, *reading.languages()], asked.spoken),
        f'<div class="field wide"><label for="m-q">{escape(texts("social.words"))}</label>'
        f'<input class="input" type="search" id="m-q" name="q" value="{escape(asked.words)}" dir="auto" autocomplete="off"></div>',
    ]
    kept = hidden(asked, texts.language, ("country", "region", "need", "service", "group", "spoken", "q", "box", "page", "entry", "edit", "show"))
    button = f'<button class="btn" type="submit">{escape(texts("social.look"))}</button>'
    return (
        f'<form class="tools card" method="get" action="#list" role="search" aria-label="{escape(texts("social.look"))}">{kept}{"".join(fields)}{button}</form>'
    )


def list_html(reading: Reading) -> str:
    """How many answer, then the entries of one page, then the other pages."""
    asked, texts = reading.asked, reading.texts
    if not reading.found:
        return f'<div class="card" id="list" tabindex="-1"><p role="status">{escape(texts("social.none"))}</p>{_everywhere(reading)}</div>'
    waiting = sum(reading.fresh(one) != "verified" for one in reading.found)
    counted = f'<p class="quiet" role="status">{escape(texts("social.counted", n=len(reading.found), waiting=waiting))}</p>'
    items = "".join(_line(one, reading) for one in reading.shown)
    part = (
        f'<p class="small">{escape(texts("social.part"))} <a href="{link(asked, texts.language, "list", box="")}">{escape(texts("social.whole"))}</a></p>'
        if asked.box
        else ""
    )
    return f'<div id="list" tabindex="-1">{counted}{part}<ul class="social-list">{items}</ul>{_pages(reading)}</div>'


def _everywhere(reading: Reading) -> str:
    texts = reading.texts
    bare = Asked(country=reading.asked.country, case=reading.asked.case, on=reading.asked.on)
    return f'<p><a href="{link(bare, texts.language, "list")}">{escape(texts("social.without"))}</a></p>'


def _line(one: Organisation, reading: Reading) -> str:
    texts = reading.texts
    place = ", ".join(filter(None, (one.city, reading.country_name(one.country) if not reading.asked.country else "")))
    services = ", ".join(reading.word("services", code) for code in one.services)
    stale = ' data-stale="true"' if reading.fresh(one) == "stale" else ""
    reach = " · ".join(filter(None, (next((part.value for part in one.of_kind("phone")), texts("social.no_phone")), verified_on(one, reading))))
    recalled = f'<span class="small quiet">{escape(texts("social.recalled_short"))}</span>' if one.status == "recalled" else ""
    return (
        f'<li class="social-one" data-entry="{escape(one.id)}"{stale}><div class="top">'
        f'<h3><a href="{link(reading.asked, texts.language, "entry", entry=one.id)}"><bdi>{escape(one.name)}</bdi></a></h3>{fresh_html(one, reading)}</div>'
        f'<p class="small"><bdi>{escape(place)}</bdi>{" · " if place else ""}{escape(services)}</p>'
        f'<p class="small" data-reach><bdi>{escape(reach)}</bdi></p>{recalled}</li>'
    )


def verified_on(one: Organisation, reading: Reading) -> str:
    """The day on which somebody verified an entry; nothing where nobody did, which its sign says."""
    return reading.texts("social.verified_on", day=one.verified.on.isoformat()) if one.verified and reading.fresh(one) != "unverified" else ""


def _pages(reading: Reading) -> str:
    asked, texts = reading.asked, reading.texts
    if reading.pages == 1:
        return ""
    now = min(asked.page, reading.pages)
    before = f'<a href="{link(asked, texts.language, "list", page=now - 1)}">{escape(texts("social.page_before"))}</a>' if now > 1 else ""
    after = f'<a href="{link(asked, texts.language, "list", page=now + 1)}">{escape(texts("social.page_after"))}</a>' if now < reading.pages else ""
    here = f"<span>{escape(texts('social.page', n=now, of=reading.pages))}</span>"
    return f'<nav class="row" aria-label="{escape(texts("social.pages"))}">{before}{here}{after}</nav>'
