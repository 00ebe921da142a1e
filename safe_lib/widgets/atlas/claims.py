"""Claims of a theme: each with its day, its sources and its doubts; those that disagree side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Final
from urllib.parse import urlencode

from safe_lib.engine.beside import disputes
from safe_lib.engine.country import is_circular, opposite, origins
from safe_lib.engine.search import marked
from safe_lib.model.country import Claim, Country, CountrySource, ThemeView
from safe_lib.model.document import Badge
from safe_lib.model.texts import Texts
from safe_lib.widgets.blocks import badge_html
from safe_lib.widgets.shell import icon

SAID: Final = ("quotation", "interest", "independence", "status", "published_note", "note")  # what may be said of a source besides, in its own words
EDITOR: Final = "/claims"  # path of the page that adds and renews claims; empty where there is none

Words = Sequence[str]  # looked for, to be marked


def status_of(claim: Claim, on: date) -> str:
    """`outdated` from its review date on, else `current`."""
    return "outdated" if claim.is_outdated(on) else "current"


def doubts_of(claims: Sequence[Claim], country: Country) -> tuple[str, ...]:
    """`single` where one voice is behind some claims, `circular` where its sources only repeat each other."""
    found = []
    if claims and len(origins(claims, country.sources)) == 1:
        found.append("single")
    if is_circular(claims, country.sources):
        found.append("circular")
    return tuple(found)


def theme_badges(view: ThemeView, texts: Texts) -> tuple[Badge, ...]:
    """The state of a theme, and its doubts: word, shape and colour each."""
    values = [view.status, *(["single"] if view.single_source else []), *(["circular"] if view.circular else [])]
    return tuple(Badge("claim", value, texts(f"atlas.status.{value}")) for value in values)


def claim_badges(claim: Claim, country: Country, on: date, texts: Texts) -> tuple[Badge, ...]:
    """The state of one claim, and its doubts."""
    return tuple(Badge("claim", value, texts(f"atlas.status.{value}")) for value in (status_of(claim, on), *doubts_of([claim], country)))


def facts_of(claim: Claim, country: Country, on: date, texts: Texts) -> tuple[tuple[str, str], ...]:
    """Everything that is known of a claim besides what it says and its sources: names and values."""
    voices = voices_of(claim, country)
    review = "atlas.claim.review_was" if claim.is_outdated(on) else "atlas.claim.review_by"
    against = ", ".join(sorted(_named(id, country) for id in opposite(claim, country)))
    facts = (
        (texts("atlas.claim.who"), claim.who),
        (texts("atlas.claim.where"), claim.where),
        (texts("atlas.claim.as_of"), claim.as_of.isoformat()),
        (texts(review), claim.review_by.isoformat()),
        (texts("atlas.claim.checked"), claim.checked or texts("atlas.claim.unchecked")),
        (texts("atlas.claim.voices"), f"{len(voices)}: {', '.join(voices)}" if voices else "0"),
        (texts("atlas.claim.against"), against),
        (texts("atlas.claim.note"), claim.note),
    )
    return tuple((name, value) for name, value in facts if value)


def voices_of(claim: Claim, country: Country) -> tuple[str, ...]:
    """The independent voices behind a claim, as they write themselves; five texts that repeat one report are one."""
    written = [source.voice or source.publisher for source in country.sources.values()]
    written += [quoted.partition(",")[0] for source in country.sources.values() for quoted in source.quotes if quoted not in country.sources]
    names = {name.strip().casefold(): name.strip() for name in written}
    return tuple(names.get(voice, voice) for voice in sorted(origins([claim], country.sources)))


def _named(id: str, country: Country) -> str:
    theme = next((claim.theme for claim in country.claims if claim.id == id), "")
    return f"{id} ({theme})" if theme else id


def source_facts(source: CountrySource, country: Country, texts: Texts) -> tuple[tuple[str, str], ...]:
    """What is known of a source besides title, publisher and date."""
    quotes = "; ".join(_quoted(id, country) for id in source.quotes)
    facts = (
        (texts("atlas.source.where"), source.where),
        (texts("atlas.source.read_in"), source.read_in),
        (texts("atlas.source.retrieved"), source.retrieved),
        (texts("atlas.source.quotes"), quotes),
        (texts("atlas.source.voice"), source.voice),
        *((texts(f"atlas.source.{name}"), str(getattr(source, name))) for name in SAID),
    )
    return tuple((name, value) for name, value in facts if value)


def _quoted(id: str, country: Country) -> str:
    source = country.sources.get(id)
    return f"{source.title}, {source.publisher}" if source else id


def source_words(source: CountrySource, texts: Texts) -> str:
    """Title, publisher, kind and day of publication in one line."""
    return f"{source.title}. {source.publisher} ({texts(f'atlas.kind.{source.kind}')}), {source.published}"


# HTML


def claims_html(view: ThemeView, country: Country, on: date, texts: Texts, looked_for: Words = ()) -> str:
    """The claims of a theme: those that disagree side by side, then the others, then what was looked for in vain."""
    groups = disputes(view.claims, country, on)
    disputed = {claim.id for group in groups for claim in group}
    together = "".join(_versus_html(group, country, on, texts, looked_for) for group in groups)
    alone = "".join(claim_html(claim, country, on, texts, looked_for) for claim in view.claims if claim.id not in disputed)
    return f'<div class="claims">{together}{alone}{missing_html(view, texts)}</div>'


def _versus_html(group: Sequence[Claim], country: Country, on: date, texts: Texts, looked_for: Words) -> str:
    open_now = any(not claim.is_outdated(on) for claim in group)
    words = texts("atlas.versus.current" if open_now else "atlas.versus.outdated", n=len(group))
    claims = "".join(claim_html(claim, country, on, texts, looked_for) for claim in group)
    return f'<div class="versus" data-status="conflicting"><p class="vs">{icon("c-conflicting")}{escape(words)}</p><div class="sides">{claims}</div></div>'


def claim_html(claim: Claim, country: Country, on: date, texts: Texts, looked_for: Words = (), *, level: int = 4, about: str = "") -> str:
    """One claim as an article; `about` stands above it where it is shown away from its theme."""
    status = status_of(claim, on)
    first, *doubts = claim_badges(claim, country, on, texts)
    id = f"claim-{claim.id}" + ("-found" if about else "")
    heading = f'<h{level} id="{id}-h">{badge_html(first)}</h{level}>' + "".join(badge_html(badge) for badge in doubts)
    graded = texts("atlas.claim.says_level", level=texts(f"coi.level.{claim.level}")) if claim.level else texts("atlas.claim.no_level")
    facts = "".join(f"<dt>{escape(name)}</dt><dd{in_english(texts)}>{_marked(value, looked_for)}</dd>" for name, value in facts_of(claim, country, on, texts))
    voices = len(origins([claim], country.sources))
    return (
        f'<article class="claim" id="{id}" data-status="{status}" data-claim="{escape(claim.id)}" data-voices="{voices}" aria-labelledby="{id}-h">'
        f'{about}<div class="top"><div class="row">{heading}</div><span class="says-level">{escape(graded)}</span></div>'
        f'<p class="says"{in_english(texts)}>{_marked(claim.says, looked_for)}</p><dl class="facts">{facts}</dl>{sources_html(claim, country, texts)}'
        f"{_renew_html(claim, country, texts)}</article>"
    )


def in_english(texts: Texts) -> str:
    """Claims are written in English; on a page in another language they say so to those who hear it."""
    return "" if texts.language == "en" else ' lang="en"'


def _marked(text: str, words: Words) -> str:
    return "".join(f"<mark>{escape(piece)}</mark>" if found else escape(piece) for piece, found in marked(text, words))


def sources_html(claim: Claim, country: Country, texts: Texts) -> str:
    """The sources of a claim: which, from whom, when; their address in full; what was read of them."""
    items = "".join(_source_html(country.sources[id], country, texts) for id in claim.sources if id in country.sources)
    lost = "".join(f"<li>{escape(id)}</li>" for id in claim.sources if id not in country.sources)
    return f'<ul class="sources" aria-label="{escape(texts("atlas.claim.sources"))}">{items}{lost}</ul>'


def _source_html(source: CountrySource, country: Country, texts: Texts) -> str:
    facts = source_facts(source, country, texts)
    listed = "".join(f"<dt>{escape(name)}</dt><dd{in_english(texts)}>{escape(value)}</dd>" for name, value in facts)
    more = (
        f'<details class="more"><summary>{escape(texts("atlas.source.more"))}<span class="vh">: {escape(source.title)}</span></summary>'
        f'<dl class="facts in-more">{listed}</dl></details>'
        if listed
        else ""
    )
    return f"<li><span{in_english(texts)}>{escape(source_words(source, texts))}</span>{address_html(source)}{more}</li>"


def address_html(source: CountrySource) -> str:
    """The address of a source in full, as a link where it is one of the web."""
    if not source.url:
        return ""
    if not source.url.startswith(("https://", "http://")):
        return f' <span class="url">{escape(source.url)}</span>'
    return f' <a class="url" href="{escape(source.url)}" rel="noreferrer noopener external">{escape(source.url)}</a>'


def missing_html(view: ThemeView, texts: Texts) -> str:
    """What nobody has written, and what was looked for and not found: neither says that nothing is there."""
    if view.claims and not view.not_found:
        return ""
    said = (
        "".join(f'<p class="says"{in_english(texts)}>{escape(words)}</p>' for words in view.not_found)
        or f'<p class="says">{escape(texts("atlas.missing"))}</p>'
    )
    title = texts("atlas.not_found" if view.not_found else "atlas.status.missing")
    badge = badge_html(Badge("claim", "missing", title))
    return f'<article class="claim" data-status="missing" aria-labelledby="{view.id}-missing"><h4 id="{view.id}-missing">{badge}</h4>{said}</article>'


# The way to change something


def _renew_html(claim: Claim, country: Country, texts: Texts) -> str:
    if not EDITOR:
        return ""
    words = f'{escape(texts("atlas.renew"))}<span class="vh">: {escape(claim.id)}</span>'
    address = escape(f"{EDITOR}?{urlencode({'country': country.iso3, 'theme': claim.theme, 'claim': claim.id, 'lang': texts.language})}")
    return f'<p class="no-print"><a href="{address}">{words}</a></p>'


def editor_html(country: Country, theme: str, texts: Texts) -> str:
    """The place in a theme for adding a claim: a link where there is an editor, else how a claim is written by hand."""
    if not EDITOR or not (country.claims or country.not_found):  # the pages change a file that is there
        return f'<p class="small quiet no-print" data-editor="{theme}">{escape(texts("atlas.by_hand", file=f"country_info/{country.iso3}/profile.yaml"))}</p>'
    address = escape(f"{EDITOR}?{urlencode({'country': country.iso3, 'theme': theme, 'lang': texts.language})}")
    return f'<p class="no-print" data-editor="{theme}"><a href="{address}">{escape(texts("atlas.add_claim", theme=theme))}</a></p>'
