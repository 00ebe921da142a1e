"""Country information beside one question of a page: the claims and figures of its topics, for the places of this case.

HTML, one press away, readable without a script. It is made once for each topic, country and day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from safe_lib.casework import country_named
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.countries import load_themes
from safe_lib.engine.country import opposite, theme_view
from safe_lib.model.country import Claim, Country, Figure, ThemeView
from safe_lib.model.instrument import Item
from safe_lib.model.texts import Texts
from safe_lib.widgets.blocks import badge_html
from safe_lib.widgets.country_views import (
    checked_words,
    claim_badge,
    disputed,
    position_words,
    source_words,
    status_words,
    value_words,
    voices_words,
)
from safe_lib.widgets.shell import icon

if TYPE_CHECKING:
    from safe_lib.workbook import Workbook
else:
    Workbook = Any


def beside_item(book: Workbook, item: Item) -> str:
    """What sources say on the topics of one question, for the places of this case."""
    critical = item.critical or item.kind == "hard_stop"
    return "".join(_topic(iso3, hash, theme, book.desk.today, book.desk.language, critical) for iso3, hash in book.places for theme in item.themes)


@lru_cache(maxsize=1024)
def _topic(iso3: str, hash: str, theme_id: str, on: date, language: str, critical: bool) -> str:
    """One topic of one country; `hash` is that of its files, so that a change is seen."""
    country, texts, themes = country_named(iso3), load_texts(language), load_themes(language=language)
    view = theme_view(country, theme_id, on)
    name = country.names.get(language) or country.name
    title = themes[theme_id].title if theme_id in themes else theme_id
    place = f'<span class="mask-aside">{escape(name)}, </span>'
    summary = place + escape(texts("form.country_beside", theme=title, status=status_words(view, texts)))
    parts = (_conflict(country, view, on, texts), _claims(country, view, on, texts), _notes(country, view, on, texts, critical), _figures(view.figures, texts))
    link = f'<p><a href="#view-country">{escape(texts("form.country_more"))}</a></p>'
    sign = f"c-{'missing' if view.status == 'missing' else view.status}"
    return (f'<details class="more coi" data-theme="{escape(theme_id)}" data-status="{view.status}"><summary>{icon(sign)} {summary}</summary>'
            f'<div class="listen claims">{"".join(parts)}{link}</div></details>')


def _conflict(country: Country, view: ThemeView, on: date, texts: Texts) -> str:
    """Both sides of a disagreement, side by side in one frame."""
    if view.status != "conflicting":
        return ""
    said = f"{texts('return.conflict')}. {texts('return.conflict_about')}"
    sides = "".join(_claim(country, claim, on, texts) for claim in disputed(country, view, on))
    return f'<div class="versus"><p class="vs">{icon("c-conflicting")}{escape(said)}</p>{sides}</div>'


def _claims(country: Country, view: ThemeView, on: date, texts: Texts) -> str:
    """The claims that are not in dispute; current ones first, as they come."""
    apart = {claim.id for claim in disputed(country, view, on)} if view.status == "conflicting" else set()
    listed = "".join(_claim(country, claim, on, texts) for claim in view.claims if claim.id not in apart)
    return listed or ("" if apart else f'<div class="claim" data-status="missing"><p class="says">{escape(texts("claim.missing"))}</p></div>')


def _claim(country: Country, claim: Claim, on: date, texts: Texts) -> str:
    badge = claim_badge(claim, on, texts)
    level = f'<span class="says-level">{escape(texts("return.level"))}: <b>{escape(texts(f"level.{claim.level}"))}</b></span>' if claim.level else ""
    against = [other.says for other in country.claims if other.id in opposite(claim, country)]
    said = "".join(f"<p>{escape(text)}</p>" for text in (claim.note, *(texts("return.against", says=says) for says in against)) if text)
    return (f'<div class="claim" data-claim="{escape(claim.id)}" data-status="{badge.value}"><div class="top">{badge_html(badge)}{level}</div>'
            f'<p class="says">{escape(claim.says)}</p>{said}<dl class="facts">{_facts(country, claim, on, texts)}</dl></div>')


def _facts(country: Country, claim: Claim, on: date, texts: Texts) -> str:
    until = texts("return.was_due" if claim.is_outdated(on) else "return.counts_until", day=claim.review_by.isoformat())
    pairs = (
        (texts("return.for_whom"), f"{claim.who}; {claim.where}"),
        (texts("return.days"), f"{texts('return.true_on', day=claim.as_of.isoformat())}; {until}; {checked_words(claim, texts)}"),
        (texts("views.source"), "; ".join(_source(country, id, texts) for id in claim.sources)),
    )
    return "".join(f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in pairs)


def _source(country: Country, id: str, texts: Texts) -> str:
    """A source with the part that was read and whose copy it was."""
    source = country.sources.get(id)
    told = [source_words(country, id)]
    if source is not None:
        told += [texts(f"return.source.{about}", said=said) for about in ("where", "read_in") if (said := getattr(source, about))]
        told += [texts("return.source.quotes", said="; ".join(source.quotes))] if source.quotes else []
    return ", ".join(told)


def _notes(country: Country, view: ThemeView, on: date, texts: Texts, critical: bool) -> str:
    """How many voices there are, what is wrong with them, and what was searched in vain."""
    said = [voices_words(country, view, on, texts, critical=critical)]
    said += [texts("return.circular_about")] if view.circular else [texts("return.single_about")] if view.single_source else []
    searched = "".join(f"<li>{escape(text)}</li>" for text in view.not_found)
    vain = f'<p><strong>{escape(texts("return.not_found"))}</strong></p><ul class="plain">{searched}</ul>' if searched else ""
    return "".join(f'<p class="quiet">{escape(text)}</p>' for text in said if text) + vain


def _figures(figures: Sequence[Figure], texts: Texts) -> str:
    """Values with year, unit, source and position; how many have no data is said, never shown as zero."""
    known = [figure for figure in figures if figure.value is not None]
    without = sum(figure.value is None for figure in figures)
    lines = "".join(f"<li>{escape(_figure(figure, texts))}</li>" for figure in known)
    missing = f'<p class="quiet">{escape(texts("return.without_data", n=without))}</p>' if without else ""
    listed = f'<p><strong>{escape(texts("views.figures"))}</strong></p><ul class="plain">{lines}</ul>' if lines else ""
    return listed + missing


def _figure(figure: Figure, texts: Texts) -> str:
    position = f"; {position_words(figure, texts)}" if figure.position is not None else ""
    note = f"; {figure.note}" if figure.note else ""
    return f"{figure.label}: {value_words(figure, texts)} {figure.unit or ''} ({figure.year}; {figure.source}{position}{note})"
