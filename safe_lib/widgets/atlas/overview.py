"""One country at a glance, in words: how much is known, how old it is, who has looked at it. No number stands for a country."""

from __future__ import annotations

from collections import Counter
from html import escape

from safe_lib.engine.country import theme_view
from safe_lib.model.country import Country
from safe_lib.model.texts import Texts
from safe_lib.widgets.atlas.asked import link
from safe_lib.widgets.atlas.choose import around_html
from safe_lib.widgets.atlas.claims import claims_html, editor_html, theme_badges
from safe_lib.widgets.atlas.compare import state_words
from safe_lib.widgets.atlas.figures import figures_html
from safe_lib.widgets.atlas.reading import Reading
from safe_lib.widgets.blocks import badge_html, blocks_html
from safe_lib.widgets.reading_hints import reading_hints_blocks
from safe_lib.widgets.shell import icon

STATUS_SIGNS = {"current": "c-current", "outdated": "c-outdated", "conflicting": "c-conflicting", "missing": "c-missing"}


def facts_of_country(reading: Reading) -> tuple[tuple[str, str], ...]:
    """Day, claims and their state, who checked them, figures and their years: names and values."""
    country, texts = reading.country, reading.texts
    if country is None:
        return ()
    known = [claim for claim in country.claims if claim.as_of <= reading.on]
    outdated = sum(claim.is_outdated(reading.on) for claim in known)
    years = [figure.year for figure in country.figures.values() if figure.year is not None]
    figures = texts("atlas.figures_from", n=len(years), first=min(years), last=max(years)) if years else texts("views.no_data")
    return (
        (texts("atlas.day"), reading.on.isoformat()),
        (texts("atlas.claims_heading"), texts("atlas.claims_outdated", n=len(known), outdated=outdated)),
        (texts("atlas.claim.checked"), checked_words(country, texts)),
        (texts("views.figures"), figures),
        (texts("views.version"), country.hash[:12]),
    )


def checked_words(country: Country, texts: Texts) -> str:
    """How many claims a professional has reviewed."""
    checked = sum(bool(claim.checked) for claim in country.claims)
    if not country.claims:
        return "–"
    return texts("atlas.checked_none") if not checked else texts("atlas.checked_some", n=checked, of=len(country.claims))


def status_counts(reading: Reading) -> str:
    """How many themes are current, outdated, missing, or have sources that disagree."""
    counts = Counter(view.status for view in reading.views.values())
    return ", ".join(f"{reading.texts(f'atlas.status.{status}')}: {counts[status]}" for status in STATUS_SIGNS if counts[status])


def overview_html(reading: Reading) -> str:
    """The facts, what was looked for in vain for the whole country, and the map around it."""
    country, texts = reading.country, reading.texts
    if country is None:
        return ""
    facts = [*facts_of_country(reading), (texts("views.themes"), status_counts(reading))]
    pairs = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    vain = "".join(f"<li>{escape(one.says)}</li>" for one in country.not_found if not one.theme)
    listed = f'<h3>{escape(texts("atlas.not_found"))}</h3><ul class="plain" lang="en">{vain}</ul>' if vain else ""
    return (
        f'<div class="glance"><div class="card stack"><dl class="facts">{pairs}</dl>{listed}'
        f'<p class="small quiet">{escape(texts("atlas.no_number"))}</p></div>{around_html(reading)}</div>{hints_html(country, texts)}'
    )


def hints_html(country: Country, texts: Texts) -> str:
    """Reports worth reading, where a list was fetched; nobody has looked at what they say."""
    blocks = reading_hints_blocks(country.iso3, texts)
    return f'<div class="card stack no-print" data-hints>{blocks_html(blocks, texts)}</div>' if blocks else ""


# The themes in order


def themes_html(reading: Reading) -> str:
    """Beside each other: the themes to go to, and every theme with its questions, claims and figures."""
    country, texts = reading.country, reading.texts
    if country is None:
        return ""
    lines = "".join(_line(id, theme.title, reading) for id, theme in reading.themes.items())
    name = escape(texts("views.themes"))
    rail = (
        f'<nav class="theme-rail card no-print" aria-label="{name}"><details class="more" open><summary>{name}</summary>'
        f'<ul class="themes">{lines}</ul></details></nav>'
    )
    return f'<div class="atlas-work">{rail}<div class="theme-list">{"".join(_theme(id, country, reading) for id in reading.themes)}</div></div>'


def _line(id: str, title: str, reading: Reading) -> str:
    view = reading.views[id]
    state = f'{icon(STATUS_SIGNS[view.status])}<span class="vh">, {escape(reading.texts(f"atlas.status.{view.status}"))}</span>'
    return f'<li><a href="#{id}"><span><b>{id}</b> {escape(title)}</span><span>{state}</span></a></li>'


def _theme(id: str, country: Country, reading: Reading) -> str:
    texts, view, theme = reading.texts, theme_view(country, id, reading.on), reading.themes[id]
    badges = "".join(badge_html(badge) for badge in theme_badges(view, texts))
    questions = "".join(f"<li>{escape(question)}</li>" for question in theme.questions)
    shown = reading.figures.of(view)
    side = (
        f'<div class="theme-figures"><h4>{escape(texts("atlas.figures_heading"))}</h4><p class="small quiet">{escape(texts("atlas.figures_say"))}</p>'
        f"{figures_html(shown, id, texts)}{_map_link(id, reading)}</div>"
    )
    return (
        f'<section class="theme" id="{id}" data-theme="{id}" data-status="{view.status}" aria-labelledby="{id}-h">'
        f'<div class="coi-head"><h3 id="{id}-h"><span class="quiet">{id}</span> {escape(theme.title)}</h3><div class="row">{badges}</div></div>'
        f'<p class="small quiet">{escape(state_words(view, texts))}. {escape(texts("atlas.months", n=theme.months))}</p>'
        f'<ul class="plain questions">{questions}</ul>'
        f'<div class="theme-cols"><div>{claims_html(view, country, reading.on, texts)}{editor_html(country, id, texts)}</div>{side}</div></section>'
    )


def _map_link(id: str, reading: Reading) -> str:
    if not reading.themes[id].indicators:
        return ""
    address = link(reading.asked, reading.texts.language, "map", theme=id, country="", beside=(), words="", status="")
    return f'<p class="no-print"><a class="small" href="{address}">{escape(reading.texts("atlas.on_map"))}<span class="vh">: {id}</span></a></p>'
